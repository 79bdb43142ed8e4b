// `npm run docs`: the reference of the doors as pages in docs/api (typedoc).

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));
const doors = ["layout", "vm", "codegen", "lang", "runtime"].map((r) => `${r}/index.ts`).filter((f) => existsSync(f));
const typedoc = join(dirname(dirname(fileURLToPath(import.meta.resolve("typedoc")))), "bin", "typedoc");
const { status } = spawnSync(process.execPath, [
  typedoc, ...doors, "--out", "docs/api", "--name", "Bitloom", "--readme", existsSync("README.md") ? "README.md" : "none",
  "--tsconfig", "tsconfig.json", "--excludePrivate", "--disableSources",
  ...process.argv.slice(2),
], { stdio: "inherit" });
process.exit(status ?? 1);

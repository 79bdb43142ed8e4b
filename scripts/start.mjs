// `npm start`: builds what is missing or old, then runs the command line, by default its demonstration.

import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { newest, writtenAt } from "./tools.mjs";

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));
const sources = ["cli", "layout", "vm", "codegen", "lang", "runtime"];
if (writtenAt("dist/cli.js") < Math.max(newest(sources, ".ts"), writtenAt("diagnostic.ts"))) {
  const built = spawnSync(process.execPath, ["scripts/build.mjs", "--cli"], { stdio: "inherit" });
  if (built.status !== 0) process.exit(built.status ?? 1);
}
const words = process.argv.slice(2);
const run = spawnSync(process.execPath, ["dist/cli.js", ...(words.length ? words : ["demo"])], { stdio: "inherit" });
process.exit(run.status ?? 1);

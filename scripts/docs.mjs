// `npm run docs`: the generated parts of docs/language.md, and the reference of the doors as pages in docs/api (typedoc).

import { existsSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));
const doors = [...["layout", "vm", "codegen", "lang", "runtime"].map((r) => `${r}/index.ts`), "runtime/run.ts", "runtime/weights/index.ts", "diagnostic.ts"];

/** The pages beside the reference. */
const documents = ["docs/language.md", ...["first-kernel", "layouts-and-packings", "formats", "weights", "embedding", "extending", "comparison"].map((g) => `docs/guides/${g}.md`), "docs/support.md"].filter((d) => existsSync(d));

/** Helpers that public types are made of; the pages of those types say all that a reader needs. */
const inner = [
  ...["Heads", "SequenceHeads", "Plain", "Head1", "TypedCompiled", "KernelOf", "Needed", "Optional", "Alone"].map((n) => `runtime/source-types.ts:${n}`),
  "runtime/files/npy.ts:kinds", "runtime/files/safetensors.ts:safetensorsBits", "runtime/pipeline.ts:Pipeline", "runtime/adapters.ts:usefulLimits", "runtime/bind.ts:Call", "runtime/launch.ts:Sized", "runtime/launch.ts:Piece",
  "codegen/loop/ir.ts:AtomicOp", "codegen/loop/place.ts:PlacedStmt",
  ...["Flat", "IsOut", "Argument", "ValueOf"].map((n) => `runtime/definition-types.ts:${n}`), "runtime/imports.ts:Found", "layout/packing-draw.ts:Drawing", "layout/packing-check.ts:CheckOptions",
  "vm/kernel.ts:Maker", "vm/quantise-levels.ts:Nearest", "lang/load.ts:Unit", "lang/elaborate-values.ts:Thing", "lang/builtins.ts:Given", "vm/builder.ts:Result", "vm/builder.ts:Given", "vm/numeric-ops.ts:Scalar",
];

// What pages show is the same on every machine, whatever was measured on this one.
if (spawnSync(process.execPath, ["scripts/run-ts.mjs", "docs/update.ts"], { stdio: "inherit", env: { ...process.env, BITLOOM_RATES: "assumed" } }).status !== 0) process.exit(1);
const typedoc = join(dirname(dirname(fileURLToPath(import.meta.resolve("typedoc")))), "bin", "typedoc");
const { status } = spawnSync(process.execPath, [
  typedoc, ...doors, "--out", "docs/api", "--name", "Bitloom", "--readme", "README.md", ...documents.flatMap((d) => ["--projectDocuments", d]), "--ignoredHighlightLanguages", "loom", "--ignoredHighlightLanguages", "python",
  "--tsconfig", "tsconfig.build.json", "--excludePrivate", "--disableSources",
  ...inner.flatMap((n) => ["--intentionallyNotExported", n]),
  ...process.argv.slice(2),
], { stdio: "inherit" });
process.exit(status ?? 1);

// Runs a TypeScript file of this repository with the rooms it imports: node scripts/run-ts.mjs bench/main.ts arguments…
// It is bundled first (node_modules/.cache/bitloom), because Node 20 does not run TypeScript and chevrotain loads slowly.

import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));
const [file, ...rest] = process.argv.slice(2);
if (!file) { console.error("usage: node scripts/run-ts.mjs FILE.ts [arguments]"); process.exit(2); }
const out = join("node_modules/.cache/bitloom/run", file.replace(/\.ts$/, ".mjs"));
try {
  await build({
    entryPoints: [file], outfile: out, bundle: true, platform: "node", format: "esm", target: "node20",
    external: ["webgpu", "@sparticuz/chromium", "playwright-core", "esbuild", "typescript"], sourcemap: "inline", logLevel: "warning",
  });
} catch {
  process.exit(1);
}
// Ctrl-C is for the program, which may have something to keep; this one stays until it has ended.
process.on("SIGINT", () => undefined);
const { status } = spawnSync(process.execPath, ["--enable-source-maps", out, ...rest], { stdio: "inherit" });
process.exit(status ?? 1);

// Builds dist/: the rooms as JavaScript with declarations, and the command line as one bundle.
//
//   node scripts/build.mjs             all of it; fails if something can't be built
//   node scripts/build.mjs --prepare   what `npm install` runs: without the tools of development it does nothing, and
//                                      type errors are left to `npm run typecheck`; it does nothing either where all is built: `npx bitloom`
//                                      in a clone has npm install the clone into npx's cache, which runs this
//   node scripts/build.mjs --cli       the bundle only

import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync, chmodSync } from "node:fs";
import { dirname, join } from "node:path";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { pastDoors, transpiled } from "./doors.mjs";
import { filesUnder, newest, tool, writtenAt } from "./tools.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
const prepare = process.argv.includes("--prepare");
const cliOnly = process.argv.includes("--cli");
const rooms = ["layout", "vm", "codegen", "lang", "runtime"];

const esbuild = await tool("esbuild"), typescript = await tool("typescript");
if (!esbuild || !typescript) {
  console.log("build: skipped, esbuild or typescript is not installed");
  process.exit(prepare ? 0 : 1);
}
const ts = typescript.default ?? typescript;
let failed = false;

/** File by file, without types: `.ts` becomes `.js`, and imports of a door become imports of what is behind it. */
function emitRooms() {
  const sources = ["diagnostic.ts", ...rooms.flatMap((r) => filesUnder(r, ".ts"))];
  const modules = new Map(sources.map((file) => [file.replace(/\.ts$/, ".js"), transpiled(ts, readFileSync(file, "utf8"), file)]));
  const direct = pastDoors(ts, (path) => modules.get(path) ?? "");
  for (const [path, text] of modules) {
    const to = join("dist", path);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, direct(text, path));
  }
  for (const file of rooms.flatMap((r) => filesUnder(r, ".json"))) { mkdirSync(dirname(join("dist", file)), { recursive: true }); copyFileSync(file, join("dist", file)); }
  console.log(`build: ${sources.length} modules`);
}

function emitDeclarations() {
  const tsc = join(dirname(fileURLToPath(import.meta.resolve("typescript"))), "tsc.js");
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { encoding: "utf8" });
  // A `.d.ts` whose imports end in `.ts` can't be resolved by those who install the package.
  for (const file of filesUnder("dist", ".d.ts")) {
    const text = readFileSync(file, "utf8");
    const fixed = text.replace(/((?:from|import\() ?"\.{1,2}\/[^"]*)\.ts"/g, '$1.js"');
    if (fixed !== text) writeFileSync(file, fixed);
  }
  if (status === 0) { console.log("build: declarations"); return; }
  const errors = stdout.trim().split("\n");
  console.log(`build: declarations, with ${errors.length} type errors (npm run typecheck)`);
  if (!prepare) { console.error(errors.slice(0, 20).join("\n")); failed = true; }
}

async function bundleCli() {
  const entry = "cli/main.ts";
  if (!existsSync(entry)) { console.log(`build: skipped the command line, there is no ${entry}`); failed ||= !prepare; return; }
  rmSync("dist/chunks", { recursive: true, force: true });
  try {
    const result = await esbuild.build({
      entryPoints: { cli: entry }, outdir: "dist", chunkNames: "chunks/[name]-[hash]",
      bundle: true, splitting: true, platform: "node", format: "esm", target: "node20",
      // Native, or looked up from the user's project at run time.
      external: ["webgpu", "@sparticuz/chromium", "playwright-core", "esbuild", "typescript"],
      legalComments: "linked", sourcemap: false, metafile: true, logLevel: "error",
    });
    // The bundle must be runnable as it stands; esbuild keeps a #! line of the source, and puts none.
    const text = readFileSync("dist/cli.js", "utf8");
    if (!text.startsWith("#!")) writeFileSync("dist/cli.js", `#!/usr/bin/env node\n${text}`);
    chmodSync("dist/cli.js", 0o755);
    const bytes = Object.values(result.metafile.outputs).reduce((n, o) => n + o.bytes, 0);
    console.log(`build: dist/cli.js, ${Math.round(bytes / 1024)} kB with its chunks`);
  } catch (error) {
    console.error(`build: the command line can't be bundled: ${error.message}`);
    failed = true;
  }
}

/** Written when all of dist/ is built. */
const stamp = "node_modules/.cache/built";
const latest = Math.max(newest([...rooms, "cli", "examples"], ".ts"), newest(rooms, ".json"), newest(["scripts"], ".mjs"), newest(["examples"], ".loom"), ...["diagnostic.ts", "package.json"].map(writtenAt));
if (prepare && existsSync("dist/cli.js") && latest < writtenAt(stamp)) process.exit(0);
const began = new Date();

if (!cliOnly) {
  rmSync(stamp, { force: true });
  rmSync("dist", { recursive: true, force: true });
  emitRooms();
}
await bundleCli();
if (!cliOnly) emitDeclarations();
if (!cliOnly && !failed) {
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, "");
  utimesSync(stamp, began, began);   // what was changed meanwhile is newer
}
process.exit(failed && !prepare ? 1 : 0);

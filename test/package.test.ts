// What applications carry: the weight of bitloom/run against its budget, and what each door draws in.
import { cpSync, mkdtempSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { root } from "./support/sources.ts";

/** An application as a bundler makes it: minified, one file, for a page. */
async function bundle(source: string): Promise<{ readonly text: string; readonly gzip: number; readonly files: readonly string[] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, resolveDir: root, loader: "ts" }, bundle: true, minify: true, format: "esm", platform: "browser", target: "es2022", write: false, outdir: "out", metafile: true, logLevel: "error",
  });
  const [out] = Object.values(metafile.outputs), text = outputFiles[0]?.text ?? "";
  const files = Object.entries(out?.inputs ?? {}).filter(([, i]) => i.bytesInOutput > 0).map(([f]) => f).filter((f) => f !== "<stdin>" && !f.startsWith("(disabled)"));
  return { text, gzip: gzipSync(text, { level: 9 }).length, files };
}

const of = (files: readonly string[], room: string): string[] => files.filter((f) => f.startsWith(`${room}/`)).map((f) => f.slice(room.length + 1)).sort();

/** Of the VM bitloom/run holds number types and host scalars: no Program, instruction, builder, interpreter or pass. */
const NUMBERS = ["arguments.ts", "dtype-float.ts", "dtype-int.ts", "dtype-names.ts", "dtype-scale.ts", "dtype-type.ts", "half.ts", "numeric-ops.ts", "scalar.ts"];

describe("bitloom/run", () => {
  test("an application that opens a device and runs a finished module: under 25 kB", async () => {
    const { gzip, files } = await bundle('export { open, createKernel } from "./runtime/run.ts"');
    expect(gzip).toBeLessThan(25_000);
    expect([of(files, "codegen"), of(files, "lang"), of(files, "vm")]).toEqual([[], [], NUMBERS]);
  });

  test("all of the door, with libraries that are specialised, sequences and launches in parts: under 28.5 kB (60 are allowed)", async () => {
    const { gzip, files } = await bundle('export * from "./runtime/run.ts"');
    expect(gzip).toBeLessThan(28_500);
    expect([of(files, "codegen"), of(files, "lang"), of(files, "vm")]).toEqual([[], [], [...NUMBERS, "sequence.ts"].sort()]);
    expect(of(files, "layout").every((f) => /^(packing-|kept|modes|algebra|index)/.test(f))).toBe(true);
  });

  test("nothing of it loads anything later: no compiler behind an import()", async () => {
    const { text } = await bundle('export * from "./runtime/run.ts"');
    expect([...text.matchAll(/import\("?([^")]*)/g)].map((m) => m[1])).toEqual([]);
  });
});

describe("compiling in the page", () => {
  test("kernels defined in TypeScript, without the language: no parser, no interpreter, no command of tools; under 175 kB", async () => {
    const { gzip, files } = await bundle(`export { open, createKernel } from "./runtime/run.ts"; export { compileProgram, baseTarget } from "./codegen/index.ts"; export { kernel, input, output, intParam } from "./vm/index.ts"`);
    // 173.4 kB: chunks of several lines, packed words of whole steps, frames that drivers align, since it was 172.5; words that lanes share wherever they lie, and what long loops cost, since it was 171.6; f16 in pairs, codes that are converted where drivers would merge constants, words kept over turns and moved from the start came since it was 162; ways to decode, lanes that share loads and packed bytes since it was 150.1.
    expect(gzip).toBeLessThan(175_000);
    expect(of(files, "lang")).toEqual([]);
    expect(files.filter((f) => /^vm\/(interpret|sanitise|deviation|sequence)|draw|svg|^codegen\/loop\/(evaluate|print)|^runtime\/(check|swiftshader)/.test(f))).toEqual([]);
  });
});

describe("what is published goes past the doors", () => {
  const ROOMS = ["layout", "vm", "codegen", "lang", "runtime"];
  interface Doors { transpiled(t: typeof ts, source: string, file: string): string; pastDoors(t: typeof ts, read: (path: string) => string): (text: string, path: string) => string }

  /** All modules as `npm run build` writes them, and what each imports at once. */
  async function published(): Promise<{ readonly modules: ReadonlyMap<string, string>; readonly data: readonly string[]; loaded(from: string): Set<string> }> {
    const { pastDoors, transpiled } = (await import(join(root, "scripts/doors.mjs"))) as Doors;
    const { filesUnder } = (await import(join(root, "scripts/tools.mjs"))) as { filesUnder(folder: string, ending: string): string[] };
    const found = ["diagnostic.ts", ...ROOMS.flatMap((r) => filesUnder(join(root, r), ".ts").map((f) => relative(root, f)))];
    const plain = new Map(found.map((f) => [f.replace(/\.ts$/, ".js"), transpiled(ts, readFileSync(join(root, f), "utf8"), f)]));
    const direct = pastDoors(ts, (path) => plain.get(path) ?? ""), modules = new Map([...plain].map(([path, text]) => [path, direct(text, path)]));
    const loaded = (path: string, seen = new Set<string>()): Set<string> => {
      if (seen.has(path)) return seen;
      seen.add(path);
      for (const [, to = ""] of (modules.get(path) ?? "").matchAll(/^(?:import|export) .*from "(\.[^"]*)";$/gm)) loaded(join(dirname(path), to), seen);
      return seen;
    };
    return { modules, data: ROOMS.flatMap((r) => filesUnder(join(root, r), ".json").map((f) => relative(root, f))), loaded: (from) => loaded(from) };
  }


  test("a page that loads modules unbundled fetches of bitloom/run what it needs; the compiler comes when something is compiled", async () => {
    const { modules, loaded } = await published(), run = [...loaded("runtime/run.js")].sort(), all = [...loaded("runtime/index.js")];
    expect([...run, ...all].filter((f) => !modules.has(f))).toEqual([]);
    expect([of(run, "codegen"), of(run, "lang"), of(run, "vm").map((f) => f.replace(".js", ".ts"))]).toEqual([[], [], [...NUMBERS, "sequence.ts"].sort()]);
    expect(run.length).toBeLessThan(60);
    expect(all.filter((f) => /^(lang|codegen\/(lower|wgsl|loop)|vm\/(isa|builder|passes|verify|interpret))/.test(f))).toEqual([]);
  });

  test("they say the same: every name that a door gives is found where it is", async () => {
    const { modules, data } = await published(), folder = mkdtempSync(join(tmpdir(), "bitloom-doors-"));
    try {
      symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
      writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
      for (const [path, text] of modules) { mkdirSync(dirname(join(folder, path)), { recursive: true }); writeFileSync(join(folder, path), text); }
      for (const path of data) cpSync(join(root, path), join(folder, path));
      // Imports of what isn't there are errors of the bundler.
      const rooms = ROOMS.map((r) => join(folder, r, "index.js"));
      const { errors, warnings } = await build({ entryPoints: rooms, bundle: true, platform: "node", format: "esm", write: false, outdir: join(folder, "out"), external: ["webgpu", "@sparticuz/chromium"], logLevel: "silent" });
      expect([errors, warnings]).toEqual([[], []]);
    } finally { rmSync(folder, { recursive: true }); }
  });
});

describe("doors are shaken", () => {
  test.each([
    ["spatial", './layout/index.ts', /^layout\//], ["planes, pack", "./layout/index.ts", /^layout\//], ["dtype", "./vm/index.ts", /^vm\/(dtype|half|numeric-ops)/],
    ["render, didYouMean", "./diagnostic.ts", /^diagnostic/], ["openLibrary", "./runtime/run.ts", /^(runtime|layout\/(packing|modes|algebra|index)|vm\/(dtype|half|numeric-ops|scalar|arguments|sequence\.ts))/],
  ])("%s of %s draws in nothing else", async (names, door, allowed) => {
    const { files } = await bundle(`export { ${names} } from "${door}"`);
    expect(files.filter((f) => f !== "diagnostic.ts" && !allowed.test(f))).toEqual([]);
  });

  test("the package says that its modules have no side effects, and leaves Node out of pages", () => {
    const p = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { sideEffects: boolean; browser: Record<string, false> };
    expect(p.sideEffects).toBe(false);
    expect(Object.keys(p.browser)).toEqual(expect.arrayContaining(["node:fs", "node:fs/promises", "node:path", "./dist/runtime/adapters-node.js"]));
  });
});

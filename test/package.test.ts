// What applications carry: the weight of bitloom/run against its budget, and what each door draws in.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
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
const NUMBERS = ["arguments.ts", "dtype-float.ts", "dtype-int.ts", "dtype-names.ts", "dtype-scale.ts", "dtype-type.ts", "dtype.ts", "half.ts", "numeric-ops.ts", "scalar.ts"];

describe("bitloom/run", () => {
  test("an application that opens a device and runs a finished module: under 25 kB", async () => {
    const { gzip, files } = await bundle('export { open, createKernel } from "./runtime/run.ts"');
    expect(gzip).toBeLessThan(25_000);
    expect([of(files, "codegen"), of(files, "lang"), of(files, "vm")]).toEqual([[], [], NUMBERS]);
  });

  test("all of the door, with libraries that are specialised, sequences and launches in parts: under 30 kB (60 are allowed)", async () => {
    const { gzip, files } = await bundle('export * from "./runtime/run.ts"');
    expect(gzip).toBeLessThan(30_000);
    expect([of(files, "codegen"), of(files, "lang"), of(files, "vm")]).toEqual([[], [], [...NUMBERS, "sequence.ts"].sort()]);
    expect(of(files, "layout").every((f) => /^(packing-|modes|algebra|index)/.test(f))).toBe(true);
  });

  test("nothing of it loads anything later: no compiler behind an import()", async () => {
    const { text } = await bundle('export * from "./runtime/run.ts"');
    expect([...text.matchAll(/import\("?([^")]*)/g)].map((m) => m[1])).toEqual([]);
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

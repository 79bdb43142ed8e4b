// `bitloom check`, `inspect`, `explain`: sources in, diagnostics and texts out.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exampleNames, examples } from "../../examples/index.ts";
import { bitloom, folder } from "./support.ts";

const good = "kernel copy1<N: int = 64>(x: f32[N], out y: f32[N])\n  grid (b in 1)\n  threads 64\n{\n  store(y, load(x))\n}\n";
const bad = good.replace("store(y", "stroe(y");

function file(text: string | Uint8Array, name = "k.loom"): string {
  const path = join(folder(), name);
  writeFileSync(path, text);
  return path;
}

describe("check", () => {
  test("a good file", async () => {
    const path = file(good);
    expect(await bitloom(["check", path])).toMatchObject({ code: 0, err: "", out: "1 file: no mistakes found\n" });
    expect((await bitloom(["check", "--json", path])).json()).toEqual({ diagnostics: [] });
  });
  test("all examples are good", async () => {
    const files = exampleNames().map((n) => `examples/${n}/${n}.loom`);
    expect(await bitloom(["check", "--json", ...files])).toMatchObject({ code: 0, out: '{"diagnostics":[]}\n' });
  });
  test("a mistake is drawn, and told with line and column", async () => {
    const path = file(bad), drawn = await bitloom(["check", path]), told = await bitloom(["check", "--json", path]);
    expect(drawn.code).toBe(1);
    expect(drawn.err).toContain(`┌─ ${path}:5:3\n5│   stroe(y, load(x))\n │   ^^^^^`);
    expect(drawn.err).toContain("did you mean 'store'?");
    expect(told.code).toBe(1);
    expect(told.json()).toMatchObject({ diagnostics: [{ code: "N0103", severity: "error", span: { file: path, line: 5, column: 3 } }] });
  });
  test("several files: the good ones are checked although another is missing", async () => {
    const r = await bitloom(["check", "--json", "/no/such.loom", file(bad), file(new Uint8Array([0xff, 0xfe, 0])), folder()]);
    expect(r.code).toBe(1);
    expect((r.json()["diagnostics"] as { code: string }[]).map((d) => d.code)).toEqual(["H0208", "N0103", "H0902", "H0902"]);
  });
  test("imports are found beside the file, and their mistakes drawn in their own text", async () => {
    const dir = folder();
    writeFileSync(join(dir, "lib.loom"), "const WIDTH = 64\nconst BAD = NOTHING\n");
    writeFileSync(join(dir, "main.loom"), `import { WIDTH } from "lib.loom"\n${good.replace("= 64", "= WIDTH")}`);
    const r = await bitloom(["check", join(dir, "main.loom")]);
    expect(r.err).toContain(`┌─ ${join(dir, "lib.loom")}:2:13\n2│ const BAD = NOTHING`);
  });
  test("control characters of a file don't reach the terminal", async () => {
    const r = await bitloom(["check", file("kernel \u001b[31mred\u0007 ()")]);
    expect(r.code).toBe(1);
    expect(r.err).not.toMatch(/[\u001b\u0007]/);
  });
});

describe("inspect", () => {
  test("the Program as written, and after a pass", async () => {
    const path = file(good), plain = await bitloom(["inspect", path]), inferred = await bitloom(["inspect", path, "--pass", "infer"]);
    expect(plain.out).toMatch(/^program copy1\n/);
    expect(plain.out).not.toContain("@ layout");
    expect(inferred.out).toContain("@ layout");
  });
  test("an unknown pass", async () => {
    expect(await bitloom(["inspect", file(good), "--pass", "infr"])).toMatchObject({ code: 2, err: expect.stringContaining("did you mean 'infer'?") as string });
  });
  test("--layouts draws each tile; --json gives the tuples", async () => {
    const path = file(good);
    expect((await bitloom(["inspect", path, "--layouts"])).out).toContain("64 threads × 1 slots");
    const { layouts } = (await bitloom(["inspect", "--json", path, "--layouts"])).json() as { layouts: { layout: { shape: number[] } }[] };
    expect(layouts[0]?.layout.shape).toEqual([64]);
  });
  test("--wgsl gives a shader; --json the whole module", async () => {
    const path = file(good);
    expect((await bitloom(["inspect", path, "--wgsl"])).out).toMatch(/@compute @workgroup_size\(64/);
    expect((await bitloom(["inspect", "--json", path, "--wgsl"])).json()).toMatchObject({ format: "bitloom-module", name: "copy1", threads: 64 });
  });
  test("--ast of a bad file prints its mistakes too", async () => {
    expect((await bitloom(["inspect", "--ast", "--json", file(good)])).json()).toMatchObject({ ast: { kind: "module" } });
    expect((await bitloom(["inspect", "--ast", file("kernel (")])).code).toBe(1);
  });
  test("a mistake that only these parameters make is drawn in the text", async () => {
    const r = await bitloom(["inspect", "examples/gemm_f16_u3/gemm_f16_u3.loom", "--set", "N=64", "--set", "K=64", "--set", "BK=16", "--set", "BN=32"]);
    expect(r.code).toBe(1);
    expect(r.err).toContain("error[L0203]");
    expect(r.err).toContain("┌─ examples/gemm_f16_u3/gemm_f16_u3.loom:");
  });
});

describe("explain", () => {
  test("a code", async () => expect((await bitloom(["explain", "s0004"])).out).toMatch(/^S0004: a bare expression must be a call\n\n/));
  test("with an example of wrong and right", async () => {
    expect((await bitloom(["explain", "error[S0007]:"])).out).toMatch(/\nwrong\n    let a = v let b = v\nright\n    let a = v; let b = v\n$/);
    expect((await bitloom(["explain", "--json", "s7"])).json()).toMatchObject({ code: "S0007", example: { wrong: "let a = v let b = v" } });
  });
  test("an instruction and a function", async () => {
    expect((await bitloom(["explain", "top_k"])).out).toMatch(/^top_k\(x, k, axis, smallest\?\)\n\nThe k largest[^]*\n {2}smallest {5}the smallest[^]*\nexample\n {4}let r = top_k\(v, k: 4, axis: 1\)\n$/);
    expect((await bitloom(["explain", "--json", "cdiv"])).json()).toMatchObject({ name: "cdiv", example: "cdiv(10, 4) == 3" });
  });
  test.each([["Z9", "codes are a letter, S N T L R H or W"], ["T0200", "the next is T0201: arithmetic on a storage type"], ["T9999", "the next is T"], ["TO201", "did you mean 'T0201'?"], ["scan_som", "did you mean 'scan_sum'?"], ["while", "docs/language.md#statements"]])("%s is unknown", async (word, help) =>
    expect(await bitloom(["explain", word])).toMatchObject({ code: 1, err: expect.stringContaining(help) as string }));
});

test("a folder with the name of a source is no crash", async () => {
  const dir = join(folder(), "x.loom");
  mkdirSync(dir);
  for (const command of ["check", "inspect", "run"]) expect((await bitloom([command, dir])).code).toBe(1);
});

test("mutated sources neither crash nor hang it", async () => {
  const sources = (await examples()).map((e) => e.source), path = file("");
  const mutation = fc.tuple(fc.nat(), fc.nat(40), fc.oneof(fc.constantFrom("", "(", "}", "[", ":", "*", "in", "0", "-1", "1e9", "f16", "load(", "\"", "@", "for k in 0..9 {"), fc.string({ maxLength: 6 })));
  await fc.assert(fc.asyncProperty(fc.constantFrom(...sources), fc.array(mutation, { minLength: 1, maxLength: 4 }), async (source, edits) => {
    let text = source;
    for (const [at, length, by] of edits) { const i = at % (text.length + 1); text = text.slice(0, i) + by + text.slice(i + length); }
    writeFileSync(path, text);
    const r = await bitloom(["check", path]);
    expect([0, 1]).toContain(r.code);
    expect(r.err).not.toContain("something is wrong in Bitloom itself");
  }), { numRuns: 150 });
}, 60_000);

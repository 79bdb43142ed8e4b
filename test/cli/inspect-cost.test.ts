// `bitloom inspect --cost`: the choice between ways to multiply under fixed rates, as text and as JSON, and the bank conflicts
// of shared tiles, which are counted here by hand.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { targetNames } from "../../cli/command.ts";
import { bitloom, folder } from "./support.ts";

interface Way { readonly name: string; readonly seconds?: number; readonly work?: Record<string, number>; readonly why?: string }
interface Product { readonly line: number; readonly factors: string[]; readonly ways: Way[]; readonly taken: string; readonly asked: boolean; readonly times: number }
interface Access { readonly kind: string; readonly line: number; readonly rounds: number | null; readonly times: number }
interface Costs { readonly target: { readonly of: string }; readonly threads: number; readonly products: Product[]; readonly tiles: { readonly name: string; readonly accesses: Access[] }[] }

let dir = "";
beforeAll(() => { dir = folder(); });

function source(name: string, text: string): string {
  const file = join(dir, `${name}.loom`);
  writeFileSync(file, text);
  return file;
}
const costs = async (file: string, ...more: string[]): Promise<Costs> => (await bitloom(["inspect", file, "--cost", "--json", ...more])).json() as unknown as Costs;

/** Windows of tensors whose bits lie as V says. */
const direct = (by = ""): string => `kernel direct<T: dtype = u3, W: dtype = u3, V: packing = planes>(x: T[M, 128] @ V, w: W[N, 128] @ V, out c: i32[M, N])
  grid (bn in cdiv(N, 8), bm in cdiv(M, 4))
  threads 32
{
  store(c[bm * 4 +: 4, bn * 8 +: 8],
    dot(x[bm * 4 +: 4, :], transposed(w[bn * 8 +: 8, :])${by}))
}
`;

test("how codes become floats, and what the other ways would cost", async () => {
  const file = source("decoded", `kernel decoded(x: f32[4, 64], w: i4[32, 64], v: f4e2m1[32, 64], out c: f32[4, 32])
  grid (b in 1)
  threads 32
{
  store(c[:, :], dot(x[:, :], transposed(w[:, :])) + dot(x[:, :], transposed(v[:, :])))
}
`);
  const { decoders } = await costs(file, "--target", "nvidia") as Costs & { readonly decoders: readonly { readonly type: string; readonly taken: string; readonly ways: readonly { readonly name: string; readonly seconds: number | null }[] }[] };
  expect(decoders.map((d) => [d.type, d.taken])).toEqual([["i4", "into a mantissa in place"], ["f4e2m1", "the lesser of two floats"]]);
  for (const { ways, taken } of decoders) expect(ways.every((w) => w.seconds === null || w.seconds >= (ways.find((o) => o.name === taken)?.seconds ?? Infinity))).toBe(true);
  expect((await bitloom(["inspect", file, "--cost", "--target", "nvidia"])).out).toMatch(/codes to f32: time of one value\n {2}i4 +▸ into a mantissa in place +0\.\d+ ns\n {7}/);
});

describe("ways to multiply", () => {
  test("each has its work and its price, and the cheapest is taken", async () => {
    const { products, threads } = await costs(source("direct", direct()), "--target", "nvidia"), [p] = products;
    expect(products).toHaveLength(1);
    expect(p).toMatchObject({ line: 6, factors: ["u3[4, 128]", "u3[128, 8]"], taken: "planes", asked: false, times: 1 });
    expect(p.ways.map((w) => w.name)).toEqual(["multiply", "fma", "packed", "planes", "table"]);
    // 32 threads make 4 · 8 sums, so each has one: 128 products, or 4 words of 3 planes each side and 9 pairs of them.
    const work = Object.fromEntries(p.ways.map((w) => [w.name, w.work]));
    expect(work.planes).toMatchObject({ popcount: 4 * 9, storageLoad: 4 * 6, sharedLoad: 0, packedDot: 0, fma: 0, convert: 0 });
    expect(work.packed).toMatchObject({ packedDot: 128 / 4, popcount: 0 });
    expect(work.multiply).toMatchObject({ imul: expect.any(Number) as number, fma: 0, convert: 0 });
    // Codes become floats by a subtraction each (vm/dtype-decode.ts).
    expect(work.fma).toMatchObject({ fma: 128, float: 2 * 128, convert: 1 });
    const priced = p.ways.filter((w) => w.seconds !== undefined), least = Math.min(...priced.map((w) => w.seconds ?? 0));
    expect(priced.find((w) => w.name === p.taken)?.seconds).toBe(least);
    expect(least).toBeGreaterThan(0);
    expect(threads).toBe(32);
  });
  test("what factors are and how they lie decides", async () => {
    const taken = async (target: string, ...set: string[]) => (await costs(source("direct", direct()), "--target", target, ...set.flatMap((s) => ["--set", s]))).products.map((p) => p.taken);
    expect(await taken("nvidia", "T=u1", "W=u1")).toEqual(["planes"]);
    expect(await taken("nvidia", "T=u8", "W=u8", "V=dense")).toEqual(["packed"]);
    // Packed products are made of twelve instructions here, and a word is loaded once for its four bytes either way.
    expect(await taken("apple", "T=u8", "W=u8", "V=dense")).toEqual(["fma"]);
    // Bytes made of planes are dear; popcounts are, too, only where they are an eighth of the rest.
    expect(await taken("amd", "T=u6", "W=u6")).toEqual(["planes"]);
    expect(await taken("swiftshader", "T=u1", "W=u1")).toEqual(["planes"]);
    expect(await taken("nvidia", "T=u3", "W=u12", "V=dense")).toEqual(["fma"]);
    expect(await taken("nvidia", "T=u12", "W=u13", "V=dense")).toEqual(["multiply"]);
  });
  test("one that isn't there says why, and one that is asked for is taken", async () => {
    const { products: [p] } = await costs(source("fma", direct(", by: fma")), "--target", "amd", "--set", "V=dense", "--set", "W=u12");
    expect(p).toMatchObject({ taken: "fma", asked: true });
    expect(p.ways.filter((w) => w.why !== undefined)).toEqual([
      { name: "packed", why: "'y' is of u12: packed products are of types of up to 8 bits" },
      { name: "planes", why: "'x' does not lie as bit planes along the contracted axis" },
      { name: "table", why: "'y' is of u12: planes are for types of up to 8 bits" },
    ]);
  });
  test("as text: a table of the kinds of work there are, the choice marked, no line over 100 columns", async () => {
    const { out, code } = await bitloom(["inspect", source("direct", direct()), "--cost", "--target", "lavapipe", "--set", "W=i5"]), lines = out.trimEnd().split("\n");
    expect(code).toBe(0);
    expect(Math.max(...lines.map((l) => l.length))).toBeLessThanOrEqual(100);
    expect(lines[0]).toMatch(/^for lavapipe .* \(rates are assumed\)/);
    expect(lines).toContain("line 6│ dot(x[bm * 4 +: 4, :], transposed(w[bn * 8 +: 8, :])))");
    expect(lines).toContain("  dot(u3[4, 128], i5[128, 8]) by planes, the cheapest");
    const head = lines.findIndex((l) => /^ +time +integer +imul +fma +float +popcount +packed +convert +storage +trips$/.test(l)), table = lines.slice(head, head + 6);
    expect(head).toBeGreaterThan(0);
    // Columns end where their headings do.
    const ends = [...table[0].matchAll(/\S+/g)].map((m) => m.index + m[0].length);
    for (const row of table.slice(1, 5)) for (const end of ends) expect(row.slice(end - 1, end + 1), row).toMatch(/^\S( |$)/);
    expect(table.slice(1).map((l) => l.slice(0, 13))).toEqual(["    multiply ", "    fma      ", "    packed   ", "  ▸ planes   ", "    table    "]);
    expect(table[5]).toBe("    table     no: 'y' is of i5: tables are for types of up to 4 bits");
    expect(lines.at(-1)).toBe("no workgroup memory");
    expect((await bitloom(["inspect", source("forced", direct(", by: packed")), "--cost", "--target", "base"])).out).toContain("by packed, asked for\n");
  });
  test("a product that an unrolled loop repeats is told once for each price, with how often it stands there", async () => {
    const file = source("unrolled", `kernel k(x: u2[8, 256] @ planes, w: u2[8, 256] @ planes, out c: i32[8, 8]) grid (g in 1) threads 32 {
  var acc: i32[8, 8] = 0
  unroll for k in 0..256 step 64 { acc += dot(x[:, k +: 64], transposed(w[:, k +: 64])) }
  store(c, acc)
}
`);
    const { products } = await costs(file, "--target", "base");
    // The first has no window's start to add.
    expect(products.map((p) => [p.line, p.times])).toEqual([[3, 1], [3, 3]]);
    expect((await bitloom(["inspect", file, "--cost", "--target", "base"])).out).toContain("by planes, the cheapest, 3 times\n");
  });
  test("a kernel without any says so", async () =>
    expect((await bitloom(["inspect", "examples/vector_add/vector_add.loom", "--set", "BN=128", "--cost", "--target", "base"])).out).toMatch(/\n\nno products of integers\n\nno workgroup memory\n$/));
});

interface Buffer { readonly name: string; readonly kind: string; readonly space: string; readonly requests: number; readonly asked: number; readonly sectors: number; readonly moved: number; readonly needed: number; readonly conflicts: number; readonly efficiency: number }
interface Block { readonly dims: Record<string, number>; readonly barriers: number; readonly blocks: number; readonly work: { readonly float: number }; readonly registers: number; readonly traffic: Buffer[]; readonly perElement: { name: string; elements: number; work: Record<string, number> }[]; readonly seconds: number; readonly blockSeconds: number }
const memory = async (file: string, ...more: string[]): Promise<Block> => ((await bitloom(["inspect", file, "--cost", "--json", "--target", "nvidia", ...more])).json() as { memory: Block }).memory;

describe("what a block moves", () => {
  test("rows and columns: bytes asked for, sectors and waits as counted by hand", async () => {
    const file = source("turn", `kernel turn(x: f32[N, 64], out y: f32[64, N])
  grid (b in N / 32)
  threads 32
{
  require N % 32 == 0, "whole blocks"
  shared s: f32[32, 64]
  copy(x[b * 32 +: 32, :], to: s)
  barrier()
  let column: f32[64, 32] @ local(64, 1) * spatial(1, 32) = load(transposed(s))
  store(y[:, b * 32 +: 32], column)
}
`);
    const { dims, blocks, barriers, traffic } = await memory(file), of = (name: string, kind: string): Buffer | undefined => traffic.find((t) => t.name === name && t.kind === kind);
    expect({ dims, blocks, barriers }).toEqual({ dims: { N: 4096 }, blocks: 128, barriers: 1 });
    // 32 rows of 64 floats are 8,192 bytes that lie together: 256 sectors, each asked for as often as words of it are loaded apart.
    expect(of("x", "load")).toMatchObject({ asked: 8192, moved: 8192, needed: 8192 });
    // A row of the result is 32 floats: 4 sectors for 32 threads, 64 times.
    expect(of("y", "store")).toMatchObject({ requests: 64, asked: 8192, sectors: 256, moved: 8192, needed: 8192, efficiency: 1 });
    // 32 threads read a column of words that are 64 apart: one bank, 31 waits, 64 times.
    expect(of("s", "load")).toMatchObject({ requests: 64, asked: 8192, conflicts: 31 * 64 });
  });
  test("the matrix of a product with a vector is read once, in whole sectors; its price grows with the matrix", async () => {
    const gemv = (K: number): Promise<Block> => memory("examples/gemv/gemv.loom", "--kernel", "gemv", "--set", "N=1024", "--set", `K=${K}`), [small, large] = [await gemv(2048), await gemv(4096)];
    const w = small.traffic.find((t) => t.name === "w" && t.kind === "load");
    expect(w?.needed).toBe((8 * 2048 * 4) / 8);
    expect(w?.efficiency).toBeGreaterThanOrEqual(0.95);
    expect(w?.moved).toBeLessThanOrEqual(1.05 * (w?.needed ?? 0));
    expect(small.perElement[0]).toMatchObject({ name: "w", elements: 8 * 2048 });
    // A code becomes a float by a subtraction, and is multiplied.
    expect(small.perElement[0]?.work["float"]).toBeGreaterThanOrEqual(2);
    expect(small.perElement[0]?.work).not.toHaveProperty("convert");
    expect(large.blockSeconds / small.blockSeconds).toBeGreaterThan(1.8);
    expect(large.blockSeconds / small.blockSeconds).toBeLessThan(2.2);
    expect(small.seconds).toBeGreaterThan(small.blockSeconds * small.blocks);
  });
  test("sizes of the launch count: as many blocks, bytes and turns of loops as they make", async () => {
    const gemm = (M: number, K: number): Promise<Block> => memory("examples/gemm_f32/gemm_f32.loom", "--set", `M=${M}`, "--set", "N=128", "--set", `K=${K}`), [few, tall, deep] = [await gemm(64, 256), await gemm(128, 256), await gemm(64, 1024)];
    expect([tall.blocks / few.blocks, deep.blocks / few.blocks]).toEqual([2, 1]);
    const asked = (b: Block): number => b.traffic.find((t) => t.name === "a" && t.kind === "load")?.asked ?? NaN;
    expect([asked(tall) / asked(few), asked(deep) / asked(few)]).toEqual([1, 4]);
    expect(tall.blockSeconds).toBeCloseTo(few.blockSeconds, 12);
    expect(deep.blockSeconds / few.blockSeconds).toBeCloseTo(4, 0);
    // A multiplication and an addition for each product, whatever the turns.
    expect(few.work.float * 64 * few.blocks).toBe(2 * 64 * 128 * 256);
    expect(await bitloom(["inspect", "examples/gemm_f32/gemm_f32.loom", "--set", "Q=3", "--counts"])).toMatchObject({ code: 2, err: expect.stringContaining("kernel 'gemm_f32' has no 'Q' to set") as string });
  });
});

describe("what can't be", () => {
  test("a way that there is none for these factors is marked in the source, with a way out", async () => {
    const file = source("impossible", "kernel k(x: u3[8, 32], w: i4[32, 8], out c: i32[8, 8])\n  grid (g in 1)\n  threads 32\n{\n  store(c, dot(x, w, by: planes))\n}\n");
    const { code, out, err } = await bitloom(["inspect", file, "--cost", "--target", "base"]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err.trimEnd().split("\n").slice(0, 4)).toEqual([
      "error[L0220]: this product can't be made by planes: 'x' does not lie as bit planes along the contracted axis",
      ` ┌─ ${file}:5:12`, "5│   store(c, dot(x, w, by: planes))", " │            ^^^^^^^^^^^^^^^^^^^^^",
    ]);
    expect(err).toContain("leave 'by' out for the cheapest way, or take multiply or fma");
  });
  test("an unknown target, and a target without --cost, are told", async () => {
    const file = source("direct", direct());
    expect(await bitloom(["inspect", file, "--cost", "--target", "nvida"])).toMatchObject({ code: 2, err: expect.stringContaining("did you mean 'nvidia'?") as string });
    expect(await bitloom(["inspect", file, "--wgsl", "--target", "amd"])).toMatchObject({ code: 2, err: expect.stringContaining("--cost --target amd") as string });
  });
  test("every target has a price for every kernel", async () => {
    for (const target of targetNames) expect((await costs(source("direct", direct()), "--target", target)).products[0].taken, target).toBeTruthy();
  });
});

/** 32 threads, four rows by eight columns: each of them walks along a row of `w` in shared memory, whose words lie as P says. */
const shared = `kernel b<P: packing = planes>(x: u2[m: 4, k: 1024] @ planes, w: u2[n: 8, k: 1024] @ P, out c: i32[4, 8])
  grid (g in 1)
  threads 32
{
  shared sw: u2[n: 8, k: 1024] @ P
  copy(w, to: sw)
  barrier()
  store(c, dot(x, transposed(sw), by: planes))
}
`;

describe("banks of workgroup memory", () => {
  /** The worst rounds of the loads of `sw` with this packing. */
  const rounds = async (P: string): Promise<number> => {
    const { tiles } = await costs(source("shared", shared), "--target", "base", "--set", `P=${P}`);
    expect(tiles.map((t) => t.name)).toEqual(["sw"]);
    const loads = tiles[0].accesses.filter((a) => a.kind === "load");
    expect(loads.every((a) => a.line === 8)).toBe(true);
    return Math.max(...loads.map((a) => a.rounds ?? NaN));
  };
  test("eight rows one after the other, 32 words each, are all in one bank", async () => expect(await rounds("planes")).toBe(8));
  test("FlexQ's order puts neighbouring rows four banks apart", async () => expect(await rounds("[k / 128, n / 8, bit, n % 8, k % 128]")).toBe(1));
  test("rows that alternate word by word lie in banks of their own", async () => expect(await rounds("[k / 32, bit, n, k % 32]")).toBe(1));
  test("pads of a word do, too", async () => expect(await rounds("[bit, n, pad(k, 1056)]")).toBe(1));
  test("two rows in a bank take two rounds", async () => expect(await rounds("[k / 256, bit, n, k % 256]")).toBe(2));
  test("as text, with the line", async () => {
    const text = async (P: string) => (await bitloom(["inspect", source("shared", shared), "--cost", "--target", "base", "--set", `P=${P}`])).out;
    expect(await text("planes")).toContain("\n  sw: 7 extra rounds of 8 at line 8 (load, 2 times)\n");
    expect(await text("[k / 128, n / 8, bit, n % 8, k % 128]")).not.toContain("at line 8");
  });
  test("a tile without any says so; what data decide, nobody knows", async () => {
    const file = source("tiles", `kernel t(x: f32[32], i: u32[32], out y: f32[32]) grid (g in 1) threads 32 {
  shared line: f32[32]
  shared table: f32[32]
  store(line, load(x))
  store(table, load(x))
  barrier()
  store(y, load(line) + gather(table, load(i), axis: 0))
}
`);
    const { out } = await bitloom(["inspect", file, "--cost", "--target", "base"]);
    expect(out.split("\n\n").at(-1)?.trimEnd().split("\n")).toEqual([
      "workgroup memory, 32 threads at 32 banks", "  line: no bank conflicts", "  table: what is read decides the words at line 7 (load)",
    ]);
  });
});

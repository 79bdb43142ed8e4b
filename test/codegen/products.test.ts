// Integer products as loop form: all five ways, wherever factors lie, at run-time sizes, against exact arithmetic; where a way isn't
// there, it is said.
import { describe, expect, test } from "vitest";
import { baseTarget, compileProgram, type Target } from "../../codegen/index.ts";
import { load } from "../../lang/index.ts";
import { chance, dtype, tileFromCodes, type Tile } from "../../vm/index.ts";
import { byInterpreter, byLowered, difference, lowered, type Case, type Compiled } from "../conformance/engines.ts";
import { allWays, exists, packings, places, product, programOf, randomSizes, randomSpec, sourceOf, types, wrong, type Spec } from "../conformance/products-cases.ts";

const targets: Readonly<Record<string, Target>> = {
  plain: baseTarget, "with packed products": { ...baseTarget, packedDot: true }, "with few accesses": { ...baseTarget, staticAccesses: 4 },
};
const targetNames = Object.keys(targets);

/** A message of what differs, or of the refusal where the way must not be there. */
function check(s: Spec, target: Target, shapes: number, seed: number): string | undefined {
  const next = chance(seed), program = programOf(s);
  if (!exists(s)) { expect(() => lowered(program, target), sourceOf(s)).toThrow(/L0220.*can't be made by/); return undefined; }
  let compiled: Compiled;
  try { compiled = lowered(program, target); } catch (e) { return `${String(e)}\n${sourceOf(s)}`; }
  for (let i = 0; i < shapes; i++) {
    const p = product(s, program, randomSizes(next, { M: 3, N: 5, K: 130 }), seed + i);
    const law = i === 0 ? wrong(p, byInterpreter(p.case).c) : undefined, got = wrong(p, byLowered(p.case, compiled).c);
    if (law || got) return `${law ? `the interpreter: ${law}; ` : ""}${got ?? ""} of ${JSON.stringify(p.case.dims)}, count ${p.case.inputs.count}\n${sourceOf(s)}`;
  }
  return undefined;
}

describe("products as loop form", () => {
  // Each place with each packing and way; types, zero points and targets go round beside them, each pair of widths sooner or later.
  const rows = places.flatMap((place) => (Object.keys(packings) as Spec["packing"][]).flatMap((packing) => allWays.map((by) => ({ place, packing, by }))));
  test.each(places)("factors in %s: every packing and way", (place) => {
    rows.filter((r) => r.place === place).forEach((r, i) => {
      const next = chance(100 * i + places.indexOf(place)), drawn = randomSpec(next);
      // Tables are for narrow y.
      const y = r.by === "table" && i % 4 ? types[Math.floor(next() * 11)] : drawn.y;
      expect(check({ ...drawn, ...r, y, tile: [drawn.tile[0], drawn.tile[1], r.packing === "dense" ? 64 : drawn.tile[2]] }, targets[targetNames[i % 3]], 2, i)).toBeUndefined();
    });
  });

  const many = Math.ceil(6 * Number(process.env.BITLOOM_RANDOM ?? 1));
  test.each(targetNames)(`random kernels on a target that is %s`, (name) => {
    const next = chance(name.length);
    for (let i = 0; i < many; i++) expect(check(randomSpec(next), targets[name], 3, i)).toBeUndefined();
  });

  test("a zero point of each row reaches the table's results, whose entries other threads make", () => {
    const s: Spec = { x: "u3", y: "i4", place: "shared", packing: "planes", by: "table", zx: { type: "u3", each: true }, tile: [4, 8, 64], threads: 32 }, program = programOf(s);
    const p = product(s, program, { M: 5, N: 9, K: 80, k: 75 }, 1);
    expect(wrong(p, byLowered(p.case, lowered(program, baseTarget)).c)).toBeUndefined();
  });

  test.each([20, 33, 48, 100])("shared planes of rows of %i elements, which end inside a word", (K) => {
    for (const x of ["b2", "u3"] as const) expect(check({ x, y: "b1", place: "shared", packing: "planes", by: "planes", tile: [4, 8, K], threads: 16 }, baseTarget, 3, K)).toBeUndefined();
  });

  test.each([false, true])("a zero point meets the sum of a row once in a step, not each element (packed products: %s)", (packedDot) => {
    const text = `kernel k(x: u8[m: M, k: K] @ [m, pad(k, 32), bit], w: u4[n: N, k: K] @ [n, pad(k, 32), bit], z: u4[N], out c: i32[M, N])
      grid (bn in cdiv(N, 8), bm in cdiv(M, 8)) threads 16 {
      let zy = reshape(load(z[bn * 8 +: 8]) as i32, [1, 8])
      store(c[bm * 8 +: 8, bn * 8 +: 8], dot(x[bm * 8 +: 8, 0 +: 64], transposed(w[bn * 8 +: 8, 0 +: 64]), zy: zy, by: packed, k: min(K, 64)))
    }`;
    const { wgsl } = compileProgram(load(text).kernels[0].specialise({}), { ...baseTarget, packedDot });
    // Four results of a thread, of two columns: a product each.
    expect(wgsl.match(/-zy_[01] \*|\* -zy_[01]|- zy_[01] \*/g)?.length).toBe(4);
  });

  test("a store that ends inside a word of a shared tile takes its planes, and the message says so", () => {
    const text = (to: string): string => `kernel k(x: u2[8, 48], w: u2[8, 48] @ planes, out c: i32[8, 8]) grid (g in 1) threads 32 {
      shared s: u2[8, 48] @ planes
      ${to}
      barrier()
      store(c, dot(s, transposed(w), by: planes))
    }`;
    const compiled = (to: string): string => { const [k] = load(text(to)).kernels; return compileProgram(k.specialise({}), baseTarget).wgsl; };
    expect(compiled("store(s, load(x))")).toContain("countOneBits");
    expect(() => compiled("store(s[:, 0 +: 20], load(x[:, 0 +: 20])); store(s[:, 20 +: 28], load(x[:, 20 +: 28]))")).toThrow(/'x' would lie so, but a store writes parts of its words/);
  });

  test("rows that begin inside words are no bytes, and the message says how they would be", () => {
    const text = "kernel k<K: int = 250>(x: i8[8, K] , w: i4[8, K], out c: i32[8, 8]) grid (g in 1) threads 32 { store(c, dot(x[:, 0 +: 128], transposed(w[:, 0 +: 128]), by: packed)) }";
    const compiled = (params: Record<string, number>): string => compileProgram(load(text).kernels[0].specialise(params), baseTarget).wgsl;
    expect(() => compiled({})).toThrow(/L0220.*lie in whole words.*rows that begin at whole words do: .* @ \[n, pad\(k, 32\), bit\]/);
    expect(compiled({ K: 256 })).toContain("c[");
  });

  test.each([["u4", "i3"], ["b2", "b6"], ["u1", "u1"], ["i8", "u4"], ["b8", "u3"], ["u8", "u4"]] as const)("%s · %s by f16, flushed before a sum passes 2^11", (x, y) => {
    const s: Spec = { x, y, place: "tensors", packing: "dense", by: "half", tile: [2, 4, 64], threads: 8 };
    for (const target of [baseTarget, { ...baseTarget, f16: true, staticAccesses: 8 }]) expect(check(s, target, 3, 5)).toBeUndefined();
  });

  test.each([["u8", "u8", "multiply"], ["u3", "i8", "fma"], ["b2", "u1", "multiply"], ["i4", "i4", undefined], ["u8", "u8", "packed"], ["b8", "i4", "packed"], ["b3", "i2", "packed"], ["f4e2m1", "u5", undefined]] as const)("elements of %s · %s past a count that the text says add nothing, in steps of several too", (x, y, by) => {
    const text = (factors: string, k: number): string => `kernel k(x: ${x}[4, 32], y: ${y}[8, 32], out c: ${x.startsWith("f") ? "f32" : "i32"}[4, 8]) grid (g in 1) threads 8 {
      store(c, dot(${factors}, k: ${k}${by ? `, by: ${by}` : ""}))
    }`;
    for (const factors of by === "packed" ? ["x, transposed(y)"] : ["x, transposed(y)", "load(x), load(transposed(y))"]) for (const k of [1, 4, 8, 13, 24]) {
      const next = chance(k), codes = (type: string, n: number): Tile => tileFromCodes(dtype(type), [n, 32], Array.from({ length: n * 32 }, () => Math.floor(next() * 2 ** dtype(type).bits)));
      const c: Case = { program: load(text(factors, k)).kernels[0].specialise({}), inputs: { x: codes(x, 4), y: codes(y, 8) }, dims: {} };
      expect(difference(c, byInterpreter(c), byLowered(c, lowered(c.program, baseTarget)), `k: ${k} of ${factors}`)).toBeUndefined();
    }
  });

  test("tables say what workgroup memory they lack, and aren't chosen then", () => {
    const s: Spec = { x: "u3", y: "i4", place: "shared", packing: "planes", by: "table", tile: [4, 8, 128], threads: 32 }, small = { ...baseTarget, workgroupBytes: 4096 };
    expect(() => lowered(programOf(s), small)).toThrow(/L0220: this product can't be made by table: its table takes 8192 bytes of workgroup memory, and \d+ are left/);
    expect(check({ ...s, by: undefined }, small, 2, 3)).toBeUndefined();
  });
});

// Words that all threads read alike: what is loaded by lanes in turn gives what everybody loading it gives, and only where a load is dear.
import fc from "fast-check";
import { expect, test } from "vitest";
import { baseTarget, compileProgram, defaultRates, lowerProgram, prepare, type Target } from "../../codegen/index.ts";
import { load } from "../../lang/index.ts";
import { compose, dense, local, planes, spatial } from "../../layout/index.ts";
import { builder, cdiv, chance, constant, dtype, scalarOp, tileFromCodes, type Program, type Tile } from "../../vm/index.ts";
import { byEvaluator, byInterpreter, difference, type Case } from "../conformance/engines.ts";

const lanes = (subgroup: number, rates = defaultRates.lavapipe): Target => ({ ...baseTarget, subgroup, rates, staticAccesses: 64 });

interface Cut { readonly M: number; readonly N: number; readonly K: number; readonly type: string; readonly rows: number; readonly columns: number; readonly threads: number; /** M is a multiple of the rows. */ readonly whole?: boolean; /** Of x, where both are bit planes. */ readonly bits?: string }

/** x[M, K] · w[N, K]ᵀ where threads lie side by side along N: rows of x are the same for all. */
function product({ N, K, type, rows, columns, threads, whole, bits }: Cut): Program {
  const out = bits === undefined ? "f32" : "i32", packing = bits === undefined ? dense(2) : planes(2);
  const b = builder("product"), m = b.dim("M"), x = b.tensor("x", "in", bits ?? "f32", [m, K], packing), w = b.tensor("w", "in", type, [N, K], packing), y = b.tensor("y", "out", out, [m, N], dense(2));
  const BN = columns * threads, [bn, bm] = b.grid([["bn", constant(Math.ceil(N / BN))], ["bm", cdiv(m, rows)]]), n0 = scalarOp("mul", bn, constant(BN)), m0 = scalarOp("mul", bm, constant(rows));
  b.threads(threads);
  if (whole) b.require(scalarOp("eq", scalarOp("rem", m, constant(rows)), constant(0)), "whole blocks");
  const part = (t: typeof x, at: typeof n0, size: number): typeof x => b.slice({ x: t }, { offsets: [at, constant(0)], sizes: [constant(size), constant(K)] });
  const acc = b.var({ init: 0 }, { dtype: dtype(out), shape: [rows, BN], layout: compose(compose(local(rows, 1), spatial(1, threads)), local(1, columns)) });
  b.assign({ to: acc, from: b.dot({ x: part(x, m0, rows), y: b.transposed({ x: part(w, n0, BN) }), acc }, { k: constant(K) }) });
  b.store({ to: b.slice({ x: y }, { offsets: [m0, n0], sizes: [constant(rows), constant(BN)] }), x: acc });
  return b.finish();
}

const cuts = fc.record({
  M: fc.integer({ min: 1, max: 9 }), N: fc.integer({ min: 1, max: 40 }), K: fc.constantFrom(1, 7, 8, 24, 32, 48, 64, 96), type: fc.constantFrom("u1", "i2", "u3", "i4", "b5", "u6", "i7", "u8", "f32"),
  rows: fc.constantFrom(1, 2, 4), columns: fc.constantFrom(1, 2, 4), threads: fc.constantFrom(8, 16, 32), whole: fc.boolean(),
}).map((c) => (c.whole ? { ...c, M: Math.ceil(c.M / c.rows) * c.rows } : c));

test.each([4, 8, 16])("in subgroups of %i products are what the interpreter says", (size) => {
  let shared = 0;
  fc.assert(fc.property(cuts, fc.nat(), (cut, seed) => {
    const program = product(cut), { M, N, K, type } = cut, d = dtype(type), next = chance(seed), target = lanes(size);
    // Small integers, so that sums are exact in any order.
    const tile = (t: typeof d, shape: readonly number[]): Tile => tileFromCodes(t, shape, Array.from({ length: shape[0] * shape[1] }, () => (t.storage ? Math.floor(next() * 2 ** t.bits) : t.encode(Math.floor(next() * 17) - 8))));
    const c: Case = { program, inputs: { x: tile(dtype("f32"), [M, K]), w: tile(d, [N, K]) }, dims: { M } };
    if (lowerProgram(prepare(program).program, target).body.subgroup !== undefined) shared++;
    expect(difference(c, byInterpreter(c), byEvaluator(c, target), "the loop form")).toBeUndefined();
  }), { numRuns: 40 });
  expect(shared).toBeGreaterThan(10);
});

test.each([4, 8, 16])("in subgroups of %i products of bit planes are what the interpreter says", (size) => {
  const kinds = fc.constantFrom("u1", "b1", "u2", "b3", "u4", "b5", "u6", "b7", "u8");
  let shared = 0;
  fc.assert(fc.property(cuts, kinds, kinds, fc.nat(), (cut, type, bits, seed) => {
    const program = product({ ...cut, type, bits }), { M, N, K } = cut, next = chance(seed), tile = (t: string, rows: number): Tile => tileFromCodes(dtype(t), [rows, K], Array.from({ length: rows * K }, () => Math.floor(next() * 2 ** dtype(t).bits)));
    const c: Case = { program, inputs: { x: tile(bits, M), w: tile(type, N) }, dims: { M } };
    if (lowerProgram(prepare(program).program, lanes(size)).body.subgroup !== undefined) shared++;
    expect(difference(c, byInterpreter(c), byEvaluator(c, lanes(size)), "the loop form")).toBeUndefined();
  }), { numRuns: 40 });
  expect(shared).toBeGreaterThan(10);
});

test("single words are shared with those of the same buffer alone, and not of one that is read as vectors, too", () => {
  const kernel = (more: string): Program => load(`
kernel words(x: u32[8, 64], z: u32[8, 64], out y: u32[32]) grid (b in 1) threads 32 {
  var acc: u32[32] = 0
  for k in 0..2 {
    acc = acc * 3 + (load(x[2 * k, 9 +: 1]) + load(z[3 * k + 1, 30 +: 1]) * 5 + load(x[k + 3, 41 +: 1]) * 7 + load(z[2 * k + 1, 10 +: 1]) * 11 + load(x[3 * k + 1, 2 +: 1]))
    ${more}
  }
  store(y, acc)
}`, {}).kernels[0].specialise({}) as Program;
  const codes = (seed: number): Tile => { const next = chance(seed); return tileFromCodes(dtype("u32"), [8, 64], Array.from({ length: 512 }, () => Math.floor(next() * 2 ** 32))); };
  const texts = ["", "let v: u32[32] @ local(32) = load(x[k, 0 +: 32])\n    acc = acc + reduce_sum(v, axis: 0)"].map((more) => {
    const program = kernel(more), c: Case = { program, inputs: { x: codes(1), z: codes(2) }, dims: {} };
    expect(difference(c, byInterpreter(c), byEvaluator(c, lanes(8)), "the loop form")).toBeUndefined();
    return compileProgram(program, lanes(8)).wgsl;
  });
  const counted = (wgsl: string): readonly (number | undefined)[] => [/= x\[/g, /= z\[/g, /subgroupBroadcast/g].map((r) => wgsl.match(r)?.length);
  // Three words of x, two of z; beside 32 in a row, which lanes read in twos, those of x are everybody's.
  expect(texts.map(counted)).toEqual([[1, 1, 3 + 2], [3 + 2, 1, 32 + 2]]);
  expect(texts[1]).toContain("x: array<vec2<u32>>");
});

test("words fewer than lanes are shared as well: each is loaded by some lane, all of them at once", () => {
  for (const [bits, rows] of [["b2", 1], ["b3", 1], ["u4", 1], ["b5", 1], ["b7", 1], ["b2", 2], ["b3", 2], ["u4", 4]] as const) {
    const count = dtype(bits).bits * rows, { wgsl, counts: { thread } } = compileProgram(product({ M: rows, N: 32, K: 64, type: "b1", bits, rows, columns: 1, threads: 32, whole: true }), lanes(8));
    // Of w a word for 32 elements; of x what a lane has of so many words.
    expect([thread?.storageLoads, wgsl.match(/subgroupBroadcast/g)?.length], `${rows} × ${bits}`).toEqual([2 * (1 + Math.ceil(count / 8)), count]);
  }
});

test("a row of x is loaded once for all lanes, on devices that do loads lane by lane", () => {
  const cut = { M: 4, N: 128, K: 64, type: "i4", rows: 4, columns: 4, threads: 32 }, loads = (target: Target): number | undefined => compileProgram(product(cut), target).counts.thread?.storageLoads;
  // 4 columns of 8 words are each thread's own; of x, 4 rows of 64, each of 8 lanes loads its eighth.
  expect([loads(lanes(8)), loads(lanes(8, defaultRates.nvidia)), loads({ ...baseTarget, rates: defaultRates.lavapipe })]).toEqual([4 * 8 + 4 * 8, 4 * 8 + 4 * 64, expect.any(Number)]);
  const { wgsl, features } = compileProgram(product(cut), lanes(8));
  expect(features).toEqual(["subgroups"]);
  expect(wgsl.match(/subgroupBroadcast\(\w+, [0-7]u\)/g)?.length).toBe(4 * 8);
  expect(compileProgram(product(cut), lanes(8, defaultRates.nvidia)).features).toEqual([]);
});

test("rows at equal distances are loaded by a lane each, as vectors", () => {
  const cut = { M: 8, N: 128, K: 64, type: "i4", rows: 8, columns: 1, threads: 32, whole: true };
  for (const [size, elements, loads] of [[4, 8, 4], [8, 16, 4], [16, 16, 2]]) {
    const { wgsl, counts: { thread } } = compileProgram(product(cut), lanes(size));
    expect(wgsl).toContain("x: array<vec4<u32>>");
    // In each step 8 rows of so many elements, shared among lanes, and a word for 8 weights.
    expect([wgsl.match(/= x\[/g)?.length, thread?.storageLoads]).toEqual([loads, (64 / elements) * ((8 * elements) / size + elements / 8)]);
  }
});

test("what is read stands before what is made of it, in every run of simple statements", () => {
  const { wgsl } = compileProgram(product({ M: 4, N: 128, K: 64, type: "i4", rows: 4, columns: 4, threads: 32 }), lanes(8)), lines = wgsl.split("\n").filter((l) => /^ {4}/.test(l));
  const reads = lines.flatMap((l, i) => (/= [xw]\[/.test(l) ? [i] : [])), uses = lines.flatMap((l, i) => (/subgroupBroadcast|\+=/.test(l) ? [i] : []));
  expect(reads).toHaveLength(8);
  expect(Math.max(...reads)).toBeLessThan(Math.min(...uses));
});

test("what hangs on the thread, or stands where not all threads are, is loaded by each", () => {
  const b = builder("own"), x = b.tensor("x", "in", "f32", [64], dense(1)), y = b.tensor("y", "out", "f32", [64], dense(1));
  b.threads(32);
  b.store({ to: y, x: b.load({ x }) });
  expect(lowerProgram(prepare(b.finish()).program, lanes(8)).body.subgroup).toBeUndefined();
});

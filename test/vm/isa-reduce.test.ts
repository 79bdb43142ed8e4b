// Reductions against plain loops, along every axis; and what is emitted for them.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { builder, decompose, dtype, interpret, isa, tileFromValues, tileValues, type Tile } from "../../vm/index.ts";
import { elements, emitted, indices, randomTile, run, seeded, shape } from "./isa-support.ts";
import { dense } from "../../layout/index.ts";

const along = (t: Tile, axis: number): number[][] => {
  const kept = t.shape.map((n, d) => (d === axis ? 1 : n));
  return indices(kept).map((i) => Array.from({ length: t.shape[axis] }, (_, j) => t.data[i.reduce((s, x, d) => s * t.shape[d] + (d === axis ? j : x), 0)]));
};
const integer: Readonly<Record<string, (xs: number[], t: string) => number>> = {
  reduce_sum: (xs, t) => wrap(xs.reduce((a, b) => a + BigInt(b), 0n), t), reduce_prod: (xs, t) => wrap(xs.reduce((a, b) => a * BigInt(b), 1n), t),
  reduce_max: (xs) => Math.max(...xs), reduce_min: (xs) => Math.min(...xs), reduce_any: (xs) => Number(xs.some(Boolean)), reduce_all: (xs) => Number(xs.every(Boolean)),
};
const wrap = (x: bigint, t: string): number => Number(t === "i32" ? BigInt.asIntN(32, x) : BigInt.asUintN(32, x));
const float: typeof integer = { ...integer, reduce_sum: (xs) => Math.fround(xs.reduce((a, b) => a + b, 0)), reduce_prod: (xs) => Math.fround(xs.reduce((a, b) => a * b, 1)) };

describe("reductions", () => {
  for (const t of ["i32", "u32", "f32", "bool"])
    it(`of ${t} combine along any axis`, () => {
      const names = t === "bool" ? ["reduce_any", "reduce_all"] : ["reduce_sum", "reduce_prod", "reduce_max", "reduce_min"];
      fc.assert(fc.property(fc.constantFrom(...names), shape.filter((s) => s.length > 0), fc.nat(), fc.nat(2), fc.constantFrom(undefined, true, false), (name, s, seed, a, keep) => {
        const x = randomTile(t, s, seeded(seed)), axis = a % s.length, given = seed & 1 ? axis : axis - s.length;
        const attrs = { axis: given, ...(keep === undefined ? {} : { keep }) }, got = run(name, { x }, attrs);
        expect(got.shape).toEqual(keep === false ? s.filter((_, d) => d !== axis) : s.map((n, d) => (d === axis ? 1 : n)));
        const want = along(x, axis).map((xs) => (t === "f32" ? float : integer)[name](xs, t));
        expect(elements(got)).toEqual(want);
        const shown = emitted(name, { x }, attrs);
        if (t !== "f32" || name === "reduce_max" || name === "reduce_min") expect(elements(shown)).toEqual(want);
        else elements(shown).forEach((v, i) => {
          const size = along(x, axis)[i].map(Math.abs).reduce(name === "reduce_sum" ? (p, q) => p + q : (p, q) => p * q);
          expect(Math.abs(v - want[i])).toBeLessThanOrEqual(s[axis] * 2 ** -23 * size);
        });
      }), { numRuns: 80 });
    });

  it("sum_in_order rounds at every step, as a plain loop does", () => {
    fc.assert(fc.property(shape.filter((s) => s.length > 0), fc.nat(), fc.nat(2), fc.boolean(), fc.constantFrom("f32", "i32"), (s, seed, a, keep, t) => {
      const x = randomTile(t, s, seeded(seed)), axis = a % s.length, attrs = { axis: seed & 1 ? axis : axis - s.length, keep }, add = t === "f32" ? Math.fround : (v: number) => v | 0;
      const want = along(x, axis).map((xs) => xs.reduce((sum, v) => add(sum + v), 0)), got = run("sum_in_order", { x }, attrs);
      expect(got.shape).toEqual(keep ? s.map((n, d) => (d === axis ? 1 : n)) : s.filter((_, d) => d !== axis));
      expect(elements(got)).toEqual(want);
      expect(elements(emitted("sum_in_order", { x }, attrs))).toEqual(want);
    }), { numRuns: 80 });
    // Rounded once the sum would be 2^24 + 2.
    expect(elements(run("sum_in_order", { x: tileFromValues(dtype("f32"), [3], [2 ** 24, 1, 1]) }, { axis: 0 }))).toEqual([2 ** 24]);
  });

  it("know infinities and NaN", () => {
    const x: Tile = { dtype: dtype("f32"), shape: [2, 2], data: Float32Array.of(-Infinity, -Infinity, NaN, 1) };
    for (const go of [run, emitted]) expect(elements(go("reduce_max", { x }, { axis: 1 }))).toEqual([-Infinity, NaN]);
  });

  it("sum f16 in f32 and saturate, before and after lowering", () => {
    const b = builder("half"), x = b.tensor("x", "in", "f16", [3, 40], dense(2)), y = b.tensor("y", "out", "f16", [3, 1], dense(2));
    b.threads(32);
    b.store({ to: y, x: b.reduce_sum({ x: b.load({ x }) }, { axis: 1 }) });
    const p = b.finish(), lowered = decompose(p), names = lowered.body.map((s) => (s.kind === "inst" ? s.name : s.kind));
    expect(names).toEqual(["load", "cast", "reduce_sum", "cast", "store"]);
    const given = tileFromValues(dtype("f16"), [3, 40], Array.from({ length: 120 }, (_, i) => (i < 40 ? 2049 - i : i < 80 ? 60000 : 0.1)));
    for (const q of [p, lowered]) expect(tileValues(interpret(q, { x: given }).y)).toEqual(Float64Array.of(65504, 65504, dtype("f16").decode(dtype("f16").encode(40 * given.data[119]))));
  });

  it("scalar takes the only element", () => {
    const go = (x: Tile) => isa.scalar.run?.({ x }, {}, { scalar: () => 0, threads: 1, layouts: {}, out: undefined });
    expect(go({ dtype: dtype("i32"), shape: [1, 1], data: Int32Array.of(-7) })).toBe(-7);
    expect(go({ dtype: dtype("bool"), shape: [], data: Uint8Array.of(1) })).toBe(1);
  });
});

// Scans, butterflies and transforms against what they are defined as, along every axis.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { builder, decompose, dtype, interpret, tileFromValues, tileValues, type Tile } from "../../vm/index.ts";
import { dense } from "../../layout/index.ts";
import { elements, indices, randomTile, run, seeded, shape } from "./isa-support.ts";

/** Element of a tile with another position on one axis. */
const at = (t: Tile, index: readonly number[], axis: number, j: number): number => t.data[index.reduce((s, x, d) => s * t.shape[d] + (d === axis ? j : x), 0)];
const wrap = (x: bigint, t: string): number => Number(t === "i32" ? BigInt.asIntN(32, x) : t === "bool" ? x & 1n : BigInt.asUintN(32, x));
const fold = (f: (a: bigint, b: bigint) => bigint, none: bigint) => (xs: readonly number[], t: string): number => wrap(xs.reduce((a, b) => f(a, BigInt(b)), none), t);
const floats = (f: (a: number, b: number) => number, none: number) => (xs: readonly number[]): number => Math.fround(xs.reduce(f, none));
const limits: Readonly<Record<string, readonly [number, number]>> = { i32: [-(2 ** 31), 2 ** 31 - 1], u32: [0, 2 ** 32 - 1], f32: [-Infinity, Infinity], f16: [-Infinity, Infinity] };

const meaning: Readonly<Record<string, (xs: readonly number[], t: string) => number>> = {
  scan_sum: (xs, t) => (t === "f32" ? floats((a, b) => a + b, 0)(xs) : fold((a, b) => a + b, 0n)(xs, t)),
  scan_prod: (xs, t) => (t === "f32" ? floats((a, b) => a * b, 1)(xs) : fold((a, b) => a * b, 1n)(xs, t)),
  scan_max: (xs, t) => Math.max(...xs, limits[t][0]), scan_min: (xs, t) => Math.min(...xs, limits[t][1]),
  scan_and: fold((a, b) => a & b, -1n), scan_or: fold((a, b) => a | b, 0n), scan_xor: fold((a, b) => a ^ b, 0n),
};
const numeric = ["scan_sum", "scan_prod", "scan_max", "scan_min"], bits = ["scan_and", "scan_or", "scan_xor"];
const types: Readonly<Record<string, readonly string[]>> = { i32: [...numeric, ...bits], u32: [...numeric, ...bits], f32: numeric, bool: bits };

describe("scans", () => {
  test.each(Object.entries(types))("of %s take what came before", (t, names) => {
    fc.assert(fc.property(fc.constantFrom(...names), shape.filter((s) => s.length > 0), fc.nat(), fc.nat(2), fc.boolean(), fc.boolean(), (name, s, seed, a, exclusive, reverse) => {
      const x = randomTile(t, s, seeded(seed)), axis = a % s.length, n = s[axis];
      const got = run(name, { x }, { axis: seed & 1 ? axis : axis - s.length, exclusive, reverse });
      expect(got.shape).toEqual(s);
      const want = indices(s).map((i) => {
        const all = Array.from({ length: n }, (_, j) => at(x, i, axis, j)), own = exclusive ? 0 : 1;
        return meaning[name](reverse ? all.slice(i[axis] + 1 - own).reverse() : all.slice(0, i[axis] + own), t);
      });
      expect(elements(got)).toEqual(want);
    }), { numRuns: 60 });
  });

  test("know infinities and NaN", () => {
    const x: Tile = { dtype: dtype("f32"), shape: [4], data: Float32Array.of(-Infinity, 2, NaN, 1) };
    expect(elements(run("scan_max", { x }, { axis: 0 }))).toEqual([-Infinity, 2, NaN, NaN]);
    expect(elements(run("scan_max", { x }, { axis: 0, exclusive: true }))).toEqual([-Infinity, -Infinity, 2, NaN]);
    expect(elements(run("scan_sum", { x }, { axis: 0, reverse: true }))).toEqual([NaN, NaN, NaN, 1]);
  });

  test("sum f16 in f32 and saturate, before and after lowering", () => {
    const b = builder("half"), x = b.tensor("x", "in", "f16", [4], dense(1)), y = b.tensor("y", "out", "f16", [4], dense(1));
    b.threads(4);
    b.store({ to: y, x: b.scan_sum({ x: b.load({ x }) }, { axis: 0 }) });
    const p = b.finish(), lowered = decompose(p), given = tileFromValues(dtype("f16"), [4], [2048, 1, 1, 65000]);
    expect(lowered.body.map((s) => (s.kind === "inst" ? s.name : s.kind))).toEqual(["load", "cast", "scan_sum", "cast", "store"]);
    // 2049 is no f16, and it is 2050 all the same that the third sum gives.
    for (const q of [p, lowered]) expect([...tileValues(interpret(q, { x: given }).y)]).toEqual([2048, 2048, 2050, 65504]);
  });
});

describe("butterflies", () => {
  test("give the element at the other index", () => {
    fc.assert(fc.property(fc.constantFrom("u3", "i32", "f16", "bool"), fc.nat(3), fc.nat(2), fc.nat(31), fc.nat(), (t, log, axis, d, seed) => {
      const n = 2 ** log, s = [2, 3, 2].map((m, k) => (k === axis ? n * (1 + (seed % 3)) : m)), x = randomTile(t, s, seeded(seed)), distance = d % n;
      expect(elements(run("butterfly", { x }, { axis, distance }))).toEqual(indices(s).map((i) => at(x, i, axis, i[axis] ^ distance)));
    }), { numRuns: 60 });
  });
  test("are refused where there is no other", () => {
    const x = randomTile("i32", [6, 8], seeded(1));
    for (const distance of [2, 3, 4, 6, -1, 0.5]) expect(() => run("butterfly", { x }, { axis: 0, distance })).toThrow("T0230");
    expect(elements(run("butterfly", { x }, { axis: 0, distance: 0 }))).toEqual(elements(x));
    expect(() => run("butterfly", { x }, { axis: 1, distance: 8 })).toThrow("T0230");
  });
});

describe("the Walsh–Hadamard transform", () => {
  const odd = (x: number): number => { let p = 0; for (let y = x; y; y &= y - 1) p ^= 1; return p; };
  test("is a sum with signs", () => {
    fc.assert(fc.property(fc.constantFrom("i32", "u32", "f32"), fc.nat(5), fc.nat(1), fc.nat(), (t, log, axis, seed) => {
      const n = 2 ** log, s = axis ? [3, n] : [n, 3], x = randomTile(t, s, seeded(seed)), got = elements(run("fwht", { x }, { axis }));
      indices(s).forEach((i, k) => {
        const terms = Array.from({ length: n }, (_, j) => at(x, i, axis, j) * (odd(i[axis] & j) ? -1 : 1));
        if (t === "f32") expect(got[k]).toBe(Math.fround(terms.reduce((a, b) => a + b, 0)));
        else expect(got[k]).toBe(wrap(terms.reduce((a, b) => a + BigInt(b), 0n), t));
      });
    }), { numRuns: 40 });
  });
  test("twice is n times the tile", () => {
    const x = tileFromValues(dtype("f16"), [16], Array.from({ length: 16 }, (_, i) => (i * 7) % 5 - 2));
    expect(elements(run("fwht", { x: run("fwht", { x }, { axis: 0 }) }, { axis: 0 }))).toEqual(elements(x).map((v) => 16 * v));
  });
  test("is for powers of two", () => expect(() => run("fwht", { x: randomTile("f32", [2, 6], seeded(1)) }, { axis: 1 })).toThrow("load a window of 8"));
});

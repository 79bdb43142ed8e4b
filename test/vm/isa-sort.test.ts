// Order along an axis against plain sorting of values; and the keys by which the code generator orders, for every code of small types.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dtype, dtypes, numericOps, tileFromCodes, tileFromValues, tileValues, type Tile } from "../../vm/index.ts";
import { keysOf } from "../../vm/isa/order.ts";
import { elements, indices, randomTile, run, seeded, shape } from "./isa-support.ts";

const line = (t: Tile, values: ArrayLike<number>, index: readonly number[], axis: number): number[] =>
  Array.from({ length: t.shape[axis] }, (_, j) => values[index.reduce((s, x, d) => s * t.shape[d] + (d === axis ? j : x), 0)]);
/** The numbers in order, NaN at the end, without -0. */
const ordered = (xs: readonly number[], descending: boolean): number[] => {
  const real = xs.filter((x) => !Number.isNaN(x)).map((x) => x + 0).sort((a, b) => a - b);
  return [...(descending ? real.reverse() : real), ...xs.filter(Number.isNaN)];
};
const types = ["i32", "u32", "f32", "f16", "bool", "u3", "i5", "b2", "f8e4m3", "f8e5m2_fnuz", "f6e3m2", "e8m0", "bf16", "i13"];

describe("order along an axis", () => {
  test.each(types)("of %s", (t) => {
    fc.assert(fc.property(shape.filter((s) => s.length > 0), fc.nat(), fc.nat(2), fc.boolean(), (s, seed, a, descending) => {
      const axis = a % s.length, n = s[axis], k = 1 + (seed % n), x = randomTile(t, s, seeded(seed)), values = tileValues(x);
      const sorted = run("sort", { x }, { axis, descending }), places = run("arg_sort", { x }, { axis, descending });
      const top = run("top_k", { x }, { axis, k, smallest: !descending }), where = run("arg_top_k", { x }, { axis, k, smallest: !descending });
      expect([sorted.dtype.name, places.dtype.name, top.shape]).toEqual([t, "i32", s.map((m, d) => (d === axis ? k : m))]);
      for (const i of indices(s.map((m, d) => (d === axis ? 1 : m)))) {
        const before = line(x, values, i, axis), want = ordered(before, descending), got = line(sorted, tileValues(sorted), i, axis), from = line(places, places.data, i, axis);
        expect(got).toEqual(want);
        expect(from.map((j) => before[j] + 0)).toEqual(want);
        expect(new Set(from).size).toBe(n);
        from.forEach((j, r) => { if (r > 0 && (Object.is(want[r], want[r - 1]))) expect(j).toBeGreaterThan(from[r - 1]); });
        expect(line(top, tileValues(top), i, axis)).toEqual(want.slice(0, k));
        expect(line(where, where.data, i, axis)).toEqual(from.slice(0, k));
      }
    }), { numRuns: 25 });
  });

  test("puts NaN last both ways, and takes -0 for 0", () => {
    const x = tileFromValues(dtype("f32"), [7], [NaN, 1, -0, 0, -Infinity, Infinity, -0]);
    expect(elements(run("sort", { x }, { axis: 0 }))).toEqual([-Infinity, 0, 0, 0, 1, Infinity, NaN]);
    expect(elements(run("sort", { x }, { axis: 0, descending: true }))).toEqual([Infinity, 1, 0, 0, 0, -Infinity, NaN]);
    expect(elements(run("arg_sort", { x }, { axis: 0 }))).toEqual([4, 2, 3, 6, 1, 5, 0]);
    expect(elements(run("arg_top_k", { x }, { axis: 0, k: 4 }))).toEqual([5, 1, 2, 3]);
  });

  test("takes as many as there are", () => {
    const x = randomTile("i32", [3, 5], seeded(2));
    for (const k of [0, 6, 1.5]) expect(() => run("top_k", { x }, { axis: 1, k })).toThrow("T0232");
    expect(() => run("sort", { x }, { axis: 2 })).toThrow("T0206");
  });
});

describe("keys", () => {
  test.each(dtypes().filter((t) => t.bits <= 8 || t.name === "f16" || t.name === "bf16").map((t) => [t.name, t] as const))("of %s grow with the value", (_, t) => {
    const codes = Array.from({ length: 2 ** t.bits }, (__, i) => i), x = tileFromCodes(t, [codes.length], codes), type = t.storage ? "u32" : t.compute;
    const values = tileValues(x);
    for (const descending of [false, true]) {
      const keys = keysOf(numericOps, t, descending), key = Array.from(x.data, (value) => keys.key({ type, value }).value);
      const real = codes.filter((c) => !Number.isNaN(values[c])).sort((a, b) => values[a] - values[b]), none = codes.filter((c) => Number.isNaN(values[c]));
      const wrong: string[] = [], greatest = real.reduce((m, c) => Math.max(m, key[c]), 0);
      for (let i = 1; i < real.length; i++)
        if (Math.sign(key[real[i]] - key[real[i - 1]]) + 0 !== Math.sign(values[real[i]] - values[real[i - 1]]) * (descending ? -1 : 1) + 0) wrong.push(`order of ${real[i - 1]} and ${real[i]}`);
      for (const c of none) if (!(key[c] > greatest)) wrong.push(`NaN ${c} isn't last`);
      for (const c of codes) {
        const back = keys.element({ type: "u32", value: key[c] });
        if (back.type !== type || !Object.is((t.storage ? t.decode(back.value) : back.value) + 0, values[c] + 0)) wrong.push(`${c} comes back as ${back.value}`);
      }
      expect(wrong).toEqual([]);
    }
  });
});

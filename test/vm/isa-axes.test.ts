// Reductions over several axes, where the extremes are, and counting.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dense } from "../../layout/index.ts";
import { builder, decompose, dtype, interpret, print, read, tileFromValues, tileValues, type Tile } from "../../vm/index.ts";
import { elements, emitted, indices, randomTile, run, seeded, shape } from "./isa-support.ts";

describe("several axes", () => {
  it("combine as one after the other, in any order, with and without keeping them", () => {
    fc.assert(fc.property(fc.constantFrom("reduce_sum", "reduce_max", "reduce_min", "reduce_prod"), shape, fc.nat(), fc.array(fc.nat(2), { maxLength: 3 }), fc.constantFrom(undefined, true, false), (name, s, seed, picked, keep) => {
      const x = randomTile("i32", s, seeded(seed)), all = picked.length === 0, axes = [...new Set(picked.filter((a) => a < s.length))];
      const given = all ? {} : { axis: axes.map((a, i) => (i % 2 ? a : a - s.length)) }, gone = all ? s.map((_, d) => d) : axes;
      let want = x;
      for (const axis of gone) want = run(name, { x: want }, { axis });
      const attrs = { ...given, ...(keep === undefined ? {} : { keep }) }, got = run(name, { x }, attrs);
      expect(got.shape).toEqual(keep === false ? s.filter((_, d) => !gone.includes(d)) : want.shape);
      expect(elements(got)).toEqual(elements(want));
      expect(elements(emitted(name, { x }, attrs))).toEqual(elements(want));
    }), { numRuns: 150 });
  });
  it("are named once each", () => {
    const x = randomTile("i32", [2, 3], seeded(1));
    expect(() => run("reduce_sum", { x }, { axis: [1, -1] })).toThrow("T0206");
    expect(() => run("reduce_sum", { x }, { axis: [0, 2] })).toThrow("T0206");
  });
  it("stand in the text of a Program as they were given", () => {
    const b = builder("axes"), x = b.load({ x: b.tensor("x", "in", "f32", [3, 5, 2], dense(3)) }), y = b.tensor("y", "out", "f32", [1, 1, 1], dense(3));
    b.threads(8);
    b.store({ to: y, x: b.reduce_sum({ x: b.reduce_max({ x: b.reduce_min({ x }, { axis: [0, -1] }) }, { axis: 1 }) }) });
    const text = print(b.finish());
    expect(text.match(/reduce_\w+\(.*\)/g)).toEqual(["reduce_min(x: %1, axis: [0, -1])", "reduce_max(x: %3, axis: 1)", "reduce_sum(x: %4)"]);
    expect(print(read(text))).toBe(text);
  });
});

describe("arg_max and arg_min", () => {
  const special = [NaN, Infinity, -Infinity, 0, -0, 1e-45, -1e-45, 3, -3];
  /** The first of the best, NaN the best of all. */
  const first = (xs: readonly number[], largest: boolean): number => {
    const nan = xs.findIndex(Number.isNaN);
    return nan >= 0 ? nan : xs.findIndex((x) => xs.every((y) => (largest ? x >= y : x <= y)));
  };
  it("find the first of the best, run and lowered", () => {
    fc.assert(fc.property(fc.constantFrom("arg_max", "arg_min"), fc.constantFrom("f32", "f16", "i32", "u32"), shape.filter((s) => s.length > 0), fc.nat(), fc.nat(2), fc.boolean(), (name, t, s, seed, a, keep) => {
      const random = seeded(seed), axis = a % s.length, x = randomTile(t, s, random);
      x.data.forEach((_, i) => { if (random() < 0.7) x.data[i] = t === "i32" ? Math.floor(random() * 5) - 2 : t === "u32" ? Math.floor(random() * 4) : t === "f32" ? special[Math.floor(random() * 9)] : [1, 2, -Infinity, NaN][Math.floor(random() * 4)]; });
      const kept = s.map((n, d) => (d === axis ? 1 : n));
      const want = indices(kept).map((i) => first(Array.from({ length: s[axis] }, (_, j) => x.data[i.reduce((p, q, d) => p * s[d] + (d === axis ? j : q), 0)]), name === "arg_max"));
      const got = run(name, { x }, { axis, keep });
      expect(got.shape).toEqual(keep ? kept : kept.filter((_, d) => d !== axis));
      expect(elements(got)).toEqual(want);
      const b = builder("arg"), r = b.inst(name, { x: b.load({ x: b.tensor("x", "in", t, s, dense(s.length)) }) }, { axis: axis - s.length, keep: true });
      if (!r || !("space" in r)) throw new Error("no tile");
      b.threads(8);
      b.store({ to: b.tensor("y", "out", "i32", kept, dense(s.length)), x: r });
      expect([...tileValues(interpret(decompose(b.finish()), { x }).y)]).toEqual(want);
    }), { numRuns: 120 });
  });
  it("order floats as numbers do, with NaN at the end that is asked for", () => {
    const sorted = [-Infinity, -3e38, -1, -1e-38, -1e-45, 0, 1e-45, 2 ** -126, 1, 3e38, Infinity], x: Tile = tileFromValues(dtype("f32"), [sorted.length + 2], [...sorted, -0, NaN]);
    x.data[sorted.length + 1] = NaN;
    for (const go of [run, emitted])
      for (const above of [true, false]) {
        const keys = elements(go("order_key", { x }, { above })), minus = keys[sorted.length], nan = keys[sorted.length + 1], own = keys.slice(0, sorted.length);
        expect(own.every((k, i) => i === 0 || k > own[i - 1])).toBe(true);
        expect(minus).toBe(own[5]);
        expect(own.every((k) => (above ? nan > k : nan < k))).toBe(true);
      }
  });
});

describe("iota", () => {
  it("counts along its axis, in any type, saturating", () => {
    for (const t of [undefined, "i32", "u32", "f32", "f16", "u3", "i4", "u1", "f4e2m1", "b2"])
      for (const axis of [undefined, 0, 1, -1]) {
        const attrs = { shape: [3, 11], ...(axis === undefined ? {} : { axis }), ...(t ? { dtype: dtype(t) } : {}) }, d = dtype(t ?? "i32");
        const want = indices([3, 11]).map((i) => d.decode(d.encode(i[axis === 0 ? 0 : 1])));
        for (const go of [run, emitted]) expect([...tileValues(go("iota", {}, attrs))]).toEqual(want);
      }
    expect(() => run("iota", {}, { shape: [3], axis: 1 })).toThrow("T0206");
    expect(() => run("iota", {}, { shape: [0] })).toThrow("T0221");
  });
});

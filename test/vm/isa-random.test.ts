// Philox against the words that another implementation made, and what is made of them.
import { describe, expect, it } from "vitest";
import { constant, dtype, tileFromCodes, tileValues, type Tile } from "../../vm/index.ts";
import { vectors } from "../support/vectors.ts";
import { elements, emitted, run } from "./isa-support.ts";

interface Vectors {
  readonly cases: readonly { readonly seed_lo: number; readonly seed_hi: number; readonly offsets: readonly number[]; readonly r: readonly (readonly number[])[]; readonly rand_f32_bits: readonly number[]; readonly randn_approx: readonly number[] }[];
}
const { cases } = vectors<Vectors>("tilus/philox");
const key = (c: Vectors["cases"][number]) => ({ seed: constant(c.seed_lo | 0), seed_hi: constant(c.seed_hi >>> 0, "u32") });
const counter = (offsets: readonly number[], shape: readonly number[], type = "u32"): Tile => tileFromCodes(dtype(type), shape, offsets);
const bits = (xs: readonly number[]): number[] => [...new Uint32Array(Float32Array.from(xs).buffer)];

describe.each(cases)("seed $seed_lo, $seed_hi", (c) => {
  for (const [way, go] of [["run", run], ["emitted", emitted]] as const) {
    it(`gives the known words, ${way}`, () => {
      const x = counter(c.offsets, [8, 8]);
      expect(go("philox", { offset: x }, key(c)).shape).toEqual([4, 8, 8]);
      expect(elements(go("philox", { offset: x }, key(c)))).toEqual(c.r.flat());
      expect(elements(go("random_bits", { offset: x }, key(c)))).toEqual(c.r[0]);
      expect(elements(go("random_bits", { offset: counter(c.offsets, [8, 8], "i32") }, key(c)))).toEqual(c.r[0]);
      expect(bits(elements(go("random_uniform", { offset: x }, key(c))))).toEqual(c.rand_f32_bits);
    });
    it(`gives the known normal numbers, ${way}`, () => {
      // Theirs take the cosine of an f32 angle of up to 2π: 2^-22 of it, times a radius of up to 6.
      const got = elements(go("random_normal", { offset: counter(c.offsets, [64]) }, key(c)));
      got.forEach((x, i) => expect(Math.abs(x - c.randn_approx[i])).toBeLessThan(1e-5));
    });
  }
});

describe("random numbers", () => {
  const n = 20_000, offset = counter(Array.from({ length: n }, (_, i) => i), [n]), mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;
  it("are uniform, and normal", () => {
    const u = [...tileValues(run("random_uniform", { offset }, { seed: constant(7) }))], z = [...tileValues(run("random_normal", { offset }, { seed: constant(7) }))];
    expect(Math.min(...u)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...u)).toBeLessThan(1);
    // Five standard deviations of the mean of n numbers.
    expect(Math.abs(mean(u) - 0.5)).toBeLessThan(5 / Math.sqrt(12 * n));
    expect(Math.abs(mean(z))).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(mean(z.map((x) => x * x)) - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
  });
  it("count in i32 or u32 with a seed of one of them", () => {
    expect(() => run("random_bits", { offset: counter([0], [1], "f32") }, { seed: constant(1) })).toThrow("T0223");
    expect(() => run("random_bits", { offset }, { seed: constant(1.5, "f32") })).toThrow("T0223");
  });
});

// The scheme "mse": as good as the best uniform quantisers of a Gaussian, never worse than the plain schemes, and near the
// best that exists for small groups, which a search through all codes finds.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dequantiseValues, dtype, quantisationError, quantiseValues, type QuantisedValues, type QuantiseOptions } from "../../vm/index.ts";
import { vectors } from "../support/vectors.ts";
import { cases, fitting, symmetric, valuesOf } from "./quantise-support.ts";

interface Best { readonly bipolar_scale_s: number; readonly bipolar_mse: number; readonly "symmetric_2^n-1_levels_step"?: number; readonly symmetric_mse?: number; readonly "twos_complement_2^n_levels_step"?: number; readonly twos_complement_mse?: number }
const table = vectors<{ uniform_for_N01: Record<string, Best> }>("btc/lloyd_max").uniform_for_N01;

const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/**
 * Mean squared error over N(0, 1) at a scale, by Simpson's rule between the thresholds of the type; what value a piece has, the
 * quantiser says at its middle. Beyond ±9 there is less than 1e-17.
 */
function gaussianError(type: string, scale: number): number {
  const t = dtype(type), values = valuesOf(t), cuts = [-9, ...values.slice(1).map((v, i) => ((v + values[i]) / 2) * scale).filter((x) => Math.abs(x) < 9), 9];
  const back = dequantiseValues(quantiseValues(cuts.slice(1).map((c, i) => (c + cuts[i]) / 2), [cuts.length - 1], { type, scale: Math.fround(scale) }));
  let sum = 0;
  back.forEach((v, i) => {
    const from = cuts[i], steps = 2 * Math.ceil((cuts[i + 1] - from) / 0.008), h = (cuts[i + 1] - from) / steps, f = (x: number): number => (x - Math.round(v / scale) * scale) ** 2 * density(x);
    for (let k = 0; k < steps; k += 2) sum += (h / 3) * (f(from + k * h) + 4 * f(from + (k + 1) * h) + f(from + (k + 2) * h));
  });
  return sum;
}

/** N numbers that lie as N(0, 1) does: one for each of N pieces of the same probability. */
function gaussian(N: number): Float64Array {
  const out = new Float64Array(N), step = 2 ** -12;
  let below = 0, x = -9;
  for (let i = 0; i < N; i++) {
    for (const want = (i + 0.5) / N; below < want; x += step) below += (step / 6) * (density(x) + 4 * density(x + step / 2) + density(x + step));
    out[i] = x - step / 2;
  }
  return out;
}

describe("the table of best uniform quantisers of N(0, 1)", () => {
  test.each(Object.entries(table))("%s bits, as stated to nine digits", (n, row) => {
    const rows: readonly (readonly [string, number | undefined, number | undefined])[] = [[`b${n}`, row.bipolar_scale_s, row.bipolar_mse], [`i${n}`, row["twos_complement_2^n_levels_step"], row.twos_complement_mse]];
    for (const [type, scale, mse] of rows) {
      if (scale === undefined || mse === undefined) continue;
      const at = gaussianError(type, scale);
      expect(Math.abs(at - mse)).toBeLessThanOrEqual(0.5 * 10 ** (Math.floor(Math.log10(mse)) - 8));
      // An optimum: flat, and worse on both sides.
      for (const other of [0.99, 1.01]) expect(gaussianError(type, scale * other)).toBeGreaterThan(at);
    }
  });

  // A fixed sample. Its own best scale is not quite the table's, for its tails end at 4; with many levels that tells.
  const N = 2 ** 14, x = gaussian(N);
  const error = (o: QuantiseOptions): { q: QuantisedValues; mse: number } => { const q = quantiseValues(x, [N], o); return { q, mse: quantisationError(x, q).rms ** 2 }; };
  test.each(Object.entries(table))("%s bits: the search is no worse on a sample than the table's scale", (n, row) => {
    for (const [type, scale] of [[`b${n}`, row.bipolar_scale_s], [`i${n}`, row["twos_complement_2^n_levels_step"]], [`u${n}`, row["twos_complement_2^n_levels_step"]]] as const) {
      if (scale === undefined) continue;
      const zero = type.startsWith("u") ? { zero: 2 ** (Number(n) - 1) } : {};
      const { q, mse } = error({ type, scheme: "mse" }), stated = error({ type, scale: Math.fround(scale), ...zero });
      expect(mse).toBeLessThanOrEqual(stated.mse);
      if (Number(n) <= 5) expect(Math.abs(q.scales[0] / scale - 1)).toBeLessThan(0.001);
    }
  });
});

const sum = (c: { values: Float32Array }, q: QuantisedValues): number => quantisationError(c.values, q).rms;

describe("laws", () => {
  test("never worse than absmax, at any type and scale type", () => {
    fc.assert(fc.property(cases(), fc.constantFrom(...symmetric), fc.constantFrom("f32" as const, "bf16" as const, "e8m0" as const), (given, type, scaleType) => {
      const c = fitting(type, given), o = { ...c, type: type.name, scaleType };
      // Both errors are measured after rounding to f32, by 2^-24 of what is there.
      const slack = 2 ** -23 * Math.max(...c.values.map(Math.abs));
      expect(sum(c, quantiseValues(c.values, c.shape, { ...o, scheme: "mse" }))).toBeLessThanOrEqual(sum(c, quantiseValues(c.values, c.shape, o)) + slack);
    }), { numRuns: 150 });
  });
  test("never worse than minmax with a zero point", () => {
    fc.assert(fc.property(cases(), fc.integer({ min: 1, max: 8 }), (c, n) => {
      const o = { ...c, type: `u${n}` }, slack = 2 ** -22 * Math.max(...c.values.map(Math.abs)), q = quantiseValues(c.values, c.shape, { ...o, scheme: "mse" });
      expect(q.zeros?.every((z) => Number.isInteger(z) && z >= 0 && z < 2 ** n)).toBe(true);
      expect(sum(c, q)).toBeLessThanOrEqual(sum(c, quantiseValues(c.values, c.shape, { ...o, scheme: "minmax" })) + slack);
    }), { numRuns: 100 });
  });
  test("one bipolar bit: the mean magnitude", () => {
    expect([...quantiseValues([1, -3, 0, 2], [4], { type: "b1", scheme: "mse" }).scales]).toEqual([1.5]);
  });
  test("the same numbers, the same answer", () => {
    const x = Float32Array.from({ length: 512 }, (_, i) => Math.sin(i * i)), o: QuantiseOptions = { type: "u3", scheme: "mse", group: 37 };
    expect(quantiseValues(x, [512], o)).toEqual(quantiseValues(x, [512], o));
  });
});

/** The least squared error of any scale: between two scales where a code changes the error is a parabola. */
function optimum(x: readonly number[], type: string): number {
  const values = valuesOf(dtype(type)), all = x.reduce((s, v) => s + v * v, 0);
  const cuts = [0, ...x.flatMap((v) => values.slice(1).map((w, i) => v / ((w + values[i]) / 2)).filter((s) => s > 0 && Number.isFinite(s))), Infinity].sort((a, b) => a - b);
  let best = all;
  for (let i = 1; i < cuts.length; i++) {
    const middle = cuts[i] === Infinity ? cuts[i - 1] * 2 + 1 : (cuts[i] + cuts[i - 1]) / 2;
    let up = 0, down = 0;
    for (const v of x) { const w = values.reduce((a, b) => (Math.abs(b * middle - v) < Math.abs(a * middle - v) ? b : a)); up += w * v; down += w * w; }
    if (down > 0 && up > 0) best = Math.min(best, all - (up * up) / down);
  }
  return best;
}

test("groups of 32: how near the search comes to the best scale there is", () => {
  const random = (seed: number) => { let s = seed; return () => (s = (s * 1103515245 + 12345) % 2 ** 31) / 2 ** 31; };
  const r = random(7), one = (): number => Math.sqrt(-2 * Math.log(1 - r())) * Math.cos(2 * Math.PI * r());
  for (const type of ["b2", "b3", "b4", "i3", "i4", "f4e2m1"]) {
    let found = 0, least = 0;
    for (let k = 0; k < 12; k++) {
      const x = Array.from({ length: 32 }, one), best = optimum(x, type), mine = 32 * quantisationError(x, quantiseValues(x, [32], { type, scheme: "mse" })).rms ** 2;
      expect(mine).toBeGreaterThanOrEqual(best * (1 - 1e-5));
      found += mine;
      least += best;
    }
    // Seen: the best itself for b2, b3, i3 and i4, 0.25 % above it for b4, 0.1 % for f4e2m1.
    expect(found / least, type).toBeLessThan(1.003);
  }
});

// Binary coding: the published fit, what least squares promises, and bipolar numbers as the case of powers of two.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Diagnostic } from "../../diagnostic.ts";
import { binaryCode, binaryOf, binaryValues, dequantiseValues, powersOfTwo, quantiseValues, type BinaryOptions } from "../../vm/index.ts";
import { fitBinary } from "../../vm/bcq.ts";
import { vectors } from "../support/vectors.ts";
import { cases, groupOf } from "./quantise-support.ts";

interface Row {
  readonly greedy_alpha: number[]; readonly greedy_B: number[][]; readonly greedy_sse: number; readonly alt15_alpha: number[]; readonly alt15_B: number[][];
  readonly sse_per_round: number[]; readonly alpha_pot: number[]; readonly sse_with_pot_alpha_same_B: number;
}
const { w, q } = vectors<{ w: number[]; q: Record<string, Row> }>("btc/bcq_lut");
/** Their planes run from the largest factor down, ours up. */
const codesOf = (B: number[][]): number[] => B.map((digits) => digits.reduce((c, d, i) => c | (d > 0 ? 1 << (digits.length - 1 - i) : 0), 0));
const near = (got: ArrayLike<number>, want: number[], bound: number): void => { expect(got.length).toBe(want.length); want.forEach((v, i) => expect(Math.abs(got[i] - v)).toBeLessThanOrEqual(bound)); };

describe.each(Object.entries(q))("the published fit in %s planes", (n, row) => {
  const planes = Number(n), x = Float64Array.from(w);
  test("greedy", () => {
    const g = binaryCode(w, [16], { planes, rounds: 0 });
    near([...g.alphas].reverse(), row.greedy_alpha, 2 ** -25 * 0.2);
    // The greedy digits are the nearest sums here, but for those of the third plane.
    if (planes < 3) expect([...g.codes]).toEqual(codesOf(row.greedy_B));
    expect(Math.abs(fitBinary(x, planes, 0, undefined).errors[0] - row.greedy_sse)).toBeLessThan(1e-15);
  });
  test("15 rounds", () => {
    const g = binaryCode(w, [16], { planes });
    near([...g.alphas].reverse(), row.alt15_alpha, 2 ** -25 * 0.2);
    expect([...g.codes]).toEqual(codesOf(row.alt15_B));
    const { errors } = fitBinary(x, planes, 15, undefined);
    row.sse_per_round.forEach((sse, i) => expect(Math.abs(errors[Math.min(i, errors.length - 1)] - sse)).toBeLessThan(1e-15));
  });
  test("factors as powers of two", () => {
    const alphas = row.alt15_alpha.map((a) => powersOfTwo(a, 1));
    expect(alphas).toEqual(row.alpha_pot);
    const error = w.reduce((s, v, k) => s + (v - row.alt15_B[k].reduce((t, d, i) => t + d * alphas[i], 0)) ** 2, 0);
    expect(Math.abs(error - row.sse_with_pot_alpha_same_B)).toBeLessThan(1e-15);
    const kept = binaryCode(w, [16], { planes, powers: 1 });
    for (const a of kept.alphas) expect(a === 0 || Number.isInteger(Math.log2(a))).toBe(true);
    // Codes and factors that know of each other do no worse than factors rounded afterwards.
    expect(binaryValues(kept).reduce((s, v, i) => s + (v - w[i]) ** 2, 0)).toBeLessThanOrEqual(row.sse_with_pot_alpha_same_B * (1 + 1e-6));
  });
});

const tame = cases(fc.oneof(fc.double({ min: -100, max: 100, noNaN: true }), fc.constantFrom(0, 1, -1)));

describe("laws", () => {
  test("every code is a nearest sum; more rounds and more planes do no worse", () => {
    fc.assert(fc.property(tame, fc.integer({ min: 1, max: 4 }), (c, planes) => {
      const error = (o: Partial<BinaryOptions>): number => binaryValues(binaryCode(c.values, c.shape, { ...c, planes, ...o })).reduce((s, v, i) => s + (v - c.values[i]) ** 2, 0);
      const g = binaryCode(c.values, c.shape, { ...c, planes }), back = binaryValues(g), groups = g.scaleShape[0] * g.scaleShape[1];
      c.values.forEach((x, i) => {
        const group = groupOf(i, c), sums = Array.from({ length: 2 ** planes }, (_, code) => Array.from({ length: planes }, (_, p) => (code >> p & 1 ? 1 : -1) * g.alphas[p * groups + group]).reduce((a, b) => a + b, 0));
        expect(Math.abs(back[i] - x)).toBeLessThanOrEqual(Math.min(...sums.map((s) => Math.abs(s - x))) + 2 ** -23 * 200);
      });
      const slack = 1e-4 + 1e-6 * error({ rounds: 0 });
      expect(error({})).toBeLessThanOrEqual(error({ rounds: 1 }) + slack);
      expect(error({ rounds: 1 })).toBeLessThanOrEqual(error({ rounds: 0 }) + slack);
      expect(error({ powers: 8 })).toBeLessThanOrEqual(error({ rounds: 0, powers: 8 }) + slack);
    }), { numRuns: 100 });
  });

  test("the errors of a fit never rise", () => {
    fc.assert(fc.property(fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 6 }), (x, n) => {
      const { errors } = fitBinary(Float64Array.from(x), n, 15, undefined);
      errors.forEach((e, i) => { if (i) expect(e).toBeLessThanOrEqual(errors[i - 1] + 1e-9); });
    }), { numRuns: 200 });
  });

  test("bipolar numbers, and views of all integers, are binary codes", () => {
    fc.assert(fc.property(tame, fc.integer({ min: 2, max: 8 }), fc.constantFrom("b", "i", "u"), (c, n, kind) => {
      const q = quantiseValues(c.values, c.shape, { ...c, type: `${kind}${n}`, scheme: kind === "u" ? "minmax" : "absmax", scaleType: "bf16" });
      // Few digits in scales: every sum is exact in f32.
      expect([...binaryValues(binaryOf(q))].map((x) => x + 0)).toEqual([...dequantiseValues(q)].map((x) => x + 0));
    }), { numRuns: 100 });
  });
});

test("powers of two", () => {
  for (const [x, terms, want] of [[0.7, 1, 0.5], [0.75, 1, 0.5], [0.76, 1, 1], [7, 1, 8], [7, 2, 7], [11, 2, 10], [11, 3, 11], [0, 3, 0]]) expect(powersOfTwo(x, terms)).toBe(want);
});

test("edges", () => {
  expect(binaryCode([0, 0], [2], { planes: 2 })).toMatchObject({ alphas: new Float32Array(2) });
  expect([...binaryValues(binaryCode([0, 0, 5, 5], [2, 2], { planes: 3 }))]).toEqual([0, 0, 5, 5]);
  expect(binaryCode([], [0, 4], { planes: 2 })).toMatchObject({ scaleShape: [0, 1] });
  const codeOf = (f: () => unknown): string => { try { f(); return "none"; } catch (e) { if (!(e instanceof Diagnostic)) throw e; expect(e.data.help).toBeTruthy(); return e.code; } };
  expect([
    codeOf(() => binaryCode([1], [1], { planes: 9 })), codeOf(() => binaryCode([1], [1], { planes: 1, powers: 0 })), codeOf(() => binaryCode([1], [1], { planes: 1, rounds: -1 })),
    codeOf(() => binaryCode([1], [1], { planes: 1, group: 0 })), codeOf(() => binaryCode([1], [2], { planes: 1 })), codeOf(() => binaryCode([NaN], [1], { planes: 1 })), codeOf(() => binaryCode([1e39], [1], { planes: 1 })),
  ]).toEqual(["H0501", "H0501", "H0501", "H0502", "H0503", "H0503", "H0504"]);
});

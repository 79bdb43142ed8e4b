// Quantisation: error bounds that follow from the scales, for every type of 1 to 8 bits.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Diagnostic } from "../../diagnostic.ts";
import { dequantise, quantise, type QuantiseOptions } from "../../runtime/weights.ts";
import { dtypes, roundToHalf, type DType } from "../../vm/index.ts";

const types = dtypes().filter((t) => t.bits <= 8 && t.kind !== "bool" && t.kind !== "scale");
const symmetric = types.filter((t) => t.name !== "u1");
const unsignedFloats = (t: DType): boolean => t.kind === "float" && t.min >= 0;

const matrices = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 16 }), fc.nat(1)).chain(([rows, cols, group, axis]) =>
  fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), { minLength: rows * cols, maxLength: rows * cols })
    .map((weights) => ({ weights: Float32Array.from(weights, (w) => (Math.abs(w) < 1e-30 ? 0 : w)), shape: [rows, cols], group, axis })));

/** The group of every element, by brute force. */
const groupOf = (i: number, [, cols = 1]: readonly number[], axis: number, group: number, scaleShape: readonly number[]): number => {
  const at = [Math.floor(i / cols), i % cols].map((x, a) => (a === axis ? Math.floor(x / group) : x));
  return (at[0] ?? 0) * (scaleShape[1] ?? 1) + (at[1] ?? 0);
};

/** The values of a type, in order. */
const valuesOf = (t: DType): readonly number[] => [...new Set(Array.from({ length: 2 ** t.bits }, (_, c) => t.decode(c)).filter(Number.isFinite))].sort((a, b) => a - b);
const values = new Map(types.map((t) => [t.name, valuesOf(t)] as const));

describe("laws", () => {
  test("every weight gets a nearest value of its type at its group's scale", () => {
    fc.assert(fc.property(matrices, fc.constantFrom(...symmetric), fc.constantFrom("f16" as const, "f32" as const), ({ weights, shape, group, axis }, type, scale) => {
      const q = quantise(weights, shape, type.name, { group, axis, scale }), back = dequantise(q), list = values.get(type.name) ?? [];
      expect(q.scaleShape).toEqual(shape.map((n, a) => (a === axis ? Math.ceil(n / group) : n)));
      expect(q.scales.length).toBe((q.scaleShape[0] ?? 0) * (q.scaleShape[1] ?? 0));
      weights.forEach((w, i) => {
        const s = q.scales[groupOf(i, shape, axis, group, q.scaleShape)] ?? NaN;
        if (scale === "f16") expect(roundToHalf(s)).toBe(s);
        const nearest = Math.min(...list.map((v) => Math.abs((v - q.zero) * s - w)));
        expect(Math.abs((back[i] ?? NaN) - w)).toBeLessThanOrEqual(nearest + 1e-6 * Math.max(s, Math.abs(w)));
      });
    }), { numRuns: 150 });
  });

  test("integers and bipolar: half a step; the largest magnitude is met", () => {
    const uniform = symmetric.filter((t) => t.kind !== "float");
    fc.assert(fc.property(matrices, fc.constantFrom(...uniform), ({ weights, shape, group, axis }, type) => {
      const q = quantise(weights, shape, type.name, { group, axis }), back = dequantise(q);
      const step = type.kind === "bipolar" ? 2 : 1;
      weights.forEach((w, i) => {
        const g = groupOf(i, shape, axis, group, q.scaleShape), s = q.scales[g] ?? NaN, error = Math.abs((back[i] ?? NaN) - w);
        const mates = weights.filter((_, j) => groupOf(j, shape, axis, group, q.scaleShape) === g), most = Math.max(...mates.map(Math.abs));
        if (type.name === "b1") expect(Math.abs(s - mates.reduce((a, b) => a + Math.abs(b), 0) / mates.length)).toBeLessThanOrEqual(1e-6 * most);
        else {
          expect(error).toBeLessThanOrEqual((step / 2) * s * (1 + 1e-5));
          if (Math.abs(w) === most) expect(error).toBeLessThanOrEqual(1e-6 * most);
        }
      });
    }), { numRuns: 150 });
  });

  test("affine: half a step everywhere, the minimum exactly", () => {
    fc.assert(fc.property(matrices, fc.integer({ min: 1, max: 8 }), fc.constantFrom("f16" as const, "f32" as const), ({ weights, shape, group, axis }, bits, scale) => {
      const q = quantise(weights, shape, `u${bits}`, { group, axis, scheme: "affine", scale }), back = dequantise(q);
      weights.forEach((w, i) => {
        const g = groupOf(i, shape, axis, group, q.scaleShape), s = q.scales[g] ?? NaN, offset = q.offsets?.[g] ?? NaN;
        const low = Math.min(...weights.filter((_, j) => groupOf(j, shape, axis, group, q.scaleShape) === g));
        expect(offset === (scale === "f16" ? roundToHalf(low) : low)).toBe(true);
        // A rounded scale or offset moves the ends by what was rounded off: 2^-11 of each in f16.
        const slack = scale === "f16" ? 2 ** -11 * (Math.abs(low) + 2 ** bits * s) + 2 ** -24 * 2 ** bits : 1e-6 * (Math.abs(low) + 2 ** bits * s);
        expect(Math.abs((back[i] ?? NaN) - w)).toBeLessThanOrEqual(s / 2 + slack);
      });
    }), { numRuns: 150 });
  });

  test("dequantised weights quantise to themselves", () => {
    fc.assert(fc.property(matrices, fc.constantFrom(...symmetric.filter((t) => t.name !== "b1" && !unsignedFloats(t))), ({ weights, shape, group, axis }, type) => {
      const once = dequantise(quantise(weights, shape, type.name, { group, axis }));
      const twice = dequantise(quantise(once, shape, type.name, { group, axis }));
      once.forEach((w, i) => expect(Math.abs((twice[i] ?? NaN) - w)).toBeLessThanOrEqual(1e-5 * Math.max(...once.map(Math.abs))));
    }), { numRuns: 100 });
  });
});

test("by hand", () => {
  const q = quantise([1, -7, 3.4, 0, 14, 2, 0, 0], [2, 4], "u4", { group: 2 });
  expect([[...q.codes], [...q.scales], q.scaleShape, q.zero]).toEqual([[9, 1, 15, 8, 15, 9, 8, 8], [1, Math.fround(3.4 / 7), 2, 1], [2, 2], 8]);
  expect([...quantise([1, -3, 0, 2], [4], "b1", {}).scales]).toEqual([1.5]);
  expect([...quantise([1, -6, 3, 0.4], [4], "f4e2m1").codes]).toEqual([2, 15, 5, 1]);
  expect([...dequantise(quantise([1, 2, 3, 4, 5, 6], [3, 2], "i8", { axis: 0, group: 2 }))].map((x) => Math.round(x * 10) / 10)).toEqual([1, 2, 3, 4, 5, 6]);
});

test.each([
  ["f16", {}, "H0501"], ["bool", {}, "H0501"], ["e8m0", {}, "H0501"], ["u1", {}, "H0501"], ["i4", { scheme: "affine" }, "H0501"],
  ["u4", { axis: 2 }, "H0502"], ["u4", { group: 0 }, "H0502"], ["u4", { group: 1.5 }, "H0502"],
] as readonly (readonly [string, QuantiseOptions, string])[])("%s with %j: %s", (name, options, code) => {
  let found = "none";
  try { quantise([1, 2], [1, 2], name, options); } catch (e) { if (!(e instanceof Diagnostic)) throw e; found = e.code; expect(e.data.help).toBeTruthy(); }
  expect(found).toBe(code);
});

test("weights that have no scale", () => {
  const code = (weights: readonly number[], options: QuantiseOptions = {}): string => {
    try { quantise(weights, [1, 2], "u4", options); return "none"; } catch (e) { return e instanceof Diagnostic ? e.code : String(e); }
  };
  expect([code([1]), code([1, NaN]), code([Infinity, 1]), code([1e6, 1], { scale: "f16" }), code([1e-9, 0], { scale: "f16" })]).toEqual(["H0503", "H0503", "H0503", "H0504", "none"]);
});

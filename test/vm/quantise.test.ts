// Quantisation: laws that follow from the scales, for every type of 1 to 8 bits, and the vectors of the definitions.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Diagnostic } from "../../diagnostic.ts";
import { dequantiseValues, dtype, quantisationError, quantiseSchemes, quantiseValues, roundToBfloat, roundToHalf, type QuantiseOptions } from "../../vm/index.ts";
import { vectors } from "../support/vectors.ts";
import { cases, fitting, groupOf, symmetric, types, valuesOf } from "./quantise-support.ts";

const lists = new Map(types.map((t) => [t.name, valuesOf(t)] as const));
/** A scale of one of the types, as that type has it. */
const stored: Readonly<Record<string, (s: number) => boolean>> = {
  f32: (s) => Math.fround(s) === s, f16: (s) => roundToHalf(s) === s, bf16: (s) => roundToBfloat(s) === s, e8m0: (s) => Number.isInteger(Math.log2(s)),
};
const scaleTypes = fc.constantFrom("f32" as const, "bf16" as const, "e8m0" as const);
const codeOf = (f: () => unknown): string => { try { f(); return "none"; } catch (e) { if (!(e instanceof Diagnostic)) throw e; expect(e.data.help).toBeTruthy(); return e.code; } };

describe("laws of every scheme", () => {
  const options = fc.constantFrom(...types).chain((t) => fc.record({
    type: fc.constant(t), scaleType: scaleTypes,
    scheme: fc.constantFrom(...[...quantiseSchemes.values()].filter((s) => s.kinds.includes(t.kind) && !s.given).map((s) => s.name as "absmax" | "minmax" | "mse" | "offset")),
  })).filter((o) => !(o.scheme === "offset" && o.scaleType === "e8m0") && !(o.type.name === "u1" && o.scheme === "absmax"));

  test("a scale per group, of its type; every number gets a nearest value at it", () => {
    fc.assert(fc.property(cases(), options, (given, { type, scaleType, scheme }) => {
      const c = fitting(type, given), zero = type.kind === "uint" && scheme === "absmax" ? { zero: 2 ** (type.bits - 1) } : {};
      const q = quantiseValues(c.values, c.shape, { ...c, type: type.name, scheme, scaleType, ...zero }), back = dequantiseValues(q), list = lists.get(type.name) ?? [];
      expect(q.scaleShape).toEqual(c.shape.map((n, a) => (c.group === "tensor" ? 1 : a === c.axis ? Math.ceil(n / c.group) : n)));
      expect(q.scales.length).toBe(q.scaleShape[0] * q.scaleShape[1]);
      for (const s of q.scales) expect(s === 0 ? !type.hasZero : s >= 2 ** -126 && stored[scaleType](s)).toBe(true);
      c.values.forEach((x, i) => {
        const g = groupOf(i, c), s = q.scales[g], z = q.zeros?.[g] ?? 0, offset = q.offsets?.[g] ?? 0;
        // absmax leaves the code −2^(n−1) alone.
        const usable = scheme === "absmax" && type.kind !== "float" && type.kind !== "bipolar" ? list.filter((v) => v - z >= -Math.min(type.max - z, z - type.min)) : list;
        const nearest = Math.min(...usable.map((v) => Math.abs((v - z) * s + offset - x)));
        expect(Math.abs(back[i] - x)).toBeLessThanOrEqual(nearest + 2 ** -23 * (Math.abs(x) + Math.abs(offset) + nearest) + 2 ** -149);
      });
    }), { numRuns: 250 });
  });

  test("zeros stay zero, and are met exactly where the type has a zero", () => {
    fc.assert(fc.property(cases(fc.oneof(fc.constantFrom(0, -0), fc.double({ min: -9, max: 9, noNaN: true }))), options.filter((o) => o.scheme !== "offset"), (given, { type, scaleType, scheme }) => {
      const c = fitting(type, given), zero = type.kind === "uint" && scheme === "absmax" ? { zero: 2 ** (type.bits - 1) } : {};
      const back = dequantiseValues(quantiseValues(c.values, c.shape, { ...c, type: type.name, scheme, scaleType, ...zero }));
      c.values.forEach((x, i) => {
        const alone = c.values.every((y, j) => groupOf(i, c) !== groupOf(j, c) || y === 0);
        if (x === 0 && (type.hasZero || (alone && scaleType !== "e8m0"))) expect(back[i]).toBe(Object.is(back[i], -0) ? -0 : 0);
      });
    }), { numRuns: 200 });
  });
});

describe("absmax", () => {
  const uniform = symmetric.filter((t) => t.kind === "int" || t.kind === "bipolar");
  test("bipolar: within s; signed: within s / 2; the largest magnitude is met", () => {
    fc.assert(fc.property(cases(fc.double({ min: -1000, max: 1000, noNaN: true })), fc.constantFrom(...uniform), (c, type) => {
      const q = quantiseValues(c.values, c.shape, { ...c, type: type.name }), back = dequantiseValues(q), half = type.kind === "bipolar" ? 1 : 0.5;
      c.values.forEach((x, i) => {
        const g = groupOf(i, c), s = q.scales[g], most = Math.max(...c.values.filter((_, j) => groupOf(j, c) === g).map(Math.abs)), error = Math.abs(back[i] - x);
        // The scale is rounded to f32, which moves the largest value by 2^-24 of itself, and so is what comes back.
        const slack = 2 ** -23 * most + type.max * 2 ** -126;
        expect(error).toBeLessThanOrEqual(half * s + slack);
        if (Math.abs(x) === most) expect(error).toBeLessThanOrEqual(slack);
      });
    }), { numRuns: 200 });
  });

  test("what comes back has the same codes again", () => {
    fc.assert(fc.property(cases(), fc.constantFrom(...symmetric), fc.constantFrom("f32" as const, "bf16" as const), (given, type, scaleType) => {
      const c = fitting(type, given), o = { ...c, type: type.name, scaleType }, q = quantiseValues(c.values, c.shape, o), again = quantiseValues(dequantiseValues(q), c.shape, o);
      const list = (codes: Uint8Array): number[] => Array.from(codes, (x) => type.decode(x) + 0);
      // bf16 rounds scales by up to 2^-9: at values nearer than 2^-7 the largest number may miss the largest value.
      const fine = (lists.get(type.name) ?? []).at(-2) ?? 0;
      // Where the least scale was too large for a group, or a group's numbers all round to zero, its scale is another one.
      const normal = [...q.scales].map((s, g) => s > 2 ** -126 && again.scales[g] !== 1);
      if (scaleType === "f32" || fine <= type.max * (1 - 2 ** -7)) expect(list(again.codes).filter((_, i) => normal[groupOf(i, c)])).toEqual(list(q.codes).filter((_, i) => normal[groupOf(i, c)]));
      expect(codeOf(() => quantiseValues(dequantiseValues(q), c.shape, { ...o, scheme: "fixed", scale: q.scales }))).toBe("none");
      expect(list(quantiseValues(dequantiseValues(q), c.shape, { ...o, scheme: "fixed", scale: q.scales }).codes)).toEqual(list(q.codes));
    }), { numRuns: 200 });
  });

  const given = vectors<{ x: number[]; n: Record<string, { scale: number; codes: number[]; dequant: number[]; max_abs_err: number; twos_complement?: { scale: number; q: number[]; max_abs_err: number } }> }>("btc/bipolar_quantize");
  test.each(Object.entries(given.n))("the published numbers in %s bits", (n, row) => {
    const q = quantiseValues(given.x, [24], { type: `b${n}` });
    expect([q.scales[0], ...q.codes]).toEqual([Math.fround(row.scale), ...row.codes]);
    dequantiseValues(q).forEach((v, i) => expect(Math.abs(v - row.dequant[i])).toBeLessThanOrEqual(2 ** -23 * 4.024 + 5e-10));
    expect(Math.abs(quantisationError(given.x, q).max - row.max_abs_err)).toBeLessThanOrEqual(2 ** -22 * 4.024);
    if (row.twos_complement) {
      const { scale, q: values, max_abs_err } = row.twos_complement, i = quantiseValues(given.x, [24], { type: `i${n}` });
      expect([i.scales[0], ...[...i.codes].map((c) => dtype(`i${n}`).decode(c))]).toEqual([Math.fround(scale), ...values]);
      expect(Math.abs(quantisationError(given.x, i).max - max_abs_err)).toBeLessThanOrEqual(2 ** -22 * 4.024);
    }
  });
  const encodings = vectors<{ n: Record<string, { rows: number[][] }> }>("btc/bipolar_encodings");
  test.each(Object.entries(encodings.n))("every value of b%s is met by its code", (n, { rows }) => {
    const q = quantiseValues(rows.map(([, v]) => v * 0.25), [rows.length], { type: `b${n}` });
    expect([[...q.codes], [...q.scales], [...dequantiseValues(q)]]).toEqual([rows.map(([u]) => u), [0.25], rows.map(([, v]) => v * 0.25)]);
  });
});

describe("minmax", () => {
  test("numbers of both signs: the published rule; within half a step and what a whole zero point moves", () => {
    fc.assert(fc.property(cases(fc.double({ min: -50, max: 50, noNaN: true })), fc.integer({ min: 1, max: 8 }), (c, n) => {
      const q = quantiseValues(c.values, c.shape, { ...c, type: `u${n}`, scheme: "minmax" }), back = dequantiseValues(q);
      c.values.forEach((x, i) => {
        const g = groupOf(i, c), mates = [...c.values].filter((_, j) => groupOf(j, c) === g), low = Math.min(0, ...mates), high = Math.max(0, ...mates), s = q.scales[g], z = q.zeros?.[g] ?? NaN;
        expect(Number.isInteger(z) && z >= 0 && z < 2 ** n).toBe(true);
        if (high - low < 1e-30) return;
        expect(s).toBe(Math.fround((high - low) / (2 ** n - 1)));
        expect(Math.abs(z + low / s)).toBeLessThanOrEqual(0.5 + 2 ** -15);
        expect(Math.abs(back[i] - x)).toBeLessThanOrEqual(s * (1 + 2 ** -14) + 2 ** -140);
      });
    }), { numRuns: 200 });
  });
  test("by hand", () => {
    const q = quantiseValues([-1, 0, 1, 2, 0.49, -7], [6], { type: "u2", scheme: "minmax", group: 5 });
    expect([[...q.codes], [...q.scales], [...(q.zeros ?? [])]]).toEqual([[0, 1, 2, 3, 1, 0], [1, Math.fround(7 / 3)], [1, 3]]);
    const signed = quantiseValues([0, 3], [2], { type: "i2", scheme: "minmax" });
    expect([[...signed.codes], [...(signed.zeros ?? [])], [...dequantiseValues(signed)]]).toEqual([[2, 1], [-2], [0, 3]]);
  });
});

test("offset: half a step, and the minimum exactly", () => {
  fc.assert(fc.property(cases(fc.double({ min: -1000, max: 1000, noNaN: true })), fc.integer({ min: 1, max: 8 }), fc.constantFrom("f16" as const, "f32" as const), (c, bits, scaleType) => {
    const q = quantiseValues(c.values, c.shape, { ...c, type: `u${bits}`, scheme: "offset", scaleType }), back = dequantiseValues(q);
    c.values.forEach((x, i) => {
      const g = groupOf(i, c), s = q.scales[g], offset = q.offsets?.[g] ?? NaN, low = Math.min(...c.values.filter((_, j) => groupOf(j, c) === g));
      expect(offset === (scaleType === "f16" ? roundToHalf(low) : low)).toBe(true);
      // A rounded scale or offset moves the ends by what was rounded off: 2^-11 of each in f16.
      const slack = scaleType === "f16" ? 2 ** -11 * (Math.abs(low) + 2 ** bits * s) + 2 ** -24 * 2 ** bits : 2 ** -22 * (Math.abs(low) + 2 ** bits * s);
      expect(Math.abs(back[i] - x)).toBeLessThanOrEqual(s / 2 + slack);
    });
  }), { numRuns: 150 });
});

test("by hand", () => {
  const q = quantiseValues([1, -7, 3.4, 0, 14, 2, 0, 0], [2, 4], { type: "u4", group: 2, zero: 8 });
  expect([[...q.codes], [...q.scales], q.scaleShape, [...(q.zeros ?? [])]]).toEqual([[9, 1, 15, 8, 15, 9, 8, 8], [1, Math.fround(3.4 / 7), 2, 1], [2, 2], [8, 8, 8, 8]]);
  expect([...quantiseValues([1, -6, 3, 0.4], [4], { type: "f4e2m1" }).codes]).toEqual([2, 15, 5, 1]);
  expect([...quantiseValues([2.5, 1.5, 0.5, -0.5, 100, -100], [6], { type: "i4", scale: 1 }).codes]).toEqual([2, 2, 0, 0, 7, 8]);
  expect([...quantiseValues([0, -0, -1e-40, 2, -2, 4], [6], { type: "b2", scale: 1 }).codes]).toEqual([2, 2, 1, 3, 1, 3]);
  expect([...quantiseValues([0, 3, 6], [3], { type: "u2", zero: 0 }).codes]).toEqual([0, 2, 3]); // 1.5 ties to even
  expect([...dequantiseValues(quantiseValues([1, 2, 3, 4, 5, 6], [3, 2], { type: "i8", axis: 0, group: 2 }))].map((x) => Math.round(x * 10) / 10)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(quantiseValues([], [0, 5], { type: "b3" })).toMatchObject({ scaleShape: [0, 1], codes: new Uint8Array(0) });
  expect(quantiseValues([], [3, 0], { type: "b3" })).toMatchObject({ scaleShape: [3, 0], scales: new Float32Array(0) });
  expect(quantisationError([3, 4], quantiseValues([3, 4], [2], { type: "i2", scale: 4 }))).toEqual({ max: 1, rms: Math.sqrt(0.5), sqnr: 10 * Math.log10(25) });
  expect(quantisationError([0, 0], quantiseValues([0, 0], [2], { type: "b2" }))).toEqual({ max: 0, rms: 0, sqnr: Infinity });
});

test.each([
  [{ type: "f16" }, "H0501"], [{ type: "bool" }, "H0501"], [{ type: "e8m0" }, "H0501"], [{ type: "i16" }, "H0501"], [{ type: "q4" }, "N0110"],
  [{ type: "u4" }, "H0501"], [{ type: "u1", zero: 1 }, "H0501"], [{ type: "b4", scheme: "minmax" }, "H0501"], [{ type: "i4", scheme: "offset" }, "H0501"],
  [{ type: "b4", zero: 0 }, "H0501"], [{ type: "u4", zero: 8, scheme: "minmax" }, "H0501"], [{ type: "u4", scheme: "offset", scaleType: "e8m0" }, "H0501"],
  [{ type: "u4", scheme: "minmaxx" as "minmax" }, "H0501"], [{ type: "b4", scaleType: "f8" as "f16" }, "H0501"],
  [{ type: "i4", axis: 2 }, "H0502"], [{ type: "i4", group: 0 }, "H0502"], [{ type: "i4", group: 1.5 }, "H0502"], [{ type: "i4", group: "all" as "tensor" }, "H0502"],
  [{ type: "u4", zero: 8.5 }, "H0505"], [{ type: "u4", zero: 16 }, "H0505"], [{ type: "u4", zero: [1, 2] }, "H0505"], [{ type: "i4", scheme: "fixed" }, "H0505"],
  [{ type: "i4", scheme: "absmax", scale: 1 }, "H0505"], [{ type: "i4", scale: -1 }, "H0505"], [{ type: "i4", scale: 0 }, "H0505"], [{ type: "i4", scale: 0.1 }, "H0505"], [{ type: "i4", scale: [1, 1] }, "H0505"],
  [{ type: "b4", scale: 0 }, "none"], [{ type: "u4", zero: [8] }, "none"],
] as readonly (readonly [QuantiseOptions, string])[])("%j: %s", (options, code) => {
  expect(codeOf(() => quantiseValues([1, 2], [1, 2], options))).toBe(code);
});

test("numbers that have no code", () => {
  const code = (x: readonly number[], o: Partial<QuantiseOptions> = {}): string => codeOf(() => quantiseValues(x, [1, 2], { type: "i4", ...o }));
  expect([code([1]), code([1, NaN]), code([-Infinity, 1]), code([1e6, 1], { scaleType: "f16" }), code([1e-9, 0], { scaleType: "f16" })]).toEqual(["H0503", "H0503", "H0503", "H0504", "none"]);
  expect([code([1e300, 1]), code([-1, 1], { type: "uf4e2m2" }), code([-1, 1], { type: "u4", zero: 0 }), code([-1, 1], { type: "u4", zero: 15 })]).toEqual(["H0504", "H0503", "H0503", "H0503"]);
  expect(() => quantiseValues([1, 2, 3, NaN], [2, 2], { type: "b2" })).toThrow("element [1, 1] is NaN");
  expect(() => quantiseValues([1, 2, 3, -4], [2, 2], { type: "uf4e2m2", axis: 0 })).toThrow("element [1, 1] is -4");
});

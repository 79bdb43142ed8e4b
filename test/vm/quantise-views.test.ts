// The same numbers under codes of another kind: exactly the same, as rationals; and what a kernel without zero points adds.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Diagnostic } from "../../diagnostic.ts";
import { asBipolar, asSigned, asUnsigned, corrections, dequantiseValues, dtype, quantiseValues, type QuantisedValues, type QuantiseOptions } from "../../vm/index.ts";
import { vectors } from "../support/vectors.ts";
import { cases, groupOf } from "./quantise-support.ts";

const numbers = fc.oneof(fc.double({ min: -100, max: 100, noNaN: true }), fc.constantFrom(0, 1e-30, 1e-38, -3e30));
const options = fc.integer({ min: 1, max: 8 }).chain((n) => fc.record({
  scaleType: fc.constantFrom("f32" as const, "bf16" as const),
  how: fc.constantFrom<Pick<QuantiseOptions, "type" | "scheme" | "zero">>({ type: `u${n}`, scheme: "minmax" }, { type: `u${n}`, scheme: "offset" }, { type: `b${n}` }, ...(n > 1 ? [{ type: `i${n}` }, { type: `u${n}`, zero: 2 ** (n - 1) }, { type: `i${n}`, scheme: "minmax" as const }] : [])),
}));

/** (value − zero) · scale as an exact product of f64: 24 bits of scale, at most 10 of the difference. */
const exact = (q: QuantisedValues, g: number, i: number): number => (dtype(q.type).decode(q.codes[i]) - (q.zeros?.[g] ?? 0)) * q.scales[g];

describe("views", () => {
  test("are lossless, there and back", () => {
    fc.assert(fc.property(cases(numbers), options, (c, { scaleType, how }) => {
      const q = quantiseValues(c.values, c.shape, { ...c, scaleType, ...how }), { bits, kind } = dtype(q.type);
      // The smallest scales of f32 have no half: H0504, tested below.
      fc.pre(q.scales.every((s) => Math.fround(s / 2) * 2 === s));
      for (const [to, view] of [["b", asBipolar], ["u", asUnsigned], ["i", asSigned]] as const) {
        if (to === "i" && bits === 1) continue;
        const v = view(q);
        expect(v.type).toBe(`${to}${bits}`);
        expect([...dequantiseValues(v)].map((x) => x + 0)).toEqual([...dequantiseValues(q)].map((x) => x + 0));
        c.values.forEach((_, i) => { const g = groupOf(i, c); expect(exact(v, g, i) === exact(q, g, i)).toBe(true); });
        // Whole zero points wherever they can be: only views of bipolar codes have halves.
        if (kind !== "bipolar") expect(v.zeros?.every(Number.isInteger) ?? true).toBe(true);
        const back = { uint: asUnsigned, int: asSigned, bipolar: asBipolar }[kind as "uint"](v);
        expect([[...back.codes], [...back.scales]]).toEqual([[...q.codes], [...q.scales]]);
        expect([...(back.zeros ?? q.scales.map(() => 0))]).toEqual([...(q.zeros ?? q.scales.map(() => 0))]);
      }
    }), { numRuns: 200 });
  });

  test("bipolar: the bits of signed codes with the top one flipped", () => {
    for (const [n, { rows }] of Object.entries(vectors<{ n: Record<string, { rows: number[][] }> }>("btc/bipolar_encodings").n)) {
      if (n === "1") continue;
      const signed = quantiseValues(rows.map(([, , x]) => x), [rows.length], { type: `i${n}`, scale: 1 });
      expect([...signed.codes]).toEqual(rows.map(([, , , bits]) => bits));
      expect([...asBipolar(signed).codes]).toEqual(rows.map(([u]) => u));
      expect([...corrections(asBipolar(signed))]).toEqual([-0.5]);
    }
  });

  test("Σ w·x = scale · Σ value·x + correction · Σ x", () => {
    const vector = vectors<{ cases: { n: number; m: number; K: number; a: number[]; b: number[]; za: number; zb: number; zero_point: number; unsigned: number; unsigned_a_x_bipolar_b: number; twos_a_x_bipolar_b: number; bipolar: number; twos_complement: number }[] }>("btc/dot_products");
    const dot = (a: Float64Array, b: Float64Array): number => a.reduce((s, x, i) => s + x * b[i], 0);
    const values = (q: QuantisedValues): Float64Array => Float64Array.from(q.codes, (c) => dtype(q.type).decode(c));
    for (const c of vector.cases) {
      const codes = (list: number[], bits: number, zero: number): QuantisedValues => quantiseValues(list.map((u) => u - zero), [c.K], { type: `u${bits}`, scale: 1, zero });
      const a = codes(c.a, c.n, c.za), b = codes(c.b, c.m, c.zb), x = Float64Array.from(c.a, (u) => u - c.za);
      expect([...a.codes, ...b.codes]).toEqual([...c.a, ...c.b]);
      for (const w of c.m > 1 ? [b, asBipolar(b), asSigned(b)] : [b, asBipolar(b)])
        expect(w.scales[0] * dot(values(w), x) + corrections(w)[0] * x.reduce((s, v) => s + v, 0)).toBe(c.zero_point);
      expect(dot(values(asBipolar(a)), values(asBipolar(b)))).toBe(c.bipolar);
      expect(dot(values(a), values(asBipolar(b)))).toBe(c.unsigned_a_x_bipolar_b);
      expect(dot(values(a), values(b))).toBe(c.unsigned);
    }
  });

  test("scales that their type can't halve or double are f32, or errors", () => {
    const least = quantiseValues([2 ** -24, 0], [2], { type: "i2", scaleType: "f16" }), most = quantiseValues([65504, 65504], [2], { type: "b1", scaleType: "f16" });
    expect([asBipolar(least).scaleType, asBipolar(least).scales[0], asUnsigned(most).scaleType, asUnsigned(most).scales[0]]).toEqual(["f32", 2 ** -25, "f32", 131008]);
    expect(asBipolar(quantiseValues([3], [1], { type: "i2", scaleType: "f16" })).scaleType).toBe("f16");
    const codeOf = (f: () => unknown): string => { try { f(); return "none"; } catch (e) { if (!(e instanceof Diagnostic)) throw e; expect(e.data.help).toBeTruthy(); return e.code; } };
    expect([
      codeOf(() => asBipolar(quantiseValues([1], [1], { type: "f4e2m1" }))), codeOf(() => asSigned(quantiseValues([1], [1], { type: "b1" }))),
      codeOf(() => asUnsigned(quantiseValues([3e38], [1], { type: "b1" }))), codeOf(() => asBipolar(quantiseValues([0, 1.3892679246450185e-37], [2], { type: "u3", scheme: "minmax" }))),
    ]).toEqual(["H0501", "H0501", "H0504", "H0504"]);
  });
});

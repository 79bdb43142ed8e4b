// Bit tricks: the same numbers under codes of another kind, exactly. With n bits and the unsigned code u,
//
//   unsigned  u            signed  u − 2^(n−1): the top bit flipped            bipolar  2u − (2^n − 1): the same bits
//
// so the scale halves on the way to bipolar numbers (their step is 2) and the zero point moves:
//
//   s · (u − z) = s/2 · (v − Z),  Z = 2z − (2^n − 1)          s · (i − z) = s/2 · (v − Z),  Z = 2z + 1
//
// A kernel without zero points computes s/2 · Σ v·x and adds `corrections` · Σ x per group: a rank-1 update.
import { fail } from "../diagnostic.ts";
import { dtype } from "./dtype.ts";
import { isScale } from "./quantise-levels.ts";
import type { QuantisedValues } from "./quantise.ts";

type Kind = "uint" | "int" | "bipolar";

/** How a kind's values follow from the unsigned code: value = step · u − base. */
const readings: Readonly<Record<Kind, { readonly letter: string; readonly step: number; readonly base: (bits: number) => number }>> = Object.freeze({
  uint: { letter: "u", step: 1, base: () => 0 },
  int: { letter: "i", step: 1, base: (n) => 2 ** (n - 1) },
  bipolar: { letter: "b", step: 2, base: (n) => 2 ** n - 1 },
});

function kindOf(q: QuantisedValues): Kind {
  const { kind, name } = dtype(q.type);
  return kind === "uint" || kind === "int" || kind === "bipolar" ? kind : fail({ code: "H0501", message: `${name} is no integer type: its codes have no other reading`, help: "quantise to uN, iN or bN" });
}

/** The scales times 1/2 or 2: powers of two keep them exact, in f32 where their own type ends. */
function scaled(q: QuantisedValues, factor: number): Pick<QuantisedValues, "scales" | "scaleType"> {
  const scales = q.scales.map((s) => s * factor), g = scales.findIndex((s, i) => s !== q.scales[i] * factor);
  if (g >= 0) fail({ code: "H0504", message: `the scale ${q.scales[g]} can't be ${factor > 1 ? "doubled" : "halved"} in f32`, help: "multiply the numbers by a constant before they are quantised" });
  return { scales, scaleType: scales.every((s) => isScale(s, q.scaleType)) ? q.scaleType : "f32" };
}

function viewed(q: QuantisedValues, to: Kind): QuantisedValues {
  const from = kindOf(q), { bits } = dtype(q.type), a = readings[from], b = readings[to];
  if (from === to) return q;
  if (to === "int" && bits === 1) fail({ code: "H0501", message: "there is no signed type of one bit", help: "asUnsigned() or asBipolar()" });
  // a.step · u − a.base − z = (b.step · u − b.base − Z) · a.step / b.step
  const ratio = b.step / a.step, shift = ratio * a.base(bits) - b.base(bits);
  const flip = from === "int" || to === "int" ? 2 ** (bits - 1) : 0;
  const zeros = q.scales.map((_, g) => ratio * (q.zeros?.[g] ?? 0) + shift);
  return Object.freeze({ ...q, ...scaled(q, 1 / ratio), type: `${b.letter}${bits}`, codes: flip ? q.codes.map((c) => c ^ flip) : q.codes, zeros: zeros.some((z) => z !== 0) ? zeros : undefined });
}

/**
 * The same numbers as bipolar codes of as many bits: half the scale, and a zero point that `corrections` turns into a rank-1
 * update. Lossless; the bits are those of unsigned codes, or signed ones with the top bit flipped.
 * @throws Diagnostic H0501 (floats), H0504 (a scale that can't be halved)
 * @example
 * ```ts
 * const b = asBipolar(quantiseValues([-2, -1, 0, 1], [4], { type: "i2", scale: 1 }));
 * [b.type, ...b.codes, b.scales[0], corrections(b)[0], ...dequantiseValues(b)]; // => ["b2", 0, 1, 2, 3, 0.5, -0.5, -2, -1, 0, 1]
 * ```
 */
export const asBipolar = (q: QuantisedValues): QuantisedValues => viewed(q, "bipolar");

/**
 * The same numbers as two's complement codes of as many bits. Lossless; of bipolar codes without zero points the zero point is −1/2.
 * @throws Diagnostic H0501 (floats; one bit), H0504 (a scale that can't be doubled)
 * @example
 * ```ts
 * const i = asSigned(quantiseValues([-3, 1], [2], { type: "b2" }));
 * [i.type, ...i.codes, i.scales[0], i.zeros?.[0]]; // => ["i2", 2, 0, 2, -0.5]
 * ```
 */
export const asSigned = (q: QuantisedValues): QuantisedValues => viewed(q, "int");

/**
 * The same numbers as unsigned codes of as many bits. Lossless; of bipolar codes without zero points the zero point is (2^n − 1) / 2.
 * @throws Diagnostic H0501 (floats), H0504 (a scale that can't be doubled)
 * @example
 * ```ts
 * asUnsigned(quantiseValues([-3, 1], [2], { type: "b2" })).zeros?.[0]; // => 1.5
 * ```
 */
export const asUnsigned = (q: QuantisedValues): QuantisedValues => viewed(q, "uint");

/**
 * What a kernel without zero points adds, per group, times Σ x of the group: offset − scale · zero, in `scaleShape`.
 * For signed codes with offset z seen as bipolar ones this is z − s/2.
 * @example
 * ```ts
 * [...corrections(quantiseValues([-1, 0, 1, 2], [4], { type: "u2", scheme: "minmax" }))]; // => [-1]
 * ```
 */
export const corrections = (q: QuantisedValues): Float32Array => q.scales.map((s, g) => (q.offsets?.[g] ?? 0) - s * (q.zeros?.[g] ?? 0));

// The values a code can have, as a quantiser sees them, and the types that scales are stored in.
import { fail } from "../diagnostic.ts";
import { dtype } from "./dtype.ts";
import type { DType } from "./dtype-type.ts";
import { roundToBfloat, roundToHalf } from "./half.ts";

/** The nearest value of a type to a number within its range; see SEMANTICS of `as`: ties to even, bipolar ones up. */
export type Nearest = (y: number) => number;

/** Adding and taking away 1.5 · 2^52 leaves the nearest whole number, ties to even, of magnitudes below 2^51. */
const MAGIC = 6755399441055744;

/** The nearest whole number, ties to even; for |y| < 2^51. */
export const roundEven: Nearest = (y) => y + MAGIC - MAGIC;

/** The nearest odd number, ties up: 0 becomes +1. */
const roundOdd: Nearest = (y) => 2 * Math.floor(y / 2) + 1;

/** How numbers within a type's range are rounded to its values. Integers minus a zero point are integers again. */
export function nearestOf(type: DType): Nearest {
  switch (type.kind) {
    case "uint": case "int": return roundEven;
    // At the top, an odd number, the floor is that number itself.
    case "bipolar": return roundOdd;
    case "float": case "scale": case "bool": case "codebook": return (y) => type.decode(type.encode(y));
    default: return type.kind satisfies never;
  }
}

/** How values of a type become codes: what `encode` gives for a value that the type has, found without its rounding. */
export function codeOf(type: DType): (value: number) => number {
  const mask = 2 ** type.bits - 1;
  switch (type.kind) {
    case "uint": case "int": return (v) => v & mask;
    case "bipolar": return (v) => (v + mask) / 2;
    case "float": case "scale": case "bool": case "codebook": return (v) => type.encode(v);
    default: return type.kind satisfies never;
  }
}

/** Types that scales and offsets are stored in. */
export type ScaleType = "f32" | "f16" | "bf16" | "e8m0";

/** Rounding to a scale's type: not finite where it overflows; and the least scale, above what GPUs flush to zero where the type goes so low. */
const scaleRows: Readonly<Record<ScaleType, { readonly round: (x: number) => number; readonly least: number }>> = Object.freeze({
  f32: { round: Math.fround, least: 2 ** -126 },
  f16: { round: roundToHalf, least: 2 ** -24 },
  bf16: { round: roundToBfloat, least: 2 ** -126 },
  e8m0: { round: (x) => { const t = dtype("e8m0"); return t.decode(t.encode(x, { saturate: false })); }, least: 2 ** -126 },
});

/** Names of the types that scales can have. */
export const scaleTypes: readonly string[] = Object.freeze(Object.keys(scaleRows));

/** A positive scale as its type holds it: at least the least one, not finite if it is too large. */
export function roundScale(x: number, type: ScaleType): number {
  const { round, least } = scaleRows[type];
  return x < least ? least : round(x);
}

/** `roundScale` of a scale that must be there. @throws Diagnostic H0504 */
export function scaleIn(x: number, type: ScaleType): number {
  const r = roundScale(x, type);
  return Number.isFinite(r) ? r : tooLarge("a scale", x, type);
}

/** An offset as the type holds it. @throws Diagnostic H0504 */
export function offsetIn(x: number, type: ScaleType): number {
  const r = scaleRows[type].round(x);
  return Number.isFinite(r) ? r : tooLarge("an offset", x, type);
}

const tooLarge = (what: string, x: number, type: ScaleType): never =>
  fail({ code: "H0504", message: `${what} of ${x} is too large for ${type}`, help: type === "f32" || type === "bf16" ? "divide the numbers by a constant first" : 'take { scaleType: "f32" }' });

/** Whether a scale is one of the type's own. */
export const isScale = (x: number, type: ScaleType): boolean => x === 0 ? type !== "e8m0" : scaleRows[type].round(x) === x;

// Schemes: how a group's numbers get their scale and zero point. One row each; formats add rows of their own.
import type { DType } from "./dtype-type.ts";
import { fail } from "../diagnostic.ts";
import { offsetIn, roundEven, roundScale, scaleIn, type Nearest, type ScaleType } from "./quantise-levels.ts";
import { searchAffine, searchScale, type Problem } from "./quantise-search.ts";

/** A group of numbers, looked at once. */
export interface Sample {
  readonly x: Float64Array;
  readonly count: number;
  readonly least: number;
  readonly greatest: number;
  /** The largest magnitude. */
  readonly most: number;
  readonly type: DType;
  readonly nearest: Nearest;
  readonly scaleType: ScaleType;
  /** The zero point that the caller wants. */
  readonly zero: number | undefined;
  /** The scale that the caller wants. */
  readonly scale: number | undefined;
  /** Where element i of the group is, for messages. */
  readonly place: (i: number) => string;
}

/** x ≈ (value − zero) · scale + offset, values between `low` and `high` where that is less than the type has. */
export interface Fit {
  readonly scale: number;
  readonly zero: number;
  readonly offset: number;
  /** The largest |value − zero| used, where it is less than what the type has on one side. */
  readonly reach?: number;
}

/** A row of the table. */
export interface Scheme {
  readonly name: string;
  readonly doc: string;
  /** The kinds of types it serves. */
  readonly kinds: readonly DType["kind"][];
  /** Whether it finds zero points itself for types of this kind; then none may be given. */
  readonly finds?: (type: DType, zero: boolean) => boolean;
  /** Whether it finds real offsets. */
  readonly offsets?: true;
  /** Whether it needs `scale:`. */
  readonly given?: true;
  readonly fit: (s: Sample) => Fit;
}

const NUMBERS: readonly DType["kind"][] = ["uint", "int", "bipolar", "float", "codebook"], INTEGERS: readonly DType["kind"][] = ["uint", "int"];

/** What a group of zeros gets: 1, but in a type without zero the scale 0, so that the group stays zero (e8m0 has none: then its least). */
const ofZeros = (s: Sample): number => (s.type.hasZero ? 1 : s.scaleType === "e8m0" ? roundScale(0, "e8m0") : 0);

/** Largest |value − zero| that the type has on both sides; on one side where it has no other. */
function reachOf(s: Sample): number {
  const zero = s.zero ?? 0, above = s.type.max - zero, below = zero - s.type.min;
  return above <= 0 || below <= 0 ? Math.max(above, below) : Math.min(above, below);
}

function absmax(s: Sample): Fit {
  const zero = s.zero ?? 0, reach = reachOf(s);
  if (zero <= s.type.min && s.least < 0 || zero >= s.type.max && s.greatest > 0) {
    const sign = zero <= s.type.min ? -1 : 1, i = s.x.findIndex((v) => v * sign > 0);
    fail({
      code: "H0503", message: `element ${s.place(i)} is ${s.x[i]}; ${s.type.name} has nothing ${sign < 0 ? "below" : "above"} ${zero === 0 ? "zero" : `the zero point ${zero}`}`,
      help: s.type.kind === "uint" ? `take { zero: ${2 ** (s.type.bits - 1)} } for a zero point in the middle, or { scheme: "minmax" } for one that fits` : "take a type with a sign",
    });
  }
  return { scale: s.most === 0 ? ofZeros(s) : scaleIn(s.most / reach, s.scaleType), zero, offset: 0, reach };
}

/** The data's range with 0 in it. */
const rangeOf = (s: Sample): { readonly low: number; readonly high: number } => ({ low: Math.min(s.least, 0), high: Math.max(s.greatest, 0) });

function minmax(s: Sample): Fit {
  const { low, high } = rangeOf(s), { min, max } = s.type;
  if (high === low) return { scale: 1, zero: 0, offset: 0 };
  const scale = scaleIn((high - low) / (max - min), s.scaleType);
  return { scale, zero: Math.max(min, Math.min(max, min - roundEven(low / scale))), offset: 0 };
}

function mse(s: Sample): Fit {
  const p: Problem = { ...s, min: s.type.min, max: s.type.max, round: (x) => roundScale(x, s.scaleType) };
  const affine = findsZero(s.type, s.zero !== undefined), start = affine ? minmax(s) : absmax(s);
  if (s.most === 0) return start;
  const { low, high } = rangeOf(s), { scale, zero } = affine ? searchAffine(p, start, low, high) : searchScale(p, start.scale, start.zero);
  return { scale, zero, offset: 0 };
}

/** "mse" looks for a zero point where the type is unsigned and none is given. */
const findsZero = (type: DType, zero: boolean): boolean => type.kind === "uint" && !zero;

function offset(s: Sample): Fit {
  const low = offsetIn(s.least, s.scaleType);
  // From the rounded offset the largest number may lie a little further off.
  return { scale: s.greatest > low ? scaleIn((s.greatest - low) / s.type.max, s.scaleType) : 1, zero: 0, offset: low };
}

const rows: readonly Scheme[] = [
  {
    name: "absmax", kinds: NUMBERS, fit: absmax,
    doc: "The largest magnitude gets the largest value: scale = max|x| / R, R = 2^n − 1 of bN, 2^(n−1) − 1 of iN (the code −2^(n−1) is not used), the largest value of a float; of uN, which has no negative values, max − zero point and zero point, whichever is less.",
  },
  {
    name: "minmax", kinds: INTEGERS, finds: () => true, fit: minmax,
    doc: "Integers with a whole zero point: scale = (max − min) / (2^n − 1), zero = round(−min / scale), the range widened to have 0 in it, which so is met exactly (ABQ's rule).",
  },
  {
    name: "mse", kinds: NUMBERS, finds: findsZero, fit: mse,
    doc: "The scale of the least squared error, found by a search that is never worse than absmax: steps of 2^(1/8) from twice its scale to 1/256 of it, then of 2^(1/64) around the best, then least squares while the error falls. Of uN without `zero`, scale and zero point, never worse than minmax.",
  },
  {
    name: "offset", kinds: ["uint"], offsets: true, fit: offset,
    doc: "Unsigned codes from a real offset: the minimum, with scale = (max − min) / (2^n − 1).",
  },
  {
    name: "fixed", kinds: NUMBERS, given: true, fit: (s) => ({ scale: s.scale ?? 1, zero: s.zero ?? 0, offset: 0 }),
    doc: "The scale (and zero point) given, one for all groups or one each; what is beyond the range ends at its end.",
  },
];

/**
 * How `quantiseValues` finds scales, by name: what each is for, and which kinds of types it serves.
 * @example
 * ```ts
 * [...quantiseSchemes.keys()]; // => ["absmax", "minmax", "mse", "offset", "fixed"]
 * ```
 */
export const quantiseSchemes: ReadonlyMap<string, Scheme> = new Map(rows.map((r) => [r.name, Object.freeze(r)]));

/** Names of the schemes. */
export type SchemeName = "absmax" | "minmax" | "mse" | "offset" | "fixed";

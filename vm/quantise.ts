// Numbers to low-bit codes: a number type's `encode` plus a rule for the scale, so that
//
//   x ≈ (value(code) − zero[group]) · scale[group]  [ + offset[group] ]
//
// Codes are found by the rounding of `as` (to nearest, ties to even; bipolar: ties up, so that 0 is +1), saturating, from the
// scale as it is stored. What finds scales is a row of quantise-schemes.ts; which numbers share one, quantise-groups.ts says.
import { didYouMean, fail } from "../diagnostic.ts";
import { dtype } from "./dtype.ts";
import type { DType } from "./dtype-type.ts";
import { eachGroup, gather, groupingOf, needCount, placeText, scaleShapeOf, type GroupSize } from "./quantise-groups.ts";
import { codeOf, isScale, nearestOf, scaleTypes, type ScaleType } from "./quantise-levels.ts";
import { quantiseSchemes, type Fit, type Sample, type Scheme, type SchemeName } from "./quantise-schemes.ts";

export type { GroupSize } from "./quantise-groups.ts";
export type { ScaleType } from "./quantise-levels.ts";

/** How numbers are quantised. */
export interface QuantiseOptions {
  /** The type of the codes: `uN`, `iN`, `bN` or a float, of at most 8 bits. */
  readonly type: string;
  /** Elements along `axis` that share a scale (the last group of a row may be shorter), or "tensor"; default: the whole axis. */
  readonly group?: GroupSize | undefined;
  /** The axis that groups run along, normally the contracted one; default: the last. */
  readonly axis?: number | undefined;
  /** How scales are found: a name of `quantiseSchemes`. Default "absmax"; "fixed" where `scale` is given. */
  readonly scheme?: SchemeName | undefined;
  /** The type that scales and offsets are rounded to, before codes are found; default "f32". */
  readonly scaleType?: ScaleType | undefined;
  /** "fixed": the scale, one for all groups or one each. */
  readonly scale?: number | ArrayLike<number> | undefined;
  /** Zero points of `uN` and `iN`: whole numbers within the type, one for all groups or one each. */
  readonly zero?: number | ArrayLike<number> | undefined;
}

/** Quantised numbers on the host. */
export interface QuantisedValues {
  /** Name of the codes' number type. */
  readonly type: string;
  readonly shape: readonly number[];
  /** One code per element, row-major. */
  readonly codes: Uint8Array;
  readonly axis: number;
  /** Elements along the axis that share a scale, or "tensor". */
  readonly group: GroupSize;
  /** `shape` with the number of groups at `axis`; all 1 for group "tensor". */
  readonly scaleShape: readonly number[];
  /** The type that scales and offsets are numbers of. */
  readonly scaleType: ScaleType;
  /** One scale per group, row-major in `scaleShape`. */
  readonly scales: Float32Array;
  /** What is subtracted from a code's value before it is scaled; whole numbers, but for half ones that `asSigned` and `asUnsigned` make. */
  readonly zeros?: Float32Array | undefined;
  /** What is added after scaling. */
  readonly offsets?: Float32Array | undefined;
}

/** How far quantised numbers are from what they stand for. */
export interface QuantisationError {
  /** The largest difference. */
  readonly max: number;
  /** Root of the mean square of the differences. */
  readonly rms: number;
  /** Signal to quantisation noise, 10 · log10(Σ x² / Σ e²), in decibels; Infinity without an error. */
  readonly sqnr: number;
}

const nameOf = (names: readonly string[], given: string, what: string): never => {
  const near = didYouMean(given, names);
  return fail({ code: "H0501", message: `there is no ${what} "${given}"`, help: near ? `did you mean "${near}"?` : `there are ${names.map((n) => `"${n}"`).join(", ")}` });
};

/** The rows that some options name, checked against each other. @throws Diagnostic H0501, N0110 */
function rowsOf(o: QuantiseOptions): { readonly type: DType; readonly scheme: Scheme; readonly scaleType: ScaleType } {
  const type = dtype(o.type), name = o.scheme ?? (o.scale === undefined ? "absmax" : "fixed"), scaleType = o.scaleType ?? "f32";
  const scheme = quantiseSchemes.get(name) ?? nameOf([...quantiseSchemes.keys()], String(name), "scheme"), zero = o.zero !== undefined;
  if (!scaleTypes.includes(scaleType)) nameOf(scaleTypes, String(scaleType), "type of scales");
  if (type.bits > 8 || type.kind === "bool" || type.kind === "scale")
    fail({ code: "H0501", message: `numbers can't be quantised to ${type.name}`, help: "choose an integer, bipolar or float type of at most 8 bits" });
  if (!scheme.kinds.includes(type.kind))
    fail({ code: "H0501", message: `the scheme "${name}" is not for ${type.name}`, help: `take u${type.bits}, or the scheme "absmax" or "mse"` });
  if (zero && type.kind !== "uint" && type.kind !== "int")
    fail({ code: "H0501", message: `${type.name} takes no zero point`, help: `leave \`zero\` out, or take u${type.bits}; asBipolar() gives bipolar views of codes with zero points` });
  if (zero && (scheme.offsets || scheme.finds?.(type, false)) && scheme.name !== "mse")
    fail({ code: "H0501", message: `the scheme "${name}" finds its own zero`, help: 'leave `zero` out, or take the scheme "absmax", "mse" or "fixed"' });
  if (scheme.offsets && scaleType === "e8m0")
    fail({ code: "H0501", message: "e8m0 holds no offsets: it has no sign and no zero", help: 'take another `scaleType`, or the scheme "minmax"' });
  if (name === "absmax" && type.kind === "uint" && !zero)
    fail({ code: "H0501", message: `absmax is for numbers of both signs, ${type.name} has one`, help: `take b${type.bits}${type.bits > 1 ? ` or i${type.bits}, or { zero: ${2 ** (type.bits - 1)} } for a zero point in the middle` : ""}, or { scheme: "minmax" }; of numbers ≥ 0, { zero: 0 }` });
  if (type.name === "u1" && zero && name === "absmax" && o.zero !== 0)
    fail({ code: "H0501", message: "one unsigned bit with a zero point has no positive value", help: 'take b1, or { scheme: "minmax" }' });
  if (scheme.given && o.scale === undefined) fail({ code: "H0505", message: `the scheme "${name}" needs the scale`, help: "give { scale: … }: a number, or one for each group" });
  if (!scheme.given && o.scale !== undefined) fail({ code: "H0505", message: `the scheme "${name}" finds scales itself`, help: 'leave `scale` out, or take the scheme "fixed"' });
  return { type, scheme, scaleType };
}

/** A number for each group, from one for all or one each. @throws Diagnostic H0505 */
function perGroup(given: number | ArrayLike<number> | undefined, groups: number, what: string, good: (x: number) => boolean, help: string): (g: number) => number | undefined {
  if (given === undefined) return () => undefined;
  if (typeof given !== "number" && given.length !== groups) fail({ code: "H0505", message: `${given.length} ${what}s for ${groups} groups`, help: "give one for all, or one for each group, row-major" });
  for (let g = 0, list = typeof given === "number" ? [given] : given; g < list.length; g++)
    if (!good(list[g])) fail({ code: "H0505", message: `the ${what}${typeof given === "number" ? "" : ` of group ${g}`} can't be ${list[g]}`, help });
  return typeof given === "number" ? () => given : (g) => given[g];
}

/** How a type rounds. */
type Rounding = Pick<Sample, "type" | "nearest"> & { readonly code: (value: number) => number };

/** Codes of a group. */
function encodeGroup(x: Float64Array, { type, nearest, code }: Rounding, fit: Fit, out: Uint8Array, start: number, step: number): void {
  const { zero, offset, reach = Infinity } = fit, scale = fit.scale || 1;
  const low = Math.max(type.min - zero, -reach), high = Math.min(type.max - zero, reach);
  for (let i = 0, at = start; i < x.length; i++, at += step) {
    const y = (x[i] - offset) / scale;
    out[at] = code(nearest(y < low ? low : y > high ? high : y) + zero);
  }
}

/**
 * Quantises numbers to nearest.
 *
 * Groups of zeros get the scale 1; of a type without zero the scale 0, so that they stay zero. Scales are at least 2^-126 (f16: 2^-24).
 * NaN and infinities have no code: they are errors that name the element. -0 is 0 in integers.
 * @param values one number per element, row-major
 * @param shape their shape, e.g. [N, K] with `axis: 1` or [K, N] with `axis: 0` for groups along K
 * @throws Diagnostic N0110 (no such type), H0501 (type or scheme), H0502 (shape, axis or group), H0503 (count, or numbers that
 *   can't be met), H0504 (scale too large), H0505 (zero points or scales that don't fit)
 * @example
 * ```ts
 * const q = quantiseValues([0.5, -1, 3, 1.5], [1, 4], { type: "i3" });
 * [q.scales[0], ...dequantiseValues(q)]; // => [1, 0, -1, 3, 2]
 * ```
 */
export function quantiseValues(values: ArrayLike<number>, shape: readonly number[], options: QuantiseOptions): QuantisedValues {
  const { type, scheme, scaleType } = rowsOf(options), { axis, group } = groupingOf(shape, options), size = shape.reduce((a, b) => a * b, 1);
  needCount(values, shape);
  const scaleShape = scaleShapeOf(shape, axis, group), groups = scaleShape.reduce((a, b) => a * b, 1), nearest = nearestOf(type), code = codeOf(type);
  const zeroOf = perGroup(options.zero, groups, "zero point", (z) => Number.isInteger(z) && z >= type.min && z <= type.max, `zero points of ${type.name} are whole numbers from ${type.min} to ${type.max}`);
  const scaleOf = perGroup(options.scale, groups, "scale", (s) => s > 0 ? isScale(s, scaleType) : s === 0 && !type.hasZero, `scales are positive numbers that ${scaleType} has: round them first, or take another scaleType`);
  const codes = new Uint8Array(size), scales = new Float32Array(groups);
  const zeros = options.zero !== undefined || scheme.finds?.(type, false) ? new Float32Array(groups) : undefined, offsets = scheme.offsets ? new Float32Array(groups) : undefined;
  const scratch = new Float64Array(group === "tensor" ? size : Math.min(group, shape[axis]));
  eachGroup(shape, axis, group, ({ index, start, step, count }) => {
    const x = scratch.subarray(0, count), range = gather(values, start, step, x, shape);
    const fit = scheme.fit({ x, count, ...range, type, nearest, scaleType, zero: zeroOf(index), scale: scaleOf(index), place: (i) => placeText(shape, start + i * step) });
    scales[index] = fit.scale;
    if (zeros) zeros[index] = fit.zero;
    if (offsets) offsets[index] = fit.offset;
    encodeGroup(x, { type, nearest, code }, fit, codes, start, step);
  });
  return Object.freeze({ type: type.name, shape: Object.freeze([...shape]), codes, axis, group, scaleShape: Object.freeze(scaleShape), scaleType, scales, zeros, offsets });
}

/**
 * The numbers that codes and scales stand for, row-major: (value − zero) · scale + offset, rounded to f32 once.
 * @example
 * ```ts
 * [...dequantiseValues(quantiseValues([-1, 1, 1, -1], [1, 4], { type: "b1" }))]; // => [-1, 1, 1, -1]
 * ```
 */
export function dequantiseValues(q: QuantisedValues): Float32Array {
  const type = dtype(q.type), out = new Float32Array(q.codes.length), table = Float64Array.from({ length: 2 ** type.bits }, (_, code) => type.decode(code));
  eachGroup(q.shape, q.axis, q.group, ({ index, start, step, count }) => {
    const scale = q.scales[index], zero = q.zeros?.[index] ?? 0, offset = q.offsets?.[index] ?? 0;
    for (let i = 0, at = start; i < count; i++, at += step) out[at] = (table[q.codes[at]] - zero) * scale + offset;
  });
  return out;
}

/**
 * How far quantised numbers are from the given ones.
 * @throws Diagnostic H0503 (another number of elements)
 * @example
 * ```ts
 * const x = [1, -1, 0.5, 0];
 * quantisationError(x, quantiseValues(x, [4], { type: "i2" })).max; // => 0.5
 * ```
 */
export function quantisationError(values: ArrayLike<number>, q: QuantisedValues): QuantisationError {
  const back = dequantiseValues(q), n = back.length;
  if (values.length !== n) fail({ code: "H0503", message: `${values.length} numbers beside ${n} quantised ones`, help: "give the numbers that were quantised" });
  let max = 0, noise = 0, signal = 0;
  for (let i = 0; i < n; i++) {
    const d = Math.abs(values[i] - back[i]);
    max = Math.max(max, d);
    noise += d * d;
    signal += values[i] * values[i];
  }
  return Object.freeze({ max, rms: n ? Math.sqrt(noise / n) : 0, sqnr: noise === 0 ? Infinity : 10 * Math.log10(signal / noise) });
}

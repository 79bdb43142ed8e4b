// Weights to low-bit codes: one scale per group along one axis, so that
//
//   w ≈ (value(code) − zero) · scale[group]  [ + offset[group] ]
//
// Round to nearest; the scales are those of the usual formats (largest magnitude on the largest value).
import { fail } from "../diagnostic.ts";
import { absmaxScale, dtype as dtypeNamed, roundToHalf, type DType } from "../vm/index.ts";

/** How weights are quantised. */
export interface QuantiseOptions {
  /** Elements that share a scale; default: the whole axis. The last group may be smaller. */
  readonly group?: number | undefined;
  /** The axis that groups run along, normally the contracted one; default: the last. */
  readonly axis?: number | undefined;
  /**
   * "symmetric" (default): scale = max|w| / largest value; for `uN` with zero point 2^(N−1) and largest value 2^(N−1) − 1;
   * `b1` takes the mean of |w|. "affine" (`uN` only): scale = (max − min) / (2^N − 1) and a real offset, the minimum.
   */
  readonly scheme?: "symmetric" | "affine" | undefined;
  /** The type that scales and offsets are rounded to, before codes are found; default "f32". */
  readonly scale?: "f16" | "f32" | undefined;
}

/** Quantised weights; scales and offsets are numbers of the type asked for, row-major in `scaleShape`. */
export interface Quantised {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** One code per element, row-major. */
  readonly codes: Uint8Array;
  readonly axis: number;
  readonly group: number;
  readonly scales: Float32Array;
  /** `shape` with the number of groups at `axis`. */
  readonly scaleShape: readonly number[];
  /** Subtracted from a code's value before it is scaled. */
  readonly zero: number;
  /** Added after scaling; "affine" only. */
  readonly offsets?: Float32Array | undefined;
}

/** Where every element's group is: calls `visit(group, elements)` once per group, elements as start, step and count. */
function eachGroup(shape: readonly number[], axis: number, group: number, visit: (index: number, start: number, step: number, count: number) => void): void {
  const extent = shape[axis] ?? 1, step = shape.slice(axis + 1).reduce((a, b) => a * b, 1), outer = shape.slice(0, axis).reduce((a, b) => a * b, 1);
  const groups = Math.ceil(extent / group);
  for (let o = 0; o < outer; o++)
    for (let g = 0; g < groups; g++)
      for (let i = 0; i < step; i++)
        visit((o * groups + g) * step + i, (o * extent + g * group) * step + i, step, Math.min(group, extent - g * group));
}

/** The type, if weights can be held in it. */
function weightType(name: string, affine: boolean): DType {
  const type = dtypeNamed(name);
  if (type.bits > 8 || type.kind === "bool" || type.kind === "scale")
    fail({ code: "H0501", message: `weights can't be quantised to ${type.name}`, help: "choose an integer, bipolar or float type of at most 8 bits" });
  if (affine && type.kind !== "uint")
    fail({ code: "H0501", message: `affine codes are unsigned, ${type.name} is not`, help: `take u${type.bits}, or the scheme "symmetric"` });
  if (!affine && type.name === "u1")
    fail({ code: "H0501", message: "one unsigned bit with a zero point has no positive value", help: "take b1, or the scheme \"affine\"" });
  return type;
}

function options(shape: readonly number[], o: QuantiseOptions): { axis: number; group: number } {
  const axis = o.axis ?? shape.length - 1;
  if (!(Number.isInteger(axis) && axis >= 0 && axis < shape.length))
    fail({ code: "H0502", message: `there is no axis ${axis} in a matrix of ${shape.length} axes`, help: `axes are numbered from 0 to ${shape.length - 1}` });
  const group = o.group ?? Math.max(1, shape[axis] ?? 1);
  if (!(Number.isInteger(group) && group >= 1)) fail({ code: "H0502", message: `a group can't have ${group} elements`, help: "give a whole number of at least 1" });
  return { axis, group };
}

/** A scale or offset as the type holds it; scales stay positive, and f32 ones above what GPUs flush to zero. */
function rounded(x: number, to: "f16" | "f32", positive: boolean): number {
  const least = to === "f16" ? 2 ** -24 : 2 ** -126, r = to === "f16" ? roundToHalf(x) : Math.fround(x);
  if (!Number.isFinite(r)) fail({ code: "H0504", message: `a scale of ${x} is too large for ${to}`, help: to === "f16" ? 'take { scale: "f32" }' : "divide the weights by a constant first" });
  return positive && r < least ? least : r;
}

/**
 * Quantises weights to nearest.
 * @param weights one number per element, row-major
 * @param shape their shape, e.g. [N, K] with `axis: 1` or [K, N] with `axis: 0` for groups along K
 * @param dtype the type of the codes: `uN`, `iN`, `bN` or a float, of at most 8 bits
 * @throws Diagnostic H0501 (type or scheme), H0502 (axis or group), H0503 (count, or weights that are not finite), H0504 (scale too large)
 * @example
 * ```ts
 * const q = quantise([0.5, -1, 3, 1.5], [1, 4], "i3", { group: 4 });
 * [q.scales[0], ...dequantise(q)]; // => [1, 0, -1, 3, 2]
 * ```
 */
export function quantise(weights: ArrayLike<number>, shape: readonly number[], dtype: string, given: QuantiseOptions = {}): Quantised {
  const affine = given.scheme === "affine", type = weightType(dtype, affine), to = given.scale ?? "f32";
  const { axis, group } = options(shape, given), size = shape.reduce((a, b) => a * b, 1);
  if (weights.length !== size) fail({ code: "H0503", message: `${weights.length} weights for a matrix of ${shape.join(" × ")}`, help: "give one number per element, row-major" });
  const zero = !affine && type.kind === "uint" ? 2 ** (type.bits - 1) : 0;
  const scaleShape = shape.map((n, i) => (i === axis ? Math.ceil(n / group) : n)), groups = scaleShape.reduce((a, b) => a * b, 1);
  const codes = new Uint8Array(size), scales = new Float32Array(groups), offsets = affine ? new Float32Array(groups) : undefined;
  eachGroup(shape, axis, group, (g, start, step, count) => {
    const end = start + step * count;
    let most = 0, sum = 0, low = Infinity, high = -Infinity;
    for (let i = start; i < end; i += step) {
      const w = weights[i] ?? 0, a = Math.abs(w);
      if (!Number.isFinite(w)) fail({ code: "H0503", message: `weight ${i} is ${w}`, help: "weights must be finite to have a scale" });
      sum += a;
      if (a > most) most = a;
      if (w < low) low = w;
      if (w > high) high = w;
    }
    const offset = affine ? rounded(low, to, false) : 0;
    // From the rounded offset the largest weight may lie a little further off.
    const exact = affine ? (high > offset ? (high - offset) / type.max : 1)
      : type.kind === "uint" ? (most > 0 ? most / (zero - 1) : 1)
      : absmaxScale(type, type.name === "b1" ? sum / count : most);
    // A type without zero meets a group of zeros by its scale.
    const scale = most === 0 && !type.hasZero ? 0 : rounded(exact, to, true);
    scales[g] = scale;
    if (offsets) offsets[g] = offset;
    for (let i = start; i < end; i += step) codes[i] = type.encode(((weights[i] ?? 0) - offset) / (scale || 1) + zero);
  });
  return Object.freeze({ dtype: type.name, shape: Object.freeze([...shape]), codes, axis, group, scales, scaleShape: Object.freeze(scaleShape), zero, offsets });
}

/**
 * The weights that codes and scales stand for, row-major.
 * @example
 * ```ts
 * [...dequantise(quantise([-1, 1, 1, -1], [1, 4], "b1", { group: 4 }))]; // => [-1, 1, 1, -1]
 * ```
 */
export function dequantise(q: Quantised): Float32Array {
  const type = dtypeNamed(q.dtype), out = new Float32Array(q.codes.length);
  eachGroup(q.shape, q.axis, q.group, (g, start, step, count) => {
    const scale = q.scales[g] ?? 1, offset = q.offsets?.[g] ?? 0;
    for (let i = start; i < start + step * count; i += step) out[i] = (type.decode(q.codes[i] ?? 0) - q.zero) * scale + offset;
  });
  return out;
}

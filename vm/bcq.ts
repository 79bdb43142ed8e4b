// Binary coding: numbers as sums of ±1 digits with a free factor for each plane,
//
//   x ≈ Σ_i α_i · (2 u_i − 1)        u_i: bit i of the code; a set of α for each group
//
// Bipolar numbers are the case α_i = s · 2^i. A fit starts greedily (the sign of what is left, its mean magnitude), then takes
// turns: α by least squares, codes by the nearest of the 2^n sums. α may be kept to sums of a few powers of two, so that a
// product is shifts and additions.
import { fail } from "../diagnostic.ts";
import { eachGroup, gather, groupingOf, needCount, scaleShapeOf, type GroupSize } from "./quantise-groups.ts";
import { asBipolar, corrections } from "./quantise-views.ts";
import { dtype } from "./dtype.ts";
import type { QuantisedValues } from "./quantise.ts";

/** How numbers are binary coded. */
export interface BinaryOptions {
  /** Planes of ±1, 1 to 8. */
  readonly planes: number;
  /** Elements along `axis` that share factors, or "tensor"; default: the whole axis. */
  readonly group?: GroupSize | undefined;
  /** The axis that groups run along; default: the last. */
  readonly axis?: number | undefined;
  /** Turns of least squares after the greedy start; default 15, fewer where nothing changes any more. */
  readonly rounds?: number | undefined;
  /** Factors as sums of at most so many signed powers of two; default: any f32. */
  readonly powers?: number | undefined;
}

/** Binary coded numbers. */
export interface BinaryCoded {
  readonly planes: number;
  readonly shape: readonly number[];
  /** One code per element, row-major; bit i is the digit of plane i: 1 for +1, 0 for −1. */
  readonly codes: Uint8Array;
  readonly axis: number;
  readonly group: GroupSize;
  /** The shape of one plane's factors: `shape` with the number of groups at `axis`. */
  readonly scaleShape: readonly number[];
  /** Factors [planes, …scaleShape]; in each group they grow from plane to plane. */
  readonly alphas: Float32Array;
  /** What is added, per group; only of numbers that were quantised otherwise. */
  readonly offsets?: Float32Array | undefined;
}

/** A group's factors, codes, and Σ e² after the greedy start and after each round. */
export interface BinaryFit { readonly alphas: readonly number[]; readonly codes: Uint8Array; readonly errors: readonly number[] }

/**
 * A factor as a sum of signed powers of two: the nearest one, then that of what is left. Halfway the smaller is taken.
 * @example
 * ```ts
 * [powersOfTwo(0.7, 1), powersOfTwo(0.7, 2), powersOfTwo(7, 2)]; // => [0.5, 0.75, 7]
 * ```
 */
export function powersOfTwo(x: number, terms: number): number {
  let sum = 0;
  for (let k = 0; k < terms && sum !== x; k++) {
    const rest = x - sum, a = Math.abs(rest), low = 2 ** Math.floor(Math.log2(a));
    sum += Math.sign(rest) * (a / low > 1.5 ? 2 * low : low);
  }
  return sum;
}

/** Every sum of factors with its code, in order; of equal sums the lower code first. */
function sums(alphas: readonly number[]): { readonly values: Float64Array; readonly codes: Uint8Array } {
  const of = (code: number): number => alphas.reduce((s, a, i) => s + (code >> i & 1 ? a : -a), 0);
  const list = Array.from({ length: 2 ** alphas.length }, (_, code) => ({ code, value: of(code) })).sort((a, b) => a.value - b.value || a.code - b.code);
  return { values: Float64Array.from(list, (x) => x.value), codes: Uint8Array.from(list, (x) => x.code) };
}

/** Codes of the nearest sums, halfway the larger, and the squared error. */
function assign(x: Float64Array, alphas: readonly number[]): { readonly codes: Uint8Array; readonly error: number } {
  const { values, codes } = sums(alphas), out = new Uint8Array(x.length);
  let error = 0;
  x.forEach((v, k) => {
    let low = 0, high = values.length - 1; // the first whose midpoint to the next is beyond v
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((values[middle] + values[middle + 1]) / 2 > v) high = middle; else low = middle + 1;
    }
    out[k] = codes[low];
    error += (v - values[low]) ** 2;
  });
  return { codes: out, error };
}

/** The factors that suit codes best, by elimination; planes that repeat others get 0. */
function leastSquares(x: Float64Array, codes: Uint8Array, n: number): number[] {
  const rows = Array.from({ length: n }, () => new Float64Array(n + 1));
  x.forEach((v, k) => {
    for (let i = 0; i < n; i++) {
      const a = codes[k] >> i & 1 ? 1 : -1;
      for (let j = 0; j < n; j++) rows[i][j] += codes[k] >> j & 1 ? a : -a;
      rows[i][n] += a * v;
    }
  });
  const used: number[] = [];
  for (let column = 0; column < n; column++) {
    const free = rows.map((_, r) => r).filter((r) => !used.includes(r)), [pivot = -1] = free.sort((a, b) => Math.abs(rows[b][column]) - Math.abs(rows[a][column]));
    // The Gram matrix is of whole numbers: what elimination leaves of a dependent plane is rounding.
    if (pivot < 0 || Math.abs(rows[pivot][column]) < 1e-9 * x.length) { used.push(-1); continue; }
    used.push(pivot);
    for (let r = 0; r < n; r++) {
      if (r === pivot) continue;
      const f = rows[r][column] / rows[pivot][column];
      for (let j = column; j <= n; j++) rows[r][j] -= f * rows[pivot][j];
    }
  }
  return used.map((r, column) => (r < 0 ? 0 : rows[r][n] / rows[r][column]));
}

/** The greedy start: plane by plane the sign of what is left and its mean magnitude, the first plane the largest. */
function greedy(x: Float64Array, n: number): { alphas: number[]; codes: Uint8Array; error: number } {
  const rest = x.slice(), codes = new Uint8Array(x.length), alphas = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    const alpha = x.length ? rest.reduce((s, r) => s + Math.abs(r), 0) / x.length : 0;
    alphas[i] = alpha;
    rest.forEach((r, k) => { if (r >= 0) codes[k] |= 1 << i; rest[k] = r - (r >= 0 ? alpha : -alpha); });
  }
  return { alphas, codes, error: rest.reduce((s, r) => s + r * r, 0) };
}

/** Fits one group. The best of all rounds is kept; without `powers` each is at least as good as the one before. */
export function fitBinary(x: Float64Array, n: number, rounds: number, powers: number | undefined): BinaryFit {
  let { alphas, codes, error } = greedy(x, n);
  const errors = [error];
  // What may be kept has factors as they are stored.
  const stored = (a: readonly number[]): number[] => a.map((v) => Math.fround(powers === undefined ? v : powersOfTwo(v, powers))).sort((p, q) => p - q);
  let best = { alphas: stored(alphas), ...assign(x, stored(alphas)) };
  for (let round = 0; round < rounds; round++) {
    alphas = leastSquares(x, codes, n).map(Math.abs).sort((a, b) => a - b);
    if (powers !== undefined) alphas = stored(alphas);
    const next = assign(x, alphas), same = next.codes.every((c, k) => c === codes[k]);
    ({ codes, error } = next);
    errors.push(error);
    const kept = { alphas: stored(alphas), ...assign(x, stored(alphas)) };
    if (kept.error < best.error) best = kept;
    if (same) break;
  }
  return { alphas: best.alphas, codes: best.codes, errors };
}

/**
 * Binary codes of numbers: planes of ±1, with factors for each plane and group that are fitted to the numbers.
 * @param values one number per element, row-major
 * @throws Diagnostic H0501 (planes, rounds, powers), H0502 (shape, axis or group), H0503 (count, numbers that are not finite), H0504 (factors beyond f32)
 * @example
 * ```ts
 * const q = binaryCode([-3, -1, 1, 3], [4], { planes: 2 });
 * [...q.codes, ...q.alphas]; // => [0, 1, 2, 3, 1, 2]
 * ```
 */
export function binaryCode(values: ArrayLike<number>, shape: readonly number[], options: BinaryOptions): BinaryCoded {
  const { planes, rounds = 15, powers } = options, { axis, group } = groupingOf(shape, options);
  const whole = (x: number | undefined, least: number, most: number, what: string): void => {
    if (x !== undefined && !(Number.isInteger(x) && x >= least && x <= most)) fail({ code: "H0501", message: `${what} can't be ${x}`, help: `give a whole number from ${least} to ${most}` });
  };
  whole(planes ?? NaN, 1, 8, "the number of planes"); whole(rounds, 0, 1000, "the number of rounds"); whole(powers, 1, 24, "the number of powers of two");
  needCount(values, shape);
  const scaleShape = scaleShapeOf(shape, axis, group), groups = scaleShape.reduce((a, b) => a * b, 1);
  const codes = new Uint8Array(values.length), alphas = new Float32Array(planes * groups);
  eachGroup(shape, axis, group, ({ index, start, step, count }) => {
    const x = new Float64Array(count), { most } = gather(values, start, step, x, shape);
    if (!Number.isFinite(Math.fround(most))) fail({ code: "H0504", message: `numbers up to ${most} have factors beyond f32`, help: "divide the numbers by a constant first" });
    const fit = fitBinary(x, planes, rounds, powers);
    fit.alphas.forEach((a, i) => { alphas[i * groups + index] = a; });
    fit.codes.forEach((c, i) => { codes[start + i * step] = c; });
  });
  return Object.freeze({ planes, shape: Object.freeze([...shape]), codes, axis, group, scaleShape: Object.freeze(scaleShape), alphas });
}

/**
 * Quantised integers as binary codes, exactly: α_i = s · 2^i of their bipolar view, its correction as an offset.
 * @throws Diagnostic H0501 (floats), H0504 (a scale that can't be halved)
 * @example
 * ```ts
 * [...binaryOf(quantiseValues([-3, 1.5], [2], { type: "b2" })).alphas]; // => [1, 2]
 * ```
 */
export function binaryOf(q: QuantisedValues): BinaryCoded {
  const { axis, codes, group, offsets, scaleShape, scales, shape, type, zeros } = asBipolar(q), planes = dtype(type).bits;
  const alphas = Float32Array.from({ length: planes * scales.length }, (_, i) => scales[i % scales.length] * 2 ** Math.floor(i / scales.length));
  return Object.freeze({ planes, shape, codes, axis, group, scaleShape, alphas, ...(zeros || offsets ? { offsets: corrections({ ...asBipolar(q) }) } : {}) });
}

/**
 * The numbers that binary codes stand for, row-major, rounded to f32 once.
 * @example
 * ```ts
 * [...binaryValues(binaryCode([0.5, -2, 0.5, -2], [4], { planes: 2 }))]; // => [0.5, -2, 0.5, -2]
 * ```
 */
export function binaryValues(q: BinaryCoded): Float32Array {
  const groups = q.scaleShape.reduce((a, b) => a * b, 1), out = new Float32Array(q.codes.length);
  eachGroup(q.shape, q.axis, q.group, ({ index, start, step, count }) => {
    const table = Float64Array.from({ length: 2 ** q.planes }, (_, code) => {
      let s = q.offsets?.[index] ?? 0;
      for (let i = 0; i < q.planes; i++) s += (code >> i & 1 ? 1 : -1) * q.alphas[i * groups + index];
      return s;
    });
    for (let i = 0, at = start; i < count; i++, at += step) out[at] = table[q.codes[at]];
  });
  return out;
}

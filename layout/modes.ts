// Mixed-radix bookkeeping shared by all layouts: a shape is refined into modes (digits, slowest first),
// and layouts are lists of such digits. Plus the error helpers of the room.
import { fail } from "../diagnostic.ts";
import type { Algebra } from "./algebra.ts";

/** The product of all numbers; 1 for none. */
export const product = (xs: readonly number[]): number => xs.reduce((a, b) => a * b, 1);

/** The greatest common divisor of two non-negative integers. */
export const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** For every digit, how far one step of it moves in the row-major number: `weights([2, 3, 4])` is `[12, 4, 1]`. */
export function weights(sizes: readonly number[]): number[] {
  const out = new Array<number>(sizes.length);
  let w = 1;
  for (let i = sizes.length - 1; i >= 0; i--) { out[i] = w; w *= sizes[i]; }
  return out;
}

/**
 * The row-major digits of `x` over `sizes`, slowest first.
 * @example
 * ```ts
 * unravel(7, [2, 3, 2]); // => [1, 0, 1]
 * ```
 */
export function unravel(x: number, sizes: readonly number[]): number[] {
  return weights(sizes).map((w, i) => Math.floor(x / w) % sizes[i]);
}

/** The row-major number with these digits; the inverse of {@link unravel}. */
export const ravel = (digits: readonly number[], sizes: readonly number[]): number =>
  digits.reduce((x, d, i) => x * sizes[i] + d, 0);

/**
 * Which modes belong to which dimension: modes are taken from the left until they fill the dimension.
 * Modes of size 1 go wherever they stand; a dimension of extent 1 owns none.
 * @returns per dimension its mode numbers, or undefined if `modeShape` doesn't refine `shape`
 */
export function group(shape: readonly number[], modeShape: readonly number[]): number[][] | undefined {
  const groups: number[][] = [];
  let j = 0;
  for (const extent of shape) {
    const own: number[] = [];
    let rest = extent;
    while (rest > 1) {
      if (j >= modeShape.length || rest % modeShape[j] !== 0) return undefined;
      rest /= modeShape[j];
      own.push(j++);
    }
    groups.push(own);
  }
  return modeShape.slice(j).every((m) => m === 1) ? groups : undefined;
}

/**
 * One digit of `x`: `x / weight % size`, without the division by 1 and, for the leading digit, without the remainder.
 * `leading` promises that `x < weight * size`.
 */
export function digit<T>(alg: Algebra<T>, x: T, weight: number, size: number, leading: boolean): T {
  if (size === 1) return alg.of(0);
  const q = weight === 1 ? x : alg.div(x, alg.of(weight));
  return leading ? q : alg.mod(q, alg.of(size));
}

/** Σ digit · weight, without multiplications by 1 and additions of nothing. */
export function weighted<T>(alg: Algebra<T>, terms: readonly { readonly digit: T; readonly weight: number }[]): T {
  let sum: T | undefined;
  for (const t of terms) {
    const v = t.weight === 1 ? t.digit : alg.mul(t.digit, alg.of(t.weight));
    sum = sum === undefined ? v : alg.add(sum, v);
  }
  return sum ?? alg.of(0);
}

/** Whether no digit before `i` has more than one value, so that digit `i` needs no remainder. */
export const leads = (sizes: readonly number[], i: number): boolean => sizes.slice(0, i).every((s) => s === 1);

/**
 * Dimension numbers as given by a user, made non-negative (−1 is the last).
 * @throws Diagnostic L0102 when one is out of range or named twice
 */
export function dimensions(dims: readonly number[], rank: number, what: string): number[] {
  const out = dims.map((d) => (d < 0 ? d + rank : d));
  out.forEach((d, i) => {
    if (!Number.isInteger(d) || d < 0 || d >= rank)
      fail({ code: "L0102", message: `${what}: there is no dimension ${dims[i]} among ${rank}`, help: `name dimensions 0 to ${rank - 1}, or −${rank} to −1 from the end` });
    if (out.indexOf(d) !== i) fail({ code: "L0102", message: `${what}: dimension ${dims[i]} is named twice`, help: "name each dimension once" });
  });
  return out;
}

/**
 * Checks that these are extents: whole numbers ≥ 1.
 * @throws Diagnostic L0101 otherwise
 */
export function extents(shape: readonly number[], what: string): readonly number[] {
  for (const d of shape)
    if (!Number.isSafeInteger(d) || d < 1) fail({ code: "L0101", message: `${what} has extent ${d}`, help: "extents are whole numbers, at least 1" });
  return shape;
}

/** A tuple as messages show it. */
export const show = (xs: readonly number[]): string => `[${xs.join(", ")}]`;

/** Whether two lists of numbers are the same. */
export const same = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((x, i) => x === b[i]);

/** A frozen copy of a list. */
export const frozen = <T>(xs: readonly T[]): readonly T[] => Object.freeze([...xs]);

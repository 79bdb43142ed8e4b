// The product that the demonstration is held against: plain numbers, and how far rounding may lead away from it.
import { dtype, type QuantisedValues } from "../vm/index.ts";

/** A product in f64 with, for each element, the bound of what a correct kernel may differ by. */
export interface Product {
  readonly values: Float64Array;
  readonly bound: Float64Array;
}

/** The weights that codes of a [K, N] matrix with groups of `group` along axis 0 stand for, exactly. */
export function weightsOf(q: QuantisedValues, group: number, zero: number): Float64Array {
  const [K = 0, N = 0] = q.shape, type = dtype(q.type), out = new Float64Array(K * N);
  const decoded = Float64Array.from({ length: 2 ** type.bits }, (_, c) => type.decode(c) - zero);
  for (let k = 0; k < K; k++)
    for (let j = 0; j < N; j++) out[k * N + j] = (decoded[q.codes[k * N + j] ?? 0] ?? 0) * (q.scales[Math.floor(k / group) * N + j] ?? 0);
  return out;
}

/**
 * C = A · W in f64.
 *
 * The bound is that of a kernel that computes W and C in T: a weight is rounded once, so it is off by |w|·u_T; products and
 * sums in f32 meet at most K + 1 roundings, γ_{K+1}·Σ|a·w|; the sum is rounded once more to T. u is 2^-23 for f32 and 2^-10
 * for f16, twice the roundoff, because WebGPU names no rounding mode; what is below the least normal number may be flushed.
 * @param a row-major [M, K]
 * @param w row-major [K, N]
 */
export function productOf(a: ArrayLike<number>, w: Float64Array, M: number, K: number, N: number, T: "f16" | "f32"): Product {
  const values = new Float64Array(M * N), terms = new Float64Array(M * N);
  const u = T === "f16" ? 2 ** -10 : 2 ** -23, tiny = T === "f16" ? 2 ** -14 : 2 ** -126, n = (K + 1) * 2 ** -23, gamma = n / (1 - n);
  for (let m = 0; m < M; m++)
    for (let k = 0; k < K; k++)
      for (let j = 0; j < N; j++) {
        const term = (a[m * K + k] ?? 0) * (w[k * N + j] ?? 0), at = m * N + j;
        values[at] = (values[at] ?? 0) + term;
        terms[at] = (terms[at] ?? 0) + Math.abs(term);
      }
  const bound = values.map((v, i) => {
    const inner = (terms[i] ?? 0) * (u + gamma * (1 + u)) + K * tiny * 2 ** -10;
    return inner + (Math.abs(v) + inner) * u + tiny;
  });
  return { values, bound };
}

/** Whether every element is within its bound of the product. */
export const within = (x: ArrayLike<number>, p: Product): boolean => p.values.every((v, i) => Math.abs((x[i] ?? NaN) - v) <= (p.bound[i] ?? 0));

/** The largest difference of two lists of numbers; NaN anywhere is infinitely far. */
export function farthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const d = Math.abs((a[i] ?? NaN) - (b[i] ?? NaN));
    most = Number.isNaN(d) ? Infinity : Math.max(most, d);
  }
  return most;
}

/** Root of the mean square of the difference, relative to that of `b`. */
export function relative(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let above = 0, below = 0;
  for (let i = 0; i < b.length; i++) { above += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2; below += (b[i] ?? 0) ** 2; }
  return below > 0 ? Math.sqrt(above / below) : Math.sqrt(above);
}

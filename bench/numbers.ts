// The numbers that a bench multiplies, and what the product of them is: small whole numbers on the left, on the right codes times
// powers of two, so that most products come out exact and all within a bound that is derived, not guessed.
import { dtype } from "../vm/index.ts";
import { random } from "./timing.ts";

/** Rows and columns of the result, and the length of what is summed. */
export interface Sizes { readonly M: number; readonly N: number; readonly K: number }
export const sizesText = ({ M, N, K }: Sizes): string => `${M}×${N}×${K}`;

/** The left factor x[M, K]: whole numbers from -7 to 7. */
export const activations = ({ M, K }: Pick<Sizes, "M" | "K">): Float32Array => { const next = random(1); return Float32Array.from({ length: M * K }, () => (next() % 15) - 7); };

/** Scales, one for each group: 1/4, 1/8 or 1/16. */
export const scalesOf = (count: number): Float32Array => Float32Array.from({ length: count }, (_, i) => 2 ** -(2 + (i % 3)));

/** Codes of a type: all that are finite, each as often. */
export function codesOf(type: string, count: number): Uint8Array {
  const t = dtype(type), next = random(t.bits), finite = Array.from({ length: 2 ** t.bits }, (_, c) => c).filter((c) => Number.isFinite(t.decode(c)));
  return Uint8Array.from({ length: count }, () => finite[next() % finite.length]);
}

/** A product: its factors by rows, the right one as w[N, K]. */
export interface Product extends Sizes {
  readonly x: (m: number) => ArrayLike<number>;
  readonly w: (n: number) => ArrayLike<number>;
  /** What an element of x may be off, as a share of the largest of its row: of kernels that quantise it. */
  readonly loss?: number;
}

/** The elements that are looked at: all of small results, of others the corners and some hundred. */
function places({ M, N, K }: Sizes): readonly (readonly [number, number])[] {
  const next = random(7), all = M * N * K <= 2 ** 22, corners = [[0, 0], [M - 1, N - 1], [0, N - 1], [M - 1, 0]] as const;
  return all ? Array.from({ length: M * N }, (_, i) => [Math.floor(i / N), i % N] as const) : [...corners, ...Array.from({ length: 200 }, () => [next() % M, next() % N] as const)];
}

/**
 * Checks y[M, N] against sums in f64. A sum of K products in f32, in whatever order, is off by less than K + 1 roundings of the sum of
 * their sizes, and each factor by one more.
 * @throws Error that names the first element that is off
 */
export function check(name: string, p: Product, y: ArrayLike<number>): void {
  if (y.length !== p.M * p.N) throw new Error(`${name} gives ${y.length} numbers for ${p.M} × ${p.N}`);
  const rows = new Map<number, ArrayLike<number>>(), columns = new Map<number, ArrayLike<number>>();
  const once = (of: Map<number, ArrayLike<number>>, i: number, make: (i: number) => ArrayLike<number>): ArrayLike<number> => { const row = of.get(i) ?? make(i); of.set(i, row); return row; };
  for (const [m, n] of places(p)) {
    const x = once(rows, m, p.x), w = once(columns, n, p.w);
    let sum = 0, sizes = 0, most = 0, weights = 0;
    for (let k = 0; k < p.K; k++) { const t = x[k] * w[k]; sum += t; sizes += Math.abs(t); most = Math.max(most, Math.abs(x[k])); weights += Math.abs(w[k]); }
    const bound = (p.K + 3) * 2 ** -24 * sizes + (p.loss ?? 0) * most * weights, got = y[m * p.N + n];
    if (!(Math.abs(got - sum) <= bound)) throw new Error(`${name} gives ${got} for ${sum} at [${m}, ${n}], more than ${bound.toPrecision(2)} off`);
  }
}

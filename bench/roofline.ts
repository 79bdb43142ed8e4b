// The least time that a product can take on an adapter: what it must read and write and compute, over the highest rates that were
// measured there. Memory and arithmetic may go on at once; arithmetic of all kinds shares one adapter.
import type { RateName } from "../codegen/index.ts";
import type { Sizes } from "./numbers.ts";

/** What was measured at its best: operations (or bytes) a second by name; `copy` counts bytes read and written. */
export type Ceilings = Readonly<Partial<Record<RateName | "copy", number>>>;

/** A product's kind. */
export interface Kind {
  /** Bits of an element of each factor. */
  readonly x: number;
  readonly w: number;
  /** Elements along K that share a scale of f32; 0: there are none. */
  readonly group: number;
  /** Both factors are of whole numbers, and no scales between. */
  readonly exact: boolean;
}

/** Bytes that each must be moved once: the factors, scales and the result. */
export const bytesOf = ({ M, N, K }: Sizes, { x, w, group }: Kind): number => (M * K * x) / 8 + (N * K * w) / 8 + (group === 0 ? 0 : (4 * N * K) / group) + 4 * M * N;

/** Ways to do the arithmetic: how much of each rate they take. */
const ways = ({ M, N, K }: Sizes, { x, w, exact }: Kind): readonly Readonly<Partial<Record<RateName, number>>>[] => {
  const products = M * N * K, narrow = (x < 16 ? M * K : 0) + (w < 16 ? N * K : 0);
  return [{ fma: products, convert: narrow }, ...(exact ? [{ packedDot: products / 4 }, { packedDotUnsigned: products / 4 }, { popcount: (products * x * w) / 32 }] : [])];
};

/** Milliseconds below which no kernel of this kind comes, and what bounds it. */
export function roof(s: Sizes, kind: Kind, c: Ceilings): { readonly ms: number; readonly bound: "memory" | "arithmetic" } {
  const seconds = (amounts: Readonly<Partial<Record<RateName, number>>>): number => Object.entries(amounts).reduce((t, [rate, n]) => t + (n === 0 ? 0 : n / (c[rate as RateName] ?? 0)), 0);
  const memory = bytesOf(s, kind) / (c.storageRead ?? Infinity), arithmetic = Math.min(...ways(s, kind).map(seconds));
  return { ms: 1e3 * Math.max(memory, arithmetic), bound: memory > arithmetic ? "memory" : "arithmetic" };
}

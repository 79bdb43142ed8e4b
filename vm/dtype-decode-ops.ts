// Words of the ways to decode: where a code lies, and what is done to get at it.
import type { Ops } from "./ops.ts";

/** A code where it lies: bits [at, at + n) of a u32 whose other bits may be anything. */
export interface Lying<X> {
  readonly word: X;
  readonly at: number;
}

/** A way to make values of codes. */
export interface Decoder {
  /** What it does, in a few words. */
  readonly name: string;
  /** It reads subnormals of f16 with `unpackHalf`, which WGSL lets drivers flush to zero. */
  readonly halves?: boolean | undefined;
  /** The f32 values of codes, in order: several at a time, so that what codes of a word share is made once. */
  values<X>(ops: Ops<X>, codes: readonly Lying<X>[]): readonly X[];
}

/** A code alone in its word. */
export function fieldOf<X>({ op, constant }: Ops<X>, { word, at }: Lying<X>, bits: number): X {
  const low = at === 0 ? word : op("shr", word, constant("u32", at));
  return at + bits === 32 ? low : op("and", low, constant("u32", 2 ** bits - 1));
}

/** A word moved up by k bits, or down by −k. */
export const moved = <X>({ op, constant }: Ops<X>, x: X, k: number): X => (k === 0 ? x : op(k > 0 ? "shl" : "shr", x, constant("u32", Math.abs(k))));

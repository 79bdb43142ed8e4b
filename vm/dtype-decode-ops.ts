// Words of the ways to decode: where a code lies, and what is done to get at it.
import type { Ops } from "./ops.ts";

/** A code where it lies: bits [at, at + n) of a u32 whose other bits may be anything. */
export interface Lying<X> {
  readonly word: X;
  readonly at: number;
  /** The next word, of a code that passes the end of its own. */
  readonly next?: X | undefined;
}

/** A way to make values of codes. */
export interface Decoder {
  /** What it does, in a few words. */
  readonly name: string;
  /** It reads subnormals of f16 with `unpackHalf`, which WGSL lets drivers flush to zero. */
  readonly halves?: boolean | undefined;
  /** It takes a number off anyway, and `less` with it. */
  readonly takesOff?: boolean | undefined;
  /**
   * The f32 values of codes, in order: several at a time, so that what codes of a word share is made once. Less a whole number of up to 2^23, as f32, where one
   * is given to a way that `takesOff`: exactly as if it were taken off the values. That of others is ignored: `valuesLess` takes it off.
   */
  values<X>(ops: Ops<X>, codes: readonly Lying<X>[], less?: X): readonly X[];
}

/** The values of codes less a whole number as f32, by any way. */
export const valuesLess = <X>(d: Decoder, ops: Ops<X>, codes: readonly Lying<X>[], less: X): readonly X[] => (d.takesOff ? d.values(ops, codes, less) : d.values(ops, codes).map((v) => ops.op("sub", v, less)));

/** A code alone in its word. */
export function fieldOf<X>(ops: Ops<X>, { word, at, next }: Lying<X>, bits: number): X {
  const { op, constant } = ops;
  if (next !== undefined) return op("or", op("shr", word, constant("u32", at)), op("shl", op("and", next, constant("u32", 2 ** (at + bits - 32) - 1)), constant("u32", 32 - at)));
  const low = at === 0 ? word : op("shr", word, constant("u32", at));
  return at + bits === 32 ? low : op("and", low, constant("u32", 2 ** bits - 1));
}

/** A code where it lies in one word: one that passes the end of its word is put together. */
export const inOne = <X>(ops: Ops<X>, c: Lying<X>, bits: number): Lying<X> => (c.next === undefined ? c : { word: fieldOf(ops, c, bits), at: 0 });

/** A word moved up by k bits, or down by −k. */
export const moved = <X>({ op, constant }: Ops<X>, x: X, k: number): X => (k === 0 ? x : op(k > 0 ? "shl" : "shr", x, constant("u32", Math.abs(k))));

// Integers to f32 without the integers: a code put into the mantissa of 2^23 is the float 2^23 + code; one put there `at` bits higher,
// of 2^(23 − at), is 2^(23 − at) + code, so that it can stay where it lies.
//
//   value = scale · u + offset, u unsigned:   uN  u      iN  (u with its sign bit turned over) − 2^(N−1)      bN  2u − (2^N − 1)
//
// The power of two is taken off again, and with it the offset and a zero point: one number, which many codes share.
import { inOne, moved, type Decoder, type Lying } from "./dtype-decode-ops.ts";
import type { DType } from "./dtype-type.ts";
import type { Ops } from "./ops.ts";

/** Bits of an f32's mantissa. */
const MANTISSA = 23;

/** How a code's value is made of its bits: scale · u + offset, u the code with the bits of `flip` turned over; the scale is a power of two. */
export interface Form { readonly scale: number; readonly offset: number; readonly flip: number }

/** That of an integer type. */
export const formOf = ({ kind, bits }: DType): Form =>
  (kind === "bipolar" ? { scale: 2, offset: 1 - 2 ** bits, flip: 0 } : kind === "int" ? { scale: 1, offset: -(2 ** (bits - 1)), flip: 2 ** (bits - 1) } : { scale: 1, offset: 0, flip: 0 });

/** Codes with their top bits turned over, all of a word at once. */
function flipped<X>({ op, constant }: Ops<X>, codes: readonly Lying<X>[], bits: number): readonly Lying<X>[] {
  const masks = new Map<X, number>(), words = new Map<X, X>();
  for (const { word, at } of codes) masks.set(word, ((masks.get(word) ?? 0) | (1 << (at + bits - 1))) >>> 0);
  for (const [word, mask] of masks) words.set(word, op("xor", word, constant("u32", mask)));
  return codes.map(({ word, at }) => ({ word: words.get(word) ?? word, at }));
}

/** A constant, and what more is taken off with it, if there is something. */
export const constantPlus = <X>({ op, constant }: Ops<X>, a: number, less: X | undefined): X => (less === undefined ? constant("f32", a) : op("add", constant("f32", a), less));

/** A code in bits [at, at + n) of a word, put into the mantissa of the power of two in which the code's last bit weighs `scale`; less all but the value, and `less`. */
function magic<X>(ops: Ops<X>, word: X, at: number, n: number, { scale, offset, flip }: Form, less?: X): X {
  const { op, constant } = ops, exponent = MANTISSA - at + Math.log2(scale), own = 2 ** at;
  // A xor puts in the exponent, and turns the code's sign over on the way.
  const bits = op("xor", op("and", word, constant("u32", ((2 ** n - 1) * own) >>> 0)), constant("u32", (127 + exponent) * 2 ** MANTISSA + flip * own));
  return op("sub", ops.bits("f32", bits), constantPlus(ops, 2 ** exponent - offset, less));
}

/** The code moved to the end of the mantissa of 2^23. */
function ended<X>(ops: Ops<X>, c: Lying<X>, n: number, form: Form, less?: X): X {
  const { word, at } = inOne(ops, c, n);
  return magic(ops, moved(ops, word, Math.log2(form.scale) - at), Math.log2(form.scale), n, form, less);
}

/** Half of a word and of the next one: other codes need the first half, too. A xor, which nobody takes apart again into each code's bits. */
const between = <X>(ops: Ops<X>, word: X, next: X): X => ops.op("xor", moved(ops, word, -16), moved(ops, next, 16));

/**
 * scale · code + offset of n bits of a word, which stay where they lie in the mantissa, or in that of the word moved down by half. What
 * follows a word moved so is the next one's half, in which a code lies that passes the end.
 */
export function inPlace<X>(ops: Ops<X>, c: Lying<X>, n: number, form: Form, less?: X): X {
  if (c.next !== undefined) return magic(ops, between(ops, c.word, c.next), c.at - 16, n, form, less);
  const down = c.at + n <= MANTISSA ? 0 : Math.min(16, c.at), at = c.at - down;
  // In steps of two there is no odd offset.
  return at === 0 && form.offset % form.scale !== 0 ? ended(ops, c, n, form, less) : magic(ops, moved(ops, c.word, -down), at, n, form, less);
}

/** The code converted where it lies; at the top of a word it would be a sign. */
function converted<X>(ops: Ops<X>, c: Lying<X>, n: number, { scale, offset }: Form, less?: X): X {
  const { op, constant } = ops, down = c.at + n <= 31 ? 0 : Math.min(16, c.at), at = c.at - down, factor = scale / 2 ** at;
  const u = op("and", moved(ops, c.word, -down), constant("u32", ((2 ** n - 1) * 2 ** at) >>> 0)), v = ops.to("f32", ops.bits("i32", u));
  const x = factor === 1 ? v : op("mul", v, constant("f32", factor));
  return less !== undefined ? op("sub", x, constantPlus(ops, -offset, less)) : offset === 0 ? x : op("add", x, constant("f32", offset));
}

/** The ways of an integer type beside its own decoding. */
export function integerDecoders(t: DType): readonly Decoder[] {
  const n = t.bits, form = formOf(t);
  const way = (name: string, value: <X>(ops: Ops<X>, c: Lying<X>, less?: X) => X): Decoder => ({ name, takesOff: true, values: (ops, codes, less) => codes.map((c) => value(ops, c, less)) });
  const one = (name: string, value: <X>(ops: Ops<X>, top: X) => X): Decoder => ({ name, values: (ops, codes) => codes.map(({ word, at }) => value(ops, moved(ops, word, 31 - at))) });
  const whole = <X>(ops: Ops<X>, codes: readonly Lying<X>[]): readonly Lying<X>[] => codes.map((c) => inOne(ops, c, n));
  return [
    ...(t.name === "b1" ? [one("the sign bit of 1", (ops, top) => ops.bits("f32", ops.op("xor", ops.op("and", top, ops.constant("u32", 0x80000000)), ops.constant("u32", 0xbf800000))))] : []),
    ...(t.name === "u1" ? [one("1 under the bit's mask", (ops, top) => ops.bits("f32", ops.op("and", ops.bits("u32", ops.op("shr", ops.bits("i32", top), ops.constant("u32", 31))), ops.constant("u32", 0x3f800000))))] : []),
    way("to the end of a mantissa", (ops, c, less) => ended(ops, c, n, form, less)),
    way("into a mantissa in place", (ops, c, less) => inPlace(ops, c, n, form, less)),
    { name: "convert in place", takesOff: true, values: (ops, codes, less) => (form.flip ? flipped(ops, whole(ops, codes), n) : whole(ops, codes)).map((c) => converted(ops, c, n, form, less)) },
  ];
}

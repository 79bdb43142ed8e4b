// Integers to f32 without the integers: a code or'ed into the mantissa of 2^23 is the float 2^23 + code.
//
//   value = scale · u + offset, u unsigned:   uN  u      iN  (u with its sign bit turned over) − 2^(N−1)      bN  2u − (2^N − 1)
import { moved, type Decoder, type Lying } from "./dtype-decode-ops.ts";
import type { DType } from "./dtype-type.ts";
import type { Ops } from "./ops.ts";

/** 2^23 as a number and as bits: from here on a float's last bit is a one. */
const MAGIC = 2 ** 23, MAGIC_BITS = 0x4b000000;
/** Bits of a mantissa. */
const MANTISSA = 23;

interface Form { readonly scale: number; readonly offset: number; readonly flip: boolean }

const formOf = ({ kind, bits }: DType): Form =>
  (kind === "bipolar" ? { scale: 2, offset: 1 - 2 ** bits, flip: false } : kind === "int" ? { scale: 1, offset: -(2 ** (bits - 1)), flip: true } : { scale: 1, offset: 0, flip: false });

/** Codes with their top bits turned over, all of a word at once. */
function flipped<X>({ op, constant }: Ops<X>, codes: readonly Lying<X>[], bits: number): readonly Lying<X>[] {
  const masks = new Map<X, number>(), words = new Map<X, X>();
  for (const { word, at } of codes) masks.set(word, ((masks.get(word) ?? 0) | (1 << (at + bits - 1))) >>> 0);
  for (const [word, mask] of masks) words.set(word, op("xor", word, constant("u32", mask)));
  return codes.map(({ word, at }) => ({ word: words.get(word) ?? word, at }));
}

/** 2^23 + the bits under a mask of a word, less a number. */
function magic<X>(ops: Ops<X>, word: X, mask: number, less: number): X {
  const { op, constant } = ops, bits = op("or", op("and", word, constant("u32", mask >>> 0)), constant("u32", MAGIC_BITS));
  return op("sub", ops.bits("f32", bits), constant("f32", less));
}

/** The code moved to the end of the mantissa. */
function ended<X>(ops: Ops<X>, { word, at }: Lying<X>, n: number, { scale, offset }: Form): X {
  return magic(ops, moved(ops, word, Math.log2(scale) - at), (2 ** n - 1) * scale, MAGIC - offset);
}

/** The code where it lies in the mantissa, or in that of the word moved down by half: what a power of two too many is taken off last. */
function inPlace<X>(ops: Ops<X>, c: Lying<X>, n: number, form: Form): X {
  const { scale, offset } = form, down = c.at + n <= MANTISSA ? 0 : Math.min(16, c.at), at = c.at - down, less = (offset * 2 ** at) / scale;
  if (!Number.isInteger(less)) return ended(ops, c, n, form);
  const v = magic(ops, moved(ops, c.word, -down), (2 ** n - 1) * 2 ** at, MAGIC - less), factor = scale / 2 ** at;
  return factor === 1 ? v : ops.op("mul", v, ops.constant("f32", factor));
}

/** The code converted where it lies; at the top of a word it would be a sign. */
function converted<X>(ops: Ops<X>, c: Lying<X>, n: number, { scale, offset }: Form): X {
  const { op, constant } = ops, down = c.at + n <= 31 ? 0 : Math.min(16, c.at), at = c.at - down, factor = scale / 2 ** at;
  const u = op("and", moved(ops, c.word, -down), constant("u32", ((2 ** n - 1) * 2 ** at) >>> 0)), v = ops.to("f32", ops.bits("i32", u));
  const x = factor === 1 ? v : op("mul", v, constant("f32", factor));
  return offset === 0 ? x : op("add", x, constant("f32", offset));
}

/** The ways of an integer type beside its own decoding. */
export function integerDecoders(t: DType): readonly Decoder[] {
  const n = t.bits, form = formOf(t);
  const way = (name: string, value: <X>(ops: Ops<X>, c: Lying<X>) => X): Decoder =>
    ({ name, values: (ops, codes) => (form.flip ? flipped(ops, codes, n) : codes).map((c) => value(ops, c)) });
  const one = (name: string, value: <X>(ops: Ops<X>, top: X) => X): Decoder => ({ name, values: (ops, codes) => codes.map(({ word, at }) => value(ops, moved(ops, word, 31 - at))) });
  return [
    ...(t.name === "b1" ? [one("the sign bit of 1", (ops, top) => ops.bits("f32", ops.op("xor", ops.op("and", top, ops.constant("u32", 0x80000000)), ops.constant("u32", 0xbf800000))))] : []),
    ...(t.name === "u1" ? [one("1 under the bit's mask", (ops, top) => ops.bits("f32", ops.op("and", ops.bits("u32", ops.op("shr", ops.bits("i32", top), ops.constant("u32", 31))), ops.constant("u32", 0x3f800000))))] : []),
    way("into the mantissa of 2^23", (ops, c) => ended(ops, c, n, form)),
    way("into the mantissa of 2^23 in place", (ops, c) => inPlace(ops, c, n, form)),
    way("convert in place", (ops, c) => converted(ops, c, n, form)),
  ];
}

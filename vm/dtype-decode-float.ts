// Small floats to f32 by moving sign, exponent and mantissa to where an f32 or an f16 has them. What is left to do is the subnormals,
// which no f32 may be meanwhile: GPUs may flush those.
import { inPlace } from "./dtype-decode-int.ts";
import { inOne, moved, type Decoder, type Lying } from "./dtype-decode-ops.ts";
import { hasSpecials, noMinusZero, specialSizes } from "./dtype-emit-float.ts";
import { layoutOf, magnitudeValue, type Layout } from "./dtype-float.ts";
import type { DType } from "./dtype-type.ts";
import type { Ops } from "./ops.ts";

const SIGN = 0x80000000;

/** What a way starts from. */
interface Small extends Layout {
  /** Bits of the exponent. */
  readonly x: number;
}

/** The sign as that of an f32; undefined where there is none. */
function signOf<X>(ops: Ops<X>, { word, at }: Lying<X>, l: Small): X | undefined {
  return l.signBit ? ops.op("and", moved(ops, word, 32 - l.bits - at), ops.constant("u32", SIGN)) : undefined;
}

/** A magnitude where it stands: multiplied by a power of two. */
interface Placed<X> { readonly x: X; readonly scale: number }

/** So many bits of a code in their place. */
const placed = <X>(ops: Ops<X>, { word, at }: Lying<X>, bits: number): Placed<X> => ({ x: ops.op("and", word, ops.constant("u32", ((2 ** bits - 1) * 2 ** at) >>> 0)), scale: 2 ** at });

/** An f32 ≥ 0 with the code's sign, and the codes that are no numbers; `magnitude`, where the way has it anyway. */
function finished<X>(ops: Ops<X>, c: Lying<X>, l: Small, size: X, magnitude?: Placed<X>): X {
  const sign = signOf(ops, c, l), { x, scale } = magnitude ?? placed(ops, c, l.x + l.m), code = placed(ops, c, l.bits);
  const bits = specialSizes(ops, l, x, ops.bits("u32", size), scale), all = sign === undefined ? bits : ops.op("or", bits, sign);
  return ops.bits("f32", noMinusZero(ops, l, code.x, all, code.scale));
}

/**
 * g = ±2^(e−bias)·(1 + f) for all exponents e, as if there were no subnormals. Of those it is too large, and 2g − 2^(1−bias) is right;
 * of all others that is no smaller than g.
 */
function least<X>(ops: Ops<X>, c: Lying<X>, l: Small): X {
  const { op, constant } = ops, scale = 2 ** (23 - l.m), x = op("and", moved(ops, c.word, 23 - l.m - c.at), constant("u32", (2 ** (l.x + l.m) - 1) * scale));
  const g = ops.bits("f32", op("add", x, constant("u32", (127 - l.bias) << 23)));
  return finished(ops, c, l, op("min", g, op("fma", g, constant("f32", 2), constant("f32", -(2 ** (1 - l.bias))))), { x, scale });
}

/** With one bit of exponent a magnitude is a whole number of steps. */
const steps = <X>(ops: Ops<X>, c: Lying<X>, l: Small): X => finished(ops, c, l, inPlace(ops, c, l.x + l.m, { scale: 2 ** (1 - l.bias - l.m), offset: 0, flip: 0 }));

/** The f16 in a half of a word, in the type's own measure: its exponents, subnormals too, count from another bias. */
function fromHalf<X>(ops: Ops<X>, c: Lying<X>, l: Small, half: X): X {
  const factor = 2 ** (15 - l.bias), v = factor === 1 ? ops.unpackHalf(half) : ops.op("mul", ops.unpackHalf(half), ops.constant("f32", factor));
  // Where the exponents are f16's own, its infinity and NaN are the type's.
  return !hasSpecials(l) || (l.ieee && l.x === 5) ? v : finished(ops, c, l, v);
}

/** Sign and magnitude to the upper half of a word as an f16: a shift that keeps the sign makes room for a longer exponent. */
function upper<X>(ops: Ops<X>, { word, at }: Lying<X>, l: Small): X {
  const { op, constant } = ops, more = 5 - l.x, magnitude = (2 ** (l.x + l.m) - 1) * 2 ** (26 - l.m);
  if (!l.signBit) return op("and", moved(ops, word, 26 - l.m - at), constant("u32", magnitude));
  const top = moved(ops, word, 32 - l.bits - at), wide = more === 0 ? top : ops.bits("u32", op("shr", ops.bits("i32", top), constant("u32", more)));
  return op("and", wide, constant("u32", (SIGN + magnitude) >>> 0));
}

/** Sign and magnitude of the codes at `at` and `at` + 16 as two f16 of a word. */
function both<X>(ops: Ops<X>, { word, at }: Lying<X>, l: Small): X {
  const { op, constant } = ops, pair = (k: number, mask: number): X => op("and", moved(ops, word, k), constant("u32", (mask * 0x00010001) >>> 0));
  const magnitude = (2 ** (l.x + l.m) - 1) * 2 ** (10 - l.m);
  if (l.signBit && l.x === 5) return pair(16 - l.bits - at, 0x8000 + magnitude);
  const sizes = pair(10 - l.m - at, magnitude);
  // A xor, which nobody takes apart again into what each half needs of it.
  return l.signBit ? op("xor", sizes, pair(16 - l.bits - at, 0x8000)) : sizes;
}

/** Through f16, two at a time where they lie 16 bits apart. */
function halves<X>(ops: Ops<X>, codes: readonly Lying<X>[], l: Small, inPairs: boolean): readonly X[] {
  const { op, constant } = ops, here = new Map<X, Set<number>>(), pairs = new Map<X, Map<number, X>>(), high = (x: X): X => op("shr", x, constant("u32", 16));
  for (const { word, at } of codes) here.set(word, (here.get(word) ?? new Set()).add(at));
  const pairOf = (c: Lying<X>): X => {
    const own = pairs.get(c.word) ?? new Map<number, X>(), made = own.get(c.at) ?? both(ops, c, l);
    pairs.set(c.word, own.set(c.at, made));
    return made;
  };
  return codes.map((c) => {
    const first = c.at < 16 ? c.at : c.at - 16, at = here.get(c.word);
    if (!inPairs || !at?.has(first) || !at.has(first + 16)) return fromHalf(ops, c, l, high(upper(ops, c, l)));
    const pair = pairOf({ word: c.word, at: first });
    return fromHalf(ops, c, l, c.at < 16 ? op("and", pair, constant("u32", 0xffff)) : high(pair));
  });
}

/** Magnitudes as whole numbers of four bits, in one word; undefined where they don't fit. */
function nibbles(l: Small): { readonly word: number; readonly step: number } | undefined {
  const sizes = Array.from({ length: l.end }, (_, code) => magnitudeValue(code, l)), step = Math.min(...sizes.filter((v) => v > 0));
  const whole = sizes.map((v) => v / step);
  return l.x + l.m <= 3 && whole.every((v) => Number.isInteger(v) && v < 16) ? { word: whole.reduce((w, v, i) => (w | (v << (4 * i))) >>> 0, 0), step } : undefined;
}

/** The ways of a small float beside its own decoding. */
export function floatDecoders(t: DType): readonly Decoder[] {
  if (!t.split) return [];
  const l: Small = { ...layoutOf(t.split), x: t.split.exponent }, four = nibbles(l);
  const way = (name: string, value: <X>(ops: Ops<X>, c: Lying<X>) => X): Decoder => ({ name, values: (ops, codes) => codes.map((c) => value(ops, inOne(ops, c, l.bits))) });
  const through = (name: string, inPairs: boolean): Decoder => ({ name, halves: true, values: (ops, codes) => halves(ops, codes.map((c) => inOne(ops, c, l.bits)), l, inPairs) });
  return [
    way("the lesser of two floats", (ops, c) => least(ops, c, l)),
    ...(l.x === 1 ? [way("steps in a mantissa", (ops, c) => steps(ops, c, l))] : []),
    ...(four ? [way("four bits of a word", (ops, c) => {
      const { op, constant } = ops, index = op("and", moved(ops, c.word, 2 - c.at), constant("u32", (2 ** (l.x + l.m) - 1) << 2));
      const size = ops.to("f32", ops.bits("i32", op("and", op("shr", constant("u32", four.word), index), constant("u32", 15))));
      return finished(ops, c, l, four.step === 1 ? size : op("mul", size, constant("f32", four.step)));
    })] : []),
    // The topmost exponent of f16 is of no numbers.
    ...(l.x < 5 || (l.x === 5 && l.ieee) ? [
      through("through f16", false), ...(32 % l.bits === 0 ? [through("through pairs of f16", true)] : []),
    ] : []),
  ];
}

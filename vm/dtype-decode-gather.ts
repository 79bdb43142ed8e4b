// Integers to f32 several at a time: codes of a word are put into its bytes, which `unpack4xU8` gives one by one, or into the mantissas of
// two f16, which `unpack2x16float` makes floats. Codes that lie 8 or 16 bits apart only lose what is between them; neighbours of one or two
// bits are moved to bytes by a multiplication, which adds copies of them that don't overlap.
//
//   three u2 · 1_000001_000001   =   three u2, three u2, three u2      & 03 03 03   ──▶   a byte each
import { moved, type Decoder, type Lying } from "./dtype-decode-ops.ts";
import { constantPlus, formOf, inPlace, type Form } from "./dtype-decode-int.ts";
import type { DType } from "./dtype-type.ts";
import type { Ops } from "./ops.ts";

/** Where codes are put: bytes or halves of a word. */
type Field = 8 | 16;

/** A code in a field of a word: bits [at, at + n) of the field, the rest of which is 0. */
interface Spread<X> { readonly word: X; readonly field: number; readonly at: number }

/** Mantissa and bias of an f16. */
const HALF = { mantissa: 10, bias: 15 } as const;

/** A number in each of the first `count` fields. */
const inEach = (x: number, field: Field, count: number = 32 / field): number => Array.from({ length: count }, (_, i) => x * 2 ** (field * i)).reduce((a, b) => a + b);

/** Neighbours that one multiplication moves to bytes: their copies must not overlap. */
const neighbours = (n: number): number => Math.min(4, Math.floor(8 / n) - 1);

/** Something that is made once of a word and a number. */
function once<X>(make: (word: X, k: number) => X): (word: X, k: number) => X {
  const made = new Map<X, Map<number, X>>();
  return (word, k) => {
    const own = made.get(word) ?? new Map<number, X>(), x = own.get(k) ?? make(word, k);
    made.set(word, own.set(k, x));
    return x;
  };
}

/** Codes that lie in fields as they are, if need be after the word is moved down: halves keep them where an f16's mantissa has them. */
function apart<X>(ops: Ops<X>, codes: readonly Lying<X>[], n: number, field: Field): readonly Spread<X>[] {
  const { op, constant } = ops, downOf = (at: number): number => (field === 16 && at + n <= HALF.mantissa ? 0 : field === 16 ? Math.min(8, at) : at);
  const masked = once<X>((word, at) => op("and", moved(ops, word, -downOf(at)), constant("u32", inEach((2 ** n - 1) * 2 ** (at - downOf(at)), field))));
  return codes.map(({ word, at }) => ({ word: masked(word, at % field), field: Math.floor(at / field), at: (at % field) - downOf(at % field) }));
}

/** Codes that are moved to bytes with their neighbours. */
function gathered<X>(ops: Ops<X>, codes: readonly Lying<X>[], n: number): readonly Spread<X>[] {
  const { op, constant } = ops, each = neighbours(n), own = n * each, copies = Array.from({ length: each }, (_, i) => 2 ** (i * (8 - n))).reduce((a, b) => a + b);
  const spread = once<X>((word, first) => {
    const low = moved(ops, word, -first), few = first + own >= 32 ? low : op("and", low, constant("u32", 2 ** own - 1));
    return op("and", ops.bits("u32", op("mul", ops.bits("i32", few), constant("i32", copies))), constant("u32", inEach(2 ** n - 1, 8, each)));
  });
  // Codes of a word begin wherever its first one does.
  return codes.map(({ word, at }) => { const i = Math.floor(at / n), begin = at % n, first = begin + n * (i - (i % each)); return { word: spread(word, first), field: i % each, at: 0 }; });
}

/** Words of fields, and what is left to do until they are values. */
function values<X>(ops: Ops<X>, spread: readonly Spread<X>[], field: Field, { scale, offset, flip }: Form, less?: X): readonly X[] {
  const { op, constant } = ops, double = Math.log2(scale);
  if (field === 8) {
    const turned = flip === 0 ? (x: X): X => x : once<X>((word) => op("xor", word, constant("u32", inEach(flip, 8))));
    return spread.map(({ word, field: i }) => {
      const v = ops.to("f32", ops.byteOf(turned(word, 0), i)), x = scale === 1 ? v : op("mul", v, constant("f32", scale));
      return less !== undefined || offset !== 0 ? op("sub", x, constantPlus(ops, -offset, less)) : x;
    });
  }
  const large = once<X>((word, at) => op("xor", word, constant("u32", inEach((HALF.bias + HALF.mantissa - at + double) * 2 ** HALF.mantissa + flip * 2 ** at, 16))));
  return spread.map(({ word, field: i, at }) => {
    const both = large(word, at), half = i === 0 ? op("and", both, constant("u32", 0xffff)) : op("shr", both, constant("u32", 16));
    return op("sub", ops.unpackHalf(half), constantPlus(ops, 2 ** (HALF.mantissa - at + double) - offset, less));
  });
}

/** The ways that do several codes at a time. One that passes the end of its word is done alone. */
export function gatherDecoders(t: DType): readonly Decoder[] {
  const n = t.bits, form = formOf(t);
  const way = (name: string, field: Field, put: <X>(ops: Ops<X>, codes: readonly Lying<X>[], n: number, field: Field) => readonly Spread<X>[]): Decoder => ({
    name, takesOff: true,
    values: <X>(ops: Ops<X>, codes: readonly Lying<X>[], less?: X): readonly X[] => {
      const whole = codes.filter((c) => c.next === undefined && fits(c.at, n, field, put === apart)), made = values(ops, put(ops, whole, n, field), field, form, less), of = new Map(whole.map((c, i) => [c, made[i]]));
      return codes.map((c) => of.get(c) ?? inPlace(ops, c, n, form, less));
    },
  });
  return [
    ...(32 % n === 0 ? [way("bytes of a word", 8, apart)] : []),
    ...(16 % n === 0 ? [way("in pairs of f16", 16, apart)] : []),
    ...(neighbours(n) > 1 ? [way("bytes by a multiplication", 8, gathered)] : []),
  ];
}

/** Whether a code is one that is put into a field with others: it lies in a field, or all its neighbours lie in its word. */
function fits(at: number, n: number, field: Field, isApart: boolean): boolean {
  if (isApart) return (at % field) + n <= field;
  const each = neighbours(n), i = Math.floor(at / n);
  return (at % n) + n * (i - (i % each) + each) <= 32;
}

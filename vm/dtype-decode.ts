// The ways from codes to f32 values on a GPU, of which the code generator takes the cheapest on its target. Every code of up to
// 8 bits is exactly an f32, so that all ways give the same numbers and a choice is never seen in a result.
//
//   a word   ┌──┬────┬────┬────┐
//            │  │ at+n … at │    │   a code lies in bits [at, at + n): shifted down, left in its place, or beside one 16 bits away
//            └──┴────┴────┴────┘
import { floatDecoders } from "./dtype-decode-float.ts";
import { gatherDecoders } from "./dtype-decode-gather.ts";
import { integerDecoders } from "./dtype-decode-int.ts";
import { fieldOf, valuesLess, type Decoder } from "./dtype-decode-ops.ts";
import { emitDecode } from "./dtype-emit.ts";
import type { DType } from "./dtype-type.ts";
import { numericOps } from "./numeric-machine.ts";

/** What `as f32` says of an element: the code's own decoding, converted. */
const plain = (t: DType): Decoder => ({
  name: t.kind === "int" ? "sign by two shifts, convert" : t.compute === "f32" ? "field by field" : "shift, mask, convert",
  values: (ops, codes) => codes.map((c) => { const v = emitDecode(t, ops, fieldOf(ops, c, t.bits)); return ops.typeOf(v) === "f32" ? v : ops.to("f32", v); }),
});

export type { Decoder, Lying } from "./dtype-decode-ops.ts";

/** Largest table, which is also what a device's rate of reading tables is of. */
const ENTRIES = 16;

/** Every value read from an array of its own. */
function tables(t: DType): readonly Decoder[] {
  const values = 2 ** t.bits > ENTRIES ? [] : Array.from({ length: 2 ** t.bits }, (_, code) => t.decode(code));
  return values.length === 0 ? [] : [{ name: "table", values: (ops, codes) => codes.map((c) => ops.table("f32", values, fieldOf(ops, c, t.bits))) }];
}

/** The ways beside the type's own decoding. */
function others(t: DType): readonly Decoder[] {
  if (t.bits > 8) return [];
  switch (t.kind) {
    case "uint": case "int": case "bipolar": return [...integerDecoders(t), ...gatherDecoders(t), ...tables(t)];
    case "float": return [...floatDecoders(t), ...tables(t)];
    case "scale": case "bool": case "codebook": return [];
    default: return t.kind satisfies never;
  }
}

const known = new WeakMap<DType, readonly Decoder[]>();

/**
 * The ways from codes of a type to f32 values: what the type's own decoding says first, then those that a device may do faster. One
 * of a type of more than 8 bits.
 * @example
 * ```ts
 * decodersOf(dtype("b1")).map((d) => d.name)[1]; // => "the sign bit of 1"
 * ```
 */
export function decodersOf(t: DType): readonly Decoder[] {
  let found = known.get(t);
  if (!found) known.set(t, (found = Object.freeze([plain(t), ...others(t)])));
  return found;
}

const sound = new WeakMap<Decoder, boolean>(), soundLess = new WeakMap<Decoder, boolean>();

/** Zero points that are tried: none, odd ones of both signs, one that no code has. */
const zerosOf = ({ bits }: DType): readonly number[] => [0, 1, -(2 ** bits) - 5, 2 ** bits - 1, 2 ** 16 + 1];

/**
 * Whether a way gives every code of a type its value in the interpreter's arithmetic, side by side in words as in memory. Found out once.
 * @param to what it makes
 * @param less that less a whole number, too
 * @example
 * ```ts
 * const t = dtype("f4e2m1");
 * decodersOf(t).every((d) => isSound(d, t)); // => true
 * ```
 */
export function isSound(d: Decoder, t: DType, to: "f32" | "f16" = "f32", less = false): boolean {
  const known = less ? soundLess : sound, zeros = less ? zerosOf(t) : [undefined];
  let good = known.get(d);
  if (good === undefined) known.set(d, (good = t.bits > 8 || Array.from({ length: Math.ceil(2 ** t.bits / inWord(t)) }, (_, i) => i * inWord(t)).every((code) => zeros.every((zero) => decodes(d, t, code, { to, zero })))));
  return good;
}

/** Codes that a word has whole. */
const inWord = (t: DType): number => Math.floor(32 / t.bits);

/**
 * Whether a way is right for the codes of one word: as many from `first` on as it has places for, in turn. The last may pass its end.
 * @param how the bit of the first one, what is made, and what is taken off
 */
export function decodes(d: Decoder, t: DType, first: number, { from = 0, to = "f32", zero }: { readonly from?: number; readonly to?: "f32" | "f16"; readonly zero?: number | undefined } = {}): boolean {
  const n = t.bits, codes = Array.from({ length: Math.ceil((32 - from) / n) }, (_, i) => (first + i) % 2 ** n);
  // All bits beside them are ones, which no way may take for its own.
  const last = from + (codes.length - 1) * n, kept = codes.map((c, i) => ({ zeros: 2 ** n - 1 - c, at: from + i * n }));
  const word = numericOps.constant("u32", kept.reduce((w, { zeros, at }) => (w & ~(zeros << at)) >>> 0, 0xffffffff));
  const next = numericOps.constant("u32", ~(last + n > 32 ? kept[codes.length - 1].zeros >>> (32 - last) : 0) >>> 0);
  const lying = kept.map(({ at }) => (at + n <= 32 ? { word, at } : { word, at, next })), values = zero === undefined ? d.values(numericOps, lying) : valuesLess(d, numericOps, lying, numericOps.constant("f32", zero));
  return values.every((v, i) => v.type === to && Object.is(v.value, Math.fround(t.decode(codes[i]) - (zero ?? 0))));
}

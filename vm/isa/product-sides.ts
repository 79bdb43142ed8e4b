// A factor of a matrix product as its emission sees it: elements along the contracted axis, one by one, as words of
// bit planes, or as words of four bytes. The value of an element is scale · digit + offset, where the digit is what
// the bits say (a plane's weight, a byte) and the offset holds the zero point.
import type { DType } from "../dtype.ts";
import { valuesLess, type Lying } from "../dtype-decode-ops.ts";
import type { Emit, Source, Words } from "../emit.ts";
import { elementOf } from "./broadcast.ts";
import { valueOf } from "./casting.ts";
import { hasPlanes, isInteger } from "./rules.ts";

/** One factor: `at(line, j)` is the index of element j of a row of x, or of a column of y. */
export interface Side<X> {
  readonly name: "x" | "y";
  readonly source: Source<X>;
  /** The contracted axis. */
  readonly axis: number;
  readonly at: (line: X, j: X) => readonly X[];
  readonly zero: Source<X> | undefined;
  /** Index of a line's zero point, before it broadcasts. */
  readonly zeroAt: (line: X) => readonly X[];
}

/** An element as i32 (modulo 2^32) or f32, less its zero point. */
export const element = <X>(e: Emit<X>, s: Side<X>, line: X, j: X, type: "i32" | "f32"): X => lessZero(e, s, line, [s.source.at(s.at(line, j), noElement(e, s))], type)[0];

/** `count` elements from j on, a multiple of it. */
export function elements<X>(e: Emit<X>, s: Side<X>, line: X, j: X, count: number, type: "i32" | "f32"): readonly X[] {
  return count === 1 ? [element(e, s, line, j, type)] : lessZero(e, s, line, s.source.run(s.at(line, j), s.axis, count, noElement(e, s)), type);
}

/** What stands for an element outside the tensor. */
const noElement = <X>(e: Emit<X>, { source: { dtype: d } }: Side<X>): X | undefined => (d.hasZero ? e.constant(d.storage ? "u32" : d.compute, d.zeroCode) : undefined);

/** What was read as numbers less the line's zero point. */
function lessZero<X>(e: Emit<X>, s: Side<X>, line: X, read: readonly X[], type: "i32" | "f32"): readonly X[] {
  const d = s.source.dtype, zero = s.zero && zeroPoint(e, s, line, type), lying = (): readonly Lying<X>[] => read.map((x) => e.lying(x, d.bits));
  if (type === "f32" && d.storage && s.zero && zero !== undefined && isInteger(s.zero.dtype)) return valuesLess(e.decoder(d, true), e, lying(), zero);
  const values = type === "f32" && d.storage ? e.decoder(d).values(e, lying()) : read.map((x) => asType(e, d, x, type));
  return zero === undefined ? values : values.map((v) => e.op("sub", v, zero));
}

/** A code or value as i32 (modulo 2^32) or f32. */
function asType<X>(e: Emit<X>, t: DType, x: X, type: "i32" | "f32"): X {
  const v = valueOf(e, t, x), from = e.typeOf(v);
  return from === type ? v : from === "u32" && type === "i32" ? e.bits("i32", v) : e.to(type, v);
}

const zeroPoint = <X>(e: Emit<X>, s: Side<X>, line: X, type: "i32" | "f32"): X =>
  (s.zero ? asType(e, s.zero.dtype, elementOf(e, s.zero, s.zeroAt(line)), type) : e.constant(type, 0));

/** The offset of a line's elements: `base` less the zero point; undefined for none. */
export function offset<X>(e: Emit<X>, s: Side<X>, line: X, base: number): X | undefined {
  const at = e.constant("i32", base);
  return s.zero ? e.op("sub", at, zeroPoint(e, s, line, "i32")) : base === 0 ? undefined : at;
}

/** The largest |value − zero point|, by the types. */
export const largest = <X>({ source: { dtype: d }, zero: z }: Side<X>): number => Math.max(d.max - (z?.dtype.min ?? 0), (z?.dtype.max ?? 0) - d.min);

// ── planes ────────────────────────────────────────────────────────────────────────────────────────────────

/** What bit i of a code weighs. */
export const planeWeights = (d: DType): readonly number[] => Array.from({ length: d.bits }, (_, i) => (d.kind === "int" && i === d.bits - 1 ? -(2 ** i) : 2 ** i));

/** How a code's weighed bits become its value. */
export const planeForm = (d: DType): { readonly scale: number; readonly base: number } => (d.kind === "bipolar" ? { scale: 2, base: 1 - 2 ** d.bits } : { scale: 1, base: 0 });

/** The words of bit planes of a factor, or why it has none. */
export function planesOf<X>(s: Side<X>): Words<X> | string {
  const { bits, name } = s.source.dtype;
  if (bits > 8 || !hasPlanes(s.source.dtype)) return `'${s.name}' is of ${name}: planes are for ${bits > 8 ? "types of up to 8 bits" : "integers by their bits"}`;
  const words = s.source.words(s.axis);
  return words?.form === "planes" ? words : `'${s.name}' does not lie as bit planes along the contracted axis`;
}

// ── bytes ─────────────────────────────────────────────────────────────────────────────────────────────────

/** Whether every value of a type is a signed byte. */
export const fitsSigned = (d: DType): boolean => d.min >= -128 && d.max <= 127;

/** How bytes of a factor are made from words of codes, in one of three readings. */
export interface Bytes {
  readonly scale: number;
  readonly base: number;
  /** Bits that codes, and so the bytes' values, stand to the left of their bytes' ends. */
  readonly left: number;
  /** Bytes of codes that stand so. */
  of<X>(e: Emit<X>, codes: X): X;
}

const all = (byte: number): number => byte * 0x01010101;
const word = <X>(e: Emit<X>, n: number): X => e.constant("u32", n >>> 0);

/** The codes as unsigned bytes: two's complement with the sign bit turned over, so that the smallest is 0. */
export function unsignedBytes(d: DType): Bytes {
  const half = 2 ** (d.bits - 1);
  if (d.kind === "int") return { scale: 1, base: -half, left: 0, of: (e, c) => e.op("xor", c, word(e, all(half))) };
  return { ...planeForm(d), left: 0, of: (_, c) => c };
}

/** The values as signed bytes. With `shifted`, those of narrow two's complement stand at the top of their byte: no sign to extend. */
export function signedBytes(d: DType, shifted: boolean): Bytes {
  const n = d.bits, high = all(0x80), half = all(2 ** (n - 1));
  const plain = { scale: 1, base: 0, left: 0 };
  if (d.kind === "uint" || (d.kind === "int" && n === 8)) return { ...plain, of: (_, c) => c };
  if (d.kind === "int" && shifted) return { ...plain, left: 8 - n, of: (_, c) => c };
  // 128 + value has no sign, and no carry leaves its byte.
  if (d.kind === "int") return { ...plain, of: (e, c) => e.op("xor", e.op("sub", e.op("or", e.op("xor", c, word(e, half)), word(e, high)), word(e, half)), word(e, high)) };
  return { ...plain, of: (e, c) => e.op("xor", e.op("add", e.op("shl", c, word(e, 1)), word(e, all(129 - 2 ** n))), word(e, high)) };
}

/** The words of `count` elements from element j on, a multiple of what one reading gives. */
export function readWords<X>(e: Emit<X>, s: Side<X>, words: Words<X>, line: X, j: X, count: number): X[] {
  return Array.from({ length: count / words.elements }, (_, i) => words.at(s.at(line, e.op("add", j, e.constant("i32", i * words.elements))))).flat();
}

/** A function of words whose results are kept: all elements of a thread in one line share them. */
export function remembered<X, R>(make: (ws: readonly X[]) => R): (ws: readonly X[]) => R {
  const kept = new Map<X, { readonly ws: readonly X[]; readonly made: R }>();
  return (ws) => {
    const old = kept.get(ws[0]);
    if (old && old.ws.length === ws.length && old.ws.every((w, i) => w === ws[i])) return old.made;
    const made = make(ws);
    kept.set(ws[0], { ws, made });
    return made;
  };
}

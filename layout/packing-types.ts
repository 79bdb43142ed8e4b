// What a packing *is*: plain data that says in which order the digits of an element's index and of its bits
// count through memory, from slowest to fastest. Nothing here knows extents, words or threads:
//
//     [k / 32, bit, k % 32]          slowest ───────────────▶ fastest (one bit of a word)
//
// packing-address.ts turns it into addresses; the rest of the room is derived from that.
import { fail } from "../diagnostic.ts";
import type { RegisterLayout } from "./register.ts";

/** A number to count with: an axis of the tensor, the bit of the element, or one made from others. */
export type Index =
  | { readonly kind: "axis"; readonly axis: number }
  | { readonly kind: "bit" }
  /** Digits read as one mixed-radix number, first is slowest: `{k % 32, bit}`. */
  | { readonly kind: "flat"; readonly digits: readonly Digit[] }
  /** Counted from the end: `~bit`. */
  | { readonly kind: "reverse"; readonly of: Index }
  /** Only the values lo … lo+size−1, counted from lo: `bit[4 +: 2]`. It limits what the surrounding list is for. */
  | { readonly kind: "range"; readonly of: Index; readonly lo: number; readonly size: number };

/** `(index / div) % mod`; `mod` undefined = the rest. */
export interface Cut {
  readonly kind: "cut";
  readonly index: Index;
  readonly div: number;
  readonly mod: number | undefined;
}

/** A digit whose extent is rounded up to a multiple. */
export interface Pad {
  readonly kind: "pad";
  readonly digit: Digit;
  readonly multiple: number;
}

/** One digit of a packing. */
export type Digit = Cut | Pad;

/** A piece of an overlay: starts at bit `at`; its slowest digit steps `stride` bits (undefined: as far as its inner digits need). */
export interface OverlayPiece {
  readonly of: Packing;
  readonly at: number;
  readonly stride: number | undefined;
}

/** Where each bit of each element of a tensor lies. */
export type Packing =
  /** Digits, slowest to fastest; a packing among them counts its own bits. */
  | { readonly kind: "digits"; readonly digits: readonly (Digit | Packing)[] }
  /** One after the other. */
  | { readonly kind: "concat"; readonly parts: readonly Packing[] }
  /** On top of each other, in disjoint bits. */
  | { readonly kind: "overlay"; readonly pieces: readonly OverlayPiece[] }
  /** Tiles of a register layout, each thread's bits as whole words. */
  | { readonly kind: "packed"; readonly layout: RegisterLayout };

const positive = (n: number, what: string): number =>
  Number.isSafeInteger(n) && n >= 1 ? n : fail({ code: "L0214", message: `${what} of a packing must be a whole number of at least 1, not ${n}`, help: "give a constant" });
const natural = (n: number, what: string): number =>
  Number.isSafeInteger(n) && n >= 0 ? n : fail({ code: "L0214", message: `${what} of a packing must be a whole number of at least 0, not ${n}`, help: "give a constant" });

/** Axis number `i` of the tensor (0 is the first). @throws Diagnostic L0214 if `i` is no natural number. */
export const axis = (i: number): Index => Object.freeze({ kind: "axis", axis: natural(i, "an axis number") });

/** The extra axis: bit of the element, 0 is the lowest. */
export const bit: Index = Object.freeze({ kind: "bit" });

/** An index used whole, as the digit it is. */
const whole = (d: Index | Digit): Digit =>
  d.kind === "cut" || d.kind === "pad" ? d : Object.freeze({ kind: "cut", index: d, div: 1, mod: undefined });

/** Digits (first is slowest) as one index that can be cut again. @throws Diagnostic L0214 if empty. */
export const flat = (ds: readonly (Index | Digit)[]): Index =>
  ds.length ? Object.freeze({ kind: "flat", digits: Object.freeze(ds.map(whole)) }) : fail({ code: "L0214", message: "`{}` needs at least one digit", help: "write the digits to flatten: `{k % 32, bit}`" });

/** `~of`: counts from the end of `of`, whose extent must be known at compile time (and ≤ 65536) when addresses are made. */
export const reverse = (of: Index): Index => Object.freeze({ kind: "reverse", of });

/**
 * `of[lo +: size]`. The list that contains it is for these values of `of` only; `++` or `|` adds the others.
 * @param of an axis, `bit`, or a range of one
 * @throws Diagnostic L0214 for other indices, or a range past the end of a range
 */
export function range(of: Index, lo: number, size: number): Index {
  natural(lo, "the start of a range");
  positive(size, "the size of a range");
  if (of.kind === "range") {
    if (lo + size > of.size) fail({ code: "L0214", message: `[${lo} +: ${size}] leaves the range of ${of.size} it is taken from`, help: "a range of a range counts from the start of the outer one" });
    return range(of.of, of.lo + lo, size);
  }
  if (of.kind !== "axis" && of.kind !== "bit")
    fail({ code: "L0214", message: "only an axis or `bit` has ranges", help: "take the range first, then cut, flatten or reverse it" });
  return Object.freeze({ kind: "range", of, lo, size });
}

/**
 * `(index / div) % mod`.
 * @example
 * ```ts
 * // AWQ's order of nibbles in a word: [k, n / 8, n % 2, (n / 2) % 4, bit]
 * const n = axis(1);
 * const awq = digits([axis(0), digit(n, { div: 8 }), digit(n, { mod: 2 }), digit(n, { div: 2, mod: 4 }), bit]);
 * printPacking(awq, ["k", "n"]); // => "[k, n / 8, n % 2, (n / 2) % 4, bit]"
 * ```
 */
export function digit(of: Index | Digit, cut: { readonly div?: number; readonly mod?: number } = {}): Digit {
  const div = positive(cut.div ?? 1, "a divisor");
  const mod = cut.mod === undefined ? undefined : positive(cut.mod, "a modulus");
  if (of.kind === "cut" && of.mod === undefined) return Object.freeze({ kind: "cut", index: of.index, div: of.div * div, mod });
  const index = of.kind === "cut" || of.kind === "pad" ? flat([of]) : of;
  return Object.freeze({ kind: "cut", index, div, mod });
}

/** The digit, with its extent rounded up to a multiple of `multiple`; the added addresses hold zeros. */
export const pad = (d: Index | Digit, multiple: number): Digit => Object.freeze({ kind: "pad", digit: whole(d), multiple: positive(multiple, "a pad") });

const isPacking = (d: Index | Digit | Packing): d is Packing => d.kind === "digits" || d.kind === "concat" || d.kind === "overlay" || d.kind === "packed";

/** A packing from digits, slowest first; indices stand for themselves, packings may be nested. */
export const digits = (ds: readonly (Index | Digit | Packing)[]): Packing =>
  Object.freeze({ kind: "digits", digits: Object.freeze(ds.map((d) => (isPacking(d) ? d : whole(d)))) });

/** `a ++ b ++ …`: each begins where the one before ends. Which part an element's bit is in, their ranges say. */
export const concatPackings = (...parts: readonly Packing[]): Packing => Object.freeze({ kind: "concat", parts: Object.freeze([...parts]) });

/**
 * `a at 0 stride s | b at n stride s | …`: pieces woven into the same memory.
 * @param pieces `at` (bits, default 0) is where a piece starts, `stride` (bits) how far its slowest digit steps
 */
export const overlay = (pieces: readonly { readonly of: Packing; readonly at?: number; readonly stride?: number }[]): Packing =>
  Object.freeze({
    kind: "overlay",
    pieces: Object.freeze(pieces.map((p) => Object.freeze({
      of: p.of, at: natural(p.at ?? 0, "the start of a piece"), stride: p.stride === undefined ? undefined : positive(p.stride, "a stride"),
    }))),
  });

/** Dense packings by rank: most are, and one object is compared at once. */
const denseOnes = new Map<number, Packing>();
const axes = (rank: number): Index[] => Array.from({ length: positive(rank, "the rank") }, (_, i) => axis(i));

/**
 * `[…, last, bit]`: row-major fields without gaps; they may straddle words.
 * @example
 * ```ts
 * pack(dense(1), 4, [8], new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8])); // => new Uint32Array([0x87654321])
 * ```
 */
export function dense(rank: number): Packing {
  const found = denseOnes.get(rank) ?? digits([...axes(rank), bit]);
  denseOnes.set(rank, found);
  return found;
}

/**
 * `[bit, …, pad(last, 32)]`: one bitmap per bit, the word order of ABQ-LLM and QGTC (whose words begin at their top bit:
 * `reverseBits` of a word of ours is the word of theirs).
 * @example
 * ```ts
 * pack(planes(1), 2, [4], new Uint8Array([1, 1, 2, 3])); // => new Uint32Array([0b1011, 0b1100])
 * ```
 */
export const planes = (rank: number): Packing => digits([bit, ...axes(rank - 1 || 1).slice(0, rank - 1), pad(axis(rank - 1), 32)]);

/** `[…, last / block, bit, last % block]`, in the language `planes(block)`: the planes of `block` elements side by side. */
export const planesBlocked = (rank: number, block: number): Packing => {
  const last = axis(rank - 1);
  return digits([...axes(rank).slice(0, -1), digit(last, { div: block }), bit, digit(last, { mod: block })]);
};

/**
 * `[…, last / block, row / rows, bit, row % rows, last % block]`, in the language `planes(rows, block)`: all planes of a tile of
 * `rows` × `block` elements side by side. `planes(8, 128)` is the word order of FlexQ (whose words begin at their top bit).
 *
 * ```
 *   planes(8, 128) of u2[16, 256]    tile (row / 8, k / 128) = 64 words, tiles down the rows first
 *   bit 0   row 0  k 0…31  32…63  64…95  96…127      32 words that follow each other: 32 banks, a fragment of m8n8k128
 *           row 1  k 0…31  …
 *   bit 1   row 0  k 0…31  …
 * ```
 * @param rank axes of the tensor, at least 2; the last two are cut
 * @param rows rows of a tile: 8, or fewer where there are fewer
 * @param block elements of a row of a tile; a multiple of 32 makes whole words
 * @throws Diagnostic L0216 if the tensor has one axis, L0214 for sizes that aren't whole numbers of at least 1
 * @example
 * ```ts
 * pack(planesTiled(2, 2, 32), 2, [2, 32], new Uint8Array(64).fill(2)); // => new Uint32Array([0, 0, 0xffffffff, 0xffffffff])
 * ```
 */
export function planesTiled(rank: number, rows: number, block: number): Packing {
  if (rank < 2) fail({ code: "L0216", message: "planes of tiles need two axes", help: `write planes(${block})` });
  const row = axis(rank - 2), last = axis(rank - 1);
  return digits([...axes(rank).slice(0, -2), digit(last, { div: block }), digit(row, { div: rows }), bit, digit(row, { mod: rows }), digit(last, { mod: block })]);
}

/**
 * Each thread's bits of tiles of `layout` as whole words, words of neighbouring threads adjacent.
 * @example
 * ```ts
 * const p = packed(compose(spatial(2, 1), local(1, 4))); // 2 threads, each with 4 elements of 8 bits
 * pack(p, 8, [2, 4], new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8])); // => new Uint32Array([0x04030201, 0x08070605])
 * ```
 */
export const packed = (layout: RegisterLayout): Packing => Object.freeze({ kind: "packed", layout });

/** Whether two packings are written the same way. (Two ways to write one order are different packings.) */
export const equalPacking = (a: Packing, b: Packing): boolean => a === b || written(a) === written(b);

const texts = new WeakMap<Packing, string>();
/** A packing as text. Launches compare packings, so each is written once. */
function written(p: Packing): string {
  const found = texts.get(p) ?? JSON.stringify(sorted(p));
  texts.set(p, found);
  return found;
}

/** Objects with sorted keys, so that equality does not hang on the order of construction. */
function sorted(x: unknown): unknown {
  if (Array.isArray(x)) return x.map(sorted);
  if (typeof x !== "object" || x === null) return x;
  return Object.entries(x).filter(([, v]) => v !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k, sorted(v)]);
}

/** The indices and digits below an index or digit, itself included. */
export function* within(d: Index | Digit): Generator<Index> {
  if (d.kind === "cut") yield* within(d.index);
  else if (d.kind === "pad") yield* within(d.digit);
  else {
    yield d;
    if (d.kind === "flat") for (const x of d.digits) yield* within(x);
    else if (d.kind === "reverse" || d.kind === "range") yield* within(d.of);
  }
}

/** Number of axes a packing speaks of: one more than the largest axis number. */
export function rankOf(p: Packing): number {
  if (p.kind === "packed") return p.layout.shape.length;
  if (p.kind === "concat") return Math.max(0, ...p.parts.map(rankOf));
  if (p.kind === "overlay") return Math.max(0, ...p.pieces.map((x) => rankOf(x.of)));
  return Math.max(0, ...p.digits.map((d) => (isPacking(d) ? rankOf(d) : Math.max(0, ...[...within(d)].map((i) => (i.kind === "axis" ? i.axis + 1 : 0))))));
}

/** Whether an entry of a digit list is a nested packing. */
export const nested = (d: Digit | Packing): d is Packing => isPacking(d);

// From a packing to addresses, over any algebra: numbers on the host, expressions in the code generator.
//
//     packing ──expand──▶ pieces: (for which elements, address as a sum of digits) ──split by 32──▶ (word, bit)
//
// No single number ever holds a bit address: a digit of bit stride s gives whole words and bits separately.
import { fail } from "../diagnostic.ts";
import type { Algebra } from "./algebra.ts";
import { gcd } from "./modes.ts";
import { bound, lean, sums, type Linear, type Size, type Sums } from "./packing-linear.ts";
import { packedDigits } from "./packing-packed.ts";
import { nested, rankOf, within, type Digit, type Index, type Packing } from "./packing-types.ts";

/** Which values of an axis (−1: the bit) a piece is for. */
export interface Guard { readonly axis: number; readonly lo: number; readonly size: number }

/** The bit address of some of the elements. */
export interface Piece<T> { readonly guards: readonly Guard[]; readonly at: Linear<T> }

/** A packing with its extents, as sums of digits. */
export interface Expanded<T> { readonly pieces: readonly Piece<T>[]; readonly size: Size<T>; readonly sums: Sums<T> }

/** What an expansion is made for: indices and extents as values, the bit as a value or a number. */
export interface Place<T> {
  readonly bits: number;
  readonly alg: Algebra<T>;
  readonly extents: readonly T[];
  readonly index: readonly T[];
  readonly bit: T;
  /** An upper bound of a run-time extent, where one is known. */
  readonly bounds?: readonly (number | undefined)[];
  /** Indices that come later: the sums ask for them each time. Then `index` says nothing. */
  readonly open?: (axis: number) => T;
}

/** Writes the packing's bit address as sums of digits. @throws Diagnostic L0213, L0216, L0203 */
export function expand<T>(p: Packing, place: Place<T>): Expanded<T> {
  const s = sums(place.alg), { alg } = s;
  if (rankOf(p) > place.extents.length)
    fail({ code: "L0216", message: `this packing speaks of ${rankOf(p)} axes, the tensor has ${place.extents.length}`, help: "name only the tensor's axes" });
  const none: Piece<T> = { guards: [], at: s.constant(0) };

  const axisExtent = (i: number): Size<T> => s.size(i < 0 ? place.bits : place.extents[i] ?? 1);
  const indexOf = (i: Index): { at: Linear<T>; extent: Size<T> } => {
    switch (i.kind) {
      case "axis": {
        const extent = axisExtent(i.axis), bound = extent.r === undefined ? extent.k : place.bounds?.[i.axis], { open } = place;
        return { at: open ? s.open(i.axis, () => open(i.axis), bound) : s.leaf(i.axis, place.index[i.axis] ?? alg.of(0), bound), extent };
      }
      case "bit": return { at: s.leaf(-1, place.bit, place.bits), extent: s.size(place.bits) };
      case "flat": {
        let at = s.constant(0), extent = s.size(1);
        for (const d of [...i.digits].reverse()) {
          const x = digitOf(d);
          at = s.sum(s.scaled(x.at, extent), at);
          extent = s.times(extent, x.extent);
        }
        return { at, extent };
      }
      case "reverse": {
        const x = indexOf(i.of);
        if (x.extent.r !== undefined || x.extent.k > 65536)
          fail({ code: "L0213", message: "`~` needs an extent of at most 65536 that is known at compile time", help: "cut the index first and reverse the small digit: `~{k % 32}`" });
        return { at: s.reversed(x.at, x.extent.k), extent: x.extent };
      }
      case "range": {
        const x = indexOf(i.of);
        return { at: s.shifted(x.at, i.lo, i.size), extent: s.size(i.size) };
      }
      default: return i satisfies never;
    }
  };
  const digitOf = (d: Digit): { at: Linear<T>; extent: Size<T> } => {
    if (d.kind === "pad") {
      const x = digitOf(d.digit);
      return { at: x.at, extent: s.times(s.cdivSize(x.extent, d.multiple), s.size(d.multiple)) };
    }
    const x = indexOf(d.index);
    const at = s.divmod(x.at, d.div).q;
    return d.mod === undefined ? { at, extent: s.cdivSize(x.extent, d.div) } : { at: s.divmod(at, d.mod).r, extent: s.size(d.mod) };
  };
  const guardsOf = (d: Digit): Guard[] =>
    [...within(d)].flatMap((i) => (i.kind !== "range" ? [] : [{ axis: i.of.kind === "axis" ? i.of.axis : -1, lo: i.lo, size: i.size }]));
  /** Drops what is known: a piece that cannot be meant, a guard that always holds. */
  const settle = (p: Piece<T>): Piece<T>[] => {
    const guards: Guard[] = [];
    for (const g of p.guards) {
      const x = g.axis >= 0 && place.open ? undefined : alg.known(g.axis < 0 ? place.bit : place.index[g.axis] ?? alg.of(0)), e = axisExtent(g.axis);
      if (x !== undefined) { if (x < g.lo || x >= g.lo + g.size) return []; }
      else if (!(g.lo === 0 && e.r === undefined && e.k <= g.size)) guards.push(g);
    }
    return [{ guards, at: p.at }];
  };
  const shifted = (ps: readonly Piece<T>[], by: Size<T>): Piece<T>[] =>
    ps.map((p) => ({ guards: p.guards, at: s.sum(p.at, s.scaled(s.constant(1), by)) }));

  const listOf = (ds: readonly (Digit | Packing)[], stepOfFirst?: number): { pieces: Piece<T>[]; size: Size<T>; first: Size<T>; inner: Size<T> } => {
    let pieces = [none], size = s.size(1), first = s.size(1), inner = s.size(1);
    for (let j = ds.length - 1; j >= 0; j--) {
      const d = ds[j];
      if (d === undefined) continue;
      const step = j === 0 && stepOfFirst !== undefined ? s.size(stepOfFirst) : size;
      const x = nested(d) ? expandIn(d) : { ...digitOf(d), pieces: undefined };
      const options: readonly Piece<T>[] = x.pieces ?? settle({ guards: nested(d) ? [] : guardsOf(d), at: "at" in x ? x.at : s.constant(0) });
      const extent = "extent" in x ? x.extent : x.size;
      pieces = options.flatMap((o) => pieces.map((p) => ({ guards: [...o.guards, ...p.guards], at: s.sum(s.scaled(o.at, step), p.at) })));
      if (j === 0) { first = extent; inner = size; }
      size = s.times(step, extent);
    }
    return { pieces, size, first, inner };
  };
  const expandIn = (p: Packing): { pieces: readonly Piece<T>[]; size: Size<T> } => {
    switch (p.kind) {
      case "digits": return listOf(p.digits);
      case "packed": return expandIn(packedDigits(p.layout, place.bits));
      case "concat": {
        let size = s.size(0);
        const pieces: Piece<T>[] = [];
        for (const part of p.parts) {
          const x = expandIn(part);
          pieces.push(...shifted(x.pieces, size));
          size = s.plus(size, x.size);
        }
        return { pieces, size };
      }
      case "overlay": {
        const pieces: Piece<T>[] = [];
        let size = s.size(0);
        for (const piece of p.pieces) {
          const list = piece.of.kind === "digits" ? piece.of.digits : [piece.of];
          const x = listOf(list, piece.stride);
          pieces.push(...shifted(x.pieces, s.size(piece.at)));
          // Woven pieces fill strides; the last of them may hang over by what does not fit one stride.
          const inner = piece.stride === undefined ? x.inner : s.size(piece.stride);
          const over = x.inner.r === undefined && inner.r === undefined ? Math.max(0, piece.at + x.inner.k - inner.k) : piece.at;
          size = larger(size, s.plus(s.times(inner, x.first), s.size(over)));
        }
        return { pieces, size };
      }
      default: return p satisfies never;
    }
  };
  const larger = (a: Size<T>, b: Size<T>): Size<T> => {
    if (a.k === 0) return b;
    if (a.r === undefined && b.r === undefined) return a.k > b.k ? a : b;
    if (String(a.r) === String(b.r) || a.r === b.r) return a.k > b.k ? a : b;
    return s.plus(a, b); // no `max` in the algebra: an upper bound
  };
  const x = expandIn(p);
  return { pieces: x.pieces, size: x.size, sums: s };
}

/** A sum of digits as words and what is left, where strides are known; how that comes apart doesn't hang on the indices. */
interface Parts<T> { readonly q: Linear<T>; readonly r: Linear<T>; readonly most: number | undefined }

function partsOf<T>(x: Linear<T>, s: Sums<T>, known: Map<Linear<T>, Parts<T>> | undefined): Parts<T> {
  const found = known?.get(x);
  if (found) return found;
  const parts = s.divmod({ terms: x.terms.filter((t) => t.coef.r === undefined), constant: x.constant }, 32), made = { ...parts, most: s.max(parts.r) };
  known?.set(x, made);
  return made;
}

/** Words and bits of a sum of digits; `bit` < 32. */
function split<T>(x: Linear<T>, s: Sums<T>, known?: Map<Linear<T>, Parts<T>>): { word: T; bit: T } {
  const { alg } = s, { q, r, most: top } = partsOf(x, s, known);
  let word = s.materialise(q), bits = s.materialise(r), most = top;
  for (const t of x.terms) {
    if (t.coef.r === undefined) continue;
    if (t.coef.k % 32 === 0) { word = alg.add(word, alg.mul(s.digit(t), s.value({ k: t.coef.k / 32, r: t.coef.r }))); continue; }
    // Run-time stride k·r of which only k is known: whole words per m digits, the digits below one by one.
    const m = 32 / gcd(t.coef.k, 32), b = bound(t), stride = s.value(t.coef), d = s.digit(t);
    const small = b !== undefined && b <= m;
    if (!small) word = alg.add(word, alg.mul(alg.div(d, alg.of(m)), s.value({ k: (t.coef.k * m) / 32, r: t.coef.r })));
    const low = small ? d : alg.mod(d, alg.of(m));
    word = alg.add(word, alg.mul(low, alg.div(stride, alg.of(32))));
    bits = alg.add(bits, alg.mul(low, alg.mod(stride, alg.of(32))));
    most = undefined;
  }
  if (most !== undefined && most < 32) return { word, bit: bits };
  return { word: alg.add(word, alg.div(bits, alg.of(32))), bit: alg.mod(bits, alg.of(32)) };
}

const BIG = 2 ** 30;

/**
 * Where bit `bit` of the element at `index` lies.
 * @param p the packing
 * @param bits bits of an element, 1 … 32
 * @param alg the arithmetic; extents and indices that it does not know are run-time values below 2^30
 * @param extents extent of every axis, in elements
 * @param index one index per axis, below its extent
 * @param bit which bit of the element, 0 is the lowest
 * @returns u32 word of the buffer, and bit 0 … 31 in it
 * @throws Diagnostic L0210 if the packing has no place for it, L0211 if it has two, L0213 if an extent had to be known
 * @example
 * ```ts
 * // Third bit of element (1, 5) of a 4 × 40 tensor of u3, in rows without gaps: bit (1·40 + 5)·3 + 2.
 * address(dense(2), 3, numbers, [4, 40], [1, 5], 2); // => { word: 4, bit: 9 }
 * ```
 */
export function address<T>(p: Packing, bits: number, alg: Algebra<T>, extents: readonly T[], index: readonly T[], bit: number | T): { word: T; bit: T } {
  const b = typeof bit === "number" ? alg.of(bit) : bit;
  return locate(expand(p, { bits, alg, extents, index, bit: b }), bits, extents, (i) => (i < 0 ? b : index[i] ?? alg.of(0)));
}

/**
 * `address` for many elements: the packing is taken apart once for each bit that is asked for.
 * @throws as `address`, when the function is called
 * @example
 * ```ts
 * addresser(dense(2), 3, numbers, [4, 40])([1, 5], 2); // => { word: 4, bit: 9 }
 * ```
 */
export function addresser<T>(p: Packing, bits: number, alg: Algebra<T>, extents: readonly T[]): (index: readonly T[], bit: number | T) => { word: T; bit: T } {
  let now: readonly T[] = [], b = alg.of(0);
  const made = new Map<number | undefined, Expanded<T>>(), parts = new Map<Linear<T>, Parts<T>>(), zero = alg.of(0);
  return (index, bit) => {
    now = index;
    b = typeof bit === "number" ? alg.of(bit) : bit;
    const known = alg.known(b);
    // A run-time bit is taken apart each time: its value is part of the sums.
    let x = known === undefined ? undefined : made.get(known);
    if (!x) { x = expand(p, { bits, alg, extents, index: [], bit: b, open: (i) => now[i] ?? zero }); if (known !== undefined) made.set(known, x); }
    x.sums.renew();
    return locate(x, bits, extents, (i) => (i < 0 ? b : now[i] ?? zero), known === undefined ? undefined : parts);
  };
}

/** The address of one element in an expansion; `value` gives its indices, and the bit as −1. */
function locate<T>({ pieces: all, sums: s }: Expanded<T>, bits: number, extents: readonly T[], value: (axis: number) => T, parts?: Map<Linear<T>, Parts<T>>): { word: T; bit: T } {
  const a = s.alg;
  const known = (g: Guard): T => value(g.axis);
  const [first, ...others] = all;
  if (first === undefined) fail({ code: "L0210", message: "this packing has no place for some bits of some elements", help: "the ranges of its parts must make up the whole: `bit[0 +: 4]` and `bit[4 +: 2]`" });
  if (others.length === 0) return split(first.at, s, parts);
  if (all.some((x) => x.guards.length === 0))
    fail({ code: "L0211", message: "this packing stores some bits of some elements twice", help: "give each part of `++` or `|` its own range: `bit[0 +: 4]`" });
  // Which part is meant is only known at run time: each address times 0 or 1.
  const atLeast = (x: T, lo: number): T => (lo === 0 ? a.of(1) : a.div(a.add(x, a.of(BIG - lo)), a.of(BIG)));
  const inside = (g: Guard): T => {
    const e = s.size(g.axis < 0 ? bits : extents[g.axis] ?? 1), end = g.lo + g.size;
    const last = e.r === undefined && end >= e.k;
    const below = last ? a.of(1) : a.mod(a.add(atLeast(known(g), end), a.of(1)), a.of(2));
    return a.mul(atLeast(known(g), g.lo), below);
  };
  let word = a.of(0), at = a.of(0);
  for (const piece of all) {
    const yes = piece.guards.map(inside).reduce((x, y) => a.mul(x, y), a.of(1)), place = split(piece.at, s, parts);
    word = a.add(word, a.mul(yes, place.word));
    at = a.add(at, a.mul(yes, place.bit));
  }
  return { word, bit: at };
}

/** u32 words of the whole tensor as a value of the algebra, all pads included. Run-time overlays give an upper bound. @throws as `address` */
export function wordCountOf<T>(p: Packing, bits: number, alg: Algebra<T>, extents: readonly T[]): T {
  const a = lean(alg);
  // A bit number could pass 2^32, so the factor that makes words is divided out first where there is one.
  const { size, sums: s } = expand(p, { bits, alg, extents, index: extents.map(() => alg.of(0)), bit: alg.of(0) });
  if (size.r === undefined) return a.of(Math.ceil(size.k / 32));
  if (size.k % 32 === 0) return s.value({ k: size.k / 32, r: size.r });
  const words = Math.floor(size.k / 32), rest = size.k % 32;
  // k·r/32 = words·r + rest·(r/32) + ⌈rest·(r%32)/32⌉
  const r = size.r, hi = a.mul(a.of(rest), a.div(r, a.of(32))), lo = a.mul(a.of(rest), a.mod(r, a.of(32)));
  return a.add(a.add(a.mul(r, a.of(words)), hi), a.div(a.add(lo, a.of(31)), a.of(32)));
}

/**
 * Bits of the whole tensor, all pads included: where what comes behind it may begin.
 * @example
 * ```ts
 * bitCount(dense(1), 3, [10]); // => 30
 * ```
 */
export const bitCount = (p: Packing, bits: number, extents: readonly number[]): number =>
  expand(p, { bits, alg: symbols, extents, index: extents.map((_, i) => `x${i}`), bit: "b" }).size.k;

/** Words of packings for some sizes: every launch asks for those of its tensors. */
const counted = new WeakMap<Packing, Map<string, number>>(), COUNTED = 64;

/**
 * u32 words of the whole tensor, all pads included.
 * @example
 * ```ts
 * wordCount(planes(2), 3, [10, 37]); // => 60
 * ```
 */
export function wordCount(p: Packing, bits: number, extents: readonly number[]): number {
  const key = `${bits}:${extents.join()}`, known = counted.get(p) ?? new Map<string, number>(), found = known.get(key) ?? Math.ceil(bitCount(p, bits, extents) / 32);
  if (known.size >= COUNTED) known.clear();
  known.set(key, found);
  counted.set(p, known);
  return found;
}

/** An algebra that writes formulas; used to look at a packing without running it. */
export const symbols: Algebra<number | string> = {
  of: (n) => n,
  add: (a, b) => `(${a} + ${b})`,
  mul: (a, b) => `(${a} * ${b})`,
  div: (a, b) => `(${a} / ${b})`,
  mod: (a, b) => `(${a} % ${b})`,
  known: (a) => (typeof a === "number" ? a : undefined),
};

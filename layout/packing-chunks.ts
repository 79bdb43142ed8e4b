// A packing cut into boxes that all look alike: the address of an element is that of its box plus a pattern that every box has.
//
//     index of axis a = c·C + t        bit address = Σ over axes of base[c] + pattern[t …]
//
// So a tensor is moved box by box by one piece of straight-line code (packing-code.ts). Neighbouring axes that count on in one another
// are merged first. Parts of a packing whose boxes step differently are streams, each with a base of its own.
import { weights } from "./modes.ts";
import { expand, symbols, type Guard } from "./packing-address.ts";
import { evaluateDigit, type Atom, type Term } from "./packing-linear.ts";
import type { Packing } from "./packing-types.ts";

type S = number | string;
type Leaf = Pick<Term<S>, "div" | "mod"> & { readonly axis: number };

/** What one bit's address is made of in one part of the packing. */
interface Part { readonly guards: readonly Guard[]; readonly terms: readonly Term<S>[]; readonly constant: number }

/**
 * What boxes of one stream add to the address, per axis: how many bits each, where all add as many as the one before; else for each number
 * of a box whole words, and bits below 32.
 */
export interface Stream { readonly base: readonly Base[] }
export type Base = { readonly step: number } | { readonly step: undefined; readonly words: Int32Array; readonly bits: Uint8Array; readonly aligned: boolean };

/** Bits that box `c` adds. */
export const baseAt = (b: Base, c: number): number => (b.step === undefined ? b.words[c] * 32 + b.bits[c] : b.step * c);

function baseOf(terms: readonly Term<S>[], box: number, count: number): Base {
  if (terms.every((t) => plain(t) && t.mod === undefined && box % t.div === 0)) return { step: terms.reduce((sum, t) => sum + t.coef.k * (box / t.div), 0) };
  const words = new Int32Array(count), bits = new Uint8Array(count);
  let any = 0;
  for (let c = 0; c < count; c++) {
    let at = 0;
    for (const t of terms) at += t.coef.k * evaluateDigit(t, () => c * box);
    words[c] = Math.floor(at / 32);
    any |= bits[c] = at % 32;
  }
  return { step: undefined, words, bits, aligned: any === 0 };
}

/** A tensor cut into boxes. */
export interface Chunks {
  readonly bits: number;
  /** Extents, and of a box; neighbouring axes may be merged. */
  readonly extents: readonly number[];
  readonly box: readonly number[];
  /** Elements from one step of an axis to the next. */
  readonly steps: readonly number[];
  readonly streams: readonly Stream[];
  /**
   * Of the axes whose boxes begin at the same bit of a word, if there are such, the last if it has many, else that with the most boxes:
   * a row of them is moved at a time.
   */
  readonly along: number;
  /** Whether all boxes of a row begin at the same bit of a word. */
  readonly rows: boolean;
  /** Stream and bit address in it of bit `bit` of the element at `t` of a box. */
  place(t: readonly number[], bit: number): { readonly stream: number; readonly at: number };
  /** Bit address in the whole tensor. */
  address(index: readonly number[], bit: number): number;
}

/** Most elements of a box, and how many small ones grow to along the last axis where that leaves none over: fewer turns of the loop. */
const LARGEST = 1024, ENOUGH = 32;
/** Boxes in a row from which the last axis, whose elements are neighbours in memory, is the one to go along. */
const LONG = 32;

function* leavesOf(a: Atom<S>, div: number, mod: number | undefined): Generator<Leaf> {
  if (a.kind === "leaf") yield { axis: a.axis, div, mod };
  else if (a.kind !== "one") for (const t of a.of.terms) yield* leavesOf(t.atom, t.div, t.mod);
}
const leaves = (t: Term<S>): Leaf[] => [...leavesOf(t.atom, t.div, t.mod)];
const plain = (t: Term<S>): boolean => t.atom.kind === "leaf";
/** Where a digit ends, in steps of its axis. */
const endOf = (x: Leaf, extent: number): number => (x.mod === undefined || x.div * x.mod >= extent ? Infinity : x.div * x.mod);

/** Merges axis `a` into `b`, the next longer than 1, where the packing counts through both as through one; undefined where it doesn't. */
function merged(parts: readonly (readonly Part[])[], extents: readonly number[], a: number, b: number): Part[][] | undefined {
  const n = extents[b], all: Part[][] = [];
  for (const bit of parts) {
    const mine: Part[] = [];
    for (const { guards, terms, constant } of bit) {
      if (guards.some((g) => g.axis === a || g.axis === b)) return undefined;
      const slow = terms.filter((t) => leaves(t).some((x) => x.axis === a)), own = terms.filter((t) => leaves(t).some((x) => x.axis === b));
      const tops = own.filter((t) => leaves(t).some((x) => x.axis === b && endOf(x, n) === Infinity)), [top] = tops, [s] = slow;
      if (own.some((t) => leaves(t).some((x) => x.axis === b && endOf(x, n) !== Infinity && n % endOf(x, n) !== 0))) return undefined;
      if (slow.length !== 1 || !plain(s) || s.div !== 1 || endOf(leaves(s)[0], extents[a]) !== Infinity) return undefined;
      if (tops.length !== 1 || !plain(top) || n % top.div !== 0 || s.coef.k !== (top.coef.k * n) / top.div) return undefined;
      mine.push({ guards, constant, terms: terms.flatMap((t) => (t === s ? [] : t === top ? [{ ...t, mod: undefined }] : [t])) });
    }
    all.push(mine);
  }
  return all;
}

/** How an axis may be cut: sizes of a box, smallest first, and whether boxes of it begin at whole words. */
function cuts(parts: readonly (readonly Part[])[], axis: number, extent: number): { readonly size: number; readonly aligned: boolean }[] {
  const terms = parts.flat().flatMap((p) => p.terms.flatMap((t) => { const own = leaves(t).filter((x) => x.axis === axis); return own.length ? [{ t, own }] : []; }));
  const ends = new Set([1, ...terms.flatMap(({ own }) => own.flatMap((x) => [x.div, endOf(x, extent)]))]), sizes = new Set([extent]);
  for (const e of ends) for (let n = e; n < extent && n <= LARGEST; n *= 2) sizes.add(n);
  const held = parts.flat().some((p) => p.guards.some((g) => g.axis === axis));
  return [...sizes].sort((x, y) => x - y).flatMap((size) => {
    if (size >= extent) return [{ size, aligned: true }];
    let aligned = true;
    const fits = !held && terms.every(({ t, own }) => own.every((x) => {
      const end = endOf(x, extent), outside = x.div % size === 0, inside = size % end === 0;
      if (inside) return true;
      if (outside || (plain(t) && size % x.div === 0 && (end === Infinity || end % size === 0))) {
        if ((t.coef.k * (outside ? 1 : size / x.div)) % 32 !== 0) aligned = false;
        return true;
      }
      return false;
    }));
    return fits ? [{ size, aligned }] : [];
  });
}

/**
 * Cuts a tensor into boxes that look alike; undefined where they would be too large.
 * @param lanes elements that are moved at once: boxes hold multiples of so many along the last axis where the axis does
 */
export function chunks(p: Packing, bits: number, shape: readonly number[], lanes: number): Chunks | undefined {
  let extents = [...shape];
  let parts: Part[][] = Array.from({ length: bits }, (_, b) =>
    expand(p, { bits, alg: symbols, extents: shape.map((n): S => n), index: shape.map((_, i): S => `x${i}`), bit: b }).pieces.map((x) => ({ guards: x.guards, terms: x.at.terms, constant: x.at.constant })));
  // Axes keep their numbers; a merged one is 1 long and no term speaks of it.
  for (let a = extents.length - 2; a >= 0; a--) {
    const b = extents.findIndex((n, i) => i > a && n > 1), together = extents[a] > 1 && b > 0 ? merged(parts, extents, a, b) : undefined;
    if (together) { parts = together; extents = extents.map((n, i) => (i === a ? 1 : i === b ? n * extents[a] : n)); }
  }
  const last = extents.length - 1, whole = extents[last] % lanes === 0;
  const options = extents.map((n, a) => cuts(parts, a, n).filter(({ size }) => a !== last || !whole || size % lanes === 0));
  if (options.some((o) => o.length === 0)) return undefined;
  const box = options.map((o) => (o.find((x) => x.aligned && x.size <= LARGEST) ?? o[0]).size), size = (): number => box.reduce((x, y) => x * y, 1);
  while (size() > LARGEST) {
    const a = box.reduce((best, n, i) => (n > options[i][0].size && n > (best < 0 ? 0 : box[best]) ? i : best), -1);
    if (a < 0) return undefined;
    box[a] = options[a][0].size;
  }
  const grown = size() < ENOUGH && options[last].find((x) => x.aligned && x.size > box[last] && (size() / box[last]) * x.size >= ENOUGH && extents[last] % x.size === 0);
  if (grown && (size() / box[last]) * grown.size <= 2 * ENOUGH) box[last] = grown.size;
  return streams(parts, bits, extents, box);
}

/** Parts of the address that hang on the box only, as streams; the rest is the pattern. */
function streams(parts: readonly (readonly Part[])[], bits: number, extents: readonly number[], box: readonly number[]): Chunks | undefined {
  const keys: string[] = [], made: Stream[] = [], of = new Map<Part, number>(), inner = new Map<Part, readonly Term<S>[]>();
  const within = (x: Leaf): boolean => box[x.axis] >= extents[x.axis] || box[x.axis] % endOf(x, extents[x.axis]) === 0;
  for (const part of parts.flat()) {
    const outer: Term<S>[] = [], own: Term<S>[] = [];
    for (const t of part.terms) {
      const ls = leaves(t);
      if (ls.every(within)) { own.push(t); continue; }
      if (!plain(t) && (ls.some((x) => x.axis !== ls[0].axis) || !ls.every((x) => x.div % box[x.axis] === 0))) return undefined;
      outer.push(t);
      if (plain(t)) own.push(t);
    }
    const key = outer.map((t) => `${t.atom.key}/${t.div}%${t.mod ?? ""}*${t.coef.k}`).sort().join();
    let s = keys.indexOf(key);
    if (s < 0) {
      s = keys.push(key) - 1;
      made.push({ base: extents.map((n, a) => baseOf(outer.filter((t) => leaves(t)[0].axis === a), box[a], Math.floor(n / box[a]))) });
    }
    of.set(part, s);
    inner.set(part, own);
  }
  const even = (a: number): boolean => made.every(({ base }) => { const own = base[a]; return own.step === undefined ? own.aligned : own.step % 32 === 0; });
  const grid = extents.map((n, a) => Math.floor(n / box[a])), rowsOf = grid.map((n, a) => (even(a) ? n : 0)), rows = Math.max(...rowsOf) > 0;
  const along = (rowsOf.at(-1) ?? 0) >= LONG ? rowsOf.length - 1 : rows ? rowsOf.indexOf(Math.max(...rowsOf)) : grid.indexOf(Math.max(...grid));
  const meant = (index: readonly number[], bit: number): Part => parts[bit].find((x) => x.guards.every((g) => index[g.axis] >= g.lo && index[g.axis] < g.lo + g.size)) ?? parts[bit][0];
  const sum = (terms: readonly Term<S>[], constant: number, index: readonly number[]): number => terms.reduce((at, t) => at + t.coef.k * evaluateDigit(t, (a) => index[a]), constant);
  return {
    bits, extents, box, steps: weights(extents), streams: made, along, rows,
    place: (t, bit) => { const part = meant(t, bit); return { stream: of.get(part) ?? 0, at: sum(inner.get(part) ?? [], part.constant, t) }; },
    address: (index, bit) => { const part = meant(index, bit); return sum(part.terms, part.constant, index); },
  };
}

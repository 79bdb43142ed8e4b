// Any packing's codes, run by run of bits: what pack and unpack do where they have no code of their own for a packing.
//
// For one run of bits and one piece, the address is Σ over axes of a number that hangs on that axis alone, and digits of
// indices that axes were flattened into. So it comes from one table per axis and, for such digits, from rows that are
// made once for all places that look the same. The inner loop walks the last axis, collects what falls into one word,
// and writes the word once.
import { fail } from "../diagnostic.ts";
import { expand, symbols, type Piece } from "./packing-address.ts";
import { runs } from "./packing-fields.ts";
import { digitOfSum, evaluateDigit, type Atom, type Linear, type Term } from "./packing-linear.ts";
import type { Packing } from "./packing-types.ts";

/** Codes of a tensor in row-major order: the narrowest unsigned array that holds them. */
export type Codes = Uint8Array | Uint16Array | Uint32Array;

/** Room for codes of so many bits. */
export const codeArray = (bits: number, n: number): Codes => (bits <= 8 ? new Uint8Array(n) : bits <= 16 ? new Uint16Array(n) : new Uint32Array(n));

/** How many bits are ones. */
export function popcount(words: Uint32Array): number {
  let n = 0;
  for (let x of words) for (; x !== 0; x &= x - 1) n++;
  return n;
}

type S = number | string;

/** Where one run of bits lies: first bit, and the word of its last bit, as sums over axis tables. */
interface Walk {
  readonly lo: number;
  readonly width: number;
  readonly straddles: boolean;
  /** Range of every axis that the walk is for. */
  readonly box: readonly { readonly lo: number; readonly size: number }[];
  readonly first: Tables;
  readonly last: Tables;
}

/** Per axis: words and bits that its index adds. What hangs on several axes at once is `mixed`, and added row by row. */
interface Tables {
  readonly word: readonly Float64Array[];
  readonly bit: readonly Int32Array[];
  readonly mixed: readonly Mixed[];
  /** Rows of the last axis that were computed, by what the other axes add to the mixed digits: tiles repeat. */
  readonly rows: Map<string, Row>;
}

interface Row { readonly word: Float64Array; readonly bit: Int32Array }

/** A digit of an index that several axes are flattened into: per axis what it adds to the index; not such a sum itself: asked element by element. */
interface Mixed { readonly term: Term<S>; readonly parts: readonly Float64Array[] | undefined }

/** Axes that an atom hangs on. */
function axesOf(a: Atom<S>): readonly number[] {
  if (a.kind === "leaf") return [a.axis];
  return a.kind === "one" ? [] : a.of.terms.flatMap((t) => axesOf(t.atom));
}

/** Parts a sum into tables of what each axis adds (the constant is in that of axis 0), and the terms that hang on several. */
function separate(x: Linear<S>, extents: readonly number[]): { readonly parts: Float64Array[]; readonly mixed: Term<S>[] } {
  const parts = extents.map((n, a) => new Float64Array(n).fill(a === 0 ? x.constant : 0)), mixed: Term<S>[] = [];
  for (const t of x.terms) {
    const axes = [...new Set(axesOf(t.atom))];
    if (axes.length > 1) mixed.push(t);
    else {
      const own = parts[axes[0] ?? 0];
      for (let v = 0; v < own.length; v++) own[v] += t.coef.k * evaluateDigit(t, () => v);
    }
  }
  return { parts, mixed };
}

function tables(x: Linear<S>, extents: readonly number[]): Tables {
  const { parts, mixed } = separate(x, extents);
  return {
    word: parts.map((p) => p.map((at) => Math.floor(at / 32))), bit: parts.map((p) => Int32Array.from(p, (at) => at % 32)), rows: new Map(),
    mixed: mixed.map((term) => {
      const inner = term.atom.kind === "leaf" || term.atom.kind === "one" ? undefined : separate(term.atom.of, extents);
      return { term, parts: inner && inner.mixed.length === 0 ? inner.parts : undefined };
    }),
  };
}

const CACHED = 256;

/** Words and bits that the last axis adds, together with the mixed digits, at some place of the other axes. */
function rowAt(t: Tables, outer: readonly number[]): Row {
  const last = outer.length - 1, word = t.word[last], bit = t.bit[last];
  if (t.mixed.length === 0) return { word, bit };
  const bases = t.mixed.map((m) => m.parts?.slice(0, last).reduce((n, p, a) => n + p[outer[a]], 0));
  const key = (bases.includes(undefined) ? [...outer.slice(0, last), ...bases] : bases).join();
  const known = t.rows.get(key);
  if (known) return known;
  const at = Float64Array.from(word, (w, j) => w * 32 + bit[j]), index = [...outer];
  t.mixed.forEach(({ term, parts }, i) => {
    const base = bases[i];
    for (let j = 0; j < at.length; j++) {
      index[last] = j;
      at[j] += term.coef.k * (parts && base !== undefined ? digitOfSum(term, base + parts[last][j]) : evaluateDigit(term, (a) => index[a]));
    }
  });
  if (t.rows.size >= CACHED) t.rows.clear();
  const row: Row = { word: at.map((x) => Math.floor(x / 32)), bit: Int32Array.from(at, (x) => x % 32) };
  t.rows.set(key, row);
  return row;
}

/** All walks that together visit every bit of every element once. */
function walks(p: Packing, bits: number, extents: readonly number[]): Walk[] {
  const index = extents.map((_, i): S => `x${i}`);
  const byBit = Array.from({ length: bits }, (_, b) => expand(p, { bits, alg: symbols, extents: extents.map((n): S => n), index, bit: b }).pieces);
  const boxKey = (x: Piece<S>): string => x.guards.map((g) => `${g.axis}[${g.lo}+:${g.size}]`).sort().join();
  // Pieces for the same elements are one sequence of bits; two of them for one bit would be a collision.
  const keys = new Set(byBit.flatMap((ps) => ps.map(boxKey)));
  const all: Walk[] = [];
  for (const key of keys) {
    const forms = byBit.map((ps) => ps.filter((x) => boxKey(x) === key));
    if (forms.some((f) => f.length > 1)) fail({ code: "L0211", message: "this packing stores some bits of some elements twice", help: "give each part of `++` or `|` its own range: `bit[0 +: 4]`" });
    const fields = runs(forms.map((f) => f.map((x) => ({ key, at: x.at }))));
    for (const f of fields) {
      const a = forms[f.lo]?.[0], z = forms[f.lo + f.width - 1]?.[0];
      if (a === undefined || z === undefined) continue; // bits that this box does not hold
      const box = extents.map((n, k) => {
        const gs = a.guards.filter((g) => g.axis === k), lo = Math.max(0, ...gs.map((g) => g.lo));
        return { lo, size: Math.max(0, Math.min(n, ...gs.map((g) => g.lo + g.size)) - lo) };
      });
      const first = tables(a.at, extents), straddles = f.straddles;
      all.push({ lo: f.lo, width: f.width, straddles, box, first, last: straddles ? tables(z.at, extents) : first });
    }
  }
  return all;
}

/**
 * Calls `row` for every row (last axis) of the walk's box: element number of its start, and the address sums of the
 * other axes.
 */
function rows(w: Walk, extents: readonly number[], row: (element: number, outer: readonly number[], sum: (t: Tables) => { word: number; bit: number }) => void): void {
  const rank = extents.length, index = w.box.map((b) => b.lo);
  if (w.box.some((b) => b.size === 0)) return;
  const strides = extents.map((_, a) => extents.slice(a + 1).reduce((x, y) => x * y, 1));
  const sum = (t: Tables): { word: number; bit: number } => {
    let word = 0, bit = 0;
    for (let a = 0; a < rank - 1; a++) { const i = index[a] ?? 0; word += t.word[a]?.[i] ?? 0; bit += t.bit[a]?.[i] ?? 0; }
    return { word: word + Math.floor(bit / 32), bit: bit % 32 };
  };
  for (;;) {
    let element = 0;
    for (let a = 0; a < rank - 1; a++) element += (index[a] ?? 0) * (strides[a] ?? 1);
    row(element, index, sum);
    let a = rank - 2;
    for (; a >= 0; a--) {
      const b = w.box[a], next = (index[a] ?? 0) + 1;
      if (b && next < b.lo + b.size) { index[a] = next; break; }
      index[a] = b?.lo ?? 0;
    }
    if (a < 0) return;
  }
}

/** Runs `inner` on every row of every walk with the tables it needs. */
function walk(p: Packing, bits: number, extents: readonly number[], inner: (w: Walk, element: number, from: number, to: number,
  word: Float64Array, bit: Int32Array, word0: number, bit0: number, lastWord: Float64Array, lastBit: Int32Array, lastWord0: number, lastBit0: number) => void): void {
  const shape = extents.length ? extents : [1], rank = shape.length;
  if (shape.some((n) => n === 0)) return;
  for (const w of walks(p, bits, shape)) {
    const box = w.box[rank - 1] ?? { lo: 0, size: 1 };
    rows(w, shape, (element, outer, sum) => {
      const f = rowAt(w.first, outer), l = w.last === w.first ? f : rowAt(w.last, outer);
      const fs = sum(w.first), ls = w.last === w.first ? fs : sum(w.last);
      inner(w, element, box.lo, box.lo + box.size, f.word, f.bit, fs.word, fs.bit, l.word, l.bit, ls.word, ls.bit);
    });
  }
}

const maskOf = (width: number): number => (width >= 32 ? 0xffffffff : 2 ** width - 1);

/** Puts codes into zeroed words, which keep what is there already. */
export function put(p: Packing, bits: number, extents: readonly number[], codes: ArrayLike<number>, out: Uint32Array): void {
  walk(p, bits, extents, (w, element, from, to, word, bit, word0, bit0, lastWord, lastBit, lastWord0, lastBit0) => {
    const mask = maskOf(w.width) | 0, lo = w.lo, width = w.width, straddles = w.straddles;
    let cur = -1, acc = 0;
    for (let j = from; j < to; j++) {
      const v = ((codes[element + j] ?? 0) >>> lo) & mask;
      const b = bit0 + (bit[j] ?? 0), at = word0 + (word[j] ?? 0) + (b >>> 5), pos = b & 31;
      if (at !== cur) {
        if (acc !== 0) out[cur] = (out[cur] ?? 0) | acc;
        cur = at;
        acc = 0;
      }
      acc |= v << pos;
      if (straddles && pos + width > 32) {
        if (acc !== 0) out[cur] = (out[cur] ?? 0) | acc;
        cur = lastWord0 + (lastWord[j] ?? 0) + ((lastBit0 + (lastBit[j] ?? 0)) >>> 5);
        acc = v >>> (32 - pos);
      }
    }
    if (acc !== 0) out[cur] = (out[cur] ?? 0) | acc;
  });
}

/** Reads codes into zeroed `out`. */
export function get(p: Packing, bits: number, extents: readonly number[], words: Uint32Array, out: Codes): void {
  walk(p, bits, extents, (w, element, from, to, word, bit, word0, bit0, lastWord, lastBit, lastWord0, lastBit0) => {
    const mask = maskOf(w.width) | 0, lo = w.lo, width = w.width, straddles = w.straddles;
    for (let j = from; j < to; j++) {
      const b = bit0 + (bit[j] ?? 0), at = word0 + (word[j] ?? 0) + (b >>> 5), pos = b & 31;
      let v = (words[at] ?? 0) >>> pos;
      if (straddles && pos + width > 32)
        v |= (words[lastWord0 + (lastWord[j] ?? 0) + ((lastBit0 + (lastBit[j] ?? 0)) >>> 5)] ?? 0) << (32 - pos);
      out[element + j] = (out[element + j] ?? 0) | ((v & mask) << lo);
    }
  });
}

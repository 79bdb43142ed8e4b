// Neighbours along an axis of a tensor or shared tile as whole words: found by asking where the bits of a run of
// elements lie, for an index that stands for all of them.
import { Bug } from "../../diagnostic.ts";
import { CHUNK_LINES, type Words } from "../../vm/index.ts";
import type { Expr } from "../loop/ir.ts";
import { divided } from "../loop/vectors.ts";
import { inside, isTrue, paddedExtents, placesOf, type Placed } from "./access.ts";
import type { Binding, Context } from "./context.ts";
import { gcd } from "../loop/core.ts";

type View = Extract<Binding, { kind: "view" }>;

/** A bound for run-time sizes that no product of index arithmetic overflows. */
const FAR = 2 ** 20;

/** The last place at which words may be read along an axis of `n` elements, `step` at a time: a reading of 32 may pass its end. */
const lastOf = (n: number, step: number): number => 32 * Math.ceil(n / 32) - step;

/** An index of a view: multiples of `step` along the axis, anything along the others. */
function probe(c: Context, v: View, axis: number, step: number): Expr[] {
  return v.shape.map((n, d) => c.e.use(c.e.variable({ name: "probe", type: "i32", role: "loop", lo: 0, hi: typeof n === "number" ? Math.max(0, d === axis ? lastOf(n, step) : n - 1) : FAR, divisor: d === axis ? step : 1 })));
}

/** Where the bits of the element `j` places further along the axis lie. */
function placesAt(c: Context, v: View, index: readonly Expr[], axis: number, j: number): readonly Placed[] {
  const at = v.map(index.map((x, d) => (d === axis ? c.e.add(x, c.e.of(j)) : x)));
  return placesOf(c, v.memory, at.index, at.bit);
}

/** Whether 32 neighbours have bit j of the same word for each of their bits. */
function asPlanes(c: Context, v: View, axis: number): boolean {
  const index = probe(c, v, axis, 32), first = placesAt(c, v, index, axis, 0);
  if (first.length !== v.dtype.bits) return false;
  return Array.from({ length: 32 }, (_, j) => placesAt(c, v, index, axis, j)).every((ps, j) =>
    ps.length === first.length && ps.every((p, b) => p.lo === b && p.width === 1 && c.e.known(p.at) === j && p.word === first[b].word));
}

/** Whether `count` neighbours follow each other from the first bit of a word on. */
function asFields(c: Context, v: View, axis: number, count: number): boolean {
  const n = v.dtype.bits, index = probe(c, v, axis, count), [first] = placesAt(c, v, index, axis, 0);
  return Array.from({ length: count }, (_, j) => placesAt(c, v, index, axis, j)).every((ps, j) => {
    const [p] = ps, bit = j * n;
    return ps.length === 1 && p.lo === 0 && p.width === n && c.e.known(p.at) === bit % 32 && p.word === c.e.add(first.word, c.e.of(Math.floor(bit / 32)));
  });
}

/** Whether nothing of other tensors lies in the last word along an axis, whose `count` elements may pass the tensor's end. */
function endsWhole(c: Context, v: View, axis: number, count: number): boolean {
  if (!v.memory.woven) return true;
  const index = probe(c, v, axis, count), next = v.map(index.map((x, d) => (d === axis ? c.e.add(x, c.e.of(1)) : x))).index;
  return v.map(index).index.every((x, d) => x === next[d] || paddedExtents(c, v.memory)[d].divisor % count === 0);
}

const found = new WeakMap<View, Map<number, Words<Expr> | undefined>>();

/** How the elements of a view lie in words along an axis; undefined if they share words with others, or are wider than 8 bits. */
export function wordsOf(c: Context, v: View, axis: number): Words<Expr> | undefined {
  let known = found.get(v);
  if (!known) found.set(v, (known = new Map()));
  if (!known.has(axis)) known.set(axis, find(c, v, axis));
  return known.get(axis);
}

const runs = new WeakMap<View, Map<number, number>>();

/** How many elements along an axis are well read at once (`Source.neighbours`). */
export function neighboursOf(c: Context, v: View, axis: number): number {
  let known = runs.get(v);
  if (!known) runs.set(v, (known = new Map()));
  let n = known.get(axis);
  if (n === undefined) known.set(axis, (n = v.memory.packing ? [32, 16, 8, 4, 2].find((count) => follows(c, v, axis, count)) ?? 1 : 1));
  return n;
}

/** Whether `count` neighbours fill whole words, and begin where a vector does if they fill one. */
function follows(c: Context, v: View, axis: number, count: number): boolean {
  const n = v.dtype.bits, words = (count * n) / 32, extent = v.shape[axis];
  if (!Number.isInteger(words) || typeof extent !== "number" || extent % count !== 0) return false;
  if (count === 32 && n <= 8 && asPlanes(c, v, axis)) return true;
  if (!asFields(c, v, axis, count)) return false;
  const vector = gcd(words, 4), [first] = placesAt(c, v, probe(c, v, axis, count), axis, 0);
  return v.memory.buffer.space !== "storage" || vector < 2 || divided(first.word, vector === 4 ? 4 : 2)?.rest === 0;
}

const chunks = new WeakMap<View, Map<number, number>>();

/** How many elements along an axis lie before as many of each of the next three lines (`Source.chunk`). */
export function chunkOf(c: Context, v: View, axis: number): number {
  let known = chunks.get(v);
  if (!known) chunks.set(v, (known = new Map()));
  let n = known.get(axis);
  if (n === undefined) known.set(axis, (n = v.memory.packing && v.shape.length === 2 && v.dtype.bits <= 8 ? [32, 8].find((count) => asChunk(c, v, axis, count)) ?? 0 : 0));
  return n;
}

/** Whether `count` elements of each of four lines follow each other, from the first bit of a word on. */
function asChunk(c: Context, v: View, axis: number, count: number): boolean {
  const { e } = c, n = v.dtype.bits, extent = v.shape[axis];
  if (typeof extent !== "number" || extent % count !== 0) return false;
  const index = probe(c, v, axis, count).map((x, d) => (d === axis ? x : e.mul(x, e.of(CHUNK_LINES)))), [first] = placesAt(c, v, index, axis, 0);
  return Array.from({ length: CHUNK_LINES * count }, (_, i) => i).every((i) => {
    const line = index.map((x, d) => (d === axis ? x : e.add(x, e.of(Math.floor(i / count))))), ps = placesAt(c, v, line, axis, i % count), [p] = ps;
    return ps.length === 1 && p.lo === 0 && p.width === n && c.e.known(p.at) === (i * n) % 32 && p.word === e.add(first.word, e.of(Math.floor((i * n) / 32)));
  });
}

/**
 * Codes of `count` neighbours that fill no whole words, from a part of a run of words that may begin anywhere in a word: the words are put
 * together so that fields have fixed places. Undefined where element by element is as good.
 *
 *   8 of u3:   first, next words ──▶ first >> at | next << 32 − at ──▶ fields at 0, 3, 6, …
 */
export function codesOf(c: Context, v: View, index: readonly Expr[], axis: number, count: number): readonly Expr[] | undefined {
  const { e } = c, n = v.dtype.bits, whole = 32 / gcd(32, n), extent = v.shape[axis];
  if (n > 8 || count >= whole || (v.dtype.hasZero && v.dtype.zeroCode !== 0) || typeof extent !== "number" || extent % whole !== 0 || !asFields(c, v, axis, whole)) return undefined;
  const rest = e.fmod(index[axis], e.of(whole)), start = index.map((x, d) => (d === axis ? e.mul(e.fdiv(x, e.of(whole)), e.of(whole)) : x));
  const [p] = placesAt(c, v, start, axis, 0), bit = e.mul(rest, e.of(n)), at = e.bits("u32", e.fmod(bit, e.of(32))), used = count * n;
  // A place in a word is a multiple of the largest power of two in `used`, so that the last bits may lie in one word anyway.
  const step = used & -used, last = e.fdiv(e.add(bit, e.of(used - 1)), e.of(32)), load = (i: Expr): Expr => word(c, v, start, axis, 0, e.add(p.word, i));
  const parts = Array.from({ length: Math.ceil(used / 32) }, (_, i) => {
    const left = Math.min(32, used - 32 * i), here = e.add(e.fdiv(bit, e.of(32)), e.of(i)), low = e.op("shr", load(here), at);
    if (left + 32 - Math.min(step, 32) <= 32) return low;
    const more = e.add(here, e.of(1)), next = 32 * (i + 1) < used ? more : e.op("min", more, last);
    // In two steps, because a shift by 32 would be none.
    return e.op("or", low, e.op("shl", e.op("shl", load(next), e.constant("u32", 1)), e.op("sub", e.constant("u32", 31), at)));
  });
  return Array.from({ length: count }, (_, j) => {
    const from = j * n, first = Math.floor(from / 32), low = e.field(parts[first], e.of(from % 32), Math.min(n, 32 - (from % 32)));
    return (from % 32) + n <= 32 ? low : e.op("or", low, e.op("shl", e.field(parts[first + 1], e.of(0), (from % 32) + n - 32), e.constant("u32", 32 - (from % 32))));
  });
}

function find(c: Context, v: View, axis: number): Words<Expr> | undefined {
  const n = v.dtype.bits, m = v.memory;
  if (!m.packing || n > 8) return undefined;
  if (asPlanes(c, v, axis) && endsWhole(c, v, axis, 32)) return { form: "planes", elements: 32, vectors: m.buffer.space === "storage", at: (index) => placesAt(c, v, index, axis, 0).map((p) => word(c, v, index, axis, 0, p.word)) };
  const elements = 32 / gcd(32, n), count = (elements * n) / 32;
  if (!asFields(c, v, axis, elements) || !endsWhole(c, v, axis, elements)) return undefined;
  return {
    form: "fields", elements, vectors: m.buffer.space === "storage",
    at: (index) => Array.from({ length: count }, (_, i) => {
      const j = Math.floor((32 * i) / n), [p] = placesAt(c, v, index, axis, j), begins = (j * n) % 32 === 0;
      if (!begins && !p.next) throw new Bug("a field that should pass the end of its word");
      return word(c, v, index, axis, j, (begins ? undefined : p.next) ?? p.word);
    }),
  };
}

/** A word that holds bits of element `j` from `index` on; 0 where that element lies outside. */
function word(c: Context, v: View, index: readonly Expr[], axis: number, j: number, at: Expr): Expr {
  const { e } = c, m = v.memory, none = e.constant("u32", 0);
  const { condition } = inside(c, m, v.map(index.map((x, d) => (d === axis ? e.add(x, e.of(j)) : x))).index, true);
  const load = (i: Expr): Expr => e.load(m.buffer, i, m.mutable ? c.epoch(m) : 0);
  return isTrue(c, condition) ? load(at) : e.op("select", condition, load(e.op("select", condition, at, e.of(0))), none);
}

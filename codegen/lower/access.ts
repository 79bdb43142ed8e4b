// Elements of memory as expressions: bounds, words, bit fields.
import { Bug } from "../../diagnostic.ts";
import { addresser, digits, fields, axis, bit, flat, lastWordMultiple, pad, padMultiple, runOf, wordCount, type Packing, type Run } from "../../layout/index.ts";
import { codeOf, elementOfCode, tileShape, type DType, type Inst, type Value } from "../../vm/index.ts";
import type { Expr } from "../loop/ir.ts";
import { linearOf, type Term } from "../loop/linear.ts";
import type { Binding, Context, Memory } from "./context.ts";
import { gcd } from "../loop/core.ts";

/** The value (code of a storage type) that a code of `dtype.bits` bits means. */
export const fromCode = (c: Context, d: DType, code: Expr): Expr => elementOfCode(c.e, d, code);

/** The code of a value, as a u32 without bits above `dtype.bits`. */
export const toCode = (c: Context, d: DType, value: Expr): Expr => codeOf(c.e, d, value);

/** How shared tiles of narrow types lie: dense, each row padded to whole words. */
export const rowPacking = (rank: number): Packing =>
  rank === 0 ? digits([pad(bit, 32)]) : digits([...Array.from({ length: rank - 1 }, (_, d) => axis(d)), pad(flat([axis(rank - 1), bit]), 32)]);

/** How a shared tile lies: the packing of its codes, undefined where each element has an entry of its own, and how many entries or words that takes. */
export function sharedForm(c: Context, i: Inst, v: Value): { readonly packing: Packing | undefined; readonly length: number; readonly asked: boolean } {
  const shape = tileShape(v), d = v.dtype, given = i.attrs.packing?.kind === "packing" ? i.attrs.packing.value : undefined;
  const narrow = d.bits < 32 && !(d.compute === "f16" && !d.storage) && d.kind !== "bool" && !c.hints.wide.has(v.id) && !c.updated.has(v.id);
  const packing = narrow ? given ?? rowPacking(shape.length) : undefined;
  return { packing, length: packing ? wordCount(packing, d.bits, [...shape]) : shape.reduce((a, b) => a * b, 1), asked: given !== undefined };
}

/** Most neighbours that stay together where an index is brought inside. */
const LARGEST_RUN = 32;

/** x, or an index below n where x isn't. A run of up to 32 elements that ends where n may end stays a run, so that it is still one word. */
function clampBelow(c: Context, x: Expr, n: Expr): Expr {
  const { e } = c, last = (size: Expr): Expr => e.op("max", e.op("sub", size, e.of(1)), e.of(0));
  for (let g = LARGEST_RUN; g > 1 && x.lo >= 0; g /= 2) {
    if (n.divisor % g !== 0) continue;
    const by = e.of(g), rest = e.fmod(x, by);
    if (e.known(rest) !== undefined) return e.add(e.mul(e.op("min", e.fdiv(x, by), last(e.fdiv(n, by))), by), rest);
  }
  return e.op("min", x, last(n));
}

/** What is known of indices of a memory: by each axis' expression in turn. */
interface Tree<T> { value?: T; readonly next: Map<number, Tree<T>> }

/** Results by memory and index (and bit, if given), each made once. */
function byIndex<T>(make: (c: Context, m: Memory, index: readonly Expr[], only?: Expr) => T): (c: Context, m: Memory, index: readonly Expr[], only?: Expr) => T {
  const trees = new WeakMap<Memory, Tree<T>>();
  const step = (t: Tree<T>, id: number): Tree<T> => {
    let next = t.next.get(id);
    if (!next) t.next.set(id, (next = { next: new Map() }));
    return next;
  };
  return (c, m, index, only) => {
    let at = trees.get(m);
    if (!at) trees.set(m, (at = { next: new Map() }));
    for (const x of index) at = step(at, x.id);
    if (only) at = step(at, -1 - only.id);
    return (at.value ??= make(c, m, index, only));
  };
}

const paddedCache = new WeakMap<Memory, readonly Expr[]>();

/**
 * The extents of a tensor, or of a shared tile that was given a packing, with the packing's pads, which addresses hold for too: what
 * lies between is zero, and stays so. In a shared tile whoever stores the end of a row stores its pads.
 */
export function paddedExtents(c: Context, m: Memory): readonly Expr[] {
  const { e } = c, p = m.packing;
  if (!p || (m.buffer.space === "workgroup" && !m.asked)) return m.extents;
  let found = paddedCache.get(m);
  if (!found) {
    const known = m.extents.map((n) => e.known(n));
    found = m.extents.map((n, d) => {
      const own = padMultiple(p, d), by = own > 1 || m.woven ? own : lastWordMultiple(p, m.dtype.bits, known, d);
      return by === 1 ? n : e.mul(e.fdiv(e.add(n, e.of(by - 1)), e.of(by)), e.of(by));
    });
    paddedCache.set(m, found);
  }
  return found;
}

/** Whether there may be pads between a tensor's elements. */
export const padded = (c: Context, m: Memory): boolean => paddedExtents(c, m).some((n, d) => n !== m.extents[d]);

/** Whether an index is below n because of the block it belongs to: block · size + rest < n, where the blocks of a grid fill n. */
function inBlock(c: Context, x: Expr, n: Expr): boolean {
  const { terms, offset } = linearOf(x);
  return terms.some(({ of, coefficient: size }) => {
    const blocks = c.extents.get(of);
    if (!blocks || size <= 0 || n.divisor % size !== 0 || blocks !== c.e.fdiv(n, c.e.of(size))) return false;
    return terms.reduce((most, { coefficient: k, of: t }) => (t === of ? most : most + (k > 0 ? k * t.hi : k * t.lo)), offset) < size;
  });
}

/**
 * Index inside the memory: the condition that needs testing (true where proved), and an index that is always inside.
 * With `pads`, elements of the packing's pads count as inside.
 */
export const inside = (c: Context, m: Memory, index: readonly Expr[], pads = false): Inside => (pads ? paddedInside : strictInside)(c, m, index);

interface Inside { readonly condition: Expr; readonly index: readonly Expr[] }
const strictInside = byIndex((c, m, index) => findInside(c, m, index, false)), paddedInside = byIndex((c, m, index) => findInside(c, m, index, true));

function findInside(c: Context, m: Memory, index: readonly Expr[], pads: boolean): Inside {
  const { e } = c, extents = pads ? paddedExtents(c, m) : m.extents;
  let condition = e.constant("bool", true);
  const safe = index.map((x, d) => {
    const along = alongAxis(c, x, extents[d] ?? e.of(0));
    condition = e.op("and", e.op("and", condition, along.low), along.high);
    return along.index;
  });
  return { condition, index: safe };
}

/** An index along one axis: whether it is ≥ 0, and below the extent, where that isn't known to be; and one that is inside. */
interface Along { readonly low: Expr; readonly high: Expr; readonly index: Expr }

const alongCache = new WeakMap<Context, Map<number, Map<number, Along>>>();
function alongAxis(c: Context, x: Expr, n: Expr): Along {
  let extents = alongCache.get(c);
  if (!extents) alongCache.set(c, (extents = new Map()));
  let known = extents.get(n.id);
  if (!known) extents.set(n.id, (known = new Map()));
  let found = known.get(x.id);
  if (!found) known.set(x.id, (found = withNeighbours(c, x, n) ?? findAlong(c, x, n)));
  return found;
}

/** The same by the element before it at which a run of neighbours begins that lie inside together. */
function withNeighbours(c: Context, x: Expr, n: Expr): Along | undefined {
  const { e } = c, { terms, offset } = linearOf(x);
  if (terms.length === 0 || offset === 0 || e.known(n) !== undefined || x.lo < 0) return undefined;
  const rest = behind(offset, stepOf(terms, gcd(n.divisor, LARGEST_RUN)));
  if (rest === 0) return undefined;
  const first = alongAxis(c, e.add(x, e.of(-rest)), n);
  return isTrue(c, first.low) ? { ...first, index: e.add(first.index, e.of(rest)) } : undefined;
}

function findAlong(c: Context, x: Expr, n: Expr): Along {
  const { e } = c, zero = e.of(0);
  const low = e.op("ge", x, zero), high = c.extents.get(x) === n || inBlock(c, x, n) ? e.constant("bool", true) : e.op("lt", x, n);
  let index = x;
  if (!isTrue(c, high)) index = clampBelow(c, x, n);
  if (!isTrue(c, low)) index = e.op("max", index, zero);
  return { low, high, index };
}

/** Whether a condition is known to hold. */
export const isTrue = (c: Context, x: Expr): boolean => c.e.known(x) === 1;

const load = (c: Context, m: Memory, index: Expr): Expr => c.e.load(m.buffer, index, m.mutable ? c.epoch(m) : 0);

/** Row-major number of an element. */
export function flatIndex(c: Context, extents: readonly Expr[], index: readonly Expr[]): Expr {
  const { e } = c;
  return index.reduce((at, x, d) => e.add(e.mul(at, extents[d] ?? e.of(1)), x), e.of(0));
}

/** A run of an element's bits at its place in memory. */
export interface Placed {
  /** Lowest bit of the element, and how many. */
  readonly lo: number;
  readonly width: number;
  readonly word: Expr;
  /** Position of the lowest bit in the word. */
  readonly at: Expr;
  /** Word of the last bit, where the run may pass the end of its first word. */
  readonly next: Expr | undefined;
}

const locators = new WeakMap<Memory, ReturnType<typeof addresser<Expr>>>();

/** Where the bits of an element (or only bit `only`) lie. The index must be inside. */
export const placesOf: (c: Context, m: Memory, index: readonly Expr[], only?: Expr) => readonly Placed[] = byIndex((c, m, index, only) => findPlaces(c, m, index, only));

function findPlaces(c: Context, m: Memory, index: readonly Expr[], only?: Expr): Placed[] {
  const { e } = c;
  if (!m.packing) return [];
  if (only) { const { word, bit: at } = placeOf(c, m, index, only); return [{ lo: 0, width: 1, word, at, next: undefined }]; }
  return fieldsOf(c, m).map(({ lo, width, straddles }) => {
    const { word, bit: at } = placeOf(c, m, index, e.of(lo));
    const fixed = e.known(at);
    const passes = straddles && (fixed === undefined ? at.hi + width > 32 : fixed + width > 32);
    return { lo, width, word, at, next: passes ? placeOf(c, m, index, e.of(lo + width - 1)).word : undefined };
  });
}

/** Where one bit of an element lies: as far from that of a neighbour as it is known to be, or as the packing says. */
const placeOf = byIndex((c, m, index, bit = c.e.of(0)) => nearby(c, m, index, bit) ?? locate(c, m)(index, bit));

function locate(c: Context, m: Memory): ReturnType<typeof addresser<Expr>> {
  let found = locators.get(m);
  if (!found && m.packing) locators.set(m, (found = addresser(m.packing, m.dtype.bits, c.e, paddedExtents(c, m))));
  if (!found) throw new Bug(`${m.buffer.name} has no packing`);
  return found;
}

/** The place by that of the element with which its run begins. */
function nearby(c: Context, m: Memory, index: readonly Expr[], bit: Expr): { readonly word: Expr; readonly bit: Expr } | undefined {
  const { e } = c;
  for (let d = index.length - 1; d >= 0; d--) {
    const { terms, offset } = linearOf(index[d]);
    if (terms.length === 0 || offset === 0) continue;
    const run = runsOf(c, m, d, e.known(bit)), rest = run ? behind(offset, stepOf(terms, run.length)) : 0;
    if (!run || rest === 0) continue;
    const first = placeOf(c, m, index.map((x, i) => (i === d ? e.add(x, e.of(-rest)) : x)), bit), by = run.step * rest, at = e.known(first.bit);
    if (at !== undefined) return { word: e.add(first.word, e.of(Math.floor((at + by) / 32))), bit: e.of((at + by) % 32) };
    if (first.bit.hi + by < 32) return { word: first.word, bit: e.add(first.bit, e.of(by)) };
  }
  return undefined;
}

/** The largest power of two, up to `most` and a million, that a sum of these is a multiple of, as far as is known. */
const stepOf = (terms: readonly Term[], most: number): number => terms.reduce((n, t) => gcd(n, Math.abs(t.coefficient) * t.of.divisor), Number.isFinite(most) ? gcd(2 ** 20, most) : 2 ** 20);

/** How far an index lies behind the last multiple of `n` that is known before it. */
const behind = (offset: number, n: number): number => ((offset % n) + n) % n;

const runCache = new WeakMap<Memory, Map<number, Run | undefined>>();
/** How a bit of a memory's elements (absent: any) lies along an axis. */
export function runsOf(c: Context, m: Memory, axis: number, bit: number | undefined): Run | undefined {
  let found = runCache.get(m);
  if (!found) runCache.set(m, (found = new Map()));
  const key = 64 * axis + (bit ?? 63);
  if (!found.has(key)) found.set(key, m.packing && runOf(m.packing, m.dtype.bits, paddedExtents(c, m).map((n) => c.e.known(n)), axis, bit));
  return found.get(key);
}

const fieldCache = new WeakMap<Memory, ReturnType<typeof fields>>();
function fieldsOf(c: Context, m: Memory) {
  let f = fieldCache.get(m);
  if (!f && m.packing) fieldCache.set(m, (f = fields(m.packing, m.dtype.bits, paddedExtents(c, m).map((x) => c.e.known(x)))));
  return f ?? [];
}

/** The code of an element, from its bit fields; every bit is zero where `guard` is false. */
function readCode(c: Context, m: Memory, index: readonly Expr[], only?: Expr, guard?: Expr): Expr {
  const { e } = c, none = e.constant("u32", 0);
  const word = (at: Expr): Expr => (guard ? e.op("select", guard, load(c, m, at), none) : load(c, m, at));
  let code: Expr | undefined;
  for (const p of placesOf(c, m, index, only)) {
    const part = p.next ? straddling(c, p, word(p.word), word(p.next)) : p.width === 32 ? word(p.word) : e.field(word(p.word), p.at, p.width);
    const placed = p.lo === 0 ? part : e.op("shl", part, e.constant("u32", p.lo));
    code = code ? e.op("or", code, placed) : placed;
  }
  return code ?? none;
}

/** A run of bits that begins in one word and ends in the next. */
function straddling(c: Context, p: Placed, word: Expr, next: Expr): Expr {
  const { e } = c, fixed = e.known(p.at);
  if (fixed !== undefined) {
    const first = 32 - fixed;
    return e.op("or", e.field(word, p.at, first), e.op("shl", e.field(next, e.of(0), p.width - first), e.constant("u32", first)));
  }
  // High bits come from the next word only where the run passes the end (a shift by 32 would be a shift by 0).
  const at = e.to("u32", p.at);
  const high = e.op("shl", next, e.op("sub", e.constant("u32", 32), at));
  const joined = e.op("or", e.op("shr", word, at), e.op("select", e.op("gt", p.at, e.of(32 - p.width)), high, e.constant("u32", 0)));
  return e.op("and", joined, e.constant("u32", p.width === 32 ? 0xffffffff : 2 ** p.width - 1));
}

/** An element of a view. Outside the memory: `pad`, or an element from inside if there is none. */
export function readView(c: Context, v: Extract<Binding, { kind: "view" }>, index: readonly Expr[], padding?: Expr): Expr {
  const { e } = c, m = v.memory, at = v.map(index);
  // A pad of zero bits is put in place of whole words, so that the fields of one word stay together.
  const zero = padding !== undefined && Object.is(e.known(padding), 0);
  const { condition, index: safe } = inside(c, m, at.index, zero || padding === undefined);
  if (m.packing) {
    const value = fromCode(c, v.dtype, readCode(c, m, safe, at.bit, zero && !isTrue(c, condition) ? condition : undefined));
    return padding === undefined || zero ? value : e.op("select", condition, value, padding);
  }
  const x = load(c, m, flatIndex(c, m.extents, safe));
  const value = at.bit ? e.op("and", e.op("shr", m.buffer.elem === "u32" ? x : toCode(c, m.dtype, x), e.to("u32", at.bit)), e.constant("u32", 1)) : fromElement(c, m, x);
  return padding === undefined ? value : e.op("select", condition, value, padding);
}

/** The element of a shared tile with one array element for each, as it is stored: arrays of u32 hold codes. */
export const toElement = (c: Context, m: Memory, value: Expr): Expr => (m.buffer.elem === "u32" ? toCode(c, m.dtype, value) : value);

/** The value (code of a storage type) of such an element. */
export const fromElement = (c: Context, m: Memory, x: Expr): Expr => (m.buffer.elem === "u32" ? fromCode(c, m.dtype, x) : x);

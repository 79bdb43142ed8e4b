// Stores to memory. Two threads never write one u32 word unless by atomics: the pieces of a thread's elements are
// gathered word by word, and only a word that is covered whole is written at once. Where threads don't own words they
// exchange elements first so that they do, if there is such a way.
import { slotCount, type RegisterLayout } from "../../layout/index.ts";
import { eachStmt, type Value } from "../../vm/index.ts";
import type { Expr } from "../loop/ir.ts";
import { lowMask } from "../loop/bits.ts";
import { flatIndex, inside, padded, paddedExtents, placesOf, sharedForm, toCode, toElement } from "./access.ts";
import { bound, boundView, layoutOf, type Binding, type Context, type Memory, type Moves } from "./context.ts";
import { owningLayouts } from "./owning.ts";
import { exchanged, guarded } from "./scratch.ts";
import { elementsOfWords, movedWords, neighboursIn, stretchOf } from "./stretch.ts";
import { beforeWrite, collect, elementIn, groupLoop, owns, read, readsOf, settle, slotLoop, touches } from "./tiles.ts";

/**
 * A part of an element on its way to a word; `value` has no bits above `width`. Where `condition` is false the element lies
 * outside; where `room` is true all the same, its place is a pad, whose bits are zero and stay so.
 */
interface Piece { readonly word: Expr; readonly at: Expr; readonly width: number; readonly value: Expr; readonly condition: Expr; readonly room: Expr }

/** Writes register tile x to a view. */
export function storeTile(c: Context, to: Value, x: Value): void {
  const view = boundView(c, to), m = view.memory, l = layoutOf(x);
  if (touches(readsOf(c, x), m)) settle(c, x);
  beforeWrite(c, m);
  const value = (index: readonly Expr[]): Expr => read(c, x, index), code = (index: readonly Expr[]): Expr => toCode(c, x.dtype, value(index));
  const from = (layout: RegisterLayout, write: () => void): void => { const mine = collect(c, write); guarded(c, owns(c, layout), () => c.out.push(...mine)); };
  if (!m.packing) from(l, () => slotLoop(c, l, (_, index) => storeElement(c, view, index, value(index))));
  else {
    // What is made of memory and constants alone can be made by any thread; else elements are exchanged, for shared tiles only if their packing was asked for.
    const b = bound(c, x), moves = b.kind === "lazy" && x.dtype.storage && b.moves?.view.dtype === m.dtype ? b.moves : undefined;
    const equal = (shape: readonly number[]): boolean => shape.every((n, d) => n === l.shape[d]), anywhere = b.kind === "lazy" && [...b.reads].every((r) => "buffer" in r);
    const own = wholeWords(c, view, l, slotsOf(c, view, l)), other = own === undefined && (anywhere || m.asked || m.buffer.space !== "workgroup") ? exchange(c, view, l.shape, anywhere) : undefined;
    if (other) {
      const all = anywhere ? code : exchanged(c, l, code), get: Codes = (index) => all(index.map((x, d) => (other.layout.shape[d] === l.shape[d] ? x : c.e.op("min", x, c.e.of(l.shape[d] - 1)))));
      from(other.layout, () => storeWords(c, view, m, other.layout, other.group, get, anywhere && equal(other.layout.shape) ? moves : undefined));
    } else if (own !== undefined) from(l, () => storeWords(c, view, m, l, own, code, moves));
    else from(l, () => storeParts(c, view, m, l, code));
  }
  c.written(m);
}

type View = Extract<Binding, { kind: "view" }>;

/** The code of each element, as a u32 without bits above its type's. */
type Codes = (index: readonly Expr[]) => Expr;

/** Whether an index lies inside, and the index for where it does: what runs only then needs no clamp (a sum that may be negative keeps it, for division's sake). */
export function target(c: Context, m: Memory, index: readonly Expr[]): Pick<Piece, "condition" | "room"> & { readonly index: readonly Expr[] } {
  const strict = inside(c, m, index), { condition } = strict;
  const { condition: room, index: safe } = padded(c, m) ? inside(c, m, index, true) : strict;
  return { condition, room, index: index.map((x, d) => (x.lo >= 0 ? x : safe[d])) };
}

function storeElement(c: Context, view: View, index: readonly Expr[], value: Expr): void {
  const m = view.memory, { condition, index: safe } = target(c, m, view.map(index).index);
  guarded(c, condition, () => c.out.push({ kind: "store", buffer: m.buffer, index: flatIndex(c, m.extents, safe), value: toElement(c, m, value), span: c.span }));
}

/** The bit pieces of one element. */
function piecesOf(c: Context, view: View, code: Expr, index: readonly Expr[]): Piece[] {
  const { e } = c, m = view.memory, at = view.map(index), { condition, room, index: safe } = target(c, m, at.index);
  if (e.known(room) === 0) return [];
  return placesOf(c, m, safe, at.bit).flatMap((p): Piece[] => {
    const value = p.width === 32 ? code : e.field(code, e.of(p.lo), p.width), fixed = e.known(p.at);
    if (!p.next) return [{ word: p.word, at: p.at, width: p.width, value, condition, room }];
    if (fixed !== undefined) {
      const first = 32 - fixed;
      return [
        { word: p.word, at: p.at, width: first, value: e.field(value, e.of(0), first), condition, room },
        { word: p.next, at: e.of(0), width: p.width - first, value: e.field(value, e.of(first), p.width - first), condition, room },
      ];
    }
    // Where the run passes the end of its word is known only at run time: bit by bit is simple and rare.
    const passes = (x: Expr): Expr => e.op("and", x, e.op("gt", p.at, e.of(32 - p.width)));
    return [{ word: p.word, at: p.at, width: p.width, value, condition, room }, { word: p.next, at: e.op("sub", p.at, e.of(32)), width: p.width, value, condition: passes(condition), room: passes(room) }];
  });
}

/** Pieces by the word they go to. */
function byWord(pieces: readonly Piece[]): Map<Expr, Piece[]> {
  const words = new Map<Expr, Piece[]>();
  for (const p of pieces) { const list = words.get(p.word); if (list) list.push(p); else words.set(p.word, [p]); }
  return words;
}

/** Whether the pieces of a word are all of it, at known places, all of them there or none. */
function complete(c: Context, pieces: readonly Piece[]): boolean {
  let covered = 0;
  for (const p of pieces) {
    const at = c.e.known(p.at);
    if (at === undefined || at < 0 || p.room !== pieces[0].room) return false;
    covered |= lowMask(p.width) << at;
  }
  return covered >>> 0 === 0xffffffff;
}

/** Where the bits of each slot go tells whether a thread owns its words; what they are doesn't matter for that. Made when asked for, nothing is emitted. */
type Slots = (slot: number) => readonly Piece[];

function slotsOf(c: Context, view: View, l: RegisterLayout): Slots {
  const slots: (readonly Piece[] | undefined)[] = [], zero = c.e.constant("u32", 0);
  return (s) => (slots[s] ??= piecesOf(c, view, zero, elementIn(c, l, c.e.of(s))));
}

/** Pieces of `count` slots from one on. */
const together = (slots: Slots, first: number, count: number): readonly Piece[] => Array.from({ length: count }, (_, j) => slots(first + j)).flat();

/** Whether pieces make up whole words. */
const allComplete = (c: Context, pieces: readonly Piece[]): boolean => [...byWord(pieces).values()].every((ps) => complete(c, ps));

/** Neighbouring slots whose elements make up whole words; `rolled`: also where the number of their group is a loop variable. */
interface Group { readonly size: number; readonly rolled: boolean }

/** The fewest neighbouring slots of the first `n` whose elements make up whole words; undefined if all slots together don't. */
function wholeWords(c: Context, view: View, l: RegisterLayout, slots: Slots, n = slotCount(l)): Group | undefined {
  const { e } = c, size = elementsOfWords(view.memory.dtype.bits), fixed = (ps: readonly Piece[]): boolean => ps.every((p) => { const at = e.known(p.at); return at !== undefined && at >= 0; });
  // A place in a word that is known at run time only makes no word whole.
  if (!fixed(slots(0))) return undefined;
  if (size > 1 && n % size === 0) {
    const near = neighboursIn(c, l, e.mul(e.use(c.loop("s", slotCount(l) / size)), e.of(size)), size);
    if (near && stretchOf(c, view, near, true, true)) return { size, rolled: true };
  }
  for (let g = 1; g <= n; g++) {
    if (n % g !== 0) continue;
    const first = together(slots, 0, g);
    if (!fixed(first)) return undefined;
    if (!allComplete(c, first)) continue;
    // Groups that are whole whatever their number is needn't be looked at one by one.
    const rolled = wholeRolled(c, view, l, g);
    if (rolled || Array.from({ length: n / g - 1 }, (_, i) => g * (i + 1)).every((s) => allComplete(c, together(slots, s, g)))) return { size: g, rolled };
  }
  return undefined;
}

/** Bytes that the shared tiles of the whole program take, those still to come too: codes as they lie, or 4 bytes for each once their tile was widened. */
function declaredBytes(c: Context): number {
  let bytes = 0;
  eachStmt(c.program.body, (s) => { if (s.kind === "inst" && s.out?.space === "shared") bytes += 4 * Math.ceil(sharedForm(c, s, s.out).length / (s.out.dtype.name === "f16" && c.target.f16 ? 2 : 1)); });
  return bytes;
}

/** The shape of what is stored, with the pads of a shared tile where it reaches their row's end: they fill the last words, so that these are whole. */
function withPads(c: Context, view: View, shape: readonly number[]): readonly number[] {
  const m = view.memory, ends = paddedExtents(c, m);
  if (m.buffer.space !== "workgroup") return shape;
  const { e } = c, at = (d?: number): readonly Expr[] => view.map(shape.map((_, j) => e.of(j === d ? 1 : 0))).index, first = at();
  return shape.map((n, d) => {
    const next = at(d), k = first.findIndex((x, a) => x !== next[a]);
    if (k < 0) return n;
    const [from, size, end] = [first[k], m.extents[k], ends[k]].map((x) => e.known(x));
    return from === undefined || size === undefined || end === undefined || from + n !== size ? n : n + end - size;
  });
}

/** A layout in which threads own their words, and its groups; undefined if there is none, or no room to exchange where that isn't `free`. */
function exchange(c: Context, view: View, shape: readonly number[], free: boolean): { readonly layout: RegisterLayout; readonly group: Group } | undefined {
  const { packing } = view.memory, size = shape.reduce((a, b) => a * b, 1), whole = withPads(c, view, shape);
  if (!packing || (!free && size * 4 > c.target.workgroupBytes - declaredBytes(c))) return undefined;
  for (const layout of owningLayouts(packing, whole, c.program.threads)) {
    const slots = slotsOf(c, view, layout);
    // Most fail at their first elements already.
    if (wholeWords(c, view, layout, slots, Math.min(32, slotCount(layout))) === undefined) continue;
    const group = wholeWords(c, view, layout, slots);
    if (group !== undefined) return { layout, group };
  }
  return undefined;
}

/** Whether the words of a group are whole also where the group's number is a loop variable: where rows end inside words, they may be found only with it known. */
function wholeRolled(c: Context, view: View, l: RegisterLayout, group: number): boolean {
  const { e } = c, n = slotCount(l) / group, first = e.mul(e.use(c.loop("s", n)), e.of(group)), zero = e.constant("u32", 0);
  return allComplete(c, Array.from({ length: group }, (_, j) => piecesOf(c, view, zero, elementIn(c, l, e.add(first, e.of(j))))).flat());
}

function storeWords(c: Context, view: View, m: Memory, l: RegisterLayout, { size, rolled }: Group, code: Codes, moves: Moves | undefined): void {
  groupLoop(c, l, rolled ? size : slotCount(l), (each, first) => {
    const near = moves && rolled ? neighboursIn(c, l, first, size) : undefined, moved = near && moves && movedWords(c, view, moves.view, moves.pad, near);
    if (moved) return guarded(c, moved.condition, () => moved.words.forEach(({ index, value }) => c.out.push({ kind: "store", buffer: m.buffer, index, value, span: c.span })));
    for (const [word, ps] of byWord(each((_, index) => piecesOf(c, view, code(index), index)).flat()))
      guarded(c, ps[0].room, () => c.out.push({ kind: "store", buffer: m.buffer, index: word, value: joined(c, ps, ps[0].room, (p) => placed(c, p, p.value)), span: c.span }));
  });
}

function storeParts(c: Context, view: View, m: Memory, l: RegisterLayout, code: Codes): void {
  if (m.buffer.space === "workgroup") { c.hints.wide.add(m.id); c.retry = true; return; }
  if (!c.atomic.has(m.buffer.id)) c.atomic.set(m.buffer.id, "u32");
  groupLoop(c, l, fewestWords(slotsOf(c, view, l), slotCount(l)), (each) => {
    for (const [word, ps] of byWord(each((_, index) => piecesOf(c, view, code(index), index)).flat())) storePart(c, m, word, ps);
  });
}

/** The size of a group of neighbouring slots for which the fewest words are visited in all. */
function fewestWords(slots: Slots, n: number): number {
  let best = 1, least = Infinity;
  for (let g = 1; g <= Math.min(32, n); g++) {
    if (n % g !== 0) continue;
    let words = 0;
    for (let s = 0; s < n; s += g) words += byWord(together(slots, s, g)).size;
    if (words < least) { best = g; least = words; }
  }
  return best;
}

/** Bits of a piece at their place in the word. Negative places are the high bits of a run that began in the word before. */
function placed(c: Context, p: Piece, bits: Expr): Expr {
  const { e } = c;
  if (p.at.lo >= 0) return e.op("shl", bits, e.to("u32", p.at));
  const left = e.to("u32", e.op("max", p.at, e.of(0))), right = e.to("u32", e.op("max", e.op("neg", p.at), e.of(0)));
  return e.op("shr", e.op("shl", bits, left), right);
}

/** What all pieces of a word say together where `under` holds; those that lie outside say nothing. */
function joined(c: Context, pieces: readonly Piece[], under: Expr, say: (p: Piece) => Expr): Expr {
  const { e } = c, none = e.constant("u32", 0);
  return e.orOf(pieces.map((p) => (p.condition === under ? say(p) : e.op("select", p.condition, say(p), none))));
}

/** A part of a word by atomics: cleared, then set. */
function storePart(c: Context, m: Memory, word: Expr, pieces: readonly Piece[]): void {
  const { e } = c, any = [...new Set(pieces.map((p) => p.condition))].reduce((a, b) => e.op("or", a, b));
  const mask = joined(c, pieces, any, (p) => placed(c, p, e.constant("u32", lowMask(p.width)))), value = joined(c, pieces, any, (p) => placed(c, p, p.value));
  guarded(c, any, () => {
    c.out.push({ kind: "atomic", op: "and", buffer: m.buffer, index: word, value: e.op("not", mask), span: c.span });
    c.out.push({ kind: "atomic", op: "or", buffer: m.buffer, index: word, value, span: c.span });
  });
}

// Stores to memory. Two threads never write one u32 word unless by atomics: the pieces of a thread's elements are
// gathered word by word, and only a word that is covered whole is written at once.
import { slotCount } from "../../layout/index.ts";
import type { Value } from "../../vm/index.ts";
import type { Expr } from "../loop/ir.ts";
import { lowMask } from "../loop/bits.ts";
import { flatIndex, inside, placesOf, toCode, toElement } from "./access.ts";
import { boundView, layoutOf, type Binding, type Context, type Memory } from "./context.ts";
import { guarded } from "./scratch.ts";
import { beforeWrite, collect, groupLoop, owns, read, readsOf, settle, slotLoop } from "./tiles.ts";

/** A part of an element on its way to a word; `value` has no bits above `width`. */
interface Piece { readonly word: Expr; readonly at: Expr; readonly width: number; readonly value: Expr; readonly condition: Expr }

/** Writes register tile x to a view. */
export function storeTile(c: Context, to: Value, x: Value): void {
  const view = boundView(c, to), m = view.memory, l = layoutOf(x);
  if (readsOf(c, x).has(m)) settle(c, x);
  beforeWrite(c, m);
  const mine = collect(c, () => {
    if (!m.packing) slotLoop(c, l, (_, index) => storeElement(c, view, index, read(c, x, index)));
    else storeBits(c, view, m, x);
  });
  guarded(c, owns(c, l), () => c.out.push(...mine));
  c.written(m);
}

function storeElement(c: Context, view: Extract<Binding, { kind: "view" }>, index: readonly Expr[], value: Expr): void {
  const m = view.memory, { condition, index: safe } = inside(c, m, view.map(index).index);
  guarded(c, condition, () => c.out.push({ kind: "store", buffer: m.buffer, index: flatIndex(c, m.extents, safe), value: toElement(c, m, value), span: c.span }));
}

/** The bit pieces of one element. */
function piecesOf(c: Context, view: Extract<Binding, { kind: "view" }>, x: Value, index: readonly Expr[]): Piece[] {
  const { e } = c, m = view.memory, at = view.map(index), { condition, index: safe } = inside(c, m, at.index);
  const code = toCode(c, x.dtype, read(c, x, index));
  return placesOf(c, m, safe, at.bit).flatMap((p): Piece[] => {
    const value = p.width === 32 ? code : e.field(code, e.of(p.lo), p.width), fixed = e.known(p.at);
    if (!p.next) return [{ word: p.word, at: p.at, width: p.width, value, condition }];
    if (fixed !== undefined) {
      const first = 32 - fixed;
      return [
        { word: p.word, at: p.at, width: first, value: e.field(value, e.of(0), first), condition },
        { word: p.next, at: e.of(0), width: p.width - first, value: e.field(value, e.of(first), p.width - first), condition },
      ];
    }
    // Where the run passes the end of its word is known only at run time: bit by bit is simple and rare.
    return [{ word: p.word, at: p.at, width: p.width, value, condition }, { word: p.next, at: e.op("sub", p.at, e.of(32)), width: p.width, value, condition: e.op("and", condition, e.op("gt", p.at, e.of(32 - p.width))) }];
  });
}

function storeBits(c: Context, view: Extract<Binding, { kind: "view" }>, m: Memory, x: Value): void {
  const l = layoutOf(x), { e } = c;
  let partial = false;
  const chunk = (all: readonly Piece[]): void => {
    const words = new Map<Expr, Piece[]>();
    for (const p of all) words.set(p.word, [...(words.get(p.word) ?? []), p]);
    for (const [word, ps] of words) {
      const first = ps[0];
      let covered = 0;
      for (const p of ps) { const at = e.known(p.at); if (at !== undefined && at >= 0) covered = (covered | (lowMask(p.width) << at)) >>> 0; }
      if (covered === 0xffffffff && ps.every((p) => p.condition === first.condition)) {
        const value = ps.reduce<Expr | undefined>((sum, p) => { const v = e.op("shl", p.value, e.to("u32", p.at)); return sum ? e.op("or", sum, v) : v; }, undefined) ?? first.value;
        guarded(c, first.condition, () => c.out.push({ kind: "store", buffer: m.buffer, index: word, value, span: c.span }));
      } else {
        partial = true;
        for (const p of ps) storePart(c, m, p);
      }
    }
  };
  // Elements that share words must meet in one group of slots; how many those are, trying tells.
  for (const group of groupSizes(slotCount(l), view.dtype.bits)) {
    partial = false;
    const tried = collect(c, () => groupLoop(c, l, group, (each) => chunk(each((_, index) => piecesOf(c, view, x, index)).flat())));
    if (!partial || group === slotCount(l)) { c.out.push(...tried); break; }
  }
  if (!partial) return;
  if (m.buffer.space === "workgroup") { if (!c.hints.wide.has(m.id)) { c.hints.wide.add(m.id); c.retry = true; } }
  else if (!m.buffer.atomic) { c.hints.atomic.add(m.id); c.retry = true; }
}

/** Sizes of groups of n slots that could cover a word, ascending; the whole is always one. */
const groupSizes = (n: number, bits: number): number[] => Array.from({ length: n }, (_, i) => i + 1).filter((g) => g === n || (n % g === 0 && g * bits >= 32));

/** A part of a word by atomics: cleared, then set. */
function storePart(c: Context, m: Memory, p: Piece): void {
  const { e } = c, fixed = e.known(p.at), u32 = (n: number) => e.constant("u32", n);
  let mask: Expr, value: Expr;
  if (fixed !== undefined && fixed >= 0) {
    mask = u32((lowMask(p.width) << fixed) >>> 0);
    value = e.op("shl", p.value, u32(fixed));
  } else {
    // Negative positions are the high bits of a run that began in the word before.
    const left = e.to("u32", e.op("max", p.at, e.of(0))), right = e.to("u32", e.op("max", e.op("neg", p.at), e.of(0)));
    const placed = (v: Expr): Expr => (p.at.lo >= 0 ? e.op("shl", v, left) : e.op("shr", e.op("shl", v, left), right));
    mask = placed(u32(lowMask(p.width)));
    value = placed(p.value);
  }
  guarded(c, p.condition, () => {
    c.out.push({ kind: "atomic", op: "and", buffer: m.buffer, index: p.word, value: e.op("not", mask), span: c.span });
    c.out.push({ kind: "atomic", op: "or", buffer: m.buffer, index: p.word, value, span: c.span });
  });
}

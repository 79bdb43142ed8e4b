// Operands that are brought into the layouts that an emission names: each thread then holds what it needs of them. Where that takes
// memory, all of them go through it together, behind one barrier.
import { equal, slotCount, type RegisterLayout } from "../../layout/index.ts";
import { fail } from "../../diagnostic.ts";
import { MAX_REGISTER_BYTES, type Inst, type Value } from "../../vm/index.ts";
import type { Buffer } from "../loop/ir.ts";
import { flatIndex, fromCode, toCode } from "./access.ts";
import { layoutOf, type Context } from "./context.ts";
import { convertedNearby, convertTile, freeScratch, get, guarded, put, share } from "./scratch.ts";
import { bindReg, declare, owns, read, setAll, slotLoop } from "./tiles.ts";

/** A value in its old layout and in the new one. */
interface Move { readonly x: Value; readonly out: Value }

const product = (xs: readonly number[]): number => xs.reduce((a, b) => a * b, 1);
const wordsOf = (m: Move): number => product(layoutOf(m.x).shape);

/** Moves that share scratch words: all are written, then all are read. */
function together(c: Context, moves: readonly Move[]): void {
  const { e } = c, words: Buffer = freeScratch(c, moves.reduce((n, m) => n + wordsOf(m), 0));
  let first = 0;
  const places = moves.map((m) => {
    const l = layoutOf(m.x), extents = l.shape.map((n) => e.of(n)), base = e.of(first);
    first += wordsOf(m);
    return { ...m, l, at: (index: Parameters<typeof flatIndex>[2]) => e.add(base, flatIndex(c, extents, index)) };
  });
  for (const { x, l, at } of places) guarded(c, owns(c, l), () => slotLoop(c, l, (_, index) => put(c, words, at(index), toCode(c, x.dtype, read(c, x, index)))));
  share(c);
  for (const { x, out, at } of places) {
    const to = layoutOf(out), reg = declare(c, c.nameOf(x, `v${x.id}`), out, to);
    setAll(c, reg, to, (index) => fromCode(c, out.dtype, get(c, words, at(index))));
    bindReg(c, out, reg, to);
  }
}

/** Whether operands are in these layouts already. */
export const isBrought = (i: Inst, layouts: Readonly<Record<string, RegisterLayout>>): boolean => Object.entries(layouts).every(([key, l]) => equal(layoutOf(i.operands[key]), l));

/** The instruction with the operands that are named here in their new layouts. */
export function withBrought(c: Context, i: Inst, layouts: Readonly<Record<string, RegisterLayout>>): Inst {
  const moves = new Map<string, Move>();
  for (const [key, layout] of Object.entries(layouts)) {
    const x = i.operands[key], bytes = 4 * slotCount(layout);
    if (bytes > MAX_REGISTER_BYTES)
      fail({ code: "R0201", message: `'${i.name}' needs ${bytes} bytes of '${key}' in the registers of each thread; ${MAX_REGISTER_BYTES} are the most`, span: i.span, help: "use smaller tiles, one after the other" });
    moves.set(key, { x, out: Object.freeze({ ...x, id: c.fresh(), layout }) });
  }
  const all = [...moves.values()], far = all.filter(({ x, out }) => !convertedNearby(c, out, x, (b) => { c.bindings.set(out.id, b); }));
  const room = Math.floor((c.target.workgroupBytes - c.sharedBytes()) / 4);
  if (far.reduce((n, m) => n + wordsOf(m), 0) <= room) { if (far.length) together(c, far); }
  else for (const { x, out } of far) convertTile(c, out, x, (b) => { c.bindings.set(out.id, b); });
  for (const { x } of all) c.pending.delete(x.id);
  return { ...i, operands: { ...i.operands, ...Object.fromEntries([...moves].map(([key, m]) => [key, m.out])) } };
}

// Register tiles while a Program is lowered: reading an element, loops over slots, and when a lazy value is put
// into registers.
//
// A value is lazy (an expression per element) until somebody needs it in registers, so that neighbours of one layout
// become one slot loop and never three arrays. It is settled before what it reads changes.
import { Bug } from "../../diagnostic.ts";
import { elementAt, equal, localShape, numbers, replicaDigits, slotAt, slotCount, threadCount, type RegisterLayout } from "../../layout/index.ts";
import type { Value } from "../../vm/index.ts";
import type { Expr, LoopStmt, Reg } from "../loop/ir.ts";
import { linearOf } from "../loop/linear.ts";
import { access, leastOf, memoryAccesses, mostOf, noAccesses } from "./accesses.ts";
import { ownLoads, sharedByLanes } from "./lanes.ts";
import { readView } from "./access.ts";
import { bound, slotType, type Asked, type Binding, type Context, type Memory } from "./context.ts";

/** The thread's number under a layout of fewer threads. */
export function threadIn(c: Context, l: RegisterLayout): Expr {
  const t = c.e.use(c.thread), n = threadCount(l);
  return n >= c.program.threads ? t : c.e.fmod(t, c.e.of(n));
}

/** What was asked of a layout so far. */
function askedOf(c: Context, l: RegisterLayout): Asked {
  let found = c.asked.get(l);
  if (!found) c.asked.set(l, (found = { elements: new Map(), slots: new Map(), alike: new Map() }));
  return found;
}

/** The element that this thread holds in a slot: the same index each time. */
export function elementIn(c: Context, l: RegisterLayout, slot: Expr): readonly Expr[] {
  const { elements } = askedOf(c, l);
  let found = elements.get(slot.id);
  if (!found) elements.set(slot.id, (found = fromFirst(c, l, slot) ?? elementAt(l, c.e, threadIn(c, l), slot)));
  return found;
}

/** An index map that gives the same index each time it is given one. @param name of what it does, the same for maps that do the same */
export function mapping(c: Context, name: string, map: (index: readonly Expr[]) => readonly Expr[]): (index: readonly Expr[]) => readonly Expr[] {
  let known = c.mapped.get(name);
  if (!known) c.mapped.set(name, (known = new Map()));
  return (index) => {
    let to = known.get(index);
    if (!to) known.set(index, (to = map(index)));
    return to;
  };
}

/** The element by that of the first slot of a group, a part of the fastest modes: all threads go equally far from it. */
function fromFirst(c: Context, l: RegisterLayout, slot: Expr): readonly Expr[] | undefined {
  const { e } = c, { terms, offset } = linearOf(slot), sizes = localShape(l);
  let group = 1;
  for (let i = sizes.length - 1; i >= 0 && terms.every((t) => (t.coefficient * t.of.divisor) % (group * sizes[i]) === 0); i--) group *= sizes[i];
  const rest = offset % group;
  if (rest <= 0) return undefined;
  const by = elementAt(l, numbers, 0, rest);
  return elementIn(c, l, e.add(slot, e.of(-rest))).map((x, d) => e.add(x, e.of(by[d])));
}

/** The slot that holds an element, in every thread that holds it. */
export function slotHolding(c: Context, l: RegisterLayout, index: readonly Expr[]): Expr {
  const { slots, alike } = askedOf(c, l);
  let found = slots.get(index);
  if (found) return found;
  let key = "";
  for (const x of index) key += `${x.id},`;
  found = alike.get(key);
  if (!found) alike.set(key, (found = slotAt(l, c.e, index)));
  slots.set(index, found);
  return found;
}

/** Whether this thread is the one that stores: within the layout's threads, and replica 0. */
export function owns(c: Context, l: RegisterLayout): Expr {
  const { e } = c, zero = e.of(0);
  let yes = threadCount(l) < c.program.threads ? e.op("lt", e.use(c.thread), e.of(threadCount(l))) : e.constant("bool", true);
  for (const d of replicaDigits(l, e, threadIn(c, l))) yes = e.op("and", yes, e.op("eq", d, zero));
  return yes;
}

/** An element of a value, where this thread holds it. */
export function read(c: Context, v: Value, index: readonly Expr[], pad?: Expr): Expr {
  const b = bound(c, v);
  switch (b.kind) {
    case "lazy": return b.at(index);
    case "view": return readView(c, b, index, pad);
    case "reg": return c.e.slot(b.reg, slotOf(c, b.layout, index), c.epoch(b.reg));
    default: return b satisfies never;
  }
}

function slotOf(c: Context, l: RegisterLayout, index: readonly Expr[]): Expr {
  const at = c.cursor;
  if (at && index.length === at.index.length && index.every((x, d) => x === at.index[d]) && equal(at.layout, l)) return at.slot;
  return slotHolding(c, l, index);
}

/** Runs `build` and gives the statements it made. */
export function collect(c: Context, build: () => void): LoopStmt[] {
  const outer = c.out, mine: LoopStmt[] = [];
  c.out = mine;
  try { build(); } finally { c.out = outer; }
  return mine;
}

/** Statements of a nested block. Values made outside must be settled before it; inside, scratch words may be in use from the round before. */
export function nested(c: Context, build: () => void): LoopStmt[] {
  c.border();
  c.scratchBusy = true;
  const before = new Set(c.pending.keys()), made = collect(c, build);
  for (const id of c.pending.keys()) if (!before.has(id)) c.pending.delete(id); // their uses are behind a jump
  c.border();
  c.scratchBusy = true;
  return made;
}

/** The largest divisor of n that is at most `most`. */
function divisorUpTo(n: number, most: number): number {
  let u = Math.max(1, Math.min(n, most));
  while (n % u !== 0) u--;
  return u;
}

/** Elements of tiles that are brought by a text as long, also where loops of other accesses are shorter, if all else has room: what a loop brings lies in memory from then on. */
const FEW = 8;

/** Runs a function on every slot of a group, in order. */
type Visit = <X>(f: (slot: Expr, index: readonly Expr[]) => X) => X[];

/**
 * A loop over the slots of a layout, in groups of neighbouring slots. Unrolled if its memory accesses stay within the allowance, else an
 * unrolled chunk of whole groups in a rolled loop. `body` is called anew for each try and must only build statements.
 */
export function groupLoop(c: Context, l: RegisterLayout, group: number, body: (each: Visit, first: Expr) => void): void {
  const n = slotCount(l) / group, { e } = c, outer = c.cursor;
  const visit = (first: Expr): Visit => <X>(f: (slot: Expr, index: readonly Expr[]) => X) => {
    const made: X[] = [];
    for (let j = 0; j < group; j++) {
      const slot = e.add(first, e.of(j)), index = elementIn(c, l, slot);
      c.cursor = { layout: l, slot, index };
      made.push(f(slot, index));
    }
    return made;
  };
  const rolled = (unroll: number): LoopStmt[] => collect(c, () => {
    const v = c.loop("s", n / unroll);
    const inner = collect(c, () => { for (let j = 0; j < unroll; j++) { const first = e.add(e.mul(e.use(v), e.of(unroll * group)), e.of(j * group)); body(visit(first), first); } });
    c.out.push({ kind: "for", v, from: e.of(0), to: e.of(n / unroll), step: 1, body: inner, span: c.span });
  });
  const before = ++c.loops;
  // Where only the number of loops is asked for, one trip shows whether there are more inside.
  const short = c.size.over && c.size.goal === "count" && n > 1 ? rolled(1) : undefined;
  if (short && c.loops === before) { c.cursor = outer; c.out.push(...short); return; }
  c.loops = before;
  const most = Math.min(c.allowance, c.turn), few = n <= FEW && c.allowance >= c.target.staticAccesses, limit = few ? Math.max(FEW, most) : most;
  // One after the other; where they surely come to more than there is room for, those that would follow are for nothing.
  const some = new Map<number, readonly LoopStmt[]>(), soFar = noAccesses(), own = ownLoads(c), asked = n > 1 && limit < Infinity;
  let tried = 0;
  const made = collect(c, () => {
    for (; tried < n && (!asked || leastOf(soFar) <= limit); tried++) {
      const from = Math.max(0, c.out.length - 1); // the last statement may be joined by more
      body(visit(e.of(tried * group)), e.of(tried * group));
      if (asked) access(soFar, c.out.slice(from), own);
      if (asked && n % (tried + 1) === 0) some.set(tried + 1, [...c.out]);
    }
  });
  const accesses = (trips: number): number => memoryAccesses(sharedByLanes(c, some.get(trips) ?? []));
  const fitting = (): number => {
    if (tried === n && mostOf(soFar) <= most) return n;
    if (tried === n) { const all = accesses(n); return all <= most ? n : divisorUpTo(n, Math.floor((n * most) / all)); }
    let trips = divisorUpTo(n, tried - 1);
    while (trips > 1 && accesses(trips) > most) trips = divisorUpTo(n, trips - 1);
    return trips;
  };
  const trips = asked ? fitting() : n, others = trips < n ? rolled(trips) : made;
  // What is brought is written out all the same, if all else has room.
  const asWritten = few && trips < n && tried === n && accesses(n) <= FEW && made.every((s) => s.kind === "set");
  if (asWritten) made.forEach((s, i) => c.rolled.set(s, i === 0 ? others : []));
  c.cursor = outer;
  c.out.push(...(asWritten ? made : others));
}

/** A loop over the slots of a layout, one by one; `whole` keeps it unrolled. */
export const slotLoop = (c: Context, l: RegisterLayout, body: (slot: Expr, index: readonly Expr[]) => void, whole = false): void =>
  groupLoop(c, l, whole ? slotCount(l) : 1, (each) => { each(body); });

/** Declares registers for a tile. */
export function declare(c: Context, name: string, v: Pick<Value, "dtype">, l: RegisterLayout): Reg {
  const reg = c.reg(name, slotType(v.dtype), slotCount(l));
  c.out.push({ kind: "declare", reg, span: c.span });
  return reg;
}

/** Binds a value to registers. */
export function bindReg(c: Context, v: Value, reg: Reg, layout: RegisterLayout): void {
  c.bindings.set(v.id, { kind: "reg", reg, layout, dtype: v.dtype, shape: layout.shape });
}

/** Sets all slots of a register tile; `value` is asked per element. */
export function setAll(c: Context, reg: Reg, l: RegisterLayout, value: (index: readonly Expr[]) => Expr, whole = false): void {
  slotLoop(c, l, (slot, index) => {
    const x = value(index);
    if (x.type !== reg.type) throw new Bug(`${x.type} into a register of ${reg.type}`);
    if (!(x.node.kind === "reg" && x.node.reg === reg && x.node.slot === slot)) c.out.push({ kind: "set", reg, slot, value: x, span: c.span });
  }, whole);
  c.written(reg);
}

/** Puts a lazy value into registers, here and now. */
export function settle(c: Context, v: Value): void {
  const b = bound(c, v);
  c.pending.delete(v.id);
  if (b.kind !== "lazy" || b.free) return;
  const reg = declare(c, c.nameOf(v, `v${v.id}`), b, b.layout);
  setAll(c, reg, b.layout, b.at);
  bindReg(c, v, reg, b.layout);
}

/** Settles the pending values that `which` picks, oldest first. */
export function settlePending(c: Context, which: (b: Extract<Binding, { kind: "lazy" }>) => boolean): void {
  for (const v of [...c.pending.values()]) {
    const b = bound(c, v);
    if (b.kind === "lazy" && which(b)) settle(c, v);
  }
}

/** Whether what reads these reads `what`, or another tensor of its words. */
export const touches = (reads: ReadonlySet<Reg | Memory>, what: Reg | Memory): boolean =>
  reads.has(what) || ("buffer" in what && [...reads].some((r) => "buffer" in r && r.buffer === what.buffer));

/** Before `what` changes: values that read it. */
export const beforeWrite = (c: Context, what: Reg | Memory): void => settlePending(c, (b) => touches(b.reads, what));

/** Before other threads may go on to change memory: values that read any that changes. */
export const beforeBarrier = (c: Context): void => settlePending(c, (b) => [...b.reads].some((r) => "buffer" in r));

/** What a value reads that may change. */
export function readsOf(c: Context, v: Value): ReadonlySet<Reg | Memory> {
  const b = bound(c, v);
  return b.kind === "lazy" ? b.reads : b.kind === "reg" ? new Set([b.reg]) : b.memory.mutable ? new Set([b.memory]) : new Set();
}

/** A barrier of the user's or of ours. */
export function barrier(c: Context): void {
  beforeBarrier(c);
  if (c.out.at(-1)?.kind !== "barrier") c.out.push({ kind: "barrier", span: c.span });
  c.scratchBusy = false;
  c.border();
}

// Conversions of layouts that stay within subgroups: threads hand each other their registers, without memory or barriers. A shuffle gives
// each thread one slot of another; where threads need different slots of it, each of those slots is handed over and the right one kept.
import { elementAt, replicaCount, shuffles, shufflesAreDear, slotCount, threadAt, threadCount, type IndexMap, type RegisterLayout } from "../../layout/index.ts";
import type { Value } from "../../vm/index.ts";
import type { Expr } from "../loop/ir.ts";
import { bound, layoutOf, type Context } from "./context.ts";
import { subgroupOf } from "./lanes.ts";
import { bindReg, declare, settle, slotHolding, threadIn } from "./tiles.ts";

/** Most shuffles of one conversion: they are written out. */
const MOST = 64;

/** The lane that holds an element under a layout, in the replica of this thread. */
function laneOf(c: Context, l: RegisterLayout, size: number, index: readonly Expr[]): Expr {
  const { e } = c, t = e.use(c.thread), there = threadAt(l, e, index);
  if (replicaCount(l) === 1 && threadCount(l) === c.program.threads) return e.fmod(there, e.of(size));
  // What the thread's number has beyond that of replica 0 is its replica's part.
  const mine = threadAt(l, e, elementAt(l, e, threadIn(c, l), e.of(0)));
  return e.fmod(e.add(e.op("sub", t, mine), there), e.of(size));
}

/** Converts a tile by shuffles; false where that can't be, or isn't worth it. */
export function shuffled(c: Context, out: Value, x: Value, source?: IndexMap): boolean {
  const { e } = c, from = layoutOf(x), to = layoutOf(out), size = subgroupOf(c);
  const plan = size === undefined ? undefined : shuffles(from, to, c.program.threads, size, source);
  if (size === undefined || !plan || plan.reduce((n, slots) => n + slots.length, 0) > MOST || shufflesAreDear(plan, from, to)) return false;
  settle(c, x);
  const b = bound(c, x), reg = declare(c, c.nameOf(out, `v${out.id}`), out, to), zero = e.of(0);
  const held = (slot: Expr): Expr => (b.kind === "reg" ? e.slot(b.reg, slot, c.epoch(b.reg)) : b.kind === "lazy" ? b.at(elementAt(from, e, threadIn(c, from), slot)) : zero);
  // Truth values travel as numbers.
  const sent = (v: Expr): Expr => (v.type === "bool" ? e.to("u32", v) : v), received = (v: Expr): Expr => (reg.type === "bool" ? e.op("ne", v, e.constant("u32", 0)) : v);
  c.exchanges = true;
  for (let s = 0; s < slotCount(to); s++) {
    const own = elementAt(to, e, threadIn(c, to), e.of(s)), index = source ? source(e, own) : own;
    const lane = e.to("u32", laneOf(c, from, size, index)), slot = slotHolding(c, from, index);
    const parts = plan[s].map((at) => {
      const value = sent(held(e.of(at))), part = c.reg("other", value.type, 1);
      c.out.push({ kind: "declare", reg: part, span: c.span }, { kind: "set", reg: part, slot: zero, value, lane, span: c.span });
      return { at, value: received(e.slot(part, zero, c.epoch(part))) };
    });
    const [first, ...rest] = parts;
    const value = rest.reduce((v, p) => e.op("select", e.op("eq", slot, e.of(p.at)), p.value, v), first.value);
    c.out.push({ kind: "set", reg, slot: e.of(s), value, span: c.span });
  }
  c.written(reg);
  c.pending.delete(x.id);
  bindReg(c, out, reg, to);
  return true;
}

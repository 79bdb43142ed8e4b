// Folds: each slot of a result goes through the same steps, all slots of a thread together, so that what they read
// of memory is read once. Of several ways to fold, the cheapest on the target is taken.
import { Bug, fail, type Span } from "../../diagnostic.ts";
import { slotCount } from "../../layout/index.ts";
import { printScalar, type Fold, type Inst, type Value, type Way } from "../../vm/index.ts";
import { seconds, workOfPart, type Work } from "../cost.ts";
import type { Buffer, Expr, LoopStmt, Reg } from "../loop/ir.ts";
import { bound, layoutOf, slotType, type Binding, type Context } from "./context.ts";
import { sharedByLanes } from "./lanes.ts";
import { freeScratch, get, guarded, put, share } from "./scratch.ts";
import { beforeWrite, bindReg, collect, declare, setAll, settle, slotLoop } from "./tiles.ts";

/** The variable that a result is assigned to at once, so that the sum may be made in it. */
export type Into = Extract<Binding, { kind: "reg" }> | undefined;

/** Puts the result of a fold into registers: those of `into`, or new ones. */
export function foldTile(c: Context, i: Inst, v: Value, form: Fold<Expr>, into: Into): void {
  for (const o of Object.values(i.operands)) if (bound(c, o).kind === "lazy") settle(c, o);
  if (into) beforeWrite(c, into.reg);
  const layout = layoutOf(v), reg = into?.reg ?? declare(c, c.nameOf(v, `v${v.id}`), v, layout);
  steps(c, v, form, reg);
  bindReg(c, v, reg, layout);
}

/** The table of a fold, made by all threads; gives how to read it. */
function tableOf(c: Context, form: Fold<Expr>): (at: Expr) => Expr {
  const { e } = c, t = form.table;
  if (!t) return () => { throw new Bug("this fold has no table"); };
  const words = freeScratch(c, t.length), T = c.program.threads, trips = Math.ceil(t.length / T);
  const entry = (at: Expr): void => guarded(c, e.op("lt", at, e.of(t.length)), () => put(c, words, at, e.bits("u32", t.at(at))));
  if (trips === 1) entry(e.use(c.thread));
  else {
    const round = c.loop("i", trips);
    c.border();
    const body = collect(c, () => entry(e.add(e.mul(e.use(round), e.of(T)), e.use(c.thread))));
    c.out.push({ kind: "for", v: round, from: e.of(0), to: e.of(trips), step: 1, body, span: c.span });
  }
  share(c);
  return (at) => e.bits(t.type, get(c, words, at));
}

function steps(c: Context, v: Value, form: Fold<Expr>, reg: Reg): void {
  const { turn } = c;
  c.turn = Infinity;
  try { wholeSteps(c, v, form, reg); } finally { c.turn = turn; }
}

function wholeSteps(c: Context, v: Value, form: Fold<Expr>, reg: Reg): void {
  const { e } = c, layout = layoutOf(v), { part } = form;
  setAll(c, reg, layout, form.init);
  const entry = tableOf(c, form), known = e.known(form.steps), most = known ?? Math.max(0, form.steps.hi);
  if (known === 0) return;
  const sum = part ? c.reg(`${reg.name}_part`, part.type, slotCount(layout)) : reg;
  if (part) c.out.push({ kind: "declare", reg: sum, span: c.span });
  const run = (from: Expr, to: Expr, trips: number): void => {
    if (part) setAll(c, sum, layout, () => e.constant(part.type, 0));
    const k = e.variable({ name: "k", type: "i32", role: "loop", lo: 0, hi: most - 1, divisor: 1 });
    c.border();
    const body = collect(c, () => slotLoop(c, layout, (slot, index) => {
      c.out.push({ kind: "set", reg: sum, slot, value: form.step(index, trips === 1 ? from : e.use(k), e.slot(sum, slot, c.epoch(sum)), entry), span: c.span });
    }));
    if (trips === 1) c.out.push(...body);
    else c.out.push({ kind: "for", v: k, from, to, step: 1, steps: true, body, span: c.span });
    c.border();
    if (part) setAll(c, reg, layout, () => part.finish(here(c, reg), here(c, sum)));
  };
  const every = part?.every ?? Infinity;
  if (most <= every) return run(e.of(0), form.steps, known ?? Infinity);
  const chunks = Math.ceil(most / every), chunk = c.loop("chunk", chunks), first = e.mul(e.use(chunk), e.of(every));
  c.border();
  const body = collect(c, () => run(first, e.op("min", e.add(first, e.of(every)), form.steps), Infinity));
  c.border();
  c.out.push({ kind: "for", v: chunk, from: e.of(0), to: e.of(chunks), step: 1, body, span: c.span });
}

/** A register where a slot loop stands. */
function here(c: Context, reg: Reg): Expr {
  if (!c.cursor) throw new Bug("outside a slot loop");
  return c.e.slot(reg, c.cursor.slot, c.epoch(reg));
}

/** What a way to a result would cost here, for reports. */
export interface PricedWay {
  readonly name: string;
  /** Seconds that a block takes on a device full of its like; undefined if there is no such way here, or nothing to choose and nobody asked. */
  readonly seconds: number | undefined;
  readonly work: Work | undefined;
  /** Why there is no such way. */
  readonly why: string | undefined;
}

/** A product with all its ways, and which of them is taken. */
export interface PricedProduct {
  readonly span: Span | undefined;
  /** Name of the instruction. */
  readonly name: string;
  /** Types of the factors, e.g. "u3[4, 128]". */
  readonly factors: readonly string[];
  readonly ways: readonly PricedWay[];
  readonly taken: string;
  /** The way was asked for. */
  readonly asked: boolean;
}

/** Takes a way to multiply, and keeps what was to choose from. */
export function chosen(c: Context, i: Inst, v: Value, ways: readonly Way<Expr>[], by: string | undefined): Fold<Expr> {
  const made = priced(c, i, v, ways, by), { x, y } = i.operands;
  const factors = [x, y].flatMap((f) => (f ? [`${f.dtype.name}[${f.shape.map((n) => (typeof n === "number" ? n : printScalar(n))).join(", ")}]`] : []));
  c.products.push({ span: c.span, name: i.name, factors, ways: made.ways, taken: made.name, asked: by !== undefined });
  return made.fold;
}

/** How factors come to lie as a way asks, with an example of a type. */
const layouts: Readonly<Record<string, string>> = {
  packed: "rows that begin at whole words do: w: i4[n: N, k: K] @ [n, pad(k, 32), bit]",
  planes: "bit planes are a packing, in shared memory too: shared s: u3[M, K] @ planes",
  table: "bit planes are a packing, in shared memory too: shared s: u3[M, K] @ planes",
};

/** What to change so that a factor lies as the way asks. A shared tile with a packing loses it where a store writes parts of words. */
function layOut(c: Context, i: Inst, way: string): string {
  const lost = Object.entries(i.operands).flatMap(([k, v]) => { const b = c.bindings.get(v.id); return b?.kind === "view" && b.memory.asked && !b.memory.packing ? [`'${k}'`] : []; });
  return lost.length ? `; ${lost.join(" and ")} would lie so, but a store writes parts of its words: store whole words, as 32 elements of bit planes are, or up to the end of the row`
    : way in layouts ? `; ${layouts[way]}` : "";
}

/**
 * All ways to a result, and the one that is taken: the one asked for, or the cheapest. Only ways that may be taken are priced, and only where there are
 * several, once for all attempts and all copies of an instruction; all of them, each time, where all prices are asked for.
 */
function priced(c: Context, i: Inst, v: Value, ways: readonly Way<Expr>[], by: string | undefined): { readonly fold: Fold<Expr>; readonly name: string; readonly ways: readonly PricedWay[] } {
  const room = c.target.workgroupBytes - c.sharedBytes(), why = ({ fold }: Way<Expr>): string | undefined => {
    if (typeof fold === "string") return fold;
    const bytes = 4 * (fold.table?.length ?? 0);
    return bytes > 0 && bytes > room ? `its table takes ${bytes} bytes of workgroup memory, and ${Math.max(0, room)} are left` : undefined;
  };
  const open = ways.filter((w) => why(w) === undefined), free = open.filter((w) => !w.last), some = free.length ? free : open, asked = by === undefined ? undefined : ways.find((w) => w.name === by);
  if (asked && !open.includes(asked))
    fail({ code: "L0220", message: `this product can't be made by ${asked.name}: ${why(asked)}`, help: `leave 'by' out for the cheapest way${open.length ? `, or take ${open.map((w) => w.name).join(" or ")}` : ""}${layOut(c, i, asked.name)}`, ...(c.span ? { span: c.span } : {}) });
  const known = c.hints.work.get(i), done = c.prices ? new Map<string, Work>() : known ?? new Map<string, Work>();
  if (done !== known) {
    c.hints.work.set(i, done);
    for (const w of c.prices ? ways : asked || some.length < 2 ? [] : some) if (typeof w.fold !== "string") done.set(w.name, workOfPart(tried(c, v, w.fold)));
  }
  const list = ways.map((w): PricedWay => { const mine = done.get(w.name), not = why(w); return { name: w.name, work: mine, seconds: mine && not === undefined ? seconds(mine, c.target.rates, c.program.threads) : undefined, why: not }; });
  const price = (w: Way<Expr>): number => list[ways.indexOf(w)].seconds ?? 0, best = asked ?? some.reduce((a, b) => (price(b) < price(a) ? b : a));
  if (typeof best.fold === "string") throw new Bug("no way to fold");
  return { fold: best.fold, name: best.name, ways: list };
}

/**
 * The statements that a fold would be, without a trace of having made them. Loops over slots are unrolled here whatever the allowance:
 * they have few trips, a constant number, so that drivers unroll them, and what their trips share is done once.
 */
function tried(c: Context, v: Value, form: Fold<Expr>): readonly LoopStmt[] {
  const { loops, cursor, span, scratchBusy, scratch, allowance, bindings, pending } = c;
  const room: Buffer = { id: -1, name: "tried", space: "workgroup", access: "read_write", elem: "u32", atomic: false };
  // Before a barrier, which a table needs, values that wait are made: here, where nobody sees it.
  Object.assign(c, { scratch: () => room, allowance: Infinity, bindings: new Map(bindings), pending: new Map(pending) });
  try { return sharedByLanes(c, collect(c, () => steps(c, v, form, c.reg("tried", slotType(v.dtype), slotCount(layoutOf(v)))))); } finally { Object.assign(c, { loops, cursor, span, scratchBusy, scratch, allowance, bindings, pending }); }
}

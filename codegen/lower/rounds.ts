// Elements that look at each other along an axis: scans, sorting networks, butterflies. A thread keeps the state of its own
// elements in registers; in every round it publishes them in scratch words, and makes each anew from those of others:
//
//   registers ──publish──▶ scratch ──barrier──▶ read any of the line, step, registers ──barrier──▶ next round
//
// Lines (all elements along the axis at one place of the other axes) have nothing to do with each other: where the scratch words
// can't hold all of them, they take turns.
import { Bug, fail } from "../../diagnostic.ts";
import { equal, groupedModes, registerLayout, slotAt, slotCount, type RegisterLayout } from "../../layout/index.ts";
import { dtype, type Emission, type Value } from "../../vm/index.ts";
import type { Expr, LoopStmt, Reg } from "../loop/ir.ts";
import { flatIndex, fromCode, toCode } from "./access.ts";
import { layoutOf, type Context } from "./context.ts";
import { freeScratch, get, guarded, put } from "./scratch.ts";
import { beforeBarrier, bindReg, collect, declare, owns, read, setAll, slotHolding, slotLoop } from "./tiles.ts";

type Rounds = Extract<Emission<Expr>, { form: "rounds" }>;
type Scan = Extract<Emission<Expr>, { form: "scan" }>;

/** Elements in registers of one layout, a register for each word of their state. */
interface Lines { readonly layout: RegisterLayout; readonly axis: number; readonly regs: readonly Reg[] }

/** What a round may ask. */
interface Round {
  readonly round: Expr;
  /** The state that another element had before this round. */
  published(index: readonly Expr[]): Expr[];
  /** Whether the line of an element is in turn. */
  inTurn(index: readonly Expr[]): Expr;
}

const product = (xs: readonly number[]): number => xs.reduce((a, b) => a * b, 1);

/** Statements in a loop of known trips, or as they are where there is one. Reads inside differ from those outside. */
function repeat(c: Context, name: string, trips: number, build: (i: Expr) => void): void {
  if (trips === 1) { build(c.e.of(0)); return; }
  const v = c.loop(name, trips);
  c.border();
  const body: readonly LoopStmt[] = collect(c, () => build(c.e.use(v)));
  c.out.push({ kind: "for", v, from: c.e.of(0), to: c.e.of(trips), step: 1, body, span: c.span });
  c.border();
}

/** Publishes states and lets `step` look at them, in a number of rounds. */
function exchange(c: Context, { layout, axis, regs }: Lines, rounds: number, step: (r: Round) => void): void {
  if (rounds === 0) return;
  const { e } = c, n = layout.shape[axis], lines = product(layout.shape) / n, types = regs.map((r) => dtype(r.type));
  const room = Math.floor((c.target.workgroupBytes - c.sharedBytes()) / 4), most = Math.floor(room / (n * regs.length));
  if (most < 1)
    fail({
      code: "R0203", message: `${n} elements that exchange along axis ${axis} need ${4 * n * regs.length} bytes of workgroup memory; this device has ${4 * room} left`, span: c.span,
      help: "work on shorter pieces of the axis, and combine them in a second kernel",
    });
  const each = Math.min(lines, most), turns = Math.ceil(lines / each), looped = rounds * turns > 1;
  const others = (index: readonly Expr[]): Expr[] => index.filter((_, d) => d !== axis), extents = layout.shape.filter((_, d) => d !== axis).map((m) => e.of(m));
  const line = (index: readonly Expr[]): Expr => flatIndex(c, extents, others(index));
  beforeBarrier(c);
  const words = freeScratch(c, each * n * regs.length);
  const meet = (): void => { c.out.push({ kind: "barrier", span: c.span }); c.border(); };
  repeat(c, "turn", turns, (turn) => repeat(c, "round", rounds, (round) => {
    const first = e.mul(turn, e.of(each));
    const inTurn = (index: readonly Expr[]): Expr => {
      if (turns === 1) return e.constant("bool", true);
      const at = line(index);
      return e.op("and", e.op("ge", at, first), e.op("lt", at, e.add(first, e.of(each))));
    };
    const place = (index: readonly Expr[], word: number): Expr =>
      e.add(e.add(e.mul(turns === 1 ? line(index) : e.op("sub", line(index), first), e.of(n)), index[axis]), e.of(word * each * n));
    guarded(c, owns(c, layout), () => slotLoop(c, layout, (slot, index) => guarded(c, inTurn(index), () =>
      regs.forEach((r, w) => put(c, words, place(index, w), toCode(c, types[w], e.slot(r, slot, c.epoch(r))))))));
    meet();
    c.scratchBusy = true;
    step({ round, inTurn, published: (index) => types.map((d, w) => fromCode(c, d, get(c, words, place(index, w)))) });
    if (looped) { meet(); c.scratchBusy = false; }
  }));
}

/** Makes the state of every element anew. */
function renew(c: Context, lines: Lines, r: Round, step: (at: Expr, own: readonly Expr[], get: (at: Expr) => Expr[]) => readonly Expr[]): void {
  const { e } = c, { layout, axis, regs } = lines, zero = e.of(0);
  slotLoop(c, layout, (slot, index) => guarded(c, r.inTurn(index), () => {
    const own = regs.map((x) => e.slot(x, slot, c.epoch(x)));
    const made = step(index[axis], own, (at) => r.published(index.map((x, d) => (d === axis ? at : x))));
    const [first] = regs;
    if (regs.length === 1 && first) { c.out.push({ kind: "set", reg: first, slot, value: made[0], span: c.span }); return; }
    // Every word is made of all the old ones.
    const next = regs.map((x) => c.reg("next", x.type, 1));
    next.forEach((x, w) => c.out.push({ kind: "declare", reg: x, span: c.span }, { kind: "set", reg: x, slot: zero, value: made[w], span: c.span }));
    regs.forEach((x, w) => c.out.push({ kind: "set", reg: x, slot, value: e.slot(next[w], zero, c.epoch(next[w])), span: c.span }));
  }));
  for (const x of regs) c.written(x);
}

/** Runs a form of rounds. */
export function roundsTile(c: Context, out: Value, x: Value, form: Rounds): void {
  const { e } = c, layout = layoutOf(x), to = layoutOf(out), name = c.nameOf(out, `v${out.id}`), { axis } = form;
  const regs = form.types.map((type, w) => {
    const reg = c.reg(w === 0 ? name : `${name}_${w}`, type, slotCount(layout));
    c.out.push({ kind: "declare", reg, span: c.span });
    return reg;
  });
  slotLoop(c, layout, (slot, index) => form.init(index).forEach((value, w) => c.out.push({ kind: "set", reg: regs[w], slot, value, span: c.span })));
  for (const r of regs) c.written(r);
  c.pending.delete(x.id);
  const lines: Lines = { layout, axis, regs };
  exchange(c, lines, form.rounds, (r) => renew(c, lines, r, (at, own, other) => form.step(at, r.round, own, other)));

  const result = declare(c, name, out, to);
  if (equal(layout, to)) setAll(c, result, to, (index) => form.result(regs.map((r) => e.slot(r, slotHolding(c, layout, index), c.epoch(r)))));
  else {
    exchange(c, lines, 1, (r) => slotLoop(c, to, (slot, index) => guarded(c, r.inTurn(index), () => { c.out.push({ kind: "set", reg: result, slot, value: form.result(r.published(index)), span: c.span }); })));
    c.written(result);
  }
  bindReg(c, out, result, to);
}

/** The neighbours along an axis that a thread holds in a run, and the layout of the runs. */
function runsOf(l: RegisterLayout, axis: number): { readonly length: number; readonly runs: RegisterLayout } {
  const own = groupedModes(l)[axis], inside = new Set<number>();
  for (let i = own.length - 1; i >= 0 && l.localModes.includes(own[i]); i--) inside.add(own[i]);
  const length = product([...inside].map((m) => l.modeShape[m])), kept = l.modeShape.map((_, m) => m).filter((m) => !inside.has(m));
  const renamed = (list: readonly number[]): number[] => list.filter((m) => !inside.has(m)).map((m) => (m < 0 ? m : kept.indexOf(m)));
  const shape = l.shape.map((n, d) => (d === axis ? n / length : n));
  return { length, runs: registerLayout(shape, kept.map((m) => l.modeShape[m]), renamed(l.spatialModes), renamed(l.localModes)) };
}

/** Statements of a run that are written out; more become a loop. */
const WRITTEN = 64;

/** A scan: each thread along its own runs, then the runs' totals in rounds of doubling distance, then what came before into each run. */
export function scanTile(c: Context, out: Value, x: Value, form: Scan): void {
  const { e } = c, l = layoutOf(out), { axis, reverse, exclusive, identity, combine } = form;
  if (!equal(layoutOf(x), l)) throw new Bug("a scan between two layouts");
  const { length, runs } = runsOf(l, axis), count = l.shape[axis] / length, name = c.nameOf(out, `v${out.id}`);
  const reg = declare(c, name, out, l);
  setAll(c, reg, l, (index) => read(c, x, index));
  c.pending.delete(x.id);
  bindReg(c, out, reg, l);

  /** Slot of the j-th element of a run, in the order of the scan. */
  const slotIn = (run: readonly Expr[], j: Expr): Expr =>
    slotAt(l, e, run.map((r, d) => (d === axis ? e.add(e.mul(r, e.of(length)), reverse ? e.add(e.of(length - 1), e.mul(j, e.of(-1))) : j) : r)));
  const at = (run: readonly Expr[], j: Expr): Expr => e.slot(reg, slotIn(run, j), c.epoch(reg));
  /** Sets the elements 1, 2, … of every run, in order or from the end. */
  const along = (backwards: boolean, value: (run: readonly Expr[], j: Expr) => Expr): void => {
    const step = (j: Expr): void => {
      slotLoop(c, runs, (_, run) => { c.out.push({ kind: "set", reg, slot: slotIn(run, j), value: value(run, j), span: c.span }); });
      c.written(reg);
    };
    const order = (i: Expr): Expr => (backwards ? e.add(e.of(length - 1), e.mul(i, e.of(-1))) : e.add(i, e.of(1)));
    if (slotCount(l) <= WRITTEN) for (let i = 0; i < length - 1; i++) step(order(e.of(i)));
    else repeat(c, "j", length - 1, (i) => step(order(i)));
  };
  const previous = (run: readonly Expr[], j: Expr): Expr => at(run, e.add(j, e.of(-1)));
  if (length > 1) along(false, (run, j) => combine(previous(run, j), at(run, j)));
  const shifted = exclusive || length > 1;
  if (count === 1 && !exclusive) return;

  const carry = length === 1 ? reg : declare(c, `${name}_before`, out, runs), lines: Lines = { layout: runs, axis, regs: [carry] };
  if (count === 1) setAll(c, carry, runs, () => identity);
  else {
    if (length > 1) setAll(c, carry, runs, (run) => at(run, e.of(length - 1)));
    const from = (i: Expr, by: Expr): { readonly there: Expr; readonly index: Expr } => reverse
      ? { there: e.op("lt", e.add(i, by), e.of(count)), index: e.op("min", e.add(i, by), e.of(count - 1)) }
      : { there: e.op("ge", i, by), index: e.op("max", e.op("sub", i, by), e.of(0)) };
    const one = e.of(1);
    if (shifted) exchange(c, lines, 1, (r) => renew(c, lines, r, (i, _, other) => { const p = from(i, one); return [e.op("select", p.there, other(p.index)[0], identity)]; }));
    exchange(c, lines, Math.ceil(Math.log2(shifted ? count - 1 : count)), (r) => renew(c, lines, r, (i, [own], other) => {
      const p = from(i, e.op("shl", one, e.to("u32", r.round)));
      return [e.op("select", p.there, combine(other(p.index)[0], own), own)];
    }));
  }
  if (length === 1) return;
  const before = (run: readonly Expr[]): Expr => e.slot(carry, slotHolding(c, runs, run), c.epoch(carry)), zero = e.of(0);
  const joined = (run: readonly Expr[], value: Expr): Expr => (count === 1 ? value : combine(before(run), value));
  along(true, (run, j) => joined(run, exclusive ? previous(run, j) : at(run, j)));
  slotLoop(c, runs, (_, run) => { c.out.push({ kind: "set", reg, slot: slotIn(run, zero), value: exclusive ? before(run) : joined(run, at(run, zero)), span: c.span }); });
  c.written(reg);
}

// Traffic between threads through scratch words of workgroup memory: reductions across threads, conversions of
// layouts, the one element of a tile as a block-uniform scalar.
import { equal, holdsAll, reduce, slotCount, spatialShape, type IndexMap, type RegisterLayout } from "../../layout/index.ts";
import { tileShape, type Compute, type Value } from "../../vm/index.ts";
import { leaves, type Buffer, type Expr, type Reg } from "../loop/ir.ts";
import { flatIndex, fromCode, toCode } from "./access.ts";
import { bound, layoutOf, type Binding, type Context } from "./context.ts";
import { subgroupOf } from "./lanes.ts";
import { shuffled } from "./shuffle.ts";
import { barrier, bindReg, collect, declare, elementIn, mapping, owns, read, readsOf, settle, setAll, slotHolding, slotLoop, threadIn } from "./tiles.ts";

const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Statements under a condition, or without one where it is known to hold. */
export function guarded(c: Context, condition: Expr, build: () => void): void {
  const known = c.e.known(condition);
  if (known === 1) { build(); return; }
  if (known === 0) return;
  const then = collect(c, build), last = c.out.at(-1);
  if (last?.kind === "if" && last.condition === condition && !last.otherwise.length && c.span === last.span && !leaves(last)) c.out.splice(-1, 1, { ...last, then: [...last.then, ...then] });
  else if (then.length) c.out.push({ kind: "if", condition, then, otherwise: [], span: c.span });
}

/** Scratch words, free to be written. */
export function freeScratch(c: Context, words: number): Buffer {
  const b = c.scratch(words);
  if (c.scratchBusy) barrier(c);
  return b;
}

export const put = (c: Context, b: Buffer, index: Expr, value: Expr): void => { c.out.push({ kind: "store", buffer: b, index, value, span: c.span }); };
export const get = (c: Context, b: Buffer, index: Expr): Expr => c.e.load(b, index, c.epoch(b));

/** The written scratch words are there for all. */
export function share(c: Context): void {
  barrier(c);
  c.scratchBusy = true;
}

/** What a reduction has to combine across threads. */
interface Partners {
  /** Bits of the thread number whose two values hold parts of one element, within a subgroup. */
  readonly lanes: readonly number[];
  /** Of the threads that differ otherwise: rank among those that hold parts of one element, and how many there are. */
  readonly rank: Expr;
  readonly size: number;
  /** Whether all digits in `lanes` are zero: of threads that hold the same after the exchange, one writes. */
  readonly first: Expr;
}

const isPower = (n: number): boolean => (n & (n - 1)) === 0;

function partners(c: Context, l: RegisterLayout, axes: readonly number[], type: Compute): Partners {
  const { e } = c, sizes = spatialShape(l), t = threadIn(c, l);
  const gone = new Set<number>();
  let m = 0;
  l.shape.forEach((extent, d) => {
    for (let rest = extent; rest > 1; m++) { rest /= l.modeShape[m]; if (axes.includes(d)) gone.add(m); }
  });
  const lanes: number[] = [], within = type === "bool" ? 0 : subgroupOf(c) ?? 0;
  let rank = e.of(0), size = 1, weight = count(sizes), first = e.constant("bool", true);
  l.spatialModes.forEach((mode, i) => {
    weight /= sizes[i];
    if (!gone.has(mode)) return;
    // The low bits of the digit, as far as they lie within a subgroup.
    let near = 1;
    if (isPower(weight)) while (sizes[i] % (2 * near) === 0 && weight * 2 * near <= within) { lanes.push(weight * near); near *= 2; }
    if (near > 1) first = e.op("and", first, e.op("eq", e.fmod(e.fdiv(t, e.of(weight)), e.of(near)), e.of(0)));
    const far = sizes[i] / near;
    rank = e.add(e.mul(rank, e.of(far)), e.fmod(e.fdiv(t, e.of(weight * near)), e.of(far)));
    size *= far;
  });
  return { lanes, rank, size, first };
}

/** Combines a register's slots over lanes that differ in single bits: afterwards all of them have the result. */
function combineLanes(c: Context, reg: Reg, l: RegisterLayout, lanes: readonly number[], combine: (a: Expr, b: Expr) => Expr): void {
  const { e } = c;
  for (const mask of lanes) {
    c.exchanges = true;
    slotLoop(c, l, (slot) => {
      const other = c.reg("other", reg.type, 1), zero = e.of(0);
      c.out.push({ kind: "declare", reg: other, span: c.span }, { kind: "set", reg: other, slot: zero, value: e.slot(reg, slot, c.epoch(reg)), mask, span: c.span });
      c.out.push({ kind: "set", reg, slot, value: combine(e.slot(reg, slot, c.epoch(reg)), e.slot(other, zero, c.epoch(other))), span: c.span });
    });
    c.written(reg);
  }
}

/** Most partial results that each thread adds up by itself; more are combined as a tree. */
const SERIAL = 4;

/** Combines x along axes: within each thread, then across threads. */
export function reduceTile(c: Context, out: Value, x: Value, axes: readonly number[], identity: Expr, combine: (a: Expr, b: Expr) => Expr): void {
  const { e } = c, from = layoutOf(x), kept = reduce(from, axes, true), name = c.nameOf(out, `v${out.id}`);
  const partial = declare(c, name, out, kept);
  const inPlace = mapping(c, `along ${axes.join()}`, (index) => index.map((i, d) => (axes.includes(d) ? e.of(0) : i)));
  if (slotCount(from) === slotCount(kept)) {
    slotLoop(c, from, (_, index) => { c.out.push({ kind: "set", reg: partial, slot: slotHolding(c, kept, inPlace(index)), value: read(c, x, index), span: c.span }); });
  } else {
    setAll(c, partial, kept, () => identity);
    slotLoop(c, from, (_, index) => {
      const slot = slotHolding(c, kept, inPlace(index));
      c.out.push({ kind: "set", reg: partial, slot, value: combine(e.slot(partial, slot, c.epoch(partial)), read(c, x, index)), span: c.span });
      c.written(partial);
    });
  }
  c.written(partial);
  const keeps = out.shape.length === from.shape.length, to = layoutOf(out);
  const mine = keeps ? kept : reduce(from, axes, false);
  const { lanes, rank, size, first } = partners(c, from, axes, partial.type);
  combineLanes(c, partial, kept, lanes, combine);
  if (size === 1 && holdsAll(mine, to, c.program.threads)) {
    if (slotCount(mine) === slotCount(to) && equal(mine, to)) { bindReg(c, out, partial, to); return; }
    const reg = declare(c, name, out, to);
    setAll(c, reg, to, (index) => e.slot(partial, slotHolding(c, mine, index), c.epoch(partial)));
    bindReg(c, out, reg, to);
    return;
  }
  const elements = count(kept.shape), extents = kept.shape.map((n) => e.of(n));
  const { row, length } = rowsOf(c, elements, size), words = freeScratch(c, length);
  const place = (index: readonly Expr[], r: Expr): Expr => e.add(row(flatIndex(c, extents, index)), r);
  guarded(c, e.op("and", owns(c, from), first), () => slotLoop(c, kept, (slot, index) => put(c, words, place(index, rank), toCode(c, out.dtype, e.slot(partial, slot, c.epoch(partial))))));
  share(c);
  const value = (at: Expr): Expr => fromCode(c, out.dtype, get(c, words, at));
  if (size > SERIAL) combineTree(c, words, elements, size, row, (a, b) => toCode(c, out.dtype, combine(fromCode(c, out.dtype, a), fromCode(c, out.dtype, b))));
  const reg = declare(c, name, out, to);
  const parts = size > SERIAL ? 1 : size;
  setAll(c, reg, to, (index) => {
    const whole = keeps ? [...index] : withAxes(index, axes, e.of(0));
    return Array.from({ length: parts }, (_, r) => value(place(whole, e.of(r)))).reduce(combine);
  });
  bindReg(c, out, reg, to);
}

/** Banks of workgroup memory, one word each. */
const BANKS = 32;

/**
 * Where rows of `size` words begin. Threads read their rows' first halves together, or one word of each: rows that would lie at the same
 * banks are set apart by as much as is read of one.
 */
function rowsOf(c: Context, rows: number, size: number): { readonly row: (r: Expr) => Expr; readonly length: number } {
  const { e } = c, together = BANKS / size, gap = size > SERIAL ? size / 2 : 1, apart = isPower(size) && size > 1 && rows > together ? gap : 0;
  const length = rows * size + Math.floor((rows - 1) / together) * apart, plain = (r: Expr): Expr => e.mul(r, e.of(size));
  if (apart === 0 || size > BANKS || 4 * length > c.target.workgroupBytes - c.sharedBytes()) return { row: plain, length: rows * size };
  return { row: (r) => e.add(plain(r), e.mul(e.fdiv(r, e.of(together)), e.of(apart))), length };
}

/** An index with zeros put in at the reduced axes. */
function withAxes(index: readonly Expr[], axes: readonly number[], zero: Expr): Expr[] {
  const rest = [...index];
  return Array.from({ length: index.length + axes.length }, (_, d) => (axes.includes(d) ? zero : rest.shift() ?? zero));
}

/** Halves rows of `size` words until the first word of each holds the row's result. */
function combineTree(c: Context, words: Buffer, rows: number, size: number, begin: (row: Expr) => Expr, combine: (a: Expr, b: Expr) => Expr): void {
  const { e } = c, T = c.program.threads, one = e.of(1);
  const rounds = Math.ceil(Math.log2(size));
  const round = c.loop("r", rounds);
  c.border();
  const body = collect(c, () => {
    // Words still in play: ceil(size / 2^round).
    const length = e.op("shr", e.add(e.of(size - 1), e.op("shl", one, e.to("u32", e.use(round)))), e.to("u32", e.use(round)));
    const half = e.op("shr", e.add(length, one), e.constant("u32", 1));
    const widest = Math.ceil(size / 2), trips = Math.ceil((rows * widest) / T);
    const step = (w: Expr): void => {
      const row = rows === 1 ? e.of(0) : e.fdiv(w, e.of(widest)), at = rows === 1 ? w : e.fmod(w, e.of(widest));
      let yes = e.op("lt", e.add(at, half), length);
      if (rows * widest < T * trips) yes = e.op("and", yes, e.op("lt", row, e.of(rows)));
      guarded(c, yes, () => {
        const a = e.add(begin(row), at);
        put(c, words, a, combine(get(c, words, a), get(c, words, e.add(a, half))));
      });
    };
    const t = e.use(c.thread);
    if (trips === 1) step(t);
    else {
      const v = c.loop("w", trips);
      const inner = collect(c, () => step(e.add(e.mul(e.use(v), e.of(T)), t)));
      c.out.push({ kind: "for", v, from: e.of(0), to: e.of(trips), step: 1, body: inner, span: c.span });
    }
    c.out.push({ kind: "barrier", span: c.span });
  });
  c.out.push({ kind: "for", v: round, from: e.of(0), to: e.of(rounds), step: 1, body, span: c.span });
  c.border();
}

/** Whether each slot of `to` is one slot of `from`, the same in all threads. */
function renames(c: Context, from: RegisterLayout, to: RegisterLayout, of: (index: readonly Expr[]) => readonly Expr[]): boolean {
  const { e } = c;
  return Array.from({ length: slotCount(to) }, (_, s) => e.of(s)).every((s) => e.known(slotHolding(c, from, of(elementIn(c, to, s)))) !== undefined);
}

/** What becomes of a value that is computed where it is used. */
export type Lazily = (b: Extract<Binding, { kind: "lazy" }>) => void;

/** Brings a value into another layout without memory: by reading it anew (what is bound so, `lazily` decides on), within each thread, or within subgroups. False where none of them serves. `key`: all that `source` follows from, as text. */
export function convertedNearby(c: Context, out: Value, x: Value, lazily: Lazily, source?: IndexMap, key?: string): boolean {
  const from = layoutOf(x), to = layoutOf(out), b = bound(c, x), { e } = c, T = c.program.threads;
  // What is made of memory and constants alone can be made anywhere.
  const anywhere = b.kind === "lazy" && [...b.reads].every((r) => "buffer" in r);
  const of = source && key !== undefined ? mapping(c, key, (index) => source(e, index)) : (index: readonly Expr[]): readonly Expr[] => (source ? source(e, index) : index);
  const held = anywhere && !source ? false : holdsAll(from, to, T, source, key);
  if (!anywhere && !held) return shuffled(c, out, x, source);
  // What is repeated is computed once, where each thread can.
  if (source && held && b.kind === "lazy" && !b.free && slotCount(to) > slotCount(from)) settle(c, x);
  lazily({ kind: "lazy", at: (index) => read(c, x, of(index)), layout: to, dtype: out.dtype, shape: tileShape(out), reads: readsOf(c, x), free: b.kind === "lazy" && b.free });
  if (!anywhere && !(source && renames(c, from, to, of))) settle(c, out);
  return true;
}

/** Brings a value into another layout, where each element may be another one of it (`source`): nearby, or through scratch words. */
export function convertTile(c: Context, out: Value, x: Value, lazily: Lazily, source?: IndexMap, key?: string): void {
  if (convertedNearby(c, out, x, lazily, source, key)) return;
  const from = layoutOf(x), to = layoutOf(out), { e } = c, of = (index: readonly Expr[]): readonly Expr[] => (source ? source(e, index) : index);
  const size = count(from.shape), extents = from.shape.map((n) => e.of(n));
  const room = Math.max(32, Math.floor((c.target.workgroupBytes - c.sharedBytes()) / 4));
  const piece = Math.min(size, room), pieces = Math.ceil(size / piece);
  const reg = declare(c, c.nameOf(out, `v${out.id}`), out, to);
  if (pieces > 1) settle(c, x);
  for (let p = 0; p < pieces; p++) {
    const words = freeScratch(c, piece), first = e.of(p * piece);
    const within = (at: Expr): Expr => (pieces === 1 ? e.constant("bool", true) : e.op("and", e.op("ge", at, first), e.op("lt", at, e.of((p + 1) * piece))));
    guarded(c, owns(c, from), () => slotLoop(c, from, (_, index) => {
      const at = flatIndex(c, extents, index);
      guarded(c, within(at), () => put(c, words, e.op("sub", at, first), toCode(c, out.dtype, read(c, x, index))));
    }));
    share(c);
    slotLoop(c, to, (slot, index) => {
      const at = flatIndex(c, extents, of(index));
      guarded(c, within(at), () => c.out.push({ kind: "set", reg, slot, value: fromCode(c, out.dtype, get(c, words, e.op("sub", at, first))), span: c.span }));
    });
    c.written(reg);
  }
  c.pending.delete(x.id);
  bindReg(c, out, reg, to);
}

/** Puts the codes of a tile where all threads see them, and says how they are read. */
export function exchanged(c: Context, l: RegisterLayout, code: (index: readonly Expr[]) => Expr): (index: readonly Expr[]) => Expr {
  const extents = l.shape.map((n) => c.e.of(n)), words = freeScratch(c, count(l.shape));
  const at = (index: readonly Expr[]): Expr => flatIndex(c, extents, index);
  guarded(c, owns(c, l), () => slotLoop(c, l, (_, index) => put(c, words, at(index), code(index))));
  share(c);
  return (index) => get(c, words, at(index));
}

/** The only element of a tile as a scalar that all threads have alike. */
export function uniformScalar(c: Context, x: Value, id: string, name: string): void {
  const { e } = c, l = layoutOf(x), words = freeScratch(c, 1), zero = e.of(0);
  const index = l.shape.map(() => zero);
  guarded(c, owns(c, l), () => put(c, words, zero, toCode(c, x.dtype, read(c, x, index))));
  const v = e.variable({ name, type: "u32", role: "value", lo: 0, hi: 2 ** 32 - 1, divisor: 1 });
  c.out.push({ kind: "uniform", v, buffer: words, index: zero, span: c.span });
  c.scratchBusy = false;
  c.border();
  c.symbols.set(id, fromCode(c, x.dtype, e.use(v)));
}

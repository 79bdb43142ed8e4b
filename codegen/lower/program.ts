// From a Program with layouts to the loop form: walks the statements and puts each instruction's emission into
// loops over slots, threads and memory words. What an instruction computes is in its row; how threads and words
// come in is here.
import { Bug, fail } from "../../diagnostic.ts";
import { equal, slotCount } from "../../layout/index.ts";
import {
  blocksOf, eachStmt, instructions, jumpsOut, plainAttrs, printsAny, tileShape, type Emission, type Emit, type If, type Inst, type PrintSite, type Program, type Source, type Stmt, type Value, type While,
} from "../../vm/index.ts";
import type { DecoderChoice } from "../decode.ts";
import { MADE_OF, type Buffer, type Body, type Expr, type LoopStmt, type Reg } from "../loop/ir.ts";
import type { Exprs } from "../loop/expr.ts";
import { operandsOf } from "../loop/operands.ts";
import { sharedForm } from "./access.ts";
import { access, leastOf, shareOf } from "./accesses.ts";
import { bound, boundView, createContext, layoutOf, type Arena, type AttemptSize, type Binding, type Context, type Hints, type Memory, type Moves, type Target } from "./context.ts";
import { convertTile, guarded, reduceTile, uniformScalar } from "./scratch.ts";
import { chosen, foldTile, type PricedProduct } from "./fold.ts";
import { heldOverTurns } from "./held.ts";
import { loadsAreDear, ownLoads, sharedByLanes, sharingLanes } from "./lanes.ts";
import { lowerPrint, startPrinting } from "./print.ts";
import { storeTile } from "./store.ts";
import { barrier, beforeWrite, bindReg, collect, declare, nested, read, readsOf, setAll, settle, settlePending, slotLoop } from "./tiles.ts";
import { reinterpretTile } from "./reinterpret.ts";
import { isBrought, withBrought } from "./brought.ts";
import { uncancelled } from "./cancel.ts";
import { conversion, decoderOf, halfChoices, halfDecoderOf, lying } from "./decoder.ts";
import { hideTurns } from "./turns.ts";
import { updateTile } from "./update.ts";
import { chunkOf, codesOf, neighboursOf, wordsOf } from "./words.ts";
import { roundsTile, scanTile } from "./rounds.ts";
import { gcd } from "../loop/core.ts";

/** The loop form of a Program, and what the writer needs beside it. */
export interface Lowered {
  readonly body: Body;
  /** Extents of the grid. */
  readonly grid: readonly Expr[];
  /** Slot loops made. */
  readonly loops: number;
  /** There are surely more memory accesses than the target takes: it may be unfinished. */
  readonly over: boolean;
  /** The same with short loops as loops; absent where none was written out. */
  readonly shorter?: (() => Lowered) | undefined;
  /** Products that can be made in several ways; one that a loop unrolls stands here as often. */
  readonly products: readonly PricedProduct[];
  /** How products make f32 values of codes, by type. */
  readonly decoders: readonly DecoderChoice[];
  /** What is printed, in debug builds. */
  readonly prints?: { readonly binding: number; readonly sites: readonly PrintSite[] } | undefined;
}

/** Where values are used. */
interface Uses { readonly count: ReadonlyMap<number, number>; readonly block: ReadonlyMap<number, readonly Stmt[] | undefined> }

function usesOf(p: Program): Uses {
  const count = new Map<number, number>(), block = new Map<number, readonly Stmt[] | undefined>();
  const walk = (body: readonly Stmt[]): void => {
    for (const s of body) {
      if (s.kind !== "inst") { blocksOf(s).forEach(walk); continue; }
      for (const v of Object.values(s.operands)) {
        const n = count.get(v.id) ?? 0;
        block.set(v.id, n === 0 || block.get(v.id) === body ? body : undefined);
        count.set(v.id, n + 1);
      }
    }
  };
  walk(p.body);
  return { count, block };
}

/**
 * One attempt; undefined if it learnt something that asks for another (in `hints`).
 * @param goal "all": whatever it comes to. If it surely has too many accesses, only what `loops` of a "count" says of shares is right, and nothing of a "fit".
 */
export function lower(p: Program, target: Target, hints: Hints, allowance: number, goal: AttemptSize["goal"], prices = false): Lowered | undefined {
  const c = createContext(p, target, hints, allowance, goal, prices), uses = usesOf(p);
  if (target.debug && printsAny(p)) c.printing = startPrinting(c, c.buffers.length);
  lowerBlock(c, p.body, uses);
  if (c.retry) return undefined;
  const workgroup = c.buffers.reduce((n, b) => n + (b.space === "workgroup" ? wordBytes(b, target) : 0), 0);
  if (workgroup > target.workgroupBytes && !hints.tight) { hints.tight = true; return undefined; }
  if (workgroup > target.workgroupBytes)
    fail({ code: "R0203", message: `the kernel needs ${workgroup} bytes of workgroup memory; this device has ${target.workgroupBytes}`, help: "use smaller shared tiles" });
  if (p.threads > target.maxThreads)
    fail({ code: "R0101", message: `a block of ${p.threads} threads; this device allows ${target.maxThreads}`, help: "use fewer threads" });
  const finished = (made: readonly LoopStmt[]): Lowered => {
    const out = uncancelled(c, made), shared = sharedByLanes(c, out), exchanges = c.exchanges || shared !== out, stmts = hideTurns(c, heldOverTurns(c, shared));
    return {
      body: { threads: p.threads, subgroup: exchanges ? target.subgroup : undefined, ...(loadsAreDear(target) ? { loadsFirst: true } : {}), thread: c.thread, blocks: c.blocks, uniforms: c.uniforms, buffers: c.buffers, stmts },
      grid: p.grid.map((g) => c.scalar(g.extent)), loops: c.loops, products: c.products, decoders: [...c.decoders, ...halfChoices(c)],
      over: c.size.over, ...(c.printing ? { prints: { binding: c.printing.buffer.binding ?? 0, sites: c.printing.sites } } : {}),
    };
  };
  return { ...finished(c.size.over ? [] : c.out), ...(c.rolled.size > 0 && !c.size.over ? { shorter: () => finished(insteadOf(c.rolled, c.out)) } : {}) };
}

/** Statements with others in the place of some. */
const insteadOf = (by: ReadonlyMap<LoopStmt, readonly LoopStmt[]>, stmts: readonly LoopStmt[]): readonly LoopStmt[] => stmts.flatMap((s): readonly LoopStmt[] => {
  const others = by.get(s);
  if (others) return others;
  switch (s.kind) {
    case "for": case "loop": return [{ ...s, body: insteadOf(by, s.body) }];
    case "if": return [{ ...s, then: insteadOf(by, s.then), otherwise: insteadOf(by, s.otherwise) }];
    default: return [s];
  }
});

/** Bytes of a workgroup array; f16 elements take four where the target has no f16. */
const wordBytes = (b: Buffer, target: Target): number => (b.length ?? 0) * (b.elem === "f16" && target.f16 ? 2 : 4);

/** Gives false where a jump ends the block: nothing that follows is reached. */
function lowerBlock(c: Context, body: readonly Stmt[], uses: Uses): boolean {
  const { size, target: { staticAccesses } } = c, own = ownLoads(c);
  for (const s of body) {
    if (size.over && (size.goal === "fit" || shareOf(c.target, c.loops) === 1)) return false;
    c.span = s.span;
    const from = c.out.length;
    switch (s.kind) {
      case "inst": lowerInst(c, s, body, uses); break;
      case "if": if (!lowerIf(c, s, uses)) return false; break;
      case "for": lowerFor(c, s, uses); break;
      case "while": lowerWhile(c, s, uses); break;
      case "jump": c.out.push({ kind: "jump", to: s.to, span: s.span }); return false;
      default: s satisfies never;
    }
    if (size.goal !== "all" && !size.over) { access(size, c.out.slice(from), own, c.rolled); size.over = leastOf(size) > staticAccesses; }
  }
  return true;
}

function lowerIf(c: Context, s: If, uses: Uses): boolean {
  const condition = c.scalar(s.condition), known = c.e.known(condition);
  if (known !== undefined) return lowerBlock(c, known ? s.then : s.otherwise, uses);
  settlePending(c, (b) => !b.free);
  let goesOn = false;
  const arm = (body: readonly Stmt[]): LoopStmt[] => nested(c, () => { if (lowerBlock(c, body, uses)) goesOn = true; });
  c.out.push({ kind: "if", condition, then: arm(s.then), otherwise: arm(s.otherwise), span: s.span });
  return goesOn;
}

/** Round and round: the head, out if the condition fails, the body. */
function lowerWhile(c: Context, s: While, uses: Uses): void {
  settlePending(c, (b) => !b.free);
  const body = nested(c, () => {
    lowerBlock(c, s.head, uses);
    settlePending(c, (b) => !b.free);
    c.span = s.span;
    const over = c.e.op("not", c.scalar(s.condition));
    // A loop that is never found over ends by jumps; the text must show one that leads behind it.
    if (c.e.known(over) !== 0) guarded(c, over, () => c.out.push({ kind: "jump", to: "break", span: s.span }));
    else if (!jumpsOut(s.body, "break")) c.out.push({ kind: "if", condition: over, then: [{ kind: "jump", to: "break", span: s.span }], otherwise: [], span: s.span });
    if (c.e.known(over) !== 1 && lowerBlock(c, s.body, uses)) settlePending(c, () => true);
  });
  c.out.push({ kind: "loop", body, span: s.span });
}

function lowerFor(c: Context, s: Extract<Stmt, { kind: "for" }>, uses: Uses): void {
  const { e } = c, from = c.scalar(s.from), to = c.scalar(s.to), first = e.known(from), end = e.known(to), name = c.program.names.get(s.symbol.id) ?? s.symbol.id;
  settlePending(c, (b) => !b.free);
  if (first !== undefined && end !== undefined) {
    const trips = Math.max(0, Math.ceil((end - first) / s.step));
    if (trips === 0 || (!jumpsOut(s.body) && (trips === 1 || s.mode.kind === "unroll"))) {
      for (let i = 0; i < trips; i++) {
        c.symbols.set(s.symbol.id, e.of(first + i * s.step));
        if (!lowerBlock(c, s.body, uses)) return;
        settlePending(c, (b) => !b.free);
      }
      return;
    }
  }
  // Where turns begin is a multiple of what divides both the first and the step; so is the last of them.
  const divisor = gcd(s.step, first === 0 ? 0 : from.divisor);
  const last = first !== undefined ? first + Math.floor((to.hi - 1 - first) / s.step) * s.step : Math.floor((to.hi - 1) / divisor) * divisor;
  const v = e.variable({ name, type: "i32", role: "loop", lo: from.lo, hi: Math.max(from.lo, last), divisor });
  c.symbols.set(s.symbol.id, e.use(v));
  const inner = nested(c, () => { if (lowerBlock(c, s.body, uses)) settlePending(c, () => true); });
  c.out.push({ kind: "for", v, from, to, step: s.step, body: inner, span: s.span });
}

/** An operand as emissions see it. What it is bound to is looked up at each read, because lazy values get settled. */
function sourceOf(c: Context, v: Value): Source<Expr> {
  const b = bound(c, v);
  return {
    dtype: v.dtype,
    shape: b.shape,
    at: (index, pad) => read(c, v, index, pad),
    words: (axis) => (b.kind === "view" ? wordsOf(c, b, axis) : undefined),
    neighbours: (axis) => (b.kind === "view" ? neighboursOf(c, b, axis) : 1),
    chunk: (axis) => (b.kind === "view" ? chunkOf(c, b, axis) : 0),
    run: (index, axis, count, pad) => (b.kind === "view" ? codesOf(c, b, index, axis, count) : undefined)
      ?? Array.from({ length: count }, (_, j) => read(c, v, index.map((x, d) => (d === axis ? c.e.add(x, c.e.of(j)) : x)), pad)),
  };
}

function lowerInst(c: Context, i: Inst, block: readonly Stmt[], uses: Uses): void {
  const row = instructions.get(i.name);
  if (!row?.emit) throw new Bug(`instruction '${i.name}' can't be emitted`);
  const sources: Record<string, Source<Expr>> = {};
  for (const k in i.operands) sources[k] = sourceOf(c, i.operands[k]);
  const form = row.emit(emitterOf(c), sources, plainAttrs(i.attrs), i.out);
  if (form.form === "map" && form.brought && !isBrought(i, form.brought)) return lowerInst(c, withBrought(c, i, form.brought), block, uses);
  const operand = (name: string): Value => { const v = i.operands[name]; if (!v) throw new Bug(`'${i.name}' without '${name}'`); return v; };
  const out = (): Value => { if (!i.out) throw new Bug(`'${i.name}' without a result`); return i.out; };
  switch (form.form) {
    case "map": lowerMap(c, i, out(), form, block, uses); break;
    case "fold": foldTile(c, i, out(), form, accumulator(c, i, out(), block, uses)); break;
    case "either": foldTile(c, i, out(), chosen(c, i, out(), form.ways, form.by), accumulator(c, i, out(), block, uses)); break;
    case "reduce": settleSmaller(c, i, layoutOf(operand(form.operand))); reduceTile(c, out(), operand(form.operand), form.axes, form.identity, form.combine); c.pending.delete(operand(form.operand).id); break;
    case "rounds": settleSmaller(c, i, layoutOf(operand(form.operand))); roundsTile(c, out(), operand(form.operand), form); break;
    case "scan": settleSmaller(c, i, layoutOf(operand(form.operand))); scanTile(c, out(), operand(form.operand), form); break;
    case "store": storeTile(c, operand(form.to), operand(form.from)); c.pending.delete(operand(form.from).id); break;
    case "update": updateTile(c, i, form, i.out !== undefined && (uses.count.get(i.out.id) ?? 0) > 0); break;
    case "assign": lowerAssign(c, operand(form.to), operand(form.from)); break;
    case "alias": lowerAlias(c, operand(form.of), out(), form); break;
    case "convert": convertTile(c, out(), operand(form.of), (b) => bindLazy(c, i, out(), b, block, uses), form.source, form.source && `${i.name} ${operand(form.of).shape.join()} ${JSON.stringify(i.attrs)}`); break;
    case "reinterpret": reinterpretTile(c, out(), operand(form.of)); break;
    case "uniform": {
      if (!i.result) throw new Bug(`'${i.name}' without a scalar`);
      uniformScalar(c, operand(form.of), i.result.id, c.program.names.get(i.result.id) ?? i.result.id);
      c.pending.delete(operand(form.of).id);
      break;
    }
    case "cell": case "current": case "overwrite": lowerCell(c, i, form); break;
    case "say":
      if (c.printing) lowerPrint(c, c.printing, form.text, form.of.map(operand));
      for (const k of form.of) c.pending.delete(operand(k).id);
      break;
    case "nothing": break;
    case "declare": lowerDeclare(c, i, out()); break;
    case "barrier": barrier(c); break;
    default: form satisfies never;
  }
}

const emitters = new WeakMap<Context, Emit<Expr>>();
/** What emissions build expressions with. */
function emitterOf(c: Context): Emit<Expr> {
  let found = emitters.get(c);
  if (!found) emitters.set(c, (found = { ...c.e, ...(c.target.packedDot ? {} : { op: withoutPackedDot(c.e), byteOf: (x: Expr, at: number) => c.e.field(x, c.e.of(8 * at), 8) }), to: conversion(c), scalar: (s) => c.scalar(s), accesses: c.target.staticAccesses, lanes: sharingLanes(c), halves: fastHalves(c.target), decoder: (t, less) => decoderOf(c, t, less), ...(c.target.f16 ? { halfDecoder: (t) => halfDecoderOf(c, t) } : {}), lying }));
  return found;
}

/** Whether multiply-adds of f16 are faster than those of f32. */
const fastHalves = ({ f16, rates: { f16fma = 0, fma = Infinity } }: Target): boolean => f16 && f16fma > fma;

/** Operations where WGSL has no packed dot products: byte by byte. */
const withoutPackedDot = (e: Exprs): Exprs["op"] => (name, ...args) => {
  if (name !== "dot4i" && name !== "dot4u") return e.op(name, ...args);
  const byte = (x: Expr, at: number): Expr => (name === "dot4u" ? e.bits("i32", e.field(x, e.of(at), 8)) : e.op("shr", e.bits("i32", e.op("shl", x, e.constant("u32", 24 - at))), e.constant("u32", 24)));
  const [a, b] = args;
  return [0, 8, 16, 24].map((at) => e.op("mul", byte(a, at), byte(b, at))).reduce((s, t) => e.op("add", s, t));
};

/** Scalar variables are registers of one slot; what is read of them is kept, because it is a value and they change. */
function lowerCell(c: Context, i: Inst, form: Extract<Emission<Expr>, { form: "cell" | "current" | "overwrite" }>): void {
  const { e } = c, zero = e.of(0), made = i.result, name = made && (c.program.names.get(made.id) ?? made.id);
  const cell = (id: string): Reg => { const reg = c.cells.get(id); if (!reg) throw new Bug(`the variable ${id} is used before it is made`); return reg; };
  const set = (reg: Reg, value: Expr): void => { c.out.push({ kind: "set", reg, slot: zero, value, span: c.span }); c.written(reg); };
  if (form.form === "overwrite") return set(cell(form.to), form.value);
  if (!made || name === undefined) throw new Bug(`'${i.name}' without a scalar`);
  if (form.form === "cell") {
    const reg = c.reg(name, made.type, 1);
    c.cells.set(made.id, reg);
    c.out.push({ kind: "declare", reg, span: c.span });
    return set(reg, form.init);
  }
  const reg = cell(form.of), v = e.variable({ name, type: made.type, role: "value", lo: made.type === "u32" ? 0 : -Infinity, hi: Infinity, divisor: 1 });
  c.out.push({ kind: "keep", v, value: e.slot(reg, zero, c.epoch(reg)), span: c.span });
  c.symbols.set(made.id, e.use(v));
}

/** Lazy operands that the result repeats are computed once. */
function settleSmaller(c: Context, i: Inst, l: ReturnType<typeof layoutOf>): void {
  for (const v of Object.values(i.operands)) {
    const b = bound(c, v);
    if (b.kind === "lazy" && !b.free && slotCount(b.layout) < slotCount(l)) settle(c, v);
  }
}

function lowerMap(c: Context, i: Inst, v: Value, form: Extract<Emission<Expr>, { form: "map" }>, block: readonly Stmt[], uses: Uses): void {
  const layout = layoutOf(v), operands = Object.values(i.operands);
  settleSmaller(c, i, layout);
  const reads = new Set<Reg | Memory>();
  for (const o of operands) for (const r of readsOf(c, o)) reads.add(r);
  const free = operands.length === 0;
  bindLazy(c, i, v, { kind: "lazy", at: form.at, layout, dtype: v.dtype, shape: tileShape(v), reads, free, moves: movesOf(c, i, form.moves) }, block, uses);
}

/** Elements of memory that an instruction gives as they lie. */
function movesOf(c: Context, i: Inst, moves: Extract<Emission<Expr>, { form: "map" }>["moves"]): Moves | undefined {
  const view = moves && bound(c, i.operands[moves.operand]);
  return view?.kind === "view" ? { view, pad: moves?.pad } : undefined;
}

/** Binds a value lazily if its only use follows in the same block; else it goes to registers at once. Its operands are its own affair from here on. */
function bindLazy(c: Context, i: Inst, v: Value, b: Extract<Binding, { kind: "lazy" }>, block: readonly Stmt[], uses: Uses): void {
  c.bindings.set(v.id, b);
  for (const o of Object.values(i.operands)) c.pending.delete(o.id);
  if (b.free) return;
  c.pending.set(v.id, v);
  if ((uses.count.get(v.id) ?? 0) > 1 || (uses.count.get(v.id) === 1 && uses.block.get(v.id) !== block)) settle(c, v);
  else if (!uses.count.get(v.id)) c.pending.delete(v.id);
}

/** The variable that this result is assigned to at once, when the sum may be made in it. */
function accumulator(c: Context, i: Inst, v: Value, block: readonly Stmt[], uses: Uses): Extract<Binding, { kind: "reg" }> | undefined {
  const next = block[block.indexOf(i) + 1], acc = i.operands.acc;
  if (!acc || next?.kind !== "inst" || next.operands.from?.id !== v.id || next.operands.to?.id !== acc.id || uses.count.get(v.id) !== 1) return undefined;
  const b = bound(c, acc);
  return b.kind === "reg" && equal(b.layout, layoutOf(v)) ? b : undefined;
}

function lowerAssign(c: Context, to: Value, from: Value): void {
  const b = bound(c, to);
  if (b.kind !== "reg") throw new Bug("assignment to what is no variable");
  const source = bound(c, from);
  if (source.kind === "reg" && source.reg === b.reg) return;
  if (source.kind === "lazy" && !source.free && slotCount(source.layout) < slotCount(b.layout)) settle(c, from);
  const now = bound(c, from);
  c.pending.delete(from.id);
  beforeWrite(c, b.reg);
  // Each slot may read itself; reading other slots needs the new values kept apart first.
  const reading = now.kind === "lazy" && now.reads.has(b.reg), values = reading ? slotwise(c, b, now) : undefined, lead = to.shape.length - from.shape.length;
  if (reading && !values) settle(c, from);
  setAll(c, b.reg, b.layout, (index) => values?.get(index) ?? read(c, from, from.shape.map((n, d) => (n === 1 ? c.e.of(0) : index[lead + d]))));
}

/** The new values of a variable's slots by their elements, if each reads only that slot of it. */
function slotwise(c: Context, b: Extract<Binding, { kind: "reg" }>, from: Extract<Binding, { kind: "lazy" }>): ReadonlyMap<readonly Expr[], Expr> | undefined {
  if (!equal(b.layout, from.layout)) return undefined;
  const values = new Map<readonly Expr[], Expr>();
  let aligned = true;
  collect(c, () => slotLoop(c, b.layout, (slot, index) => {
    const seen = new Set<Expr>(), value = from.at(index);
    const visit = (x: Expr): void => {
      if (!(x.from & MADE_OF.registers) || seen.has(x)) return;
      seen.add(x);
      if (x.node.kind === "reg" && x.node.reg === b.reg && x.node.slot !== slot) aligned = false;
      operandsOf(x).forEach(visit);
    };
    visit(value);
    values.set(index, value);
  }, true));
  return aligned ? values : undefined;
}

function lowerAlias(c: Context, of: Value, out: Value, form: Extract<Emission<Expr>, { form: "alias" }>): void {
  const base = boundView(c, of);
  c.bindings.set(out.id, {
    kind: "view", memory: base.memory, dtype: out.dtype, shape: out.shape.map((n) => (typeof n === "number" ? n : c.scalar(n))),
    map: (index) => {
      const mine = form.map(index), inner = base.map(mine.index);
      return { index: inner.index, bit: mine.bit ?? inner.bit };
    },
  });
}

/** What the array of a shared tile holds. */
const elementType = ({ dtype: d }: Pick<Value, "dtype">): Buffer["elem"] => (d.storage || d.compute === "bool" ? "u32" : d.compute);

/** The array of an arena: elements of one type if its tiles all have it, else words. */
function arenaFor(c: Context, n: number, id: number, name: string, length: number): Buffer {
  let arena = c.arenas.get(n);
  if (!arena) {
    const elems = new Set<Buffer["elem"]>(), names: string[] = [];
    eachStmt(c.program.body, (s) => { if (s.kind === "inst" && s.out && s.attrs.arena?.kind === "int" && s.attrs.arena.value === n) elems.add(elementType(s.out)); });
    const [elem = "u32", ...others] = elems;
    const made: Arena = {
      names, length: 0,
      buffer: Object.freeze({ id, space: "workgroup", access: "read_write", elem: others.length ? "u32" : elem, atomic: false, get name() { return names.join("_"); }, get length() { return made.length; } }),
    };
    c.arenas.set(n, (arena = made));
  }
  if (!arena.names.includes(name)) arena.names.push(name);
  arena.length = Math.max(arena.length, length);
  return arena.buffer;
}

function lowerDeclare(c: Context, i: Inst, v: Value): void {
  if (v.space === "reg") {
    const layout = layoutOf(v), reg = declare(c, c.nameOf(v, `v${v.id}`), v, layout), init = i.operands.init;
    if (init) {
      const lead = v.shape.length - init.shape.length;
      c.pending.delete(init.id);
      setAll(c, reg, layout, (index) => read(c, init, init.shape.map((n, d) => (n === 1 ? c.e.of(0) : index[lead + d]))));
    }
    bindReg(c, v, reg, layout);
    return;
  }
  const shape = tileShape(v), d = v.dtype, { packing, length, asked } = sharedForm(c, i, v);
  // What threads may write together holds codes: there are atomics on i32 and u32 only.
  const elem: Buffer["elem"] = c.updated.has(v.id) && d.compute !== "i32" ? "u32" : elementType(v), name = c.nameOf(v, `s${v.id}`), arena = i.attrs.arena;
  const buffer = arena?.kind === "int" ? arenaFor(c, arena.value, v.id, name, length)
    : Object.freeze({ id: v.id, name, space: "workgroup" as const, access: "read_write" as const, elem, get atomic() { return c.atomic.get(v.id) ?? false; }, length });
  if (!c.buffers.includes(buffer)) c.buffers.push(buffer);
  const memory: Memory = { id: v.id, buffer, dtype: d, extents: shape.map((n) => c.e.of(n)), packing, asked, mutable: true };
  c.bindings.set(v.id, { kind: "view", memory, dtype: d, shape, map: (index) => ({ index }) });
}

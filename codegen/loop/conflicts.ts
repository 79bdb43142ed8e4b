// How the threads of a block meet in workgroup memory: for every access in the loop form the words that 32 neighbouring
// threads go to at once, and the extra rounds that banks of one word a step make of it.
//
// What decides an index is known but for loops and data. Loops are looked at in their first two turns, all combinations of
// them; where an index was read from memory or registers, nobody can say.
import type { Span } from "../../diagnostic.ts";
import { bankConflicts } from "../../layout/index.ts";
import { evaluator, type Machine } from "./evaluate-expr.ts";
import type { Body, Buffer, Expr, LoopStmt, Var } from "./ir.ts";
import { exprsOf, operandsOf } from "./operands.ts";

/** An access to a workgroup array by threads that go together. */
export interface TileAccess {
  /** Name of the array: the shared tile's, or "scratch". */
  readonly tile: string;
  readonly kind: "load" | "store";
  readonly span: Span | undefined;
  /** Rounds it takes at worst; undefined where data decide the index. 1 is no conflict. */
  readonly rounds: number | undefined;
}

/** Threads that go together. */
const TOGETHER = 32;
/** Loops around an access that are looked at in two turns; those further out stay in their first. */
const DEEPEST = 4;
/** What stands for a dimension: so large that no block is at an edge. */
const LARGE = 2 ** 20;

/** A loop around an access, or a condition on it. */
type Around = { readonly kind: "for"; readonly v: Var; readonly from: Expr; readonly to: Expr; readonly step: number } | { readonly kind: "if"; readonly condition: Expr; readonly is: boolean };

/** Every access of a list of statements, once, with what stands around it. */
function accesses(body: Body): readonly { readonly kind: "load" | "store"; readonly buffer: Buffer; readonly index: Expr; readonly span: Span | undefined; readonly around: readonly Around[] }[] {
  const found: { kind: "load" | "store"; buffer: Buffer; index: Expr; span: Span | undefined; around: readonly Around[] }[] = [], seen = new Set<Expr>();
  const walk = (stmts: readonly LoopStmt[], around: readonly Around[]): void => {
    for (const s of stmts) {
      const visit = (x: Expr): void => {
        if (seen.has(x)) return;
        seen.add(x);
        if (x.node.kind === "load" && x.node.buffer.space === "workgroup") found.push({ kind: "load", buffer: x.node.buffer, index: x.node.index, span: s.span, around });
        operandsOf(x).forEach(visit);
      };
      exprsOf(s).forEach(visit);
      if ((s.kind === "store" || s.kind === "atomic") && s.buffer.space === "workgroup") found.push({ kind: "store", buffer: s.buffer, index: s.index, span: s.span, around });
      if (s.kind === "for") walk(s.body, [...around, s]);
      else if (s.kind === "loop") walk(s.body, around);
      else if (s.kind === "if") for (const is of [true, false]) walk(is ? s.then : s.otherwise, [...around, { kind: "if", condition: s.condition, is }]);
    }
  };
  walk(body.stmts, []);
  return found;
}

/** Variables that differ between threads by what memory holds. */
function fromMemory(stmts: readonly LoopStmt[], into = new Set<Var>()): Set<Var> {
  for (const s of stmts) {
    if (s.kind === "atomic" && s.v) into.add(s.v);
    if (s.kind === "for" || s.kind === "loop") fromMemory(s.body, into);
    if (s.kind === "if") { fromMemory(s.then, into); fromMemory(s.otherwise, into); }
  }
  return into;
}

/**
 * Every access of a body to workgroup memory, and how many rounds its threads take over banks of one word a step.
 * @param halves elements of f16 take two bytes (the target has f16)
 * @example
 * ```ts
 * const b = builder("column"), x = b.tensor("x", "in", "f32", [32, 1], dense(2)), y = b.tensor("y", "out", "f32", [32, 1], dense(2));
 * b.threads(32);
 * const s = b.shared({}, { dtype: x.dtype, shape: [32, 32] });
 * const column = b.slice({ x: s }, { offsets: [constant(0), constant(0)], sizes: [constant(32), constant(1)] });
 * b.store({ to: column, x: b.load({ x }) });
 * b.barrier({});
 * b.store({ to: y, x: b.load({ x: column }) });
 * const { body } = lowerProgram(prepare(b.finish()).program, baseTarget);
 * workgroupTraffic(body, false).map((a) => `${a.kind} ${a.rounds}`); // => ["store 32", "load 32"]
 * ```
 */
export function workgroupTraffic(body: Body, halves: boolean): readonly TileAccess[] {
  const threads = Math.min(TOGETHER, body.threads), values = new Map<Var, Float64Array>(), data = fromMemory(body.stmts), decided = new Map<Expr, boolean>();
  const fill = (n: number): Float64Array => new Float64Array(threads).fill(n);
  const none = (): number => NaN;
  const all = Int32Array.from({ length: threads }, (_, t) => t);
  const m: Machine = { threads, active: all, count: threads, stamp: 0, variable: (v) => values.get(v) ?? fill(v.role === "uniform" ? Math.min(v.hi, LARGE * v.divisor) : Math.max(v.lo, 0)), load: none, slot: none };
  values.set(body.thread, Float64Array.from(all));
  const value = evaluator(m);
  const known = (x: Expr): boolean => {
    let k = decided.get(x);
    if (k === undefined) decided.set(x, (k = x.node.kind !== "load" && x.node.kind !== "reg" && !(x.node.kind === "var" && data.has(x.node.v)) && operandsOf(x).every(known)));
    return k;
  };
  /** The words of one turn of each loop; the loops that have a second turn get it by a bit of `turns`. */
  const words = (buffer: Buffer, index: Expr, around: readonly Around[], turns: number): number[] => {
    let loops = 0;
    const go = (threads: Int32Array): void => { m.active = threads; m.count = threads.length; m.stamp++; };
    const test = (x: Expr, f: (n: number, t: number) => boolean): void => { const v = value(x); go(m.active.filter((t) => f(v[t] ?? 0, t))); };
    go(all);
    for (const a of around) {
      if (a.kind === "if") { if (known(a.condition)) test(a.condition, (n) => (n !== 0) === a.is); continue; }
      const second = (turns >> loops++) & 1, from = known(a.from) ? value(a.from).slice() : fill(Math.max(0, a.v.lo)), at = from.map((n) => n + second * a.step);
      values.set(a.v, at);
      m.stamp++;
      if (known(a.to)) test(a.to, (n, t) => (at[t] ?? 0) < n);
    }
    const at = value(index), each = buffer.elem === "f16" && halves ? 2 : 1;
    return Array.from(m.active, (t) => Math.floor((at[t] ?? 0) / each));
  };
  return accesses(body).map(({ kind, buffer, index, span, around }): TileAccess => {
    if (!known(index)) return { tile: buffer.name, kind, span, rounds: undefined };
    const loops = Math.min(DEEPEST, around.filter((a) => a.kind === "for").length), inner = around.filter((a) => a.kind === "for").length - loops;
    const rounds = Array.from({ length: 2 ** loops }, (_, turns) => 1 + bankConflicts([words(buffer, index, around, turns << inner)]));
    return { tile: buffer.name, kind, span, rounds: Math.max(...rounds) };
  });
}

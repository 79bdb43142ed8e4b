// What statements cost a thread on a device: operations by kind, from the loop form as it is, over the device's rates.
import type { Expr, LoopStmt } from "./loop/ir.ts";
import { exprsOf, operandsOf } from "./loop/operands.ts";
import type { Rates } from "./rates.ts";

/** Operations of one thread, by the kinds that a device's rates tell apart. Loads are of single words. */
export interface Work {
  readonly integer: number;
  readonly imul: number;
  readonly fma: number;
  readonly popcount: number;
  readonly packedDot: number;
  readonly packedDotUnsigned: number;
  readonly convert: number;
  readonly sharedLoad: number;
  /** Loads of workgroup memory at an index that was loaded itself: each thread has its own. */
  readonly tableLoad: number;
  readonly storageLoad: number;
  readonly barrier: number;
}

type Sums = { -readonly [K in keyof Work]: number };
const none = (): Sums => ({ integer: 0, imul: 0, fma: 0, popcount: 0, packedDot: 0, packedDotUnsigned: 0, convert: 0, sharedLoad: 0, tableLoad: 0, storageLoad: 0, barrier: 0 });
const KINDS = Object.keys(none()) as readonly (keyof Work)[];

const isPower = (n: number): boolean => Number.isInteger(Math.log2(Math.abs(n)));

const loaded = new WeakMap<Expr, boolean>();
/** Whether something is loaded for a value. */
function loads(x: Expr): boolean {
  const known = loaded.get(x);
  if (known !== undefined) return known;
  const found = x.node.kind === "load" || operandsOf(x).some(loads);
  loaded.set(x, found);
  return found;
}

/** What one expression does by itself. */
function own(x: Expr, s: Sums): void {
  const n = x.node, float = x.type === "f32" || x.type === "f16";
  switch (n.kind) {
    case "const": case "var": case "reg": case "part": return;
    case "load": s[n.buffer.space === "storage" ? "storageLoad" : loads(n.index) ? "tableLoad" : "sharedLoad"] += n.vector ?? 1; return;
    case "op":
      if (n.op === "popcount") s.popcount++;
      else if (n.op === "dot4i") s.packedDot++;
      else if (n.op === "dot4u") s.packedDotUnsigned++;
      else if (float) s.fma++;
      else if (n.op === "mul" || n.op === "div" || n.op === "rem") s.imul++;
      else s.integer++;
      return;
    case "sum":
      s.integer += n.terms.length - 1 + (n.offset === 0 ? 0 : 1);
      for (const { coefficient: k } of n.terms) if (Math.abs(k) !== 1) s[isPower(k) ? "integer" : "imul"]++;
      return;
    case "field": s.integer += n.at.node.kind === "const" && (n.at.node.value === 0 || n.at.node.value + n.width === 32) ? 1 : 2; return;
    case "to": if (float || n.arg.type === "f32" || n.arg.type === "f16") s.convert++; return;
    case "bits": return;
    case "packHalf": case "unpackHalf": case "table": case "call": s.integer += 2; return;
    default: n satisfies never;
  }
}

/** How far `to` is from `from` at most: also where both move with an outer loop, as of a chunk that ends at first + 256 or before. */
function distance(to: Expr, from: Expr): number {
  const a = to.node, b = from.node, plain = to.hi - from.lo;
  if (a.kind === "op" && a.op === "min") return Math.min(plain, ...a.args.map((x) => distance(x, from)));
  const alike = a.kind === "sum" && b.kind === "sum" && a.terms.length === b.terms.length && a.terms.every((t, i) => t.of === b.terms[i].of && t.coefficient === b.terms[i].coefficient);
  return to === from ? 0 : alike ? a.offset - b.offset : plain;
}

/** How often a loop runs at most; 1 where nobody knows. */
function trips(s: Extract<LoopStmt, { kind: "for" }>): number {
  const most = Math.ceil(distance(s.to, s.from) / s.step);
  return Number.isFinite(most) && most < 2 ** 24 ? Math.max(0, most) : 1;
}

/**
 * The work of statements for one thread; what several of a list use is done once. Of the branches of an `if` both count.
 * @example
 * ```ts
 * const b = builder("twice"), x = b.tensor("x", "in", "f32", [64], dense(1)), y = b.tensor("y", "out", "f32", [64], dense(1));
 * b.threads(32);
 * const v = b.load({ x });
 * b.store({ to: y, x: b.add({ x: v, y: v }) });
 * const { storageLoad, fma } = work(lowerProgram(prepare(b.finish()).program, baseTarget).body.stmts);
 * [storageLoad, fma]; // => [2, 2]
 * ```
 */
export function work(stmts: readonly LoopStmt[]): Work {
  const sums = none(), seen = new Set<Expr>();
  const visit = (x: Expr): void => {
    if (seen.has(x)) return;
    seen.add(x);
    own(x, sums);
    operandsOf(x).forEach(visit);
  };
  const add = (inner: readonly LoopStmt[], times: number): void => { const w = work(inner); for (const k of KINDS) sums[k] += w[k] * times; };
  for (const s of stmts) {
    exprsOf(s).forEach(visit);
    // A trip counts and compares.
    if (s.kind === "for") { add(s.body, trips(s)); sums.integer += 2 * trips(s); }
    else if (s.kind === "loop") add(s.body, 1);
    else if (s.kind === "if") { add(s.then, 1); add(s.otherwise, 1); }
    else if (s.kind === "barrier") sums.barrier++;
  }
  return sums;
}

/**
 * Seconds that `threads` threads take for it, side by side with all others of a full device. What the device can't do takes forever.
 * @param r rates of the device: operations in a second
 * @example
 * ```ts
 * const b = builder("twice"), x = b.tensor("x", "in", "f32", [64], dense(1)), y = b.tensor("y", "out", "f32", [64], dense(1));
 * b.threads(32);
 * const v = b.load({ x });
 * b.store({ to: y, x: b.add({ x: v, y: v }) });
 * const { stmts } = lowerProgram(prepare(b.finish()).program, baseTarget).body;
 * seconds(work(stmts), defaultRates.swiftshader, 32) > seconds(work(stmts), defaultRates.nvidia, 32); // => true
 * ```
 */
export function seconds(w: Work, r: Rates, threads = 1): number {
  const each = (n: number, rate: number | undefined, beside = 0): number => (n === 0 ? 0 : n * Math.max(0, 1 / (rate ?? 0) - beside));
  // Some rates are of a chain with other operations in it, which are counted by themselves here.
  const op = 1 / (r.integer ?? Infinity);
  return threads * (
    each(w.integer, r.integer) + each(w.imul, r.imul, op) + each(w.fma, r.fma) + each(w.popcount, r.popcount, 2 * op) + each(w.packedDot, r.packedDot, op) + each(w.packedDotUnsigned, r.packedDotUnsigned, op)
    + each(w.convert, r.convert, op) + each(w.sharedLoad, r.sharedLoad, op) + each(w.tableLoad, r.tableLoad, 2 * op)
    + each(4 * w.storageLoad, r.storageReadScalar)
  ) + each(w.barrier, r.barrier);
}

// Expressions as functions over all threads of a block at once: the value of an expression is one number per
// thread. Values are computed at most once per statement, and only for the threads that take part in it.
import { Bug } from "../../diagnostic.ts";
import { bitcast, convertNumber, halfBits, halfValue, lessHalves, scalarFunction } from "../../vm/index.ts";
import { BYTES, isByteOp, type Buffer, type Expr, type Reg, type Var } from "./ir.ts";

/** One number for each thread; entries of threads that take no part are meaningless. */
export type Vector = Float64Array;

/** The threads at work, and the state that expressions read. */
export interface Machine {
  readonly threads: number;
  /** Threads that take part: the first `count` entries. */
  active: Int32Array;
  count: number;
  /** Changes with every statement: what was computed before may be out of date. */
  stamp: number;
  variable(v: Var): Vector;
  load(buffer: Buffer, index: number, thread: number): number;
  slot(reg: Reg, slot: number, thread: number): number;
}

/** Gives the current values of an expression. */
export type Evaluator = (e: Expr) => Vector;

/** The evaluator of a machine. Throws a `Bug` where an expression leaves its contract: floor division of a negative number, an index outside. */
export function evaluator(m: Machine): Evaluator {
  const compiled = new Map<Expr, () => Vector>();

  const compute = (e: Expr): ((out: Vector) => void) => {
    const n = e.node;
    const each = (f: (t: number) => number) => (out: Vector) => {
      for (let i = 0; i < m.count; i++) { const t = m.active[i] ?? 0; out[t] = f(t); }
    };
    const unary = (arg: Expr, f: (x: number) => number) => {
      const a = get(arg);
      return (out: Vector) => { const x = a(); each((t) => f(x[t] ?? 0))(out); };
    };
    switch (n.kind) {
      case "const": return (out) => { out.fill(n.value); };
      case "var": return (out) => { out.set(m.variable(n.v)); };
      case "op": {
        if (n.op === "lowHalf" || n.op === "highHalf") { const by = n.op === "lowHalf" ? 0 : 16; return unary(n.args[0], (x) => halfValue((x >>> by) & 0xffff)); }
        if (isByteOp(n.op)) { const by = 8 * BYTES.indexOf(n.op); return unary(n.args[0], (x) => (x >>> by) & 255); }
        const f = n.op === "lessHalves" ? lessHalves : n.op === "fdiv" || n.op === "fmod" ? floorFunction(n.op) : scalarFunction(n.op, (n.args[n.op === "select" ? 1 : 0] ?? e).type);
        const [a, b, c] = n.args.map(get);
        if (!a) throw new Bug(`'${n.op}' without operands`);
        if (!b) return (out) => { const x = a(); each((t) => f(x[t] ?? 0, 0, 0))(out); };
        if (!c) return (out) => { const x = a(), y = b(); each((t) => f(x[t] ?? 0, y[t] ?? 0, 0))(out); };
        return (out) => { const x = a(), y = b(), z = c(); each((t) => f(x[t] ?? 0, y[t] ?? 0, z[t] ?? 0))(out); };
      }
      case "sum": {
        const terms = n.terms.map((t) => ({ k: t.coefficient, of: get(t.of) }));
        return (out) => {
          const values = terms.map((t) => ({ k: t.k, of: t.of() }));
          each((t) => values.reduce((s, v) => (s + Math.imul(v.k, v.of[t] ?? 0)) | 0, n.offset))(out);
        };
      }
      case "to": return unary(n.arg, (x) => convertNumber(e.type, n.arg.type, x));
      case "bits": return unary(n.arg, (x) => bitcast(e.type, n.arg.type, x));
      case "packHalf": return unary(n.arg, halfBits);
      case "unpackHalf": return unary(n.arg, halfValue);
      case "table": return unary(n.index, (i) => n.values[i] ?? outside(i, `a table of ${n.values.length}`));
      case "field": {
        const word = get(n.word), at = get(n.at), mask = n.width >= 32 ? 0xffffffff : 2 ** n.width - 1;
        return (out) => {
          const w = word(), a = at();
          each((t) => { const p = a[t] ?? 0; return p < 0 || p + n.width > 32 ? outside(p, `a word (${n.width} bits)`) : (((w[t] ?? 0) >>> p) & mask) >>> 0; })(out);
        };
      }
      case "load": { const b = n.buffer, at = get(n.index); return (out) => { const i = at(); each((t) => m.load(b, i[t] ?? 0, t))(out); }; }
      case "reg": { const r = n.reg, at = get(n.slot); return (out) => { const i = at(); each((t) => m.slot(r, i[t] ?? 0, t))(out); }; }
      case "call": case "part": throw new Bug("these are made for the text only");
      default: return n satisfies never;
    }
  };

  const get = (e: Expr): (() => Vector) => {
    const old = compiled.get(e);
    if (old) return old;
    const run = compute(e), out = new Float64Array(m.threads);
    let stamp = -1;
    const made = () => { if (stamp !== m.stamp) { run(out); stamp = m.stamp; } return out; };
    compiled.set(e, made);
    return made;
  };
  return (e) => get(e)();
}

const outside = (i: number, of: string): never => { throw new Bug(`${i} is outside ${of}`); };

const floorFunction = (op: "fdiv" | "fmod") => (a: number, b: number): number => {
  if (a < 0 || b <= 0) throw new Bug(`${op} of ${a} by ${b}: index arithmetic is of numbers ≥ 0 by numbers > 0`);
  return op === "fdiv" ? Math.floor(a / b) : a % b;
};

/** The value of an expression without reads, for given variables: a grid extent, a test. */
export function evaluateScalar(e: Expr, value: (v: Var) => number): number {
  const none = () => { throw new Bug("a scalar reads no memory"); };
  const m: Machine = { threads: 1, active: Int32Array.of(0), count: 1, stamp: 0, variable: (v) => Float64Array.of(value(v)), load: none, slot: none };
  return evaluator(m)(e)[0] ?? NaN;
}

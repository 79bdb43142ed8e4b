// Sums taken apart for writing: terms that change in the same loops stand together, outermost first, the constant
// last. So the part that a loop doesn't change can be made before it, and addresses that differ by a constant share
// all the rest:  t*4 + k*64 + s + 3  =  ((t*4) + k*64 + s) + 3.
import { core, limits, type Core } from "./core.ts";
import type { Expr, LoopStmt, Node, Var } from "./ir.ts";
import { operandsOf } from "./operands.ts";
import { mapStmt, withOperands } from "./rebuild.ts";

/** Rewrites expressions into a table of its own. */
export interface Splitter {
  readonly core: Core;
  stmt(s: LoopStmt): LoopStmt;
}

/** How often the value of an expression changes: nesting depth of the innermost loop that it depends on. Reads of what can be written: Infinity. */
export function depths(depthOf: (v: Var) => number): (e: Expr) => number {
  const memo = new Map<Expr, number>();
  const depth = (e: Expr): number => {
    const old = memo.get(e);
    if (old !== undefined) return old;
    const n = e.node;
    let d = n.kind === "var" ? depthOf(n.v) : n.kind === "reg" || (n.kind === "load" && n.buffer.access !== "read") ? Infinity : 0;
    for (const x of operandsOf(e)) d = Math.max(d, depth(x));
    memo.set(e, d);
    return d;
  };
  return depth;
}

/** A splitter; `depthOf` gives the number of loops around a variable's definition. */
export function splitter(depthOf: (v: Var) => number): Splitter {
  const c: Core = core(), memo = new Map<Expr, Expr>(), depth = depths(depthOf);

  const sum = (e: Expr, n: Extract<Node, { kind: "sum" }>): Expr => {
    const groups = new Map<number, { coefficient: number; of: Expr }[]>();
    for (const t of n.terms) {
      const d = depth(t.of), g = groups.get(d);
      const made = { coefficient: t.coefficient, of: expr(t.of) };
      if (g) g.push(made); else groups.set(d, [made]);
    }
    let out: Expr | undefined;
    for (const [, terms] of [...groups].sort(([a], [b]) => a - b)) {
      const [first] = terms;
      const part = terms.length === 1 && first?.coefficient === 1 ? first.of
        : c.intern("i32", { kind: "sum", terms: Object.freeze(terms.map((t) => Object.freeze(t))), offset: 0 });
      out = out ? c.intern("i32", { kind: "op", op: "add", args: Object.freeze([out, part]) }) : part;
    }
    const offset = c.constant("i32", n.offset);
    return !out ? offset : n.offset === 0 ? out : c.intern("i32", { kind: "op", op: "add", args: Object.freeze([out, offset]) }, { lo: e.lo, hi: e.hi, divisor: e.divisor });
  };

  const expr = (e: Expr): Expr => {
    const old = memo.get(e);
    if (old) return old;
    const n = e.node, facts = e.type === "i32" || e.type === "u32" ? { lo: e.lo, hi: e.hi, divisor: e.divisor } : limits(e.type);
    const made = n.kind === "sum" ? sum(e, n) : c.intern(e.type, withOperands(n, operandsOf(e).map(expr)), facts);
    memo.set(e, made);
    return made;
  };

  return { core: c, stmt: (s) => mapStmt(s, expr) };
}

// Sums taken apart for writing: terms that change in the same loops stand together, outermost first, the constant
// last. So the part that a loop doesn't change can be made before it, and addresses that differ by a constant share
// all the rest:  t*4 + k*64 + s + 3  =  ((t*4) + k*64 + s) + 3.
import { Bug } from "../../diagnostic.ts";
import { argsOf, core, known, limits, room, type Core, type Facts } from "./core.ts";
import type { Buffer, Expr, LoopStmt, Node, Var } from "./ir.ts";
import { mapStmt, withOperands } from "./rebuild.ts";
import { divided, type Width } from "./vectors.ts";

/** Rewrites expressions into a table of its own. */
export interface Splitter {
  readonly core: Core;
  stmt(s: LoopStmt): LoopStmt;
}

/** How often the value of an expression changes: nesting depth of the innermost loop that it depends on. Reads of what can be written: Infinity. */
export function depths(depthOf: (v: Var) => number): (e: Expr) => number {
  const memo: (number | undefined)[] = [];
  const depth = (e: Expr): number => {
    const old = memo[e.id];
    if (old !== undefined) return old;
    const n = e.node;
    let d = n.kind === "var" ? depthOf(n.v) : n.kind === "reg" || (n.kind === "load" && n.buffer.access !== "read") ? Infinity : 0;
    for (const x of e.operands) d = Math.max(d, depth(x));
    memo[e.id] = d;
    return d;
  };
  return depth;
}

/** A splitter; `depthOf` gives the number of loops around a variable's definition, `widths` the buffers that are read as vectors. */
export function splitter(depthOf: (v: Var) => number, widths: ReadonlyMap<Buffer, Width> = new Map()): Splitter {
  const c: Core = core(), memo: (Expr | undefined)[] = [], depth = depths(depthOf);

  /** A sum, its terms grouped by how often they change; each term is divided by `by`, exactly. */
  const sum = (terms: readonly { readonly coefficient: number; readonly of: Expr; readonly by?: number }[], constant: number, facts?: Facts): Expr => {
    const groups = new Map<number, { coefficient: number; of: Expr }[]>();
    for (const t of terms) {
      const d = depth(t.of), g = groups.get(d);
      const made = { coefficient: t.coefficient, of: quotient(t.of, t.by ?? 1) };
      if (g) g.push(made); else groups.set(d, [made]);
    }
    let out: Expr | undefined;
    for (const [, mine] of [...groups].sort(([a], [b]) => a - b)) {
      const [first] = mine;
      const part = mine.length === 1 && first?.coefficient === 1 ? first.of
        : c.intern("i32", { kind: "sum", terms: mine, offset: 0 });
      out = out ? c.intern("i32", { kind: "op", op: "add", args: [out, part] }) : part;
    }
    const offset = c.constant("i32", constant);
    return !out ? offset : constant === 0 ? out : c.intern("i32", { kind: "op", op: "add", args: [out, offset] }, facts);
  };

  const quotient = (e: Expr, by: number): Expr => {
    if (by === 1) return expr(e);
    const [x, n] = argsOf(e, "fdiv") ?? [], k = n && known(n);
    return c.intern("i32", { kind: "op", op: "fdiv", args: x && k ? [expr(x), c.constant("i32", k * by)] : [expr(e), c.constant("i32", by)] });
  };

  /** A word of a vector. */
  const part = (n: Extract<Node, { kind: "load" }>, width: Width): Expr => {
    const d = divided(n.index, width);
    if (!d) throw new Bug(`${n.buffer.name} can't be read as vectors`);
    return c.intern("u32", { kind: "part", of: c.intern("u32", { ...n, index: sum(d.terms, d.offset), vector: width }), part: d.rest });
  };

  const expr = (e: Expr): Expr => {
    const old = memo[e.id];
    if (old) return old;
    const n = e.node, facts = e.type === "i32" || e.type === "u32" ? e : limits(e.type);
    const width = n.kind === "load" ? widths.get(n.buffer) : undefined;
    const made = n.kind === "sum" ? sum(n.terms, n.offset, facts) : n.kind === "load" && width ? part(n, width) : c.intern(e.type, e.operands.length === 0 ? n : withOperands(n, e.operands.map(expr)), facts);
    memo[e.id] = made;
    return made;
  };

  return { core: c, stmt: (s) => mapStmt(s, (e) => { room(memo, e.id); return expr(e); }) };
}

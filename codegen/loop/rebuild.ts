// Expressions and statements over other expressions.
import { Bug } from "../../diagnostic.ts";
import type { Expr, LoopStmt, Node } from "./ir.ts";

/** The same node over other operands, given in the order of `operandsOf`. */
export function withOperands(n: Node, by: readonly Expr[]): Node {
  const [a, b] = by;
  if (n.kind === "const" || n.kind === "var") return n;
  // Written out: copying an object key by key takes longer than all else here.
  if (n.kind === "sum") return { kind: "sum", offset: n.offset, terms: n.terms.map((t, i) => ({ coefficient: t.coefficient, of: by[i] ?? t.of })) };
  if (!a) throw new Bug(`${n.kind} without operands`);
  switch (n.kind) {
    case "op": return { kind: "op", op: n.op, args: by };
    case "to": case "bits": case "packHalf": case "unpackHalf": return { kind: n.kind, arg: a };
    case "call": return { kind: "call", f: n.f, arg: a };
    case "table": return { kind: "table", values: n.values, index: a };
    case "load": return { kind: "load", buffer: n.buffer, index: a, epoch: n.epoch, vector: n.vector };
    case "part": return { kind: "part", of: a, part: n.part };
    case "field": return { kind: "field", word: a, at: b ?? a, width: n.width };
    case "reg": return { kind: "reg", reg: n.reg, slot: a, epoch: n.epoch };
    default: return n satisfies never;
  }
}

/** A statement with every expression in it, also of nested statements, replaced. */
export function mapStmt(s: LoopStmt, f: (e: Expr) => Expr): LoopStmt {
  const inner = (list: readonly LoopStmt[]) => list.map((x) => mapStmt(x, f));
  switch (s.kind) {
    case "for": return { ...s, from: f(s.from), to: f(s.to), body: inner(s.body) };
    case "if": return { ...s, condition: f(s.condition), then: inner(s.then), otherwise: inner(s.otherwise) };
    case "loop": return { ...s, body: inner(s.body) };
    case "keep": return { ...s, value: f(s.value) };
    case "set": return { ...s, slot: f(s.slot), value: f(s.value), lane: s.lane && f(s.lane) };
    case "store": return { ...s, index: f(s.index), value: f(s.value) };
    case "atomic": return { ...s, index: f(s.index), value: f(s.value), ...(s.compare ? { compare: f(s.compare) } : {}) };
    case "uniform": return { ...s, index: f(s.index) };
    case "declare": case "barrier": case "jump": return s;
    default: return s satisfies never;
  }
}

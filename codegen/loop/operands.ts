// The expressions that an expression is made of.
import type { Expr } from "./ir.ts";

/** Direct operands of an expression, in order. */
export function operandsOf(x: Expr): readonly Expr[] {
  const n = x.node;
  switch (n.kind) {
    case "const": case "var": return [];
    case "op": return n.args;
    case "sum": return n.terms.map((t) => t.of);
    case "to": case "bits": case "packHalf": case "unpackHalf": case "call": return [n.arg];
    case "table": return [n.index];
    case "field": return [n.word, n.at];
    case "load": return [n.index];
    case "reg": return [n.slot];
    default: return n satisfies never;
  }
}

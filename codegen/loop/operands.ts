// The expressions that an expression or a statement is made of.
import type { Expr, LoopStmt, Node } from "./ir.ts";
import type { PlacedStmt } from "./place.ts";

/** Direct operands of an expression, in order. */
export const operandsOf = (x: Expr): readonly Expr[] => x.operands;

const NONE: readonly Expr[] = Object.freeze([]);

/** Those of a node. */
export function operandsIn(n: Node): readonly Expr[] {
  switch (n.kind) {
    case "const": case "var": return NONE;
    case "op": return n.args;
    case "sum": return n.terms.map((t) => t.of);
    case "to": case "bits": case "packHalf": case "unpackHalf": case "call": return [n.arg];
    case "table": return [n.index];
    case "field": return [n.word, n.at];
    case "part": return [n.of];
    case "load": return [n.index];
    case "reg": return [n.slot];
    default: return n satisfies never;
  }
}

/** Expressions that a statement evaluates itself (not those of nested statements). */
export function exprsOf(s: LoopStmt | Exclude<PlacedStmt, { kind: "let" }>): readonly Expr[] {
  switch (s.kind) {
    case "for": return [s.from, s.to];
    case "if": return [s.condition];
    case "set": return s.lane ? [s.slot, s.value, s.lane] : [s.slot, s.value];
    case "keep": return [s.value];
    case "store": return [s.index, s.value];
    case "atomic": return s.compare ? [s.index, s.value, s.compare] : [s.index, s.value];
    case "uniform": return [s.index];
    case "declare": case "barrier": case "loop": case "jump": return [];
    default: return s satisfies never;
  }
}

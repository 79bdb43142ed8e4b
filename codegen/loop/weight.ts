// What an expression costs to compute again: about the number of instructions, 0 for what has a name or is read
// through one anyway. Decides whether a value deserves a name of its own.
import { byAge } from "./core.ts";
import type { Expr } from "./ir.ts";

const DEAR: ReadonlySet<string> = new Set(["exp", "exp2", "log", "log2", "sin", "cos", "tanh", "sqrt", "rsqrt", "pow", "rem"]);

/** Beyond this, weights aren't told apart. */
const MOST = 100;

/** Operations of the node itself. */
export function ownWeight(e: Expr): number {
  const n = e.node;
  switch (n.kind) {
    case "const": case "var": case "load": case "part": return 0;
    case "reg": return n.slot.node.kind === "const" ? 0 : 1;
    case "sum": return n.terms.length - 1 + n.terms.filter((t) => Math.abs(t.coefficient) !== 1).length + (n.offset === 0 ? 0 : 1);
    case "op": {
      const by = n.args[1]?.node;
      if (n.op === "fdiv" || n.op === "fmod" || n.op === "div") return by?.kind === "const" && e.type !== "f32" ? 1 : 4;
      if (n.op === "lowHalf" || n.op === "highHalf") return 0;
      return DEAR.has(n.op) ? 6 : e.type === "f16" ? 2 : 1;
    }
    case "field": return n.at.node.kind === "const" ? 1 : 2;
    case "call": return 4;
    case "packHalf": case "unpackHalf": case "table": return 2;
    case "to": return e.type === "i32" || e.type === "u32" || e.type === "f32" ? 1 : 2;
    case "bits": return 1;
    default: return n satisfies never;
  }
}

/** What the expressions of a table cost, by their numbers. */
export const weights = (all: readonly Expr[]): readonly number[] => byAge<number>(all, (e, known) => {
  if (e.node.kind === "load" || e.node.kind === "part") return 0;
  let sum = ownWeight(e);
  for (const x of e.operands) sum += known[x.id];
  return Math.min(MOST, sum);
});

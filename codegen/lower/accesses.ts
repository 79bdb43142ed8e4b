// How many memory accesses a piece of loop form will have as text: every distinct load once, every store.
import type { Expr, LoopStmt } from "../loop/ir.ts";
import { operandsOf } from "../loop/operands.ts";

/** Static memory accesses of some statements. */
export function memoryAccesses(stmts: readonly LoopStmt[]): number {
  const seen = new Set<Expr>();
  let count = 0;
  const visit = (x: Expr): void => {
    if (seen.has(x)) return;
    seen.add(x);
    if (x.node.kind === "load") count++;
    operandsOf(x).forEach(visit);
  };
  const walk = (list: readonly LoopStmt[]): void => {
    for (const s of list) {
      switch (s.kind) {
        case "for": visit(s.from); visit(s.to); walk(s.body); break;
        case "if": visit(s.condition); walk(s.then); walk(s.otherwise); break;
        case "loop": walk(s.body); break;
        case "keep": visit(s.value); break;
        case "set": visit(s.slot); visit(s.value); if (s.lane) visit(s.lane); break;
        case "store": count++; visit(s.index); visit(s.value); break;
        case "atomic": count++; visit(s.index); visit(s.value); if (s.compare) visit(s.compare); break;
        case "uniform": count++; visit(s.index); break;
        case "declare": case "barrier": case "jump": break;
        default: s satisfies never;
      }
    }
  };
  walk(stmts);
  return count;
}

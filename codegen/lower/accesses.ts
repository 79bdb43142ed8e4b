// How many memory accesses a piece of loop form will have as text: every distinct load once, every store. What a driver's compiler
// does for a vector of four words is about what it does for three loads.
import { MADE_OF, type Expr, type LoopStmt } from "../loop/ir.ts";
import { exprsOf, operandsOf } from "../loop/operands.ts";
import { loadsOf, vectorsOf } from "../loop/vectors.ts";
import type { AttemptSize } from "./context.ts";
import { isAlike } from "./lanes.ts";

/** What a vector saves of the loads in it. */
const SAVED = { 2: 0, 4: 1 } as const;

/**
 * Adds to what is known of an attempt's size what these statements have at least: vectors save a quarter of the loads at most.
 * @param shared lanes share in loads of what all threads read alike, which don't count then
 */
export function grow(size: AttemptSize, stmts: readonly LoopStmt[], budget: number, shared: boolean): void {
  const { seen } = size;
  const visit = (x: Expr): void => {
    if (!(x.from & MADE_OF.memory) || seen.has(x)) return;
    seen.add(x);
    if (x.node.kind === "load" && !(shared && isAlike(x.node.index))) size.loads.add(x);
    for (const o of operandsOf(x)) visit(o);
  };
  const walk = (list: readonly LoopStmt[]): void => {
    for (const s of list) {
      if (seen.has(s)) continue;
      seen.add(s);
      if (s.kind === "store" || s.kind === "atomic" || s.kind === "uniform") size.stores++;
      for (const x of exprsOf(s)) visit(x);
      if (s.kind === "for" || s.kind === "loop") walk(s.body);
      else if (s.kind === "if") { walk(s.then); walk(s.otherwise); }
    }
  };
  walk(stmts);
  size.over ||= 0.75 * size.loads.size + size.stores > budget;
}

/** Static memory accesses of some statements. */
export function memoryAccesses(stmts: readonly LoopStmt[]): number {
  const seen = new Set<Expr>();
  let count = 0;
  for (const indices of loadsOf(stmts).values()) { const v = vectorsOf(indices); if (v) count -= v.full * SAVED[v.width]; }
  const visit = (x: Expr): void => {
    if (!(x.from & MADE_OF.memory) || seen.has(x)) return;
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

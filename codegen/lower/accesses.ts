// How many memory accesses a piece of loop form will have as text: every distinct load once, every store. What a driver's compiler
// does for a vector of four words is about what it does for three loads.
import { MADE_OF, type Buffer, type Expr, type LoopStmt } from "../loop/ir.ts";
import { exprsOf, operandsOf } from "../loop/operands.ts";
import { isVectorRead, vectorsOf } from "../loop/vectors.ts";
import type { Target } from "./context.ts";

/** What a vector saves of the loads in it. */
const SAVED = { 2: 0, 4: 1 } as const;

/** Accesses of statements as they come; `alike`: loads that lanes may share. */
export interface Accesses { stores: number; alike: number; readonly loads: Set<Expr>; readonly seen: Set<Expr | LoopStmt> }

/** None yet. */
export const noAccesses = (): Accesses => ({ stores: 0, alike: 0, loads: new Set(), seen: new Set() });

/**
 * Counts what statements access, each once.
 * @param own tells loads that lanes don't share
 * @param instead statements that others stand for
 */
export function access(to: Accesses, stmts: readonly LoopStmt[], own: (load: Expr) => boolean = () => true, instead?: ReadonlyMap<LoopStmt, readonly LoopStmt[]>): void {
  const { seen, loads } = to;
  const visit = (x: Expr): void => {
    if (!(x.from & MADE_OF.memory) || seen.has(x)) return;
    seen.add(x);
    if (x.node.kind === "load") { if (own(x)) loads.add(x); else to.alike++; }
    for (const o of operandsOf(x)) visit(o);
  };
  const walk = (list: readonly LoopStmt[]): void => {
    for (const s of list) {
      if (seen.has(s)) continue;
      seen.add(s);
      const others = instead?.get(s);
      if (others) { walk(others); continue; }
      if (s.kind === "store" || s.kind === "atomic" || s.kind === "uniform") to.stores++;
      for (const x of exprsOf(s)) visit(x);
      if (s.kind === "for" || s.kind === "loop") walk(s.body);
      else if (s.kind === "if") { walk(s.then); walk(s.otherwise); }
    }
  };
  walk(stmts);
}

/** Accesses that each of some loops may have, for all of them to have what a target takes: half as much again, because most have fewer. */
export const shareOf = ({ staticAccesses }: Pick<Target, "staticAccesses">, loops: number): number => Math.max(1, Math.floor((1.5 * staticAccesses) / Math.max(1, loops)));

/** What they come to at least, whatever follows: vectors save a quarter of the loads at most. */
export const leastOf = ({ loads, stores }: Accesses): number => 0.75 * loads.size + stores;

/** What they come to at most, as they are. */
export const mostOf = ({ loads, stores, alike }: Accesses): number => loads.size + alike + stores;

/** What they come to. */
function sizeOf({ loads, stores }: Accesses): number {
  const reads = new Map<Buffer, Set<Expr>>();
  let size = loads.size + stores;
  for (const { node: n } of loads) {
    if (n.kind !== "load" || !isVectorRead(n)) continue;
    const of = reads.get(n.buffer);
    if (of) of.add(n.index); else reads.set(n.buffer, new Set([n.index]));
  }
  for (const indices of reads.values()) { const v = vectorsOf(indices); if (v) size -= v.full * SAVED[v.width]; }
  return size;
}

/** Static memory accesses of some statements. */
export function memoryAccesses(stmts: readonly LoopStmt[]): number {
  const all = noAccesses();
  access(all, stmts);
  return sizeOf(all);
}

// quiet: without prints, and without what only they looked at.
import { eachStmt, withBlocks, type Inst, type Program, type Stmt } from "../program.ts";
import { rowOf } from "./rewrite.ts";

/** Whether nothing is lost without an instruction whose result nobody uses. */
const idle = (i: Inst): boolean => i.out !== undefined && ["pure", "read", "view"].includes(rowOf(i).effect ?? "pure");

/** Values that instructions use, of those that `which` picks. */
function used(body: readonly Stmt[], which: (i: Inst) => boolean): Set<number> {
  const out = new Set<number>();
  eachStmt(body, (s) => { if (s.kind === "inst" && which(s)) for (const v of Object.values(s.operands)) out.add(v.id); });
  return out;
}

/** The pass. A Program that prints nothing stays as it is. */
export function quiet(p: Program): Program {
  const isPrint = (i: Inst): boolean => i.name === "print";
  let watched = used(p.body, isPrint), gone: (i: Inst) => boolean = isPrint, { body } = p;
  if (!watched.size && !printsAny(p)) return p;
  do {
    const drop = gone, without = (list: readonly Stmt[]): readonly Stmt[] => Object.freeze(list.flatMap((s): Stmt[] => (s.kind !== "inst" ? [withBlocks(s, without)] : drop(s) ? [] : [s])));
    body = without(body);
    const left = used(body, () => true), candidates = watched;
    gone = (i) => i.out !== undefined && candidates.has(i.out.id) && !left.has(i.out.id) && idle(i);
    watched = new Set([...used(body, gone), ...candidates]);
  } while (some(body, gone));
  return Object.freeze({ ...p, body });
}

function some(body: readonly Stmt[], which: (i: Inst) => boolean): boolean {
  let found = false;
  eachStmt(body, (s) => { found ||= s.kind === "inst" && which(s); });
  return found;
}

/** Whether a Program says anything. */
export const printsAny = (p: Program): boolean => some(p.body, (i) => i.name === "print");

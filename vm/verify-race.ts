// Missing barriers. Between a write to shared memory (or to the block's own output) and another thread's access there must be a
// barrier on every path. One walk in program order carries what was touched since the last barrier; branches are joined, and a
// loop is walked twice, the second time with what its first round left behind.
//
//   store(s, x)        pending: { write s }
//   barrier()          pending: {}
//   dot(s, …)          pending: { read s }
//   ↻ store(s, x)      read s is pending: race
import type { DiagnosticInit, Label } from "../diagnostic.ts";
import { equal } from "../layout/index.ts";
import { instructions } from "./isa/index.ts";
import { eachStmt, type For, type If, type Inst, type Program, type Stmt, type Value } from "./program.ts";
import { knownScalar } from "./scalar.ts";
import { instText, scalarText } from "./text-print.ts";
import { afterLoop, disjoint, lastRound, regionOf, sameRegion, type LoopFact, type Region } from "./verify-region.ts";

interface Access {
  readonly inst: Inst;
  readonly write: boolean;
  readonly region: Region;
  /** Made in an earlier round of a loop that is still running. */
  readonly earlier: boolean;
}

/** Accesses since the last barrier, each once. */
type Pending = ReadonlyMap<string, Access>;

/** Loops nested deeper are walked once: each level doubles the work, and nobody nests that deep. */
const MAX_NEST = 8;

const NONE: Pending = new Map();
const join = (a: Pending, b: Pending): Pending => (a === b ? a : new Map([...a, ...b]));

/** Reads and writes of memory, in that order. */
function accesses(i: Inst): { readonly value: Value; readonly write: boolean }[] {
  const effect = instructions.get(i.name)?.effect ?? "pure";
  if (effect === "view" || effect === "declare") return [];
  return Object.entries(i.operands)
    .filter(([, v]) => v.space !== "reg")
    .map(([key, value]) => ({ value, write: effect === "write" && key === "to" }))
    .sort((a, b) => Number(a.write) - Number(b.write));
}

/** How often a loop runs at least, and whether it can run again. */
function rounds(s: For): { readonly least: 0 | 1; readonly again: boolean } {
  const from = knownScalar(s.from), to = knownScalar(s.to);
  return from === undefined || to === undefined ? { least: 0, again: true } : { least: from < to ? 1 : 0, again: from + s.step < to };
}

/** Symbols that a block makes anew each time it runs. */
function madeIn(body: readonly Stmt[]): ReadonlySet<string> {
  const out = new Set<string>();
  eachStmt(body, (s) => { if (s.kind === "for") out.add(s.symbol.id); else if (s.kind === "inst" && s.result) out.add(s.result.id); });
  return out;
}

/** The rule. */
export function* races(p: Program): Generator<DiagnosticInit> {
  if (p.threads === 1) return;
  const definitions = new Map<number, Inst>();
  eachStmt(p.body, (s) => { if (s.kind === "inst" && s.out) definitions.set(s.out.id, s); });
  const written = new Set<number>();
  const numbers = new Map<Inst, number>();
  eachStmt(p.body, (s) => {
    if (s.kind !== "inst") return;
    numbers.set(s, numbers.size);
    for (const a of accesses(s)) if (a.write) written.add(regionOf(a.value, definitions).root.id);
  });
  const found: DiagnosticInit[] = [], told = new Set<string>();
  const facts = new Map<string, LoopFact>();
  let nest = 0;
  const keyOf = (a: Access): string => `${numbers.get(a.inst)} ${a.write} ${a.earlier} ${a.region.root.id} ${a.region.box.map((b) => `${scalarText(b.offset)}+${scalarText(b.size)}`).join()}`;
  const mapped = (pending: Pending, f: (a: Access) => Access): Pending => new Map([...pending.values()].map((a) => { const b = f(a); return [keyOf(b), b]; }));

  function clash(a: Access, b: Access): boolean {
    if (a.region.root.id !== b.region.root.id || !(a.write || b.write) || disjoint(a.region, b.region, facts)) return false;
    if (!sameRegion(a.region, b.region)) return true;
    // Each thread does to its own elements what it did to them before.
    return !(a.inst === b.inst || (b.write && !a.write && updates(a.inst, b.inst, definitions)));
  }

  function visit(i: Inst, before: Pending): Pending {
    if (instructions.get(i.name)?.effect === "barrier") return NONE;
    let pending = before;
    for (const { value, write } of accesses(i)) {
      const region = regionOf(value, definitions);
      if (!written.has(region.root.id)) continue;
      const mine: Access = { inst: i, write, region, earlier: false };
      const other = [...pending.values()].find((a) => clash(a, mine));
      if (other) {
        const pair = `${numbers.get(other.inst)} ${numbers.get(i)}`;
        if (!told.has(pair)) { told.add(pair); found.push(complaint(p, other, mine)); }
        pending = NONE; // as if the barrier stood here, so that one omission is told once
      }
      pending = new Map(pending).set(keyOf(mine), mine);
    }
    return pending;
  }

  function loop(s: For, before: Pending): Pending {
    const { least, again } = rounds(s), id = s.symbol.id;
    if (!least && !again) return before;
    const inside = madeIn(s.body);
    facts.set(id, { step: s.step, low: knownScalar(s.from) ?? -Infinity, high: (knownScalar(s.to) ?? Infinity) - 1 });
    nest++;
    let after = block(s.body, before);
    if (again && nest <= MAX_NEST) after = join(after, block(s.body, mapped(after, (a) => ({ ...a, earlier: true, region: lastRound(a.region, id, inside) }))));
    nest--;
    const out = mapped(after, (a) => ({ ...a, earlier: before.has(keyOf(a)) && a.earlier, region: afterLoop(a.region, id, inside) }));
    return least ? out : join(before, out);
  }

  function branch(s: If, before: Pending): Pending {
    const known = knownScalar(s.condition);
    if (known !== undefined) return block(known ? s.then : s.otherwise, before);
    return join(block(s.then, before), block(s.otherwise, before));
  }

  function block(body: readonly Stmt[], before: Pending): Pending {
    return body.reduce((pending, s) => (s.kind === "inst" ? visit(s, pending) : s.kind === "for" ? loop(s, pending) : branch(s, pending)), before);
  }

  block(p.body, NONE);
  yield* found;
}

/** Whether `store` writes what came, element by element, from `load` of the same place; layouts, once known, must agree. */
function updates(load: Inst, store: Inst, definitions: ReadonlyMap<number, Inst>): boolean {
  const source = load.out, target = store.operands.x;
  if (!source || !target || load.name !== "load" || store.name !== "store") return false;
  if (source.layout && target.layout && !equal(source.layout, target.layout)) return false;
  const shape = source.shape.join();
  const from = (v: Value): boolean => {
    if (v.id === source.id) return true;
    const made = definitions.get(v.id), row = made && instructions.get(made.name);
    if (!made || (row?.effect ?? "pure") !== "pure" || made.name === "convert" || made.name === "view") return false;
    return Object.entries(made.operands).some(([key, o]) => o.space === "reg" && !row?.operands[key]?.staged && o.shape.join() === shape && from(o));
  };
  return target.shape.join() === shape && from(target);
}

const verb = (a: Access): string => (a.write ? "written" : "read");

function complaint(p: Program, a: Access, b: Access): DiagnosticInit {
  const name = p.names.get(b.region.root.id) ?? `%${b.region.root.id}`;
  const when = a.earlier ? " in the round before" : "";
  const labels: Label[] = a.inst.span ? [{ span: a.inst.span, message: `${verb(a)} here${when}` }] : [];
  return {
    code: "R0401",
    message: `two threads may meet in '${name}': one element is ${verb(a)} by one thread${when} and ${verb(b)} by another, in any order`,
    span: b.inst.span, label: `${verb(b)} here`, labels,
    ...(a.inst.span && b.inst.span ? {} : { notes: [`first: ${instText(a.inst)}`, `then: ${instText(b.inst)}`] }),
    help: a.earlier ? "put barrier() between them: before this, or at the end of the loop's body" : "put barrier() between them",
  };
}

// Reads of what nobody wrote: shared tiles and variables before their first write, outputs that the block reads and never wrote.
// An error where no write can have come before; a warning where some path has none.
import type { DiagnosticInit } from "../diagnostic.ts";
import { instructions } from "./isa/index.ts";
import { blocksOf, eachStmt, type Inst, type Program, type Stmt, type Value } from "./program.ts";
import { knownScalar } from "./scalar.ts";
import { instText } from "./text-print.ts";
import { flow, type Loop, type Reached, type Round, type Rounds } from "./verify-flow.ts";
import { accesses, definitionsOf } from "./verify-race.ts";
import { afterLoop, boxText, disjoint, lastRound, regionOf, type LoopFact, type Region } from "./verify-region.ts";

/** Writes that may have happened, by what was written; and what was surely written to, somewhere. */
interface State {
  readonly may: ReadonlyMap<number, ReadonlyMap<string, Region>>;
  readonly must: ReadonlySet<number>;
}

/** With more writes; those that are known already change nothing. */
function added(may: State["may"], id: number, regions: Iterable<Region>): State["may"] {
  const known = may.get(id), fresh = [...regions].filter((r) => known?.get(boxText(r)) !== r);
  return known && !fresh.length ? may : new Map(may).set(id, new Map([...(known ?? []), ...fresh.map((r) => [boxText(r), r] as const)]));
}

function join(a: State, b: State): State {
  let may = a.may;
  for (const [id, regions] of b.may) if (may.get(id) !== regions) may = added(may, id, regions.values());
  return { may, must: new Set([...a.must].filter((id) => b.must.has(id))) };
}

/** Instructions that only run if a condition of the running kernel holds. */
function conditional(body: readonly Stmt[], inside: boolean, out: Set<Inst>): Set<Inst> {
  for (const s of body)
    if (s.kind !== "inst") for (const inner of blocksOf(s)) conditional(inner, inside || (s.kind === "if" && knownScalar(s.condition) === undefined), out);
    else if (inside) out.add(s);
  return out;
}

type What = "shared" | "variable" | "output";

interface Touched { readonly what: What; readonly region: Region; readonly write: boolean }

const WAY_OUT: Readonly<Record<What, (name: string) => string>> = {
  shared: (name) => `store to it first, all of it, and then barrier(): store(${name}, 0)`,
  variable: (name) => `give it a first value: var ${name}: … = 0`,
  output: (name) => `store before you load; or, if it is about what the caller's tensor holds, declare it 'inout ${name}: …'`,
};

/** The rule. */
export function* uninitialised(p: Program): Generator<DiagnosticInit> {
  const definitions = definitionsOf(p), guarded = conditional(p.body, false, new Set()), loops = new Map<string, LoopFact>();
  const outputs = new Set(p.params.flatMap((q) => (q.kind === "tensor" && q.direction === "out" ? [q.value.id] : [])));
  const found: DiagnosticInit[] = [], told = new Set<string>();

  /** What a value is, if it begins undefined. */
  const kindOf = (v: Value): What | undefined => {
    const made = definitions.get(v.id);
    return v.space === "global" ? (outputs.has(v.id) ? "output" : undefined) : made?.name === "shared" ? "shared" : made?.name === "var" && !made.operands.init ? "variable" : undefined;
  };
  const whole = (v: Value): Region => regionOf(v, definitions);

  const touches = new Map<Inst, readonly Touched[]>();
  /** What an instruction reads and writes of things that begin undefined. */
  function touched(i: Inst): readonly Touched[] {
    const known = touches.get(i);
    if (known) return known;
    const seen = touchedBy(i);
    touches.set(i, seen);
    return seen;
  }
  function touchedBy(i: Inst): readonly Touched[] {
    const row = instructions.get(i.name), memory = accesses(i), seen: Touched[] = [];
    const add = (region: Region, write: boolean): void => { const what = kindOf(region.root); if (what) seen.push({ what, region, write }); };
    for (const [key, v] of Object.entries(i.operands)) if (v.space === "reg" && !(key === "to" && row?.effect === "write")) add(whole(v), false);
    for (const { value, write } of memory) {
      const region = regionOf(value, definitions);
      // An output that atomics add to begins as zeros.
      if (!write || (row?.atomic && region.root.space === "shared")) add(region, false);
      if (write) add(region, true);
    }
    const to = i.operands.to;
    if (to?.space === "reg" && row?.effect === "write") add(whole(to), true);
    return seen;
  }

  const counted = new Set<number>();
  eachStmt(p.body, (s) => { if (s.kind === "inst" && instructions.get(s.name)?.atomic) for (const { value } of accesses(s)) counted.add(regionOf(value, definitions).root.id); });

  function read(i: Inst, what: What, region: Region, { may, must }: State): void {
    const { id } = region.root;
    if (what === "output" && counted.has(id)) return;
    const before = [...(may.get(id)?.values() ?? [])].filter((w) => !disjoint(w, region, loops));
    const never = before.length === 0;
    if (!never && (must.has(id) || guarded.has(i))) return;
    const name = p.names.get(id) ?? `%${id}`, key = `${id} ${i.span ? `${i.span.start} ${i.span.end}` : instText(i)}`;
    if (told.has(key)) return;
    told.add(key);
    found.push({
      code: "R0404", severity: never ? "error" : "warning",
      message: never ? `'${name}' is read, but nothing was written ${may.get(id)?.size ? "to this part of it" : "to it"} before` : `'${name}' may be read before anything was written to it: a path leads here without a write`,
      span: i.span, label: "holds anything here", ...(i.span ? {} : { notes: [`in ${instText(i)}`] }), help: WAY_OUT[what](name),
    });
  }

  function inst(i: Inst, before: State): State {
    let { may, must } = before;
    if (i.out && kindOf(i.out) && i.out.space !== "global") { may = new Map(may).set(i.out.id, new Map()); must = new Set([...must].filter((id) => id !== i.out?.id)); }
    for (const { what, region, write } of touched(i)) {
      if (!write) { read(i, what, region, { may, must }); continue; }
      may = added(may, region.root.id, [region]);
      must = must.has(region.root.id) ? must : new Set([...must, region.root.id]);
    }
    return may === before.may && must === before.must ? before : { may, must };
  }

  function loop(l: Loop, before: State, { runs, again }: Rounds, round: (s: State) => Round<State>): Reached<State> {
    const id = l.kind === "for" ? l.symbol.id : "", inside = new Set<string>(), writes: Region[] = [];
    if (l.kind === "for") loops.set(id, { step: l.step, low: knownScalar(l.from) ?? -Infinity, high: (knownScalar(l.to) ?? Infinity) - 1 });
    for (const body of blocksOf(l))
      eachStmt(body, (s) => {
        if (s.kind === "for") inside.add(s.symbol.id);
        if (s.kind !== "inst") return;
        if (s.result) inside.add(s.result.id);
        for (const t of touched(s)) if (t.write) writes.push(t.region);
      });
    // What earlier rounds wrote may be there, but not in the first one.
    const entry = again ? writes.reduce((s, r) => ({ ...s, may: added(s.may, r.root.id, [lastRound(r, id, inside)]) }), before) : before;
    const { end, left, asked } = round(entry);
    const done = writes.reduce((may, r) => added(may, r.root.id, [afterLoop(r, id, inside)]), before.may);
    const ways = [...(l.kind === "for" ? [runs ? undefined : before, end] : [knownScalar(l.condition) === undefined ? asked : undefined]), left].filter((s) => s !== undefined);
    return ways.length ? { ...ways.reduce(join), may: done } : undefined;
  }

  flow<State>(p, { may: new Map(), must: new Set() }, { inst, join, loop });
  yield* found;
}

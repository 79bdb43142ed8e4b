// Missing barriers, and barriers that order nothing. Between a write to shared memory (or to the block's own output) and another
// thread's access there must be a barrier on every path. A walk in program order carries what was touched since the last barrier;
// of a loop it also keeps what is touched before any barrier of its body, which is what meets the round before.
//
//   store(s, x)        pending: { write s }
//   barrier()          pending: {}
//   dot(s, …)          pending: { read s }
//   ↻ store(s, x)      read s is pending: race
import type { DiagnosticInit, Label } from "../diagnostic.ts";
import { equal, replicaCount, threadCount, type RegisterLayout } from "../layout/index.ts";
import { instructions } from "./isa/index.ts";
import { blocksOf, eachStmt, type Inst, type Program, type Stmt, type Value } from "./program.ts";
import { knownScalar } from "./scalar.ts";
import { instText } from "./text-print.ts";
import { flow, type Loop, type Reached } from "./verify-flow.ts";
import { afterLoop, boxText, disjoint, lastRound, regionOf, sameRegion, type LoopFact, type Region } from "./verify-region.ts";

/** A touch of a memory by an instruction. */
export interface Access {
  readonly inst: Inst;
  readonly write: boolean;
  readonly region: Region;
  /** Made in an earlier round of a loop that is still running. */
  readonly earlier: boolean;
}

/** Accesses, each once. */
type Pending = ReadonlyMap<string, Access>;

interface State {
  /** Touched since the last barrier. */
  readonly pending: Pending;
  /** Whether there is a path without barrier from the start of the loop's body (or of the kernel). */
  readonly through: boolean;
  /** Barriers since which nothing was touched. */
  readonly idle: ReadonlySet<Inst>;
}

/** The body of a loop, or the kernel: what is touched before any of its barriers, and barriers before which it touches nothing. */
interface Scope { readonly exposed: Map<string, Access>; readonly waiting: Set<Inst> }

const NONE: Pending = new Map(), NOBODY: ReadonlySet<Inst> = new Set();
const START: State = { pending: NONE, through: true, idle: NOBODY };
const union = <K, V>(a: ReadonlyMap<K, V>, b: ReadonlyMap<K, V>): ReadonlyMap<K, V> => (a === b || b.size === 0 ? a : a.size === 0 ? b : new Map([...a, ...b]));
const both = <T>(a: ReadonlySet<T>, b: ReadonlySet<T>): ReadonlySet<T> => (a === b || b.size === 0 ? a : new Set([...a, ...b]));
const join = (a: State, b: State): State => ({ pending: union(a.pending, b.pending), through: a.through || b.through, idle: both(a.idle, b.idle) });
/** One piece of the way after another. */
const then = (a: State, b: State): State => ({ pending: b.through ? union(a.pending, b.pending) : b.pending, through: a.through && b.through, idle: both(a.idle, b.idle) });

/** A read or write of memory: of which operand. */
interface Touch { readonly key: string; readonly value: Value; readonly write: boolean }

const touched = new WeakMap<Inst, readonly Touch[]>(), UNTOUCHED: readonly Touch[] = [];
/** Reads and writes of memory, in that order. */
export function accesses(i: Inst): readonly Touch[] {
  const known = touched.get(i);
  if (known) return known;
  const effect = instructions.get(i.name)?.effect ?? "pure", memory: Touch[] = [];
  if (effect !== "view" && effect !== "declare") for (const key in i.operands) if (i.operands[key].space !== "reg") memory.push({ key, value: i.operands[key], write: effect === "write" && key === "to" });
  const found = memory.length ? memory.sort((a, b) => Number(a.write) - Number(b.write)) : UNTOUCHED;
  touched.set(i, found);
  return found;
}

/** Symbols that a block makes anew each time it runs. */
function madeIn(bodies: readonly (readonly Stmt[])[]): ReadonlySet<string> {
  const out = new Set<string>();
  for (const body of bodies) eachStmt(body, (s) => { if (s.kind === "for") out.add(s.symbol.id); else if (s.kind === "inst" && s.result) out.add(s.result.id); });
  return out;
}

const defined = new WeakMap<Program, ReadonlyMap<number, Inst>>();
/** The instruction that makes each value. */
export function definitionsOf(p: Program): ReadonlyMap<number, Inst> {
  const known = defined.get(p);
  if (known) return known;
  const definitions = new Map<number, Inst>();
  eachStmt(p.body, (s) => { if (s.kind === "inst" && s.out) definitions.set(s.out.id, s); });
  defined.set(p, definitions);
  return definitions;
}

/** The rule. */
export function* races(p: Program): Generator<DiagnosticInit> {
  const { pairs, needed } = walk(p);
  for (const { first, then } of pairs) yield complaint(p, first, then);
  yield* idle(needed);
}

/** Two accesses between which a barrier is missing. */
export interface Unordered { readonly first: Access & { readonly root: Value }; readonly then: Access & { readonly root: Value } }

/** All such pairs. Behind one it is as if the barrier stood there, so that one omission is found once. */
export const unordered = (p: Program): readonly Unordered[] =>
  walk(p).pairs.map(({ first, then }) => ({ first: { ...first, root: first.region.root }, then: { ...then, root: then.region.root } }));

interface Walk { readonly pairs: readonly { readonly first: Access; readonly then: Access }[]; readonly needed: { readonly seen: ReadonlySet<Inst>; readonly before: ReadonlySet<Inst>; readonly after: ReadonlySet<Inst> } }

function walk(p: Program): Walk {
  const definitions = definitionsOf(p), written = new Set<number>(), numbers = new Map<Inst, number>(), touching: Inst[] = [], touches = new Map<Inst, readonly Access[]>();
  eachStmt(p.body, (s) => {
    if (s.kind !== "inst") return;
    numbers.set(s, numbers.size);
    const mine = accesses(s);
    if (mine.length) touching.push(s);
    for (const a of mine) if (a.write) written.add(regionOf(a.value, definitions).root.id);
  });
  for (const i of touching) {
    const mine = accesses(i).flatMap(({ value, write }): Access[] => { const region = regionOf(value, definitions); return written.has(region.root.id) ? [{ inst: i, write, region, earlier: false }] : []; });
    if (mine.length) touches.set(i, mine);
  }
  const found: { first: Access; then: Access }[] = [], told = new Set<string>();
  const facts = new Map<string, LoopFact>(), needed = { seen: new Set<Inst>(), before: new Set<Inst>(), after: new Set<Inst>() };
  let scope: Scope = { exposed: new Map(), waiting: new Set() };
  const keyOf = (a: Access): string => `${numbers.get(a.inst)} ${a.write} ${a.earlier} ${a.region.root.id} ${boxText(a.region)}`;
  const mapped = (pending: Pending, f: (a: Access) => Access): Pending => new Map([...pending.values()].map((a) => { const b = f(a); return [keyOf(b), b]; }));

  /** Shared tiles of one arena lie in the same memory. */
  const arenaOf = (v: Value): number | undefined => { const a = definitions.get(v.id)?.attrs.arena; return a?.kind === "int" ? a.value : undefined; };

  function clash(a: Access, b: Access): boolean {
    const arena = arenaOf(a.region.root);
    if (a.region.root.id !== b.region.root.id) return arena !== undefined && arena === arenaOf(b.region.root) && (a.write || b.write);
    if (!(a.write || b.write) || (isAtomic(a.inst) && isAtomic(b.inst)) || disjoint(a.region, b.region, facts)) return false;
    if (!sameRegion(a.region, b.region)) return true;
    // Each thread does to its own elements what it did to them before.
    return instructions.get(a.inst.name)?.scatters === true || !(a.inst === b.inst || (b.write && !a.write && updates(a.inst, b.inst, definitions, p.threads)));
  }

  /** Whether some statement touches memory that is written. */
  const someTouch = (bodies: readonly (readonly Stmt[])[]): boolean => bodies.some((body) => body.some((s) => (s.kind === "inst" ? touches.has(s) : someTouch(blocksOf(s)))));

  /** Whether one of `later`, which come in program order, meets something that is pending; it is told. */
  function meet(pending: Pending, later: Iterable<Access>): boolean {
    for (const b of later) {
      const a = [...pending.values()].find((x) => clash(x, b));
      if (!a) continue;
      const pair = `${numbers.get(a.inst)} ${numbers.get(b.inst)}`;
      if (!told.has(pair)) { told.add(pair); found.push({ first: a, then: b }); }
      return true;
    }
    return false;
  }

  function inst(i: Inst, before: State): State {
    if (instructions.get(i.name)?.effect === "barrier") {
      needed.seen.add(i);
      if (before.pending.size) needed.before.add(i); else if (before.through) scope.waiting.add(i);
      return { pending: NONE, through: false, idle: new Set(before.pending.size ? [i] : [...before.idle, i]) };
    }
    const own = touches.get(i);
    if (!own) return before;
    let { pending, through, idle } = before;
    for (const mine of own) {
      const key = keyOf(mine);
      // Told once: from here on it is as if the barrier stood there.
      if (meet(pending, [mine])) { pending = NONE; through = false; }
      pending = new Map(pending).set(key, mine);
      if (through) scope.exposed.set(key, mine);
      for (const b of idle) needed.after.add(b);
      idle = NOBODY;
    }
    return { pending, through, idle };
  }

  function loop(l: Loop, before: State, { runs, again }: { readonly runs: boolean; readonly again: boolean }, round: (s: State) => { readonly end: Reached<State>; readonly left: Reached<State>; readonly asked: Reached<State> }): Reached<State> {
    const id = l.kind === "for" ? l.symbol.id : "", inside = madeIn(blocksOf(l)), outer = scope;
    if (l.kind === "for") facts.set(id, { step: l.step, low: knownScalar(l.from) ?? -Infinity, high: (knownScalar(l.to) ?? Infinity) - 1 });
    const own: Scope = scope = { exposed: new Map(), waiting: new Set() };
    const { end, left, asked } = round(START);
    scope = outer;
    const round2 = again && end ? mapped(end.pending, (a) => ({ ...a, earlier: true, region: lastRound(a.region, id, inside) })) : NONE;
    const wrapped = meet(round2, own.exposed.values());
    const entered = meet(before.pending, own.exposed.values());
    const start: State = entered ? { pending: NONE, through: false, idle: before.idle } : before;
    // Barriers with nothing behind them yet: what comes next may stand behind others of that kind, so that one of them must stay.
    if (someTouch(blocksOf(l))) for (const b of [...before.idle, ...(again && end ? end.idle : [])]) needed.after.add(b);
    if (start.through) for (const [key, a] of own.exposed) outer.exposed.set(key, a);
    for (const b of own.waiting) if (before.pending.size || round2.size) needed.before.add(b); else if (before.through) outer.waiting.add(b);
    // The ways out: no round, or some, and what the last one left behind.
    const leaving = (s: State): State => ({ ...s, pending: mapped(s.pending, (a) => ({ ...a, earlier: false, region: afterLoop(a.region, id, inside) })) });
    const rounds = end && leaving(wrapped ? { ...end, through: false } : end);
    const ways: State[] = [];
    const after = (way: Reached<State>): void => { if (way) ways.push(then(start, way), ...(rounds && again ? [then(then(start, rounds), way)] : [])); };
    if (l.kind === "for") { if (!runs) ways.push(start); if (rounds) ways.push(then(start, rounds)); }
    else if (knownScalar(l.condition) === undefined) after(asked && leaving(asked));
    after(left && leaving(left));
    return ways.length ? ways.reduce(join) : undefined;
  }

  if (p.threads > 1) flow<State>(p, START, { inst, join, loop });
  return { pairs: found, needed };
}

const isAtomic = (i: Inst): boolean => instructions.get(i.name)?.atomic === true;

/** Barriers of no use. Copies of one statement (unrolled, inlined) must all be so. */
function* idle(needed: { readonly seen: ReadonlySet<Inst>; readonly before: ReadonlySet<Inst>; readonly after: ReadonlySet<Inst> }): Generator<DiagnosticInit> {
  const placeOf = (i: Inst): unknown => (i.span ? `${i.span.file} ${i.span.start} ${i.span.end}` : i);
  const barriers = new Map<unknown, Inst[]>();
  for (const i of needed.seen) barriers.set(placeOf(i), [...(barriers.get(placeOf(i)) ?? []), i]);
  for (const [first, ...more] of barriers.values()) {
    const copies = [first, ...more], late = copies.every((i) => !needed.after.has(i));
    if (!late && !copies.every((i) => !needed.before.has(i))) continue;
    const why = copies.every((i) => !needed.before.has(i)) ? "no shared tile or output was touched since the last one" : "no shared tile or output is touched after it";
    yield { code: "R0403", severity: "warning", message: `this barrier orders nothing: ${why}`, span: first.span, help: "remove it" };
  }
}

/** Whether one thread of `threads`, and no other, holds each element. */
const alone = (l: RegisterLayout, threads: number): boolean => threadCount(l) === threads && replicaCount(l) === 1;

/** Whether `store` writes what came, element by element, from `load` of the same place; layouts, once known, must agree, and no two threads hold one element. */
export function updates(load: Inst, store: Inst, definitions: ReadonlyMap<number, Inst>, threads: number): boolean {
  const source = load.out, target = store.operands.x;
  if (!source || !target || load.name !== "load" || store.name !== "store") return false;
  if (source.layout && target.layout && !(equal(source.layout, target.layout) && alone(source.layout, threads))) return false;
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
  const nameOf = (x: Access): string => p.names.get(x.region.root.id) ?? `%${x.region.root.id}`, name = nameOf(b);
  const when = a.earlier ? " in the round before" : "";
  const labels: Label[] = a.inst.span ? [{ span: a.inst.span, message: `${verb(a)} here${when}` }] : [];
  return {
    code: "R0401",
    message: a.region.root.id !== b.region.root.id ? `'${name}' lies where '${nameOf(a)}' lay, and some threads may still be there` : `two threads may meet in '${name}': one element is ${verb(a)} by one thread${when} and ${verb(b)} by another, in any order`,
    span: b.inst.span, label: `${verb(b)} here`, labels,
    ...(a.inst.span && b.inst.span ? {} : { notes: [`first: ${instText(a.inst)}`, `then: ${instText(b.inst)}`] }),
    help: a.earlier ? "put barrier() between them: before this, or at the end of the loop's body" : "put barrier() between them",
  };
}

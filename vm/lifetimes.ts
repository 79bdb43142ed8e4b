// When shared tiles hold something that is still wanted. A tile's life is from a write to the last read that may see it; two
// tiles can share memory if neither is written while the other lives, and a barrier keeps threads of one apart from threads of
// the other.
//
//   store(a, x)      ┐ a
//   barrier()        │
//   let v = load(a)  ┘
//   store(b, v)      ┐ b    free to lie where a lay; without a barrier before it some thread may still read a
import type { DiagnosticInit } from "../diagnostic.ts";
import { instructions } from "./isa/index.ts";
import { eachStmt, type Inst, type Program, type Stmt, type Value } from "./program.ts";
import { knownScalar } from "./scalar.ts";
import { flow, type Flow } from "./verify-flow.ts";
import { accesses, definitionsOf } from "./verify-race.ts";
import { regionOf } from "./verify-region.ts";

type Tiles = ReadonlySet<number>;

/** What is known of the shared tiles (value ids) of a Program. */
export interface Lifetimes {
  /** Declarations of the tiles that are read or written, in order. */
  readonly tiles: readonly Inst[];
  /** Tiles that atomics or scatters change. */
  readonly updated: Tiles;
  /** Whether one is written while the other holds what is still wanted. */
  meet(a: number, b: number): boolean;
  /** Whether some threads may be at one while others are at the other already: no barrier lies between. */
  mixed(a: number, b: number): boolean;
}

interface Touch { readonly id: number; readonly write: boolean; readonly whole: boolean }

const NOBODY: Tiles = new Set();
const union = (a: Tiles, b: Tiles): Tiles => (a === b || !b.size ? a : !a.size ? b : new Set([...a, ...b]));
const without = (a: Tiles, gone: Iterable<number>): Tiles => { const out = new Set(a); for (const id of gone) out.delete(id); return out.size === a.size ? a : out; };
const same = (a: Tiles, b: Tiles): boolean => a.size === b.size && [...a].every((x) => b.has(x));

/** A relation of pairs in either order. */
function pairs(): { add(a: number, b: number): void; has(a: number, b: number): boolean } {
  const all = new Set<string>(), key = (a: number, b: number): string => (a < b ? `${a} ${b}` : `${b} ${a}`);
  return { add: (a, b) => { if (a !== b) all.add(key(a, b)); }, has: (a, b) => all.has(key(a, b)) };
}

/** Looks through a Program. */
export function lifetimes(p: Program): Lifetimes {
  const definitions = definitionsOf(p), touches = new Map<Inst, readonly Touch[]>(), updated = new Set<number>(), used = new Set<number>();
  eachStmt(p.body, (s) => {
    if (s.kind !== "inst") return;
    const row = instructions.get(s.name), mine = accesses(s).flatMap(({ value, write }): Touch[] => {
      const { root, planes, box } = regionOf(value, definitions);
      if (root.space !== "shared") return [];
      if (write && (row?.atomic || row?.scatters)) updated.add(root.id);
      const whole = write && !row?.atomic && !row?.scatters && !planes && box.every((b, d) => knownScalar(b.offset) === 0 && b.size === root.shape[d]);
      return [{ id: root.id, write, whole }];
    });
    for (const t of mine) used.add(t.id);
    touches.set(s, mine);
  });
  const tiles = [...definitions.values()].filter((i) => i.name === "shared" && i.out && used.has(i.out.id));
  const after = livesAfter(p.body, touches), meet = pairs(), mixed = pairs();
  inOrder(p, touches, (i, { held, near }) => {
    const mine = touches.get(i) ?? [], wanted = union(after.get(i) ?? NOBODY, new Set(mine.map((t) => t.id)));
    for (const { id, write } of mine) {
      if (write) for (const other of wanted) if (held.has(other)) meet.add(id, other);
      for (const other of near) mixed.add(id, other);
    }
  });
  return { tiles, updated, meet: (a, b) => meet.has(a, b), mixed: (a, b) => mixed.has(a, b) };
}

/** What holds before and in an instruction, forwards. */
interface Now {
  /** Tiles in which something may have been written. */
  readonly held: Tiles;
  /** Tiles that were touched since the last barrier. */
  readonly near: Tiles;
}

/** Visits instructions with what holds there, perhaps several times; every way is taken. */
function inOrder(p: Program, touches: ReadonlyMap<Inst, readonly Touch[]>, visit: (i: Inst, now: Now) => void): void {
  const join = (a: Now, b: Now): Now => ({ held: union(a.held, b.held), near: union(a.near, b.near) });
  const rule: Flow<Now> = {
    join,
    inst(i, before) {
      const mine = touches.get(i) ?? [], effect = instructions.get(i.name)?.effect;
      if (effect === "barrier") return { ...before, near: NOBODY };
      if (effect === "declare" && i.out?.space === "shared") return { held: without(before.held, [i.out.id]), near: before.near };
      if (!mine.length) return before;
      const held = union(before.held, new Set(mine.filter((t) => t.write).map((t) => t.id)));
      visit(i, { held, near: before.near });
      return { held, near: union(before.near, new Set(mine.map((t) => t.id))) };
    },
    loop(l, before, _, round) {
      const first = round(before), entry = first.end ? join(before, first.end) : before, again = round(entry);
      return [l.kind === "for" ? entry : undefined, again.end, again.left, again.asked].reduce<Now | undefined>((a, b) => (a && b ? join(a, b) : a ?? b), undefined);
    },
  };
  flow(p, { held: NOBODY, near: NOBODY }, rule);
}

/** The tiles that are read after each instruction before they are written anew, backwards. */
function livesAfter(program: readonly Stmt[], touches: ReadonlyMap<Inst, readonly Touch[]>): ReadonlyMap<Inst, Tiles> {
  const found = new Map<Inst, Tiles>();
  interface Ways { readonly left: Tiles; readonly next: Tiles }
  const fixed = (f: (x: Tiles) => Tiles): Tiles => { let x = NOBODY; for (;;) { const y = union(x, f(x)); if (same(x, y)) return x; x = y; } };

  function before(s: Stmt, after: Tiles, ways: Ways): Tiles {
    switch (s.kind) {
      case "inst": {
        found.set(s, union(found.get(s) ?? NOBODY, after));
        const mine = touches.get(s) ?? [], gone = mine.filter((t) => t.whole).map((t) => t.id);
        if (s.name === "shared" && s.out) gone.push(s.out.id);
        // A partial write, an atomic: what was there is wanted if what is there is.
        return union(without(after, gone), new Set(mine.filter((t) => !t.write).map((t) => t.id)));
      }
      case "if": return union(block(s.then, after, ways), block(s.otherwise, after, ways));
      case "for": return fixed((head) => { const next = union(after, head); return union(after, block(s.body, next, { left: after, next })); });
      case "while": return fixed((head) => block(s.head, union(after, block(s.body, head, { left: after, next: head })), ways));
      case "jump": return s.to === "break" ? ways.left : s.to === "continue" ? ways.next : NOBODY;
      default: return s satisfies never;
    }
  }
  const block = (body: readonly Stmt[], after: Tiles, ways: Ways): Tiles => body.reduceRight((live, s) => before(s, live, ways), after);

  block(program, NOBODY, { left: NOBODY, next: NOBODY });
  return found;
}

/** Bytes that a tile takes at least: narrow elements dense in rows of whole words, booleans a word each. */
export function tileBytes(v: Value): number {
  const shape = v.shape.map((n) => (typeof n === "number" ? n : NaN)), last = shape.at(-1) ?? 1, size = shape.reduce((a, b) => a * b, 1);
  const { bits, kind, name } = v.dtype;
  return kind === "bool" ? size * 4 : name === "f16" ? Math.ceil(size / 2) * 4 : (size / last) * Math.ceil((last * bits) / 32) * 4;
}

/** The verifier's rule: tiles of one arena don't live at the same time. */
export function* overlaps(p: Program): Generator<DiagnosticInit> {
  let arenas = 0;
  eachStmt(p.body, (s) => { if (s.kind === "inst" && s.name === "shared" && s.attrs.arena) arenas++; });
  if (!arenas) return;
  const { tiles, meet } = lifetimes(p), arenaOf = (i: Inst): number | undefined => (i.attrs.arena?.kind === "int" ? i.attrs.arena.value : undefined);
  const name = (i: Inst): string => p.names.get(i.out?.id ?? -1) ?? `%${i.out?.id}`;
  for (const [n, b] of tiles.entries())
    for (const a of tiles.slice(0, n))
      if (arenaOf(a) !== undefined && arenaOf(a) === arenaOf(b) && meet(a.out?.id ?? -1, b.out?.id ?? -1))
        yield { code: "R0407", message: `'${name(a)}' and '${name(b)}' lie in the same memory, but one is written while the other is still wanted`, span: b.span, labels: a.span ? [{ span: a.span, message: "declared here" }] : [], help: "leave out 'arena': the compiler finds which tiles can share" };
}

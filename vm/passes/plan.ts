// plan: which shared tiles lie in the same memory. Tiles whose lives don't overlap share an arena, where a barrier parts them
// anyway and their elements are alike; if that isn't enough for a device, also where a barrier has to be added, or elements
// have to be written as their bits. Tiles that nobody touches go.
import { eachStmt, withBlocks, type Inst, type Program, type Stmt } from "../program.ts";
import { lifetimes, tileBytes, type Lifetimes } from "../lifetimes.ts";
import { unordered } from "../verify-race.ts";

/** How far the pass goes: "free" costs nothing, "tight" takes barriers and bits for memory. */
export type Thrift = "free" | "tight";

/** What arrays of tiles hold: tiles of one kind can share without a conversion. */
const kindOf = (i: Inst): string => { const d = i.out?.dtype; return !d || d.storage || d.kind === "bool" ? "u32" : d.compute; };
const bytesOf = (i: Inst): number => (i.out ? tileBytes(i.out) : 0);
const idOf = (i: Inst): number => i.out?.id ?? -1;

/** Tiles that lie together, largest first; a tile alone is a group, too. */
function grouped({ tiles, updated, meet, mixed }: Lifetimes, thrift: Thrift): Inst[][] {
  const groups: Inst[][] = [];
  for (const i of [...tiles].sort((a, b) => bytesOf(b) - bytesOf(a))) {
    const fits = (other: Inst): boolean => !updated.has(idOf(i)) && !updated.has(idOf(other)) && !meet(idOf(i), idOf(other)) && (thrift === "tight" || (kindOf(i) === kindOf(other) && !mixed(idOf(i), idOf(other))));
    const group = groups.find((g) => g.every(fits));
    if (group) group.push(i); else groups.push([i]);
  }
  return groups;
}

/** Every statement list anew. */
const mapped = (body: readonly Stmt[], f: (i: Inst) => readonly Stmt[]): readonly Stmt[] => Object.freeze(body.flatMap((s) => (s.kind === "inst" ? f(s) : [withBlocks(s, (b) => mapped(b, f))])));

/** Adds barriers between threads of different tiles of one arena. */
function parted(p: Program): Program {
  const late = new Set(unordered(p).filter(({ first, then }) => first.root.id !== then.root.id).map(({ then }) => then.inst));
  if (!late.size) return p;
  const barrier = (i: Inst): Inst => Object.freeze({ kind: "inst", name: "barrier", operands: {}, attrs: {}, span: i.span });
  return parted(Object.freeze({ ...p, body: mapped(p.body, (i) => (late.has(i) ? [barrier(i), i] : [i])) }));
}

/**
 * The pass. Tiles that share memory get the same `arena`; a tile alone has none.
 * @example
 * ```ts
 * const b = builder("k"), y = b.tensor("y", "out", "f32", [64], dense(1));
 * b.threads(64);
 * const [s, t] = [0, 1].map(() => b.shared({}, { dtype: dtype("f32"), shape: [64] }));
 * b.store({ to: s, x: 1 });
 * b.barrier({});
 * const v = b.load({ x: s });
 * b.barrier({});
 * b.store({ to: t, x: v });
 * b.barrier({});
 * b.store({ to: y, x: b.load({ x: t }) });
 * sharedBytes(plan(b.finish())); // => 256
 * ```
 */
export function plan(p: Program, thrift: Thrift = "free"): Program {
  const lives = lifetimes(p), arenas = new Map<number, number>(), used = new Set(lives.tiles.map(idOf));
  let next = 0;
  for (const g of grouped(lives, thrift)) if (g.length > 1) { for (const i of g) arenas.set(idOf(i), next); next++; }
  const gone = new Set<number>();
  eachStmt(p.body, (s) => { if (s.kind === "inst" && s.out?.space === "shared" && (s.name === "shared" ? !used.has(s.out.id) : Object.values(s.operands).some((v) => gone.has(v.id)))) gone.add(s.out.id); });
  const body = mapped(p.body, (i) => {
    if (i.out && gone.has(i.out.id)) return [];
    const arena = i.name === "shared" ? arenas.get(idOf(i)) : undefined, { arena: _, ...attrs } = i.attrs;
    return i.name !== "shared" ? [i] : [Object.freeze({ ...i, attrs: Object.freeze({ ...attrs, ...(arena === undefined ? {} : { arena: { kind: "int" as const, value: arena } }) }) })];
  });
  const planned = Object.freeze({ ...p, body });
  return arenas.size ? parted(planned) : planned;
}

/** Bytes that the shared tiles of a Program take at least, arenas once. */
export function sharedBytes(p: Program): number {
  const arenas = new Map<number, number>();
  let alone = 0;
  eachStmt(p.body, (s) => {
    if (s.kind !== "inst" || s.name !== "shared") return;
    const { arena } = s.attrs;
    if (arena?.kind === "int") arenas.set(arena.value, Math.max(arenas.get(arena.value) ?? 0, bytesOf(s))); else alone += bytesOf(s);
  });
  return [...arenas.values()].reduce((a, b) => a + b, alone);
}

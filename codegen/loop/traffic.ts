// What one block moves, counted exactly: every access of the text as it will be written is followed through all its loops, and for
// 32 neighbouring threads at a time it is seen which words they ask for, in how many sectors of 32 bytes of storage, or how many
// rounds at the 32 banks of workgroup memory.
//
//   request        one load or store of the text by up to 32 threads, once
//   asked          bytes that its threads name, those of several threads on one word once
//   sectors        what memory hands out for it: 32 bytes each
//   moved, needed  sectors and words of all requests of the block together: what a perfect cache would fetch, and would have to
import { bankConflicts } from "../../layout/index.ts";
import { evaluator, type Machine } from "./evaluate-expr.ts";
import type { Body, Buffer, Expr, Var } from "./ir.ts";
import { exprsOf, operandsOf } from "./operands.ts";
import { place, type PlacedStmt } from "./place.ts";

/** What a block does with a buffer, in one direction. */
export interface Traffic {
  readonly name: string;
  readonly space: Buffer["space"];
  readonly kind: "load" | "store";
  readonly requests: number;
  /** Bytes; of workgroup memory too. */
  readonly asked: number;
  /** Of storage, for all requests. */
  readonly sectors: number;
  /** Bytes of the different sectors, and of the different words, of the whole block. */
  readonly moved: number;
  readonly needed: number;
  /** Of workgroup memory: rounds at the banks beyond the first of each request. */
  readonly conflicts: number;
  /** Some index depends on what was read: it is counted as if that were 0. */
  readonly guessed: boolean;
}

/** Bytes of a block's memory and what they are asked for in. */
export interface BlockTraffic {
  /** Blocks looked at have neighbours on all sides; sizes that are known when the kernel runs are these. */
  readonly dims: Readonly<Record<string, number>>;
  readonly traffic: readonly Traffic[];
  readonly barriers: number;
}

/** Threads that go together, bytes of a sector, and what stands for a size that isn't known. */
const TOGETHER = 32, SECTOR = 32, LARGE = 4096;
/** Requests that are followed; beyond, nothing is said. */
const MOST = 2 ** 21;

interface Sums { readonly buffer: Buffer; readonly kind: "load" | "store"; requests: number; asked: number; sectors: number; conflicts: number; guessed: boolean; readonly words: Set<number> }

/**
 * What a block in the middle of the grid moves; undefined where loops end by what was read, or there is too much to follow.
 * @param dims sizes that are known when the kernel runs, by name; 4096 for those left out
 * @param halves elements of f16 in workgroup memory take two bytes (the target has f16)
 * @example
 * ```ts
 * const b = builder("column"), x = b.tensor("x", "in", "f32", [32, 8], dense(2)), y = b.tensor("y", "out", "f32", [32, 1], dense(2));
 * b.threads(32);
 * const column = b.slice({ x }, { offsets: [constant(0), constant(0)], sizes: [constant(32), constant(1)] });
 * b.store({ to: y, x: b.load({ x: column }) });
 * const { body } = lowerProgram(prepare(b.finish()).program, baseTarget);
 * blockTraffic(body)?.traffic.map((t) => [t.name, t.requests, t.sectors, t.moved, t.needed]); // => [["x", 1, 32, 1024, 128], ["y", 1, 4, 128, 128]]
 * ```
 */
export function blockTraffic(body: Body, dims: Readonly<Record<string, number>> = {}, halves = false): BlockTraffic | undefined {
  const T = body.threads, vars = new Map<Var, Float64Array>(), sums = new Map<string, Sums>(), fill = (n: number): Float64Array => new Float64Array(T).fill(n);
  const all = Int32Array.from({ length: T }, (_, t) => t), used: Record<string, number> = {};
  const sized = (v: Var): number => { const n = Math.floor(Math.min(v.hi, dims[v.name] ?? LARGE) / v.divisor) * v.divisor; used[v.name] = n; return n; };
  vars.set(body.thread, Float64Array.from(all));
  for (const v of body.uniforms) vars.set(v, fill(v.type === "i32" || v.type === "u32" ? sized(v) : 0));
  for (const v of body.blocks) vars.set(v, fill(Math.min(1, v.hi)));
  const m: Machine = { threads: T, active: all, count: T, stamp: 0, variable: (v) => vars.get(v) ?? fill(Math.max(0, Number.isFinite(v.lo) ? v.lo : 0)), load: () => 0, slot: () => 0 };
  const value = evaluator(m), decided = new Map<Expr, boolean>();
  const decides = (x: Expr): boolean => {
    let k = decided.get(x);
    if (k === undefined) decided.set(x, (k = x.node.kind !== "load" && x.node.kind !== "part" && x.node.kind !== "reg" && !(x.node.kind === "var" && x.node.v.role === "value") && operandsOf(x).every(decides)));
    return k;
  };
  let followed = 0, barriers = 0, lost = false;

  const access = (buffer: Buffer, kind: "load" | "store", index: Expr, vector: number): void => {
    const key = `${kind}:${buffer.id}`, known = decides(index);
    let s = sums.get(key);
    if (!s) sums.set(key, (s = { buffer, kind, requests: 0, asked: 0, sectors: 0, conflicts: 0, guessed: false, words: new Set() }));
    if (!known) s.guessed = true;
    const at = known ? value(index) : fill(0), per = buffer.space === "workgroup" && buffer.elem === "f16" && halves ? 2 : 1;
    for (let i = 0; i < m.count;) {
      const group = Math.floor((m.active[i] ?? 0) / TOGETHER), words = new Set<number>(), sectors = new Set<number>();
      for (; i < m.count && Math.floor((m.active[i] ?? 0) / TOGETHER) === group; i++)
        for (let w = 0; w < vector; w++) { const word = Math.floor(((at[m.active[i] ?? 0] ?? 0) * vector + w) / per); words.add(word); sectors.add(Math.floor((word * 4) / SECTOR)); s.words.add(word); }
      s.requests++;
      s.asked += 4 * words.size;
      s.sectors += sectors.size;
      if (buffer.space === "workgroup") s.conflicts += bankConflicts([[...words]]);
      if (++followed > MOST) lost = true;
    }
  };
  /** Loads that a statement makes itself: not those that a `let` before it made. */
  const visit = (x: Expr, bound: ReadonlySet<Expr>, seen: Set<Expr>): void => {
    if (seen.has(x) || bound.has(x)) return;
    seen.add(x);
    if (x.node.kind === "load") access(x.node.buffer, "load", x.node.index, x.node.vector ?? 1);
    for (const o of operandsOf(x)) visit(o, bound, seen);
  };
  const among = (threads: Int32Array, f: () => void): void => { const { active, count } = m; if (threads.length) { m.active = threads; m.count = threads.length; f(); m.active = active; m.count = count; } };

  const walk = (stmts: readonly PlacedStmt[], outer: ReadonlySet<Expr>): void => {
    const bound = new Set(outer);
    for (const s of stmts) {
      if (lost) return;
      m.stamp++;
      const seen = new Set<Expr>();
      if (s.kind === "let") { visit(s.expr, bound, seen); bound.add(s.expr); continue; }
      for (const e of exprsOf(s)) visit(e, bound, seen);
      switch (s.kind) {
        case "store": case "atomic": access(s.buffer, "store", s.index, 1); break;
        case "barrier": barriers++; break;
        case "uniform": barriers += 2; break;
        case "loop": lost = true; break;
        case "if": {
          // Where data decide, both ways are counted.
          const is = decides(s.condition) ? value(s.condition).slice() : undefined, those = (yes: boolean): Int32Array => m.active.slice(0, m.count).filter((t) => is === undefined || (is[t] !== 0) === yes);
          for (const yes of [true, false]) among(those(yes), () => walk(yes ? s.then : s.otherwise, bound));
          break;
        }
        case "for": {
          if (!decides(s.from) || !decides(s.to)) { lost = true; break; }
          const at = value(s.from).slice(), to = value(s.to).slice();
          for (;;) {
            const going = m.active.slice(0, m.count).filter((t) => (at[t] ?? 0) < (to[t] ?? 0));
            if (going.length === 0 || lost) break;
            vars.set(s.v, at);
            m.stamp++;
            among(going, () => walk(s.body, bound));
            for (const t of going) at[t] = (at[t] ?? 0) + s.step;
          }
          break;
        }
        case "jump": case "keep": case "declare": case "set": break;
        default: s satisfies never;
      }
    }
  };
  walk(place(body), new Set());
  if (lost) return undefined;
  return {
    dims: used, barriers,
    traffic: [...sums.values()].map(({ buffer, kind, words, ...s }): Traffic => ({
      name: buffer.name, space: buffer.space, kind, ...s, needed: 4 * words.size, moved: SECTOR * new Set([...words].map((w) => Math.floor((4 * w) / SECTOR))).size,
      ...(buffer.space === "workgroup" ? { sectors: 0 } : {}),
    })),
  };
}

// Words that several turns of a loop read: each is loaded once before the loop, and turns choose among them; or a turn keeps for the next what both read.
//
//   for k in 0..8 { … w[at + k / 4] … }          a = w[at]; b = w[at + 1]; for k in 0..8 { … select(b, a, k < 4) … }
//   for k in 0..4 { … w[at + k], w[at + k + 1] … }     kept = w[at]; for k in 0..4 { … kept, w[at + k + 1] … kept = w[at + k + 1] }
//
// That is for devices on which a load is done lane by lane, as on CPUs that play a GPU; a GPU has such words in its cache.
import { isPackedOp, leaves, MADE_OF, type Expr, type LoopStmt, type Var } from "../loop/ir.ts";
import { linearOf } from "../loop/linear.ts";
import { exprsOf, operandsOf } from "../loop/operands.ts";
import { mapStmt } from "../loop/rebuild.ts";
import { isVectorRead } from "../loop/vectors.ts";
import { memoryAccesses } from "./accesses.ts";
import type { Context, Target } from "./context.ts";
import { hangsOn, loadsAreDear } from "./lanes.ts";

type For = Extract<LoopStmt, { kind: "for" }>;

/** Turns of a loop up to which it is looked at, and words that turns choose one of. */
const TURNS = 32, WORDS = 8;

/** Whether words are loaded before a loop of so many turns, each of which reads some of them: choosing costs, and so does the longer text, so that each word shall spare a load at least. */
export const worthHolding = (reads: number, turns: number, words: number): boolean => turns <= TURNS && reads * turns >= 2 * words;

/** Accesses that a text may come to by words that are held: what its driver takes to compile it grows with the square of them. */
export const roomToHold = ({ staticAccesses }: Pick<Target, "staticAccesses">): number => (3 / 4) * staticAccesses;

/** Loads of a loop's body from one line of memory, with what each reads in every turn. */
interface Line { readonly reads: { readonly load: Expr; readonly words: readonly Expr[] }[]; readonly words: Set<Expr> }

/** Statements in which words that several turns of a loop read are loaded before it, where the device gains by that and its driver takes their loads; the same list where none are. */
export function heldOverTurns(c: Context, stmts: readonly LoopStmt[]): readonly LoopStmt[] {
  if (!loadsAreDear(c.target)) return stmts;
  let room: number | undefined;
  const inside = (list: readonly LoopStmt[]): readonly LoopStmt[] => {
    const made = list.flatMap((s): LoopStmt[] => {
      if (s.kind === "loop") { const body = inside(s.body); return [body === s.body ? s : { ...s, body }]; }
      if (s.kind === "if") { const then = inside(s.then), otherwise = inside(s.otherwise); return [then === s.then && otherwise === s.otherwise ? s : { ...s, then, otherwise }]; }
      if (s.kind !== "for") return [s];
      const body = inside(s.body), loop = body === s.body ? s : { ...s, body }, by = new Map<Expr, Expr>(), kept: { readonly first: Expr; readonly next: Expr; readonly load: Expr }[] = [];
      for (const { reads, words } of linesOf(c, loop)) {
        room ??= roomToHold(c.target) - memoryAccesses(stmts);
        if (worthHolding(reads.length, reads[0].words.length, words.size) && words.size - reads.length <= room && reads.every((r) => changes(r.words) < WORDS)) {
          room -= words.size - reads.length;
          for (const r of reads) by.set(r.load, chosen(c, loop, r.words));
        } else for (const r of reads) {
          const next = reads.find((x) => x !== r && r.words.every((w, i) => i === 0 || w === x.words[i - 1]));
          if (next && !kept.some((k) => k.load === next.load || k.next === r.load)) kept.push({ first: r.words[0], next: next.load, load: r.load });
        }
      }
      if (by.size + kept.length === 0) return [loop];
      const { before, after } = keeping(c, kept, by);
      return [...before, { ...loop, body: [...loop.body.map((t) => mapStmt(t, replacer(c, by))), ...after] }];
    });
    return made.length !== list.length || made.some((s, i) => s !== list[i]) ? made : list;
  };
  return inside(stmts);
}

/** Statements before a loop, and at the end of each turn, by which a variable has what is loaded otherwise; `by` is told. */
function keeping(c: Context, kept: readonly { readonly first: Expr; readonly next: Expr; readonly load: Expr }[], by: Map<Expr, Expr>): { readonly before: readonly LoopStmt[]; readonly after: readonly LoopStmt[] } {
  if (kept.length === 0) return { before: [], after: [] };
  const { e } = c, reg = c.reg("kept", "u32", kept.length), set = (value: Expr, i: number): LoopStmt => ({ kind: "set", reg, slot: e.of(i), value, span: undefined });
  const before: LoopStmt[] = [{ kind: "declare", reg, span: undefined }, ...kept.map((k, i) => set(k.first, i))];
  c.written(reg);
  kept.forEach((k, i) => by.set(k.load, e.slot(reg, e.of(i), c.epoch(reg))));
  c.written(reg);
  return { before, after: kept.map((k, i) => set(k.next, i)) };
}

/** How often what is read differs from the turn before. */
const changes = (words: readonly Expr[]): number => words.reduce((n, w, i) => n + (i > 0 && w !== words[i - 1] ? 1 : 0), 0);

/** Values of a loop's variable, where the text says them and they are few. */
function valuesOf({ v, from, to, step }: For): readonly number[] {
  if (from.lo !== from.hi || to.lo !== to.hi || v.type !== "i32") return [];
  const turns = Math.max(0, Math.ceil((to.lo - from.lo) / step));
  return turns > TURNS ? [] : Array.from({ length: turns }, (_, i) => from.lo + i * step);
}

/** What is read of memory that nobody writes in every turn of a loop, line by line. */
function linesOf(c: Context, loop: For): Iterable<Line> {
  const values = valuesOf(loop), lines = new Map<string, Line>(), seen = new Set<Expr>();
  if (values.length < 2 || loop.body.some(leaves)) return [];
  const own = variablesIn(loop.body);
  const visit = (x: Expr): void => {
    const n = x.node;
    if (!(x.from & MADE_OF.memory) || seen.has(x)) return;
    seen.add(x);
    operandsOf(x).forEach(visit);
    if (n.kind !== "load" || !isVectorRead(n) || n.index.from & (MADE_OF.memory | MADE_OF.registers) || !hangsOn(n.index, loop.v) || own.some((v) => hangsOn(n.index, v))) return;
    const indices = values.map((k) => withValue(c, n.index, loop.v, k, new Map()));
    if (!indices.every((i) => i !== undefined)) return;
    const words = indices.map((i) => c.e.load(n.buffer, i, n.epoch));
    const key = `${n.buffer.id};${linearOf(indices[0]).terms.map((t) => `${t.coefficient}*${t.of.id}`).join()}`, line = lines.get(key) ?? { reads: [], words: new Set() };
    lines.set(key, line);
    line.reads.push({ load: x, words });
    for (const w of words) line.words.add(w);
  };
  for (const s of loop.body) if (s.kind !== "if") exprsOf(s).forEach(visit);
  return lines.values();
}

/** Variables that statements give values to. */
function variablesIn(stmts: readonly LoopStmt[]): readonly Var[] {
  return stmts.flatMap((s): readonly Var[] => {
    switch (s.kind) {
      case "for": return [s.v, ...variablesIn(s.body)];
      case "loop": return variablesIn(s.body);
      case "if": return [...variablesIn(s.then), ...variablesIn(s.otherwise)];
      case "keep": case "uniform": case "atomic": return s.v ? [s.v] : [];
      default: return [];
    }
  });
}

/** An index where a variable has a value; undefined where it isn't made of index arithmetic. */
function withValue(c: Context, x: Expr, v: Var, value: number, memo: Map<Expr, Expr | undefined>): Expr | undefined {
  const { e } = c, n = x.node;
  if (memo.has(x)) return memo.get(x);
  const operands = operandsOf(x).map((y) => withValue(c, y, v, value, memo)), [a, b] = operands;
  const make = (): Expr | undefined => {
    if (n.kind === "var") return n.v === v ? e.of(value) : x;
    if (operands.every((y, i) => y === operandsOf(x)[i])) return x;
    if (!operands.every((y) => y !== undefined)) return undefined;
    if (n.kind === "sum") return n.terms.reduce((s, t, i) => e.add(s, e.mul(operands[i] ?? t.of, e.of(t.coefficient))), e.of(n.offset));
    if (n.kind !== "op" || !a || !b) return undefined;
    return n.op === "fdiv" ? e.fdiv(a, b) : n.op === "fmod" ? e.fmod(a, b) : isPackedOp(n.op) ? e.rebuilt(x, [a, b]) : e.op(n.op, ...operands);
  };
  const made = make();
  memo.set(x, made);
  return made;
}

/** What a turn reads: halves of the turns are told apart first. */
function chosen(c: Context, loop: For, words: readonly Expr[], first = 0): Expr {
  const { e } = c, at = words.flatMap((w, i) => (i > 0 && w !== words[i - 1] ? [i] : []));
  if (at.length === 0) return words[0];
  const middle = at[Math.floor(at.length / 2)];
  const before = e.op("lt", e.use(loop.v), e.of(loop.from.lo + (first + middle) * loop.step));
  return e.op("select", before, chosen(c, loop, words.slice(0, middle), first), chosen(c, loop, words.slice(middle), first + middle));
}

/** Replaces expressions in others. */
function replacer({ e }: Context, by: ReadonlyMap<Expr, Expr>): (x: Expr) => Expr {
  const memo = new Map<Expr, Expr>(by), replaced = (x: Expr): Expr => {
    const found = memo.get(x);
    if (found) return found;
    if (!(x.from & MADE_OF.memory)) return x;
    const old = operandsOf(x), now = old.map(replaced), made = now.every((y, i) => y === old[i]) ? x : e.rebuilt(x, now);
    memo.set(x, made);
    return made;
  };
  return replaced;
}

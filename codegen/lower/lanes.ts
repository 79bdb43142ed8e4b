// Words that all threads of a block read alike: each lane of a subgroup loads a part of them, and hands it to the others.
//
//   x[r + 0] … x[r + 31], in each of 8 lanes       x[r + 4·lane + 0] … x[r + 4·lane + 3], and word k of lane k / 4 for all
//   x[r·1024 + 0] … x[r·1024 + 7], for 8 rows r    x[lane·1024 + 0] … x[lane·1024 + 7], and word k of row r of lane r
//   x[a], x[b], x[c], wherever they lie            x[lane < 1 ? a : lane < 2 ? b : c], and each of the lane that has it
//
// That is for devices on which a load is done lane by lane, as on CPUs that play a GPU; a GPU reads such words once for all by itself.
import { MADE_OF, type Expr, type LoopStmt, type Var } from "../loop/ir.ts";
import { linearOf } from "../loop/linear.ts";
import { exprsOf, operandsOf } from "../loop/operands.ts";
import { mapStmt } from "../loop/rebuild.ts";
import { isVectorRead } from "../loop/vectors.ts";
import type { Context, Target } from "./context.ts";

/** The subgroup size, where threads of a block may exchange values: one known power of two that divides the block. */
const subgroupFor = ({ subgroup: n }: Pick<Target, "subgroup">, threads: number): number | undefined => (n !== undefined && (n & (n - 1)) === 0 && threads % n === 0 ? n : undefined);

/** The subgroup size of this kernel's threads. */
export const subgroupOf = (c: Context): number | undefined => subgroupFor(c.target, c.program.threads);

/** Operations of integers that a load must be dearer than, for a share of loads to pay for handing words around. */
const DEAR = 8;

/** Whether loads are much dearer than arithmetic, as on CPUs that play a GPU and do them lane by lane. */
export const loadsAreDear = ({ rates: { sharedLoad = Infinity, integer = 0 } }: Pick<Target, "rates">): boolean => integer >= DEAR * sharedLoad;

/**
 * How many threads of a block share in loading what all of them read alike: lanes of a subgroup, where a load is much dearer than arithmetic, as on
 * CPUs that play a GPU; else 1.
 * @param threads of a block
 * @example
 * ```ts
 * [lanesThatShare({ ...baseTarget, subgroup: 8, rates: defaultRates.lavapipe }, 32), lanesThatShare({ ...baseTarget, subgroup: 32, rates: defaultRates.nvidia }, 32)]; // => [8, 1]
 * ```
 */
export function lanesThatShare(target: Pick<Target, "subgroup" | "rates">, threads: number): number {
  return loadsAreDear(target) ? subgroupFor(target, threads) ?? 1 : 1;
}

/** Lanes of this kernel that share. */
export const sharingLanes = (c: Context): number => lanesThatShare(c.target, c.program.threads);

/** Statements in which words that all threads read alike are loaded by lanes in turn, where the device gains by that; the same list where nothing is shared. */
export function sharedByLanes(c: Context, stmts: readonly LoopStmt[]): readonly LoopStmt[] {
  const size = sharingLanes(c);
  return size < 2 ? stmts : listed(c, size, stmts, undefined);
}

/** A word whose index is a base that all threads have alike, and a constant; `plain` is its load where that is done whatever holds. */
interface Alike { readonly value: Expr; readonly key: string; readonly offset: number; readonly at: (offset: Expr) => Expr; readonly plain: Load | undefined }

type Load = Extract<Expr["node"], { kind: "load" }>;
type Plain = Alike & { readonly plain: Load };
const isPlain = (w: Alike): w is Plain => w.plain !== undefined;

/** Words that follow each other, read in the same list of statements. */
type Run = readonly Alike[];

/** Whether all threads of a block have the same value. */
export const isAlike = (x: Expr): boolean => x.from === 0;

/** Tells loads that each lane does for itself from what all threads read alike, which lanes may share. */
export function ownLoads(c: Context): (load: Expr) => boolean {
  const shared = sharingLanes(c) > 1;
  return ({ node: n }) => !(shared && n.kind === "load" && isVectorRead(n) && isAlike(n.index));
}

/** Whether a value changes with a variable. */
export function hangsOn(x: Expr, v: Var, seen = new Set<Expr>()): boolean {
  if (seen.has(x)) return false;
  seen.add(x);
  return (x.node.kind === "var" && x.node.v === v) || operandsOf(x).some((y) => hangsOn(y, v, seen));
}

/** The condition and the value where something is 0 unless a condition holds that all threads have alike. */
function guarded({ e }: Context, x: Expr): readonly [Expr, Expr] | undefined {
  const [condition, value, none] = x.node.kind === "op" && x.node.op === "select" ? x.node.args : [];
  return condition && value && none && e.known(none) === 0 && isAlike(condition) ? [condition, value] : undefined;
}

/** A load, or 0 instead of it, as base and constant. */
function asAlike(c: Context, x: Expr): Alike | undefined {
  const { e } = c, outer = guarded(c, x), load = outer?.[1] ?? x, n = load.node;
  if (n.kind !== "load" || !isVectorRead(n) || !isAlike(n.index)) return undefined;
  const inner = guarded(c, n.index), index = inner?.[1] ?? n.index, { terms, offset } = linearOf(index), base = e.add(index, e.of(-offset));
  const at = (by: Expr): Expr => {
    const i = e.add(base, by), word = e.load(n.buffer, inner ? e.op("select", inner[0], i, e.of(0)) : i, n.epoch);
    return outer ? e.op("select", outer[0], word, e.constant(word.type, 0)) : word;
  };
  return { value: x, key: `${n.buffer.id};${outer?.[0].id ?? ""};${inner?.[0].id ?? ""};${terms.map((t) => `${t.coefficient}*${t.of.id}`).join()}`, offset, at, plain: outer || inner ? undefined : n };
}

/** Words that all threads read alike in a list of statements: for each base, and the statement that reads of it first, runs of words that follow each other. */
function runsOf(c: Context, list: readonly LoopStmt[], inner: Var | undefined): ReadonlyMap<number, readonly (readonly Run[])[]> {
  const seen = new Set<Expr>(), groups = new Map<string, { readonly first: number; readonly words: Alike[] }>();
  const visit = (x: Expr, i: number): void => {
    if (!(x.from & MADE_OF.memory) || seen.has(x)) return;
    seen.add(x);
    const found = asAlike(c, x);
    // What no round of the loop changes is loaded before it anyway.
    if (found && (!inner || hangsOn(x, inner))) {
      const g = groups.get(found.key);
      if (g) g.words.push(found); else groups.set(found.key, { first: i, words: [found] });
      return;
    }
    operandsOf(x).forEach((y) => { visit(y, i); });
  };
  list.forEach((s, i) => exprsOf(s).forEach((x) => { visit(x, i); }));
  const runs = new Map<number, (readonly Run[])[]>();
  for (const { first, words } of groups.values()) {
    const own: Alike[][] = [];
    for (const w of words.sort((a, b) => a.offset - b.offset)) {
      const last = own.at(-1);
      if (last && w.offset === last[0].offset + last.length) last.push(w); else own.push([w]);
    }
    runs.set(first, [...(runs.get(first) ?? []), own]);
  }
  return runs;
}

const powerBelow = (n: number): number => 2 ** Math.floor(Math.log2(n));

/** Runs of one base as sheets that lanes may share in: equally long runs at equal distances, a power of two of each, a power of two long. */
function sheetsOf(size: number, runs: readonly Run[]): readonly (readonly Run[])[] {
  // Of a run as many words at once as lanes take up to eight each.
  const [first, ...others] = runs.flatMap((run): Run[] => {
    const parts: Run[] = [];
    for (let at = 0; at < run.length;) { const n = Math.min(8 * size, powerBelow(run.length - at)); parts.push(run.slice(at, at + n)); at += n; }
    return parts;
  });
  if (!first) return [];
  const sheets: Run[][] = [[first]];
  for (const run of others) {
    const sheet = sheets[sheets.length - 1], [head] = sheet, last = sheet[sheet.length - 1], step = run[0].offset - last[0].offset;
    if (sheet.length < size && run.length === head.length && (sheet.length === 1 || step === sheet[1][0].offset - head[0].offset)) sheet.push(run); else sheets.push([run]);
  }
  // A lane that has four words of its own run reads a vector already.
  return sheets.flatMap((sheet) => {
    const [{ length }] = sheet, most = length >= 4 * size ? 1 : size, cut: (readonly Run[])[] = [];
    for (let at = 0; at < sheet.length;) { const n = powerBelow(Math.min(most, sheet.length - at)); cut.push(sheet.slice(at, at + n)); at += n; }
    return cut;
  });
}

/**
 * Sheets that are handed out as they are, and plain words of one buffer that lie alone, or in fewer rows than lanes, as many together as there are lanes. Of a
 * buffer that is read as vectors, too, none: a word at an index that lanes choose would keep it from that.
 */
function dealt(size: number, groups: readonly (readonly Run[])[], vectors: ReadonlySet<number>): { readonly sheets: readonly (readonly Run[])[]; readonly pools: readonly (readonly Plain[])[] } {
  const sheets: (readonly Run[])[] = [], alone = new Map<string, (readonly Run[])[]>();
  for (const sheet of groups.flatMap((g) => sheetsOf(size, g))) {
    const [[first]] = sheet;
    if (!isPlain(first) || sheet.length === size || sheet[0].length > 1 || vectors.has(first.plain.buffer.id)) { sheets.push(sheet); continue; }
    const key = `${first.plain.buffer.id};${first.plain.epoch}`;
    alone.set(key, [...(alone.get(key) ?? []), sheet]);
  }
  const pools = [...alone.values()].flatMap((list): Plain[][] => {
    // Rows at equal distances need no choice among indices.
    if (list.length === 1) { sheets.push(list[0]); return []; }
    const words = list.flat(2).filter(isPlain);
    return Array.from({ length: Math.ceil(words.length / size) }, (_, i) => words.slice(i * size, (i + 1) * size));
  });
  return { sheets: sheets.filter((s) => s.length * s[0].length > 1), pools: pools.filter((p) => p.length > 1) };
}

function listed(c: Context, size: number, list: readonly LoopStmt[], inner: Var | undefined): readonly LoopStmt[] {
  const { e } = c, runs = runsOf(c, list, inner), handed = new Map<Expr, Expr>(), memo = new Map<Expr, Expr>();
  // Of a run of twice as many words as lanes each reads a vector.
  const vectors = new Set([...runs.values()].flat(2).flatMap((run) => (run.length >= 2 * size && run[0].plain ? [run[0].plain.buffer.id] : [])));
  const replaced = (x: Expr): Expr => {
    if (handed.size === 0) return x;
    const found = handed.get(x) ?? memo.get(x);
    if (found) return found;
    const old = operandsOf(x), by = old.map(replaced), made = by.every((y, i) => y === old[i]) ? x : e.rebuilt(x, by);
    memo.set(x, made);
    return made;
  };
  const out: LoopStmt[] = [];
  let changed = false;
  list.forEach((s, i) => {
    const { sheets, pools } = dealt(size, runs.get(i) ?? [], vectors);
    for (const sheet of sheets) handOut(c, size, sheet, out, handed);
    for (const words of pools) handOutWords(c, size, words, out, handed);
    memo.clear();
    const body = (s.kind === "for" && isAlike(s.from) && isAlike(s.to)) || s.kind === "loop" ? listed(c, size, s.body, s.kind === "for" ? s.v : undefined) : undefined;
    const inside = body && (s.kind === "for" || s.kind === "loop") && body !== s.body ? { ...s, body } : s;
    changed ||= inside !== s;
    out.push(handed.size ? mapStmt(inside, replaced) : inside);
  });
  return changed || handed.size ? out : list;
}

/**
 * Loads a sheet by lanes, and hands each word to all: lane r + rows · h loads part h of run r.
 */
function handOut(c: Context, size: number, sheet: readonly Run[], out: LoopStmt[], handed: Map<Expr, Expr>): void {
  const { e } = c, rows = sheet.length, [run] = sheet, [{ at, offset }] = run, parts = Math.min(size / rows, run.length), each = run.length / parts, step = rows > 1 ? sheet[1][0].offset - offset : 0;
  const t = e.use(c.thread), row = e.mul(e.fmod(t, e.of(rows)), e.of(step)), part = e.mul(e.fdiv(e.fmod(t, e.of(rows * parts)), e.of(rows)), e.of(each));
  const mine = Array.from({ length: each }, (_, i) => at(e.add(e.add(row, part), e.of(offset + i)))), reg = c.reg("alike", "u32", rows * run.length);
  out.push({ kind: "declare", reg, span: undefined });
  sheet.forEach((words, r) => {
    words.forEach(({ value }, i) => {
      const slot = e.of(r * run.length + i), lane = e.constant("u32", r + rows * Math.floor(i / each));
      out.push({ kind: "set", reg, slot, value: mine[i % each], lane, span: undefined });
      handed.set(value, e.slot(reg, slot, c.epoch(reg)));
    });
  });
}

/** Loads words by a lane each, wherever they lie, and hands each to all. */
function handOutWords(c: Context, size: number, words: readonly Plain[], out: LoopStmt[], handed: Map<Expr, Expr>): void {
  const { e } = c, lane = e.fmod(e.use(c.thread), e.of(size)), [{ plain: { buffer, epoch } }] = words, reg = c.reg("alike", "u32", words.length);
  const index = words.map((w) => w.plain.index).reduceRight((others, own, i) => e.op("select", e.op("lt", lane, e.of(i + 1)), own, others)), mine = e.load(buffer, index, epoch);
  out.push({ kind: "declare", reg, span: undefined });
  words.forEach(({ value }, i) => {
    out.push({ kind: "set", reg, slot: e.of(i), value: mine, lane: e.constant("u32", i), span: undefined });
    handed.set(value, e.slot(reg, e.of(i), c.epoch(reg)));
  });
}

// Where values get names. An expression that is used more than once, or that a loop doesn't change, is bound by a
// `let`: in the innermost block that holds all its uses, before the first of them, or before the loops that don't
// change it, nor the few registers that it reads. Cheap ones stay where they are used. Reads of memory move only where they surely happen: never out of
// an `if`, never out of a loop that may run no time, and never past a write (each read's epoch names the time).
import { Bug } from "../../diagnostic.ts";
import { byAge } from "./core.ts";
import { leaves, MADE_OF, type Body, type Expr, type LoopStmt, type Var } from "./ir.ts";
import { exprsOf, operandsOf } from "./operands.ts";
import { outline } from "./outline.ts";
import { splitter } from "./split.ts";
import { vectorWidths } from "./vectors.ts";
import { weights } from "./weight.ts";

/** Statements with the names they need. A `let` holds for the rest of its block and the blocks in it. */
export type PlacedStmt =
  | { readonly kind: "let"; readonly expr: Expr }
  | Exclude<LoopStmt, { kind: "for" | "if" | "loop" }>
  | (Omit<Extract<LoopStmt, { kind: "loop" }>, "body"> & { readonly body: readonly PlacedStmt[] })
  | (Omit<Extract<LoopStmt, { kind: "for" }>, "body"> & { readonly body: readonly PlacedStmt[] })
  | (Omit<Extract<LoopStmt, { kind: "if" }>, "then" | "otherwise"> & { readonly then: readonly PlacedStmt[]; readonly otherwise: readonly PlacedStmt[] });

/** A list of statements, and where it stands. */
interface Block {
  readonly parent: Block | undefined;
  /** Number of the statement in the parent that it belongs to. */
  readonly at: number;
  readonly level: number;
  readonly kind: "root" | "for" | "if";
  /** Runs at least once whenever its parent comes to it. */
  readonly surely: boolean;
  /** The statements from which a jump may leave the block: what follows needn't happen. */
  readonly exits: readonly number[];
  /** Numbers of registers that are written in it. */
  readonly writes: ReadonlySet<number>;
}

/** A use, or a `let`: right before statement `index` of `block`. */
interface Site { readonly block: Block; readonly index: number }

/** Places the names of a body. Expressions in the result are of another table than those of the body. */
export const place = (body: Body): readonly PlacedStmt[] => placeStmts(body.stmts, body.loadsFirst);

/**
 * Places the names of statements that stand alone.
 * @param loadsFirst what is read of memory that nobody writes stands before a run of simple statements that it is used in
 */
export function placeStmts(given: readonly LoopStmt[], loadsFirst = false): readonly PlacedStmt[] {
  const root: Block = { parent: undefined, at: 0, level: 0, kind: "root", surely: true, exits: exitsOf(given), writes: new Set() };
  const loops = new Map<Var, number>();
  countLoops(given, 0, loops);
  const split = splitter((v) => loops.get(v) ?? 0, vectorWidths(given)), stmts = outline(merged(busy(given).map(split.stmt)), split.core);
  const homes = new Map<Var, Block>(), blocks = new Map<readonly LoopStmt[], Block>();
  findBlocks(stmts, root, homes, blocks);
  const { all } = split.core, uses = new Array<Site[] | undefined>(all.length), forced = new Set<Expr>();
  const use = (e: Expr, s: Site) => { const list = uses[e.id]; if (list) list.push(s); else uses[e.id] = [s]; };
  collectUses(stmts, blocks, use, forced);
  const fact = facts(all, homes, root), weight = weights(all);
  checkEpochs(stmts, fact);

  const lets = new Map<Block, Map<number, Expr[]>>(), lists = new Map([...blocks].map(([list, block]) => [block, list])), first: { readonly site: Site; readonly e: Expr; readonly words: number; readonly at: number }[] = [];
  // Users before what they use: operands are older in the table.
  for (let id = all.length - 1; id >= 0; id--) {
    const sites = uses[id], e = all[id], n = e.node;
    if (!sites || n.kind === "const" || n.kind === "var") continue;
    const f = fact[e.id], early = loadsFirst && n.kind === "load" && !f.pinned && n.buffer.space === "storage" && !f.kept;
    const must = forced.has(e) && (f.pinned || f.load || weight[id] > 1);
    const near = n.kind === "op" && n.op === "add" && e.type === "i32" && n.args[1]?.node.kind === "const"; // x + 3: what deserves a name is x
    const passOn = (to: readonly Site[]): void => { for (const x of e.operands) if (x.node.kind !== "const" && x.node.kind !== "var") for (const s of to) use(x, s); };
    if (!must && (near || weight[id] <= 1) && n.kind !== "load") { passOn(sites); continue; }
    for (const c of choose(sites, f)) {
      if (!(must || early || c.uses > 1 || c.hoisted)) { passOn(c.sites); continue; }
      const s = early ? { ...c, index: runBegin(lists.get(c.block) ?? [], c.index) } : c;
      let inBlock = lets.get(s.block);
      if (!inBlock) lets.set(s.block, (inBlock = new Map()));
      const there = inBlock.get(s.index);
      if (there) there.push(e); else inBlock.set(s.index, [e]);
      if (early) first.push({ site: s, e, words: n.vector ?? 1, at: c.index });
      for (const x of e.operands) use(x, s);
    }
  }
  for (const { site: { block, index }, e, at } of tooMany(first)) {
    const inBlock = lets.get(block) ?? new Map<number, Expr[]>(), there = inBlock.get(at) ?? [];
    inBlock.get(index)?.splice(inBlock.get(index)?.indexOf(e) ?? 0, 1);
    inBlock.set(at, [...there, e]);
  }
  return assemble(stmts, blocks, lets);
}

/** Words that are read before what uses them, at most: a CPU that plays a GPU has 32 registers of vectors, and would keep more in memory until they are used. */
const FIRST = 32;

/** What stands before runs of statements in which more words are read than that. */
function tooMany<T extends { readonly site: Site; readonly words: number; readonly at: number }>(first: readonly T[]): readonly T[] {
  const words = new Map<Block, Map<number, number>>();
  for (const { site: { block, index }, words: n } of first) { const of = words.get(block) ?? new Map<number, number>(); words.set(block, of.set(index, (of.get(index) ?? 0) + n)); }
  return first.filter(({ site: { block, index }, at }) => at !== index && (words.get(block)?.get(index) ?? 0) > FIRST);
}

/** Without loops and branches that hold nothing: what they read to decide needn't be read. */
function busy(stmts: readonly LoopStmt[]): readonly LoopStmt[] {
  const out: LoopStmt[] = [];
  for (const s of stmts) {
    if (s.kind === "for" || s.kind === "loop") { const body = busy(s.body); if (body.length > 0 || s.kind === "loop") out.push({ ...s, body }); }
    else if (s.kind === "if") { const then = busy(s.then), otherwise = busy(s.otherwise); if (then.length + otherwise.length > 0) out.push({ ...s, then, otherwise }); }
    else out.push(s);
  }
  return out;
}

/** Neighbouring branches on one condition become one, where the first can't change it. */
function merged(stmts: readonly LoopStmt[]): readonly LoopStmt[] {
  const out: LoopStmt[] = [];
  for (const s of stmts) {
    const last = out.at(-1);
    if (s.kind === "if" && last?.kind === "if" && last.condition === s.condition && lasting(s.condition) && !leaves(last))
      out[out.length - 1] = { ...last, then: [...last.then, ...s.then], otherwise: [...last.otherwise, ...s.otherwise] };
    else out.push(s);
  }
  return out.map((s) => (s.kind === "for" || s.kind === "loop" ? { ...s, body: merged(s.body) } : s.kind === "if" ? { ...s, then: merged(s.then), otherwise: merged(s.otherwise) } : s));
}

/** Whether no statement can change a value. */
const lasting = (e: Expr): boolean => e.node.kind !== "reg" && !(e.node.kind === "load" && e.node.buffer.access !== "read") && operandsOf(e).every(lasting);

/** How many loops stand around the definition of each variable. */
function countLoops(stmts: readonly LoopStmt[], around: number, loops: Map<Var, number>): void {
  for (const s of stmts) {
    if (s.kind === "for") { loops.set(s.v, around + 1); countLoops(s.body, around + 1, loops); }
    if (s.kind === "if") { countLoops(s.then, around, loops); countLoops(s.otherwise, around, loops); }
    if (s.kind === "loop") countLoops(s.body, around + 1, loops);
    if ((s.kind === "uniform" || s.kind === "atomic" || s.kind === "keep") && s.v) loops.set(s.v, around);
  }
}

function exitsOf(stmts: readonly LoopStmt[]): readonly number[] {
  const out: number[] = [];
  stmts.forEach((s, i) => { if (leaves(s)) out.push(i); });
  return out;
}

function findBlocks(stmts: readonly LoopStmt[], block: Block, homes: Map<Var, Block>, blocks: Map<readonly LoopStmt[], Block>): void {
  blocks.set(stmts, block);
  stmts.forEach((s, at) => {
    const inner = (list: readonly LoopStmt[], kind: Block["kind"], surely: boolean): Block => {
      const writes = new Set<number>(), b: Block = { parent: block, at, level: block.level + 1, kind, surely, exits: exitsOf(list), writes };
      findBlocks(list, b, homes, blocks);
      for (const t of list) for (const r of written(t, blocks)) writes.add(r);
      return b;
    };
    if (s.kind === "for") homes.set(s.v, inner(s.body, "for", s.from.hi < s.to.lo));
    else if (s.kind === "if") { inner(s.then, "if", false); inner(s.otherwise, "if", false); }
    else if (s.kind === "loop") inner(s.body, "for", true);
    else if ((s.kind === "uniform" || s.kind === "atomic" || s.kind === "keep") && s.v) homes.set(s.v, block);
  });
}

/** Numbers of registers that a statement writes, whose lists have blocks. */
function written(s: LoopStmt, blocks: ReadonlyMap<readonly LoopStmt[], Block>): Iterable<number> {
  switch (s.kind) {
    case "set": case "declare": return [s.reg.id];
    case "for": case "loop": return blockOf(blocks, s.body).writes;
    case "if": return [...blockOf(blocks, s.then).writes, ...blockOf(blocks, s.otherwise).writes];
    default: return [];
  }
}

const blockOf = (blocks: ReadonlyMap<readonly LoopStmt[], Block>, list: readonly LoopStmt[]): Block => {
  const b = blocks.get(list);
  if (!b) throw new Bug("a statement list stands nowhere");
  return b;
};

/** Every expression that a statement uses itself, at the statement. Bounds of loops are read in every round, so they may need a name. */
function collectUses(stmts: readonly LoopStmt[], blocks: ReadonlyMap<readonly LoopStmt[], Block>, use: (e: Expr, s: Site) => void, forced: Set<Expr>): void {
  const block = blockOf(blocks, stmts);
  stmts.forEach((s, index) => {
    const at: Site = { block, index };
    for (const e of exprsOf(s)) use(e, at);
    if (s.kind === "for") { forced.add(s.to); collectUses(s.body, blocks, use, forced); }
    if (s.kind === "loop") collectUses(s.body, blocks, use, forced);
    if (s.kind === "if") { collectUses(s.then, blocks, use, forced); collectUses(s.otherwise, blocks, use, forced); }
  });
}

/** What decides how far an expression may move. */
interface Facts {
  /** The innermost block that defines a variable it uses. */
  readonly home: Block;
  /** Reads what can be written. */
  readonly pinned: boolean;
  /** Numbers of the registers among that; undefined: there is memory, too, or many. */
  readonly regs: readonly number[] | undefined;
  /** Reads memory. */
  readonly load: boolean;
  /** Uses a value that a statement keeps: it can't stand before that. */
  readonly kept: boolean;
}

const facts = (all: readonly Expr[], homes: ReadonlyMap<Var, Block>, root: Block): readonly Facts[] =>
  byAge<Facts>(all, (e, known) => {
    const n = e.node;
    let home = (n.kind === "var" ? homes.get(n.v) : undefined) ?? root;
    const memory = n.kind === "load" && n.buffer.access !== "read";
    let kept = n.kind === "var" && n.v.role === "value", load = n.kind === "load", pinned = n.kind === "reg" || memory, regs = memory ? undefined : n.kind === "reg" ? [n.reg.id] : NONE;
    for (const x of e.operands) {
      const f = known[x.id];
      if (f.home.level > home.level) home = f.home;
      load ||= f.load;
      pinned ||= f.pinned;
      regs = together(regs, f.regs);
      kept ||= f.kept;
    }
    return { home, load, pinned, kept, regs };
  });

const NONE: readonly number[] = Object.freeze([]);
/** Registers that are looked for in what loops write. */
const FEW = 4;

/** Both lists; undefined where one is, or there are many. */
function together(a: readonly number[] | undefined, b: readonly number[] | undefined): readonly number[] | undefined {
  if (!a || !b) return undefined;
  if (a === b || b.length === 0) return a;
  const all = a.length === 0 ? b : [...a, ...b.filter((r) => !a.includes(r))];
  return all.length > FEW ? undefined : all;
}

/** Where the run of simple statements begins that a statement of a list stands in. */
function runBegin(list: readonly LoopStmt[], index: number): number {
  let at = index;
  while (at > 0 && ["declare", "set", "store", "keep"].includes(list[at - 1].kind)) at--;
  return at;
}

/** A place for a `let` and the uses that it would serve. */
interface Chosen extends Site { readonly uses: number; readonly hoisted: boolean; readonly sites: readonly Site[] }

/** The site in `block` (an ancestor) that holds a site. */
function lift(s: Site, level: number): Site {
  let at = s;
  while (at.block.level > level && at.block.parent) at = { block: at.block.parent, index: at.block.at };
  return at;
}

function common(sites: readonly Site[]): Block {
  let block = sites[0]?.block;
  if (!block) throw new Bug("an expression without uses");
  for (const s of sites) {
    let a: Block = block, b: Block = s.block;
    while (a !== b) {
      if (a.level >= b.level && a.parent) a = a.parent;
      else if (b.parent) b = b.parent;
      else throw new Bug("blocks without a common one");
    }
    block = a;
  }
  return block;
}

/** Whether no jump leaves a block between two of its statements. */
const through = (b: Block, from: number, to: number): boolean => !b.exits.some((i) => from <= i && i < to);

/** Whether what happens at a site surely happens when `block` comes to its statement `from`. */
function surelyIn(s: Site, block: Block, from: number): boolean {
  let at = s;
  for (; at.block !== block && at.block.parent; at = { block: at.block.parent, index: at.block.at }) if (!at.block.surely || !through(at.block, 0, at.index)) return false;
  return through(block, from, at.index);
}

/** Places for a `let`: one, or where memory is read only under conditions, one for each of them. */
function choose(sites: readonly Site[], f: Facts): readonly Chosen[] {
  const block = common(sites);
  let first = Infinity, together = true;
  for (const s of sites) { if (s.block !== block) together = false; first = Math.min(first, s.block === block ? s.index : lift(s, block.level).index); }
  // The first of those in one block surely happens there.
  if (f.load && !together && !sites.some((s) => surelyIn(s, block, first))) {
    const groups = new Map<Block, Site[]>();
    for (const s of sites) {
      let child = s.block;
      while (child.parent && child.parent !== block) child = child.parent;
      const g = groups.get(child);
      if (g) g.push(s); else groups.set(child, [s]);
    }
    if (groups.size > 1) return [...groups.values()].flatMap((g) => choose(g, f));
  }
  let best: Site = { block, index: first }, hoisted = false;
  for (let at = best; f.regs && at.block !== f.home && at.block.parent;) {
    const { writes } = at.block;
    if (f.regs.some((r) => writes.has(r))) break;
    if (f.load && !(at.block.surely && through(at.block, 0, at.index))) break;
    const out: Site = { block: at.block.parent, index: at.block.at };
    if (at.block.kind === "for") { best = out; hoisted = true; }
    at = out;
  }
  return [{ block: best.block, index: best.index, uses: sites.length, hoisted, sites }];
}

const READ = MADE_OF.memory | MADE_OF.registers;

/** What a read or a write of a place in memory is known by: places of different kinds never share a number. */
const placeKey = (kind: 0 | 1, id: number, at: Expr): number => (2 * id + kind) * 2 ** 26 + at.id;

/** A value read both before and after a write is one read in the text; the lowering must tell them apart by epochs. */
function checkEpochs(stmts: readonly LoopStmt[], fact: readonly Facts[]): void {
  const last = new Map<number, number>(), first = new Int32Array(fact.length), seen = new Int32Array(fact.length); // at the statement of that number
  let now = 0;
  const visit = (e: Expr): void => {
    if (!(e.from & READ) || seen[e.id] === now || !fact[e.id].pinned) return;
    seen[e.id] = now;
    const n = e.node;
    if (n.kind === "reg" || (n.kind === "load" && n.buffer.access !== "read")) {
      const read = (first[e.id] ||= now);
      if (read < (last.get(n.kind === "reg" ? placeKey(0, n.reg.id, n.slot) : placeKey(1, n.buffer.id, n.index)) ?? -1)) throw new Bug(`${n.kind === "reg" ? n.reg.name : n.buffer.name} is read in epoch ${n.epoch} before and after a write`);
    }
    for (const x of e.operands) visit(x);
  };
  const walk = (list: readonly LoopStmt[]): void => {
    for (const s of list) {
      now++;
      for (const e of exprsOf(s)) visit(e);
      now++;
      if (s.kind === "set") last.set(placeKey(0, s.reg.id, s.slot), now);
      if (s.kind === "store" || s.kind === "atomic") last.set(placeKey(1, s.buffer.id, s.index), now);
      if (s.kind === "for" || s.kind === "loop") walk(s.body);
      if (s.kind === "if") { walk(s.then); walk(s.otherwise); }
    }
  };
  walk(stmts);
}

function assemble(stmts: readonly LoopStmt[], blocks: ReadonlyMap<readonly LoopStmt[], Block>, lets: ReadonlyMap<Block, ReadonlyMap<number, readonly Expr[]>>): readonly PlacedStmt[] {
  const mine = lets.get(blockOf(blocks, stmts));
  const out: PlacedStmt[] = [], inner = (list: readonly LoopStmt[]) => assemble(list, blocks, lets);
  stmts.forEach((s, i) => {
    const bound = mine?.get(i);
    if (bound) for (const expr of [...bound].sort((a, b) => a.id - b.id)) out.push({ kind: "let", expr });
    if (s.kind === "for" || s.kind === "loop") out.push({ ...s, body: inner(s.body) });
    else if (s.kind === "if") out.push({ ...s, then: inner(s.then), otherwise: inner(s.otherwise) });
    else out.push(s);
  });
  return out;
}

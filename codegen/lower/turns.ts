// Loops whose number of turns is kept from the driver. Some drivers write out every loop of a few constant turns, with all the memory
// accesses and barriers in it, and then compile for seconds; a loop whose end they can't know stays a loop.
import type { Expr, LoopStmt, Reg } from "../loop/ir.ts";
import { exprsOf, operandsOf } from "../loop/operands.ts";
import { mapStmt } from "../loop/rebuild.ts";
import { memoryAccesses } from "./accesses.ts";
import { writtenOut, type Context, type Target } from "./context.ts";
import { hangsOn } from "./lanes.ts";

type For = Extract<LoopStmt, { kind: "for" }>;

/** What a barrier costs such a driver, in accesses. */
const BARRIER = 3;

/** Accesses of a whole text, over what a target takes well, up to which steps of products are worth writing out. */
const WORTH = 5 / 4;

/** Operations of all turns of a loop from which on it is faster where the driver knows them, whether it writes it out or not. */
const MUCH = 1024;

/** Whether a loop tells how many turns it has, whatever else the text has: few accesses, or much arithmetic. */
const plainlyTold = (turns: number, accesses: number, operations: number, target: Pick<Target, "staticAccesses">): boolean => turns * accesses <= writtenOut(target) || turns * operations > MUCH;
/** Whether a loop over steps of products tells how many turns it has: also where there is room for the accesses of all of them. */
export const tellsTurns = (turns: number, accesses: number, operations: number, room: number, target: Pick<Target, "staticAccesses">): boolean =>
  plainlyTold(turns, accesses, operations, target) || (turns - 1) * accesses <= room;
/** Accesses that such loops may add, all together, to a text of so many. */
export const roomToWriteOut = (text: number, { staticAccesses }: Pick<Target, "staticAccesses">): number => WORTH * staticAccesses - text;

/** Turns of a loop, where the text says how many. */
function turnsOf({ from, to, step }: For): number | undefined {
  return from.lo === from.hi && to.lo === to.hi ? Math.max(0, Math.ceil((to.lo - from.lo) / step)) : undefined;
}

/** What the driver compiles of some statements, in accesses: of loops that it writes out, every turn. */
function weigh(stmts: readonly LoopStmt[], most: number): number {
  let sum = 0;
  const flat = (list: readonly LoopStmt[]): LoopStmt[] => list.map((s) => {
    switch (s.kind) {
      case "if": return { ...s, then: flat(s.then), otherwise: flat(s.otherwise) };
      case "for": case "loop": {
        const turns = s.kind === "for" && !s.hidden ? turnsOf(s) : undefined;
        sum += weigh(s.body, most) * (turns !== undefined && turns <= most ? turns : 1);
        return { ...s, body: [] };
      }
      case "barrier": sum += BARRIER; return s;
      default: return s;
    }
  });
  return memoryAccesses(flat(stmts)) + sum;
}

/** Operations in some statements, with all turns of loops in them that say how many they have. */
function operationsOf(stmts: readonly LoopStmt[]): number {
  const seen = new Set<Expr>();
  let sum = 0;
  const visit = (x: Expr): void => { if (seen.has(x)) return; seen.add(x); if (x.node.kind === "op") sum++; operandsOf(x).forEach(visit); };
  for (const s of stmts) {
    exprsOf(s).forEach(visit);
    if (s.kind === "set" && s.lane) sum++;
    if (s.kind === "for" || s.kind === "loop") sum += operationsOf(s.body) * (s.kind === "for" && !s.hidden ? turnsOf(s) ?? 1 : 1);
    else if (s.kind === "if") sum += operationsOf(s.then) + operationsOf(s.otherwise);
  }
  return sum;
}

/** Register variables that a loop sets, and reads, at subscripts that change with its turns; and all that it sets. */
function subscripted({ v, body }: For): { readonly set: ReadonlySet<Reg>; readonly got: ReadonlyMap<Reg, number>; readonly all: ReadonlySet<Reg> } {
  const set = new Set<Reg>(), got = new Map<Reg, number>(), all = new Set<Reg>(), seen = new Set<Expr>();
  const visit = (x: Expr): void => {
    if (seen.has(x)) return;
    seen.add(x);
    if (x.node.kind === "reg" && hangsOn(x.node.slot, v)) got.set(x.node.reg, x.node.epoch);
    operandsOf(x).forEach(visit);
  };
  const walk = (list: readonly LoopStmt[]): void => {
    for (const s of list) {
      exprsOf(s).forEach(visit);
      if (s.kind === "set") { all.add(s.reg); if (hangsOn(s.slot, v)) set.add(s.reg); }
      if (s.kind === "for" || s.kind === "loop") walk(s.body);
      else if (s.kind === "if") { walk(s.then); walk(s.otherwise); }
    }
  };
  walk(body);
  return { set, got, all };
}

/** Looks at all expressions of statements, and of those in them, each once. */
function eachExpr(stmts: readonly LoopStmt[], look: (x: Expr) => void): void {
  const seen = new Set<Expr>(), visit = (x: Expr): void => { if (seen.has(x)) return; seen.add(x); look(x); operandsOf(x).forEach(visit); };
  const walk = (list: readonly LoopStmt[]): void => {
    for (const s of list) {
      exprsOf(s).forEach(visit);
      if (s.kind === "for" || s.kind === "loop") walk(s.body);
      else if (s.kind === "if") { walk(s.then); walk(s.otherwise); }
    }
  };
  walk(stmts);
}

/** Whether workgroup memory is read: that takes drivers as long in a loop as written out. */
function readsShared(stmts: readonly LoopStmt[]): boolean {
  let found = false;
  eachExpr(stmts, ({ node: n }) => { found ||= n.kind === "load" && n.buffer.space === "workgroup"; });
  return found;
}

/** Register variables that turns of a loop hand on to the next, or to what follows: sums, the largest so far. */
function carriedOf(stmts: readonly LoopStmt[]): ReadonlySet<Reg> {
  const home = new Map<Reg, LoopStmt | undefined>(), carried = new Set<Reg>();
  const walk = (list: readonly LoopStmt[], around: LoopStmt | undefined): void => {
    for (const s of list) {
      if (s.kind === "declare") home.set(s.reg, around);
      else if (s.kind === "set" && home.get(s.reg) !== around) carried.add(s.reg);
      else if (s.kind === "for" || s.kind === "loop") walk(s.body, s);
      else if (s.kind === "if") { walk(s.then, around); walk(s.otherwise, around); }
    }
  };
  walk(stmts, undefined);
  return carried;
}

/** A loop that reads copies of register variables, and the statements that make them: variables with a subscript that the driver doesn't know lie in memory, all the time. */
function onCopies(c: Context, loop: For, of: ReadonlyMap<Reg, number>): LoopStmt[] {
  const { e } = c, copies = new Map<Reg, Reg>(), out: LoopStmt[] = [], memo = new Map<Expr, Expr>();
  for (const [reg, epoch] of of) {
    const copy = c.reg(reg.name, reg.type, reg.slots);
    copies.set(reg, copy);
    out.push({ kind: "declare", reg: copy, span: loop.span }, ...Array.from({ length: reg.slots }, (_, i): LoopStmt => ({ kind: "set", reg: copy, slot: e.of(i), value: e.slot(reg, e.of(i), epoch), span: loop.span })));
  }
  const replaced = (x: Expr): Expr => {
    const known = memo.get(x);
    if (known) return known;
    const old = operandsOf(x), by = old.map(replaced), copy = x.node.kind === "reg" ? copies.get(x.node.reg) : undefined;
    const made = copy ? e.slot(copy, by[0] ?? e.of(0), 0) : by.every((y, i) => y === old[i]) ? x : e.rebuilt(x, by);
    memo.set(x, made);
    return made;
  };
  out.push(mapStmt(loop, replaced));
  return out;
}

/**
 * Statements in which loops that the target's driver had better not write out don't tell how many turns they have; the same list for
 * drivers that weigh that themselves. Where turns are known, code is faster: loops of much arithmetic keep them (on lavapipe
 * products take a fifth longer otherwise), and steps of products as long as the whole text stays small. Loops that go on with register slots at subscripts of their own stay as they are: written out, these are registers.
 */
export function hideTurns(c: Context, stmts: readonly LoopStmt[]): readonly LoopStmt[] {
  const { unrolls: most = 0 } = c.target, carried = carriedOf(stmts), arrays = new Set<Reg>();
  if (most === 0) return stmts;
  let room = roomToWriteOut(weigh(stmts, 0), c.target);
  const inside = (list: readonly LoopStmt[]): readonly LoopStmt[] => list.flatMap((s): LoopStmt[] => {
    switch (s.kind) {
      case "if": return [{ ...s, then: inside(s.then), otherwise: inside(s.otherwise) }];
      case "loop": return [{ ...s, body: inside(s.body) }];
      case "for": {
        const made: For = { ...s, body: inside(s.body) }, turns = turnsOf(made);
        if (turns === undefined || turns < 2 || turns > most) return [made];
        const accesses = weigh(made.body, most), more = (turns - 1) * accesses;
        if (plainlyTold(turns, accesses, 0, c.target)) return [made];
        const { set, got, all } = subscripted(made);
        if ([...set].some((r) => got.has(r))) return [made];
        // Subscripts that change with the turns have a driver write out loops of any size.
        if (set.size + got.size === 0 && plainlyTold(turns, accesses, operationsOf(made.body), c.target)) return [made];
        if (made.steps && more <= room && !readsShared(made.body)) { room -= more; return [made]; }
        for (const r of set) arrays.add(r);
        return onCopies(c, { ...made, hidden: true }, new Map([...got].filter(([r]) => carried.has(r) && !arrays.has(r) && !all.has(r))));
      }
      default: return [s];
    }
  });
  return inside(stmts);
}

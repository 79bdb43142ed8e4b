// Functions for what the text would say again and again: decoding or encoding a number takes a dozen operations, and
// an unrolled loop does it for every slot. Where several expressions are the same function of one value, they become
// calls of it. Functions read nothing but their argument. Index arithmetic stays where it is: loops take it apart better.
import type { Compute } from "../../vm/index.ts";
import { core, type Core } from "./core.ts";
import type { Expr, Func, LoopStmt } from "./ir.ts";
import { mapStmt, withOperands } from "./rebuild.ts";
import { ownWeight, weights } from "./weight.ts";

/** Less work stays where it is, and so do fewer nodes: one `exp` is no function of ours. */
const LEAST_WEIGHT = 6, LEAST_NODES = 4;
/** Fewer uses stay where they are. */
const LEAST_USES = 4;
/** Larger expressions aren't looked through. */
const MOST_NODES = 60;

/** Cuts that are the same function. */
type Group = Cut[];

/** An expression as a function of one value in it; `inner`: all in between, the expression first. */
interface Cut { readonly of: Expr; readonly arg: Expr; readonly inner: readonly Expr[]; readonly group: Group }

/** Whether a value comes from outside the expression. */
const isSource = (e: Expr): boolean => e.node.kind === "var" || e.node.kind === "load" || e.node.kind === "part" || e.node.kind === "reg";

/** What lies between an expression and a value that all of it comes through. */
interface Stretch { readonly nodes: number; readonly work: number }

/** The nearest value inside that all of an expression depends on through enough work to make a function of, and what lies in between. `first`: up to the nearest such value, whatever the work. */
function cutOf(e: Expr, own: readonly number[]): { readonly arg: Expr | undefined; readonly inner: readonly Expr[]; readonly first: Stretch | undefined } {
  const open = [e], inner: Expr[] = []; // oldest first: operands are older than what they are used in
  let first: Stretch | undefined;
  for (let work = 0; inner.length < MOST_NODES;) {
    const next = open[open.length - 1];
    if (open.length === 1 && next !== e) {
      first ??= { nodes: inner.length, work };
      if (work >= LEAST_WEIGHT && inner.length >= LEAST_NODES) return { arg: next.type === "i32" ? undefined : next, inner, first };
    }
    if (isSource(next)) break;
    open.pop();
    inner.push(next);
    work += own[next.id];
    for (const x of next.operands) if (x.node.kind !== "const") {
      let at = open.length;
      while (at > 0 && open[at - 1].id > x.id) at--;
      if (open[at - 1] !== x) open.splice(at, 0, x);
    }
    if (open.length === 0) break;
  }
  return { arg: undefined, inner, first };
}

/**
 * Whether all that an expression is made of comes through one value inside of it, and that so near that there may be a cut. Of each expression the
 * nearest such value, its gate, is kept, and how many of them lie behind each other: where operands meet, they are gone back along. `next` is told each, in order.
 */
function ways(own: readonly number[]): { readonly next: (e: Expr) => void; readonly near: (e: Expr) => boolean; readonly found: (e: Expr, nodes: number, first: Stretch | undefined) => void } {
  /** `fixed`: made of constants alone. `first`: up to the gate, where that is known. `nodes`: up to the gate, at least; `all`: and on to the last gate behind it. */
  interface Way { readonly gate: Expr | undefined; readonly depth: number; readonly fixed: boolean; first: Stretch | undefined; nodes: number; all: number }
  const known: Way[] = [], of = (e: Expr): Way => known[e.id];
  const next = (e: Expr): void => {
    let gate: Expr | undefined, fixed = !isSource(e), all = 0, values = 0;
    if (fixed) for (const x of e.operands) {
      if (x.node.kind === "const") continue;
      values++;
      const way = of(x);
      if (way.fixed) continue;
      gate = fixed ? x : meet(gate, x);
      fixed = false;
      all = Math.max(all, way.all);
    }
    all = gate ? all + 1 : 0;
    known.push({ gate, depth: gate ? of(gate).depth + 1 : 0, fixed, first: gate && values === 1 ? { nodes: 1, work: own[e.id] } : undefined, nodes: gate ? all - of(gate).all : 0, all });
  };
  /** The nearest value that both come through, one of them perhaps. */
  const meet = (a: Expr | undefined, b: Expr | undefined): Expr | undefined => {
    while (a !== b) {
      if (!a || !b) return undefined;
      if (of(a).depth >= of(b).depth) a = of(a).gate; else b = of(b).gate;
    }
    return a;
  };
  return {
    next,
    near(e) {
      let nodes = 0, work = 0;
      for (let way = of(e); way.gate; way = of(way.gate)) {
        if (nodes + way.nodes >= MOST_NODES) return false;
        if (!way.first) return true; // who knows
        nodes += way.first.nodes;
        work += way.first.work;
        if (work >= LEAST_WEIGHT && nodes >= LEAST_NODES) return true;
      }
      return false;
    },
    found(e, nodes, first) {
      const way = of(e);
      if (!way.gate) return;
      way.first = first;
      way.nodes = first?.nodes ?? Math.max(way.nodes, nodes);
      way.all = of(way.gate).all + way.nodes;
    },
  };
}

/** Tells functions apart: the same expression of a parameter for the same function. `count`: of the table. */
function shapes(count: number): (arg: Expr, inner: readonly Expr[]) => Expr {
  // By number: what a value in between is of which argument. Functions of one argument lie inside each other, so most of it is known from the one before.
  const c = core(), params = new Map<Compute, Expr>(), inside = new Array<Expr>(count), of = new Int32Array(count).fill(-1);
  return (arg, inner) => {
    let param = params.get(arg.type);
    if (!param) params.set(arg.type, (param = c.intern(arg.type, { kind: "var", v: { id: params.size, name: "x", type: arg.type, role: "value", lo: 0, hi: 0, divisor: 1 } })));
    const within = (x: Expr): Expr => (x === arg ? param : x.node.kind === "const" ? c.constant(x.type, x.node.value) : inside[x.id]);
    for (let i = inner.length - 1; i >= 0; i--) {
      const { id, type, node, operands } = inner[i];
      if (of[id] === arg.id) continue;
      of[id] = arg.id;
      inside[id] = c.intern(type, withOperands(node, operands.map(within)));
    }
    return inside[inner[0].id];
  };
}

/** Puts calls in place of repeated functions. The table must hold what the statements are made of, and nothing else. */
export function outline(stmts: readonly LoopStmt[], c: Core): readonly LoopStmt[] {
  const all = c.all.slice(), cuts = new Array<Cut | undefined>(all.length), groups = new Map<Expr, Group>(), weight = weights(all), shape = shapes(all.length), own = all.map(ownWeight), way = ways(own);
  for (const e of all) {
    way.next(e);
    if (weight[e.id] < LEAST_WEIGHT || !way.near(e)) continue;
    const { arg, inner, first } = cutOf(e, own);
    way.found(e, inner.length, first);
    if (!arg) continue;
    const body = shape(arg, inner);
    let group = groups.get(body);
    if (!group) groups.set(body, (group = []));
    group.push((cuts[e.id] = { of: e, arg, inner, group }));
  }
  if (![...groups.values()].some((g) => g.length >= LEAST_USES)) return stmts;

  const uses = (e: Expr): number => cuts[e.id]?.group.length ?? 0;
  const made = new Map<Group, Func>(), memo = new Array<Expr | undefined>(all.length);
  const functionOf = (cut: Cut): Func => {
    let f = made.get(cut.group);
    if (!f) {
      // The body is written by what is known of its argument: of all that come.
      const args = cut.group.map((g) => g.arg), facts = { lo: Math.min(...args.map((x) => x.lo)), hi: Math.max(...args.map((x) => x.hi)), divisor: 1 };
      const param = Object.freeze({ id: -1 - made.size, name: "x", type: cut.arg.type, role: "value" as const, ...facts });
      const inside = new Map<Expr, Expr>([[cut.arg, c.intern(cut.arg.type, { kind: "var", v: param }, facts)]]);
      for (const e of [...cut.inner].reverse()) inside.set(e, c.intern(e.type, withOperands(e.node, e.operands.map((x) => inside.get(x) ?? x)), e));
      f = Object.freeze({ id: made.size, param, body: inside.get(cut.of) ?? cut.of });
      made.set(cut.group, f);
    }
    return f;
  };
  const rewrite = (e: Expr): Expr => {
    const old = memo[e.id];
    if (old) return old;
    const cut = cuts[e.id], n = uses(e), { operands } = e;
    // What is only the last step after a function that is used more often stays outside of it.
    const taken = cut && n >= LEAST_USES && !operands.some((x) => uses(x) > n);
    let out = e;
    if (taken) out = c.intern(e.type, { kind: "call", f: functionOf(cut), arg: rewrite(cut.arg) }, e);
    else { const by = operands.map(rewrite); if (by.some((x, i) => x !== operands[i])) out = c.intern(e.type, withOperands(e.node, by), e); }
    memo[e.id] = out;
    return out;
  };
  return stmts.map((s) => mapStmt(s, rewrite));
}

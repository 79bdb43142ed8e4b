// Functions for what the text would say again and again: decoding or encoding a number takes a dozen operations, and
// an unrolled loop does it for every slot. Where several expressions are the same function of one value, they become
// calls of it. Functions read nothing but their argument. Index arithmetic stays where it is: loops take it apart better.
import type { Core } from "./core.ts";
import type { Expr, Func, LoopStmt, Node } from "./ir.ts";
import { exprsOf, operandsOf } from "./operands.ts";
import { mapStmt, withOperands } from "./rebuild.ts";
import { ownWeight, weights } from "./weight.ts";

/** Less work stays where it is, and so do fewer nodes: one `exp` is no function of ours. */
const LEAST_WEIGHT = 6, LEAST_NODES = 4;
/** Fewer uses stay where they are. */
const LEAST_USES = 4;
/** Larger expressions aren't looked through. */
const MOST_NODES = 60;

/** An expression as a function of one value in it. */
interface Cut { readonly of: Expr; readonly arg: Expr; readonly inner: readonly Expr[]; readonly shape: string }

/** Whether a value comes from outside the expression. */
const isSource = (e: Expr): boolean => e.node.kind === "var" || e.node.kind === "load" || e.node.kind === "part" || e.node.kind === "reg";

/** The nearest value inside that all of an expression depends on through enough work to make a function of. */
function cutOf(e: Expr): Cut | undefined {
  const open = [e], inner: Expr[] = []; // oldest first: operands are older than what they are used in
  for (let weight = 0; inner.length < MOST_NODES;) {
    const next = open[open.length - 1];
    if (open.length === 1 && weight >= LEAST_WEIGHT && inner.length >= LEAST_NODES) return next.type === "i32" ? undefined : { of: e, arg: next, inner, shape: shapeOf(next, inner) };
    if (isSource(next)) return undefined;
    open.pop();
    inner.push(next);
    weight += ownWeight(next);
    for (const x of operandsOf(next)) if (x.node.kind !== "const") {
      let at = open.length;
      while (at > 0 && open[at - 1].id > x.id) at--;
      if (open[at - 1] !== x) open.splice(at, 0, x);
    }
    if (open.length === 0) return undefined;
  }
  return undefined;
}

/**
 * Whether all that an expression is made of comes through one value inside of it: only then there may be a cut. Of each expression the nearest such
 * value is kept, and how many of them lie behind each other: where operands meet, they are gone back along.
 */
function throughOne(): (e: Expr) => boolean {
  /** `fixed`: made of constants alone. */
  interface Way { readonly gate: Expr | undefined; readonly depth: number; readonly fixed: boolean }
  const memo: (Way | undefined)[] = [];
  const of = (e: Expr): Way => {
    const old = memo[e.id];
    if (old) return old;
    let gate: Expr | undefined, fixed = !isSource(e);
    if (fixed) for (const x of operandsOf(e)) {
      if (x.node.kind === "const" || of(x).fixed) continue;
      gate = fixed ? x : meet(gate, x);
      fixed = false;
    }
    const made = { gate, depth: gate ? of(gate).depth + 1 : 0, fixed };
    memo[e.id] = made;
    return made;
  };
  /** The nearest value that both come through, one of them perhaps. */
  const meet = (a: Expr | undefined, b: Expr | undefined): Expr | undefined => {
    while (a !== b) {
      if (!a || !b) return undefined;
      if (of(a).depth >= of(b).depth) a = of(a).gate; else b = of(b).gate;
    }
    return a;
  };
  return (e) => of(e).gate !== undefined;
}

/** What a function does, as text: equal for equal functions. */
function shapeOf(arg: Expr, inner: readonly Expr[]): string {
  const number = new Map<Expr, number>(inner.map((e, i) => [e, i + 1]));
  number.set(arg, 0);
  return `${arg.type};${inner.map((e) => `${e.type} ${own(e.node)} ${operandsOf(e).map((x) => (x.node.kind === "const" ? `${x.type}${Object.is(x.node.value, -0) ? "-0" : x.node.value}` : `#${number.get(x)}`)).join()}`).join(";")}`;
}

/** What a node is besides its operands. */
function own(n: Node): string {
  switch (n.kind) {
    case "op": return n.op;
    case "sum": return `sum${n.offset}:${n.terms.map((t) => t.coefficient).join()}`;
    case "table": return `table${n.values.join()}`;
    case "field": return `field${n.width}`;
    case "call": return `call${n.f.id}`;
    default: return n.kind;
  }
}

/** Puts calls in place of repeated functions. Expressions must be of the table. */
export function outline(stmts: readonly LoopStmt[], c: Core): readonly LoopStmt[] {
  const cuts = new Map<Expr, Cut>(), groups = new Map<string, Cut[]>(), weight = weights(), gated = throughOne(), seen: boolean[] = [];
  const look = (e: Expr): void => {
    if (seen[e.id]) return;
    seen[e.id] = true;
    const cut = weight(e) >= LEAST_WEIGHT && gated(e) ? cutOf(e) : undefined;
    if (cut) {
      cuts.set(e, cut);
      const g = groups.get(cut.shape);
      if (g) g.push(cut); else groups.set(cut.shape, [cut]);
    }
    operandsOf(e).forEach(look);
  };
  const walk = (list: readonly LoopStmt[]): void => {
    for (const s of list) {
      exprsOf(s).forEach(look);
      if (s.kind === "for" || s.kind === "loop") walk(s.body);
      if (s.kind === "if") { walk(s.then); walk(s.otherwise); }
    }
  };
  walk(stmts);
  if (![...groups.values()].some((g) => g.length >= LEAST_USES)) return stmts;

  const uses = (e: Expr): number => { const cut = cuts.get(e); return cut ? groups.get(cut.shape)?.length ?? 0 : 0; };
  const made = new Map<string, Func>(), memo: (Expr | undefined)[] = [];
  const functionOf = (cut: Cut): Func => {
    let f = made.get(cut.shape);
    if (!f) {
      // The body is written by what is known of its argument: of all that come.
      const args = (groups.get(cut.shape) ?? [cut]).map((g) => g.arg), facts = { lo: Math.min(...args.map((x) => x.lo)), hi: Math.max(...args.map((x) => x.hi)), divisor: 1 };
      const param = Object.freeze({ id: -1 - made.size, name: "x", type: cut.arg.type, role: "value" as const, ...facts });
      const inside = new Map<Expr, Expr>([[cut.arg, c.intern(cut.arg.type, { kind: "var", v: param }, facts)]]);
      for (const e of [...cut.inner].reverse()) inside.set(e, c.intern(e.type, withOperands(e.node, operandsOf(e).map((x) => inside.get(x) ?? x)), e));
      f = Object.freeze({ id: made.size, param, body: inside.get(cut.of) ?? cut.of });
      made.set(cut.shape, f);
    }
    return f;
  };
  const rewrite = (e: Expr): Expr => {
    const old = memo[e.id];
    if (old) return old;
    const cut = cuts.get(e), n = uses(e), operands = operandsOf(e);
    // What is only the last step after a function that is used more often stays outside of it.
    const taken = cut && n >= LEAST_USES && !operands.some((x) => uses(x) > n);
    const out = taken ? c.intern(e.type, { kind: "call", f: functionOf(cut), arg: rewrite(cut.arg) }, e)
      : operands.length === 0 ? e : c.intern(e.type, withOperands(e.node, operands.map(rewrite)), e);
    memo[e.id] = out;
    return out;
  };
  return stmts.map((s) => mapStmt(s, rewrite));
}

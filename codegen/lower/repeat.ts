// Trips of a slot loop that is written out: most differ in their slot alone. They are built for a slot that stands for all, which is
// then replaced by each in turn, and by building them for the first and the last it is seen whether that comes to the same.
import { Bug } from "../../diagnostic.ts";
import type { Compute } from "../../vm/index.ts";
import type { Exprs } from "../loop/expr.ts";
import { isHalfOp, leaves, type Expr, type LoopStmt } from "../loop/ir.ts";
import { operandsOf } from "../loop/operands.ts";
import { mapStmt } from "../loop/rebuild.ts";

/** The type of what is made by bits or from a table. */
function plain(type: Compute): "u32" | "i32" | "f32" {
  if (type === "f16" || type === "bool") throw new Bug(`no such value is ${type}`);
  return type;
}

/** Expressions with a variable replaced; what is known of the new value makes them simpler. */
export function replacer(e: Exprs, of: Expr): (by: Expr) => (x: Expr) => Expr {
  const hangs: (boolean | undefined)[] = [];
  const hangsOn = (x: Expr): boolean => (hangs[x.id] ??= x === of || operandsOf(x).some(hangsOn));
  return (by) => {
    const made = new Map<Expr, Expr>();
    const replaced = (x: Expr): Expr => {
      if (!hangsOn(x)) return x;
      let y = made.get(x);
      if (!y) made.set(x, (y = x === of ? by : again(x)));
      return y;
    };
    const again = (x: Expr): Expr => {
      const n = x.node;
      switch (n.kind) {
        case "sum": return n.terms.reduce((sum, t) => e.add(sum, e.mul(replaced(t.of), e.of(t.coefficient))), e.of(n.offset));
        case "op": {
          const args = n.args.map(replaced);
          return n.op === "fdiv" ? e.fdiv(args[0], args[1]) : n.op === "fmod" ? e.fmod(args[0], args[1]) : isHalfOp(n.op) ? e.rebuilt(x, args) : e.op(n.op, ...args);
        }
        case "to": return e.to(x.type, replaced(n.arg));
        case "bits": return e.bits(plain(x.type), replaced(n.arg));
        case "packHalf": return e.packHalf(replaced(n.arg));
        case "unpackHalf": return e.unpackHalf(replaced(n.arg));
        case "table": return e.table(plain(x.type), n.values, replaced(n.index));
        case "field": return e.field(replaced(n.word), replaced(n.at), n.width);
        case "load": return e.load(n.buffer, replaced(n.index), n.epoch);
        case "reg": return e.slot(n.reg, replaced(n.slot), n.epoch);
        case "const": case "var": case "part": case "call": throw new Bug(`'${n.kind}' hangs on nothing here`);
        default: return n satisfies never;
      }
    };
    return replaced;
  };
}

/** Adds statements to a list as if they had been built there: what is under one condition stands together, what can't be reached falls away. */
export function append(e: Exprs, out: LoopStmt[], stmts: readonly LoopStmt[]): void {
  for (const s of stmts) {
    if (s.kind !== "if" || s.otherwise.length) { out.push(s); continue; }
    const known = e.known(s.condition), last = out.at(-1);
    if (known === 0) continue;
    if (known === 1) append(e, out, s.then);
    else if (last?.kind === "if" && last.condition === s.condition && !last.otherwise.length && s.span === last.span && !leaves(last)) out.splice(-1, 1, { ...last, then: [...last.then, ...s.then] });
    else out.push(s);
  }
}

/** Whether two lists of statements are the same. */
function same(a: readonly LoopStmt[], b: readonly LoopStmt[]): boolean {
  return a.length === b.length && a.every((s, i) => {
    const t = b[i];
    if (s.kind === "set") return t.kind === s.kind && t.reg === s.reg && t.slot === s.slot && t.value === s.value && t.mask === s.mask && t.lane === s.lane;
    if (s.kind === "store") return t.kind === s.kind && t.buffer === s.buffer && t.index === s.index && t.value === s.value;
    if (s.kind === "if") return t.kind === s.kind && t.condition === s.condition && same(s.then, t.then) && same(s.otherwise, t.otherwise);
    return false; // rare, and not worth the trouble
  });
}

/** Statements of a loop's trips one after the other. `build` makes those of one; they must be statements alone. */
export function repeated(e: Exprs, trips: number, variable: () => Expr, build: (trip: Expr) => LoopStmt[]): LoopStmt[] {
  const each = (from: number, to: number, trip: (i: number) => readonly LoopStmt[]): LoopStmt[] => {
    const out: LoopStmt[] = [];
    for (let i = from; i < to; i++) append(e, out, trip(i));
    return out;
  };
  const direct = (i: number): LoopStmt[] => build(e.of(i));
  if (trips < LEAST) return each(0, trips, direct);
  const first = direct(0), v = variable(), pattern = build(v), at = replacer(e, v), trip = (i: number): LoopStmt[] => {
    const replaced = at(e.of(i)), own: LoopStmt[] = [];
    append(e, own, pattern.map((s) => mapStmt(s, replaced)));
    return own;
  };
  if (same(first, trip(0))) {
    const middle = Array.from({ length: trips - 2 }, (_, i) => trip(i + 1)), last = direct(trips - 1);
    if (same(last, trip(trips - 1))) return each(0, trips, (i) => (i === 0 ? first : i === trips - 1 ? last : middle[i - 1]));
  }
  return each(0, trips, (i) => (i === 0 ? first : direct(i)));
}

/** Fewer trips are built one by one: three are built anyway. */
const LEAST = 6;

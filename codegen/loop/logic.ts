// Comparisons and booleans. Integer comparisons come down to `lt` and `ge` with cancelled terms and the
// constant on the right where there is one, so that equal conditions become one node; bounds decide the rest.
import type { Op } from "../../vm/index.ts";
import type { Core } from "./core.ts";
import { argsOf, gcd, known, multipleOf, product } from "./core.ts";
import type { Expr } from "./ir.ts";
import type { Linear, LinearOps } from "./linear.ts";
import { exact, linearOf, spanOf } from "./linear.ts";

/** Operations that give or take booleans. */
export interface LogicOps {
  compare(op: "eq" | "ne" | "lt" | "le" | "gt" | "ge", a: Expr, b: Expr): Expr;
  not(a: Expr): Expr;
  both(op: "and" | "or", a: Expr, b: Expr): Expr;
  select(condition: Expr, a: Expr, b: Expr): Expr;
}

const OPPOSITE: Readonly<Partial<Record<string, Op>>> = { lt: "ge", ge: "lt", eq: "ne", ne: "eq" };

/** Builds the operations on a table. */
export function logicOps(c: Core, l: LinearOps): LogicOps {
  const bool = (b: boolean) => c.constant("bool", b);
  const node = (op: Op, ...args: Expr[]) => c.intern("bool", { kind: "op", op, args });
  const isInteger = (e: Expr) => e.type === "i32" || e.type === "u32";

  /** What bounds and divisors say about a < b and a = b. */
  const decided = (op: "lt" | "eq", a: Expr, b: Expr): boolean | undefined => {
    if (op === "lt") return a.hi < b.lo ? true : a.lo >= b.hi ? false : undefined;
    if (a.hi < b.lo || a.lo > b.hi) return false;
    const ka = known(a), kb = known(b);
    if (kb !== undefined && multipleOf(a) > 1 && kb % a.divisor !== 0) return false;
    if (ka !== undefined && multipleOf(b) > 1 && ka % b.divisor !== 0) return false;
    return undefined;
  };

  /** a - b < 0 or a - b = 0 as two sides without common terms; undefined where the difference may wrap. */
  const sides = (op: "lt" | "eq", a: Expr, b: Expr): boolean | { left: Expr; right: Expr } | undefined => {
    const la = linearOf(a), lb = linearOf(b);
    if (!exact(la) || !exact(lb)) return undefined;
    const terms = la.terms.slice();
    for (const { coefficient: k, of } of lb.terms) {
      let at = terms.length - 1;
      while (at >= 0 && terms[at].of !== of) at--;
      const d = (at < 0 ? 0 : terms[at].coefficient) - k;
      if (d !== (d | 0)) return undefined;
      if (at < 0) terms.push({ coefficient: d, of });
      else if (d === 0) terms.splice(at, 1);
      else terms[at] = { coefficient: d, of };
    }
    let g = 0, common = 0, offset = la.offset - lb.offset;
    for (const t of terms) { g = gcd(g, product(t.coefficient, t.of.divisor)); common = gcd(common, t.coefficient); }
    if (g === 0) return op === "lt" ? offset < 0 : offset === 0;
    if (op === "lt") offset = g * Math.floor(offset / g); // S ≡ 0 mod g: S + offset < 0 doesn't see the rest
    else if (offset % g !== 0) return false;
    offset /= common;
    const { lo, hi } = spanOf({ terms: common === 1 ? terms : terms.map((t) => ({ coefficient: t.coefficient / common, of: t.of })), offset });
    if (op === "lt" && hi < 0) return true;
    if (op === "lt" ? lo >= 0 : lo > 0 || hi < 0) return false;
    if (op === "eq" && lo === 0 && hi === 0) return true;
    const side = (sign: number): Linear => ({ terms: terms.filter((t) => t.coefficient * sign > 0).map((t) => ({ coefficient: (t.coefficient * sign) / common, of: t.of })), offset: 0 });
    const left = side(1), right = side(-1);
    const choices: [number, number][] = right.terms.length === 0 ? [[0, -offset]] : left.terms.length === 0 ? [[offset, 0]]
      : offset >= 0 ? [[offset, 0], [0, -offset]] : [[0, -offset], [offset, 0]];
    for (const [x, y] of choices) {
      const withX: Linear = { terms: left.terms, offset: x | 0 }, withY: Linear = { terms: right.terms, offset: y | 0 };
      if (x === (x | 0) && y === (y | 0) && exact(withX) && exact(withY)) return { left: l.sum(withX), right: l.sum(withY) };
    }
    return undefined;
  };

  const less = (a: Expr, b: Expr): Expr => {
    if (a === b) return bool(false);
    const d = decided("lt", a, b);
    if (d !== undefined) return bool(d);
    const s = a.type === "i32" ? sides("lt", a, b) : undefined;
    if (typeof s === "boolean") return bool(s);
    const [x, y] = s ? [s.left, s.right] : [a, b];
    const kx = known(x), ky = known(y);
    if (kx !== undefined && kx < 2 ** 31 - 1) { // k < y becomes y ≥ k + 1
      const bound = c.constant(y.type, kx + 1);
      return y.hi === kx + 1 ? node("eq", y, bound) : node("ge", y, bound);
    }
    if (ky !== undefined && x.lo === ky - 1) return node("eq", x, c.constant(x.type, ky - 1)); // only one value is that small
    return node("lt", x, y);
  };

  const equal = (a: Expr, b: Expr): Expr => {
    if (a === b) return bool(true);
    const d = decided("eq", a, b);
    if (d !== undefined) return bool(d);
    const s = a.type === "i32" ? sides("eq", a, b) : undefined;
    if (typeof s === "boolean") return bool(s);
    const [x, y] = s ? [s.left, s.right] : [a, b];
    const swap = known(x) !== undefined || (known(y) === undefined && x.id > y.id);
    return swap ? node("eq", y, x) : node("eq", x, y);
  };

  const not = (a: Expr): Expr => {
    const k = known(a);
    if (k !== undefined) return bool(k === 0);
    const inner = argsOf(a, "not")?.[0];
    if (inner) return inner;
    if (a.node.kind === "op") {
      const [x, y] = a.node.args, op = OPPOSITE[a.node.op];
      if (x && y && op && (isInteger(x) || op === "eq" || op === "ne")) return node(op, x, y);
    }
    return node("not", a);
  };

  const compare: LogicOps["compare"] = (op, a, b) => {
    if (a.type === "bool") {
      const k = known(a) ?? known(b), x = known(a) === undefined ? a : b;
      if (op === "eq" || op === "ne") {
        if (k !== undefined) return (k === 1) === (op === "eq") ? x : not(x);
        if (a === b) return bool(op === "eq");
        return node(op, ...(a.id < b.id ? [a, b] : [b, a]));
      }
      if (op === "lt") return both("and", not(a), b);
      if (op === "gt") return both("and", a, not(b));
      return op === "le" ? both("or", not(a), b) : both("or", a, not(b));
    }
    if (!isInteger(a)) return node(op, a, b); // NaN: no comparison of floats has an opposite
    switch (op) {
      case "lt": return less(a, b);
      case "gt": return less(b, a);
      case "ge": return not(less(a, b));
      case "le": return not(less(b, a));
      case "eq": return equal(a, b);
      case "ne": return not(equal(a, b));
      default: return op satisfies never;
    }
  };

  const flat = (op: "and" | "or", e: Expr): readonly Expr[] => argsOf(e, op)?.flatMap((x) => flat(op, x)) ?? [e];

  /** x < a and x < b with constants: the nearer bound is enough (for `or` the farther). */
  const tighter = (op: "and" | "or", p: Expr, q: Expr): Expr | undefined => {
    for (const name of ["lt", "ge"] as const) {
      const [x, a] = argsOf(p, name) ?? [], [y, b] = argsOf(q, name) ?? [];
      const ka = a && known(a), kb = b && known(b);
      if (!x || x !== y || !isInteger(x) || ka === undefined || kb === undefined) continue;
      return (ka <= kb) === ((name === "lt") === (op === "and")) ? p : q;
    }
    return undefined;
  };

  const both: LogicOps["both"] = (op, a, b) => {
    const absorbing = op === "and" ? 0 : 1, out: Expr[] = [];
    for (let e of [...flat(op, a), ...flat(op, b)]) {
      const k = known(e);
      if (k === absorbing) return bool(absorbing === 1);
      if (k !== undefined) continue;
      for (let i = 0; i < out.length; i++) {
        const old = out[i], t = old && tighter(op, old, e);
        if (!t) continue;
        e = t;
        out.splice(i--, 1);
      }
      if (!out.includes(e)) out.push(e);
    }
    if (out.some((e) => out.includes(not(e)))) return bool(absorbing === 1);
    const dual = op === "and" ? "or" : "and"; // x && (x || y) = x
    const kept = out.filter((e) => { const parts = argsOf(e, dual) && flat(dual, e); return !parts?.some((p) => out.includes(p)); });
    if (kept.length === 0) return bool(absorbing === 0);
    return kept.sort((x, y) => x.id - y.id).reduce((x, y) => node(op, x, y));
  };

  const select: LogicOps["select"] = (given, a, b) => {
    const k = known(given);
    if (k !== undefined) return k ? a : b;
    if (a === b) return a;
    const inner = argsOf(given, "not")?.[0];
    if (inner) return select(inner, b, a);
    const [ca, ifTrue] = argsOf(a, "select") ?? [], [cb, , ifFalse] = argsOf(b, "select") ?? [];
    if (ca === given && ifTrue) return select(given, ifTrue, b);
    if (cb === given && ifFalse) return select(given, a, ifFalse);
    if (a.type === "bool") {
      const ka = known(a), kb = known(b);
      if (ka !== undefined) return ka ? both("or", given, b) : both("and", not(given), b);
      if (kb !== undefined) return kb ? both("or", not(given), a) : both("and", given, a);
    }
    return c.intern(a.type, { kind: "op", op: "select", args: [given, a, b] }, {
      lo: Math.min(a.lo, b.lo), hi: Math.max(a.hi, b.hi), divisor: gcd(multipleOf(a), multipleOf(b)) || 1,
    });
  };

  return { compare, not, both, select };
}

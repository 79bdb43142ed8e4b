// Index arithmetic in i32: sums with merged terms, and floor division and remainder of sums.
// A sum is right modulo 2^32 whatever its parts do; what needs the exact integer asks whether its bounds fit.
import type { Core, Facts } from "./core.ts";
import { argsOf, gcd, known, limits, memo2, product, wrapped } from "./core.ts";
import { MADE_OF, type Expr } from "./ir.ts";

/** Coefficient × term. */
export interface Term { readonly coefficient: number; readonly of: Expr }

/** A sum of terms, none of them twice, plus a constant; all i32. */
export interface Linear { readonly terms: readonly Term[]; readonly offset: number }

/** Sums, products, floor division and remainder of i32 expressions. */
export interface LinearOps {
  sum(l: Linear): Expr;
  plus(a: Expr, b: Expr, scale?: number): Expr;
  times(a: Expr, b: Expr): Expr;
  fdiv(a: Expr, b: Expr): Expr;
  fmod(a: Expr, b: Expr): Expr;
}

/** Products of sums are multiplied out up to this many terms, so that loop-invariant parts can be told apart. */
const DISTRIBUTE = 8;

const NONE: readonly Term[] = [];

/** An i32 expression as a sum. */
export function linearOf(e: Expr): Linear {
  const n = e.node;
  return n.kind === "sum" ? n : n.kind === "const" ? { terms: NONE, offset: n.value } : { terms: [{ coefficient: 1, of: e }], offset: 0 };
}

/** The same terms but some. */
const without = (terms: readonly Term[], a: Expr, b: Expr): readonly Term[] => terms.filter((t) => t.of !== a && t.of !== b);

/** a + scale·b, coefficients wrapped to i32. */
export function combine(a: Linear, b: Linear, scale = 1): Linear {
  const offset = (a.offset + Math.imul(b.offset, scale)) | 0;
  if (b.terms.length === 0) return { terms: a.terms, offset };
  const terms = a.terms.slice();
  for (const { coefficient: k, of } of b.terms) {
    let at = terms.length - 1;
    while (at >= 0 && terms[at].of !== of) at--;
    const coefficient = ((at < 0 ? 0 : terms[at].coefficient) + Math.imul(k, scale)) | 0;
    if (at < 0) { if (coefficient !== 0) terms.push({ coefficient, of }); }
    else if (coefficient === 0) terms.splice(at, 1);
    else terms[at] = { coefficient, of };
  }
  return { terms, offset };
}

/** Exact bounds of a sum as an integer that never wraps. */
export function spanOf(l: Linear): { lo: number; hi: number } {
  let lo = l.offset, hi = l.offset;
  for (const { coefficient: k, of: t } of l.terms) {
    lo += k > 0 ? k * t.lo : k * t.hi;
    hi += k > 0 ? k * t.hi : k * t.lo;
  }
  return { lo, hi };
}

/** Whether a sum is the exact integer: its bounds fit an i32. */
export function exact(l: Linear): boolean {
  const { lo, hi } = spanOf(l), limit = limits("i32");
  return lo >= limit.lo && hi <= limit.hi;
}

function factsOf(l: Linear): Facts {
  const { lo, hi } = spanOf(l);
  let d = Math.abs(l.offset);
  for (const t of l.terms) d = gcd(d, product(t.coefficient, t.of.divisor));
  return wrapped("i32", lo, hi, d);
}

/** Whether a value is made of what lies in memory or registers. */
const isData = (e: Expr): boolean => (e.from & (MADE_OF.memory | MADE_OF.registers)) !== 0;

/** Sums of data alone: no part of them is invariant, and a product of each term would only cost more. */
const ofData = (l: Linear): boolean => l.terms.length > 1 && l.terms.every((t) => isData(t.of));

const mod = (a: number, b: number) => ((a % b) + b) % b;

/** The factors of a product, in order. */
const factors = (e: Expr): readonly Expr[] => argsOf(e, "mul")?.flatMap(factors) ?? [e];

/** Bounds of a product of two values. */
export function productSpan(a: Facts, b: Facts): { lo: number; hi: number } {
  const all = [a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi];
  return { lo: Math.min(...all), hi: Math.max(...all) };
}

/** Splits a sum as g·quotient + rest; terms go left where g divides them. */
function partition(l: Linear, g: number, o: LinearOps, c: Core): { quotient: () => Expr; rest: Linear; moved: boolean } {
  const rest: Term[] = [], whole: [number, Expr, number][] = [];
  for (const t of l.terms) {
    const { coefficient: k, of } = t, h = gcd(k, g);
    if (product(k, of.divisor) % g === 0 && (h === g || of.lo >= 0)) whole.push([k / h, of, g / h]);
    else rest.push(t);
  }
  const r = mod(l.offset, g), q = (l.offset - r) / g;
  const quotient = () => whole.reduce(
    (sum, [k, t, by]) => o.plus(sum, by === 1 ? t : o.fdiv(t, c.constant("i32", by)), k), c.constant("i32", q));
  return { quotient, rest: { terms: rest, offset: r }, moved: whole.length > 0 || q !== 0 };
}

/** Builds the operations on a table. */
export function linearOps(c: Core): LinearOps {
  const zero = c.constant("i32", 0);

  /** k·(x mod a) + k·a·(x div a) = k·x, also with a remainder around the quotient. */
  const recombine = (l: Linear): Linear => {
    for (const { coefficient: k, of: t } of l.terms) {
      if (t.node.kind !== "op" || t.node.op !== "fmod") continue;
      const [x, by] = t.node.args, a = by && known(by);
      if (!x || a === undefined) continue;
      const ka = k * a;
      if (ka !== (ka | 0)) continue;
      const quotient = o.fdiv(x, c.constant("i32", a));
      for (const { coefficient: ku, of: u } of l.terms) {
        if (ku !== ka) continue;
        const [inner, b] = argsOf(u, "fmod") ?? [];
        const ab = b && inner === quotient ? (known(b) ?? 0) * a : 0;
        if (u !== quotient && !(ab > 0 && ab <= limits("i32").hi)) continue;
        const whole = u === quotient ? x : o.fmod(x, c.constant("i32", ab));
        return recombine(combine({ terms: without(l.terms, t, u), offset: l.offset }, linearOf(whole), k));
      }
    }
    return l;
  };

  const sum = (given: Linear): Expr => {
    const l = given.terms.length > 1 ? recombine(given) : given;
    if (l.terms.length === 0) return c.constant("i32", l.offset);
    if (l.terms.length === 1 && l.offset === 0 && l.terms[0].coefficient === 1) return l.terms[0].of;
    const { terms } = l, sorted = terms.every((t, i) => i === 0 || terms[i - 1].of.id < t.of.id) ? terms : [...terms].sort((a, b) => a.of.id - b.of.id);
    return c.intern("i32", { kind: "sum", terms: sorted, offset: l.offset }, factsOf(l));
  };

  const scaled = (a: Expr, b: Expr, scale: number): Expr => sum(combine(linearOf(a), linearOf(b), scale)), once = memo2((a, b) => scaled(a, b, 1));
  const plus = (a: Expr, b: Expr, scale = 1): Expr => (known(b) === 0 ? a : scale !== 1 ? scaled(a, b, scale) : known(a) === 0 ? b : once(a, b));

  /** A product of terms that are no sums, its factors in a fixed order. */
  const productOf = (parts: readonly Expr[]): Expr =>
    [...parts].sort((a, b) => a.id - b.id).reduce((a, b) => {
      const { lo, hi } = productSpan(a, b);
      return c.intern("i32", { kind: "op", op: "mul", args: [a, b] }, wrapped("i32", lo, hi, product(a.divisor, b.divisor) || 1));
    });

  const times = memo2((a: Expr, b: Expr): Expr => {
    const ka = known(a), kb = known(b);
    if (kb !== undefined) return plus(zero, a, kb);
    if (ka !== undefined) return plus(zero, b, ka);
    const la = linearOf(a), lb = linearOf(b);
    const size = (l: Linear) => l.terms.length + (l.offset === 0 ? 0 : 1);
    if (size(la) * size(lb) > DISTRIBUTE || ofData(la) || ofData(lb)) return productOf([a, b]);
    let out: Linear = { terms: NONE, offset: Math.imul(la.offset, lb.offset) };
    for (const { coefficient: k, of: t } of la.terms) {
      for (const { coefficient: m, of: u } of lb.terms) out = combine(out, linearOf(productOf([...factors(t), ...factors(u)])), Math.imul(k, m));
      out = combine(out, linearOf(t), Math.imul(k, lb.offset));
    }
    for (const { coefficient: m, of: u } of lb.terms) out = combine(out, linearOf(u), Math.imul(m, la.offset));
    return sum(out);
  });

  /** Both results of dividing by a run-time n: products with the factor n come apart where the rest is below n. */
  const symbolic = (x: Expr, n: Expr): { quotient: Expr; rest: Expr } | undefined => {
    const l = linearOf(x), rest: Term[] = [];
    if (x.lo < 0 || n.lo < 1) return undefined;
    let quotient: Expr = zero;
    for (const t of l.terms) {
      const parts = [...factors(t.of)], at = parts.indexOf(n);
      if (at < 0) { rest.push(t); continue; }
      parts.splice(at, 1);
      quotient = plus(quotient, parts.length ? productOf(parts) : c.constant("i32", 1), t.coefficient);
    }
    const small: Linear = { terms: rest, offset: l.offset }, { lo, hi } = spanOf(small);
    return lo >= 0 && hi < n.lo && exact(l) ? { quotient, rest: sum(small) } : undefined;
  };

  const fdiv = memo2((x: Expr, n: Expr): Expr => {
    const by = known(n), kx = known(x);
    if (by === undefined) return symbolic(x, n)?.quotient ?? c.intern("i32", { kind: "op", op: "fdiv", args: [x, n] }, { lo: 0, hi: Math.max(0, x.hi), divisor: 1 });
    if (by === 1) return x;
    if (kx !== undefined && kx >= 0 && by > 0) return c.constant("i32", Math.floor(kx / by));
    if (x.lo >= 0 && x.hi < by) return zero;
    const [y, a] = argsOf(x, "fdiv") ?? [], ka = a && known(a);
    if (y && ka !== undefined) return ka * by > limits("i32").hi ? zero : fdiv(y, c.constant("i32", ka * by));
    const [z, m] = argsOf(x, "fmod") ?? [], km = m && known(m);
    if (z && km !== undefined && km % by === 0) return fmod(fdiv(z, n), c.constant("i32", km / by));
    if (x.node.kind === "sum" && x.lo >= 0 && by > 0) {
      const l = linearOf(x);
      for (const g of grains(l, by)) {
        const { quotient, rest } = partition(l, g, o, c), { lo, hi } = spanOf(rest);
        if (lo >= 0 && hi < g) return fdiv(quotient(), c.constant("i32", by / g));
      }
      const { quotient, rest, moved } = partition(l, by, o, c);
      if (moved && exact(rest) && spanOf(rest).lo >= 0) return plus(quotient(), fdiv(sum(rest), n));
    }
    return c.intern("i32", { kind: "op", op: "fdiv", args: [x, n] },
      { lo: Math.floor(Math.max(0, x.lo) / by), hi: Math.max(0, Math.floor(x.hi / by)), divisor: x.divisor % by === 0 ? x.divisor / by : 1 });
  });

  const fmod = memo2((x: Expr, n: Expr): Expr => {
    const by = known(n), kx = known(x);
    if (by === undefined) {
      if (x.lo >= 0 && x.hi < n.lo) return x;
      return symbolic(x, n)?.rest ?? c.intern("i32", { kind: "op", op: "fmod", args: [x, n] }, { lo: 0, hi: Math.max(0, Math.min(x.hi, n.hi - 1)), divisor: gcd(x.divisor, n.divisor) });
    }
    if (by === 1) return zero;
    if (kx !== undefined && kx >= 0 && by > 0) return c.constant("i32", kx % by);
    if (x.lo >= 0 && x.hi < by) return x;
    if (x.divisor % by === 0) return zero;
    const [y, a] = argsOf(x, "fmod") ?? [], ka = a && known(a);
    if (y && ka !== undefined && ka % by === 0) return fmod(y, n);
    if (x.node.kind === "sum" && x.lo >= 0 && by > 0) {
      const l = linearOf(x);
      for (const g of grains(l, by)) {
        const { quotient, rest } = partition(l, g, o, c), { lo, hi } = spanOf(rest);
        if (lo >= 0 && hi < g) return plus(sum(rest), fmod(quotient(), c.constant("i32", by / g)), g);
      }
      const { rest, moved } = partition(l, by, o, c);
      if (moved && exact(rest) && spanOf(rest).lo >= 0) return fmod(sum(rest), n);
    }
    const d = gcd(x.divisor, by);
    return c.intern("i32", { kind: "op", op: "fmod", args: [x, n] }, { lo: 0, hi: Math.max(0, Math.min(by - d, x.hi)), divisor: d });
  });

  /** Divisors of `by` that the terms of a sum suggest, largest first. */
  const grains = (l: Linear, by: number): readonly number[] => {
    const out = [by];
    for (const t of l.terms) { const g = gcd(product(t.coefficient, t.of.divisor), by); if (g > 1 && !out.includes(g)) out.push(g); }
    return out.filter((g) => g > 1).sort((a, b) => b - a);
  };

  const o: LinearOps = { sum, plus, times, fdiv, fmod };
  return o;
}

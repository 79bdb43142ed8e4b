// Sums of digits: the form that addresses are computed in before any arithmetic is emitted.
//
//     A = constant + Σ coef · ((atom / div) % mod)
//
// An atom is an axis, the bit, or a sum that could not be taken apart. Dividing a sum by s moves whole terms
// to the quotient or the remainder and cuts only the digits that lie on both sides, so `{slot, bit} / 32`
// comes out as shifts of the axes and never as one long number.
import type { Algebra } from "./algebra.ts";
import { gcd } from "./modes.ts";

/** A product of a known factor and a run-time one (absent = 1). Lets `pad(k, 32)` of a run-time k stay a multiple of 32. */
export interface Size<T> { readonly k: number; readonly r: T | undefined }

/** What a term takes its digit from. `axis` −1 is the bit. */
export type Atom<T> = { readonly key: string; readonly bound: number | undefined; readonly value: () => T } & (
  | { readonly kind: "leaf"; readonly axis: number }
  | { readonly kind: "one" }
  | { readonly kind: "sum"; readonly of: Linear<T> }
  | { readonly kind: "reverse"; readonly of: Linear<T>; readonly extent: number }
  | { readonly kind: "shift"; readonly of: Linear<T>; readonly lo: number; readonly size: number }
);

/** coef · ((atom / div) % mod) */
export interface Term<T> { readonly atom: Atom<T>; readonly div: number; readonly mod: number | undefined; readonly coef: Size<T> }

/** constant + Σ terms */
export interface Linear<T> { readonly terms: readonly Term<T>[]; readonly constant: number }

export const cdiv = (a: number, b: number): number => Math.floor((a + b - 1) / b);

/** One more than the largest value of the digit of a term, if known. */
export function bound<T>(t: Pick<Term<T>, "atom" | "div" | "mod">): number | undefined {
  const b = t.atom.bound === undefined ? undefined : cdiv(t.atom.bound, t.div);
  return b === undefined ? t.mod : t.mod === undefined ? b : Math.min(b, t.mod);
}

/** Text that is equal for equal digits. */
export const digitKey = <T>(t: Pick<Term<T>, "atom" | "div" | "mod">): string => `${t.atom.key}/${t.div}%${t.mod ?? ""}`;

/** The same algebra, minus the operations that do nothing. */
export function lean<T>(alg: Algebra<T>): Algebra<T> {
  const k = alg.known;
  return {
    of: alg.of,
    known: k,
    add: (a, b) => { const x = k(a), y = k(b); return x === 0 ? b : y === 0 ? a : x !== undefined && y !== undefined ? alg.of(x + y) : alg.add(a, b); },
    mul: (a, b) => { const x = k(a), y = k(b); return x === 0 || y === 1 ? a : y === 0 || x === 1 ? b : x !== undefined && y !== undefined ? alg.of(x * y) : alg.mul(a, b); },
    div: (a, b) => { const x = k(a), y = k(b); return x === 0 || y === 1 ? a : x !== undefined && y !== undefined ? alg.of(Math.floor(x / y)) : alg.div(a, b); },
    mod: (a, b) => { const x = k(a), y = k(b); return x === 0 ? a : y === 1 ? alg.of(0) : x !== undefined && y !== undefined ? alg.of(x % y) : alg.mod(a, b); },
  };
}

/** Arithmetic on sizes and sums over one (lean) algebra. */
export interface Sums<T> {
  readonly alg: Algebra<T>;
  size(x: T | number): Size<T>;
  times(a: Size<T>, b: Size<T>): Size<T>;
  plus(a: Size<T>, b: Size<T>): Size<T>;
  /** ⌈a / n⌉ */
  cdivSize(a: Size<T>, n: number): Size<T>;
  value(a: Size<T>): T;
  constant(n: number): Linear<T>;
  leaf(axis: number, x: T, extent: number | undefined): Linear<T>;
  /** A leaf whose value is asked for anew after each `renew`. */
  open(axis: number, x: () => T, extent: number | undefined): Linear<T>;
  /** Values of open leaves have changed: forgets what was computed from them. */
  renew(): void;
  reversed(x: Linear<T>, extent: number): Linear<T>;
  /** x − lo, for x in lo … lo+size−1 (other x give some number below size). */
  shifted(x: Linear<T>, lo: number, size: number): Linear<T>;
  scaled(x: Linear<T>, by: Size<T>): Linear<T>;
  sum(a: Linear<T>, b: Linear<T>): Linear<T>;
  divmod(x: Linear<T>, s: number): { q: Linear<T>; r: Linear<T> };
  /** The digit of a term as a value. */
  digit(t: Pick<Term<T>, "atom" | "div" | "mod">): T;
  materialise(x: Linear<T>): T;
  max(x: Linear<T>): number | undefined;
}

const linearKey = <T>(x: Linear<T>): string => `(${x.terms.map((t) => `${t.coef.k}*${digitKey(t)}`).join("+")}+${x.constant})`;

/** Makes the arithmetic for an algebra. */
export function sums<T>(algebra: Algebra<T>): Sums<T> {
  const alg = lean(algebra);
  const size = (x: T | number): Size<T> => {
    if (typeof x === "number") return { k: x, r: undefined };
    const n = alg.known(x);
    return n === undefined ? { k: 1, r: x } : { k: n, r: undefined };
  };
  const value = (a: Size<T>): T => (a.r === undefined ? alg.of(a.k) : alg.mul(a.r, alg.of(a.k)));
  const times = (a: Size<T>, b: Size<T>): Size<T> => ({ k: a.k * b.k, r: a.r === undefined ? b.r : b.r === undefined ? a.r : alg.mul(a.r, b.r) });
  const plus = (a: Size<T>, b: Size<T>): Size<T> => {
    if (a.k === 0) return b;
    if (b.k === 0) return a;
    if (a.r === undefined && b.r === undefined) return { k: a.k + b.k, r: undefined };
    if (a.r === b.r) return { k: a.k + b.k, r: a.r };
    const g = gcd(a.k, b.k);
    return { k: g, r: alg.add(value({ k: a.k / g, r: a.r }), value({ k: b.k / g, r: b.r })) };
  };
  const cdivSize = (a: Size<T>, n: number): Size<T> =>
    a.k % n === 0 ? { k: a.k / n, r: a.r }
    : a.r === undefined ? { k: cdiv(a.k, n), r: undefined }
    : { k: 1, r: alg.div(alg.add(value(a), alg.of(n - 1)), alg.of(n)) };
  const constant = (n: number): Linear<T> => ({ terms: [], constant: n });
  let round = 0;
  const memo = (f: () => T): (() => T) => {
    let v: { readonly x: T; readonly round: number } | undefined;
    return () => { if (v?.round !== round) v = { x: f(), round }; return v.x; };
  };
  const one: Atom<T> = { kind: "one", key: "one", bound: 2, value: () => alg.of(1) };
  const of = (atom: Atom<T>): Linear<T> => ({ terms: [{ atom, div: 1, mod: undefined, coef: { k: 1, r: undefined } }], constant: 0 });

  const digit = (t: Pick<Term<T>, "atom" | "div" | "mod">): T => {
    const b = t.atom.bound === undefined ? undefined : cdiv(t.atom.bound, t.div);
    const q = t.div === 1 ? t.atom.value() : alg.div(t.atom.value(), alg.of(t.div));
    return t.mod === undefined || (b !== undefined && b <= t.mod) ? q : alg.mod(q, alg.of(t.mod));
  };
  const product = (t: Term<T>): T => (t.coef.k === 1 && t.coef.r === undefined ? digit(t) : alg.mul(digit(t), value(t.coef)));
  const materialise = (x: Linear<T>): T => {
    if (x.terms.length === 0) return alg.of(x.constant);
    const parts = x.terms.map(product);
    if (x.constant !== 0) parts.push(alg.of(x.constant));
    return parts.reduce((a, b) => alg.add(a, b));
  };
  const max = (x: Linear<T>): number | undefined => {
    let m = x.constant;
    for (const t of x.terms) {
      const b = bound(t);
      if (b === undefined || t.coef.r !== undefined) return undefined;
      m += (b - 1) * t.coef.k;
    }
    return m;
  };
  const sum = (a: Linear<T>, b: Linear<T>): Linear<T> => ({ terms: [...a.terms, ...b.terms], constant: a.constant + b.constant });
  const scaled = (x: Linear<T>, by: Size<T>): Linear<T> => {
    if (by.k === 0) return constant(0);
    const terms = x.terms.map((t) => ({ ...t, coef: times(t.coef, by) }));
    if (by.r === undefined || x.constant === 0) return { terms, constant: x.constant * by.k };
    return { terms: [...terms, { atom: one, div: 1, mod: undefined, coef: { k: x.constant * by.k, r: by.r } }], constant: 0 };
  };
  /** The digit of `t` cut further: (digit / div) % mod, as terms of the same atom where that is exact. */
  const cut = (t: Term<T>, m: number): { hi: Omit<Term<T>, "coef"> | undefined; lo: Omit<Term<T>, "coef"> } => {
    const b = bound(t);
    if (b !== undefined && b <= m) return { hi: undefined, lo: t };
    if (t.mod === undefined || t.mod % m === 0)
      return { hi: { atom: t.atom, div: t.div * m, mod: t.mod === undefined ? undefined : t.mod / m }, lo: { atom: t.atom, div: t.div, mod: m } };
    const a: Atom<T> = { kind: "sum", key: `<${digitKey(t)}>`, bound: b, of: { terms: [{ ...t, coef: { k: 1, r: undefined } }], constant: 0 }, value: memo(() => digit(t)) };
    return { hi: { atom: a, div: m, mod: undefined }, lo: { atom: a, div: 1, mod: m } };
  };
  const divmod = (x: Linear<T>, s: number): { q: Linear<T>; r: Linear<T> } => {
    if (s === 1) return { q: x, r: constant(0) };
    const high: Term<T>[] = [], low: Term<T>[] = [];
    for (const t of x.terms) {
      const { k, r } = t.coef;
      if (k % s === 0) { high.push({ ...t, coef: { k: k / s, r } }); continue; }
      if (r !== undefined) { low.push(t); continue; }
      const whole = Math.floor(k / s), rest = k % s, m = s / gcd(rest, s);
      if (whole) high.push({ ...t, coef: { k: whole, r } });
      const { hi, lo } = cut(t, m);
      if (hi) high.push({ ...hi, coef: { k: (rest * m) / s, r } });
      low.push({ ...lo, coef: { k: rest, r } });
    }
    const some = (ts: Term<T>[]): Term<T>[] => ts.filter((t) => (bound(t) ?? 2) > 1);
    const rest: Linear<T> = { terms: some(low), constant: x.constant % s };
    const q: Linear<T> = { terms: some(high), constant: Math.floor(x.constant / s) };
    const most = max(rest);
    if (most !== undefined && most < s) return { q, r: rest };
    const first = rest.terms[0];
    const lonely = rest.terms.length === 1 && rest.constant === 0 && first?.coef.k === 1 && first.coef.r === undefined ? first : undefined;
    const atom: Atom<T> = lonely && lonely.mod === undefined && lonely.div === 1
      ? lonely.atom
      : { kind: "sum", key: linearKey(rest), bound: most === undefined ? undefined : most + 1, of: rest, value: memo(() => materialise(rest)) };
    const unit: Size<T> = { k: 1, r: undefined };
    return { q: sum(q, { terms: [{ atom, div: s, mod: undefined, coef: unit }], constant: 0 }), r: { terms: [{ atom, div: 1, mod: s, coef: unit }], constant: 0 } };
  };
  const leaf = (axis: number, x: T, extent: number | undefined): Linear<T> => {
    const n = alg.known(x);
    return extent !== undefined && extent <= 1 ? constant(0) : n === undefined ? of({ kind: "leaf", key: axis < 0 ? "bit" : `axis${axis}`, axis, bound: extent, value: () => x }) : constant(n);
  };
  const open = (axis: number, x: () => T, extent: number | undefined): Linear<T> =>
    extent !== undefined && extent <= 1 ? constant(0) : of({ kind: "leaf", key: axis < 0 ? "bit" : `axis${axis}`, axis, bound: extent, value: x });
  const reversed = (x: Linear<T>, extent: number): Linear<T> => {
    if (x.terms.length === 0) return constant(extent - 1 - x.constant);
    // e − 1 − x without subtraction: −1 ≡ e − 1 (mod e).
    const value = memo(() => alg.mod(alg.mul(alg.add(materialise(x), alg.of(1)), alg.of(extent - 1)), alg.of(extent)));
    return of({ kind: "reverse", key: `~${extent}${linearKey(x)}`, bound: extent, of: x, extent, value });
  };
  const shifted = (x: Linear<T>, lo: number, n: number): Linear<T> => {
    if (x.terms.length === 0) return constant((((x.constant - lo) % n) + n) % n);
    // x − lo without subtraction: exact in range, harmless outside.
    const value = memo(() => alg.mod(alg.add(materialise(x), alg.of((n - (lo % n)) % n)), alg.of(n)));
    return of({ kind: "shift", key: `[${lo}+:${n}]${linearKey(x)}`, bound: n, of: x, lo, size: n, value });
  };
  return { alg, size, times, plus, cdivSize, value, constant, leaf, open, renew: () => { round++; }, reversed, shifted, scaled, sum, divmod, digit, materialise, max };
}

/** The number a sum is for plain indices; all its coefficients must be known. `index[axis]`, bit as `index[-1]` is never asked. */
export function evaluate<T>(x: Linear<T>, index: (axis: number) => number): number {
  let n = x.constant;
  for (const t of x.terms) n += t.coef.k * evaluateDigit(t, index);
  return n;
}

/** The number a digit is for plain indices. */
export function evaluateDigit<T>(t: Pick<Term<T>, "atom" | "div" | "mod">, index: (axis: number) => number): number {
  const a = t.atom;
  return cutOf(t, a.kind === "one" ? 1 : a.kind === "leaf" ? index(a.axis) : valueOf(a, evaluate(a.of, index)));
}

/** The same for an atom that is made of a sum, whose number is known. */
export const digitOfSum = <T>(t: Pick<Term<T>, "atom" | "div" | "mod">, sum: number): number => cutOf(t, valueOf(t.atom, sum));

const cutOf = (t: { readonly div: number; readonly mod: number | undefined }, v: number): number => {
  const q = Math.floor(v / t.div);
  return t.mod === undefined ? q : q % t.mod;
};

function valueOf<T>(a: Atom<T>, sum: number): number {
  switch (a.kind) {
    case "one": case "leaf": case "sum": return sum;
    case "reverse": return a.extent - 1 - sum;
    case "shift": return (((sum - a.lo) % a.size) + a.size) % a.size;
    default: return a satisfies never;
  }
}

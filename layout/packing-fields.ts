// Which bits of an element lie side by side, for every element of the tensor: what one shift and mask may take.
//
// A run [lo, lo+width) is proved from the sums of digits: bits b and b+1 have the same digits except inside sums
// that `bit` is flattened into; those are tried for every value of the digits flattened with it, and what is left
// adds the same to both, of which only the reachable positions modulo 32 matter.
import { Diagnostic } from "../diagnostic.ts";
import { kept } from "./kept.ts";
import { gcd } from "./modes.ts";
import { expand, symbols, type Piece } from "./packing-address.ts";
import { bound, digitKey, evaluateDigit, type Atom, type Linear, type Term } from "./packing-linear.ts";
import { rankOf, type Packing } from "./packing-types.ts";

/** A run of an element's bits that lies together in memory, in every element. */
export interface Field {
  /** Lowest bit of the element. */
  readonly lo: number;
  /** Number of bits, 1 … 32. */
  readonly width: number;
  /** Whether in some element the run passes bit 31 and goes on at bit 0 of the word that its last bit is in. */
  readonly straddles: boolean;
  /** Bit position in the word, where all elements have the same. */
  readonly position: number | undefined;
  /** Largest power of two (1 … 32) that divides every position of the run. */
  readonly align: number;
}

type S = number | string;
type Form = { readonly key: string; readonly at: Linear<S> };

/** Digits of axes that a sum is made of. */
function* leaves(t: Pick<Term<S>, "atom" | "div" | "mod">): Generator<Pick<Term<S>, "atom" | "div" | "mod"> | undefined> {
  const a: Atom<S> = t.atom;
  if (a.kind === "leaf") yield t;
  else if (a.kind !== "one")
    for (const x of a.of.terms) {
      if (x.coef.r !== undefined) yield undefined; // a run-time factor inside a flattened index: not enumerable
      yield* leaves(x);
    }
}

const LIMIT = 1 << 12;

/** Values of an axis that stand for all: the first of each combination of its digits. */
interface Values { readonly axis: number; readonly at: readonly number[] }

/** For each axis in `terms` the values that give every combination of its digits there; undefined if there are too many combinations. */
function combinations(terms: readonly Term<S>[]): Values[] | undefined {
  const byAxis = new Map<number, { readonly digits: { readonly div: number; readonly mod: number }[]; readonly extent: number }>();
  for (const t of terms)
    for (const leaf of leaves(t)) {
      const mod = leaf && bound(leaf);
      if (leaf === undefined || mod === undefined || leaf.atom.kind !== "leaf") return undefined;
      const own = byAxis.get(leaf.atom.axis) ?? { digits: [], extent: leaf.atom.bound ?? Infinity };
      if (!own.digits.some((d) => d.div === leaf.div && d.mod === mod)) own.digits.push({ div: leaf.div, mod });
      byAxis.set(leaf.atom.axis, own);
    }
  let total = 1;
  const all: Values[] = [];
  for (const [axis, { digits, extent }] of byAxis) {
    // All digits of one axis repeat together: x % 64 and x % 32 take 64 pairs of values, not 2048.
    const step = digits.reduce((g, d) => gcd(g, d.div), 0);
    const period = digits.reduce((n, d) => { const p = (d.div / step) * d.mod; return (n / gcd(n, p)) * p; }, 1);
    const count = Math.min(period, Math.ceil(extent / step));
    if (count > LIMIT) return undefined;
    const at = distinct(digits, step, count);
    total *= at.length;
    if (total > LIMIT) return undefined;
    all.push({ axis, at });
  }
  return all;
}

/** Of 0, step, 2·step, … the values whose digits no earlier one has: x % 2 and x / 16 % 2 take 4 pairs, not 32. */
function distinct(digits: readonly { readonly div: number; readonly mod: number }[], step: number, count: number): number[] {
  const seen = new Set<string>(), at: number[] = [];
  for (let x = 0; x < count * step; x += step) {
    const key = digits.map(({ div, mod }) => Math.floor(x / div) % mod).join();
    if (!seen.has(key)) { seen.add(key); at.push(x); }
  }
  return at;
}

/** Calls `visit` with every combination, until it says false. */
function visitAll(values: readonly Values[], visit: (value: (axis: number) => number) => boolean): boolean {
  const at: number[] = [], value = (axis: number): number => at[axis] ?? 0;
  const from = (i: number): boolean => {
    const v = values[i];
    if (v === undefined) return visit(value);
    for (const x of v.at) {
      at[v.axis] = x;
      if (!from(i + 1)) return false;
    }
    return true;
  };
  return from(0);
}

/** Positions modulo 32 that a sum of independent digits can take. */
function reach(terms: readonly Term<S>[]): Set<number> {
  let set = new Set([0]);
  for (const t of terms) {
    const step = (t.coef.r === undefined ? t.coef.k : gcd(t.coef.k, 32)) % 32;
    const many = t.coef.r === undefined ? Math.min(bound(t) ?? 32, 32) : 32;
    if (step === 0) continue;
    const next = new Set<number>();
    for (const s of set) for (let d = 0; d < many; d++) next.add((s + step * d) % 32);
    set = next;
  }
  return set;
}

const sameTerm = (t: Term<S>): string => `${digitKey(t)}*${t.coef.k}*${t.coef.r ?? ""}`;

/** Whether bit b+1 always follows bit b, and whether that ever passes the end of a word. */
function follows(b: Linear<S>, c: Linear<S>): { passes: boolean } | undefined {
  const next = new Set(c.terms.map(sameTerm)), mine = new Set(b.terms.map(sameTerm));
  const common = b.terms.filter((t) => next.has(sameTerm(t)));
  const left = b.terms.filter((t) => !next.has(sameTerm(t))), right = c.terms.filter((t) => !mine.has(sameTerm(t)));
  if (left.length + common.length !== b.terms.length || right.length + common.length !== c.terms.length) return undefined;
  const all = combinations([...left, ...right]);
  if (all === undefined || [...left, ...right].some((t) => t.coef.r !== undefined && t.coef.k % 32 !== 0)) return undefined;
  const rest = [...reach(common)];
  let passes = false;
  const always = visitAll(all, (value) => {
    let delta = c.constant - b.constant, at = b.constant;
    const run = new Map<S, number>(); // run-time part of the distance, per run-time factor
    for (const [sign, terms] of [[-1, left], [1, right]] as const)
      for (const t of terms) {
        const v = t.coef.k * evaluateDigit(t, value);
        if (t.coef.r !== undefined) run.set(t.coef.r, (run.get(t.coef.r) ?? 0) + sign * v);
        else { delta += sign * v; if (sign < 0) at += v; }
      }
    const far = delta !== 1 || [...run.values()].some((v) => v !== 0);
    if ((((delta % 32) + 32) % 32) !== 1) return false;
    for (const r of rest) {
      const last = (at + r) % 32 === 31;
      if (far && !last) return false;
      passes ||= last;
    }
    return true;
  });
  return always ? { passes } : undefined;
}

/** Positions of a bit over all elements. */
function positions(x: Linear<S>): Set<number> {
  const inner = x.terms.filter((t) => t.atom.kind !== "leaf"), outer = x.terms.filter((t) => t.atom.kind === "leaf");
  const all = combinations(inner);
  if (all === undefined || inner.some((t) => t.coef.r !== undefined && t.coef.k % 32 !== 0)) return reach([...x.terms, ...unknown]);
  const set = new Set<number>(), rest = [...reach(outer)];
  visitAll(all, (value) => {
    const at = x.constant + inner.reduce((n, t) => n + (t.coef.r === undefined ? t.coef.k * evaluateDigit(t, value) : 0), 0);
    for (const r of rest) set.add((((at + r) % 32) + 32) % 32);
    return set.size < 32;
  });
  return set;
}
const unknown: readonly Term<S>[] = [{ atom: { kind: "leaf", key: "any", axis: 0, bound: undefined, value: () => "any" }, div: 1, mod: undefined, coef: { k: 1, r: undefined } }];

const formsOf = (pieces: readonly Piece<S>[]): Form[] =>
  pieces.map((p) => ({ key: p.guards.map((g) => `${g.axis}[${g.lo}+:${g.size}]`).join(), at: p.at }));

/**
 * Parts the bits of an element into the longest runs that lie together in every element, lowest first.
 * Inside a run bit b+1 lies right after bit b in the same word, except that a run that `straddles` may pass once
 * from bit 31 of its word to bit 0 of the word where `address` of its last bit says.
 * @param p the packing
 * @param bits bits of an element, 1 … 32
 * @param extents extents that are known; more of them prove more
 * @example
 * ```ts
 * fields(dense(2), 4); // => [{ lo: 0, width: 4, straddles: false, position: undefined, align: 4 }]
 * fields(planesBlocked(1, 32), 2).map((f) => f.width); // => [1, 1]
 * ```
 */
export function fields(p: Packing, bits: number, extents: readonly (number | undefined)[] = []): readonly Field[] {
  const key = `${textOf(p)} ${bits} ${extents.map((n) => n ?? "").join()}`;
  let known = found.get(key);
  if (known) return known;
  known = find(p, bits, extents);
  if (found.size >= MOST) found.clear();
  found.set(key, known);
  return known;
}

/** What was found, for kernels have tensors that lie alike, and are specialised again and again; so many at most. */
const found = new Map<string, readonly Field[]>(), MOST = 1024;
const textOf = kept((p: Packing): string => JSON.stringify(p), () => 0);

function find(p: Packing, bits: number, extents: readonly (number | undefined)[]): readonly Field[] {
  const rank = Math.max(rankOf(p), extents.length);
  const size = Array.from({ length: rank }, (_, i): S => extents[i] ?? `N${i}`), index = size.map((_, i): S => `x${i}`);
  const forms: (Form[] | undefined)[] = [];
  for (let b = 0; b < bits; b++) {
    try { forms.push(formsOf(expand(p, { bits, alg: symbols, extents: size, index, bit: b }).pieces)); }
    catch (e) { if (e instanceof Diagnostic && e.code === "L0213") forms.push(undefined); else throw e; }
  }
  return runs(forms).map((run) => {
    const first = forms[run.lo], at = first === undefined ? undefined : new Set(first.flatMap((x) => [...positions(x.at)]));
    const align = at === undefined ? 1 : [...at].reduce((g, x) => gcd(g, x), 32);
    return Object.freeze({ ...run, position: at?.size === 1 ? [...at][0] : undefined, align });
  });
}

/** A run without its positions. */
export type Run = Pick<Field, "lo" | "width" | "straddles">;

/** The runs of one piece of a packing, or of all that hold a bit together. */
export function runs(forms: readonly (readonly Form[] | undefined)[]): Run[] {
  const found: Run[] = [];
  for (let lo = 0; lo < forms.length; ) {
    let end = lo + 1, straddles = false;
    for (; end < forms.length && end - lo < 32; end++) {
      const a = forms[end - 1], b = forms[end];
      if (a === undefined || b === undefined || a.length !== b.length) break;
      const steps = a.map((x, i) => { const y = b[i]; return y !== undefined && y.key === x.key ? follows(x.at, y.at) : undefined; });
      if (steps.some((x) => x === undefined)) break;
      straddles ||= steps.some((x) => x?.passes);
    }
    found.push({ lo, width: end - lo, straddles });
    lo = end;
  }
  return found;
}

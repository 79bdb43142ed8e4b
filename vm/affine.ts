// Index scalars as sums: Σ coefficient · atom + offset. An atom is whatever isn't a sum itself (a symbol, a quotient, …);
// atoms are told apart by their text. What two indices differ by tells whether two windows can meet.
import { constant, printScalar, scalarOp, type Scalar, type Size } from "./scalar.ts";

/** coefficient · atom */
export interface Term { readonly atom: Scalar; readonly by: number }

/** A sum; terms by the text of their atom, none with coefficient 0. */
export interface Affine { readonly offset: number; readonly terms: ReadonlyMap<string, Term> }

const fixed = (offset: number): Affine => ({ offset, terms: NONE });
const NONE: Affine["terms"] = new Map(), ZERO = fixed(0);

/** a + scale · b */
export function plusScaled(a: Affine, b: Affine, scale: number): Affine {
  if (b.terms.size === 0) return { offset: a.offset + scale * b.offset, terms: a.terms };
  const terms = new Map(a.terms);
  for (const [key, { atom, by }] of b.terms) {
    const sum = (terms.get(key)?.by ?? 0) + scale * by;
    if (sum === 0) terms.delete(key); else terms.set(key, { atom, by: sum });
  }
  return { offset: a.offset + scale * b.offset, terms };
}

/** The number a sum is, if it has no terms. */
export const knownSum = (a: Affine): number | undefined => (a.terms.size ? undefined : a.offset);

const sums = new WeakMap<Scalar, Affine>();
/** An i32 scalar as a sum; indices are taken not to wrap (SEMANTICS: tensors have less than 2^31 elements). */
export function affine(x: Size): Affine {
  if (typeof x === "number") return fixed(x);
  const known = sums.get(x);
  if (known) return known;
  const made = sumOf(x);
  sums.set(x, made);
  return made;
}

function sumOf(s: Scalar): Affine {
  if (s.kind === "const") return fixed(s.value);
  if (s.kind === "op" && s.type === "i32") {
    const [a, b] = s.args.map((arg, i) => (i < 2 && arg.type === "i32" ? affine(arg) : undefined));
    if (a && s.op === "neg") return plusScaled(fixed(0), a, -1);
    if (a && b && (s.op === "add" || s.op === "sub")) return plusScaled(a, b, s.op === "add" ? 1 : -1);
    const m = a && knownSum(a), n = b && knownSum(b);
    if (s.op === "mul" && a && n !== undefined) return plusScaled(fixed(0), a, n);
    if (s.op === "mul" && b && m !== undefined) return plusScaled(fixed(0), b, m);
  }
  return { offset: 0, terms: new Map([[printScalar(s), { atom: s, by: 1 }]]) };
}

/** b − a */
export const difference = (a: Size, b: Size): Affine => (a === b ? ZERO : plusScaled(affine(b), affine(a), -1));

/** The sum as a scalar: terms in order, then the offset. */
export function fromAffine({ terms, offset }: Affine): Scalar {
  let sum: Scalar | undefined;
  for (const { atom, by } of terms.values()) {
    const size = Math.abs(by), term = size === 1 ? atom : scalarOp("mul", atom, constant(size));
    sum = !sum ? (by < 0 ? scalarOp("neg", term) : term) : scalarOp(by < 0 ? "sub" : "add", sum, term);
  }
  return !sum ? constant(offset) : offset < 0 ? scalarOp("sub", sum, constant(-offset)) : scalarOp("add", sum, constant(offset));
}

/** Greatest common divisor of magnitudes; of 0 and x, |x|. */
export const gcd = (a: number, b: number): number => (b === 0 ? Math.abs(a) : gcd(b, a % b));

/** x mod m in [0, m); for m = 0, x itself. */
export const residue = (x: number, m: number): number => (m === 0 ? x : ((x % m) + m) % m);

// Scalars made simpler by what is known of their symbols. The value never changes, also where i32 arithmetic wraps.
import { affine, difference, gcd, plusScaled, fromAffine, residue, type Affine } from "./affine.ts";
import { factOf, highOf, knownFact, lowOf, sumFact, type Facts } from "./facts.ts";
import type { Op } from "./ops.ts";
import { constant, knownScalar, scalarOp, scalarTo, withArgs, type Scalar } from "./scalar.ts";

type Operation = Extract<Scalar, { kind: "op" }>;

/** The scalar with known parts folded. */
export function simplify(x: Scalar, facts: Facts): Scalar {
  switch (x.kind) {
    case "const": return x;
    case "symbol": { const f = facts.get(x.id); return f && f.low === f.high ? constant(f.low, x.type) : x; }
    case "to": return scalarTo(x.type, simplify(x.arg, facts));
    case "op": {
      const y = withArgs(x, x.args.map((a) => simplify(a, facts)));
      return y.kind === "op" ? reduce(y, facts) : y;
    }
    default: return x satisfies never;
  }
}

/** An operation whose operands are simple already. */
function reduce(x: Operation, facts: Facts): Scalar {
  const [a, b] = x.args;
  const holds = COMPARISONS.get(x.op);
  if (holds) return exact(x.args, facts) ? decided(holds, difference(b, a), facts) ?? x : x;
  const fact = factOf(x, facts);
  if (!fact) return x;
  if (fact.low === fact.high) return constant(fact.low);
  if (!exact(x.args, facts)) return x;
  const c = b && knownScalar(b);
  switch (x.op) {
    case "add": case "sub": { const n = knownFact(affine(x), facts); return n === undefined ? x : constant(n); }
    case "min": case "max": return extreme(x, a, b, facts);
    case "div": return c !== undefined && c > 0 ? divided(x, a, c, facts) : x;
    case "rem": return c !== undefined && c > 0 ? remaining(x, a, c, facts) : x;
    default: return x;
  }
}

/** Whether operands are exact integers, so that they may be looked at as sums. */
const exact = (args: readonly Scalar[], facts: Facts): boolean => args.every((a) => factOf(a, facts) !== undefined);

/** Whether d = x − y makes a comparison of x and y true, from its bounds and whether it can be 0. */
const COMPARISONS: ReadonlyMap<Op, (low: number, high: number, zero: boolean) => boolean | undefined> = new Map([
  ["lt", (low: number, high: number) => (high < 0 ? true : low >= 0 ? false : undefined)],
  ["le", (low: number, high: number) => (high <= 0 ? true : low > 0 ? false : undefined)],
  ["gt", (low: number, high: number) => (low > 0 ? true : high <= 0 ? false : undefined)],
  ["ge", (low: number, high: number) => (low >= 0 ? true : high < 0 ? false : undefined)],
  ["eq", (low: number, high: number, zero: boolean) => (!zero ? false : low === 0 && high === 0 ? true : undefined)],
  ["ne", (low: number, high: number, zero: boolean) => (!zero ? true : low === 0 && high === 0 ? false : undefined)],
]);

function decided(holds: (low: number, high: number, zero: boolean) => boolean | undefined, d: Affine, facts: Facts): Scalar | undefined {
  const low = lowOf(d, facts), high = highOf(d, facts), { mod, rem } = sumFact(d, facts);
  const is = holds(low, high, low <= 0 && high >= 0 && residue(rem, mod) === 0);
  return is === undefined ? undefined : constant(Number(is), "bool");
}

function extreme(x: Operation, a: Scalar, b: Scalar, facts: Facts): Scalar {
  const d = difference(a, b); // b − a
  const first = x.op === "min" ? lowOf(d, facts) >= 0 : highOf(d, facts) <= 0;
  if (first) return a;
  return (x.op === "min" ? highOf(d, facts) <= 0 : lowOf(d, facts) >= 0) ? b : x;
}

/** a = c · whole + rest; terms go to `whole` where c divides them. */
function split(a: Affine, c: number, facts: Facts): { readonly whole: Affine; readonly rest: Affine } {
  let whole: Affine = { offset: 0, terms: new Map() };
  const rest = new Map(a.terms);
  for (const [key, { atom, by }] of a.terms) {
    const g = gcd(by, c), f = factOf(atom, facts), divisor = c / g;
    if (!f || f.mod % divisor !== 0 || f.rem % divisor !== 0) continue;
    whole = plusScaled(whole, affine(divisor === 1 ? atom : scalarOp("div", atom, constant(divisor))), by / g);
    rest.delete(key);
  }
  const offset = residue(a.offset, c);
  return { whole: { ...whole, offset: whole.offset + (a.offset - offset) / c }, rest: { offset, terms: rest } };
}

/** Whether a sum lies in 0 … 2^31 − 1. */
const natural = (a: Affine, facts: Facts): boolean => lowOf(a, facts) >= 0 && highOf(a, facts) < 2 ** 31;

/** a / c without what c divides; for a ≥ 0 only, where truncating is rounding down. */
function divided(x: Operation, a: Scalar, c: number, facts: Facts): Scalar {
  const { whole, rest } = split(affine(a), c, facts);
  const exactly = rest.terms.size === 0 && rest.offset === 0;
  if (!exactly && !(natural(affine(a), facts) && natural(rest, facts))) return x;
  if (highOf(rest, facts) < c) return fromAffine(whole);
  if (whole.terms.size === 0 && whole.offset === 0) return x;
  return scalarOp("add", fromAffine(whole), scalarOp("div", fromAffine(rest), constant(c)));
}

/** a % c without what c divides; for a ≥ 0 only. */
function remaining(x: Operation, a: Scalar, c: number, facts: Facts): Scalar {
  const { rest } = split(affine(a), c, facts);
  if (rest.terms.size === 0 && rest.offset === 0) return constant(0);
  if (!natural(affine(a), facts) || !natural(rest, facts)) return x;
  const least = fromAffine(rest);
  return highOf(rest, facts) < c ? least : scalarOp("rem", least, constant(c));
}

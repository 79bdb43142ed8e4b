// What is known of symbols before the program runs, and what that says of scalars made of them: bounds, divisibility, and bounds
// by other scalars (a loop variable ends below the loop's end). Everything is about exact integers; where i32 arithmetic might
// wrap, nothing is said.
import { affine, difference, gcd, knownSum, plusScaled, residue, type Affine } from "./affine.ts";
import { knownScalar, type Scalar } from "./scalar.ts";

/** Bounds, and value ≡ rem modulo mod (mod 0: it is rem; mod 1: nothing known). */
export interface Fact { readonly low: number; readonly high: number; readonly mod: number; readonly rem: number }

/** A fact about a symbol; `least` and `most` bound it by other scalars. */
export interface SymbolFact extends Fact { readonly least?: Affine | undefined; readonly most?: Affine | undefined }

/** Facts by symbol. */
export type Facts = ReadonlyMap<string, SymbolFact>;

const MIN = -(2 ** 31), MAX = 2 ** 31 - 1;
/** Dimensions leave room for rounding up to a block, so that `(M + 31) / 32` is exact. */
const DIM_MAX = 2 ** 31 - 2 ** 16;

const exactly = (x: number): Fact => ({ low: x, high: x, mod: 0, rem: x });
const between = (low: number, high: number): Fact => ({ low, high, mod: 1, rem: 0 });
const ANY = between(MIN, MAX);

function congruent(mod: number, rem: number): Pick<Fact, "mod" | "rem"> {
  return Number.isSafeInteger(mod) && Number.isSafeInteger(rem) ? { mod: Math.abs(mod), rem: residue(rem, Math.abs(mod)) } : { mod: 1, rem: 0 };
}

/** The fact if it is one about an i32: undefined where the exact result may not fit. */
const fitting = (f: Fact): Fact | undefined => (f.low >= MIN && f.high <= MAX ? f : undefined);

const sum = (a: Fact, b: Fact, sign: 1 | -1): Fact => ({
  low: a.low + (sign > 0 ? b.low : -b.high), high: a.high + (sign > 0 ? b.high : -b.low), ...congruent(gcd(a.mod, b.mod), a.rem + sign * b.rem),
});

function product(a: Fact, b: Fact): Fact {
  const ends = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high];
  return { low: Math.min(...ends), high: Math.max(...ends), ...congruent(gcd(gcd(a.rem * b.mod, b.rem * a.mod), a.mod * b.mod), a.rem * b.rem) };
}

const quotient = (a: Fact, c: number): Fact => ({
  low: Math.trunc(a.low / c), high: Math.trunc(a.high / c), ...(a.mod % c === 0 && a.rem % c === 0 ? congruent(a.mod / c, a.rem / c) : { mod: 1, rem: 0 }),
});

const remainder = (a: Fact, c: number): Fact => ({
  low: a.low >= 0 ? 0 : Math.max(a.low, 1 - c), high: a.high <= 0 ? 0 : Math.min(a.high, c - 1), ...congruent(gcd(a.mod, c), a.rem),
});

/** What holds of one of two values. */
const either = (a: Fact, b: Fact, low: number, high: number): Fact => ({ low, high, ...congruent(gcd(gcd(a.mod, b.mod), a.rem - b.rem), a.rem) });

function symbolFact(s: Extract<Scalar, { kind: "symbol" }>, facts: Facts): Fact {
  return facts.get(s.id) ?? (s.role === "dim" ? between(0, DIM_MAX) : s.role === "grid" ? between(0, MAX - 1) : ANY);
}

/** What is known of an i32 scalar as an exact integer; undefined where it may wrap, or is of another type. */
export function factOf(x: Scalar, facts: Facts): Fact | undefined {
  if (x.type !== "i32") return undefined;
  switch (x.kind) {
    case "const": return exactly(x.value);
    case "symbol": return symbolFact(x, facts);
    case "to": return x.arg.type === "bool" ? between(0, 1) : ANY;
    case "op": {
      let own = operations.get(facts);
      if (!own) operations.set(facts, (own = new Map<Scalar, Fact | undefined>()));
      if (own.has(x)) return own.get(x);
      const fact = operationFact(x, facts);
      own.set(x, fact);
      return fact;
    }
    default: return x satisfies never;
  }
}

/** What was found of operations: simplifying asks for those inside others again and again. */
const operations = new WeakMap<Facts, Map<Scalar, Fact | undefined>>();

function operationFact(x: Extract<Scalar, { kind: "op" }>, facts: Facts): Fact | undefined {
  const [a, b, c] = x.args.map((y) => factOf(y, facts)), n = x.args[1] && knownScalar(x.args[1]);
  switch (x.op) {
    case "add": case "sub": return a && b && fitting(sum(a, b, x.op === "add" ? 1 : -1));
    case "mul": return a && b && fitting(product(a, b));
    case "neg": return a && fitting(sum(exactly(0), a, -1));
    case "shl": return a && n !== undefined && n < 31 ? fitting(product(a, exactly(2 ** n))) : undefined;
    case "div": return a && n !== undefined && n > 0 ? quotient(a, n) : ANY;
    case "rem": return n !== undefined && n > 0 ? remainder(a ?? ANY, n) : ANY;
    case "min": return a && b ? either(a, b, Math.min(a.low, b.low), Math.min(a.high, b.high)) : ANY;
    case "max": return a && b ? either(a, b, Math.max(a.low, b.low), Math.max(a.high, b.high)) : ANY;
    case "select": return b && c ? either(b, c, Math.min(b.low, c.low), Math.max(b.high, c.high)) : ANY;
    case "and": return n !== undefined && n >= 0 ? between(0, n) : ANY;
    default: return ANY;
  }
}

/** What is known of a sum, term by term. */
export function sumFact(a: Affine, facts: Facts): Fact {
  let all = exactly(a.offset);
  for (const { atom, by } of a.terms.values()) all = sum(all, product(exactly(by), factOf(atom, facts) ?? ANY), 1);
  return all;
}

/** c · (y / c) is y where c divides y. */
function undivided(a: Affine, facts: Facts): Affine {
  for (const [key, { atom, by }] of a.terms) {
    if (atom.kind !== "op" || atom.op !== "div") continue;
    const [y, n] = atom.args, c = knownScalar(n), f = factOf(y, facts);
    if (c === undefined || c < 1 || by % c !== 0 || !f || f.mod % c !== 0 || f.rem % c !== 0) continue;
    const rest = new Map(a.terms);
    rest.delete(key);
    return undivided(plusScaled({ offset: a.offset, terms: rest }, affine(y), by / c), facts);
  }
  return a;
}

/** How many symbols are replaced by what bounds them, one inside the other. */
const DEPTH = 3;

/** The greatest number known to be at most a sum. */
export function lowOf(given: Affine, facts: Facts, depth = DEPTH): number {
  const a = undivided(given, facts);
  let low = sumFact(a, facts).low;
  if (depth === 0) return low;
  for (const { atom, by } of a.terms.values()) {
    const known = atom.kind === "symbol" ? facts.get(atom.id) : undefined, bound = by > 0 ? known?.least : known?.most;
    if (bound) low = Math.max(low, lowOf(plusScaled(plusScaled(a, bound, by), affine(atom), -by), facts, depth - 1));
  }
  return low;
}

/** The least number known to be at least a sum. */
export const highOf = (a: Affine, facts: Facts): number => -lowOf(plusScaled({ offset: 0, terms: new Map() }, a, -1), facts);

/** The facts with one more about a symbol. */
function narrowed(facts: Facts, s: Extract<Scalar, { kind: "symbol" }>, more: Partial<SymbolFact>): Facts {
  const had: SymbolFact = s.type === "bool" ? between(0, 1) : symbolFact(s, facts), { mod = 1, rem = 0 } = more;
  const finer = mod === 1 || had.mod === 0 ? { mod: had.mod, rem: had.rem }
    : mod % had.mod === 0 ? { mod, rem } : had.mod % mod === 0 ? { mod: had.mod, rem: had.rem }
    : rem === 0 && had.rem === 0 ? { mod: (mod / gcd(mod, had.mod)) * had.mod, rem: 0 } : { mod: had.mod, rem: had.rem };
  const low = Math.max(had.low, more.low ?? -Infinity), high = Math.min(had.high, more.high ?? Infinity);
  return new Map(facts).set(s.id, { low, high, ...(low === high ? { mod: 0, rem: low } : finer), least: more.least ?? had.least, most: more.most ?? had.most });
}

/** Facts inside a loop. */
export function insideLoop(facts: Facts, s: Extract<Scalar, { kind: "symbol" }>, from: Scalar, to: Scalar, step: number): Facts {
  const a = factOf(from, facts), b = factOf(to, facts);
  if (!a || !b) return facts;
  const even = residue(b.rem - a.rem, step) === 0 && b.mod % step === 0 && a.mod % step === 0; // whole steps from first to last
  const most = affine(to);
  return narrowed(facts, s, { low: a.low, high: b.high - (even ? step : 1), ...congruent(gcd(a.mod, step), a.rem), least: affine(from), most: { ...most, offset: most.offset - (even ? step : 1) } });
}

/** Facts inside a block of a grid axis. */
export const insideGrid = (facts: Facts, s: Extract<Scalar, { kind: "symbol" }>, extent: Scalar): Facts =>
  insideLoop(facts, s, { kind: "const", type: "i32", value: 0 }, extent, 1);

/** Facts where a condition holds (or, with `truth` false, doesn't). */
export function learn(facts: Facts, condition: Scalar, truth = true): Facts {
  if (condition.kind === "symbol" && condition.type === "bool") return narrowed(facts, condition, { low: Number(truth), high: Number(truth) });
  if (condition.kind !== "op") return facts;
  const { op, args: [x, y] } = condition;
  if (op === "not" && x) return learn(facts, x, !truth);
  if ((op === "and" && truth) || (op === "or" && !truth)) return learn(learn(facts, x, truth), y, truth);
  if (!y || !factOf(x, facts) || !factOf(y, facts)) return facts;
  const is = truth ? op : OPPOSITE.get(op);
  const n = knownScalar(y);
  if (is === "eq" && n !== undefined && x.kind === "op" && x.op === "rem") {
    const c = knownScalar(x.args[1]), of = affine(x.args[0]), [t] = of.terms.values();
    return c !== undefined && c > 0 && of.terms.size === 1 && t.by === 1 && t.atom.kind === "symbol" && factOf(x.args[0], facts)
      ? narrowed(facts, t.atom, congruent(c, n - of.offset)) : facts;
  }
  const d = difference(y, x), [t] = d.terms.values(); // by · symbol + offset, against 0
  if (d.terms.size !== 1 || t.atom.kind !== "symbol" || Math.abs(t.by) !== 1) return facts;
  const at = -d.offset / t.by, { low, high } = factOf(t.atom, facts) ?? ANY;
  switch (t.by > 0 ? is : MIRRORED.get(is ?? "eq") ?? is) {
    case "eq": return narrowed(facts, t.atom, { low: at, high: at });
    case "lt": return narrowed(facts, t.atom, { high: at - 1 });
    case "le": return narrowed(facts, t.atom, { high: at });
    case "gt": return narrowed(facts, t.atom, { low: at + 1 });
    case "ge": return narrowed(facts, t.atom, { low: at });
    case "ne": return narrowed(facts, t.atom, at === low ? { low: low + 1 } : at === high ? { high: high - 1 } : {});
    default: return facts;
  }
}

const OPPOSITE: ReadonlyMap<string, string> = new Map([["eq", "ne"], ["ne", "eq"], ["lt", "ge"], ["ge", "lt"], ["gt", "le"], ["le", "gt"]]);
const MIRRORED: ReadonlyMap<string, string> = new Map([["lt", "gt"], ["gt", "lt"], ["le", "ge"], ["ge", "le"]]);

/** The number a sum surely is. */
export const knownFact = (a: Affine, facts: Facts): number | undefined => {
  const known = knownSum(a);
  if (known !== undefined) return known;
  const low = lowOf(a, facts);
  return low === highOf(a, facts) ? low : undefined;
};

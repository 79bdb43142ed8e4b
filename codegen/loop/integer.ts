// Operations on i32 and u32. Sums and products of i32 are index arithmetic (linear.ts), what moves bits of u32
// is a bit string (bits.ts); the rest is here: identities, and the bounds of every result.
import { Bug } from "../../diagnostic.ts";
import type { Op } from "../../vm/index.ts";
import { bitLength, lowMask, type BitOps } from "./bits.ts";
import { argsOf, gcd, known, limits, multipleOf, powerOfTwoPart, product, wrapped, type Core, type Facts } from "./core.ts";
import type { Expr } from "./ir.ts";
import { productSpan, type LinearOps } from "./linear.ts";

/** Integer operations with at least one operand that isn't constant, and no comparison. */
export interface IntegerOps { op(name: Op, args: readonly Expr[]): Expr }

const isPower = (n: number | undefined): n is number => n !== undefined && n > 0 && powerOfTwoPart(n) === n;
const log2 = (n: number) => bitLength(n) - 1;

/** Bounds of a result that fits its type, or all of the type. */
const within = (type: "i32" | "u32", lo: number, hi: number, divisor = 1): Facts => wrapped(type, lo, hi, divisor);

/** Bounds of the operations that have no normal form, by name. */
const FACTS: { readonly [K in Op]?: (type: "i32" | "u32", a: Expr, b: Expr) => Facts } = {
  add: (t, a, b) => within(t, a.lo + b.lo, a.hi + b.hi, gcd(multipleOf(a), multipleOf(b))),
  sub: (t, a, b) => within(t, a.lo - b.hi, a.hi - b.lo, gcd(multipleOf(a), multipleOf(b))),
  mul: (t, a, b) => { const { lo, hi } = productSpan(a, b); return within(t, lo, hi, product(a.divisor, b.divisor)); },
  div: (t, a, b) => (a.lo >= 0 && b.lo >= 0 ? within(t, 0, a.hi) : limits(t)), // x / 0 = x
  rem: (t, a, b) => (a.lo >= 0 && b.lo >= 0 ? within(t, 0, Math.min(a.hi, Math.max(0, b.hi - 1)), b.lo > 0 ? gcd(multipleOf(a), b.divisor) : 1) : limits(t)),
  min: (t, a, b) => within(t, Math.min(a.lo, b.lo), Math.min(a.hi, b.hi), gcd(multipleOf(a), multipleOf(b))),
  max: (t, a, b) => within(t, Math.max(a.lo, b.lo), Math.max(a.hi, b.hi), gcd(multipleOf(a), multipleOf(b))),
  abs: (t, a) => within(t, a.lo > 0 ? a.lo : a.hi < 0 ? -a.hi : 0, Math.max(-a.lo, a.hi), a.divisor),
  sign: (t, a) => within(t, a.lo > 0 ? 1 : a.lo === 0 ? 0 : -1, a.hi < 0 ? -1 : a.hi === 0 ? 0 : 1),
  and: (t, a, b) => (a.lo >= 0 || b.lo >= 0 ? within(t, 0, Math.min(a.lo >= 0 ? a.hi : Infinity, b.lo >= 0 ? b.hi : Infinity)) : limits(t)),
  or: (t, a, b) => (a.lo >= 0 && b.lo >= 0 ? within(t, Math.max(a.lo, b.lo), lowMask(bitLength(Math.max(a.hi, b.hi)))) : limits(t)),
  xor: (t, a, b) => (a.lo >= 0 && b.lo >= 0 ? within(t, 0, lowMask(bitLength(Math.max(a.hi, b.hi)))) : limits(t)),
  shr: (t, a) => (a.lo >= 0 ? within(t, 0, a.hi) : within(t, a.lo, Math.max(0, a.hi))),
  dot4i: () => within("i32", -4 * 127 * 128, 4 * 128 * 128), dot4u: () => within("i32", 0, 4 * 255 * 255),
  popcount: (t) => within(t, 0, 32), clz: (t) => within(t, 0, 32), ctz: (t) => within(t, 0, 32),
};

/** Builds the operations on a table. */
export function integerOps(c: Core, linear: LinearOps, bits: BitOps): IntegerOps {
  const u32 = (n: number) => c.constant("u32", n >>> 0);
  const raw = (name: Op, args: readonly Expr[]): Expr => {
    const [a, b] = args, type = a?.type;
    if (!a || (type !== "i32" && type !== "u32")) throw new Bug(`'${name}' is no operation on integers`);
    return c.intern(type, { kind: "op", op: name, args: [...args] }, FACTS[name]?.(type, a, b ?? a) ?? limits(type));
  };
  /** Operands of a commutative operation: constants last, else in order of age. */
  const ordered = (a: Expr, b: Expr): readonly [Expr, Expr] =>
    known(a) !== undefined || (known(b) === undefined && a.id > b.id) ? [b, a] : [a, b];

  const minMax = (name: "min" | "max", a: Expr, b: Expr): Expr => {
    if (a === b) return a;
    if (a.hi <= b.lo) return name === "min" ? a : b;
    if (b.hi <= a.lo) return name === "min" ? b : a;
    const [x, y] = ordered(a, b), [inner, k] = argsOf(x, name) ?? [];
    if (inner && (inner === y || k === y)) return x;
    const kk = k && known(k), ky = known(y);
    if (inner && kk !== undefined && ky !== undefined) return minMax(name, inner, c.constant(x.type, name === "min" ? Math.min(kk, ky) : Math.max(kk, ky)));
    return raw(name, [x, y]);
  };

  const add = (a: Expr, b: Expr): Expr => {
    if (a.type === "i32") return linear.plus(a, b);
    const [x, y] = ordered(a, b), k = known(y);
    if (k === 0) return x;
    const [inner, j] = argsOf(x, "add") ?? [], kj = j && known(j);
    if (k !== undefined && inner && kj !== undefined) return add(inner, u32(k + kj));
    return bits.disjointSum(x, y) ?? raw("add", [x, y]);
  };

  const mul = (a: Expr, b: Expr): Expr => {
    if (a.type === "i32") return linear.times(a, b);
    const [x, y] = ordered(a, b), k = known(y);
    if (k === 0) return y;
    return isPower(k) ? bits.shl(x, log2(k)) : raw("mul", [x, y]);
  };

  const div = (name: "div" | "rem", a: Expr, b: Expr): Expr => {
    const k = known(b);
    if (k === 0) return name === "div" ? a : b;
    if (k === 1) return name === "div" ? a : c.constant(a.type, 0);
    if (a.lo >= 0 && b.lo > 0) {
      if (a.hi < b.lo) return name === "div" ? c.constant(a.type, 0) : a;
      if (a.type === "i32") return name === "div" ? linear.fdiv(a, b) : linear.fmod(a, b);
      if (isPower(k)) return name === "div" ? bits.shr(a, log2(k)) : bits.mask(a, k - 1);
    }
    return raw(name, [a, b]);
  };

  const bitwise = (name: "and" | "or" | "xor", a: Expr, b: Expr): Expr => {
    const [x, y] = ordered(a, b), k = known(y), all = a.type === "u32" ? 0xffffffff : -1;
    if (x === y) return name === "xor" ? c.constant(a.type, 0) : x;
    if (k === 0) return name === "and" ? y : x;
    if (k === all) return name === "and" ? x : name === "or" ? y : not(x);
    if (a.type === "u32") {
      if (name === "or") return bits.or(x, y);
      if (name === "and" && k !== undefined) return bits.mask(x, k);
    } else if (name === "and" && k !== undefined && k > 0 && isPower(k + 1) && x.lo >= 0)
      return x.hi <= k ? x : linear.fmod(x, c.constant("i32", k + 1));
    return raw(name, [x, y]);
  };

  const not = (x: Expr): Expr => argsOf(x, "not")?.[0] ?? raw("not", [x]);

  const shift = (name: "shl" | "shr", x: Expr, by: Expr): Expr => {
    const given = known(by), k = given === undefined ? undefined : given & 31;
    if (k === 0 || known(x) === 0) return x;
    if (k === undefined) return raw(name, [x, by]);
    if (x.type === "u32") return name === "shl" ? bits.shl(x, k) : bits.shr(x, k);
    if (name === "shl") return linear.times(x, c.constant("i32", (1 << k) | 0));
    if (x.lo >= 0) return k === 31 ? c.constant("i32", 0) : linear.fdiv(x, c.constant("i32", 2 ** k));
    return raw("shr", [top(x, k) ?? x, u32(k)]);
  };

  /** A field that was moved to the top of a word for its sign, by 2^k: from where it was at once. */
  const top = (x: Expr, k: number): Expr | undefined => {
    const [t, more] = x.node.kind === "sum" && x.node.offset === 0 ? x.node.terms : [], field = t?.of.node.kind === "to" ? t.of.node.arg.node : undefined;
    if (!t || more || t.coefficient !== 2 ** k || field?.kind !== "field" || field.width + k !== 32) return undefined;
    const at = known(field.at);
    return at === undefined ? undefined : c.intern("i32", { kind: "to", arg: bits.shl(field.word, k - at) }, limits("i32"));
  };

  const op: IntegerOps["op"] = (name, args) => {
    const [a, b] = args;
    if (!a) throw new Bug(`'${name}' without operands`);
    if (!b) {
      if (name === "neg") return a.type === "i32" ? linear.times(a, c.constant("i32", -1)) : raw("sub", [u32(0), a]);
      if (name === "not") return not(a);
      if (name === "abs" && a.lo >= 0) return a;
      if (name === "sign" && a.type === "u32") return minMax("min", a, u32(1));
      if (name === "sign" && (a.lo > 0 || a.hi < 0)) return c.constant(a.type, a.lo > 0 ? 1 : -1);
      return raw(name, args);
    }
    switch (name) {
      case "add": return add(a, b);
      case "sub":
        if (a.type === "i32") return linear.plus(a, b, -1);
        return a === b ? u32(0) : known(b) === 0 ? a : raw("sub", args);
      case "mul": return mul(a, b);
      case "div": case "rem": return div(name, a, b);
      case "min": case "max": return minMax(name, a, b);
      case "and": case "or": case "xor": return bitwise(name, a, b);
      case "shl": case "shr": return shift(name, a, b);
      case "dot4i": case "dot4u": return known(a) === 0 || known(b) === 0 ? c.constant("i32", 0) : c.intern("i32", { kind: "op", op: name, args: [...ordered(a, b)] }, FACTS[name]?.("i32", a, b));
      default: return raw(name, args);
    }
  };
  return { op };
}

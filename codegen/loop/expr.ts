// The expression table of the loop form. It ties together the simplifiers (index sums, bit strings, logic)
// behind the two interfaces that expressions are built through: the index `Algebra` of packings and layouts, and
// the scalar `Ops` of number types and instructions. Constants fold by the interpreter's own arithmetic.
import { Bug } from "../../diagnostic.ts";
import { floatValue, halfBits, numericOps, resultType, roundToHalf, type Compute, type Op, type Ops } from "../../vm/index.ts";
import type { Algebra } from "../../layout/index.ts";
import { bitOps } from "./bits.ts";
import { argsOf, core, known, limits, memo2, powerOfTwoPart, wrapped } from "./core.ts";
import { integerOps } from "./integer.ts";
import { BYTES, type Buffer, type Expr, type Reg, type Var } from "./ir.ts";
import { linearOps } from "./linear.ts";
import { logicOps } from "./logic.ts";
import { lessBoth } from "./mantissa.ts";
import { withOperands } from "./rebuild.ts";

/** Builds expressions: index arithmetic on i32 (`div` and `mod` are floor division and remainder of numbers ≥ 0), scalar operations, and reads. */
export interface Exprs extends Algebra<Expr>, Ops<Expr> {
  /** A new variable. Bounds beyond its type are cut. */
  variable(v: Omit<Var, "id">): Var;
  use(v: Var): Expr;
  /** Floor division of an i32 ≥ 0 by an i32 > 0. */
  fdiv(a: Expr, b: Expr): Expr;
  /** Remainder of an i32 ≥ 0 by an i32 > 0. */
  fmod(a: Expr, b: Expr): Expr;
  /** The or of some u32. */
  orOf(all: readonly Expr[]): Expr;
  /** Bits [at, at + width) of a u32; at is an i32 in 0 … 32 - width. */
  field(word: Expr, at: Expr, width: number): Expr;
  /** A u32 word of storage, or an element of a workgroup array. Loads of one word in one epoch are one expression. */
  load(buffer: Buffer, index: Expr, epoch: number): Expr;
  /** A slot of a register variable. */
  slot(reg: Reg, slot: Expr, epoch: number): Expr;
  /** An expression over other operands that have the same values. */
  rebuilt(x: Expr, operands: readonly Expr[]): Expr;
}

const COMPARISONS: ReadonlySet<string> = new Set(["eq", "ne", "lt", "le", "gt", "ge"]);
type Comparison = "eq" | "ne" | "lt" | "le" | "gt" | "ge";
const COMMUTATIVE: ReadonlySet<string> = new Set(["add", "mul", "min", "max", "and", "or", "xor"]);

/** Number types whose every value is an integer with bounds. */
const isInteger = (t: Compute): boolean => t === "i32" || t === "u32";

/** Whether an f32 is surely a value of f16 (or NaN), so that rounding it to f16 changes nothing. */
export function isHalf(e: Expr): boolean {
  const n = e.node;
  switch (n.kind) {
    case "const": return Number.isNaN(n.value) || roundToHalf(n.value) === n.value;
    case "unpackHalf": return true;
    case "to": return n.arg.type === "f16" || n.arg.type === "bool" || (isInteger(n.arg.type) && n.arg.lo >= -2048 && n.arg.hi <= 2048);
    case "table": return n.values.every((v) => roundToHalf(v) === v);
    case "op": {
      const values = n.op === "select" ? n.args.slice(1) : n.op === "min" || n.op === "max" || n.op === "neg" || n.op === "abs" ? n.args : [];
      return values.length > 0 && values.every(isHalf);
    }
    default: return false;
  }
}

/** Whether 16 bits are surely no NaN of f16. */
function noHalfNaN(u: Expr): boolean {
  if (u.hi <= 0x7c00) return true;
  const n = u.node, [x, y] = n.kind === "op" ? n.args : [];
  if (n.kind === "const") return (n.value & 0x7fff) <= 0x7c00;
  if (n.kind !== "op" || !x || !y) return false;
  const isSign = (e: Expr) => e.hi === 0x8000 && (e.node.kind === "const" || e.divisor === 0x8000);
  if (n.op === "or") return (isSign(y) && noHalfNaN(x) && x.hi <= 0x7fff) || (isSign(x) && noHalfNaN(y) && y.hi <= 0x7fff);
  return n.op === "select" && n.args.slice(1).every(noHalfNaN);
}

/** Whether 16 bits are what `packHalf` gives for the f16 they mean: any NaN is the one NaN. */
function isPacked(u: Expr): boolean {
  const n = u.node;
  if (n.kind === "packHalf" || noHalfNaN(u) || known(u) === 0x7e00) return true;
  return n.kind === "op" && n.op === "select" && n.args.slice(1).every(isPacked);
}

/**
 * A fresh expression table.
 * @example
 * ```ts
 * const e = expressions();
 * const t = e.use(e.variable({ name: "t", type: "i32", role: "thread", lo: 0, hi: 31, divisor: 1 }));
 * e.mod(e.add(e.mul(t, e.of(4)), e.of(3)), e.of(4)) === e.of(3); // => true
 * ```
 */
export function expressions(): Exprs {
  const c = core(), linear = linearOps(c), bits = bitOps(c, linear), logic = logicOps(c, linear);
  const integers = integerOps(c, linear, bits);
  let variables = 0;

  const constant: Exprs["constant"] = (type, value) => c.constant(type, type === "i32" && value === (Number(value) | 0) ? value : numericOps.constant(type, value).value);
  const valueOf = (e: Expr) => ({ type: e.type, value: known(e) ?? 0 });

  const compare = (name: Comparison, a: Expr, b: Expr): Expr => {
    const k = known(b);
    // A boolean that travelled as 0 or 1: what the comparison says of both.
    if (a.node.kind === "to" && a.node.arg.type === "bool" && k !== undefined) {
      const [no, yes] = [0, 1].map((x) => numericOps.op(name, { type: a.type, value: x }, { type: b.type, value: k }).value === 1);
      return no === yes ? c.constant("bool", no === true) : yes ? a.node.arg : logic.not(a.node.arg);
    }
    return logic.compare(name, a, b);
  };

  const float = (name: Op, type: Compute, args: readonly Expr[]): Expr => {
    const [a, b] = args, k = b && known(b), ka = a && known(a);
    const same = (x: number | undefined, y: number) => x !== undefined && Object.is(x, y);
    if (a && b) {
      // Only what holds for -0, infinities and NaN too.
      if (name === "mul" && (same(k, 1) || same(ka, 1))) return same(k, 1) ? a : b;
      if (name === "div" && same(k, 1)) return a;
      if ((name === "add" && same(k, -0)) || (name === "sub" && same(k, 0))) return a;
      if (name === "add" && same(ka, -0)) return b;
      if ((name === "min" || name === "max") && a === b) return a;
      if (name === "div" && k !== undefined && k !== 0 && Number.isFinite(k)) {
        const inverse = 1 / k; // a power of two: the product is the quotient, bit by bit
        if (Number.isInteger(Math.log2(Math.abs(k))) && Math.abs(inverse) >= (type === "f16" ? 2 ** -14 : 2 ** -126) && numericOps.constant(type, inverse).value === inverse)
          return raw("mul", type, [a, c.constant(type, inverse)]);
      }
    }
    const both = a && k !== undefined && (name === "sub" || name === "add") ? lessBoth({ op, constant, lessHalves, halfOf }, a, name === "sub" ? k : -k) : undefined;
    if (both) return both;
    const inner = a && argsOf(a, "neg")?.[0];
    if (name === "neg" && inner) return inner;
    if (name === "abs" && a && (inner || argsOf(a, "abs"))) return float("abs", type, [inner ?? argsOf(a, "abs")?.[0] ?? a]);
    return raw(name, type, args);
  };

  /** As it stands; operands of commutative operations in a fixed order, constants last. */
  const raw = (name: Op, type: Compute, args: readonly Expr[]): Expr => {
    const [a, b] = args;
    const swap = a && b && COMMUTATIVE.has(name) && (known(a) !== undefined ? known(b) === undefined : known(b) === undefined && a.id > b.id);
    return c.intern(type, { kind: "op", op: name, args: swap ? [b, a] : [...args] });
  };

  // Each operation on the same operands is made once.
  const unary = new Map<Op, Map<number, Expr>>(), binary = new Map<Op, (a: Expr, b: Expr) => Expr>();
  const op: Exprs["op"] = (name, ...args) => {
    const [a, b] = args;
    if (args.length === 2) {
      let made = binary.get(name);
      if (!made) binary.set(name, (made = memo2((x, y) => simplified(name, [x, y]))));
      return made(a, b);
    }
    if (args.length !== 1) return simplified(name, args);
    let of = unary.get(name);
    if (!of) unary.set(name, (of = new Map()));
    let found = of.get(a.id);
    if (!found) of.set(a.id, (found = simplified(name, args)));
    return found;
  };

  const simplified = (name: Op, args: readonly Expr[]): Expr => {
    const [x, y, z] = args;
    if (!x) throw new Bug(`'${name}' without operands`);
    const type = resultType(name, y && !z ? [x.type, y.type] : args.map((a) => a.type));
    if (known(x) !== undefined && args.every((a) => known(a) !== undefined)) return c.constant(type, numericOps.op(name, ...args.map(valueOf)).value);
    if (name === "select" && y && z) return logic.select(x, y, z);
    if (COMPARISONS.has(name) && y) return compare(name as Comparison, x, y);
    if (x.type === "bool") {
      if (name === "not") return logic.not(x);
      if (y && (name === "and" || name === "or")) return logic.both(name, x, y);
      if (y && name === "xor") return logic.compare("ne", x, y);
      throw new Bug(`there is no '${name}' on bool`);
    }
    if (x.type === "i32" || x.type === "u32") return integers.op(name, args);
    return float(name, type, args);
  };

  const to: Exprs["to"] = (type, x) => {
    if (x.type === type) return x;
    if (known(x) !== undefined) return c.constant(type, numericOps.to(type, valueOf(x)).value);
    if (type === "bool") return op("ne", x, constant(x.type, 0));
    const n = x.node, inner = n.kind === "to" ? n.arg : undefined;
    if (inner && inner.type === "bool") return to(type, inner);
    if (isInteger(type) && isInteger(x.type)) {
      if (inner && inner.type === type) return inner;
      const facts = x.lo >= limits(type).lo && x.hi <= limits(type).hi ? { lo: x.lo, hi: x.hi, divisor: x.divisor } : { ...limits(type), divisor: powerOfTwoPart(x.divisor) };
      return c.intern(type, { kind: "to", arg: x }, facts);
    }
    if (type === "f16" && x.type === "f32" && inner && inner.type === "f16") return inner; // f16 → f32 → f16
    if (type === "f32" && x.type === "f16" && inner && inner.type === "f32" && isHalf(inner)) return inner;
    // An integer that went through another type unchanged: the first one is converted.
    if (isInteger(x.type) && inner && isInteger(inner.type) && inner.lo >= 0 && inner.hi <= limits("i32").hi) return to(type, inner);
    return c.intern(type, { kind: "to", arg: x }, x.type === "bool" && isInteger(type) ? { lo: 0, hi: 1, divisor: 1 } : limits(type));
  };

  const reinterpret: Exprs["bits"] = (type, x) => {
    if (x.type === type) return x;
    if (x.type !== "f32" && type !== "f32") return to(type, x);
    if (x.node.kind === "bits") return reinterpret(type, x.node.arg);
    const k = known(x);
    if (k !== undefined) {
      const v = numericOps.bits(type, valueOf(x)).value;
      if (type !== "f32" || !Number.isNaN(v)) return c.constant(type, v); // a NaN's payload would be lost
    }
    if (x.type !== "f16" && x.type !== "bool") return c.intern(type, { kind: "bits", arg: x });
    throw new Bug(`no bitcast from ${x.type} to ${type}`);
  };

  const need = (x: Expr, type: Compute, what: string) => { if (x.type !== type) throw new Bug(`${what} takes ${type}, not ${x.type}`); };
  const i32 = (n: number) => c.constant("i32", n);

  const packHalf = (x: Expr): Expr => {
    need(x, "f32", "packHalf");
    const k = known(x);
    if (k !== undefined) return c.constant("u32", halfBits(k));
    const half = x.node.kind === "to" && x.node.arg.type === "f16" ? x.node.arg.node : undefined;
    if (half?.kind === "to" && half.arg.type === "f32") return packHalf(half.arg); // one rounding is enough
    if (x.node.kind === "unpackHalf" && isPacked(x.node.arg)) return x.node.arg;
    // Of a number ≥ 0 that is given by its bits, the bits grow with it.
    const most = x.node.kind === "bits" && x.node.arg.type === "u32" && x.node.arg.hi <= 0x7f800000 ? halfBits(floatValue(x.node.arg.hi)) : 0xffff;
    return c.intern("u32", { kind: "packHalf", arg: x }, { lo: 0, hi: most, divisor: 1 });
  };

  const unpackHalf = (given: Expr): Expr => {
    need(given, "u32", "unpackHalf");
    const x = bits.mask(given, 0xffff), k = known(x);
    if (k !== undefined) return c.constant("f32", numericOps.unpackHalf({ type: "u32", value: k }).value);
    if (x.node.kind === "packHalf" && isHalf(x.node.arg)) return x.node.arg;
    return c.intern("f32", { kind: "unpackHalf", arg: x });
  };

  const lessHalves: Exprs["lessHalves"] = (a, b) => {
    need(a, "u32", "lessHalves"); need(b, "u32", "lessHalves");
    if (known(a) !== undefined && known(b) !== undefined) return c.constant("u32", numericOps.lessHalves(valueOf(a), valueOf(b)).value);
    return c.intern("u32", { kind: "op", op: "lessHalves", args: [a, b] });
  };
  const byteOf: Exprs["byteOf"] = (x, at) => {
    need(x, "u32", "byteOf");
    return known(x) !== undefined ? c.constant("u32", numericOps.byteOf(valueOf(x), at).value) : c.intern("u32", { kind: "op", op: BYTES[at], args: [x] }, { lo: 0, hi: Math.min(255, Math.floor(x.hi / 2 ** (8 * at))), divisor: 1 });
  };
  const halfOf: Exprs["halfOf"] = (x, which) => {
    need(x, "u32", "halfOf");
    return known(x) !== undefined ? c.constant("f16", numericOps.halfOf(valueOf(x), which).value) : c.intern("f16", { kind: "op", op: which === "low" ? "lowHalf" : "highHalf", args: [x] });
  };

  const table: Exprs["table"] = (type, values, index) => {
    need(index, "u32", "table");
    const rounded = values.map((v) => numericOps.constant(type, v).value), [first] = rounded, k = known(index);
    if (first === undefined || index.lo >= rounded.length) throw new Bug(`index ${index.lo} is outside a table of ${rounded.length}`);
    if (k !== undefined) return c.constant(type, rounded[k] ?? NaN);
    const reached = rounded.slice(0, index.hi + 1);
    if (reached.every((v) => Object.is(v, first))) return c.constant(type, first);
    const facts = isInteger(type) ? { lo: Math.min(...reached), hi: Math.max(...reached), divisor: 1 } : limits(type);
    return c.intern(type, { kind: "table", values: reached, index }, facts);
  };

  return Object.freeze<Exprs>({
    of: i32, known,
    add: (a, b) => linear.plus(a, b),
    mul: (a, b) => linear.times(a, b),
    div: linear.fdiv, mod: linear.fmod, fdiv: linear.fdiv, fmod: linear.fmod,
    constant, op, to, bits: reinterpret, packHalf, unpackHalf, byteOf, lessHalves, halfOf, table,
    typeOf: (x) => x.type,
    variable: (v) => Object.freeze({ ...v, id: variables++, lo: Math.max(v.lo, limits(v.type).lo), hi: Math.min(v.hi, limits(v.type).hi) }),
    use: (v) => (isInteger(v.type) && v.lo === v.hi ? c.constant(v.type, v.lo) : c.intern(v.type, { kind: "var", v }, v.type === "bool" ? limits("bool") : wrapped(v.type, v.lo, v.hi, v.divisor))),
    orOf: (all) => { for (const x of all) need(x, "u32", "orOf"); return bits.orOf(all); },
    field: (word, at, width) => { need(word, "u32", "field"); need(at, "i32", "field"); return bits.field(word, at, Math.min(width, 32)); },
    load: (buffer, index, epoch) => { need(index, "i32", "load"); return c.intern(buffer.space === "storage" ? "u32" : buffer.elem, { kind: "load", buffer, index, epoch }); },
    rebuilt: (x, operands) => c.intern(x.type, withOperands(x.node, operands), isInteger(x.type) ? { lo: x.lo, hi: x.hi, divisor: x.divisor } : undefined),
    slot: (reg, slot, epoch) => { need(slot, "i32", "slot"); return c.intern(reg.type, { kind: "reg", reg, slot, epoch }); },
  });
}

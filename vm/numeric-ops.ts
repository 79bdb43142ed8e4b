// The meaning of every scalar operation in plain numbers: the evaluator that WGSL is held against.
// A value is a type and a number; booleans are 0 and 1, f16 and f32 are already rounded to their type.
import { Bug } from "../diagnostic.ts";
import { roundToHalf } from "./half.ts";
import type { Compute, Op } from "./ops.ts";

/** A number with its compute type. Booleans are 0 and 1. */
export interface Value { readonly type: Compute; readonly value: number }

/** An operation on plain numbers that are already values of its type. */
export type Scalar = (a: number, b: number, c: number) => number;
type Row = Partial<Record<Op, Scalar>>;

const bool = (x: boolean): number => (x ? 1 : 0);

/** Bits needed to hold a u32. */
const bitLength = (x: number): number => 32 - Math.clz32(x);

/** Reverses the 32 bits, as an i32. */
function reverse32(x: number): number {
  let y = 0;
  for (let i = 0; i < 32; i++) y |= ((x >>> i) & 1) << (31 - i);
  return y;
}

/** Number of ones among the 32 bits. */
function ones(x: number): number {
  let v = x - ((x >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The sum of the products of the bytes of two words; `low` reads the lowest. */
const dot4 = (low: (word: number) => number) => (a: number, b: number): number => {
  let sum = 0;
  for (; a && b; a >>>= 8, b >>>= 8) sum += low(a) * low(b);
  return sum;
};

/** Nearest integer, ties to even, keeping -0. */
function roundEven(x: number): number {
  const r = Math.round(x);
  if (r - x !== 0.5) return r;
  return r % 2 === 0 ? r : r - 1;
}

const fmaWords = new Uint32Array(2);
const fmaDouble = new Float64Array(fmaWords.buffer);

/**
 * a·b + c of f32 or f16 numbers, rounded to odd in double, so that one more rounding gives the exactly rounded result.
 * (The product of two f32 is exact in a double; the sum may not be.)
 */
function fusedOdd(a: number, b: number, c: number): number {
  const p = a * b, s = p + c;
  if (!Number.isFinite(s)) return s;
  const t = s - p, error = (p - (s - t)) + (c - t);
  if (error === 0) return s;
  fmaDouble[0] = s;
  if ((fmaWords[0] ?? 0) & 1) return s;
  const grow = error > 0 === s > 0; // towards the error: the neighbour's last bit is one
  if (grow) fmaWords[0] = (fmaWords[0] ?? 0) + 1;
  else { const low = fmaWords[0] ?? 0; fmaWords[0] = low - 1; if (low === 0) fmaWords[1] = (fmaWords[1] ?? 0) - 1; }
  return fmaDouble[0] ?? s;
}

/** Comparisons and select are the same for every type. */
const common: Row = {
  eq: (a, b) => bool(a === b), ne: (a, b) => bool(a !== b),
  lt: (a, b) => bool(a < b), le: (a, b) => bool(a <= b), gt: (a, b) => bool(a > b), ge: (a, b) => bool(a >= b),
  select: (a, b, c) => (a ? b : c),
};

/** The integer rows; `wrap` brings a sum back into the type. Products go through imul, which wraps exactly. */
const integer = (wrap: (x: number) => number): Row => ({
  ...common,
  add: (a, b) => wrap(a + b), sub: (a, b) => wrap(a - b), mul: (a, b) => wrap(Math.imul(a, b)),
  div: (a, b) => (b === 0 ? a : wrap(Math.trunc(a / b))), rem: (a, b) => (b === 0 ? 0 : wrap(a % b)),
  min: (a, b) => Math.min(a, b), max: (a, b) => Math.max(a, b),
  neg: (a) => wrap(-a), abs: (a) => wrap(Math.abs(a)), sign: (a) => wrap(Math.sign(a)),
  and: (a, b) => wrap(a & b), or: (a, b) => wrap(a | b), xor: (a, b) => wrap(a ^ b), not: (a) => wrap(~a),
  shl: (a, b) => wrap(a << b), // JavaScript takes shift counts mod 32 as the contract does
  popcount: (a) => ones(a), clz: (a) => Math.clz32(a), ctz: (a) => (a === 0 ? 32 : bitLength(a & -a) - 1), reverse: (a) => wrap(reverse32(a)),
});

/** The float rows; every result goes through `r`, the rounding of the type. */
const floating = (r: (x: number) => number): Row => ({
  ...common,
  add: (a, b) => r(a + b), sub: (a, b) => r(a - b), mul: (a, b) => r(a * b), div: (a, b) => r(a / b), rem: (a, b) => r(a % b),
  min: (a, b) => Math.min(a, b), max: (a, b) => Math.max(a, b),
  neg: (a) => -a, abs: (a) => Math.abs(a), sign: (a) => Math.sign(a),
  exp: (a) => r(Math.exp(a)), exp2: (a) => r(2 ** a), log: (a) => r(Math.log(a)), log2: (a) => r(Math.log2(a)),
  sin: (a) => r(Math.sin(a)), cos: (a) => r(Math.cos(a)), tanh: (a) => r(Math.tanh(a)),
  sqrt: (a) => r(Math.sqrt(a)), rsqrt: (a) => r(1 / Math.sqrt(a)), pow: (a, b) => r(a ** b),
  floor: (a) => Math.floor(a), ceil: (a) => Math.ceil(a), trunc: (a) => Math.trunc(a), round: roundEven,
  fma: (a, b, c) => r(fusedOdd(a, b, c)),
});

const rows: Readonly<Record<Compute, Row>> = {
  i32: { ...integer((x) => x | 0), shr: (a, b) => a >> b },
  u32: { ...integer((x) => x >>> 0), shr: (a, b) => a >>> b, dot4i: dot4((x) => (x << 24) >> 24), dot4u: dot4((x) => x & 255) },
  f32: floating(Math.fround),
  f16: floating(roundToHalf),
  bool: { eq: (a, b) => bool(a === b), ne: (a, b) => bool(a !== b), select: (a, b, c) => (a ? b : c), and: (a, b) => a & b, or: (a, b) => a | b, xor: (a, b) => a ^ b, not: (a) => 1 - a },
};

const comparisons: ReadonlySet<Op> = new Set<Op>(["eq", "ne", "lt", "le", "gt", "ge"]);

const ternary: ReadonlySet<Op> = new Set<Op>(["select", "fma"]);
const binary: ReadonlySet<Op> = new Set<Op>(
  ["add", "sub", "mul", "div", "rem", "min", "max", "and", "or", "xor", "shl", "shr", "eq", "ne", "lt", "le", "gt", "ge", "pow", "dot4i", "dot4u"]);

/** How many operands an operation takes. */
export const arity = (name: Op): 1 | 2 | 3 => (ternary.has(name) ? 3 : binary.has(name) ? 2 : 1);

/** Whether an operation exists for operands of a type (for `select`: of its two branches). */
export const supports = (name: Op, type: Compute): boolean => rows[type][name] !== undefined;

/**
 * The function that computes an operation on plain numbers of `type`, for inner loops. Comparisons give 0 or 1.
 * For `select`, `type` is that of the branches. Throws a `Bug` if the type lacks the operation.
 * @example
 * ```ts
 * scalarFunction("add", "u32")(4294967295, 1, 0); // => 0
 * ```
 */
export function scalarFunction(name: Op, type: Compute): Scalar {
  const f = rows[type][name];
  if (!f) throw new Bug(`there is no '${name}' on ${type}`);
  return f;
}

/** All operations. */
export const opNames: ReadonlySet<Op> = /* @__PURE__ */ new Set(Object.values(rows).flatMap((row) => Object.keys(row) as Op[]));

/** The type an operation gives for operand types; undefined where they don't fit. */
export function resultIfFits(name: Op, types: readonly Compute[]): Compute | undefined {
  const [first, second, third] = types;
  if (types.length !== arity(name) || first === undefined) return undefined;
  if (name === "select") return first === "bool" && second === third ? second : undefined;
  if (!supports(name, first)) return undefined;
  if (name === "shl" || name === "shr") return second === "u32" ? first : undefined;
  if ((second ?? first) !== first || (third ?? first) !== first) return undefined;
  if (name === "dot4i" || name === "dot4u") return "i32";
  return comparisons.has(name) ? "bool" : first;
}

/** The type an operation gives for operand types; checks them and throws a `Bug` where they don't fit. */
export function resultType(name: Op, types: readonly Compute[]): Compute {
  const type = resultIfFits(name, types);
  if (type === undefined) throw new Bug(`'${name}' does not take (${types.join(", ")})`);
  return type;
}

/**
 * Applies an operation to typed values: types are checked (a `Bug` if wrong), integers wrap, floats are rounded.
 * @example
 * ```ts
 * applyOp("div", [{ type: "i32", value: -7 }, { type: "i32", value: 2 }]).value; // => -3
 * ```
 */
export function applyOp(name: Op, args: readonly Value[]): Value {
  const type = resultType(name, args.map((a) => a.type));
  const [a, b, c] = args;
  const of = name === "select" ? b?.type ?? type : a?.type ?? type;
  return { type, value: scalarFunction(name, of)(a?.value ?? 0, b?.value ?? 0, c?.value ?? 0) };
}

/** Largest f32 below 2^31 and 2^32: where a conversion of floats to integers saturates. */
export const I32_FROM_FLOAT_MAX = 2147483520, U32_FROM_FLOAT_MAX = 4294967040;

/**
 * A number of compute type `from` as a number of compute type `to`, by value: float → integer truncates and saturates
 * (i32 to [-2147483648, 2147483520], u32 to [0, 4294967040], NaN → 0), integer → float rounds to nearest even, f16 overflows
 * to infinity, i32 ↔ u32 keeps the bits, anything → bool is ≠ 0 (so NaN is true).
 */
export function convert(to: Compute, from: Compute, x: number): number {
  const isFloat = from === "f32" || from === "f16";
  switch (to) {
    case "bool": return bool(x !== 0);
    case "f32": return Math.fround(x);
    case "f16": return roundToHalf(x);
    case "i32": return isFloat ? (x >= 2 ** 31 ? I32_FROM_FLOAT_MAX : x <= -(2 ** 31) ? -(2 ** 31) : x | 0) : x | 0;
    case "u32": return isFloat ? (x >= 2 ** 32 ? U32_FROM_FLOAT_MAX : x <= 0 ? 0 : x >>> 0) : x >>> 0;
  }
}

/** `convert` on typed values. */
export const convertValue = (type: Compute, x: Value): Value => ({ type, value: convert(type, x.type, x.value) });

// Arithmetic on numbers known at compile time. Integers stay exact (up to 2^53 − 1), floats are doubles; a mix is a float.
import { fail, type Span } from "../diagnostic.ts";
import type { Op } from "../vm/index.ts";
import { boolean, float, int, type NumberThing, type Thing } from "./elaborate-values.ts";

type Ints = (a: number, b: number, c: number) => number;

/** Bitwise operations on integers of any size. */
const wide = (f: (a: bigint, b: bigint) => bigint): Ints => (a, b) => Number(f(BigInt(a), BigInt(b)));
const ones = (a: number): number => [...(a >>> 0).toString(2)].filter((c) => c === "1").length;
const roundEven = (a: number): number => { const r = Math.round(a); return r - a === 0.5 && r % 2 !== 0 ? r - 1 : r; };

const whole: { readonly [K in Op]?: Ints } = {
  add: (a, b) => a + b, sub: (a, b) => a - b, mul: (a, b) => a * b, div: (a, b) => Math.trunc(a / b), rem: (a, b) => a % b,
  min: (a, b) => Math.min(a, b), max: (a, b) => Math.max(a, b), neg: (a) => -a, abs: Math.abs, sign: Math.sign,
  and: wide((a, b) => a & b), or: wide((a, b) => a | b), xor: wide((a, b) => a ^ b), not: (a) => -a - 1,
  shl: (a, b) => a * 2 ** b, shr: (a, b) => Math.floor(a / 2 ** b),
  floor: (a) => a, ceil: (a) => a, trunc: (a) => a, round: (a) => a,
  popcount: ones, clz: (a) => Math.clz32(a), ctz: (a) => (a === 0 ? 32 : 31 - Math.clz32(a & -a)),
};

const real: { readonly [K in Op]?: Ints } = {
  add: (a, b) => a + b, sub: (a, b) => a - b, mul: (a, b) => a * b, div: (a, b) => a / b, rem: (a, b) => a % b,
  min: (a, b) => Math.min(a, b), max: (a, b) => Math.max(a, b), neg: (a) => -a, abs: Math.abs, sign: Math.sign,
  exp: Math.exp, exp2: (a) => 2 ** a, log: Math.log, log2: Math.log2, sin: Math.sin, cos: Math.cos, tanh: Math.tanh,
  sqrt: Math.sqrt, rsqrt: (a) => 1 / Math.sqrt(a), pow: (a, b) => a ** b,
  floor: Math.floor, ceil: Math.ceil, trunc: Math.trunc, round: roundEven, fma: (a, b, c) => a * b + c,
};

const comparisons: { readonly [K in Op]?: (a: number, b: number) => boolean } = {
  eq: (a, b) => a === b, ne: (a, b) => a !== b, lt: (a, b) => a < b, le: (a, b) => a <= b, gt: (a, b) => a > b, ge: (a, b) => a >= b,
};

const logic: { readonly [K in Op]?: (a: boolean, b: boolean) => boolean } = {
  and: (a, b) => a && b, or: (a, b) => a || b, xor: (a, b) => a !== b, not: (a) => !a, eq: (a, b) => a === b, ne: (a, b) => a !== b,
};

/** What an operation that must not lose anything is applied to: the place, and the word for what is written. */
export interface NumberContext {
  readonly span: Span;
  /** Set where a division must come out even. */
  readonly exact: string | undefined;
  /** The operands as written, for messages. */
  readonly texts?: readonly string[];
}

function integers(op: Op, args: readonly number[], cx: NumberContext): number | undefined {
  const f = whole[op], [a, b] = args;
  if (!f) return undefined;
  if ((op === "div" || op === "rem") && b === 0)
    fail({ code: "T0504", message: "division by zero", span: cx.span, label: "the divisor is 0", help: "check it first: require it to be positive" });
  if (op === "div" && cx.exact && a % b !== 0) {
    const [x, y] = cx.texts ?? [String(a), String(b)];
    fail({
      code: "L0401", message: `a ${cx.exact} needs whole numbers, but ${a} / ${b} isn't one`, span: cx.span, label: `${a} = ${Math.floor(a / b)} × ${b} + ${a - Math.floor(a / b) * b}`,
      help: `write cdiv(${x}, ${y}) to round up, or choose a multiple of ${b}`,
    });
  }
  if ((op === "shl" || op === "shr") && (b < 0 || b > 1023))
    fail({ code: "T0505", message: `can't shift by ${b}`, span: cx.span, help: "shift by 0 to 52 bits" });
  const r = f(a, b, 0);
  if (!Number.isSafeInteger(r)) fail({ code: "T0505", message: "this integer is too large", span: cx.span, label: `about ${r}`, help: "compile-time integers go up to 2^53 − 1; use floats for larger numbers" });
  return r === 0 ? 0 : r;
}

/**
 * Applies an operation to numbers and truth values known at compile time.
 * @returns undefined where the operation isn't for these operands
 * @throws Diagnostic T0504 (division by zero), T0505 (too large), L0401 (a division that must be exact isn't)
 */
export function numberOp(op: Op, args: readonly (NumberThing | Extract<Thing, { kind: "bool" }>)[], cx: NumberContext): Thing | undefined {
  const [a, b] = args;
  if (a.kind === "bool") {
    const f = logic[op];
    return f && args.every((x) => x.kind === "bool") ? boolean(f(Boolean(a.value), Boolean(b?.value))) : undefined;
  }
  if (args.some((x) => x.kind === "bool")) return undefined;
  const values = args.map((x) => Number(x.value)), compare = comparisons[op];
  if (compare) return boolean(compare(values[0], values[1]));
  if (args.every((x) => x.kind === "int")) {
    if (op === "pow" && values[1] >= 0) return Number.isSafeInteger(values[0] ** values[1]) ? int(values[0] ** values[1]) : float(values[0] ** values[1]);
    const r = integers(op, values, cx);
    if (r !== undefined) return int(r);
  }
  const f = real[op];
  if (!f) return undefined;
  const r = f(values[0], values[1] ?? 0, values[2] ?? 0);
  const rounded = op === "floor" || op === "ceil" || op === "trunc" || op === "round";
  return rounded && Number.isSafeInteger(r) ? int(r) : float(r);
}

// Run-time scalars: what grid extents, slice starts, loop bounds and conditions are made of.
// A scalar is a small frozen tree over named symbols; it never depends on the thread (SEMANTICS: block-uniform).
import { Bug, fail } from "../diagnostic.ts";
import type { Op } from "./ops.ts";
import { applyOp, convert, convertValue, opNames, resultIfFits, scalarFunction } from "./numeric-ops.ts";

/** Types of run-time scalars. Sizes and indices are i32. */
export type ScalarType = "i32" | "u32" | "f32" | "bool";

/**
 * Where a symbol gets its value: a run-time dimension, a scalar parameter, a grid axis, a loop, or an instruction such as `scalar(tile)`.
 * "var" is a scalar variable, which changes: only `scalar_get` and `scalar_set` speak of it, so that all other scalars stay what they are.
 */
export type SymbolRole = "dim" | "param" | "grid" | "loop" | "value" | "var";

/** A scalar expression. Symbols are told apart by `id`: `M`, `g0`, `i3`, … */
export type Scalar =
  | { readonly kind: "const"; readonly type: ScalarType; readonly value: number }
  | { readonly kind: "symbol"; readonly type: ScalarType; readonly role: SymbolRole; readonly id: string }
  | { readonly kind: "op"; readonly type: ScalarType; readonly op: Op; readonly args: readonly Scalar[] }
  | { readonly kind: "to"; readonly type: ScalarType; readonly arg: Scalar };

/** A size: a number known at compile time, or a run-time scalar. */
export type Size = number | Scalar;

/** Values of symbols by id. Booleans are 0 and 1. */
export type Environment = ReadonlyMap<string, number>;

/** A scalar known now; a bool is 0 or 1. The value is taken as it is, so it must be one of the type. */
export const constant = (value: number, type: ScalarType = "i32"): Scalar => Object.freeze({ kind: "const", type, value });
/**
 * A named scalar that gets its value later.
 * @example
 * ```ts
 * evaluate(scalarOp("add", symbol("dim", "N"), constant(1)), new Map([["N", 7]])); // => 8
 * ```
 */
export const symbol = (role: SymbolRole, id: string, type: ScalarType = "i32"): Scalar => Object.freeze({ kind: "symbol", type, role, id });
/** A size as a scalar: numbers become i32 constants. */
export const scalarOf = (x: Size): Scalar => (typeof x === "number" ? constant(x) : x);

/** The number, if known at compile time. */
export const knownScalar = (x: Size): number | undefined =>
  typeof x === "number" ? x : x.kind === "const" ? x.value : undefined;

const isZero = (x: Scalar) => x.kind === "const" && x.value === 0;
const isOne = (x: Scalar) => x.kind === "const" && x.value === 1;

/**
 * Applies an operation, folding constants and the identities of 0 and 1. Operands must have one type; counts of shifts are i32 or u32.
 * @throws Diagnostic T0301 for mixed types, T0302 where the type has no such operation
 * @example
 * ```ts
 * const N = symbol("dim", "N");
 * printScalar(scalarOp("mul", scalarOp("add", N, constant(0)), constant(2))); // => "(N * 2)"
 * ```
 */
export function scalarOp(op: Op, ...given: readonly Scalar[]): Scalar {
  const shift = op === "shl" || op === "shr";
  const args = shift ? given.map((a, i) => (i === 1 && a.type === "i32" ? scalarTo("u32", a) : a)) : given;
  const first = args[op === "select" ? 1 : 0];
  if (!first) throw new Bug(`scalar ${op} without operands`);
  const odd = args.find((a, i) => a.type !== first.type && !(i === 0 && op === "select") && !(i === 1 && shift));
  if (odd) fail({ code: "T0301", message: `scalar '${op}' mixes ${first.type} and ${odd.type}`, help: "convert one side with 'as'" });
  const type = resultIfFits(op, args.map((a) => a.type));
  if (type === undefined || type === "f16")
    return fail({ code: "T0302", message: `there is no scalar '${op}' on ${given.map((a) => a.type).join(", ")}`, help: "convert it with 'as': numbers to i32 or f32, and compare to get a bool" });
  if (args.every((a) => a.kind === "const"))
    return constant(applyOp(op, args.map((a) => ({ type: a.type, value: a.kind === "const" ? a.value : 0 }))).value, type);
  const [x, y, z] = args;
  if (op === "select" && x?.kind === "const") { const taken = x.value ? y : z; if (taken) return taken; }
  if (x && y && type === "bool" && (op === "and" || op === "or")) {
    const unit = op === "and" ? 1 : 0; // unit leaves the other side, its opposite decides
    if (x.kind === "const") return x.value === unit ? y : x;
    if (y.kind === "const") return y.value === unit ? x : y;
  }
  if (x && y && type === "i32") {
    if (op === "add") { if (isZero(x)) return y; if (isZero(y)) return x; }
    if (op === "sub" && isZero(y)) return x;
    if (op === "mul") { if (isOne(x)) return y; if (isOne(y)) return x; if (isZero(x) || isZero(y)) return constant(0); }
    if (op === "div" && isOne(y)) return x;
    if (op === "rem" && isOne(y)) return constant(0);
  }
  const made: Scalar = Object.freeze({ kind: "op", type, op, args: Object.freeze([...args]) });
  folded.add(made);
  return made;
}

/** Operations that {@link scalarOp} made: as simple as it makes them. Those that were read need not be. */
const folded = new WeakSet<Scalar>();

/** The operation on other operands; itself where they are the same. */
export const withArgs = (x: Extract<Scalar, { kind: "op" }>, args: readonly Scalar[]): Scalar =>
  (folded.has(x) && args.every((a, i) => a === x.args[i]) ? x : scalarOp(x.op, ...args));

/** Conversion by value (float → int truncates, as `Ops.to`). */
export function scalarTo(type: ScalarType, arg: Scalar): Scalar {
  if (arg.type === type) return arg;
  if (arg.kind === "const") return constant(convertValue(type, { type: arg.type, value: arg.value }).value, type);
  return Object.freeze({ kind: "to", type, arg });
}

/** Value of a scalar where all its symbols are known. */
export function evaluate(x: Size, env: Environment): number {
  if (typeof x === "number") return x;
  switch (x.kind) {
    case "const": return x.value;
    case "symbol": {
      const v = env.get(x.id);
      if (v === undefined) throw new Bug(`scalar ${x.id} has no value here`);
      return v;
    }
    case "to": return convert(x.type, x.arg.type, evaluate(x.arg, env));
    case "op": {
      // Types were checked when the scalar was made.
      const [a, b, c] = x.args, of = x.op === "select" ? b : a;
      return scalarFunction(x.op, of?.type ?? x.type)(a ? evaluate(a, env) : 0, b ? evaluate(b, env) : 0, c ? evaluate(c, env) : 0);
    }
    default: return x satisfies never;
  }
}

/** Calls `visit` on every symbol of a scalar. */
export function eachSymbol(x: Size, visit: (s: Extract<Scalar, { kind: "symbol" }>) => void): void {
  if (typeof x === "number") return;
  if (x.kind === "symbol") visit(x);
  else if (x.kind === "op") for (const a of x.args) eachSymbol(a, visit);
  else if (x.kind === "to") eachSymbol(x.arg, visit);
}

/** Replaces symbols by id, folding what becomes constant. */
export function substitute(x: Scalar, by: (id: string) => Scalar | undefined): Scalar {
  switch (x.kind) {
    case "const": return x;
    case "symbol": return by(x.id) ?? x;
    case "to": return scalarTo(x.type, substitute(x.arg, by));
    case "op": return withArgs(x, x.args.map((a) => substitute(a, by)));
    default: return x satisfies never;
  }
}

const INFIX: { readonly [K in Op]?: string } = {
  add: "+", sub: "-", mul: "*", div: "/", rem: "%", and: "&", or: "|", xor: "^", shl: "<<", shr: ">>",
  eq: "==", ne: "!=", lt: "<", le: "<=", gt: ">", ge: ">=",
};

/** Text of a scalar, fully bracketed: `((g1 * 32) + i0)`. */
export function printScalar(x: Size): string {
  if (typeof x === "number") return String(x);
  switch (x.kind) {
    case "const": return x.type === "bool" ? (x.value ? "true" : "false") : x.type === "i32" ? String(x.value) : `${x.type}(${Object.is(x.value, -0) ? "-0" : x.value})`;
    case "symbol": return x.id;
    case "to": return `${x.type}(${printScalar(x.arg)})`;
    case "op": {
      const infix = INFIX[x.op], [a, b] = x.args;
      return infix && a && b ? `(${printScalar(a)} ${infix} ${printScalar(b)})` : `${x.op}(${x.args.map(printScalar).join(", ")})`;
    }
    default: return x satisfies never;
  }
}

/** The infix operations by their signs, for readers of text. */
export const infixOps: ReadonlyMap<string, Op> = new Map(Object.entries(INFIX).map(([op, text]) => [text, op as Op]));

/** The sign of an operation that is written between its operands. */
export const infixOf = (op: Op): string | undefined => INFIX[op];

/** All operations that scalars know, by name. */
export const scalarOps: ReadonlySet<Op> = opNames;

/**
 * ceil(a / b) for sizes ≥ 0 and b > 0.
 * @example
 * ```ts
 * printScalar(cdiv(symbol("dim", "N"), 64)); // => "((N + 63) / 64)"
 * ```
 */
export function cdiv(a: Size, b: Size): Scalar {
  const x = scalarOf(a), y = scalarOf(b);
  if (x.kind === "const" && y.kind === "const") return constant(Math.ceil(x.value / y.value));
  return scalarOp("div", scalarOp("add", x, scalarOp("sub", y, constant(1))), y);
}

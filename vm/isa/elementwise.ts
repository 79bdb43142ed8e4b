// Element by element, on compute types, shapes broadcasting as in NumPy. The rows are derived from one list; what
// an operation means on numbers is in numeric-ops.ts.
import { Bug, fail } from "../../diagnostic.ts";
import { dtype as dtypeNamed } from "../dtype.ts";
import { define, reg, type Datum, type ResultType } from "../instruction.ts";
import { scalarFunction } from "../numeric-ops.ts";
import type { Op } from "../ops.ts";
import type { Tile } from "../tile.ts";
import { mapElements, mapTiles, throughElements } from "./broadcast.ts";
import { equalCodes } from "./casting.ts";
import { tileValues } from "./data.ts";
import { broadcastOf, sameType, show, supported } from "./rules.ts";

/** Computes an operation on tiles of the first one's type. */
const compute = (name: Op, operands: readonly Datum[], out: Parameters<typeof mapTiles>[2] | undefined, numbersOf?: (t: Tile) => Float64Array): Tile => {
  const of = operands[name === "select" ? 1 : 0];
  if (!of || !out) throw new Bug(`'${name}' without operands or result`);
  return mapTiles(scalarFunction(name, of.dtype.compute), operands, out, numbersOf);
};

/** A function of one tile. */
const unary = (name: Op, doc: string, example: string) => define({
  name, doc, example,
  operands: { x: reg },
  type: ({ x }): ResultType => {
    supported(name, name, "x", x);
    return { space: "reg", dtype: x.dtype, shape: broadcastOf(name, [["x", x]]) };
  },
  layout: throughElements,
  run: ({ x }, _, { out }) => compute(name, [x], out),
  emit: (e, { x }) => mapElements(e, [x], (a) => e.op(name, a)),
});

/** A function of two tiles of one type. */
const binary = (name: Op, doc: string, example: string) => define({
  name, doc, example,
  operands: { x: reg, y: reg },
  type: ({ x, y }): ResultType => {
    supported(name, name, "x", x);
    supported(name, name, "y", y);
    sameType(name, ["x", x], ["y", y]);
    return { space: "reg", dtype: x.dtype, shape: broadcastOf(name, [["x", x], ["y", y]]) };
  },
  layout: throughElements,
  run: ({ x, y }, _, { out }) => compute(name, [x, y], out),
  emit: (e, { x, y }) => mapElements(e, [x, y], (a, b) => e.op(name, a, b)),
});

/** A comparison; the equalities also take storage types, by value. */
const comparison = (name: Op, doc: string, sign: string) => define({
  name, doc, example: `let c = v ${sign} 0`,
  operands: { x: reg, y: reg },
  type: ({ x, y }): ResultType => {
    if (name !== "eq" && name !== "ne") { supported(name, name, "x", x); supported(name, name, "y", y); }
    sameType(name, ["x", x], ["y", y]);
    return { space: "reg", dtype: dtypeNamed("bool"), shape: broadcastOf(name, [["x", x], ["y", y]]) };
  },
  layout: throughElements,
  run: ({ x, y }, _, { out }) => compute(name, [x, y], out, tileValues),
  emit: (e, { x, y }) => mapElements(e, [x, y], (a, b) => {
    if (!x.dtype.storage) return e.op(name, a, b);
    const equal = equalCodes(e, x.dtype, a, b);
    return name === "eq" ? equal : e.op("not", equal);
  }),
});

/** A shift; the count is i32 or u32 and taken mod 32. */
const shift = (name: "shl" | "shr", doc: string, sign: string) => define({
  name, doc, example: `let c = (v as i32) ${sign} 2`,
  operands: { x: reg, y: { ...reg, doc: "the count, i32 or u32, taken mod 32" } },
  type: ({ x, y }): ResultType => {
    supported(name, name, "x", x);
    if (y.dtype.compute !== "i32" && y.dtype.compute !== "u32" || y.dtype.storage)
      fail({ code: "T0204", message: `'${name}' needs an i32 or u32 count`, label: `'y' is ${show(y)}`, help: "cast it: y as u32" });
    return { space: "reg", dtype: x.dtype, shape: broadcastOf(name, [["x", x], ["y", y]]) };
  },
  layout: throughElements,
  run: ({ x, y }, _, { out }) => compute(name, [x, y], out),
  emit: (e, { x, y }) => mapElements(e, [x, y], (a, n) => e.op(name, a, e.bits("u32", n))),
});

export const add = binary("add", "Sum.", "let c = v + v");
export const sub = binary("sub", "Difference.", "let c = v - 1");
export const mul = binary("mul", "Product.", "let c = v * v");
export const div = binary("div", "Quotient; integers truncate, and x / 0 is x.", "let c = v / 2");
export const rem = binary("rem", "Remainder with the sign of x; of integers, x % 0 is 0.", "let c = v % 3");
export const min = binary("min", "The smaller one.", "let c = min(v, 0)");
export const max = binary("max", "The larger one.", "let c = max(v, 0)");
export const pow = binary("pow", "x to the power of y.", "let c = pow(abs(v), 1.5)");
export const and = binary("and", "Both: bit by bit, or of truth values.", "let c = (v as i32) & 7");
export const or = binary("or", "Either: bit by bit, or of truth values.", "let c = (v as i32) | 1");
export const xor = binary("xor", "Exactly one: bit by bit, or of truth values.", "let c = (v as i32) ^ 1");
export const shl = shift("shl", "Shift to the left.", "<<");
export const shr = shift("shr", "Shift to the right; i32 keeps its sign.", ">>");
export const eq = comparison("eq", "Whether two values are equal.", "==");
export const ne = comparison("ne", "Whether two values differ.", "!=");
export const lt = comparison("lt", "Whether x is less than y.", "<");
export const le = comparison("le", "Whether x is at most y.", "<=");
export const gt = comparison("gt", "Whether x is greater than y.", ">");
export const ge = comparison("ge", "Whether x is at least y.", ">=");
export const neg = unary("neg", "The negative.", "let c = -v");
export const abs = unary("abs", "The absolute value.", "let c = abs(v)");
export const sign = unary("sign", "-1, 0 or 1.", "let c = sign(v)");
export const not = unary("not", "Every bit inverted, or the opposite truth value.", "let c = !(v > 0)");
export const exp = unary("exp", "e to the power of x.", "let c = exp(v)");
export const exp2 = unary("exp2", "2 to the power of x.", "let c = exp2(v)");
export const log = unary("log", "Natural logarithm.", "let c = log(abs(v) + 1)");
export const log2 = unary("log2", "Logarithm to base 2.", "let c = log2(abs(v) + 1)");
export const sqrt = unary("sqrt", "Square root.", "let c = sqrt(abs(v))");
export const rsqrt = unary("rsqrt", "One over the square root.", "let c = rsqrt(abs(v) + 1)");
export const sin = unary("sin", "Sine of radians.", "let c = sin(v)");
export const cos = unary("cos", "Cosine of radians.", "let c = cos(v)");
export const tanh = unary("tanh", "Hyperbolic tangent.", "let c = tanh(v)");
export const floor = unary("floor", "Largest integer that isn't greater.", "let c = floor(v)");
export const ceil = unary("ceil", "Smallest integer that isn't less.", "let c = ceil(v)");
export const trunc = unary("trunc", "The integer part.", "let c = trunc(v)");
export const round = unary("round", "Nearest integer, ties to even.", "let c = round(v)");
export const popcount = unary("popcount", "How many bits are one.", "let c = popcount(v as u32)");
export const clz = unary("clz", "How many zero bits lead.", "let c = clz(v as u32)");
export const ctz = unary("ctz", "How many zero bits trail.", "let c = ctz(v as u32)");

export const fma = define({
  name: "fma",
  doc: "x * y + z of floats; the GPU may or may not round the product.",
  example: "let c = fma(v, v, v)",
  operands: { x: reg, y: reg, z: reg },
  type: ({ x, y, z }): ResultType => {
    for (const [key, v] of [["x", x], ["y", y], ["z", z]] as const) supported("fma", "fma", key, v);
    sameType("fma", ["x", x], ["y", y]);
    sameType("fma", ["x", x], ["z", z]);
    return { space: "reg", dtype: x.dtype, shape: broadcastOf("fma", [["x", x], ["y", y], ["z", z]]) };
  },
  layout: throughElements,
  run: ({ x, y, z }, _, { out }) => compute("fma", [x, y, z], out),
  emit: (e, { x, y, z }) => mapElements(e, [x, y, z], (a, b, c) => e.op("fma", a, b, c)),
});

export const select = define({
  name: "select",
  doc: "Where the condition is true an element of x, elsewhere one of y.",
  example: "let c = select(v > 0, v, 0)",
  operands: { condition: { ...reg, apart: "bool", doc: "a bool tile" }, x: reg, y: reg },
  type: ({ condition, x, y }): ResultType => {
    if (condition.dtype.kind !== "bool")
      fail({ code: "T0217", message: "'select' needs a bool condition", label: `'condition' is ${show(condition)}`, help: "compare: condition != 0" });
    sameType("select", ["x", x], ["y", y]);
    return { space: "reg", dtype: x.dtype, shape: broadcastOf("select", [["condition", condition], ["x", x], ["y", y]]) };
  },
  layout: throughElements,
  run: ({ condition, x, y }, _, { out }) => compute("select", [condition, x, y], out),
  emit: (e, { condition, x, y }) => mapElements(e, [condition, x, y], (a, b, c) => e.op("select", a, b, c)),
});

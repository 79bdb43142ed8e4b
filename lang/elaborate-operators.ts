// Operations on whatever their operands are: numbers known now are computed now, run-time scalars become scalar
// expressions, and with a tile among them it is an instruction.
import { Diagnostic, fail, type Span } from "../diagnostic.ts";
import { compose, divide } from "../layout/index.ts";
import { constant, dtype as dtypeNamed, scalarOp, scalarTo, supports, type Argument, type Builder, type DType, type Op, type Scalar, type ScalarType, type Value } from "../vm/index.ts";
import type { Expr } from "./ast.ts";
import { numberOp } from "./elaborate-numbers.ts";
import { boolean, building, describe, float, fromScalar, int, INSTRUCTION, silent, step, tile, wrongKind, type Cx, type Thing } from "./elaborate-values.ts";

/** What an operator is called and what it does. */
export const infix: Readonly<Record<string, Op>> = {
  "+": "add", "-": "sub", "*": "mul", "/": "div", "%": "rem", "&": "and", "|": "or", "^": "xor", "<<": "shl", ">>": "shr", "&&": "and", "||": "or",
  "==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge",
};

export const isScalarType = (name: string): name is ScalarType => name === "i32" || name === "u32" || name === "f32" || name === "bool";

/** A number or scalar as a scalar. Literals take `type` where they can. @throws Diagnostic T0506, T0402 */
export function toScalar(t: Thing, type: ScalarType | undefined, span: Span, cx: Cx, want = "a number"): Scalar {
  switch (t.kind) {
    case "scalar": return t.value;
    case "bool": return constant(t.value ? 1 : 0, "bool");
    case "float": return constant(Math.fround(t.value), "f32");
    case "int": {
      if (type === "f32") return constant(Math.fround(t.value), "f32");
      const as = type === "u32" ? "u32" : "i32", [lo, hi] = as === "u32" ? [0, 2 ** 32 - 1] : [-(2 ** 31), 2 ** 31 - 1];
      if (t.value < lo || t.value > hi) fail({ code: "T0506", message: `${t.value} is no ${as}`, span, label: `${as} holds ${lo} to ${hi}`, help: "use a smaller number, or floats" });
      return constant(t.value, as);
    }
    default: return wrongKind(t, want, span, cx, t.kind === "tile" && t.value.space === "reg" ? "'scalar(x)' makes a tile of one element a number for the whole block" : undefined);
  }
}

/** What a thing is as an operand of an instruction. */
export function toArgument(t: Thing, span: Span, cx: Cx, want = "a tile or a number"): Argument {
  switch (t.kind) {
    case "tile": case "scalar": case "int": return t.value;
    case "float": return constant(t.value, "f32"); // 1.0 is a float, too
    case "bool": return constant(t.value ? 1 : 0, "bool");
    default: return wrongKind(t, want, span, cx);
  }
}

/** The text of an operand, for messages that propose what to write. */
const textOf = (e: Expr): string => (e.kind === "name" ? e.text : e.kind === "number" ? e.text : "…");

/** Memory must be loaded before it is computed with. Without a place the builder says so. */
function inRegisters(t: Thing, e: Expr | undefined): Thing {
  if (t.kind !== "tile" || t.value.space === "reg" || !e) return t;
  const name = textOf(e);
  return fail({ code: "T0105", message: `arithmetic is done on register tiles, not on ${t.value.space === "shared" ? "shared tiles" : "tensors"}`, span: e.span, label: `this is ${describe(t)}`, help: `load it first: load(${name}${t.value.space === "shared" ? "" : "[start +: width]"})` });
}

/** Operators have no operand names, so that messages speak of the sides, or of what is written there. */
function inOperandsWords<T>(parts: readonly Expr[] | undefined, f: () => T): T {
  try { return f(); } catch (x) {
    const { label, help } = x instanceof Diagnostic ? x.data : {};
    if (!(x instanceof Diagnostic) || parts?.length !== 2 || (!label && !help)) throw x;
    const [left, right] = parts.map(textOf);
    const side = (key: string): string => (key === "x" ? (left === "…" ? "the left side" : `'${left}'`) : right === "…" ? "the right side" : `'${right}'`);
    throw new Diagnostic({
      ...x.data, label: label?.replace(/'([xy])' is/g, (_, key: string) => `${side(key)} is`),
      help: help?.replace(/\b([xy]) as /g, (_, key: string) => `${key === "x" ? left.replace("…", "(…)") : right.replace("…", "(…)")} as `),
    });
  }
}

const KEYS: readonly string[] = ["x", "y", "z"];

/** Applies an element-wise operation. `parts` are the operands as written, for messages. */
export function apply(op: Op, args: readonly Thing[], span: Span, cx: Cx, parts?: readonly Expr[]): Thing {
  if (args.some((a) => a.kind === "poison")) return silent();
  const known = args.filter((a) => a.kind === "int" || a.kind === "float" || a.kind === "bool");
  if (known.length === args.length) {
    if (op === "select" && args[0].kind === "bool") return args[0].value ? args[1] : args[2];
    return numberOp(op, known, { span, exact: cx.exact, ...(parts ? { texts: parts.map(textOf) } : {}) }) ?? refuse(op, args, span);
  }
  if (args.some((a) => a.kind === "tile")) {
    step(cx.state, span, INSTRUCTION);
    const b = building(cx, span), keys = op === "select" ? ["condition", "x", "y"] : KEYS;
    const given = args.map((a, i) => toArgument(inRegisters(a, parts?.[i]), parts?.[i]?.span ?? span, cx));
    b.at(span);
    const operands = Object.fromEntries((cx.mixed ? promoted(b, op, given) : given).map((a, i) => [keys[i], a]));
    const out = inOperandsWords(parts, () => b.inst(op, operands));
    return out && "space" in out ? tile(out) : refuse(op, args, span);
  }
  if (args.some((a) => a.kind === "scalar")) return fromScalar(scalars(op, args, span, cx));
  const [a, c] = args;
  if (a.kind === "layout" && c?.kind === "layout") {
    if (op === "mul") return { kind: "layout", value: compose(a.value, c.value) };
    if (op === "div") return { kind: "layout", value: divide(a.value, c.value) };
  }
  if ((op === "eq" || op === "ne") && a.kind === "dtype" && c.kind === "dtype") return boolean((a.value.name === c.value.name) === (op === "eq"));
  return refuse(op, args, span);
}

/** Operands of one type: where one is a float, integers become floats. */
function promoted(b: Builder, op: Op, args: readonly Argument[]): readonly Argument[] {
  const first = op === "select" ? 1 : 0, operands = args.slice(first), float = (a: Argument): boolean => (typeof a === "number" ? !Number.isInteger(a) : "space" in a ? a.dtype.name === "f32" : a.type === "f32");
  if (op === "shl" || op === "shr" || !operands.some(float)) return args;
  const whole = (a: Argument): a is Value => typeof a === "object" && "space" in a && (a.dtype.name === "i32" || a.dtype.name === "u32");
  return [...args.slice(0, first), ...operands.map((a) => (whole(a) ? b.cast({ x: a }, { to: dtypeNamed("f32") }) : a))];
}

function refuse(op: Op, args: readonly Thing[], span: Span): never {
  const sign = Object.entries(infix).find(([, name]) => name === op)?.[0];
  const what = args.map(describe).join(args.length === 2 ? " and " : ", ");
  const bools = args.some((a) => a.kind === "bool") && args.some((a) => a.kind !== "bool");
  fail({
    code: "T0507", message: `'${sign ?? op}' isn't for ${what}`, span,
    help: bools ? "compare first, so that both sides are true or false" : args.some((a) => a.kind === "layout") ? "layouts are multiplied and divided by layouts" : `give '${sign ?? op}' numbers or tiles that it is defined on`,
  });
}

/** An operation on scalars and numbers, at least one of them a scalar. */
function scalars(op: Op, args: readonly Thing[], span: Span, cx: Cx): Scalar {
  const models = op === "select" ? args.slice(1) : args;
  const model = models.find((a) => a.kind === "scalar");
  const type = model?.kind === "scalar" ? model.value.type : undefined;
  const xs = args.map((a, i) => toScalar(a, op === "select" && i === 0 ? "bool" : type, span, cx));
  const own = xs[op === "select" ? 1 : 0].type;
  if (!supports(op, own))
    fail({ code: "T0507", message: `'${op}' isn't for scalars of ${own}`, span, help: own === "bool" ? "compare numbers, or combine conditions with && and ||" : `convert it first: … as ${own === "f32" ? "i32" : "f32"}` });
  if (op === "select" && xs[0].type !== "bool") fail({ code: "T0507", message: `a condition must be true or false, not ${xs[0].type}`, span, help: "compare: … != 0" });
  if (op === "shl" || op === "shr") {
    if (xs[1].type !== "i32" && xs[1].type !== "u32") fail({ code: "T0507", message: `a shift count is an integer, not ${xs[1].type}`, span, help: "convert it: … as i32" });
    return scalarOp(op, xs[0], scalarTo("u32", xs[1]));
  }
  return scalarOp(op, ...xs);
}

/** `x as T`: the value itself if T has it, else the nearest. */
export function cast(t: Thing, to: DType, span: Span, cx: Cx): Thing {
  switch (t.kind) {
    case "poison": return silent();
    case "int": case "float": case "bool": {
      const value = to.decode(to.encode(Number(t.value)));
      if (to.kind === "bool") return boolean(value !== 0);
      return to.compute === "f32" || to.compute === "f16" ? float(value) : int(value);
    }
    case "scalar": return castScalar(t.value, to, span, cx);
    case "tile": {
      const b = building(cx, span);
      b.at(span);
      return tile(b.cast({ x: t.value }, { to }));
    }
    default: return wrongKind(t, "a tile or a number", span, cx, "'as' converts values between number types");
  }
}

function castScalar(s: Scalar, to: DType, span: Span, cx: Cx): Thing {
  if (!isScalarType(to.name)) {
    // There are no scalars of other types, but tiles of one element broadcast as scalars do.
    const b = building(cx, span);
    b.at(span);
    return tile(b.cast({ x: b.fill({}, { value: s, dtype: dtypeNamed(s.type), shape: [] }) }, { to }));
  }
  if (s.type === to.name) return fromScalar(s);
  if (to.name === "i32" || to.name === "u32") {
    if (s.type === "f32") return fromScalar(scalarTo(to.name, scalarOp("round", s)));
    // i32 and u32 clamp instead of keeping the bits.
    if (s.type === "i32") return fromScalar(scalarTo("u32", scalarOp("max", s, constant(0))));
    if (s.type === "u32") return fromScalar(scalarTo("i32", scalarOp("min", s, constant(2 ** 31 - 1, "u32"))));
  }
  return fromScalar(scalarTo(to.name, s));
}

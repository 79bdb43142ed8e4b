// Expressions: the tree is walked once; what is known is computed, the rest becomes scalars and instructions.
import { Diagnostic, fail } from "../diagnostic.ts";
import { dtype as dtypeNamed, isDType, type DType } from "../vm/index.ts";
import type { Binary, Compare, Expr, Name, Unary } from "./ast.ts";
import { builtins } from "./builtins.ts";
import { call, callable } from "./elaborate-calls.ts";
import { readCell } from "./elaborate-cells.ts";
import { member } from "./elaborate-members.ts";
import { apply, cast, infix } from "./elaborate-operators.ts";
import { packing, packingNames } from "./elaborate-packing.ts";
import { subscript } from "./elaborate-subscript.ts";
import { boolean, describe, float, int, silent, step, wrongKind, placed, tile, type Cx, type Thing } from "./elaborate-values.ts";
import { lookup, unknownName } from "./names.ts";

/** A tree has up to 1,024 levels; functions called from functions add theirs. */
const MAX_LEVELS = 1400;

/**
 * The value of an expression.
 * @throws Diagnostic at the innermost expression that is wrong
 */
export function evaluate(e: Expr, cx: Cx): Thing {
  const { state } = cx;
  step(state, e.span);
  state.levels++;
  try {
    if (state.levels > MAX_LEVELS) fail({ code: "R0302", message: "expressions are nested too deep here", help: "give inner parts names with 'let', and call fewer functions from functions" });
    return dispatch(e, cx);
  } catch (x) { throw x instanceof Diagnostic ? x.at(e.span) : x; } finally { state.levels--; }
}

function dispatch(e: Expr, cx: Cx): Thing {
  switch (e.kind) {
    case "number": return e.float ? float(e.value) : int(e.value);
    case "bool": return boolean(e.value);
    case "string": return { kind: "string", value: e.value };
    case "name": return named(e, cx);
    case "unary": return unary(e, cx);
    case "binary": return binary(e, cx);
    case "compare": return compare(e, cx);
    case "cast": return cast(evaluate(e.operand, cx), numberType(e.to, cx), e.span, cx);
    case "call": return call(e, cx);
    case "index": return subscript(e, cx);
    case "list": return { kind: "list", items: e.items.map((x) => evaluate(x, cx)) };
    case "member": return member(e, cx);
    case "tuple": return { kind: "list", items: e.items.map((x) => { const t = evaluate(x, cx); return t.kind === "nothing" ? wrongKind(t, "a value", x.span, cx) : t; }) };
    case "flat": case "placed": return fail({ code: "L0402", message: "this is only written in a packing", span: e.span, help: "packings stand behind '@' in the type of a tensor" });
    case "error": return silent();
    default: return e satisfies never;
  }
}

/** Names that mean something without being defined, for "did you mean". */
export const known = (): string[] => [...Object.keys(packingNames), ...Object.keys(builtins), ...callable.keys(), "threads"];

function named(e: Name, cx: Cx): Thing {
  const own = lookup(cx.scope, e.text);
  if (own) {
    const t = own.thing();
    return t.kind === "poison" ? silent() : t.kind === "cell" ? readCell(t, e.span, cx) : t.kind === "field" ? tile(placed(e.span, t.load)) : t;
  }
  if (e.text === "threads") return cx.state.threads === undefined ? fail({ code: "N0111", message: "the number of threads isn't known here", span: e.span, help: "'threads' is for the body of a kernel" }) : int(cx.state.threads);
  if (Object.hasOwn(packingNames, e.text)) return { kind: "packing", of: (axes) => packing(e, axes, cx) };
  if (isDType(e.text)) return { kind: "dtype", value: dtypeNamed(e.text) };
  if (callable.has(e.text) || Object.hasOwn(builtins, e.text)) {
    const what = callable.get(e.text)?.example ?? builtins[e.text]?.example;
    fail({ code: "N0111", message: `'${e.text}' is a function and has to be called`, span: e.span, label: "not a value", help: `write, for example: ${what}` });
  }
  return unknownName(cx.scope, e, known(), cx.state.lost);
}

/** The number type that a name in a type or behind `as` stands for. @throws Diagnostic N0110, T0402 */
export function numberType(name: Name, cx: Cx): DType {
  const own = lookup(cx.scope, name.text);
  if (!own) {
    if (cx.state.lost.has(name.text) && !isDType(name.text)) silent();
    try { return dtypeNamed(name.text); } catch (x) { throw x instanceof Diagnostic ? x.at(name.span) : x; }
  }
  const t = own.thing();
  if (t.kind === "format" && isDType(name.text)) return dtypeNamed(name.text); // a format may be called what its numbers are
  return t.kind === "dtype" ? t.value : wrongKind(t, "a number type", name.span, cx, t.kind === "format" ? "tensors that a kernel is given may be of a format; tiles hold numbers, and load(w[…]) makes them" : `'${name.text}' is ${describe(t)}; number types are f16, u3, b1, … and parameters of kind dtype`);
}

function unary(e: Unary, cx: Cx): Thing {
  const x = evaluate(e.operand, cx);
  if (e.op === "-") return apply("neg", [x], e.span, cx, [e.operand]);
  const truth = x.kind === "bool" || (x.kind === "scalar" && x.value.type === "bool") || (x.kind === "tile" && x.value.dtype.kind === "bool");
  if (x.kind !== "poison" && truth !== (e.op === "!"))
    fail({ code: "T0507", message: `'${e.op}' isn't for ${describe(x)}`, span: e.span, help: e.op === "!" ? "'!' is for truth values: compare first, or write '~' to invert bits" : "'~' is for bits: write '!' for the opposite truth value" });
  return apply("not", [x], e.span, cx, [e.operand]);
}

function binary(e: Binary, cx: Cx): Thing {
  // Chains such as a + b + c … lean to the left and may be long.
  const todo: Binary[] = [];
  let at: Expr = e;
  while (at.kind === "binary") { todo.push(at); at = at.left; }
  let x = evaluate(at, cx);
  for (let b = todo.pop(); b; b = todo.pop()) x = combine(b, x, cx);
  return x;
}

function combine(e: Binary, x: Thing, cx: Cx): Thing {
  if (x.kind === "poison") return silent();
  if (e.op === "++") fail({ code: "L0402", message: "'++' is only written in a packing", span: e.opSpan, help: "packings stand behind '@' in the type of a tensor" });
  if (e.op === "&&" || e.op === "||") return logical(e, x, cx);
  const y = evaluate(e.right, cx);
  return apply(infix[e.op], [x, y], e.span, cx, [e.left, e.right]);
}

/** `&&` and `||`: what is decided by the left side alone doesn't look at the right. */
function logical(e: Binary, x: Thing, cx: Cx): Thing {
  truthValue(x, e.op, e.left, cx);
  if (x.kind === "bool" && x.value === (e.op === "||")) return x;
  const y = evaluate(e.right, cx);
  truthValue(y, e.op, e.right, cx);
  return x.kind === "bool" ? y : y.kind === "bool" && y.value === (e.op === "&&") ? x : apply(infix[e.op], [x, y], e.span, cx);
}

function truthValue(t: Thing, op: string, e: Expr, cx: Cx): void {
  if (t.kind === "bool" || (t.kind === "scalar" && t.value.type === "bool") || (t.kind === "tile" && t.value.dtype.kind === "bool")) return;
  wrongKind(t, "true or false", e.span, cx, `'${op}' joins conditions: compare first, or write '${op[0]}' to combine bits`);
}

/** `a < b <= c` is `a < b && b <= c`, and b is evaluated once. */
function compare(e: Compare, cx: Cx): Thing {
  const things = e.operands.map((x) => evaluate(x, cx));
  const links = e.ops.map((op, i) => {
    const [left, right] = [e.operands[i], e.operands[i + 1]];
    return apply(infix[op], [things[i], things[i + 1]], { ...e.span, start: left.span.start, end: right.span.end }, cx, [left, right]);
  });
  return links.reduce((a, b) => (a.kind === "bool" ? (a.value ? b : a) : b.kind === "bool" ? (b.value ? a : b) : apply("and", [a, b], e.span, cx)));
}

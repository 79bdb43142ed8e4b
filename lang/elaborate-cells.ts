// Numbers of the whole block that change: `var i: i32 = 0`, `i += 1`. Naming one reads it; what is read is a value, which
// doesn't change when the variable does.
import { fail, type Span } from "../diagnostic.ts";
import type { Scalar, ScalarType } from "../vm/index.ts";
import type { Assign, Expr, TypeExpr, Var } from "./ast.ts";
import { numberType } from "./elaborate-expressions.ts";
import { apply, infix, isScalarType, toScalar } from "./elaborate-operators.ts";
import { building, describe, showScalar, wrongKind, type Cx, type Thing } from "./elaborate-values.ts";
import { bind } from "./names.ts";

/** The type of a number that is written without sizes. @throws Diagnostic T0512 */
export function scalarType(t: TypeExpr, what: string, cx: Cx): ScalarType {
  const type = numberType(t.dtype, cx).name;
  if (t.layout) fail({ code: "T0512", message: `${what} is one number of the block and has no layout`, span: t.layout.span, help: `write ${t.dtype.text}[] @ … for a tile of one element` });
  return isScalarType(type) ? type : fail({ code: "T0512", message: `${what} needs a shape: there are no ${type} numbers of the block`, span: t.span, label: "sizes are missing", help: `write ${t.dtype.text}[64, 64], or ${t.dtype.text}[] for a tile of one element; numbers of the block are i32, u32, f32 or bool` });
}

/** A thing as a number of the block of this type; literals take it where they can. */
export function numberOf(t: Thing, type: ScalarType, span: Span, what: string, cx: Cx): Scalar {
  if (t.kind === "tile") fail({ code: "R0316", message: `${what} is one number of the block, but this may differ from element to element`, span, label: `this is ${describe(t)}`, help: `make it one number: scalar(…) takes a tile of one element; or give ${what} sizes, to make it a tile` });
  const s = toScalar(t, type, span, cx, `a number of type ${type}`);
  return s.type === type ? s : fail({ code: "T0515", message: `${what} is ${type}, the value is ${s.type}`, span, label: `this is ${t.kind === "scalar" ? showScalar(s, cx.state) : describe(t)}`, help: `convert it: … as ${type}` });
}

/** The type that a variable takes from its first value, if that makes it a number of the block. */
const typeFrom = (t: Thing): ScalarType | undefined => (t.kind === "int" ? "i32" : t.kind === "float" ? "f32" : t.kind === "bool" ? "bool" : t.kind === "scalar" ? t.value.type : undefined);

/** Declares a number that changes; false if the statement is about a tile. */
export function declareCell(s: Var, init: Thing | undefined, cx: Cx): boolean {
  const what = `'${s.name.text}'`, type = s.type ? (s.type.shape ? undefined : scalarType(s.type, what, cx)) : init && typeFrom(init);
  if (!type) return false;
  if (!init || !s.init) return fail({ code: "T0521", message: `${what} needs a first value`, span: s.span, help: `write var ${s.name.text}: ${type} = ${type === "bool" ? "false" : "0"}` });
  const b = building(cx, s.span), value = numberOf(init, type, s.init.span, what, cx);
  b.at(s.span);
  bind(cx.scope, s.name, "var", { kind: "cell", value: b.cell(s.name.text, value), name: s.name });
  return true;
}

/** What a variable holds now. */
export function readCell(t: Extract<Thing, { kind: "cell" }>, span: Span, cx: Cx): Thing {
  const b = building(cx, span);
  b.at(span);
  const value = b.get(t.value);
  if (value.kind === "symbol" && !cx.state.symbols.has(value.id)) cx.state.symbols.set(value.id, { name: t.name.text, span: t.name.span, range: undefined });
  return { kind: "scalar", value };
}

/** `i = e` and `i += e`. */
export function assignCell(s: Assign, t: Extract<Thing, { kind: "cell" }>, value: (e: Expr) => Thing, cx: Cx): void {
  const b = building(cx, s.span), given = value(s.value);
  if (given.kind === "nothing") wrongKind(given, "a value", s.value.span, cx);
  const next = s.op === "=" || given.kind === "tile" ? given : apply(infix[s.op.slice(0, -1)], [readCell(t, s.target.span, cx), given], s.span, cx);
  const number = numberOf(next, t.value.type, s.value.span, `'${t.name.text}'`, cx);
  b.at(s.span);
  b.set(t.value, number);
}

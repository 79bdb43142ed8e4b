// Compile-time arguments that the language itself gives: to the kernel of a step, and to a format.
import type { Packing } from "../layout/index.ts";
import type { Arg, ComptimeKind } from "./ast.ts";
import { asBool, asDtype, asInt, asLayout, wrongKind, type AxisNames, type Cx } from "./elaborate-values.ts";

/** A compile-time argument as `specialise` takes it. */
export function comptimeValue(of: ComptimeKind, { value: e }: Arg, cx: Cx): unknown {
  const t = cx.state.evaluate(e, of === "layout" ? { ...cx, exact: "layout" } : cx);
  switch (of) {
    case "int": return asInt(t, e.span, cx);
    case "float": return t.kind === "int" || t.kind === "float" ? t.value : wrongKind(t, "a compile-time number", e.span, cx);
    case "bool": return asBool(t, e.span, cx);
    case "dtype": return asDtype(t, e.span, cx).name;
    case "layout": return asLayout(t, e.span, cx);
    case "packing": return t.kind === "packing" ? (axes: AxisNames): Packing => t.of(axes) : wrongKind(t, "a packing", e.span, cx, "write dense, planes or packed(L)");
    case "format": return t.kind === "format" ? t.value() : wrongKind(t, "a format", e.span, cx, "name a format");
    default: return of satisfies never;
  }
}

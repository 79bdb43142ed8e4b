// Axes and fields of a format: where its packed parts lie.
import { fail } from "../diagnostic.ts";
import type { FieldAxis, FieldSpec, FormatAxis } from "../vm/index.ts";
import type { Dim, Expr, FormatField } from "./ast.ts";
import { numberType } from "./elaborate-expressions.ts";
import { packing } from "./elaborate-packing.ts";
import { asInt, type Cx } from "./elaborate-values.ts";

/** `k`, or `k: 32` where elements come in blocks. */
export function axisOf(d: Dim, cx: Cx): FormatAxis {
  if (!d.axis) return d.size.kind === "name" ? { name: d.size.text, block: undefined } : fail({ code: "T0703", message: "an axis of a format has a name", span: d.span, help: "write [k], or [k: 32] for blocks of 32" });
  const block = asInt(cx.state.evaluate(d.size, { ...cx, exact: "shape" }), d.size.span, cx);
  if (block < 1 || block > 2 ** 16) fail({ code: "T0703", message: `a block can't have ${block} elements`, span: d.size.span, help: "blocks have 1 to 65536 elements" });
  return { name: d.axis.text, block };
}

/** A field. @throws Diagnostic T0703, N0110, L04xx and others at the part of the declaration that is wrong */
export function fieldOf(m: FormatField, axes: readonly FormatAxis[], cx: Cx): FieldSpec {
  const { type } = m, laid = type.layout;
  const own = type.shape ? type.shape.map((d) => fieldAxis(d, axes, cx)) : mentioned(laid, axes);
  return {
    name: m.name.text, doc: m.doc, dtype: numberType(type.dtype, cx), axes: own, beside: m.beside, span: m.span,
    ...(laid ? { packing: packing(laid, own.map((a) => a.name), cx), ...(placed(laid) ? { at: 0 } : {}) } : {}),
  };
}

/** Whether a packing says itself where its pieces lie: then they are counted from the block's first bit. */
const placed = (e: Expr): boolean => e.kind === "placed" || (e.kind === "binary" && e.op === "|" && (placed(e.left) || placed(e.right)));

/** A field without written axes has those that its packing speaks of, in the format's order. */
function mentioned(e: Expr | undefined, axes: readonly FormatAxis[]): FieldAxis[] {
  const found = new Set<string>(), todo: unknown[] = [e];
  while (todo.length) {
    const x = todo.pop();
    if (typeof x !== "object" || x === null) continue;
    if ("kind" in x && x.kind === "name" && "text" in x) found.add(String(x.text));
    todo.push(...Object.values(x).filter((v) => typeof v === "object"));
  }
  return axes.flatMap((a, axis) => (found.has(a.name) ? [{ name: a.name, axis, div: 1, mod: 0 }] : []));
}

/** `i`, `i / 32`, `i % 16`, `i / 2 % 4`, or one of these with a name for the packing: `j: i / 32`. */
function fieldAxis(d: Dim, axes: readonly FormatAxis[], cx: Cx): FieldAxis {
  const cut = (e: Expr): Omit<FieldAxis, "name"> => {
    if (e.kind === "name") {
      const axis = axes.findIndex((a) => a.name === e.text);
      if (axis >= 0) return { axis, div: 1, mod: 0 };
    }
    if (e.kind === "binary" && (e.op === "/" || e.op === "%")) {
      const of = cut(e.left), by = asInt(cx.state.evaluate(e.right, { ...cx, exact: "shape" }), e.right.span, cx);
      if (by < 1) fail({ code: "T0703", message: `an index can't be cut by ${by}`, span: e.right.span, help: "give a positive integer" });
      if (e.op === "%") return { ...of, mod: of.mod === 0 ? by : Math.min(of.mod, by) };
      if (of.mod === 0) return { ...of, div: of.div * by };
      if (of.mod % by === 0) return { axis: of.axis, div: of.div * by, mod: of.mod / by };
    }
    return fail({ code: "T0703", message: "an axis of a field is cut from an axis of the format", span: e.span, help: `write ${axes.map((a) => a.name).join(", ")}, or a part of one: ${axes[0].name} / 32, ${axes[0].name} % 16` });
  };
  return { name: d.axis?.text ?? (d.size.kind === "name" ? d.size.text : undefined), ...cut(d.size) };
}

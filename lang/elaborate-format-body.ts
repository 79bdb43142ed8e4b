// What a format computes: the value of its elements, and its fields from numbers.
import { fail, type Span } from "../diagnostic.ts";
import { dtype as dtypeNamed, type Builder, type FieldSpec, type FormatAxis, type FormatEncoding, type FormatReading, type Value } from "../vm/index.ts";
import type { Block, Expr, FormatEncode, FormatItem, FormatValue, Name } from "./ast.ts";
import { numberType } from "./elaborate-expressions.ts";
import { describe, silent, tile, wrongKind, type Cx, type Thing } from "./elaborate-values.ts";
import { bind, child } from "./names.ts";

const named = (text: string, { span }: Name): Name => ({ kind: "name", text, span });

/** A body's result, be it an expression or a block with `return`. */
const result = (body: Expr | Block, cx: Cx): Thing => (body.kind === "block" ? cx.state.block(body, { ...cx, scope: child(cx.scope) }) : cx.state.evaluate(body, cx));

/** The values of a window's elements, from its fields. */
export function valueIn(v: FormatValue, r: FormatReading, item: FormatItem, axes: readonly FormatAxis[], fields: readonly FieldSpec[], cx: Cx): Value {
  for (const f of fields) bind(cx.scope, named(f.name, item.name), "field", { kind: "field", name: f.name, load: () => r.field(f.name), pick: (axis, at) => r.pick(f.name, axis, at) });
  for (const a of axes) if (!cx.scope.own.has(a.name)) bind(cx.scope, named(a.name, item.name), "field", { kind: "field", name: a.name, load: () => r.index(a.name) });
  const t = result(v.body, cx), { b } = r, to = v.to ? numberType(v.to, cx) : dtypeNamed("f32");
  if (to.name !== "f32" && to.name !== "f16") fail({ code: "T0703", message: `a value is f32 or f16, not ${to.name}`, span: v.to?.span ?? v.span, help: "leave the type out for f32" });
  b.at(v.body.span);
  const x = asTile(t, r.shape, v.body, b, cx), whole = x.shape.length === r.shape.length && x.shape.every((n, d) => n === r.shape[d]) ? x : b.expand({ x }, { shape: r.shape });
  return whole.dtype.name === to.name ? whole : b.cast({ x: whole }, { to });
}

/** A tile, or a number as a tile of this shape. */
function asTile(t: Thing, shape: readonly number[], at: Expr | Block, b: Builder, cx: Cx): Value {
  if (t.kind === "tile" && t.value.space === "reg") return t.value;
  if (t.kind === "int" || t.kind === "float") return b.fill({}, { value: t.value, dtype: dtypeNamed(t.kind === "int" ? "i32" : "f32"), shape });
  return wrongKind(t, "a tile of numbers", at.span, cx, "compute it from the fields: (q - 8) * d");
}

/** `encode(x)`, for messages. */
export const headOf = (m: FormatEncode): Span => ({ ...m.span, end: m.of.span.end + 1 });

/** The fields that an encoding makes: what its block calls by their names in the end. */
export function fieldsIn(m: FormatEncode, e: FormatEncoding, fields: readonly FieldSpec[], item: FormatItem, cx: Cx): Readonly<Record<string, Value>> {
  const once = (f: FieldSpec): boolean => f.beside === true && f.axes.length === 0;
  for (const f of fields) if (once(f)) bind(cx.scope, named(f.name, item.name), "field", { kind: "field", name: f.name, load: () => e.field(f.name) });
  const inner: Cx = { ...cx, scope: child(cx.scope) };
  bind(inner.scope, m.of, "argument", tile(e.x));
  cx.state.block(m.body, inner);
  return Object.fromEntries(fields.flatMap((f): [string, Value][] => {
    const t = inner.scope.own.get(f.name)?.thing();
    if (!t && once(f)) return [];
    if (!t) return fail({ code: "T0708", message: `'encode' of ${item.name.text} makes no '${f.name}'`, span: headOf(m), help: `let ${f.name} = …, in the block itself` });
    if (t.kind === "poison") return silent();
    if (t.kind !== "tile" && t.kind !== "int" && t.kind !== "float") return wrongKind(t, "a tile of numbers", m.span, cx, `'${f.name}' is ${describe(t)} in the end`);
    return [[f.name, asTile(t, [1], m.body, e.b, cx)]];
  }));
}

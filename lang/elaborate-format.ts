// Formats: a declaration with its compile-time parameters becomes a Format of the VM. Its `value` and `encode` are elaborated anew wherever a
// tensor of the format is loaded or stored, as functions are, in a scope where fields and axes are names.
import { Diagnostic, fail } from "../diagnostic.ts";
import { dense, type Packing } from "../layout/index.ts";
import { defineFormat, dtype as dtypeNamed, type Builder, type FieldAxis, type FieldSpec, type Format, type FormatAxis, type FormatEncoding, type FormatReading, type Value } from "../vm/index.ts";
import type { Block, Dim, Expr, FormatEncode, FormatField, FormatItem, FormatValue, Name } from "./ast.ts";
import { bindComptime, knowsAll } from "./comptime.ts";
import { numberType } from "./elaborate-expressions.ts";
import { packing } from "./elaborate-packing.ts";
import { asBool, asInt, describe, silent, tile, wrongKind, type Cx, type FormatTemplate, type State, type Thing } from "./elaborate-values.ts";
import { bind, child, type Scope } from "./names.ts";

/** Makes the state of one elaboration; errors that are reported and not thrown go to the list. */
export type NewState = (errors: Diagnostic[]) => State;

/** Elaborates apart from the kernel around: the first error is thrown. */
function apart<T>(state: NewState, scope: Scope, b: Builder | undefined, f: (cx: Cx) => T): T {
  const errors: Diagnostic[] = [], own: Cx = { b, scope, exact: undefined, mixed: true, around: { function: true, loop: undefined, choice: false, running: false }, state: state(errors) };
  try {
    const made = f(own);
    if (!errors.length) return made;
  } catch (x) {
    if (!(x instanceof Diagnostic) || !errors.length) throw x;
  }
  throw errors[0];
}

/** A declared format; parameters are given as to `specialise`. Formats for the same parameters are one. */
export function formatTemplate(item: FormatItem, file: Scope, state: NewState): FormatTemplate {
  const made = new Map<string, Format>();
  return Object.freeze({
    item,
    make(given: Readonly<Record<string, unknown>>): Format {
      const plain = Object.values(given).every((x) => typeof x !== "function" && typeof x !== "object"), key = plain ? JSON.stringify(given) : undefined;
      const known = key === undefined ? undefined : made.get(key);
      if (known) return known;
      const f = apart(state, child(file), undefined, (cx) => make(item, given, cx, state));
      if (key !== undefined) made.set(key, f);
      return f;
    },
  });
}

function make(item: FormatItem, given: Readonly<Record<string, unknown>>, cx: Cx, state: NewState): Format {
  knowsAll(item, given);
  for (const c of item.comptime) bindComptime(item, c, Object.hasOwn(given, c.name.text) ? given[c.name.text] : undefined, cx);
  const axes = item.axes.map((d) => axisOf(d, cx)), fields: FieldSpec[] = [];
  let value: FormatValue | undefined, encode: FormatEncode | undefined;
  for (const m of item.members)
    switch (m.kind) {
      case "const": bind(cx.scope, m.name, "const", cx.state.evaluate(m.init, cx)); break;
      case "require": {
        if (!asBool(cx.state.evaluate(m.cond, cx), m.cond.span, cx)) fail({ code: "T0103", message: m.message ? `requirement not met: ${m.message.value}` : "a requirement is not met", span: m.cond.span, label: "this is false here", help: "choose other compile-time parameters" });
        break;
      }
      case "field": fields.push(fieldOf(m, axes, cx)); break;
      case "value": if (value) fail({ code: "T0702", message: "a format has one 'value'", span: m.span, labels: [{ span: value.span, message: "the first one" }], help: "remove one" }); value = m; break;
      case "encode": if (encode) fail({ code: "T0702", message: "a format has one 'encode'", span: m.span, labels: [{ span: encode.span, message: "the first one" }], help: "remove one" }); encode = m; break;
      case "error": silent(); break;
      default: m satisfies never;
    }
  if (!value) return fail({ code: "T0702", message: `format '${item.name.text}' has no value`, span: item.name.span, help: "say what an element is: value = (q - 8) * d" });
  const of = value, by = encode, { scope } = cx;
  try {
    return defineFormat({
      name: item.name.text, doc: item.doc ?? "", axes, fields,
      value: (r) => apart(state, child(scope), r.b, (inner) => valueIn(of, r, item, axes, fields, inner)),
      ...(by ? { encode: (e: FormatEncoding) => apart(state, child(scope), e.b, (inner) => fieldsIn(by, e, fields, item, inner)) } : {}),
    });
  } catch (x) { throw x instanceof Diagnostic ? x.at(item.name.span) : x; }
}

/** `k`, or `k: 32` where elements come in blocks. */
function axisOf(d: Dim, cx: Cx): FormatAxis {
  if (!d.axis) return d.size.kind === "name" ? { name: d.size.text, block: undefined } : fail({ code: "T0703", message: "an axis of a format has a name", span: d.span, help: "write [k], or [k: 32] for blocks of 32" });
  const block = asInt(cx.state.evaluate(d.size, { ...cx, exact: "shape" }), d.size.span, cx);
  if (block < 1 || block > 2 ** 16) fail({ code: "T0703", message: `a block can't have ${block} elements`, span: d.size.span, help: "blocks have 1 to 65536 elements" });
  return { name: d.axis.text, block };
}

// ── fields ──

function fieldOf(m: FormatField, axes: readonly FormatAxis[], cx: Cx): FieldSpec {
  const { type } = m, at = type.layout?.kind === "placed" && !type.layout.stride ? type.layout : undefined, laid = at ? at.operand : type.layout;
  const own = type.shape ? type.shape.map((d) => fieldAxis(d, axes, cx)) : mentioned(laid, axes);
  return {
    name: m.name.text, doc: m.doc, dtype: numberType(type.dtype, cx), axes: own, beside: m.beside,
    ...(laid ? { packing: ownPacking(laid, own, cx) } : {}), ...(at ? { at: asInt(cx.state.evaluate(at.base, { ...cx, exact: "packing" }), at.base.span, cx) } : {}),
  };
}

const ownPacking = (e: Expr, own: readonly FieldAxis[], cx: Cx): Packing => (own.length === 0 && e.kind === "name" && e.text === "dense" ? dense(1) : packing(e, own.map((a) => a.name), cx));

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

// ── value and encode ──

const named = (text: string, { span }: Name): Name => ({ kind: "name", text, span });

/** A body's result, be it an expression or a block with `return`. */
const result = (body: Expr | Block, cx: Cx): Thing => (body.kind === "block" ? cx.state.block(body, { ...cx, scope: child(cx.scope) }) : cx.state.evaluate(body, cx));

function valueIn(v: FormatValue, r: FormatReading, item: FormatItem, axes: readonly FormatAxis[], fields: readonly FieldSpec[], cx: Cx): Value {
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

/** The fields that an encoding makes: what its block calls by their names in the end. */
function fieldsIn(m: FormatEncode, e: FormatEncoding, fields: readonly FieldSpec[], item: FormatItem, cx: Cx): Readonly<Record<string, Value>> {
  const once = (f: FieldSpec): boolean => f.beside === true && f.axes.length === 0;
  for (const f of fields) if (once(f)) bind(cx.scope, named(f.name, item.name), "field", { kind: "field", name: f.name, load: () => e.field(f.name) });
  const inner: Cx = { ...cx, scope: child(cx.scope) };
  bind(inner.scope, m.of, "argument", tile(e.x));
  cx.state.block(m.body, inner);
  return Object.fromEntries(fields.flatMap((f): [string, Value][] => {
    const t = inner.scope.own.get(f.name)?.thing();
    if (!t && once(f)) return [];
    if (!t) return fail({ code: "T0708", message: `'encode' of ${item.name.text} makes no '${f.name}'`, span: m.span, help: `let ${f.name} = …, in the block itself` });
    if (t.kind === "poison") return silent();
    if (t.kind !== "tile" && t.kind !== "int" && t.kind !== "float") return wrongKind(t, "a tile of numbers", m.span, cx, `'${f.name}' is ${describe(t)} in the end`);
    return [[f.name, asTile(t, [1], m.body, e.b, cx)]];
  }));
}

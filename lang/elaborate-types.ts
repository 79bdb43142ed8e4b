// Types: number type, sizes, and behind `@` a register layout (tiles) or a packing (tensors).
import { Diagnostic, fail } from "../diagnostic.ts";
import { check, checkAddresses, dense, threadCount, type Packing, type RegisterLayout } from "../layout/index.ts";
import { isDType, knownScalar, symbol, type DType, type Format, type Size } from "../vm/index.ts";
import type { Dim, Expr, Name, Param, TypeExpr } from "./ast.ts";
import { numberType } from "./elaborate-expressions.ts";
import { packing } from "./elaborate-packing.ts";
import { asLayout, describe, placed, wrongKind, type AxisNames, type Cx, type Thing } from "./elaborate-values.ts";
import { bind, lookup } from "./names.ts";

/** The type of a register or shared tile. */
export interface TileType {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly layout: RegisterLayout | undefined;
}

/** What most devices allow, and more than any kernel needs. */
const LARGEST = 2 ** 24;

/** Sizes of a tile: compile-time integers of at least 1. @throws Diagnostic T0221, T0503, T0502, L0401 */
function tileShape(dims: readonly Dim[], cx: Cx): number[] {
  const shape = dims.map((d) => {
    const t = cx.state.evaluate(d.size, { ...cx, exact: "shape" });
    const n = t.kind === "int" ? t.value : wrongKind(t, "a size known at compile time", d.size.span, cx, "sizes are compile-time integers");
    if (n < 1) fail({ code: "T0221", message: `a tile can't have a size of ${n}`, span: d.size.span, help: "sizes are at least 1" });
    return n;
  });
  if (shape.reduce((a, b) => a * b, 1) > LARGEST) fail({ code: "R0304", message: `a tile of ${shape.join(" × ")} elements is too large`, span: { ...dims[0].span, end: dims[dims.length - 1].span.end }, help: "cut the work into smaller tiles" });
  return shape;
}

/** The type behind `let`, `var` or `shared`. @param what for messages: "a variable" */
export function tileType(t: TypeExpr, what: string, cx: Cx): TileType {
  const dtype = numberType(t.dtype, cx);
  if (!t.shape) return fail({ code: "T0512", message: `${what} needs a shape`, span: t.span, label: "sizes are missing", help: `write ${t.dtype.text}[64, 64], or ${t.dtype.text}[] for a single element` });
  for (const d of t.shape) if (d.axis) fail({ code: "T0513", message: "only tensors have named axes", span: d.axis.span, help: "write the size alone: the names are for packings" });
  const shape = tileShape(t.shape, cx);
  return { dtype, shape, layout: t.layout && tileLayout(t.layout, shape, cx) };
}

/** The type behind `shared`: behind `@` is a packing, whose axes may have names. */
export function sharedType(t: TypeExpr, what: string, cx: Cx): TileType & { readonly packing: Packing | undefined } {
  const at = t.layout, shape = at ? t.shape?.map((d) => ({ ...d, axis: undefined })) : t.shape;
  return { ...tileType({ ...t, layout: undefined, shape }, what, cx), packing: at && packing(at, axisNames(t), cx) };
}

/** A layout that fits a tile and the block. @throws Diagnostic L0303, L0305 */
export function tileLayout(e: Expr, shape: readonly number[], cx: Cx): RegisterLayout {
  const layout = asLayout(cx.state.evaluate(e, { ...cx, exact: "layout" }), e.span, cx);
  if (layout.shape.join() !== shape.join())
    fail({ code: "L0303", message: `a layout of shape [${layout.shape.join(", ")}] can't hold a tile of shape [${shape.join(", ")}]`, span: e.span, label: `its shape is [${layout.shape.join(", ")}]`, help: "layouts multiply shape by shape: spatial(8, 8) * local(2, 4) has shape [16, 32]" });
  fitsBlock(layout, e, cx);
  return layout;
}

function fitsBlock(layout: RegisterLayout, e: Expr, cx: Cx): void {
  const { threads } = cx.state, needs = threadCount(layout);
  if (threads !== undefined && needs > threads)
    fail({ code: "L0305", message: `this layout needs ${needs} threads, the block has ${threads}`, span: e.span, label: `${needs} threads`, help: "give the kernel more threads, or make the spatial part smaller and the local part larger" });
}

// ── parameters ──

/** A parameter's type. */
export type ParamType =
  | { readonly kind: "scalar"; readonly dtype: DType }
  | { readonly kind: "format"; readonly format: Format; readonly shape: readonly Size[] }
  | { readonly kind: "tensor"; readonly dtype: DType; readonly shape: readonly Size[]; readonly packing: Packing };

/** Extent that stands for run-time sizes when a packing is checked. */
const SOME = 96;

/** The type of a parameter; its dimensions must be in scope. */
export function paramType(p: Param, cx: Cx): ParamType {
  const t = p.type, of = lookup(cx.scope, t.dtype.text)?.thing();
  if (of?.kind === "format") return formatType(of, p, cx);
  const dtype = numberType(t.dtype, cx);
  if (!t.shape) {
    if (t.layout) fail({ code: "T0514", message: "a scalar has no packing", span: t.layout.span, help: "remove '@ …', or give the parameter a shape" });
    if (p.dir !== "in") fail({ code: "T0514", message: `a scalar can't be ${p.dir}`, span: t.span, help: `give it a shape: ${p.dir} ${p.name.text}: ${t.dtype.text}[1]` });
    if (!["i32", "u32", "f32", "bool"].includes(dtype.name))
      fail({ code: "T0514", message: `there are no scalars of ${dtype.name}`, span: t.dtype.span, help: `scalars are i32, u32, f32 or bool; or give it a shape: ${t.dtype.text}[N]` });
    return { kind: "scalar", dtype };
  }
  if (!t.shape.length) fail({ code: "T0514", message: "a tensor has at least one axis", span: t.span, help: `write ${t.dtype.text}[1], or ${t.dtype.text} for a scalar` });
  const shape = t.shape.map((d) => size(d, cx)), axes = axisNames(t);
  return { kind: "tensor", dtype, shape, packing: t.layout ? tensorPacking(t.layout, dtype, shape, axes, cx) : dense(shape.length) };
}

/** `w: q4_0[N, K]`. */
function formatType(of: Extract<Thing, { kind: "format" }>, { type: t, name }: Param, cx: Cx): ParamType {
  if (!t.shape?.length) return fail({ code: "T0514", message: "a tensor of a format has at least one axis", span: t.span, help: `write ${name.text}: ${t.dtype.text}[N, K]` });
  if (t.layout) return fail({ code: "T0514", message: "a format says itself how its fields lie", span: t.layout.span, help: "remove '@ …'; another order is another format" });
  return { kind: "format", format: placed(t.dtype.span, of.value), shape: t.shape.map((d) => size(d, cx)) };
}

/** The names that the sizes of a type give to axes. @throws Diagnostic N0102 for one name twice */
export function axisNames(t: TypeExpr): AxisNames {
  const axes = (t.shape ?? []).map((d) => d.axis?.text);
  axes.forEach((a, i) => { if (a !== undefined && axes.indexOf(a) < i) fail({ code: "N0102", message: `two axes are called '${a}'`, span: t.shape?.[i].axis?.span ?? t.span, help: "give every axis its own name" }); });
  return axes;
}

function size(d: Dim, cx: Cx): Size {
  const t = cx.state.evaluate(d.size, { ...cx, exact: "shape" });
  if (t.kind === "int") return t.value < 0 ? fail({ code: "T0221", message: `a tensor can't have a size of ${t.value}`, span: d.size.span, help: "sizes are 0 or more" }) : t.value;
  if (t.kind === "scalar" && t.value.type === "i32") return t.value;
  return wrongKind(t, "an integer size", d.size.span, cx, `sizes are integers, not ${describe(t)}`);
}

function tensorPacking(e: Expr, dtype: DType, shape: readonly Size[], axes: AxisNames, cx: Cx): Packing {
  const p = packing(e, axes, cx);
  try {
    check(p, dtype.bits, shape.map((s) => Math.max(1, knownScalar(s) ?? SOME)), shape.map((_, i) => axes[i] ?? `axis ${i}`));
    // What must be known of extents is asked for here, and not by the first device.
    checkAddresses(p, dtype.bits, shape.map((s, i) => knownScalar(s) ?? `N${i}`));
  } catch (x) { throw x instanceof Diagnostic ? x.at(e.span) : x; }
  return p;
}

/** Names in the sizes of tensors that nothing defines: they are run-time dimensions and get defined here. */
export function bindDimensions(params: readonly Param[], cx: Cx): void {
  const visit = (e: Expr): void => {
    switch (e.kind) {
      case "name": if (!lookup(cx.scope, e.text) && !isDType(e.text)) dimension(e, cx); return;
      case "unary": return visit(e.operand);
      case "binary": visit(e.left); return visit(e.right);
      case "call": return e.args.forEach((a) => visit(a.value));
      default: return;
    }
  };
  for (const p of params) for (const d of p.type.shape ?? []) visit(d.size);
}

function dimension(name: Name, cx: Cx): void {
  const s = symbol("dim", name.text);
  bind(cx.scope, name, "dim", { kind: "scalar", value: s });
}

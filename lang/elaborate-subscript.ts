// Subscripts: `a[m0 +: BM, :]` is a window of a tensor or shared tile, `a[i]` drops an axis; axes that aren't named are whole.
import { fail, type Span } from "../diagnostic.ts";
import { constant, knownScalar, scalarOf, type Scalar, type Size, type Value } from "../vm/index.ts";
import type { Expr, Index, Subscript } from "./ast.ts";
import { toScalar } from "./elaborate-operators.ts";
import { rangeOf } from "./elaborate-ranges.ts";
import { lookup } from "./names.ts";
import { asInt, building, describe, placed, silent, tile, typeText, wrongKind, type Cx, type Thing } from "./elaborate-values.ts";

/** One axis of a window. */
interface Cut { readonly offset: Scalar; readonly size: Size; readonly drop: boolean; readonly span: Span }

/** Evaluates `operand[subscripts]`. */
export function subscript(e: Index, cx: Cx): Thing {
  const field = e.operand.kind === "name" ? lookup(cx.scope, e.operand.text)?.thing() : undefined;
  if (field?.kind === "field") return picked(field, e, cx);
  const of = cx.state.evaluate(e.operand, cx);
  switch (of.kind) {
    case "poison": return silent();
    case "weights": return windowOfFormat(of, e, cx);
    case "list": return element(of.items, e, cx);
    case "tile": return of.value.space === "reg" ? registers(of.value, e, cx) : window(of.value, e, cx);
    default: return fail({ code: "T0508", message: `${describe(of)} has no elements to pick`, span: e.operand.span, label: `this is ${describe(of)}`, help: "subscripts are for tensors, shared tiles and lists" });
  }
}

/** `s[g, :]` in a format: the field at other places along one axis. */
function picked(f: Extract<Thing, { kind: "field" }>, e: Index, cx: Cx): Thing {
  const at = e.subscripts.flatMap((s, d) => (s.kind === "at" ? [{ d, index: s.index }] : []));
  if (!f.pick || at.length !== 1 || e.subscripts.some((s) => s.kind === "window"))
    return fail({ code: "T0707", message: `a field is picked along one axis, by a tile of numbers`, span: e.span, help: `write ${f.name}[g, :] with a field g, and ':' for each other axis; ${f.name} alone is the field of each element` });
  const [{ d, index }] = at, t = cx.state.evaluate(index, cx), { pick } = f;
  if (t.kind !== "tile") return wrongKind(t, "a tile of numbers", index.span, cx, `${f.name} alone is the field of each element`);
  return tile(placed(e.span, () => pick(d, t.value)));
}

/** A window of a tensor of a format. */
function windowOfFormat(t: Extract<Thing, { kind: "weights" }>, e: Index, cx: Cx): Thing {
  if (t.window) return fail({ code: "T0508", message: "this is a window already", span: e.span, help: "name the tensor, and say all of the window at once" });
  const { shape } = t.param;
  if (e.subscripts.length > shape.length)
    fail({ code: "T0211", message: `${e.subscripts.length} subscripts for ${shape.length === 1 ? "one axis" : `${shape.length} axes`}`, span: e.subscripts[shape.length].span, label: `this is ${describe(t)}`, help: "give at most one subscript per axis; ':' takes a whole axis" });
  const cuts = shape.map((size, d) => cut(e.subscripts[d], size, e.span, cx));
  return { ...t, window: { offsets: cuts.map((c) => c.offset), sizes: cuts.map((c) => c.size), drop: cuts.flatMap((c, d) => (c.drop ? [d] : [])) } };
}

/** A part of a register tile: threads hold slots, so where it lies is known at compile time. */
export interface Part { readonly offsets: readonly number[]; readonly sizes: readonly number[]; readonly drop?: readonly number[] }

/** The part of a register tile that subscripts name. @throws Diagnostic T0211, T0509, T0510 */
export function partOf(x: Value, e: Index, cx: Cx): Part {
  const cuts = x.shape.map((size, d) => {
    const s = e.subscripts[d], n = knownScalar(size) ?? silent();
    if (!s || s.kind === "whole") return { offset: 0, size: n, drop: false };
    const at = s.kind === "at" ? s.index : s.start, offset = compileTime(at, d, cx), width = s.kind === "at" ? 1 : compileTime(s.width, d, { ...cx, exact: "width" });
    if (width < 1) fail({ code: "T0211", message: `a window can't have a width of ${width}`, span: s.span, help: "widths are at least 1" });
    if (offset < 0 || offset + width > n)
      fail({ code: "T0510", message: `this lies outside the tile: axis ${d} has ${n} elements`, span: s.span, label: `begins at ${offset}${width === 1 ? "" : `, ${width} wide`}`, help: `stay within 0 to ${n - 1}` });
    return { offset, size: width, drop: s.kind === "at" };
  });
  tooMany(x, e);
  const drop = cuts.flatMap((c, d) => (c.drop ? [d] : []));
  return { offsets: cuts.map((c) => c.offset), sizes: cuts.map((c) => c.size), ...(drop.length ? { drop } : {}) };
}

function compileTime(e: Expr, axis: number, cx: Cx): number {
  const t = cx.state.evaluate(e, cx);
  if (t.kind === "int") return t.value;
  if (t.kind !== "scalar" && t.kind !== "tile") return wrongKind(t, "a compile-time integer", e.span, cx);
  return fail({
    code: "T0509", message: "a register tile takes compile-time subscripts, but this is known only when the kernel runs", span: e.span, label: `this is ${describe(t)}`,
    help: `gather(tile, index, axis: ${axis}) picks while the kernel runs; 'unroll for' makes a loop variable known; a shared tile takes scalars`,
  });
}

function registers(x: Value, e: Index, cx: Cx): Thing {
  const part = partOf(x, e, cx);
  if (!part.drop && part.sizes.every((n, d) => n === x.shape[d])) return tile(x);
  const b = building(cx, e.span);
  b.at(e.span);
  return tile(b.crop({ x }, part));
}

/** Refuses subscripts past the last axis. */
function tooMany(x: Value, { subscripts }: Index): void {
  const rank = x.shape.length;
  if (subscripts.length > rank)
    fail({ code: "T0211", message: `${subscripts.length} subscripts for ${rank === 1 ? "one axis" : `${rank} axes`}`, span: subscripts[rank].span, label: `this is ${typeText(x)}`, help: "give at most one subscript per axis; ':' takes a whole axis" });
}

function element(items: readonly Thing[], e: Index, cx: Cx): Thing {
  const [s] = e.subscripts;
  if (e.subscripts.length !== 1 || s.kind !== "at") return fail({ code: "T0508", message: "a list takes one index", span: e.span, help: "write list[i]" });
  const i = asInt(cx.state.evaluate(s.index, cx), s.index.span, cx), at = i < 0 ? i + items.length : i;
  return items[at] ?? fail({ code: "T0510", message: `the list has ${items.length} entries; there is no entry ${i}`, span: s.span, help: `use 0 to ${items.length - 1}` });
}

function window(x: Value, e: Index, cx: Cx): Thing {
  const given = e.subscripts;
  tooMany(x, e);
  const cuts = x.shape.map((size, d) => cut(given[d], size, e.span, cx));
  cuts.forEach((c, d) => inside(x, c, d, cx));
  if (cuts.every((c, d) => given[d] === undefined || given[d].kind === "whole")) return tile(x);
  const b = building(cx, e.span);
  b.at(e.span);
  const drop = cuts.flatMap((c, d) => (c.drop ? [d] : []));
  const out = b.slice({ x }, { offsets: cuts.map((c) => c.offset), sizes: cuts.map((c) => scalarOf(c.size)), ...(drop.length ? { drop } : {}) });
  follow(out, x, cx);
  if (!staysInside(x, cuts, cx)) cx.state.outside.add(out.id);
  return tile(out);
}

/** Notes what a view looks into. */
export function follow(view: Value, of: Value, { state }: Cx): void {
  const tensor = state.tensors.get(of.id);
  if (tensor) state.tensors.set(view.id, tensor);
  if (state.outside.has(of.id)) state.outside.add(view.id);
  state.roots.set(view.id, state.roots.get(of.id) ?? of);
}

function cut(s: Subscript | undefined, size: Size, span: Span, cx: Cx): Cut {
  if (!s || s.kind === "whole") return { offset: constant(0), size, drop: false, span: s?.span ?? span };
  if (s.kind === "at") return { offset: place(s.index, cx), size: 1, drop: true, span: s.span };
  const width = cx.state.evaluate(s.width, { ...cx, exact: "width" });
  if (width.kind === "int" && width.value < 1) fail({ code: "T0211", message: `a window can't have a width of ${width.value}`, span: s.width.span, help: "widths are at least 1" });
  const n = width.kind === "int" ? width.value : width.kind === "scalar" ? width.value : wrongKind(width, "a width", s.width.span, cx, "write start +: width, with a compile-time integer as width");
  return { offset: place(s.start, cx), size: n, drop: false, span: s.span };
}

/** Where a window begins: an i32 that is the same in the whole block. */
function place(e: Extract<Subscript, { kind: "at" }>["index"], cx: Cx): Scalar {
  const t = cx.state.evaluate(e, cx);
  if (t.kind === "tile") fail({
    code: "R0311", message: "a window begins at one place for the whole block, but this differs from element to element", span: e.span, label: `this is ${describe(t)}`,
    help: "use parameters, grid and loop variables; scalar(x) makes a tile of one element a number of the block",
  });
  const s = toScalar(t, "i32", e.span, cx, "an index");
  if (s.type !== "i32") fail({ code: "T0211", message: `a subscript must be i32, not ${s.type}`, span: e.span, help: "convert it: … as i32" });
  return s;
}

/** A window of a shared tile that never lies inside is a mistake; of tensors it reads as the pad. */
function inside(x: Value, c: Cut, d: number, cx: Cx): void {
  const size = knownScalar(x.shape[d]), width = knownScalar(c.size), at = rangeOf(c.offset, cx.state);
  if (x.space !== "shared" || size === undefined || width === undefined || !at) return;
  if (at.lo + width > size || at.hi < 0)
    fail({ code: "T0510", message: `this lies outside the shared tile: axis ${d} has ${size} elements`, span: c.span, label: `begins at ${at.lo === at.hi ? at.lo : `${at.lo} to ${at.hi}`}${width === 1 ? "" : `, ${width} wide`}`, help: `stay within 0 to ${size - 1}` });
}

/** Whether a window lies inside what it is taken from, whatever the block and the loops. Unknown is false. */
function staysInside(x: Value, cuts: readonly Cut[], cx: Cx): boolean {
  return cuts.every((c, d) => {
    const extent = x.shape[d], n = knownScalar(extent), width = knownScalar(c.size), at = rangeOf(c.offset, cx.state);
    if (knownScalar(c.offset) === 0 && c.size === extent) return true; // the whole axis
    return n !== undefined && width !== undefined && at !== undefined && at.lo >= 0 && at.hi + width <= n;
  });
}

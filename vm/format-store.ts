// Numbers into a tensor of a format: the format's encoding makes fields of whole blocks, each of which is stored to its own tensor.
//
//   window 4 × 64 of q4_0   x: f32[4, 2, 32]  ──encode──▶  d: [4, 2, 1] ──▶ w.d[4, 2]
//                           axis 1 in two: block, place     q: [4, 2, 32] ─▶ w.q[4, 2, 32]
import { fail } from "../diagnostic.ts";
import { affine } from "./affine.ts";
import type { Builder } from "./builder.ts";
import { computed, tensorOf, type FormatParam, type FormatWindow } from "./format-access.ts";
import type { Field } from "./format.ts";
import { madeAlong } from "./format-tensors.ts";
import type { Value } from "./program.ts";
import { constant, knownScalar, scalarOp, type Scalar } from "./scalar.ts";

/** An axis of what an encoding gives for a field: along axis `e` of the elements, of the field's axis `own` or else of the blocks. */
interface MadeAxis { readonly e: number; readonly own: number | undefined; readonly size: number }

/** Whether a scalar is surely a multiple of a number. */
function multiple(s: Scalar, by: number): boolean {
  const sum = affine(s);
  return sum.offset % by === 0 && [...sum.terms.values()].every((t) => t.by % by === 0);
}

/**
 * Quantises a tile of f32 numbers into a window of whole blocks.
 * @throws Diagnostic T0708 (the format has no encoding), T0709 (a window that cuts blocks, or fields that only a larger window determines)
 */
export function storeFormat(b: Builder, w: FormatParam, window: FormatWindow, x: Value): void {
  const { format: f, shape } = w, along = madeAlong(f, shape.length);
  if (!f.encode) fail({ code: "T0708", message: `format ${f.name} says how it is read, not how it is made`, help: "add 'encode(x) { … }' to it, or store to its fields one by one" });
  along.forEach((by, e) => {
    if (window.sizes[e] % by !== 0 || !multiple(window.offsets[e], by))
      fail({ code: "T0709", message: `this window cuts blocks of ${by} along axis ${e}`, label: `${window.sizes[e]} wide`, help: `begin at a multiple of ${by}, as in i * ${by}, and take a multiple of ${by}` });
  });
  const blocked = window.sizes.flatMap((n, e) => (along[e] === 1 ? [n] : [n / along[e], along[e]]));
  const made = f.encode({ b, x: b.reshape({ x }, { shape: blocked }), field: (name) => given(b, w, name) });
  for (const [name, tile] of Object.entries(made)) storeField(b, w, window, name, tile);
}

/** A field that the tensor has once and that is there beforehand. */
function given(b: Builder, w: FormatParam, name: string): Value {
  const { of, value } = tensorOf(w, name);
  if (of.field.axes.length) fail({ code: "T0709", message: `'${name}' is made here, it can't be read`, help: "only a field that the tensor has once is given beforehand" });
  return computed(b, b.load({ x: value }));
}

/** The axes of what an encoding gives for a field. */
function madeAxes(w: FormatParam, field: Field, window: FormatWindow): readonly MadeAxis[] {
  const { format: f, shape } = w, along = madeAlong(f, shape.length), outer = shape.length - f.axes.length;
  return window.sizes.flatMap((n, e): readonly MadeAxis[] => {
    const own = field.axes.flatMap((a, i) => (outer + a.axis === e ? [i] : [])), by = along[e];
    const once = field.at === undefined && e >= outer && !own.length; // one for all of the axis
    if (once && knownScalar(shape[e]) !== n)
      fail({ code: "T0709", message: `'${field.name}' is one for all of axis ${e}, but the window is a part of it`, help: `store whole rows, or give '${field.name}' beforehand` });
    if (by === 1) return own.length ? own.map((i) => ({ e, own: i, size: n })) : [{ e, own: undefined, size: once ? 1 : n }];
    return [{ e, own: undefined, size: once ? 1 : n / by }, ...own.map((i) => ({ e, own: i, size: partsOf(field, i, by) }))];
  });
}

/** How many entries of a field's axis a block has. */
function partsOf(field: Field, i: number, block: number): number {
  const { div, mod } = field.axes[i], all = block / div;
  if (!Number.isInteger(all)) fail({ code: "T0709", message: `'${field.name}' changes every ${div} elements, blocks have ${block}`, help: `let the format have blocks of a multiple of ${div}` });
  return mod === 0 ? all : Math.min(mod, all);
}

/** Stores what an encoding gives for a field. */
function storeField(b: Builder, w: FormatParam, window: FormatWindow, name: string, x: Value): void {
  const { of, value } = tensorOf(w, name), { field } = of, outer = w.shape.length - w.format.axes.length;
  const axes = madeAxes(w, field, window), find = (e: number, own?: number): number[] => axes.flatMap((a, d) => (a.e === e && a.own === own ? [d] : []));
  // For each axis of the field's tensor: the axes that make it up, and the elements' axis that the window begins along.
  const target: { readonly of: readonly number[]; readonly from: number | undefined }[] = field.at !== undefined
    ? [...w.shape.map((_, e) => ({ of: find(e), from: e })), ...field.axes.map((a, i) => ({ of: find(outer + a.axis, i), from: undefined }))]
    : [...w.shape.slice(0, outer).map((_, e) => ({ of: find(e), from: e })), ...field.axes.map((a, i) => {
      const extent = knownScalar(w.shape[outer + a.axis]);
      if (a.mod !== 0 && !(a.div === 1 && extent !== undefined && extent <= a.mod)) fail({ code: "T0709", message: `'${name}' repeats: every window would store it anew`, help: "fields beside the blocks that repeat are given beforehand" });
      return { of: [...find(outer + a.axis), ...find(outer + a.axis, i)], from: outer + a.axis };
    })];
  const sizes = target.map((t) => t.of.reduce((n, d) => n * axes[d].size, 1));
  const offsets = target.map(({ from }, d) => (from === undefined ? constant(0) : scalarOp("div", window.offsets[from], constant(window.sizes[from] / sizes[d]))));
  const first = target.flatMap((t) => t.of), order = [...first, ...axes.flatMap((_, d) => (first.includes(d) ? [] : [d]))];
  const stored = shaped(b, x, axes.map((a) => a.size), order, sizes.length ? sizes : [1]), to = of.dtype;
  b.store({
    to: b.slice({ x: value }, { offsets: sizes.length ? offsets : [constant(0)], sizes: (sizes.length ? sizes : [1]).map((n) => constant(n)) }),
    x: stored.dtype.name === to.name ? stored : b.cast({ x: stored }, { to }),
  });
}

/** A tile brought to the axes it should have, in another order, with some of them joined. */
function shaped(b: Builder, x: Value, axes: readonly number[], order: readonly number[], to: readonly number[]): Value {
  const size = (shape: readonly (number | Scalar)[]): number => shape.reduce<number>((n, s) => n * (knownScalar(s) ?? NaN), 1), same = (s: readonly unknown[]): boolean => x.shape.length === s.length && x.shape.every((n, d) => n === s[d]);
  const whole = same(axes) ? x : size(x.shape) === size(axes) ? b.reshape({ x }, { shape: axes }) : b.expand({ x }, { shape: axes });
  const ordered = order.every((d, i) => d === i) ? whole : b.permute({ x: whole }, { axes: order });
  return ordered.shape.length === to.length && ordered.shape.every((n, d) => n === to[d]) ? ordered : b.reshape({ x: ordered }, { shape: to });
}

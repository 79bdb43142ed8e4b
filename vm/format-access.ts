// Tensors of a format in a kernel: a parameter becomes one tensor for each field, and loading a window of it gives values. (Storing one
// is in format-store.ts.) All is built of ordinary instructions; only the views of memory (`regroup`) know that an element's fields lie apart.
import { fail } from "../diagnostic.ts";
import type { Builder } from "./builder.ts";
import { dtype as dtypeNamed } from "./dtype.ts";
import type { Format } from "./format.ts";
import { fieldView, formatRequires, formatTensors, sameAxes, type FieldTensor } from "./format-tensors.ts";
import type { Value } from "./program.ts";
import { constant, knownScalar, scalarOf, scalarOp, type Scalar, type Size } from "./scalar.ts";
import type { AxisDigit } from "./tile.ts";

/** A parameter of format type. */
export interface FormatParam {
  readonly format: Format;
  readonly name: string;
  readonly direction: "in" | "out" | "inout";
  readonly shape: readonly Size[];
  readonly tensors: ReadonlyMap<string, { readonly of: FieldTensor; readonly value: Value }>;
}

/** A window of elements: a start and a width for each axis. */
export interface FormatWindow {
  readonly offsets: readonly Scalar[];
  readonly sizes: readonly number[];
}

/** What a format's value is made of: the fields of the elements of a window. */
export interface FormatReading {
  readonly b: Builder;
  /** The shape of the window. */
  readonly shape: readonly number[];
  /** A field of each element: i32 of integers, f32 of the rest. @throws Bug for a name that is no field */
  field(name: string): Value;
  /** The index of each element along an axis of the format, as i32. */
  index(axis: string): Value;
  /** A field at other places than the elements' own: along an axis of the field, where the tile says. */
  pick(name: string, axis: number, at: Value): Value;
}

/** What fields are made from: whole blocks of numbers. */
export interface FormatEncoding {
  readonly b: Builder;
  /** The numbers, f32: each axis that comes in blocks is two, the block and the place in it. */
  readonly x: Value;
  /** A field that the tensor has already: one for the tensor. */
  field(name: string): Value;
}

/** Declares the tensors of a parameter. @throws Diagnostic T0705 */
export function formatParam(b: Builder, name: string, direction: FormatParam["direction"], f: Format, shape: readonly Size[]): FormatParam {
  for (const [condition, why] of formatRequires(f, shape)) b.require(condition, `${name}: ${why}`);
  const tensors = new Map(formatTensors(f, shape).map((of) => {
    const buffer = of.buffer === "" ? name : `${name}.${of.buffer}`;
    return [of.field.name, { of, value: b.tensor(`${name}.${of.field.name}`, direction, of.dtype, of.shape, of.packing, buffer, { format: f, shape }) }] as const;
  }));
  return Object.freeze({ format: f, name, direction, shape, tensors });
}

/** A field's tensor. @throws Diagnostic T0706 if there is no such field */
export const tensorOf = (w: FormatParam, name: string) =>
  w.tensors.get(name) ?? fail({ code: "T0706", message: `format ${w.format.name} has no field '${name}'`, help: `its fields are ${w.format.fields.map((f) => f.name).join(", ")}` });

function regrouped(b: Builder, x: Value, shape: readonly Size[], digits: readonly AxisDigit[]): Value {
  if (sameAxes(digits, shape.length)) return x;
  return b.regroup({ x }, { shape: shape.map(scalarOf), axes: digits.map((d) => d.axis), divs: digits.map((d) => d.div), mods: digits.map((d) => d.mod) });
}

/**
 * A field of a parameter as a tensor: one axis for each of the field's own.
 * @throws Diagnostic T0706 if there is no such field
 */
export function fieldOf(b: Builder, w: FormatParam, name: string): Value {
  const { of, value } = tensorOf(w, name), view = fieldView(w.format, of, w.shape);
  return regrouped(b, value, view.shape, view.digits);
}

/** A field's elements in the type that they are computed in. */
export function computed(b: Builder, x: Value): Value {
  const to = dtypeNamed(x.dtype.compute === "f16" ? "f32" : x.dtype.compute);
  return to.name === x.dtype.name ? x : b.cast({ x }, { to });
}

/** A field as a tensor of the elements' shape: each element finds what it has of it, or shares, at its own place. */
export function elementView(b: Builder, w: FormatParam, name: string): Value {
  const { of, value } = tensorOf(w, name);
  return regrouped(b, value, w.shape, of.digits);
}

/** Reads the fields of a window once each, when they are asked for. */
function reading(b: Builder, w: FormatParam, window: FormatWindow): FormatReading {
  const read = new Map<string, Value>(), rank = w.shape.length, shape = window.sizes;
  const cut = { offsets: window.offsets, sizes: shape.map((n) => constant(n)) };
  return {
    b, shape,
    field(name) {
      let v = read.get(name);
      if (!v) {
        const { dtype } = tensorOf(w, name).value;
        read.set(name, (v = computed(b, b.load({ x: b.slice({ x: elementView(b, w, name) }, cut) }, dtype.hasZero ? {} : { unpadded: true }))));
      }
      return v;
    },
    index(axis) {
      const at = w.format.axes.findIndex((a) => a.name === axis), e = rank - w.format.axes.length + at, key = ` ${axis}`;
      let v = read.get(key);
      if (!v) read.set(key, (v = b.add({ x: b.iota({}, { shape, axis: e }), y: window.offsets[e] })));
      return v;
    },
    pick(name, axis, at) {
      const { of, value } = tensorOf(w, name), { field } = of;
      // Of the table all along the axis, along the others what the window sees.
      if (field.at !== undefined) return fail({ code: "T0707", message: `'${name}' lies in the block, and is picked by number`, help: "only fields beside the blocks are tables" });
      const lead = rank - w.format.axes.length, along = lead + axis;
      if (of.digits.some((d, i) => i !== along && (d.div !== 1 || d.mod !== 0)) || of.digits.length !== rank)
        return fail({ code: "T0707", message: `'${name}' can't be picked from along axis ${axis}`, help: "it must have an axis for each of the format, whole but for the one that is picked along" });
      const offsets = of.digits.map((d, i) => (i === along ? constant(0) : window.offsets[d.axis]));
      const table = b.slice({ x: value }, { offsets, sizes: of.digits.map((d, i) => (i === along ? scalarOf(of.shape[i]) : constant(shape[d.axis]))) });
      return computed(b, b.gather({ table, index: at }, { axis: along }));
    },
  };
}

/** Where the window passes the tensor's end: which of its elements lie inside; undefined if it surely stays inside. */
function insideOf(b: Builder, w: FormatParam, window: FormatWindow): Value | undefined {
  let inside: Value | undefined;
  window.sizes.forEach((n, e) => {
    const extent = w.shape[e], known = knownScalar(extent), at = knownScalar(window.offsets[e]);
    if (known !== undefined && at !== undefined && at >= 0 && at + n <= known) return;
    // Counted from the window's start, each with its own numbers, so that what is known of the bounds is seen where code is made.
    const within = (op: "ge" | "lt", bound: Scalar): Value => b[op]({ x: b.iota({}, { shape: window.sizes, axis: e }), y: bound });
    const here = b.and({ x: within("ge", scalarOp("sub", constant(0), window.offsets[e])), y: within("lt", scalarOp("sub", scalarOf(extent), window.offsets[e])) });
    inside = inside ? b.and({ x: inside, y: here }) : here;
  });
  return inside;
}

/**
 * The values of a window, f32 (or what the format's value is); 0 outside the tensor.
 * @param drop axes of width 1 that vanish
 * @example
 * ```ts
 * import { formatNamed } from "bitloom/lang";
 * const q8 = formatNamed("q8_0");
 * const b = builder("dequantise"), w = formatParam(b, "w", "in", q8, [4, 64]), y = b.tensor("y", "out", "f32", [4, 64], dense(2));
 * b.grid([]);
 * b.threads(32);
 * b.store({ to: y, x: loadFormat(b, w, { offsets: [constant(0), constant(0)], sizes: [4, 64] }) });
 * b.finish().params.map((p) => p.name); // => ["w.d", "w.q", "y"]
 * ```
 */
export function loadFormat(b: Builder, w: FormatParam, window: FormatWindow, drop: readonly number[] = []): Value {
  const value = w.format.value(reading(b, w, window)), inside = insideOf(b, w, window);
  const x = inside ? b.select({ condition: inside, x: value, y: 0 }) : value;
  return drop.length ? b.reshape({ x }, { shape: window.sizes.filter((_, e) => !drop.includes(e)) }) : x;
}

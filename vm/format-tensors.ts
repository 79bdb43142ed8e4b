// How a tensor of a format lies in memory: one tensor for each field. Fields of a block are views of one buffer,
// whose axes are the block's number and the field's own; fields beside have buffers of their own.
//
//   w: q4_0[N, K]    w.d: f16[N, K / 32]        in buffer w, bits 0 … 15 of each block of 144
//                    w.q: u4[N, K / 32, 32]     in buffer w, bits 16 … 143
//
// An element [n, k] finds its scale at [n, k / 32] and its nibble at [n, k / 32, k % 32]: every axis of a field's tensor is a
// digit of one axis of the elements.
import { fail } from "../diagnostic.ts";
import { dense, inBlocks, stacked, type Packing } from "../layout/index.ts";
import type { DType } from "./dtype.ts";
import { blockExtents, type Field, type Format } from "./format.ts";
import { cdiv, knownScalar, scalarOp, scalarOf, type Scalar, type Size } from "./scalar.ts";
import type { AxisDigit } from "./tile.ts";
import { gcd } from "./affine.ts";

/** The tensor of a field. */
export interface FieldTensor {
  readonly field: Field;
  /** Name of its buffer among those of the format: "" for the blocks', the field's name for one of its own. */
  readonly buffer: string;
  readonly dtype: DType;
  readonly shape: readonly Size[];
  readonly packing: Packing;
  /** For each axis, of which axis of the elements it is which digit. */
  readonly digits: readonly AxisDigit[];
}

/** A field as kernels see it, `w.q`: its blocks in a row. */
export interface FieldView {
  readonly shape: readonly Size[];
  /** For each axis of the field's tensor the digit of an axis of this view. */
  readonly digits: readonly AxisDigit[];
}

/** Number of the elements' axis that a format's axis is: a format of fewer axes runs along the last ones. */
const elementAxis = (f: Format, axis: number, rank: number): number => rank - f.axes.length + axis;

/** Elements of a block along an axis of the elements; 1 where they don't come in blocks. */
export const blockAlong = (f: Format, rank: number): readonly number[] =>
  Array.from({ length: rank }, (_, e) => f.axes[e - rank + f.axes.length]?.block ?? 1);

/** The least number that both divide. */
export const lcm = (a: number, b: number): number => (a / gcd(a, b)) * b;

/** Elements along an axis that are made at a time: a block's; where there are none, as many as share what lies beside: `group` of `k / group`. */
export const madeAlong = (f: Format, rank: number): readonly number[] =>
  blockAlong(f, rank).map((block, e) => (f.axes[e - rank + f.axes.length]?.block !== undefined ? block
    : f.fields.flatMap((g) => g.axes).filter((a) => elementAxis(f, a.axis, rank) === e && a.mod === 0).reduce((n, { div }) => lcm(n, div), 1)));

/** A size divided by a number that it is a multiple of, or rounded up. */
function parts(n: Size, by: number): Size {
  const known = knownScalar(n);
  return known !== undefined ? Math.ceil(known / by) : by === 1 ? n : cdiv(n, by);
}

/** The same where the size is a multiple. */
const blocks = (n: Size, by: number): Size => {
  const known = knownScalar(n);
  return known !== undefined ? known / by : by === 1 ? n : scalarOp("div", scalarOf(n), scalarOf(by));
};

/**
 * What the host must check of a tensor's sizes before it has that format: whole blocks.
 * @returns conditions with their reasons, those that are known to hold left out
 */
export function formatRequires(f: Format, shape: readonly Size[]): readonly (readonly [Scalar, string])[] {
  const along = blockAlong(f, shape.length);
  return shape.flatMap((n, e): [Scalar, string][] => {
    const by = along[e];
    return by === 1 ? [] : [[scalarOp("eq", scalarOp("rem", scalarOf(n), scalarOf(by)), scalarOf(0)), `${f.name} has blocks of ${by} elements along axis ${e}`]];
  });
}

/** The axis that has always index 0: of any axis the digit modulo 1. */
const NOWHERE: AxisDigit = Object.freeze({ axis: 0, div: 1, mod: 1 });

/**
 * The tensors that one of a format is made of, in the order of its fields.
 * @param shape sizes of the elements, at least as many as the format has axes; whole blocks
 * @throws Diagnostic T0705 (too few axes)
 */
export function formatTensors(f: Format, shape: readonly Size[]): readonly FieldTensor[] {
  const rank = shape.length, along = blockAlong(f, rank);
  if (rank < f.axes.length)
    fail({ code: "T0705", message: `a tensor of format ${f.name} has at least ${f.axes.length} ${f.axes.length === 1 ? "axis" : "axes"}, not ${rank}`, help: `its axes are ${f.axes.map((a) => a.name).join(", ")}` });
  return f.fields.map((field): FieldTensor => (field.at === undefined ? besideTensor(f, field, shape) : Object.freeze({
    field, buffer: "", dtype: field.dtype,
    shape: [...shape.map((n, e) => blocks(n, along[e])), ...blockExtents(field, f.axes)],
    packing: inBlocks(field.packing, rank, field.at, f.blockBits),
    digits: [
      ...shape.map((_, e): AxisDigit => ({ axis: e, div: along[e], mod: 0 })),
      ...field.axes.map((a, i): AxisDigit => ({ axis: elementAxis(f, a.axis, rank), div: a.div, mod: blockExtents(field, f.axes)[i] })),
    ],
  })));
}

function besideTensor(f: Format, field: Field, shape: readonly Size[]): FieldTensor {
  const rank = shape.length, outer = rank - f.axes.length, base = { field, buffer: field.name, dtype: field.dtype };
  if (!field.axes.length) return Object.freeze({ ...base, shape: [1], packing: dense(1), digits: [NOWHERE] });
  return Object.freeze({
    ...base,
    shape: [...shape.slice(0, outer), ...field.axes.map((a) => (a.mod === 0 ? parts(shape[elementAxis(f, a.axis, rank)], a.div) : a.mod))],
    packing: outer === 0 ? field.packing : stacked(field.packing, outer),
    digits: [
      ...Array.from({ length: outer }, (_, e): AxisDigit => ({ axis: e, div: 1, mod: 0 })),
      ...field.axes.map((a): AxisDigit => ({ axis: elementAxis(f, a.axis, rank), div: a.div, mod: a.mod })),
    ],
  });
}

/** A field as kernels see it: one axis for each of its own, blocks and all; an axis without any counts the blocks. */
export function fieldView(f: Format, t: FieldTensor, shape: readonly Size[]): FieldView {
  const { field } = t, rank = shape.length, along = blockAlong(f, rank);
  if (field.at === undefined) return { shape: t.shape, digits: t.shape.map((_, d) => ({ axis: d, div: 1, mod: 0 })) };
  const sizes: Size[] = [], digits: AxisDigit[] = new Array<AxisDigit>(t.shape.length).fill(NOWHERE);
  const extents = blockExtents(field, f.axes);
  for (let e = 0; e < rank; e++) {
    const own = field.axes.flatMap((a, i) => (elementAxis(f, a.axis, rank) === e ? [i] : []));
    const long = own.find((i) => field.axes[i].mod === 0);
    if (long === undefined) { digits[e] = { axis: sizes.length, div: 1, mod: 0 }; sizes.push(blocks(shape[e], along[e])); }
    for (const i of own) {
      if (i === long) digits[e] = { axis: sizes.length, div: extents[i], mod: 0 };
      digits[rank + i] = { axis: sizes.length, div: 1, mod: i === long ? extents[i] : 0 };
      sizes.push(i === long ? blocks(shape[e], field.axes[i].div) : extents[i]);
    }
  }
  return { shape: sizes, digits };
}

/** Whether digits say that the axes are the same. */
export const sameAxes = (digits: readonly AxisDigit[], rank: number): boolean =>
  digits.length === rank && digits.every((d, i) => d.axis === i && d.div === 1 && d.mod === 0);

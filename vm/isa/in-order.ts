// Sums of floats whose every rounding is fixed: one element after the other, all of a line by one thread. What other programs compute in a
// plain loop is met bit for bit, and every device gives the same (where it doesn't fuse the last product into the sum).
import { compose, defaultLayout, groupedModes, local, reduce, type RegisterLayout } from "../../layout/index.ts";
import { bool, define, int, optionalAttr, reg, type ResultType } from "../instruction.ts";
import { scalarFunction } from "../numeric-ops.ts";
import { tileShape, type Value } from "../program.ts";
import { sizeOf } from "../tile.ts";
import { emission } from "./broadcast.ts";
import { roundTo, tileOf } from "./data.ts";
import { wideSums } from "./reduce.ts";
import { axisOf, knownShape, supported } from "./rules.ts";
import { eachLine } from "./scan.ts";
import { asTile } from "./window.ts";

/** Whether each line along an axis lies in one thread, its first element in the lowest slot: then the thread combines them in order. */
function inSlotOrder(l: RegisterLayout, axis: number): boolean {
  const places = groupedModes(l)[axis].filter((m) => l.modeShape[m] > 1).map((m) => l.localModes.indexOf(m));
  return places.every((place, i) => place >= 0 && (i === 0 || place > places[i - 1]));
}

/** A layout in which that is so: whole lines are dealt out to threads. */
const linesWhole = (threads: number, shape: readonly number[], axis: number): RegisterLayout =>
  compose(defaultLayout(threads, shape.map((n, d) => (d === axis ? 1 : n))), local(...shape.map((n, d) => (d === axis ? n : 1))));

const name = "sum_in_order";
const axisIn = (x: Pick<Value, "shape">, { axis }: Readonly<Record<string, unknown>>): number => axisOf(name, Number(axis), x.shape.length);

export const sum_in_order = define({
  name,
  doc: "Sum along an axis, made from the first element to the last and rounded at every step: the sum of a plain loop.",
  example: "let r = sum_in_order(v, axis: 1)",
  operands: { x: reg },
  attrs: {
    axis: { ...int, doc: "the axis to combine, from the end if negative" },
    keep: optionalAttr({ ...bool, doc: "whether the axis stays, with size 1 (default true)" }),
  },
  type: ({ x }, attrs): ResultType => {
    supported(name, "add", "x", x);
    const shape = knownShape(name, "x", x), at = axisIn(x, attrs), kept = attrs.keep === false ? [] : [1];
    return { space: "reg", dtype: x.dtype, shape: [...shape.slice(0, at), ...kept, ...shape.slice(at + 1)] };
  },
  layout: {
    forward: ({ x: known }, { operands: { x }, attrs }) => known && reduce(known, [axisIn(x, attrs)], attrs.keep !== false),
    backward: (_, __, { threads, operands: { x }, attrs }) => linesWhole(threads, tileShape(x), axisIn(x, attrs)),
    fits: (_, have, __, { operands: { x }, attrs }) => inSlotOrder(have, axisIn(x, attrs)),
  },
  run: ({ x }, attrs, { out }) => {
    const t = asTile(x), along = axisIn(t, attrs), n = t.shape[along], sums = new Float64Array(sizeOf(out?.shape ?? [])), half = t.dtype.compute === "f16";
    const add = scalarFunction("add", half ? "f32" : t.dtype.compute), round = half ? roundTo(t.dtype) : (v: number) => v;
    let line = 0;
    eachLine(t.shape, along, (first, stride) => {
      let sum = 0;
      for (let j = 0; j < n; j++) sum = add(sum, t.data[first + j * stride], 0);
      sums[line++] = round(sum);
    });
    return tileOf(t.dtype, out?.shape ?? [], sums);
  },
  lower: wideSums(name, "add"),
  emit: (e, { x }, { axis }) =>
    emission(e, { form: "reduce", operand: "x", axes: [axisOf(name, axis, x.shape.length)], identity: e.constant(x.dtype.compute, 0), combine: (a, b) => e.op("add", a, b) }),
});

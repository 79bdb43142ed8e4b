// Scans: each element combined with all before it along an axis, so that the last one has the whole.
//
//   scan_sum of 3 1 4 1            3 4 8 9
//   … exclusive: true              0 3 4 8      starts with what combining nothing gives
//   … reverse: true                9 6 5 1      from the end
import { bool, define, int, optionalAttr, reg, type LayoutRule, type ResultType } from "../instruction.ts";
import { scalarFunction } from "../numeric-ops.ts";
import type { Op } from "../ops.ts";
import { equal } from "../../layout/index.ts";
import { makeData, sizeOf, type Tile } from "../tile.ts";
import { emission } from "./broadcast.ts";
import { roundTo } from "./data.ts";
import { identityOf, inDoubles, wideSums } from "./reduce.ts";
import { asTile } from "./window.ts";
import { axisOf, knownShape, supported } from "./rules.ts";

/** What rows need that give each element its place back: operand and result have one layout. */
export const inPlace: LayoutRule = {
  forward: ({ x }) => x,
  backward: (out) => out,
  fits: (_, have, out) => out === undefined || equal(have, out),
};

/** Calls `visit` with the flat index of the first element of every line along an axis, and how far apart its elements are. */
export function eachLine(shape: readonly number[], axis: number, visit: (first: number, stride: number) => void): void {
  const stride = sizeOf(shape.slice(axis + 1)), n = shape[axis], lines = sizeOf(shape) / n;
  for (let l = 0; l < lines; l++) visit(Math.floor(l / stride) * n * stride + (l % stride), stride);
}

function scanTile(op: Op, x: Tile, axis: number, exclusive: boolean, reverse: boolean): Tile {
  const t = x.dtype.compute, doubles = inDoubles(op, t), n = x.shape[axis], data = makeData(x.dtype, x.data.length);
  const f = !doubles ? scalarFunction(op, t) : op === "add" ? (a: number, b: number) => a + b : (a: number, b: number) => a * b;
  // Sums of f16 are made in f32 and cast back, so they saturate.
  const round = !doubles ? (v: number) => v : t === "f16" ? roundTo(x.dtype) : Math.fround;
  eachLine(x.shape, axis, (first, stride) => {
    let acc = identityOf(op, t);
    for (let j = 0; j < n; j++) {
      const at = first + (reverse ? n - 1 - j : j) * stride, next = f(acc, x.data[at], 0);
      data[at] = round(exclusive ? acc : next);
      acc = next;
    }
  });
  return { dtype: x.dtype, shape: x.shape, data };
}

/** A scan by an associative operation. */
const scan = (name: string, doc: string, op: Op, example: string) => define({
  name, doc, example,
  operands: { x: reg },
  attrs: {
    axis: { ...int, doc: "the axis to go along, from the end if negative" },
    exclusive: optionalAttr({ ...bool, doc: "whether an element's own value is left out (default false)" }),
    reverse: optionalAttr({ ...bool, doc: "whether to go from the end (default false)" }),
  },
  type: ({ x }, { axis }): ResultType => {
    supported(name, op, "x", x);
    const shape = knownShape(name, "x", x);
    axisOf(name, axis, shape.length);
    return { space: "reg", dtype: x.dtype, shape };
  },
  layout: inPlace,
  run: ({ x }, { axis, exclusive = false, reverse = false }) => {
    const t = asTile(x);
    return scanTile(op, t, axisOf(name, axis, t.shape.length), exclusive, reverse);
  },
  lower: wideSums(name, op),
  emit: (e, { x }, { axis, exclusive = false, reverse = false }) => {
    const t = x.dtype.compute, identity = identityOf(op, t);
    return emission(e, {
      form: "scan", operand: "x", axis: axisOf(name, axis, x.shape.length), exclusive, reverse,
      identity: e.constant(t, t === "bool" ? identity !== 0 : identity), combine: (before, one) => e.op(op, before, one),
    });
  },
});

const numbers = (name: string): string => `let r = ${name}(v, axis: 1)`;
const bits = (name: string): string => `let r = ${name}(v > 0, axis: 1)`;

export const scan_sum = scan("scan_sum", "Running sum along an axis.", "add", "let r = scan_sum(v, axis: 1, exclusive: true)");
export const scan_prod = scan("scan_prod", "Running product along an axis.", "mul", numbers("scan_prod"));
export const scan_max = scan("scan_max", "Largest element so far along an axis.", "max", numbers("scan_max"));
export const scan_min = scan("scan_min", "Smallest element so far along an axis.", "min", "let r = scan_min(v, axis: 1, reverse: true)");
export const scan_and = scan("scan_and", "Bits, or truth values, that all elements so far have.", "and", bits("scan_and"));
export const scan_or = scan("scan_or", "Bits, or truth values, that any element so far has.", "or", bits("scan_or"));
export const scan_xor = scan("scan_xor", "Bits, or truth values, that an odd number of elements so far have.", "xor", bits("scan_xor"));

// Reductions along an axis, and the one element of a tile as a scalar of the whole block.
import { Bug, fail } from "../../diagnostic.ts";
import { reduce } from "../../layout/index.ts";
import { dtype as dtypeNamed } from "../dtype.ts";
import { axes, bool, define, optionalAttr, reg, type Lowering, type ResultType, type ScalarResult } from "../instruction.ts";
import { scalarFunction } from "../numeric-ops.ts";
import type { Compute, Op } from "../ops.ts";
import { tileShape, type Axes, type Value } from "../program.ts";
import { sizeOf, stridesOf, type Tile } from "../tile.ts";
import { emission } from "./broadcast.ts";
import { roundTo, tileOf } from "./data.ts";
import { asTile } from "./window.ts";
import { axesOf, computable, count, knownShape, show, supported } from "./rules.ts";

/** What combining nothing gives, as a number of the type. */
export function identityOf(op: Op, t: Compute): number {
  const [least, most] = t === "i32" ? [-(2 ** 31), 2 ** 31 - 1] : t === "u32" ? [0, 2 ** 32 - 1] : [-Infinity, Infinity];
  switch (op) {
    case "add": case "or": case "xor": return 0;
    case "mul": return 1;
    case "and": return t === "i32" ? -1 : t === "u32" ? 2 ** 32 - 1 : 1;
    case "max": return least;
    case "min": return most;
    default: throw new Bug(`no reduction by '${op}'`);
  }
}

const isFloat = (t: Compute): boolean => t === "f32" || t === "f16";
/** Whether `op` on t is made in doubles and rounded once (SEMANTICS §10). */
export const inDoubles = (op: Op, t: Compute): boolean => isFloat(t) && (op === "add" || op === "mul");

/** Sums and products of floats are made in doubles and rounded once (SEMANTICS §10); everything else is combined in its type. */
function combineAxes(op: Op, x: Tile, along: readonly number[], shape: readonly number[]): Tile {
  const t = x.dtype.compute, doubles = inDoubles(op, t);
  const f = !doubles ? scalarFunction(op, t) : op === "add" ? (a: number, b: number) => a + b : (a: number, b: number) => a * b;
  const from = new Float64Array(x.data), acc = new Float64Array(sizeOf(shape)).fill(identityOf(op, t));
  // Where an element goes: strides of what is kept, and none along the axes that are combined.
  const strides = stridesOf(x.shape.map((n, d) => (along.includes(d) ? 1 : n))).map((s, d) => (along.includes(d) ? 0 : s));
  const last = x.shape.length - 1, n = x.shape[last] ?? 1, step = strides[last] ?? 0, index = new Array<number>(x.shape.length).fill(0);
  for (let i = 0, at = 0; i < from.length; i += n) {
    if (step === 0) { let sum = acc[at]; for (let j = 0; j < n; j++) sum = f(sum, from[i + j], 0); acc[at] = sum; } else for (let j = 0; j < n; j++) acc[at + j] = f(acc[at + j], from[i + j], 0);
    for (let d = last - 1; d >= 0; d--) {
      at += strides[d];
      if (++index[d] < x.shape[d]) break;
      at -= strides[d] * x.shape[d];
      index[d] = 0;
    }
  }
  // Sums of f16 are made in f32 and cast back, so they saturate.
  if (doubles) acc.forEach((v, i) => { acc[i] = t === "f16" ? roundTo(x.dtype)(v) : Math.fround(v); });
  return tileOf(x.dtype, shape, acc);
}

/** Sums and products of f16 are made in f32. */
export const wideSums = (name: string, op: Op) => (b: Lowering, { x }: { readonly x: Value }, attrs: Readonly<Record<string, unknown>>): Value | undefined | "keep" => {
  if (x.dtype.compute !== "f16" || !inDoubles(op, "f16")) return "keep";
  const wide = b.inst(name, { x: b.inst("cast", { x }, { to: dtypeNamed("f32") }) }, attrs);
  return b.inst("cast", { x: wide }, { to: x.dtype });
};

/** A reduction by an associative and commutative operation. */
const reduction = (name: string, doc: string, op: Op, bools: boolean) => define({
  name, doc,
  example: bools ? `let r = ${name}(v > 0, axis: 1)` : `let r = ${name}(v, axis: 1)`,
  operands: { x: reg },
  attrs: {
    axis: optionalAttr({ ...axes, doc: "the axis to combine or a list of them, from the end if negative; without it all" }),
    keep: optionalAttr({ ...bool, doc: "whether the axes stay, with size 1 (default true)" }),
  },
  type: ({ x }, { axis, keep = true }): ResultType => {
    if (bools && x.dtype.kind !== "bool")
      fail({ code: "T0204", message: `'${name}' needs a bool tile`, label: `'x' is ${show(x)}`, help: "compare first: x != 0" });
    if (!bools) supported(name, op, "x", x);
    const shape = knownShape(name, "x", x), gone = axesOf(name, axis, shape.length);
    return { space: "reg", dtype: x.dtype, shape: keep ? shape.map((n, d) => (gone.includes(d) ? 1 : n)) : shape.filter((_, d) => !gone.includes(d)) };
  },
  layout: {
    forward: ({ x: known }, { operands: { x }, attrs: { axis, keep = true } }) => known && reduce(known, axesOf(name, axis as Axes | undefined, tileShape(x).length), keep === true),
    fits: () => true, // threads combine through workgroup memory, so whatever layout the operand has will do
  },
  run: ({ x }, { axis }, { out }) => {
    const t = asTile(x);
    return combineAxes(op, t, axesOf(name, axis, t.shape.length), out?.shape ?? []);
  },
  lower: wideSums(name, op),
  emit: (e, { x }, { axis }) => {
    const t = x.dtype.compute, identity = identityOf(op, t);
    return emission(e, { form: "reduce", operand: "x", axes: axesOf(name, axis, x.shape.length), identity: e.constant(t, t === "bool" ? identity !== 0 : identity), combine: (a, b) => e.op(op, a, b) });
  },
});

export const reduce_sum = reduction("reduce_sum", "Sum along one axis, several or all.", "add", false);
export const reduce_prod = reduction("reduce_prod", "Product along axes.", "mul", false);
export const reduce_max = reduction("reduce_max", "Largest element along axes.", "max", false);
export const reduce_min = reduction("reduce_min", "Smallest element along axes.", "min", false);
export const reduce_any = reduction("reduce_any", "Whether any element along axes is true.", "or", true);
export const reduce_all = reduction("reduce_all", "Whether all elements along axes are true.", "and", true);

export const scalar = define({
  name: "scalar",
  doc: "The only element of a tile as a scalar that steers the whole block.",
  example: "let total = scalar(reduce_sum(v))",
  operands: { x: reg },
  type: ({ x }): ScalarResult => {
    computable("scalar", "x", x);
    if (x.dtype.compute === "f16") fail({ code: "T0216", message: "there are no f16 scalars", help: "cast it first: x as f32" });
    if (count(knownShape("scalar", "x", x)) !== 1)
      fail({ code: "T0216", message: `'scalar' takes a tile of one element, not ${show(x)}`, help: "reduce it first: scalar(reduce_max(x))" });
    return { space: "scalar", dtype: x.dtype };
  },
  layout: { fits: () => true },
  run: ({ x }) => asTile(x).data[0],
  emit: () => ({ form: "uniform", of: "x" }),
});

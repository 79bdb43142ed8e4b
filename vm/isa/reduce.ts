// Reductions along an axis, and the one element of a tile as a scalar of the whole block.
import { Bug, fail } from "../../diagnostic.ts";
import { reduce } from "../../layout/index.ts";
import { dtype as dtypeNamed } from "../dtype.ts";
import { bool, define, int, optionalAttr, reg, type ResultType, type ScalarResult } from "../instruction.ts";
import { scalarFunction } from "../numeric-ops.ts";
import type { Compute, Op } from "../ops.ts";
import { tileShape } from "../program.ts";
import { sizeOf, type Tile } from "../tile.ts";
import { emission } from "./broadcast.ts";
import { roundTo, tileOf } from "./data.ts";
import { asTile } from "./window.ts";
import { axisOf, computable, count, knownShape, show, supported } from "./rules.ts";

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
function combineAxis(op: Op, x: Tile, axis: number, shape: readonly number[]): Tile {
  const t = x.dtype.compute, doubles = inDoubles(op, t);
  const f = !doubles ? scalarFunction(op, t) : op === "add" ? (a: number, b: number) => a + b : (a: number, b: number) => a * b;
  const n = x.shape[axis], inner = sizeOf(x.shape.slice(axis + 1)), from = new Float64Array(x.data);
  const acc = new Float64Array(sizeOf(shape)), identity = identityOf(op, t);
  for (let i = 0; i < acc.length; i++) {
    let at = Math.floor(i / inner) * n * inner + (i % inner), sum = identity;
    for (let j = 0; j < n; j++, at += inner) sum = f(sum, from[at], 0);
    acc[i] = sum;
  }
  // Sums of f16 are made in f32 and cast back, so they saturate.
  if (doubles) acc.forEach((v, i) => { acc[i] = t === "f16" ? roundTo(x.dtype)(v) : Math.fround(v); });
  return tileOf(x.dtype, shape, acc);
}

/** A reduction by an associative and commutative operation. */
const reduction = (name: string, doc: string, op: Op, bools: boolean) => define({
  name, doc,
  example: bools ? `let r = ${name}(v > 0, axis: 1)` : `let r = ${name}(v, axis: 1)`,
  operands: { x: reg },
  attrs: {
    axis: { ...int, doc: "the axis to combine, from the end if negative" },
    keep: optionalAttr({ ...bool, doc: "whether the axis stays, with size 1 (default true)" }),
  },
  type: ({ x }, { axis, keep = true }): ResultType => {
    if (bools && x.dtype.kind !== "bool")
      fail({ code: "T0204", message: `'${name}' needs a bool tile`, label: `'x' is ${show(x)}`, help: "compare first: x != 0" });
    if (!bools) supported(name, op, "x", x);
    const shape = knownShape(name, "x", x), at = axisOf(name, axis, shape.length);
    return { space: "reg", dtype: x.dtype, shape: keep ? shape.map((n, d) => (d === at ? 1 : n)) : shape.filter((_, d) => d !== at) };
  },
  layout: {
    forward: ({ x: known }, { operands: { x }, attrs: { axis, keep = true } }) => known && reduce(known, [axisOf(name, axis as number, tileShape(x).length)], keep === true),
    fits: () => true, // threads combine through workgroup memory, so whatever layout the operand has will do
  },
  run: ({ x }, { axis }, { out }) => {
    const t = asTile(x);
    return combineAxis(op, t, axisOf(name, axis, t.shape.length), out?.shape ?? []);
  },
  /** f16 is summed in f32. */
  lower: (b, { x }, { axis, keep }) => {
    if (x.dtype.compute !== "f16" || !inDoubles(op, "f16")) return "keep";
    const wide = b.inst(name, { x: b.inst("cast", { x }, { to: dtypeNamed("f32") }) }, { axis, keep });
    return b.inst("cast", { x: wide }, { to: x.dtype });
  },
  emit: (e, { x }, { axis }) => {
    const t = x.dtype.compute, identity = identityOf(op, t);
    return emission(e, { form: "reduce", operand: "x", axes: [axisOf(name, axis, x.shape.length)], identity: e.constant(t, t === "bool" ? identity !== 0 : identity), combine: (a, b) => e.op(op, a, b) });
  },
});

export const reduce_sum = reduction("reduce_sum", "Sum along an axis.", "add", false);
export const reduce_prod = reduction("reduce_prod", "Product along an axis.", "mul", false);
export const reduce_max = reduction("reduce_max", "Largest element along an axis.", "max", false);
export const reduce_min = reduction("reduce_min", "Smallest element along an axis.", "min", false);
export const reduce_any = reduction("reduce_any", "Whether any element along an axis is true.", "or", true);
export const reduce_all = reduction("reduce_all", "Whether all elements along an axis are true.", "and", true);

export const scalar = define({
  name: "scalar",
  doc: "The only element of a tile as a scalar that steers the whole block.",
  example: "let total = scalar(reduce_sum(reduce_sum(v, axis: 1), axis: 0))",
  operands: { x: reg },
  type: ({ x }): ScalarResult => {
    computable("scalar", "x", x);
    if (x.dtype.compute === "f16") fail({ code: "T0216", message: "there are no f16 scalars", help: "cast it first: x as f32" });
    if (count(knownShape("scalar", "x", x)) !== 1)
      fail({ code: "T0216", message: `'scalar' takes a tile of one element, not ${show(x)}`, help: "reduce it first: scalar(reduce_max(x, axis: 0))" });
    return { space: "scalar", dtype: x.dtype };
  },
  layout: { fits: () => true },
  run: ({ x }) => asTile(x).data[0],
  emit: () => ({ form: "uniform", of: "x" }),
});

// Reductions along an axis, and the one element of a tile as a scalar of the whole block.
import { fail } from "../../diagnostic.ts";
import { bool, define, int, optionalAttr, reg, type ResultType, type ScalarResult } from "../instruction.ts";
import type { Op } from "../ops.ts";
import { axisOf, computable, count, knownShape, show, supported } from "./rules.ts";

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
});

// Tiles whose elements know where they are: counting along an axis.
import { Bug } from "../../diagnostic.ts";
import { dtype as dtypeNamed } from "../dtype.ts";
import { define, dtypeAttr, int, ints, optionalAttr, type ResultType } from "../instruction.ts";
import { sizeOf } from "../tile.ts";
import { emission } from "./broadcast.ts";
import { castExpr } from "./casting.ts";
import { tileFromValues } from "./data.ts";
import { shapeAttr } from "./declare.ts";
import { axisOf } from "./rules.ts";

export const iota = define({
  name: "iota",
  doc: "A tile whose elements are their places along an axis: 0, 1, 2, …; saturating as a cast does.",
  example: "let r = iota([32, 64], axis: 1)",
  operands: {},
  attrs: { shape: { ...ints, doc: "the tile's sizes" }, axis: optionalAttr({ ...int, doc: "the axis to count along, from the end if negative; by default the last" }), dtype: optionalAttr({ ...dtypeAttr, doc: "by default i32" }) },
  type: (_, { shape, axis = -1, dtype = dtypeNamed("i32") }): ResultType => {
    shapeAttr("iota", shape);
    axisOf("iota", axis, shape.length);
    return { space: "reg", dtype, shape };
  },
  run: (_, { shape, axis = -1 }, { out }) => {
    if (!out) throw new Bug("iota without a result");
    const at = axisOf("iota", axis, shape.length), inner = sizeOf(shape.slice(at + 1));
    return tileFromValues(out.dtype, shape, Float64Array.from({ length: sizeOf(shape) }, (_, i) => Math.floor(i / inner) % shape[at]));
  },
  emit: (e, _, { shape, axis = -1, dtype = dtypeNamed("i32") }) => {
    const at = axisOf("iota", axis, shape.length);
    return emission(e, { form: "map", at: (index) => castExpr(e, dtypeNamed("i32"), dtype, index[at]) });
  },
});

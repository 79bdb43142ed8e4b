// Where along an axis the largest or smallest element is. Made of reductions of integers, because a GPU may assume that floats are
// never NaN and take subnormals for 0; so every device gives the same index.
import { dtype as dtypeNamed } from "../dtype.ts";
import { bool, define, int, optionalAttr, reg, type Lowering, type ResultType } from "../instruction.ts";
import type { Value } from "../program.ts";
import { constant } from "../scalar.ts";
import { sizeOf, type Tile } from "../tile.ts";
import { Bug } from "../../diagnostic.ts";
import { mapElements, mapTiles, throughElements } from "./broadcast.ts";
import { tileOf } from "./data.ts";
import { asTile } from "./window.ts";
import { axisOf, knownShape, supported } from "./rules.ts";

const [MOST, LEAST] = [2 ** 31 - 1, -(2 ** 31)];
const bits = new DataView(new ArrayBuffer(4));

/** The place of an f32 among all of them: -0 and 0 share one, NaN lies above or below all others. */
function placeOf(x: number, nanAbove: boolean): number {
  if (Number.isNaN(x)) return nanAbove ? MOST : LEAST;
  bits.setFloat32(0, x === 0 ? 0 : x);
  const b = bits.getInt32(0);
  return b < 0 ? b ^ MOST : b;
}

export const order_key = define({
  name: "order_key",
  doc: "An i32 for each float, in the same order: -0 and 0 are equal, a NaN is above all others, or below.",
  example: "let k = order_key(v, above: true)",
  operands: { x: reg },
  attrs: { above: { ...bool, doc: "whether NaN is above all others" } },
  type: ({ x }): ResultType => {
    supported("order_key", "floor", "x", x);
    return { space: "reg", dtype: dtypeNamed("i32"), shape: knownShape("order_key", "x", x) };
  },
  layout: throughElements,
  run: ({ x }, { above }, { out }) => { if (!out) throw new Bug("order_key without a result"); return mapTiles((a) => placeOf(a, above), [x], out); },
  emit: (e, { x }, { above }) => mapElements(e, [x], (a) => {
    const c = (n: number) => e.constant("i32", n), b = e.bits("i32", x.dtype.compute === "f16" ? e.to("f32", a) : a);
    const key = e.op("xor", b, e.op("and", e.op("shr", b, e.constant("u32", 31)), c(MOST)));
    const nan = e.op("gt", e.op("and", b, c(MOST)), c(0x7f800000));
    return e.op("select", nan, c(above ? MOST : LEAST), e.op("select", e.op("eq", b, c(LEAST)), c(0), key));
  }),
});

const made = (v: Value | undefined): Value => { if (!v) throw new Bug("an instruction without a result"); return v; };

function argTile(x: Tile, axis: number, largest: boolean, shape: readonly number[]): Tile {
  const n = x.shape[axis], inner = sizeOf(x.shape.slice(axis + 1)), found = new Float64Array(sizeOf(shape));
  const better = (a: number, b: number): boolean => !Number.isNaN(b) && (Number.isNaN(a) || (largest ? a > b : a < b));
  for (let i = 0; i < found.length; i++) {
    const first = Math.floor(i / inner) * n * inner + (i % inner);
    for (let j = 1; j < n; j++) if (better(x.data[first + j * inner], x.data[first + found[i] * inner])) found[i] = j;
  }
  return tileOf(dtypeNamed("i32"), shape, found);
}

/** The first place where the best element is. */
function lower(b: Lowering, name: string, x: Value, axis: number, keep: boolean): Value {
  const largest = name === "arg_max", shape = knownShape(name, "x", x), float = x.dtype.kind === "float", at = axisOf(name, axis, shape.length);
  const key = float ? made(b.inst("order_key", { x }, { above: largest })) : x;
  const best = b.inst(largest ? "reduce_max" : "reduce_min", { x: key }, { axis: at, keep: true });
  const hit = b.inst("eq", { x: key, y: best });
  const place = b.inst("iota", {}, { shape, axis: at }), none = b.inst("fill", {}, { value: constant(shape[at]), dtype: dtypeNamed("i32"), shape: [] });
  return made(b.inst("reduce_min", { x: b.inst("select", { condition: hit, x: place, y: none }) }, { axis: at, keep }));
}

const argReduction = (name: "arg_max" | "arg_min", doc: string) => define({
  name, doc,
  example: `let i = ${name}(v, axis: 1)`,
  operands: { x: reg },
  attrs: { axis: { ...int, doc: "the axis to look along, from the end if negative" }, keep: optionalAttr({ ...bool, doc: "whether the axis stays, with size 1 (default true)" }) },
  type: ({ x }, { axis, keep = true }): ResultType => {
    supported(name, "min", "x", x);
    const shape = knownShape(name, "x", x), at = axisOf(name, axis, shape.length);
    return { space: "reg", dtype: dtypeNamed("i32"), shape: keep ? shape.map((n, d) => (d === at ? 1 : n)) : shape.filter((_, d) => d !== at) };
  },
  run: ({ x }, { axis }, { out }) => { const t = asTile(x); return argTile(t, axisOf(name, axis, t.shape.length), name === "arg_max", out?.shape ?? []); },
  lower: (b, { x }, { axis, keep = true }) => lower(b, name, x, axis, keep),
});

export const arg_max = argReduction("arg_max", "The i32 index of the largest element along an axis, the first of equal ones; a NaN is the largest of all.");
export const arg_min = argReduction("arg_min", "The i32 index of the smallest element along an axis, the first of equal ones; a NaN is the smallest of all.");

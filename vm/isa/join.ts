// Register tiles put together: side by side, or one over a window of another. Both place the parts in the larger shape and choose.
import { Bug, fail } from "../../diagnostic.ts";
import { dtype as dtypeNamed } from "../dtype.ts";
import { define, int, ints, optionalAttr, reg, type Lowering, type ResultType } from "../instruction.ts";
import type { Value } from "../program.ts";
import { constant } from "../scalar.ts";
import { makeData, sizeOf, stridesOf, type Tile } from "../tile.ts";
import { sameShape, spreadTile } from "./broadcast.ts";
import { insideShape } from "./shape.ts";
import { asTile } from "./window.ts";
import { axisOf, fitsShape, knownShape, sameType, show } from "./rules.ts";

const made = (v: Value | undefined): Value => { if (!v) throw new Bug("an instruction without a result"); return v; };

/** Copies a tile into a larger one at a place. */
function write(to: Tile, x: Tile, offsets: readonly number[]): void {
  const strides = stridesOf(to.shape), index = x.shape.map(() => 0);
  for (let i = 0; i < x.data.length; i++) {
    to.data[index.reduce((at, n, d) => at + (n + offsets[d]) * strides[d], 0)] = x.data[i];
    for (let d = x.shape.length - 1; d >= 0 && ++index[d] === x.shape[d]; d--) index[d] = 0;
  }
}

/** Where along an axis a tile's elements lie against a border: of the tile's whole shape, so that where slots are written out each knows its answer. */
function border(b: Lowering, op: "lt" | "ge", shape: readonly number[], axis: number, at: number): Value {
  const limit = b.inst("fill", {}, { value: constant(at), dtype: dtypeNamed("i32"), shape: [] });
  return made(b.inst(op, { x: b.inst("iota", {}, { shape, axis }), y: limit }));
}

export const concat = define({
  name: "concat",
  doc: "Two tiles one after the other along an axis; of several, each after those before.",
  example: "let c = concat(v, v, axis: 1)",
  operands: { x: reg, y: reg },
  attrs: { axis: { ...int, doc: "the axis along which they are joined, from the end if negative" } },
  folds: true,
  type: ({ x, y }, { axis }): ResultType => {
    sameType("concat", ["x", x], ["y", y]);
    const p = knownShape("concat", "x", x), q = knownShape("concat", "y", y), at = axisOf("concat", axis, p.length);
    if (p.length !== q.length || p.some((n, d) => d !== at && n !== q[d]))
      fail({ code: "T0224", message: `'concat' can't join these along axis ${axis}`, label: `'x' is ${show(x)}, 'y' is ${show(y)}`, help: `all other axes must have equal sizes${Math.abs(p.length - q.length) === 1 ? "; a window v[1 +: 1, :] keeps the axis that v[1, :] drops" : ""}` });
    return { space: "reg", dtype: x.dtype, shape: p.map((n, d) => (d === at ? n + q[d] : n)) };
  },
  run: ({ x, y }, { axis }, { out }) => {
    const p = asTile(x), q = asTile(y), at = axisOf("concat", axis, p.shape.length), shape = out?.shape ?? [];
    const t: Tile = { dtype: p.dtype, shape, data: makeData(p.dtype, sizeOf(shape)) };
    write(t, p, shape.map(() => 0));
    write(t, q, shape.map((_, d) => (d === at ? p.shape[d] : 0)));
    return t;
  },
  lower: (b, { x, y }, { axis }) => {
    const p = knownShape("concat", "x", x), q = knownShape("concat", "y", y), at = axisOf("concat", axis, p.length), shape = p.map((n, d) => (d === at ? n + q[d] : n));
    const first = b.inst("place", { x }, { offsets: p.map(() => 0), shape }), second = b.inst("place", { x: y }, { offsets: p.map((n, d) => (d === at ? n : 0)), shape });
    return made(b.inst("select", { condition: border(b, "lt", shape, at, p[at]), x: first, y: second }));
  },
});

export const patch = define({
  name: "patch",
  doc: "A register tile with a window of it replaced by another tile, which broadcasts to the window.",
  example: "acc[0 +: 16, 0] = acc[16 +: 16, 0]",
  operands: { x: reg, by: reg },
  attrs: { offsets: ints, sizes: ints, drop: optionalAttr({ ...ints, doc: "axes of width 1 that vanish" }) },
  hidden: true,
  type: ({ x, by }, { offsets, sizes, drop = [] }): ResultType => {
    sameType("patch", ["x", x], ["by", by]);
    const shape = knownShape("patch", "x", x);
    insideShape(shape, offsets, sizes, show(x));
    fitsShape("patch", "by", by, sizes.filter((_, d) => !drop.includes(d)), "the part that it replaces,");
    return { space: "reg", dtype: x.dtype, shape };
  },
  run: ({ x, by }, { offsets, sizes, drop = [] }) => {
    const t = asTile(x), out: Tile = { ...t, data: t.data.slice() };
    write(out, { ...spreadTile(asTile(by), sizes.filter((_, d) => !drop.includes(d))), shape: sizes }, offsets);
    return out;
  },
  lower: (b, { x, by }, { offsets, sizes, drop = [] }) => {
    const shape = knownShape("patch", "x", x), small = sizes.filter((_, d) => !drop.includes(d)), own = knownShape("patch", "by", by);
    const spread = sameShape(own, small) ? by : b.inst("expand", { x: by }, { shape: small });
    const whole = drop.length ? b.inst("reshape", { x: spread }, { shape: sizes }) : spread;
    const placed = sameShape(sizes, shape) ? whole : b.inst("place", { x: whole }, { offsets, shape });
    const inside = shape.flatMap((n, d) => [...(offsets[d] > 0 ? [border(b, "ge", shape, d, offsets[d])] : []), ...(offsets[d] + sizes[d] < n ? [border(b, "lt", shape, d, offsets[d] + sizes[d])] : [])]);
    if (inside.length === 0) return made(placed);
    return made(b.inst("select", { condition: inside.reduce((p, q) => made(b.inst("and", { x: p, y: q }))), x: placed, y: x }));
  },
});

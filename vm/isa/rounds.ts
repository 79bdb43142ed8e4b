// Elements of one axis that meet in pairs at a distance of a power of two: a butterfly, and the transform made of them.
import { fail } from "../../diagnostic.ts";
import { dtype as dtypeNamed } from "../dtype.ts";
import { define, int, reg, type ResultType } from "../instruction.ts";
import type { Algebra } from "../../layout/index.ts";
import { scalarFunction } from "../numeric-ops.ts";
import { tileShape, type Value } from "../program.ts";
import { constant } from "../scalar.ts";
import { makeData, type Tile } from "../tile.ts";
import { roundTo, tileOf } from "./data.ts";
import { eachLine, inPlace } from "./scan.ts";
import { asTile } from "./window.ts";
import { axisOf, knownShape, show, supported } from "./rules.ts";

/** The least power of two above x ≥ 0. */
const above = (x: number): number => 2 ** Math.ceil(Math.log2(x + 1));

/** i xor d, in index arithmetic. */
function xor<T>(a: Algebra<T>, i: T, d: number): T {
  let x = i;
  for (let bit = 1; bit <= d; bit *= 2) if (Math.floor(d / bit) % 2 === 1) x = a.add(a.add(x, a.of(bit)), a.mul(a.mod(a.div(i, a.of(bit)), a.of(2)), a.of(-2 * bit)));
  return x;
}

function butterflyTile(x: Tile, axis: number, distance: number): Tile {
  const data = makeData(x.dtype, x.data.length);
  eachLine(x.shape, axis, (first, stride) => {
    for (let i = 0; i < x.shape[axis]; i++) data[first + i * stride] = x.data[first + (i ^ distance) * stride];
  });
  return { dtype: x.dtype, shape: x.shape, data };
}

export const butterfly = define({
  name: "butterfly",
  doc: "Element i along an axis gets what element i xor `distance` holds.",
  example: "let r = v + butterfly(v, axis: 1, distance: 4)",
  operands: { x: reg },
  attrs: { axis: { ...int, doc: "the axis to go along, from the end if negative" }, distance: { ...int, doc: "what the index is combined with" } },
  type: ({ x }, { axis, distance }): ResultType => {
    const shape = knownShape("butterfly", "x", x), n = shape[axisOf("butterfly", axis, shape.length)];
    if (!Number.isInteger(distance) || distance < 0 || distance >= n || n % above(distance) !== 0)
      fail({
        code: "T0230", message: `elements of ${show(x)} have no partner at distance ${distance} along axis ${axis}`, label: `the axis has ${n} elements`,
        help: Number.isInteger(distance) && distance > 0 && distance < n ? `i xor ${distance} stays inside where the size is a multiple of ${above(distance)}: pad the tile, or use a smaller distance` : `use a distance below ${n}`,
      });
    return { space: "reg", dtype: x.dtype, shape };
  },
  layout: inPlace,
  run: ({ x }, { axis, distance }) => { const t = asTile(x); return butterflyTile(t, axisOf("butterfly", axis, t.shape.length), distance); },
  emit: (_, { x }, { axis, distance }) => {
    const at = axisOf("butterfly", axis, x.shape.length);
    return { form: "convert", of: "x", source: (a, index) => index.map((i, d) => (d === at ? xor(a, i, distance) : i)) };
  },
});

/** The Walsh–Hadamard transform of every line. Sums of floats are made in doubles and rounded once (SEMANTICS §10). */
function transformTile(x: Tile, axis: number): Tile {
  const t = x.dtype.compute, float = t === "f32" || t === "f16", n = x.shape[axis];
  const add = float ? (a: number, b: number) => a + b : scalarFunction("add", t), sub = float ? (a: number, b: number) => a - b : scalarFunction("sub", t);
  const data = Float64Array.from(x.data);
  eachLine(x.shape, axis, (first, stride) => {
    for (let d = 1; d < n; d *= 2)
      for (let i = 0; i < n; i++) {
        if (i & d) continue;
        const a = first + i * stride, b = a + d * stride, p = data[a], q = data[b];
        data[a] = add(p, q, 0);
        data[b] = sub(p, q, 0);
      }
  });
  if (float) { const round = t === "f16" ? roundTo(x.dtype) : Math.fround; data.forEach((v, i) => { data[i] = round(v); }); }
  return tileOf(x.dtype, x.shape, data);
}

export const fwht = define({
  name: "fwht",
  doc: "Walsh–Hadamard transform along an axis of 2^n elements: y[i] = Σ x[j] · (−1)^popcount(i & j), not scaled.",
  example: "let r = fwht(v, axis: 1)",
  operands: { x: reg },
  attrs: { axis: { ...int, doc: "the axis to transform, from the end if negative" } },
  type: ({ x }, { axis }): ResultType => {
    supported("fwht", "sub", "x", x);
    const shape = knownShape("fwht", "x", x), n = shape[axisOf("fwht", axis, shape.length)];
    if (above(n - 1) !== n)
      fail({ code: "T0231", message: `'fwht' transforms 2^n elements, but axis ${axis} of ${show(x)} has ${n}`, help: `load a window of ${above(n)} elements: what lies outside reads as 0` });
    return { space: "reg", dtype: x.dtype, shape };
  },
  layout: inPlace,
  run: ({ x }, { axis }) => { const t = asTile(x); return transformTile(t, axisOf("fwht", axis, t.shape.length)); },
  /** A butterfly for each distance, where the second of each pair takes the difference; f16 is summed in f32. */
  lower: (b, { x }, { axis }) => {
    const half = x.dtype.compute === "f16", shape = tileShape(x), at = axisOf("fwht", axis, shape.length);
    const places = b.inst("iota", {}, { shape, axis: at }), number = (n: number): Value | undefined => b.inst("fill", {}, { value: constant(n), dtype: dtypeNamed("i32"), shape: [] });
    let v: Value | undefined = half ? b.inst("cast", { x }, { to: dtypeNamed("f32") }) : x;
    for (let distance = 1; distance < shape[at]; distance *= 2) {
      const other = b.inst("butterfly", { x: v }, { axis: at, distance }), second = b.inst("ne", { x: b.inst("and", { x: places, y: number(distance) }), y: number(0) });
      v = b.inst("select", { condition: second, x: b.inst("sub", { x: other, y: v }), y: b.inst("add", { x: v, y: other }) });
    }
    return half ? b.inst("cast", { x: v }, { to: x.dtype }) : v;
  },
});

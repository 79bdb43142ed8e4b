// Memory views and moves: slices and bit planes are views; load, store and copy move elements; barrier orders them.
import { Bug, fail } from "../../diagnostic.ts";
import { dtype as dtypeNamed } from "../dtype.ts";
import { bool, define, ints, memory, num, optionalAttr, reg, scalars, type Datum, type ResultType } from "../instruction.ts";
import type { Value } from "../program.ts";
import type { Tile } from "../tile.ts";
import { knownScalar } from "../scalar.ts";
import type { DType } from "../dtype.ts";
import { emission, spreadTile } from "./broadcast.ts";
import { constantOf } from "./casting.ts";
import { roundTo } from "./data.ts";
import { asTile, asView, readView, writeView } from "./window.ts";
import { broadcastsTo, checkConstant, fitsShape, hasPlanes, knownShape, sameType, show } from "./rules.ts";

export const slice = define({
  name: "slice",
  doc: "A window of a tensor or shared tile: a start and a width per axis.",
  example: "let s = load(x[0 +: 16, :])",
  operands: { x: memory },
  attrs: { offsets: scalars, sizes: scalars, drop: optionalAttr({ ...ints, doc: "axes of width 1 that vanish" }) },
  effect: "view",
  hidden: true,
  type: ({ x }, { offsets, sizes, drop = [] }): ResultType => {
    const rank = x.shape.length;
    if (offsets.length !== rank || sizes.length !== rank)
      fail({ code: "T0211", message: `${Math.max(offsets.length, sizes.length)} subscripts for ${rank} axes`, label: `this is ${show(x)}`, help: "give one subscript per axis; ':' takes a whole axis" });
    const shape = sizes.map((s) => knownScalar(s) ?? s);
    for (const s of [...offsets, ...sizes])
      if (s.type !== "i32") fail({ code: "T0211", message: `a subscript must be i32, not ${s.type}`, help: "convert it: … as i32" });
    shape.forEach((n, d) => {
      if (typeof n === "number" && n < 1) fail({ code: "T0211", message: `axis ${d} can't have a width of ${n}`, help: "widths are at least 1" });
    });
    for (const d of drop)
      if (shape[d] !== 1) fail({ code: "T0211", message: `axis ${d} can't be dropped: its width isn't 1`, help: "a single subscript x[i] drops an axis" });
    const out: ResultType = { space: x.space, dtype: x.dtype, shape: shape.filter((_, d) => !drop.includes(d)) };
    if (x.space === "shared") knownShape("slice", "x", out);
    return out;
  },
  run: ({ x }, { offsets, sizes, drop = [] }, { scalar }) => {
    const v = asView(x), origin = [...v.origin];
    let bit = v.bit;
    offsets.forEach((o, d) => {
      const axis = v.axes[d];
      if (axis === "bit") bit = (bit ?? 0) + scalar(o);
      else origin[axis] += scalar(o);
    });
    const kept = v.axes.flatMap((_, d) => (drop.includes(d) ? [] : [d]));
    return { ...v, origin, bit, axes: kept.map((d) => v.axes[d]), shape: kept.map((d) => scalar(sizes[d])) };
  },
  emit: (e, _, { offsets, drop = [] }) => emission(e, {
    form: "alias", of: "x",
    map: (index) => {
      let next = 0;
      return { index: offsets.map((o, d) => (drop.includes(d) ? e.scalar(o) : e.op("add", index[next++], e.scalar(o)))) };
    },
  }),
});

export const bits_of = define({
  name: "bits_of",
  doc: "A tensor or shared tile as its bit planes, along a new first axis; plane 0 holds the lowest bits.",
  example: "let p = bits_of(q)",
  operands: { x: memory },
  effect: "view",
  type: ({ x }): ResultType => {
    if (!hasPlanes(x.dtype))
      fail({ code: "T0214", message: `${x.dtype.name} has no bit planes`, label: `this is ${show(x)}`, help: "planes are for integers: u1…u32, i2…i32 and b1…b8" });
    return { space: x.space, dtype: dtypeNamed(x.dtype.kind === "bipolar" ? "b1" : "u1"), shape: [x.dtype.bits, ...x.shape] };
  },
  run: ({ x }, _, { out }) => {
    const v = asView(x);
    if (!out) throw new Bug("bits_of without a result");
    return { ...v, dtype: out.dtype, shape: [x.dtype.bits, ...v.shape], axes: ["bit", ...v.axes], bit: 0 };
  },
  emit: (e) => emission(e, { form: "alias", of: "x", map: ([bit, ...index]) => ({ index, bit }) }),
});

/** A list with its last two entries swapped. */
export const lastSwapped = <T>(xs: readonly T[]): T[] => [...xs.slice(0, -2), ...xs.slice(-2).reverse()];

export const transposed = define({
  name: "transposed",
  doc: "A tensor or shared tile seen with its last two axes swapped; nothing moves. `transpose` is the same of a register tile.",
  example: "let w = load(transposed(x))",
  operands: { x: memory },
  effect: "view",
  type: ({ x }): ResultType => {
    if (x.shape.length < 2) fail({ code: "T0211", message: "'transposed' swaps two axes", label: `this is ${show(x)}`, help: "give a tensor or tile of two axes or more" });
    return { space: x.space, dtype: x.dtype, shape: lastSwapped(x.shape) };
  },
  run: ({ x }) => { const v = asView(x); return { ...v, shape: lastSwapped(v.shape), axes: lastSwapped(v.axes) }; },
  emit: (e) => emission(e, { form: "alias", of: "x", map: (index) => ({ index: lastSwapped(index) }) }),
});

const padding = { pad: optionalAttr({ ...num, doc: "what elements outside the tensor read as; 0 if the type has one" }), unpadded: optionalAttr({ ...bool, doc: "elements outside are never used" }) };

/** What elements outside read as: an element of the type, or undefined where they are never used. */
const padOf = (t: DType, pad: number | undefined, unpadded: boolean | undefined): number | undefined =>
  pad ?? (unpadded || !t.hasZero ? undefined : 0);

/** The elements of a memory view for the interpreter. What isn't defined outside is code 0. */
const read = (x: Datum, pad: number | undefined, unpadded: boolean | undefined): Tile => {
  const p = padOf(x.dtype, pad, unpadded);
  return readView(asView(x), p === undefined ? 0 : roundTo(x.dtype)(p));
};

/** Writes a tile to a view that it broadcasts to. */
const write = (to: Datum, x: Tile): void => { const v = asView(to); writeView(v, spreadTile(x, v.shape)); };

function checkPad(name: string, x: Value, pad: number | undefined, unpadded: boolean | undefined): void {
  if (pad !== undefined) checkConstant(name, "pad", pad, x.dtype);
  else if (!x.dtype.hasZero && !unpadded)
    fail({ code: "T0208", message: `${x.dtype.name} has no zero to stand for elements outside the tensor`, help: `say what they read as: ${name}(…, pad: 1); a tail that only enters dot(…, k: n) or bmma(…, k: n) needs none` });
}

export const load = define({
  name: "load",
  doc: "Reads a tensor, a shared tile or a slice of one into registers.",
  example: "let v = load(x)",
  operands: { x: memory },
  attrs: padding,
  effect: "read",
  type: ({ x }, { pad, unpadded }): ResultType => {
    checkPad("load", x, pad, unpadded);
    return { space: "reg", dtype: x.dtype, shape: knownShape("load", "x", x) };
  },
  layout: { rank: 1 },
  run: ({ x }, { pad, unpadded }) => read(x, pad, unpadded),
  emit: (e, { x }, { pad, unpadded }) => {
    const p = padOf(x.dtype, pad, unpadded), element = p === undefined ? undefined : constantOf(e, x.dtype, p);
    return emission(e, { form: "map", at: (index) => x.at(index, element), moves: { operand: "x", pad: element } });
  },
});

export const store = define({
  name: "store",
  doc: "Writes a register tile to memory; what lies outside the tensor is dropped.",
  example: "store(y, load(x))",
  operands: { to: memory, x: reg },
  effect: "write",
  type: ({ to, x }): undefined => {
    sameType("store", ["to", to], ["x", x]);
    fitsShape("store", "x", x, knownShape("store", "to", to), "what it is stored to,");
  },
  run: ({ to, x }) => write(to, asTile(x)),
  emit: () => ({ form: "store", from: "x", to: "to" }),
});

export const copy = define({
  name: "copy",
  doc: "Moves elements from memory to memory.",
  example: "copy(x, to: y)",
  operands: { from: memory, to: memory },
  attrs: padding,
  effect: "write",
  type: ({ from, to }, { pad, unpadded }): undefined => {
    sameType("copy", ["from", from], ["to", to]);
    checkPad("copy", from, pad, unpadded);
    const target = knownShape("copy", "to", to);
    if (!broadcastsTo(knownShape("copy", "from", from), target))
      fail({ code: "T0210", message: `can't copy ${show(from)} to ${show(to)}`, help: "from the right, sizes must be equal or 1" });
  },
  run: ({ from, to }, { pad, unpadded }) => write(to, read(from, pad, unpadded)),
  lower: (b, { from, to }, { pad, unpadded }) => {
    const x = b.inst("load", { x: from }, { ...(pad === undefined ? {} : { pad }), ...(unpadded === undefined ? {} : { unpadded }) });
    return b.inst("store", { to, x });
  },
});

export const barrier = define({
  name: "barrier",
  doc: "Waits for all threads of the block; what they wrote to memory before is seen after.",
  example: "barrier()",
  operands: {},
  effect: "barrier",
  type: (): undefined => {},
  run: () => {}, // the interpreter runs a block's threads in step
  emit: () => ({ form: "barrier" }),
});

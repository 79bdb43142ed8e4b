// Memory views and moves: slices and bit planes are views; load, store and copy move elements; barrier orders them.
import { fail } from "../../diagnostic.ts";
import { dtype as dtypeNamed } from "../dtype.ts";
import { bool, define, ints, memory, num, optionalAttr, reg, scalars, type ResultType } from "../instruction.ts";
import type { Value } from "../program.ts";
import { knownScalar } from "../scalar.ts";
import { broadcastsTo, checkConstant, fitsShape, isInteger, knownShape, sameType, show } from "./rules.ts";

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
});

export const bits_of = define({
  name: "bits_of",
  doc: "A tensor or shared tile as its bit planes, along a new first axis; plane 0 holds the lowest bits.",
  example: "let p = bits_of(q)",
  operands: { x: memory },
  effect: "view",
  type: ({ x }): ResultType => {
    if (!isInteger(x.dtype))
      fail({ code: "T0214", message: `${x.dtype.name} has no bit planes`, label: `this is ${show(x)}`, help: "planes are for integers: u1…u32, i2…i32 and b1…b8" });
    return { space: x.space, dtype: dtypeNamed(x.dtype.kind === "bipolar" ? "b1" : "u1"), shape: [x.dtype.bits, ...x.shape] };
  },
});

const padding = { pad: optionalAttr({ ...num, doc: "what elements outside the tensor read as; 0 if the type has one" }), unpadded: optionalAttr({ ...bool, doc: "elements outside are never used" }) };

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
});

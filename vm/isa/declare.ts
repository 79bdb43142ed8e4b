// Tiles that come from nothing: constants, register variables, shared tiles; and assignment to a variable.
import { fail } from "../../diagnostic.ts";
import { dtype as dtypeNamed, type DType } from "../dtype.ts";
import { dtypeAttr, define, int, ints, layoutAttr, optional, optionalAttr, packingAttr, reg, scalar, type ResultType } from "../instruction.ts";
import { check, rankOf, reduceTo, type Packing } from "../../layout/index.ts";
import { tileShape } from "../program.ts";
import { knownScalar } from "../scalar.ts";
import { sizeOf, whole } from "../tile.ts";
import { spreadTile, throughElements } from "./broadcast.ts";
import { castExpr, castTile, constantOf } from "./casting.ts";
import { garbage, tileFromValues, tileOf } from "./data.ts";
import { asTile } from "./window.ts";
import { checkConstant, fitsShape, knownShape, sameType, show, showShape } from "./rules.ts";

/** Sizes of a new tile. */
export function shapeAttr(name: string, shape: readonly number[]): readonly number[] {
  for (const n of shape)
    if (!Number.isInteger(n) || n < 1) fail({ code: "T0221", message: `'${name}' can't make a tile of shape ${showShape(shape)}`, help: "sizes are positive compile-time integers" });
  return shape;
}

export const fill = define({
  name: "fill",
  doc: "A tile that holds one number everywhere.",
  example: "let v = fill(0, dtype: f32, shape: [32, 32])",
  operands: {},
  attrs: { value: { ...scalar, doc: "the number, or a run-time scalar" }, dtype: dtypeAttr, shape: { ...ints, doc: "the tile's sizes" } },
  type: (_, { value, dtype, shape }): ResultType => {
    const known = knownScalar(value);
    if (known !== undefined) checkConstant("fill", "value", known, dtype);
    else if (dtype.storage)
      fail({ code: "T0213", message: `a run-time scalar can't become a tile of ${dtype.name}, a storage type`, help: `fill a tile of ${value.type}, then cast it: … as ${dtype.name}` });
    return { space: "reg", dtype, shape: shapeAttr("fill", shape) };
  },
  run: (_, { value, dtype, shape }, { scalar: valueOf }) => {
    const x = valueOf(value);
    const one = knownScalar(value) === undefined ? castTile(tileOf(dtypeNamed(value.type), [1], [x]), dtype) : tileFromValues(dtype, [1], [x]);
    return tileOf(dtype, shape, new Float64Array(sizeOf(shape)).fill(one.data[0]));
  },
  emit: (e, _, { value, dtype }) => {
    const known = knownScalar(value);
    const x = known === undefined ? castExpr(e, dtypeNamed(value.type), dtype, e.scalar(value)) : constantOf(e, dtype, known);
    return { form: "map", at: () => x };
  },
});

export const variable = define({
  name: "var",
  doc: "A register tile that can be assigned to.",
  example: "var acc: f32[32, 32] = 0",
  operands: { init: optional({ ...reg, doc: "the first value; without it the tile is undefined until assigned" }) },
  attrs: { dtype: dtypeAttr, shape: ints, layout: optionalAttr(layoutAttr) },
  effect: "declare",
  hidden: true,
  type: ({ init }, { dtype, shape, layout }): ResultType => {
    const out: ResultType = { space: "reg", dtype, shape: shapeAttr("var", shape), layout };
    if (layout && showShape(layout.shape) !== showShape(shape))
      fail({ code: "L0303", message: `a layout of shape ${showShape(layout.shape)} can't hold ${show(out)}`, help: `use a layout of shape ${showShape(shape)}` });
    if (init) {
      sameType("var", ["the variable", { ...out, id: -1 }], ["init", init]);
      fitsShape("var", "init", init, shape, "the variable's shape");
    }
    return out;
  },
  layout: throughElements,
  run: ({ init }, { dtype, shape }) => (init ? spreadTile(asTile(init), shape) : garbage(dtype, shape)),
  emit: () => ({ form: "declare" }),
});

export const assign = define({
  name: "assign",
  doc: "Overwrites a register variable; the new value broadcasts to its shape.",
  example: "acc = acc * 2",
  operands: { to: reg, from: reg },
  effect: "write",
  hidden: true,
  type: ({ to, from }): undefined => {
    sameType("assign", ["to", to], ["from", from]);
    fitsShape("assign", "from", from, knownShape("assign", "to", to), "the variable's shape");
  },
  layout: {
    // The variable learns from a value of its own shape, the value from the variable.
    backward: (other, key, { operands: { to, from } }) =>
      (key === "from" ? other && reduceTo(other, tileShape(from)) : other && showShape(from.shape) === showShape(to.shape) ? other : undefined),
  },
  /** The variable's new value. */
  run: ({ to, from }) => spreadTile(asTile(from), asTile(to).shape),
  emit: () => ({ form: "assign", to: "to", from: "from" }),
});

/** @throws Diagnostic L0216, L0405, and those of the layout room */
function checkSharedPacking(p: Packing, dtype: DType, shape: readonly number[]): void {
  if (rankOf(p) > shape.length) fail({ code: "L0216", message: `the packing speaks of ${rankOf(p)} axes, the tile has ${shape.length}`, help: "give one digit or more for each axis" });
  if (p.kind === "packed") fail({ code: "L0405", message: "a shared tile can't be packed by a register layout", help: "threads exchange elements here: give the digits in their order, e.g. planes or [k / 32, n, bit, k % 32]" });
  if (!dtype.storage || dtype.bits >= 32) fail({ code: "L0405", message: `a shared tile of ${dtype.name} has no packing`, label: "each element is one of the array", help: "packings are for types of less than 32 bits that aren't computed with" });
  check(p, dtype.bits, shape, shape.map((_, d) => `axis ${d}`));
}

export const shared = define({
  name: "shared",
  doc: "A tile in workgroup memory, which all threads of the block see.",
  example: "shared s: f32[32, 32]",
  operands: {},
  attrs: { dtype: dtypeAttr, shape: ints, packing: optionalAttr({ ...packingAttr, doc: "how elements of less than 32 bits lie in words; left out: one after the other, rows padded to whole words" }), arena: optionalAttr({ ...int, doc: "tiles of one number lie in the same memory: the compiler says so where their lives don't overlap" }) },
  effect: "declare",
  hidden: true,
  type: (_, { dtype, shape, packing }): ResultType => {
    const extents = shapeAttr("shared", shape);
    if (packing) checkSharedPacking(packing, dtype, extents);
    return { space: "shared", dtype, shape: extents };
  },
  run: (_, { dtype, shape }) => whole(garbage(dtype, shape)),
  emit: () => ({ form: "declare" }),
});

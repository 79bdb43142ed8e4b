// The same tile in another form: another layout, the same bits as another type, or the same values in another type.
import { Bug, fail } from "../../diagnostic.ts";
import { slotCount, threadCount, type RegisterLayout } from "../../layout/index.ts";
import type { DType, Rounding } from "../dtype.ts";
import { bool, define, dtypeAttr, layoutAttr, optional, optionalAttr, reg, word, type ResultType } from "../instruction.ts";
import { tileShape } from "../program.ts";
import { disagreement, disagreementText, layoutOfBits, reinterpretTile, threadBits } from "./bits.ts";
import { mapElements, spreadTile, throughElements } from "./broadcast.ts";
import { castExpr, castTile, type CastOptions } from "./casting.ts";
import type { Value } from "../program.ts";
import { asTile } from "./window.ts";
import { fitsShape, knownShape, show, showShape } from "./rules.ts";

export const convert = define({
  name: "convert",
  doc: "The same tile in another register layout.",
  example: "let c = convert(v, layout: spatial(8, 8) * local(4, 4))",
  operands: { x: reg },
  attrs: { layout: layoutAttr },
  type: ({ x }, { layout }): ResultType => {
    const shape = knownShape("convert", "x", x);
    if (showShape(layout.shape) !== showShape(shape))
      fail({ code: "L0303", message: `a layout of shape ${showShape(layout.shape)} can't hold ${show(x)}`, help: `use a layout of shape ${showShape(shape)}` });
    return { space: "reg", dtype: x.dtype, shape, layout };
  },
  layout: { fits: () => true },
  run: ({ x }) => asTile(x),
  emit: () => ({ form: "convert", of: "x" }),
});

/** How many threads hold how many bits each of a view's result. */
const held = (attrs: Readonly<Record<string, unknown>>): { readonly threads: number; readonly bits: number } => {
  const layout = attrs.layout as RegisterLayout;
  return { threads: threadCount(layout), bits: threadBits(layout, attrs.dtype as DType) };
};

export const view = define({
  name: "view",
  doc: "The bits that each thread holds, read as another type in another layout.",
  example: "let w = view(convert(v, layout: spatial(32, 2) * local(1, 16)), dtype: u32, layout: spatial(32, 2) * local(1, 16))",
  operands: { x: reg },
  attrs: { dtype: dtypeAttr, layout: layoutAttr },
  type: ({ x }, { dtype, layout }): ResultType => {
    if (x.layout) {
      const first = disagreement(x.layout, x.dtype.bits, layout, dtype.bits), notes = first ? [`they disagree first in ${disagreementText(first)}`] : [];
      const had = slotCount(x.layout) * x.dtype.bits, has = slotCount(layout) * dtype.bits;
      if (threadCount(x.layout) !== threadCount(layout))
        fail({ code: "L0301", message: `a view must keep the threads: ${threadCount(x.layout)} hold ${show(x)}, the new layout is for ${threadCount(layout)}`, notes, help: "give both layouts the same number of threads" });
      if (had !== has)
        fail({ code: "L0302", message: `a view must keep the bits of a thread: ${slotCount(x.layout)} × ${x.dtype.name} are ${had} bits, ${slotCount(layout)} × ${dtype.name} are ${has}`, notes, help: `a thread needs ${had % dtype.bits === 0 ? `${had / dtype.bits} elements of ${dtype.name}` : `a multiple of ${dtype.bits} bits`}` });
      if (first) fail({ code: "L0304", message: `the view says that threads ${first.replica?.thread} and ${first.thread} hold the same element, but their bits of ${show(x)} aren't the same`, notes, help: "let both layouts be replicated alike: convert the tile first, or take a view layout without replicas" });
    }
    return { space: "reg", dtype, shape: layout.shape, layout };
  },
  layout: {
    fits: (_, have, __, { operands: { x }, attrs }) => {
      const { threads, bits } = held(attrs);
      return threadCount(have) === threads && threadBits(have, x.dtype) === bits && !disagreement(have, x.dtype.bits, attrs.layout as RegisterLayout, (attrs.dtype as DType).bits);
    },
    backward: (_, __, { operands: { x }, attrs }) => {
      const { threads, bits } = held(attrs);
      const found = layoutOfBits(threads, tileShape(x), x.dtype, bits)
        ?? fail({ code: "L0302", message: `no layout of ${show(x)} gives each of ${threads} threads ${bits} bits`, help: "the view must have as many bits as the tile, replicas counted" });
      const first = disagreement(found, x.dtype.bits, attrs.layout as RegisterLayout, (attrs.dtype as DType).bits);
      if (first) fail({ code: "L0304", message: `the view keeps fewer bits than ${show(x)} has: threads ${first.replica?.thread} and ${first.thread} would have to hold the same element`, notes: [`they disagree first in ${disagreementText(first)}`], help: "take a view layout without replicas, or convert the tile to a layout that is replicated alike" });
      return found;
    },
  },
  run: ({ x }, { dtype, layout }, { layouts }) => {
    if (!layouts.x) throw new Bug("a view of a tile whose layout isn't known yet");
    return reinterpretTile(asTile(x), layouts.x, dtype, layout);
  },
  emit: () => ({ form: "reinterpret", of: "x" }),
});

const roundings: readonly string[] = ["even", "away", "zero", "stochastic"] satisfies readonly Rounding[];

/** Checks that a cast can encode as it is asked to. */
function checkOptions(x: Value, to: DType, rounding: string, saturate: boolean, random: Value | undefined): void {
  if (!roundings.includes(rounding))
    fail({ code: "T0218", message: `there is no rounding '${rounding}'`, help: "use even, away, zero or stochastic" });
  if ((rounding !== "even" || !saturate) && (to.name === "f32" || to.kind === "bool"))
    fail({ code: "T0218", message: `a cast to ${to.name} has no options`, help: "'rounding:' and 'saturate:' are for integers, storage types and f16" });
  if ((rounding === "stochastic") !== (random !== undefined))
    fail({ code: "T0218", message: random ? `rounding '${rounding}' takes no random numbers` : "stochastic rounding needs random numbers", help: random ? "write rounding: stochastic, or leave 'random:' out" : "give a number in [0, 1) for each element: random: random_uniform(iota([64]), seed: 42)" });
  if (!random) return;
  if (random.dtype.name !== "f32") fail({ code: "T0218", message: `random numbers are f32, not ${random.dtype.name}`, label: `'random' is ${show(random)}`, help: "random_uniform(offset, seed: 42) gives them" });
  if (x.dtype.compute !== "f32" && x.dtype.compute !== "f16") fail({ code: "T0218", message: `stochastic rounding is for floats, and ${show(x)} holds whole numbers`, label: `'x' is ${show(x)}`, help: "cast it first: x as f32" });
  fitsShape("cast", "random", random, knownShape("cast", "x", x), "the tile,");
}

export const cast = define({
  name: "cast",
  doc: "The values of a tile in another number type: the nearest where there is no equal one, saturating, unless options say otherwise.",
  example: "let h = v as f16",
  operands: { x: reg, random: optional({ ...reg, apart: "number", doc: "for stochastic rounding: f32 in [0, 1), where fraction + random is 1 or more the value goes on to the next" }) },
  attrs: {
    to: dtypeAttr,
    rounding: optionalAttr({ ...word, doc: "even (default: to the nearest, of two the even one), away (of two the larger), zero (toward it) or stochastic" }),
    saturate: optionalAttr({ ...bool, doc: "false: integers wrap, floats overflow to infinity, or else to NaN, if they have one" }),
  },
  named: ["random"],
  type: ({ x, random }, { to, rounding = "even", saturate = true }): ResultType => {
    checkOptions(x, to, rounding, saturate, random);
    return { space: "reg", dtype: to, shape: knownShape("cast", "x", x) };
  },
  layout: throughElements,
  run: ({ x, random }, { to, ...options }) => castTile(asTile(x), to, options as CastOptions, random && spreadTile(asTile(random), asTile(x).shape).data),
  emit: (e, { x, random }, { to, ...options }) => mapElements(e, random ? [x, random] : [x], (a, r) => castExpr(e, x.dtype, to, a, options as CastOptions, r)),
});

// The same tile in another form: another layout, the same bits as another type, or the same values in another type.
import { Bug, fail } from "../../diagnostic.ts";
import { slotCount, threadCount, type RegisterLayout } from "../../layout/index.ts";
import type { DType } from "../dtype.ts";
import { define, dtypeAttr, layoutAttr, optionalAttr, reg, word, type ResultType } from "../instruction.ts";
import { tileShape } from "../program.ts";
import { disagreement, disagreementText, layoutOfBits, reinterpretTile, threadBits } from "./bits.ts";
import { mapElements, throughElements } from "./broadcast.ts";
import { castExpr, castTile, type CastRounding } from "./casting.ts";
import { asTile } from "./window.ts";
import { knownShape, show, showShape } from "./rules.ts";

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

export const cast = define({
  name: "cast",
  doc: "The values of a tile in another number type: the nearest where there is no equal one, saturating.",
  example: "let h = v as f16",
  operands: { x: reg },
  attrs: { to: dtypeAttr, rounding: optionalAttr({ ...word, doc: "how floats become integers: even (default), away or zero" }) },
  type: ({ x }, { to, rounding = "even" }): ResultType => {
    if (rounding !== "even" && rounding !== "away" && rounding !== "zero")
      fail({ code: "T0218", message: `there is no rounding '${rounding}'`, help: "use even, away or zero" });
    if (rounding !== "even" && to.kind !== "int" && to.kind !== "uint")
      fail({ code: "T0218", message: `a cast to ${to.name} rounds to the nearest only`, help: "'rounding:' is for integer types" });
    return { space: "reg", dtype: to, shape: knownShape("cast", "x", x) };
  },
  layout: throughElements,
  run: ({ x }, { to, rounding }) => castTile(asTile(x), to, rounding as CastRounding | undefined),
  emit: (e, { x }, { to, rounding }) => mapElements(e, [x], (a) => castExpr(e, x.dtype, to, a, rounding as CastRounding | undefined)),
});

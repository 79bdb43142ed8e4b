// Register tiles of other shapes: every element of the result is an element of the operand. Threads keep what they hold where the
// layouts allow it, so that most of these only rename slots; otherwise elements move between threads as in a `convert`.
import { fail } from "../../diagnostic.ts";
import { compose, local, numbers, permute as permuted, reduceTo, resize, slotCount, tryReshape, type Algebra, type IndexMap, type RegisterLayout } from "../../layout/index.ts";
import { axes as axesAttr, define, int, ints, optionalAttr, reg, type Attrs, type ResultType, type Values } from "../instruction.ts";
import { tileShape, type Axes } from "../program.ts";
import { makeData, sizeOf, stridesOf, type Tile } from "../tile.ts";
import { asTile } from "./window.ts";
import { axesOf, axisOf, knownShape, show, showShape } from "./rules.ts";

/** Where the elements of a result come from, and layouts in which no element changes its thread. */
export interface Move {
  readonly shape: readonly number[];
  readonly source: IndexMap;
  forward?(operand: RegisterLayout): RegisterLayout | undefined;
  backward?(out: RegisterLayout): RegisterLayout | undefined;
}

/** The elements of a tile that a move brings together. */
export function moveTile(x: Tile, { shape, source }: Move): Tile {
  const data = makeData(x.dtype, sizeOf(shape)), strides = stridesOf(x.shape), index = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    const from = source(numbers, index);
    let at = 0;
    for (let d = 0; d < from.length; d++) at += from[d] * strides[d];
    data[i] = x.data[at];
    for (let d = shape.length - 1; d >= 0 && ++index[d] === shape[d]; d--) index[d] = 0;
  }
  return { dtype: x.dtype, shape, data };
}

/** The layout, unless it gives threads more slots than they had while others have nothing to do. */
function fair(l: RegisterLayout | undefined, had: RegisterLayout, threads: number): RegisterLayout | undefined {
  const idle = l && slotCount(l) > slotCount(had) && Math.min(sizeOf(l.shape), threads) >= 2 * (sizeOf(l.shape) / slotCount(l));
  return idle ? undefined : l;
}

/** A row that moves elements as `plan` says. */
const moving = <const A extends Attrs>(name: string, doc: string, example: string, attrs: A, plan: (shape: readonly number[], a: Values<A>, what: string) => Move, hidden?: true) => define({
  name, doc, example, attrs,
  operands: { x: reg },
  ...(hidden ? { hidden } : {}),
  type: ({ x }, a): ResultType => ({ space: "reg", dtype: x.dtype, shape: plan(knownShape(name, "x", x), a as Values<A>, show(x)).shape }),
  layout: {
    fits: () => true,
    forward: ({ x: known }, { operands: { x }, attrs: a, threads }) => known && fair(plan(tileShape(x), a as Values<A>, show(x)).forward?.(known), known, threads),
    backward: (out, _, { operands: { x }, attrs: a }) => out && plan(tileShape(x), a as Values<A>, show(x)).backward?.(out),
  },
  run: ({ x }, a) => { const t = asTile(x); return moveTile(t, plan(t.shape, a as Values<A>, show(t))); },
  emit: (_, { x }, a) => ({ form: "convert", of: "x", source: plan(x.shape as readonly number[], a as Values<A>, x.dtype.name).source }),
});

// ── axes in another order, other sizes ──

function permutation(shape: readonly number[], order: readonly number[]): Move {
  const inverse = order.map((_, d) => order.indexOf(d));
  return {
    shape: order.map((d) => shape[d]), source: (_, index) => inverse.map((d) => index[d]),
    forward: (l) => permuted(l, order), backward: (l) => permuted(l, inverse),
  };
}

export const permute = moving("permute", "The axes in another order: axis i of the result is axis `axes[i]` of x.", "let c = permute(v, [1, 0])",
  { axes: { ...ints, doc: "every axis once, from the end if negative" } },
  (shape, { axes }, what) => {
    const order = axesOf("permute", axes, shape.length);
    if (order.length !== shape.length) fail({ code: "T0206", message: `'permute' needs every axis once, not [${axes.join(", ")}]`, label: `'x' is ${what}`, help: `name ${shape.length} axes, for example [${shape.map((_, d) => shape.length - 1 - d).join(", ")}]` });
    return permutation(shape, order);
  });

export const transpose = moving("transpose", "The last two axes exchanged.", "let c = transpose(v)", {}, (shape, _, what) => {
  if (shape.length < 2) fail({ code: "T0206", message: "'transpose' exchanges two axes", label: `'x' is ${what}`, help: "give a tile of two axes or more; reshape(x, [1, -1]) makes a row of a tile of one" });
  const last = shape.length - 1;
  return permutation(shape, shape.map((_, d) => (d === last ? last - 1 : d === last - 1 ? last : d)));
});

/** An axis of a group, and how many elements of the group one step along it passes. */
interface Part { readonly axis: number; readonly size: number; readonly stride: number }

/** Axes of two shapes in groups of as many elements, slowest first; those of size 1 are in none. Only within a group is an index put together and taken apart. */
function grouped(from: readonly number[], to: readonly number[]): readonly { readonly mine: readonly Part[]; readonly theirs: readonly Part[] }[] {
  const wide = (shape: readonly number[]): number[] => shape.flatMap((n, d) => (n > 1 ? [d] : [])), mine = wide(from), theirs = wide(to);
  const parts = (axes: readonly number[], shape: readonly number[]): Part[] => axes.map((axis, k) => ({ axis, size: shape[axis], stride: axes.slice(k + 1).reduce((n, d) => n * shape[d], 1) }));
  const groups: { mine: Part[]; theirs: Part[] }[] = [];
  for (let i = 0, j = 0; i < mine.length && j < theirs.length;) {
    const first = i, other = j;
    let a = from[mine[i++]], b = to[theirs[j++]];
    while (a !== b && (a < b ? i < mine.length : j < theirs.length)) if (a < b) a *= from[mine[i++]]; else b *= to[theirs[j++]];
    groups.push({ mine: parts(mine.slice(first, i), from), theirs: parts(theirs.slice(other, j), to) });
  }
  return groups;
}

/** The same elements in row-major order under another shape. */
export function reshaping(from: readonly number[], to: readonly number[]): Move {
  const layouts = (shape: readonly number[]) => (l: RegisterLayout): RegisterLayout | undefined => tryReshape(l, shape) ?? tryReshape(l, shape, { join: true });
  const groups = grouped(from, to), narrow = from.flatMap((n, d) => (n === 1 ? [d] : []));
  const source: IndexMap = <T>(a: Algebra<T>, index: readonly T[]) => {
    const out = new Array<T>(from.length), scaled = ({ axis, stride }: Part): T => (stride === 1 ? index[axis] : a.mul(index[axis], a.of(stride)));
    for (const d of narrow) out[d] = a.of(0);
    for (const { mine, theirs } of groups) {
      const flat = theirs.map(scaled).reduce((x, y) => a.add(x, y));
      mine.forEach(({ axis, size, stride }, k) => { const q = stride === 1 ? flat : a.div(flat, a.of(stride)); out[axis] = k === 0 ? q : a.mod(q, a.of(size)); });
    }
    return out;
  };
  return { shape: to, source, forward: layouts(to), backward: layouts(from) };
}

const badShape = (name: string, message: string, what: string, help: string): never => fail({ code: "T0224", message: `'${name}' ${message}`, label: `'x' is ${what}`, help });

export const reshape = moving("reshape", "The same elements, counted row-major, under another shape.", "let c = reshape(v, [-1, 32])",
  { shape: { ...ints, doc: "sizes of the same product; one may be -1 and is then what is left" } },
  (shape, { shape: want }, what) => {
    const size = sizeOf(shape), open = want.filter((n) => n === -1).length, rest = sizeOf(want.filter((n) => n !== -1));
    const to = want.map((n) => (n === -1 && open === 1 ? size / rest : n));
    if (to.some((n) => !Number.isInteger(n) || n < 1) || sizeOf(to) !== size) badShape("reshape", `can't make ${size} elements ${showShape(want)}`, what, "the product of the sizes must stay; one size may be -1");
    return reshaping(shape, to);
  });

export const squeeze = moving("squeeze", "Without axes of size 1.", "let c = squeeze(reduce_sum(v, axis: 1))",
  { axes: optionalAttr({ ...axesAttr, doc: "an axis or a list of them, from the end if negative; by default all of size 1" }) },
  (shape, { axes }, what) => {
    const gone = axes === undefined ? shape.flatMap((n, d) => (n === 1 ? [d] : [])) : axesOf("squeeze", axes, shape.length);
    for (const d of gone) if (shape[d] !== 1) badShape("squeeze", `can't remove axis ${d}, which has ${shape[d]} elements`, what, "name axes of size 1; reduce the others first");
    return reshaping(shape, shape.filter((_, d) => !gone.includes(d)));
  });

/** A shape with new axes of size 1 at these places of the result. */
function widened(name: string, shape: readonly number[], axes: Axes): number[] {
  const list = typeof axes === "number" ? [axes] : axes, fresh = axesOf(name, list, shape.length + list.length), old = [...shape];
  return Array.from({ length: shape.length + list.length }, (_, d) => (fresh.includes(d) ? 1 : old.shift() ?? 1));
}

export const unsqueeze = moving("unsqueeze", "With new axes of size 1.", "let c = unsqueeze(v, -1)",
  { axes: { ...axesAttr, doc: "the places of the new axes in the result, from the end if negative" } },
  (shape, { axes }) => reshaping(shape, widened("unsqueeze", shape, axes)));

// ── repetition ──

/** A tile broadcast to a larger shape, from the right. */
export function expansion(from: readonly number[], to: readonly number[]): Move {
  const lead = to.length - from.length;
  return {
    shape: to, source: (a, index) => from.map((n, d) => (n === 1 ? a.of(0) : index[lead + d])),
    forward: (l) => compose(l, local(...to.map((n, d) => (d < lead || from[d - lead] === 1 ? n : 1)))), backward: (l) => reduceTo(l, from),
  };
}

export const expand = moving("expand", "Repeated along axes of size 1, and along new ones at the front, until it has this shape.", "let c = expand(reduce_sum(v, axis: 1), [32, 16])",
  { shape: { ...ints, doc: "the result's sizes; -1 keeps one" } },
  (shape, { shape: want }, what) => {
    const lead = want.length - shape.length, to = want.map((n, d) => (n === -1 && d >= lead ? shape[d - lead] : n));
    if (lead < 0 || shape.some((n, d) => n !== 1 && n !== to[lead + d]) || to.some((n) => !Number.isInteger(n) || n < 1))
      badShape("expand", `can't make ${showShape(shape)} ${showShape(want)}`, what, "from the right, sizes must be equal or 1; 'repeat' repeats other sizes");
    return expansion(shape, to);
  });

const positive = (name: string, n: number): number =>
  (Number.isInteger(n) && n >= 1 ? n : fail({ code: "T0224", message: `'${name}' can't repeat ${n} times`, help: "counts are compile-time integers of at least 1" }));

export const repeat = moving("repeat", "The whole tile several times along each axis.", "let c = repeat(iota([4, 4]), [2, 1])",
  { counts: { ...ints, doc: "how often along each axis; more counts than axes make new ones at the front" } },
  (shape, { counts }, what) => {
    const lead = counts.length - shape.length;
    if (lead < 0) badShape("repeat", `gets ${counts.length} counts for ${shape.length} axes`, what, "give a count for every axis; 1 leaves it");
    counts.forEach((n) => positive("repeat", n));
    return {
      shape: counts.map((n, d) => n * (d < lead ? 1 : shape[d - lead])),
      source: (a, index) => shape.map((n, d) => (n === 1 ? a.of(0) : counts[lead + d] === 1 ? index[lead + d] : a.mod(index[lead + d], a.of(n)))),
      forward: (l) => compose(local(...counts), l),
    };
  });

export const repeat_interleave = moving("repeat_interleave", "Every element several times in a row along an axis.", "let c = repeat_interleave(iota([4, 4]), 2, axis: 1)",
  { count: { ...int, doc: "how often" }, axis: { ...int, doc: "the axis, from the end if negative" } },
  (shape, { count, axis }) => {
    const at = axisOf("repeat_interleave", axis, shape.length), n = positive("repeat_interleave", count);
    return {
      shape: shape.map((m, d) => (d === at ? m * n : m)), source: (a, index) => index.map((x, d) => (d === at && n > 1 ? a.div(x, a.of(n)) : x)),
      forward: (l) => compose(l, local(...shape.map((_, d) => (d === at ? n : 1)))),
    };
  });

// ── parts ──

/** Layouts of windows, axis by axis. */
const resized = (l: RegisterLayout, to: readonly number[], offsets: readonly number[]): RegisterLayout | undefined =>
  to.reduce<RegisterLayout | undefined>((m, n, d) => (m && (m.shape[d] === n ? m : resize(m, d, n, offsets[d]))), l);

/** A window, some of whose axes of width 1 vanish. */
function window(shape: readonly number[], offsets: readonly number[], sizes: readonly number[], drop: readonly number[] = []): Move {
  const small = reshaping(sizes, sizes.filter((_, d) => !drop.includes(d)));
  return {
    shape: small.shape, source: (a, index) => small.source(a, index).map((x, d) => (offsets[d] === 0 ? x : a.add(x, a.of(offsets[d])))),
    forward: (l) => { const m = resized(l, sizes, offsets); return m && small.forward?.(m); },
    backward: (l) => { const m = small.backward?.(l); return m && resized(m, shape, offsets); },
  };
}

const windowAttrs = { offsets: ints, sizes: ints, drop: optionalAttr({ ...ints, doc: "axes of width 1 that vanish" }) } as const;

/** Checks that a window lies inside. */
export function insideShape(shape: readonly number[], offsets: readonly number[], sizes: readonly number[], what: string): void {
  if (offsets.length !== shape.length || sizes.length !== shape.length) fail({ code: "T0211", message: `${offsets.length} subscripts for ${shape.length} axes`, label: `this is ${what}`, help: "give one subscript per axis; ':' takes a whole axis" });
  shape.forEach((n, d) => {
    if (!(sizes[d] >= 1)) fail({ code: "T0211", message: `axis ${d} can't have a width of ${sizes[d]}`, label: `this is ${what}`, help: "widths are at least 1" });
    if (offsets[d] < 0 || offsets[d] + sizes[d] > n)
      fail({ code: "T0510", message: `this lies outside the tile: axis ${d} has ${n} elements`, label: `this is ${what}`, help: `stay within 0 to ${n - 1}` });
  });
}

export const crop = moving("crop", "A window of a register tile: a compile-time start and width per axis.", "let c = v[0 +: 16, 0]", windowAttrs,
  (shape, { offsets, sizes, drop }, what) => {
    insideShape(shape, offsets, sizes, what);
    return window(shape, offsets, sizes, drop);
  }, true);

export const place = moving("place", "A tile at a place of a larger one; beside it lie its own elements again, for `select` to replace.", "let c = place(v, offsets: [0, 32], shape: [32, 64])",
  { offsets: ints, shape: { ...ints, doc: "the larger sizes" } },
  (shape, { offsets, shape: to }, what) => {
    insideShape(to, offsets, shape, what);
    return {
      shape: to,
      // (i - offset) mod n without negative numbers: inside it is i - offset.
      source: (a, index) => index.map((x, d) => (shape[d] === to[d] ? x : shape[d] === 1 ? a.of(0) : a.mod(a.add(x, a.of((shape[d] - (offsets[d] % shape[d])) % shape[d])), a.of(shape[d])))),
      forward: (l) => resized(l, to, offsets), backward: (l) => resized(l, shape, offsets),
    };
  });

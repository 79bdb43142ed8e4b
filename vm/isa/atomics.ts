// Updates of memory where threads may meet: atomics on the elements of a window, scatters to places that a tile of numbers
// names, histograms. The interpreter takes elements in row-major order; on a device the order is anybody's guess.
import { Bug, fail } from "../../diagnostic.ts";
import { dtype as dtypeNamed, type DType } from "../dtype.ts";
import type { Emit, Source, UpdateOp } from "../emit.ts";
import { define, int, memory, optionalAttr, reg, type Datum, type LayoutRule, type ResultType } from "../instruction.ts";
import { scalarFunction, type Scalar as NumberFunction } from "../numeric-ops.ts";
import { tileShape, type Value } from "../program.ts";
import { holdsAll, reduceTo } from "../../layout/index.ts";
import { printScalar } from "../scalar.ts";
import { makeData, sizeOf, moves, type Tile, type View } from "../tile.ts";
import { elementOf, emission, spreadTile, throughElements } from "./broadcast.ts";
import { castExpr, castTile } from "./casting.ts";
import { asTile, asView } from "./window.ts";
import { axisOf, fitsShape, isInteger, knownShape, sameType, show, showShape } from "./rules.ts";

const i32 = dtypeNamed("i32");

/** Atomics exist on 32-bit integers. The way out depends on what is there instead. */
function atomicType(name: string, to: Value): void {
  if (to.dtype.name === "i32" || to.dtype.name === "u32") return;
  const help = to.dtype.kind === "float" || to.dtype.kind === "scale"
    ? "count in fixed point, atomic_add(total, round(x * 65536) as i32), and divide in the end; or let each block write a part of its own and reduce the parts"
    : `keep the memory in i32 or u32 and cast what is added: x as ${to.dtype.min < 0 ? "i32" : "u32"}`;
  fail({ code: "T0240", message: `there is no '${name}' on ${to.dtype.name}`, label: `'to' is ${show(to)}; atomics are on i32 and u32`, help });
}

/** Where the elements of a view lie in its memory: the flat place, or -1 outside. */
function placeIn(v: View): (index: readonly number[]) => number {
  if (v.bit !== undefined) throw new Bug("an update of bit planes");
  const { axes, origin } = v, move = moves(v);
  return (index) => {
    const at = [...origin];
    axes.forEach((axis, d) => { if (axis !== "bit") at[axis] += index[d]; });
    const place = at.reduce((sum, x, a) => sum + move(a, x), 0);
    return place >= 0 ? place : -1;
  };
}

/** All indices of a shape in row-major order; the list is one and the same, changed in place. */
function* eachIndex(shape: readonly number[]): Generator<readonly number[]> {
  const index = new Array<number>(shape.length).fill(0);
  for (let n = sizeOf(shape); n > 0; n--) {
    yield index;
    for (let d = shape.length - 1; d >= 0 && ++index[d] === shape[d]; d--) index[d] = 0;
  }
}

/** Changes elements one after the other: `place` says which one, by index in the view; undefined for none. Gives what was there before, 0 outside. */
function update(to: Datum, shape: readonly number[], f: (old: number, i: number) => number, place: (index: readonly number[], i: number) => readonly number[] | undefined): Tile {
  const v = asView(to), find = placeIn(v), { data } = v.memory, old = makeData(v.dtype, sizeOf(shape));
  let i = 0;
  for (const index of eachIndex(shape)) {
    const there = place(index, i), at = there ? find(there) : -1;
    if (at >= 0) { old[i] = data[at]; data[at] = f(data[at], i); }
    i++;
  }
  return { dtype: v.dtype, shape, data: old };
}

const combine = (op: UpdateOp, t: DType): NumberFunction => {
  switch (op) {
    case "store": case "exchange": return (_, x) => x;
    case "compareExchange": return (old, x, compare) => (old === compare ? x : old);
    default: return scalarFunction(op, t.compute);
  }
};

const old = "What was there before is the result.";

const atomic = (name: string, doc: string, op: UpdateOp) => define({
  name, doc: `${doc} ${old}`,
  example: `let c = ${name}(hits, 1)`,
  operands: { to: { ...memory, doc: "i32 or u32" }, x: reg },
  effect: "write", atomic: true,
  type: ({ to, x }): ResultType => {
    atomicType(name, to);
    sameType(name, ["to", to], ["x", x]);
    const shape = knownShape(name, "to", to);
    fitsShape(name, "x", x, shape, "what it changes,");
    return { space: "reg", dtype: to.dtype, shape };
  },
  layout: throughElements,
  run: ({ to, x }) => {
    const { shape, dtype } = asView(to), f = combine(op, dtype), xs = spreadTile(asTile(x), shape).data;
    return update(to, shape, (a, i) => f(a, xs[i], 0), (index) => index);
  },
  emit: (e, { x }) => emission(e, { form: "update", to: "to", over: "out", op, place: (index) => index, value: (index) => elementOf(e, x, index) }),
});

export const atomic_add = atomic("atomic_add", "Adds to memory, each element in one step that no other thread can split.", "add");
export const atomic_sub = atomic("atomic_sub", "Subtracts from memory, each element in one step.", "sub");
export const atomic_min = atomic("atomic_min", "Keeps the smaller number in memory, each element in one step.", "min");
export const atomic_max = atomic("atomic_max", "Keeps the larger number in memory, each element in one step.", "max");
export const atomic_and = atomic("atomic_and", "Clears bits in memory, each element in one step.", "and");
export const atomic_or = atomic("atomic_or", "Sets bits in memory, each element in one step.", "or");
export const atomic_xor = atomic("atomic_xor", "Flips bits in memory, each element in one step.", "xor");
export const atomic_exchange = atomic("atomic_exchange", "Puts new numbers into memory, each element in one step.", "exchange");

export const atomic_compare_exchange = define({
  name: "atomic_compare_exchange",
  doc: `Puts a new number into memory where it holds \`compare\`, each element in one step. ${old}`,
  example: "let c = atomic_compare_exchange(hits, 0, 1)",
  operands: { to: { ...memory, doc: "i32 or u32" }, compare: reg, x: { ...reg, doc: "the new number" } },
  effect: "write", atomic: true,
  type: ({ to, compare, x }): ResultType => {
    const name = "atomic_compare_exchange", shape = knownShape(name, "to", to);
    atomicType(name, to);
    for (const [key, v] of [["compare", compare], ["x", x]] as const) {
      sameType(name, ["to", to], [key, v]);
      fitsShape(name, key, v, shape, "what it changes,");
    }
    return { space: "reg", dtype: to.dtype, shape };
  },
  layout: throughElements,
  run: ({ to, compare, x }) => {
    const { shape } = asView(to), xs = spreadTile(asTile(x), shape).data, cs = spreadTile(asTile(compare), shape).data;
    return update(to, shape, (a, i) => (a === cs[i] ? xs[i] : a), (index) => index);
  },
  emit: (e, { compare, x }) => emission(e, {
    form: "update", to: "to", over: "out", op: "compareExchange", place: (index) => index, value: (index) => elementOf(e, x, index), compare: (index) => elementOf(e, compare, index),
  }),
});

// ── scatters ──

/** Checks what a scatter is made of; gives the axis. */
function scatterShapes(name: string, to: Value, index: Value, x: Value, axis: number): number {
  const at = axisOf(name, axis, to.shape.length), shape = knownShape(name, "index", index);
  if (!isInteger(index.dtype))
    fail({ code: "T0241", message: `'${name}' needs whole numbers to say where`, label: `'index' is ${show(index)}`, help: "cast it first: index as i32" });
  if (shape.length !== to.shape.length || to.shape.some((n, d) => d !== at && printScalar(n) !== String(shape[d])))
    fail({
      code: "T0241", message: `'${name}' along axis ${at} of ${show(to)} can't take an index of ${showShape(shape)}`, label: `'index' is ${show(index)}`,
      help: "index and 'to' have the same sizes on all axes but that one; take a window: to[start +: width, …]",
    });
  fitsShape(name, "x", x, shape, "the index,");
  return at;
}

/** An index with the number for one axis, of a type that holds whole numbers. */
const placed = <X>(e: Emit<X>, index: Source<X>, axis: number) => (i: readonly X[]): readonly X[] =>
  i.map((own, d) => (d === axis ? castExpr(e, index.dtype, i32, index.at(i)) : own));

/** The same in numbers; undefined outside the window. */
const placedNumbers = (to: Datum, index: Tile, axis: number) => {
  const n = to.shape[axis], where = castTile(index, i32).data;
  return (i: readonly number[], k: number): readonly number[] | undefined =>
    (where[k] < 0 || where[k] >= n ? undefined : i.map((own, d) => (d === axis ? where[k] : own)));
};

const scattered = "An index outside is dropped.";
const axisAttr = { axis: optionalAttr({ ...int, doc: "the axis that index counts along (default 0)" }) };
/** The type of an index has nothing to do with what is scattered. */
const indexOperand = { ...reg, apart: "number", doc: "for each element, where along the axis it goes" } as const;

/** What is written lies where its index lies. */
const besideIndex: LayoutRule = {
  backward: (_, key, { operands: { index, x } }) => (key === "x" && index.layout ? reduceTo(index.layout, tileShape(x)) : undefined),
  fits: (key, have, _, { threads, operands: { index } }) => key !== "x" || !index.layout || holdsAll(have, index.layout, threads),
};

export const scatter = define({
  name: "scatter",
  doc: `Writes elements to places along an axis that \`index\` names. ${scattered} Of several elements for one place any may win.`,
  example: "scatter(y, v as i32, v)",
  operands: { to: memory, index: indexOperand, x: reg },
  attrs: axisAttr,
  effect: "write", scatters: true,
  type: ({ to, index, x }, { axis = 0 }): undefined => {
    if (to.space === "global" && to.dtype.bits !== 32)
      fail({
        code: "T0240", message: `can't scatter to a tensor of ${to.dtype.name}: its elements share words, which threads would write over each other`, label: `'to' is ${show(to)}`,
        help: `scatter to a shared tile, shared s: ${to.dtype.name}[…], then store it; or use a tensor of 32-bit elements`,
      });
    sameType("scatter", ["to", to], ["x", x]);
    scatterShapes("scatter", to, index, x, axis);
  },
  layout: besideIndex,
  run: ({ to, index, x }, { axis = 0 }) => {
    const where = asTile(index), xs = spreadTile(asTile(x), where.shape).data;
    update(to, where.shape, (_, i) => xs[i], placedNumbers(to, where, axisOf("scatter", axis, where.shape.length)));
  },
  emit: (e, { index, x }, { axis = 0 }) => emission(e, { form: "update", to: "to", over: "index", op: "store", place: placed(e, index, axisOf("scatter", axis, index.shape.length)), value: (i) => elementOf(e, x, i) }),
});

const scatterBy = (name: string, doc: string, op: UpdateOp) => define({
  name, doc: `${doc} to places along an axis that \`index\` names, each in one step. ${scattered} ${old}`,
  example: `let c = ${name}(hits, v as i32, 1)`,
  operands: { to: { ...memory, doc: "i32 or u32" }, index: indexOperand, x: reg },
  attrs: axisAttr,
  effect: "write", atomic: true, scatters: true,
  type: ({ to, index, x }, { axis = 0 }): ResultType => {
    atomicType(name, to);
    sameType(name, ["to", to], ["x", x]);
    scatterShapes(name, to, index, x, axis);
    return { space: "reg", dtype: to.dtype, shape: knownShape(name, "index", index) };
  },
  layout: throughElements,
  run: ({ to, index, x }, { axis = 0 }) => {
    const where = asTile(index), xs = spreadTile(asTile(x), where.shape).data, f = combine(op, to.dtype);
    return update(to, where.shape, (a, i) => f(a, xs[i], 0), placedNumbers(to, where, axisOf(name, axis, where.shape.length)));
  },
  emit: (e, { index, x }, { axis = 0 }) => emission(e, { form: "update", to: "to", over: "out", op, place: placed(e, index, axisOf(name, axis, index.shape.length)), value: (i) => elementOf(e, x, i) }),
});

export const scatter_add = scatterBy("scatter_add", "Adds elements", "add");
export const scatter_min = scatterBy("scatter_min", "Brings smaller elements", "min");
export const scatter_max = scatterBy("scatter_max", "Brings larger elements", "max");

export const histogram = define({
  name: "histogram",
  doc: "Counts how often each whole number occurs: adds to `to[n]` for every element n, each in one step. Numbers outside aren't counted.",
  example: "histogram(hits[0, :], v as i32)",
  operands: { to: { ...memory, doc: "one axis of i32 or u32: counts so far" }, x: { ...reg, apart: "number", doc: "integers of any type" } },
  effect: "write", atomic: true, scatters: true,
  type: ({ to, x }): undefined => {
    atomicType("histogram", to);
    if (to.shape.length !== 1)
      fail({ code: "T0241", message: `'histogram' counts along one axis, not in ${show(to)}`, help: "give one row: to[i, :]" });
    if (!isInteger(x.dtype))
      fail({ code: "T0241", message: "'histogram' counts whole numbers", label: `'x' is ${show(x)}`, help: "cast it first: x as i32" });
    knownShape("histogram", "x", x);
  },
  run: ({ to, x }) => {
    const t = asTile(x), values = castTile(t, i32).data, n = to.shape[0], f = combine("add", to.dtype);
    update(to, t.shape, (a) => f(a, 1, 0), (_, i) => (values[i] >= 0 && values[i] < n ? [values[i]] : undefined));
  },
  emit: (e, { to, x }) => {
    const one = e.constant(to.dtype.compute, 1);
    return emission(e, { form: "update", to: "to", over: "x", op: "add", place: (i) => [castExpr(e, x.dtype, i32, x.at(i))], value: () => one });
  },
});

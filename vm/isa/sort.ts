// Order along an axis: the elements themselves, their places, the first few of them. A sorting network (Batcher's merge exchange, for any
// number of elements): comparators of one round touch each element once, so a round is one exchange.
//
//   merges of runs of p, for p = 1, 2, 4, …;  in each, comparators over distances d = p, p/2, …, 1
import { fail } from "../../diagnostic.ts";
import type { DType } from "../dtype.ts";
import { dtype as dtypeNamed } from "../dtype.ts";
import type { Emission, Emit, Source } from "../emit.ts";
import { bool, define, int, optionalAttr, reg, type LayoutRule, type ResultType } from "../instruction.ts";
import { numericOps } from "../numeric-machine.ts";
import type { Value } from "../program.ts";
import { sizeOf, type Tile } from "../tile.ts";
import { emission } from "./broadcast.ts";
import { tileOf, tileValues } from "./data.ts";
import { keysOf } from "./order.ts";
import { eachLine, inPlace } from "./scan.ts";
import { asTile } from "./window.ts";
import { axisOf, knownShape, show } from "./rules.ts";

/** The network's rounds for n elements: log2 of p and of the distance. */
function network(n: number): { readonly run: number; readonly distance: number }[] {
  const rounds: { run: number; distance: number }[] = [];
  for (let run = 0; 2 ** run < n; run++) for (let distance = run; distance >= 0; distance--) rounds.push({ run, distance });
  return rounds;
}

/** What is ordered: values, or (value, place) pairs, so that ties keep their order. */
type What = "values" | "places";

/** The emission that orders; the result takes the first elements of every line. */
function ordering<X>(e: Emit<X>, x: Source<X>, axis: number, descending: boolean, what: What): Emission<X> {
  const n = x.shape[axis], size = typeof n === "number" ? n : 1, rounds = network(size), keys = keysOf(e, x.dtype, descending);
  const c = (v: number): X => e.constant("i32", v), table = (pick: (r: { run: number; distance: number }) => number, round: X): X => e.table("u32", rounds.map(pick), e.to("u32", round));
  const less = (a: readonly X[], b: readonly X[]): X =>
    a.length === 1 ? e.op("lt", a[0], b[0]) : e.op("or", e.op("lt", a[0], b[0]), e.op("and", e.op("eq", a[0], b[0]), e.op("lt", a[1], b[1])));
  return emission(e, {
    form: "rounds", operand: "x", axis, types: what === "values" ? ["u32"] : ["u32", "u32"], rounds: rounds.length,
    init: (index) => [keys.key(x.at(index)), ...(what === "values" ? [] : [e.to("u32", index[axis])])],
    step(at, round, own, get) {
      const run = table((r) => r.run, round), distance = table((r) => r.distance, round), d = e.op("shl", c(1), distance);
      // In the first distance of a merge pairs start at 0, in the others at d.
      const from = e.op("sub", at, e.op("select", e.op("eq", run, distance), c(0), d));
      const high = e.op("ne", e.op("and", e.op("shr", from, distance), c(1)), c(0));
      const partner = e.op("select", high, e.op("sub", at, d), e.op("add", at, d)), merge = e.op("add", run, e.constant("u32", 1));
      const there = e.op("and", e.op("and", e.op("ge", from, c(0)), e.op("lt", partner, c(size))), e.op("eq", e.op("shr", at, merge), e.op("shr", partner, merge)));
      const other = get(e.op("select", there, partner, at));
      // Where there is no partner the element is its own, and stays.
      const takes = e.op("ne", less(other, own), high);
      return own.map((w, i) => e.op("select", e.op("and", there, takes), other[i], w));
    },
    result: (state) => (what === "values" ? keys.element(state[0]) : e.to("i32", state[1])),
  });
}

/** The places of a tile's elements in order, the first `count` of every line. */
function placesInOrder(x: Tile, axis: number, descending: boolean, count: number): Uint32Array {
  const values = tileValues(x), n = x.shape[axis], out = new Uint32Array((x.data.length / n) * count);
  const before = (a: number, b: number): number => {
    if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
    return a === b ? 0 : (a < b) === descending ? 1 : -1;
  };
  const shape = x.shape.map((m, d) => (d === axis ? count : m)), firsts: number[] = [];
  eachLine(shape, axis, (first) => firsts.push(first));
  let line = 0;
  eachLine(x.shape, axis, (first, stride) => {
    const at = firsts[line++], order = Array.from({ length: n }, (_, i) => i).sort((i, j) => before(values[first + i * stride], values[first + j * stride]) || i - j);
    for (let r = 0; r < count; r++) out[at + r * stride] = order[r];
  });
  return out;
}

/** The elements at places that `placesInOrder` gave. */
function elementsAt(x: Tile, axis: number, descending: boolean, count: number): Tile {
  const places = placesInOrder(x, axis, descending, count), shape = x.shape.map((m, d) => (d === axis ? count : m)), data = new Float64Array(sizeOf(shape));
  const keys = keysOf(numericOps, x.dtype, descending), type = x.dtype.storage ? "u32" : x.dtype.compute, firsts: number[] = [];
  eachLine(x.shape, axis, (first) => firsts.push(first));
  let line = 0;
  eachLine(shape, axis, (first, stride) => {
    const from = firsts[line++];
    // Equal elements come out as one: +0 for -0, the usual NaN for any.
    for (let r = 0; r < count; r++) data[first + r * stride] = keys.element(keys.key({ type, value: x.data[from + places[first + r * stride] * stride] })).value;
  });
  return tileOf(x.dtype, shape, data);
}

const axisAttr = { ...int, doc: "the axis to order along, from the end if negative" };
const descendingAttr = optionalAttr({ ...bool, doc: "largest first (default false)" });
const smallestAttr = optionalAttr({ ...bool, doc: "the smallest ones, smallest first (default false)" });

/** A row that orders whole lines. */
const sorting = (name: string, doc: string, example: string, what: What, type: (x: DType) => DType) => define({
  name, doc, example,
  operands: { x: reg },
  attrs: { axis: axisAttr, descending: descendingAttr },
  type: ({ x }, { axis }): ResultType => {
    const shape = knownShape(name, "x", x);
    axisOf(name, axis, shape.length);
    return { space: "reg", dtype: type(x.dtype), shape };
  },
  layout: inPlace,
  run: ({ x }, { axis, descending = false }, { out }) => {
    const t = asTile(x), at = axisOf(name, axis, t.shape.length), n = t.shape[at];
    return what === "values" ? elementsAt(t, at, descending, n) : tileOf(dtypeNamed("i32"), out?.shape ?? t.shape, placesInOrder(t, at, descending, n));
  },
  emit: (e, { x }, { axis, descending = false }) => ordering(e, x, axisOf(name, axis, x.shape.length), descending, what),
});

/** The shape of the first k of every line. */
function cut(name: string, x: Value, axis: number, k: number): readonly number[] {
  const shape = knownShape(name, "x", x), at = axisOf(name, axis, shape.length), n = shape[at];
  if (!Number.isInteger(k) || k < 1 || k > n)
    fail({ code: "T0232", message: `'${name}' can't take ${k} of ${n} elements`, label: `axis ${axis} of ${show(x)} has ${n}`, help: `use a count from 1 to ${n}` });
  return shape.map((m, d) => (d === at ? k : m));
}

/** Layouts of operand and result have nothing to do with each other. */
const elsewhere: LayoutRule = { fits: () => true };

/** A row that takes the first of every line. */
const choosing = (name: string, doc: string, example: string, what: What, type: (x: DType) => DType) => define({
  name, doc, example,
  operands: { x: reg },
  attrs: { k: { ...int, doc: "how many of each line" }, axis: axisAttr, smallest: smallestAttr },
  type: ({ x }, { axis, k }): ResultType => ({ space: "reg", dtype: type(x.dtype), shape: cut(name, x, axis, k) }),
  layout: elsewhere,
  run: ({ x }, { axis, k, smallest = false }, { out }) => {
    const t = asTile(x), at = axisOf(name, axis, t.shape.length);
    return what === "values" ? elementsAt(t, at, !smallest, k) : tileOf(dtypeNamed("i32"), out?.shape ?? [], placesInOrder(t, at, !smallest, k));
  },
  emit: (e, { x }, { axis, smallest = false }) => ordering(e, x, axisOf(name, axis, x.shape.length), !smallest, what),
});

const itself = (d: DType): DType => d, places = (): DType => dtypeNamed("i32");
export const sort = sorting("sort", "The elements along an axis in order; NaN last, -0 as 0.", "let r = sort(v, axis: 1)", "values", itself);
export const arg_sort = sorting("arg_sort", "Where the elements of `sort` come from: indices along the axis; equal ones keep their order.", "let r = arg_sort(v, axis: 1, descending: true)", "places", places);
export const top_k = choosing("top_k", "The k largest elements along an axis, largest first; NaN last, -0 as 0.", "let r = top_k(v, k: 4, axis: 1)", "values", itself);
export const arg_top_k = choosing("arg_top_k", "Where the elements of `top_k` come from: indices along the axis; of equal ones the first.", "let r = arg_top_k(v, k: 4, axis: 1)", "places", places);

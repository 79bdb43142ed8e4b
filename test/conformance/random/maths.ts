// Makers of statements that compute: element by element, along axes, products. A float statement that couldn't be exact is left out.
import { planes } from "../../../layout/index.ts";
import { constant, dtype, scalarOp, supports, type DType, type Op, type Value } from "../../../vm/index.ts";
import { product } from "./parts.ts";
import { beside, call, fits, fresh, keep, laid, operand, shapeOf, sharedWith, types, type Item, type World } from "./world.ts";

const taking = (op: Op): string[] => ["i32", "u32", "f32", "f16", "bool"].filter((t) => supports(op, dtype(t).compute));
const integersOnly = (op: Op): string[] => taking(op).filter((t) => dtype(t).kind !== "float");
const isInteger = (d: DType): boolean => d.kind === "int" || d.kind === "uint" || d.kind === "bipolar";
const isFloat = (d: DType): boolean => d.kind === "float" && !d.storage;

/** Remembers a result if its numbers are exact: `make` is asked only then. */
function computed(w: World, d: DType, most: number, grain: number, make: () => Item["v"]): void {
  if (fits(d, most, grain)) keep(w, laid(w, make()), { most: isFloat(d) || most <= 2 ** 30 ? most : Infinity, grain });
}

/** Of two tiles, or a tile and a number. */
const binary = (op: "add" | "sub" | "mul" | "div" | "rem" | "min" | "max" | "and" | "or" | "xor", bound: (x: Item, y: Item) => readonly [most: number, grain: number], of = taking(op)) => (w: World): void => {
  const x = operand(w, { types: of, exact: true }), y = beside(w, x), [most, grain] = bound(x, y);
  const number = x.v.dtype.kind !== "bool" && w.g.chance(20);
  computed(w, x.v.dtype, number ? Math.max(most, x.most + 3, x.most * 3) : most, number ? x.grain : grain, () => w.b[op]({ x: x.v, y: number ? 3 : y.v }));
};
const sums = (x: Item, y: Item) => [x.most + y.most, Math.min(x.grain, y.grain)] as const;
const larger = (x: Item, y: Item) => [Math.max(x.most, y.most), Math.min(x.grain, y.grain)] as const;
const wild = () => [Infinity, 1] as const;

const comparison = (op: "lt" | "le" | "gt" | "ge") => (w: World): void => { const x = operand(w, { types: types.wide, exact: true }); keep(w, laid(w, w.b[op]({ x: x.v, y: w.g.chance(30) ? 2 : beside(w, x).v }))); };
const unary = (op: "neg" | "abs" | "sign" | "not" | "popcount" | "clz" | "ctz", most: (x: Item) => number) => (w: World): void => { const x = operand(w, { types: taking(op), exact: true }); computed(w, x.v.dtype, most(x), x.grain, () => w.b[op]({ x: x.v })); };
/** Roundings have something to do on halves. */
const rounding = (op: "floor" | "ceil" | "trunc" | "round") => (w: World): void => {
  const x = operand(w, { types: types.floats, exact: true });
  if (!fits(x.v.dtype, x.most, x.grain / 2)) return;
  const half = call(w, "mul", { x: x.v, y: 0.5 });
  computed(w, x.v.dtype, x.most + 1, 1, () => w.b[op]({ x: half }));
};
const shift = (op: "shl" | "shr") => (w: World): void => { const x = operand(w, { types: types.whole32 }); const n = fresh(w, w.g.pick(["u32", "i32"]), shapeOf(x.v)); computed(w, x.v.dtype, Infinity, 1, () => w.b[op]({ x: x.v, y: w.g.chance(40) ? 3 : n.v })); };

/** Axes to combine: one, several, or all. */
function axesOf(w: World, rank: number): { readonly axis?: number | number[]; readonly list: readonly number[] } {
  const all = Array.from({ length: rank }, (_, d) => d);
  if (w.g.chance(20) || rank === 0) return { list: all };
  const first = w.g.between(0, rank - 1), list = all.filter((d) => d === first || w.g.chance(20));
  return list.length === 1 ? { axis: w.g.chance(30) ? first - rank : first, list } : { axis: list, list };
}
const reduction = (op: "reduce_sum" | "reduce_prod" | "reduce_max" | "reduce_min" | "reduce_any" | "reduce_all", of: readonly string[]) => (w: World): void => {
  const x = operand(w, { types: of, exact: true }), s = shapeOf(x.v), { list, ...given } = axesOf(w, s.length), n = product(list.map((d) => s[d])), d = x.v.dtype, prod = op === "reduce_prod";
  const of1 = prod && isFloat(d) ? call(w, "sign", { x: x.v }) : x.v, most = prod ? (isFloat(d) ? 1 : Infinity) : op === "reduce_sum" ? x.most * n : x.most;
  computed(w, d, most, prod ? 1 : x.grain, () => w.b[op]({ x: of1 }, { ...given, keep: !w.g.chance(40) }));
};
const inOrder = (w: World): void => {
  const x = operand(w, { types: types.wide, exact: true, least: 1 }), s = shapeOf(x.v), axis = w.g.between(0, s.length - 1);
  computed(w, x.v.dtype, x.most * s[axis], x.grain, () => w.b.sum_in_order({ x: x.v }, { axis: w.g.chance(30) ? axis - s.length : axis, keep: !w.g.chance(40) }));
};
const scan = (op: string, of: readonly string[]) => (w: World): void => {
  const x = operand(w, { types: of, exact: true, least: 1 }), s = shapeOf(x.v), axis = w.g.between(0, s.length - 1), d = x.v.dtype, prod = op === "scan_prod", extreme = op === "scan_max" || op === "scan_min";
  const of1 = prod && isFloat(d) ? call(w, "sign", { x: x.v }) : x.v, exclusive = w.g.chance(40), infinite = extreme && exclusive && isFloat(d);
  const most = infinite ? Infinity : prod ? (isFloat(d) ? 1 : Infinity) : op === "scan_sum" ? x.most * s[axis] : extreme ? (exclusive ? Infinity : x.most) : Infinity;
  if (!infinite && !fits(d, isFloat(d) ? most : 0, prod ? 1 : x.grain)) return;
  keep(w, laid(w, call(w, op, { x: of1 }, { axis, exclusive, reverse: w.g.chance(40) })), { most, grain: infinite ? 0 : prod ? 1 : x.grain });
};

/** Factors of a product as they are, or in shared memory as bit planes along the contracted axis; integers perhaps one by one in place of the cheapest way, the one way that there always is. */
function factorsOf(w: World, x: Value, y: Value): { readonly x: Value; readonly y: Value; readonly by: { readonly by?: string } } {
  const whole = [x, y].every((v) => isInteger(v.dtype)), by = whole && w.g.chance(30) ? { by: "multiply" } : {};
  if (!whole || !w.g.chance(40) || [x, y].some((v) => v.dtype.bits > 8)) return { x, y, by };
  const planar = (v: Value): Value => sharedWith(w, v, planes(2));
  return { x: planar(x), y: w.b.transposed({ x: planar(w.b.transpose({ x: y })) }), by };
}

export const maths: Readonly<Record<string, (w: World) => void>> = {
  add: binary("add", sums), sub: binary("sub", sums), mul: binary("mul", (x, y) => [x.most * y.most, x.grain * y.grain]),
  // Quotients of floats are inexact on devices.
  div: binary("div", wild, integersOnly("div")), rem: binary("rem", wild, integersOnly("rem")),
  min: binary("min", larger), max: binary("max", larger), and: binary("and", wild), or: binary("or", wild), xor: binary("xor", wild),
  lt: comparison("lt"), le: comparison("le"), gt: comparison("gt"), ge: comparison("ge"),
  neg: unary("neg", (x) => x.most), abs: unary("abs", (x) => x.most), sign: unary("sign", () => 1), not: unary("not", () => Infinity),
  popcount: unary("popcount", () => 32), clz: unary("clz", () => 32), ctz: unary("ctz", () => 32),
  floor: rounding("floor"), ceil: rounding("ceil"), trunc: rounding("trunc"), round: rounding("round"), shl: shift("shl"), shr: shift("shr"),
  fma: (w) => { const x = operand(w, { types: types.floats, exact: true }), y = beside(w, x), z = beside(w, x); computed(w, x.v.dtype, x.most * y.most + z.most, Math.min(x.grain * y.grain, z.grain), () => w.b.fma({ x: x.v, y: y.v, z: z.v })); },
  clamp: (w) => { const x = operand(w, { types: types.wide, exact: true }), lo = beside(w, x); computed(w, x.v.dtype, Math.max(x.most, lo.most, 3), x.grain, () => w.b.clamp({ x: x.v, lo: lo.v, hi: 3 })); },
  mul_hi: (w) => { const x = operand(w, { types: types.whole32 }); computed(w, x.v.dtype, Infinity, 1, () => w.b.mul_hi({ x: x.v, y: beside(w, x).v })); },
  order_key: (w) => { const x = operand(w, { types: types.floats, exact: true }); keep(w, laid(w, w.b.order_key({ x: x.v }, { above: w.g.chance(50) })), { most: Infinity }); },
  cast: (w) => {
    const x = operand(w, { types: types.finite, exact: true }), to = w.g.pick(["i32", "f32", ...types.all]), d = dtype(to);
    if (isFloat(d) && !fits(d, x.most, x.grain)) return;
    const other = (d.storage || d.kind === "int" || d.kind === "uint") && w.g.chance(40), chance = other && isFloat(x.v.dtype) && w.g.chance(30), wraps = other && w.g.chance(40);
    const options = other ? { rounding: chance ? "stochastic" : w.g.pick(["away", "zero", "even"]), ...(wraps ? { saturate: false } : {}) } : {};
    const random = chance ? w.b.random_uniform({ offset: w.b.iota({}, { shape: shapeOf(x.v), axis: 0 }) }, { seed: constant(w.g.between(0, 99)) }) : undefined;
    keep(w, laid(w, w.b.cast({ x: x.v, random }, { to: d, ...options })), isFloat(d) ? { most: x.most, grain: x.grain } : d.name === "i32" || d.name === "u32" ? { most: wraps ? Infinity : x.most } : {});
  },
  sum_in_order: inOrder,
  reduce_sum: reduction("reduce_sum", types.wide), reduce_prod: reduction("reduce_prod", types.wide), reduce_max: reduction("reduce_max", types.wide), reduce_min: reduction("reduce_min", types.wide),
  reduce_any: reduction("reduce_any", ["bool"]), reduce_all: reduction("reduce_all", ["bool"]),
  ...Object.fromEntries((["arg_max", "arg_min"] as const).map((op) => [op, (w: World) => {
    const x = operand(w, { types: types.wide, exact: true, least: 1 }), s = shapeOf(x.v), axis = w.g.between(0, s.length - 1);
    keep(w, laid(w, w.b[op]({ x: x.v }, { axis, keep: !w.g.chance(40) })), { most: s[axis] });
  }])),
  scan_sum: scan("scan_sum", types.wide), scan_prod: scan("scan_prod", types.wide), scan_max: scan("scan_max", types.wide), scan_min: scan("scan_min", types.wide),
  scan_and: scan("scan_and", [...types.whole32, "bool"]), scan_or: scan("scan_or", [...types.whole32, "bool"]), scan_xor: scan("scan_xor", [...types.whole32, "bool"]),
  fwht: (w) => {
    const x = operand(w, { types: types.wide, exact: true, least: 1 }), s = shapeOf(x.v), axis = s.findIndex((n) => Number.isInteger(Math.log2(n)));
    if (axis >= 0) computed(w, x.v.dtype, x.most * s[axis], x.grain, () => w.b.fwht({ x: x.v }, { axis }));
  },
  dot: (w) => {
    const x = operand(w, { types: types.finite.filter((t) => t !== "bool"), exact: true, rank: 2, most: 2 ** 13 }), [M, K] = shapeOf(x.v), other = w.g.pick([x.v.dtype.name, "u3", "i4", "b2", "f16", "i32", "f32"]);
    const y = fresh(w, other, [K, w.g.pick([2, 1, 3, 5])]), N = shapeOf(y.v)[1], most = (x.most + 3) * (y.most + 3) * K, integer = [x, y].every((i) => !(i.v.dtype.kind === "float")), result = dtype(integer ? "i32" : "f32");
    if (most / (x.grain * y.grain) > 2 ** 24) return;
    const acc = w.g.chance(20) ? fresh(w, result.name, [M, N]) : undefined;
    if (acc && (acc.most + most) / (x.grain * y.grain) > 2 ** 24) return;
    const zeros = { ...(w.g.chance(30) ? { zx: 2 } : {}), ...(w.g.chance(30) ? { zy: 3 } : {}) }, k = w.g.chance(30) ? { k: constant(w.g.between(0, K)) } : {}, { by, ...factors } = factorsOf(w, x.v, y.v);
    keep(w, laid(w, w.b.dot({ ...factors, acc: acc?.v, ...zeros }, { ...k, ...by })), { most: most + (acc?.most ?? 0), grain: x.grain * y.grain });
    if (factors.x !== x.v) w.b.barrier({}); // the next round of a loop fills the tiles anew
  },
  bmma: (w) => {
    const x = operand(w, { types: ["u1", "b1"], rank: 2 }), [, K] = shapeOf(x.v), y = fresh(w, w.g.pick([x.v.dtype.name, "u1", "b1"]), [w.g.pick([2, 1, 3]), K]);
    keep(w, laid(w, w.b.bmma({ x: x.v, y: y.v }, w.g.chance(30) ? { k: constant(w.g.between(0, K)) } : {})), { most: K });
  },
  words_of: (w) => {
    const rows = w.g.pick([1, 2, 3, 5]), x = operand(w, { types: ["u1", "b1"], shape: [rows, w.g.pick([32, 64])] });
    computed(w, dtype("u32"), 2 ** 32, 1, () => w.b.words_of({ x: x.v }));
  },
  mma_b1: (w) => {
    // Groups of 32 threads carry it out.
    if (w.threads % 32 !== 0) return;
    const a = operand(w, { types: ["u32"], shape: [8, 4] }), y = fresh(w, "u32", [8, 4]), acc = w.g.chance(40) ? fresh(w, "i32", [8, 8]) : undefined;
    computed(w, dtype("i32"), 128 + (acc?.most ?? 0), 1, () => w.b.mma_b1({ a: a.v, b: y.v, acc: acc?.v }, { with: w.g.pick(["xor", "and"]) }));
  },
  ...Object.fromEntries((["philox", "random_bits", "random_uniform"] as const).map((op) => [op, (w: World) => {
    const x = operand(w, { types: types.whole32 });
    if (product(shapeOf(x.v)) > w.most) return;
    keep(w, laid(w, w.b[op]({ offset: x.v }, { seed: scalarOp("add", w.block, constant(w.g.between(0, 999))), ...(w.g.chance(30) ? { seed_hi: constant(7, "u32") } : {}) })), { grain: op === "random_uniform" ? 0 : 1 });
  }])),
};

// Makers of statements that move elements: shapes, layouts, bits, tables, order.
import { slotCount, threadCount } from "../../../layout/index.ts";
import { constant, dtype, dtypes, type DType, type Value } from "../../../vm/index.ts";
import { divisors, product, randomLayout } from "./parts.ts";
import { beside, call, fresh, keep, laid, linear, moved, NotLegal, operand, padding, shapeOf, sharedWith, typeClasses, types, windowOf, type Item, type Want, type World } from "./world.ts";

const anything = (w: World, want: Want = {}): { readonly x: Item; readonly s: number[] } => { const x = operand(w, want); return { x, s: shapeOf(x.v) }; };
const axisIn = (w: World, s: readonly number[]): number => w.g.between(0, s.length - 1);
/** The same axis, perhaps counted from the end. */
const named = (w: World, axis: number, rank: number): number => (w.g.chance(30) ? axis - rank : axis);
const shuffled = (w: World, n: number): number[] => { const xs = Array.from({ length: n }, (_, i) => i), out: number[] = []; while (xs.length) out.push(...xs.splice(w.g.between(0, xs.length - 1), 1)); return out; };

/** A statement that gives elements of its first operand, if the result isn't too large. */
const move = (name: string, attrs: (w: World, s: number[]) => readonly [size: number, attrs: Readonly<Record<string, unknown>>], want: Want = { least: 1 }) => (w: World): void => {
  const { x, s } = anything(w, want), [size, a] = attrs(w, s);
  if (size > 4 * w.most) return;
  moved(w, laid(w, call(w, name, { x: x.v }, a)), x);
};

/** A window of a shape. */
function cut(w: World, s: readonly number[]): { offsets: number[]; sizes: number[]; drop?: number[] } {
  const sizes = s.map((n) => n - w.g.between(0, n - 1)), drop = sizes.flatMap((n, d) => (n === 1 && d > 0 && w.g.chance(40) ? [d] : []));
  return { offsets: s.map((n, d) => w.g.between(0, n - sizes[d])), sizes, ...(drop.length ? { drop } : {}) };
}

/** A table in registers, shared memory or a tensor. */
function table(w: World, d: string, shape: readonly number[]): { readonly v: Value; readonly most: number; readonly grain: number; readonly clean: boolean } {
  const where = w.g.pick(["reg", "shared", "global"]), x = fresh(w, d, shape);
  if (where === "global") { const v = windowOf(w, dtype(d), shape); if (v) return { ...x, v, most: Math.max(x.most, Number(d.includes("32")) * 2 ** 32) }; }
  return where === "shared" ? { ...x, v: sharedWith(w, x.v) } : x;
}

const floatNames = new Set(["f32", "f16", "bf16"]);
/** Types of as many bits, without those that have a NaN which may become another. */
const sameBits = (d: DType): readonly string[] => (d.bits === 32 ? ["u32", "i32"] : d.bits === 16 ? ["u16"] : [...dtypes()].filter((t) => t.bits === d.bits && !floatNames.has(t.name)).map((t) => t.name)).filter((n) => n !== d.name);

/** A line along an axis: order, partners. */
const along = (name: string, attrs: (w: World, n: number) => Readonly<Record<string, unknown>>, result: "element" | "place", size = (n: number) => n) => (w: World): void => {
  const { x, s } = anything(w, { least: 1 }), axis = axisIn(w, s), r = call(w, name, { x: x.v }, { axis: named(w, axis, s.length), ...attrs(w, size(s[axis])) });
  if (result === "place") keep(w, laid(w, r), { most: s[axis] });
  else moved(w, laid(w, r), x);
};

/** Distances at which every element has a partner. */
const partners = (n: number): number[] => Array.from({ length: n }, (_, d) => d).filter((d) => n % 2 ** Math.ceil(Math.log2(d + 1)) === 0);

export const moves: Readonly<Record<string, (w: World) => void>> = {
  permute: move("permute", (w, s) => [0, { axes: shuffled(w, s.length).map((a) => named(w, a, s.length)) }]),
  transpose: move("transpose", () => [0, {}], { least: 2 }),
  reshape: move("reshape", (w, s) => { const n = product(s), a = w.g.pick(divisors(n)); return [0, { shape: w.g.pick([[n], [a, -1], [-1, 1, a]]) }]; }),
  squeeze: (w) => {
    const { x, s } = anything(w, { least: 1 }), ones = s.flatMap((n, d) => (n === 1 && s.length > 1 ? [d] : []));
    const from = ones.length ? x.v : call(w, "unsqueeze", { x: x.v }, { axes: [0] }), axes = ones.length ? w.g.pick(ones) : 0;
    moved(w, call(w, "squeeze", { x: from }, { axes }), x);
  },
  unsqueeze: move("unsqueeze", (w, s) => [s.length > 3 ? Infinity : 0, { axes: w.g.pick([0, -1, [0, -1]]) }]),
  expand: (w) => {
    const { x, s } = anything(w, { least: 1 }), one = s.map((n) => (w.g.chance(50) ? 1 : n));
    const small = one.every((n, d) => n === s[d]) ? x.v : call(w, "crop", { x: x.v }, { offsets: s.map(() => 0), sizes: one });
    moved(w, laid(w, call(w, "expand", { x: small }, { shape: w.g.chance(40) && product(s) <= w.most / 2 ? [2, ...s] : s })), x);
  },
  repeat: move("repeat", (w, s) => { const counts = s.map(() => w.g.between(1, 3)); return [product(s) * product(counts), { counts: w.g.chance(20) ? [1, ...counts] : counts }]; }),
  repeat_interleave: move("repeat_interleave", (w, s) => { const count = w.g.between(1, 3); return [product(s) * count, { count, axis: named(w, axisIn(w, s), s.length) }]; }),
  crop: move("crop", (w, s) => [0, cut(w, s)]),
  place: move("place", (w, s) => { const shape = s.map((n) => n + w.g.between(0, 2)); return [product(shape), { shape, offsets: s.map((n, d) => w.g.between(0, shape[d] - n)) }]; }),
  patch: (w) => {
    const { x, s } = anything(w, { least: 1 }), c = cut(w, s), by = fresh(w, x.v.dtype.name, c.sizes.filter((_, d) => !c.drop?.includes(d)).map((n) => (w.g.chance(20) ? 1 : n)));
    keep(w, laid(w, call(w, "patch", { x: x.v, by: by.v }, c)), { most: Math.max(x.most, by.most), grain: Math.min(x.grain, by.grain), clean: x.clean && by.clean });
  },
  concat: (w) => {
    const { x, s } = anything(w, { least: 1 }), axis = axisIn(w, s), y = fresh(w, x.v.dtype.name, s.map((n, d) => (d === axis ? w.g.pick([1, 2, 3, 5]) : n)));
    if (product(s) > 2 * w.most) return;
    keep(w, laid(w, call(w, "concat", { x: x.v, y: y.v }, { axis: named(w, axis, s.length) })), { most: Math.max(x.most, y.most), grain: Math.min(x.grain, y.grain), clean: x.clean && y.clean });
  },
  select: (w) => {
    const { x } = anything(w), y = beside(w, x), condition = operand(w.forced.types ? { ...w, forced: { ...w.forced, types: ["bool"] } } : w, { types: ["bool"], shape: shapeOf(x.v) });
    keep(w, laid(w, w.b.select({ condition: condition.v, x: x.v, y: y.v })), { most: Math.max(x.most, y.most), grain: Math.min(x.grain, y.grain), clean: x.clean && y.clean });
  },
  eq: (w) => { const { x } = anything(w, { exact: true }); keep(w, laid(w, w.b.eq({ x: x.v, y: beside(w, x).v }))); },
  ne: (w) => { const { x } = anything(w, { types: types.all.filter((t) => t !== "f32" && t !== "f16") }); keep(w, laid(w, w.b.ne({ x: x.v, y: beside(w, x).v }))); },
  convert: (w) => { const { x, s } = anything(w, { least: 1 }); moved(w, w.b.convert({ x: x.v }, { layout: randomLayout(w.g, w.threads, s) }), x); },
  view: (w) => {
    const { x, s } = anything(w, { least: 1, clean: true }), layout = randomLayout(w.g, w.threads, s), bits = slotCount(layout) * x.v.dtype.bits;
    const to = ["u8", "u32", "u3", "i5", "b2", "u1", "i4", "i32", "u16", "f8e4m3", "u7"].filter((t) => bits % dtype(t).bits === 0), d = dtype(w.g.pick(to)), n = bits / d.bits, T = threadCount(layout);
    if (n * T > 4 * w.most || x.v.dtype.kind === "bool") { if (w.forced.types) throw new NotLegal("bool has no bits to view"); return; }
    keep(w, w.b.view({ x: w.b.convert({ x: x.v }, { layout }) }, { dtype: d, layout: linear(T, n) }));
  },
  bitcast: (w) => { const { x } = anything(w, { clean: true, types: types.all.filter((t) => t !== "bf16" && sameBits(dtype(t)).length) }); keep(w, laid(w, w.b.bitcast({ x: x.v }, { to: dtype(w.g.pick(sameBits(x.v.dtype))) }))); },
  iota: (w) => {
    const x = operand(w, { least: 1, types: types.all.filter((t) => t !== "bool") }), s = shapeOf(x.v), d = x.v.dtype;
    keep(w, laid(w, w.b.iota({}, { shape: s, axis: axisIn(w, s), dtype: d })), { most: Math.max(...s), clean: true, ...(d.storage ? {} : { grain: 1 }) });
  },
  gather: (w) => {
    const { x: { v: like }, s } = anything(w, { least: 1 }), d = like.dtype, axis = axisIn(w, s), from = table(w, d.name, s.map((n, k) => (k === axis || !w.g.chance(30) ? n : 1)));
    const index = fresh(w, "i32", s.map((n, k) => (k === axis ? w.g.pick([1, 3, 5]) : n)));
    const near = w.b.and({ x: index.v, y: 63 });
    keep(w, laid(w, call(w, "gather", { table: from.v, index: near }, { axis: named(w, axis, s.length), ...padding(w, d) })), { most: Math.max(1, from.most), grain: from.grain, clean: from.clean });
    if (from.v.space === "shared") w.b.barrier({}); // the next round of a loop fills the table anew
  },
  lookup: (w) => {
    const { x: { v: like } } = anything(w, {}), d = like.dtype, from = table(w, d.name, [w.g.pick([2, 1, 7, 16, 37])]), codes = fresh(w, w.g.pick(["u2", "u1", "u3", "u4", "u5", "u8", "u32", "i32"]), shapeOf(like));
    keep(w, laid(w, call(w, "lookup", { table: from.v, codes: codes.v }, padding(w, d))), { most: Math.max(1, from.most), grain: from.grain, clean: from.clean });
    if (from.v.space === "shared") w.b.barrier({});
  },
  radix_digits: (w) => {
    const { x, s } = anything(w, { types: [...typeClasses.unsigned.filter((t) => t !== "u1"), "u32", "u11", "u16"] }), base = w.g.pick([3, 5, 2, 7, 10].filter((b) => b <= 2 ** x.v.dtype.bits)), most = Math.floor(x.v.dtype.bits / Math.log2(base) + 1e-9);
    const count = Math.min(most, w.g.between(1, 4)), fraction = x.v.dtype.bits <= 16 && w.g.chance(30);
    if (product(s) * count <= 4 * w.most) keep(w, laid(w, w.b.radix_digits({ x: x.v }, { base, count, ...(fraction ? { form: "fraction" } : {}) })));
  },
  radix_join: (w) => {
    const { x, s } = anything(w, { types: typeClasses.unsigned, least: 1 }), n = s[s.length - 1], to = dtype(w.g.pick(["u32", "u16", "u8"])), fraction = to.bits <= 16 && w.g.chance(30), base = fraction ? 2 ** x.v.dtype.bits : w.g.pick([2, 3, 5]); // fractions are of digits below the base
    if (base ** n <= 2 ** to.bits) keep(w, laid(w, w.b.radix_join({ x: x.v }, { base, to, ...(fraction ? { form: "fraction" } : {}) })), to.bits === 32 ? { most: 2 ** 32 } : {});
  },
  butterfly: (w) => {
    const { x, s } = anything(w, { least: 1 }), axis = axisIn(w, s);
    moved(w, laid(w, call(w, "butterfly", { x: x.v }, { axis: named(w, axis, s.length), distance: w.g.pick(partners(s[axis])) })), x);
  },
  sort: along("sort", (w) => ({ descending: w.g.chance(50) }), "element"),
  arg_sort: along("arg_sort", (w) => ({ descending: w.g.chance(50) }), "place"),
  top_k: along("top_k", (w, n) => ({ k: w.g.between(1, n), smallest: w.g.chance(50) }), "element"),
  arg_top_k: along("arg_top_k", (w, n) => ({ k: w.g.between(1, n), smallest: w.g.chance(50) }), "place"),
  fill: (w) => { const x = operand(w), d = x.v.dtype; keep(w, w.b.fill({}, { value: constant(d.kind === "bool" ? w.g.between(0, 1) : 1), dtype: d, shape: shapeOf(x.v) }), { most: 1, clean: true, ...(d.storage ? {} : { grain: 1 }) }); },
};

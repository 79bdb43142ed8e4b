// Programs in which threads meet in memory, with results that no order of the threads changes.
import { compose, dense, local, replicated, spatial, type RegisterLayout } from "../../layout/index.ts";
import { builder, constant, dtype, makeTile, scalarOp, tileFromCodes, tileFromValues, type Builder, type Scalar, type Tile, type Value } from "../../vm/index.ts";
import type { Case } from "./engines.ts";

const i32 = dtype("i32");
const numbers = (n: number, step: number, mod: number, low = 0): number[] => Array.from({ length: n }, (_, i) => ((i * step) % mod) + low);
const at = (offsets: readonly (Scalar | number)[], sizes: readonly number[]) => ({ offsets: offsets.map((o) => (typeof o === "number" ? constant(o) : o)), sizes: sizes.map((n) => constant(n)) });
const shared = (b: Builder, type: string, shape: readonly number[]): Value => b.shared({}, { dtype: dtype(type), shape });
const zeros = (b: Builder, type: string, shape: readonly number[]): Value => b.fill({}, { value: constant(0), dtype: dtype(type), shape });

export const operations = ["atomic_add", "atomic_sub", "atomic_min", "atomic_max", "atomic_and", "atomic_or", "atomic_xor", "atomic_exchange"] as const;

/** Every operation on a window that sticks out, once for each element; what was there goes to `old`, also from a layout with replicas. */
export function elementwise(type: string, names: readonly (typeof operations)[number][], layout: RegisterLayout | undefined, space: "global" | "shared"): Case {
  const b = builder("each"), [R, C] = [5, 7], d = dtype(type), low = type === "i32" ? -500 : 0, inputs: Record<string, Tile> = {};
  b.grid([["g", 1]]);
  b.threads(8);
  const x = b.tensor("x", "in", type, [R, C], dense(2)), v = b.load({ x });
  inputs.x = tileFromValues(d, [R, C], numbers(R * C, 37, 1000, low));
  names.forEach((name, n) => {
    const y = b.tensor(`y${n}`, "inout", type, [4, 8], dense(2)), old = b.tensor(`old${n}`, "out", type, [R, C], dense(2));
    inputs[`y${n}`] = tileFromValues(d, [4, 8], numbers(32, 91, 997, low));
    let to = y;
    if (space === "shared") {
      to = shared(b, type, [4, 8]);
      b.store({ to, x: b.load({ x: y }) });
      b.barrier({});
    }
    const given = layout ? b.convert({ x: v }, { layout }) : v;
    const window = space === "shared" ? b.slice({ x: to }, at([0, 0], [4, 7])) : b.slice({ x: to }, at([-1, 2], [R, C]));
    const part = space === "shared" ? b.load({ x: b.slice({ x }, at([0, 0], [4, 7])) }) : given;
    const was = b[name]({ to: window, x: part });
    b.store({ to: space === "shared" ? b.slice({ x: old }, at([0, 0], [4, 7])) : old, x: was });
    if (space === "global") return;
    b.barrier({});
    b.store({ to: y, x: b.load({ x: to }) });
  });
  return { program: b.finish(), inputs, dims: {} };
}

/** Blocks that change the same few elements, with numbers of any sign: sums, extremes and bits don't hang on the order. */
export function meeting(type: string, name: "atomic_add" | "atomic_sub" | "atomic_min" | "atomic_max" | "atomic_and" | "atomic_or" | "atomic_xor"): Case {
  const b = builder("meeting"), d = dtype(type), blocks = 3, n = 6;
  const x = b.tensor("x", "in", type, [blocks, n], dense(2)), y = b.tensor("y", "inout", type, [n], dense(1));
  const [g] = b.grid([["g", blocks]]);
  b.threads(4);
  const row = b.load({ x: b.slice({ x }, { ...at([g, 0], [1, n]), drop: [0] }) });
  b[name]({ to: y, x: row });
  const low = type === "i32" ? -4 : 0;
  return { program: b.finish(), inputs: { x: tileFromValues(d, [blocks, n], numbers(blocks * n, 5, 13, low)), y: tileFromValues(d, [n], numbers(n, 3, 7, low)) }, dims: {} };
}

/** 0 where there is 0 becomes a number, in part of the elements. */
export function exchangeIf(type: string): Case {
  const b = builder("exchange_if"), y = b.tensor("y", "inout", type, [3, 6], dense(2)), old = b.tensor("old", "out", type, [3, 6], dense(2)), x = b.tensor("x", "in", type, [1, 6], dense(2));
  b.grid([["g", 1]]);
  b.threads(32);
  b.store({ to: old, x: b.atomic_compare_exchange({ to: y, compare: 0, x: b.load({ x }) }) });
  return { program: b.finish(), inputs: { x: tileFromValues(dtype(type), [1, 6], [11, 12, 13, 14, 15, 16]), y: tileFromValues(dtype(type), [3, 6], numbers(18, 1, 3)) }, dims: {} };
}

/** Elements added to (or compared with) places of a shared tile or tensor along an axis; some places are outside. Every block its own part. */
export function scatterBy(name: "scatter_add" | "scatter_min" | "scatter_max", type: string, axis: 0 | 1, space: "global" | "shared"): Case {
  const b = builder("scatter_by"), d = dtype(type), shape = axis === 0 ? [7, 3] : [3, 7], to = axis === 0 ? [5, 3] : [3, 5];
  const index = b.tensor("index", "in", "i32", shape, dense(2)), x = b.tensor("x", "in", type, shape, dense(2)), y = b.tensor("y", "out", type, to, dense(2));
  b.grid([["g", 1]]);
  b.threads(16);
  const where = b.load({ x: index }), v = b.load({ x });
  if (space === "shared") {
    const s = shared(b, type, to);
    b.store({ to: s, x: zeros(b, type, to) });
    b.barrier({});
    b[name]({ to: s, index: where, x: v }, { axis });
    b.barrier({});
    b.store({ to: y, x: b.load({ x: s }) });
  } else b[name]({ to: y, index: where, x: v }, { axis: axis - 2 });
  return { program: b.finish(), inputs: { index: tileFromValues(i32, shape, numbers(21, 5, 9, -2)), x: tileFromValues(d, shape, numbers(21, 11, 17, type === "i32" ? -8 : 0)) }, dims: {} };
}

/** A permutation of the columns by a scatter, through a shared tile of any type, or at once to a tensor of 32-bit elements; a window of the target. */
export function permuted(type: string, space: "global" | "shared", layout?: RegisterLayout): Case {
  const b = builder("permuted"), d = dtype(type), shape = [3, 8], wide = [3, 12];
  const index = b.tensor("index", "in", "u8", shape, dense(2)), x = b.tensor("x", "in", type, shape, dense(2)), y = b.tensor("y", "inout", type, wide, dense(2));
  b.grid([["g", 1]]);
  b.threads(16);
  const where = b.load({ x: index }), v = b.load({ x }, d.hasZero ? {} : { pad: 1 }), given = layout ? b.convert({ x: where }, { layout }) : where;
  let to = y;
  if (space === "shared") {
    to = shared(b, type, wide);
    b.store({ to, x: b.load({ x: y }, d.hasZero ? {} : { pad: 1 }) });
    b.barrier({});
  }
  b.scatter({ to: b.slice({ x: to }, at([0, 2], [3, 9])), index: given, x: v }, { axis: 1 });
  if (space === "shared") {
    b.barrier({});
    b.store({ to: y, x: b.load({ x: to }, d.hasZero ? {} : { pad: 1 }) });
  }
  // Columns 3, 6, 9 … of 9: each once, and 9 itself is outside the window though not outside the tensor.
  const codes = (n: number) => Array.from({ length: n }, (_, i) => (i * 2654435761) % 2 ** (d.kind === "bool" ? 1 : Math.min(d.bits, d.kind === "float" && d.bits > 8 ? 10 : 31)));
  return { program: b.finish(), inputs: { index: tileFromCodes(dtype("u8"), shape, numbers(24, 1, 8).map((k) => (k * 4 + 1) % 10)), x: tileFromCodes(d, shape, codes(24)), y: tileFromCodes(d, wide, codes(40).slice(4)) }, dims: {} };
}

/** How often codes occur; some are not counted. */
export function counted(type: string, bins: number, replicas: boolean): Case {
  const b = builder("counted"), d = dtype(type), x = b.tensor("x", "in", type, [37], dense(1)), y = b.tensor("y", "inout", "u32", [2, bins], dense(2));
  const [g] = b.grid([["g", 2]]);
  b.threads(12);
  const v = b.load({ x }, d.hasZero ? {} : { pad: 1 });
  const row = b.slice({ x: y }, { ...at([g, 0], [1, bins]), drop: [0] });
  b.histogram({ to: row, x: replicas ? b.convert({ x: v }, { layout: replicated([37], 4) }) : v });
  return { program: b.finish(), inputs: { x: tileFromCodes(d, [37], numbers(37, 7, 2 ** d.bits)), y: tileFromValues(dtype("u32"), [2, bins], numbers(2 * bins, 1, 3)) }, dims: {} };
}

const thin = compose(local(5, 1), spatial(1, 7)), few = compose(spatial(3, 1), local(1, 8));

/** All of them, by name. */
export const cases: readonly (readonly [string, () => Case])[] = [
  ...(["i32", "u32"] as const).flatMap((t) => [
    [`sums and extremes on ${t}`, () => elementwise(t, operations.slice(0, 3), undefined, "global")] as const,
    [`extremes and bits on ${t}, fewer threads than the block has`, () => elementwise(t, operations.slice(3, 6), thin, "global")] as const,
    [`bits and exchange on ${t}`, () => elementwise(t, operations.slice(6), undefined, "global")] as const,
    [`minimum and maximum on ${t} in shared memory`, () => elementwise(t, ["atomic_min", "atomic_max"], undefined, "shared")] as const,
    [`compare and exchange on ${t}`, () => exchangeIf(t)] as const,
    ...(["atomic_add", "atomic_sub", "atomic_min", "atomic_max", "atomic_and", "atomic_or", "atomic_xor"] as const).map((name) => [`${name} of blocks that meet, ${t}`, () => meeting(t, name)] as const),
  ]),
  ["one thread of four makes the change, all learn of it", () => elementwise("i32", ["atomic_add", "atomic_min"], replicated([5, 7], 4), "global")],
  ...(["scatter_add", "scatter_min", "scatter_max"] as const).flatMap((name, n) => ([0, 1] as const).flatMap((axis) => (["global", "shared"] as const).map((space) =>
    [`${name} along ${axis} to ${space} memory`, () => scatterBy(name, (n + axis) % 2 ? "u32" : "i32", axis, space)] as const))),
  ...["u3", "i5", "b2", "f16", "f32", "bool", "f8e4m3", "u16", "i32"].map((t) => [`columns of ${t} permuted in shared memory`, () => permuted(t, "shared")] as const),
  ...["f32", "u32", "i32"].map((t) => [`columns of ${t} permuted in a tensor`, () => permuted(t, "global", few)] as const),
  ["a histogram of u4 with too few bins", () => counted("u4", 10, false)],
  ["a histogram of b3, whose negative numbers aren't counted, held four times", () => counted("b3", 6, true)],
  ["a histogram of u32", () => counted("u32", 3, false)],
];

/** Elements that want one place: which one wins is open. */
export function contested(type: "i32" | "f32"): Case {
  const b = builder("contested"), x = b.tensor("x", "in", type, [32], dense(1)), y = b.tensor("y", "out", type, [4], dense(1));
  b.grid([["g", 1]]);
  b.threads(16);
  const v = b.load({ x }), where = b.rem({ x: b.cast({ x: v }, { to: i32 }), y: 4 });
  b.scatter({ to: y, index: where, x: v });
  return { program: b.finish(), inputs: { x: tileFromValues(dtype(type), [32], numbers(32, 1, 32)) }, dims: {} };
}

/** Every element takes a ticket of its class: what was there before is a number that no other of the class has. */
export function tickets(): Case {
  const b = builder("tickets"), x = b.tensor("x", "in", "u2", [37], dense(1)), y = b.tensor("y", "out", "i32", [37], dense(1));
  b.grid([["g", 1]]);
  b.threads(16);
  const s = shared(b, "i32", [4]);
  b.store({ to: s, x: zeros(b, "i32", [4]) });
  b.barrier({});
  b.store({ to: y, x: b.scatter_add({ to: s, index: b.load({ x }), x: 1 }) });
  return { program: b.finish(), inputs: { x: tileFromCodes(dtype("u2"), [37], numbers(37, 3, 4)) }, dims: {} };
}

/** Blocks that want to be the first. */
export function race(): Case {
  const b = builder("first"), y = b.tensor("y", "inout", "u32", [1], dense(1)), old = b.tensor("old", "out", "u32", [5], dense(1));
  const [g] = b.grid([["g", 5]]);
  b.threads(1);
  const mine = b.cast({ x: b.fill({}, { value: scalarOp("add", g, constant(1)), dtype: i32, shape: [1] }) }, { to: dtype("u32") });
  b.store({ to: b.slice({ x: old }, at([g], [1])), x: b.atomic_compare_exchange({ to: y, compare: 0, x: mine }) });
  return { program: b.finish(), inputs: { y: makeTile(dtype("u32"), [1]) }, dims: {} };
}

// sort.loom, built in TypeScript; its inputs and answers.
import { cdiv, constant, dim, inout, input, intParam, kernel, output, scalarOp, sequence, symbol, type Builder, type Comptime, type Scalar, type Size, type Value } from "../../vm/index.ts";
import { given, onDevices, random, type Case, type Example } from "../example.ts";

const N = dim("N"), top: Comptime<number> = { kind: "float" };
const parameters = { B: intParam(), TOP: top };
const times = (a: Scalar, b: number): Scalar => scalarOp("mul", a, constant(b));
const at = (start: Size, B: number) => ({ offsets: [start], sizes: [B] });

/** Sorts tile g of `from` into `to`. */
function sortTile(b: Builder, from: Value, to: Value, g: Scalar, B: number, TOP: number): void {
  const start = times(g, B), place = b.slice({ x: to }, at(start, B));
  b.store({ to: place, x: b.sort({ x: b.load({ x: b.slice({ x: from }, at(start, B)) }, { pad: TOP }) }, { axis: 0 }) });
}

const tiles = kernel("tiles", parameters, ({ B, TOP }) => ({
  params: { x: input("f32", [N]), y: output("f32", [N]) },
  grid: { b: cdiv(N, B) },
  threads: 128,
  body(b, { x, y }, g) { sortTile(b, x, y, g.b, B, TOP); },
}), "Each tile of B elements sorted by itself.");

const settle = kernel("settle", parameters, ({ B, TOP }) => ({
  params: { y: inout("f32", [N]) },
  grid: { b: cdiv(N, B) },
  threads: 128,
  body(b, { y }, g) { sortTile(b, y, y, g.b, B, TOP); },
}), "As `tiles`, in place.");

const fold = kernel("fold", parameters, ({ B, TOP }) => ({
  params: { s: { scalar: "i32" as const }, y: inout("f32", [N]) },
  grid: { b: cdiv(N, B) },
  threads: 128,
  body(b, { y }, g) {
    const s = symbol("param", "s");
    const run = scalarOp("shl", scalarOp("shr", g.b, s), s), inside = scalarOp("sub", g.b, run), lo = scalarOp("add", times(run, 2), inside);
    const hi = scalarOp("sub", scalarOp("sub", scalarOp("add", times(run, 2), scalarOp("shl", constant(2), s)), constant(1)), inside);
    b.when(scalarOp("lt", hi, cdiv(N, B)), () => {
      const back = b.sub({ x: B - 1, y: b.iota({}, { shape: [B] }) });
      const v = b.load({ x: b.slice({ x: y }, at(times(lo, B), B)) });
      const u = b.load({ x: b.slice({ x: y }, at(times(hi, B), B)) }, { pad: TOP });
      b.barrier({}); // the two tiles never meet, but shifts don't show it
      const w = b.gather({ table: u, index: back }, { axis: 0 });
      const low = b.slice({ x: y }, at(times(lo, B), B));
      b.store({ to: low, x: b.min({ x: v, y: w }) });
      b.barrier({});
      const high = b.slice({ x: y }, at(times(hi, B), B));
      b.store({ to: high, x: b.gather({ table: b.max({ x: v, y: w }), index: back }, { axis: 0 }) });
    });
  },
}), "Two sorted runs of 2^s tiles each become two halves, all of the first at most all of the second: element i from the front\nmeets element i from the back.");

const exchange = kernel("exchange", parameters, ({ B, TOP }) => ({
  params: { d: { scalar: "i32" as const }, y: inout("f32", [N]) },
  grid: { b: cdiv(N, B) },
  threads: 128,
  body(b, { y }, g) {
    const d = symbol("param", "d");
    const run = scalarOp("shl", scalarOp("shr", g.b, d), d), lo = scalarOp("add", times(run, 2), scalarOp("sub", g.b, run)), hi = scalarOp("add", lo, scalarOp("shl", constant(1), d));
    b.when(scalarOp("lt", hi, cdiv(N, B)), () => {
      const v = b.load({ x: b.slice({ x: y }, at(times(lo, B), B)) }), w = b.load({ x: b.slice({ x: y }, at(times(hi, B), B)) }, { pad: TOP });
      b.barrier({}); // the two tiles never meet, but shifts don't show it
      const low = b.slice({ x: y }, at(times(lo, B), B));
      b.store({ to: low, x: b.min({ x: v, y: w }) });
      b.barrier({});
      const high = b.slice({ x: y }, at(times(hi, B), B));
      b.store({ to: high, x: b.max({ x: v, y: w }) });
    });
  },
}), "The same for tiles 2^d apart, element by element.");

const sort = sequence("sort", { B: intParam(256, [128, 256, 512]), TOP: { ...top, default: 3.4028234663852886e38 } }, ({ B, TOP }) => ({
  params: { x: input("f32", [N]), y: output("f32", [N]) },
  steps(q, { x, y }) {
    const p = { B, TOP }, last = scalarOp("sub", scalarOp("max", cdiv(N, B), constant(1)), constant(1)), levels = scalarOp("sub", constant(32), scalarOp("clz", last));
    q.run(tiles, p, { x, y });
    q.loop({ to: levels }, (s) => {
      q.run(fold, p, { s, y });
      q.loop({ from: 1, to: scalarOp("add", s, constant(1)) }, (d) => q.run(exchange, p, { d: scalarOp("sub", s, d), y }));
      q.run(settle, p, { y });
    });
  },
}), "The numbers of a list of any length in ascending order. No number may be larger than TOP.");

/** Exact: numbers only change their places. */
function one(n: number, params: { readonly B?: number } = {}, make?: (i: number) => number): Case {
  const r = random(n + 3), x = given("f32", [n], make ?? (() => 200 * r() - 100)), values = x.values.slice().sort();
  return { name: `${n}${make ? " of few numbers" : ""}, ${JSON.stringify(params)}`, params, inputs: { x }, outputs: { y: { dtype: "f32", shape: [n], values, bound: new Float64Array(n) } } };
}

export const example: Example = {
  kernel: sort,
  twins: [{}, { B: 128, TOP: 1000.5 }],
  // Less than a tile, whole tiles, a tile of one element, numbers of tiles that are no power of two, none; equal numbers, the lowest of all.
  cases: () => [one(100, { B: 128 }), one(256, { B: 128 }), one(641, { B: 128 }), one(1500, { B: 128 }), one(0, { B: 128 }), one(900, { B: 128 }, (i) => (i % 7 === 3 ? -3.4028234663852886e38 : (i * 5) % 11))].map(onDevices),
};

// llm_int8.loom, built in TypeScript; its inputs and answers.
import { axis, bit, digits, pad } from "../../layout/index.ts";
import { cdiv, constant, dim, dtype, dtypeParam, inout, input, intParam, kernel, output, scalarOp, sequence, type Builder, type Comptime, type Scalar, type Size, type Value } from "../../vm/index.ts";
import { gamma, given, onDevices, random, unit, type Case, type Example } from "../example.ts";

const M = dim("M"), N = dim("N"), f32 = dtype("f32"), i32 = dtype("i32"), limit: Comptime<number> = { kind: "float" };
/** Rows of bytes that begin with a word. */
const rows = digits([axis(0), pad(axis(1), 4), bit]);
const times = (a: Scalar, b: number): Scalar => scalarOp("mul", a, constant(b));
/** A window of two axes. */
const part = (b: Builder, x: Value, offsets: readonly Size[], sizes: readonly Size[]): Value => b.slice({ x }, { offsets, sizes });
/** A window of a row. */
const inRow = (b: Builder, x: Value, m: Size, k: Size, width: number): Value => b.slice({ x }, { offsets: [m, k], sizes: [1, width], drop: [0] });

const outliers = kernel("outliers", { K: intParam(), T: dtypeParam(), LIMIT: limit }, ({ K, T, LIMIT }) => ({
  params: { x: input(T, [M, K]), flag: output("i32", [K]) },
  grid: { b: Math.ceil(K / 64) },
  threads: 64,
  body(b, { x, flag }, g) {
    const most = b.var({ init: 0 }, { dtype: f32, shape: [64] });
    b.loop("m", { from: 0, to: M, step: 1 }, (m) => {
      b.assign({ to: most, from: b.max({ x: most, y: b.abs({ x: b.cast({ x: b.load({ x: inRow(b, x, m, times(g.b, 64), 64) }) }, { to: f32 }) }) }) });
    });
    const to = b.slice({ x: flag }, { offsets: [times(g.b, 64)], sizes: [64] });
    b.store({ to, x: b.select({ condition: b.ge({ x: most, y: LIMIT }), x: 1, y: 0 }) });
  },
}), "Which columns of x hold an outlier: any |x| of at least LIMIT.");

const listed = kernel("listed", { K: intParam() }, ({ K }) => ({
  params: { flag: input("i32", [K]), list: output("i32", [K]), count: output("i32", [1]) },
  grid: { one: 1 },
  threads: 64,
  body(b, { flag, list, count }) {
    const found = b.cell("found", constant(0));
    b.loop("k", { from: 0, to: K, step: 64 }, (k) => {
      const f = b.load({ x: b.slice({ x: flag }, { offsets: [k], sizes: [64] }) });
      const place = b.add({ x: b.scan_sum({ x: f }, { axis: 0, exclusive: true }), y: b.get(found) });
      const index = b.select({ condition: b.eq({ x: f, y: 1 }), x: place, y: -1 });
      b.scatter({ to: list, index, x: b.add({ x: b.iota({}, { shape: [64], axis: 0 }), y: k }) });
      const more = b.scalar({ x: b.reduce_sum({ x: f }, { axis: 0 }) });
      b.set(found, scalarOp("add", b.get(found), more));
      b.barrier({}); // places of two rounds never meet, but scatters don't show it
    });
    b.store({ to: count, x: b.get(found) });
  },
}), "The list of flagged columns, in order, and how many they are.");

/** Part of a row, with 0 in the place of outliers. */
function regular(b: Builder, x: Value, flag: Value, m: Scalar, k: Scalar): Value {
  const kept = b.eq({ x: b.load({ x: b.slice({ x: flag }, { offsets: [k], sizes: [256] }) }), y: 0 });
  return b.select({ condition: kept, x: b.cast({ x: b.load({ x: inRow(b, x, m, k, 256) }) }, { to: f32 }), y: 0 });
}

const quantiseRows = kernel("quantise_rows", { K: intParam(), T: dtypeParam() }, ({ K, T }) => ({
  params: { x: input(T, [M, K]), flag: input("i32", [K]), q: output("i8", [M, K], rows), cx: output("f32", [M, 1]) },
  grid: { m: M },
  threads: 64,
  body(b, { x, flag, q, cx }, g) {
    const most = b.var({ init: 0 }, { dtype: f32, shape: [256] });
    b.loop("k", { from: 0, to: K, step: 256 }, (k) => b.assign({ to: most, from: b.max({ x: most, y: b.abs({ x: regular(b, x, flag, g.m, k) }) }) }));
    const c = b.reduce_max({ x: most }, { axis: 0 });
    b.loop("k", { from: 0, to: K, step: 256 }, (k) => {
      const to = inRow(b, q, g.m, k, 256), positive = b.gt({ x: c, y: 0 });
      const codes = b.select({ condition: positive, x: b.div({ x: b.mul({ x: 127, y: regular(b, x, flag, g.m, k) }), y: c }), y: 0 });
      b.store({ to, x: b.cast({ x: codes }, { to: dtype("i8") }) });
    });
    b.store({ to: inRow(b, cx, g.m, constant(0), 1), x: c });
  },
}), "Rows as 8-bit integers without their outliers: c = largest |x| of the row, codes round(127 x / c).");

const tile = { BM: intParam(), BN: intParam() };

const regularColumns = kernel("regular_columns", { K: intParam(), ...tile, BK: intParam(32) }, ({ K, BM, BN, BK }) => ({
  params: {
    q: input("i8", [M, K], rows), cx: input("f32", [M, 1]), w: input("i8", [N, K], rows), cw: input("f32", [1, N]), bias: input("f32", [1, N]), y: output("f32", [M, N]),
  },
  grid: { bn: cdiv(N, BN), bm: cdiv(M, BM) },
  threads: 64,
  body(b, p, g) {
    const m = times(g.bm, BM), n = times(g.bn, BN), i8 = dtype("i8"), zero = constant(0);
    const sq = b.shared({}, { dtype: i8, shape: [BM, BK] }), sw = b.shared({}, { dtype: i8, shape: [BN, BK] });
    const sum = b.var({ init: 0 }, { dtype: i32, shape: [BM, BN] });
    b.loop("k", { from: 0, to: K, step: BK }, (k) => {
      b.copy({ from: part(b, p.q, [m, k], [BM, BK]), to: sq });
      b.copy({ from: part(b, p.w, [n, k], [BN, BK]), to: sw });
      b.barrier({});
      b.assign({ to: sum, from: b.dot({ x: sq, y: b.transposed({ x: sw }), acc: sum }) });
      b.barrier({});
    });
    const ofRows = b.load({ x: part(b, p.cx, [m, zero], [BM, 1]) }), ofColumns = b.load({ x: part(b, p.cw, [zero, n], [1, BN]) });
    const scale = b.mul({ x: b.mul({ x: ofRows, y: ofColumns }), y: 1 / 16129 }), to = part(b, p.y, [m, n], [BM, BN]);
    const scaled = b.mul({ x: b.cast({ x: sum }, { to: f32 }), y: scale });
    b.store({ to, x: b.add({ x: scaled, y: b.load({ x: part(b, p.bias, [zero, n], [1, BN]) }) }) });
  },
}), "Y = (c_x ⊗ c_w / 127²) · Q · Wᵀ + bias: the product of the codes, exact until it is scaled.");

const outlierColumns = kernel("outlier_columns", { K: intParam(), T: dtypeParam(), ...tile, BH: intParam(8) }, ({ K, T, BM, BN, BH }) => ({
  params: { x: input(T, [M, K]), list: input("i32", [K]), count: input("i32", [1]), v: input(T, [K, N]), y: inout("f32", [M, N]) },
  grid: { bn: cdiv(N, BN), bm: cdiv(M, BM) },
  threads: 64,
  body(b, p, g) {
    const found = b.scalar({ x: b.load({ x: p.count }) }), m = times(g.bm, BM), n = times(g.bn, BN), zero = constant(0);
    b.when(scalarOp("eq", found, zero), () => b.jump("return"));
    const sum = b.var({ init: 0 }, { dtype: f32, shape: [BM, BN] });
    b.loop("h", { from: 0, to: found, step: BH }, (h) => {
      const some = (shape: readonly number[], x: Value, along: number): Value => {
        const at = b.load({ x: b.slice({ x: p.list }, { offsets: [h], sizes: [BH] }) });
        return b.gather({ table: x, index: b.reshape({ x: at }, { shape }) }, { axis: along });
      };
      const x = some([1, BH], part(b, p.x, [m, zero], [BM, Math.max(K, 1)]), 1), y = some([BH, 1], part(b, p.v, [zero, n], [Math.max(K, 1), BN]), 0);
      b.assign({ to: sum, from: b.dot({ x, y, acc: sum }, { k: scalarOp("min", scalarOp("sub", found, h), constant(BH)) }) });
    });
    const place = (): Value => part(b, p.y, [m, n], [BM, BN]), to = place();
    b.store({ to, x: b.add({ x: b.load({ x: place() }), y: sum }) });
  },
}), "Y += the columns of x in the list times their rows of the weights, in the type that they have.");

const llmInt8 = sequence("llm_int8", { K: intParam(), T: dtypeParam("f16"), LIMIT: { ...limit, default: 6 }, BM: intParam(8, [8, 16, 32]), BN: intParam(32, [16, 32, 64]) }, ({ K, T, LIMIT, BM, BN }) => ({
  params: { x: input(T, [M, K]), w: input("i8", [N, K], rows), cw: input("f32", [1, N]), v: input(T, [K, N]), bias: input("f32", [1, N]), y: output("f32", [M, N]) },
  steps(s, { x, w, cw, v, bias, y }) {
    const flag = s.temp("flag", "i32", [K]), list = s.temp("list", "i32", [K]), count = s.temp("count", "i32", [1]);
    const q = s.temp("q", "i8", [M, K], rows), cx = s.temp("cx", "f32", [M, 1]);
    s.run(outliers, { K, T, LIMIT }, { x, flag });
    s.run(listed, { K }, { flag, list, count });
    s.run(quantiseRows, { K, T }, { x, flag, q, cx });
    s.run(regularColumns, { K, BM, BN }, { q, cx, w, cw, bias, y });
    s.run(outlierColumns, { K, T, BM, BN }, { x, list, count, v, y });
  },
}), "Y = X · Wᵀ + bias with int8 weights and activations, but for the few columns of X that hold an outlier, |x| ≥ LIMIT: those\nare multiplied as they are. What is found where is decided on the device.");

/** To the nearest whole number, ties to even. */
const nearest = (x: number): number => { const low = Math.floor(x), d = x - low; return d < 0.5 || (d === 0.5 && low % 2 === 0) ? low : low + 1; };

/**
 * Bound: the integer product is exact. It is rounded to f32, its scale twice, the constant and their product once; then come the bias and
 * the outliers' products and sums, H + 1 of them. Where 127 x / c is so near a half that the roundings of the product and of the
 * quotient (2.5 ULP) may lead to either neighbour, the code may be off by one.
 */
function one(m: number, n: number, K: number, outliersAt: readonly number[], params: Readonly<Record<string, unknown>> = {}): Case {
  const T = String(params["T"] ?? "f16"), LIMIT = Number(params["LIMIT"] ?? 6), r = random(3 * m + 7 * n + 11 * K + outliersAt.length);
  const x = given(T, [m, K], (i) => (2 * r() - 1) * (outliersAt.includes(i % K) ? (Math.floor(i / K) === m >> 1 ? 60 : 5) : 3));
  const v = given(T, [K, n], () => r() + r() - 1), bias = given("f32", [1, n], () => 2 * r() - 1), cw = given("f32", [1, n], () => 0), w = given("i8", [n, K], () => 0);
  for (let c = 0; c < n; c++) {
    for (let k = 0; k < K; k++) cw.values[c] = Math.max(cw.values[c], Math.abs(v.values[k * n + c]));
    for (let k = 0; k < K; k++) w.values[c * K + k] = nearest((127 * v.values[k * n + c]) / (cw.values[c] || 1));
  }
  const list = Array.from({ length: K }, (_, k) => k).filter((k) => Array.from({ length: m }, (_, i) => Math.abs(x.values[i * K + k])).some((a) => a >= LIMIT));
  const values = new Float64Array(m * n), bound = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    const kept = Array.from({ length: K }, (_, k) => (list.includes(k) ? 0 : x.values[i * K + k])), cx = Math.max(0, ...kept.map(Math.abs));
    const exact = kept.map((a) => (cx > 0 ? (127 * a) / cx : 0)), codes = exact.map(nearest);
    const unsure = exact.map((e) => Math.abs(Math.abs(e - Math.floor(e)) - 0.5) <= Math.abs(e) * 4 * unit("f32"));
    for (let c = 0; c < n; c++) {
      const scale = (cx * cw.values[c]) / 127 ** 2;
      let sum = 0, either = 0, wide = 0, terms = 0;
      for (let k = 0; k < K; k++) { sum += codes[k] * w.values[c * K + k]; if (unsure[k]) either += Math.abs(w.values[c * K + k]); }
      for (const k of list) { const t = x.values[i * K + k] * v.values[k * n + c]; wide += t; terms += Math.abs(t); }
      values[i * n + c] = sum * scale + bias.values[c] + wide;
      bound[i * n + c] = either * scale + (Math.abs(sum * scale) + Math.abs(bias.values[c]) + terms) * gamma(list.length + 8) + 1e-37;
    }
  }
  return { name: `${m} × ${n} × ${K}, ${list.length} outliers, ${JSON.stringify(params)}`, params: { K, ...params }, inputs: { x, w, cw, v, bias }, outputs: { y: { dtype: "f32", shape: [m, n], values, bound } } };
}

/** A tile that compiles quickly. */
const small = { BN: 16 };

export const example: Example = {
  kernel: llmInt8,
  twins: [{ K: 256 }, { K: 37, T: "f32", LIMIT: 2.5, BM: 16, BN: 64 }],
  cases: () => [
    onDevices(one(5, 37, 100, [0, 63, 64, 99], small)), onDevices(one(5, 37, 100, [], small)), onDevices(one(0, 8, 100, [], small)),
    one(1, 1, 1, []), one(2, 3, 0, []), one(3, 5, 7, [0, 1, 2, 3, 4, 5, 6]), one(2, 33, 300, Array.from({ length: 17 }, (_, i) => 17 * i)), one(9, 40, 37, [5], { T: "f32", LIMIT: 2.5, BM: 16, BN: 64 }),
  ],
};

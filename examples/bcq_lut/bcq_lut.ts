// bcq_lut.loom, built in TypeScript; its inputs and answers.
import { compose, local, spatial } from "../../layout/index.ts";
import { binaryCode, cdiv, constant, dim, dtype, dtypeParam, input, intParam, kernel, output, scalarOp, type BinaryCoded } from "../../vm/index.ts";
import { gamma, given, onDevices, random, unit, type Case, type Example, type Given } from "../example.ts";

const M = dim("M"), N = dim("N");

const lut = kernel("bcq_lut", {
  K: intParam(), Q: intParam(3), C: dtypeParam("u4", ["u4", "u8"]), G: intParam(128, [32, 64, 128]), BN: intParam(32, [16, 32]), BK: intParam(64, [32, 64, 128]),
}, ({ K, Q, C, G, BN, BK }) => {
  const A = dtype(C).bits, f32 = dtype("f32"), i32 = dtype("i32"), words = spatial(BN, BK / 32), entries = (BK / A) * 2 ** A, turn = Math.min(entries, 256);
  return {
    params: {
      x: input("f32", [M, K]), digits: input(C, [Q, N, (Math.ceil(K / 32) * 32) / A]), alpha: input("f32", [Q, N, Math.ceil(K / G)]), bias: input("f32", [N]),
      y: output("f32", [M, N]),
    },
    grid: { bn: cdiv(N, BN), m: M },
    threads: (BN * BK) / 32,
    body(b, p, g) {
      const n = scalarOp("mul", g.bn, constant(BN)), zero = { init: 0 }, place = b.iota({}, { shape: [turn], axis: 0 });
      const table = b.shared({}, { dtype: f32, shape: [entries] }), acc = b.var(zero, { dtype: f32, shape: [BN, BK / 32], layout: words });
      b.loop("k", { from: 0, to: K, step: BK }, (k) => {
        b.loop("first", { from: 0, to: entries, step: turn }, (first) => {
          const sum = b.var(zero, { dtype: f32, shape: [turn] });
          b.loop("j", { from: 0, to: A }, (j) => {
            const row = b.slice({ x: p.x }, { offsets: [g.m, k], sizes: [1, BK], drop: [0] });
            const v = b.gather({ table: row, index: b.add({ x: b.mul({ x: b.shr({ x: b.add({ x: place, y: first }), y: A }), y: A }), y: j }) }, { axis: 0 });
            const positive = b.eq({ x: b.and({ x: b.shr({ x: b.add({ x: place, y: first }), y: j }), y: 1 }), y: 1 });
            b.assign({ to: sum, from: b.add({ x: sum, y: b.select({ condition: positive, x: v, y: b.neg({ x: v }) }) }) });
          });
          b.store({ to: b.slice({ x: table }, { offsets: [first], sizes: [turn] }), x: sum });
        });
        b.barrier({});
        b.loop("i", { from: 0, to: Q }, (i) => {
          const read = b.load({ x: b.slice({ x: p.digits }, { offsets: [i, n, scalarOp("div", k, constant(A))], sizes: [1, BN, BK / A], drop: [0] }) });
          const c = b.convert({ x: read }, { layout: compose(words, local(1, 32 / A)) });
          const first = b.shl({ x: b.iota({}, { shape: [1, BK / A], axis: 1 }), y: A });
          const sums = b.reshape({ x: b.lookup({ table, codes: b.add({ x: first, y: b.cast({ x: c }, { to: i32 }) }) }) }, { shape: [BN, BK / 32, 32 / A] });
          const factor = b.load({ x: b.slice({ x: p.alpha }, { offsets: [i, n, scalarOp("div", k, constant(G))], sizes: [1, BN, 1], drop: [0] }) });
          b.assign({ to: acc, from: b.add({ x: acc, y: b.mul({ x: factor, y: b.reduce_sum({ x: sums }, { axis: 2, keep: false }) }) }) });
        });
        b.barrier({});
      });
      const to = b.slice({ x: p.y }, { offsets: [g.m, n], sizes: [1, BN], drop: [0] }), sum = b.reduce_sum({ x: acc }, { axis: 1, keep: false });
      b.store({ to, x: b.add({ x: sum, y: b.load({ x: b.slice({ x: p.bias }, { offsets: [n], sizes: [BN] }) }) }) });
    },
  };
}, "Y = X · Wᵀ + bias with binary coded weights, W = Σ_i α_i ⊙ B_i, every digit of B ±1: no products with weights, only sums of\nactivations, made once for each block and looked up by the bits of the planes.");

/** The digits of binary codes as the kernel reads them: [planes, rows, words · 32 / bits], `bits` digits in a code. */
export function digitsOf({ planes, codes, shape: [rows, K] }: BinaryCoded, bits: number): Given {
  const per = (Math.ceil(K / 32) * 32) / bits, values = new Float64Array(planes * rows * per);
  for (let i = 0; i < planes; i++)
    for (let n = 0; n < rows; n++)
      for (let k = 0; k < K; k++) values[(i * rows + n) * per + Math.floor(k / bits)] += (codes[n * K + k] >> i & 1) * 2 ** (k % bits);
  return { dtype: `u${bits}`, shape: [planes, rows, per], values };
}

/**
 * Inputs of a product with binary coded weights, and its answer. An entry of a table is rounded A times, the sum of a word's
 * entries 32/A times, its product once; Q·⌈K/BK⌉ such products, BK/32 threads and the bias are added up.
 */
export function product(x: Given, w: BinaryCoded, bias: Given, params: Readonly<Record<string, unknown>>): Omit<Case, "name"> {
  const [m, K] = x.shape, [n] = w.shape, A = params["C"] === "u8" ? 8 : 4, BK = Number(params["BK"] ?? 64), G = Number(params["G"] ?? 128), Q = w.planes, groups = Math.ceil(K / G);
  const values = new Float64Array(m * n), bound = new Float64Array(m * n), roundings = A + 32 / A + 1 + Q * Math.ceil(K / BK) + BK / 32 + 1;
  for (let r = 0; r < m; r++)
    for (let c = 0; c < n; c++) {
      let sum = bias.values[c], terms = Math.abs(sum);
      for (let k = 0; k < K; k++)
        for (let i = 0; i < Q; i++) {
          const term = w.alphas[(i * n + c) * groups + Math.floor(k / G)] * x.values[r * K + k];
          sum += w.codes[c * K + k] >> i & 1 ? term : -term;
          terms += Math.abs(term);
        }
      values[r * n + c] = sum;
      bound[r * n + c] = terms * gamma(roundings) + unit("f32") * Math.abs(sum) + 1e-37;
    }
  const alpha: Given = { dtype: "f32", shape: [Q, n, groups], values: Float64Array.from(w.alphas) };
  return { params: { K, Q, ...params }, inputs: { x, digits: digitsOf(w, A), alpha, bias }, outputs: { y: { dtype: "f32", shape: [m, n], values, bound } } };
}

/** A case: random weights, coded in binary with factors of each G neighbours. */
function one(m: number, n: number, K: number, Q = 3, params: Readonly<Record<string, unknown>> = {}): Case {
  const r = random(7 * m + 31 * n + K), x = given("f32", [m, K], () => 2 * r() - 1), bias = given("f32", [n], () => 2 * r() - 1);
  const w = binaryCode(Float64Array.from({ length: n * K }, () => r() + r() - 1), [n, K], { planes: Q, group: Number(params["G"] ?? 128) });
  return { name: `${m} × ${n} × ${K}, ${Q} planes, ${JSON.stringify(params)}`, ...product(x, w, bias, params) };
}

export const example: Example = {
  kernel: lut,
  twins: [{ K: 256 }, { K: 100, Q: 2, C: "u8", G: 64, BN: 16 }],
  cases: () => [
    onDevices(one(2, 37, 200)), onDevices(one(1, 5, 37, 2, { C: "u8", G: 64, BN: 16 })), onDevices(one(3, 33, 100, 1, { G: 32, BK: 32 })),
    one(0, 8, 64), one(3, 4, 0), one(1, 1, 1, 1), one(1, 40, 300, 4, { C: "u8" }), one(2, 17, 129, 8, { BK: 128 }), one(5, 7, 31, 5, { G: 32, BK: 32, BN: 16 }),
  ],
};

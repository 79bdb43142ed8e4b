// split_k.loom, built in TypeScript; its inputs and answers.
import { cdiv, constant, dim, dtype, input, intParam, kernel, output, scalarOp, sequence } from "../../vm/index.ts";
import { gamma, given, onDevices, random, type Case, type Example } from "../example.ts";

const M = dim("M"), N = dim("N"), K = dim("K"), f32 = dtype("f32");

const partial = kernel("partial", { S: intParam(), BM: intParam(32), BN: intParam(32), BK: intParam(16) }, ({ S, BM, BN, BK }) => ({
  params: { a: input("f32", [M, K]), b: input("f32", [K, N]), part: output("f32", [S, M, N]) },
  grid: { bn: cdiv(N, BN), bm: cdiv(M, BM), s: S },
  threads: 64,
  body(b, p, g) {
    const m = scalarOp("mul", g.bm, constant(BM)), n = scalarOp("mul", g.bn, constant(BN)), share = scalarOp("mul", cdiv(cdiv(K, S), BK), constant(BK));
    const sa = b.shared({}, { dtype: f32, shape: [BM, BK] }), sb = b.shared({}, { dtype: f32, shape: [BK, BN] });
    const acc = b.var({ init: 0 }, { dtype: f32, shape: [BM, BN] });
    const end = scalarOp("min", K, scalarOp("mul", scalarOp("add", g.s, constant(1)), share));
    b.loop("k", { from: scalarOp("mul", g.s, share), to: end, step: BK }, (k) => {
      b.copy({ from: b.slice({ x: p.a }, { offsets: [m, k], sizes: [BM, BK] }), to: sa });
      b.copy({ from: b.slice({ x: p.b }, { offsets: [k, n], sizes: [BK, BN] }), to: sb });
      b.barrier({});
      b.assign({ to: acc, from: b.dot({ x: sa, y: sb, acc }) });
      b.barrier({});
    });
    b.store({ to: b.slice({ x: p.part }, { offsets: [g.s, m, n], sizes: [1, BM, BN], drop: [0] }), x: acc });
  },
}), "One of S parts of each sum over K, on its own share of K.");

const total = kernel("total", { S: intParam() }, ({ S }) => ({
  params: { part: input("f32", [S, M, N]), c: output("f32", [M, N]) },
  grid: { bn: cdiv(N, 64), m: M },
  threads: 64,
  body(b, p, g) {
    const acc = b.var({ init: 0 }, { dtype: f32, shape: [64] }), n = scalarOp("mul", g.bn, constant(64));
    b.loop("s", { from: 0, to: S }, (s) => {
      b.assign({ to: acc, from: b.add({ x: acc, y: b.load({ x: b.slice({ x: p.part }, { offsets: [s, g.m, n], sizes: [1, 1, 64], drop: [0, 1] }) }) }) });
    });
    b.store({ to: b.slice({ x: p.c }, { offsets: [g.m, n], sizes: [1, 64], drop: [0] }), x: acc });
  },
}), "The sum of the parts, always in the same order.");

const splitK = sequence("split_k", { S: intParam(4, [2, 4, 8, 16]), BM: intParam(32, [16, 32, 64]), BN: intParam(32, [16, 32, 64]) }, ({ S, BM, BN }) => ({
  params: { a: input("f32", [M, K]), b: input("f32", [K, N]), c: output("f32", [M, N]) },
  steps(s, { a, b, c }) {
    const part = s.temp("part", "f32", [S, M, N]);
    s.run(partial, { S, BM, BN }, { a, b, part });
    s.run(total, { S }, { part, c });
  },
}), "C = A · B for a long K and a small C: S times as many blocks, each with a share of K, then the sum of their results.\nThe same numbers give the same bits in every run.");

/** Bound: in whatever order, K products and their sum, and the sum of S parts, meet K + S + 1 roundings, γ · Σ|a·b|. */
function one(M: number, N: number, K: number, params: { readonly S?: number; readonly BM?: number; readonly BN?: number } = {}): Case {
  const r = random(5 * M + 3 * N + K), a = given("f32", [M, K], () => 2 * r() - 1), b = given("f32", [K, N], () => 2 * r() - 1);
  const values = new Float64Array(M * N), bound = new Float64Array(M * N);
  for (let m = 0; m < M; m++)
    for (let n = 0; n < N; n++) {
      let sum = 0, terms = 0;
      for (let k = 0; k < K; k++) { const t = (a.values[m * K + k] ?? 0) * (b.values[k * N + n] ?? 0); sum += t; terms += Math.abs(t); }
      values[m * N + n] = sum;
      bound[m * N + n] = terms * gamma(K + (params.S ?? 4) + 1) + 1e-37;
    }
  return { name: `${M} × ${N} × ${K}, ${JSON.stringify(params)}`, params, inputs: { a, b }, outputs: { c: { dtype: "f32", shape: [M, N], values, bound } } };
}

export const example: Example = {
  kernel: splitK,
  twins: [{}, { S: 8, BM: 16, BN: 64 }],
  // Fewer elements of K than parts, none at all, an empty result, and parts that get nothing.
  cases: () => [...[one(32, 32, 640), one(33, 5, 37), one(1, 1, 3), one(3, 4, 0), one(0, 8, 8)].map(onDevices), one(17, 70, 300, { S: 8, BM: 16, BN: 64 })],
};

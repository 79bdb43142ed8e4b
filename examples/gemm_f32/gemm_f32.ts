// gemm_f32.loom, built in TypeScript; its inputs and answers.
import { cdiv, constant, dim, dtype, input, intParam, kernel, output, scalarOp } from "../../vm/index.ts";
import { gamma, given, onDevices, random, type Case, type Example } from "../example.ts";

const gemm = kernel("gemm_f32", { BM: intParam(32, [16, 32, 64]), BN: intParam(32, [16, 32, 64]), BK: intParam(16, [8, 16, 32]) }, ({ BM, BN, BK }) => ({
  params: { a: input("f32", [dim("M"), dim("K")]), b: input("f32", [dim("K"), dim("N")]), c: output("f32", [dim("M"), dim("N")]) },
  grid: { bn: cdiv(dim("N"), BN), bm: cdiv(dim("M"), BM) },
  threads: 64,
  body(b, p, g) {
    const m = scalarOp("mul", g.bm, constant(BM)), n = scalarOp("mul", g.bn, constant(BN)), f32 = dtype("f32");
    const sa = b.shared({}, { dtype: f32, shape: [BM, BK] }), sb = b.shared({}, { dtype: f32, shape: [BK, BN] });
    const acc = b.var({ init: 0 }, { dtype: f32, shape: [BM, BN] });
    b.loop("k", { from: 0, to: dim("K"), step: BK }, (k) => {
      b.copy({ from: b.slice({ x: p.a }, { offsets: [m, k], sizes: [constant(BM), constant(BK)] }), to: sa });
      b.copy({ from: b.slice({ x: p.b }, { offsets: [k, n], sizes: [constant(BK), constant(BN)] }), to: sb });
      b.barrier({});
      b.assign({ to: acc, from: b.dot({ x: sa, y: sb, acc }) });
      b.barrier({});
    });
    b.store({ to: b.slice({ x: p.c }, { offsets: [m, n], sizes: [constant(BM), constant(BN)] }), x: acc });
  },
}), "C = A · B in f32, tile by tile through shared memory: the plain matrix product, to compare the others with.");

/** Bound: the products of a row and their sum meet K + 1 roundings, γ_{K+1} · Σ|a·b|. */
function one(M: number, N: number, K: number, params: Readonly<Record<string, unknown>> = {}): Case {
  const r = random(7 * M + 3 * N + K), a = given("f32", [M, K], () => 2 * r() - 1), b = given("f32", [K, N], () => 2 * r() - 1);
  const values = new Float64Array(M * N), bound = new Float64Array(M * N);
  for (let m = 0; m < M; m++)
    for (let n = 0; n < N; n++) {
      let sum = 0, terms = 0;
      for (let k = 0; k < K; k++) { const t = (a.values[m * K + k] ?? 0) * (b.values[k * N + n] ?? 0); sum += t; terms += Math.abs(t); }
      values[m * N + n] = sum;
      bound[m * N + n] = terms * gamma(K + 1) + 1e-37;
    }
  return { name: `${M} × ${N} × ${K}`, params, inputs: { a, b }, outputs: { c: { dtype: "f32", shape: [M, N], values, bound } } };
}

export const example: Example = {
  kernel: gemm,
  twins: [{}, { BM: 16, BN: 64, BK: 8 }],
  cases: () => [...[one(32, 32, 64), one(33, 5, 37), one(1, 1, 1), one(0, 8, 8), one(3, 4, 0)].map(onDevices), one(70, 65, 40, { BM: 16, BN: 64, BK: 8 })],
};

// gemm_w3a3.loom, built in TypeScript; its inputs and answers.
import { compose, local, planes, spatial } from "../../layout/index.ts";
import { cdiv, constant, dim, dtype, dtypeParam, input, intParam, kernel, layoutParam, output, scalarOp } from "../../vm/index.ts";
import { gamma, given, onDevices, random, randomCodes, type Case, type Example } from "../example.ts";

const gemm = kernel("gemm_w3a3", {
  N: intParam(), K: intParam(), A: dtypeParam("b3"), W: dtypeParam("b3"),
  BM: intParam(32, [16, 32]), BN: intParam(32, [32, 64]), BK: intParam(256, [128, 256, 512]),
  Acc: layoutParam(spatial(1)),
}, ({ N, K, A, W, BM, BN, BK, Acc }) => ({
  params: {
    a: input(A, [dim("M"), K], planes(2)),
    w: input(W, [N, K], planes(2)),
    sa: input("f32", [dim("M"), 1]),
    sw: input("f32", [1, N]),
    c: output("f32", [dim("M"), N]),
  },
  grid: { bn: Math.ceil(N / BN), bm: cdiv(dim("M"), BM) },
  threads: 64,
  body(b, p, g) {
    const P = dtype(A).bits, Q = dtype(W).bits, zero = constant(0), b1 = dtype("b1"), i32 = dtype("i32"), f32 = dtype("f32");
    const m0 = scalarOp("mul", g.bm, constant(BM)), n0 = scalarOp("mul", g.bn, constant(BN));
    const xa = b.shared({}, { dtype: b1, shape: [P, BM, BK] }), xw = b.shared({}, { dtype: b1, shape: [Q, BN, BK] });
    const layout = Acc.shape.length === 2 ? Acc : compose(spatial(8, 8), local(BM / 8, BN / 8));
    const acc = b.var({ init: 0 }, { dtype: i32, shape: [BM, BN], layout });
    b.loop("k", { from: 0, to: K, step: BK }, (k) => {
      b.copy({ from: b.slice({ x: b.bits_of({ x: p.a }) }, { offsets: [zero, m0, k], sizes: [constant(P), constant(BM), constant(BK)] }), to: xa }, { unpadded: true });
      b.copy({ from: b.slice({ x: b.bits_of({ x: p.w }) }, { offsets: [zero, n0, k], sizes: [constant(Q), constant(BN), constant(BK)] }), to: xw }, { unpadded: true });
      b.barrier({});
      b.loop("i", { from: 0, to: P }, (i) => b.loop("j", { from: 0, to: Q }, (j) => {
        const x = b.slice({ x: xa }, { offsets: [i, zero, zero], sizes: [constant(1), constant(BM), constant(BK)], drop: [0] });
        const y = b.slice({ x: xw }, { offsets: [j, zero, zero], sizes: [constant(1), constant(BN), constant(BK)], drop: [0] });
        const product = b.bmma({ x, y }, { k: scalarOp("min", scalarOp("sub", constant(K), k), constant(BK)) });
        b.assign({ to: acc, from: b.add({ x: acc, y: b.shl({ x: product, y: scalarOp("add", i, j) }) }) });
      }));
      b.barrier({});
    });
    const rows = b.load({ x: b.slice({ x: p.sa }, { offsets: [m0, zero], sizes: [constant(BM), constant(1)] }) });
    const cols = b.load({ x: b.slice({ x: p.sw }, { offsets: [zero, n0], sizes: [constant(1), constant(BN)] }) });
    const to = b.slice({ x: p.c }, { offsets: [m0, n0], sizes: [constant(BM), constant(BN)] });
    b.store({ to, x: b.mul({ x: b.mul({ x: b.cast({ x: acc }, { to: f32 }), y: rows }), y: cols }) });
  },
}), "C = A · Wᵀ, both operands bipolar (every bit counts ±1), of any pair of widths, by products of single bits.");

/** Bound: the integer product is exact; its conversion to f32 and two products of floats round once each: |c|·γ_3. */
function one(M: number, N: number, K: number, A: string, W: string, params: Readonly<Record<string, unknown>> = {}): Case {
  const r = random(M + 31 * N + 977 * K);
  const a = randomCodes(A, [M, K], M + K), w = randomCodes(W, [N, K], N + K + 1);
  const sa = given("f32", [M, 1], () => 0.5 + r()), sw = given("f32", [1, N], () => 0.5 + r());
  const values = new Float64Array(M * N);
  for (let m = 0; m < M; m++)
    for (let n = 0; n < N; n++) {
      let sum = 0;
      for (let k = 0; k < K; k++) sum += (a.values[m * K + k] ?? 0) * (w.values[n * K + k] ?? 0);
      values[m * N + n] = sum * (sa.values[m] ?? 0) * (sw.values[n] ?? 0);
    }
  return {
    name: `${M} × ${N} × ${K}, ${A} × ${W}`, params: { N, K, A, W, ...params }, inputs: { a, w, sa, sw },
    outputs: { c: { dtype: "f32", shape: [M, N], values, bound: values.map((v) => Math.abs(v) * gamma(3)) } },
  };
}

/** A tile that compiles quickly. */
const small = { BM: 16, BK: 128 };

export const example: Example = {
  kernel: gemm,
  twins: [{ N: 64, K: 256 }, { N: 37, K: 100, A: "b1", W: "b8", BM: 16 }, { N: 64, K: 512, W: "b2", BN: 64, BK: 128 }],
  cases: () => [
    one(32, 32, 256, "b3", "b3"), one(1, 64, 128, "b3", "b3", small), onDevices(one(0, 32, 128, "b3", "b3", small)),
    onDevices(one(5, 1, 37, "b3", "b2", small)), onDevices(one(33, 40, 300, "b2", "b3", small)),
    one(3, 33, 130, "b1", "b1", small), onDevices(one(2, 9, 40, "b8", "b1", small)), one(2, 9, 65, "b4", "b8", small), one(4, 4, 33, "b5", "b6", { BK: 128 }), one(2, 3, 31, "b7", "b7", small),
  ],
};

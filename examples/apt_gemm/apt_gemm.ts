// apt_gemm.loom, built in TypeScript; its inputs and answers.
import { planes, planesTiled } from "../../layout/index.ts";
import { cdiv, constant, dim, dtype, dtypeParam, input, intParam, kernel, output, scalarOp, type Scalar } from "../../vm/index.ts";
import { count, gamma, given, onDevices, random, randomCodes, type Case, type Example } from "../example.ts";

const gemm = kernel("apt_gemm", {
  K: intParam(), A: dtypeParam("b4"), W: dtypeParam("b3"), G: intParam(128),
  BM: intParam(8, [1, 2, 4, 8, 16, 32]), BN: intParam(8, [8, 16, 32, 64]), BK: intParam(128, [128, 256]),
}, ({ K, A, W, G, BM, BN, BK }) => ({
  params: {
    x: input(A, [dim("M"), K], planes(2)),
    w: input(W, [dim("N"), K], planes(2)),
    sx: input("f32", [dim("M"), Math.ceil(K / G)]),
    sw: input("f32", [dim("N"), Math.ceil(K / G)]),
    bias: input("f32", [dim("N")]),
    y: output("f32", [dim("M"), dim("N")]),
  },
  grid: { bn: cdiv(dim("N"), BN), bm: cdiv(dim("M"), BM) },
  threads: 64,
  body(b, p, g) {
    const zero = constant(0), f32 = { to: dtype("f32") }, left = (k: Scalar) => scalarOp("sub", constant(K), k);
    const m0 = scalarOp("mul", g.bm, constant(BM)), n0 = scalarOp("mul", g.bn, constant(BN)), m = constant(BM), n = constant(BN);
    const xs = b.shared({}, { dtype: dtype(A), shape: [BM, BK], packing: planesTiled(2, Math.min(BM, 8), 128) });
    const ws = b.shared({}, { dtype: dtype(W), shape: [BN, BK], packing: planesTiled(2, 8, 128) });
    const acc = b.var({ init: 0 }, { dtype: dtype("f32"), shape: [BM, BN] }), row = b.var({ init: 0 }, { dtype: dtype("i32"), shape: [BM, BN] });
    /** The scales of a group of every row and column, multiplied. */
    const scales = (group: Scalar) => b.mul({
      x: b.load({ x: b.slice({ x: p.sx }, { offsets: [m0, group], sizes: [m, constant(1)] }) }),
      y: b.transpose({ x: b.load({ x: b.slice({ x: p.sw }, { offsets: [n0, group], sizes: [n, constant(1)] }) }) }),
    });
    b.loop("k0", { from: 0, to: K, step: BK, mode: { kind: "pipeline", stages: 2 } }, (k0) => {
      const unpadded = (type: string) => (dtype(type).hasZero ? {} : { unpadded: true });
      b.copy({ from: b.slice({ x: p.x }, { offsets: [m0, k0], sizes: [m, constant(BK)] }), to: xs }, unpadded(A));
      b.copy({ from: b.slice({ x: p.w }, { offsets: [n0, k0], sizes: [n, constant(BK)] }), to: ws }, unpadded(W));
      b.barrier({});
      if (G === K)
        b.assign({ to: row, from: b.dot({ x: xs, y: b.transposed({ x: ws }), acc: row }, { k: scalarOp("min", left(k0), constant(BK)), by: "planes" }) });
      else
        b.loop("g", { from: 0, to: BK / G }, (group) => {
          const at = scalarOp("mul", group, constant(G));
          const x = b.slice({ x: xs }, { offsets: [zero, at], sizes: [m, constant(G)] }), y = b.transposed({ x: b.slice({ x: ws }, { offsets: [zero, at], sizes: [n, constant(G)] }) });
          const sum = b.dot({ x, y }, { k: scalarOp("min", scalarOp("sub", left(k0), at), constant(G)), by: "planes" });
          const s = scales(scalarOp("add", scalarOp("div", k0, constant(G)), group));
          b.assign({ to: acc, from: b.add({ x: acc, y: b.mul({ x: b.cast({ x: sum }, f32), y: s }) }) });
        });
      b.barrier({});
    });
    if (G === K) b.assign({ to: acc, from: b.mul({ x: b.cast({ x: row }, f32), y: scales(zero) }) });
    const to = b.slice({ x: p.y }, { offsets: [m0, n0], sizes: [m, n] }), bias = b.load({ x: b.slice({ x: p.bias }, { offsets: [n0], sizes: [n] }) });
    b.store({ to, x: b.add({ x: acc, y: bias }) });
  },
}), "y = x · wᵀ + bias, both operands bipolar integers of any widths, each with one scale per G neighbours of a row: bit planes\nare staged in shared tiles, multiplied by xor and popcount, and recovered in registers.");

/**
 * Bound: a group's sum is an exact integer and becomes f32 (one rounding from 2^24 on), two scales are multiplied (one), then
 * both (one), and groups and the bias are added up: γ_{groups + 4} of all that was added.
 */
function one(M: number, N: number, K: number, A: string, W: string, params: Readonly<Record<string, unknown>> = {}): Case {
  const G = Number(params["G"] ?? 128), groups = Math.ceil(K / G), r = random(M + 31 * N + 977 * K);
  const x = randomCodes(A, [M, K], M + K), w = randomCodes(W, [N, K], N + K + 1);
  const sx = given("f32", [M, groups], () => 0.5 + r()), sw = given("f32", [N, groups], () => 0.5 + r()), bias = given("f32", [N], () => 100 * (r() - 0.5));
  const values = new Float64Array(count([M, N])), bound = new Float64Array(count([M, N]));
  for (let m = 0; m < M; m++)
    for (let n = 0; n < N; n++) {
      let sum = bias.values[n] ?? 0, terms = Math.abs(sum);
      for (let g = 0; g < groups; g++) {
        let whole = 0;
        for (let k = g * G; k < Math.min(K, (g + 1) * G); k++) whole += (x.values[m * K + k] ?? 0) * (w.values[n * K + k] ?? 0);
        const term = whole * (sx.values[m * groups + g] ?? 0) * (sw.values[n * groups + g] ?? 0);
        sum += term;
        terms += Math.abs(term);
      }
      values[m * N + n] = sum;
      bound[m * N + n] = terms * gamma(groups + 4);
    }
  return { name: `${M} × ${N} × ${K}, ${A} × ${W}, groups of ${G}`, params: { K, A, W, ...params }, inputs: { x, w, sx, sw, bias }, outputs: { y: { dtype: "f32", shape: [M, N], values, bound } } };
}

/** Every pair of widths, on small odd sizes. */
const widths = [1, 2, 3, 4, 5, 6, 7, 8];

export const example: Example = {
  kernel: gemm,
  twins: [{ K: 300 }, { K: 100, A: "b1", W: "b2", G: 32, BM: 1 }, { K: 200, A: "b6", W: "b6", G: 200, BM: 4, BK: 256 }],
  cases: () => [
    onDevices(one(5, 11, 300, "b3", "b1")), onDevices(one(1, 9, 100, "b1", "b2", { G: 32, BM: 1 })), onDevices(one(9, 3, 150, "b2", "b2", { G: 150 })), onDevices(one(0, 8, 128, "b3", "b3")),
    one(3, 7, 256, "b4", "b3", { G: 64, BK: 256 }), one(2, 2, 0, "b4", "b3"), one(17, 33, 520, "b8", "b8", { BM: 16, BN: 16 }),
    one(4, 5, 70, "u4", "i3", { G: 32 }), one(4, 5, 70, "b4", "i3", { G: 32 }),
    ...widths.flatMap((n) => widths.map((m) => one(2, 3, 37 + n + m, `b${n}`, `b${m}`, { G: 32, BM: 2 }))),
  ],
};

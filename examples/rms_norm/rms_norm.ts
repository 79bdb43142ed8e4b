// rms_norm.loom, built in TypeScript; its inputs and answers.
import { constant, dim, dtype, dtypeParam, input, intParam, kernel, output, type Size } from "../../vm/index.ts";
import { gamma, given, least, onDevices, random, unit, type Case, type Example } from "../example.ts";

const rmsNorm = kernel("rms_norm", { N: intParam(), T: dtypeParam("f16"), BN: intParam(256, [128, 256, 512]) }, ({ N, T, BN }) => ({
  params: { x: input(T, [dim("M"), N]), gain: input(T, [N]), eps: { scalar: "f32" }, y: output(T, [dim("M"), N]) },
  grid: { m: dim("M") },
  threads: 128,
  body(b, p, g) {
    const f32 = { to: dtype("f32") }, row = (n: Size) => ({ offsets: [g.m, n as typeof g.m], sizes: [constant(1), constant(BN)] });
    const squares = b.var({ init: 0 }, { dtype: dtype("f32"), shape: [1, 1] });
    b.loop("n", { from: 0, to: N, step: BN }, (n) => {
      const v = b.cast({ x: b.load({ x: b.slice({ x: p.x }, row(n)) }) }, f32);
      b.assign({ to: squares, from: b.add({ x: squares, y: b.reduce_sum({ x: b.mul({ x: v, y: v }) }, { axis: 1 }) }) });
    });
    const scale = b.rsqrt({ x: b.add({ x: b.div({ x: squares, y: N }), y: p.eps }) });
    b.loop("n", { from: 0, to: N, step: BN }, (n) => {
      const v = b.cast({ x: b.load({ x: b.slice({ x: p.x }, row(n)) }) }, f32), to = b.slice({ x: p.y }, row(n));
      const weighed = b.mul({ x: b.mul({ x: v, y: scale }), y: b.cast({ x: b.load({ x: b.slice({ x: p.gain }, { offsets: [n], sizes: [constant(BN)] }) }) }, f32) });
      b.store({ to, x: b.cast({ x: weighed }, { to: dtype(T) }) });
    });
  },
}), "y = x / √(mean(x²) + eps) · gain along the last axis, sums in f32: the norm of Llama and its kin. One block per row.");

/**
 * Bound, relative to y: the mean square is a sum of N terms that are all positive, off by γ_{N+3}; its root is off by half of that
 * and 2 ULP of rsqrt; two products more; the rounding to T.
 */
function one(M: number, N: number, params: Readonly<Record<string, unknown>> = {}, size = 2): Case {
  const T = String(params["T"] ?? "f16"), eps = Math.fround(1e-5), r = random(100 * M + N);
  const x = given(T, [M, N], () => size * (2 * r() - 1)), gain = given(T, [N], () => 0.5 + r());
  const values = new Float64Array(M * N), bound = new Float64Array(M * N);
  for (let m = 0; m < M; m++) {
    const row = x.values.subarray(m * N, m * N + N), s = 1 / Math.sqrt(row.reduce((a, v) => a + v * v, 0) / N + eps);
    row.forEach((v, n) => {
      const y = v * s * (gain.values[n] ?? 0);
      values[m * N + n] = y;
      bound[m * N + n] = Math.abs(y) * (gamma(N + 3) / 2 + gamma(5) + unit(T)) + least(T);
    });
  }
  return { name: `${M} × ${N}, ${T}${size === 0 ? ", zeros" : ""}`, params: { N, ...params }, inputs: { x, gain }, scalars: { eps }, outputs: { y: { dtype: T, shape: [M, N], values, bound } } };
}

export const example: Example = {
  kernel: rmsNorm,
  twins: [{ N: 1000 }, { N: 37, T: "f32", BN: 128 }, { N: 2048, BN: 512 }],
  cases: () => [onDevices(one(3, 1000)), onDevices(one(2, 37, { T: "f32", BN: 128 })), onDevices(one(1, 1, { BN: 128 })), one(0, 256), one(2, 300, { T: "f32" }, 0), one(5, 2048, { BN: 512 })],
};

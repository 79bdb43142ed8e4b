// layer_norm.loom, built in TypeScript; its inputs and answers.
import { constant, dim, dtype, dtypeParam, input, intParam, kernel, output, type Size, type Value } from "../../vm/index.ts";
import { gamma, given, least, onDevices, random, unit, type Case, type Example } from "../example.ts";

const layerNorm = kernel("layer_norm", { N: intParam(), T: dtypeParam("f16"), BN: intParam(256, [128, 256, 512]) }, ({ N, T, BN }) => ({
  params: { x: input(T, [dim("M"), N]), gain: input(T, [N]), bias: input(T, [N]), eps: { scalar: "f32" }, y: output(T, [dim("M"), N]) },
  grid: { m: dim("M") },
  threads: 128,
  body(b, p, g) {
    const f32 = dtype("f32"), row = (x: Value, n: Size) => b.slice({ x }, { offsets: [g.m, n as typeof g.m], sizes: [constant(1), constant(BN)] });
    const wide = (x: Value) => b.cast({ x: b.load({ x }) }, { to: f32 }), part = (x: Value, n: Size) => wide(b.slice({ x }, { offsets: [n as typeof g.m], sizes: [constant(BN)] }));
    const total = b.var({ init: 0 }, { dtype: f32, shape: [1, 1] });
    b.loop("n", { from: 0, to: N, step: BN }, (n) => b.assign({ to: total, from: b.add({ x: total, y: b.reduce_sum({ x: wide(row(p.x, n)) }, { axis: 1 }) }) }));
    const mean = b.div({ x: total, y: N });
    const squares = b.var({ init: 0 }, { dtype: f32, shape: [1, 1] });
    b.loop("n", { from: 0, to: N, step: BN }, (n) => {
      const inside = b.lt({ x: b.add({ x: n, y: b.iota({}, { shape: [BN] }) }), y: N });
      const d = b.select({ condition: inside, x: b.sub({ x: wide(row(p.x, n)), y: mean }), y: 0 });
      b.assign({ to: squares, from: b.add({ x: squares, y: b.reduce_sum({ x: b.mul({ x: d, y: d }) }, { axis: 1 }) }) });
    });
    const scale = b.rsqrt({ x: b.add({ x: b.div({ x: squares, y: N }), y: p.eps }) });
    b.loop("n", { from: 0, to: N, step: BN }, (n) => {
      const d = b.sub({ x: wide(row(p.x, n)), y: mean }), to = row(p.y, n);
      const weighed = b.mul({ x: b.mul({ x: d, y: scale }), y: part(p.gain, n) });
      b.store({ to, x: b.cast({ x: b.add({ x: weighed, y: part(p.bias, n) }) }, { to: dtype(T) }) });
    });
  },
}), "y = (x − mean) / √(variance + eps) · gain + bias along the last axis, in f32. The variance is that of the differences\nfrom the mean, in a pass of its own: a mean of large numbers does not eat the digits of small differences.");

/**
 * Bound. The mean is off by e = γ_{N+1}·mean|x|, and a difference by e + |d|·u; the squares then give the variance within
 * 2·(e + |d|u)·mean|d| and γ_{N+3} of itself, its root within half of that. So y is off by (e + |d|u)·s·|g|, by |y − b|·(half the relative
 * error of the variance + γ₅), and by the roundings to T.
 */
function one(M: number, N: number, params: Readonly<Record<string, unknown>> = {}, middle = 0.5): Case {
  const T = String(params["T"] ?? "f16"), eps = Math.fround(1e-5), r = random(100 * M + N), u = unit("f32");
  const x = given(T, [M, N], () => middle + 2 * r() - 1), gain = given(T, [N], () => 0.5 + r()), bias = given(T, [N], () => r() - 0.5);
  const values = new Float64Array(M * N), bound = new Float64Array(M * N);
  for (let m = 0; m < M; m++) {
    const row = x.values.subarray(m * N, m * N + N), mean = row.reduce((a, v) => a + v, 0) / N, off = gamma(N + 1) * (row.reduce((a, v) => a + Math.abs(v), 0) / N);
    const variance = row.reduce((a, v) => a + (v - mean) ** 2, 0) / N, s = 1 / Math.sqrt(variance + eps);
    const most = row.reduce((a, v) => Math.max(a, Math.abs(v - mean)), 0), each = off + most * u;
    const root = ((2 * each * most + each * each) / (variance + eps) + gamma(N + 3)) / 2 * (1 + u);
    row.forEach((v, n) => {
      const d = (v - mean) * s * (gain.values[n] ?? 0), y = d + (bias.values[n] ?? 0);
      values[m * N + n] = y;
      const inner = (each * s * Math.abs(gain.values[n] ?? 0)) * (1 + root) + Math.abs(d) * (root + gamma(5)) + Math.abs(y) * u;
      bound[m * N + n] = inner + (Math.abs(y) + inner) * unit(T) + least(T);
    });
  }
  return { name: `${M} × ${N}, ${T}, around ${middle}`, params: { N, ...params }, inputs: { x, gain, bias }, scalars: { eps }, outputs: { y: { dtype: T, shape: [M, N], values, bound } } };
}

export const example: Example = {
  kernel: layerNorm,
  twins: [{ N: 1000 }, { N: 37, T: "f32", BN: 128 }, { N: 2048, BN: 512 }],
  cases: () => [onDevices(one(3, 1000)), onDevices(one(2, 37, { T: "f32", BN: 128 }, 1000)), onDevices(one(1, 1, { BN: 128 })), one(0, 256), one(5, 2048, { BN: 512 })],
};

// gemv.loom, built in TypeScript; its inputs and answers.
import { compose, local, spatial } from "../../layout/index.ts";
import { cdiv, constant, dim, dtype, dtypeParam, input, intParam, kernel, output, scalarOp } from "../../vm/index.ts";
import { gamma, given, onDevices, random, randomCodes, unit, type Case, type Example } from "../example.ts";

const gemv = kernel("gemv", {
  K: intParam(), W: dtypeParam("u5"), T: dtypeParam("f16"), ZERO: intParam(16), G: intParam(64, [32, 64, 128]), ROWS: intParam(8, [4, 8, 16]),
}, ({ K, W, T, ZERO, G, ROWS }) => ({
  params: { w: input(W, [dim("N"), K]), scale: input(T, [dim("N"), Math.ceil(K / G)]), x: input(T, [K]), bias: input("f32", [dim("N")]), y: output("f32", [dim("N")]) },
  grid: { b: cdiv(dim("N"), ROWS) },
  threads: 64,
  body(b, p, g) {
    const f32 = { to: dtype("f32") }, n = scalarOp("mul", g.b, constant(ROWS)), rows = { offsets: [n], sizes: [constant(ROWS)] };
    const acc = b.var({ init: 0 }, { dtype: dtype("f32"), shape: [ROWS, G], layout: compose(spatial(ROWS, 64 / ROWS), local(1, (G * ROWS) / 64)) });
    b.loop("k", { from: 0, to: K, step: G }, (k) => {
      const q = b.sub({ x: b.cast({ x: b.load({ x: b.slice({ x: p.w }, { offsets: [n, k], sizes: [constant(ROWS), constant(G)] }) }, { pad: 1 }) }, f32), y: ZERO });
      const s = b.cast({ x: b.load({ x: b.slice({ x: p.scale }, { offsets: [n, scalarOp("div", k, constant(G))], sizes: [constant(ROWS), constant(1)] }) }) }, f32);
      const weighed = b.mul({ x: q, y: s });
      const x = b.cast({ x: b.load({ x: b.slice({ x: p.x }, { offsets: [k], sizes: [constant(G)] }) }) }, f32);
      b.assign({ to: acc, from: b.add({ x: acc, y: b.mul({ x: weighed, y: x }) }) });
    });
    const to = b.slice({ x: p.y }, rows), sum = b.reduce_sum({ x: acc }, { axis: 1, keep: false });
    b.store({ to, x: b.add({ x: sum, y: b.load({ x: b.slice({ x: p.bias }, rows) }) }) });
  },
}), "y = W · x + bias: a matrix of any type of 1 to 8 bits, one scale per G neighbours of a row, times a vector. What a\nlanguage model does most when it writes one word after the other.");

/** The zero point that makes a type's numbers lie around zero. */
const zeroOf = (type: string): number => (dtype(type).kind === "uint" ? 2 ** (dtype(type).bits - 1) : 0);

/** Bound: two roundings of each product, K + G + 1 of the sums and the bias, against the sum of absolute terms. */
function one(N: number, K: number, params: Readonly<Record<string, unknown>> = {}): Case {
  const T = String(params["T"] ?? "f16"), W = String(params["W"] ?? "u5"), G = Number(params["G"] ?? 64), ZERO = zeroOf(W), groups = Math.ceil(K / G);
  const r = random(31 * N + K), w = randomCodes(W, [N, K], N + K + 3), top = Math.max(1, ...w.values.map((v) => Math.abs(v - ZERO)));
  const scale = given(T, [N, groups], () => (0.5 + r()) / top), x = given(T, [K], () => 2 * r() - 1), bias = given("f32", [N], () => 2 * r() - 1);
  const values = new Float64Array(N), bound = new Float64Array(N);
  for (let n = 0; n < N; n++) {
    let sum = bias.values[n] ?? 0, terms = Math.abs(sum);
    for (let k = 0; k < K; k++) {
      const term = ((w.values[n * K + k] ?? 0) - ZERO) * (scale.values[n * groups + Math.floor(k / G)] ?? 0) * (x.values[k] ?? 0);
      sum += term;
      terms += Math.abs(term);
    }
    values[n] = sum;
    bound[n] = terms * gamma(K + G + 3) + unit("f32") * Math.abs(sum) + 1e-37;
  }
  return { name: `${N} × ${K}, ${W}, ${T}`, params: { K, ...params, ZERO }, inputs: { w, scale, x, bias }, outputs: { y: { dtype: "f32", shape: [N], values, bound } } };
}

export const example: Example = {
  kernel: gemv,
  twins: [{ K: 256 }, { K: 37, W: "b2", ZERO: 0, T: "f32", G: 32 }, { K: 1000, ROWS: 16, G: 128 }],
  cases: () => [
    onDevices(one(33, 256)), onDevices(one(5, 37, { W: "b3", G: 32 })), onDevices(one(1, 100, { W: "f6e3m2", T: "f32" })), one(0, 64), one(3, 0),
    ...["u1", "u2", "u3", "u4", "u6", "u7", "u8", "i2", "i5", "b1", "f4e2m1", "f8e4m3"].map((W) => one(7, 150, { W })),
  ],
};

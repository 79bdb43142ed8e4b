// group_dequant.loom, built in TypeScript; its inputs and answers.
import { axis, bit, compose, digits, local, pad, spatial } from "../../layout/index.ts";
import { cdiv, constant, dim, dtype, dtypeParam, input, intParam, kernel, output, scalarOp, sequence } from "../../vm/index.ts";
import { gamma, given, onDevices, random, randomCodes, type Case, type Example } from "../example.ts";

const M = dim("M"), f32 = dtype("f32"), i32 = dtype("i32");
/** Rows that begin at whole words. */
const rows = digits([axis(0), pad(axis(1), 32), bit]);

const groupSums = kernel("group_sums", { K: intParam(), G: intParam(), X: dtypeParam("i8") }, ({ K, G, X }) => ({
  params: { x: input(X, [M, K], rows), sum: output("i32", [M, Math.ceil(K / G)]) },
  grid: { g: Math.ceil(K / G), bm: cdiv(M, 8) },
  threads: 32,
  body(b, p, { g, bm }) {
    const m = scalarOp("mul", bm, constant(8));
    const v = b.convert({ x: b.load({ x: b.slice({ x: p.x }, { offsets: [m, scalarOp("mul", g, constant(G))], sizes: [8, G] }) }) }, { layout: compose(spatial(8, 4), local(1, G / 4)) });
    const to = b.slice({ x: p.sum }, { offsets: [m, g], sizes: [8, 1] });
    b.store({ to, x: b.reduce_sum({ x: b.cast({ x: v }, { to: i32 }) }, { axis: 1 }) });
  },
}), "The sum of each group of neighbours along K: what a zero point of the other side is multiplied by.");

const groupGemm = kernel("group_gemm", {
  N: intParam(), K: intParam(), G: intParam(), X: dtypeParam("i8"), W: dtypeParam("u4"), BM: intParam(8), BN: intParam(8),
}, ({ N, K, G, X, W, BM, BN }) => ({
  params: {
    x: input(X, [M, K], rows),
    sum: input("i32", [M, Math.ceil(K / G)]),
    sx: input("f32", [M, 1]),
    w: input(W, [N, K], rows),
    s: input("f32", [Math.ceil(K / G), N]),
    z: input(W, [Math.ceil(K / G), N]),
    bias: input("f32", [1, N]),
    y: output("f32", [M, N]),
  },
  grid: { bn: Math.ceil(N / BN), bm: cdiv(M, BM) },
  threads: 32,
  body(b, p, { bn, bm }) {
    const m = scalarOp("mul", bm, constant(BM)), n = scalarOp("mul", bn, constant(BN)), zero = constant(0), row = [1, BN], column = [BM, 1];
    const acc = b.var({ init: 0 }, { dtype: f32, shape: [BM, BN] });
    b.loop("g", { from: 0, to: Math.ceil(K / G) }, (g) => {
      const k = scalarOp("mul", g, constant(G)), x = b.slice({ x: p.x }, { offsets: [m, k], sizes: [BM, G] }), w = b.slice({ x: p.w }, { offsets: [n, k], sizes: [BN, G] });
      const d = b.dot({ x, y: b.transposed({ x: w }) }, { by: "packed" });
      const z = b.cast({ x: b.load({ x: b.slice({ x: p.z }, { offsets: [g, n], sizes: row }) }) }, { to: i32 });
      const zeros = b.mul({ x: z, y: b.load({ x: b.slice({ x: p.sum }, { offsets: [m, g], sizes: column }) }) });
      const sum = b.cast({ x: b.sub({ x: d, y: zeros }) }, { to: f32 });
      b.assign({ to: acc, from: b.fma({ x: sum, y: b.load({ x: b.slice({ x: p.s }, { offsets: [g, n], sizes: row }) }), z: acc }) });
    });
    const to = b.slice({ x: p.y }, { offsets: [m, n], sizes: [BM, BN] });
    const scaled = b.mul({ x: acc, y: b.load({ x: b.slice({ x: p.sx }, { offsets: [m, zero], sizes: column }) }) });
    b.store({ to, x: b.add({ x: scaled, y: b.load({ x: b.slice({ x: p.bias }, { offsets: [zero, n], sizes: row }) }) }) });
  },
}), "Products of integers group by group; scale and zero point of a group meet its sum.");

const groupDequant = sequence("group_dequant", {
  N: intParam(), K: intParam(), G: intParam(64, [32, 64, 128]), X: dtypeParam("i8"), W: dtypeParam("u4"), BM: intParam(8, [1, 2, 4, 8]), BN: intParam(8, [8, 16, 32]),
}, ({ N, K, G, X, W, BM, BN }) => ({
  params: {
    x: input(X, [M, K], rows),
    sx: input("f32", [M, 1]),
    w: input(W, [N, K], rows),
    s: input("f32", [Math.ceil(K / G), N]),
    z: input(W, [Math.ceil(K / G), N]),
    bias: input("f32", [1, N]),
    y: output("f32", [M, N]),
  },
  steps(steps, { x, sx, w, s, z, bias, y }) {
    const sum = steps.temp("sum", "i32", [M, Math.ceil(K / G)]);
    steps.run(groupSums, { K, G, X }, { x, sum });
    steps.run(groupGemm, { N, K, G, X, W, BM, BN }, { x, sum, sx, w, s, z, bias, y });
  },
}), "y = sx · Σ_g s_g (Σ x q - z_g Σ x) + bias: 8-bit activations and 4-bit weights with a scale and a zero point per group, dequantised after each group's integer sum.");

/** Bound: a group's sum is exact, below 2^24 as f32; accumulating it rounds once or twice, and so does each later group; the row's scale and the bias round once each. */
function one(R: number, N: number, K: number, params: { readonly G?: number; readonly X?: string; readonly W?: string; readonly BM?: number; readonly BN?: number } = {}): Case {
  const { G = 64, X = "i8", W = "u4" } = params, r = random(R + 31 * N + 977 * K), groups = Math.ceil(K / G);
  const x = randomCodes(X, [R, K], R + K), w = randomCodes(W, [N, K], N + K), z = randomCodes(W, [groups, N], N + K + 1);
  const sx = given("f32", [R, 1], () => 0.01 + r()), s = given("f32", [groups, N], () => 0.01 + r()), bias = given("f32", [1, N], () => 200 * r() - 100);
  const values = new Float64Array(R * N), bound = new Float64Array(R * N);
  for (let m = 0; m < R; m++)
    for (let n = 0; n < N; n++) {
      let sum = 0, terms = 0;
      for (let g = 0; g < groups; g++) {
        // Each weight dequantised, as the definition has it.
        let d = 0;
        for (let k = g * G; k < Math.min(K, (g + 1) * G); k++) d += (x.values[m * K + k] ?? 0) * ((w.values[n * K + k] ?? 0) - (z.values[g * N + n] ?? 0));
        const term = d * (s.values[g * N + n] ?? 0) * (sx.values[m] ?? 0);
        sum += term;
        terms += Math.abs(term);
      }
      values[m * N + n] = sum + (bias.values[n] ?? 0);
      bound[m * N + n] = (terms + Math.abs(bias.values[n] ?? 0)) * gamma(2 * groups + 2);
    }
  return { name: `${R} × ${N} × ${K}, ${JSON.stringify(params)}`, params: { N, K, ...params }, inputs: { x, sx, w, s, z, bias }, outputs: { y: { dtype: "f32", shape: [R, N], values, bound } } };
}

export const example: Example = {
  kernel: groupDequant,
  twins: [{ N: 64, K: 256 }, { N: 37, K: 100, G: 32, W: "u3", BM: 1, BN: 32 }],
  cases: () => [
    onDevices(one(3, 9, 100)), onDevices(one(1, 37, 70, { G: 32, W: "u3", BM: 1, BN: 32 })), one(9, 8, 128, { G: 128 }), one(17, 33, 257, { BM: 4 }),
    one(2, 1, 37, { X: "i6", W: "i4" }), one(0, 8, 64), one(2, 5, 0), one(4, 8, 65, { X: "u8", W: "u8" }),
  ],
};

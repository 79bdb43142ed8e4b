// abq_gemm.loom, built in TypeScript; its inputs and answers.
import { planes, planesTiled } from "../../layout/index.ts";
import { cdiv, constant, dim, dtype, dtypeParam, input, intParam, kernel, output, packingParam, scalarOp } from "../../vm/index.ts";
import { gamma, given, onDevices, random, randomCodes, type Case, type Example, type Given } from "../example.ts";

const gemm = kernel("abq_gemm", {
  K: intParam(), A: dtypeParam("u8"), W: dtypeParam("u2"), G: intParam(0), V: packingParam(planes(2)), BM: intParam(8, [1, 2, 4, 8]), BN: intParam(8, [8, 16, 32, 64]),
}, ({ K, A, W, G: given, V, BM, BN }) => {
  const G = given || K, groups = Math.ceil(K / G), M = dim("M"), N = dim("N");
  return {
    params: {
      x: input(A, [M, K], planes(2)), zx: input(A, [M, groups]), sx: input("f32", [M, groups]),
      w: input(W, [N, K], V), zw: input(W, [N, groups]), sw: input("f32", [N, groups]),
      bias: input("f32", [N]), y: output("f32", [M, N]),
    },
    grid: { bn: cdiv(N, BN), bm: cdiv(M, BM) },
    threads: 64,
    body(b, p, at) {
      const m0 = scalarOp("mul", at.bm, constant(BM)), n0 = scalarOp("mul", at.bn, constant(BN)), m = constant(BM), n = constant(BN), f32 = { to: dtype("f32") };
      const acc = b.var({ init: 0 }, { dtype: dtype("f32"), shape: [BM, BN] });
      b.loop("g", { from: 0, to: groups }, (g) => {
        const k = scalarOp("mul", g, constant(G));
        const x = b.slice({ x: p.x }, { offsets: [m0, k], sizes: [m, constant(G)] }), y = b.transposed({ x: b.slice({ x: p.w }, { offsets: [n0, k], sizes: [n, constant(G)] }) });
        const ofRow = (t: typeof p.sx | typeof p.zx) => b.load({ x: b.slice({ x: t }, { offsets: [m0, g], sizes: [m, constant(1)] }) });
        const ofColumn = (t: typeof p.sw | typeof p.zw) => b.transpose({ x: b.load({ x: b.slice({ x: t }, { offsets: [n0, g], sizes: [n, constant(1)] }) }) });
        const zx = ofRow(p.zx), zy = ofColumn(p.zw);
        const sum = b.cast({ x: b.dot({ x, y, zx, zy }, { k: scalarOp("min", scalarOp("sub", constant(K), k), constant(G)), by: "planes" }) }, f32);
        const sx = ofRow(p.sx), sw = ofColumn(p.sw);
        b.assign({ to: acc, from: b.add({ x: acc, y: b.mul({ x: sum, y: b.mul({ x: sx, y: sw }) }) }) });
      });
      const to = b.slice({ x: p.y }, { offsets: [m0, n0], sizes: [m, n] }), bias = b.load({ x: b.slice({ x: p.bias }, { offsets: [n0], sizes: [n] }) });
      b.store({ to, x: b.add({ x: acc, y: bias }) });
    },
  };
}, "y = x · wᵀ + bias of codes with zero points: unsigned activations, unsigned or signed weights, any widths. Scales and zero\npoints are one for each row of x and of w (or for each G neighbours of a row), and come after the integer sum.");

/** A row's values less the zero point of their group. */
const centred = (t: Given, zero: Given, row: number, k: number, G: number): number =>
  (t.values[row * t.shape[1] + k] ?? 0) - (zero.values[row * zero.shape[1] + Math.floor(k / G)] ?? 0);

/**
 * Bound: a group's sum is an exact integer and becomes f32 (one rounding from 2^24 on), two scales are multiplied (one), then
 * both (one), and groups and the bias are added up: γ_{groups + 4} of all that was added.
 */
function one(M: number, N: number, K: number, A: string, W: string, params: Readonly<Record<string, unknown>> = {}): Case {
  const G = Number(params["G"] ?? K), groups = Math.ceil(K / G), r = random(M + 31 * N + 977 * K);
  const x = randomCodes(A, [M, K], M + K), w = randomCodes(W, [N, K], N + K + 1), zx = randomCodes(A, [M, groups], 5), zw = randomCodes(W, [N, groups], 7);
  const sx = given("f32", [M, groups], () => 0.5 + r()), sw = given("f32", [N, groups], () => 0.5 + r()), bias = given("f32", [N], () => 100 * (r() - 0.5));
  const values = new Float64Array(M * N), bound = new Float64Array(M * N);
  for (let m = 0; m < M; m++)
    for (let n = 0; n < N; n++) {
      let sum = bias.values[n] ?? 0, terms = Math.abs(sum);
      for (let g = 0; g < groups; g++) {
        let whole = 0;
        for (let k = g * G; k < Math.min(K, (g + 1) * G); k++) whole += centred(x, zx, m, k, G) * centred(w, zw, n, k, G);
        const term = whole * (sx.values[m * groups + g] ?? 0) * (sw.values[n * groups + g] ?? 0);
        sum += term;
        terms += Math.abs(term);
      }
      values[m * N + n] = sum;
      bound[m * N + n] = terms * gamma(groups + 4);
    }
  return {
    name: `${M} × ${N} × ${K}, ${A} × ${W}${groups > 1 ? `, groups of ${G}` : ""}${params["V"] ? ", FlexQ's order" : ""}`, params: { K, A, W, ...params },
    inputs: { x, zx, sx, w, zw, sw, bias }, outputs: { y: { dtype: "f32", shape: [M, N], values, bound } },
  };
}

const flexq = { V: planesTiled(2, 8, 128) }, widths = [1, 2, 3, 4, 5, 6, 7, 8];

export const example: Example = {
  kernel: gemm,
  twins: [{ K: 300 }, { K: 300, A: "u3", W: "i4", G: 128, ...flexq }, { K: 100, A: "u1", W: "u1", BM: 1 }],
  cases: () => [
    onDevices(one(5, 11, 100, "u4", "u2")), onDevices(one(9, 9, 300, "u3", "i3", { G: 128, ...flexq })), onDevices(one(1, 17, 70, "u5", "u2", { BM: 1, G: 32 })), one(0, 8, 128, "u2", "u2"),
    one(2, 3, 0, "u8", "u2", { G: 32 }), one(17, 5, 520, "u8", "u8"), one(3, 9, 130, "u6", "i6", { G: 64 }), one(3, 4, 1, "u8", "i2"),
    ...widths.flatMap((p) => widths.map((q) => one(2, 3, 29 + p + q, `u${p}`, (p + q) % 2 && q > 1 ? `i${q}` : `u${q}`, q % 3 ? flexq : {}))),
  ],
};

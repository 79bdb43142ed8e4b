// gemm_f16_u3.loom, built in TypeScript; its inputs and answers.
import { compose, local, packed, spatial, type RegisterLayout } from "../../layout/index.ts";
import { cdiv, constant, dim, dtype, dtypeParam, input, intParam, kernel, layoutParam, output, scalarOp } from "../../vm/index.ts";
import { gamma, given, least, onDevices, random, randomCodes, unit, type Case, type Example } from "../example.ts";

/** How a wave of 64 threads holds a tile of weights if nothing else is said. */
const tileLayout = (BK: number, BN: number): RegisterLayout => compose(compose(local(BK / 16, BN / 32), spatial(8, 8)), local(2, 4));

const gemm = kernel("gemm_f16_u3", {
  N: intParam(), K: intParam(), T: dtypeParam("f16"), W: dtypeParam("u3"), ZERO: intParam(4), G: intParam(64),
  BM: intParam(32, [16, 32, 64]), BN: intParam(64, [32, 64, 128]), BK: intParam(32, [16, 32, 64]),
  // The default depends on the others; NONE stands for it.
  L: layoutParam(spatial(1)),
}, ({ N, K, T, W, ZERO, G, BM, BN, BK, L }) => ({
  params: {
    a: input(T, [dim("M"), K]),
    b: input(W, [K, N], packed(L.shape.length === 2 ? L : tileLayout(BK, BN))),
    scale: input(T, [Math.ceil(K / G), N]),
    c: output(T, [dim("M"), N]),
  },
  grid: { bn: Math.ceil(N / BN), bm: cdiv(dim("M"), BM) },
  threads: 64,
  requires: [[constant(G % BK === 0 ? 1 : 0, "bool"), "a tile of B must not span two scales"]],
  body(b, p, g) {
    const m0 = scalarOp("mul", g.bm, constant(BM)), n0 = scalarOp("mul", g.bn, constant(BN));
    const sa = b.shared({}, { dtype: dtype(T), shape: [BM, BK] }), sb = b.shared({}, { dtype: dtype(T), shape: [BK, BN] });
    const acc = b.var({ init: 0 }, { dtype: dtype("f32"), shape: [BM, BN] });
    b.loop("k", { from: 0, to: K, step: BK }, (k) => {
      b.copy({ from: b.slice({ x: p.a }, { offsets: [m0, k], sizes: [constant(BM), constant(BK)] }), to: sa });
      const q = b.load({ x: b.slice({ x: p.b }, { offsets: [k, n0], sizes: [constant(BK), constant(BN)] }) }, { pad: 1 });
      const s = b.load({ x: b.slice({ x: p.scale }, { offsets: [scalarOp("div", k, constant(G)), n0], sizes: [constant(1), constant(BN)] }) });
      b.store({ to: sb, x: b.mul({ x: b.sub({ x: b.cast({ x: q }, { to: dtype(T) }), y: ZERO }), y: s }) });
      b.barrier({});
      b.assign({ to: acc, from: b.dot({ x: sa, y: sb, acc }) });
      b.barrier({});
    });
    b.store({ to: b.slice({ x: p.c }, { offsets: [m0, n0], sizes: [constant(BM), constant(BN)] }), x: b.cast({ x: acc }, { to: dtype(T) }) });
  },
}), "C = A · dequant(B): float activations, weights of any type of 1 to 8 bits, one scale per G rows of B.");

/** The zero point that makes a type's numbers lie around zero. */
export const zeroOf = (type: string): number => (dtype(type).kind === "uint" ? 2 ** (dtype(type).bits - 1) : 0);

/**
 * Bound. A weight w = (q − ZERO)·s is rounded once in T, so it is off by |w|·u_T. The products of a row and the running sum
 * in f32 meet at most K + 1 roundings: γ_{K+1}·Σ|a·w|. The sum is rounded once more to T; subnormals may be flushed.
 */
export function one(M: number, N: number, K: number, params: Readonly<Record<string, unknown>> = {}): Case {
  const T = String(params["T"] ?? "f16"), W = String(params["W"] ?? "u3"), G = Number(params["G"] ?? 64), ZERO = zeroOf(W);
  const r = random(1000 * M + 10 * N + K), top = Math.max(...randomCodes(W, [64], 1).values.map((v) => Math.abs(v - ZERO)), 1);
  const a = given(T, [M, K], () => 2 * r() - 1), b = randomCodes(W, [K, N], K + N + 5);
  const scale = given(T, [Math.ceil(K / G), N], () => (0.5 + r()) / top);
  const values = new Float64Array(M * N), bound = new Float64Array(M * N);
  for (let m = 0; m < M; m++)
    for (let n = 0; n < N; n++) {
      let sum = 0, terms = 0;
      for (let k = 0; k < K; k++) {
        const term = (a.values[m * K + k] ?? 0) * ((b.values[k * N + n] ?? 0) - ZERO) * (scale.values[Math.floor(k / G) * N + n] ?? 0);
        sum += term;
        terms += Math.abs(term);
      }
      values[m * N + n] = sum;
      const inner = terms * (unit(T) + gamma(K + 1) * (1 + unit(T))) + K * least(T) * 2 ** -10;
      bound[m * N + n] = inner + (Math.abs(sum) + inner) * unit(T) + least(T);
    }
  return {
    name: `${M} × ${N} × ${K}, ${T} × ${W}${params["BN"] ? `, BM ${String(params["BM"])}, BN ${String(params["BN"])}` : ""}`,
    params: { N, K, ...params, ZERO }, inputs: { a, b, scale }, outputs: { c: { dtype: T, shape: [M, N], values, bound } },
  };
}

/** Types whose decoding differs: each width, sign and kind of float, and codes that straddle words or don't. */
const widths = ["u1", "u2", "u4", "u5", "u6", "u7", "u8", "i2", "i3", "i8", "b1", "b2", "b3", "f3e1m1", "f4e2m1", "f5e2m2", "f6e3m2", "f8e4m3"];
const onDevicesToo = new Set(["u1", "i3", "u8", "b2", "f6e3m2", "f8e4m3"]);
/** A tile that compiles quickly: 16 × 32 of C. */
const small = { BM: 16, BN: 32, BK: 64 };

export const example: Example = {
  kernel: gemm,
  twins: [{ N: 128, K: 128 }, { N: 1, K: 37 }, { N: 100, K: 64, T: "f32", W: "b2", ZERO: 0, BM: 16, BN: 32, BK: 32, G: 32 }, { N: 64, K: 64, W: "f6e3m2", ZERO: 0, L: compose(spatial(8, 8), local(4, 8)) }],
  cases: () => [
    onDevices(one(32, 128, 128)),
    one(1, 64, 64), onDevices(one(5, 1, 37)), onDevices(one(33, 70, 100)), onDevices(one(0, 64, 64, small)), onDevices(one(2, 64, 0, small)),
    one(17, 128, 96, { T: "f32" }), one(7, 96, 80, small), one(3, 130, 64, { BM: 16, BN: 128, BK: 16, G: 16 }),
    ...widths.map((W) => {
      const c = one(3, 40, 70, { W, ...small, ...(W === "f8e4m3" ? { T: "f32" } : {}) });
      return onDevicesToo.has(W) ? onDevices(c) : c;
    }),
  ],
};

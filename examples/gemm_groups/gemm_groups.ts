// gemm_groups.loom, built in TypeScript; its inputs and answers.
import { compose, local, packed, replicated, spatial, type RegisterLayout } from "../../layout/index.ts";
import { cdiv, constant, dim, dtype, dtypeParam, input, intParam, kernel, output, scalarOp, type Builder, type Scalar, type Value } from "../../vm/index.ts";
import { gamma, given, onDevices, random, randomCodes, unit, type Case, type Example } from "../example.ts";

interface Params { readonly N: number; readonly K: number; readonly W: string; readonly T: string; readonly G: number; readonly BM: number; readonly BN: number; readonly BK: number; readonly STAGES: number }

const f32 = { to: dtype("f32") }, num = (n: number): Scalar => constant(n);
const weightsOf = ({ BN, BK }: Params): RegisterLayout => compose(local(128 / BK, BK / 4), spatial((BN * BK) / 128, 4));
const rowsOf = ({ BM, BN, BK, T }: Params): RegisterLayout => compose(compose(local((BM * 256) / (BN * BK), (BK * dtype(T).bits) / 256), spatial((BN * BK) / 256, 8)), local(1, 32 / dtype(T).bits));
const columnsOf = ({ BN }: Params): RegisterLayout => compose(local(BN / 8, 1), spatial(8, 1));
const threadsOf = ({ BN, BK }: Params): number => (BN * BK) / 32;
/** Elements between rows of x in workgroup memory. */
const apart = ({ BK, T }: Params): number => (1 - (((BK * dtype(T).bits) / 256) % 2)) * (256 / dtype(T).bits);

function columns(b: Builder, t: Value, n: Scalar, k: Scalar, c: Params): Value {
  const loaded = b.load({ x: b.slice({ x: t }, { offsets: [n, scalarOp("div", k, num(c.G))], sizes: [num(c.BN), num(1)] }) });
  const held = b.convert({ x: loaded }, { layout: compose(compose(local(c.BN / 8, 1), replicated([1, 1], (c.BN * c.BK) / 256)), spatial(8, 1)) });
  return b.reshape({ x: b.cast({ x: held }, f32) }, { shape: [1, c.BN] });
}

/** The tile of x · Wᵀ at row m and column n; a number is the zero of all. */
function products(b: Builder, p: Readonly<Record<"x" | "w" | "scale", Value>>, zero: number | Value, m: Scalar, n: Scalar, c: Params): Value {
  const { BM, BN, BK, K } = c, T = { to: dtype(c.T) }, grouped = typeof zero !== "number";
  const sx = b.shared({}, { dtype: T.to, shape: [BM, BK + apart(c)] }), sw = b.shared({}, { dtype: T.to, shape: [BN, BK + 4] });
  const acc = b.var({ init: 0 }, { dtype: f32.to, shape: [BM, BN], layout: compose(local((BM * 256) / (BN * BK), BN / 8), spatial((BN * BK) / 256, 8)) });
  const step = (x: Value, rows: number): Value => b.slice({ x }, { offsets: [0, 0], sizes: [num(rows), num(BK)] });
  b.loop("k", { from: 0, to: K, step: BK, mode: { kind: "pipeline", stages: c.STAGES } }, (k) => {
    const toX = step(sx, BM), x = b.load({ x: b.slice({ x: p.x }, { offsets: [m, k], sizes: [num(BM), num(BK)] }) });
    b.store({ to: toX, x: b.convert({ x }, { layout: rowsOf(c) }) });
    const toW = step(sw, BN), w = b.load({ x: b.slice({ x: p.w }, { offsets: [n, k], sizes: [num(BN), num(BK)] }) }, { pad: 1 }), codes = b.cast({ x: b.convert({ x: w }, { layout: weightsOf(c) }) }, T);
    b.store({ to: toW, x: grouped ? codes : b.sub({ x: codes, y: zero }) });
    b.barrier({});
    const y0 = step(sx, BM), y1 = b.transposed({ x: step(sw, BN) });
    const sum = grouped ? b.dot({ x: y0, y: y1, zy: columns(b, zero, n, k, c) }) : b.dot({ x: y0, y: y1 });
    b.assign({ to: acc, from: b.add({ x: acc, y: b.mul({ x: sum, y: columns(b, p.scale, n, k, c) }) }) });
    b.barrier({});
  });
  return b.cast({ x: acc }, f32);
}

const tensors = (c: Params) => ({ x: input(c.T, [dim("M"), c.K]), w: input(c.W, [c.N, c.K], packed(weightsOf(c))), scale: input(c.T, [c.N, Math.ceil(c.K / c.G)], packed(columnsOf(c))) });
const ends = (c: Params) => ({ bias: input("f32", [c.N]), y: output("f32", [dim("M"), c.N]) });
const grid = (c: Params) => ({ bn: Math.ceil(c.N / c.BN), bm: cdiv(dim("M"), c.BM) });
const sizes = { N: intParam(), K: intParam(), W: dtypeParam("u4"), T: dtypeParam("f16") };
const cut = { G: intParam(64), BM: intParam(32, [16, 32, 64]), BN: intParam(64, [32, 64, 128]), BK: intParam(16, [16, 32, 64]), STAGES: intParam(2, [1, 2, 3]) };

function body(b: Builder, p: Readonly<Record<"x" | "w" | "scale" | "bias" | "y", Value>>, zero: number | Value, g: Readonly<Record<"bn" | "bm", Scalar>>, c: Params): void {
  const m = scalarOp("mul", g.bm, num(c.BM)), n = scalarOp("mul", g.bn, num(c.BN)), sum = products(b, p, zero, m, n, c);
  const to = b.slice({ x: p.y }, { offsets: [m, n], sizes: [num(c.BM), num(c.BN)] });
  b.store({ to, x: b.add({ x: sum, y: b.load({ x: b.slice({ x: p.bias }, { offsets: [n], sizes: [num(c.BN)] }) }) }) });
}

const gemm = kernel("gemm_groups", { ...sizes, ZERO: intParam(8), ...cut }, (c) => ({
  params: { ...tensors(c), ...ends(c) }, grid: grid(c), threads: threadsOf(c),
  body: (b, p, g) => body(b, p as never, c.ZERO, g as never, c),
}), "Y = X · Wᵀ + bias: floats times weights of any type of 1 to 8 bits, one scale for G neighbours of a row, read ahead while a step is\nmultiplied.");

const gemmZeros = kernel("gemm_zeros", { ...sizes, ...cut }, (c) => ({
  params: { ...tensors(c), zero: input(c.T, [c.N, Math.ceil(c.K / c.G)], packed(columnsOf(c))), ...ends(c) }, grid: grid(c), threads: threadsOf(c),
  body: (b, p, g) => body(b, p as never, p.zero, g as never, c),
}), "The same with a zero for each group, any number, taken off weights as they are multiplied.");

/** The zero point that makes a type's numbers lie around zero. */
export const zeroOf = (type: string): number => (dtype(type).kind === "uint" ? 2 ** (dtype(type).bits - 1) : 0);

/**
 * Bound: codes, and codes less their zero, are exact in T. A product (code times x, or zero times x), the sums of a step and of all steps,
 * the scale and the bias meet K + 10 roundings at most, against the sum of all their absolute values.
 * @param zeros whether each group has a zero of its own
 */
export function one(M: number, N: number, K: number, params: Readonly<Record<string, unknown>> = {}, zeros = false): Case {
  const T = String(params["T"] ?? "f16"), W = String(params["W"] ?? "u4"), G = Number(params["G"] ?? 64), ZERO = zeroOf(W), count = Math.ceil(K / G);
  const r = random(17 * N + K + 3 * M), w = randomCodes(W, [N, K], N + K + 1), top = Math.max(1, ...w.values.map((v) => Math.abs(v - ZERO)));
  const scale = given(T, [N, count], () => (0.5 + r()) / top), x = given(T, [M, K], () => 2 * r() - 1), bias = given("f32", [N], () => 2 * r() - 1);
  const zero = given(T, [N, count], () => (zeros ? Math.floor(8 * r()) / 2 : ZERO)), values = new Float64Array(M * N), bound = new Float64Array(M * N);
  for (let m = 0; m < M; m++)
    for (let n = 0; n < N; n++) {
      let sum = bias.values[n] ?? 0, terms = Math.abs(sum);
      for (let k = 0; k < K; k++) {
        const at = n * count + Math.floor(k / G), by = (scale.values[at] ?? 0) * (x.values[m * K + k] ?? 0), q = w.values[n * K + k] ?? 0, z = zero.values[at] ?? 0;
        sum += (q - z) * by;
        terms += (Math.abs(q) + Math.abs(z)) * Math.abs(by);
      }
      values[m * N + n] = sum;
      bound[m * N + n] = terms * gamma(K + 10) + unit("f32") * Math.abs(sum) + 1e-37;
    }
  return {
    name: `${M} × ${N} × ${K}, ${W}, ${T}, ${JSON.stringify(params)}`, params: { N, K, ...params, ...(zeros ? {} : { ZERO }) },
    inputs: { x, w, scale, ...(zeros ? { zero } : {}), bias }, outputs: { y: { dtype: "f32", shape: [M, N], values, bound } },
  };
}

/** A cut that compiles quickly. */
export const small = { BM: 16, BN: 64, STAGES: 1 } as const;

export const example: Example = {
  kernel: gemm,
  twins: [{ N: 128, K: 256 }, { N: 33, K: 37, W: "b2", ZERO: 0, T: "f32", G: 32, BM: 16, BN: 32, BK: 32 }],
  more: [{ kernel: gemmZeros, twins: [{ N: 128, K: 128, BM: 16 }] }],
  cases: () => [
    one(32, 64, 128), one(5, 33, 100, { W: "b3", G: 32, ...small }), onDevices(one(5, 33, 100, { W: "u3", G: 32, BM: 16, BN: 32, BK: 32 })), one(35, 70, 130, { W: "f6e3m2", T: "f32", BM: 16 }), one(0, 64, 64, small), one(3, 0, 64, small), one(2, 5, 0, small),
    one(9, 40, 200, { BK: 64, BN: 32, BM: 16, STAGES: 1 }), one(9, 40, 200, { G: 128, STAGES: 3, BM: 16, T: "f16" }),
    ...["u1", "u2", "u3", "u5", "u6", "u7", "u8", "i2", "b1", "f4e2m1", "f8e4m3"].map((W) => one(3, 40, 70, { W, ...small })),
  ],
};

/** The other form, for tests. */
export const forms = { gemmZeros };

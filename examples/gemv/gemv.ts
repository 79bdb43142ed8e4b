// gemv.loom, built in TypeScript; its inputs and answers.
import { compose, local, packed, replicated, spatial, type RegisterLayout } from "../../layout/index.ts";
import { cdiv, constant, dim, dtype, dtypeParam, input, intParam, kernel, output, scalarOp, sequence, type Builder, type Scalar, type Value } from "../../vm/index.ts";
import { gamma, given, onDevices, random, randomCodes, unit, type Case, type Example, type Given } from "../example.ts";

/** How the work is cut. */
interface Cut { readonly G: number; readonly BM: number; readonly ROWS: number; readonly CLUMPS: number; readonly LANES: number; readonly V: number }

const f32 = { to: dtype("f32") }, num = (n: number): Scalar => constant(n);
const rowsOf = ({ ROWS, LANES }: Cut): number => (ROWS * 64) / LANES;
const stepOf = ({ CLUMPS, LANES, V }: Cut): number => CLUMPS * LANES * V;
const besideOf = (c: Cut): number => Math.max(1, (c.LANES * c.V) / Math.min(c.G, stepOf(c)));
const weightsOf = ({ ROWS, CLUMPS, LANES, V }: Cut): RegisterLayout => compose(compose(local(ROWS, CLUMPS), spatial(64 / LANES, LANES)), local(1, V));
const scalesOf = (c: Cut): RegisterLayout => compose(local(c.ROWS, stepOf(c) / Math.min(c.G, stepOf(c)) / besideOf(c)), spatial(64 / c.LANES, besideOf(c)));

/** Scales of a step, or zeros, one for each V neighbours. */
function groups(b: Builder, t: Value, n: Scalar, k: Scalar, c: Cut): Value {
  const step = Math.min(c.G, stepOf(c)), layout = compose(scalesOf(c), replicated([1, 1], c.LANES / besideOf(c)));
  const loaded = b.load({ x: b.slice({ x: t }, { offsets: [n, scalarOp("div", k, num(c.G))], sizes: [num(rowsOf(c)), num(stepOf(c) / step)] }) });
  return b.repeat_interleave({ x: b.cast({ x: b.convert({ x: loaded }, { layout }) }, f32) }, { count: step / c.V, axis: 1 });
}

/** Rows n … of W times rows m … of x, over K from `from` to `to`. */
function products(b: Builder, p: Readonly<Record<"x" | "w" | "scale", Value>>, zero: number | Value, at: { readonly m: Scalar; readonly n: Scalar; readonly from: Scalar | number; readonly to: Scalar | number }, c: Cut): Value {
  const { BM, LANES, V } = c, BN = rowsOf(c), BK = stepOf(c), { m, n } = at;
  const acc = b.var({ init: 0 }, { dtype: f32.to, shape: [BM, BN, LANES], layout: compose(local(BM, c.ROWS, 1), spatial(1, 64 / LANES, LANES)) });
  b.loop("k", { from: at.from, to: at.to, step: BK }, (k) => {
    const q = b.cast({ x: b.convert({ x: b.load({ x: b.slice({ x: p.w }, { offsets: [n, k], sizes: [num(BN), num(BK)] }) }, { pad: 1 }) }, { layout: weightsOf(c) }) }, f32);
    const s = groups(b, p.scale, n, k, c), z = typeof zero === "number" ? zero : groups(b, zero, n, k, c);
    for (let i = 0; i < BM; i++) {
      const a = b.cast({ x: b.load({ x: b.slice({ x: p.x }, { offsets: [scalarOp("add", m, num(i)), k], sizes: [num(1), num(BK)], drop: [0] }) }) }, f32);
      const dots = b.reduce_sum({ x: b.reshape({ x: b.mul({ x: q, y: a }) }, { shape: [BN, -1, V] }) }, { axis: 2, keep: false });
      const less = (): Value => { const sums = b.reduce_sum({ x: b.reshape({ x: a }, { shape: [-1, V] }) }, { axis: 1, keep: false }); return b.sub({ x: dots, y: b.mul({ x: z, y: sums }) }); };
      const scaled = b.mul({ x: z === 0 ? dots : less(), y: s }), more = b.reduce_sum({ x: b.reshape({ x: scaled }, { shape: [BN, -1, LANES] }) }, { axis: 1, keep: false });
      const part = { offsets: [i, 0, 0], sizes: [1, BN, LANES], drop: [0] };
      b.assign({ to: acc, from: b.patch({ x: acc, by: b.add({ x: b.crop({ x: acc }, part), y: more }) }, part) });
    }
  });
  return b.convert({ x: b.reduce_sum({ x: acc }, { axis: 2, keep: false }) }, { layout: spatial(BM, BN) });
}

type Params = Cut & { readonly N: number; readonly K: number; readonly W: string; readonly T: string };
const tensors = (c: Params) => ({ x: input(c.T, [dim("M"), c.K]), w: input(c.W, [c.N, c.K], packed(weightsOf(c))), scale: input(c.T, [c.N, Math.ceil(c.K / c.G)], packed(scalesOf(c))) });
const grid = (c: Params) => ({ bn: Math.ceil(c.N / rowsOf(c)), bm: cdiv(dim("M"), c.BM) });
const bias = (c: Params) => input("f32", [c.N]), y = (c: Params) => output("f32", [dim("M"), c.N]);
const sizes = { N: intParam(), K: intParam() }, types = { W: dtypeParam("u4"), T: dtypeParam("f16") }, zero = { ZERO: intParam(8) };
const cut = { G: intParam(64), BM: intParam(1, [1, 2, 4]), ROWS: intParam(4, [2, 4, 8]), CLUMPS: intParam(2, [1, 2, 4]), LANES: intParam(32, [8, 16, 32]), V: intParam(0) };
/** V's default depends on another parameter; 0 stands for it. */
const filled = <P extends { readonly T: string; readonly V: number }>(p: P): P => (p.V === 0 ? { ...p, V: 128 / dtype(p.T).bits } : p);

/** What a block does when it has all of K: adds the bias and stores. */
function finish(b: Builder, p: Readonly<Record<"bias" | "y", Value>>, sum: Value, m: Scalar, n: Scalar, c: Cut): void {
  const to = b.slice({ x: p.y }, { offsets: [m, n], sizes: [num(c.BM), num(rowsOf(c))] });
  b.store({ to, x: b.add({ x: sum, y: b.load({ x: b.slice({ x: p.bias }, { offsets: [n], sizes: [num(rowsOf(c))] }) }) }) });
}

const gemv = kernel("gemv", { ...sizes, ...types, ...zero, ...cut }, (given) => {
  const c = filled(given);
  return {
    params: { ...tensors(c), bias: bias(c), y: y(c) }, grid: grid(c), threads: 64,
    body(b, p, g) {
      const n = scalarOp("mul", g.bn, num(rowsOf(c))), m = scalarOp("mul", g.bm, num(c.BM));
      finish(b, p, products(b, p, c.ZERO, { m, n, from: 0, to: c.K }, c), m, n, c);
    },
  };
}, "y = W · x + bias for up to four x at a time: a matrix of any type of 1 to 8 bits, one scale per G neighbours of a row. What a\nlanguage model does most when it writes one word after the other.");

const gemvZeros = kernel("gemv_zeros", { ...sizes, ...types, ...cut }, (given) => {
  const c = filled(given);
  return {
    params: { ...tensors(c), zero: input(c.T, [c.N, Math.ceil(c.K / c.G)], packed(scalesOf(c))), bias: bias(c), y: y(c) }, grid: grid(c), threads: 64,
    body(b, p, g) {
      const n = scalarOp("mul", g.bn, num(rowsOf(c))), m = scalarOp("mul", g.bm, num(c.BM));
      finish(b, p, products(b, p, p.zero, { m, n, from: 0, to: c.K }, c), m, n, c);
    },
  };
}, "The same with a zero for each group.");

const partial = kernel("partial", { ...sizes, SPLIT: intParam(), ...types, ...zero, ...cut }, (given) => {
  const c = filled(given), share = Math.ceil(Math.ceil(c.K / c.SPLIT) / stepOf(c)) * stepOf(c);
  return {
    params: { ...tensors(c), part: output("f32", [c.SPLIT, dim("M"), c.N]) }, grid: { ...grid(c), s: c.SPLIT }, threads: 64,
    body(b, p, g) {
      const n = scalarOp("mul", g.bn, num(rowsOf(c))), m = scalarOp("mul", g.bm, num(c.BM)), from = scalarOp("mul", g.s, num(share));
      const to = scalarOp("min", num(c.K), scalarOp("mul", scalarOp("add", g.s, num(1)), num(share)));
      const sum = products(b, p, c.ZERO, { m, n, from, to }, c);
      b.store({ to: b.slice({ x: p.part }, { offsets: [g.s, m, n], sizes: [num(1), num(c.BM), num(rowsOf(c))], drop: [0] }), x: sum });
    },
  };
}, "One of SPLIT parts of each sum over K, on its own share of K.");

const total = kernel("total", { N: intParam(), SPLIT: intParam() }, ({ N, SPLIT }) => ({
  params: { part: input("f32", [SPLIT, dim("M"), N]), bias: input("f32", [N]), y: output("f32", [dim("M"), N]) },
  grid: { bn: Math.ceil(N / 64), m: dim("M") },
  threads: 64,
  body(b, p, g) {
    const n = scalarOp("mul", g.bn, num(64)), first = b.load({ x: b.slice({ x: p.bias }, { offsets: [n], sizes: [num(64)] }) });
    const acc = b.var({ init: first }, { dtype: f32.to, shape: [64] });
    for (let s = 0; s < SPLIT; s++) b.assign({ to: acc, from: b.add({ x: acc, y: b.load({ x: b.slice({ x: p.part }, { offsets: [num(s), g.m, n], sizes: [num(1), num(1), num(64)], drop: [0, 1] }) }) }) });
    b.store({ to: b.slice({ x: p.y }, { offsets: [g.m, n], sizes: [num(1), num(64)], drop: [0] }), x: acc });
  },
}), "The sum of the parts, always in the same order.");

const splitK = sequence("gemv_split_k", { ...sizes, SPLIT: intParam(4, [2, 4, 8, 16]), ...types, ...zero, ...cut }, (given) => {
  const c = filled(given), { N, K, SPLIT, W, T, ZERO, G, BM, ROWS, CLUMPS, LANES, V } = c;
  return {
    params: { ...tensors(c), bias: bias(c), y: y(c) },
    steps(s, { x, w, scale, bias: add, y: to }) {
      const part = s.temp("part", "f32", [SPLIT, dim("M"), N]);
      s.run(partial, { N, K, SPLIT, W, T, ZERO, G, BM, ROWS, CLUMPS, LANES, V }, { x, w, scale, part });
      s.run(total, { N, SPLIT }, { part, bias: add, y: to });
    },
  };
}, "The same for few columns and a long K: SPLIT times as many blocks, each with a share of K, then the sum of their results. The same\nnumbers give the same bits in every run.");

/** The zero point that makes a type's numbers lie around zero. */
const zeroOf = (type: string): number => (dtype(type).kind === "uint" ? 2 ** (dtype(type).bits - 1) : 0);

/**
 * Bound: a product (code times x, or zero times x) and the sums it goes through, of V neighbours, of groups, clumps and lanes, of the
 * parts and the bias, meet K + V + SPLIT + 6 roundings at most, against the sum of all their absolute values.
 * @param zeros whether each group has a zero of its own
 */
export function one(M: number, N: number, K: number, params: Readonly<Record<string, unknown>> = {}, zeros = false): Case {
  const T = String(params["T"] ?? "f16"), W = String(params["W"] ?? "u4"), G = Number(params["G"] ?? 64), ZERO = zeroOf(W), count = Math.ceil(K / G);
  const r = random(31 * N + K + 7 * M), w = randomCodes(W, [N, K], N + K + 3), top = Math.max(1, ...w.values.map((v) => Math.abs(v - ZERO)));
  const scale = given(T, [N, count], () => (0.5 + r()) / top), x = given(T, [M, K], () => 2 * r() - 1), bias = given("f32", [N], () => 2 * r() - 1);
  const zero: Given = given(T, [N, count], () => (zeros ? Math.floor(8 * r()) / 2 : ZERO));
  const values = new Float64Array(M * N), bound = new Float64Array(M * N);
  for (let m = 0; m < M; m++)
    for (let n = 0; n < N; n++) {
      let sum = bias.values[n] ?? 0, terms = Math.abs(sum);
      for (let k = 0; k < K; k++) {
        const at = n * count + Math.floor(k / G), by = (scale.values[at] ?? 0) * (x.values[m * K + k] ?? 0), q = w.values[n * K + k] ?? 0, z = zero.values[at] ?? 0;
        sum += (q - z) * by;
        terms += (Math.abs(q) + Math.abs(z)) * Math.abs(by);
      }
      values[m * N + n] = sum;
      bound[m * N + n] = terms * gamma(K + 30) + unit("f32") * Math.abs(sum) + 1e-37;
    }
  return {
    name: `${M} × ${N} × ${K}, ${W}, ${T}`, params: { N, K, ...params, ...(zeros ? {} : { ZERO }) },
    inputs: { x, w, scale, ...(zeros ? { zero } : {}), bias }, outputs: { y: { dtype: "f32", shape: [M, N], values, bound } },
  };
}

/** A cut for small matrices. */
export const small = { ROWS: 2, CLUMPS: 2, LANES: 8 } as const;

export const example: Example = {
  kernel: gemv,
  twins: [{ N: 64, K: 2048 }, { N: 33, K: 37, W: "b2", ZERO: 0, T: "f32", G: 32, ...small }, { N: 100, K: 1000, BM: 4, G: 128, LANES: 16 }],
  more: [{ kernel: gemvZeros, twins: [{ N: 64, K: 1024 }] }, { kernel: splitK, twins: [{ N: 16, K: 8192 }] }],
  cases: () => [
    one(1, 16, 2048), onDevices(one(1, 40, 256, { CLUMPS: 1, LANES: 8 })), one(3, 33, 100, { W: "b3", G: 32, BM: 2, ...small }), onDevices(one(2, 5, 130, { W: "f6e3m2", T: "f32", ...small })),
    one(0, 8, 64, small), one(2, 0, 64, small), one(1, 3, 0, small), one(4, 9, 300, { W: "i5", BM: 4, LANES: 16, G: 128 }), one(1, 9, 300, { G: 300, ROWS: 4, CLUMPS: 1 }),
    ...["u1", "u2", "u3", "u4", "u5", "u6", "u7", "u8", "i2", "b1", "f4e2m1", "f8e4m3"].map((W) => one(1, 7, 150, { W, ...small })),
  ],
};

/** The other forms, for tests. */
export const forms = { gemv, gemvZeros, splitK };

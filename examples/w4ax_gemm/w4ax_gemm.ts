// w4ax_gemm.loom, built in TypeScript; how channels are ordered and quantised before it runs; its inputs and answers.
import { axis, bit, digits, pad } from "../../layout/index.ts";
import { cdiv, constant, dim, dtype, input, intParam, kernel, output, scalarOp } from "../../vm/index.ts";
import { gamma, given, onDevices, random, randomCodes, type Case, type Example } from "../example.ts";

const f32 = dtype("f32"), i32 = dtype("i32"), BLOCK = 128;

const gemm = kernel("w4ax_gemm", { N: intParam(), K: intParam(), BM: intParam(8, [1, 2, 4, 8]), BN: intParam(8, [8, 16, 32]) }, ({ N, K, BM, BN }) => ({
  params: {
    x4: input("i4", [dim("B4"), dim("M"), BLOCK]),
    x8: input("i8", [dim("B8"), dim("M"), BLOCK]),
    place: input("i32", [Math.ceil(K / BLOCK)]),
    sx: input("f32", [dim("M"), Math.ceil(K / BLOCK)]),
    w: input("i4", [N, K], digits([axis(0), pad(axis(1), 32), bit])),
    sw: input("f32", [Math.ceil(K / BLOCK), N]),
    y: output("f32", [dim("M"), N]),
  },
  grid: { bn: Math.ceil(N / BN), bm: cdiv(dim("M"), BM) },
  threads: 32,
  body(b, p, g) {
    const m = scalarOp("mul", g.bm, constant(BM)), n = scalarOp("mul", g.bn, constant(BN)), shape = [BM, BN], zero = constant(0);
    const acc = b.var({ init: 0 }, { dtype: f32, shape }), d = b.var({ init: 0 }, { dtype: i32, shape });
    b.loop("b", { from: 0, to: Math.ceil(K / BLOCK) }, (k) => {
      const columns = b.transposed({ x: b.slice({ x: p.w }, { offsets: [n, scalarOp("mul", k, constant(BLOCK))], sizes: [BN, BLOCK] }) });
      const at = b.scalar({ x: b.load({ x: b.slice({ x: p.place }, { offsets: [k], sizes: [1] }) }) });
      const blockOf = (x: typeof p.x4, i: typeof at) => b.slice({ x }, { offsets: [i, m, zero], sizes: [1, BM, BLOCK], drop: [0] });
      b.when(scalarOp("ge", at, zero),
        () => b.assign({ to: d, from: b.dot({ x: blockOf(p.x8, at), y: columns }, { by: "packed" }) }),
        () => b.assign({ to: d, from: b.dot({ x: blockOf(p.x4, scalarOp("sub", constant(-1), at)), y: columns }, { by: "packed" }) }));
      const sum = b.cast({ x: d }, { to: f32 });
      const s = b.load({ x: b.slice({ x: p.sx }, { offsets: [m, k], sizes: [BM, 1] }) }), sw = b.load({ x: b.slice({ x: p.sw }, { offsets: [k, n], sizes: [1, BN] }) });
      b.assign({ to: acc, from: b.fma({ x: sum, y: b.mul({ x: s, y: sw }), z: acc }) });
    });
    b.store({ to: b.slice({ x: p.y }, { offsets: [m, n], sizes: shape }), x: acc });
  },
}), "y = Σ_b sx sw (x_b · w_b): 4-bit weights, blocks of 128 channels whose activations have 8 bits where there are outliers, 4 elsewhere, in one launch.");

/** Channels in another order, and how many bits each block of them has. */
export interface Arrangement {
  /** order[i]: which channel comes i-th. */
  readonly order: readonly number[];
  /** Of each block of 128, whether it holds an outlier and so has 8 bits. */
  readonly wide: readonly boolean[];
  /** What the kernel takes as `place`. */
  readonly place: readonly number[];
}

/**
 * Brings channels with outliers together, once, offline; weights are permuted the same way, and the product stays what it was.
 * @param most the largest magnitude seen in each channel
 * @param threshold what is larger is an outlier
 */
export function arrange(most: ArrayLike<number>, threshold: number): Arrangement {
  const channels = Array.from(most, (_, c) => c), isOutlier = (c: number): boolean => (most[c] ?? 0) > threshold;
  const order = [...channels.filter((c) => !isOutlier(c)), ...channels.filter(isOutlier)];
  const wide = Array.from({ length: Math.ceil(order.length / BLOCK) }, (_, b) => order.slice(b * BLOCK, (b + 1) * BLOCK).some(isOutlier));
  let eights = 0, fours = 0;
  return { order, wide, place: wide.map((w) => (w ? eights++ : -1 - fours++)) };
}

/** Bound: blocks' sums are exact, below 2^24. A term meets the product of its scales and up to two roundings of the accumulation, as each later block does: γ_{2B + 1}. */
function one(rows: number, N: number, K: number, outliers: readonly number[], params: { readonly BM?: number; readonly BN?: number } = {}): Case {
  const r = random(rows + 31 * N + 977 * K), blocks = Math.ceil(K / BLOCK);
  const x = Float64Array.from({ length: rows * K }, (_, i) => (outliers.includes(i % K) ? 40 : 1) * (2 * r() - 1));
  const most = Float64Array.from({ length: K }, (_, c) => { let a = 0; for (let m = 0; m < rows; m++) a = Math.max(a, Math.abs(x[m * K + c] ?? 0)); return a; });
  const { order, wide, place } = arrange(most, 1), blockOf = new Map(order.map((c, i) => [c, Math.floor(i / BLOCK)]));
  const w = randomCodes("i4", [N, K], N + K), sw = given("f32", [blocks, N], () => 0.01 + r());
  // Symmetric, one scale for each row and block.
  const topOf = (b: number): number => (wide[b] ? 127 : 7);
  const sx = given("f32", [rows, blocks], (i) => {
    const m = Math.floor(i / blocks), b = i % blocks;
    return order.slice(b * BLOCK, (b + 1) * BLOCK).reduce((a, c) => Math.max(a, Math.abs(x[m * K + c] ?? 0)), 2 ** -20) / topOf(b);
  });
  const code = (m: number, c: number): number => { const b = blockOf.get(c) ?? 0; return Math.max(-topOf(b), Math.min(topOf(b), Math.round((x[m * K + c] ?? 0) / (sx.values[m * blocks + b] ?? 1)))); };
  const activations = (type: string, isWide: boolean) => {
    const own = wide.flatMap((v, b) => (v === isWide ? [b] : []));
    return given(type, [own.length, rows, BLOCK], (i) => {
      const b = own[Math.floor(i / (rows * BLOCK))] ?? 0, m = Math.floor(i / BLOCK) % rows, c = order[b * BLOCK + (i % BLOCK)];
      return c === undefined ? 0 : code(m, c);
    });
  };
  // The sum over channels in their own order.
  const values = new Float64Array(rows * N), bound = new Float64Array(rows * N);
  for (let m = 0; m < rows; m++)
    for (let n = 0; n < N; n++) {
      const sums = new Float64Array(blocks);
      for (let c = 0; c < K; c++) { const b = blockOf.get(c) ?? 0; sums[b] = (sums[b] ?? 0) + code(m, c) * (w.values[n * K + c] ?? 0); }
      sums.forEach((d, b) => {
        const term = d * (sx.values[m * blocks + b] ?? 0) * (sw.values[b * N + n] ?? 0), i = m * N + n;
        values[i] = (values[i] ?? 0) + term;
        bound[i] = (bound[i] ?? 0) + Math.abs(term) * gamma(2 * blocks + 1);
      });
    }
  return {
    name: `${rows} × ${N} × ${K}, blocks of ${wide.map((v) => (v ? 8 : 4)).join(" ")} bits`, params: { N, K, ...params },
    inputs: {
      x4: activations("i4", false), x8: activations("i8", true), place: given("i32", [blocks], (b) => place[b] ?? 0), sx,
      w: given("i4", [N, K], (i) => w.values[Math.floor(i / K) * K + (order[i % K] ?? 0)] ?? 0), sw,
    },
    outputs: { y: { dtype: "f32", shape: [rows, N], values, bound } },
  };
}

export const example: Example = {
  kernel: gemm,
  twins: [{ N: 64, K: 256 }, { N: 37, K: 300, BM: 1, BN: 32 }],
  cases: () => [
    onDevices(one(3, 9, 300, [3, 77, 140])), onDevices(one(1, 37, 256, [255], { BM: 1, BN: 32 })), one(9, 8, 384, Array.from({ length: 150 }, (_, i) => 2 * i)),
    one(2, 5, 100, []), one(2, 5, 100, [0]), one(17, 9, 257, [256], { BM: 4 }), one(0, 8, 128, []), one(2, 3, 0, []),
  ],
};

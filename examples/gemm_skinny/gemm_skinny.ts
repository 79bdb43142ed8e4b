// gemm_skinny.loom, built in TypeScript; its inputs and answers.
import { compose, local, packed, replicated, spatial, type RegisterLayout } from "../../layout/index.ts";
import { cdiv, constant, dim, dtype, dtypeParam, input, intParam, kernel, output, scalarOp, type Scalar } from "../../vm/index.ts";
import { one } from "../gemm_groups/gemm_groups.ts";
import { onDevices, type Example } from "../example.ts";

const f32 = { to: dtype("f32") }, num = (n: number): Scalar => constant(n);
const along = (BM: number, BK: number): RegisterLayout => (BK > 128 ? compose(local(BM, BK / 128), spatial(1, 128)) : compose(local((BM * BK) / 128, 1), spatial(128 / BK, BK)));

const written = (ROWS: number, BN: number): RegisterLayout => (ROWS * BN < 128 ? spatial(ROWS, BN) : compose(local((ROWS * BN) / 128, 1), spatial(128 / BN, BN)));

const gemm = kernel("gemm_skinny", {
  N: intParam(), K: intParam(), W: dtypeParam("u4"), T: dtypeParam("f16"), ZERO: intParam(8), G: intParam(64),
  BM: intParam(8, [4, 8, 16]), ROWS: intParam(2, [1, 2, 4]), CLUMPS: intParam(16, [8, 16, 32]), LANES: intParam(8, [4, 8, 16]),
}, ({ N, K, W, T, ZERO, G, BM, ROWS, CLUMPS, LANES }) => {
  const BN = (ROWS * 128) / LANES, BK = CLUMPS * LANES, GROUP = Math.min(G, BK);
  const weights = compose(local(ROWS, CLUMPS), spatial(128 / LANES, LANES)), scales = compose(local(ROWS, BK / GROUP), spatial(128 / LANES, 1));
  return {
    params: { x: input(T, [dim("M"), K]), w: input(W, [N, K], packed(weights)), scale: input(T, [N, Math.ceil(K / G)], packed(scales)), bias: input("f32", [N]), y: output("f32", [dim("M"), N]) },
    grid: { bn: Math.ceil(N / BN), bm: cdiv(dim("M"), BM) },
    threads: 128,
    body(b, p, g) {
      const m = scalarOp("mul", g.bm, num(BM)), n = scalarOp("mul", g.bn, num(BN)), rows = Array.from({ length: BM }, (_, i) => i);
      const sx = b.shared({}, { dtype: dtype(T), shape: [BM, BK] });
      const acc = b.var({ init: 0 }, { dtype: f32.to, shape: [BM, BN, LANES], layout: compose(local(BM, ROWS, 1), spatial(1, 128 / LANES, LANES)) });
      const row = (i: number) => ({ offsets: [i, 0, 0], sizes: [1, BN, LANES], drop: [0] });
      b.loop("k", { from: 0, to: K, step: BK }, (k) => {
        b.store({ to: sx, x: b.convert({ x: b.load({ x: b.slice({ x: p.x }, { offsets: [m, k], sizes: [num(BM), num(BK)] }) }) }, { layout: along(BM, BK) }) });
        b.barrier({});
        const q = b.cast({ x: b.convert({ x: b.load({ x: b.slice({ x: p.w }, { offsets: [n, k], sizes: [num(BN), num(BK)] }) }, { pad: 1 }) }, { layout: weights }) }, f32);
        const held = b.convert({ x: b.load({ x: b.slice({ x: p.scale }, { offsets: [n, scalarOp("div", k, num(G))], sizes: [num(BN), num(BK / GROUP)] }) }) }, { layout: compose(scales, replicated([1, 1], LANES)) });
        const s = b.reshape({ x: b.cast({ x: held }, f32) }, { shape: [BN, BK / GROUP, 1] });
        for (const i of rows) {
          const a = b.cast({ x: b.load({ x: b.slice({ x: sx }, { offsets: [i, 0], sizes: [num(1), num(BK)], drop: [0] }) }) }, f32);
          const sum = b.reduce_sum({ x: b.reshape({ x: b.mul({ x: q, y: a }) }, { shape: [BN, BK / GROUP, GROUP / LANES, LANES] }) }, { axis: 2, keep: false });
          const zeros = () => b.mul({ x: ZERO, y: b.reduce_sum({ x: b.reshape({ x: a }, { shape: [-1, GROUP / LANES, LANES] }) }, { axis: 1, keep: false }) });
          const more = b.reduce_sum({ x: b.mul({ x: ZERO === 0 ? sum : b.sub({ x: sum, y: zeros() }), y: s }) }, { axis: 1, keep: false });
          b.assign({ to: acc, from: b.patch({ x: acc, by: b.add({ x: b.crop({ x: acc }, row(i)), y: more }) }, row(i)) });
        }
        b.barrier({});
      });
      const bias = b.load({ x: b.slice({ x: p.bias }, { offsets: [n], sizes: [num(BN)] }) });
      const TOGETHER = Math.min(BM, 8 / ROWS);
      for (const i of rows.filter((r) => r % TOGETHER === 0)) {
        const part = TOGETHER === BM ? acc : b.crop({ x: acc }, { offsets: [i, 0, 0], sizes: [TOGETHER, BN, LANES] }), sum = b.reduce_sum({ x: part }, { axis: 2, keep: false });
        const to = b.slice({ x: p.y }, { offsets: [scalarOp("add", m, num(i)), n], sizes: [num(TOGETHER), num(BN)] });
        b.store({ to, x: b.add({ x: b.convert({ x: sum }, { layout: written(TOGETHER, BN) }), y: bias }) });
      }
    },
  };
}, "Y = X · Wᵀ + bias for up to 16 rows of x: floats times weights of any type of 1 to 8 bits, one scale per G neighbours of a row. Each\nweight is fetched and decoded once, in the registers of one thread, for all rows of x, which lie in workgroup memory.");

/** A cut that compiles quickly. */
const small = { BM: 4, ROWS: 1, CLUMPS: 8, LANES: 16 } as const, narrow = { BM: 4, ROWS: 4, CLUMPS: 8, LANES: 16 } as const;

export const example: Example = {
  kernel: gemm,
  twins: [{ N: 64, K: 256 }, { N: 33, K: 100, W: "b2", ZERO: 0, T: "f32", G: 32, BM: 4, CLUMPS: 32 }],
  cases: () => [
    one(8, 64, 256), onDevices(one(3, 33, 100, { W: "u4", ...small })), one(5, 9, 40, { W: "b3", G: 128, ...narrow }), one(14, 20, 130, { BM: 16, W: "i5", G: 256, ROWS: 1, CLUMPS: 32, LANES: 16 }), one(0, 8, 64, small), one(2, 0, 64, small), one(3, 5, 0, small),
    ...["u1", "u2", "u3", "u6", "u7", "u8", "i2", "b1", "f4e2m1", "f8e4m3"].map((W) => one(3, 20, 70, { W, ...narrow })),
  ],
};

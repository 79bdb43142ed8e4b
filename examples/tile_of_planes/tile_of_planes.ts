// tile_of_planes.loom, built in TypeScript; its inputs and answers.
import { planes } from "../../layout/index.ts";
import { cdiv, constant, dim, dtype, dtypeParam, input, intParam, kernel, output, scalarOp, type DType } from "../../vm/index.ts";
import { onDevices, randomCodes, type Case, type Example } from "../example.ts";

/** What plane i of a type counts. */
const planeWeight = (t: DType, i: number): number => (t.kind === "int" && i === t.bits - 1 ? -(2 ** i) : 2 ** i);

const product = kernel("tile_of_planes", {
  K: intParam(), A: dtypeParam("u3"), W: dtypeParam("i3"), OUTSIDE: intParam(0, [0, 1, 2]), BM: intParam(8, [4, 8, 16]), BN: intParam(8, [8, 16, 32]),
}, ({ K, A, W, OUTSIDE, BM, BN }) => ({
  params: { x: input(A, [dim("M"), K], planes(2)), w: input(W, [dim("N"), K], planes(2)), c: output("i32", [dim("M"), dim("N")]) },
  grid: { bn: cdiv(dim("N"), BN), bm: cdiv(dim("M"), BM) },
  threads: 64,
  body(b, p, g) {
    const a = dtype(A), v = dtype(W), zero = constant(0), all = constant(K), m = constant(BM), n = constant(BN);
    const m0 = scalarOp("mul", g.bm, m), n0 = scalarOp("mul", g.bn, n), acc = b.var({ init: 0 }, { dtype: dtype("i32"), shape: [BM, BN] });
    const rows = () => b.transposed({ x: b.slice({ x: p.w }, { offsets: [n0, zero], sizes: [n, all] }) });
    const plane = (t: typeof p.x | typeof p.w, i: number, from: typeof m0, size: typeof m) =>
      b.slice({ x: b.bits_of({ x: t }) }, { offsets: [constant(i), from, zero], sizes: [constant(1), size, all], drop: [0] });
    const add = (x: typeof acc, weight: number) => b.assign({ to: acc, from: b.add({ x: acc, y: b.mul({ x, y: weight }) }) });
    if (OUTSIDE === 0) {
      const x = b.slice({ x: p.x }, { offsets: [m0, zero], sizes: [m, all] });
      b.assign({ to: acc, from: b.dot({ x, y: rows(), acc }, { k: all, by: "planes" }) });
    } else
      for (let i = 0; i < a.bits; i++) {
        if (OUTSIDE === 1) {
          const x = plane(p.x, i, m0, m);
          add(b.dot({ x, y: rows() }, { k: all, by: "planes" }), planeWeight(a, i));
        } else
          for (let j = 0; j < v.bits; j++) {
            const x = plane(p.x, i, m0, m), y = plane(p.w, j, n0, n);
            add(b.bmma({ x, y }, { k: all }), planeWeight(a, i) * planeWeight(v, j));
          }
      }
    b.store({ to: b.slice({ x: p.c }, { offsets: [m0, n0], sizes: [m, n] }), x: acc });
  },
}), "c = x · wᵀ, exactly, of integers of any kinds and widths, with the loops over bits inside or outside the loop over k: the\nsame sum in another order, the same bits, at another cost.");

/** Integers: no bound but 0. */
function one(M: number, N: number, K: number, A: string, W: string, OUTSIDE: 0 | 1 | 2): Case {
  const x = randomCodes(A, [M, K], M + K), w = randomCodes(W, [N, K], N + K + 1), values = new Float64Array(M * N);
  for (let m = 0; m < M; m++)
    for (let n = 0; n < N; n++)
      for (let k = 0; k < K; k++) values[m * N + n] += (x.values[m * K + k] ?? 0) * (w.values[n * K + k] ?? 0);
  return {
    name: `${M} × ${N} × ${K}, ${A} × ${W}, ${OUTSIDE} of the bit loops outside`, params: { K, A, W, OUTSIDE },
    inputs: { x, w }, outputs: { c: { dtype: "i32", shape: [M, N], values, bound: new Float64Array(M * N) } },
  };
}

const orders = [0, 1, 2] as const, kinds = ["u1", "u5", "i2", "i8", "b1", "b4"];

export const example: Example = {
  kernel: product,
  twins: [{ K: 1000 }, { K: 1000, OUTSIDE: 1 }, { K: 1000, OUTSIDE: 2 }, { K: 37, A: "b2", W: "b1", OUTSIDE: 2 }],
  cases: () => orders.flatMap((o) => [
    onDevices(one(9, 5, 100, "u2", "i3", o)), one(0, 8, 64, "u2", "i2", o), one(1, 37, 70, "b2", "b1", o), one(3, 3, 1, "u3", "i3", o),
    ...kinds.flatMap((a) => kinds.map((w) => one(2, 3, 33, a, w, o))),
  ]),
};

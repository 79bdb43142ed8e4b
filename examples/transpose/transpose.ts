// transpose.loom, built in TypeScript; its inputs and answers.
import { compose, local, spatial } from "../../layout/index.ts";
import { cdiv, constant, dim, dtype, dtypeParam, input, intParam, kernel, output, scalarOp } from "../../vm/index.ts";
import { onDevices, randomCodes, given, random, type Case, type Example } from "../example.ts";

const transpose = kernel("transpose", { T: dtypeParam("f16"), B: intParam(32, [16, 32]) }, ({ T, B }) => ({
  params: { x: input(T, [dim("M"), dim("N")]), y: output(T, [dim("N"), dim("M")]) },
  grid: { n: cdiv(dim("N"), B), m: cdiv(dim("M"), B) },
  threads: 64,
  body(b, p, g) {
    const rows = compose(local((B * B) / 64, 1), spatial(64 / B, B)), m = scalarOp("mul", g.m, constant(B)), n = scalarOp("mul", g.n, constant(B));
    const sizes = [constant(B), constant(B)];
    const tile = b.shared({}, { dtype: dtype(T), shape: [B, B + 1] }), square = () => b.slice({ x: tile }, { offsets: [constant(0), constant(0)], sizes });
    const a = b.convert({ x: b.load({ x: b.slice({ x: p.x }, { offsets: [m, n], sizes }) }, { pad: 1 }) }, { layout: rows });
    b.store({ to: square(), x: a });
    b.barrier({});
    const t = b.convert({ x: b.transpose({ x: b.load({ x: square() }, { pad: 1 }) }) }, { layout: rows });
    b.store({ to: b.slice({ x: p.y }, { offsets: [n, m], sizes }), x: t });
  },
}), "y = xᵀ for elements of any type, also of 3 bits. Rows are read as rows and written as rows: in between, elements change\ntheir threads in workgroup memory.");

/** Bound: none; elements are moved, not computed. */
function one(M: number, N: number, T: string, B = 32): Case {
  const r = random(M * N + 1), x = T === "f16" || T === "f32" || T === "i32" ? given(T, [M, N], () => Math.floor(2000 * r()) - 1000) : randomCodes(T, [M, N], M + N);
  const values = Float64Array.from({ length: M * N }, (_, i) => x.values[(i % M) * N + Math.floor(i / M)] ?? 0);
  return { name: `${M} × ${N}, ${T}`, params: { T, B }, inputs: { x }, outputs: { y: { dtype: T, shape: [N, M], values, bound: new Float64Array(M * N) } } };
}

export const example: Example = {
  kernel: transpose,
  twins: [{}, { T: "u3", B: 16 }, { T: "f32" }],
  cases: () => [
    ...[one(33, 70, "f16"), one(5, 37, "u3", 16), one(1, 100, "f32"), one(0, 8, "f16")].map(onDevices),
    ...["u1", "b2", "i5", "f6e3m2", "i8", "i32"].map((T) => one(19, 45, T, 16)),
  ],
};

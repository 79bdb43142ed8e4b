// fwht.loom, built in TypeScript; its inputs and answers.
import { cdiv, constant, dim, dtype, dtypeParam, input, intParam, kernel, output, scalarOp, type Value } from "../../vm/index.ts";
import { gamma, given, least, onDevices, random, unit, type Case, type Example } from "../example.ts";

const fwht = kernel("fwht_rows", { N: intParam(), T: dtypeParam("f32"), ROWS: intParam(1, [1, 2, 4]) }, ({ N, T, ROWS }) => ({
  params: { x: input(T, [dim("M"), N]), scale: { scalar: "f32" }, y: output(T, [dim("M"), N]) },
  grid: { b: cdiv(dim("M"), ROWS) },
  threads: 64,
  body(b, p, g) {
    const m = scalarOp("mul", g.b, constant(ROWS)), rows = (x: Value) => b.slice({ x }, { offsets: [m, constant(0)], sizes: [constant(ROWS), constant(N)] });
    const to = rows(p.y);
    const v = b.fwht({ x: b.cast({ x: b.load({ x: rows(p.x) }) }, { to: dtype("f32") }) }, { axis: 1 });
    b.store({ to, x: b.cast({ x: b.mul({ x: v, y: p.scale }) }, { to: dtype(T) }) });
  },
}), "The Walsh–Hadamard transform of each row, in n steps of sums and differences: what spreads outliers over a row before\nit is quantised (QuaRot, SpinQuant). With scale = 1 / √N it is its own inverse.");

/** Bound: log2 N sums in a row and one product, γ · Σ|x| · scale; the rounding to T. */
function one(M: number, N: number, params: Readonly<Record<string, unknown>> = {}): Case {
  const T = String(params["T"] ?? "f32"), scale = Math.fround(1 / Math.sqrt(N)), r = random(M + 10 * N), x = given(T, [M, N], () => 2 * r() - 1);
  const parity = (n: number): number => { let p = 0; for (let rest = n; rest; rest &= rest - 1) p ^= 1; return p; };
  const values = new Float64Array(M * N), bound = new Float64Array(M * N);
  for (let m = 0; m < M; m++)
    for (let i = 0; i < N; i++) {
      let sum = 0, terms = 0;
      for (let j = 0; j < N; j++) { const v = x.values[m * N + j] ?? 0; sum += parity(i & j) ? -v : v; terms += Math.abs(v); }
      values[m * N + i] = sum * scale;
      bound[m * N + i] = terms * scale * gamma(Math.log2(N) + 2) + Math.abs(sum * scale) * unit(T) + least(T);
    }
  return { name: `${M} × ${N}, ${T}`, params: { N, ...params }, inputs: { x }, scalars: { scale }, outputs: { y: { dtype: T, shape: [M, N], values, bound } } };
}

export const example: Example = {
  kernel: fwht,
  twins: [{ N: 256 }, { N: 8, T: "f16", ROWS: 4 }],
  cases: () => [...[one(3, 256), one(5, 8, { T: "f16", ROWS: 4 }), one(2, 1), one(0, 16)].map(onDevices), one(2, 1024), one(3, 64, { ROWS: 2 })],
};

// softmax.loom, built in TypeScript; its inputs and answers.
import { cdiv, constant, dim, dtype, dtypeParam, input, intParam, kernel, output, scalarOp, type Comptime, type Size } from "../../vm/index.ts";
import { gamma, given, least, onDevices, random, unit, type Case, type Example, type Given } from "../example.ts";

const low: Comptime<number> = { kind: "float", default: -65504 };

const softmax = kernel("softmax", {
  N: intParam(), T: dtypeParam("f16"), BM: intParam(1, [1, 2, 4]), BN: intParam(256, [128, 256, 512, 1024]), LOW: low,
}, ({ N, T, BM, BN, LOW }) => ({
  params: { x: input(T, [dim("M"), N]), y: output(T, [dim("M"), N]) },
  grid: { b: cdiv(dim("M"), BM) },
  threads: 128,
  body(b, p, g) {
    const m = scalarOp("mul", g.b, constant(BM));
    const at = (n: Size) => ({ offsets: [m, typeof n === "number" ? constant(n) : n], sizes: [constant(BM), constant(BN)] });
    const top = b.var({ init: LOW }, { dtype: dtype("f32"), shape: [BM, 1] });
    const den = b.var({ init: 0 }, { dtype: dtype("f32"), shape: [BM, 1] });
    b.loop("n", { from: 0, to: N, step: BN }, (n) => {
      const v = b.cast({ x: b.load({ x: b.slice({ x: p.x }, at(n)) }, { pad: LOW }) }, { to: dtype("f32") });
      const t = b.max({ x: top, y: b.reduce_max({ x: v }, { axis: 1 }) });
      const e = b.select({ condition: b.gt({ x: v, y: LOW }), x: b.exp({ x: b.max({ x: b.sub({ x: v, y: t }), y: -100 }) }), y: 0 });
      const kept = b.mul({ x: den, y: b.exp({ x: b.max({ x: b.sub({ x: top, y: t }), y: -100 }) }) });
      b.assign({ to: den, from: b.add({ x: kept, y: b.reduce_sum({ x: e }, { axis: 1 }) }) });
      b.assign({ to: top, from: t });
    });
    const scale = b.div({ x: 1, y: b.max({ x: den, y: 1 }) });
    b.loop("n", { from: 0, to: N, step: BN }, (n) => {
      const v = b.cast({ x: b.load({ x: b.slice({ x: p.x }, at(n)) }, { pad: LOW }) }, { to: dtype("f32") });
      const e = b.select({ condition: b.gt({ x: v, y: LOW }), x: b.exp({ x: b.max({ x: b.sub({ x: v, y: top }), y: -100 }) }), y: 0 });
      b.store({ to: b.slice({ x: p.y }, at(n)), x: b.cast({ x: b.mul({ x: e, y: scale }) }, { to: dtype(T) }) });
    });
  },
}), "Softmax over the last axis, numerically safe, in two passes over each row: the first keeps a running maximum and a\nrunning sum, the second divides. Numbers at or below LOW, so −inf too, count as absent; a row of nothing else gives zeros.");

/**
 * Bound, relative to y: WGSL's exp is off by 3 + 2|v| ULP, the difference in its argument adds |v|·u: E for the largest |v| = D.
 * An element meets one exp above, one per later block of the running sum below; the sum of N terms adds γ_N, division and
 * products a few roundings more. Absolute: what e^-100 stands for, and the rounding to T.
 */
function one(M: number, N: number, params: Readonly<Record<string, unknown>>, make: (row: number) => (i: number) => number): Case {
  const type = String(params["T"] ?? "f16"), low = Number(params["LOW"] ?? -65504), blocks = Math.ceil(N / Number(params["BN"] ?? 256));
  const x: Given = given(type, [M, N], (i) => make(Math.floor(i / N))(i % N));
  const values = new Float64Array(M * N), bound = new Float64Array(M * N);
  for (let m = 0; m < M; m++) {
    const row = x.values.subarray(m * N, m * N + N), there = row.filter((v) => v > low);
    const top = there.reduce((a, v) => Math.max(a, v), -Infinity), den = there.reduce((a, v) => a + Math.exp(v - top), 0);
    const D = there.reduce((a, v) => Math.max(a, Math.min(100, top - v)), 0);
    const E = (3 + 3 * D) * unit("f32"), relative = E * (blocks + 2) + gamma(N + blocks + 6);
    row.forEach((v, i) => {
      const y = v > low ? Math.exp(v - top) / den : 0;
      values[m * N + i] = y;
      bound[m * N + i] = v > low ? y * (relative + unit(type)) + least(type) + 1e-43 : 0;
    });
  }
  return { name: `${M} × ${N}, ${type}, ${JSON.stringify(params)}`, params: { N, ...params }, inputs: { x }, outputs: { y: { dtype: type, shape: [M, N], values, bound } } };
}

export const example: Example = {
  kernel: softmax,
  twins: [{ N: 1000 }, { N: 37, T: "f32", BN: 128 }, { N: 4096, BM: 4, BN: 512 }],
  cases() {
    const r = random(7), spread = () => () => 12 * r() - 6;
    return [
      one(3, 1000, {}, spread),
      one(5, 37, { T: "f32", BM: 2, BN: 128, LOW: -3.4028234663852886e38 }, spread),
      one(1, 1, { BN: 128 }, spread),
      one(0, 256, {}, spread),
      // Rows that are partly and wholly absent, by the lowest number and by −inf, and one of equal numbers.
      one(4, 300, { BM: 4, BN: 128 }, (row) => (i) => (row === 0 ? (i < 100 ? 1 : -65504) : row === 1 ? -65504 : row === 2 ? -Infinity : i % 2 ? -Infinity : 3)),
    ].map(onDevices);
  },
};

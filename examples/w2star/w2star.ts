// w2star.loom, built in TypeScript; its inputs and answers.
import { spatial } from "../../layout/index.ts";
import { cdiv, constant, dim, dtype, dtypeParam, input, intParam, kernel, output, radixPack, scalarOp } from "../../vm/index.ts";
import { gamma, given, onDevices, random, randomCodes, unit, type Case, type Example, type Given } from "../example.ts";

const N = dim("N");

/** Digits of base 5 in a code of so many bits. */
const digitsIn = (bits: number): number => Math.floor((bits * 3) / 7);

const gemv = kernel("gemv_w2star", { K: intParam(), C: dtypeParam("u32", ["u7", "u32"]), ROWS: intParam(8, [4, 8, 16]) }, ({ K, C, ROWS }) => {
  const D = digitsIn(dtype(C).bits), CODES = 64 / ROWS, f32 = dtype("f32"), codes = Math.ceil(K / D);
  return {
    params: { w: input(C, [N, codes]), s: input("f32", [N]), x: input("f32", [K]), bias: input("f32", [N]), y: output("f32", [N]) },
    grid: { b: cdiv(N, ROWS) },
    threads: 64,
    body(b, p, g) {
      const n = scalarOp("mul", g.b, constant(ROWS)), rows = { offsets: [n], sizes: [ROWS] };
      const acc = b.var({ init: 0 }, { dtype: f32, shape: [ROWS, CODES], layout: spatial(ROWS, CODES) });
      b.loop("c", { from: 0, to: codes, step: CODES }, (c) => {
        const code = b.load({ x: b.slice({ x: p.w }, { offsets: [n, c], sizes: [ROWS, CODES] }) });
        const weight = b.cast({ x: b.bitcast({ x: b.radix_digits({ x: code }, { base: 5, count: D }) }, { to: dtype("w2star") }) }, { to: f32 });
        const x = b.reshape({ x: b.load({ x: b.slice({ x: p.x }, { offsets: [scalarOp("mul", c, constant(D))], sizes: [CODES * D] }) }) }, { shape: [1, CODES, D] });
        b.assign({ to: acc, from: b.add({ x: acc, y: b.reduce_sum({ x: b.mul({ x: weight, y: x }) }, { axis: 2, keep: false }) }) });
      });
      const to = b.slice({ x: p.y }, rows), sum = b.reduce_sum({ x: acc }, { axis: 1, keep: false });
      const scaled = b.mul({ x: sum, y: b.load({ x: b.slice({ x: p.s }, rows) }) });
      b.store({ to, x: b.add({ x: scaled, y: b.load({ x: b.slice({ x: p.bias }, rows) }) }) });
    },
  };
}, "y = s · (W · x) + bias, every weight −2, −1, 0, 1 or 2: digits of base 5, three in 7 bits or thirteen in a word.");

/** Weights −2 … 2 as the kernel reads them: each row in whole codes. */
export function codesOf({ shape: [rows, K], values }: Given, C: string): Given {
  const { bits } = dtype(C), count = digitsIn(bits), per = Math.ceil(K / count), codes = new Float64Array(rows * per);
  for (let n = 0; n < rows; n++) codes.set(radixPack(values.subarray(n * K, n * K + K).map((v) => v + 2), { base: 5, bits, count }), n * per);
  return { dtype: C, shape: [rows, per], values: codes };
}

/** Bound: each product is rounded once, D sums in a code, one for each step, CODES threads, the scale and the bias. */
function one(n: number, K: number, params: Readonly<Record<string, unknown>> = {}): Case {
  const C = String(params["C"] ?? "u32"), CODES = 64 / Number(params["ROWS"] ?? 8), D = digitsIn(dtype(C).bits), roundings = 1 + D + Math.ceil(K / (D * CODES)) + CODES + 2;
  const r = random(17 * n + K), w = randomCodes("w2star", [n, K], n + K + 5), s = given("f32", [n], () => 0.5 + r()), x = given("f32", [K], () => 2 * r() - 1), bias = given("f32", [n], () => 2 * r() - 1);
  const values = new Float64Array(n), bound = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = bias.values[i], terms = Math.abs(sum);
    for (let k = 0; k < K; k++) {
      const term = s.values[i] * w.values[i * K + k] * x.values[k];
      sum += term;
      terms += Math.abs(term);
    }
    values[i] = sum;
    bound[i] = terms * gamma(roundings) + unit("f32") * Math.abs(sum) + 1e-37;
  }
  return { name: `${n} × ${K}, ${C}`, params: { K, ...params }, inputs: { w: codesOf(w, C), s, x, bias }, outputs: { y: { dtype: "f32", shape: [n], values, bound } } };
}

export const example: Example = {
  kernel: gemv,
  twins: [{ K: 256 }, { K: 100, C: "u7", ROWS: 16 }],
  cases: () => [onDevices(one(19, 256)), onDevices(one(5, 100, { C: "u7", ROWS: 4 })), one(0, 64), one(3, 0), one(1, 1), one(8, 104), one(17, 1000, { C: "u7" }), one(3, 13, { ROWS: 16 })],
};

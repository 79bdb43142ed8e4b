// attention.loom, built in TypeScript; its inputs and answers.
import { cdiv, constant, dim, dtype, dtypeParam, input, intParam, kernel, output, scalarOp, type Scalar, type Value } from "../../vm/index.ts";
import { gamma, given, least, onDevices, random, unit, type Case, type Example } from "../example.ts";

const LOW = -3e38;
const sub = (a: Scalar | number, b: Scalar | number): Scalar => scalarOp("sub", typeof a === "number" ? constant(a) : a, typeof b === "number" ? constant(b) : b);

const attention = kernel("attention", {
  D: intParam(), T: dtypeParam("f16"), CAUSAL: intParam(1), BQ: intParam(8, [8, 16]), BP: intParam(16, [16, 32]),
}, ({ D, T, CAUSAL, BQ, BP }) => ({
  params: { q: input(T, [dim("S"), D]), k: input(T, [dim("P"), D]), v: input(T, [dim("P"), D]), scale: { scalar: "f32" }, o: output(T, [dim("S"), D]) },
  grid: { b: cdiv(dim("S"), BQ) },
  threads: 64,
  body(b, p, g) {
    const f32 = dtype("f32"), S = dim("S"), P = dim("P"), s = scalarOp("mul", g.b, constant(BQ));
    const rows = (x: Value, from: Scalar, n: number) => b.slice({ x }, { offsets: [from, constant(0)], sizes: [constant(n), constant(D)] });
    const sq = b.shared({}, { dtype: dtype(T), shape: [BQ, D] }), sk = b.shared({}, { dtype: dtype(T), shape: [D, BP] }), sv = b.shared({}, { dtype: dtype(T), shape: [BP, D] });
    b.copy({ from: rows(p.q, s, BQ), to: sq });
    const top = b.var({ init: LOW }, { dtype: f32, shape: [BQ, 1] }), den = b.var({ init: 0 }, { dtype: f32, shape: [BQ, 1] }), acc = b.var({ init: 0 }, { dtype: f32, shape: [BQ, D] });
    const hidden = b.mul({ x: CAUSAL, y: b.sub({ x: sub(sub(S, 1), s), y: b.iota({}, { shape: [BQ, 1], axis: 0 }) }) });
    const last = b.sub({ x: sub(P, 1), y: hidden });
    const end = scalarOp("min", P, sub(P, scalarOp("mul", constant(CAUSAL), sub(sub(S, s), BQ))));
    b.loop("p", { from: 0, to: end, step: BP }, (at) => {
      b.store({ to: sk, x: b.transpose({ x: b.load({ x: rows(p.k, at, BP) }) }) });
      b.copy({ from: rows(p.v, at, BP), to: sv });
      b.barrier({});
      const score = b.mul({ x: b.dot({ x: sq, y: sk }), y: p.scale });
      const seen = b.le({ x: b.add({ x: at, y: b.iota({}, { shape: [1, BP] }) }), y: last });
      const now = b.max({ x: top, y: b.reduce_max({ x: b.select({ condition: seen, x: score, y: LOW }) }, { axis: 1 }) });
      const e = b.select({ condition: seen, x: b.exp({ x: b.max({ x: b.sub({ x: score, y: now }), y: -100 }) }), y: 0 });
      const kept = b.exp({ x: b.max({ x: b.sub({ x: top, y: now }), y: -100 }) });
      const old = b.mul({ x: den, y: kept });
      b.assign({ to: den, from: b.add({ x: old, y: b.reduce_sum({ x: e }, { axis: 1 }) }) });
      const before = b.mul({ x: acc, y: kept });
      b.assign({ to: acc, from: b.add({ x: before, y: b.dot({ x: e, y: sv }) }) });
      b.assign({ to: top, from: now });
      b.barrier({});
    });
    const to = rows(p.o, s, BQ);
    const whole = b.div({ x: acc, y: b.select({ condition: b.gt({ x: den, y: 0 }), x: den, y: 1 }) });
    b.store({ to, x: b.cast({ x: whole }, { to: dtype(T) }) });
  },
}), "o = softmax(q · kᵀ · scale) · v for one head, in one pass over the keys (FlashAttention: Dao et al., 2022): the scores are\nnever stored. With CAUSAL = 1, query s sees the keys up to s + P − S; a query that sees none gives zeros.");

/**
 * Bound. A score is off by e = γ_{D+2}·Σ|q·k|·scale, the same for the maximum; an exponential by 2e + (3 + 3R)·u for differences of at
 * most R, once for each block of keys again. So the weights, which add up to 1, are off by that and γ_P, relative; the sum over v
 * likewise, and the result is rounded to T.
 */
function one(S: number, P: number, D: number, params: Readonly<Record<string, unknown>> = {}, size = 1): Case {
  const T = String(params["T"] ?? "f16"), causal = Number(params["CAUSAL"] ?? 1), BP = Number(params["BP"] ?? 16), scale = Math.fround(1 / Math.sqrt(D)), r = random(S * 100 + P * 10 + D), u = unit("f32");
  const q = given(T, [S, D], () => size * (2 * r() - 1)), k = given(T, [P, D], () => size * (2 * r() - 1)), v = given(T, [P, D], () => 2 * r() - 1);
  const values = new Float64Array(S * D), bound = new Float64Array(S * D);
  for (let s = 0; s < S; s++) {
    const n = causal ? Math.max(0, Math.min(P, s + P - S + 1)) : P;
    let off = 0;
    const score = Array.from({ length: n }, (_, p) => {
      let sum = 0, terms = 0;
      for (let d = 0; d < D; d++) { const t = (q.values[s * D + d] ?? 0) * (k.values[p * D + d] ?? 0); sum += t; terms += Math.abs(t); }
      off = Math.max(off, gamma(D + 2) * terms * scale);
      return sum * scale;
    });
    const top = Math.max(...score), e = score.map((x) => Math.exp(x - top)), den = e.reduce((a, b) => a + b, 0), R = score.reduce((a, x) => Math.max(a, top - x), 0);
    const relative = (2 * off + (3 + 3 * R) * u) * 2 * (Math.ceil(P / BP) + 2) + 2 * gamma(P + 4);
    for (let d = 0; d < D; d++) {
      let y = 0, terms = 0;
      for (let p = 0; p < n; p++) { const t = ((e[p] ?? 0) / den) * (v.values[p * D + d] ?? 0); y += t; terms += Math.abs(t); }
      values[s * D + d] = y;
      bound[s * D + d] = terms * relative + Math.abs(y) * unit(T) + least(T);
    }
  }
  return { name: `${S} of ${P} × ${D}, ${T}${causal ? ", causal" : ""}`, params: { D, ...params }, inputs: { q, k, v }, scalars: { scale }, outputs: { o: { dtype: T, shape: [S, D], values, bound } } };
}

export const example: Example = {
  kernel: attention,
  twins: [{ D: 64 }, { D: 6, T: "f32", CAUSAL: 0, BQ: 16, BP: 32 }],
  cases: () => [
    onDevices(one(9, 37, 64)), onDevices(one(5, 20, 6, { T: "f32", CAUSAL: 0 }, 3)), one(1, 1, 64), onDevices(one(3, 1, 6, { T: "f32" })), one(0, 5, 8), one(2, 0, 8, { CAUSAL: 0 }),
    one(40, 40, 32, { BQ: 16, BP: 32 }), one(1, 300, 64, {}, 4),
  ],
};

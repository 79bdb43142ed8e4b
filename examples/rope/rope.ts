// rope.loom, built in TypeScript; its inputs and answers.
import { cdiv, constant, dim, dtype, dtypeParam, input, intParam, kernel, output, scalarOp, symbol, type Value } from "../../vm/index.ts";
import { gamma, given, least, onDevices, random, unit, type Case, type Example } from "../example.ts";

const first = symbol("param", "first"), last = scalarOp("add", first, dim("S"));

const rope = kernel("rope", { D: intParam(), T: dtypeParam("f16"), HEADS: intParam(2, [1, 2, 4]) }, ({ D, T, HEADS }) => ({
  params: {
    x: input(T, [dim("S"), dim("H"), D]), cosine: input("f32", [dim("P"), D / 2]), sine: input("f32", [dim("P"), D / 2]), first: { scalar: "i32" },
    y: output(T, [dim("S"), dim("H"), D]),
  },
  grid: { h: cdiv(dim("H"), HEADS), s: dim("S") },
  threads: 32,
  requires: [[scalarOp("and", scalarOp("ge", first, constant(0)), scalarOp("le", last, dim("P"))), "the tables end before the last position"]],
  body(b, p, g) {
    const half = D / 2, h0 = scalarOp("mul", g.h, constant(HEADS)), f32 = { to: dtype("f32") };
    const row = (x: Value) => b.load({ x: b.slice({ x }, { offsets: [scalarOp("add", first, g.s), constant(0)], sizes: [constant(1), constant(half)], drop: [0] }) });
    const part = (x: Value, from: number) => b.slice({ x }, { offsets: [g.s, h0, constant(from)], sizes: [constant(1), constant(HEADS), constant(half)], drop: [0] });
    const c = row(p.cosine), d = row(p.sine);
    const u = b.cast({ x: b.load({ x: part(p.x, 0) }) }, f32), v = b.cast({ x: b.load({ x: part(p.x, half) }) }, f32);
    const low = part(p.y, 0);
    b.store({ to: low, x: b.cast({ x: b.sub({ x: b.mul({ x: u, y: c }), y: b.mul({ x: v, y: d }) }) }, { to: dtype(T) }) });
    const high = part(p.y, half);
    b.store({ to: high, x: b.cast({ x: b.add({ x: b.mul({ x: v, y: c }), y: b.mul({ x: u, y: d }) }) }, { to: dtype(T) }) });
  },
}), "Rotary positions: each pair (x_i, x_{i + D/2}) of a head turns by an angle that grows with the position. The angles'\ncosines and sines come in tables, so that they are right to the last bit at any position.");

/** Bound: two products, one sum of them, one rounding to T. */
function one(S: number, H: number, D: number, start: number, params: Readonly<Record<string, unknown>> = {}): Case {
  const T = String(params["T"] ?? "f16"), P = start + S + 1, half = D / 2, r = random(S * 100 + H * 10 + D);
  const angle = (i: number): number => Math.floor(i / half) * 10000 ** (-(i % half) / half);
  const x = given(T, [S, H, D], () => 4 * r() - 2), cosine = given("f32", [P, half], (i) => Math.cos(angle(i))), sine = given("f32", [P, half], (i) => Math.sin(angle(i)));
  const values = new Float64Array(S * H * D), bound = new Float64Array(S * H * D);
  for (let i = 0; i < values.length; i++) {
    const s = Math.floor(i / (H * D)), j = i % D, k = j % half, at = (start + s) * half + k, u = x.values[i - j + k] ?? 0, v = x.values[i - j + k + half] ?? 0;
    const c = cosine.values[at] ?? 0, d = sine.values[at] ?? 0, [a, b] = j < half ? [u * c, -v * d] : [v * c, u * d];
    values[i] = a + b;
    bound[i] = (Math.abs(a) + Math.abs(b)) * (gamma(2) + unit(T)) + least(T);
  }
  return { name: `${S} × ${H} × ${D} from ${start}, ${T}`, params: { D, ...params }, inputs: { x, cosine, sine }, scalars: { first: start }, outputs: { y: { dtype: T, shape: [S, H, D], values, bound } } };
}

export const example: Example = {
  kernel: rope,
  twins: [{ D: 64 }, { D: 6, T: "f32", HEADS: 1 }],
  cases: () => [onDevices(one(3, 4, 64, 5)), onDevices(one(2, 3, 6, 0, { T: "f32" })), onDevices(one(1, 1, 2, 9)), one(0, 2, 8, 0), one(4, 5, 34, 100, { HEADS: 4 })],
};

// vector_add.loom, built in TypeScript; its inputs and answers.
import { cdiv, constant, dim, dtypeParam, input, intParam, kernel, output, scalarOp } from "../../vm/index.ts";
import { given, least, onDevices, random, unit, type Case, type Example } from "../example.ts";

const vectorAdd = kernel("vector_add", { T: dtypeParam("f32"), BN: intParam(256, [128, 256, 512]) }, ({ T, BN }) => ({
  params: { x: input(T, [dim("N")]), y: input(T, [dim("N")]), z: output(T, [dim("N")]) },
  grid: { b: cdiv(dim("N"), BN) },
  threads: 64,
  body(b, p, g) {
    const at = { offsets: [scalarOp("mul", g.b, constant(BN))], sizes: [constant(BN)] };
    const v = b.load({ x: b.slice({ x: p.x }, at) });
    const w = b.load({ x: b.slice({ x: p.y }, at) });
    const to = b.slice({ x: p.z }, at);
    b.store({ to, x: b.add({ x: v, y: w }) });
  },
}), "z = x + y. The smallest kernel: one load per input, one store; the last block is masked.");

/** Bound: one rounding of the sum in T, |x + y|·u; in f16 a subnormal sum may be flushed. */
function one(n: number, type: string, params: Readonly<Record<string, unknown>> = {}): Case {
  const r = random(n + 1), x = given(type, [n], () => 8 * r() - 4), y = given(type, [n], () => 8 * r() - 4);
  const values = x.values.map((v, i) => v + (y.values[i] ?? 0));
  return {
    name: `N = ${n}, ${type}`, params: { T: type, ...params }, inputs: { x, y },
    outputs: { z: { dtype: type, shape: [n], values, bound: values.map((v) => Math.abs(v) * unit(type) + least(type)) } },
  };
}

export const example: Example = {
  kernel: vectorAdd,
  twins: [{}, { BN: 128 }, { T: "f16", BN: 512 }, { T: "i32" }],
  cases: () => [one(1000, "f32"), one(256, "f32"), one(1, "f32"), one(0, "f32"), one(37, "i32"), one(1000, "f16", { BN: 128 })].map(onDevices),
};

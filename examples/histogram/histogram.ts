// histogram.loom, built in TypeScript; its inputs and answers.
import { cdiv, constant, dim, dtype, dtypeParam, inout, input, intParam, kernel, scalarOp } from "../../vm/index.ts";
import { given, onDevices, random, randomCodes, type Case, type Example } from "../example.ts";

const histogram = kernel("histogram", { C: intParam(256), T: dtypeParam("u8"), BN: intParam(1024, [256, 1024, 4096]) }, ({ C, T, BN }) => ({
  params: { x: input(T, [dim("N")]), counts: inout("i32", [C]) },
  grid: { b: cdiv(dim("N"), BN) },
  threads: 64,
  body(b, p, g) {
    const mine = b.shared({}, { dtype: dtype("i32"), shape: [C] });
    b.store({ to: mine, x: 0 });
    b.barrier({});
    const at = scalarOp("mul", g.b, constant(BN));
    const inside = b.lt({ x: b.add({ x: at, y: b.iota({}, { shape: [BN] }) }), y: dim("N") });
    const code = b.cast({ x: b.load({ x: b.slice({ x: p.x }, { offsets: [at], sizes: [constant(BN)] }) }, { pad: 1 }) }, { to: dtype("i32") });
    b.histogram({ to: mine, x: b.select({ condition: inside, x: code, y: -1 }) });
    b.barrier({});
    b.atomic_add({ to: p.counts, x: b.load({ x: mine }) });
  },
}), "Adds to `counts` how often each code occurs in x. A block counts its part in workgroup memory and adds it once.");

/** Bound: none; counts are whole numbers. */
function one(N: number, T: string, C: number, BN = 1024): Case {
  const r = random(N), x = T === "i32" ? given(T, [N], () => Math.floor(r() * (C + 4)) - 2) : randomCodes(T, [N], N + 2), before = given("i32", [C], (i) => i % 3);
  const values = before.values.slice();
  for (const v of x.values) if (v >= 0 && v < C) values[v] = (values[v] ?? 0) + 1;
  return { name: `${N} of ${T} in ${C}`, params: { C, T, BN }, inputs: { x, counts: before }, outputs: { counts: { dtype: "i32", shape: [C], values, bound: new Float64Array(C) } } };
}

export const example: Example = {
  kernel: histogram,
  twins: [{}, { C: 10, T: "i32", BN: 256 }],
  cases: () => [...[one(5000, "u8", 256), one(1000, "u3", 8, 256), one(1, "u5", 32), one(0, "u8", 256)].map(onDevices), one(777, "i32", 10, 256), one(4097, "u1", 2)],
};

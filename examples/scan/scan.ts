// scan.loom, built in TypeScript; its inputs and answers.
import { cdiv, constant, dim, dtype, dtypeParam, inout, input, intParam, kernel, output, scalarOp, sequence, type Size } from "../../vm/index.ts";
import { gamma, given, onDevices, random, type Case, type Example } from "../example.ts";

const N = dim("N"), G = dim("G");
const at = (start: Size, size: number) => ({ offsets: [start], sizes: [size] });

const blocks = kernel("blocks", { T: dtypeParam(), B: intParam() }, ({ T, B }) => ({
  params: { x: input(T, [N]), y: output(T, [N]), sums: output(T, [cdiv(N, B)]) },
  grid: { b: cdiv(N, B) },
  threads: 128,
  body(b, p, g) {
    const start = scalarOp("mul", g.b, constant(B)), v = b.load({ x: b.slice({ x: p.x }, at(start, B)) });
    const to = b.slice({ x: p.y }, at(start, B));
    b.store({ to, x: b.scan_sum({ x: v }, { axis: 0 }) });
    const sum = b.slice({ x: p.sums }, at(g.b, 1));
    b.store({ to: sum, x: b.reduce_sum({ x: v }, { axis: 0 }) });
  },
}), "Each block of B elements scanned by itself, and its sum.");

const starts = kernel("starts", { T: dtypeParam(), B: intParam() }, ({ T, B }) => ({
  params: { sums: input(T, [G]), before: output(T, [G]) },
  grid: { one: 1 },
  threads: 128,
  body(b, p) {
    const carry = b.var({ init: 0 }, { dtype: dtype(T), shape: [1] });
    b.loop("g", { from: 0, to: G, step: B }, (g) => {
      const v = b.load({ x: b.slice({ x: p.sums }, at(g, B)) }), to = b.slice({ x: p.before }, at(g, B));
      b.store({ to, x: b.add({ x: b.scan_sum({ x: v }, { axis: 0, exclusive: true }), y: carry }) });
      b.assign({ to: carry, from: b.add({ x: carry, y: b.reduce_sum({ x: v }, { axis: 0 }) }) });
    });
  },
}), "What lies before each block: the sums of all blocks before it. One block of threads goes through them.");

const shift = kernel("shift", { T: dtypeParam(), B: intParam() }, ({ T, B }) => ({
  params: { before: input(T, [cdiv(N, B)]), y: inout(T, [N]) },
  grid: { b: cdiv(N, B) },
  threads: 128,
  body(b, p, g) {
    const start = scalarOp("mul", g.b, constant(B)), to = b.slice({ x: p.y }, at(start, B));
    const v = b.load({ x: b.slice({ x: p.y }, at(start, B)) });
    b.store({ to, x: b.add({ x: v, y: b.load({ x: b.slice({ x: p.before }, at(g.b, 1)) }) }) });
  },
}), "Adds to each block what lies before it.");

const scan = sequence("scan", { T: dtypeParam("f32", ["i32", "u32", "f32"]), B: intParam(512, [256, 512, 1024]) }, ({ T, B }) => ({
  params: { x: input(T, [N]), y: output(T, [N]) },
  steps(s, { x, y }) {
    const sums = s.temp("sums", T, [cdiv(N, B)]), before = s.temp("before", T, [cdiv(N, B)]);
    s.run(blocks, { T, B }, { x, y, sums });
    s.run(starts, { T, B }, { sums, before });
    s.run(shift, { T, B }, { before, y });
  },
}), "Running sums of a list of any length: y[i] = x[0] + … + x[i].");

/** Bound: in whatever order, a sum of i + 1 elements meets i roundings, and two more where parts are joined: γ_{i+2} · Σ|x|. Integers wrap. */
function one(n: number, T: "i32" | "u32" | "f32", params: { readonly B?: number } = {}): Case {
  const r = random(n + 11), make = T === "f32" ? () => 2 * r() - 1 : T === "i32" ? () => Math.floor(2 ** 32 * r()) - 2 ** 31 : () => Math.floor(2 ** 32 * r());
  const x = given(T, [n], make), values = new Float64Array(n), bound = new Float64Array(n);
  let sum = 0, terms = 0;
  x.values.forEach((v, i) => {
    sum = T === "f32" ? sum + v : T === "i32" ? (sum + v) | 0 : (sum + v) >>> 0;
    terms += Math.abs(v);
    values[i] = sum;
    bound[i] = T === "f32" ? terms * gamma(i + 2) : 0;
  });
  return { name: `${n} × ${T}, ${JSON.stringify(params)}`, params: { T, ...params }, inputs: { x }, outputs: { y: { dtype: T, shape: [n], values, bound } } };
}

export const example: Example = {
  kernel: scan,
  twins: [{}, { T: "i32", B: 256 }],
  // One element, a block and one more, none; and more sums than one turn of `starts` takes.
  cases: () => [...[one(1300, "f32"), one(257, "i32", { B: 256 }), one(1, "i32", { B: 256 }), one(0, "i32", { B: 256 }), one(70_001, "i32", { B: 256 })].map(onDevices), one(1025, "u32", { B: 1024 })],
};

// philox_dropout.loom, built in TypeScript; its inputs and answers.
import { cdiv, constant, dim, dtype, dtypeParam, input, intParam, kernel, output, scalarOp, symbol } from "../../vm/index.ts";
import { given, least, onDevices, random, unit, type Case, type Example } from "../example.ts";

const keep = symbol("param", "keep", "f32"), seed = symbol("param", "seed", "u32");

const dropout = kernel("philox_dropout", { T: dtypeParam("f16"), BN: intParam(256, [256, 512]) }, ({ T, BN }) => ({
  params: { x: input(T, [dim("N")]), keep: { scalar: "f32" }, seed: { scalar: "u32" }, y: output(T, [dim("N")]) },
  grid: { b: cdiv(dim("N"), BN) },
  threads: 64,
  requires: [[scalarOp("and", scalarOp("gt", keep, constant(0, "f32")), scalarOp("le", keep, constant(1, "f32"))), "keep is the part that stays"]],
  body(b, p, g) {
    const at = scalarOp("mul", g.b, constant(BN)), window = { offsets: [at], sizes: [constant(BN)] };
    const r = b.random_uniform({ offset: b.add({ x: at, y: b.iota({}, { shape: [BN] }) }) }, { seed });
    const v = b.cast({ x: b.load({ x: b.slice({ x: p.x }, window) }) }, { to: dtype("f32") });
    const to = b.slice({ x: p.y }, window);
    b.store({ to, x: b.cast({ x: b.select({ condition: b.lt({ x: r, y: p.keep }), x: b.div({ x: v, y: p.keep }), y: 0 }) }, { to: dtype(T) }) });
  },
}), "Dropout that needs no memory for its mask: an element is kept or dropped by a random number made from its place and the\nseed, so the same seed drops the same elements again, on any device and in any order. What is kept is scaled by 1 / keep.");

/** Philox 4×32-10 of Salmon et al., first word, on big integers: an answer of its own. */
function firstWord(offset: number, seed: number): number {
  const mask = 0xffffffffn;
  let [a, b, c, d] = [BigInt(offset), 0n, 0n, 0n], [k, l] = [BigInt(seed), 0n];
  for (let r = 0; r < 10; r++) {
    const p = 0xd2511f53n * a, q = 0xcd9e8d57n * c;
    [a, b, c, d] = [(q >> 32n) ^ b ^ k, q & mask, (p >> 32n) ^ d ^ l, p & mask];
    [k, l] = [(k + 0x9e3779b9n) & mask, (l + 0xbb67ae85n) & mask];
  }
  return Number(a);
}

/** Bound: one division (WGSL's is off by 2.5 ULP) and the rounding to T. Which elements are kept is exact. */
function one(N: number, part: number, seed: number, T = "f16"): Case {
  const r = random(N + seed), x = given(T, [N], () => 4 * r() - 2), scale = Math.fround(part);
  const values = x.values.map((v, i) => {
    const word = firstWord(i, seed) | 0, u = Math.fround(Math.fround(word < 0 ? ~word : word) * Math.fround(4.6566127342e-10));
    return u < scale ? v / scale : 0;
  });
  return {
    name: `${N}, keep ${part}, seed ${seed}, ${T}`, params: { T }, inputs: { x }, scalars: { keep: scale, seed },
    outputs: { y: { dtype: T, shape: [N], values, bound: values.map((v) => (v === 0 ? 0 : Math.abs(v) * (3 * unit("f32") + unit(T)) + least(T))) } },
  };
}

export const example: Example = {
  kernel: dropout,
  twins: [{}, { T: "f32", BN: 512 }],
  cases: () => [...[one(1000, 0.75, 42), one(37, 0.5, 4294967295, "f32"), one(1, 1, 0), one(0, 0.5, 1)].map(onDevices), one(3000, 0.1, 7)],
};

// Codewords that are vectors, in a table known only when the kernel runs: product quantisation. Each code picks a row of the table;
// weights are decoded and multiplied by a vector. Numbers are small integers, so that sums are exact in any order.
import { expect, test } from "vitest";
import { baseTarget } from "../../codegen/index.ts";
import { load } from "../../lang/index.ts";
import { chance, dtype, tileFromValues, type Tile } from "../../vm/index.ts";
import { onEachDevice } from "./devices.ts";
import { byDevice, byEvaluator, byInterpreter, codesOf, difference, type Case } from "./engines.ts";

const source = `kernel product_quantised<K: int>(codes: u8[N, K / 8], table: f16[256, 8], x: f32[K], out w: f16[N, K], out y: f32[N])
  grid (b in cdiv(N, 4))
  threads 32
{
  let n = b * 4
  var acc: f32[4] = 0
  for k in 0..K step 32 {
    let c = reshape(load(codes[n +: 4, k / 8 +: 4]), [16, 1])
    let words = reshape(gather(table, c as i32, axis: 0), [4, 32])
    store(w[n +: 4, k +: 32], words)
    acc += reduce_sum(words as f32 * load(x[k +: 32]), axis: 1, keep: false)
  }
  store(y[n +: 4], acc)
}
`;

/** A case of [N, K], with the decoded weights and the product in plain numbers. */
function of(N: number, K: number): { readonly c: Case; readonly w: Tile; readonly y: Tile } {
  const next = chance(N + K), numbers = (n: number, below: number, least: number): number[] => Array.from({ length: n }, () => Math.floor(next() * below) + least);
  const codes = numbers(N * K / 8, 256, 0), table = numbers(256 * 8, 65, -32), x = numbers(K, 17, -8);
  const w = Array.from({ length: N * K }, (_, i) => table[codes[i >> 3] * 8 + i % 8]);
  const y = Array.from({ length: N }, (_, n) => x.reduce((sum, v, k) => sum + v * w[n * K + k], 0));
  const tile = (type: string, shape: number[], values: number[]): Tile => tileFromValues(dtype(type), shape, values);
  return {
    c: {
      program: load(source, { file: "pq.loom" }).kernels[0].specialise({ K }), dims: { N },
      inputs: { codes: tile("u8", [N, K / 8], codes), table: tile("f16", [256, 8], table), x: tile("f32", [K], x) },
    },
    w: tile("f16", [N, K], w), y: tile("f32", [N], y),
  };
}

const shapes = [[4, 32], [7, 72], [1, 8]] as const;

test.each(shapes)("%i × %i by the interpreter and in the loop form", (N, K) => {
  const { c, w, y } = of(N, K), law = byInterpreter(c);
  expect(Array.from(law["w"])).toEqual([...codesOf(w)]);
  expect(Array.from(law["y"])).toEqual([...codesOf(y)]);
  for (const target of [baseTarget, { ...baseTarget, f16: true, subgroup: 32 }]) expect(difference(c, law, byEvaluator(c, target), "the loop form")).toBeUndefined();
});

onEachDevice("product quantisation", (device, name) => {
  test.each(shapes.slice(0, name === "lavapipe" ? 2 : 3))("%i × %i", async (N, K) => {
    const { c } = of(N, K);
    expect(difference(c, byInterpreter(c), await byDevice(c, device()), name)).toBeUndefined();
  });
});

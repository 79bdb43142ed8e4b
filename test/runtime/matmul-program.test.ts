// The Program that matmul runs: on the interpreter it gives what matmul gives; of the same factors it is refused as matmul refuses them.
import { afterAll, expect, test } from "vitest";
import { dtype, interpret, print, tileFromCodes, tileFromValues } from "../../vm/index.ts";
import { close, matmul, matmulProgram, open, quantise } from "../../runtime/index.ts";

afterAll(close);

test("the interpreter runs it to the same result", async () => {
  using device = await open({ adapter: "swiftshader" });
  const [M, N, K] = [3, 5, 64], xs = Float32Array.from({ length: M * K }, (_, i) => ((i * 7) % 15) - 7), bs = Float32Array.from({ length: N }, (_, i) => i);
  using x = await device.tensor("f32", [M, K], xs);
  using w = await quantise(Array.from({ length: N * K }, (_, i) => ((i * 5) % 7) - 3), { device, shape: [N, K], type: "i3", group: 32 });
  using bias = await device.tensor("f32", [N], bs);
  const program = await matmulProgram(x, w, { bias });
  using y = await matmul(x, w, { bias });
  const [codes, scales] = [await w.codes.read(), await w.scales.read()] as ArrayLike<number>[];
  const law = interpret(program, { x: tileFromValues(dtype("f32"), [M, K], [...xs]), w: tileFromValues(dtype("i3"), [N, K], [...(codes as number[])]), w_scales: tileFromValues(dtype(w.scales.dtype), [N, 2], [...(scales as number[])]), bias: tileFromValues(dtype("f32"), [N], [...bs]) }).y;
  const got = [...(await y.read())];
  expect(got.some((v) => v !== 0)).toBe(true);
  // Sums of a group are of small integers, and exact; scaling two of them and adding them and the bias rounds five times, here and there.
  for (const [i, v] of [...law.data].entries()) {
    const m = Math.floor(i / N), n = i % N, whole = Array.from({ length: K }, (_, k) => Math.abs(xs[m * K + k] * (codes[n * K + k] as number) * scales[2 * n + Math.floor(k / 32)])).reduce((a, b) => a + b, bs[n]);
    expect(Math.abs(got[i] - v)).toBeLessThanOrEqual(2 * 6 * 2 ** -24 * whole);
  }
  expect(print(await matmulProgram(x, w, { bias }))).toBe(print(program));
});

test("whole numbers are exact, rows that fill no block are tested for", async () => {
  using device = await open({ adapter: "swiftshader" });
  using a = await device.tensor("u3", [2, 4], [1, 2, 3, 7, 0, 1, 0, 1]);
  using b = await device.tensor("b1", [2, 4], [1, -1, 1, -1, 1, 1, 1, 1]);
  const program = await matmulProgram(a, b, { out: "i32" }), law = interpret(program, { x: tileFromCodes(dtype("u3"), [2, 4], [1, 2, 3, 7, 0, 1, 0, 1]), w: tileFromValues(dtype("b1"), [2, 4], [1, -1, 1, -1, 1, 1, 1, 1]) }).y;
  using y = await matmul(a, b, { out: "i32" });
  expect([...law.data]).toEqual([...(await y.read())]);
});

test("it is refused as matmul refuses it", async () => {
  using device = await open({ adapter: "swiftshader" });
  using x = await device.tensor("f32", [1, 4], [1, 2, 3, 4]);
  using w = await device.tensor("i4", [2, 3], [1, 2, 3, 4, 5, 6]);
  await expect(matmulProgram(x, w)).rejects.toMatchObject({ code: "H0511" });
  await expect(matmulProgram(x, x, { out: "i32" })).rejects.toMatchObject({ code: "H0513" });
});

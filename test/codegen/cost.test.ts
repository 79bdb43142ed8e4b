// What statements are counted as: register tiles at places that the text tells cost nothing, at others they lie in memory.
import { expect, test } from "vitest";
import { baseTarget, defaultRates, lowerProgram, prepare, seconds, work } from "../../codegen/index.ts";
import { load } from "../../lang/index.ts";

const source = `
kernel sums(x: f32[512], out y: f32[512]) grid (b in 1) threads 32 {
  var acc: f32[512] @ local(16) * spatial(32) = 0
  for k in 0..8 { acc += load(x) * 0.5 }
  store(y, acc)
}`;
const workFor = (staticAccesses: number) => work(lowerProgram(prepare(load(source, {}).kernels[0].specialise({})).program, { ...baseTarget, staticAccesses }).body.stmts);

test("register tiles in loops over slots that stay loops are read and written in memory", () => {
  const unrolled = workFor(512), rolled = workFor(4);
  expect(unrolled.privateLoad).toBe(0);
  // Sixteen sums, read and written in each of eight turns, and halves that may be kept from before; then the sums are stored, and may be set before.
  expect(rolled.privateLoad).toBeGreaterThanOrEqual(2 * 16 * 8);
  expect(rolled.privateLoad).toBeLessThanOrEqual(3 * 16 * 8 + 3 * 16);
});
test("that takes time, by the rate of such loads or, where nobody knows it, of integers", () => {
  const { privateLoad: _, ...unknown } = defaultRates.lavapipe, some = { privateLoad: 1000 };
  expect(seconds(some, { ...defaultRates.lavapipe, privateLoad: 1e9 })).toBeGreaterThan(seconds(some, { ...defaultRates.lavapipe, privateLoad: 2e9 }));
  expect(seconds(some, unknown)).toBe(seconds({ integer: 1000 }, unknown));
});

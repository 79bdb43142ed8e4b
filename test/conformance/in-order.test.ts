// Sums whose every rounding is fixed have the same bits on every engine, however the tile lay before.
import { expect, test } from "vitest";
import { baseTarget } from "../../codegen/index.ts";
import { load } from "../../lang/index.ts";
import { randomTile, dtype } from "../../vm/index.ts";
import { byDevice, byEvaluator, byInterpreter, difference, type Case } from "./engines.ts";
import { onEachDevice } from "./devices.ts";

const { kernels: [k] } = load(`
  kernel sums(x: f32[8, 12], out along: f32[8, 1], out across: f32[1, 12], out mine: f32[8])
    grid (b in 1)
    threads 32
  {
    let v: f32[8, 12] @ local(2, 1) * spatial(4, 4) * local(1, 3) = load(x)
    store(along, sum_in_order(v, axis: 1))
    store(across, sum_in_order(v, axis: 0))
    store(mine, sum_in_order(load(x), axis: -1, keep: false))
  }`);
const c: Case = { program: k.specialise({}), inputs: { x: randomTile(dtype("f32"), [8, 12], 5) }, dims: {} }, law = byInterpreter(c);

test("the loop form gives what a plain loop does", () => {
  const data = c.inputs.x, sum = new Float32Array(1);
  if (typeof data === "number") throw new Error("x is a tile");
  const bits = Array.from({ length: 8 }, (_, r) => { sum[0] = 0; for (let i = 0; i < 12; i++) sum[0] += data.data[12 * r + i]; return new Uint32Array(sum.buffer)[0]; });
  expect([Array.from(law.along), Array.from(law.mine)]).toEqual([bits, bits]);
  expect(difference(c, law, byEvaluator(c, baseTarget), "the loop form")).toBeUndefined();
});

onEachDevice("sums in order", (device, name) => {
  test("are the interpreter's", async () => {
    expect(difference(c, law, await byDevice(c, device()), name)).toBeUndefined();
  });
});

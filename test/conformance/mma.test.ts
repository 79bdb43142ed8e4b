// mma_b1 on devices: the samples of the lane tables, register by register, and random tiles.
import fc from "fast-check";
import { expect, test } from "vitest";
import { onEachDevice } from "./devices.ts";
import { byDevice, byInterpreter, difference } from "./engines.ts";
import { combinations, laneCase, samples, shapes, tilesCase } from "./mma-cases.ts";

onEachDevice("mma_b1", (device, name) => {
  test.each(shapes.flatMap((s) => combinations.map((c) => [s, c] as const)))("%s %s of lanes", async (shape, combination) => {
    const c = laneCase(shape, combination, combination === "xor" ? "words" : "bits", samples[shape].sample);
    expect(difference(c, byInterpreter(c), await byDevice(c, device()), name)).toBeUndefined();
  }, 120_000);

  test("random tiles", async () => {
    await fc.assert(fc.asyncProperty(fc.gen(), async (g) => {
      const c = tilesCase(g);
      expect(difference(c, byInterpreter(c), await byDevice(c, device()), name)).toBeUndefined();
    }), { numRuns: name === "lavapipe" ? 1 : 4, seed: 5, endOnFailure: true });
  }, 120_000);
});

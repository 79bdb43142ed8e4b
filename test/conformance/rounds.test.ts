// Rows that go in rounds, on devices: interpreter and GPU on random kernels. Each kind of row comes a few times, types and layouts at random.
import fc from "fast-check";
import { expect, test } from "vitest";
import { targetOf } from "../../runtime/index.ts";
import { onEachDevice } from "./devices.ts";
import { byDevice, byInterpreter, difference } from "./engines.ts";
import { kinds, roundsCase, shuffleCase } from "./rounds-cases.ts";

onEachDevice("rounds", (device, name) => {
  test.each(kinds.map((k) => [k.name, k] as const))("%s", async (_, kind) => {
    await fc.assert(fc.asyncProperty(fc.gen(), async (g) => {
      const c = roundsCase(g, [kind]);
      expect(difference(c, byInterpreter(c), await byDevice(c, device()), name)).toBeUndefined();
    }), { numRuns: name === "lavapipe" ? 1 : 3, seed: 11, endOnFailure: true });
  }, 120_000);

  test("conversions within subgroups", async () => {
    const { subgroup } = targetOf(device());
    if (subgroup === undefined) throw new Error(`${name} has no one subgroup size`);
    await fc.assert(fc.asyncProperty(fc.gen(), async (g) => {
      const c = shuffleCase(g, subgroup);
      expect(difference(c, byInterpreter(c), await byDevice(c, device()), name)).toBeUndefined();
    }), { numRuns: name === "lavapipe" ? 3 : 8, seed: 4, endOnFailure: true });
  }, 120_000);
});

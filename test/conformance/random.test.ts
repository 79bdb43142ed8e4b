// Random Programs on devices: they and the loop form give the codes that the interpreter gives. These are small, for a pipeline is most of
// the time; larger ones are tried without devices (test/codegen). Seeds are fixed, so that a run can be repeated; BITLOOM_RANDOM=10
// makes them ten times as many, npm run fuzz any number of new ones. Those in other subgroups are in pairwise.test.ts, so that two workers share the time.
import fc from "fast-check";
import { describe, test } from "vitest";
import { onEachDevice } from "./devices.ts";
import { onDevice } from "./random/check.ts";
import { caseOf, smallOptions, smallPlan } from "./random/programs.ts";

const more = Number(process.env.BITLOOM_RANDOM ?? 1);
/** A random Program takes SwiftShader about 0.14 s. lavapipe takes 0.7 s in subgroups of 8, half of it in those of 4: it has 300 in all, most of them in pairwise.test.ts. */
const RUNS: Readonly<Record<string, number>> = { swiftshader: 2000, lavapipe: 40 }, BATCHES = 20;

onEachDevice("random Programs", (device, name) => {
  // Side by side: while a driver compiles in a thread of its own, the next Program is made here.
  describe.concurrent("at once", () => {
    test.each(Array.from({ length: BATCHES }, (_, i) => i))("batch %i", async (batch) => {
      await fc.assert(fc.asyncProperty(smallPlan, async (p) => {
        const why = await onDevice(caseOf(p, smallOptions), device(), name);
        if (why) throw new Error(why);
      }), { numRuns: Math.ceil((RUNS[name] / BATCHES) * more), seed: 20 + batch, endOnFailure: true });
    }, 900_000);
  });
});

// Random Programs and pairs of classes on devices: they give the codes that the interpreter gives. The loop form is tested on far more
// of them (test/codegen), for here a pipeline is most of the time: BITLOOM_RANDOM=10 makes them ten times as many, npm run fuzz any number.
import fc from "fast-check";
import { expect, test } from "vitest";
import { onEachDevice } from "./devices.ts";
import { caseFor, nameOf, pairs } from "./pairwise-cases.ts";
import { onDevice } from "./random/check.ts";
import { caseOf, plan } from "./random/programs.ts";

const more = Number(process.env.BITLOOM_RANDOM ?? 1);
/** SwiftShader takes about 0.3 s for a random Program and 0.15 for one of a pair, lavapipe several times that: 100 s of each. */
const RUNS: Readonly<Record<string, number>> = { swiftshader: 200, lavapipe: 40 }, PAIRS: Readonly<Record<string, number>> = { swiftshader: 440, lavapipe: 50 };
/** Elements of a tile: few, because lavapipe compiles in time quadratic in memory accesses. */
const most = (name: string): number => (name === "lavapipe" ? 12 : 24);

onEachDevice("random Programs", (device, name) => {
  test.each([0, 1, 2, 3])("batch %i", async (batch) => {
    await fc.assert(fc.asyncProperty(plan, async (p) => {
      const why = await onDevice(caseOf(p, { most: most(name) }), device(), name);
      if (why) throw new Error(why);
    }), { numRuns: Math.ceil((RUNS[name] / 4) * more), seed: 20 + batch, endOnFailure: true });
  }, 600_000);

  test.each([0, 1, 2, 3])("pairs of classes, part %i", async (part) => {
    const all = pairs(), step = Math.max(1, Math.floor(all.length / (PAIRS[name] * more))), list = all.filter((_, i) => i % step === 0).filter((_, i) => i % 4 === part), wrong: string[] = [];
    for (const c of list) {
      const made = caseFor(c), why = made && await onDevice(made, device(), name);
      if (why) wrong.push(`${nameOf(c)}\n${why}`);
    }
    expect(wrong).toEqual([]);
  }, 600_000);
});

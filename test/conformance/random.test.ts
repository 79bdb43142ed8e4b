// Random Programs and pairs of classes on devices: they and the loop form give the codes that the interpreter gives. These are small, for
// a pipeline is most of the time; larger ones are tried without devices (test/codegen). Seeds are fixed, so that a run can be repeated; BITLOOM_RANDOM=10
// makes them ten times as many, npm run fuzz any number of new ones.
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { listAdapters } from "../../runtime/index.ts";
import { onEachDevice } from "./devices.ts";
import { caseFor, everyType, nameOf, pairs } from "./pairwise-cases.ts";
import { onDevice } from "./random/check.ts";
import { caseOf, smallOptions, smallPlan } from "./random/programs.ts";
import { counting } from "./support-table.ts";

const more = Number(process.env.BITLOOM_RANDOM ?? 1);
/** A random Program takes SwiftShader about 0.14 s. lavapipe takes 0.7 s in subgroups of 8, half of it in those of 4: it has 300 in all, most of them below. */
const RUNS: Readonly<Record<string, number>> = { swiftshader: 2000, lavapipe: 40 }, PAIRS: Readonly<Record<string, number>> = { swiftshader: 460, lavapipe: 120 };
const BATCHES = 20, all = [...pairs(), ...everyType()];

onEachDevice("random Programs", (device, name) => {
  // Side by side: while a driver compiles in a thread of its own, the next Program is made here.
  describe.concurrent("at once", () => {
    test.each(Array.from({ length: BATCHES }, (_, i) => i))("batch %i", async (batch) => {
      await fc.assert(fc.asyncProperty(smallPlan, async (p) => {
        const why = await onDevice(caseOf(p, smallOptions), device(), name);
        if (why) throw new Error(why);
      }), { numRuns: Math.ceil((RUNS[name] / BATCHES) * more), seed: 20 + batch, endOnFailure: true });
    }, 900_000);

    test.each([0, 1, 2, 3])("pairs of classes, part %i", async (part) => {
      const step = Math.max(1, Math.floor(all.length / (PAIRS[name] * more))), list = all.filter((_, i) => i % step === 0).filter((_, i) => i % 4 === part), wrong: string[] = [], tally = counting(name === "lavapipe" ? "lavapipe" : "swiftshader", String(part));
      for (const c of list) {
        const made = caseFor(c), why = made && await onDevice(made, device(), name);
        if (made) tally.count(c, why === undefined);
        if (why) wrong.push(`${nameOf(c)}\n${why}`);
      }
      tally.done();
      expect(wrong).toEqual([]);
    }, 900_000);
  });
});

// lavapipe's subgroups are 8 threads wide; of 4 and 16 in processes that ask for other vectors. Those of 4 compile in half the time.
test.runIf((await listAdapters()).some((a) => a.usable && a.kind === "lavapipe")).each([[4, "128", 240], [16, "512", 20]] as const)("random Programs in subgroups of %i", (_, bits, runs) => {
  const { stdout, status } = spawnSync(process.execPath, ["scripts/run-ts.mjs", "test/conformance/random/fuzz.ts", "--on", "lavapipe", "--runs", String(Math.ceil(runs * more)), "--seed", "5", "--small"], { encoding: "utf8", env: { ...process.env, LP_NATIVE_VECTOR_WIDTH: bits } });
  expect({ status, stdout: stdout.trim().split("\n").at(-1) }).toEqual({ status: 0, stdout: `${Math.ceil(runs * more)} Programs from seed 5 on lavapipe: no difference` });
}, 900_000);

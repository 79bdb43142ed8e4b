// Random Programs and pairs of classes on devices: they give the codes that the interpreter gives. The loop form is tested on far more
// of them (test/codegen), for here a pipeline is most of the time: BITLOOM_RANDOM=10 makes them ten times as many, npm run fuzz any number.
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { listAdapters } from "../../runtime/index.ts";
import { onEachDevice } from "./devices.ts";
import { caseFor, nameOf, pairs } from "./pairwise-cases.ts";
import { onDevice } from "./random/check.ts";
import { caseOf, plan } from "./random/programs.ts";
import { counting } from "./support-table.ts";

const more = Number(process.env.BITLOOM_RANDOM ?? 1);
/** SwiftShader takes about 0.4 s for a random Program and 0.25 for one of a pair, lavapipe 2 s: a minute of each. */
const RUNS: Readonly<Record<string, number>> = { swiftshader: 80, lavapipe: 16 }, PAIRS: Readonly<Record<string, number>> = { swiftshader: 160, lavapipe: 20 };
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
    const all = pairs(), step = Math.max(1, Math.floor(all.length / (PAIRS[name] * more))), list = all.filter((_, i) => i % step === 0).filter((_, i) => i % 4 === part), wrong: string[] = [], tally = counting(name === "lavapipe" ? "lavapipe" : "swiftshader", String(part));
    for (const c of list) {
      const made = caseFor(c), why = made && await onDevice(made, device(), name);
      if (made) tally.count(c, why === undefined);
      if (why) wrong.push(`${nameOf(c)}\n${why}`);
    }
    tally.done();
    expect(wrong).toEqual([]);
  }, 600_000);
});

// lavapipe's subgroups are 8 threads wide; of 16 in a process that asks for wider vectors.
test.runIf((await listAdapters()).some((a) => a.usable && a.kind === "lavapipe"))("random Programs in subgroups of 16", () => {
  const { stdout, status } = spawnSync(process.execPath, ["scripts/run-ts.mjs", "test/conformance/random/fuzz.ts", "--on", "lavapipe", "--seconds", "15", "--seed", "5", "--most", "12"], { encoding: "utf8", env: { ...process.env, LP_NATIVE_VECTOR_WIDTH: "512" } });
  expect({ status, stdout: stdout.trim().split("\n").at(-1) }).toEqual({ status: 0, stdout: expect.stringMatching(/^\d+ Programs from seed 5 on lavapipe: no difference$/) });
}, 300_000);

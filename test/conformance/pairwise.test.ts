// Pairs of classes on devices, and random Programs in subgroups of other sizes: they and the loop form give the codes that the interpreter gives.
// BITLOOM_RANDOM=10 makes them ten times as many; random.test.ts has the other random Programs.
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { listAdapters } from "../../runtime/index.ts";
import { onEachDevice } from "./devices.ts";
import { caseFor, everyType, nameOf, pairs } from "./pairwise-cases.ts";
import { onDevice } from "./random/check.ts";
import { counting } from "./support-table.ts";

const more = Number(process.env.BITLOOM_RANDOM ?? 1);
const PAIRS: Readonly<Record<string, number>> = { swiftshader: 460, lavapipe: 120 }, all = [...pairs(), ...everyType()];

onEachDevice("pairs of classes", (device, name) => {
  // Side by side: while a driver compiles in a thread of its own, the next Program is made here.
  describe.concurrent("at once", () => {
    test.each([0, 1, 2, 3])("part %i", async (part) => {
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

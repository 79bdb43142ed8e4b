// Random Programs: the interpreter, the loop form at two budgets, and devices give the same codes.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { baseTarget, type Target } from "../../codegen/index.ts";
import { print, verify } from "../../vm/index.ts";
import { onEachDevice } from "./devices.ts";
import { byDevice, byEvaluator, byInterpreter, difference, type Case } from "./engines.ts";
import { randomCase } from "./programs.ts";

const caseOf = (seed: number): Case => {
  const [c] = fc.sample(fc.gen().map((g) => randomCase(g)), { numRuns: 1, seed });
  if (!c) throw new Error("no case");
  return c;
};
const seeds = (from: number, n: number): number[] => Array.from({ length: n }, (_, i) => from + i);
const told = (c: Case, seed: number, why: string | undefined) => why && `seed ${seed}: ${why}\n${print(c.program)}`;

const budgets: readonly Target[] = [baseTarget, { ...baseTarget, staticAccesses: 8, f16: true }, { ...baseTarget, subgroup: 8 }];

describe("random Programs on the loop form", () => {
  test.each([0, 1, 2, 3])("batch %i", (batch) => {
    for (const seed of seeds(batch * 1000 + 1, 15)) {
      const c = caseOf(seed), law = byInterpreter(c);
      expect(verify(c.program).filter((d) => d.severity === "error"), told(c, seed, "the verifier")).toEqual([]);
      for (const target of budgets) expect(told(c, seed, difference(c, law, byEvaluator(c, target), `the loop form (budget ${target.staticAccesses})`))).toBeUndefined();
    }
  }, 120_000);
});

onEachDevice("random Programs", (device, name) => {
  test.each(seeds(name === "lavapipe" ? 30_001 : 20_001, name === "lavapipe" ? 12 : 40))("seed %i", async (seed) => {
    const c = caseOf(seed);
    expect(told(c, seed, difference(c, byInterpreter(c), await byDevice(c, device()), name))).toBeUndefined();
  }, 120_000);
});

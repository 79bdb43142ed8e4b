// Random Programs over the whole instruction table: the verifier takes them, the loop form says what the interpreter says, and Tint takes
// their WGSL. These are large; smaller ones run on devices and the loop form together (test/conformance/random.test.ts).
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { close } from "../../runtime/index.ts";
import { eachStmt, instructions } from "../../vm/index.ts";
import { everywhere, targets } from "../conformance/random/check.ts";
import { caseOf, left, makers, plan } from "../conformance/random/programs.ts";
import { nullDevices } from "../validate/tint.ts";

/** 400 in all, each for one of the targets in turn, always the same ones: about 0.15 s each. BITLOOM_RANDOM=10 makes it ten times as many. */
const BATCHES = 10, RUNS = Math.ceil(40 * Number(process.env.BITLOOM_RANDOM ?? 1));

const devices = await nullDevices();
afterAll(close);

describe("random Programs on the loop form and in Tint", () => {
  test.each(Array.from({ length: BATCHES }, (_, i) => i))("batch %i", async (batch) => {
    let n = batch;
    await fc.assert(fc.asyncProperty(plan, async (p) => {
      const why = await everywhere(caseOf(p, { most: 30 }), targets[n++ % targets.length], devices);
      if (why) throw new Error(why);
    }), { numRuns: RUNS, seed: 100 + batch });
  }, 900_000);
});

test("every row of the table comes, but those that are left out for a reason", () => {
  const seen = new Set<string>();
  for (const p of fc.sample(plan, { numRuns: 500, seed: 1 })) eachStmt(caseOf(p, { most: 40 }).program.body, (s) => { if (s.kind === "inst") seen.add(s.name); });
  expect([...instructions.keys()].filter((name) => !seen.has(name)).sort()).toEqual(Object.keys(left).sort());
  expect(Object.keys(makers).filter((name) => !seen.has(name) && instructions.has(name))).toEqual([]);
});

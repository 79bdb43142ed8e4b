// Random Programs over the whole instruction table: the verifier takes them, and the loop form says what the interpreter says.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eachStmt, instructions } from "../../vm/index.ts";
import { onLoopForm, refused, targets } from "../conformance/random/check.ts";
import { caseOf, left, makers, plan } from "../conformance/random/programs.ts";

/** 2,000 in all, each for one of the targets in turn, always the same ones: about 0.07 s each. BITLOOM_RANDOM=10 makes it ten times as many. */
const BATCHES = 20, RUNS = Math.ceil(100 * Number(process.env.BITLOOM_RANDOM ?? 1));

describe("random Programs on the loop form", () => {
  test.each(Array.from({ length: BATCHES }, (_, i) => i))("batch %i", (batch) => {
    let n = batch;
    fc.assert(fc.property(plan, (p) => {
      const c = caseOf(p, { most: 30 }), why = refused(c) ?? onLoopForm(c, [targets[n++ % targets.length]]);
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

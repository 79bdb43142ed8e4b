// Tint accepts the WGSL of random Programs, and of every two classes of types, layouts, packings and shapes that meet in an instruction.
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { compileProgram } from "../../codegen/index.ts";
import { close } from "../../runtime/index.ts";
import { print, type Program } from "../../vm/index.ts";
import { caseFor, nameOf, pairs } from "../conformance/pairwise-cases.ts";
import { caseOf, plan } from "../conformance/random/programs.ts";
import { counting } from "../conformance/support-table.ts";
import { targetNames, targets, type TargetName } from "../golden/kernels.ts";
import { nullDevices, refusedBy } from "./tint.ts";

const devices = await nullDevices();
afterAll(close);

/** What is said against a Program made for a target. */
async function against(program: Program, target: TargetName): Promise<string | undefined> {
  const found = await refusedBy(devices, compileProgram(program, targets[target]));
  return found && `${found}\n${print(program)}`;
}

test.each(targetNames)("%s", (target) => fc.assert(fc.asyncProperty(plan, async (p) => {
  const why = await against(caseOf(p, { most: 40 }).program, target);
  if (why) throw new Error(why);
}), { numRuns: 60, seed: 60 + targetNames.indexOf(target), endOnFailure: true }));

test("pairs of classes", async () => {
  const wrong: string[] = [], tally = counting("tint", "pairs");
  for (const [n, c] of pairs().entries()) {
    const made = caseFor(c), why = made && await against(made.program, targetNames[n % targetNames.length]);
    if (made) tally.count(c, why === undefined);
    if (why) wrong.push(`${nameOf(c)}\n${why}`);
  }
  tally.done();
  expect(wrong).toEqual([]);
}, 900_000);

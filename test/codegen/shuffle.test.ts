// Conversions of layouts within subgroups: what they give, and that they need no memory and no barrier.
import fc from "fast-check";
import { expect, test } from "vitest";
import { baseTarget, compileProgram, lowerProgram, prepare } from "../../codegen/index.ts";
import { columnSpatial, dense, spatial } from "../../layout/index.ts";
import { builder } from "../../vm/index.ts";
import { byEvaluator, byInterpreter, difference } from "../conformance/engines.ts";
import { shuffleCase } from "../conformance/rounds-cases.ts";

test.each([4, 8, 16])("in subgroups of %i tiles arrive whole", (size) => {
  const target = { ...baseTarget, f16: true, subgroup: size };
  let shuffled = 0, barriers = 0;
  fc.assert(fc.property(fc.gen(), (g) => {
    const c = shuffleCase(g, size), { body } = lowerProgram(prepare(c.program).program, target);
    if (body.subgroup !== undefined) { shuffled++; if (body.stmts.some((s) => s.kind === "barrier")) barriers++; }
    expect(difference(c, byInterpreter(c), byEvaluator(c, target), "the loop form")).toBeUndefined();
  }), { numRuns: 30, seed: size });
  expect(shuffled).toBeGreaterThan(8);
  expect(barriers).toBeLessThan(shuffled / 2); // those are of stores of narrow elements
});

test("what leaves the subgroup goes through memory", () => {
  const text = (subgroup?: number): string => compileProgram(shuffledRows(), { ...baseTarget, ...(subgroup ? { subgroup } : {}) }).wgsl;
  expect(text(8)).toContain("subgroupShuffle(");
  expect(text(8)).not.toContain("workgroupBarrier");
  // In subgroups of 4 rows stay together, columns don't; 8 threads are no subgroup of 16.
  expect(text(4).match(/subgroupShuffle\(/g)).toHaveLength(2);
  expect(text(4)).toContain("workgroupBarrier");
  for (const none of [undefined, 16]) expect(text(none)).not.toContain("subgroupShuffle(");
});

/** 2 × 4 elements a subgroup of 8, by rows and then by columns. */
function shuffledRows(): ReturnType<ReturnType<typeof builder>["finish"]> {
  const b = builder("rows"), x = b.tensor("x", "in", "f32", [2, 4], dense(2));
  b.grid([["g", 1]]);
  b.threads(8);
  const v = b.convert({ x: b.load({ x }) }, { layout: spatial(2, 4) }), w = b.fwht({ x: v }, { axis: 1 });
  b.store({ to: b.tensor("y", "out", "f32", [2, 4], dense(2)), x: b.convert({ x: w }, { layout: columnSpatial(2, 4) }) });
  return b.finish();
}

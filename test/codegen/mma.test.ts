// mma_b1 on the interpreter and in the loop form: the samples of the lane tables, bit for bit; random tiles; what goes through
// shuffles and what through memory.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { baseTarget, compileProgram } from "../../codegen/index.ts";
import { byEvaluator, byInterpreter, difference } from "../conformance/engines.ts";
import { combinations, laneCase, samples, shapes, tilesCase } from "../conformance/mma-cases.ts";

const targets = [["memory", baseTarget], ["subgroups of 32", { ...baseTarget, subgroup: 32 }], ["subgroups of 64", { ...baseTarget, subgroup: 64 }]] as const;
const all = shapes.flatMap((name) => combinations.flatMap((c) => (["bits", "words"] as const).map((as) => [name, c, as] as const)));

test.each(all)("%s %s of %s: registers of lanes as on hardware", (name, combination, as) => {
  const { sample } = samples[name], c = laneCase(name, combination, as, sample), { regs } = sample.D[combination];
  const want = Array.from({ length: 32 * regs.length }, (_, i) => regs[i % regs.length][Math.floor(i / regs.length)] >>> 0);
  expect([...Array.from(byInterpreter(c).d)]).toEqual(want);
  for (const [who, target] of targets) expect(difference(c, { d: want }, byEvaluator(c, target), who)).toBeUndefined();
});

describe.each(targets)("through %s", (who, target) => {
  test("random tiles", () => {
    fc.assert(fc.property(fc.gen(), (g) => {
      const c = tilesCase(g);
      expect(difference(c, byInterpreter(c), byEvaluator(c, target), who)).toBeUndefined();
    }), { numRuns: 8, seed: 7 });
  });
});

test("lanes hand each other words by shuffles in whole subgroups, through memory behind one barrier elsewhere", () => {
  const { program } = laneCase("m16n8k256", "xor", "words", samples.m16n8k256.sample);
  const text = (subgroup?: number): string => compileProgram(program, { ...baseTarget, ...(subgroup ? { subgroup } : {}) }).wgsl;
  const barriers = (s: string): number => s.match(/workgroupBarrier/g)?.length ?? 0, shuffles = (s: string): number => s.match(/subgroupShuffle\(/g)?.length ?? 0;
  expect([barriers(text(32)), shuffles(text(32))]).toEqual([0, 32]);
  expect([barriers(text()), shuffles(text())]).toEqual([1, 0]);
});

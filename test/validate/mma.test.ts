// mma_b1 by shuffles, in subgroups of 32 and of 64: no device here has those, but Tint takes the text.
import { afterAll, expect, test } from "vitest";
import { baseTarget, compileProgram } from "../../codegen/index.ts";
import { close } from "../../runtime/index.ts";
import { laneCase, samples, shapes } from "../conformance/mma-cases.ts";
import { expectAccepted, nullDevices } from "./tint.ts";

const devices = await nullDevices();
afterAll(close);

test.each(shapes.flatMap((s) => [32, 64].map((size) => [s, size] as const)))("%s in subgroups of %i", async (shape, size) => {
  const c = laneCase(shape, "xor", "words", samples[shape].sample, size), module = compileProgram(c.program, { ...baseTarget, subgroup: size });
  expect(module.wgsl).toContain("subgroupShuffle(");
  await expectAccepted(devices, module);
});

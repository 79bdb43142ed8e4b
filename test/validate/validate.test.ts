// Tint accepts what the code generator writes: the examples, every instruction, random Programs; on devices with and
// without the optional features. Needs no driver.
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { compileProgram, type Module } from "../../codegen/index.ts";
import { close } from "../../runtime/index.ts";
import { instructions, print } from "../../vm/index.ts";
import { randomCase } from "../conformance/programs.ts";
import { keptKernels, targetNames, targets } from "../golden/kernels.ts";
import { elaborate, inBlock } from "../lang/support.ts";
import { nullDevices } from "./devices.ts";
import { observed } from "./observe.ts";
import { complaints } from "./tint.ts";

const devices = await nullDevices(), kernels = await keptKernels();
afterAll(close);

/** A module is accepted by every device that has its features, and there is one. */
async function expectAccepted(m: Module): Promise<void> {
  const able = devices.filter(({ device }) => m.features.every((f) => device.features.has(f)));
  expect(able.length).toBeGreaterThan(0);
  for (const { name, device } of able) expect([name, ...await complaints(device, m)].join("\n"), m.wgsl).toBe(name);
}

describe("examples", () => {
  for (const k of kernels) test.each(targetNames)(`${k.stem}, %s`, (target) => expectAccepted(k.compile(target)));
});

describe("instructions", () => {
  test.each([...instructions.values()].map((i) => [i.name, i.example] as const))("%s: %s", async (name, example) => {
    const { program } = elaborate(inBlock(example));
    if (!program) throw new Error("the example has mistakes; test/lang tells which");
    const seen = observed(program, name);
    for (const target of targetNames) await expectAccepted(compileProgram(seen, targets[target]));
  });
});

describe("random Programs", () => {
  test.each(targetNames)("%s", async (target) => {
    await fc.assert(fc.asyncProperty(fc.gen(), async (g) => {
      const { program } = randomCase(g), module = compileProgram(program, targets[target]);
      for (const { name, device } of devices.filter((d) => module.features.every((f) => d.device.features.has(f))).slice(0, 1)) {
        const found = await complaints(device, module);
        if (found.length) throw new Error(`${name}: ${found.join("\n")}\n${module.wgsl}\n${print(program)}`);
      }
    }), { numRuns: 60, seed: 60 + targetNames.indexOf(target), endOnFailure: true });
  });
});

test("a module that is wrong is told of, so silence means something", async () => {
  const [kernel] = kernels, [plain] = devices;
  if (!kernel || !plain) throw new Error("nothing to be wrong about");
  const good = kernel.compile("base"), said = async (m: Module): Promise<string> => (await complaints(plain.device, m)).join("\n");
  expect(await said(good)).toBe("");
  expect(await said({ ...good, wgsl: good.wgsl.replace("let t =", "let t : f32 =") })).toMatch(/^error \d+:\d+ .*f32/);
  expect(await said({ ...good, tensors: good.tensors.map((t) => ({ ...t, direction: "in" as const })) })).toMatch(/ReadOnlyStorage/);
  expect(await said({ ...good, features: ["shader-f16"] })).toBe("it needs shader-f16");
});

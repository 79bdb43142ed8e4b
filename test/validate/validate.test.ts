// Tint accepts what the code generator writes: the examples and every instruction; on devices with and
// without the optional features. Needs no driver.
import { afterAll, describe, expect, test } from "vitest";
import { compileProgram, type Module } from "../../codegen/index.ts";
import { close } from "../../runtime/index.ts";
import { instructions } from "../../vm/index.ts";
import { keptKernels, targetNames, targets } from "../golden/kernels.ts";
import { elaborate, inBlock } from "../lang/support.ts";
import { observed } from "./observe.ts";
import { complaints, expectAccepted, nullDevices } from "./tint.ts";

const devices = await nullDevices(), kernels = await keptKernels();
afterAll(close);

describe("examples", () => {
  for (const k of kernels) test.each(targetNames)(`${k.stem}, %s`, (target) => expectAccepted(devices, k.compile(target)));
});

describe("instructions", () => {
  test.each([...instructions.values()].map((i) => [i.name, i.example] as const))("%s: %s", async (name, example) => {
    const { program } = elaborate(inBlock(example));
    if (!program) throw new Error("the example has mistakes; test/lang tells which");
    const seen = observed(program, name);
    for (const target of targetNames) await expectAccepted(devices, compileProgram(seen, targets[target]));
  });
});

test("a module that is wrong is told of, so silence means something", async () => {
  const [kernel] = kernels, [plain] = devices;
  if (!kernel || !plain) throw new Error("nothing to be wrong about");
  const good = kernel.compile("base"), said = async (m: Module): Promise<string> => (await complaints(plain, m)).join("\n");
  expect(await said(good)).toBe("");
  expect(await said({ ...good, wgsl: good.wgsl.replace("let t =", "let t : f32 =") })).toMatch(/^error \d+:\d+ .*f32/);
  expect(await said({ ...good, tensors: good.tensors.map((t) => ({ ...t, direction: "in" as const })) })).toMatch(/ReadOnlyStorage/);
  expect(await said({ ...good, features: ["shader-f16"] })).toBe("it needs shader-f16");
});

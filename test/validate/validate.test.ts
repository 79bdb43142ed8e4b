// Tint accepts what the code generator writes of every instruction, on devices with and without the optional features (of the
// examples: test/golden). Needs no driver.
import { afterAll, describe, expect, test } from "vitest";
import { compileProgram, type Module } from "../../codegen/index.ts";
import { close } from "../../runtime/index.ts";
import { instructions } from "../../vm/index.ts";
import { targetNames, targets } from "../golden/kernels.ts";
import { elaborate, inBlock } from "../lang/support.ts";
import { observed } from "./observe.ts";
import { complaints, expectAccepted, nullDevices } from "./tint.ts";

const devices = await nullDevices();
afterAll(close);

describe("instructions", () => {
  test.each([...instructions.values()].map((i) => [i.name, i.example] as const))("%s: %s", async (name, example) => {
    const { program } = elaborate(inBlock(example));
    if (!program) throw new Error("the example has mistakes; test/lang tells which");
    const seen = observed(program, name);
    for (const target of targetNames) await expectAccepted(devices, compileProgram(seen, targets[target]));
  });
});

test("a module that is wrong is told of, so silence means something", async () => {
  const { program } = elaborate("kernel copied(x: f32[64], out y: f32[64])\n  grid (g in 1)\n  threads 64\n{\n  store(y, load(x))\n}"), [plain] = devices;
  if (!program || !plain) throw new Error("nothing to be wrong about");
  const good = compileProgram(program, targets.base), said = async (m: Module): Promise<string> => (await complaints(plain, m)).join("\n");
  expect(await said(good)).toBe("");
  expect(await said({ ...good, wgsl: good.wgsl.replace("@compute", "const wrong: f32 = 1i;\n@compute") })).toMatch(/^error \d+:\d+ .*f32/);
  expect(await said({ ...good, tensors: good.tensors.map((t) => ({ ...t, direction: "in" as const })) })).toMatch(/ReadOnlyStorage/);
  expect(await said({ ...good, features: ["shader-f16"] })).toBe("it needs shader-f16");
});

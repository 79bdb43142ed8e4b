// Tint accepts the WGSL of random Programs, for each target.
import fc from "fast-check";
import { afterAll, test } from "vitest";
import { compileProgram } from "../../codegen/index.ts";
import { close } from "../../runtime/index.ts";
import { print } from "../../vm/index.ts";
import { randomCase } from "../conformance/programs.ts";
import { targetNames, targets } from "../golden/kernels.ts";
import { complaints, nullDevices } from "./tint.ts";

const devices = await nullDevices();
afterAll(close);

test.each(targetNames)("%s", (target) => fc.assert(fc.asyncProperty(fc.gen(), async (g) => {
  const { program } = randomCase(g), module = compileProgram(program, targets[target]);
  // More features than it needs change nothing for Tint: the device with just these is asked.
  const device = devices.find(({ features }) => module.features.every((f) => features.has(f)));
  const found = device ? await complaints(device, module) : ["no device has its features"];
  if (found.length) throw new Error(`${found.join("\n")}\n${module.wgsl}\n${print(program)}`);
}), { numRuns: 60, seed: 60 + targetNames.indexOf(target), endOnFailure: true }));

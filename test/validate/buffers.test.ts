// What is written for tensors that share a buffer, Tint accepts: with one binding for all of them.
import { afterAll, describe, test } from "vitest";
import { compileProgram } from "../../codegen/index.ts";
import { close } from "../../runtime/index.ts";
import { buffersCaseOf, type Way } from "../conformance/buffers-cases.ts";
import { targets } from "../golden/kernels.ts";
import { expectAccepted, nullDevices } from "./tint.ts";

const devices = await nullDevices();
afterAll(close);

describe.each<Way>(["read", "write", "change"])("%s", (way) => {
  test.each([1, 4, 9])("random blocks %i", async (seed) => {
    for (const target of ["base", "subgroups"] as const) await expectAccepted(devices, compileProgram(buffersCaseOf(way, seed).program, targets[target]));
  });
});

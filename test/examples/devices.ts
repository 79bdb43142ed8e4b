// Examples on a software adapter, against their references: what a device computes may differ from the exact answer by
// the derived bound, as the interpreter's answer may.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Listed } from "../../examples/index.ts";
import { Diagnostic } from "../../diagnostic.ts";
import { close, kernelOf, open, tensor, type Device, type Tensor } from "../../runtime/index.ts";
import { expectWithin, tilesOf } from "./support.ts";

/** The device, or undefined where this machine has no such adapter. */
export async function opened(adapter: string): Promise<Device | undefined> {
  try {
    return await open({ adapter });
  } catch (error) {
    if (error instanceof Diagnostic && ["H0102", "H0103"].includes(error.code)) return undefined;
    throw error;
  }
}

/** Tests of every example on one adapter; skipped, and said so, where this machine has none. */
export function onAdapter(adapter: "swiftshader" | "lavapipe", all: readonly Listed[]): void {
  describe(adapter, () => {
    let device: Device | undefined;
    beforeAll(async () => { device = await opened(adapter); });
    afterAll(close);
    for (const e of all)
      describe(e.name, () => {
        for (const c of e.cases().filter((x) => x.onDevices))
          test(c.name, async ({ skip }) => {
            if (!device) return skip(`there is no ${adapter} on this machine`);
            const run = kernelOf(e.kernel).specialise(c.params), inputs: Record<string, Tensor> = {};
            for (const [name, t] of Object.entries(tilesOf(c))) {
              const packing = run.signature.tensors.find((s) => s.name === name)?.packing;
              inputs[name] = await tensor(device, t.dtype.name, t.shape, t.data, { packing, as: t.dtype.storage ? "codes" : "values" });
            }
            const outs = { ...inputs, ...(await run.run({ ...inputs, ...c.scalars })) };
            for (const [name, want] of Object.entries(c.outputs)) {
              expect(outs[name]?.shape).toEqual(want.shape);
              expectWithin((await outs[name]?.read()) ?? [], want);
            }
          });
      });
  });
}

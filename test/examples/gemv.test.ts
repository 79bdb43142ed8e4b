// The other forms of gemv, with zeros and with K split, against plain numbers; on devices the same.
import { afterAll, describe, expect, test } from "vitest";
import { baseTarget, compileProgram } from "../../codegen/index.ts";
import { forms, one, small } from "../../examples/gemv/gemv.ts";
import type { Case } from "../../examples/example.ts";
import { close, kernelOf, tensor, type Tensor } from "../../runtime/index.ts";
import { interpret, kernelsOf, type KernelDefinition, type SequenceDefinition } from "../../vm/index.ts";
import { opened } from "./devices.ts";
import { expectWithin, tilesOf, valuesOf } from "./support.ts";

const split = (c: Case, SPLIT: number): Case => ({ ...c, params: { ...c.params, SPLIT } });
const cases: readonly (readonly [name: string, form: KernelDefinition | SequenceDefinition, c: Case])[] = [
  ["zeros for each group", forms.gemvZeros, one(2, 21, 200, { BM: 2, ...small }, true)],
  ["zeros, groups longer than a step", forms.gemvZeros, one(1, 5, 300, { W: "u3", G: 256, T: "f32", ...small }, true)],
  ["split in 4", forms.splitK, split(one(1, 33, 700, small), 4)],
  ["more parts than steps", forms.splitK, split(one(3, 5, 130, { W: "i3", BM: 2, ...small }), 8)],
  ["a K of nothing", forms.splitK, split(one(1, 5, 0, small), 2)],
];

test.each(cases)("%s, on the interpreter", (_, form, c) => {
  const { y } = interpret(form.specialise(c.params) as never, tilesOf(c)) as { readonly y: Parameters<typeof valuesOf>[0] };
  expectWithin(valuesOf(y), c.outputs.y);
});

test("nothing is tested for where blocks, steps and shares are whole", () => {
  const [partial] = kernelsOf(forms.splitK.specialise({ N: 16, K: 8192, SPLIT: 4 }).steps);
  for (const program of [partial, forms.gemv.specialise({ N: 16, K: 1024 }), forms.gemvZeros.specialise({ N: 16, K: 1024, W: "u3" })])
    expect(program && compileProgram(program, baseTarget).wgsl).not.toMatch(/select\(|min\(/);
});

describe.each(["swiftshader", "lavapipe"])("on %s", (adapter) => {
  afterAll(close);
  test.each([0, 2].flatMap((i) => cases.slice(i, i + 1)))("%s", async (_, form, c) => {
    const device = await opened(adapter);
    if (!device) return;
    const run = kernelOf(form).specialise(c.params), inputs: Record<string, Tensor> = {};
    for (const [name, t] of Object.entries(tilesOf(c))) {
      const plain = await tensor(device, t.dtype.name, t.shape, t.data, { as: t.dtype.storage ? "codes" : "values" });
      inputs[name] = await run.prepack(name, plain);
    }
    const { y } = await run.run(inputs), got = (await y?.read()) ?? [];
    expectWithin(got, c.outputs.y);
    // Parts are added in a fixed order: each run gives the same bits.
    for (let i = 0; i < 4; i++) { const again = (await run.run(inputs)).y; expect(await again?.readCodes()).toEqual(await y?.readCodes()); again?.dispose(); }
  });
});

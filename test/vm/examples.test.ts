// The examples as Programs: sound at every stage, the same after a trip through text, and folding changes no bit of any result.
import { describe, expect, test } from "vitest";
import { examples } from "../../examples/index.ts";
import { decompose, fold, infer, interpret, isSequence, kernelsOf, mapKernels, print, read, readSequence, verify, type Program } from "../../vm/index.ts";
import { tilesOf } from "../examples/support.ts";

const stages: readonly [string, (p: Program) => Program][] = [["fold", fold], ["decompose", decompose], ["infer", (p) => infer(p).program]];

for (const e of await examples())
  describe(e.name, () => {
    const cases = e.cases(), programs = new Map(cases.map((c) => [JSON.stringify(c.params), c]));
    // Sizes that only a run knows change no Program.
    test.each([...programs.values()].map((c) => [c.name, c] as const))("%s is sound at every stage", (_, c) => {
      const whole = e.kernel.specialise(c.params), kernels = isSequence(whole) ? kernelsOf(whole.steps) : [whole];
      if (isSequence(whole)) expect(print(readSequence(print(whole)))).toBe(print(whole));
      for (let p of kernels)
        for (const [name, pass] of [["build", (q: Program) => q] as const, ...stages]) {
          p = pass(p);
          const text = print(p);
          // Barriers of the compiler's own may stand beside others; they become one in the loop form.
          const found = verify(p).filter((d) => d.severity === "error" || name === "build");
          expect({ name, found, again: print(read(text)) }).toEqual({ name, found: [], again: text });
        }
    });
    test.each(cases.slice(0, 4).map((c) => [c.name, c] as const))("%s gives the same folded", (_, c) => {
      const p = e.kernel.specialise(c.params), inputs = { ...tilesOf(c), ...c.scalars };
      const folded = isSequence(p) ? { ...p, steps: mapKernels(p.steps, fold) } : fold(p);
      expect(interpret(folded, inputs)).toEqual(interpret(p, inputs));
    });
  });

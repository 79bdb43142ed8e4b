// Each example on the interpreter, against its reference in plain numbers.
import { describe, expect, test } from "vitest";
import { examples } from "../../examples/index.ts";
import { interpret } from "../../vm/index.ts";
import { expectWithin, tilesOf, valuesOf } from "./support.ts";

for (const e of await examples())
  describe(e.name, () => {
    for (const c of e.cases())
      test(c.name, () => {
        const outs = interpret(e.kernel.specialise(c.params), { ...tilesOf(c), ...c.scalars });
        for (const [name, want] of Object.entries(c.outputs)) {
          const found = outs[name];
          expect(found?.shape).toEqual(want.shape);
          if (found) expectWithin(valuesOf(found), want);
        }
      });
  });

// Instructions that make, move and look up elements: the loop form, at two budgets, says what the interpreter says.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { baseTarget } from "../../codegen/index.ts";
import { print, verify } from "../../vm/index.ts";
import { byEvaluator, byInterpreter, difference } from "../conformance/engines.ts";
import { kinds, shapesCase } from "../conformance/shapes-cases.ts";

describe("elements made, moved and looked up, on the loop form", () => {
  it.each(Object.keys(kinds))("%s", (kind) => {
    fc.assert(fc.property(fc.gen(), (g) => {
      const c = shapesCase(g, kind), law = byInterpreter(c);
      expect(verify(c.program), print(c.program)).toEqual([]);
      for (const target of [baseTarget, { ...baseTarget, staticAccesses: 8, f16: true }])
        expect(difference(c, law, byEvaluator(c, target), "the loop form"), print(c.program)).toBeUndefined();
    }), { numRuns: 8 });
  });
});

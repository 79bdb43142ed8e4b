// Scans, sorts and butterflies as loop form against the interpreter: any layout, any extent, any axis, races checked; also where the
// scratch words hold a few lines at a time only, and where slot loops are rolled.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { baseTarget } from "../../codegen/index.ts";
import { byEvaluator, byInterpreter, difference } from "../conformance/engines.ts";
import { roundsCase } from "../conformance/rounds-cases.ts";

const targets = { plain: baseTarget, tight: { ...baseTarget, workgroupBytes: 4 * 96, staticAccesses: 6 }, "with subgroups": { ...baseTarget, f16: true, subgroup: 4 } };

describe.each(Object.entries(targets))("rounds on a target that is %s", (_, target) => {
  test("give what the interpreter gives", () => {
    fc.assert(fc.property(fc.gen(), (g) => {
      const c = roundsCase(g);
      expect(difference(c, byInterpreter(c), byEvaluator(c, target), "the loop form")).toBeUndefined();
    }), { numRuns: 50 });
  });
});

// Scans, sorts and butterflies as loop form against the interpreter: any layout, any extent, any axis, races checked; also where the
// scratch words hold a few lines at a time only, and where slot loops are rolled.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { baseTarget, compileProgram } from "../../codegen/index.ts";
import { dense } from "../../layout/index.ts";
import { builder, dtype } from "../../vm/index.ts";
import { byEvaluator, byInterpreter, difference } from "../conformance/engines.ts";
import { roundsCase } from "../conformance/rounds-cases.ts";
import { seeded } from "../vm/isa-support.ts";

const targets = { plain: baseTarget, tight: { ...baseTarget, workgroupBytes: 4 * 96, staticAccesses: 6 }, "with subgroups": { ...baseTarget, f16: true, subgroup: 4 } };

describe.each(Object.entries(targets))("rounds on a target that is %s", (_, target) => {
  test("give what the interpreter gives", () => {
    fc.assert(fc.property(fc.gen(), (g) => {
      const c = roundsCase(g);
      expect(difference(c, byInterpreter(c), byEvaluator(c, target), "the loop form")).toBeUndefined();
    }), { numRuns: 35 });
  });
});

/** A scan of `n` elements in a row, for a target. */
function row(n: number, name: "scan_sum" | "sort" | "arg_sort"): ReturnType<ReturnType<typeof builder>["finish"]> {
  const b = builder("row"), x = b.tensor("x", "in", "f32", [n], dense(1));
  b.grid([["g", 1]]);
  b.threads(32);
  const r = b.inst(name, { x: b.load({ x }) }, { axis: 0 });
  if (!r || !("space" in r)) throw new Error("no tile");
  b.store({ to: b.tensor("y", "out", r.dtype, [n], dense(1)), x: r });
  return b.finish();
}

test("sums of floats differ by γₙ · Σ|terms| at most", () => {
  const n = 320, random = seeded(5), x = Float32Array.from({ length: n }, () => (random() - 0.5) * 2 ** Math.floor(random() * 12)), u = 2 ** -24;
  const c = { program: row(n, "scan_sum"), inputs: { x: { dtype: dtype("f32"), shape: [n], data: x } }, dims: {} };
  const got = new Float32Array(Uint32Array.from(byEvaluator(c, baseTarget).y).buffer), law = new Float32Array(Uint32Array.from(byInterpreter(c).y).buffer);
  let exact = 0, size = 0, differs = 0;
  for (let i = 0; i < n; i++) {
    exact += x[i];
    size += Math.abs(x[i]);
    const bound = ((i + 1) * u) / (1 - (i + 1) * u) * size;
    expect(Math.abs(got[i] - exact)).toBeLessThanOrEqual(bound);
    expect(law[i]).toBe(Math.fround(exact));
    if (got[i] !== law[i]) differs++;
  }
  expect(differs).toBeGreaterThan(0); // else the bound says nothing
});

test("a line that doesn't fit is refused, and says how much there is", () => {
  expect(() => compileProgram(row(8192, "sort"), baseTarget)).toThrow(/R0203.*8192 elements that exchange along axis 0 need 32768 bytes.*16384/);
  expect(() => compileProgram(row(4096, "arg_sort"), baseTarget)).toThrow("R0203");
  // Of a scan only the totals of runs are exchanged: four elements lie in one thread.
  expect(compileProgram(row(8192, "scan_sum"), baseTarget).workgroupBytes).toBe(4 * (8192 / 4));
});

// Instructions that make, move and look up elements: the loop form, at two budgets, says what the interpreter says.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { baseTarget, compileProgram } from "../../codegen/index.ts";
import { compose, dense, local, spatial } from "../../layout/index.ts";
import { builder, print, verify, type Builder, type Value } from "../../vm/index.ts";
import { byEvaluator, byInterpreter, difference } from "../conformance/engines.ts";
import { kinds, shapesCase } from "../conformance/shapes-cases.ts";

/** WGSL of a kernel of some statements on a tile whose rows are slots and whose columns are threads. */
function text(body: (b: Builder, v: Value) => Value): string {
  const b = builder("moves"), L = compose(local(8, 1), spatial(1, 32));
  b.threads(32);
  const v = b.convert({ x: b.load({ x: b.tensor("x", "in", "f32", [8, 32], dense(2)) }) }, { layout: L }), r = body(b, v);
  b.store({ to: b.tensor("y", "out", "f32", r.shape, dense(r.shape.length)), x: r });
  return compileProgram(b.finish(), baseTarget).wgsl;
}

describe("moves within threads", () => {
  it.each<[string, (b: Builder, v: Value) => Value]>([
    ["transpose", (b, x) => b.transpose({ x })], ["reshape", (b, x) => b.reshape({ x }, { shape: [2, 4, 32] })], ["permute", (b, x) => b.permute({ x: b.reshape({ x }, { shape: [2, 4, 32] }) }, { axes: [1, 0, 2] })],
    ["crop", (b, x) => b.crop({ x }, { offsets: [3, 0], sizes: [1, 32], drop: [0] })], ["concat", (b, x) => b.concat({ x, y: b.crop({ x }, { offsets: [1, 0], sizes: [3, 32] }) }, { axis: 0 })],
    ["patch", (b, x) => b.patch({ x, by: b.crop({ x }, { offsets: [0, 0], sizes: [2, 32] }) }, { offsets: [5, 0], sizes: [2, 32] })], ["repeat", (b, x) => b.repeat({ x }, { counts: [2, 1] })],
  ])("%s renames slots: no memory of the block, no choice at run time", (_, move) => {
    const wgsl = text((b, v) => move(b, b.mul({ x: v, y: v })));
    expect(wgsl).not.toMatch(/var<workgroup>|workgroupBarrier|select\(/);
  });
});

describe("elements made, moved and looked up, on the loop form", () => {
  const targets = [baseTarget, { ...baseTarget, staticAccesses: 8, f16: true }];
  it.each(Object.keys(kinds))("%s", (kind) => {
    let runs = 0;
    fc.assert(fc.property(fc.gen(), (g) => {
      const c = shapesCase(g, kind), law = byInterpreter(c);
      expect(verify(c.program), print(c.program)).toEqual([]);
      expect(difference(c, law, byEvaluator(c, targets[runs++ % targets.length]), "the loop form"), print(c.program)).toBeUndefined();
    }), { numRuns: 8 });
  });
});

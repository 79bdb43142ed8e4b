// Words that several turns of a loop read: loaded once before the loop they give what loading them in every turn gives, and only where a load is dear.
import fc from "fast-check";
import { expect, test } from "vitest";
import { baseTarget, compileProgram, defaultRates, type Target } from "../../codegen/index.ts";
import { compose, dense, local, spatial } from "../../layout/index.ts";
import { builder, chance, constant, dtype, scalarOp, tileFromCodes, type Program, type Tile } from "../../vm/index.ts";
import { byEvaluator, byInterpreter, difference, type Case } from "../conformance/engines.ts";

const on = (name: "lavapipe" | "nvidia"): Target => ({ ...baseTarget, rates: defaultRates[name], staticAccesses: 56, unrolls: 32 });
const u32 = dtype("u32"), [THREADS, TURNS] = [8, 16];

/** Each thread sums words of its row of w: in turn k the one at k · mul / div + off, in a branch of its own if it is asked for. */
function sums(reads: readonly { readonly mul: number; readonly div: number; readonly off: number }[], branch = false): Program {
  const b = builder("sums"), w = b.tensor("w", "in", "u32", [THREADS, 40], dense(2)), y = b.tensor("y", "out", "u32", [THREADS, 1], dense(2));
  b.threads(THREADS);
  const layout = compose(spatial(THREADS, 1), local(1, 1)), acc = b.var({ init: b.fill({}, { value: 0, dtype: u32, shape: [THREADS, 1] }) }, { dtype: u32, shape: [THREADS, 1], layout });
  b.loop("k", { from: 0, to: TURNS, step: 1 }, (k) => {
    const add = (): void => reads.forEach(({ mul, div, off }) => {
      const at = scalarOp("add", scalarOp("div", scalarOp("mul", k, constant(mul)), constant(div)), constant(off));
      b.assign({ to: acc, from: b.add({ x: b.mul({ x: acc, y: b.fill({}, { value: 3, dtype: u32, shape: [1, 1] }) }), y: b.load({ x: b.slice({ x: w }, { offsets: [constant(0), at], sizes: [constant(THREADS), constant(1)] }) }) }) });
    });
    if (branch) b.when(scalarOp("gt", k, constant(2)), add); else add();
  });
  b.store({ to: y, x: acc });
  return b.finish();
}

const loads = (p: Program, target: Target): number | undefined => compileProgram(p, target).counts.thread?.storageLoads;

test("what turns choose is what they would have loaded", () => {
  let held = 0;
  fc.assert(fc.property(fc.array(fc.record({ mul: fc.integer({ min: 1, max: 2 }), div: fc.integer({ min: 1, max: 9 }), off: fc.integer({ min: 0, max: 8 }) }), { minLength: 1, maxLength: 4 }), fc.nat(), (reads, seed) => {
    const program = sums(reads), next = chance(seed);
    const w: Tile = tileFromCodes(u32, [THREADS, 40], Array.from({ length: THREADS * 40 }, () => Math.floor(next() * 2 ** 32))), c: Case = { program, inputs: { w }, dims: {} };
    if ((loads(program, on("lavapipe")) ?? 0) < TURNS * reads.length) held++;
    expect(difference(c, byInterpreter(c), byEvaluator(c, on("lavapipe")), "the loop form")).toBeUndefined();
  }), { numRuns: 30 });
  expect(held).toBeGreaterThan(10);
});

test("a word is loaded once for all turns, on devices that do loads lane by lane", () => {
  const four = sums([{ mul: 1, div: 4, off: 0 }]);
  expect([loads(four, on("lavapipe")), loads(four, on("nvidia"))]).toEqual([4, TURNS]);
  // Four words are a vector, and halves of the turns are told apart first.
  expect(compileProgram(four, on("lavapipe")).wgsl).toMatch(/select\(select\((\w+)\.w, \1\.z, \(k < 12\)\), select\(\1\.y, \1\.x, \(k < 4\)\), \(k < 8\)\)/);
  expect(compileProgram(four, on("nvidia")).wgsl).not.toContain("select");
});

test("what a turn reads and the next one too is kept for it", () => {
  const pairs = sums([{ mul: 1, div: 1, off: 0 }, { mul: 1, div: 1, off: 1 }]), { wgsl } = compileProgram(pairs, on("lavapipe"));
  expect([loads(pairs, on("lavapipe")), loads(pairs, on("nvidia"))]).toEqual([1 + TURNS, 2 * TURNS]);
  expect(wgsl.match(/kept = \w+;/g)).toHaveLength(2);
  // A word of three is kept where the others are new ones; of a chain each second one.
  expect(loads(sums([0, 1, 2].map((off) => ({ mul: 2, div: 1, off }))), on("lavapipe"))).toBe(1 + 2 * TURNS);
  expect(loads(sums([0, 1, 2].map((off) => ({ mul: 1, div: 1, off }))), on("lavapipe"))).toBe(1 + 2 * TURNS);
});

test("what spares too little, stands in a branch, or has no room in the text stays where it is", () => {
  // Each turn has a word of its own, or nearly so.
  expect(loads(sums([{ mul: 1, div: 1, off: 0 }]), on("lavapipe"))).toBe(TURNS);
  expect(compileProgram(sums([{ mul: 3, div: 4, off: 0 }]), on("lavapipe")).wgsl).not.toContain("select");
  // Eight words are still chosen from, ten aren't.
  const choices = (div: number): boolean => compileProgram(sums([{ mul: 3, div, off: 0 }, { mul: 3, div, off: 0 }, { mul: 3, div, off: 10 }]), on("lavapipe")).wgsl.includes("select");
  expect([choices(6), choices(5)]).toEqual([true, false]);
  expect(compileProgram(sums([{ mul: 1, div: 4, off: 0 }], true), on("lavapipe")).wgsl).not.toContain("select");
  expect(compileProgram(sums([{ mul: 1, div: 4, off: 0 }]), { ...on("lavapipe"), staticAccesses: 4 }).wgsl).not.toContain("select");
});

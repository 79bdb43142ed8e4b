// Bank conflicts found in the loop form are those that the layout room counts from the layouts alone.
import fc from "fast-check";
import { expect, it } from "vitest";
import { baseTarget, lowerProgram, prepare, workgroupTraffic } from "../../codegen/index.ts";
import { compose, dense, local, shared as sharedLayouts, spatial, columnSpatial, tileConflicts, type RegisterLayout } from "../../layout/index.ts";
import { builder, constant } from "../../vm/index.ts";

/** Writes a tile of f32 with this layout to shared memory and reads it with the other. */
function traffic(rows: number, columns: number, write: RegisterLayout, read: RegisterLayout) {
  const b = builder("k"), x = b.tensor("x", "in", "f32", [rows, columns], dense(2)), y = b.tensor("y", "out", "f32", [rows, columns], dense(2));
  b.threads(32);
  const s = b.shared({}, { dtype: x.dtype, shape: [rows, columns] });
  b.store({ to: s, x: b.convert({ x: b.load({ x }) }, { layout: write }) });
  b.barrier({});
  b.store({ to: y, x: b.convert({ x: b.load({ x: s }) }, { layout: read }) });
  return workgroupTraffic(lowerProgram(prepare(b.finish()).program, { ...baseTarget, staticAccesses: 10_000, workgroupBytes: 65_536 }).body, false);
}

it("extra rounds of all slots together are those of the layout over a row-major tile", () => {
  const split = fc.constantFrom([1, 32], [2, 16], [4, 8], [8, 4], [16, 2], [32, 1]), times = fc.constantFrom(1, 2);
  const layout = fc.tuple(split, fc.boolean(), fc.boolean());
  fc.assert(fc.property(layout, layout, times, times, (a, b, m, n) => {
    // Both layouts are of 32 m × 32 n elements, m or n of them in each direction, inside the threads' tile or around it.
    const made = ([[p, q], column, outside]: typeof a): RegisterLayout => {
      const threads = (column ? columnSpatial : spatial)(p, q), slots = local((32 / p) * m, (32 / q) * n);
      return outside ? compose(slots, threads) : compose(threads, slots);
    };
    const [write, read] = [made(a), made(b)], rows = 32 * m, columns = 32 * n, found = traffic(rows, columns, write, read), memory = sharedLayouts.rowMajor(rows, columns);
    const extra = (kind: "load" | "store"): number => found.filter((x) => x.kind === kind).reduce((sum, x) => sum + (x.rounds ?? NaN) - 1, 0);
    expect(extra("store")).toBe(tileConflicts(write, memory, 32));
    expect(extra("load")).toBe(tileConflicts(read, memory, 32));
  }), { numRuns: 10, seed: 4 });
});

it("leaves threads out that don't take part", () => {
  // Eight of 32 threads go to the first words of two rows of 64: two rounds. The others' words would have been in the same banks.
  const b = builder("k"), x = b.tensor("x", "in", "f32", [2, 4], dense(2)), y = b.tensor("y", "out", "f32", [2, 4], dense(2));
  b.threads(32);
  const s = b.shared({}, { dtype: x.dtype, shape: [2, 64] }), part = b.slice({ x: s }, { offsets: [constant(0), constant(0)], sizes: [constant(2), constant(4)] });
  b.store({ to: part, x: b.load({ x }) });
  b.barrier({});
  b.store({ to: y, x: b.load({ x: part }) });
  expect(workgroupTraffic(lowerProgram(prepare(b.finish()).program, baseTarget).body, false).map((a) => a.rounds)).toEqual([2, 2]);
});

it.each([2, 4, 8, 16, 32])("no threads wait in reductions over %i of them", (size) => {
  const b = builder("k"), rows = 64 / size, x = b.tensor("x", "in", "f32", [4 * rows, size], dense(2)), y = b.tensor("y", "out", "f32", [4 * rows, 1], dense(2));
  b.threads(64);
  b.store({ to: y, x: b.reduce_sum({ x: b.convert({ x: b.load({ x }) }, { layout: compose(local(4, 1), spatial(rows, size)) }) }, { axis: 1 }) });
  const found = workgroupTraffic(lowerProgram(prepare(b.finish()).program, baseTarget).body, false);
  expect(found.length).toBeGreaterThan(0);
  expect(found.map((a) => a.rounds)).toEqual(found.map(() => 1));
});

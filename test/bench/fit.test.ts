// Predictions beside measurements: what passes the aims of bench -- cuts and what fails them. No device.
import { describe, expect, test } from "vitest";
import { fitOf, fitVerdicts, type Predicted } from "../../bench/fit.ts";
import { isFor, spaces } from "../../bench/spaces.ts";
import { kernelNamed } from "../../bench/kernels.ts";
import { random } from "../../bench/timing.ts";

/** Points that were predicted to take so long, and took so long, give or take a hundredth. */
const points = (pairs: readonly (readonly [predicted: number, ms: number])[]): readonly Predicted[] => pairs.map(([predicted, t]) => ({ predicted, ms: [0.99 * t, t, 1.01 * t, t, 0.99 * t, 1.01 * t, t] }));
const passes = (pairs: readonly (readonly [number, number])[]): readonly boolean[] => fitVerdicts("it", fitOf(points(pairs))).map((v) => v.passes);

describe("predictions", () => {
  test("in order and near pass; in order and far fail by distance; near and in no order by order", () => {
    expect(passes([[1, 1.1], [2, 2.2], [3, 3.1], [4, 4.4], [5, 4.9]])).toEqual([true, true]);
    expect(passes([[1, 2], [2, 4], [3, 6], [4, 8], [5, 10]])).toEqual([true, false]);
    expect(passes([[1, 1.3], [1.1, 1.0], [1.2, 1.4], [1.3, 1.1], [1.4, 1.2]])).toEqual([false, true]);
  });
  test("four of five within 1.5 × are enough", () => expect([passes([[1, 1], [2, 2], [3, 3], [4, 4], [5, 50]])[1], passes([[1, 1], [2, 2], [3, 3], [4, 40], [5, 50]])[1]]).toEqual([true, false]));
  test("where all points took the same time no order is to be told", () => {
    const [order] = fitVerdicts("it", fitOf(points([[1, 1.2], [1.1, 1.1], [1.2, 1]])));
    expect(order).toMatchObject({ passes: true, found: "all 3 within 1.25 × of each other" });
  });
  test("what the choice costs, and how sure the order is", () => {
    const { loss, spread, spearman } = fitOf(points([[1, 2], [2, 1], [3, 4]]));
    expect([loss, spread, spearman.median]).toEqual([2, 4, 0.5]);
    // Rounds that differ more than the points do leave the order open.
    const wild = fitOf([{ predicted: 1, ms: [1, 9, 1, 9, 5, 5] }, { predicted: 2, ms: [9, 1, 9, 1, 5, 5] }, { predicted: 3, ms: [5, 1, 9, 1, 9, 5] }]);
    expect(wild.spearman.high - wild.spearman.low).toBeGreaterThan(1);
  });
});

test("the fastest may be another than the one that is taken, and stand among those that the tuner times", () => {
  const { loss, tuned } = fitOf(points([[1, 2], [2, 1.5], [3, 1]]).map((p, i) => ({ ...p, taken: i === 0, timed: i < 2 })));
  expect([loss, tuned]).toEqual([2, 1.5]);
});
test("what noise leaves of a perfect order: all where rounds agree, little where they don't", () => {
  const sure = fitOf(points([[1, 1], [2, 2], [3, 3], [4, 4]])), next = random(5), noisy = fitOf(Array.from({ length: 12 }, (_, i) => ({ predicted: i, ms: Array.from({ length: 7 }, () => 1 + (next() % 1000) / 1000) })));
  expect(sure.most).toBeCloseTo(1, 5);
  expect(noisy.most).toBeLessThan(0.6);
  const [order] = fitVerdicts("it", noisy);
  expect(order.passes || order.found.includes("noise")).toBe(true);
});

test("each schedule's space is one of a kernel that ships, with two or more values left open", async () => {
  for (const [name, { example, rows: [least], given }] of Object.entries(spaces)) {
    const { comptime } = await kernelNamed(example, name), sizes = { M: least, N: 1024, K: 1024 }, set = given(sizes);
    expect(isFor(name, sizes) && !isFor(name, { ...sizes, M: least - 1 }), name).toBe(true);
    for (const [id, value] of Object.entries(set)) expect(comptime[id].space, `${name} ${id}`).toContain(value);
    expect(Object.entries(comptime).filter(([id, c]) => !(id in set) && (c.space?.length ?? 0) > 1).length, name).toBeGreaterThan(1);
  }
});

// Which points of a space are priced: all of a small one, of a large one those near the cheapest, and that these are found.
import { expect, test } from "vitest";
import { look } from "../../../runtime/tuning/look.ts";

const grid = (side: number): { readonly A: number; readonly B: number; readonly C: number; readonly D: number }[] => Array.from({ length: side ** 4 }, (_, i) => ({ A: i % side, B: Math.floor(i / side) % side, C: Math.floor(i / side ** 2) % side, D: Math.floor(i / side ** 3) }));
const always = async (): Promise<boolean> => true;

test("a small space is priced whole, the first point first, each once", async () => {
  const order: number[] = [], prices = await look(grid(2), (i) => { order.push(i); return i; }, always);
  expect(prices).toEqual(Array.from({ length: 16 }, (_, i) => i));
  expect(order).toEqual(prices);
});
test("of a large one less than half, with the cheapest among them, where prices rise away from it", async () => {
  for (const best of [{ A: 1, B: 2, C: 0, D: 1 }, { A: 0, B: 0, C: 0, D: 0 }, { A: 2, B: 2, C: 2, D: 2 }]) {
    const space = grid(3), far = (c: typeof best): number => Math.abs(c.A - best.A) + 2 * Math.abs(c.B - best.B) + Math.abs(c.C - best.C) * (1 + c.A) + Math.abs(c.D - best.D);
    const prices = await look(space, (i) => far(space[i]), always), seen = prices.filter((p) => p !== undefined);
    expect(Math.min(...seen)).toBe(0);
    expect(seen.length).toBeLessThan(space.length / 2);
    expect(prices[0]).toBe(far(space[0]));
  }
});
test("points that can't be are passed, and the search ends when it is told to", async () => {
  const space = grid(3), prices = await look(space, (i) => (space[i].B === 0 ? Infinity : space[i].A), always);
  expect(Math.min(...prices.map((p) => p ?? Infinity))).toBe(0);
  const state = { left: 3 }, cut = await look(space, () => 1, async () => state.left-- > 0);
  expect(cut.filter((p) => p !== undefined)).toEqual([1, 1, 1]);
});

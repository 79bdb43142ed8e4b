// What statements are counted as: register tiles at places that the text tells cost nothing, at others they lie in memory.
import { expect, test } from "vitest";
import { baseTarget, defaultRates, longLoads, lowerProgram, prepare, seconds, work, writesOut } from "../../codegen/index.ts";
import { expressions } from "../../codegen/loop/expr.ts";
import type { LoopStmt, Reg } from "../../codegen/loop/ir.ts";
import { load } from "../../lang/index.ts";

const e = expressions(), s = e.variable({ name: "s", type: "i32", role: "loop", lo: 0, hi: 31, divisor: 1 }), sum: Reg = { id: 1, name: "sum", type: "f32", slots: 512 }, tile: Reg = { id: 2, name: "tile", type: "f32", slots: 512 };
/** Turns of a loop over s, and the setting of a slot that changes with it. */
const round = (turns: number, body: readonly LoopStmt[], hidden = false): LoopStmt => ({ kind: "for", v: s, from: e.of(0), to: e.of(turns), step: 1, hidden, body });
const set = (i: number): LoopStmt => ({ kind: "set", reg: tile, slot: e.add(e.use(s), e.of(i)), value: e.op("mul", e.to("f32", e.use(s)), e.constant("f32", i + 0.3)) });

const source = `
kernel sums(x: f32[512], out y: f32[512]) grid (b in 1) threads 32 {
  var acc: f32[512] @ local(16) * spatial(32) = 0
  for k in 0..8 { acc += load(x) * 0.5 }
  store(y, acc)
}`;
const workFor = (staticAccesses: number, unrolls?: number) => work(lowerProgram(prepare(load(source, {}).kernels[0].specialise({})).program, { ...baseTarget, staticAccesses }).body.stmts, unrolls);

test("register tiles in loops over slots that stay loops are read and written in memory", () => {
  const unrolled = workFor(512), rolled = workFor(4);
  expect([unrolled.privateLoad, unrolled.privateStore]).toEqual([0, 0]);
  // Sixteen sums, read and written in each of eight turns, and halves that may be kept from before; then the sums are stored, and may be set before.
  for (const count of [rolled.privateLoad, rolled.privateStore]) { expect(count).toBeGreaterThanOrEqual(16 * 8); expect(count).toBeLessThanOrEqual(2 * 16 * 8 + 3 * 16); }
});
test("where the driver writes loops of so many turns out, subscripts are constants and nothing lies in memory, unless that is too long for it", () => {
  const { privateLoad, privateStore, trip } = workFor(4, 32), plain = workFor(4);
  expect([privateLoad, privateStore, trip]).toEqual([0, 0, 0]);
  const long = (turns: number) => work([round(turns, Array.from({ length: 100 }, (_, i) => set(i)))], 32);
  // Two operations for each of a hundred slots, in all turns but one.
  expect([long(4), long(5)].map((w) => [w.privateStore, w.trip])).toEqual([[0, 0], [500, 5]]);
  expect(plain.privateStore).toBeGreaterThan(0);
});
test("what is read or written anywhere at a place that nobody tells lies in memory; where others are told it is a few operations, not lane by lane", () => {
  const at = e.constant("i32", 3), read: LoopStmt = { kind: "set", reg: sum, slot: e.constant("i32", 1), value: e.slot(tile, at, 0) }, write: LoopStmt = { kind: "set", reg: tile, slot: at, value: e.constant("f32", 0.5) };
  const alone = work([round(2, [set(0)], true)], 32), both = work([round(2, [set(0)], true), read], 32), written = work([round(2, [set(0)], true), write], 32);
  for (const w of [alone, both, written]) expect([w.privateStore, w.privateLoad]).toEqual([2, 0]);
  expect([both.integer - alone.integer, written.integer - alone.integer]).toEqual([2, 4]);
  expect(work([read, write], 32)).toEqual(work([], 32));
});
test("that takes time, by the rate of such loads or, where nobody knows it, of integers", () => {
  const { privateLoad: _, ...unknown } = defaultRates.lavapipe, some = { privateLoad: 1000 };
  expect(seconds(some, { ...defaultRates.lavapipe, privateLoad: 1e9 })).toBeGreaterThan(seconds(some, { ...defaultRates.lavapipe, privateLoad: 2e9 }));
  expect(seconds(some, unknown)).toBe(seconds({ integer: 1000 }, unknown));
});
test("loads of loops that are longer than a CPU keeps decoded count as long, and take longer where the device has such rates", () => {
  const rows = (width: number) => work(lowerProgram(prepare(load(`
kernel rows(x: f32[64, ${width}], out y: f32[${width}]) grid (b in 1) threads 32 {
  var acc: f32[${width}] @ spatial(32) * local(${width / 32}) = 0
  for k in 0..64 { acc += load(x[k, :]) }
  store(y, acc)
}`, {}).kernels[0].specialise({})).program, { ...baseTarget, staticAccesses: 512 }).body.stmts), short = rows(256), long = rows(2048);
  expect([short.storageLoad4, short.longLoad, short.longerLoad]).toEqual([64 * 2, 0, 0]);
  // Of each turn, and the stores after it once; sixteen loads are half way from ten to twenty.
  expect(long.storageLoad4).toBe(64 * 16);
  expect([long.longLoad >= 64 * 16, long.longLoad < 64 * 16 + 64]).toEqual([true, true]);
  expect([long.longerLoad > 0.5 * long.longLoad, long.longerLoad < 0.8 * long.longLoad]).toEqual([true, true]);
  const { storageReadLong: _, storageReadLonger: __, ...unknown } = defaultRates.lavapipe;
  expect(seconds(long, defaultRates.lavapipe)).toBeGreaterThan(1.3 * seconds(long, unknown));
  expect(seconds(short, defaultRates.lavapipe)).toBe(seconds(short, unknown));
  // From loops that are kept to those that aren't it grows steadily.
  const of = (loads: number): number => { const { longLoad, longerLoad } = longLoads({ storageLoad4: loads }); return seconds({ storageLoad4: loads, longLoad, longerLoad }, defaultRates.lavapipe) / loads; }, each = [4, 7, 8, 10, 15, 20, 40].map(of);
  expect(each.every((t, i) => i === 0 || t >= each[i - 1])).toBe(true);
  expect([each[0] === each[1], each[5] === each[6]]).toEqual([true, true]);
});
test("dots and counts of bits are written out as well: many of them make a loop long, and a driver takes dots apart before it writes loops out", () => {
  for (const kind of ["packedDot", "packedDotUnsigned", "popcount"] as const) expect([longLoads({ [kind]: 256 }).longLoad, longLoads({ [kind]: 320 }).longLoad > 0], kind).toEqual([0, true]);
  expect([longLoads({ integer: 3500 }), longLoads({ integer: 1e5 })]).toEqual([{ longLoad: 0, longerLoad: 0 }, { longLoad: 0, longerLoad: 0 }]);
  expect([writesOut(32, { popcount: 25 }, 32), writesOut(33, { popcount: 1 }, 32), writesOut(32, { packedDot: 1 }, 32), writesOut(32, { packedDot: 2 }, 32)]).toEqual([true, false, true, false]);
  // A loop of two turns is written out if it is no longer than one of them may be.
  expect([writesOut(2, { float: 780 }, 32), writesOut(3, { float: 780 }, 32)]).toEqual([true, false]);
});

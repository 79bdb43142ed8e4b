// The benches' own reckoning: statistics, what is found right and wrong, rooflines, goals, manifests and pictures. No device.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { apart } from "../../bench/apart.ts";
import { shareBeside } from "../../bench/ceilings.ts";
import { enter, type Maker } from "../../bench/entrants.ts";
import { expected, minutesOf, tooSlow } from "../../bench/forecast.ts";
import { goals, limitText, outcomes, type Outcome, type Timed } from "../../bench/goals.ts";
import { check } from "../../bench/numbers.ts";
import { pairsOf } from "../../bench/int.ts";
import { entrantsOf } from "../../bench/part.ts";
import { options } from "../../bench/options.ts";
import { ours } from "../../bench/ours.ts";
import { peers } from "../../bench/peers.ts";
import { plot } from "../../bench/plot.ts";
import { bytesOf, roof } from "../../bench/roofline.ts";
import { shapesOf } from "../../bench/shapes.ts";
import { benches, flags, usage, usageOf, Wrong } from "../../bench/usage.ts";
import { growth, interval, race, ratio, spearman, verdict, without, type Racer } from "../../bench/timing.ts";
import type { Row, Shape } from "../../bench/shape.ts";
import type { Schema } from "../../bench/schema.ts";
import { conclusion, shareOf } from "../../bench/verdicts.ts";
import { evaluate, manifest, unfit } from "../../bench/wgsl.ts";
import type { Device } from "../../runtime/index.ts";
import { wellFormed } from "../support/xml.ts";

describe("statistics", () => {
  test("an interval holds the median, and nothing else where all are alike", () => {
    expect(interval([3, 3, 3, 3, 3, 3])).toEqual({ median: 3, low: 3, high: 3 });
    const r = interval([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    expect(r.median).toBe(8);
    // Of 15 numbers in order the 4th and the 12th are known to hold the median in 96.5 % of cases.
    expect(r.low).toBeGreaterThanOrEqual(4);
    expect(r.low).toBeLessThan(7);
    expect(r.high).toBeLessThanOrEqual(12);
    expect(r.high).toBeGreaterThan(9);
  });
  test("a ratio is of each round's own pair, so that a slow round changes nothing", () => {
    expect(ratio({ ms: [2, 20, 200, 2, 2, 2] }, { ms: [1, 10, 100, 1, 1, 1] })).toEqual({ median: 2, low: 2, high: 2 });
    expect(ratio({ ms: [12] }, { ms: [3, 4, 6] }).median).toBe(3);
  });
  test("of two that ran in not as many rounds those count that both ran in", () => {
    expect(ratio({ ms: [2, 4, 6, 8, 10, 12] }, { ms: [1, 2, 3, 4, 5, 6, 100, 100, 100] })).toEqual({ median: 2, low: 2, high: 2 });
    const few = ratio({ ms: [2, 4, 6, 8] }, { ms: [1, 2, 3, 4, 100] });
    expect([few.median, few.low, few.high]).toEqual([2, 2 / Math.sqrt(1.35), 2 * Math.sqrt(1.35)]); // half of what one may be off
  });
  test("a few runs, and one, may be off as far as such runs are", () => {
    expect(interval([4])).toEqual({ median: 4, low: 4 / 1.35, high: 4 * 1.35 });
    expect(interval([1, 4, 10])).toMatchObject({ median: 4, low: 1, high: 10 });
    const once = ratio({ ms: [12] }, { ms: Array<number>(15).fill(3) });
    expect([once.median, once.low, once.high]).toEqual([4, 4 / 1.35, 4 * 1.35]);
  });
  test("a goal fails only when all of the interval is below it", () => {
    expect([5.9, 6, 7].map((high) => verdict({ median: 5, low: 4, high }, 6))).toEqual(["fails", "passes", "passes"]);
  });
  test("call overheads are taken off, but never all of a time", () => expect(without([10, 2], 1.95)).toEqual([8.05, 0.1]));
  test("growth is the exponent", () => {
    expect(growth([1, 2, 4, 8].map((n) => [n, 3 * n ** 1.5]))).toBeCloseTo(1.5, 12);
    expect(growth([[2, 5], [8, 5]])).toBeCloseTo(0, 12);
  });
  test("orders are alike whatever the steps; equals share a place", () => {
    expect([spearman([[1, 1], [2, 4], [3, 9]]), spearman([[1, 9], [2, 4], [3, 1]])]).toEqual([1, -1]);
    expect(spearman([[1, 1], [1, 2], [2, 2], [3, 3]])).toBeCloseTo(5 / 6, 12); // places 0.5 0.5 2 3 and 0 1.5 1.5 3: 3.75 of 4.5
  });
  test("racers run in turn, as often as makes a sample; slow ones in as many rounds as their time allows, or once", async () => {
    const clock = { now: 0 }, order: string[] = [];
    const racer = (name: string, cost: number): Racer => ({ name, ms: [], ready: async (times) => async () => { order.push(`${name}${times}`); clock.now += cost * times; } });
    const [a, b, late, slow] = [racer("a", 4), racer("b", 25), racer("late", 300), racer("slow", 500)];
    expect(await race(() => clock.now, [a, b, late, slow], 4, 20, { budget: 1000 })).toEqual([slow]);
    expect([a.ms, b.ms, late.ms, slow.ms]).toEqual([[4, 4, 4, 4], [25, 25, 25, 25], [300, 300, 300], [500]]);
    expect(order.slice(9)).toEqual(["a5", "b1", "late1", "a5", "b1", "late1", "a5", "b1", "late1", "a5", "b1"]);
    // What waiting costs is no reason for short samples.
    const waits: Racer = { name: "waits", ms: [], ready: async (times) => async () => { clock.now += 9 + times; } };
    await race(() => clock.now, [waits], 1, 20);
    expect(waits.ms).toEqual([(9 + 10) / 10]);
    // Two rounds that were asked for are enough.
    expect(await race(() => clock.now, [racer("two", 500)], 2, 20, { budget: 1000 })).toEqual([]);
  });
});

describe("right and wrong", () => {
  const p = { M: 1, N: 2, K: 3, x: () => [1, 2, 3], w: (n: number) => [n, 1, -1] };
  test("right results are, off by less than rounding too", () => { expect(() => check("it", p, [-1, 0])).not.toThrow(); expect(() => check("it", p, [-1 - 2 ** -23, 0])).not.toThrow(); });
  test("a wrong element is named", () => expect(() => check("it", p, [-1, 0.001])).toThrow("it gives 0.001 for 0 at [0, 1]"));
  test("NaN is wrong, and so is a result of another size", () => { expect(() => check("it", p, [-1, NaN])).toThrow("NaN"); expect(() => check("it", p, [-1])).toThrow("1 numbers for 1 × 2"); });
  test("one that rounds x may be off by what that makes", () => { expect(() => check("it", { ...p, loss: 0.01 }, [-1.05, 0])).not.toThrow(); expect(() => check("it", { ...p, loss: 0.01 }, [-1.07, 0])).toThrow("more than"); });
  test("large results are looked at in many places", () => {
    const large = { M: 64, N: 512, K: 256, x: () => new Float32Array(256).fill(1), w: () => new Float32Array(256).fill(1) };
    expect(() => check("it", large, new Float32Array(64 * 512).fill(256))).not.toThrow();
    const half = new Float32Array(64 * 512).fill(256, 0, 32 * 512);
    half[half.length - 1] = half[63 * 512] = 256;
    expect(() => check("it", large, half)).toThrow("gives 0 for 256");
  });
});

describe("rooflines", () => {
  const s = { M: 1, N: 1000, K: 1000 }, w4 = { x: 32, w: 4, group: 32, exact: false };
  test("bytes are those of factors, scales and result", () => expect(bytesOf(s, w4)).toBe(4000 + 500_000 + 125_000 + 4000));
  test("memory or arithmetic bounds, whichever takes longer", () => {
    expect(roof(s, w4, { storageRead: 633e6, fma: 1e12, convert: 1e12 })).toMatchObject({ ms: 1, bound: "memory" });
    const { ms, bound, parts } = roof(s, w4, { storageRead: 633e9, fma: 1e9, convert: 2e9 });
    expect([ms, bound, parts.decoding, parts.arithmetic, parts.loads]).toEqual([1.5, "arithmetic", 0.5, 1, 0]);
  });
  test("whole numbers are made floats as fast as was measured beside multiply-adds, floats and single bits in two operations of integers", () => {
    const c = { storageRead: 633e9, fma: 1e9, convert: 1e8, integer: 4e9, decodedFma: 5e8 }, decoding = (kind: Parameters<typeof roof>[1]): number => roof(s, kind, c).parts.decoding;
    expect(decoding(w4)).toBeCloseTo(1e6 / 1e6, 12); // 2 ns with the multiply-add, 1 without
    expect(decoding({ ...w4, floats: true })).toBeCloseTo(1e6 * (2 / 4e9) * 1e3, 12);
    expect(decoding({ ...w4, w: 1 })).toBeCloseTo(decoding({ ...w4, floats: true }), 12);
    // Never slower than converting, nor faster than two operations.
    expect(roof(s, w4, { ...c, convert: 2e9 }).parts.decoding).toBeCloseTo(0.5, 12);
    expect(roof(s, w4, { ...c, decodedFma: 1e9 }).parts.decoding).toBeCloseTo(0.5, 12);
  });
  test("a launch takes what it takes", () => expect(roof(s, w4, { storageRead: 633e6, fma: 1e12, convert: 1e12, dispatch: 5e-4 }).ms).toBeCloseTo(1.5, 12));
  test("where loads and arithmetic take turns they add up", () => expect(roof(s, w4, { storageRead: 633e6, fma: 1e9, convert: 1e12, beside: 1 }).ms).toBeCloseTo(2.001, 6));
  test("whole numbers take the cheapest way, and a rate that is missing none", () => {
    const w1 = { x: 1, w: 1, group: 0, exact: true }, fast = { storageRead: 1e12, fma: 1e9, convert: 1e9 };
    expect(roof(s, w1, { ...fast, popcount: 1e9, packedDot: 1e9 }).ms).toBeCloseTo(1000 / 32 / 1000, 12);
    expect(roof(s, { ...w1, x: 8, w: 8 }, { ...fast, popcount: 1e9, packedDot: 1e9 }).ms).toBeCloseTo(0.25, 12);
    expect(roof(s, w1, fast).ms).toBeCloseTo(2 + 1 / 64, 12); // each thread converts x for its 64 columns
  });
  test("what a thread loads and decodes serves as many results as it holds, and several rows share what is decoded", () => {
    const c = { storageRead: 1e15, fma: 1e9, convert: 1e9, load4: 1e9, beside: 1 }, one = roof(s, w4, c), many = roof({ ...s, M: 8 }, w4, c);
    expect([one.parts.arithmetic, one.parts.decoding]).toEqual([1, 1]);
    expect(one.parts.loads).toBeCloseTo(1e6 / 64 / 4 / 1e6, 12);
    expect([many.parts.arithmetic, many.parts.decoding]).toEqual([8, 1]); // 8 × 8 results
    expect(many.parts.loads).toBeCloseTo(8e6 / 8 / 4 / 1e6, 12);
    // Eight lanes that hand out what each loaded a part of.
    expect(roof(s, w4, { ...c, broadcast: 1e12, lanes: 8 }).parts.loads).toBeCloseTo(1e6 / 64 / 4 / 8 / 1e6 + 1e6 / 64 / 1e9, 12);
  });
  test("sums beyond the registers are as slow as they were measured, and a few are taken where that is faster", () => {
    const c = { storageRead: 1e15, convert: 1e15, load4: 1e15, fma: 4e9 };
    expect(roof({ ...s, M: 64 }, w4, { ...c, fma16: 2e9, fma32: 1e9 }).parts.arithmetic).toBe(16);
    expect(roof({ ...s, M: 64 }, w4, { ...c, fma16: 2e9, fma32: 1e9, convert: 1e8 }).parts.decoding).toBeLessThan(64 / 8 * 10);
  });
  test("what fits in caches is read at their speed", () => {
    const c = { fma: 1e15, convert: 1e15, storageRead: 1e9, read2M: 2e9, read512K: 4e9, load4: 1e9 };
    expect([s, { ...s, N: 4000 }, { ...s, N: 100_000 }].map((x) => Number((bytesOf(x, w4) / (roof(x, w4, c).parts.memory / 1e3) / 1e9).toFixed(6)))).toEqual([4, 2, 1]);
  });
  test("how loads and arithmetic go together", () => { expect([shareBeside(10, 7, 5, 1), shareBeside(8, 7, 5, 1), shareBeside(11, 7, 5, 1), shareBeside(20, 7, 5, 1), shareBeside(7, 7, 1, 1)]).toEqual([0.75, 0.25, 1, 1, 0]); });
});

describe("goals", () => {
  const row = (library: string, family: string, name: string, w: number, t: number, x = 32): Timed => ({ library, family, name, on: "adapter", kind: { x, w, group: 0, exact: false }, net: Array<number>(6).fill(t), paced: Array<number>(6).fill(t), roof: t / 2, bound: "loads", parts: { launch: 0, memory: t / 200, loads: 3 * t / 8, decoding: 0, arithmetic: t / 8 }, ...(library === "Bitloom" ? { predicted: t / 2 } : {}) });
  const all = [
    row("Bitloom", "int", "i4", 4, 1), row("Bitloom", "int", "i5", 5, 1.2), row("Bitloom", "float", "f32", 32, 4), row("Bitloom", "int × int", "W1A1", 1, 0.5, 1),
    row("ONNX Runtime", "ONNX Runtime", "ONNX Runtime 4 bits", 4, 3.5), row("ONNX Runtime", "ONNX Runtime", "ONNX Runtime f32", 32, 9), row("jax-js", "jax-js", "jax-js f32", 32, 2.5),
    { ...row("ONNX Runtime, CPU", "ONNX Runtime, CPU", "ONNX Runtime f32, CPU", 32, 0.01), on: "cpu" as const },
  ];
  const found = (adapter: string, M: number, of = all): string[] => outcomes(adapter, { M, N: 1024, K: 1024 }, of).map((o) => `${o.of} ${o.verdict} ${o.ratio.median.toFixed(1)}/${o.least} ${o.over}`);
  test("are judged where both sides are here, against the best on the same adapter", () => {
    expect(found("lavapipe", 1)).toEqual([
      "i4 passes 3.5/3 ONNX Runtime 4 bits", "W1A1 passes 8.0/6.4 f32", "W1A1 fails 5.0/6 jax-js f32", "f32 fails 0.6/1.5 jax-js f32", "i4 fails 0.5/0.6 roofline", "i5 fails 0.5/0.6 roofline",
    ]);
    expect(found("swiftshader", 1)).toContain("i4 fails 3.5/8 ONNX Runtime 4 bits");
    expect(found("lavapipe", 16)).toEqual(expect.arrayContaining(["i4 passes 3.5/1.5 ONNX Runtime 4 bits", "i5 passes 0.8/0.8 i4", "i4 passes 0.5/0.5 roofline"]));
  });
  test("shares of the roofline are of times at the pace at which the ceilings were measured, ratios of others as they are", () => {
    const slower = all.map((t) => (t.name === "i4" ? { ...t, net: t.net.map((ms) => 2 * ms) } : t));
    expect(found("lavapipe", 1, slower)).toEqual(expect.arrayContaining(["i4 fails 1.8/3 ONNX Runtime 4 bits", "i4 fails 0.5/0.6 roofline"]));
    const quicker = all.map((t) => (t.name === "i4" ? { ...t, paced: t.paced.map((ms) => 0.8 * ms) } : t));
    expect(found("lavapipe", 1, quicker)).toEqual(expect.arrayContaining(["i4 passes 3.5/3 ONNX Runtime 4 bits", "i4 passes 0.6/0.6 roofline"]));
  });
  test("whole numbers are asked for what the cost model says, where it says they are faster", () => {
    const slow = { ...row("Bitloom", "int × int", "W8A8", 8, 3, 8), predicted: 2 }, fast = { ...row("Bitloom", "int × int", "W2A2", 2, 1, 2), predicted: 0.4 };
    const f32 = all.filter((t) => t.name === "f32"); // 4 ms, 2 predicted
    expect(found("gpu", 2, [...f32, slow, fast]).filter((t) => t.endsWith(" f32") && !t.includes("/2 "))).toEqual(["W2A2 passes 4.0/4 f32"]);
  });
  test("others' shaders count at the width that is nearest", () => {
    const wgsl = [row("WGSL: theirs", "theirs", "theirs q4", 4.5, 2), row("WGSL: theirs", "theirs", "theirs q8", 8.5, 9)];
    expect(found("lavapipe", 1, [...all, ...wgsl])).toEqual(expect.arrayContaining(["i4 fails 2.0/3 theirs q4", "i5 fails 1.7/5 theirs q4"]));
  });
  test("one that fails says what the roofline allows against that other, and whether the aim is within it", () => {
    const of = (name: string, over: string, s = 16): Outcome | undefined => outcomes("lavapipe", { M: s, N: 1024, K: 1024 }, all).find((o) => o.of === name && o.over === over);
    expect(of("W1A1", "jax-js f32")?.limit).toEqual({ allows: 10, within: true, bound: "loads", shares: { loads: 0.375 / 0.505, arithmetic: 0.125 / 0.505 } });
    const missed = of("f32", "jax-js f32")?.limit; // 2.5 ms against a roof of 2: the aim of 1.5 is beyond
    expect([missed?.allows, missed?.within, missed && limitText(missed)]).toEqual([1.25, false, "the roofline allows 1.25 × (loads 74 %, arithmetic 25 %): out of reach here"]);
    expect(of("i4", "ONNX Runtime 4 bits")?.limit).toBeUndefined(); // it passes
    expect(of("i5", "roofline", 1)?.limit).toMatchObject({ allows: 1, within: true });
  });
  test("each of the table is of something that is timed", () => {
    const every = [...ours, ...peers].map(({ make: _, ...about }): Timed => ({ ...about, net: [1], paced: [1], roof: 1, bound: "memory", parts: { launch: 0, memory: 1, loads: 0, decoding: 0, arithmetic: 0 }, predicted: about.kind.x })), shader = row("WGSL: theirs", "theirs", "q4", 4, 1);
    for (const g of goals) expect(g.pairs([...every, shader], { M: 1, N: 1024, K: 1024 }).length, g.name).toBeGreaterThan(0);
  });
  test("all widths from 1 to 8 are timed, as whole numbers, bipolar and floats", () => {
    const bits = (family: string): number[] => ours.filter((m) => m.family === family).map((m) => m.kind.w).sort((a, b) => a - b);
    expect(bits("int")).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(bits("bipolar")).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(bits("float")).toEqual([2, 3, 4, 5, 6, 7, 8, 16, 32]);
    expect(new Set(ours.map((m) => m.name)).size).toBe(ours.length);
  });
});

test("benches end alike: a line for each goal, and how many pass", () => {
  expect(conclusion([{ goal: "so fast", found: "1.2 s", passes: true }, shareOf("80 % of all", 3, 4, 0.8), shareOf("all", 4, 4, 1, "; well"), shareOf("none", 0, 0)])).toBe(
    "goals\n  passes so fast: 1.2 s\n  fails  80 % of all: 3 of 4\n  passes all: 4 of 4; well\n  fails  none: 0 of 0\n2 of 4 pass");
});

describe("work in a process of its own", () => {
  const folder = mkdtempSync(join(tmpdir(), "bitloom-apart-")), script = join(folder, "work.mjs");
  writeFileSync(script, `process.once("message", ({ work }) => {
    if (work === "hang") setInterval(() => undefined, 1000);
    process.send("begun", () => { if (work === "well") process.disconnect(); });
    if (work === "exit") process.exit(3);
    if (work === "kill") process.kill(process.pid, "SIGSEGV");
  });`);
  afterAll(() => rmSync(folder, { recursive: true }));
  const run = async (work: string, more: { silence?: number; stop?: AbortSignal } = {}): Promise<unknown> => { const heard: string[] = [], how = await apart<string>(script, { task: { work }, heard: (m) => heard.push(m), silence: 60_000, ...more }); return [heard, how]; };
  test("is heard, and ends by itself", async () => expect(await run("well")).toEqual([["begun"], undefined]));
  test("that ends otherwise tells how", async () => {
    expect(await run("exit")).toEqual([["begun"], "it ended with 3"]);
    expect(await run("kill")).toEqual([["begun"], "it ended by SIGSEGV"]);
  });
  test("that says nothing more is ended, and so is what isn't wanted any more", async () => {
    expect(await run("hang", { silence: 1500 })).toEqual([["begun"], "it said nothing for 1.5 s"]);
    expect(await run("hang", { stop: AbortSignal.abort() })).toEqual([[], "it ended by SIGKILL"]);
  });
});

describe("what is still to be measured", () => {
  const row = (name: string, ms: number): Row => ({ name, ms: [ms, ms, ms], made: 500 }) as unknown as Row, shape = (M: number, N: number, ...rows: Row[]): Shape => ({ sizes: { M, N, K: 1000 }, rows }) as unknown as Shape;
  const before = [shape(1, 1000, row("a", 2), row("slow", 400)), shape(64, 1000, row("a", 30)), shape(1, 2000, row("a", 3))];
  test("takes as long for each product as the shape before that is nearest", () => {
    expect(expected("a", { M: 1, N: 4000, K: 1000 }, before)).toBe(6); // by the larger of two
    expect(expected("a", { M: 16, N: 1000, K: 1000 }, before)).toBe(7.5);
    expect(expected("b", { M: 1, N: 4000, K: 1000 }, before)).toBeUndefined();
  });
  test("isn't tried where one time would take all that there is", () => {
    expect(tooSlow("slow", { M: 64, N: 1000, K: 1000 }, before, 15_000)).toBe("by what it took for other shapes, each time would take 26 s");
    expect(tooSlow("a", { M: 64, N: 1000, K: 1000 }, before, 15_000)).toBeUndefined();
  });
  test("is told in minutes: of each entrant its making, three times and its rounds, as many as there is time for", () => {
    const maker = (name: string): Maker => ({ ...ours[0], name }), of = (names: readonly string[], more: readonly Shape[] = before): number => 60_000 * minutesOf([{ M: 64, N: 1000, K: 1000 }], { makers: names.map(maker), known: { fma: 64e6 }, rounds: 10, budget: 15_000, before: more });
    expect(of(["a"])).toBeCloseTo(500 + 13 * 30, 9);
    expect(of(["slow"])).toBe(0);
    expect(of(["new"])).toBeCloseTo(1500 + 3 * 4000 + 15_000, 9);
    expect(of(["a", "new"], [])).toBeCloseTo(2 * (1500 + 3 * 4000 + 15_000), 9);
  });
});

describe("entrants", () => {
  const sizes = { M: 1, N: 8, K: 8 }, maker = (name: string, make: Maker["make"]): Maker => ({ ...ours[0], name, make }), well: Maker["make"] = async () => ({ ready: async () => async () => undefined, end: async () => undefined });
  const device = { gone: undefined } as Device;
  test("that can't, or aren't to be, are told with their reason, those of one reason together", async () => {
    const wrong: Maker["make"] = async () => { throw new Error("no\nmore"); };
    const { entrants, notes } = await enter(device, sizes, [maker("a", wrong), maker("b", well), maker("c", wrong), maker("d", well)], { unfit: (name) => (name === "d" ? "too slow" : undefined) });
    expect([entrants.map((e) => e.name), notes]).toEqual([["b"], ["a, c do not run here: no", "d does not run here: too slow"]]);
  });
  test("end where one of them has ended the device", async () => {
    const dead = { gone: undefined as string | undefined }, ends: Maker["make"] = async () => { dead.gone = "the driver lost it"; throw new Error("lost"); };
    await expect(enter(dead as Device, sizes, [maker("a", ends), maker("b", well)])).rejects.toThrow("after a the device is gone: the driver lost it");
  });
});

describe("manifests of shaders", () => {
  const schema = JSON.parse(readFileSync("bench/wgsl.schema.json", "utf8")) as Schema, example = readFileSync("bench/wgsl-example/manifest.json", "utf8");
  const changed = (change: (m: { kernels: Record<string, unknown>[] }) => void): string => { const m = JSON.parse(example) as { kernels: Record<string, unknown>[] }; change(m); return JSON.stringify(m); };
  test("the example is one", () => expect(manifest(example, schema).kernels.map((k) => k.bits)).toEqual([32, 4]));
  test("all that is wrong is told with its place", () => {
    const text = changed(({ kernels }) => { delete kernels[0].file; kernels[0].rows = ["1"]; kernels[1].worgroups = []; kernels[1].bindings = [{ binding: 0, is: "z" }]; });
    expect(() => manifest(text, schema)).toThrow(/kernels\[0\] lacks "file"[^]*kernels\[0\]\.rows\[0\] is "1", not of type integer[^]*kernels\[1\]\.bindings\[0\]\.is is "z", not one of x, w, scales, y, uniform[^]*kernels\[1\] has "worgroups", which means nothing/);
  });
  test("a kernel binds one of each factor and a result", () => expect(() => manifest(changed(({ kernels }) => { kernels[0].bindings = [{ binding: 0, is: "x" }]; }), schema)).toThrow('kernel "f32" binds not one w'));
  test("every property that the code reads is one of the schema, and the other way round", () => {
    const { properties = {} } = schema.$defs?.kernel ?? {}, { properties: bound = {} } = schema.$defs?.binding ?? {}, code = readFileSync("bench/wgsl.ts", "utf8");
    for (const name of [...Object.keys(properties), ...Object.keys(bound)]) expect(code, name).toMatch(new RegExp(`readonly ${name}\\??:`));
  });
  test("expressions are the language's", () => {
    const s = { M: 3, N: 100, K: 64 };
    expect(["cdiv(N, 64) * M", "K / 8", "12"].map((e) => evaluate(e, s))).toEqual([6, 8, 12]);
    expect(() => evaluate("N / 64 + ", s)).toThrow();
  });
  test("shapes that a kernel isn't for", () => {
    const k = { rows: [1, 4], multiples: { K: 32, N: 64 } };
    expect(unfit(k, { M: 4, N: 64, K: 32 })).toBeUndefined();
    expect(unfit(k, { M: 5, N: 64, K: 32 })).toBe("it takes 1 to 4 rows");
    expect(unfit({ rows: [1, 1] }, { M: 2, N: 8, K: 8 })).toBe("it takes M = 1");
    expect(unfit(k, { M: 1, N: 96, K: 32 })).toBe("N = 96 is no multiple of 64");
  });
});

describe("pictures", () => {
  const p = { title: "a < b", x: "bits", y: "ms", ticks: [1, 2, 4, 8], columns: 2 };
  test("have a mark for each positive number, and are XML", () => {
    const svg = plot({ ...p, panels: [{ title: "one", series: [{ name: "x & y", points: [[1, 0.5], [2, NaN], [4, 0], [8, 20]] }, { name: "roof", line: true, points: [[8, 1], [1, 0.1]] }] }, { title: "none", series: [] }] });
    const counts = wellFormed(svg);
    expect(counts.get("path")).toBe(2 + 1); // two points and the legend's
    expect(counts.get("polyline")).toBe(1);
  });
  test("more is higher and farther right, in equal steps for equal factors", () => {
    const at = [...plot({ ...p, panels: [{ title: "one", series: [{ name: "s", points: [[1, 1], [2, 10], [4, 100]] }] }] }).matchAll(/translate\(([\d.]+),([\d.]+)\)" fill="#0b62c4" f/g)].map(([, x, y]) => [Number(x), Number(y)]);
    expect(at).toHaveLength(3);
    expect(at[1][0] - at[0][0]).toBeCloseTo(at[2][0] - at[1][0], 0);
    expect(at[0][1] - at[1][1]).toBeCloseTo(at[1][1] - at[2][1], 0);
    expect(at[0][0] < at[1][0] && at[0][1] > at[1][1]).toBe(true);
  });
});

describe("what a bench is told", () => {
  test("options", () => {
    expect(options(["--quick", "--wgsl", "a", "--wgsl", "b", "--rounds", "5"])).toMatchObject({ quick: true, peers: true, wgsl: ["a", "b"], rounds: 5 });
    expect(options(["--no-peers"]).peers).toBe(false);
    expect(() => options(["--rounds", "few"])).toThrow('found "few"');
    expect(options(["--minutes", "2.5"]).minutes).toBe(2.5);
    for (const bad of ["0", "long"]) expect(() => options(["--minutes", bad])).toThrow(`found "${bad}"`);
    expect(() => options(["--quik"])).toThrow("there is no flag --quik; did you mean --quick?");
  });
  test("what can't be is told before anything is measured, as the caller's mistake", () => {
    const wrong: readonly (readonly [readonly string[], "matmul" | "int" | "cuts", string])[] = [
      [["--svg", "x.svg"], "cuts", "--svg says nothing to cuts"], [["--wgsl=x"], "int", "--wgsl says nothing to int"], [["more"], "matmul", "Unexpected argument 'more'"], [["--rounds"], "matmul", "--rounds"],
      [["--json", "nowhere/x.json"], "matmul", "--json nowhere/x.json: there is no folder nowhere"], [["--svg", "bench"], "matmul", "--svg bench is a folder"], [["--shapes", "1x2"], "cuts", '"1x2" is no shape'],
    ];
    for (const [words, bench, why] of wrong) { const of = (): unknown => options(words, bench); expect(of).toThrow(why); expect(of).toThrow(Wrong); }
    expect(() => pairsOf("1x1,9x9", { widths: [1, 2], square: true })).toThrow('"9x9" is no pair of widths that is timed; there are 1x1, 2x2');
    expect([...pairsOf("2×1, 1x1", { widths: [1, 2], square: false })]).toEqual(["2x1", "1x1"]);
    expect(entrantsOf("i4,onnx", [...ours, ...peers]).map((m) => m.name)).toEqual(expect.arrayContaining(["i4", "ONNX Runtime 4 bits"]));
    expect(entrantsOf("float", ours).every((m) => m.family === "float")).toBe(true);
    for (const bad of ["u99", "i4,", "i4,onnx"]) expect(() => entrantsOf(bad, ours)).toThrow("nothing is called");
  });
  test("every flag and bench is told by --help and in the README, and no other", () => {
    const readme = readFileSync("bench/README.md", "utf8");
    expect([...readme.matchAll(/^\| `--([a-z-]+)/gm)].map(([, f]) => f)).toEqual(expect.arrayContaining(Object.keys(flags).filter((f) => f !== "svg")));
    for (const name of Object.keys(benches) as (keyof typeof benches)[]) {
      expect([readme.includes(`npm run bench -- ${name}`) || readme.includes(name), usage().includes(`  ${name} `)], name).toEqual([true, true]);
      expect([...usageOf(name).matchAll(/^ {2}--([a-z-]+)/gm)].map(([, f]) => f)).toEqual("flags" in benches[name] ? benches[name].flags : []);
    }
  });
  test("the program tells a mistake in a line, without a trace", () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/run-ts.mjs", "bench/main.ts", "matmul", "--wgsl", "nowhere"], { encoding: "utf8" });
    expect([status, stdout, stderr]).toEqual([2, "", "there is no nowhere/manifest.json; bench/wgsl-example has one to begin with\nnpm run bench -- matmul --help tells more\n"]);
  });
  test("shapes, by name and one by one", () => {
    expect(shapesOf("1x1024x2048,16×64×32", true)).toEqual([{ M: 1, N: 1024, K: 2048 }, { M: 16, N: 64, K: 32 }]);
    expect(shapesOf("full", true)).toHaveLength(45);
    expect([shapesOf("flexq", true)[0], shapesOf("flexq", false)[0]]).toEqual([{ M: 1, N: 3072, K: 1024 }, { M: 1, N: 12288, K: 4096 }]);
    for (const bad of ["1x2", "0x4x4", "many", "1x2x3x4"]) expect(() => shapesOf(bad, true)).toThrow(`"${bad}" is no shape`);
  });
});

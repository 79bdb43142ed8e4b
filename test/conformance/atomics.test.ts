// Atomics, scatters and histograms: interpreter, loop form and devices agree where no order matters; where one does, the
// answer is one of those that some order gives.
import { describe, expect, test } from "vitest";
import { baseTarget, type Target } from "../../codegen/index.ts";
import { verify } from "../../vm/index.ts";
import { cases, contested, race, tickets } from "./atomics-cases.ts";
import { onEachDevice } from "./devices.ts";
import { byDevice, byEvaluator, byInterpreter, difference, type Case, type Codes } from "./engines.ts";

const f32 = (code: number): number => new Float32Array(Uint32Array.of(code).buffer)[0];

/** Answers of which one of several is right. */
const open: readonly (readonly [string, Case, (got: Codes) => void])[] = [
  ...(["i32", "f32"] as const).map((t) => [`one of those that want a place gets it, ${t}`, contested(t), (got: Codes) => {
    const values = Array.from(got.y, (c) => (t === "f32" ? f32(c) : c));
    expect(values.map((v) => [v % 4, v >= 0 && v < 32])).toEqual([0, 1, 2, 3].map((k) => [k, true]));
  }] as const),
  ["every ticket is given out once", tickets(), (got) => {
    const classes = [0, 1, 2, 3].map((k) => Array.from(got.y).filter((_, i) => (i * 3) % 4 === k).sort((a, b) => a - b));
    expect(classes).toEqual(classes.map((c) => c.map((_, i) => i)));
  }],
  ["one block is the first", race(), (got) => {
    const winner = got.y[0], old = Array.from(got.old);
    expect(winner).toBeGreaterThan(0);
    expect(old).toEqual(old.map((_, i) => (i + 1 === winner ? 0 : winner)));
  }],
];

const targets: readonly Target[] = [baseTarget, { ...baseTarget, staticAccesses: 4 }, { ...baseTarget, f16: true }];

describe("threads that meet, on the loop form", () => {
  test.each(cases)("%s", (_, make) => {
    const c = make(), law = byInterpreter(c);
    expect(verify(c.program).filter((d) => d.severity === "error")).toEqual([]);
    for (const target of targets) expect(difference(c, law, byEvaluator(c, target), "the loop form")).toBeUndefined();
  });
  test.each(open)("%s", (_, c, check) => {
    check(byInterpreter(c));
    for (const target of targets) check(byEvaluator(c, target));
  });
});

onEachDevice("threads that meet", (device, name) => {
  test.each(cases.filter((_, i) => name !== "lavapipe" || i % 3 === 0))("%s", async (_, make) => {
    const c = make();
    expect(difference(c, byInterpreter(c), await byDevice(c, device()), name)).toBeUndefined();
  }, 120_000);
  test.each(open)("%s", async (_, c, check) => check(await byDevice(c, device())), 120_000);
});

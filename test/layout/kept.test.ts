import { describe, expect, test } from "vitest";
import { check, compose, conversion, dense, digits, axis, bit, reduceTo, registerLayout, reshape, spatial, local, tryReshape } from "../../layout/index.ts";
import { kept, keptPairs, once } from "../../layout/kept.ts";

describe("answers that are kept", () => {
  test("are given once for each object and what else was asked; undefined is one, too", () => {
    const asked: string[] = [], f = kept((x: object, n: number) => { asked.push(String(n)); return n ? n : undefined; }, (n) => n), a = {}, b = {};
    expect([f(a, 1), f(a, 1), f(a, 0), f(a, 0), f(b, 1)]).toEqual([1, 1, undefined, undefined, 1]);
    expect(asked).toEqual(["1", "0", "1"]);
  });

  test("of pairs tell their order", () => {
    const f = keptPairs((a: { n: number }, b: { n: number }) => a.n - b.n, () => 0), x = { n: 3 }, y = { n: 1 };
    expect([f(x, y), f(y, x), f(x, y)]).toEqual([2, -2, 2]);
  });

  test("are no errors: what fails fails each time, and what passed is asked once", () => {
    let asked = 0;
    const f = once((n: number) => { asked++; if (n < 0) throw new RangeError("below"); }, String);
    f(1); f(1);
    for (const _ of [0, 1]) expect(() => f(-1)).toThrow("below");
    expect(asked).toBe(3);
    const bad = digits([axis(0), bit]);
    for (const _ of [0, 1]) expect(() => check(bad, 3, [4, 37])).toThrow();
    check(dense(2), 3, [4, 37]);
    expect(() => check(bad, 3, [4, 37])).toThrow();
  });
});

describe("layouts of the same tuples", () => {
  test("are one object, however they were made", () => {
    const l = compose(spatial(2, 2), local(2, 2));
    expect(registerLayout(l.shape, l.modeShape, l.spatialModes, l.localModes)).toBe(l);
    expect(registerLayout([4, 4], [2, 1, 2, 2, 2], [0, 3], [2, 4])).toBe(l);
    expect(registerLayout([4, 4], [2, 2, 2, 2], [2, 0], [1, 3])).not.toBe(l);
    expect(reduceTo(l, [4, 1])).not.toEqual(reduceTo(l, [1, 4]));
  });

  test("convert at a price that hangs on the threads", () => {
    const from = spatial(4, 8), to = registerLayout([4, 8], [4, 8], [1, 0], []);
    expect([conversion(from, to).kind, conversion(from, to, { subgroup: 32 }).kind, conversion(from, to).kind]).toEqual(["shared", "subgroup", "shared"]);
  });

  test("reshape with and without joining, and fail each time where there is no such layout", () => {
    const l = spatial(4, 8), mixed = registerLayout([4, 8], [4, 8], [1, 0], []);
    expect(tryReshape(l, [32])).toBe(reshape(l, [32]));
    expect(tryReshape(mixed, [32])?.spatialModes).toEqual([1, 0]);
    expect([tryReshape(l, [8, 5]), tryReshape(local(3, 4), [4, 3]), tryReshape(local(3, 4), [4, 3], { join: true })?.shape]).toEqual([undefined, undefined, [4, 3]]);
    for (const _ of [0, 1]) expect(() => reshape(local(3, 4), [4, 3])).toThrow("straddle");
  });
});

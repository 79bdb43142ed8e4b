// gather and lookup against their definition, over tables that are tiles and windows of tensors.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dtype, tileFromCodes, tileFromValues, type Datum, type Tile, type View } from "../../vm/index.ts";
import { elements, emitted, indices, randomTile, run, seeded, shape } from "./isa-support.ts";

const i32 = (shape: readonly number[], values: readonly number[]): Tile => tileFromValues(dtype("i32"), shape, values);
/** A window of a tensor from `origin` on. */
const view = (memory: Tile, origin: readonly number[], size: readonly number[]): View => ({ memory, dtype: memory.dtype, shape: size, axes: size.map((_, d) => d), origin });
const pads: Readonly<Record<string, number>> = { b2: 1 };

describe("gather", () => {
  it("picks along an axis, broadcasts along the others, and gives the pad outside", () => {
    fc.assert(fc.property(shape.filter((s) => s.length > 0), fc.constantFrom("u3", "b2", "f16", "i32", "f32", "bool"), fc.nat(), fc.nat(2), fc.boolean(), (s, type, seed, a, negative) => {
      const random = seeded(seed), axis = a % s.length, n = s[axis], wide = s.map((k, d) => (d === axis || random() < 0.6 ? k : 1));
      const table = randomTile(type, wide, random), own = s.map((k, d) => (d === axis ? 1 + Math.floor(random() * 4) : wide[d] === 1 || random() < 0.6 ? k : 1));
      const index = i32(own, indices(own).map(() => Math.floor(random() * (n + 4)) - 2)), want = s.map((_, d) => (d === axis ? own[axis] : Math.max(wide[d], own[d])));
      const element = (i: readonly number[]): number => {
        const at = index.data[i.reduce((p, x, d) => p * own[d] + (own[d] === 1 ? 0 : x), 0)];
        return at >= 0 && at < n ? table.data[i.reduce((p, x, d) => p * wide[d] + (d === axis ? at : wide[d] === 1 ? 0 : x), 0)] : type === "b2" ? 2 : 0;
      };
      for (const go of [run, emitted]) {
        const got = go("gather", { table, index }, { axis: negative ? axis - s.length : axis, ...(type === "b2" ? { pad: pads[type] } : {}) });
        expect(got.shape).toEqual(want);
        expect(elements(got)).toEqual(indices(want).map(element));
      }
    }), { numRuns: 150 });
  });
  it("stays inside a window, and gives the pad where that sticks out of its tensor", () => {
    const memory = i32([6], [10, 11, 12, 13, 14, 15]);
    for (const [origin, want] of [[1, [-9, 11, 12, 13, -9]], [4, [-9, 14, 15, -9, -9]], [-1, [-9, -9, 10, 11, -9]]] as const)
      for (const go of [run, emitted]) expect(elements(go("gather", { table: view(memory, [origin], [3]), index: i32([5], [-1, 0, 1, 2, 3]) }, { axis: 0, pad: -9 }))).toEqual(want);
    const unsigned = tileFromCodes(dtype("u32"), [3], [1, 0xffffffff, 0x80000000]);
    for (const go of [run, emitted]) expect(elements(go("gather", { table: memory, index: unsigned }, { axis: 0 }))).toEqual([11, 0, 0]);
  });
  it("says what doesn't fit", () => {
    const table = randomTile("f32", [2, 3], seeded(1));
    for (const [operands, attrs, code] of [
      [{ table, index: i32([2], [0, 0]) }, { axis: 1 }, "T0226"], [{ table, index: randomTile("u3", [2, 1], seeded(1)) }, { axis: 1 }, "T0226"], [{ table, index: i32([3, 1], [0, 0, 0]) }, { axis: 1 }, "T0203"],
      [{ table: randomTile("b2", [2], seeded(1)), index: i32([1], [0]) }, { axis: 0 }, "T0208"], [{ table, index: i32([1, 1], [0]) }, { axis: 2 }, "T0206"],
    ] as const) expect(() => run("gather", operands as unknown as Record<string, Datum>, attrs)).toThrow(code);
  });
});

describe("lookup", () => {
  it("is the entry of every code", () => {
    const nf4 = [-1, -0.6961928, -0.52507305, -0.39491749, -0.28444138, -0.18477343, -0.09105004, 0, 0.0795803, 0.1609302, 0.2461123, 0.33791524, 0.44070983, 0.562617, 0.72295684, 1].map(Math.fround);
    const table = tileFromValues(dtype("f32"), [16], nf4), codes = randomTile("u4", [5, 7], seeded(2));
    for (const go of [run, emitted]) expect(elements(go("lookup", { table, codes }))).toEqual(elements(codes).map((c) => nf4[c]));
    const beyond = tileFromCodes(dtype("u3"), [8], [0, 1, 2, 3, 4, 5, 6, 7]), short = tileFromCodes(dtype("b3"), [5], [1, 2, 3, 4, 5]);
    for (const go of [run, emitted]) expect(elements(go("lookup", { table: short, codes: beyond }, { pad: 7 }))).toEqual([1, 2, 3, 4, 5, 7, 7, 7]);
  });
  it("says what doesn't fit", () => {
    const table = randomTile("f32", [4], seeded(1));
    expect(() => run("lookup", { table, codes: randomTile("i4", [4], seeded(1)) })).toThrow("T0226");
    expect(() => run("lookup", { table: randomTile("f32", [2, 2], seeded(1)), codes: randomTile("u2", [4], seeded(1)) })).toThrow("T0226");
    expect(() => run("lookup", { table: randomTile("b1", [2], seeded(1)), codes: randomTile("u1", [4], seeded(1)) })).toThrow("T0208");
  });
});

// Shared and global layouts against the vectors; swizzles; bank conflicts.
import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { Diagnostic } from "../../diagnostic.ts";
import { bankConflicts, byteSwizzle, columnLocal, columnSpatial, compose, countSize, global, local, numbers, rowMajor, rowMajorSwizzle, shared, spatial, swizzled, tileConflicts, type SharedLayout, type Swizzle } from "../../layout/index.ts";
import { vectors } from "../support/vectors.ts";
import { indices } from "./support.ts";

interface S { shape: number[]; mode_shape: number[]; mode_strides: number[]; swizzle: Swizzle | null }
interface Case { op: string; ok: boolean; a: S; b: S; raw: S; shape: number[]; dims: number[]; retain_dims: number[]; extent: number; dtype_nbytes: number; result: S; offsets: number[]; count_size: number }
const of = (s: S): SharedLayout => shared.sharedLayout(s.shape, s.mode_shape, s.mode_strides, s.swizzle);
const tuples = (l: SharedLayout): S => ({ shape: [...l.shape], mode_shape: [...l.modeShape], mode_strides: [...l.modeStrides], swizzle: l.swizzle });
const offsets = (l: SharedLayout): number[] => indices(l.shape).map((i) => shared.offsetAt(l, i));
const file = vectors<{ cases: Case[]; swizzles: (Swizzle & { y_for_x_0_to_1023: number[]; to_byte_swizzle: Record<string, [number, number, number]> })[] }>("tilus/shared");

const run: Record<string, (c: Case) => SharedLayout> = {
  row_major: (c) => shared.rowMajor(...c.shape),
  column_major: (c) => shared.columnMajor(...c.shape),
  row_major_swizzle: (c) => rowMajorSwizzle(c.shape, c.dtype_nbytes),
  compose: (c) => shared.compose(of(c.a), of(c.b)),
  permute: (c) => shared.permute(of(c.a), c.dims),
  slice: (c) => shared.slice(of(c.a), c.retain_dims),
  reshape: (c) => shared.reshape(of(c.a), c.shape),
  unsqueeze: (c) => shared.unsqueeze(of(c.a), c.dims),
  prepend_dim: (c) => shared.prependDim(of(c.a), c.extent),
  canonicalize: (c) => shared.canonical({ shape: c.raw.shape, modeShape: c.raw.mode_shape, modeStrides: c.raw.mode_strides, swizzle: c.raw.swizzle }),
};

describe("shared", () => {
  test("no case is forgotten", () => expect([file.cases.length, file.swizzles.length]).toEqual([126, 2]));
  test("no operation is forgotten", () => expect(Object.keys(run).sort()).toEqual([...new Set(file.cases.map((c) => c.op))].sort()));
  test.each(Object.keys(run))("%s", (op) => {
    for (const c of file.cases.filter((c) => c.op === op)) {
      const what = JSON.stringify({ ...c, offsets: undefined });
      if (!c.ok) { expect(() => run[op](c), what).toThrow(Diagnostic); continue; }
      const l = run[op](c);
      expect(offsets(l), what).toEqual(c.offsets);
      expect(countSize(l), what).toBe(c.count_size);
      // The original merges runs of contiguous modes only half: compare with its result merged fully.
      expect(tuples(l), what).toEqual(tuples(of(c.result)));
    }
  });
  test("swizzles", () => {
    for (const s of file.swizzles) {
      const sw = { base: s.base, bits: s.bits, shift: s.shift };
      expect(s.y_for_x_0_to_1023.map((_, x) => swizzled(sw, x))).toEqual(s.y_for_x_0_to_1023);
      for (const [bytes, [base, bits, shift]] of Object.entries(s.to_byte_swizzle)) expect(byteSwizzle(sw, Number(bytes))).toEqual({ base, bits, shift });
    }
  });
});

test("a run of three contiguous modes becomes one", () => {
  expect(tuples(shared.sharedLayout([8], [2, 2, 2], [4, 2, 1]))).toEqual({ shape: [8], mode_shape: [8], mode_strides: [1], swizzle: null });
});

test("joining modes across dimensions reshapes what is contiguous", () => {
  expect(() => shared.reshape(rowMajor(3, 16), [4, 12])).toThrow(Diagnostic);
  expect(shared.reshape(rowMajor(3, 16), [4, 12], { join: true })).toEqual(rowMajor(4, 12));
});

test("a slice of a swizzled layout is refused unless offsets add", () => {
  const l = rowMajorSwizzle([8, 64], 2);
  expect(() => shared.slice(l, [1])).toThrow(/swizzle depends on it/);
  const staged = shared.prependDim(l, 3), stage = shared.slice(staged, [1, 2]);
  for (const [i, j] of indices([8, 64])) expect(shared.offsetAt(staged, [2, i, j])).toBe(2 * countSize(l) + shared.offsetAt(stage, [i, j]));
  expect(() => shared.offset(l, numbers, [0, 0])).toThrow(Diagnostic);
});

test("a swizzle only permutes, whatever its numbers", () => {
  fc.assert(fc.property(fc.nat(4), fc.nat(4), fc.integer({ min: 1, max: 5 }), (base, bits, extra) => {
    const s = { base, bits, shift: bits + extra - 1 || 1 }, n = 2 ** (s.base + s.bits + s.shift);
    const ys = Array.from({ length: n }, (_, x) => swizzled(s, x));
    expect(new Set(ys).size).toBe(n);
    expect(Math.max(...ys)).toBe(n - 1);
  }));
  fc.assert(fc.property(fc.constantFrom(1, 2, 4, 8), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 8 }), (bytes, m, n) => {
    const l = rowMajorSwizzle([8 * m, (16 / bytes) * n], bytes);
    expect(offsets(l).sort((a, b) => a - b)).toEqual(Array.from({ length: 128 * m * n / bytes }, (_, i) => i));
  }));
});

test("bank conflicts are counted and swizzles remove them", () => {
  expect(bankConflicts([[0, 1, 2, 3]])).toBe(0);
  expect(bankConflicts([[0, 0, 0, 0]])).toBe(0); // one word for all
  expect(bankConflicts([[0, 32, 64, 96], [0, 32]])).toBe(4);
  expect(bankConflicts([[0, 16]], 16)).toBe(1);
  expect(bankConflicts([[]])).toBe(0);
  // Eight threads, each the first word of a 16-byte group in its row, all in one column.
  const column = compose(columnSpatial(8, 1), local(1, 1)), at = (l: SharedLayout) => bankConflicts([Array.from({ length: 8 }, (_, r) => shared.offsetAt(l, [r, 0]) / 2)]);
  expect(at(rowMajor(8, 64))).toBe(7);
  expect(at(rowMajorSwizzle([8, 64], 2))).toBe(0);
  expect(column.shape).toEqual([8, 1]);
  expect(tileConflicts(spatial(1, 32), rowMajor(32, 32), 32)).toBe(0);
  expect(tileConflicts(spatial(32, 1), rowMajor(32, 32), 32)).toBe(31);
  expect(tileConflicts(compose(columnLocal(1, 1), spatial(32, 1)), rowMajor(32, 32), 8)).toBe(7);
});

describe("global", () => {
  interface G { op: string; shape: number[]; size?: number; size_reported?: number; strides: number[]; of: string; lhs: string; rhs: string; offsets_arg: number[]; dims: number[]; offsets: number[]; right_offsets: number[] }
  const named = (s: string): global.GlobalLayout => {
    const [, name, args] = /^(\w+)\(([\d,]+)\)$/.exec(s) ?? [];
    return (name === "row_major" ? global.rowMajor : global.columnMajor)(...args.split(",").map(Number));
  };
  const make: Record<string, (c: G) => global.GlobalLayout> = {
    row_major: (c) => global.rowMajor(...c.shape),
    column_major: (c) => global.columnMajor(...c.shape),
    strides: (c) => global.strided(c.shape, c.strides),
    slice: (c) => global.slice(named(c.of), c.offsets_arg, c.dims, c.shape),
    compose_tilus_bug: (c) => global.compose(named(c.lhs), named(c.rhs)),
  };
  const all = vectors<{ cases: G[] }>("tilus/global").cases;
  test("no case is forgotten", () => expect(all).toHaveLength(10));
  test.each(all)("$op $shape", (c) => {
    const l = make[c.op](c);
    expect(indices(l.shape).map((i) => global.offsetAt(l, i))).toEqual(c.right_offsets ?? c.offsets);
    const size = c.size ?? c.size_reported;
    if (size !== undefined) expect(l.size).toBe(size);
  });
  test("windows of windows, also in split dimensions", () => {
    const whole = global.compose(global.rowMajor(2, 2), global.columnMajor(2, 3)); // 4 × 6, split
    const a = global.slice(whole, [1, 1], [0, 1], [3, 5]), b = global.slice(a, [1, 2], [1], [2]);
    for (const j of [0, 1]) expect(global.base(b) + global.offsetAt(b, [j])).toBe(global.offsetAt(whole, [2, 3 + j]));
    for (const [i, j] of indices([3, 5])) expect(global.base(a) + global.offsetAt(a, [i, j])).toBe(global.offsetAt(whole, [1 + i, 1 + j]));
    expect(() => global.slice(whole, [2, 0], [0, 1], [3, 6])).toThrow(Diagnostic);
    expect(() => global.compose(a, whole)).toThrow(Diagnostic);
  });
});

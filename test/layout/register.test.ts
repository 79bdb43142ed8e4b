// Register layouts against the vectors of the original: construction, tables, every operation.
import { describe, expect, test } from "vitest";
import { Diagnostic } from "../../diagnostic.ts";
import {
  autoLocalSpatial, canonical, compose, concat, divide, elementAt, equal, flatten, groupedModes, identical, leftDivide, localShape, numbers, permute, reduce,
  reduceTo, registerLayout, replicated, reshape, slotAt, slotCount, sizeOf, spatialShape, squeeze, table, threadCount, threadsHolding, unsqueeze, type RegisterLayout,
} from "../../layout/index.ts";
import { vectors } from "../support/vectors.ts";
import { flat, indices, layoutOf, tuples, tuplesOf, type Tuples } from "./support.ts";

interface Sizes { size: number; spatial_size: number; local_size: number; spatial_shape: number[]; local_shape: number[]; grouped_modes: number[][] }
interface Full extends Tuples, Sizes { expr: string; forward: number[][]; inverse: [number[], number][] }

const sizesOf = (l: RegisterLayout): Sizes => ({
  size: sizeOf(l), spatial_size: threadCount(l), local_size: slotCount(l), spatial_shape: spatialShape(l), local_shape: localShape(l), grouped_modes: groupedModes(l),
});
const sizes = (s: Sizes): Sizes => ({
  size: s.size, spatial_size: s.spatial_size, local_size: s.local_size, spatial_shape: s.spatial_shape, local_shape: s.local_shape, grouped_modes: s.grouped_modes,
});

describe.each([["register_named", 34], ["register_random", 60]] as const)("%s", (name, count) => {
  const all = vectors<{ cases: Full[] }>(`tilus/${name}`).cases;
  test("all are there", () => expect(all).toHaveLength(count));
  test.each(all)("$expr", (c) => {
    const l = layoutOf(c);
    expect(tuplesOf(l)).toEqual(tuples(c));
    expect(sizesOf(l)).toEqual(sizes(c));
    expect(table(l).map((slots) => slots.map((i) => flat(i, l.shape)))).toEqual(c.forward);
    indices(l.shape).forEach((index, x) => {
      expect([threadsHolding(l, index), slotAt(l, numbers, index)]).toEqual(c.inverse[x]);
    });
  });
});

test("register_create: accepted and rejected as told; a mode used nowhere is rejected", () => {
  const { cases } = vectors<{ cases: { args: [number[], number[], number[], number[]]; ok: boolean; result?: Tuples; error?: string }[] }>("tilus/register_create");
  expect(cases).toHaveLength(12);
  for (const c of cases) {
    const [shape, modes, sp, lo] = c.args;
    const unused = modes.some((size, m) => size > 1 && !sp.includes(m) && !lo.includes(m));
    if (c.ok && !unused) expect(tuplesOf(registerLayout(...c.args))).toEqual(c.result);
    else expect(() => registerLayout(shape, modes, sp, lo), JSON.stringify(c.args)).toThrow(Diagnostic);
  }
});

interface Case {
  op: string; ok: boolean; a: Tuples; b: Tuples; raw: Tuples; q?: Tuples; shape: number[]; dims: number[]; keepdims: boolean; num_threads: number; num_workers: number;
  start_dim: number; end_dim: number; result: Tuples; result_sizes: Sizes; error?: string; quotient_exists?: boolean;
}

const run: Record<string, (c: Case) => RegisterLayout> = {
  compose: (c) => compose(layoutOf(c.a), layoutOf(c.b)),
  divide: (c) => divide(layoutOf(c.a), layoutOf(c.b)),
  left_divide: (c) => leftDivide(layoutOf(c.a), layoutOf(c.b)),
  canonicalize: (c) => canonical({ shape: c.raw.shape, modeShape: c.raw.mode_shape, spatialModes: c.raw.spatial_modes, localModes: c.raw.local_modes }),
  reshape: (c) => reshape(layoutOf(c.a), c.shape),
  reduce: (c) => reduce(layoutOf(c.a), c.dims, c.keepdims),
  reduce_to: (c) => reduceTo(layoutOf(c.a), c.shape),
  permute: (c) => permute(layoutOf(c.a), c.dims),
  squeeze: (c) => squeeze(layoutOf(c.a), c.dims),
  unsqueeze: (c) => unsqueeze(layoutOf(c.a), c.dims),
  concat: (c) => concat(layoutOf(c.a), layoutOf(c.b)),
  auto_local_spatial: (c) => autoLocalSpatial(c.num_threads, c.shape),
  replicated: (c) => replicated(c.shape, c.num_workers),
  // The original flattens [start, end): that is our flatten up to end - 1.
  flatten_tilus_quirk: (c) => (c.end_dim > c.start_dim ? flatten(layoutOf(c.a), c.start_dim, c.end_dim - 1) : layoutOf(c.a)),
};

const cases = vectors<{ cases: Case[] }>("tilus/register_ops").cases;
const counts: Record<string, number> = {
  compose: 33, divide: 95, left_divide: 77, canonicalize: 28, reshape: 51, reduce: 22, reduce_to: 8, permute: 14, squeeze: 11, unsqueeze: 6, concat: 9,
  flatten_tilus_quirk: 8, auto_local_spatial: 47, replicated: 2,
};

describe("register_ops", () => {
  test("no operation is forgotten", () => expect(Object.keys(run).sort()).toEqual(Object.keys(counts).sort()));
  test("no case is forgotten", () => expect(cases).toHaveLength(411));
  test.each(Object.keys(run))("%s", (op) => {
    const own = cases.filter((c) => c.op === op);
    expect(own).toHaveLength(counts[op]);
    for (const c of own) {
      const what = JSON.stringify(c);
      if (c.ok) {
        const l = run[op](c);
        expect(tuplesOf(l), what).toEqual(tuples(c.result));
        expect(sizesOf(l), what).toEqual(sizes(c.result_sizes));
      } else if (c.quotient_exists) {
        expect(tuplesOf(run[op](c)), what).toEqual(tuples(c.q ?? c.a));
      } else expect(() => run[op](c), what).toThrow(Diagnostic);
    }
  });
});

test("what the laws need: equality is about meaning, identity about tuples", () => {
  const merged = replicated([2], 4), apart = registerLayout([2], [2], [-2, -2], [0]), single = registerLayout([2], [2], [-4, -1], [0]);
  expect(equal(merged, apart)).toBe(true);
  expect(equal(merged, single)).toBe(true);
  expect(identical(merged, apart)).toBe(false);
  expect(equal(registerLayout([2], [2], [-4, 0], []), registerLayout([2], [2], [0, -4], []))).toBe(false);
});

test("a mode used nowhere, or dimensions that aren't there, say what to do", () => {
  expect(() => registerLayout([4], [4], [], [])).toThrow(/mode 0 of size 4 is neither spatial nor local/);
  expect(() => reduce(layoutOf({ shape: [2], mode_shape: [2], spatial_modes: [0], local_modes: [] }), [1])).toThrow(/no dimension 1 among 1/);
  expect(() => elementAt(replicated([2], 2), numbers, 0, 0)).not.toThrow();
  expect(() => slotAt(replicated([2], 2), numbers, [0, 0])).toThrow(Diagnostic);
});

test("nonsense and giants are refused, not computed", () => {
  const code = (f: () => unknown): string => { try { f(); return "nothing"; } catch (e) { return e instanceof Diagnostic ? e.code : String(e); } };
  expect(code(() => registerLayout([2 ** 40, 2 ** 40], [2 ** 40, 2 ** 40], [0, 1], []))).toBe("L0101");
  expect(code(() => replicated([2 ** 30], 2 ** 30))).toBe("L0101");
  for (const bad of [0, -1, 1.5, NaN, Infinity]) expect(code(() => registerLayout([bad], [bad], [0], []))).toBe("L0101");
  expect(code(() => registerLayout([4], [4], [0], [0.5]))).toBe("L0101");
  expect(code(() => registerLayout([4], [4], [NaN], []))).toBe("L0101");
  expect(code(() => registerLayout([4], [4], [], [-2, 0]))).toBe("L0101"); // replication is of threads
  expect(code(() => table(replicated([2 ** 20], 2 ** 10)))).toBe("L0109");
  expect(code(() => threadsHolding(replicated([1], 2 ** 30), [0]))).toBe("L0109");
  expect(code(() => permute(replicated([2, 2], 2), [0, 0]))).toBe("L0102");
  expect(code(() => reduce(replicated([2, 2], 2), [2]))).toBe("L0102");
  expect(code(() => reshape(replicated([2, 2], 2), [3]))).toBe("L0102");
  expect(code(() => reshape(replicated([2, 2], 2), [-4]))).toBe("L0101");
  expect(code(() => divide(replicated([4], 2), replicated([2, 2], 2)))).toBe("L0103");
  expect(tuplesOf(registerLayout([2 ** 40], [2 ** 40], [0], [])).mode_shape).toEqual([2 ** 40]);
});

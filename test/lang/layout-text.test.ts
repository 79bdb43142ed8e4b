// Layouts and packings from text: every operation of the algebra reached through the language gives the answers of the
// original, and what is wrong has a place.
import { describe, expect, test } from "vitest";
import { Diagnostic } from "../../diagnostic.ts";
import { printPacking, table, threadCount, type RegisterLayout } from "../../layout/index.ts";
import { evaluateDtype, evaluateLayout, evaluatePacking, layoutJson } from "../../lang/index.ts";
import { vectors } from "../support/vectors.ts";

interface Tuples { shape: number[]; mode_shape: number[]; spatial_modes: number[]; local_modes: number[] }
interface Case {
  op: string; ok: boolean; a: Tuples; b: Tuples; raw: Tuples; q?: Tuples; shape: number[]; dims: number[]; keepdims: boolean; num_threads: number; num_workers: number;
  start_dim: number; end_dim: number; result: Tuples; quotient_exists?: boolean;
}

const list = (xs: readonly number[]): string => `[${xs.join(", ")}]`;
const raw = (t: Tuples): string => `layout(shape: ${list(t.shape)}, modes: ${list(t.mode_shape)}, spatial: ${list(t.spatial_modes)}, local: ${list(t.local_modes)})`;
const tuplesOf = (l: RegisterLayout): Tuples => ({ shape: [...l.shape], mode_shape: [...l.modeShape], spatial_modes: [...l.spatialModes], local_modes: [...l.localModes] });

/** How each operation is written. */
const written: Record<string, (c: Case) => string> = {
  compose: (c) => `${raw(c.a)} * ${raw(c.b)}`, divide: (c) => `${raw(c.a)} / ${raw(c.b)}`, left_divide: (c) => `left_divide(${raw(c.a)}, ${raw(c.b)})`,
  canonicalize: (c) => `canonical(${raw(c.raw)})`, reshape: (c) => `reshape(${raw(c.a)}, ${list(c.shape)})`, permute: (c) => `permute(${raw(c.a)}, ${list(c.dims)})`,
  reduce: (c) => `reduce(${raw(c.a)}, dims: ${list(c.dims)}, keepdims: ${c.keepdims})`, reduce_to: (c) => `reduce_to(${raw(c.a)}, ${list(c.shape)})`,
  squeeze: (c) => `squeeze(${raw(c.a)}, ${list(c.dims)})`, unsqueeze: (c) => `unsqueeze(${raw(c.a)}, ${list(c.dims)})`, concat: (c) => `concat(${raw(c.a)}, ${raw(c.b)})`,
  auto_local_spatial: (c) => `auto(${c.num_threads}, ${list(c.shape)})`, replicated: (c) => `replicated(${c.shape.join(", ")}, workers: ${c.num_workers})`,
};

describe("the operations of the algebra", () => {
  const cases = vectors<{ cases: Case[] }>("tilus/register_ops").cases.filter((c) => written[c.op]);
  for (const [op, write] of Object.entries(written))
    test(op, () => {
      const mine = cases.filter((c) => c.op === op);
      expect(mine.length).toBeGreaterThan(0);
      for (const c of mine) {
        const text = write(c);
        if (c.ok) expect(tuplesOf(evaluateLayout(text)), text).toEqual(c.result);
        else if (c.quotient_exists && c.q) expect(tuplesOf(evaluateLayout(text)), text).toEqual(tuplesOf(evaluateLayout(raw(c.q))));
        else {
          // The original gives up; an answer may exist all the same, but then it must be right.
          let found: RegisterLayout | undefined;
          try { found = evaluateLayout(text); } catch (e) { expect(e).toBeInstanceOf(Diagnostic); }
          if (found && op === "reshape") expect(rowMajor(found), text).toEqual(rowMajor(evaluateLayout(raw(c.a))));
          else expect(found, text).toBeUndefined();
        }
      }
    });
});

/** The row-major number of the element in each thread and slot. */
const rowMajor = (l: RegisterLayout): number[][] => table(l).map((slots) => slots.map((i) => i.reduce((x, d, k) => x * l.shape[k] + d, 0)));

test.each<[string, string]>([
  ["spatial(8, 4) * local(2, 1)", "16,4 8,2,4 0,2 1"], ["column_spatial(2, 3)", "2,3 2,3 1,0 "], ["column_local(2, 3)", "2,3 2,3  1,0"], ["spatial(2, 3, ranks: [1, 0])", "2,3 2,3 1,0 "],
  ["expand(spatial(4, 1), 1, 2)", "4,2 4,2 0 1"], ["flatten(spatial(2, 3, 4), 1, 2)", "2,12 2,12 0,1 "], ["flatten(spatial(2, 3))", "6 6 0 "], ["spatial()", "   "], ["local([2, 2])", "2,2 2,2  0,1"],
  ["layout(shape: [2], modes: [2], spatial: [-2, -2], local: [0])", "2 2 -2,-2 0"], ["spatial(16 / 4, cdiv(7, 2))", "4,4 4,4 0,1 "], ["(spatial(2) * local(3)) / local(3)", "2 2 0 "],
])("%s", (text, expected) => {
  const l = evaluateLayout(text);
  expect([l.shape, l.modeShape, l.spatialModes, l.localModes].map((x) => x.join(",")).join(" ")).toBe(expected);
});

test.each<[string, string, string]>([
  ["spatial(2, 3) / local(2)", "L0103", "spatial(2, 3) / local(2)"], ["spatal(2)", "N0103", "spatal"], ["spatial(2", "S0003", "("], ["spatial(0)", "L0101", "spatial(0)"], ["spatial(7 / 2)", "L0401", "7 / 2"],
  ["3", "T0402", "3"], ["spatial(2) + spatial(2)", "T0507", "spatial(2) + spatial(2)"], ["reduce(spatial(2), dim: [0])", "N0112", "dim"], ["local(2).local(3)", "N0107", "local(2).local"], ["spatial(1.5)", "T0402", "1.5"],
  ["load(x)", "T0501", "load(x)"], ["replicated(2)", "T0101", "replicated(2)"], ["squeeze(spatial(2), [0])", "L0102", "squeeze(spatial(2), [0])"], ["N", "N0101", "N"], ["spatial(2) *", "S0002", ""], ["planes", "T0402", "planes"],
])("%s is %s", (text, code, at) => {
  let d: Diagnostic | undefined;
  try { evaluateLayout(text); } catch (e) { if (e instanceof Diagnostic) d = e; else throw e; }
  expect(d?.code).toBe(code);
  expect(text.slice(d?.data.span?.start, d?.data.span?.end)).toBe(at);
});

test("the table of a layout lists the element of each slot of each thread", () => {
  expect(layoutJson(evaluateLayout("spatial(2) * local(2)"))).toEqual({ shape: [4], modeShape: [2, 2], spatialModes: [0], localModes: [1], threads: 2, slots: 2, table: [[[0], [1]], [[2], [3]]] });
  expect(() => layoutJson(evaluateLayout("spatial(1024) * local(4096)"))).toThrow(/L0109/);
  expect(threadCount(evaluateLayout("spatial(1024) * local(4096)"))).toBe(1024);
});

test.each([
  "dense", "planes", "planes(32)", "[k / 32, bit, k % 32, n]", "[n, k / 32, [k % 32, bit[0 +: 4]] ++ [k % 32, bit[4 +: 2]]]", "[k / 32, {k % 32, bit} / 32, n, {k % 32, bit} % 32]",
  "[~k, pad(n, 32), bit]", "[k, n / 8, n % 2, (n / 2) % 4, bit]", "[k, n, bit] at 0 stride 64 | [k, n, bit] at 32 stride 64", "[k, {~n, bit} % 8]",
])("packing %s prints as it is written", (text) => {
  expect(printPacking(evaluatePacking(text, ["k", "n"]), ["k", "n"])).toBe(text);
});
test.each<[string, string, string]>([
  ["[k, m]", "L0403", "m"], ["[k, n + 1, bit]", "L0402", "n + 1"], ["spatial(2, 2)", "L0402", "spatial(2, 2)"], ["packed(spatial(2))", "L0216", "spatial(2)"], ["plains", "N0101", "plains"], ["[k / 0, bit]", "L0214", "k / 0"], ["[bit[6 +: x]]", "N0101", "x"],
])("packing %s is %s", (text, code, at) => {
  let d: Diagnostic | undefined;
  try { evaluatePacking(text, ["k", "n"]); } catch (e) { if (e instanceof Diagnostic) d = e; else throw e; }
  expect(d?.code).toBe(code);
  expect(text.slice(d?.data.span?.start, d?.data.span?.end)).toBe(at);
});

test("number types by name and alias, others with a place", () => {
  expect(evaluateDtype("f6e3m2").bits).toBe(6);
  expect(evaluateDtype("float8_e4m3fn").name).toBe("f8e4m3");
  expect(() => evaluateDtype("u33")).toThrow(/N0110/);
  expect(() => evaluateDtype("u3 + 1")).toThrow(/T0402/);
});

// Fragments of binary tensor cores against the lane tables that were read off hardware, and against the inverse maps in closed form.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { binaryMma, divide, elementAt, local, numbers, slotAt, slotCount, table, threadAt, threadCount } from "../../layout/index.ts";
import { vectors } from "../support/vectors.ts";

type Part = "a" | "b" | "c";
/** [register][lane] → (row, first k) of A, (column, first k) of B, (row, column) of C. */
type Lanes = readonly (readonly (readonly [number, number])[])[];
const given = vectors<{ readonly shapes: Readonly<Record<string, Readonly<Record<"A" | "B" | "C", Lanes>>>> }>("btc/btc_fragments").shapes;
const names = ["m8n8k128", "m16n8k128", "m16n8k256"] as const;
const parts = names.flatMap((name) => (["a", "b", "c"] as const).map((part) => [name, part] as const));

/** Lane, register and bit of A[r][k], B[k][c] or C[r][c], as they are given for CUDA. */
const inverse: Readonly<Record<(typeof names)[number], Readonly<Record<Part, (x: number, y: number) => readonly [lane: number, register: number, bit: number]>>>> = {
  m8n8k128: {
    a: (r, k) => [4 * r + (k >> 5), 0, k & 31],
    b: (c, k) => [4 * c + (k >> 5), 0, k & 31],
    c: (r, c) => [4 * r + (c >> 1), c & 1, 0],
  },
  m16n8k128: {
    a: (r, k) => [4 * (r & 7) + (k >> 5), r >> 3, k & 31],
    b: (c, k) => [4 * c + (k >> 5), 0, k & 31],
    c: (r, c) => [4 * (r & 7) + (c >> 1), 2 * (r >> 3) + (c & 1), 0],
  },
  m16n8k256: {
    a: (r, k) => [4 * (r & 7) + ((k >> 5) & 3), (r >> 3) + 2 * (k >> 7), k & 31],
    b: (c, k) => [4 * c + ((k >> 5) & 3), k >> 7, k & 31],
    c: (r, c) => [4 * (r & 7) + (c >> 1), 2 * (r >> 3) + (c & 1), 0],
  },
};

describe.each(parts)("%s.%s", (name, part) => {
  const l = binaryMma[name][part], run = part === "c" ? 1 : 32;
  test("is the lane table", () => {
    const lanes = given[name][part.toUpperCase() as "A" | "B" | "C"], mine = table(l);
    expect(lanes).toHaveLength(slotCount(l) / run);
    expect(mine.map((own) => own.filter((_, s) => s % run === 0))).toEqual(mine.map((_, lane) => lanes.map((r) => r[lane])));
  });
  test("holds every element once, where the closed form says; bits of a register are consecutive", () => {
    expect([threadCount(l), threadCount(l) * slotCount(l)]).toEqual([32, l.shape[0] * l.shape[1]]);
    fc.assert(fc.property(fc.nat(l.shape[0] - 1), fc.nat(l.shape[1] - 1), (x, y) => {
      const [lane, register, bit] = inverse[name][part](x, y), slot = register * run + bit;
      expect([threadAt(l, numbers, [x, y]), slotAt(l, numbers, [x, y])]).toEqual([lane, slot]);
      expect(elementAt(l, numbers, lane, slot)).toEqual([x, y]);
    }));
  });
});

test("over 32 bits they are the layouts of words", () => {
  expect(table(divide(binaryMma.m16n8k256.a, local(1, 32)))[31]).toEqual([[7, 3], [15, 3], [7, 7], [15, 7]]);
});

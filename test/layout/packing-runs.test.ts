// Where neighbours are said to lie at equal distances, they do: in every element, whatever of the extents is known.
import fc from "fast-check";
import { expect, test } from "vitest";
import { addresser, axis, bit, concatPackings, dense, digit, digits, numbers, planes, planesBlocked, range, runOf } from "../../layout/index.ts";
import { each, random } from "./packing-support.ts";

test("neighbours lie as far from each other as is said", () => {
  let told = 0;
  fc.assert(fc.property(random, fc.boolean(), ({ p, bits, extents }, unknown) => {
    const at = addresser(p, bits, numbers, extents), place = (index: readonly number[], b: number): number => { const { word, bit } = at(index, b); return 32 * word + bit; };
    for (let d = 0; d < extents.length; d++) for (const b of new Set([0, bits - 1])) {
      const run = runOf(p, bits, unknown ? extents.map(() => undefined) : extents, d, b);
      if (!run) continue;
      for (const index of each(extents)) {
        const rest = Number.isFinite(run.length) ? index[d] % run.length : index[d];
        if (rest === 0) continue;
        told++;
        expect(place(index, b)).toBe(place(index.map((x, i) => (i === d ? x - rest : x)), b) + run.step * rest);
      }
    }
  }), { numRuns: 60, seed: 11 });
  expect(told).toBeGreaterThan(1000);
});

test("what is known of usual packings", () => {
  expect(runOf(dense(2), 3, [undefined, undefined], 1, 2)).toEqual({ step: 3, length: Infinity });
  expect(runOf(dense(2), 3, [undefined, undefined], 0, 2)).toBeUndefined(); // as far as a row is long
  expect(runOf(dense(2), 3, [undefined, 40], 0, 2)).toEqual({ step: 120, length: Infinity });
  expect(runOf(planes(2), 3, [undefined, undefined], 1, undefined)).toMatchObject({ step: 1 });
  expect(runOf(planesBlocked(1, 32), 2, [undefined], 0, 1)).toEqual({ step: 1, length: 32 });
  // Bits in two parts: each of its own.
  const k = axis(0), parts = concatPackings(digits([k, range(bit, 0, 4)]), digits([k, range(bit, 4, 2)]));
  expect([0, 5].map((b) => runOf(parts, 6, [32], 0, b)?.step)).toEqual([4, 2]);
  expect(runOf(parts, 6, [32], 0, undefined)).toBeUndefined();
  expect(runOf(digits([digit(k, { div: 8 }), digit(k, { mod: 8 }), bit]), 4, [undefined], 0, 0)).toEqual({ step: 4, length: 8 });
});

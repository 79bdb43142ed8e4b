// bcq_lut against the published table and the published fit, and against dot where the factors are powers of two.
import { describe, expect, test } from "vitest";
import { digitsOf, example, product } from "../../examples/bcq_lut/bcq_lut.ts";
import type { Case, Given } from "../../examples/example.ts";
import { binaryCode, binaryOf, binaryValues, interpret, quantiseValues, type BinaryCoded } from "../../vm/index.ts";
import { vectors } from "../support/vectors.ts";
import { expectWithin, tilesOf, valuesOf } from "./support.ts";

const { w, lut8 } = vectors<{ w: number[]; lut8: { x: number[]; table: number[] } }>("btc/bcq_lut");
const f32 = (shape: number[], values: ArrayLike<number>): Given => ({ dtype: "f32", shape, values: Float64Array.from(values, Math.fround) });
const run = (c: Omit<Case, "name">): Float64Array => {
  const { y } = interpret(example.kernel.specialise(c.params), tilesOf({ ...c, name: "" }));
  expectWithin(valuesOf(y), c.outputs.y);
  return valuesOf(y);
};

describe.each(["u4", "u8"])("tables of %s", (C) => {
  test("hold the published 256 sums of 8 activations: row c has the digits of c", () => {
    const codes = Uint8Array.from({ length: 256 * 8 }, (_, i) => (i >> 3) >> (i & 7) & 1);
    const all: BinaryCoded = { planes: 1, shape: [256, 8], codes, axis: 1, group: 8, scaleShape: [256, 1], alphas: new Float32Array(256).fill(1) };
    const y = run(product(f32([1, 8], lut8.x), all, f32([256], new Float64Array(256)), { C, G: 128 }));
    // x is rounded to f32, 8 roundings of sums.
    const slack = lut8.x.reduce((s, v) => s + Math.abs(v), 0) * 9 * 2 ** -23;
    lut8.table.forEach((v, c) => expect(Math.abs(y[c] - v), `entry ${c}`).toBeLessThan(slack));
    y.forEach((v, c) => expect(v).toBe(-y[255 - c]));
  });

  test.each([1, 2, 3])("times the published weights in %s planes, each column by itself", (planes) => {
    const coded = binaryCode(w, [1, 16], { planes }), values = binaryValues(coded);
    const unit = f32([16, 16], Float64Array.from({ length: 256 }, (_, i) => (i % 17 === 0 ? 1 : 0)));
    const y = run(product(unit, coded, f32([1], [0]), { C, G: 64 }));
    y.forEach((v, k) => expect(Math.abs(v - values[k])).toBeLessThan(2 ** -20));
  });

  test("bipolar numbers are the case of powers of two, exactly", () => {
    const x = Float64Array.from({ length: 3 * 70 }, (_, i) => ((i * 37) % 19) - 9), numbers = Float64Array.from({ length: 5 * 70 }, (_, i) => 2 * ((i * 11) % 8) - 7);
    const q = binaryOf(quantiseValues(numbers, [5, 70], { type: "b3", scale: 1 }));
    const y = run(product(f32([3, 70], x), q, f32([5], new Float64Array(5)), { C, G: 128 }));
    y.forEach((v, i) => {
      let sum = 0;
      for (let k = 0; k < 70; k++) sum += x[Math.floor(i / 5) * 70 + k] * numbers[(i % 5) * 70 + k];
      expect(v).toBe(sum);
    });
  });
});

test("digits of a plane are the bits of its words, rows in whole words", () => {
  const coded = binaryCode([1, -1, 1, 1, 1], [1, 5], { planes: 1 });
  expect([...digitsOf(coded, 4).values]).toEqual([0b1101, 1, 0, 0, 0, 0, 0, 0]);
  expect([...digitsOf(coded, 8).values]).toEqual([0b11101, 0, 0, 0]);
});

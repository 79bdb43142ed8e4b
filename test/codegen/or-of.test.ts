// The or of many values is the one that joining them one by one gives, whatever meets in a bit.
import fc from "fast-check";
import { expect, test } from "vitest";
import { expressions } from "../../codegen/loop/expr.ts";

const piece = fc.record({ word: fc.integer({ min: 0, max: 2 }), at: fc.integer({ min: 0, max: 31 }), width: fc.integer({ min: 1, max: 32 }), to: fc.integer({ min: 0, max: 31 }), constant: fc.option(fc.integer({ min: 0, max: 2 ** 31 })) });

test("orOf joins as or does, one by one", () => {
  fc.assert(fc.property(fc.array(piece, { minLength: 1, maxLength: 12 }), (pieces) => {
    const e = expressions(), words = [0, 1, 2].map((i) => e.use(e.variable({ name: `w${i}`, type: "u32", role: "uniform", lo: 0, hi: i === 2 ? 255 : 2 ** 32 - 1, divisor: 1 })));
    const parts = pieces.map((p) => (p.constant !== null ? e.constant("u32", p.constant) : e.op("shl", e.field(words[p.word], e.of(p.at), Math.min(p.width, 32 - p.at)), e.constant("u32", p.to))));
    expect(e.orOf(parts)).toBe(parts.reduce((a, b) => e.op("or", a, b)));
  }), { seed: 6, numRuns: 400 });
});

test("the bits of a word, each by itself, are the word", () => {
  const e = expressions(), w = e.use(e.variable({ name: "w", type: "u32", role: "uniform", lo: 0, hi: 2 ** 32 - 1, divisor: 1 }));
  expect(e.orOf(Array.from({ length: 32 }, (_, i) => e.op("shl", e.field(w, e.of(31 - i), 1), e.constant("u32", 31 - i))))).toBe(w);
});

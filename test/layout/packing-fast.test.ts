// Generated code against the walk that any packing takes: the same words and codes, on random packings and on those of shipped formats.
import fc from "fast-check";
import { expect, test } from "vitest";
import { axis, bit, chain, concatPackings, dense, digit, digits, flat, local, overlay, packed, pad, planes, planesBlocked, range, reverse, spatial, wordCount, type Codes, type Packing } from "../../layout/index.ts";
import { chunks } from "../../layout/packing-chunks.ts";
import { getFast, putFast } from "../../layout/packing-fast.ts";
import { get, put } from "../../layout/packing-walk.ts";
import { random } from "./packing-support.ts";

const product = (xs: readonly number[]): number => xs.reduce((a, b) => a * b, 1);
const codesOf = (bits: number, n: number): Codes => bits <= 8 ? new Uint8Array(n) : bits <= 16 ? new Uint16Array(n) : new Uint32Array(n);
const filled = (bits: number, n: number): Codes => codesOf(bits, n).map((_, i) => Math.floor((Math.imul(i + 1, 2654435761) >>> 0) / 2 ** (32 - bits)));

/** Whether code was generated; fails where it does something else than the walk. */
function same(p: Packing, bits: number, extents: readonly number[]): boolean {
  const codes = filled(bits, product(extents)), slow = new Uint32Array(wordCount(p, bits, extents)), fast = new Uint32Array(slow.length), back = codesOf(bits, codes.length);
  put(p, bits, extents, codes, slow);
  const made = putFast(p, bits, extents, codes, fast, undefined, 0);
  if (made) expect(Buffer.compare(new Uint8Array(fast.buffer), new Uint8Array(slow.buffer))).toBe(0);
  expect(getFast(p, bits, extents, slow, back, undefined, 0)).toBe(made);
  if (made) expect(Array.from(back)).toEqual(Array.from(codes));
  return made;
}

test("random packings", () => {
  let made = 0, all = 0;
  fc.assert(fc.property(random, ({ p, bits, extents }) => { all++; if (same(p, bits, extents)) made++; }), { numRuns: 150, seed: 7 });
  expect(made).toBeGreaterThan(all / 2);
});

const k = axis(0), n = axis(1), f = flat([digit(k, { mod: 32 }), bit]), i = axis(2);
const q6 = concatPackings(
  digits([digit(i, { div: 128 }), digit(i, { mod: 64 }), digit(i, { div: 64, mod: 2 }), range(bit, 0, 4)]),
  digits([digit(i, { div: 128 }), digit(i, { mod: 32 }), digit(i, { div: 32, mod: 4 }), range(bit, 4, 2)]));
const block = (of: Packing, at: number, stride: number): Packing => overlay([{ of: digits([flat([axis(0), axis(1)]), of]), at, stride }]);
const cases: [string, Packing, number, number[]][] = [
  ...[1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 24, 32].map((b): [string, Packing, number, number[]] => [`dense, ${b} bits`, dense(2), b, [7, 100]]),
  ...[1, 3, 8].map((b): [string, Packing, number, number[]] => [`dense rows that fill no lanes, ${b} bits`, dense(2), b, [70, 33]]),
  ["dense, 1 bit, eight codes at once", dense(2), 1, [8, 128]], ["planes of 8 bits, two fours at once", planes(2), 8, [4, 128]],
  ["planes", planes(2), 3, [64, 100]], ["planes, whole words", planes(2), 5, [64, 128]], ["planes(32)", planesBlocked(2, 32), 4, [6, 160]],
  ["AWQ", digits([k, digit(n, { div: 8 }), digit(n, { mod: 2 }), digit(digit(n, { div: 2 }), { mod: 4 }), bit]), 4, [64, 72]],
  ["GPTQ 3", digits([digit(k, { div: 32 }), digit(f, { div: 32 }), n, digit(f, { mod: 32 })]), 3, [96, 44]],
  ["GPTQ 4", digits([digit(k, { div: 32 }), digit(f, { div: 32 }), n, digit(f, { mod: 32 })]), 4, [96, 44]],
  ["HQQ", digits([digit(k, { mod: 32 }), n, reverse(flat([digit(k, { div: 32 })])), bit]), 4, [64, 48]],
  ["HQQ 3", digits([digit(k, { mod: 10 }), n, pad(flat([reverse(flat([digit(k, { div: 10 })])), bit]), 32)]), 3, [100, 12]],
  ["MLC 3", digits([k, digit(n, { div: 10 }), pad(flat([digit(n, { mod: 10 }), bit]), 32)]), 3, [16, 160]],
  ["6 bits as 4 and 2", digits([k, digit(n, { div: 32 }), concatPackings(digits([digit(n, { mod: 32 }), range(bit, 0, 4)]), digits([digit(n, { mod: 32 }), range(bit, 4, 2)]))]), 6, [9, 96]],
  ["4 bits of all, then 2", concatPackings(digits([k, n, range(bit, 0, 4)]), digits([k, n, range(bit, 4, 2)])), 6, [12, 96]],
  ["FP6's stream", digits([digit(flat([k, n, reverse(bit)]), { div: 8 }), reverse(flat([digit(flat([k, n, reverse(bit)]), { mod: 8 })]))]), 6, [12, 96]],
  ["q4_0's nibbles in 18 bytes", block(digits([digit(i, { mod: 16 }), digit(i, { div: 16 }), bit]), 16, 144), 4, [3, 5, 32]],
  ["mxfp4's in 17", block(digits([digit(i, { mod: 16 }), digit(i, { div: 16 }), bit]), 8, 136), 4, [6, 6, 32]],
  ["q6_k's in 210", block(q6, 0, 1680), 6, [3, 3, 256]],
  ["q8_0's bytes in 34", block(digits([i, bit]), 16, 272), 8, [3, 5, 32]],
  ["packed(L)", packed(chain(local(4, 1), spatial(8, 8), local(1, 8))), 3, [64, 128]],
  ["packed(L), ends anywhere", packed(chain(local(4, 1), spatial(8, 8), local(1, 8))), 3, [61, 131]],
];
test.each(cases)("%s", (_, p, bits, extents) => { expect(same(p, bits, extents)).toBe(true); });

test("rows go along an axis whose boxes begin at the same bit of a word, not one box at a time: HQQ's go along n, though k has more", () => {
  const hqq = digits([digit(k, { mod: 1024 }), n, reverse(flat([digit(k, { div: 1024 })])), bit]), c = chunks(hqq, 4, [2048, 16], 4);
  expect([c?.box, c?.along, c?.rows]).toEqual([[1, 4], 1, true]);
});

test("rows go along the last axis where it is long: steps of a page from row to row would drop what is in the cache", () => {
  const c = chunks(packed(chain(local(4, 1), spatial(8, 8), local(1, 8))), 4, [2048, 4096], 4);
  expect([c?.along, c?.rows]).toEqual([1, true]);
});

test("eight codes at once only where they begin at a multiple of eight bytes", () => {
  const words = Uint32Array.from({ length: 32 }, (_, j) => Math.imul(j + 1, 0x9e3779b1)), want = new Uint8Array(1024);
  get(dense(1), 1, [1024], words, want);
  for (const at of [0, 4, 8]) {
    const back = new Uint8Array(new ArrayBuffer(1040), at, 1024);
    expect(getFast(dense(1), 1, [1024], words, back, undefined, 0)).toBe(true);
    expect(Array.from(back)).toEqual(Array.from(want));
  }
});

test("shared values are spread", () => {
  const p = digits([axis(0), digit(axis(1), { div: 32 }), bit]), words = Uint32Array.from({ length: 40 }, (_, j) => j * 0x1234567), fast = new Uint16Array(10 * 8 * 32), slow = new Uint16Array(fast.length);
  get(p, 16, [10, 256], words, slow);
  expect(getFast(p, 16, [10, 256], words, fast, undefined, 0)).toBe(true);
  expect(fast).toEqual(slow);
});

test("where generated code is forbidden nothing has been moved, and other errors are not swallowed", () => {
  const forbidden = (): never => { throw new EvalError("Refused to evaluate a string as JavaScript because 'unsafe-eval' is not allowed"); };
  const words = new Uint32Array(1024), codes = filled(4, 8192), back = new Uint8Array(8192);
  expect(putFast(dense(1), 4, [8192], codes, words, forbidden, 0)).toBe(false);
  expect(words.every((w) => w === 0)).toBe(true);
  expect(getFast(dense(1), 4, [8192], words.fill(7), back, forbidden, 0)).toBe(false);
  expect(back.every((x) => x === 0)).toBe(true);
  expect(() => putFast(dense(1), 4, [8192], codes, words, () => { throw new SyntaxError("a mistake in the code"); }, 0)).toThrow(SyntaxError);
});

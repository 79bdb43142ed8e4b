// Laws of packings on random digit lists, and the meaning of each construct against plain arithmetic.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  address, axis, bit, check, concatPackings, dense, digit, digits, equalPacking, fields, flat, lastWordMultiple, numbers, overlay, pack, pad, padMultiple, planes,
  planesBlocked, planesTiled, printPacking, range, repack, reverse, unpack, wordCount, wordCountOf, type Algebra, type Packing,
} from "../../layout/index.ts";
import { each, hidden, later, message, naive, random, randomPair } from "./packing-support.ts";

const bytes = (words: Uint32Array): Uint8Array => new Uint8Array(words.buffer);

describe("random digit lists", () => {
  test("check passes; address is the naive mixed-radix number; nothing collides; counts agree", () => {
    fc.assert(fc.property(random, ({ p, bits, extents }) => {
      check(p, bits, extents);
      const words = wordCount(p, bits, extents), got: number[] = [], want: (number | undefined)[] = [];
      expect(words).toBe(Math.ceil(naive(p, bits, extents, [], 0).size / 32));
      for (const index of each(extents)) for (let b = 0; b < bits; b++) {
        const { word, bit } = address(p, bits, numbers, extents, index, b);
        if (bit > 31) throw new Error(`bit ${bit} of a word`);
        got.push(word * 32 + bit);
        want.push(naive(p, bits, extents, index, b).at);
      }
      expect(got).toEqual(want);
      expect(new Set(got).size).toBe(got.length);
      expect(Math.max(...got)).toBeLessThan(words * 32);
    }), { numRuns: 80 });
  });

  test("pads: elements up to the multiples have places of their own in the same words", () => {
    let padded = 0;
    fc.assert(fc.property(fc.oneof(random, fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 70 })).map(([bits, n]) => ({ p: dense(1), bits, extents: [n] }))), ({ p, bits, extents }) => {
      const more = extents.map((n, d) => { const own = padMultiple(p, d), by = own > 1 ? own : lastWordMultiple(p, bits, extents, d); return Math.ceil(n / by) * by; });
      if (more.join() === extents.join()) return;
      padded++;
      const places = [...each(more)].flatMap((index) => Array.from({ length: bits }, (_, b) => { const { word, bit } = address(p, bits, numbers, more, index, b); return word * 32 + bit; }));
      expect(new Set(places).size).toBe(places.length);
      expect(Math.max(...places)).toBeLessThan(wordCount(p, bits, extents) * 32);
      // They are those of the tensor itself, too.
      const among = (es: readonly number[]): number[] => [...each(extents)].flatMap((index) => Array.from({ length: bits }, (_, b) => { const { word, bit } = address(p, bits, numbers, es, index, b); return word * 32 + bit; }));
      expect(among(more)).toEqual(among(extents));
    }), { numRuns: 120 });
    expect(padded).toBeGreaterThan(30);
  });

  test("run-time indices, bits and extents give the same addresses, in u32", () => {
    fc.assert(fc.property(random, fc.boolean(), ({ p, bits, extents }, dynamic) => {
      const es = extents.map((n) => (dynamic ? hidden(n) : later.of(n)));
      const all = [...each(extents)], some = [all[0], all[all.length - 1], all[all.length >> 1]];
      for (const index of some) for (let b = 0; b < bits; b++) for (const dynamicBit of [false, true]) {
        if (index === undefined) continue;
        const { word, bit } = address(p, bits, later, es, index.map(hidden), dynamicBit ? hidden(b) : b);
        expect({ word: word.run(), bit: bit.run() }).toEqual(address(p, bits, numbers, extents, index, b));
      }
      expect(wordCountOf(p, bits, later, es).run()).toBe(wordCount(p, bits, extents));
    }), { numRuns: 80 });
  });

  test("pack puts every bit where address says, zero elsewhere; unpack and repack undo it", () => {
    fc.assert(fc.property(randomPair, fc.integer(), ({ p, q, bits, extents }, seed) => {
      const n = extents.reduce((a, b) => a * b, 1), codes = Array.from({ length: n }, (_, i) => (Math.imul(i + 1, seed | 1) >>> 7) % 2 ** bits);
      const words = new Uint32Array(wordCount(p, bits, extents));
      let e = 0;
      for (const index of each(extents)) {
        for (let b = 0; b < bits; b++) { const at = address(p, bits, numbers, extents, index, b); words[at.word] |= (((codes[e] ?? 0) >>> b) & 1) << at.bit; }
        e++;
      }
      const packed = pack(p, bits, extents, codes);
      expect(Array.from(packed)).toEqual(Array.from(words));
      expect(Array.from(unpack(p, bits, extents, packed))).toEqual(codes);
      for (const to of [q, dense(extents.length), planes(extents.length)]) {
        const moved = repack(p, to, bits, extents, packed);
        expect(Buffer.compare(bytes(moved), bytes(pack(to, bits, extents, codes)))).toBe(0);
        expect(Buffer.compare(bytes(repack(to, p, bits, extents, moved)), bytes(packed))).toBe(0);
      }
    }), { numRuns: 80 });
  });

  test("fields hold for every element, with and without known extents, and are maximal where proved", () => {
    fc.assert(fc.property(random, ({ p, bits, extents }) => {
      const places = [...each(extents)].map((index) => Array.from({ length: bits }, (_, b) => address(p, bits, numbers, extents, index, b)));
      for (const known of [undefined, extents]) {
        const runs = fields(p, bits, known);
        expect(runs.map((f) => f.lo)).toEqual(runs.map((_, i) => runs.slice(0, i).reduce((n, f) => n + f.width, 0)));
        expect(runs.reduce((n, f) => n + f.width, 0)).toBe(bits);
        for (const place of places) for (const f of runs) {
          const at = place.slice(f.lo, f.lo + f.width);
          const first = at[0], last = at[at.length - 1];
          const wrong = first.bit % f.align !== 0 || (f.position !== undefined && first.bit !== f.position) || (!f.straddles && last.word !== first.word)
            || at.some((a, i) => a.bit !== (first.bit + i) % 32 || a.word !== (first.bit + i < 32 ? first.word : last.word));
          if (wrong) expect({ at, f }).toBe("a run");
        }
      }
    }), { numRuns: 80 });
  });
});

describe("fields", () => {
  const k = axis(0), n = axis(1), f = flat([digit(k, { mod: 32 }), bit]);
  const gptq = digits([digit(k, { div: 32 }), digit(f, { div: 32 }), n, digit(f, { mod: 32 })]);
  test("are proved without knowing any extent", () => {
    expect(fields(dense(2), 4)).toEqual([{ lo: 0, width: 4, straddles: false, position: undefined, align: 4 }]);
    expect(fields(dense(2), 3)).toEqual([{ lo: 0, width: 3, straddles: true, position: undefined, align: 1 }]);
    expect(fields(dense(1), 32)).toEqual([{ lo: 0, width: 32, straddles: false, position: 0, align: 32 }]);
    expect(fields(gptq, 3)).toEqual([{ lo: 0, width: 3, straddles: true, position: undefined, align: 1 }]);
    expect(fields(gptq, 4).map((x) => [x.width, x.straddles])).toEqual([[4, false]]);
    expect(fields(planes(2), 3).map((x) => x.width)).toEqual([1, 1, 1]);
    expect(fields(digits([k, n, reverse(bit)]), 3).map((x) => x.width)).toEqual([1, 1, 1]);
  });
  test("split widths are two fields and no field straddles", () => {
    const part = (lo: number, size: number): Packing => digits([digit(k, { mod: 32 }), range(bit, lo, size)]);
    const split = digits([n, digit(k, { div: 32 }), concatPackings(part(0, 4), part(4, 2))]);
    expect(fields(split, 6).map((x) => [x.lo, x.width, x.straddles])).toEqual([[0, 4, false], [4, 2, false]]);
    expect(printPacking(split, ["k", "n"])).toBe("[n, k / 32, [k % 32, bit[0 +: 4]] ++ [k % 32, bit[4 +: 2]]]");
    check(split, 6, [64, 5]);
  });
  test("known extents prove more: rows of 32 × 3 bits never move the second row's fields off word starts", () => {
    const rows = digits([k, pad(flat([n, bit]), 32)]);
    expect(fields(rows, 3, [7, 10])).toEqual([{ lo: 0, width: 3, straddles: false, position: undefined, align: 1 }]);
    expect(fields(rows, 3, [7, 11])[0]?.straddles).toBe(true);
  });
});

describe("tails and pads", () => {
  test("planes pad the last axis to whole words", () => {
    expect(wordCount(planes(2), 3, [10, 37])).toBe(3 * 10 * 2);
    expect(wordCount(planesBlocked(2, 32), 3, [10, 37])).toBe(10 * 2 * 3);
    expect(wordCount(planes(1), 1, [1])).toBe(1);
    expect(address(planes(2), 3, numbers, [10, 37], [9, 36], 2)).toEqual({ word: (2 * 10 + 9) * 2 + 1, bit: 4 });
    expect(pack(planesBlocked(1, 32), 2, [37], new Array<number>(37).fill(3))).toEqual(new Uint32Array([0xffffffff, 0xffffffff, 31, 31]));
  });
  test("a tensor past 512 MiB keeps its addresses", () => {
    const e = [40_000, 40_000], i = [39_999, 39_999];
    const a = address(dense(2), 3, later, e.map(hidden), i.map(hidden), 2), at = (39_999 * 40_000 + 39_999) * 3 + 2;
    expect([a.word.run(), a.bit.run()]).toEqual([Math.floor(at / 32), at % 32]);
    expect(wordCountOf(dense(2), 3, later, e.map(hidden)).run()).toBe(Math.ceil((40_000 * 40_000 * 3) / 32));
  });
});

describe("overlays and ranges of axes", () => {
  const i = axis(0);
  // Two blocks of 32 five-bit codes: a 32-bit plane of fifth bits, then nibbles; 160 bits a block.
  const q5 = overlay([
    { of: digits([digit(i, { div: 32 }), digit(i, { mod: 32 }), range(bit, 4, 1)]), at: 0, stride: 160 },
    { of: digits([digit(i, { div: 32 }), digit(i, { mod: 16 }), digit(i, { div: 16, mod: 2 }), range(bit, 0, 4)]), at: 32, stride: 160 },
  ]);
  test("pieces weave into one block", () => {
    check(q5, 5, [64]);
    expect(wordCount(q5, 5, [64])).toBe(10);
    expect(address(q5, 5, numbers, [64], [33], 4)).toEqual({ word: 5, bit: 1 });
    expect(address(q5, 5, numbers, [64], [32 + 16], 0)).toEqual({ word: 6, bit: 4 });
    const codes = Uint8Array.from({ length: 64 }, (_, j) => (j * 7) % 32);
    expect(unpack(q5, 5, [64], pack(q5, 5, [64], codes))).toEqual(codes);
    expect(address(q5, 5, later, [later.of(64)], [hidden(33)], hidden(4)).word.run()).toBe(5);
  });
  test("colliding pieces are named", () => {
    const bad = overlay([{ of: digits([i, range(bit, 0, 2)]), stride: 4 }, { of: digits([i, range(bit, 2, 2)]), at: 1, stride: 4 }]);
    expect(message(() => check(bad, 4, [3], ["i"]))).toBe("L0212: pieces of this overlay collide: (i = 0, bit 1) and (i = 0, bit 2) share word 0, bit 1");
  });
  test("halves of an axis, chosen at run time", () => {
    const halves = concatPackings(digits([bit, range(i, 0, 20)]), digits([range(i, 20, 17), bit]));
    check(halves, 3, [37]);
    for (let x = 0; x < 37; x++) for (let b = 0; b < 3; b++) {
      const a = address(halves, 3, later, [later.of(37)], [hidden(x)], hidden(b));
      expect(a.word.run() * 32 + a.bit.run()).toBe(x < 20 ? b * 20 + x : 60 + (x - 20) * 3 + b);
    }
    const codes = Uint8Array.from({ length: 37 }, (_, j) => j % 8);
    expect(unpack(halves, 3, [37], pack(halves, 3, [37], codes))).toEqual(codes);
  });
});

describe("check says what is wrong", () => {
  const k = axis(0), n = axis(1);
  const cases: [string, Packing, RegExp][] = [
    ["a missing axis", digits([k, bit]), /^L0210: n is missing/],
    ["a missing bit", digits([k, n]), /^L0210: bit is missing/],
    ["an axis twice", digits([k, n, k, bit]), /^L0211: a digit of k is used twice/],
    ["overlapping digits", digits([digit(k, { div: 4 }), digit(k, { mod: 8 }), n, bit]), /^L0211: a digit of k is used twice: k \/ 4 begins below|^L0211: a digit of k is used twice/],
    ["a gap", digits([digit(k, { div: 8 }), digit(k, { mod: 4 }), n, bit]), /^L0212: .*weight 4 .*\(k = 0, n = 0, bit 0\) and \(k = 4, n = 0, bit 0\) share an address/],
    ["a cut-off top", digits([digit(k, { mod: 4 }), n, bit]), /^L0212: .*weight 4/],
    ["a gap in a flattened index", digits([digit(flat([k, bit]), { div: 8 }), n, digit(flat([k, bit]), { mod: 4 })]), /^L0212: .*\(k = 0, n = 0, bit 0\) and \(k = 1, n = 0, bit 1\) share/],
    ["bits no part holds", concatPackings(digits([k, n, range(bit, 0, 1)]), digits([k, n, range(bit, 2, 1)])), /^L0210: this packing has no place for \(k = 0, n = 0, bit 1\)/],
    ["bits two parts hold", concatPackings(digits([k, n, range(bit, 0, 2)]), digits([k, n, range(bit, 1, 2)])), /^L0211: two parts of this packing store \(k = 0, n = 0, bit 1\)/],
    ["a range past the end", concatPackings(digits([k, n, range(bit, 0, 2)]), digits([k, n, range(bit, 2, 2)])), /^L0214: bit\[2 \+: 2\] passes the end/],
    ["too many axes", digits([k, n, axis(2), bit]), /^L0216: this packing speaks of 3 axes, the tensor has 2/],
  ];
  for (const [what, p, want] of cases) test(what, () => expect(message(() => check(p, 3, [32, 5], ["k", "n"]))).toMatch(want));
  test("constructors refuse nonsense", () => {
    expect(message(() => digit(k, { div: 0 }))).toMatch(/^L0214/);
    expect(message(() => range(flat([k, bit]), 0, 1))).toMatch(/^L0214/);
    expect(message(() => address(digits([reverse(k), bit]), 3, later, [hidden(5)], [hidden(1)], 0))).toMatch(/^L0213/);
    expect(message(() => pack(dense(1), 4, [3], [1]))).toMatch(/^H0210/);
    expect(message(() => unpack(dense(1), 4, [30], new Uint32Array(1)))).toMatch(/^H0211/);
  });
});

describe("text and pictures", () => {
  const k = axis(0), n = axis(1), names = ["k", "n"];
  test("print", () => {
    expect([dense(2), planes(2), planesBlocked(2, 32), planesTiled(2, 8, 128)].map((p) => printPacking(p, names))).toEqual(["dense", "planes", "planes(32)", "planes(8, 128)"]);
    const f = flat([digit(k, { mod: 32 }), bit]);
    expect(printPacking(digits([digit(k, { div: 32 }), digit(f, { div: 32 }), n, digit(f, { mod: 32 })]), names)).toBe("[k / 32, {k % 32, bit} / 32, n, {k % 32, bit} % 32]");
    expect(printPacking(digits([k, digit(n, { div: 8 }), digit(n, { mod: 2 }), digit(digit(n, { div: 2 }), { mod: 4 }), reverse(bit)]), names)).toBe("[k, n / 8, n % 2, (n / 2) % 4, ~bit]");
    expect(printPacking(overlay([{ of: digits([pad(k, 8), n, range(bit, 0, 4)]), stride: 64 }, { of: digits([k, n, range(bit, 4, 1)]), at: 32, stride: 64 }]), names))
      .toBe("[pad(k, 8), n, bit[0 +: 4]] at 0 stride 64 | [k, n, bit[4 +: 1]] at 32 stride 64");
  });
  test("equality is of the written form", () => {
    expect(equalPacking(dense(2), digits([k, n, bit]))).toBe(true);
    expect(equalPacking(dense(2), digits([n, k, bit]))).toBe(false);
  });
});

test("addresses are lean: no operation that does nothing", () => {
  const text: Algebra<string | number> = {
    of: (n) => n, add: (a, b) => `(${a} + ${b})`, mul: (a, b) => `(${a} * ${b})`, div: (a, b) => `(${a} / ${b})`, mod: (a, b) => `(${a} % ${b})`,
    known: (a) => (typeof a === "number" ? a : undefined),
  };
  const at = (p: Packing, bits: number, extents: (string | number)[], b: number | string) => { const { word, bit } = address(p, bits, text, extents, ["k", "n"], b); return `${word} : ${bit}`; };
  expect(at(dense(2), 4, ["K", 256], 0)).toBe("((k * 32) + (n / 8)) : ((n % 8) * 4)");
  expect(at(dense(2), 32, ["K", "N"], 0)).toBe("(n + (k * N)) : 0");
  expect(at(planesBlocked(2, 32), 3, ["K", 256], 1)).toBe("(((k * 24) + ((n / 32) * 3)) + 1) : (n % 32)");
  expect(at(planes(2), 2, ["K", "N"], 0)).toBe("((n / 32) + (k * ((N + 31) / 32))) : (n % 32)");
});

test("a pad of braces adds no whole steps of the axes in them", () => {
  expect([padMultiple(digits([axis(0), pad(flat([axis(1), bit]), 32)]), 1), padMultiple(digits([axis(0), pad(axis(1), 32), bit]), 1)]).toEqual([1, 32]);
});

// The collision check against trying every bit: on sound packings, on ones with a slip of the pen, on overlays of random pieces.
import fc from "fast-check";
import { expect, test } from "vitest";
import { address, axis, bit, check, digit, digits, numbers, overlay, pack, pad, range, unpack, wordCount, type Digit, type Packing } from "../../layout/index.ts";
import { collision } from "../../layout/packing-collide.ts";
import { each, message, naive, random, type Case } from "./packing-support.ts";

/** What trying says: every bit has one place of its own, some share one, or some have none. */
function brute({ p, bits, extents }: Case): "sound" | "shared" | "lost" {
  const seen = new Set<number>();
  let verdict: "sound" | "shared" | "lost" = "sound";
  for (const index of each(extents)) for (let b = 0; b < bits; b++) {
    const { at } = naive(p, bits, extents, index, b);
    if (at === undefined) return "lost";
    if (seen.has(at)) verdict = "shared";
    seen.add(at);
  }
  return verdict;
}

/** One digit of a list dropped, cut at another place, or written twice. */
const slip = (p: Packing): fc.Arbitrary<Packing> => {
  if (p.kind !== "digits") return fc.constant(p);
  const ds = p.digits.flatMap((d): Digit[] => (d.kind === "cut" || d.kind === "pad" ? [d] : []));
  const change = (d: Digit, how: string): Digit[] => {
    if (how === "drop") return [];
    if (how === "twice") return [d, d];
    if (d.kind === "pad") return [d.digit];
    return [how === "wider" ? { ...d, mod: d.mod === undefined ? 2 : d.mod * 2 } : how === "narrower" ? { ...d, mod: d.mod === undefined ? 1 : Math.max(1, d.mod >> 1) } : { ...d, div: d.div + 1 }];
  };
  return fc.tuple(fc.nat(ds.length - 1), fc.constantFrom("drop", "twice", "wider", "narrower", "later"))
    .map(([i, how]) => digits(ds.flatMap((d, j) => (j === i ? change(d, how) : [d]))));
};

test("what passes is sound; what is said to be lost or to collide is; a digit used twice is refused even where it only wastes room", () => {
  const tally = new Map<string, number>();
  const wrong = random.chain((c) => slip(c.p).map((p) => ({ ...c, p }))).filter(({ p, bits, extents }) => p.kind === "digits" && p.digits.length > 0 && naive(p, bits, extents, [], 0).size < 1e6 && extents.reduce((a, b) => a * b, bits) < 1000);
  fc.assert(fc.property(wrong, (c) => {
    const says = message(() => check(c.p, c.bits, c.extents)), code = says.slice(0, 5), truth = brute(c);
    tally.set(code, (tally.get(code) ?? 0) + 1);
    if (says === "nothing thrown") expect(truth).toBe("sound");
    else if (code === "L0210" || code === "L0212") expect([truth, says]).toEqual(["shared", says]);
    else expect(says).toMatch(/^L0211: a digit of .* is used twice/);
  }), { numRuns: 800 });
  for (const code of ["nothi", "L0210", "L0211", "L0212"]) expect([code, (tally.get(code) ?? 0) > 3]).toEqual([code, true]);
});

test("shared: passes exactly when bits that share an address have one number; unpack gives all of them the same code, pack refuses", () => {
  let several = 0, refused = 0;
  const some = random.chain((c) => slip(c.p).map((p) => ({ ...c, p }))).filter(({ p, bits, extents }) => p.kind === "digits" && p.digits.length > 0 && naive(p, bits, extents, [], 0).size < 1e5 && extents.reduce((a, b) => a * b, bits) < 1000);
  fc.assert(fc.property(some, ({ p, bits, extents }) => {
    const says = message(() => check(p, bits, extents, [], { shared: true }));
    if (says.startsWith("L0211")) return;
    const held = new Map<number, number>(), codes = new Array<number>(extents.reduce((a, b) => a * b, 1)).fill(0);
    let mixed = false, shares = false, e = 0;
    const words = Uint32Array.from({ length: wordCount(p, bits, extents) }, (_, w) => Math.imul(w + 1, 2654435761));
    for (const index of each(extents)) {
      for (let b = 0; b < bits; b++) {
        const at = naive(p, bits, extents, index, b).at ?? -1, other = held.get(at);
        shares ||= other !== undefined;
        mixed ||= other !== undefined && other !== b;
        held.set(at, b);
        codes[e] += ((words[at >> 5] >>> (at & 31)) & 1) * 2 ** b;
      }
      e++;
    }
    expect([says, says === "nothing thrown"]).toEqual([says, !mixed]);
    if (mixed) { refused++; return; }
    expect(Array.from(unpack(p, bits, extents, words))).toEqual(codes);
    if (!shares) return;
    several++;
    expect(message(() => check(p, bits, extents))).toMatch(/^L021[02]/);
  }), { numRuns: 400 });
  expect(Math.min(several, refused)).toBeGreaterThan(20);
  const i = axis(1), scales = digits([axis(0), digit(i, { div: 32 }), bit]);
  expect(message(() => pack(scales, 16, [2, 64], new Array<number>(128).fill(1)))).toMatch(/^L0212: the digits of axis 1 leave out its digit of weight 1/);
  expect(Array.from(unpack(scales, 16, [2, 64], Uint32Array.of(0x20001, 0x40003)))).toEqual([1, 2, 3, 4].flatMap((x) => new Array<number>(32).fill(x)));
});

test("overlays of random pieces: refused exactly when two bits meet, and the pair that is named meets", () => {
  const i = axis(0), part = (lo: number, size: number, order: boolean): Packing => digits(order ? [i, range(bit, lo, size)] : [range(bit, lo, size), i]);
  let met = 0, clear = 0;
  const piece = fc.record({ at: fc.nat(12), stride: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }), order: fc.boolean() });
  fc.assert(fc.property(piece, piece, fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 3 }), (x, y, n, cut) => {
    const at = (w: typeof x) => ({ at: w.at, ...(w.stride === undefined ? {} : { stride: w.stride }) });
    const p = overlay([{ of: part(0, cut, x.order), ...at(x) }, { of: part(cut, 4 - cut, y.order), ...at(y) }]);
    const places = [...each([n])].flatMap((index) => [0, 1, 2, 3].map((b) => ({ index, b, ...address(p, 4, numbers, [n], index, b) })));
    const sound = new Set(places.map((a) => 32 * a.word + a.bit)).size === places.length;
    expect(message(() => check(p, 4, [n])) === "nothing thrown").toBe(sound);
    const hit = collision(p, 4, [n]);
    expect(hit === undefined).toBe(sound);
    if (hit) {
      met++;
      expect(hit.first).not.toEqual(hit.second);
      for (const o of [hit.first, hit.second]) expect(address(p, 4, numbers, [n], o.index, o.bit)).toEqual({ word: hit.word, bit: hit.bit });
    } else clear++;
  }), { numRuns: 200 });
  expect(Math.min(met, clear)).toBeGreaterThan(20);
});

test("a lost element is found among many parts without trying all corners", () => {
  const n = 6, axes = Array.from({ length: n }, (_, a) => axis(a));
  // Per axis the halves 0 … 4 and 4 … 9 of nine; of the 64 boxes the last is missing.
  const boxes = Array.from({ length: 2 ** n }, (_, m) => digits([...axes.map((a, k) => ((m >> k) & 1 ? range(a, 4, 5) : range(a, 0, 4))), bit]));
  const concat = (parts: readonly Packing[]): Packing => ({ kind: "concat", parts });
  const extents = axes.map(() => 9);
  check(concat(boxes), 2, extents);
  expect(message(() => check(concat(boxes.slice(0, -1)), 2, extents))).toBe(
    "L0210: this packing has no place for (axis 0 = 4, axis 1 = 4, axis 2 = 4, axis 3 = 4, axis 4 = 4, axis 5 = 4, bit 0)");
});

test("large overlays are judged, sound or not, without trying every pair", () => {
  const i = axis(0), n = 2 ** 20;
  const nibbles = digits([digit(i, { div: 32 }), digit(i, { mod: 16 }), digit(i, { div: 16, mod: 2 }), range(bit, 0, 4)]), fifths = digits([digit(i, { div: 32 }), digit(i, { mod: 32 }), range(bit, 4, 1)]);
  check(overlay([{ of: fifths, stride: 160 }, { of: nibbles, at: 32, stride: 160 }]), 5, [2 ** 27]); // proved, not tried
  check(overlay([{ of: fifths, stride: 160 }, { of: nibbles, at: 160 * (n / 32) }]), 5, [n]);
  // Bit 0 of element x at 2x, bit 1 from 2n − 2 on: they meet once, at the very end.
  const late = overlay([{ of: digits([i, pad(range(bit, 0, 1), 2)]) }, { of: digits([i, range(bit, 1, 1)]), at: 2 * n - 2 }]);
  expect(message(() => check(late, 2, [n], ["i"]))).toBe(`L0212: pieces of this overlay collide: (i = 0, bit 1) and (i = ${n - 1}, bit 0) share word ${(2 * n - 2) >> 5}, bit 30`);
});

test("pack refuses nothing that the check lets through, and zero elements need no words", () => {
  expect(pack(digits([axis(0), bit]), 3, [0], [])).toEqual(new Uint32Array(0));
  check(digits([axis(0), bit]), 3, [0]);
});

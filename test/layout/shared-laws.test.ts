// Laws of shared layouts on random modes, strides and swizzles, against offsets added up by hand; bank conflicts against a simulation.
import fc from "fast-check";
import { expect, test } from "vitest";
import { bankConflicts, countSize, numbers, rowMajorSwizzle, shared, slotCount, swizzled, table, threadCount, tileConflicts, type SharedLayout, type Swizzle } from "../../layout/index.ts";
import { anyLayout, indices } from "./support.ts";

interface Raw { readonly shape: number[]; readonly modes: number[]; readonly strides: number[]; readonly swizzle: Swizzle | null }

const swizzle: fc.Arbitrary<Swizzle | null> = fc.option(fc.record({ base: fc.nat(2), bits: fc.nat(3), shift: fc.integer({ min: 1, max: 4 }) }), { nil: null });
/** Each dimension cut into up to three factors; any stride, also 0 (broadcast). */
const raw = (rank: number, swizzles = swizzle): fc.Arbitrary<Raw> =>
  fc.array(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }), { minLength: rank, maxLength: rank }).chain((dims) =>
    fc.record({
      shape: fc.constant(dims.map((d) => d.reduce((a, b) => a * b, 1))), modes: fc.constant(dims.flat()),
      strides: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: dims.flat().length, maxLength: dims.flat().length }), swizzle: swizzles,
    })).filter((r) => r.shape.reduce((a, b) => a * b, 1) <= 300);
const some = fc.integer({ min: 1, max: 3 }).chain((rank) => raw(rank));
const make = (r: Raw): SharedLayout => shared.sharedLayout(r.shape, r.modes, r.strides, r.swizzle);
const offsets = (l: SharedLayout): number[] => indices(l.shape).map((i) => shared.offsetAt(l, i));

/** Bits [base, base + bits) xored with those `shift` above: bit by bit. */
function xored(s: Swizzle, x: number): number {
  const bit = (i: number): number => Math.floor(x / 2 ** i) % 2;
  let y = 0;
  for (let i = 0; i < 40; i++) y += (i >= s.base && i < s.base + s.bits ? bit(i) ^ bit(i + s.shift) : bit(i)) * 2 ** i;
  return y;
}

/** The definition, digits from the fastest. */
function definition(r: Raw, index: readonly number[]): number {
  let m = r.modes.length - 1, sum = 0;
  for (let k = r.shape.length - 1; k >= 0; k--) {
    let rest = index[k];
    for (let left = r.shape[k]; left > 1 || (m >= 0 && r.modes[m] === 1); m--) { sum += (rest % r.modes[m]) * r.strides[m]; rest = Math.floor(rest / r.modes[m]); left /= r.modes[m]; }
  }
  return r.swizzle ? xored(r.swizzle, sum) : sum;
}

test("offsets are what the definition says; the canonical form is one, and none is reserved too few", () => {
  fc.assert(fc.property(some, (r) => {
    const l = make(r), got = offsets(l);
    expect(got).toEqual(indices(r.shape).map((i) => definition(r, i)));
    expect(shared.canonical(l)).toEqual(l);
    expect(countSize(l)).toBe(Math.max(...offsets({ ...l, swizzle: null })) + 1);
    expect(shared.offset(l, numbers, r.shape.map((d) => d - 1), swizzled)).toBe(got.at(-1));
  }), { numRuns: 200 });
});

test("a swizzle is the xor of its bits, loses nothing, and undoes itself when it doesn't read what it writes", () => {
  fc.assert(fc.property(fc.record({ base: fc.nat(6), bits: fc.nat(5), shift: fc.integer({ min: 1, max: 8 }) }), fc.nat(2 ** 31), fc.nat(2 ** 31), (s, x, y) => {
    expect(swizzled(s, x)).toBe(xored(s, x));
    if (x !== y) expect(swizzled(s, x)).not.toBe(swizzled(s, y));
    if (s.shift >= s.bits) expect(swizzled(s, swizzled(s, x))).toBe(x);
  }), { numRuns: 500 });
  expect(swizzled({ base: 3, bits: 3, shift: 3 }, 2 ** 40 + 64)).toBe(2 ** 40 + 72); // past 31 bits
});

test("permute, transpose, unsqueeze, slice and prepend only rename", () => {
  fc.assert(fc.property(raw(3), fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), fc.integer({ min: 1, max: 3 }), (r, dims, n) => {
    const l = make(r), p = shared.permute(l, dims), u = shared.unsqueeze(l, [1, -1]), t = shared.transpose(l);
    for (const i of indices(l.shape)) {
      const at = shared.offsetAt(l, i);
      expect(shared.offsetAt(p, dims.map((d) => i[d]))).toBe(at);
      expect(shared.offsetAt(u, [i[0], 0, i[1], i[2], 0])).toBe(at);
      expect(shared.offsetAt(t, [i[0], i[2], i[1]])).toBe(at);
    }
    const plain = { ...l, swizzle: null }, copies = shared.prependDim(plain, n), kept = shared.slice(plain, [2, 0]);
    for (const i of indices(plain.shape)) {
      expect(shared.offsetAt(copies, [n - 1, ...i])).toBe((n - 1) * countSize(plain) + shared.offsetAt(plain, i));
      expect(shared.offsetAt(plain, i)).toBe(shared.offsetAt(kept, [i[2], i[0]]) + shared.offsetAt(plain, [0, i[1], 0]));
    }
  }), { numRuns: 60 });
});

test("the product: an element of the first is a tile of the second", () => {
  fc.assert(fc.property(raw(2, fc.constant(null)), raw(2, fc.constant(null)), (x, y) => {
    const a = make(x), b = make(y), c = shared.compose(a, b);
    fc.pre(c.shape[0] * c.shape[1] <= 4000);
    for (const i of indices(a.shape)) for (const j of indices(b.shape))
      expect(shared.offsetAt(c, i.map((v, k) => v * b.shape[k] + j[k]))).toBe(shared.offsetAt(a, i) * countSize(b) + shared.offsetAt(b, j));
  }), { numRuns: 60 });
});

test("reshape keeps the offset of each row-major number, and is undone", () => {
  let done = 0;
  fc.assert(fc.property(some, fc.array(fc.constantFrom(1, 2, 3, 4, 6), { maxLength: 3 }), fc.boolean(), (r, wish, join) => {
    const l = make(r), shape: number[] = [];
    let rest = l.shape.reduce((a, b) => a * b, 1);
    for (const d of wish) if (rest % d === 0) { shape.push(d); rest /= d; }
    shape.push(rest);
    let to: SharedLayout;
    try { to = shared.reshape(l, shape, { join }); } catch { return; }
    done++;
    expect(to.shape).toEqual(shape);
    expect(offsets(to)).toEqual(offsets(l));
    expect(offsets(shared.reshape(to, l.shape, { join: true }))).toEqual(offsets(l));
  }), { numRuns: 200 });
  expect(done).toBeGreaterThan(60);
});

test("bank conflicts: rounds of a memory that serves one word of each bank at a time", () => {
  const rounds = (words: readonly number[], banks: number): number => {
    const waiting = new Set(words);
    let n = 0;
    for (; waiting.size > 0; n++) {
      const busy = new Set<number>();
      for (const w of [...waiting]) if (!busy.has(w % banks)) { busy.add(w % banks); waiting.delete(w); }
    }
    return Math.max(0, n - 1);
  };
  fc.assert(fc.property(fc.array(fc.array(fc.nat(200), { maxLength: 32 }), { maxLength: 4 }), fc.constantFrom(1, 4, 16, 32), (groups, banks) => {
    expect(bankConflicts(groups, banks)).toBe(groups.reduce((n, g) => n + rounds(g, banks), 0));
  }));
  fc.assert(fc.property(anyLayout(2), fc.integer({ min: 0, max: 3 }), fc.constantFrom(8, 16, 32), fc.constantFrom(8, 32), (tile, gap, bits, together) => {
    const memory = shared.sharedLayout(tile.shape, tile.shape, [tile.shape[1] + gap, 1]), T = table(tile);
    let n = 0;
    for (let s = 0; s < slotCount(tile); s++) for (let t = 0; t < threadCount(tile); t += together)
      n += rounds(T.slice(t, t + together).map((slots) => Math.floor(((slots[s][0] * (tile.shape[1] + gap) + slots[s][1]) * bits) / 32)), 32);
    expect(tileConflicts(tile, memory, bits, together)).toBe(n);
  }), { numRuns: 60 });
});

test("swizzled rows: 16-byte groups of eight rows in a column meet no bank twice, for every width of panel", () => {
  for (const bytes of [1, 2, 4]) for (const groups of [1, 2, 4, 8, 16]) {
    const width = (16 / bytes) * groups, l = rowMajorSwizzle([16, width], bytes);
    expect([...offsets(l)].sort((a, b) => a - b)).toEqual(Array.from({ length: 16 * width }, (_, i) => i));
    // Eight threads read 16 bytes each, four words: all words of all eight at once.
    for (let g = 0; g < groups; g++) for (const r0 of [0, 8]) {
      const words = Array.from({ length: 8 }, (_, r) => shared.offsetAt(l, [r0 + r, g * (16 / bytes)]) * bytes / 4).flatMap((w) => [w, w + 1, w + 2, w + 3]);
      expect(bankConflicts([words])).toBe(0);
    }
  }
});

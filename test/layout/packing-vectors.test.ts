// Packings against what other implementations stored, and packed(L) against its definition read naively.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { vectors } from "../support/vectors.ts";
import {
  address, axis, bit, check, dense, digit, digits, fields, flat, numbers, pack, packed, packedInfo, pad, planes, planesTiled, printPacking, reverse, slotCount, unpack, wordCount,
  type Packing, type RegisterLayout,
} from "../../layout/index.ts";
import { Diagnostic } from "../../diagnostic.ts";
import { anyLayout } from "./support.ts";

const bytes = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (x) => parseInt(x, 16));
const words = (data: Uint8Array): Uint32Array => { const w = new Uint32Array(Math.ceil(data.length / 4)); new Uint8Array(w.buffer).set(data); return w; };
const floats = (hex: string): Float32Array => new Float32Array(bytes(hex).buffer);
const k = axis(0), n = axis(1);

/** Both ways, and the packing is sound. */
function holds(p: Packing, bits: number, extents: number[], codes: ArrayLike<number>, stored: Uint32Array): void {
  check(p, bits, extents);
  expect(pack(p, bits, extents, codes)).toEqual(stored);
  expect(Array.from(unpack(p, bits, extents, stored))).toEqual(Array.from(codes));
}

test("dense is Tilus' bit packing", () => {
  const { cases } = vectors<{ cases: { nbits: number; codes: number[]; bytes: number[] }[] }>("tilus/bit_packing");
  expect(cases).toHaveLength(7);
  for (const c of cases) holds(dense(1), c.nbits, [c.codes.length], c.codes, words(Uint8Array.from(c.bytes)));
});

test("GPTQ: weights down K, zeros along N, 3 bits straddling words N apart", () => {
  interface Case { bits: number; K: number; N: number; group: number; qweight_i32: string; qzeros_i32: string; scales_f32: string; zero_offset: number; dequant_f32: string }
  const { cases } = vectors<{ cases: Case[] }>("formats/gptq");
  const f = flat([digit(k, { mod: 32 }), bit]);
  const weights = digits([digit(k, { div: 32 }), digit(f, { div: 32 }), n, digit(f, { mod: 32 })]), zeros = digits([k, pad(flat([n, bit]), 32)]);
  for (const c of cases) {
    const stored = words(bytes(c.qweight_i32)), q = unpack(weights, c.bits, [c.K, c.N], stored), G = c.K / c.group;
    holds(weights, c.bits, [c.K, c.N], q, stored);
    const z = unpack(zeros, c.bits, [G, c.N], words(bytes(c.qzeros_i32))), s = floats(c.scales_f32), want = floats(c.dequant_f32);
    const got = Float32Array.from(q, (code, i) => {
      const g = Math.floor(Math.floor(i / c.N) / c.group) * c.N + (i % c.N);
      return Math.fround(s[g] ?? 0) * (code - (((z[g] ?? 0) + c.zero_offset) & (2 ** c.bits - 1)));
    });
    expect(got).toEqual(want);
  }
});

test("AWQ: nibbles of a word are elements 0 4 1 5 2 6 3 7 …, by the published order", () => {
  const awq = digits([k, digit(n, { div: 8 }), digit(n, { mod: 2 }), digit(digit(n, { div: 2 }), { mod: 4 }), bit]);
  const nibble = [0, 4, 1, 5, 2, 6, 3, 7];
  check(awq, 4, [3, 24]);
  for (let j = 0; j < 24; j++) expect(address(awq, 4, numbers, [3, 24], [2, j], 0)).toEqual({ word: 2 * 3 + (j >> 3), bit: 4 * (nibble[j % 8] ?? 0) });
  expect(fields(awq, 4)).toEqual([{ lo: 0, width: 4, straddles: false, position: undefined, align: 4 }]);
});

test("HQQ: row r of the packed tensor holds rows r, r + R, … from the top bits down", () => {
  interface Case { bits: number; rows: number; cols: number; packed_shape: number[]; packed: string; codes_u8: string }
  const { cases } = vectors<{ cases: Case[] }>("formats/hqq");
  for (const c of cases) {
    const R = c.packed_shape[0] ?? 1;
    // 10 × 3 bits leave the two top bits of a word empty.
    const inner = flat([reverse(flat([digit(k, { div: R })])), bit]);
    const p = c.bits === 3 ? digits([digit(k, { mod: R }), n, pad(inner, 32)]) : digits([digit(k, { mod: R }), n, inner]);
    holds(p, c.bits, [c.rows, c.cols], bytes(c.codes_u8), words(bytes(c.packed)));
  }
});

test("ONNX MatMulNBits, bitsandbytes and MLC orders", () => {
  interface Onnx { bits: number; block: number; K: number; N: number; zero_points: boolean; B_u8: string; scales_f32: string; dequant_f32_KxN: string }
  for (const c of vectors<{ cases: Onnx[] }>("formats/onnx-matmulnbits").cases.filter((x) => !x.zero_points)) {
    const q = unpack(digits([n, k, bit]), c.bits, [c.K, c.N], words(bytes(c.B_u8))), s = floats(c.scales_f32), want = floats(c.dequant_f32_KxN);
    q.forEach((code, i) => {
      const row = Math.floor(i / c.N), col = i % c.N;
      expect(want[i]).toBeCloseTo((code - 2 ** (c.bits - 1)) * (s[col * (c.K / c.block) + Math.floor(row / c.block)] ?? 0), 5);
    });
  }
  interface Bnb { code_f32: string; packed_u8: string; absmax_f32: string; dequant_f32: string; blocksize: number }
  for (const c of vectors<{ cases: Bnb[] }>("formats/bitsandbytes").cases) {
    const want = floats(c.dequant_f32), table = floats(c.code_f32), scale = floats(c.absmax_f32);
    const q = unpack(digits([digit(k, { div: 2 }), reverse(flat([digit(k, { mod: 2 })])), bit]), 4, [want.length], words(bytes(c.packed_u8)));
    expect(Float32Array.from(q, (code, i) => (table[code] ?? 0) * (scale[Math.floor(i / c.blocksize)] ?? 0))).toEqual(want);
  }
  interface Mlc { bits: number; N: number; K: number; group: number; elems_per_u32: number; max_int: number; layout: string; q_weight_u32: string; q_weight_shape: number[] }
  for (const c of vectors<{ cases: Mlc[] }>("formats/mlc").cases.filter((x) => x.layout === "NK")) {
    const e = c.elems_per_u32, p = digits([k, digit(n, { div: e }), pad(flat([digit(n, { mod: e }), bit]), 32)]), stored = words(bytes(c.q_weight_u32));
    expect(wordCount(p, c.bits, [c.N, c.K])).toBe(stored.length);
    holds(p, c.bits, [c.N, c.K], unpack(p, c.bits, [c.N, c.K], stored), stored);
  }
});

test("FP6-LLM is a stream with the first bit on top of each byte", () => {
  interface Case { M: number; K: number; weights_packed: string; dequant_f16: string }
  const stream = flat([k, n, reverse(bit)]), top = flat([digit(stream, { mod: 8 })]);
  const p = digits([digit(stream, { div: 8 }), reverse(top)]);
  for (const c of vectors<{ cases: Case[] }>("formats/fp6-llm").cases) {
    const data = bytes(c.weights_packed), stored = words(data), want: number[] = [];
    for (let e = 0; e < c.M * c.K; e++) { let v = 0; for (let b = 0; b < 6; b++) { const at = e * 6 + b; v = v * 2 + (((data[at >> 3] ?? 0) >> (7 - (at & 7))) & 1); } want.push(v); }
    holds(p, 6, [c.M, c.K], want, stored);
  }
});

test("BitNet i2_s: element j of 128 is bits 6 − 2·(j / 32) of byte j % 32", () => {
  interface Case { layout: string; rows: number; cols: number; ternary_i8: string; blob: string }
  for (const c of vectors<{ cases: Case[] }>("formats/bitnet").cases.filter((x) => x.layout === "i2_s")) {
    const quarter = reverse(flat([digit(n, { div: 32, mod: 4 })])), p = digits([k, digit(n, { div: 128 }), digit(n, { mod: 32 }), quarter, bit]);
    const codes = bytes(c.ternary_i8).map((x) => (x + 1) & 0xff), stored = words(bytes(c.blob).slice(0, codes.length / 4));
    holds(p, 2, [c.rows, c.cols], codes, stored);
  }
});

/** WGSL's reverseBits. */
const reversed = (x: number): number => Array.from({ length: 32 }, (_, i) => ((x >>> i) & 1) * 2 ** (31 - i)).reduce((a, b) => a + b, 0);

test("ABQ and FlexQ plane orders (their bit 31 is the first element)", () => {
  interface Case { M: number; K: number; bits: number; codes: number[][]; abq: number[]; flexq: number[] }
  const last = reverse(flat([digit(n, { mod: 32 })]));
  for (const c of vectors<{ cases: Case[] }>("btc/packing_layouts").cases) {
    const ch = Math.min(c.M, 8), codes = c.codes.flat().map((x) => x & (2 ** c.bits - 1));
    holds(digits([bit, k, digit(n, { div: 32 }), last]), c.bits, [c.M, c.K], codes, Uint32Array.from(c.abq));
    const flexq = digits([digit(n, { div: 128 }), digit(k, { div: ch }), bit, digit(k, { mod: ch }), digit(n, { div: 32, mod: 4 }), last]);
    holds(flexq, c.bits, [c.M, c.K], codes, Uint32Array.from(c.flexq));
    // The library's own begin at bit 0.
    holds(planes(2), c.bits, [c.M, c.K], codes, Uint32Array.from(c.abq, reversed));
    holds(planesTiled(2, ch, 128), c.bits, [c.M, c.K], codes, Uint32Array.from(c.flexq, reversed));
  }
});

describe("packed(L)", () => {
  const product = (xs: readonly number[]): number => xs.reduce((a, b) => a * b, 1);
  /** (word, bit) by the formula of the reference, from digits taken one at a time. */
  function formula(l: RegisterLayout, bits: number, extents: readonly number[], index: readonly number[], b: number): { word: number; bit: number } {
    const digit: number[] = [];
    let m = 0;
    l.shape.forEach((extent, d) => {
      const group: number[] = [];
      for (let left = extent; left > 1; m++) { group.push(m); left /= l.modeShape[m] ?? 1; }
      let x = (index[d] ?? 0) % extent;
      for (const g of [...group].reverse()) { digit[g] = x % (l.modeShape[g] ?? 1); x = Math.floor(x / (l.modeShape[g] ?? 1)); }
    });
    const rank = (modes: readonly number[]): number => modes.reduce((r, g) => r * (l.modeShape[g] ?? 1) + (digit[g] ?? 0), 0);
    const own = l.spatialModes.filter((g) => g >= 0), T = product(own.map((g) => l.modeShape[g] ?? 1));
    const slots = product(l.localModes.map((g) => l.modeShape[g] ?? 1)), W = (slots * bits) / 32, v = W % 4 === 0 ? 4 : W % 2 === 0 ? 2 : 1;
    const tile = l.shape.reduce((r, s, d) => r * Math.ceil((extents[d] ?? 1) / s) + Math.floor((index[d] ?? 0) / s), 0);
    const p = rank(l.localModes) * bits + b, w = Math.floor(p / 32);
    return { word: ((tile * (W / v) + Math.floor(w / v)) * T + rank(own)) * v + (w % v), bit: p % 32 };
  }
  const layout = (shape: number[], modeShape: number[], spatialModes: number[], localModes: number[]): RegisterLayout => ({ shape, modeShape, spatialModes, localModes });
  const cases: [RegisterLayout, number, number[]][] = [
    [layout([8, 8], [8, 2, 4], [0], [1, 2]), 4, [16, 24]],
    [layout([8, 32], [8, 32], [0], [1]), 3, [13, 37]],
    [layout([16, 16], [2, 8, 2, 4, 2], [1, 3], [0, 2, 4]), 8, [32, 32]],
    [layout([6, 64], [3, 2, 64], [-2, 0, -3], [2, 1]), 3, [7, 65]],
    [layout([64], [4, 16], [-4, 0], [1]), 6, [150]],
    [layout([1, 32], [32], [], [0]), 5, [2, 33]],
  ];
  for (const [l, bits, extents] of cases)
    test(`${bits} bits ${printPacking(packed(l), ["k", "n"])} of ${extents.join(" × ")}`, () => {
      const p = packed(l);
      check(p, bits, extents);
      const info = packedInfo(l, bits), tiles = l.shape.reduce((r, s, d) => r * Math.ceil((extents[d] ?? 1) / s), 1);
      expect(wordCount(p, bits, extents)).toBe(tiles * info.words * info.threads);
      const [a = 1, b = 1] = extents;
      for (let x = 0; x < a; x++) for (let y = 0; y < (extents.length > 1 ? b : 1); y++) for (let i = 0; i < bits; i++)
        expect(address(p, bits, numbers, extents, [x, y].slice(0, extents.length), i)).toEqual(formula(l, bits, extents, [x, y], i));
      expect(fields(p, bits).map((f) => f.width)).toEqual([bits]);
      const codes = Uint8Array.from({ length: product(extents) }, (_, i) => (i * 37) % 2 ** bits);
      expect(unpack(p, bits, extents, pack(p, bits, extents, codes))).toEqual(codes);
    });

  test("random layouts, replicated ones too, on tensors that end anywhere: to the bit, or L0203 exactly when a thread holds no whole words", () => {
    let whole = 0, refused = 0;
    fc.assert(fc.property(anyLayout(2), fc.integer({ min: 1, max: 12 }), fc.nat(3), fc.nat(3), (l, bits, more, less) => {
      const slots = slotCount(l), extents = [l.shape[0] + more, Math.max(1, 2 * l.shape[1] - less)];
      if ((slots * bits) % 32 !== 0) { refused++; expect(() => check(packed(l), bits, extents)).toThrow(/L0203/); return; }
      fc.pre(extents[0] * extents[1] * bits <= 4000);
      whole++;
      check(packed(l), bits, extents);
      const words = new Uint32Array(wordCount(packed(l), bits, extents)), codes: number[] = [];
      for (let x = 0; x < extents[0]; x++) for (let y = 0; y < extents[1]; y++) {
        const code = (x * 37 + y * 101) % 2 ** bits;
        codes.push(code);
        for (let b = 0; b < bits; b++) { const at = formula(l, bits, extents, [x, y], b); words[at.word] |= ((code >>> b) & 1) << at.bit; }
      }
      expect(pack(packed(l), bits, extents, codes)).toEqual(words);
    }), { numRuns: 300 });
    expect([whole > 20, refused > 20]).toEqual([true, true]);
  });

  test("L0203 says how many elements would do", () => {
    const l = layout([8, 8], [8, 8], [0], [1]);
    expect(() => packedInfo(l, 3)).toThrow(Diagnostic);
    try { packedInfo(l, 3); } catch (e) {
      expect(e instanceof Diagnostic && e.code).toBe("L0203");
      expect(e instanceof Diagnostic && e.data.label).toBe("each thread holds 8 × 3 bits = 24 bits; a load moves 32-bit words");
      expect(e instanceof Diagnostic && e.data.help).toMatch(/multiple of 32 elements per thread/);
    }
    expect(packedInfo(l, 4)).toEqual({ words: 1, vector: 1, threads: 8, slots: 8, tileWords: 8 });
  });

  test("is Tilus' weight transform where its vectors are of whole words", () => {
    interface Case { nbits: number; k: number; n: number; tile_layout: { shape: number[]; mode_shape: number[]; spatial_modes: number[]; local_modes: number[] }; codes_row_major_k_n: number[]; packed_out: number[]; error?: string }
    const { cases } = vectors<{ cases: Case[] }>("tilus/weight_layout_change");
    let same = 0;
    for (const c of cases) {
      if (c.error !== undefined) continue;
      const t = c.tile_layout, l = layout(t.shape, t.mode_shape, t.spatial_modes, t.local_modes);
      const B = (t.local_modes.reduce((r, m) => r * (t.mode_shape[m] ?? 1), 1) * c.nbits) / 8;
      // Tilus reads gcd(B, 16) bytes at once, packed(L) vectors of gcd(W, 4) words: the same order when B % 4 = 0.
      if (B % 4 !== 0) continue;
      expect(pack(packed(l), c.nbits, [c.k, c.n], c.codes_row_major_k_n)).toEqual(words(Uint8Array.from(c.packed_out)));
      same++;
    }
    expect(same).toBeGreaterThan(5);
  });
});

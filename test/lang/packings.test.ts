// Every way that shipped formats lay out bits, said in the language's notation and held against what other implementations stored.
import { expect, test } from "vitest";
import { check, dense, pack, repack, unpack, wordCount, type Packing } from "../../layout/index.ts";
import { evaluatePacking } from "../../lang/index.ts";
import { dtype } from "../../vm/index.ts";
import { vectors } from "../support/vectors.ts";

const bytes = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (x) => parseInt(x, 16));
const words = (data: Uint8Array): Uint32Array => { const w = new Uint32Array(Math.ceil(data.length / 4)); new Uint8Array(w.buffer).set(data); return w; };
const floats = (hex: string): Float32Array => new Float32Array(bytes(hex).buffer);
const bits = (x: number): number => new Uint32Array(Float32Array.of(x).buffer)[0];
const packing = (text: string, ...axes: string[]): Packing => evaluatePacking(text, axes);
const random = (n: number, width: number): Uint32Array => Uint32Array.from({ length: n }, (_, i) => (Math.imul(i + 1, 2654435761) >>> 3) % 2 ** width);

/** Both ways, and the packing is sound. */
function holds(p: Packing, width: number, extents: readonly number[], codes: ArrayLike<number>, stored: Uint32Array): void {
  check(p, width, extents);
  expect(pack(p, width, extents, codes)).toEqual(stored);
  expect(Array.from(unpack(p, width, extents, stored))).toEqual(Array.from(codes));
}

test("HQQ, segment-major from the top down: rows r, r + R, …; 10 × 3 bits leave the top of an int32 unused", () => {
  interface Case { bits: number; rows: number; cols: number; packed_shape: number[]; packed: string; codes_u8: string }
  for (const c of vectors<{ cases: Case[] }>("formats/hqq").cases) {
    const R = c.packed_shape[0], inner = `{~(k / ${R}), bit}`;
    holds(packing(`[k % ${R}, n, ${c.bits === 3 ? `pad(${inner}, 32)` : inner}]`, "k", "n"), c.bits, [c.rows, c.cols], bytes(c.codes_u8), words(bytes(c.packed)));
  }
  // 4 and 2 bits by the rule itself: row r + R·s in bits 8 − (s + 1)·b … of byte [r, n].
  for (const b of [4, 2]) {
    const S = 8 / b, R = 4, codes = random(S * R * 8, b), stored = new Uint8Array(R * 8);
    codes.forEach((code, e) => { const k = e >> 3; stored[(k % R) * 8 + (e & 7)] |= code << (8 - b * (Math.floor(k / R) + 1)); });
    holds(packing(`[k % ${R}, n, ~(k / ${R}), bit]`, "k", "n"), b, [S * R, 8], codes, words(stored));
  }
});

test("GPTQ: a dense stream down K in every column, 3 bits straddling; zeros along N", () => {
  interface Case { bits: number; K: number; N: number; group: number; qweight_i32: string; qzeros_i32: string; scales_f32: string; zero_offset: number; g_idx?: number[]; dequant_f32: string }
  for (const c of vectors<{ cases: Case[] }>("formats/gptq").cases) {
    const stored = words(bytes(c.qweight_i32)), zeros = words(bytes(c.qzeros_i32)), G = c.K / c.group;
    const w = packing("[k / 32, {k % 32, bit} / 32, n, {k % 32, bit} % 32]", "k", "n"), z = packing("[g, pad({n, bit}, 32)]", "g", "n");
    const q = unpack(w, c.bits, [c.K, c.N], stored), zero = unpack(z, c.bits, [G, c.N], zeros);
    holds(w, c.bits, [c.K, c.N], q, stored);
    holds(z, c.bits, [G, c.N], zero, zeros);
    // Ten values, one straddling, ten, one straddling, ten: the rule of the original.
    if (c.bits === 3) for (let n = 0; n < c.N; n++) {
      const at = (word: number): number => stored[word * c.N + n];
      expect([q[10 * c.N + n], q[21 * c.N + n]]).toEqual([(at(0) >>> 30) | ((at(1) & 1) << 2), (at(1) >>> 31) | ((at(2) & 3) << 1)]);
    }
  }
});

test("AWQ: nibbles 0 4 1 5 2 6 3 7 of a word are elements 0 … 7 along N", () => {
  const order = [0, 4, 1, 5, 2, 6, 3, 7], codes = random(4 * 16, 4), stored = new Uint32Array(8);
  codes.forEach((code, e) => { stored[(e >> 4) * 2 + ((e & 15) >> 3)] |= code << (4 * order[e & 7]); });
  holds(packing("[k, n / 8, n % 2, (n / 2) % 4, bit]", "k", "n"), 4, [4, 16], codes, stored);
});

test("FP6-LLM: the stream whose first bit is the top of byte 0, and the order its kernels read, 2 bits before 4", () => {
  interface Case { M: number; K: number; weights_packed: string; prepacked_fp6llm: string }
  for (const c of vectors<{ cases: Case[] }>("formats/fp6-llm").cases) {
    const stream = packing("[{m, k, ~bit} / 8, ~({m, k, ~bit} % 8)]", "m", "k"), stored = words(bytes(c.weights_packed)), prepacked = words(bytes(c.prepacked_fp6llm));
    const kernel = packing("[m / 64, k / 16, (m / 32) % 2, m % 8, (k / 2) % 4, k % 2, ~((m / 8) % 2), ~((m / 16) % 2), ~((k / 8) % 2), bit[4 +: 2]]"
      + " ++ [m / 64, k / 16, (m / 16) % 4, m % 8, (k / 2) % 4, k % 2, ~((m / 8) % 2), ~((k / 8) % 2), bit[0 +: 4]]", "m", "k");
    const codes = unpack(stream, 6, [c.M, c.K], stored);
    holds(stream, 6, [c.M, c.K], codes, stored);
    holds(kernel, 6, [c.M, c.K], codes, prepacked);
    expect(repack(stream, kernel, 6, [c.M, c.K], stored)).toEqual(prepacked);
  }
});

test("BitNet: i2_s in planes of 32 bytes from the top bits down; the GPU's int2 at shifts 0 8 16 24 2 10 … of tiles of 16 × 32", () => {
  interface Case { layout: string; rows: number; cols: number; ternary_i8: string; blob: string }
  for (const c of vectors<{ cases: Case[] }>("formats/bitnet").cases.filter((x) => x.layout === "i2_s")) {
    const codes = bytes(c.ternary_i8).map((x) => (x + 1) & 0xff), stored = words(bytes(c.blob).slice(0, codes.length / 4));
    holds(packing("[n, k / 128, k % 32, ~((k / 32) % 4), bit]", "n", "k"), 2, [c.rows, c.cols], codes, stored);
  }
  const N = 32, K = 64, codes = random(N * K, 2), stored = new Uint32Array((N * K) / 16);
  for (let n = 0; n < N; n++) for (let k = 0; k < K; k++) {
    // Sixteen neighbours along K are a word, at shifts 0 8 16 24 2 10 …; words of a tile: 8 rows, the other half of K, 8 more rows.
    const tile = (n >> 4) * (K / 32) + (k >> 5), word = ((n >> 3) & 1) * 16 + ((k >> 4) & 1) * 8 + (n & 7);
    stored[tile * 32 + word] |= codes[n * K + k] << ((k & 3) * 8 + ((k >> 2) & 3) * 2);
  }
  holds(packing("[n / 16, k / 32, (n / 8) % 2, (k / 16) % 2, n % 8, k % 4, (k / 4) % 4, bit]", "n", "k"), 2, [N, K], codes, stored);
});

test("ONNX MatMulNBits blobs, zero points padded to bytes; bitsandbytes' high nibble first; MLC's words with unused tops, along K and along N", () => {
  interface Onnx { bits: number; block: number; K: number; N: number; zero_points: boolean; B_u8: string; zp_u8?: string; scales_f32: string; dequant_f32_KxN: string }
  for (const c of vectors<{ cases: Onnx[] }>("formats/onnx-matmulnbits").cases) {
    const p = packing(`[n, k / ${c.block}, k % ${c.block}, bit]`, "n", "k"), stored = words(bytes(c.B_u8)), q = unpack(p, c.bits, [c.N, c.K], stored);
    holds(p, c.bits, [c.N, c.K], q, stored);
    expect(repack(p, dense(2), c.bits, [c.N, c.K], stored)).toEqual(stored);
  }
  const odd = random(6 * 3, 4), blob = new Uint8Array(6 * 2);
  odd.forEach((z, e) => { blob[Math.floor(e / 3) * 2 + ((e % 3) >> 1)] |= z << (4 * ((e % 3) & 1)); });
  holds(packing("[n, pad({g, bit}, 8)]", "n", "g"), 4, [6, 3], odd, words(blob));
  interface Bnb { packed_u8: string; dequant_f32: string }
  for (const c of vectors<{ cases: Bnb[] }>("formats/bitsandbytes").cases) {
    const stored = words(bytes(c.packed_u8)), p = packing("[i / 2, ~(i % 2), bit]", "i"), n = floats(c.dequant_f32).length, q = unpack(p, 4, [n], stored);
    expect([q[0], q[1]]).toEqual([(stored[0] >>> 4) & 15, stored[0] & 15]);
    holds(p, 4, [n], q, stored);
  }
  interface Mlc { bits: number; N: number; K: number; elems_per_u32: number; layout: string; q_weight_u32: string }
  for (const c of vectors<{ cases: Mlc[] }>("formats/mlc").cases.filter((x) => x.layout === "NK")) {
    const e = c.elems_per_u32, nk = packing(`[n, k / ${e}, pad({k % ${e}, bit}, 32)]`, "n", "k"), kn = packing(`[k / ${e}, n, pad({k % ${e}, bit}, 32)]`, "k", "n");
    const stored = words(bytes(c.q_weight_u32)), q = unpack(nk, c.bits, [c.N, c.K], stored), across = c.K / e;
    holds(nk, c.bits, [c.N, c.K], q, stored);
    const turned = Uint32Array.from(stored, (_, i) => stored[(i % c.N) * across + Math.floor(i / c.N)]);
    holds(kn, c.bits, [c.K, c.N], Array.from(q, (_, i) => q[(i % c.N) * c.K + Math.floor(i / c.N)]), turned);
  }
});

/** A field of ggml's blocks: bits, how many in a block, and how they lie in it. */
type Fields = Readonly<Record<string, readonly [bits: number, count: number, packing: string]>>;
interface Block { readonly fields: Fields; readonly value: (f: (name: string, i: number) => number, i: number) => number }

const f16 = dtype("f16"), half = (code: number): number => f16.decode(code), i8 = (x: number): number => (x << 24) >> 24, m = Math.fround;
const iq4 = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113], e2m1 = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];
/** Scales of 6 bits, twice 8 in 12 bytes: the first four whole, of the others 4 bits behind them and 2 on top of the first. */
const six = (at: number, low: number): string => `[j[0 +: 4], bit] at ${at} stride 8 | [j[4 +: 4], bit[0 +: 4]] at ${low} stride 8 | [j[4 +: 4], bit[4 +: 2]] at ${at + 6} stride 8`;
const kScales: Fields = { d: [16, 1, "[j, bit]"], dmin: [16, 1, "[j, bit] at 16"], sc: [6, 8, six(32, 96)], mn: [6, 8, six(64, 100)] };
const kValue: Block["value"] = (f, i) => m(m(m(half(f("d", 0)) * f("sc", i >> 5)) * f("q", i)) - m(half(f("dmin", 0)) * f("mn", i >> 5)));

const blocks: Readonly<Record<string, Block>> = {
  Q1_0: { fields: { d: [16, 1, "[j, bit]"], q: [1, 128, "[j, bit] at 16"] }, value: (f, i) => (2 * f("q", i) - 1) * half(f("d", 0)) },
  Q2_0: { fields: { d: [16, 1, "[j, bit]"], q: [2, 64, "[j, bit] at 16"] }, value: (f, i) => (f("q", i) - 1) * half(f("d", 0)) },
  Q4_0: { fields: { d: [16, 1, "[j, bit]"], q: [4, 32, "[j % 16, j / 16, bit] at 16"] }, value: (f, i) => (f("q", i) - 8) * half(f("d", 0)) },
  Q4_1: { fields: { d: [16, 1, "[j, bit]"], min: [16, 1, "[j, bit] at 16"], q: [4, 32, "[j % 16, j / 16, bit] at 32"] }, value: (f, i) => m(m(f("q", i) * half(f("d", 0))) + half(f("min", 0))) },
  Q5_0: { fields: { d: [16, 1, "[j, bit]"], q: [5, 32, "([j, bit[4 +: 1]] ++ [j % 16, j / 16, bit[0 +: 4]]) at 16"] }, value: (f, i) => (f("q", i) - 16) * half(f("d", 0)) },
  Q5_1: { fields: { d: [16, 1, "[j, bit]"], min: [16, 1, "[j, bit] at 16"], q: [5, 32, "[j, bit[4 +: 1]] at 32 | [j % 16, j / 16, bit[0 +: 4]] at 64"] }, value: (f, i) => m(m(f("q", i) * half(f("d", 0))) + half(f("min", 0))) },
  Q8_0: { fields: { d: [16, 1, "[j, bit]"], q: [8, 32, "[j, bit] at 16"] }, value: (f, i) => i8(f("q", i)) * half(f("d", 0)) },
  Q2_K: {
    fields: { sc: [4, 16, "[j, bit] at 0 stride 8"], mn: [4, 16, "[j, bit] at 4 stride 8"], q: [2, 256, "[j / 128, j % 32, (j / 32) % 4, bit] at 128"], d: [16, 1, "[j, bit] at 640"], dmin: [16, 1, "[j, bit] at 656"] },
    value: (f, i) => m(m(m(half(f("d", 0)) * f("sc", i >> 4)) * f("q", i)) - m(half(f("dmin", 0)) * f("mn", i >> 4))),
  },
  Q3_K: {
    fields: { q: [3, 256, "[j % 32, j / 32, bit[2 +: 1]] ++ [j / 128, j % 32, (j / 32) % 4, bit[0 +: 2]]"], sc: [6, 16, "([j % 8, j / 8, bit[0 +: 4]] ++ [j % 4, j / 4, bit[4 +: 2]]) at 768"], d: [16, 1, "[j, bit] at 864"] },
    value: (f, i) => m(m(half(f("d", 0)) * (f("sc", i >> 4) - 32)) * (f("q", i) - 4)),
  },
  Q4_K: { fields: { ...kScales, q: [4, 256, "[j / 64, j % 32, (j / 32) % 2, bit] at 128"] }, value: kValue },
  Q5_K: { fields: { ...kScales, q: [5, 256, "([j % 32, j / 32, bit[4 +: 1]] ++ [j / 64, j % 32, (j / 32) % 2, bit[0 +: 4]]) at 128"] }, value: kValue },
  Q6_K: {
    fields: { q: [6, 256, "[j / 128, j % 64, (j / 64) % 2, bit[0 +: 4]] ++ [j / 128, j % 32, (j / 32) % 4, bit[4 +: 2]]"], sc: [8, 16, "[j, bit] at 1536"], d: [16, 1, "[j, bit] at 1664"] },
    value: (f, i) => m(m(half(f("d", 0)) * i8(f("sc", i >> 4))) * (f("q", i) - 32)),
  },
  IQ4_NL: { fields: { d: [16, 1, "[j, bit]"], q: [4, 32, "[j % 16, j / 16, bit] at 16"] }, value: (f, i) => iq4[f("q", i)] * half(f("d", 0)) },
  IQ4_XS: {
    fields: { d: [16, 1, "[j, bit]"], sc: [6, 8, "[j, bit[4 +: 2]] at 16 | [j, bit[0 +: 4]] at 32"], q: [4, 256, "[j / 32, j % 16, (j / 16) % 2, bit] at 64"] },
    value: (f, i) => m(m(half(f("d", 0)) * (f("sc", i >> 5) - 32)) * iq4[f("q", i)]),
  },
  TQ2_0: { fields: { q: [2, 256, "[j / 128, j % 32, (j / 32) % 4, bit]"], d: [16, 1, "[j, bit] at 512"] }, value: (f, i) => (f("q", i) - 1) * half(f("d", 0)) },
  MXFP4: { fields: { e: [8, 1, "[j, bit]"], q: [4, 32, "[j % 16, j / 16, bit] at 8"] }, value: (f, i) => m(e2m1[f("q", i)] * 2 ** (f("e", 0) - 128)) },
  NVFP4: {
    fields: { e: [8, 4, "[j, bit]"], q: [4, 64, "[j / 16, j % 8, (j / 8) % 2, bit] at 32"] },
    value: (f, i) => { const e = f("e", i >> 4), x = e === 0x7f ? 0 : e >> 3 === 0 ? (e & 7) * 2 ** -9 : (1 + (e & 7) / 8) * 2 ** ((e >> 3) - 7); return m(e2m1[f("q", i)] * (x / 2)); },
  },
};

interface Type { type: string; elems: number; bytes_per_block: number; cases: { kind: string; bytes: string; f32: string }[] }
const { types } = vectors<{ types: Type[] }>("formats/gguf");

test.each(Object.entries(blocks))("ggml %s: fields of several blocks whose bytes are no multiple of 4, decoded", (name, { fields, value }) => {
  const type = types.find((t) => t.type === name);
  if (!type) throw new Error(`no vectors of ${name}`);
  const decoded = type.cases.filter((c) => c.kind === "decode");
  expect(decoded.length).toBeGreaterThan(0);
  for (const c of decoded) {
    const stored = bytes(c.bytes), want = floats(c.f32), blocks = stored.length / type.bytes_per_block, stride = 8 * type.bytes_per_block;
    // One tensor per field: the block's number is the slowest axis and steps whole blocks.
    const read = Object.fromEntries(Object.entries(fields).map(([f, [width, count, text]]) => {
      const p = packing(`[b, (${text})] at 0 stride ${stride}`, "b", "j");
      check(p, width, [blocks, count], ["b", "j"]);
      const codes = unpack(p, width, [blocks, count], words(stored));
      // What it stores is what was there.
      const again = pack(p, width, [blocks, count], codes), mine = pack(p, width, [blocks, count], new Array<number>(blocks * count).fill(2 ** width - 1));
      const whole = words(stored);
      expect(wordCount(p, width, [blocks, count])).toBeLessThanOrEqual(whole.length);
      again.forEach((w, i) => { expect(w).toBe((whole[i] & mine[i]) >>> 0); });
      return [f, { codes, count }];
    }));
    const got = want.map((_, e) => { const b = Math.floor(e / type.elems); return value((f, i) => read[f].codes[b * read[f].count + i], e % type.elems); });
    got.forEach((x, e) => { if (bits(x) !== bits(want[e]) && !(x === 0 && want[e] === 0)) expect([e, x]).toEqual([e, want[e]]); });
  }
});

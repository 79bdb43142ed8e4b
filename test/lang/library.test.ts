// The library of formats against what other implementations make of the same bytes.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { formatNamed, format as formatted, libraryFormats } from "../../lang/index.ts";
import { library } from "../../lang/library.ts";
import { dtype, formatValues, packFormat, quantiseFormat, tileFromValues, unpackFormat, type Format, type FormatBytes } from "../../vm/index.ts";
import { vectors } from "../support/vectors.ts";

const bytes = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (x) => parseInt(x, 16));
const floats = (hex: string): Float32Array => new Float32Array(bytes(hex).buffer);
const raw = (x: Float32Array): Uint8Array => new Uint8Array(x.buffer, x.byteOffset, x.byteLength);
/** Halves as f32. */
const halves = (hex: string): Float32Array => Float32Array.from(new Uint16Array(bytes(hex).buffer), (code) => dtype("f16").decode(code));
const transposed = (x: Float32Array, rows: number, columns: number): Float32Array => Float32Array.from({ length: x.length }, (_, i) => x[(i % rows) * columns + Math.floor(i / rows)]);

/** The values of packed bytes are these, and packing the fields again gives the bytes. */
function decodes(f: Format, shape: readonly number[], data: FormatBytes, want: Float32Array): void {
  const w = unpackFormat(f, shape, data), got = formatValues(w);
  expect(got.length).toBe(want.length);
  const wrong = [...got.keys()].filter((i) => !Object.is(got[i], want[i]) && got[i] !== want[i]);
  expect(wrong.slice(0, 5).map((i) => [i, got[i], want[i]])).toEqual([]);
  const again = packFormat(w);
  for (const [name, given] of Object.entries(data)) expect(again[name].subarray(0, given.length)).toEqual(given);
}

test("the library is the folder's files, in the usual form, and every format of it can be made", () => {
  const files = readdirSync("lang/formats").map((f) => [`bitloom/formats/${f}`, readFileSync(`lang/formats/${f}`, "utf8")] as const);
  expect(Object.fromEntries(files)).toEqual(library);
  for (const [file, text] of files) expect([file, formatted(text, file).text]).toEqual([file, text]);
  for (const names of libraryFormats().values()) for (const name of names) expect(formatNamed(name).fields.length).toBeGreaterThan(0);
});

describe("GGUF", () => {
  interface Type { type: string; elems: number; bytes_per_block: number; cases: { kind: string; bytes: string; f32: string }[] }
  const { types } = vectors<{ types: Type[] }>("formats/gguf"), own = new Set(libraryFormats().get("bitloom/formats/gguf.loom"));
  test.each(types.filter((t) => own.has(t.type.toLowerCase())).map((t) => [t.type, t] as const))("%s", (name, t) => {
    const f = formatNamed(name.toLowerCase());
    expect([f.blockBits / 8, f.axes]).toEqual([t.bytes_per_block, [{ name: "i", block: t.elems }]]);
    for (const c of t.cases.filter((x) => x.kind === "decode")) {
      const data = bytes(c.bytes);
      decodes(f, [(data.length / t.bytes_per_block) * t.elems], { "": data }, floats(c.f32));
    }
  });
  const q = vectors<{ input_f32: string; types: { type: string; bytes: string }[] }>("formats/gguf-quantise"), x = floats(q.input_f32);
  test.each(q.types.map((t) => [t.type, t] as const))("%s is made as ggml makes it", (name, t) => {
    expect(packFormat(quantiseFormat(formatNamed(name), [x.length], x))[""]).toEqual(bytes(t.bytes));
  });
  const searched = vectors<{ input_f32: string; types: { type: string; bytes: string }[] }>("formats/gguf-search"), y = floats(searched.input_f32);
  test.each(searched.types.map((t) => [t.type, t] as const))("%s is made as ggml makes it: scales searched, rounding by rounding", (name, t) => {
    const f = formatNamed(name), size = f.blockBits / 8, want = bytes(t.bytes), got = packFormat(quantiseFormat(f, [y.length], y))[""];
    // ggml's codes of iq4_nl in a block of zeros are those of the block before: only the scale, 0, says something there.
    const told = (b: number): number => (name === "iq4_nl" && want[b * size] === 0 && want[b * size + 1] === 0 ? 2 : size), blocks = Array.from({ length: want.length / size }, (_, b) => b);
    const of = (x: Uint8Array, b: number): Uint8Array => x.subarray(b * size, b * size + told(b));
    expect(blocks.filter((b) => !Buffer.from(of(want, b)).equals(of(got, b)))).toEqual([]);
    expect(blocks.filter((b) => told(b) === size).length).toBeGreaterThan(blocks.length / 2);
  });
  test("every type of the vectors but those of grids is there", () => {
    expect(types.map((t) => t.type.toLowerCase()).filter((n) => !own.has(n)).sort()).toEqual(["iq1_m", "iq1_s", "iq2_s", "iq2_xs", "iq2_xxs", "iq3_s", "iq3_xxs"]);
  });
});

describe("GPTQ", () => {
  interface Case { bits: number; K: number; N: number; group: number; g_idx_i32?: string; qweight_i32: string; qzeros_i32: string; scales_f32: string; zero_offset: number; dequant_f32: string }
  const v = vectors<{ cases: Case[]; g_idx_cases: Case[] }>("formats/gptq");
  test.each([...v.cases, ...v.g_idx_cases].map((c) => [`${c.bits} bits${c.g_idx_i32 ? ", rows in any order" : ""}`, c] as const))("%s", (_, c) => {
    const f = formatNamed(`${c.g_idx_i32 ? "gptq_act" : "gptq"}(Q: u${c.bits}, group: ${c.group}, zero: ${c.zero_offset}, S: f32)`);
    decodes(f, [c.K, c.N], { qweight: bytes(c.qweight_i32), qzeros: bytes(c.qzeros_i32), scales: bytes(c.scales_f32), ...(c.g_idx_i32 ? { g_idx: bytes(c.g_idx_i32) } : {}) }, floats(c.dequant_f32));
  });
});

test("AWQ: (q - z) * s of nibbles in the order 0 4 1 5 2 6 3 7", () => {
  const K = 16, N = 16, f = formatNamed("awq(group: 8, S: f32)"), order = [0, 4, 1, 5, 2, 6, 3, 7];
  const word = (seed: number): number => (Math.imul(seed + 1, 0x9e3779b1) ^ (seed << 7)) >>> 0, nibble = (words: Uint32Array, i: number, n: number): number => (words[i * (N / 8) + (n >> 3)] >>> (4 * order[n % 8])) & 15;
  const q = Uint32Array.from({ length: (K * N) / 8 }, (_, i) => word(i)), z = Uint32Array.from({ length: (K / 8) * (N / 8) }, (_, i) => word(i + 1000)), s = Float32Array.from({ length: (K / 8) * N }, (_, i) => 0.25 + i / 64);
  const want = Float32Array.from({ length: K * N }, (_, i) => { const k = Math.floor(i / N), n = i % N, g = k >> 3; return (nibble(q, k, n) - nibble(z, g, n)) * s[g * N + n]; });
  decodes(f, [K, N], { qweight: new Uint8Array(q.buffer), qzeros: new Uint8Array(z.buffer), scales: raw(s) }, want);
});

test("HQQ: rows in segments from the top bits down", () => {
  interface Case { bits: number; rows: number; cols: number; packed: string; codes_u8: string }
  const { cases } = vectors<{ cases: Case[] }>("formats/hqq");
  for (const c of cases) {
    const f = formatNamed(`hqq(Q: u${c.bits}, rows: ${c.rows}, S: f32)`), codes = bytes(c.codes_u8);
    const scale = Float32Array.from({ length: c.rows }, (_, n) => 1 + n / 8), zero = Float32Array.from({ length: c.rows }, (_, n) => n / 4);
    const want = Float32Array.from(codes, (q, i) => (q - zero[Math.floor(i / c.cols)]) * scale[Math.floor(i / c.cols)]);
    decodes(f, [c.rows, c.cols], { W_q: bytes(c.packed), scale: raw(scale), zero: raw(zero) }, want);
  }
});

describe("bitsandbytes", () => {
  interface Case { type: string; blocksize: number; input_f32: string; packed_u8: string; absmax_f32: string; dequant_f32: string }
  for (const c of vectors<{ cases: Case[] }>("formats/bitsandbytes").cases)
    test(`${c.type}: both ways`, () => {
      const f = formatNamed(`bnb(Q: ${c.type === "fp4" ? "bnb_fp4" : c.type}, block: ${c.blocksize})`), want = floats(c.dequant_f32), data = { weight: bytes(c.packed_u8), absmax: bytes(c.absmax_f32) };
      decodes(f, [want.length], data, want);
      expect(packFormat(quantiseFormat(f, [want.length], floats(c.input_f32)))).toEqual(data);
    });
});

test("FP6-LLM: products in f16", () => {
  interface Case { format: string; M: number; K: number; weights_packed: string; row_scales_f16: string; dequant_f16: string }
  for (const c of vectors<{ cases: Case[] }>("formats/fp6-llm").cases)
    decodes(formatNamed(`fp6_llm(Q: f6${c.format})`), [c.M, c.K], { weight: bytes(c.weights_packed), scale: bytes(c.row_scales_f16) }, halves(c.dequant_f16));
});

test("BitNet I2_S", () => {
  interface Case { layout: string; rows: number; cols: number; ternary_i8: string; blob: string }
  for (const c of vectors<{ cases: Case[] }>("formats/bitnet").cases.filter((x) => x.layout === "i2_s")) {
    const data = bytes(c.blob), n = c.rows * c.cols, scale = data.slice(n / 4, n / 4 + 4), [s] = new Float32Array(scale.buffer);
    const want = Float32Array.from(new Int8Array(bytes(c.ternary_i8).buffer), (t) => Math.fround(t * s));
    decodes(formatNamed("i2_s"), [c.rows, c.cols], { "": data.slice(0, n / 4), scale }, want);
  }
});

test("ONNX MatMulNBits", () => {
  interface Case { bits: number; block: number; K: number; N: number; zero_points: boolean; B_u8: string; scales_f32: string; Z_u8?: string; dequant_f32_KxN: string }
  for (const c of vectors<{ cases: Case[] }>("formats/onnx-matmulnbits").cases) {
    const f = formatNamed(`${c.zero_points ? "matmulnbits_zero" : "matmulnbits"}(Q: u${c.bits}, block: ${c.block})`);
    const w = unpackFormat(f, [c.N, c.K], { B: bytes(c.B_u8), scales: bytes(c.scales_f32), ...(c.Z_u8 ? { zero_points: bytes(c.Z_u8) } : {}) });
    // The reference multiplies by the identity in f32: a sum of products, in which there is no -0.
    expect(formatValues(w).map((x) => x + 0)).toEqual(transposed(floats(c.dequant_f32_KxN), c.K, c.N));
  }
});

test("MLC: words of as many numbers as fit whole, products in f16", () => {
  interface Case { bits: number; group: number; layout: string; N: number; K: number; q_weight_u32: string; q_scale_f16: string; dequant_f16_NK: string }
  for (const c of vectors<{ cases: Case[] }>("formats/mlc").cases) {
    const shape = c.layout === "NK" ? [c.N, c.K] : [c.K, c.N];
    decodes(formatNamed(`${c.layout === "NK" ? "mlc" : "mlc_kn"}(Q: u${c.bits}, group: ${c.group})`), shape, { q_weight: bytes(c.q_weight_u32), q_scale: bytes(c.q_scale_f16) }, halves(c.dequant_f16_NK));
  }
});

describe("OCP MX", () => {
  interface Case { format: string; round: string; shape: number[]; output_f32: string }
  const v = vectors<{ input_f32: string; cases: Case[] }>("formats/ocp-mx"), rounds = ["even", "nearest", "floor"];
  test.each(v.cases.map((c) => [`${c.format} ${c.round}`, c] as const))("%s: numbers become these", (_, c) => {
    const round = rounds.indexOf(c.round), type = c.format.replace(/^fp(\d)_/, "f$1");
    const f = formatNamed(c.format === "int8" ? `mxint8(round: ${round})` : `mx(Q: ${type}, round: ${round})`);
    const got = formatValues(quantiseFormat(f, c.shape, floats(v.input_f32))), want = floats(c.output_f32);
    const wrong = [...got.keys()].filter((i) => got[i] !== want[i]);
    expect(wrong.slice(0, 5).map((i) => [i, got[i], want[i], floats(v.input_f32)[i]])).toEqual([]);
  });
});

test("NVFP4 with a scale for the tensor: that scale is given, and the largest magnitudes come back", () => {
  const f = formatNamed("nvfp4_modelopt"), values = Float32Array.from({ length: 64 }, (_, i) => Math.fround(Math.sin(i) * (1 + (i >> 4))));
  expect(() => quantiseFormat(f, [4, 16], values)).toThrow(/H0702: 'weight_scale_2' of format nvfp4_modelopt is one for the whole tensor/);
  const top = values.reduce((m, x) => Math.max(m, Math.abs(x)), 0), given = { weight_scale_2: tileFromValues(dtype("f32"), [1], [top / (6 * 448)]) };
  const back = formatValues(quantiseFormat(f, [4, 16], values, given));
  // A step of e2m1 near 6 is 2, so half a step of a block's largest magnitude is a sixth of it; its scale has four bits.
  for (let block = 0; block < 4; block++) {
    const of = values.subarray(16 * block, 16 * block + 16), most = of.reduce((m, x) => Math.max(m, Math.abs(x)), 0);
    of.forEach((x, i) => expect(Math.abs(back[16 * block + i] - x)).toBeLessThanOrEqual((most / 6) * (1 + 1 / 16)));
  }
});

// Quantised tensors of files as numbers, where several arrays make one: packed here bit by bit from codes that are known, or with the public
// vectors' bytes, and read back through a file.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { convertWeights, openWeights, weightFormat, weightValues, writeSafetensors, type SafetensorsInput, type WeightFile } from "../../../runtime/index.ts";
import { dtype, formatValues, unpackFormat } from "../../../vm/index.ts";
import { folder } from "../../support/folders.ts";
import { vectors } from "../../support/vectors.ts";
import { bytesOf, gguf, node, onnx, tensorProto } from "./make.ts";

const hex = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text, "hex"));
const floats = (text: string): Float32Array => new Float32Array(hex(text).buffer);
const a = (dtypeName: SafetensorsInput["dtype"], shape: readonly number[], bytes: ArrayBufferView): SafetensorsInput => ({ dtype: dtypeName, shape, bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) });
const f32 = (shape: readonly number[], x: Float32Array): SafetensorsInput => a("F32", shape, x);
const ints = (...xs: readonly number[]): SafetensorsInput => a("I64", [xs.length], BigInt64Array.from(xs, BigInt));
const int = (x: number): SafetensorsInput => a("I32", [], Int32Array.of(x));
const json = (x: unknown): SafetensorsInput => { const b = new TextEncoder().encode(JSON.stringify(x)); return a("U8", [b.length], b); };
/** Scales that f32 holds exactly, products of which with small codes it does, too. */
const scales = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => (1 + (i % 7)) / 64);
/** Codes that go through all of `below`. */
const codes = (n: number, below: number, by = 37): number[] => Array.from({ length: n }, (_, i) => (i * by + (i >> 3)) % below);

/** Codes in words of 32 bits, as many as fit whole, first in the lowest bits. */
function words(rows: readonly (readonly number[])[], bits: number): Uint32Array {
  const per = Math.floor(32 / bits);
  return Uint32Array.from(rows.flatMap((row) => Array.from({ length: Math.ceil(row.length / per) }, (_, w) => row.slice(w * per, (w + 1) * per).reduce((word, c, i) => (word | (c << (i * bits))) >>> 0, 0))));
}
const inRows = (x: readonly number[], columns: number): number[][] => Array.from({ length: x.length / columns }, (_, r) => x.slice(r * columns, (r + 1) * columns));

const same = (got: Float32Array, want: ArrayLike<number>): void => {
  expect(got.length).toBe(want.length);
  expect([...got.keys()].filter((i) => got[i] !== want[i]).slice(0, 5).map((i) => [i, got[i], want[i]])).toEqual([]);
};
const open = (arrays: Readonly<Record<string, SafetensorsInput>>, metadata?: Readonly<Record<string, string>>): Promise<WeightFile> => openWeights(writeSafetensors(arrays, metadata));
/** The numbers of the first tensor, by rows and as fields of the library's format. */
async function numbers(f: WeightFile, text: string): Promise<Float32Array> {
  const [{ name }] = f.tensors, w = await weightFormat(f, name), all = await weightValues(f, name);
  expect(w.text).toBe(text);
  same(formatValues(unpackFormat(w.format, w.shape, w.bytes)), all);
  return all;
}

describe("compressed-tensors", () => {
  const n = 9, k = 40, group = 8, groups = 5, s = scales(n * groups);
  /** Arrays of packed codes with what else there is, and what they stand for. */
  function make(bits: number, zeros: boolean, order: "" | "I32" | "I64"): readonly [Readonly<Record<string, SafetensorsInput>>, number[]] {
    const q = codes(n * k, 2 ** bits), z = codes(n * groups, 2 ** bits, 5), g = codes(k, groups, 3), per = Math.floor(32 / bits), middle = 2 ** (bits - 1);
    // Zero points are packed down columns: transposed, packed along rows, and transposed back.
    const turned = words(Array.from({ length: groups }, (_, c) => Array.from({ length: n }, (__, r) => z[r * groups + c])), bits), zeroRows = Math.ceil(n / per);
    const packedZeros = Uint32Array.from({ length: zeroRows * groups }, (_, i) => turned[(i % groups) * zeroRows + Math.floor(i / groups)]);
    const value = (i: number): number => { const at = Math.floor(i / k) * groups + (order ? g[i % k] : Math.floor((i % k) / group)); return (q[i] - (zeros ? z[at] : middle)) * s[at]; };
    return [{
      "l.weight_packed": a("I32", [n, Math.ceil(k / per)], words(inRows(q, k), bits)), "l.weight_scale": f32([n, groups], s), "l.weight_shape": ints(n, k),
      ...(zeros ? { "l.weight_zero_point": a("I32", [zeroRows, groups], packedZeros) } : {}), ...(order === "I64" ? { "l.weight_g_idx": ints(...g) } : order ? { "l.weight_g_idx": a("I32", [k], Int32Array.from(g)) } : {}),
    }, q.map((_, i) => value(i))];
  }
  test.each([[4, false, "", "ct"], [8, false, "", "ct"], [4, true, "", "ct_zero"], [2, true, "", "ct_zero"], [4, false, "I32", "ct_act"], [4, true, "I64", "ct_act_zero"]] as const)("%i bits, zero points %s, %s", async (bits, zeros, order, name) => {
    const [arrays, want] = make(bits, zeros, order);
    same(await numbers(await open(arrays), `${name}(Q: u${bits}, group: ${group}, S: f32)`), want);
  });

  test("8 bits with scales of rows, groups and all, and with zero points", async () => {
    const q = Int8Array.from(codes(n * k, 256), (c) => c - 128), z = Int8Array.from(codes(n * groups, 9), (c) => c - 4), at = (i: number): number => Math.floor(i / k) * groups + Math.floor((i % k) / group), weight = a("I8", [n, k], q);
    same(await numbers(await open({ "l.weight": weight, "l.weight_scale": f32([n, groups], s) }), "grouped(Q: i8, group: 8, S: f32)"), Array.from(q, (c, i) => c * s[at(i)]));
    same(await numbers(await open({ "l.weight": weight, "l.weight_scale": f32([n, 1], s.slice(0, n)) }), "grouped(Q: i8, group: 40, S: f32)"), Array.from(q, (c, i) => c * s[Math.floor(i / k)]));
    same(await numbers(await open({ "l.weight": weight, "l.weight_scale": f32([1], s.slice(3, 4)) }), "uniform(Q: i8, S: f32)"), Array.from(q, (c) => c * s[3]));
    same(await numbers(await open({ "l.weight": weight, "l.weight_scale": f32([n, groups], s), "l.weight_zero_point": a("I8", [n, groups], z) }), "affine(Q: i8, group: 8, S: f32)"), Array.from(q, (c, i) => (c - z[at(i)]) * s[at(i)]));
    const small = bytesOf(n * k).map((c) => c & 0x77), f8 = dtype("f8e4m3");
    same(await numbers(await open({ "l.weight": a("F8_E4M3", [n, k], small), "l.weight_scale": f32([], s.slice(2, 3)) }), "uniform(Q: f8e4m3, S: f32)"), Array.from(small, (c) => f8.decode(c) * s[2]));
  });
});

test("NVFP4 in pairs, with a scale for all that is multiplied, or divided by", async () => {
  const n = 3, k = 32, f4 = dtype("f4e2m1"), f8 = dtype("f8e4m3"), pairs = bytesOf((n * k) / 2), s = bytesOf((n * k) / 16, 3).map((c) => c & 0x5f), code = (i: number): number => f4.decode((pairs[i >> 1] >> (4 * (i & 1))) & 15), all = Math.fround(0.3);
  const arrays = { "l.weight_scale": a("F8_E4M3", [n, k / 16], s) }, of = (by: (scale: number) => number): number[] => Array.from({ length: n * k }, (_, i) => Math.fround(code(i) * Math.fround(by(f8.decode(s[i >> 4])))));
  same(await numbers(await open({ ...arrays, "l.weight": a("U8", [n, k / 2], pairs), "l.weight_scale_2": f32([], Float32Array.of(all)) }), "nvfp4_modelopt"), of((x) => x * all));
  same(await numbers(await open({ ...arrays, "l.weight_packed": a("U8", [n, k / 2], pairs), "l.weight_global_scale": f32([1], Float32Array.of(all)) }), "nvfp4_ct"), of((x) => x / all));
});

test("HQQ along axis 0: each column is a group", async () => {
  interface Case { bits: number; rows: number; cols: number; storage: string; packed_shape: number[]; packed: string; codes_u8: string }
  for (const c of vectors<{ cases: Case[] }>("formats/hqq").cases) {
    const s = scales(c.cols), zero = Float32Array.from({ length: c.cols }, (_, i) => i / 4), q = hex(c.codes_u8);
    const f = await open({ "l.W_q": a(c.storage === "uint8" ? "U8" : "I32", c.packed_shape, hex(c.packed)), "l.scale": f32([1, c.cols], s), "l.zero": f32([1, c.cols], zero), "l.nbits": int(c.bits), "l.group_size": int(c.rows), "l.axis": int(0), "l.shape": ints(c.cols, c.rows) });
    same(await numbers(f, `hqq_columns(Q: u${c.bits}, rows: ${c.rows}, S: f32)`), Array.from(q, (v, i) => Math.fround((v - zero[i % c.cols]) * s[i % c.cols])));
  }
});

describe("bitsandbytes", () => {
  interface Case { type: string; blocksize: number; code_f32: string; packed_u8: string; absmax_f32: string }
  const { cases } = vectors<{ cases: Case[] }>("formats/bitsandbytes"), [c] = cases, packed = hex(c.packed_u8), blocks = hex(c.absmax_f32).length / 4, quant = c.type === "fp4" ? "bnb_fp4" : c.type;
  const arrays = (map: Float32Array, more: Readonly<Record<string, SafetensorsInput>>, state: object = {}): Readonly<Record<string, SafetensorsInput>> => ({
    "l.weight": a("U8", [packed.length, 1], packed), "l.weight.absmax": f32([blocks], floats(c.absmax_f32)), "l.weight.quant_map": f32([16], map), [`l.weight.quant_state.bitsandbytes__${c.type}`]: json({ blocksize: c.blocksize, shape: [2, packed.length], ...state }), ...more,
  });
  const code = (i: number): number => floats(c.code_f32)[(packed[i >> 1] >> (i % 2 ? 0 : 4)) & 15];

  test("scales that are quantised themselves", async () => {
    const absmax = bytesOf(blocks, 5), map = Float32Array.from({ length: 256 }, (_, i) => Math.fround((i - 128) / 127)), nestedBlock = 3, nested = scales(Math.ceil(blocks / nestedBlock)), offset = 0.375;
    const f = await open(arrays(floats(c.code_f32), { "l.weight.absmax": a("U8", [blocks], absmax), "l.weight.nested_absmax": f32([nested.length], nested), "l.weight.nested_quant_map": f32([256], map) }, { nested_blocksize: nestedBlock, nested_offset: offset }));
    const scale = Float32Array.from(absmax, (q, i) => Math.fround(map[q] * nested[Math.floor(i / nestedBlock)]) + offset);
    same(await numbers(f, `bnb(Q: ${quant}, block: ${c.blocksize})`), Array.from({ length: packed.length * 2 }, (_, i) => Math.fround(code(i) * scale[Math.floor(i / c.blocksize)])));
  });

  test("a codebook of its own is refused with the tensor's name", async () => {
    const other = floats(c.code_f32);
    other[3] += 0.01;
    const f = await open(arrays(other, {}));
    await expect(weightValues(f, "l.weight")).rejects.toThrow(/H0225: .*tensor "l\.weight" is bnb_\w+\[2, \d+\], .*its codebook isn't that of \w+: code 3 is/);
    expect((await weightValues(await open(arrays(floats(c.code_f32), {})), "l.weight")).length).toBe(packed.length * 2);
  });
});

describe("MatMulNBits of a model", () => {
  const FLOAT = 1, U8 = 2, I32 = 6;
  interface Case { bits: number; block: number; K: number; N: number; B_u8: string; scales_f32: string; Z_u8?: string; dequant_f32_KxN: string }
  const model = (n: number, k: number, bits: number, block: number, b: Uint8Array, s: Float32Array, more: Readonly<Record<string, Uint8Array | undefined>>): Promise<WeightFile> => {
    const { zeros, floatZeros, order } = more, z = zeros ?? floatZeros;
    return openWeights(onnx([node("MatMulNBits", ["A", "B", "S", z ? "Z" : "", order ? "G" : ""], { N: n, K: k, bits, block_size: block })], [
      tensorProto("B", U8, [n, Math.ceil(k / block), (block * bits) / 8], b), tensorProto("S", FLOAT, [s.length], new Uint8Array(s.buffer)),
      ...(zeros ? [tensorProto("Z", U8, [zeros.length], zeros)] : []), ...(floatZeros ? [tensorProto("Z", FLOAT, [floatZeros.length / 4], floatZeros)] : []), ...(order ? [tensorProto("G", I32, [order.length / 4], order)] : []),
    ]), { kind: "onnx" });
  };

  test("the numbers of ONNX Runtime", async () => {
    for (const c of vectors<{ cases: Case[] }>("formats/onnx-matmulnbits").cases) {
      const want = floats(c.dequant_f32_KxN), f = await model(c.N, c.K, c.bits, c.block, hex(c.B_u8), floats(c.scales_f32), { zeros: c.Z_u8 === undefined ? undefined : hex(c.Z_u8) });
      same(await numbers(f, `matmulnbits${c.Z_u8 === undefined ? "" : "_zero"}(Q: u${c.bits}, block: ${c.block}, S: f32)`), Array.from({ length: c.N * c.K }, (_, i) => want[(i % c.K) * c.N + Math.floor(i / c.K)]));
    }
  });

  /** Codes one after the other in bits, first lowest, in whole bytes. */
  const stream = (list: readonly number[], bits: number): number[] => {
    const out = new Array<number>(Math.ceil((list.length * bits) / 8)).fill(0);
    list.forEach((c, i) => { for (let b = 0; b < bits; b++) out[(i * bits + b) >> 3] |= ((c >> b) & 1) << ((i * bits + b) & 7); });
    return out;
  };

  test.each([1, 2, 3, 4, 5, 6, 7, 8])("%i bits: no zero points, packed ones, floats, columns in any order", async (bits) => {
    const n = 3, k = 40, block = 16, blocks = 3, q = codes(n * blocks * block, 2 ** bits), z = codes(n * blocks, 2 ** bits, 5), zf = scales(n * blocks), s = scales(n * blocks), g = codes(k, blocks, 2);
    const b = Uint8Array.from(inRows(q, block).flatMap((blob) => stream(blob, bits))), zeros = Uint8Array.from(inRows(z, blocks).flatMap((row) => stream(row, bits))), order = new Uint8Array(Int32Array.from(g).buffer), floatZeros = new Uint8Array(zf.buffer);
    const of = (zero: (at: number) => number, at: (col: number) => number): number[] => Array.from({ length: n * k }, (_, i) => { const row = Math.floor(i / k), col = i % k, group = row * blocks + at(col); return Math.fround(Math.fround(q[row * blocks * block + col] - zero(group)) * s[group]); });
    const own = (col: number): number => Math.floor(col / block), middle = (): number => 2 ** (bits - 1), text = (name: string, more = ""): string => `matmulnbits${name}(Q: u${bits}, block: 16, S: f32${more})`;
    same(await numbers(await model(n, k, bits, block, b, s, {}), text("")), of(middle, own));
    same(await numbers(await model(n, k, bits, block, b, s, { zeros }), text("_zero")), of((at) => z[at], own));
    same(await numbers(await model(n, k, bits, block, b, s, { floatZeros }), text("_float", ", Z: f32")), of((at) => zf[at], own));
    same(await numbers(await model(n, k, bits, block, b, s, { order }), text("_act")), of(middle, (col) => g[col]));
    same(await numbers(await model(n, k, bits, block, b, s, { order, zeros }), text("_act_zero")), of((at) => z[at], (col) => g[col]));
  });

  test("an order of another length is refused", async () => {
    await expect(model(1, 16, 8, 16, new Uint8Array(16), scales(1), { order: new Uint8Array(60) })).rejects.toThrow(/H0222: .*"G".*should have 16 elements/);
  });
});

describe("what Bitloom's own files say under bitloom.format", () => {
  test("FP6-LLM", async () => {
    interface Case { format: string; M: number; K: number; weights_packed: string; row_scales_f16: string; dequant_f16: string }
    for (const c of vectors<{ cases: Case[] }>("formats/fp6-llm").cases) {
      const text = `fp6_llm(Q: f6${c.format})`, half = dtype("f16"), packed = hex(c.weights_packed);
      const f = await open({ "w.weight": a("U8", [packed.length], packed), "w.scale": a("F16", [c.M], hex(c.row_scales_f16)) }, { "bitloom.format.w": JSON.stringify({ format: text, shape: [c.M, c.K], parts: ["weight", "scale"] }) });
      same(await numbers(f, text), Float32Array.from(new Uint16Array(hex(c.dequant_f16).buffer), (h) => half.decode(h)));
    }
  });
});

test("OCP MX: numbers quantised into a file, and read back", async () => {
  interface Case { format: string; round: string; shape: number[]; output_f32: string }
  const v = vectors<{ input_f32: string; cases: Case[] }>("formats/ocp-mx"), rounds = ["even", "nearest", "floor"], dir = folder(), x = floats(v.input_f32), from = await open({ w: f32([x.length / 64, 64], x) });
  for (const [i, c] of v.cases.entries()) {
    const round = rounds.indexOf(c.round), text = c.format === "int8" ? `mxint8(round: ${round})` : `mx(Q: ${c.format.replace(/^fp(\d)_/, "f$1")}, round: ${round})`, path = join(dir, `${i}.safetensors`);
    await convertWeights(from, path, { format: text });
    const f = await openWeights(path);
    same(await numbers(f, text), floats(c.output_f32));
    await f.close();
  }
});

test("BitNet's I2_S in a GGUF", async () => {
  interface Case { layout: string; rows: number; cols: number; ternary_i8: string; blob: string }
  for (const c of vectors<{ cases: Case[] }>("formats/bitnet").cases.filter((x) => x.layout === "i2_s")) {
    const data = hex(c.blob), n = c.rows * c.cols, [s] = new Float32Array(data.slice(n / 4, n / 4 + 4).buffer);
    same(await numbers(await openWeights(gguf({}, [{ name: "w", ne: [c.cols, c.rows], type: 36, bytes: data }])), "i2_s"), Float32Array.from(new Int8Array(hex(c.ternary_i8).buffer), (t) => Math.fround(t * s)));
  }
});

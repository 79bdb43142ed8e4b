// Numbers of weight files: what other implementations made of the same bytes, through a file.
import { describe, expect, test } from "vitest";
import { openWeights, weightFormat, weightValues, writeSafetensors, type SafetensorsInput } from "../../../runtime/index.ts";
import { ggmlTypes } from "../../../runtime/weights/gguf.ts";
import { dtype } from "../../../vm/index.ts";
import { vectors } from "../../support/vectors.ts";
import { bytesOf, gguf } from "./make.ts";

const hex = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text, "hex"));
const floats = (text: string): Float32Array => new Float32Array(hex(text).buffer);
const halves = (text: string): Float32Array => Float32Array.from(new Uint16Array(hex(text).buffer), (c) => dtype("f16").decode(c));
const a = (dtypeName: SafetensorsInput["dtype"], shape: readonly number[], bytes: Uint8Array): SafetensorsInput => ({ dtype: dtypeName, shape, bytes });
const json = (x: unknown): SafetensorsInput => { const b = new TextEncoder().encode(JSON.stringify(x)); return a("U8", [b.length], b); };
const int = (x: number): SafetensorsInput => a("I32", [], new Uint8Array(Int32Array.of(x).buffer));

type Arrays = Readonly<Record<string, SafetensorsInput>>;
/** The numbers of the first tensor of these arrays; a part of the rows gives a part of them. */
async function values(arrays: Arrays, config?: unknown): Promise<Float32Array> {
  const f = await openWeights(writeSafetensors(arrays), { config }), [t] = f.tensors, all = await weightValues(f, t.name), rows = all.length / (t.shape.at(-1) ?? 1), columns = t.shape.at(-1) ?? 1;
  if (rows > 1) expect(await weightValues(f, t.name, { rows: [1, rows] })).toEqual(all.subarray(columns));
  return all;
}
const equal = (got: Float32Array, want: Float32Array): void => {
  expect(got.length).toBe(want.length);
  expect([...got.keys()].filter((i) => !(got[i] === want[i] || Object.is(got[i], want[i]))).slice(0, 5).map((i) => [i, got[i], want[i]])).toEqual([]);
};

describe("GGUF", () => {
  interface Type { type: string; elems: number; bytes_per_block: number; cases: { kind: string; bytes: string; f32: string }[] }
  const numbers = new Map([...ggmlTypes].map(([n, name]) => [name, n]));
  test.each(vectors<{ types: Type[] }>("formats/gguf").types.map((t) => [t.type.toLowerCase(), t] as const))("%s", async (name, t) => {
    for (const c of t.cases.filter((x) => x.kind === "decode")) {
      const bytes = hex(c.bytes), columns = (bytes.length / t.bytes_per_block) * t.elems;
      // Two rows, the second the same as the first.
      const f = await openWeights(gguf({}, [{ name: "w", ne: [columns, 2], type: numbers.get(name) ?? -1, bytes: Uint8Array.from([...bytes, ...bytes]) }]));
      equal((await weightValues(f, "w")).subarray(columns), floats(c.f32));
      equal(await weightValues(f, "w", { rows: [1, 2] }), floats(c.f32));
    }
  });
});

test("GPTQ", async () => {
  interface Case { bits: number; K: number; N: number; group: number; g_idx_i32?: string; qweight_i32: string; qzeros_i32: string; scales_f32: string; dequant_f32: string }
  const v = vectors<{ cases: Case[]; g_idx_cases: Case[] }>("formats/gptq");
  for (const c of [...v.cases, ...v.g_idx_cases])
    equal(await values({ "l.qweight": a("I32", [(c.K * c.bits) / 32, c.N], hex(c.qweight_i32)), "l.qzeros": a("I32", [c.K / c.group, (c.N * c.bits) / 32], hex(c.qzeros_i32)), "l.scales": a("F32", [c.K / c.group, c.N], hex(c.scales_f32)), ...(c.g_idx_i32 ? { "l.g_idx": a("I32", [c.K], hex(c.g_idx_i32)) } : {}) }), floats(c.dequant_f32));
});

test("bitsandbytes", async () => {
  interface Case { type: string; blocksize: number; code_f32: string; packed_u8: string; absmax_f32: string; dequant_f32: string }
  for (const c of vectors<{ cases: Case[] }>("formats/bitsandbytes").cases) {
    const packed = hex(c.packed_u8), absmax = hex(c.absmax_f32);
    equal(await values({ "l.weight": a("U8", [packed.length, 1], packed), "l.weight.absmax": a("F32", [absmax.length / 4], absmax), "l.weight.quant_map": a("F32", [16], hex(c.code_f32)), [`l.weight.quant_state.bitsandbytes__${c.type}`]: json({ blocksize: c.blocksize, shape: [packed.length * 2] }) }), floats(c.dequant_f32));
  }
});

test("HQQ", async () => {
  interface Case { bits: number; rows: number; cols: number; storage: string; packed_shape: number[]; packed: string; codes_u8: string }
  for (const c of vectors<{ cases: Case[] }>("formats/hqq").cases) {
    const scale = Float32Array.from({ length: c.rows }, (_, n) => 1 + n / 8), zero = Float32Array.from({ length: c.rows }, (_, n) => n / 4), row = (i: number): number => Math.floor(i / c.cols);
    const got = await values({ "l.W_q": a(c.storage === "uint8" ? "U8" : "I32", c.packed_shape, hex(c.packed)), "l.scale": a("F32", [c.rows, 1], new Uint8Array(scale.buffer)), "l.zero": a("F32", [c.rows, 1], new Uint8Array(zero.buffer)), "l.nbits": int(c.bits), "l.group_size": int(c.cols), "l.shape": a("I64", [2], new Uint8Array(BigInt64Array.of(BigInt(c.rows), BigInt(c.cols)).buffer)) });
    equal(got, Float32Array.from(hex(c.codes_u8), (q, i) => (q - zero[row(i)]) * scale[row(i)]));
  }
});

test("MLC", async () => {
  interface Case { bits: number; group: number; layout: string; N: number; K: number; q_weight_u32: string; q_scale_f16: string; dequant_f16_NK: string }
  for (const c of vectors<{ cases: Case[] }>("formats/mlc").cases) {
    const nk = c.layout === "NK", words = hex(c.q_weight_u32).length / 4, [rows, other] = nk ? [c.N, words / c.N] : [words / c.N, c.N], scales = hex(c.q_scale_f16);
    equal(await values({ "l.q_weight": a("U32", [rows, other], hex(c.q_weight_u32)), "l.q_scale": a("F16", nk ? [c.N, scales.length / 2 / c.N] : [scales.length / 2 / c.N, c.N], scales) }, { quantization: `q${c.bits}f16_${nk ? 1 : 0}` }), halves(c.dequant_f16_NK));
  }
});

test("MXFP4 of pairs is GGUF's in another order", async () => {
  const blocks = bytesOf(64), scales = Uint8Array.of(127, 128, 120, 130), f4 = dtype("f4e2m1");
  const want = Float32Array.from({ length: 128 }, (_, i) => f4.decode((blocks[i >> 1] >> (4 * (i & 1))) & 15) * 2 ** (scales[i >> 5] - 127));
  equal(await values({ l_blocks: a("U8", [2, 2, 16], blocks), l_scales: a("U8", [2, 2], scales) }), want);
});

describe("plain types", () => {
  test.each<readonly [SafetensorsInput["dtype"], number, readonly number[]]>([
    ["F32", 4, []], ["F16", 2, []], ["BF16", 2, []], ["F8_E4M3", 1, []], ["F8_E5M2", 1, []], ["F8_E8M0", 1, []], ["I8", 1, []], ["U8", 1, []], ["I16", 2, []], ["U16", 2, []], ["I32", 4, []], ["U32", 4, []], ["F64", 8, []], ["I64", 8, []],
  ])("%s", async (name, width) => {
    const bytes = bytesOf(6 * width), view = new DataView(bytes.buffer), got = await values({ w: a(name, [2, 3], bytes) });
    const read: Readonly<Record<string, (at: number) => number>> = {
      F32: (i) => view.getFloat32(i, true), F64: (i) => Math.fround(view.getFloat64(i, true)), I8: (i) => view.getInt8(i), U8: (i) => view.getUint8(i), I16: (i) => view.getInt16(i, true), U16: (i) => view.getUint16(i, true),
      I32: (i) => Math.fround(view.getInt32(i, true)), U32: (i) => Math.fround(view.getUint32(i, true)), I64: (i) => Math.fround(Number(view.getBigInt64(i, true))), F16: (i) => dtype("f16").decode(view.getUint16(i, true)), BF16: (i) => dtype("bf16").decode(view.getUint16(i, true)),
      F8_E4M3: (i) => dtype("f8e4m3").decode(view.getUint8(i)), F8_E5M2: (i) => dtype("f8e5m2").decode(view.getUint8(i)), F8_E8M0: (i) => 2 ** (view.getUint8(i) - 127),
    };
    equal(got, Float32Array.from({ length: 6 }, (_, i) => read[name](i * width)));
  });
  test("four bits to a row that ends inside a byte", async () => {
    equal(await values({ w: a("F4", [2, 3], Uint8Array.of(0x21, 0x43, 0x65)) }), Float32Array.from([1, 2, 3, 4, 5, 6], (c) => dtype("f4e2m1").decode(c)));
  });
});

test("what isn't there, or isn't read, is said", async () => {
  await expect(weightFormat(await openWeights(gguf({}, [{ name: "w", ne: [256], type: 19, bytes: new Uint8Array(50) }])), "w")).rejects.toThrow(/H0225: .*tensor "w" is iq1_s.*its codewords are no format/);
  const f = await openWeights(writeSafetensors({ w: a("F16", [2, 2], new Uint8Array(8)), c: a("C64", [1], new Uint8Array(8)) }));
  await expect(weightValues(f, "v")).rejects.toThrow(/H0202/);
  await expect(weightValues(f, "w", { rows: [1, 3] })).rejects.toThrow(/H0206: .*rows 1 to 3 lie outside of the 2/);
  await expect(weightValues(f, "c")).rejects.toThrow(/H0225: .*complex/);
});

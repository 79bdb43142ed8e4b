// Arrays of safetensors that make one tensor: recognised by names and shapes of real writers, and refused with their place where they contradict
// each other. Where public vectors exist the arrays are theirs.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Diagnostic } from "../../../diagnostic.ts";
import { openWeights, writeSafetensors, type WeightFile, type WeightsOptions } from "../../../runtime/index.ts";
import type { SafetensorsDtype, SafetensorsInput } from "../../../runtime/files/safetensors.ts";
import { vectors } from "../../support/vectors.ts";
import { bytesOf } from "./make.ts";

const widths: Partial<Record<SafetensorsDtype, number>> = { I32: 4, U32: 4, F32: 4, F16: 2, BF16: 2, I64: 8, U8: 1, I8: 1, F8_E4M3: 1 };
const a = (dtype: SafetensorsDtype, shape: readonly number[], bytes?: Uint8Array): SafetensorsInput => ({ dtype, shape, bytes: bytes ?? bytesOf(shape.reduce((n, d) => n * d, 1) * (widths[dtype] ?? 1)) });
const ints = (...xs: readonly number[]): SafetensorsInput => a("I64", [xs.length], new Uint8Array(BigInt64Array.from(xs, BigInt).buffer));
const int = (x: number): SafetensorsInput => a("I32", [], new Uint8Array(Int32Array.of(x).buffer));
const json = (x: unknown): SafetensorsInput => { const b = new TextEncoder().encode(JSON.stringify(x)); return a("U8", [b.length], b); };
const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));

type Arrays = Readonly<Record<string, SafetensorsInput>>;
const open = (arrays: Arrays, options: WeightsOptions = {}): Promise<WeightFile> => openWeights(writeSafetensors(arrays), options);
const seen = (f: WeightFile): unknown[] => f.tensors.map((t) => [t.name, `${t.format}[${t.shape.join(", ")}]`, t.options, t.parts.map((p) => p.name).join(" ")]);

/** Words that hold this code of 4 bits everywhere. */
const nibbles = (shape: readonly number[], code: number): SafetensorsInput => a("I32", shape, new Uint8Array(shape.reduce((n, d) => n * d, 4)).fill(code * 17));

const gptq4: Arrays = { "l.qweight": a("I32", [16, 32]), "l.qzeros": nibbles([4, 4], 7), "l.scales": a("F16", [4, 32]), "l.g_idx": a("I32", [128]) };
const awq4: Arrays = { "l.qweight": a("I32", [128, 4]), "l.qzeros": a("I32", [4, 4]), "l.scales": a("F16", [4, 32]) };
const ct4: Arrays = { "l.weight_packed": a("I32", [8, 8]), "l.weight_scale": a("BF16", [8, 2]), "l.weight_shape": ints(8, 64), "l.weight_zero_point": a("I32", [1, 2]) };
const nf4: Arrays = {
  "l.weight": a("U8", [256, 1]), "l.weight.absmax": a("F32", [8]), "l.weight.quant_map": a("F32", [16]),
  "l.weight.quant_state.bitsandbytes__nf4": json({ quant_type: "nf4", blocksize: 64, dtype: "bfloat16", shape: [8, 64] }),
};
const hqq3: Arrays = {
  "l.W_q": a("I32", [4, 16]), "l.scale": a("F16", [32, 1]), "l.zero": a("F16", [32, 1]), "l.nbits": int(3), "l.group_size": int(16), "l.axis": int(1), "l.shape": ints(8, 64),
  "l.packing": a("U8", [7]), "l.bias": a("F16", [8]),
};
const mlc4: Arrays = { "l.q_weight": a("U32", [8, 20]), "l.q_scale": a("F16", [8, 5]) };

describe("recognised", () => {
  test.each<readonly [string, Arrays, WeightsOptions, unknown]>([
    ["GPTQ, symmetric, v1 by its zeros", gptq4, {}, ["l", "gptq4[128, 32]", { bits: 4, group: 32, zeros: "v1" }, "qweight qzeros scales g_idx"]],
    ["GPTQ, v2 by its zeros", { ...gptq4, "l.qzeros": nibbles([4, 4], 8) }, {}, ["l", "gptq4[128, 32]", { bits: 4, group: 32, zeros: "v2" }, "qweight qzeros scales g_idx"]],
    ["GPTQ, asymmetric, by the configuration", { ...gptq4, "l.qzeros": a("I32", [4, 4]) }, { config: { quantization_config: { bits: 4, group_size: 32, checkpoint_format: "gptq_v2" } } }, ["l", "gptq4[128, 32]", { bits: 4, group: 32, zeros: "v2" }, "qweight qzeros scales g_idx"]],
    ["GPTQ, by the caller's word", gptq4, { zeros: "v2" }, ["l", "gptq4[128, 32]", { bits: 4, group: 32, zeros: "v2" }, "qweight qzeros scales g_idx"]],
    ["GPTQ of 3 bits, one group", { "l.qweight": a("I32", [12, 32]), "l.qzeros": a("I32", [1, 3]), "l.scales": a("F16", [1, 32]) }, {}, ["l", "gptq3[128, 32]", { bits: 3, group: 128, zeros: "v1" }, "qweight qzeros scales"]],
    ["AWQ", awq4, {}, ["l", "awq4[128, 32]", { bits: 4, group: 32 }, "qweight qzeros scales"]],
    ["compressed-tensors", ct4, {}, ["l.weight", "ct4[8, 64]", { bits: 4, group: 32 }, "weight_packed weight_scale weight_zero_point"]],
    ["compressed-tensors, 8 bits of a row", { "l.weight": a("I8", [8, 64]), "l.weight_scale": a("BF16", [8, 1]) }, {}, ["l.weight", "ct_i8[8, 64]", { group: 64, scales: "row" }, "weight weight_scale"]],
    ["compressed-tensors, e4m3 with one scale", { "l.weight": a("F8_E4M3", [8, 64]), "l.weight_scale": a("F32", [1]) }, {}, ["l.weight", "ct_f8e4m3[8, 64]", { group: 64, scales: "tensor" }, "weight weight_scale"]],
    ["NVFP4 of ModelOpt", { "l.weight": a("U8", [8, 32]), "l.weight_scale": a("F8_E4M3", [8, 4]), "l.weight_scale_2": a("F32", []) }, {}, ["l.weight", "nvfp4_pairs[8, 64]", { block: 16, globalScale: "times" }, "weight weight_scale weight_scale_2"]],
    ["NVFP4 of compressed-tensors", { "l.weight_packed": a("U8", [8, 32]), "l.weight_scale": a("F8_E4M3", [8, 4]), "l.weight_global_scale": a("F32", [1]) }, {}, ["l.weight", "nvfp4_pairs[8, 64]", { block: 16, globalScale: "divided" }, "weight_packed weight_scale weight_global_scale"]],
    ["MXFP4 of gpt-oss", { l_blocks: a("U8", [2, 8, 3, 16]), l_scales: a("U8", [2, 8, 3]) }, {}, ["l", "mxfp4_pairs[2, 8, 96]", { block: 32 }, "blocks scales"]],
    ["bitsandbytes NF4", nf4, {}, ["l.weight", "bnb_nf4[8, 64]", { block: 64 }, "weight absmax quant_map"]],
    ["bitsandbytes FP4 with scales of scales", {
      "l.weight": a("U8", [256, 1]), "l.weight.absmax": a("U8", [8]), "l.weight.quant_map": a("F32", [16]), "l.weight.nested_absmax": a("F32", [1]), "l.weight.nested_quant_map": a("F32", [256]),
      "l.weight.quant_state.bitsandbytes__fp4": json({ blocksize: 64, shape: [8, 64], nested_blocksize: 256, nested_offset: 0.04 }),
    }, {}, ["l.weight", "bnb_fp4[8, 64]", { block: 64, nestedBlock: 256, nestedOffset: 0.04 }, "weight absmax quant_map nested_absmax nested_quant_map"]],
    ["bitsandbytes of 8 bits", { "l.SCB": a("F32", [8]), "l.weight": a("I8", [8, 64]), "l.weight_format": a("U8", []) }, {}, ["l.weight", "bnb_int8[8, 64]", {}, "weight SCB"]],
    ["HQQ of 3 bits", hqq3, {}, ["l", "hqq3[8, 64]", { bits: 3, group: 16, axis: 1 }, "W_q scale zero"]],
    ["MLC", mlc4, { config: { quantization: "q4f16_1" } }, ["l.weight", "mlc4[8, 160]", { bits: 4, group: 32, columns: false }, "q_weight q_scale"]],
  ])("%s", async (_, arrays, options, is) => {
    const f = await open(arrays, options), [first] = seen(f).filter((t) => (t as string[])[0] !== "l.bias");
    expect(first).toEqual(is);
    // Every byte of every array is found where the writer put it.
    for (const t of f.tensors) for (const p of t.parts) expect(await f.read(t.name, { part: p.name })).toEqual(arrays[p.stored]?.bytes);
  });

  test("others keep their place and their form", async () => {
    const f = await open({ ...gptq4, "a.weight": a("F16", [3, 3]), "l.bias": a("F16", [32]) });
    expect(f.tensors.map((t) => [t.name, t.format]).sort()).toEqual([["a.weight", "f16"], ["l", "gptq4"], ["l.bias", "f16"]]);
    expect(f.tensor("l").bitsPerWeight).toBeCloseTo((16 * 32 * 32 + 16 * 32 + 128 * 16 + 128 * 32) / (128 * 32));
  });

  test("what zeros and label leave open is told", async () => {
    const f = await open({ ...gptq4, "l.qzeros": a("I32", [4, 4]) });
    expect(f.notes).toEqual([expect.stringContaining('"l": the zeros of 4 bits don\'t tell whether they are stored less one; v1 is taken')]);
    const lied = await open({ ...gptq4, "l.qzeros": nibbles([4, 4], 8) }, { config: { bits: 4, checkpoint_format: "gptq" } });
    expect(lied.notes).toEqual(['"l": its zeros are stored as they are (v2), though the file calls itself "gptq"']);
  });

  test("arrays without those that say what they are stay what they are, and it is told", async () => {
    for (const [arrays, n] of [[{ "l.qweight": gptq4["l.qweight"], "l.scales": gptq4["l.scales"] }, 2], [mlc4, 2], [{ "l.W_q": hqq3["l.W_q"] }, 1], [{ "l.weight_packed": ct4["l.weight_packed"] }, 1]] as const) {
      const f = await open(arrays as Arrays);
      expect([f.tensors.length, f.notes.length]).toEqual([n, 1]);
    }
  });
});

describe("public vectors are taken as what they are", () => {
  test("GPTQ", async () => {
    for (const c of vectors<{ readonly cases: readonly { bits: number; K: number; N: number; group: number; qweight_i32: string; qzeros_i32: string; scales_f32: string; qweight_shape: number[]; qzeros_shape: number[] }[] }>("formats/gptq").cases) {
      const f = await open({ "l.qweight": a("I32", c.qweight_shape, hex(c.qweight_i32)), "l.qzeros": a("I32", c.qzeros_shape, hex(c.qzeros_i32)), "l.scales": a("F32", [c.K / c.group, c.N], hex(c.scales_f32)) });
      expect(seen(f)).toMatchObject([["l", `gptq${c.bits}[${c.K}, ${c.N}]`, { bits: c.bits, group: c.group, zeros: "v1" }, "qweight qzeros scales"]]);
    }
  });
  test("bitsandbytes and HQQ", async () => {
    for (const c of vectors<{ readonly cases: readonly { type: string; blocksize: number; code_f32: string; packed_u8: string; absmax_f32: string }[] }>("formats/bitsandbytes").cases) {
      const packed = hex(c.packed_u8), absmax = hex(c.absmax_f32);
      const f = await open({ "l.weight": a("U8", [packed.length, 1], packed), "l.weight.absmax": a("F32", [absmax.length / 4], absmax), "l.weight.quant_map": a("F32", [16], hex(c.code_f32)),
        [`l.weight.quant_state.bitsandbytes__${c.type}`]: json({ blocksize: c.blocksize, shape: [packed.length * 2] }) });
      expect((seen(f)[0] as unknown[]).slice(0, 2)).toEqual(["l.weight", `bnb_${c.type}[${packed.length * 2}]`]);
    }
    for (const c of vectors<{ readonly cases: readonly { bits: number; rows: number; cols: number; storage: string; packed_shape: number[]; packed: string }[] }>("formats/hqq").cases) {
      const groups = c.rows, f = await open({ "l.W_q": a(c.storage === "uint8" ? "U8" : "I32", c.packed_shape, hex(c.packed)), "l.scale": a("F16", [groups, 1]), "l.zero": a("F16", [groups, 1]), "l.nbits": int(c.bits), "l.group_size": int(c.cols), "l.shape": ints(c.rows, c.cols) });
      expect((seen(f)[0] as unknown[]).slice(0, 2)).toEqual(["l", `hqq${c.bits}[${c.rows}, ${c.cols}]`]);
    }
  });
});

describe("contradictions name the array and its byte", () => {
  const wide = (arrays: Arrays, name: string, with_: SafetensorsInput): Arrays => ({ ...arrays, [name]: with_ });
  test.each<readonly [string, Arrays, WeightsOptions, RegExp]>([
    ["columns of qweight", wide(gptq4, "l.qweight", a("I32", [16, 31])), {}, /"l.qweight" at byte \d+, i32\[16, 31\], fits neither GPTQ nor AWQ: scales has 32 columns, so 32 or 4 are possible/],
    ["rows of qzeros", wide(gptq4, "l.qzeros", a("I32", [3, 4])), {}, /"l.qzeros" at byte \d+, i32\[3, 4\], should be \[4, any\] beside qweight \[16, 32\]/],
    ["columns of qzeros", wide(gptq4, "l.qzeros", a("I32", [4, 5])), {}, /"l.qzeros".*should have 32·bits\/32 columns/],
    ["bits of the configuration", gptq4, { config: { bits: 8 } }, /"l.qzeros".*has codes of 4 bits, but the configuration says 8/],
    ["group of the configuration", gptq4, { config: { group_size: 64 } }, /"l.scales".*has 4 groups for 128 weights, and the configuration says that 64 share a scale/],
    ["length of g_idx", wide(gptq4, "l.g_idx", a("I32", [127])), {}, /"l.g_idx".*should be \[128\]/],
    ["type of scales", wide(gptq4, "l.scales", a("I32", [4, 32])), {}, /"l.scales".*should be of f16 or bf16 or f32/],
    ["qzeros of AWQ", wide(awq4, "l.qzeros", a("I32", [4, 32])), {}, /"l.qzeros".*should be \[4, 4\]/],
    ["weight_shape", wide(ct4, "l.weight_shape", ints(9, 64)), {}, /"l.weight_packed".*doesn't fit weight_shape, which holds \[9, 64\]/],
    ["a negative shape", wide(ct4, "l.weight_shape", ints(-8, 64)), {}, /"l.weight_shape".*no sizes of a tensor/],
    ["words of weight_packed", wide(ct4, "l.weight_packed", a("I32", [8, 3])), {}, /"l.weight_packed".*should have 64 codes of 1 to 8 bits in a row/],
    ["absmax", wide(nf4, "l.weight.absmax", a("F32", [7])), {}, /"l.weight.absmax".*should have 8 elements/],
    ["codes of bitsandbytes", wide(nf4, "l.weight", a("U8", [255, 1])), {}, /"l.weight" .*should have 256 bytes for 512 weights/],
    ["no JSON", wide(nf4, "l.weight.quant_state.bitsandbytes__nf4", a("U8", [40])), {}, /quant_state.bitsandbytes__nf4.*should hold a record as JSON/],
    ["a huge shape", wide(nf4, "l.weight.quant_state.bitsandbytes__nf4", json({ blocksize: 64, shape: [2 ** 40, 2 ** 40] })), {}, /has no shape of sizes/],
    ["a big record", wide(nf4, "l.weight.quant_state.bitsandbytes__nf4", a("U8", [1 << 17])), {}, /should be small, and has 131072 bytes/],
    ["rows of W_q", wide(hqq3, "l.W_q", a("I32", [5, 16])), {}, /"l.W_q".*should be \[4, 16\]/],
    ["bits of HQQ", wide(hqq3, "l.nbits", int(77)), {}, /"l.nbits".*is 77; 1, 2, 3, 4 and 8 are possible/],
    ["scales of MLC", wide(mlc4, "l.q_scale", a("F16", [8, 4])), { config: { quantization: "q4f16_1" } }, /"l.q_scale".*should be \[8, 5\]/],
    ["a tensor under the name of arrays", { ...gptq4, l: a("F16", [2]) }, {}, /"l" is both a tensor and a name of quantised arrays/],
  ])("%s", async (_, arrays, options, says) => expect(open(arrays, options)).rejects.toThrow(expect.objectContaining({ code: "H0222", message: expect.stringMatching(says) as string }) as Error));
});

test("any arrays under the names that schemes look for: put together soundly, left as they are, or refused in words", async () => {
  const endings = ["", ".qweight", ".qzeros", ".scales", ".g_idx", ".weight", ".weight_packed", ".weight_scale", ".weight_scale_2", ".weight_shape", ".weight_zero_point", ".weight_g_idx", ".weight_global_scale", "_blocks", "_scales", ".SCB", ".weight_format",
    ".weight.absmax", ".weight.quant_map", ".weight.nested_absmax", ".weight.quant_state.bitsandbytes__nf4", ".W_q", ".scale", ".zero", ".nbits", ".group_size", ".axis", ".shape", ".q_weight", ".q_scale"];
  const size = fc.constantFrom(0, 1, 2, 4, 8, 16, 32, 64), shape = fc.array(size, { maxLength: 3 });
  const content = fc.constantFrom(new Uint8Array(0), Uint8Array.of(8), Uint8Array.of(8, 0, 0, 0, 0, 0, 0, 0, 64), new Uint8Array(16).fill(255), new TextEncoder().encode('{"shape":[8,16],"blocksize":64}'));
  const array = fc.record({ dtype: fc.constantFrom<SafetensorsDtype>("I32", "U32", "F32", "F16", "I64", "U8", "I8", "F8_E4M3"), shape, content })
    .map(({ dtype, shape: s, content: c }) => { const bytes = new Uint8Array(s.reduce((n, d) => n * d, widths[dtype] ?? 1)); bytes.set(c.subarray(0, bytes.length)); return a(dtype, s, bytes); });
  // A sound set with a few arrays changed, put in or left out.
  const changes = fc.array(fc.tuple(fc.constantFrom(...endings), fc.option(array)), { maxLength: 3 });
  const sets = fc.tuple(fc.constantFrom<Arrays>(gptq4, awq4, ct4, nf4, hqq3, mlc4, {}), changes).map(([sound, list]) => {
    const changed = new Map(Object.entries(sound));
    for (const [ending, x] of list) if (x) changed.set(`l${ending}`, x); else changed.delete(`l${ending}`);
    return Object.fromEntries(changed);
  });
  const config = fc.constantFrom<unknown>({}, { bits: 4, group_size: -1 }, { quantization: "q3f16_0" }, { quant_config: { weight_quant_params: { nbits: 4, group_size: 16 } } }, { config_groups: { a: { weights: { num_bits: 3 } }, b: null } }, { config_groups: [null, 3] });
  let together = 0, refused = 0;
  await fc.assert(fc.asyncProperty(sets, config, async (arrays, c) => {
    try {
      const f = await open(arrays, { config: c }), stored = f.tensors.flatMap((t) => t.parts.map((p) => p.stored));
      expect(new Set(stored).size).toBe(stored.length);
      if (f.tensors.some((t) => t.parts.length > 1)) together++;
      for (const t of f.tensors) for (const p of t.parts) expect(Buffer.compare(await f.read(t.name, { part: p.name }), arrays[p.stored]?.bytes ?? new Uint8Array(0))).toBe(0);
    } catch (e) {
      if (!(e instanceof Diagnostic)) throw e;
      expect(e.code).toBe("H0222");
      refused++;
    }
  }), { numRuns: Number(process.env["DAMAGED"] ?? 2000), seed: 3 });
  expect(Math.min(together, refused)).toBeGreaterThan(20);
});

// Tensors of formats as cases for every engine: random fields decoded, random numbers encoded, from one format to another.
import { formatNamed } from "../../lang/index.ts";
import { chance, dequantiseProgram, dtype, formatTensors, quantiseProgram, randomTile, repackProgram, type Format, type Tile } from "../../vm/index.ts";
import type { Case } from "./engines.ts";

/** Formats with a shape for each: blocks of odd bytes, split planes, fields beside, codebooks, values in f16, two axes, picks. */
export const shapes: Readonly<Record<string, readonly [number, number]>> = {
  q1_0: [3, 128], q2_0: [3, 128], q4_0: [3, 96], q4_1: [2, 64], q5_0: [3, 96], q5_1: [2, 64], q8_0: [3, 96], q2_k: [1, 256], q3_k: [1, 256], q4_k: [1, 256], q5_k: [1, 256], q6_k: [1, 256],
  iq4_nl: [3, 96], iq4_xs: [1, 256], tq1_0: [1, 256], tq2_0: [1, 256], mxfp4: [3, 96], nvfp4: [2, 128],
  "gptq(Q: u3, group: 32)": [64, 5], "gptq(Q: u4, group: 32)": [64, 8], "gptq_act(Q: u2, group: 16, S: f32)": [64, 8], "awq(group: 16)": [32, 16],
  "hqq(rows: 10, Q: u3, S: f32)": [10, 9], "bnb(Q: nf4)": [2, 128], "bnb(Q: bnb_fp4, block: 32)": [1, 96], bnb_int8: [3, 40], fp6_llm: [4, 24], i2_s: [2, 128],
  "matmulnbits(Q: u5, block: 16)": [3, 40], "matmulnbits_zero(Q: u3, block: 16)": [3, 40], "mlc(Q: u3, group: 40)": [3, 80], "mlc_kn": [64, 3],
  "hqq_columns(rows: 10, S: f32)": [10, 9], "matmulnbits_float(Q: u2, block: 16)": [3, 40], "matmulnbits_act_zero(Q: u3, block: 16)": [3, 40], "ct_zero(Q: u3, group: 16, S: f32)": [12, 40], "ct_act(group: 16, S: f32)": [3, 40], uniform: [3, 40], nvfp4_ct: [2, 32],
  "mx(Q: f6e3m2)": [3, 64], mxint8: [2, 64], "grouped(Q: i5, group: 16)": [3, 48], "bipolar(Q: b3)": [3, 64], "offset(Q: u6, S: bf16)": [2, 64], "affine(Q: u7, group: 16)": [3, 48],
};

/** Fields of random codes: powers of two far from the denormals, which devices may flush; numbers of groups, which picks go by, inside. */
function randomFields(f: Format, shape: readonly [number, number], name: string): Record<string, Tile> {
  return Object.fromEntries(formatTensors(f, shape).map((t, i) => {
    const tile = randomTile(t.dtype, t.shape.map(Number), 11 + i), groups = Number(formatTensors(f, shape).find((g) => g.field.name === "scales" || g.field.name === "weight_scale")?.shape.map(Number).reduce((a, b) => Math.min(a, b)) ?? 1);
    const tame = t.dtype.kind === "scale" ? (x: number) => 100 + (x % 50) : t.field.name.endsWith("g_idx") ? (x: number) => Math.abs(x) % groups : undefined;
    return [`${name}.${t.field.name}`, tame ? { ...tile, data: tile.data.map(tame) } : tile];
  }));
}

/** Values of random fields. */
export function decodeCase(name: string): Case {
  const f = formatNamed(name), shape = shapes[name];
  return { program: dequantiseProgram(f, shape, { rows: 1, columns: 128, threads: 32 }), inputs: randomFields(f, shape, "w"), dims: {} };
}

/**
 * Fields of random numbers that every device divides exactly: integers times a power of two, the largest of which makes the scale one.
 * @param top the largest magnitude, in every block
 */
export function encodeCase(name: string, top: number): Case {
  const f = formatNamed(name), shape = shapes[name], next = chance(5), data = Float32Array.from({ length: shape[0] * shape[1] }, (_, i) => (i % 16 === 0 ? -top : Math.floor((next() * 2 - 1) * top)) / 4);
  const empty = Object.fromEntries(formatTensors(f, shape).map((t) => [`w.${t.field.name}`, { ...randomTile(t.dtype, t.shape.map(Number), 3), data: randomTile(t.dtype, t.shape.map(Number), 3).data.fill(0) }]));
  return { program: quantiseProgram(f, shape, { rows: 1, columns: 64, threads: 32 }), inputs: { ...empty, x: { dtype: dtype("f32"), shape, data } }, dims: {} };
}

/** Fields of one format out of another's, without loss. */
export function repackCase(from: string, to: string): Case {
  const f = formatNamed(from), t = formatNamed(to), shape = shapes[from];
  const empty = Object.fromEntries(formatTensors(t, shape).map((x) => [`w.${x.field.name}`, { ...randomTile(x.dtype, x.shape.map(Number), 3), data: randomTile(x.dtype, x.shape.map(Number), 3).data.fill(0) }]));
  return { program: repackProgram(f, t, shape, { rows: 1, columns: 64, threads: 32 }), inputs: { ...randomFields(f, shape, "x"), ...empty }, dims: {} };
}

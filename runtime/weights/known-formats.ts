// What each format of weight files is in Bitloom's library: the text of a format, the shape that it has there, and which stored part
// is which of its buffers. One row for each kind of checkpoint; a name that no row takes is itself the text of a format.
//
//   gptq4 { group: 128, zeros: "v1" } + qweight qzeros scales   ──▶   gptq(Q: u4, group: 128, zero: 1, S: f16)
import type { WeightTensor } from "./types.ts";

/** A buffer that no part holds as it is: made of some, whole. */
export interface MadeBuffer {
  readonly parts: readonly string[];
  make(...parts: readonly Uint8Array[]): Uint8Array;
}

/** A tensor of a weight file as one of the library. */
export interface KnownFormat {
  /** For `formatNamed`. */
  readonly text: string;
  /** Sizes that the format has it in; as many elements as the tensor. */
  readonly shape: readonly number[];
  /** The format's buffers, "" for the blocks, and the parts they are stored as. */
  readonly buffers: Readonly<Record<string, string | MadeBuffer>>;
  /** A part that holds the values of a codebook's codes, f32; they must be the library's. */
  readonly codebook?: { readonly part: string; readonly type: string } | undefined;
}

/** What isn't expressed, in words. */
export interface Unknown { readonly why: string }

type Row = (t: WeightTensor, digits: number) => KnownFormat | Unknown;

const number = (t: WeightTensor, key: string): number => Number(t.options[key]);
const has = (t: WeightTensor, part: string): boolean => t.parts.some((p) => p.name === part);
const type = (t: WeightTensor, part: string): string => t.parts.find((p) => p.name === part)?.type ?? "";
const elements = (t: WeightTensor): number => t.shape.reduce((n, d) => n * d, 1);
const own = (...names: readonly string[]): Readonly<Record<string, string>> => Object.fromEntries(names.map((n) => [n, n]));
const no = (why: string): Unknown => ({ why });
const floatsOf = (bytes: Uint8Array): Float32Array => new Float32Array(bytes.slice().buffer);
/** The lower halves of integers of 64 bits. */
const halved = (bytes: Uint8Array): Uint8Array => bytes.filter((_, i) => i % 8 < 4);

const gptq: Row = (t, bits) => {
  const order = has(t, "g_idx"), zero = t.options["zeros"] === "v2" ? 0 : 1;
  return { text: `${order ? "gptq_act" : "gptq"}(Q: u${bits}, group: ${number(t, "group")}, zero: ${zero}, S: ${type(t, "scales")})`, shape: t.shape, buffers: own("qweight", "qzeros", "scales", ...(order ? ["g_idx"] : [])) };
};

const hqq: Row = (t, bits) => {
  const group = number(t, "group"), groups = elements(t) / group, first = number(t, "axis") === 0, rows = first ? group : groups;
  return type(t, "scale") === type(t, "zero") ? { text: `${first ? "hqq_columns" : "hqq"}(Q: u${bits}, rows: ${rows}, S: ${type(t, "scale")})`, shape: first ? [group, groups] : [groups, group], buffers: own("W_q", "scale", "zero") } : no("its scales and zeros are of two types");
};

/** Scales of bitsandbytes that are quantised themselves: codes of a table times a scale for so many of them, plus one number. */
const nestedScales = (t: WeightTensor): MadeBuffer => ({
  parts: ["absmax", "nested_absmax", "nested_quant_map"],
  make(codes, scales, map) {
    const block = number(t, "nestedBlock"), offset = Math.fround(number(t, "nestedOffset")), [s, table] = [scales, map].map(floatsOf);
    return new Uint8Array(Float32Array.from(codes, (c, i) => Math.fround(table[c] * s[Math.floor(i / block)]) + offset).buffer);
  },
});

const bnb = (q: string, weight: string): Row => (t) => {
  const block = number(t, "block"), rows = (t.shape.at(-1) ?? 0) % block === 0, map = has(t, "quant_map");
  return {
    text: `bnb(Q: ${q}, block: ${block})`, shape: rows ? t.shape : [elements(t)], buffers: { weight, absmax: has(t, "nested_absmax") ? nestedScales(t) : "absmax" },
    ...(map ? { codebook: { part: "quant_map", type: q } } : {}),
  };
};

const floats: ReadonlySet<string> = new Set(["f32", "f16", "bf16"]);

const matmulnbits: Row = (t, bits) => {
  const zeros = type(t, "zero_points"), s = type(t, "scales"), order = has(t, "g_idx"), float = floats.has(zeros);
  if (!floats.has(s)) return no(`its scales are ${s}`);
  if (zeros !== "" && zeros !== "u8" && !float) return no(`its zero points are ${zeros}`);
  if (float && order) return no("its rows are in an order of their own (g_idx), and its zero points are floats");
  const name = `matmulnbits${order ? "_act" : ""}${float ? "_float" : zeros ? "_zero" : ""}`;
  return { text: `${name}(Q: u${bits}, block: ${number(t, "block")}, S: ${s}${float ? `, Z: ${zeros}` : ""})`, shape: t.shape, buffers: own("B", "scales", ...(zeros ? ["zero_points"] : []), ...(order ? ["g_idx"] : [])) };
};

/** compressed-tensors' packed integers. */
const packed: Row = (t, bits) => {
  const zeros = type(t, "weight_zero_point"), order = type(t, "weight_g_idx"), names = ["weight_packed", "weight_scale", ...(zeros ? ["weight_zero_point"] : [])];
  if (zeros === "i8") return no("its zero points are bytes of their own");
  const index: string | MadeBuffer = order === "i64" ? { parts: ["weight_g_idx"], make: halved } : "weight_g_idx";
  return {
    text: `ct${order ? "_act" : ""}${zeros ? "_zero" : ""}(Q: u${bits}, group: ${number(t, "group")}, S: ${type(t, "weight_scale")})`, shape: t.shape,
    buffers: { ...own(...names), ...(order ? { weight_g_idx: index } : {}) },
  };
};

/** Weights of 8 bits with scales of all, of rows or of groups. */
const scaled = (q: string): Row => (t) => {
  const zeros = has(t, "weight_zero_point"), s = type(t, "weight_scale"), whole = t.options["scales"] === "tensor";
  if (whole && zeros) return no("it has one zero point for all");
  if (whole) return { text: `uniform(Q: ${q}, S: ${s})`, shape: t.shape, buffers: { q: "weight", scale: "weight_scale" } };
  return { text: `${zeros ? "affine" : "grouped"}(Q: ${q}, group: ${number(t, "group")}, S: ${s})`, shape: t.shape, buffers: { q: "weight", scale: "weight_scale", ...(zeros ? { zero: "weight_zero_point" } : {}) } };
};

/** NVFP4 in pairs, with a scale for all that is multiplied (ModelOpt) or divided by (compressed-tensors). */
const nvfp4: Row = (t) => {
  const divided = t.options["globalScale"] === "divided";
  return { text: divided ? "nvfp4_ct" : "nvfp4_modelopt", shape: t.shape, buffers: divided ? own("weight_packed", "weight_scale", "weight_global_scale") : own("weight", "weight_scale", "weight_scale_2") };
};

const mlc: Row = (t, bits) =>
  type(t, "q_scale") === "f16" ? { text: `${t.options["columns"] === true ? "mlc_kn" : "mlc"}(Q: u${bits}, group: ${number(t, "group")})`, shape: t.shape, buffers: own("q_weight", "q_scale") } : no(`its scales are ${type(t, "q_scale")}`);

/** Names by pattern; digits in it are the bits. */
const rows: readonly (readonly [name: RegExp, row: Row])[] = [
  [/^gptq(\d)$/, gptq],
  [/^awq4$/, (t) => ({ text: `awq(group: ${number(t, "group")}, S: ${type(t, "scales")})`, shape: t.shape, buffers: own("qweight", "qzeros", "scales") })],
  [/^hqq(\d)$/, hqq],
  [/^bnb_nf4$/, bnb("nf4", "weight")], [/^bnb_fp4$/, bnb("bnb_fp4", "weight")], [/^matmulbnb4_nf4$/, bnb("nf4", "B")], [/^matmulbnb4_fp4$/, bnb("bnb_fp4", "B")],
  [/^bnb_int8$/, (t) => ({ text: "bnb_int8", shape: t.shape, buffers: own("weight", "SCB") })],
  [/^matmulnbits(\d)$/, matmulnbits],
  [/^mlc(\d)$/, mlc],
  [/^mxfp4_pairs$/, (t) => ({ text: "mx(Q: f4e2m1)", shape: t.shape, buffers: { elements: "blocks", scale: "scales" } })],
  [/^i2_s$/, (t) => ({ text: "i2_s", shape: t.shape, buffers: { "": "data", scale: "data" } })],
  [/^iq[123]_/, () => no("its codewords are no format of the library; weightValues reads its numbers")],
  [/^ct(\d)$/, packed], [/^ct_i8$/, scaled("i8")], [/^ct_f8e4m3$/, scaled("f8e4m3")],
  [/^nvfp4_pairs$/, nvfp4],
];

/** A tensor as one of the library's formats, or why it is none. A name that no row has is taken for the text of a format. */
export function knownFormat(t: WeightTensor): KnownFormat | Unknown {
  for (const [name, row] of rows) { const m = name.exec(t.format); if (m) return row(t, Number(m[1] ?? 0)); }
  return { text: t.format, shape: t.shape, buffers: Object.fromEntries(t.parts.map((p) => [p.name === "data" ? "" : p.name, p.name])) };
}

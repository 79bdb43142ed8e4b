// What each format of weight files is in Bitloom's library: the text of a format, the shape that it has there, and which stored part
// is which of its buffers. One row for each kind of checkpoint; a name that no row takes is itself the text of a format.
//
//   gptq4 { group: 128, zeros: "v1" } + qweight qzeros scales   ──▶   gptq(Q: u4, group: 128, zero: 1, S: f16)
import type { WeightTensor } from "./types.ts";

/** A tensor of a weight file as one of the library. */
export interface KnownFormat {
  /** For `formatNamed`. */
  readonly text: string;
  /** Sizes that the format has it in; as many elements as the tensor. */
  readonly shape: readonly number[];
  /** The format's buffers, "" for the blocks, and the parts they are stored as. */
  readonly buffers: Readonly<Record<string, string>>;
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

const gptq: Row = (t, bits) => {
  const order = has(t, "g_idx"), zero = t.options["zeros"] === "v2" ? 0 : 1;
  return { text: `${order ? "gptq_act" : "gptq"}(Q: u${bits}, group: ${number(t, "group")}, zero: ${zero}, S: ${type(t, "scales")})`, shape: t.shape, buffers: own("qweight", "qzeros", "scales", ...(order ? ["g_idx"] : [])) };
};

const hqq: Row = (t, bits) => {
  const group = number(t, "group"), rows = elements(t) / group;
  if (number(t, "axis") !== 1) return no("its groups run across rows (axis 0)");
  return type(t, "scale") === type(t, "zero") ? { text: `hqq(Q: u${bits}, rows: ${rows}, S: ${type(t, "scale")})`, shape: [rows, group], buffers: own("W_q", "scale", "zero") } : no("its scales and zeros are of two types");
};

const bnb = (q: string, weight: string): Row => (t) =>
  has(t, "nested_absmax") ? no("its scales are quantised themselves (double quantisation)") : { text: `bnb(Q: ${q}, block: ${number(t, "block")})`, shape: [elements(t)], buffers: { weight, absmax: "absmax" } };

const matmulnbits: Row = (t, bits) => {
  const zeros = type(t, "zero_points"), s = type(t, "scales");
  if (has(t, "g_idx")) return no("its rows are in an order of their own (g_idx)");
  if (!["f32", "f16", "bf16"].includes(s)) return no(`its scales are ${s}`);
  if (zeros !== "" && zeros !== "u8") return no(`its zero points are ${zeros}`);
  return { text: `${zeros ? "matmulnbits_zero" : "matmulnbits"}(Q: u${bits}, block: ${number(t, "block")}, S: ${s})`, shape: t.shape, buffers: own("B", "scales", ...(zeros ? ["zero_points"] : [])) };
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
  [/^(?:ct(?:\d|_i8|_f8e4m3)|nvfp4_pairs)$/, () => no("the library has no format for it yet")],
];

/** A tensor as one of the library's formats, or why it is none. A name that no row has is taken for the text of a format. */
export function knownFormat(t: WeightTensor): KnownFormat | Unknown {
  for (const [name, row] of rows) { const m = name.exec(t.format); if (m) return row(t, Number(m[1] ?? 0)); }
  return { text: t.format, shape: t.shape, buffers: Object.fromEntries(t.parts.map((p) => [p.name === "data" ? "" : p.name, p.name])) };
}

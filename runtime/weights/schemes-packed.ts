// compressed-tensors, ModelOpt and the MXFP4 of gpt-oss: packed weights [N, K] with scales beside them.
import type { Group, Scheme } from "./group.ts";
import { count, show } from "./storage.ts";

const floats = ["f16", "bf16", "f32"] as const;

/** The bits that compressed-tensors' configuration gives weights, if all its groups agree. */
function configuredBits(g: Group): number | undefined {
  const groups = g.context.config["config_groups"];
  if (typeof groups !== "object" || groups === null) return undefined;
  const found = new Set(Object.values(groups as Record<string, { readonly weights?: { readonly num_bits?: unknown } }>).map((x) => x?.weights?.num_bits));
  const [bits] = found;
  return found.size === 1 && typeof bits === "number" ? bits : undefined;
}

/** Codes in a word of 32 bits. */
const perWord = (bits: number): number => Math.floor(32 / bits);

/** pack-quantized: codes less than 32 bits in words along K, offset by half of the range. */
async function packed(g: Group) {
  const p = g.expect("weight_packed", ["i32", "u32"], [undefined, undefined]), shape = await g.shapeOf("weight_shape"), [n = 0, k = 0] = shape, [rows, words] = p.shape;
  if (shape.length !== 2 || n !== rows) g.wrong("weight_packed", `doesn't fit weight_shape, which holds [${shape.join(", ")}]`);
  const told = configuredBits(g), fits = [8, 7, 6, 5, 4, 3, 2, 1].filter((b) => Math.ceil(k / perWord(b)) === words);
  const bits = told !== undefined && fits.includes(told) ? told : fits[0];
  if (bits === undefined || (told !== undefined && told !== bits)) return g.wrong("weight_packed", `should have ${told === undefined ? `${k} codes of 1 to 8 bits` : `${Math.ceil(k / perWord(told))} words for ${k} codes of ${told} bits`} in a row`);
  const [, groups = 1] = g.expect("weight_scale", floats, [n, undefined]).shape;
  if (groups === 0 || groups > k) g.wrong("weight_scale", `has ${groups} groups for ${k} weights`);
  if (g.has("weight_zero_point")) {
    const z = g.expect("weight_zero_point", ["i32", "u32", "i8"]);
    g.expect("weight_zero_point", [z.type], [z.type === "i8" ? n : Math.ceil(n / perWord(bits)), groups]);
  }
  if (g.has("weight_g_idx")) g.expect("weight_g_idx", ["i32", "i64"], [k]);
  return g.tensor(`ct${bits}`, [n, k], ["weight_packed", "weight_scale", "weight_zero_point", "weight_g_idx"], { bits, group: Math.ceil(k / groups) });
}

/** Pairs of e2m1 in bytes with an e4m3 scale for 16 of them and a scale for all. */
function nvfp4(g: Group, role: string, all: string, how: "times" | "divided") {
  const [n = 0, half = 0] = g.expect(role, ["u8"], [undefined, undefined]).shape, k = half * 2;
  if (k % 16 !== 0) g.wrong(role, `has rows of ${k} weights, which are no whole blocks of 16`);
  g.expect("weight_scale", ["f8e4m3"], [n, k / 16]);
  g.expectCount(all, ["f32"], 1);
  return g.tensor("nvfp4_pairs", [n, k], [role, "weight_scale", all], { block: 16, globalScale: how });
}

/** compressed-tensors: pack-quantized or nvfp4-pack-quantized. */
const compressed: Scheme = {
  key: ".weight_packed", named: (stem) => `${stem}.weight`,
  roles: { ".weight_packed": "weight_packed", ".weight_scale": "weight_scale", ".weight_shape": "weight_shape", ".weight_zero_point": "weight_zero_point", ".weight_g_idx": "weight_g_idx", ".weight_global_scale": "weight_global_scale" },
  make(g) {
    if (g.has("weight_scale", "weight_global_scale")) return nvfp4(g, "weight_packed", "weight_global_scale", "divided");
    if (g.has("weight_scale", "weight_shape")) return packed(g);
    g.context.note(`${show(g.name)} has weight_packed but no weight_scale and weight_shape beside it: its arrays are listed one by one`);
    return undefined;
  },
};

/** Weights of 8 bits as they are, with a scale of all, of a row, or of groups of a row; and ModelOpt's NVFP4. */
const scaled: Scheme = {
  key: ".weight", named: (stem) => `${stem}.weight`,
  roles: { ".weight": "weight", ".weight_scale": "weight_scale", ".weight_zero_point": "weight_zero_point", ".weight_scale_2": "weight_scale_2" },
  make(g) {
    if (!g.has("weight", "weight_scale")) return undefined;
    const w = g.get("weight"), s = g.get("weight_scale");
    if (g.has("weight_scale_2") && w.type === "u8") return nvfp4(g, "weight", "weight_scale_2", "times");
    if (w.type !== "i8" && w.type !== "f8e4m3") return undefined;
    const [n = 0, k = 0] = g.expect("weight", ["i8", "f8e4m3"], [undefined, undefined]).shape, scales = count(g.expect("weight_scale", floats).shape) ?? 0;
    if (scales !== 1 && !(s.shape[0] === n && s.shape.length <= 2)) g.wrong("weight_scale", `should have one scale for all, or ${n} rows`);
    const groups = scales === 1 ? 1 : s.shape[1] ?? 1;
    if (groups === 0 || k % groups !== 0) g.wrong("weight_scale", `has ${groups} groups for ${k} weights`);
    if (g.has("weight_zero_point")) g.expectCount("weight_zero_point", ["i8", "f8e4m3"], scales);
    return g.tensor(w.type === "i8" ? "ct_i8" : "ct_f8e4m3", [n, k], ["weight", "weight_scale", "weight_zero_point"], { group: k / groups, scales: scales === 1 ? "tensor" : groups === 1 ? "row" : "group" });
  },
};

/** gpt-oss: blocks of 32 e2m1 in 16 bytes, a power of two for each. */
const mxfp4: Scheme = {
  key: "_blocks", roles: { _blocks: "blocks", _scales: "scales" },
  make(g) {
    const b = g.get("blocks"), rest = b.shape.slice(0, -1);
    if (!g.has("scales") || b.type !== "u8" || b.shape.at(-1) !== 16 || rest.length === 0) return undefined;
    g.expect("scales", ["u8", "e8m0"], rest);
    return g.tensor("mxfp4_pairs", [...rest.slice(0, -1), (rest.at(-1) ?? 0) * 32], ["blocks", "scales"], { block: 32 });
  },
};

/** The schemes of this file. */
export const packedSchemes: readonly Scheme[] = [compressed, scaled, mxfp4];

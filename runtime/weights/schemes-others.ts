// bitsandbytes, HQQ and MLC.
//
//   bitsandbytes  X.weight u8[n/2, 1]  X.weight.absmax  X.weight.quant_map f32[16]  X.weight.quant_state.bitsandbytes__nf4 (JSON)  …nested_…
//                 X.weight i8[N, K]  X.SCB f32[N]
//   HQQ           X.W_q u8 or i32  X.scale  X.zero  and X.nbits X.group_size X.axis X.shape, an array for each number
//   MLC           X.q_weight u32[N, words]  X.q_scale f16[N, groups], transposed in the layout _0
import type { Group, Scheme } from "./group.ts";
import { count, show } from "./storage.ts";

const floats = ["f16", "bf16", "f32"] as const;

/** The record that bitsandbytes keeps as JSON in an array of bytes. */
async function state(g: Group): Promise<Readonly<Record<string, unknown>>> {
  g.expect("quant_state", ["u8"], [undefined]);
  const v = await g.small("quant_state");
  try {
    const record: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(v));
    if (typeof record === "object" && record !== null && !Array.isArray(record)) return record as Record<string, unknown>;
  } catch {
    // told below, as all that is no record
  }
  return g.wrong("quant_state", "should hold a record as JSON");
}

const bits4 = (type: "nf4" | "fp4"): Scheme => ({
  key: `.quant_state.bitsandbytes__${type}`,
  roles: { [`.quant_state.bitsandbytes__${type}`]: "quant_state", "": "weight", ".absmax": "absmax", ".quant_map": "quant_map", ".nested_absmax": "nested_absmax", ".nested_quant_map": "nested_quant_map" },
  async make(g) {
    const { shape, blocksize, nested_blocksize: nestedBlock, nested_offset: nestedOffset } = await state(g);
    const n = Array.isArray(shape) && shape.length <= 8 && shape.every((d) => Number.isSafeInteger(d) && (d as number) >= 0) ? count(shape as number[]) : undefined;
    if (n === undefined) return g.wrong("quant_state", "has no shape of sizes");
    if (typeof blocksize !== "number" || !Number.isSafeInteger(blocksize) || blocksize < 1) return g.wrong("quant_state", "has no blocksize");
    const blocks = Math.ceil(n / blocksize), nested = g.has("nested_absmax");
    if (g.get("weight").length !== Math.ceil(n / 2)) g.wrong("weight", `should have ${Math.ceil(n / 2)} bytes for ${n} weights of 4 bits`);
    g.expectCount("absmax", nested ? ["u8"] : ["f32"], blocks);
    g.expectCount("quant_map", ["f32"], 16);
    if (nested) {
      if (typeof nestedBlock !== "number" || !Number.isSafeInteger(nestedBlock) || nestedBlock < 1 || typeof nestedOffset !== "number") return g.wrong("quant_state", "has no nested_blocksize and nested_offset");
      g.expectCount("nested_absmax", ["f32"], Math.ceil(blocks / nestedBlock));
      g.expectCount("nested_quant_map", ["f32"], 256);
    }
    return g.tensor(`bnb_${type}`, shape as number[], ["weight", "absmax", "quant_map", "nested_absmax", "nested_quant_map"],
      { block: blocksize, ...(nested ? { nestedBlock: nestedBlock as number, nestedOffset: nestedOffset as number } : {}) });
  },
});

/** bitsandbytes of 8 bits: a row's largest magnitude stands for 127. */
const bits8: Scheme = {
  key: ".SCB", named: (stem) => `${stem}.weight`, roles: { ".SCB": "SCB", ".weight": "weight", ".weight_format": "weight_format" },
  make(g) {
    if (!g.has("weight")) return undefined;
    const [n = 0, k = 0] = g.expect("weight", ["i8"], [undefined, undefined]).shape;
    g.expectCount("SCB", ["f32"], n);
    return g.tensor("bnb_int8", [n, k], ["weight", "SCB"]);
  },
};

/** A number of HQQ: from its array, else from the model's configuration. */
async function hqqNumber(g: Group, role: string): Promise<number | undefined> {
  if (g.has(role)) return g.integer(role);
  const { quant_config: c } = g.context.config, params = (c as { readonly weight_quant_params?: Readonly<Record<string, unknown>> } | undefined)?.weight_quant_params?.[role];
  return typeof params === "number" ? params : undefined;
}

const hqq: Scheme = {
  key: ".W_q",
  roles: Object.fromEntries(["W_q", "scale", "zero", "nbits", "group_size", "axis", "shape", "packing", "channel_wise", "optimize", "round_zero", "view_as_float", "unpack_view_dtype", "compute_dtype", "quant_scale", "quant_zero",
    "encoded_state_dict", "stores_quant_config", "offload_meta"].map((r) => [`.${r}`, r])),
  async make(g) {
    const bits = await hqqNumber(g, "nbits"), group = await hqqNumber(g, "group_size"), axis = (await hqqNumber(g, "axis")) ?? 1;
    if (!g.has("scale", "zero", "shape") || bits === undefined || group === undefined) {
      g.context.note(`${show(g.name)} has W_q, but not the scale, zero, shape, nbits and group_size that say what it is: its arrays are listed one by one`);
      return undefined;
    }
    const shape = await g.shapeOf("shape"), n = count(shape) ?? 0;
    if (![1, 2, 3, 4, 8].includes(bits)) g.wrong("nbits", `is ${bits}; 1, 2, 3, 4 and 8 are possible`);
    if (!(group > 0 && n % group === 0)) g.wrong("W_q", `has groups of ${group} weights, which ${n} don't fill`);
    if (axis !== 0 && axis !== 1) g.wrong("axis", `is ${axis}; 0 and 1 are possible`);
    const [rows, columns] = axis === 1 ? [n / group, group] : [group, n / group], each = bits === 3 ? 10 : 8 / bits;
    g.expect("W_q", bits === 3 ? ["i32"] : ["u8"], [Math.ceil(rows / each), columns]);
    for (const role of ["scale", "zero"]) g.expectCount(role, floats, n / group);
    return g.tensor(`hqq${bits}`, shape, ["W_q", "scale", "zero"], { bits, group, axis });
  },
};

const mlc: Scheme = {
  key: ".q_weight", named: (stem) => `${stem}.weight`, roles: { ".q_weight": "q_weight", ".q_scale": "q_scale" },
  make(g) {
    const said = g.context.config["quantization"], m = /^q([34])f(?:16|32)_([01])$/.exec(typeof said === "string" ? said : "");
    if (!g.has("q_scale") || !m) { g.context.note(`${show(g.name)} has q_weight, but no q_scale, or the configuration names no quantization such as "q4f16_1": its arrays are listed one by one`); return undefined; }
    const bits = Number(m[1]), inRows = m[2] === "1", each = Math.floor(32 / bits), words = 4;
    const [a = 0, b = 0] = g.expect("q_weight", ["u32"], [undefined, undefined]).shape, [n, k] = inRows ? [a, b * each] : [b, a * each];
    if ((inRows ? b : a) % words !== 0) g.wrong("q_weight", `has no whole groups of ${words} words`);
    g.expect("q_scale", floats, inRows ? [a, b / words] : [a / words, b]);
    return g.tensor(`mlc${bits}`, inRows ? [n, k] : [k, n], ["q_weight", "q_scale"], { bits, group: words * each, columns: !inRows });
  },
};

/** The schemes of this file; they come before those that take any ".weight". */
export const otherSchemes: readonly Scheme[] = [bits4("nf4"), bits4("fp4"), bits8, hqq, mlc];

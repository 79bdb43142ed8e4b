// GPTQ and AWQ: words of 32 bits with codes of 2, 3, 4 or 8, a scale and a packed zero per group and column.
//
//   GPTQ  qweight i32[K·bits/32, N]  qzeros i32[G, N·bits/32]  scales [G, N]  g_idx i32[K]
//   AWQ   qweight i32[K, N/8]        qzeros i32[G, N/8]        scales [G, N]
import type { Group, Scheme } from "./group.ts";
import { show } from "./storage.ts";

const floats = ["f16", "bf16", "f32"] as const, words = ["i32", "u32"] as const;

/** A whole number of the configuration. */
const configured = (g: Group, key: string): number | undefined => { const n = g.context.config[key]; return typeof n === "number" && Number.isInteger(n) ? n : undefined; };

/** Weights that share a scale, from the count of scales; the configuration must agree. */
function groupSize(g: Group, k: number): number {
  const groups = g.get("scales").shape[0] ?? 0, told = configured(g, "group_size");
  const size = told !== undefined && told > 0 ? told : Math.ceil(k / groups);
  if (groups === 0 || Math.ceil(k / size) !== groups) g.wrong("scales", `has ${groups} groups for ${k} weights${told === undefined ? "" : `, and the configuration says that ${told < 0 ? "all" : told} share a scale`}`);
  return size;
}

/** Codes of the first zeros, at most so many bytes of them. */
async function firstZeros(g: Group, bits: number): Promise<Set<number>> {
  const p = g.get("qzeros"), row = (p.shape[1] ?? 0) * 4, bytes = await p.bytes(0, Math.min(p.length, row, 1 << 12)), codes = new Set<number>();
  for (let i = 0; (i + 1) * bits <= bytes.length * 8; i++) {
    let code = 0;
    for (let b = 0; b < bits; b++) code |= (((bytes[(i * bits + b) >> 3] ?? 0) >> ((i * bits + b) & 7)) & 1) << b;
    codes.add(code);
  }
  return codes;
}

/**
 * Whether zeros are stored less one (v1) or as they are (v2). Symmetric models give themselves away: all their zeros are half of the range, or
 * that less one. For others the file's own word is taken, which newer writers are known to get wrong.
 */
async function zerosOf(g: Group, bits: number): Promise<"v1" | "v2"> {
  const { zeros, config, note } = g.context;
  if (zeros !== "auto") return zeros;
  const said = config["checkpoint_format"] === "gptq_v2" ? "v2" : "v1", codes = await firstZeros(g, bits), [only] = codes;
  if (codes.size === 1 && only === 2 ** (bits - 1) - 1) return "v1";
  if (codes.size === 1 && only === 2 ** (bits - 1)) {
    if (said === "v1") note(`${show(g.name)}: its zeros are stored as they are (v2)${config["checkpoint_format"] === undefined ? "" : `, though the file calls itself ${show(String(config["checkpoint_format"]))}`}`);
    return "v2";
  }
  note(`${show(g.name)}: the zeros of ${bits} bits don't tell whether they are stored less one; ${said} is taken as ${config["checkpoint_format"] === undefined ? "is usual" : "the file says"} (option zeros: "v1" or "v2")`);
  return said;
}

async function make(g: Group) {
  if (!g.has("scales", "qzeros")) { g.context.note(`${show(g.name)} has qweight but no scales or qzeros beside it: its arrays are listed one by one`); return undefined; }
  const scales = g.expect("scales", floats, [undefined, undefined]), [groups = 0, n = 0] = scales.shape;
  const [rows = 0, columns = 0] = g.expect("qweight", words, [undefined, undefined]).shape, [, zeroColumns = 0] = g.expect("qzeros", words, [groups, undefined]).shape;
  const told = configured(g, "bits") ?? configured(g, "w_bit");
  if (columns !== n) {
    if (columns * 8 !== n) g.wrong("qweight", `fits neither GPTQ nor AWQ: scales has ${n} columns, so ${n} or ${n / 8} are possible`);
    g.expect("qzeros", words, [groups, columns]);
    if (told !== undefined && told !== 4) g.wrong("qweight", `has codes of 4 bits, but the configuration says ${told}`);
    return g.tensor("awq4", [rows, n], ["qweight", "qzeros", "scales"], { bits: 4, group: groupSize(g, rows) });
  }
  const bits = (zeroColumns * 32) / n;
  if (![2, 3, 4, 8].includes(bits)) g.wrong("qzeros", `should have ${n}·bits/32 columns, for 2, 3, 4 or 8 bits`);
  if (told !== undefined && told !== bits) g.wrong("qzeros", `has codes of ${bits} bits, but the configuration says ${told}`);
  const k = (rows * 32) / bits;
  if (!Number.isInteger(k)) g.wrong("qweight", `has ${rows} words in a column, which hold no whole number of codes of ${bits} bits`);
  if (g.has("g_idx")) g.expect("g_idx", words, [k]);
  return g.tensor(`gptq${bits}`, [k, n], ["qweight", "qzeros", "scales", "g_idx"], { bits, group: groupSize(g, k), zeros: await zerosOf(g, bits) });
}

/** GPTQ and AWQ share their names; the shapes tell them apart. */
export const gptq: Scheme = { key: ".qweight", roles: { ".qweight": "qweight", ".qzeros": "qzeros", ".scales": "scales", ".g_idx": "g_idx" }, make };

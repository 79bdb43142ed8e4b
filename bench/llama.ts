// llama.cpp's WGSL from a checkout of it, as a folder that `npm run bench -- matmul --wgsl FOLDER` reads:
//
//   npm run bench -- llama CHECKOUT FOLDER
//
// Its shaders are templates, and which macros each type of weights has is told by its C++ (ggml-webgpu-shader-lib.hpp), as are the sizes of
// workgroups and tiles, which are read from there. Only products with formats that this library can encode are made: neither IQ1 to IQ3 nor
// products of integer matrices with tensor cores.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { preprocess } from "./preprocess.ts";
import { Wrong } from "./usage.ts";
import type { Binding, Manifest, Shader } from "./wgsl.ts";

/** A type of weights: bits of a code, elements of a block, macros of its own; and whether GPUs of makers with fast packed products take x as q8_1. */
interface Type { readonly name: string; readonly bits: number; readonly block: number; readonly macros?: readonly string[]; readonly packed?: "LEGACY_QUANTS" | "K_QUANTS" }

const types: readonly Type[] = [
  { name: "f32", bits: 32, block: 1 }, { name: "f16", bits: 16, block: 1 },
  { name: "q1_0", bits: 1, block: 128 }, { name: "q2_k", bits: 2, block: 256, packed: "K_QUANTS" }, { name: "q3_k", bits: 3, block: 256 },
  { name: "q4_0", bits: 4, block: 32, packed: "LEGACY_QUANTS" }, { name: "q4_1", bits: 4, block: 32, packed: "LEGACY_QUANTS" }, { name: "q4_k", bits: 4, block: 256, packed: "K_QUANTS" },
  { name: "iq4_nl", bits: 4, block: 32, macros: ["IQ4_NL_GRID"] }, { name: "iq4_xs", bits: 4, block: 256, macros: ["IQ4_XS_GRID"] },
  { name: "mxfp4", bits: 4, block: 32, macros: ["MXFP4_LUT"] }, { name: "nvfp4", bits: 4, block: 64, macros: ["NVFP4_LUT"] },
  { name: "q5_0", bits: 5, block: 32 }, { name: "q5_1", bits: 5, block: 32 }, { name: "q5_k", bits: 5, block: 256 }, { name: "q6_k", bits: 6, block: 256 },
  { name: "q8_0", bits: 8, block: 32, packed: "LEGACY_QUANTS" },
];

/** Where its shaders lie in a checkout of llama.cpp, of ggml, or of the folder itself. @throws Wrong where they lie nowhere */
function sourceOf(checkout: string): string {
  const found = ["ggml/src/ggml-webgpu", "src/ggml-webgpu", "."].map((f) => join(checkout, f)).find((f) => existsSync(join(f, "ggml-webgpu-shader-lib.hpp")));
  if (found === undefined) throw new Wrong(`${checkout} holds no ggml/src/ggml-webgpu/ggml-webgpu-shader-lib.hpp; give a checkout of llama.cpp of 2026`);
  return found;
}

/** Numbers that its C++ defines. */
const numbersOf = (header: string): ReadonlyMap<string, number> => new Map([...header.matchAll(/^#define\s+(\w+)\s+(\d+)u?\s*(?:\/\/.*)?$/gm)].map(([, name, n]) => [name, Number(n)]));

/** What rounding weights or x to f16 loses, as a share of them; and rounding x to 8 bits, half a step of 127 and the scale in f16. */
const HALF = 2 ** -11, BYTE = 1 / 250;

/** The sizes that each of its products is told, as it numbers them: its m are rows of weights, and its n rows of x. */
const sizes = (block: number): readonly string[] => {
  const row = block === 1 ? "K" : `K / ${block}`;
  return ["0", "0", "0", "N", "M", "K", row, "K", `(${row}) * N`, "K * M", `(${row}) * N`, "K * M", "1", "1", "1", "1"];
};

/** Its kernels, and the texts of their files. */
export function llama(checkout: string): { readonly manifest: Manifest; readonly files: ReadonlyMap<string, string> } {
  const source = sourceOf(checkout), read = (name: string): string => readFileSync(join(source, "wgsl-shaders", name), "utf8"), known = numbersOf(readFileSync(join(source, "ggml-webgpu-shader-lib.hpp"), "utf8")), files = new Map<string, string>();
  const number = (name: string): number => { const n = known.get(name); if (n === undefined) throw new Wrong(`${source}/ggml-webgpu-shader-lib.hpp defines no number ${name}: it is of another time than this script`); return n; };
  const file = (name: string, template: string, macros: Readonly<Record<string, string | number>>): string => { files.set(name, preprocess(read(template), new Map(Object.entries(macros).map(([k, v]) => [k, String(v)])), read).replace(/\n\s*\n\s*\n+/g, "\n\n")); return name; };
  const flags = (...names: readonly string[]): Readonly<Record<string, string>> => Object.fromEntries(names.map((n) => [n, ""]));
  const weights = (t: Type): Binding => ({ binding: 0, is: "w", ...(t.block === 1 ? { type: t.name } : { format: t.name }) }), decode = (t: Type): object => (t.block === 1 ? flags("MUL_ACC_FLOAT") : flags("BYTE_HELPERS", "U32_DEQUANT_HELPERS", `MUL_ACC_${t.name.toUpperCase()}`, ...(t.macros ?? [])));
  const common = (t: Type): object => ({ SRC0_INNER_TYPE: t.block === 1 ? t.name : "u32", SRC1_INNER_TYPE: "f32", ...decode(t), ...flags(t.block === 1 ? "VEC" : "SCALAR") });
  const multiples = (t: Type): Record<string, number> => ({ K: Math.max(4, t.block), N: 4 }), rest = (t: Type, at: number): readonly Binding[] => [{ binding: at, is: "y" }, { binding: at + 1, is: "uniform", words: sizes(t.block) }];

  const threads = number("WEBGPU_MUL_MAT_VEC_WG_SIZE"), reductions = [{ flag: "USE_SUBGROUP_REDUCTION", suffix: "", features: ["subgroups"] }, { flag: "USE_WORKGROUP_REDUCTION", suffix: ", workgroups", unless: ["subgroups"] }] as const;
  const vec = (t: Type, packed: boolean): readonly Shader[] => reductions.map(({ flag, suffix, ...where }) => {
    const rows = number(`WEBGPU_MUL_MAT_VEC_${t.block === 1 ? "FLOAT" : /^q[14568]_[01]$/.test(t.name) ? "LEGACY_Q" : "K_Q"}_OUTPUTS_PER_WG`), name = `${t.name}${packed ? ", packed" : ""}${suffix}`;
    const macros = { ...common(t), ...flags(flag, ...(packed && t.packed ? ["MMVQ", "Q8_1_T", t.packed] : [])), WG_SIZE: threads, OUTPUTS_PER_WG: rows };
    const x: Binding = packed ? { binding: 1, is: "scratch", name: "x", bytes: "M * K / 32 * 36" } : { binding: 1, is: "x" };
    return {
      name, bits: t.bits, rows: [1, 4], multiples: multiples(t), features: ["shader-f16", ...("features" in where ? where.features : []), ...(packed ? ["packed_4x8_integer_dot_product"] : [])], ...("unless" in where ? { unless: where.unless } : {}),
      file: file(`${name}.wgsl`.replace(/, /g, "-"), "mul_mat_vec.wgsl", macros), replace: { NUM_COLS: "M" }, workgroups: [`cdiv(N, ${rows})`], loss: packed ? BYTE : HALF, bindings: [weights(t), x, ...rest(t, 2)],
      ...(packed ? { before: [{
        file: file(`x-${name}.wgsl`.replace(/, /g, "-"), "quantize_q8.wgsl", { ...flags(flag, "Q8_1_T", `MUL_ACC_${t.name.toUpperCase()}`), SRC1_INNER_TYPE: "f32", WG_SIZE: threads }), workgroups: [`M * cdiv(K / 4, ${threads})`],
        bindings: [{ binding: 0, is: "x" }, { ...x, binding: 1 }, { binding: 2, is: "uniform", words: ["0", "K", "K * M", "K * M", "K", "M", "1", "1"] }],
      }] } : {}),
    };
  });

  const [m, n, tm, tn] = ["WG_SIZE_M", "WG_SIZE_N", "TILE_M", "TILE_N"].map((name) => number(`WEBGPU_MUL_MAT_${name}`));
  const tile = (t: Type): Shader => {
    const float = t.block === 1, k = number(`WEBGPU_MUL_MAT_REG_TILE_K_${float ? "FLOAT" : "QUANT"}`), name = `${t.name} tiles`;
    const macros = { ...common(t), ...flags(`INIT_SRC0_SHMEM_${float ? "FLOAT" : t.name.toUpperCase()}`, "INIT_SRC1_SHMEM_FLOAT", ...(float ? ["FLOAT"] : [])), TILE_M: `${tm}u`, TILE_N: `${tn}u`, TILE_K: `${k}u`, WORKGROUP_SIZE_M: `${m}u`, WORKGROUP_SIZE_N: `${n}u` };
    return {
      name, bits: t.bits, rows: [5, 2 ** 20], multiples: multiples(t), features: ["shader-f16"], file: file(`${t.name}-tiles.wgsl`, "mul_mat_reg_tile.wgsl", macros), loss: 2 * HALF,
      workgroups: [`cdiv(N, ${m * tm}) * cdiv(M, ${n * tn})`], bindings: [weights(t), { binding: 1, is: "x" }, ...rest(t, 2)],
    };
  };
  const kernels = types.flatMap((t) => [...vec(t, false), ...(t.packed ? vec(t, true) : []), tile(t)]);
  return { manifest: { name: "llama.cpp", kernels }, files };
}

/** Writes the folder. @throws Wrong where the checkout is none, or of another time */
export function expandLlama([checkout, folder]: readonly string[]): void {
  if (checkout === undefined || folder === undefined) throw new Wrong("llama needs CHECKOUT and FOLDER");
  const { manifest, files } = llama(checkout);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);
  console.log(`${manifest.kernels.length} kernels of llama.cpp in ${folder}; time them with: npm run bench -- matmul --wgsl ${folder}`);
}

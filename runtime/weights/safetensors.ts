// safetensors as weight files: one file, or many by their index, with quantised arrays put together.
import { fail } from "../../diagnostic.ts";
import { openSafetensors, type SafetensorsDtype, type SafetensorsFile } from "../files/safetensors.ts";
import type { ByteSource } from "../files/source.ts";
import { openBeside, quantisationConfig, readRecord, type Beside } from "./beside.ts";
import { declared } from "./declared.ts";
import { oneTensor, plainPart, unique, weightFile, type StoredTensor } from "./file.ts";
import { grouped } from "./group.ts";
import { gptq } from "./schemes-gptq.ts";
import { otherSchemes } from "./schemes-others.ts";
import { packedSchemes } from "./schemes-packed.ts";
import { show } from "./storage.ts";
import type { WeightFile } from "./types.ts";

/** How arrays of safetensors are put together. */
export interface GroupingOptions {
  /** The model's configuration, or its `quantization_config`; by default read from `config.json` beside the file. */
  readonly config?: unknown;
  /** How GPTQ's zeros are stored: less one (v1) or as they are (v2). "auto", the default, looks at them and at what the file says. */
  readonly zeros?: "v1" | "v2" | "auto" | undefined;
  /** Finds files beside the one that is opened; by default, for a path, those of its folder. */
  readonly beside?: Beside | undefined;
}

/** Bitloom's name of each type of safetensors. */
export const safetensorsNames: Readonly<Record<SafetensorsDtype, string>> = Object.freeze({
  BOOL: "bool", U8: "u8", I8: "i8", F8_E4M3: "f8e4m3", F8_E5M2: "f8e5m2", F8_E4M3FNUZ: "f8e4m3_fnuz", F8_E5M2FNUZ: "f8e5m2_fnuz", F8_E8M0: "e8m0", F4: "f4e2m1", F6_E2M3: "f6e2m3", F6_E3M2: "f6e3m2",
  I16: "i16", U16: "u16", F16: "f16", BF16: "bf16", I32: "i32", U32: "u32", F32: "f32", I64: "i64", U64: "u64", F64: "f64", C64: "c64",
});

/** Its tensors as they are stored. */
const storedOf = (file: SafetensorsFile, source: ByteSource): readonly StoredTensor[] =>
  [...file.tensors.values()].map((e) => oneTensor(plainPart(source, { stored: e.name, type: safetensorsNames[e.dtype], shape: e.shape, offset: e.begin, length: e.end - e.begin })));

async function put(name: string, list: readonly StoredTensor[], metadata: ReadonlyMap<string, string>, options: GroupingOptions, close: () => Promise<void>, notes: string[]): Promise<WeightFile> {
  const config = await quantisationConfig(options.config, metadata, options.beside);
  const { made, rest } = declared(name, list, metadata);
  const tensors = [...made, ...await grouped(rest, [...otherSchemes, gptq, ...packedSchemes], { file: name, config, zeros: options.zeros ?? "auto", note: (text) => { notes.push(text); } })];
  unique(tensors.map((t) => t.name), (twice) => fail({ code: "H0222", message: `${name}: ${show(twice)} is both a tensor and a name of quantised arrays`, help: "the file holds two forms of one tensor: save it again with one of them" }));
  return weightFile({ kind: "safetensors", name, metadata, tensors, notes, close });
}

/** Opens a safetensors file. @throws Diagnostic H0201, H0203, H0222, H0224 */
export async function openSafetensorsWeights(source: ByteSource, options: GroupingOptions): Promise<WeightFile> {
  const file = await openSafetensors(source);
  return put(source.name, storedOf(file, source), file.metadata, options, source.close, []);
}

/** No model has more files. */
const MOST_FILES = 10_000;

/**
 * Opens the files of a model by their index, `model.safetensors.index.json`.
 * @throws Diagnostic H0224 where index and files contradict each other, and those of the files
 */
export async function openIndex(index: ByteSource, options: GroupingOptions): Promise<WeightFile> {
  const bad = (message: string, help = "fetch index and files of the model again, all of one revision"): never => fail({ code: "H0224", message: `${index.name}: ${message}`, help });
  const record = await readRecord(index, "H0224"), map = record["weight_map"];
  if (typeof map !== "object" || map === null || Array.isArray(map)) return bad("it has no weight_map, the record of names and files", "the index of a model in several files is called model.safetensors.index.json");
  const places = Object.entries(map as Record<string, unknown>), names = new Set(places.map(([, f]) => (typeof f === "string" ? f : bad("a file of its weight_map is no text"))));
  if (names.size > MOST_FILES) return bad(`it names ${names.size} files; ${MOST_FILES} are the most`);
  const open: ByteSource[] = [], tensors = new Map<string, readonly [file: string, tensor: StoredTensor]>(), metadata = new Map<string, string>();
  const close = async (): Promise<void> => { await Promise.all([index, ...open].map((s) => s.close())); };
  try {
    for (const name of names) {
      const source = await openBeside(options.beside, name, index.name, "H0224");
      open.push(source);
      const file = await openSafetensors(source);
      for (const [k, v] of file.metadata) metadata.set(k, v);
      for (const t of storedOf(file, source)) {
        const other = tensors.get(t.name);
        if (other) return bad(`tensor ${show(t.name)} is both in ${show(other[0])} and in ${show(name)}`);
        tensors.set(t.name, [name, t]);
      }
    }
    for (const [tensor, name] of places) if (tensors.get(tensor)?.[0] !== name) bad(`tensor ${show(tensor)} should be in ${show(String(name))}, and isn't`);
    const extra = tensors.size - places.length;
    return await put(index.name, [...tensors.values()].map(([, t]) => t), metadata, options, close, extra > 0 ? [`the files hold ${extra} tensors that the index doesn't name`] : []);
  } catch (error) {
    await close();
    throw error;
  }
}

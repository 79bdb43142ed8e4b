// Files that belong to a weight file: its configuration, the other parts of a model, data that ONNX keeps outside. Their names come out of
// files, so only plain names of files in the same folder are followed.
import { fail } from "../../diagnostic.ts";
import { fileSource, sourceOf, type ByteSource, type Readable } from "../files/source.ts";
import { outermost } from "../files/json-keys.ts";
import { show } from "./storage.ts";

/** Finds a file by its name beside the one that is open; undefined where there is none. */
export type Beside = (name: string) => Promise<Readable | undefined>;

/** Names that lead out of the folder, and those of devices and streams, are no names. */
const plainName = (name: string): boolean => /^[^/\\:\0]+$/.test(name) && name !== "." && name !== "..";

/** Files of the folder of a path (Node). */
export async function besidePath(path: string): Promise<Beside> {
  const [{ dirname, join }, { stat }] = await Promise.all([import("node:path"), import("node:fs/promises")]);
  return async (name) => {
    const at = join(dirname(path), name);
    return (await stat(at).catch(() => undefined))?.isFile() ? at : undefined;
  };
}

/** Opens a file that another one names. @param code the diagnostic of a name that is none, or of a file that isn't there */
export async function openBeside(beside: Beside | undefined, name: string, by: string, code: string): Promise<ByteSource> {
  if (!plainName(name)) return fail({ code, message: `${by} names the file ${show(name)}, which is no plain name of a file beside it`, help: "put the files of a model into one folder, and name them without a path" });
  const found = await beside?.(name);
  if (found === undefined) return fail({ code, message: `${by} names the file ${show(name)}, which isn't beside it`, help: beside ? "fetch that file, too" : "give the option `beside`, a function that finds files by name" });
  return sourceOf(found);
}

/** No file of JSON is read beyond this many bytes. */
const MOST_JSON = 1 << 26;

/** The record in a file of JSON. @throws Diagnostic of this code where it holds none */
export async function readRecord(source: ByteSource, code: string): Promise<Readonly<Record<string, unknown>>> {
  const bad = (message: string): never => fail({ code, message: `${source.name} ${message}`, help: "fetch it again" });
  if (source.size > MOST_JSON) return bad(`has ${source.size} bytes, too many for a file of JSON`);
  const bytes = await source.read(0, source.size);
  let record: unknown;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes), keys = outermost(text);
    record = keys ? JSON.parse(text) : undefined;
  } catch (error) {
    return bad(`is no JSON (${error instanceof Error ? error.message.slice(0, 120) : "unreadable"})`);
  }
  return typeof record === "object" && record !== null && !Array.isArray(record) ? (record as Record<string, unknown>) : bad("is no JSON object, or nests too deep");
}

const isRecord = (x: unknown): x is Readonly<Record<string, unknown>> => typeof x === "object" && x !== null && !Array.isArray(x);

/** Where writers keep how a model was quantised: the record itself, or a part of the model's configuration. */
const configurations = ["config.json", "quantize_config.json", "quant_config.json", "mlc-chat-config.json"];

/** The part of a model's configuration that tells how it was quantised; MLC's has it at its top. */
const quantisationOf = (record: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined => {
  const { quantization_config: inner } = record;
  if (isRecord(inner)) return inner;
  return "bits" in record || "w_bit" in record || "quant_method" in record || "config_groups" in record || "quant_config" in record || typeof record["quantization"] === "string" ? record : undefined;
};

/**
 * How a model says that it was quantised: from the caller, from the file's own metadata, or from the configuration beside it.
 * @throws Diagnostic H0224 where a configuration is no JSON object
 */
export async function quantisationConfig(given: unknown, metadata: ReadonlyMap<string, unknown>, beside: Beside | undefined): Promise<Readonly<Record<string, unknown>>> {
  if (isRecord(given)) return quantisationOf(given) ?? given;
  const own = metadata.get("quantization_config");
  if (typeof own === "string") { try { const record: unknown = JSON.parse(own); if (isRecord(record)) return record; } catch { /* text of another kind, and none of ours to judge */ } }
  for (const name of configurations) {
    const found = await beside?.(name);
    if (found === undefined) continue;
    const source = typeof found === "string" ? await fileSource(found) : await sourceOf(found);
    try {
      const quantisation = quantisationOf(await readRecord(source, "H0224"));
      if (quantisation) return quantisation;
    } finally {
      await source.close();
    }
  }
  return {};
}

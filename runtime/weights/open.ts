// Opening a weight file of any kind: what it is shows in its first bytes; ONNX and an index, which have none of their own, in the name.
import { fail } from "../../diagnostic.ts";
import { sourceOf, type ByteSource, type Readable } from "../files/source.ts";
import { besidePath } from "./beside.ts";
import { openGguf } from "./gguf.ts";
import { openNpyWeights, openNpzWeights } from "./npy.ts";
import { openOnnx } from "./onnx.ts";
import { openIndex, openSafetensorsWeights, type GroupingOptions } from "./safetensors.ts";
import type { WeightFile, WeightKind } from "./types.ts";

/** How a weight file is opened. */
export interface WeightsOptions extends GroupingOptions {
  /** What kind of file it is; by default its first bytes and its name tell. "index" is the index of a model in several safetensors files. */
  readonly kind?: WeightKind | "index" | undefined;
}

/** What the first bytes say. */
async function kindOf(source: ByteSource): Promise<WeightKind | "index" | undefined> {
  const b = await source.read(0, Math.min(16, source.size)), ascii = (from: number, to: number): string => String.fromCharCode(...b.subarray(from, to));
  if (ascii(0, 4) === "GGUF") return "gguf";
  if (b[0] === 0x93 && ascii(1, 6) === "NUMPY") return "npy";
  if (ascii(0, 4) === "PK\x03\x04" || ascii(0, 4) === "PK\x05\x06") return "npz";
  if (ascii(8, 9) === "{" && b[7] === 0) return "safetensors";
  const ending = /\.(safetensors|gguf|onnx|npy|npz|index\.json)$/.exec(source.name.toLowerCase())?.[1];
  if (ending !== undefined) return ending === "index.json" ? "index" : (ending as WeightKind);
  // A model of ONNX begins with its ir_version, a small number.
  return b[0] === 0x08 && (b[1] ?? 0) < 32 ? "onnx" : undefined;
}

/** A source that is closed once, whoever of those that share it asks. */
function closedOnce(source: ByteSource): ByteSource {
  let closed: Promise<void> | undefined;
  return { ...source, close: () => (closed ??= source.close()) };
}

/** Opens a source of this kind. */
const openers: Readonly<Record<WeightKind | "index", (source: ByteSource, options: GroupingOptions) => Promise<WeightFile>>> = {
  safetensors: openSafetensorsWeights, index: openIndex, gguf: openGguf, onnx: openOnnx, npy: openNpyWeights, npz: openNpzWeights,
};

/**
 * Opens a weight file: safetensors (one file, or a model of several by its index), GGUF, ONNX, .npy or .npz. Only headers are read, and nothing
 * of them is believed before it is checked against the size of the file; a hostile file costs a message, no memory. Arrays that make one quantised tensor (GPTQ,
 * AWQ, compressed-tensors, bitsandbytes, HQQ, MLC, MatMulNBits) are put together.
 * @param from a path (Node), bytes, a Blob or File, or a source of one's own such as `await urlSource(address)`
 * @throws Diagnostic H0201, H0204, H0209, H0220, H0221 (a bad file of its kind, naming tensor and byte), H0203, H0205 (unknown types), H0222 (arrays that contradict each
 * other), H0224 (index or configuration), H0223 (no weight file), H0208 (can't be opened)
 * @example
 * ```ts
 * const weights = await openWeights(writeSafetensors({ w: { dtype: "F16", shape: [2, 3], bytes: new Uint8Array(12) } }));
 * weights.tensors.map((t) => `${t.name}: ${t.format}[${t.shape.join(", ")}]`); // => ["w: f16[2, 3]"]
 * (await weights.read("w", { offset: 4, length: 2 })).length; // => 2
 * ```
 */
export async function openWeights(from: Readable, options: WeightsOptions = {}): Promise<WeightFile> {
  const source = closedOnce(await sourceOf(from)), beside = options.beside ?? (typeof from === "string" ? await besidePath(from) : undefined);
  try {
    const kind = options.kind ?? (await kindOf(source));
    if (kind === undefined || !Object.hasOwn(openers, kind))
      return fail({ code: "H0223", message: `${source.name} is no weight file of a kind that is read`, help: "give a .safetensors, its .index.json, a .gguf, .onnx, .npy or .npz; the option `kind` says which where the name doesn't" });
    return await openers[kind](source, { ...options, beside });
  } catch (error) {
    await source.close();
    throw error;
  }
}

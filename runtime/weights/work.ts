// What makes numbers of stored formats, and stored formats of numbers: the interpreter is loaded when that is first asked for.
import type { ConvertOptions, ConvertReport } from "./convert.ts";
import type { WeightFile } from "./types.ts";
import type { StoredFormat } from "./values.ts";

/**
 * Writes a weight file with its tensors in another format, as safetensors, whole or not at all (Node). The tensors that are converted are
 * those of at least two axes and whole blocks that are asked for; the others are copied.
 * @returns each tensor's error: largest, RMS, and SQNR in dB
 * @throws Diagnostic N0101 … (no such format), T0708 (one that isn't encoded), H0226 (nothing to convert), H0207, H0208, H0225
 * @example
 * ```ts
 * const weights = await openWeights(writeSafetensors({ w: { dtype: "F32", shape: [1, 32], bytes: new Uint8Array(128) } }));
 * await convertWeights(weights, "/dev/null/q.safetensors", { format: "q4_0" }); // throws H0208
 * ```
 */
export const convertWeights = async (file: WeightFile, path: string, options: ConvertOptions): Promise<ConvertReport> => (await import("./convert.ts")).convertWeights(file, path, options);

/**
 * The numbers of a tensor of a weight file as f32, row-major, whatever they are stored as.
 * @param options `rows`: from which row to before which; all axes but the last count rows. Default all
 * @throws Diagnostic H0202 (no such tensor), H0206 (rows outside of it), H0225 (a format that the library lacks), H0701, H0702 (damaged)
 * @example
 * ```ts
 * const weights = await openWeights(writeSafetensors({ w: { dtype: "F16", shape: [2, 2], bytes: Uint8Array.of(0, 60, 0, 64, 0, 66, 0, 68) } }));
 * [...await weightValues(weights, "w", { rows: [1, 2] })]; // => [3, 4]
 * ```
 */
export const weightValues = async (file: WeightFile, name: string, options: { readonly rows?: readonly [from: number, to: number] | undefined } = {}): Promise<Float32Array> => (await import("./values.ts")).weightValues(file, name, options);

/**
 * A quantised tensor of a weight file as a format of the library, whole: what `formatTensor` puts on a device as it is, and `unpackFormat` takes apart.
 * @throws Diagnostic H0202 (no such tensor), H0225 (of a plain type, or a format that the library lacks), H0701 (damaged)
 * @example
 * ```ts
 * const metadata = { "bitloom.format.w": JSON.stringify({ format: "q8_0", shape: [2, 32], parts: ["data"] }) };
 * const weights = await openWeights(writeSafetensors({ w: { dtype: "U8", shape: [2, 34], bytes: new Uint8Array(68) } }, metadata));
 * const { text, shape, bytes } = await weightFormat(weights, "w");
 * [text, shape, bytes[""].length]; // => ["q8_0", [2, 32], 68]
 * ```
 */
export const weightFormat = async (file: WeightFile, name: string): Promise<StoredFormat> => (await import("./values.ts")).weightFormat(file, name);

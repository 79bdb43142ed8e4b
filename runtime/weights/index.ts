// The door `bitloom/weights`: weight files of every kind through one shape, read by range and written tensor by tensor.
//
//   openWeights("model.gguf") ──▶ WeightFile ──read("blk.0.attn_q.weight", { offset, length })──▶ bytes
//
// Neither devices nor the compiler are behind it.
export { openWeights, type WeightsOptions } from "./open.ts";
export { saveSafetensors, type SafetensorsStream, type SaveOptions } from "./save.ts";
export { convertWeights, weightFormat, weightValues } from "./work.ts";
export type { StoredFormat } from "./values.ts";
export type { Converted, ConvertOptions, ConvertReport } from "./convert.ts";
export type { GroupingOptions } from "./safetensors.ts";
export type { Beside } from "./beside.ts";
export type { MetadataValue, WeightFile, WeightKind, WeightPart, WeightRange, WeightTensor } from "./types.ts";
export { writeSafetensors, type ByName, type SafetensorsAbout, type SafetensorsDtype, type SafetensorsInput } from "../files/safetensors.ts";
export { urlSource, type ByteSource, type Readable } from "../files/source.ts";

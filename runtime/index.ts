// The door of the runtime room: devices, tensors, kernels.
//
//   open() ──▶ Device ──tensor(…)──▶ Tensor ─┐
//   compile(source) ──specialise(…)──▶ Kernel ──run({ … })──▶ { out: Tensor }
export { listAdapters, close, type OpenOptions } from "./open.ts";
export { open, openNull, wrapDevice, type CompilingOpenOptions } from "./open-rated.ts";
export type { Host } from "./host.ts";
export { fullHost } from "./host-full.ts";
export { chooseAdapter, type AdapterInfo, type LimitName } from "./adapters.ts";
export { profiles, type Device, type DeviceInfo, type DeviceProfile, type RawInfo, type WrapOptions } from "./device.ts";
export { empty, isTensor, tensor, Tensor, zeros, type AdoptOptions, type TensorOptions } from "./tensor.ts";
export { emptyFormatTensor, formatTensor, formatTensorOf, isFormatTensor, type FormatData, type FormatTensor } from "./format-tensor.ts";
export { dequantiseOn, quantiseTo, repackLoss, repackTo } from "./format-work.ts";
export type { QuantiseToOptions } from "./format-kernels.ts";
export { codesOf, valuesOf, type HostValues, type ValuesAre, type ValuesByType } from "./codes.ts";
export { compile, kernelOf, type CompileOptions, type KernelOptions } from "./compile.ts";
export type { FileImporter, ImportedFile } from "./imports.ts";
export { createKernel } from "./finished.ts";
export { launchInParts } from "./parts.ts";
export type { Kernel, Outputs, PrepackOptions, RunOptions, Timed } from "./kernel.ts";
export { openLibrary, type Built, type Choice, type Library, type OpenLibrary } from "./library.ts";
export type { Inputs } from "./bind.ts";
export type { CheckOptions, CheckReport, Difference } from "./check.ts";
export type { ScalarSlot, Signature, TensorSlot } from "./signature.ts";
export type { DefinitionIns, DefinitionOuts, DefinitionParams } from "./definition-types.ts";
export type { AnyCompiled, AnyParams, Compiled, SourceKernel, Specialisable } from "./source-types.ts";
export { targetOf } from "./target.ts";
export { rates, type RatesOptions } from "./rates.ts";
export { memoryStore, openStore, type Store } from "./store.ts";
export { atlasText, mergeRecords, readAtlas } from "./tuning/merge.ts";
export { recordsIn, userRecords, type Atlas, type Records } from "./tuning/records.ts";
export type { Sample, TunedPoint, TuningAdapter, TuningChoice, TuningKey, TuningRecord } from "./tuning/record.ts";
export type { Chosen } from "./tuning/choose.ts";
export type { EngineOptions, TuneProgress } from "./tuning/engine.ts";
export type { ReportedPoint, TunedOptions, TuneOptions, TuneReport } from "./tuning/tune.ts";
export { dequantise, quantise, uploadQuantised, type Quantised, type QuantisedOptions, type QuantiseTensorOptions } from "./quantise.ts";
export { matmulCuts, type MatmulCut, type MatmulCuts } from "./matmul-cuts.ts";
export { prepackWeights, type PrepackWeightsOptions } from "./matmul-prepack.ts";
export { matmul, matmulProgram, type MatmulFactor, type MatmulOptions, type MatmulWay, type ProductTuning } from "./matmul.ts";
export { loadNpy, readNpy, saveNpy, writeNpy, type NpyArray, type NpyData, type NpyDtype } from "./files/npy.ts";
export { openSafetensors, writeSafetensors, type ByName, type SafetensorsAbout, type SafetensorsDtype, type SafetensorsEntry, type SafetensorsFile, type SafetensorsInput } from "./files/safetensors.ts";
export { openNpz, writeNpz, type NpzFile } from "./files/npz.ts";
export type { ReadOptions } from "./files/source.ts";
export { convertWeights, openWeights, saveSafetensors, urlSource, weightFormat, weightValues, type Beside, type ByteSource, type Converted, type ConvertOptions, type ConvertReport, type GroupingOptions, type MetadataValue, type Readable, type SafetensorsStream, type SaveOptions, type StoredFormat, type WeightFile, type WeightKind, type WeightPart, type WeightRange, type WeightTensor, type WeightsOptions } from "./weights/index.ts";
export { writeFileAtomic } from "./files/atomic.ts";

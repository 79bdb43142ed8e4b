// The small door, `bitloom/run`: kernels that were built beforehand (`bitloom build`), run without a compiler.
//
//   library.json ──openLibrary──▶ specialise({ … }) ──▶ Kernel ──run({ … })──▶ { out: Tensor }
//
// It holds devices, tensors, packings and number types: no language, no Programs, no code generator. A test holds its
// weight against its budget, so nothing is exported here that could be left out.
export { open, type OpenOptions } from "./open.ts";
export { wrapDevice, type Device, type DeviceInfo } from "./device.ts";
export { empty, isTensor, tensor, Tensor, zeros, type AdoptOptions, type TensorOptions } from "./tensor.ts";
export type { Host } from "./host.ts";
export type { HostValues, ValuesAre, ValuesByType } from "./codes.ts";
export { createKernel, type Kernel, type ModuleOptions, type Outputs, type PrepackOptions, type RunOptions, type Timed } from "./kernel.ts";
export { createSequence } from "./sequence.ts";
export { launchInParts } from "./parts.ts";
export { openLibrary, type Built, type Choice, type Library, type OpenLibrary } from "./library.ts";
export type { Inputs } from "./bind.ts";
export type { CheckOptions, CheckReport, Difference } from "./check.ts";
export type { ScalarSlot, Signature, TensorSlot } from "./signature.ts";

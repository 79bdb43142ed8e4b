// Tensors of formats made, read and changed on devices: what builds the kernels for that is loaded when it is first asked for, so that
// the door doesn't carry a compiler.
import type { Format, FormatError } from "../vm/index.ts";
import type { FormatTensor } from "./format-tensor.ts";
import type { QuantiseToOptions } from "./format-kernels.ts";
import type { Tensor } from "./tensor.ts";

const kernels = (): Promise<typeof import("./format-kernels.ts")> => import("./format-kernels.ts");

/**
 * The values of a tensor of a format, made on its device.
 * @returns f32 of the same shape
 * @throws Diagnostic H0307 (disposed), H0405 (a format of two axes in a tensor of more), H0304, H0308, H0309 (memory, device)
 * @example
 * ```ts
 * using device = await open({ adapter: "swiftshader" });
 * using w = await formatTensor(device, formatNamed("q8_0"), [2, 32], new Uint8Array(68).fill(0x3c));
 * using x = await dequantiseOn(w); // 60 times the scale 0x3c3c
 * (await x.read())[0]; // => 63.515625
 * ```
 */
export const dequantiseOn = async (w: FormatTensor): Promise<Tensor<"f32">> => (await kernels()).dequantiseOn(w);

/**
 * Numbers as a tensor of a format, made on their device by the format's own encoding. A device divides less exactly than the host, by up to
 * 2.5 units in the last place, so that a number in the middle between two codes may get the other one, and a scale its neighbour.
 * @param x f32, whole blocks along the format's axes
 * @throws Diagnostic H0307 (disposed), H0404 (no f32), H0405 (a format of two axes for a tensor of more), H0701 (no whole blocks), H0702
 *   (`given` names no field beside the blocks), T0708 (the format has no encoding), T0709, H0304, H0308, H0309 (memory, device)
 * @example
 * ```ts
 * using device = await open({ adapter: "swiftshader" });
 * using x = await device.tensor("f32", [2, 32], Array.from({ length: 64 }, (_, i) => i - 32));
 * using w = await quantiseTo(x, formatNamed("q4_0"));
 * [...(await w.fields.d.read())]; // => [4, -3.875]
 * ```
 */
export const quantiseTo = async (x: Tensor, format: Format, options: QuantiseToOptions = {}): Promise<FormatTensor> => (await kernels()).quantiseTo(x, format, options);

/**
 * A tensor of another format with the same numbers, made on its device: without loss where both formats are numbers of few bits times a
 * scale and the target has room, else encoded anew. `repackLoss` says what was lost; `repackFormat` of `bitloom/vm` does it on the host, and says it itself.
 * @throws Diagnostic H0307 (disposed), H0405 (a format of two axes in a tensor of more), H0701 (no whole blocks), T0708 (the target isn't
 *   encoded, and no way without loss is found), H0304, H0308, H0309 (memory, device)
 * @example
 * ```ts
 * using device = await open({ adapter: "swiftshader" });
 * using w = await formatTensor(device, formatNamed("q4_0"), [1, 32], new Uint8Array(18).fill(0x3c));
 * using v = await repackTo(w, formatNamed("offset(Q: u4, group: 32)"));
 * [...(await v.fields.q.readCodes()).slice(14, 18)]; // => [12, 12, 3, 3]
 * ```
 */
export const repackTo = async (w: FormatTensor, format: Format): Promise<FormatTensor> => (await kernels()).repackTo(w, format);

/**
 * What became of the numbers of a tensor: largest and RMS difference, and SQNR in dB, infinite where nothing was lost. Values are made on the devices and compared on the host.
 * @param w the tensor as it was
 * @param made what `repackTo` made of it
 * @throws Diagnostic H0307 (disposed), H0405 (of other shapes), H0304, H0308, H0309 (memory, device)
 * @example
 * ```ts
 * using device = await open({ adapter: "swiftshader" });
 * using w = await formatTensor(device, formatNamed("q8_0"), [1, 32], new Uint8Array(34).fill(0x3c));
 * using v = await repackTo(w, formatNamed("grouped(Q: i8)"));
 * await repackLoss(w, v); // => { max: 0, rms: 0, sqnr: Infinity }
 * ```
 */
export const repackLoss = async (w: FormatTensor, made: FormatTensor): Promise<FormatError> => (await kernels()).repackLoss(w, made);

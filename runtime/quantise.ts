// Quantised tensors: codes, scales and what else their value needs, on a device.
//
//   x [N, K]  ──quantise(x, { type: "b3", group: 64 })──▶  codes   b3[N, K]               rows contiguous, K fastest
//                                                         scales  f32[N, ceil(K / 64)]   one for each row and group
//                                                         zeros   i32[N, ceil(K / 64)]   where the scheme has zero points
//
// How codes and scales are found, vm/quantise.ts says; the host does it, once, as for all weights.
import { fail } from "../diagnostic.ts";
import type { Packing } from "../layout/index.ts";
import { dequantiseValues, quantisationError, quantiseValues, type GroupSize, type QuantisationError, type QuantisedValues, type QuantiseOptions, type ScaleType } from "../vm/index.ts";
import type { Device } from "./device.ts";
import { isTensor, needTensor, tensor, type Tensor } from "./tensor.ts";

/** How a quantised tensor is stored. */
export interface QuantisedOptions {
  /** Where each bit of the codes lies; default `dense`: row-major, the last axis fastest. Scales, zeros and offsets are dense; `prepackWeights` puts both in another order. */
  readonly packing?: Packing | undefined;
  /** What messages call it. */
  readonly name?: string | undefined;
}

/** How a tensor is quantised, and how the result is stored. */
export interface QuantiseTensorOptions<D extends string = string, S extends ScaleType = ScaleType> extends QuantiseOptions, QuantisedOptions {
  readonly type: D;
  /** The type of scales and offsets; default "f32". */
  readonly scaleType?: S | undefined;
  /** Where the result is to lie; a tensor's own device is the default. */
  readonly device?: Device | undefined;
  /** The shape of numbers that are given as a list; default: one axis. */
  readonly shape?: readonly number[] | undefined;
}

/** A quantised tensor: x ≈ (codes − zeros) · scales + offsets. Free it with `using` or `dispose()`. */
export interface Quantised<D extends string = string, S extends ScaleType = ScaleType, Z extends "i32" | "f32" = "i32" | "f32"> {
  /** Name of the codes' number type. */
  readonly type: D;
  readonly shape: readonly number[];
  /** The axis that groups run along. */
  readonly axis: number;
  /** Elements along it that share a scale (the last group of a row may be shorter), or "tensor". */
  readonly group: GroupSize;
  /** One code per element. */
  readonly codes: Tensor<D>;
  /** One scale per group: the shape of the codes with ceil(extent / group) at `axis`, all 1 for group "tensor". */
  readonly scales: Tensor<S>;
  /** What is subtracted from codes' values, shaped as the scales: i32, or f32 of views with half zero points. */
  readonly zeros?: Tensor<Z> | undefined;
  /** What is added after scaling, shaped as the scales. */
  readonly offsets?: Tensor<S> | undefined;
  /** How far it is from what was quantised, if that is known. */
  readonly error?: QuantisationError | undefined;
  /** Bytes of all its tensors. */
  readonly bytes: number;
  readonly disposed: boolean;
  /** Codes, scales and zero points back on the host. @throws Diagnostic H0307 if disposed, H0308 or H0309 if the device can't */
  read(): Promise<QuantisedValues>;
  /** Frees its tensors. Calling it twice is harmless. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** The numbers of a tensor or list, with their shape and device. */
async function source(x: Tensor | ArrayLike<number>, o: QuantiseTensorOptions): Promise<{ values: ArrayLike<number>; shape: readonly number[]; device: Device }> {
  const given: unknown = x;
  if (isTensor(x)) {
    needTensor(x, o.name ?? "the tensor to quantise");
    if (o.shape && o.shape.join() !== x.shape.join())
      fail({ code: "H0502", message: `the tensor has the shape [${x.shape.join(", ")}], not [${o.shape.join(", ")}]`, help: "leave `shape` out: it is for lists of numbers" });
    return { values: await x.read(), shape: x.shape, device: o.device ?? x.device };
  }
  if (typeof given !== "object" || given === null || typeof (given as { readonly length?: unknown }).length !== "number")
    return fail({ code: "H0503", message: `what is to be quantised is ${given === null ? "null" : `a ${typeof given}`}`, help: "give a tensor, a Float32Array or a flat list of numbers" });
  return { values: x, shape: o.shape ?? [x.length], device: o.device ?? fail({ code: "H0412", message: "a list of numbers lies on no device", help: "say where the result is to be: { device }" }) };
}

/**
 * Quantises a tensor, or numbers of the host: finds scales, and zero points where the scheme has them, and puts codes and scales
 * on a device. `quantiseValues` of `bitloom/vm` does the same without one.
 * @param x a tensor of any type, or a flat row-major list with `{ device, shape }`
 * @param options `type` of the codes; `group` elements along `axis` (default: the last) share a scale; `scheme`: "absmax" (default),
 *   "minmax", "mse", "offset", "fixed" (see `quantiseSchemes`)
 * @throws Diagnostic N0110 (no such type), H0307 (disposed), H0412 (no device), H0501 (type or scheme), H0502 (shape, axis or group),
 *   H0503 (numbers that can't be met), H0504 (scale too large), H0505 (scales or zero points that don't fit), H0304, H0308, H0309
 *   (memory, device), L codes of the packing
 * @example
 * ```ts
 * using device = await open({ adapter: "swiftshader" });
 * using w = await quantise([0.5, -1, 3, 1.5, 0, 2], { device, shape: [2, 3], type: "i3", group: 2 });
 * w.scales.shape; // => [2, 2]
 * [...(await w.codes.read())]; // => [1, -3, 3, 3, 0, 3]
 * ```
 */
export async function quantise<const D extends string, const S extends ScaleType = "f32">(x: Tensor | ArrayLike<number>, options: QuantiseTensorOptions<D, S>): Promise<Quantised<D, S, "i32">> {
  const { values, shape, device } = await source(x, options), q = quantiseValues(values, shape, options);
  return placed<D, S, "i32">(device, q, options, quantisationError(values, q));
}

/**
 * Puts quantised numbers of the host on a device: those of `quantiseValues`, and views such as `asBipolar`.
 * @throws Diagnostic H0304, H0308, H0309 (memory, device), L codes of the packing
 * @example
 * ```ts
 * using device = await open({ adapter: "swiftshader" });
 * using w = await uploadQuantised(device, asBipolar(quantiseValues([-2, -1, 0, 1], [4], { type: "i2", scale: 1 })));
 * [w.type, ...(await w.zeros?.read() ?? [])]; // => ["b2", 1]
 * ```
 */
export const uploadQuantised = (device: Device, q: QuantisedValues, options: QuantisedOptions = {}): Promise<Quantised> => placed(device, q, options);

/** Uploads; the names of types are those that `q` has, as the caller's types say them. */
async function placed<D extends string, S extends ScaleType, Z extends "i32" | "f32">(device: Device, q: QuantisedValues, o: QuantisedOptions, error?: QuantisationError): Promise<Quantised<D, S, Z>> {
  const made: Tensor[] = [], name = o.name ?? `${q.type}[${q.shape.join(", ")}]`;
  const keep = <T extends Tensor>(t: T): T => { made.push(t); return t; };
  const beside = async <T extends string>(type: T, x: Float32Array, what: string): Promise<Tensor<T>> => keep(await tensor(device, type, q.scaleShape, x, { as: "values", name: `the ${what} of ${name}` }));
  try {
    const codes = keep(await tensor(device, q.type as D, q.shape, q.codes, { packing: o.packing, as: "codes", name }));
    const scales = await beside(q.scaleType as S, q.scales, "scales");
    const zeros = q.zeros && await beside((q.zeros.every(Number.isInteger) ? "i32" : "f32") as Z, q.zeros, "zero points");
    const offsets = q.offsets && await beside(q.scaleType as S, q.offsets, "offsets");
    return quantisedOf(q, { codes, scales, zeros, offsets }, error);
  } catch (e) {
    for (const t of made) t.dispose();
    throw e;
  }
}

/** What a quantised tensor is but for its tensors. */
type Geometry = Pick<Quantised, "type" | "shape" | "axis" | "group">;
/** Its tensors. */
type Parts<D extends string = string, S extends ScaleType = ScaleType, Z extends "i32" | "f32" = "i32" | "f32"> = Pick<Quantised<D, S, Z>, "codes" | "scales" | "zeros" | "offsets">;

/** A quantised tensor of tensors that are there, and become its own. */
export function quantisedOf<D extends string, S extends ScaleType, Z extends "i32" | "f32">({ shape, axis, group }: Omit<Geometry, "type">, t: Parts<D, S, Z>, error?: QuantisationError): Quantised<D, S, Z> {
  const all: readonly (Tensor | undefined)[] = [t.codes, t.scales, t.zeros, t.offsets], dispose = (): void => { for (const x of all) x?.dispose(); }, type = t.codes.dtype;
  return Object.freeze({
    type, shape, axis, group, ...t, error, bytes: all.reduce((n, x) => n + (x?.bytes ?? 0), 0),
    get disposed() { return t.codes.disposed; },
    read: async () => readBack({ type, shape, axis, group }, t),
    dispose, [Symbol.dispose]: dispose,
  });
}

/** What lies on the device, in the geometry of what was put there. */
async function readBack(q: Geometry, t: Parts): Promise<QuantisedValues> {
  const floats = async (x: Tensor): Promise<Float32Array> => Float32Array.from(await x.read());
  return {
    ...q, scaleShape: t.scales.shape, scaleType: t.scales.dtype, codes: Uint8Array.from(await t.codes.readCodes()), scales: await floats(t.scales),
    zeros: t.zeros && await floats(t.zeros), offsets: t.offsets && await floats(t.offsets),
  };
}

/**
 * The numbers that a quantised tensor stands for, row-major.
 * @throws Diagnostic H0307 (disposed), H0308 or H0309 if the device can't
 * @example
 * ```ts
 * using device = await open({ adapter: "swiftshader" });
 * using q = await quantise([-1, 1, 1, -1], { device, type: "b1" });
 * [...(await dequantise(q))]; // => [-1, 1, 1, -1]
 * ```
 */
export const dequantise = async (q: Quantised): Promise<Float32Array> => dequantiseValues(await q.read());

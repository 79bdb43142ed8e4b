// A device: the GPUDevice and what the compiler has to know about it, as plain data.
// Everything above (kernels, tensors, the tuner) takes a Device as an argument; nothing keeps a current one.

import type { Rates } from "../codegen/index.ts";
import { heldTo, type LimitName } from "./adapters.ts";
import type { HostValues } from "./codes.ts";
import { plainHost, type Host } from "./host.ts";
import type { Pipeline } from "./pipeline.ts";
import type { Records } from "./tuning/records.ts";
import { adopt, empty, tensor, zeros, type AdoptOptions, type Tensor, type TensorOptions } from "./tensor.ts";

/**
 * What the code generator may spend on this kind of device. Budgets are data here and never constants of the emitter:
 * lavapipe compiles in time quadratic in the static memory accesses of a kernel, a GPU driver does not.
 */
export interface DeviceProfile {
  readonly name: "lavapipe" | "swiftshader" | "gpu";
  /** How many static memory accesses a kernel should have before an outer loop is kept rolled. */
  readonly staticAccesses: 56 | 64 | 512;
  /** Loops of up to so many constant turns are written out by the driver whatever they hold; 0: it weighs that by itself. */
  readonly unrolls: 0 | 32;
  /** The driver aligns the vectors that it keeps in memory only where an array lies beside them: kernels with loops and blocks get one. */
  readonly arrayAligns: boolean;
  /** The driver compiles at the first dispatch and not when the pipeline is made: warm up before timing. */
  readonly compilesAtDispatch: boolean;
  /** A CPU plays the GPU: timings are no proxy for one, and f16 arithmetic is slow. */
  readonly software: boolean;
}

/** The known profiles, by name. */
export const profiles: Readonly<Record<DeviceProfile["name"], DeviceProfile>> = Object.freeze({
  lavapipe: Object.freeze({ name: "lavapipe", staticAccesses: 56, unrolls: 32, arrayAligns: true, compilesAtDispatch: true, software: true }),
  swiftshader: Object.freeze({ name: "swiftshader", staticAccesses: 64, unrolls: 0, arrayAligns: false, compilesAtDispatch: false, software: true }),
  gpu: Object.freeze({ name: "gpu", staticAccesses: 512, unrolls: 0, arrayAligns: false, compilesAtDispatch: false, software: false }),
});

/** Who made the adapter, as WebGPU tells it (browsers leave much of it empty). */
export interface DeviceInfo {
  /** What a person would call it: the device's or driver's own text, else vendor and architecture. */
  readonly name: string;
  readonly vendor: string;
  readonly architecture: string;
  /** "vulkan", "metal", "d3d12" or "null" where known; absent in browsers. */
  readonly backend?: string;
  /** Dawn toggles that differ from its defaults; absent in browsers. Report them beside any timing. */
  readonly toggles?: readonly string[];
}

/** An open device. Dispose it with `using`, or call `destroy()`. */
export interface Device {
  readonly gpu: GPUDevice;
  readonly info: DeviceInfo;
  /** The features that the device was opened with, e.g. "shader-f16". */
  readonly features: ReadonlySet<string>;
  /** WGSL language features, e.g. "subgroup_id". */
  readonly languages: ReadonlySet<string>;
  /** The limits that hold on this device (not the adapter's), or less where it was opened to stay below them. */
  readonly limits: GPUSupportedLimits;
  /** Smallest and largest subgroup size that a kernel may meet; 4 and 128 where the platform doesn't say. */
  readonly subgroup: { readonly min: number; readonly max: number };
  readonly profile: DeviceProfile;
  /** Resolves when the device is gone, by `destroy()` or by accident. Never rejects. */
  readonly lost: Promise<GPUDeviceLostInfo>;
  /** Why nothing can run on it any more; undefined while it lives. */
  readonly gone: string | undefined;
  /** What packs its tensors and knows their number types. */
  readonly host: Host;
  /** Compiled pipelines by features, bindings and WGSL; `pipelineOf` fills it. */
  readonly pipelines: Map<string, Promise<Pipeline>>;
  /** What was measured on it, being measured or known; `rates` fills it. And records of tuning, which `open` gives it. */
  readonly measured: { rates?: Promise<Rates>; known?: Rates; records?: Records };
  /** A tensor with the given elements: `tensor(device, …)`. */
  tensor<const D extends string>(dtype: D, shape: readonly number[], values: HostValues, options?: TensorOptions): Promise<Tensor<D>>;
  /** A tensor of code 0: `empty(device, …)`. */
  empty<const D extends string>(dtype: D, shape: readonly number[], options?: Omit<TensorOptions, "as">): Promise<Tensor<D>>;
  /** A tensor of the number 0: `zeros(device, …)`. */
  zeros<const D extends string>(dtype: D, shape: readonly number[], options?: Omit<TensorOptions, "as">): Promise<Tensor<D>>;
  /** A tensor around a buffer of yours: `Tensor.from(device, …)`. */
  adopt<const D extends string>(buffer: GPUBuffer, dtype: D, shape: readonly number[], options?: AdoptOptions): Promise<Tensor<D>>;
  /** Frees the device and everything made on it. Calling it twice is harmless. */
  destroy(): void;
  [Symbol.dispose](): void;
}

/** The part of a GPUAdapterInfo that is read here; drivers and browsers fill in different pieces of it. */
export interface RawInfo {
  readonly vendor?: string;
  readonly architecture?: string;
  readonly device?: string;
  readonly description?: string;
  readonly subgroupMinSize?: number;
  readonly subgroupMaxSize?: number;
  readonly isFallbackAdapter?: boolean;
}

/**
 * Which profile a device has, told from all the names it goes by.
 * @example
 * ```ts
 * profileOf({ vendor: "google", architecture: "swiftshader" }).name // => "swiftshader"
 * profileOf({ vendor: "mesa", architecture: "software", description: "llvmpipe: Mesa 25.0.7" }).staticAccesses // => 56
 * profileOf({ vendor: "nvidia", architecture: "ampere" }).name // => "gpu"
 * ```
 */
export function profileOf(info: RawInfo): DeviceProfile {
  const text = `${info.vendor ?? ""} ${info.architecture ?? ""} ${info.device ?? ""} ${info.description ?? ""}`.toLowerCase();
  if (text.includes("llvmpipe") || text.includes("lavapipe")) return profiles.lavapipe;
  if (text.includes("swiftshader")) return profiles.swiftshader;
  return profiles.gpu;
}

/**
 * What a person would call an adapter.
 * @example
 * ```ts
 * nameOf({ vendor: "nvidia", architecture: "ampere" }) // => "nvidia ampere"
 * nameOf({ description: "llvmpipe: Mesa 25.0.7" }) // => "llvmpipe: Mesa 25.0.7"
 * ```
 */
export function nameOf(info: RawInfo): string {
  return info.description || info.device || [info.vendor, info.architecture].filter(Boolean).join(" ") || "unnamed adapter";
}

/** Subgroup sizes of an adapter; WebGPU's own bounds, 4 and 128, where it keeps silent. */
export function subgroupOf(info: RawInfo): { readonly min: number; readonly max: number } {
  return Object.freeze({ min: info.subgroupMinSize || 4, max: info.subgroupMaxSize || 128 });
}

/** What is known about a GPUDevice besides itself. */
export interface WrapOptions {
  readonly info?: RawInfo;
  readonly name?: string;
  readonly backend?: string;
  readonly toggles?: readonly string[];
  /** WGSL language features; by default those of `navigator.gpu`. */
  readonly languages?: ReadonlySet<string> | undefined;
  /** Limits to stay below, as `open` takes them. */
  readonly limits?: Readonly<Partial<Record<LimitName, number>>> | undefined;
  /** What packs its tensors; default: that of `bitloom/run`, and of `bitloom` `fullHost`. */
  readonly host?: Host;
  /** Runs once, when `destroy()` is first called. */
  readonly onDestroy?: () => void;
}

/** Makes a Device of a GPUDevice. `open` does this; call it yourself only with an adapter's info that WebGPU lost. */
export function wrapDevice(gpu: GPUDevice, options: WrapOptions = {}): Device {
  // Older browsers have no `adapterInfo` on the device, whatever the types say.
  const own: RawInfo | undefined = (gpu as { readonly adapterInfo?: RawInfo }).adapterInfo;
  const raw = options.info ?? own ?? {};
  let gone: string | undefined, alive = true;
  void gpu.lost.then(({ reason, message }) => { gone ??= reason === "destroyed" ? "it was destroyed" : `the driver lost it (${message})`; });
  const destroy = (): void => {
    if (!alive) return;
    alive = false;
    gone ??= "it was destroyed";
    gpu.destroy();
    options.onDestroy?.();
  };
  const device: Device = Object.freeze({
    gpu,
    info: Object.freeze({
      name: options.name ?? nameOf(raw),
      vendor: raw.vendor ?? "",
      architecture: raw.architecture ?? "",
      ...(options.backend === undefined ? {} : { backend: options.backend }),
      ...(options.toggles === undefined ? {} : { toggles: Object.freeze([...options.toggles]) }),
    }),
    features: new Set<string>(gpu.features),
    languages: options.languages ?? new Set<string>((globalThis.navigator as { readonly gpu?: GPU } | undefined)?.gpu?.wgslLanguageFeatures),
    limits: options.limits ? heldTo(gpu.limits, options.limits) : gpu.limits,
    subgroup: subgroupOf(raw),
    profile: profileOf(raw),
    host: options.host ?? plainHost,
    lost: gpu.lost,
    get gone() { return gone; },
    pipelines: new Map<string, Promise<Pipeline>>(),
    measured: {},
    tensor: (dtype, shape, values, more) => tensor(device, dtype, shape, values, more),
    empty: (dtype, shape, more) => empty(device, dtype, shape, more),
    zeros: (dtype, shape, more) => zeros(device, dtype, shape, more),
    adopt: (buffer, dtype, shape, more) => adopt(device, buffer, dtype, shape, more),
    destroy,
    [Symbol.dispose]: destroy,
    // What console.log of Node shows: not all shaders of the pipelines.
    [Symbol.for("nodejs.util.inspect.custom")]: () => `Device(${options.name ?? nameOf(raw)})`,
  } satisfies Device);
  return device;
}

// Opening a device: in a browser, in Node, or around a GPUDevice that an application already has.
//
//   open() ─ browser ─ navigator.gpu
//          └ Node ──── a real GPU, else lavapipe, else SwiftShader (adapters-node.ts, imported only there)
//
// Nothing holds a Node process open: it ends when its work is done, also with devices still open. `close()` frees them.

import { Diagnostic, fail } from "../diagnostic.ts";
import {
  chooseAdapter, describeAdapter, featuresFor, isMeant, limitsOf, missingFeatures, usefulFeatures, type AdapterInfo, type LimitName,
} from "./adapters.ts";
import type { NodeAdapter } from "./adapters-node.ts";
import { wrapDevice, type Device, type RawInfo } from "./device.ts";
import { plainHost, type Host } from "./host.ts";
import { inNode } from "./platform.ts";

/** What `open` may be asked for. */
export interface OpenOptions {
  /** "gpu", "lavapipe", "swiftshader", or a part of the adapter's name; any case. Default: the best there is. */
  readonly adapter?: string;
  /** WebGPU features that must be there, e.g. "shader-f16". Useful ones are taken anyway where they are offered. */
  readonly require?: readonly string[];
  /** Limits to stay below, e.g. `{ maxStorageBufferBindingSize: 2 ** 27 }`: kernels are compiled and launched as on a device that has no more. */
  readonly limits?: Readonly<Partial<Record<LimitName, number>>>;
}

const isDevice = (x: OpenOptions | GPUDevice): x is GPUDevice => "createShaderModule" in x && "queue" in x;

// Devices that open() made and nobody destroyed yet, for close().
const living = new Set<Device>();

/**
 * Opens a device, or adopts one.
 *
 * In Node the choice goes: real GPU, Mesa's lavapipe, SwiftShader from npm (x64 Linux; unpacked once into the user's
 * cache folder). All useful features and the adapter's own limits are asked for. A `GPUDevice` given is used as it is
 * and stays its owner's: only `destroy()` on the result ends it.
 * @param host what packs tensors; with `fullHost` of `bitloom` there are codebooks, and large tensors are packed faster
 * @throws Diagnostic H0101 (no WebGPU here), H0102 (no usable adapter), H0103 (unknown adapter, with the list of those
 *   that are there), H0104 (a required feature is missing), H0105 (the adapter refused), H0107 (a limit that is none), H0412 (the
 *   argument is neither)
 * @example
 * ```ts
 * using device = await open({ adapter: "swiftshader" });
 * device.profile.name; // => "swiftshader"
 * ```
 */
export async function open(options?: OpenOptions | GPUDevice, host: Host = plainHost): Promise<Device> {
  if (options !== undefined && (typeof options !== "object" || options === null)) fail({ code: "H0412", message: `open() takes a GPUDevice or { adapter, require }, not ${String(options)}`, help: "leave the argument out for the best adapter there is" });
  if (options !== undefined && isDevice(options)) { const device = wrapDevice(options, { host }); if (inNode()) (await import("./adapters-node.ts")).opened(device.profile.software); return device; }
  const { adapter: wanted, require = [], limits } = options ?? {};
  if (wanted === "") fail({ code: "H0103", message: "the name of the adapter is empty", help: "leave `adapter` out to take the best one" });
  const got = inNode() ? await fromNode(wanted, require) : await fromBrowser(wanted, require);
  return request(got, featuresFor(got.adapter.features, require), host, limits);
}

async function fromNode(wanted: string | undefined, require: readonly string[]): Promise<NodeAdapter> {
  const node = await import("./adapters-node.ts");
  // The two short cuts spare a listing: each instance of Vulkan costs milliseconds and the warnings of its driver.
  const short = wanted === undefined ? await node.defaultAdapter(require)
    : wanted.toLowerCase() === "swiftshader" ? await node.directSwiftShader() : null;
  if (short && missingFeatures(short.adapter, require).length === 0) return short;
  const list = await node.candidates();
  const chosen = chooseAdapter(list.map((c) => c.info), wanted, require);
  const got = await list.find((c) => c.info === chosen)?.get();
  return got ?? fail({ code: "H0102", message: `the adapter "${chosen.name}" was there and is gone`, help: "try again" });
}

async function fromBrowser(wanted: string | undefined, require: readonly string[]): Promise<NodeAdapter> {
  const gpu = (globalThis.navigator as { readonly gpu?: GPU } | undefined)?.gpu;
  if (!gpu)
    fail({
      code: "H0101", message: "this browser offers no WebGPU on this page",
      help: "open the page over https (or localhost) in a browser with WebGPU; on Linux it may need to be switched on",
    });
  const list: { readonly info: AdapterInfo; readonly adapter: GPUAdapter }[] = [];
  // A page sees one adapter per wish; the fallback is asked for last, it is the slow one.
  for (const wish of [{ powerPreference: "high-performance" }, { powerPreference: "low-power" }, { forceFallbackAdapter: true }] as const) {
    const adapter = await gpu.requestAdapter(wish);
    if (!adapter) continue;
    const info = describeAdapter(adapter, "browser");
    if (!list.some((c) => JSON.stringify(c.info) === JSON.stringify(info))) list.push({ info, adapter });
    if ((wanted === undefined || isMeant(info, wanted)) && missingFeatures(adapter, require).length === 0) break;
  }
  const chosen = chooseAdapter(list.map((c) => c.info), wanted, require);
  const found = list.find((c) => c.info === chosen);
  if (!found) return fail({ code: "H0102", message: "no WebGPU adapter is usable here", help: "look at the browser's page about its GPU (chrome://gpu), or take another browser" });
  return { adapter: found.adapter, backend: "browser", toggles: [] };
}

async function request(got: NodeAdapter, features: readonly string[], host: Host, limits?: OpenOptions["limits"]): Promise<Device> {
  let gpu: GPUDevice;
  try {
    gpu = await got.adapter.requestDevice({
      requiredFeatures: features as GPUFeatureName[],
      requiredLimits: limitsOf(got.adapter.limits),
    });
  } catch (error) {
    return fail({
      code: "H0105", message: `the adapter "${got.name ?? got.adapter.info.description}" refused to make a device`,
      notes: [error instanceof Error ? error.message : String(error)], help: "close other programs that use the GPU, or choose another adapter",
    });
  }
  const node = got.backend === "browser" ? undefined : await import("./adapters-node.ts"), languages = await node?.languages();
  const device: Device = wrapDevice(gpu, {
    host,
    languages,
    limits,
    info: got.adapter.info as RawInfo,
    ...(got.name === undefined ? {} : { name: got.name }),
    ...(got.backend === "browser" ? {} : { backend: got.backend, toggles: got.toggles }),
    onDestroy: () => living.delete(device),
  });
  living.add(device);
  if (got.backend !== "null") node?.opened(device.profile.software);
  void device.lost.then(() => living.delete(device));
  return device;
}

/** `openNull` of open-rated.ts, with any host. */
export async function openNull(features?: readonly string[], host: Host = plainHost): Promise<Device> {
  if (!inNode()) fail({ code: "H0101", message: "the Null backend exists in Node only", help: "use open() in a page" });
  const got = await (await import("./adapters-node.ts")).nullAdapter();
  const missing = missingFeatures(got.adapter, features ?? []);
  if (missing.length > 0)
    fail({ code: "H0104", message: `the Null backend lacks ${missing.map((f) => `"${f}"`).join(", ")}`, help: `ask for some of ${[...got.adapter.features].sort().join(", ")}` });
  return request(got, features ?? usefulFeatures.filter((f) => got.adapter.features.has(f)), host);
}

/**
 * Every adapter that is here, the usable ones and those refused with the reason: the rows of `bitloom devices`.
 * A page sees only what its browser shows. Never throws for want of adapters; the list is then empty.
 * @example
 * ```ts
 * const adapters = await listAdapters();
 * adapters.some((a) => a.kind === "swiftshader" && a.usable); // => true
 * ```
 */
export async function listAdapters(): Promise<readonly AdapterInfo[]> {
  if (inNode()) {
    try {
      return (await (await import("./adapters-node.ts")).candidates()).map((c) => c.info);
    } catch (error) {
      // Without the package `webgpu` there is nothing to list; that is an answer too.
      if (error instanceof Diagnostic && error.code === "H0101") return [];
      throw error;
    }
  }
  const gpu = (globalThis.navigator as { readonly gpu?: GPU } | undefined)?.gpu;
  const found = gpu ? [await gpu.requestAdapter(), await gpu.requestAdapter({ forceFallbackAdapter: true })] : [];
  const rows = new Map(found.flatMap((a) => (a ? [describeAdapter(a, "browser")] : [])).map((r) => [JSON.stringify(r), r]));
  return [...rows.values()];
}

/** Destroys every device that `open` made and waits until they are gone: for the end of a test file or a program. */
export async function close(): Promise<void> {
  const all = [...living];
  for (const device of all) device.destroy();
  await Promise.all(all.map((d) => d.lost));
}

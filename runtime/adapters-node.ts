// Adapters in Node: Dawn (the npm package `webgpu`) over the system's drivers, and over npm's SwiftShader.
//
//   create([...]) ── one Vulkan instance each ──┬─ "system": whatever the machine has (GPU, lavapipe)
//                                               └─ "swiftshader": VK_ICD_FILENAMES points at it while the instance is made
//
// The variable is read when an instance is made, so both live in one process and each gets its own toggles.

import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { isMainThread } from "node:worker_threads";
import { fail } from "../diagnostic.ts";
import { describeAdapter, missingFeatures, refusedAdapter, type AdapterInfo } from "./adapters.ts";
import { hasVulkanDriver } from "./drivers.ts";
import { waitPatiently } from "./patience.ts";
import { findSwiftShader, hasVulkanLoader, loadLibrary, type SwiftShader } from "./swiftshader.ts";

export { opened } from "./patience.ts";

/** An adapter fresh from Dawn, and how it was got. */
export interface NodeAdapter {
  readonly adapter: GPUAdapter;
  /** Dawn's name of it where it was asked for by name. */
  readonly name?: string;
  readonly backend: string;
  /** Dawn toggles that were switched on (`+name`) or off (`-name`). */
  readonly toggles: readonly string[];
}

interface Dawn {
  readonly create: (options: string[]) => GPU;
  readonly globals: Readonly<Record<string, unknown>>;
  /** Why the system's drivers can't be asked; undefined where they can. */
  readonly unasked: string | undefined;
}

// Dropping an object that create() returned crashes the process sooner or later (12 of 12 runs of one test), so they
// are pinned to the process, not to this module: a bundle may hold this module twice.
const PIN = Symbol.for("bitloom.dawn");
function pinned(): Map<string, GPU> {
  const home = globalThis as { [PIN]?: Map<string, GPU> };
  return (home[PIN] ??= new Map());
}

let dawn: Promise<Dawn> | undefined;

/** Loads Dawn once and defines WebGPU's globals (GPUBufferUsage, …) where they are missing. */
async function load(): Promise<Dawn> {
  dawn ??= (async () => {
    process.env["XDG_RUNTIME_DIR"] ??= tmpdir(); // Mesa complains on stderr without it
    let found: Pick<Dawn, "create" | "globals">;
    try {
      found = (await import("webgpu")) as unknown as typeof found;
    } catch (error) {
      return fail({
        code: "H0101", message: "can't load the npm package `webgpu`, which gives Node its WebGPU",
        notes: [String(error).split("\n")[0] ?? ""], help: "npm install webgpu",
      });
    }
    const unasked = process.platform !== "linux" ? undefined : !hasVulkanLoader() ? "the system has no Vulkan loader (libvulkan.so.1)"
      : hasVulkanDriver(loadLibrary) ? undefined : "no driver that the system's Vulkan loader knows can be loaded";
    if (process.platform === "linux" && !hasVulkanLoader()) {
      const own = await findSwiftShader();
      if (typeof own !== "string" && own.loader) loadLibrary(own.loader);
    }
    for (const [name, value] of Object.entries(found.globals))
      if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    waitPatiently(found.globals);
    return { create: found.create, globals: found.globals, unasked };
  })();
  return dawn;
}

// Timestamps are for measuring, and there is no page here to protect from them.
const precise = "disable-dawn-features=timestamp_quantization";

/** The pinned instance for a set of flags; made on first use. */
function instance(from: Dawn, key: string, flags: string[]): GPU {
  const pins = pinned();
  let gpu = pins.get(key);
  if (!gpu) pins.set(key, (gpu = from.create(flags)));
  return gpu;
}

/** The backends a name is looked for in: Dawn's OpenGL and D3D11 lack what compute kernels need. */
const backends: readonly string[] = process.platform === "darwin" ? ["metal"] : process.platform === "win32" ? ["d3d12", "vulkan"] : ["vulkan"];

/** Names of the system's adapters. Dawn tells them only in the error about a name that does not exist. */
async function systemNames(from: Dawn): Promise<readonly { readonly backend: string; readonly name: string }[]> {
  let message = "";
  if (from.unasked !== undefined) return [];
  try {
    await instance(from, "names", ["adapter=\u0001no such adapter"]).requestAdapter();
  } catch (error) {
    message = error instanceof Error ? error.message : String(error);
  }
  return [...message.matchAll(/backend: '([^']*)', name: '(.*)'$/gm)]
    .map(([, backend = "", name = ""]) => ({ backend, name }))
    .filter((a) => backends.includes(a.backend));
}

const fromSystem = async (from: Dawn, a: { readonly backend: string; readonly name: string }): Promise<GPUAdapter | null> =>
  instance(from, `${a.backend} ${a.name}`, [`backend=${a.backend}`, `adapter=${a.name}`, precise]).requestAdapter();

// VK_ICD_FILENAMES belongs to the process: while one instance is made with it, no other may be.
let turn: Promise<unknown> = Promise.resolve();
function alone<T>(work: () => Promise<T>): Promise<T> {
  const mine = turn.then(work);
  turn = mine.catch(() => undefined);
  return mine;
}

/** Runs `work` while the Vulkan loader would see one driver only. */
async function withDriver<T>(icd: string, work: () => Promise<T>): Promise<T> {
  const names = ["VK_ICD_FILENAMES", "VK_DRIVER_FILES", "VK_ADD_DRIVER_FILES"] as const;
  const before = names.map((n) => process.env[n]);
  for (const n of names) delete process.env[n];
  process.env["VK_ICD_FILENAMES"] = icd;
  try {
    return await work();
  } finally {
    names.forEach((n, i) => {
      const value = before[i];
      if (value === undefined) delete process.env[n]; else process.env[n] = value;
    });
  }
}

/** The adapter of npm's SwiftShader, or in a sentence why there is none. */
async function swiftShader(from: Dawn): Promise<NodeAdapter | string> {
  const found: SwiftShader | string = await findSwiftShader();
  if (typeof found === "string") return found;
  if (!isMainThread) return "a worker thread can't set VK_ICD_FILENAMES for the process: open it on the main thread, or set the variable before Node starts";
  // SwiftShader zeroes workgroup memory by unrolled code: 16 KiB cost seconds of compiling. Kernels of Bitloom never
  // read a shared tile before writing it. Robust buffer access stays on.
  const flags = ["backend=vulkan", "enable-dawn-features=disable_workgroup_init", precise];
  try {
    const adapter = await withDriver(found.icd, () => instance(from, "npm swiftshader", flags).requestAdapter());
    return adapter
      ? { adapter, backend: "vulkan", toggles: ["+disable_workgroup_init", "-timestamp_quantization"] }
      : `Dawn did not take the driver in ${found.source}`;
  } catch (error) {
    return `Dawn did not take the driver: ${String(error)}`;
  }
}

/** Where lavapipe's driver description lies if it is installed at all; tells "refused" from "not there". */
const lavapipeFile = (): string | undefined =>
  ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d", "/usr/local/share/vulkan/icd.d"]
    .flatMap((d) => ["lvp_icd.json", `lvp_icd.${process.arch === "x64" ? "x86_64" : "aarch64"}.json`].map((f) => `${d}/${f}`))
    .find((f) => existsSync(f));

/** A row of the list, and how to get a fresh adapter of it (each can give one device only). */
export interface Candidate {
  readonly info: AdapterInfo;
  readonly get: () => Promise<NodeAdapter | null>;
}

/** Every adapter of this machine: the system's, then SwiftShader, then those that are installed and were refused. */
export async function candidates(): Promise<readonly Candidate[]> {
  const from = await load();
  return alone(async () => {
    const list: Candidate[] = [];
    for (const a of await systemNames(from)) {
      const get = async (): Promise<NodeAdapter | null> => {
        const adapter = await alone(() => fromSystem(from, a));
        return adapter && { adapter, ...a, toggles: ["-timestamp_quantization"] };
      };
      try {
        const adapter = await fromSystem(from, a);
        list.push(adapter
          ? { info: describeAdapter(adapter, a.backend, a.name), get }
          : { info: refusedAdapter("gpu", a.name, a.backend, "Dawn lists it but gives no adapter"), get: async () => null });
      } catch (error) {
        list.push({ info: refusedAdapter("gpu", a.name, a.backend, String(error)), get: async () => null });
      }
    }
    // One that the user's own VK_ICD_FILENAMES names stands already in the list.
    if (!list.some((c) => c.info.kind === "swiftshader")) {
      const sw = await swiftShader(from);
      list.push(typeof sw === "string"
        ? { info: refusedAdapter("swiftshader", "SwiftShader", "vulkan", sw), get: async () => null }
        : {
            info: describeAdapter(sw.adapter, sw.backend, "SwiftShader"),
            get: () => alone(async () => { const again = await swiftShader(from); return typeof again === "string" ? null : again; }),
          });
    }
    const lavapipe = lavapipeFile();
    if (lavapipe && !process.env["VK_ICD_FILENAMES"] && !process.env["VK_DRIVER_FILES"] && !list.some((c) => c.info.kind === "lavapipe"))
      list.push({
        info: refusedAdapter("lavapipe", `lavapipe of ${lavapipe}`, "vulkan",
          from.unasked ?? "Dawn did not take it; it needs Mesa 23 or newer"),
        get: async () => null,
      });
    return list;
  });
}

/**
 * The adapter that the plain `open()` takes, without listing all: the system's default, a real GPU or lavapipe. (Dawn
 * sorts discrete before integrated before CPU, so a default of lavapipe says that there is no GPU.)
 * @returns null when there is none of that sort, and then the list decides
 */
export async function defaultAdapter(require: readonly string[]): Promise<NodeAdapter | null> {
  const from = await load();
  if (from.unasked !== undefined) return null;
  return alone(async () => {
    const gpu = instance(from, "system", [`backend=${backends[0]}`, precise]);
    const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" }).catch(() => null);
    if (!adapter) return null;
    const backend = backends[0] ?? "";
    const row = describeAdapter(adapter, backend);
    if (row.kind === "swiftshader" || missingFeatures(adapter, require).length > 0) return null;
    return { adapter, backend, toggles: ["-timestamp_quantization"] };
  });
}

/** SwiftShader straight, without looking at the system's drivers; null if there is none. */
export async function directSwiftShader(): Promise<NodeAdapter | null> {
  const from = await load();
  return alone(async () => { const sw = await swiftShader(from); return typeof sw === "string" ? null : sw; });
}

/** WGSL language features of this Dawn. */
export async function languages(): Promise<ReadonlySet<string>> {
  const [any] = pinned().values();
  return new Set(any?.wgslLanguageFeatures);
}

/** An adapter on Dawn's Null backend: it validates everything and computes nothing. */
export async function nullAdapter(): Promise<NodeAdapter> {
  const from = await load();
  const toggles = "allow_unsafe_apis";
  const adapter = await alone(() => instance(from, "null", ["backend=null", `enable-dawn-features=${toggles}`]).requestAdapter());
  if (!adapter) return fail({ code: "H0102", message: "Dawn's Null backend gives no adapter", help: "npm install webgpu" });
  return { adapter, name: "Dawn null backend", backend: "null", toggles: [`+${toggles}`] };
}


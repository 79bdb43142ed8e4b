// Adapters as data, and the choice among them: the part that needs neither Node nor a browser.

import { didYouMean, fail } from "../diagnostic.ts";
import { nameOf, profileOf, subgroupOf, type DeviceProfile, type RawInfo } from "./device.ts";

/** One candidate of `bitloom devices`: an adapter that can be opened, or one that is there and can't, with the reason. */
export interface AdapterInfo {
  readonly name: string;
  /** "gpu" | "lavapipe" | "swiftshader", which is also a name `open({ adapter })` takes. */
  readonly kind: DeviceProfile["name"];
  /** "vulkan", "metal", "d3d12"; "browser" where the browser hides it. */
  readonly backend: string;
  readonly vendor: string;
  readonly architecture: string;
  /** WebGPU features, sorted. */
  readonly features: readonly string[];
  /** The limits a kernel meets, in the units of WebGPU (bytes or counts). */
  readonly limits: Readonly<Record<string, number>>;
  readonly subgroup: { readonly min: number; readonly max: number };
  readonly usable: boolean;
  /** Why it was refused; only where `usable` is false. */
  readonly reason?: string;
}

/** Features that Bitloom has a use for; `open` asks for each that the adapter offers. */
export const usefulFeatures = Object.freeze([
  "shader-f16",
  "subgroups",
  "subgroup-size-control",
  "timestamp-query",
  "chromium-experimental-subgroup-matrix",
  "chromium-experimental-timestamp-query-inside-passes",
] as const);

/** Limits above WebGPU's floor that kernels profit from; `open` asks for the adapter's own value of each. */
export const usefulLimits = Object.freeze([
  "maxBindGroups",
  "maxBindingsPerBindGroup",
  "maxBufferSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupSizeZ",
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxImmediateSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxUniformBufferBindingSize",
  "maxUniformBuffersPerShaderStage",
] as const);

/** Limits that `open` may be asked to stay below. */
export type LimitName = (typeof usefulLimits)[number];

/**
 * The limits of a device, none above those asked for.
 * @throws Diagnostic H0107 for a limit that doesn't exist or is no positive number
 */
export function heldTo(limits: GPUSupportedLimits, asked: Readonly<Partial<Record<LimitName, number>>>): GPUSupportedLimits {
  const own: Record<string, number> = { ...limitsOf(limits), minStorageBufferOffsetAlignment: limits.minStorageBufferOffsetAlignment, minUniformBufferOffsetAlignment: limits.minUniformBufferOffsetAlignment };
  for (const [name, value] of Object.entries(asked)) {
    const has = own[name];
    if (has === undefined || !(value > 0)) fail({ code: "H0107", message: `a device can't be held to ${name} = ${value}`, help: `limits are positive numbers: ${usefulLimits.join(", ")}` });
    own[name] = Math.min(has, value);
  }
  return Object.freeze(own) as unknown as GPUSupportedLimits;
}

/** The useful limits of an adapter or device; a limit that the platform doesn't know is left out. */
export function limitsOf(limits: GPUSupportedLimits): Record<string, number> {
  const table: Record<string, number> = {};
  for (const name of usefulLimits) {
    const value = (limits as unknown as Readonly<Record<string, unknown>>)[name];
    if (typeof value === "number") table[name] = value;
  }
  return table;
}

/** The features of `offered` to ask for: every useful one, and every one of `require`. */
export function featuresFor(offered: ReadonlySet<string>, require: readonly string[] = []): string[] {
  return [...new Set([...usefulFeatures, ...require])].filter((f) => offered.has(f));
}

/** What `adapter` lacks of `require`. */
export function missingFeatures(adapter: { readonly features: ReadonlySet<string> }, require: readonly string[]): string[] {
  return require.filter((f) => !adapter.features.has(f));
}

/** An adapter as a row of `bitloom devices`. */
export function describeAdapter(adapter: GPUAdapter, backend: string, name?: string): AdapterInfo {
  const info = adapter.info as RawInfo;
  return Object.freeze({
    name: name ?? nameOf(info),
    kind: profileOf({ ...info, description: `${info.description ?? ""} ${name ?? ""}` }).name,
    backend,
    vendor: info.vendor ?? "",
    architecture: info.architecture ?? "",
    features: Object.freeze([...adapter.features].sort()),
    limits: Object.freeze(limitsOf(adapter.limits)),
    subgroup: subgroupOf(info),
    usable: true,
  });
}

/** A row for something that is there and can't be used. */
export function refusedAdapter(kind: DeviceProfile["name"], name: string, backend: string, reason: string): AdapterInfo {
  return Object.freeze({
    name, kind, backend, vendor: "", architecture: "", features: Object.freeze([]), limits: Object.freeze({}),
    subgroup: Object.freeze({ min: 4, max: 128 }), usable: false, reason,
  });
}

/** Real GPUs first, then lavapipe, then SwiftShader; the order within a kind stays the platform's. */
export function byPreference(adapters: readonly AdapterInfo[]): AdapterInfo[] {
  const rank = { gpu: 0, lavapipe: 1, swiftshader: 2 } as const;
  return [...adapters].sort((a, b) => rank[a.kind] - rank[b.kind]);
}

/** Whether an adapter is meant by `wanted`: a kind ("lavapipe"), or a part of its name in any case. */
export function isMeant(adapter: Pick<AdapterInfo, "kind" | "name">, wanted: string): boolean {
  return adapter.kind === wanted.toLowerCase() || adapter.name.toLowerCase().includes(wanted.toLowerCase());
}

const line = (a: AdapterInfo): string =>
  a.usable ? `${a.kind}: ${a.name} (${a.backend})` : `${a.kind}: ${a.name}: refused, ${a.reason ?? "reason unknown"}`;

/**
 * Picks the adapter to open from the list.
 * @throws Diagnostic H0102 when no adapter is usable, H0103 for an unknown name (the notes list what is there),
 *   H0104 when none of those meant has all features of `require`
 */
export function chooseAdapter(list: readonly AdapterInfo[], wanted: string | undefined, require: readonly string[]): AdapterInfo {
  const notes = byPreference(list).map(line);
  const meant = byPreference(list).filter((a) => wanted === undefined || isMeant(a, wanted));
  if (wanted !== undefined && meant.length === 0) {
    const near = didYouMean(wanted, list.flatMap((a) => [a.kind, a.name]));
    fail({
      code: "H0103", message: `there is no adapter called "${wanted}" here`, notes,
      help: near ? `did you mean "${near}"?` : list.length ? "take one of those listed, or leave `adapter` out" : noneHelp,
    });
  }
  const usable = meant.filter((a) => a.usable);
  if (usable.length === 0)
    fail({ code: "H0102", message: wanted === undefined ? "no WebGPU adapter is usable here" : `the adapter "${wanted}" can't be used here`, notes, help: noneHelp });
  const able = usable.find((a) => require.every((f) => a.features.includes(f)));
  if (able) return able;
  const lacks = require.filter((f) => !usable.some((a) => a.features.includes(f)));
  return fail({
    code: "H0104", message: `no adapter has ${(lacks.length ? lacks : require).map((f) => `"${f}"`).join(" and ")}`, notes,
    help: "open without `require`; Bitloom then emits a variant that does not need the feature",
  });
}

const noneHelp =
  "install a GPU driver, or a software one: Mesa's lavapipe (23 or newer), or `npm install --save-dev @sparticuz/chromium` for SwiftShader on x64 Linux";

// What the compiler is told of a device.
import { defaultRatesFor, type Target } from "../codegen/index.ts";
import type { Device } from "./device.ts";

/**
 * The compiler's view of a device: plain data, so that it can also be written down and compiled for elsewhere.
 * @example
 * ```ts
 * using device = await open({ adapter: "swiftshader" })
 * targetOf(device).staticAccesses; // => 64
 * ```
 */
export const targetOf = ({ features, info, languages, limits, measured, profile, subgroup }: Pick<Device, "features" | "info" | "languages" | "limits" | "profile" | "subgroup"> & Partial<Pick<Device, "measured">>): Target => Object.freeze({
  f16: features.has("shader-f16"),
  packedDot: languages.has("packed_4x8_integer_dot_product"),
  // Exchanges between lanes need one known size and a thread number made of subgroup and lane.
  ...(features.has("subgroups") && languages.has("subgroup_id") && subgroup.min === subgroup.max ? { subgroup: subgroup.min } : {}),
  // Seen of both software adapters for every code; of GPUs nobody has told.
  halfSubnormals: profile.software,
  // Measured ones once `rates(device)` has them; until then what is assumed of its kind.
  rates: measured?.known ?? defaultRatesFor(profile.name, info.vendor),
  staticAccesses: profile.staticAccesses,
  ...(profile.unrolls ? { unrolls: profile.unrolls } : {}),
  ...(profile.arrayAligns ? { arrayAligns: true } : {}),
  workgroupBytes: limits.maxComputeWorkgroupStorageSize,
  maxThreads: Math.min(limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX),
  maxStorageBuffers: limits.maxStorageBuffersPerShaderStage,
});

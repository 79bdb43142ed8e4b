// `open` for those who compile: what was measured of a device before is known from the start, and its host has all that there is.
// (`bitloom/run` compiles nothing and has the plain one, open.ts.)
import { didYouMean, fail } from "../diagnostic.ts";
import type { Device } from "./device.ts";
import { wrapDevice as plainWrap, type WrapOptions } from "./device.ts";
import { fullHost } from "./host-full.ts";
import { open as plain, openNull as plainNull, type OpenOptions } from "./open.ts";
import { inNode } from "./platform.ts";
import { rates, recall } from "./rates.ts";
import { openStore } from "./store.ts";
import { userRecords } from "./tuning/records.ts";

const wishes = ["kept", "measured", "assumed"] as const;

/** What `open` may be asked for, where kernels are compiled. */
export interface CompilingOpenOptions extends OpenOptions {
  /**
   * By which rates the compiler chooses between ways to multiply. "kept": by those that `rates(device)` or `bitloom devices --rates`
   * measured and kept before, where there are any, else by what is assumed of such devices. "measured": as "kept", but what was never
   * measured is measured now and kept, which takes a few seconds. "assumed": nothing that was kept is read, so that kernels are the
   * same on every machine. Default: what the environment variable BITLOOM_RATES says, else "kept".
   */
  readonly rates?: (typeof wishes)[number];
}

function wishOf(option: unknown): (typeof wishes)[number] {
  const [text, from] = option === undefined && inNode() ? [process.env["BITLOOM_RATES"] || "kept", "the environment variable BITLOOM_RATES"] : [option ?? "kept", "`rates` of open()"];
  const wish = wishes.find((w) => w === text), near = didYouMean(String(text), wishes);
  return wish ?? fail({ code: "H0412", message: `${from} is one of ${wishes.join(", ")}, not ${JSON.stringify(text)}`, help: near ? `did you mean "${near}"?` : "leave it out for \"kept\"" });
}

/**
 * Opens a device, or adopts one.
 *
 * In Node the choice goes: real GPU, Mesa's lavapipe, SwiftShader from npm (x64 Linux; unpacked once into the user's
 * cache folder). All useful features and the adapter's own limits are asked for. A `GPUDevice` given is used as it is
 * and stays its owner's: only `destroy()` on the result ends it. Where rates of such a device were measured before, the compiler goes by
 * them.
 * @throws Diagnostic H0101 (no WebGPU here), H0102 (no usable adapter), H0103 (unknown adapter, with the list of those
 *   that are there), H0104 (a required feature is missing), H0105 (the adapter refused), H0107 (a limit that is none), H0412 (the
 *   argument is neither, or there are no such rates)
 * @example
 * ```ts
 * using device = await open({ adapter: "swiftshader", rates: "assumed" });
 * [device.profile.name, targetOf(device).rates?.source]; // => ["swiftshader", "assumed"]
 * ```
 */
export async function open(options?: CompilingOpenOptions | GPUDevice): Promise<Device> {
  const own = typeof options !== "object" || options === null || !("createShaderModule" in options), wish = wishOf(own ? options?.rates : undefined), device = await plain(options, fullHost);
  try {
    if (wish !== "assumed") {
      const store = await openStore();
      await recall(device, store);
      device.measured.records = userRecords(store);
    }
    if (wish === "measured") await rates(device);
    return device;
  } catch (error) {
    if (own) device.destroy();
    throw error;
  }
}

/**
 * A device that validates WGSL and every call, and computes nothing: Dawn's Null backend, Node only, without a driver.
 * @param features exactly those to have, so that a kernel can be tried with and without each; default: all useful ones
 * @throws Diagnostic H0101 outside Node or without the package `webgpu`, H0104 for a feature that the backend lacks
 * @example
 * ```ts
 * using plain = await openNull([]);
 * plain.features.has("shader-f16"); // => false
 * ```
 */
export const openNull = (features?: readonly string[]): Promise<Device> => plainNull(features, fullHost);

/** Makes a Device of a GPUDevice. `open` does this; call it yourself only with an adapter's info that WebGPU lost. */
export const wrapDevice = (gpu: GPUDevice, options: WrapOptions = {}): Device => plainWrap(gpu, { host: fullHost, ...options });

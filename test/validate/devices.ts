// Devices of Dawn's Null backend, one for each set of optional features that a kernel may meet.
import { openNull, type Device } from "../../runtime/index.ts";

const sets: readonly (readonly string[])[] = [[], ["shader-f16"], ["subgroups"], ["shader-f16", "subgroups"]];

/** Devices by their features, such as "shader-f16+subgroups" or "no features". */
export const nullDevices = async (): Promise<readonly { readonly name: string; readonly device: Device }[]> =>
  Promise.all(sets.map(async (features) => ({ name: features.join("+") || "no features", device: await openNull(features) })));

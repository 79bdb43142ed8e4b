// How well a launch fills a device: on CPUs that play a GPU blocks are dealt out to its cores, and the last ones may have none.
import type { Device } from "./device.ts";
import { inNode } from "./platform.ts";

/** Cores that are assumed where nobody tells. */
const CORES = 8;
/** Threads that hide the latency of a GPU's memory. */
const THREADS = 2 ** 15;

/** What computes: a GPU, or a CPU that plays one, and so many cores of it. */
export interface Filled {
  readonly software: boolean;
  readonly cores?: number | undefined;
}

/** What computes on a device. A page is told how many cores there are, and may be told fewer. */
export async function coresOf({ profile: { software } }: Pick<Device, "profile">): Promise<Filled> {
  if (!software) return { software };
  return { software, cores: inNode() ? (await import("./host-node.ts")).cores() : globalThis.navigator?.hardwareConcurrency };
}

/** How many times longer a launch takes than its share of a full device. */
export const emptiness = (blocks: number, threads: number, { software, cores = CORES }: Filled): number =>
  (blocks === 0 ? 1 : software ? (Math.ceil(blocks / cores) * cores) / blocks : Math.max(1, THREADS / threads));

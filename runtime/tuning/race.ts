// Timing things against each other: as many launches in a sample as the clock needs, all in turns, so that a slow moment of the machine
// meets all of them, and those that are clearly slower leave.
import type { Device } from "../device.ts";
import { inNode } from "../platform.ts";
import { coresOf, timeOf, timesOf, type Sample } from "./record.ts";

/** Something to be timed. */
export interface Racer {
  /** Records so many launches; what that gives submits them and waits for the end, and only that is timed. */
  readonly ready: (launches: number) => Promise<() => Promise<void>>;
  /** What was seen so far. */
  readonly samples: Sample[];
}

/** How a race is run. */
export interface RaceOptions {
  /** Least milliseconds of a sample; default 10. */
  readonly sampleMs?: number | undefined;
  /** Samples of each; default 5. */
  readonly rounds?: number | undefined;
  /** Nobody leaves. */
  readonly all?: boolean | undefined;
  /** Ends the race after the sample that is being taken. */
  readonly signal?: AbortSignal | undefined;
  /** Is told after each sample. */
  readonly sampled?: ((racer: Racer) => Promise<void> | void) | undefined;
}

/** Most launches in a sample: they are recorded one by one. */
const MOST = 256;
/** Who takes so much longer than the fastest leaves. */
const SLOWER = 1.25;

/** The clocks of a device: the wall's, and the CPU's where it plays the GPU and Node tells. */
export async function clockOf({ profile }: Pick<Device, "profile">): Promise<() => Sample> {
  if (!profile.software || !inNode()) return () => [performance.now()];
  const { cpuTime } = await import("../host-node.ts");
  return () => [performance.now(), cpuTime() * 1000];
}

/** Runs `racers` against each other. The samples that they have already count, so that a race that was ended can go on. */
export async function race(device: Device, racers: readonly Racer[], { sampleMs = 10, rounds = 5, all = false, signal, sampled }: RaceOptions = {}): Promise<void> {
  const clock = await clockOf(device), times = new Map<Racer, number>();
  const once = async (r: Racer, launches: number): Promise<Sample> => {
    const run = await r.ready(launches), [wall, cpu] = clock();
    await run();
    const [after, cpuAfter] = clock();
    const each = (from: number, to: number): number => Number(((to - from) / launches).toPrecision(5));
    return cpu === undefined || cpuAfter === undefined ? [each(wall, after)] : [each(wall, after), each(cpu, cpuAfter)];
  };
  const launchesOf = async (r: Racer): Promise<number> => {
    const known = times.get(r);
    if (known !== undefined) return known;
    const [one] = r.samples.length ? [timeOf(r.samples)] : await once(r, 1), launches = Math.min(MOST, Math.max(1, Math.ceil(sampleMs / Math.max(one, sampleMs / MOST))));
    times.set(r, launches);
    return launches;
  };
  const cores = (): number => coresOf(racers.map((r) => r.samples)), best = (): number => Math.min(...racers.map((r) => (r.samples.length ? timeOf(r.samples, cores()) : Infinity)));
  const slow = (r: Racer): boolean => Math.min(...timesOf(r.samples, cores())) > SLOWER * best();
  for (let round = 0; round < rounds; round++)
    for (const r of racers) {
      if (signal?.aborted) return;
      // A first sample may have met the driver's last moves of compiling: only the second tells.
      if (r.samples.length > round || (!all && r.samples.length >= 2 && slow(r))) continue;
      r.samples.push(await once(r, await launchesOf(r)));
      await sampled?.(r);
    }
}

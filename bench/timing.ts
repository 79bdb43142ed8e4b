// Timing side by side: what is compared runs in turn, round by round, so that a slow minute of the machine meets all of it, and ratios
// are of what ran one after the other.
import { availableParallelism } from "node:os";
import type { Device } from "../runtime/index.ts";

/** Something to be timed. */
export interface Racer {
  readonly name: string;
  /** Makes ready what does the work `times` times and waits for the end: only that is timed. */
  readonly ready: (times: number) => Promise<() => Promise<void>>;
  /** Milliseconds of one time, of each round. */
  readonly ms: number[];
}

/** Milliseconds. Of a software adapter the CPU's time over all cores, which other programs of the machine disturb less than the wall's. */
export type Clock = () => number;
export const clockOf = ({ profile }: Pick<Device, "profile">): Clock => {
  const cores = availableParallelism();
  return profile.software ? () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000 / cores; } : () => performance.now();
};

export const median = (xs: readonly number[]): number => { const s = [...xs].sort((a, b) => a - b); return s.length % 2 ? s[s.length >> 1] : (s[s.length / 2 - 1] + s[s.length / 2]) / 2; };

/** Numbers of 24 bits from a seed, always the same ones. */
export const random = (seed: number) => () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) >>> 8;

/** Runs all in turn; each sample lasts `sample` ms or more. */
export async function race(clock: Clock, racers: readonly Racer[], rounds: number, sample: number): Promise<void> {
  const once = async (r: Racer, times: number): Promise<number> => { const run = await r.ready(times), began = clock(); await run(); return (clock() - began) / times; };
  const times = new Map<Racer, number>();
  for (const r of racers) { await once(r, 1); times.set(r, Math.max(1, Math.ceil(sample / Math.max(0.02, await once(r, 1))))); }
  for (let i = 0; i < rounds; i++) for (const r of racers) r.ms.push(await once(r, times.get(r) ?? 1));
}

/** A ratio: the median of the rounds' own ratios, and where 95 % of such medians lie when rounds are drawn anew. */
export interface Ratio { readonly median: number; readonly low: number; readonly high: number }

/** How much longer `a` takes than `b`, round by round. */
export function ratio(a: Racer, b: Racer): Ratio {
  const pairs = a.ms.map((x, i) => x / b.ms[i]), next = random(pairs.length), draws = 2000;
  const medians = Array.from({ length: draws }, () => median(pairs.map(() => pairs[next() % pairs.length]))).sort((x, y) => x - y);
  return { median: median(pairs), low: medians[Math.floor(0.025 * draws)], high: medians[Math.ceil(0.975 * draws) - 1] };
}

export const ratioText = ({ median, low, high }: Ratio): string => `${median.toFixed(1)} × (${low.toFixed(1)} to ${high.toFixed(1)})`;

/** Whether a ratio is at least so large: it passes when its interval reaches it, and fails when all of the interval is below. */
export const verdict = ({ high }: Ratio, least: number): string => (high >= least ? "passes" : "fails");

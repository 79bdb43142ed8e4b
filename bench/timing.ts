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

/** How a race is run. */
export interface RaceOptions {
  /** Those that take more ms for one time run in no rounds: their `ms` is that one time. */
  readonly patience?: number;
  /** Is told before each round. */
  readonly progress?: (round: number, rounds: number) => void;
}

/** Runs all in turn; each sample lasts `sample` ms or more. Gives those that were too slow. */
export async function race<R extends Racer>(clock: Clock, racers: readonly R[], rounds: number, sample: number, { patience = Infinity, progress }: RaceOptions = {}): Promise<readonly R[]> {
  const once = async (r: R, times: number): Promise<number> => { const run = await r.ready(times), began = clock(); await run(); return (clock() - began) / times; };
  const times = new Map<R, number>(), slow: R[] = [];
  for (const r of racers) {
    await once(r, 1);
    const one = await once(r, 1);
    if (one > patience) { r.ms.push(one); slow.push(r); } else times.set(r, Math.max(1, Math.ceil(sample / Math.max(0.02, one))));
  }
  for (let i = 0; i < rounds; i++) { progress?.(i + 1, rounds); for (const [r, n] of times) r.ms.push(await once(r, n)); }
  return slow;
}

/** A ratio: the median of the rounds' own ratios, and where 95 % of such medians lie when rounds are drawn anew. */
export interface Ratio { readonly median: number; readonly low: number; readonly high: number }

/** The median of some numbers and its bootstrap interval of 95 %. */
export function interval(xs: readonly number[]): Ratio {
  const next = random(xs.length), draws = 2000;
  const medians = Array.from({ length: draws }, () => median(xs.map(() => xs[next() % xs.length]))).sort((x, y) => x - y);
  return { median: median(xs), low: medians[Math.floor(0.025 * draws)], high: medians[Math.ceil(0.975 * draws) - 1] };
}

/** How much longer `a` takes than `b`, round by round; of one that ran in no rounds, its one time against all of the other's. */
export function ratio(a: Pick<Racer, "ms">, b: Pick<Racer, "ms">): Ratio {
  const at = (ms: readonly number[], i: number): number => ms[ms.length === 1 ? 0 : i];
  return interval(Array.from({ length: Math.max(a.ms.length, b.ms.length) }, (_, i) => at(a.ms, i) / at(b.ms, i)));
}

/** The same without what each call costs beside its work; at least a twentieth of a time is left. */
export const without = (ms: readonly number[], overhead: number): readonly number[] => ms.map((t) => Math.max(t / 20, t - overhead));

/** The exponent p of t ∝ nᵖ: the slope of a straight line through the logarithms. */
export function growth(points: readonly (readonly [n: number, t: number])[]): number {
  const logs = points.map(([n, t]) => [Math.log(n), Math.log(t)] as const), mean = (i: 0 | 1): number => logs.reduce((s, p) => s + p[i], 0) / logs.length, [x, y] = [mean(0), mean(1)];
  return logs.reduce((s, p) => s + (p[0] - x) * (p[1] - y), 0) / logs.reduce((s, p) => s + (p[0] - x) ** 2, 0);
}

/** Places in order, those of equals their mean. */
function ranks(xs: readonly number[]): readonly number[] {
  const sorted = [...xs].sort((a, b) => a - b);
  return xs.map((x) => (sorted.indexOf(x) + sorted.lastIndexOf(x)) / 2);
}

/** How alike two orders are, by Spearman: 1 where they are the same, -1 where one is the other's reverse. */
export function spearman(pairs: readonly (readonly [number, number])[]): number {
  const [a, b] = [ranks(pairs.map((p) => p[0])), ranks(pairs.map((p) => p[1]))], mean = (pairs.length - 1) / 2, sum = (x: readonly number[], y: readonly number[]): number => x.reduce((s, v, i) => s + (v - mean) * (y[i] - mean), 0);
  return sum(a, b) / Math.sqrt(sum(a, a) * sum(b, b));
}

const short = (v: number): string => v.toFixed(v < 10 ? 2 : 1);
export const ratioText = ({ median, low, high }: Ratio): string => `${short(median)} × (${short(low)} to ${short(high)})`;

/** Whether a ratio is at least so large: it passes when its interval reaches it, and fails when all of the interval is below. */
export const verdict = ({ high }: Ratio, least: number): "passes" | "fails" => (high >= least ? "passes" : "fails");

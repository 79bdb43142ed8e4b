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
  /** Milliseconds that all rounds of one racer may take: who takes longer for a time runs in the first rounds only. */
  readonly budget?: number;
  /** Is told before each round. */
  readonly progress?: (round: number, rounds: number) => void;
  /** Is told whose turn it is. */
  readonly at?: (name: string) => void;
}

/** Fewer rounds than these say no more than one time does. */
const LEAST = 3;

/** Runs all in turn; each sample lasts `sample` ms or more. Gives those that had no time for three rounds: their `ms` is one time. */
export async function race<R extends Racer>(clock: Clock, racers: readonly R[], rounds: number, sample: number, { budget = Infinity, progress, at }: RaceOptions = {}): Promise<readonly R[]> {
  const once = async (r: R, times: number): Promise<number> => { at?.(r.name); const run = await r.ready(times), began = clock(); await run(); return (clock() - began) / times; };
  const plans: { readonly r: R; readonly times: number; readonly turns: number }[] = [], slow: R[] = [], timesOf = (ms: number): number => Math.max(1, Math.ceil(sample / Math.max(0.02, ms)));
  for (const r of racers) {
    await once(r, 1);
    // Waiting for the end costs something beside the work, so that one time alone looks long: only several tell how many make a sample.
    let one = await once(r, 1), times = timesOf(one);
    for (let fewer = 1; times > 1.25 * fewer;) { fewer = times; one = await once(r, fewer); times = Math.max(fewer, timesOf(one)); }
    const turns = Math.min(rounds, Math.floor(budget / (one * times)));
    if (turns < Math.min(LEAST, rounds)) { r.ms.push(one); slow.push(r); } else plans.push({ r, times, turns });
  }
  for (let i = 0; i < rounds; i++) { progress?.(i + 1, rounds); for (const { r, times, turns } of plans) if (i < turns) r.ms.push(await once(r, times)); }
  return slow;
}

/** A ratio: the median of the rounds' own ratios, and where 95 % of such medians lie when rounds are drawn anew. */
export interface Ratio { readonly median: number; readonly low: number; readonly high: number }

/** Of fewer numbers than these the least and the largest hold the median between them in less than 95 % of cases (1 - 2^(1-n)). */
const FEW = 6;
/** What one run may be off by on a machine that others use as well (SEMANTICS §12 of the design). */
const ONE = 1.35;

/** The median of some numbers and its bootstrap interval of 95 %; of a few, all of them and what the mean of so many may be off besides. */
export function interval(xs: readonly number[]): Ratio {
  const middle = median(xs);
  if (xs.length < FEW) { const by = ONE ** (1 / Math.sqrt(xs.length)); return { median: middle, low: Math.min(...xs, middle / by), high: Math.max(...xs, middle * by) }; }
  const next = random(xs.length), draws = 2000;
  const medians = Array.from({ length: draws }, () => median(xs.map(() => xs[next() % xs.length]))).sort((x, y) => x - y);
  return { median: middle, low: medians[Math.floor(0.025 * draws)], high: medians[Math.ceil(0.975 * draws) - 1] };
}

/** How much longer `a` takes than `b`, of the rounds that both ran in; of one that ran in none, its one time against all of the other's. */
export function ratio(a: Pick<Racer, "ms">, b: Pick<Racer, "ms">): Ratio {
  const at = (ms: readonly number[], i: number): number => ms[ms.length === 1 ? 0 : i], few = Math.min(a.ms.length, b.ms.length), count = few === 1 ? Math.max(a.ms.length, b.ms.length) : few;
  const r = interval(Array.from({ length: count }, (_, i) => at(a.ms, i) / at(b.ms, i)));
  return few === 1 ? { ...r, low: Math.min(r.low, r.median / ONE), high: Math.max(r.high, r.median * ONE) } : r;
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

// How predictions stand to measurements: whether both have one order, by Spearman, and how many are near. An order is as sure as the rounds
// make it: it has an interval, of rounds drawn anew; how alike two halves of the rounds are tells how alike any prediction can be; and where
// all points took the same time there is none to tell.
import { median, random, spearman, type Ratio } from "./timing.ts";
import type { Verdict } from "./verdicts.ts";

/** Milliseconds that were said of something, and those of its rounds; whether it is what is taken where nothing was tuned, and whether the tuner would time it. */
export interface Predicted { readonly predicted: number; readonly ms: readonly number[]; readonly taken?: boolean; readonly timed?: boolean }

/** How all stand together. */
export interface Fit {
  readonly spearman: Ratio;
  /** How alike the order of true times would be to what was measured: the most that a prediction can reach. */
  readonly most: number;
  /** How many of all are within 1.5 × of what was measured. */
  readonly near: number;
  readonly of: number;
  /** How many times longer the one that is taken takes than the fastest; and the fastest of those that the tuner times. */
  readonly loss: number;
  readonly tuned: number;
  /** How many times longer the slowest takes than the fastest. */
  readonly spread: number;
}

/** What is aimed at: how alike the order is, the share that is within so many times, and differences that say nothing (SEMANTICS §12 of the design). */
const ALIKE = 0.9, SHARE = 0.8, NEAR = 1.5, NOISE = 1.25;
const DRAWS = 400;

/**
 * How alike an order of true times is to a measured one. Rounds are cut into halves; how alike those order the points tells how much of the order is of
 * the points: r of halves makes 2 r / (1 + r) of all rounds (Spearman and Brown), whose root is what noise leaves of a perfect prediction (Spearman's attenuation).
 */
function mostOf(points: readonly Predicted[], next: () => number): number {
  const halves = ({ ms }: Predicted): readonly [number, number] => {
    const mixed = [...ms];
    for (let i = mixed.length - 1; i > 0; i--) { const j = next() % (i + 1), t = mixed[i]; mixed[i] = mixed[j]; mixed[j] = t; }
    const half = mixed.length >> 1;
    return half ? [median(mixed.slice(0, half)), median(mixed.slice(half))] : [mixed[0], mixed[0]];
  };
  const r = Math.max(0, median(Array.from({ length: DRAWS }, () => spearman(points.map(halves)))));
  return Math.sqrt((2 * r) / (1 + r));
}

/** How some points stand. */
export function fitOf(points: readonly Predicted[]): Fit {
  const pairs = points.map((p) => [p.predicted, median(p.ms)] as const), times = pairs.map(([, t]) => t), least = Math.min(...times), chosen = points.findIndex((p) => p.taken), taken = pairs[chosen] ?? pairs.reduce((a, b) => (b[0] < a[0] ? b : a)), next = random(points.length);
  const orders = Array.from({ length: DRAWS }, () => spearman(points.map((p) => [p.predicted, median(p.ms.map(() => p.ms[next() % p.ms.length]))] as const))).sort((a, b) => a - b);
  return {
    spearman: { median: spearman(pairs), low: orders[Math.floor(0.025 * DRAWS)], high: orders[Math.ceil(0.975 * DRAWS) - 1] },
    most: mostOf(points, next), near: pairs.filter(([a, b]) => Math.max(a / b, b / a) <= NEAR).length, of: pairs.length, loss: taken[1] / least, tuned: Math.min(taken[1], ...times.filter((_, i) => points[i].timed)) / least, spread: Math.max(...times) / least,
  };
}

/** A fit for people. */
export const fitText = (name: string, { spearman: { median: m, low, high }, most, near, of, loss, tuned }: Fit): string =>
  `  ${name}: order ${m.toFixed(2)} alike (Spearman; ${low.toFixed(2)} to ${high.toFixed(2)}; a perfect one ${most.toFixed(2)}), ${near} of ${of} within ${NEAR} ×; the one that it takes is ${loss.toFixed(2)} × of the fastest, the best that the tuner times ${tuned.toFixed(2)} ×`;

/** Whether it is as good as is aimed at: the order by its interval, unless nothing is to be told apart; where noise leaves less of a perfect order than is aimed at, that is told. */
export function fitVerdicts(name: string, { spearman: { median: m, high }, most, near, of, spread }: Fit): readonly Verdict[] {
  const alike = spread < NOISE;
  return [
    { goal: `${name}: in the predicted order, ${ALIKE} alike (Spearman)`, found: alike ? `all ${of} within ${NOISE} × of each other` : `${m.toFixed(2)}${most < ALIKE ? `, where the noise of these rounds leaves ${most.toFixed(2)} of a perfect order` : ""}`, passes: alike || Math.max(m, high) >= ALIKE },
    { goal: `${name}: ${100 * SHARE} % within ${NEAR} × of the prediction`, found: `${near} of ${of}`, passes: near >= SHARE * of },
  ];
}

// How predictions stand to measurements: whether both have one order, by Spearman, and how many are near. An order is as sure as the rounds
// make it: it has an interval, of rounds drawn anew, and where all points took the same time there is none to tell.
import { median, random, spearman, type Ratio } from "./timing.ts";
import type { Verdict } from "./verdicts.ts";

/** Milliseconds that were said of something, and those of its rounds. */
export interface Predicted { readonly predicted: number; readonly ms: readonly number[] }

/** How all stand together. */
export interface Fit {
  readonly spearman: Ratio;
  /** How many of all are within 1.5 × of what was measured. */
  readonly near: number;
  readonly of: number;
  /** How many times longer the one that is predicted to be the fastest takes than the fastest. */
  readonly loss: number;
  /** How many times longer the slowest takes than the fastest. */
  readonly spread: number;
}

/** What is aimed at: how alike the order is, the share that is within so many times, and differences that say nothing (SEMANTICS §12 of the design). */
const ALIKE = 0.9, SHARE = 0.8, NEAR = 1.5, NOISE = 1.25;
const DRAWS = 400;

/** How some points stand. */
export function fitOf(points: readonly Predicted[]): Fit {
  const pairs = points.map((p) => [p.predicted, median(p.ms)] as const), times = pairs.map(([, t]) => t), least = Math.min(...times), taken = pairs.reduce((a, b) => (b[0] < a[0] ? b : a)), next = random(points.length);
  const orders = Array.from({ length: DRAWS }, () => spearman(points.map((p) => [p.predicted, median(p.ms.map(() => p.ms[next() % p.ms.length]))] as const))).sort((a, b) => a - b);
  return {
    spearman: { median: spearman(pairs), low: orders[Math.floor(0.025 * DRAWS)], high: orders[Math.ceil(0.975 * DRAWS) - 1] },
    near: pairs.filter(([a, b]) => Math.max(a / b, b / a) <= NEAR).length, of: pairs.length, loss: taken[1] / least, spread: Math.max(...times) / least,
  };
}

/** A fit for people. */
export const fitText = (name: string, { spearman: { median: m, low, high }, near, of, loss }: Fit): string =>
  `  ${name}: order ${m.toFixed(2)} alike (Spearman; ${low.toFixed(2)} to ${high.toFixed(2)}), ${near} of ${of} within ${NEAR} ×; the one that it takes is ${loss.toFixed(2)} × of the fastest`;

/** Whether it is as good as is aimed at: the order by its interval, unless nothing is to be told apart. */
export function fitVerdicts(name: string, { spearman: { median: m, high }, near, of, spread }: Fit): readonly Verdict[] {
  const alike = spread < NOISE;
  return [
    { goal: `${name}: in the predicted order, ${ALIKE} alike (Spearman)`, found: alike ? `all ${of} within ${NOISE} × of each other` : m.toFixed(2), passes: alike || Math.max(m, high) >= ALIKE },
    { goal: `${name}: ${100 * SHARE} % within ${NEAR} × of the prediction`, found: `${near} of ${of}`, passes: near >= SHARE * of },
  ];
}

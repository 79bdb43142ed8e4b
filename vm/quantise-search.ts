// The scheme "mse": scale, and zero point, of the least squared error. A search that makes the same choices on every machine:
//
//   1. start at what absmax (or minmax) gives: the answer is never worse;
//   2. walk the scale in steps of 2^(1/8) from twice that down to 1/256 of it; then around the best in steps of 2^(1/64), and
//      to both sides of the best in steps that halve, down to 2^(1/8192);
//   3. from there let codes and scale follow each other (scale = Σ v·x / Σ v², codes by rounding) while the error falls.
//
// With a zero point step 2 also slides the window of representable numbers over the range of the data, in five places, and
// step 3 tries the neighbouring zero points. All scales are compared as rounded to the type they are stored in.
import type { Nearest } from "./quantise-levels.ts";
import { roundEven } from "./quantise-levels.ts";

/** The numbers of a group, and how they may be written. */
export interface Problem {
  readonly x: Float64Array;
  readonly count: number;
  readonly nearest: Nearest;
  /** Least and largest value of the type. */
  readonly min: number;
  readonly max: number;
  /** A scale as it is stored. */
  readonly round: (scale: number) => number;
}

/** A scale and zero point, and the sum of squared errors that they leave. */
export interface Found { readonly scale: number; readonly zero: number; readonly error: number }

/** Σ (x − nearest value)²; Infinity as soon as it passes `limit`. */
export function squaredError(p: Problem, scale: number, zero: number, limit = Infinity): number {
  const { x, count, nearest } = p, low = p.min - zero, high = p.max - zero;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const y = x[i] / scale, d = x[i] - nearest(y < low ? low : y > high ? high : y) * scale;
    sum += d * d;
    if (sum > limit) return Infinity;
  }
  return sum;
}

/** The scale that suits the codes of another best. */
function leastSquares(p: Problem, { scale, zero }: Found): number {
  const { x, count, nearest } = p, low = p.min - zero, high = p.max - zero;
  let up = 0, down = 0;
  for (let i = 0; i < count; i++) {
    const y = x[i] / scale, v = nearest(y < low ? low : y > high ? high : y);
    up += v * x[i];
    down += v * v;
  }
  return down > 0 && up > 0 ? up / down : scale;
}

/** The better of what was found and another choice. Of equals the first stays. */
function better(p: Problem, best: Found, exact: number, zero: number): Found {
  const scale = p.round(exact);
  if (!Number.isFinite(scale) || (scale === best.scale && zero === best.zero)) return best;
  const error = squaredError(p, scale, zero, best.error);
  return error < best.error ? { scale, zero, error } : best;
}

/** Eighths of octaves that are walked: from twice the start down to 1/256 of it. */
const FIRST = -8, LAST = 64;
/** Steps of an octave at the end. */
const FINEST = 8192;
/** Rounds in which codes and scale may follow each other. */
const ROUNDS = 32;

/** The best scale at a given zero point, starting from `start`. */
export function searchScale(p: Problem, start: number, zero: number): Found {
  let best: Found = { scale: start, zero, error: squaredError(p, start, zero) };
  for (let j = FIRST; j <= LAST; j++) best = better(p, best, start * 2 ** (-j / 8), zero);
  const middle = best.scale;
  for (let j = -7; j <= 7; j++) best = better(p, best, middle * 2 ** (j / 64), zero);
  for (let steps = 128; steps <= FINEST; steps *= 2) best = besides(p, best, 2 ** (1 / steps));
  return polished(p, best, false);
}

/** The best of three: a scale, and those a factor above and below. */
function besides(p: Problem, best: Found, factor: number): Found {
  const { scale, zero } = best;
  return better(p, better(p, best, scale * factor, zero), scale / factor, zero);
}

/** Lets codes, scale and, if it may, the zero point follow each other while the error falls. */
function polished(p: Problem, from: Found, slide: boolean): Found {
  let best = from;
  for (let round = 0; round < ROUNDS; round++) {
    const before = best;
    best = better(p, best, leastSquares(p, best), best.zero);
    if (slide) for (const zero of [best.zero - 1, best.zero + 1]) if (zero >= p.min && zero <= p.max) best = better(p, best, best.scale, zero);
    if (best === before) break;
  }
  return best;
}

/** The best scale and whole zero point for data in [low, high], which has 0 in it, starting from `start`. */
export function searchAffine(p: Problem, start: { readonly scale: number; readonly zero: number }, low: number, high: number): Found {
  const steps = p.max - p.min, range = high - low;
  let best: Found = { ...start, error: squaredError(p, start.scale, start.zero) };
  const tryAt = (share: number): void => {
    const scale = p.round((range * share) / steps);
    if (!Number.isFinite(scale)) return;
    for (let place = 0; place <= 4; place++) {
      const zero = p.min - roundEven((low + (range * (1 - share) * place) / 4) / scale);
      best = better(p, best, scale, Math.max(p.min, Math.min(p.max, zero)));
    }
  };
  for (let j = FIRST; j <= LAST; j++) tryAt(2 ** (-j / 8));
  const middle = (best.scale * steps) / range;
  for (let j = -7; j <= 7; j++) tryAt(middle * 2 ** (j / 64));
  for (let steps = 128; steps <= FINEST; steps *= 2) best = besides(p, best, 2 ** (1 / steps));
  return polished(p, best, true);
}

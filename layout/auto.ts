// Layouts for a given number of threads: Tilus' automatic one, and a default that exists for every shape.
import { fail } from "../diagnostic.ts";
import { extents, gcd, product, show } from "./modes.ts";
import { compose } from "./ops.ts";
import { local, registerLayout, spatial, threadCount, type RegisterLayout } from "./register.ts";

/**
 * Spreads a tile over exactly `threads` threads: neighbouring threads along the last dimension, what is left in slots around them;
 * with more threads than elements, whole replicas.
 * @throws Diagnostic L0105 when neither the size is a multiple of the threads nor the threads of the size
 * @example
 * ```ts
 * autoLocalSpatial(32, [4, 16]).modeShape; // => [2, 2, 16]
 * ```
 */
export function autoLocalSpatial(threads: number, shape: readonly number[]): RegisterLayout {
  extents([threads], "the number of threads");
  extents(shape, "the shape");
  const size = product(shape);
  if (size % threads !== 0 && threads % size !== 0)
    fail({ code: "L0105", message: `${size} elements ${show(shape)} can't be spread evenly over ${threads} threads`, help: "make one a multiple of the other, or use the default layout" });
  let left = threads;
  const across = [...shape].reverse().map((d) => { const s = gcd(left, d); left /= s; return s; }).reverse();
  const l = compose(local(...shape.map((d, k) => d / across[k])), spatial(...across));
  return left > 1 ? registerLayout(l.shape, l.modeShape, [-left, ...l.spatialModes], l.localModes) : l;
}

/**
 * The layout of tiles that nobody gave one: `spatial` with S threads, S the largest divisor of the size that is ≤ `threads`, neighbouring
 * threads along the last dimension; size = S · slots. Exists for every shape and every number of threads.
 * @throws Diagnostic L0101 only when an extent or the number of threads isn't a whole number ≥ 1
 * @example
 * ```ts
 * threadCount(defaultLayout(32, [3, 5])); // => 15
 * ```
 */
export function defaultLayout(threads: number, shape: readonly number[]): RegisterLayout {
  extents([threads], "the number of threads");
  extents(shape, "the shape");
  const size = product(shape);
  let s = Math.min(threads, size);
  while (size % s !== 0) s--;
  return autoLocalSpatial(s, shape);
}

/**
 * The same tile for `threads` threads, where thread t holds what thread t mod S holds (S = the layout's own threads).
 * @returns undefined unless S divides `threads`: then the map is no layout
 */
export function widen(l: RegisterLayout, threads: number): RegisterLayout | undefined {
  const own = threadCount(l);
  if (threads % own !== 0) return undefined;
  return threads === own ? l : registerLayout(l.shape, l.modeShape, [-(threads / own), ...l.spatialModes], l.localModes);
}

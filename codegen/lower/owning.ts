// Layouts in which threads may own the words of a tensor: each thread a run of neighbouring elements along one axis, as
// short as will do, or what `packed(L)` was made for.
import { compose, local, spatial, threadCount, type Packing, type RegisterLayout } from "../../layout/index.ts";

/** Longest run of one thread: 32 elements of n bits are n words. */
const LONGEST = 32;

/** The largest divisor of n that is at most `most`. */
function divisor(n: number, most: number): number {
  let d = Math.min(n, most);
  while (n % d !== 0) d--;
  return d;
}

/** Runs of `run` elements along an axis, spread over as many threads as there are, neighbours along the last axis first. */
function runs(shape: readonly number[], axis: number, run: number, threads: number): RegisterLayout {
  const rest = shape.map((n, d) => (d === axis ? n / run : n)), wide = rest.map(() => 1);
  let left = threads;
  for (let d = rest.length - 1; d >= 0; d--) { wide[d] = divisor(rest[d], left); left = Math.floor(left / wide[d]); }
  return compose(compose(local(...rest.map((n, d) => n / wide[d])), spatial(...wide)), local(...shape.map((_, d) => (d === axis ? run : 1))));
}

/** Layouts of a tile to be tried in turn; the shortest runs come first. */
export function* owningLayouts(p: Packing, shape: readonly number[], threads: number): Generator<RegisterLayout> {
  if (p.kind === "packed" && p.layout.shape.length === shape.length && threadCount(p.layout) <= threads && shape.every((n, d) => n % p.layout.shape[d] === 0))
    yield compose(local(...shape.map((n, d) => n / p.layout.shape[d])), p.layout);
  for (let run = 2; run <= LONGEST; run *= 2)
    for (let axis = shape.length - 1; axis >= 0; axis--)
      if (shape[axis] % run === 0) yield runs(shape, axis, run, threads);
}

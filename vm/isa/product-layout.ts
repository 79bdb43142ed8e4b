// Layouts of matrix products: the accumulator is a register block per thread, and what goes with it follows.
import { compose, defaultLayout, holdsAll, local, reduceTo, spatial, type RegisterLayout } from "../../layout/index.ts";
import type { LayoutRule } from "../instruction.ts";
import { tileShape } from "../program.ts";

const MAX_SLOTS = 64;

const divisors = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0);

/**
 * The layout of an accumulator [M, N] for at most `threads` threads: of the register blocks of at most 64 slots the one with the least work per
 * step (a product each slot, and about two for each element read), the wider one of equals, neighbouring threads along N.
 */
export function accumulatorLayout(threads: number, M: number, N: number): RegisterLayout {
  const blocks = divisors(M).flatMap((m) => divisors(N).map((n) => ({ m, n })))
    .filter(({ m, n }) => m * n <= MAX_SLOTS && (M / m) * (N / n) <= threads);
  const work = ({ m, n }: { readonly m: number; readonly n: number }) => m * n + 2 * (m + n);
  const [best] = blocks.sort((a, b) => work(a) - work(b) || b.n - a.n);
  return best ? compose(spatial(M / best.m, N / best.n), local(best.m, best.n)) : defaultLayout(threads, [M, N]);
}

/** Rule of dot and bmma. */
export const throughProduct: LayoutRule = {
  rank: 2,
  preferred: ({ threads, out }) => { const [M, N] = out ? tileShape(out) : []; return accumulatorLayout(threads, M, N); },
  forward: ({ acc }) => acc,
  // x and y are read by all threads: they lie in shared memory, whatever layout they come from.
  backward: (out, key, { operands }) => (out && key !== "x" && key !== "y" ? reduceTo(out, tileShape(operands[key])) : undefined),
  fits: (key, have, out, { threads }) => key === "x" || key === "y" || !out || holdsAll(have, out, threads),
};

// A register layout as small tables of numbers, for loops over whole tiles. Both maps are sums, so that a tile of
// threads × slots elements needs threads + slots entries, and one addition per dimension:
//
//   element of (t, s) = threads[t] + slots[s]                    per dimension
//   slot of element i = Σ over dimensions k of slotOf[k][i[k]]   and the same for the thread (of replica 0)
import { fail } from "../diagnostic.ts";
import { numbers } from "./algebra.ts";
import { kept } from "./kept.ts";
import { elementAt, slotAt, threadAt } from "./map.ts";
import { show } from "./modes.ts";
import { slotCount, threadCount, type RegisterLayout } from "./register.ts";

/** What threads, slots and indices add. */
export interface Tables {
  readonly threads: readonly (readonly number[])[];
  readonly slots: readonly (readonly number[])[];
  readonly slotOf: readonly (readonly number[])[];
  readonly threadOf: readonly (readonly number[])[];
}

const LIMIT = 2 ** 24;

/** The tables of a layout. @throws Diagnostic L0109 when the layout is too large to be listed */
export const tables = /* @__PURE__ */ kept((l: RegisterLayout): Tables => {
  const threads = threadCount(l), slots = slotCount(l);
  if (threads * slots > LIMIT)
    fail({ code: "L0109", message: `a layout of ${threads} threads × ${slots} slots of shape ${show(l.shape)} is too large to be listed`, help: `list a smaller tile, of at most ${LIMIT} elements` });
  const alone = <T>(f: (index: number[]) => T): T[][] =>
    l.shape.map((extent, k) => Array.from({ length: extent }, (_, i) => f(l.shape.map((_, d) => (d === k ? i : 0)))));
  return {
    threads: Array.from({ length: threads }, (_, t) => elementAt(l, numbers, t, 0)),
    slots: Array.from({ length: slots }, (_, s) => elementAt(l, numbers, 0, s)),
    slotOf: alone((index) => slotAt(l, numbers, index)),
    threadOf: alone((index) => threadAt(l, numbers, index)),
  };
}, () => 0);

/** Sum of an index's entries in per-dimension tables; entries past a dimension's end (broadcast) count as 0. */
export function lookUp(of: readonly (readonly number[])[], index: readonly number[]): number {
  let sum = 0;
  for (let k = 0; k < of.length; k++) sum += of[k][index[k]] ?? 0;
  return sum;
}

/**
 * The whole map: `table(l)[thread][slot]` is the index of the element.
 * @throws Diagnostic L0109 past 2^24 entries
 * @example
 * ```ts
 * table(spatial(2))[1][0]; // => [1]
 * ```
 */
export function table(l: RegisterLayout): number[][][] {
  const { threads, slots } = tables(l);
  return threads.map((a) => slots.map((b) => a.map((x, k) => x + b[k])));
}

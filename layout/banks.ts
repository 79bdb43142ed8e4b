// Bank conflicts: workgroup memory has banks of one 32-bit word per step; threads that go at the same time to
// different words of one bank wait for each other.
import type { RegisterLayout } from "./register.ts";
import { offsetAt, type SharedLayout } from "./shared.ts";
import { tables } from "./tables.ts";

/**
 * How many extra rounds the accesses take: per group of threads that go together, the fullest bank's different words, less one; summed.
 * Threads on the same word share a round.
 * @param groups word addresses, one list per group of threads
 * @param banks number of banks
 * @example
 * ```ts
 * bankConflicts([[0, 32, 64, 1]]); // => 2
 * ```
 */
export function bankConflicts(groups: readonly (readonly number[])[], banks = 32): number {
  return groups.reduce((sum, words) => {
    const load = new Array<number>(banks).fill(0);
    for (const w of new Set(words)) load[w % banks]++;
    return sum + Math.max(0, Math.max(...load) - 1);
  }, 0);
}

/**
 * The extra rounds of moving a register tile to or from shared memory, slot by slot.
 * @param elemBits bits of an element in shared memory; an element that straddles words counts by its first
 * @param together threads that go at the same time (the subgroup)
 */
export function tileConflicts(tile: RegisterLayout, memory: SharedLayout, elemBits: number, together = 32, banks = 32): number {
  const { threads, slots } = tables(tile), groups: number[][] = [];
  const word = (t: number, slot: readonly number[]) => Math.floor((offsetAt(memory, slot.map((x, k) => x + threads[t][k])) * elemBits) / 32);
  for (const slot of slots)
    for (let t = 0; t < threads.length; t += together)
      groups.push(Array.from({ length: Math.min(together, threads.length - t) }, (_, i) => word(t + i, slot)));
  return bankConflicts(groups, banks);
}

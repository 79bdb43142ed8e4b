// What it takes to bring a tile from one register layout into another, and roughly what it costs.
import { fail } from "../diagnostic.ts";
import { numbers } from "./algebra.ts";
import { holdsAll, type IndexMap } from "./broadcast.ts";
import { keptPairs } from "./kept.ts";
import { same, show } from "./modes.ts";
import { equal, replicaCount, sizeOf, slotCount, threadCount, type RegisterLayout } from "./register.ts";
import { lookUp, tables } from "./tables.ts";

/**
 * A conversion. `cost` orders conversions of the same tile: about one unit per register move of a thread.
 * - `none`: the same map.
 * - `thread`: every thread holds what it needs; `selects` is how many moves beyond one per slot choose their source slot at run time (0: pure renaming).
 * - `subgroup`: every thread finds what it needs within its subgroup of `size`, in the holder with its own replica digits; `shuffles` per thread.
 * - `shared`: `stores` and `loads` per thread through `elements` elements of workgroup memory, and barriers.
 */
export type Conversion =
  | { readonly kind: "none"; readonly cost: 0 }
  | { readonly kind: "thread"; readonly cost: number; readonly selects: number }
  | { readonly kind: "subgroup"; readonly cost: number; readonly size: number; readonly shuffles: number }
  | { readonly kind: "shared"; readonly cost: number; readonly elements: number; readonly stores: number; readonly loads: number };

/** What the conversion may rely on. */
export interface ConversionOptions {
  /** Threads of the block; by default those of the larger layout. Thread t holds what t mod S holds. */
  readonly threads?: number;
  /** The subgroup size, if it is one known constant and thread / size is the subgroup; else shuffles aren't considered. */
  readonly subgroup?: number;
}

const SHUFFLE = 4, SHARED_ACCESS = 8, BARRIER = 32;

/** Per thread and slot of `to`: the slot of `from` that holds its element (or that of `source`), and the thread (that of the same replica as `t`). */
function holders(from: RegisterLayout, to: RegisterLayout, source?: IndexMap): (t: number, s: number) => { slot: number; thread: number } {
  const f = tables(from), g = tables(to);
  const mine = f.threads.map((index) => lookUp(f.threadOf, index));
  return (t, s) => {
    const own = t % f.threads.length, a = g.threads[t % g.threads.length], b = g.slots[s];
    const element = a.map((x, k) => x + b[k]), index = source ? source(numbers, element) : element;
    // What the thread's number has beyond that of replica 0 is its replica's part.
    return { slot: lookUp(f.slotOf, index), thread: t - mine[own] + lookUp(f.threadOf, index) };
  };
}

/** For every slot of `to`, the slots of `from` that threads take it from. */
function sources(from: RegisterLayout, to: RegisterLayout, threads: number, source?: IndexMap): number[][] {
  const own = Math.min(threads, threadCount(to)), at = holders(from, to, source);
  return Array.from({ length: slotCount(to) }, (_, s) => [...new Set(Array.from({ length: own }, (_, t) => at(t, s).slot))]);
}

/** Whether every thread finds its elements in its own subgroup, in the replica it belongs to itself. */
function withinSubgroups(from: RegisterLayout, to: RegisterLayout, threads: number, size: number, of?: IndexMap): boolean {
  const at = holders(from, to, of), slots = slotCount(to);
  for (let t = 0; t < threads; t++)
    for (let s = 0; s < slots; s++) {
      const source = at(t, s).thread;
      if (source >= threads || Math.floor(source / size) !== Math.floor(t / size)) return false;
    }
  return true;
}

const countOf = (plan: readonly (readonly number[])[]): number => plan.reduce((sum, slots) => sum + slots.length, 0);

/**
 * The exchange within subgroups of `size` that brings a tile from `from` into `to`, where each element is that one of `source`: for every slot
 * of `to` the slots of `from` that threads take it from, a shuffle each. Undefined where some thread doesn't find an element in its
 * own subgroup, in the holder with its own replica digits.
 * @example
 * ```ts
 * shuffles(spatial(4, 8), columnSpatial(4, 8), 32, 32); // => [[0]]
 * ```
 */
export function shuffles(from: RegisterLayout, to: RegisterLayout, threads: number, size: number, source?: IndexMap): readonly (readonly number[])[] | undefined {
  return size > 1 && threads % size === 0 && withinSubgroups(from, to, threads, size, source) ? sources(from, to, threads, source) : undefined;
}

/**
 * Whether an exchange that {@link shuffles} gave is dearer than one through shared memory, as {@link conversion} prices both.
 * @example
 * ```ts
 * shufflesAreDear([[0]], spatial(4, 8), columnSpatial(4, 8)); // => false
 * ```
 */
export const shufflesAreDear = (plan: readonly (readonly number[])[], from: RegisterLayout, to: RegisterLayout): boolean =>
  SHUFFLE * countOf(plan) > SHARED_ACCESS * (slotCount(from) / replicaCount(from) + slotCount(to)) + 2 * BARRIER;

/**
 * How to bring a tile from layout `from` into layout `to`.
 * @throws Diagnostic L0102 when the shapes differ
 * @example
 * ```ts
 * conversion(spatial(4, 8), columnSpatial(4, 8), { subgroup: 32 }).kind; // => "subgroup"
 * ```
 */
export const conversion = (from: RegisterLayout, to: RegisterLayout, options: ConversionOptions = {}): Conversion => converted(from, to, options);

const converted = /* @__PURE__ */ keptPairs((from: RegisterLayout, to: RegisterLayout, options: ConversionOptions): Conversion => {
  if (!same(from.shape, to.shape))
    fail({ code: "L0102", message: `can't convert a tile of shape ${show(from.shape)} to ${show(to.shape)}`, help: "reshape or broadcast it first" });
  const threads = options.threads ?? Math.max(threadCount(from), threadCount(to));
  if (equal(from, to)) return { kind: "none", cost: 0 };
  if (holdsAll(from, to, threads)) {
    const selects = sources(from, to, threads).reduce((sum, slots) => sum + slots.length - 1, 0);
    return { kind: "thread", cost: slotCount(to) + 2 * selects, selects };
  }
  const size = options.subgroup, plan = size === undefined ? undefined : shuffles(from, to, threads, size);
  if (size !== undefined && plan) return { kind: "subgroup", cost: SHUFFLE * countOf(plan), size, shuffles: countOf(plan) };
  const stores = slotCount(from), loads = slotCount(to);
  return { kind: "shared", cost: SHARED_ACCESS * (stores / replicaCount(from) + loads) + 2 * BARRIER, elements: sizeOf(from), stores, loads };
}, ({ threads, subgroup }) => `${threads} ${subgroup}`);

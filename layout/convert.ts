// What it takes to bring a tile from one register layout into another, and roughly what it costs.
import { fail } from "../diagnostic.ts";
import { numbers } from "./algebra.ts";
import { holdsAll } from "./broadcast.ts";
import { elementAt, replicaDigits, slotAt, threadAt } from "./map.ts";
import { same, show } from "./modes.ts";
import { equal, replicaCount, sizeOf, slotCount, threadCount, type RegisterLayout } from "./register.ts";

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

/** For every slot of `to`, how many different slots of `from` the threads take it from. */
function sources(from: RegisterLayout, to: RegisterLayout, threads: number): number[] {
  const own = Math.min(threads, threadCount(to));
  return Array.from({ length: slotCount(to) }, (_, s) => {
    const seen = new Set<number>();
    for (let t = 0; t < own; t++) seen.add(slotAt(from, numbers, elementAt(to, numbers, t, s)));
    return seen.size;
  });
}

/** Whether every thread finds its elements in its own subgroup, in the replica it belongs to itself. */
function withinSubgroups(from: RegisterLayout, to: RegisterLayout, threads: number, size: number): boolean {
  const nf = threadCount(from), nt = threadCount(to), slots = slotCount(to);
  for (let t = 0; t < threads; t++) {
    const base = t - (t % nf), replica = replicaDigits(from, numbers, t % nf);
    for (let s = 0; s < slots; s++) {
      const source = base + threadAt(from, numbers, elementAt(to, numbers, t % nt, s), replica);
      if (source >= threads || Math.floor(source / size) !== Math.floor(t / size)) return false;
    }
  }
  return true;
}

/**
 * How to bring a tile from layout `from` into layout `to`.
 * @throws Diagnostic L0102 when the shapes differ
 * @example
 * ```ts
 * conversion(spatial(4, 8), columnSpatial(4, 8), { subgroup: 32 }).kind; // => "subgroup"
 * ```
 */
export function conversion(from: RegisterLayout, to: RegisterLayout, options: ConversionOptions = {}): Conversion {
  if (!same(from.shape, to.shape))
    fail({ code: "L0102", message: `can't convert a tile of shape ${show(from.shape)} to ${show(to.shape)}`, help: "reshape or broadcast it first" });
  const threads = options.threads ?? Math.max(threadCount(from), threadCount(to));
  if (equal(from, to)) return { kind: "none", cost: 0 };
  if (holdsAll(from, to, threads)) {
    const selects = sources(from, to, threads).reduce((sum, n) => sum + n - 1, 0);
    return { kind: "thread", cost: slotCount(to) + 2 * selects, selects };
  }
  const size = options.subgroup;
  if (size !== undefined && size > 1 && threads % size === 0 && withinSubgroups(from, to, threads, size)) {
    const shuffles = sources(from, to, threads).reduce((sum, n) => sum + n, 0);
    return { kind: "subgroup", cost: SHUFFLE * shuffles, size, shuffles };
  }
  const stores = slotCount(from), loads = slotCount(to);
  return { kind: "shared", cost: SHARED_ACCESS * (stores / replicaCount(from) + loads) + 2 * BARRIER, elements: sizeOf(from), stores, loads };
}

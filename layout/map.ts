// The maps of a register layout: thread and slot ↔ element. Written over an index algebra, so that the host, the
// interpreter and the code generator compute the same formula. Precondition everywhere: 0 ≤ thread < threadCount,
// 0 ≤ slot < slotCount, index inside the shape; on that ground the leading digit of a number needs no remainder.
import { fail } from "../diagnostic.ts";
import { numbers, type Algebra } from "./algebra.ts";
import { kept } from "./kept.ts";
import { digit, leads, show, weighted, weights } from "./modes.ts";
import { groupedModes, localShape, replicaCount, spatialShape, type RegisterLayout } from "./register.ts";

/** A digit of a number: what `digit` takes. */
interface Place { readonly weight: number; readonly size: number; readonly leading: boolean }

/** What the maps of a layout are made of: for each entry of its lists, and for each mode in its dimension, the place of its digit. */
interface Plan {
  readonly spatial: readonly Place[];
  readonly local: readonly Place[];
  /** Per dimension its modes, each with its place in the index. */
  readonly own: readonly (readonly (Place & { readonly mode: number })[])[];
}

const places = (sizes: readonly number[]): readonly Place[] => { const w = weights(sizes); return sizes.map((size, i) => ({ weight: w[i], size, leading: leads(sizes, i) })); };

const planOf = /* @__PURE__ */ kept((l: RegisterLayout): Plan => ({
  spatial: places(spatialShape(l)), local: places(localShape(l)), own: groupedModes(l).map((own) => places(own.map((m) => l.modeShape[m])).map((at, i) => ({ ...at, mode: own[i] }))),
}), () => 0);

const digitAt = <T>(alg: Algebra<T>, x: T, { weight, size, leading }: Place): T => digit(alg, x, weight, size, leading);

/** Per mode, its digit in the element's index. */
function modeDigits<T>(l: RegisterLayout, alg: Algebra<T>, index: readonly T[]): T[] {
  if (index.length !== l.shape.length)
    fail({ code: "L0102", message: `an index of ${index.length} numbers into a tile of shape ${show(l.shape)}`, help: `give ${l.shape.length} numbers` });
  const digits: T[] = [], { own } = planOf(l);
  for (let k = 0; k < own.length; k++) for (const at of own[k]) digits.push(digitAt(alg, index[k], at));
  return digits;
}

/**
 * The element that `thread` holds in `slot`: one index per dimension.
 * @example
 * ```ts
 * elementAt(compose(spatial(2, 2), local(2, 2)), numbers, 1, 2); // => [1, 2]
 * ```
 */
export function elementAt<T>(l: RegisterLayout, alg: Algebra<T>, thread: T, slot: T): T[] {
  const { spatial, local, own } = planOf(l), digits = new Array<T>(l.modeShape.length);
  l.spatialModes.forEach((m, i) => { if (m >= 0) digits[m] = digitAt(alg, thread, spatial[i]); });
  l.localModes.forEach((m, i) => { digits[m] = digitAt(alg, slot, local[i]); });
  return own.map((modes) => weighted(alg, modes.map(({ mode, weight }) => ({ digit: digits[mode], weight }))));
}

/** The slot that holds the element, in every thread that {@link holds} it. @throws Diagnostic L0102 for an index of another rank */
export function slotAt<T>(l: RegisterLayout, alg: Algebra<T>, index: readonly T[]): T {
  const digits = modeDigits(l, alg, index), { local } = planOf(l);
  return weighted(alg, l.localModes.map((m, i) => ({ digit: digits[m], weight: local[i].weight })));
}

/** A digit of the thread number and what it must be. */
export interface Held<T> {
  /** The thread's own digit. */
  readonly digit: T;
  /** The digit of a thread that holds the element. */
  readonly at: T;
}

/**
 * When `thread` holds the element: all pairs must be equal. Replicated digits make no pair; no pairs means every thread holds it.
 * @throws Diagnostic L0102 for an index of another rank
 */
export function holds<T>(l: RegisterLayout, alg: Algebra<T>, index: readonly T[], thread: T): Held<T>[] {
  const digits = modeDigits(l, alg, index), { spatial } = planOf(l);
  return l.spatialModes.flatMap((m, i) => (m < 0 ? [] : [{ digit: digitAt(alg, thread, spatial[i]), at: digits[m] }]));
}

/** The digits of the thread in the replicated spatial modes, slowest first; all zero in replica 0, which is the one that stores. */
export function replicaDigits<T>(l: RegisterLayout, alg: Algebra<T>, thread: T): T[] {
  const { spatial } = planOf(l);
  return l.spatialModes.flatMap((m, i) => (m < -1 ? [digitAt(alg, thread, spatial[i])] : []));
}

/**
 * The thread that holds the element in the replica with these digits (as {@link replicaDigits} gives them); replica 0 by default.
 * @throws Diagnostic L0102 for an index of another rank
 */
export function threadAt<T>(l: RegisterLayout, alg: Algebra<T>, index: readonly T[], replica: readonly T[] = []): T {
  const digits = modeDigits(l, alg, index), { spatial } = planOf(l);
  let r = 0;
  return weighted(alg, l.spatialModes.flatMap((m, i) => {
    if (m >= 0) return [{ digit: digits[m], weight: spatial[i].weight }];
    const free = m < -1 ? replica[r++] : undefined;
    return free === undefined ? [] : [{ digit: free, weight: spatial[i].weight }];
  }));
}

/**
 * All threads that hold the element, ascending.
 * @throws Diagnostic L0102 for an index of another rank, L0109 for more than 2^24 threads
 * @example
 * ```ts
 * threadsHolding(reduce(spatial(3, 4), [0]), [1]); // => [1, 5, 9]
 * ```
 */
export function threadsHolding(l: RegisterLayout, index: readonly number[]): number[] {
  if (replicaCount(l) > 2 ** 24) fail({ code: "L0109", message: `${replicaCount(l)} threads hold each element: too many to be listed`, help: "list a layout of fewer replicas" });
  const w = weights(spatialShape(l));
  let found = [threadAt(l, numbers, index)];
  l.spatialModes.forEach((m, i) => {
    if (m < 0) found = found.flatMap((t) => Array.from({ length: -m }, (_, r) => t + r * w[i]));
  });
  return found.sort((a, b) => a - b);
}

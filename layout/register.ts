// Register layouts: which thread holds which element of a tile, and in which of its slots.
//
//   (thread, slot) ─ digits of thread over the spatial modes ─┐
//                  ─ digits of slot over the local modes ─────┴─▶ digits of the modes ─▶ index per dimension
//
// Every dimension is cut into modes, slowest first (mixed radix, so nothing need be a power of two). Each mode is
// either spread over threads (spatial) or kept inside a thread (local). A spatial entry −r stands for no mode: r
// groups of threads hold the same elements.
import { fail } from "../diagnostic.ts";
import { kept } from "./kept.ts";
import { extents, frozen, group, product, same, show } from "./modes.ts";

/**
 * A register layout, as plain data. All layouts made here are canonical: no modes of size 1, and neighbouring modes of
 * a dimension that are neighbours in their list, in order, are one mode.
 */
export interface RegisterLayout {
  /** Extents of the tile. */
  readonly shape: readonly number[];
  /** Sizes of the modes; each dimension owns a run of them, slowest first. */
  readonly modeShape: readonly number[];
  /** Digits of the thread number, slowest first: a mode number, or −r for r replicas. */
  readonly spatialModes: readonly number[];
  /** Digits of the slot number, slowest first: mode numbers. */
  readonly localModes: readonly number[];
}

const bad = (message: string, help: string): never => fail({ code: "L0101", message, help });

function validate(shape: readonly number[], modeShape: readonly number[], spatial: readonly number[], local: readonly number[]): number[][] {
  extents(shape, "the layout's shape");
  extents(modeShape, "the layout's mode shape");
  const groups = group(shape, modeShape)
    ?? bad(`modes ${show(modeShape)} don't refine shape ${show(shape)}`, "cut each extent, from the first, into factors whose product is the extent");
  const used = new Set<number>();
  for (const [list, name] of [[spatial, "spatial"], [local, "local"]] as const)
    for (const m of list) {
      if (m < 0 && name === "spatial" && Number.isInteger(m)) continue;
      if (!Number.isInteger(m) || m < 0 || m >= modeShape.length)
        bad(`${name} mode ${m} doesn't exist`, `there are ${modeShape.length} modes, numbered from 0${name === "spatial" ? "; −r means r replicas" : ""}`);
      if (used.has(m)) bad(`mode ${m} is used twice`, "each mode is either spatial or local, once");
      used.add(m);
    }
  const replicas = product(spatial.filter((m) => m < 0).map((m) => -m));
  if (!Number.isSafeInteger(product(shape) * replicas)) bad(`a layout of shape ${show(shape)} with ${replicas} replicas is too large to be numbered`, "threads × slots must stay below 2^53");
  modeShape.forEach((size, m) => {
    if (size > 1 && !used.has(m)) bad(`mode ${m} of size ${size} is neither spatial nor local`, "add it to one of the lists, else part of the tile lies nowhere");
  });
  return groups;
}

/**
 * Makes a layout from its four tuples; the result is canonical, and the same object for the same tuples, so that what is asked of it is answered once.
 * @param shape extents, each ≥ 1
 * @param modeShape factors of the extents, slowest first
 * @param spatialModes digits of the thread: mode numbers, or −r for r replicas
 * @param localModes digits of the slot: mode numbers
 * @throws Diagnostic L0101 when extents are below 1, modes don't refine the shape, or a mode is used never, twice or doesn't exist
 * @example
 * ```ts
 * registerLayout([4, 2], [2, 2, 2], [0, 1], [2]).modeShape; // => [4, 2]
 * ```
 */
export function registerLayout(shape: readonly number[], modeShape: readonly number[], spatialModes: readonly number[], localModes: readonly number[]): RegisterLayout {
  const key = keyOf(shape, modeShape, spatialModes, localModes), known = made.get(key);
  if (known) return known;
  const l = canonicalised(shape, modeShape, spatialModes, localModes), own = keyOf(l.shape, l.modeShape, l.spatialModes, l.localModes), one = made.get(own) ?? l;
  if (made.size > MOST) made.clear();
  made.set(own, one).set(key, one);
  return one;
}

/** Layouts by their tuples; so many at most. */
const made = new Map<string, RegisterLayout>();
const MOST = 4096;
const keyOf = (...tuples: readonly (readonly number[])[]): string => tuples.join(";");

function canonicalised(shape: readonly number[], modeShape: readonly number[], spatialModes: readonly number[], localModes: readonly number[]): RegisterLayout {
  const groups = validate(shape, modeShape, spatialModes, localModes);
  const real = (m: number) => m < 0 || modeShape[m] > 1;
  const lists = [spatialModes.filter(real), localModes.filter(real)];
  const after = new Map<number, number>(); // mode → the next entry of its list
  for (const list of lists) list.forEach((m, i) => { if (m >= 0 && i + 1 < list.length) after.set(m, list[i + 1]); });
  const sizes: number[] = [];
  const name = new Map<number, number>(); // old number → new number; swallowed modes have none
  for (const own of groups) {
    let last = -1;
    for (const m of own.filter(real)) {
      if (last >= 0 && after.get(last) === m) sizes[sizes.length - 1] *= modeShape[m];
      else { name.set(m, sizes.length); sizes.push(modeShape[m]); }
      last = m;
    }
  }
  const renamed = (list: readonly number[]) => frozen(list.flatMap((m) => (m < 0 ? [m] : name.has(m) ? [name.get(m) ?? 0] : [])));
  return Object.freeze({ shape: frozen(shape), modeShape: frozen(sizes), spatialModes: renamed(lists[0]), localModes: renamed(lists[1]) });
}

/** The canonical form of a layout given as plain data; the identity on layouts made by this room. @throws Diagnostic L0101 */
export const canonical = (l: RegisterLayout): RegisterLayout => registerLayout(l.shape, l.modeShape, l.spatialModes, l.localModes);

/** Sizes of the digits of the thread number, slowest first; replicas included. */
export const spatialShape = (l: RegisterLayout): number[] => l.spatialModes.map((m) => (m < 0 ? -m : l.modeShape[m]));
/** Sizes of the digits of the slot number, slowest first. */
export const localShape = (l: RegisterLayout): number[] => l.localModes.map((m) => l.modeShape[m]);
/** How many threads the layout uses, replicas counted. */
export const threadCount = (l: RegisterLayout): number => l.spatialModes.reduce((n, m) => n * (m < 0 ? -m : l.modeShape[m]), 1);
/** How many elements each thread holds. */
export const slotCount = (l: RegisterLayout): number => l.localModes.reduce((n, m) => n * l.modeShape[m], 1);
/** How many elements the tile has. */
export const sizeOf = (l: RegisterLayout): number => product(l.shape);
/** How many threads hold each element. */
export const replicaCount = (l: RegisterLayout): number => product(l.spatialModes.filter((m) => m < 0).map((m) => -m));

/**
 * For every dimension the numbers of its modes, slowest first.
 * @example
 * ```ts
 * groupedModes(registerLayout([8, 1, 3], [4, 2, 3], [1], [0, 2])); // => [[0, 1], [], [2]]
 * ```
 */
export const groupedModes = (l: RegisterLayout): number[][] =>
  group(l.shape, l.modeShape) ?? bad(`modes ${show(l.modeShape)} don't refine shape ${show(l.shape)}`, "make layouts with registerLayout");

const counting = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Mode numbers from significance ranks: `ranks[i]` is the place of dimension i, 0 the slowest. */
function ordered(shape: readonly number[], ranks: readonly number[]): number[] {
  if (!same([...ranks].sort((a, b) => a - b), counting(shape.length)))
    bad(`ranks ${show(ranks)} don't order ${shape.length} dimensions`, `use each of 0 to ${shape.length - 1} once, 0 for the slowest`);
  return counting(shape.length).map((r) => ranks.indexOf(r));
}

/**
 * One thread per element, in the order that `ranks` gives (0 is the slowest).
 * @throws Diagnostic L0101
 */
export const spatialRanked = (shape: readonly number[], ranks: readonly number[]): RegisterLayout => registerLayout(shape, shape, ordered(shape, ranks), []);
/**
 * All elements in one thread, in the order that `ranks` gives (0 is the slowest).
 * @throws Diagnostic L0101
 */
export const localRanked = (shape: readonly number[], ranks: readonly number[]): RegisterLayout => registerLayout(shape, shape, [], ordered(shape, ranks));

/**
 * One thread per element, row-major: neighbours along the last dimension are neighbouring threads.
 * @throws Diagnostic L0101
 * @example
 * ```ts
 * spatial(2, 3).spatialModes; // => [0, 1]
 * ```
 */
export const spatial = (...shape: number[]): RegisterLayout => spatialRanked(shape, counting(shape.length));
/**
 * All elements in one thread, row-major: neighbours along the last dimension are neighbouring slots.
 * @throws Diagnostic L0101
 * @example
 * ```ts
 * table(local(2, 2)); // => [[[0, 0], [0, 1], [1, 0], [1, 1]]]
 * ```
 */
export const local = (...shape: number[]): RegisterLayout => localRanked(shape, counting(shape.length));
/** One thread per element, the first dimension fastest. @throws Diagnostic L0101 */
export const columnSpatial = (...shape: number[]): RegisterLayout => spatialRanked(shape, counting(shape.length).reverse());
/** All elements in one thread, the first dimension fastest. @throws Diagnostic L0101 */
export const columnLocal = (...shape: number[]): RegisterLayout => localRanked(shape, counting(shape.length).reverse());

/**
 * Every one of `workers` threads holds the whole tile, row-major.
 * @throws Diagnostic L0101
 * @example
 * ```ts
 * replicated([2, 2], 4).spatialModes; // => [-4]
 * ```
 */
export function replicated(shape: readonly number[], workers: number): RegisterLayout {
  extents([workers], "the number of workers");
  return registerLayout(shape, shape, [-workers], counting(shape.length));
}

/** The four tuples are the same (adjacent replications told apart); {@link equal} is the question about meaning. */
export const identical = (a: RegisterLayout, b: RegisterLayout): boolean =>
  same(a.shape, b.shape) && same(a.modeShape, b.modeShape) && same(a.spatialModes, b.spatialModes) && same(a.localModes, b.localModes);

/** Adjacent replications merged and single replicas dropped: one tuple per meaning. */
const meaning = /* @__PURE__ */ kept((l: RegisterLayout): RegisterLayout => {
  const spatialModes: number[] = [];
  for (const m of l.spatialModes) {
    if (m === -1) continue;
    const last = spatialModes.length - 1;
    if (m < 0 && spatialModes[last] < 0) spatialModes[last] = -(m * spatialModes[last]);
    else spatialModes.push(m);
  }
  return registerLayout(l.shape, l.modeShape, spatialModes, l.localModes);
}, () => 0);

/**
 * Whether two layouts have the same shape and the same map (thread, slot) → element.
 * @example
 * ```ts
 * equal(replicated([2], 4), registerLayout([2], [2], [-2, -2], [0])); // => true
 * ```
 */
export const equal = (a: RegisterLayout, b: RegisterLayout): boolean => a === b || (a.shape.length === b.shape.length && identical(meaning(a), meaning(b)));

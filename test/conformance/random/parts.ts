// Random layouts, packings and shapes, by class. A class is what pairwise tests combine; a random Program takes any.
import {
  axis, bit, columnLocal, columnSpatial, compose, concatPackings, dense, digit, digits, local, packed, pad, planes, planesBlocked, range, replicated, slotCount, spatial, threadCount,
  type Packing, type RegisterLayout,
} from "../../../layout/index.ts";
import type { Choices } from "./choices.ts";

export const divisors = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0);
export const product = (xs: readonly number[]): number => xs.reduce((a, b) => a * b, 1);

/** A register layout of a shape, for at most `threads` threads. */
export function randomLayout(g: Choices, threads: number, shape: readonly number[]): RegisterLayout {
  let left = threads, rest = [...shape];
  const layers: RegisterLayout[] = [];
  for (let i = 0; i < 3 && rest.some((n) => n > 1); i++) {
    const across = g.chance(50), part = rest.map((n) => g.pick(divisors(n).filter((d) => !across || d <= left))), size = product(part);
    if (across) { if (size > left || left % size !== 0) continue; left /= size; }
    const column = g.chance(50);
    layers.push(across ? (column ? columnSpatial : spatial)(...part) : (column ? columnLocal : local)(...part));
    rest = rest.map((n, d) => n / part[d]);
  }
  layers.push(local(...rest));
  return layers.reduceRight((inner, outer) => compose(inner, outer));
}

/** Layouts that have something in common; undefined: none of the class holds the shape. "inferred" says nothing. */
export const layoutClasses = {
  inferred: () => undefined,
  spread: (g, threads, shape) => spreadOver(threads, shape, spatial),
  column: (g, threads, shape) => spreadOver(threads, shape, columnSpatial),
  local: (g, threads, shape) => local(...shape),
  replicated: (g, threads, shape) => {
    const copies = g.pick(divisors(threads).filter((d) => d > 1).concat(threads === 1 ? [1] : [])), rest = threads / copies;
    const part = shape.map((n, d) => (d === shape.length - 1 ? Math.max(...divisors(n).filter((k) => k <= rest && rest % k === 0)) : 1));
    return compose(replicated(shape.map(() => 1), copies), compose(spatial(...part), local(...shape.map((n, d) => n / part[d]))));
  },
  mixed: (g, threads, shape) => randomLayout(g, threads, shape),
} as const satisfies Readonly<Record<string, (g: Choices, threads: number, shape: readonly number[]) => RegisterLayout | undefined>>;
export type LayoutClass = keyof typeof layoutClasses;

function spreadOver(threads: number, shape: readonly number[], make: (...n: number[]) => RegisterLayout): RegisterLayout {
  let left = threads;
  const part = shape.map((n) => 1);
  for (let d = shape.length - 1; d >= 0; d--) { part[d] = Math.max(...divisors(shape[d]).filter((k) => k <= left)); left = Math.floor(left / part[d]); }
  return compose(make(...part), local(...shape.map((n, d) => n / part[d])));
}

/** Packings of a tensor of some rank; undefined: none of the class for it. */
export const packingClasses = {
  dense: (g, rank) => dense(rank),
  planes: (g, rank) => planes(rank),
  "planes(32)": (g, rank) => planesBlocked(rank, 32),
  turned: (g, rank) => digits([...Array.from({ length: rank }, (_, d) => axis(rank - 1 - d)), bit]),
  padded: (g, rank) => digits([...Array.from({ length: rank }, (_, d) => (d === rank - 1 ? pad(axis(d), 8) : axis(d))), bit]),
  interleaved: (g, rank) => digits([digit(axis(0), { div: 4 }), ...Array.from({ length: rank - 1 }, (_, d) => axis(d + 1)), digit(axis(0), { mod: 4 }), bit]),
  split: (g, rank, bits) => {
    if (bits < 2) return undefined;
    const k = g.between(1, bits - 1), axes = (first: number, n: number): Packing => digits([...Array.from({ length: rank }, (_, d) => (d === rank - 1 ? pad(axis(d), 32) : axis(d))), range(bit, first, n)]);
    return concatPackings(axes(0, k), axes(k, bits - k));
  },
  packed: (g, rank, bits, threads) => {
    const last = g.pick([32, 16, 8]), l = randomLayout(g, threads, Array.from({ length: rank }, (_, d) => (d === rank - 1 ? last : g.pick([1, 2, 4]))));
    return (slotCount(l) * bits) % 32 === 0 ? packed(l) : packed(compose(spatial(...Array.from({ length: rank }, () => 1)), local(...Array.from({ length: rank }, (_, d) => (d === rank - 1 ? 32 : 1)))));
  },
} as const satisfies Readonly<Record<string, (g: Choices, rank: number, bits: number, threads: number) => Packing | undefined>>;
export type PackingClass = keyof typeof packingClasses;

/** Shapes of a rank; a maker may ask for a rank. */
export const shapeClasses = {
  even: (g, rank) => Array.from({ length: rank }, (_, d) => g.pick(d === rank - 1 ? [8, 16, 4, 32] : d === rank - 2 ? [4, 2, 8] : [2, 1])),
  odd: (g, rank) => Array.from({ length: rank }, (_, d) => g.pick(d === rank - 1 ? [3, 5, 7, 37] : d === rank - 2 ? [3, 5, 6, 7] : [3, 1])),
  ones: (g, rank) => Array.from({ length: rank }, (_, d) => (d === g.between(0, 2) ? g.pick([1, 6]) : 1)),
} as const satisfies Readonly<Record<string, (g: Choices, rank: number) => number[]>>;
export type ShapeClass = keyof typeof shapeClasses;

/** The threads that a layout needs, for those who count. */
export const threadsOf = (l: RegisterLayout | undefined): number => (l ? threadCount(l) : 1);

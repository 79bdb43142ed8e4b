// Shared by the layout tests: layouts as the vector files write them, and random layouts.
import fc from "fast-check";
import { columnLocal, columnSpatial, compose, local, reduce, registerLayout, slotCount, spatial, threadCount, type RegisterLayout } from "../../layout/index.ts";

/** A register layout in the vector files. */
export interface Tuples { shape: number[]; mode_shape: number[]; spatial_modes: number[]; local_modes: number[] }

/** From the vectors' tuples; validates and canonicalises. */
export const layoutOf = (t: Tuples): RegisterLayout => registerLayout(t.shape, t.mode_shape, t.spatial_modes, t.local_modes);
/** To the vectors' tuples. */
export const tuplesOf = (l: RegisterLayout): Tuples =>
  ({ shape: [...l.shape], mode_shape: [...l.modeShape], spatial_modes: [...l.spatialModes], local_modes: [...l.localModes] });
/** Only the four tuples of a fuller object. */
export const tuples = (t: Tuples): Tuples => ({ shape: t.shape, mode_shape: t.mode_shape, spatial_modes: t.spatial_modes, local_modes: t.local_modes });

const primitive = (rank: number): fc.Arbitrary<RegisterLayout> =>
  fc.tuple(fc.constantFrom(spatial, local, columnSpatial, columnLocal), fc.array(fc.integer({ min: 1, max: 4 }), { minLength: rank, maxLength: rank }))
    .map(([make, shape]) => make(...shape));

/** Replication: of a whole factor's threads along one dimension, or r groups of threads (r may be 1, which changes nothing but is kept). */
const replication = (rank: number): fc.Arbitrary<RegisterLayout> => fc.oneof(
  fc.tuple(primitive(rank), fc.nat(rank - 1)).map(([l, d]) => reduce(l, [d], true)),
  fc.integer({ min: 1, max: 3 }).map((r) => registerLayout(new Array<number>(rank).fill(1), [], [-r], [])));

/** Threads × slots of what random layouts are built to; every law looks at whole tables. */
const LIMIT = 512;

/** Products of a few primitives, some of them replications; factors that would pass {@link LIMIT} are left out. */
export const anyLayout = (rank: number, factors = 3): fc.Arbitrary<RegisterLayout> =>
  fc.array(fc.oneof({ weight: 3, arbitrary: primitive(rank) }, { weight: 1, arbitrary: replication(rank) }), { minLength: 1, maxLength: factors + 1 })
    .map((ls) => ls.reduce((l, next) => {
      const both = compose(l, next);
      return threadCount(both) * slotCount(both) <= LIMIT ? both : l;
    }, spatial(...new Array<number>(rank).fill(1))));

/** A layout of random rank, 1 to 3. */
export const someLayout: fc.Arbitrary<RegisterLayout> = fc.integer({ min: 1, max: 3 }).chain((rank) => anyLayout(rank));

/** Two layouts of the same random rank. */
export const pairOfLayouts: fc.Arbitrary<[RegisterLayout, RegisterLayout]> = fc.integer({ min: 1, max: 3 }).chain((rank) => fc.tuple(anyLayout(rank, 2), anyLayout(rank, 2)));

/** Row-major number of an index. */
export const flat = (index: readonly number[], shape: readonly number[]): number => index.reduce((x, d, i) => x * shape[i] + d, 0);
/** Every index of a shape, row-major. */
export const indices = (shape: readonly number[]): number[][] =>
  shape.reduce<number[][]>((all, d) => all.flatMap((i) => Array.from({ length: d }, (_, j) => [...i, j])), [[]]);

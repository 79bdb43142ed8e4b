// The tuning spaces of the schedules that ship as text: each point timed as the tuner does it, beside what its model says of it.
import { availableParallelism } from "node:os";
import { kernelOf, memoryStore, recordsIn, type Device, type TuningChoice } from "../runtime/index.ts";
import { kernelNamed } from "./kernels.ts";
import type { Predicted } from "./fit.ts";
import type { Sizes } from "./numbers.ts";

/** A schedule: an example's kernel, how many rows it is for, and what is no part of the search. */
interface Schedule { readonly example: string; readonly rows: readonly [least: number, most: number]; readonly given: (s: Sizes) => TuningChoice }
/** Schedules by name. Rows of a block follow from those of x. */
export const spaces: Readonly<Record<string, Schedule>> = {
  gemv: { example: "gemv", rows: [1, 4], given: ({ M }) => ({ BM: M > 2 ? 4 : M }) },
  gemm_skinny: { example: "gemm_skinny", rows: [2, 16], given: ({ M }) => ({ BM: M > 8 ? 16 : M > 4 ? 8 : 4 }) },
  gemm_groups: { example: "gemm_groups", rows: [16, Infinity], given: () => ({}) },
};

/** Whether a schedule is for so many rows. */
export const isFor = (name: string, { M }: Sizes): boolean => { const [least, most] = spaces[name].rows; return M >= least && M <= most; };

/** A point, timed. */
export interface SpacePoint extends Predicted { readonly cut: string; readonly taken: boolean; readonly timed: boolean }

/** Points of one space that are timed at most here, the cheapest by the model, and those that the tuner times. */
const MOST = 32, TUNED = 12;

/** The points of a schedule's space, in the tuner's own rounds; what the model finds far too slow, or the device can't run, is told by `why`. */
export async function spaceOf(device: Device, name: string, { M, N, K }: Sizes, rounds: number, progress: (text: string) => void): Promise<{ readonly points: readonly SpacePoint[]; readonly why: readonly string[] }> {
  const { example, given } = spaces[name], cores = availableParallelism(), T = device.features.has("shader-f16") ? "f16" : "f32";
  const { points } = await kernelOf(await kernelNamed(example, name)).tune({ N, K, T, ...given({ M, N, K }) }, {}, {
    device, sizes: { M }, most: MOST, rounds, all: true, records: recordsIn(memoryStore()), progress: ({ step, done, total }) => progress(`${step} ${done} of ${total}`),
  });
  // The default stands first, and is timed in any case.
  const [first, ...others] = points, cheapest = new Set([first, ...[...others].sort((a, b) => (a.predicted ?? Infinity) - (b.predicted ?? Infinity)).slice(0, TUNED - 1)]);
  const timed = points.flatMap((p): SpacePoint[] => { const { choice, predicted, samples = [] } = p; return samples.length && predicted !== undefined
    ? [{ taken: p === first, timed: cheapest.has(p), cut: Object.entries(choice).map(([n, v]) => `${n}=${String(v)}`).join(" "), predicted, ms: samples.map(([wall, cpu]) => (cpu === undefined ? wall : cpu / cores)) }] : []; });
  return { points: timed, why: points.flatMap((p) => (p.why === undefined ? [] : [p.why.split(":")[0]])) };
}

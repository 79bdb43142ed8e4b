// All entrants of a shape, made, found right and timed in turn.
import { loadavg } from "node:os";
import { seconds, type Rates, type Work } from "../codegen/index.ts";
import { targetOf, type Device } from "../runtime/index.ts";
import { pace } from "./ceilings.ts";
import { enter, overheads, tiny, type Counted, type Entrant, type Maker } from "./entrants.ts";
import { outcomes, type Outcome, type Timed } from "./goals.ts";
import { sizesText, type Sizes } from "./numbers.ts";
import { progress } from "./options.ts";
import { ours } from "./ours.ts";
import { roof, type Ceilings } from "./roofline.ts";
import { growth, median, race, without, type Clock, type Racer } from "./timing.ts";

/** An entrant's part of the report. */
export interface Row extends Timed { readonly made: number; readonly ms: readonly number[]; readonly share: number; readonly slow: boolean; readonly counted?: Counts }
/** What the cost model makes of a kernel's counts: ms in all, and of each kind of operation. */
export interface Counts { readonly ms: number; readonly kinds: Readonly<Partial<Record<keyof Work, number>>> }
/** A shape's part. */
export interface Shape { readonly sizes: Sizes; readonly load: number; /** How much slower the machine was than when its ceilings were measured, the median of all rounds. */ readonly pace: number; readonly overhead: Readonly<Record<string, number>>; readonly rows: readonly Row[]; readonly goals: readonly Outcome[]; readonly notes: readonly string[] }

/** Milliseconds of a sample at least. */
export const SAMPLE = 20;

/** What the run has in hand; `at` hears who is at work. */
export interface Bench { readonly device: Device; readonly clock: Clock; readonly known: Ceilings; readonly rounds: number; readonly budget: number; readonly at?: (name: string) => void }

/** Prices what was counted. */
function countsOf({ work, threads }: Counted, rates: Rates, launch: number): Counts {
  const none = Object.fromEntries(Object.keys(work).map((k) => [k, 0])) as unknown as Work, price = (w: Work): number => 1e3 * seconds(w, rates, threads);
  const kinds = Object.fromEntries((Object.keys(work) as (keyof Work)[]).map((k) => [k, price({ ...none, [k]: work[k] })] as const).filter(([, t]) => t > 0));
  return { ms: price(work) + 1e3 * launch, kinds };
}

/** Measures a shape; those of whom `unfit` says why aren't made. */
export async function shapeOf({ device, clock, known, rounds, budget, at }: Bench, sizes: Sizes, makers: readonly Maker[], unfit?: (name: string) => string | undefined): Promise<Shape> {
  const name = sizesText(sizes), say = progress(name), work = (who: string): void => { at?.(who); say(`compiling and checking ${who}`); };
  const { entrants, notes } = await enter(device, sizes, makers, { clock, progress: work, ...(unfit ? { unfit } : {}) }), empty = await overheads(device, entrants, makers, work);
  let machine: Awaited<ReturnType<typeof pace>> | undefined;
  try {
    const { racers, at: paceAt } = machine = await pace(device, known);
    // Those on the CPU in rounds of their own: their threads would be counted as others' time.
    const slow: Racer[] = [];
    for (const on of ["adapter", "cpu"] as const) {
      slow.push(...(await race<Racer>(clock, [...(on === "adapter" ? racers : []), ...[...entrants, ...empty].filter((e) => e.on === on)], rounds, SAMPLE, { budget, ...(at ? { at } : {}), progress: (i, n) => say(`round ${i} of ${n}${on === "cpu" ? ", CPU" : ""}`) })));
    }
    say();
    const overhead = Object.fromEntries(empty.map((e) => [e.library, median(e.ms)]));
    const paces = Array.from({ length: Math.min(...racers.map((r) => r.ms.length)) }, (_, i) => paceAt(i)), slower = median(paces);
    const rows = entrants.map((e): Row => {
      const net = without(e.ms, overhead[e.library] ?? 0), counted = e.counted && countsOf(e.counted, targetOf(device).rates, known.dispatch ?? 0), { ms: least, bound, parts } = roof(sizes, e.kind, known), paced = net.map((t, i) => t / (e.on === "cpu" ? 1 : net.length === 1 ? slower : paces[i] ?? slower));
      return { name: e.name, library: e.library, family: e.family, on: e.on, kind: e.kind, made: e.made, ms: e.ms, net, paced, roof: least, bound, parts, share: least / median(paced), slow: slow.includes(e), ...(counted ? { counted, predicted: counted.ms } : {}) };
    });
    return { sizes, load: loadavg()[0], pace: slower, overhead, rows, goals: outcomes(device.profile.name, sizes, rows), notes };
  } finally { machine?.end(); for (const e of [...entrants, ...empty]) await e.end(); }
}

/** How the time of a GEMV of four bits grows from 256² to 4096²: the exponent of N·K, 1 at best, and the times without the launch. */
export interface Growth { readonly exponent: number; readonly ms: Readonly<Record<string, number>> }
/** Measures it. */
export async function growing({ device, clock, rounds, at }: Bench): Promise<Growth> {
  const say = progress("growth"), maker = ours.filter((m) => m.name === "i4"), sizes = [256, 512, 1024, 2048, 4096].map((N) => ({ M: 1, N, K: N })), all: Entrant[] = [];
  for (const s of [tiny, ...sizes]) all.push(...(await enter(device, s, maker, { progress: (who) => { at?.(who); say(sizesText(s)); } })).entrants);
  // Samples are long, for the smallest takes hardly longer than a launch.
  await race(clock, all, rounds, 3 * SAMPLE, at ? { at } : {});
  say();
  for (const e of all) await e.end();
  const [launch, ...timed] = all, points = timed.map((e, i) => [sizes[i], median(without(e.ms, median(launch.ms)))] as const);
  return { exponent: growth(points.map(([{ N, K }, t]) => [N * K, t])), ms: Object.fromEntries(points.map(([s, t]) => [sizesText(s), t])) };
}

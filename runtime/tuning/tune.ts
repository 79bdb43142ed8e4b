// The tuner: of a kernel's tuning space it times what the model finds likely, all in turns, and keeps a record of it. It may be stopped at
// any moment: what was found is kept, and the next run goes on from there.
//
//   space ─▶ points ─ price ─▶ the likely ones ─ compile, run once, compare ─▶ race ─▶ record
import { Diagnostic, fail } from "../../diagnostic.ts";
import type { Inputs } from "../bind.ts";
import { kernelOfProgram } from "../compile.ts";
import type { Device } from "../device.ts";
import { fieldByField } from "../format-arguments.ts";
import type { Kernel } from "../kernel.ts";
import { targetOf } from "../target.ts";
import { isTensor, type Tensor } from "../tensor.ts";
import { stockOf, launchOf, type Stock } from "./inputs.ts";
import { openOf, type Tunable } from "./open.ts";
import { needOpen, pointsOf, predicted, programKey, signatureOf, type NoPoint, type Point } from "./points.ts";
import { race, type Racer } from "./race.ts";
import { adapterKey, bucketOf, fastestOf, sameChoice, timeOf, type Sample, type TunedPoint, type TuningChoice, type TuningKey, type TuningRecord } from "./record.ts";
import { recordsOf, type Records } from "./records.ts";
import { alike, resultsOf, type Results } from "./results.ts";

/** How far tuning is. */
export interface TuneProgress {
  /** "compile": the choice was compiled and run once; "time": a sample of it was taken. */
  readonly step: "compile" | "time";
  readonly done: number;
  readonly total: number;
  readonly choice: TuningChoice;
  /** Milliseconds of a launch, as far as known. */
  readonly ms?: number | undefined;
}

/** How to tune. */
export interface TuneOptions {
  /** Where; needed only if no tensor is given. */
  readonly device?: Device | undefined;
  /** Sizes that are known when the kernel runs and that no tensor tells. */
  readonly sizes?: Readonly<Record<string, number>> | undefined;
  /** Makes the random inputs; default 1. */
  readonly seed?: number | undefined;
  /** Most points that are timed, the default among them: those that the model finds cheapest; default 12. */
  readonly most?: number | undefined;
  /** Time anew what is known. */
  readonly fresh?: boolean | undefined;
  /** Least milliseconds of a sample, 10 by default, and samples of each point, 5 by default. */
  readonly sampleMs?: number | undefined;
  readonly rounds?: number | undefined;
  /** Where records are kept; default: those of the user, which `open` reads (of a device with assumed rates, with the device). */
  readonly records?: Records | undefined;
  /** Stops it after the launch that is under way; the report then says so. */
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((p: TuneProgress) => void) | undefined;
}

/** For which launches a record is looked for. */
export interface TunedOptions {
  readonly device: Device;
  /** Sizes that are known when the kernel runs. */
  readonly sizes?: Readonly<Record<string, number>> | undefined;
}

/** A choice of the space in a report. */
export interface ReportedPoint extends TunedPoint {
  /** Milliseconds that the model says. */
  readonly predicted?: number | undefined;
}

/** What tuning found. */
export interface TuneReport {
  readonly kernel: string;
  readonly device: string;
  /** Sizes to the next power of two: the record holds for all that round to them. */
  readonly shapes: string;
  /** The fastest choice; that of the default where nothing is clearly faster. */
  readonly choice: TuningChoice;
  /** Milliseconds of a launch of it, and of the default; undefined where tuning was stopped before. */
  readonly ms: number | undefined;
  readonly first: number | undefined;
  /** All was timed; else it was stopped. */
  readonly done: boolean;
  /** Samples that were taken now; 0: all was known. */
  readonly taken: number;
  /** The whole space, the default first, then by time; what wasn't timed says why. */
  readonly points: readonly ReportedPoint[];
  readonly record: TuningRecord | undefined;
}

/** Points that the model finds so many times slower than the cheapest aren't timed. */
const UNLIKELY = 4;

/** A point with what the model says. */
interface Priced extends Point { readonly seconds: number | undefined; readonly why?: string | undefined }

/** The cheaper one first; those that should never end are equals. */
const bySeconds = ({ seconds: a = 0 }: Priced, { seconds: b = 0 }: Priced): number => (a === b ? 0 : a - b);

/** Which points are timed: the default, and the cheapest of the others. */
function likely(points: readonly [Point, ...Point[]], env: ReadonlyMap<string, number>, device: Device, most: number): readonly Priced[] {
  const target = targetOf(device), priced = points.map((p): Priced => {
    try { return { ...p, seconds: predicted(p.program, env, target, device.profile.software) }; } catch (error) {
      if (!(error instanceof Diagnostic)) throw error;
      return { ...p, seconds: undefined, why: error.data.message };
    }
  });
  const [first, ...others] = priced, able = others.filter((p) => p.why === undefined).sort(bySeconds), least = Math.min(first.seconds ?? Infinity, able[0]?.seconds ?? Infinity);
  const why = (p: Priced): string | undefined => {
    if (p.why !== undefined || p === first) return p.why;
    if ((p.seconds ?? 0) > UNLIKELY * least) return `slow by the model: ${((p.seconds ?? 0) / least).toFixed(1)} times what the cheapest takes`;
    return able.indexOf(p) >= most - 1 ? `others are cheaper by the model: ${most} are timed` : undefined;
  };
  return [first, ...able, ...others.filter((p) => p.why !== undefined)].map((p) => ({ ...p, why: why(p) }));
}

/** A point that is being timed. */
interface Course extends Racer {
  readonly point: Priced;
  readonly samples: Sample[];
  why?: string | undefined;
  args?: Inputs | undefined;
  kernel?: Kernel | undefined;
}

/** Compiles a point, runs it once, and holds what comes out against what the default gives. */
async function start(c: Course, device: Device, stock: Stock, want: Results | undefined, made: Tensor[]): Promise<Results | undefined> {
  const kernel = kernelOfProgram(c.point.program, {}), args = await stock.for(kernel.signature), outs = fieldByField(await kernel.run(args, { device }));
  made.push(...Object.values(outs).filter(isTensor));
  await device.gpu.queue.onSubmittedWorkDone();
  const results = await resultsOf(kernel.signature, { ...fieldByField(args), ...outs } as Readonly<Record<string, unknown>>);
  if (want && !alike(want, results)) { c.why = "it computes something else than the default"; return results; }
  c.kernel = kernel;
  c.args = { ...args, ...outs };
  return results;
}

/**
 * Times the points of a kernel's tuning space on a device and keeps the record, by which `specialise` goes from then on.
 * @param given compile-time parameters that are no part of the search
 * @param inputs tensors and scalars to run on; what is missing is made from the seed
 * @throws Diagnostic H0412 (no device), H0426 (nothing to tune), H0427 (sizes that nobody tells), those of the kernel at its default
 */
export async function tune(definition: Tunable, given: TuningChoice, inputs: Inputs, options: TuneOptions): Promise<TuneReport> {
  const device = options.device ?? Object.values(fieldByField(inputs)).find(isTensor)?.device;
  if (!device) return fail({ code: "H0412", message: `nothing says on which device '${definition.name}' is to be tuned`, help: "name it: tune({}, {}, { device })" });
  const open = openOf(definition.comptime, given);
  needOpen(definition, open, given);
  const { points, none } = pointsOf(definition, given), [first] = points, s = signatureOf(first.program), launch = launchOf(s, inputs, options.sizes ?? {});
  const key: TuningKey = { program: programKey(first, open), shapes: bucketOf(first.program.dims.map((id) => [id, launch.env.get(id) ?? 0])), ...adapterKey(device) };
  const records = options.records ?? recordsOf(device), known = options.fresh ? undefined : await records.own(key), priced = likely(points, launch.env, device, Math.max(2, options.most ?? 12));
  const courses = priced.map((point): Course => {
    const old = known?.points.find((p) => sameChoice(p.choice, point.choice));
    return { point, samples: [...(old?.samples ?? [])], why: old?.ms === undefined ? point.why ?? old?.why : undefined, ready: async (launches) => ready(device, courses.find((c) => c.point === point), launches) };
  });
  const work: Work = { definition, device, key, none, courses, records, options, launch, taken: 0 };
  const finished = known?.done === true && courses.every((c) => c.why !== undefined || c.samples.length > 0);
  const record = finished ? known : await timeAll(work);
  return reportOf(work, record, finished || (record?.done ?? false));
}

/** Everything of one tuning. */
interface Work {
  readonly definition: Tunable;
  readonly device: Device;
  readonly key: TuningKey;
  readonly none: readonly NoPoint[];
  readonly courses: readonly Course[];
  readonly records: Records;
  readonly options: TuneOptions;
  readonly launch: ReturnType<typeof launchOf>;
  taken: number;
}

/** Launches of a point, recorded; what it gives submits them. */
async function ready({ gpu }: Device, c: Course | undefined, launches: number): Promise<() => Promise<void>> {
  const encoder = gpu.createCommandEncoder({ label: "tuning" }), pass = encoder.beginComputePass();
  for (let i = 0; i < launches; i++) if (c?.args) await c.kernel?.record(pass, c.args);
  pass.end();
  const commands = encoder.finish();
  return async () => { gpu.queue.submit([commands]); await gpu.queue.onSubmittedWorkDone(); };
}

const pointOf = ({ point, samples, why }: Course): TunedPoint => ({ choice: point.choice, ...(samples.length && why === undefined ? { ms: timeOf(samples), samples } : {}), ...(why === undefined ? {} : { why }) });

/** The record of what is known; undefined before there is a time. */
function recordOf({ definition, key, courses }: Work, done: boolean): TuningRecord | undefined {
  const points = courses.filter((c) => c.why !== undefined || c.samples.length > 0).map(pointOf), best = fastestOf(points);
  return best?.ms === undefined ? undefined : { of: definition.name, key, choice: best.choice, points, done, at: new Date().toISOString() };
}

async function timeAll(work: Work): Promise<TuningRecord | undefined> {
  const { device, courses, records, options: { signal, progress, sampleMs, rounds = 5, seed = 1 }, launch } = work, [first] = courses, made: Tensor[] = [];
  const stock = await stockOf(device, signatureOf(first.point.program), launch, seed), todo = courses.filter((c) => c === first || c.why === undefined);
  const keep = async (done: boolean): Promise<TuningRecord | undefined> => { const r = recordOf(work, done); if (r) await records.keep(r); return r; };
  try {
    let want: Results | undefined, compiled = 0;
    for (const c of todo) {
      if (signal?.aborted) return await keep(false);
      try { const found = await start(c, device, stock, want, made); want ??= found; } catch (error) {
        // The default must run; another point that this device can't take is left out.
        if (!(error instanceof Diagnostic) || c === first) throw error;
        c.why = error.data.message;
      }
      progress?.({ step: "compile", done: ++compiled, total: todo.length, choice: c.point.choice });
    }
    const racers = todo.filter((c) => c.why === undefined), total = racers.length * rounds;
    let kept = performance.now();
    await race(device, racers, {
      sampleMs, rounds, signal,
      sampled: async (r) => {
        const c = racers.find((x) => x === r);
        work.taken++;
        if (c) progress?.({ step: "time", done: Math.min(total, racers.reduce((n, x) => n + x.samples.length, 0)), total, choice: c.point.choice, ms: timeOf(c.samples) });
        if (performance.now() - kept > 500) { await keep(false); kept = performance.now(); }
      },
    });
    return await keep(!signal?.aborted);
  } finally {
    for (const t of made) t.dispose();
    stock.dispose();
  }
}

function reportOf({ definition, device, key, none, courses, taken }: Work, record: TuningRecord | undefined, done: boolean): TuneReport {
  const [first, ...others] = courses.map((c): ReportedPoint => ({ ...pointOf(c), ...(c.point.seconds === undefined ? {} : { predicted: c.point.seconds * 1000 }) }));
  const points = [first, ...others.sort((a, b) => (a.ms ?? Infinity) - (b.ms ?? Infinity) || (a.predicted ?? Infinity) - (b.predicted ?? Infinity)), ...none], best = record?.points.find((p) => sameChoice(p.choice, record.choice));
  return Object.freeze({ kernel: definition.name, device: device.info.name, shapes: key.shapes, choice: best?.choice ?? first.choice, ms: best?.ms, first: first.ms, done, taken, points: Object.freeze(points), record });
}

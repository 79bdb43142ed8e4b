// The engine of tuning: candidates are compiled and run once, those that compute the same race, and what is seen is kept as it comes.
import { Diagnostic } from "../../diagnostic.ts";
import type { Inputs } from "../bind.ts";
import type { Device } from "../device.ts";
import type { Kernel, Outputs } from "../kernel.ts";
import { isTensor, type Tensor } from "../tensor.ts";
import { race, type Racer } from "./race.ts";
import { coresOf, fastestOf, sameChoice, timeOf, type Sample, type TunedPoint, type TuningChoice, type TuningKey, type TuningRecord } from "./record.ts";
import type { Records } from "./records.ts";
import { alike, type Results } from "./results.ts";

/** How far tuning is. */
export interface TuneProgress {
  /** "price": the model has looked at the choice; "compile": it was compiled and run once; "time": a sample of it was taken. */
  readonly step: "price" | "compile" | "time";
  readonly done: number;
  readonly total: number;
  readonly choice: TuningChoice;
  /** Milliseconds of a launch, as far as known. */
  readonly ms?: number | undefined;
}

/** How candidates are timed. */
export interface EngineOptions {
  /** Time anew what is known. */
  readonly fresh?: boolean | undefined;
  /** Least milliseconds of a sample, 10 by default, and samples of each point, 5 by default. */
  readonly sampleMs?: number | undefined;
  readonly rounds?: number | undefined;
  /** Time also what the model finds unlikely, and take all samples of all points, of which the clearly slower leave after two otherwise: to look at a space, not to choose. */
  readonly all?: boolean | undefined;
  /** Stops it after the launch that is under way; the report then says so. */
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((p: TuneProgress) => void) | undefined;
}

/** Something that may be the fastest. */
export interface Candidate {
  readonly choice: TuningChoice;
  /** Why it isn't to be timed. */
  readonly why?: string | undefined;
  readonly kernel: () => Promise<Kernel>;
  /** What it is run on. */
  readonly args: (kernel: Kernel) => Promise<Inputs>;
  /** Reads what it wrote; those that give something else than the first are left out. */
  readonly results?: ((kernel: Kernel, args: Inputs, outs: Outputs) => Promise<Results>) | undefined;
}

/** All candidates for one key. */
export interface Contest {
  readonly of: string;
  readonly device: Device;
  readonly key: TuningKey;
  /** The first is what is taken where nothing is known. */
  readonly candidates: readonly [Candidate, ...Candidate[]];
  readonly records: Records;
}

/** What came of it. */
export interface Outcome {
  /** Undefined: it was stopped before anything was timed. */
  readonly record: TuningRecord | undefined;
  /** In the order of the candidates. */
  readonly points: readonly TunedPoint[];
  readonly done: boolean;
  /** Samples that were taken now; 0: all was known. */
  readonly taken: number;
}

/** A candidate that is being timed. */
interface Course extends Racer {
  readonly candidate: Candidate;
  readonly samples: Sample[];
  why?: string | undefined;
  run?: { readonly kernel: Kernel; readonly args: Inputs } | undefined;
}

/** Milliseconds between two writings of a record. */
const BEAT = 500;

/** Launches of a course, recorded; what it gives submits them. */
async function recorded({ gpu }: Device, { run }: Course, launches: number): Promise<() => Promise<void>> {
  const encoder = gpu.createCommandEncoder({ label: "tuning" }), pass = encoder.beginComputePass();
  for (let i = 0; i < launches; i++) await run?.kernel.record(pass, run.args);
  pass.end();
  const commands = encoder.finish();
  return async () => { gpu.queue.submit([commands]); await gpu.queue.onSubmittedWorkDone(); };
}

function courseOf(device: Device, candidate: Candidate, known: TuningRecord | undefined): Course {
  const old = known?.points.find((p) => sameChoice(p.choice, candidate.choice)), why = old?.ms === undefined ? candidate.why ?? old?.why : undefined;
  const c: Course = { candidate, samples: [...(old?.samples ?? [])], why, ready: (launches) => recorded(device, c, launches) };
  return c;
}

/** What is known of each course. */
function pointsOf(courses: readonly Course[]): readonly TunedPoint[] {
  const cores = coresOf(courses.map((c) => c.samples));
  return courses.map(({ candidate: { choice }, samples, why }) => ({ choice, ...(samples.length && why === undefined ? { ms: timeOf(samples, cores), samples } : {}), ...(why === undefined ? {} : { why }) }));
}

/** Times the candidates, unless the record says that this was done. @throws Diagnostic of the first candidate, if it can't run */
export async function timeAll(contest: Contest, options: EngineOptions): Promise<Outcome> {
  const { device, key, candidates, records } = contest, known = options.fresh ? undefined : await records.own(key), courses = candidates.map((c) => courseOf(device, c, known));
  if (known?.done === true && courses.every((c) => c.why !== undefined || c.samples.length > 0)) return { record: known, points: pointsOf(courses), done: true, taken: 0 };
  const { signal, progress, sampleMs, rounds = 5, all } = options, [first] = courses, made: Tensor[] = [];
  let taken = 0, kept = -Infinity;
  const keep = async (done: boolean): Promise<Outcome> => {
    // What wasn't tried at all may be tried another day.
    const tried = courses.filter((c) => c.samples.length > 0 || (c.why !== undefined && c.candidate.why === undefined)), points = pointsOf(tried), best = fastestOf(points);
    const record = best?.ms === undefined ? undefined : { of: contest.of, key, choice: best.choice, points, done, at: new Date().toISOString() };
    if (record) await records.keep(record);
    kept = performance.now();
    return { record, points: pointsOf(courses), done, taken };
  };
  try {
    const todo = courses.filter((c) => c === first || c.why === undefined);
    let want: Results | undefined, compiled = 0;
    for (const c of todo) {
      if (signal?.aborted) return await keep(false);
      try { want = (await start(device, c, want, made)) ?? want; } catch (error) {
        // The first must run; another that this device can't take is left out.
        if (!(error instanceof Diagnostic) || c === first) throw error;
        c.why = error.data.message;
      }
      progress?.({ step: "compile", done: ++compiled, total: todo.length, choice: c.candidate.choice });
    }
    const racers = todo.filter((c) => c.why === undefined), total = racers.length * rounds;
    await race(device, racers, {
      sampleMs, rounds, signal, all,
      sampled: async (r) => {
        const c = racers.find((x) => x === r);
        taken++;
        if (c) progress?.({ step: "time", done: Math.min(total, racers.reduce((n, x) => n + x.samples.length, 0)), total, choice: c.candidate.choice, ms: timeOf(c.samples) });
        if (performance.now() - kept > BEAT) await keep(false);
      },
    });
    return await keep(!signal?.aborted);
  } finally {
    for (const t of made) t.dispose();
  }
}

/** Compiles a candidate, runs it once, and holds what comes out against `want`. Gives what came out of the first. */
async function start(device: Device, c: Course, want: Results | undefined, made: Tensor[]): Promise<Results | undefined> {
  const { candidate } = c, kernel = await candidate.kernel(), args = await candidate.args(kernel), outs = await kernel.run(args, { device });
  // What the caller gave as an out stays the caller's.
  made.push(...Object.entries(outs).flatMap(([name, t]) => (args[name] === t ? [] : Object.values("fields" in t ? t.fields as Record<string, Tensor> : { t }).filter(isTensor))));
  await device.gpu.queue.onSubmittedWorkDone();
  const results = await candidate.results?.(kernel, args, outs);
  if (want && results && !alike(want, results)) c.why = "it computes something else than the default";
  else c.run = { kernel, args: { ...args, ...outs } };
  return want ? undefined : results;
}

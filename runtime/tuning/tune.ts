// The tuner: of a kernel's tuning space it times what the model finds likely, all in turns, and keeps a record of it. It may be stopped at
// any moment: what was found is kept, and the next run goes on from there.
//
//   space ─▶ points ─ price ─▶ the likely ones ─ compile, run once, compare ─▶ race ─▶ record
import type { Target } from "../../codegen/index.ts";
import { Diagnostic, fail } from "../../diagnostic.ts";
import type { Inputs } from "../bind.ts";
import { kernelOfProgram } from "../compile.ts";
import { coresOf, type Filled } from "../cores.ts";
import type { Device } from "../device.ts";
import { fieldByField } from "../format-arguments.ts";
import { targetOf } from "../target.ts";
import { isTensor } from "../tensor.ts";
import { timeAll, type Candidate, type EngineOptions, type Outcome } from "./engine.ts";
import { launchOf, stockOf, type Stock } from "./inputs.ts";
import { look } from "./look.ts";
import { openOf, type Tunable } from "./open.ts";
import { needOpen, pointsOf, predicted, programKey, signatureOf, type NoPoint, type Point } from "./points.ts";
import { resultsOf } from "./results.ts";
import { adapterKey, bucketOf, sameChoice, type TunedPoint, type TuningChoice, type TuningKey, type TuningRecord } from "./record.ts";
import { recordsOf, type Records } from "./records.ts";

/** How to tune. */
export interface TuneOptions extends EngineOptions {
  /** Where; needed only if no tensor is given. */
  readonly device?: Device | undefined;
  /** Sizes that are known when the kernel runs and that no tensor tells. */
  readonly sizes?: Readonly<Record<string, number>> | undefined;
  /** Makes the random inputs; default 1. */
  readonly seed?: number | undefined;
  /** Most points that are timed, the default among them: those that the model finds cheapest; default 12. */
  readonly most?: number | undefined;
  /** Where records are kept; default: those of the user, which `open` reads (of a device with assumed rates, with the device). */
  readonly records?: Records | undefined;
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

/** A point with what the model says; of what it didn't look at, why. */
interface Priced extends Point { readonly seconds: number; readonly why?: string | undefined }
/** Why points of large spaces have no price. */
const PASSED = "not looked at: the model finds others cheaper that are nearer to the cheapest";

/** The cheaper one first; those that should never end are equals. */
const bySeconds = ({ seconds: a }: Priced, { seconds: b }: Priced): number => (a === b ? 0 : a - b);

/** What the model says of a point. */
function priceOf(p: Point, env: ReadonlyMap<string, number>, target: Target, on: Filled): Priced {
  try { return { ...p, seconds: predicted(p.program, env, target, on) }; } catch (error) {
    if (!(error instanceof Diagnostic)) throw error;
    return { ...p, seconds: Infinity, why: error.data.message };
  }
}

/** Which points are timed: the default, and the cheapest of the others. */
function likely([first, ...others]: readonly [Priced, ...Priced[]], most: number, unlikely: number): readonly Priced[] {
  const able = others.filter((p) => p.why === undefined).sort(bySeconds), least = Math.min(first.seconds, able[0]?.seconds ?? Infinity);
  const why = (p: Priced): string | undefined => {
    if (p.why !== undefined || p === first) return p.why;
    if (p.seconds > unlikely * least) return `slow by the model: ${(p.seconds / least).toFixed(1)} times what the cheapest takes`;
    return able.indexOf(p) >= most - 1 ? `others are cheaper by the model: ${most} are timed` : undefined;
  };
  return [first, ...able, ...others.filter((p) => p.why !== undefined)].map((p) => ({ ...p, why: why(p) }));
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
  // Programs of large spaces take a while: between two of them others have their turn, who may want to stop it.
  const { progress, signal } = options, going = async (done: number, total: number): Promise<boolean> => { if (done > 0) progress?.({ step: "price", done, total, choice: {} }); await new Promise((turn) => { setTimeout(turn); }); return !signal?.aborted; };
  const { points, none } = await pointsOf(definition, given, (done, total) => going(done, 2 * total)), [first, ...others] = points, s = signatureOf(first.program), launch = launchOf(s, inputs, options.sizes ?? {});
  const key: TuningKey = { program: programKey(first, open), shapes: bucketOf(first.program.dims.map((id) => [id, launch.env.get(id) ?? 0])), ...adapterKey(device) }, records = options.records ?? recordsOf(device);
  const unseen = (p: Point): Priced => ({ ...p, seconds: Infinity, why: PASSED }), all: [Priced, ...Priced[]] = [unseen(first), ...others.map(unseen)];
  let count = points.length;
  const target = targetOf(device), on = await coresOf(device);
  await look(points.map((p) => p.choice), (i) => (all[i] = priceOf(points[i], launch.env, target, on)).seconds, () => going(count++, 2 * points.length));
  const priced = likely(all, Math.max(2, options.most ?? 12), options.all ? Infinity : UNLIKELY);
  // Not all points are known then: the record stays as it is.
  if (signal?.aborted) return reportOf(definition.name, device, key, priced, none, { record: await records.own(key), points: priced.map(({ choice }) => ({ choice })), done: false, taken: 0 });
  let stock: Promise<Stock> | undefined;
  const stocked = (): Promise<Stock> => (stock ??= stockOf(device, s, launch, options.seed ?? 1)); // where all is known, nothing is made
  try {
    const computes = device.info.backend !== "null"; // Dawn's Null backend gives whatever lies there
    const [one, ...others] = priced.map((p): Candidate => ({
      choice: p.choice, why: p.why,
      kernel: async () => kernelOfProgram(p.program, {}), args: async (kernel) => (await stocked()).for(kernel.signature), ...(computes ? { results: (kernel, args, outs) => resultsOf(kernel.signature, { ...fieldByField(args), ...fieldByField(outs) }) } : {}),
    }));
    const outcome = await timeAll({ of: definition.name, device, key, candidates: [one, ...others], records }, options);
    return reportOf(definition.name, device, key, priced, none, outcome);
  } finally {
    (await stock)?.dispose();
  }
}

function reportOf(kernel: string, device: Device, key: TuningKey, priced: readonly Priced[], none: readonly NoPoint[], { record, points, done, taken }: Outcome): TuneReport {
  const [first, ...others] = points.map((p, i): ReportedPoint => ({ ...p, ...(Number.isFinite(priced[i].seconds) ? { predicted: priced[i].seconds * 1000 } : {}) })), best = record?.points.find((p) => sameChoice(p.choice, record.choice));
  const sorted = [...others].sort((a, b) => ((a.ms ?? Infinity) === (b.ms ?? Infinity) ? 0 : (a.ms ?? Infinity) - (b.ms ?? Infinity)));
  return Object.freeze({ kernel, device: device.info.name, shapes: key.shapes, choice: best?.choice ?? first.choice, ms: best?.ms, first: first.ms, done, taken, points: Object.freeze([first, ...sorted, ...none]), record });
}

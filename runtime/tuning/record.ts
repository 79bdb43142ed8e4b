// A record of tuning: what was fastest of a space of choices, for one program, at sizes near these, on one kind of adapter.
//
//   key    program · sizes to the next power of two · adapter · features · version of the compiler
//   points each choice that was timed, with its times, or why it was left out; the fastest of them is `choice`
import { compilerVersion } from "../../codegen/index.ts";
import type { Device } from "../device.ts";
import { targetOf } from "../target.ts";

/** Values of what is tuned by name: numbers, texts, or plain data such as a layout. */
export type TuningChoice = Readonly<Record<string, unknown>>;

/** The adapter that something was timed on, as far as WebGPU and the driver tell. */
export interface TuningAdapter {
  readonly name: string;
  readonly vendor: string;
  readonly architecture: string;
  /** What else tells drivers apart: device, version, backend, toggles. */
  readonly driver: string;
}

/** What a record is of. */
export interface TuningKey {
  /** Tells programs and their spaces apart; of a product what its factors are. */
  readonly program: string;
  /** Sizes that are known when it runs, each to the next power of two, e.g. "K=4096 M=16". */
  readonly shapes: string;
  readonly adapter: TuningAdapter;
  /** What the compiler makes use of, sorted: "shader-f16", "packed-dot", "subgroups of 32". */
  readonly features: readonly string[];
  /** Version of the compiler. */
  readonly compiler: string;
}

/** Milliseconds of one launch: by the clock on the wall, and of the CPU where it plays the GPU. */
export type Sample = readonly [wall: number, cpu?: number | undefined];

/** A choice that was tried. */
export interface TunedPoint {
  readonly choice: TuningChoice;
  /** Milliseconds of a launch; absent where it was left out. */
  readonly ms?: number | undefined;
  /** What they were found from; an atlas has none. */
  readonly samples?: readonly Sample[] | undefined;
  /** Why it was left out. */
  readonly why?: string | undefined;
}

/** What tuning found. */
export interface TuningRecord {
  /** What was tuned, for people. */
  readonly of: string;
  readonly key: TuningKey;
  /** The fastest so far. */
  readonly choice: TuningChoice;
  readonly points: readonly TunedPoint[];
  /** Everything that was to be timed was; else tuning was stopped, and goes on from here. */
  readonly done: boolean;
  /** When it was written, as ISO 8601. */
  readonly at: string;
}

/** The adapter of a device, and what the compiler makes use of on it. */
export function adapterKey(device: Device): Pick<TuningKey, "adapter" | "features" | "compiler"> {
  const { device: part = "", description = "" } = (device.gpu as { readonly adapterInfo?: GPUAdapterInfo }).adapterInfo ?? {}, { name, vendor, architecture, backend = "", toggles = [] } = device.info;
  const { f16, packedDot, subgroup } = targetOf(device);
  return {
    adapter: { name, vendor, architecture, driver: [part, description, backend, ...toggles].filter(Boolean).join(", ") },
    features: [...(packedDot ? ["packed-dot"] : []), ...(f16 ? ["shader-f16"] : []), ...(subgroup === undefined ? [] : [`subgroups of ${subgroup}`])],
    compiler: compilerVersion,
  };
}

/** Sizes as a key has them. */
export const bucketOf = (sizes: Iterable<readonly [string, number]>): string =>
  [...sizes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, n]) => `${name}=${n > 0 ? 2 ** Math.ceil(Math.log2(n)) : 0}`).join(" ");

/** A key as text, by which a store knows it. */
export const keyText = ({ program, shapes, adapter: { name, vendor, architecture, driver }, features, compiler }: TuningKey): string =>
  JSON.stringify({ kind: "tuning", program, shapes, adapter: { name, vendor, architecture, driver }, features, compiler });

/** Adapters of one family are alike enough for a first choice: those of one vendor and architecture; else of one name. */
export const familyOf = ({ vendor, architecture, name }: TuningAdapter): string => (vendor || architecture ? `${vendor} ${architecture}` : name).toLowerCase();

/** A key without what tells machines of one family apart. */
export const familyKey = ({ program, shapes, adapter, features }: TuningKey): string => JSON.stringify([program, shapes, familyOf(adapter), features]);

const median = (xs: readonly number[]): number => { const s = [...xs].sort((a, b) => a - b), m = s.length >> 1; return s.length % 2 ? s[m] : (s[m - 1] + s[m]) / 2; };

/**
 * How many cores launches were ever seen to keep busy at once: of all that ran in turns, since on a busy machine a single one may never get
 * all of them.
 */
export const coresOf = (all: readonly (readonly Sample[])[]): number => Math.max(1, ...all.flatMap((samples) => samples.map(([wall, cpu = 0]) => (wall > 0 ? cpu / wall : 1))));

/**
 * Milliseconds of a launch by each sample. Where the CPU plays the GPU its time counts, which other programs disturb less than the wall's,
 * over the cores that there are.
 */
export const timesOf = (samples: readonly Sample[], cores = coresOf([samples])): readonly number[] => samples.map(([wall, cpu]) => (cpu === undefined ? wall : cpu / cores));

/** Milliseconds of a launch: the median. */
export const timeOf = (samples: readonly Sample[], cores?: number): number => median(timesOf(samples, cores));

/** Others must be faster than the first, which the model would choose, by so much: less is within the noise. */
const GAIN = 1.03;

/** The sample that so large a share of them lies below. */
const quantile = (xs: readonly number[], share: number): number => { const s = [...xs].sort((a, b) => a - b); return s[Math.round(share * (s.length - 1))]; };

/** Whether most of one's samples are below most of the other's: on a busy machine medians differ for nothing. */
const apart = (a: TunedPoint, b: TunedPoint, cores: number): boolean => !a.samples?.length || !b.samples?.length || quantile(timesOf(a.samples, cores), 0.75) < quantile(timesOf(b.samples, cores), 0.25);

/** The fastest point; the first of all where none is clearly faster. */
export function fastestOf(points: readonly TunedPoint[]): TunedPoint | undefined {
  const [first, ...more] = points, timed = more.filter((p) => p.ms !== undefined).sort((a, b) => (a.ms ?? 0) - (b.ms ?? 0)), [best] = timed;
  if (first?.ms === undefined) return best;
  return best?.ms !== undefined && best.ms * GAIN < first.ms && apart(best, first, coresOf(points.map((p) => p.samples ?? []))) ? best : first;
}

// ── reading ───────────────────────────────────────────────────────────────────────────────────────────────

const isObject = (x: unknown): x is Readonly<Record<string, unknown>> => typeof x === "object" && x !== null && !Array.isArray(x);
const isText = (x: unknown): x is string => typeof x === "string";
const isTime = (x: unknown): x is number => typeof x === "number" && Number.isFinite(x) && x >= 0;
const texts = (x: unknown): x is readonly string[] => Array.isArray(x) && x.every(isText);

type Check = (x: unknown) => string | undefined;
const is = (test: (x: unknown) => boolean, want: string): Check => (x) => (test(x) ? undefined : `is ${JSON.stringify(x)?.slice(0, 40) ?? "missing"}, not ${want}`);
const text = is(isText, "a text");
const object = (fields: Readonly<Record<string, Check>>): Check => (x) => {
  if (!isObject(x)) return `is ${JSON.stringify(x)?.slice(0, 40) ?? "missing"}, not an object`;
  for (const [name, check] of Object.entries(fields)) { const wrong = check(x[name]); if (wrong !== undefined) return `${/^[.[]/.test(wrong) ? `.${name}${wrong}` : `.${name} ${wrong}`}`; }
  return undefined;
};
const optional = (check: Check): Check => (x) => (x === undefined ? undefined : check(x));
const list = (check: Check): Check => (x) => {
  if (!Array.isArray(x)) return "is no list";
  for (const [i, item] of x.entries()) { const wrong = check(item); if (wrong !== undefined) return `[${i}]${/^[.[]/.test(wrong) ? "" : " "}${wrong}`; }
  return undefined;
};
const sample = is((x) => Array.isArray(x) && (x.length === 1 || x.length === 2) && x.every(isTime), "a list of one or two times");
const schema = object({
  of: text,
  key: object({ program: text, shapes: text, adapter: object({ name: text, vendor: text, architecture: text, driver: text }), features: is(texts, "a list of texts"), compiler: text }),
  choice: is(isObject, "an object"),
  points: list(object({ choice: is(isObject, "an object"), ms: optional(is(isTime, "a time")), samples: optional(list(sample)), why: optional(text) })),
  done: is((x) => typeof x === "boolean", "true or false"),
  at: is((x) => isText(x) && Number.isFinite(Date.parse(x)), "a date"),
});

/** What is wrong with something that should be a record, as `.key.program is 3, not a text`; undefined: nothing. */
export function wrongWith(x: unknown): string | undefined {
  const wrong = schema(x);
  if (wrong !== undefined) return wrong;
  const { choice, points } = x as TuningRecord;
  return points.some((p) => p.ms !== undefined && sameChoice(p.choice, choice)) ? undefined : ".choice is none of the points that were timed";
}

/** Whether two choices are one, in whatever order their names stand. */
export function sameChoice(a: TuningChoice, b: TuningChoice): boolean {
  const sorted = (c: TuningChoice): string => JSON.stringify(Object.entries(c).sort(([x], [y]) => (x < y ? -1 : 1)));
  return sorted(a) === sorted(b);
}

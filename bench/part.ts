// The process in which shapes are measured (bench/apart.ts): it is told what to measure, and tells all that it finds and who is at work.
import { Diagnostic } from "../diagnostic.ts";
import { close, open, rates, type DeviceInfo } from "../runtime/index.ts";
import { ceilings } from "./ceilings.ts";
import type { Maker } from "./entrants.ts";
import { tooSlow } from "./forecast.ts";
import type { Sizes } from "./numbers.ts";
import { progress, type Options } from "./options.ts";
import { ours } from "./ours.ts";
import { peers } from "./peers.ts";
import type { Ceilings } from "./roofline.ts";
import { growing, shapeOf, type Bench, type Growth, type Shape } from "./shape.ts";
import { shapesOf } from "./shapes.ts";
import { clockOf } from "./timing.ts";
import { Wrong } from "./usage.ts";
import { shadersOf } from "./wgsl.ts";

/** Rounds, each of all entrants in turn, and the milliseconds that all those of one may take. */
export const roundsOf = (o: Options): number => o.rounds ?? 15;
export const budgetOf = (o: Options): number => (o.quick ? 3000 : 15_000);

/** Who is meant by names, families or libraries with commas between. @throws Wrong where one is nobody's */
export function entrantsOf(only: string, every: readonly Maker[]): readonly Maker[] {
  const called = (t: string) => ({ name, library, family }: Maker): boolean => [name, family].some((x) => x.toLowerCase() === t) || library.toLowerCase().startsWith(t), asked = only.split(",").map((t) => t.trim().toLowerCase());
  const odd = asked.find((t) => t === "" || !every.some(called(t)));
  if (odd !== undefined) throw new Wrong(`nothing is called "${odd}"; there are ${[...new Set(every.map((m) => m.name))].join(", ")}; families ${[...new Set(every.map((m) => m.family))].join(", ")}`);
  return every.filter((m) => asked.some((t) => called(t)(m)));
}

/** Who takes part. @throws Wrong where --only or --wgsl names what isn't there */
export function makersOf(o: Options): readonly Maker[] {
  const every = [...ours, ...(o.peers ? peers : []), ...o.wgsl.flatMap(shadersOf)];
  return o.only === undefined ? every : entrantsOf(o.only, every);
}

/** What is to be measured, in order: a list of that name has its sizes divided where the CPU plays the GPU. */
export const listOf = (o: Options, software: boolean): readonly Sizes[] => shapesOf(o.shapes ?? (o.quick ? "quick" : "full"), software);

/** What a process is asked for. */
export interface Task {
  readonly options: Options;
  /** What is known from processes before: of shapes, of the adapter, and who ended one, and how. */
  readonly before: readonly Shape[];
  readonly known?: Ceilings | undefined;
  readonly without: Readonly<Record<string, string>>;
  /** No shape is begun after it, by `Date.now()`. */
  readonly until: number;
}

/** The device that is measured. */
export type About = DeviceInfo & { readonly profile: string; readonly software: boolean };

/** What it tells. */
export type Told =
  | { readonly is: "at"; readonly name: string }
  | { readonly is: "open"; readonly about: About; readonly known: Ceilings }
  | { readonly is: "shape"; readonly shape: Shape }
  | { readonly is: "growth"; readonly growth: Growth }
  | { readonly is: "refused"; readonly code: number };

/** Bytes after which a process ends and another one goes on: drivers and libraries keep what they compiled. */
const FULL = 3 * 2 ** 30;

/** Measures what the process that began this one asks for. */
export async function part(): Promise<void> {
  // What isn't on its way when the channel is closed is lost.
  const tell = (t: Told): Promise<void> => new Promise((sent) => process.send?.(t, () => sent()));
  process.once("disconnect", () => process.exit());
  // Ctrl-C comes to all; the other one ends this.
  process.on("SIGINT", () => undefined);
  const { options: o, before, known: given, without, until } = await new Promise<Task>((resolve) => process.once("message", (m) => resolve(m as Task)));
  try {
    const makers = makersOf(o), device = await open(o.adapter === undefined ? {} : { adapter: o.adapter }), clock = clockOf(device), say = progress("the adapter's ceilings");
    const at = (name: string): void => void tell({ is: "at", name });
    if (given) await rates(device); else say("measuring");
    const known = given ?? await ceilings(device, clock), bench: Bench = { device, clock, known, rounds: roundsOf(o), budget: budgetOf(o), at }, done: Shape[] = [...before];
    say();
    await tell({ is: "open", about: { ...device.info, profile: device.profile.name, software: device.profile.software }, known });
    for (const [i, sizes] of listOf(o, device.profile.software).slice(before.length).entries()) {
      if (Date.now() >= until) break;
      if (i > 0 && process.memoryUsage.rss() > FULL) return;
      const shape = await shapeOf(bench, sizes, makers, (name) => without[name] ?? tooSlow(name, sizes, done, bench.budget));
      done.push(shape);
      await tell({ is: "shape", shape });
    }
    if (makers.some((m) => m.name === "i4" && !(m.name in without))) await tell({ is: "growth", growth: await growing(bench) });
  } catch (error) {
    if (error instanceof Wrong || error instanceof Diagnostic) await tell({ is: "refused", code: error instanceof Wrong ? 2 : 1 });
    throw error;
  } finally {
    await close();
    process.removeAllListeners("disconnect").disconnect();
  }
}

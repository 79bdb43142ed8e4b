// `bitloom tune FILE`: the points of a kernel's tuning space against each other on a device. What was found is kept as it comes, so that
// Ctrl-C loses nothing and the next call goes on.
import { close, kernelOf, open, openStore, userRecords, type ReportedPoint, type TuneReport, type TuningChoice } from "../runtime/index.ts";
import { usage, type Args } from "./command.ts";
import { argumentsOn } from "./execute.ts";
import { jsonLine, type Io } from "./io.ts";
import { progress } from "./progress.ts";
import { inputsOf } from "./run.ts";
import { withProgram, type Made } from "./source.ts";
import { table } from "./table.ts";
import { assignments, runtimeOf } from "./values.ts";

/** A choice as `--set` takes it. */
export const choiceText = (c: TuningChoice): string => Object.entries(c).map(([name, v]) => `${name}=${typeof v === "object" ? JSON.stringify(v) : String(v)}`).join(" ") || "as it stands";

const ms = (n: number | undefined): string => (n === undefined || !Number.isFinite(n) ? "" : `${Number(n.toPrecision(3))} ms`);

/** Choices that were left out, those of one kind of reason in a line. */
function leftOut(points: readonly ReportedPoint[]): readonly string[] {
  const by = new Map<string, string[]>();
  for (const { why } of points) if (why !== undefined) { const kind = why.split(": ")[0] ?? why; by.set(kind, [...(by.get(kind) ?? []), why]); }
  return [...by].map(([kind, all]) => `  ${all.length} left out: ${all.length === 1 ? all[0] : kind}`);
}

/** A report for people. */
export function tuneText(r: TuneReport): string {
  const timed = r.points.filter((p) => p.ms !== undefined), rows = timed.map((p) => [choiceText(p.choice), ms(p.ms), ms(p.predicted), [p === r.points[0] ? "default" : "", choiceText(p.choice) === choiceText(r.choice) ? "fastest" : ""].filter(Boolean).join(", ")]);
  const gain = r.ms !== undefined && r.first !== undefined && r.ms < r.first ? `${(r.first / r.ms).toFixed(2)} times as fast as the default` : "the default";
  return [
    `${r.kernel} on ${r.device}${r.shapes ? `, sizes up to ${r.shapes.split(" ").map((x) => x.replace("=", " = ")).join(", ")}` : ""}`,
    ...table([["choice", "time", "predicted", ""], ...rows], [false, true, true, false]),
    ...leftOut(r.points),
    r.ms === undefined ? "stopped before anything was timed" : `${r.done ? "" : "stopped; the same command goes on\n"}${choiceText(r.choice)}: ${gain}${r.done && r.taken === 0 ? " (known; --fresh times it again)" : ""}`,
  ].join("\n");
}

/** Arguments with random inputs for those that aren't given. */
function withRandom(args: Args, names: readonly string[]): Pick<Args, "value" | "values"> {
  const given = assignments(args.values("in"), "in"), missing = names.filter((name) => !given.has(name) && !given.has(name.split(".")[0] ?? ""));
  const wholes = [...new Set(missing.map((name) => name.split(".")[0] ?? name))].filter((whole) => ![...given.keys()].some((g) => g.startsWith(`${whole}.`)));
  const rest = missing.filter((name) => !wholes.includes(name.split(".")[0] ?? name));
  return { value: (flag) => args.value(flag), values: (flag) => (flag === "in" ? [...args.values("in"), ...[...wholes, ...rest].map((name, i) => `${name}=random:${i + 1}`)] : args.values(flag)) };
}

async function tuneOne({ kernel, params, set, program }: Made, args: Args, io: Io): Promise<number> {
  const most = Number(args.value("most") ?? 12), adapter = args.value("adapter");
  if (!Number.isSafeInteger(most) || most < 2) return usage(`'--most ${args.value("most") ?? ""}' is no number of at least 2`, "write --most 12");
  const definition = kernelOf(kernel), ready = definition.specialise(params), { dims, scalars } = runtimeOf(kernel, program, set);
  const tiles = await inputsOf(withRandom(args, ready.signature.tensors.filter((t) => t.direction !== "out").map((t) => t.name)), ready, kernel.comptime, program, dims, io);
  const device = await open(adapter === undefined ? {} : { adapter }), made = new Map<string, { dispose(): void }>(), bar = progress(io, `tuning ${kernel.name}`), stop = new AbortController(), interrupt = io.interrupt?.();
  void interrupt?.asked.then(() => { stop.abort(); });
  try {
    const inputs = await argumentsOn(ready, device, { tiles, scalars, dims }, made);
    const report = await definition.tune(params, inputs as never, {
      device, sizes: Object.fromEntries(dims), most, fresh: args.on("fresh"), records: userRecords(await openStore(), (what) => { void io.err(`${what}\n`); }), signal: stop.signal,
      // Half of the way is compiling.
      progress: ({ step, done, total }) => { bar.at(step === "compile" ? done : total + done, 2 * total); },
    });
    bar.end();
    const { record: _, ...data } = report;
    await io.out(args.on("json") ? jsonLine({ ...data, points: data.points.map(({ samples: __, ...p }) => p) }) : `${tuneText(report)}\n`);
    return 0;
  } finally {
    interrupt?.off();
    bar.end();
    for (const t of made.values()) t.dispose();
    device.destroy();
    await close();
  }
}

export const runTune = (args: Args, io: Io): Promise<number> => withProgram(args, io, (made) => tuneOne(made, args, io));

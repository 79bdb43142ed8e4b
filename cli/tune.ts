// `bitloom tune`: the points of a kernel's tuning space, or the cuts of products, against each other on a device. What was found is kept as
// it comes, so that Ctrl-C loses nothing and the next call goes on.
import { close, kernelOf, open, openStore, userRecords, type Records, type ReportedPoint, type TuneReport, type TuningRecord } from "../runtime/index.ts";
import { usage, type Args } from "./command.ts";
import { argumentsOn } from "./execute.ts";
import { jsonLine, type Io } from "./io.ts";
import { progress } from "./progress.ts";
import { inputsOf } from "./run.ts";
import { withProgram, type Made } from "./source.ts";
import { table } from "./table.ts";
import { addToAtlas, atlasBefore, readAtlases, type Merged } from "./tune-atlas.ts";
import { casesOf, tuneProducts, type ProductCase } from "./tune-products.ts";
import { assignments, choiceText, runtimeOf } from "./values.ts";

const ms = (n: number | undefined): string => (n === undefined || !Number.isFinite(n) ? "" : `${Number(n.toPrecision(3))} ms`);

/** Choices that were left out, those of one kind of reason in a line. */
function leftOut(points: readonly ReportedPoint[]): readonly string[] {
  const by = new Map<string, string[]>();
  for (const { why } of points) if (why !== undefined) { const kind = why.split(": ")[0] ?? why; by.set(kind, [...(by.get(kind) ?? []), why]); }
  return [...by].map(([kind, all]) => `  ${all.length} left out: ${all.length === 1 ? all[0] : kind}`);
}

/** A report for people. */
export function tuneText(r: TuneReport): string {
  const timed = r.points.filter((p) => p.ms !== undefined), least = Math.min(...timed.map((p) => p.predicted ?? Infinity)), rows = timed.map((p) => [choiceText(p.choice), ms(p.ms), ms(p.predicted), [p === r.points[0] ? "default" : "", p.predicted !== undefined && p.predicted === least ? "cheapest by the model" : "", choiceText(p.choice) === choiceText(r.choice) ? "fastest" : ""].filter(Boolean).join(", ")]);
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

/** The user's records; with `--fresh` nothing is known. */
async function recordsOf(args: Args, io: Io): Promise<Records> {
  const all = userRecords(await openStore(), (what) => { void io.err(`${what}\n`); });
  return args.on("fresh") ? { ...all, own: async () => undefined } : all;
}

/** Stops when the user asks for it. */
function stopping(io: Io): { readonly signal: AbortSignal; off(): void } {
  const stop = new AbortController(), interrupt = io.interrupt?.();
  void interrupt?.asked.then(() => { stop.abort(); });
  return { signal: stop.signal, off: () => interrupt?.off() };
}

const mergedText = ({ file, records, before, replaced }: Merged): string => `${file}: ${records} record${records === 1 ? "" : "s"}, ${records - before} of them new${replaced ? `, ${replaced} in the place of others` : ""}`;

async function tuneOne({ kernel, params, set, program }: Made, args: Args, io: Io): Promise<number> {
  const most = Number(args.value("most") ?? 12), adapter = args.value("adapter"), atlas = args.value("atlas");
  if (!Number.isSafeInteger(most) || most < 2) return usage(`'--most ${args.value("most") ?? ""}' is no number of at least 2`, "write --most 12");
  const definition = kernelOf(kernel), ready = definition.specialise(params), { dims, scalars } = runtimeOf(kernel, program, set);
  const tiles = await inputsOf(withRandom(args, ready.signature.tensors.filter((t) => t.direction !== "out").map((t) => t.name)), ready, kernel.comptime, program, dims, io);
  const device = await open(adapter === undefined ? {} : { adapter }), made = new Map<string, { dispose(): void }>(), bar = progress(io, `tuning ${kernel.name}`), stop = stopping(io), records = await recordsOf(args, io);
  try {
    const inputs = await argumentsOn(ready, device, { tiles, scalars, dims }, made);
    const report = await definition.tune(params, inputs as never, {
      device, sizes: Object.fromEntries(dims), most, records, signal: stop.signal,
      progress: ({ step, done, total }) => { bar.at(["price", "compile", "time"].indexOf(step) * total + done, 3 * total); },
    });
    bar.end();
    const { record, ...data } = report, merged = atlas !== undefined && record ? await addToAtlas(atlas, [record]) : undefined;
    await io.out(args.on("json") ? jsonLine({ ...data, points: data.points.map(({ samples: _, ...p }) => p), ...(merged ? { atlas: merged } : {}) }) : `${tuneText(report)}\n${merged ? `${mergedText(merged)}\n` : ""}`);
    return 0;
  } finally {
    stop.off();
    bar.end();
    for (const t of made.values()) t.dispose();
    device.destroy();
    await close();
  }
}

/** Products, a line for each. */
function productsText(device: string, found: readonly (readonly [ProductCase, TuningRecord])[], asked: number): string {
  const rows = found.map(([{ M, N, K }, r]) => {
    const [first] = r.points, best = r.points.find((p) => choiceText(p.choice) === choiceText(r.choice)), gain = (first.ms ?? 0) / (best?.ms ?? 1);
    return [r.of, `${M}×${N}×${K}`, choiceText(r.choice), ms(best?.ms), best === first ? "the model's choice" : `${gain.toFixed(2)} times as fast as the model's choice`];
  });
  return [device, ...table([["product", "M×N×K", "cut", "time", ""], ...rows], [false, true, false, true, false]), ...(found.length < asked ? [`stopped after ${found.length} of ${asked}; the same command goes on`] : [])].join("\n");
}

async function tuneMany(args: Args, io: Io): Promise<number> {
  const cases = casesOf(args), atlas = args.value("atlas"), bar = progress(io, "tuning products"), stop = stopping(io), records = await recordsOf(args, io);
  try {
    const { device, records: found } = await tuneProducts(cases, args.value("adapter"), records, bar, stop.signal);
    bar.end();
    const merged = atlas === undefined ? undefined : await addToAtlas(atlas, found.map(([, r]) => r));
    const data = found.map(([c, r]) => ({ ...c, of: r.of, choice: r.choice, points: r.points.map(({ samples: _, ...p }) => p) }));
    await io.out(args.on("json") ? jsonLine({ device, products: data, done: found.length === cases.length, ...(merged ? { atlas: merged } : {}) }) : `${productsText(device, found, cases.length)}\n${merged ? `${mergedText(merged)}\n` : ""}`);
    return 0;
  } finally {
    stop.off();
    bar.end();
  }
}

async function merge(args: Args, io: Io): Promise<number> {
  const atlas = args.value("atlas") ?? usage("'--merge' needs '--atlas'", "write --atlas OUT.json: what the files have is added to it"), merged = await addToAtlas(atlas, readAtlases(args.values("merge")));
  await io.out(args.on("json") ? jsonLine({ atlas: merged }) : `${mergedText(merged)}\n`);
  return 0;
}

export async function runTune(args: Args, io: Io): Promise<number> {
  const ways = [args.words.length > 0, args.on("product") || args.on("usual"), args.on("merge")].filter(Boolean).length;
  if (ways !== 1) return usage(ways === 0 ? "'tune' needs FILE" : "'tune' takes a file of kernels, or products, or atlases to merge, one at a time", "bitloom tune FILE --set …, bitloom tune --product 1x4096x4096, or bitloom tune --merge A.json --atlas B.json");
  const misplaced = (args.words.length ? ["type", "x", "group"] : ["kernel", "set", "in", "codes", "most", ...(args.on("merge") ? ["adapter", "fresh", "type", "x", "group"] : [])]).find((flag) => args.on(flag));
  if (misplaced !== undefined) return usage(`'--${misplaced}' says nothing here`, "bitloom tune --help shows what goes together");
  // A file that is no atlas is told before anything is timed.
  const atlas = args.value("atlas");
  if (atlas !== undefined) atlasBefore(atlas);
  return args.on("merge") ? merge(args, io) : args.words.length ? withProgram(args, io, (made) => tuneOne(made, args, io)) : tuneMany(args, io);
}

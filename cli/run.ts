// `bitloom run FILE`: a kernel on files and random data, on a device or on the interpreter.
import { Diagnostic, didYouMean, fail, locate } from "../diagnostic.ts";
import { close, kernelOf, open, type Chosen, type Device, type Kernel, type TensorSlot } from "../runtime/index.ts";
import { dtype, evaluate, isSequence, printScalar, scalarRange, shapeIn, type Comptimes, type PrintLine, type Program, type Size, type Tile } from "../vm/index.ts";
import { everywhere, randomTile, readNumbers, tileOf, valuesOf, type Numbers } from "./arrays.ts";
import { usage, type Args } from "./command.ts";
import { onDevice, onInterpreter, onSanitiser, type Job, type Outcome } from "./execute.ts";
import { formatInputs, formatTiles, readFormat, type FormatSource } from "./format-inputs.ts";
import { jsonLine, type Io } from "./io.ts";
import { targetsOf, writeOutputs, type Target } from "./outputs.ts";
import { progress } from "./progress.ts";
import { withProgram, type Made } from "./source.ts";
import { assignments, choiceText, runtimeOf } from "./values.ts";

/** Most values that `--json` prints of an output. */
const mostPrinted = 4096;

const slotText = (t: Pick<TensorSlot, "dtype" | "shape">): string => `${t.dtype}[${t.shape.map(printScalar).join(", ")}]`;

/** Names that a flag speaks of must be the kernel's. */
function known(names: Iterable<string>, of: readonly { readonly name: string }[], flag: string, kernel: string): void {
  const all = of.map((t) => t.name);
  for (const name of names) if (!all.includes(name)) {
    const near = didYouMean(name, all);
    usage(`kernel '${kernel}' has no ${flag === "in" ? "input" : flag === "out" ? "output" : "tensor"} '${name}'`, near ? `did you mean '${near}'?` : `it has ${all.join(", ") || "none"}`);
  }
}

/** Gives dimensions that stand alone in a shape their numbers. */
function bindShape(shape: readonly Size[], found: readonly number[], dims: Map<string, number>): void {
  shape.forEach((size, i) => {
    if (typeof size !== "number" && size.kind === "symbol" && size.role === "dim" && !dims.has(size.id)) dims.set(size.id, found[i] ?? 0);
  });
}

/** Dimensions that stand alone in the shape of an input get their number from its file. */
function bindDims(slots: readonly TensorSlot[], files: ReadonlyMap<string, Numbers>, dims: Map<string, number>): void {
  for (const t of slots) {
    const found = files.get(t.name)?.shape;
    if (!found) continue;
    if (found.length !== t.shape.length)
      fail({ code: "H0405", message: `'${t.name}' is ${slotText(t)}, but ${files.get(t.name)?.name ?? "what was given"} has the shape [${found.join(", ")}]`, help: (files.get(t.name)?.name ?? "").startsWith("the list") ? "one bracket for each axis, as in [[1, 2], [3, 4]]" : "reshape it in NumPy; an axis of size 1 has to be written, too" });
    bindShape(t.shape, found, dims);
  }
}

/** The shape of a tensor where all dimensions are known. */
function shapeOf(t: Pick<TensorSlot, "name" | "dtype" | "shape">, program: Pick<Program, "dims">, dims: ReadonlyMap<string, number>): number[] {
  const missing = program.dims.find((d) => !dims.has(d) && t.shape.some((s) => typeof s !== "number" && printScalar(s).split(/\W+/).includes(d)));
  if (missing !== undefined) return usage(`how large is ${missing} of '${t.name}': ${slotText(t)}?`, `write --set ${missing}=64`);
  return shapeIn(t, dims);
}

/** What isn't given; a parameter of a format is one where none of its fields is. */
function missingOf(ins: readonly TensorSlot[], given: ReadonlyMap<string, string>): readonly Pick<TensorSlot, "name" | "dtype" | "shape">[] {
  const lacking = ins.filter((t) => !given.has(t.name)), of = (name: string) => (t: TensorSlot): boolean => t.name.startsWith(`${name}.`);
  const wholes = formatInputs(lacking).filter(({ name }) => lacking.filter(of(name)).length === ins.filter(of(name)).length);
  return [...lacking.filter((t) => !wholes.some(({ name }) => of(name)(t))), ...wholes.map(({ name, of: { format, shape } }) => ({ name, dtype: format.name, shape }))];
}

/** Reads and makes the inputs. */
export async function inputsOf(args: Pick<Args, "value" | "values">, { name: kernel, signature: { tensors: slots } }: Kernel, comptime: Comptimes, program: Pick<Program, "dims">, dims: Map<string, number>, io: Io): Promise<Map<string, Tile>> {
  const sources = assignments(args.values("in"), "in"), codes = new Set((args.value("codes") ?? "").split(",").map((s) => s.trim()).filter(Boolean));
  const every = slots.filter((t) => t.direction !== "out"), wholes = formatInputs(every).filter((p) => sources.has(p.name)), ins = every.filter((t) => !wholes.some((p) => t.name.startsWith(`${p.name}.`)));
  known([...sources.keys()].filter((name) => !wholes.some((p) => p.name === name)), [...ins, ...formatInputs(ins)], "in", kernel);
  known(codes, slots, "codes", kernel);
  const files = new Map<string, Numbers>(), missing = missingOf(ins, sources);
  if (missing.length)
    return usage(`kernel '${kernel}' needs ${missing.map((t) => `'${t.name}': ${slotText(t)}`).join(", ")}`,
      `write --in ${missing[0].name}=FILE.npy, or ${missing.map((t, i) => `--in ${t.name}=random:${i + 1}`).join(" ")}`);
  for (const t of ins) {
    const source = sources.get(t.name) ?? "";
    if (!source.startsWith("random:") && everywhere(source) === undefined) files.set(t.name, await readNumbers(source, io));
  }
  const formats = new Map<string, FormatSource>();
  for (const p of wholes) {
    const source = await readFormat(sources.get(p.name) ?? "", io);
    formats.set(p.name, source);
    if (source.kind !== "rule") bindShape(p.of.shape, source.shape, dims);
  }
  bindDims(ins, files, dims);
  const tiles = new Map<string, Tile>(), choice = Object.entries(comptime).find(([, c]) => c.kind === "format")?.[0];
  for (const p of wholes)
    for (const [name, t] of formatTiles(p, formats.get(p.name) ?? { kind: "rule", source: "random:1" }, shapeOf({ name: p.name, dtype: p.of.format.name, shape: p.of.shape }, program, dims), choice)) tiles.set(name, t);
  for (const t of ins) {
    const type = dtype(t.dtype), want = shapeOf(t, program, dims), file = files.get(t.name);
    if (!file) {
      const value = everywhere(sources.get(t.name) ?? "");
      if (value !== undefined) { tiles.set(t.name, tileOf(type, { shape: want, values: new Float64Array(want.reduce((a, b) => a * b, 1)).fill(value), name: `'${t.name}'` }, codes.has(t.name))); continue; }
      const seed = /^random:(\d{1,10})$/.exec(sources.get(t.name) ?? "")?.[1];
      if (seed === undefined) return usage(`'${sources.get(t.name) ?? ""}' has no seed`, `write --in ${t.name}=random:1`);
      tiles.set(t.name, randomTile(type, want, Number(seed)));
    } else {
      if (want.some((n, i) => n !== file.shape[i]))
        fail({ code: "H0406", message: `'${t.name}' is ${slotText(t)}, here [${want.join(", ")}], but ${file.name} has the shape [${file.shape.join(", ")}]`, help: "give tensors whose sizes agree, or other --set values" });
      tiles.set(t.name, tileOf(type, file, codes.has(t.name)));
    }
  }
  return tiles;
}

/** Where a kernel shall run, as far as the command line says. */
function wish(args: Args): { readonly on?: string | undefined; readonly adapter?: string | undefined } {
  const on = args.value("on") ?? (args.on("sanitise") ? "interpreter" : undefined), adapter = args.value("adapter");
  if (args.on("sanitise") && on !== "interpreter") return usage("only the interpreter can watch every element", "leave --on out, or write --on interpreter");
  if (on !== undefined && on !== "interpreter" && on !== "webgpu") {
    const near = didYouMean(on, ["interpreter", "webgpu"]);
    return usage(`there is no '--on ${on}'`, near ? `did you mean '${near}'?` : "write --on interpreter or --on webgpu");
  }
  if (on === "interpreter" && args.on("model")) return usage("the model prices what devices do, not the interpreter", "leave --model out, or write --on webgpu");
  if (on === "interpreter" && adapter !== undefined) return usage("the interpreter needs no adapter", "leave --adapter out, or write --on webgpu");
  return { on, adapter };
}

/** The device that is asked for; undefined means the interpreter, with the reason. */
async function place({ on, adapter }: ReturnType<typeof wish>): Promise<{ readonly device?: Device; readonly note?: string }> {
  if (on === "interpreter") return {};
  try {
    return { device: await open(adapter === undefined ? {} : { adapter }) };
  } catch (error) {
    // Without any wish for a device the interpreter does as well; it is the same answer, only slower.
    if (on === undefined && adapter === undefined && error instanceof Diagnostic) return { note: `no device (${error.data.message}); the interpreter runs it` };
    throw error;
  }
}

/** A tensor in a line: type, shape, range, mean and its first values. */
function summary(name: string, t: Tile): string {
  const v = valuesOf(t), head = `${name}: ${t.dtype.name}[${t.shape.join(", ")}]`;
  if (!v.length) return head;
  let least = Infinity, most = -Infinity, sum = 0;
  for (const x of v) { least = Math.min(least, x); most = Math.max(most, x); sum += x; }
  // Whole numbers as they are; of others as many digits as an eye compares.
  const short = (x: number): string => String(Number.isSafeInteger(x) ? x : Number(x.toPrecision(6)));
  return `${head}  from ${short(least)} to ${short(most)}, mean ${short(sum / v.length)}\n  ${Array.from(v.subarray(0, 8), short).join(" ")}${v.length > 8 ? " …" : ""}`;
}

/** What was printed, each line with its place in the text and its block. */
const printed = (lines: readonly PrintLine[], texts: Made["texts"]): readonly string[] => lines.map(({ block, span, text }) => {
  const source = span && texts.get(span.file), at = source === undefined ? "" : `${span?.file ?? ""}:${locate(source, span?.start ?? 0).line} `;
  return block.length ? `${at}block ${block.join(", ")}: ${text}` : text;
});

const chosenBy: Readonly<Record<Chosen["by"], string>> = { record: "as it was tuned", model: "the cheapest by the model", written: "as it is written" };

async function report(args: Args, io: Io, kernel: string, where: string, out: Outcome, targets: ReadonlyMap<string, Target>, said: readonly string[] = [], chosen?: Chosen): Promise<void> {
  await writeOutputs(out.outs, targets, new Set((args.value("codes") ?? "").split(",").map((s) => s.trim())));
  const files = new Map([...targets].map(([name, { file, entry }]) => [name, entry === undefined ? file : `${file}:${entry}`]));
  if (args.on("json")) {
    const outputs = Object.fromEntries([...out.outs].map(([name, t]) => {
      const file = files.get(name);
      return [name, { dtype: t.dtype.name, shape: t.shape, ...(file !== undefined ? { file } : t.data.length <= mostPrinted ? { values: Array.from(valuesOf(t)) } : {}) }];
    }));
    return io.out(jsonLine({ kernel, on: where, ms: out.ms, clock: out.clock, ...(args.on("debug") ? { printed: said } : {}), ...(chosen ? { choice: chosen.choice, by: chosen.by } : {}), outputs }));
  }
  const lines = [...out.outs].map(([name, t]) => (files.has(name) ? `${summary(name, t).split("\n")[0] ?? ""} → ${files.get(name) ?? ""}` : summary(name, t)));
  await io.out(`${said.map((l) => `${l}\n`).join("")}${kernel} on ${where}: ${out.ms.toFixed(2)} ms (${where === "interpreter" ? "wall clock" : `first launch, ${out.clock === "timestamp" ? "the device's clock" : "wall clock"}`})\n${chosen ? `${choiceText(chosen.choice)}: ${chosenBy[chosen.by]}\n` : ""}${lines.join("\n")}\n`);
}

/** Shows that something is under way, for as long as it is. */
async function waiting<T>(io: Io, what: string, work: Promise<T>): Promise<T> {
  const bar = progress(io, what);
  try { return await work; } finally { bar.end(); }
}

/** On the interpreter, with a bar that counts blocks; nothing else runs meanwhile, so it is drawn from within. */
function interpreted(job: Job, dims: ReadonlyMap<string, number>, io: Io): Outcome {
  const { program } = job;
  if (!io.terminal || isSequence(program)) return onInterpreter(job);
  const env = new Map([...dims, ...job.scalars]), bar = progress(io, "interpreting");
  const extents = program.grid.map((g) => Math.max(0, evaluate(g.extent, env))), blocks = extents.reduce((a, b) => a * b, 1);
  try {
    return onInterpreter(job, (block) => bar.at(block.reduceRight((at, i, d) => at * (extents[d] ?? 1) + i, 0), blocks));
  } finally {
    bar.end();
  }
}

async function runOne({ kernel, params, set, program, texts, report: complain }: Made, args: Args, io: Io): Promise<number> {
  const definition = kernelOf(kernel, { debug: args.on("debug") }), ready = definition.specialise(params), { dims, scalars } = runtimeOf(kernel, program, set);
  for (const p of program.params)
    if (p.kind === "scalar" && !scalars.has(p.name)) usage(`kernel '${kernel.name}' needs '${p.name}': ${scalarRange[p.type]}`, `write --set ${p.name}=${p.type === "bool" ? "true" : "1"}`);
  const outs = assignments(args.values("out"), "out");
  known(outs.keys(), ready.signature.tensors.filter((t) => t.direction !== "in"), "out", kernel.name);
  const where = wish(args), targets = targetsOf(outs), tiles = await inputsOf(args, ready, kernel.comptime, program, dims, io), { device, note } = await place(where);
  if (note && !args.on("json")) await io.err(`${note}\n`);
  try {
    const lines: PrintLine[] = [], job: Job = { program, tiles, scalars, dims, print: args.on("debug") ? (line) => { lines.push(line); } : undefined };
    if (args.on("sanitise")) {
      const { found, ...out } = onSanitiser(job), json = args.on("json"), wrong = found.some((d) => d.severity === "error");
      if (found.length && (wrong || !json)) await complain(found);
      if (wrong) return 1;
      await report(args, io, kernel.name, "interpreter", out, targets);
      if (!found.length && !json) await io.out("every element was watched; nothing was found\n");
      return 0;
    }
    // Tensors are packed here, so the recorded choice may want them in any way.
    const sizes = Object.fromEntries(dims), chosen = device && args.on("model") ? await waiting(io, "pricing points", definition.choose(params, { device, sizes })) : undefined;
    const tuned = chosen?.kernel ?? (device?.measured.records ? await definition.tuned(params, { device, sizes }) : ready);
    const out = device ? await waiting(io, `compiling and running on ${device.info.name}`, onDevice(tuned, device, job)) : interpreted(job, dims, io);
    await report(args, io, kernel.name, device ? device.info.name : "interpreter", out, targets, printed(lines, texts), chosen);
  } finally {
    await close();
  }
  return 0;
}

export const runRun = (args: Args, io: Io): Promise<number> => withProgram(args, io, (made) => runOne(made, args, io));

// `bitloom quantise IN OUT --format F` and `bitloom repack`: a weight file with its tensors in another format, and what that cost.
import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { close, convertWeights, open, openWeights, type ConvertReport } from "../runtime/index.ts";
import { usage, type Args } from "./command.ts";
import { jsonLine, tame, type Io } from "./io.ts";
import { progress } from "./progress.ts";
import { table } from "./table.ts";
import { assignments } from "./values.ts";

/** Whether a name is meant by a word: a pattern of the whole name where it has `*` or `?`, else a part of it. */
export const matches = (pattern: string, name: string): boolean =>
  /[*?]/.test(pattern) ? new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*+/g, ".*").replace(/\?/g, ".")}$`, "s").test(name) : name.includes(pattern);

const real = (path: string): string => { try { return realpathSync(path); } catch { return resolve(path); } };
const decibels = (x: number): string => (x === Infinity ? "exact" : `${x.toFixed(1)} dB`);
const size = (n: number): string => n.toPrecision(3);

function page(input: string, output: string, r: ConvertReport): string {
  const rows = r.converted.map((t) => [t.name, t.from, `[${t.shape.join(", ")}]`, String(Number(t.bitsPerWeight.toFixed(3))), size(t.max), size(t.rms), decibels(t.sqnr)]);
  const weights = r.converted.reduce((n, t) => n + t.weights, 0), bytes = r.converted.reduce((n, t) => n + t.bytes, 0), n = r.converted.length;
  return tame([
    ...table([["tensor", "from", "shape", "bits", "max error", "RMS", "SQNR"], ...rows], [false, false, false, true, true, true, true]),
    ...(r.copied.length ? ["", "copied as they are:", ...table(r.copied.map((c) => [c.name, c.format, c.why]), [false, false, false])] : []),
    "", `${input} → ${output}: ${n} tensor${n === 1 ? "" : "s"} in ${r.format}, ${weights} weights in ${bytes} bytes, ${Number(((bytes * 8) / weights).toFixed(3))} bits each`,
  ].join("\n"));
}

async function convert(args: Args, io: Io, repack: boolean): Promise<number> {
  const [input = "", output = ""] = args.words, verb = repack ? "repack" : "quantise", only = args.values("only"), skip = args.values("skip");
  const format = args.value("format") ?? usage(`'${verb}' needs --format`, `write --format q4_0, or --format "grouped(Q: i3, group: 64)"`);
  if (!output.endsWith(".safetensors")) usage(`'${output}' is no .safetensors file, the only kind that is written`, `write bitloom ${verb} ${input} OUT.safetensors --format …`);
  if (real(input) === real(output)) usage("IN and OUT are one file", "give OUT a name of its own");
  const adapter = args.value("adapter"), given = Object.fromEntries([...assignments(args.values("given"), "given")].map(([name, text]) => {
    const n = Number(text);
    return Number.isFinite(n) && text !== "" ? [name, n] : usage(`'--given ${name}=${text}' is no number`, `write --given ${name}=0.01`);
  }));
  io.used?.(input);
  const file = await openWeights(input), device = args.on("device") || adapter !== undefined ? await open(adapter === undefined ? {} : { adapter }).catch(async (e: unknown) => { await file.close(); throw e; }) : undefined, bar = progress(io, `writing ${output}`);
  try {
    const report = await convertWeights(file, output, {
      format, repack, device, given, progress: (done, total) => { bar.at(done, total); },
      wanted: (name) => (only.length === 0 || only.some((p) => matches(p, name))) && !skip.some((p) => matches(p, name)),
    });
    bar.end();
    await io.out(args.on("json") ? jsonLine({ in: input, out: output, ...report }) : `${page(input, output, report)}\n`);
    return 0;
  } finally {
    bar.end();
    await file.close();
    device?.destroy();
    if (device) await close();
  }
}

export const runQuantise = (args: Args, io: Io): Promise<number> => convert(args, io, false);
export const runRepack = (args: Args, io: Io): Promise<number> => convert(args, io, true);

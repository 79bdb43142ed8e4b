// Reads what the user names: source files, and the kernels in them.
import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { Diagnostic, didYouMean, fail, type DiagnosticData } from "../diagnostic.ts";
import { load, type LoomKernel, type LoomSequence } from "../lang/index.ts";
import type { Program, Sequence } from "../vm/index.ts";
import { usage, type Args } from "./command.ts";
import { dataOf, draw, jsonLine, type Io } from "./io.ts";
import { assignments, comptimeOf } from "./values.ts";

/** No source of the language is longer; more isn't even read. */
const longest = 4 << 20;

/** The text of a source file. @throws Diagnostic H0208, H0902 when there is no such text */
export function readSource(path: string, io: Pick<Io, "used">): string {
  io.used?.(path);
  const about = statSync(path, { throwIfNoEntry: false });
  if (!about) return fail({ code: "H0208", message: `there is no file '${path}'`, help: "check the path" });
  if (about.isDirectory()) fail({ code: "H0902", message: `'${path}' is a folder`, help: "name the files in it" });
  if (about.size > longest) fail({ code: "H0902", message: `'${path}' has ${about.size} bytes, too many for a source file`, help: "split it and use `import`" });
  return decodeSource(readFileSync(path), path);
}

/** Bytes as the text that they should be. @throws Diagnostic H0902 */
export function decodeSource(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return fail({ code: "H0902", message: `'${path}' is no UTF-8 text`, help: "save it as UTF-8" });
  }
}

/** A file and those it imports. */
export interface Sources {
  readonly file: string;
  readonly source: string;
  /** Every text that was read, by file name. */
  readonly texts: Map<string, string>;
  /** Finds imported files, relative to the importing one. */
  readonly importer: (path: string, from: string) => { readonly source: string; readonly file: string } | undefined;
}

/** Reads FILE; the files that it imports are read when they are asked for. */
export function sourcesOf(file: string, io: Pick<Io, "used">): Sources {
  const source = readSource(file, io), texts = new Map([[file, source]]);
  return {
    file, source, texts,
    importer(path, from) {
      const found = join(dirname(from), path);
      io.used?.(found);
      if (!statSync(found, { throwIfNoEntry: false })?.isFile()) return undefined;
      const text = readSource(found, io);
      texts.set(found, text);
      return { source: text, file: found };
    },
  };
}

/** Several diagnostics at once, with the texts they point into: what ends a command with a drawn list. */
export interface Mistakes {
  readonly list: readonly DiagnosticData[];
  readonly sources: ReadonlyMap<string, string>;
}

/** Mistakes as JSON prints them. */
export const dataOfMistakes = ({ list, sources }: Mistakes): readonly unknown[] => list.map((d) => dataOf(d, sources));

/** Prints mistakes and gives the exit code: 1 with errors. */
export async function reportMistakes(mistakes: Mistakes, json: boolean, io: Io): Promise<number> {
  const { list, sources } = mistakes;
  if (json) await io.out(jsonLine({ diagnostics: dataOfMistakes(mistakes) }));
  else for (const d of list) await io.err(`${draw(d, io, sources)}\n\n`);
  return list.some((d) => d.severity === "error") ? 1 : 0;
}

/** The kernel or sequence of FILE that `--kernel` names, or what it is about: its only sequence, or else its only kernel. */
function pick({ kernels: steps, sequences }: Pick<ReturnType<typeof load>, "kernels" | "sequences">, file: string, wanted: string | undefined): LoomKernel | LoomSequence {
  const kernels = [...sequences, ...steps], names = kernels.map((k) => k.name), [only] = kernels;
  if (!only) return fail({ code: "H0416", message: `'${file}' has no kernel`, help: "a kernel is written `kernel name(…) grid (…) threads n { … }`" });
  if (wanted === undefined) return kernels.length === 1 || sequences.length === 1 ? only : usage(`'${file}' has ${kernels.length} kernels`, `choose with --kernel: ${names.join(", ")}`);
  const found = kernels.find((k) => k.name === wanted), near = didYouMean(wanted, names);
  return found ?? fail({ code: "H0416", message: `'${file}' has no kernel '${wanted}'`, help: near ? `did you mean '${near}'?` : `it has ${names.join(", ")}` });
}

/** A kernel or sequence with the Program for the parameters that `--set` gives. */
export interface Made {
  readonly kernel: LoomKernel | LoomSequence;
  readonly params: Readonly<Record<string, string>>;
  readonly set: ReadonlyMap<string, string>;
  readonly program: Program | Sequence;
  /** Every text that was read, by file name. */
  readonly texts: ReadonlyMap<string, string>;
  /** Draws what was found later, into the same texts; gives the exit code. */
  readonly report: (list: readonly DiagnosticData[]) => Promise<number>;
}

/** Loads FILE, makes the Program and does `work`; mistakes of the text, also those that later steps find, are drawn into it. */
export async function withProgram(args: Args, io: Io, work: (made: Made) => Promise<number>): Promise<number> {
  const [file = ""] = args.words, json = args.on("json"), from = sourcesOf(file, io);
  const report = (list: readonly DiagnosticData[]): Promise<number> => reportMistakes({ list, sources: from.texts }, json, io);
  const loaded = load(from.source, from), { diagnostics } = loaded;
  if (diagnostics.some((d) => d.severity === "error")) return report(diagnostics);
  const kernel = pick(loaded, file, args.value("kernel")), set = assignments(args.values("set"), "set"), params = comptimeOf(kernel, set);
  const { program, diagnostics: more } = kernel.elaborate(params), found = [...diagnostics, ...more.map((d) => d.data)];
  if (!program || found.some((d) => d.severity === "error")) return report(found);
  if (!json) await report(found);
  try {
    return await work({ kernel, params, set, program, texts: from.texts, report });
  } catch (error) {
    if (!(error instanceof Diagnostic) || !error.data.span) throw error;
    return report([error.data]);
  }
}

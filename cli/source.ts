// Reads what the user names: source files, and the kernels in them.
import { readFile, stat } from "node:fs/promises";
import { Diagnostic, didYouMean, fail, type DiagnosticData } from "../diagnostic.ts";
import { load } from "../lang/index.ts";
import type { KernelDefinition } from "../vm/index.ts";
import { usage, type Args } from "./command.ts";
import { dataOf, draw, jsonLine, type Io } from "./io.ts";

/** No source of the language is longer; more isn't even read. */
const longest = 4 << 20;

/** The text of a source file. @throws Diagnostic H0206, H0902 when there is no such text */
export async function readSource(path: string): Promise<string> {
  const { size } = await stat(path).catch(() => fail({ code: "H0206", message: `there is no file '${path}'`, help: "check the path" }));
  if (size > longest) fail({ code: "H0902", message: `'${path}' has ${size} bytes, too many for a source file`, help: "split it and use `import`" });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return fail({ code: "H0902", message: `'${path}' is no UTF-8 text`, help: "save it as UTF-8" });
  }
}

/** Several diagnostics at once, with the texts they point into: what ends a command with a drawn list. */
export interface Mistakes {
  readonly list: readonly DiagnosticData[];
  readonly sources: ReadonlyMap<string, string>;
}

/** Prints mistakes and gives the exit code: 1 with errors. */
export async function reportMistakes({ list, sources }: Mistakes, json: boolean, io: Io): Promise<number> {
  if (json) await io.out(jsonLine({ diagnostics: list.map((d) => dataOf(d, sources)) }));
  else for (const d of list) await io.err(`${draw(d, io, sources)}\n\n`);
  return list.some((d) => d.severity === "error") ? 1 : 0;
}

/** A kernel of a file, or what is wrong with the file. */
export type Loaded =
  | { readonly kind: "kernel"; readonly kernel: KernelDefinition; readonly sources: ReadonlyMap<string, string>; readonly warnings: readonly DiagnosticData[] }
  | { readonly kind: "mistakes"; readonly mistakes: Mistakes };

/** Loads FILE and picks the kernel that `--kernel` names, or the only one. */
export async function loadKernel(args: Args): Promise<Loaded> {
  const [file = ""] = args.words;
  const text = await readSource(file), sources = new Map([[file, text]]);
  const { kernels, diagnostics } = load(text, { file });
  if (diagnostics.some((d) => d.severity === "error")) return { kind: "mistakes", mistakes: { list: diagnostics, sources } };
  const all = [...kernels.values()], names = all.map((k) => k.name), wanted = args.value("kernel");
  if (!all.length) return fail({ code: "H0903", message: `'${file}' has no kernel`, help: "a kernel is written `kernel name(…) grid (…) threads n { … }`" });
  if (wanted === undefined && all.length > 1) return usage(`'${file}' has ${all.length} kernels`, `choose with --kernel: ${names.join(", ")}`);
  const kernel = wanted === undefined ? all[0] : all.find((k) => k.name === wanted);
  if (!kernel) {
    const near = didYouMean(wanted ?? "", names);
    return fail({ code: "H0903", message: `'${file}' has no kernel '${wanted ?? ""}'`, help: near ? `did you mean '${near}'?` : `it has ${names.join(", ")}` });
  }
  return { kind: "kernel", kernel, sources, warnings: diagnostics };
}

/** Runs `work` on a loaded kernel; draws mistakes, also those that specialising finds, into its text. */
export async function withKernel(args: Args, io: Io, work: (kernel: KernelDefinition) => Promise<number>): Promise<number> {
  const loaded = await loadKernel(args), json = args.on("json");
  if (loaded.kind === "mistakes") return reportMistakes(loaded.mistakes, json, io);
  if (!json) await reportMistakes({ list: loaded.warnings, sources: loaded.sources }, false, io);
  try {
    return await work(loaded.kernel);
  } catch (error) {
    if (!(error instanceof Diagnostic) || !error.data.span) throw error;
    return reportMistakes({ list: [error.data], sources: loaded.sources }, json, io);
  }
}


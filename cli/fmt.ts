// `bitloom fmt FILE…`: sources in their one form, written over the old ones or only compared.
import { Diagnostic, type DiagnosticData } from "../diagnostic.ts";
import { format } from "../lang/index.ts";
import { writeFileAtomic } from "../runtime/index.ts";
import { usage, type Args } from "./command.ts";
import { filesOf } from "./globs.ts";
import { jsonLine, type Io } from "./io.ts";
import { decodeSource, dataOfMistakes, readSource, reportMistakes } from "./source.ts";

/** From standard input to standard output. */
async function filter(args: Args, io: Io): Promise<number> {
  if (args.words.length) usage("'--stdin' and files at once", "leave the files out, or --stdin");
  const pieces: Uint8Array[] = [];
  for await (const piece of io.stdin()) pieces.push(piece);
  const file = "<stdin>", source = decodeSource(Buffer.concat(pieces), file), { text, diagnostics } = format(source, file);
  if (text === undefined) return reportMistakes({ list: diagnostics, sources: new Map([[file, source]]) }, args.on("json"), io);
  const changed = text !== source, check = args.on("check");
  if (args.on("json")) await io.out(jsonLine({ changed, ...(check ? {} : { text }) }));
  else if (!check) await io.out(text);
  return check && changed ? 1 : 0;
}

export async function runFmt(args: Args, io: Io): Promise<number> {
  if (args.on("stdin")) return filter(args, io);
  if (!args.words.length) return usage("'fmt' needs FILE…", "bitloom fmt FILE…, or bitloom fmt --stdin");
  const check = args.on("check"), list: DiagnosticData[] = [], sources = new Map<string, string>(), files: { file: string; changed: boolean }[] = [];
  for (const word of args.words) {
    try {
      for (const file of filesOf(word)) {
        const source = readSource(file, io), { text, diagnostics } = format(source, file);
        sources.set(file, source);
        list.push(...diagnostics);
        if (text === undefined) continue;
        if (text !== source && !check) await writeFileAtomic(file, text);
        files.push({ file, changed: text !== source });
      }
    } catch (error) {
      if (!(error instanceof Diagnostic)) throw error;
      list.push(error.data);
    }
  }
  const changed = files.filter((f) => f.changed), some = (n: number): string => `${n} file${n === 1 ? "" : "s"}`;
  if (args.on("json")) await io.out(jsonLine({ files, diagnostics: dataOfMistakes({ list, sources }) }));
  else {
    await reportMistakes({ list, sources }, false, io);
    const told = check ? "to format" : "formatted", refused = list.length ? "; those with mistakes stay as they are" : "";
    await io.out(`${changed.map((f) => `${f.file}\n`).join("")}${changed.length} of ${some(files.length)} ${told}${refused}\n`);
  }
  return list.some((d) => d.severity === "error") || (check && changed.length > 0) ? 1 : 0;
}

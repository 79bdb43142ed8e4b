// `bitloom check FILE…`: every mistake of every file.
import { Diagnostic, type DiagnosticData } from "../diagnostic.ts";
import { check } from "../lang/index.ts";
import type { Args } from "./command.ts";
import type { Io } from "./io.ts";
import { reportMistakes, sourcesOf } from "./source.ts";

export async function runCheck(args: Args, io: Io): Promise<number> {
  const list: DiagnosticData[] = [], sources = new Map<string, string>();
  for (const file of args.words) {
    try {
      const from = sourcesOf(file);
      list.push(...check(from.source, file, from.importer));
      for (const [name, text] of from.texts) sources.set(name, text);
    } catch (error) {
      if (!(error instanceof Diagnostic)) throw error;
      list.push(error.data);
    }
  }
  const code = await reportMistakes({ list, sources }, args.on("json"), io);
  if (args.on("json")) return code;
  const some = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`, count = (severity: string): string => some(list.filter((d) => d.severity === severity).length, severity);
  const files = some(args.words.length, "file");
  await io.out(list.length ? `${files}: ${count("error")}, ${count("warning")}\n` : `${files}: no mistakes found\n`);
  return code;
}

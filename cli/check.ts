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
  const count = (severity: string): number => list.filter((d) => d.severity === severity).length;
  const files = `${args.words.length} ${args.words.length === 1 ? "file" : "files"}`;
  await io.out(list.length ? `${files}: ${count("error")} errors, ${count("warning")} warnings\n` : `${files}: no mistakes found\n`);
  return code;
}

// `bitloom check FILE…`: every mistake of every file.
import { Diagnostic, type DiagnosticData } from "../diagnostic.ts";
import { check } from "../lang/index.ts";
import { usage, type Args } from "./command.ts";
import { filesOf } from "./globs.ts";
import type { Io } from "./io.ts";
import { reportMistakes, sourcesOf } from "./source.ts";

export async function runCheck(args: Args, io: Io): Promise<number> {
  if (args.on("device") || args.on("adapter")) return (await import("./check-device.ts")).runCheckDevice(args, io);
  const misplaced = ["kernel", "set", "blocks", "seed"].find((flag) => args.on(flag));
  if (misplaced !== undefined) usage(`'--${misplaced}' is for checks on a device`, "add --device");
  const list: DiagnosticData[] = [], sources = new Map<string, string>();
  const attempt = (work: () => void): void => {
    try { work(); } catch (error) {
      if (!(error instanceof Diagnostic)) throw error;
      list.push(error.data);
    }
  };
  let checked = 0;
  for (const word of args.words) {
    attempt(() => {
      for (const file of filesOf(word)) {
        checked++;
        attempt(() => {
          const from = sourcesOf(file, io);
          list.push(...check(from.source, file, from.importer));
          for (const [name, text] of from.texts) sources.set(name, text);
        });
      }
    });
  }
  // What is wrong with a file that several import is told once.
  const told = new Set<string>(), once = list.filter((d) => { const key = JSON.stringify(d); return !told.has(key) && told.add(key); });
  list.splice(0, list.length, ...once);
  const code = await reportMistakes({ list, sources }, args.on("json"), io);
  if (args.on("json")) return code;
  const some = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`, count = (severity: string): string => some(list.filter((d) => d.severity === severity).length, severity);
  const files = some(checked, "file");
  await io.out(list.length ? `${files}: ${count("error")}, ${count("warning")}\n` : `${files}: no mistakes found\n`);
  return code;
}

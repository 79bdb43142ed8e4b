// What the benches of products may be told, and how they tell how far they are.
import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { didYouMean } from "../diagnostic.ts";
import { shapesOf } from "./shapes.ts";
import { benches, flags, Wrong, type BenchName, type FlagName } from "./usage.ts";

/** The words after the bench's name. */
export interface Options {
  readonly quick: boolean;
  readonly peers: boolean;
  readonly wgsl: readonly string[];
  readonly adapter?: string | undefined;
  readonly shapes?: string | undefined;
  /** Names, libraries or families, with commas between: only these. */
  readonly only?: string | undefined;
  readonly rounds?: number | undefined;
  /** No shape is begun after so many. */
  readonly minutes?: number | undefined;
  readonly json?: string | undefined;
  readonly svg?: string | undefined;
}

/** Benches that take flags. */
export type ProductBench = { [B in BenchName]: (typeof benches)[B] extends { readonly flags: unknown } ? B : never }[BenchName];

/** Flags that a bench doesn't take, told one by one. */
function flagsOf(args: readonly string[], bench: ProductBench): void {
  const own: readonly string[] = benches[bench].flags;
  for (const word of args) {
    const [, name] = /^--([^=]+)/.exec(word) ?? [];
    if (name === undefined || own.includes(name)) continue;
    const near = didYouMean(name, own);
    throw new Wrong(Object.hasOwn(flags, name) ? `--${name} says nothing to ${bench}; it takes ${own.map((f) => `--${f}`).join(", ")}` : `there is no flag --${name}${near === undefined ? `; ${bench} takes ${own.map((f) => `--${f}`).join(", ")}` : `; did you mean --${near}?`}`);
  }
}

/** Reads them. @throws Wrong that says what is wrong, before anything is measured */
export function options(args: readonly string[], bench: ProductBench = "matmul"): Options {
  const text = { type: "string" } as const, many = { type: "string", multiple: true } as const, flag = { type: "boolean" } as const, number = (t: string | undefined): number | undefined => (t === undefined ? undefined : Number(t));
  flagsOf(args, bench);
  const read = () => parseArgs({ args: [...args], options: { quick: flag, "no-peers": flag, wgsl: many, adapter: text, shapes: text, only: text, rounds: text, minutes: text, json: text, svg: text } satisfies Record<FlagName, object> }).values;
  const o = told(read), rounds = number(o.rounds), minutes = number(o.minutes);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0)) throw new Wrong(`--rounds takes a whole number of at least 1, found "${o.rounds}"`);
  if (minutes !== undefined && !(minutes > 0)) throw new Wrong(`--minutes takes a number above 0, found "${o.minutes}"`);
  if (o.shapes !== undefined) shapesOf(o.shapes, false);
  for (const [name, file] of [["json", o.json], ["svg", o.svg]] as const) {
    if (file !== undefined && !existsSync(dirname(file))) throw new Wrong(`--${name} ${file}: there is no folder ${dirname(file)}`);
    if (file !== undefined && existsSync(file) && statSync(file).isDirectory()) throw new Wrong(`--${name} ${file} is a folder; name a file`);
  }
  return { quick: o.quick ?? false, peers: !o["no-peers"], wgsl: o.wgsl ?? [], adapter: o.adapter, shapes: o.shapes, only: o.only, rounds, minutes, json: o.json, svg: o.svg };
}

/** What node says of words that it can't part, as the caller's mistake. */
function told<T>(read: () => T): T {
  try { return read(); } catch (error) {
    if (error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS")) throw new Wrong(error.message.split(". ")[0]);
    throw error;
  }
}

/** Tells on the standard error what goes on, on one line where that is a terminal, else at most every ten seconds; without a text it ends. */
export function progress(what: string): (text?: string) => void {
  const { stderr } = process, state = { told: -Infinity };
  return (text) => {
    if (stderr.isTTY) stderr.write(text === undefined ? "\r\x1b[K" : `\r\x1b[K${what}: ${text}`.slice(0, 120));
    else if (text !== undefined && performance.now() - state.told > 10_000) { state.told = performance.now(); stderr.write(`${what}: ${text}\n`); }
  };
}

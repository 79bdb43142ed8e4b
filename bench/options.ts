// What the benches of products may be told, and how they tell how far they are.
import { parseArgs } from "node:util";

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

/** Reads them. @throws Error that says what is wrong */
export function options(args: readonly string[]): Options {
  const text = { type: "string" } as const, flag = { type: "boolean" } as const;
  const { values: o } = parseArgs({ args: [...args], options: { quick: flag, "no-peers": flag, wgsl: { type: "string", multiple: true }, adapter: text, shapes: text, only: text, rounds: text, minutes: text, json: text, svg: text } }), number = (t: string | undefined): number | undefined => (t === undefined ? undefined : Number(t)), rounds = number(o.rounds), minutes = number(o.minutes);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0)) throw new Error(`--rounds takes a whole number of at least 1, found "${o.rounds}"`);
  if (minutes !== undefined && !(minutes > 0)) throw new Error(`--minutes takes a number above 0, found "${o.minutes}"`);
  return { quick: o.quick ?? false, peers: !o["no-peers"], wgsl: o.wgsl ?? [], adapter: o.adapter, shapes: o.shapes, only: o.only, rounds, minutes, json: o.json, svg: o.svg };
}

/** Tells on the standard error what goes on, on one line where that is a terminal, else at most every ten seconds; without a text it ends. */
export function progress(what: string): (text?: string) => void {
  const { stderr } = process, state = { told: -Infinity };
  return (text) => {
    if (stderr.isTTY) stderr.write(text === undefined ? "\r\x1b[K" : `\r\x1b[K${what}: ${text}`.slice(0, 120));
    else if (text !== undefined && performance.now() - state.told > 10_000) { state.told = performance.now(); stderr.write(`${what}: ${text}\n`); }
  };
}

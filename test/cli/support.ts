// Runs command lines inside the test's process and keeps what they print.
import { main } from "../../cli/cli.ts";

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Standard output as JSON. */
  readonly json: () => Record<string, unknown>;
  readonly lines: () => readonly string[];
}

/** Runs `bitloom words…` with this text as standard input, cut into pieces of `piece` bytes. */
export async function bitloom(words: readonly string[], input = "", piece = 1 << 16): Promise<Ran> {
  let out = "", err = "";
  const bytes = new TextEncoder().encode(input);
  const code = await main(words, {
    out: async (text) => { out += text; },
    err: async (text) => { err += text; },
    async *stdin() { for (let i = 0; i < bytes.length; i += piece) yield bytes.subarray(i, i + piece); },
    colour: false, terminal: false,
  });
  return { code, out, err, json: () => JSON.parse(out) as Record<string, unknown>, lines: () => out.trimEnd().split("\n") };
}

export { folder } from "../support/folders.ts";

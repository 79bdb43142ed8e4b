// Standard input, one expression a line; standard output, one JSON line for each. Keeps up with any length of input
// and holds no more than a piece of it.
import { Diagnostic } from "../diagnostic.ts";
import type { Io } from "./io.ts";

/** Longest line in bytes; a longer one is answered by an error. */
export const longestLine = 1 << 20;

/** Lines of a stream of bytes, without their ends; undefined for one that is too long. An unfinished last line counts. */
export async function* lines(from: AsyncIterable<Uint8Array>): AsyncGenerator<readonly (string | undefined)[]> {
  const decoder = new TextDecoder();
  let rest = "", skipping = false;
  for await (const piece of from) {
    const parts = (rest + decoder.decode(piece, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    const ready = parts.map((line): string | undefined => {
      if (!skipping) return line.length > longestLine ? undefined : line.replace(/\r$/, "");
      skipping = false;
      return undefined;
    });
    // The end of a line that is too long is thrown away as it comes.
    if (rest.length > longestLine) { skipping = true; rest = ""; }
    if (ready.length) yield ready;
  }
  rest += decoder.decode();
  if (skipping) yield [undefined];
  else if (rest !== "") yield [rest.replace(/\r$/, "")];
}

/**
 * Answers every line of standard input with one line of JSON.
 * @param answer JSON text without a line end; what it throws as Diagnostic becomes `{"error": {code, message}}`
 */
export async function eachLine(io: Io, answer: (line: string) => string): Promise<void> {
  const one = (line: string | undefined): string => {
    if (line === undefined) return JSON.stringify({ error: { code: "H0901", message: `a line may have ${longestLine} characters` } });
    try {
      return answer(line);
    } catch (error) {
      if (!(error instanceof Diagnostic)) throw error;
      const { code, message, help } = error.data;
      return JSON.stringify({ error: { code, message, ...(help ? { help } : {}) } });
    }
  };
  for await (const some of lines(io.stdin())) {
    // In batches: a write per line would cost more than the answer, all at once too much memory.
    for (let i = 0; i < some.length; i += 64) await io.out(some.slice(i, i + 64).map((l) => `${one(l)}\n`).join(""));
  }
}

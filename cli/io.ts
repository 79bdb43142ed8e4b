// The world of a command: where it reads and writes. Tests give their own; main.ts the process.
import { render, type Diagnostic, type DiagnosticData } from "../diagnostic.ts";
import { locate } from "../diagnostic.ts";

/** Streams and manners of one run. */
export interface Io {
  /** Text to standard output; resolves when more may be written. */
  out(text: string): Promise<void>;
  err(text: string): Promise<void>;
  /** Standard input in pieces. */
  stdin(): AsyncIterable<Uint8Array>;
  /** Whether messages for people may have colours. */
  readonly colour: boolean;
  /** Whether standard error is a terminal, which shows progress. */
  readonly terminal: boolean;
  /** Is told of every file that the answer depends on. */
  readonly used?: ((path: string) => void) | undefined;
  /** Listens for the user's wish to end, until `off` is called. Without it the process ends by itself. */
  readonly interrupt?: (() => { readonly asked: Promise<void>; off(): void }) | undefined;
}

const ESC = "\u001b[";
const paintWith = (code: string) => (s: string): string => `${ESC}${code}m${s}${ESC}0m`;
const red = paintWith("1;31"), blue = paintWith("34"), cyan = paintWith("36"), yellow = paintWith("1;33");

/** Colours for a drawn diagnostic. */
export function paint(text: string): string {
  return text.split("\n").map((line, i) => {
    if (i === 0) return line.replace(/^(error\[\w+\])/, (m) => red(m)).replace(/^(warning\[\w+\])/, (m) => yellow(m)).replace(/^(note\[\w+\])/, (m) => cyan(m));
    if (/^\s*┌─/.test(line)) return blue(line);
    if (/^\s+= (help|note):/.test(line)) return line.replace(/= (help|note):/, (m) => cyan(m));
    return line.replace(/^(\s*\d*│)(.*)$/, (_, gutter: string, rest: string) => `${blue(gutter)}${/^\s*\^/.test(rest) ? red(rest) : rest}`);
  }).join("\n");
}

/** What a control character in a file's text or name would do to a terminal, it shall not do. */
export const tame = (text: string): string => text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (c) => (c === "\r" ? "" : "\ufffd"));

/** Draws a diagnostic for people. @param sources texts by file name */
export function draw(d: DiagnosticData, io: Pick<Io, "colour">, sources: ReadonlyMap<string, string> = new Map()): string {
  const text = tame(render(d, (file) => sources.get(file)));
  return io.colour ? paint(text) : text;
}

/** A diagnostic as JSON prints it: the span has line and column (from 1) too where the text is known. */
export function dataOf(d: DiagnosticData, sources: ReadonlyMap<string, string> = new Map()): Record<string, unknown> {
  const place = (span: NonNullable<DiagnosticData["span"]>) => {
    const source = sources.get(span.file);
    if (source === undefined) return span;
    const { line, column } = locate(source, span.start);
    return { ...span, line, column };
  };
  return {
    ...d,
    ...(d.span ? { span: place(d.span) } : {}),
    ...(d.labels ? { labels: d.labels.map((l) => ({ ...l, span: place(l.span) })) } : {}),
  };
}

/** Prints a failed command: for programs on standard output, for people on standard error. */
export async function complain(d: Diagnostic, json: boolean, io: Io, sources?: ReadonlyMap<string, string>): Promise<void> {
  if (json) await io.out(`${JSON.stringify({ error: dataOf(d.data, sources) })}\n`);
  else await io.err(`${draw(d.data, io, sources)}\n`);
}

/** JSON on one line; numbers that JSON has no word for become "nan", "inf", "-inf". */
export const jsonLine = (x: unknown): string =>
  `${JSON.stringify(x, (_, v: unknown) => (typeof v === "number" && !Number.isFinite(v) ? (Number.isNaN(v) ? "nan" : v > 0 ? "inf" : "-inf") : v))}\n`;

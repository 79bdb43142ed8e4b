// Errors as data. A Diagnostic is the user's mistake (code, message, place, way out); a Bug is ours.
// One function draws them with carets, the same for the command line, the editor and the tests.

/** A place in a source text: `start` and `end` are UTF-16 offsets, `end` exclusive. */
export interface Span {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** A second place that helps to understand the first. */
export interface Label {
  readonly span: Span;
  readonly message: string;
}

/** How bad it is. Only errors stop a program. */
export type Severity = "error" | "warning" | "note";

/** The data of a diagnostic, as `--json` prints it. */
export interface DiagnosticData {
  /** Family letter (S syntax, N names, T types, L layouts, R resources, H host, W driver) and four digits. */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly span?: Span | undefined;
  /** What to write under the caret; short. */
  readonly label?: string | undefined;
  readonly labels?: readonly Label[] | undefined;
  readonly notes?: readonly string[] | undefined;
  /** A way out, in the imperative. */
  readonly help?: string | undefined;
}

/** What an author of a diagnostic gives; severity defaults to "error". */
export type DiagnosticInit = Omit<DiagnosticData, "severity"> & { readonly severity?: Severity };

/** Messages quote names, and a name may be of any length. */
const short = (text: string): string => (text.length > 800 ? `${text.slice(0, 799)}…` : text);

/** The user's mistake. Thrown, or collected in lists. */
export class Diagnostic extends Error {
  readonly data: DiagnosticData;
  constructor(init: DiagnosticInit) {
    super(short(`${init.code}: ${init.message}${init.help ? ` (help: ${init.help})` : ""}`));
    this.name = "Diagnostic";
    this.data = { ...init, severity: init.severity ?? "error", message: short(init.message), ...(init.help === undefined ? {} : { help: short(init.help) }) };
  }
  /** Family letter and four digits; `bitloom explain` says more. */
  get code(): string { return this.data.code; }
  /** A way out, if there is one; `message` has it, too. */
  get help(): string | undefined { return this.data.help; }
  /** The place in the source that is to blame, if a source is. */
  get span(): Span | undefined { return this.data.span; }
  /** The same diagnostic at `span`, unless it already has a place. */
  at(span: Span | undefined): Diagnostic {
    return this.data.span || !span ? this : new Diagnostic({ ...this.data, span });
  }
}

/** Our mistake: an invariant of Bitloom itself was broken. */
export class Bug extends Error {
  constructor(message: string) {
    super(`Bitloom bug: ${message}`);
    this.name = "Bug";
  }
}

/**
 * Throws the user's mistake.
 * @example
 * ```ts
 * fail({ code: "H0301", message: "a tensor can't have the shape [-1]", help: "sizes are at least 0" }); // throws H0301
 * ```
 */
export function fail(init: DiagnosticInit): never {
  throw new Diagnostic(init);
}

/** Throws the first error of a list, if there is one; the others are told in its notes. */
export function failFirst(list: readonly DiagnosticData[]): void {
  const [first, ...others] = list.filter((d) => d.severity === "error");
  if (first) throw new Diagnostic(others.length === 0 ? first : { ...first, notes: [...(first.notes ?? []), ...others.map((d) => `also ${d.code}: ${d.message}`)] });
}

/**
 * One-based line and column of an offset, and the text of its line.
 * @example
 * ```ts
 * locate("let a = 1\nlet b = c", 18); // => { line: 2, column: 9, text: "let b = c" }
 * ```
 */
export function locate(source: string, offset: number): { line: number; column: number; text: string } {
  const at = Math.max(0, Math.min(offset, source.length));
  const from = source.lastIndexOf("\n", at - 1) + 1;
  const to = source.indexOf("\n", at);
  let line = 1;
  for (let i = 0; i < from; i++) if (source.charCodeAt(i) === 10) line++;
  return { line, column: at - from + 1, text: source.slice(from, to < 0 ? source.length : to).replace(/\r$/, "") };
}

/** Spaces (and the line's own tabs) as wide as `text`. */
const blank = (text: string): string => text.replace(/[^\t]/g, " ");

/** Longest part of a line that is shown, and how much of it may stand before the mark. */
const WIDTH = 160, BEFORE = 60;

function excerpt(source: string, span: Span, mark: string, label: string, gutter: number): string[] {
  const { line, column, text } = locate(source, span.start);
  // Of a line without end, the part around the mark.
  const from = text.length > WIDTH ? Math.max(0, column - 1 - BEFORE) : 0, to = text.length > WIDTH ? from + WIDTH : text.length;
  const head = from > 0 ? "…" : "", shown = `${head}${text.slice(from, to)}${to < text.length ? "…" : ""}`;
  const before = head + text.slice(from, column - 1);
  const width = Math.max(1, Math.min(span.end - span.start, Math.min(to, text.length) - (column - 1)));
  return [
    `${String(line).padStart(gutter)}│ ${shown}`,
    `${" ".repeat(gutter)}│ ${blank(before)}${mark.repeat(width)}${label ? ` ${label}` : ""}`,
  ];
}

/**
 * Draws a diagnostic with carets.
 * @param source text of the file the spans point into; without it only the message is drawn
 * @example
 * ```ts
 * const source = "let b = c", d = { code: "N0101", severity: "error", message: "nothing is called 'c' here", span: { file: "x", start: 8, end: 9 } } as const;
 * render(d, source).split("\n")[3]; // => " │         ^"
 * ```
 */
export function render(d: DiagnosticData, source?: string | ((file: string) => string | undefined)): string {
  const text = (file: string) => (typeof source === "function" ? source(file) : file === (d.span?.file ?? file) ? source : undefined);
  const lines = [`${d.severity}[${d.code}]: ${d.message}`];
  const main = d.span ? text(d.span.file) : undefined;
  if (d.span && main !== undefined) {
    const { line, column } = locate(main, d.span.start);
    const gutter = String(Math.max(line, ...(d.labels ?? []).map((l) => locate(text(l.span.file) ?? "", l.span.start).line))).length;
    lines.push(`${" ".repeat(gutter)}┌─ ${d.span.file}:${line}:${column}`, ...excerpt(main, d.span, "^", d.label ?? "", gutter));
    let { file } = d.span;
    for (const l of d.labels ?? []) {
      const other = text(l.span.file);
      if (other === undefined) continue;
      if (l.span.file !== file) { const at = locate(other, l.span.start); lines.push(`${" ".repeat(gutter)}┌─ ${l.span.file}:${at.line}:${at.column}`); }
      ({ file } = l.span);
      lines.push(...excerpt(other, l.span, "-", l.message, gutter));
    }
  } else if (d.span) {
    lines.push(`  at ${d.span.file}:${d.span.start}`);
  }
  for (const n of d.notes ?? []) lines.push(`  = note: ${n}`);
  if (d.help) lines.push(`  = help: ${d.help}`);
  return lines.join("\n");
}

/** Edits that make b of a: a letter put in, left out, changed, or two neighbours exchanged. */
function distance(a: string, b: string): number {
  let above: number[] = [], row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1], swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (same ? 0 : 1), swapped ? above[j - 2] + 1 : Infinity));
    }
    above = row;
    row = next;
  }
  return row[b.length];
}

/**
 * The nearest of `names` to `name`, if it is near enough to be a slip of the hand.
 * @example
 * ```ts
 * didYouMean("recude", ["reshape", "reduce"]); // => "reduce"
 * ```
 */
export function didYouMean(name: string, names: Iterable<string>): string | undefined {
  let best: string | undefined, least = Math.max(1, Math.floor(name.length / 3)) + 1;
  if (name.length > 64) return undefined; // no slip of the hand, and long to compare
  for (const n of names) {
    if (Math.abs(n.length - name.length) >= least) continue;
    const d = distance(name.toLowerCase(), n.toLowerCase());
    if (d < least) { best = n; least = d; }
  }
  return best;
}

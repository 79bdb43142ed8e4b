// Lays out the pieces of a source on lines.
//
// Lines that end inside a statement were put there by its author and stay; brackets whose first element is on a new line stay open, others
// are closed where they fit. What doesn't fit is broken, the outermost first: a block, the clauses of a header, one pair of
// brackets if that is enough, operators from the loosest on, then the widest brackets.
import { between, head, mayLead, padded, type Gap, type Group, type Note, type Piece, type Tree } from "./format-tree.ts";

/** Columns of one level. */
const STEP = 2;

interface Line {
  /** Columns before the code. */
  readonly indent: number;
  code: string;
  note: Note | undefined;
  /** A blank line comes before it. */
  readonly blank: boolean;
}

/** The page that is written, line by line. */
interface Page {
  readonly lines: Line[];
  readonly width: number;
}

const begin = (page: Page, indent: number, blank = false): void => { page.lines.push({ indent, code: "", note: undefined, blank: blank && page.lines.length > 0 }); };
const write = (page: Page, text: string, space: boolean): void => {
  const line = page.lines[page.lines.length - 1];
  line.code += space && line.code !== "" ? ` ${text}` : text;
};

/** Puts the comments of a gap where they stood: behind the line, or on lines of their own. `top`: no blank line before the first. */
function notes(page: Page, gap: Gap, indent: number, top: boolean): void {
  let first = top;
  for (const n of gap.notes) {
    const line = page.lines.at(-1);
    if (!n.own && line && line.note === undefined && line.code !== "") line.note = n;
    else {
      begin(page, indent, n.blank && !first);
      page.lines[page.lines.length - 1].code = n.text;
    }
    first = false;
  }
}

/** Begins a line for the token after a gap, below the comments of the gap. */
function next(page: Page, gap: Gap, indent: number, top = false): void {
  notes(page, gap, indent, top);
  begin(page, indent, gap.blank && !(top && gap.notes.length === 0));
}

/** Cuts pieces where `cut` says that a new part begins. */
function parts(nodes: readonly Piece[], cut: (p: Piece, i: number) => boolean): (readonly Piece[])[] {
  const out: Piece[][] = [];
  nodes.forEach((p, i) => { if (i === 0 || cut(p, i)) out.push([p]); else out[out.length - 1].push(p); });
  return out;
}

const isComma = (p: Piece | undefined): boolean => p?.kind === "leaf" && p.text === ",";

/** The statements of a block or a file. */
function statements(page: Page, nodes: readonly Piece[], indent: number): void {
  parts(nodes, (p) => head(p).starts).forEach((s, i) => {
    next(page, head(s[0]).gap, indent, i === 0);
    row(page, s, indent);
  });
}

/** Pieces that belong together, on one line if that is how they are written and they fit. The line has begun. */
function row(page: Page, nodes: readonly Piece[], indent: number): void {
  const own = (p: Piece): boolean => p.kind === "group" && p.shape === "block";
  const word = (p: Piece): boolean => p.kind === "leaf" && p.text === "else";
  const commented = (p: Piece): boolean => head(p).gap.notes.length > 0;
  const cuts = parts(nodes, (p) => commented(p) || (head(p).gap.newline && !own(p) && !word(p)));
  let lines = 0;
  const segment = (s: readonly Piece[], first: boolean): void => {
    // The body of a header of several lines, and what follows the body, stand where the header does.
    const at = first || own(s[0]) || word(s[0]) ? indent : indent + STEP;
    if (!first) { notes(page, head(s[0]).gap, at, false); begin(page, at); }
    lines = first || own(s[0]) ? lines : lines + 1;
    fit(page, s, at, indent, () => lines > 0, () => { lines++; });
  };
  cuts.forEach((s, i) => segment(s, i === 0));
}

/** Columns of the lines that the segment takes when `open` brackets are on several lines, outside of these. */
function overflows(page: Page, s: readonly Piece[], at: number, open: (p: Piece) => boolean): boolean {
  let width = at;
  for (let i = 0; i < s.length; i++) {
    const p = s[i], gap = i > 0 && between(s[i - 1], p) ? 1 : 0;
    if (p.kind === "group" && (p.width === Infinity || open(p))) {
      if (width + gap + p.open.text.length > page.width) return true;
      width = at + p.close.text.length;
    } else width += gap + (p.kind === "leaf" ? p.text.length : p.width);
    if (width > page.width) return true;
  }
  return false;
}

const never = (): boolean => false;
const isBlock = (p: Piece): boolean => p.kind === "group" && p.shape === "block" && p.nodes.length > 0;

/** One segment of a row: no line ends in it unless it must. `base` is where the row stands, `several` whether its header took several lines. */
function fit(page: Page, s: readonly Piece[], at: number, base: number, several: () => boolean, more: () => void): void {
  const put = (open: (p: Piece) => boolean): void => {
    s.forEach((p, i) => {
      const header = isBlock(p) && several();
      if (header && i > 0) begin(page, base);
      piece(page, p, page.lines[page.lines.length - 1].indent, i > 0 && between(s[i - 1], p), header || open(p));
    });
  };
  const given = several() ? isBlock : never;
  if (!overflows(page, s, at, given)) return put(given);
  // A block on one line is the first to be opened.
  if (!overflows(page, s, at, isBlock)) return put(isBlock);
  const levels = s.flatMap((p, i) => (i > 0 && p.kind === "leaf" && p.level !== undefined ? [p.level] : [])), loosest = Math.min(...levels);
  const split = (): void => parts(s, (p, i) => i > 0 && p.kind === "leaf" && p.level === loosest).forEach((part, i) => {
    if (i > 0) { begin(page, base + STEP); more(); }
    fit(page, part, i === 0 ? at : base + STEP, base, several, more);
  });
  if (loosest === 0) return split();
  const closed = s.filter((p): p is Group => p.kind === "group" && p.width < Infinity && p.nodes.length > 0 && (p.shape === "block" || mayLead(p.nodes[0], p.shape)));
  const widest = closed.filter((g) => !isBlock(g)).sort((a, b) => b.width - a.width);
  const one = widest.find((g) => !overflows(page, s, at, (p) => p === g || isBlock(p)));
  if (one) return put((p) => p === one || isBlock(p));
  if (levels.length > 0) return split();
  const opened = new Set<Piece>(closed.filter(isBlock));
  for (const g of widest) {
    if (!overflows(page, s, at, (p) => opened.has(p))) break;
    opened.add(g);
  }
  put((p) => opened.has(p));
}

/** A token or brackets on the line that has begun. `open`: brackets on several lines. */
function piece(page: Page, p: Piece, indent: number, space: boolean, open: boolean): void {
  if (p.kind === "leaf") return write(page, p.text, space);
  if (p.width < Infinity && !open) return write(page, flat(p), space);
  write(page, p.open.text, space);
  if (p.shape === "block") statements(page, p.nodes, indent + STEP);
  else rows(page, p, indent + STEP);
  notes(page, p.close.gap, indent + STEP, p.nodes.length === 0);
  if (p.nodes.length > 0 || p.close.gap.notes.length > 0) begin(page, indent);
  write(page, p.close.text, false);
}

/** The elements of open brackets: lines as they were written; one that is too long becomes a line per element. */
function rows(page: Page, g: Group, indent: number): void {
  let top = true;
  const put = (nodes: readonly Piece[]): void => {
    // A word that would be taken for a statement stays behind the bracket.
    if (mayLead(nodes[0], g.shape)) next(page, head(nodes[0]).gap, indent, top);
    top = false;
    row(page, nodes, indent);
  };
  const led = (nodes: readonly Piece[], i: number): boolean => isComma(nodes[i - 1]) && mayLead(nodes[i], g.shape);
  for (const r of parts(g.nodes, (p, i) => led(g.nodes, i) && head(p).gap.newline)) {
    const single = parts(r, (_, i) => led(r, i));
    const long = single.length > 1 && (overflows(page, r, indent, never) || r.some((p, i) => i > 0 && head(p).gap.newline));
    if (long) single.forEach(put); else put(r);
  }
}

/** Pieces on one line. */
function flat(g: Group): string {
  const pad = padded(g.shape) && g.nodes.length > 0 ? " " : "";
  const inner = g.nodes.map((p, i) => {
    const before = g.nodes[i - 1], text = p.kind === "leaf" ? p.text : flat(p);
    return before === undefined ? text : head(p).starts ? `; ${text}` : between(before, p) ? ` ${text}` : text;
  });
  return `${g.open.text}${pad}${inner.join("")}${pad}${g.close.text}`;
}

/** Comments behind neighbouring lines stand below each other: where they stood if that is one column and their lines didn't change, else two columns behind the longest. */
function aligned(lines: readonly Line[]): string[] {
  const out: string[] = [];
  for (let i = 0; i < lines.length;) {
    let end = i;
    while (end < lines.length && lines[end].note && (end === i || !lines[end].blank)) end++;
    const run = lines.slice(i, Math.max(end, i + 1)), longest = Math.max(...run.map((l) => l.indent + l.code.length));
    const written = run[0].note?.column ?? 0, stay = written > longest + 1 && run.every((l) => l.note?.column === written && l.note.code === l.indent + l.code.length);
    const column = stay ? written : longest + 2;
    for (const l of run) {
      if (l.blank) out.push("");
      const code = `${" ".repeat(l.indent)}${l.code}`;
      out.push(l.note ? `${code}${" ".repeat(column - code.length)}${l.note.text}` : code);
    }
    i += run.length;
  }
  return out;
}

/** The text of a tree in lines of at most `width` columns, as far as that can be. */
export function printTree(tree: Tree, width: number): string {
  const page: Page = { lines: [], width };
  statements(page, tree.nodes, 0);
  notes(page, tree.end.gap, 0, page.lines.length === 0);
  const lines = aligned(page.lines);
  return lines.length ? `${lines.join("\n")}\n` : "";
}

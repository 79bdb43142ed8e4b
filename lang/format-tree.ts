// A source as the formatter sees it: its tokens as a tree of brackets, each with what stood before it, comments and line ends.
//
// Tokens and not the syntax tree are laid out, because round brackets and trailing commas are no nodes; so nothing that is written can
// get lost, and syntax of tomorrow is formatted, too. Of the tree only two things are asked: where statements begin (a line
// end may be inside one), and which operators stand before their operand.
import type { IToken } from "chevrotain";
import type { Comment, FormatMember, Item, Module, Stmt } from "./ast.ts";
import { endOf, mark, scan } from "./scan.ts";
import { sink } from "./messages.ts";
import { End, Id, itemWords, Num, op, precedence, statementWords, Str } from "./tokens.ts";

/** A comment between two tokens. */
export interface Note {
  readonly text: string;
  /** Alone on its line; else behind code. */
  readonly own: boolean;
  /** A blank line stood above it. */
  readonly blank: boolean;
  /** Where it stood in its line, from 0, and where the code before it ended. */
  readonly column: number;
  readonly code: number;
}

/** What stood before a token. */
export interface Gap {
  readonly notes: readonly Note[];
  /** A line ended somewhere between. */
  readonly newline: boolean;
  /** A blank line stood right above the token. */
  readonly blank: boolean;
}

/** A token. */
export interface Leaf {
  readonly kind: "leaf";
  readonly text: string;
  readonly gap: Gap;
  /** A statement, an item or a line of a declaration begins here. */
  readonly starts: boolean;
  /** An operator before its operand. */
  readonly unary: boolean;
  /** Something that can be called, indexed or be the left side of an operator ends here. */
  readonly operand: boolean;
  /** `* / %` written without blanks stay so. */
  readonly tight: boolean;
  /** Where a line may end outside brackets: how loosely the operator binds, 0 for clauses of a header; undefined elsewhere. */
  readonly level: number | undefined;
  /** The kernel of a step with `<…>`. */
  readonly launch: boolean;
  /** A word that, first on a line in brackets, would be read as the beginning of a statement. */
  readonly stuck: boolean;
}

/** What a pair of brackets is: `block` holds statements, `names` is the set of an import, `angle` is `<…>`. */
export type Shape = "list" | "block" | "names" | "angle";

/** A pair of brackets with what is in it. */
export interface Group {
  readonly kind: "group";
  readonly shape: Shape;
  readonly open: Leaf;
  readonly nodes: readonly Piece[];
  readonly close: Leaf;
  /** Columns in one line; infinite if it was written on several lines, or holds a comment. */
  readonly width: number;
}

/** A token or a pair of brackets. */
export type Piece = Leaf | Group;

/** The first token of a piece. */
export const head = (p: Piece): Leaf => (p.kind === "leaf" ? p : p.open);
/** The last token of a piece. */
export const tail = (p: Piece): Leaf => (p.kind === "leaf" ? p : p.close);

/** Whatever begins on a line of its own; a new kind of item or statement must be entered here. */
const lineKinds = {
  kernel: true, sequence: true, format: true, const: true, fn: true, import: true, error: true, field: true, value: true, encode: true,
  let: true, var: true, shared: true, require: true, for: true, while: true, break: true, continue: true, return: true, if: true, assign: true, do: true, temp: true, launch: true,
} satisfies Record<Item["kind"] | Stmt["kind"] | FormatMember["kind"], true>;

interface Places { readonly starts: ReadonlySet<number>; readonly unary: ReadonlySet<number>; readonly launches: ReadonlySet<number> }

function placesOf(ast: Module): Places {
  const starts = new Set<number>(), unary = new Set<number>(), launches = new Set<number>(), todo: object[] = [ast];
  for (let x = todo.pop(); x; x = todo.pop()) {
    if ("kind" in x && "span" in x) {
      const { kind, span } = x as { kind: string; span: { start: number } };
      if (Object.hasOwn(lineKinds, kind)) starts.add(span.start);
      if (kind === "unary") unary.add(span.start);
      if (kind === "launch") launches.add(span.start);
    }
    for (const child of Object.values(x)) if (typeof child === "object" && child !== null) todo.push(child as object);
  }
  return { starts, unary, launches };
}

const twoLines = /\n[^\S\n]*\n/;

/** The gap between two offsets, with the comments that lie there. */
function gapOf(source: string, from: number, to: number, comments: readonly Comment[]): Gap {
  let at = from;
  const notes = comments.map((c): Note => {
    const before = source.slice(at, c.span.start), lineStart = source.lastIndexOf("\n", c.span.start - 1) + 1, line = source.slice(lineStart, c.span.start);
    at = c.span.end;
    return { text: c.text, own: line.trim() === "", blank: twoLines.test(before), column: line.length, code: line.trimEnd().length };
  });
  const last = source.slice(at, to);
  return { notes, newline: notes.length > 0 || last.includes("\n"), blank: twoLines.test(last) };
}

const joined = (a: Gap, b: Gap): Gap => ({ notes: [...a.notes, ...b.notes], newline: a.newline || b.newline, blank: b.blank || (b.notes.length === 0 && a.blank && !b.newline) });

const closers: ReadonlySet<string> = new Set([")", "]"]);
const valueWords: ReadonlySet<string> = new Set(["true", "false", "inf", "nan", "threads"]);
const isProduct = (text: string): boolean => text === "*" || text === "/" || text === "%";

/** The tokens of a source without `;`, each with what stood before it; the last one is the end. */
function leaves(source: string, file: string, places: Places): Leaf[] {
  const { tokens, comments } = scan(source, file, sink()), out: Leaf[] = [];
  let at = 0, note = 0, pending: Gap | undefined, afterSemicolon = false, previous: IToken | undefined, operand = false;
  tokens.forEach((t, i) => {
    const first = note;
    while (note < comments.length && (t.tokenType === End || comments[note].span.start < t.startOffset)) note++;
    const stop = t.tokenType === End ? source.length : t.startOffset;
    let gap = gapOf(source, at, stop, comments.slice(first, note));
    at = endOf(t);
    if (pending) gap = joined(pending, gap);
    pending = undefined;
    if (t.tokenType === op[";"]) { pending = gap; afterSemicolon = true; return; }
    const text = t.image, binary = Object.hasOwn(precedence, text) && operand && !places.unary.has(t.startOffset);
    const soft = t.tokenType.CATEGORIES?.includes(Id) ?? false;
    const clause = text === "grid" && previous?.image === ")" || text === "threads" && operand;
    const isName = t.tokenType === Id || (soft && !operand);
    const tight = isProduct(text) && binary && previous !== undefined && endOf(previous) === t.startOffset && tokens[i + 1]?.startOffset === endOf(t);
    operand = isName || t.tokenType === Num || t.tokenType === Str || closers.has(text) || (text === "}" && mark(t).depth > 0) || (valueWords.has(text) && !clause)
      || previous?.image === ".";
    out.push({
      kind: "leaf", text, gap, launch: places.launches.has(t.startOffset), unary: places.unary.has(t.startOffset), operand, tight,
      starts: places.starts.has(t.startOffset) && (afterSemicolon || mark(t).fresh || previous === undefined || previous.image === "{"),
      level: clause ? 0 : binary && text !== "-" && !tight ? precedence[text] : undefined,
      stuck: statementWords.has(text) || itemWords.has(text),
    });
    afterSemicolon = false;
    previous = t;
  });
  return out;
}

/** Whether a blank stands between two tokens of one line. */
function spaced(a: Leaf, b: Leaf): boolean {
  const x = a.text, y = b.text;
  if (x === "" || y === "" || y === "," || y === "." || x === "." || x === "(" || x === "[" || y === ")" || y === "]") return false;
  if (a.unary || a.tight || b.tight || x === ".." || y === "..") return false;
  if (y === ":") return x === ","; // a whole axis stands like an index
  if (y === "(" || y === "[") return !(a.operand && x !== "threads" && !valueWords.has(x)) && x !== "pipeline";
  return true;
}

/** The pieces of a source, and the end of the file with what stands before it. */
export interface Tree {
  readonly nodes: readonly Piece[];
  readonly end: Leaf;
}

const shapeOf = (open: Leaf, before: Piece | undefined, flat: boolean): Shape =>
  open.text !== "{" || flat ? "list" : before?.kind === "leaf" && before.text === "import" ? "names" : "block";

/** Blanks just inside the brackets, when they are on one line. */
export const padded = (shape: Shape): boolean => shape === "block" || shape === "names";

/** Columns of pieces on one line. `;` stands between the statements of a block. */
function widthOf(nodes: readonly Piece[]): number {
  let width = 0;
  nodes.forEach((n, i) => {
    const before = nodes[i - 1];
    if (before) width += head(n).starts ? 2 : between(before, n) ? 1 : 0;
    width += n.kind === "leaf" ? n.text.length : n.width;
  });
  return width;
}

/** Whether a blank stands between two pieces of one line. */
export function between(a: Piece, b: Piece): boolean {
  // Brackets of `<…>` touch what is around them.
  if (b.kind === "group" && b.shape === "angle") return false;
  if (a.kind === "group" && a.shape === "angle") return !/^[([]$/.test(head(b).text) && spaced(tail(a), head(b));
  if (b.kind === "group" && b.shape === "block") return true;
  return spaced(tail(a), head(b));
}

function group(shape: Shape, open: Leaf, nodes: readonly Piece[], close: Leaf): Group {
  const commented = close.gap.notes.length > 0 || nodes.some((n) => head(n).gap.notes.length > 0);
  // A block is on one line only if it was written so, any other bracket unless its first element was put on a line of its own.
  const lines = shape === "block" ? nodes.length > 0 && (close.gap.newline || nodes.some((n) => broken(n))) : nodes.length > 0 && head(nodes[0]).gap.newline;
  const inner = widthOf(nodes);
  return { kind: "group", shape, open, nodes, close, width: commented || lines ? Infinity : inner + open.text.length + close.text.length + (padded(shape) && nodes.length ? 2 : 0) };
}

/** A line ended somewhere in or before a piece. */
const broken = (p: Piece): boolean => head(p).gap.newline || (p.kind === "group" && (p.close.gap.newline || p.nodes.some(broken)));

/** Reads a source whose syntax is known to be right. */
export function treeOf(source: string, file: string, ast: Module): Tree {
  const all = leaves(source, file, placesOf(ast));
  let i = 0;
  const until = (closes: (t: Leaf) => boolean, flat: boolean, top = false): Piece[] => {
    const nodes: Piece[] = [];
    for (let t = all[i]; t.text !== "" && !closes(t); t = all[i]) {
      i++;
      const before = nodes.at(-1), opener = nodes.at(-2);
      const angle = t.text === "<" && before?.kind === "leaf" && (before.launch || (top && opener?.kind === "leaf" && opener.starts));
      const closer = angle ? ">" : { "(": ")", "[": "]", "{": "}" }[t.text];
      if (closer === undefined) { nodes.push(t); continue; }
      const shape = angle ? "angle" : shapeOf(t, before, flat || (before?.kind === "leaf" && before.text === "in"));
      const inside = until((x) => x.text === closer, shape !== "block" && !angle);
      nodes.push(group(shape, t, inside, all[i++]));
    }
    return nodes;
  };
  const nodes = until(() => false, false, true);
  return { nodes, end: all[i] };
}

/** Whether a word may be first on a line inside these brackets. */
export const mayLead = (p: Piece, shape: Shape): boolean => shape === "angle" || shape === "block" || !head(p).stuck;

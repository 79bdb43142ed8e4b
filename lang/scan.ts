// From text to tokens that the grammar can trust: after `scan` every bracket has its partner, no bracket is deeper than
// the limit, and every token knows whether it starts a line and how many brackets are around it.
//
// Brackets are repaired here and not in the grammar, because their balance is what says where a statement ends:
//
//   copy(a[i, to: x          `(` and `[` are open when `let` comes, which only begins a statement,
//   let y = 1                so `])` is assumed before it, one S0003 is reported, and `let` is read as usual.
import { createTokenInstance, Lexer } from "chevrotain";
import type { IToken, TokenType } from "chevrotain";
import type { Comment, Span } from "./ast.ts";
import { misspelt } from "./messages.ts";
import type { Sink } from "./messages.ts";
import { allTokens, closerOf, End, Id, itemWords, Keyword, kw, Num, op, special, statementWords, Str } from "./tokens.ts";

/** Limit of nested brackets. */
export const maxNesting = 127;

/** What the scan knows about a token. */
export interface Mark {
  /** First on its line, outside `(…)`, `[…]` and flattening `{…}`: a statement may begin here. */
  readonly fresh: boolean;
  /** How many brackets are open around it; a bracket itself counts as outside. */
  readonly depth: number;
  /** For `{`: not a block but a set or a flattened index. */
  readonly flat: boolean;
}

const nowhere: Mark = Object.freeze({ fresh: true, depth: 0, flat: false });
const isMark = (x: unknown): x is Mark => typeof x === "object" && x !== null && "fresh" in x;
/** The mark of a token that came from {@link scan}. */
export function mark(token: IToken): Mark {
  const m: unknown = token.payload;
  return isMark(m) ? m : nowhere;
}

/** A token stream that ends with {@link End}, and the comments. */
export interface Scan {
  readonly tokens: IToken[];
  readonly comments: readonly Comment[];
}

let shared: Lexer | undefined;
const lexer = (): Lexer => (shared ??= new Lexer([...allTokens], { positionTracking: "onlyOffset", skipValidations: true }));

interface Opener { readonly token: IToken; readonly block: boolean }

/** Place just after a token. The lexer records only where tokens start; a token that was made up has no width. */
export const endOf = (t: IToken): number => t.startOffset + t.image.length;

/** Cuts `source` into tokens, reports what can't be one, repairs brackets and misspelt keywords. Linear in its length. */
export function scan(source: string, file: string, out: Sink): Scan {
  const lexed = lexer().tokenize(source);
  const span = (start: number, end: number): Span => ({ file, start, end });
  reportCharacters(source, lexed.errors.map((e) => ({ start: e.offset, end: e.offset + e.length })), span, out);
  const comments = (lexed.groups["comments"] ?? []).map((t): Comment => {
    if (t.tokenType === special.BlockNote)
      out.report({ code: "S0019", message: "there are no block comments", span: span(t.startOffset, Math.min(endOf(t), t.startOffset + 2)), help: "start each line of the comment with `//`" });
    return { kind: "comment", text: t.image.replace(/\s+$/, ""), span: span(t.startOffset, t.startOffset + t.image.replace(/\s+$/, "").length) };
  });
  const tokens = repair(lexed.tokens, source, span, out);
  return { tokens, comments };
}

const lookalikes: Readonly<Record<string, string>> = {
  "“": "\"", "”": "\"", "‘": "\"", "’": "\"", "'": "\"", "–": "-", "—": "-", "−": "-", "×": "*", "·": "*", "÷": "/", "≤": "<=", "≥": ">=", "≠": "!=",
  "…": "..", "；": ";", "，": ",", "（": "(", "）": ")", "?": "select(cond, a, b)", "#": "//", "`": "\"",
};

/** One message per run of characters that no token begins with. */
function reportCharacters(source: string, runs: readonly { start: number; end: number }[], span: (a: number, b: number) => Span, out: Sink): void {
  let i = 0;
  while (i < runs.length && !out.full()) {
    const start = runs[i].start;
    let end = runs[i].end;
    while (++i < runs.length && runs[i].start === end) end = runs[i].end;
    const text = source.slice(start, end);
    const first = String.fromCodePoint(source.codePointAt(start) ?? 0xfffd);
    const shown = /^[\p{L}\p{N}\p{P}\p{S}]+$/u.test(text) && text.length <= 8 ? `\`${text}\`` : `U+${(first.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
    const other = Object.hasOwn(lookalikes, first) ? lookalikes[first] : undefined;
    out.report({
      code: "S0001", message: `unexpected character ${shown}`, span: span(start, end),
      help: other ? `write \`${other}\` here` : /\p{L}/u.test(first) ? "names are ASCII letters, digits and `_`; anything goes in comments and strings" : undefined,
    });
  }
}

/** Gives each token its mark; inserts and drops closing brackets until they match; mends keywords. */
function repair(raw: readonly IToken[], source: string, span: (a: number, b: number) => Span, out: Sink): IToken[] {
  const tokens: IToken[] = [];
  const open: Opener[] = [];
  /** Where the token before ends, and the first end of a line from there on. */
  let last = 0, newline = -1;
  const place = (t: IToken): Span => span(t.startOffset, endOf(t));
  const push = (t: IToken, m: Mark): void => { t.payload = m; tokens.push(t); };
  /** Stands in for the closers of everything above `level` on the stack. */
  const close = (level: number): void => {
    for (let o = open.pop(); o; o = open.length > level ? open.pop() : undefined) {
      const text = closerOf[o.token.image];
      const t = createTokenInstance(op[text], "", last, last - 1, NaN, NaN, NaN, NaN);
      push(t, { fresh: false, depth: open.length, flat: false });
    }
  };
  const missing = (level: number, before: Span, what: string): void => {
    const inner = open[open.length - 1];
    const outer = open.slice(level, -1).slice(-2).reverse();
    if (!inner) return;
    out.report({
      code: "S0003", message: `\`${inner.token.image}\` is never closed`, span: place(inner.token), label: "opened here",
      labels: [
        { span: before, message: `expected \`${closerOf[inner.token.image]}\` before ${what}` },
        ...outer.map((o) => ({ span: place(o.token), message: `\`${o.token.image}\` is still open too` })),
      ],
      help: `write the missing \`${closerOf[inner.token.image]}\``,
    });
    close(level);
  };
  const blockLevel = (): number => open.findLastIndex((o) => o.block) + 1;

  for (const t of raw) {
    if (out.full()) break;
    if (newline < last) { const at = source.indexOf("\n", last); newline = at < 0 ? Infinity : at; }
    const lineStart = tokens.length === 0 || newline < t.startOffset;
    if (t.image.length === 1 && t.image in closerOf && t.tokenType === op[t.image]) {
      if (open.length >= maxNesting) {
        out.report({ code: "S0005", message: `more than ${maxNesting} nested brackets`, span: place(t), help: "give inner parts a name with `let`" });
        close(0);
        last = t.startOffset;
        return ended(tokens, last, source);
      }
      const inner = open[open.length - 1];
      const before = tokens[tokens.length - 1];
      const flat = t.image === "{" && ((inner && !inner.block) || before?.tokenType === kw["in"]);
      push(t, { fresh: lineStart && (inner?.block ?? true), depth: open.length, flat: Boolean(flat) });
      open.push({ token: t, block: t.image === "{" && !flat });
    } else if (t.image === ")" || t.image === "]" || t.image === "}") {
      const level = t.image === "}"
        ? open.findLastIndex((o) => o.token.image === "{")
        // A `)` never closes what lies outside the block around it.
        : Math.max(open.findLastIndex((o) => closerOf[o.token.image] === t.image), -1);
      if (level < 0 || (t.image !== "}" && level < blockLevel())) {
        out.report({ code: "S0009", message: `\`${t.image}\` closes nothing`, span: place(t), help: "remove it, or open its partner before it" });
        continue;
      }
      if (level < open.length - 1) missing(level + 1, place(t), `this \`${t.image}\``);
      open.pop();
      push(t, { fresh: lineStart && (open[open.length - 1]?.block ?? true), depth: open.length, flat: false });
    } else {
      if (lineStart && open.length > 0) {
        if (itemWords.has(t.image)) missing(0, place(t), `\`${t.image}\`, which begins a new item`);
        else if (statementWords.has(t.image) && blockLevel() < open.length) missing(blockLevel(), place(t), `\`${t.image}\`, which begins a statement`);
      }
      const inner = open[open.length - 1];
      push(mend(t, tokens, lineStart, open, place, out), { fresh: lineStart && (inner?.block ?? true), depth: open.length, flat: false });
    }
    last = endOf(t);
  }
  if (open.length > 0) missing(0, span(source.length, source.length), "the end of the file");
  return ended(tokens, Math.max(last, source.trimEnd().length), source);
}

function ended(tokens: IToken[], at: number, source: string): IToken[] {
  const end = createTokenInstance(End, "", Math.min(at, source.length), Math.min(at, source.length) - 1, NaN, NaN, NaN, NaN);
  end.payload = nowhere;
  tokens.push(end);
  return tokens;
}

const items = ["kernel", "sequence", "const", "import", "format", "fn"];
const starters = [...statementWords];
const links = ["in", "as", "step", "from", "grid", "threads", "stride", "else"];
/** After these a keyword such as `as` or `step` may come, and a plain name never. */
const operandEnd: ReadonlySet<TokenType> = new Set([Id, Num, Str, op[")"], op["]"], kw["inf"], kw["nan"], kw["true"], kw["false"]]);

/**
 * `fro k in …`, `kernal f(…`, `x sa f16`: two names side by side are never right, so one of them is a slip. The token becomes
 * the keyword that it is nearest to, and reading goes on.
 */
function mend(t: IToken, before: readonly IToken[], lineStart: boolean, open: readonly Opener[], place: (t: IToken) => Span, out: Sink): IToken {
  if (t.tokenType !== Id) return t;
  const prev = before[before.length - 1];
  if (!prev || lineStart) return t;
  const first = mark(prev).fresh || before.length === 1;
  // The slip is the word before, if that is where a statement or an item begins.
  if (prev.tokenType === Id && first && (open[open.length - 1]?.block ?? true)) {
    const meant = misspelt(prev.image, open.length === 0 ? items : starters);
    if (meant) {
      reportSlip(prev, meant, place, out);
      prev.tokenType = kw[meant];
      prev.tokenTypeIdx = kw[meant].tokenTypeIdx ?? prev.tokenTypeIdx;
    }
    return t;
  }
  if (!operandEnd.has(prev.tokenType)) return t;
  const meant = misspelt(t.image, links);
  if (!meant) return t;
  reportSlip(t, meant, place, out);
  t.tokenType = kw[meant];
  t.tokenTypeIdx = kw[meant].tokenTypeIdx ?? t.tokenTypeIdx;
  return t;
}

function reportSlip(t: IToken, meant: string, place: (t: IToken) => Span, out: Sink): void {
  out.report({ code: "S0012", message: `unknown word \`${t.image}\``, span: place(t), label: `did you mean \`${meant}\`?`, help: `write \`${meant}\`` });
}

/** Whether a token is a keyword that can't be a name. */
export const isKeyword = (t: IToken): boolean => t.tokenType.CATEGORIES?.includes(Keyword) ?? false;

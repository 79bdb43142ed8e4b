// What both halves of the grammar stand on: places, recovery, and turning the parser's exceptions into diagnostics.
//
// Chevrotain's own recovery guesses from follow sets, which in a language without semicolons resumes in the middle of a line. Here a
// rule that may fail is run by `guarded`, and on failure tokens are skipped to a place known to be good: the next line
// at the same bracket depth, a comma of the same list, the `{` of a body. That is safe because scan.ts has balanced all brackets.
import { EmbeddedActionsParser, isRecognitionException, tokenLabel, tokenMatcher } from "chevrotain";
import type { IToken, ParserMethod, TokenType } from "chevrotain";
import type { Comment, ErrorNode, Name, Span } from "./ast.ts";
import { fromElsewhere, misspelt } from "./messages.ts";
import type { Sink } from "./messages.ts";
import { endOf, isKeyword, mark } from "./scan.ts";
import type { Scan } from "./scan.ts";
import { allTokens, End, Id, keywords, op, softKeywords, special } from "./tokens.ts";

/** A grammar rule without arguments. */
export type Rule<T> = ParserMethod<[], T>;

/** What each rule wants to see, for messages where no single token is expected. */
const wanted: Readonly<Record<string, string>> = {
  primary: "an expression", unary: "an expression", expression: "an expression", narrow: "an expression",
  item: "`kernel`, `sequence`, `format`, `fn`, `const` or `import`", member: "a field, `value` or `encode`", formatValue: "`=` or `{`", statement: "a statement", let: "a name", loop: "`for`", if: "`if` or `{`", fn: "`=` or `{`", subscript: "an index, `start +: width` or `:`",
};

/** A closing bracket is missed where a list could also have gone on. */
const listEnd: ReadonlyMap<TokenType, string> = new Map([
  [op[")"], "`,` or `)`"], [op["]"], "`,` or `]`"], [op["}"], "`,` or `}`"], [op[">"], "`,` or `>`"],
]);

// Texts are made by `describe`; Chevrotain would spell out token paths for nobody.
const silent = {
  buildMismatchTokenMessage: () => "mismatch", buildNotAllInputParsedMessage: () => "rest",
  buildNoViableAltMessage: () => "no alternative", buildEarlyExitMessage: () => "early exit",
};

// The grammar DSL consists of protected methods, so this library, alone in the house, must be used by inheritance.
export class GrammarBase extends EmbeddedActionsParser {
  // Set before each parse.
  protected file = "";
  private lines = true;
  protected out: Sink | undefined;
  private quiet: IToken | undefined;
  private source = "";
  private docs: readonly Comment[] = [];

  constructor() {
    super([...allTokens], { recoveryEnabled: false, maxLookahead: 2, errorMessageProvider: silent, skipValidations: true });
  }

  /** Points the parser at new input. Without `lines`, line ends mean nothing, as inside brackets. */
  load(scan: Scan, source: string, file: string, out: Sink, lines: boolean): void {
    this.input = scan.tokens;
    this.file = file;
    this.out = out;
    this.quiet = undefined;
    this.source = source;
    this.lines = lines;
    this.docs = scan.comments.filter((c) => /^\/\/\/(?!\/)/.test(c.text));
  }

  /** Lets go of the input. */
  unload(): void {
    this.input = [];
    this.out = undefined;
    this.quiet = undefined;
    this.source = "";
    this.docs = [];
  }

  /** Where the next token starts. */
  protected here(): number { return this.LA(1).startOffset; }
  /** The span from `start` to the end of the last token taken. */
  protected since(start: number): Span {
    const end = endOf(this.LA(0));
    return { file: this.file, start, end: end >= start ? end : start };
  }
  protected place(t: IToken): Span { return { file: this.file, start: t.startOffset, end: endOf(t) }; }
  protected nameOf(t: IToken): Name { return { kind: "name", text: t.image, span: this.place(t) }; }
  protected next(type: TokenType): boolean { return this.LA(1).tokenType === type; }
  /** The next token is of this type or category. */
  protected nextOf(type: TokenType): boolean { return tokenMatcher(this.LA(1), type); }
  /** The next token is on the line of what came before, or inside brackets, where lines don't count. */
  protected sameLine(): boolean { return !this.lines || !mark(this.LA(1)).fresh; }

  /** The `///` lines above the next token; call before taking it. */
  protected docAbove(): string | undefined {
    let back = 0;
    while (this.LA(back).tokenType === op[";"]) back--; // it ends what stands before the docs, wherever it is
    const prev = this.LA(back), from = Number.isFinite(prev.startOffset) ? endOf(prev) : 0;
    return this.docText(from, this.here(), false);
  }
  /** The `///` behind the last token, on its line. */
  protected docBehind(): string | undefined {
    const from = endOf(this.LA(0)), stop = this.source.indexOf("\n", from);
    if (!/^[ \t,]*\/\/\//.test(this.source.slice(from, stop < 0 ? undefined : stop))) return undefined; // it is behind something else
    return this.docText(from, stop < 0 ? this.source.length : stop, true);
  }
  private docText(from: number, to: number, behind: boolean): string | undefined {
    let low = 0, high = this.docs.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (this.docs[mid].span.start < from) low = mid + 1; else high = mid;
    }
    const lines: string[] = [];
    for (let c = this.docs[low]; c && c.span.start < to; c = this.docs[++low]) {
      const text = this.source.slice(this.source.lastIndexOf("\n", c.span.start) + 1, c.span.start);
      if ((text.trim() !== "") === behind) lines.push(c.text.slice(3).replace(/^ /, ""));
    }
    return lines.length > 0 ? lines.join("\n") : undefined;
  }

  /** The last code before `start`, without the comments and blanks between. */
  protected textBefore(start: number): string {
    const prev = this.input[this.input.findIndex((t) => t.startOffset >= start) - 1];
    return prev ? prev.image : "";
  }

  /** Runs `rule`; if the text doesn't fit, reports it and gives `instead()`, which should skip to a good place. */
  protected guarded<T>(rule: () => T, instead: () => T): T {
    if (this.RECORDING_PHASE) return rule();
    try {
      return rule();
    } catch (e) {
      if (!(e instanceof Error) || !isRecognitionException(e)) throw e;
      this.describe(e);
      return instead();
    }
  }

  /** Repeats `one` until a token of `stops` or the end. In the recording phase `one` is seen as repeated. */
  protected until(stops: readonly TokenType[], one: () => void): void {
    for (;;) {
      const t = this.LA(1);
      if (t.tokenType === End || stops.includes(t.tokenType)) return;
      if (this.out?.full()) { while (!this.next(End) && !stops.includes(this.LA(1).tokenType)) this.SKIP_TOKEN(); return; }
      const before = t;
      one();
      // Progress whatever happens: a rule that failed on its first token and skipped nothing loses that token.
      if (this.LA(1) === before) this.SKIP_TOKEN();
    }
  }

  // Chevrotain finds out from the grammar when to go on, which costs more than reading what comes; expressions say it themselves.

  /** Does `one` for as long as `more` holds. `idx` as in MANY. */
  protected whilst(idx: number, more: () => boolean, one: () => void): void {
    if (this.RECORDING_PHASE) this.many(idx, one); else while (more()) one();
  }

  /** Does `one` if `there` holds. `idx` as in OPTION. */
  protected when(idx: number, there: () => boolean, one: () => void): void {
    if (this.RECORDING_PHASE) this.option(idx, one); else if (there()) one();
  }

  /** `one, one, …` up to `closer` (not taken), with a comma allowed at the end. `idx` as in CONSUME. */
  protected commas<T>(idx: number, closer: TokenType, one: () => T): T[] {
    const items: T[] = [];
    if (this.RECORDING_PHASE) {
      this.many(idx, () => { items.push(one()); this.option(idx, () => this.take(idx, op[","])); });
      return items;
    }
    while (!this.next(closer) && !this.next(End)) {
      items.push(one());
      if (!this.next(op[","])) break;
      this.SKIP_TOKEN();
    }
    return items;
  }

  /** Skips to where `good` holds, never past a bracket that closes around `depth` nor past the end. */
  protected skip(depth: number, good: (t: IToken) => boolean): void {
    for (let t = this.LA(1); t.tokenType !== End; t = this.LA(1)) {
      const m = mark(t);
      if (m.depth < depth || (m.depth === depth && good(t))) break;
      this.SKIP_TOKEN();
    }
    this.quiet = this.LA(1);
  }

  /** An error node over what was skipped since `start`. */
  protected lost(start: number): ErrorNode { return { kind: "error", span: this.since(start) }; }

  protected report(code: string, message: string, span: Span, help?: string, label?: string): void {
    this.out?.report({ code, message, span, help, label });
  }

  /** Whether between these two words stood a character or bracket that was reported and dropped. */
  protected hole(prev: IToken, next: IToken): boolean {
    return this.out?.list.some((d) => d.span && (d.code === "S0001" || d.code === "S0009") && d.span.start >= endOf(prev) && d.span.end <= next.startOffset) ?? false;
  }

  /** Turns an exception of Chevrotain into a diagnostic. */
  private describe(e: Error): void {
    const x = e as Error & { token: IToken; previousToken?: IToken; context: { ruleStack: string[] } };
    const found = this.LA(1), prev = this.LA(0);
    // The place where skipping stopped is no second mistake.
    if (found === this.quiet) return;
    // Nor is the hole that a character or bracket left which was reported and dropped.
    if (this.hole(prev, found)) return;
    const rule = x.context.ruleStack.at(-1) ?? "";
    const type = expectation.get(e) ?? (rule === "let" ? Id : undefined);
    const expected = wanted[rule] && !type ? wanted[rule] : type ? (listEnd.get(type) ?? tokenLabel(type)) : "something else";
    this.out?.report(this.explainFound(found, prev, expected, type, x.context.ruleStack));
  }

  private explainFound(found: IToken, prev: IToken, expected: string, type: TokenType | undefined, stack: readonly string[]): Parameters<Sink["report"]>[0] {
    const span = this.place(found);
    const what = found.tokenType === End ? "the end of the file" : found.image === "" ? "nothing" : `\`${clip(found.image)}\``;
    if (found.tokenType === special.OpenStr)
      return { code: "S0010", message: "this string has no closing quote", span, help: "strings end on the line where they begin; a quote inside is `\\\"`" };
    if (found.tokenType === special.BadNumber)
      return { code: "S0011", message: `\`${clip(found.image)}\` is not a number`, span, help: numberHelp(found.image) };
    if (type === Id && isKeyword(found))
      return { code: "S0008", message: `\`${found.image}\` can't be a name`, span, label: "a word of the language", help: `choose another name, \`${found.image}_\` for example` };
    const near = this.near(found, type);
    if (this.lines && !near && mark(found).fresh && found.tokenType !== End && found.image !== "}" && expected !== "a statement" && !expected.startsWith("`kernel")) {
      // What was missed belongs at the end of the line before, where the reader looks for it.
      const at = endOf(prev);
      return {
        code: "S0002", message: `expected ${expected}, found the end of the line`, span: { file: this.file, start: Math.max(at - 1, 0), end: at },
        label: `expected ${expected} after this`, help: habit(prev, this.LA(-1), false),
      };
    }
    return { code: "S0002", message: `expected ${expected}, found ${what}`, span, label: `expected ${expected}`, help: near ?? habit(found, prev, stack.includes("subscripts")) };
  }

  private near(found: IToken, type: TokenType | undefined): string | undefined {
    const own = fromElsewhere(found.image);
    if (own) return own;
    if (found.tokenType !== Id) return undefined;
    const words = type && (keywords.includes(type.name) || softKeywords.includes(type.name)) ? [type.name] : type ? [] : [...keywords];
    const meant = misspelt(found.image, words);
    return meant ? `did you mean \`${meant}\`?` : undefined;
  }

  /** Like CONSUME, and remembers what was expected for the message. `idx` tells uses of one type in one rule apart. */
  protected take(idx: number, type: TokenType): IToken {
    const t = this.LA(1);
    if (!this.RECORDING_PHASE && tokenMatcher(t, type)) { this.SKIP_TOKEN(); return t; }
    try {
      return this.consume(idx, type);
    } catch (e) {
      if (e instanceof Error) expectation.set(e, type);
      throw e;
    }
  }
}

/** The token type whose absence an exception tells of. */
const expectation = new WeakMap<Error, TokenType>();

const clip = (s: string): string => (s.length > 24 ? `${s.slice(0, 21)}…` : s);

function numberHelp(text: string): string {
  if (/^\d[\d_.]*[iufh]\d*$/.test(text)) return `there are no suffixes: write \`${text.replace(/[iufh]\d*$/, "")}\`, with \`as\` if a type is meant`;
  if (/^0b/i.test(text)) return "binary digits are 0 and 1: `0b1011`";
  if (/^0x/i.test(text)) return "hexadecimal digits are 0–9 and a–f: `0x1f`";
  return "numbers look like `12`, `1_000`, `0x1f`, `0b101`, `1.5` or `1e-3`; a name can't begin with a digit";
}

/** A way out for slips that other languages teach. */
function habit(found: IToken, prev: IToken, slice: boolean): string | undefined {
  if (prev.image === "++" || found.image === "++") return "to count up, write `i += 1`";
  if (found.image === "-" && prev.image === "-") return "to count down, write `i -= 1`";
  if (found.tokenType === op["="] && prev.tokenType === op["="]) return "a comparison is `==` without a space";
  if (found.image === "." && /^\d/.test(prev.image)) return `write \`${prev.image}.0\``;
  if (found.tokenType === op[":"]) return slice ? "a slice is `start +: width`" : undefined;
  return undefined;
}

// The words and signs of the language, as Chevrotain tokens.
//
// Categories do the work that long alternatives would do: every binary operator is a `BinaryOp`, so the grammar names one
// token and the tree is built by precedence afterwards (self-analysis of one OR over all operators takes 0.5 s). `Id`
// is a category too: `at stride step from format temp beside` mean something in one place only and are names anywhere else.
// `Word` is any name or keyword: what may stand before the `:` of a named argument and behind a `.`.
import { createToken, Lexer } from "chevrotain";
import type { TokenType } from "chevrotain";

/** What a message calls each token: the quoted text, or words such as "a name". */
const named = (name: string, label: string, pattern: RegExp, categories: TokenType[] = []): TokenType =>
  createToken({ name, label, pattern, categories });
const category = (name: string, label: string, categories: TokenType[] = []): TokenType =>
  createToken({ name, label, pattern: Lexer.NA, categories });

/** Any name or keyword. */
export const Word = category("Word", "a word");
/** Any operator between two operands. */
export const BinaryOp = category("BinaryOp", "an operator");
/** A binary operator other than `>`, which would close the `<…>` around it. */
export const NarrowOp = category("NarrowOp", "an operator");
/** `+ - * / %`: what the base and stride of an overlay piece may be made of. */
export const SumOp = category("SumOp", "an operator");
/** An operator before its operand: `- ! ~`. */
export const PrefixOp = category("PrefixOp", "an operator");
/** `=` and its kin `+= -= …`. */
export const AssignSign = category("AssignSign", "`=`");
/** A keyword that can't be a name. */
export const Keyword = category("Keyword", "a keyword", [Word]);
/** A name. */
export const Id = createToken({ name: "Id", label: "a name", pattern: /[A-Za-z_]\w*/, categories: [Word] });

const hard = `kernel sequence fn import const let var shared require for while if else break continue return unroll pipeline
  grid threads in out inout as true false inf nan`.split(/\s+/);
const soft = ["at", "stride", "step", "from", "format", "temp", "beside"];

/** Words that can't be names. */
export const keywords: readonly string[] = Object.freeze([...hard]);
/** Words that mean something in one place and are names elsewhere. */
export const softKeywords: readonly string[] = Object.freeze([...soft]);

const word = (text: string): TokenType =>
  createToken({
    name: text, label: `\`${text}\``, pattern: new RegExp(text), longer_alt: Id,
    categories: soft.includes(text) ? [Id] : [Keyword],
  });
/** Token of each keyword, by its text. */
export const kw: Readonly<Record<string, TokenType>> = Object.freeze(
  Object.fromEntries([...hard, ...soft].map((w) => [w, word(w)])));

/** How tightly each binary operator binds; larger is tighter. Comparisons share a level and form chains. */
export const precedence: Readonly<Record<string, number>> = Object.freeze({
  "||": 1, "&&": 2,
  "==": 3, "!=": 3, "<": 3, ">": 3, "<=": 3, ">=": 3,
  "|": 4, "^": 5, "&": 6, "++": 7,
  "<<": 8, ">>": 8, "+": 9, "-": 9, "*": 10, "/": 10, "%": 10,
});

const assigns = ["=", "+=", "-=", "*=", "/=", "%=", "|=", "&=", "^=", "<<=", ">>="];
const prefixes = ["-", "!", "~"];
const punctuation = ["..", "+:", "(", ")", "[", "]", "{", "}", ",", ":", ";", "@", "."];
const signs = [...new Set([...punctuation, ...assigns, ...prefixes, ...Object.keys(precedence)])]
  .sort((a, b) => b.length - a.length);
const sign = (text: string): TokenType =>
  createToken({
    name: text, label: `\`${text}\``, pattern: text,
    categories: [
      ...(text in precedence ? [BinaryOp] : []),
      ...(text in precedence && text !== ">" ? [NarrowOp] : []),
      ...("+-*/%".includes(text) ? [SumOp] : []),
      ...(assigns.includes(text) ? [AssignSign] : []),
      ...(prefixes.includes(text) ? [PrefixOp] : []),
    ],
  });
/** Token of each sign, by its text. */
export const op: Readonly<Record<string, TokenType>> = Object.freeze(Object.fromEntries(signs.map((s) => [s, sign(s)])));

// A number that runs into letters (`1u`, `0b12`, `3px`) is one bad token, not a number and a name.
const BadNumber = named("BadNumber", "a number", /\d\w*(?:\.\d\w*)?/);
/** A number: decimal, `0x…`, `0b…`, with `_` between digits; a float has a point between digits or an exponent. */
export const Num = createToken({
  name: "Num", label: "a number",
  pattern: /0x[0-9a-fA-F][0-9a-fA-F_]*|0b[01][01_]*|\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?/,
  longer_alt: BadNumber,
});
/** A string in double quotes on one line. */
export const Str = named("Str", "a string", /"(?:[^"\\\n\r]|\\[^\n\r])*"/);
const OpenStr = named("OpenStr", "a string", /"[^\n\r]*/);

const Blank = createToken({ name: "Blank", pattern: /\s+/, group: Lexer.SKIPPED, line_breaks: true });
const Doc = createToken({ name: "Doc", pattern: /\/\/\/(?!\/)[^\n]*/, group: "comments" });
const Note = createToken({ name: "Note", pattern: /\/\/[^\n]*/, group: "comments" });
const BlockNote = createToken({ name: "BlockNote", pattern: /\/\*[^]*?(?:\*\/|$)/, group: "comments", line_breaks: true });

/** Not in the text: stands after the last token, so that the end has a place. */
export const End = createToken({ name: "End", label: "the end of the file", pattern: Lexer.NA });

/** The token types that a message treats specially. */
export const special = Object.freeze({ BadNumber, OpenStr, Doc, BlockNote });

/** Every token type, in the order in which the lexer tries them. */
export const allTokens: readonly TokenType[] = Object.freeze([
  Blank, Doc, Note, BlockNote,
  Word, BinaryOp, NarrowOp, SumOp, PrefixOp, AssignSign, Keyword,
  ...[...hard, ...soft].sort((a, b) => b.length - a.length).map((w) => kw[w]),
  Id, Num, BadNumber, Str, OpenStr,
  ...signs.map((s) => op[s]),
  End,
]);

/** The closing bracket of each opening one. */
export const closerOf: Readonly<Record<string, string>> = Object.freeze({ "(": ")", "[": "]", "{": "}" });

/** Words that can only begin a statement: a `(` still open before one was never closed. */
export const statementWords: ReadonlySet<string> = new Set(
  ["let", "var", "shared", "require", "for", "while", "if", "break", "continue", "return", "const", "unroll", "pipeline"]);
/** Words that begin an item at the top of a file and nothing else. */
export const itemWords: ReadonlySet<string> = new Set(["kernel", "sequence", "fn", "import", "format"]);

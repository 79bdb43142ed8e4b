// What the front end says when a text can't be read: the table of S codes, and the collector that all of lang/ reports to.
// Titles and texts live here and nowhere else, so that `explain CODE` and the docs print the same words.
import { didYouMean } from "../diagnostic.ts";
import type { DiagnosticData, DiagnosticInit } from "../diagnostic.ts";

/** One row of a table of codes. */
export interface Explanation {
  /** One line, no full stop. */
  readonly title: string;
  /** A few sentences: what it means, why it is so, what to do. */
  readonly explain: string;
}

/** A pair of snippets: the wrong one gives the code, the right one doesn't. */
export interface CodeExample { readonly wrong: string; readonly right: string }

/** A pair of snippets. */
export const pair = (wrong: string, right: string): CodeExample => Object.freeze({ wrong, right });

/** A row of a table of codes. */
export const row = (title: string, explain: string): Explanation => Object.freeze({ title, explain });

/**
 * Every syntax code with its title and its explanation.
 *
 * @example
 * ```ts
 * import { codes } from "bitloom/lang";
 * codes["S0004"]?.title // => "a bare expression must be a call"
 * ```
 */
export const explanations: Readonly<Record<string, Explanation>> = Object.freeze({
  S0001: row("unexpected character",
    "The character starts no word, number or sign of the language. Names are ASCII letters, digits and `_`. Characters pasted from a document (typographic quotes, a long dash) are the usual cause; inside comments and strings anything is allowed."),
  S0002: row("unexpected word or sign",
    "At this place the language allows something else; the message says what. The rest of the statement is skipped and reading goes on at the next line, so later messages are about later mistakes."),
  S0003: row("bracket not closed",
    "An opening `(`, `[` or `{` has no partner. The message marks the opening bracket and the place where its partner was missed: the end of the file, another closing bracket, or a word that can only begin a statement."),
  S0004: row("a bare expression must be a call",
    "A statement that computes a value and drops it does nothing. Calls such as `store(…)` and `barrier()` may stand alone; anything else wants a name (`let x = …`) or a target (`x = …`)."),
  S0005: row("nested too deep",
    "Brackets may be nested 127 deep and a syntax tree may have 1,024 levels. Hand-written kernels stay below ten; give parts of a generated expression a name with `let`."),
  S0006: row("file too large",
    "A source file may have 1,048,576 characters. Split it and use `import`; data belongs in tensors, not in the source."),
  S0007: row("two statements on one line",
    "A statement begins on a new line; to put two on one line, part them with `;`. Often a comma or an operator was forgotten between two parts of one expression."),
  S0008: row("this word is taken",
    "Words such as `for`, `in` and `shared` belong to the language and can't name a parameter, value or tile. They are allowed as names of arguments (`out: x`) and behind a point."),
  S0009: row("closing bracket without its opening bracket",
    "A `)`, `]` or `}` stands where no bracket of its kind is open. It is ignored and reading goes on."),
  S0010: row("string not finished",
    "A string begins and ends with `\"` on the same line. Inside it `\\\"` is a quote, `\\\\` a backslash, `\\n` a new line and `\\t` a tab; no other escape exists."),
  S0011: row("malformed number",
    "Integers are decimal, `0x…` or `0b…`, floats have digits on both sides of the point or an exponent; `_` may part digits. There are no suffixes: the type comes from the use, or from `as`. Integers go up to 2^53 − 1."),
  S0012: row("misspelt word",
    "Two words stand side by side where one of them should be a word of the language. The nearest one was assumed and reading went on as if it had been written."),
  S0014: row("this can't be assigned to",
    "The left side of `=`, `+=` and the like is the name of a `var`, or a part of one: `x`, `x[i]`. Results, constants and lists have no place to store into; `==` compares."),
  S0015: row("a var needs a type or a value",
    "`var x: f32[4, 4]` starts undefined, `var x = 0` takes the type of its value, `var x: f32[4, 4] = 0` says both. With neither the size of the tile is unknown."),
  S0016: row("a line can't begin with this operator",
    "A statement starts on a new line, and `-` begins an expression, so a line that begins with `-` is not a continuation of the line above. End the line above with the operator, or put the expression in round brackets."),
  S0017: row("too many errors",
    "After 100 errors reading stops: what follows is most likely the echo of an earlier one, or the file is no Bitloom source."),
  S0018: row("unknown kind of compile-time parameter",
    "A parameter in `<…>` is an `int`, `float`, `bool`, `dtype`, `layout`, `packing` or `format`. Element types such as `f16` are values of kind `dtype`: write `T: dtype = f16`."),
  S0019: row("block comments don't exist",
    "A comment starts with `//` and goes to the end of the line; `///` documents the kernel, parameter, function or constant below it. Block comments were left out because they don't nest and hide where code ends."),
  S0020: row("unknown escape in a string",
    "Strings know `\\\"`, `\\\\`, `\\n` and `\\t`. A backslash is written `\\\\`; import paths use `/`."),
  S0021: row("positional argument after a named one",
    "Arguments without a name go by their place, so they come first: `copy(a, to: b)`. After the first `name: value` every argument needs a name."),
  S0022: row("nothing behind this dot",
    "A dot leads to a field of a tensor of some format, `w.d`, or to a register layout of an instruction, `mma_b1.m8n8k128.a`. Tiles, numbers and other tensors have no members."),
  S0023: row("a jump outside of loops",
    "`break` and `continue` belong to the innermost loop around them. A kernel ends early with `return`; a function can't leave the loop that it is called in."),
  S0025: row("only in a sequence", "`temp` and steps with `<…>` belong to a `sequence`; a kernel has `var` and `shared` tiles, and runs no other kernel."),
  S0024: row("never reached",
    "`break`, `continue` and `return` leave the block where they stand: what follows in it never happens. Most often an `if` was forgotten."),
  S0101: row("no program text", "The text form of Programs has its own words and signs; this is none of them."),
  S0102: row("unexpected part of program text", "The text form of Programs allows something else here."),
  S0103: row("bad number in program text", "Numbers carry their type: 0.5f is an f32, 5u a u32."),
  S0104: row("bad conversion in program text", "A conversion takes one scalar."),
  S0105: row("given twice in program text", "An operand or attribute is written once."),
  S0106: row("program text nested too deep", "Brackets and blocks may be nested to a limited depth; print() never writes deeper ones."),
});

/** Collects diagnostics; after `limit` errors it says so once and is `full`. */
export interface Sink {
  readonly list: DiagnosticData[];
  /** True after the limit: whoever can stop should. */
  full(): boolean;
  report(init: DiagnosticInit): void;
}

/** A new, empty {@link Sink}. `limit` is a number of diagnostics. */
export function sink(limit = 100): Sink {
  const list: DiagnosticData[] = [];
  return {
    list,
    full: () => list.length > limit,
    report(init) {
      if (list.length > limit) return;
      if (list.length === limit) {
        list.push({ code: "S0017", severity: "error", message: "too many errors; reading stops here", span: init.span });
        return;
      }
      list.push({ ...init, severity: init.severity ?? "error" });
    },
  };
}

/** Words people bring from other languages, and what is written here instead. */
const elsewhere: Readonly<Record<string, string>> = {
  and: "write `&&`", or: "write `||`", not: "write `!`", elif: "write `else if`", elseif: "write `else if`",
  def: "a function is `fn name(a, b) = …`", func: "a function is `fn name(a, b) = …`", function: "a function is `fn name(a, b) = …`",
  mut: "a mutable tile is `var name = …`", then: "write `if cond { … }`", do: "write `{ … }`", to: "a range is `0..n`",
  to_type: "write `x as f16`", loop: "write `while true { … }`", workgroup: "a workgroup tile is `shared name: f16[…]`",
  assert: "write `require cond, \"why\"`", True: "write `true`", False: "write `false`",
};

/** Help for a word that belongs to another language; undefined if there is none. */
export const fromElsewhere = (text: string): string | undefined =>
  Object.hasOwn(elsewhere, text) ? elsewhere[text] : undefined;

const letters = (s: string): string => [...s.toLowerCase()].sort().join("");

/**
 * The word of `words` that `text` is a slip of: the same letters in another order (`fro` for `for`), else one that is near.
 * Words of one or two letters only count when letters are swapped.
 */
export function misspelt(text: string, words: readonly string[]): string | undefined {
  if (text.length > 16 || words.includes(text)) return undefined;
  const mixed = words.find((w) => w.length === text.length && letters(w) === letters(text));
  return mixed ?? (text.length < 3 ? undefined : didYouMean(text, words.filter((w) => w.length > 2 || text.length === 3)));
}

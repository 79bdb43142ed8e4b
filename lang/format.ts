// The formatter: one way to write a source. Blanks, indentation and line ends change; tokens, comments and blank lines between
// groups stay, and so does every line end that the author put inside a statement or behind an opening bracket.
import { Bug, type DiagnosticData } from "../diagnostic.ts";
import type { Module } from "./ast.ts";
import { printTree } from "./format-print.ts";
import { treeOf } from "./format-tree.ts";
import { maxSource, parse } from "./parser.ts";

/** A formatted source, or why it can't be formatted. */
export type Formatted =
  | { readonly text: string; readonly diagnostics: readonly [] }
  | { readonly text: undefined; readonly diagnostics: readonly DiagnosticData[] };

/** What a tree says, without places: equal for sources that differ in blanks only. */
export const meaningOf = (ast: Module): string =>
  JSON.stringify(ast, (key, value: unknown) => (key === "span" || key === "opSpan" ? undefined : typeof value === "number" && !Number.isFinite(value) ? String(value) : value));

/**
 * Formats a source. Formatting twice changes nothing more, and the meaning and the comments are those of before.
 * @param file what diagnostics call it
 * @param width columns that lines should have at most; what can't be broken stays longer
 * @returns the text, or the syntax errors: a source with some isn't touched
 * @example
 * ```ts
 * format("fn half( x )=x/2 // so", "half.loom").text; // => "fn half(x) = x/2  // so\n"
 * ```
 */
export function format(source: string, file: string, width = 120): Formatted {
  const { ast, diagnostics } = parse(source, file);
  if (diagnostics.length > 0) return { text: undefined, diagnostics };
  const text = printTree(treeOf(source, file, ast), width);
  // Nobody's file is overwritten by a text that means something else.
  if (text !== source) {
    const again = parse(text, file);
    if (text.length > maxSource) return { text: undefined, diagnostics: again.diagnostics };
    if (again.diagnostics.length > 0 || meaningOf(again.ast) !== meaningOf(ast)) throw new Bug(`formatting '${file}' would change what it means`);
  }
  return { text, diagnostics: [] };
}

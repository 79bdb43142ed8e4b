// The front door of the parser: text in, frozen tree and diagnostics out. Never throws, whatever the text, in linear time.
import type { DiagnosticData } from "../diagnostic.ts";
import type { Expr, Item, Module, Span } from "./ast.ts";
import { Grammar } from "./grammar.ts";
import { sink } from "./messages.ts";
import type { Sink } from "./messages.ts";
import { scan } from "./scan.ts";

/** Longest source in UTF-16 units. */
export const maxSource = 1 << 20;
/** Most levels of nodes in a tree, so that whoever walks it may recurse. */
export const maxLevels = 1024;

let made: Grammar | undefined;
/** The one parser, made at first use (a quarter of a second of self-analysis). It keeps nothing between parses. */
const grammar = (): Grammar => (made ??= new Grammar());

/** A tree with what was wrong about its text. */
export interface Parsed {
  /** Complete if there are no diagnostics; otherwise with `error` nodes where text was skipped. */
  readonly ast: Module;
  /** In order of place; at most 101. */
  readonly diagnostics: readonly DiagnosticData[];
}

/**
 * Reads one .loom file. Mistakes are returned, never thrown (S codes, see `codes`); several are found in one run.
 *
 * @param source the text, at most {@link maxSource} UTF-16 units
 * @param file its name, for the spans
 *
 * @example
 * ```ts
 * import { parse } from "bitloom/lang";
 * const { ast, diagnostics } = parse("fn half(x) = x / 2", "half.loom");
 * diagnostics.length // => 0
 * ast.items[0]?.kind // => "fn"
 * ```
 */
export function parse(source: string, file: string): Parsed {
  const out = sink();
  const whole: Span = { file, start: 0, end: source.length };
  const empty: Module = { kind: "module", items: [], comments: [], span: whole };
  const ast = safely(source, file, out, true, empty, (g, comments) => {
    const m = g.module();
    const items = m.items.map((item): Item => (tooDeep(item, out) ? { kind: "error", span: item.span } : item));
    return { ...m, items, comments, span: whole };
  });
  return finish(ast, out, (m, diagnostics) => ({ ast: m, diagnostics }));
}

/**
 * Reads one expression, for example a layout given on the command line. Nothing may follow it; it may run over several lines.
 *
 * @example
 * ```ts
 * import { parseExpression } from "bitloom/lang";
 * parseExpression("spatial(8, 4) * local(2, 1)", "layout").expr.kind // => "binary"
 * ```
 */
export function parseExpression(source: string, file: string): { readonly expr: Expr; readonly diagnostics: readonly DiagnosticData[] } {
  const out = sink();
  const empty: Expr = { kind: "error", span: { file, start: 0, end: source.length } };
  const expr = safely(source, file, out, false, empty, (g) => {
    const e = g.lone();
    return tooDeep(e, out) ? empty : e;
  });
  return finish(expr, out, (e, diagnostics) => ({ expr: e, diagnostics }));
}

function safely<T>(source: string, file: string, out: Sink, lines: boolean, empty: T, run: (g: Grammar, comments: Module["comments"]) => T): T {
  if (source.length > maxSource) {
    out.report({ code: "S0006", message: `this file has ${source.length} characters, the limit is ${maxSource}`, span: { file, start: 0, end: 0 }, help: "split it and use `import`" });
    return empty;
  }
  const scanned = scan(source, file, out);
  const g = grammar();
  try {
    g.load(scanned, source, file, out, lines);
    return run(g, scanned.comments);
  } catch (e) {
    // A host with a small stack: the brackets are within the limit, yet its stack ended before.
    if (!(e instanceof RangeError)) throw e;
    out.report({ code: "S0005", message: "nested too deep for this machine's stack", span: { file, start: 0, end: 0 }, help: "give inner parts a name with `let`" });
    return empty;
  } finally {
    g.unload();
  }
}

function finish<T extends object, R extends object>(tree: T, out: Sink, make: (tree: T, diagnostics: readonly DiagnosticData[]) => R): R {
  const at = (d: DiagnosticData): number => (d.code === "S0017" ? Infinity : d.span?.start ?? 0);
  out.list.sort((a, b) => at(a) - at(b) || 0);
  settle(tree, Infinity);
  settle(out.list, Infinity);
  return Object.freeze(make(tree, out.list));
}

/** Freezes a tree, down to `left` levels; false where it has more of them. What is frozen was seen. */
function settle(x: object, left: number): boolean {
  if (left < 0) return false;
  if (Object.isFrozen(x)) return true;
  if (Array.isArray(x)) {
    for (const child of x as readonly unknown[]) if (typeof child === "object" && child !== null && !settle(child, left)) return false;
  } else for (const key in x) {
    const child = (x as Readonly<Record<string, unknown>>)[key];
    if (typeof child !== "object" || child === null) continue;
    if (key === "span" && left > 0) Object.freeze(child); else if (!settle(child, left - 1)) return false;
  }
  Object.freeze(x);
  return true;
}

/** Reports a tree with more than {@link maxLevels} levels: a chain such as `x.y.y.y…` or `- - - x` grows without brackets. Others are frozen. */
function tooDeep(tree: Expr | Item, out: Sink): boolean {
  if (settle(tree, maxLevels)) return false;
  out.report({ code: "S0005", message: `more than ${maxLevels} levels in one expression or statement`, span: tree.span, help: "give inner parts a name with `let`" });
  return true;
}

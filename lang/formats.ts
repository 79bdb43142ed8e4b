// Formats by text: one of the library's, `q4_0`, or one with compile-time parameters, `gptq(Q: u3, group: 64)`.
import { Diagnostic, fail } from "../diagnostic.ts";
import type { Format } from "../vm/index.ts";
import { newState } from "./elaborate-kernel.ts";
import { wrongKind } from "./elaborate-values.ts";
import { loadUnit, type Unit } from "./load.ts";
import { library } from "./library.ts";
import { child, type Scope } from "./names.ts";
import { parseExpression } from "./parser.ts";

let units: ReadonlyMap<string, Unit> | undefined;

/** The files of the library, read once. */
function libraryUnits(): ReadonlyMap<string, Unit> {
  return units ??= new Map(Object.entries(library).map(([file, source]) => [file, loadUnit(source, { file }, [])]));
}

/**
 * Names of the library's formats, by the file that has them.
 * @example
 * ```ts
 * libraryFormats().get("bitloom/formats/gguf.loom")?.includes("q4_0"); // => true
 * ```
 */
export const libraryFormats = (): ReadonlyMap<string, readonly string[]> => new Map([...libraryUnits()].map(([file, unit]) => [file, [...unit.formats.keys()]]));

/** A scope with the library's formats. GGUF's come last, so that a name of two files is theirs. */
function libraryScope(): Scope {
  const scope = child();
  for (const [file, unit] of libraryUnits())
    for (const name of unit.formats.keys()) {
      const found = unit.scope.own.get(name);
      if (found && (!scope.own.has(name) || file.endsWith("gguf.loom"))) scope.own.set(name, found);
    }
  return scope;
}

/**
 * A format by its text.
 * @param text the name of a format, with arguments where it takes some
 * @param unit a file whose formats are known too, and before those of the library
 * @throws Diagnostic N0101, N0103 (no such format), T0402 (something else), and what is wrong with its arguments
 * @example
 * ```ts
 * formatNamed("q6_k").blockBits / 8; // => 210
 * formatNamed("grouped(Q: i3, group: 64)").axes; // => [{ name: "i", block: 64 }]
 * ```
 */
export function formatNamed(text: string, unit?: Unit): Format {
  const { expr, diagnostics: [first] } = parseExpression(text, "format");
  if (first) throw new Diagnostic(first);
  const errors: Diagnostic[] = [], scope = child({ parent: libraryScope(), own: unit?.scope.own ?? new Map() });
  const cx = { b: undefined, scope, exact: undefined, state: newState(errors) }, t = cx.state.evaluate(expr, cx);
  if (errors[0]) throw errors[0];
  return t.kind === "format" ? t.value() : t.kind === "poison" ? fail({ code: "T0402", message: `'${text}' is no format`, help: "name a format" }) : wrongKind(t, "a format", expr.span, cx, "name one: q4_0, or gptq(Q: u3, group: 64)");
}

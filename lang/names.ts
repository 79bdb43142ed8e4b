// Names and what they stand for: a chain of scopes. Inner scopes may shadow, one scope defines a name once.
import { fail, type Span } from "../diagnostic.ts";
import type { Name } from "./ast.ts";
import { misspelt } from "./messages.ts";
import { silent, type Thing } from "./elaborate-values.ts";

/** How a name came to be; decides what may be done with it and how messages speak of it. */
export type How = "const" | "let" | "var" | "shared" | "param" | "comptime" | "dim" | "grid" | "loop" | "fn" | "temp" | "kernel" | "sequence" | "format" | "field" | "import" | "argument";

/** A name in a scope. The thing is asked for when used, so that the constants of a file may come in any order. */
export interface Binding {
  readonly name: string;
  readonly how: How;
  readonly span: Span | undefined;
  readonly thing: () => Thing;
}

/** Names of one block, and the scope around it. */
export interface Scope {
  readonly parent: Scope | undefined;
  readonly own: Map<string, Binding>;
}

/** A new scope inside `parent`. */
export const child = (parent?: Scope): Scope => ({ parent, own: new Map() });

/** The nearest binding of a name. */
export function lookup(scope: Scope | undefined, name: string): Binding | undefined {
  for (let s = scope; s; s = s.parent) {
    const found = s.own.get(name);
    if (found) return found;
  }
  return undefined;
}

/** Words for how a name was made: "a constant". */
export const HOW: Readonly<Record<How, string>> = {
  const: "a constant", let: "a value (`let`)", var: "a variable", shared: "a shared tile", param: "a parameter", comptime: "a compile-time parameter",
  dim: "a run-time dimension", grid: "a grid index", loop: "a loop variable", fn: "a function", temp: "a temporary tensor", kernel: "a kernel", sequence: "a sequence", format: "a format", field: "a field of the format", import: "an import", argument: "an argument of the function",
};

/**
 * Defines a name in this very scope.
 * @throws Diagnostic N0102 if the scope has it already
 */
export function bind(scope: Scope, name: Name, how: How, thing: Thing | (() => Thing)): void {
  const old = scope.own.get(name.text);
  if (old) {
    if (old.how === "dim") return fail({
      code: "N0102", message: `'${name.text}' is already a run-time dimension of this kernel`, span: name.span, label: "defined again here", help: "choose another name, or list it in <…> to make it a compile-time parameter",
      ...(old.span ? { labels: [{ span: old.span, message: "first used as a dimension here" }] } : {}),
    });
    fail({
      code: "N0102", message: `'${name.text}' is defined twice`, span: name.span, label: "defined again here", help: "choose another name, or assign to a `var`",
      ...(old.span ? { labels: [{ span: old.span, message: `first defined here, as ${HOW[old.how]}` }] } : {}),
    });
  }
  scope.own.set(name.text, { name: name.text, how, span: name.span, thing: typeof thing === "function" ? thing : () => thing });
}

/** All names in sight, innermost first. */
export function inSight(scope: Scope | undefined): string[] {
  const names: string[] = [];
  for (let s = scope; s; s = s.parent) names.push(...s.own.keys());
  return names;
}

/**
 * Fails for a name that stands for nothing; silent if it may have been defined in text that couldn't be read.
 * @param more further names that would have been right here
 */
export function unknownName(scope: Scope, name: Name, more: Iterable<string>, lost: ReadonlySet<string>): never {
  if (lost.has(name.text)) return silent();
  const near = misspelt(name.text, [...inSight(scope).slice(0, 1000), ...more]);
  return fail({
    code: "N0101", message: `nothing is called '${name.text}' here`, span: name.span, label: "unknown name",
    help: near ? `did you mean '${near}'?` : `define it first: let ${name.text} = …, or list it in <…> as a compile-time parameter`,
  });
}

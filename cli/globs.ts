// Patterns of file names for shells that leave them alone: `*` and `?` within a name, `**` for any folders.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fail } from "../diagnostic.ts";

const isPattern = (text: string): boolean => /[*?]/.test(text);

/** A name of a pattern as an expression. */
const matcher = (part: string): RegExp =>
  new RegExp(`^${part.replace(/\*+/g, "*").replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*").replace(/\?/g, ".")}$`, "s");

/** Hidden folders and those of packages are only looked into when they are named. */
const hidden = (name: string): boolean => name.startsWith(".") || name === "node_modules";

function entries(folder: string): readonly { readonly name: string; readonly isFolder: boolean }[] {
  try {
    return readdirSync(folder || ".", { withFileTypes: true }).map((e) => ({ name: e.name, isFolder: e.isDirectory() })).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return []; // no folder, or none that may be read: nothing matches there
  }
}

function expand(folder: string, parts: readonly string[]): string[] {
  const [part, ...rest] = parts;
  if (part === undefined) return [folder];
  const at = (name: string): string => (folder === "" ? name : join(folder, name));
  if (part === "**") return [...expand(folder, rest.length ? rest : ["*"]), ...entries(folder).filter((e) => e.isFolder && !hidden(e.name)).flatMap((e) => expand(at(e.name), parts))];
  if (!isPattern(part)) return existsSync(at(part)) ? expand(at(part), rest) : [];
  const pattern = matcher(part);
  return entries(folder).filter((e) => pattern.test(e.name) && !e.name.startsWith(".") && e.isFolder === rest.length > 0).flatMap((e) => expand(at(e.name), rest));
}

/**
 * The files that a word means: itself, or what its pattern matches, in order.
 * @throws Diagnostic H0208 if a pattern matches nothing
 */
export function filesOf(word: string): readonly string[] {
  if (!isPattern(word) || existsSync(word)) return [word];
  const absolute = word.startsWith("/"), found = [...new Set(expand(absolute ? "/" : "", word.split("/").filter(Boolean)))];
  return found.length ? found : fail({ code: "H0208", message: `no file matches '${word}'`, help: "check the pattern: `*` stands for any part of a name, `**` for any folders" });
}

// The project's own sources, parsed: what the architecture and documentation tests look at.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** The folder of the project. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** The rooms, in the order in which they may import. */
export const rooms = ["layout", "vm", "codegen", "lang", "runtime"] as const;

/** A file of the project. `path` is relative to the project, with `/`. */
export interface Source { readonly path: string; readonly text: string; readonly tree: ts.SourceFile }

/** All `.ts` files under a folder of the project, or the file itself; none if it doesn't exist. */
export function sources(folder: string): Source[] {
  let found: string[];
  try { found = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }); } catch { return []; }
  return found.map((f) => join(folder, f).replaceAll("\\", "/")).filter((f) => f.endsWith(".ts") && !f.endsWith(".d.ts") && !f.includes("node_modules")).sort().map(source);
}

/** One file of the project. */
export function source(path: string): Source {
  const text = readFileSync(join(root, path), "utf8");
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true) };
}

/** Calls `f` on every node. */
export function visit(node: ts.Node, f: (n: ts.Node) => void): void {
  f(node);
  ts.forEachChild(node, (n) => visit(n, f));
}

/** `path:line` of a node. */
export const place = (s: Source, n: ts.Node): string => `${s.path}:${s.tree.getLineAndCharacterOfPosition(n.getStart(s.tree)).line + 1}`;

/** What a file imports. */
export interface Import { readonly from: Source; readonly node: ts.Node; readonly to: string; readonly how: "value" | "type" | "dynamic" }

/** All imports and re-exports; `to` is a path in the project for relative ones, else the package's name. */
export function imports(s: Source): Import[] {
  const found: Import[] = [];
  const add = (node: ts.Node, spec: ts.Node | undefined, how: Import["how"]): void => {
    if (!spec || !ts.isStringLiteralLike(spec)) return;
    found.push({ from: s, node, to: spec.text.startsWith(".") ? relative(root, join(root, dirname(s.path), spec.text)).replaceAll("\\", "/") : spec.text, how });
  };
  visit(s.tree, (n) => {
    if (ts.isImportDeclaration(n)) {
      const names = n.importClause?.namedBindings, all = names && ts.isNamedImports(names) ? names.elements : undefined;
      add(n, n.moduleSpecifier, n.importClause?.isTypeOnly || (all && all.length > 0 && !n.importClause?.name && all.every((e) => e.isTypeOnly)) ? "type" : "value");
    } else if (ts.isExportDeclaration(n)) add(n, n.moduleSpecifier, n.isTypeOnly ? "type" : "value");
    else if (ts.isCallExpression(n) && n.expression.kind === ts.SyntaxKind.ImportKeyword) add(n, n.arguments[0], "dynamic");
    else if (ts.isImportTypeNode(n) && ts.isLiteralTypeNode(n.argument)) add(n, n.argument.literal, "type");
  });
  return found;
}

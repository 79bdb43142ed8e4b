// Imports past the doors: in what is published, `import { dtype } from "../vm/index.js"` asks the module that has `dtype`.
// Sources go through doors so that rooms stay rooms. But a page that loads modules as they are would fetch every module behind
// a door for one number type, and bundlers that place whole files keep the compiler in what a page loads first.

import { posix } from "node:path";

/** A module without types, as it is published but for its doors. */
export const transpiled = (ts, source, fileName) => ts.transpileModule(source, {
  fileName,
  compilerOptions: {
    target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true,
    rewriteRelativeImportExtensions: true, removeComments: false,
  },
}).outputText;

/** A door and who asks: one line or several, names only. */
const throughDoor = /^(import|export) \{([^}]*)\} from "([^"]*\/(?:layout|vm|codegen|lang|runtime)\/index\.js)";$/gm;

/**
 * A function that writes the imports of a module anew.
 * @param ts the TypeScript compiler
 * @param read the JavaScript of a module by its path from the root ("vm/index.js")
 * @returns (text, path) => text
 */
export function pastDoors(ts, read) {
  const known = new Map();
  /** Where the names that a module exports come from: name → [module, its name there, or "*" for all of the module]. */
  const exportsOf = (path) => {
    const found = known.get(path);
    if (found) return found;
    const out = new Map();
    known.set(path, out);
    const from = (s) => posix.join(posix.dirname(path), s.moduleSpecifier.text);
    for (const s of ts.createSourceFile(path, read(path), ts.ScriptTarget.ES2022).statements) {
      if (ts.isExportDeclaration(s)) {
        const source = s.moduleSpecifier && exportsOf(from(s));
        if (s.exportClause && ts.isNamespaceExport(s.exportClause)) { out.set(s.exportClause.name.text, [from(s), "*"]); continue; }
        if (!s.exportClause) { for (const [name, at] of source) if (!out.has(name)) out.set(name, at); continue; }
        for (const e of s.exportClause.elements) {
          const own = (e.propertyName ?? e.name).text, at = source ? source.get(own) : [path, own];
          if (!at) throw new Error(`${path}: '${own}' is exported from nowhere`);
          out.set(e.name.text, source ? at : [path, e.name.text]);
        }
      } else if (s.modifiers?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword)) {
        const names = ts.isVariableStatement(s) ? s.declarationList.declarations.map((d) => d.name.text) : [s.name.text];
        for (const name of names) out.set(name, [path, name]);
      }
    }
    return out;
  };
  return (text, path) => text.replace(throughDoor, (whole, word, names, door) => {
    const source = exportsOf(posix.join(posix.dirname(path), door)), byModule = new Map(), lines = [];
    const to = (module) => { const way = posix.relative(posix.dirname(path), module); return way.startsWith(".") ? way : `./${way}`; };
    for (const item of names.split(",").map((x) => x.trim()).filter(Boolean)) {
      const [own, as = own] = item.split(/\s+as\s+/), at = source.get(own);
      if (!at) throw new Error(`${path}: ${door} has no '${own}'`);
      if (at[1] === "*") { lines.push(`${word} * as ${as} from "${to(at[0])}";`); continue; }
      const list = byModule.get(at[0]) ?? [];
      byModule.set(at[0], [...list, at[1] === as ? as : `${at[1]} as ${as}`]);
    }
    return [...lines, ...[...byModule].map(([module, list]) => `${word} { ${list.join(", ")} } from "${to(module)}";`)].join("\n");
  });
}

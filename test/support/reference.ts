// The reference as its readers see it: the names that the doors export, their sentences, and their examples, which can be
// type-checked and run. An example claims things: `expr; // => value` or `expr; // throws CODE`.
import { transform } from "esbuild";
import { join } from "node:path";
import ts from "typescript";
import * as codegen from "../../codegen/index.ts";
import * as diagnostic from "../../diagnostic.ts";
import * as lang from "../../lang/index.ts";
import * as layout from "../../layout/index.ts";
import * as runtime from "../../runtime/index.ts";
import * as vm from "../../vm/index.ts";
import { root } from "./sources.ts";

/** Doors by name, in the order in which an example's names are looked for after its own door. */
const doors: Readonly<Record<string, object>> = { layout, vm, codegen, lang, runtime, diagnostic };

/** The doors that are documented. */
export const documented = ["layout", "vm", "codegen", "lang", "runtime", "diagnostic"] as const;

const fileOf = (door: string): string => join(root, door === "diagnostic" ? "diagnostic.ts" : `${door}/index.ts`);

/** A name of a door, `space.name` for those of a namespace, with its documentation. */
export interface Name { readonly name: string; readonly door: string; readonly place: string; readonly doc: string; readonly examples: readonly string[] }

/** What an example claims: a statement to run, or an expression and what it gives or throws. */
export interface Claim { readonly code: string; readonly gives?: string; readonly throws?: string }

/** An example of a name. */
export interface Example { readonly title: string; readonly door: string; readonly code: string; readonly claims: readonly Claim[] }

function names(checker: ts.TypeChecker, module: ts.Symbol, door: string, prefix = ""): Name[] {
  return checker.getExportsOfModule(module).flatMap((s): Name[] => {
    const target = s.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(s) : s, at = target.declarations?.[0];
    if (at && ts.isSourceFile(at)) return names(checker, target, door, `${s.name}.`);
    const file = at?.getSourceFile();
    const place = at && file ? `${file.fileName.slice(root.length)}:${file.getLineAndCharacterOfPosition(at.getStart()).line + 1}` : "?";
    const examples = target.getJsDocTags(checker).filter((t) => t.name === "example").map((t) => ts.displayPartsToString(t.text));
    return [{ name: prefix + s.name, door, place, doc: ts.displayPartsToString(target.getDocumentationComment(checker)).trim(), examples }];
  });
}

/** All names that the doors export. */
export function exported(): Name[] {
  const program = ts.createProgram({
    rootNames: documented.map(fileOf),
    options: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, allowImportingTsExtensions: true, noEmit: true, noLib: true, types: [] },
  });
  const checker = program.getTypeChecker();
  return documented.flatMap((door) => {
    const file = program.getSourceFile(fileOf(door)), module = file && checker.getSymbolAtLocation(file);
    return module ? names(checker, module, door) : [];
  });
}

const parse = (code: string): ts.SourceFile => ts.createSourceFile("example.ts", code, ts.ScriptTarget.ES2023, true);

/** The statements of an example with the claims of their comments; imports are left out, whoever runs it knows the doors. */
function claims(code: string): Claim[] {
  const tree = parse(code);
  return tree.statements.filter((s) => !ts.isImportDeclaration(s)).map((s) => {
    const end = code.indexOf("\n", s.end), after = code.slice(s.end, end < 0 ? code.length : end);
    const below = /^\s*\n\s*\/\/ => (.*)/.exec(code.slice(s.end))?.[1], gives = /\/\/ => (.*)$/.exec(after)?.[1] ?? below, throws = /\/\/ throws (\w+)/.exec(after)?.[1];
    return { code: s.getText(tree), ...(gives === undefined ? {} : { gives: gives.trim() }), ...(throws === undefined ? {} : { throws }) };
  });
}

/** The examples of some names. */
export const examplesOf = (all: readonly Name[]): Example[] => all.flatMap((n) => n.examples.map((text, i) => {
  const code = /```ts\n([\s\S]*?)```/.exec(text)?.[1] ?? text;
  return { title: `${n.door}: ${n.name}${i ? ` (${i + 1})` : ""}`, door: n.door, code, claims: claims(code) };
}));

/** Free names of an example that a door knows, each with that door: its own first. */
function used(e: Example): ReadonlyMap<string, string> {
  const all = new Set<string>(), own = new Set<string>();
  const walk = (n: ts.Node): void => {
    if ((ts.isVariableDeclaration(n) || ts.isBindingElement(n) || ts.isParameter(n)) && ts.isIdentifier(n.name)) own.add(n.name.text);
    const key = ts.isIdentifier(n) && ((ts.isPropertyAccessExpression(n.parent) && n.parent.name === n) || (ts.isPropertyAssignment(n.parent) && n.parent.name === n));
    if (ts.isIdentifier(n) && !key) all.add(n.text);
    ts.forEachChild(n, walk);
  };
  for (const c of e.claims) walk(parse(`${c.code}\n${c.gives === undefined ? "" : `(${c.gives})`}`));
  const order = [e.door, ...documented];
  return new Map([...all].filter((n) => !own.has(n)).flatMap((n) => { const door = order.find((d) => n in doors[d]); return door ? [[n, door] as const] : []; }));
}

/** What the type checker has against examples, as `title: message`. */
export function typeErrors(all: readonly Example[]): string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile) as { config: object };
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root);
  const texts = new Map(all.map((e, i) => {
    const imports = [...used(e)].map(([name, door]) => `import { ${name} } from "./${door === "diagnostic" ? "diagnostic" : `${door}/index`}.ts";`);
    return [join(root, `example-${i}.ts`), [...imports, ...e.claims.map((c) => c.code), "export {};"].join("\n")] as const;
  }));
  const host = ts.createCompilerHost(options), { getSourceFile, fileExists } = host;
  host.fileExists = (file) => texts.has(file) || fileExists(file);
  host.getSourceFile = (file, ...rest) => { const text = texts.get(file); return text === undefined ? getSourceFile(file, ...rest) : ts.createSourceFile(file, text, ts.ScriptTarget.ES2023); };
  const program = ts.createProgram({ rootNames: [...texts.keys()], options: { ...options, noUnusedLocals: false, noEmit: true }, host });
  return [...texts.keys()].flatMap((file, i) => {
    const tree = program.getSourceFile(file);
    return tree ? [...program.getSyntacticDiagnostics(tree), ...program.getSemanticDiagnostics(tree)].map((d) => `${all[i].title}: ${ts.flattenDiagnosticMessageText(d.messageText, " ")}`) : [`${file} is missing`];
  });
}

/** What a claim came to. */
export interface Result { readonly got: unknown; readonly wanted: unknown; readonly code: string }

/** Examples made ready to run, one function each. */
export async function runnable(all: readonly Example[]): Promise<readonly (() => Promise<readonly Result[]>)[]> {
  const bodies = all.map((e) => {
    const lines = e.claims.map((c): string => {
      const plain = c.code.replace(/;$/, ""), label = JSON.stringify(c.code);
      if (c.gives !== undefined) return `out.push({ got: (${plain}), wanted: (${c.gives}), code: ${label} });`;
      if (c.throws !== undefined) return `out.push({ got: await caught(async () => (${plain})), wanted: ${JSON.stringify(c.throws)}, code: ${label} });`;
      return c.code;
    });
    const known = [...used(e)].map(([name, door]) => `const { ${name} } = doors.${door};`);
    return `async () => { ${known.join(" ")} const out = [];\n{ ${lines.join("\n")}\n}\nreturn out; }`;
  });
  const source = `const caught = async (f) => { try { await f(); return "nothing"; } catch (e) { return e.code ?? String(e); } };\nconst all = [${bodies.join(",\n")}];`;
  const { code } = await transform(source, { loader: "ts", target: "node20", supported: { using: false } });
  return (new Function("doors", `${code}\nreturn all;`) as (d: typeof doors) => (() => Promise<Result[]>)[])(doors);
}

// The reference tells the truth: every public name has a sentence, and what examples claim is what they give.
import { build } from "esbuild";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { root } from "./support/sources.ts";

/** Rooms whose doors are checked; runtime's examples need a device and are run elsewhere. */
const documented = ["layout", "vm"] as const;

interface Name { readonly name: string; readonly room: string; readonly place: string; readonly doc: string; readonly examples: readonly string[] }

const program = ts.createProgram({
  rootNames: documented.map((r) => join(root, r, "index.ts")),
  options: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, allowImportingTsExtensions: true, noEmit: true, noLib: true, types: [] },
});
const checker = program.getTypeChecker();

/** The names that a module exports, with their documentation; those of a namespace it exports too, as `space.name`. */
function names(module: ts.Symbol, room: string, prefix = ""): Name[] {
  return checker.getExportsOfModule(module).flatMap((s): Name[] => {
    const target = s.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(s) : s, at = target.declarations?.[0];
    if (at && ts.isSourceFile(at)) return [...names(target, room, `${s.name}.`)];
    const file = at?.getSourceFile();
    const place = at && file ? `${file.fileName.slice(root.length)}:${file.getLineAndCharacterOfPosition(at.getStart()).line + 1}` : "?";
    const examples = target.getJsDocTags(checker).filter((t) => t.name === "example").map((t) => ts.displayPartsToString(t.text));
    return [{ name: prefix + s.name, room, place, doc: ts.displayPartsToString(target.getDocumentationComment(checker)).trim(), examples }];
  });
}

const exported = documented.flatMap((room) => {
  const file = program.getSourceFile(join(root, room, "index.ts")), module = file && checker.getSymbolAtLocation(file);
  return module ? names(module, room) : [];
});

/** Names that still lack their sentence; the list only gets shorter. */
const owed = new Set([
  "constant", "symbol", "scalarOf", "For", "If", "Stmt", "Param", "sizeOf", "makeTile", "Operands", "Attrs", "sharedOperand", "regOrShared", "memory", "optional", "int", "ints", "num",
  "bool", "word", "dtypeAttr", "layoutAttr", "scalar", "scalars", "optionalAttr", "Builder", "input", "output", "inout",
].map((n) => `vm ${n}`));

describe("documentation", () => {
  test.each(documented)("every public name of %s has a sentence", (room) => {
    const own = exported.filter((n) => n.room === room);
    expect(own.length).toBeGreaterThan(50);
    expect(own.filter((n) => n.doc.length < 8 && !owed.has(`${room} ${n.name}`)).map((n) => `${n.name} (${n.place})`)).toEqual([]);
  });
});

/** What an example claims: a statement to run, or an expression and what it gives or throws. */
interface Claim { readonly code: string; readonly gives?: string; readonly throws?: string }

/** The statements of an example, with the claims that their comments make: `expr; // => value` or `expr; // throws CODE`. */
function claims(example: string): Claim[] {
  const code = /```ts\n([\s\S]*?)```/.exec(example)?.[1] ?? example, tree = ts.createSourceFile("example.ts", code, ts.ScriptTarget.ES2023, true);
  return tree.statements.map((s) => {
    const text = s.getText(tree), after = code.slice(s.end, code.indexOf("\n", s.end) < 0 ? code.length : code.indexOf("\n", s.end));
    const below = /^\s*\n\s*\/\/ => (.*)/.exec(code.slice(s.end))?.[1], gives = /\/\/ => (.*)$/.exec(after)?.[1] ?? below, throws = /\/\/ throws (\w+)/.exec(after)?.[1];
    return { code: text, ...(gives === undefined ? {} : { gives: gives.trim() }), ...(throws === undefined ? {} : { throws }) };
  });
}

/** Free names of a piece of code that the doors know. */
function used(code: string, known: ReadonlySet<string>): string[] {
  const tree = ts.createSourceFile("example.ts", code, ts.ScriptTarget.ES2023, true), all = new Set<string>(), own = new Set<string>();
  const walk = (n: ts.Node): void => {
    if (ts.isVariableDeclaration(n) && ts.isIdentifier(n.name)) own.add(n.name.text);
    if (ts.isIdentifier(n) && !(ts.isPropertyAccessExpression(n.parent) && n.parent.name === n) && !(ts.isPropertyAssignment(n.parent) && n.parent.name === n)) all.add(n.text);
    ts.forEachChild(n, walk);
  };
  walk(tree);
  return [...all].filter((n) => known.has(n) && !own.has(n));
}

const examples = exported.flatMap((n) => n.examples.map((text, i) => ({ title: `${n.room}: ${n.name}${i ? ` (${i + 1})` : ""}`, room: n.room, claims: claims(text) })));

interface Result { readonly got: unknown; readonly wanted: unknown; readonly code: string }

/** One bundle with a function per example, so that each runs as its reader would run it. */
async function compiled(): Promise<(() => Result[])[]> {
  const known = new Set(exported.map((n) => n.name.split(".")[0]));
  const bodies = examples.map((e) => {
    const lines = e.claims.map((c): string => {
      const plain = c.code.replace(/;$/, ""), label = JSON.stringify(c.code);
      if (c.gives !== undefined) return `out.push({ got: (${plain}), wanted: (${c.gives}), code: ${label} });`;
      if (c.throws !== undefined) return `out.push({ got: caught(() => (${plain})), wanted: ${JSON.stringify(c.throws)}, code: ${label} });`;
      return c.code;
    });
    const free = used(e.claims.map((c) => `${c.code}\n${c.gives ?? ""}`).join("\n"), known);
    return `() => { const { ${free.join(", ")} } = { ...layout, ...vm, ...${e.room} }; const out = [];\n${lines.join("\n")}\nreturn out; }`;
  });
  const contents = [
    ...documented.map((r) => `import * as ${r} from "./${r}/index.ts";`),
    "const caught = (f) => { try { f(); return 'nothing'; } catch (e) { return e.code ?? String(e); } };",
    `export const examples = [${bodies.join(",\n")}];`,
  ].join("\n");
  const { outputFiles } = await build({ stdin: { contents, resolveDir: root, loader: "ts" }, bundle: true, write: false, format: "esm", platform: "node", logLevel: "silent" });
  const url = `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`;
  return ((await import(/* @vite-ignore */ url)) as { examples: (() => Result[])[] }).examples;
}

describe("examples", async () => {
  const run = await compiled();
  test("there are many", () => expect(examples.length).toBeGreaterThan(30));
  test.each(examples.map((e, i) => [e.title, i] as const))("%s", (_, i) => {
    const results = run[i]();
    expect(results.length, "an example ends with what it gives: `expr; // => value`").toBeGreaterThan(0);
    expect(examples[i].claims.at(-1)?.gives ?? examples[i].claims.at(-1)?.throws).toBeDefined();
    for (const r of results) expect(r.got, r.code).toEqual(r.wanted);
  });
});

// The house: which room may import which, doors, sizes, and what the style forbids. Read from the sources' syntax trees.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { instructions, opNames } from "../vm/index.ts";
import { imports, place, root, rooms, source, sources, visit, type Source } from "./support/sources.ts";

const inside: Record<string, Source[]> = Object.fromEntries(rooms.map((r) => [r, sources(r)]));
const outside = ["cli", "web", "bench", "examples", "docs", "test"].flatMap(sources);
const all = [...Object.values(inside).flat(), ...outside, source("diagnostic.ts")];

/** Room → rooms it may import. */
const mayImport: Record<string, readonly string[]> = { layout: [], vm: ["layout"], codegen: ["vm", "layout"], lang: ["vm", "layout"], runtime: ["codegen", "vm", "layout"] };
/** Room → packages it may import; `runtime` only by `await import()`. */
const packages: Record<string, RegExp> = { layout: /^$/, vm: /^$/, codegen: /^$/, lang: /^chevrotain$/, runtime: /^(node:.*|webgpu|@sparticuz\/chromium)$/ };
/** Files past 400 lines, and why. */
const long: Record<string, string> = {};

const roomOf = (path: string): string | undefined => rooms.find((r) => path.startsWith(`${r}/`));
const door = (room: string): string => `${room}/index.ts`;

describe("imports", () => {
  test.each(rooms)("%s imports only what it may, through doors", (room) => {
    const wrong = inside[room].flatMap(imports).filter(({ to, how }) => {
      if (to === "diagnostic.ts" || roomOf(to) === room) return false;
      const other = roomOf(to);
      if (other === undefined) return !packages[room].test(to);
      if (to !== door(other)) return true;
      return !mayImport[room].includes(other) && !(room === "runtime" && other === "lang" && how !== "value");
    });
    expect(wrong.map((i) => `${place(i.from, i.node)} imports ${i.to}`)).toEqual([]);
  });

  test("everybody else uses doors; only test/ROOM looks inside ROOM (and test/browser, whose pages are runtime's)", () => {
    const wrong = outside.flatMap(imports).filter(({ from, to }) => {
      const room = roomOf(to);
      return room !== undefined && to !== door(room) && !from.path.startsWith(`test/${room}/`) && !(room === "runtime" && from.path.startsWith("test/browser/"));
    });
    expect(wrong.map((i) => `${place(i.from, i.node)} imports ${i.to}`)).toEqual([]);
  });

  test("nobody imports from the folders around the rooms, and every relative import exists", () => {
    const wrong = all.flatMap(imports).filter(({ from, to }) => {
      if (!/^(\.\.|[a-z]+\/|diagnostic\.ts)/.test(to) || !to.endsWith(".ts")) return false;
      const leaves = roomOf(from.path) !== undefined && roomOf(to) === undefined && to !== "diagnostic.ts";
      return leaves || to.startsWith("..") || !existsSync(join(root, to));
    });
    expect(wrong.map((i) => `${place(i.from, i.node)} imports ${i.to}`)).toEqual([]);
  });

  test("diagnostic.ts imports nothing", () => expect(imports(source("diagnostic.ts"))).toEqual([]));
});

describe("rooms", () => {
  test.each(rooms)("%s has a door that only gathers", (room) => {
    const statements = source(door(room)).tree.statements.filter((s) => !ts.isExportDeclaration(s) && !ts.isImportDeclaration(s));
    expect(statements.map((s) => s.getText().slice(0, 80))).toEqual([]);
  });

  test("package.json's exports are built from sources that exist", () => {
    const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { exports: Record<string, string | { types: string; default: string }> };
    for (const room of rooms) expect(Object.keys(exports)).toContain(`./${room}`);
    for (const [name, to] of Object.entries(exports)) {
      if (typeof to === "string") { expect(existsSync(join(root, to)), name).toBe(true); continue; }
      const [, stem] = /^\.\/dist\/(.*)\.js$/.exec(to.default) ?? [];
      expect(to.types, name).toBe(`./dist/${stem}.d.ts`);
      expect(existsSync(join(root, `${stem}.ts`)), `${name}: ${stem}.ts`).toBe(true);
    }
  });
});

describe("style", () => {
  const own = Object.values(inside).flat();

  test("files say what they are, in their first lines, and are at most 400 lines", () => {
    const lines = (s: Source): number => s.text.trimEnd().split("\n").length;
    expect(own.filter((s) => !/^(#!.*\n)?(\/\/|\/\*\*)/.test(s.text)).map((s) => s.path)).toEqual([]);
    expect(own.filter((s) => lines(s) > 400 && !(s.path in long)).map((s) => `${s.path}: ${lines(s)}`)).toEqual([]);
    for (const path of Object.keys(long)) expect([path, lines(source(path)) > 400]).toEqual([path, true]);
  });

  /** Places in the rooms where a node is what shouldn't be. */
  const found = (is: (n: ts.Node, s: Source) => boolean): string[] =>
    own.flatMap((s) => { const at: string[] = []; visit(s.tree, (n) => { if (is(n, s)) at.push(place(s, n)); }); return at; });

  test("no `any`", () => expect(found((n) => n.kind === ts.SyntaxKind.AnyKeyword)).toEqual([]));
  test("no `!` after a value", () => expect(found((n) => ts.isNonNullExpression(n) || (ts.isPropertyDeclaration(n) && n.exclamationToken !== undefined))).toEqual([]));
  test("no enums, namespaces, or parameter properties: types can be stripped", () => {
    expect(found((n) => ts.isEnumDeclaration(n) || ts.isModuleDeclaration(n) || (ts.isParameter(n) && ts.isParameterPropertyDeclaration(n, n.parent)))).toEqual([]);
  });
  test("no global mutable state, but for what is made once", () => {
    const once = ["lang/parser.ts", "lang/formats.ts", "lang/scan.ts", "runtime/adapters-node.ts"]; // Chevrotain's analysis of the grammar; the one native library of the process and the turns its users take
    const at = found((n, s) => ts.isVariableStatement(n) && n.parent === s.tree && (n.declarationList.flags & ts.NodeFlags.BlockScoped) === ts.NodeFlags.Let);
    expect(at.filter((x) => !once.includes(x.split(":")[0]))).toEqual([]);
  });
  test("what is thrown is a Diagnostic, a Bug, or what was caught", () => {
    const foreign = (n: ts.Node): boolean => (ts.isNewExpression(n) && !/^(Diagnostic|Bug)$/.test(n.expression.getText())) || ts.isStringLiteralLike(n) || ts.isObjectLiteralExpression(n);
    const thrown = (n: ts.Node): boolean => foreign(n) || (ts.isConditionalExpression(n) ? thrown(n.whenTrue) || thrown(n.whenFalse) : ts.isBinaryExpression(n) && (thrown(n.left) || thrown(n.right)));
    expect(found((n) => ts.isThrowStatement(n) && thrown(n.expression))).toEqual([]);
  });
  test("every diagnostic has a way out", () => {
    const bare = (n: ts.Node): boolean => {
      if (!ts.isCallExpression(n) || n.expression.getText() !== "fail") return false;
      const [init] = n.arguments;
      return init !== undefined && ts.isObjectLiteralExpression(init) && !init.properties.some((p) => ts.isSpreadAssignment(p) || p.name?.getText() === "help");
    };
    // `lang` has one that nobody sees: the elaborator catches it.
    expect(found(bare).filter((x) => !x.startsWith("lang/elaborate-values.ts:"))).toEqual([]);
  });
});

test("a test that makes a folder removes it", () => {
  const made = [...all.filter((s) => /^(test|docs)\//.test(s.path))].filter((s) => /\bmkdtemp(Sync)?\(/.test(s.tree.text) && !/\brm(Sync)?\(/.test(s.tree.text));
  expect(made.map((s) => s.path)).toEqual([]);
});

describe("instructions", () => {
  /** To be told by the table some day: the value of `var` and `shared`. */
  const debts = new Set(['lang/elaborate-statements.ts "fill"']);
  /** Words of the language, of packings, of WGSL or of the loop form that instructions also have: no sign of a special case. */
  const otherwise = new Set(["assign", "barrier", "cast", "clamp", "concat", "convert", "copy", "load", "scalar", "shared", "slice", "store", "var", "view"]);
  const names = [...instructions.keys()].filter((n) => !new Set<string>(opNames).has(n) && !otherwise.has(n));

  test("no room but vm names one: what they do is told by the table", () => {
    const at = ["codegen", "lang", "runtime"].flatMap((r) => inside[r]).flatMap((s) => {
      const hits: string[] = [];
      visit(s.tree, (n) => { if (ts.isStringLiteralLike(n) && names.includes(n.text)) hits.push(`${s.path} "${n.text}"`); });
      return hits;
    });
    expect(at.filter((x) => !debts.has(x))).toEqual([]);
  });
});

// Each code means one thing: it has one row in the table, the row is used, and no two rows have one title.
import ts from "typescript";
import { expect, test } from "vitest";
import { codes } from "../../lang/index.ts";
import { rooms, source, sources, visit } from "../support/sources.ts";

const isCode = (text: string): boolean => /^[SNTLRHW]\d{4}$/.test(text);
const all = [...rooms.flatMap(sources), ...sources("cli"), source("diagnostic.ts")];

/** Codes in the sources: as texts where they are given, as names of properties where they are explained. */
const given = new Map<string, string>(), rows: string[] = [];
for (const s of all)
  visit(s.tree, (n) => {
    if (!s.path.startsWith("lang/code-examples") && ts.isPropertyAssignment(n) && ts.isIdentifier(n.name) && isCode(n.name.text)) rows.push(n.name.text);
    else if (ts.isStringLiteralLike(n) && isCode(n.text)) given.set(n.text, s.path);
  });
given.delete("N0000"); // the elaborator's own, caught where it is thrown

test("every code that is given anywhere has a row, and every row is given somewhere", () => {
  expect([...given].filter(([code]) => !(code in codes)).map(([code, path]) => `${code} (${path})`)).toEqual([]);
  expect(Object.keys(codes).filter((code) => !given.has(code))).toEqual([]);
});

test("a code has one row, and a title one code", () => {
  expect(rows.filter((code, i) => rows.indexOf(code) !== i)).toEqual([]);
  expect(rows.sort()).toEqual(Object.keys(codes).sort());
  const titles = Object.values(codes).map((c) => c.title);
  expect(titles.filter((t, i) => titles.indexOf(t) !== i)).toEqual([]);
});

test("a row has a title without full stop and a sentence", () => {
  for (const [code, { title, explain }] of Object.entries(codes)) {
    expect(title.length > 5 && !title.endsWith("."), code).toBe(true);
    expect(explain.length > 20 && /[.)]$/.test(explain), code).toBe(true);
  }
});

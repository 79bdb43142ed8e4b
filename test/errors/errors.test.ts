// Each .loom file here carries its own expectations: below a wrong line, `//!` and carets under what is marked, the code,
// and perhaps a piece of the help or message. Every message must be expected and every expectation be met. Every code of the
// families S N T L R has its mark in one of them, but for the few in elsewhere.ts. Imports are found beside the files.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { locate } from "../../diagnostic.ts";
import { check, codes, type Importer } from "../../lang/index.ts";
import { elsewhere, raised } from "./elsewhere.ts";

const folder = new URL("./", import.meta.url);
const files = readdirSync(folder).filter((f) => f.endsWith(".loom"));
const read = (file: string): string => readFileSync(new URL(file, folder), "utf8");
const importer: Importer = (path, from) => {
  const file = new URL(path, new URL(from, folder)).href.slice(folder.href.length);
  return existsSync(new URL(file, folder)) ? { source: read(file), file } : undefined;
};

interface Expected { readonly line: number; readonly mark: string; readonly code: string; readonly says: string }

/** What the comments of a file expect. `//!` stands for blanks, so marks at the first column are written `//!^^^` less three. */
function expectations(source: string): Expected[] {
  let line = 0;
  return source.split("\n").flatMap((text, i): Expected[] => {
    const m = /^\/\/!(\s*)(\^+) ([A-Z]\d{4})\s*(.*)$/.exec(text);
    if (!m) { line = i + 1; return []; }
    const [, blanks, carets, code, says] = m;
    // A mark that begins where the comment's own signs are is written right behind them.
    const start = blanks === "" ? source.split("\n")[line - 1].length - source.split("\n")[line - 1].trimStart().length : 3 + blanks.length;
    return [{ line, mark: source.split("\n")[line - 1].slice(start, start + carets.length), code, says }];
  });
}

describe.each(files)("%s", (file) => {
  const source = read(file), found = check(source, file, importer);
  test("what is wrong is found, at its place, once, and nothing else", () => {
    const marks = found.map((d) => {
      const { line, column, text } = locate(source, d.span?.start ?? 0);
      return `${line} ${d.code} ${text.slice(column - 1, column - 1 + Math.max(1, (d.span?.end ?? 0) - (d.span?.start ?? 0)))}`;
    });
    expect(marks.sort()).toEqual(expectations(source).map((e) => `${e.line} ${e.code} ${e.mark}`).sort());
  });
  test("says the way out", () => {
    for (const e of expectations(source)) {
      const d = found.find((x) => x.code === e.code && locate(source, x.span?.start ?? 0).line === e.line);
      expect(`${d?.message} ${d?.label ?? ""} ${d?.help ?? ""}`, `${e.line} ${e.code}`).toContain(e.says);
      if (d && d.code[0] !== "S") expect(d.help, d.message).toBeTruthy();
    }
  });
});

describe("every code of the language", () => {
  const marked = new Set(files.flatMap((f) => expectations(read(f)).map((e) => e.code))), listed = elsewhere.flatMap((g) => Object.keys(g.codes));
  test("is marked in a file here, or listed as one that no text raises", () => {
    const families = Object.keys(codes).filter((c) => /^[SNTLR]/.test(c));
    expect(families.filter((c) => !marked.has(c) && !listed.includes(c))).toEqual([]);
    expect(listed.filter((c) => marked.has(c) || !families.includes(c))).toEqual([]);
  });
  test.each(elsewhere.flatMap((g) => Object.entries(g.codes).map(([code, of]) => [code, g.why, of] as const)))("%s has no mark: %s", (code, _, of) => expect(raised(of)).toContain(code));
});

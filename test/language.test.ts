// docs/language.md tells the truth: its generated parts are those of the tables, its kernels and statements have no
// mistakes (or the one they name), and what they `require` holds.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { updated } from "../docs/tables.ts";
import { check } from "../lang/index.ts";

const text = readFileSync(new URL("../docs/language.md", import.meta.url), "utf8");

/** Statements stand in a kernel that has these names. */
const inKernel = (body: string): string => `kernel t(x: f32[64, 64], alpha: f32, n: i32, out y: f32[64, 64])
  grid (g in 4)
  threads 64
{
  shared s: f32[64, 64]
  let v = load(x)
  var acc: f32[64, 64] = 0
${body}
}`;

const blocks = [...text.matchAll(/^```(\w*) ?(.*)\n([\s\S]*?)^```/gm)].map(([, language, about, body]) => ({ language, about, body, line: text.slice(0, text.indexOf(body)).split("\n").length }));

describe("docs/language.md", () => {
  test("has the tables of the program: run `npm run docs` to write them anew", () => expect(text).toBe(updated(text)));

  test("shows code of the language, and says of what kind", () => {
    expect(new Set(blocks.map((b) => b.language))).toEqual(new Set(["loom", "text"]));
    expect(blocks.filter((b) => b.language === "loom").length).toBeGreaterThan(8);
  });

  test.each(blocks.filter((b) => b.language === "loom").map((b) => [b.line, b] as const))("line %i", (_, { about, body }) => {
    const [kind, code] = about.split(" ");
    const found = check(kind === "body" ? inKernel(body) : body, "language.md");
    expect(found.filter((d) => d.code !== code).map((d) => `${d.code} ${d.message} ${d.help ?? ""}`)).toEqual([]);
    if (code) expect(found.map((d) => d.code)).toEqual([code]);
  });

  test("links lead somewhere", () => {
    const anchors = [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) => title.toLowerCase().replace(/[^\w ]/g, "").replaceAll(" ", "-"));
    for (const [, to] of text.matchAll(/\]\(#([^)]*)\)/g)) expect(anchors).toContain(to);
  });
});

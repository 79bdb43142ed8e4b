// The guides tell the truth: their commands print what stands there, their kernels have only the mistakes that are shown, their
// links lead somewhere; and so do the command lines of the examples' pages.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { renewed } from "../docs/consoles.ts";
import { exampleNames } from "../examples/index.ts";
import { bitloom } from "./cli/support.ts";

const guides = readdirSync("docs/guides").filter((n) => n.endsWith(".md")).map((n) => `docs/guides/${n}`);

describe.each(guides)("%s", (file) => {
  const text = readFileSync(file, "utf8");
  test("its commands print what it shows: run `npm run docs` to write it anew", async () => expect(text).toBe(await renewed(text)));
  test("its links lead somewhere", () => {
    for (const [, to] of text.matchAll(/\]\((?!https?:)([^)#]+)/g)) expect(existsSync(join(dirname(file), to)), to).toBe(true);
  });
});

const consoles = exampleNames().map((name) => [name, readFileSync(`examples/${name}/README.md`, "utf8")] as const).filter(([, text]) => text.includes("```console"));
test.each(consoles)("the page of %s shows what its commands print: run `npm run docs` to write it anew", async (name, text) => {
  expect(text).toBe(await renewed(text, { [`${name}.loom`]: readFileSync(`examples/${name}/${name}.loom`, "utf8") }));
});

const pages = ["README.md", ...readdirSync("docs").filter((n) => n.endsWith(".md")).map((n) => `docs/${n}`), ...exampleNames().map((n) => `examples/${n}/README.md`), "examples/charlm/README.md"];
test.each(pages)("links of %s lead somewhere", (file) => {
  for (const [, to] of readFileSync(file, "utf8").matchAll(/\]\((?!https?:)([^)#\s]+)/g)) expect(existsSync(join(dirname(file), to)), to).toBe(true);
});

test("pages that the package ships link to files that it ships", () => {
  const { stdout } = spawnSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { encoding: "utf8", shell: process.platform === "win32" });
  const shipped = new Set((JSON.parse(stdout) as { files: { path: string }[] }[]).flatMap((p) => p.files.map((f) => f.path)));
  const links = [...shipped].filter((f) => f.endsWith(".md")).flatMap((f) => [...readFileSync(f, "utf8").matchAll(/\]\((?!https?:)([^)#\s]+)/g)].map(([, to]) => `${f}: ${join(dirname(f), to)}`));
  expect(links.length).toBeGreaterThan(30);
  expect(links.filter((l) => !shipped.has(l.slice(l.indexOf(": ") + 2)))).toEqual([]);
});

describe("the command lines of examples", () => {
  const lines = exampleNames().flatMap((name) => [...readFileSync(`examples/${name}/README.md`, "utf8").matchAll(/^ {4}bitloom (run .*)$/gm)].map(([, line]) => line));
  test("every example has one", () => expect(lines.length).toBeGreaterThanOrEqual(exampleNames().length));
  test.each(lines)("%s", async (line) => {
    const ran = await bitloom([...line.split(/\s+/), "--on", "interpreter"]);
    expect([ran.code, ran.err]).toEqual([0, ""]);
  });
});

// `bitloom fmt`, and patterns of file names: what is written, what is left alone.
import { chmodSync, mkdirSync, readFileSync, readdirSync, realpathSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { filesOf } from "../../cli/globs.ts";
import { bitloom, folder } from "./support.ts";

const loose = "const  A=1;const B = 2\n", tidy = "const A = 1\nconst B = 2\n";

function setting() {
  const dir = folder(), at = (name: string): string => join(dir, name);
  writeFileSync(at("loose.loom"), loose);
  writeFileSync(at("tidy.loom"), tidy);
  writeFileSync(at("bad.loom"), "kernel k(\n");
  return { dir, at };
}

test("files are written anew, those with mistakes stay and are told with carets", async () => {
  const { dir, at } = setting(), before = statSync(at("tidy.loom")).mtimeMs;
  const r = await bitloom(["fmt", join(dir, "*.loom")]);
  expect(r.code).toBe(1);
  expect(r.out).toBe(`${at("loose.loom")}\n1 of 2 files formatted; those with mistakes stay as they are\n`);
  expect(r.err).toContain(`┌─ ${at("bad.loom")}:1:9`);
  expect(readFileSync(at("loose.loom"), "utf8")).toBe(tidy);
  expect(readFileSync(at("bad.loom"), "utf8")).toBe("kernel k(\n");
  expect(statSync(at("tidy.loom")).mtimeMs).toBe(before);
  expect(readdirSync(dir).sort()).toEqual(["bad.loom", "loose.loom", "tidy.loom"]);
});

test("--check writes nothing and tells by its exit code", async () => {
  const { at } = setting();
  expect(await bitloom(["fmt", "--check", at("loose.loom"), at("tidy.loom")])).toMatchObject({ code: 1, out: `${at("loose.loom")}\n1 of 2 files to format\n` });
  expect(readFileSync(at("loose.loom"), "utf8")).toBe(loose);
  expect(await bitloom(["fmt", "--check", at("tidy.loom")])).toMatchObject({ code: 0 });
  expect((await bitloom(["fmt", "--check", "--json", at("loose.loom"), at("bad.loom")])).json()).toMatchObject({ files: [{ file: at("loose.loom"), changed: true }], diagnostics: [{ code: "S0003" }, { code: "S0002" }] });
});

test("the permissions of a file and the link to it stay", async () => {
  const { dir, at } = setting();
  chmodSync(at("loose.loom"), 0o640);
  symlinkSync("loose.loom", at("link.loom"));
  expect((await bitloom(["fmt", at("link.loom")])).code).toBe(0);
  expect(statSync(at("loose.loom")).mode & 0o777).toBe(0o640);
  expect(realpathSync(at("link.loom"))).toBe(realpathSync(join(dir, "loose.loom")));
  expect(readFileSync(at("loose.loom"), "utf8")).toBe(tidy);
});

describe("--stdin", () => {
  test("from text to text", async () => expect(await bitloom(["fmt", "--stdin"], loose, 3)).toMatchObject({ code: 0, out: tidy, err: "" }));
  test("--check is silent", async () => expect(await bitloom(["fmt", "--stdin", "--check"], loose)).toMatchObject({ code: 1, out: "" }));
  test("mistakes have their place", async () => expect(await bitloom(["fmt", "--stdin"], "kernel k(")).toMatchObject({ code: 1, out: "", err: expect.stringContaining("┌─ <stdin>:1:9") as string }));
  test("bytes that are no text", async () => {
    const { at } = setting();
    writeFileSync(at("bytes.loom"), Uint8Array.of(0xff, 0xfe));
    expect(await bitloom(["fmt", at("bytes.loom")])).toMatchObject({ code: 1, err: expect.stringContaining("is no UTF-8 text") as string });
  });
  test("files and standard input at once", async () => expect((await bitloom(["fmt", "--stdin", "x.loom"])).code).toBe(2));
  test("nothing to format", async () => expect((await bitloom(["fmt"])).code).toBe(2));
});

test("the first examples are formatted", async () => {
  const names = ["gemm_f16_u3", "gemm_w3a3", "softmax", "vector_add"];
  expect(await bitloom(["fmt", "--check", ...names.map((n) => `examples/${n}/${n}.loom`)])).toMatchObject({ code: 0, out: "0 of 4 files to format\n" });
});

describe("patterns", () => {
  const { dir, at } = setting();
  mkdirSync(at("a/b"), { recursive: true });
  mkdirSync(at("node_modules"));
  for (const f of ["a/one.loom", "a/b/two.loom", "a/b/x.txt", "a/.hidden.loom", "node_modules/no.loom", "[odd].loom"]) writeFileSync(at(f), tidy);
  const names = (word: string): string[] => filesOf(join(dir, word)).map((f) => f.slice(dir.length + 1));
  test.each([
    ["*.loom", ["[odd].loom", "bad.loom", "loose.loom", "tidy.loom"]],
    ["**/*.loom", ["[odd].loom", "bad.loom", "loose.loom", "tidy.loom", "a/one.loom", "a/b/two.loom"]],
    ["a/**", ["a/one.loom", "a/b/two.loom", "a/b/x.txt"]],
    ["*/o?e.loom", ["a/one.loom"]],
    ["[odd].loom", ["[odd].loom"]],
    ["nothing.loom", ["nothing.loom"]],
  ])("%s", (word, want) => expect(names(word)).toEqual(want));
  test("a pattern without files", async () => expect(await bitloom(["check", join(dir, "*.wgsl")])).toMatchObject({ code: 1, err: expect.stringContaining("error[H0208]: no file matches") as string }));
  test("check counts the files", async () => expect(await bitloom(["check", join(dir, "a/**/*.loom")])).toMatchObject({ code: 0, out: "2 files: no mistakes found\n" }));
});

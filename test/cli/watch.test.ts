// `--watch`: runs again after changes of the files it read and of no others; ends when asked to. And bars of progress.
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { main } from "../../cli/cli.ts";
import type { Io } from "../../cli/io.ts";
import { bar, progress } from "../../cli/progress.ts";
import { folder } from "./support.ts";

/** A watching command: its outputs one by one, and the way to end it. */
function watching(words: readonly string[], terminal = false) {
  const outs: string[] = [];
  let err = "", ask: () => void = () => undefined, heard: () => void = () => undefined;
  const io: Io = {
    out: async (text) => { outs.push(text); heard(); }, err: async (text) => { err += text; }, async *stdin() { /* nothing */ }, colour: false, terminal,
    interrupt: () => ({ asked: new Promise((resolve) => { ask = resolve; }), off: () => undefined }),
  };
  const code = main([...words, "--watch"], io);
  const until = async (n: number): Promise<string> => { while (outs.length < n) await new Promise<void>((resolve) => { heard = resolve; }); return outs[n - 1] ?? ""; };
  const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 250));
  return { until, rest, count: () => outs.length, err: () => err, end: async () => { ask(); return code; } };
}

test("check runs again when a file or what it imports changes, however it is written", async () => {
  const dir = folder(), at = (name: string): string => join(dir, name);
  writeFileSync(at("lib.loom"), "const B = 1\n");
  writeFileSync(at("k.loom"), "import { B } from \"lib.loom\"\nconst A = B\n");
  const w = watching(["check", at("k.loom")]);
  expect(await w.until(1)).toBe("1 file: no mistakes found\n");
  await w.rest();
  writeFileSync(at("other.loom"), "const = ");
  await w.rest();
  expect(w.count()).toBe(1);
  writeFileSync(at("lib.loom"), "const B = C\n");
  expect(await w.until(2)).toMatch(/^1 file: 1 error/);
  expect(w.err()).toContain(`${at("lib.loom")}:1:11`);
  await w.rest();
  writeFileSync(at("new"), "const B = 2\n");
  renameSync(at("new"), at("lib.loom"));
  expect(await w.until(3)).toBe("1 file: no mistakes found\n");
  // Several writes in a row are one change.
  for (let i = 0; i < 5; i++) writeFileSync(at("k.loom"), `const A = ${i}\n`);
  await w.until(4);
  await w.rest();
  expect(w.count()).toBe(4);
  expect(await w.end()).toBe(0);
  expect(w.err()).not.toContain("\u001b");
}, 120_000);

test("a file that isn't there yet is waited for, and fmt --check and inspect watch, too", async () => {
  const dir = folder(), file = join(dir, "k.loom"), w = watching(["fmt", "--check", file]);
  expect(await w.until(1)).toContain("0 of 0 files");
  await w.rest();
  writeFileSync(file, "const  A = 1\n");
  expect(await w.until(2)).toContain("1 of 1 file to format");
  await w.rest();
  expect(await w.end()).toBe(0);
  writeFileSync(file, "kernel k(out y: f32[4]) grid (i in 1) threads 4 { store(y, 0) }\n");
  const v = watching(["inspect", file], true);
  expect(await v.until(1)).toContain("program k");
  await v.rest();
  expect(v.err()).toContain("watching 1 file");
  expect(await v.end()).toBe(0);
}, 120_000);

test("a wrong command line isn't watched", async () => {
  expect(await main(["run", "--watch"], { out: async () => undefined, err: async () => undefined, async *stdin() { /* nothing */ }, colour: false, terminal: false })).toBe(2);
});

test("a bar appears after two seconds, on terminals only, and goes away", () => {
  let err = "", time = 0;
  const io = { terminal: true, err: async (text: string) => { err += text; } }, p = progress(io, "loading", () => time);
  p.at(1, 4);
  time = 1999;
  p.at(2, 4);
  expect(err).toBe("");
  time = 2000;
  p.at(3, 4);
  expect(err).toBe(`\r\u001b[K${bar("loading", 3, 4, 2000)}`);
  time = 2050; // too soon for another picture
  p.at(4, 4);
  p.end();
  expect(err).toBe(`\r\u001b[K${bar("loading", 3, 4, 2000)}\r\u001b[K`);
  expect(bar("loading", 3, 4, 2000)).toBe("loading ██████████████████░░░░░░  75 % 2 s");
  expect(bar("compiling", 0, 0, 2600)).toBe("compiling 3 s");
  err = "";
  const silent = progress({ ...io, terminal: false }, "loading", () => time);
  time = 9000;
  silent.at(1, 2);
  silent.end();
  expect(err).toBe("");
});

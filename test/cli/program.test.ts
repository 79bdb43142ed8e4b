// The bundled program as a process: exit codes, closed pipes, streams, no stack traces. Built here, so that it is never old.
import { spawn, spawnSync } from "node:child_process";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { folder } from "./support.ts";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url)))), out = join(root, "node_modules/.cache/bitloom", `cli-test-${process.pid}`), cli = join(out, "cli.js");

beforeAll(async () => {
  await build({
    absWorkingDir: root, entryPoints: { cli: "cli/main.ts" }, outdir: out, bundle: true, splitting: true, platform: "node", format: "esm", target: "node20",
    external: ["webgpu", "@sparticuz/chromium", "playwright-core", "esbuild", "typescript"], logLevel: "error",
  });
}, 120_000);
afterAll(() => rmSync(out, { recursive: true, force: true }));

const run = (words: readonly string[], input?: string) => spawnSync(process.execPath, [cli, ...words], { encoding: "utf8", input, timeout: 30_000, env: { ...process.env, NO_COLOR: "1" } });

describe("exit codes", () => {
  test.each([[["--version"], 0], [["dtype", "u3"], 0], [["dtype", "q3"], 1], [["dtype"], 2], [["dtpe"], 2], [["check", "/no/such"], 1]] as const)("%j gives %i", (words, code) => {
    const r = run(words);
    expect(r.status).toBe(code);
    expect(r.stderr).not.toMatch(/\n\s+at .*:\d+:\d+/);
  });
});

test("a reader that stops early is no error", async () => {
  const child = spawn(process.execPath, [cli, "dtype", "--json", "-"], { stdio: ["pipe", "pipe", "pipe"] });
  let err = "";
  child.stderr.on("data", (d: Buffer) => { err += d.toString(); });
  child.stdin.on("error", () => undefined); // the program may be gone before all is written
  child.stdout.once("data", () => child.stdout.destroy());
  child.stdin.end("u16\n".repeat(500));
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect(err).toBe("");
  expect(code).toBe(0);
}, 120_000);

test("answers come while input is still open", async () => {
  const child = spawn(process.execPath, [cli, "dtype", "--json", "-"], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.write("b1\n");
  const first = await new Promise<string>((resolve) => child.stdout.once("data", (d: Buffer) => resolve(d.toString())));
  expect(first).toBe('{"name":"b1","bits":1,"kind":"bipolar","values":[-1,1]}\n');
  child.stdin.end();
  expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
}, 120_000);

test("watching ends cleanly when asked to, and clears nothing that is no terminal", async () => {
  const file = join(folder(), "k.loom");
  writeFileSync(file, "const A = 1\n");
  const child = spawn(process.execPath, [cli, "check", "--watch", file], { stdio: ["ignore", "pipe", "pipe"] });
  let out = "", err = "";
  child.stderr.on("data", (d: Buffer) => { err += d.toString(); });
  const lines = (n: number): Promise<void> => new Promise((resolve) => { child.stdout.on("data", (d: Buffer) => { out += d.toString(); if (out.split("\n").length > n) { child.stdout.removeAllListeners("data"); resolve(); } }); });
  await lines(1);
  await new Promise((resolve) => setTimeout(resolve, 200));
  writeFileSync(file, "const A = 2\n");
  await lines(2);
  await new Promise((resolve) => setTimeout(resolve, 200));
  child.kill("SIGINT");
  expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
  expect(err).toBe("");
  expect(out).toBe("1 file: no mistakes found\n".repeat(2));
}, 120_000);

test("a process that is ended while it writes leaves nothing half", async () => {
  const dir = folder(), script = join(out, "write.mjs");
  await build({ stdin: { contents: `import { writeFileAtomic } from "./runtime/files/atomic.ts";
    const parts = Array.from({ length: 400 }, () => new Uint8Array(1 << 20));
    setTimeout(() => console.log("writing"), 20);
    await writeFileAtomic(${JSON.stringify(join(dir, "big"))}, parts);`, resolveDir: root, loader: "ts" }, outfile: script, bundle: true, platform: "node", format: "esm" });
  const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  child.kill("SIGINT");
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => child.on("close", (c, s) => resolve([c, s])));
  // Whoever is quick enough has written it all; nobody has written a part.
  expect([code, signal, readdirSync(dir)]).toEqual(code === 0 ? [0, null, ["big"]] : [null, "SIGINT", []]);
}, 120_000);

test("what is too large for the machine is an error in words", () => {
  const path = join(folder(), "deep.loom");
  writeFileSync(path, `fn f(x) = ${"(".repeat(100_000)}x${")".repeat(100_000)}`);
  const r = run(["check", path]);
  expect(r.status).toBe(1);
  expect(r.stderr).toMatch(/^error\[S0005\]/);
});

test("a run from file to file", () => {
  const dir = folder(), z = join(dir, "z.npy");
  const r = run(["run", join(root, "examples/vector_add/vector_add.loom"), "--on", "interpreter", "--set", "N=10", "--in", "x=random:1", "--in", "y=random:2", "--out", `z=${z}`]);
  expect(r.stderr).toBe("");
  expect(r.stdout).toContain(`→ ${z}`);
  expect(r.status).toBe(0);
});

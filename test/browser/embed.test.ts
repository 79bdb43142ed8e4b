// The embedding examples: the pages' code in a real browser, the Node application as a process of its own.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Library } from "../../runtime/index.ts";
import { bitloom } from "../cli/support.ts";
import { root } from "../support/sources.ts";
import { bundlePage, findBrowser, noBrowser, openPage, type TestPage } from "./harness.ts";

const browser = await findBrowser(), ENTRY = "test/browser/embed.page.ts", EMBED = "examples/embed";
const folder = mkdtempSync(join(tmpdir(), "bitloom-embed-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The library as the page's own script builds it. */
async function library(): Promise<Library> {
  const { scripts } = JSON.parse(readFileSync(join(root, EMBED, "vite/package.json"), "utf8")) as { scripts: { kernels: string } };
  const words = scripts.kernels.split(" ").slice(1).map((w) => w.replace("../posterise.loom", `${EMBED}/posterise.loom`).replace("public/posterise.json", join(folder, "posterise.json")));
  const r = await bitloom(words);
  expect([r.code, r.err]).toEqual([0, ""]);
  return JSON.parse(readFileSync(join(folder, "posterise.json"), "utf8")) as Library;
}

test("both pages are bundled without anything of Node", async () => {
  expect((await bundlePage(ENTRY)).replace(/\/\/# sourceMappingURL=.*/, "")).not.toMatch(/require\("node:|from "node:|VK_ICD_FILENAMES|dlopen/);
});

describe("Chromium", () => {
  let page: TestPage;
  beforeAll(async () => { if (browser !== undefined) page = await openPage(ENTRY); });
  beforeEach(({ skip }) => { if (browser === undefined) skip(noBrowser); });
  afterAll(async () => { await page?.close(); });

  test("a library: 1 to 4 bits, and the bytes they take", async () => {
    const built = await library(), values = Array.from({ length: 301 }, (_, i) => i / 300);
    for (const bits of [1, 3, 4]) {
      const top = 2 ** bits - 1, got = await page.call<{ values: number[]; bytes: number }>("fromLibrary", built, bits, values);
      expect(got.bytes).toBe(Math.ceil((301 * bits) / 128) * 16);
      values.forEach((v, i) => expect(Math.abs((got.values[i] ?? NaN) - v)).toBeLessThanOrEqual(0.5 / top + 1e-6));
      expect(new Set(got.values).size).toBe(top + 1);
    }
  });

  test("a source that is compiled in the page, and its mistakes drawn", async () => {
    const source = /<textarea[^>]*>([\s\S]*)<\/textarea>/.exec(readFileSync(join(root, EMBED, "vite/live.html"), "utf8"))?.[1] ?? "";
    const got = await page.call<number[]>("fromSource", source, [0, 0.25, 0.5]);
    [0, 0.25, 0.5].forEach((v, i) => expect(Math.abs((got[i] ?? NaN) - (0.5 + 0.5 * Math.sin(v * 20)))).toBeLessThan(2 ** -10));
    expect(await page.call("fromSource", source.replace("sin(", "sine("), [0])).toMatch(/error\[N0103\].*\n.*live\.loom[\s\S]*\^\^\^\^[\s\S]*did you mean 'sin'/);
  });

  test("what is tuned lies in IndexedDB, for the next time", async () => {
    const got = await page.call<{ taken: number[]; choices: object[] }>("tunedTwice", "kernel add<B: int in {32, 64} = 64>(x: f32[N], out y: f32[N]) grid (b in cdiv(N, B)) threads 32 { store(y[b * B +: B], load(x[b * B +: B]) + 1) }");
    expect([got.taken, got.choices[1]]).toEqual([[4, 0], got.choices[0]]);
  });

  test("nothing was logged", () => expect(page.log.filter((l) => l.startsWith("error"))).toEqual([]));
});

test("the application in Node", async () => {
  writeFileSync(join(folder, "posterise.json"), JSON.stringify(await library()));
  const out = join(root, "node_modules/.cache/bitloom/test/embed.mjs");
  await build({
    entryPoints: [join(root, EMBED, "node/main.mjs")], outfile: out, bundle: true, platform: "node", format: "esm", target: "node20", logLevel: "error",
    external: ["webgpu", "@sparticuz/chromium"], tsconfig: join(root, "tsconfig.json"),
  });
  const { stdout, stderr, status } = spawnSync(process.execPath, [out, join(root, EMBED, "posterise.loom"), join(folder, "posterise.json")], { encoding: "utf8", timeout: 100_000 });
  expect([status, stderr.replace(/^Warning:.*\n/gm, "")]).toEqual([0, ""]);
  expect(stdout.split("\n").slice(1, 5)).toEqual([
    "codes  0 1 4 6 7", "values 0.000 0.143 0.571 0.857 1.000", "again  0 1 4 6 7", expect.stringMatching(/^posterise on .*: as the interpreter, 10 elements of all 1 blocks$/),
  ]);
});

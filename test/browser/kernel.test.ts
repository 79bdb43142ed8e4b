// Kernels in a real browser, headless, through the runtime's door: a finished module, and mistakes as they are told there.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundlePage, findBrowser, openPage, type TestPage } from "./harness.ts";
import type { JsonResult } from "./kernel.page.ts";
import { broken, dequant, planeCount } from "../runtime/modules.ts";

const browser = await findBrowser();
if (!browser) console.warn("browser/kernel: skipped, there is no Chromium here (scripts/install-lavapipe.sh --browser, or npm's on x64 Linux)");

const ENTRY = "test/browser/kernel.page.ts";

test("the door's bundle holds nothing of Node", async () => {
  const code = (await bundlePage(ENTRY)).replace(/\/\/# sourceMappingURL=.*/, "");
  expect(code).not.toMatch(/require\("node:|from "node:|VK_ICD_FILENAMES|dlopen/);
});

describe.runIf(browser !== undefined)("Chromium", () => {
  let page: TestPage;
  beforeAll(async () => { page = await openPage(ENTRY); }, 60_000);
  afterAll(async () => { await page?.close(); });

  const f32 = (values: readonly number[]): number[] => [...new Uint32Array(Float32Array.from(values).buffer)];

  test("a module with packed weights, run-time sizes and a scalar", async () => {
    const q = Array.from({ length: 3 * 37 }, (_, i) => (i * 5 + 3) % 8), s = [0.5, 1.5, 2.5];
    const result = await page.call<JsonResult>("runModule", dequant, {
      q: { dtype: "u3", shape: [3, 37], codes: q }, s: { dtype: "f32", shape: [3], codes: f32(s) }, alpha: -2,
    });
    expect(result).toEqual({ outs: { y: { dtype: "f32", shape: [3, 37], codes: f32(q.map((c, i) => -2 * (s[Math.floor(i / 37)] ?? 0) * c)) } } });
  });

  test("weights are prepacked in the page", async () => {
    const x = Array.from({ length: 64 }, (_, i) => (i * i) % 8);
    expect(await page.call("runModule", planeCount, { x: { dtype: "u3", shape: [64], codes: x } }))
      .toEqual({ outs: { y: { dtype: "u32", shape: [3], codes: [1, 2, 4].map((b) => x.filter((c) => c & b).length) } } });
  });

  test("mistakes are the same diagnostics as in Node", async () => {
    const x = { dtype: "u3", shape: [64], codes: Array<number>(64).fill(1) };
    expect(await page.call("runModule", planeCount, { y: x })).toMatchObject({ error: { code: "H0404" } });
    expect(await page.call("runModule", dequant, {})).toMatchObject({ error: { code: "H0401", help: "give it to run: { q: await device.tensor(\"u3\", [M, N], …) }" } });
    expect(await page.call("runModule", broken, { x })).toMatchObject({ error: { code: "W0101", span: { file: "broken.loom", start: 10, end: 15 } } });
  });

  test("no error was logged", () => expect(page.log.filter((l) => l.startsWith("error") && !l.includes("nonsense"))).toEqual([]));
});

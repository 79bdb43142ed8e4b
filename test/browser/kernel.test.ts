// Kernels in a real browser, headless, through the runtime's door: a finished module, and mistakes as they are told there.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { bundlePage, findBrowser, noBrowser, openPage, type TestPage } from "./harness.ts";
import { Diagnostic } from "../../diagnostic.ts";
import { loadExample } from "../../examples/index.ts";
import { expectWithin } from "../examples/support.ts";
import type { Both, JsonResult } from "./kernel.page.ts";
import { broken, dequant, planeCount } from "../runtime/modules.ts";

const browser = await findBrowser();

const ENTRY = "test/browser/kernel.page.ts";

test("the door's bundle holds nothing of Node", async () => {
  const code = (await bundlePage(ENTRY)).replace(/\/\/# sourceMappingURL=.*/, "");
  expect(code).not.toMatch(/require\("node:|from "node:|VK_ICD_FILENAMES|dlopen/);
});

describe("Chromium", () => {
  let page: TestPage;
  beforeAll(async () => { if (browser !== undefined) page = await openPage(ENTRY); });
  beforeEach(({ skip }) => { if (browser === undefined) skip(noBrowser); });
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

  // The compiler and the interpreter both run in the tab; each may be off by the example's bound from the exact answer.
  test.each(["vector_add", "gemm_f16_u3"])("%s from its text", async (name) => {
    const { source, cases } = await loadExample(name), c = cases().find((x) => x.onDevices);
    if (!c) throw new Error("no case is for devices");
    const inputs = Object.fromEntries(Object.entries(c.inputs).map(([k, g]) => [k, { ...g, values: [...g.values] }]));
    const got = await page.call<Both>("runBoth", source, c.params, inputs);
    if ("error" in got) throw new Diagnostic(got.error);
    expect(Object.keys(got.device)).toEqual(Object.keys(c.outputs));
    for (const [k, { bound, ...want }] of Object.entries(c.outputs)) {
      const law = got.interpreter[k], device = got.device[k];
      expect([device?.dtype, device?.shape, law?.dtype, law?.shape]).toEqual([want.dtype, want.shape, want.dtype, want.shape]);
      expectWithin(law?.values ?? [], { ...want, bound });
      expectWithin(device?.values ?? [], { values: Float64Array.from(law?.values ?? []), bound }, 2);
    }
  });

  test("a mistake in the text has its place there", async () => {
    expect(await page.call("runBoth", "kernel k(out y: f32[4]) grid (g in 1) threads 4 { stor(y, 0) }", {}, {})).toMatchObject({ error: { code: "N0103", span: { file: "page.loom", start: 50, end: 54 } } });
  });

  test.each([["in memory", false], ["fetched", true]] as const)("imports, %s", async (_, fetched) => {
    const files = {
      "page.loom": "import { twice, WIDTH } from \"lib.loom\"\nimport { negated } from \"more.loom\"\nkernel k(x: f32[N], out y: f32[N]) grid (b in cdiv(N, WIDTH)) threads WIDTH { store(y[b * WIDTH +: WIDTH], twice(load(x[b * WIDTH +: WIDTH]))) }",
      "more.loom": "import { WIDTH } from \"lib.loom\"\nkernel negated(x: f32[N], out y: f32[N]) grid (b in cdiv(N, WIDTH)) threads WIDTH { store(y[b * WIDTH +: WIDTH], -load(x[b * WIDTH +: WIDTH])) }",
      "lib.loom": "const WIDTH = 32\nfn twice(v) = v + v",
    };
    const values = Array.from({ length: 37 }, (_x, i) => i / 4), x = { dtype: "f32", shape: [37], codes: f32(values) };
    const run = (name: string, of: Readonly<Record<string, string>> = files): Promise<JsonResult> => page.call<JsonResult>("runFiles", of, name, { x }, fetched);
    expect(await run("k")).toEqual({ outs: { y: { dtype: "f32", shape: [37], codes: f32(values.map((v) => 2 * v)) } } });
    expect(await run("negated")).toEqual({ outs: { y: { dtype: "f32", shape: [37], codes: f32(values.map((v) => -v)) } } });
    const { "lib.loom": lib, "more.loom": more } = files;
    expect(await run("negated", { "more.loom": more })).toMatchObject({ error: { code: "N0114", message: "there is no file \"lib.loom\"", span: { file: "more.loom" } } });
    expect(await run("k", { ...files, "lib.loom": lib.replace("= 32", "= THIRTY") })).toMatchObject({ error: { code: "N0101", span: { file: "lib.loom" } } });
  });

  test("no error was logged", () => expect(page.log.filter((l) => l.startsWith("error") && !l.includes("nonsense"))).toEqual([]));
});

// Bitloom in a real browser, headless: a device opens, a shader computes, files are read.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { bundlePage, findBrowser, noBrowser, openPage, type TestPage } from "./harness.ts";

const browser = await findBrowser();

const ENTRY = "test/browser/smoke.page.ts";

test("the page's bundle holds nothing of Node", async () => {
  const code = (await bundlePage(ENTRY)).replace(/\/\/# sourceMappingURL=.*/, "");
  expect(code).not.toMatch(/require\("node:|from "node:|VK_ICD_FILENAMES|dlopen/);
});

describe("Chromium", () => {
  let page: TestPage;
  beforeAll(async () => { if (browser !== undefined) page = await openPage(ENTRY); });
  beforeEach(({ skip }) => { if (browser === undefined) skip(noBrowser); });
  afterAll(async () => { await page?.close(); });

  test("open() gives a device that says what it is", async () => {
    const device = await page.call<{ profile: string; vendor: string; features: string[]; subgroup: number[]; adapters: number }>("describe");
    expect(device.profile).toBe("swiftshader");
    expect(device.vendor).toBe("google");
    expect(device.features).toContain("subgroups");
    expect(device.subgroup).toEqual([4, 4]);
    expect(device.adapters).toBeGreaterThanOrEqual(1);
  });

  test("a shader gives the right numbers", async () => {
    const got = await page.call<number[]>("compute", `
      requires packed_4x8_integer_dot_product;
      @group(0) @binding(0) var<storage, read_write> o: array<i32>;
      @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) g: vec3u) {
        o[g.x] = dot4I8Packed((g.x & 255u) * 0x01010101u, 0x01ff0203u) - i32(g.x * g.x);
      }`, 1024, 16);
    expect(got).toEqual(Array.from({ length: 1024 }, (_, i) => ((i << 24) >> 24) * 5 - i * i));
  });

  test("mistakes are diagnostics", async () => {
    expect(await page.call("failure", { adapter: "geforce" })).toBe("H0103");
    expect(await page.call("failure", { require: ["no-such-feature"] })).toBe("H0104");
    expect(await page.call("failure", { adapter: "SwiftShader" })).toBe("none");
  });

  test("weights are read from a Blob", async () => expect(await page.call("weights")).toEqual([7, 8, 9]));

  test("nothing was logged", () => expect(page.log.filter((l) => l.startsWith("error"))).toEqual([]));
});

// Opening devices: every software adapter that is here must compute exactly; names, features and the cache folder.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createRequire } from "node:module";
import { inspect, promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { Diagnostic } from "../../diagnostic.ts";
import { chooseAdapter, refusedAdapter, type AdapterInfo } from "../../runtime/adapters.ts";
import { profileOf, type Device } from "../../runtime/device.ts";
import { close, listAdapters, open, openNull } from "../../runtime/open.ts";
import { untar, unpackSwiftShader } from "../../runtime/swiftshader.ts";

afterAll(() => close());

const adapters = await listAdapters();
const usable = adapters.filter((a) => a.usable);
/** The kinds to be tested, and why one can't be. */
const kinds = [...new Set([...usable.map((a) => a.kind), "swiftshader" as const, "lavapipe" as const])];
const absent = (kind: AdapterInfo["kind"]): string | undefined => (usable.some((a) => a.kind === kind) ? undefined : `no ${kind}: ${adapters.find((a) => a.kind === kind)?.reason ?? "not installed"}`);

const COUNT = 1024;
const SHADER = `
requires packed_4x8_integer_dot_product;
var<workgroup> seen: array<u32, 64>;
@group(0) @binding(0) var<storage, read_write> o: array<i32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) g: vec3u, @builtin(local_invocation_index) t: u32) {
  seen[t] = g.x * g.x;
  workgroupBarrier();
  o[g.x] = dot4I8Packed((g.x & 255u) * 0x01010101u, 0x01ff0203u) + i32(seen[63u - t]);
}`;

/** Runs the shader above and gives its 1,024 numbers. */
async function compute({ gpu }: Device): Promise<Int32Array> {
  gpu.pushErrorScope("validation");
  const pipeline = await gpu.createComputePipelineAsync({ layout: "auto", compute: { module: gpu.createShaderModule({ code: SHADER }) } });
  const out = gpu.createBuffer({ size: COUNT * 4, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC });
  const back = gpu.createBuffer({ size: COUNT * 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const group = gpu.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer: out } }] });
  const encoder = gpu.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(COUNT / 64);
  pass.end();
  encoder.copyBufferToBuffer(out, 0, back, 0, COUNT * 4);
  gpu.queue.submit([encoder.finish()]);
  expect(await gpu.popErrorScope()).toBeNull();
  await back.mapAsync(GPUMapMode.READ);
  return new Int32Array(back.getMappedRange().slice(0));
}
const signed = (x: number): number => (x << 24) >> 24;
const expected = Int32Array.from({ length: COUNT }, (_, i) => {
  const mirror = (i & ~63) + 63 - (i & 63);
  return signed(i) * (1 - 1 + 2 + 3) + mirror * mirror;
});

describe.each(kinds)("%s", (kind) => {
  beforeEach(({ skip }) => { const why = absent(kind); if (why !== undefined) skip(why); });

  test("computes exactly, and says what it is", async () => {
    using device = await open({ adapter: kind });
    expect(device.profile.name).toBe(kind);
    expect(await compute(device)).toEqual(expected);
    const { min, max } = device.subgroup;
    expect(min >= 1 && max >= min && max <= 128).toBe(true);
    expect(device.limits.maxComputeWorkgroupStorageSize).toBeGreaterThanOrEqual(32768); // more than the floor was asked for
    expect(device.features.has("subgroups")).toBe(true);
    if (kind !== "gpu") expect(device.features.has("shader-f16")).toBe(kind === "lavapipe");
  });

  test("opens five times in a row, and a destroyed device says so", async () => {
    for (let i = 0; i < 5; i++) {
      const device = await open({ adapter: kind });
      expect((await compute(device))[7]).toBe(expected[7]);
      device.destroy();
      device.destroy();
      expect((await device.lost).reason).toBe("destroyed");
    }
  });
});

test("two adapters live side by side in one process", async ({ skip }) => {
  if (usable.length < 2) skip("there is no second adapter");
  const devices = await Promise.all(usable.map((a) => open({ adapter: a.kind })));
  expect(new Set(devices.map((d) => d.profile.name)).size).toBe(usable.length);
  for (const result of await Promise.all(devices.map(compute))) expect(result).toEqual(expected);
  expect(process.env["VK_ICD_FILENAMES"] ?? "").not.toContain("swiftshader-"); // put back
});

test("a GPUDevice of one's own is adopted", async ({ skip }) => {
  if (usable.length === 0) skip("there is no adapter");
  using owner = await open();
  const adopted = await open(owner.gpu);
  expect(adopted.gpu).toBe(owner.gpu);
  expect(adopted.profile).toBe(owner.profile);
});

const errorOf = async (work: Promise<unknown>): Promise<Diagnostic> => {
  try { await work; } catch (error) { if (error instanceof Diagnostic) return error; throw error; }
  throw new Error("nothing was thrown");
};

test("an unknown adapter is answered with the list and the nearest name", async () => {
  const { data } = await errorOf(open({ adapter: "swiftshadr" }));
  expect(data.code).toBe("H0103");
  expect(data.notes).toHaveLength(adapters.length);
  if (adapters.some((a) => a.kind === "swiftshader")) expect(data.help).toContain('"swiftshader"');
  expect((await errorOf(open({ adapter: "" }))).code).toBe("H0103");
});

test("a feature that nobody has", async ({ skip }) => {
  if (usable.length === 0) skip("there is no adapter");
  const error = await errorOf(open({ require: ["no-such-feature"] }));
  expect(error.code).toBe("H0104");
  expect(error.message).toContain("no-such-feature");
});

describe("the choice", () => {
  const row = (kind: AdapterInfo["kind"], name: string, features: string[] = []): AdapterInfo => ({ ...refusedAdapter(kind, name, "vulkan", ""), usable: true, features });
  const sw = row("swiftshader", "SwiftShader", ["subgroups"]), lvp = row("lavapipe", "llvmpipe (LLVM 15)", ["shader-f16"]), gpu = row("gpu", "Radeon 780M");
  const broken = refusedAdapter("lavapipe", "lavapipe 22", "vulkan", "too old");
  const code = (work: () => unknown): string => { try { work(); } catch (e) { if (e instanceof Diagnostic) return e.code; throw e; } return "none"; };

  test("a GPU before lavapipe before SwiftShader", () => {
    expect(chooseAdapter([sw, lvp, gpu], undefined, [])).toBe(gpu);
    expect(chooseAdapter([sw, lvp], undefined, [])).toBe(lvp);
    expect(chooseAdapter([broken, sw], undefined, [])).toBe(sw);
  });
  test("by kind, and by a part of the name", () => {
    expect(chooseAdapter([sw, lvp, gpu], "lavapipe", [])).toBe(lvp);
    expect(chooseAdapter([sw, lvp, gpu], "radeon", [])).toBe(gpu);
  });
  test("a required feature passes over better adapters", () => {
    expect(chooseAdapter([sw, lvp, gpu], undefined, ["subgroups"])).toBe(sw);
    expect(code(() => chooseAdapter([sw, lvp, gpu], "lavapipe", ["subgroups"]))).toBe("H0104");
  });
  test("nothing usable", () => {
    expect(code(() => chooseAdapter([], undefined, []))).toBe("H0102");
    expect(code(() => chooseAdapter([broken], "lavapipe", []))).toBe("H0102");
    expect(code(() => chooseAdapter([], "x", []))).toBe("H0103");
  });
});

describe("the Null backend", () => {
  test("validates without a driver and has exactly the features asked for", async () => {
    using plain = await openNull([]);
    using half = await openNull(["shader-f16"]);
    const errorsOf = async ({ gpu }: Device): Promise<number> => {
      const info = await (gpu.pushErrorScope("validation"), gpu.createShaderModule({ code: "enable f16; var<private> x: f16; @compute @workgroup_size(1) fn main() { x = 1h; }" })).getCompilationInfo();
      await gpu.popErrorScope();
      return info.messages.filter((m) => m.type === "error").length;
    };
    expect(await errorsOf(plain)).toBeGreaterThan(0);
    expect(await errorsOf(half)).toBe(0);
    expect(plain.info.backend).toBe("null");
  });
  test("shown by Node it is a line, not all that it holds", async () => {
    const device = await openNull([]);
    expect(inspect(device)).toMatch(/^Device\(.+\)$/);
    expect(inspect({ device }).length).toBeLessThan(200);
    device.destroy();
  });
  test("an unknown feature is refused", async () => expect((await errorOf(openNull(["no-such-feature"]))).code).toBe("H0104"));
});

const packageFolder = ((): string | undefined => {
  try { return dirname(dirname(dirname(createRequire(import.meta.url).resolve("@sparticuz/chromium")))); } catch { return undefined; }
})();

describe("SwiftShader's cache folder", () => {
  test("many at once unpack once, whole, and mend a broken folder", async ({ skip }) => {
    if (packageFolder === undefined) skip("@sparticuz/chromium is not installed");
    const cache = await mkdtemp(join(tmpdir(), "bitloom-sw-"));
    try {
      const folders = await Promise.all([1, 2, 3].map(() => unpackSwiftShader(packageFolder ?? "", cache)));
      expect(new Set(folders).size).toBe(1);
      expect(await readdir(cache)).toHaveLength(1); // no leftovers
      const [folder = ""] = folders;
      await rm(join(folder, "libvulkan.so.1"));
      expect(await unpackSwiftShader(packageFolder ?? "", cache)).toBe(folder);
      expect(existsSync(join(folder, "libvulkan.so.1"))).toBe(true);
    } finally {
      await rm(cache, { recursive: true });
    }
  });
  test("a damaged archive is told", async () => {
    const folder = await mkdtemp(join(tmpdir(), "bitloom-sw-"));
    try {
      await mkdir(join(folder, "bin"));
      await writeFile(join(folder, "package.json"), '{"version":"1"}');
      await writeFile(join(folder, "bin", "swiftshader.tar.br"), "nonsense");
      expect((await errorOf(unpackSwiftShader(folder, join(folder, "cache")))).code).toBe("H0106");
    } finally {
      await rm(folder, { recursive: true });
    }
    const tar = new Uint8Array(1024).fill(65);
    expect(() => untar(tar)).toThrow(Diagnostic);
  });
});

test("profiles are told by any name", () => {
  expect(profileOf({ vendor: "google", architecture: "swiftshader" }).staticAccesses).toBe(64);
  expect(profileOf({ vendor: "mesa", description: "llvmpipe: Mesa 25" }).staticAccesses).toBe(56);
  expect(profileOf({}).name).toBe("gpu");
});

// dawn.node has crashed at exit when its objects were dropped; the end of a process is part of what must work.
test.for(kinds)("a process that used %s ends by itself with code 0, ten times", async (kind, { skip }) => {
  const why = absent(kind);
  if (why !== undefined) skip(why);
  const folder = await mkdtemp(join(process.cwd(), "node_modules", ".bitloom-exit-"));
  try {
    const script = join(folder, "end.mjs");
    await build({
      stdin: {
        contents: `import { open, close } from "./runtime/open.ts";
          const device = await open({ adapter: ${JSON.stringify(kind)} });
          const module = device.gpu.createShaderModule({ code: "@compute @workgroup_size(1) fn main() {}" });
          await device.gpu.createComputePipelineAsync({ layout: "auto", compute: { module } });
          device.gpu.queue.submit([]);
          if (process.argv[2] === "close") await close();
          if (process.argv[2] === "exit") process.exit(0);`,
        resolveDir: process.cwd(), loader: "ts",
      },
      bundle: true, platform: "node", format: "esm", external: ["webgpu"], outfile: script, logLevel: "error",
    });
    for (let i = 0; i < 10; i++)
      await promisify(execFile)(process.execPath, [script, ["leave", "close", "exit"][i % 3] ?? ""], { timeout: 20_000 }); // rejects unless it ends with 0
  } finally {
    await rm(folder, { recursive: true });
  }
});

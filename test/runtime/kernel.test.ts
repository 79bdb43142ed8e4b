// Kernels from modules written by hand, on every software adapter: results, and each mistake before launch.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Diagnostic } from "../../diagnostic.ts";
import type { Module } from "../../codegen/index.ts";
import { planes } from "../../layout/index.ts";
import type { Inputs } from "../../runtime/bind.ts";
import type { Device } from "../../runtime/device.ts";
import { createKernel, type RunOptions } from "../../runtime/kernel.ts";
import { fullHost } from "../../runtime/host-full.ts";
import { fold } from "../../runtime/launch.ts";
import { close, listAdapters, open, openNull } from "../../runtime/open.ts";
import { tensor } from "../../runtime/tensor.ts";
import { constant, scalarOp, symbol } from "../../vm/index.ts";
import { broken, bump, COUNT, dequant, iota, planeCount, rowSum } from "./modules.ts";

afterAll(() => close());
const adapters = (await listAdapters()).filter((a) => a.usable && a.kind !== "gpu").map((a) => a.kind);
for (const kind of ["swiftshader", "lavapipe"] as const) if (!adapters.includes(kind)) console.warn(`kernel.test: skipped on ${kind}, which is not here`);

const failure = async (work: () => unknown): Promise<Diagnostic> => {
  try { await work(); } catch (error) { if (error instanceof Diagnostic) return error; throw error; }
  throw new Error("nothing was thrown");
};

describe.each(adapters)("%s", (adapter) => {
  let device: Device;
  beforeAll(async () => { device = await open({ adapter }, fullHost); });
  afterAll(() => device.destroy());

  test("packed inputs, scalars and run-time sizes", async () => {
    const kernel = createKernel(dequant);
    for (const [m, n] of [[3, 37], [1, 1], [64, 11]] as const) {
      const codes = Uint8Array.from({ length: m * n }, (_, i) => (i * 5 + 3) % 8), scales = Array.from({ length: m }, (_, i) => i + 0.5);
      using q = await device.tensor("u3", [m, n], codes);
      using s = await device.tensor("f32", [m], scales);
      const { y } = await kernel.run({ q, s, alpha: -2 });
      expect(y?.shape).toEqual([m, n]);
      expect([...(await y?.read() ?? [])]).toEqual([...codes].map((c, i) => -2 * (scales[Math.floor(i / n)] ?? 0) * c));
      y?.dispose();
    }
    expect(device.pipelines.size).toBe(1); // one text, one pipeline
  });

  test("outs may be given; inout is changed in place; booleans travel", async () => {
    const kernel = createKernel(bump);
    using x = await device.tensor("i32", [5], [1, 2, 3, 4, 5]);
    using y = await device.empty("i32", [5]);
    const outs = await kernel.run({ x, y, step: 10, up: true });
    expect(outs.y).toBe(y);
    expect(Object.keys(outs)).toEqual(["y"]);
    expect([...(await x.read()), ...(await y.read())]).toEqual([11, 12, 13, 14, 15, 1, 2, 3, 4, 5]);
    await kernel.run({ x, y, step: 4, up: false });
    expect([...(await x.read())]).toEqual([7, 8, 9, 10, 11]);
  });

  test("zero extents: no dispatch without blocks, an empty sum where only K is 0", async () => {
    const kernel = createKernel(rowSum);
    using none = await device.tensor("f32", [0, 3], []), flat = await device.tensor("f32", [3, 0], []);
    using y = await device.tensor("f32", [3], [7, 8, 9]);
    const empty = await kernel.run({ x: none });
    expect((await empty.y?.read())?.length).toBe(0);
    await kernel.run({ x: flat, y });
    expect([...(await y.read())]).toEqual([0, 0, 0]);
  });

  test("a grid past 65,535 blocks folds, and needs a device named where no tensor tells it", async () => {
    const kernel = createKernel(iota);
    expect((await failure(() => kernel.run({}))).code).toBe("H0412");
    const { y } = await kernel.run({}, { device });
    const got = (await y?.read()) ?? [];
    expect(got.length).toBe(COUNT);
    expect(got.every((v, i) => v === i)).toBe(true);
    y?.dispose();
  });

  test("prepack gives what the kernel reads, and a copy where it is that already", async () => {
    const kernel = createKernel(planeCount);
    const codes = Uint8Array.from({ length: 64 }, (_, i) => (i * i) % 8), want = [1, 2, 4].map((b) => codes.filter((c) => c & b).length);
    using x = await device.tensor("u3", [64], codes);
    const { data } = await failure(() => kernel.run({ x }));
    expect([data.code, data.help, data.message]).toEqual(["H0407", "await kernel.prepack(\"x\", x)", "'x' is stored as dense, the kernel reads planes"]);
    using p = await kernel.prepack("x", x);
    using q = await kernel.prepack("x", p);
    expect(q.buffer).not.toBe(p.buffer);
    for (const t of [p, q]) expect([...((await (await kernel.run({ x: t })).y?.read()) ?? [])]).toEqual(want);
    expect((await failure(() => kernel.prepack("X", x))).data.help).toBe("did you mean 'x'?");
    using wide = await device.tensor("u3", [65], new Uint8Array(65)), four = await device.tensor("u4", [64], new Uint8Array(64));
    expect((await failure(() => kernel.prepack("x", wide))).code).toBe("H0406");
    expect((await failure(() => kernel.prepack("x", four))).code).toBe("H0404");
  });

  test("time: the outs and how long it took", async () => {
    using x = await device.tensor("i32", [1000], new Int32Array(1000));
    const { outs, ms, clock } = await createKernel(bump).run({ x, step: 1, up: true }, { time: true });
    expect((await outs.y?.read())?.length).toBe(1000);
    expect(ms).toBeGreaterThan(0);
    expect(ms).toBeLessThan(10_000);
    expect(clock).toBe(device.features.has("timestamp-query") ? "timestamp" : "wall");
  });

  test("what the driver rejects comes back at the line of the source", async () => {
    using x = await device.tensor("u3", [64], new Uint8Array(64), { packing: planes(1) });
    const { data } = await failure(() => createKernel(broken).run({ x }));
    expect(data.code).toBe("W0101");
    expect(data.span).toEqual({ file: "broken.loom", start: 10, end: 15 });
    expect(data.notes?.[0]).toMatch(/^WGSL 3:\d+: .*nonsense.*: var<private> z: f32 = nonsense;$/);
    const { data: entry } = await failure(() => createKernel({ ...planeCount, entry: "absent" }).run({ x }));
    expect(entry.code).toBe("W0102");
    expect(device.pipelines.size).toBeGreaterThan(0);
    await createKernel(planeCount).run({ x }); // the device is none the worse
  });
});

describe("mistakes before launch", () => {
  let device: Device, other: Device;
  beforeAll(async () => { [device, other] = await Promise.all([openNull(), openNull()]); });
  afterAll(() => { device.destroy(); other.destroy(); });

  const codes = async (module: Module, inputs: Inputs, options: RunOptions = {}): Promise<readonly [string, string]> => {
    const { data } = await failure(() => createKernel(module).run(inputs, options));
    expect(data.help).toBeTruthy();
    return [data.code, data.help ?? ""];
  };

  test("names and kinds", async () => {
    const q = await device.tensor("u3", [2, 3], new Uint8Array(6)), s = await device.tensor("f32", [2], [1, 2]);
    expect(await codes(dequant, { q, alpha: 1 })).toEqual(["H0401", "give it to run: { s: await device.tensor(\"f32\", [M], …) }"]);
    expect((await codes(dequant, { q, s }))[0]).toBe("H0401");
    for (const nothing of [undefined, null, 3]) expect(await codes(dequant, nothing as never)).toEqual(["H0401", "write run({ q, s, y, alpha })"]);
    for (const none of [undefined, null, {}, device.gpu]) expect((await failure(() => tensor(none as never, "u3", [1], [1]))).code).toBe("H0412");
    for (const junk of [null, 5, "gpu"]) expect((await failure(() => open(junk as never))).code).toBe("H0412");
    expect(await codes(dequant, { q, s, alpa: 1 })).toEqual(["H0402", "did you mean 'alpha'?"]);
    expect(await codes(dequant, { q, s, alpha: 1, beta9: 1 })).toEqual(["H0402", "it takes q, s, y, alpha"]);
    expect((await codes(dequant, { q: 3, s, alpha: 1 }))[0]).toBe("H0403");
    expect(await codes(dequant, { q, s: device.empty("f32", [2]) as never, alpha: 1 })).toEqual(["H0403", "await it first"]);
    expect((await codes(dequant, { q, s, alpha: s }))[0]).toBe("H0403");
    expect((await codes(dequant, { q, s, alpha: "1" as never }))[0]).toBe("H0414");
    const x = await device.tensor("i32", [2], [1, 2]);
    for (const step of [1.5, 2 ** 31, NaN]) expect((await codes(bump, { x, step, up: true }))[0]).toBe("H0414");
    expect((await codes(bump, { x, step: 1, up: 2 }))[0]).toBe("H0414");
  });

  test("types, ranks, sizes, packings", async () => {
    const q = await device.tensor("u3", [2, 3], new Uint8Array(6)), s = await device.tensor("f32", [2], [1, 2]);
    expect((await codes(dequant, { q: await device.tensor("u4", [2, 3], new Uint8Array(6)), s, alpha: 1 }))[0]).toBe("H0404");
    expect((await codes(dequant, { q: await device.tensor("u3", [6], new Uint8Array(6)), s, alpha: 1 }))[0]).toBe("H0405");
    const s3 = await device.tensor("f32", [3], [1, 2, 3]);
    const { data } = await failure(() => createKernel(dequant).run({ q, s: s3, alpha: 1 }));
    expect([data.code, data.message, data.notes]).toEqual(["H0406", "'s' is f32[3], the kernel takes f32[M]: axis 0 has 3 instead of 2", ["M = 2 comes from 'q', which is u3[2, 3]"]]);
    expect((await codes(dequant, { q, s, alpha: 1, y: await device.empty("f32", [2, 4]) }))[0]).toBe("H0406");
    expect((await codes(dequant, { q: await q.repack(planes(2)), s, alpha: 1 }))[0]).toBe("H0407");
    expect((await codes(dequant, { q, s, alpha: 1, y: await device.empty("f32", [2, 3], { packing: planes(2) }) }))[0]).toBe("H0407");
  });

  test("life and place of tensors", async () => {
    const x = await device.tensor("i32", [2], [1, 2]), far = await other.tensor("i32", [2], [1, 2]);
    expect((await codes(bump, { x, y: far, step: 1, up: true }))[0]).toBe("H0408");
    expect((await codes(bump, { x, step: 1, up: true }, { device: other }))[0]).toBe("H0408");
    expect(await codes(bump, { x, y: x, step: 1, up: true })).toEqual(["H0409", "leave 'y' out to get a new tensor, or give another"]);
    far.dispose();
    expect((await codes(bump, { x: far, step: 1, up: true }))[0]).toBe("H0307");
    const y = await device.tensor("i32", [2], [1, 2]), running = codes(bump, { x, y, step: 1, up: true });
    y.dispose(); // while the pipeline is made
    expect((await running)[0]).toBe("H0307");
    const gone = await openNull(), lost = await gone.tensor("i32", [2], [1, 2]);
    gone.destroy();
    expect((await codes(bump, { x: lost, step: 1, up: true }))[0]).toBe("H0309");
  });

  test("requirements, grids, what a device can't do", async () => {
    const x = await device.empty("f32", [5, 2]);
    const { data } = await failure(() => createKernel(rowSum).run({ x }));
    expect([data.code, data.message, data.notes]).toEqual(["H0411", "kernel 'row_sum' can't run on this: more than 4 rows", ["it requires M <= 4; here M = 5"]]);
    const huge: Module = { ...rowSum, requires: [], grid: [scalarOp("mul", symbol("dim", "M"), constant(1 << 20)), constant(1 << 20)] };
    expect((await codes(huge, { x }))[0]).toBe("H0410");
    for (const more of [{ features: ["no-such-feature"] }, { threads: 1 << 20 }, { workgroupBytes: 1 << 30 }])
      expect((await codes({ ...rowSum, requires: [], ...more }, { x }))[0]).toBe("H0415");
  });

  test("sizes that nothing binds, and data that is no module", async () => {
    const outOnly: Module = { ...rowSum, tensors: rowSum.tensors.filter((t) => t.name === "y") };
    expect((await failure(() => createKernel(outOnly))).code).toBe("H0413");
    const product: Module = { ...rowSum, tensors: rowSum.tensors.map((t) => (t.name === "x" ? { ...t, shape: [scalarOp("mul", symbol("dim", "M"), constant(2)), symbol("dim", "K")] } : t)) };
    expect((await failure(() => createKernel(product))).data.message).toBe("kernel 'row_sum' can't know the dimension M of `x` when it is run");
    expect((await failure(() => createKernel({ ...rowSum, version: 2 as never }))).code).toBe("H0417");
  });

  test("a size computed from others is checked, whichever input comes first", async () => {
    const M = symbol("dim", "M");
    const module: Module = { ...rowSum, requires: [], tensors: rowSum.tensors.map((t) => (t.name === "y" ? { ...t, direction: "in" as const } : { ...t, shape: [scalarOp("mul", M, constant(2)), symbol("dim", "K")] })) };
    const { data } = await failure(async () => createKernel(module).run({ x: await device.empty("f32", [5, 1]), y: await device.empty("f32", [3]) }));
    expect([data.code, data.message]).toEqual(["H0406", "'x' is f32[5, 1], the kernel takes f32[M * 2, K]: axis 0 has 5 instead of 6"]);
  });

  test("a device lost while a kernel runs", async () => {
    const gone = await openNull(), x = await gone.tensor("i32", [2], [1, 2]);
    const running = failure(() => createKernel(bump).run({ x, step: 1, up: true }));
    gone.destroy();
    expect((await running).code).toBe("H0309");
  });
});

test("fold covers every block with the fewest rows, layers and surplus", () => {
  const fewer = (n: readonly number[], i: number): number => n.reduce((p, x, k) => p * (k === i ? x - 1 : x), 1);
  for (const [blocks, most] of [[1, 65535], [65535, 65535], [65536, 65535], [70000, 65535], [65535 ** 2, 65535], [65535 ** 2 + 1, 65535], [2 ** 31 - 1, 65535], [300, 7], [343, 7]] as const) {
    const [x, y, z] = fold(blocks, most);
    expect(Math.max(x, y, z)).toBeLessThanOrEqual(most);
    expect(x * y * z).toBeGreaterThanOrEqual(blocks);
    expect([fewer([x, y, z], 0) < blocks, most * fewer([y, z], 0) < blocks, most * most * (z - 1) < blocks]).toEqual([true, true, true]);
  }
});

// What is timed on a device: the dispatches of a call, done again; and the shaders of a folder: right ones are timed, one that is wrong is told, and so
// is one that isn't for a shape.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { close, matmul, open, type Tensor } from "../../runtime/index.ts";
import { enter, recorded } from "../../bench/entrants.ts";
import { race } from "../../bench/timing.ts";
import { shadersOf } from "../../bench/wgsl.ts";

afterAll(close);
const folder = "bench/wgsl-example", sizes = { M: 2, N: 256, K: 64 };

test("what a call makes the device do is recorded and done again; what it frees meanwhile lives until the end", async () => {
  using device = await open({ adapter: "swiftshader" });
  using x = await device.tensor("f32", [2, 4], [1, 2, 3, 4, 0, 1, 0, -1]);
  using w = await device.tensor("i4", [3, 4], [1, 1, 1, 1, 2, 0, 2, 0, -8, 7, 0, 1]);
  const ys: Tensor[] = [], { ready, end } = await recorded(device, async () => { ys.push(await matmul(x, w)); (await matmul(w, w)).dispose(); });
  const [, y] = ys, want = [10, 8, 10, 0, 0, 6], empty = device.gpu.createCommandEncoder();
  expect([ys.length, [...(await y.read())]]).toEqual([2, want]);
  empty.clearBuffer(y.buffer);
  device.gpu.queue.submit([empty.finish()]);
  expect([...(await y.read())]).toEqual([0, 0, 0, 0, 0, 0]);
  device.gpu.pushErrorScope("validation");
  await (await ready(2))();
  expect(await device.gpu.popErrorScope()).toBeNull();
  expect([...(await y.read())]).toEqual(want);
  await end();
  for (const t of ys) t.dispose();
  await expect(recorded(device, async () => undefined)).rejects.toThrow("dispatches nothing");
  using again = await matmul(x, w); // nothing is left of the recording
  expect([...(await again.read())]).toEqual(want);
});

test("the example's shaders are right, and can be timed", async () => {
  using device = await open({ adapter: "swiftshader" });
  const { entrants, notes } = await enter(device, sizes, shadersOf(folder));
  expect([entrants.map((e) => e.name), notes]).toEqual([["example f32", "example u4, four columns a thread"], []]);
  await race(() => performance.now(), entrants, 2, 0);
  for (const e of entrants) { expect(e.ms.length).toBe(2); expect(Math.min(...e.ms)).toBeGreaterThan(0); await e.end(); }
  expect((await enter(device, { ...sizes, M: 5 }, shadersOf(folder))).notes).toEqual(["example u4, four columns a thread does not run here: it takes 1 to 4 rows"]);
});

test("a folder of others: formats, texts that are replaced, wrong results and shaders that don't compile", async () => {
  const here = mkdtempSync(join(tmpdir(), "bitloom-wgsl-"));
  try {
    const f32 = readFileSync(join(folder, "f32.wgsl"), "utf8"), { kernels: [plain] } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as { kernels: object[] };
    // Blocks of 34 bytes: a scale of f16 and 32 numbers of 8 bits.
    const q8 = `fn byte(i: u32) -> u32 { return (w[i / 4] >> (8 * (i % 4))) & 255; }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  var sum = 0.0;
  for (var k = 0u; k < ROW; k++) {
    let at = 34 * ((id.x * ROW + k) / 32);
    sum += x[id.y * ROW + k] * unpack2x16float(byte(at) | (byte(at + 1) << 8)).x * f32(i32(byte(at + 2 + k % 32) << 24) >> 24);
  }
  y[id.y * WIDTH + id.x] = sum;
}`;
    const files = { "q8.wgsl": q8, "wrong.wgsl": f32.replace("var sum = 0.0", "var sum = 1.0"), "broken.wgsl": f32.replace("var sum", "var 1sum") };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(here, name), text);
    const blocks = { name: "q8_0", file: "q8.wgsl", bits: 8.5, replace: { ROW: "K", WIDTH: "N" }, workgroups: ["N / 64", "M"], bindings: [{ binding: 0, is: "x" }, { binding: 1, is: "w", format: "q8_0" }, { binding: 2, is: "y" }] };
    writeFileSync(join(here, "manifest.json"), JSON.stringify({ name: "theirs", kernels: [blocks, { ...plain, name: "wrong", file: "wrong.wgsl" }, { ...plain, name: "broken", file: "broken.wgsl" }] }));
    using device = await open({ adapter: "swiftshader" });
    const { entrants, notes } = await enter(device, sizes, shadersOf(here));
    expect(entrants.map((e) => e.name)).toEqual(["theirs q8_0"]);
    expect(notes[0]).toMatch(/^theirs wrong does not run here: wrong gives -?\d+ for -?\d+ at \[0, 0\]/);
    expect(notes[1]).toMatch(/^theirs broken does not run here: broken\.wgsl:10:7: .+/);
    for (const e of entrants) await e.end();
  } finally { rmSync(here, { recursive: true }); }
});

test("several dispatches share scratch; features say for which devices a kernel is", async () => {
  const here = mkdtempSync(join(tmpdir(), "bitloom-wgsl-"));
  try {
    const f32 = readFileSync(join(folder, "f32.wgsl"), "utf8"), { kernels: [plain] } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as { kernels: { bindings: object[] }[] };
    const copy = "@group(0) @binding(0) var<storage, read> x: array<f32>;\n@group(0) @binding(1) var<storage, read_write> to: array<f32>;\n@compute @workgroup_size(1) fn main(@builtin(workgroup_id) id: vec3<u32>) { to[id.x] = x[id.x]; }";
    writeFileSync(join(here, "copy.wgsl"), copy);
    writeFileSync(join(here, "f32.wgsl"), f32.replace("read> x", "read_write> x"));
    const scratch = { is: "scratch", name: "x", bytes: "4 * M * K" }, [, w, y] = plain.bindings, before = (groups: string) => [{ file: "copy.wgsl", workgroups: [groups], bindings: [{ binding: 0, is: "x" }, { binding: 1, ...scratch }] }];
    const kernel = (name: string, groups: string, more: object = {}): object => ({ ...plain, ...more, name, before: before(groups), bindings: [{ binding: 0, ...scratch }, w, y] });
    writeFileSync(join(here, "manifest.json"), JSON.stringify({ name: "two", kernels: [kernel("whole", "M * K"), kernel("half", "M * K / 2"), kernel("wide", "1", { features: ["no-such"] }), kernel("plain", "1", { unless: ["packed_4x8_integer_dot_product"] })] }));
    using device = await open({ adapter: "swiftshader" });
    const { entrants, notes } = await enter(device, sizes, shadersOf(here));
    expect(entrants.map((e) => e.name)).toEqual(["two whole"]);
    expect(notes[0]).toMatch(/^two half does not run here: half gives -?0 for -?\d+ at \[1, 0\]/); // the row that wasn't copied
    expect(notes.slice(1)).toEqual(['two wide does not run here: the device has no "no-such"', 'two plain does not run here: it is for devices without "packed_4x8_integer_dot_product"']);
    for (const e of entrants) await e.end();
  } finally { rmSync(here, { recursive: true }); }
});

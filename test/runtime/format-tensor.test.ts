// Tensors of formats on a device: bytes up and down unchanged, arguments and results of kernels under one name.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Diagnostic } from "../../diagnostic.ts";
import { formatNamed } from "../../lang/index.ts";
import { close, dequantiseOn, formatTensor, formatTensorOf, kernelOf, listAdapters, open, quantiseTo, repackLoss, repackTo, type Device, type FormatTensor, type Tensor } from "../../runtime/index.ts";
import { dequantiseProgram, dtype, formatTensors, formatValues, packFormat, quantiseFormat, quantiseProgram, randomTile, repackFormat, tileFromValues, type KernelDefinition, type Program } from "../../vm/index.ts";

const kernel = (p: Program) => kernelOf({ name: p.name, doc: "", comptime: {}, specialise: () => p } satisfies KernelDefinition).specialise({});
const told = async (work: () => Promise<unknown>): Promise<readonly [string, string]> => {
  try { await work(); } catch (e) { if (e instanceof Diagnostic) return [e.code, e.data.message]; throw e; }
  throw new Error("nothing was thrown");
};

let device: Device;
beforeAll(async () => { device = await open({ adapter: "swiftshader" }); });
afterAll(close);

const q4 = formatNamed("q4_0"), shape = [3, 32] as const; // 54 bytes: the last block ends inside a word
const numbers = Float32Array.from({ length: 96 }, (_, i) => ((i * 37) % 61) / 8 - 4), tile = quantiseFormat(q4, shape, numbers), bytes = packFormat(tile);

test("bytes go up and come down as they are; fields share the blocks' buffer", async () => {
  using w = await formatTensor(device, q4, shape, bytes[""]);
  expect(await w.readBytes()).toEqual(bytes);
  expect(w.fields.d.buffer).toBe(w.fields.q.buffer);
  expect(formatValues(await w.readTile())).toEqual(formatValues(tile));
  using again = await formatTensor(device, q4, shape, tile);
  expect(await again.readBytes()).toEqual(bytes);
});

test("a kernel takes it under its name, and gives one", async () => {
  using w = await formatTensor(device, q4, shape, bytes);
  const outs = await kernel(dequantiseProgram(q4, shape)).run({ w });
  expect(await outs.x.read()).toEqual(formatValues(tile));
  using x = await device.tensor("f32", shape, numbers), to = await formatTensor(device, q4, shape, new Uint8Array(54));
  await kernel(quantiseProgram(q4, shape)).run({ w: to, x } as never);
  expect(await to.readBytes()).toEqual(bytes);
  const p = quantiseProgram(q4, shape), out: Program = { ...p, params: p.params.map((q) => (q.kind === "tensor" && q.direction === "inout" ? { ...q, direction: "out" as const } : q)) };
  using made = (await kernel(out).run({ x })).w as unknown as FormatTensor;
  expect(await made.readBytes()).toEqual(bytes);
});

test("what is wrong is told of the whole", async () => {
  using w = await formatTensor(device, q4, shape, bytes), other = await formatTensor(device, formatNamed("q8_0"), shape, new Uint8Array(102)), x = await device.tensor("f32", shape, numbers);
  const read = kernel(dequantiseProgram(q4, shape)), run = (a: object) => told(() => read.run(a as never));
  expect(await run({})).toEqual(["H0401", "kernel 'dequantise' needs 'w': q4_0[3, 32]"]);
  expect(await run({ w: x })).toEqual(["H0403", "'w' of kernel 'dequantise' is q4_0[3, 32], found the tensor f32[3, 32]"]);
  expect(await run({ w: other })).toEqual(["H0703", "'w' is q8_0[3, 32], the kernel takes q4_0[3, 32]"]);
  expect(await run({ w, x: w })).toEqual(["H0403", "'x' of kernel 'dequantise' is a tensor f32[3, 32], found one of a format, q4_0[3, 32]"]);
  expect((await run({ W: w }))[0]).toBe("H0402");
  expect(await told(() => formatTensor(device, q4, shape, new Uint8Array(53)))).toEqual(["H0702", "the blocks of q4_0[3, 32] take 54 bytes, found 53"]);
  expect(await told(() => formatTensor(device, q4, shape, { "": bytes[""], d: bytes[""] }))).toEqual(["H0702", "q4_0[3, 32] has no buffer 'd'"]);
  expect((await told(() => formatTensor(device, q4, [3, 33], bytes)))[0]).toBe("H0701");
  expect((await told(async () => formatTensorOf(q4, shape, { d: x as Tensor })))[0]).toBe("H0703");
  w.dispose();
  expect(await run({ w })).toEqual(["H0307", "'w' was disposed: its memory is gone"]);
});

const here = new Set((await listAdapters()).map((a) => a.kind));

describe.each((["swiftshader", "lavapipe"] as const).filter((kind) => here.has(kind)))("%s makes formats, and numbers of them, as the host does", (adapter) => {
  let on: Device;
  beforeAll(async () => { on = await open({ adapter }); });
  /** Numbers that no rule of rounding finds easy: all magnitudes, both signs, halves between codes. */
  const sample = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => Math.sin(i * 12.9898) * 4 + ((i * 7) % 16) / 8 - 1);

  // A device may divide with 2.5 units in the last place (WGSL), and a product has half of one: x / d is off by 3.5 · 2^-23 of itself, for codes
  // up to 128 by 6e-5. So only a number that lies as near to the middle of two codes may get the other, a step away, and of n numbers about 1.2e-4 n do.
  // A scale that is a quotient itself is off by as many units before it is rounded to fewer bits: by one step of its type, or 4 of f32.
  test.each([
    ["q4_0", [3, 64]], ["q4_1", [2, 3, 32]], ["q5_1", [64]], ["q8_0", [3, 32]], ["q1_0", [2, 128]], ["tq2_0", [2, 256]], ["mx", [2, 64]],
    ["grouped(Q: i3)", [2, 2, 64]], ["affine(Q: u4)", [3, 128]], ["bipolar(Q: b2)", [2, 128]], ["bnb", [2, 2, 64]], ["bnb_int8", [3, 20]],
  ] as const)("%s %s", async (name, shape) => {
    const f = formatNamed(name), n = shape.reduce((a, b) => a * b, 1), x = sample(n), want = quantiseFormat(f, shape, x);
    using up = await on.tensor("f32", shape, x), made = await quantiseTo(up, f);
    const got = await made.readTile();
    for (const t of formatTensors(f, shape)) {
      const [a, b] = [got, want].map((w) => [...w.fields[t.field.name].data].map(Number)), float = t.dtype.kind === "float", off = [...a.keys()].filter((i) => a[i] !== b[i]);
      const step = (v: number): number => Math.abs(v) * 2 ** (t.dtype.name === "f32" ? -21 : -10) + 2 ** -24;
      expect([t.field.name, off.filter((i) => Math.abs(a[i] - b[i]) > (float ? step(b[i]) : t.dtype.kind === "bipolar" ? 2 : 1))]).toEqual([t.field.name, []]);
      if (!float) expect(off.length).toBeLessThanOrEqual(Math.max(1, n * 1.2e-4));
    }
    using same = await formatTensor(on, f, shape, want), back = await dequantiseOn(same);
    const values = formatValues(want), read = await back.read();
    expect(back.shape).toEqual(shape);
    // Values are products of fields, exact in f32 but for a sum that a device may fuse: half a unit of the larger term.
    const worst = values.reduce((m, v) => Math.max(m, Math.abs(v)), 0) * 2 ** -22;
    expect([...read.keys()].filter((i) => Math.abs(read[i] - values[i]) > (name.startsWith("q4_1") || name.startsWith("q5_1") || name.startsWith("affine") || name === "bnb_int8" ? worst : 0))).toEqual([]);
  });

  test.each([["q4_0", "offset(Q: u4, group: 32)", [2, 3, 32]], ["q4_0", "grouped(Q: i4, group: 32)", [3, 64]], ["iq4_nl", "q8_0", [2, 64]], ["q6_k", "grouped(Q: i6, group: 16, S: f32)", [1, 256]]] as const)("%s → %s", async (from, to, shape) => {
    const f = formatNamed(from), fields = Object.fromEntries(formatTensors(f, shape).map((t, s) => [t.field.name, randomTile(t.dtype, t.shape.map(Number), 5 + s)]));
    const w = { format: f, shape, fields };
    using up = await formatTensor(on, f, shape, w), made = await repackTo(up, formatNamed(to));
    expect(formatValues(await made.readTile()).map((v) => v + 0)).toEqual(formatValues(w).map((v) => v + 0));
    expect(await made.readBytes()).toEqual(packFormat(repackFormat(w, formatNamed(to)).tensor));
  });
});

test("what lies beside is given, nothing makes nothing, and what can't be says so", async () => {
  using x = await device.tensor("f32", [2, 128], new Float32Array(256)), none = await device.tensor("f32", [0, 32], []), codes = await device.tensor("u4", [2, 32], new Uint8Array(64)), cube = await device.tensor("f32", [2, 2, 64], new Float32Array(256));
  using empty = await quantiseTo(none, q4), values = await dequantiseOn(empty);
  expect([empty.shape, values.shape]).toEqual([[0, 32], [0, 32]]);
  expect((await told(() => quantiseTo(x, formatNamed("gptq_act"))))[0]).toBe("T0708");
  expect(await told(() => quantiseTo(codes, q4))).toEqual(["H0404", "quantiseTo takes f32, found u4[2, 32]"]);
  expect(await told(() => quantiseTo(x, q4, { given: { q: [1] } }))).toEqual(["H0702", "q4_0[2, 128] has no field 'q' beside its blocks"]);
  expect((await told(() => quantiseTo(cube, formatNamed("bnb_int8"))))[0]).toBe("H0405");
  using w = await formatTensor(device, q4, [3, 32], new Uint8Array(54));
  w.dispose();
  expect(await told(() => dequantiseOn(w))).toEqual(["H0307", "q4_0[3, 32] was disposed: its memory is gone"]);
});

test("what is given is used, as the host uses it", async () => {
  const f = formatNamed("nvfp4_modelopt"), shape = [2, 32] as const, x = Float32Array.from({ length: 64 }, (_, i) => ((i * 37) % 61) / 8 - 4), scale = 2 ** -9;
  const want = quantiseFormat(f, shape, x, { weight_scale_2: tileFromValues(dtype("f32"), [1], [scale]) });
  using up = await device.tensor("f32", shape, x), made = await quantiseTo(up, f, { given: { weight_scale_2: [scale] } });
  expect(await made.readBytes()).toEqual(packFormat(want));
  expect([...(await made.fields["weight_scale_2"].read())]).toEqual([scale]);
});

test("what a tensor lost on its way is told: nothing, or as much as on the host", async () => {
  using w = await formatTensor(device, q4, shape, tile), same = await repackTo(w, formatNamed("offset(Q: u4, group: 32)")), fewer = await repackTo(w, formatNamed("grouped(Q: i2)")), other = await formatTensor(device, q4, [1, 32], new Uint8Array(18));
  expect(await repackLoss(w, same)).toEqual({ max: 0, rms: 0, sqnr: Infinity });
  expect(await repackLoss(w, fewer)).toEqual(repackFormat(tile, formatNamed("grouped(Q: i2)")).error);
  expect((await told(() => repackLoss(w, other)))[0]).toBe("H0405");
});

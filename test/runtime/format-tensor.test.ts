// Tensors of formats on a device: bytes up and down unchanged, arguments and results of kernels under one name.
import { afterAll, beforeAll, expect, test } from "vitest";
import { Diagnostic } from "../../diagnostic.ts";
import { formatNamed } from "../../lang/index.ts";
import { close, formatTensor, formatTensorOf, kernelOf, open, type Device, type FormatTensor, type Tensor } from "../../runtime/index.ts";
import { dequantiseProgram, formatValues, packFormat, quantiseFormat, quantiseProgram, type KernelDefinition, type Program } from "../../vm/index.ts";

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

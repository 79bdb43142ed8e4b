// The edges of the TypeScript door, on every software adapter: encoders and buffers of others, several devices, what a lost
// device and a refused allocation leave behind.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Diagnostic } from "../../diagnostic.ts";
import { dense, planes } from "../../layout/index.ts";
import { close, compile, createKernel, kernelOf, listAdapters, open, openNull, Tensor, tensor, wrapDevice, type Device } from "../../runtime/index.ts";
import { builder, sequenceBuilder, type SequenceDefinition } from "../../vm/index.ts";
import { bump, planeCount } from "./modules.ts";

afterAll(() => close());
const adapters = (await listAdapters()).filter((a) => a.usable && a.kind !== "gpu").map((a) => a.kind);

const failure = async (work: () => unknown): Promise<Diagnostic> => {
  try { await work(); } catch (error) { if (error instanceof Diagnostic) return error; throw error; }
  throw new Error("nothing was thrown");
};
const codeOf = async (work: () => unknown): Promise<string> => {
  const { data } = await failure(work);
  expect(data.help).toBeTruthy();
  return data.code;
};

/** y = x + x, twice, through a temporary. */
const fourTimes = (): SequenceDefinition => {
  const b = builder("twice"), x = b.tensor("x", "in", "i32", [5], dense(1)), y = b.tensor("y", "out", "i32", [5], dense(1));
  b.threads(32);
  const v = b.load({ x });
  b.store({ to: y, x: b.add({ x: v, y: v }) });
  const twice = b.finish(), s = sequenceBuilder("four_times"), from = s.tensor("x", "in", "i32", [5]), to = s.tensor("y", "out", "i32", [5]), t = s.temp("t", "i32", [5]);
  s.run(twice, { x: from, y: t });
  s.run(twice, { x: t, y: to });
  const made = s.finish();
  return { name: made.name, doc: "", comptime: {}, specialise: () => made };
};

describe.each(adapters)("%s", (adapter) => {
  let device: Device;
  beforeAll(async () => { device = await open({ adapter }); });
  afterAll(() => device.destroy());

  test("record: two kernels in one encoder, the second reads what the first wrote", async () => {
    const kernel = createKernel(bump), encoder = device.gpu.createCommandEncoder();
    using x = await device.tensor("i32", [5], [1, 2, 3, 4, 5]);
    await kernel.record(encoder, { x, step: 10, up: true });
    const { y } = await kernel.record(encoder, { x, step: 1, up: true });
    if (!y) throw new Error("no y");
    expect([...(await y.read()), ...(await x.read())]).toEqual([0, 0, 0, 0, 0, 1, 2, 3, 4, 5]); // nothing ran yet
    device.gpu.queue.submit([encoder.finish()]);
    expect([...(await x.read())]).toEqual([12, 13, 14, 15, 16]);
    y.dispose();
  });

  test("record: a pass of the caller's, beside dispatches of his own; a sequence too", async () => {
    using x = await device.tensor("i32", [5], [1, 2, 3, 4, 5]);
    const encoder = device.gpu.createCommandEncoder(), pass = encoder.beginComputePass();
    await createKernel(bump).record(pass, { x, step: 3, up: false });
    const { y } = await kernelOf(fourTimes()).specialise({}).record(pass, { x });
    pass.end();
    device.gpu.queue.submit([encoder.finish()]);
    expect([...(await (y?.read() ?? []))]).toEqual([-8, -4, 0, 4, 8]);
  });

  test("record: mistakes are told before anything is recorded", async () => {
    using x = await device.tensor("i32", [5], [1, 2, 3, 4, 5]);
    const kernel = createKernel(bump), inputs = { x, step: 1, up: true };
    for (const no of [undefined, null, 3, {}, device.gpu]) expect(await codeOf(() => kernel.record(no as never, inputs))).toBe("H0403");
    const encoder = device.gpu.createCommandEncoder();
    expect(await codeOf(() => kernel.record(encoder, { x } as never))).toBe("H0401");
    x.dispose();
    expect(await codeOf(() => kernel.record(encoder, inputs))).toBe("H0307");
    device.gpu.queue.submit([encoder.finish()]); // still whole
  });

  test("record: a build that prints is refused, and runs", async () => {
    const { kernels } = await compile("kernel says(x: i32[5], out y: i32[5]) grid (b in 1) threads 32 { print(\"{}\", load(x)); store(y, load(x)) }", { debug: true });
    const says = kernels.says.specialise({}), encoder = device.gpu.createCommandEncoder(), lines: string[] = [];
    using x = await device.tensor("i32", [5], [1, 2, 3, 4, 5]);
    expect(await codeOf(() => says.record(encoder, { x }))).toBe("H0424");
    device.gpu.queue.submit([encoder.finish()]); // still whole
    (await says.run({ x }, { print: ({ text }) => { lines.push(text); } })).y.dispose();
    expect(lines).toEqual([expect.stringContaining("1, 2, 3, 4, 5")]);
  });

  test("a buffer of the caller's is a tensor: read, written, and left to him", async () => {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffer = device.gpu.createBuffer({ size: 64, usage });
    device.gpu.queue.writeBuffer(buffer, 0, new Int32Array([1, 2, 3, 4, 5, 77]));
    const x = await Tensor.from(device, buffer, "i32", [5]);
    expect([x.bytes, x.size, x.buffer === buffer]).toEqual([32, 5, true]);
    await createKernel(bump).run({ x, step: 1, up: true });
    expect([...(await x.read())]).toEqual([2, 3, 4, 5, 6]);
    x.dispose();
    expect(await codeOf(() => x.read())).toBe("H0307");
    const again = await device.adopt(buffer, "i32", [6]); // the buffer lives on, and what lies behind the tensor was not touched
    expect([...(await again.read())]).toEqual([2, 3, 4, 5, 6, 77]);
    const bits = await device.adopt(buffer, "u3", [64], { packing: planes(1) });
    expect((await createKernel(planeCount).run({ x: bits })).y?.shape).toEqual([3]);
  });

  test("a buffer that can't be the tensor", async () => {
    const small = device.gpu.createBuffer({ size: 16, usage: GPUBufferUsage.STORAGE }), wrong = device.gpu.createBuffer({ size: 64, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.VERTEX });
    expect(await codeOf(() => device.adopt(small, "i32", [5]))).toBe("H0311");
    expect(await codeOf(() => device.adopt(new Uint8Array(16) as never, "i32", [4]))).toBe("H0311");
    expect(await codeOf(() => device.adopt(wrong, "i32", [5]))).toBe("H0312");
    expect(await codeOf(async () => (await device.adopt(small, "i32", [4])).read())).toBe("H0312");
    expect(await codeOf(() => device.adopt(small, "i31x", [4]))).toBe("N0110");
    using other = await open({ adapter });
    const far = other.gpu.createBuffer({ size: 64, usage: GPUBufferUsage.STORAGE });
    expect(await codeOf(() => device.adopt(far, "i32", [4]))).toBe("H0408");
  });

  test("two devices at once: one kernel, a pipeline on each; the end of one is not the end of the other", async () => {
    const { kernels } = await compile("kernel inc(x: i32[N], out y: i32[N]) grid (b in cdiv(N, 32)) threads 32 { let v = load(x[b * 32 +: 32]); store(y[b * 32 +: 32], v + 1) }");
    const inc = kernels.inc.specialise({}), other = await open({ adapter });
    const [x, y] = [await device.tensor("i32", [3], [1, 2, 3]), await other.tensor("i32", [2], [7, 8])];
    const [a, b] = await Promise.all([inc.run({ x }), inc.run({ x: y })]);
    expect([[...(await a.y.read())], [...(await b.y.read())]]).toEqual([[2, 3, 4], [8, 9]]);
    other.destroy();
    expect(await codeOf(() => inc.run({ x: y }))).toBe("H0309");
    expect([...(await (await inc.run({ x: a.y })).y.read())]).toEqual([3, 4, 5]);
  });

  test("a lost device: reads and runs on the way are diagnostics, and open() gives one that works", async () => {
    const lost = await open({ adapter }), kernel = createKernel(bump), inputs = { x: await lost.tensor("i32", [5], [1, 2, 3, 4, 5]), step: 1, up: true };
    await kernel.run(inputs);
    const pending = [failure(() => inputs.x.read()), failure(() => kernel.run(inputs)), failure(() => inputs.x.repack(planes(1)))];
    lost.destroy();
    for (const d of await Promise.all(pending)) expect([d.code, d.data.help]).toEqual(["H0309", expect.stringContaining("open()")]);
    expect((await lost.lost).reason).toBe("destroyed");
    expect(lost.gone).toBe("it was destroyed");
    inputs.x.dispose(); // harmless
    using again = await open({ adapter });
    using x = await again.tensor("i32", [5], [1, 2, 3, 4, 5]);
    await kernel.run({ ...inputs, x });
    expect([...(await x.read())]).toEqual([2, 3, 4, 5, 6]);
  });
});

describe("refused allocations", () => {
  // A GPU whose memory ends when we say so: drivers hand out more than they have, and only die when it is touched.
  const starving = (gpu: GPUDevice): { readonly gpu: GPUDevice; full: boolean } => {
    const state = { full: false, scopes: 0, gpu };
    state.gpu = new Proxy(gpu, {
      get(target, key) {
        const real = Reflect.get(target, key, target) as unknown;
        if (key === "pushErrorScope") return (filter: GPUErrorFilter) => { if (state.full && filter === "out-of-memory") { state.scopes++; return undefined; } return target.pushErrorScope(filter); };
        if (key === "popErrorScope") return () => { if (state.scopes > 0) { state.scopes--; return Promise.resolve({ message: "not enough memory left" }); } return target.popErrorScope(); };
        return typeof real === "function" ? (real as (...a: unknown[]) => unknown).bind(target) : real;
      },
    });
    return state;
  };

  test("are told with the tensor's name and size, and the device goes on", async () => {
    using real = await openNull();
    const state = starving(real.gpu), device = wrapDevice(state.gpu);
    const x = await tensor(device, "i32", [1 << 18], new Int32Array(1 << 18), { name: "'weights'" });
    state.full = true;
    const { data } = await failure(() => device.empty("f32", [1 << 18], { name: "'more'" }));
    expect([data.code, data.message, data.notes]).toEqual(["H0308", "no 1.0 MiB of device memory are left for 'more'", ["not enough memory left"]]);
    const run = await failure(() => createKernel(bump).run({ x, step: 1, up: true }));
    expect([run.code, run.data.message]).toEqual(["H0308", "no 1.0 MiB of device memory are left for 'y'"]);
    state.full = false;
    expect(Object.keys(await createKernel(bump).run({ x, step: 1, up: true }))).toEqual(["y"]);
  });

  test("a limit that is none", async () => {
    expect(await codeOf(() => open({ adapter: "swiftshader", limits: { maxStorageBuffers: 1 } as never }))).toBe("H0107");
    expect(await codeOf(() => open({ adapter: "swiftshader", limits: { maxBufferSize: 0 } }))).toBe("H0107");
    using held = await open({ adapter: "swiftshader", limits: { maxBufferSize: 1 << 20 } });
    expect(held.limits.maxBufferSize).toBe(1 << 20);
    const { data } = await failure(() => held.empty("f32", [1 << 19]));
    expect([data.code, data.message]).toEqual(["H0304", expect.stringMatching(/^f32\[524288\] takes 2\.0 MiB; ".*" makes buffers of at most 1\.0 MiB$/)]);
  });
});

// Tensors that a device can't bind at once: launches in parts give what one launch gives. Devices are held to a small limit, so
// that small tensors are too large for them.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import fc from "fast-check";
import { Diagnostic } from "../../diagnostic.ts";
import { dense, digits, axis, bit, digit, numbers, address, packed, pad, planes, planesBlocked, reverse, range, slab, spatial, local, compose, flat, type Packing } from "../../layout/index.ts";
import { close, compile, createKernel, listAdapters, open, type Device, type Kernel, type Tensor } from "../../runtime/index.ts";
import { baseTarget, compileParts, compileProgram } from "../../codegen/index.ts";
import { load } from "../../lang/index.ts";
import { fold, inParts, print, read, verify } from "../../vm/index.ts";

afterAll(() => close());
const adapters = (await listAdapters()).filter((a) => a.usable && a.kind !== "gpu").map((a) => a.kind);

const LIMIT = 4096;
const failure = async (work: () => unknown): Promise<Diagnostic> => {
  try { await work(); } catch (error) { if (error instanceof Diagnostic) return error; throw error; }
  throw new Error("nothing was thrown");
};

/** Rows of 3 bits scaled, 8 rows a block; a table that all blocks read; rows that reach into the next block's. */
const text = `
kernel scaled<K: int = 128>(q: u3[M, K], s: f32[M], t: f32[K], out y: f32[M, K])
  grid (c in cdiv(K, 32), b in cdiv(M, 8)) threads 32
{
  let v = load(q[b * 8 +: 8, c * 32 +: 32]) as f32
  store(y[b * 8 +: 8, c * 32 +: 32], v * reshape(load(s[b * 8 +: 8]), shape: [8, 1]) + load(t[c * 32 +: 32]))
}
kernel ahead(x: i32[N], out y: i32[N]) grid (b in cdiv(N, 64)) threads 64
{
  var a: i32[64] = 0
  for i in 0..3 { a += load(x[b * 64 + i * 32 +: 64]) }
  store(y[b * 64 +: 64], a)
}
kernel fixed(x: u5[5000], out y: u5[5000]) grid (b in 20) threads 32 { store(y[b * 256 +: 256], load(x[b * 256 +: 256])) }
kernel wide(x: i32[N], out y: i32[N]) grid (b in cdiv(N, 2048)) threads 64 { store(y[b * 2048 +: 2048], load(x[b * 2048 +: 2048])) }
kernel behind(x: i32[N], out y: i32[N]) grid (b in cdiv(N, 64)) threads 64 { store(y[b * 64 +: 64], load(x[b * 64 - 1 +: 64])) }
kernel counted(x: i32[N], out y: i32[N]) grid (b in cdiv(N, 64)) threads 64 { store(y[b * 64 +: 64], load(x[b * 64 +: 64]) + b) }
kernel turned(x: f32[M, N], out y: f32[N, M]) grid (b in cdiv(N, 8)) threads 32 { store(y[b * 8 +: 8, 0 +: 4], transpose(load(x[0 +: 4, b * 8 +: 8]))) }
`;
const { kernels } = await compile(text as string);
const definitions = new Map(load(text, { file: "parts.loom" }).kernels.map((k) => [k.name, k]));
const program = (name: string, params: Record<string, unknown> = {}) => { const k = definitions.get(name); if (!k) throw new Error(name); return k.specialise(params); };
const kernel = (name: string, params: Record<string, unknown> = {}): Kernel => { const k = kernels[name]; if (!k) throw new Error(name); return k.specialise(params); };

describe.each(adapters)("%s", (adapter) => {
  let small: Device;
  beforeAll(async () => { small = await open({ adapter, limits: { maxStorageBufferBindingSize: LIMIT } }); });
  afterAll(() => small.destroy());

  const codes = (n: number, end: number): number[] => Array.from({ length: n }, (_, i) => (i * 7 + (i >> 3)) % end);
  const outOf = async (k: Kernel, inputs: Record<string, Tensor>): Promise<number[]> => [...((await (await k.run(inputs, { device: small }))["y"]?.read()) ?? [])];

  test.each([37, 403])("packed rows, a table beside them, %d rows of 8 a block", async (m) => {
    const held = await open({ adapter, limits: { maxStorageBufferBindingSize: 4 * LIMIT } }), q = codes(m * 128, 8), s = codes(m, 11), t = codes(128, 5);
    const { y } = await kernel("scaled").run({
      q: await held.tensor("u3", [m, 128], Uint8Array.from(q)), s: await held.tensor("f32", [m], s), t: await held.tensor("f32", [128], t),
    });
    expect([...((await y?.read()) ?? [])]).toEqual(q.map((v, i) => v * (s[Math.floor(i / 128)] ?? 0) + (t[i % 128] ?? 0)));
    held.destroy();
  });

  test.each([64, 1024, 1025, 5000])("windows that reach into the next part: %d elements", async (n) => {
    const x = codes(n, 1000);
    expect(await outOf(kernel("ahead"), { x: await small.tensor("i32", [n], x) }))
      .toEqual(x.map((_, i) => [0, 32, 64].reduce((sum, d) => sum + (x[i + d] ?? 0), 0)));
  });

  test("sizes that are baked in; elements that straddle words; a time for all parts", async () => {
    const held = await open({ adapter, limits: { maxStorageBufferBindingSize: 1536 } }), x = codes(5000, 32);
    const { outs, ms } = await kernel("fixed").run({ x: await held.tensor("u5", [5000], Uint8Array.from(x)) }, { time: true });
    expect([...((await outs["y"]?.read()) ?? [])]).toEqual(x);
    expect(ms).toBeGreaterThan(0);
    held.destroy();
  });

  test("the block's number is that of the whole grid", async () => {
    const x = codes(3000, 50);
    expect(await outOf(kernel("counted"), { x: await small.tensor("i32", [3000], x) })).toEqual(x.map((v, i) => v + Math.floor(i / 64)));
  });

  test("a module that was built with its parts", async () => {
    const p = program("ahead"), { parts } = compileParts(p, baseTarget, ["x", "y"]), module = JSON.parse(JSON.stringify({ ...compileProgram(p, baseTarget), parts })) as never, x = codes(3000, 9);
    expect(await outOf(createKernel(module), { x: await small.tensor("i32", [3000], x) })).toEqual(x.map((_, i) => [0, 32, 64].reduce((sum, d) => sum + (x[i + d] ?? 0), 0)));
  });

  test("record: all parts in one pass", async () => {
    const x = codes(2000, 100), encoder = small.gpu.createCommandEncoder();
    const { y } = await kernel("ahead").record(encoder, { x: await small.tensor("i32", [2000], x) });
    small.gpu.queue.submit([encoder.finish()]);
    expect([...((await y?.read()) ?? [])]).toEqual(x.map((_, i) => [0, 32, 64].reduce((sum, d) => sum + (x[i + d] ?? 0), 0)));
  });
});

describe("where it can't be done the reason is told", () => {
  let small: Device;
  beforeAll(async () => { small = await open({ adapter: "swiftshader", limits: { maxStorageBufferBindingSize: LIMIT } }); });
  const notes = async (name: string, inputs: Record<string, Tensor>): Promise<readonly string[]> => {
    const { data } = await failure(() => kernel(name).run(inputs));
    expect([data.code, typeof data.help]).toEqual(["H0304", "string"]);
    return data.notes ?? [];
  };

  test("by the kernel", async () => {
    const x = await small.empty("i32", [2000]);
    expect(await notes("behind", { x })).toEqual(["the launch can't be cut in parts: not along 'b': 'x' is looked at in rows that aren't known beforehand"]);
    expect(await notes("wide", { x: await small.empty("i32", [4096]) })).toEqual(["the launch can't be cut in parts: parts of 1 blocks, which keep offsets multiples of 256 bytes, are still too large"]);
    const { data } = await failure(() => kernel("behind").run({ x }));
    expect(data.message).toMatch(/^'x' takes 0\.008 MiB; ".*" binds at most 0\.004 MiB as one tensor$/);
  });

  test("by where the tensor's bits lie", async () => {
    expect(await notes("turned", { x: await small.empty("f32", [4, 2000]) })).toEqual(["the launch can't be cut in parts: 'x' doesn't lie in memory row by row along axis 1"]);
  });

  test("by a table that all blocks need", async () => {
    const s = await small.empty("f32", [1]), t = await small.empty("f32", [2048]);
    expect((await failure(async () => kernel("scaled", { K: 2048 }).run({ q: await small.empty("u3", [1, 2048]), s, t }))).data.code).toBe("H0304");
  });

  test("a module without its parts", async () => {
    const { data } = await failure(async () => createKernel(compileProgram(program("ahead"), baseTarget)).run({ x: await small.empty("i32", [2000]) }));
    expect([data.code, data.help]).toEqual(["H0304", "build it with --parts x,y, or split the tensor along its first axis"]);
  });
});

describe("Programs of parts", () => {
  test("are sound, have a text, and mean the kernel on a part", () => {
    for (const [name, tensors] of [["scaled", ["q", "y"]], ["ahead", ["x", "y"]], ["fixed", ["x", "y"]], ["counted", ["x"]]] as const) {
      const p = program(name), parts = inParts(p, p.grid.length - 1, tensors);
      if (typeof parts === "string") throw new Error(parts);
      expect(parts.tensors.map((t) => t.name)).toEqual(tensors);
      expect(verify(fold(parts.program)).filter((d) => d.severity === "error")).toEqual([]);
      expect(print(read(print(parts.program)))).toBe(print(parts.program));
    }
    expect(inParts(program("scaled"), 1, ["q", "s"])).toMatchObject({ blocks: "part_blocks", first: "part_first", tensors: [{ name: "q", axis: 0, step: 8, reach: 8, rows: "part_q" }, { name: "s" }] });
    expect(inParts(program("ahead"), 0, ["x", "y"])).toMatchObject({ tensors: [{ name: "x", step: 64, reach: 128 }, { name: "y", step: 64, reach: 64 }] });
    expect(inParts(program("scaled"), 0, ["s"])).toBe("'s' is also looked at in rows that don't go along with the block");
  });
});

describe("slabs", () => {
  const L = compose(spatial(2, 4), local(2, 2));
  const packings: readonly (readonly [string, Packing, number])[] = [
    ["dense", dense(2), 0], ["planes in blocks", planesBlocked(2, 32), 0], ["packed", packed(L), 0], ["tiles", digits([digit(axis(0), { div: 4 }), axis(1), digit(axis(0), { mod: 4 }), bit]), 0],
    ["columns", digits([axis(1), axis(0), bit]), 1], ["flattened", digits([digit(axis(0), { div: 8 }), digit(flat([digit(axis(0), { mod: 8 }), bit]), { div: 8 }), axis(1), digit(flat([digit(axis(0), { mod: 8 }), bit]), { mod: 8 })]), 0],
    ["padded rows", digits([axis(0), pad(flat([axis(1), bit]), 32)]), 0],
  ];
  test.each(packings)("%s: an element of a later slab lies as many bits further on", (_, p, along) => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 5 }), fc.nat(1000), fc.nat(1000), (n, other, by, i, j) => {
      const bits = p.kind === "packed" ? 8 : n, extents = along === 0 ? [64, other] : [other, 64], lies = slab(p, bits, extents, along);
      if (!lies) throw new Error("no slab");
      const from = along === 0 ? [i % 20, j % other] : [j % other, i % 20], to = from.map((x, d) => (d === along ? x + by * lies.rows : x));
      if ((to[along] ?? 0) >= 64) return;
      const at = (x: number[]): number => { const { word, bit: b } = address(p, bits, numbers, extents, x, n - 1 < bits ? n - 1 : 0); return word * 32 + b; };
      expect(at(to) - at(from)).toBe(by * lies.bits);
    }), { numRuns: 200 });
  });
  test("there are none where another digit is slower, or the axis is turned round", () => {
    expect(slab(planes(2), 3, [64, 64], 0)).toBeUndefined();
    expect(slab(dense(2), 3, [64, 64], 1)).toBeUndefined();
    expect(slab(packed(L), 8, [64, 64], 1)).toBeUndefined();
    expect(slab(digits([reverse(axis(0)), axis(1), bit]), 3, [64, 64], 0)).toBeUndefined();
    expect(slab(digits([axis(0), reverse(axis(0)), bit]), 3, [64, 64], 0)).toBeUndefined();
    expect(slab(digits([range(axis(0), 0, 8), axis(1), bit]), 3, [64, 64], 0)).toBeUndefined();
    expect(slab(digits([pad(axis(0), 8), bit]), 3, [64], 0)).toBeUndefined();
  });
});

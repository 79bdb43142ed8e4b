// kernel.check(): a device that computes what the interpreter does, and devices made wrong on purpose, each by a change of the
// WGSL that a driver's bug might amount to. The check must name the first element, its thread and its bit.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Diagnostic } from "../../diagnostic.ts";
import { baseTarget, compileProgram, compileSequence } from "../../codegen/index.ts";
import { planes } from "../../layout/index.ts";
import { load } from "../../lang/index.ts";
import { checkProgram } from "../../runtime/check.ts";
import { close, compile, createKernel, listAdapters, open, type Device, type Kernel } from "../../runtime/index.ts";
import { dtype, expected, interpret, tileFromCodes, tileFromValues, type Program, type Sequence } from "../../vm/index.ts";

afterAll(() => close());
const adapters = (await listAdapters()).filter((a) => a.usable && a.kind !== "gpu").map((a) => a.kind);
const failure = async (work: () => unknown): Promise<Diagnostic> => {
  try { await work(); } catch (error) { if (error instanceof Diagnostic) return error; throw error; }
  throw new Error("nothing was thrown");
};

const text = `
kernel low(x: u3[N] @ planes, out y: u3[N]) grid (b in cdiv(N, 64)) threads 32 { store(y[b * 64 +: 64], load(x[b * 64 +: 64])) }
kernel norm(x: f32[M, 64], a: f32, out y: f32[M, 64]) grid (b in M) threads 32
{
  let v = load(x[b +: 1, :])
  let e = exp(v - reduce_max(v, axis: 1))
  store(y[b +: 1, :], e / reduce_sum(e, axis: 1) * a)
}
kernel bins(x: u8[N], out h: u32[8]) grid (b in cdiv(N, 32)) threads 32
{
  let v = load(x[b * 32 +: 32], pad: 255)
  histogram(h, (v as i32) >> 5)
}
kernel more(inout x: i32[N], up: bool) grid (b in cdiv(N, 32)) threads 32 { store(x[b * 32 +: 32], load(x[b * 32 +: 32]) + select(up, 1, 2)) }
kernel picky(x: f32[N], out y: f32[N]) grid (b in N / 7) threads 32 { require N % 7 == 0 && N > 2000, "sevens"; store(y[b * 7 +: 7], load(x[b * 7 +: 7])) }
`;
const { kernels } = await compile(text as string);
const programs = new Map(load(text, { file: "check.loom" }).kernels.map((k) => [k.name, k.specialise({})]));
const program = (name: string): Program => { const p = programs.get(name); if (!p) throw new Error(name); return p; };
const kernel = (name: string): Kernel => { const k = kernels[name]; if (!k) throw new Error(name); return k.specialise({}); };

/** The kernel of a module whose WGSL was changed: what a wrong device computes. */
function wrong(name: string, change: (wgsl: string) => string): Kernel {
  const module = compileProgram(program(name), baseTarget), wgsl = change(module.wgsl);
  expect(wgsl).not.toBe(module.wgsl);
  return createKernel({ ...module, wgsl });
}

describe.each(adapters)("%s", (adapter) => {
  let device: Device;
  beforeAll(async () => { device = await open({ adapter }); });
  afterAll(() => device.destroy());

  test("random inputs from the types, sampled blocks", async () => {
    const r = await kernel("low").check({}, { device, sizes: { N: 6400 }, seed: 3 });
    expect([r.ok, r.blocks, r.of, r.elements, r.differing, r.first]).toEqual([true, 8, 100, 512, 0, undefined]);
    expect(r.text).toBe(`low on ${device.info.name}: as the interpreter, 512 elements of 8 of 100 blocks`);
  });

  test("floats within the bound, all blocks where there are few; inputs of the caller", async () => {
    expect((await kernel("norm").check({}, { device })).text).toMatch(/as the interpreter, 4288 elements|as the interpreter, 512 elements of 8 of 67 blocks/);
    using x = await device.tensor("f32", [3, 64], Array.from({ length: 192 }, (_, i) => Math.sin(i) * 20));
    const r = await kernel("norm").check({ x, a: 3 });
    expect([r.ok, r.blocks, r.of, r.elements]).toEqual([true, 3, 3, 192]);
    expect(x.disposed).toBe(false);
  });

  test("blocks that meet are compared whole; what is changed in place is a copy", async () => {
    expect(await kernel("bins").check({}, { device, sizes: { N: 1000 } })).toMatchObject({ ok: true, blocks: 32, of: 32, elements: 8 });
    using x = await device.tensor("i32", [100], new Int32Array(100));
    expect(await kernel("more").check({ x, up: false })).toMatchObject({ ok: true, elements: 100 });
    expect([...(await x.read())].every((v) => v === 0)).toBe(true);
  });

  test("a wrong bit: element, block, thread, slot, bit and its word", async () => {
    using x = await device.tensor("u3", [128], new Uint8Array(128).map((_, i) => i % 8), { packing: planes(1) });
    // When all is stored, bit 4 of word 7 is turned over: bit 228 of the tensor, bit 0 of element 76.
    const lies = wrong("low", (w) => `${w.trimEnd().slice(0, -1)}  storageBarrier();\n  if (block == 1u && local == 0u) { ${w.includes("y: array<atomic") ? "atomicXor(&y[7], 16u)" : "y[7] ^= 16u"}; }\n}\n`);
    const r = await checkProgram(program("low"), lies, { x }, { device });
    expect(r).toMatchObject({ ok: false, differing: 1, elements: 128, first: { tensor: "y", index: [76], block: [1], got: 5, want: 4, bound: 0, bit: 0, at: { word: 7, bit: 4 } } });
    const { thread = -1, slot = -1 } = r.first ?? {};
    expect(thread >= 0 && thread < 32 && slot >= 0 && slot < 2).toBe(true);
    expect(r.text).toBe([
      `low on ${device.info.name}: 1 of 128 elements of all 2 blocks differ from the interpreter`,
      `  first y[76] (block 1; thread ${thread}, slot ${slot}): got 5, expected 4`,
      "  bit 0 of the element is the lowest that differs: bit 4 of word 7",
    ].join("\n"));
  });

  test("a float that is off by more than its bound", async () => {
    const off = await checkProgram(program("norm"), wrong("norm", (w) => w.replaceAll("params.a * ", "params.a * 1.001 * ")), {}, { device, sizes: { M: 9 }, blocks: 4 });
    expect(off).toMatchObject({ ok: false, blocks: 4, of: 9 });
    const { got = 0, want = 0, bound = 0 } = off.first ?? {};
    expect(Math.abs(got - want)).toBeGreaterThan(bound);
    expect(bound).toBeGreaterThan(0);
    expect(bound).toBeLessThan(Math.abs(want) * 1e-4);
    expect(off.text).toMatch(/got .*, expected .* within .*, off by /);
  });
});

describe("without a device of its own", () => {
  let device: Device;
  beforeAll(async () => { device = await open({ adapter: "swiftshader" }); });

  test("mistakes", async () => {
    expect((await failure(() => kernel("low").check())).code).toBe("H0412");
    expect((await failure(() => createKernel(compileProgram(program("low"), baseTarget)).check({}, { device }))).code).toBe("H0421");
    const { data } = await failure(() => kernel("picky").check({}, { device }));
    expect([data.code, data.notes, data.help]).toEqual(["H0422", ["sevens"], "give sizes: check({}, { sizes: { N: … } })"]);
    expect((await kernel("picky").check({}, { device, sizes: { N: 2100 } })).ok).toBe(true);
    expect((await failure(() => kernel("low").check({ z: 1 } as never, { device }))).code).toBe("H0402");
  });

  test("nothing to compare is no praise", async () => {
    const r = await kernel("low").check({}, { device, sizes: { N: 0 } });
    expect([r.ok, r.elements, r.text]).toEqual([true, 0, `low on ${device.info.name}: nothing was compared, the outputs are empty`]);
  });

  test("the same seed looks at the same blocks", async () => {
    const look = async (seed: number) => (await checkProgram(program("low"), wrong("low", (w) => w.replace("& 31;", "& 30;")), {}, { device, sizes: { N: 64_000 }, seed })).first?.index;
    expect(await look(5)).toEqual(await look(5));
  });

  test("a sequence is compared whole", async () => {
    const source = `
      kernel one(x: i32[N], out y: i32[N]) grid (b in cdiv(N, 32)) threads 32 { store(y[b * 32 +: 32], load(x[b * 32 +: 32]) + 1) }
      sequence two(x: i32[N], out y: i32[N]) { temp t: i32[N]; one(x, y: t); one(t, y: y) }`;
    const made = load(source, { file: "s.loom" });
    expect(made.diagnostics).toEqual([]);
    const q = made.sequences[0]?.specialise({}) as Sequence;
    const sequence = createKernel(compileSequence(q, baseTarget));
    expect(await checkProgram(q, sequence, {}, { device, sizes: { N: 50 } })).toMatchObject({ ok: true, of: 0, elements: 50 });
  });
});

describe("bounds", () => {
  test("what no inexact instruction reaches is exact; integers from floats may turn over by one", () => {
    const src = `kernel k(x: f32[64], out a: f32[64], out b: i8[64], out c: bool[64], out d: f32[64]) grid (g in 1) threads 32 {
      let v = load(x); let w = exp(v)
      store(a, max(v, -v)); store(b, (w * 10) as i8); store(c, v > 0); store(d, w)
    }`;
    const [k] = load(src, { file: "b.loom" }).kernels, p = k?.specialise({});
    if (!p) throw new Error("no kernel");
    const e = expected(p, { x: tileFromValues(dtype("f32"), [64], Array.from({ length: 64 }, (_, i) => i / 32 - 1)) });
    expect([e["a"]?.bound, e["c"]?.bound]).toEqual([undefined, undefined]);
    expect([...(e["b"]?.bound ?? [])].every((x) => x >= 1 && x <= 33)).toBe(true);
    expect([...(e["d"]?.bound ?? [])].every((x, i) => x > 0 && x < 1e-4 * Math.exp(i / 32 - 1))).toBe(true);
  });

  test("numbers that are only kept in f16 don't make a kernel coarser; arithmetic in f16 does", () => {
    const src = `
      kernel kept(x: f16[64], out y: f32[64]) grid (g in 1) threads 32 { let v = load(x) as f32; store(y, v * v) }
      kernel half(x: f16[64], out y: f32[64]) grid (g in 1) threads 32 { let v = load(x); store(y, (v * v) as f32) }`;
    const x = tileFromValues(dtype("f16"), [64], Array.from({ length: 64 }, (_, i) => 1 + i / 64)), [kept, half] = load(src, { file: "h.loom" }).kernels.map((k) => [...(expected(k.specialise({}), { x })["y"]?.bound ?? [])]);
    expect(kept?.every((b) => b > 0 && b < 2 ** -13)).toBe(true);
    // Below 4 a step of f16 is 2^-9; one that is rounded the other way counts 16-fold.
    expect(half?.some((b) => b > 2 ** -11) && half.every((b) => b < 2 ** -5 + 2 ** -7)).toBe(true);
  });

  test("only the chosen blocks are run, and what they wrote is told", () => {
    const p = program("low"), x = tileFromCodes(dtype("u3"), [200], new Uint8Array(200).fill(5));
    const { y } = expected(p, { x }, { blocks: [1, 3] }), all = interpret(p, { x })["y"];
    expect([...(y?.written ?? [])]).toEqual(Array.from({ length: 200 }, (_, i) => (Math.floor(i / 64) % 2 === 1 ? 1 : 0)));
    expect([...(y?.tile.data ?? [])]).toEqual(Array.from({ length: 200 }, (_, i) => (Math.floor(i / 64) % 2 === 1 ? 5 : 0)));
    expect([...(all?.data ?? [])].every((v) => v === 5)).toBe(true);
  });
});

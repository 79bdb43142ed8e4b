// Tensors that a kernel has in one buffer: made and freed together, given together or not at all, checked, passed through sequences.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Diagnostic } from "../../diagnostic.ts";
import { axis, bit, dense, digits, overlay } from "../../layout/index.ts";
import { close, kernelOf, open, type Device } from "../../runtime/index.ts";
import { builder, cdiv, constant, dtype, interpret, print, readSequence, scalarOp, sequenceBuilder, tileFromValues, type Builder, type KernelDefinition, type Program, type Sequence, type Value } from "../../vm/index.ts";

/** Blocks of three bytes: one of codes, two of a half. */
const [low, high] = [0, 8].map((at) => overlay([{ of: digits([axis(0), bit]), at, stride: 24 }]));

type Each = (b: Builder, q: Value, d: Value) => { readonly q?: Value; readonly d?: Value; readonly y?: Value };
/** A kernel over N elements, 8 a block, of w and perhaps x. */
function program(name: string, way: { readonly q: "in" | "out" | "inout"; readonly d: "in" | "out" | "inout" }, from: boolean, each: Each): Program {
  const b = builder(name), N = b.dim("N"), [g] = b.grid([["g", cdiv(N, 8)]]);
  const q = b.tensor("w.q", way.q, "u8", [N], low, "w"), d = b.tensor("w.d", way.d, "f16", [N], high, "w"), x = from ? b.tensor("x", "in", "f32", [N], dense(1)) : undefined;
  const y = way.q === "in" && way.d === "in" ? b.tensor("y", "out", "f32", [N], dense(1)) : undefined, cut = { offsets: [scalarOp("mul", g, constant(8))], sizes: [8] };
  b.threads(8);
  const read = (v: Value): Value => b.load({ x: b.slice({ x: v }, cut) });
  const made = each(b, way.q === "out" && x ? read(x) : read(q), way.d === "out" && x ? read(x) : read(d));
  for (const [to, v] of [[q, made.q], [d, made.d], [y, made.y]] as const) if (to && v) b.store({ to: b.slice({ x: to }, cut), x: v });
  return b.finish();
}
const made = program("made", { q: "out", d: "out" }, true, (b, q, d) => ({ q: b.cast({ x: q }, { to: dtype("u8") }), d: b.cast({ x: b.mul({ x: d, y: 0.5 }) }, { to: dtype("f16") }) }));
const summed = program("summed", { q: "in", d: "in" }, false, (b, q, d) => ({ y: b.add({ x: b.cast({ x: q }, { to: dtype("f32") }), y: b.cast({ x: d }, { to: dtype("f32") }) }) }));
const bumped = program("bumped", { q: "inout", d: "in" }, false, (b, q, d) => ({ q: b.cast({ x: b.add({ x: b.cast({ x: q }, { to: dtype("f32") }), y: b.cast({ x: d }, { to: dtype("f32") }) }) }, { to: dtype("u8") }) }));

const definition = (p: Program | Sequence): KernelDefinition => ({ name: p.name, doc: "", comptime: {}, specialise: () => p as Program });
const kernel = (p: Program | Sequence) => kernelOf(definition(p)).specialise({});
const codeOf = async (work: () => Promise<unknown>): Promise<readonly [string, string]> => {
  try { await work(); } catch (e) { if (e instanceof Diagnostic) return [e.code, e.data.message]; throw e; }
  throw new Error("nothing was thrown");
};

let device: Device;
beforeAll(async () => { device = await open({ adapter: "swiftshader" }); });
afterAll(close);

const N = 13, numbers = Float32Array.from({ length: N }, (_, i) => 2 * i + 1);

test("outs are made in one buffer, which goes with the last of them", async () => {
  using x = await device.tensor("f32", [N], numbers);
  const outs = await kernel(made).run({ x }), [q, d] = [outs["w.q"], outs["w.d"]];
  expect(q.buffer).toBe(d.buffer);
  expect([...(await q.read()), ...(await d.read())]).toEqual([...numbers, ...numbers.map((v) => v / 2)]);
  const { y } = await kernel(summed).run({ "w.q": q, "w.d": d });
  expect([...(await y.read())]).toEqual([...numbers].map((v) => v * 1.5));
  await kernel(bumped).run({ "w.q": q, "w.d": d });
  expect([...(await q.read())]).toEqual([...numbers].map((v) => 2 * Math.round(v * 1.5 / 2)));
  q.dispose();
  expect([...(await d.read())]).toEqual([...numbers].map((v) => v / 2));
  d.dispose();
  expect((await codeOf(async () => kernel(summed).run({ "w.q": q, "w.d": d })))[0]).toBe("H0307");
});

test("given together or not at all, and alone where something is written", async () => {
  using x = await device.tensor("f32", [N], numbers);
  const outs = await kernel(made).run({ x }), [q, d] = [outs["w.q"], outs["w.d"]];
  using apart = await d.repack(high);
  expect(await codeOf(() => kernel(summed).run({ "w.q": q, "w.d": apart }))).toEqual(["H0425", "kernel 'summed' takes 'w.d' and 'w.q' in one buffer; they lie in two"]);
  expect(await codeOf(() => kernel(made).run({ x, "w.d": d }))).toEqual(["H0425", "kernel 'made' takes 'w.d' and 'w.q' in one buffer; 'w.q' isn't given"]);
  const again = await kernel(made).run({ x, "w.d": d, "w.q": q });
  expect(again["w.q"]).toBe(q);
  const all = device.gpu.createBuffer({ size: 64, usage: GPUBufferUsage.STORAGE }), on = { "w.q": await device.adopt(all, "u8", [N], { packing: low }), "w.d": await device.adopt(all, "f16", [N], { packing: high }) };
  expect((await codeOf(async () => kernel(made).run({ ...on, x: await device.adopt(all, "f32", [N]) })))[0]).toBe("H0409");
  for (const t of [q, d]) t.dispose();
});

describe("check", () => {
  test.each([[made], [summed], [bumped]])("$name", async (p) => {
    const report = await kernel(p).check({}, { device, sizes: { N } });
    expect(report.text).toContain("as the interpreter");
  });
  test("the caller's tensors stay as they are", async () => {
    using x = await device.tensor("f32", [N], numbers);
    const w = await kernel(made).run({ x });
    expect((await kernel(bumped).check(w)).ok).toBe(true);
    expect([...(await w["w.q"].read())]).toEqual([...numbers]);
    for (const t of Object.values(w)) t.dispose();
  });
});

describe("sequences", () => {
  const sequence = (apart: boolean): Sequence => {
    const s = sequenceBuilder("through"), n = s.dim("N"), x = s.tensor("x", "in", "f32", [n]), y = s.tensor("y", "out", "f32", [n]);
    const q = s.temp("t.q", "u8", [n], low, "t"), d = s.temp("t.d", "f16", [n], high, apart ? "u" : "t");
    s.run(made, { x, "w.q": q, "w.d": d });
    s.run(summed, { "w.q": q, "w.d": d, y });
    return s.finish();
  };
  test("temporaries share a buffer", async () => {
    const q = sequence(false), law = interpret(q, { x: tileFromValues(dtype("f32"), [N], numbers) });
    using x = await device.tensor("f32", [N], numbers);
    const { y } = await kernel(q).run({ x });
    expect(await y.read()).toEqual(law.y.data);
    expect(print(readSequence(print(q)))).toBe(print(q));
  });
  test("or the kernel is refused", () => {
    expect(() => sequence(true)).toThrow("kernel 'made' takes 'w.q' and 'w.d' in one buffer, but 't.q' and 't.d' lie apart");
  });
});

test("what doesn't fit a binding isn't cut: the message says why", async () => {
  using small = await open({ adapter: "swiftshader", limits: { maxStorageBufferBindingSize: 2048 } });
  const n = 700, big = small.gpu.createBuffer({ size: 2112, usage: GPUBufferUsage.STORAGE });
  const w = { "w.q": await small.adopt(big, "u8", [n], { packing: low }), "w.d": await small.adopt(big, "f16", [n], { packing: high }) };
  const told = await kernel(summed).run(w).catch((e: unknown) => e);
  expect(told instanceof Diagnostic ? [told.code, told.data.notes] : told).toEqual(["H0304", ["the launch can't be cut in parts: not along 'g': 'w.q' lies in one buffer with others"]]);
});

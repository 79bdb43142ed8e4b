// Sequences on every software adapter: the interpreter's answers, one submit, temporaries that leave nothing behind.
import { afterAll, describe, expect, test, vi } from "vitest";
import { baseTarget, compileSequence } from "../../codegen/index.ts";
import { Diagnostic } from "../../diagnostic.ts";
import { close, compile, createKernel, kernelOf, tensor, type Tensor } from "../../runtime/index.ts";
import { cdiv, constant, dim, dtype, inout, input, interpret, kernel, output, scalarOp, scalarTo, sequence, symbol, tileFromValues } from "../../vm/index.ts";
import { onEachDevice } from "../conformance/devices.ts";

const N = dim("N"), block = (g: ReturnType<typeof dim>) => ({ offsets: [scalarOp("mul", g, constant(32))], sizes: [32] });

/** y = x · factor + 1. */
const step = kernel("step", {}, () => ({
  params: { x: input("f32", [N]), factor: { scalar: "f32" as const }, y: output("f32", [N]) }, grid: { b: cdiv(N, 32) }, threads: 32,
  body(b, { x, factor, y }, g) { b.store({ to: b.slice({ x: y }, block(g.b)), x: b.add({ x: b.mul({ x: b.load({ x: b.slice({ x }, block(g.b)) }), y: factor }), y: 1 }) }); },
}));
/** x += y. */
const add = kernel("add", {}, () => ({
  params: { x: inout("f32", [N]), y: input("f32", [N]) }, grid: { b: cdiv(N, 32) }, threads: 32,
  body(b, { x, y }, g) { b.store({ to: b.slice({ x }, block(g.b)), x: b.add({ x: b.load({ x: b.slice({ x }, block(g.b)) }), y: b.load({ x: b.slice({ x: y }, block(g.b)) }) }) }); },
}));

/** y = Σ over i < turns of (x · i + 1), and x at first. */
const sum = sequence("sum", {}, () => ({
  params: { x: input("f32", [N]), turns: { scalar: "i32" as const }, y: output("f32", [N]) },
  requires: [[scalarOp("le", symbol("param", "turns"), constant(500)), "at most 500 turns"]],
  steps(s, { x, turns, y }) {
    const t = s.temp("t", "f32", [N]);
    s.run(step, {}, { x, factor: 0, y });
    s.loop({ to: turns }, (i) => {
      s.run(step, {}, { x, factor: scalarTo("f32", i), y: t });
      s.run(add, {}, { x: y, y: t });
    });
  },
}));

const codeOf = async (f: () => Promise<unknown>): Promise<string> => { try { await f(); } catch (e) { if (e instanceof Diagnostic) return e.code; throw e; } return "nothing thrown"; };
const onInterpreter = (x: readonly number[], turns: number): number[] => [...(interpret(sum.specialise({}), { x: tileFromValues(dtype("f32"), [x.length], [...x]), turns }).y?.data ?? [])];

onEachDevice("sequences", (device) => {
  const run = kernelOf(sum).specialise({});
  const given = (x: readonly number[]): Promise<Tensor<"f32">> => tensor(device(), "f32", [x.length], [...x]);

  test.each([[0, 3], [1, 0], [1, 1], [37, 5], [100, 8]])("%i elements, %i turns", async (n, turns) => {
    const x = Array.from({ length: n }, (_, i) => (i % 7) - 3);
    using a = await given(x);
    const { y } = await run.run({ x: a, turns });
    expect([...(await y?.read() ?? [])]).toEqual(onInterpreter(x, turns));
    y?.dispose();
  });

  test("a hundred launches are one submit, two pipelines and one uniform buffer; temporaries go", async () => {
    using a = await given([1, 2]);
    await run.run({ x: a, turns: 1 });
    const { gpu } = device(), submit = vi.spyOn(gpu.queue, "submit"), create = vi.spyOn(gpu, "createBuffer"), pipelines = device().pipelines.size;
    const { y } = await run.run({ x: a, turns: 50 });
    expect(submit).toHaveBeenCalledTimes(1);
    const made = create.mock.results.flatMap((r) => (r.type === "return" ? [r.value as GPUBuffer] : []));
    expect(made.map((b) => (b.usage & GPUBufferUsage.UNIFORM ? "uniform" : b.label)).sort()).toEqual(["'y'", "the temporary 't'", "uniform"]);
    expect(device().pipelines.size).toBe(pipelines);
    vi.restoreAllMocks();
    expect([...(await y?.read() ?? [])]).toEqual(onInterpreter([1, 2], 50));
  });

  test("a compiled sequence travels as JSON", async () => {
    const module = JSON.parse(JSON.stringify(compileSequence(sum.specialise({}), baseTarget)));
    expect(module.modules.map((m: { name: string }) => m.name)).toEqual(["step", "add"]);
    using a = await given([3, 4, 5]);
    const { y } = await createKernel(module).run({ x: a, turns: 3 });
    expect([...(await y?.read() ?? [])]).toEqual(onInterpreter([3, 4, 5], 3));
  });

  test("from source: a file with one sequence is about that, and its kernels have their names", async () => {
    const made = await compile(`
      kernel sums(x: f32[N], out part: f32[cdiv(N, 32)]) grid (b in cdiv(N, 32)) threads 32 { store(part[b +: 1], reduce_sum(load(x[b * 32 +: 32]), axis: 0)) }
      kernel all(part: f32[K], out y: f32[1]) grid (b in 1) threads 32 {
        var acc: f32[1] = 0
        for k in 0..K step 32 { acc += reduce_sum(load(part[k +: 32]), axis: 0) }
        store(y, acc)
      }
      sequence total(x: f32[N], out y: f32[1]) { temp part: f32[cdiv(N, 32)]; sums(x, part); all(part, y) }
    `);
    using a = await given(Array.from({ length: 1100 }, (_, i) => i % 5));
    const { y } = await made.specialise({}).run({ x: a }), { part } = await made.kernels.sums.specialise({}).run({ x: a });
    expect([[...(await y.read())], part.shape]).toEqual([[2200], [35]]);
  });

  test("outs may be given; the time is of all steps", async () => {
    using a = await given([2]), y = await given([9]);
    const timed = await run.run({ x: a, turns: 2, y }, { time: true });
    expect(timed.outs.y).toBe(y);
    expect(timed.ms).toBeGreaterThanOrEqual(0);
    expect([...(await y.read())]).toEqual(onInterpreter([2], 2));
  });

  test("mistakes are told before anything runs", async () => {
    using a = await given([2]);
    expect(await codeOf(() => run.run({ x: a, turns: 501 }))).toBe("H0411");
    expect(await codeOf(() => run.run({ x: a }))).toBe("H0401");
    expect(await codeOf(() => run.run({ x: a, y: a, turns: 1 }))).toBe("H0409");
    expect(await codeOf(() => createKernel({ ...compileSequence(sum.specialise({}), baseTarget), modules: [] }).run({ x: a, turns: 1 }))).toBe("H0417");
  });
});

describe("without a device", () => {
  afterAll(close);
  test("a sequence has the signature of its own parameters", () => {
    const { signature } = kernelOf(sum).specialise({});
    expect([signature.tensors.map((t) => `${t.direction} ${t.name}`), signature.scalars.map((t) => t.name)]).toEqual([["in x", "out y"], ["turns"]]);
  });
});

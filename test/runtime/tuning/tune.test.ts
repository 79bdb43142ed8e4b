// The tuner: what is a point of a space, that a stopped tuning goes on, and that launches take what is recorded, and nothing that they shouldn't.
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { load } from "../../../lang/index.ts";
import { close, compile, listAdapters, matmul, memoryStore, open, openNull, recordsIn, uploadQuantised, type Device, type Kernel, type Records, type TuneReport, type TuningRecord } from "../../../runtime/index.ts";
import { pointsOf, predicted } from "../../../runtime/tuning/points.ts";
import { race, type Racer } from "../../../runtime/tuning/race.ts";
import { targetOf } from "../../../runtime/target.ts";

afterAll(close);

const body = "{ store(y[b * B +: B], load(x[b * B +: B]) + ADD) }";
const source = `
kernel scale<B: int in {32, 64, 128} = 64, ADD: int in {1, 2} = 1, G: int in {1, 2} = 1, C: int = 3>(x: i32[N], s: i32[G], out y: i32[N]) grid (b in cdiv(N, B)) threads 32 {
  require B != 128, "not so wide"
  store(y[b * B +: B], load(x[b * B +: B]) + ADD)
}
kernel plain<B: int in {32, 64} = 64, ADD: int = 1>(x: i32[N], out y: i32[N]) grid (b in cdiv(N, B)) threads 32 ${body}
kernel floats<B: int in {32, 64} = 64, ADD: float in {0.001, 1} = 0.001>(x: f32[N], out y: f32[N]) grid (b in cdiv(N, B)) threads 32 ${body}
kernel packs<P: packing in {dense, planes} = dense, B: int = 64>(x: u4[N] @ P, out y: i32[N]) grid (b in cdiv(N, B)) threads 32 { store(y[b * B +: B], load(x[b * B +: B]) as i32) }
kernel changes<B: int in {32, 64} = 64>(inout x: i32[N]) grid (b in cdiv(N, B)) threads 32 { store(x[b * B +: B], load(x[b * B +: B]) + 1) }
`;
const kernelNamed = (name: string) => load(source).kernels.find((k) => k.name === name) ?? load(source).kernels[0];
const quick = { sampleMs: 0.1, rounds: 2 };
const choices = (r: Pick<TuneReport, "points">): readonly (readonly string[])[] => r.points.map((p) => [Object.values(p.choice).join(), p.why ?? (p.ms === undefined ? "open" : "timed")]);

describe("points", () => {
  test("the default first; what can't be built or takes other tensors is none, what is given stays", async () => {
    const { points, none } = await pointsOf(kernelNamed("scale"), {}), text = (c: object): string => Object.values(c).join();
    expect(points.map((p) => text(p.choice))).toEqual(["64,1,1", "32,1,1", "32,2,1", "64,2,1"]);
    expect(none.map((n) => [text(n.choice), n.why]).slice(0, 2)).toEqual([["32,1,2", "it takes other tensors or numbers"], ["32,2,2", "it takes other tensors or numbers"]]);
    expect(none.filter((n) => n.choice["B"] === 128).every((n) => n.why.includes("not so wide"))).toBe(true);
    expect(points.length + none.length).toBe(12);
    expect((await pointsOf(kernelNamed("scale"), { B: 32, G: 2 })).points.map((p) => p.choice)).toEqual([{ ADD: 1 }, { ADD: 2 }]);
  });
  test("a space of packings is one of texts", async () => expect((await pointsOf(kernelNamed("packs"), {})).points.map((p) => p.choice)).toEqual([{}, { P: "dense" }, { P: "planes" }]));
  test("of a very large space an even choice", async () => {
    const many = (n: number): string => Array.from({ length: n }, (_, i) => i + 1).join(", "), k = load(`kernel k<A: int in {${many(50)}} = 1, C: int in {${many(50)}} = 1>(out y: i32[64]) grid (b in 1) threads 32 { store(y, A + C) }`).kernels[0];
    const { points } = await pointsOf(k, {}), seen = new Set(points.map((p) => JSON.stringify(p.choice)));
    expect(points.length).toBeLessThanOrEqual(1025);
    expect([points.length > 1000, seen.size === points.length, new Set(points.map((p) => p.choice["A"])).size]).toEqual([true, true, 50]);
  });
  test("the price knows the sizes of the launch", async () => {
    using device = await openNull([]);
    const p = kernelNamed("plain").specialise({}), price = (N: number): number => predicted(p, new Map([["N", N]]), targetOf(device), { software: false });
    expect(price(2 ** 24) / price(2 ** 22)).toBeCloseTo(4, 0);
    // Of a sequence, that of all its launches.
    const { kernels: [step], sequences: [thrice] } = load(`kernel step<B: int in {32, 64} = 64>(x: f32[N], out y: f32[N]) grid (b in cdiv(N, B)) threads 32 { store(y[b * B +: B], load(x[b * B +: B]) + 1) }
      sequence thrice<B: int in {32, 64} = 64>(x: f32[N], out y: f32[N]) { temp t: f32[N]; step<B>(x, t); step<B>(t, y); for i in 0..1 { step<B>(y, t) } }`);
    const env = new Map([["N", 2 ** 20]]), of = (k: typeof step | typeof thrice): number => predicted(k.specialise({ B: 32 }), env, targetOf(device), { software: false });
    expect(of(thrice) / of(step)).toBeCloseTo(3, 6);
  });
});

describe("a race", () => {
  // A clock that only work moves on: on a busy machine nobody would know who is slow.
  const clock = { now: 0 }, work = (ms: number, done = (): void => undefined) => async () => async () => { done(); clock.now += ms; };
  const still = (): void => { vi.spyOn(performance, "now").mockImplementation(() => clock.now); };
  afterEach(() => { vi.restoreAllMocks(); });
  test("all in turns, the slow leave, samples that are there count, a signal ends it", async () => {
    using device = await openNull([]);
    still();
    const order: string[] = [], racer = (name: string, ms: number): Racer => ({ samples: [], ready: work(ms, () => { order.push(name); }) }), a = racer("a", 4), b = racer("b", 5), slow = racer("slow", 60);
    await race(device, [a, b, slow], { sampleMs: 1, rounds: 4 });
    expect([a.samples.length, slow.samples.length]).toEqual([4, 2]);
    expect(order.slice(0, 6)).toEqual(["a", "a", "b", "b", "slow", "slow"]); // the first launch of each finds out how many make a sample
    order.length = 0;
    await race(device, [a, b, slow], { sampleMs: 1, rounds: 4 });
    expect(order.filter((x) => x !== "b")).toEqual([]);
    const stop = new AbortController(), c = racer("c", 1);
    await race(device, [c], { sampleMs: 1, rounds: 4, signal: stop.signal, sampled: () => { stop.abort(); } });
    expect(c.samples.length).toBe(1);
  });
  test("where all of a space is wanted, nobody leaves", async () => {
    using device = await openNull([]);
    still();
    const racers = [4, 60].map((ms): Racer => ({ samples: [], ready: work(ms) }));
    await race(device, racers, { sampleMs: 1, rounds: 4, all: true });
    expect(racers.map((r) => r.samples.length)).toEqual([4, 4]);
  });
});

describe("stopped and gone on with", async () => {
  const { kernels } = await compile(source), store = memoryStore(), records = (): Records => recordsIn(store);
  let device: Device;
  beforeAll(async () => { device = await openNull([]); });
  const tune = (more: object = {}): Promise<TuneReport> => kernels.plain.tune({}, {}, { device, sizes: { N: 100 }, records: records(), ...quick, ...more });

  test("before anything was timed nothing is kept", async () => {
    const r = await tune({ signal: AbortSignal.abort() });
    expect([r.done, r.ms, r.record, r.taken, r.choice]).toEqual([false, undefined, undefined, 0, { B: 64 }]);
  });
  test("what was found is kept, the next call takes the rest, the one after it nothing", async () => {
    const stop = new AbortController(), steps: string[] = [], progress = ({ step, done, total }: { step: string; done: number; total: number }): void => { steps.push(`${step} ${done} of ${total}`); if (step === "time") stop.abort(); };
    const first = await tune({ signal: stop.signal, progress });
    expect(steps.filter((x) => !x.startsWith("price"))).toEqual(["compile 1 of 2", "compile 2 of 2", "time 1 of 4"]);
    expect([first.done, first.taken, first.record?.points.length]).toEqual([false, 1, 1]);
    const kept = first.record?.points[0]?.samples, second = await tune(), third = await tune();
    expect([second.done, second.taken, second.record?.points.find((p) => p.choice["B"] === 64)?.samples?.[0]]).toEqual([true, 3, kept?.[0]]);
    expect([third.done, third.taken, third.record]).toEqual([true, 0, second.record]);
    const gone = new AbortController(), priced = await tune({ signal: gone.signal, fresh: true, progress: () => { gone.abort(); } });
    expect([priced.done, priced.taken, priced.record]).toEqual([false, 0, second.record]); // stopped while points were looked at: what is known stays
    expect((await tune({ fresh: true })).taken).toBe(4);
    expect((await tune({ sizes: { N: 200 } })).taken).toBe(4); // other sizes
    expect((await tune({ sizes: { N: 65 } })).taken).toBe(0); // about the same
  });
  test("points that weren't tried for want of room are tried when there is more", async () => {
    const k = load("kernel k<B: int in {32, 64, 96, 128} = 64>(x: i32[N], out y: i32[N]) grid (b in cdiv(N, B)) threads 32 { store(y[b * B +: B], load(x[b * B +: B])) }").kernels[0], { kernelOf } = await import("../../../runtime/index.ts");
    const few = await kernelOf(k).tune({}, {}, { device, sizes: { N: 128 }, records: records(), most: 2, ...quick }), more = await kernelOf(k).tune({}, {}, { device, sizes: { N: 128 }, records: records(), ...quick });
    expect(few.points.filter((p) => p.ms !== undefined).length).toBe(2);
    expect(few.points.filter((p) => p.why?.startsWith("others are cheaper")).length).toBe(2);
    expect([more.taken, more.points.every((p) => p.ms !== undefined)]).toEqual([4, true]);
  });
});

describe("launches go by records", async () => {
  const { kernels } = await compile(source);
  /** A record, as if one choice had been found fastest. */
  async function planted(name: "plain" | "packs", choice: object): Promise<{ readonly device: Device; readonly told: TuningRecord[] }> {
    const device = await openNull([]), told: TuningRecord[] = [], records: Records = { own: async () => undefined, find: async () => undefined, age: () => 0, keep: async (r) => { told.push(r); } };
    const { record } = await kernels[name].tune({}, {}, { device, sizes: { N: 128 }, records, ...quick });
    if (!record) throw new Error("nothing was timed");
    device.measured.records = recordsIn(memoryStore());
    await device.measured.records.keep({ ...record, choice: choice as TuningRecord["choice"], points: [{ choice: choice as TuningRecord["choice"], ms: 1 }] });
    return { device, told };
  }
  /** The widths of blocks, as the shaders that a call made show. */
  async function shaders(device: Device, work: () => Promise<unknown>): Promise<readonly string[]> {
    const before = new Set(device.pipelines.keys());
    await work();
    return [...device.pipelines.keys()].filter((k) => !before.has(k));
  }
  const width = (k: Kernel, device: Device): Promise<string> => k.module(device).then((m) => ("wgsl" in m ? m.wgsl : ""));

  test("a run takes the recorded choice for sizes near these, and the default for others", async () => {
    const { device } = await planted("plain", { B: 32 }), k = kernels.plain.specialise({}), tensor = (n: number) => device.empty("i32", [n]), of32 = await width(kernels.plain.specialise({ B: 32 }), device), of64 = await width(kernels.plain.specialise({ B: 64 }), device);
    device.pipelines.clear();
    const [a] = await shaders(device, async () => k.run({ x: await tensor(100) })), [b] = await shaders(device, async () => k.run({ x: await tensor(1000) }));
    expect([a.includes(of32), b.includes(of64), of32 === of64]).toEqual([true, true, false]);
    const encoder = device.gpu.createCommandEncoder();
    expect(await shaders(device, async () => k.record(encoder, { x: await tensor(128) }))).toEqual([]);
    await expect(k.run({ x: await tensor(4), z: 1 } as never)).rejects.toMatchObject({ code: "H0402" });
    device.destroy();
  });
  test("what is tuned after a run counts in the next one", async () => {
    const device = await openNull([]), records = recordsIn(memoryStore()), k = kernels.plain.specialise({}), x = await device.empty("i32", [128]);
    device.measured.records = records;
    await k.run({ x });
    const { record } = await kernels.plain.tune({}, {}, { device, sizes: { N: 128 }, ...quick }), choice = { B: 32 };
    if (!record) throw new Error("nothing was timed");
    await records.keep({ ...record, choice, points: [{ choice, ms: 1 }] });
    device.pipelines.clear();
    const [a] = await shaders(device, async () => k.run({ x }));
    expect(a).toContain(await width(kernels.plain.specialise(choice), device));
    device.destroy();
  });
  test("a choice that this version hasn't got is as if nobody had tuned", async () => {
    const { device } = await planted("plain", { B: 1 << 20 });
    const { y } = await kernels.plain.specialise({}).run({ x: await device.empty("i32", [100]) });
    expect(y.shape).toEqual([100]);
    expect((await kernels.plain.tuned({}, { device, sizes: { N: 100 } })).name).toBe("plain");
    device.destroy();
  });
  test("where the choice decides the packing, a launch keeps the default's, and tuned() has the recorded one", async () => {
    const { device } = await planted("packs", { P: "planes" }), k = kernels.packs.specialise({}), x = await device.empty("u4", [100]);
    await k.run({ x });
    const found = await kernels.packs.tuned({}, { device, sizes: { N: 100 } });
    expect(found).toBe(kernels.packs.specialise({ P: "planes" }));
    await found.run({ x: await found.prepack("x", x) });
    await expect(found.run({ x })).rejects.toMatchObject({ code: "H0407" });
    expect(await kernels.packs.tuned({}, { device, sizes: { N: 1000 } })).toBe(k);
    device.destroy();
  });
  test("the tuning of a product stops when it is told to, and the next call goes on", async () => {
    using device = await openNull([]);
    const kept: TuningRecord[] = [], records = recordsIn(memoryStore()), stop = new AbortController(), steps: string[] = [];
    device.measured.records = { ...records, keep: async (r) => { kept.push(r); await records.keep(r); } };
    const [x, w] = [await device.empty("f32", [1, 64]), await device.empty("f32", [64, 64])];
    const y = await matmul(x, w, { tune: { signal: stop.signal, progress: ({ step, done, total }) => { steps.push(`${step} ${done} of ${total}`); if (step === "time") stop.abort(); } } });
    const first = kept.at(-1), n = first?.points.length ?? 0;
    expect([y.shape, first?.done, first?.points.map((p) => p.samples?.length ?? 0).reduce((a, b) => a + b), steps.at(-1)]).toEqual([[1, 64], false, 1, expect.stringMatching(/^time 1 of \d+$/)]);
    await matmul(x, w, { tune: true });
    const second = kept.at(-1);
    expect([second?.done, (second?.points.length ?? 0) > n, second?.points[0].samples?.[0]]).toEqual([true, true, first?.points[0].samples?.[0]]);
    const all = kept.length;
    await matmul(x, w, { tune: true }); // known
    expect(kept.length).toBe(all);
  });
  test("matmul takes the recorded cut, if it has such a cut", async () => {
    const factors = async (device: Device) => [await device.empty("f32", [1, 64]), await uploadQuantised(device, { type: "u4", shape: [256, 64], axis: 1, group: 32, scaleShape: [256, 2], scaleType: "f32", codes: new Uint8Array(256 * 64), scales: new Float32Array(512).fill(1), zeros: undefined, offsets: undefined })] as const;
    using first = await openNull([]);
    const told: TuningRecord[] = [], kept = recordsIn(memoryStore());
    first.measured.records = { ...kept, keep: async (r) => { told.push(r); await kept.keep(r); } };
    await matmul(...await factors(first), { tune: true });
    const record = told.at(-1) as TuningRecord, [model] = record.points, other = record.points.find((p) => p !== model && p.ms !== undefined) as TuningRecord["points"][number];
    expect([record.of, record.key.shapes, record.done]).toEqual(["matmul f32 · u4 / 32 → f32", "K=64 M=1 N=256", true]);
    const shader = async (choice: TuningRecord["choice"] | undefined, points = record.points): Promise<string> => {
      using device = await openNull([]);
      if (choice) { device.measured.records = recordsIn(memoryStore()); await device.measured.records.keep({ ...record, choice, points: [...points, { choice, ms: 1 }] }); }
      const [shader = "", ...more] = await shaders(device, async () => matmul(...await factors(device)));
      expect(more).toEqual([]);
      return shader;
    };
    const plain = await shader(undefined);
    expect(await shader(model.choice)).toBe(plain);
    expect(await shader(other.choice)).not.toBe(plain);
    expect(await shader(other.choice, [])).toBe(plain); // it was never held against what the model finds cheapest
    expect(await shader({ BM: 3, BN: 5, threads: 7, shared: 0 })).toBe(plain);
  });
});

const there = (await listAdapters()).some((a) => a.kind === "swiftshader" && a.usable);
describe.skipIf(!there)("on SwiftShader", async () => {
  const { kernels } = await compile(source);
  let device: Device;
  beforeAll(async () => { device = await open({ adapter: "swiftshader" }); });

  test("what computes something else is no point, of integers exactly, of floats by far", async () => {
    const r = await kernels.scale.tune({}, {}, { device, sizes: { N: 100 }, ...quick }), f = await kernels.floats.tune({}, {}, { device, sizes: { N: 100 }, ...quick }), another = "it computes something else than the default";
    const [one, two, ...others] = choices({ points: r.points.filter((p) => !p.why?.startsWith("it takes") && !p.why?.includes("wide")) });
    expect([one, two]).toEqual([["64,1,1", "timed"], ["32,1,1", "timed"]]);
    expect(others.map((c) => c.join()).sort()).toEqual([`32,2,1,${another}`, `64,2,1,${another}`]); // the cheaper first, by the cores that there are
    expect(f.points.map((p) => p.why)).toEqual([undefined, undefined, another, another]);
    expect((await device.measured.records?.find(r.record?.key as never))?.choice).toEqual(r.choice);
  });
  test("the caller's tensors stay as they are, also those that the kernel changes", async () => {
    using x = await device.tensor("i32", [100], Int32Array.from({ length: 100 }, (_, i) => i));
    const r = await kernels.changes.tune({}, { x }, quick);
    expect(choices(r)).toEqual([["64", "timed"], ["32", "timed"]]);
    expect([...(await x.read())]).toEqual(Array.from({ length: 100 }, (_, i) => i));
    await kernels.changes.specialise({}).run({ x });
    expect((await x.read())[7]).toBe(8);
  });
});

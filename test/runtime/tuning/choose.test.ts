// What is chosen of a space that nobody has tuned: what the model finds cheapest, where it is asked; a record counts before it, and a launch of what is written asks nobody.
import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { load } from "../../../lang/index.ts";
import { close, compile, kernelOf, listAdapters, memoryStore, open, openNull, recordsIn, type Device } from "../../../runtime/index.ts";
import { pointsOf, predicted } from "../../../runtime/tuning/points.ts";
import { targetOf } from "../../../runtime/target.ts";

afterAll(close);

const source = `
kernel sums<B: int in {32, 64, 128, 256} = 32>(x: f32[N, 8], out y: f32[N]) grid (b in cdiv(N, B)) threads 32 { store(y[b * B +: B], reduce_sum(load(x[b * B +: B, :]), axis: 1, keep: false)) }
kernel alone<B: int in {32, 64} = 64>(x: f32[N], out y: f32[N]) grid (b in cdiv(N, B)) threads 32 { require B == 64, "no other"; store(y[b * B +: B], load(x[b * B +: B])) }
kernel takes<B: int in {32, 64} = 64>(x: f32[N, B], out y: f32[N, B]) grid (b in N) threads 32 { store(y[b, :], load(x[b, :])) }
`;
const { kernels } = await compile(source);

/** The choice of the least price, of all that there are. */
async function cheapest(device: Device, name: string, N: number): Promise<object> {
  const k = load(source).kernels.find((x) => x.name === name);
  if (!k) throw new Error(name);
  const { points } = await pointsOf(k, {}), prices = points.map((p) => predicted(p.program, new Map([["N", N]]), targetOf(device), { software: false }));
  return points[prices.indexOf(Math.min(...prices))].choice;
}

test("the model's cheapest for these sizes, found once", async () => {
  using device = await openNull([]);
  const options = { device, sizes: { N: 2 ** 16 } }, found = await kernels.sums.choose({}, options), { B } = found.choice as { readonly B: number };
  expect(found.choice).toEqual(await cheapest(device, "sums", 2 ** 16));
  expect([found.by, found.kernel === kernels.sums.specialise({ B })]).toEqual(["model", true]);
  expect(await kernels.sums.choose({}, options)).toBe(found);
  // What stands in the text stays what a kernel is by itself.
  expect(await kernels.sums.tuned({}, options)).toBe(kernels.sums.specialise({}));
});
test("other rates, another choice: prices are of the device as it is known now", async () => {
  using device = await openNull([]);
  const options = { device, sizes: { N: 2 ** 16 } }, before = await kernels.sums.choose({}, options);
  device.measured.known = { ...targetOf(device).rates, block: 1e3 };
  const after = await kernels.sums.choose({}, options);
  expect(after).not.toBe(before);
  expect(after.choice).toEqual(await cheapest(device, "sums", 2 ** 16));
});
test("a record counts before the model, whichever it tells", async () => {
  using device = await openNull([]);
  device.measured.records = recordsIn(memoryStore());
  const options = { device, sizes: { N: 2 ** 16 } }, { record } = await kernels.sums.tune({}, {}, { ...options, sampleMs: 0.1, rounds: 2 });
  if (!record) throw new Error("nothing was timed");
  for (const B of [32, 128]) {
    await device.measured.records.keep({ ...record, choice: { B }, points: [{ choice: { B }, ms: 1 }] });
    expect(await kernels.sums.choose({}, options)).toMatchObject({ choice: { B }, by: "record" });
  }
});
test("as it is written where nothing is open, where nothing else is a point, and sizes must be told", async () => {
  using device = await openNull([]);
  const sizes = { N: 100 };
  expect(await kernels.sums.choose({ B: 64 }, { device, sizes })).toEqual({ kernel: kernels.sums.specialise({ B: 64 }), choice: {}, by: "written" });
  for (const name of ["alone", "takes"] as const) expect(await kernels[name].choose({}, { device, sizes })).toMatchObject({ kernel: kernels[name].specialise({}), choice: { B: 64 } });
  await expect(kernels.sums.choose({}, { device })).rejects.toMatchObject({ code: "H0427" });
});
test.skipIf(!(await listAdapters()).some((a) => a.kind === "swiftshader" && a.usable))("what is chosen computes what is written, on tensors packed for it", async () => {
  using device = await open({ adapter: "swiftshader", rates: "assumed" });
  const N = 64, K = 256, gemv = kernelOf(load(readFileSync("examples/gemv/gemv.loom", "utf8")).kernels.find((k) => k.name === "gemv") ?? load(source).kernels[0]);
  const params = { N, K, W: "u4", T: "f32" }, chosen = await gemv.choose(params, { device, sizes: { M: 1 } });
  // Whole numbers, so that no order of adding them rounds.
  const whole = (n: number, most: number): Float32Array => Float32Array.from({ length: n }, (_, i) => (i * 37) % most), x = await device.tensor("f32", [1, K], whole(K, 5)), w = await device.tensor("u4", [N, K], whole(N * K, 16)), scale = await device.tensor("f32", [N, K / 64], whole(N * (K / 64), 3)), bias = await device.tensor("f32", [N], whole(N, 7));
  const [one, other] = await Promise.all([gemv.specialise(params), chosen.kernel].map(async (k) => (await k.run({ x, w: await k.prepack("w", w), scale: await k.prepack("scale", scale), bias })).y.read()));
  expect(chosen.by).toBe("model");
  expect(chosen.choice).not.toEqual({ BM: 1, ROWS: 4, CLUMPS: 2, LANES: 32 });
  expect(other).toEqual(one);
});

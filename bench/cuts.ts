// How well prices tell how fast the cuts of a product are: npm run bench -- cuts [--quick] [--adapter NAME] [--shapes LIST] [--only TYPES] [--rounds N] [--json FILE]
//
// All cuts that matmul chooses from are timed in the same rounds, and their times held against two predictions: the price by which matmul
// chooses before anything is compiled, and what `inspect --cost` counts in the Program. The order is what a choice hangs on.
import { writeFileSync } from "node:fs";
import { lowerProgram, prepare, seconds, work, type Work } from "../codegen/index.ts";
import { planes } from "../layout/index.ts";
import { close, kernelOf, matmulCuts, open, rates, targetOf, tensor, uploadQuantised, type Device, type Kernel, type MatmulFactor, type Tensor } from "../runtime/index.ts";
import { dtype } from "../vm/index.ts";
import { activations, codesOf, scalesOf, sizesText, type Sizes } from "./numbers.ts";
import { progress, type Options } from "./options.ts";
import { GROUP } from "./ours.ts";
import { shapesOf } from "./shapes.ts";
import { clockOf, median, race, spearman, type Racer } from "./timing.ts";

/** Types of the factors: weights with scales times floats, and whole numbers times whole numbers. */
const KINDS = ["f32", "i4", "i3", "i8", "W8A8", "W2A2"] as const, QUICK = ["f32", "i4", "W8A8"] as const;
const SHAPES = "1x1024x1024,16x512x512";

/** A cut, what was predicted of it and what it took. */
interface Point extends Racer { readonly price: number; readonly counted: number; readonly cut: string; readonly work: Work }

async function factors(device: Device, { M, N, K }: Sizes, kind: string): Promise<readonly [MatmulFactor & { dispose(): void }, MatmulFactor & { dispose(): void }]> {
  const exact = /^W(\d)A(\d)$/.exec(kind);
  if (exact) {
    const [w, x] = [exact[1], exact[2]].map((b) => (Number(b) < 8 ? `b${b}` : `i${b}`)), of = (type: string, rows: number): Promise<Tensor> => tensor(device, type, [rows, K], codesOf(type, rows * K), { as: "codes", ...(dtype(type).bits < 8 ? { packing: planes(2) } : {}) });
    return [await of(x, M), await of(w, N)];
  }
  const x = await tensor(device, "f32", [M, K], activations({ M, K }));
  if (kind === "f32") return [x, await tensor(device, "f32", [N, K], activations({ M: N, K }))];
  const groups = Math.ceil(K / GROUP);
  return [x, await uploadQuantised(device, { type: kind, shape: [N, K], codes: codesOf(kind, N * K), axis: 1, group: GROUP, scaleShape: [N, groups], scaleType: "f32", scales: scalesOf(N * groups) })];
}

/** The cuts of a product, ready to be timed; the results of all are the same. */
async function pointsOf(device: Device, { M, N }: Sizes, [x, w]: readonly [MatmulFactor, MatmulFactor], exact: boolean): Promise<{ readonly points: readonly Point[]; readonly end: () => void }> {
  const { cuts, inputs } = await matmulCuts(x, w, exact ? { out: "i32" } : {}), target = targetOf(device), points: Point[] = [], outs: Tensor[] = [];
  for (const { rows, columns, threads, seconds: price, program } of cuts) {
    const kernel = kernelOf({ name: "cut", doc: "", comptime: {}, specialise: () => program }).specialise({}) as Kernel, { y } = (await kernel.run(inputs)) as Readonly<Record<string, Tensor>>, blocks = Math.ceil(M / rows) * Math.ceil(N / columns), done = work(lowerProgram(prepare(program).program, target).body.stmts);
    outs.push(y);
    const counted = seconds(done, target.rates, blocks * threads) + (target.rates.dispatch ?? 0) + (blocks * threads) / 64 / (target.rates.block ?? Infinity);
    const ready = async (times: number): Promise<() => Promise<void>> => {
      const encoder = device.gpu.createCommandEncoder(), pass = encoder.beginComputePass();
      for (let i = 0; i < times; i++) await kernel.record(pass, { ...inputs, y });
      pass.end();
      const commands = encoder.finish();
      return async () => { device.gpu.queue.submit([commands]); await device.gpu.queue.onSubmittedWorkDone(); };
    };
    points.push({ name: `${rows} × ${columns} by ${threads}`, cut: `${rows} × ${columns / threads} a thread, ${threads} threads`, price: 1e3 * price, counted: 1e3 * counted, work: done, ready, ms: [] });
  }
  const [first, ...others] = await Promise.all(outs.map((y) => y.read()));
  others.forEach((got, i) => { if (first && got.some((v, j) => v !== first[j])) throw new Error(`the cut ${points[i + 1].name} gives another result than ${points[0].name}`); });
  return { points, end: () => { for (const y of outs) y.dispose(); } };
}

/** How a prediction stands to what was measured. */
interface Fit { readonly spearman: number; readonly near: number; readonly of: number; readonly loss: number }
function fitOf(points: readonly Point[], by: "price" | "counted"): Fit {
  const pairs = points.map((p) => [p[by], median(p.ms)] as const), least = Math.min(...pairs.map(([, t]) => t)), taken = pairs.reduce((a, b) => (b[0] < a[0] ? b : a));
  return { spearman: spearman(pairs), near: pairs.filter(([a, b]) => Math.max(a / b, b / a) <= 1.5).length, of: pairs.length, loss: taken[1] / least };
}
const fitText = (name: string, f: Fit): string => `  ${name}: order ${f.spearman.toFixed(2)} alike (Spearman), ${f.near} of ${f.of} within 1.5 ×; the cut that it takes is ${f.loss.toFixed(2)} × of the fastest`;

/** Runs the bench and prints its tables. */
export async function cuts(o: Options): Promise<void> {
  const kinds = o.only?.split(",").map((t) => t.trim()) ?? (o.quick ? QUICK : KINDS), report: object[] = [], all: Point[] = [];
  try {
    const device = await open(o.adapter === undefined ? {} : { adapter: o.adapter }), clock = clockOf(device), rounds = o.rounds ?? 7;
    await rates(device);
    console.log(`cuts of products on ${device.info.name} (${device.profile.name}); medians of ${rounds} rounds, ms${device.profile.software ? " of all cores" : ""}`);
    for (const sizes of shapesOf(o.shapes ?? SHAPES, device.profile.software)) for (const kind of kinds) {
      const say = progress(`${kind}, ${sizesText(sizes)}`), made = await factors(device, sizes, kind);
      say("compiling all cuts");
      const { points, end } = await pointsOf(device, sizes, made, /^W/.test(kind));
      await race(clock, points, rounds, 10, { progress: (i, n) => say(`round ${i} of ${n}`) });
      say();
      console.log(`\n${kind}, ${sizesText(sizes)}\n${["measured", "price", "counted"].map((t) => t.padStart(9)).join("")}`);
      for (const p of points) console.log(`${[median(p.ms), p.price, p.counted].map((t) => t.toFixed(t < 10 ? 3 : 1).padStart(9)).join("")}  ${p.cut}`);
      for (const by of ["price", "counted"] as const) console.log(fitText(by, fitOf(points, by)));
      report.push({ kind, sizes, points: points.map(({ cut, price, counted, ms, work: done }) => ({ cut, price, counted, ms: median(ms), work: done })), price: fitOf(points, "price"), counted: fitOf(points, "counted") });
      all.push(...points);
      if (o.json !== undefined) writeFileSync(o.json, `${JSON.stringify({ device: { ...device.info, profile: device.profile.name }, rates: targetOf(device).rates, products: report }, null, 1)}\n`);
      end();
      for (const f of made) f.dispose();
    }
    console.log("\nall together");
    for (const by of ["price", "counted"] as const) console.log(fitText(by, fitOf(all, by)).replace(/;.*/, "; aims: 0.9, and 80 %"));
  } finally { await close(); }
}

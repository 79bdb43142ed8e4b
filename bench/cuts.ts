// How well prices tell how fast the cuts of a product are: npm run bench -- cuts --quick
//
// All cuts that matmul chooses from are timed in the same rounds, and their times held against two predictions: the price by which matmul
// chooses before anything is compiled, and what `inspect --cost` counts in the Program. The order is what a choice hangs on. Of the schedules
// that ship as text the tuning spaces are timed as the tuner does it, and held against what it counts.
import { writeFileSync } from "node:fs";
import { lowerProgram, prepare, seconds, work, type Work } from "../codegen/index.ts";
import { planes } from "../layout/index.ts";
import { close, kernelOf, matmulCuts, open, rates, targetOf, tensor, uploadQuantised, type Device, type Kernel, type MatmulFactor, type Tensor } from "../runtime/index.ts";
import { dtype } from "../vm/index.ts";
import { launchOf } from "./ceilings.ts";
import { fitOf, fitText, fitVerdicts, type Fit, type Predicted } from "./fit.ts";
import { activations, codesOf, scalesOf, sizesText, type Sizes } from "./numbers.ts";
import { progress, type Options } from "./options.ts";
import { GROUP } from "./ours.ts";
import { shapesOf } from "./shapes.ts";
import { isFor, spaceOf, spaces } from "./spaces.ts";
import { clockOf, median, race, type Racer } from "./timing.ts";
import { Wrong } from "./usage.ts";
import { conclusion, type Verdict } from "./verdicts.ts";

/** Types of the factors of matmul: weights with scales times floats, and whole numbers times whole numbers; and schedules by name. */
const KINDS = ["f32", "i4", "i3", "i8", "W8A8", "W2A2", "gemv", "gemm_skinny"] as const, QUICK = ["f32", "i4", "W8A8", "gemv"] as const;
const SHAPES = "1x1024x1024,16x512x512";

/** A cut, what was predicted of it and what it took. */
interface Point extends Racer { readonly cut: string; readonly price: number; readonly counted: number; readonly work: Work; readonly taken: boolean; readonly timed: boolean }

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
  for (const { rows, columns, threads, seconds: price, program, taken, timed } of cuts) {
    const kernel = kernelOf({ name: "cut", doc: "", comptime: {}, specialise: () => program }).specialise({}) as Kernel, { y } = (await kernel.run(inputs)) as Readonly<Record<string, Tensor>>, blocks = Math.ceil(M / rows) * Math.ceil(N / columns), done = work(lowerProgram(prepare(program).program, target).body.stmts, target.unrolls);
    outs.push(y);
    const counted = seconds(done, target.rates, blocks * threads) + (target.rates.dispatch ?? 0) + (blocks * threads) / 64 / (target.rates.block ?? Infinity);
    const ready = async (times: number): Promise<() => Promise<void>> => {
      const encoder = device.gpu.createCommandEncoder(), pass = encoder.beginComputePass();
      for (let i = 0; i < times; i++) await kernel.record(pass, { ...inputs, y });
      pass.end();
      const commands = encoder.finish();
      return async () => { device.gpu.queue.submit([commands]); await device.gpu.queue.onSubmittedWorkDone(); };
    };
    points.push({ name: `${rows} × ${columns} by ${threads}`, cut: `${rows} × ${columns / threads} a thread, ${threads} threads`, price: 1e3 * price, counted: 1e3 * counted, work: done, taken, timed, ready, ms: [] });
  }
  const [first, ...others] = await Promise.all(outs.map((y) => y.read()));
  others.forEach((got, i) => { if (first && got.some((v, j) => v !== first[j])) throw new Error(`the cut ${points[i + 1].name} gives another result than ${points[0].name}`); });
  return { points, end: () => { for (const y of outs) y.dispose(); } };
}

/** A point in the report. */
interface Line { readonly cut: string; readonly ms: readonly number[]; readonly price?: number; readonly counted: number; readonly work?: Work; readonly taken?: boolean; readonly timed?: boolean }
/** How a prediction stands to what was measured of some points. */
const by = (lines: readonly Line[], of: "price" | "counted"): readonly Predicted[] => lines.flatMap(({ ms, taken = false, timed = false, [of]: predicted }) => (predicted === undefined ? [] : [{ predicted, ms, taken, timed }]));
/** What decides is held against the aims: matmul goes by the price, the tuner by what it counts. */
interface Found { readonly kind: string; readonly sizes: Sizes; readonly points: readonly Line[]; readonly price?: Fit; readonly counted: Fit; readonly verdicts: readonly Verdict[] }

/** The cuts of matmul for one product, timed. */
async function cutsOf(device: Device, kind: string, sizes: Sizes, rounds: number, say: (text: string) => void): Promise<readonly Line[]> {
  const made = await factors(device, sizes, kind);
  say("compiling all cuts");
  const { points, end } = await pointsOf(device, sizes, made, /^W/.test(kind));
  await race(clockOf(device), points, rounds, 10, { progress: (i, n) => say(`round ${i} of ${n}`) });
  end();
  for (const f of made) f.dispose();
  return points.map(({ cut, price, counted, ms, work: done, taken, timed }) => ({ cut, price, counted, ms, work: done, taken, timed }));
}

/** The points of a schedule, timed. */
async function linesOf(device: Device, kind: string, sizes: Sizes, rounds: number, say: (text: string) => void): Promise<readonly Line[]> {
  const { points, why } = await spaceOf(device, kind, sizes, rounds, say);
  for (const w of new Set(why)) console.log(`  ${kind}, ${sizesText(sizes)}: ${why.filter((x) => x === w).length} points left out: ${w}`);
  return points.map(({ cut, predicted: counted, ms, taken, timed }) => ({ cut, counted, ms, taken, timed }));
}

function print({ kind, sizes, points, price, counted }: Found): void {
  const number = (t: number | undefined): string => (t === undefined ? "" : t.toFixed(t < 10 ? 3 : 1)).padStart(9);
  console.log(`\n${kind}, ${sizesText(sizes)}\n${["measured", "price", "counted"].map((t) => t.padStart(9)).join("")}`);
  for (const p of points) console.log(`${[median(p.ms), p.price, p.counted].map(number).join("")}  ${p.cut}`);
  if (price) console.log(fitText("price", price));
  console.log(fitText("counted", counted));
}

/** Runs the bench and prints its tables. */
export async function cuts(o: Options): Promise<void> {
  const kinds = o.only?.split(",").map((t) => t.trim()) ?? (o.quick ? QUICK : KINDS), found: Found[] = [], rounds = o.rounds ?? 7, odd = kinds.find((k) => !/^(f32|[ub][1-8]|i[2-8]|W[1-8]A[1-8])$/.test(k) && !Object.hasOwn(spaces, k));
  if (odd !== undefined) throw new Wrong(`"${odd}" is nothing that is cut; there are ${[...KINDS, "gemm_groups"].join(", ")}, other integers of 1 to 8 bits, and W1A1 to W8A8`);
  try {
    const device = await open(o.adapter === undefined ? {} : { adapter: o.adapter }), { dispatch: waited = 0 } = await rates(device);
    // The rate of launches is how long one waits for them; the clock of these rounds may tell how long all cores work.
    const launch = (await launchOf(device, clockOf(device))) - 1e3 * waited;
    console.log(`cuts of products on ${device.info.name} (${device.profile.name}); medians of ${rounds} rounds, ms${device.profile.software ? " of all cores" : ""}`);
    for (const sizes of shapesOf(o.shapes ?? SHAPES, device.profile.software)) for (const kind of kinds) {
      const schedule = Object.hasOwn(spaces, kind), name = `${kind}, ${sizesText(sizes)}`, say = progress(name);
      if (schedule && !isFor(kind, sizes)) continue;
      const points = (await (schedule ? linesOf : cutsOf)(device, kind, sizes, rounds, say)).map((l): Line => ({ ...l, ...(l.price === undefined ? {} : { price: l.price + launch }), counted: l.counted + launch }));
      const prices = by(points, "price"), counted = fitOf(by(points, "counted")), price = prices.length ? fitOf(prices) : undefined;
      say();
      found.push({ kind, sizes, points, counted, ...(price ? { price } : {}), verdicts: fitVerdicts(name, price ?? counted) });
      print(found[found.length - 1]);
      if (o.json !== undefined) writeFileSync(o.json, `${JSON.stringify({ device: { ...device.info, profile: device.profile.name }, rates: targetOf(device).rates, products: found.map((f) => ({ ...f, points: f.points.map((p) => ({ ...p, ms: median(p.ms) })) })) }, null, 1)}\n`);
    }
    const all = found.flatMap((f) => f.points), decisive = found.flatMap((f) => by(f.points, f.price ? "price" : "counted"));
    console.log("\nall together");
    for (const of of ["price", "counted"] as const) if (by(all, of).length) console.log(fitText(of, fitOf(by(all, of))).replace(/;[^;]*$/, ""));
    console.log(`\n${conclusion([...found.flatMap((f) => f.verdicts), ...(found.length > 1 ? fitVerdicts("all together", fitOf(decisive)) : [])])}`);
  } finally { await close(); }
}

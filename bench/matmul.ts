// Matrix products of every width beside other people's, on one adapter, in the same rounds:
//
//   npm run bench -- matmul --quick
//
// Each is called as its users call it, and found right. What is timed is what a call makes the device do; ONNX Runtime, which has a device of
// its own, is called, and what a call costs beside the work is measured in the same rounds, on a product of 32 × 32, and taken off. The
// roofline is the time that the adapter's measured ceilings allow.
import { writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { seconds, type Rates, type Work } from "../codegen/index.ts";
import { close, open, targetOf, type Device } from "../runtime/index.ts";
import { ceilings, ceilingsText } from "./ceilings.ts";
import { enter, overheads, tiny, type Counted, type Entrant, type Maker } from "./entrants.ts";
import { limitText, outcomes, type Outcome, type Timed } from "./goals.ts";
import { sizesText, type Sizes } from "./numbers.ts";
import { ours } from "./ours.ts";
import { INSTALL, installed, peers } from "./peers.ts";
import { plot, type Panel } from "./plot.ts";
import { progress, type Options } from "./options.ts";
import { roof, type Ceilings } from "./roofline.ts";
import { shapesOf } from "./shapes.ts";
import { clockOf, growth, interval, median, race, ratioText, spearman, without, type Clock } from "./timing.ts";
import { Wrong } from "./usage.ts";
import { conclusion, shareOf, type Verdict } from "./verdicts.ts";
import { shadersOf } from "./wgsl.ts";

/** An entrant's part of the report. */
interface Row extends Timed { readonly made: number; readonly ms: readonly number[]; readonly share: number; readonly slow: boolean; readonly counted?: Counts }
/** What the cost model makes of a kernel's counts: ms in all, and of each kind of operation. */
interface Counts { readonly ms: number; readonly kinds: Readonly<Partial<Record<keyof Work, number>>> }
/** A shape's part. */
interface Shape { readonly sizes: Sizes; readonly load: number; readonly overhead: Readonly<Record<string, number>>; readonly rows: readonly Row[]; readonly goals: readonly Outcome[]; readonly notes: readonly string[] }

/** Milliseconds of a sample at least. */
const SAMPLE = 20;

/** What the run has in hand. */
interface Bench { readonly device: Device; readonly clock: Clock; readonly known: Ceilings; readonly rounds: number; readonly budget: number }

/** Prices what was counted. */
function countsOf({ work, threads }: Counted, rates: Rates, launch: number): Counts {
  const none = Object.fromEntries(Object.keys(work).map((k) => [k, 0])) as unknown as Work, price = (w: Work): number => 1e3 * seconds(w, rates, threads);
  const kinds = Object.fromEntries((Object.keys(work) as (keyof Work)[]).map((k) => [k, price({ ...none, [k]: work[k] })] as const).filter(([, t]) => t > 0));
  return { ms: price(work) + 1e3 * launch, kinds };
}

async function shapeOf({ device, clock, known, rounds, budget }: Bench, sizes: Sizes, makers: readonly Maker[]): Promise<Shape> {
  const name = sizesText(sizes), say = progress(name);
  const { entrants, notes } = await enter(device, sizes, makers, { clock, progress: (n) => say(`compiling and checking ${n}`) }), empty = await overheads(device, entrants, makers);
  try {
    // Those on the CPU in rounds of their own: their threads would be counted as others' time.
    const slow: Entrant[] = [];
    for (const on of ["adapter", "cpu"] as const) slow.push(...(await race(clock, [...entrants, ...empty].filter((e) => e.on === on), rounds, SAMPLE, { budget, progress: (i, n) => say(`round ${i} of ${n}${on === "cpu" ? ", CPU" : ""}`) })));
    say();
    const overhead = Object.fromEntries(empty.map((e) => [e.library, median(e.ms)]));
    const rows = entrants.map((e): Row => {
      const net = without(e.ms, overhead[e.library] ?? 0), counted = e.counted && countsOf(e.counted, targetOf(device).rates, known.dispatch ?? 0), { ms: least, bound, parts } = roof(sizes, e.kind, known);
      return { name: e.name, library: e.library, family: e.family, on: e.on, kind: e.kind, made: e.made, ms: e.ms, net, roof: least, bound, parts, share: least / median(net), slow: slow.includes(e), ...(counted ? { counted, predicted: counted.ms } : {}) };
    });
    return { sizes, load: loadavg()[0], overhead, rows, goals: outcomes(device.profile.name, sizes, rows), notes };
  } finally { for (const e of [...entrants, ...empty]) await e.end(); }
}

const ms = (t: number): string => t.toFixed(t < 1 ? 3 : t < 100 ? 2 : 0);

function print({ sizes, rows, overhead, goals, notes, load }: Shape, rounds: number): void {
  // What bounds it, and how much of the least time that is.
  const bound = ({ bound: b, parts }: Row): string => `${b} ${((100 * parts[b]) / Object.values(parts).reduce((x, y) => x + y)).toFixed(0)} %`;
  const most = ({ kinds, ms: all }: Counts): string => Object.entries(kinds).sort(([, x], [, y]) => y - x).slice(0, 2).map(([k, t]) => `${k} ${((100 * t) / all).toFixed(0)} %`).join(", ");
  const wide = Math.max(24, ...rows.map((r) => r.name.length)), line = (cells: readonly string[]): string => cells.map((c, i) => (i === 0 ? c.padEnd(wide) : c.padStart([0, 10, 26, 10, 7, 16, 10, 26][i] ?? 0))).join(" ");
  console.log(`\n${sizesText(sizes)}   (load ${load.toFixed(1)})\n${line(["", "ms", "95 %", "roofline", "share", "bound", "counted", "most of that"])}`);
  for (const r of rows) {
    const { median: m, low, high } = interval(r.net);
    console.log(line([r.name, ms(m), r.slow ? "once: too slow" : `${r.ms.length < rounds ? `${r.ms.length} times, ` : ""}${ms(low)} to ${ms(high)}`, ...(r.on === "cpu" ? ["", "", "CPU"] : [ms(r.roof), `${(100 * r.share).toFixed(0)} %`, bound(r), ...(r.counted ? [ms(r.counted.ms), most(r.counted)] : [])])]));
  }
  if (Object.keys(overhead).length) console.log(`  taken off for a call: ${Object.entries(overhead).map(([l, t]) => `${l} ${ms(t)}`).join(", ")}`);
  for (const n of notes) console.log(`  ${n}`);
  const made = [...new Set(rows.map((r) => r.library))].map((l) => [l, rows.reduce((sum, r) => sum + (r.library === l ? r.made : 0), 0)] as const), counts = new Map(rows.map((r) => [r.name, r.counted]));
  console.log(`  s to compile and check: ${made.map(([l, t]) => `${l} ${(t / 1e3).toFixed(1)}`).join(", ")}`);
  for (const goal of new Set(goals.map((g) => g.goal))) {
    const own = goals.filter((g) => g.goal === goal);
    console.log(`  ${own.every((g) => g.verdict === "passes") ? "+" : "-"} ${goal}, ${own.filter((g) => g.verdict === "passes").length} of ${own.length}`);
    for (const g of own) {
      const self = g.over === "roofline", counted = counts.get(g.of);
      console.log(`      ${g.verdict} ${g.of}: ${ratioText(g.ratio)} ${self ? "of the roofline" : `against ${g.over}`}, aim ${Number(g.least.toFixed(2))}`);
      if (g.limit && !self) console.log(`          ${limitText(g.limit)}`);
      if (g.limit && self && counted) console.log(`          what it does counts as ${ms(counted.ms)} ms: ${most(counted)}`);
    }
  }
}

/** Time against bits, a panel for each shape. */
function picture(device: Device, shapes: readonly Shape[], known: Ceilings): string {
  const panels = shapes.map(({ sizes, rows }): Panel => {
    const here = rows.filter((r) => r.on === "adapter"), line = (exact: boolean, bits: readonly number[]) => ({ line: true, name: `roofline, ${exact ? "int × int" : "weights × f32"}`, points: bits.map((b) => [b, roof(sizes, { x: exact ? b : 32, w: b, group: exact || b > 8 ? 0 : 32, exact }, known).ms] as const) });
    const series = [...new Set(here.map((r) => r.family))].map((name) => ({ name, points: here.filter((r) => r.family === name).map((r) => [r.kind.w, median(r.net)] as const) }));
    return { title: `M×N×K = ${sizesText(sizes)}`, series: [...series, line(false, [1, 2, 4, 8, 16, 32]), line(true, [1, 2, 4, 8])] };
  });
  return plot({ title: `matrix products on ${device.info.name}`, x: "bits of a weight", y: "ms", ticks: [1, 2, 4, 8, 16, 32], columns: Math.min(3, panels.length), panels });
}

/** How the time of a GEMV of four bits grows from 256² to 4096²: the exponent of N·K, 1 at best, and the times without the launch. */
interface Growth { readonly exponent: number; readonly ms: Readonly<Record<string, number>> }
async function growing({ device, clock, rounds }: Bench): Promise<Growth> {
  const say = progress("growth"), maker = ours.filter((m) => m.name === "i4"), sizes = [256, 512, 1024, 2048, 4096].map((N) => ({ M: 1, N, K: N })), all: Entrant[] = [];
  for (const s of [tiny, ...sizes]) all.push(...(await enter(device, s, maker, { progress: () => say(sizesText(s)) })).entrants);
  // Samples are long, for the smallest takes hardly longer than a launch.
  await race(clock, all, rounds, 3 * SAMPLE);
  say();
  for (const e of all) await e.end();
  const [launch, ...timed] = all, points = timed.map((e, i) => [sizes[i], median(without(e.ms, median(launch.ms)))] as const);
  return { exponent: growth(points.map(([{ N, K }, t]) => [N * K, t])), ms: Object.fromEntries(points.map(([s, t]) => [sizesText(s), t])) };
}

/** The goals of all shapes together, and how counts and measurements agree over all products. */
function verdictsOf(shapes: readonly Shape[]): Verdict[] {
  const all = shapes.flatMap((s) => s.goals), counted = shapes.flatMap((s) => s.rows.flatMap((r) => (r.counted ? [[r.counted.ms, median(r.net)] as const] : [])));
  const verdicts = [...new Set(all.map((g) => g.goal))].map((goal) => {
    const own = all.filter((g) => g.goal === goal), beyond = own.filter((g) => g.limit && !g.limit.within).length;
    return shareOf(goal, own.filter((g) => g.verdict === "passes").length, own.length, 1, beyond ? `; ${beyond} out of reach by the roofline` : "");
  });
  // The order of a few says nothing.
  if (counted.length < 10) return verdicts;
  const order = spearman(counted);
  return [
    ...verdicts, { goal: "products in the order of their counts, 0.9 alike (Spearman)", found: order.toFixed(2), passes: order >= 0.9 },
    shareOf("80 % of products within 1.5 × of their counts", counted.filter(([a, b]) => Math.max(a / b, b / a) <= 1.5).length, counted.length, 0.8),
  ];
}

/** Who is meant by names, families or libraries with commas between. @throws Wrong where one is nobody's */
export function entrantsOf(only: string, every: readonly Maker[]): readonly Maker[] {
  const called = (t: string) => ({ name, library, family }: Maker): boolean => [name, family].some((x) => x.toLowerCase() === t) || library.toLowerCase().startsWith(t), asked = only.split(",").map((t) => t.trim().toLowerCase());
  const odd = asked.find((t) => t === "" || !every.some(called(t)));
  if (odd !== undefined) throw new Wrong(`nothing is called "${odd}"; there are ${[...new Set(every.map((m) => m.name))].join(", ")}; families ${[...new Set(every.map((m) => m.family))].join(", ")}`);
  return every.filter((m) => asked.some((t) => called(t)(m)));
}

/** Runs the bench, prints its tables, and writes what it is told to after every shape. */
export async function matmul(o: Options): Promise<void> {
  const every = [...ours, ...(o.peers ? peers : []), ...o.wgsl.flatMap(shadersOf)], only = o.only === undefined ? undefined : entrantsOf(o.only, every), makers = only ?? every, shapes: Shape[] = [], began = performance.now();
  try {
    const device = await open(o.adapter === undefined ? {} : { adapter: o.adapter }), clock = clockOf(device), say = progress("the adapter's ceilings");
    const list = shapesOf(o.shapes ?? (o.quick ? "quick" : "full"), device.profile.software);
    say("measuring");
    const known = await ceilings(device, clock), bench: Bench = { device, clock, known, rounds: o.rounds ?? 15, budget: o.quick ? 3000 : 15_000 };
    say();
    console.log(`matrix products on ${device.info.name} (${device.profile.name}${device.info.toggles?.length ? `, ${device.info.toggles.join(", ")}` : ""}); medians of ${bench.rounds} rounds, ms${device.profile.software ? " of all cores" : ""}\nceilings\n${ceilingsText(known)}`);
    if (o.peers && !installed()) console.log(`no peers are here; to time others as well: ${INSTALL}`);
    const report = (more: object = {}): void => {
      if (o.json !== undefined) writeFileSync(o.json, `${JSON.stringify({ device: { ...device.info, profile: device.profile.name }, ceilings: known, rounds: bench.rounds, shapes, ...more }, null, 1)}\n`);
      if (o.svg !== undefined) writeFileSync(o.svg, picture(device, shapes, known));
    };
    for (const [i, sizes] of list.entries()) {
      const minutes = (performance.now() - began) / 60_000;
      if (o.minutes !== undefined && minutes >= o.minutes) { console.log(`\n${list.length - i} of ${list.length} shapes were not run, for ${o.minutes} minutes are over: --shapes ${list.slice(i).map((x) => sizesText(x).replaceAll("×", "x")).join(",")} goes on`); break; }
      if (i > 0) progress("shapes")(`${i} of ${list.length} in ${minutes.toFixed(1)} minutes`);
      const s = await shapeOf(bench, sizes, makers);
      shapes.push(s);
      print(s, bench.rounds);
      report();
    }
    const verdicts = verdictsOf(shapes);
    if (makers.some((m) => m.name === "i4")) {
      const grown = await growing(bench), { exponent, ms: times } = grown;
      verdicts.push({ goal: "time of a GEMV of i4 without the launch, from 256² to 4096², grows with N·K to the power of 1 ± 0.1", found: `${exponent.toFixed(2)} (ms ${Object.values(times).map(ms).join(", ")})`, passes: Math.abs(exponent - 1) <= 0.1 });
      report({ verdicts, growth: grown });
    } else report({ verdicts });
    const { user, system } = process.cpuUsage();
    console.log(`\n${conclusion(verdicts)}\n${((performance.now() - began) / 60_000).toFixed(1)} minutes, ${((user + system) / 60e6 / availableParallelism()).toFixed(1)} of all cores`);
  } finally { await close(); }
}

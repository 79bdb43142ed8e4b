// Integer matrix products side by side: npm run bench -- int --quick
//
// Each way to multiply (dot's `by:`) at each pair of widths, on one shape of a decoding step and one of a batch, beside a product of
// f32, one of bytes by packed dot products, and other libraries' where they are installed, all timed in the same rounds. The result of
// each is compared with the first before any is timed. SwiftShader follows in short form, in a process of its own, where another adapter
// comes first.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { close, listAdapters, open, rates, targetOf, type Device } from "../runtime/index.ts";
import { defaultRates, type Rates } from "../codegen/index.ts";
import { enter, overheads, type Entrant } from "./entrants.ts";
import { entry, shapeText, WAYS, type Entry, type Shape, type Shared } from "./int-kernels.ts";
import { progress, type Options } from "./options.ts";
import { INSTALL, installed, peers } from "./peers.ts";
import { plot } from "./plot.ts";
import { clockOf, interval, median, race, ratio, ratioText, verdict, without, type Clock, type Racer, type Ratio } from "./timing.ts";
import { Wrong } from "./usage.ts";
import { conclusion, shareOf } from "./verdicts.ts";

/** Columns of a table: packed* reads the bit planes that the other two last ways need. */
const NAMES = [...WAYS, "packed*"] as const;

interface Form { readonly shapes: readonly Shape[]; readonly widths: readonly number[]; readonly square: boolean; readonly rounds: number; readonly only?: ReadonlySet<string> }
const shape = (M: number, N: number): Shape => ({ M, N, K: N, threads: M === 1 ? [1, 32] : [4, 16], most: M === 1 ? [1, 4] : [4, 4] });
const full: Form = { shapes: [shape(1, 4096), shape(64, 1024)], widths: [1, 2, 3, 4, 6, 8], square: false, rounds: 15 };
const quick: Form = { shapes: [shape(1, 1024), shape(64, 512)], widths: [1, 2, 4, 8], square: true, rounds: 5 };

interface Cell { readonly shape: string; readonly x: number; readonly w: number; readonly ms: Readonly<Record<string, number | undefined>>; readonly predicted: Readonly<Record<string, number>>; readonly work: Readonly<Record<string, unknown>>; readonly chosen: string; readonly best: string; readonly slower: Ratio }

/** Times all ways at widths p and q. The cost model's choice is what it thinks cheapest of them. */
async function cellOf(s: Shared, anchors: readonly Entry[], clock: Clock, p: number, q: number, rounds: number): Promise<Cell> {
  const ways: Entry[] = [];
  for (const way of WAYS) if (way !== "table" || q <= 4) ways.push(await entry(s, way, way, `b${p}`, `b${q}`, way === "planes" || way === "table" ? "planes" : "dense"));
  ways.push(await entry(s, "packed*", "packed", `b${p}`, `b${q}`, "planes"));
  const want = await ways[0].out.read();
  for (const e of ways.slice(1)) { const got = await e.out.read(); if (got.length !== want.length || got.some((v, i) => v !== want[i])) throw new Error(`${e.name} of b${p} × b${q} differs`); }
  const entries: readonly Entry[] = [...anchors.map((a) => ({ ...a, ms: [] })), ...ways];
  await race(clock, entries, rounds, 20);
  const of = <T>(f: (e: Entry) => T): Record<string, T> => Object.fromEntries(entries.map((e) => [e.name, f(e)]));
  const best = ways.reduce((a, b) => (median(b.ms) < median(a.ms) ? b : a)), chosen = ways.reduce((a, b) => (b.predicted < a.predicted ? b : a));
  return { shape: shapeText(s.shape), x: p, w: q, ms: of((e) => median(e.ms)), predicted: of((e) => e.predicted), work: of((e) => e.priced?.work), chosen: chosen.name, best: best.name, slower: ratio(chosen, best) };
}

/** W1A1 or W2A2 against the best f32. */
interface Goal { readonly shape: string; readonly of: string; readonly over: string; readonly least: number; readonly ratio: Ratio; readonly verdict: string }
interface Goals { readonly times: Readonly<Record<string, Ratio>>; readonly goals: readonly Goal[] }

/** W1A1 and W2A2 against the best product of f32 on this adapter: ours, and those of others that are here. */
async function goals(s: Shared, f32: Entry, clock: Clock, rounds: number, withPeers: boolean): Promise<Goals> {
  const say = progress(shapeText(s.shape)), chosen = peers.filter((p) => withPeers && (p.kind.w === 32 || p.kind.w === 4)), { entrants, notes } = await enter(s.device, s.shape, chosen, { progress: say });
  for (const n of notes) console.log(`  ${n}`);
  const own = [{ ...f32, name: "f32", ms: [] }, await entry(s, "W1A1 by planes", "planes", "b1", "b1", "planes"), await entry(s, "W2A2 by planes", "planes", "b2", "b2", "planes")], empty = await overheads(s.device, entrants, chosen);
  // Those on the CPU in rounds of their own: their threads would be counted as others' time.
  for (const on of ["adapter", "cpu"] as const) await race(clock, [...(on === "adapter" ? own : []), ...[...entrants, ...empty].filter((e) => e.on === on)], rounds, 20, { progress: (i, n) => say(`round ${i} of ${n} with peers, ${on}`) });
  say();
  const net = entrants.map((e) => ({ ...e, ms: [...without(e.ms, e.called ? median(empty.find((x) => x.library === e.library)?.ms ?? [0]) : 0)] })), racers: readonly Racer[] = [...own, ...net];
  const f32s = (on: Entrant["on"]): readonly Racer[] => net.filter((e) => e.on === on && e.kind.w === 32), fastest = [own[0], ...f32s("adapter")].reduce((a, b) => (median(b.ms) < median(a.ms) ? b : a));
  for (const r of racers) { const { median: m, low, high } = interval(r.ms); console.log(`  ${r.name.padEnd(40)} ${m.toFixed(2).padStart(9)} ms (${low.toFixed(2)} to ${high.toFixed(2)})`); }
  const found = ([[own[1], 6], [own[2], 2]] as const).map(([r, least]): Goal => {
    const over = ratio(fastest, r);
    console.log(`  ${r.name} against ${fastest.name}, the best f32 of this adapter: ${ratioText(over)}, ${verdict(over, least)} at ${least} ×`);
    for (const c of f32s("cpu")) console.log(`    against ${c.name}, which is no work of the adapter: ${ratioText(ratio(c, r))}`);
    return { shape: shapeText(s.shape), of: r.name, over: fastest.name, least, ratio: over, verdict: verdict(over, least) };
  });
  for (const e of [...entrants, ...empty]) await e.end();
  return { times: Object.fromEntries(racers.map((r) => [r.name, interval(r.ms)])), goals: found };
}

const GPUS = ["nvidia", "amd", "apple"] as const;
/** G products a second that a device's rates allow in arithmetic alone. */
function allowedText(r: Rates): string {
  const g = (n: number | undefined, times: number): string => (((n ?? 0) * times) / 1e9).toFixed(((n ?? 0) * times) / 1e9 < 10 ? 1 : 0);
  return `  ${r.of}: planes ${[[1, 1], [2, 2], [4, 4], [6, 6], [8, 8]].map(([p, q]) => `${p}×${q} ${g(r.popcount, 32 / (p * q))}`).join(", ")}; packed ${g(r.packedDot, 4)}, f32 ${g(r.fma, 1)}`;
}

/** Where planes lose, and by how much the arithmetic of the rates says they must. */
function losses(cells: readonly Cell[], r: Rates): void {
  const lost = cells.filter((c) => (c.ms.planes ?? 0) > 1.25 * (c.ms[c.best] ?? Infinity)), need = (r.packedDot ?? 0) / (r.popcount ?? 1) / 8;
  console.log(`\nplanes are slower than 1.25 × of the best way in ${lost.length} of ${cells.length} cells${lost.length ? `: ${lost.map((c) => `${c.x}×${c.w} (${c.shape})`).join(", ")}` : ""}`);
  console.log(`  they take p·q popcounts for 32 products, packed dot products 8 steps: at this adapter's rates they draw level at p·q = ${(1 / need).toFixed(1)}, loads and unpacking aside`);
}

/** What was found on one device. */
interface Found { readonly cells: readonly Cell[]; readonly withPeers: readonly Goals[] }

async function onDevice(device: Device, form: Form, withPeers: boolean): Promise<Found> {
  // What the cost model goes by from here on: the device's own rates, measured once and kept.
  await rates(device);
  const clock = clockOf(device), { rounds, widths } = form, cells: Cell[] = [], compared: Goals[] = [];
  console.log(`integer products on ${device.info.name} (${device.profile.name}); medians of ${rounds} rounds, ms${device.profile.software ? " of all cores" : ""}`);
  for (const s of form.shapes) {
    const shared: Shared = { device, shape: s, tensors: new Map(), outs: [] }, name = shapeText(s), say = progress(name);
    const anchors = [await entry(shared, "f32", "f32", "f32", "f32", "dense"), await entry(shared, "int8", "packed", "i8", "i8", "dense")];
    console.log(`\n${name}\n${["x × w", "f32", "int8", ...NAMES, "chosen", "best"].map((t) => t.padStart(8)).join("")}`);
    for (const p of widths) for (const q of form.square ? [p] : widths) {
      if (form.only && !form.only.has(`${p}x${q}`)) continue;
      say(`${p} × ${q} bits`);
      const c = await cellOf(shared, anchors, clock, p, q, rounds);
      cells.push(c);
      say();
      const much = c.slower.median > 1.25 ? `   ${ratioText(c.slower)} of the best` : "";
      console.log([`${p} × ${q}`, ...["f32", "int8", ...NAMES].map((w) => c.ms[w]?.toFixed(2) ?? "-"), c.chosen, c.best].map((t) => t.padStart(8)).join("") + much);
    }
    if (!form.only) compared.push(await goals(shared, anchors[0], clock, Math.max(15, rounds), withPeers));
    for (const t of [...shared.tensors.values(), ...shared.outs]) t.dispose();
  }
  const right = cells.filter((c) => (c.ms[c.chosen] ?? Infinity) <= 1.25 * (c.ms[c.best] ?? 0)).length;
  losses(cells, targetOf(device).rates);
  console.log(`\n${conclusion([
    shareOf("the cost model's choice is within 1.25 × of the best way in 90 % of cells", right, cells.length, 0.9),
    ...compared.flatMap((c) => c.goals).map((g) => ({ goal: `${g.shape}: ${g.of} ${g.least} × as fast as ${g.over}, the best f32`, found: ratioText(g.ratio), passes: g.verdict === "passes" })),
  ])}`);
  return { cells, withPeers: compared };
}

/** Time against the number of pairs of bits, a panel for each shape, a mark for each way. */
function picture(device: Device, cells: readonly Cell[]): string {
  const shapes = [...new Set(cells.map((c) => c.shape))];
  const panels = shapes.map((title) => {
    const here = cells.filter((c) => c.shape === title);
    return { title: `M×N×K = ${title}`, series: ["f32", "int8", ...NAMES].map((name) => ({ name, points: here.flatMap((c) => (c.ms[name] === undefined ? [] : [[c.x * c.w, c.ms[name]] as const])) })) };
  });
  return plot({ title: `integer products on ${device.info.name}`, x: "bits of x times bits of w", y: "ms", ticks: [1, 2, 4, 8, 16, 32, 64], columns: 2, panels });
}

/** Where the second adapter's report goes: out.json → out-swiftshader.json. */
const beside = (file: string | undefined, name: string): string[] => (file === undefined ? [] : [file.replace(/(\.\w+)?$/, `-${name}$1`)]);

/** The pairs of widths that are asked for. @throws Wrong where the form has no such pair */
export function pairsOf(only: string, { widths, square }: Pick<Form, "widths" | "square">): ReadonlySet<string> {
  const pairs = only.split(",").map((t) => t.trim().replace("×", "x")), there = widths.flatMap((p) => (square ? [p] : widths).map((q) => `${p}x${q}`)), odd = pairs.find((p) => !there.includes(p));
  if (odd !== undefined) throw new Wrong(`"${odd}" is no pair of widths that is timed; there are ${there.join(", ")}`);
  return new Set(pairs);
}

/** Runs the bench and prints its tables. */
export async function int(o: Options): Promise<void> {
  const whole = o.quick ? quick : full, form: Form = { ...whole, ...(o.rounds === undefined ? {} : { rounds: o.rounds }), ...(o.only === undefined ? {} : { only: pairsOf(o.only, whole) }) };
  try {
    const device = await open(o.adapter === undefined ? {} : { adapter: o.adapter }), first = device.profile.name;
    if (o.peers && !installed()) console.log(`no peers are here; to time others as well: ${INSTALL}`);
    const found = await onDevice(device, form, o.peers && installed());
    console.log(`\nwhat rates allow in arithmetic alone, G products/s (planes take p·q popcounts for 32)`);
    for (const r of [targetOf(device).rates, ...GPUS.map((g) => defaultRates[g])]) console.log(allowedText(r));
    if (o.json !== undefined) writeFileSync(o.json, `${JSON.stringify({ device: { ...device.info, profile: first }, rates: await rates(device), ...found }, null, 1)}\n`);
    if (o.svg !== undefined) writeFileSync(o.svg, picture(device, found.cells));
    if (o.adapter === undefined && first !== "swiftshader" && (await listAdapters()).some((a) => a.kind === "swiftshader" && a.usable)) {
      console.log("");
      const also = [...beside(o.json, "swiftshader").flatMap((f) => ["--json", f]), ...beside(o.svg, "swiftshader").flatMap((f) => ["--svg", f]), ...(o.peers ? [] : ["--no-peers"]), ...(o.rounds === undefined ? [] : ["--rounds", String(o.rounds)])];
      const { status } = spawnSync(process.execPath, [process.argv[1] ?? "", "int", "--quick", "--adapter", "swiftshader", ...also], { stdio: "inherit" });
      if (status !== 0) process.exitCode = 1;
    }
  } finally { await close(); }
}

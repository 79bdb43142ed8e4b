// Integer matrix products side by side: npm run bench -- int [--quick] [--adapter NAME] [--json FILE]
//
// Each way to multiply (dot's `by:`) at each pair of widths, on one shape like a decoding step and one like a batch, beside a
// product of f32 and one of bytes by packed dot products in the same run. All kernels of a shape are timed in turn, round by round,
// so that a slow minute of the machine meets all of them; the result of each is compared with the first before any is timed.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { dense, planes } from "../layout/index.ts";
import { close, compile, open, rates, targetOf, type Device, type Kernel, type Tensor } from "../runtime/index.ts";
import { defaultRates, lowerProgram, prepare, type Rates } from "../codegen/index.ts";
import { load } from "../lang/index.ts";

const WAYS = ["fma", "packed", "planes", "table"] as const;
type Way = (typeof WAYS)[number];
/** Columns of a table: packed* reads the bit planes that the other two last ways need. */
const NAMES = [...WAYS, "packed*"] as const;

/** M, N, K, and how many threads and elements a thread has along M and N. */
interface Shape { readonly M: number; readonly N: number; readonly K: number; readonly threads: readonly [number, number]; readonly most: readonly [number, number] }

const SHAPES: readonly Shape[] = [
  { M: 1, N: 1024, K: 1024, threads: [1, 32], most: [1, 4] },
  { M: 64, N: 512, K: 512, threads: [4, 16], most: [4, 4] },
];

/** The product of tensors read where they lie; every thread a block of elements. */
const source = (by: Way | "" | "f32"): string => `
kernel product<N: int, K: int, X: dtype, W: dtype, V: packing, TM: int, TN: int, RM: int, RN: int>(x: X[M, K] @ V, w: W[N, K] @ V, out c: ${by === "f32" ? "f32" : "i32"}[M, N])
  grid (bn in cdiv(N, TN * RN), bm in cdiv(M, TM * RM))
  threads TM * TN
{
  let m = bm * (TM * RM)
  let n = bn * (TN * RN)
  var acc: ${by === "f32" ? "f32" : "i32"}[TM * RM, TN * RN] @ spatial(TM, TN) * local(RM, RN) = 0
  acc += dot(x[m +: TM * RM, 0 +: K], transposed(w[n +: TN * RN, 0 +: K]), k: K${by === "" || by === "f32" ? "" : `, by: ${by}`})
  store(c[m +: TM * RM, n +: TN * RN], acc)
}`;

/** One kernel to be timed. */
interface Entry {
  readonly name: string;
  /** Where its factors lie. */
  readonly packing: string;
  /** What the cost model thinks of it, in ms. */
  readonly predicted: number;
  readonly way: string;  readonly kernel: Kernel; readonly inputs: Readonly<Record<string, Tensor>>; readonly out: Tensor; ms: number[];
}

const median = (xs: readonly number[]): number => { const s = [...xs].sort((a, b) => a - b); return s.length % 2 ? s[s.length >> 1] : (s[s.length / 2 - 1] + s[s.length / 2]) / 2; };

/** Milliseconds of one launch, from `times` in one submission. */
async function once(device: Device, e: Entry, times: number): Promise<number> {
  const encoder = device.gpu.createCommandEncoder();
  for (let i = 0; i < times; i++) await e.kernel.record(encoder, { ...e.inputs, c: e.out });
  const start = performance.now();
  device.gpu.queue.submit([encoder.finish()]);
  await device.gpu.queue.onSubmittedWorkDone();
  return (performance.now() - start) / times;
}

/** Times all entries in turn: each sample lasts `sample` ms or more. */
async function race(device: Device, entries: readonly Entry[], rounds: number, sample: number): Promise<void> {
  const times = new Map<Entry, number>();
  for (const e of entries) { await once(device, e, 1); times.set(e, Math.max(1, Math.ceil(sample / Math.max(0.02, await once(device, e, 1))))); }
  for (let r = 0; r < rounds; r++) for (const e of entries) e.ms.push(await once(device, e, times.get(e) ?? 1));
}

/** The largest register block within `most` for which a step reads at most `accesses` words. */
function block([rm, rn]: readonly [number, number], p: number, q: number, accesses: number): readonly [number, number] {
  let [m, n] = [rm, rn];
  while (p * m + q * n > accesses && m * n > 1) { if (n >= m && n > 1) n /= 2; else m /= 2; }
  return [m, n];
}

const random = (seed: number) => () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) >>> 8;

async function entry(device: Device, name: string, by: Way | "" | "f32", s: Shape, x: string, w: string, packing: string, words: readonly [number, number], tensors: Map<string, Tensor>, outs: Tensor[]): Promise<Entry> {
  const [RM, RN] = block(s.most, ...words, device.profile.staticAccesses), [TM, TN] = s.threads;
  const text = source(by), params = { N: s.N, K: s.K, X: x, W: w, V: packing === "planes" ? planes(2) : dense(2), TM, TN, RM, RN };
  const kernel = (await compile(text)).specialise(params as never) as unknown as Kernel;
  const [definition] = load(text, {}).kernels.values(), product = definition && lowerProgram(prepare(definition.specialise(params)).program, targetOf(device)).products[0];
  const blocks = Math.ceil(s.M / (TM * RM)) * Math.ceil(s.N / (TN * RN)), taken = product?.ways.find((v) => v.name === product.taken);
  const tensor = async (type: string, rows: number): Promise<Tensor> => {
    const key = `${type} ${rows} ${type === "f32" ? "" : packing}`, next = random(rows + type.length), bits = Number(/\d+/.exec(type)?.[0] ?? 32);
    let t = tensors.get(key);
    if (!t) tensors.set(key, (t = type === "f32" ? await device.tensor("f32", [rows, s.K], Float32Array.from({ length: rows * s.K }, () => (next() % 15) - 7)) : await device.tensor(type, [rows, s.K], Uint8Array.from({ length: rows * s.K }, () => next() % 2 ** bits), { packing: packing === "planes" ? planes(2) : dense(2) })));
    return t;
  };
  const inputs = { x: await tensor(x, s.M), w: await tensor(w, s.N) };
  const { c } = (await kernel.run(inputs as never)) as Readonly<Record<string, Tensor>>;
  outs.push(c);
  return { name, packing, way: product?.taken ?? name, predicted: (taken?.seconds ?? NaN) * blocks * 1e3, kernel, inputs, out: c, ms: [] };
}
const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** Words that a step reads of a row of x and of one of w, by how the way goes. */
function wordsOf(way: Way | "" | "f32", p: number, q: number): readonly [number, number] {
  if (way === "planes" || way === "" || way === "table") return [p, q];
  if (way === "f32" || way === "fma") return [1, 1];
  const width = Math.max(...[p, q].map((n) => 32 / gcd(32, n)));
  return [(width * p) / 32, (width * q) / 32];
}

interface Cell { readonly shape: string; readonly x: number; readonly w: number; readonly ms: Readonly<Record<string, number | undefined>>; readonly chosen: string | undefined; readonly best: string }

const GPUS = ["nvidia", "amd", "apple"] as const;
/** Millions of products a second that a device's rates allow each way in arithmetic alone, for widths p and q. */
function allowed(r: Rates, p: number, q: number): Readonly<Record<string, number>> {
  const per = (n: number | undefined, times: number): number => ((n ?? 0) * times) / 1e6;
  return { planes: per(r.popcount, 32 / (p * q)), packed: per(r.packedDot, 4), fma: per(r.fma, 1) };
}

/** Runs the bench and prints its tables. */
export async function int(args: readonly string[]): Promise<void> {
  const { values: o } = parseArgs({ args: [...args], options: { quick: { type: "boolean" }, adapter: { type: "string" }, json: { type: "string" }, rounds: { type: "string" } } });
  const device = await open(o.adapter === undefined ? {} : { adapter: o.adapter });
  // What the cost model goes by from here on: the device's own rates, measured once and kept.
  await rates(device);
  const widths = o.quick ? [1, 2, 4, 8] : [1, 2, 3, 4, 6, 8], rounds = Number(o.rounds ?? (o.quick ? 5 : 15));
  console.log(`integer products on ${device.info.name} (${device.profile.name}); medians of ${rounds} rounds, ms`);
  const cells: Cell[] = [];
  try {
    for (const s of SHAPES) {
      const name = `${s.M}×${s.N}×${s.K}`, tensors = new Map<string, Tensor>(), outs: Tensor[] = [];
      const anchors = [
        await entry(device, "f32", "f32", s, "f32", "f32", "dense", [1, 1], tensors, outs),
        await entry(device, "int8", "packed", s, "i8", "i8", "dense", [1, 1], tensors, outs),
      ];
      console.log(`\n${name}\n${["x × w", "f32", "int8", ...NAMES, "chosen", "best"].map((t) => t.padStart(8)).join("")}`);
      for (const p of widths) for (const q of o.quick ? [p] : widths) {
        const entries: Entry[] = anchors.map((a) => ({ ...a, ms: [] }));
        for (const way of WAYS) {
          if (way === "table" && (q > 4 || 64 * s.threads[0] * s.most[0] * Math.ceil(s.K / 4) > device.limits.maxComputeWorkgroupStorageSize)) continue;
          entries.push(await entry(device, way, way, s, `b${p}`, `b${q}`, way === "planes" || way === "table" ? "planes" : "dense", wordsOf(way, p, q), tensors, outs));
        }
        entries.push(await entry(device, "packed*", "packed", s, `b${p}`, `b${q}`, "planes", wordsOf("planes", p, q), tensors, outs));
        // The cost model's choice: of each storage the way it takes by itself, of these the one it thinks cheaper.
        const own = await Promise.all(["planes", "dense"].map((v) => entry(device, v, "", s, `b${p}`, `b${q}`, v, wordsOf(v === "planes" ? "planes" : "packed", p, q), tensors, outs)));
        const [taken] = own.sort((u, v) => u.predicted - v.predicted), chosen = `${taken.way}${taken.way === "packed" && taken.packing === "planes" ? "*" : ""}`;
        const want = await entries[2].out.read();
        for (const e of entries.slice(3)) { const got = await e.out.read(); if (got.length !== want.length || got.some((v, i) => v !== want[i])) throw new Error(`${e.name} of b${p} × b${q} differs`); }
        await race(device, entries, rounds, 20);
        const ms = Object.fromEntries(entries.map((e) => [e.name, median(e.ms)])), best = NAMES.filter((w) => ms[w] !== undefined).reduce((a, b) => ((ms[b] ?? Infinity) < (ms[a] ?? Infinity) ? b : a));
        cells.push({ shape: name, x: p, w: q, ms, chosen, best });
        console.log([`${p} × ${q}`, ...["f32", "int8", ...NAMES].map((w) => ms[w]?.toFixed(2) ?? "-"), chosen ?? "?", best].map((t) => t.padStart(8)).join(""));
      }
      for (const t of [...tensors.values(), ...outs]) t.dispose();
    }
    const right = cells.filter((c) => (c.ms[c.chosen ?? ""] ?? Infinity) <= 1.25 * (c.ms[c.best] ?? 0)).length;
    console.log(`\nthe cost model's choice is within 1.25 × of the best way in ${right} of ${cells.length} cells`);
    for (const n of [1, 2]) {
      const c = cells.filter((x) => x.x === n && x.w === n);
      console.log(`W${n}A${n} by planes against f32: ${c.map((x) => `${((x.ms.f32 ?? 0) / (x.ms.planes ?? 1)).toFixed(1)} × (${x.shape})`).join(", ")}`);
    }
    console.log(`\nwhat rates allow in arithmetic alone, G products/s (planes need ${"p·q"} popcounts for 32)`);
    const own = targetOf(device).rates;
    for (const r of [own, ...GPUS.map((g) => defaultRates[g])]) console.log(`  ${r.of}: ${[[1, 1], [2, 2], [4, 4], [6, 6], [8, 8]].map(([p, q]) => { const a = allowed(r, p, q); return `${p}×${q} planes ${((a.planes ?? 0) / 1e3).toFixed(0)}`; }).join(", ")}; packed ${((allowed(r, 1, 1).packed ?? 0) / 1e3).toFixed(0)}, f32 ${((allowed(r, 1, 1).fma ?? 0) / 1e3).toFixed(0)}`);
    if (o.json !== undefined) writeFileSync(o.json, `${JSON.stringify({ device: device.info, cells }, null, 2)}\n`);
  } finally { close(); }
}

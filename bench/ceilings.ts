// The measured ceilings of an adapter: the rates that the cost model goes by, measured anew, and what they leave out: copies, loads from
// what caches hold, what subgroups hand around, multiply-adds into more sums than registers hold, and whether loads go on beside arithmetic.
// Of several ways to do a thing the fastest counts, so that no kernel does better.
import { rateTable } from "../codegen/index.ts";
import { rates, type Device } from "../runtime/index.ts";
import { extraCeilings, type CeilingName, type Ceilings } from "./roofline.ts";
import { median, race, type Clock, type Racer } from "./timing.ts";

/** A shader on two buffers, and how many operations one dispatch of it does; without `of` it is only for what is made of several. */
interface Probe { readonly name: string; readonly of?: CeilingName; readonly operations: number; readonly type: string; readonly body: string; readonly feature?: string; readonly blocks?: number }

const BYTES = 2 ** 24, BLOCKS = 256, THREADS = 64, TRIPS = 128, RUNS = BLOCKS * THREADS * TRIPS;
const times = (n: number, f: (i: number) => string): string => Array.from({ length: n }, (_, i) => f(i)).join(" ");

const copy = (type: string, size: number): Probe => ({
  name: `copy of ${type}`, of: "copy", operations: 2 * BYTES, type, // each thread's neighbours take its neighbours
  body: `for (var i = id.x; i < ${BYTES / size}u; i += ${BLOCKS * THREADS}u) { out[i] = data[i]; }`,
});
/** A loop around `steps`, with sums a0, a1, … of the buffers' type that nothing is known of. */
const loop = (type: string, sums: number, steps: string): string =>
  `let m = data[0] * 0.5; let c = data[1]; ${times(sums, (i) => `var a${i} = data[${i}] + ${type}(f32(id.x));`)} for (var k = 0u; k < ${TRIPS}u; k++) { ${steps} } out[id.x] = ${Array.from({ length: sums }, (_, i) => `a${i}`).join(" + ")};`;
/** Chains that wait for nothing but themselves, each step of each so many multiply-adds, so often in a trip that the loop takes no time beside them. */
const chains = (name: string, of: CeilingName, type: string, sums: number, again: number, each: number, step: string): Probe =>
  ({ name, of, type, operations: RUNS * sums * again * each, body: loop(type, sums, times(again, () => times(sums, (i) => step.replaceAll("$", `a${i}`)))) });
/** Loads from the first so many bytes: neighbours by neighbouring threads, all of them in a dispatch. */
const loads = (name: string, of: CeilingName | undefined, type: string, size: number, bytes: number, each: number, again = 1, more = ""): Probe => ({
  name, ...(of === undefined ? {} : { of }), type, operations: RUNS * again * each,
  body: loop(type, 1, `let at = (id.x + k * ${bytes > 2 ** 18 ? BLOCKS * THREADS : 1}u) & ${bytes / size - 1 - (again - 1) * THREADS}u; ${times(again, (i) => `a0 += data[at + ${i * THREADS}u];`)} ${more}`),
});

/** Codes of 4 bits, 8 of a word, two's complement: cut out where they lie, below the upper 12 bits of a float's mantissa, or in the word's upper half; or moved to an end. */
const mantissa = (i: number): string => { const p = i < 5 ? 4 * i : 4 * i - 16; return `(bitcast<f32>((${i < 5 ? "u" : "h"} & ${15 << p}u) ^ ${(((150 - p) << 23) | (8 << p)) >>> 0}u) - ${2 ** (23 - p) + 8}f)`; };
const extended = (i: number): string => `f32(bitcast<i32>(u << ${28 - 4 * i}u) >> 28u)`, masked = (i: number): string => `(f32((u >> ${4 * i}u) & 15u) - 8f)`;
/** Four words of such codes in a trip, each multiplied and added into one of four sums. */
const decoded = (name: string, value: (i: number) => string): Probe => ({
  name, of: "decodedFma", type: "f32", operations: RUNS * 4 * 8,
  body: `var u = bitcast<u32>(data[2]) + id.x; ${loop("f32", 4, times(4, () => `{ u += 0x9e3779b9u; let h = u >> 16u; ${times(8, (i) => `a${i % 4} = fma(m, ${value(i)}, a${i % 4});`)} }`))}`,
});

const vec4 = "vec4<f32>", fmas = times(16, () => "a0 = fma(a0, m, c);"); // of vec4, one after the other: 64 multiply-adds
const beside = { loads: loads("loads alone", undefined, vec4, 16, 2 ** 14, 1), arithmetic: loads("arithmetic alone", undefined, vec4, 16, 2 ** 14, 1, 0, fmas), both: loads("both", undefined, vec4, 16, 2 ** 14, 1, 1, fmas), neither: loads("neither", undefined, vec4, 16, 2 ** 14, 1, 0, "a0 += c;") };
const probes: readonly Probe[] = [
  copy("f32", 4), copy(vec4, 16),
  chains("multiply-adds of vec4", "fma", vec4, 4, 4, 4, "$ = fma($, m, c);"), chains("dot products of vec4", "fma", vec4, 4, 4, 4, "$.x += dot($, m);"),
  ...([[8, "fma"], [16, "fma16"], [32, "fma32"]] as const).map(([n, of]) => chains(`multiply-adds into ${n}`, of, "f32", n, 128 / n, 1, "$ = fma($, m, c);")),
  decoded("codes or-ed into a mantissa", mantissa), decoded("codes with their sign extended", extended), decoded("codes less 8", masked),
  loads("loads of f32", "load", "f32", 4, 2 ** 14, 1, 8), loads("loads of vec4", "load4", vec4, 16, 2 ** 14, 1), loads("loads of vec4, more", "load4", vec4, 16, 2 ** 14, 1, 4),
  ...([["read512K", 19], ["read2M", 21]] as const).map(([of, n]) => loads(`reads of 2^${n} bytes`, of, vec4, 16, 2 ** n, 16)),
  { ...chains("broadcasts", "broadcast", "f32", 4, 4, 1, "$ += subgroupBroadcast(c + $, 1u);"), feature: "subgroups" },
  ...Object.values(beside),
];
/** By the same clock as all else: the rate of that name is what one waits for it, on a busy machine for others, too. */
const launch: Probe = { name: "launches", operations: 1, type: "f32", blocks: 1, body: "if (data[0] == 0.5) { out[id.x] = data[1]; }" };

async function racer({ gpu }: Device, p: Probe, [data, out]: readonly GPUBuffer[]): Promise<Racer> {
  const code = `${p.feature === "subgroups" ? "enable subgroups;\n" : ""}@group(0) @binding(0) var<storage, read> data: array<${p.type}>;\n@group(0) @binding(1) var<storage, read_write> out: array<${p.type}>;\n@compute @workgroup_size(${THREADS}) fn main(@builtin(global_invocation_id) id: vec3<u32>) { ${p.body} }`;
  const pipeline = await gpu.createComputePipelineAsync({ layout: "auto", compute: { module: gpu.createShaderModule({ code, label: p.name }) } });
  const group = gpu.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [data, out].map((buffer, binding) => ({ binding, resource: { buffer } })) });
  return { name: p.name, ms: [], ready: async (times) => {
    const encoder = gpu.createCommandEncoder(), pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    for (let i = 0; i < times; i++) pass.dispatchWorkgroups(p.blocks ?? BLOCKS);
    pass.end();
    const commands = encoder.finish();
    return async () => { gpu.queue.submit([commands]); await gpu.queue.onSubmittedWorkDone(); };
  } };
}

/** What share of the shorter of two times adds to the longer where both are to be done: 0 where they go on at once, 1 where they take turns. */
export function shareBeside(both: number, one: number, other: number, neither: number): number {
  const [long, short] = [Math.max(one, other) - neither, Math.min(one, other) - neither];
  return short <= 0 ? 0 : Math.min(1, Math.max(0, (both - neither - long) / short));
}

/** Milliseconds of a launch by a clock. */
export async function launchOf(device: Device, clock: Clock): Promise<number> {
  const buffers = [0, 1].map(() => device.gpu.createBuffer({ size: 4 * THREADS, usage: GPUBufferUsage.STORAGE }));
  try {
    const one = await racer(device, launch, buffers);
    await race(clock, [one], 5, 20);
    return Math.min(...one.ms);
  } finally { for (const b of buffers) b.destroy(); }
}

/** Two ceilings anew, as racers of each round: how much slower the machine is by then than when they were measured. */
export async function pace(device: Device, known: Ceilings): Promise<{ readonly racers: readonly Racer[]; readonly at: (round: number) => number; readonly end: () => void }> {
  const buffers = [0, 1].map(() => device.gpu.createBuffer({ size: BYTES, usage: GPUBufferUsage.STORAGE })), of = probes.filter((p) => p.of === "read512K" || p.of === "fma16");
  const end = (): void => { for (const b of buffers) b.destroy(); };
  try {
    const racers = await Promise.all(of.map((p) => racer(device, p, buffers))), least = of.map((p) => {
      const rate = known[p.of as CeilingName];
      if (rate === undefined) throw new Error(`the ceiling ${p.of} was not measured`);
      return (1e3 * p.operations) / rate;
    });
    return { racers, at: (round) => racers.reduce((sum, { ms }, i) => sum + ms[round] / least[i], 0) / racers.length, end };
  } catch (error) { end(); throw error; }
}

/** Measures them; takes some seconds. */
export async function ceilings(device: Device, clock: Clock): Promise<Ceilings> {
  const { of: _, source: __, ...known } = await rates(device, { fresh: true }), buffers = [0, 1].map(() => device.gpu.createBuffer({ size: BYTES, usage: GPUBufferUsage.STORAGE }));
  const found: Partial<Record<CeilingName, number>> = { ...known, ...(device.features.has("subgroups") ? { lanes: device.subgroup.min } : {}) }, able = [launch, ...probes].filter((p) => p.feature === undefined || device.features.has(p.feature));
  try {
    const racers = await Promise.all(able.map((p) => racer(device, p, buffers))), best = (p: Probe): number => Math.min(...racers[able.indexOf(p)].ms);
    await race(clock, racers, 5, 20);
    for (const p of able) if (p.of !== undefined) found[p.of] = Math.max(found[p.of] ?? 0, p.operations / (best(p) / 1e3));
    found.dispatch = best(launch) / 1e3;
    const ms = (p: Probe): number => median(racers[able.indexOf(p)].ms);
    found.beside = shareBeside(ms(beside.both), ms(beside.loads), ms(beside.arithmetic), ms(beside.neither));
  } finally { for (const b of buffers) b.destroy(); }
  return found;
}

const PREFIXES = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"], [1, ""], [1e-3, "m"], [1e-6, "µ"]] as const;
const amount = (n: number): string => { const [by, prefix] = n === 0 ? [1, ""] : PREFIXES.find(([p]) => n >= p) ?? [1e-6, "µ"]; return `${(n / by).toPrecision(3)} ${prefix}`; };

/** A line for each. */
export const ceilingsText = (c: Ceilings): string => Object.entries({ ...extraCeilings, ...rateTable }).flatMap(([name, { unit, doc }]) => {
  const n = c[name as CeilingName];
  return n === undefined ? [] : [`  ${name.padEnd(18)} ${unit === "" ? n.toFixed(2).padStart(7) + " " : amount(n).padStart(8)}${unit.padEnd(10)} ${doc}`];
}).join("\n");

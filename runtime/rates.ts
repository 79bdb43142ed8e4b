// The measured rates of a device: how many operations of each kind it does in a second. Measured on first use, once for each
// device, driver and set of probes, and kept in the user's cache.
//
//   open(…) ──────▶ kept by the store? then the compiler goes by them; nothing is measured
//   rates(device) ─▶ known on this object? ─▶ kept by the store? ─▶ measure: probes in turns, several samples of each
import { rateTable, type RateName, type Rates } from "../codegen/index.ts";
import type { Device } from "./device.ts";
import { digest } from "./digest.ts";
import { allocate, needAlive } from "./memory.ts";
import { inNode } from "./platform.ts";
import { probes, probeShader, THREADS, type Probe } from "./rates-probes.ts";
import { openStore, type Store } from "./store.ts";

/** How rates are got. */
export interface RatesOptions {
  /** Measure even where they are known. */
  readonly fresh?: boolean;
  /** Where they are kept; default: a file in the user's cache folder, in a page the browser's storage. null: nowhere. */
  readonly store?: Store | null;
  /** Least milliseconds of a sample, of a software adapter in Node those of the CPU; default 20. */
  readonly sampleMs?: number;
  /** Samples of each probe after the one that finds its size; default 3. */
  readonly samples?: number;
  /** Is told how far the measuring is, and doesn't hear anything where rates are known. */
  readonly progress?: (done: number, total: number) => void;
}

/**
 * The rates of a device: from this device object, else from the store, else measured now, which takes a few seconds. Calls at the
 * same time share one answer. A probe that the device can't run gives no rate.
 * @throws Diagnostic H0309 (the device is gone), H0304 and H0308 (no room for the buffer that is read)
 * @example
 * ```ts
 * using device = await open({ adapter: "swiftshader" });
 * const { popcount = 0 } = await rates(device, { store: null, sampleMs: 1, samples: 1 }); // the defaults are more exact
 * popcount > 0; // => true
 * ```
 */
export async function rates(device: Device, options: RatesOptions = {}): Promise<Rates> {
  needAlive(device);
  const { measured } = device;
  if (measured.rates === undefined || options.fresh) {
    const got = obtain(device, options).then((found) => (measured.known = found));
    measured.rates = got;
    // What failed is tried again by the next call.
    got.catch(() => { if (measured.rates === got) delete measured.rates; });
  }
  return measured.rates;
}

/**
 * Takes the rates that an earlier process kept of this device, if there are any: `targetOf`, and so `compile` and `matmul`, go by them
 * from now on. `open` does this unless it is told otherwise; measures nothing.
 */
export async function recall(device: Device, store: Store): Promise<void> {
  const key = ratesKey(device), found = ratesFrom(await store.read(key), device, key), { measured } = device;
  if (!found || measured.rates) return;
  measured.known = found;
  measured.rates = Promise.resolve(found);
}

async function obtain(device: Device, options: RatesOptions): Promise<Rates> {
  const store = options.store === undefined ? await openStore() : options.store, key = ratesKey(device);
  const known = options.fresh ? undefined : ratesFrom(await store?.read(key), device, key);
  if (known) return known;
  const found = await measure(device, options);
  await store?.write(key, `${JSON.stringify({ key, rates: found }, undefined, 1)}\n`);
  return Object.freeze({ of: device.info.name, source: "measured", ...found });
}

/** What rates depend on, as text: the adapter, its driver, how it was opened, and the probes themselves. */
export function ratesKey({ gpu, info, features, languages, subgroup }: Pick<Device, "gpu" | "info" | "features" | "languages" | "subgroup">): string {
  const { device = "", description = "" } = (gpu as { readonly adapterInfo?: GPUAdapterInfo }).adapterInfo ?? {};
  return JSON.stringify({ kind: "rates", ...info, device, description, subgroup, features: [...features].sort(), languages: [...languages].sort(), probes: digest(probes.map(probeShader).join()) });
}

/** Rates that a store has kept; undefined where they are of something else, damaged or of another version. */
function ratesFrom(text: string | undefined, device: Device, key: string): Rates | undefined {
  if (text === undefined) return undefined;
  let kept: unknown;
  try { kept = JSON.parse(text); } catch { return undefined; }
  if (typeof kept !== "object" || kept === null || !("key" in kept) || kept.key !== key || !("rates" in kept) || typeof kept.rates !== "object" || kept.rates === null) return undefined;
  const rows = Object.entries(kept.rates);
  const sound = rows.length > 0 && rows.every(([name, value]) => Object.hasOwn(rateTable, name) && typeof value === "number" && Number.isFinite(value) && value > 0);
  return sound ? Object.freeze({ of: device.info.name, source: "measured", ...(Object.fromEntries(rows) as Partial<Record<RateName, number>>) }) : undefined;
}

/** Blocks of a dispatch: enough to fill the device. */
const blocksOf = ({ profile }: Device): number => (profile.software ? 256 : 8192);

/** Bytes of the buffer that is read: more than caches hold, and a power of two. */
function bytesOf({ profile, limits }: Device): number {
  const most = Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize, (profile.software ? 32 : 256) * 2 ** 20);
  return 2 ** Math.floor(Math.log2(most));
}

/** How long something took: by the clock on the wall, and of the CPU where it plays the GPU and Node tells. */
interface Took {
  readonly wall: number;
  readonly cpu?: number;
}

/** A probe that is ready to run. */
interface Ready {
  readonly probe: Probe;
  /** Runs it so large; undefined if the device refused. */
  readonly run: (size: number) => Promise<Took | undefined>;
}

/** A probe being measured: how large it is run, and what was seen. */
interface Course extends Ready {
  size: number;
  failed: boolean;
  readonly seen: (Took & { readonly size: number })[];
}

/** Most of each size. */
const most: Readonly<Record<Probe["grows"], number>> = { trips: 2 ** 30, blocks: 65_535, dispatches: 8192 };

async function measure(device: Device, { sampleMs = 20, samples = 3, progress = () => undefined }: RatesOptions): Promise<Partial<Record<RateName, number>>> {
  const able = probes.filter((p) => (!p.software || device.profile.software) && (p.feature === undefined || device.features.has(p.feature)) && (p.language === undefined || device.languages.has(p.language)));
  const { gpu, profile } = device, total = able.length * (samples + 1), cpu = profile.software && inNode() ? await import("./host-node.ts") : undefined;
  const data = await allocate(device, bytesOf(device), "the buffer whose reading is timed");
  const out = gpu.createBuffer({ size: blocksOf(device) * THREADS * 4, usage: GPUBufferUsage.STORAGE }), uniform = gpu.createBuffer({ size: 16, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
  try {
    const courses = (await Promise.all(able.map((p) => prepare(device, p, { data, out, uniform }, cpu?.cpuTime)))).map((r): Course => ({ ...r, size: r.probe.grows === "trips" ? 8 : 64, failed: false, seen: [] }));
    let idle = Infinity, done = 0;
    // A submission of one empty dispatch: what all times have in them.
    const rest = async (): Promise<void> => { idle = Math.min(idle, (await courses[0]?.run(1))?.wall ?? Infinity); };
    const sample = async (c: Course): Promise<void> => {
      const least = Math.max(sampleMs / 1000, 4 * idle);
      for (let again = !c.failed; again;) {
        const took = await c.run(c.size), limit = most[c.probe.grows];
        if (took === undefined) { c.failed = true; break; }
        c.seen.push({ size: c.size, ...took });
        const seconds = took.cpu ?? took.wall;
        again = seconds < least && c.size < limit;
        if (seconds < 1.2 * least) c.size = Math.min(limit, Math.ceil(c.size * Math.min(16, Math.max(1.25, (1.5 * least) / seconds))));
      }
      progress(++done, total);
    };
    for (let i = 0; i < 3; i++) await rest();
    // The first run may compile, which is nothing to learn a size from.
    for (const c of courses) { c.failed = (await c.run(1)) === undefined; await sample(c); }
    // In turns, so that what disturbs the machine for a moment doesn't spoil all samples of one probe.
    for (let i = 0; i < samples; i++) {
      await rest();
      for (const c of courses) await sample(c);
    }
    needAlive(device);
    return Object.fromEntries(courses.filter((c) => !c.failed).map((c) => [c.probe.name, rateOf(device, c, idle, cpu?.cores() ?? 1)]));
  } finally {
    for (const b of [data, out, uniform]) b.destroy();
  }
}

/**
 * The rate from what was seen in runs long enough to tell them from an idle device's answer; a time where it is one. The best
 * counts, which other programs disturbed least. Where the CPU's time is known, and the work is for all cores, it is of that: as if
 * no others were there.
 */
function rateOf(device: Device, { probe, seen }: Course, idle: number, cores: number): number {
  const parallel = probe.grows !== "dispatches", instances = probe.grows !== "trips" ? 1 : blocksOf(device) * (probe.of === "block" ? 1 : THREADS);
  const longest = Math.max(...seen.map((s) => s.wall)), long = seen.filter((s) => s.wall >= Math.min(longest, 3 * idle)).slice(-4);
  const byCpu = long.flatMap(({ size, cpu }) => (parallel && cpu ? [(size * cores) / cpu] : []));
  const found = Math.max(...byCpu.length ? byCpu : long.map(({ size, wall }) => size / Math.max(wall - idle, wall / 4)));
  return probe.grows === "dispatches" ? 1 / found : found * probe.operations * instances;
}

/** Compiles a probe; one that the driver rejects fails when it is run. */
async function prepare(device: Device, probe: Probe, { data, out, uniform }: Readonly<Record<"data" | "out" | "uniform", GPUBuffer>>, cpuTime: (() => number) | undefined): Promise<Ready> {
  const { gpu } = device, label = `rate of ${probe.name}`, blocks = blocksOf(device);
  gpu.pushErrorScope("validation");
  const module = gpu.createShaderModule({ code: probeShader(probe), label });
  const visibility = GPUShaderStage.COMPUTE, types: readonly GPUBufferBindingType[] = ["uniform", "storage", ...(probe.reads ? ["read-only-storage" as const] : [])];
  const layout = gpu.createBindGroupLayout({ entries: types.map((type, binding) => ({ binding, visibility, buffer: { type } })) });
  const made = gpu.createComputePipelineAsync({ label, layout: gpu.createPipelineLayout({ bindGroupLayouts: [layout] }), compute: { module, entryPoint: "main" } }).catch(() => undefined);
  const group = gpu.createBindGroup({ layout, entries: [uniform, out, ...(probe.reads ? [data] : [])].map((buffer, binding) => ({ binding, resource: { buffer } })) });
  const scope = gpu.popErrorScope().catch(() => null), pipeline = await made, error = await scope;
  // Reading goes on where the last sample ended. On a CPU a core walks through a range of its own, on a GPU all blocks side by side.
  let start = 0;
  const run = async (size: number): Promise<Took | undefined> => {
    needAlive(device);
    if (!pipeline || error) return undefined;
    const trips = probe.grows === "trips" ? size : 1, step = probe.accumulators * THREADS;
    gpu.queue.writeBuffer(uniform, 0, Uint32Array.from(probe.reads ? [trips, start, ...(device.profile.software ? [trips * step, step] : [step, blocks * step])] : [trips, start, 0, 0]));
    start = (start + trips * step * blocks) % 2 ** 32;
    gpu.pushErrorScope("validation");
    const encoder = gpu.createCommandEncoder({ label }), pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    if (probe.grows === "dispatches") for (let i = 0; i < size; i++) pass.dispatchWorkgroups(1);
    else pass.dispatchWorkgroups(probe.grows === "blocks" ? size : blocks);
    pass.end();
    const commands = encoder.finish(), began = performance.now(), cpu = cpuTime?.();
    gpu.queue.submit([commands]);
    const scope = gpu.popErrorScope().catch(() => null);
    await gpu.queue.onSubmittedWorkDone().catch(() => undefined); // of a lost device, which is told after the last
    const wall = (performance.now() - began) / 1000;
    return (await scope) ? undefined : { wall, ...(cpuTime && cpu !== undefined ? { cpu: cpuTime() - cpu } : {}) };
  };
  return { probe, run };
}

// Launches of compiled kernels: uniforms, bind groups, folded grids, recorded in one pass, and if asked the time they took.
// WebGPU lets each launch of a pass see what those before it wrote.
import { Bug, fail } from "../diagnostic.ts";
import type { Module } from "../codegen/index.ts";
import { tensorText } from "../vm/index.ts";
import type { Device } from "./device.ts";
import type { Call } from "./bind.ts";
import { bindingsOf, type Pipeline } from "./pipeline.ts";
import type { Say } from "./prints.ts";
import { needTensor, type Tensor } from "./tensor.ts";

/** How long a launch took. */
export interface Time {
  readonly ms: number;
  /** "timestamp": the device's own clock around the dispatch; "wall": the host's, from submission to completion. */
  readonly clock: "timestamp" | "wall";
}

/**
 * Workgroups along x, y and z that together make at least so many blocks, each at most `most`, in the fewest rows and layers.
 * @param blocks 1 … most³
 * @example
 * ```ts
 * fold(70000, 65535) // => [35000, 2, 1]
 * ```
 */
export function fold(blocks: number, most: number): readonly [number, number, number] {
  const rows = Math.ceil(blocks / most), z = Math.ceil(rows / most), y = Math.ceil(rows / z);
  return [Math.ceil(blocks / (y * z)), y, z];
}

/** What the module asks that the device hasn't got, in words; undefined where it can run. */
export function lacking(m: Module, { features, languages, limits, subgroup }: Device): string | undefined {
  const lacks = m.features.filter((f) => !features.has(f));
  const storage = bindingsOf(m).length + (m.prints ? 1 : 0);
  const rows: readonly (readonly [boolean, string])[] = [
    [lacks.length > 0, `the feature ${lacks.join(" and ")}`],
    [m.subgroup !== undefined && !(languages.has("subgroup_id") && subgroup.min === m.subgroup && subgroup.max === m.subgroup), `subgroups of exactly ${m.subgroup} threads`],
    [m.threads > Math.min(limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX), `blocks of ${m.threads} threads, not of ${limits.maxComputeInvocationsPerWorkgroup}`],
    [m.workgroupBytes > limits.maxComputeWorkgroupStorageSize, `${m.workgroupBytes} bytes of shared memory in a block, not ${limits.maxComputeWorkgroupStorageSize}`],
    [storage > limits.maxStorageBuffersPerShaderStage, `${storage} tensors at once, not ${limits.maxStorageBuffersPerShaderStage}`],
  ];
  return rows.find(([over]) => over)?.[1];
}

/** Throws H0415 if the module asks more than the device has. */
export function needCapable(m: Module, device: Device): void {
  const lacks = lacking(m, device);
  if (lacks !== undefined)
    fail({
      code: "H0415", message: `kernel '${m.name}' needs ${lacks}; "${device.info.name}" can't give that`,
      help: "compile the kernel for this device (smaller tiles, fewer threads), or open another one",
    });
}

/** The bytes of a tensor that a launch binds. */
export interface Range {
  readonly offset: number;
  readonly size: number;
}

/** One dispatch of a call: all of it, or a part. */
export interface Piece {
  /** Values of dimensions and scalar parameters. */
  readonly env: ReadonlyMap<string, number>;
  readonly grid: readonly number[];
  readonly blocks: number;
  /** What is bound of tensors that are cut, by name; others are bound whole. */
  readonly ranges: ReadonlyMap<string, Range>;
}

/** The call as one dispatch. */
export const wholeCall = (call: Pick<Call, "env" | "grid" | "blocks">): Piece => ({ env: call.env, grid: call.grid, blocks: call.blocks, ranges: new Map() });

/** A tensor of a call and the bytes it takes. */
export interface Sized {
  readonly name: string;
  readonly bytes: number;
}

/** The tensors that the device can't bind whole. */
export const tooLarge = (device: Device, tensors: readonly Sized[]): readonly Sized[] => tensors.filter((t) => t.bytes > device.limits.maxStorageBufferBindingSize);

/** A dispatch that is ready to be recorded: a module on tensors, all of its blocks or a part. */
export interface Dispatch {
  readonly module: Module;
  readonly pipeline: Pipeline;
  readonly piece: Piece;
  /** Every tensor of the module, by name. */
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** Dispatches in order, and what to do when they are submitted. */
export interface Plan {
  readonly dispatches: readonly Dispatch[];
  /** Frees what only this run needed. */
  end(): void;
  /** Reads what debug builds print. */
  readonly printing?: Printing | undefined;
}

/** The reader of prints, which only debug builds need. */
export type Printing = typeof import("./prints.ts");

/** Values of the uniform buffer, four bytes each. */
function uniformWords(m: Module, { grid, env }: Piece): Uint32Array {
  const words = new Uint32Array(Math.max(4, Math.ceil(m.uniforms.length / 4) * 4)), floats = new Float32Array(words.buffer);
  m.uniforms.forEach((u, i) => {
    const value = u.role === "grid" ? grid[u.axis ?? -1] : env.get(u.name);
    if (value === undefined) throw new Bug(`uniform ${u.name} of ${m.name} has no value`);
    if (u.type === "f32") floats[i] = value; else words[i] = value;
  });
  return words;
}

/** The uniforms of all dispatches in one buffer, each at its own aligned offset. */
function uniformsOf(gpu: GPUDevice, dispatches: readonly Dispatch[]): { readonly buffer: GPUBuffer | undefined; readonly at: readonly (GPUBufferBinding | undefined)[] } {
  const align = gpu.limits.minUniformBufferOffsetAlignment;
  const values = dispatches.map(({ module, piece }) => (module.uniformBinding === undefined ? undefined : uniformWords(module, piece)));
  let size = 0;
  const places = values.map((v) => { const offset = size; if (v) size += Math.ceil(v.byteLength / align) * align; return offset; });
  if (size === 0) return { buffer: undefined, at: [] };
  const buffer = gpu.createBuffer({ size, usage: GPUBufferUsage.UNIFORM, mappedAtCreation: true }), mapped = buffer.getMappedRange();
  values.forEach((v, i) => { if (v) new Uint32Array(mapped, places[i] ?? 0, v.length).set(v); });
  buffer.unmap();
  return { buffer, at: values.map((v, i) => v && { buffer, offset: places[i] ?? 0, size: v.byteLength }) };
}

/** Records dispatches into a pass. Gives the buffer that it made for their uniforms, which must outlive the pass' submission. */
export function record(device: Device, pass: GPUComputePassEncoder, dispatches: readonly Dispatch[], prints: readonly (GPUBuffer | undefined)[] = []): GPUBuffer | undefined {
  const { gpu, limits } = device, uniforms = uniformsOf(gpu, dispatches);
  dispatches.forEach(({ module, pipeline, piece, tensors }, i) => {
    const entries = bindingsOf(module).map((binding): GPUBindGroupEntry => {
      const [largest] = module.tensors.filter((t) => t.binding === binding).map((t) => {
        const x = tensors.get(t.name);
        if (!x) throw new Bug(`${module.name} is launched without ${t.name}`);
        needTensor(x, `'${t.name}'`); // it may have gone while the pipeline was made
        return { buffer: x.buffer, ...(piece.ranges.get(t.name) ?? { size: x.bytes }) };
      }).sort((a, b) => b.size - a.size);
      return { binding, resource: largest };
    });
    const own = uniforms.at[i];
    if (module.uniformBinding !== undefined && own) entries.push({ binding: module.uniformBinding, resource: own });
    const said = prints[i];
    if (module.prints && said) entries.push({ binding: module.prints.binding, resource: { buffer: said } });
    pass.setPipeline(pipeline.pipeline);
    pass.setBindGroup(0, gpu.createBindGroup({ layout: pipeline.layout, entries }));
    pass.dispatchWorkgroups(...fold(piece.blocks, limits.maxComputeWorkgroupsPerDimension));
  });
  return uniforms.buffer;
}

/**
 * Submits dispatches as one pass; with `timed` also waits for them and says how long they took.
 * @param what what messages call them, e.g. "kernel 'softmax'"
 * @param say told what debug builds print; default: the console
 * @throws Diagnostic W0103 (the driver refuses the launch), H0309 (the device went away)
 */
export async function submit(device: Device, what: string, { dispatches, printing }: Plan, timed: boolean, say?: Say): Promise<Time | undefined> {
  if (dispatches.length === 0) return undefined;
  const { gpu, features } = device, clock = timed && features.has("timestamp-query") ? timestamps(gpu) : undefined;
  if (timed && !clock) await gpu.queue.onSubmittedWorkDone(); // what was queued before is not this run's time
  for (const d of dispatches) for (const [name, t] of d.tensors) needTensor(t, `'${name}'`);
  gpu.pushErrorScope("validation");
  const prints = printing?.printBuffers(device, dispatches) ?? [], encoder = gpu.createCommandEncoder({ label: what });
  const pass = encoder.beginComputePass(clock ? { timestampWrites: clock.writes } : {}), uniforms = record(device, pass, dispatches, prints);
  pass.end();
  clock?.resolve(encoder);
  const start = performance.now();
  gpu.queue.submit([encoder.finish()]);
  uniforms?.destroy();
  const scope = gpu.popErrorScope().catch(() => null); // it rejects where the device is lost, which is told below
  let time: Time | undefined;
  try {
    if (clock) time = { ms: await clock.read(), clock: "timestamp" };
    else if (timed) {
      await gpu.queue.onSubmittedWorkDone();
      time = { ms: performance.now() - start, clock: "wall" };
    }
    const error = await scope;
    if (error) refused(what, dispatches, error.message);
    await printing?.tellPrints(device, dispatches, prints, say);
  } catch (error) {
    await lost(device, what);
    throw error;
  }
  await lost(device, what);
  return time;
}

/** Throws W0103: the driver refused what was recorded. */
export function refused(what: string, dispatches: readonly Dispatch[], why: string): never {
  return fail({
    code: "W0103", message: `the driver refuses to launch ${what}`, span: dispatches[0]?.module.spans.find((s) => s !== null) ?? undefined,
    notes: [why.split("\n")[0] ?? "", ...dispatches.slice(0, 4).map(({ module, piece, tensors }) =>
      `${module.name}: grid ${piece.grid.join(" × ")}, ${[...tensors].map(([name, t]) => `${name}: ${tensorText(t)} of ${t.bytes} bytes`).join(", ")}`)],
    help: "if the buffers are yours, keep them until the launch is done; else please report it with these notes: meanwhile another adapter may take it",
  });
}

/** Throws H0309 if the device went away while the kernel ran. */
async function lost(device: Device, what: string): Promise<void> {
  await Promise.resolve(); // lets a pending `lost` be told first
  if (device.gone !== undefined)
    fail({ code: "H0309", message: `the device "${device.info.name}" went away while ${what} ran: ${device.gone}`, help: "open() another one and make its tensors anew; a smaller grid takes less time at once" });
}

/** The two timestamps around a pass. */
function timestamps(gpu: GPUDevice): { readonly writes: GPUComputePassTimestampWrites; readonly resolve: (e: GPUCommandEncoder) => void; readonly read: () => Promise<number> } {
  const querySet = gpu.createQuerySet({ type: "timestamp", count: 2 });
  const resolved = gpu.createBuffer({ size: 16, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC });
  const staging = gpu.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  return {
    writes: { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 },
    resolve(encoder) {
      encoder.resolveQuerySet(querySet, 0, 2, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, staging, 0, 16);
    },
    async read() {
      try {
        await staging.mapAsync(GPUMapMode.READ);
        const [from = 0n, to = 0n] = new BigUint64Array(staging.getMappedRange());
        return Number(to - from) / 1e6;
      } finally {
        querySet.destroy();
        resolved.destroy();
        staging.destroy();
      }
    },
  };
}

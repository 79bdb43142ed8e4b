// One launch of a compiled kernel: uniforms, bind group, folded grid, and if asked the time it took.
import { Bug, fail } from "../diagnostic.ts";
import type { Module } from "../codegen/index.ts";
import { tensorText } from "../vm/index.ts";
import type { Call } from "./bind.ts";
import type { Device } from "./device.ts";
import type { Pipeline } from "./pipeline.ts";
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

/** Throws H0415 if the module asks more than the device has. */
export function needCapable(m: Module, { features, languages, limits, info, subgroup }: Device): void {
  const lacks = m.features.filter((f) => !features.has(f));
  const storage = m.tensors.length;
  const rows: readonly (readonly [boolean, string])[] = [
    [lacks.length > 0, `the feature ${lacks.join(" and ")}`],
    [m.subgroup !== undefined && !(languages.has("subgroup_id") && subgroup.min === m.subgroup && subgroup.max === m.subgroup), `subgroups of exactly ${m.subgroup} threads`],
    [m.threads > Math.min(limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX), `blocks of ${m.threads} threads, not of ${limits.maxComputeInvocationsPerWorkgroup}`],
    [m.workgroupBytes > limits.maxComputeWorkgroupStorageSize, `${m.workgroupBytes} bytes of shared memory in a block, not ${limits.maxComputeWorkgroupStorageSize}`],
    [storage > limits.maxStorageBuffersPerShaderStage, `${storage} tensors at once, not ${limits.maxStorageBuffersPerShaderStage}`],
  ];
  const row = rows.find(([over]) => over);
  if (row)
    fail({
      code: "H0415", message: `kernel '${m.name}' needs ${row[1]}; "${info.name}" can't give that`,
      help: "compile the kernel for this device (smaller tiles, fewer threads), or open another one",
    });
}

/** Values of the uniform buffer, four bytes each. */
export function uniformBytes(m: Module, call: Call): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(Math.max(4, Math.ceil(m.uniforms.length / 4) * 4)), floats = new Float32Array(words.buffer);
  m.uniforms.forEach((u, i) => {
    const value = u.role === "grid" ? call.grid[u.axis ?? -1] : call.env.get(u.name);
    if (value === undefined) throw new Bug(`uniform ${u.name} of ${m.name} has no value`);
    if (u.type === "f32") floats[i] = value; else words[i] = value;
  });
  return words;
}

/**
 * Submits the kernel; with `timed` also waits for it and says how long it took.
 * @param tensors every tensor of the module, by name
 * @throws Diagnostic W0103 (the driver refuses the launch), H0309 (the device went away)
 */
export async function launch(m: Module, { pipeline, layout }: Pipeline, call: Call, tensors: ReadonlyMap<string, Tensor>, timed: boolean): Promise<Time | undefined> {
  const { gpu, features, limits } = call.device;
  const clock = timed && features.has("timestamp-query") ? timestamps(gpu) : undefined;
  if (timed && !clock) await gpu.queue.onSubmittedWorkDone(); // what was queued before is not this kernel's time
  const entries: GPUBindGroupEntry[] = m.tensors.map((t) => {
    const x = tensors.get(t.name);
    if (!x) throw new Bug(`${m.name} is launched without ${t.name}`);
    needTensor(x, `'${t.name}'`); // it may have gone while the pipeline was made
    return { binding: t.binding, resource: { buffer: x.buffer } };
  });
  gpu.pushErrorScope("validation");
  let uniforms: GPUBuffer | undefined;
  if (m.uniformBinding !== undefined) {
    const values = uniformBytes(m, call);
    uniforms = gpu.createBuffer({ size: values.byteLength, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
    gpu.queue.writeBuffer(uniforms, 0, values);
    entries.push({ binding: m.uniformBinding, resource: { buffer: uniforms } });
  }
  const encoder = gpu.createCommandEncoder({ label: m.name });
  const pass = encoder.beginComputePass(clock ? { timestampWrites: clock.writes } : {});
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, gpu.createBindGroup({ layout, entries }));
  pass.dispatchWorkgroups(...fold(call.blocks, limits.maxComputeWorkgroupsPerDimension));
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
    if (error) refused(m, call, error.message);
  } catch (error) {
    await lost(call.device, m.name);
    throw error;
  }
  await lost(call.device, m.name);
  return time;
}

function refused(m: Module, call: Call, why: string): never {
  return fail({
    code: "W0103", message: `the driver refuses to launch kernel '${m.name}'`, span: m.spans.find((s) => s !== null) ?? undefined,
    notes: [why.split("\n")[0] ?? "", `grid ${call.grid.join(" × ")}, ${m.tensors.map((t) => `${t.name}: ${tensorText(t)}`).join(", ")}`],
    help: "please report it with these notes; meanwhile another adapter may take it",
  });
}

/** Throws H0309 if the device went away while the kernel ran. */
export async function lost(device: Device, name: string): Promise<void> {
  await Promise.resolve(); // lets a pending `lost` be told first
  if (device.gone !== undefined)
    fail({ code: "H0309", message: `the device "${device.info.name}" went away while kernel '${name}' ran: ${device.gone}`, help: "open() another one and make its tensors anew; a smaller grid takes less time at once" });
}

/** The two timestamps around a pass. */
export function timestamps(gpu: GPUDevice): { readonly writes: GPUComputePassTimestampWrites; readonly resolve: (e: GPUCommandEncoder) => void; readonly read: () => Promise<number> } {
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

// One run of a compiled sequence: the host carries out its loops and conditions, then all launches go into one pass of one
// encoder and are submitted at once. WebGPU lets each launch of a pass see what those before it wrote.
import { Bug, fail } from "../diagnostic.ts";
import type { Module, ModuleSequence } from "../codegen/index.ts";
import { inStep, planSteps, shapeIn, type Planned } from "../vm/index.ts";
import { bindStep, type Call } from "./bind.ts";
import { fold, lost, needCapable, timestamps, uniformBytes, type Time } from "./launch.ts";
import { pipelineOf, type Pipeline } from "./pipeline.ts";
import { slotsOf } from "./signature.ts";
import { empty, needTensor, type Tensor } from "./tensor.ts";

/** A launch that is ready to be recorded. */
interface Ready {
  readonly module: Module;
  readonly pipeline: Pipeline;
  readonly call: Call;
}

/**
 * Everything a run needs that can be made before its outs are: the plan, and the pipelines of the kernels in it.
 * @returns what launches on all tensors of the sequence, by name
 * @throws Diagnostic H0415, H0418, H0419, W of the pipelines
 */
export async function readySequence(q: ModuleSequence, call: Call): Promise<(tensors: ReadonlyMap<string, Tensor>, timed: boolean) => Promise<Time | undefined>> {
  const plan = planSteps({
    name: q.name, steps: q.steps, given: q.tensors.flatMap((t) => (t.direction === "out" ? [] : [t.name])), directions: (k) => moduleAt(q, k).tensors,
  }, call.env);
  const used = [...new Set(plan.map((s) => s.kernel))];
  for (const k of used) needCapable(moduleAt(q, k), call.device);
  const pipelines = new Map(await Promise.all(used.map(async (k) => [k, await pipelineOf(call.device, moduleAt(q, k))] as const)));
  return async (tensors, timed) => {
    const temporaries = await temporariesOf(q, call);
    try {
      const all = new Map([...tensors, ...temporaries]);
      return await submit(q, call, plan.flatMap((s) => readyStep(q, s, pipelines, all, call)), timed);
    } finally {
      // What was submitted keeps their memory until it is done.
      for (const t of temporaries.values()) t.dispose();
    }
  };
}

const moduleAt = (q: ModuleSequence, k: number): Module => q.modules[k] ?? fail({ code: "H0417", message: `sequence '${q.name}' has no module ${k}`, help: "build it again" });

/** The temporaries of a run, all code 0. */
async function temporariesOf(q: ModuleSequence, call: Call): Promise<ReadonlyMap<string, Tensor>> {
  const results = await Promise.allSettled(q.temporaries.map(async (t) =>
    [t.name, await empty(call.device, t.dtype, shapeIn(t, call.env), { packing: t.packing, name: `the temporary '${t.name}'` })] as const));
  const made = results.flatMap((r) => (r.status === "fulfilled" ? [r.value] : [])), failed = results.find((r) => r.status === "rejected");
  if (failed) {
    for (const [, t] of made) t.dispose();
    throw failed.reason;
  }
  return new Map(made);
}

/** A planned step on its tensors; nothing where its grid is empty. */
function readyStep(q: ModuleSequence, s: Planned<number>, pipelines: ReadonlyMap<number, Pipeline>, all: ReadonlyMap<string, Tensor>, { device }: Call): readonly Ready[] {
  const module = moduleAt(q, s.kernel), pipeline = pipelines.get(s.kernel);
  if (!pipeline) throw new Bug(`sequence ${q.name} has no pipeline for step ${s.kernel}`);
  const tensors = new Map(Object.entries(s.tensors).map(([param, name]) => {
    const t = all.get(name);
    if (!t) throw new Bug(`sequence ${q.name} runs without ${name}`);
    needTensor(t, `'${name}'`); // it may have gone while pipelines were made
    return [param, t] as const;
  }));
  const call = inStep(q.name, s.span, () => bindStep(slotsOf(module), tensors, s.scalars, device));
  return call.blocks > 0 ? [{ module, pipeline, call }] : [];
}

/** The uniforms of all launches in one buffer, each at its own aligned offset. */
function uniformsOf(launches: readonly Ready[], gpu: GPUDevice): { readonly buffer: GPUBuffer | undefined; readonly at: readonly (GPUBufferBinding | undefined)[] } {
  const align = gpu.limits.minUniformBufferOffsetAlignment;
  const values = launches.map(({ module, call }) => (module.uniformBinding === undefined ? undefined : uniformBytes(module, call)));
  let size = 0;
  const places = values.map((v) => { const offset = size; if (v) size += Math.ceil(v.byteLength / align) * align; return offset; });
  if (size === 0) return { buffer: undefined, at: values.map(() => undefined) };
  const bytes = new Uint32Array(size / 4), buffer = gpu.createBuffer({ size, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
  values.forEach((v, i) => { if (v) bytes.set(v, (places[i] ?? 0) / 4); });
  gpu.queue.writeBuffer(buffer, 0, bytes);
  return { buffer, at: values.map((v, i) => v && { buffer, offset: places[i] ?? 0, size: v.byteLength }) };
}

/** Records the launches, submits them once, and if asked waits and tells their time. */
async function submit(q: ModuleSequence, { device }: Call, launches: readonly Ready[], timed: boolean): Promise<Time | undefined> {
  if (launches.length === 0) return undefined;
  const { gpu, features, limits } = device, clock = timed && features.has("timestamp-query") ? timestamps(gpu) : undefined;
  if (timed && !clock) await gpu.queue.onSubmittedWorkDone(); // what was queued before is not this sequence's time
  gpu.pushErrorScope("validation");
  const uniforms = uniformsOf(launches, gpu), encoder = gpu.createCommandEncoder({ label: q.name });
  const pass = encoder.beginComputePass(clock ? { timestampWrites: clock.writes } : {});
  launches.forEach(({ module, pipeline, call }, i) => {
    const entries: GPUBindGroupEntry[] = module.tensors.map((t) => {
      const x = call.tensors.get(t.name);
      if (!x) throw new Bug(`${module.name} is launched without ${t.name}`);
      return { binding: t.binding, resource: { buffer: x.buffer } };
    });
    const own = uniforms.at[i];
    if (module.uniformBinding !== undefined && own) entries.push({ binding: module.uniformBinding, resource: own });
    pass.setPipeline(pipeline.pipeline);
    pass.setBindGroup(0, gpu.createBindGroup({ layout: pipeline.layout, entries }));
    pass.dispatchWorkgroups(...fold(call.blocks, limits.maxComputeWorkgroupsPerDimension));
  });
  pass.end();
  clock?.resolve(encoder);
  const start = performance.now();
  gpu.queue.submit([encoder.finish()]);
  uniforms.buffer?.destroy();
  const scope = gpu.popErrorScope().catch(() => null); // it rejects where the device is lost, which is told below
  let time: Time | undefined;
  try {
    if (clock) time = { ms: await clock.read(), clock: "timestamp" };
    else if (timed) {
      await gpu.queue.onSubmittedWorkDone();
      time = { ms: performance.now() - start, clock: "wall" };
    }
    const error = await scope;
    if (error)
      fail({
        code: "W0103", message: `the driver refuses to launch sequence '${q.name}'`, notes: [error.message.split("\n")[0] ?? "", launches.map((l) => `${l.module.name} on ${l.call.grid.join(" × ")}`).slice(0, 8).join(", ")],
        help: "please report it with these notes; meanwhile another adapter may take it",
      });
  } catch (error) {
    await lost(device, q.name);
    throw error;
  }
  await lost(device, q.name);
  return time;
}

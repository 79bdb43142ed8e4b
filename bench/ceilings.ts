// The measured ceilings of an adapter: the rates that the cost model goes by, measured anew, and what they leave out: copies, and
// multiply-adds as vectors, which some adapters do faster than one by one. Of several ways to do a thing the fastest counts.
import { rateTable, type RateName } from "../codegen/index.ts";
import { rates, type Device } from "../runtime/index.ts";
import type { Ceilings } from "./roofline.ts";
import { median, race, type Clock, type Racer } from "./timing.ts";

/** A shader on two buffers, and how many operations one dispatch of it does. */
interface Probe { readonly name: string; readonly of: "copy" | "fma"; readonly blocks: number; readonly operations: number; readonly type: string; readonly body: string }

const BYTES = 2 ** 24, BLOCKS = 256, THREADS = 64, TRIPS = 512;
const copy = (type: string, size: number): Probe => ({
  name: `copy of ${type}`, of: "copy", blocks: BLOCKS, operations: 2 * BYTES, type, // each thread's neighbours take its neighbours
  body: `for (var i = id.x; i < ${BYTES / size}u; i += ${BLOCKS * THREADS}u) { out[i] = data[i]; }`,
});
/** Chains that wait for nothing but themselves, `each` multiply-adds a step. */
const chains = (name: string, count: number, each: number, step: string): Probe => {
  const all = Array.from({ length: count }, (_, i) => `a${i}`);
  return {
    name, of: "fma", blocks: BLOCKS, operations: BLOCKS * THREADS * TRIPS * count * each, type: "vec4<f32>",
    body: `let m = data[0] * 0.5; let c = data[1]; ${all.map((a, i) => `var ${a} = data[${i}] + f32(id.x);`).join(" ")} for (var k = 0u; k < ${TRIPS}u; k++) { ${all.map((a) => step.replaceAll("$", a)).join(" ")} } out[id.x] = ${all.join(" + ")};`,
  };
};
const probes: readonly Probe[] = [
  copy("f32", 4), copy("vec4<f32>", 16), chains("multiply-adds of vec4", 4, 4, "$ = fma($, m, c);"), chains("dot products of vec4", 4, 4, "$.x += dot($, m);"),
];

async function racer({ gpu }: Device, p: Probe, [data, out]: readonly GPUBuffer[]): Promise<Racer> {
  const code = `@group(0) @binding(0) var<storage, read> data: array<${p.type}>;\n@group(0) @binding(1) var<storage, read_write> out: array<${p.type}>;\n@compute @workgroup_size(${THREADS}) fn main(@builtin(global_invocation_id) id: vec3<u32>) { ${p.body} }`;
  const pipeline = await gpu.createComputePipelineAsync({ layout: "auto", compute: { module: gpu.createShaderModule({ code, label: p.name }) } });
  const group = gpu.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [data, out].map((buffer, binding) => ({ binding, resource: { buffer } })) });
  return { name: p.name, ms: [], ready: async (times) => {
    const encoder = gpu.createCommandEncoder(), pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    for (let i = 0; i < times; i++) pass.dispatchWorkgroups(p.blocks);
    pass.end();
    const commands = encoder.finish();
    return async () => { gpu.queue.submit([commands]); await gpu.queue.onSubmittedWorkDone(); };
  } };
}

/** Measures them; takes some seconds. */
export async function ceilings(device: Device, clock: Clock): Promise<Ceilings> {
  const { of: _, source: __, ...known } = await rates(device, { fresh: true }), buffers = [0, 1].map(() => device.gpu.createBuffer({ size: BYTES, usage: GPUBufferUsage.STORAGE }));
  const found: Partial<Record<RateName | "copy", number>> = { ...known };
  try {
    const racers = await Promise.all(probes.map((p) => racer(device, p, buffers)));
    await race(clock, racers, 5, 20);
    probes.forEach((p, i) => { found[p.of] = Math.max(found[p.of] ?? 0, p.operations / (median(racers[i].ms) / 1e3)); });
  } finally { for (const b of buffers) b.destroy(); }
  return found;
}

const PREFIXES = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"], [1, ""], [1e-3, "m"], [1e-6, "µ"]] as const;
const amount = (n: number): string => { const [by, prefix] = PREFIXES.find(([p]) => n >= p) ?? [1e-6, "µ"]; return `${(n / by).toPrecision(3)} ${prefix}`; };

/** A line for each. */
export const ceilingsText = (c: Ceilings): string => Object.entries({ copy: { unit: "bytes/s", doc: "bytes read and written by a copy" }, ...rateTable }).flatMap(([name, { unit, doc }]) => {
  const n = c[name as RateName | "copy"];
  return n === undefined ? [] : [`  ${name.padEnd(18)} ${amount(n).padStart(8)}${unit.padEnd(10)} ${doc}`];
}).join("\n");

// What the smoke test calls in the page: open a device as any page would, and compute something.

import { Diagnostic } from "../../diagnostic.ts";
import { listAdapters, open } from "../../runtime/open.ts";
import { openSafetensors, writeSafetensors } from "../../runtime/files/safetensors.ts";

/** What the page's device says of itself. */
export async function describe(): Promise<{ readonly profile: string; readonly vendor: string; readonly features: readonly string[]; readonly subgroup: readonly number[]; readonly adapters: number }> {
  using device = await open();
  return {
    profile: device.profile.name, vendor: device.info.vendor, features: [...device.features],
    subgroup: [device.subgroup.min, device.subgroup.max], adapters: (await listAdapters()).length,
  };
}

/** Runs a WGSL kernel with one read-write binding of `count` i32 and gives them. */
export async function compute(code: string, count: number, groups: number): Promise<readonly number[]> {
  using device = await open();
  const { gpu } = device;
  const pipeline = await gpu.createComputePipelineAsync({ layout: "auto", compute: { module: gpu.createShaderModule({ code }) } });
  const out = gpu.createBuffer({ size: count * 4, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC });
  const back = gpu.createBuffer({ size: count * 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const encoder = gpu.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, gpu.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer: out } }] }));
  pass.dispatchWorkgroups(groups);
  pass.end();
  encoder.copyBufferToBuffer(out, 0, back, 0, count * 4);
  gpu.queue.submit([encoder.finish()]);
  await back.mapAsync(GPUMapMode.READ);
  return [...new Int32Array(back.getMappedRange())];
}

/** The code of the diagnostic that opening with these options gives. */
export async function failure(options: { readonly adapter?: string; readonly require?: readonly string[] }): Promise<string> {
  try { await open(options); } catch (error) { return error instanceof Diagnostic ? error.code : String(error); }
  return "none";
}

/** Weight files work on Blobs, which is what a page gets from a file picker. */
export async function weights(): Promise<readonly number[]> {
  const file = await openSafetensors(new Blob([writeSafetensors({ w: { dtype: "U8", shape: [3], bytes: new Uint8Array([7, 8, 9]) } })]));
  return [...(await file.read("w"))];
}

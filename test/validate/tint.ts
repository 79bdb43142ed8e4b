// What Tint and Dawn's validation say of a module, on a device of the Null backend: it checks everything and runs nothing.
// Written against WebGPU alone, so that a fault of the runtime's own pipelines can't hide one of the code generator.
import type { Module } from "../../codegen/index.ts";
import { openNull, type Device } from "../../runtime/index.ts";

/** The optional features that a kernel may meet. */
const sets: readonly (readonly string[])[] = [[], ["shader-f16"], ["subgroups"], ["shader-f16", "subgroups"]];

/** A device for each of them. */
export const nullDevices = (): Promise<readonly Device[]> => Promise.all(sets.map((features) => openNull(features)));

/** The bindings as the module's table tells them. */
function layoutOf({ gpu }: Device, m: Module): GPUPipelineLayout {
  const entry = (binding: number, type: GPUBufferBindingType): GPUBindGroupLayoutEntry => ({ binding, visibility: 4, buffer: { type } });
  const entries = [...new Set(m.tensors.map((t) => t.binding))].map((at) => entry(at, m.tensors.some((t) => t.binding === at && t.direction !== "in") ? "storage" : "read-only-storage"));
  if (m.uniformBinding !== undefined) entries.push(entry(m.uniformBinding, "uniform"));
  if (m.prints) entries.push(entry(m.prints.binding, "storage"));
  return gpu.createPipelineLayout({ bindGroupLayouts: [gpu.createBindGroupLayout({ entries })] });
}

/** Everything that is said against a module, warnings too, with the line of WGSL it is said of; empty if it is accepted. */
export async function complaints(device: Device, m: Module): Promise<readonly string[]> {
  const { gpu } = device, lines = m.wgsl.split("\n");
  const missing = m.features.filter((f) => !device.features.has(f));
  if (missing.length) return [`it needs ${missing.join(", ")}`];
  gpu.pushErrorScope("validation");
  const shader = gpu.createShaderModule({ code: m.wgsl });
  gpu.createComputePipeline({ layout: layoutOf(device, m), compute: { module: shader, entryPoint: m.entry } });
  const scope = gpu.popErrorScope();
  const { messages } = await shader.getCompilationInfo(), error = await scope;
  return [...messages.map((x) => `${x.type} ${x.lineNum}:${x.linePos} ${x.message}\n    ${lines[x.lineNum - 1] ?? ""}`), ...(error ? [error.message] : [])];
}

/** What is said against a module by the device that has just the features it needs: more of them change nothing for Tint. */
export async function refusedBy(devices: readonly Device[], m: Module): Promise<string | undefined> {
  const device = devices.find(({ features }) => m.features.every((f) => features.has(f)));
  const found = device ? await complaints(device, m) : ["no device has its features"];
  return found.length ? `${found.join("\n")}\n${m.wgsl}` : undefined;
}

/** Throws unless a module is accepted by every device that has its features, and there is one. */
export async function expectAccepted(devices: readonly Device[], m: Module): Promise<void> {
  const able = devices.filter(({ features }) => m.features.every((f) => features.has(f)));
  if (able.length === 0) throw new Error("no device has its features");
  for (const d of able) {
    const found = await complaints(d, m);
    if (found.length) throw new Error(`${found.join("\n")}\nwith ${[...d.features].join(", ")}:\n${m.wgsl}`);
  }
}

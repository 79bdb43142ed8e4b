// What Tint and Dawn's validation say of a module, on a device of the Null backend: it checks everything and runs nothing.
// Written against WebGPU alone, so that a fault of the runtime's own pipelines can't hide one of the code generator.
import type { Module } from "../../codegen/index.ts";
import type { Device } from "../../runtime/index.ts";

/** The bindings as the module's table tells them. */
function layoutOf({ gpu }: Device, m: Module): GPUPipelineLayout {
  const entry = (binding: number, type: GPUBufferBindingType): GPUBindGroupLayoutEntry => ({ binding, visibility: 4, buffer: { type } });
  const entries = m.tensors.map((t) => entry(t.binding, t.direction === "in" ? "read-only-storage" : "storage"));
  if (m.uniformBinding !== undefined) entries.push(entry(m.uniformBinding, "uniform"));
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

// Pipelines: a Module's WGSL compiled by the driver, once per device. What the driver says against it comes back as
// a Diagnostic of family W at the line of the kernel's source that the WGSL came from.
import { fail, type Span } from "../diagnostic.ts";
import type { Module } from "../codegen/index.ts";
import type { Device } from "./device.ts";
import { needAlive } from "./memory.ts";

/** A compiled kernel on a device. */
export interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** What tells two pipelines apart. */
const keyOf = (m: Module): string =>
  [[...m.features].sort().join(), m.entry, m.tensors.map((t) => `${t.binding}${t.direction}`).join(), m.uniformBinding ?? "", m.wgsl].join("\n");

/**
 * The pipeline of a module; made on first use and kept by the device.
 * @throws Diagnostic W0101 (the WGSL is rejected), W0102 (the pipeline is refused), H0309 (the device is gone)
 */
export function pipelineOf(device: Device, module: Module): Promise<Pipeline> {
  const key = keyOf(module), known = device.pipelines.get(key);
  if (known) return known;
  const made = create(device, module);
  device.pipelines.set(key, made);
  // A refusal may be of the moment (memory, a lost device): it is told once and tried again.
  made.catch(() => device.pipelines.delete(key));
  return made;
}

/** The bindings of a module's tensors, each once. */
export const bindingsOf = (m: Module): readonly number[] => [...new Set(m.tensors.map((t) => t.binding))];

function layoutOf(gpu: GPUDevice, m: Module): GPUBindGroupLayout {
  const entry = (binding: number, type: GPUBufferBindingType): GPUBindGroupLayoutEntry => ({ binding, visibility: GPUShaderStage.COMPUTE, buffer: { type } });
  return gpu.createBindGroupLayout({
    label: m.name,
    entries: [
      ...bindingsOf(m).map((at) => entry(at, m.tensors.some((t) => t.binding === at && t.direction !== "in") ? "storage" : "read-only-storage")),
      ...(m.uniformBinding === undefined ? [] : [entry(m.uniformBinding, "uniform")]),
      ...(m.prints ? [entry(m.prints.binding, "storage")] : []),
    ],
  });
}

async function create(device: Device, m: Module): Promise<Pipeline> {
  needAlive(device);
  const { gpu } = device;
  gpu.pushErrorScope("validation");
  const shader = gpu.createShaderModule({ code: m.wgsl, label: m.name });
  const layout = layoutOf(gpu, m);
  const made = gpu.createComputePipelineAsync({
    label: m.name, layout: gpu.createPipelineLayout({ bindGroupLayouts: [layout] }), compute: { module: shader, entryPoint: m.entry },
  }).then((pipeline) => ({ pipeline }), (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }));
  const scope = gpu.popErrorScope().catch(() => null);
  const { messages } = await shader.getCompilationInfo();
  const wrong = messages.filter((x) => x.type === "error");
  if (wrong.length > 0) rejected(m, wrong);
  const [result, error] = await Promise.all([made, scope]);
  needAlive(device);
  const why = "error" in result ? result.error : error?.message;
  if ("error" in result || error)
    fail({
      code: "W0102", message: `"${device.info.name}" can't make a pipeline of kernel '${m.name}'`, span: firstSpan(m), notes: (why ?? "").split("\n").map((l) => l.trim()).filter(Boolean),
      help: "a smaller tile or fewer threads may fit; or open another adapter",
    });
  return { pipeline: result.pipeline, layout };
}

const firstSpan = (m: Module): Span | undefined => m.spans.find((s) => s !== null) ?? undefined;

/** The driver's first error as a Diagnostic; it and the others are quoted with their lines of WGSL. */
function rejected(m: Module, errors: readonly GPUCompilationMessage[]): never {
  const lines = m.wgsl.split("\n");
  const [first] = errors;
  return fail({
    code: "W0101", message: `the driver rejects the WGSL of kernel '${m.name}': ${(first?.message ?? "no reason given").split("\n")[0] ?? ""}`,
    span: m.spans[(first?.lineNum ?? 0) - 1] ?? undefined,
    notes: errors.slice(0, 5).map((e) => `WGSL ${e.lineNum}:${e.linePos}: ${e.message.split("\n")[0] ?? ""}${e.lineNum > 0 ? `: ${(lines[e.lineNum - 1] ?? "").trim()}` : ""}`),
    help: "the generated code is at fault, not the kernel: please report it with the WGSL; meanwhile another adapter may take it",
  });
}

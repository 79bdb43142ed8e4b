// A kernel that runs: arguments in, tensors out. It is made from a Module, or from anything that gives one for a device.
import { didYouMean, fail } from "../diagnostic.ts";
import type { Module, ModuleParts, ModuleSequence } from "../codegen/index.ts";
import { wordCount } from "../layout/index.ts";
import { dtype as dtypeNamed, tensorText } from "../vm/index.ts";
import { bind, type Call, type Inputs } from "./bind.ts";
import type { CheckOptions, CheckReport } from "./check.ts";
import type { Device } from "./device.ts";
import { needCapable, record, refused, submit, type Plan, type Time } from "./launch.ts";
import { bufferBytes } from "./memory.ts";
import { cutCall, tooLarge, wholeCall, type Sized } from "./parts.ts";
import { pipelineOf } from "./pipeline.ts";
import { readySequence } from "./sequence.ts";
import { signatureOfModule, type Signature } from "./signature.ts";
import { empty, isTensor, needTensor, type Tensor } from "./tensor.ts";

/** Options of a run. */
export interface RunOptions {
  /** Where to run; needed only if no tensor is given. */
  readonly device?: Device | undefined;
  /** Wait for the kernel and tell its time: the result is then `{ outs, ms, clock }`. */
  readonly time?: boolean | undefined;
}

/** The result of a run with `time: true`. */
export interface Timed<Outs> extends Time {
  readonly outs: Outs;
}

/** Outs of a kernel by name. */
export type Outputs = Readonly<Record<string, Tensor>>;

/** A specialised kernel, on any device. */
export interface Kernel<Ins extends object = Inputs, Outs extends object = Outputs> {
  readonly name: string;
  /** What it takes and gives. */
  readonly signature: Signature;
  /**
   * Checks the arguments, launches, and gives the outs: new tensors, or those given under their names. The work is
   * submitted when this resolves and done when a result is read.
   * @throws Diagnostic of family H before anything is launched; W if the driver refuses; those of the compiler on first use
   */
  run(inputs: Ins, options: RunOptions & { readonly time: true }): Promise<Timed<Outs>>;
  run(inputs: Ins, options?: RunOptions): Promise<Outs>;
  /**
   * Records the kernel into an encoder or pass of yours and gives the outs. They hold the results once you have submitted it;
   * until then dispose none of the tensors. An encoder gets a compute pass of its own.
   * @param into of the device that the tensors lie on
   * @throws as `run`
   */
  record(into: GPUCommandEncoder | GPUComputePassEncoder, inputs: Ins, options?: Pick<RunOptions, "device">): Promise<Outs>;
  /**
   * Runs the kernel on a device and holds what comes out against the interpreter, block by block.
   * @param inputs tensors and scalars to run it on; what is missing is made from the seed
   * @throws Diagnostic H0421 (a finished module has no Program), H0422 (no sizes were found that it can be run with), those of `run` and of the interpreter
   */
  check(inputs?: Partial<Ins>, options?: CheckOptions): Promise<CheckReport>;
  /**
   * A copy of `tensor` in the packing that the kernel reads under `name`. Dispose the old one when it is no longer needed.
   * @throws Diagnostic H0402 (no such tensor), H0404…H0406 (it is not what the kernel takes), those of `repack`
   */
  prepack<D extends string>(name: keyof Ins & string, tensor: Tensor<D>): Promise<Tensor<D>>;
  /** The compiled module for a device, of a sequence all its modules; compiled once. @throws Diagnostic of the compiler */
  module(device: Device): Promise<Module | ModuleSequence>;
}

/**
 * The kernel of a compiled module, or a compiled sequence: no compiler is needed to run it.
 * @throws Diagnostic H0413 (a size is known only when it is too late), H0417 (not a module)
 * @example
 * ```ts
 * const b = builder("twice"), N = b.dim("N"), [g] = b.grid([["g", N]]);
 * const x = b.tensor("x", "in", "f32", [N], dense(1)), y = b.tensor("y", "out", "f32", [N], dense(1));
 * b.threads(1);
 * const at = { offsets: [g], sizes: [constant(1)] }, v = b.load({ x: b.slice({ x }, at) });
 * b.store({ to: b.slice({ x: y }, at), x: b.add({ x: v, y: v }) });
 * const module = JSON.stringify(compileProgram(b.finish(), baseTarget)); // what a build step writes to a file
 *
 * using device = await open({ adapter: "swiftshader" });
 * const outs = await createKernel(JSON.parse(module)).run({ x: await tensor(device, "f32", [3], [1, 2, 3]) });
 * await outs.y.read(); // => new Float32Array([2, 4, 6])
 * ```
 */
export function createKernel(module: Module | ModuleSequence): Kernel {
  return kernelFrom(signatureOfModule(module), { module: async () => module });
}

/** Where a kernel's compiled forms come from. */
export interface Forms {
  /** The module for a device. */
  readonly module: (device: Device) => Promise<Module | ModuleSequence>;
  /** The forms that run on parts of the tensors named, and why others don't exist. */
  readonly parts?: ((device: Device, needed: readonly string[]) => Promise<{ readonly parts: readonly ModuleParts[]; readonly reasons: readonly string[] }>) | undefined;
  readonly check?: Kernel["check"] | undefined;
}

/** The tensors of a call with the bytes that each takes. */
const sizesOf = (s: Signature, call: Call): readonly Sized[] => s.tensors.map((t) => {
  const shape = call.shapes.get(t.name) ?? [], empty = shape.includes(0);
  return { name: t.name, bytes: empty ? 16 : bufferBytes(wordCount(t.packing, dtypeNamed(t.dtype).bits, shape.length ? shape : [1])) };
});

/** What is needed to launch a kernel on the tensors that are still to be made. */
async function ready(forms: Forms, signature: Signature, call: Call): Promise<(tensors: ReadonlyMap<string, Tensor>) => Promise<Plan>> {
  const module = await forms.module(call.device);
  if (module.format === "bitloom-sequence") return readySequence(module, call);
  const large = tooLarge(call.device, sizesOf(signature, call));
  const cut = large.length > 0 && call.blocks > 0 ? await inForms(forms, module, signature, call, large) : undefined;
  const used = cut?.form.module ?? module, pieces = cut?.pieces ?? [wholeCall(call)];
  needCapable(used, call.device);
  const pipeline = await pipelineOf(call.device, used);
  return async (tensors) => ({ dispatches: pieces.filter((p) => p.blocks > 0).map((piece) => ({ module: used, pipeline, piece, tensors })), end: () => undefined });
}

async function inForms(forms: Forms, module: Module, signature: Signature, call: Call, large: readonly Sized[]): Promise<ReturnType<typeof cutCall>> {
  const { parts, reasons } = forms.parts ? await forms.parts(call.device, large.map((t) => t.name)) : { parts: module.parts ?? [], reasons: [] };
  return cutCall(parts, reasons, signature, call, large);
}

const isPass = (into: GPUCommandEncoder | GPUComputePassEncoder): into is GPUComputePassEncoder => "dispatchWorkgroups" in into;

/** A kernel or sequence of that signature whose modules come from `forms`. */
export function kernelFrom(signature: Signature, forms: Forms): Kernel {
  const { name } = signature, what = `kernel '${name}'`;

  /** Binds, makes the outs, and does `work` with what is to be launched; the outs are gone again where it fails. */
  async function planned<T>(inputs: Inputs, device: Device | undefined, work: (plan: Plan, device: Device) => Promise<T>): Promise<{ readonly outs: Outputs; readonly result: T }> {
    const call = bind(signature, inputs, device), start = await ready(forms, signature, call);
    const { tensors, made } = await withOuts(signature, call);
    try {
      const result = await work(await start(tensors), call.device);
      const outs = Object.fromEntries(signature.tensors.flatMap((t) => {
        const x = tensors.get(t.name);
        return t.direction === "out" && x ? [[t.name, x] as const] : [];
      }));
      return { outs, result };
    } catch (error) {
      for (const t of made) t.dispose();
      throw error;
    }
  }

  async function run(inputs: Inputs, options: RunOptions & { readonly time: true }): Promise<Timed<Outputs>>;
  async function run(inputs: Inputs, options?: RunOptions): Promise<Outputs>;
  async function run(inputs: Inputs, options: RunOptions = {}): Promise<Outputs | Timed<Outputs>> {
    const timed = options.time === true;
    const { outs, result: time } = await planned(inputs, options.device, async (plan, device) => {
      try { return await submit(device, what, plan, timed); } finally { plan.end(); }
    });
    return timed ? { outs, ms: time?.ms ?? 0, clock: time?.clock ?? "wall" } : outs;
  }

  async function recordInto(into: GPUCommandEncoder | GPUComputePassEncoder, inputs: Inputs, options: Pick<RunOptions, "device"> = {}): Promise<Outputs> {
    if (typeof into !== "object" || into === null || !("beginComputePass" in into || isPass(into)))
      fail({ code: "H0403", message: `record() takes a GPUCommandEncoder or a GPUComputePassEncoder, found ${into === null ? "null" : typeof into}`, help: "device.gpu.createCommandEncoder() makes one; run() needs none" });
    return (await planned(inputs, options.device, async (plan, device) => {
      const { dispatches } = plan;
      if (dispatches.length === 0) return;
      for (const d of dispatches) for (const [slot, t] of d.tensors) needTensor(t, `'${slot}'`);
      device.gpu.pushErrorScope("validation");
      const pass = isPass(into) ? into : into.beginComputePass({ label: what });
      record(device, pass, dispatches); // what it makes is freed with the last reference to what was recorded
      if (!isPass(into)) pass.end();
      const error = await device.gpu.popErrorScope().catch(() => null);
      if (error) refused(what, dispatches, error.message);
    })).outs;
  }

  async function prepack<D extends string>(slot: string, tensor: Tensor<D>): Promise<Tensor<D>> {
    const t = signature.tensors.find((x) => x.name === slot);
    if (!t) {
      const names = signature.tensors.map((x) => x.name), near = didYouMean(slot, names);
      return fail({ code: "H0402", message: `kernel '${name}' takes no tensor '${slot}'`, help: near ? `did you mean '${near}'?` : `it takes ${names.join(", ")}` });
    }
    if (!isTensor(tensor)) return fail({ code: "H0403", message: "prepack takes a tensor", help: `make one with await device.tensor("${t.dtype}", …)` });
    needTensor(tensor, `'${slot}'`);
    const want = tensorText(t);
    if (tensor.dtype !== t.dtype) fail({ code: "H0404", message: `'${slot}' holds ${tensor.dtype}, the kernel takes ${want}`, help: `make it with device.tensor("${t.dtype}", …)` });
    if (tensor.shape.length !== t.shape.length) fail({ code: "H0405", message: `'${slot}' is ${tensorText(tensor)}, the kernel takes ${want}`, help: "an axis of size 1 has to be written, too" });
    const axis = t.shape.findIndex((n, i) => typeof n === "number" && n !== tensor.shape[i]);
    if (axis >= 0) fail({ code: "H0406", message: `'${slot}' is ${tensorText(tensor)}, the kernel takes ${want}`, help: "give a tensor of that size, or specialise the kernel for this one" });
    return tensor.repack(t.packing);
  }

  const check: Kernel["check"] = forms.check ?? (async () => fail({
    code: "H0421", message: `${what} is a finished module: there is no Program to hold it against`, help: "check it where it is compiled: compile(source), or `bitloom check --device FILE`",
  }));
  return Object.freeze({ name, signature, run, record: recordInto, prepack, module: forms.module, check });
}

/** The tensors of a call with the missing outs made. */
export async function withOuts(signature: Signature, call: Call): Promise<{ readonly tensors: ReadonlyMap<string, Tensor>; readonly made: readonly Tensor[] }> {
  const missing = signature.tensors.filter((t) => t.direction === "out" && !call.tensors.has(t.name));
  const results = await Promise.allSettled(missing.map((t) =>
    empty(call.device, t.dtype, call.shapes.get(t.name) ?? [], { packing: t.packing, name: `'${t.name}'` })));
  const made = results.flatMap((r) => (r.status === "fulfilled" ? [r.value] : []));
  const failed = results.find((r) => r.status === "rejected");
  if (failed) {
    for (const t of made) t.dispose();
    throw failed.reason;
  }
  const tensors = new Map(call.tensors);
  missing.forEach((t, i) => { const x = made[i]; if (x) tensors.set(t.name, x); });
  return { tensors, made };
}

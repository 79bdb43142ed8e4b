// A kernel that runs: arguments in, tensors out. It is made from a Module, or from anything that gives one for a device.
import { didYouMean, fail } from "../diagnostic.ts";
import type { Module, ModuleSequence } from "../codegen/index.ts";
import { tensorText } from "../vm/index.ts";
import { bind, type Call, type Inputs } from "./bind.ts";
import type { Device } from "./device.ts";
import { launch, needCapable, type Time } from "./launch.ts";
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
  return kernelFrom(signatureOfModule(module), async () => module);
}

/** What is needed to launch a module on the tensors that are still to be made. */
async function ready(module: Module | ModuleSequence, call: Call): Promise<(tensors: ReadonlyMap<string, Tensor>, timed: boolean) => Promise<Time | undefined>> {
  if (module.format === "bitloom-sequence") return readySequence(module, call);
  needCapable(module, call.device);
  const pipeline = await pipelineOf(call.device, module);
  return async (tensors, timed) => (call.blocks > 0 ? launch(module, pipeline, call, tensors, timed) : undefined);
}

/** A kernel or sequence of that signature whose modules come from `moduleFor`. */
export function kernelFrom(signature: Signature, moduleFor: (device: Device) => Promise<Module | ModuleSequence>): Kernel {
  const { name } = signature;

  async function run(inputs: Inputs, options: RunOptions & { readonly time: true }): Promise<Timed<Outputs>>;
  async function run(inputs: Inputs, options?: RunOptions): Promise<Outputs>;
  async function run(inputs: Inputs, options: RunOptions = {}): Promise<Outputs | Timed<Outputs>> {
    const call = bind(signature, inputs, options.device);
    const start = await ready(await moduleFor(call.device), call);
    const { tensors, made } = await withOuts(signature, call);
    let time: Time | undefined;
    try {
      time = await start(tensors, options.time === true);
    } catch (error) {
      for (const t of made) t.dispose();
      throw error;
    }
    const outs = Object.fromEntries(signature.tensors.flatMap((t) => {
      const x = tensors.get(t.name);
      return t.direction === "out" && x ? [[t.name, x] as const] : [];
    }));
    return options.time === true ? { outs, ms: time?.ms ?? 0, clock: time?.clock ?? "wall" } : outs;
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

  return Object.freeze({ name, signature, run, prepack, module: moduleFor });
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

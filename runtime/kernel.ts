// A kernel that runs: arguments in, tensors out. It is made from a Module, or from anything that gives one for a device.
import { fail } from "../diagnostic.ts";
import type { Module, ModuleSequence } from "../codegen/index.ts";
import { wordCount, type Packing } from "../layout/index.ts";
import type { PrintLine } from "../vm/index.ts";
import { bind, slotFor, type Call, type Inputs } from "./bind.ts";
import type { CheckOptions, CheckReport } from "./check.ts";
import type { Device } from "./device.ts";
import { needCapable, record, refused, submit, tooLarge, wholeCall, type Piece, type Plan, type Printing, type Sized, type Time } from "./launch.ts";
import { bufferBytes, inMiB } from "./memory.ts";
import type { launchInParts } from "./parts.ts";
import { pipelineOf } from "./pipeline.ts";
import { homesOf, signatureOfModule, type Signature, type TensorSlot } from "./signature.ts";
import { needTensor, together, type Tensor } from "./tensor.ts";

/** Options of a run. */
export interface RunOptions {
  /** Where to run; needed only if no tensor is given. */
  readonly device?: Device | undefined;
  /** Wait for the kernel and tell its time: the result is then `{ outs, ms, clock }`. */
  readonly time?: boolean | undefined;
  /** Told each line that a debug build prints, in the order of blocks; default: the console. */
  readonly print?: ((line: PrintLine) => void) | undefined;
}

/** Options of `prepack`. */
export interface PrepackOptions {
  /**
   * "device": by a kernel, where the packing is `packed(L)` of a tile that a block can hold and the kernel isn't a finished module; else, and
   * with "host", by the host, through which the tensor then travels. Default: the device, unless it is a software adapter, where the host is
   * as fast and has nothing to compile. The bits are the same.
   */
  readonly on?: "device" | "host" | undefined;
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
   * until then dispose none of the tensors. An encoder gets a compute pass of its own. A debug build that prints is refused: nobody would read it.
   * @param into of the device that the tensors lie on
   * @throws as `run`; Diagnostic H0424 (it prints)
   */
  record(into: GPUCommandEncoder | GPUComputePassEncoder, inputs: Ins, options?: Pick<RunOptions, "device">): Promise<Outs>;
  /**
   * Runs the kernel on a device and holds what comes out against the interpreter, block by block. Integers, bits and moved numbers must be
   * the same. Floats that arithmetic made may lie within a bound that is an estimate, not a proof: the interpreter runs again with every float a few units in the
   * last place off, and 16 times the farthest of four such runs, and a step of the type, are let pass.
   * @param inputs tensors and scalars to run it on; what is missing is made from the seed
   * @throws Diagnostic H0421 (a finished module has no Program), H0422 (no sizes were found that it can be run with), those of `run` and of the interpreter
   */
  check(inputs?: Partial<Ins>, options?: CheckOptions): Promise<CheckReport>;
  /**
   * A copy of `tensor` in the packing that the kernel reads under `name`. Dispose the old one when it is no longer needed.
   * @param options where it is made
   * @throws Diagnostic H0402 (no such tensor), H0404…H0406 (it is not what the kernel takes), those of `repack`
   */
  prepack<D extends string>(name: keyof Ins & string, tensor: Tensor<D>, options?: PrepackOptions): Promise<Tensor<D>>;
  /** The compiled module for a device, of a sequence all its modules; compiled once. @throws Diagnostic of the compiler */
  module(device: Device): Promise<Module | ModuleSequence>;
}

/** Makes the plan of a call once all its tensors are there. */
export type Start = (tensors: ReadonlyMap<string, Tensor>) => Promise<Plan>;

/** What stands behind a kernel. What few need is given here, so that those who don't needn't carry it. */
export interface Forms {
  /** The module for a device. */
  readonly module: (device: Device) => Promise<Module | ModuleSequence>;
  /** Everything that can be made before the outs are. */
  readonly ready: (call: Call) => Promise<Start>;
  /** Reads what debug builds print. */
  readonly prints?: (() => Promise<Printing>) | undefined;
  readonly check?: Kernel["check"] | undefined;
  /** Brings a tensor into a packing on its device; undefined where that isn't made there. */
  readonly prepack?: (<D extends string>(tensor: Tensor<D>, to: Packing) => Promise<Tensor<D> | undefined>) | undefined;
  /** Puts tensors in the place of what stands for several. */
  readonly takes?: ((inputs: Inputs) => Inputs) | undefined;
  /** The other way round. */
  readonly gives?: ((outs: Outputs, inputs: Inputs, call: Call) => Outputs) | undefined;
}

/** The tensors of a call with the bytes that each takes. */
const sizesOf = (s: Signature, call: Call): readonly Sized[] => s.tensors.map((t) => {
  const shape = call.shapes.get(t.name) ?? [], empty = shape.includes(0);
  return { name: t.name, bytes: empty ? 16 : bufferBytes(wordCount(t.packing, call.device.host.dtype(t.dtype).bits, shape.length ? shape : [1])) };
});

/** How a call is launched whose tensors the device can't bind whole. */
export type Cut = (large: readonly Sized[]) => Promise<{ readonly module: Module; readonly pieces: readonly Piece[] }>;

/**
 * A module made ready for a call.
 * @throws Diagnostic H0304 (a tensor that the device can't bind, and no way to cut it), H0415, W of the pipeline
 */
export async function readyModule(module: Module, s: Signature, call: Call, cut?: Cut): Promise<Start> {
  const large = tooLarge(call.device, sizesOf(s, call)), [first] = large;
  if (first && !cut)
    fail({ code: "H0304", message: `'${first.name}' takes ${inMiB(first.bytes)}, more than "${call.device.info.name}" binds as one tensor`, help: "build it with --parts and give what launches them: createKernel(module, { parts: launchInParts })" });
  const parted = first && cut && call.blocks > 0 ? await cut(large) : undefined, used = parted?.module ?? module, pieces = parted?.pieces ?? [wholeCall(call)];
  needCapable(used, call.device);
  const pipeline = await pipelineOf(call.device, used);
  return async (tensors) => ({ dispatches: pieces.filter((p) => p.blocks > 0).map((piece) => ({ module: used, pipeline, piece, tensors })), end: () => undefined });
}

/** What a finished module may need besides itself. */
export interface ModuleOptions {
  /** Launches a module that was built with `--parts` on tensors that a device can't bind at once: `launchInParts`. */
  readonly parts?: typeof launchInParts | undefined;
}

/**
 * The kernel of a finished module: no compiler is needed to run it.
 * @throws Diagnostic H0413 (a size is known only when it is too late), H0417 (not a module)
 */
export function createKernel(module: Module, { parts }: ModuleOptions = {}): Kernel {
  const s = signatureOfModule(module);
  return kernelFrom(s, {
    module: async () => module,
    ready: (call) => readyModule(module, s, call, parts && (async (large) => parts(module.parts ?? [], [], s, call, large))),
  });
}

const isPass = (into: GPUCommandEncoder | GPUComputePassEncoder): into is GPUComputePassEncoder => "dispatchWorkgroups" in into;

/** A kernel or sequence of that signature whose modules come from `forms`. */
export function kernelFrom(signature: Signature, forms: Forms): Kernel {
  const { name } = signature, what = `kernel '${name}'`;

  /** The plan with what reads prints, where a module makes some. */
  async function withPrints(plan: Plan): Promise<Plan> {
    if (!plan.dispatches.some((d) => d.module.prints)) return plan;
    const printing = await forms.prints?.();
    return printing ? { ...plan, printing } : fail({ code: "H0417", message: `${what} was built for debugging, and nothing here reads what it prints`, help: "build it without --debug, or run it where it is compiled" });
  }

  /** Binds, makes the outs, and does `work` with what is to be launched; the outs are gone again where it fails. */
  async function planned<T>(inputs: Inputs, device: Device | undefined, work: (plan: Plan, device: Device) => Promise<T>): Promise<{ readonly outs: Outputs; readonly result: T }> {
    const call = bind(signature, forms.takes?.(inputs) ?? inputs, device), start = await forms.ready(call);
    const { tensors, made } = await withOuts(signature, call);
    try {
      const result = await work(await withPrints(await start(tensors)), call.device);
      const outs = Object.fromEntries(signature.tensors.flatMap((t) => {
        const x = tensors.get(t.name);
        return t.direction === "out" && x ? [[t.name, x] as const] : [];
      }));
      return { outs: forms.gives?.(outs, inputs, call) ?? outs, result };
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
      try { return await submit(device, what, plan, timed, options.print); } finally { plan.end(); }
    });
    return timed ? { outs, ms: time?.ms ?? 0, clock: time?.clock ?? "wall" } : outs;
  }

  async function recordInto(into: GPUCommandEncoder | GPUComputePassEncoder, inputs: Inputs, options: Pick<RunOptions, "device"> = {}): Promise<Outputs> {
    if (typeof into !== "object" || into === null || !("beginComputePass" in into || isPass(into)))
      fail({ code: "H0403", message: `record() takes a GPUCommandEncoder or a GPUComputePassEncoder, found ${into === null ? "null" : typeof into}`, help: "device.gpu.createCommandEncoder() makes one; run() needs none" });
    return (await planned(inputs, options.device, async (plan, device) => {
      const { dispatches, printing } = plan;
      if (dispatches.length === 0) return;
      if (printing) fail({ code: "H0424", message: `${what} prints, and what is recorded can't be read`, help: "run() tells what it prints; to record it, compile it without debug" });
      for (const d of dispatches) for (const [slot, t] of d.tensors) needTensor(t, `'${slot}'`);
      device.gpu.pushErrorScope("validation");
      const pass = isPass(into) ? into : into.beginComputePass({ label: what });
      record(device, pass, dispatches); // what it makes is freed with the last reference to what was recorded
      if (!isPass(into)) pass.end();
      const error = await device.gpu.popErrorScope().catch(() => null);
      if (error) refused(what, dispatches, error.message);
    })).outs;
  }

  async function prepack<D extends string>(slot: string, tensor: Tensor<D>, { on }: PrepackOptions = {}): Promise<Tensor<D>> {
    const { packing } = slotFor(signature, slot, tensor), there = on === "device" || (on === undefined && !tensor.device.profile.software);
    return (there ? await forms.prepack?.(tensor, packing) : undefined) ?? tensor.repack(packing);
  }

  const check: Kernel["check"] = forms.check ?? (async () => fail({
    code: "H0421", message: `${what} is a finished module: there is no Program to hold it against`, help: "check it where it is compiled: compile(source), or `bitloom check --device FILE`",
  }));
  return Object.freeze({ name, signature, run, record: recordInto, prepack, module: forms.module, check });
}

/** The tensors of a call with the missing outs made. */
export async function withOuts(signature: Signature, call: Call): Promise<{ readonly tensors: ReadonlyMap<string, Tensor>; readonly made: readonly Tensor[] }> {
  const missing = signature.tensors.filter((t) => t.direction === "out" && !call.tensors.has(t.name));
  const made = await makeEmpty(call.device, missing.map((t) => ({ ...t, shape: call.shapes.get(t.name) ?? [] })), "");
  return { tensors: new Map([...call.tensors, ...made]), made: [...made.values()] };
}

/**
 * Tensors of code 0 by name, those of one buffer in one.
 * @param what what messages say before their names
 * @throws as `tensor`; what was made until then is gone
 */
export async function makeEmpty(device: Device, slots: readonly (Omit<TensorSlot, "direction" | "shape"> & { readonly shape: readonly number[] })[], what: string): Promise<ReadonlyMap<string, Tensor>> {
  const homes = homesOf(slots), results = await Promise.allSettled(homes.map((all) => together(device, all.map(({ dtype, shape, packing, name }) => ({ dtype, shape, packing, name: `${what}'${name}'` })))));
  const made = new Map<string, Tensor>(), failed = results.find((r) => r.status === "rejected");
  results.forEach((r, i) => { if (r.status === "fulfilled") r.value.forEach((t, j) => made.set(homes[i][j].name, t)); });
  if (failed) {
    for (const t of made.values()) t.dispose();
    throw failed.reason;
  }
  return made;
}

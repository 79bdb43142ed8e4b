// A kernel that goes by what was tuned: each launch takes the choice that a record has for its sizes, at once; where there is none, or the
// recorded one wants its tensors packed in another way, the kernel is what it is by default.
import { bind, type Inputs } from "../bind.ts";
import type { Device } from "../device.ts";
import { takeFormats } from "../format-arguments.ts";
import type { Kernel, Outputs, RunOptions, Timed } from "../kernel.ts";
import type { Tunable } from "./open.ts";
import type { TuningChoice } from "./record.ts";

/** A kernel that may have been tuned. */
export interface Following {
  readonly definition: Tunable;
  readonly given: TuningChoice;
  /** The kernel of a choice. @throws Diagnostic of the program */
  readonly make: (choice: TuningChoice) => Kernel;
}

/** What looks records up, loaded when there are any. */
const later: { loaded?: Promise<typeof import("./tuned.ts")> } = {};

/** The kernel `plain`, or the one that was found faster. */
export function follow(plain: Kernel, f: Following): Kernel {
  // What is wrong with the arguments is found before anything is waited for.
  const pick = async (inputs: Inputs, on: Device | undefined): Promise<Kernel> => {
    const { device, env } = bind(plain.signature, takeFormats(plain.signature, inputs), on);
    return device.measured.records ? (await (await (later.loaded ??= import("./tuned.ts"))).tunedKernel(f, device, env, false)) ?? plain : plain;
  };
  async function run(inputs: Inputs, options: RunOptions & { readonly time: true }): Promise<Timed<Outputs>>;
  async function run(inputs: Inputs, options?: RunOptions): Promise<Outputs>;
  async function run(inputs: Inputs, options: RunOptions = {}): Promise<Outputs | Timed<Outputs>> {
    return (await pick(inputs, options.device)).run(inputs, options);
  }
  return Object.freeze({ ...plain, run, record: async (into: GPUCommandEncoder | GPUComputePassEncoder, inputs: Inputs, options: Pick<RunOptions, "device"> = {}) => (await pick(inputs, options.device)).record(into, inputs, options) });
}

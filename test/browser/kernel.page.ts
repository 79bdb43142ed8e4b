// What the kernel test calls in the page: Bitloom as an application bundles it, through the runtime's door.

import type { Module } from "../../codegen/index.ts";
import { Diagnostic, type DiagnosticData } from "../../diagnostic.ts";
import type { Packing } from "../../layout/index.ts";
import { compile, createKernel, open, type Device, type Inputs, type Kernel, type Tensor } from "../../runtime/index.ts";

/** A tensor as JSON: its codes, and how they are to be stored. */
export interface TensorInput {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly codes: readonly number[];
  readonly packing?: Packing | undefined;
}

/** Arguments of a kernel as JSON. */
export type JsonInputs = Readonly<Record<string, TensorInput | number | boolean>>;

/** A result as JSON. */
export interface TensorOutput {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly codes: readonly number[];
}

/** Outs by name, or the diagnostic that was thrown. */
export type JsonResult = { readonly outs: Readonly<Record<string, TensorOutput>> } | { readonly error: DiagnosticData };

async function runOn(device: Device, kernel: Kernel, inputs: JsonInputs): Promise<Readonly<Record<string, TensorOutput>>> {
  const given: Record<string, Tensor | number | boolean> = {};
  for (const [name, x] of Object.entries(inputs)) {
    if (typeof x !== "object") { given[name] = x; continue; }
    const dense = await device.tensor(x.dtype, x.shape, x.codes, { as: "codes", packing: x.packing });
    // What the kernel reads under another packing goes the way a user's weights go.
    given[name] = kernel.signature.tensors.some((t) => t.name === name) && x.packing === undefined ? await kernel.prepack(name, dense) : dense;
  }
  const outs = await kernel.run(given satisfies Inputs, { device });
  const read = async ([name, t]: [string, Tensor]): Promise<[string, TensorOutput]> => [name, { dtype: t.dtype, shape: t.shape, codes: [...(await t.readCodes())] }];
  return Object.fromEntries(await Promise.all(Object.entries(outs).map(read)));
}

async function answer(work: (device: Device) => Promise<Readonly<Record<string, TensorOutput>>>): Promise<JsonResult> {
  using device = await open();
  try {
    return { outs: await work(device) };
  } catch (error) {
    if (error instanceof Diagnostic) return { error: error.data };
    throw error;
  }
}

/** Runs a compiled module: what an application does that ships no compiler. */
export const runModule = (module: Module, inputs: JsonInputs): Promise<JsonResult> => answer((device) => runOn(device, createKernel(module), inputs));

/** Compiles source in the page and runs its kernel. */
export const runSource = (source: string, params: Readonly<Record<string, unknown>>, inputs: JsonInputs): Promise<JsonResult> =>
  answer(async (device) => runOn(device, (await compile(source, { file: "page.loom" })).specialise(params), inputs));

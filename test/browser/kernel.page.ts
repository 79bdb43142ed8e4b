// What the kernel test calls in the page: Bitloom as an application bundles it, through the runtime's door.

import type { Module } from "../../codegen/index.ts";
import { Diagnostic, type DiagnosticData } from "../../diagnostic.ts";
import { dataOf } from "../../examples/example.ts";
import { load } from "../../lang/index.ts";
import type { Packing } from "../../layout/index.ts";
import { compile, createKernel, open, type Device, type Inputs, type Kernel, type Tensor } from "../../runtime/index.ts";
import { dtype, interpret, makeTile } from "../../vm/index.ts";

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

/** Compiles the first of some files and runs one of its kernels; what it imports is looked up, or fetched. */
export const runFiles = (files: Readonly<Record<string, string>>, name: string, inputs: JsonInputs, fetched: boolean): Promise<JsonResult> =>
  answer(async (device) => {
    const [[first, source] = ["", ""]] = Object.entries(files), looked = (path: string) => (Object.hasOwn(files, path) ? { file: path, source: files[path] } : undefined);
    const importer = async (path: string) => {
      const found = looked(path);
      return found && { file: path, source: await (await fetch(`data:text/plain,${encodeURIComponent(found.source)}`)).text() };
    };
    return runOn(device, (await compile(source, { file: first, importer: fetched ? importer : looked })).specialise(name, {}), inputs);
  });

/** A tensor of numbers as JSON. */
export interface Numbers {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** What the device and the interpreter make of a kernel's text, each output as numbers; or the diagnostic that was thrown. */
export type Both = { readonly device: Readonly<Record<string, Numbers>>; readonly interpreter: Readonly<Record<string, Numbers>> } | { readonly error: DiagnosticData };

/** Parses, compiles, runs and interprets a kernel's text, all in the page. */
export async function runBoth(source: string, params: Readonly<Record<string, unknown>>, inputs: Readonly<Record<string, Numbers>>): Promise<Both> {
  using device = await open();
  try {
    const [definition] = load(source, { file: "page.loom" }).kernels.values(), kernel = (await compile(source, { file: "page.loom" })).specialise(params);
    if (!definition) throw new Error("no kernel");
    const tiles = Object.fromEntries(Object.entries(inputs).map(([name, x]) => {
      const t = makeTile(dtype(x.dtype), x.shape);
      dataOf({ ...x, values: Float64Array.from(x.values) }, t.data);
      return [name, t];
    }));
    const law = interpret(definition.specialise(params), tiles);
    const given: Record<string, Tensor> = {};
    for (const [name, t] of Object.entries(tiles))
      given[name] = await kernel.prepack(name, await device.tensor(t.dtype.name, t.shape, t.data, { as: t.dtype.storage ? "codes" : "values" }));
    const outs = await kernel.run(given satisfies Inputs, { device }), read: Record<string, Numbers> = {};
    for (const [name, t] of Object.entries(outs)) read[name] = { dtype: t.dtype, shape: t.shape, values: [...await t.read()] };
    const numbers = Object.entries(law).map(([name, t]) => [name, { dtype: t.dtype.name, shape: t.shape, values: Array.from(t.data, (x) => (t.dtype.storage ? t.dtype.decode(x) : x)) }] as const);
    return { device: read, interpreter: Object.fromEntries(numbers) };
  } catch (error) {
    if (error instanceof Diagnostic) return { error: error.data };
    throw error;
  }
}

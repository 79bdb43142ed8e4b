// From kernels as people write them to kernels that run: source text or a TypeScript definition, specialised to a
// Program, compiled for each kind of device it meets.
//
//   source ──lang.load──▶ KernelDefinition ──specialise(params)──▶ Program ──compileProgram(target)──▶ Module ──▶ Kernel
//                               kernelOf ▲                         Sequence ─compileSequence──▶ ModuleSequence ──▲
import { didYouMean, fail, failFirst } from "../diagnostic.ts";
import type { compileParts, Module, ModuleSequence, Target } from "../codegen/index.ts";
import { isSequence, type Comptimes, type KernelDefinition, type Program, type Sequence, type SequenceDefinition, type Specs, type TypedKernel } from "../vm/index.ts";
import type { DefinitionIns, DefinitionOuts, DefinitionParams } from "./definition-types.ts";
import type { Inputs } from "./bind.ts";
import type { Device } from "./device.ts";
import { giveFormats, takeFormats } from "./format-arguments.ts";
import { loadWith, type FileImporter } from "./imports.ts";
import { kernelFrom, readyModule, type Forms, type Kernel } from "./kernel.ts";
import { launchInParts } from "./parts.ts";
import { readySequence } from "./sequence.ts";
import { signatureOfProgram, signatureOfSequence, type Signature } from "./signature.ts";
import type { AnyCompiled, AnyParams, Compiled, Specialisable } from "./source-types.ts";
import { targetOf } from "./target.ts";
import { follow, type Following } from "./tuning/follow.ts";
import { openOf } from "./tuning/open.ts";
import type { TunedOptions, TuneOptions } from "./tuning/tune.ts";

/** Objects with sorted keys, so that the order in which parameters are written does not matter. */
const stable = (_: string, x: unknown): unknown =>
  typeof x === "object" && x !== null && !Array.isArray(x) ? Object.fromEntries(Object.entries(x).sort(([a], [b]) => (a < b ? -1 : 1))) : typeof x === "bigint" ? `${x}n` : x;

/** Results by what they were made for, each made once; a failure is told once and tried again. */
function once<T>(): (key: unknown, make: () => Promise<T>) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (given, make) => {
    const key = JSON.stringify(given, stable), found = known.get(key);
    if (found) return found;
    const made = make();
    known.set(key, made);
    made.catch(() => known.delete(key));
    return made;
  };
}

/** The compiler; those who run finished modules never load it. */
const compiler = (): Promise<typeof import("../codegen/index.ts")> => import("../codegen/index.ts");

type Targets = (device: Device) => Target;

/** What stands behind the kernel of a Program: compiled once for each kind of device, and for parts of tensors where they are too large. */
function formsOf(program: Program, s: Signature, targetFor: Targets): Omit<Forms, "check"> {
  const modules = once<Module>(), parts = once<ReturnType<typeof compileParts>>();
  const module = (device: Device): Promise<Module> => modules(targetFor(device), async () => (await compiler()).compileProgram(program, targetFor(device)));
  return {
    module, prints: () => import("./prints.ts"),
    ready: async (call) => readyModule(await module(call.device), s, call, async (large) => {
      const needed = large.map((t) => t.name), target = targetFor(call.device);
      const made = await parts([target, needed], async () => (await compiler()).compileParts(program, target, needed));
      return launchInParts(made.parts, made.reasons, s, call, large);
    }),
  };
}

/** The same of a Sequence. */
function formsOfSequence(q: Sequence, targetFor: Targets): Omit<Forms, "check"> {
  const modules = once<ModuleSequence>();
  const module = (device: Device): Promise<ModuleSequence> => modules(targetFor(device), async () => (await compiler()).compileSequence(q, targetFor(device)));
  return { module, prints: () => import("./prints.ts"), ready: async (call) => readySequence(await module(call.device), call) };
}

/** The kernel of a Program, or the sequence of a Sequence. */
export function kernelOfProgram(program: Program | Sequence, { debug = false }: KernelOptions): Kernel {
  const targetFor: Targets = (device) => (debug ? { ...targetOf(device), debug } : targetOf(device));
  const s = isSequence(program) ? signatureOfSequence(program) : signatureOfProgram(program);
  const self: Kernel = kernelFrom(s, {
    takes: (inputs) => takeFormats(s, inputs), gives: (outs, inputs, call) => giveFormats(s, outs, inputs, call),
    ...(isSequence(program) ? formsOfSequence(program, targetFor) : formsOf(program, s, targetFor)),
    check: async (inputs, options) => (await import("./check.ts")).checkProgram(program, self, inputs, options),
    prepack: async (tensor, to) => (await import("./prepack.ts")).prepackOn(tensor, to),
  });
  return self;
}

/**
 * The runnable side of a kernel or sequence that was defined in TypeScript, typed by its definition. The same parameters give the
 * same Kernel, compiled once.
 * @example
 * ```ts
 * kernelOf(kernel("copy", { N: intParam() }, ({ N }) => ({
 *   params: { x: input("f32", [N]), y: output("f32", [N]) }, grid: { g: 1 }, threads: 32,
 *   body(b, { x, y }) { b.store({ to: y, x: b.load({ x }) }); },
 * }))).name; // => "copy"
 * ```
 */
export function kernelOf<C extends Comptimes, P extends Specs>(definition: TypedKernel<C, P>, options?: KernelOptions): Specialisable<DefinitionParams<C>, DefinitionIns<P>, DefinitionOuts<P>>;
export function kernelOf(definition: KernelDefinition | SequenceDefinition, options?: KernelOptions): Specialisable<AnyParams>;
export function kernelOf(definition: KernelDefinition | SequenceDefinition, options: KernelOptions = {}): Specialisable<AnyParams> {
  const kernels = new Map<string, Kernel>();
  const self: Specialisable<AnyParams> = Object.freeze({
    name: definition.name,
    specialise(params: AnyParams): Kernel {
      const key = JSON.stringify(params, stable);
      let found = kernels.get(key);
      if (!found) kernels.set(key, (found = made(params)));
      return found;
    },
    tune: async (params: AnyParams, inputs: Inputs = {}, more: TuneOptions = {}) => (await import("./tuning/tune.ts")).tune(definition, params, inputs, more),
    tuned: async (params: AnyParams, { device, sizes = {} }: TunedOptions) =>
      (await (await import("./tuning/tuned.ts")).tunedKernel(following(params), device, new Map(Object.entries(sizes)), true)) ?? self.specialise(params),
    choose: async (params: AnyParams, { device, sizes = {} }: TunedOptions) => (await import("./tuning/choose.ts")).choose(following(params), device, sizes),
  });
  const followings = new Map<string, Following>();
  const following = (given: AnyParams): Following => {
    const key = JSON.stringify(given, stable), found = followings.get(key) ?? { definition, given, make: (choice) => self.specialise({ ...given, ...choice }) };
    followings.set(key, found);
    return found;
  };
  // What prints is looked at, not measured.
  const made = (params: AnyParams): Kernel => {
    const plain = kernelOfProgram(definition.specialise(params), options);
    return options.debug || openOf(definition.comptime, params).length === 0 ? plain : follow(plain, following(params));
  };
  return self;
}

/** How kernels are compiled. */
export interface KernelOptions {
  /** Whether `print` says anything; such kernels are slower. */
  readonly debug?: boolean | undefined;
}

/** How `compile` reads a source. */
export interface CompileOptions extends KernelOptions {
  /** What diagnostics call the source; default "source.loom". */
  readonly file?: string | undefined;
  /** Finds imported files, now or as a promise: `path` as written in the file `from`. Without it nothing can be imported. */
  readonly importer?: FileImporter | undefined;
}

/**
 * Compiles `.loom` source. With a literal source the result is typed by it: parameters, inputs and outs.
 * @throws Diagnostic of the language: the first error, with the others in its notes
 * @example
 * ```ts
 * const { kernels } = await compile("kernel twice(x: f32[N], out y: f32[N]) grid (b in cdiv(N, 64)) threads 64 { let v = load(x[b * 64 +: 64]); store(y[b * 64 +: 64], v + v) }");
 * using device = await open({ adapter: "swiftshader" });
 * const { y } = await kernels.twice.specialise({}).run({ x: await tensor(device, "f32", [3], [1, 2, 3]) });
 * await y.read(); // => new Float32Array([2, 4, 6])
 * ```
 * @example
 * ```ts
 * const files: Record<string, string> = { "lib.loom": "const WIDTH = 64" };
 * const importer = async (path: string) => ({ file: path, source: files[path] }); // or (await fetch(path)).text()
 * const main = await compile(`import { WIDTH } from "lib.loom"
 * kernel zero(x: f32[N], out y: f32[N]) grid (b in cdiv(N, WIDTH)) threads WIDTH { store(y[b * WIDTH +: WIDTH], 0) }`, { importer });
 * main.name; // => "zero"
 * ```
 */
export async function compile<const S extends string>(source: S, options: CompileOptions = {}): Promise<Compiled<S>> {
  const file = options.file ?? "source.loom";
  const { load } = await import("../lang/index.ts");
  const { kernels: definitions, sequences, diagnostics } = await loadWith(options.importer, (importer) => load(source, { file, importer }));
  failFirst(diagnostics);
  const kernels: Record<string, Specialisable<AnyParams>> = {};
  for (const d of [...definitions, ...sequences]) kernels[d.name] = kernelOf(d, options);
  const names = Object.keys(kernels);
  const pick = (name: string): Specialisable<AnyParams> => {
    const found = Object.hasOwn(kernels, name) ? kernels[name] : undefined;
    if (found) return found;
    const near = didYouMean(name, names);
    return fail({ code: "H0416", message: `${file} has no kernel '${name}'`, help: near ? `did you mean '${near}'?` : `it has ${names.join(", ") || "none"}` });
  };
  const only = (): Specialisable<AnyParams> => {
    // A file with one sequence is about that: its kernels are the steps.
    const [name] = sequences.length === 1 ? sequences.map((q) => q.name) : names;
    if (name !== undefined && (names.length === 1 || sequences.length === 1)) return pick(name);
    return fail({ code: "H0416", message: `${file} has ${names.length === 0 ? "no kernel" : `${names.length} kernels`}`, help: names.length ? `name one: specialise("${name ?? ""}", …); there are ${names.join(", ")}` : "write one: kernel NAME(…) grid (…) threads N { … }" });
  };
  const compiled: AnyCompiled & { readonly name: string } = Object.freeze({
    kernels: Object.freeze(kernels),
    get name() { return only().name; },
    specialise: (a: string | AnyParams, b?: AnyParams): Kernel => (typeof a === "string" ? pick(a).specialise(b ?? {}) : only().specialise(a)),
    tune: (params: AnyParams, inputs?: Inputs, more?: TuneOptions) => only().tune(params, inputs, more),
    tuned: (params: AnyParams, more: TunedOptions) => only().tuned(params, more),
    choose: (params: AnyParams, more: TunedOptions) => only().choose(params, more),
  });
  return compiled as unknown as Compiled<S>; // what the types say of S, the compiler has checked of the source
}

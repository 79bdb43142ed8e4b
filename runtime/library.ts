// A library: kernels that were built beforehand, each for some parameters and for devices of several kinds. `bitloom build`
// writes it; specialising means choosing among what was built.
import { didYouMean, fail } from "../diagnostic.ts";
import type { Module, ModuleSequence } from "../codegen/index.ts";
import type { Device } from "./device.ts";
import { createKernel, kernelFrom, readyModule, type Kernel, type ModuleOptions } from "./kernel.ts";
import { lacking } from "./launch.ts";
import { createSequence } from "./sequence.ts";
import { signatureOfModule } from "./signature.ts";

/** A kernel for one choice of its compile-time parameters. */
export interface Built {
  readonly name: string;
  /** The parameters that were given, as text. */
  readonly params: Readonly<Record<string, string>>;
  /** For devices of several kinds: the first that a device can run is taken. */
  readonly modules: readonly (Module | ModuleSequence)[];
}

/** What `bitloom build` writes. */
export interface Library {
  readonly format: "bitloom-library";
  readonly version: 1;
  readonly kernels: readonly Built[];
}

/** Values of compile-time parameters; what is left out may be anything. */
export type Choice = Readonly<Record<string, string | number | boolean>>;

/** A library that is open. */
export interface OpenLibrary {
  /** Names of its kernels, each once. */
  readonly names: readonly string[];
  /**
   * The kernel that was built for these parameters; its name may be left out where there is one.
   * @throws Diagnostic H0416 (no such kernel), H0423 (not built for these parameters)
   */
  specialise(choice?: Choice): Kernel;
  specialise(name: string, choice?: Choice): Kernel;
}

const textOf = (params: Readonly<Record<string, unknown>>): string => Object.entries(params).map(([k, v]) => `${k}=${String(v)}`).join(" ") || "no parameters";

/** One kernel, in the form that a device can run. */
function kernelOfBuilt(b: Built, options: ModuleOptions): Kernel {
  const [first, ...others] = b.modules;
  if (!first) return fail({ code: "H0417", message: `'${b.name}' has no modules in this library`, help: "build it again" });
  if (first.format === "bitloom-sequence") return createSequence(first);
  const modules = [first, ...others].filter((m): m is Module => m.format === "bitloom-module"), s = signatureOfModule(first), { parts } = options;
  if (modules.length === 1) return createKernel(first, options);
  const choose = (device: Device): Module => modules.find((m) => lacking(m, device) === undefined) ?? modules.at(-1) ?? first;
  return kernelFrom(s, {
    module: async (device) => choose(device),
    ready: async (call) => { const m = choose(call.device); return readyModule(m, s, call, parts && (async (large) => parts(m.parts ?? [], [], s, call, large))); },
  });
}

/**
 * Opens a library.
 * @param data what `bitloom build` wrote: the parsed JSON
 * @param options `parts: launchInParts` for kernels that were built with `--parts`
 * @throws Diagnostic H0417 (no library of this version)
 * @example
 * ```ts
 * const [k] = load("kernel twice<B: int = 64>(x: f32[N], out y: f32[N]) grid (g in cdiv(N, B)) threads 32 { let v = load(x[g * B +: B]); store(y[g * B +: B], v + v) }").kernels;
 * const library = openLibrary({ format: "bitloom-library", version: 1, kernels: [{ name: "twice", params: { B: "32" }, modules: [compileProgram(k.specialise({ B: 32 }), baseTarget)] }] });
 * using device = await open({ adapter: "swiftshader" });
 * const { y } = await library.specialise({ B: 32 }).run({ x: await device.tensor("f32", [2], [1, 2]) });
 * await y.read(); // => new Float32Array([2, 4])
 * ```
 */
export function openLibrary(data: Library, options: ModuleOptions = {}): OpenLibrary {
  if (typeof data !== "object" || data === null || data.format !== "bitloom-library" || data.version !== 1)
    fail({ code: "H0417", message: "this is no library that this version of Bitloom can open", help: "build it again with the installed version: bitloom build FILE -o OUT.json" });
  const names = [...new Set(data.kernels.map((k) => k.name))], made = new Map<Built, Kernel>();
  const only = (): string => {
    const [name] = names;
    return name !== undefined && names.length === 1 ? name : fail({ code: "H0416", message: `this library has ${names.length} kernels`, help: `name one: ${names.join(", ")}` });
  };
  function specialise(a: string | Choice = {}, b: Choice = {}): Kernel {
    const name = typeof a === "string" ? a : only(), choice = typeof a === "string" ? b : a, all = data.kernels.filter((k) => k.name === name);
    if (all.length === 0) {
      const near = didYouMean(name, names);
      return fail({ code: "H0416", message: `this library has no kernel '${name}'`, help: near ? `did you mean '${near}'?` : `it has ${names.join(", ") || "none"}` });
    }
    const found = all.find((k) => Object.entries(choice).every(([id, v]) => k.params[id] === String(v)));
    if (!found) return fail({ code: "H0423", message: `'${name}' was not built for ${textOf(choice)}`, notes: all.map((k) => `it was built for ${textOf(k.params)}`), help: "take one of these, or build it for more: --variant" });
    const known = made.get(found) ?? kernelOfBuilt(found, options);
    made.set(found, known);
    return known;
  }
  return Object.freeze({ names: Object.freeze(names), specialise });
}

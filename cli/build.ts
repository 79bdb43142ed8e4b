// `bitloom build FILE`: a kernel as a library, JSON that an application ships in place of the compiler.
import { didYouMean } from "../diagnostic.ts";
import { baseTarget, compileParts, compileProgram, compileSequence, type Module, type Target } from "../codegen/index.ts";
import { writeFileAtomic, type Built, type Library } from "../runtime/index.ts";
import { isSequence, type Program } from "../vm/index.ts";
import { usage, type Args } from "./command.ts";
import { jsonLine, type Io } from "./io.ts";
import { withProgram, type Made } from "./source.ts";
import { assignments, runtimeOf } from "./values.ts";

/** Kinds of devices, the most demanding first: the application takes the first that its device is. */
const targets = (args: Args): readonly Target[] => [...(args.on("f16") ? [{ ...baseTarget, f16: true }] : []), baseTarget];

/** A Program as a module for a kind of device, with its form for parts of the tensors named. */
function moduleOf(p: Program, target: Target, cut: readonly string[]): Module {
  const module = compileProgram(p, target);
  if (cut.length === 0) return module;
  const names = p.params.flatMap((q) => (q.kind === "tensor" ? [q.name] : [])), unknown = cut.find((n) => !names.includes(n));
  if (unknown !== undefined) { const near = didYouMean(unknown, names); usage(`kernel '${p.name}' has no tensor '${unknown}'`, near ? `did you mean '${near}'?` : `it has ${names.join(", ")}`); }
  const { parts, reasons } = compileParts(p, target, cut);
  return parts.length ? { ...module, parts } : usage(`kernel '${p.name}' can't be launched in parts: ${reasons.join("; ")}`, "leave --parts out, or let each block look at rows of its own");
}

/** The kernel for one choice of parameters. */
function builtOf({ kernel }: Made, params: Readonly<Record<string, string>>, args: Args): Built {
  const program = kernel.specialise(params), cut = (args.value("parts") ?? "").split(",").map((s) => s.trim()).filter(Boolean);
  if (isSequence(program)) return { name: kernel.name, params, modules: [compileSequence(program, baseTarget)] };
  const modules = targets(args).map((t) => moduleOf(program, t, cut));
  // Where f16 makes no difference one form is enough.
  return { name: kernel.name, params, modules: modules.filter((m, i) => i === 0 || m.wgsl !== modules[i - 1]?.wgsl) };
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;

export async function runBuild(args: Args, io: Io): Promise<number> {
  const json = args.on("json"), variants = args.values("variant").map((v) => Object.fromEntries(assignments(v.split(/\s+/).filter(Boolean), "variant")));
  return withProgram(args, io, async (made) => {
    const others = [...made.set.keys()].find((name) => !Object.hasOwn(made.kernel.comptime, name));
    if (others !== undefined) { runtimeOf(made.kernel, made.program, made.set); usage(`'${others}' is given when the kernel is run`, "leave it out: the library works for all sizes"); }
    for (const v of variants) for (const name of Object.keys(v))
      if (!Object.hasOwn(made.kernel.comptime, name)) { const all = Object.keys(made.kernel.comptime), near = didYouMean(name, all); usage(`kernel '${made.kernel.name}' has no compile-time parameter '${name}'`, near ? `did you mean '${near}'?` : `it has ${all.join(", ") || "none"}`); }
    const choices = variants.length ? variants.map((v) => ({ ...made.params, ...v })) : [made.params];
    const library: Library = { format: "bitloom-library", version: 1, kernels: choices.map((params) => builtOf(made, params, args)) };
    const text = JSON.stringify(library), out = args.value("out");
    if (out === undefined) { await io.out(`${text}\n`); return 0; }
    await writeFileAtomic(out, `${text}\n`);
    const what = library.kernels.map((k) => ({ kernel: k.name, params: k.params, modules: k.modules.length }));
    await io.out(json ? jsonLine({ out, bytes: text.length + 1, kernels: what })
      : `${out}: ${made.kernel.name}, ${count(what.length, "kernel")}, ${count(what.reduce((n, k) => n + k.modules, 0), "module")}, ${(text.length / 1000).toFixed(1)} kB\n`);
    return 0;
  });
}

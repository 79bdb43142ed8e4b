// The kernels whose WGSL is kept as files and reviewed as code: every example's text, for each of its twins' parameters, for
// each target. A new example or twin is a new kernel here without a word.
import { examples, type Listed } from "../../examples/index.ts";
import { baseTarget, compileProgram, type Module, type Target } from "../../codegen/index.ts";
import { load } from "../../lang/index.ts";
import { profiles } from "../../runtime/index.ts";
import { kernelsOf, type Program } from "../../vm/index.ts";

/** What the kernels are compiled for: what every device has; f16 arithmetic; a budget so small that loops stay rolled; exchange within subgroups. */
export const targets = {
  base: baseTarget,
  f16: { ...baseTarget, f16: true },
  lavapipe: { ...baseTarget, f16: true, staticAccesses: profiles.lavapipe.staticAccesses, unrolls: profiles.lavapipe.unrolls, arrayAligns: true },
  subgroups: { ...baseTarget, f16: true, subgroup: 32 },
} as const satisfies Readonly<Record<string, Target>>;

export type TargetName = keyof typeof targets;
export const targetNames = Object.keys(targets) as readonly TargetName[];

/** The target whose text is expected of one that adds nothing to a kernel. */
export const simpler: Readonly<Record<TargetName, TargetName | undefined>> = { base: undefined, f16: "base", lavapipe: "f16", subgroups: "f16" };

/** An example with parameters. */
export interface Kept {
  /** `gemm_f16_u3/N128-K128`: the file's path here, before `.TARGET.wgsl`. */
  readonly stem: string;
  readonly title: string;
  compile(target: TargetName): Module;
}

const word = (x: unknown): string => (typeof x === "object" ? "" : String(x)).replace(/[^\w.]/g, "_");

/** The Programs of an example's text, which has the user's names; test/examples sees to it that it is the same as the twin. A sequence has several. */
function programsOf(e: Listed, name: string, params: Readonly<Record<string, unknown>>): readonly (readonly [step: string, program: Program])[] {
  const { kernels, sequences } = load(e.source, { file: `${e.name}.loom` }), sequence = sequences.find((q) => q.name === name), kernel = kernels.find((k) => k.name === name);
  if (sequence) return kernelsOf(sequence.specialise(params).steps).map((p) => [p.name, p] as const);
  if (!kernel) throw new Error(`${e.name}.loom has no kernel ${name}`);
  return [["", kernel.specialise(params)]];
}

/** All of them, in the order of the examples. */
export async function keptKernels(): Promise<readonly Kept[]> {
  return (await examples()).flatMap((e) => [e, ...e.more ?? []].flatMap(({ kernel: twin, twins }) => twins.flatMap((params) => programsOf(e, twin.name, params).map(([step, program]): Kept => {
    const names = Object.entries(params).map(([k, v]) => `${k}${word(v)}`).join("-") || "defaults";
    const title = `${step && `${step} of `}${e.name} ${Object.entries(params).map(([k, v]) => `${k} = ${typeof v === "object" ? "…" : String(v)}`).join(", ") || "with its defaults"}`;
    const made = new Map<TargetName, Module>();
    const compile = (target: TargetName): Module => {
      const module = made.get(target) ?? compileProgram(program, targets[target]);
      made.set(target, module);
      return module;
    };
    return { stem: `${e.name}/${step && `${step}-`}${names}`, title, compile };
  }))));
}

/** The text that is kept: the WGSL under a line of what it costs. */
export function goldenText(k: Kept, target: TargetName): string {
  const { wgsl, counts, workgroupBytes } = k.compile(target);
  return `// ${k.title}; target ${target}\n// ${wgsl.trimEnd().split("\n").length} lines, ${counts.staticAccesses} memory accesses, ${workgroupBytes} bytes of workgroup memory\n${wgsl.trimEnd()}\n`;
}

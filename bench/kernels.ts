// The kernels that ship as text: those of the examples, each with parameters and, where it has such a case, with inputs.
import { readFileSync } from "node:fs";
import { exampleNames } from "../examples/index.ts";
import type { Case, Example } from "../examples/example.ts";
import { load } from "../lang/index.ts";
import { kernelsOf, type KernelDefinition, type Program, type SequenceDefinition } from "../vm/index.ts";

/** A kernel (or sequence) of an example's text, with parameters. */
export interface Shipped {
  readonly example: string;
  readonly name: string;
  readonly source: string;
  readonly params: Readonly<Record<string, unknown>>;
}

const textOf = (example: string): string => readFileSync(`examples/${example}/${example}.loom`, "utf8");
const twinOf = async (example: string): Promise<Example> => (await import(`../examples/${example}/${example}.ts`) as { readonly example: Example }).example;

/** All of them, with the parameters of their twins; of some examples only, by a part of their name. */
export async function shipped(part = ""): Promise<readonly Shipped[]> {
  const all = await Promise.all(exampleNames("examples").filter((n) => n.includes(part)).map(async (example) => {
    const e = await twinOf(example), source = textOf(example);
    return [e, ...e.more ?? []].flatMap(({ kernel, twins }) => twins.map((params): Shipped => ({ example, name: kernel.name, source, params })));
  }));
  return all.flat();
}

/** Programs of its text: of a sequence several. */
export function programsOf({ example, name, source, params }: Shipped): readonly Program[] {
  const { kernels, sequences } = load(source, { file: `${example}.loom` }), sequence = sequences.find((q) => q.name === name), kernel = kernels.find((k) => k.name === name);
  if (sequence) return kernelsOf(sequence.specialise(params).steps);
  if (!kernel) throw new Error(`${example}.loom has no kernel ${name}`);
  return [kernel.specialise(params)];
}

/** The first run of an example that tests do on devices too and that has something to do there; undefined where it has none. */
export async function caseOf(example: string): Promise<{ readonly kernel: KernelDefinition | SequenceDefinition; readonly run: Case } | undefined> {
  const { kernel, cases } = await twinOf(example), run = cases().find((c) => c.onDevices && Object.values(c.inputs).every((t) => !t.shape.includes(0)));
  return run && { kernel, run };
}

/** A kernel of an example's twin, to be specialised. @throws Error where it has none of that name */
export async function kernelNamed(example: string, name: string): Promise<KernelDefinition | SequenceDefinition> {
  const e = await twinOf(example), found = [e, ...e.more ?? []].find(({ kernel }) => kernel.name === name);
  if (!found) throw new Error(`${example} has no kernel ${name}`);
  return found.kernel;
}

// A ModuleSequence: a compiled sequence as plain JSON data, its kernels as modules and its steps by their numbers.
import type { Packing } from "../layout/index.ts";
import { kernelsOf, mapKernels, type Requirement, type Scalar, type ScalarType, type Sequence, type SequenceStep, type SequenceTensor } from "../vm/index.ts";
import { compileProgram } from "./compile.ts";
import type { Target } from "./lower/context.ts";
import type { Module, ModuleTensor } from "./module.ts";

/** A compiled sequence. */
export interface ModuleSequence {
  readonly format: "bitloom-sequence";
  readonly version: 1;
  readonly name: string;
  readonly doc: string;
  readonly tensors: readonly Omit<ModuleTensor, "binding">[];
  readonly scalars: readonly { readonly name: string; readonly type: ScalarType }[];
  /** Tensors that live as long as one run; zeroed at its beginning. */
  readonly temporaries: readonly { readonly name: string; readonly dtype: string; readonly shape: readonly (number | Scalar)[]; readonly packing: Packing; readonly buffer?: string | undefined }[];
  readonly requires: readonly Requirement[];
  readonly modules: readonly Module[];
  /** Launches, and the host's loops and conditions around them; kernels are places in `modules`. */
  readonly steps: readonly SequenceStep<number>[];
}

/**
 * Compiles a Sequence: each kernel once, however often it runs.
 * @throws Diagnostic as `compileProgram`
 * @example
 * ```ts
 * const b = builder("twice"), x = b.tensor("x", "in", "f32", [64], dense(1)), y = b.tensor("y", "out", "f32", [64], dense(1));
 * b.threads(64);
 * const v = b.load({ x });
 * b.store({ to: y, x: b.add({ x: v, y: v }) });
 * const twice = b.finish(), s = sequenceBuilder("four_times");
 * const from = s.tensor("x", "in", "f32", [64]), to = s.tensor("y", "out", "f32", [64]), t = s.temp("t", "f32", [64]);
 * s.run(twice, { x: from, y: t });
 * s.run(twice, { x: t, y: to });
 * const made = compileSequence(s.finish(), baseTarget);
 * [made.modules.length, made.steps.length]; // => [1, 2]
 * ```
 */
export function compileSequence(q: Sequence, target: Target): ModuleSequence {
  const kernels = kernelsOf(q.steps);
  const slot = (t: SequenceTensor) => ({ name: t.name, dtype: t.value.dtype.name, shape: t.value.shape, packing: t.packing, ...(t.buffer === undefined ? {} : { buffer: t.buffer }) });
  return {
    format: "bitloom-sequence", version: 1, name: q.name, doc: q.doc,
    tensors: q.params.flatMap((p) => (p.kind === "tensor" ? [{ ...slot(p), direction: p.direction }] : [])),
    scalars: q.params.flatMap((p) => (p.kind === "scalar" ? [{ name: p.name, type: p.type }] : [])),
    temporaries: q.temporaries.map(slot),
    requires: q.requires.map(({ condition, message }) => ({ condition, message })),
    modules: kernels.map((k) => compileProgram(k, target)),
    steps: mapKernels(q.steps, (k) => kernels.indexOf(k)),
  };
}

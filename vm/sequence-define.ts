// The TypeScript door to sequences: a sequence is a function of its compile-time parameters, run at specialisation, as a
// kernel is (DESIGN §6). Its kernels are definitions; what each of them is specialised for is made once.
import type { Packing } from "../layout/index.ts";
import type { DType } from "./dtype.ts";
import { complete, type Comptimes, type ComptimeValues, type KernelDefinition, type ScalarSpec, type TensorSpec } from "./kernel.ts";
import type { Program } from "./program.ts";
import type { Scalar, Size } from "./scalar.ts";
import { sequenceBuilder, type SequenceBuilder, type SequenceTensor, type StepArgument } from "./sequence-builder.ts";
import type { Sequence } from "./sequence.ts";

/** What the steps of a sequence are written with. */
export interface Steps extends Pick<SequenceBuilder, "loop" | "when"> {
  /** A temporary tensor. Its packing is `dense` if none is given. */
  temp(name: string, dtype: DType | string, shape: readonly Size[], packing?: Packing): SequenceTensor;
  /** A launch of a kernel for these compile-time parameters, with its arguments by name. */
  run(kernel: KernelDefinition, params: Readonly<Record<string, unknown>>, args: Readonly<Record<string, StepArgument | undefined>>): void;
}

/** What a sequence's outer function returns. */
export interface SequenceBody<P extends Readonly<Record<string, TensorSpec | ScalarSpec>> = Readonly<Record<string, TensorSpec | ScalarSpec>>> {
  readonly params: P;
  /** Conditions checked on the host. */
  readonly requires?: readonly (readonly [Scalar, string])[];
  steps(s: Steps, params: { readonly [K in keyof P]: P[K] extends ScalarSpec ? Scalar : SequenceTensor }): void;
}

/** A sequence before specialisation. */
export interface SequenceDefinition {
  readonly name: string;
  readonly doc: string;
  readonly comptime: Comptimes;
  /** Builds the Sequence for given compile-time parameters (defaults filled in). */
  specialise(params: Readonly<Record<string, unknown>>): Sequence;
}

/** A kernel specialised for parameters, made once. @param of what tells kernels apart; the definition itself if not given */
export type KernelCache = (kernel: Pick<KernelDefinition, "specialise">, params: Readonly<Record<string, unknown>>, of?: object) => Program;

/** Specialises kernels, each once for the same parameters: steps that share a kernel share its code. */
export function kernelCache(): KernelCache {
  const known = new Map<object, Map<string, Program>>();
  return (kernel, params, of = kernel) => {
    // Functions stand for packings that are made when axes are known: nothing tells two of them apart.
    if (Object.values(params).some((x) => typeof x === "function")) return kernel.specialise(params);
    const own = known.get(of) ?? new Map<string, Program>(), key = JSON.stringify(Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1)));
    known.set(of, own);
    const found = own.get(key) ?? kernel.specialise(params);
    own.set(key, found);
    return found;
  };
}

/**
 * Defines a sequence in TypeScript.
 * @example
 * ```ts
 * const add1 = kernel("add1", {}, () => ({
 *   params: { x: input("f32", [dim("N")]), y: output("f32", [dim("N")]) }, grid: { n: cdiv(dim("N"), 32) }, threads: 32,
 *   body(b, { x, y }, { n }) {
 *     const at = { offsets: [scalarOp("mul", n, constant(32))], sizes: [32] };
 *     b.store({ to: b.slice({ x: y }, at), x: b.add({ x: b.load({ x: b.slice({ x }, at) }), y: 1 }) });
 *   },
 * }));
 * const add2 = sequence("add2", {}, () => ({
 *   params: { x: input("f32", [dim("N")]), y: output("f32", [dim("N")]) },
 *   steps(s, { x, y }) {
 *     const t = s.temp("t", "f32", [dim("N")]);
 *     s.run(add1, {}, { x, y: t });
 *     s.run(add1, {}, { x: t, y });
 *   },
 * }));
 * interpret(add2.specialise({}), { x: tileFromValues(dtype("f32"), [2], [1, 5]) }).y.data; // => new Float32Array([3, 7])
 * ```
 */
export function sequence<const C extends Comptimes, const P extends Readonly<Record<string, TensorSpec | ScalarSpec>>>(
  name: string, comptime: C, outer: (values: ComptimeValues<C>) => SequenceBody<P>, doc = "",
): SequenceDefinition {
  return Object.freeze({
    name, doc, comptime,
    specialise(given: Readonly<Record<string, unknown>>): Sequence {
      const q = outer(complete(name, comptime, given) as ComptimeValues<C>), b = sequenceBuilder(name, doc), programOf = kernelCache();
      const values: Record<string, SequenceTensor | Scalar> = {};
      for (const [id, spec] of Object.entries(q.params))
        values[id] = "scalar" in spec ? b.scalarParam(id, spec.scalar) : b.tensor(id, spec.direction, spec.dtype, spec.shape, spec.packing);
      for (const [condition, message] of q.requires ?? []) b.require(condition, message);
      const steps: Steps = { loop: b.loop, when: b.when, temp: b.temp, run: (kernel, params, args) => b.run(programOf(kernel, params), args) };
      q.steps(steps, values as never);
      return b.finish();
    },
  });
}

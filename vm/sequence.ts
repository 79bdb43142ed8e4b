// A Sequence: several kernels and temporary tensors under one name, for what needs the whole grid to meet (SEMANTICS §6: a
// block never waits for another). Plain frozen data, one level above Programs. Its loops and conditions are the host's:
// before anything runs they become a plain list of launches, the same one for the interpreter and for a device.
//
//   x ──▶ run p0(x, out: part) ──▶ part ──▶ run p1(part, out: y) ──▶ y        params x, y; temporary part
import { Diagnostic, fail, type Span } from "../diagnostic.ts";
import type { Packing } from "../layout/index.ts";
import type { Param, Program, Requirement, Value } from "./program.ts";
import { evaluate, type Environment, type Scalar } from "./scalar.ts";

/** A tensor that lives as long as one run; its elements are code 0 when the run begins. */
export interface Temporary {
  readonly kind: "tensor";
  readonly name: string;
  readonly direction: "temp";
  /** Sizes are numbers, or scalars over the dimensions and scalar parameters of the sequence. */
  readonly value: Value;
  readonly packing: Packing;
  /** As of a parameter. */
  readonly buffer?: string | undefined;
  readonly span?: Span | undefined;
}

/** One launch of a kernel. `K` is the kernel itself, or where it is found. */
export interface RunStep<K> {
  readonly kind: "run";
  readonly kernel: K;
  /** The tensor of the sequence that each tensor parameter of the kernel is, by the parameter's name. */
  readonly tensors: Readonly<Record<string, string>>;
  /** The kernel's scalar parameters: scalars over dimensions, scalar parameters and loop variables of the sequence. */
  readonly scalars: Readonly<Record<string, Scalar>>;
  readonly span?: Span | undefined;
}

/** Steps repeated by the host for `symbol` = from, from + step, … while below `to`. */
export interface RepeatStep<K> {
  readonly kind: "for";
  readonly symbol: Extract<Scalar, { kind: "symbol" }>;
  readonly from: Scalar;
  readonly to: Scalar;
  /** A positive compile-time step. */
  readonly step: number;
  readonly body: readonly SequenceStep<K>[];
  readonly span?: Span | undefined;
}

/** A choice by the host. */
export interface ChooseStep<K> {
  readonly kind: "if";
  readonly condition: Scalar;
  readonly then: readonly SequenceStep<K>[];
  readonly otherwise: readonly SequenceStep<K>[];
  readonly span?: Span | undefined;
}

/** A step of a sequence, told apart by `kind`. */
export type SequenceStep<K = Program> = RunStep<K> | RepeatStep<K> | ChooseStep<K>;

/** A specialised sequence. */
export interface Sequence {
  readonly kind: "sequence";
  readonly name: string;
  readonly doc: string;
  /** Run-time dimensions, in the order in which they appear. */
  readonly dims: readonly string[];
  readonly params: readonly Param[];
  readonly temporaries: readonly Temporary[];
  readonly requires: readonly Requirement[];
  readonly steps: readonly SequenceStep[];
}

/**
 * Whether it is a Sequence and no Program.
 * @example
 * ```ts
 * isSequence(read("program p\nthreads 32\n{\n  barrier()\n}\n")); // => false
 * ```
 */
export const isSequence = (x: Program | Sequence): x is Sequence => "steps" in x;

/** Calls `visit` on every launch as it is written, in order, whether it comes to run or not. */
export function eachRun<K>(steps: readonly SequenceStep<K>[], visit: (s: RunStep<K>) => void): void {
  for (const s of steps)
    switch (s.kind) {
      case "run": visit(s); break;
      case "for": eachRun(s.body, visit); break;
      case "if": eachRun(s.then, visit); eachRun(s.otherwise, visit); break;
      default: s satisfies never;
    }
}

/** The same steps with other kernels. */
export function mapKernels<A, B>(steps: readonly SequenceStep<A>[], f: (kernel: A) => B): readonly SequenceStep<B>[] {
  return Object.freeze(steps.map((s): SequenceStep<B> => {
    switch (s.kind) {
      case "run": return Object.freeze({ ...s, kernel: f(s.kernel) });
      case "for": return Object.freeze({ ...s, body: mapKernels(s.body, f) });
      case "if": return Object.freeze({ ...s, then: mapKernels(s.then, f), otherwise: mapKernels(s.otherwise, f) });
      default: return s satisfies never;
    }
  }));
}

/** The kernels of a sequence, each once, in the order of their first launch. */
export function kernelsOf<K>(steps: readonly SequenceStep<K>[]): readonly K[] {
  const found = new Set<K>();
  eachRun(steps, (s) => found.add(s.kernel));
  return [...found];
}

/** A step that is going to run, with the numbers of its scalars. */
export interface Planned<K> {
  readonly kernel: K;
  readonly tensors: Readonly<Record<string, string>>;
  readonly scalars: Readonly<Record<string, number>>;
  readonly span?: Span | undefined;
}

/** Most launches and turns of loops of one run. */
const MAX_STEPS = 65_536;

/** What a plan must know: whose steps they are, and how kernels use their tensors. */
export interface PlanOf<K> {
  readonly name: string;
  readonly steps: readonly SequenceStep<K>[];
  /** Tensors that hold something before the first step. */
  readonly given: Iterable<string>;
  /** Directions of a kernel's tensors. */
  readonly directions: (kernel: K) => readonly { readonly name: string; readonly direction: "in" | "out" | "inout" }[];
}

/**
 * The launches of a run, in order: loops and conditions are carried out here.
 * @param env values of dimensions and scalar parameters
 * @throws Diagnostic H0418 for more than 65,536 steps, H0419 where a step would read what none before it wrote
 */
export function planSteps<K>(of: PlanOf<K>, env: Environment): readonly Planned<K>[] {
  const planned: Planned<K>[] = [], known = new Map(env), written = new Set(of.given);
  let left = MAX_STEPS;
  const count = (span: Span | undefined): void => {
    if (--left < 0) fail({ code: "H0418", message: `sequence '${of.name}' takes more than ${MAX_STEPS} steps for the sizes and numbers given`, span, help: "let each kernel do more, so that fewer steps are needed" });
  };
  const go = (steps: readonly SequenceStep<K>[]): void => {
    for (const s of steps)
      switch (s.kind) {
        case "run": {
          count(s.span);
          inOrder(of, s, written);
          planned.push({ kernel: s.kernel, tensors: s.tensors, scalars: Object.fromEntries(Object.entries(s.scalars).map(([k, x]) => [k, evaluate(x, known)])), span: s.span });
          break;
        }
        case "for": {
          const to = evaluate(s.to, known);
          for (let i = evaluate(s.from, known); i < to; i += s.step) { count(s.span); known.set(s.symbol.id, i); go(s.body); }
          break;
        }
        case "if": go(evaluate(s.condition, known) ? s.then : s.otherwise); break;
        default: s satisfies never;
      }
  };
  go(of.steps);
  return planned;
}

/**
 * The launches of one run of a Sequence.
 * @throws Diagnostic H0418, H0419
 */
export const planSequence = (q: Sequence, env: Environment): readonly Planned<Program>[] => planSteps({
  name: q.name, steps: q.steps,
  given: q.params.flatMap((p) => (p.kind === "tensor" && p.direction !== "out" ? [p.name] : [])),
  directions: (k) => k.params.flatMap((p) => (p.kind === "tensor" ? [p] : [])),
}, env);

/** Checks that what a step reads was written, and notes what it writes. */
function inOrder<K>(of: PlanOf<K>, s: RunStep<K>, written: Set<string>): void {
  const uses = of.directions(s.kernel);
  for (const { name, direction } of uses) {
    const tensor = s.tensors[name] ?? "";
    if (direction !== "out" && !written.has(tensor))
      fail({ code: "H0419", message: `sequence '${of.name}' would read '${tensor}' before any step wrote it, for the sizes and numbers given`, span: s.span, help: `'require' what makes a step before this one write '${tensor}'` });
  }
  for (const { name, direction } of uses) if (direction !== "in") written.add(s.tensors[name] ?? "");
}

/** Runs `f`; a mistake gets the place of the step, and says which sequence it belongs to. */
export function inStep<T>(sequence: string, span: Span | undefined, f: () => T): T {
  try { return f(); } catch (e) {
    if (!(e instanceof Diagnostic)) throw e;
    throw new Diagnostic({ ...e.data, span: e.data.span ?? span, notes: [...(e.data.notes ?? []), `in a step of sequence '${sequence}'`] });
  }
}

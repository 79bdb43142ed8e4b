// Which compile-time parameters of a kernel are left to the tuner.
import type { Comptimes, KernelDefinition, SequenceDefinition } from "../../vm/index.ts";
import type { TuningChoice } from "./record.ts";

/** What may be tuned. */
export type Tunable = KernelDefinition | SequenceDefinition;

/** A compile-time parameter that is open: nobody gave it, and there are values to try. */
export interface Open {
  readonly name: string;
  readonly values: readonly unknown[];
  /** Undefined where it depends on other parameters. */
  readonly initial: unknown;
}

/** The open parameters of a kernel. */
export const openOf = (comptime: Comptimes, given: TuningChoice): readonly Open[] =>
  Object.entries(comptime).flatMap(([name, { space = [], default: initial }]) => (given[name] === undefined && space.length > 1 ? [{ name, values: space, initial }] : []));

// The verifier: is this Program one that every later stage can trust? It finds, it never throws.
import { Diagnostic, type DiagnosticData } from "../diagnostic.ts";
import type { Program } from "./program.ts";
import { gridRaces } from "./verify-grid.ts";
import { uninitialised } from "./verify-init.ts";
import { races } from "./verify-race.ts";
import { overlaps } from "./lifetimes.ts";
import { pipelines } from "./passes/pipeline.ts";
import { wholeElements } from "./verify-words.ts";
import { formRules, meaningRules, type Rule, type VerifyOptions } from "./verify-rules.ts";

export { MAX_REGISTER_BYTES, type VerifyOptions } from "./verify-rules.ts";

/**
 * All that is wrong with a Program: names out of scope, operands and results that don't fit the instruction table, layouts and
 * registers, writes to inputs, limits given in `options`, missing barriers (R0401) and idle ones (R0403), reads of what nobody wrote
 * (R0404), blocks that meet (R0405). Severity tells errors from warnings. Empty for a sound one; never throws a Diagnostic.
 * @example
 * ```ts
 * verify(read("program p\nthreads 32\n{\n  barrier()\n}\n")).map((d) => d.code); // => ["R0403"]
 * ```
 */
export function verify(program: Program, options: VerifyOptions = {}): readonly DiagnosticData[] {
  const run = (rules: readonly Rule[]): DiagnosticData[] => rules.flatMap((rule) => [...rule(program, options)].map((d) => new Diagnostic(d).data));
  const form = run(formRules);
  return form.length ? form : run([...meaningRules, wholeElements, pipelines, overlaps, races, uninitialised, gridRaces]);
}

// The order of a sequence's steps, as far as it is known before sizes are: what no step wrote, no step reads. A step under a
// condition in a loop may read what an earlier turn wrote; of such steps the plan of each run has the last word.
import { fail } from "../diagnostic.ts";
import { eachRun, type RunStep, type Sequence, type SequenceStep } from "./sequence.ts";
import type { Program } from "./program.ts";

/** The tensors that a step reads or writes. */
const touched = (s: RunStep<Program>, how: "reads" | "writes"): string[] =>
  s.kernel.params.flatMap((p) => (p.kind === "tensor" && p.direction !== (how === "reads" ? "out" : "in") ? [s.tensors[p.name] ?? ""] : []));

/**
 * Checks that every temporary and output is written before it is read, and every output written at all.
 * @throws Diagnostic T0603, T0605
 */
export function checkOrder(q: Sequence): void {
  const written = new Set(q.params.flatMap((p) => (p.kind === "tensor" && p.direction !== "out" ? [p.name] : [])));
  go(q.steps, written, undefined);
  for (const p of q.params)
    if (p.kind === "tensor" && p.direction === "out" && !written.has(p.name))
      fail({ code: "T0605", message: `no step of sequence '${q.name}' writes its output '${p.name}'`, span: p.span, label: "never written", help: "give it to a kernel as an output, or remove it" });
}

/** What the loops around may have written in an earlier turn; `perhaps` where a step isn't carried out in the first turn for sure. */
interface Around { readonly turns: ReadonlySet<string>; readonly perhaps: boolean }

function go(steps: readonly SequenceStep[], written: Set<string>, around: Around | undefined): void {
  for (const s of steps)
    switch (s.kind) {
      case "run": {
        const early = touched(s, "reads").find((t) => !written.has(t) && !(around?.perhaps && around.turns.has(t)));
        if (early !== undefined) fail({ code: "T0603", message: `'${early}' is read before any step wrote it`, span: s.span, label: `'${s.kernel.name}' reads it`, help: "run the kernel that writes it first" });
        for (const t of touched(s, "writes")) written.add(t);
        break;
      }
      case "for": go(s.body, written, { turns: new Set([...(around?.turns ?? []), ...writesOf(s.body)]), perhaps: around !== undefined }); break;
      case "if": {
        const arms = [s.then, s.otherwise].map((arm) => { const own = new Set(written); go(arm, own, around && { ...around, perhaps: true }); return own; });
        for (const arm of arms) for (const t of arm) written.add(t);
        break;
      }
      default: s satisfies never;
    }
}

/** Everything that the steps may write. */
function writesOf(steps: readonly SequenceStep[]): ReadonlySet<string> {
  const all = new Set<string>();
  eachRun(steps, (s) => touched(s, "writes").forEach((t) => all.add(t)));
  return all;
}

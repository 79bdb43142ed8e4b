// Where threads may meet in one element, it must be a word of its own: no bit planes, no packing that spreads it over words.
import type { DiagnosticInit } from "../diagnostic.ts";
import { fields } from "../layout/index.ts";
import { instructions } from "./isa/index.ts";
import { eachStmt, type Inst, type Program } from "./program.ts";
import { knownScalar } from "./scalar.ts";
import { instText } from "./text-print.ts";
import { definitionsOf } from "./verify-race.ts";
import { regionOf } from "./verify-region.ts";

/** The rule for the targets of atomics and scatters. */
export function* wholeElements(p: Program): Generator<DiagnosticInit> {
  const definitions = definitionsOf(p), targets: Inst[] = [], pieced = new Map<number, ReturnType<typeof fields>>();
  eachStmt(p.body, (s) => { const row = s.kind === "inst" && instructions.get(s.name); if (row && (row.atomic || row.scatters)) targets.push(s as Inst); });
  for (const i of targets) {
    if (!i.operands.to) continue;
    const { root, planes } = regionOf(i.operands.to, definitions), name = p.names.get(root.id) ?? `%${root.id}`;
    const where = i.span ? { span: i.span } : { notes: [`in ${instText(i)}`] };
    if (planes) { yield { code: "T0242", message: `'${i.name}' changes whole elements, not bits of '${name}'`, ...where, help: "a mask sets bits: atomic_or(x, 1 << bit)" }; continue; }
    const q = p.params.find((x) => x.kind === "tensor" && x.value.id === root.id);
    if (q?.kind !== "tensor") continue;
    const pieces = pieced.get(root.id) ?? fields(q.packing, root.dtype.bits, root.shape.map(knownScalar));
    pieced.set(root.id, pieces);
    if (pieces.length !== 1 || pieces[0].width !== 32 || pieces[0].straddles)
      yield { code: "T0242", message: `'${i.name}' needs elements that are words of their own; those of '${name}' are spread over several`, ...where, help: `declare '${name}' without '@ packing'` };
  }
}

// compileParts: a kernel compiled to be run on parts of its tensors, along each axis of the grid that allows it.
import { inParts, type Program } from "../vm/index.ts";
import { compileProgram } from "./compile.ts";
import type { Target } from "./lower/context.ts";
import type { ModuleParts } from "./module.ts";

/**
 * The forms of a kernel that run on a part of its blocks; and for each axis of the grid that can't be cut the reason in words.
 * @param needed names of the tensors that have to be cut
 * @throws as `compileProgram`
 * @example
 * ```ts
 * const b = builder("twice"), N = b.dim("N"), [g] = b.grid([["g", cdiv(N, 64)]]);
 * const x = b.tensor("x", "in", "f32", [N], dense(1)), y = b.tensor("y", "out", "f32", [N], dense(1));
 * b.threads(64);
 * const at = { offsets: [scalarOp("mul", g, constant(64))], sizes: [64] }, v = b.load({ x: b.slice({ x }, at) });
 * b.store({ to: b.slice({ x: y }, at), x: b.add({ x: v, y: v }) });
 * const { parts } = compileParts(b.finish(), baseTarget, ["x", "y"]);
 * parts.map((p) => [p.axis, p.tensors.map((t) => t.rows)]); // => [[0, ["part_x", "part_y"]]]
 * ```
 */
export function compileParts(p: Program, target: Target, needed: readonly string[]): { readonly parts: readonly ModuleParts[]; readonly reasons: readonly string[] } {
  const parts: ModuleParts[] = [], reasons: string[] = [];
  p.grid.forEach((g, axis) => {
    const found = inParts(p, axis, needed);
    if (typeof found === "string") reasons.push(`not along '${p.names.get(g.symbol.id) ?? g.symbol.id}': ${found}`);
    else { const { program, ...how } = found; parts.push({ ...how, module: compileProgram(program, target) }); }
  });
  return { parts, reasons };
}

// compileParts: a kernel compiled to be run on parts of its tensors, along each axis of the grid that allows it.
import { inParts, type Program } from "../vm/index.ts";
import { compileProgram } from "./compile.ts";
import type { Target } from "./lower/context.ts";
import type { ModuleParts } from "./module.ts";

/**
 * The forms of a kernel that run on a part of its blocks; and for each axis of the grid that can't be cut the reason in words.
 * @param needed names of tensors that have to be cut; axes that leave one of them whole are not compiled
 * @throws as `compileProgram`
 * @example
 * ```ts
 * const b = builder("twice"), N = b.dim("N"), [g] = b.grid([["g", cdiv(N, 64)]]);
 * const x = b.tensor("x", "in", "f32", [N], dense(1)), y = b.tensor("y", "out", "f32", [N], dense(1));
 * b.threads(64);
 * const at = { offsets: [scalarOp("mul", g, constant(64))], sizes: [64] }, v = b.load({ x: b.slice({ x }, at) });
 * b.store({ to: b.slice({ x: y }, at), x: b.add({ x: v, y: v }) });
 * const { parts } = compileParts(b.finish(), baseTarget);
 * parts.map((p) => [p.axis, p.tensors.length, p.module.uniforms.map((u) => u.name)]); // => [[0, 2, ["part_blocks", "part_x", "part_y"]]]
 * ```
 */
export function compileParts(p: Program, target: Target, needed: readonly string[] = []): { readonly parts: readonly ModuleParts[]; readonly reasons: readonly string[] } {
  const parts: ModuleParts[] = [], reasons: string[] = [];
  p.grid.forEach((g, axis) => {
    const found = inParts(p, axis), name = p.names.get(g.symbol.id) ?? g.symbol.id;
    const missing = typeof found === "string" ? undefined : needed.find((n) => !found.tensors.some((t) => t.name === n));
    if (typeof found === "string") reasons.push(`not along '${name}': ${found}`);
    else if (missing !== undefined) reasons.push(`not along '${name}': '${missing}' doesn't go along with it`);
    else if (found.tensors.length > 0) parts.push({ axis, blocks: found.blocks, tensors: found.tensors, module: compileProgram(found.program, target) });
  });
  return { parts, reasons };
}

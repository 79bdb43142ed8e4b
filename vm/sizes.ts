// Programs whose run-time sizes are known.
import type { Program } from "./program.ts";
import { constant, scalarOp, symbol } from "./scalar.ts";

/**
 * The Program for launches of these sizes only: what hangs on them (turns of loops, which masks are needed) is known when it is compiled.
 * @param sizes extents by name; what isn't one of the Program's run-time dimensions is passed over
 * @example
 * ```ts
 * const b = builder("twice"), N = b.dim("N"), [g] = b.grid([["g", cdiv(N, 64)]]);
 * const x = b.tensor("x", "in", "f32", [N], dense(1)), y = b.tensor("y", "out", "f32", [N], dense(1));
 * b.threads(64);
 * const at = { offsets: [scalarOp("mul", g, constant(64))], sizes: [64] }, v = b.load({ x: b.slice({ x }, at) });
 * b.store({ to: b.slice({ x: y }, at), x: b.add({ x: v, y: v }) });
 * withSizes(b.finish(), new Map([["N", 128]])).requires.map((r) => printScalar(r.condition)); // => ["(N == 128)"]
 * ```
 */
export const withSizes = (program: Program, sizes: ReadonlyMap<string, number>): Program => ({
  ...program,
  requires: [...program.requires, ...program.dims.flatMap((id) => { const n = sizes.get(id); return n === undefined ? [] : [{ condition: scalarOp("eq", symbol("dim", id), constant(n)), message: "" }]; })],
});

// A tensor seen by other axes than its own. Its own axes are digits of theirs, which is how the parts of a block format look from
// an element: of element k, the scale is number k / 32 and the nibble lies in block k / 32 at k % 32.
import { Bug, fail } from "../../diagnostic.ts";
import type { Emit } from "../emit.ts";
import { define, ints, memory, scalars, type ResultType } from "../instruction.ts";
import { knownScalar } from "../scalar.ts";
import { emission } from "./broadcast.ts";
import { show } from "./rules.ts";
import { asView } from "./window.ts";

/** ⌊x / by⌋, also of negative numbers. */
function quotient<X>(e: Emit<X>, x: X, by: number): X {
  if (by === 1) return x;
  const zero = e.constant("i32", 0), n = e.constant("i32", by);
  return e.op("div", e.op("select", e.op("lt", x, zero), e.op("sub", x, e.constant("i32", by - 1)), x), n);
}

/** x modulo `by`, from 0 on. */
function rest<X>(e: Emit<X>, x: X, by: number): X {
  const zero = e.constant("i32", 0), n = e.constant("i32", by), r = e.op("rem", x, n);
  return e.op("select", e.op("lt", r, zero), e.op("add", r, n), r);
}

export const regroup = define({
  name: "regroup",
  doc: "A tensor seen by other axes: index d of the tensor is index axes[d] of the view, divided by divs[d], modulo mods[d] (0: no modulus). Elements whose digits lie outside the tensor lie outside.",
  example: "let s = load(w[0 +: 1, 0 +: 32])",
  operands: { x: memory },
  attrs: { shape: scalars, axes: ints, divs: ints, mods: ints },
  effect: "view",
  hidden: true,
  type: ({ x }, { shape, axes, divs, mods }): ResultType => {
    const rank = x.shape.length;
    if ([axes, divs, mods].some((list) => list.length !== rank))
      fail({ code: "T0211", message: `'regroup' takes one digit for each of ${rank} axes`, label: `this is ${show(x)}`, help: "give axes, divs and mods of that length" });
    if (axes.some((a) => a < 0 || a >= shape.length) || divs.some((n) => n < 1) || mods.some((n) => n < 0))
      fail({ code: "T0211", message: "a digit is of an axis of the view, divided by 1 or more", help: `the view has ${shape.length} axes` });
    return { space: x.space, dtype: x.dtype, shape: shape.map((s) => knownScalar(s) ?? s) };
  },
  run: ({ x }, { shape, axes, divs, mods }, { scalar }) => {
    const v = asView(x);
    if (v.digits || v.bit !== undefined || v.origin.some((o) => o !== 0)) throw new Bug("'regroup' of a part of a tensor");
    return {
      memory: v.memory, dtype: v.dtype, shape: shape.map(scalar), axes: shape.map((_, d) => d), origin: shape.map(() => 0),
      digits: axes.map((axis, d) => ({ axis, div: divs[d], mod: mods[d] })),
    };
  },
  emit: (e, _, { axes, divs, mods }) => emission(e, {
    form: "alias", of: "x",
    map: (index) => ({ index: axes.map((a, d) => { const q = quotient(e, index[a], divs[d]); return mods[d] === 0 ? q : rest(e, q, mods[d]); }) }),
  }),
});

// decompose: instructions that are defined by others become those others; matrix operands in registers go
// through workgroup memory, and narrow tiles are spread to the window they are stored to.
import { plainAttrs } from "../builder.ts";
import { dtype } from "../dtype.ts";
import type { Inst, Program, Value } from "../program.ts";
import { tileShape } from "../program.ts";
import { rewrite, rowOf, type Rewriter } from "./rewrite.ts";

/** Puts register operands of matrix instructions into shared tiles. */
function staged(i: Inst, r: Rewriter): { readonly operands: Inst["operands"]; readonly some: boolean } {
  const row = rowOf(i), operands: Record<string, Value> = { ...i.operands };
  let some = false;
  for (const [key, v] of Object.entries(i.operands)) {
    if (!row.operands[key]?.staged || v.space !== "reg") continue;
    const tile = r.inst("shared", {}, { dtype: v.dtype, shape: tileShape(v) });
    if (!tile) continue;
    r.inst("store", { to: tile, x: v });
    operands[key] = tile;
    some = true;
  }
  if (some) r.inst("barrier", {});
  return { operands, some };
}

/** A narrower tile stored to a window is first spread over it. */
function spread(i: Inst, r: Rewriter): Inst {
  const { to, x } = i.operands;
  if (i.name !== "store" || !to || !x) return i;
  const want = tileShape(to), have = tileShape(x);
  if (want.length === have.length && want.every((n, d) => n === have[d])) return i;
  const all = r.inst("fill", {}, { value: { kind: "const", type: "bool", value: 1 }, dtype: dtype("bool"), shape: want });
  const wide = all && r.inst("select", { condition: all, x, y: x });
  return wide ? { ...i, operands: { ...i.operands, x: wide } } : i;
}

/** The pass. Lowered instructions are decomposed again until none is left. */
export function decompose(p: Program): Program {
  let again = false;
  const out = rewrite(p, (i, r) => {
    const row = rowOf(i);
    if (row.lower) {
      const result = row.lower({ inst: (n, o, a) => r.inst(n, o, a) }, i.operands, plainAttrs(i.attrs));
      if (result !== "keep") {
        again = true;
        if (i.out && result) r.replace(i.out, result);
        return;
      }
    }
    const { operands, some } = staged(i, r);
    r.keep(spread({ ...i, operands }, r));
    if (some) r.inst("barrier", {});
  });
  return again ? decompose(out) : out;
}

// decompose: instructions that are defined by others become those others; matrix operands in registers go
// through workgroup memory, and narrow tiles are spread to the window they are stored to.
//
// A staged operand lives from one barrier to the next, so all of one type and shape take turns in one shared tile.
import { plainAttrs } from "../builder.ts";
import { dtype } from "../dtype.ts";
import type { Inst, Program, Stmt, Value } from "../program.ts";
import { tileShape, withBlocks } from "../program.ts";
import { rewrite, rowOf, type Rewriter } from "./rewrite.ts";

/** Shared tiles for staging, by operand, type and shape. */
type Stages = Map<string, Value>;

/** Puts register operands of matrix instructions into shared tiles; the operands then, where some were put there. */
function staged(i: Inst, r: Rewriter, stages: Stages): Inst["operands"] | undefined {
  const row = rowOf(i);
  let operands: Record<string, Value> | undefined;
  for (const key in i.operands) {
    const v = i.operands[key];
    if (!row.operands[key]?.staged || v.space !== "reg") continue;
    const name = `${key} ${v.dtype.name}[${tileShape(v).join()}]`, tile = stages.get(name) ?? r.inst("shared", {}, { dtype: v.dtype, shape: tileShape(v) });
    if (!tile) continue;
    stages.set(name, tile);
    r.inst("store", { to: tile, x: v });
    (operands ??= { ...i.operands })[key] = tile;
  }
  if (operands) r.inst("barrier", {});
  return operands;
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

/** The statements with the declarations of some tiles before all others, where every use sees them. */
function declaredFirst(body: readonly Stmt[], tiles: ReadonlySet<Value>): readonly Stmt[] {
  const first: Stmt[] = [];
  const without = (list: readonly Stmt[]): readonly Stmt[] => list.flatMap((s): Stmt[] => {
    if (s.kind !== "inst") return [withBlocks(s, without)];
    if (!s.out || !tiles.has(s.out)) return [s];
    first.push(s);
    return [];
  });
  const rest = without(body);
  return Object.freeze([...first, ...rest]);
}

/** The pass. Lowered instructions are decomposed again until none is left. */
export function decompose(p: Program): Program {
  let again = false;
  const stages: Stages = new Map();
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
    const operands = staged(i, r, stages);
    r.keep(spread(operands ? { ...i, operands } : i, r));
    if (operands) r.inst("barrier", {});
  });
  const made = stages.size ? Object.freeze({ ...out, body: declaredFirst(out.body, new Set(stages.values())) }) : out;
  return again ? decompose(made) : made;
}

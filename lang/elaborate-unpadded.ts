// Types without zero have nothing to stand for elements outside a tensor, so a read of them without `pad:` is right only
// where nothing looks at those elements: in products that count the valid ones with `k:`. When a kernel is built, every
// such read is followed to its uses.
import { Diagnostic } from "../diagnostic.ts";
import { eachStmt, instructions, type Inst, type Program, type Value } from "../vm/index.ts";
import type { Unpadded } from "./elaborate-values.ts";

/** Instructions that hand elements on unchanged in place, beside views. */
const passing: ReadonlySet<string> = new Set(["convert", "cast", "load"]);
const isView = (i: Inst): boolean => instructions.get(i.name)?.effect === "view";
/** Whether a value is a factor of a product that counts its valid elements. */
const counted = (i: Inst, v: Value): boolean =>
  i.attrs["k"] !== undefined && Object.entries(i.operands).some(([key, o]) => o.id === v.id && instructions.get(i.name)?.operands[key]?.contracted !== undefined);

/** Instructions by the values they use. */
function usesOf(p: Program): ReadonlyMap<number, readonly Inst[]> {
  const uses = new Map<number, Inst[]>();
  eachStmt(p.body, (s) => {
    if (s.kind !== "inst") return;
    for (const v of Object.values(s.operands)) {
      const known = uses.get(v.id);
      if (known) known.push(s); else uses.set(v.id, [s]);
    }
  });
  return uses;
}

/** The memory behind each view. */
function rootsOf(p: Program): ReadonlyMap<number, Value> {
  const roots = new Map<number, Value>();
  eachStmt(p.body, (s) => {
    if (s.kind === "inst" && s.out && isView(s)) { const x = s.operands["x"]; roots.set(s.out.id, roots.get(x.id) ?? x); }
  });
  return roots;
}

/** Judges the reads that were made without `pad:`: those that something else than a product with `k:` looks at are T0208. */
export function judgeUnpadded(p: Program, reads: readonly Unpadded[]): Diagnostic[] {
  if (!reads.length) return [];
  const uses = usesOf(p), roots = rootsOf(p);
  const visited = new Set<number>();
  const wrong = (v: Value): Inst | undefined => {
    if (visited.has(v.id)) return undefined;
    visited.add(v.id);
    for (const i of uses.get(v.id) ?? []) {
      const bad = badUse(i, v);
      if (bad) return bad;
    }
    return undefined;
  };
  const badUse = (i: Inst, v: Value): Inst | undefined => {
    if (counted(i, v)) return undefined;
    if (passing.has(i.name) || isView(i)) return i.out && wrong(i.out);
    if (i.name === "copy" || i.name === "store") {
      const to = i.operands["to"];
      if (to.id === v.id) return undefined; // it is written
      const root = roots.get(to.id) ?? to;
      return root.space === "shared" ? wrong(root) : i;
    }
    return i;
  };
  return reads.flatMap((r) => {
    visited.clear();
    const use = wrong(r.value);
    return use ? [refusal(r, use)] : [];
  });
}

const refusal = ({ name, dtype, span }: Unpadded, use: Inst): Diagnostic => new Diagnostic({
  code: "T0208", message: `${dtype.name} has no zero to stand for elements outside the tensor`, span, label: "may read outside",
  ...(use.span ? { labels: [{ span: use.span, message: `'${use.name}' looks at them here` }] } : {}),
  help: `say what they read as: ${name}(…, pad: 1); a tail that only enters dot(…, k: n) or bmma(…, k: n) needs none`,
});

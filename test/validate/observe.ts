// Makes what an instruction gives visible: code generation drops what nobody stores.
import { dense } from "../../layout/index.ts";
import { constant, dtype, eachStmt, rewrite, tileShape, type Inst, type Program, type TensorParam, type Value } from "../../vm/index.ts";

/** The Program with a new output, into which the last instruction called `name` stores its result, whatever kind that is. */
export function observed(p: Program, name: string): Program {
  let left = 0;
  eachStmt(p.body, (s) => { if (s.kind === "inst" && s.name === name) left++; });
  let param: TensorParam | undefined;
  const program = rewrite(p, (i: Inst, r) => {
    r.keep(i);
    if (i.name !== name || --left > 0) return;
    if (i.name === "shared" && i.out) {
      // What nobody wrote can't be looked at.
      r.inst("store", { to: i.out, x: r.inst("fill", {}, { value: constant(0), dtype: i.out.dtype, shape: tileShape(i.out) }) });
      r.inst("barrier", {});
    }
    const v: Value | undefined = i.result?.role === "var" ? undefined : i.result ? r.inst("fill", {}, { value: i.result, dtype: dtype(i.result.type), shape: [1] })
      : i.out && i.out.space !== "reg" ? r.inst("load", { x: i.out }) : i.out;
    if (!v) return; // it stores, copies or assigns: that is visible as it is
    const value: Value = { id: r.fresh(), space: "global", dtype: v.dtype, shape: v.shape };
    param = { kind: "tensor", name: "seen", direction: "out", value, packing: dense(v.shape.length) };
    r.inst("store", { to: value, x: v });
  });
  return param ? { ...program, params: [...program.params, param] } : program;
}

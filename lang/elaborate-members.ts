// What stands behind a dot: the register layouts that go with an instruction, `mma_b1.a`.
import { fail } from "../diagnostic.ts";
import type { Expr, Member } from "./ast.ts";
import { callable } from "./elaborate-calls.ts";
import type { Cx, Thing } from "./elaborate-values.ts";
import { misspelt } from "./messages.ts";
import { lookup } from "./names.ts";

/** The names of `a.b.c`, outermost last; undefined where it doesn't begin with a name. */
function path(e: Expr): readonly string[] | undefined {
  if (e.kind === "name") return [e.text];
  const before = e.kind === "member" ? path(e.operand) : undefined;
  return before && e.kind === "member" ? [...before, e.name.text] : undefined;
}

/** A member. @throws Diagnostic L0307, S0022 */
export function member(e: Member, cx: Cx): Thing {
  const [of, ...rest] = path(e) ?? [], row = of !== undefined && !lookup(cx.scope, of) ? callable.get(of) : undefined;
  if (!row?.layouts)
    return fail({ code: "S0022", message: "members are not yet in this version", span: e.span, help: "fields of weight formats come with 'format'; until then pass codes and scales as tensors of their own" });
  const name = rest.join("."), found = Object.hasOwn(row.layouts, name) ? row.layouts[name] : undefined;
  if (found) return { kind: "layout", value: found };
  const all = Object.keys(row.layouts), near = misspelt(name, all);
  return fail({ code: "L0307", message: `'${row.name}' has no layout '${name}'`, span: e.span, label: "unknown layout", help: near ? `did you mean '${row.name}.${near}'?` : `it has ${all.map((n) => `${row.name}.${n}`).join(", ")}` });
}

// What stands behind a dot: a field of a tensor of some format, `w.d`, and the register layouts that go with an instruction, `mma_b1.a`.
import { fail } from "../diagnostic.ts";
import { fieldOf } from "../vm/index.ts";
import type { Expr, Member } from "./ast.ts";
import { callable } from "./elaborate-calls.ts";
import { follow } from "./elaborate-subscript.ts";
import { building, silent, tile, type Cx, type Thing } from "./elaborate-values.ts";
import { misspelt } from "./messages.ts";
import { lookup } from "./names.ts";

/** The names of `a.b.c`, outermost last; undefined where it doesn't begin with a name. */
function path(e: Expr): readonly string[] | undefined {
  if (e.kind === "name") return [e.text];
  const before = e.kind === "member" ? path(e.operand) : undefined;
  return before && e.kind === "member" ? [...before, e.name.text] : undefined;
}

/** A member. @throws Diagnostic L0307, S0022, T0706 */
export function member(e: Member, cx: Cx): Thing {
  const format = e.operand.kind === "index" || (e.operand.kind === "name" && lookup(cx.scope, e.operand.text)) ? cx.state.evaluate(e.operand, cx) : undefined;
  if (format?.kind === "poison") return silent();
  if (format?.kind === "weights") return field(format, e, cx);
  const [of, ...rest] = path(e) ?? [], row = of !== undefined && !lookup(cx.scope, of) ? callable.get(of) : undefined;
  if (!row?.layouts)
    return fail({ code: "S0022", message: `this has no member '${e.name.text}'`, span: e.span, help: "a dot leads to a field of a tensor of some format, w.d, or to a layout of an instruction, mma_b1.m8n8k128.a" });
  const name = rest.join("."), found = Object.hasOwn(row.layouts, name) ? row.layouts[name] : undefined;
  if (found) return { kind: "layout", value: found };
  const all = Object.keys(row.layouts), near = misspelt(name, all);
  return fail({ code: "L0307", message: `'${row.name}' has no layout '${name}'`, span: e.span, label: "unknown layout", help: near ? `did you mean '${row.name}.${near}'?` : `it has ${all.map((n) => `${row.name}.${n}`).join(", ")}` });
}

/** `w.d`: a field of all elements as a tensor, with one axis for each of its own. */
function field({ param, window }: Extract<Thing, { kind: "weights" }>, e: Member, cx: Cx): Thing {
  if (window) fail({ code: "T0706", message: "fields are those of the whole tensor", span: e.span, help: `write ${param.name}.${e.name.text}[…]` });
  const names = param.format.fields.map((f) => f.name), own = param.tensors.get(e.name.text), b = building(cx, e.span);
  if (!own) {
    const near = misspelt(e.name.text, names);
    return fail({ code: "T0706", message: `format ${param.format.name} has no field '${e.name.text}'`, span: e.name.span, label: "unknown field", help: near ? `did you mean '${near}'?` : `its fields are ${names.join(", ")}` });
  }
  b.at(e.span);
  const view = fieldOf(b, param, e.name.text);
  if (view !== own.value) follow(view, own.value, cx);
  return tile(view);
}

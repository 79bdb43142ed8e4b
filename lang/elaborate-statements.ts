// Statements. A mistake costs its own statement: it is reported, the names it would have defined become poison, and the
// next statement is read as if nothing had happened.
import { Diagnostic, fail, type Span } from "../diagnostic.ts";
import { equal } from "../layout/index.ts";
import { dtype as dtypeNamed, eachSymbol, knownScalar, type Value } from "../vm/index.ts";
import type { Assign, Block, Const, Let, Name, Require, Shared, Stmt, Var } from "./ast.ts";
import { accumulate, call } from "./elaborate-calls.ts";
import { branch, loop } from "./elaborate-control.ts";
import { apply, infix, toArgument } from "./elaborate-operators.ts";
import { tileType, type TileType } from "./elaborate-types.ts";
import { building, describe, NOTHING, POISON, SILENT, showScalar, silent, step, tile, typeText, wrongKind, type Cx, type Thing } from "./elaborate-values.ts";
import { bind, child, HOW, lookup, unknownName } from "./names.ts";

/** Runs the statements of a block in a scope of its own. */
export const block = (b: Block, cx: Cx): void => { run(b.body, { ...cx, scope: child(cx.scope) }, false); };

/** Runs a function's block; its last statement may return a value. */
export const functionBlock = (b: Block, cx: Cx): Thing => run(b.body, cx, true);

function run(body: readonly Stmt[], cx: Cx, returns: boolean): Thing {
  let result: Thing = NOTHING;
  body.forEach((s, i) => {
    try {
      step(cx.state, s.span);
      if (s.kind === "return" && returns && i === body.length - 1) result = s.value ? cx.state.evaluate(s.value, cx) : NOTHING;
      else statement(s, cx);
    } catch (x) {
      if (!(x instanceof Diagnostic)) throw x;
      if (x.code !== SILENT) cx.state.report(x.at(s.span));
      for (const name of defines(s)) if (!cx.scope.own.has(name.text)) bind(cx.scope, name, "let", POISON);
      if (s.kind === "return") result = POISON;
    }
  });
  return result;
}

const defines = (s: Stmt): readonly Name[] => (s.kind === "let" ? s.names : s.kind === "var" || s.kind === "shared" || s.kind === "const" ? [s.name] : []);

const LATER: Readonly<Record<string, string>> = {
  while: "use 'for' with bounds; conditions inside it may skip work", break: "put the rest of the body into an 'if'", continue: "put the rest of the body into an 'if'",
  return: "only the last statement of a function may return; a kernel stores its results",
};

function statement(s: Stmt, cx: Cx): void {
  switch (s.kind) {
    case "const": return constant(s, cx);
    case "let": return define(s, cx);
    case "var": return variable(s, cx);
    case "shared": return shared(s, cx);
    case "require": return requirement(s, cx);
    case "for": return loop(s, cx, block);
    case "if": return branch(s, cx, block);
    case "assign": return assign(s, cx);
    case "do": call(s.call, cx); return;
    case "while": case "break": case "continue": case "return":
      return fail({ code: "S0022", message: `'${s.kind}' is not yet in this version`, span: s.kind === "while" ? { ...s.span, end: s.cond.span.end } : s.span, help: LATER[s.kind] ?? "" });
    case "error": return;
    default: return s satisfies never;
  }
}

/** A value that can have a name. */
function valueOf(t: Thing, span: Span, cx: Cx): Thing {
  if (t.kind === "nothing") return wrongKind(t, "a value", span, cx, "calls such as store(…) and barrier() give none: write them as statements of their own");
  return t.kind === "poison" ? silent() : t;
}

function constant(s: Const, cx: Cx): void {
  const t = valueOf(cx.state.evaluate(s.init, cx), s.init.span, cx);
  if (t.kind === "scalar" || t.kind === "tile") wrongKind(t, "a compile-time value", s.init.span, cx, "write 'let' for values of the running kernel");
  bind(cx.scope, s.name, "const", t);
}

function define(s: Let, cx: Cx): void {
  if (s.tuple) fail({ code: "S0022", message: "'let (a, b) = …' is not yet in this version", span: s.span, help: "write one 'let' for each" });
  const [name] = s.names;
  const init = valueOf(cx.state.evaluate(s.init, cx), s.init.span, cx);
  const t = s.type ? annotated(init, tileType(s.type, `'${name.text}'`, cx), s, cx) : snapshot(init, s.init.span, cx);
  bind(cx.scope, name, "let", t);
  remember(t, name.text, cx);
}

/** Gives a value or symbol the user's name. */
function remember(t: Thing, name: string, cx: Cx): void {
  if (t.kind === "tile" || (t.kind === "scalar" && t.value.kind === "symbol")) cx.b?.name(t.value, name);
}

/** A `let` keeps the value that a variable has now. */
function snapshot(t: Thing, span: Span, cx: Cx): Thing {
  if (t.kind !== "tile" || !cx.state.vars.has(t.value.id)) return t;
  const b = building(cx, span);
  b.at(span);
  return tile(b.cast({ x: t.value }, { to: t.value.dtype }));
}

/** A value held against the type that was written for it: only the layout may differ, and is converted. */
function annotated(t: Thing, type: TileType, s: Let, cx: Cx): Thing {
  const b = building(cx, s.span), { span } = s.init;
  b.at(span);
  if (t.kind !== "tile") {
    if (t.kind !== "int" && t.kind !== "float" && t.kind !== "bool" && t.kind !== "scalar") wrongKind(t, "a tile or a number", span, cx);
    if (t.kind === "scalar" && t.value.type !== type.dtype.name) mismatch(describe(t), type, span, `convert it: … as ${type.dtype.name}`);
    const one = b.inst("fill", {}, { value: t.value, dtype: type.dtype, shape: [...type.shape] });
    if (!one || !("space" in one)) return silent();
    return tile(type.layout ? b.convert({ x: one }, { layout: type.layout }) : one);
  }
  const v = t.value;
  if (v.space !== "reg") fail({ code: "T0105", message: `'let' with a type holds a register tile, not ${describe(t)}`, span, help: "load it first: load(x[start +: width]); or leave the type out to name the view" });
  if (v.dtype.name !== type.dtype.name) mismatch(typeText(v), type, span, `convert it: … as ${type.dtype.name}`);
  if (v.shape.map((n) => knownScalar(n)).join() !== type.shape.join()) mismatch(typeText(v), type, span, "write the shape that the value has");
  if (!type.layout || (v.layout && equal(v.layout, type.layout))) return snapshot(t, span, cx);
  return tile(b.convert({ x: v }, { layout: type.layout }));
}

const mismatch = (found: string, type: TileType, span: Span, help: string): never =>
  fail({ code: "T0515", message: `the type says ${typeText(type)}, the value is ${found}`, span, label: `this is ${found}`, help });

function variable(s: Var, cx: Cx): void {
  const b = building(cx, s.span);
  const init = s.init && valueOf(cx.state.evaluate(s.init, cx), s.init.span, cx);
  const type = s.type ? tileType(s.type, `'${s.name.text}'`, cx) : init ? typeOf(init, s.init?.span ?? s.span, cx) : silent();
  const from = init && toArgument(init, s.init?.span ?? s.span, cx);
  b.at(s.init?.span ?? s.span);
  const v = b.var(from === undefined ? {} : { init: from }, { dtype: type.dtype, shape: [...type.shape], ...(type.layout ? { layout: type.layout } : {}) });
  cx.state.vars.add(v.id);
  bind(cx.scope, s.name, "var", tile(v));
  b.name(v, s.name.text);
}

/** The type a variable takes from its value. */
function typeOf(t: Thing, span: Span, cx: Cx): TileType {
  const named = (name: string): TileType => ({ dtype: dtypeNamed(name), shape: [], layout: undefined });
  switch (t.kind) {
    case "int": return named("i32");
    case "float": return named("f32");
    case "bool": return named("bool");
    case "scalar": return named(t.value.type);
    case "tile": return { dtype: t.value.dtype, shape: t.value.shape.map((n) => knownScalar(n) ?? silent()), layout: undefined };
    default: return wrongKind(t, "a tile or a number", span, cx);
  }
}

function shared(s: Shared, cx: Cx): void {
  const b = building(cx, s.span);
  if (s.type.layout) fail({ code: "L0405", message: "a shared tile can't be given a layout in this version", span: s.type.layout.span, help: "remove '@ …': the compiler lays shared tiles out" });
  const { dtype, shape } = tileType(s.type, `'${s.name.text}'`, cx);
  b.at(s.span);
  const v = b.shared({}, { dtype, shape: [...shape] });
  bind(cx.scope, s.name, "shared", tile(v));
  b.name(v, s.name.text);
}

function requirement(s: Require, cx: Cx): void {
  const b = building(cx, s.span), t = cx.state.evaluate(s.cond, { ...cx, exact: undefined });
  b.at(s.cond.span);
  if (t.kind === "bool") { if (!t.value) unmet(s); return; }
  if (t.kind !== "scalar" || t.value.type !== "bool") return wrongKind(t, "a condition", s.cond.span, cx, "compare something: require K % 32 == 0");
  eachSymbol(t.value, (x) => {
    if (x.role !== "dim" && x.role !== "param")
      fail({ code: "T0516", message: "a 'require' is checked before the launch, but this is known only inside a block", span: s.cond.span, label: `depends on '${cx.state.symbols.get(x.id)?.name ?? showScalar(x, cx.state)}'`, help: "require something of parameters and dimensions; inside the kernel use 'if'" });
  });
  b.require(t.value, s.message?.value);
}

function unmet(s: Require): never {
  fail({ code: "T0103", message: s.message ? `requirement not met: ${s.message.value}` : "a requirement is not met", span: s.cond.span, label: "this is false here", help: "choose other compile-time parameters" });
}

// ── assignment ──

function assign(s: Assign, cx: Cx): void {
  const target = variableOf(s, cx), b = building(cx, s.span);
  if (s.op === "=") {
    const value = valueOf(cx.state.evaluate(s.value, cx), s.value.span, cx);
    const from = toArgument(value, s.value.span, cx);
    b.at(s.span);
    b.assign({ to: target, from });
    return;
  }
  const fused = s.op === "+=" && s.value.kind === "call" ? accumulate(s.value, target, cx) : undefined;
  const value = fused ?? apply(infix[s.op.slice(0, -1)], [tile(target), valueOf(cx.state.evaluate(s.value, cx), s.value.span, cx)], s.span, cx);
  const from = toArgument(value, s.span, cx);
  b.at(s.span);
  b.assign({ to: target, from });
}

/** The variable that an assignment writes. */
function variableOf(s: Assign, cx: Cx): Value {
  const { target } = s;
  if (target.kind === "member") return fail({ code: "S0022", message: "members are not yet in this version", span: target.span, help: "assign to a 'var'" });
  const name = target.kind === "index" ? target.operand : target;
  if (name.kind !== "name") return fail({ code: "S0014", message: "this can't be assigned to", span: target.span, help: "the left side is a 'var'" });
  const own = lookup(cx.scope, name.text) ?? unknownName(cx.scope, name, [], cx.state.lost), t = own.thing();
  if (t.kind === "poison") return silent();
  const is = t.kind === "tile" && t.value.space !== "reg" ? describe(t) : HOW[own.how];
  const labels = own.span ? { labels: [{ span: own.span, message: `defined here, as ${is}` }] } : {};
  if (t.kind === "tile" && t.value.space !== "reg")
    return fail({ code: "T0517", message: "memory is written with 'store', not by assignment", span: target.span, ...labels, help: `write store(${target.kind === "index" ? `${name.text}[…]` : name.text}, value)` });
  if (own.how !== "var" || t.kind !== "tile" || !cx.state.vars.has(t.value.id))
    return fail({ code: "N0105", message: `'${name.text}' can't be assigned to: it is ${is}`, span: name.span, ...labels, help: `declare it with 'var ${name.text} = …' to change it` });
  if (target.kind === "index") return fail({ code: "T0509", message: "a part of a register tile can't be assigned in this version", span: target.span, help: "assign the whole tile; select(condition, x, y) changes some of its elements" });
  return t.value;
}

// Statements. A mistake costs its own statement: it is reported, the names it would have defined become poison, and the
// next statement is read as if nothing had happened.
import { Diagnostic, fail, type Span } from "../diagnostic.ts";
import { equal } from "../layout/index.ts";
import { eachSymbol, knownScalar, type Value } from "../vm/index.ts";
import type { Assign, Block, Const, Index, Let, Name, Require, Shared, Stmt, Var } from "./ast.ts";
import { accumulate, call, inCalls } from "./elaborate-calls.ts";
import { assignCell, declareCell, numberOf, scalarType } from "./elaborate-cells.ts";
import { branch, jump, loop, repeated, returned } from "./elaborate-control.ts";
import { apply, infix, toArgument } from "./elaborate-operators.ts";
import { partOf } from "./elaborate-subscript.ts";
import { sharedType, tileType, type TileType } from "./elaborate-types.ts";
import { building, describe, fromScalar, NOTHING, POISON, SILENT, showScalar, silent, step, tile, typeText, wrongKind, type Cx, type Flow, type Thing } from "./elaborate-values.ts";
import { bind, child, HOW, lookup, unknownName } from "./names.ts";

/** Runs the statements of a block in a scope of its own. */
export const block = (b: Block, cx: Cx): Flow => run(b.body, { ...cx, scope: child(cx.scope) });

/** Runs a function's block, and gives what it returns. */
export function functionBlock(b: Block, cx: Cx): Thing {
  const flow = run(b.body, cx);
  return flow?.kind === "return" ? flow.value : NOTHING;
}

/** Runs statements until one leaves the list; what follows isn't reached. */
function run(body: readonly Stmt[], cx: Cx): Flow {
  for (const [i, s] of body.entries()) {
    try {
      step(cx.state, s.span);
      const flow = statement(s, cx), next = body[i + 1];
      if (!flow) continue;
      if (next && (s.kind === "break" || s.kind === "continue" || s.kind === "return"))
        fail({ code: "S0024", message: `nothing after '${s.kind}' is ever reached`, span: next.span, label: "never reached", labels: [{ span: s.span, message: "the block is left here" }], help: `remove it, or put '${s.kind}' into an 'if'` });
      return flow;
    } catch (x) {
      if (!(x instanceof Diagnostic)) throw x;
      if (x.code !== SILENT) cx.state.report(inCalls(x.at(s.span), cx.state));
      for (const name of defines(s)) if (!cx.scope.own.has(name.text)) bind(cx.scope, name, "let", POISON);
      if (s.kind === "return" || (cx.around?.function && (s.kind === "break" || s.kind === "continue"))) return { kind: "return", value: POISON };
    }
  }
  return undefined;
}

const defines = (s: Stmt): readonly Name[] => (s.kind === "let" ? s.names : s.kind === "var" || s.kind === "shared" || s.kind === "const" || s.kind === "temp" ? [s.name] : []);

function statement(s: Stmt, cx: Cx): Flow {
  switch (s.kind) {
    case "const": constant(s, cx); return undefined;
    case "let": define(s, cx); return undefined;
    case "var": variable(s, cx); return undefined;
    case "shared": shared(s, cx); return undefined;
    case "require": requirement(s, cx); return undefined;
    case "for": return loop(s, cx, block);
    case "while": return repeated(s, cx, block);
    case "if": return branch(s, cx, block);
    case "break": case "continue": return jump(s, cx);
    case "return": return returned(s, cx);
    case "assign": assign(s, cx); return undefined;
    case "do": call(s.call, cx); return undefined;
    case "temp": inSequence(s, cx).temp(s, cx); return undefined;
    case "launch": inSequence(s, cx).launch(s.callee, s.comptime, s.args, s.span, cx); return undefined;
    case "error": return undefined;
    default: return s satisfies never;
  }
}

/** Temporaries and steps are for sequences. */
const inSequence = (s: Stmt, cx: Cx): NonNullable<Cx["state"]["sequence"]> =>
  cx.state.sequence ?? fail({ code: "S0025", message: "this is only written in a sequence", span: s.span, help: "a kernel keeps its values in 'var' and 'shared' tiles; temporary tensors and launches belong to a 'sequence'" });

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
  const init = valueOf(cx.state.evaluate(s.init, cx), s.init.span, cx);
  if (s.tuple) return defineEach(s, init, cx);
  const [name] = s.names;
  const t = s.type && !s.type.shape ? fromScalar(numberOf(init, scalarType(s.type, `'${name.text}'`, cx), s.init.span, `'${name.text}'`, cx)) : s.type ? annotated(init, tileType(s.type, `'${name.text}'`, cx), s, cx) : snapshot(init, s.init.span, cx);
  bind(cx.scope, name, "let", t);
  remember(t, name.text, cx);
}

/** `let (a, b) = …`: one name for each. */
function defineEach(s: Let, init: Thing, cx: Cx): void {
  if (init.kind !== "list") return wrongKind(init, `a tuple of ${s.names.length}`, s.init.span, cx, "write (a, b), or call a function that returns one");
  const { items } = init;
  if (items.length !== s.names.length)
    fail({ code: "T0520", message: `${s.names.length} names for a tuple of ${items.length}`, span: s.init.span, label: `this has ${items.length}`, help: `write let (${items.map((_, i) => s.names[i]?.text ?? `_${i}`).join(", ")}) = …` });
  s.names.forEach((name, i) => {
    const t = snapshot(items[i], s.init.span, cx);
    bind(cx.scope, name, "let", t);
    remember(t, name.text, cx);
  });
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
  if (declareCell(s, init, cx)) return;
  const type = s.type ? tileType(s.type, `'${s.name.text}'`, cx) : init ? typeOf(init, s.init?.span ?? s.span, cx) : silent();
  const from = init && toArgument(init, s.init?.span ?? s.span, cx);
  b.at(s.init?.span ?? s.span);
  const v = b.var(from === undefined ? {} : { init: from }, { dtype: type.dtype, shape: [...type.shape], ...(type.layout ? { layout: type.layout } : {}) });
  cx.state.vars.add(v.id);
  bind(cx.scope, s.name, "var", tile(v));
  b.name(v, s.name.text);
}

/** The type a variable takes from its value. */
const typeOf = (t: Thing, span: Span, cx: Cx): TileType =>
  t.kind === "tile" ? { dtype: t.value.dtype, shape: t.value.shape.map((n) => knownScalar(n) ?? silent()), layout: undefined } : wrongKind(t, "a tile or a number", span, cx);

function shared(s: Shared, cx: Cx): void {
  const b = building(cx, s.span);
  const { dtype, shape, packing } = sharedType(s.type, `'${s.name.text}'`, cx);
  b.at(s.type.layout?.span ?? s.span);
  const v = b.shared({}, { dtype, shape: [...shape], ...(packing ? { packing } : {}) });
  b.at(s.span);
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
  const own = s.target.kind === "name" ? lookup(cx.scope, s.target.text)?.thing() : undefined;
  if (own?.kind === "cell") return assignCell(s, own, (e) => valueOf(cx.state.evaluate(e, cx), e.span, cx), cx);
  const target = variableOf(s, cx), b = building(cx, s.span);
  if (s.target.kind === "index") return assignPart(s, target, s.target, cx);
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

/** `v[0, :] = w`: the variable becomes itself with a part replaced. */
function assignPart(s: Assign, target: Value, at: Index, cx: Cx): void {
  const b = building(cx, s.span), part = partOf(target, at, cx);
  const given = valueOf(cx.state.evaluate(s.value, cx), s.value.span, cx);
  b.at(at.span);
  const value = s.op === "=" ? given : apply(infix[s.op.slice(0, -1)], [tile(b.crop({ x: target }, part)), given], s.span, cx);
  const by = toArgument(value, s.value.span, cx);
  b.at(s.span);
  b.assign({ to: target, from: b.patch({ x: target, by }, part) });
}

/** The variable that an assignment writes. */
function variableOf(s: Assign, cx: Cx): Value {
  const { target } = s;
  if (target.kind === "member") return fail({ code: "S0014", message: "this can't be assigned to", span: target.span, help: "the left side is a 'var'; a field of a tensor is written with store(w.d[…], value)" });
  const name = target.kind === "index" ? target.operand : target;
  if (name.kind !== "name") return fail({ code: "S0014", message: "this can't be assigned to", span: target.span, help: "the left side is a 'var'" });
  const own = lookup(cx.scope, name.text) ?? unknownName(cx.scope, name, [], cx.state.lost), t = own.thing();
  if (t.kind === "poison") return silent();
  const memory = t.kind === "weights" || (t.kind === "tile" && t.value.space !== "reg"), is = memory ? describe(t) : HOW[own.how];
  const labels = own.span ? { labels: [{ span: own.span, message: `defined here, as ${is}` }] } : {};
  if (memory)
    return fail({ code: "T0517", message: "memory is written with 'store', not by assignment", span: target.span, ...labels, help: `write store(${target.kind === "index" ? `${name.text}[…]` : name.text}, value)` });
  if (own.how !== "var" || t.kind !== "tile" || !cx.state.vars.has(t.value.id))
    return fail({ code: "N0105", message: `'${name.text}' can't be assigned to: it is ${is}`, span: name.span, ...labels, help: `declare it with 'var ${name.text} = …' to change it` });
  return t.value;
}

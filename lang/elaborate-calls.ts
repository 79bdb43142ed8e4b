// Calls: functions of the file are inlined, functions of the language run now, instructions go to the builder.
import { Diagnostic, fail, type Span } from "../diagnostic.ts";
import { arity, constant, formatCalls, instructions, knownScalar, namesOf, printScalar, type Argument, type Attr, type Format, type Instruction, type Op, type Value } from "../vm/index.ts";
import { bindArguments, type Bound, type Slot } from "./arguments.ts";
import type { Arg, Call, Name } from "./ast.ts";
import { builtins, runBuiltin } from "./builtins.ts";
import { apply, toArgument, toScalar } from "./elaborate-operators.ts";
import { packing, packingCalls } from "./elaborate-packing.ts";
import { follow } from "./elaborate-subscript.ts";
import { asBool, asDtype, asInt, asInts, asLayout, building, describe, INSTRUCTION, NOTHING, fromScalar, placed, silent, step, tile, wrongKind, SILENT, type Around, type Cx, type FormatTemplate, type State, type Thing } from "./elaborate-values.ts";
import { comptimeValue } from "./elaborate-comptime.ts";
import { misspelt } from "./messages.ts";
import { bind, child, inSight, lookup } from "./names.ts";

/** Instructions that a program may call. */
export const callable: ReadonlyMap<string, Instruction> = new Map([...instructions].filter(([, i]) => !i.hidden));
/** Deepest nesting of calls of functions. */
const MAX_DEPTH = 32;
/** What stands around the statements of a function. */
const INSIDE: Around = Object.freeze({ function: true, loop: undefined, choice: false, running: false });

/** Second names of instructions. */
const alsoCalled: Readonly<Record<string, string>> = { where: "select" };
const named = (name: string): Instruction | undefined => callable.get(Object.hasOwn(alsoCalled, name) ? alsoCalled[name] : name);

/** Words for instructions in other languages and libraries. */
const elsewhere: Readonly<Record<string, string>> = {
  sum: "write reduce_sum(x, axis: 1)", prod: "write reduce_prod(x, axis: 1)", any: "write reduce_any(x, axis: 1)", all: "write reduce_all(x, axis: 1)",
  cumsum: "write scan_sum(x, axis: 1)", cumprod: "write scan_prod(x, axis: 1)", cummax: "write scan_max(x, axis: 1)", cummin: "write scan_min(x, axis: 1)", prefix_sum: "write scan_sum(x, axis: 1)",
  argsort: "write arg_sort(x, axis: 1)", topk: "write top_k(x, k: 4, axis: 1)", hadamard: "write fwht(x, axis: 1)", shuffle_xor: "write butterfly(x, axis: 1, distance: 4)",
  matmul: "write dot(a, b)", mma: "write dot(a, b)", syncthreads: "write barrier()", __syncthreads: "write barrier()", workgroupBarrier: "write barrier()", sync: "write barrier()",
  zeros: "write fill(0, dtype: f32, shape: [64, 64])", full: "write fill(0, dtype: f32, shape: [64, 64])", ones: "write fill(1, dtype: f32, shape: [64, 64])",
  relu: "write max(x, 0)", ceil_div: "write cdiv(a, b)", ceildiv: "write cdiv(a, b)", range: "write for i in 0..n", float: "write x as f32", half: "write x as f16", int: "write x as i32",
  f16: "write x as f16", f32: "write x as f32", i32: "write x as i32", u32: "write x as u32", mean: "divide reduce_sum(x, axis: 1) by the number of elements", printf: "write print(\"{}\", x)",
  slice: "write x[start +: width]", assign: "write name = value", shared: "write shared name: f16[64, 64]", len: "sizes are the names in the type",
};

/** Evaluates a call. */
export function call(e: Call, cx: Cx): Thing {
  if (e.callee.kind === "error") return silent();
  if (e.callee.kind !== "name") return fail({ code: "N0107", message: "this can't be called", span: e.callee.span, help: "call functions and instructions by name: dot(a, b)" });
  const name = e.callee.text, found = lookup(cx.scope, name);
  // A kernel may be called what it is made of: in a kernel, `transpose` of the kernel transpose is the instruction.
  const hosts = found?.how === "kernel" || found?.how === "sequence", own = hosts && !cx.state.sequence && (Object.hasOwn(builtins, name) || named(name)) ? undefined : found;
  if (own) {
    const t = own.thing();
    if (t.kind === "fn") return inline(t, e, cx);
    if (t.kind === "poison") return silent();
    if (t.kind === "format" && t.template) return formatWith(t.template, e, cx);
    if ((t.kind === "kernel" || t.kind === "sequence") && cx.state.sequence) { cx.state.sequence.launch(e.callee, [], e.args, e.span, cx); return NOTHING; }
    return fail({ code: "N0107", message: `'${name}' can't be called: it is ${describe(t)}`, span: e.callee.span, ...(own.span ? { labels: [{ span: own.span, message: "defined here" }] } : {}),
      help: t.kind === "kernel" ? `kernels are run by the host, and one after the other by a sequence: sequence s(…) { ${name}(…) }` : callable.has(name) || Object.hasOwn(builtins, name) ? `it hides the function of that name; rename it` : "functions are defined with fn name(x) = …" });
  }
  if (Object.hasOwn(builtins, name)) {
    const row = callable.get(name), first = row && e.args[0]?.name === undefined ? e.args[0] : undefined;
    const thing = first && cx.state.evaluate(first.value, cx);
    return row && thing?.kind === "tile" ? onTiles(row, thing, e, cx) : runBuiltin(name, builtins[name], bindArguments(name, builtins[name].slots, e.args), e.span, cx, thing);
  }
  if (packingCalls.has(name)) return { kind: "packing", of: (axes) => packing(e, axes, cx) };
  const row = named(name);
  return row ? instruction(row, e, cx) : unknownFunction(e.callee, cx);
}

/** An instruction whose first operand is known already; `permute`, `reshape` and others are also functions of layouts. */
function onTiles(row: Instruction, first: Thing, e: Call, cx: Cx): Thing {
  const [key, ...others] = Object.keys(row.operands), slots: Slot[] = [...others, ...Object.keys(row.attrs)].map((name) => ({ name })), rest = e.args.slice(1);
  const on = (x: Thing, args: readonly Arg[]): Thing => emit(row, e, bindArguments(row.name, slots, args), { [key]: toArgument(x, e.args[0].value.span, cx) }, cx);
  const tiles = row.folds ? rest.filter((a) => !a.name) : [];
  return tiles.length ? tiles.reduce((x, y) => on(x, [y, ...rest.filter((a) => a.name)]), first) : on(first, rest);
}

function unknownFunction(name: Name, cx: Cx): never {
  const near = misspelt(name.text, [...callable.keys(), ...Object.keys(builtins), ...packingCalls, ...inSight(cx.scope).filter((n) => lookup(cx.scope, n)?.how === "fn")]);
  if (cx.state.lost.has(name.text)) silent();
  const known = Object.hasOwn(elsewhere, name.text) ? elsewhere[name.text] : undefined;
  fail({ code: "N0103", message: `there is no function '${name.text}'`, span: name.span, label: "unknown function", help: known ?? (near ? `did you mean '${near}'?` : !cx.scope.parent && !cx.b ? "layouts are made with spatial(…), local(…), auto(…), layout(…)" : `define it: fn ${name.text}(x) = …`) });
}

// ── functions of the file ──

function inline(f: Extract<Thing, { kind: "fn" }>, e: Call, cx: Cx): Thing {
  const { state } = cx, { name, params, body } = f.value;
  step(state, e.span);
  const bound = bindArguments(name.text, params.map((p) => ({ name: p.text })), e.args);
  const scope = child(f.scope);
  for (const p of params) {
    const arg = bound.get(p.text)?.[0];
    if (!arg) return fail({ code: "T0101", message: `'${name.text}' needs '${p.text}'`, span: e.span, labels: [{ span: p.span, message: "declared here" }], help: `call it as ${name.text}(${params.map((q) => q.text).join(", ")})` });
    const value = state.evaluate(arg.value, cx);
    if (value.kind === "nothing") wrongKind(value, "a value", arg.value.span, cx);
    bind(scope, p, "argument", value);
  }
  const before = state.calls.findIndex((c) => c.of === f.value);
  if (before >= 0) fail({ code: "N0117", message: `'${name.text}' calls itself${state.calls.length - before > 1 ? `: ${[...state.calls.slice(before).map((c) => c.of), f.value].map((g) => g.name.text).join(" → ")}` : ""}`, span: e.span, label: "called again before it has returned", help: "functions are inlined where they are called, so that would never end: use a loop" });
  if (state.calls.length >= MAX_DEPTH) fail({ code: "R0302", message: `calls are nested more than ${MAX_DEPTH} deep`, span: e.span, label: `'${name.text}' is the last of a long chain`, help: "functions are inlined: write some of them out" });
  state.calls.push({ of: f.value, at: e.span });
  try {
    const inner: Cx = { ...cx, scope, exact: undefined, around: INSIDE };
    return body.kind === "block" ? state.block(body, inner) : state.evaluate(body, inner);
  } catch (x) {
    throw x instanceof Diagnostic ? inCalls(x, state) : x;
  } finally { state.calls.pop(); }
}

/** Labels of one message that say where functions were called. */
const MOST_CALLS = 3;

/** Adds the places of the calls to an error inside a function, innermost first; once. */
export function inCalls(d: Diagnostic, { calls }: Pick<State, "calls">): Diagnostic {
  const labels = d.data.labels ?? [], has = (at: Span): boolean => labels.some((l) => l.span === at);
  if (d.code === SILENT || !calls.length || calls.some((c) => has(c.at))) return d;
  const more = [...calls].reverse().slice(0, MOST_CALLS).map((c) => ({ span: c.at, message: `in this call of '${c.of.name.text}'` }));
  return new Diagnostic({ ...d.data, labels: [...labels, ...more] });
}

// ── instructions ──

const hasOpsForm = (row: Instruction): boolean => Object.keys(row.attrs).length === 0 && Object.values(row.operands).every((o) => o.spaces.length === 1 && o.spaces[0] === "reg" && !o.optional) && isScalarOp(row.name);
const scalarOps: ReadonlySet<string> = new Set(
  ("add sub mul div rem min max pow and or xor shl shr eq ne lt le gt ge neg abs sign not exp exp2 log log2 sqrt rsqrt sin cos tanh floor ceil trunc round popcount clz ctz fma select").split(" "));
const isScalarOp = (name: string): name is Op => scalarOps.has(name);
const ops: ReadonlySet<Instruction> = new Set([...callable.values()].filter(hasOpsForm));
/** What the arguments of each instruction are called, in the order in which they may be given without names. */
const slotsOf: ReadonlyMap<Instruction, readonly Slot[]> = new Map([...callable.values()].map((row) => [row, namesOf(row).map((name) => ({ name }))]));

function instruction(row: Instruction, e: Call, cx: Cx): Thing {
  const bound = bindArguments(row.name, slotsOf.get(row) ?? [], e.args);
  if (ops.has(row) && isScalarOp(row.name) && bound.size === arity(row.name)) {
    const operands = Object.keys(row.operands), args = operands.map((k) => value(bound, k, cx));
    return apply(row.name, args, e.span, cx, operands.flatMap((k) => bound.get(k)?.[0].value ?? []));
  }
  return emit(row, e, bound, {}, cx);
}

const value = (bound: Bound, key: string, cx: Cx): Thing => { const arg = bound.get(key)?.[0]; return arg ? cx.state.evaluate(arg.value, cx) : silent(); };

/** Calls an instruction with its arguments and `more` operands. */
function emit(row: Instruction, e: Call, bound: Bound, more: Readonly<Record<string, Argument>>, cx: Cx): Thing {
  const b = building(cx, e.span);
  step(cx.state, e.span, INSTRUCTION);
  const operands: Record<string, Argument> = { ...more }, attrs: Record<string, unknown> = {};
  let weights: readonly [string, Extract<Thing, { kind: "weights" }>, Span] | undefined;
  for (const [key, args] of bound) {
    if (!Object.hasOwn(row.operands, key)) { attrs[key] = attribute(row.attrs[key], args[0], cx); continue; }
    const { value: { span }, value: written } = args[0], t = cx.state.evaluate(written, cx);
    if (t.kind === "weights") weights = [key, t, span]; else operands[key] = toArgument(t, span, cx);
  }
  if (weights) return onFormat(row, weights, e, { ...operands, ...attrs }, cx);
  if (operands.to && row.effect === "write") writable(row.name, operands.to, bound.get("to")?.[0].value.span ?? e.span, cx);
  const judged = Object.hasOwn(row.attrs, "unpadded") && judge(row.name, operands, attrs, e.span, cx);
  b.at(misplaced(row, operands, bound) ?? e.span);
  const out = b.inst(row.name, operands, attrs);
  if (out === undefined) {
    if (judged && isValue(operands.to)) cx.state.unpadded.push({ ...judged, value: cx.state.roots.get(operands.to.id) ?? operands.to });
    return NOTHING;
  }
  if (!("space" in out)) return fromScalar(out);
  if (judged) cx.state.unpadded.push({ ...judged, value: out });
  const [of] = Object.values(operands);
  if (row.effect === "view" && isValue(of)) follow(out, of, cx);
  return tile(out);
}

const isValue = (x: Argument | undefined): x is Value => typeof x === "object" && "space" in x;

/** An instruction on a tensor of a format. */
function onFormat(row: Instruction, [key, w, span]: readonly [string, Extract<Thing, { kind: "weights" }>, Span], e: Call, others: Readonly<Record<string, unknown>>, cx: Cx): Thing {
  const known = formatCalls.get(row.name), { param, window } = w;
  if (known?.operand !== key) return wrongKind(w, "a tile or a tensor", span, cx, `load(${param.name}[…]) gives the values of a window; ${param.name}.${param.format.fields[0].name} is a field`);
  if (known.writes && param.direction === "in")
    fail({ code: "R0402", message: `'${row.name}' can't write to '${param.name}', which is an input`, span, label: "read only", labels: [{ span: w.span, message: "declared here" }], help: `declare it 'out ${param.name}: …', or 'inout' if it is read too` });
  const sizes = (window?.sizes ?? param.shape).map((n, d) => knownScalar(n) ?? fail({ code: "T0503", message: "a window of compile-time widths is needed here", span, label: `axis ${d} is ${printScalar(n)} wide`, help: `take a part of it: ${param.name}[start +: width]` }));
  const b = building(cx, e.span);
  b.at(e.span);
  const out = placed(e.span, () => known.build(b, param, { offsets: window?.offsets ?? sizes.map(() => constant(0)), sizes }, window?.drop ?? [], others));
  return out ? tile(out) : NOTHING;
}

/** `q(bits: 4)`: a format for other compile-time parameters than the default ones. */
function formatWith(template: FormatTemplate, e: Call, cx: Cx): Thing {
  const { item } = template, bound = bindArguments(item.name.text, item.comptime.map((c) => ({ name: c.name.text })), e.args);
  const given = Object.fromEntries(item.comptime.flatMap((c) => { const [arg] = bound.get(c.name.text) ?? []; return arg ? [[c.name.text, comptimeValue(c.of, arg, cx)]] : []; }));
  let made: Format | undefined;
  return { kind: "format", name: item.name.text, value: () => (made ??= placed(e.span, () => template.make(given))) };
}

/** The place of an operand that lies in a space where the instruction doesn't take it: the builder will say so, there. */
function misplaced(row: Instruction, operands: Readonly<Record<string, Argument>>, bound: Bound): Span | undefined {
  const odd = Object.entries(operands).find(([key, x]) => isValue(x) && !row.operands[key].spaces.includes(x.space));
  return odd && bound.get(odd[0])?.[0].value.span;
}

function attribute(spec: Attr<unknown>, arg: Arg, cx: Cx): unknown {
  const { value: e } = arg;
  if (spec.kind === "name") return e.kind === "name" ? e.text : e.kind === "string" ? e.value : fail({ code: "T0402", message: "a word is needed here", span: e.span, help: spec.doc ?? "write one word" });
  const t = cx.state.evaluate(e, spec.kind === "ints" ? { ...cx, exact: "shape" } : cx);
  switch (spec.kind) {
    case "int": return asInt(t, e.span, cx);
    case "ints": return asInts(t, e.span, cx);
    case "axes": return t.kind === "list" ? asInts(t, e.span, cx) : asInt(t, e.span, cx, "give an axis, or a list of axes");
    case "number": return t.kind === "int" || t.kind === "float" ? t.value : wrongKind(t, "a compile-time number", e.span, cx);
    case "bool": return asBool(t, e.span, cx);
    case "dtype": return asDtype(t, e.span, cx);
    case "layout": return asLayout(t, e.span, cx);
    case "packing": return wrongKind(t, "no packing: those stand behind @", e.span, cx);
    case "scalar": return t.kind === "int" || t.kind === "float" ? t.value : toScalar(t, undefined, e.span, cx);
    case "scalars": return t.kind === "list" ? t.items.map((x) => toScalar(x, undefined, e.span, cx)) : wrongKind(t, "a list of numbers", e.span, cx, "write [a, b]");
    default: return spec.kind satisfies never;
  }
}

/** Inputs aren't written to. */
function writable(name: string, to: Argument, span: Span, cx: Cx): void {
  const tensor = isValue(to) ? cx.state.tensors.get(to.id) : undefined;
  if (tensor?.dir === "in")
    fail({ code: "R0402", message: `'${name}' can't write to '${tensor.name}', which is an input`, span, label: "read only", labels: [{ span: tensor.span, message: "declared here" }], help: `declare it 'out ${tensor.name.replace(/\..*/, "")}: …', or 'inout' if it is read too` });
}

/**
 * A read without `pad:` of a type without zero: harmless if nothing outside is read; else it is allowed for now and
 * judged by its uses at the end.
 */
function judge(name: string, operands: Readonly<Record<string, Argument>>, attrs: Record<string, unknown>, span: Span, cx: Cx): { name: string; dtype: Value["dtype"]; span: Span } | undefined {
  const from = operands.from ?? operands.x;
  if (!isValue(from) || from.space === "reg" || from.dtype.hasZero || attrs["pad"] !== undefined || attrs["unpadded"] !== undefined) return undefined;
  attrs["unpadded"] = true;
  return cx.state.outside.has(from.id) ? { name, dtype: from.dtype, span } : undefined;
}

/** For `acc += dot(a, b)`: the call with `acc:`, or undefined where the callee has no such operand or it is given. */
export function accumulate(e: Call, acc: Value, cx: Cx): Thing | undefined {
  if (e.callee.kind !== "name" || lookup(cx.scope, e.callee.text)) return undefined;
  const row = callable.get(e.callee.text);
  if (!row || !Object.hasOwn(row.operands, "acc") || e.args.some((a) => a.name?.text === "acc")) return undefined;
  const slots = [...Object.keys(row.operands).filter((k) => k !== "acc"), ...Object.keys(row.attrs)].map((name) => ({ name }));
  return emit(row, e, bindArguments(row.name, slots, e.args), { acc }, cx);
}

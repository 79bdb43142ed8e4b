// Compile-time parameters: what a caller may give for each kind, defaults, and tuning spaces.
import { Diagnostic, fail } from "../diagnostic.ts";
import { canonical, type Packing, type RegisterLayout } from "../layout/index.ts";
import { dtype as dtypeNamed, symbol, type Comptime, type Format } from "../vm/index.ts";
import type { ComptimeParam, Expr, FormatItem, Kernel, Sequence } from "./ast.ts";
import { numberType } from "./elaborate-expressions.ts";
import { packing } from "./elaborate-packing.ts";
import { boolean, describe, float, int, placed, POISON, silent, wrongKind, type AxisNames, type Cx, type Thing } from "./elaborate-values.ts";
import { misspelt } from "./messages.ts";
import { bind, child, type Scope } from "./names.ts";
import { parseExpression } from "./parser.ts";

/** What has compile-time parameters. */
type Headed = Pick<Kernel | Sequence | FormatItem, "kind" | "name" | "comptime">;

/** A compile-time parameter of a .loom kernel. */
export interface LoomComptime extends Comptime<unknown> {
  readonly doc: string | undefined;
  /** Whether a value must be given: there is no default. */
  readonly required: boolean;
  /** The default as written; `default` is absent when it depends on other parameters. */
  readonly text: string | undefined;
}

/** Evaluates what stands for a parameter of some kind: packings stay unevaluated until the axes are known. */
function valueOf(e: Expr, of: ComptimeParam["of"], cx: Cx): Thing {
  if (of === "packing") return { kind: "packing", of: (axes) => packing(e, axes, cx) };
  return fits(cx.state.evaluate(e, { ...cx, exact: of === "layout" ? "layout" : undefined }), of) ?? wrongKind(cx.state.evaluate(e, cx), KIND[of], e.span, cx);
}

const KIND: Readonly<Record<ComptimeParam["of"], string>> = {
  int: "a compile-time integer", float: "a compile-time number", bool: "true or false, known at compile time", dtype: "a number type", layout: "a register layout", packing: "a packing", format: "a format",
};

/** The thing as a value of the kind, or undefined. */
function fits(t: Thing, of: ComptimeParam["of"]): Thing | undefined {
  if (t.kind === "poison") return silent();
  if (of === "float" && t.kind === "int") return float(t.value);
  return t.kind === of ? t : undefined;
}

/** What a caller gave, as a thing. Text is read as an expression. @throws Diagnostic H0603 */
function fromCaller(name: string, of: ComptimeParam["of"], x: unknown, cx: Cx): Thing {
  const bad = (found: string): never => fail({ code: "H0603", message: `'${name}' must be ${KIND[of]}, not ${found}`, help: `give ${KIND[of]}, for example ${EXAMPLE[of]}` });
  if (typeof x === "string") {
    if (of === "int" && x === "dynamic") return { kind: "scalar", value: symbol("dim", name) };
    const { expr, diagnostics: [first] } = parseExpression(x, name);
    if (first) throw new Diagnostic(first);
    const outer: Cx = { ...cx, scope: of === "format" ? child(file(cx.scope)) : child() };
    if (of === "dtype" && expr.kind === "name") return { kind: "dtype", value: numberType(expr, outer) };
    if (of === "packing") return { kind: "packing", of: (axes) => packing(expr, axes, outer) };
    const t = cx.state.evaluate(expr, { ...outer, exact: of === "layout" ? "layout" : undefined });
    return fits(t, of) ?? bad(describe(t));
  }
  if (of === "int" && typeof x === "number") return Number.isSafeInteger(x) ? int(x) : bad(String(x));
  if (of === "float" && typeof x === "number") return float(x);
  if (of === "bool" && typeof x === "boolean") return boolean(x);
  if (of === "dtype" && typeof x === "object" && x !== null && "name" in x && "bits" in x) return { kind: "dtype", value: dtypeNamed(String(x.name)) };
  if (of === "layout" && isLayout(x)) return { kind: "layout", value: canonical(x) };
  if (of === "packing" && typeof x === "function") return { kind: "packing", of: x as (axes: AxisNames) => Packing }; // from a sequence
  if (of === "format" && isFormat(x)) return { kind: "format", name: x.name, value: () => x };
  if (of === "packing" && isPacking(x)) return { kind: "packing", of: () => x };
  return bad(x === null ? "null" : Array.isArray(x) ? "a list" : typeof x === "object" ? "this object" : `${typeof x} ${String(x)}`);
}

const EXAMPLE: Readonly<Record<ComptimeParam["of"], string>> = { int: "64", float: "0.5", bool: "true", dtype: "\"u3\"", layout: "\"spatial(8, 4) * local(2, 1)\"", packing: "\"planes\"", format: "\"q4_0\", or a Format" };
const isLayout = (x: unknown): x is RegisterLayout => typeof x === "object" && x !== null && "modeShape" in x && "localModes" in x;
const isFormat = (x: unknown): x is Format => typeof x === "object" && x !== null && "blockBits" in x && "fields" in x && "value" in x;
/** The scope of the file, where formats are known. */
function file(scope: Scope): Scope {
  let s = scope;
  while (s.parent) s = s.parent;
  return s;
}
const isPacking = (x: unknown): x is Packing => typeof x === "object" && x !== null && "kind" in x && ["digits", "concat", "overlay", "packed"].includes(String(x.kind));

/** Refuses values for parameters that the kernel doesn't have. @throws Diagnostic H0601 */
export function knowsAll(k: Headed, given: Readonly<Record<string, unknown>>): void {
  const names = k.comptime.map((c) => c.name.text);
  for (const key of Object.keys(given)) {
    if (names.includes(key)) continue;
    const near = misspelt(key, names);
    fail({ code: "H0601", message: `${k.kind} '${k.name.text}' has no compile-time parameter '${key}'`, help: near ? `did you mean '${near}'?` : `it has ${names.join(", ") || "none"}` });
  }
}

/** Defines one parameter: the value given, else its default. @throws Diagnostic H0602 where there is neither */
export function bindComptime(k: Headed, c: ComptimeParam, given: unknown, cx: Cx): void {
  const name = c.name.text;
  if (given === POISON) return bind(cx.scope, c.name, "comptime", POISON);
  if (given === undefined && !c.init)
    fail({ code: "H0602", message: `${k.kind} '${k.name.text}' needs the compile-time parameter '${name}'`, span: c.span, label: "no default",
      help: `give it a value: ${k.kind === "format" ? `${k.name.text}(${name}: …)` : `specialise({ ${name}: … }), or --set ${name}=… on the command line`}` });
  const t = given !== undefined ? placed(c.span, () => fromCaller(name, c.of, given, cx)) : c.init ? valueOf(c.init, c.of, cx) : silent();
  bind(cx.scope, c.name, "comptime", t);
}

/** What tools show of the parameters before anything is specialised. */
export function describeComptime(k: Headed, source: string, cx: Cx, file: Scope): Readonly<Record<string, LoomComptime>> {
  const alone = (e: Expr, of: ComptimeParam["of"]): unknown => {
    try { return plain(valueOf(e, of, { ...cx, scope: child(file) })); } catch (x) { if (x instanceof Diagnostic) return undefined; throw x; }
  };
  return Object.freeze(Object.fromEntries(k.comptime.map((c) => [c.name.text, Object.freeze({
    kind: c.of, doc: c.doc, required: c.init === undefined,
    text: c.init && source.slice(c.init.span.start, c.init.span.end),
    default: c.init && !mentions(c.init, k) ? alone(c.init, c.of) : undefined,
    // What has no value by itself, such as a packing, is given as its text.
    space: c.space?.map((e) => alone(e, c.of) ?? source.slice(e.span.start, e.span.end)),
  })])));
}

/** A thing as tools and callers hold it: types by name, packings as nothing (they depend on the tensor). */
function plain(t: Thing): unknown {
  switch (t.kind) {
    case "int": case "float": case "bool": case "layout": return t.value;
    case "dtype": return t.value.name;
    default: return undefined;
  }
}

/** Whether an expression uses a parameter of the kernel. */
function mentions(e: Expr, k: Headed): boolean {
  const names = new Set(k.comptime.map((c) => c.name.text)), todo: unknown[] = [e];
  for (let x = todo.pop(); x !== undefined; x = todo.pop()) {
    if (typeof x !== "object" || x === null) continue;
    if ("kind" in x && x.kind === "name" && "text" in x && names.has(String(x.text))) return true;
    todo.push(...Object.values(x).filter((v) => v !== undefined));
  }
  return false;
}

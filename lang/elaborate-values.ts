// What a name or an expression can mean while a kernel is elaborated: things known now (numbers, types, layouts, …),
// scalars known when the kernel runs, and tiles. Plain data, one union, told apart by `kind`.
import { Diagnostic, fail, type Label, type Span } from "../diagnostic.ts";
import type { Packing, RegisterLayout } from "../layout/index.ts";
import { eachSymbol, printScalar, substitute, symbol, type Builder, type DType, type Format, type FormatParam, type Program, type Scalar, type Size, type Value } from "../vm/index.ts";
import type { Arg, Block, Expr, Fn, FormatItem, Name, Temp } from "./ast.ts";
import type { Scope } from "./names.ts";

/** Names of a tensor's axes, where its type gives them: `u3[k: K, N]` has `["k", undefined]`. */
export type AxisNames = readonly (string | undefined)[];

/** The value of an expression. `int` to `list` are known at compile time. */
export type Thing =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "dtype"; readonly value: DType }
  | { readonly kind: "layout"; readonly value: RegisterLayout }
  /** A packing of any tensor: it is made when the axes are known. */
  | { readonly kind: "packing"; readonly of: (axes: AxisNames) => Packing }
  | { readonly kind: "list"; readonly items: readonly Thing[] }
  | { readonly kind: "scalar"; readonly value: Scalar }
  /** A number of the block that changes. Only names stand for it; evaluating one reads it. */
  | { readonly kind: "cell"; readonly value: Scalar; readonly name: Name }
  | { readonly kind: "tile"; readonly value: Value }
  | { readonly kind: "fn"; readonly value: Fn; readonly scope: Scope }
  /** A format: `value` is asked for when it is used; `template` makes it for other compile-time parameters. */
  | { readonly kind: "format"; readonly name: string; readonly value: () => Format; readonly template?: FormatTemplate | undefined }
  /** A tensor of a format, or a window of one. */
  | { readonly kind: "weights"; readonly param: FormatParam; readonly window: FormatSlice | undefined; readonly span: Span }
  /** A field of a format inside its `value` or `encode`: read when used; `pick` reads it where a tile says. */
  | { readonly kind: "field"; readonly name: string; readonly load: () => Value; readonly pick?: ((axis: number, at: Value) => Value) | undefined }
  | { readonly kind: "kernel"; readonly name: string }
  | { readonly kind: "sequence"; readonly name: string }
  /** What a call without a result gives. */
  | { readonly kind: "nothing" }
  /** The value of a statement that was wrong; using it is silent. */
  | { readonly kind: "poison" };

/** A format's declaration, ready for compile-time parameters. */
export interface FormatTemplate {
  readonly item: FormatItem;
  /** @throws Diagnostic the first error of the declaration */
  make(given: Readonly<Record<string, unknown>>): Format;
  /** As `make`, with every error, those of `value` and `encode` too. */
  elaborate(given: Readonly<Record<string, unknown>>): Elaborated<Format>;
}

/** A window of a tensor of a format; axes in `drop` vanish. */
export interface FormatSlice { readonly offsets: readonly Scalar[]; readonly sizes: readonly Size[]; readonly drop: readonly number[] }

/** Numbers known at compile time. */
export type NumberThing = Extract<Thing, { kind: "int" | "float" }>;

/** Least and largest value of a scalar. */
export interface Range { readonly lo: number; readonly hi: number }

/** A load or copy without `pad:` of a type without zero, to be judged when all uses are known. */
export interface Unpadded {
  /** What holds the elements that were read: the loaded tile, or the shared tile copied to. */
  readonly value: Value;
  readonly name: string;
  readonly dtype: DType;
  readonly span: Span;
}

/** What stands around a statement, as far as jumps may lead: of the kernel, or of the function that is being inlined. */
export interface Around {
  readonly function: boolean;
  /** The innermost loop: one of the running kernel, or copies made now. */
  readonly loop: "running" | "unrolled" | undefined;
  /** Whether it hangs on what only the running kernel knows that a statement is reached: from the innermost loop on, and from the start. */
  readonly choice: boolean;
  readonly running: boolean;
}

/** How a block was left before its end: a jump was built, so that nothing may follow; or the elaborator itself goes on elsewhere. */
export type Flow = undefined | { readonly kind: "left" } | { readonly kind: "break" | "continue" } | { readonly kind: "return"; readonly value: Thing };

/** What the elaborator carries along: the builder, the names in sight, and how `/` is meant. */
export interface Cx {
  /** Absent where only compile-time values make sense (defaults of parameters, constants of a file). */
  readonly b: Builder | undefined;
  readonly scope: Scope;
  /** The word for what is being written where a compile-time `/` must be exact: "shape", "layout", "packing". */
  readonly exact: string | undefined;
  /** In a format, where integers become floats where they meet them. */
  readonly mixed?: true | undefined;
  /** Absent outside of all statements. */
  readonly around?: Around | undefined;
  readonly state: State;
}

/** The part of the context that all of one elaboration shares. */
export interface State {
  /** Evaluations and statements that are left; a program that needs more is refused. */
  steps: number;
  /** Functions that are being inlined, and the nesting of expressions. */
  readonly calls: { readonly of: Fn; readonly at: Span }[];
  levels: number;
  /** Threads of the block, once known. */
  threads: number | undefined;
  /** Ids of the values that are `var`s. */
  readonly vars: Set<number>;
  /** The tensor parameter that a view looks into, by value id. */
  readonly tensors: Map<number, { readonly name: string; readonly dir: "in" | "out" | "inout"; readonly span: Span }>;
  /** The memory a view looks into, by value id. */
  readonly roots: Map<number, Value>;
  /** Ids of the views that may stick out of their memory. */
  readonly outside: Set<number>;
  /** What is known of symbols: the user's name, the statement that made it, and its range. */
  readonly symbols: Map<string, { readonly name: string; readonly span: Span; readonly range: Range | undefined }>;
  readonly unpadded: Unpadded[];
  /** Words of text that the parser had to skip: a name among them isn't reported as unknown. */
  readonly lost: ReadonlySet<string>;
  /** What only a sequence does; absent in kernels. */
  readonly sequence?: { readonly launch: (callee: Name, comptime: readonly Arg[], args: readonly Arg[], span: Span, cx: Cx) => void; readonly temp: (s: Temp, cx: Cx) => void } | undefined;
  report(d: Diagnostic): void;
  /** Evaluates an expression. */
  readonly evaluate: (e: Expr, cx: Cx) => Thing;
  /** Runs a function's block; gives what it returns. */
  readonly block: (body: Block, cx: Cx) => Thing;
}

/** How one elaboration went. */
export interface Elaborated<P = Program> {
  /** Absent when there were errors. */
  readonly program: P | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** How much work it took, in evaluations and statements. */
  readonly steps: number;
}

export const int = (value: number): Thing => ({ kind: "int", value });
export const float = (value: number): Thing => ({ kind: "float", value });
export const boolean = (value: boolean): Thing => ({ kind: "bool", value });
export const tile = (value: Value): Thing => ({ kind: "tile", value });
export const NOTHING: Thing = Object.freeze({ kind: "nothing" });
export const POISON: Thing = Object.freeze({ kind: "poison" });

/** The code of the diagnostic that is never shown: it stands for an error that was reported where it was made. */
export const SILENT = "N0000";
/** One for all, with a place already, so that an unrolled loop of them costs little. */
const FOLLOWS = Object.freeze(new Diagnostic({ code: SILENT, message: "follows from an earlier error", span: { file: "", start: 0, end: 0 } }));
/** Stops the evaluation of something that builds on an earlier error. */
export const silent = (): never => { throw FOLLOWS; };

/** Steps that an instruction takes: it is checked, and remembered. */
export const INSTRUCTION = 3;

/** Takes steps of the work that is allowed. @throws Diagnostic R0301, once */
export function step(state: State, span: Span, cost = 1): void {
  if (state.steps < 0) silent();
  state.steps -= cost;
  if (state.steps < 0) fail({ code: "R0301", message: "this kernel takes too much work to elaborate", span, label: "gave up here", help: "unroll less, or call fewer functions from functions" });
}

/** A scalar as a thing: known ones become compile-time values. */
export function fromScalar(s: Scalar): Thing {
  if (s.kind !== "const") return { kind: "scalar", value: s };
  return s.type === "bool" ? boolean(s.value !== 0) : s.type === "f32" ? float(s.value) : int(s.value);
}

/** `f16[32, 64]`. */
export const typeText = (v: Pick<Value, "dtype" | "shape">): string => `${v.dtype.name}[${v.shape.map(printScalar).join(", ")}]`;

const SPACES = { reg: "a register tile", shared: "a shared tile", global: "a tensor" } as const;

/** What a thing is, in words that fit after "found". */
export function describe(t: Thing): string {
  switch (t.kind) {
    case "int": return `the integer ${t.value}`;
    case "float": return `the number ${t.value}`;
    case "bool": return String(t.value);
    case "string": return "a string";
    case "dtype": return `the number type ${t.value.name}`;
    case "layout": return `a layout of shape [${t.value.shape.join(", ")}]`;
    case "packing": return "a packing";
    case "list": return `a list of ${t.items.length}`;
    case "scalar": return `a run-time ${t.value.type} scalar`;
    case "cell": return `a variable of type ${t.value.type}`;
    case "tile": return `${SPACES[t.value.space]} ${typeText(t.value)}`;
    case "fn": return `the function '${t.value.name.text}'`;
    case "format": return `the format ${t.name}`;
    case "weights": return `a tensor of format ${t.param.format.name}[${t.param.shape.map(printScalar).join(", ")}]`;
    case "field": return `the field '${t.name}'`;
    case "kernel": return `the kernel '${t.name}'`;
    case "sequence": return `the sequence '${t.name}'`;
    case "nothing": return "no value";
    case "poison": return "an earlier error";
    default: return t satisfies never;
  }
}

/** A scalar in the user's names. */
export const showScalar = (s: Scalar, state: State): string =>
  printScalar(substitute(s, (id) => { const known = state.symbols.get(id); return known && symbol("value", known.name); })).replace(/^\((.*)\)$/, "$1");

/** Refuses a run-time scalar where the value is needed now: says whose doing it is and what to do about it. */
function tooLate(s: Scalar, want: string, span: Span, cx: Cx, help?: string): never {
  const labels: Label[] = [];
  let loop = "", dim = "";
  eachSymbol(s, (x) => {
    const known = cx.state.symbols.get(x.id);
    if (x.role === "loop" && known) { loop = known.name; labels.push({ span: known.span, message: `'${known.name}' counts while the kernel runs` }); }
    if (x.role === "dim") dim = x.id;
  });
  fail({
    code: loop ? "T0502" : "T0503", message: `${want} is needed here, but this is known only when the kernel runs`, span, label: `${showScalar(s, cx.state)} is a run-time value`, labels,
    help: loop ? `write 'unroll for ${loop} in …': then '${loop}' is a number in each copy of the body` : dim ? `list '${dim}' in <…>, so that it is known at compile time` : help ?? "use compile-time parameters (listed in <…>), constants and literals",
  });
}

/** Fails because a thing is of the wrong kind; silent for what follows from an earlier error. */
export function wrongKind(t: Thing, want: string, span: Span, cx: Cx, help?: string): never {
  if (t.kind === "poison") return silent();
  if (t.kind === "scalar" && /compile[- ]time/.test(want)) return tooLate(t.value, want, span, cx, help);
  return fail({ code: "T0402", message: `${want} is needed here, not ${describe(t)}`, span, label: `this is ${describe(t)}`, help: help ?? `give ${want}` });
}

/** The integer a thing is. @throws Diagnostic T0503, T0402, T0502 */
export const asInt = (t: Thing, span: Span, cx: Cx, help?: string): number => (t.kind === "int" ? t.value : wrongKind(t, "a compile-time integer", span, cx, help));
/** The list of integers a thing is. */
export const asInts = (t: Thing, span: Span, cx: Cx): number[] => (t.kind === "list" ? t.items.map((i) => asInt(i, span, cx)) : wrongKind(t, "a list of compile-time integers", span, cx, "write [a, b]"));
export const asLayout = (t: Thing, span: Span, cx: Cx): RegisterLayout =>
  t.kind === "layout" ? t.value : wrongKind(t, "a register layout", span, cx, t.kind === "packing" ? "packings say how tensors lie in memory; register tiles take spatial(…), local(…) and their products" : "layouts are made with spatial(…), local(…) and joined with *");
export const asDtype = (t: Thing, span: Span, cx: Cx): DType => (t.kind === "dtype" ? t.value : wrongKind(t, "a number type", span, cx, "number types are f16, u3, b1, …"));
export const asBool = (t: Thing, span: Span, cx: Cx): boolean => (t.kind === "bool" ? t.value : wrongKind(t, "true or false, known at compile time", span, cx));

/** Runs `f`; a diagnostic without a place gets `span`. */
export function placed<T>(span: Span, f: () => T): T {
  try { return f(); } catch (e) { throw e instanceof Diagnostic ? e.at(span) : e; }
}

/** The builder, where there is one. */
export const building = (cx: Cx, span: Span): Builder =>
  cx.b ?? fail({ code: "T0501", message: "this is computed when a kernel runs, but only compile-time values are known here", span, help: "use numbers, number types and layouts here; tiles belong into the body of a kernel" });

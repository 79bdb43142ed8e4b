// What a name or an expression can mean while a kernel is elaborated: things known now (numbers, types, layouts, …),
// scalars known when the kernel runs, and tiles. Plain data, one union, told apart by `kind`.
import { Diagnostic, fail, type Span } from "../diagnostic.ts";
import type { Packing, RegisterLayout } from "../layout/index.ts";
import { printScalar, type Builder, type DType, type Scalar, type Value } from "../vm/index.ts";
import type { Block, Fn } from "./ast.ts";
import type { Scope } from "./names.ts";

/** The value of an expression. `int` to `list` are known at compile time. */
export type Thing =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "dtype"; readonly value: DType }
  | { readonly kind: "layout"; readonly value: RegisterLayout }
  /** A packing of any tensor: it is made when the axes are known (their names, where the tensor names them). */
  | { readonly kind: "packing"; readonly of: (axes: readonly (string | undefined)[]) => Packing }
  | { readonly kind: "list"; readonly items: readonly Thing[] }
  | { readonly kind: "scalar"; readonly value: Scalar }
  | { readonly kind: "tile"; readonly value: Value }
  | { readonly kind: "fn"; readonly value: Fn; readonly scope: Scope }
  | { readonly kind: "kernel"; readonly name: string }
  /** What a call without a result gives. */
  | { readonly kind: "nothing" }
  /** The value of a statement that was wrong; using it is silent. */
  | { readonly kind: "poison" };

/** Number literals and what is computed from them. */
export type NumberThing = Extract<Thing, { kind: "int" | "float" }>;

/** What the elaborator carries along: the builder, the names in sight, and how `/` is meant. */
export interface Cx {
  /** Absent where only compile-time values make sense (defaults of parameters, constants of a file). */
  readonly b: Builder | undefined;
  readonly scope: Scope;
  /** The word for what is being written where a compile-time `/` must be exact: "shape", "layout", "packing". */
  readonly exact: string | undefined;
  readonly state: State;
}

/** The part of the context that all of one elaboration shares. */
export interface State {
  steps: number;
  depth: number;
  /** Threads of the block, once known. */
  threads: number;
  /** Ids of the values that are `var`s. */
  readonly vars: Set<number>;
  report(d: Diagnostic): void;
  /** Runs a function's block; gives what it returns. */
  readonly block: (body: Block, cx: Cx) => Thing;
}

export const int = (value: number): Thing => ({ kind: "int", value });
export const float = (value: number): Thing => ({ kind: "float", value });
export const boolean = (value: boolean): Thing => ({ kind: "bool", value });
export const NOTHING: Thing = Object.freeze({ kind: "nothing" });
export const POISON: Thing = Object.freeze({ kind: "poison" });

/** The code of the diagnostic that is never shown: it stands for an error that was reported where it was made. */
export const SILENT = "N0000";
/** Stops the evaluation of something that builds on an earlier error. */
export const silent = (): never => fail({ code: SILENT, message: "follows from an earlier error" });

/** A scalar as a thing: known ones become compile-time values. */
export function fromScalar(s: Scalar): Thing {
  if (s.kind !== "const") return { kind: "scalar", value: s };
  return s.type === "bool" ? boolean(s.value !== 0) : s.type === "f32" ? float(s.value) : int(s.value);
}

/** `f16[32, 64]`. */
export const typeText = (v: Value): string =>
  `${v.dtype.name}${v.shape.length ? `[${v.shape.map((n) => (typeof n === "number" ? n : printScalar(n))).join(", ")}]` : "[]"}`;

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
    case "tile": return `${SPACES[t.value.space]} ${typeText(t.value)}`;
    case "fn": return `the function '${t.value.name.text}'`;
    case "kernel": return `the kernel '${t.name}'`;
    case "nothing": return "no value";
    case "poison": return "an earlier error";
    default: return t satisfies never;
  }
}

/** Fails because a thing is of the wrong kind; silent for what follows from an earlier error. */
export function wrongKind(t: Thing, want: string, span: Span, help?: string): never {
  if (t.kind === "poison") return silent();
  if (t.kind === "scalar" && /compile-time/.test(want))
    return fail({ code: "T0401", message: `${want} is needed here, but this is known only when the kernel runs`, span, label: `${printScalar(t.value)} is a run-time value`,
      help: help ?? "use compile-time parameters (listed in <…>), constants and literals" });
  return fail({ code: "T0402", message: `${want} is needed here, not ${describe(t)}`, span, label: `this is ${describe(t)}`, help: help ?? `give ${want}` });
}

/** The integer a thing is. @throws Diagnostic T0401, T0402 */
export const asInt = (t: Thing, span: Span, help?: string): number => (t.kind === "int" ? t.value : wrongKind(t, "a compile-time integer", span, help));
/** The list of integers a thing is. */
export const asInts = (t: Thing, span: Span): number[] => (t.kind === "list" ? t.items.map((i) => asInt(i, span)) : wrongKind(t, "a list of compile-time integers", span, "write [a, b]"));
export const asLayout = (t: Thing, span: Span): RegisterLayout =>
  t.kind === "layout" ? t.value : wrongKind(t, "a register layout", span, "layouts are made with spatial(…), local(…) and joined with *");
export const asDtype = (t: Thing, span: Span): DType => (t.kind === "dtype" ? t.value : wrongKind(t, "a number type", span, "number types are f16, u3, b1, …"));
export const asBool = (t: Thing, span: Span): boolean => (t.kind === "bool" ? t.value : wrongKind(t, "true or false, known at compile time", span));

/** Runs `f`; a diagnostic without a place gets `span`. */
export function placed<T>(span: Span, f: () => T): T {
  try { return f(); } catch (e) { throw e instanceof Diagnostic ? e.at(span) : e; }
}

// What an instruction is: one plain object that says everything about it. Builder, language calls, hover,
// reference page, verifier, interpreter, code generator and conformance test are derived from these rows.
import type { Packing, RegisterLayout } from "../layout/index.ts";
import type { DType } from "./dtype.ts";
import type { Emission, Emit, Source } from "./emit.ts";
import type { AttrValue, Axes, Space, Value } from "./program.ts";
import type { Scalar, Size } from "./scalar.ts";
import type { Tile, View } from "./tile.ts";

/** An operand of an instruction: the spaces it may lie in. */
export interface Operand {
  readonly spaces: readonly Space[];
  readonly optional?: true;
  /** The doc of this operand, one phrase. */
  readonly doc?: string;
  /** Every thread reads what others hold: a register operand goes through shared memory first, and layouts have no say about it. */
  readonly staged?: true;
  /** The axis of a matrix operand that the product sums over, as far as the attribute `k` says. */
  readonly contracted?: number;
  /** Its type has nothing to do with the other operands': literals here are a number of their own (i32 or f32) or a bool. */
  readonly apart?: "number" | "bool";
}

/** An attribute: a compile-time argument, or a block-uniform scalar. */
export interface Attr<T> {
  readonly kind: AttrValue["kind"];
  readonly optional?: true;
  readonly doc?: string;
  /** Type tag only. */
  readonly of?: T;
}

/** The operands of an instruction by name, in the order of positional arguments. */
export type Operands = Readonly<Record<string, Operand>>;
/** The attributes of an instruction by name. */
export type Attrs = Readonly<Record<string, Attr<unknown>>>;

/** Operands by name as T; optional ones may be missing. */
export type Each<O extends Operands, T> = { readonly [K in keyof O as O[K] extends { optional: true } ? never : K]: T } & {
  readonly [K in keyof O as O[K] extends { optional: true } ? K : never]?: T | undefined;
};
/** Attribute values by name; optional ones may be missing. */
export type Values<A extends Attrs> = {
  readonly [K in keyof A as A[K] extends { optional: true } ? never : K]: A[K] extends Attr<infer T> ? T : never;
} & { readonly [K in keyof A as A[K] extends { optional: true } ? K : never]?: (A[K] extends Attr<infer T> ? T : never) | undefined };

/** The type of a value: where it lies, of what, how large. */
export interface Typed {
  readonly space: Space;
  readonly dtype: DType;
  readonly shape: readonly Size[];
  readonly layout?: RegisterLayout | undefined;
}

/** A result type; `mutable` marks register variables. */
export interface ResultType extends Typed {}

/** What the interpreter hands to `run`: register tiles, or views of memory. */
export type Datum = Tile | View;

/** Interpreter services. */
export interface Run {
  /** Value of a block-uniform scalar, here and now. */
  scalar(s: Scalar): number;
  /** Says a line. */
  print?(line: string): void;
  /** Threads of the block. */
  readonly threads: number;
  /** Layouts of register operands and of the result (after inference), for instructions defined on a thread's bits. */
  readonly layouts: Readonly<Record<string, RegisterLayout | undefined>>;
  /** Result type with number sizes. */
  readonly out: { readonly dtype: DType; readonly shape: readonly number[] } | undefined;
}

/** Layouts that an instruction implies, for inference. All optional: an absent answer means "no opinion". */
export interface LayoutRule {
  /** Layout of the result from those of the register operands known so far. */
  forward?(operands: Readonly<Record<string, RegisterLayout | undefined>>, i: LayoutContext): RegisterLayout | undefined;
  /** Layout wanted for a register operand from that of the result (or of another operand). */
  backward?(out: RegisterLayout | undefined, operand: string, i: LayoutContext): RegisterLayout | undefined;
  /** Layout of the result if nothing else decides. */
  preferred?(i: LayoutContext): RegisterLayout | undefined;
  /** Whether operands and result fit together; false asks for a `convert` of that operand. Default: the operand broadcasts to the result. */
  fits?(operand: string, have: RegisterLayout, out: RegisterLayout | undefined, i: LayoutContext): boolean;
  /** How early `preferred` is used: higher first. Default 0. */
  readonly rank?: number;
}

/** What layout rules may look at. */
export interface LayoutContext {
  readonly threads: number;
  readonly operands: Readonly<Record<string, Value>>;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly out: Value | undefined;
}

/** The builder as `lower` sees it. */
export interface Lowering {
  inst(name: string, operands: Readonly<Record<string, Value | undefined>>, attrs?: Readonly<Record<string, unknown>>): Value | undefined;
}

/** One row of the instruction table. */
export interface Instruction<O extends Operands = Operands, A extends Attrs = Attrs, R extends ResultType | ScalarResult | undefined = ResultType | ScalarResult | undefined> {
  readonly name: string;
  /** One sentence. */
  readonly doc: string;
  /** A statement of the language that uses it (a test compiles it inside a kernel). */
  readonly example: string;
  readonly operands: O;
  readonly attrs: A;
  /** "pure" (default) depends on register operands only; "read" reads memory; "write" writes memory or a variable. */
  readonly effect?: "pure" | "read" | "write" | "barrier" | "view" | "declare";
  /** Its access to memory is one step that no other thread can split: two such accesses to one element are no race. */
  readonly atomic?: true;
  /** Writes where numbers say, so that threads may meet in one element. */
  readonly scatters?: true;
  /** Of more than two operands a call takes two at a time, from the left. */
  readonly folds?: true;
  /** The attribute that stands first where arguments are given by place. */
  readonly first?: string;
  /** Operands and attributes that come last where arguments are given by place: they are given by name. */
  readonly named?: readonly string[];
  /** Not a call of the language (the elaborator makes it from syntax). */
  readonly hidden?: true;
  /** Groups of so many threads carry it out: a block is made of whole ones. */
  readonly group?: number;
  /** Register layouts that go with it, by what stands behind its name and a dot: `mma_b1.a`. */
  readonly layouts?: Readonly<Record<string, RegisterLayout>>;
  /** Checks operands and gives the result's type; throws a Diagnostic. */
  type(o: Each<O, Value>, a: Values<A>): R;
  readonly layout?: LayoutRule;
  /** Reference semantics. Tiles are row-major; views are read with `walk`. */
  run?(o: Each<O, Datum>, a: Values<A>, r: Run): Datum | number | void;
  /** In other instructions; then `run` and `emit` may be absent. Undefined = keep as it is. */
  lower?(b: Lowering, o: Each<O, Value>, a: Values<A>): Value | undefined | "keep";
  emit?<X>(e: Emit<X>, o: Each<O, Source<X>>, a: Values<A>, out: Typed | undefined): Emission<X>;
}

/** Names of operands and attributes in the order of arguments by place. */
export function namesOf(i: Pick<Instruction, "operands" | "attrs" | "first" | "named">): readonly string[] {
  const known = inOrder.get(i);
  if (known) return known;
  const made = named(i);
  inOrder.set(i, made);
  return made;
}

const inOrder = new WeakMap<Pick<Instruction, "operands">, readonly string[]>();
const named = (i: Pick<Instruction, "operands" | "attrs" | "first" | "named">): readonly string[] => {
  const all = [...Object.keys(i.operands), ...Object.keys(i.attrs)], names = [...all.filter((n) => !i.named?.includes(n)), ...(i.named ?? [])];
  return i.first === undefined ? names : [i.first, ...names.filter((n) => n !== i.first)];
};

/** The type of a scalar result; a `mutable` one is a scalar variable. */
export interface ScalarResult {
  readonly space: "scalar";
  readonly dtype: DType;
  readonly mutable?: true;
}

/** Writes a row; infers the names of operands and attributes. */
export const define = <const O extends Operands, const A extends Attrs = {}, R extends ResultType | ScalarResult | undefined = ResultType | ScalarResult | undefined>(
  i: Omit<Instruction<O, A, R>, "attrs"> & { readonly attrs?: A },
): Instruction<O, A, R> =>
  Object.freeze({ ...i, attrs: i.attrs ?? ({} as A) });

// Makers of operands and attributes, so that rows read well.

/** An operand in registers. */
export const reg: { spaces: readonly ["reg"] } = { spaces: ["reg"] };
/** An operand in shared memory. */
export const sharedOperand: { spaces: readonly ["shared"] } = { spaces: ["shared"] };
/** An operand in registers or shared memory. */
export const regOrShared: { spaces: readonly ["reg", "shared"] } = { spaces: ["reg", "shared"] };
/** An operand in memory: a tensor or a shared tile, or a window of one. */
export const memory: { spaces: readonly ["global", "shared"] } = { spaces: ["global", "shared"] };
/** The same operand, which may be left out. */
export const optional = <const O extends Operand>(o: O): O & { readonly optional: true } => ({ ...o, optional: true });

/** A compile-time integer. */
export const int: Attr<number> = { kind: "int" };
/** A list of compile-time integers. */
export const ints: Attr<readonly number[]> = { kind: "ints" };
/** An axis, or a list of them. */
export const axes: Attr<Axes> = { kind: "axes" };
/** A compile-time number. */
export const num: Attr<number> = { kind: "number" };
/** A compile-time truth value. */
export const bool: Attr<boolean> = { kind: "bool" };
/** One word out of a few, which the attribute's `doc` lists. */
export const word: Attr<string> = { kind: "name" };
/** A number type. */
export const dtypeAttr: Attr<DType> = { kind: "dtype" };
/** A register layout. */
export const layoutAttr: Attr<RegisterLayout> = { kind: "layout" };
/** A packing. */
export const packingAttr: Attr<Packing> = { kind: "packing" };
/** A block-uniform scalar of the running kernel. */
export const scalar: Attr<Scalar> = { kind: "scalar" };
/** A list of block-uniform scalars. */
export const scalars: Attr<readonly Scalar[]> = { kind: "scalars" };
/** The same attribute, which may be left out. */
export const optionalAttr = <T>(a: Attr<T>): Attr<T> & { readonly optional: true } => ({ ...a, optional: true });

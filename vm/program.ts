// A Program: what a kernel is between the language and the code generator. Plain frozen data.
import type { Span } from "../diagnostic.ts";
import type { Packing, RegisterLayout } from "../layout/index.ts";
import type { DType } from "./dtype.ts";
import type { Format } from "./format.ts";
import type { Scalar, ScalarType, Size } from "./scalar.ts";

/** Where a value lives: per-thread registers, workgroup memory, or a tensor in device memory. */
export type Space = "reg" | "shared" | "global";

/**
 * The result of an instruction, or a tensor parameter. Values are told apart by `id`.
 * Register and shared tiles have number shapes; global views may have run-time sizes.
 */
export interface Value {
  readonly id: number;
  readonly space: Space;
  readonly dtype: DType;
  readonly shape: readonly Size[];
  /** Register tiles: which thread holds which element. Absent until inferred or annotated. */
  readonly layout?: RegisterLayout | undefined;
}

/** An axis or several, counted from the end where negative. */
export type Axes = number | readonly number[];

/** What an attribute of an instruction may hold. */
export type AttrValue =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "axes"; readonly value: Axes }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "name"; readonly value: string }
  | { readonly kind: "dtype"; readonly value: DType }
  | { readonly kind: "layout"; readonly value: RegisterLayout }
  | { readonly kind: "packing"; readonly value: Packing }
  | { readonly kind: "scalar"; readonly value: Scalar }
  | { readonly kind: "scalars"; readonly value: readonly Scalar[] };

/** One instruction: its row in the table, operands by name, attributes by name, result. */
export interface Inst {
  readonly kind: "inst";
  readonly name: string;
  readonly operands: Readonly<Record<string, Value>>;
  readonly attrs: Readonly<Record<string, AttrValue>>;
  readonly out?: Value | undefined;
  /** A scalar result (`scalar(tile)`): the symbol that stands for it. */
  readonly result?: Extract<Scalar, { kind: "symbol" }> | undefined;
  readonly span?: Span | undefined;
}

/** How a loop is run. `pipeline` means the sequential loop, with copies ahead of their use. */
export type LoopMode = { readonly kind: "plain" } | { readonly kind: "unroll" } | { readonly kind: "pipeline"; readonly stages: number };

/** A loop of the block: its body runs for `symbol` = from, from + step, … while below `to`. */
export interface For {
  readonly kind: "for";
  readonly mode: LoopMode;
  /** The loop variable: i32, from `from` below `to`. */
  readonly symbol: Extract<Scalar, { kind: "symbol" }>;
  readonly from: Scalar;
  readonly to: Scalar;
  /** A positive compile-time step. */
  readonly step: number;
  readonly body: readonly Stmt[];
  readonly span?: Span | undefined;
}

/** A choice of the whole block: the condition is one bool for all its threads. */
export interface If {
  readonly kind: "if";
  readonly condition: Scalar;
  readonly then: readonly Stmt[];
  readonly otherwise: readonly Stmt[];
  readonly span?: Span | undefined;
}

/** A loop of the block for as long as `condition` holds. `head` makes what the condition speaks of, anew in each round; the body sees it, too. */
export interface While {
  readonly kind: "while";
  readonly head: readonly Stmt[];
  readonly condition: Scalar;
  readonly body: readonly Stmt[];
  readonly span?: Span | undefined;
}

/** The whole block leaves the innermost loop, goes on to its next round, or is done. Nothing follows it in its list. */
export interface Jump {
  readonly kind: "jump";
  readonly to: "break" | "continue" | "return";
  readonly span?: Span | undefined;
}

/** A statement of a block, told apart by `kind`. */
export type Stmt = Inst | For | If | While | Jump;

/** A tensor parameter. */
export interface TensorParam {
  readonly kind: "tensor";
  readonly name: string;
  readonly direction: "in" | "out" | "inout";
  readonly value: Value;
  readonly packing: Packing;
  /** The device's buffer, where several tensors lie in one, in disjoint bits of its words. Absent: one of its own, called as the tensor. */
  readonly buffer?: string | undefined;
  /** The tensor of a format that it is a field of; no part of the text form. */
  readonly of?: FormatOf | undefined;
  readonly span?: Span | undefined;
}

/** A tensor of a format: its sizes are those of its elements. */
export interface FormatOf {
  readonly format: Format;
  readonly shape: readonly Size[];
}

/** A scalar parameter; it travels in the uniform buffer. */
export interface ScalarParam {
  readonly kind: "scalar";
  readonly name: string;
  readonly type: ScalarType;
  readonly symbol: Extract<Scalar, { kind: "symbol" }>;
  readonly span?: Span | undefined;
}

/** What a kernel is run with, told apart by `kind`. */
export type Param = TensorParam | ScalarParam;

/** One axis of the grid; the first is the fastest. */
export interface GridAxis {
  readonly symbol: Extract<Scalar, { kind: "symbol" }>;
  readonly extent: Scalar;
}

/** A condition checked on the host before launch; after that it is a fact. */
export interface Requirement {
  readonly condition: Scalar;
  readonly message: string;
  readonly span?: Span | undefined;
}

/** A specialised kernel. */
export interface Program {
  readonly name: string;
  readonly doc: string;
  /** Run-time dimensions, in the order in which they appear. */
  readonly dims: readonly string[];
  readonly params: readonly Param[];
  readonly grid: readonly GridAxis[];
  /** Threads of a block. */
  readonly threads: number;
  readonly requires: readonly Requirement[];
  readonly body: readonly Stmt[];
  /** The user's names of values and symbols, for messages and generated code; no part of the text form. */
  readonly names: ReadonlyMap<number | string, string>;
}

/**
 * Tensors by the buffer that they lie in, in order.
 * @example
 * ```ts
 * const b = builder("p"), low = overlay([{ of: digits([axis(0), bit]), stride: 32 }]), high = overlay([{ of: digits([axis(0), bit]), at: 16, stride: 32 }]);
 * b.tensor("w.d", "in", "f16", [8], low, "w");
 * b.tensor("w.q", "in", "u4", [8], high, "w");
 * b.tensor("y", "out", "f32", [8], dense(1));
 * b.threads(8);
 * [...buffersOf(b.finish().params.filter((p) => p.kind === "tensor")).keys()]; // => ["w", "y"]
 * ```
 */
export function buffersOf<T extends Pick<TensorParam, "name" | "buffer">>(tensors: readonly T[]): ReadonlyMap<string, readonly [T, ...T[]]> {
  const found = new Map<string, [T, ...T[]]>();
  for (const t of tensors) {
    const name = t.buffer ?? t.name, others = found.get(name);
    if (others) others.push(t); else found.set(name, [t]);
  }
  return found;
}

/** Calls `visit` on every statement, outer ones first. */
export function eachStmt(body: readonly Stmt[], visit: (s: Stmt) => void): void {
  for (const s of body) {
    visit(s);
    if (s.kind !== "inst") for (const inner of blocksOf(s)) eachStmt(inner, visit);
  }
}

/** The lists of statements inside a statement, in order. */
export function blocksOf(s: Stmt): readonly (readonly Stmt[])[] {
  switch (s.kind) {
    case "for": return [s.body];
    case "if": return [s.then, s.otherwise];
    case "while": return [s.head, s.body];
    case "inst": case "jump": return [];
    default: return s satisfies never;
  }
}

/** The statement with other lists inside, given in the order of `blocksOf`. */
export function withBlocks<S extends Stmt>(s: S, by: (block: readonly Stmt[]) => readonly Stmt[]): S;
export function withBlocks(s: Stmt, by: (block: readonly Stmt[]) => readonly Stmt[]): Stmt {
  switch (s.kind) {
    case "for": return Object.freeze({ ...s, body: by(s.body) });
    case "if": return Object.freeze({ ...s, then: by(s.then), otherwise: by(s.otherwise) });
    case "while": return Object.freeze({ ...s, head: by(s.head), body: by(s.body) });
    case "inst": case "jump": return s;
    default: return s satisfies never;
  }
}

/** Whether some statement leaves the loop whose body this is, or with "any" also whether one shortens a round. */
export function jumpsOut(body: readonly Stmt[], how: "break" | "any" = "any"): boolean {
  return body.some((s) => (s.kind === "jump" ? s.to === "break" || (how === "any" && s.to === "continue") : s.kind === "if" && (jumpsOut(s.then, how) || jumpsOut(s.otherwise, how))));
}

/** The number shape of a tile. */
export function tileShape(v: Pick<Value, "shape">): readonly number[] {
  return v.shape.map((n) => (typeof n === "number" ? n : NaN));
}

// A Program: what a kernel is between the language and the code generator. Plain frozen data.
import type { Span } from "../diagnostic.ts";
import type { Packing, RegisterLayout } from "../layout/index.ts";
import type { DType } from "./dtype.ts";
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

/** What an attribute of an instruction may hold. */
export type AttrValue =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "name"; readonly value: string }
  | { readonly kind: "dtype"; readonly value: DType }
  | { readonly kind: "layout"; readonly value: RegisterLayout }
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

/** A statement of a block, told apart by `kind`. */
export type Stmt = Inst | For | If;

/** A tensor parameter. */
export interface TensorParam {
  readonly kind: "tensor";
  readonly name: string;
  readonly direction: "in" | "out" | "inout";
  readonly value: Value;
  readonly packing: Packing;
  readonly span?: Span | undefined;
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

/** Calls `visit` on every statement, outer ones first. */
export function eachStmt(body: readonly Stmt[], visit: (s: Stmt) => void): void {
  for (const s of body) {
    visit(s);
    if (s.kind === "for") eachStmt(s.body, visit);
    else if (s.kind === "if") { eachStmt(s.then, visit); eachStmt(s.otherwise, visit); }
  }
}

/** The number shape of a tile. */
export function tileShape(v: Pick<Value, "shape">): readonly number[] {
  return v.shape.map((n) => (typeof n === "number" ? n : NaN));
}

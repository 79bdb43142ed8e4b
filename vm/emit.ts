// What an instruction tells the code generator: for each element of its result, an expression; or how to
// start, step and combine. It writes no statements and no text; where threads and slots come in is the
// code generator's business. X is the code generator's expression type.
import type { IndexMap, RegisterLayout } from "../layout/index.ts";
import type { DType } from "./dtype.ts";
import type { Decoder, Lying } from "./dtype-decode-ops.ts";
import type { Compute, Ops } from "./ops.ts";
import type { Scalar } from "./scalar.ts";

/** An operand as an emission sees it. */
export interface Source<X> {
  readonly dtype: DType;
  /** Sizes; run-time sizes of global views are expressions. */
  readonly shape: readonly (number | X)[];
  /**
   * The element at a logical index: a value of the compute type, or the u32 code of a storage type.
   * Global reads outside the tensor give `pad` (same representation), or an unspecified element without it.
   */
  at(index: readonly X[], pad?: X): X;
  /** How elements along an axis lie in whole words of memory; undefined where they don't, or lie in registers. */
  words(axis: number): Words<X> | undefined;
  /**
   * How many neighbours along an axis are well read at once, because they lie one after another, in as many words or vectors as they fill: a
   * power of two up to 32; 1 where they don't, or lie in registers.
   */
  neighbours(axis: number): number;
  /** How many neighbours along an axis of a matrix lie before as many of each of the next three lines, one after another; 0: no number of them. */
  chunk(axis: number): number;
  /** `count` neighbours along an axis as `at` gives them, from `index` on, whose place along the axis is a multiple of `count`, which divides `neighbours`. */
  run(index: readonly X[], axis: number, count: number, pad?: X): readonly X[];
}

/** Neighbours along an axis as whole words. */
export interface Words<X> {
  /**
   * "planes": word i holds bit i of 32 elements, element j in bit j. "fields": the codes one after the other, lowest bits first, through
   * the words. Elements of one bit are planes.
   */
  readonly form: "planes" | "fields";
  /** How many elements the words of one reading hold. */
  readonly elements: number;
  /** Words of several readings may be read at once, as vectors. */
  readonly vectors: boolean;
  /** The words from `index` on, whose place along the axis is a multiple of `elements`. Elements outside the tensor are zeros, those past the end of a shared tile anything. */
  at(index: readonly X[]): readonly X[];
}

/** Scalar operations plus what instructions need of the kernel around them. */
export interface Emit<X> extends Ops<X> {
  scalar(s: Scalar): X;
  /** Memory accesses that the text of a kernel may have before its driver takes long over it. */
  readonly accesses: number;
  /** The cheapest way on the target from codes of a type to f32 values; with `less`, to values less a whole number that many share. */
  decoder(t: DType, less?: boolean): Decoder;
  /** That to f16 values of an integer type of up to 8 bits; undefined where the target has no f16. */
  halfDecoder?(t: DType): Decoder | undefined;
  /** Where a code of so many bits lies: in a word, if that is known, else it is a word of its own. */
  lying(code: X, bits: number): Lying<X>;
  /** How many threads share in loading what all threads of a block read alike; 1: each loads it all. */
  readonly lanes: number;
  /** f16 is faster than f32 on the target, so that sums in it are worth a price. */
  readonly halves?: boolean | undefined;
}

/** An operand that is a memory view: maps an index of the view to an index of what it views. */
export interface Alias<X> {
  readonly index: readonly X[];
  /** The bit of the element, for views by bit. */
  readonly bit?: X | undefined;
}

/** How an update changes an element: `store` and `exchange` replace it, `compareExchange` if it was `compare`; the others combine it with a value. */
export type UpdateOp = "store" | "exchange" | "compareExchange" | "add" | "sub" | "min" | "max" | "and" | "or" | "xor";

/** Each element by itself, in `steps` sequential steps over shared or global operands. */
export interface Fold<X> {
  readonly form: "fold";
  readonly steps: X;
  init(index: readonly X[]): X;
  /** What `acc` becomes; with `part`, what the part becomes. `entry` reads the table. */
  step(index: readonly X[], k: X, acc: X, entry: (at: X) => X): X;
  /** Sums that are made of another type or in other units, from 0, at most `every` steps long, before they go into the element. */
  readonly part?: { readonly type: Compute; readonly every: number; finish(acc: X, part: X): X } | undefined;
  /** Numbers that all threads make together before the first step. */
  readonly table?: { readonly length: number; readonly type: "i32" | "f32"; at(index: X): X } | undefined;
}

/** One of the ways to a result: a fold, or why there is none here. */
export interface Way<X> {
  readonly name: string;
  readonly fold: Fold<X> | string;
  /** Only where there is no other, or where it is asked for. */
  readonly last?: boolean | undefined;
}

/** How an instruction computes, in one of a few forms. */
export type Emission<X> =
  /**
   * Each element of the result by itself, of what its thread holds of the operands. Those in `brought` are brought into that layout first.
   * `moves`: elements are those of an operand, with a pad where they lie outside.
   */
  | { readonly form: "map"; at(index: readonly X[]): X; readonly brought?: Readonly<Record<string, RegisterLayout>> | undefined; readonly moves?: { readonly operand: string; readonly pad: X | undefined } | undefined }
  /** Each element by itself, in sequential steps. */
  | Fold<X>
  /** One of several ways to the same numbers: the cheapest on the target that exists, or the one that is asked for. */
  | { readonly form: "either"; readonly ways: readonly Way<X>[]; readonly by?: string | undefined }
  /** Combines a register operand along axes, across threads. `combine` is associative and commutative. */
  | { readonly form: "reduce"; readonly operand: string; readonly axes: readonly number[]; readonly identity: X; combine(a: X, b: X): X }
  /**
   * Elements of a register operand that look at each other in rounds, along one axis. An element's state is a few words of the given types,
   * made by `init` where the element is. A round makes every state anew from its own (`own`) and from those that other elements of its line
   * had before (`get`, at a position on the axis, which must exist). `result` is asked for the elements of the result.
   */
  | {
      readonly form: "rounds"; readonly operand: string; readonly axis: number; readonly types: readonly Compute[]; readonly rounds: number;
      init(index: readonly X[]): readonly X[];
      step(at: X, round: X, own: readonly X[], get: (at: X) => readonly X[]): readonly X[];
      result(state: readonly X[]): X;
    }
  /** Combines a register operand along an axis, each element with all before it (`reverse`: after it). `combine` is associative; its operands stay in the order of the scan. */
  | { readonly form: "scan"; readonly operand: string; readonly axis: number; readonly exclusive: boolean; readonly reverse: boolean; readonly identity: X; combine(before: X, x: X): X }
  /** Writes register operand `from` to the memory view `to` (in-bounds elements only). */
  | { readonly form: "store"; readonly from: string; readonly to: string }
  /**
   * Changes elements of the memory view `to`, one for each element of the register operand (or of the result) `over`: the one at `place` of the
   * view, if there is one, by `value`. Elements of several threads may be one element: each change is one step. The result is what was there before, 0 outside.
   */
  | {
      readonly form: "update"; readonly to: string; readonly over: string; readonly op: UpdateOp;
      place(index: readonly X[]): readonly X[]; value(index: readonly X[]): X; compare?(index: readonly X[]): X;
    }
  /** Overwrites the register variable `to` by `from`. */
  | { readonly form: "assign"; readonly to: string; readonly from: string }
  /** A view of memory operand `of`. */
  | { readonly form: "alias"; readonly of: string; map(index: readonly X[]): Alias<X> }
  /** A register tile under another layout; with `source`, each element is that one of the operand. */
  | { readonly form: "convert"; readonly of: string; readonly source?: IndexMap | undefined }
  /** A register tile's bits under another dtype and layout. */
  | { readonly form: "reinterpret"; readonly of: string }
  /** The only element of register operand `of` as a scalar of the whole block. */
  | { readonly form: "uniform"; readonly of: string }
  /** A scalar variable of the block, with its first value. */
  | { readonly form: "cell"; readonly init: X }
  /** What the scalar variable `of` (a symbol's id) holds now. */
  | { readonly form: "current"; readonly of: string }
  /** Overwrites the scalar variable `to` (a symbol's id). */
  | { readonly form: "overwrite"; readonly to: string; readonly value: X }
  /** A record of the operands `of` in the print buffer, in debug builds. */
  | { readonly form: "say"; readonly text: string; readonly of: readonly string[] }
  /** No code. */
  | { readonly form: "nothing" }
  /** A declaration: `var` (register variable) or `shared` (workgroup tile). */
  | { readonly form: "declare" }
  | { readonly form: "barrier" };

// The loop form: per-thread statements over typed, hash-consed expressions. It stands between tile
// instructions and WGSL text; passes, exact counts and a small evaluator work on it. One `Body` is what one
// thread of a block does; `thread` is an ordinary variable, so that another target may make it a loop.
import type { Span } from "../../diagnostic.ts";
import type { Compute, Op } from "../../vm/index.ts";

/** A variable that expressions may use: the thread, a grid or loop index, a value from the uniform buffer. */
export interface Var {
  readonly id: number;
  readonly name: string;
  readonly type: Compute;
  /** "thread" differs from thread to thread; the others are block-uniform. "uniform" is a field of the uniform buffer, "value" is made by a `uniform` or `keep` statement, or by an `atomic` one, and then differs from thread to thread, too. */
  readonly role: "thread" | "block" | "loop" | "uniform" | "value";
  /** Inclusive bounds (i32, u32). */
  readonly lo: number;
  readonly hi: number;
  /** The value is a multiple of this (≥ 1). */
  readonly divisor: number;
}

/** Memory of u32 words (storage), or of elements of `elem` (workgroup). */
export interface Buffer {
  readonly id: number;
  readonly name: string;
  readonly space: "storage" | "workgroup";
  readonly access: "read" | "read_write";
  /** Element type of workgroup arrays; storage is always u32 words. */
  readonly elem: "u32" | "i32" | "f32" | "f16";
  /** Elements of a workgroup array. */
  readonly length?: number | undefined;
  /** Some access is atomic: then every access is, on numbers of this type. Storage is words all the same: the text converts. */
  readonly atomic: false | "u32" | "i32";
  /** Several tensors lie in it, each in bits of its own: a thread may read a word while another changes other bits of it, atomically. */
  readonly woven?: boolean | undefined;
  /** Binding number of a storage buffer. */
  readonly binding?: number | undefined;
}

/** A per-thread variable: `slots` scalars of one type. */
export interface Reg {
  readonly id: number;
  readonly name: string;
  readonly type: Compute;
  readonly slots: number;
}

/** Operations of the loop form only: floor division and remainder of i32 ≥ 0 by an i32 > 0. */
export type IndexOp = "fdiv" | "fmod";

/** Operations on what a u32 is packed of: both differences of two f16, one of two f16, one of four bytes. */
export type PackedOp = "lessHalves" | "lowHalf" | "highHalf" | ByteOp;

/** One of four bytes. */
export type ByteOp = (typeof BYTES)[number];
export const BYTES = ["byte0", "byte1", "byte2", "byte3"] as const;

/** Whether an operation gives a byte. */
export const isByteOp = (op: string): op is ByteOp => (BYTES as readonly string[]).includes(op);

/** Whether an operation is one on what a u32 is packed of. */
export const isPackedOp = (op: Op | IndexOp | PackedOp): op is PackedOp => op === "lessHalves" || op === "lowHalf" || op === "highHalf" || isByteOp(op);

/**
 * An expression. Structurally equal expressions are one object (compare with ===).
 * `lo`/`hi`/`divisor` are facts about i32/u32 values (as for Var); ±Infinity where nothing is known.
 */
export interface Expr {
  readonly id: number;
  readonly type: Compute;
  readonly node: Node;
  readonly lo: number;
  readonly hi: number;
  readonly divisor: number;
  /** What it is made of, a sum of `MADE_OF`. */
  readonly from: number;
  /** Direct operands, in order. */
  readonly operands: readonly Expr[];
  /** The number of a constant. */
  readonly constant: number | undefined;
}

/** What a value may be made of: memory, registers, what is another in another thread without them. */
export const MADE_OF = { memory: 1, registers: 2, threads: 4 } as const;

/** A function of one value, without effects. */
export interface Func { readonly id: number; readonly param: Var; readonly body: Expr }

/** What an expression is, told apart by `kind`; operands are expressions again. */
export type Node =
  | { readonly kind: "const"; readonly value: number } // bool: 0 or 1
  | { readonly kind: "var"; readonly v: Var }
  | { readonly kind: "op"; readonly op: Op | IndexOp | PackedOp; readonly args: readonly Expr[] }
  /** Sum of coefficient × term plus a constant: the normal form of i32 index arithmetic. */
  | { readonly kind: "sum"; readonly terms: readonly { readonly coefficient: number; readonly of: Expr }[]; readonly offset: number }
  | { readonly kind: "to"; readonly arg: Expr }
  | { readonly kind: "bits"; readonly arg: Expr }
  | { readonly kind: "packHalf"; readonly arg: Expr }
  | { readonly kind: "unpackHalf"; readonly arg: Expr }
  | { readonly kind: "table"; readonly values: readonly number[]; readonly index: Expr }
  /** Bits [lo, lo + width) of a u32; lo + width ≤ 32. */
  | { readonly kind: "field"; readonly word: Expr; readonly at: Expr; readonly width: number }
  /** A word (storage: u32) or an element (workgroup: the buffer's elem type). `epoch` tells reads before a write from those after. */
  | { readonly kind: "load"; readonly buffer: Buffer; readonly index: Expr; readonly epoch: number; readonly vector?: 2 | 4 | undefined }
  /** A word of a load with `vector`, which reads that many words at vector `index`; both made by placement only. */
  | { readonly kind: "part"; readonly of: Expr; readonly part: number }
  /** A slot of a register variable; `epoch` as above. */
  | { readonly kind: "reg"; readonly reg: Reg; readonly slot: Expr; readonly epoch: number }
  /** Call of a function that the text repeats; made by placement only, never by lowering. */
  | { readonly kind: "call"; readonly f: Func; readonly arg: Expr }
  /** Value of another thread of the subgroup / reductions over it come later. */
  ;

/** What an `atomic` statement does: `store` forgets what was there, the others combine it with the value. */
export type AtomicOp = "store" | "and" | "or" | "xor" | "add" | "sub" | "min" | "max" | "exchange" | "compareExchange";

/** A statement of the loop form: what one thread does, told apart by `kind`. */
export type LoopStmt =
  /** `hidden`: the driver isn't to know how many turns there are, or it would write them all out. `steps`: of a product or another fold. */
  | { readonly kind: "for"; readonly v: Var; readonly from: Expr; readonly to: Expr; readonly step: number; readonly hidden?: boolean | undefined; readonly steps?: boolean | undefined; readonly body: readonly LoopStmt[]; readonly span?: Span | undefined }
  | { readonly kind: "if"; readonly condition: Expr; readonly then: readonly LoopStmt[]; readonly otherwise: readonly LoopStmt[]; readonly span?: Span | undefined }
  /** Round and round, until a jump leaves it. */
  | { readonly kind: "loop"; readonly body: readonly LoopStmt[]; readonly span?: Span | undefined }
  /** Leaves the innermost `for` or `loop` of the user's, or the body. All threads come to it together; nothing follows in its list. */
  | { readonly kind: "jump"; readonly to: "break" | "continue" | "return"; readonly span?: Span | undefined }
  /** Sets `v` to a value as it is now. */
  | { readonly kind: "keep"; readonly v: Var; readonly value: Expr; readonly span?: Span | undefined }
  /** Declares a register variable; its slots are undefined until set. */
  | { readonly kind: "declare"; readonly reg: Reg; readonly span?: Span | undefined }
  /** With `mask`, the value that thread ^ mask has; with `lane` (u32), that of a lane of the own subgroup. Every thread of the block takes part then (`Body.subgroup`). */
  | { readonly kind: "set"; readonly reg: Reg; readonly slot: Expr; readonly value: Expr; readonly mask?: number | undefined; readonly lane?: Expr | undefined; readonly span?: Span | undefined }
  /** Index and value as for `load`. */
  | { readonly kind: "store"; readonly buffer: Buffer; readonly index: Expr; readonly value: Expr; readonly span?: Span | undefined }
  /** Read-modify-write of one word or element of i32 or u32; `v` becomes what was there before. Only "compareExchange" has `compare`. */
  | { readonly kind: "atomic"; readonly op: AtomicOp; readonly buffer: Buffer; readonly index: Expr; readonly value: Expr; readonly compare?: Expr | undefined; readonly v?: Var | undefined; readonly span?: Span | undefined }
  /** Sets `v` to a workgroup element that all threads read alike, after a barrier (`workgroupUniformLoad`); a second barrier follows the read. */
  | { readonly kind: "uniform"; readonly v: Var; readonly buffer: Buffer; readonly index: Expr; readonly span?: Span | undefined }
  /** Workgroup barrier: orders workgroup and storage memory of the block. */
  | { readonly kind: "barrier"; readonly span?: Span | undefined };

/** Whether a jump may leave the list that this statement stands in: what follows it then doesn't happen. */
export function leaves(s: LoopStmt): boolean {
  switch (s.kind) {
    case "jump": return true;
    case "if": return s.then.some(leaves) || s.otherwise.some(leaves);
    case "for": case "loop": return s.body.some(returns);
    default: return false;
  }
}

const returns = (s: LoopStmt): boolean =>
  s.kind === "jump" ? s.to === "return" : s.kind === "if" ? s.then.some(returns) || s.otherwise.some(returns) : (s.kind === "for" || s.kind === "loop") && s.body.some(returns);

/** A compiled block body. */
export interface Body {
  readonly threads: number;
  /** The one size that subgroups must have, where threads exchange values: then thread = subgroup · size + lane. */
  readonly subgroup?: number | undefined;
  /** What is read stands before what is made of it: for drivers that do loads lane by lane, in loops, before which registers are put away. */
  readonly loadsFirst?: boolean | undefined;
  /** The thread's number in its block. */
  readonly thread: Var;
  /** Grid indices, first axis first. Set before the body runs. */
  readonly blocks: readonly Var[];
  /** Fields of the uniform buffer, in order (4 bytes each). */
  readonly uniforms: readonly Var[];
  readonly buffers: readonly Buffer[];
  readonly stmts: readonly LoopStmt[];
}

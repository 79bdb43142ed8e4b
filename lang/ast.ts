// The syntax tree of a .loom file: plain frozen data, one union per grammatical class, told apart by `kind`.
//
//   Module ─ Item* ─ Kernel ─ ComptimeParam*, Param* ─ TypeExpr ─ Dim*, layout or packing (an Expr)
//                          └─ GridAxis*, threads, Block ─ Stmt* ─ Expr
//
// Every node has the span of exactly its own text. Optional children are always present as properties and hold
// `undefined` when they were not written. Round brackets leave no node: they only widen the span of what contains
// them. Layouts and packings are ordinary expressions; the only nodes made for them are `flat` ({…}), `placed`
// (`at base stride s`) and the operator `++`. A place where nothing sensible was written is an `error` node, about which a
// diagnostic has already been given, so whoever meets one stays silent.
import type { Span } from "../diagnostic.ts";

export type { Span };

/** A name where it is declared or where a fixed word is chosen (an axis, a named argument, a dtype), with its place. */
export interface Name {
  readonly kind: "name";
  readonly text: string;
  readonly span: Span;
}

/** What could not be read. Its text is `span`; a diagnostic was already given. */
export interface ErrorNode {
  readonly kind: "error";
  readonly span: Span;
}

// ── expressions ────────────────────────────────────────────────────────────────────────────────────────────

/**
 * A number. `float` is true when it was written with a point, an exponent, or as `inf` or `nan`; then it is never an
 * integer, even when `value` is whole. Integers are exact (at most 2^53 − 1). `text` is what was written.
 */
export interface NumberLiteral {
  readonly kind: "number";
  readonly value: number;
  readonly float: boolean;
  readonly text: string;
  readonly span: Span;
}
/** `true` or `false`. */
export interface BoolLiteral { readonly kind: "bool"; readonly value: boolean; readonly span: Span }
/** A string; `value` has its escapes (`\n \t \" \\`) resolved, `span` includes the quotes. */
export interface StringLiteral { readonly kind: "string"; readonly value: string; readonly span: Span }
/** Operators in front of one operand. */
export type UnaryOp = "-" | "!" | "~";
/** `-x`, `!x` or `~x`. */
export interface Unary { readonly kind: "unary"; readonly op: UnaryOp; readonly operand: Expr; readonly span: Span }
/** Operators between two operands, comparisons aside; loosest first. */
export type BinaryOp = "||" | "&&" | "|" | "^" | "&" | "++" | "<<" | ">>" | "+" | "-" | "*" | "/" | "%";
/** `opSpan` is the place of the operator alone. */
export interface Binary {
  readonly kind: "binary";
  readonly op: BinaryOp;
  readonly left: Expr;
  readonly right: Expr;
  readonly opSpan: Span;
  readonly span: Span;
}
/** Comparison operators. */
export type CompareOp = "==" | "!=" | "<" | ">" | "<=" | ">=";
/**
 * Every comparison, also a single one: `a < b <= c` has operands `[a, b, c]` and ops `["<", "<="]` and means
 * `a < b && b <= c` with `b` evaluated once. `operands.length === ops.length + 1`.
 */
export interface Compare {
  readonly kind: "compare";
  readonly operands: readonly Expr[];
  readonly ops: readonly CompareOp[];
  readonly span: Span;
}
/** `operand as to`; `to` names a dtype or a compile-time parameter of kind dtype. */
export interface Cast { readonly kind: "cast"; readonly operand: Expr; readonly to: Name; readonly span: Span }
/** `value` or `name: value` between the brackets of a call. */
export interface Arg { readonly kind: "arg"; readonly name: Name | undefined; readonly value: Expr; readonly span: Span }
/** `callee(args)`. */
export interface Call { readonly kind: "call"; readonly callee: Expr; readonly args: readonly Arg[]; readonly span: Span }
/** `at` is one index, `window` is `start +: width`, `whole` is `:`. */
export type Subscript =
  | { readonly kind: "at"; readonly index: Expr; readonly span: Span }
  | { readonly kind: "window"; readonly start: Expr; readonly width: Expr; readonly span: Span }
  | { readonly kind: "whole"; readonly span: Span };
/** `operand[subscripts]`. */
export interface Index { readonly kind: "index"; readonly operand: Expr; readonly subscripts: readonly Subscript[]; readonly span: Span }
/** `operand.name`; parsed, but refused by the elaborator in this version. */
export interface Member { readonly kind: "member"; readonly operand: Expr; readonly name: Name; readonly span: Span }
/** `[a, b]`: a list of anything; after `@`, the digits of a packing from slowest to fastest. */
export interface List { readonly kind: "list"; readonly items: readonly Expr[]; readonly span: Span }
/** `(a, b)`, `(a,)` or `()`. */
export interface Tuple { readonly kind: "tuple"; readonly items: readonly Expr[]; readonly span: Span }
/** `{a, b}`: digits flattened into one index, the first slowest (packings only). */
export interface Flat { readonly kind: "flat"; readonly items: readonly Expr[]; readonly span: Span }
/** `operand at base [stride stride]`: a piece of an overlay `… | …` (packings only). */
export interface Placed {
  readonly kind: "placed";
  readonly operand: Expr;
  readonly base: Expr;
  readonly stride: Expr | undefined;
  readonly span: Span;
}

/** Any expression, told apart by `kind`. */
export type Expr =
  | NumberLiteral | BoolLiteral | StringLiteral | Name
  | Unary | Binary | Compare | Cast
  | Call | Index | Member
  | List | Tuple | Flat | Placed
  | ErrorNode;

// ── types ──────────────────────────────────────────────────────────────────────────────────────────────────

/** One dimension of a shape; `axis` is the name in `k: K`, for use in a packing. */
export interface Dim { readonly kind: "dim"; readonly axis: Name | undefined; readonly size: Expr; readonly span: Span }
/** `dtype[shape] @ layout`. No brackets (`shape === undefined`) is a scalar. `layout` is a register layout or a packing. */
export interface TypeExpr {
  readonly kind: "type";
  readonly dtype: Name;
  readonly shape: readonly Dim[] | undefined;
  readonly layout: Expr | undefined;
  readonly span: Span;
}

// ── statements ─────────────────────────────────────────────────────────────────────────────────────────────

/** `{ … }`: statements with names of their own. */
export interface Block { readonly kind: "block"; readonly body: readonly Stmt[]; readonly span: Span }
/** `const name = init`, in a block or at the top of a file. */
export interface Const {
  readonly kind: "const";
  readonly doc: string | undefined;
  readonly name: Name;
  readonly init: Expr;
  readonly span: Span;
}
/** `let a [: type] = e` (one name, `tuple` false) or `let (a, b) = e` (`tuple` true, no type). */
export interface Let {
  readonly kind: "let";
  readonly names: readonly Name[];
  readonly tuple: boolean;
  readonly type: TypeExpr | undefined;
  readonly init: Expr;
  readonly span: Span;
}
/** At least one of `type` and `init` is there (else the parser has complained). */
export interface Var {
  readonly kind: "var";
  readonly name: Name;
  readonly type: TypeExpr | undefined;
  readonly init: Expr | undefined;
  readonly span: Span;
}
/** `shared name: type`: a tile in the memory that a block shares. */
export interface Shared { readonly kind: "shared"; readonly name: Name; readonly type: TypeExpr; readonly span: Span }
/** `require cond [, message]`. */
export interface Require {
  readonly kind: "require";
  readonly cond: Expr;
  readonly message: StringLiteral | undefined;
  readonly span: Span;
}
/** How a loop is carried out, from the word before `for`. */
export type ForMode =
  | { readonly kind: "plain" }
  | { readonly kind: "unroll"; readonly span: Span }
  | { readonly kind: "pipeline"; readonly depth: Expr; readonly span: Span };
/** `[unroll | pipeline(n)] for name in from..to [step s] { … }`; `to` is exclusive. Without `to`, `from` is a list of what `name` stands for. */
export interface For {
  readonly kind: "for";
  readonly mode: ForMode;
  readonly name: Name;
  readonly from: Expr;
  readonly to: Expr | undefined;
  readonly step: Expr | undefined;
  readonly body: Block;
  readonly span: Span;
}
/** `while cond { … }`: for as long as the whole block finds it true. */
export interface While { readonly kind: "while"; readonly cond: Expr; readonly body: Block; readonly span: Span }
/** `break`: out of the innermost loop. */
export interface Break { readonly kind: "break"; readonly span: Span }
/** `continue`: on to the next round of the innermost loop. */
export interface Continue { readonly kind: "continue"; readonly span: Span }
/** `return [value]`: what a `fn` with a block gives; without a value also the end of a kernel. */
export interface Return { readonly kind: "return"; readonly value: Expr | undefined; readonly span: Span }
/** One `if cond { … }` or `else if cond { … }`. */
export interface IfArm { readonly kind: "arm"; readonly cond: Expr; readonly body: Block; readonly span: Span }
/** `arms` holds the `if` and every `else if` in order (at least one); `otherwise` is the final `else`. */
export interface If {
  readonly kind: "if";
  readonly arms: readonly IfArm[];
  readonly otherwise: Block | undefined;
  readonly span: Span;
}
/** Assignment operators; `a += b` is `a = a + b`. */
export type AssignOp = "=" | "+=" | "-=" | "*=" | "/=" | "%=" | "|=" | "&=" | "^=" | "<<=" | ">>=";
/** `target` is a name, or an index or member of one (else the parser has complained). */
export interface Assign {
  readonly kind: "assign";
  readonly op: AssignOp;
  readonly target: Name | Index | Member;
  readonly value: Expr;
  readonly opSpan: Span;
  readonly span: Span;
}
/** A bare call. */
export interface Do { readonly kind: "do"; readonly call: Call; readonly span: Span }

/** `temp name: type`: a tensor that lives as long as one run of a sequence. */
export interface Temp { readonly kind: "temp"; readonly name: Name; readonly type: TypeExpr; readonly span: Span }
/** `callee<comptime>(args)`, a step of a sequence; without `<…>` it is an ordinary call. */
export interface Launch {
  readonly kind: "launch";
  readonly callee: Name;
  readonly comptime: readonly Arg[];
  readonly args: readonly Arg[];
  readonly span: Span;
}

/** Any statement, told apart by `kind`. */
export type Stmt =
  | Const | Let | Var | Shared | Require
  | For | While | Break | Continue | Return | If
  | Assign | Do | Temp | Launch
  | ErrorNode;

// ── items ──────────────────────────────────────────────────────────────────────────────────────────────────

/** What a compile-time parameter is a parameter of. */
export type ComptimeKind = "int" | "dtype" | "layout" | "packing" | "bool" | "float" | "format";
/** `NAME: of [in {space}] [= init]`. `space` is undefined without `in`. */
export interface ComptimeParam {
  readonly kind: "comptime";
  readonly doc: string | undefined;
  readonly name: Name;
  readonly of: ComptimeKind;
  readonly space: readonly Expr[] | undefined;
  readonly init: Expr | undefined;
  readonly span: Span;
}
/** `[out | inout] name: type`. */
export interface Param {
  readonly kind: "param";
  readonly doc: string | undefined;
  readonly dir: "in" | "out" | "inout";
  readonly name: Name;
  readonly type: TypeExpr;
  readonly span: Span;
}
/** `name in extent` of `grid (…)`; the first is the fastest. */
export interface GridAxis { readonly kind: "axis"; readonly name: Name; readonly extent: Expr; readonly span: Span }
/** `kernel name<comptime>(params) grid (…) threads n { … }`. */
export interface Kernel {
  readonly kind: "kernel";
  readonly doc: string | undefined;
  readonly name: Name;
  readonly comptime: readonly ComptimeParam[];
  readonly params: readonly Param[];
  readonly grid: readonly GridAxis[];
  readonly threads: Expr;
  readonly body: Block;
  readonly span: Span;
}
/** `sequence name<comptime>(params) { … }`: kernels run one after the other, on parameters and temporaries. */
export interface Sequence {
  readonly kind: "sequence";
  readonly doc: string | undefined;
  readonly name: Name;
  readonly comptime: readonly ComptimeParam[];
  readonly params: readonly Param[];
  readonly body: Block;
  readonly span: Span;
}
/** `fn name(params) = expr` (body is an Expr) or `fn name(params) { … }` (body is a Block). */
export interface Fn {
  readonly kind: "fn";
  readonly doc: string | undefined;
  readonly name: Name;
  readonly params: readonly Name[];
  readonly body: Expr | Block;
  readonly span: Span;
}
/** `[beside] name: type` in a format. */
export interface FormatField {
  readonly kind: "field";
  readonly doc: string | undefined;
  readonly beside: boolean;
  readonly name: Name;
  readonly type: TypeExpr;
  readonly span: Span;
}
/** `value [: type] = expr` (body is an Expr) or `value [: type] { … }` (body is a Block). */
export interface FormatValue { readonly kind: "value"; readonly to: Name | undefined; readonly body: Expr | Block; readonly span: Span }
/** `encode(x) { … }`. */
export interface FormatEncode { readonly kind: "encode"; readonly of: Name; readonly body: Block; readonly span: Span }
/** What stands in a format. */
export type FormatMember = FormatField | FormatValue | FormatEncode | Const | Require | ErrorNode;
/** `format name<comptime>[axes] { members }`: an axis is `name`, or `name: n` where elements come in blocks of n. */
export interface FormatItem {
  readonly kind: "format";
  readonly doc: string | undefined;
  readonly name: Name;
  readonly comptime: readonly ComptimeParam[];
  readonly axes: readonly Dim[];
  readonly members: readonly FormatMember[];
  readonly span: Span;
}
/** `import { names } from "path"`. */
export interface Import {
  readonly kind: "import";
  readonly names: readonly Name[];
  readonly from: StringLiteral;
  readonly span: Span;
}
/** What stands at the top of a file, told apart by `kind`. */
export type Item = Kernel | Sequence | Const | Fn | FormatItem | Import | ErrorNode;

/** `// …` or `/// …`, with its slashes; for the formatter. */
export interface Comment { readonly kind: "comment"; readonly text: string; readonly span: Span }
/** One file. `span` is the whole text; `comments` are in order of place. */
export interface Module {
  readonly kind: "module";
  readonly items: readonly Item[];
  readonly comments: readonly Comment[];
  readonly span: Span;
}

/** Any node of the tree. */
export type Node =
  | Module | Item | ComptimeParam | Param | GridAxis | FormatMember
  | Stmt | Block | IfArm | TypeExpr | Dim
  | Expr | Arg | Subscript | Comment;

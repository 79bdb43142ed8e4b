// The grammar of expressions and types.
//
//   expression = unary (operator unary)*            tree by precedence in climb.ts
//   unary      = ("-" | "!" | "~")* postfix ("as" name)* ["at" offset ["stride" offset]]
//   postfix    = primary ( "(" arguments ")" | "[" subscripts "]" | "." word )*
//   type       = name ["[" dims "]"] ["@" expression]
//
// Lines: outside brackets `(` and `[` continue an expression only on its own line, and so does `-`, because all three can
// begin one. Every other binary operator may stand at the end of a line or at the beginning of the next.
import type { IToken, TokenType } from "chevrotain";
import type { Arg, Dim, Expr, Name, Span, Subscript, TypeExpr, UnaryOp } from "./ast.ts";
import { climb } from "./climb.ts";
import type { Operand, Operator } from "./climb.ts";
import { GrammarBase } from "./grammar-base.ts";
import type { Rule } from "./grammar-base.ts";
import { readNumber, readString } from "./literals.ts";
import { endOf, mark } from "./scan.ts";
import { BinaryOp, Id, kw, NarrowOp, Num, op, PrefixOp, Str, SumOp, Word } from "./tokens.ts";

const isUnaryOp = (text: string): text is UnaryOp => text === "-" || text === "!" || text === "~";

export class ExpressionGrammar extends GrammarBase {
  /** Any expression. */
  readonly expression: Rule<Expr> = this.RULE("expression", (): Expr => this.chain(BinaryOp));
  /** An expression without a bare `>`, for use inside `<…>`. */
  protected readonly narrow: Rule<Expr> = this.RULE("narrow", (): Expr => this.chain(NarrowOp));
  /** Sums and products, for `at` and `stride`. */
  private readonly offset: Rule<Expr> = this.RULE("offset", (): Expr => this.chain(SumOp));

  private chain(operator: TokenType): Expr {
    const operands: Operand[] = [], operators: Operator[] = [];
    const operand = (idx: number): void => {
      const start = this.here();
      operands.push({ expr: this.subrule(idx, this.unary), start, end: endOf(this.LA(0)) });
    };
    operand(0);
    this.whilst(0, () => this.nextOf(operator) && (!this.next(op["-"]) || this.sameLine()), () => {
      const t = this.take(0, operator);
      operators.push({ text: t.image, start: t.startOffset, end: endOf(t) });
      operand(1);
    });
    return this.RECORDING_PHASE || operators.length === 0 ? operands[0].expr : climb(this.file, operands, operators);
  }

  private readonly unary: Rule<Expr> = this.RULE("unary", (): Expr => {
    const from = this.here();
    const prefixes: IToken[] = [];
    this.whilst(0, () => this.nextOf(PrefixOp), () => { prefixes.push(this.take(0, PrefixOp)); });
    let x = this.postfix();
    for (let t = prefixes.pop(); t; t = prefixes.pop())
      if (isUnaryOp(t.image)) x = { kind: "unary", op: t.image, operand: x, span: this.since(t.startOffset) };
    this.whilst(1, () => this.next(kw["as"]), () => {
      this.take(0, kw["as"]);
      const to = this.nameOf(this.take(1, Id));
      x = { kind: "cast", operand: x, to, span: this.since(from) };
    });
    this.when(0, () => this.next(kw["at"]) && this.sameLine(), () => {
      this.take(2, kw["at"]);
      const base = this.subrule(1, this.offset);
      let stride: Expr | undefined;
      this.when(1, () => this.next(kw["stride"]), () => { this.take(3, kw["stride"]); stride = this.subrule(2, this.offset); });
      x = { kind: "placed", operand: x, base, stride, span: this.since(from) };
    });
    return x;
  });

  /** A part of `unary`: one rule for each operand is enough. */
  private postfix(): Expr {
    const from = this.here();
    let x = this.plain() ?? this.subrule(3, this.primary);
    const called = (): void => { const args = this.subrule(4, this.args); x = { kind: "call", callee: x, args, span: this.since(from) }; };
    const indexed = (): void => { const subscripts = this.subrule(5, this.subscripts); x = { kind: "index", operand: x, subscripts, span: this.since(from) }; };
    const member = (): void => { this.take(4, op["."]); const name = this.nameOf(this.take(5, Word)); x = { kind: "member", operand: x, name, span: this.since(from) }; };
    if (this.RECORDING_PHASE) this.many(2, () => this.or(0, [{ ALT: called }, { ALT: indexed }, { ALT: member }]));
    else for (;;) {
      if (this.next(op["."])) member();
      else if (this.next(op["("]) && this.sameLine()) called();
      else if (this.next(op["["]) && this.sameLine()) indexed();
      else return x;
    }
    return x;
  }

  /** A number or a name, which most operands are: they are told by their token, without a rule. */
  private plain(): Expr | undefined {
    if (this.RECORDING_PHASE) return undefined;
    return this.next(Num) ? this.number(this.take(6, Num)) : this.nextOf(Id) ? this.nameOf(this.take(7, Id)) : undefined;
  }

  protected readonly args: Rule<Arg[]> = this.RULE("args", () => {
    this.take(0, op["("]);
    let named = false;
    const args = this.commas(0, op[")"], () => {
      const arg = this.subrule(0, this.arg);
      if (named && !arg.name) this.report("S0021", "this argument needs a name", arg.span, "put arguments without a name first", "comes after a named argument");
      named ||= arg.name !== undefined;
      return arg;
    });
    this.take(1, op[")"]);
    return args;
  });

  private readonly arg: Rule<Arg> = this.RULE("arg", (): Arg => {
    const from = this.here();
    let name: Name | undefined;
    this.when(0, () => this.LA(2).tokenType === op[":"] && this.nextOf(Word), () => { name = this.nameOf(this.take(0, Word)); this.take(0, op[":"]); });
    const value = this.subrule(0, this.expression);
    return { kind: "arg", name, value, span: this.since(from) };
  });

  /** `<a, name: b>` of a step. */
  protected readonly comptimeArgs: Rule<Arg[]> = this.RULE("comptimeArgs", () => {
    this.take(0, op["<"]);
    const args = this.commas(0, op[">"], () => this.subrule(0, this.comptimeArg));
    this.take(1, op[">"]);
    return args;
  });

  private readonly comptimeArg: Rule<Arg> = this.RULE("comptimeArg", (): Arg => {
    const from = this.here();
    let name: Name | undefined;
    this.when(0, () => this.LA(2).tokenType === op[":"] && this.nextOf(Word), () => { name = this.nameOf(this.take(0, Word)); this.take(0, op[":"]); });
    const value = this.subrule(0, this.narrow);
    return { kind: "arg", name, value, span: this.since(from) };
  });

  private readonly subscripts: Rule<Subscript[]> = this.RULE("subscripts", () => {
    this.take(0, op["["]);
    const list = this.commas(0, op["]"], () => this.subrule(0, this.subscript));
    this.take(1, op["]"]);
    return list;
  });

  private readonly subscript: Rule<Subscript> = this.RULE("subscript", (): Subscript => {
    const from = this.here();
    return this.or<Subscript>(0, [
      { ALT: () => { this.take(0, op[":"]); return { kind: "whole", span: this.since(from) }; } },
      {
        ALT: () => {
          const start = this.subrule(0, this.expression);
          let width: Expr | undefined;
          this.when(0, () => this.next(op["+:"]), () => { this.take(0, op["+:"]); width = this.subrule(1, this.expression); });
          const span = this.since(from);
          return width ? { kind: "window", start, width, span } : { kind: "at", index: start, span };
        },
      },
    ]);
  });

  private readonly primary: Rule<Expr> = this.RULE("primary", (): Expr => this.or<Expr>(0, [
    { ALT: () => this.number(this.take(0, Num)) },
    { ALT: () => this.nameOf(this.take(1, Id)) },
    { ALT: () => this.subrule(0, this.round) },
    { ALT: () => this.subrule(0, this.square) },
    { GATE: () => mark(this.LA(1)).flat, ALT: () => this.subrule(0, this.flat) },
    { ALT: () => special("inf", Infinity, this.place(this.take(2, kw["inf"]))) },
    { ALT: () => special("nan", NaN, this.place(this.take(3, kw["nan"]))) },
    { ALT: () => ({ kind: "bool", value: true, span: this.place(this.take(4, kw["true"])) }) },
    { ALT: () => ({ kind: "bool", value: false, span: this.place(this.take(5, kw["false"])) }) },
    { ALT: () => this.string(6) },
    { ALT: () => this.nameOf(this.take(7, kw["threads"])) },
  ]));

  private number(t: IToken): Expr { return readNumber(t.image, this.place(t), this.out); }

  /** A string token. */
  protected string(idx: number): ReturnType<typeof readString> {
    const t = this.take(idx, Str);
    return readString(t.image, this.place(t), this.out);
  }

  /** `(e)`, which is `e`; `(a, b)`, `(a,)` and `()`, which are tuples. */
  private readonly round: Rule<Expr> = this.RULE("round", (): Expr => {
    const from = this.here();
    this.take(0, op["("]);
    const items = this.commas(0, op[")"], () => this.subrule(0, this.expression));
    const single = items.length === 1 && this.LA(0).tokenType !== op[","];
    this.take(1, op[")"]);
    return single ? items[0] : { kind: "tuple", items, span: this.since(from) };
  });

  private readonly square: Rule<Expr> = this.RULE("square", (): Expr => {
    const from = this.here();
    this.take(0, op["["]);
    const items = this.commas(0, op["]"], () => this.subrule(0, this.expression));
    this.take(1, op["]"]);
    return { kind: "list", items, span: this.since(from) };
  });

  private readonly flat: Rule<Expr> = this.RULE("flat", (): Expr => {
    const from = this.here();
    this.take(0, op["{"]);
    const items = this.commas(0, op["}"], () => this.subrule(0, this.expression));
    this.take(1, op["}"]);
    return { kind: "flat", items, span: this.since(from) };
  });

  /** A type: dtype, shape, layout. */
  readonly type: Rule<TypeExpr> = this.RULE("type", (): TypeExpr => {
    const from = this.here();
    const dtype = this.nameOf(this.take(0, Id));
    let shape: Dim[] | undefined, layout: Expr | undefined;
    this.when(0, () => this.next(op["["]) && this.sameLine(), () => { shape = this.subrule(0, this.dims); });
    this.when(1, () => this.next(op["@"]), () => { this.take(1, op["@"]); layout = this.subrule(0, this.expression); });
    return { kind: "type", dtype, shape, layout, span: this.since(from) };
  });

  protected readonly dims: Rule<Dim[]> = this.RULE("dims", () => {
    this.take(0, op["["]);
    const list = this.commas(0, op["]"], () => this.subrule(0, this.dim));
    this.take(1, op["]"]);
    return list;
  });

  private readonly dim: Rule<Dim> = this.RULE("dim", (): Dim => {
    const from = this.here();
    let axis: Name | undefined;
    this.when(0, () => this.LA(2).tokenType === op[":"] && this.nextOf(Id), () => { axis = this.nameOf(this.take(0, Id)); this.take(1, op[":"]); });
    const size = this.subrule(0, this.expression);
    return { kind: "dim", axis, size, span: this.since(from) };
  });
}

const special = (text: string, value: number, span: Span): Expr => ({ kind: "number", value, float: true, text, span });

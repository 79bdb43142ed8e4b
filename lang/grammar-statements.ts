// The grammar of statements, with the places where reading goes on after a mistake: the next line of the same block.
//
//   block     = "{" (statement (newline | ";"))* "}"
//   statement = temp | launch | const | let | var | shared | require | for | while | if | break | continue | return | assignment | call
import type { IToken, TokenType } from "chevrotain";
import type { Arg, Assign, AssignOp, Block, Const, ErrorNode, Expr, For, ForMode, If, IfArm, Kernel, Launch, Let, Name, Require, Shared, Stmt, StringLiteral, Temp, TypeExpr, Var, While } from "./ast.ts";
import { ExpressionGrammar } from "./grammar-expr.ts";
import type { Rule } from "./grammar-base.ts";
import { mark } from "./scan.ts";
import { AssignSign, End, Id, Keyword, itemWords, kw, Num, op, Str } from "./tokens.ts";

const assignOps: ReadonlySet<string> = new Set(["=", "+=", "-=", "*=", "/=", "%=", "|=", "&=", "^=", "<<=", ">>="]);
const isAssignOp = (text: string): text is AssignOp => assignOps.has(text);

export class StatementGrammar extends ExpressionGrammar {
  /** Inside a sequence or a function, where `name<` begins a step and no comparison. */
  protected steps = false;
  /** The word at which a statement was reported to run on; it gets no second message. */
  private joined: IToken | undefined;

  readonly block: Rule<Block> = this.RULE("block", (): Block => {
    const from = this.here();
    const depth = mark(this.take(0, op["{"])).depth + 1;
    const body: Stmt[] = [];
    this.eachLine(depth, (start) => { body.push(this.guarded(() => this.subrule(0, this.statement), () => this.lostLine(start, depth))); });
    this.take(1, op["}"]);
    return { kind: "block", body, span: this.since(from) };
  });

  /** Reads what stands between braces, one thing a line. */
  protected eachLine(depth: number, read: (start: number) => void): void {
    const one = (): void => {
      if (!this.RECORDING_PHASE && this.next(op[";"])) { this.SKIP_TOKEN(); return; }
      read(this.here());
      if (!this.RECORDING_PHASE) this.separator(depth);
    };
    if (this.RECORDING_PHASE) this.many(0, one); else this.until([op["}"]], one);
  }

  /** What couldn't be read, up to the next line. */
  protected lostLine(from: number, depth: number): ErrorNode {
    this.skip(depth, (t) => t.tokenType === op[";"] || (mark(t).fresh && t.startOffset > from));
    return this.lost(from);
  }

  /** Between two statements: a new line or `;`. */
  private separator(depth: number): void {
    const t = this.LA(1);
    if (t.tokenType === op[";"]) { this.SKIP_TOKEN(); return; }
    if (t.tokenType === End || t.tokenType === op["}"] || mark(t).fresh) return;
    // What follows a sign that was reported and dropped is the rest of its statement, and no second one.
    if (this.hole(this.LA(0), t)) { this.lostLine(t.startOffset, depth); return; }
    const starts = t.tokenType === Id || t.tokenType === Num || t.tokenType === Str || t.tokenType.CATEGORIES?.some((c) => c === Keyword || c === Id);
    if (starts) {
      this.report("S0007", "two statements on one line", this.place(t), "begin a new line, or put `;` between them", "a second statement begins here");
      this.joined = t;
      return;
    }
    this.report("S0002", `expected the end of the statement, found \`${t.image}\``, this.place(t), undefined, "expected a new line or `;`");
    this.lostLine(t.startOffset, depth);
  }

  private readonly statement: Rule<Stmt> = this.RULE("statement", (): Stmt => {
    const told = this.RECORDING_PHASE ? undefined : this.told();
    return told ? this.subrule(1, told) : this.or<Stmt>(0, [
      { GATE: () => this.LA(2).tokenType === Id || this.LA(2).tokenType.CATEGORIES?.includes(Id) === true, ALT: () => this.subrule(0, this.temp) },
      { GATE: () => this.steps, ALT: () => this.subrule(0, this.launch) },
      { ALT: () => this.subrule(0, this.constant) },
      { ALT: () => this.subrule(0, this.let) },
      { ALT: () => this.subrule(0, this.var) },
      { ALT: () => this.subrule(0, this.shared) },
      { ALT: () => this.subrule(0, this.require) },
      { ALT: () => this.subrule(0, this.loop) },
      { ALT: () => this.subrule(0, this.while) },
      { ALT: () => this.subrule(0, this.if) },
      { ALT: () => { const from = this.here(); this.take(0, kw["break"]); return { kind: "break", span: this.since(from) }; } },
      { ALT: () => { const from = this.here(); this.take(1, kw["continue"]); return { kind: "continue", span: this.since(from) }; } },
      { ALT: () => this.subrule(0, this.return) },
      { ALT: () => this.subrule(0, this.action) },
    ]);
  });

  /** Most statements are told by their first word, without asking the alternatives one by one. */
  private told(): Rule<Stmt> | undefined {
    const { tokenType } = this.LA(1);
    return tokenType === Id ? (this.steps ? undefined : this.action) : this.byWord.get(tokenType);
  }

  /** An expression whose failure costs only itself: the name before it stays declared. */
  private readonly init: Rule<Expr> = this.RULE("init", (): Expr => {
    const from = this.here(), depth = mark(this.LA(1)).depth;
    return this.guarded(() => this.subrule(0, this.expression), () => {
      // On a fresh token nothing was written at all, and that token belongs to the next statement.
      if (!this.next(End)) this.skip(depth, (t) => t.tokenType === op[";"] || mark(t).fresh);
      return this.lost(from);
    });
  });

  protected readonly constant: Rule<Const> = this.RULE("constant", (): Const => {
    const doc = this.docAbove(), from = this.here();
    this.take(0, kw["const"]);
    const name = this.nameOf(this.take(1, Id));
    this.take(2, op["="]);
    const init = this.subrule(0, this.init);
    return { kind: "const", doc, name, init, span: this.since(from) };
  });

  private readonly let: Rule<Let> = this.RULE("let", (): Let => {
    const from = this.here();
    this.take(0, kw["let"]);
    let names: Name[] = [], tuple = false;
    let type: TypeExpr | undefined;
    this.or(0, [
      {
        ALT: () => {
          names = [this.nameOf(this.take(1, Id))];
          this.option(1, () => { this.take(6, op[":"]); type = this.subrule(1, this.type); });
        },
      },
      {
        ALT: () => {
          tuple = true;
          this.take(2, op["("]);
          names = this.commas(0, op[")"], () => this.nameOf(this.take(3, Id)));
          this.take(4, op[")"]);
        },
      },
    ]);
    this.take(5, op["="]);
    const init = this.subrule(0, this.init);
    return { kind: "let", names, tuple, type, init, span: this.since(from) };
  });

  private readonly var: Rule<Var> = this.RULE("var", (): Var => {
    const from = this.here();
    this.take(0, kw["var"]);
    const name = this.nameOf(this.take(1, Id));
    let type: TypeExpr | undefined, init: Expr | undefined;
    this.option(0, () => { this.take(2, op[":"]); type = this.subrule(0, this.type); });
    this.option(1, () => { this.take(3, op["="]); init = this.subrule(0, this.init); });
    const span = this.since(from);
    if (!type && !init) this.report("S0015", `\`${name.text}\` has neither a type nor a value`, span, `write \`var ${name.text}: f32[…]\` or \`var ${name.text} = …\``);
    return { kind: "var", name, type, init, span };
  });

  private readonly shared: Rule<Shared> = this.RULE("shared", (): Shared => {
    const from = this.here();
    this.take(0, kw["shared"]);
    const name = this.nameOf(this.take(1, Id));
    this.take(2, op[":"]);
    const type = this.subrule(0, this.type);
    return { kind: "shared", name, type, span: this.since(from) };
  });

  private readonly temp: Rule<Temp> = this.RULE("temp", (): Temp => {
    const from = this.here();
    this.take(0, kw["temp"]);
    const name = this.nameOf(this.take(1, Id));
    this.take(2, op[":"]);
    const type = this.subrule(0, this.type);
    return { kind: "temp", name, type, span: this.since(from) };
  });

  private readonly launch: Rule<Launch> = this.RULE("launch", (): Launch => {
    const from = this.here(), callee = this.nameOf(this.take(0, Id));
    const comptime: readonly Arg[] = this.subrule(0, this.comptimeArgs), args = this.subrule(0, this.args);
    return { kind: "launch", callee, comptime, args, span: this.since(from) };
  });

  protected readonly require: Rule<Require> = this.RULE("require", (): Require => {
    const from = this.here();
    this.take(0, kw["require"]);
    const cond = this.subrule(0, this.expression);
    let message: StringLiteral | undefined;
    this.option(0, () => { this.take(1, op[","]); message = this.string(2); });
    return { kind: "require", cond, message, span: this.since(from) };
  });

  private readonly loop: Rule<Stmt> = this.RULE("loop", (): Stmt => {
    const from = this.here(), depth = mark(this.LA(1)).depth;
    let mode: ForMode = { kind: "plain" };
    let head: Pick<For, "name" | "from" | "to" | "step"> | undefined;
    this.guarded(() => {
      this.option(0, () => this.or(0, [
        { ALT: () => { mode = { kind: "unroll", span: this.place(this.take(0, kw["unroll"])) }; } },
        {
          ALT: () => {
            this.take(1, kw["pipeline"]);
            this.take(2, op["("]);
            const stages = this.subrule(0, this.expression);
            this.take(3, op[")"]);
            mode = { kind: "pipeline", depth: stages, span: this.since(from) };
          },
        },
      ]));
      this.take(4, kw["for"]);
      const name = this.nameOf(this.take(5, Id));
      this.take(6, kw["in"]);
      const first = this.subrule(1, this.expression);
      let to: Expr | undefined, step: Expr | undefined;
      this.option(2, () => { this.take(7, op[".."]); to = this.subrule(2, this.expression); });
      this.option(1, () => { this.take(8, kw["step"]); step = this.subrule(3, this.expression); });
      head = { name, from: first, to, step };
    }, () => this.skipToBody(depth, from));
    // Without a head the body is still read for the sake of the mistakes in it.
    if (!this.RECORDING_PHASE && !head && !this.next(op["{"])) return this.lost(from);
    const body = this.subrule(0, this.block);
    return head ? { kind: "for", mode, ...head, body, span: this.since(from) } : this.lost(from);
  });

  private readonly while: Rule<While> = this.RULE("while", (): While => {
    const from = this.here();
    this.take(0, kw["while"]);
    const cond = this.subrule(0, this.condition);
    const body = this.subrule(0, this.block);
    return { kind: "while", cond, body, span: this.since(from) };
  });

  /** The condition before a block. */
  private readonly condition: Rule<Expr> = this.RULE("condition", (): Expr => {
    const from = this.here(), depth = mark(this.LA(1)).depth;
    return this.guarded(() => this.subrule(0, this.expression), () => { this.skipToBody(depth, from); return this.lost(from); });
  });

  private readonly if: Rule<If> = this.RULE("if", (): If => {
    const from = this.here();
    const arms: IfArm[] = [this.subrule(0, this.arm)];
    let otherwise: Block | undefined;
    const more = (): void => {
      this.take(0, kw["else"]);
      this.or(0, [
        { ALT: () => { arms.push(this.subrule(1, this.arm)); } },
        { ALT: () => { otherwise = this.subrule(0, this.block); } },
      ]);
    };
    if (this.RECORDING_PHASE) this.many(0, more);
    else while (!otherwise && this.next(kw["else"])) more();
    return { kind: "if", arms, otherwise, span: this.since(from) };
  });

  private readonly arm: Rule<IfArm> = this.RULE("arm", (): IfArm => {
    const from = this.here();
    this.take(0, kw["if"]);
    const cond = this.subrule(0, this.condition);
    const body = this.subrule(0, this.block);
    return { kind: "arm", cond, body, span: this.since(from) };
  });

  private readonly return: Rule<Stmt> = this.RULE("return", (): Stmt => {
    const from = this.here();
    this.take(0, kw["return"]);
    let value: Expr | undefined;
    this.option(0, { GATE: () => this.sameLine(), DEF: () => { value = this.subrule(0, this.expression); } });
    return { kind: "return", value, span: this.since(from) };
  });

  /** An assignment or a bare call. */
  private readonly action: Rule<Stmt> = this.RULE("action", (): Stmt => {
    const first = this.LA(1), from = this.here();
    const target = this.subrule(0, this.expression);
    let sign: Assign["op"] | undefined, opSpan = target.span, value: Expr | undefined;
    this.when(0, () => this.nextOf(AssignSign), () => {
      const t = this.take(0, AssignSign);
      sign = isAssignOp(t.image) ? t.image : undefined;
      opSpan = this.place(t);
      value = this.subrule(0, this.init);
    });
    const span = this.since(from);
    if (sign && value) {
      if (target.kind === "name" || target.kind === "index" || target.kind === "member") return { kind: "assign", op: sign, target, value, opSpan, span };
      this.report("S0014", "this can't be assigned to", { file: this.file, start: from, end: opSpan.start }, target.kind === "compare" ? undefined : "the left side is a `var`, or a part of one such as `x[i]`; to define a value write `let`");
      return this.lost(from);
    }
    if (target.kind === "call") return { kind: "do", call: target, span };
    if (!this.RECORDING_PHASE && first !== this.joined) this.reportIdle(target, first.image, span);
    return this.lost(from);
  });

  private readonly byWord: ReadonlyMap<TokenType, Rule<Stmt>> = new Map<TokenType, Rule<Stmt>>([
    [kw["const"], this.constant], [kw["let"], this.let], [kw["var"], this.var], [kw["shared"], this.shared], [kw["require"], this.require], [kw["for"], this.loop],
    [kw["unroll"], this.loop], [kw["pipeline"], this.loop], [kw["while"], this.while], [kw["if"], this.if], [kw["return"], this.return],
  ]);

  private reportIdle(e: Expr, first: string, span: Kernel["span"]): void {
    const above = this.startsContinuation(span.start);
    if (first === "-" && above) {
      this.report("S0016", "a line can't begin with `-`", { ...span, end: span.start + 1 }, "end the line above with `-`, or put the whole expression in round brackets");
      return;
    }
    const equals = e.kind === "compare" && e.ops[0] === "==" && e.operands[0]?.kind === "name";
    this.report("S0004", "this computes a value and drops it", span,
      equals ? "to assign, write `=`" : (first === "(" || first === "[") && above ? `a \`${first}\` on a new line begins a new statement; to continue, put it on the line above`
        : e.kind === "binary" && e.op === "++" ? "to count up, write `i += 1`" : e.kind === "name" ? `to call it, write \`${e.text}()\`` : "give the value a name with `let`, or remove it", "a bare expression must be a call");
  }

  /** Whether the line above ended in something that this line could have been meant to continue. */
  private startsContinuation(start: number): boolean {
    return !/^[{};]$/.test(this.textBefore(start));
  }

  /** To the `{` of the body that the header at `depth` should have, but not into the next statement or item. */
  protected skipToBody(depth: number, from: number): void {
    this.skip(depth, (t) => (t.tokenType === op["{"] && !mark(t).flat)
      || (mark(t).fresh && t.startOffset > from && (itemWords.has(t.image) || (depth > 0))));
  }
}

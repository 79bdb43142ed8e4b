// The grammar of items: what a file is made of. Statements are in grammar-statements.ts, expressions in grammar-expr.ts.
//
//   module    = (import | const | fn | kernel | sequence | format)*
//   kernel    = "kernel" name ["<" parameter,* ">"] "(" param,* ")" "grid" "(" (name "in" expr),* ")" "threads" expr block
//   sequence  = "sequence" name ["<" parameter,* ">"] "(" param,* ")" block
//   format    = "format" name ["<" parameter,* ">"] "[" axis,* "]" "{" (field | value | encode | const | require)* "}"
//
// A mistake in one statement costs that statement; in a header, the header but not the body; in a list, one element.
import type { TokenType } from "chevrotain";
import type { Block, ComptimeKind, ComptimeParam, Dim, Expr, Fn, FormatEncode, FormatField, FormatItem, FormatMember, FormatValue, GridAxis, Import, Item, Module, Name, Param, Sequence } from "./ast.ts";
import { didYouMean } from "../diagnostic.ts";
import type { Rule } from "./grammar-base.ts";
import { StatementGrammar } from "./grammar-statements.ts";
import { mark } from "./scan.ts";
import { End, Id, itemWords, kw, op } from "./tokens.ts";

const kinds: readonly string[] = ["int", "dtype", "layout", "packing", "bool", "float", "format"];
const isKind = (text: string): text is ComptimeKind => kinds.includes(text);

/** The complete grammar. Made once, by {@link ./parser.ts}. */
export class Grammar extends StatementGrammar {
  constructor() {
    super();
    this.performSelfAnalysis();
  }

  // ── items ──

  readonly module: Rule<Module> = this.RULE("module", (): Module => {
    const items: Item[] = [];
    const one = (): void => {
      const from = this.here();
      items.push(this.guarded(() => this.subrule(0, this.item), () => this.lostItem(from)));
      if (!this.RECORDING_PHASE) this.itemEnds();
    };
    if (this.RECORDING_PHASE) this.many(0, one); else this.until([End], one);
    const end = this.take(0, End).startOffset;
    return { kind: "module", items, comments: [], span: { file: this.file, start: 0, end } };
  });

  /** An expression and nothing after it. */
  readonly lone: Rule<Expr> = this.RULE("lone", (): Expr => {
    const from = this.here();
    return this.guarded(
      () => { const e = this.subrule(0, this.expression); this.take(0, End); return e; },
      () => { this.skip(0, () => false); return this.lost(from); });
  });

  private lostItem(from: number): Item {
    this.skip(0, (t) => mark(t).fresh && t.startOffset > from && (itemWords.has(t.image) || t.tokenType === kw["const"]));
    return this.lost(from);
  }

  /** Between two items, as between statements, stands a new line or `;`. */
  private itemEnds(): void {
    const t = this.LA(1);
    if (t.tokenType === op[";"]) { this.SKIP_TOKEN(); return; }
    if (t.tokenType === End || mark(t).fresh) return;
    if (itemWords.has(t.image) || t.tokenType === kw["const"]) {
      this.report("S0007", "two declarations on one line", this.place(t), "begin a new line, or put `;` between them", "a second declaration begins here");
      return;
    }
    this.report("S0002", `expected the end of the declaration, found \`${t.image}\``, this.place(t), undefined, "expected a new line");
    this.lostItem(t.startOffset);
  }

  private readonly item: Rule<Item> = this.RULE("item", (): Item => this.or<Item>(0, [
    { ALT: () => this.subrule(0, this.kernel) },
    { ALT: () => this.subrule(0, this.sequence) },
    { ALT: () => this.subrule(0, this.constant) },
    { ALT: () => this.subrule(0, this.fn) },
    { ALT: () => this.subrule(0, this.imports) },
    { ALT: () => this.subrule(0, this.format) },
  ]));

  private readonly imports: Rule<Import> = this.RULE("imports", (): Import => {
    const from = this.here();
    this.take(0, kw["import"]);
    this.take(1, op["{"]);
    const names = this.commas(0, op["}"], () => this.nameOf(this.take(2, Id)));
    this.take(3, op["}"]);
    this.take(4, kw["from"]);
    const path = this.string(5);
    return { kind: "import", names, from: path, span: this.since(from) };
  });

  private readonly fn: Rule<Fn> = this.RULE("fn", (): Fn => {
    const doc = this.docAbove(), from = this.here();
    this.take(0, kw["fn"]);
    const name = this.nameOf(this.take(1, Id));
    this.take(2, op["("]);
    const params = this.commas(0, op[")"], () => this.nameOf(this.take(3, Id)));
    this.take(4, op[")"]);
    const body = this.or<Expr | Block>(0, [
      { ALT: () => { this.take(5, op["="]); return this.subrule(0, this.expression); } },
      { ALT: () => this.withSteps(() => this.subrule(0, this.block)) },
    ]);
    return { kind: "fn", doc, name, params, body, span: this.since(from) };
  });

  private readonly kernel: Rule<Item> = this.RULE("kernel", (): Item => {
    const doc = this.docAbove(), from = this.here();
    let name: Name = { kind: "name", text: "", span: { file: this.file, start: from, end: from } };
    let comptime: readonly ComptimeParam[] = [], params: readonly Param[] = [], grid: readonly GridAxis[] = [];
    let threads: Expr | undefined;
    this.guarded(() => {
      this.take(0, kw["kernel"]);
      name = this.nameOf(this.take(1, Id));
      this.option(0, () => { comptime = this.subrule(0, this.comptimeList); });
      params = this.subrule(0, this.paramList);
      grid = this.subrule(0, this.grid);
      this.take(2, kw["threads"]);
      threads = this.subrule(0, this.expression);
    }, () => this.skipToBody(0, from));
    if (!this.RECORDING_PHASE && threads === undefined && !this.next(op["{"])) return this.lost(from);
    const missing = this.lost(from);
    const body = this.subrule(0, this.block);
    return { kind: "kernel", doc, name, comptime, params, grid, threads: threads ?? missing, body, span: this.since(from) };
  });

  private readonly sequence: Rule<Item> = this.RULE("sequence", (): Item => {
    const doc = this.docAbove(), from = this.here();
    let name: Name = { kind: "name", text: "", span: { file: this.file, start: from, end: from } };
    let comptime: readonly ComptimeParam[] = [], params: readonly Param[] = [];
    this.guarded(() => {
      this.take(0, kw["sequence"]);
      name = this.nameOf(this.take(1, Id));
      this.option(0, () => { comptime = this.subrule(0, this.comptimeList); });
      params = this.subrule(0, this.paramList);
    }, () => this.skipToBody(0, from));
    if (!this.RECORDING_PHASE && !this.next(op["{"])) { this.take(2, op["{"]); return this.lost(from); }
    const body = this.withSteps(() => this.subrule(0, this.block));
    return { kind: "sequence", doc, name, comptime, params, body, span: this.since(from) } satisfies Sequence;
  });

  private readonly format: Rule<Item> = this.RULE("format", (): Item => {
    const doc = this.docAbove(), from = this.here();
    let name: Name = { kind: "name", text: "", span: { file: this.file, start: from, end: from } };
    let comptime: readonly ComptimeParam[] = [], axes: readonly Dim[] = [];
    this.guarded(() => {
      this.take(0, kw["format"]);
      name = this.nameOf(this.take(1, Id));
      this.option(0, () => { comptime = this.subrule(0, this.comptimeList); });
      axes = this.subrule(0, this.dims);
    }, () => this.skipToBody(0, from));
    if (!this.RECORDING_PHASE && !this.next(op["{"])) { this.take(2, op["{"]); return this.lost(from); }
    const members = this.subrule(0, this.members);
    return { kind: "format", doc, name, comptime, axes, members, span: this.since(from) } satisfies FormatItem;
  });

  private readonly members: Rule<FormatMember[]> = this.RULE("members", (): FormatMember[] => {
    const list: FormatMember[] = [], depth = mark(this.take(0, op["{"])).depth + 1;
    this.eachLine(depth, (start) => { list.push(this.guarded(() => this.subrule(0, this.member), (): FormatMember => this.lostLine(start, depth))); });
    this.take(1, op["}"]);
    return list;
  });

  private readonly member: Rule<FormatMember> = this.RULE("member", (): FormatMember => this.or<FormatMember>(0, [
    { ALT: () => this.subrule(0, this.constant) },
    { ALT: () => this.subrule(0, this.require) },
    { GATE: () => this.LA(1).image === "value", ALT: () => this.subrule(0, this.formatValue) },
    { GATE: () => this.LA(1).image === "encode" && this.LA(2).tokenType === op["("], ALT: () => this.subrule(0, this.formatEncode) },
    { ALT: () => this.subrule(0, this.field) },
  ]));

  private readonly formatValue: Rule<FormatValue> = this.RULE("formatValue", (): FormatValue => {
    const from = this.here();
    let to: Name | undefined;
    this.take(0, Id);
    this.option(0, () => { this.take(1, op[":"]); to = this.nameOf(this.take(2, Id)); });
    const body = this.or<Expr | Block>(0, [
      { ALT: () => { this.take(3, op["="]); return this.subrule(0, this.expression); } },
      { ALT: () => this.subrule(0, this.block) },
    ]);
    return { kind: "value", to, body, span: this.since(from) };
  });

  private readonly formatEncode: Rule<FormatEncode> = this.RULE("formatEncode", (): FormatEncode => {
    const from = this.here();
    this.take(0, Id);
    this.take(1, op["("]);
    const of = this.nameOf(this.take(2, Id));
    this.take(3, op[")"]);
    const body = this.subrule(0, this.block);
    return { kind: "encode", of, body, span: this.since(from) };
  });

  private readonly field: Rule<FormatField> = this.RULE("field", (): FormatField => {
    const doc = this.docAbove(), from = this.here();
    let beside = false;
    this.option(0, { GATE: () => this.LA(2).tokenType !== op[":"], DEF: () => { this.take(0, kw["beside"]); beside = true; } });
    const name = this.nameOf(this.take(1, Id));
    this.take(2, op[":"]);
    const type = this.subrule(0, this.type);
    return { kind: "field", doc: this.docsOf(doc), beside, name, type, span: this.since(from) };
  });

  /** Reads a body in which steps may stand. */
  private withSteps<T>(read: () => T): T {
    this.steps = true;
    try { return read(); } finally { this.steps = false; }
  }

  /** Skips the rest of one element of a list. */
  private skipElement(depth: number, closer: string): void {
    this.skip(depth, (t) => t.tokenType === op[","] || t.tokenType === op[closer] || (t.tokenType === op["{"] && !mark(t).flat));
  }

  /** Fails inside the guard of an element when more follows it, so that the list survives. */
  private elementEnds(closer: TokenType): void {
    if (!this.RECORDING_PHASE && !this.next(op[","])) { if (!this.next(closer)) this.take(9, closer); }
  }

  private readonly comptimeList: Rule<ComptimeParam[]> = this.RULE("comptimeList", (): ComptimeParam[] => {
    const list: ComptimeParam[] = [];
    const depth = mark(this.take(0, op["<"])).depth;
    this.commas(0, op[">"], () => {
      this.guarded(() => { list.push(this.subrule(0, this.comptimeParam)); this.elementEnds(op[">"]); }, () => this.skipElement(depth, ">"));
    });
    this.take(1, op[">"]);
    return list;
  });

  private readonly comptimeParam: Rule<ComptimeParam> = this.RULE("comptimeParam", (): ComptimeParam => {
    const above = this.docAbove(), from = this.here();
    const name = this.nameOf(this.take(0, Id));
    this.take(1, op[":"]);
    const word = this.nameOf(this.take(2, Id));
    let space: Expr[] | undefined, init: Expr | undefined;
    this.option(0, () => { space = this.subrule(0, this.space); });
    this.option(1, () => { this.take(3, op["="]); init = this.subrule(0, this.narrow); });
    const of = isKind(word.text) ? word.text : "int";
    if (!isKind(word.text) && !this.RECORDING_PHASE) {
      const meant = /^(integer|i32|u32|usize|number)$/.test(word.text) ? "int" : /^(f16|f32|f64|double)$/.test(word.text) ? "float" : /^(type|typename)$/.test(word.text) ? "dtype" : didYouMean(word.text, kinds);
      this.report("S0018", `\`${word.text}\` is no kind of compile-time parameter`, word.span, meant ? `did you mean \`${meant}\`?` : `kinds are ${kinds.join(", ")}`);
    }
    const span = this.since(from);
    return { kind: "comptime", doc: this.docsOf(above), name, of, space, init, span };
  });

  private readonly space: Rule<Expr[]> = this.RULE("space", (): Expr[] => {
    this.take(0, kw["in"]);
    this.take(1, op["{"]);
    const list = this.commas(0, op["}"], () => this.subrule(0, this.expression));
    this.take(2, op["}"]);
    return list;
  });

  /** Docs above and behind, of which usually one is there. */
  private docsOf(above: string | undefined): string | undefined {
    const behind = this.docBehind();
    return above !== undefined && behind !== undefined ? `${above}\n${behind}` : above ?? behind;
  }

  private readonly paramList: Rule<Param[]> = this.RULE("paramList", (): Param[] => {
    const list: Param[] = [];
    const depth = mark(this.take(0, op["("])).depth + 1;
    this.commas(0, op[")"], () => {
      this.guarded(() => { list.push(this.subrule(0, this.param)); this.elementEnds(op[")"]); }, () => this.skipElement(depth, ")"));
    });
    this.take(1, op[")"]);
    return list;
  });

  private readonly param: Rule<Param> = this.RULE("param", (): Param => {
    const above = this.docAbove(), from = this.here();
    let dir: Param["dir"] = "in";
    this.option(0, () => this.or(0, [
      { ALT: () => { this.take(0, kw["out"]); dir = "out"; } },
      { ALT: () => { this.take(1, kw["inout"]); dir = "inout"; } },
    ]));
    const name = this.nameOf(this.take(2, Id));
    this.take(3, op[":"]);
    const type = this.subrule(0, this.type);
    const span = this.since(from);
    return { kind: "param", doc: this.docsOf(above), dir, name, type, span };
  });

  private readonly grid: Rule<GridAxis[]> = this.RULE("grid", (): GridAxis[] => {
    this.take(0, kw["grid"]);
    this.take(1, op["("]);
    const axes = this.commas(0, op[")"], (): GridAxis => {
      const from = this.here();
      const name = this.nameOf(this.take(2, Id));
      this.take(3, kw["in"]);
      const extent = this.subrule(0, this.expression);
      return { kind: "axis", name, extent, span: this.since(from) };
    });
    this.take(4, op[")"]);
    return axes;
  });
}

// Statements as text, one to a line, each line with the place in the source that it comes from.
import { Bug, type Span } from "../../diagnostic.ts";
import { MADE_OF, type Body, type Buffer, type Expr, type Func, type Reg, type Var } from "../loop/ir.ts";
import { exprsOf } from "../loop/operands.ts";
import { placeStmts, type PlacedStmt } from "../loop/place.ts";
import { f16Literal, f32Literal, i32Literal, u32Literal } from "./literal.ts";
import { names as freshNames, type Names } from "./names.ts";
import { registers, type Registers } from "./registers.ts";
import { ADD, ATOM, infix, REL, text, typeName, zeroOf, type Around, type HelperName, type Piece } from "./text.ts";

/** A line of the text. */
export interface Line { readonly text: string; readonly span: Span | null }

/** Longer parts of a line get a name of their own. */
const LONG = 64;
/** Short declarations share lines up to this width. */
const WIDTH = 100;

/** What one text is written with: names, and what it turned out to need. */
export interface Writer {
  readonly names: Names;
  readonly lines: Line[];
  readonly needs: Needs;
  /** Names of what is declared outside the function. */
  readonly globals: Map<Buffer | Var, string>;
  /** Storage that may have been written is read: barriers order it too. */
  readonly rereads: boolean;
  stmts(list: readonly PlacedStmt[]): void;
  /** The functions that the text calls, each after an empty line. */
  functions(): void;
  /** The text of an expression over variables, outside of all statements. */
  scalar(e: Expr): Piece;
}

/** What the text needs around it. */
export interface Needs {
  readonly helpers: Map<HelperName, string>;
  /** Constant arrays, and what they are declared by. */
  readonly tables: Map<string, { readonly name: string; readonly line: string }>;
  readonly opaque: Map<number, string>;
  readonly functions: Map<Func, string>;
  readonly buffers: Set<Buffer>;
  readonly vars: Set<Var>;
  /** Buffers that are read as vectors of so many words. */
  readonly vectors: Map<Buffer, number>;
  /** Loops end at their number of turns and this, which is 0, and no driver can know it. */
  readonly none: string;
  /** There are such loops. */
  hidden: boolean;
  half: boolean;
}

/** A writer for a body. `f16`: the target has it. */
export function writer(body: Body, placed: readonly PlacedStmt[], f16: boolean): Writer {
  const names = freshNames(), lines: Line[] = [], globals = new Map<Buffer | Var, string>();
  const needs: Needs = { helpers: new Map(), tables: new Map(), opaque: new Map(), functions: new Map(), buffers: new Set(), vars: new Set(), vectors: new Map(), none: names.take("none"), hidden: false, half: false };
  const regs = registers(placed);
  for (const b of body.buffers) globals.set(b, names.global(b.name));
  const w: Writer = {
    names, lines, needs, globals, rereads: rereadsStorage(placed),
    stmts: (list) => writeStmts(w, regs, f16, { names, bound: new Map(), depth: 1 }, list),
    functions: () => { for (const [f, name] of needs.functions) writeFunction(w, f16, f, name); },
    scalar: (e) => text(e, around(w, regs, f16, { names, bound: new Map(), depth: 1 }, null)),
  };
  return w;
}

const RESULT: Reg = Object.freeze({ id: -1, name: "result", type: "u32", slots: 1 });

function writeFunction(w: Writer, f16: boolean, f: Func, name: string): void {
  const at = f.body, zero: Expr = { id: -1, type: "i32", node: { kind: "const", value: 0 }, lo: 0, hi: 0, divisor: 1, from: 0, operands: [], constant: 0 };
  const placed = placeStmts([{ kind: "set", reg: RESULT, slot: zero, value: at }]), result = placed.at(-1);
  if (result?.kind !== "set") throw new Bug("a function without a result");
  const regs = registers(placed), scope: Scope = { names: w.names.body(), bound: new Map(), depth: 1 }, x = scope.names.take(f.param.name);
  w.globals.set(f.param, x);
  w.lines.push({ text: "", span: null }, { text: `fn ${name}(${x}: ${typeName(f.param.type, f16)}) -> ${typeName(at.type, f16)} {`, span: null });
  writeStmts(w, regs, f16, scope, placed.slice(0, -1));
  line(w, scope, `return ${text(result.value, around(w, regs, f16, scope, { span: null })).text};`, null);
  w.lines.push({ text: "}", span: null });
}

/** Where a statement stands. */
interface Scope { readonly names: Names; readonly bound: Map<Expr, string>; readonly depth: number }

const cached = (map: Map<string, { name: string; line: string }>, key: string, make: () => { name: string; line: string }) => {
  let got = map.get(key);
  if (!got) map.set(key, (got = make()));
  return got.name;
};

/** `span` null: no statements may be put before, so nothing is shortened. */
function around(w: Writer, regs: Registers, f16: boolean, scope: Scope, span: { readonly span: Span | null } | null): Around {
  const { needs } = w;
  const name = (e: Expr): Piece | undefined => {
    const bound = scope.bound.get(e);
    return bound === undefined ? undefined : { text: bound, level: ATOM };
  };
  const self: Around = {
    f16,
    leaf(e) {
      if (e.type === "f16") needs.half = true;
      const found = name(e), n = e.node;
      if (found) return found;
      if (n.kind === "var") {
        needs.vars.add(n.v);
        const v = w.globals.get(n.v);
        if (v === undefined) throw new Bug(`the variable ${n.v.name} is used before it is made`);
        return { text: v, level: ATOM };
      }
      if (n.kind === "reg") return { text: regs.slot(n.reg, n.slot, () => text(n.slot, self).text), level: ATOM };
      if (n.kind !== "load") return undefined;
      const place = element(w, n.buffer, text(n.index, self).text);
      if (n.vector) needs.vectors.set(n.buffer, n.vector);
      return { text: n.buffer.atomic ? fromAtomic(n.buffer, `atomicLoad(&${place})`) : place, level: ATOM };
    },
    helper(which) {
      let got = needs.helpers.get(which);
      if (got === undefined) needs.helpers.set(which, (got = w.names.global(which)));
      return got;
    },
    func(f) {
      let got = needs.functions.get(f);
      if (got === undefined) needs.functions.set(f, (got = w.names.global(f.body.type === "u32" ? "encode" : f.param.type === "u32" ? "decode" : "part")));
      return got;
    },
    table: (type, values) => cached(needs.tables, `${type} ${values.map((v) => (Object.is(v, -0) ? "-0" : v)).join()}`, () => {
      const made = w.names.global(`T${needs.tables.size}`);
      const literal = type === "f32" ? f32Literal : type === "f16" ? f16Literal : type === "u32" ? u32Literal : i32Literal;
      return { name: made, line: `const ${made} = array<${typeName(type, f16)}, ${values.length}>(${values.map(literal).join(", ")});` };
    }),
    opaque(bits) {
      let got = needs.opaque.get(bits);
      if (got === undefined) needs.opaque.set(bits, (got = w.names.global(`bits_${bits.toString(16)}`)));
      return got;
    },
    shorten(p) {
      if (!span || p.level === ATOM && p.text.length <= LONG || p.text.length <= LONG) return p;
      const t = scope.names.temporary();
      line(w, scope, `let ${t} = ${p.text};`, span.span);
      return { text: t, level: ATOM };
    },
    part: (e) => self.shorten(text(e, self)),
  };
  return self;
}

/** Storage is words: an atomic i32 is read and written through its bits. */
const throughBits = (b: Buffer): boolean => b.space === "storage" && b.atomic === "i32";
const fromAtomic = (b: Buffer, x: string): string => (throughBits(b) ? `bitcast<u32>(${x})` : x);
function toAtomic(b: Buffer, e: Expr, scope: Scope, a: Around): Piece {
  const n = e.node, number = throughBits(b) && (n.kind === "bits" || n.kind === "to") && n.arg.type === "i32" && !scope.bound.has(e) ? n.arg : undefined;
  return number ? text(number, a) : throughBits(b) ? { text: `bitcast<i32>(${text(e, a).text})`, level: ATOM } : text(e, a);
}

function resultName(w: Writer, scope: Scope, v: Var): string {
  const name = scope.names.take(v.name);
  w.globals.set(v, name);
  return name;
}

/** The exchange that WGSL has may fail for no reason: it is tried until it succeeds or finds another value. */
function compareExchange(w: Writer, scope: Scope, s: Extract<PlacedStmt, { kind: "atomic" }>, place: string, compare: Piece, value: Piece, put: (x: string) => void): void {
  const old = s.v && resultName(w, scope, s.v), tried = scope.names.inner().take("tried");
  if (old !== undefined) put(`var ${old} = ${fromAtomic(s.buffer, compare.text)};`);
  put("loop {");
  put(`  let ${tried} = atomicCompareExchangeWeak(${place}, ${compare.text}, ${value.text});`);
  if (old !== undefined) put(`  ${old} = ${fromAtomic(s.buffer, `${tried}.old_value`)};`);
  put(`  if (${tried}.exchanged || ${infix("!=", REL, { text: `${tried}.old_value`, level: ATOM }, compare).text}) { break; }`);
  put("}");
}

function element(w: Writer, b: Buffer, index: string): string {
  w.needs.buffers.add(b);
  if (b.elem === "f16") w.needs.half = true;
  return `${w.globals.get(b) ?? b.name}[${index}]`;
}

const line = (w: Writer, scope: Scope, s: string, span: Span | null): void => { w.lines.push({ text: "  ".repeat(scope.depth) + s, span }); };

function writeStmts(w: Writer, regs: Registers, f16: boolean, scope: Scope, list: readonly PlacedStmt[]): void {
  let declarations: string[] = [];
  const at: { span: Span | null } = { span: null }, a = around(w, regs, f16, scope, at), put = (x: string) => line(w, scope, x, at.span);
  const nested = (inner: readonly PlacedStmt[], names = scope.names.inner()) =>
    writeStmts(w, regs, f16, { names, bound: new Map(scope.bound), depth: scope.depth + 1 }, inner);
  const flush = (span: Span | null) => {
    let row = "";
    for (const next of declarations) {
      if (row !== "" && row.length + next.length >= WIDTH) { line(w, scope, row, span); row = ""; }
      row = row ? `${row} ${next}` : next;
    }
    if (row) line(w, scope, row, span);
    declarations = [];
  };
  list.forEach((s, i) => {
    // A `let` has no place of its own; it belongs to the statement after it.
    const span = ("span" in s ? s.span : undefined) ?? spanAfter(list, i);
    if (s.kind !== "declare" && !(s.kind === "set" && regs.how(s) === "none")) flush(span);
    at.span = span;
    switch (s.kind) {
      case "let": {
        const value = text(s.expr, a).text, t = scope.names.temporary();
        scope.bound.set(s.expr, t);
        put(`let ${t} = ${value};`);
        return;
      }
      case "declare": if (s.reg.type === "f16") w.needs.half = true; declarations.push(...regs.declare(s.reg, typeName(s.reg.type, f16), zeroOf(s.reg.type, f16), scope.names)); return;
      case "set": if (regs.how(s) !== "none") put(assignment(s, regs, a)); return;
      case "store": {
        const index = a.shorten(text(s.index, a)).text, place = element(w, s.buffer, index);
        put(s.buffer.atomic ? `atomicStore(&${place}, ${toAtomic(s.buffer, s.value, scope, a).text});` : `${place} = ${text(s.value, a).text};`);
        return;
      }
      case "atomic": {
        const index = a.shorten(text(s.index, a)).text, place = `&${element(w, s.buffer, index)}`;
        if (s.compare) {
          const [compare, value] = [s.compare, s.value].map((e) => a.shorten(toAtomic(s.buffer, e, scope, a)));
          compareExchange(w, scope, s, place, compare, value, put);
          return;
        }
        const call = `atomic${s.op[0]?.toUpperCase()}${s.op.slice(1)}(${place}, ${toAtomic(s.buffer, s.value, scope, a).text})`;
        if (s.v) put(`let ${resultName(w, scope, s.v)} = ${fromAtomic(s.buffer, call)};`);
        else put(`${call};`);
        return;
      }
      case "uniform": {
        const index = text(s.index, a).text, v = scope.names.take(s.v.name);
        w.globals.set(s.v, v);
        put(`let ${v} = workgroupUniformLoad(&${element(w, s.buffer, index)});`);
        return;
      }
      case "keep": {
        const value = text(s.value, a).text, v = scope.names.take(s.v.name);
        w.globals.set(s.v, v);
        put(`let ${v} = ${value};`);
        return;
      }
      case "loop": put("loop {"); nested(s.body); put("}"); return;
      case "jump": put(`${s.to};`); return;
      case "barrier": put("workgroupBarrier();"); if (w.rereads) put("storageBarrier();"); return;
      case "for": {
        const from = text(s.from, a).text, end = text(s.to, a), to = s.hidden ? infix("+", ADD, end, { text: w.needs.none, level: ATOM }) : end, names = scope.names.inner(), v = names.take(s.v.name);
        w.globals.set(s.v, v);
        w.needs.hidden ||= s.hidden ?? false;
        put(`for (var ${v} = ${from}; ${infix("<", REL, { text: v, level: ATOM }, to).text}; ${s.step === 1 ? `${v}++` : `${v} += ${s.step}`}) {`);
        nested(s.body, names);
        put("}");
        return;
      }
      case "if": {
        const c = text(s.condition, a).text;
        put(`if (${s.then.length > 0 ? c : `!(${c})`}) {`);
        nested(s.then.length > 0 ? s.then : s.otherwise);
        if (s.then.length > 0 && s.otherwise.length > 0) { put("} else {"); nested(s.otherwise); }
        put("}");
        return;
      }
      default: s satisfies never;
    }
  });
  flush(null);
}

function spanAfter(list: readonly PlacedStmt[], from: number): Span | null {
  for (let i = from; i < list.length; i++) { const s = list[i]; if (s.kind !== "let") return s.span ?? null; }
  return null;
}

/** Whether a body reads storage that it may have written: then barriers order storage too. */
function rereadsStorage(stmts: readonly PlacedStmt[]): boolean {
  const seen = new Set<Expr>();
  const visit = (e: Expr): boolean => {
    if (!(e.from & MADE_OF.memory) || seen.has(e)) return false;
    seen.add(e);
    return (e.node.kind === "load" && e.node.buffer.space === "storage" && e.node.buffer.access === "read_write") || e.operands.some(visit);
  };
  return stmts.some((s) => {
    if (s.kind === "let") return visit(s.expr);
    return exprsOf(s).some(visit) || ((s.kind === "for" || s.kind === "loop") && rereadsStorage(s.body)) || (s.kind === "if" && (rereadsStorage(s.then) || rereadsStorage(s.otherwise)));
  });
}

/** `x = x + y` is written `x += y`. */
function assignment(s: Extract<PlacedStmt, { kind: "set" }>, regs: Registers, a: Around): string {
  const slot = regs.slot(s.reg, s.slot, () => text(s.slot, a).text), how = regs.how(s), n = s.value.node;
  if (how === "assign" && s.mask === undefined && !s.lane && n.kind === "op" && n.args.length === 2 && (s.reg.type !== "f16" || a.f16)) {
    const [x, y] = n.args, sign = ({ add: "+=", sub: "-=", mul: "*=" } as Readonly<Record<string, string>>)[n.op];
    const own = (e: Expr | undefined) => e?.node.kind === "reg" && e.node.reg === s.reg && e.node.slot === s.slot;
    if (sign && x && y && (own(x) || (own(y) && n.op !== "sub"))) return `${slot} ${sign} ${text(own(x) ? y : x, a).text};`;
  }
  const value = text(s.value, a).text;
  const shuffled = s.lane ? `${s.lane.node.kind === "const" ? "subgroupBroadcast" : "subgroupShuffle"}(${value}, ${text(s.lane, a).text})` : s.mask === undefined ? value : `subgroupShuffleXor(${value}, ${s.mask}u)`;
  return `${how === "assign" ? "" : `${how} `}${slot} = ${shuffled};`;
}

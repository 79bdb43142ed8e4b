// Text → Program. What print() writes comes back as it was; every instruction goes through its row's type rule,
// as in the builder, so what is read is as sound as what is built.
import { didYouMean, fail } from "../diagnostic.ts";
import { rankOf, type Packing } from "../layout/index.ts";
import { plainAttrs } from "./builder.ts";
import { codebook, dtype, type DType } from "./dtype.ts";
import type { Instruction } from "./instruction.ts";
import { instructions } from "./isa/index.ts";
import type { AttrValue, GridAxis, Inst, LoopMode, Param, Program, Requirement, Space, Stmt, Value } from "./program.ts";
import { symbol, type Scalar, type Size, type SymbolRole } from "./scalar.ts";
import { typeText } from "./text-print.ts";
import { cursor, type Cursor } from "./text-scan.ts";
import { readInt, readInts, readLayout, readName, readNumber, readPacking, readScalar, readScalarType, readSize } from "./text-terms.ts";

type SymbolScalar = Extract<Scalar, { kind: "symbol" }>;
type Typed = Pick<Value, "space" | "dtype" | "shape" | "layout">;

/** What is known at a place of the text; inner blocks get copies. */
export interface Scope {
  readonly values: Map<number, Value>;
  readonly symbols: Map<string, SymbolScalar>;
  /** Ids that were ever given, so that none is given twice. */
  readonly taken: Set<number | string>;
}

/** A scope with nothing in it. */
export const newScope = (): Scope => ({ values: new Map(), symbols: new Map(), taken: new Set() });

/** A copy for the inside of a block. */
export const inner = (s: Scope): Scope => ({ values: new Map(s.values), symbols: new Map(s.symbols), taken: s.taken });

function claim(s: Scope, id: number | string): void {
  if (s.taken.has(id)) fail({ code: "N0122", message: `${typeof id === "number" ? `%${id}` : `'${id}'`} is made twice`, help: "give each value and scalar its own number or name" });
  s.taken.add(id);
}

/** Makes a symbol known. */
export function declare(s: Scope, role: SymbolRole, id: string, type: SymbolScalar["type"] = "i32"): SymbolScalar {
  claim(s, id);
  const made = symbol(role, id, type) as SymbolScalar;
  s.symbols.set(id, made);
  return made;
}

const readValueId = (c: Cursor): number => Number(c.want("value", "a value such as %3").text.slice(1));

function readDType(c: Cursor): DType {
  return c.located(() => {
    const { text } = c.want("word", "a number type");
    if (text !== "codebook" || !c.take("(")) return dtype(text);
    const bits = readInt(c);
    c.expect(",");
    c.expect("[");
    const values = c.list("]", () => readNumber(c));
    c.expect(")");
    return codebook(bits, values);
  });
}

const readShape = (c: Cursor, s: Scope): readonly Size[] => { c.expect("["); return Object.freeze(c.list("]", () => readSize(c, s.symbols))); };

function readType(c: Cursor, s: Scope): Typed {
  const space: Space = c.take("shared") ? "shared" : c.take("global") ? "global" : "reg";
  const type = readDType(c), shape = readShape(c, s);
  return { space, dtype: type, shape, ...(c.take("@") ? { layout: readLayout(c) } : {}) };
}

/** @param rank axes of what is described, where a shape says so before: packings have short names then */
function readAttr(c: Cursor, s: Scope, kind: AttrValue["kind"], rank?: number): AttrValue {
  switch (kind) {
    case "int": return { kind, value: readInt(c) };
    case "ints": return { kind, value: readInts(c) };
    case "axes": return { kind, value: c.peek().text === "[" ? readInts(c) : readInt(c) };
    case "number": return { kind, value: readNumber(c) };
    case "bool": return { kind, value: c.take("true") || (c.take("false") ? false : c.wrong("true or false")) };
    case "name": return { kind, value: readName(c, "a name") };
    case "dtype": return { kind, value: readDType(c) };
    case "layout": return { kind, value: readLayout(c) };
    case "packing": return { kind, value: readPacking(c, rank) };
    case "scalar": return { kind, value: readScalar(c, s.symbols) };
    case "scalars": { c.expect("["); return { kind, value: c.list("]", () => readScalar(c, s.symbols)) }; }
    default: return kind satisfies never;
  }
}

/** `x: %3, axis: 1)` sorted into operands and attributes. */
function readArguments(c: Cursor, s: Scope, row: Instruction): Pick<Inst, "operands" | "attrs"> {
  const operands: Record<string, Value> = {}, attrs: Record<string, AttrValue> = {};
  c.list(")", () => c.located(() => {
    const key = c.want("word", "the name of an operand or attribute").text;
    if (key in operands || key in attrs) fail({ code: "S0105", message: `'${key}' is given twice`, help: "remove one" });
    c.expect(":");
    if (Object.hasOwn(row.operands, key)) {
      const id = readValueId(c), v = s.values.get(id);
      if (!v) return fail({ code: "N0123", message: `%${id} isn't known here`, help: "use a value that was made before, in this block or around it" });
      if (!row.operands[key].spaces.includes(v.space)) fail({ code: "T0105", message: `'${key}' of '${row.name}' can't be ${typeText(v)}`, help: `give one in ${row.operands[key].spaces.join(" or ")}` });
      operands[key] = v;
    } else if (Object.hasOwn(row.attrs, key)) attrs[key] = readAttr(c, s, row.attrs[key].kind, attrs.shape?.kind === "ints" ? attrs.shape.value.length : undefined);
    else {
      const known = [...Object.keys(row.operands), ...Object.keys(row.attrs)], near = didYouMean(key, known);
      fail({ code: "N0124", message: `'${row.name}' has no '${key}'`, help: near ? `did you mean '${near}'?` : `it has ${known.join(", ") || "no arguments"}` });
    }
    return undefined;
  }));
  for (const [key, spec] of [...Object.entries(row.operands), ...Object.entries(row.attrs)])
    if (!spec.optional && !(key in operands) && !(key in attrs)) fail({ code: "T0101", message: `'${row.name}' needs '${key}'`, help: spec.doc ? `'${key}' is ${spec.doc}` : `write ${key}: …` });
  return { operands: Object.freeze(operands), attrs: Object.freeze(attrs) };
}

/** What is written on the left of `=`. */
type Left = { readonly id: number; readonly type: Typed } | { readonly symbol: string; readonly type: SymbolScalar["type"] };

function readLeft(c: Cursor, s: Scope): Left | undefined {
  if (c.peek().kind === "value") {
    const id = readValueId(c);
    c.expect(":");
    const type = readType(c, s);
    c.expect("=");
    return { id, type };
  }
  if (c.peek().kind !== "string" && c.peek(1).text !== ":") return undefined;
  const name = readName(c, "a name");
  c.expect(":");
  const type = readScalarType(c);
  c.expect("=");
  return { symbol: name, type };
}

function readInst(c: Cursor, s: Scope): Inst {
  return c.located(() => {
    const left = readLeft(c, s);
    const row = c.located(() => {
      const name = c.want("word", "an instruction").text, known = instructions.get(name), near = didYouMean(name, instructions.keys());
      return known ?? fail({ code: "N0125", message: `there is no instruction '${name}'`, help: near ? `did you mean '${near}'?` : "the instruction table lists them all" });
    });
    c.expect("(");
    const given = readArguments(c, s, row);
    const result = row.type(given.operands, plainAttrs(given.attrs));
    const made = result?.space === "scalar" ? result.dtype.compute : result && typeText(result);
    const written = left && ("symbol" in left ? left.type : typeText(result && "shape" in result && !result.layout ? { ...left.type, layout: undefined } : left.type));
    if (made !== written)
      fail({ code: "T0401", message: `'${row.name}' gives ${made ?? "nothing"}, not ${written ?? "nothing"}`, help: made === undefined ? "write it without a result" : result?.space === "scalar" ? `write s0: ${made} = ${row.name}(…)` : `write %0: ${made} = ${row.name}(…)` });
    const inst = { kind: "inst", name: row.name, ...given } as const;
    if (!left) return Object.freeze(inst);
    if ("symbol" in left) return Object.freeze({ ...inst, result: declare(s, result?.space === "scalar" && result.mutable ? "var" : "value", left.symbol, left.type) });
    claim(s, left.id);
    const out: Value = Object.freeze({ id: left.id, ...left.type });
    s.values.set(out.id, out);
    return Object.freeze({ ...inst, out });
  });
}

function readBlock(c: Cursor, s: Scope): readonly Stmt[] {
  return c.deeper(() => {
    c.expect("{");
    const out: Stmt[] = [];
    while (!c.take("}")) out.push(c.peek().kind === "end" ? c.wrong("'}'") : readStmt(c, s));
    return Object.freeze(out);
  });
}

function readMode(c: Cursor): LoopMode {
  if (c.take("unroll")) return { kind: "unroll" };
  if (!c.take("pipeline")) return { kind: "plain" };
  c.expect("(");
  const stages = readInt(c);
  c.expect(")");
  return { kind: "pipeline", stages };
}

function readStmt(c: Cursor, s: Scope): Stmt {
  const word = c.peek().text, ahead = c.peek(1);
  if (word === "if" && ahead.text !== ":") {
    c.next();
    const condition = readTyped(c, s, "bool", "a condition"), then = readBlock(c, inner(s));
    return Object.freeze({ kind: "if", condition, then, otherwise: c.take("else") ? readBlock(c, inner(s)) : Object.freeze([]) });
  }
  if (word === "while" && ahead.text === "{") {
    c.next();
    const mine = inner(s), head = readBlock(c, mine), condition = readTyped(c, mine, "bool", "a condition");
    return Object.freeze({ kind: "while", head, condition, body: readBlock(c, inner(mine)) });
  }
  if ((word === "break" || word === "continue" || word === "return") && ahead.text !== ":" && ahead.text !== "(") {
    c.next();
    return Object.freeze({ kind: "jump", to: word });
  }
  if (ahead.text === ":" || (word !== "for" && word !== "unroll" && word !== "pipeline")) return readInst(c, s);
  const mode = readMode(c), mine = inner(s);
  c.expect("for");
  const loop = c.located(() => declare(mine, "loop", readName(c, "a loop variable")));
  c.expect("in");
  const from = readTyped(c, s, "i32", "a loop bound");
  c.expect("..");
  const to = readTyped(c, s, "i32", "a loop bound");
  c.expect("step");
  const step = c.located(() => { const n = readInt(c); return n >= 1 ? n : fail({ code: "T0104", message: `a loop can't step by ${n}`, help: "use a positive step" }); });
  return Object.freeze({ kind: "for", mode, symbol: loop, from, to, step, body: readBlock(c, mine) });
}

/** A scalar of one type. */
export function readTyped(c: Cursor, s: Scope, type: "bool" | "i32", what: string): Scalar {
  return c.located(() => {
    const x = readScalar(c, s.symbols);
    return x.type === type ? x : fail({ code: "T0303", message: `${what} is ${type}, not ${x.type}`, help: type === "bool" ? "compare: (x != 0)" : "convert it: i32(x)" });
  });
}

/** `x: f32[N] @ dense`, perhaps `buffer b`. */
export function readTensor(c: Cursor, s: Scope): { readonly name: string; readonly dtype: DType; readonly shape: readonly Size[]; readonly packing: Packing; readonly buffer?: string } {
  const name = readName(c, "a tensor's name");
  c.expect(":");
  const type = readDType(c), shape = readShape(c, s);
  c.expect("@");
  const packing = c.located(() => {
    const p = readPacking(c, shape.length);
    return rankOf(p) <= shape.length ? p : fail({ code: "L0216", message: `the packing speaks of ${rankOf(p)} axes, the tensor has ${shape.length}`, help: "name the axes d0, d1, …" });
  });
  return { name, dtype: type, shape, packing, ...(c.take("buffer") ? { buffer: readName(c, "a buffer's name") } : {}) };
}

function readParam(c: Cursor, s: Scope): Param {
  return c.located(() => {
    if (c.take("scalar")) {
      const name = readName(c, "a parameter's name");
      c.expect(":");
      const type = readScalarType(c);
      return Object.freeze({ kind: "scalar", name, type, symbol: s.symbols.get(name) ?? declare(s, "param", name, type) });
    }
    const direction = c.take("in") ? "in" : c.take("out") ? "out" : (c.expect("inout"), "inout");
    const id = readValueId(c), { name, dtype: type, shape, ...where } = readTensor(c, s);
    claim(s, id);
    const value: Value = Object.freeze({ id, space: "global", dtype: type, shape });
    s.values.set(id, value);
    return Object.freeze({ kind: "tensor", name, direction, value, ...where });
  });
}

/** Scalar parameters may be spoken of before their line. */
export function foresee(c: Cursor, s: Scope): void {
  for (let i = 0; c.peek(i).kind !== "end" && c.peek(i).text !== "{"; i++) {
    const name = c.peek(i + 1), type = c.peek(i + 3);
    if (c.peek(i).text === "scalar" && c.peek(i).kind === "word" && c.peek(i - 1).kind !== "value" && (name.kind === "word" || name.kind === "string") && c.peek(i + 2).text === ":" && ["i32", "u32", "f32", "bool"].includes(type.text))
      declare(s, "param", name.text, type.text as SymbolScalar["type"]);
  }
}

/**
 * Reads program text.
 * @param text what `print` wrote
 * @param file name for the spans of errors
 * @throws Diagnostic with a span: S… where the text has another form, N… for unknown names, T… and L… where types or layouts don't fit
 * @example
 * ```ts
 * read("program p\ngrid g0 < 4\nthreads 32\n{\n  barrier()\n}\n").threads // => 32
 * ```
 */
export function read(text: string, file = "program"): Program {
  const c = cursor(text, file), program = readProgram(c);
  if (c.peek().kind !== "end") c.wrong("the end of the text");
  return program;
}

/** Reads the text of one Program, up to its end. */
export function readProgram(c: Cursor): Program {
  const s = newScope();
  c.expect("program");
  const name = readName(c, "the program's name");
  const doc = c.take("doc") ? c.want("string", "a string").text : "";
  const dims: string[] = [];
  if (c.take("dims")) do { const d = c.located(() => declare(s, "dim", readName(c, "a dimension"))); dims.push(d.id); } while (c.take(","));
  c.located(() => foresee(c, s));
  const params: Param[] = [], grid: GridAxis[] = [], requires: Requirement[] = [];
  while (["in", "out", "inout", "scalar"].includes(c.peek().text)) params.push(readParam(c, s));
  if (c.take("grid"))
    do {
      const id = readName(c, "a grid axis");
      c.expect("<");
      const extent = readTyped(c, s, "i32", "a grid's extent");
      grid.push(Object.freeze({ symbol: c.located(() => declare(s, "grid", id)), extent }));
    } while (c.take(","));
  c.expect("threads");
  const threads = c.located(() => { const n = readInt(c); return n >= 1 ? n : fail({ code: "R0101", message: `a block can't have ${n} threads`, help: "give a positive number, at most 256 on every device" }); });
  while (c.take("require")) {
    const condition = readTyped(c, s, "bool", "a requirement");
    c.expect(",");
    requires.push(Object.freeze({ condition, message: c.want("string", "a string").text }));
  }
  const body = readBlock(c, s);
  const names = new Map(params.flatMap((p) => (p.kind === "tensor" ? [[p.value.id, p.name] as const] : [])));
  return Object.freeze({ name, doc, dims: Object.freeze(dims), params: Object.freeze(params), grid: Object.freeze(grid), threads, requires: Object.freeze(requires), body, names });
}

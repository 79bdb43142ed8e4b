// Expressions as text, with as few brackets as WGSL's grammar takes. The grammar is stricter than C's: operands of
// shifts and of `& | ^` must be unary or bracketed, and comparisons don't chain.
import { Bug } from "../../diagnostic.ts";
import { floatBits, halfValue, type Compute, type Op } from "../../vm/index.ts";
import { halfIn } from "../loop/core.ts";
import { isHalf } from "../loop/expr.ts";
import { BYTES, isByteOp, type Expr, type Func, type IndexOp, type PackedOp } from "../loop/ir.ts";
import { f16Literal, f32Literal, i32Literal, u32Literal } from "./literal.ts";

/** How tightly a piece of text holds together. */
export const ATOM = 9, ADD = 6, REL = 4;
const UNARY = 8, MUL = 7, SHIFT = 5, AND = 3, XOR = 2, OR = 1;

/** A text and its level. */
export interface Piece { readonly text: string; readonly level: number }

/** What expressions need of the text around them. */
export interface Around {
  /** f16 exists on the target; else its values live in f32 and are rounded after every operation. */
  readonly f16: boolean;
  /** The text of a leaf: a variable, a load, a register slot; or the name of what has one. */
  leaf(e: Expr): Piece | undefined;
  /** Name of a helper function or module constant; it will be declared. */
  helper(name: HelperName): string;
  /** Name of a function of the kernel's own. */
  func(f: Func): string;
  /** Name of a constant array of a type. */
  table(type: Compute, values: readonly number[]): string;
  /** A u32 that the compiler doesn't take for a constant. */
  opaque(bits: number): string;
  /** A shorter text for a long one, bound before the statement. */
  shorten(p: Piece): Piece;
  /** The text of a part of an expression, a short one. */
  part(e: Expr): Piece;
}

/** Functions that the text may call: the bits of an f16, rounding to f16, conversions of floats that may be NaN. */
export type HelperName = "pack_f16" | "round_f16" | "to_i32" | "to_u32" | "to_f32";

const INFIX: { readonly [K in Op | "fdiv" | "fmod"]?: readonly [string, number] } = {
  add: ["+", ADD], sub: ["-", ADD], mul: ["*", MUL], div: ["/", MUL], rem: ["%", MUL], fdiv: ["/", MUL], fmod: ["%", MUL],
  shl: ["<<", SHIFT], shr: [">>", SHIFT], and: ["&", AND], or: ["|", OR], xor: ["^", XOR],
  eq: ["==", REL], ne: ["!=", REL], lt: ["<", REL], le: ["<=", REL], gt: [">", REL], ge: [">=", REL],
};

const CALLS: { readonly [K in Op]?: string } = {
  min: "min", max: "max", abs: "abs", sign: "sign", popcount: "countOneBits", clz: "countLeadingZeros", ctz: "countTrailingZeros", reverse: "reverseBits", dot4i: "dot4I8Packed",
  exp: "exp", exp2: "exp2", log: "log", log2: "log2", sin: "sin", cos: "cos", sqrt: "sqrt", rsqrt: "inverseSqrt", pow: "pow",
  floor: "floor", ceil: "ceil", trunc: "trunc", round: "round", fma: "fma",
};

/** f16 operations whose results on f16 values may be no f16. */
const ROUNDS: ReadonlySet<string> = new Set(["add", "sub", "mul", "div", "rem", "exp", "exp2", "log", "log2", "sin", "cos", "tanh", "sqrt", "rsqrt", "pow", "fma"]);

const piece = (text: string, level = ATOM): Piece => ({ text, level });
const negative = (text: string): Piece => piece(text, text.startsWith("-") ? UNARY : ATOM);
const bracketed = (p: Piece, ok: boolean): string => (ok ? p.text : `(${p.text})`);

/** Two operands around an operator. */
export function infix(sign: string, level: number, a: Piece, b: Piece): Piece {
  const left = level === MUL ? a.level >= MUL : level === ADD ? a.level >= ADD : level === REL ? a.level >= ADD : level === SHIFT ? a.level >= UNARY : a.level >= UNARY || a.level === level;
  const right = level === ADD ? b.level >= MUL : level === REL ? b.level >= ADD : b.level >= UNARY;
  return piece(`${bracketed(a, left)} ${sign} ${bracketed(b, right)}`, level);
}

/** A call. Comparisons among several arguments are bracketed: `f(a < b, c > d)` would begin a template. */
const call = (f: string, ...args: readonly Piece[]): Piece =>
  piece(`${f}(${args.map((a) => bracketed(a, args.length === 1 || a.level !== REL || !/[<>]/.test(a.text))).join(", ")})`);

/** The value of f16 that a result is rounded to where f16 values live in f32. */
const rounded = (p: Piece, around: Around): Piece => (around.f16 ? p : call(around.helper("round_f16"), p));

/** The name of a type. */
export const typeName = (type: Compute, f16: boolean): string => (type === "f16" && !f16 ? "f32" : type);

/** Zero of a type. */
export const zeroOf = (type: Compute, f16: boolean): string => ({ f32: "0f", f16: f16 ? "0h" : "0f", i32: "0", u32: "0u", bool: "false" })[type];

/** The text of an expression. */
export function text(e: Expr, around: Around): Piece {
  const leaf = around.leaf(e), go = around.part;
  if (leaf) return leaf;
  const n = e.node;
  switch (n.kind) {
    case "const": return constant(e.type, n.value, around);
    case "op": {
      const made = operation(e, n.op, n.args, go, around);
      return e.type === "f16" && ROUNDS.has(n.op) ? rounded(made, around) : made;
    }
    case "sum": return sum(n, go);
    case "to": return conversion(e.type, n.arg, go, around);
    case "bits": return n.arg.node.kind === "const" ? call(`bitcast<${e.type}>`, piece(around.opaque(n.arg.node.value))) : call(`bitcast<${e.type}>`, go(n.arg));
    case "packHalf": return fitsHalf(n.arg) ? call("pack2x16float", call("vec2", go(n.arg), piece("0f"))) : call(around.helper("pack_f16"), go(n.arg));
    case "unpackHalf": {
      const half = around.leaf(n.arg) ? undefined : halfIn(n.arg);
      return piece(`${call("unpack2x16float", go(half?.word ?? n.arg)).text}.${half?.at === 16 ? "y" : "x"}`);
    }
    case "table": {
      const special = n.values.some((v) => !Number.isFinite(v)), at = `[${go(n.index).text}]`;
      return special ? call("bitcast<f32>", piece(`${around.table("u32", n.values.map(floatBits))}${at}`)) : piece(`${around.table(e.type, n.values)}${at}`);
    }
    case "field": return field(n, go, around);
    case "part": return piece(`${text(n.of, around).text}.${"xyzw"[n.part]}`);
    case "call": return call(around.func(n.f), go(n.arg));
    case "var": case "load": case "reg": throw new Bug(`${n.kind} has no text`);
    default: return n satisfies never;
  }
}

function constant(type: Compute, value: number, around: Around): Piece {
  switch (type) {
    case "bool": return piece(value ? "true" : "false");
    case "i32": return negative(i32Literal(value));
    case "u32": return piece(u32Literal(value));
    case "f32": case "f16": {
      const half = type === "f16" && around.f16;
      if (Number.isFinite(value)) return negative(half ? f16Literal(value) : f32Literal(value));
      const bits = Number.isNaN(value) ? 0x7fc00000 : value > 0 ? 0x7f800000 : 0xff800000;
      const whole = call("bitcast<f32>", piece(around.opaque(bits)));
      return half ? call("f16", whole) : whole;
    }
    default: return type satisfies never;
  }
}

function operation(e: Expr, op: Op | IndexOp | PackedOp, args: readonly Expr[], go: (e: Expr) => Piece, around: Around): Piece {
  const [x, y, z] = args;
  if (!x) throw new Bug(`'${op}' without operands`);
  if (op === "lessHalves") return call("bitcast<u32>", halves(e, go, around, true));
  if (op === "lowHalf" || op === "highHalf") { const both = halves(x, go, around); return piece(`${bracketed(both, both.level === ATOM)}.${op === "lowHalf" ? "x" : "y"}`); }
  if (isByteOp(op)) return piece(`${call("unpack4xU8", go(x)).text}.${"xyzw"[BYTES.indexOf(op)]}`);
  if (op === "select" && y && z) return call("select", go(z), go(y), go(x));
  const k = y?.node.kind === "const" ? y.node.value : undefined;
  if ((op === "fdiv" || op === "fmod") && k !== undefined && Number.isInteger(Math.log2(k)))
    return op === "fdiv" ? infix(">>", SHIFT, go(x), piece(`${Math.log2(k)}u`)) : infix("&", AND, go(x), piece(i32Literal(k - 1)));
  if (op === "add" && e.type === "i32" && k !== undefined && k < 0 && k > -(2 ** 31)) return infix("-", ADD, go(x), piece(i32Literal(-k)));
  if (op === "ne" && (x.type === "f32" || x.type === "f16") && y) // `!=` of a NaN is false on some drivers
    return piece(`!(${infix("==", REL, go(x), go(y)).text})`, UNARY);
  const how = INFIX[op];
  if (how && y) return infix(...how, go(x), go(y));
  if (op === "neg" || op === "not") {
    const inner = go(x);
    return op === "neg" ? minusOf(inner) : piece(`${x.type === "bool" ? "!" : "~"}${bracketed(inner, inner.level === ATOM)}`, UNARY);
  }
  if (op === "tanh") { // beyond, it is ±1; some drivers divide infinities there
    const most = constant(e.type, e.type === "f16" ? 5 : 15, around), least = constant(e.type, e.type === "f16" ? -5 : -15, around);
    return call("tanh", call("clamp", go(x), least, most));
  }
  if (op === "dot4u" && y) return call("i32", call("dot4U8Packed", go(x), go(y)));
  const name = op === "fdiv" || op === "fmod" ? undefined : CALLS[op];
  if (!name) throw new Bug(`'${op}' has no text`);
  return call(name, ...args.map(go));
}

/** The two f16 of a word; of a difference that has no name (or is what is named) without a word in between. */
function halves(e: Expr, go: (e: Expr) => Piece, around: Around, own = false): Piece {
  const n = e.node;
  if (n.kind === "const") {
    const [low, high] = [n.value & 0xffff, n.value >>> 16].map((b) => f16Literal(halfValue(b)));
    return call("vec2<f16>", ...(low === high ? [low] : [low, high]).map((t) => piece(t)));
  }
  const [a, b] = (own || !around.leaf(e)) && n.kind === "op" && n.op === "lessHalves" ? n.args : [];
  return a && b ? infix("-", ADD, halves(a, go, around), halves(b, go, around)) : call("bitcast<vec2<f16>>", go(e));
}

const minusOf = (p: Piece): Piece => piece(`-${bracketed(p, p.level === ATOM)}`, UNARY);

/** Terms with a plus first, so that the text doesn't begin with a minus where it can be helped. */
function sum(n: Extract<Expr["node"], { kind: "sum" }>, go: (e: Expr) => Piece): Piece {
  let out: Piece | undefined;
  const INT_MIN = -(2 ** 31);
  for (const { coefficient: k, of } of [...n.terms].sort((a, b) => Number(a.coefficient < 0) - Number(b.coefficient < 0))) {
    const minus = out !== undefined && k < 0 && k !== INT_MIN, size = minus ? -k : k;
    const term = size === 1 ? go(of) : size === -1 && !out ? minusOf(go(of)) : infix("*", MUL, go(of), negative(i32Literal(size)));
    out = out ? infix(minus ? "-" : "+", ADD, out, term) : term;
  }
  if (!out) return negative(i32Literal(n.offset));
  if (n.offset === 0) return out;
  return n.offset < 0 && n.offset !== INT_MIN ? infix("-", ADD, out, piece(i32Literal(-n.offset))) : infix("+", ADD, out, negative(i32Literal(n.offset)));
}

function field(n: Extract<Expr["node"], { kind: "field" }>, go: (e: Expr) => Piece, around: Around): Piece {
  const at = n.at.node, k = at.kind === "const" ? at.value : undefined;
  const by = k !== undefined ? piece(`${k}u`) : at.kind === "to" && at.arg.type === "u32" && !around.leaf(n.at) ? go(at.arg) : call("u32", go(n.at));
  const moved = k === 0 ? go(n.word) : infix(">>", SHIFT, go(n.word), by);
  const top = k !== undefined && k + n.width === 32;
  return n.width === 32 || top ? moved : infix("&", AND, moved, piece(u32Literal(2 ** n.width - 1)));
}

/** Whether a float surely rounds to a finite f16, so that the builtin is defined. */
function fitsHalf(e: Expr): boolean {
  const n = e.node;
  if (n.kind === "bits") return n.arg.type === "u32" && n.arg.hi < 0x477ff000;
  return n.kind === "to" && (n.arg.type === "i32" || n.arg.type === "u32") && n.arg.lo > -65520 && n.arg.hi < 65520;
}

/** Whether a float can't be NaN: converted from numbers, or small steps from there. */
function isNumber(e: Expr): boolean {
  const n = e.node;
  switch (n.kind) {
    case "const": return !Number.isNaN(n.value);
    case "to": return n.arg.type === "i32" || n.arg.type === "u32" || n.arg.type === "bool" || isNumber(n.arg);
    case "table": return n.values.every((v) => !Number.isNaN(v));
    case "op": return ["neg", "abs", "floor", "ceil", "trunc", "round", "min", "max"].includes(n.op) ? n.args.every(isNumber) : n.op === "select" && n.args.slice(1).every(isNumber);
    default: return false;
  }
}

function conversion(type: Compute, arg: Expr, go: (e: Expr) => Piece, around: Around): Piece {
  const from = arg.type, float = from === "f32" || from === "f16";
  const same = (type === "f32" && from === "f16" && !around.f16) || (type === "f16" && from === "f32" && !around.f16 && isHalf(arg));
  if (same) return text(arg, around);
  const a = go(arg);
  const wide = from === "f16" && around.f16 ? call("f32", a) : a;
  switch (type) {
    case "f32": return float ? wide : call(from === "u32" && arg.hi > 2 ** 24 ? around.helper("to_f32") : "f32", a);
    case "f16":
      if (around.f16) return call("f16", a);
      if (from === "f32") return rounded(a, around);
      return from === "bool" || (arg.lo >= -2048 && arg.hi <= 2048) ? call("f32", a) : rounded(call("f32", a), around);
    case "i32": case "u32": return float && !isNumber(arg) ? call(around.helper(type === "i32" ? "to_i32" : "to_u32"), wide) : call(type, wide);
    case "bool": throw new Bug("a conversion to bool is a comparison");
    default: return type satisfies never;
  }
}

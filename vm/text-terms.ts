// Reads the small things of program text: numbers, names, scalars, layouts and packings.
import { didYouMean, fail } from "../diagnostic.ts";
import {
  axis, bit, concatPackings, dense, digit, digits, flat, overlay, packed, pad, planes, planesBlocked, planesTiled, range, registerLayout, reverse,
  type Digit, type Index, type Packing, type RegisterLayout,
} from "../layout/index.ts";
import { convertValue, resultIfFits } from "./numeric-ops.ts";
import type { Op } from "./ops.ts";
import { infixOps, scalarOps, type Scalar, type ScalarType, type Size } from "./scalar.ts";
import { constants } from "./text-print.ts";
import type { Cursor } from "./text-scan.ts";

/** Finds a symbol by its id. */
export type Symbols = ReadonlyMap<string, Extract<Scalar, { kind: "symbol" }>>;

const scalarTypes: ReadonlySet<string> = new Set<ScalarType>(["i32", "u32", "f32", "bool"]);
const isScalarType = (t: string): t is ScalarType => scalarTypes.has(t);

/** A name, quoted or not. */
export const readName = (c: Cursor, what: string): string => (c.peek().kind === "string" ? c.next().text : c.want("word", what).text);

/** A type of scalars. */
export const readScalarType = (c: Cursor): ScalarType => {
  const t = c.peek().text;
  return isScalarType(t) && c.peek().kind === "word" ? (c.next(), t) : c.wrong("i32, u32, f32 or bool");
};

/** A number without a type: `3`, `-0.5`, `inf`, `nan`. */
export function readNumber(c: Cursor): number {
  const sign = c.take("-") ? -1 : 1;
  const word = c.peek().text;
  if (word === "inf" || word === "nan") { c.next(); return sign * (constants.get(word) ?? 0); }
  if (!/^[\d.]+(e[+-]?\d+)?$/.test(word)) return c.wrong("a number");
  return sign * Number(c.want("number", "a number").text);
}

/** A whole number. */
export function readInt(c: Cursor, what = "a whole number"): number {
  return c.located(() => {
    const n = c.peek().kind === "number" || c.peek().text === "-" ? readNumber(c) : c.wrong(what);
    return Number.isSafeInteger(n) ? n : fail({ code: "S0103", message: `${n} is not ${what}`, help: "write an integer below 2^53" });
  });
}

/** `[1, -2, 3]`. */
export const readInts = (c: Cursor): number[] => { c.expect("["); return c.list("]", () => readInt(c)); };

function readConstant(c: Cursor, negative: boolean): Scalar {
  return c.located(() => {
    const t = c.next(), sign = negative ? -1 : 1;
    const named = constants.get(t.text);
    const type: ScalarType = named === undefined ? (t.text.endsWith("u") ? "u32" : t.text.endsWith("f") ? "f32" : "i32") : t.text === "true" || t.text === "false" ? "bool" : "f32";
    const value = sign * (named ?? Number(t.text.replace(/[uf]$/, "")));
    const fits = type === "f32" || (type === "bool" && !negative) || convertValue(type, { type: "i32", value }).value === value;
    if (!fits) fail({ code: "S0103", message: `${value} is no ${type}`, help: type === "bool" ? "write true or false" : type === "i32" ? "write 0.5f for f32, 5u for u32" : "write an integer from 0 to 4294967295" });
    return Object.freeze({ kind: "const", type, value });
  });
}

/** A scalar expression, exactly as it stands: nothing is folded. */
export function readScalar(c: Cursor, symbols: Symbols): Scalar {
  const t = c.peek();
  if (t.kind === "number" || (t.kind === "word" && constants.has(t.text))) return readConstant(c, false);
  if (c.take("-")) return c.peek().kind === "number" || c.peek().text === "inf" ? readConstant(c, true) : c.wrong("a number");
  if (t.kind === "string" || (t.kind === "word" && c.peek(1).text !== "(")) return readSymbol(c, symbols);
  return c.located(() => c.deeper(() => {
    if (c.take("(")) {
      const x = readScalar(c, symbols), op = infixOps.get(c.peek().text);
      if (!op || c.peek().kind !== "mark") return c.wrong("an operator");
      c.next();
      const y = readScalar(c, symbols);
      c.expect(")");
      return operation(op, [x, y]);
    }
    const name = c.want("word", "a scalar").text;
    c.expect("(");
    const args = c.list(")", () => readScalar(c, symbols));
    if (isScalarType(name)) {
      const [arg] = args;
      return arg && args.length === 1 ? Object.freeze({ kind: "to", type: name, arg } as const) : fail({ code: "S0104", message: `${name}(…) converts one scalar, not ${args.length}`, help: `write ${name}(x)` });
    }
    if (!isOp(name)) {
      const near = didYouMean(name, scalarOps);
      fail({ code: "N0120", message: `there is no scalar operation '${name}'`, help: near ? `did you mean '${near}'?` : `they are ${[...scalarOps].join(", ")}` });
    }
    return operation(name, args);
  }));
}

const isOp = (name: string): name is Op => (scalarOps as ReadonlySet<string>).has(name);

function operation(op: Op, args: readonly Scalar[]): Scalar {
  const type = resultIfFits(op, args.map((a) => a.type));
  if (type === undefined || type === "f16")
    return fail({ code: "T0302", message: `scalar '${op}' doesn't take (${args.map((a) => a.type).join(", ")})`, help: "operands have one type, a shift's count is u32; convert with i32(…), u32(…), f32(…)" });
  return Object.freeze({ kind: "op", type, op, args: Object.freeze([...args]) });
}

function readSymbol(c: Cursor, symbols: Symbols): Scalar {
  return c.located(() => {
    const id = readName(c, "a scalar"), known = symbols.get(id);
    if (known) return known;
    const near = didYouMean(id, symbols.keys());
    return fail({ code: "N0121", message: `the scalar '${id}' isn't known here`, help: near ? `did you mean '${near}'?` : "list it under dims, as a scalar parameter, or make it before" });
  });
}

/** A size: plain numbers stay numbers. */
export function readSize(c: Cursor, symbols: Symbols): Size {
  const s = readScalar(c, symbols);
  return s.kind === "const" && s.type === "i32" ? s.value : s;
}

/** `layout(shape: […], modes: […], spatial: […], local: […])`. */
export function readLayout(c: Cursor): RegisterLayout {
  return c.located(() => {
    c.expect("layout");
    c.expect("(");
    const [shape, modes, spatial, local] = ["shape", "modes", "spatial", "local"].map((key, i) => {
      if (i) c.expect(",");
      c.expect(key);
      c.expect(":");
      return readInts(c);
    }) as [number[], number[], number[], number[]];
    c.expect(")");
    return registerLayout(shape, modes, spatial, local);
  });
}

/** An index of a packing: `d0`, `bit`, `{…}`, `~bit`, `bit[0 +: 4]`. */
function readIndex(c: Cursor): Index {
  if (c.take("~")) return c.deeper(() => reverse(readIndex(c)));
  if (c.take("{")) return c.deeper(() => flat(c.list("}", () => readDigit(c))));
  const name = c.peek().text, n = /^d(0|[1-9]\d{0,3})$/.exec(name);
  if (c.peek().kind !== "word" || (!n && name !== "bit")) return c.wrong("an axis d0, d1, … or bit");
  c.next();
  let index = n ? axis(Number(n[1])) : bit;
  while (c.take("[")) {
    const lo = readInt(c);
    c.expect("+:");
    index = range(index, lo, readInt(c));
    c.expect("]");
  }
  return index;
}

/** `i`, `i / s`, `i % t`, `(i / s) % t` or `pad(digit, n)`. */
function readDigit(c: Cursor): Digit {
  if (c.peek().text === "pad" && c.peek(1).text === "(") {
    c.next();
    c.next();
    const inner = c.deeper(() => readDigit(c));
    c.expect(",");
    const multiple = readInt(c);
    c.expect(")");
    return pad(inner, multiple);
  }
  const bracket = c.take("("), index = readIndex(c);
  const div = c.take("/") ? readInt(c) : undefined;
  if (bracket) c.expect(")");
  const mod = bracket ? (c.expect("%"), readInt(c)) : div === undefined && c.take("%") ? readInt(c) : undefined;
  return digit(index, { ...(div === undefined ? {} : { div }), ...(mod === undefined ? {} : { mod }) });
}

/** One packing between `++` and `|`. */
function readPart(c: Cursor, rank: number | undefined): Packing {
  return c.deeper(() => {
    if (c.take("(")) {
      const inner = readPacking(c, undefined);
      c.expect(")");
      return inner;
    }
    if (c.take("[")) return digits(c.list("]", () => (c.peek().text === "[" || c.peek().text === "packed" || startsPacking(c) ? readPacking(c, undefined) : readDigit(c))));
    if (c.take("packed")) {
      c.expect("(");
      const layout = readLayout(c);
      c.expect(")");
      return packed(layout);
    }
    if (rank !== undefined && c.take("dense")) return dense(rank);
    if (rank !== undefined && c.take("planes")) {
      if (!c.take("(")) return planes(rank);
      const block = readInt(c), second = c.take(",") ? readInt(c) : undefined;
      c.expect(")");
      return second === undefined ? planesBlocked(rank, block) : planesTiled(rank, block, second);
    }
    return c.wrong("a packing");
  });
}

/** Whether a bracket in a digit list opens a packing rather than a quotient: `([…] ++ […])`. */
function startsPacking(c: Cursor): boolean {
  let ahead = 0;
  while (c.peek(ahead).text === "(") ahead++;
  return ahead > 0 && (c.peek(ahead).text === "[" || c.peek(ahead).text === "packed");
}

/** A packing; `rank` allows the short names, which need to know it. */
export function readPacking(c: Cursor, rank: number | undefined): Packing {
  return c.located(() => {
    const first = readPart(c, rank);
    if (c.peek().text === "at") {
      const pieces = [];
      for (let of = first; ; of = readPart(c, undefined)) {
        c.expect("at");
        const at = readInt(c);
        pieces.push({ of, at, ...(c.take("stride") ? { stride: readInt(c) } : {}) });
        if (!c.take("|")) return overlay(pieces);
      }
    }
    if (c.peek().text !== "++") return first;
    const parts = [first];
    while (c.take("++")) parts.push(readPart(c, undefined));
    return concatPackings(...parts);
  });
}

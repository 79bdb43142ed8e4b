// What a format's values are in terms of their codes. Most formats say "a number of few bits, times something that many of them share, plus
// something that they share". Which is which is read off the format's own value expression, which is built once with a code that is
// only a stand-in: whatever is computed from it is kept as terms, all else is built as it stands.
//
//   q4_k  (d * sc) * q - dmin * mn    ──▶   codes q: u4 · [d * sc] + (-(dmin * mn)),  the same for 32 elements
//   gptq  (q - ((z + 1) & 15)) * s    ──▶   (codes q: u4 - ((z + 1) & 15)) · [s],     the same for a group
//
// A product then multiplies codes as they are, and scales sums.
import { Bug } from "../diagnostic.ts";
import { builder, type Argument, type Builder } from "./builder.ts";
import { dtype, type DType } from "./dtype.ts";
import { computed, elementView, formatParam, tensorOf, type FormatParam, type FormatReading, type FormatWindow } from "./format-access.ts";
import { formatTensors } from "./format-tensors.ts";
import type { Field, Format } from "./format.ts";
import type { Value } from "./program.ts";
import { constant, knownScalar, type Scalar } from "./scalar.ts";
import { gcd } from "./affine.ts";

/** How a format's values hang on their codes. */
export interface FormatForm {
  /** The field that each element has one of its own of. */
  readonly code: Field;
  /** What is taken off codes before they are scaled: nothing, one whole number, whole numbers that lie within these bounds, or any numbers. */
  readonly zero: undefined | number | readonly [least: number, most: number] | "any";
  readonly scaled: boolean;
  /** Something is added after scaling. */
  readonly offset: boolean;
  /** Elements along the axis that share all of that; Infinity: all. */
  readonly run: number;
}

/** value = (code - zero) · scales + offset. Tiles of one column, or of one row where the format's codes run down columns. */
export interface FormatTerms {
  readonly zero: Value | number | undefined;
  /** To be multiplied with, one after the other. */
  readonly scales: readonly (Value | number)[];
  readonly offset: Value | undefined;
}

/** Ends the search where a value isn't of that form; `formatForm` catches it. */
const OTHERWISE = new Bug("the values are no codes times something");
const otherwise = (): never => { throw OTHERWISE; };

const isValue = (x: unknown): x is Value => typeof x === "object" && x !== null && "space" in x;
const f32 = dtype("f32");
const whole = (t: DType): boolean => t.compute === "i32" || t.compute === "u32";

/** A number among arguments; undefined for tiles and what is only known when a kernel runs. */
const numberOf = (x: Argument): number | undefined => (typeof x === "number" ? x : isValue(x) ? undefined : knownScalar(x));

/** Keeps terms of what is computed from codes. */
class Ledger {
  readonly #b: Builder;
  /** Checks what is computed from stand-ins, and makes new ones. Nobody sees its Program. */
  readonly #scratch: Builder;
  readonly #terms = new Map<Value, FormatTerms>();
  /** Bounds of whole numbers that are known. */
  readonly #bounds = new Map<Value, readonly [number, number]>();
  readonly b: Builder;

  constructor(b: Builder) {
    this.#b = b;
    this.#scratch = builder("codes");
    const call = (name: string) => (operands: Readonly<Record<string, Argument | undefined>>, attrs?: Readonly<Record<string, unknown>>): unknown => this.#call(name, operands, attrs);
    const core: Partial<Builder> = { inst: (name, o, a) => this.#call(name, o, a) as Value, name: (x, id) => (isValue(x) && this.#terms.has(x) ? x : b.name(x, id)) };
    const own = new Set(["at", "dim", "tensor", "scalarParam", "grid", "threads", "require", "loop", "when", "while", "jump", "cell", "get", "set", "finish"]);
    this.b = Object.freeze({ ...Object.fromEntries(Object.entries(b).map(([name, f]) => [name, own.has(name) ? f as unknown : call(name)])), ...core }) as Builder;
  }

  /** A stand-in for codes of a type. */
  code(type: DType, shape: readonly number[]): Value {
    const made = this.#scratch.fill({}, { value: constant(0, whole(type) ? "i32" : "f32"), dtype: type, shape });
    this.#terms.set(made, { zero: undefined, scales: [], offset: undefined });
    return made;
  }

  bounded(v: Value, [least, most]: readonly [number, number]): Value {
    this.#bounds.set(v, [least, most]);
    return v;
  }

  terms(v: Value): FormatTerms | undefined { return this.#terms.get(v); }
  bounds(x: Value | number): readonly [number, number] | undefined { return typeof x === "number" ? [x, x] : this.#bounds.get(x); }

  #call(name: string, operands: Readonly<Record<string, Argument | undefined>>, attrs?: Readonly<Record<string, unknown>>): unknown {
    const stand = Object.values(operands).filter((x) => isValue(x) && this.#terms.has(x));
    if (stand.length === 0) return this.#free(name, operands, attrs);
    const made = this.#scratch.inst(name, operands, attrs), { x, y } = operands;
    if (stand.length > 1 || !isValue(made) || x === undefined) return otherwise();
    const first = isValue(x) ? this.#terms.get(x) : undefined;
    this.#terms.set(made, first ? this.#of(name, first, x as Value, y, made) : this.#turned(name, x, this.#terms.get(y as Value) ?? otherwise(), y as Value));
    return made;
  }

  /** What no code is in: built as it stands; bounds follow sums and masks. */
  #free(name: string, operands: Readonly<Record<string, Argument | undefined>>, attrs?: Readonly<Record<string, unknown>>): unknown {
    const made = this.#b.inst(name, operands, attrs), { x, y } = operands;
    if (!isValue(made) || !isValue(x) || y === undefined || isValue(y) && made.shape.length === 0) return made;
    const a = this.#bounds.get(x), n = numberOf(y);
    if (n !== undefined && name === "and" && n >= 0) this.#bounds.set(made, [0, n]);
    if (n !== undefined && a && (name === "add" || name === "sub")) this.#bounds.set(made, name === "add" ? [a[0] + n, a[1] + n] : [a[0] - n, a[1] - n]);
    return made;
  }

  #times(x: Value, t: Value | number): Value { return this.#b.mul({ x, y: t }); }

  /** Terms of `op(codes, y)`. */
  #of(op: string, t: FormatTerms, x: Value, y: Argument | undefined, made: Value): FormatTerms {
    if (op === "neg") return { ...t, scales: [...t.scales, -1], offset: t.offset && this.#b.neg({ x: t.offset }) };
    // From whole numbers to f32 nothing is lost; from f32 to f16 something is, element by element.
    if (op === "cast" || op === "expand" || op === "reshape") return op === "cast" && !(made.dtype.name === "f32" && (whole(x.dtype) || x.dtype.name === "f32")) ? otherwise() : made.shape.join() === x.shape.join() ? t : otherwise();
    if (y === undefined) return otherwise();
    const n = numberOf(y), other = n ?? (isValue(y) ? y : otherwise());
    if (op === "mul") return { ...t, scales: [...t.scales, other], offset: t.offset && this.#times(t.offset, other) };
    if (op !== "add" && op !== "sub") return otherwise();
    const add = op === "add";
    if (t.scales.length === 0 && t.offset === undefined && t.zero === undefined) return { ...t, zero: n !== undefined ? (add ? -n : n) : add ? this.#b.neg({ x: other as Value }) : other };
    return { ...t, offset: this.#plus(t.offset, other, add ? 1 : -1) };
  }

  /** Terms of `op(x, codes)`. */
  #turned(op: string, x: Argument, t: FormatTerms, codes: Value): FormatTerms {
    if (op === "mul" || op === "add") return this.#of(op, t, codes, x, codes);
    return otherwise();
  }

  #plus(offset: Value | undefined, x: Value | number, sign: 1 | -1): Value {
    if (offset) return sign > 0 ? this.#b.add({ x: offset, y: x }) : this.#b.sub({ x: offset, y: x });
    return isValue(x) ? (sign > 0 ? x : this.#b.neg({ x })) : otherwise();
  }
}

/** Number of the elements' axis that codes are summed along, in a matrix. */
export type Along = 0 | 1;

const isCode = (w: FormatParam, name: string, along: Along): boolean => tensorOf(w, name).of.digits.some((d) => d.axis === along && d.div === 1 && d.mod !== 1);

/** Reads all fields but codes in a window that is one element wide along the axis. */
function reading(l: Ledger, w: FormatParam, window: FormatWindow, along: Along, codes: Map<string, Value>): FormatReading {
  const read = new Map<string, Value>();
  return {
    b: l.b, shape: window.sizes,
    field(name) {
      const known = read.get(name);
      if (known) return known;
      const { value } = tensorOf(w, name), to = dtype(value.dtype.compute === "f16" ? "f32" : value.dtype.compute);
      if (isCode(w, name, along)) { const v = l.code(to, window.sizes); codes.set(name, v); read.set(name, v); return v; }
      const view = l.b.slice({ x: elementView(l.b, w, name) }, { offsets: window.offsets, sizes: window.sizes.map((n) => constant(n)) });
      const v = computed(l.b, l.b.load({ x: view }, value.dtype.hasZero ? {} : { unpadded: true }));
      read.set(name, whole(value.dtype) ? l.bounded(v, [value.dtype.min, value.dtype.max]) : v);
      return v;
    },
    index: otherwise,
    pick: otherwise,
  };
}

/** Elements along the axis that read the same of all fields but the codes. */
function runOf(f: Format, code: Field, shape: readonly [number, number], along: Along): number {
  const divs = formatTensors(f, shape).flatMap((t) => (t.field === code ? [] : t.digits.flatMap((d) => (d.axis === along && d.mod !== 1 ? [d.div] : []))));
  return divs.reduce(gcd, 0) || Infinity;
}

/** Sizes of a matrix of whole blocks, for trying things. */
const someShape = (f: Format): readonly [number, number] => [0, 1].map((e) => f.axes[e - 2 + f.axes.length]?.block ?? 1) as [number, number] & readonly number[];

/**
 * How the values of a matrix of a format hang on codes along an axis; undefined where they are no codes times what many elements share.
 * @param along 1 for rows, 0 for columns
 * @example
 * ```ts
 * import { formatNamed } from "bitloom/lang";
 * const form = formatForm(formatNamed("q4_k"), 1);
 * [form?.code.name, form?.scaled, form?.offset, form?.run]; // => ["q", true, true, 32]
 * formatForm(formatNamed("tq1_0"), 1); // => undefined
 * ```
 */
export function formatForm(f: Format, along: Along): FormatForm | undefined {
  const b = builder("form"), shape = someShape(f), w = formatParam(b, "w", "in", f, shape), l = new Ledger(b), codes = new Map<string, Value>();
  try {
    const value = f.value(reading(l, w, { offsets: [constant(0), constant(0)], sizes: [1, 1] }, along, codes)), t = l.terms(value), [name] = codes.keys();
    const code = f.fields.find((g) => g.name === name);
    if (!t || !code || codes.size !== 1) return undefined;
    const bounds = t.zero === undefined ? undefined : l.bounds(t.zero), integer = typeof t.zero === "number" ? Number.isInteger(t.zero) : bounds !== undefined;
    return { code, zero: t.zero === undefined ? undefined : !integer ? "any" : typeof t.zero === "number" ? t.zero : bounds, scaled: t.scales.length > 0, offset: t.offset !== undefined, run: runOf(f, code, shape, along) };
  } catch (x) {
    if (x === OTHERWISE) return undefined;
    throw x;
  }
}

/**
 * The terms of the values from an element on, for a format that `formatForm` knows the form of. Zero points are i32 where they are whole, all else f32.
 * @param first the row or column that the window begins at, across the axis; `count` of them
 * @param at the element along the axis: a multiple of the form's `run`
 */
export function formatTerms(b: Builder, w: FormatParam, along: Along, first: Scalar, count: number, at: Scalar): FormatTerms {
  const l = new Ledger(b), window: FormatWindow = along === 1 ? { offsets: [first, at], sizes: [count, 1] } : { offsets: [at, first], sizes: [1, count] };
  const t = l.terms(w.format.value(reading(l, w, window, along, new Map()))) ?? otherwise();
  const float = (x: Value): Value => (x.dtype.name === "f32" ? x : b.cast({ x }, { to: f32 }));
  return { zero: t.zero, scales: t.scales.map((s) => (isValue(s) ? float(s) : s)), offset: t.offset && float(t.offset) };
}

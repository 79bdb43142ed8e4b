// Which elements of memory an instruction touches, when it has just run. Loads and stores touch all of a view; where that hangs on
// data (gather, scatter, a product cut at k), the row's own emission is evaluated in numbers and what it asks for is written down.
import { Bug } from "../diagnostic.ts";
import { plainAttrs } from "./builder.ts";
import { decodersOf } from "./dtype-decode.ts";
import type { Emission, Emit, Source } from "./emit.ts";
import type { Datum } from "./instruction.ts";
import { numericOps } from "./numeric-machine.ts";
import type { Value as NumericValue } from "./numeric-ops.ts";
import { rowOf } from "./passes/rewrite.ts";
import type { Inst } from "./program.ts";
import type { Scalar } from "./scalar.ts";
import { sizeOf, stridesOf, walk, type View } from "./tile.ts";
import { asTile, asView } from "./isa/window.ts";

/** Elements of one operand. */
export interface Touch {
  readonly key: string;
  readonly write: boolean;
  /** The operand as a view; a register tile counts as all of itself. */
  readonly view: View;
  /** Flat elements of the view, each with what tells who touches it: the same number is the same thread. Undefined: all of them, each by its own thread. */
  readonly elements: readonly (readonly [element: number, by: number])[] | undefined;
}

/** Any thread: it is the same as no other. */
export const ANYONE = -1;

const flat = (shape: readonly number[], index: readonly number[]): number => {
  const strides = stridesOf(shape);
  return index.every((i, d) => i >= 0 && i < shape[d]) ? index.reduce((at, i, d) => at + i * strides[d], 0) : -1;
};

function* indices(shape: readonly number[]): Generator<readonly number[]> {
  const index = shape.map(() => 0);
  for (let n = sizeOf(shape); n > 0; n--) {
    yield index;
    for (let d = shape.length - 1; d >= 0 && ++index[d] === shape[d]; d--) index[d] = 0;
  }
}

/** Evaluates an emission and notes every element it asks of its operands. */
function recorded(i: Inst, data: Readonly<Record<string, Datum>>, scalar: (s: Scalar) => number): ReadonlyMap<string, [number, number][]> {
  const row = rowOf(i), notes = new Map<string, [number, number][]>(), i32 = (n: number): NumericValue => ({ type: "i32", value: n });
  let by = 0;
  const note = (key: string, element: number): void => { if (element >= 0) (notes.get(key) ?? notes.set(key, []).get(key) ?? []).push([element, by]); };
  const source = (key: string, d: Datum): Source<NumericValue> => {
    const t = asTile(d), type = t.dtype.storage ? "u32" : t.dtype.compute;
    const at = (index: readonly NumericValue[], pad?: NumericValue): NumericValue => {
      const place = flat(t.shape, index.map((x) => x.value));
      note(key, place);
      return place < 0 ? pad ?? { type, value: 0 } : { type, value: t.data[place] };
    };
    return {
      dtype: t.dtype, shape: t.shape, at,
      words: () => undefined, // so that all ways read element by element
      neighbours: () => 1,
      chunk: () => 0,
      run: (index, _axis, _count, pad) => [at(index, pad)],
    };
  };
  const e: Emit<NumericValue> = { ...numericOps, accesses: 1, lanes: 1, decoder: (t) => decodersOf(t)[0], lying: (word) => ({ word, at: 0 }), scalar: (s) => ({ type: s.type, value: scalar(s) }) };
  const sources = Object.fromEntries(Object.entries(data).map(([key, d]) => [key, source(key, d)]));
  const made = row.emit?.(e, sources, plainAttrs(i.attrs), i.out) as Emission<NumericValue> | undefined;
  // All ways read the same elements.
  const emission = made?.form === "either" ? made.ways.map((w) => w.fold).find((f) => typeof f !== "string") : made;
  const shapeOf = (key: string): readonly number[] => (key === "out" ? i.out?.shape.map(Number) ?? [] : asTile(data[key]).shape);
  const each = (shape: readonly number[], f: (index: readonly NumericValue[]) => void): void => { by = 0; for (const index of indices(shape)) { f(index.map(i32)); by++; } };
  switch (emission?.form) {
    case "map": each(shapeOf("out"), (index) => { emission.at(index); }); break;
    case "fold":
      each(shapeOf("out"), (index) => {
        let acc = emission.init(index);
        for (let k = 0; k < emission.steps.value; k++) acc = emission.step(index, i32(k), acc, () => { throw new Bug("no way without words has a table"); });
      });
      break;
    case "update": {
      const to = asView(data[emission.to]);
      each(shapeOf(emission.over), (index) => note(emission.to, flat(to.shape, emission.place(index).map((x) => x.value))));
      break;
    }
    default:
  }
  return notes;
}

/** The elements of a matrix operand that a product looks at: those that `k` doesn't cut off. Any thread may look. */
function factor(shape: readonly number[], axis: number, k: number): (readonly [number, number])[] {
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1), out: (readonly [number, number])[] = [];
  for (let n = 0; n < sizeOf(shape); n++) if (Math.floor(n / inner) % shape[axis] < k) out.push([n, ANYONE]);
  return out;
}

/** What an instruction touches of memory, reads first. `by` numbers are positions in the result or view. */
export function touches(i: Inst, data: Readonly<Record<string, Datum>>, scalar: (s: Scalar) => number): Touch[] {
  const row = rowOf(i), effect = row.effect ?? "pure";
  if (effect === "view" || effect === "declare" || effect === "barrier") return [];
  const keys = Object.keys(data).filter((key) => i.operands[key].space !== "reg"), k = i.attrs.k?.kind === "scalar" ? scalar(i.attrs.k.value) : Infinity;
  if (!keys.length) return [];
  const whole = i.name === "load" || i.name === "store" || i.name === "copy", products = keys.every((key) => row.operands[key].contracted !== undefined);
  const notes = whole || products ? undefined : recorded(i, data, scalar);
  return keys.map((key): Touch => {
    const view = asView(data[key]), axis = row.operands[key].contracted, last = new Map(notes?.get(key));
    return { key, write: effect === "write" && key === "to", view, elements: axis !== undefined ? factor(view.shape, axis, k) : notes && [...last].map(([at, by]) => [at, row.operands[key].staged ? ANYONE : by] as const) };
  }).sort((a, b) => Number(a.write) - Number(b.write));
}

/** Calls `visit` with the flat place in memory of each touched element (-1: outside), its number in the view and who touches it. */
export function eachTouched({ view, elements }: Touch, visit: (at: number, element: number, by: number) => void): void {
  if (!elements) { walk(view, (n, at) => visit(at, n, n)); return; }
  const places = new Int32Array(sizeOf(view.shape));
  walk(view, (n, at) => { places[n] = at; });
  for (const [n, by] of elements) visit(places[n], n, by);
}

/** Instructions that hand on elements as they are, one for one. */
const PASSES_ON: ReadonlySet<string> = new Set(["cast", "convert", "assign", "var", "load", "copy"]);

/**
 * Which elements of the result hang on marked elements of operands; undefined for none. Where an emission doesn't tell what hangs on what,
 * nothing is marked.
 */
export function marked(i: Inst, data: Readonly<Record<string, Datum>>, scalar: (s: Scalar) => number, marks: ReadonlyMap<string, Uint8Array>): Uint8Array | undefined {
  const [first] = marks.values(), row = rowOf(i);
  if (!first) return undefined;
  if (PASSES_ON.has(i.name)) return first;
  const shape = i.out?.shape.map(Number) ?? [], size = sizeOf(shape), out = new Uint8Array(size);
  if (Object.values(row.operands).some((o) => o.contracted !== undefined)) {
    const [rows, columns] = shape, k = i.attrs.k?.kind === "scalar" ? scalar(i.attrs.k.value) : Infinity;
    for (const [key, m] of marks) {
      const axis = row.operands[key].contracted, own = data[key].shape;
      for (const [n] of axis === undefined ? [...m.keys()].map((at) => [at] as const) : factor(own, axis, k)) {
        if (!m[n]) continue;
        const line = Math.floor(n / own[1]), column = n % own[1];
        if (axis === undefined && m.length === size) out[n] = 1;
        else if (key === "x") for (let c = 0; c < columns; c++) out[line * columns + c] = 1;
        else if (axis !== undefined) for (let r = 0; r < rows; r++) out[r * columns + (axis === 0 ? column : line)] = 1;
      }
    }
  } else for (const [key, noted] of recorded(i, data, scalar)) for (const [at, by] of noted) if (marks.get(key)?.[at]) out[by] = 1;
  return out.includes(1) ? out : undefined;
}

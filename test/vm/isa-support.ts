// Rows of the instruction table on tiles, twice: by `run`, and by evaluating what `emit` builds with plain numbers.
import fc from "fast-check";
import { numbers } from "../../layout/index.ts";
import {
  decodersOf, dtype, evaluate, instructions, numericOps, sizeOf, stridesOf, tileFromCodes, walk, whole,
  type Datum, type DType, type Emission, type Emit, type Instruction, type NumericValue, type Scalar, type Source, type Tile, type Value, type View, type Words,
} from "../../vm/index.ts";

type X = NumericValue;
export type Operands = Readonly<Record<string, Datum>>;
export type AttrArgs = Readonly<Record<string, unknown>>;

/** Values of the symbols that tests use. */
export const env = new Map<string, number>();
export const emit: Emit<X> = { ...numericOps, accesses: 64, lanes: 1, decoder: (t) => decodersOf(t)[0], lying: (word) => ({ word, at: 0 }), scalar: (s: Scalar) => ({ type: s.type, value: evaluate(s, env) }) };
export const int = (value: number): X => ({ type: "i32", value });

export const rowNamed = (name: string): Instruction => {
  const row = instructions.get(name);
  if (!row) throw new Error(name);
  return row;
};
const isView = (d: Datum): d is View => "memory" in d;
let id = 0;
const valueOf = (d: Datum): Value => ({ id: id++, space: isView(d) ? "shared" : "reg", dtype: d.dtype, shape: d.shape });
const entries = <T, U>(o: Readonly<Record<string, T>>, f: (x: T, key: string) => U): Record<string, U> => Object.fromEntries(Object.entries(o).map(([k, x]) => [k, f(x, k)]));

/** Runs a row; its type rule is asked first. Numbers among attributes of kind scalar become constants. */
export function run(name: string, operands: Operands, attrs: AttrArgs = {}): Tile {
  const row = rowNamed(name), out = row.type(entries(operands, valueOf), attrs as never);
  const shaped = out && out.space !== "scalar" ? { dtype: out.dtype, shape: out.shape as number[] } : undefined;
  const result = row.run?.(operands as never, attrs as never, { scalar: (s) => evaluate(s, env), threads: 32, layouts: {}, out: shaped });
  if (typeof result !== "object" || isView(result)) throw new Error(`${name} gave no tile`);
  return result;
}

/** A value of the evaluator as it lies in tile data, and back. */
const load = (d: DType, x: number): X => ({ type: d.storage ? "u32" : d.compute, value: x });

/** An operand as an emission reads it: indices are checked, also that none is out of a register tile. */
export function sourceOf(d: Datum, words?: "planes" | "fields", neighbours = 1): Source<X> {
  const view = isView(d) ? d : whole(d), n = sizeOf(d.shape), places: { at: number; bit: number }[] = new Array(n);
  walk(view, (i, at, bit) => { places[i] = { at, bit }; });
  const strides = stridesOf(d.shape);
  const element = (index: readonly number[], pad?: X): X => {
    if (index.length !== d.shape.length || index.some((x, k) => !(x >= 0 && x < d.shape[k]))) throw new Error(`index ${index.join()} of a tile [${d.shape.join()}]`);
    const { at, bit } = places[index.reduce((s, x, k) => s + x * strides[k], 0)];
    if (at < 0) return pad ?? load(d.dtype, 0);
    const x = view.memory.data[at];
    return load(d.dtype, bit < 0 ? x : (x >>> bit) & 1);
  };
  const numberOf = (index: readonly X[]) => index.map((x) => { if (x.type !== "i32") throw new Error(`an index of type ${x.type}`); return x.value; });
  /** `count` words of the codes of `elements` neighbours; bit b of element j is at `place(j, b)`; bits past the row are garbage (ones). */
  const gather = (index: readonly X[], axis: number, elements: number, count: number, place: (j: number, b: number) => number): X[] => {
    const at = numberOf(index), ws = new Uint32Array(count);
    for (let j = 0; j < elements; j++)
      for (let b = 0; b < d.dtype.bits; b++) {
        const k = at[axis] + j, p = place(j, b), one = k < d.shape[axis] ? (element(at.map((x, i) => (i === axis ? k : x))).value >>> b) & 1 : 1;
        ws[p >> 5] |= one << (p & 31);
      }
    return [...ws].map((value) => ({ type: "u32", value }));
  };
  const bits = d.dtype.bits, per = 32 / (function gcd(a: number, b: number): number { return b === 0 ? a : gcd(b, a % b); })(32, bits);
  const wordsAlong = (axis: number): Words<X> | undefined => {
    if (!words || bits > 8) return undefined;
    if (words === "planes" || bits === 1) return { form: "planes", elements: 32, vectors: true, at: (index) => gather(index, axis, 32, bits, (j, b) => 32 * b + j) };
    return { form: "fields", elements: per, vectors: true, at: (index) => gather(index, axis, per, (per * bits) / 32, (j, b) => j * bits + b) };
  };
  return {
    dtype: d.dtype, shape: d.shape, at: (index, pad) => element(numberOf(index), pad), words: wordsAlong,
    neighbours: () => neighbours,
    chunk: () => 0,
    run: (index, axis, count, pad) => Array.from({ length: count }, (_, j) => element(numberOf(index).map((x, i) => (i === axis ? x + j : x)), pad)),
  };
}

/** Every index of a shape. */
export const indices = (shape: readonly number[]): number[][] =>
  shape.reduce<number[][]>((all, n) => all.flatMap((i) => Array.from({ length: n }, (_, j) => [...i, j])), [[]]);

function evaluateForm(form: Emission<X>, operands: Readonly<Record<string, Source<X>>>, shape: readonly number[]): (index: readonly number[]) => X {
  const xs = (index: readonly number[]) => index.map(int);
  switch (form.form) {
    case "map": return (index) => form.at(xs(index));
    case "convert": return (index) => operands[form.of].at(xs(form.source ? form.source(numbers, index) : index));
    case "fold": return (index) => {
      const { part, table, steps } = form, entry = (at: X): X => {
        if (!table || !(at.value >= 0 && at.value < table.length)) throw new Error(`entry ${at.value} of a table of ${table?.length}`);
        return table.at(at);
      };
      let acc = form.init(xs(index));
      if (!part) for (let k = 0; k < steps.value; k++) acc = form.step(xs(index), int(k), acc, entry);
      else for (let from = 0; from < steps.value; from += part.every) {
        let sum: X = { type: part.type, value: 0 };
        for (let k = from; k < Math.min(steps.value, from + part.every); k++) sum = form.step(xs(index), int(k), sum, entry);
        acc = part.finish(acc, sum);
      }
      return acc;
    };
    case "reduce": {
      const of = operands[form.operand], all = of.shape as number[];
      return (index) => {
        let acc = form.identity;
        for (const i of indices(all)) {
          const kept = shape.length === all.length ? i.map((x, d) => (form.axes.includes(d) ? 0 : x)) : i.filter((_, d) => !form.axes.includes(d));
          if (kept.every((x, d) => x === index[d])) acc = form.combine(acc, of.at(xs(i)));
        }
        return acc;
      };
    }
    default: throw new Error(`form ${form.form}`);
  }
}

/** The result that the code generator would compute, in plain numbers. Checks that every element has the result's type. */
export function emitted(name: string, operands: Operands, attrs: AttrArgs = {}, options: { readonly words?: "planes" | "fields"; readonly way?: string } = {}): Tile {
  const row = rowNamed(name), out = row.type(entries(operands, valueOf), attrs as never);
  if (!out || out.space === "scalar") throw new Error(`${name} has no tile`);
  const sources = entries(operands, (d) => sourceOf(d, options.words));
  const made = row.emit?.(emit, sources as never, attrs as never, out);
  if (!made) throw new Error(`${name} has no emit`);
  const form = made.form === "either" ? made.ways.find((w) => w.name === (options.way ?? "multiply"))?.fold : made;
  if (!form || typeof form === "string") throw new Error(`no way: ${form}`);
  const shape = out.shape as number[], at = evaluateForm(form, sources, shape), want = out.dtype.storage ? "u32" : out.dtype.compute;
  const elements = indices(shape).map((i) => {
    const x = at(i);
    if (x.type !== want) throw new Error(`${name}: an element of type ${x.type} in a tile of ${out.dtype.name}`);
    return x.value;
  });
  const blank = tileFromCodes(out.dtype, shape, elements.map(() => 0));
  blank.data.set(elements);
  return { ...blank };
}

/** Elements as an array in which NaN and -0 count. */
export const elements = (t: Tile): number[] => [...t.data];

/** A generator of numbers that repeats. */
export function seeded(seed: number): () => number {
  let s = seed >>> 0;
  return () => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
    let z = s ^ (s >>> 15);
    z = Math.imul(z, 0x2c1b3c6d);
    return ((z ^ (z >>> 12)) >>> 0) / 2 ** 32;
  };
}

/** A tile of random codes (wide floats: values around 1, so that sums mean something). */
export function randomTile(name: string, shape: readonly number[], random: () => number): Tile {
  const t = dtype(name), n = sizeOf(shape);
  const code = (): number => (t.kind === "float" && t.bits > 8 ? t.encode((random() - 0.5) * 8) : Math.floor(random() * 2 ** t.bits));
  return tileFromCodes(t, shape, Array.from({ length: n }, code));
}

/** Sizes worth trying. */
export const size = fc.constantFrom(1, 2, 3, 5, 8, 37);
/** A shape of rank 0 to 3 with at most a few hundred elements. */
export const shape = fc.array(size, { maxLength: 3 }).filter((s) => sizeOf(s) <= 600);
/** A shape and one that broadcasts to it: leading axes gone, some sizes 1. */
export const broadcastPair = fc.tuple(shape, fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }), fc.nat(3))
  .map(([s, ones, lead]) => ({ full: s, narrow: s.map((n, d) => (ones[d] ? 1 : n)).slice(Math.min(lead, s.length)) }));

/** The element of a tile that belongs to an index of a larger shape. */
export function broadcastAt(t: Tile, index: readonly number[]): number {
  const strides = stridesOf(t.shape), lead = index.length - t.shape.length;
  return t.data[t.shape.reduce((s, n, d) => s + (n === 1 ? 0 : index[lead + d]) * strides[d], 0)];
}


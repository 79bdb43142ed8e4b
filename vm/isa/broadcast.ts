// Element by element with broadcasting, aligned at the right: on tiles for `run`, on expressions for `emit`, and what
// it means for layouts.
import { reduceTo } from "../../layout/index.ts";
import type { DType } from "../dtype.ts";
import type { Emission, Emit, Source } from "../emit.ts";
import type { Datum, LayoutRule } from "../instruction.ts";
import type { Scalar as NumberFunction } from "../numeric-ops.ts";
import { tileShape } from "../program.ts";
import { makeData, sizeOf, stridesOf, type Tile, type TileData } from "../tile.ts";
import { tileOf } from "./data.ts";
import { asTile } from "./window.ts";

export const sameShape = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((n, d) => n === b[d]);

/** The numbers of a tile of `shape`, repeated to fill `to`. */
export function spreadTo(x: Float64Array, shape: readonly number[], to: readonly number[]): Float64Array {
  if (sizeOf(to) === x.length) return x; // only sizes of 1 differ
  const out = new Float64Array(sizeOf(to));
  if (x.length === 1) return out.fill(x[0]);
  const lead = to.length - shape.length, own = stridesOf(shape);
  const strides = to.map((_, d) => (d < lead || shape[d - lead] === 1 ? 0 : own[d - lead]));
  const last = to.length - 1, n = to[last], step = strides[last], index = new Array<number>(last).fill(0);
  for (let i = 0, at = 0; i < out.length; i += n) {
    for (let j = 0; j < n; j++) out[i + j] = x[at + j * step];
    for (let d = last - 1; d >= 0; d--) {
      at += strides[d];
      if (++index[d] < to[d]) break;
      at -= strides[d] * to[d];
      index[d] = 0;
    }
  }
  return out;
}

/** A tile broadcast to a shape, as a tile of its own. */
export const spreadTile = (t: Tile, to: readonly number[]): Tile =>
  sameShape(t.shape, to) ? t : tileOf(t.dtype, to, spreadTo(new Float64Array(t.data), t.shape, to));

/** Elements that are worked on at a time: as many as stay in the cache as doubles. */
const CHUNK = 1024;

/** Applies a function of up to three numbers to the elements of tiles (`numbersOf` reads them). */
export function mapTiles(f: NumberFunction, operands: readonly Datum[], out: { readonly dtype: DType; readonly shape: readonly number[] }, numbersOf: (t: Tile) => TileData | Float64Array = (t) => t.data): Tile {
  const n = sizeOf(out.shape), result = makeData(out.dtype, n), z = new Float64Array(Math.min(CHUNK, n));
  const sources = operands.map((o) => {
    const t = asTile(o), xs = numbersOf(t);
    return { xs: xs.length === n ? xs : spreadTo(new Float64Array(xs), t.shape, out.shape), chunk: new Float64Array(z.length) };
  });
  const [a, b = z, c = z] = sources.map((s) => s.chunk);
  for (let i = 0; i < n; i += CHUNK) {
    const size = Math.min(CHUNK, n - i);
    for (const { xs, chunk } of sources) chunk.set(xs.subarray(i, i + size));
    if (sources.length === 1) for (let j = 0; j < size; j++) z[j] = f(a[j], 0, 0);
    else if (sources.length === 2) for (let j = 0; j < size; j++) z[j] = f(a[j], b[j], 0);
    else for (let j = 0; j < size; j++) z[j] = f(a[j], b[j], c[j]);
    result.set(z.subarray(0, size), i);
  }
  return { dtype: out.dtype, shape: out.shape, data: result };
}

/** An emission; `e` only tells the compiler which expressions it is made of. */
export const emission = <X>(_e: Emit<X>, x: Emission<X>): Emission<X> => x;

/** The element of an operand that belongs to an element of the result. */
export function elementOf<X>(e: Emit<X>, s: Source<X>, index: readonly X[]): X {
  const lead = index.length - s.shape.length;
  if (lead === 0 && !s.shape.includes(1)) return s.at(index);
  return s.at(s.shape.map((n, d) => (n === 1 ? e.constant("i32", 0) : index[lead + d])));
}

/** Each element of the result from the elements of the operands that belong to it. */
export function mapElements<X>(e: Emit<X>, operands: readonly Source<X>[], f: (...x: readonly X[]) => X): Emission<X> {
  const [a, b] = operands;
  if (operands.length === 2) return { form: "map", at: (index) => f(elementOf(e, a, index), elementOf(e, b, index)) };
  return { form: "map", at: (index) => f(...operands.map((s) => elementOf(e, s, index))) };
}

/** Layouts pass through element-wise instructions: from an operand of the result's shape, and back to every operand. */
export const throughElements: LayoutRule = {
  forward: (known, { operands, out }) =>
    Object.entries(operands).flatMap(([key, v]) => (known[key] && out && sameShape(tileShape(v), tileShape(out)) ? [known[key]] : []))[0],
  backward: (out, key, { operands }) => out && reduceTo(out, tileShape(operands[key])),
};

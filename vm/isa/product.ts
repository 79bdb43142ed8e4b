// Matrix products in plain numbers: what dot and bmma mean (SEMANTICS §2), fast enough for whole models' layers.
import { Bug } from "../../diagnostic.ts";
import { dtype as dtypeNamed } from "../dtype.ts";
import type { Datum } from "../instruction.ts";
import { scalarFunction } from "../numeric-ops.ts";
import type { Tile } from "../tile.ts";
import { spreadTo } from "./broadcast.ts";
import { tileOf, tileValues } from "./data.ts";
import { isInteger } from "./rules.ts";
import { asTile, readView } from "./window.ts";

/** The tiles of a product. */
export interface Factors {
  readonly x: Tile;
  readonly y: Tile;
  readonly acc: Tile | undefined;
  /** How many contracted elements count. */
  readonly k: number;
}

/** A factor's elements; outside a tensor they are 0. */
const factor = (d: Datum): Tile => ("memory" in d ? readView(d, d.dtype.storage ? d.dtype.zeroCode : 0) : d);

/** Reads the operands of a product and cuts `k` to the tile. */
export function factors(o: { readonly x: Datum; readonly y: Datum; readonly acc?: Datum | undefined }, k: number | undefined): Factors {
  const x = factor(o.x), K = x.shape[1];
  return { x, y: factor(o.y), acc: o.acc && asTile(o.acc), k: k === undefined ? K : Math.max(0, Math.min(K, k)) };
}

const largest = (xs: Float64Array): number => { let m = 0; for (let i = 0; i < xs.length; i++) { const a = Math.abs(xs[i]); if (a > m) m = a; } return m; };

/** acc[M, N] += x[M, K] · y[K, N] over the first k of K, row by row. */
function accumulate(acc: Float64Array, x: Float64Array, y: Float64Array, K: number, N: number, k: number): void {
  for (let row = 0, from = 0; row < acc.length; row += N, from += K)
    if (N < 8) for (let n = 0; n < N; n++) { // short rows: down the columns instead, in the same order of sums
      let sum = acc[row + n];
      for (let j = 0, at = n; j < k; j++, at += N) sum += x[from + j] * y[at];
      acc[row + n] = sum;
    } else for (let j = 0; j < k; j++) {
      const a = x[from + j], other = j * N;
      for (let n = 0; n < N; n++) acc[row + n] += a * y[other + n];
    }
}

/** The same modulo 2^32. */
function accumulateWrapping(acc: Int32Array, x: Int32Array, y: Int32Array, K: number, N: number, k: number): void {
  for (let row = 0, from = 0; row < acc.length; row += N, from += K)
    for (let j = 0; j < k; j++) {
      const a = x[from + j], other = j * N;
      for (let n = 0; n < N; n++) acc[row + n] = (acc[row + n] + Math.imul(a, y[other + n])) | 0;
    }
}

/** A factor's values less its zero points, which broadcast. */
function centred(t: Tile, zero: Datum | undefined): Float64Array {
  const values = tileValues(t);
  if (!zero) return values;
  const z = asTile(zero), zs = spreadTo(tileValues(z), z.shape, t.shape);
  for (let i = 0; i < values.length; i++) values[i] -= zs[i];
  return values;
}

/** dot: i32 sums wrap; float sums are made in doubles and rounded once. */
export function dotTiles({ x, y, acc, k }: Factors, zx: Datum | undefined, zy: Datum | undefined): Tile {
  const [M, K] = x.shape, N = y.shape[1], integer = isInteger(x.dtype) && isInteger(y.dtype);
  const a = centred(x, zx), b = centred(y, zy);
  const sum = acc ? new Float64Array(acc.data) : new Float64Array(M * N), out = dtypeNamed(integer ? "i32" : "f32");
  if (integer && largest(a) * largest(b) * k + largest(sum) > Number.MAX_SAFE_INTEGER) {
    const wrapped = new Int32Array(sum); // typed arrays take integers modulo 2^32
    accumulateWrapping(wrapped, new Int32Array(a), new Int32Array(b), K, N, k);
    return { dtype: out, shape: [M, N], data: wrapped };
  }
  accumulate(sum, a, b, K, N, k);
  return tileOf(out, [M, N], sum);
}

/** Rows of one-bit codes as words, bit j of word w the element 32·w + j; elements from k on are 0. */
function packRows(t: Tile, k: number): { readonly words: Int32Array; readonly perRow: number } {
  const [rows, K] = t.shape, perRow = Math.ceil(k / 32), words = new Int32Array(rows * perRow);
  for (let r = 0; r < rows; r++) for (let j = 0; j < k; j++) words[r * perRow + (j >>> 5)] |= t.data[r * K + j] << (j & 31);
  return { words, perRow };
}

const popcount = scalarFunction("popcount", "u32");

/** bmma: products of bits by counting. b1 bits count ±1, u1 bits 0 and 1. */
export function bmmaTiles({ x, y, acc, k }: Factors): Tile {
  const [M] = x.shape, [N] = y.shape, { words: a, perRow } = packRows(x, k), { words: b } = packRows(y, k);
  const bipolar = [x, y].map((t) => t.dtype.kind === "bipolar"), mixed = bipolar[0] !== bipolar[1], signed = bipolar[0] && bipolar[1];
  const out = acc ? new Int32Array(acc.data) : new Int32Array(M * N);
  if (x.shape[1] !== y.shape[1]) throw new Bug("bmma of different depths");
  for (let m = 0; m < M; m++)
    for (let n = 0; n < N; n++) {
      let sum = signed ? k : 0;
      for (let w = 0; w < perRow; w++) {
        const p = a[m * perRow + w], q = b[n * perRow + w];
        if (signed) sum -= 2 * popcount(p ^ q, 0, 0);
        else if (mixed) sum += 2 * popcount(p & q, 0, 0) - popcount(bipolar[0] ? q : p, 0, 0);
        else sum += popcount(p & q, 0, 0);
      }
      out[m * N + n] += sum;
    }
  return { dtype: dtypeNamed("i32"), shape: [M, N], data: out };
}

// Materialised tiles and memory views: what the interpreter computes on.
import { fail } from "../diagnostic.ts";
import type { DType } from "./dtype.ts";

/** Codes of storage types, values of compute types, row-major. f16 values are kept in f32, already rounded. */
export type TileData = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array;

/** A register tile, or the whole of a memory. */
export interface Tile {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TileData;
}

/** An axis of a memory that follows another one: its index is ⌊index / div⌋, modulo `mod` if that isn't 0. */
export interface AxisDigit {
  readonly axis: number;
  readonly div: number;
  readonly mod: number;
}

/**
 * A window of a memory: view axis d runs along memory axis `axes[d]` (or along the bits of an element, "bit")
 * from `origin`; memory axes that no view axis runs along are fixed at `origin`. With `digits`, `axes` and `origin` speak of other
 * axes, which those of the memory are digits of.
 */
export interface View {
  readonly memory: Tile;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly axes: readonly (number | "bit")[];
  readonly origin: readonly number[];
  /** For each axis of the memory the digit that it is; absent: `axes` are the memory's own. */
  readonly digits?: readonly AxisDigit[] | undefined;
  /** First bit, for views by bit; a plane picked by subscript has no "bit" axis but this. */
  readonly bit?: number | undefined;
}

/** The number of elements of a shape; 1 for the empty shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** An array for `n` elements of a type: codes for storage types, values for compute types. */
export function makeData(dtype: DType, n: number): TileData {
  if (dtype.name === "f32" || dtype.name === "f16") return new Float32Array(n);
  if (dtype.name === "i32") return new Int32Array(n);
  if (dtype.name === "u32") return new Uint32Array(n);
  return dtype.bits <= 8 ? new Uint8Array(n) : dtype.bits <= 16 ? new Uint16Array(n) : new Uint32Array(n);
}

/**
 * A tile of zeroed data: code 0 of a storage type, value 0 of a compute type.
 * @throws Diagnostic H0308 where the memory isn't there
 * @example
 * ```ts
 * makeTile(dtype("u3"), [2, 2]).data; // => new Uint8Array(4)
 * ```
 */
export function makeTile(dtype: DType, shape: readonly number[]): Tile {
  const n = sizeOf(shape);
  try {
    return { dtype, shape, data: makeData(dtype, n) };
  } catch (error) {
    if (!(error instanceof RangeError) || !(n >= 2 ** 20)) throw error;
    return fail({ code: "H0308", message: `there is no memory for ${n} elements of ${dtype.name}`, help: "work on a part of the tensor at a time" });
  }
}

/** Row-major strides. */
export function stridesOf(shape: readonly number[]): number[] {
  const s = new Array<number>(shape.length).fill(1);
  for (let d = shape.length - 2; d >= 0; d--) s[d] = (s[d + 1] ?? 1) * (shape[d + 1] ?? 1);
  return s;
}

/**
 * Where an index along one of the axes that a view speaks of leads: how far it moves the flat place in the memory. NaN outside.
 * (Every axis of the memory follows one of them, so the moves of all add up to the place.)
 */
export function moves(v: View): (axis: number, at: number) => number {
  const { shape } = v.memory, strides = stridesOf(shape), { digits } = v;
  if (!digits) return (axis, at) => (at >= 0 && at < shape[axis] ? at * strides[axis] : NaN);
  return (axis, at) => digits.reduce((sum, d, m) => {
    if (d.axis !== axis) return sum;
    const whole = Math.floor(at / d.div), x = d.mod === 0 ? whole : ((whole % d.mod) + d.mod) % d.mod;
    return x >= 0 && x < shape[m] ? sum + x * strides[m] : NaN;
  }, 0);
}

/**
 * Walks a view in row-major order: calls `visit(i, at)` with the flat index in the view and in the memory,
 * `at` = -1 where the view sticks out; `bit` is the bit of the element or -1.
 */
export function walk(v: View, visit: (i: number, at: number, bit: number) => void): void {
  const n = v.shape.length, used = new Set(v.axes), move = moves(v), bits = v.memory.dtype.bits, bit0 = v.bit;
  const base = v.origin.reduce((sum, o, a) => (used.has(a) ? sum : sum + move(a, o)), 0);
  const tables = v.axes.map((axis, d) => Float64Array.from({ length: v.shape[d] }, (_, x) => (axis === "bit" ? 0 : move(axis, v.origin[axis] + x))));
  const total = sizeOf(v.shape), index = new Array<number>(n).fill(0);
  for (let i = 0; i < total; i++) {
    let at = base, bit = bit0 ?? -1;
    for (let d = 0; d < n; d++) {
      at += tables[d][index[d]];
      if (v.axes[d] === "bit") bit += index[d];
    }
    const inside = at >= 0 && (bit0 === undefined || (bit >= 0 && bit < bits));
    visit(i, inside ? at : -1, bit);
    for (let d = n - 1; d >= 0 && ++index[d] === v.shape[d]; d--) index[d] = 0;
  }
}

/** The whole of a memory as a view. */
export const whole = (memory: Tile): View => ({ memory, dtype: memory.dtype, shape: memory.shape, axes: memory.shape.map((_, d) => d), origin: memory.shape.map(() => 0) });

// Materialised tiles and memory views: what the interpreter computes on.
import { Bug, fail } from "../diagnostic.ts";
import type { DType } from "./dtype.ts";

/** Codes of storage types, values of compute types, row-major. f16 values are kept in f32, already rounded. */
export type TileData = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array;

/** A register tile, or the whole of a memory. */
export interface Tile {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TileData;
}

/**
 * A window of a memory: view axis d runs along memory axis `axes[d]` (or along the bits of an element, "bit")
 * from `origin`; memory axes that no view axis runs along are fixed at `origin`.
 */
export interface View {
  readonly memory: Tile;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly axes: readonly (number | "bit")[];
  readonly origin: readonly number[];
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
 * Walks a view in row-major order: calls `visit(i, at)` with the flat index in the view and in the memory,
 * `at` = -1 where the view sticks out; `bit` is the bit of the element or -1.
 */
export function walk(v: View, visit: (i: number, at: number, bit: number) => void): void {
  const strides = stridesOf(v.memory.shape);
  const n = v.shape.length;
  const used = new Set(v.axes);
  let base = 0, fixedInside = true;
  v.memory.shape.forEach((size, a) => {
    const o = v.origin[a] ?? 0;
    base += o * (strides[a] ?? 0);
    if (!used.has(a) && (o < 0 || o >= size)) fixedInside = false;
  });
  const total = sizeOf(v.shape);
  const index = new Array<number>(n).fill(0);
  const bits = v.memory.dtype.bits, bit0 = v.bit;
  for (let i = 0; i < total; i++) {
    let at = base, inside = fixedInside, bit = bit0 ?? -1;
    for (let d = 0; d < n; d++) {
      const axis = v.axes[d], x = index[d] ?? 0;
      if (axis === undefined) throw new Bug("view axis without a memory axis");
      if (axis === "bit") bit = (bit0 ?? 0) + x;
      else {
        const p = (v.origin[axis] ?? 0) + x;
        if (p < 0 || p >= (v.memory.shape[axis] ?? 0)) inside = false;
        at += x * (strides[axis] ?? 0);
      }
    }
    if (bit0 !== undefined && (bit < 0 || bit >= bits)) inside = false;
    visit(i, inside ? at : -1, bit);
    for (let d = n - 1; d >= 0; d--) {
      const next = (index[d] ?? 0) + 1;
      if (next < (v.shape[d] ?? 0)) { index[d] = next; break; }
      index[d] = 0;
    }
  }
}

/** The whole of a memory as a view. */
export const whole = (memory: Tile): View => ({ memory, dtype: memory.dtype, shape: memory.shape, axes: memory.shape.map((_, d) => d), origin: memory.shape.map(() => 0) });

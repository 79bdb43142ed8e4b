// Elements of memory views in bulk: a view is walked row by row, and of each row the part inside the memory is known
// before its elements are touched.
import { makeData, sizeOf, stridesOf, walk, type Tile, type View } from "../tile.ts";
import type { Datum } from "../instruction.ts";

/** A row of a view along its last axis. Element j lies at `at + j · step`, bit `bit + j · bitStep`; only lo ≤ j < hi lie inside. */
interface Row {
  /** Flat index in the view of element 0. */
  readonly i: number;
  readonly at: number;
  readonly step: number;
  /** Undefined where whole elements are meant. */
  readonly bit: number | undefined;
  readonly bitStep: number;
  readonly lo: number;
  readonly hi: number;
}

const clamp = (x: number, lo: number, hi: number): number => Math.max(lo, Math.min(hi, x));

/** Calls `visit` on every row with a part inside, in row-major order. A view without axes is one row of one element. */
function eachRow(v: View, visit: (r: Row) => void): void {
  const { memory } = v, strides = stridesOf(memory.shape), used = new Set(v.axes);
  const last = v.shape.length - 1, n = last < 0 ? 1 : v.shape[last], axis = last < 0 ? undefined : v.axes[last];
  const outer = v.shape.slice(0, Math.max(0, last)), rows = n === 0 ? 0 : sizeOf(outer);
  const fixed = memory.shape.every((size, a) => used.has(a) || (v.origin[a] >= 0 && v.origin[a] < size));
  const base = memory.shape.reduce((at, _, a) => at + v.origin[a] * strides[a], 0);
  const byBits = v.bit !== undefined, index = new Array<number>(outer.length).fill(0);
  for (let r = 0; r < rows; r++) {
    let at = base, inside = fixed, bit = v.bit ?? 0;
    for (let d = 0; d < outer.length; d++) {
      const a = v.axes[d], x = index[d];
      if (a === "bit") { bit += x; continue; }
      const p = v.origin[a] + x;
      if (p < 0 || p >= memory.shape[a]) inside = false;
      at += x * strides[a];
    }
    if (byBits && axis !== "bit" && (bit < 0 || bit >= memory.dtype.bits)) inside = false;
    const start = axis === undefined ? 0 : axis === "bit" ? bit : v.origin[axis];
    const end = axis === undefined ? 1 : axis === "bit" ? memory.dtype.bits : memory.shape[axis];
    const lo = clamp(-start, 0, n), hi = inside ? clamp(end - start, lo, n) : lo;
    if (lo < hi) visit({ i: r * n, at, step: typeof axis === "number" ? strides[axis] : 0, bit: byBits ? bit : undefined, bitStep: axis === "bit" ? 1 : 0, lo, hi });
    for (let d = outer.length - 1; d >= 0 && ++index[d] === outer[d]; d--) index[d] = 0;
  }
}

/** The elements of a view; outside the memory they are `pad` (an element of the tile: a value, or a code of a storage type). */
export function readView(v: View, pad: number): Tile {
  const from = v.memory.data, out = makeData(v.dtype, sizeOf(v.shape));
  if (pad !== 0) out.fill(pad);
  if (v.digits) {
    walk(v, (i, at, bit) => { if (at >= 0) out[i] = bit < 0 ? from[at] : (from[at] >>> bit) & 1; });
    return { dtype: v.dtype, shape: v.shape, data: out };
  }
  eachRow(v, ({ i, at, step, bit, bitStep, lo, hi }) => {
    if (bit === undefined && step === 1) out.set(from.subarray(at + lo, at + hi), i + lo);
    else if (bit === undefined) for (let j = lo; j < hi; j++) out[i + j] = from[at + j * step];
    else for (let j = lo; j < hi; j++) out[i + j] = (from[at + j * step] >>> (bit + j * bitStep)) & 1;
  });
  return { dtype: v.dtype, shape: v.shape, data: out };
}

/** Writes a tile of the view's shape to a view; what lies outside is dropped. */
export function writeView(v: View, x: Tile): void {
  const to = v.memory.data, from = x.data;
  if (v.digits) {
    walk(v, (i, at, bit) => { if (at >= 0) to[at] = bit < 0 ? from[i] : (to[at] & ~(1 << bit)) | (from[i] << bit); });
    return;
  }
  eachRow(v, ({ i, at, step, bit, bitStep, lo, hi }) => {
    if (bit === undefined && step === 1) to.set(from.subarray(i + lo, i + hi), at + lo);
    else if (bit === undefined) for (let j = lo; j < hi; j++) to[at + j * step] = from[i + j];
    else for (let j = lo; j < hi; j++) {
      const p = at + j * step, b = bit + j * bitStep;
      to[p] = (to[p] & ~(1 << b)) | (from[i + j] << b);
    }
  });
}

/** An operand in registers or memory as a tile. */
export const asTile = (d: Datum): Tile => ("memory" in d ? readView(d, 0) : d);

/** An operand that must be memory. */
export const asView = (d: Datum): View =>
  "memory" in d ? d : { memory: d, dtype: d.dtype, shape: d.shape, axes: d.shape.map((_, a) => a), origin: d.shape.map(() => 0) };

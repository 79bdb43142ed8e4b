// Global layouts: where an element of a tensor lies in its buffer, in elements: strides over modes, possibly of a window.
import { fail } from "../diagnostic.ts";
import { numbers, type Algebra } from "./algebra.ts";
import { dimensions, extents, frozen, product, same, show } from "./modes.ts";
import * as shared from "./shared.ts";

/** A global layout as plain data: a window of a strided tensor. */
export interface GlobalLayout {
  /** Extents of what is seen. */
  readonly shape: readonly number[];
  /** Product of the shape (not the reach of the offsets). */
  readonly size: number;
  /** The tensor that the window lies in. */
  readonly whole: shared.SharedLayout;
  /** Where the window starts in each dimension of the whole. */
  readonly origin: readonly number[];
  /** For each own dimension, the dimension of the whole. */
  readonly dims: readonly number[];
}

const plain = (whole: shared.SharedLayout): GlobalLayout => Object.freeze({
  shape: whole.shape, size: product(whole.shape), whole,
  origin: frozen(whole.shape.map(() => 0)), dims: frozen(whole.shape.map((_, k) => k)),
});

/** The last dimension fastest, without gaps. @throws Diagnostic L0101 */
export const rowMajor = (...shape: number[]): GlobalLayout => plain(shared.rowMajor(...shape));
/** The first dimension fastest, without gaps. @throws Diagnostic L0101 */
export const columnMajor = (...shape: number[]): GlobalLayout => plain(shared.columnMajor(...shape));
/** Any stride per dimension, in elements. @throws Diagnostic L0106 when strides are missing, L0101 for extents below 1 */
export const strided = (shape: readonly number[], strides: readonly number[]): GlobalLayout => plain(shared.sharedLayout(shape, shape, strides));

/**
 * A window: the dimensions `dims` of `l` from `offsets` on, with extents `shape`; other dimensions stay at their offset.
 * Offsets of the window count from its own first element; that element's offset is {@link base}.
 * @param offsets one start per dimension of `l`
 * @throws Diagnostic L0102 when numbers are missing or the window reaches outside
 */
export function slice(l: GlobalLayout, offsets: readonly number[], dims: readonly number[], shape: readonly number[]): GlobalLayout {
  const kept = dimensions(dims, l.shape.length, "slice");
  extents(shape, "the window");
  if (offsets.length !== l.shape.length || shape.length !== kept.length)
    fail({ code: "L0102", message: `a window of ${show(l.shape)} at ${show(offsets)} with extents ${show(shape)}`, help: "give one offset per dimension and one extent per kept dimension" });
  offsets.forEach((o, k) => {
    const i = kept.indexOf(k), width = i < 0 ? 1 : shape[i];
    if (!Number.isInteger(o) || o < 0 || o + width > l.shape[k])
      fail({ code: "L0102", message: `a window from ${o} of width ${width} in dimension ${k} of extent ${l.shape[k]}`, help: "keep the window inside" });
  });
  const origin = [...l.origin];
  offsets.forEach((o, k) => { origin[l.dims[k]] += o; });
  return Object.freeze({ shape: frozen(shape), size: product(shape), whole: l.whole, origin: frozen(origin), dims: frozen(kept.map((k) => l.dims[k])) });
}

/** The product: every element of `a` becomes a tile of `b`. @throws Diagnostic L0108 when one is a window */
export function compose(a: GlobalLayout, b: GlobalLayout): GlobalLayout {
  for (const l of [a, b])
    if (!same(l.shape, l.whole.shape) || l.dims.some((d, k) => d !== k)) fail({ code: "L0108", message: `a window of ${show(l.whole.shape)} can't be a factor of a product`, help: "compose whole layouts, then slice" });
  return plain(shared.compose(a.whole, b.whole));
}

/** The offset of the window's first element, in elements. */
export const base = (l: GlobalLayout): number => shared.offsetAt(l.whole, l.origin);

/**
 * The offset of an element from the window's first, in elements, over any index algebra.
 * @throws Diagnostic L0102 for an index of another rank, L0108 for unknown indices into a window of a tensor with split dimensions
 */
export function offset<T>(l: GlobalLayout, alg: Algebra<T>, index: readonly T[]): T {
  if (index.length !== l.shape.length) fail({ code: "L0102", message: `an index of ${index.length} numbers into shape ${show(l.shape)}`, help: `give ${l.shape.length}` });
  // One stride per dimension: the origin drops out of the difference.
  if (same(l.whole.modeShape, l.whole.shape.filter((d) => d > 1)) || l.origin.every((o) => o === 0))
    return shared.offset(l.whole, alg, l.origin.map((_, k) => { const i = l.dims.indexOf(k); return i < 0 ? alg.of(0) : index[i]; }));
  // Otherwise digits wrap at the modes' own borders, and the algebra has no subtraction for the rest.
  const numbersOnly = index.map((x) => alg.known(x) ?? fail({ code: "L0108", message: `a window of a tensor with modes ${show(l.whole.modeShape)}`, help: "start the window at 0, or use one stride per dimension" }));
  const at = l.origin.map((o, k) => { const i = l.dims.indexOf(k); return i < 0 ? o : o + numbersOnly[i]; });
  return alg.of(shared.offsetAt(l.whole, at) - base(l));
}

/** The offset of an element from the window's first, in elements. @throws Diagnostic L0102 for an index of another rank */
export const offsetAt = (l: GlobalLayout, index: readonly number[]): number => offset(l, numbers, index);

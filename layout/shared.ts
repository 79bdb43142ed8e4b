// Shared-memory layouts: where in workgroup memory an element of a tile lies, optionally with xor swizzling
// against bank conflicts.
//
//   offset(index) = swizzle( Σ digit of mode j · stride j )        in elements
import { fail } from "../diagnostic.ts";
import { numbers, type Algebra } from "./algebra.ts";
import { digit, dimensions, extents, frozen, gcd, group, product, show, weighted, weights } from "./modes.ts";

/** Bits [base, base + bits) of the offset are xored with the bits `shift` above them. */
export interface Swizzle {
  readonly base: number;
  readonly bits: number;
  readonly shift: number;
}

/** A shared layout as plain data; canonical when made here. */
export interface SharedLayout {
  readonly shape: readonly number[];
  /** Sizes of the modes; each dimension owns a run of them, slowest first. */
  readonly modeShape: readonly number[];
  /** Elements from one value of the mode to the next. */
  readonly modeStrides: readonly number[];
  readonly swizzle: Swizzle | null;
}

const bad = (message: string, help: string): never => fail({ code: "L0106", message, help });
const groupsOf = (l: SharedLayout): number[][] =>
  group(l.shape, l.modeShape) ?? bad(`modes ${show(l.modeShape)} don't refine shape ${show(l.shape)}`, "cut each extent into factors, slowest first");

/**
 * Makes a shared layout; the result is canonical: no modes of size 1, and inside a dimension neighbours that run on are one mode.
 * @param modeStrides one per mode, whole numbers ≥ 0
 * @throws Diagnostic L0106 when modes don't refine the shape or strides are missing, L0101 for extents below 1
 */
export function sharedLayout(shape: readonly number[], modeShape: readonly number[], modeStrides: readonly number[], swizzle: Swizzle | null = null): SharedLayout {
  extents(shape, "the shared layout's shape");
  extents(modeShape, "the shared layout's mode shape");
  if (modeStrides.length !== modeShape.length || modeStrides.some((s) => !Number.isSafeInteger(s) || s < 0))
    bad(`strides ${show(modeStrides)} for modes ${show(modeShape)}`, "give one whole number ≥ 0 per mode");
  if (swizzle && ([swizzle.base, swizzle.bits, swizzle.shift].some((n) => !Number.isInteger(n) || n < 0) || (swizzle.bits > 0 && swizzle.shift === 0)))
    bad(`swizzle (${swizzle.base}, ${swizzle.bits}, ${swizzle.shift})`, "base, bits and shift are whole numbers ≥ 0, shift ≥ 1 (a bit xored with itself is lost)");
  const sizes: number[] = [], strides: number[] = [];
  const groups = groupsOf({ shape, modeShape, modeStrides, swizzle });
  for (const own of groups) {
    let open = false; // whether the last mode may still grow
    for (const m of own) {
      if (modeShape[m] === 1) continue;
      const last = sizes.length - 1;
      if (open && strides[last] === modeStrides[m] * modeShape[m]) { sizes[last] *= modeShape[m]; strides[last] = modeStrides[m]; }
      else { sizes.push(modeShape[m]); strides.push(modeStrides[m]); }
      open = true;
    }
  }
  return Object.freeze({
    shape: frozen(shape), modeShape: frozen(sizes), modeStrides: frozen(strides),
    swizzle: swizzle && swizzle.bits > 0 ? Object.freeze({ ...swizzle }) : null,
  });
}

/** The canonical form of a shared layout given as plain data. @throws Diagnostic L0106 */
export const canonical = (l: SharedLayout): SharedLayout => sharedLayout(l.shape, l.modeShape, l.modeStrides, l.swizzle);

/** The last dimension fastest, without gaps. @throws Diagnostic L0101 */
export const rowMajor = (...shape: number[]): SharedLayout => sharedLayout(shape, shape, weights(shape));
/** The first dimension fastest, without gaps. @throws Diagnostic L0101 */
export const columnMajor = (...shape: number[]): SharedLayout => sharedLayout(shape, shape, weights([...shape].reverse()).reverse());

/** One more than the largest offset before swizzling: the elements to reserve. */
export const countSize = (l: SharedLayout): number => l.modeShape.reduce((n, s, i) => n + (s - 1) * l.modeStrides[i], 1);

/**
 * A swizzled offset.
 * @example
 * ```ts
 * swizzled({ base: 3, bits: 3, shift: 3 }, 64); // => 72
 * ```
 */
export function swizzled(s: Swizzle, x: number): number {
  // Not with ^ alone: offsets may pass 31 bits.
  const low = 2 ** s.base, span = 2 ** s.bits;
  const mine = Math.floor(x / low) % span, above = Math.floor(x / (low * 2 ** s.shift)) % span;
  return x + ((mine ^ above) - mine) * low;
}

/** The same swizzle on byte offsets of elements of `elemBytes` (a power of two) bytes. @throws Diagnostic L0106 for other sizes */
export function byteSwizzle(s: Swizzle, elemBytes: number): Swizzle {
  const k = Math.log2(elemBytes);
  if (!Number.isInteger(k) || k < 0) bad(`elements of ${elemBytes} bytes`, "a swizzle of bytes needs elements of 1, 2, 4, … bytes");
  return { ...s, base: s.base + k };
}

/**
 * The offset of an element, in elements, over any index algebra. The algebra has no xor, so a swizzled layout needs `xor`;
 * over plain numbers {@link offsetAt} has it.
 * @throws Diagnostic L0106 for a swizzled layout without `xor`, L0102 for an index of another rank
 */
export function offset<T>(l: SharedLayout, alg: Algebra<T>, index: readonly T[], xor?: (s: Swizzle, x: T) => T): T {
  if (index.length !== l.shape.length) fail({ code: "L0102", message: `an index of ${index.length} numbers into a tile of shape ${show(l.shape)}`, help: `give ${l.shape.length}` });
  const plain = weighted(alg, groupsOf(l).flatMap((own, k) => {
    const sizes = own.map((m) => l.modeShape[m]), w = weights(sizes);
    return own.flatMap((m, i) => (l.modeStrides[m] === 0 ? [] : [{ digit: digit(alg, index[k], w[i], sizes[i], i === 0), weight: l.modeStrides[m] }]));
  }));
  if (!l.swizzle) return plain;
  return xor ? xor(l.swizzle, plain) : bad("a swizzled layout where no xor is at hand", "use a layout without swizzle");
}

/** The offset of an element, in elements, swizzle applied. @throws Diagnostic L0102 for an index of another rank */
export const offsetAt = (l: SharedLayout, index: readonly number[]): number => offset(l, numbers, index, swizzled);

/** The product: every element of `a` becomes a tile of `b`, `countSize(b)` apart. Swizzles are dropped. */
export function compose(a: SharedLayout, b: SharedLayout): SharedLayout {
  const rank = Math.max(a.shape.length, b.shape.length), scale = countSize(b);
  const lead = (l: SharedLayout) => Array.from({ length: rank - l.shape.length }, () => 1);
  const f = { ...a, shape: [...lead(a), ...a.shape] }, g = { ...b, shape: [...lead(b), ...b.shape] };
  const fg = groupsOf(f), gg = groupsOf(g);
  return sharedLayout(
    f.shape.map((d, k) => d * g.shape[k]),
    fg.flatMap((own, k) => [...own.map((m) => a.modeShape[m]), ...gg[k].map((m) => b.modeShape[m])]),
    fg.flatMap((own, k) => [...own.map((m) => a.modeStrides[m] * scale), ...gg[k].map((m) => b.modeStrides[m])]),
  );
}

/** Only the dimensions in `order`, in that order. */
function pick(l: SharedLayout, order: readonly number[]): SharedLayout {
  const groups = groupsOf(l), modes = order.flatMap((d) => groups[d]);
  return sharedLayout(order.map((d) => l.shape[d]), modes.map((m) => l.modeShape[m]), modes.map((m) => l.modeStrides[m]), l.swizzle);
}

/** Reorders dimensions: dimension i of the result is dimension `dims[i]`. @throws Diagnostic L0102 unless each is named once */
export function permute(l: SharedLayout, dims: readonly number[]): SharedLayout {
  const order = dimensions(dims, l.shape.length, "permute");
  if (order.length !== l.shape.length) fail({ code: "L0102", message: `permute: ${show(dims)} names ${order.length} of ${l.shape.length} dimensions`, help: "name every dimension once" });
  return pick(l, order);
}

/** Swaps the last two dimensions. @throws Diagnostic L0102 for fewer than two */
export function transpose(l: SharedLayout): SharedLayout {
  const r = l.shape.length;
  if (r < 2) fail({ code: "L0102", message: `transpose of a tile of shape ${show(l.shape)}`, help: "it needs two dimensions" });
  return pick(l, [...Array.from({ length: r - 2 }, (_, k) => k), r - 1, r - 2]);
}

/** Inserts dimensions of extent 1; `dims` are their places in the result. @throws Diagnostic L0102 for bad places */
export function unsqueeze(l: SharedLayout, dims: readonly number[]): SharedLayout {
  const rank = l.shape.length + dims.length, fresh = new Set(dimensions(dims, rank, "unsqueeze")), old = [...l.shape];
  return sharedLayout(Array.from({ length: rank }, (_, k) => (fresh.has(k) ? 1 : old.shift() ?? 1)), l.modeShape, l.modeStrides, l.swizzle);
}

/**
 * Keeps the dimensions `retain`, in that order, at any fixed place of the others: the slice's offsets add to that place's offset.
 * @throws Diagnostic L0102 for bad dimensions, L0106 when the swizzle mixes kept and dropped dimensions, so that offsets wouldn't add
 */
export function slice(l: SharedLayout, retain: readonly number[]): SharedLayout {
  const kept = dimensions(retain, l.shape.length, "slice");
  if (l.swizzle) {
    const above = 2 ** (l.swizzle.base + l.swizzle.bits + l.swizzle.shift);
    groupsOf(l).forEach((own, k) => {
      if (!kept.includes(k) && own.some((m) => l.modeStrides[m] % above !== 0))
        bad(`dimension ${k} can't be dropped: the swizzle depends on it`, `only dimensions whose strides are multiples of ${above} elements can`);
    });
  }
  return pick(l, kept);
}

/** How a reshape may look for its answer. */
export interface ReshapeOptions {
  /** Before cutting, join modes that run on even if they lie in different dimensions: `rowMajor(3, 16)` then reshapes to [4, 12]. */
  readonly join?: boolean;
}

/**
 * Gives the tile another shape; the offset of each row-major number stays.
 * @throws Diagnostic L0102 when sizes differ, L0104 when a mode would straddle two dimensions
 */
export function reshape(l: SharedLayout, shape: readonly number[], options: ReshapeOptions = {}): SharedLayout {
  extents(shape, "the new shape");
  if (product(shape) !== product(l.shape)) fail({ code: "L0102", message: `can't reshape ${show(l.shape)} to ${show(shape)}`, help: "the product of the extents must stay" });
  const from = options.join ? sharedLayout([product(l.shape)], l.modeShape, l.modeStrides) : canonical(l);
  const queue = from.modeShape.map((size, m) => ({ size, stride: from.modeStrides[m] }));
  const sizes: number[] = [], strides: number[] = [];
  for (const extent of shape) {
    let rest = extent;
    while (rest > 1) {
      const m = queue.shift(), step = gcd(rest, m?.size ?? 1);
      if (!m || step === 1) return fail({ code: "L0104", message: `a shared layout of ${show(l.shape)} can't be reshaped to ${show(shape)}: a mode would straddle two dimensions`, help: "copy it to another layout" });
      sizes.push(step);
      strides.push((m.stride * m.size) / step);
      if (m.size > step) queue.unshift({ size: m.size / step, stride: m.stride });
      rest /= step;
    }
  }
  return sharedLayout(shape, sizes, strides, l.swizzle);
}

/** `extent` copies one after another as a new first dimension, for instance the stages of a pipeline. @throws Diagnostic L0101 */
export const prependDim = (l: SharedLayout, extent: number): SharedLayout =>
  sharedLayout([extent, ...l.shape], [extent, ...l.modeShape], [countSize(l), ...l.modeStrides], l.swizzle);

/**
 * A row-major matrix (with leading dimensions) cut into panels of at most 128 bytes of each row, 16-byte groups xored with the row, so that
 * neither reading rows nor reading columns of 16-byte groups meets a bank twice.
 * @param elemBytes bytes of an element, a power of two up to 16
 * @throws Diagnostic L0106 unless rows are a multiple of 8 and a row's bytes of 16
 */
export function rowMajorSwizzle(shape: readonly number[], elemBytes: number): SharedLayout {
  extents(shape, "the shared layout's shape");
  if (![1, 2, 4, 8, 16].includes(elemBytes)) bad(`elements of ${elemBytes} bytes`, "swizzled layouts are for elements of 1, 2, 4, 8 or 16 bytes");
  if (shape.length < 2) bad(`a swizzled layout of shape ${show(shape)}`, "it needs rows and columns");
  const head = shape.slice(0, -2), [m, n] = shape.slice(-2);
  if (m % 8 !== 0 || (n * elemBytes) % 16 !== 0) bad(`${m} rows of ${n * elemBytes} bytes can't be swizzled`, "rows must be a multiple of 8, a row's bytes of 16");
  const width = gcd(n, 128 / elemBytes), panels = n / width;
  const bits = Math.log2((width * elemBytes) / 16);
  return sharedLayout(shape, [...head, m, panels, width], [...weights(head).map((w) => w * m * n), width, m * width, 1],
    bits > 0 ? { base: Math.log2(16 / elemBytes), bits, shift: 3 } : null);
}

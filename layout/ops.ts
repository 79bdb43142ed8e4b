// The operations of the layout algebra except division: product, reduction, and everything that only renames dimensions.
import { fail } from "../diagnostic.ts";
import { kept, keptPairs } from "./kept.ts";
import { dimensions, extents, product, show } from "./modes.ts";
import { assemble, parts, split, type Mode, type Parts } from "./parts.ts";
import { local, registerLayout, sizeOf, type RegisterLayout } from "./register.ts";

/**
 * The product `outer * inner`: every element of `outer` becomes a tile of `inner`.
 *
 * Shapes multiply (missing leading dimensions count as 1), thread and slot numbers of `outer` are the slow digits.
 * Associative, not commutative; `spatial()` is neutral.
 * @example
 * ```ts
 * compose(spatial(2, 2), local(2, 2)).shape; // => [4, 4]
 * ```
 */
export const compose = (outer: RegisterLayout, inner: RegisterLayout): RegisterLayout => composed(outer, inner);

const composed = /* @__PURE__ */ keptPairs((outer: RegisterLayout, inner: RegisterLayout): RegisterLayout => {
  const rank = Math.max(outer.shape.length, inner.shape.length);
  const f = parts(outer, rank), g = parts(inner, rank);
  return assemble({
    shape: f.shape.map((d, k) => d * g.shape[k]),
    groups: f.groups.map((own, k) => [...own, ...g.groups[k]]),
    spatial: [...f.spatial, ...g.spatial],
    local: [...f.local, ...g.local],
  });
}, () => 0);

/** The product of any number of layouts, the first the outermost; none gives the neutral layout of shape (). */
export const chain = (...ls: readonly RegisterLayout[]): RegisterLayout => ls.reduce(compose, registerLayout([], [], [], []));

/**
 * The layout of a reduction's result over `dims`: threads that differed only along them hold the same result
 * (spatial modes become replications in place), slots along them vanish.
 * @param keepdims keep reduced dimensions with extent 1
 * @throws Diagnostic L0102 for dimensions out of range or named twice
 * @example
 * ```ts
 * reduce(spatial(3, 4), [0]).spatialModes; // => [-3, 0]
 * ```
 */
export const reduce = (l: RegisterLayout, dims: readonly number[], keepdims = false): RegisterLayout => reduced(l, dims, keepdims);

const reduced = /* @__PURE__ */ kept((l: RegisterLayout, dims: readonly number[], keepdims: boolean): RegisterLayout => {
  const gone = new Set(dimensions(dims, l.shape.length, "reduce"));
  const p = parts(l);
  const dropped = new Set(p.groups.flatMap((own, k) => (gone.has(k) ? own : [])));
  return assemble({
    shape: p.shape.flatMap((d, k) => (gone.has(k) ? (keepdims ? [1] : []) : [d])),
    groups: p.groups.flatMap((own, k) => (gone.has(k) ? (keepdims ? [[]] : []) : [own])),
    spatial: p.spatial.map((m) => (typeof m !== "number" && dropped.has(m) ? -m.size : m)),
    local: p.local.filter((m) => !dropped.has(m)),
  });
}, (dims, keepdims) => `${dims} ${keepdims}`);

/**
 * Reduces to a shape that broadcasts back to the layout's (aligned at the right): extra leading dimensions go, dimensions where
 * the target is 1 are reduced to 1.
 * @throws Diagnostic L0102 when the shape doesn't broadcast to the layout's
 */
export const reduceTo = (l: RegisterLayout, shape: readonly number[]): RegisterLayout => reducedTo(l, shape);

const reducedTo = /* @__PURE__ */ kept((l: RegisterLayout, shape: readonly number[]): RegisterLayout => {
  const extra = l.shape.length - shape.length;
  if (extra < 0 || shape.some((d, k) => d !== 1 && d !== l.shape[k + extra]))
    fail({ code: "L0102", message: `${show(shape)} doesn't broadcast to ${show(l.shape)}`, help: "from the right, each extent must be the same or 1" });
  const ones = shape.flatMap((d, k) => (d === 1 && l.shape[k + extra] !== 1 ? [k + extra] : []));
  const lead = Array.from({ length: extra }, (_, k) => k);
  return reduce(reduce(l, ones, true), lead);
}, (shape) => shape.join());

/**
 * Reorders dimensions: dimension i of the result is dimension `dims[i]` of `l`.
 * @throws Diagnostic L0102 unless `dims` names every dimension once
 * @example
 * ```ts
 * permute(spatial(8, 4), [1, 0]).shape; // => [4, 8]
 * ```
 */
export const permute = (l: RegisterLayout, dims: readonly number[]): RegisterLayout => permuted(l, dims);

const permuted = /* @__PURE__ */ kept((l: RegisterLayout, dims: readonly number[]): RegisterLayout => {
  const order = dimensions(dims, l.shape.length, "permute");
  if (order.length !== l.shape.length)
    fail({ code: "L0102", message: `permute: ${show(dims)} names ${order.length} of ${l.shape.length} dimensions`, help: "name every dimension once" });
  const p = parts(l);
  return assemble({ ...p, shape: order.map((d) => p.shape[d]), groups: order.map((d) => p.groups[d]) });
}, (dims) => dims.join());

/** Cuts the modes, in order, so that they fill the extents of `shape`; undefined where a mode would straddle two dimensions. */
function refill(p: Parts, shape: readonly number[]): Parts | undefined {
  let q = p;
  const groups: Mode[][] = [];
  const queue = p.groups.flat();
  for (const extent of shape) {
    const own: Mode[] = [];
    let rest = extent;
    while (rest > 1) {
      const m = queue.shift();
      if (!m) return undefined;
      if (rest % m.size === 0) { own.push(m); rest /= m.size; continue; }
      if (m.size % rest !== 0) return undefined;
      const head: Mode = { size: rest }, tail: Mode = { size: m.size / rest };
      q = split(q, m, [head, tail]);
      queue.unshift(tail);
      own.push(head);
      rest = 1;
    }
    groups.push(own);
  }
  return { ...q, shape, groups };
}

/** How a reshape may look for its answer. */
export interface ReshapeOptions {
  /**
   * Before cutting, join modes that follow each other in row-major order even if they lie in different dimensions. Then an answer
   * is found whenever there is one; without it, modes are only cut, as in Tilus.
   */
  readonly join?: boolean;
}

/**
 * Gives the tile another shape of the same size; the row-major number of the element in each (thread, slot) stays.
 * @throws Diagnostic L0102 when the sizes differ, L0104 when the result is no layout (a mode would straddle two dimensions)
 * @example
 * ```ts
 * reshape(columnSpatial(4, 8), [2, 2, 8]).spatialModes; // => [2, 0, 1]
 * ```
 */
export function reshape(l: RegisterLayout, shape: readonly number[], options: ReshapeOptions = {}): RegisterLayout {
  extents(shape, "the new shape");
  if (product(shape) !== sizeOf(l))
    fail({ code: "L0102", message: `can't reshape ${show(l.shape)} (${sizeOf(l)} elements) to ${show(shape)} (${product(shape)})`, help: "the product of the extents must stay" });
  return tryReshape(l, shape, options) ?? fail({
    code: "L0104",
    message: `${show(l.shape)} with modes ${show(l.modeShape)} can't be reshaped to ${show(shape)}: a mode would straddle two dimensions`,
    help: "convert to another layout first",
  });
}

/**
 * The same, or undefined where the sizes differ or the result is no layout.
 * @example
 * ```ts
 * tryReshape(local(3, 4), [4, 3]); // => undefined
 * ```
 */
export const tryReshape = (l: RegisterLayout, shape: readonly number[], options: ReshapeOptions = {}): RegisterLayout | undefined => reshaped(l, shape, options);

const reshaped = /* @__PURE__ */ kept((l: RegisterLayout, shape: readonly number[], { join = false }: ReshapeOptions): RegisterLayout | undefined => {
  if (product(shape) !== sizeOf(l)) return undefined;
  const own = parts(l);
  // As one dimension, the canonical form joins whatever follows each other.
  const p = refill(join ? parts(assemble({ ...own, shape: [sizeOf(l)], groups: [own.groups.flat()] })) : own, shape);
  return p && assemble(p);
}, (shape, { join = false }) => `${shape} ${join}`);

/**
 * Makes the dimensions `start` to `end`, both included, one.
 * @throws Diagnostic L0102 for dimensions out of range or out of order
 * @example
 * ```ts
 * flatten(spatial(2, 3, 4), 1, 2).shape; // => [2, 12]
 * ```
 */
export function flatten(l: RegisterLayout, start = 0, end = -1): RegisterLayout {
  const [from] = dimensions([start], l.shape.length, "flatten"), [to] = dimensions([end], l.shape.length, "flatten");
  if (from > to) fail({ code: "L0102", message: `flatten: dimension ${start} comes after ${end}`, help: "give the first and the last dimension, both included" });
  return reshape(l, [...l.shape.slice(0, from), product(l.shape.slice(from, to + 1)), ...l.shape.slice(to + 1)]);
}

/** Removes dimensions of extent 1. @throws Diagnostic L0102 for other extents, out of range or named twice */
export function squeeze(l: RegisterLayout, dims: readonly number[]): RegisterLayout {
  const gone = new Set(dimensions(dims, l.shape.length, "squeeze"));
  for (const d of gone)
    if (l.shape[d] !== 1) fail({ code: "L0102", message: `squeeze: dimension ${d} has extent ${l.shape[d]}, not 1`, help: "reduce it, or leave it out" });
  return registerLayout(l.shape.filter((_, k) => !gone.has(k)), l.modeShape, l.spatialModes, l.localModes);
}

/** Inserts dimensions of extent 1; `dims` are their places in the result. @throws Diagnostic L0102 for places out of range or named twice */
export function unsqueeze(l: RegisterLayout, dims: readonly number[]): RegisterLayout {
  const rank = l.shape.length + dims.length;
  const fresh = new Set(dimensions(dims, rank, "unsqueeze"));
  const old = [...l.shape];
  const shape = Array.from({ length: rank }, (_, k) => (fresh.has(k) ? 1 : old.shift() ?? 1));
  return registerLayout(shape, l.modeShape, l.spatialModes, l.localModes);
}

/**
 * Makes a dimension of extent 1 have extent `n`: every thread that held the element holds all n copies, in n neighbouring slots
 * of its own. The same as `l * local(1, …, n, …, 1)`, so no thread learns anything new and replication doesn't change.
 * @throws Diagnostic L0102 when the extent isn't 1
 */
export function expand(l: RegisterLayout, dim: number, n: number): RegisterLayout {
  const [d] = dimensions([dim], l.shape.length, "expand");
  if (l.shape[d] !== 1) fail({ code: "L0102", message: `expand: dimension ${dim} has extent ${l.shape[d]}, not 1`, help: "only extent 1 broadcasts" });
  return compose(l, local(...l.shape.map((_, k) => (k === d ? n : 1))));
}

/**
 * The layout of a tile with another extent along a dimension, of which `l` lays out the part from `offset` on, or which is that part of
 * what `l` lays out: no element of both changes its thread. Only slots that are the slowest digits of the dimension can become more or fewer.
 * @returns undefined where the extent or the offset is no multiple of the digits after those
 * @example
 * ```ts
 * resize(compose(local(4), spatial(8)), 0, 16, 8)?.modeShape; // => [2, 8]
 * ```
 */
export const resize = (l: RegisterLayout, dim: number, extent: number, offset = 0): RegisterLayout | undefined => resized(l, dim, extent, offset);

const resized = /* @__PURE__ */ kept((l: RegisterLayout, dim: number, extent: number, offset: number): RegisterLayout | undefined => {
  const [d] = dimensions([dim], l.shape.length, "resize"), p = parts(l), own = p.groups[d], spread = own.findIndex((m) => !p.local.includes(m));
  const slots = spread < 0 ? own : own.slice(0, spread), rest = own.slice(slots.length), unit = product(rest.map((m) => m.size));
  if (extent % unit !== 0 || offset % unit !== 0) return undefined;
  const slot: Mode = { size: extent / unit }, [first] = slots;
  const inner = p.local.flatMap((m) => (m === first ? [slot] : slots.includes(m) ? [] : [m]));
  return assemble({ ...p, shape: p.shape.map((n, k) => (k === d ? extent : n)), groups: p.groups.map((g, k) => (k === d ? [slot, ...rest] : g)), local: first ? inner : [slot, ...inner] });
}, (dim, extent, offset) => `${dim} ${extent} ${offset}`);

/**
 * Dimensions of `a`, then of `b`; threads and slots of `a` are the slow digits.
 * @example
 * ```ts
 * concat(spatial(2, 2), local(3)).shape; // => [2, 2, 3]
 * ```
 */
export function concat(a: RegisterLayout, b: RegisterLayout): RegisterLayout {
  const f = parts(a), g = parts(b);
  return assemble({ shape: [...f.shape, ...g.shape], groups: [...f.groups, ...g.groups], spatial: [...f.spatial, ...g.spatial], local: [...f.local, ...g.local] });
}

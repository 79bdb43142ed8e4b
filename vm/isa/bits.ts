// A register tile is a bit string per thread: slot s of an n-bit type occupies bits [s·n, s·n + n). What `view` reads
// as another type, and in which layouts that is possible.
import { Bug } from "../../diagnostic.ts";
import { compose, elementAt, local, numbers, replicaCount, slotCount, spatial, threadCount, widen, type RegisterLayout } from "../../layout/index.ts";
import type { DType } from "../dtype.ts";
import { sizeOf, stridesOf, type Tile } from "../tile.ts";
import { tileCodes, tileFromCodes } from "./data.ts";
import { gcd } from "../affine.ts";

/** Bits that each thread holds of a tile. */
export const threadBits = (l: RegisterLayout, t: DType): number => slotCount(l) * t.bits;

/** The same bits of each thread as elements of another type in another layout. Where replicas disagree, replica 0 tells. */
export function reinterpretTile(x: Tile, from: RegisterLayout, dtype: DType, to: RegisterLayout): Tile {
  const n = x.dtype.bits, m = dtype.bits, threads = threadCount(to);
  if (threadCount(from) !== threads || threadBits(from, x.dtype) !== threadBits(to, dtype)) throw new Bug("a view between layouts whose threads hold different bits");
  const codes = tileCodes(x), out = new Uint32Array(sizeOf(to.shape)), words = new Uint32Array(Math.ceil(threadBits(to, dtype) / 32) + 1);
  const place = (l: RegisterLayout, strides: readonly number[], thread: number, slot: number) =>
    elementAt(l, numbers, thread, slot).reduce((at, i, d) => at + i * strides[d], 0);
  const fromStrides = stridesOf(from.shape), toStrides = stridesOf(to.shape);
  for (let thread = threads - 1; thread >= 0; thread--) {
    words.fill(0);
    for (let s = 0; s < slotCount(from); s++) {
      const p = s * n, w = p >>> 5, shift = p & 31, code = codes[place(from, fromStrides, thread, s)];
      words[w] |= code << shift;
      if (shift + n > 32) words[w + 1] |= code >>> (32 - shift);
    }
    for (let s = 0; s < slotCount(to); s++) {
      const p = s * m, w = p >>> 5, shift = p & 31;
      const code = shift + m > 32 ? (words[w] >>> shift) | (words[w + 1] << (32 - shift)) : words[w] >>> shift;
      out[place(to, toStrides, thread, s)] = m === 32 ? code : code & (2 ** m - 1);
    }
  }
  return tileFromCodes(dtype, to.shape, out);
}

/** A bit of an element, and the slot of a thread that holds it. */
export interface BitOf { readonly index: readonly number[]; readonly slot: number; readonly bit: number }

/** A bit that a tile and a view of it see differently: what each of them puts at bit `bit` of what `thread` holds; undefined where it puts nothing. */
export interface Disagreement {
  readonly thread: number;
  readonly bit: number;
  readonly tile: BitOf | undefined;
  readonly view: BitOf | undefined;
  /** Another thread that holds the view's element, too, and what the tile puts there. */
  readonly replica?: { readonly thread: number; readonly tile: BitOf };
}

/** The first bit in which a tile's layout and that of a view disagree: one of them has none there, or copies of one element get different bits. */
export function disagreement(from: RegisterLayout, n: number, to: RegisterLayout, m: number): Disagreement | undefined {
  const bitAt = (l: RegisterLayout, width: number, thread: number, bit: number): BitOf | undefined => {
    const slot = Math.floor(bit / width);
    return thread < threadCount(l) && slot < slotCount(l) ? { index: elementAt(l, numbers, thread, slot), slot, bit: bit % width } : undefined;
  };
  const had = slotCount(from) * n, has = slotCount(to) * m, at = (thread: number, bit: number): Disagreement => ({ thread, bit, tile: bitAt(from, n, thread, bit), view: bitAt(to, m, thread, bit) });
  if (had !== has) return at(0, Math.min(had, has));
  if (threadCount(from) !== threadCount(to)) return at(Math.min(threadCount(from), threadCount(to)), 0);
  if (replicaCount(to) === 1) return undefined;
  // Where each bit of the view came from first.
  const sources = new Map<string, { readonly thread: number; readonly tile: BitOf }>();
  for (let thread = 0; thread < threadCount(to); thread++)
    for (let bit = 0; bit < has; bit++) {
      const d = at(thread, bit), key = `${d.view?.index.join()} ${d.view?.bit}`, first = sources.get(key);
      if (!d.tile) continue;
      if (!first) sources.set(key, { thread, tile: d.tile });
      else if (first.tile.index.join() !== d.tile.index.join() || first.tile.bit !== d.tile.bit) return { ...d, replica: first };
    }
  return undefined;
}

const bitText = (b: BitOf, what: string): string => `bit ${b.bit} of ${what} [${b.index.join(", ")}] (slot ${b.slot})`;

/** A disagreement in words. */
export function disagreementText({ thread, bit, tile, view, replica }: Disagreement): string {
  const where = `bit ${bit} of what thread ${thread} holds`, has = tile ? `the tile has ${bitText(tile, "element")} there` : "the tile has nothing there";
  if (!replica) return `${where}: ${has}, the view ${view ? `takes it for ${bitText(view, "element")}` : "has nothing there"}`;
  return `${where}: ${has}; for the view it is ${view ? bitText(view, "element") : "nothing"}, which thread ${replica.thread} holds, too, but there the tile has ${bitText(replica.tile, "element")}`;
}

/**
 * A layout of `threads` threads that each hold `bits` bits of a tile, neighbours along the last axes first, so that a thread's bits are
 * a run of the tile; undefined where there is none.
 */
export function layoutOfBits(threads: number, shape: readonly number[], t: DType, bits: number): RegisterLayout | undefined {
  const slots = bits / t.bits, apart = sizeOf(shape) / slots;
  if (!Number.isInteger(slots) || !Number.isInteger(apart) || threads % apart !== 0) return undefined;
  let left = slots;
  const own = shape.map(() => 1);
  for (let d = shape.length - 1; d >= 0; d--) { own[d] = gcd(left, shape[d]); left /= own[d]; }
  return widen(compose(spatial(...shape.map((n, d) => n / own[d])), local(...own)), threads);
}

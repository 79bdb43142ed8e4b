// The least time that a product can take on an adapter, over the highest rates that were measured there. What lies in memory is read once;
// then each thread has m × n results in registers, so that an element of x that it loads serves n of them, and one of w, which it decodes,
// serves m: of all m and n that the registers hold the best counts. Where the CPU plays the GPU, loads and arithmetic take turns, and add up.
import type { RateName } from "../codegen/index.ts";
import type { Sizes } from "./numbers.ts";

/** What no rate of the cost model tells. */
export const extraCeilings = {
  copy: { unit: "bytes/s", doc: "bytes read and written by a copy" },
  load: { unit: "loads/s", doc: "loads of f32 from what caches hold" },
  load4: { unit: "loads/s", doc: "the same as vec4<f32>: 16 bytes each" },
  broadcast: { unit: "values/s", doc: "`subgroupBroadcast` and add; absent without \"subgroups\"" },
  lanes: { unit: "", doc: "lanes of a subgroup" },
  read512K: { unit: "bytes/s", doc: "reads of half a MiB as vec4<f32>, again and again" },
  read2M: { unit: "bytes/s", doc: "reads of two" },
  decodedFma: { unit: "values/s", doc: "codes of 4 bits cut out of words, made f32 and multiplied and added, in the fastest of three ways" },
  fma16: { unit: "fma/s", doc: "multiply-adds of f32 into 16 sums of a thread in turn" },
  fma32: { unit: "fma/s", doc: "the same into 32, more than some adapters have registers for" },
  beside: { unit: "", doc: "how much of its time a load adds to that of arithmetic beside it: 1 where the two take turns" },
} as const;

/** Name of a ceiling. */
export type CeilingName = RateName | keyof typeof extraCeilings;
/** What was measured at its best: operations (or bytes) a second by name; `copy` counts bytes read and written, `beside` is a share. */
export type Ceilings = Readonly<Partial<Record<CeilingName, number>>>;

/** A product's kind. */
export interface Kind {
  /** Bits of an element of each factor. */
  readonly x: number;
  readonly w: number;
  /** Elements along K that share a scale of f32; 0: there are none. */
  readonly group: number;
  /** Both factors are of whole numbers, and no scales between. */
  readonly exact: boolean;
  /** The few bits of w are floats, which may need fewer operations than whole numbers. */
  readonly floats?: boolean;
}

/** Bytes of the weights with their scales. */
const weightBytes = ({ N, K }: Sizes, { w, group }: Kind): number => (N * K * w) / 8 + (group === 0 ? 0 : (4 * N * K) / group);
/** Bytes that each must be moved once: the factors, scales and the result. */
export const bytesOf = (s: Sizes, kind: Kind): number => (s.M * s.K * kind.x) / 8 + weightBytes(s, kind) + 4 * s.M * s.N;

/** Where the time goes, in ms. */
export interface Parts { readonly launch: number; readonly memory: number; readonly loads: number; readonly decoding: number; readonly arithmetic: number }
/** Milliseconds below which no kernel of a kind comes, what takes most of them, and all parts. */
export interface Roof { readonly ms: number; readonly bound: keyof Parts; readonly parts: Parts }

/** Results that a thread may have. */
const RESULTS = 64;

/** Bytes a second at which so many are read again and again, at most: those of the largest measured size that is no larger, or of a larger one. */
function reading(bytes: number, c: Ceilings): number {
  const rates = [[2 ** 14, 16 * (c.load4 ?? 0)], [2 ** 19, c.read512K], [2 ** 21, c.read2M], [2 ** 25, c.storageRead ?? Infinity]] as const, from = Math.max(2 ** 14, ...rates.map(([size]) => size).filter((size) => size <= bytes));
  return Math.max(...rates.filter(([size]) => size >= from).map(([, rate]) => rate ?? 0));
}

/** A way to do the arithmetic: seconds of the products, of making one element of w, and of x, fit for it. */
interface Way { readonly products: number; readonly w: number; readonly x: number }

/** All ways, for m × n results of a thread. What a device can't do takes forever. */
function waysOf({ M, N, K }: Sizes, { x, w, exact, floats = false }: Kind, results: number, c: Ceilings): readonly Way[] {
  const products = M * N * K, per = (rate: number | undefined): number => 1 / (rate ?? 0), chains = results <= 8 ? c.fma : results <= 16 ? c.fma16 ?? c.fma : c.fma32 ?? c.fma;
  // A whole number of few bits is cut out and made a float beside multiply-adds, as fast as was measured; a single bit, or a float, takes two operations of integers at least.
  const least = Math.min(per(c.convert), 2 * per(c.integer)), whole = c.decodedFma === undefined ? least : Math.min(per(c.convert), Math.max(least, per(c.decodedFma) - per(c.fma)));
  const value = (bits: number): number => (bits >= 16 ? 0 : bits === 1 || floats ? least : whole), byte = (bits: number): number => (bits < 8 ? per(c.integer) / 2 : 0);
  const packed = (rate: number | undefined): Way => ({ products: (products / 4) * per(rate), w: byte(w), x: byte(x) });
  return [{ products: products * per(chains), w: value(w), x: value(x) }, ...(exact ? [packed(c.packedDot), packed(c.packedDotUnsigned), { products: ((products * x * w) / 32) * per(c.popcount), w: 0, x: 0 }] : [])];
}

/** Seconds to load `count` elements of x of so many bits again and again: as vectors, each lane for itself or each a part of what all share. */
function loadsOf(count: number, bits: number, c: Ceilings): number {
  const each = 1 / Math.max(c.load4 ?? 0, (c.load ?? 0) / 4, (c.sharedLoad4 ?? 0)), vectors = (count * bits) / 128;
  const own = vectors * each, handed = c.broadcast === undefined ? Infinity : own / (c.lanes ?? 1) + (count * Math.min(bits, 32)) / 32 / c.broadcast;
  return Number.isFinite(each) ? Math.min(own, handed) : 0;
}

/** The roof of a product. */
export function roof(s: Sizes, kind: Kind, c: Ceilings): Roof {
  const { M, N, K } = s, memory = bytesOf(s, kind) / reading(bytesOf(s, kind), c), sides = (most: number): readonly number[] => [1, 2, 4, 8, 16, 32, 64].filter((n) => n <= most);
  const all = sides(Math.max(1, M)).flatMap((m) => sides(Math.min(N, RESULTS / m)).flatMap((n) => {
    const again = Math.ceil(M / m), loads = loadsOf((M * N * K) / n, kind.x, c) + loadsOf((weightBytes(s, kind) * 8 * (again - 1)) / 32, 32, c);
    return waysOf(s, kind, m * n, c).map(({ products, w, x }): Roof => {
      const decoding = N * K * again * w + (x === 0 ? 0 : ((M * N * K) / n) * x), compute = decoding + products, moved = memory + loads, seconds = Math.max(compute, moved) + (c.beside ?? 0) * Math.min(compute, moved) + (c.dispatch ?? 0);
      const parts: Parts = { launch: 1e3 * (c.dispatch ?? 0), memory: 1e3 * memory, loads: 1e3 * loads, decoding: 1e3 * decoding, arithmetic: 1e3 * products };
      return { ms: 1e3 * seconds, parts, bound: (Object.keys(parts) as (keyof Parts)[]).reduce((a, b) => (parts[b] > parts[a] ? b : a)) };
    });
  }));
  return all.reduce((a, b) => (b.ms < a.ms ? b : a));
}

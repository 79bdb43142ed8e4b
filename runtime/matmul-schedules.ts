// How the work of a product may be cut, and what a cut would cost: the parameters and constraints are a table, the price is a few
// divisions by the device's rates, so that a choice is made before anything is compiled. The tuner times only the cheapest few.
//
//   direct   a thread has m × n results and reads rows of both factors where they lie: what it reads of x serves n columns, of w m rows
//   across   threads side by side share rows of w along K and read words side by side: few rows on a GPU
//   staged   blocks copy tiles of both to shared memory first: for devices on which that is faster memory
import { equalPacking, dense } from "../layout/index.ts";
import { chooseDecoder, lanesThatShare, type Target } from "../codegen/index.ts";
import { dtype, productStep, type DType } from "../vm/index.ts";
import { lanesOf } from "./matmul-across.ts";
import type { FactorSpec, Tiling } from "./matmul-kernels.ts";

/** What is to be cut. */
export interface Work {
  readonly M: number;
  readonly N: number;
  readonly K: number;
  readonly x: FactorSpec;
  readonly w: FactorSpec;
  /** Elements of K that are summed before they are scaled. */
  readonly step: number;
}

/** What a price is made from of a device. */
export type Prices = Pick<Target, "rates" | "staticAccesses" | "maxThreads" | "subgroup"> & {
  /** The CPU plays the GPU: shared memory is memory like any other, and barriers and copies cost. */
  readonly software: boolean;
};

/** Parameters of direct cuts: rows and columns of a thread, and threads of a block, all of which lie side by side along N. */
const direct = { rows: [1, 2, 4, 8], columns: [1, 2, 4, 8], threads: [16, 32, 64] } as const;

/** Parameters of cuts across K: threads of a block, and rows of weights that a thread has a part of, fewer where x has several rows. */
const across = [{ threads: 64, rows: 4 }, { threads: 128, rows: 4 }, { threads: 64, rows: 8 }] as const;

/** Most results of a thread, so that they stay in registers. */
const RESULTS = 32;
/** Blocks that keep all cores of a CPU busy, and threads that hide the latency of a GPU's memory. */
const FULL = { software: 8, gpu: 2 ** 15 } as const;
/** Elements that lie together, at most. */
const WIDEST = 32;

const isInteger = (d: DType): boolean => d.compute === "i32" || d.compute === "u32";
/** How many numbers fill words, most of those that are read together. */
const together = (bits: number): number => (bits === 32 || (WIDEST * bits) % 32 === 0 ? WIDEST : 1);
/** Whether rows lie one after another and begin in whole words. */
const inWords = (f: FactorSpec, K: number): boolean => f.format === undefined && (f.planes || ((K * dtype(f.type).bits) % 32 === 0 && equalPacking(f.packing, dense(2))));

/** The rows and columns of a thread of a block whose threads fill its rows. */
export const blockOf = ({ BM, BN, threads }: Pick<Tiling, "BM" | "BN" | "threads">): readonly [number, number] => [BM, BN / threads];

/** What a direct cut costs. */
export interface Price {
  /** Seconds of the whole product. */
  readonly seconds: number;
  /** Memory accesses in the text of a step and what stands around it. */
  readonly accesses: number;
}

/**
 * What a direct cut costs: each thread's loads, decodings, multiply-adds (of integers packed products) and scalings over the rates, on a device
 * that it may not fill. What all threads read of x alike they share in loading, where that gains.
 */
export function priceOf({ M, N, K, x, w, step }: Work, cut: Pick<Tiling, "BM" | "BN" | "threads">, target: Prices): Price {
  const { rates, staticAccesses, software } = target, [m, n] = blockOf(cut), lanes = lanesThatShare(target, cut.threads), exact = isInteger(dtype(x.type)) && isInteger(dtype(w.type));
  const sides = ([[x, m, lanes], [w, n, 1]] as const).map(([f, lines, by]) => { const { bits } = dtype(f.type); return { bits, neighbours: inWords(f, K) ? together(bits) : 1, lines, lanes: by }; });
  const { elements, loads, accesses } = productStep([sides[0], sides[1]], step, staticAccesses, lanes), seconds = (count: number, rate: number | undefined): number => count / (rate ?? Infinity);
  // Rows that begin within words are read element by element.
  const memory = loads.reduce((s, { words, vectors }, i) => s + (sides[i].neighbours > 1 ? seconds(4 * words, vectors ? rates.storageRead : rates.storageReadScalar) : seconds(4 * sides[i].lines * elements, rates.storageReadScalar)), 0) / elements;
  const hand = lanes > 1 ? seconds(2 * m, rates.integer) * (sides[0].bits / 32) : 0, decode = exact ? 0 : decodeOf(dtype(x.type), x, target) * m + decodeOf(dtype(w.type), w, target) * n;
  const multiply = exact ? seconds((m * n) / 4, rates.packedDot ?? rates.integer) : seconds(m * n, rates.fma);
  const scaled = [x, w].some((f) => f.scales !== undefined) ? (seconds(4 * (m + n), rates.storageReadScalar) + seconds(m * n, rates.fma)) / step : 0;
  const blocks = Math.ceil(M / cut.BM) * Math.ceil(N / cut.BN), threads = blocks * cut.threads;
  // What lies beyond the edges is worked on, too.
  const filled = software ? Math.max(1, FULL.software / blocks) : Math.max(1, FULL.gpu / threads);
  return {
    seconds: filled * threads * K * (memory + hand + decode + multiply + scaled) + (rates.dispatch ?? 0) + blocks * (cut.threads / 64) / (rates.block ?? Infinity),
    accesses: accesses + m * n + (w.scales === undefined ? 0 : n) + (w.zeros === undefined ? 0 : n),
  };
}

/** Seconds to make a number of a code. */
function decodeOf(d: DType, f: FactorSpec, { rates, software }: Prices): number {
  if (!d.storage) return 0;
  const [way] = d.bits > 8 ? [] : chooseDecoder(d, { rates, halfSubnormals: software }).ways, made = way?.seconds || 2 / (rates.integer ?? Infinity);
  return made + (f.zeros === undefined ? 0 : 1 / (rates.fma ?? Infinity));
}

/** A cut and what it costs. */
export interface PricedCut extends Price { readonly tiling: Tiling }

/** Direct cuts, the cheapest first: those whose text has no more accesses than the device takes well, unless there are none. */
export function pricedCuts(work: Work, prices: Prices): readonly PricedCut[] {
  const { rows, columns, threads } = direct, most = 2 ** Math.ceil(Math.log2(Math.max(1, work.M)));
  const all = rows.flatMap((m) => columns.flatMap((n) => threads.map((t): Tiling => ({ BM: m, BN: n * t, threads: t, shared: 0 }))))
    .filter((t) => t.BM <= most && (t.BM * t.BN) / t.threads <= RESULTS && t.threads <= prices.maxThreads)
    .map((tiling) => ({ tiling, ...priceOf(work, tiling, prices) }));
  const fit = all.filter((p) => p.accesses <= prices.staticAccesses);
  return (fit.length ? fit : all).sort((a, b) => a.seconds - b.seconds);
}

/** Cuts that the tuner times, at most. */
const TIMED = 4;

/**
 * Ways to cut the work of a product, the one that should be fastest first. Products of integers have ways to multiply of their own, which the
 * compiler prices.
 */
export function tilingsOf(work: Work, prices: Prices): readonly [Tiling, ...Tiling[]] {
  const { M, x, w } = work, { software } = prices, plain = (BM: number, BN: number, threads: number): Tiling => ({ BM, BN, threads, shared: 0 });
  const exact = [x, w].every((f) => isInteger(dtype(f.type)));
  if (software) {
    const [first = plain(1, 32, 32), ...more] = pricedCuts(work, prices).map((c) => c.tiling);
    return [first, ...more.slice(0, TIMED - 1)];
  }
  if (M <= 4) {
    const BM = M <= 1 ? 1 : M <= 2 ? 2 : 4, lanes = exact ? undefined : lanesOf(work)?.lanes;
    if (lanes) {
      const [usual, ...more] = across.flatMap(({ threads, rows }): Tiling[] => (threads % lanes === 0 ? [{ BM, BN: (threads / lanes) * Math.max(1, rows / BM), threads, shared: 0, across: true }] : []));
      return [usual ?? plain(BM, 32, 32), ...more, plain(BM, 64, 64)];
    }
    return [plain(BM, 32, 32), plain(BM, 64, 32), plain(BM, 64, 64)];
  }
  const narrow = [x, w].every((f) => dtype(f.type).bits <= 8), staged = (B: number, threads: number): Tiling => ({ BM: B, BN: B, threads, shared: narrow ? 128 : 32 });
  return [staged(32, 64), staged(64, 256), plain(16, 32, 64)];
}

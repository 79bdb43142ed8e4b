// How the work of a product may be cut, and what a cut would cost: the parameters and constraints are a table, the price is a few
// divisions by the device's rates, so that a choice is made before anything is compiled. The tuner times only the cheapest few.
//
//   direct   a thread has m × n results and reads rows of both factors where they lie: what it reads of x serves n columns, of w m rows
//   across   threads side by side share rows of w along K and read words side by side: few rows on a GPU
//   staged   blocks copy tiles of both to shared memory first: for devices on which that is faster memory
import { equalPacking, dense } from "../layout/index.ts";
import { dtype, type DType } from "../vm/index.ts";
import type { Rates, Target } from "../codegen/index.ts";
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
export type Prices = Pick<Target, "rates" | "staticAccesses" | "maxThreads"> & {
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
/** Elements of a step, at most. */
const WIDEST = 32;

const isInteger = (d: DType): boolean => d.compute === "i32" || d.compute === "u32";
/** Whether rows lie one after another and begin in whole words. */
const inWords = (f: FactorSpec, K: number): boolean => f.format === undefined && (f.planes || ((K * dtype(f.type).bits) % 32 === 0 && equalPacking(f.packing, dense(2))));

/** The rows and columns of a thread of a block: of the blocks of so many results the one with the least to read, the wider one of equals. */
export function blockOf({ BM, BN, threads }: Pick<Tiling, "BM" | "BN" | "threads">): readonly [number, number] {
  const results = Math.max(1, Math.ceil((BM * BN) / threads)), fits = (m: number): boolean => BM % m === 0 && results % m === 0 && BN % (results / m) === 0;
  const rows = Array.from({ length: results }, (_, i) => i + 1).filter(fits);
  return rows.map((m) => [m, results / m] as const).sort(([a, b], [c, d]) => a + b - (c + d) || d - b)[0] ?? [1, results];
}

/** What a direct cut costs. */
export interface Price {
  /** Seconds of the whole product. */
  readonly seconds: number;
  /** Memory accesses in the text of a step and what stands around it. */
  readonly accesses: number;
}

/**
 * What a direct cut of a product with floats costs: each thread's loads, decodings, multiply-adds and scalings over the rates, on a device that
 * it may not fill.
 */
export function priceOf({ M, N, K, x, w, step }: Work, cut: Pick<Tiling, "BM" | "BN" | "threads">, { rates, staticAccesses, software }: Prices): Price {
  const [m, n] = blockOf(cut), dx = dtype(x.type), dw = dtype(w.type), sides = [[x, dx, m], [w, dw, n]] as const;
  const whole = sides.map(([f]) => inWords(f, K)), words = (e: number): readonly number[] => sides.map(([, d, lines], i) => lines * (whole[i] ? Math.ceil((e * d.bits) / 32) : e));
  // As many elements at a time as share words, within what the text may have, less what results and scales take; a vector counts for three words.
  const room = Math.max(staticAccesses / 4, staticAccesses - m * n - n), accessesOf = (e: number): number => words(e).reduce((sum, count, i) => sum + (whole[i] && (e * sides[i][1].bits) % 128 === 0 ? 0.75 : 1) * count, 0);
  let together = whole.some(Boolean) ? WIDEST : 1;
  while (together > 1 && (step % together !== 0 || accessesOf(together) > room)) together /= 2;
  const vectors = sides.map(([, d], i) => whole[i] && (together * d.bits) % 128 === 0), loads = words(together);
  const seconds = (count: number, rate: number | undefined): number => count / (rate ?? Infinity);
  const memory = loads.reduce((s, count, i) => s + seconds(4 * count, vectors[i] ? rates.storageRead : rates.storageReadScalar), 0) / together;
  const decode = sides.reduce((s, [f, d, lines]) => s + lines * decodeOf(d, f, rates), 0), multiply = seconds(m * n, rates.fma);
  const scaled = [x, w].some((f) => f.scales !== undefined) ? (seconds(4 * (m + n), rates.storageReadScalar) + seconds(m * n, rates.fma)) / step : 0;
  const blocks = Math.ceil(M / cut.BM) * Math.ceil(N / cut.BN), threads = blocks * cut.threads;
  // What lies beyond the edges is worked on, too.
  const filled = software ? Math.max(1, FULL.software / blocks) : Math.max(1, FULL.gpu / threads);
  return {
    seconds: filled * threads * K * (memory + decode + multiply + scaled) + (rates.dispatch ?? 0) + blocks * (cut.threads / 64) / (rates.block ?? Infinity),
    accesses: loads.reduce((s, count, i) => s + (vectors[i] ? 0.75 : 1) * count, 0) + m * n + (w.scales === undefined ? 0 : n) + (w.zeros === undefined ? 0 : n),
  };
}

/** Seconds to make a number of a code. */
function decodeOf(d: DType, f: FactorSpec, rates: Rates): number {
  if (d.bits === 32 && !isInteger(d)) return 0;
  const ops = isInteger(d) ? (d.kind === "bipolar" ? 4 : 2) : d.bits > 8 ? 2 : 6;
  return ops / (rates.integer ?? Infinity) + (isInteger(d) ? 1 / (rates.convert ?? Infinity) : 0) + (f.zeros === undefined ? 0 : 1 / (rates.fma ?? Infinity));
}

/** Direct cuts, the cheapest first. */
function directCuts(work: Work, prices: Prices): readonly Tiling[] {
  const { rows, columns, threads } = direct, most = 2 ** Math.ceil(Math.log2(Math.max(1, work.M)));
  const all = rows.flatMap((m) => columns.flatMap((n) => threads.map((t): Tiling => ({ BM: m, BN: n * t, threads: t, shared: 0 }))))
    .filter((t) => t.BM <= most && (t.BM * t.BN) / t.threads <= RESULTS && t.threads <= prices.maxThreads)
    .map((tiling) => ({ tiling, ...priceOf(work, tiling, prices) }));
  const fit = all.filter((p) => p.accesses <= prices.staticAccesses);
  return (fit.length ? fit : all).sort((a, b) => a.seconds - b.seconds).map((p) => p.tiling);
}

/** Cuts that the tuner times, at most. */
const TIMED = 4;

/**
 * Ways to cut the work of a product, the one that should be fastest first. Products of integers have ways to multiply of their own, which the
 * compiler prices: of many bit planes a thread takes few products at once, so that they stay in its code unrolled.
 */
export function tilingsOf(work: Work, prices: Prices, compilesAtDispatch: boolean): readonly [Tiling, ...Tiling[]] {
  const { M, x, w } = work, { software } = prices, plain = (BM: number, BN: number, threads: number): Tiling => ({ BM, BN, threads, shared: 0 });
  const exact = [x, w].every((f) => isInteger(dtype(f.type)));
  if (!exact && software) {
    const [first = plain(1, 32, 32), ...more] = directCuts(work, prices);
    return [first, ...more.slice(0, TIMED - 1)];
  }
  if (M <= 4) {
    const BM = M <= 1 ? 1 : M <= 2 ? 2 : 4, lanes = software || exact ? undefined : lanesOf(work)?.lanes;
    if (lanes) {
      const [usual, ...more] = across.flatMap(({ threads, rows }): Tiling[] => (threads % lanes === 0 ? [{ BM, BN: (threads / lanes) * Math.max(1, rows / BM), threads, shared: 0, across: true }] : []));
      return [usual ?? plain(BM, 32, 32), ...more, plain(BM, 64, 64)];
    }
    return [plain(BM, 32, 32), plain(BM, 64, 32), plain(BM, 64, 64)];
  }
  const narrow = [x, w].every((f) => dtype(f.type).bits <= 8), staged = (B: number, threads: number): Tiling => ({ BM: B, BN: B, threads, shared: narrow ? 128 : 32 });
  if (!software) return [staged(32, 64), staged(64, 256), plain(16, 32, 64)];
  const small = plain(8, 16, 32), large = plain(16, 16, 32), few = M <= 8 || x.planes || w.planes;
  return [few ? small : large, few ? large : small, plain(8, 32, 32), ...(compilesAtDispatch ? [] : [staged(32, 64)])];
}

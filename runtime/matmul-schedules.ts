// How the work of a product may be cut, and what a cut would cost: the parameters and constraints are a table, the price is a few
// divisions by the device's rates, so that a choice is made before anything is compiled. The tuner times only the cheapest few.
//
//   direct   a thread has m × n results and reads rows of both factors where they lie: what it reads of x serves n columns, of w m rows
//   across   threads side by side share rows of w along K and read words side by side: few rows on a GPU
//   staged   blocks copy tiles of both to shared memory first: for devices on which that is faster memory
import { dense, equalPacking, planes as planePacking } from "../layout/index.ts";
import { chooseDecoder, lanesThatShare, longLoads, roomToHold, roomToWriteOut, seconds, tellsTurns, worthHolding, writesOut, type Target, type Work as Counts } from "../codegen/index.ts";
import { byteOrder, dtype, CHUNK_LINES, productStep, type CodeWords, type DType, type ProductStep, type StepSide } from "../vm/index.ts";
import { emptiness } from "./cores.ts";
import { lanesOf } from "./matmul-across.ts";
import { gcd, type FactorSpec, type Tiling } from "./matmul-kernels.ts";

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
export type Prices = Pick<Target, "rates" | "staticAccesses" | "unrolls" | "maxThreads" | "subgroup"> & {
  /** The CPU plays the GPU: shared memory is memory like any other, and barriers and copies cost. */
  readonly software: boolean;
  /** Cores of that CPU, where they are known. */
  readonly cores?: number | undefined;
};

/** Parameters of direct cuts: rows and columns of a thread, and threads of a block, all of which lie side by side along N. */
const direct = { rows: [1, 2, 4, 8], columns: [1, 2, 4, 8], threads: [16, 32, 64] } as const;

/** Parameters of cuts across K: threads of a block, and rows of weights that a thread has a part of, fewer where x has several rows. */
const across = [{ threads: 64, rows: 4 }, { threads: 128, rows: 4 }, { threads: 64, rows: 8 }] as const;

/** Most results of a thread, so that they stay in registers. */
const RESULTS = 32;
/** Results up to which more of them gain, and accesses of the loop that stores them, where the compiler keeps it a loop and the sums in registers all the same. */
const LOOPED = { results: 64, stores: 8 } as const;
/**
 * Rows of weights that a thread of a CPU, a lane of its vectors, reads at once without losing by it, and by how much more loads take for each time that there are
 * twice as many: 4 MiB in rows of 1 to 4 KiB by lavapipe take 1.1 to 1.2 ms of 4 rows, 1.2 to 1.3 of 8, 1.6 to 1.7 of 16.
 */
const CROWD = { rows: 4, more: 0.25 } as const;
/**
 * Bytes after which rows fall into the same lines of a first-level cache, how many of those it has, and how many more rows than that make loads take as much
 * longer again: rows of 4 KiB by lavapipe take 1.0 of 8 at once, 1.06 of 16, 1.38 of 32, 2.2 of 64; rows of 4,224 bytes 0.97 of any number.
 */
const CACHE = { bytes: 4096, ways: 12, more: 43 } as const;
/** Operations that make a number of a code, about. */
const DECODING = 3;
/** Operations that put a word together from two, and move its other half to an end. */
const JOINING = 5;
/** Additions, each of which waits for the one before, as others that don't. */
const CHAIN = 4;
/** Elements that lie together, at most. */
const WIDEST = 32;
/** How many of so many words that lie together are read at once. */
const wide = (words: number): 1 | 2 | 4 => (words % 4 === 0 ? 4 : words % 2 === 0 ? 2 : 1);

const isInteger = (d: DType): boolean => d.compute === "i32" || d.compute === "u32";
/** How many numbers fill words, most of those that are read together. */
function together({ type, planes, prepacked }: FactorSpec): number {
  const { bits } = dtype(type), most = planes ? WIDEST : prepacked ?? WIDEST;
  return bits === 32 || (most * bits) % 32 === 0 ? most : 1;
}
/** Whether rows lie one after another, or as prepacked, and begin in whole words. */
const inWords = (f: FactorSpec, K: number): boolean => f.format === undefined && (f.planes || f.prepacked !== undefined || ((K * dtype(f.type).bits) % 32 === 0 && equalPacking(f.packing, dense(2))));

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
 * What a direct cut costs: what each thread loads, decodes, multiplies and scales, counted from the table as `work` would count it in the text, and
 * priced alike. What all threads read of x alike they share in loading, where that gains; a device that a product doesn't fill is paid for all the same.
 */
export function priceOf(product: Work, cut: Pick<Tiling, "BM" | "BN" | "threads">, target: Prices): Price {
  const { M, N, K, x, w, step } = product, { rates, staticAccesses, software, unrolls } = target, [m, n] = blockOf(cut), lanes = lanesThatShare(target, cut.threads);
  const sides = ([[x, m, lanes], [w, n, 1]] as const).map(([f, lines, by]) => { const { bits } = dtype(f.type); return { bits, neighbours: inWords(f, K) ? together(f) : 1, chunk: f.planes ? 0 : f.prepacked ?? 0, lines, lanes: by, planes: f.planes, prepacked: f.prepacked !== undefined }; });
  const { elements, loads, accesses } = x.planes || w.planes ? stepOfPlanes(sides) : productStep([sides[0], sides[1]], step, staticAccesses, lanes), steps = K / elements, groups = K / step;
  // Rows that begin within words are read element by element, and a pair of words is half a vector, where rows begin at one. An address takes an addition.
  const read = (words: number, vector: 1 | 2 | 4, bits: number): Partial<Counts> => (vector > 1 && (K * bits) % (32 * vector) === 0 ? { storageLoad4: words / 4 } : { storageLoad: words });
  const counts = loads.map(({ words, vector }, i): Partial<Counts> => {
    const { neighbours, lines, bits, lanes: by, planes, prepacked } = sides[i], run = (elements * bits) / 32, own = run / Math.max(1, Math.min(run, by / lines));
    if (prepacked) return read(words, vector, 128);
    if (neighbours === 1) return { storageLoad: lines * elements };
    if (planes) return { storageLoad: words };
    // Lanes that share have a row each, or a part of one.
    return by > 1 && own >= 1 ? read(Math.max(1, lines / by) * own, wide(own), bits) : read(words, vector, bits);
  });
  // What lies beside weights, and sums of rows where it is added to them.
  const ofW = n * [w.scales, w.zeros, w.offsets].filter((t) => t !== undefined).length, summed = w.offsets !== undefined || w.zeros === "f32", sums = summed ? (K * m) / cut.threads : 0;
  // Words that several steps of a group read are loaded once, if there is room for all in the text, and steps choose among them.
  const beside = (unrolls === undefined ? m * n : Math.min(m * n, LOOPED.stores)) + ofW;
  const held = new Set<number>();
  let text = accesses + beside, chosen = 0;
  if (lanes > 1) sides.forEach(({ neighbours, bits, lines, lanes: by, planes, chunk }, i) => {
    const own = (step * bits) / 32, words = lines * own, width = chunk ? wide(Math.min(lines, CHUNK_LINES) * bits) : wide(own), more = words * (width === 4 ? 0.75 : 1) - loads[i].words, turns = step / elements;
    if (neighbours === 1 || planes || chunk === 8 || by > 1 || turns > 32) return;
    if (!worthHolding(loads[i].words, turns, words) || text + more > roomToHold(target)) {
      // A word that a step ends in is kept for the next.
      if (turns > 1 && loads[i].words >= 2 * lines && Array.from({ length: turns - 1 }, (_, t) => elements * bits * (t + 1)).every((at) => at % 32 !== 0)) counts[i] = { storageLoad: loads[i].words - lines + lines / turns };
      return;
    }
    text += more;
    held.add(i);
    chosen += loads[i].words * (own - 1);
    counts[i] = Object.fromEntries(Object.entries(read(words, width, chunk ? 128 : bits)).map(([kind, count]) => [kind, count / turns]));
  });
  // Words of a step that ends inside one are put together from two, by three shifts, unless it lies in one.
  const joined = sides.reduce((s, { bits, neighbours, lines, lanes: by }) => { const own = elements * bits; return s + (neighbours === 1 || by > 1 || own % 32 === 0 || 32 % own === 0 ? 0 : lines * Math.ceil(own / 32)); }, 0);
  // What is told of loads is of few rows: of more than caches follow at once each takes longer.
  const inOne = crowded(w, n * lanes, K);
  const crowd = software && !w.prepacked ? (1 + CROWD.more * Math.max(0, Math.log2(n / CROWD.rows))) * (1 + Math.max(0, inOne - CACHE.ways) / CACHE.more) : 1;
  const all = (kind: "storageLoad" | "storageLoad4", by = 1): number => counts.reduce((s, c, i) => s + (c[kind] ?? 0) * (i === 1 ? by : 1), 0), handed = lanes > 1 ? (elements * sides[0].bits * m) / 32 : 0;
  const ofScales = w.prepacked && w.group > 0 && ofW > 1 ? { storageLoad: 0, storageLoad4: ofW / 4 } : { storageLoad: ofW, storageLoad4: 0 };
  if (x.scales !== undefined) ofScales.storageLoad += m;
  const scaled = ofScales.storageLoad + ofScales.storageLoad4 > 0;
  const done: Partial<Counts> = {
    storageLoad: steps * all("storageLoad", crowd) + groups * ofScales.storageLoad + m * n, storageLoad4: steps * all("storageLoad4", crowd) + groups * ofScales.storageLoad4 + sums / 4,
    ...(summed ? { sharedLoad: groups * m } : {}),
    integer: steps * (chosen + 2 * handed + all("storageLoad") + all("storageLoad4")), [software ? "float" : "fma"]: (scaled ? groups * m * n * (software ? 2 : 1) * (summed ? 2 : 1) : 0) + CHAIN * sums, trip: steps + groups,
  };
  // A loop over groups may be longer than a CPU keeps decoded, and so may one over the steps of a group, which the driver writes out where they are few.
  const way = waysOf(product, [m, n], target).reduce((a, b) => (b.seconds < a.seconds ? b : a)), ofTurn = Object.entries(way.operations).map(([kind, count]) => [kind, elements * count + (kind === "integer" ? 2 * handed + JOINING * joined : 0)] as const);
  const turns = step / elements, ofStepAlone = counts.reduce((sum, c, i) => sum + (held.has(i) ? 0 : (c.storageLoad ?? 0) + (c.storageLoad4 ?? 0) * 3), 0);
  const written = writesOut(turns, Object.fromEntries(ofTurn), unrolls ?? 0) && tellsTurns(turns, ofStepAlone, ofTurn.reduce((sum, [, n]) => sum + n, 0), roomToWriteOut(text, target), target) ? turns : 1;
  const loadsOf = (kind: "storageLoad" | "storageLoad4", ofGroup: boolean): number => counts.reduce((sum, c, i) => sum + (c[kind] ?? 0) * (held.has(i) ? (ofGroup ? turns : 0) : ofGroup ? written : 1), 0);
  const turnOf = (ofGroup: boolean): ReturnType<typeof longLoads> => longLoads({
    ...Object.fromEntries(ofTurn.map(([kind, count]) => [kind, (ofGroup ? written : 1) * count])),
    storageLoad: loadsOf("storageLoad", ofGroup) + (ofGroup ? ofScales.storageLoad : 0), storageLoad4: loadsOf("storageLoad4", ofGroup) + (ofGroup ? ofScales.storageLoad4 : 0),
  });
  const ofGroup = turnOf(true), ofStep = turnOf(false), alone = written === turns ? 0 : steps - groups; // turns of steps in a loop of their own
  const long: Partial<Counts> = { longLoad: groups * ofGroup.longLoad + alone * ofStep.longLoad, longerLoad: groups * ofGroup.longerLoad + alone * ofStep.longerLoad };
  const blocks = Math.ceil(M / cut.BM) * Math.ceil(N / cut.BN), threads = blocks * cut.threads, waits = summed ? (blocks * cut.threads) / 64 / (rates.barrier ?? Infinity) : 0;
  // What lies beyond the edges is worked on, too.
  const filled = emptiness(blocks, threads, target);
  return {
    seconds: filled * threads * (seconds({ ...done, ...long }, rates) + steps * joined * 3 * shiftOf(rates) + K * way.seconds) + waits + (rates.dispatch ?? 0) + blocks * (cut.threads / 64) / (rates.block ?? Infinity),
    accesses: text,
  };
}

/** Of so many rows of a factor that are read at once, how many fall into the same lines of a cache; planes are rows of their own. */
function crowded({ type, packing, planes: apart, format }: FactorSpec, rows: number, K: number): number {
  const { bits } = dtype(type), planar = apart && equalPacking(packing, planePacking(2));
  if (format !== undefined || !(apart || equalPacking(packing, dense(2)))) return 1;
  const all = planar ? rows * bits : rows;
  return all / Math.min(all, (8 * CACHE.bytes) / gcd(planar ? K : K * bits, 8 * CACHE.bytes));
}

/** Seconds of a shift: `shift` is two and an operation as cheap as `integer` has two. */
const shiftOf = ({ integer = Infinity, shift }: Prices["rates"]): number => (shift === undefined ? 1 / integer : Math.max(1 / integer, 4 / (3 * shift) - 1 / integer));

/**
 * A step of 32 elements of which a factor has planes, or both: words of bits, one of each plane, which lie apart; of the other words as they lie. What
 * all threads read alike they share in loading.
 */
function stepOfPlanes(sides: readonly (StepSide & { readonly planes: boolean; readonly prepacked: boolean })[]): ProductStep {
  const loads = sides.map(({ bits, lines, lanes, planes, prepacked }) => ({ words: Math.ceil((bits * lines) / lanes), vector: prepacked ? wide(Math.min(lines, CHUNK_LINES) * bits) : planes ? 1 : wide(bits) } as const));
  return { elements: 32, loads, accesses: loads.reduce((s, l) => s + (l.vector === 4 ? 0.75 : 1) * l.words, 0) };
}

/** A way to decode and multiply one element of m rows and n columns: seconds of a thread, and operations, about. */
interface OneWay { readonly seconds: number; readonly operations: Partial<Counts> & { readonly integer: number } }

/** Each way that there may be. */
function waysOf({ x, w }: Work, [m, n]: readonly [number, number], target: Prices): readonly OneWay[] {
  const { rates, software } = target, [a, b] = [dtype(x.type), dtype(w.type)], exact = isInteger(a) && isInteger(b);
  // Products of floats and their sums are apart in the text, and a CPU does both.
  const sums: Partial<Counts> = software && !exact ? { float: 2 * m * n } : { fma: m * n };
  const fma: OneWay = {
    seconds: decodeOf(a, x, target, true) * m + decodeOf(b, w, target) * n + seconds(sums, rates),
    operations: { ...sums, integer: DECODING * (m * (a.storage ? 1 : 0) + n) },
  };
  if (!exact) return [fma];
  const codes = (d: DType, { planes }: FactorSpec, uses: number): CodeWords => ({ form: planes || d.bits === 1 ? "planes" : "fields", bits: d.bits, uses });
  const narrow = a.bits <= 8 && b.bits <= 8, [ofX, ofW] = narrow ? byteOrder([codes(a, x, n), codes(b, w, m)], WIDEST).operations : [0, 0];
  const packed = { packedDot: (m * n) / 4, integer: (m * ofX + n * ofW) / WIDEST + (m * n) / 4 }, pairs = (m * n * a.bits * b.bits) / 32, planes = { popcount: pairs, integer: 2 * pairs + (2 * m * n * (a.bits + b.bits)) / 32 };
  return [fma, ...[...(narrow ? [packed] : []), ...(x.planes && w.planes ? [planes] : [])].map((operations): OneWay => ({ seconds: seconds(operations, rates), operations }))];
}

/** Seconds to make a number of a code. */
function decodeOf(d: DType, f: FactorSpec, { rates, software }: Prices, ofX = false): number {
  if (!d.storage) return 0;
  if (f.planes) return seconds({ integer: 3 * d.bits, convert: 1 }, rates);
  // Half zero points of weights are taken off sums.
  const halves = f.zeros === "f32", [way] = d.bits > 8 ? [] : chooseDecoder(d, { rates, halfSubnormals: software }, f.zeros !== undefined && !halves).ways;
  return (way?.seconds || seconds({ integer: 2 }, rates)) + (halves && ofX ? seconds({ float: 1 }, rates) : 0);
}

/** A cut and what it costs. */
export interface PricedCut extends Price { readonly tiling: Tiling }

/** Direct cuts, the cheapest first: those whose text has no more accesses than the device takes well, unless there are none. */
export function pricedCuts(work: Work, prices: Prices): readonly PricedCut[] {
  const { rows, columns, threads } = direct, most = 2 ** Math.ceil(Math.log2(Math.max(1, work.M)));
  const all = rows.flatMap((m) => columns.flatMap((n) => threads.map((t): Tiling => ({ BM: m, BN: n * t, threads: t, shared: 0 }))))
    .filter((t) => t.BM <= most && (t.BM * t.BN) / t.threads <= (prices.unrolls === undefined ? RESULTS : LOOPED.results) && t.threads <= prices.maxThreads)
    .map((tiling) => ({ tiling, ...priceOf(work, tiling, prices) }));
  const fit = all.filter((p) => p.accesses <= prices.staticAccesses);
  return (fit.length ? fit : all).sort((a, b) => a.seconds - b.seconds);
}

/**
 * Prices that are no further apart say nothing: of as many rows the shorter text is compiled faster, and its threads read of fewer rows of w at once,
 * which caches like. Fewer rows aren't worth that: a decoded weight serves each, and keeping it costs more than is counted.
 */
const ALIKE = 1.02, ROWS = 1.05;
/** What more results than usual must gain: the sums of all are in the text, which takes the driver longer. */
const LONGER = 1.08;
/** Cuts that the tuner times, at most: of other rows and columns, because how many threads a block has says less than noise does. */
const TIMED = 4;

/**
 * Ways to cut the work of a product, the one that should be fastest first. Products of integers have ways to multiply of their own, which the
 * compiler prices.
 */
export function tilingsOf(work: Work, prices: Prices): readonly [Tiling, ...Tiling[]] {
  const { M, x, w } = work, { software } = prices, plain = (BM: number, BN: number, threads: number): Tiling => ({ BM, BN, threads, shared: 0 });
  const exact = [x, w].every((f) => isInteger(dtype(f.type)));
  if (software) {
    const priced = pricedCuts(work, prices), usual = priced.filter(({ tiling: t }) => (t.BM * t.BN) / t.threads <= RESULTS), all = usual.length && usual[0].seconds < LONGER * priced[0].seconds ? usual : priced;
    const within = (list: readonly PricedCut[], by: number): readonly PricedCut[] => list.filter((c) => c.seconds <= by * list[0].seconds);
    const most = Math.max(0, ...within(all, ROWS).map((c) => c.tiling.BM)), near = within(all.filter((c) => c.tiling.BM === most), ALIKE);
    if (near.length === 0) return [plain(1, 32, 32)];
    const { tiling } = near.reduce((a, b) => (b.accesses < a.accesses ? b : a));
    const blocks = new Map(all.map((c) => c.tiling).reverse().map((t) => [blockOf(t).join(), t]));
    blocks.delete(blockOf(tiling).join());
    return [tiling, ...all.map((c) => c.tiling).filter((t) => blocks.get(blockOf(t).join()) === t).slice(0, TIMED - 1)];
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

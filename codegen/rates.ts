// How fast a device does what kernels consist of: one table of rates, and what to assume of a device that nobody has
// measured. The cost model takes either; runtime measures (`rates(device)`).

/** What a rate counts, e.g. of `popcount`: words of 32 bits in a second. */
export interface RateRow {
  /** One of these is one operation of the rate; `dispatch` is the one that is a time. */
  readonly unit: string;
  readonly doc: string;
}

/**
 * The rates, in the order of reports. Scalar operations are counted for each thread, over the whole device.
 * @example
 * ```ts
 * rateTable.popcount.unit; // => "words/s"
 * ```
 */
export const rateTable = Object.freeze({
  fma: { unit: "fma/s", doc: "multiply-adds of f32 (two FLOP each)" },
  f16fma: { unit: "fma/s", doc: "multiply-adds of f16; absent without \"shader-f16\"" },
  f16pair: { unit: "ops/s", doc: "subtractions of vec2<f16>, two differences each, a xor and a mask; absent without \"shader-f16\"" },
  integer: { unit: "ops/s", doc: "shift by a constant, xor and add of u32, a third each" },
  shift: { unit: "ops/s", doc: "shifts by a constant: two and a xor" },
  float: { unit: "ops/s", doc: "additions and multiplications of f32, half each" },
  floatMin: { unit: "ops/s", doc: "minima of an f32 sum and product" },
  imul: { unit: "mads/s", doc: "multiply-adds of i32" },
  popcount: { unit: "words/s", doc: "xor, `countOneBits` and add of words: 32 products of bits each" },
  packedDot: { unit: "words/s", doc: "`dot4I8Packed` and add: four products of i8 each; absent where WGSL lacks it" },
  packedDotUnsigned: { unit: "words/s", doc: "`dot4U8Packed` and add: four products of u8 each; absent where WGSL lacks it" },
  convert: { unit: "values/s", doc: "u32 of few bits to f32, the mask included" },
  unpackHalf: { unit: "values/s", doc: "`unpack2x16float`, both its values added, the mask included" },
  unpackByte: { unit: "values/s", doc: "`unpack4xU8`, its four values to f32 and added to bits, the mask included; absent where WGSL lacks it" },
  sharedLoad: { unit: "loads/s", doc: "loads of u32 from workgroup memory, neighbours by neighbouring threads, and an add" },
  sharedLoad4: { unit: "loads/s", doc: "the same with vec4<u32>: 16 bytes each" },
  tableLoad: { unit: "loads/s", doc: "loads from a table of 16 words in workgroup memory, each thread at its own index" },
  privateLoad: { unit: "loads/s", doc: "loads from a table of 16 words in the thread's own memory, at a computed index" },
  storageRead: { unit: "bytes/s", doc: "reads of a large buffer as vec4<u32>" },
  storageReadShort: { unit: "bytes/s", doc: "reads of 16 KiB as vec4<u32>, each thread a row, four in a loop; of CPUs that play a GPU" },
  storageReadLong: { unit: "bytes/s", doc: "the same with ten in a loop" },
  storageReadLonger: { unit: "bytes/s", doc: "the same with twenty: more code than a CPU keeps decoded" },
  storageReadScalar: { unit: "bytes/s", doc: "reads of a large buffer as u32" },
  trip: { unit: "trips/s", doc: "trips of a loop with one step of `integer`, three operations" },
  barrier: { unit: "barriers/s", doc: "`workgroupBarrier` of blocks of 64 threads, a store or load between" },
  block: { unit: "blocks/s", doc: "starts of blocks of 64 threads" },
  dispatch: { unit: "s", doc: "seconds of an empty dispatch among many in a pass" },
} satisfies Readonly<Record<string, RateRow>>);

/** Name of a rate. */
export type RateName = keyof typeof rateTable;

/** Rates of a device: operations (or bytes) in a second, `dispatch` in seconds. What the device can't do is absent. */
export interface Rates extends Readonly<Partial<Record<RateName, number>>> {
  /** What it speaks of, for people. */
  readonly of: string;
  /** "measured" on this very device, or "assumed" of its kind. */
  readonly source: "measured" | "assumed";
}

const unverified = (part: string): string => `${part}, general knowledge, unverified`;

/** A GPU from what its parts do in a clock: `per` of them at `hertz`. Scalar loads are of words, so vec4 takes four turns. */
function supposed(of: string, units: number, hertz: number, bytes: number, per: Readonly<Partial<Record<RateName, number>>>): Rates {
  const clocks = units * hertz, rows = Object.entries(per).map(([name, n]) => [name, n * clocks]);
  return Object.freeze({ of, source: "assumed", ...Object.fromEntries(rows), storageRead: bytes, storageReadScalar: bytes, dispatch: 5e-6 });
}

/** Clocks of a unit for several steps after one another, as a rate. */
const chain = (...rates: readonly number[]): number => 1 / rates.reduce((sum, r) => sum + 1 / r, 0);

// Results in a clock of one multiprocessor. Logic, additions and dp4a 64 and popcount 16 are what papers on low-bit kernels go by; all
// else here and below (clocks, units, bandwidth, products, conversions, banks) is general knowledge that nobody verified. Planes take
// three instructions a word. f16 is twice as fast only in pairs, which the text doesn't write.
const nvidia = {
  fma: 64, f16fma: 64, f16pair: chain(64, 64, 64), integer: 64, imul: 64, popcount: chain(64, 16, 64), packedDot: 64, packedDotUnsigned: 64, convert: chain(64, 16), unpackByte: chain(4 * 64, 16, 64),
  sharedLoad: 32, sharedLoad4: 8, tableLoad: 32, privateLoad: 32, trip: chain(64, 64, 64, 64, 64, 64), barrier: 1 / 4,
};

/**
 * What to assume of devices that nobody has measured. The GPUs are one typical part of each maker, from general knowledge,
 * unverified, for the proportions; the two software adapters were measured on 2 CPU cores, long loops by their share of another machine.
 * @example
 * ```ts
 * const { popcount = 0, packedDot = 0 } = defaultRates.nvidia;
 * Math.round((packedDot / popcount) * 10) / 10; // => 6
 * ```
 */
export const defaultRates: Readonly<Record<"gpu" | "nvidia" | "amd" | "apple" | "lavapipe" | "swiftshader", Rates>> = Object.freeze({
  // A small part of NVIDIA's proportions.
  gpu: supposed("a GPU, assumed", 20, 1.5e9, 250e9, nvidia),
  nvidia: supposed(unverified("NVIDIA A100"), 108, 1.41e9, 1555e9, nvidia),
  // Popcount adds as it counts, at the full rate: two instructions a word, as papers have it.
  amd: supposed(unverified("AMD RX 7900 XTX"), 96, 2.5e9, 960e9, {
    fma: 64, f16fma: 64, f16pair: chain(64, 64, 64), integer: 64, imul: 16, popcount: chain(64, 64), packedDot: 64, packedDotUnsigned: 64, convert: chain(64, 64), unpackByte: chain(4 * 64, 64, 64),
    sharedLoad: 32, sharedLoad4: 8, tableLoad: 32, privateLoad: 16, trip: chain(64, 64, 64, 64, 64, 64), barrier: 1 / 4,
  }),
  // Shifts, products, popcounts and conversions at a quarter of the rate; packed products are made of 8 extractions and 4 products.
  apple: supposed(unverified("Apple M2"), 10, 1.4e9, 100e9, {
    fma: 128, f16fma: 128, f16pair: chain(128, 128, 128), integer: 3 * chain(32, 128, 128), shift: 2 * chain(32, 32, 128), imul: 32, popcount: chain(128, 32, 128), packedDot: 32 / 12, packedDotUnsigned: 32 / 12, convert: chain(128, 32),
    sharedLoad: 32, sharedLoad4: 8, tableLoad: 32, privateLoad: 16, trip: chain(32, 128, 128, 128, 128, 128), barrier: 1 / 4,
  }),
  lavapipe: Object.freeze({
    of: "lavapipe on 2 CPU cores", source: "assumed", fma: 20e9, f16fma: 1.6e9, integer: 33e9, shift: 12e9, float: 27e9, floatMin: 5.5e9, imul: 6.5e9, popcount: 2.6e9, packedDot: 1.6e9, packedDotUnsigned: 2.6e9, convert: 11e9, unpackHalf: 8e9, unpackByte: 8e9,
    sharedLoad: 0.95e9, sharedLoad4: 0.38e9, tableLoad: 0.8e9, privateLoad: 1.4e9, storageRead: 4.2e9, storageReadShort: 4.6e9, storageReadLong: 3.3e9, storageReadLonger: 1.5e9, storageReadScalar: 2.9e9, trip: 2e9, barrier: 0.85e6, block: 1.1e6, dispatch: 20e-6,
  }),
  swiftshader: Object.freeze({
    of: "SwiftShader on 2 CPU cores", source: "assumed", fma: 11e9, integer: 3.5e9, shift: 0.95e9, float: 27e9, floatMin: 0.8e9, imul: 6.5e9, popcount: 1.35e9, packedDot: 0.15e9, packedDotUnsigned: 0.19e9, convert: 3.1e9, unpackHalf: 0.7e9, unpackByte: 0.4e9,
    sharedLoad: 0.16e9, sharedLoad4: 0.05e9, tableLoad: 0.19e9, privateLoad: 0.27e9, storageRead: 1.15e9, storageReadShort: 1.2e9, storageReadLong: 1e9, storageReadLonger: 0.64e9, storageReadScalar: 1.04e9, trip: 0.4e9, barrier: 0.2e6, block: 1e6, dispatch: 27e-6,
  }),
});

/**
 * The row of `defaultRates` for a device of this kind and vendor.
 * @param kind a device profile's name: "gpu", "lavapipe" or "swiftshader"
 * @param vendor as WebGPU tells it, e.g. "nvidia"; browsers may leave it empty
 * @example
 * ```ts
 * defaultRatesFor("gpu", "apple").of; // => "Apple M2, general knowledge, unverified"
 * ```
 */
export const defaultRatesFor = (kind: "gpu" | "lavapipe" | "swiftshader", vendor = ""): Rates =>
  defaultRates[kind !== "gpu" ? kind : (["nvidia", "amd", "apple"] as const).find((v) => v === vendor.toLowerCase()) ?? "gpu"];

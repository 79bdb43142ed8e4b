// The features of guesslang: every two neighbouring bytes of a text, as one of 5,000 buckets.

/** Buckets; a pair of bytes falls into one. */
export const BUCKETS = 5000;
/** Pairs that are looked at: the first ones. */
const PAIRS = 10_000;

const MASK = (1n << 64n) - 1n, K0 = 0xc3a5c85c97cb3127n, K2 = 0x9ae16a3b2f90404fn;

/** FarmHash's Fingerprint64 of one to three bytes (farmhashna, HashLen0to16). */
export function fingerprint64(bytes: readonly number[]): bigint {
  const n = bytes.length;
  if (n < 1 || n > 3) throw new Error(`this is the rule for one to three bytes, not ${n}`);
  const y = BigInt(bytes[0] + (bytes[n >> 1] << 8)), z = BigInt(n + (bytes[n - 1] << 2)), x = ((y * K2) ^ (z * K0)) & MASK;
  return ((x ^ (x >> 47n)) * K2) & MASK;
}

const buckets = new Map<number, number>();

/** The bucket of two bytes: TensorFlow's StringNGrams puts a blank between them. */
function bucketOf(a: number, b: number): number {
  const key = a * 256 + b, known = buckets.get(key);
  if (known !== undefined) return known;
  const bucket = Number(fingerprint64([a, 32, b]) % BigInt(BUCKETS));
  buckets.set(key, bucket);
  return bucket;
}

/** How often each bucket occurs in a text. */
export function countsOf(text: string): Float64Array {
  const bytes = new TextEncoder().encode(text), counts = new Float64Array(BUCKETS);
  for (let i = 0; i + 1 < bytes.length && i < PAIRS; i++) counts[bucketOf(bytes[i], bytes[i + 1])]++;
  return counts;
}

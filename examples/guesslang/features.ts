// The features of guesslang: every two neighbouring bytes of a text, as one of 5,000 buckets.

/** Buckets; a pair of bytes falls into one. */
export const BUCKETS = 5000;
/** Pairs that are looked at: the first ones. */
const PAIRS = 10_000;

const MASK = (1n << 64n) - 1n, K0 = 0xc3a5c85c97cb3127n, K2 = 0x9ae16a3b2f90404fn;

/** FarmHash's Fingerprint64 of one to seven bytes (farmhashna, HashLen0to16). */
export function fingerprint64(bytes: readonly number[]): bigint {
  const n = bytes.length;
  if (n < 1 || n > 7) throw new Error(`this is the rule for one to seven bytes, not ${n}`);
  if (n < 4) {
    const y = BigInt(bytes[0] + (bytes[n >> 1] << 8)), z = BigInt(n + (bytes[n - 1] << 2)), x = ((y * K2) ^ (z * K0)) & MASK;
    return ((x ^ (x >> 47n)) * K2) & MASK;
  }
  const word = (at: number): bigint => bytes.slice(at, at + 4).reduceRight((a, b) => (a << 8n) | BigInt(b), 0n), mul = K2 + 2n * BigInt(n);
  const mixed = (x: bigint): bigint => { const y = (x * mul) & MASK; return y ^ (y >> 47n); };
  const u = BigInt(n) + (word(0) << 3n), v = word(n - 4);
  return (mixed(v ^ mixed(u ^ v)) * mul) & MASK;
}

/** U+FFFD in UTF-8. TensorFlow.js hands strings on as text, so that a byte beyond ASCII, no text by itself, arrives as this. */
const REPLACEMENT = [0xef, 0xbf, 0xbd];
const asText = (byte: number): readonly number[] => (byte < 128 ? [byte] : REPLACEMENT);

const buckets = new Map<number, number>();

/** The bucket of two bytes: TensorFlow's StringNGrams puts a blank between them. */
function bucketOf(a: number, b: number): number {
  const key = a * 256 + b, known = buckets.get(key);
  if (known !== undefined) return known;
  const bucket = Number(fingerprint64([...asText(a), 32, ...asText(b)]) % BigInt(BUCKETS));
  buckets.set(key, bucket);
  return bucket;
}

/** How often each bucket occurs in a text; lines end with a newline. */
export function countsOf(text: string): Float64Array {
  const bytes = new TextEncoder().encode(text.replaceAll("\r\n", "\n")), counts = new Float64Array(BUCKETS);
  for (let i = 0; i + 1 < bytes.length && i < PAIRS; i++) counts[bucketOf(bytes[i], bytes[i + 1])]++;
  return counts;
}

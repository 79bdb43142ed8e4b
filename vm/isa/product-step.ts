// How many elements of two factors a step of a product takes at once: what its text reads, against what a device's compiler takes.

/** A factor, as a thread reads it. */
export interface StepSide {
  readonly bits: number;
  /** Elements that follow each other in words (`Source.neighbours`). */
  readonly neighbours: number;
  /** Elements of a line that lie before as many of each of the next three (`Source.chunk`); 0 or absent: none do. */
  readonly chunk?: number | undefined;
  /** Lines that a thread reads: rows of x, columns of y. */
  readonly lines: number;
  /** Threads that share in reading a line; 1: each reads it for itself. */
  readonly lanes: number;
}

/** A step of a product. */
export interface ProductStep {
  readonly elements: number;
  /** Words that a thread loads of each factor, and how many at a time. */
  readonly loads: readonly { readonly words: number; readonly vector: 1 | 2 | 4 }[];
  /** Static accesses of these loads: four words are one vector, and count for three. */
  readonly accesses: number;
}

/** Products that a step makes at most: loads are shared well before. */
const TERMS = 256;
/** Products up to which a step is made longer only for loads of vectors, where lanes share loads. */
const FEW = 128;

/** Lines of which elements lie together in chunks. */
export const CHUNK_LINES = 4;

/** How many of so many words that lie together are read at once. */
const wide = (words: number): 1 | 2 | 4 => (words % 4 === 0 ? 4 : words % 2 === 0 ? 2 : 1);
/** Greatest common divisor. */
const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** How many elements fill words. */
const wholeWords = (bits: number): number => { let n = 1; while ((n * bits) % 32 !== 0) n *= 2; return n; };

/** Words that a run of bits lies in, which begins at a multiple of the largest power of two that its length is one of. */
function wordsOf(bits: number): number {
  const words = Math.ceil(bits / 32), last = bits - 32 * (words - 1);
  return words + (bits >= 1 && last > (bits & -bits) ? 1 : 0);
}

/** What a step of so many elements loads of a factor. */
function loadOf({ bits, lines, lanes, chunk = 0 }: StepSide, elements: number): ProductStep["loads"][number] {
  const own = (elements * bits) / lanes;
  if (chunk === 0 || lanes > 1 || elements % chunk !== 0 || (lines > CHUNK_LINES && lines % CHUNK_LINES !== 0)) return { words: lines * wordsOf(own), vector: own % 128 === 0 ? 4 : own % 64 === 0 ? 2 : 1 };
  const count = elements / chunk, whole = (CHUNK_LINES * chunk * bits) / 32, part = (Math.min(lines, CHUNK_LINES) * chunk * bits) / 32;
  if (lines >= CHUNK_LINES) return { words: (lines / CHUNK_LINES) * count * whole, vector: wide(count * whole) };
  // Lines that begin within words are read element by element, about.
  return Number.isInteger(part) ? { words: count * part, vector: wide(gcd(part, whole)) } : { words: lines * elements, vector: 1 };
}

/**
 * A step takes as many elements as lie together in words or vectors of a factor, so that a word is loaded once for all in it; fewer where
 * the text would get too many accesses, of which results and scales take their part. Where lanes share loads, as on CPUs, vectors gain little: a
 * step of many results is as short as whole words and lanes allow, and so is the text.
 * @param K elements that are summed over, a multiple of those of a step
 * @param accesses static accesses that a device's compiler takes well
 * @param lanes threads that share in reading what all read alike, 1 for none
 * @example
 * ```ts
 * const x = { bits: 32, neighbours: 32, lines: 8, lanes: 8 }, w = { bits: 4, neighbours: 32, lines: 4, lanes: 1 };
 * productStep([x, w], 1024, 56, 8).elements; // => 8
 * productStep([{ ...x, lanes: 1 }, w], 1024, 512, 1).elements; // => 8
 * ```
 */
export function productStep(sides: readonly [StepSide, StepSide], K: number, accesses: number, lanes: number): ProductStep {
  const [rows, columns] = sides.map((s) => s.lines), room = lanes > 1 ? (3 * accesses) / 8 : Math.max(accesses / 4, accesses - rows * columns - columns);
  const made = (elements: number): ProductStep => {
    const loads = sides.map((s) => loadOf(s, elements));
    return { elements, loads, accesses: loads.reduce((sum, l) => sum + (l.vector === 4 ? 0.75 : 1) * l.words, 0) };
  };
  const together = Math.max(...sides.map((s) => s.neighbours)), least = Math.max(...sides.map((s) => Math.min(s.neighbours, s.lanes > 1 ? s.lanes : wholeWords(s.bits))));
  let step = made(lanes < 2 ? together : Math.min(together, Math.max(least, 2 ** Math.floor(Math.log2(FEW / (rows * columns))))));
  // A step that ends inside a word would move all words by as many bits as differ from step to step: few products may take more accesses for whole ones.
  const whole = Math.max(...sides.map((s) => (s.chunk ? Math.max(32, s.chunk) : Math.min(s.neighbours, wholeWords(s.bits))))), roomOf = (n: number): number => (lanes > 1 && n <= whole && n * rows * columns <= FEW ? Math.max(room, accesses - rows * columns - columns) : room);
  while (step.elements > 1 && (K % step.elements !== 0 || step.accesses > roomOf(step.elements) || step.elements * rows * columns > TERMS)) step = made(step.elements / 2);
  return step;
}

// Words of codes as words of four bytes, for packed dot products. A sum asks for no order: any four elements may share a word as long
// as they are the same four, in the same bytes, of both factors. Which four are cheapest for both is found.
//
//   fields of 4 bits   e7 e6 e5 e4 e3 e2 e1 e0   ──▶   w & 0f0f0f0f: e6 e4 e2 e0,   w >> 4 & 0f0f0f0f: e7 e5 e3 e1
//
// Each bit of an element's number, and of the number of a code's bit, stands at a bit of the address: those of the place in a word come
// first, those of the word follow. Where a code fills a byte, bits 3 and 4 of the place hold the two bits of the element's number that
// choose its byte, and the code's own bits stand at the bottom. A swap of two address bits moves halves of all words: planes become
// bytes by the swaps of a transposition.
import { moved } from "../dtype-decode-ops.ts";
import type { Ops } from "../ops.ts";

/** Which two bits of an element's number choose its byte. */
export interface ByteOrder { readonly low: number; readonly high: number }

/** How a factor's codes lie in words, and in how many products its bytes are used. */
export interface CodeWords { readonly form: "planes" | "fields"; readonly bits: number; readonly uses: number }

/** Bits of an address that say the place in a word, and in a byte. */
const PLACE = 5, BYTE = 3;
/** Operations that make four bytes of fields that fill no power of two. */
const SPREAD = 10;

const count = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);

/** What is done to words until their codes lie a byte apart: swaps of address bits, and what each bit of the address holds then. */
interface Plan {
  readonly swaps: readonly (readonly [number, number])[];
  /** Bit k of an element's number as k, bit j of a code as ~j. */
  readonly holds: readonly number[];
  /** The power of two of bits that a code has a place for. */
  readonly room: number;
}

function planOf({ form, bits }: Pick<CodeWords, "form" | "bits">, elements: number, { low, high }: ByteOrder): Plan | undefined {
  const room = Math.ceil(Math.log2(bits)), codes = count(room).map((j) => ~j), numbers = count(Math.log2(elements));
  if (form === "fields" && 2 ** room !== bits) return undefined;
  const holds = form === "planes" ? [...numbers, ...codes] : [...codes, ...numbers], swaps: (readonly [number, number])[] = [];
  const bring = (what: number, to: number): void => {
    const at = holds.indexOf(what);
    if (at === to) return;
    swaps.push([Math.min(at, to), Math.max(at, to)]);
    [holds[at], holds[to]] = [holds[to], what];
  };
  codes.forEach(bring);
  bring(high, PLACE - 1);
  bring(low, BYTE);
  return { swaps, holds, room };
}

/** Operations that make all bytes of so many elements; Infinity where they can't lie so. */
function costOf(w: CodeWords, elements: number, order: ByteOrder): number {
  const plan = planOf(w, elements, order);
  if (!plan) return order.low === 0 && order.high === 1 ? (SPREAD * elements) / 4 : Infinity;
  const parts = 2 ** (BYTE - plan.room);
  return 2 ** (plan.holds.length - PLACE) * (plan.swaps.reduce((s, [, b]) => s + (b < PLACE ? 6 : 3), 0) + (w.bits === 8 ? 0 : 2 * parts - 1));
}

/**
 * The order in which bytes of two factors cost least, and operations for a step of so many elements of each.
 * @param elements a power of two that words of both hold, at least four
 * @example
 * ```ts
 * const w = { form: "fields", bits: 4, uses: 1 } as const;
 * byteOrder([w, w], 8); // => { order: { low: 1, high: 2 }, operations: [3, 3] }
 * byteOrder([{ ...w, bits: 3 }, w], 32).order; // => { low: 0, high: 1 }
 * ```
 */
export function byteOrder(sides: readonly [CodeWords, CodeWords], elements: number): { readonly order: ByteOrder; readonly operations: readonly [number, number] } {
  const bits = count(Math.log2(elements)), orders = bits.flatMap((high) => bits.slice(0, high).map((low): ByteOrder => ({ low, high })));
  const priced = orders.map((order) => { const operations = [costOf(sides[0], elements, order), costOf(sides[1], elements, order)] as const; return { order, operations, each: operations[0] / sides[0].uses + operations[1] / sides[1].uses }; });
  const { order, operations } = priced.reduce((a, b) => (b.each < a.each ? b : a));
  return { order, operations };
}

/** The first element of each word of bytes, in turn. */
export const firstElements = (elements: number, { low, high }: ByteOrder): readonly number[] => count(elements).filter((i) => (i & ((1 << low) | (1 << high))) === 0);

/** A word whose bit is one at places whose address has these bits. */
const places = (holds: (place: number) => boolean): number => count(32).reduce((m, i) => (holds(i) ? m | (1 << i) : m), 0) >>> 0;
const bit = (i: number, at: number): boolean => ((i >> at) & 1) === 1;

/**
 * The codes of words, a byte each.
 * @param left bits that a code stands to the left of its byte's end
 */
export function bytesOf<X>(ops: Ops<X>, w: Pick<CodeWords, "form" | "bits">, elements: number, order: ByteOrder, ws: readonly X[], left: number): readonly X[] {
  const { op, constant } = ops, { bits } = w, plan = planOf(w, elements, order), word = (n: number): X => constant("u32", n >>> 0);
  if (!plan) return count(elements / 4).map((q) => moved(ops, spread(ops, run(ops, ws, 4 * q * bits, 4 * bits), bits), left));
  const { swaps, holds, room } = plan, all = [...ws, ...count(2 ** (holds.length - PLACE) - ws.length).map(() => word(0))];
  for (const [a, b] of swaps) {
    if (b < PLACE) {
      const by = 2 ** b - 2 ** a, mask = word(places((i) => bit(i, a) && !bit(i, b)));
      all.forEach((x, i) => { const t = op("and", op("xor", moved(ops, x, -by), x), mask); all[i] = op("xor", op("xor", x, t), moved(ops, t, by)); });
    } else {
      const by = 2 ** a, other = 2 ** (b - PLACE), mask = word(places((i) => !bit(i, a)));
      all.forEach((x, i) => {
        if (i & other) return;
        const t = op("and", op("xor", moved(ops, x, -by), all[i + other]), mask);
        all[i + other] = op("xor", all[i + other], t);
        all[i] = op("xor", x, moved(ops, t, by));
      });
    }
  }
  const mask = word(places((i) => i % 8 >= left && i % 8 < left + bits)), number = (at: number, held: readonly number[]): number => held.reduce((n, k, j) => n + (bit(at, j) ? 2 ** k : 0), 0);
  const made = all.flatMap((x, i) => count(2 ** (BYTE - room)).map((part) => ({
    first: number(part, holds.slice(room, BYTE)) + number(i, holds.slice(PLACE)),
    codes: bits === 8 ? x : op("and", moved(ops, x, left - part * 2 ** room), mask),
  })));
  return made.sort((a, b) => a.first - b.first).map((m) => m.codes);
}

/** Bits [lo, lo + width) of a string of words. */
function run<X>({ op, constant }: Ops<X>, ws: readonly X[], lo: number, width: number): X {
  const at = lo % 32, first = Math.floor(lo / 32), here = Math.min(width, 32 - at), word = (n: number): X => constant("u32", n);
  const cut = (w: X, from: number, n: number): X => (n === 32 ? w : op("and", from === 0 ? w : op("shr", w, word(from)), word(2 ** n - 1)));
  const low = cut(ws[first], at, here);
  return here === width ? low : op("or", low, op("shl", cut(ws[first + 1], 0, width - here), word(here)));
}

/** Four codes of n bits, one after the other, put a byte apart: first in two halves, then in two bytes each. */
function spread<X>({ op, constant }: Ops<X>, v: X, n: number): X {
  const word = (k: number): X => constant("u32", k >>> 0), apart = (x: X, by: number, low: number, high: number): X => op("or", op("and", x, word(low)), op("and", op("shl", x, word(by)), word(high)));
  const two = 2 ** (2 * n) - 1, one = 2 ** n - 1;
  return apart(apart(v, 16 - 2 * n, two, two * 65536), 8 - n, one * 0x00010001, one * 0x01000100);
}

// Two bits at one address, found by trying: pack ones and count them, a shared address swallows one. Everything is asked
// of `pack`, which visits a tensor in table-driven loops, so even 64 Mibit take no time to speak of.
import { Bug } from "../diagnostic.ts";
import { weights } from "./modes.ts";
import { wordCount } from "./packing-address.ts";
import type { Packing } from "./packing-types.ts";
import { get, popcount, put } from "./packing-walk.ts";

function pack(p: Packing, bits: number, extents: readonly number[], codes: Uint32Array): Uint32Array {
  const words = new Uint32Array(wordCount(p, bits, extents));
  put(p, bits, extents, codes, words);
  return words;
}

/** A bit of an element. */
export interface BitOf { readonly index: readonly number[]; readonly bit: number }

/** Two bits and the address they share. */
export interface Collision { readonly first: BitOf; readonly second: BitOf; readonly word: number; readonly bit: number }

const lowest = (x: number): number => 31 - Math.clz32(x & -x);

/**
 * Two bits of a tensor that lie at one address, or undefined when all addresses differ. Takes time and memory like `pack`, a few times the width.
 * @param shared bits of one number may lie together: then two of different numbers
 */
export function collision(p: Packing, bits: number, extents: readonly number[], shared = false): Collision | undefined {
  const count = extents.reduce((a, b) => a * b, 1), all = Uint32Array.from({ length: count }, () => 2 ** bits - 1);
  if (!shared && popcount(pack(p, bits, extents, all)) === count * bits) return undefined;
  /** Only bit `b` of the elements that are chosen. */
  const ones = (b: number, chosen: (e: number) => boolean): Uint32Array => pack(p, bits, extents, all.map((_, e) => (chosen(e) ? 2 ** b : 0)));
  const seen = new Uint32Array(wordCount(p, bits, extents));
  for (let b = 0; b < bits; b++) {
    const mine = ones(b, () => true), both = meeting(mine, seen);
    if (both) return holders(p, bits, extents, both, shared);
    // Two elements differ in some digit of their number: those with a 0 there and those with a 1 meet.
    if (!shared && popcount(mine) < count)
      for (let digit = 1; digit < count; digit *= 2) {
        const met = meeting(ones(b, (e) => (e & digit) === 0), ones(b, (e) => (e & digit) !== 0));
        if (met) return holders(p, bits, extents, met, shared);
      }
    mine.forEach((x, w) => { seen[w] |= x; });
  }
  if (shared) return undefined;
  throw new Bug("bits were swallowed, but no two share an address");
}

/** The first address at which both have a one. */
function meeting(x: Uint32Array, y: Uint32Array): { readonly word: number; readonly bit: number } | undefined {
  const word = x.findIndex((v, w) => (v & y[w]) !== 0);
  return word < 0 ? undefined : { word, bit: lowest(x[word] & y[word]) };
}

/** Who lies at an address that several share: set it alone and unpack. */
function holders(p: Packing, bits: number, extents: readonly number[], at: { readonly word: number; readonly bit: number }, shared: boolean): Collision {
  const words = new Uint32Array(wordCount(p, bits, extents)), sizes = weights(extents), found: BitOf[] = [];
  words[at.word] = 2 ** at.bit;
  const codes = new Uint32Array(extents.reduce((a, b) => a * b, 1));
  get(p, bits, extents, words, codes);
  codes.forEach((code, e) => {
    for (let b = 0; b < bits && found.length < 2; b++)
      if ((code >>> b) & 1 && (!shared || found[0]?.bit !== b)) found.push({ index: extents.map((n, a) => Math.floor(e / sizes[a]) % n), bit: b });
  });
  return { first: found[0], second: found[1], ...at };
}

// Pack and unpack for pages that must weigh little: no code is generated, and that no two elements share a bit is tried, not proved.
import { fail } from "../diagnostic.ts";
import { wordCount } from "./packing-address.ts";
import type { Packing } from "./packing-types.ts";
import { codeArray, get, popcount, put, type Codes } from "./packing-walk.ts";

/** Codes into words and back, as `pack` and `unpack` do it. */
export interface Packer {
  pack(p: Packing, bits: number, extents: readonly number[], codes: ArrayLike<number>): Uint32Array;
  unpack(p: Packing, bits: number, extents: readonly number[], words: Uint32Array): Codes;
}

const elements = (extents: readonly number[]): number => extents.reduce((a, b) => a * b, 1);

function packed(p: Packing, bits: number, extents: readonly number[], codes: ArrayLike<number>): Uint32Array {
  const out = new Uint32Array(wordCount(p, bits, extents));
  put(p, bits, extents, codes, out);
  return out;
}

/** For what each packing was tried last. */
const tried = new WeakMap<Packing, string>();

/**
 * Packs and unpacks any packing as `pack` and `unpack` do, but slower where a tensor is large. As many codes and words are given as it takes.
 * Where elements share bits or have no place `pack` throws L0212 and leaves it to `check` to say which.
 * @example
 * ```ts
 * walker.pack(dense(1), 4, [8], [1, 2, 3, 4, 5, 6, 7, 8]); // => Uint32Array.of(0x87654321)
 * walker.pack(digits([digit(axis(0), { div: 2 }), bit]), 4, [8], new Uint8Array(8)); // throws L0212
 * ```
 */
export const walker: Packer = Object.freeze({
  pack(p: Packing, bits: number, extents: readonly number[], codes: ArrayLike<number>) {
    const key = `${bits} ${extents.join()}`, n = elements(extents);
    // Ones are packed and counted: a shared address swallows one.
    if (tried.get(p) !== key && popcount(packed(p, bits, extents, new Uint32Array(n).fill(-1))) !== n * bits)
      fail({ code: "L0212", message: `bits of this packing share addresses, or have none`, help: "check() of bitloom/layout says which" });
    tried.set(p, key);
    return packed(p, bits, extents, codes);
  },
  unpack(p: Packing, bits: number, extents: readonly number[], words: Uint32Array) {
    const out = codeArray(bits, elements(extents));
    get(p, bits, extents, words, out);
    return out;
  },
});

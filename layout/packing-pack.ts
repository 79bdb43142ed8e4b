// The host's pack, unpack and repack.
import { fail } from "../diagnostic.ts";
import { wordCount } from "./packing-address.ts";
import { checkDigits } from "./packing-check.ts";
import { getFast, putFast } from "./packing-fast.ts";
import type { Packing } from "./packing-types.ts";
import { codeArray, get, put, type Codes } from "./packing-walk.ts";

export type { Codes } from "./packing-walk.ts";

const elements = (extents: readonly number[]): number => extents.reduce((a, b) => a * b, 1);

/**
 * Packs codes into u32 words.
 * @param p the packing
 * @param bits bits of an element, 1 … 32; higher bits of codes are ignored
 * @param extents extent of every axis
 * @param codes one code per element, row-major
 * @returns `wordCount(p, bits, extents)` words; pads are zero
 * @throws Diagnostic H0210 if there are not as many codes as elements; L as `check`: what elements share can't be packed
 * @example
 * ```ts
 * pack(dense(1), 4, [8], [1, 2, 3, 4, 5, 6, 7, 8]); // => Uint32Array.of(0x87654321)
 * ```
 */
export function pack(p: Packing, bits: number, extents: readonly number[], codes: ArrayLike<number>): Uint32Array {
  if (codes.length !== elements(extents))
    fail({ code: "H0210", message: `${codes.length} codes for a tensor of ${extents.join(" × ")} = ${elements(extents)} elements`, help: "give one code per element, row-major" });
  checkDigits(p, bits, extents);
  const out = new Uint32Array(wordCount(p, bits, extents));
  if (!putFast(p, bits, extents, codes, out)) put(p, bits, extents, codes, out);
  return out;
}

/**
 * Reads codes back from u32 words; elements that share their bits get the same code.
 * @returns one code per element, row-major: Uint8Array for up to 8 bits, Uint16Array for up to 16, else Uint32Array
 * @throws Diagnostic H0211 if there are too few words; L as `address`
 * @example
 * ```ts
 * unpack(dense(1), 4, [3], Uint32Array.of(0x321)); // => Uint8Array.of(1, 2, 3)
 * ```
 */
export function unpack(p: Packing, bits: number, extents: readonly number[], words: Uint32Array): Codes {
  const need = wordCount(p, bits, extents);
  if (words.length < need) fail({ code: "H0211", message: `this packing of ${extents.join(" × ")} elements takes ${need} words, found ${words.length}`, help: "check the extents and the width; a packing's pads are stored too" });
  const out = codeArray(bits, elements(extents));
  if (!getFast(p, bits, extents, words, out)) get(p, bits, extents, words, out);
  return out;
}

/**
 * The same codes under another packing; `words` stay as they are.
 * @throws as `pack` and `unpack`
 * @example
 * ```ts
 * repack(dense(1), planes(1), 2, [4], new Uint32Array([0b11_10_01_01])); // => new Uint32Array([0b1011, 0b1100])
 * ```
 */
export const repack = (from: Packing, to: Packing, bits: number, extents: readonly number[], words: Uint32Array): Uint32Array =>
  pack(to, bits, extents, unpack(from, bits, extents, words));

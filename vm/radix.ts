// Digits of a small base packed into codes: five trits in a byte, three base-5 digits in 7 bits, thirteen in a word. The numbers behind
// the instructions, and the same on the host.
//
//   plain      code = Σ digit[n] · base^n                        the first digit is the lowest
//   fraction   code = ⌈Σ digit[n] · base^(count-1-n) · 2^bits / base^count⌉   digits come from the top, by multiplying: ggml's TQ1_0
import { fail } from "../diagnostic.ts";

/** How digits make a code. */
export type RadixForm = "plain" | "fraction";

/** What a radix code is made of. */
export interface Radix {
  readonly base: number;
  /** Digits in a code. */
  readonly count: number;
  /** Bits of a code. */
  readonly bits: number;
  readonly form: RadixForm;
}

/** As many digits of a base as so many bits hold. */
export function digitsIn(base: number, bits: number): number {
  let count = 0;
  while (base ** (count + 1) <= 2 ** bits) count++;
  return count;
}

/**
 * Checks a radix; a count that is left out is the largest that fits.
 * @throws Diagnostic T0260
 */
export function radixOf(given: { readonly base: number; readonly count?: number | undefined; readonly bits: number; readonly form?: string | undefined }): Radix {
  const { base, bits, form = "plain" } = given, bad = (message: string, help: string): never => fail({ code: "T0260", message, help });
  if (!Number.isInteger(base) || base < 2 || base > 256) bad(`digits have a base of 2 to 256, not ${base}`, "trits have base 3");
  const most = digitsIn(base, bits), count = given.count ?? most;
  if (form !== "plain" && form !== "fraction") bad(`there is no form '${form}' of digits`, "use plain or fraction");
  if (most < 1) bad(`${bits} bits hold no digit of base ${base}`, "take a wider type for the codes");
  if (!Number.isInteger(count) || count < 1 || count > most) bad(`${bits} bits hold 1 to ${most} digits of base ${base}, not ${count}`, `give ${most} digits or fewer, or take a wider type`);
  if (form === "fraction" && bits > 16) bad(`fractions are codes of up to 16 bits, not ${bits}`, "write form: plain, or take a narrower type");
  return { base, count, bits, form: form as RadixForm };
}

/** Number of bits of a digit. */
export const digitBits = (base: number): number => Math.ceil(Math.log2(base));

/** A digit of a code; any code of so many bits has digits. */
export function digitOf(code: number, n: number, { base, bits, form }: Radix): number {
  if (form === "plain") return Math.floor(code / base ** n) % base;
  return Math.floor(Number((BigInt(code) * BigInt(base) ** BigInt(n)) % 2n ** BigInt(bits)) * base / 2 ** bits);
}

/** The code of digits, which are below the base. */
export function codeOfDigits(digit: (n: number) => number, { base, count, bits, form }: Radix): number {
  let sum = 0;
  for (let n = 0; n < count; n++) sum += digit(n) * base ** (form === "plain" ? n : count - 1 - n);
  return form === "plain" ? sum : Math.ceil((sum * 2 ** bits) / base ** count);
}

/**
 * Packs digits, `count` of them into each code of `bits` bits; a short end is filled with zeros.
 * @param digits numbers from 0 to base − 1
 * @throws Diagnostic T0260 for a radix that doesn't fit, H0306 for a digit that isn't one
 * @example
 * ```ts
 * radixPack([1, 0, 2, 2, 1], { base: 3, bits: 8 }); // => new Uint32Array([154])
 * ```
 */
export function radixPack(digits: ArrayLike<number>, radix: { readonly base: number; readonly bits: number; readonly count?: number; readonly form?: RadixForm }): Uint32Array {
  const r = radixOf(radix), out = new Uint32Array(Math.ceil(digits.length / r.count));
  for (let i = 0; i < digits.length; i++)
    if (!(digits[i] >= 0 && digits[i] < r.base && Number.isInteger(digits[i]))) fail({ code: "H0306", message: `digit ${i} is ${digits[i]}`, help: `digits of base ${r.base} are 0 to ${r.base - 1}` });
  for (let i = 0; i < out.length; i++) out[i] = codeOfDigits((n) => digits[i * r.count + n] ?? 0, r);
  return out;
}

/**
 * The digits of codes, `count` of each.
 * @throws Diagnostic T0260
 * @example
 * ```ts
 * radixUnpack([154], { base: 3, bits: 8 }); // => new Uint8Array([1, 0, 2, 2, 1])
 * ```
 */
export function radixUnpack(codes: ArrayLike<number>, radix: { readonly base: number; readonly bits: number; readonly count?: number; readonly form?: RadixForm }): Uint8Array {
  const r = radixOf(radix), out = new Uint8Array(codes.length * r.count);
  for (let i = 0; i < codes.length; i++) for (let n = 0; n < r.count; n++) out[i * r.count + n] = digitOf(codes[i], n, r);
  return out;
}

/** A division by multiplying: ⌊x / d⌋ = ⌊x · factor / 2^shift⌋ for all x up to some number. */
export interface Reciprocal { readonly factor: number; readonly shift: number }

/**
 * The least shift from `from` on with which multiplying divides every x ≤ most exactly. x · factor / 2^shift is x / d and x · e / (d · 2^shift)
 * more, with e = factor · d − 2^shift; that stays below the next 1/d as long as most · e < 2^shift.
 */
export function reciprocal(d: number, most: number, from: number): Reciprocal {
  if (d > most) return { factor: 0, shift: from };
  const D = BigInt(d), M = BigInt(most);
  for (let shift = from; ; shift++) {
    const power = 2n ** BigInt(shift), factor = (power + D - 1n) / D;
    if (M * (factor * D - power) < power) return { factor: Number(factor), shift };
  }
}

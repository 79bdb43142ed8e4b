// Integers to f16 two at a time: codes that lie 16 bits apart are put into the mantissas of two f16, and one subtraction of pairs leaves
// both. A code may stay p bits up in its half while it ends within the ten bits of a mantissa; the power of two is then smaller.
//
//   word   ┌────────┬────────┐     & 000f 000f   ^ 6400 6400  ──▶  1024 + code, 1024 + code     − (1024, 1024)
//          │ … code │ … code │
//          └────────┴────────┘     of i4: ^ 6408 6408, − (1032, 1032)
import { fieldOf, inOne, moved, type Decoder, type Lying } from "./dtype-decode-ops.ts";
import { emitDecode } from "./dtype-emit.ts";
import type { DType } from "./dtype-type.ts";
import { halfBits } from "./half.ts";
import type { Ops } from "./ops.ts";

/** Bits of an f16's mantissa, and what its exponents begin at. */
const MANTISSA = 10, BIAS = 15;

/** A half of a word with the code that is at bit `p` of it in a mantissa: of what, the power of two, and both together with what the code is above its value. */
function half({ kind, bits: n }: DType, p: number): { readonly mask: number; readonly large: number; readonly less: number } {
  const double = kind === "bipolar" ? 1 : 0, flip = kind === "int" ? 2 ** (n - 1) : 0, above = double ? 2 ** n - 1 : flip;
  return { mask: (2 ** n - 1) * 2 ** p, large: (BIAS + MANTISSA - p + double) * 2 ** MANTISSA + flip * 2 ** p, less: halfBits(2 ** (MANTISSA - p + double) + above) };
}

/**
 * One code and one of the other half, the same for both. Codes of 3, 5, 6 and 7 bits begin elsewhere in each half: the first of one goes
 * with the first of the other, and so on. Bipolar numbers are odd, and the last bit of their mantissa weighs 2 at the end of a half.
 */
function pairwise<X>(ops: Ops<X>, code: Lying<X>, t: DType): X {
  const { op, constant } = ops, n = t.bits, { word, at } = inOne(ops, code, n), odd = t.kind === "bipolar", fits = (p: number): boolean => p >= (odd ? 1 : 0) && p + n <= MANTISSA;
  const down = (odd ? [0, 7, -1] : [0, 8]).find((d) => d <= at && fits((at - d) % 16)) ?? at - (odd ? 1 : 0), high = at - down >= 16, p = (at - down) % 16;
  const origin = odd ? 1 : 0, beside = ((((high ? p + 16 : p - 16) - origin) % n + n) % n) + origin + n * Math.floor((p - origin) / n), own = half(t, p), other = fits(beside) ? half(t, beside) : { mask: 0, large: 0, less: 0 };
  const both = (k: "mask" | "large" | "less"): X => constant("u32", (high ? own[k] * 0x10000 + other[k] : other[k] * 0x10000 + own[k]) >>> 0);
  return ops.halfOf(ops.lessHalves(op("xor", op("and", moved(ops, word, -down), both("mask")), both("large")), both("less")), high ? "high" : "low");
}

const known = new WeakMap<DType, readonly Decoder[]>();

/**
 * The ways from codes of a type to f16 values, where f16 exists: by conversion, then those that a device may do faster.
 * @param t a type of which all values are f16
 * @example
 * ```ts
 * halfDecoders(dtype("i4")).map((d) => d.name); // => ["convert to f16", "pairs of f16"]
 * ```
 */
export function halfDecoders(t: DType): readonly Decoder[] {
  let found = known.get(t);
  if (found) return found;
  const plain: Decoder = { name: "convert to f16", values: (ops, codes) => codes.map((c) => ops.to("f16", emitDecode(t, ops, fieldOf(ops, c, t.bits)))) };
  const pairs: Decoder = { name: "pairs of f16", values: (ops, codes) => codes.map((c) => pairwise(ops, c, t)) };
  known.set(t, (found = Object.freeze(t.bits <= 8 && (t.kind === "uint" || t.kind === "int" || t.kind === "bipolar") ? [plain, pairs] : [plain])));
  return found;
}

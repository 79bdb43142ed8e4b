// Integer rows: uN, iN (two's complement), bN (bipolar: Σ ±2^i, odd, no zero) and bool.
import type { DType, EncodeOptions } from "./dtype-type.ts";
import { reaches, roundMagnitude } from "./dtype-type.ts";
import { I32_FROM_FLOAT_MAX, U32_FROM_FLOAT_MAX } from "./numeric-ops.ts";

const signedRound = (x: number, o: EncodeOptions | undefined): number => {
  const r = roundMagnitude(Math.abs(x), o?.rounding ?? "even", o?.random ?? 0.5);
  return x < 0 ? -r : r;
};

/** x mod 2^bits, for integers x of any size and sign. */
const lowBits = (x: number, bits: number): number => ((x % 2 ** bits) + 2 ** bits) % 2 ** bits;

/** The code of a number in an integer type of range [min, max]; `top` is where floats beyond max end. */
function encodeInteger(x: number, bits: number, min: number, max: number, o?: EncodeOptions): number {
  if (Number.isNaN(x)) return 0;
  const r = Number.isFinite(x) ? signedRound(x, o) : x;
  if (r >= min && r <= max) return lowBits(r, bits);
  if (o?.saturate === false && Number.isFinite(r)) return lowBits(r, bits);
  const fromInteger = o?.from === "i32" || o?.from === "u32" || o?.from === "bool";
  const top = bits < 32 || fromInteger ? max : min < 0 ? I32_FROM_FLOAT_MAX : U32_FROM_FLOAT_MAX;
  return lowBits(r < min ? min : top, bits);
}

/** `uN`: the value is the code. u32 computes in u32, the narrower ones in i32. */
export function unsignedType(bits: number): DType {
  const max = 2 ** bits - 1;
  return Object.freeze<DType>({
    name: `u${bits}`, bits, kind: "uint", compute: bits === 32 ? "u32" : "i32", storage: bits < 32,
    min: 0, max, hasZero: true, zeroCode: 0,
    decode: (code) => code,
    encode: (x, o) => encodeInteger(x, bits, 0, max, o),
  });
}

/** `iN`: two's complement. */
export function signedType(bits: number): DType {
  const half = 2 ** (bits - 1);
  return Object.freeze<DType>({
    name: `i${bits}`, bits, kind: "int", compute: "i32", storage: bits < 32,
    min: -half, max: half - 1, hasZero: true, zeroCode: 0,
    decode: (code) => (code >= half ? code - 2 * half : code),
    encode: (x, o) => encodeInteger(x, bits, -half, half - 1, o),
  });
}

/** The real-valued code of a number in `bN` is (x + 2^N - 1) / 2: encode rounds it, ties up. */
function encodeBipolar(x: number, bits: number, o?: EncodeOptions): number {
  const levels = 2 ** bits, max = levels - 1;
  if (Number.isNaN(x)) return levels / 2;
  if (!Number.isFinite(x)) return x > 0 ? max : 0;
  // Of large even numbers the last bits count, and that they are large.
  if (o?.saturate === false && Math.abs(x) >= 2 ** 40) x = (x % 512) + Math.sign(x) * 512;
  let code = Math.floor(x / 2) + levels / 2; // nearest, ties up
  if (Math.abs(x) % 2 !== 1) {
    const lower = Math.floor((x - 1) / 2) + levels / 2; // code of the greatest odd number below x
    const fraction = (x - (2 * lower - max)) / 2;
    switch (o?.rounding ?? "even") {
      case "even": break;
      case "away": if (fraction === 0.5 && x < 0) code = lower; break;
      case "zero": code = x > 1 ? lower : x < -1 ? lower + 1 : code; break; // between -1 and 1 both are as near to zero
      case "stochastic": { // x lies `whole` and a fraction of either sign above the lower neighbour, which is 2 below the upper
        const whole = Math.trunc(x) - (2 * lower - max);
        code = reaches(x - Math.trunc(x), 2 * (o?.random ?? 0.5), 2 - whole) ? lower + 1 : lower;
        break;
      }
    }
  }
  if (o?.saturate === false) return lowBits(code, bits);
  return Math.max(0, Math.min(max, code));
}

/** `bN`: value 2·code − (2^N − 1). */
export function bipolarType(bits: number): DType {
  const levels = 2 ** bits, max = levels - 1;
  return Object.freeze<DType>({
    name: `b${bits}`, bits, kind: "bipolar", compute: "i32", storage: true,
    min: -max, max, hasZero: false, zeroCode: 0,
    decode: (code) => 2 * code - max,
    encode: (x, o) => encodeBipolar(x, bits, o),
  });
}

/** `bool`: one bit; anything but ±0 is true. */
export const boolType: DType = Object.freeze<DType>({
  name: "bool", bits: 1, kind: "bool", compute: "bool", storage: false, min: 0, max: 1, hasZero: true, zeroCode: 0,
  decode: (code) => code,
  encode: (x) => (x === 0 ? 0 : 1),
});

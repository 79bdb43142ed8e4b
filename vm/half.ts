// 16-bit floats on machines without Float16Array: f16 (IEEE binary16) and bf16 (the top half of an f32).
// Every function takes an exact double, so there is one rounding and never two.

const f64 = new Float64Array(1);
const f64Words = new Uint32Array(f64.buffer); // little-endian, as every machine that runs JavaScript is: [1] is the high word
const f32 = new Float32Array(1);
const f32Words = new Uint32Array(f32.buffer);

/** Least exponent of a normal f16: 2^-14. */
const HALF_EXPONENT = -14;

/** Largest finite f16, 65504. */
export const HALF_MAX = 65504;

/**
 * Rounds a number to the nearest f16 (ties to even) and gives it back as a number.
 * Magnitudes from 65520 on become ±Infinity, as IEEE has it; NaN stays NaN and -0 stays -0.
 * @example
 * ```ts
 * roundToHalf(0.1); // => 0.0999755859375
 * ```
 */
export function roundToHalf(x: number): number {
  const a = Math.abs(x);
  if (!(a < 65520)) return Number.isNaN(x) ? x : x > 0 ? Infinity : -Infinity;
  // Adding 1.5 · 2^(e + 42) makes the last place of the double the last place of the half, 2^(e - 10).
  f64[0] = x;
  const exponent = Math.max((((f64Words[1] ?? 0) >>> 20) & 0x7ff) - 1023, HALF_EXPONENT);
  f64Words[0] = 0;
  f64Words[1] = ((exponent + 42 + 1023) << 20) | 0x80000;
  const magic = f64[0] ?? 0;
  const r = x + magic - magic;
  return r === 0 && (x < 0 || Object.is(x, -0)) ? -0 : r;
}

/**
 * The 16 bits of the f16 nearest to a number; NaN gives 0x7e00.
 * @example
 * ```ts
 * halfBits(-2); // => 0xc000
 * ```
 */
export function halfBits(x: number): number {
  if (Number.isNaN(x)) return 0x7e00;
  const r = roundToHalf(x);
  const sign = r < 0 || Object.is(r, -0) ? 0x8000 : 0;
  const a = Math.abs(r);
  if (a === Infinity) return sign | 0x7c00;
  if (a < 2 ** HALF_EXPONENT) return sign | (a * 2 ** 24);
  f32[0] = a; // exact: every f16 is an f32
  return sign | (((f32Words[0] ?? 0) >>> 13) - ((127 - 15) << 10));
}

/**
 * The number that 16 bits mean as f16. Bits above the 16th are ignored.
 * @example
 * ```ts
 * halfValue(0x3c01); // => 1.0009765625
 * ```
 */
export function halfValue(bits: number): number {
  const e = (bits >>> 10) & 31, m = bits & 0x3ff;
  const a = e === 0 ? m * 2 ** -24 : e === 31 ? (m ? NaN : Infinity) : (m + 1024) * 2 ** (e - 25);
  return bits & 0x8000 ? -a : a;
}

/** The 32 bits of the f32 nearest to a number, as a u32; NaN gives 0x7fc00000. */
export function floatBits(x: number): number {
  f32[0] = x;
  return Number.isNaN(x) ? 0x7fc00000 : f32Words[0] ?? 0;
}

/** The number that 32 bits mean as f32. */
export function floatValue(bits: number): number {
  f32Words[0] = bits;
  return f32[0] ?? 0;
}

/**
 * The number that 16 bits mean as bf16.
 * @example
 * ```ts
 * bfloatValue(0x3f80); // => 1
 * ```
 */
export const bfloatValue = (bits: number): number => floatValue((bits & 0xffff) << 16);

/**
 * The 16 bits of the bf16 nearest to a number (ties to even, one rounding also from doubles); overflow gives
 * ±Infinity, NaN gives 0x7fc0.
 * @example
 * ```ts
 * bfloatBits(1.00390625); // => 0x3f80
 * ```
 */
export function bfloatBits(x: number): number {
  if (Number.isNaN(x)) return 0x7fc0;
  const a = Math.abs(x);
  // Round to odd on the way to f32, so that the second rounding sees on which side of a tie the double lies.
  let bits = floatBits(a);
  const near = floatValue(bits);
  if (near !== a && a !== Infinity) {
    if (near > a) bits -= 1;
    bits |= 1;
  }
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0;
  return sign | ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
}

/** Rounds a number to the nearest bf16 (ties to even). */
export const roundToBfloat = (x: number): number => bfloatValue(bfloatBits(x));

// What a number type is: a row of the table in dtype.ts. Rows are plain frozen data and functions.
import type { Compute } from "./ops.ts";

/** How codes are read: two's complement, ±1 digits, sign-exponent-mantissa, a power of two, a truth value, or as numbers of a table's entries. */
export type Kind = "uint" | "int" | "bipolar" | "float" | "scale" | "bool" | "codebook";

/**
 * How a value between two codes is rounded: to the nearest, ties to even (bipolar: ties up; codebooks: ties to the lower) or away from
 * zero; toward zero; or away from zero with the probability of the fraction ("stochastic": where fraction + `random` is 1 or more;
 * bipolar types and codebooks go up so).
 */
export type Rounding = "even" | "away" | "zero" | "stochastic";

/** Options of `encode`. The defaults are what `as` means. */
export interface EncodeOptions {
  /** Default "even". */
  readonly rounding?: Rounding | undefined;
  /** A number in [0, 1) for stochastic rounding, from the caller's seeded generator. */
  readonly random?: number | undefined;
  /**
   * Default true: beyond the range the nearest finite code. False: integers wrap (their low bits are kept), floats overflow to
   * infinity, else NaN, else saturate after all.
   */
  readonly saturate?: boolean | undefined;
  /**
   * The compute type the value comes from, default "f32". It matters to the targets i32 and u32 alone: too large floats stop at
   * 2147483520 and 4294967040 as a WGSL conversion does, too large integers at the type's own maximum.
   */
  readonly from?: Compute | undefined;
}

/**
 * Which codes are not finite:
 * - `finite`: none.
 * - `ieee`: the top exponent is infinity (M = 0) and NaN, as in OCP E5M2.
 * - `fn`: the topmost magnitude is NaN, as in OCP E4M3.
 * - `fnuz`: the code of -0 is the only NaN, bias one larger.
 * - `b11fnuz`: the same with bias 11.
 */
export type Convention = "finite" | "ieee" | "fn" | "fnuz" | "b11fnuz";

/** A split of a code into fields. */
export interface Split {
  readonly name: string;
  readonly sign: 0 | 1;
  readonly exponent: number;
  readonly mantissa: number;
  readonly convention: Convention;
}

/** A number type: how many bits, and what each code means. How both directions are computed on a GPU, dtype-emit.ts says. */
export interface DType {
  /** The name a program writes, such as `u3`, `b2`, `f6e3m2`, `f8e4m3_fnuz`. */
  readonly name: string;
  /** Bits of a code, 1 to 32. */
  readonly bits: number;
  readonly kind: Kind;
  /** The type its values are computed in. */
  readonly compute: Compute;
  /** True for types that only move and cast; false for i32, u32, f32, f16 and bool, which arithmetic takes. */
  readonly storage: boolean;
  /** Least and largest finite value. */
  readonly min: number;
  readonly max: number;
  /** False for bipolar types, e8m0 and codebooks without an entry 0. */
  readonly hasZero: boolean;
  /** The code of +0; 0 (the pad) in types without zero. */
  readonly zeroCode: number;
  /** The exact number a code means, incl. -0, ±Infinity and NaN. `code` is in [0, 2^bits). */
  decode(code: number): number;
  /** The code nearest to any number; see `EncodeOptions`. */
  encode(value: number, options?: EncodeOptions): number;
  /** Floats: how their codes are split. */
  readonly split?: Split | undefined;
  /** Codebooks: the value of every code. */
  readonly table?: readonly number[] | undefined;
}

/** Whether a + b ≥ limit, without a rounding error deciding: one of the differences is exact where it matters. */
export const reaches = (a: number, b: number, limit: number): boolean => (a >= limit / 2 ? b >= limit - a : a >= limit - b);

/** Rounds a non-negative magnitude to an integer; `random` in [0, 1) decides in mode "stochastic". */
export function roundMagnitude(x: number, rounding: Rounding, random: number): number {
  const low = Math.floor(x), fraction = x - low;
  switch (rounding) {
    case "zero": return low;
    case "away": return fraction >= 0.5 ? low + 1 : low;
    case "stochastic": return reaches(fraction, random, 1) ? low + 1 : low;
    case "even": return fraction > 0.5 || (fraction === 0.5 && low % 2 !== 0) ? low + 1 : low;
  }
}

// What a number type is: a row of the table in dtype.ts. Rows are plain frozen data and functions.
import type { Compute, Ops } from "./ops.ts";

/** How codes are read: two's complement, ±1 digits, sign-exponent-mantissa, a power of two, or a truth value. */
export type Kind = "uint" | "int" | "bipolar" | "float" | "scale" | "bool";

/**
 * How a value between two codes is rounded: to the nearest, ties to even (bipolar: ties up) or away from zero; toward zero;
 * or up with the probability of the fraction ("stochastic", decided by `random`).
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

/** A number type: how many bits, what each code means, and how both directions are computed on a GPU. */
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
  /** False for bipolar types and e8m0. */
  readonly hasZero: boolean;
  /** The code of +0; 0 (the pad) in types without zero. */
  readonly zeroCode: number;
  /** The exact number a code means, incl. -0, ±Infinity and NaN. `code` is in [0, 2^bits). */
  decode(code: number): number;
  /** The code nearest to any number; see `EncodeOptions`. */
  encode(value: number, options?: EncodeOptions): number;
  /** Expression of the value (type `compute`) of a u32 code in [0, 2^bits). */
  emitDecode<X>(ops: Ops<X>, code: X): X;
  /** Expression of the u32 code of a value of any compute type; what `encode` gives with `from` the value's type. */
  emitEncode<X>(ops: Ops<X>, value: X): X;
}

/** Rounds a non-negative magnitude to an integer; `random` in [0, 1) decides in mode "stochastic". */
export function roundMagnitude(x: number, rounding: Rounding, random: number): number {
  const low = Math.floor(x), fraction = x - low;
  switch (rounding) {
    case "zero": return low;
    case "away": return fraction >= 0.5 ? low + 1 : low;
    case "stochastic": return fraction > random ? low + 1 : low;
    case "even": return fraction > 0.5 || (fraction === 0.5 && low % 2 !== 0) ? low + 1 : low;
  }
}

/** A u32 constant of some `Ops`. */
export const u32 = <X>(ops: Ops<X>, value: number): X => ops.constant("u32", value >>> 0);

/** Value as one of the types that encoders take: f16 widens to f32 (exactly), bool becomes 0 or 1. */
export function widened<X>(ops: Ops<X>, value: X): X {
  const type = ops.typeOf(value);
  return type === "f16" ? ops.to("f32", value) : type === "bool" ? ops.to("u32", value) : value;
}

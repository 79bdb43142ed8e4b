// Float rows: every split of sign, exponent and mantissa up to 8 bits in five conventions, and bf16, f16, f32.
//
//   f8e5m2   s eeeee mm     magnitude = code without its sign; E = 0: M · 2^(1-bias-m), else (2^m + M) · 2^(E-bias-m)
//
// A convention only moves the bias and takes some of the topmost codes away for infinity and NaN.
import type { DType, EncodeOptions, Split } from "./dtype-type.ts";
import { roundMagnitude } from "./dtype-type.ts";
import { floatBits, floatValue } from "./half.ts";

/** What a split's convention amounts to. Codes are magnitudes, except fnuz' NaN. */
export interface Layout {
  readonly bits: number;
  readonly m: number;
  readonly bias: number;
  /** Least magnitude above all finite ones. */
  readonly end: number;
  /** Code of +infinity in `encode`; undefined where the largest finite code stands in. */
  readonly infinity: number | undefined;
  /** Code of NaN in `encode`; undefined: that of -0, or 0 without a sign. */
  readonly nan: number | undefined;
  readonly signBit: number;
  readonly noMinusZero: boolean;
  readonly ieee: boolean;
}

/** The layout of a split. */
export function layoutOf({ sign, exponent, mantissa: m, convention }: Split): Layout {
  const bits = sign + exponent + m, size = 2 ** (exponent + m), signBit = sign ? size : 0;
  const uz = convention === "fnuz" || convention === "b11fnuz";
  const bias = convention === "b11fnuz" ? 11 : 2 ** (exponent - 1) - (convention === "fnuz" ? 0 : 1);
  const base = { bits, m, bias, signBit, noMinusZero: uz, ieee: convention === "ieee" };
  switch (convention) {
    case "finite": return { ...base, end: size, infinity: undefined, nan: undefined };
    case "ieee": {
      const end = size - 2 ** m;
      return { ...base, end, infinity: end, nan: m > 0 ? end + 2 ** (m - 1) : undefined };
    }
    case "fn": return { ...base, end: size - 1, infinity: size - 1, nan: size - 1 };
    case "fnuz": case "b11fnuz": return { ...base, end: size, infinity: size, nan: size };
  }
}

const words = new Uint32Array(2), double = new Float64Array(words.buffer);

/** Exponent of a positive double; subnormal doubles count as 2^-1023, far below every type here. */
export function exponentOf(a: number): number {
  double[0] = a;
  return (((words[1] ?? 0) >>> 20) & 0x7ff) - 1023;
}

/** Magnitude code of a finite a ≥ 0 as if there were no largest one. */
function magnitudeCode(a: number, { m, bias }: Layout, o?: EncodeOptions): number {
  const e = Math.max(exponentOf(a), 1 - bias);
  // A result that rounds up to 2^(m+1) carries into the exponent by itself.
  return (e + bias - 1) * 2 ** m + roundMagnitude(a * 2 ** (m - e), o?.rounding ?? "even", o?.random ?? 0.5);
}

/** The number that a magnitude means; infinities and NaN don't count. */
export function magnitudeValue(code: number, { m, bias }: Layout): number {
  const e = Math.floor(code / 2 ** m), f = code % 2 ** m;
  return e === 0 ? f * 2 ** (1 - bias - m) : (2 ** m + f) * 2 ** (e - bias - m);
}

function decodeFloat(code: number, l: Layout): number {
  const negative = l.signBit !== 0 && code >= l.signBit, magnitude = negative ? code - l.signBit : code;
  if (l.noMinusZero && code === l.signBit) return NaN;
  const a = magnitude < l.end ? magnitudeValue(magnitude, l) : l.ieee && magnitude === l.end ? Infinity : NaN;
  return negative ? -a : a;
}

function encodeFloat(x: number, l: Layout, o?: EncodeOptions): number {
  if (Number.isNaN(x)) return l.nan ?? l.signBit;
  const negative = x < 0 || Object.is(x, -0);
  if (negative && l.signBit === 0) return 0;
  const infinite = Math.abs(x) === Infinity;
  let code = infinite ? Infinity : magnitudeCode(Math.abs(x), l, o);
  // Overflow is a matter of the finite numbers: infinity itself stays one (or NaN) where the type can say so.
  if (code >= l.end) code = (infinite || o?.saturate === false ? l.infinity : undefined) ?? l.end - 1;
  if (l.noMinusZero && (code === 0 || code === l.signBit)) return code;
  return negative ? code + l.signBit : code;
}

/** The row of a split of up to 8 bits. Values are f32 (each of them is one, and none is a denormal f32). */
export function smallFloat(split: Split): DType {
  const l = layoutOf(split);
  const values = Float64Array.from({ length: 2 ** l.bits }, (_, code) => decodeFloat(code, l));
  const max = magnitudeValue(l.end - 1, l);
  return Object.freeze<DType>({
    name: split.name, bits: l.bits, kind: "float", compute: "f32", storage: true,
    min: l.signBit ? -max : 0, max, hasZero: true, zeroCode: 0, split,
    decode: (code) => values[code] ?? NaN,
    encode: (x, o) => encodeFloat(x, l, o),
  });
}

const wide = (name: string, exponent: number, mantissa: number) => {
  const split: Split = { name, sign: 1, exponent, mantissa, convention: "ieee" }, layout = layoutOf(split);
  const max = magnitudeValue(layout.end - 1, layout);
  return { layout, row: {
    name, bits: layout.bits, kind: "float", min: -max, max, hasZero: true, zeroCode: 0, split,
    decode: (code: number) => decodeFloat(code, layout),
    encode: (x: number, o?: EncodeOptions) => encodeFloat(x, layout, o),
  } as const };
};

/** The top half of an f32. */
export function bfloatType(): DType {
  const { row } = wide("bf16", 8, 7);
  return Object.freeze<DType>({
    ...row, compute: "f32", storage: true,
  });
}

/** IEEE binary16, a compute type. A cast saturates at ±65504; infinity itself stays. */
export function halfType(): DType {
  const { row } = wide("f16", 5, 10);
  return Object.freeze<DType>({
    ...row, compute: "f16", storage: false,
  });
}

/** IEEE binary32, a compute type. Its code is its bits. */
export function floatType(): DType {
  const { row, layout } = wide("f32", 8, 23);
  return Object.freeze<DType>({
    ...row, compute: "f32", storage: false,
    decode: (code) => floatValue(code),
    encode: (x, o) => (Math.fround(x) === x || Number.isNaN(x) ? floatBits(x) : encodeFloat(x, layout, o)),
  });
}

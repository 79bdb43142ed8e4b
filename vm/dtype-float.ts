// Float rows: every split of sign, exponent and mantissa up to 8 bits in five conventions, and bf16, f16, f32.
//
//   f8e5m2   s eeeee mm     magnitude = code without its sign; E = 0: M · 2^(1-bias-m), else (2^m + M) · 2^(E-bias-m)
//
// A convention only moves the bias and takes some of the topmost codes away for infinity and NaN.
import type { DType, EncodeOptions } from "./dtype-type.ts";
import { roundMagnitude, u32, widened } from "./dtype-type.ts";
import { floatBits, floatValue } from "./half.ts";
import type { Ops } from "./ops.ts";

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

/** What a split's convention amounts to. Codes are magnitudes, except fnuz' NaN. */
interface Layout {
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

function layoutOf({ sign, exponent, mantissa: m, convention }: Split): Layout {
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

function magnitudeValue(code: number, { m, bias }: Layout): number {
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

/** Bits of the f32 of a code: two additions of fields, with zero and the subnormals as a small integer times a power of two. */
function emitSmallDecode<X>(ops: Ops<X>, code: X, l: Layout): X {
  const { op } = ops, c = (v: number) => u32(ops, v);
  const magnitude = l.signBit ? op("and", code, c(l.signBit - 1)) : code;
  const shifted = l.m === 23 ? magnitude : op("shl", magnitude, c(23 - l.m));
  const normal = op("add", shifted, c((127 - l.bias) << 23));
  // With one exponent bit both binades have the same step: the magnitude is a fixed-point number.
  const step = ops.constant("f32", 2 ** (1 - l.bias - l.m));
  const fixed = () => ops.bits("u32", op("mul", ops.to("f32", magnitude), step));
  let bits: X;
  if (l.bits - (l.signBit ? 1 : 0) - l.m === 1) bits = fixed();
  else if (l.m === 0) bits = op("select", op("eq", magnitude, c(0)), c(0), normal);
  else bits = op("select", op("lt", magnitude, c(2 ** l.m)), fixed(), normal);
  if (l.ieee) bits = op("select", op("ge", magnitude, c(l.end)), l.m ? op("select", op("eq", magnitude, c(l.end)), c(0x7f800000), c(0x7fc00000)) : c(0x7f800000), bits);
  else if (!l.noMinusZero && l.nan !== undefined) bits = op("select", op("eq", magnitude, c(l.end)), c(0x7fc00000), bits);
  if (l.signBit) bits = op("or", bits, op("shl", op("and", code, c(l.signBit)), c(32 - l.bits)));
  if (l.noMinusZero) bits = op("select", op("eq", code, c(l.signBit)), c(0x7fc00000), bits);
  return ops.bits("f32", bits);
}

/**
 * Integers beyond 2^24 on their way to f32: the low eight bits become one sticky bit (round to odd), so that the f32 is exact
 * and the one rounding that counts is that to the narrow type.
 */
function sticky<X>(ops: Ops<X>, x: X, type: "u32" | "i32"): X {
  const { op } = ops, k = (v: number) => ops.constant(type, v);
  const low = op("and", x, k(0xff));
  const odd = op("or", op("sub", x, low), op("select", op("eq", low, k(0)), k(0), k(0x100)));
  const big = type === "u32" ? op("ge", x, k(2 ** 24)) : op("ge", op("add", ops.bits("u32", x), u32(ops, 2 ** 24)), u32(ops, 2 ** 25));
  return op("select", big, odd, x);
}

function emitSmallEncode<X>(ops: Ops<X>, value: X, l: Layout): X {
  const { op } = ops, c = (v: number) => u32(ops, v);
  const max = magnitudeValue(l.end - 1, l);
  let x = widened(ops, value);
  const type = ops.typeOf(x), integer = type === "u32" || type === "i32";
  if (integer) x = ops.to("f32", max >= 2 ** 24 ? sticky(ops, x, type) : x);
  const b = ops.bits("u32", x);
  const magnitude = type === "u32" ? b : op("and", b, c(0x7fffffff));
  // Normal: round the f32's own bits, half of the dropped part minus one plus the last kept bit; then move the bias.
  const shift = 23 - l.m;
  // (Without mantissa bits no neighbour is even: IEEE 754 then takes the larger.)
  const half = l.m === 0 ? c(2 ** (shift - 1))
    : op("add", op("and", op("shr", magnitude, c(shift)), c(1)), c(2 ** (shift - 1) - 1));
  const rounded = op("shr", op("add", magnitude, half), c(shift));
  const normal = op("sub", rounded, c((127 - l.bias) * 2 ** l.m));
  // Subnormal: the code is the magnitude in steps. What a GPU flushes to zero here would have rounded to zero.
  const leastNormal = floatBits(2 ** (1 - l.bias));
  const finite = ops.bits("f32", op("min", magnitude, c(leastNormal)));
  const scaled = l.bias - 1 + l.m === 0 ? finite : op("mul", finite, ops.constant("f32", 2 ** (l.bias - 1 + l.m)));
  const subnormal = ops.to("u32", op("round", scaled));
  let code = op("min", op("select", op("lt", magnitude, c(leastNormal)), subnormal, normal), c(l.end - 1));
  if (!integer && l.infinity !== undefined) code = op("select", op("eq", magnitude, c(0x7f800000)), c(l.infinity), code);
  if (l.signBit && type !== "u32") {
    const signed = op("or", code, op("and", op("shr", b, c(32 - l.bits)), c(l.signBit)));
    code = l.noMinusZero ? op("select", op("eq", code, c(0)), code, signed) : signed;
  }
  if (!l.signBit && type !== "u32") code = op("select", op("ge", b, c(0x80000000)), c(0), code);
  return integer ? code : op("select", op("gt", magnitude, c(0x7f800000)), c(l.nan ?? l.signBit), code);
}

/** The row of a split of up to 8 bits. Values are f32 (each of them is one, and none is a denormal f32). */
export function smallFloat(split: Split): DType {
  const l = layoutOf(split);
  const values = Float64Array.from({ length: 2 ** l.bits }, (_, code) => decodeFloat(code, l));
  const max = magnitudeValue(l.end - 1, l);
  return Object.freeze<DType>({
    name: split.name, bits: l.bits, kind: "float", compute: "f32", storage: true,
    min: l.signBit ? -max : 0, max, hasZero: true, zeroCode: 0,
    decode: (code) => values[code] ?? NaN,
    encode: (x, o) => encodeFloat(x, l, o),
    emitDecode: (ops, code) => emitSmallDecode(ops, code, l),
    emitEncode: (ops, value) => emitSmallEncode(ops, value, l),
  });
}

const wide = (name: string, exponent: number, mantissa: number) => {
  const layout = layoutOf({ name, sign: 1, exponent, mantissa, convention: "ieee" });
  const max = magnitudeValue(layout.end - 1, layout);
  return { layout, row: {
    name, bits: layout.bits, kind: "float", min: -max, max, hasZero: true, zeroCode: 0,
    decode: (code: number) => decodeFloat(code, layout),
    encode: (x: number, o?: EncodeOptions) => encodeFloat(x, layout, o),
  } as const };
};

/** Integers as f32 bits ready for one more rounding to a narrower float; floats as they are. */
export const floatOf = <X>(ops: Ops<X>, value: X, narrow: boolean): X => {
  const x = widened(ops, value), type = ops.typeOf(x);
  return type === "u32" || type === "i32" ? ops.to("f32", narrow ? sticky(ops, x, type) : x) : x;
};

/** The top half of an f32. */
export function bfloatType(): DType {
  const { row } = wide("bf16", 8, 7);
  return Object.freeze<DType>({
    ...row, compute: "f32", storage: true,
    emitDecode: (ops, code) => ops.bits("f32", ops.op("shl", code, u32(ops, 16))),
    emitEncode: (ops, value) => {
      const { op } = ops, c = (v: number) => u32(ops, v);
      const b = ops.bits("u32", floatOf(ops, value, true));
      const magnitude = op("and", b, c(0x7fffffff));
      const last = op("and", op("shr", magnitude, c(16)), c(1));
      const rounded = op("min", op("shr", op("add", op("add", magnitude, c(0x7fff)), last), c(16)), c(0x7f7f));
      const finite = op("select", op("eq", magnitude, c(0x7f800000)), c(0x7f80), rounded);
      const signed = op("or", finite, op("and", op("shr", b, c(16)), c(0x8000)));
      return op("select", op("gt", magnitude, c(0x7f800000)), c(0x7fc0), signed);
    },
  });
}

/** IEEE binary16, a compute type. A cast saturates at ±65504; infinity itself stays. */
export function halfType(): DType {
  const { row } = wide("f16", 5, 10);
  return Object.freeze<DType>({
    ...row, compute: "f16", storage: false,
    emitDecode: (ops, code) => ops.to("f16", ops.unpackHalf(code)),
    emitEncode: (ops, value) => {
      const { op } = ops, c = (v: number) => u32(ops, v);
      const b = ops.bits("u32", floatOf(ops, value, false));
      const magnitude = op("and", b, c(0x7fffffff));
      const packed = ops.packHalf(ops.bits("f32", op("min", magnitude, c(floatBits(65504)))));
      const finite = op("select", op("eq", magnitude, c(0x7f800000)), c(0x7c00), packed);
      const signed = op("or", finite, op("and", op("shr", b, c(16)), c(0x8000)));
      return op("select", op("gt", magnitude, c(0x7f800000)), c(0x7e00), signed);
    },
  });
}

/** IEEE binary32, a compute type. Its code is its bits. */
export function floatType(): DType {
  const { row, layout } = wide("f32", 8, 23);
  return Object.freeze<DType>({
    ...row, compute: "f32", storage: false,
    decode: (code) => floatValue(code),
    encode: (x, o) => (Math.fround(x) === x || Number.isNaN(x) ? floatBits(x) : encodeFloat(x, layout, o)),
    emitDecode: (ops, code) => ops.bits("f32", code),
    emitEncode: (ops, value) => ops.bits("u32", floatOf(ops, value, false)),
  });
}

// Floats as expressions: from a code to its value and back, for the small splits, bf16, f16, f32 and e8m0. What `decode`
// and `encode` of the rows mean, built from integers: GPUs may flush denormals and assume that infinities and NaN are absent.
import { layoutOf, magnitudeValue, type Layout } from "./dtype-float.ts";
import { carry, nearest, rounded as roundedTo, u32, widened, type Encoding } from "./dtype-emit-ops.ts";
import { floatBits } from "./half.ts";
import type { Ops } from "./ops.ts";
import type { Split } from "./dtype-type.ts";

/** Bits of the f32 of a code: two additions of fields, with zero and the subnormals as a small integer times a power of two. */
export function decodeSmall<X>(ops: Ops<X>, code: X, split: Split): X {
  const l: Layout = layoutOf(split);
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
  bits = specialSizes(ops, l, magnitude, bits);
  if (l.signBit) bits = op("or", bits, op("shl", op("and", code, c(l.signBit)), c(32 - l.bits)));
  return ops.bits("f32", noMinusZero(ops, l, code, bits));
}

/** Whether there are codes that are no finite numbers. */
export const hasSpecials = (l: Layout): boolean => l.ieee || l.nan !== undefined || l.noMinusZero;

/** The bits of a magnitude's f32, with those of infinity and NaN where it is one. `scale`: what the magnitude is multiplied by where it stands. */
export function specialSizes<X>(ops: Ops<X>, l: Layout, magnitude: X, bits: X, scale = 1): X {
  const { op } = ops, c = (v: number) => u32(ops, v), end = c(l.end * scale);
  if (l.ieee) return op("select", op("ge", magnitude, end), l.m ? op("select", op("eq", magnitude, end), c(0x7f800000), c(0x7fc00000)) : c(0x7f800000), bits);
  return !l.noMinusZero && l.nan !== undefined ? op("select", op("eq", magnitude, end), c(0x7fc00000), bits) : bits;
}

/** The bits of a code's f32, with those of NaN where it is that of -0 in a type without. */
export const noMinusZero = <X>(ops: Ops<X>, l: Layout, code: X, bits: X, scale = 1): X =>
  (l.noMinusZero ? ops.op("select", ops.op("eq", code, u32(ops, l.signBit * scale)), u32(ops, 0x7fc00000), bits) : bits);

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

/** The code of a value in a split: all of up to 8 bits, and the wider ones where `how` asks for more than the quick forms below. */
export function encodeSmall<X>(ops: Ops<X>, value: X, split: Split, how: Encoding<X> = nearest): X {
  const l = layoutOf(split), last = l.end - (how.saturate || l.infinity === undefined ? 1 : 0); // infinity, or NaN for it, stands right behind the largest
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
  const half = carry(ops, shift, how.rounding === "even" && l.m === 0 ? { ...how, rounding: "away" } : how, () => op("and", op("shr", magnitude, c(shift)), c(1)));
  const rounded = op("shr", op("add", magnitude, half), c(shift));
  const normal = op("sub", rounded, c((127 - l.bias) * 2 ** l.m));
  // Subnormal: the code is the magnitude in steps. What a GPU flushes to zero here would have rounded to zero.
  const leastNormal = floatBits(2 ** (1 - l.bias));
  const subnormal = (): X => {
    const finite = ops.bits("f32", op("min", magnitude, c(leastNormal)));
    const scaled = l.bias - 1 + l.m === 0 ? finite : op("mul", finite, ops.constant("f32", 2 ** (l.bias - 1 + l.m)));
    return ops.to("u32", roundedTo(ops, scaled, how));
  };
  // With f32's own bias subnormal numbers need no step of their own.
  let code = op("min", l.bias === 127 ? normal : op("select", op("lt", magnitude, c(leastNormal)), subnormal(), normal), c(last));
  if (!integer && l.infinity !== undefined) code = op("select", op("eq", magnitude, c(0x7f800000)), c(l.infinity), code);
  if (l.signBit && type !== "u32") {
    const signed = op("or", code, op("and", op("shr", b, c(32 - l.bits)), c(l.signBit)));
    code = l.noMinusZero ? op("select", op("eq", code, c(0)), code, signed) : signed;
  }
  if (!l.signBit && type !== "u32") code = op("select", op("ge", b, c(0x80000000)), c(0), code);
  return integer ? code : op("select", op("gt", magnitude, c(0x7f800000)), c(l.nan ?? l.signBit), code);
}

/** Integers as f32 bits ready for one more rounding to a narrower float; floats as they are. */
export const floatOf = <X>(ops: Ops<X>, value: X, narrow: boolean): X => {
  const x = widened(ops, value), type = ops.typeOf(x);
  return type === "u32" || type === "i32" ? ops.to("f32", narrow ? sticky(ops, x, type) : x) : x;
};

/** The top half of an f32, rounded. */
export function encodeBfloat<X>(ops: Ops<X>, value: X): X {
  const { op } = ops, c = (v: number) => u32(ops, v);
  const b = ops.bits("u32", floatOf(ops, value, true));
  const magnitude = op("and", b, c(0x7fffffff));
  const last = op("and", op("shr", magnitude, c(16)), c(1));
  const rounded = op("min", op("shr", op("add", op("add", magnitude, c(0x7fff)), last), c(16)), c(0x7f7f));
  const finite = op("select", op("eq", magnitude, c(0x7f800000)), c(0x7f80), rounded);
  const signed = op("or", finite, op("and", op("shr", b, c(16)), c(0x8000)));
  return op("select", op("gt", magnitude, c(0x7f800000)), c(0x7fc0), signed);
}

/** The code of an f16; a cast saturates at ±65504, infinity itself stays. */
export function encodeHalf<X>(ops: Ops<X>, value: X): X {
  const { op } = ops, c = (v: number) => u32(ops, v);
  const b = ops.bits("u32", floatOf(ops, value, false));
  const magnitude = op("and", b, c(0x7fffffff));
  const packed = ops.packHalf(ops.bits("f32", op("min", magnitude, c(floatBits(65504)))));
  const finite = op("select", op("eq", magnitude, c(0x7f800000)), c(0x7c00), packed);
  const signed = op("or", finite, op("and", op("shr", b, c(16)), c(0x8000)));
  return op("select", op("gt", magnitude, c(0x7f800000)), c(0x7e00), signed);
}

/** The power of two that a code of e8m0 means. */
export function decodeScale<X>(ops: Ops<X>, code: X): X {
  const { op } = ops, c = (v: number) => u32(ops, v);
  // 0 is the denormal 2^-127 and 255 NaN: both have the top mantissa bit set and no other.
  const edge = op("ge", op("sub", code, c(1)), c(254));
  return ops.bits("f32", op("or", op("shl", code, c(23)), op("select", edge, c(0x400000), c(0))));
}

/** The code of e8m0 for a value. */
export function encodeScale<X>(ops: Ops<X>, value: X, how: Encoding<X> = nearest): X {
  const { op } = ops, c = (v: number) => u32(ops, v);
  const source = widened(ops, value), type = ops.typeOf(source);
  const b = ops.bits("u32", floatOf(ops, value, true));
  const half = carry(ops, 23, how, () => op("and", op("shr", b, c(23)), c(1)));
  const rounded = op("min", op("shr", op("add", b, half), c(23)), c(how.saturate ? 254 : 255));
  // Below 2^-126 there is no hidden one: halfway between 2^-127 and 2^-126 is 0x600000.
  const up = how.rounding === "zero" ? undefined : how.rounding === "stochastic" ? op("ge", op("add", b, carry(ops, 22, how, () => c(0))), c(0x800000)) : op(how.rounding === "away" ? "ge" : "gt", b, c(0x600000));
  const code = op("select", op("lt", b, c(0x800000)), up === undefined ? c(0) : op("select", up, c(1), c(0)), rounded);
  const least = c(how.saturate ? 0 : 255); // of zero and what is below
  if (type === "u32") return how.saturate ? code : op("select", op("eq", b, c(0)), least, code);
  const positive = op("select", how.saturate ? op("ge", b, c(0x80000000)) : op("ge", op("sub", b, c(1)), c(0x7fffffff)), least, code);
  if (type === "i32") return positive;
  return op("select", op("ge", op("and", b, c(0x7fffffff)), c(0x7f800000)), c(255), positive);
}

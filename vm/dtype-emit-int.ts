// Integers as expressions: from a code to its value and back, for uN, iN, bN and bool. Codes are built so that neither
// infinities, NaN nor f32 denormals ever enter float arithmetic: they are cut off as bits.
import { nearest, reachesExpr, rounded, u32, widened, type Encoding } from "./dtype-emit-ops.ts";
import { floatBits } from "./half.ts";
import { I32_FROM_FLOAT_MAX, U32_FROM_FLOAT_MAX } from "./numeric-ops.ts";
import type { Ops } from "./ops.ts";

const SIGN = 0x80000000, MAGNITUDE = 0x7fffffff, INFINITY = 0x7f800000;

/** A float's bits with the magnitude cut at `limit`, as a float without infinities and NaN; and whether it was NaN. */
function cutFloat<X>(ops: Ops<X>, x: X, limit: number): { cut: X; nan: X } {
  const b = ops.bits("u32", x);
  const magnitude = ops.op("and", b, u32(ops, MAGNITUDE));
  const small = ops.op("min", magnitude, u32(ops, floatBits(limit)));
  return {
    cut: ops.bits("f32", ops.op("or", small, ops.op("and", b, u32(ops, SIGN)))),
    nan: ops.op("gt", magnitude, u32(ops, INFINITY)),
  };
}

/** From here on floats are whole numbers, whatever their last bits. */
const WHOLE = 2 ** 24;

/** The last 32 bits of a float's 24 with all the zeros behind them; for magnitudes of at least 2^24. */
function lastBits<X>(ops: Ops<X>, magnitude: X): X {
  const { op } = ops, c = (v: number): X => u32(ops, v);
  const exponent = op("shr", magnitude, c(23)), mantissa = op("or", op("and", magnitude, c(0x7fffff)), c(0x800000));
  // 2^24 has exponent 151: one zero behind its bits.
  return op("select", op("lt", exponent, c(150 + 32)), op("shl", mantissa, op("and", op("sub", exponent, c(150)), c(31))), c(0));
}

/** A float's rounded value modulo 2^bits; infinities end at `top` and `least`, NaN at 0. */
function wrapped<X>(ops: Ops<X>, x: X, bits: number, how: Encoding<X>, top: number, least: number): X {
  const { op } = ops, c = (v: number): X => u32(ops, v), b = ops.bits("u32", x), magnitude = op("and", b, c(MAGNITUDE)), negative = op("ge", b, c(SIGN));
  const small = ops.to("u32", rounded(ops, ops.bits("f32", op("min", magnitude, c(floatBits(WHOLE)))), how));
  const n = op("select", op("lt", magnitude, c(floatBits(WHOLE))), small, lastBits(ops, magnitude)), signed = op("select", negative, op("sub", c(0), n), n);
  const finite = bits === 32 ? signed : op("and", signed, c(2 ** bits - 1));
  return op("select", op("lt", magnitude, c(INFINITY)), finite, op("select", op("eq", magnitude, c(INFINITY)), op("select", negative, c(least), c(top)), c(0)));
}

/** An integer's last bits. */
const lowBits = <X>(ops: Ops<X>, x: X, bits: number): X => {
  const word = ops.typeOf(x) === "u32" ? x : ops.bits("u32", x);
  return bits === 32 ? word : ops.op("and", word, u32(ops, 2 ** bits - 1));
};

/** The code of a value in `uN`. */
export function encodeUnsigned<X>(ops: Ops<X>, value: X, bits: number, how: Encoding<X> = nearest): X {
  const max = 2 ** bits - 1;
  const x = widened(ops, value), type = ops.typeOf(x);
  if (!how.saturate) return type === "f32" ? wrapped(ops, x, bits, how, bits === 32 ? U32_FROM_FLOAT_MAX : max, 0) : lowBits(ops, x, bits);
  const top = <X>(o: Ops<X>, v: X): X => (bits === 32 ? v : o.op("min", v, u32(o, max)));
  if (type === "u32") return top(ops, x);
  if (type === "i32") return top(ops, ops.bits("u32", ops.op("max", x, ops.constant("i32", 0))));
  // As an i32, a negative float is a negative number: one clamp of the bits takes care of the sign and of infinity.
  const b = ops.bits("i32", x);
  const cut = ops.op("min", ops.op("max", b, ops.constant("i32", 0)), ops.constant("i32", floatBits(2 ** bits)));
  const code = top(ops, ops.to("u32", rounded(ops, ops.bits("f32", cut), how)));
  return ops.op("select", ops.op("gt", b, ops.constant("i32", INFINITY)), u32(ops, 0), code);
}

/** The code of a value in `iN`. */
export function encodeSigned<X>(ops: Ops<X>, value: X, bits: number, how: Encoding<X> = nearest): X {
  const half = 2 ** (bits - 1), mask = 2 ** bits - 1;
  const x = widened(ops, value), type = ops.typeOf(x);
  if (!how.saturate) return type === "f32" ? wrapped(ops, x, bits, how, bits === 32 ? I32_FROM_FLOAT_MAX : half - 1, half) : lowBits(ops, x, bits);
  if (type === "u32") return ops.op("min", x, u32(ops, half - 1));
  const i32 = (v: number) => ops.constant("i32", v);
  const low = (v: typeof x) => (bits === 32 ? ops.bits("u32", v) : ops.op("and", ops.bits("u32", v), u32(ops, mask)));
  if (type === "i32") return low(bits === 32 ? x : ops.op("min", ops.op("max", x, i32(-half)), i32(half - 1)));
  const { cut, nan } = cutFloat(ops, x, half);
  const v = ops.to("i32", rounded(ops, cut, how));
  return ops.op("select", nan, u32(ops, 0), low(bits === 32 ? v : ops.op("min", v, i32(half - 1))));
}

/**
 * The code of a value in `bN` in other ways than to the nearest. A value is a whole number and a fraction of its sign; the odd numbers
 * around it are found from the whole number.
 */
function encodeOdd<X>(ops: Ops<X>, value: X, bits: number, how: Encoding<X>): X {
  const { op } = ops, c = (v: number): X => u32(ops, v), i32 = (v: number): X => ops.constant("i32", v), levels = 2 ** bits;
  const x = widened(ops, value), float = ops.typeOf(x) === "f32", b = ops.bits("u32", x), magnitude = op("and", b, c(MAGNITUDE));
  const { cut, nan } = cutFloat(ops, x, how.saturate ? levels : WHOLE), big = op("ge", magnitude, c(floatBits(WHOLE)));
  const near = float ? ops.to("i32", op("trunc", cut)) : x, far = float && !how.saturate ? ops.bits("i32", lastBits(ops, magnitude)) : undefined;
  const limited = (v: X): X => (how.saturate ? op("max", op("min", v, i32(levels)), i32(-levels)) : v);
  const whole = !float ? (ops.typeOf(x) === "u32" ? ops.bits("i32", how.saturate ? op("min", x, c(levels)) : x) : limited(near)) : far === undefined ? near : op("select", big, op("select", op("ge", b, c(SIGN)), op("sub", i32(0), far), far), near);
  const negative = float ? op("and", op("ge", b, c(SIGN)), op("gt", magnitude, c(0))) : ops.typeOf(x) === "u32" ? ops.constant("bool", false) : op("lt", x, i32(0));
  const odd = op("ne", op("and", whole, i32(1)), i32(0)), down = op("sub", whole, i32(1));
  // A denormal is a fraction also where it is flushed.
  const fraction = float ? op("sub", cut, op("trunc", cut)) : undefined, some = fraction === undefined ? ops.constant("bool", false) : op("or", op("ne", fraction, ops.constant("f32", 0)), op("lt", op("sub", magnitude, c(1)), c(0x7fffff)));
  // The nearest, ties up: of an even number the odd one above it, or below where a fraction leads down.
  const close = op("select", odd, whole, op("select", op("and", negative, some), down, op("add", whole, i32(1))));
  let v: X;
  switch (how.rounding) {
    case "even": v = close; break;
    case "away": v = op("select", op("or", odd, op("or", some, op("not", negative))), close, down); break;
    case "zero": {
      const inside = float ? op("lt", magnitude, c(floatBits(1))) : op("eq", x, ops.typeOf(x) === "u32" ? c(0) : i32(0));
      v = op("select", op("or", odd, inside), op("select", odd, whole, close), op("select", negative, op("add", whole, i32(1)), down));
      break;
    }
    case "stochastic": {
      const f = (n: number): X => ops.constant("f32", n), tiny = op("lt", op("sub", b, c(SIGN + 1)), c(0x7fffff));
      const part = op("select", tiny, f(-(2 ** -100)), fraction ?? f(0)), twice = op("mul", how.random ?? f(0.5), f(2));
      // How far it is from the whole number to the upper neighbour, and half of that.
      const [far, half] = [2, 1].map((n) => op("select", odd, op("select", negative, f(0), f(n)), f(n / 2)));
      const lower = op("select", odd, op("select", negative, op("sub", whole, i32(2)), whole), down);
      v = op("select", reachesExpr(ops, part, twice, far, half), op("add", lower, i32(2)), lower);
      break;
    }
    default: return how.rounding satisfies never;
  }
  const shifted = op("shr", op("add", limited(v), i32(levels)), c(1));
  const code = how.saturate ? op("min", ops.bits("u32", shifted), c(levels - 1)) : op("and", ops.bits("u32", shifted), c(levels - 1));
  if (!float) return code;
  const ended = how.saturate ? code : op("select", op("eq", magnitude, c(INFINITY)), op("select", negative, c(0), c(levels - 1)), code);
  return op("select", nan, c(levels / 2), ended);
}

/** The code of a value in `bN`. */
export function encodeBipolar<X>(ops: Ops<X>, value: X, bits: number, how: Encoding<X> = nearest): X {
  if (how.rounding !== "even" || !how.saturate) return encodeOdd(ops, value, bits, how);
  const levels = 2 ** bits, max = levels - 1;
  const x = widened(ops, value), type = ops.typeOf(x);
  const one = u32(ops, 1), i32 = (v: number) => ops.constant("i32", v);
  // floor((v + 2^N) / 2) for integers v in [-2^N, 2^N]
  const code = (v: typeof x) =>
    ops.op("min", ops.bits("u32", ops.op("shr", ops.op("add", v, i32(levels)), one)), u32(ops, max));
  if (type === "u32") return code(ops.bits("i32", ops.op("min", x, u32(ops, levels))));
  if (type === "i32") return code(ops.op("max", ops.op("min", x, i32(levels)), i32(-levels)));
  const { cut, nan } = cutFloat(ops, x, levels);
  const floor = ops.to("i32", ops.op("floor", cut));
  // A negative denormal lies below zero also where the GPU flushes it: its bits are 0x80000001 … 0x807fffff.
  const tiny = ops.op("lt", ops.op("sub", ops.bits("u32", x), u32(ops, SIGN + 1)), u32(ops, 0x7fffff));
  return ops.op("select", nan, u32(ops, levels / 2), code(ops.op("select", tiny, i32(-1), floor)));
}

/** The code of a truth value: anything but ±0 is true. */
export function encodeBool<X>(ops: Ops<X>, value: X): X {
  const x = widened(ops, value);
  // NaN and denormals are true: told by the bits, not by a float comparison.
  const bits = ops.typeOf(x) === "f32" ? ops.op("and", ops.bits("u32", x), u32(ops, MAGNITUDE)) : ops.typeOf(x) === "i32" ? ops.bits("u32", x) : x;
  return ops.op("min", bits, u32(ops, 1));
}

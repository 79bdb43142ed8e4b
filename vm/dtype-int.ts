// Integer rows: uN, iN (two's complement), bN (bipolar: Σ ±2^i, odd, no zero) and bool.
// Codes are built so that neither infinities, NaN nor f32 denormals ever enter float arithmetic: they are cut off as bits.
import type { DType, EncodeOptions } from "./dtype-type.ts";
import { roundMagnitude, u32, widened } from "./dtype-type.ts";
import { floatBits } from "./half.ts";
import { I32_FROM_FLOAT_MAX, U32_FROM_FLOAT_MAX } from "./numeric-ops.ts";
import type { Ops } from "./ops.ts";

const SIGN = 0x80000000, MAGNITUDE = 0x7fffffff, INFINITY = 0x7f800000;

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

/** `uN`: the value is the code. u32 computes in u32, the narrower ones in i32. */
export function unsignedType(bits: number): DType {
  const max = 2 ** bits - 1;
  return Object.freeze<DType>({
    name: `u${bits}`, bits, kind: "uint", compute: bits === 32 ? "u32" : "i32", storage: bits < 32,
    min: 0, max, hasZero: true, zeroCode: 0,
    decode: (code) => code,
    encode: (x, o) => encodeInteger(x, bits, 0, max, o),
    emitDecode: (ops, code) => (bits === 32 ? code : ops.bits("i32", code)),
    emitEncode: (ops, value) => {
      const x = widened(ops, value), type = ops.typeOf(x);
      const top = <X>(o: Ops<X>, v: X): X => (bits === 32 ? v : o.op("min", v, u32(o, max)));
      if (type === "u32") return top(ops, x);
      if (type === "i32") return top(ops, ops.bits("u32", ops.op("max", x, ops.constant("i32", 0))));
      // As an i32, a negative float is a negative number: one clamp of the bits takes care of the sign and of infinity.
      const b = ops.bits("i32", x);
      const cut = ops.op("min", ops.op("max", b, ops.constant("i32", 0)), ops.constant("i32", floatBits(2 ** bits)));
      const code = top(ops, ops.to("u32", ops.op("round", ops.bits("f32", cut))));
      return ops.op("select", ops.op("gt", b, ops.constant("i32", INFINITY)), u32(ops, 0), code);
    },
  });
}

/** `iN`: two's complement. */
export function signedType(bits: number): DType {
  const half = 2 ** (bits - 1), mask = 2 ** bits - 1;
  return Object.freeze<DType>({
    name: `i${bits}`, bits, kind: "int", compute: "i32", storage: bits < 32,
    min: -half, max: half - 1, hasZero: true, zeroCode: 0,
    decode: (code) => (code >= half ? code - 2 * half : code),
    encode: (x, o) => encodeInteger(x, bits, -half, half - 1, o),
    emitDecode: (ops, code) => {
      const x = ops.bits("i32", code);
      return bits === 32 ? x : ops.op("shr", ops.op("shl", x, u32(ops, 32 - bits)), u32(ops, 32 - bits));
    },
    emitEncode: (ops, value) => {
      const x = widened(ops, value), type = ops.typeOf(x);
      if (type === "u32") return ops.op("min", x, u32(ops, half - 1));
      const i32 = (v: number) => ops.constant("i32", v);
      const low = (v: typeof x) => (bits === 32 ? ops.bits("u32", v) : ops.op("and", ops.bits("u32", v), u32(ops, mask)));
      if (type === "i32") return low(bits === 32 ? x : ops.op("min", ops.op("max", x, i32(-half)), i32(half - 1)));
      const { cut, nan } = cutFloat(ops, x, half);
      const v = ops.to("i32", ops.op("round", cut));
      return ops.op("select", nan, u32(ops, 0), low(bits === 32 ? v : ops.op("min", v, i32(half - 1))));
    },
  });
}

/** The real-valued code of a number in `bN` is (x + 2^N - 1) / 2: encode rounds it, ties up. */
function encodeBipolar(x: number, bits: number, o?: EncodeOptions): number {
  const levels = 2 ** bits, max = levels - 1;
  if (Number.isNaN(x)) return levels / 2;
  if (!Number.isFinite(x)) return x > 0 ? max : 0;
  let code = Math.floor(x / 2) + levels / 2; // nearest, ties up
  if (Math.abs(x) % 2 !== 1) {
    const lower = Math.floor((x - 1) / 2) + levels / 2; // code of the greatest odd number below x
    const fraction = (x - (2 * lower - max)) / 2;
    switch (o?.rounding ?? "even") {
      case "even": break;
      case "away": if (fraction === 0.5 && x < 0) code = lower; break;
      case "zero": code = x > 1 ? lower : x < -1 ? lower + 1 : code; break; // between -1 and 1 both are as near to zero
      case "stochastic": code = fraction > (o?.random ?? 0.5) ? lower + 1 : lower; break;
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
    emitDecode: (ops, code) => ops.op("sub", ops.op("shl", ops.bits("i32", code), u32(ops, 1)), ops.constant("i32", max)),
    emitEncode: (ops, value) => {
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
    },
  });
}

/** `bool`: one bit; anything but ±0 is true. */
export const boolType: DType = Object.freeze<DType>({
  name: "bool", bits: 1, kind: "bool", compute: "bool", storage: false, min: 0, max: 1, hasZero: true, zeroCode: 0,
  decode: (code) => code,
  encode: (x) => (x === 0 ? 0 : 1),
  emitDecode: (ops, code) => ops.op("ne", code, u32(ops, 0)),
  emitEncode: (ops, value) => {
    const x = widened(ops, value);
    // NaN and denormals are true: told by the bits, not by a float comparison.
    const bits = ops.typeOf(x) === "f32" ? ops.op("and", ops.bits("u32", x), u32(ops, MAGNITUDE)) : ops.typeOf(x) === "i32" ? ops.bits("u32", x) : x;
    return ops.op("min", bits, u32(ops, 1));
  },
});

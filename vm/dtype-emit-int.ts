// Integers as expressions: from a code to its value and back, for uN, iN, bN and bool. Codes are built so that neither
// infinities, NaN nor f32 denormals ever enter float arithmetic: they are cut off as bits.
import { u32, widened } from "./dtype-emit-ops.ts";
import { floatBits } from "./half.ts";
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

/** The code of a value in `uN`. */
export function encodeUnsigned<X>(ops: Ops<X>, value: X, bits: number): X {
  const max = 2 ** bits - 1;
  const x = widened(ops, value), type = ops.typeOf(x);
  const top = <X>(o: Ops<X>, v: X): X => (bits === 32 ? v : o.op("min", v, u32(o, max)));
  if (type === "u32") return top(ops, x);
  if (type === "i32") return top(ops, ops.bits("u32", ops.op("max", x, ops.constant("i32", 0))));
  // As an i32, a negative float is a negative number: one clamp of the bits takes care of the sign and of infinity.
  const b = ops.bits("i32", x);
  const cut = ops.op("min", ops.op("max", b, ops.constant("i32", 0)), ops.constant("i32", floatBits(2 ** bits)));
  const code = top(ops, ops.to("u32", ops.op("round", ops.bits("f32", cut))));
  return ops.op("select", ops.op("gt", b, ops.constant("i32", INFINITY)), u32(ops, 0), code);
}

/** The code of a value in `iN`. */
export function encodeSigned<X>(ops: Ops<X>, value: X, bits: number): X {
  const half = 2 ** (bits - 1), mask = 2 ** bits - 1;
  const x = widened(ops, value), type = ops.typeOf(x);
  if (type === "u32") return ops.op("min", x, u32(ops, half - 1));
  const i32 = (v: number) => ops.constant("i32", v);
  const low = (v: typeof x) => (bits === 32 ? ops.bits("u32", v) : ops.op("and", ops.bits("u32", v), u32(ops, mask)));
  if (type === "i32") return low(bits === 32 ? x : ops.op("min", ops.op("max", x, i32(-half)), i32(half - 1)));
  const { cut, nan } = cutFloat(ops, x, half);
  const v = ops.to("i32", ops.op("round", cut));
  return ops.op("select", nan, u32(ops, 0), low(bits === 32 ? v : ops.op("min", v, i32(half - 1))));
}

/** The code of a value in `bN`. */
export function encodeBipolar<X>(ops: Ops<X>, value: X, bits: number): X {
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

// e8m0, the shared scale of the OCP MX formats: a power of two in eight bits.
import { exponentOf, floatOf } from "./dtype-float.ts";
import type { DType } from "./dtype-type.ts";
import { u32, widened } from "./dtype-type.ts";

/** Largest and least value; the least is a denormal f32. */
const SCALE_MAX = 2 ** 127, SCALE_MIN = 2 ** -127;

/**
 * `e8m0` (OCP MX scales): code e means 2^(e-127), 255 is NaN; no sign, no zero.
 * Encoding takes the nearest power of two by value of the mantissa (1.5 ties to the even code); zero and negatives end at 2^-127,
 * infinities and NaN give NaN. Not saturating: zero, negatives and overflow give NaN.
 */
export function scaleType(): DType {
  return Object.freeze<DType>({
    name: "e8m0", bits: 8, kind: "scale", compute: "f32", storage: true, min: SCALE_MIN, max: SCALE_MAX, hasZero: false, zeroCode: 0,
    decode: (code) => (code === 255 ? NaN : 2 ** (code - 127)),
    encode: (x, o) => {
      if (!Number.isFinite(x) || (x <= 0 && o?.saturate === false)) return 255;
      if (x <= SCALE_MIN) return 0;
      const e = exponentOf(x), code = e + 127;
      const f = x / 2 ** e - 1; // in [0, 1): the share of the step from 2^e to 2^(e+1)
      const rounding = o?.rounding ?? "even";
      const up = rounding === "zero" ? false : rounding === "away" ? f >= 0.5
        : rounding === "stochastic" ? f > (o?.random ?? 0.5) : f > 0.5 || (f === 0.5 && code % 2 === 1);
      return code + (up ? 1 : 0) < 255 ? code + (up ? 1 : 0) : o?.saturate === false ? 255 : 254;
    },
    emitDecode: (ops, code) => {
      const { op } = ops, c = (v: number) => u32(ops, v);
      // 0 is the denormal 2^-127 and 255 NaN: both have the top mantissa bit set and no other.
      const edge = op("ge", op("sub", code, c(1)), c(254));
      return ops.bits("f32", op("or", op("shl", code, c(23)), op("select", edge, c(0x400000), c(0))));
    },
    emitEncode: (ops, value) => {
      const { op } = ops, c = (v: number) => u32(ops, v);
      const source = widened(ops, value), type = ops.typeOf(source);
      const b = ops.bits("u32", floatOf(ops, value, true));
      const last = op("and", op("shr", b, c(23)), c(1));
      const rounded = op("min", op("shr", op("add", op("add", b, c(0x3fffff)), last), c(23)), c(254));
      // Below 2^-126 there is no hidden one: halfway between 2^-127 and 2^-126 is 0x600000.
      const code = op("select", op("lt", b, c(0x800000)), op("select", op("gt", b, c(0x600000)), c(1), c(0)), rounded);
      if (type === "u32") return code;
      const positive = op("select", op("ge", b, c(0x80000000)), c(0), code);
      if (type === "i32") return positive;
      return op("select", op("ge", op("and", b, c(0x7fffffff)), c(0x7f800000)), c(255), positive);
    },
  });
}

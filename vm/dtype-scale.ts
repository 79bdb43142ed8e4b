// e8m0, the shared scale of the OCP MX formats: a power of two in eight bits.
import { exponentOf } from "./dtype-float.ts";
import { reaches, type DType } from "./dtype-type.ts";

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
        : rounding === "stochastic" ? reaches(f, o?.random ?? 0.5, 1) : f > 0.5 || (f === 0.5 && code % 2 === 1);
      return code + (up ? 1 : 0) < 255 ? code + (up ? 1 : 0) : o?.saturate === false ? 255 : 254;
    },
  });
}

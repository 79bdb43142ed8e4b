// Small words of the emitters of number types.
import type { Rounding } from "./dtype-type.ts";
import type { Ops } from "./ops.ts";

/** A u32 constant of some `Ops`. */
export const u32 = <X>(ops: Ops<X>, value: number): X => ops.constant("u32", value >>> 0);

/** The options of `encode` as far as a kernel has them; `random` is an f32, for "stochastic". */
export interface Encoding<X> {
  readonly rounding: Rounding;
  readonly saturate: boolean;
  readonly random?: X | undefined;
}

/** What `as` means: to the nearest, ties to even, saturating. */
export const nearest: Encoding<never> = Object.freeze({ rounding: "even", saturate: true });

/** Value as one of the types that encoders take: f16 widens to f32 (exactly), bool becomes 0 or 1. */
export function widened<X>(ops: Ops<X>, value: X): X {
  const type = ops.typeOf(value);
  return type === "f16" ? ops.to("f32", value) : type === "bool" ? ops.to("u32", value) : value;
}

/** Whether a + b ≥ limit for f32, as `reaches` of dtype-type.ts has it. */
export function reachesExpr<X>({ op }: Ops<X>, a: X, b: X, limit: X, half: X): X {
  return op("select", op("ge", a, half), op("ge", b, op("sub", limit, a)), op("ge", a, op("sub", limit, b)));
}

/** A finite f32 rounded to a whole number. */
export function rounded<X>(ops: Ops<X>, x: X, how: Encoding<X>): X {
  const { op } = ops, f = (v: number): X => ops.constant("f32", v);
  if (how.rounding === "even") return op("round", x);
  const whole = op("trunc", x);
  if (how.rounding === "zero") return whole;
  const fraction = op("abs", op("sub", x, whole));
  const up = how.rounding === "away" ? op("ge", fraction, f(0.5)) : reachesExpr(ops, fraction, how.random ?? f(0.5), f(1), f(0.5));
  return op("add", whole, op("select", up, op("sign", x), f(0)));
}

/** What is added below the last of `shift` bits that are dropped, so that a carry rounds up; `last` is the bit that is kept. */
export function carry<X>(ops: Ops<X>, shift: number, how: Encoding<X>, last: () => X): X {
  const half = 2 ** (shift - 1);
  switch (how.rounding) {
    case "even": return ops.op("add", last(), u32(ops, half - 1));
    case "away": return u32(ops, half);
    case "zero": return u32(ops, 0);
    case "stochastic": return ops.to("u32", ops.op("mul", how.random ?? ops.constant("f32", 0.5), ops.constant("f32", 2 ** shift)));
    default: return how.rounding satisfies never;
  }
}

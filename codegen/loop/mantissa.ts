// Integers in the mantissa of a float whose exponent a constant sets: what is taken off them in two steps is taken off in one.
//
//   bits(code ^ 0x4b000000) − 8388608 − 8   =   bits(code ^ 0x4b000000) − 8388616       every step is exact, whatever the code
import type { Exprs } from "./expr.ts";
import { argsOf, known } from "./core.ts";
import type { Expr } from "./ir.ts";

/** Bits of an f32's mantissa. */
const MANTISSA = 23;

/** A float between a power of two and twice that, for a number in its mantissa. */
interface Large {
  /** What is in the mantissa before `flip` is turned over. */
  readonly low: Expr;
  readonly flip: number;
  readonly power: number;
}

/** A u32 in the mantissa, the exponent put in by a constant. */
function largeOf(x: Expr): Large | undefined {
  const [low, high] = x.type === "f32" && x.node.kind === "bits" ? argsOf(x.node.arg, "xor") ?? [] : [], k = high && known(high);
  if (!low || k === undefined || low.hi >= 2 ** MANTISSA || k >= 2 ** 31) return undefined;
  const exponent = Math.floor(k / 2 ** MANTISSA);
  return exponent === 0 || exponent === 255 ? undefined : { low, flip: k % 2 ** MANTISSA, power: 2 ** (exponent - 127) };
}

/** Integers up to 2^22 keep the exponent of this float, to whose bits they are added. */
export const MIDDLE = Object.freeze({ most: 2 ** 22, bits: 0x4b400000, value: 1.5 * 2 ** MANTISSA });

/** A number that is a large float less a large constant. */
export interface Magic {
  /** What the float is at least. */
  readonly power: number;
  /** Bounds of the number. */
  readonly lo: number;
  readonly hi: number;
  /** The same number, converted. */
  converted(e: Exprs): Expr;
}

/** Whether a float is such a difference. */
export function magicOf(x: Expr): Magic | undefined {
  const [of, constant] = argsOf(x, "sub") ?? [], less = constant && known(constant);
  if (!of || less === undefined || of.node.kind !== "bits") return undefined;
  const { arg } = of.node, large = largeOf(of);
  if (large) {
    const { low, flip, power } = large, step = power / 2 ** MANTISSA, offset = (power - less) / step;
    if (!Number.isInteger(offset) || Math.abs(offset) >= 2 ** MANTISSA) return undefined;
    const unit = Math.min(low.divisor, lowest(flip), lowest(offset)), steps = offset / unit;
    return {
      power, lo: power - less, hi: power - less + Math.max(low.hi, flip + low.hi) * step,
      converted: (e) => {
        const by = e.constant("u32", Math.log2(unit)), code = e.op("xor", e.op("shr", low, by), e.constant("u32", flip / unit));
        const v = e.to("f32", e.add(e.bits("i32", code), e.of(steps))), scale = step * unit;
        return scale === 1 ? v : e.op("mul", v, e.constant("f32", scale));
      },
    };
  }
  if (arg.type !== "i32" || less !== MIDDLE.value || arg.node.kind !== "sum") return undefined;
  return { power: 2 ** MANTISSA, lo: arg.lo - MIDDLE.bits, hi: arg.hi - MIDDLE.bits, converted: (e) => e.to("f32", e.add(arg, e.of(-MIDDLE.bits))) };
}

/** The largest power of two that divides a number; of 0 any. */
const lowest = (n: number): number => (n === 0 ? Infinity : n & -n);

/**
 * x − (a + b) of (x − a) − b, where that is the same number: all that occurs are whole steps of x, so few that none is rounded.
 * @param x the difference x − a
 */
export function lessBoth(x: Expr, b: number): { readonly x: Expr; readonly less: number } | undefined {
  const [of, first] = argsOf(x, "sub") ?? [], a = first && known(first), large = of && largeOf(of);
  if (!of || a === undefined || !large) return undefined;
  const step = large.power / 2 ** MANTISSA, all = a + b;
  const good = [a, b, all].every((k) => Number.isInteger(k / step) && Math.abs(k) <= 2 * large.power) && a >= 0 && all >= 0;
  return good ? { x: of, less: all } : undefined;
}

// Integers in the mantissa of a float whose exponent a constant sets: what is taken off them in two steps is taken off in one.
//
//   bits(code ^ 0x4b000000) − 8388608 − 8   =   bits(code ^ 0x4b000000) − 8388616       every step is exact, whatever the code
import { halfBits, halfValue, roundToHalf } from "../../vm/index.ts";
import type { Exprs } from "./expr.ts";
import { argsOf, known } from "./core.ts";
import type { Expr } from "./ir.ts";

/** Bits of an f32's mantissa. */
const MANTISSA = 23;

/** A float between a power of two and twice that, for a number in its mantissa. */
interface Large {
  /** What is in the mantissa before `flip` is turned over. */
  readonly low: (e: Exprs) => Expr;
  readonly most: number;
  /** A power of two that divides it. */
  readonly divisor: number;
  readonly flip: number;
  readonly power: number;
  /** Of the last bit. */
  readonly step: number;
}

/** A float less a constant. */
interface Less { readonly from: Large; readonly less: number }

/** A u32 in the mantissa, the exponent put in by a constant. */
function largeOf(x: Expr): Large | undefined {
  const [low, high] = x.type === "f32" && x.node.kind === "bits" ? argsOf(x.node.arg, "xor") ?? [] : [], k = high && known(high);
  if (!low || k === undefined || low.hi >= 2 ** MANTISSA || k >= 2 ** 31) return undefined;
  const exponent = Math.floor(k / 2 ** MANTISSA), power = 2 ** (exponent - 127);
  return exponent === 0 || exponent === 255 ? undefined : { low: () => low, most: low.hi, divisor: lowest(low.divisor), flip: k % 2 ** MANTISSA, power, step: power / 2 ** MANTISSA };
}

/** One f16 of a pair of such, of which constants are taken off. */
function halfOf(x: Expr): Less | undefined {
  const n = x.node, at = n.kind === "op" && n.op === "highHalf" ? 16 : 0, [pair, constants] = n.kind === "op" && (at === 16 || n.op === "lowHalf") ? argsOf(n.args[0], "lessHalves") ?? [] : [];
  const [low, high] = pair ? argsOf(pair, "xor") ?? [] : [], k = high && known(high), [, mask] = low ? argsOf(low, "and") ?? [] : [], both = constants && known(constants), ones = mask && known(mask);
  if (!low || k === undefined || both === undefined || (mask && ones === undefined)) return undefined;
  // Without a mask the number's own bounds say what may be in a half: the largest number doesn't tell which bits others have.
  const bits = (k >>> at) & 0xffff, own = ones !== undefined ? (ones >>> at) & 0xffff : at === 16 ? low.hi >>> 16 : Math.min(low.hi, 0xffff), exponent = bits >> 10, power = 2 ** (exponent - 15);
  if (own >= 2 ** 10 || exponent === 0 || exponent >= 31) return undefined;
  const divisor = own === 0 ? 2 ** 10 : ones !== undefined ? own & -own : at === 16 ? 1 : lowest(low.divisor);
  const from = { low: (e: Exprs) => e.field(low, e.of(at), 16), most: own, divisor, flip: bits & 1023, power, step: power / 2 ** 10 };
  return { from, less: halfValue((both >>> at) & 0xffff) };
}

/** A large float less a constant. */
function lessOf(x: Expr): Less | undefined {
  if (x.type === "f16") return halfOf(x);
  const [of, constant] = argsOf(x, "sub") ?? [], less = constant && known(constant), from = of && largeOf(of);
  return from && less !== undefined ? { from, less } : undefined;
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
  const found = lessOf(x);
  if (found) {
    const { from: { low, most, divisor, flip, power, step }, less } = found, offset = (power - less) / step;
    if (!Number.isInteger(offset) || Math.abs(offset) >= 2 ** MANTISSA) return undefined;
    const unit = Math.min(divisor, lowest(flip), lowest(offset)), type = x.type;
    return {
      power, lo: power - less, hi: power - less + Math.max(most, flip + most) * step,
      converted: (e) => {
        const code = e.op("xor", e.op("shr", low(e), e.constant("u32", Math.log2(unit))), e.constant("u32", flip / unit));
        const v = e.to(type, e.add(e.bits("i32", code), e.of(offset / unit))), scale = step * unit;
        return scale === 1 ? v : e.op("mul", v, e.constant(type, scale));
      },
    };
  }
  const [of, constant] = argsOf(x, "sub") ?? [];
  if (of?.node.kind !== "bits" || known(constant as Expr) !== MIDDLE.value) return undefined;
  const { arg } = of.node;
  if (arg.type !== "i32" || arg.node.kind !== "sum") return undefined;
  return { power: 2 ** MANTISSA, lo: arg.lo - MIDDLE.bits, hi: arg.hi - MIDDLE.bits, converted: (e) => e.to("f32", e.add(arg, e.of(-MIDDLE.bits))) };
}

/** The largest power of two that divides a number; of 0 any. */
const lowest = (n: number): number => (n === 0 ? Infinity : n & -n);

/** The largest power of two that divides a number. */
function part(x: number): number {
  if (x === 0) return Infinity;
  let g = 2 ** 30;
  while (!Number.isInteger(x / g)) g /= 2;
  return g;
}

/**
 * x − (a + b) of (x − a) − b, where that is the same number: neither the differences nor the sum are rounded. Of a pair of f16 both halves
 * are less by it, as they are where both are used.
 * @param x the difference x − a
 */
export function lessBoth(e: Pick<Exprs, "op" | "constant" | "lessHalves" | "halfOf">, x: Expr, b: number): Expr | undefined {
  const found = lessOf(x);
  if (!found || !Number.isFinite(b)) return undefined;
  const { from: { power, step, most, divisor, flip }, less: a } = found, f16 = x.type === "f16", all = a + b, low = power - a;
  const unit = Math.min(step * Math.min(divisor, lowest(flip)), part(low), part(b)), span = 2 ** (f16 ? 11 : 24) * unit;
  if (Math.abs(low - b) > span || Math.abs(low - b + Math.max(most, flip + most) * step) > span || (f16 ? roundToHalf(all) : Math.fround(all)) !== all) return undefined;
  if (!f16) return e.op("sub", x.operands[0], e.constant("f32", all));
  const [of, both] = x.operands[0].operands, k = known(both) ?? 0, half = (bits: number): number => (bits === 0 ? 0 : halfBits(halfValue(bits) + b));
  return e.halfOf(e.lessHalves(of, e.constant("u32", half(k >>> 16) * 0x10000 + half(k & 0xffff))), x.node.kind === "op" && x.node.op === "highHalf" ? "high" : "low");
}

// Matrix products as expressions: a fold over the contracted axis, one element or one word of 32 bits a step.
import type { DType } from "../dtype.ts";
import type { Emission, Emit, Source } from "../emit.ts";
import { constant, knownScalar, type Scalar } from "../scalar.ts";
import { elementOf, emission } from "./broadcast.ts";
import { valueOf } from "./casting.ts";
import { isInteger } from "./rules.ts";

interface Product<X> {
  readonly x: Source<X>;
  readonly y: Source<X>;
  readonly acc?: Source<X> | undefined;
}

/** How many of the K contracted elements count: a number, or an expression of a run-time scalar. */
const validOf = (K: number, k: Scalar | undefined): number | Scalar => {
  const known = knownScalar(k ?? constant(K));
  return known === undefined && k ? k : Math.max(0, Math.min(K, known ?? K));
};

/** An element as i32 (modulo 2^32) or f32. */
function operand<X>(e: Emit<X>, t: DType, x: X, type: "i32" | "f32"): X {
  const v = valueOf(e, t, x), from = e.typeOf(v);
  return from === type ? v : from === "u32" && type === "i32" ? e.bits("i32", v) : e.to(type, v);
}

/** dot: i32 if both factors are integers, else f32. */
export function foldDot<X>(e: Emit<X>, { x, y, acc, zx, zy }: Product<X> & { readonly zx?: Source<X> | undefined; readonly zy?: Source<X> | undefined }, k: Scalar | undefined): Emission<X> {
  const type = isInteger(x.dtype) && isInteger(y.dtype) ? "i32" : "f32", K = x.shape[1] as number;
  const valid = validOf(K, k), zero = e.constant(type, 0), i32 = (n: number) => e.constant("i32", n);
  const less = (v: X, z: Source<X> | undefined, index: readonly X[]): X =>
    (z ? e.op("sub", v, operand(e, z.dtype, elementOf(e, z, index), type)) : v);
  return emission(e, {
    form: "fold", steps: i32(typeof valid === "number" ? valid : K),
    init: (index) => (acc ? acc.at(index) : zero),
    step([m, n], j, sum) {
      const a = less(operand(e, x.dtype, x.at([m, j]), type), zx, [m, i32(0)]);
      const b = less(operand(e, y.dtype, y.at([j, n]), type), zy, [i32(0), n]);
      const term = e.op("mul", a, b);
      return e.op("add", sum, typeof valid === "number" ? term : e.op("select", e.op("lt", j, e.scalar(valid)), term, zero));
    },
  });
}

/** bmma: whole words where both factors lie in them, else single bits; by counting either way. */
export function foldBits<X>(e: Emit<X>, { x, y, acc }: Product<X>, k: Scalar | undefined): Emission<X> {
  const { op } = e, K = x.shape[1] as number, valid = validOf(K, k);
  const i32 = (n: number) => e.constant("i32", n), u32 = (n: number) => e.constant("u32", n);
  const xBits = x.word, yBits = y.word, words = xBits !== undefined && yBits !== undefined, width = words ? 32 : 1;
  const total = typeof valid === "number" ? i32(valid) : op("min", op("max", e.scalar(valid), i32(0)), i32(K));
  const whole = typeof valid === "number" && valid % width === 0;
  /** Ones where the bits of step j count. */
  const mask = (j: X): X => {
    if (!words) return op("select", op("lt", j, total), u32(1), u32(0));
    const left = op("max", op("sub", total, op("mul", j, i32(32))), i32(0));
    const tail = op("sub", op("shl", u32(1), e.bits("u32", left)), u32(1));
    return op("select", op("ge", left, i32(32)), u32(0xffffffff), tail);
  };
  const count = (bits: X): X => e.bits("i32", words ? op("popcount", bits) : bits);
  const twice = (n: X): X => op("shl", n, u32(1));
  const xSigned = x.dtype.kind === "bipolar", ySigned = y.dtype.kind === "bipolar", signed = xSigned && ySigned;
  return emission(e, {
    form: "fold", steps: i32(Math.ceil((typeof valid === "number" ? valid : K) / width)),
    init: (index) => {
      const start = acc?.at(index);
      return signed ? (start === undefined ? total : op("add", start, total)) : start ?? i32(0);
    },
    step([m, n], j, sum) {
      const at = words ? op("mul", j, i32(32)) : j, cut = (b: X): X => (whole ? b : op("and", b, mask(j)));
      const a = xBits && yBits ? xBits([m, at]) : x.at([m, at]), b = xBits && yBits ? yBits([n, at]) : y.at([n, at]);
      if (signed) return op("sub", sum, twice(count(cut(op("xor", a, b)))));
      const both = count(cut(op("and", a, b)));
      return xSigned === ySigned ? op("add", sum, both) : op("add", sum, op("sub", twice(both), count(cut(xSigned ? b : a))));
    },
  });
}

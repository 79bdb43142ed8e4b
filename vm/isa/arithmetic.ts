// Element by element, made of other operations: the error function, clamping, the high word of a product, the same bits
// under another type.
import { fail } from "../../diagnostic.ts";
import { define, dtypeAttr, reg, type ResultType } from "../instruction.ts";
import { scalarFunction } from "../numeric-ops.ts";
import type { Ops } from "../ops.ts";
import { mapElements, mapTiles, throughElements } from "./broadcast.ts";
import { codeOf, elementOfCode } from "./casting.ts";
import { roundTo, tileCodes, tileFromCodes } from "./data.ts";
import { asTile } from "./window.ts";
import { broadcastOf, sameType, show, supported } from "./rules.ts";

const TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

/** erf of a double: the series whose terms are all positive, so that nothing cancels. */
function erfOf(x: number): number {
  const a = Math.abs(x);
  if (!(a < 6)) return Number.isNaN(x) ? NaN : Math.sign(x);
  let term = x, sum = x;
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 2 ** -54; n++) sum += term *= (2 * a * a) / (2 * n + 1);
  return TWO_OVER_ROOT_PI * Math.exp(-a * a) * sum;
}

/** Coefficients of polynomials, highest power first. */
const NEAR = [-5.96761703e-4, 4.99119423e-3, -2.67681349e-2, 1.12819925e-1, -3.76125336e-1, 1.28379166e-1];
const FAR = [-1.72853470e-5, 3.83197126e-4, -3.88396438e-3, 2.42546219e-2, -1.06777877e-1, -6.34846687e-1, -1.28717512e-1];
/** Where one takes over from the other, and where f32 has reached 1. */
const BORDER = 0.927734375, END = 4;

/** Σ cᵢ xⁱ by Horner's rule. */
function polynomial<X>(e: Ops<X>, coefficients: readonly number[], x: X): X {
  const [first, ...rest] = coefficients.map((c) => e.constant("f32", Math.fround(c)));
  return rest.reduce((sum, c) => e.op("fma", sum, x, c), first);
}

/** erf of an f32: x + x·p(x²) near 0, ±(1 − e^(t·q(t) − t)) beyond, both within an ULP where fma and exp are exact. */
function erfExpr<X>(e: Ops<X>, x: X): X {
  const size = e.op("abs", x), t = e.op("min", size, e.constant("f32", END)), one = e.constant("f32", 1);
  const near = e.op("fma", polynomial(e, NEAR, e.op("mul", x, x)), x, x);
  const far = e.op("sub", one, e.op("exp", e.op("fma", polynomial(e, FAR, t), t, e.op("neg", t))));
  const signed = e.op("select", e.op("lt", x, e.constant("f32", 0)), e.op("neg", far), far);
  return e.op("select", e.op("gt", size, e.constant("f32", BORDER)), signed, near);
}

export const erf = define({
  name: "erf",
  doc: "The error function: 2/√π times the integral of e^(-t²) from 0 to x.",
  example: "let c = erf(v)",
  operands: { x: reg },
  type: ({ x }): ResultType => {
    supported("erf", "exp", "x", x);
    return { space: "reg", dtype: x.dtype, shape: broadcastOf("erf", [["x", x]]) };
  },
  layout: throughElements,
  run: ({ x }) => { const t = asTile(x), round = roundTo(t.dtype); return mapTiles((a) => round(erfOf(a)), [t], t); },
  emit: (e, { x }) => mapElements(e, [x], (a) => (x.dtype.compute === "f16" ? e.to("f16", erfExpr(e, e.to("f32", a))) : erfExpr(e, a))),
});

export const clamp = define({
  name: "clamp",
  doc: "x, or the nearer of lo and hi where x lies outside; hi where lo > hi.",
  example: "let c = clamp(v, -1, 1)",
  operands: { x: reg, lo: reg, hi: reg },
  type: ({ x, lo, hi }): ResultType => {
    for (const [key, v] of [["x", x], ["lo", lo], ["hi", hi]] as const) { supported("clamp", "min", key, v); sameType("clamp", ["x", x], [key, v]); }
    return { space: "reg", dtype: x.dtype, shape: broadcastOf("clamp", [["x", x], ["lo", lo], ["hi", hi]]) };
  },
  layout: throughElements,
  run: ({ x, lo, hi }, _, { out }) => {
    const t = asTile(x), least = scalarFunction("max", t.dtype.compute), most = scalarFunction("min", t.dtype.compute);
    return mapTiles((a, b, c) => most(least(a, b, 0), c, 0), [t, lo, hi], out ?? t);
  },
  emit: (e, { x, lo, hi }) => mapElements(e, [x, lo, hi], (a, b, c) => e.op("min", e.op("max", a, b), c)),
});

/** The high 32 bits of a · b. b is cut in two, so that both products are exact doubles. */
export const highWord = (a: number, b: number): number => {
  const low = ((b % 65536) + 65536) % 65536, high = (b - low) / 65536;
  return Math.floor((a * high + Math.floor((a * low) / 65536)) / 65536);
};

/** The high word of a product of two u32, from products of their halves. */
export function highWordExpr<X>(e: Ops<X>, a: X, b: X): X {
  const sixteen = e.constant("u32", 16), mask = e.constant("u32", 0xffff);
  const low = (x: X): X => e.op("and", x, mask), high = (x: X): X => e.op("shr", x, sixteen);
  const first = e.op("add", e.op("mul", high(a), low(b)), high(e.op("mul", low(a), low(b))));
  const second = e.op("add", e.op("mul", low(a), high(b)), low(first));
  return e.op("add", e.op("add", e.op("mul", high(a), high(b)), high(first)), high(second));
}

export const mul_hi = define({
  name: "mul_hi",
  doc: "The high 32 bits of the 64-bit product of two i32 or u32; `x * y` are the low ones.",
  example: "let c = mul_hi(v as u32, 0xcccccccd)",
  operands: { x: reg, y: reg },
  type: ({ x, y }): ResultType => {
    for (const [key, v] of [["x", x], ["y", y]] as const) { supported("mul_hi", "mul", key, v); supported("mul_hi", "shl", key, v); }
    sameType("mul_hi", ["x", x], ["y", y]);
    return { space: "reg", dtype: x.dtype, shape: broadcastOf("mul_hi", [["x", x], ["y", y]]) };
  },
  layout: throughElements,
  run: ({ x, y }, _, { out }) => mapTiles(highWord, [x, y], out ?? asTile(x)),
  emit: (e, { x, y }) => mapElements(e, [x, y], (a, b) => {
    if (x.dtype.compute === "u32") return highWordExpr(e, a, b);
    // A negative factor was taken for one that is 2^32 larger.
    const [p, q] = [e.bits("u32", a), e.bits("u32", b)], zero = e.constant("u32", 0);
    const [fromA, fromB] = ([[a, q], [b, p]] as const).map(([s, other]) => e.op("select", e.op("lt", s, e.constant("i32", 0)), other, zero));
    return e.bits("i32", e.op("sub", e.op("sub", highWordExpr(e, p, q), fromA), fromB));
  }),
});

export const bitcast = define({
  name: "bitcast",
  doc: "The bits of each element read as another type of as many bits; a NaN may become another NaN.",
  example: "let c = bitcast(v, to: u32)",
  operands: { x: reg },
  attrs: { to: dtypeAttr },
  type: ({ x }, { to }): ResultType => {
    if (x.dtype.bits !== to.bits)
      fail({ code: "T0222", message: `${x.dtype.name} has ${x.dtype.bits} bits and ${to.name} has ${to.bits}`, label: `'x' is ${show(x)}`, help: "give a type of as many bits; 'as' converts values, 'view' the bits of several elements at once" });
    return { space: "reg", dtype: to, shape: broadcastOf("bitcast", [["x", x]]) };
  },
  layout: throughElements,
  run: ({ x }, { to }) => { const t = asTile(x); return tileFromCodes(to, t.shape, tileCodes(t)); },
  emit: (e, { x }, { to }) => mapElements(e, [x], (a) => elementOfCode(e, to, codeOf(e, x.dtype, a))),
});

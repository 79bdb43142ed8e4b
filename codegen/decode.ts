// Which of the ways from codes to f32 values (vm/dtype-decode.ts) a device does fastest: each is built once for codes side by side in
// words, its operations are counted and priced by the device's rates, and the cheapest that is right for every code is taken.
import { decodersOf, halfDecoders, isSound, valuesLess, type Decoder, type DType, type Lying } from "../vm/index.ts";
import { expressions, type Exprs } from "./loop/expr.ts";
import { isByteOp, type Expr } from "./loop/ir.ts";
import { operandsOf } from "./loop/operands.ts";
import type { Rates } from "./rates.ts";
import { gcd, halfIn } from "./loop/core.ts";

/** A way and what it costs. */
export interface PricedDecoder {
  readonly name: string;
  /** Seconds of one value on a device full of its like; Infinity where the device can't be trusted with it. */
  readonly seconds: number;
}

/** The ways from a type's codes to f32 values, the cheapest first: the one that is taken. */
export interface DecoderChoice {
  readonly dtype: DType;
  /** To values less a whole number, a zero point that many codes share. */
  readonly less: boolean;
  readonly decoder: Decoder;
  readonly ways: readonly PricedDecoder[];
}

/** What a choice hangs on besides the type. */
export interface DecodeTarget {
  readonly rates: Rates;
  /** `unpack2x16float` is known to keep subnormals, which WGSL leaves to the driver. */
  readonly halfSubnormals?: boolean | undefined;
}

/** Seconds of single operations. */
interface Prices { readonly logic: number; readonly shift: number; readonly float: number; readonly min: number; readonly convert: number; readonly imul: number; readonly half: number; readonly pair: number; readonly byte: number; readonly table: number }

/** Rates are of chains of operations: what else is in them is taken off. */
function pricesOf(r: Rates): Prices {
  const each = (rate: number | undefined, otherwise = Infinity): number => (rate === undefined ? otherwise : 1 / rate);
  // Shift, xor and add, and two shifts and a xor: what an average says of one is at least a quarter of it.
  const integer = each(r.integer), twice = r.shift === undefined ? 3 * integer : 2 / r.shift, some = (x: number): number => Math.max(x, integer / 4);
  const logic = some(2 * integer - twice / 3), less = (rate: number | undefined, n: number): number => Math.max(logic, each(rate) - n * logic);
  const float = each(r.float, each(r.fma)), convert = less(r.convert, 1), table = r.source === "measured" ? less(r.privateLoad, 2) : Infinity;
  return { logic, shift: some((2 * twice) / 3 - integer), float, min: r.floatMin === undefined ? float : Math.max(logic, 1 / r.floatMin - 2 * float), convert, imul: less(r.imul, 1), half: Math.max(logic / 4, each(r.unpackHalf) - logic), pair: less(r.f16pair, 2), byte: Math.max(0, each(r.unpackByte) - convert - 1.25 * logic), table };
}

/** Whether an addition of integers and one of floats take less time than a conversion. */
export function conversionsAreDear(r: Rates): boolean {
  const { logic, float, convert } = pricesOf(r);
  return logic + float < convert;
}

/** Seconds of one expression by itself, where its operands are there. */
function own({ node: n, type }: Expr, p: Prices): number {
  switch (n.kind) {
    case "field": { const at = n.at.node.kind === "const" ? n.at.node.value : 1; return (at === 0 ? 0 : p.shift) + (at + n.width === 32 ? 0 : p.logic); }
    case "op": {
      if (n.op === "shl" || n.op === "shr") return p.shift;
      if (n.op === "lessHalves") return p.pair;
      if (n.op === "lowHalf" || n.op === "highHalf") return 0;
      if (isByteOp(n.op)) return p.byte;
      if (type === "f32") return n.op === "select" ? p.logic : n.op === "min" ? p.min : p.float;
      return n.op === "mul" ? p.imul : p.logic;
    }
    case "sum": return n.terms.reduce((t, { coefficient: k }) => t + (Math.abs(k) === 1 ? p.logic : p.logic + (Number.isInteger(Math.log2(Math.abs(k))) ? p.shift : p.imul)), n.offset === 0 ? -p.logic : 0);
    case "to": return type === "f32" || type === "f16" || n.arg.type === "f32" ? p.convert : 0;
    case "unpackHalf": return p.half;
    case "packHalf": return Infinity;
    case "table": return p.table;
    default: return 0;
  }
}

/** Codes of a sample, at most. */
const SAMPLE = 16;

/** Codes side by side in words that nobody knows, as loads give them. */
function sample(e: Exprs, bits: number): readonly Lying<Expr>[] {
  const words = Array.from({ length: Math.max(1, bits / gcd(bits, 32)) }, () => e.use(e.variable({ name: "w", type: "u32", role: "value", lo: 0, hi: 2 ** 32 - 1, divisor: 1 })));
  return Array.from({ length: Math.min(SAMPLE, (32 * words.length) / bits) }, (_, i) => {
    const first = i * bits, word = words[Math.floor(first / 32)], at = first % 32;
    return at + bits <= 32 ? { word, at } : { word, at, next: words[Math.floor(first / 32) + 1] };
  });
}

/** Seconds of one value, of codes that share a word, and a zero point with many more. */
function priceOf(d: Decoder, t: DType, p: Prices, less: boolean): number {
  const e = expressions(), codes = sample(e, t.bits), seen = new Set<Expr>(), words = new Set(codes.map((c) => c.word));
  const fresh = new Map<Expr, boolean>(), ofWords = (x: Expr): boolean => { let is = fresh.get(x); if (is === undefined) fresh.set(x, (is = words.has(x) || operandsOf(x).some(ofWords))); return is; };
  const cost = (x: Expr): number => {
    if (seen.has(x)) return 0;
    seen.add(x);
    if (!ofWords(x)) return 0;
    // The field inside such a half is read by the operation itself.
    const half = x.node.kind === "unpackHalf" ? halfIn(x.node.arg) : undefined;
    return (half ? [half.word] : operandsOf(x)).reduce((s, y) => s + cost(y), own(x, p));
  };
  const zero = less ? e.use(e.variable({ name: "z", type: "f32", role: "value", lo: -Infinity, hi: Infinity, divisor: 1 })) : undefined;
  return (zero ? valuesLess<Expr>(d, e, codes, zero) : d.values<Expr>(e, codes)).reduce((s, x) => s + cost(x), 0) / codes.length;
}

const known = new WeakMap<Rates, Map<string, Map<DType, DecoderChoice>>>(), halves = new WeakMap<Rates, Map<DType, DecoderChoice>>();

/**
 * The ways from a type's codes to f16 values, the cheapest first, on a device that has f16. Found once for a device.
 * @param t an integer type of up to 8 bits
 * @example
 * ```ts
 * chooseHalfDecoder(dtype("u4"), defaultRates.nvidia).ways.map((w) => w.name); // => ["pairs of f16", "convert to f16"]
 * ```
 */
export function chooseHalfDecoder(t: DType, rates: Rates): DecoderChoice {
  const all = halves.get(rates) ?? new Map<DType, DecoderChoice>(), found = all.get(t) ?? chosen(t, halfDecoders(t), rates, { to: "f16" });
  halves.set(rates, all.set(t, found));
  return found;
}

/**
 * The ways from a type's codes to f32 values by what they cost on a device, and the cheapest that is right. Found once for a device.
 * @param t a storage type
 * @param less values are less a whole number, a zero point that many codes share: ways that take a number off anyway take it off for nothing
 * @example
 * ```ts
 * const { decoder, ways } = chooseDecoder(dtype("i4"), { rates: defaultRates.nvidia });
 * [decoder.name, ways.length]; // => ["into a mantissa in place", 7]
 * ```
 */
export function chooseDecoder(t: DType, { rates, halfSubnormals = false }: DecodeTarget, less = false): DecoderChoice {
  const all = known.get(rates) ?? new Map<string, Map<DType, DecoderChoice>>(), kind = `${halfSubnormals} ${less}`, own = all.get(kind) ?? new Map<DType, DecoderChoice>();
  known.set(rates, all.set(kind, own));
  let found = own.get(t);
  if (!found) own.set(t, (found = chosen(t, decodersOf(t), rates, { halfSubnormals, less })));
  return found;
}

interface Choosing { readonly halfSubnormals?: boolean; readonly less?: boolean; readonly to?: "f32" | "f16" }

function chosen(t: DType, list: readonly Decoder[], rates: Rates, { halfSubnormals = false, less = false, to = "f32" }: Choosing): DecoderChoice {
  const prices = pricesOf(rates);
  const priced = list.map((decoder) => ({ decoder, name: decoder.name, seconds: list.length === 1 ? 0 : decoder.halves && !halfSubnormals ? Infinity : priceOf(decoder, t, prices, less) })).sort((a, b) => a.seconds - b.seconds);
  const best = priced.find(({ decoder, seconds }) => Number.isFinite(seconds) && isSound(decoder, t, to, less)) ?? { decoder: list[0] };
  return Object.freeze({ dtype: t, less, decoder: best.decoder, ways: Object.freeze(priced.map(({ name, seconds }) => ({ name, seconds }))) });
}

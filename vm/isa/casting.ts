// Values from one number type to another, in numbers and as expressions: the nearest where there is no equal one, ties
// to even (bipolar: up), saturating; NaN becomes 0 in integers (SEMANTICS §1).
import type { DType, Rounding } from "../dtype.ts";
import { emitDecode, emitEncode } from "../dtype-emit.ts";
import type { Emit } from "../emit.ts";
import { HALF_MAX } from "../half.ts";
import type { Ops } from "../ops.ts";
import type { Tile } from "../tile.ts";
import { roundTo, tileFromCodes, tileOf, tileValues } from "./data.ts";

/** How a cast encodes; what is left out is what `as` means. */
export interface CastOptions { readonly rounding?: Rounding | undefined; readonly saturate?: boolean | undefined }

const everyCode = (t: DType): Tile => tileFromCodes(t, [2 ** t.bits], Array.from({ length: 2 ** t.bits }, (_, code) => code));

/** A tile in another type. `random` is for stochastic rounding: an f32 in [0, 1) for each element. */
export function castTile(x: Tile, to: DType, options: CastOptions = {}, random?: ArrayLike<number>): Tile {
  const from = x.dtype, how = { ...options, from: from.compute };
  if (from === to) return x;
  if (random) return tileOf(to, x.shape, tileValues(x).map((v, i) => roundTo(to, { ...how, random: random[i] })(v)));
  if (from.storage && from.bits <= 16 && x.data.length > 2 ** from.bits) {
    const table = castTile(everyCode(from), to, options).data, out = new Float64Array(x.data.length);
    for (let i = 0; i < out.length; i++) out[i] = table[x.data[i]];
    return tileOf(to, x.shape, out);
  }
  const round = roundTo(to, how), values = tileValues(x);
  for (let i = 0; i < values.length; i++) values[i] = round(values[i]);
  return tileOf(to, x.shape, values);
}

/** An element's value: codes of storage types decoded. */
export const valueOf = <X>(ops: Ops<X>, t: DType, x: X): X => (t.storage ? emitDecode(t, ops, x) : x);

const isFloat = (t: DType): boolean => t.compute === "f32" || t.compute === "f16";

/** Whether every value of a type lies in f16's range, so that a plain conversion can't overflow. */
const withinHalf = (t: DType): boolean =>
  Math.max(t.max, -t.min) <= HALF_MAX && (t.kind !== "float" || (t.bits <= 8 && everyCode(t).data.every((code: number) => Number.isFinite(t.decode(code)))));

/** Whether a conversion by value (`Ops.to`) is already what a cast means: nothing to saturate and no special values. */
function plain(from: DType, to: DType): boolean {
  switch (to.name) {
    case "f32": return true;
    case "f16": return withinHalf(from);
    case "i32": return !isFloat(from) && from.name !== "u32";
    case "u32": return from.name === "bool" || (from.kind === "uint" && !isFloat(from));
    case "bool": return !isFloat(from);
    default: return false;
  }
}

/** An element in another type: codes in for a storage type, codes out for one. */
export function castExpr<X>(ops: Emit<X>, from: DType, to: DType, x: X, { rounding = "even", saturate = true }: CastOptions = {}, random?: X): X {
  if (from === to) return x;
  // Codes that become floats do so by the way that is the cheapest on the target; such ways may give other bits for NaN.
  const half = to.name === "f16" && from.storage && from.bits <= 8 && (from.kind === "uint" || from.kind === "int" || from.kind === "bipolar") ? ops.halfDecoder?.(from) : undefined;
  if (half) return half.values(ops, [ops.lying(x, from.bits)])[0];
  const [value] = from.storage && from.bits <= 8 && specials(from).nan === specials(from).end && (from.kind === "float" || to.name === "f32") ? ops.decoder(from).values(ops, [ops.lying(x, from.bits)]) : [valueOf(ops, from, x)];
  // What rounds nothing has no options.
  if (plain(from, to) && ((rounding === "even" && saturate) || !isFloat(to))) return ops.typeOf(value) === to.compute ? value : ops.to(to.compute, value);
  const code = emitEncode(to, ops, value, { rounding, saturate, random });
  return to.storage ? code : emitDecode(to, ops, code);
}

/** A constant as an element of a type. */
export function constantOf<X>(ops: Ops<X>, t: DType, value: number): X {
  const [x] = tileOf(t, [1], [roundTo(t)(value)]).data;
  return ops.constant(t.storage ? "u32" : t.compute, t.kind === "bool" && !t.storage ? x !== 0 : x);
}

/** Where the NaN codes of a float storage type begin (magnitudes), and its sign bit (0: unsigned). */
function specials(t: DType): { readonly sign: number; readonly minusZero: boolean; readonly nan: number; readonly end: number } {
  const sign = t.min < 0 ? 2 ** (t.bits - 1) : 0, end = sign || 2 ** t.bits;
  let nan = end;
  while (nan > 0 && Number.isNaN(t.decode(nan - 1))) nan--;
  return { sign, minusZero: sign !== 0 && t.decode(sign) === 0, nan, end };
}

/**
 * Whether two codes of a storage type mean equal numbers. Only integers are compared, so a GPU that flushes denormals or assumes
 * no NaN gives the same: -0 equals +0, NaN equals nothing.
 */
export function equalCodes<X>(ops: Ops<X>, t: DType, x: X, y: X): X {
  const { op } = ops, c = (v: number) => ops.constant("u32", v);
  let equal = op("eq", x, y);
  if (t.table && new Set(t.table).size < t.table.length) { // the least code of each entry
    const first = t.table.map((v) => t.table?.indexOf(v) ?? 0);
    return op("eq", ops.table("u32", first, x), ops.table("u32", first, y));
  }
  if (t.kind !== "float" && t.kind !== "scale") return equal;
  const { sign, minusZero, nan, end } = specials(t);
  if (sign && !minusZero) equal = op("and", equal, op("ne", x, c(sign))); // its NaN stands where -0 would be
  else if (nan < end) equal = op("and", equal, op("lt", sign ? op("and", x, c(sign - 1)) : x, c(nan)));
  if (!minusZero) return equal;
  const zeros = op("eq", op("and", op("or", x, y), c(sign - 1)), c(0));
  return op("or", equal, zeros);
}

/**
 * The code of an element, as a u32 without bits above its type's.
 * @example
 * ```ts
 * codeOf(numericOps, dtype("f16"), numericOps.constant("f16", 1)).value; // => 0x3c00
 * ```
 */
export function codeOf<X>(ops: Ops<X>, t: DType, x: X): X {
  if (t.storage) return x;
  switch (t.compute) {
    case "f32": case "i32": return ops.bits("u32", x);
    case "u32": return x;
    case "f16": return ops.packHalf(ops.to("f32", x));
    case "bool": return ops.to("u32", x);
    default: return t.compute satisfies never;
  }
}

/**
 * The element (value, or code of a storage type) that a code of `t.bits` bits means.
 * @example
 * ```ts
 * elementOfCode(numericOps, dtype("i32"), numericOps.constant("u32", 0xffffffff)).value; // => -1
 * ```
 */
export function elementOfCode<X>(ops: Ops<X>, t: DType, code: X): X {
  if (t.storage) return code;
  switch (t.compute) {
    case "f32": return ops.bits("f32", code);
    case "i32": return ops.bits("i32", code);
    case "u32": return code;
    case "f16": return ops.to("f16", ops.unpackHalf(code));
    case "bool": return ops.op("ne", code, ops.constant("u32", 0));
    default: return t.compute satisfies never;
  }
}

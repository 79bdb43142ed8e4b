// Elements by value as u32 keys: x comes before y exactly where key(x) < key(y). NaN is last, up and down; -0 counts as 0.
import type { DType } from "../dtype.ts";
import type { Ops } from "../ops.ts";
import { codeOf, elementOfCode } from "./casting.ts";

/** Keys of a type's elements, and the element that a key stands for: of equal ones the same (+0, the usual NaN). */
export interface Keys<X> { key(x: X): X; element(key: X): X }

const LAST = 0xffffffff;

/** Small floats and codebooks: the rank of every code among the values there are. */
function ranks(t: DType, descending: boolean): { readonly rankOf: readonly number[]; readonly codeOf: readonly number[] } {
  const values = Array.from({ length: 2 ** t.bits }, (_, code) => t.decode(code) + 0); // no -0
  const real = [...new Set(values.filter((v) => !Number.isNaN(v)))].sort((a, b) => (descending ? b - a : a - b));
  const all = values.some(Number.isNaN) ? [...real, NaN] : real, at = new Map(all.map((v, i) => [v, i]));
  return { rankOf: values.map((v) => at.get(v) ?? 0), codeOf: all.map((v) => values.findIndex((x) => Object.is(x, v))) };
}

/** Floats of sign and magnitude: the code, shifted to the top of a word, as an unsigned number that grows with the value. */
function wideFloat<X>(ops: Ops<X>, t: DType, descending: boolean): Keys<X> {
  const { op } = ops, c = (n: number): X => ops.constant("u32", n >>> 0), up = c(32 - t.bits), sign = c(0x80000000);
  const infinity = t.name === "f16" ? 0x7c000000 : 0x7f800000, nan = t.name === "f16" ? 0x7e000000 : 0x7fc00000;
  const turned = (k: X): X => (descending ? op("not", k) : k);
  return {
    key(x) {
      const code = codeOf(ops, t, x), top = t.bits === 32 ? code : op("shl", code, up), magnitude = op("and", top, c(0x7fffffff));
      const signed = op("select", op("and", op("ge", top, sign), op("ne", magnitude, c(0))), op("not", top), op("or", top, sign));
      return op("select", op("gt", magnitude, c(infinity)), c(LAST), turned(signed));
    },
    element(key) {
      const k = turned(key), top = op("select", op("eq", key, c(LAST)), c(nan), op("select", op("ge", k, sign), op("xor", k, sign), op("not", k)));
      return elementOfCode(ops, t, t.bits === 32 ? top : op("shr", top, up));
    },
  };
}

/**
 * The keys of a type, for ascending or descending order.
 * @example
 * ```ts
 * const keys = keysOf(numericOps, dtype("i4"), false), code = (x) => numericOps.constant("u32", x);
 * keys.key(code(15)).value < keys.key(code(0)).value; // => true
 * ```
 */
export function keysOf<X>(ops: Ops<X>, t: DType, descending: boolean): Keys<X> {
  const { op } = ops, c = (n: number): X => ops.constant("u32", n >>> 0);
  if ((t.kind === "float" || t.kind === "scale") && t.bits > 8) return wideFloat(ops, t, descending);
  if (t.kind === "float" || t.kind === "scale" || t.kind === "codebook") {
    const { rankOf, codeOf: codes } = ranks(t, descending);
    return { key: (x) => ops.table("u32", rankOf, x), element: (key) => ops.table("u32", codes, key) };
  }
  // Integers: the code, with the sign turned so that it counts from the least; turned around for descending order.
  const all = t.bits === 32 ? LAST : 2 ** t.bits - 1, turn = c(((t.kind === "int" ? 2 ** (t.bits - 1) : 0) ^ (descending ? all : 0)) >>> 0);
  return { key: (x) => op("xor", codeOf(ops, t, x), turn), element: (key) => elementOfCode(ops, t, op("xor", key, turn)) };
}

// `Ops` in plain numbers: what an emitter of expressions means, computed at once.
import { Bug } from "../diagnostic.ts";
import { floatBits, floatValue, halfBits, halfValue } from "./half.ts";
import { applyOp, convert, convertValue, type Value } from "./numeric-ops.ts";
import type { Compute, Ops } from "./ops.ts";

const bool = (x: boolean): number => (x ? 1 : 0);

/** The same 32 bits as a number of another type. Only u32, i32 and f32 have 32 bits; others are a `Bug`. */
export function bitcast(to: Compute, from: Compute, x: number): number {
  const ok = (t: Compute) => t === "u32" || t === "i32" || t === "f32";
  if (!ok(to) || !ok(from)) throw new Bug(`no bitcast from ${from} to ${to}`);
  if (to === from) return x;
  const bits = from === "f32" ? floatBits(x) : x >>> 0;
  return to === "f32" ? floatValue(bits) : to === "i32" ? bits | 0 : bits;
}

/**
 * The differences of the two f16 of words.
 * @example
 * ```ts
 * lessHalves(0x44004200, 0x40003c00); // => 0x40004000
 * ```
 */
export function lessHalves(a: number, b: number): number {
  const half = (x: number, y: number): number => halfBits(halfValue(x & 0xffff) - halfValue(y & 0xffff));
  return ((half(a >>> 16, b >>> 16) << 16) | half(a, b)) >>> 0;
}

const checked = (x: Value, type: Compute, what: string): number => {
  if (x.type !== type) throw new Bug(`${what} takes ${type}, not ${x.type}`);
  return x.value;
};

/** `Ops` that computes at once. */
export const numericOps: Ops<Value> = Object.freeze<Ops<Value>>({
  constant: (type, value) => {
    const x = Number(value);
    const exact = type === "i32" ? x | 0 : type === "u32" ? x >>> 0 : type === "bool" ? bool(x !== 0) : convert(type, "f32", x);
    if (exact !== x && (type === "i32" || type === "u32" || type === "bool")) throw new Bug(`${x} is no ${type}`);
    return { type, value: exact };
  },
  op: (name, ...x) => applyOp(name, x),
  to: convertValue,
  bits: (type, x) => ({ type, value: bitcast(type, x.type, x.value) }),
  packHalf: (x) => ({ type: "u32", value: halfBits(checked(x, "f32", "packHalf")) }),
  unpackHalf: (x) => ({ type: "f32", value: halfValue(checked(x, "u32", "unpackHalf")) }),
  byteOf: (x, at) => ({ type: "u32", value: (checked(x, "u32", "byteOf") >>> (8 * at)) & 255 }),
  lessHalves: (a, b) => {
    const x = checked(a, "u32", "lessHalves"), y = checked(b, "u32", "lessHalves");
    return { type: "u32", value: lessHalves(x, y) };
  },
  halfOf: (x, which) => ({ type: "f16", value: halfValue(which === "low" ? checked(x, "u32", "halfOf") & 0xffff : checked(x, "u32", "halfOf") >>> 16) }),
  table: (type, values, index) => {
    const i = checked(index, "u32", "table");
    const v = values[i];
    if (v === undefined) throw new Bug(`index ${i} is outside a table of ${values.length}`);
    return numericOps.constant(type, v);
  },
  typeOf: (x) => x.type,
});

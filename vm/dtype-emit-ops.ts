// Small words of the emitters of number types.
import type { Ops } from "./ops.ts";

/** A u32 constant of some `Ops`. */
export const u32 = <X>(ops: Ops<X>, value: number): X => ops.constant("u32", value >>> 0);

/** Value as one of the types that encoders take: f16 widens to f32 (exactly), bool becomes 0 or 1. */
export function widened<X>(ops: Ops<X>, value: X): X {
  const type = ops.typeOf(value);
  return type === "f16" ? ops.to("f32", value) : type === "bool" ? ops.to("u32", value) : value;
}

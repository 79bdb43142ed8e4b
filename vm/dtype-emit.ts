// How codes become values and values codes on a GPU: the other half of the table of number types, apart from the rows so
// that those who only run finished kernels needn't carry it.
import { Bug } from "../diagnostic.ts";
import { decodeScale, decodeSmall, encodeBfloat, encodeHalf, encodeScale, encodeSmall, floatOf } from "./dtype-emit-float.ts";
import { encodeBipolar, encodeBool, encodeSigned, encodeUnsigned } from "./dtype-emit-int.ts";
import { decodeEntry, encodeEntry } from "./dtype-emit-codebook.ts";
import { nearest, u32, type Encoding } from "./dtype-emit-ops.ts";
import type { DType } from "./dtype-type.ts";
import type { Ops } from "./ops.ts";

/** Expression of the value (type `t.compute`) of a u32 code in [0, 2^t.bits). */
export function emitDecode<X>(t: DType, ops: Ops<X>, code: X): X {
  switch (t.kind) {
    case "uint": return t.bits === 32 ? code : ops.bits("i32", code);
    case "int": {
      const x = ops.bits("i32", code);
      return t.bits === 32 ? x : ops.op("shr", ops.op("shl", x, u32(ops, 32 - t.bits)), u32(ops, 32 - t.bits));
    }
    case "bipolar": return ops.op("sub", ops.op("shl", ops.bits("i32", code), u32(ops, 1)), ops.constant("i32", 2 ** t.bits - 1));
    case "bool": return ops.op("ne", code, u32(ops, 0));
    case "scale": return decodeScale(ops, code);
    case "codebook": return decodeEntry(ops, code, t);
    case "float":
      if (t.bits === 32) return ops.bits("f32", code);
      if (t.compute === "f16") return ops.to("f16", ops.unpackHalf(code));
      return t.bits === 16 ? ops.bits("f32", ops.op("shl", code, u32(ops, 16))) : decodeSmall(ops, code, splitOf(t));
    default: return t.kind satisfies never;
  }
}

/**
 * Expression of the u32 code of a value of any compute type; what `t.encode` gives with `from` the value's type. f32 and bool have the
 * default of `how` only, and "stochastic" is for floats.
 */
export function emitEncode<X>(t: DType, ops: Ops<X>, value: X, how: Encoding<X> = nearest): X {
  switch (t.kind) {
    case "uint": return encodeUnsigned(ops, value, t.bits, how);
    case "int": return encodeSigned(ops, value, t.bits, how);
    case "bipolar": return encodeBipolar(ops, value, t.bits, how);
    case "bool": return encodeBool(ops, value);
    case "scale": return encodeScale(ops, value, how);
    case "codebook": return encodeEntry(ops, value, t, how);
    case "float":
      if (t.bits === 32) return ops.bits("u32", floatOf(ops, value, false));
      if (how.rounding !== "even" || !how.saturate) return encodeSmall(ops, value, splitOf(t), how);
      if (t.compute === "f16") return encodeHalf(ops, value);
      return t.bits === 16 ? encodeBfloat(ops, value) : encodeSmall(ops, value, splitOf(t));
    default: return t.kind satisfies never;
  }
}

function splitOf(t: DType): NonNullable<DType["split"]> {
  if (!t.split) throw new Bug(`${t.name} is a float without a split`);
  return t.split;
}

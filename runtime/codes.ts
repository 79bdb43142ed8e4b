// Numbers of the host ↔ codes of a number type: what goes into a tensor and what comes out of it.
import { fail } from "../diagnostic.ts";
import type { Codes } from "../layout/index.ts";
import type { DType } from "../vm/index.ts";

/** Numbers for a tensor, one per element, row-major: any typed array, or a list of numbers, booleans or bigints. */
export type HostValues = ArrayLike<number> | ArrayLike<bigint> | ArrayLike<boolean>;

/** How the numbers given are meant: as what elements mean, or as their bits. */
export type ValuesAre = "values" | "codes";

/** What `read()` gives, by the name of the number type. */
export interface ValuesByType {
  readonly [name: string]: Float32Array | Int32Array | Uint32Array | Uint8Array;
  readonly [float: `${"f" | "uf" | "bf" | "e"}${number}${string}`]: Float32Array;
  readonly [signed: `${"i" | "b"}${number}`]: Int32Array;
  readonly [unsigned: `u${number}`]: Uint32Array;
  readonly bool: Uint8Array;
  readonly nf4: Float32Array;
  readonly bnb_fp4: Float32Array;
  readonly iq4_nl: Int32Array;
  readonly w2star: Int32Array;
}

const codeArray = (bits: number, n: number): Codes => (bits <= 8 ? new Uint8Array(n) : bits <= 16 ? new Uint16Array(n) : new Uint32Array(n));
const isCodes = (x: unknown): x is Codes => x instanceof Uint8Array || x instanceof Uint16Array || x instanceof Uint32Array;

/** Types whose every value is a whole number and must be met exactly. */
const isExact = (type: DType): boolean => type.kind === "uint" || type.kind === "int" || type.kind === "bipolar" || type.kind === "bool" || (type.kind === "codebook" && type.compute === "i32");

/**
 * What numbers mean where the caller does not say: unsigned typed arrays are codes of storage types (`u3`, `b2`, `f4e2m1`, …) and
 * of f16, all else is values.
 */
export const meaningOf = (type: DType, values: HostValues): ValuesAre =>
  isCodes(values) && (type.storage || type.name === "f16") ? "codes" : "values";

/**
 * Codes of host numbers. Values of integer types must be in the type exactly; floats are rounded to the nearest.
 * @param name how messages call the tensor
 * @throws Diagnostic H0305 for a value that the type lacks, H0306 for a code past its bits
 */
export function codesOf(type: DType, values: HostValues, as: ValuesAre = meaningOf(type, values), name = `a tensor of ${type.name}`): Codes {
  return as === "codes" ? checkedCodes(type, values, name) : encoded(type, values, name);
}

function checkedCodes(type: DType, values: HostValues, name: string): Codes {
  const end = 2 ** type.bits, n = values.length;
  if (isCodes(values) && values.BYTES_PER_ELEMENT * 8 <= type.bits) return values;
  const out = isCodes(values) && values.BYTES_PER_ELEMENT === codeArray(type.bits, 0).BYTES_PER_ELEMENT ? values : codeArray(type.bits, n);
  for (let i = 0; i < n; i++) {
    const code = Number(values[i]);
    if (!(code >= 0 && code < end && Number.isInteger(code)))
      fail({
        code: "H0306", message: `element ${i} of ${name} is the code ${String(values[i])}; ${type.name} has the codes 0 to ${end - 1}`,
        help: "give values instead: { as: \"values\" }, or a Float32Array or list of numbers",
      });
    if (out !== values) out[i] = code;
  }
  return out;
}

function encoded(type: DType, values: HostValues, name: string): Codes {
  const n = values.length;
  if (values instanceof Float32Array && type.name === "f32") return new Uint32Array(values.slice().buffer);
  if (values instanceof Int32Array && type.name === "i32") return new Uint32Array(values.slice().buffer);
  if (values instanceof Uint32Array && type.name === "u32") return values;
  const out = codeArray(type.bits, n), exact = isExact(type);
  // Wide integers come from numbers, not from f32: there their own ends are the limit.
  const from = type.bits === 32 && exact ? { from: type.kind === "int" ? "i32" as const : "u32" as const } : undefined;
  for (let i = 0; i < n; i++) {
    const given = values[i];
    const value = typeof given === "number" ? given : typeof given === "boolean" || typeof given === "bigint" ? Number(given) : notANumber(i, given, name);
    const code = type.encode(value, from);
    if (exact && type.decode(code) !== value) notInType(type, i, value, name);
    out[i] = code;
  }
  return out;
}

function notANumber(i: number, given: unknown, name: string): never {
  return fail({
    code: "H0305", message: `element ${i} of ${name} is ${given === undefined ? "missing" : `no number but ${typeof given}`}`,
    help: "give one flat list of numbers in row-major order: nested.flat(Infinity)",
  });
}

function notInType(type: DType, i: number, value: number, name: string): never {
  const which = type.table ? `only ${[...new Set(type.table)].join(", ")}` : type.kind === "bipolar" ? "odd numbers" : type.kind === "bool" ? "0 and 1, or false and true" : "whole numbers";
  return fail({
    code: "H0305", message: `element ${i} of ${name} is ${value}; ${type.name} holds ${which}${type.kind === "bool" || type.table ? "" : ` from ${type.min} to ${type.max}`}`,
    help: "quantise() finds scales and codes for real numbers; { as: \"codes\" } takes the numbers as bits",
  });
}

/** The numbers that codes mean: floats as f32, signed and bipolar integers as i32, unsigned ones as u32, truth values as 0 and 1. */
export function valuesOf(type: DType, codes: Codes): Float32Array | Int32Array | Uint32Array | Uint8Array {
  if (type.kind === "bool") return Uint8Array.from(codes);
  if (type.kind === "uint") return Uint32Array.from(codes);
  if (type.name === "i32") return new Int32Array(Uint32Array.from(codes).buffer);
  if (type.name === "f32") return new Float32Array(Uint32Array.from(codes).buffer);
  const n = codes.length, out = type.compute === "f32" || type.compute === "f16" ? new Float32Array(n) : new Int32Array(n);
  if (type.bits <= 8) {
    const table = Float64Array.from({ length: 2 ** type.bits }, (_, code) => type.decode(code));
    for (let i = 0; i < n; i++) out[i] = table[codes[i] ?? 0] ?? 0;
  } else for (let i = 0; i < n; i++) out[i] = type.decode(codes[i] ?? 0);
  return out;
}

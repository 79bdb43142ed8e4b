// Number types: one row each, found by name. A row says what every code means and how both directions are
// computed, here in numbers and on the GPU by building the same result from operations (see ops.ts).
//
//   u1…u32  i2…i32  b1…b8      integers: unsigned, two's complement, bipolar (Σ ±2^i: odd, no zero)
//   fNeXmY  ufNeXmY            floats of up to 8 bits, any split, with or without sign; all codes finite
//   f8e4m3  f8e5m2             … but these two as OCP has them; `_ieee _finite _fnuz _b11fnuz` choose
//   e8m0 · bf16 f16 f32 · bool
//   nf4 bnb_fp4 iq4_nl w2star  codebooks: a code is the number of an entry; codebook(bits, [entries]) makes others
import { fail } from "../diagnostic.ts";
import { codebookOf, isTypeName, lookup, typeNames } from "./dtype-find.ts";
import { typeAliases } from "./dtype-names.ts";
import type { DType } from "./dtype-type.ts";

export { plainDtype } from "./dtype-names.ts";
export type { Convention, DType, EncodeOptions, Kind, Rounding, Split } from "./dtype-type.ts";

/**
 * The number type of a name or alias (`float8_e4m3fn`, `int4`, …); the same frozen object every time.
 * Throws N0110 for a name that is none, with what it might have meant.
 * @example
 * ```ts
 * dtype("f4e2m1").decode(7); // => 6
 * dtype("b2").encode(0); // => 2
 * ```
 */
export const dtype = (name: string): DType => lookup(name);

/**
 * A number type whose codes are numbers of entries in a table. It needs no registration: its name is the call that makes it, and
 * `dtype(name)` gives the same object. Codes past a short list mean its last entry. A cast takes the nearest entry (ties to the lower,
 * NaN counts as 0); what it computes in is i32 if all entries are integers, else f32.
 * @param bits 1 to 8 bits of a code
 * @param values up to 2^bits finite numbers below 2^31 in magnitude in the order of their codes, rounded to f32
 * @throws Diagnostic T0112
 * @example
 * ```ts
 * const t = codebook(2, [-1, -0.25, 0.25, 1]);
 * t.encode(0.5); // => 2
 * dtype("codebook(2, [-1, -0.25, 0.25, 1])") === t; // => true
 * ```
 */
export const codebook = (bits: number, values: readonly number[]): DType => codebookOf(bits, values);

/** Whether `dtype(name)` would find something. */
export const isDType = (name: string): boolean => isTypeName(name);

/** All number types, each once, in the order of the table. */
export const dtypes = (): readonly DType[] => typeNames.map(lookup);

/** Other names of types, as alias → name. */
export const dtypeAliases = (): ReadonlyMap<string, string> => typeAliases;

/** What `bitloom dtype --json` prints. */
export interface DTypeTable {
  readonly name: string;
  readonly bits: number;
  readonly kind: DType["kind"];
  /** The value of every code in order. What JSON has no number for is "nan", "inf" or "-inf". */
  readonly values: readonly (number | string)[];
}

const jsonNumber = (x: number): number | string =>
  Number.isNaN(x) ? "nan" : x === Infinity ? "inf" : x === -Infinity ? "-inf" : x;

/** Bits up to which a type's values are listed: 65,536 of them. */
const LISTED_BITS = 16;

/**
 * The table of a type as data. -0 is kept; `JSON.stringify` prints it as 0, `dtypeText` as -0.0.
 * Throws N0110 for unknown names, T0111 for types of more than 16 bits.
 * @example
 * ```ts
 * dtypeTable("b2").values; // => [-3, -1, 1, 3]
 * ```
 */
export function dtypeTable(name: string): DTypeTable {
  const t = dtype(name);
  if (t.bits > LISTED_BITS)
    fail({ code: "T0111", message: `${t.name} has 2^${t.bits} codes; only types of up to ${LISTED_BITS} bits are listed`, help: "decode the codes you need: dtype(name).decode(code)" });
  return { name: t.name, bits: t.bits, kind: t.kind, values: Array.from({ length: 2 ** t.bits }, (_, code) => jsonNumber(t.decode(code))) };
}

/** `dtypeTable` as JSON text in which -0 survives (`JSON.parse` gives it back). */
export function dtypeText(name: string): string {
  const { values, ...rest } = dtypeTable(name);
  return `${JSON.stringify(rest).slice(0, -1)},"values":[${values.map((v) => (Object.is(v, -0) ? "-0.0" : JSON.stringify(v))).join(",")}]}`;
}

/**
 * The symmetric scale s for data whose largest magnitude is `absmax`: x ≈ s · decode(encode(x / s)), with
 * s = absmax / largest value: 2^(n-1) − 1 for iN, 2^n − 1 for bN (step 2s) and uN, the largest finite value of a float.
 * For b1 the mean of |x| fits better than the maximum: give that as `absmax`. All-zero data gets 1.
 * Throws T0110 for `bool` and `e8m0`, which hold no data to scale.
 * @example
 * ```ts
 * absmaxScale(dtype("i4"), 14); // => 2
 * absmaxScale(dtype("b3"), 3.5); // => 0.5
 * ```
 */
export function absmaxScale(type: DType, absmax: number): number {
  if (type.kind === "bool" || type.kind === "scale")
    fail({ code: "T0110", message: `${type.name} can't hold scaled data`, help: "choose an integer, bipolar or float type" });
  return absmax > 0 ? absmax / type.max : 1;
}

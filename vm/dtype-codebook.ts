// Codebook rows: a code is the number of an entry in a table.
//
//   nf4      code 0 … 15  ─▶  -1, -0.696, -0.525, … 0.723, 1        any numbers, in any order
import { fail } from "../diagnostic.ts";
import type { DType, EncodeOptions } from "./dtype-type.ts";
import { reaches } from "./dtype-type.ts";

/** Entries lie below it in magnitude, so that casts from i32 and u32 can be exact. */
const MOST = 2 ** 31;

/** The entries of a codebook in order of value, each once, with the least code that means it. */
export interface Levels { readonly values: readonly number[]; readonly codes: readonly number[] }

/** An entry as it is kept: an f32, without -0 and without denormals, which devices may take for 0. */
const entry = (v: number): number => (Math.abs(Math.fround(v)) < 2 ** -126 ? 0 : Math.fround(v));

/** The levels of a table. */
export function levelsOf(table: readonly number[]): Levels {
  const values = [...new Set(table)].sort((a, b) => a - b);
  return { values, codes: values.map((v) => table.indexOf(v)) };
}

/**
 * Whether a number between two neighbouring entries becomes the upper one. Nearest: ties to the lower ("away": to the larger magnitude).
 * Toward zero: the one on zero's side; with zero between them the nearest. At random: with the share of the way, computed in f32.
 */
function goesUp(x: number, low: number, high: number, o: EncodeOptions | undefined): boolean {
  const middle = low / 2 + high / 2, rounding = o?.rounding ?? "even";
  switch (rounding) {
    case "stochastic": return reaches(Math.fround(Math.fround(x - low) * Math.fround(1 / Math.fround(high - low))), o?.random ?? 0.5, 1);
    case "zero": if (low >= 0) return false; if (high <= 0) return x > low; return x > middle;
    case "away": return x > middle || (x === middle && middle > 0);
    case "even": return x > middle;
  }
}

/**
 * A type whose codes are numbers of entries. Codes past a short list mean its last entry. Encoding takes the nearest entry, of equally
 * near ones the lower, of equal ones that of the least code; beyond the ends it takes the end, saturating or not; NaN counts as 0.
 * It computes in i32 if all entries are integers, else in f32.
 * @param values 1 to 2^bits finite numbers below 2^31 in magnitude, rounded to f32, denormals to 0
 * @throws Diagnostic T0112
 */
export function codebookType(name: string, bits: number, values: readonly number[]): DType {
  const table = Object.freeze(Array.from({ length: 2 ** bits }, (_, code) => entry(values[Math.min(code, values.length - 1)])));
  const { values: levels, codes } = levelsOf(table), last = levels.length - 1;
  const encode = (x: number, o?: EncodeOptions): number => {
    if (Number.isNaN(x)) return encode(0);
    if (x <= levels[0]) return codes[0];
    if (x >= levels[last]) return codes[last];
    let i = 0;
    for (let step = 2 ** 7; step >= 1; step /= 2) if (i + step <= last && levels[i + step] <= x) i += step;
    return codes[levels[i] !== x && goesUp(x, levels[i], levels[i + 1], o) ? i + 1 : i];
  };
  return Object.freeze<DType>({
    name, bits, kind: "codebook", compute: levels.every(Number.isInteger) ? "i32" : "f32", storage: true,
    min: levels[0], max: levels[last], hasZero: table.includes(0), zeroCode: Math.max(0, table.indexOf(0)), table,
    decode: (code) => table[code] ?? NaN,
    encode,
  });
}

/** The shortest decimal that is this f32. */
function floatText(x: number): string {
  for (let digits = 1; digits < 9; digits++) { const short = Number(x.toPrecision(digits)); if (Math.fround(short) === x) return String(short); }
  return String(Number(x.toPrecision(9)));
}

/** The name of a codebook of one's own: the call that makes it. @throws Diagnostic T0112 */
export function codebookName(bits: number, values: readonly number[]): string {
  const bad = (why: string, help: string): never => fail({ code: "T0112", message: why, help });
  if (!Number.isInteger(bits) || bits < 1 || bits > 8) bad(`a codebook has codes of 1 to 8 bits, not ${bits}`, "larger tables are tensors: lookup(table, codes), gather(table, index, axis: 0)");
  if (values.length < 1 || values.length > 2 ** bits) bad(`${bits} bits number 1 to ${2 ** bits} entries, not ${values.length}`, values.length ? `give fewer entries, or ${Math.ceil(Math.log2(values.length))} bits` : "list the entries in the order of their codes");
  const odd = values.find((v) => !(Math.abs(Math.fround(v)) < MOST));
  if (odd !== undefined) bad(`a codebook can't hold ${odd}`, "entries are finite and below 2^31 in magnitude");
  return `codebook(${bits}, [${values.map((v) => floatText(entry(v))).join(", ")}])`;
}

/** Bits and entries of a name that `codebookName` gives; undefined for other texts. */
export function readCodebook(name: string): { readonly bits: number; readonly values: readonly number[] } | undefined {
  const [, bits, list] = /^codebook\((\d), \[([-\d.e+, ]+)\]\)$/.exec(name) ?? [];
  const values = list?.split(", ").map(Number);
  return values?.every((v) => Math.abs(v) < MOST) && values.length <= 2 ** Number(bits) && codebookName(Number(bits), values) === name ? { bits: Number(bits), values } : undefined;
}

/** NormalFloat of QLoRA: quantiles of the normal distribution, as bitsandbytes has them. */
const NF4 = [
  -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0,
  0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1,
];

/** bitsandbytes' 4-bit float: twelfths, the sign in bit 3; not e2m1. Codes 0 and 8 are both 0. */
const BNB_FP4 = [1, -1].flatMap((sign) => [0, 0.0625, 8, 12, 4, 6, 2, 3].map((k) => (sign * k) / 12));

/** The table of ggml's IQ4_NL and IQ4_XS. */
const IQ4_NL = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

/** Static tables by name: how many bits, and the entries. `w2star` is the five levels of bit balance (ABQ-LLM): packed in radix 5 they take 2⅓ bits. */
export const codebooks: Readonly<Record<string, readonly [bits: number, values: readonly number[]]>> = {
  nf4: [4, NF4], bnb_fp4: [4, BNB_FP4], iq4_nl: [4, IQ4_NL], w2star: [3, [-2, -1, 0, 1, 2]],
};

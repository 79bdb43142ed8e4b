// Ways to hold a matrix, as data: a row for each form and width that the models are tried in. A new format is a new row.
import { formatNamed } from "../../lang/index.ts";
import { dtype, quantiseFormat, quantiseValues, type FormatTile, type QuantisedValues } from "../../vm/index.ts";

/** A matrix [out, in] as numbers. */
export interface Matrix {
  readonly shape: readonly [N: number, K: number];
  readonly values: ArrayLike<number>;
}

/** A matrix [out, in] in any form: numbers, codes with scales beside them, or blocks of a format. */
export type Held = Matrix | QuantisedValues | FormatTile;

/** One way to hold matrices. */
export interface Scheme {
  /** The column of tables, and the line of figures. */
  readonly form: string;
  /** What sets it apart from others of its form and width, such as "e4m3"; "" where nothing does. */
  readonly label: string;
  /** Bits of a code. */
  readonly bits: number;
  /** Rows of inputs are whole multiples of so many. */
  readonly block: number;
  /** A matrix in this form, one scale for `group` inputs; formats have groups of their own. */
  quantise(m: Matrix, group: number): QuantisedValues | FormatTile;
}

/** Splits of exponent and mantissa whose codes all mean finite numbers. */
const splits: readonly string[] = ["f8e4m3_finite", "f8e5m2_finite", "f6e2m3", "f6e3m2", "f5e2m2", "f5e3m1", "f4e2m1", "f4e3m0", "f3e2m0", "f3e1m1"];

/** GGUF's types by the bits of their codes; trits are two. Those that can only be read drop out. */
const gguf: Readonly<Record<number, readonly string[]>> = {
  8: ["q8_0"], 6: ["q6_k"], 5: ["q5_0", "q5_1", "q5_k"], 4: ["q4_0", "q4_1", "q4_k", "iq4_nl", "iq4_xs", "mxfp4", "nvfp4"], 3: ["q3_k"], 2: ["q2_0", "q2_k", "tq1_0", "tq2_0"], 1: ["q1_0"],
};

const row = (form: string, type: string, scheme: "absmax" | "offset" | "mse", label = ""): Scheme =>
  ({ form, label, bits: dtype(type).bits, block: 1, quantise: ({ values, shape }, group) => quantiseValues(values, shape, { type, group, scheme }) });

/** A row for a format of blocks along the inputs. */
function rowOf(form: string, bits: number, label: string): readonly Scheme[] {
  const format = formatNamed(label), [{ block = 1 }] = format.axes;
  return format.encode ? [{ form, label, bits, block, quantise: ({ shape, values }) => quantiseFormat(format, shape, Float32Array.from(values)) }] : [];
}

/** Rounding to nearest, without data: scales from the largest weight, affine from the least and the largest. Of one bipolar bit the mean magnitude is the best scale. GGUF's types as ggml makes them. */
export const schemes: readonly Scheme[] = [8, 7, 6, 5, 4, 3, 2, 1].flatMap((n) => [
  ...(n > 1 ? [row("symmetric", `i${n}`, "absmax")] : []),
  row("affine", `u${n}`, "offset"),
  row("bipolar", `b${n}`, n > 1 ? "absmax" : "mse"),
  ...splits.filter((s) => dtype(s).bits === n).map((s) => row("float", s, "absmax", s.replace(/^f\d/, "").replace("_finite", ""))),
  ...(gguf[n] ?? []).flatMap((name) => rowOf("GGUF", n, name)),
]);

// Ways to hold a matrix, as data: a row for each form and width that the models are tried in. A new format is a new row.
import { dtype, quantiseValues, type QuantisedValues } from "../../vm/index.ts";

/** A matrix [out, in] as numbers. */
export interface Matrix {
  readonly shape: readonly [N: number, K: number];
  readonly values: ArrayLike<number>;
}

/** One way to hold matrices. */
export interface Scheme {
  /** The column of tables, and the line of figures. */
  readonly form: string;
  /** What sets it apart from others of its form and width, such as "e4m3"; "" where nothing does. */
  readonly label: string;
  /** Bits of a code. */
  readonly bits: number;
  /** Codes and scales of a matrix, one scale for `group` inputs. */
  quantise(m: Matrix, group: number): QuantisedValues;
}

/** Splits of exponent and mantissa whose codes all mean finite numbers. */
const splits: readonly string[] = ["f8e4m3_finite", "f8e5m2_finite", "f6e2m3", "f6e3m2", "f5e2m2", "f5e3m1", "f4e2m1", "f4e3m0", "f3e2m0", "f3e1m1"];

const row = (form: string, type: string, scheme: "absmax" | "offset" | "mse", label = ""): Scheme =>
  ({ form, label, bits: dtype(type).bits, quantise: ({ values, shape }, group) => quantiseValues(values, shape, { type, group, scheme }) });

/** Rounding to nearest, without data: scales from the largest weight, affine from the least and the largest. Of one bipolar bit the mean magnitude is the best scale. */
export const schemes: readonly Scheme[] = [8, 7, 6, 5, 4, 3, 2, 1].flatMap((n) => [
  ...(n > 1 ? [row("symmetric", `i${n}`, "absmax")] : []),
  row("affine", `u${n}`, "offset"),
  row("bipolar", `b${n}`, n > 1 ? "absmax" : "mse"),
  ...splits.filter((s) => dtype(s).bits === n).map((s) => row("float", s, "absmax", s.replace(/^f\d/, "").replace("_finite", ""))),
]);

// What tests of quantisation share: random tensors in groups, and what a group is, by brute force.
import fc from "fast-check";
import { dtypes, type DType, type GroupSize } from "../../vm/index.ts";

/** Types of 1 to 8 bits that hold scaled numbers. */
export const types: readonly DType[] = dtypes().filter((t) => t.bits <= 8 && t.kind !== "bool" && t.kind !== "scale");

/** Types that absmax serves without a zero point. */
export const symmetric = types.filter((t) => t.kind !== "uint");

/** A tensor and its groups. */
export interface Case { readonly values: Float32Array; readonly shape: readonly number[]; readonly axis: number; readonly group: GroupSize }

const numbers = fc.oneof({ arbitrary: fc.double({ min: -1000, max: 1000, noNaN: true }), weight: 8 }, fc.constantFrom(0, -0, 1, -1, 5e-39, -1e-42, 1e30, -3e-20, 0.5));

/** Random tensors of two axes: groups along either, whole rows, the whole tensor, groups that divide nothing. */
export const cases = (one: fc.Arbitrary<number> = numbers): fc.Arbitrary<Case> =>
  fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 40 }), fc.oneof(fc.integer({ min: 1, max: 45 }), fc.constant("tensor" as const)), fc.nat(1)).chain(([rows, cols, group, axis]) =>
    fc.array(one, { minLength: rows * cols, maxLength: rows * cols }).map((list) => ({ values: Float32Array.from(list), shape: [rows, cols], axis, group })));

/** The group of an element. */
export function groupOf(i: number, { shape: [rows = 1, cols = 1], axis, group }: Omit<Case, "values">): number {
  if (group === "tensor") return 0;
  const [r, c] = [Math.floor(i / cols), i % cols];
  return axis === 0 ? Math.floor(r / group) * cols + c : r * Math.ceil(cols / group) + Math.floor(c / group) + 0 * rows;
}

/** Finite values of a type, in order. */
export const valuesOf = (t: DType): readonly number[] => [...new Set(Array.from({ length: 2 ** t.bits }, (_, c) => t.decode(c)).filter(Number.isFinite))].sort((a, b) => a - b);

/** Makes numbers fit for unsigned floats, which have nothing below zero. */
export const fitting = (t: DType, c: Case): Case => (t.min >= 0 && t.kind === "float" ? { ...c, values: c.values.map(Math.abs) } : c);

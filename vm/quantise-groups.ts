// Groups: the elements of a tensor that share a scale. They are runs along one axis, normally the contracted one:
//
//   [N, K], axis 1, group 4      row n: |0 1 2 3|4 5 6 7|8 9|      scales [N, ceil(K / 4)], the last group shorter
//
// or the whole tensor: group "tensor", scales [1, 1].
import { fail } from "../diagnostic.ts";

/** Elements that share a scale: so many along an axis, or all of the tensor. */
export type GroupSize = number | "tensor";

/** One group: elements `start`, `start + step`, …, `count` of them. */
export interface Group {
  readonly index: number;
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

/** The axis and group of some options, checked against a shape. @throws Diagnostic H0502 */
export function groupingOf(shape: readonly number[], o: { readonly axis?: number | undefined; readonly group?: GroupSize | undefined }): { readonly axis: number; readonly group: GroupSize } {
  const odd = shape.find((n) => !Number.isSafeInteger(n) || n < 0);
  if (odd !== undefined || shape.length === 0)
    fail({ code: "H0502", message: `there are no groups in a tensor of shape [${shape.join(", ")}]`, help: "give at least one axis; sizes are whole numbers of at least 0" });
  const axis = o.axis ?? shape.length - 1;
  if (!(Number.isInteger(axis) && axis >= 0 && axis < shape.length))
    fail({ code: "H0502", message: `there is no axis ${axis} in a tensor of ${shape.length} ${shape.length === 1 ? "axis" : "axes"}`, help: `axes are numbered from 0 to ${shape.length - 1}` });
  const group = o.group ?? Math.max(1, shape[axis]);
  if (group !== "tensor" && !(Number.isSafeInteger(group) && group >= 1))
    fail({ code: "H0502", message: `a group can't have ${String(group)} elements`, help: 'give a whole number of at least 1, or "tensor" for one scale of all; without `group` a scale is of the whole axis' });
  return { axis, group };
}

/** The shape with the number of groups in place of the axis: that of the scales. */
export const scaleShapeOf = (shape: readonly number[], axis: number, group: GroupSize): readonly number[] =>
  shape.map((n, a) => (group === "tensor" ? 1 : a === axis ? Math.ceil(n / group) : n));

/** Calls `visit` once per group, in the row-major order of the scales. */
export function eachGroup(shape: readonly number[], axis: number, group: GroupSize, visit: (g: Group) => void): void {
  if (group === "tensor") return visit({ index: 0, start: 0, step: 1, count: product(shape) });
  const extent = shape[axis], step = product(shape.slice(axis + 1)), outer = product(shape.slice(0, axis)), groups = Math.ceil(extent / group);
  for (let o = 0; o < outer; o++)
    for (let g = 0; g < groups; g++)
      for (let i = 0; i < step; i++)
        visit({ index: (o * groups + g) * step + i, start: (o * extent + g * group) * step + i, step, count: Math.min(group, extent - g * group) });
}

/** The place of an element as messages write it. */
export function placeText(shape: readonly number[], i: number): string {
  const at: number[] = [];
  for (let a = shape.length - 1, rest = i; a >= 0; a--) { at.unshift(rest % shape[a]); rest = Math.floor(rest / shape[a]); }
  return `[${at.join(", ")}]`;
}

/** Throws H0503 if there isn't one number per element. */
export function needCount(values: ArrayLike<number>, shape: readonly number[]): void {
  if (values.length !== product(shape)) fail({ code: "H0503", message: `${values.length} numbers for a tensor of [${shape.join(", ")}]`, help: "give one number per element, row-major" });
}

/** Copies a group out of the tensor and looks at it. @throws Diagnostic H0503 for what is not finite */
export function gather(values: ArrayLike<number>, start: number, step: number, to: Float64Array, shape: readonly number[]): { least: number; greatest: number; most: number } {
  let least = Infinity, greatest = -Infinity;
  for (let i = 0, at = start; i < to.length; i++, at += step) {
    const v = values[at];
    if (!Number.isFinite(v)) fail({ code: "H0503", message: `element ${placeText(shape, at)} is ${String(v)}`, help: "numbers must be finite to have a scale: replace NaN, clamp infinities" });
    to[i] = v;
    if (v < least) least = v;
    if (v > greatest) greatest = v;
  }
  return to.length ? { least, greatest, most: Math.max(Math.abs(least), Math.abs(greatest)) } : { least: 0, greatest: 0, most: 0 };
}

// What type rules ask again and again: arithmetic types, equal types, broadcasting, sizes known at compile time.
// Every refusal names the operand, what was found and what to write instead.
import { fail } from "../../diagnostic.ts";
import type { DType } from "../dtype.ts";
import { supports } from "../numeric-ops.ts";
import type { Op } from "../ops.ts";
import type { Axes, Value } from "../program.ts";
import { knownScalar, printScalar, type Size } from "../scalar.ts";

/** A value's type as it is written: `u3[32, 64]`. */
export const show = (v: Pick<Value, "dtype" | "shape">): string => `${v.dtype.name}[${v.shape.map(printScalar).join(", ")}]`;

/** Sizes as they are written: `[32, 64]`. */
export const showShape = (shape: readonly Size[]): string => `[${shape.map(printScalar).join(", ")}]`;

/** Whether codes are integers by their bits: sums of weighed planes. */
export const hasPlanes = (t: DType): boolean => t.kind === "uint" || t.kind === "int" || t.kind === "bipolar";
/** Whether codes of a type stand for integers (bipolar ones and codebooks of integers too), so that products of them are exact. */
export const isInteger = (t: DType): boolean => hasPlanes(t) || (t.kind === "codebook" && t.compute === "i32");

/** The compute type to propose for arithmetic on a storage type. */
const proposal = (t: DType): string => (isInteger(t) ? "i32" : "f32");

/** Checks that a type can be computed with; the help writes the cast. */
export function computable(name: string, key: string, v: Value): void {
  if (v.dtype.storage)
    fail({
      code: "T0201", message: `'${name}' can't compute with ${v.dtype.name}, a storage type`, label: `'${key}' is ${show(v)}`,
      help: `cast it first: ${key} as ${proposal(v.dtype)}`,
    });
}

/** Checks that an operation exists on a tile's type. */
export function supported(name: string, op: Op, key: string, v: Value): void {
  computable(name, key, v);
  if (supports(op, v.dtype.compute)) return;
  const other = v.dtype.kind === "bool" ? "i32" : v.dtype.kind === "float" ? "i32" : "f32";
  fail({
    code: "T0204", message: `there is no '${name}' on ${v.dtype.name}`, label: `'${key}' is ${show(v)}`,
    help: supports(op, other) ? `cast it first: ${key} as ${other}` : supports(op, "bool") ? "compare first, so that it is a bool tile" : `use another operation for ${v.dtype.name}`,
  });
}

/** Checks that two operands have one type; there is no implicit conversion. */
export function sameType(name: string, [xKey, x]: readonly [string, Value], [yKey, y]: readonly [string, Value]): void {
  if (x.dtype !== y.dtype && x.dtype.name !== y.dtype.name)
    fail({
      code: "T0202", message: `'${name}' mixes ${x.dtype.name} and ${y.dtype.name}`, label: `'${xKey}' is ${show(x)}, '${yKey}' is ${show(y)}`,
      help: `convert one side: ${yKey} as ${x.dtype.name}, or ${xKey} as ${y.dtype.name}`,
    });
}

/** The number sizes of a register or shared tile, or of a view all of whose sizes are known. */
export function knownShape(name: string, key: string, v: Pick<Value, "shape" | "dtype">): readonly number[] {
  return v.shape.map((s, d) => knownScalar(s) ?? fail({
    code: "T0207", message: `'${name}' needs sizes known at compile time; axis ${d} of '${key}' has ${printScalar(s)}`,
    help: "give a width: x[start +: 64], or list the dimension in <…> so that it is baked in",
  }));
}

/** The shape that right-aligned shapes broadcast to; undefined where they don't. */
export function broadcast(shapes: readonly (readonly number[])[]): readonly number[] | undefined {
  const rank = Math.max(0, ...shapes.map((s) => s.length));
  const out = new Array<number>(rank).fill(1);
  for (const s of shapes)
    for (let d = 0; d < s.length; d++) {
      const at = rank - s.length + d;
      if (s[d] === out[at] || s[d] === 1) continue;
      if (out[at] !== 1) return undefined;
      out[at] = s[d];
    }
  return out;
}

/** The common shape of register operands. */
export function broadcastOf(name: string, operands: readonly (readonly [string, Value])[]): readonly number[] {
  return broadcast(operands.map(([key, v]) => knownShape(name, key, v))) ?? fail({
    code: "T0203", message: `the shapes of '${name}' don't broadcast`, label: operands.map(([key, v]) => `'${key}' is ${show(v)}`).join(", "),
    help: "from the right, sizes must be equal or 1",
  });
}

/** Whether `from` broadcasts to exactly `to`. */
export function broadcastsTo(from: readonly number[], to: readonly number[]): boolean {
  const lead = to.length - from.length;
  return lead >= 0 && from.every((n, d) => n === 1 || n === to[lead + d]);
}

/** What to write where a shape doesn't broadcast to another: often only an axis of size 1 is missing, or left over. */
export function broadcastHelp(from: readonly number[], to: readonly number[]): string {
  const rule = "from the right, its sizes must be equal or 1";
  const wide = (shape: readonly number[]): string => shape.filter((n) => n !== 1).join();
  if (from.length > to.length && wide(from) === wide(to)) return `${rule}; 'squeeze' takes axes of size 1 away, and reductions with 'keep: false' leave none`;
  if (from.length === 2 && to.length === 1 && from[0] === to[0] && from[1] === to[0]) return `${rule}; [${to[0]}, 1] and [${to[0]}] make [${to[0]}, ${to[0]}]: a reduction leaves [${to[0]}] with 'keep: false'`;
  if (from.length > 0 && from.length < to.length && from.every((n, d) => n === to[d])) return `${rule}; 'unsqueeze(…, -1)' gives it an axis of size 1 on the right`;
  return rule;
}

/** Checks that an operand broadcasts to a given shape. */
export function fitsShape(name: string, key: string, v: Value, to: readonly number[], what: string): void {
  const from = knownShape(name, key, v);
  if (!broadcastsTo(from, to))
    fail({ code: "T0210", message: `'${key}' of '${name}' is ${show(v)}, which doesn't broadcast to ${what} ${showShape(to)}`, help: broadcastHelp(from, to) });
}

/** Checks a constant that becomes an element of a type: integers must be exact, floats round. */
export function checkConstant(name: string, key: string, value: number, t: DType): void {
  const exact = t.compute === "f32" || t.compute === "f16" ? true
    : t.table?.includes(value) ?? (Number.isInteger(value) && value >= t.min && value <= t.max && (t.kind !== "bipolar" || value % 2 !== 0));
  if (exact) return;
  const range = t.table ? [...new Set(t.table)].join(", ") : t.kind === "bipolar" ? `the odd numbers from ${t.min} to ${t.max}` : t.kind === "bool" ? "true and false" : `the integers from ${t.min} to ${t.max}`;
  fail({ code: "T0212", message: `${value} is no ${t.name}`, label: `${t.name} holds ${range}`, help: `'${key}' of '${name}' must be one of them${Number.isInteger(value) ? "" : `, or cast the tile: x as f32`}` });
}

/** An axis number, counted from the end if negative. */
export function axisOf(name: string, axis: number, rank: number): number {
  const a = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || a < 0 || a >= rank)
    fail({ code: "T0206", message: `'${name}' has no axis ${axis}`, label: `the tile has ${rank} axes`, help: rank ? `use 0 to ${rank - 1}, or ${-rank} to -1 from the end` : "a tile of one element without axes has nothing along an axis" });
  return a;
}

/** The axes that are meant, from an axis, a list of them or nothing: all. */
export function axesOf(name: string, axes: Axes | undefined, rank: number): readonly number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, d) => d);
  const all = (typeof axes === "number" ? [axes] : axes).map((a) => axisOf(name, a, rank));
  all.forEach((a, i) => {
    if (all.indexOf(a) < i) fail({ code: "T0206", message: `'${name}' gets axis ${a} twice`, help: "name each axis once; negative ones count from the end" });
  });
  return all;
}

/** The same element count reported with a size: product of number sizes. */
export const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

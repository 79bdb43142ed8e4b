// From one format to another. Where both say "a number of few bits times a scale", the numbers are kept and the scale is: nothing is lost.
// Which scale that is, is found and not told: every product and field of the one's value that doesn't hang on the element is tried as the
// other's scale, on a sample that has every code. Else values are computed and encoded anew, and what that costs is said.
import { Diagnostic, fail } from "../diagnostic.ts";
import type { Builder } from "./builder.ts";
import { dtype } from "./dtype.ts";
import { formatParam, loadFormat, type FormatEncoding, type FormatParam, type FormatWindow } from "./format-access.ts";
import { formatValues, type FormatTile } from "./format-host.ts";
import { deviceTiling, hostTiling, inWindows, type FormatTiling } from "./format-kernels.ts";
import { storeFormat } from "./format-store.ts";
import { formatTensors, lcm } from "./format-tensors.ts";
import type { Field, Format } from "./format.ts";
import { interpret } from "./interpret.ts";
import type { Program, Value } from "./program.ts";
import { randomTile } from "./random-tile.ts";
import { knownScalar } from "./scalar.ts";
import { makeTile, sizeOf, type Tile } from "./tile.ts";

const f32 = dtype("f32");

/** How the numbers of one format become those of another without loss: number `scale` of the scales found, times `factor`; `shift` is added to integers, `zero` stored. */
interface Plan { readonly scale: number; readonly factor: number; readonly shift: number; readonly zero: number }

/** The parts of a target that a plan speaks of. */
interface Target { readonly code: Field; readonly scale: Field; readonly zero: Field | undefined }

const wholeElement = (f: Field, rank: number): boolean => f.axes.length === rank && f.axes.every((a) => a.div === 1 && a.mod === 0);
const isFloat = (f: Field): boolean => f.dtype.kind === "float" || f.dtype.kind === "scale";

/** A target's parts, if it has a number for each element and a scale, and perhaps a zero point, for each block. */
function partsOf(f: Format): Target | undefined {
  const codes = f.fields.filter((g) => wholeElement(g, f.axes.length)), others = f.fields.filter((g) => !codes.includes(g)), scales = others.filter(isFloat), zeros = others.filter((g) => !isFloat(g));
  const [code] = codes, [scale] = scales;
  return codes.length === 1 && scales.length === 1 && zeros.length <= 1 && f.axes.length === 1 ? { code, scale, zero: zeros[0] } : undefined;
}

const isValue = (x: unknown): x is Value => typeof x === "object" && x !== null && "space" in x;

/** A builder that notes which f32 tiles hang on none of some tensors. */
function noting(b: Builder, from: ReadonlySet<number>): { readonly b: Builder; readonly free: readonly Value[] } {
  const bound = new Set(from), free: Value[] = [];
  const noted = (call: (...args: unknown[]) => unknown) => (...args: unknown[]): unknown => {
    const out = call(...args), operands = args.flatMap((a) => (typeof a === "object" && a !== null ? Object.values(a) : [])).filter(isValue);
    if (isValue(out) && operands.some((v) => bound.has(v.id))) bound.add(out.id);
    else if (isValue(out) && out.space === "reg" && out.dtype.name === "f32") free.push(out);
    return out;
  };
  const calls = Object.entries(b).map(([name, own]) => [name, typeof own === "function" ? noted(own as (...args: unknown[]) => unknown) : own]);
  return { b: Object.fromEntries(calls) as Builder, free };
}

/** Loads a window, and everything on the way to its values that is the same for all elements of a block. */
function withScales(b: Builder, w: FormatParam, window: FormatWindow): { readonly values: Value; readonly scales: readonly Value[] } {
  const elements = new Set([...w.tensors.values()].filter((t) => wholeElement(t.of.field, w.format.axes.length)).map((t) => t.value.id));
  const { b: noted, free } = noting(b, elements), values = loadFormat(noted, w, window), shape = window.sizes;
  return { values, scales: free.filter((v) => v.shape.length === shape.length && v.shape.every((n, d) => n === shape[d])) };
}

/** Fields made by a plan. */
function planned(t: Target, plan: Plan, scales: readonly Value[]): (e: FormatEncoding) => Readonly<Record<string, Value>> {
  return ({ b, x }) => {
    const shape = x.shape.map((n) => knownScalar(n) ?? NaN), block = shape[shape.length - 1], div = t.scale.axes[0]?.div ?? block, local = block / div;
    const fine = [...shape.slice(0, -1), local, div], fold = (v: Value): Value => b.reshape({ x: v }, { shape: fine });
    const from = scales[plan.scale] ?? fail({ code: "T0709", message: `the format has ${scales.length} scales`, help: "try another" });
    const own = b.reduce_max({ x: fold(from) }, { axis: -1 }), scale = plan.factor === 1 ? own : b.mul({ x: own, y: plan.factor });
    const none = b.eq({ x: scale, y: 0 }), ratio = b.select({ condition: none, x: 0, y: b.div({ x: fold(x), y: b.select({ condition: none, x: 1, y: scale }) }) });
    const whole = t.code.dtype.kind === "float" || t.code.dtype.kind === "codebook" ? ratio : b.round({ x: ratio });
    const code = b.reshape({ x: plan.shift === 0 ? whole : b.add({ x: whole, y: plan.shift }) }, { shape });
    const grouped = [...shape.slice(0, -1), local];
    return {
      [t.code.name]: code, [t.scale.name]: b.reshape({ x: scale }, { shape: grouped }),
      ...(t.zero ? { [t.zero.name]: b.fill({}, { value: plan.zero, dtype: f32, shape: grouped }) } : {}),
    };
  };
}

/** A Program from one format to the other by a plan; without one by values and the target's own encoding. */
const conversion = (from: Format, to: Format, shape: readonly [number, number], tiling: FormatTiling, plan: Plan | undefined): Program =>
  inWindows("repack", [from, to], to, shape, tiling, (b) => {
    const x = formatParam(b, "x", "in", from, shape), w = formatParam(b, "w", "inout", to, shape), t = partsOf(to);
    return (at) => {
      const { values, scales } = plan ? withScales(b, x, at) : { values: loadFormat(b, x, at), scales: [] };
      storeFormat(b, plan && t ? { ...w, format: { ...to, encode: planned(t, plan, scales) } } : w, at, values.dtype.name === "f32" ? values : b.cast({ x: values }, { to: f32 }));
    };
  });

/** A sample of a format: every field random, all codes of small types among them. */
function sample(f: Format, columns: number): FormatTile {
  const shape = [8, columns] as const;
  return { format: f, shape, fields: Object.fromEntries(formatTensors(f, shape).map((t, i) => [t.field.name, randomTile(t.dtype, t.shape.map((n) => Number(n)), 7 + i)])) };
}

const plans = new WeakMap<Format, WeakMap<Format, Plan | "none">>();

/** How numbers are kept from one format to the other; undefined where they can't be. */
function planOf(from: Format, to: Format): Plan | undefined {
  const known = plans.get(from)?.get(to);
  if (known) return known === "none" ? undefined : known;
  const found = search(from, to), of = plans.get(from) ?? new WeakMap<Format, Plan | "none">();
  of.set(to, found ?? "none");
  plans.set(from, of);
  return found;
}

const blockOf = (f: Format): number => f.axes[f.axes.length - 1].block ?? 1;

function search(from: Format, to: Format): Plan | undefined {
  const t = partsOf(to);
  if (!t || from.axes.length !== 1) return undefined;
  const given = sample(from, Math.max(256, lcm(blockOf(from), blockOf(to)))), want = formatValues(given), { min, max, kind } = t.code.dtype;
  const integer = kind !== "float" && kind !== "codebook", shifts = integer ? [...new Set([0, 2 ** (t.code.dtype.bits - 1), 2 ** (t.code.dtype.bits - 1) - 1, Math.ceil((min + max) / 2)])] : [0];
  for (let scale = 0; scale < 4; scale++)
    for (const factor of [1, 0.5, 2])
      for (const shift of shifts) {
        const plan: Plan = { scale, factor, shift, zero: t.zero ? shift : 0 };
        try { if (same(formatValues(run(given, to, plan)), want)) return plan; } catch (x) {
          if (!(x instanceof Diagnostic)) throw x;
        }
      }
  return undefined;
}

const same = (a: Float32Array, b: Float32Array): boolean => a.every((x, i) => x === b[i] || (Number.isNaN(x) && Number.isNaN(b[i])));

/** Converts on the host. */
function run(w: FormatTile, to: Format, plan: Plan | undefined): FormatTile {
  const columns = w.shape[w.shape.length - 1], matrix: [number, number] = [sizeOf(w.shape) / columns, columns];
  const inputs: Record<string, Tile> = {};
  for (const t of formatTensors(w.format, matrix)) inputs[`x.${t.field.name}`] = { ...(w.fields[t.field.name]), shape: t.shape.map(Number) };
  for (const t of formatTensors(to, matrix)) inputs[`w.${t.field.name}`] = makeTile(t.dtype, t.shape.map(Number));
  const out = interpret(conversion(w.format, to, matrix, hostTiling, plan), inputs);
  return { format: to, shape: w.shape, fields: Object.fromEntries(formatTensors(to, w.shape).map((t) => [t.field.name, { ...out[`w.${t.field.name}`], shape: t.shape.map(Number) }])) };
}

/**
 * A Program that makes a matrix `w` of one format of a matrix `x` of another: without loss where that can be, else by values.
 * @throws Diagnostic T0708 if the target isn't encoded, and no way without loss is found
 */
export const repackProgram = (from: Format, to: Format, shape: readonly [number, number], tiling: FormatTiling = deviceTiling): Program => conversion(from, to, shape, tiling, planOf(from, to));

/** How far numbers are from what they were. */
export interface FormatError {
  /** Largest difference, and the root of the mean square of all. */
  readonly max: number;
  readonly rms: number;
  /** Signal to quantisation noise, in dB: infinite where nothing is lost. */
  readonly sqnr: number;
}

/**
 * The error of numbers that stand for others.
 * @example
 * ```ts
 * formatError([1, 2], [1, 2.5]).max; // => 0.5
 * ```
 */
export function formatError(values: ArrayLike<number>, back: ArrayLike<number>): FormatError {
  let max = 0, noise = 0, signal = 0;
  for (let i = 0; i < values.length; i++) {
    const d = Math.abs(values[i] - back[i]);
    if (values[i] === back[i] || (Number.isNaN(values[i]) && Number.isNaN(back[i]))) { if (Number.isFinite(values[i])) signal += values[i] ** 2; continue; }
    max = Math.max(max, Number.isNaN(d) ? Infinity : d);
    noise += Number.isNaN(d) ? Infinity : d * d;
    signal += values[i] ** 2;
  }
  return { max, rms: Math.sqrt(noise / Math.max(1, values.length)), sqnr: noise === 0 ? Infinity : 10 * Math.log10(signal / noise) };
}

/**
 * A tensor of another format with the same numbers, or with such as are near.
 * @returns the tensor, and what was lost: nothing where both formats are numbers of few bits times a scale, and the target has room
 * @throws Diagnostic T0708 if the target isn't encoded and would have to be
 */
export function repackFormat(w: FormatTile, to: Format): { readonly tensor: FormatTile; readonly error: FormatError } {
  const values = formatValues(w), plan = planOf(w.format, to);
  if (plan) {
    const tensor = run(w, to, plan), error = formatError(values, formatValues(tensor));
    if (error.max === 0 || !to.encode) return { tensor, error };
  }
  const tensor = run(w, to, undefined);
  return { tensor, error: formatError(values, formatValues(tensor)) };
}

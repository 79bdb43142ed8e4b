// Tensors of a format on the host: bytes to fields, fields to bytes, and both ways between fields and numbers, by the interpreter.
import { Bug, fail } from "../diagnostic.ts";
import { pack, unpack, wordCount } from "../layout/index.ts";
import { formatTensors } from "./format-tensors.ts";
import { dequantiseProgram, hostTiling, needGiven, quantiseProgram } from "./format-kernels.ts";
import type { Format } from "./format.ts";
import { checkFormatShape, formatSizes, sizes } from "./format-sizes.ts";
import { interpret } from "./interpret.ts";
import { tileCodes, tileFromCodes } from "./isa/data.ts";
import { dtype } from "./dtype.ts";
import { makeTile, sizeOf, type Tile } from "./tile.ts";

/** A tensor of a format: the elements of each field, by name. */
export interface FormatTile {
  readonly format: Format;
  readonly shape: readonly number[];
  readonly fields: Readonly<Record<string, Tile>>;
}

/** The packed bytes of a tensor of a format: the blocks under "", each field beside under its name. */
export type FormatBytes = Readonly<Record<string, Uint8Array>>;

/** Bytes as little-endian words, the last one filled with zeros. */
function wordsOf(bytes: Uint8Array, count: number): Uint32Array {
  const words = new Uint32Array(count);
  new Uint8Array(words.buffer).set(bytes.subarray(0, count * 4));
  return words;
}

/**
 * The fields of packed bytes.
 * @throws Diagnostic H0301, H0701; H0702 for buffers that are missing or too short
 */
export function unpackFormat(f: Format, shape: readonly number[], bytes: FormatBytes): FormatTile {
  const need = formatSizes(f, shape);
  const fields = formatTensors(f, shape).map((t) => {
    const given = bytes[t.buffer], what = t.buffer === "" ? "the blocks" : `'${t.buffer}'`, exact = need[t.buffer] ?? 0;
    const least = t.buffer === "" ? exact : exact - 3; // a field's last word may be cut to bytes
    if (!given) return fail({ code: "H0702", message: `${what} of a tensor of format ${f.name} are missing`, help: `give ${exact} bytes` });
    if (given.length < least) return fail({ code: "H0702", message: `${what} of ${f.name}[${shape.join(", ")}] take ${exact} bytes, found ${given.length}`, help: "check the shape and the format" });
    const extents = sizes(t), words = wordsOf(given, wordCount(t.packing, t.dtype.bits, extents));
    return [t.field.name, tileFromCodes(t.dtype, extents, unpack(t.packing, t.dtype.bits, extents, words))] as const;
  });
  return { format: f, shape, fields: Object.fromEntries(fields) };
}

/** Packed bytes of fields. */
export function packFormat(x: FormatTile): FormatBytes {
  const need = formatSizes(x.format, x.shape), out: Record<string, Uint8Array> = {};
  for (const [name, size] of Object.entries(need)) out[name] = new Uint8Array(size);
  for (const t of formatTensors(x.format, x.shape)) {
    const tile = x.fields[t.field.name];
    if (!tile) throw new Bug(`no field ${t.field.name}`);
    const words = pack(t.packing, t.dtype.bits, sizes(t), tileCodes(tile)), from = new Uint8Array(words.buffer, words.byteOffset, words.byteLength), to = out[t.buffer];
    for (let i = 0; i < to.length; i++) to[i] |= from[i]; // fields of a block have no bit in common
  }
  return out;
}

/**
 * A tensor's sizes as the matrix that the kernels of formats take: its last axis, and all others in one.
 * @throws Diagnostic H0405 for a tensor that a format of two axes leaves more than a matrix
 * @example
 * ```ts
 * import { formatNamed } from "bitloom/lang";
 * const q8 = formatNamed("q8_0");
 * formatMatrix(q8, [2, 3, 64]); // => [6, 64]
 * ```
 */
export function formatMatrix(f: Format, shape: readonly number[]): readonly [number, number] {
  const rank = shape.length, columns = shape[rank - 1] ?? 1;
  if (f.axes.length > 1 && rank !== f.axes.length)
    fail({ code: "H0405", message: `${f.name} is a format of matrices, found the shape [${shape.join(", ")}]`, help: "take its matrices one by one" });
  return [sizeOf(shape) / Math.max(1, columns), columns];
}

/** The fields under the names and shapes that the kernels of a matrix take. */
function asInputs(f: Format, matrix: readonly number[], fields: Readonly<Record<string, Tile>>): Record<string, Tile> {
  return Object.fromEntries(formatTensors(f, matrix).map((t) => [`w.${t.field.name}`, { ...(fields[t.field.name] as Tile), shape: sizes(t) }]));
}

/**
 * The values of a tensor of a format, row-major.
 * @example
 * ```ts
 * import { formatNamed } from "bitloom/lang";
 * const q8 = formatNamed("q8_0");
 * const w = unpackFormat(q8, [1, 32], { "": new Uint8Array(34).fill(1) });
 * formatValues(w)[0] === halfValue(0x0101); // => true
 * ```
 */
export function formatValues(x: FormatTile): Float32Array {
  const matrix = formatMatrix(x.format, x.shape);
  if (sizeOf(matrix) === 0) return new Float32Array(0);
  const { x: out } = interpret(dequantiseProgram(x.format, matrix, hostTiling), asInputs(x.format, matrix, x.fields));
  if (!(out?.data instanceof Float32Array)) throw new Bug("values are f32");
  return out.data;
}

/**
 * Numbers as a tensor of a format, by the format's own encoding.
 * @param given fields that the tensor has once and that the encoding reads
 * @throws Diagnostic H0301, H0302, H0701, T0708, T0709; H0702 where a field that is to be given isn't
 */
export function quantiseFormat(f: Format, shape: readonly number[], values: Float32Array, given: Readonly<Record<string, Tile>> = {}): FormatTile {
  checkFormatShape(f, shape);
  if (values.length !== sizeOf(shape)) fail({ code: "H0302", message: `${values.length} numbers for a tensor of [${shape.join(", ")}]`, help: "give one number per element, row-major" });
  const matrix = formatMatrix(f, shape), tensors = formatTensors(f, matrix);
  const empty = Object.fromEntries(tensors.map((t) => [t.field.name, given[t.field.name] ?? makeTile(t.dtype, sizes(t))]));
  if (sizeOf(matrix) === 0) return { format: f, shape, fields: empty };
  const program = quantiseProgram(f, matrix, hostTiling);
  needGiven(f, program, given);
  const out = interpret(program, { ...asInputs(f, matrix, empty), x: { dtype: dtype("f32"), shape: matrix, data: values } });
  const own = formatTensors(f, shape);
  return { format: f, shape, fields: Object.fromEntries(own.map((t) => [t.field.name, { ...(out[`w.${t.field.name}`] as Tile), shape: sizes(t) }])) };
}

// Tiles as plain numbers. Every inner loop of the reference semantics runs over doubles, which hold each value of
// each type exactly: one kind of array, so the loops stay fast whatever the types are.
import { Bug } from "../../diagnostic.ts";
import type { DType, EncodeOptions } from "../dtype.ts";
import { HALF_MAX, halfBits, halfValue, roundToHalf } from "../half.ts";
import { makeData, sizeOf, type Tile, type TileData } from "../tile.ts";

const FLOAT_MAX = (2 - 2 ** -23) * 2 ** 127;

/** Applies a function of a code to all codes, by a table where that is less work. */
function eachCode(codes: TileData, bits: number, f: (code: number) => number): Float64Array {
  const out = new Float64Array(codes.length);
  if (bits <= 16 && codes.length > 2 ** bits) {
    const table = Float64Array.from({ length: 2 ** bits }, (_, c) => f(c));
    for (let i = 0; i < out.length; i++) out[i] = table[codes[i]];
  } else for (let i = 0; i < out.length; i++) out[i] = f(codes[i]);
  return out;
}

/**
 * The values of a tile, row-major; booleans are 0 and 1.
 * @example
 * ```ts
 * tileValues(tileFromCodes(dtype("b2"), [4], [0, 1, 2, 3])); // => new Float64Array([-3, -1, 1, 3])
 * ```
 */
export const tileValues = (t: Tile): Float64Array =>
  t.dtype.storage ? eachCode(t.data, t.dtype.bits, t.dtype.decode) : new Float64Array(t.data);

/** The codes of a tile, row-major: what its elements are in memory. NaN gives the usual quiet one. */
export function tileCodes(t: Tile): Uint32Array {
  if (t.dtype.name === "f32") return new Uint32Array(t.data.buffer.slice(t.data.byteOffset, t.data.byteOffset + t.data.byteLength));
  if (t.dtype.name === "f16") return Uint32Array.from(t.data, (x: number) => halfBits(x));
  return new Uint32Array(t.data);
}

const checkCount = (shape: readonly number[], n: number): void => {
  if (sizeOf(shape) !== n) throw new Bug(`${n} elements for a tile of [${shape.join(", ")}]`);
};

/** A tile of values that are already values of a compute type, or of codes of a storage type. */
export function tileOf(dtype: DType, shape: readonly number[], elements: ArrayLike<number>): Tile {
  checkCount(shape, elements.length);
  const data = makeData(dtype, elements.length);
  data.set(elements);
  return { dtype, shape, data };
}

/**
 * A tile from codes, row-major.
 * @example
 * ```ts
 * tileValues(tileFromCodes(dtype("f16"), [1], [0x3c00]))[0]; // => 1
 * ```
 */
export function tileFromCodes(dtype: DType, shape: readonly number[], codes: ArrayLike<number>): Tile {
  if (dtype.name === "f32") { checkCount(shape, codes.length); return { dtype, shape, data: new Float32Array(Uint32Array.from(codes).buffer) }; }
  return tileOf(dtype, shape, dtype.name === "f16" ? Float64Array.from(codes, halfValue) : codes);
}

/** Adding and subtracting it rounds a double to a whole number, ties to even. */
const WHOLE = 1.5 * 2 ** 52;

/** How a number becomes an element of a type: the nearest value or its code, as `as` does. Quick forms of `dtype.encode`. */
export function roundTo(dtype: DType, options: EncodeOptions = {}): (x: number) => number {
  const { bits, min, max } = dtype, usual = (options.rounding ?? "even") === "even" && options.saturate !== false;
  const plain = (x: number): number => dtype.encode(x, options);
  if (dtype.name === "f32") return (x) => { const r = Math.fround(x); return Number.isFinite(r) || !Number.isFinite(x) ? r : Math.sign(x) * FLOAT_MAX; };
  if (dtype.name === "f16" && !usual) return (x) => dtype.decode(plain(x));
  if (dtype.name === "f16") return (x) => { const r = roundToHalf(x); return Number.isFinite(r) || !Number.isFinite(x) ? r : Math.sign(x) * HALF_MAX; };
  if (!usual) return dtype.name === "i32" ? (x) => plain(x) | 0 : plain;
  const within = (x: number): boolean => x >= min && x <= max;
  switch (dtype.kind) {
    case "uint": return (x) => (within(x) ? x + WHOLE - WHOLE : plain(x));
    case "int": {
      if (bits === 32) return (x) => (within(x) ? x + WHOLE - WHOLE : plain(x) | 0);
      const mask = 2 ** bits - 1;
      return (x) => (within(x) ? (x + WHOLE - WHOLE) & mask : plain(x));
    }
    case "bipolar": { const half = 2 ** (bits - 1); return (x) => (within(x) ? Math.floor(x / 2) + half : plain(x)); }
    case "float": case "scale": return bits <= 8 && (options.from === "f32" || options.from === "f16") ? byUpperHalf(dtype) : plain;
    case "bool": case "codebook": return plain;
    default: return dtype.kind satisfies never;
  }
}

const float = new Float32Array(1), floatBits = new Uint32Array(float.buffer);
const upperHalves = new WeakMap<DType, Int16Array>();

/**
 * Codes of f32 numbers in a float type of up to 8 bits. Its values and the middles between them have at most 7 mantissa bits, so the
 * upper 16 bits of the f32 decide, and whether the lower ones are zero. What was found once is remembered.
 */
function byUpperHalf(dtype: DType): (x: number) => number {
  const known = upperHalves.get(dtype) ?? new Int16Array(2 ** 17).fill(-1);
  upperHalves.set(dtype, known);
  return (x) => {
    float[0] = x;
    const b = floatBits[0], i = (b >>> 16) * 2 + ((b & 0xffff) === 0 ? 0 : 1);
    return known[i] >= 0 ? known[i] : (known[i] = dtype.encode(x));
  };
}

/**
 * A tile from any numbers, row-major, each rounded to the nearest value of the type and saturating.
 * @example
 * ```ts
 * tileFromValues(dtype("u3"), [3], [1.5, 9, -1]).data; // => new Uint8Array([2, 7, 0])
 * ```
 */
export const tileFromValues = (dtype: DType, shape: readonly number[], values: ArrayLike<number>): Tile =>
  tileOf(dtype, shape, Float64Array.from(values, roundTo(dtype)));

/** A tile that nobody has written: all code bits one, so NaN, -1 or the largest code. Whoever reads it shows. */
export function garbage(dtype: DType, shape: readonly number[]): Tile {
  const data = makeData(dtype, sizeOf(shape));
  return { dtype, shape, data: data.fill(dtype.compute === "f32" && !dtype.storage || dtype.name === "f16" ? NaN : dtype.name === "i32" ? -1 : 2 ** dtype.bits - 1) };
}

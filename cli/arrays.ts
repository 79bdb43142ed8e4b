// Arrays of files and of chance as tiles of the VM, and tiles as files.
import { didYouMean, fail } from "../diagnostic.ts";
import { dense, unpack } from "../layout/index.ts";
import { loadNpy, openNpz, openSafetensors, openWeights, weightValues, type NpyArray, type NpyDtype, type SafetensorsDtype } from "../runtime/index.ts";
import { dtype, halfBits, makeTile, type DType, type Tile } from "../vm/index.ts";

export { randomTile } from "../vm/index.ts";
import { usage } from "./command.ts";
import type { Io } from "./io.ts";
import { progress } from "./progress.ts";

/** Numbers with a shape, before they become a tile of some type. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
  /** What messages call it. */
  readonly name: string;
}

/** The number type of each type of safetensors; those that JavaScript has arrays for are read by them. */
export const safetensorsTypes: Readonly<Partial<Record<SafetensorsDtype, string>>> = {
  F8_E4M3: "f8e4m3", F8_E5M2: "f8e5m2", F8_E8M0: "e8m0", F4: "f4e2m1", F6_E2M3: "f6e2m3", F6_E3M2: "f6e3m2", F16: "f16", BF16: "bf16",
};
const safetensorsArrays: Readonly<Partial<Record<SafetensorsDtype, new (b: ArrayBuffer) => ArrayLike<number | bigint>>>> = {
  BOOL: Uint8Array, U8: Uint8Array, I8: Int8Array, I16: Int16Array, U16: Uint16Array, I32: Int32Array, U32: Uint32Array,
  F32: Float32Array, I64: BigInt64Array, U64: BigUint64Array, F64: Float64Array,
};

/** Codes that lie densely in bytes, as numbers. */
function decoded(type: DType, bytes: Uint8Array, n: number): Float64Array {
  const words = new Uint32Array(Math.ceil(bytes.length / 4));
  new Uint8Array(words.buffer).set(bytes);
  const codes = n === 0 ? new Uint8Array(0) : unpack(dense(1), type.bits, [n], words);
  return Float64Array.from(codes, (c) => type.decode(c));
}

const numbersOf = (values: ArrayLike<number | bigint>): ArrayLike<number> =>
  values instanceof BigInt64Array || values instanceof BigUint64Array ? Float64Array.from(values, Number) : (values as ArrayLike<number>);

/** Whether a file is one that only `openWeights` reads. */
export const isWeights = (file: string): boolean => /\.(gguf|onnx|index\.json)$/.test(file);

/** Splits `model.safetensors:layer.weight` and `a.npz:x`. */
export function splitSource(source: string): readonly [file: string, tensor: string | undefined] {
  const m = /^(.*\.(?:safetensors|npz|gguf|onnx|index\.json))(?::(.*))?$/s.exec(source);
  return m ? [m[1] ?? "", m[2]] : [source, undefined];
}

type Report = (done: number, total: number) => void;

/** A file of several wants a name. */
const nameOne = (file: string, names: readonly string[], what: string): never =>
  usage(`'${file}' has ${names.length} ${what}`, `name one: ${file}:${names[0] ?? "name"}${names.length > 1 ? ` (it has ${names.slice(0, 12).join(", ")}${names.length > 12 ? ", …" : ""})` : ""}`);

const fromNpy = (a: NpyArray, name: string): Numbers =>
  ({ shape: a.shape, values: a.dtype === "f2" ? Float64Array.from(a.data as Uint16Array, (c) => dtype("f16").decode(c)) : numbersOf(a.data), name });

async function fromNpz(file: string, name: string | undefined, report: Report): Promise<Numbers> {
  const f = await openNpz(file, { progress: report });
  try {
    return fromNpy(await f.read(name ?? nameOne(file, f.names, "arrays")), `${file}:${name ?? ""}`);
  } finally {
    await f.close();
  }
}

async function fromSafetensors(file: string, name: string | undefined, report: Report): Promise<Numbers> {
  const f = await openSafetensors(file, { progress: report });
  try {
    const names = [...f.tensors.keys()];
    if (name === undefined) return nameOne(file, names, "tensors");
    const entry = f.tensors.get(name);
    if (!entry) {
      const near = didYouMean(name, names);
      return fail({ code: "H0202", message: `'${file}' has no tensor '${name}'`, help: near ? `did you mean '${near}'?` : `it has ${names.slice(0, 12).join(", ")}` });
    }
    const bytes = await f.read(name), n = entry.shape.reduce((a, b) => a * b, 1), own = safetensorsTypes[entry.dtype], array = safetensorsArrays[entry.dtype];
    const values = own ? decoded(dtype(own), bytes, n) : array ? numbersOf(new array(new Uint8Array(bytes).buffer)) : undefined;
    return values ? { shape: entry.shape, values, name: `${file}:${name}` } : fail({ code: "H0203", message: `tensors of ${entry.dtype} can't be used`, help: "convert it to F32" });
  } finally {
    await f.close();
  }
}

/** Numbers of a tensor of any weight file, whatever they are stored as. */
async function fromWeights(file: string, name: string | undefined): Promise<Numbers> {
  const f = await openWeights(file);
  try {
    const t = f.tensor(name ?? nameOne(file, f.tensors.map((x) => x.name), "tensors"));
    return { shape: t.shape, values: await weightValues(f, t.name), name: `${file}:${t.name}` };
  } finally {
    await f.close();
  }
}

/** A list of numbers, nested as the axes are: `[[1, 2], [3, -inf]]`. */
function listed(text: string): Numbers {
  const wrong = (why: string): never => usage(`'${text.length > 40 ? `${text.slice(0, 39)}…` : text}' is no list of numbers: ${why}`, "write [1, 2.5, -inf], or [[1, 2], [3, 4]] for two axes");
  const shape: number[] = [], values: number[] = [], tokens = text.match(/[[\],]|[^\s[\],]+/g) ?? [];
  let at = 0, leaf: number | undefined;
  const list = (depth: number): void => {
    let n = 0;
    for (at++; tokens[at] !== "]"; n++) {
      if (n > 0 && tokens[at++] !== ",") wrong("a comma is missing");
      const t = tokens[at];
      if (t === undefined) return wrong("a bracket isn't closed");
      if (t === "[") { if (leaf !== undefined && depth >= leaf) wrong("lists are not of one depth"); list(depth + 1); continue; }
      const x = constants.get(t) ?? Number(t);
      if (Number.isNaN(x) && t !== "nan") wrong(`${t} is no number`);
      if ((leaf ??= depth) !== depth) wrong("lists are not of one depth");
      values.push(x);
      at++;
    }
    at++;
    if ((shape[depth] ??= n) !== n) wrong("rows differ in length");
  };
  list(0);
  if (at < tokens.length) wrong("something follows the list");
  return { shape, values, name: "the list" };
}
const constants: ReadonlyMap<string, number> = new Map([["inf", Infinity], ["-inf", -Infinity], ["nan", NaN]]);

/** The number that a source gives to every element; undefined if it is none. */
export const everywhere = (source: string): number | undefined => constants.get(source) ?? (/^-?[\d.]/.test(source) && Number.isFinite(Number(source)) ? Number(source) : undefined);

/** Reads a .npy file, an array of a .npz or .safetensors file, or a list. @throws Diagnostic H0201 to H0209 */
export async function readNumbers(source: string, io: Pick<Io, "err" | "terminal" | "used">): Promise<Numbers> {
  if (source.startsWith("[")) return listed(source);
  const [file, name] = splitSource(source), bar = progress(io, `reading ${file}`);
  io.used?.(file);
  try {
    if (file.endsWith(".safetensors")) return await fromSafetensors(file, name, bar.at);
    if (isWeights(file)) return await fromWeights(file, name);
    if (file.endsWith(".npz")) return await fromNpz(file, name, bar.at);
    if (!file.endsWith(".npy")) return usage(`can't tell what '${source}' is`, "sources are FILE.npy, FILE.npz:name, FILE.safetensors:name, FILE.gguf:name, FILE.onnx:name, random:SEED, [1, 2, 3], and 0 for zeros");
    return fromNpy(await loadNpy(file, { progress: bar.at }), file);
  } finally {
    bar.end();
  }
}

/**
 * A tile of numbers. Floats are rounded to the nearest; values of integer types must be in the type.
 * @param codes the numbers are codes, not values
 * @throws Diagnostic H0305, H0306
 */
export function tileOf(type: DType, from: Numbers, codes: boolean): Tile {
  const tile = makeTile(type, from.shape), exact = type.kind !== "float" && type.kind !== "scale", end = 2 ** type.bits;
  for (let i = 0; i < from.values.length; i++) {
    const x = from.values[i] ?? 0;
    if (codes && !(Number.isInteger(x) && x >= 0 && x < end))
      fail({ code: "H0306", message: `element ${i} of ${from.name} is ${x}; ${type.name} has the codes 0 to ${end - 1}`, help: "leave --codes out if these are values" });
    const code = codes ? x : type.encode(x, type.bits === 32 && exact ? { from: type.compute } : undefined), value = type.decode(code);
    if (!codes && exact && value !== x)
      fail({ code: "H0305", message: `element ${i} of ${from.name} is ${x}, which is no ${type.name}`, help: `${type.name} holds ${type.min} to ${type.max}${type.hasZero ? "" : ", odd numbers only"}; --codes says that a file holds codes` });
    tile.data[i] = type.storage ? code : value;
  }
  return tile;
}

/** The values of a tile as numbers. */
export function valuesOf(t: Tile): Float64Array {
  const out = new Float64Array(t.data.length);
  for (let i = 0; i < out.length; i++) out[i] = t.dtype.storage ? t.dtype.decode(t.data[i] ?? 0) : t.data[i] ?? 0;
  return out;
}

/** The type of .npy that holds values of a number type exactly, and how to make its array. */
function npyType(t: DType): readonly [NpyDtype, (v: Float64Array) => NpyArray["data"]] {
  if (t.name === "f16") return ["f2", (v) => Uint16Array.from(v, (x) => halfBits(x))];
  if (t.compute === "f32" || t.compute === "f16") return ["f4", (v) => Float32Array.from(v)];
  if (t.kind === "bool") return ["b1", (v) => Uint8Array.from(v)];
  if (t.min >= 0) return t.max < 2 ** 8 ? ["u1", (v) => Uint8Array.from(v)] : t.max < 2 ** 16 ? ["u2", (v) => Uint16Array.from(v)] : ["u4", (v) => Uint32Array.from(v)];
  return t.max < 2 ** 7 ? ["i1", (v) => Int8Array.from(v)] : t.max < 2 ** 15 ? ["i2", (v) => Int16Array.from(v)] : ["i4", (v) => Int32Array.from(v)];
}

/** A tile as an array of NumPy: its values in the narrowest type that holds them, or its codes. */
export function npyOf(t: Tile, codes: boolean): NpyArray {
  if (codes && t.dtype.storage) {
    const data = t.data;
    return data instanceof Uint8Array ? { dtype: "u1", shape: t.shape, data: Uint8Array.from(data) }
      : data instanceof Uint16Array ? { dtype: "u2", shape: t.shape, data: Uint16Array.from(data) }
      : { dtype: "u4", shape: t.shape, data: Uint32Array.from(data) };
  }
  const [dtypeName, make] = npyType(t.dtype);
  return { dtype: dtypeName, shape: t.shape, data: make(valuesOf(t)) };
}

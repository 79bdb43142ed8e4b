// A weight file with tensors in another format: numbers encoded anew (quantise), or the fields of one format made those of another
// (repack). Tensors go through one by one, in chunks of rows; what isn't converted is copied as it is.
import { fail } from "../../diagnostic.ts";
import { dense, equalPacking } from "../../layout/index.ts";
import { formatError, formatSizes, formatTensors, formatValues, packFormat, quantiseFormat, repackFormat, tileFromValues, unpackFormat, type Format, type FormatBytes, type FormatError, type FormatTile } from "../../vm/index.ts";
import type { Device } from "../device.ts";
import type { SafetensorsAbout, SafetensorsDtype } from "../files/safetensors.ts";
import { declaredArray, declaredKey, isDeclared } from "./declared.ts";
import { safetensorsNames } from "./safetensors.ts";
import { saveSafetensors, type SafetensorsStream } from "./save.ts";
import { count, show, sizes, storages } from "./storage.ts";
import type { WeightFile, WeightPart, WeightTensor } from "./types.ts";
import { libraryFormat, rowReader, weightValues, type RowReader } from "./values.ts";

/** What is converted, and to what. */
export interface ConvertOptions {
  /** Text of a format of the library: `q4_0`, `grouped(Q: i3, group: 64)`. */
  readonly format: string;
  /** Which tensors; default all that the format takes. */
  readonly wanted?: ((name: string) => boolean) | undefined;
  /** From fields to fields: lossless where that can be. Else, the default, from numbers. */
  readonly repack?: boolean | undefined;
  /** Where numbers are encoded and fields are made others: on this device, by kernels, or, left out, on the host. */
  readonly device?: Device | undefined;
  /** Fields that a format has once for a tensor and that its encoding reads, by name. Those left out are looked for in the file: a tensor of one number called as the field, beside the tensor. */
  readonly given?: Readonly<Record<string, number>> | undefined;
  /** Is told how many bytes of the new file are written, and how many there will be. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

/** A tensor that was converted. */
export interface Converted extends FormatError {
  readonly name: string;
  readonly from: string;
  readonly shape: readonly number[];
  readonly weights: number;
  readonly bytes: number;
  readonly bitsPerWeight: number;
}

/** What became of a file. */
export interface ConvertReport {
  readonly format: string;
  readonly converted: readonly Converted[];
  /** Tensors that are as they were, and why. */
  readonly copied: readonly { readonly name: string; readonly format: string; readonly why: string }[];
}

/** Numbers of a chunk. It has whole words of every field: 32 rows, of whatever size. */
const CHUNK = 1 << 18;

const dtypes = new Map(Object.entries(safetensorsNames).map(([theirs, ours]) => [ours, theirs as SafetensorsDtype]));
const floats = new Set(["f32", "f16", "bf16", "f64"]);

/** Why a tensor isn't converted; undefined where it is. */
function whyNot(t: WeightTensor, f: Format, options: ConvertOptions): string | undefined {
  if (options.wanted && !options.wanted(t.name)) return "not asked for";
  const plain = storages.has(t.format) && (storages.get(t.format)?.elements ?? 0) <= 4;
  if (options.repack ? plain : !floats.has(t.format)) return options.repack ? "no quantised format: quantise it" : "no floats: repack it if it is quantised";
  if (t.shape.length < Math.max(2, f.axes.length)) return `only ${t.shape.length} ${t.shape.length === 1 ? "axis" : "axes"}`;
  if (f.axes.length > 1 && t.shape.length !== f.axes.length) return `${t.shape.length} axes, the format is one of ${f.axes.length}`;
  if (count(t.shape) === 0) return "empty";
  const odd = f.axes.find((a, i) => a.block !== undefined && (t.shape[t.shape.length - f.axes.length + i] ?? 0) % a.block !== 0);
  return odd && `${t.shape.at(-1) ?? 0} is no whole number of blocks of ${odd.block ?? 1}`;
}

/** The arrays that a tensor of a format is stored as. */
function arraysOf(f: Format, shape: readonly number[]): readonly { readonly part: string; readonly buffer: string; readonly about: SafetensorsAbout; readonly bytes: number }[] {
  return Object.entries(formatSizes(f, shape)).map(([buffer, bytes]) => {
    if (buffer === "") return { part: "data", buffer, bytes, about: { dtype: "U8", shape: [...shape.slice(0, -1), bytes / ((count(shape) ?? 1) / (shape.at(-1) ?? 1))] } };
    const t = formatTensors(f, shape).find((x) => x.buffer === buffer), own = t && dtypes.get(t.dtype.name), extents = t?.shape.map(Number) ?? [], exact = (count(extents) ?? 0) * ((t?.dtype.bits ?? 0) / 8);
    const plain = t && own && t.dtype.bits % 8 === 0 && equalPacking(t.packing, dense(extents.length)) && bytes - exact < 4;
    return plain ? { part: buffer, buffer, bytes: exact, about: { dtype: own, shape: extents } } : { part: buffer, buffer, bytes, about: { dtype: "U32", shape: [bytes / 4] } };
  });
}

/** Sums up the error of chunks. */
class Sum {
  #max = 0; #noise = 0; #signal = 0; #n = 0;
  add(values: Float32Array, back: Float32Array): void {
    const { max, rms } = formatError(values, back);
    this.#max = Math.max(this.#max, max);
    this.#noise += rms * rms * values.length;
    for (const x of values) if (Number.isFinite(x)) this.#signal += x * x;
    this.#n += values.length;
  }
  get error(): FormatError {
    return { max: this.#max, rms: Math.sqrt(this.#noise / Math.max(1, this.#n)), sqnr: this.#noise === 0 ? Infinity : 10 * Math.log10(this.#signal / this.#noise) };
  }
}

type Given = Readonly<Record<string, number>>;

/** Turns numbers and fields into buffers of a format: here, or on a device. */
interface Maker {
  quantise(shape: readonly number[], values: Float32Array, given: Given): Promise<FormatBytes>;
  /** Fields to fields; `values` are their numbers, if they are known, to see what is lost. */
  repack(w: FormatTile, values: () => Promise<Float32Array>, given: Given): Promise<FormatBytes>;
}

const onHost = (f: Format): Maker => ({
  async quantise(shape, values, given) { return packFormat(quantiseFormat(f, shape, values, Object.fromEntries(formatTensors(f, shape).flatMap((t) => { const x = given[t.field.name]; return x === undefined ? [] : [[t.field.name, tileFromValues(t.dtype, [1], [x])]]; })))); },
  async repack(w) { return packFormat(repackFormat(w, f).tensor); },
});

// What works on devices is loaded with the first one. (Where TypeScript lowers `using`, it leaves the endings of modules in import() as they are: none stands beside one.)
const device = {
  work: () => import("../format-work.ts"), tensors: () => import("../tensor.ts"), formats: () => import("../format-tensor.ts"),
};

/** Kernels of the same Programs. Where fields can't be kept, numbers are encoded, as the host does. */
const onDevice = (f: Format, on: Device): Maker => ({
  async quantise(shape, values, given) {
    const [{ tensor }, { quantiseTo }] = await Promise.all([device.tensors(), device.work()]);
    using x = await tensor(on, "f32", shape, values);
    using w = await quantiseTo(x, f, { given: Object.fromEntries(Object.entries(given).map(([name, n]) => [name, [n]])) });
    return w.readBytes();
  },
  async repack(w, numbers, given) {
    const [{ formatTensor }, { repackTo }] = await Promise.all([device.formats(), device.work()]);
    using from = await formatTensor(on, w.format, w.shape, w);
    using made = await repackTo(from, f);
    const bytes = await made.readBytes();
    if (!f.encode) return bytes;
    const values = await numbers();
    return formatError(values, formatValues(unpackFormat(f, w.shape, bytes))).max === 0 ? bytes : this.quantise(w.shape, values, given);
  },
});

/** Fields that a tensor has once, as far as they are told: by the caller, or by a tensor of one number beside it. */
async function givenOf(file: WeightFile, t: WeightTensor, f: Format, told: Given = {}): Promise<Given> {
  const out: Record<string, number> = {}, stem = t.name.slice(0, Math.max(0, t.name.lastIndexOf("."))), all = new Map(file.tensors.map((x) => [x.name, x]));
  for (const field of f.fields.filter((g) => g.at === undefined && g.axes.length === 0)) {
    const beside = [`${t.name}.${field.name}`, ...(stem ? [`${stem}.${field.name}`] : [])].map((name) => all.get(name)).find((x) => x && count(x.shape) === 1);
    const value = told[field.name] ?? (beside ? (await weightValues(file, beside.name))[0] : undefined);
    if (value !== undefined) out[field.name] = value;
  }
  return out;
}

/** One tensor on its way: chunks of rows come in, buffers of the format go out. */
class Conversion {
  readonly tensor: WeightTensor;
  readonly #format: Format;
  readonly #reader: RowReader;
  readonly #repack: boolean;
  readonly #make: Maker;
  readonly #given: Given;
  #sum: Sum | undefined;

  constructor(format: Format, reader: RowReader, repack: boolean, make: Maker, given: Given) {
    this.tensor = reader.tensor;
    this.#format = format;
    this.#reader = reader;
    this.#repack = repack;
    this.#make = make;
    this.#given = given;
  }

  get error(): FormatError { return (this.#sum ?? new Sum()).error; }

  async #chunk(from: number, to: number, whole: boolean, sum: Sum | undefined): Promise<FormatBytes> {
    const shape = whole ? this.tensor.shape : [to - from, this.#reader.columns];
    let known: Promise<Float32Array> | undefined;
    const values = (): Promise<Float32Array> => (known ??= this.#reader.values(from, to)), tile = this.#repack && this.#reader.tile ? await this.#reader.tile(from, to) : undefined;
    // Fields where the formats see the tensor in one shape; else by its numbers.
    const bytes = tile?.shape.join() === shape.join() ? await this.#make.repack(tile, values, this.#given) : await this.#make.quantise(shape, await values(), this.#given);
    sum?.add(await values(), formatValues(unpackFormat(this.#format, shape, bytes)));
    return bytes;
  }

  /** The bytes of a buffer. The first time they are asked for, errors are summed up. */
  async *bytes(buffer: string, length: number): AsyncGenerator<Uint8Array> {
    const sum = this.#sum ? undefined : new Sum(), { rows, columns, byRows } = this.#reader, cut = this.#format.axes.length === 1 && (byRows || !this.#repack);
    const step = cut ? Math.max(32, Math.floor(CHUNK / columns / 32) * 32) : rows;
    let left = length;
    for (let at = 0; at < rows; at += step) {
      const bytes = (await this.#chunk(at, Math.min(rows, at + step), step >= rows, sum))[buffer].subarray(0, left);
      left -= bytes.length;
      yield bytes;
    }
    this.#sum ??= sum;
  }
}

/** An array that is copied. */
function copied(file: WeightFile, t: WeightTensor, p: WeightPart): readonly [string, SafetensorsStream] {
  const blocks = (storages.get(p.type)?.elements ?? 0) > 4 || !storages.has(p.type), own = dtypes.get(p.type), bytes = (): AsyncIterable<Uint8Array> => file.pieces(t.name, { part: p.name });
  if (blocks) return [p.stored, { dtype: "U8", shape: [p.length], bytes }];
  return [p.stored, { dtype: own ?? fail({ code: "H0225", message: `${file.name}: tensor ${show(p.stored)} is ${p.type}${sizes(p.shape)}, which safetensors can't hold`, help: "leave it out of the file" }), shape: p.shape, bytes }];
}

/** The text of a value of metadata that safetensors keeps. */
const textOf = (v: unknown): string | undefined => (typeof v === "string" ? v : typeof v === "number" || typeof v === "boolean" || typeof v === "bigint" ? String(v) : undefined);

/** `convertWeights` of work.ts. */
export async function convertWeights(file: WeightFile, path: string, options: ConvertOptions): Promise<ConvertReport> {
  const format = await libraryFormat(options.format), tensors = new Map<string, SafetensorsStream>(), work: { readonly c: Conversion; readonly bytes: number }[] = [], kept: ConvertReport["copied"][number][] = [];
  if (!format.encode && !options.repack) fail({ code: "T0708", message: `${options.format} has no encoding: it is only read`, help: "take a format with one, such as q4_0, q8_0, mx or grouped(Q: i4, group: 32)" });
  const metadata: Record<string, string> = {};
  for (const [k, v] of file.metadata) { const text = textOf(v); if (text !== undefined && !isDeclared(k)) metadata[k] = text; }
  const put = (name: string, t: SafetensorsStream): void => {
    if (tensors.has(name)) fail({ code: "H0207", message: `two arrays would be called ${show(name)}`, help: "leave one of the tensors out with --skip" });
    tensors.set(name, t);
  };
  for (const t of file.tensors) {
    const why = whyNot(t, format, options);
    if (why !== undefined) {
      kept.push({ name: t.name, format: t.format, why });
      for (const p of t.parts) put(...copied(file, t, p));
      const was = file.metadata.get(declaredKey(t.name));
      if (typeof was === "string") metadata[declaredKey(t.name)] = was;
      else if (t.parts.length === 1 && (storages.get(t.format)?.elements ?? 5) > 4) metadata[declaredKey(t.name)] = JSON.stringify({ format: t.format, shape: t.shape, parts: ["data"] });
      continue;
    }
    const c = new Conversion(format, await rowReader(file, t.name), options.repack === true, options.device ? onDevice(format, options.device) : onHost(format), await givenOf(file, t, format, options.given)), arrays = arraysOf(format, t.shape);
    for (const a of arrays) put(declaredArray(t.name, a.part), { ...a.about, bytes: () => c.bytes(a.buffer, a.bytes) });
    metadata[declaredKey(t.name)] = JSON.stringify({ format: options.format, shape: t.shape, parts: arrays.map((a) => a.part) });
    work.push({ c, bytes: arrays.reduce((n, a) => n + a.bytes, 0) });
  }
  if (work.length === 0)
    fail({ code: "H0226", message: `${file.name} has no tensor to ${options.repack ? "repack" : "quantise"} as ${options.format}`, notes: kept.slice(0, 8).map((k) => `${show(k.name)}: ${k.why}`), help: "bitloom weights lists names and shapes; --only takes names, or patterns with * and ?" });
  await saveSafetensors(path, tensors, { metadata, progress: options.progress });
  return {
    format: options.format, copied: kept,
    converted: work.map(({ c, bytes }) => ({ name: c.tensor.name, from: c.tensor.format, shape: c.tensor.shape, weights: count(c.tensor.shape) ?? 0, bytes, bitsPerWeight: (bytes * 8) / (count(c.tensor.shape) ?? 1), ...c.error })),
  };
}

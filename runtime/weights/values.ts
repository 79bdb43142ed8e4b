// Numbers of a weight file, whatever they are stored as: plain types, and every format of the library. Types whose rows are bytes of their
// own (f16, q4_0) are read by rows, so that a tensor of gigabytes takes the memory of a piece; others (gptq4) as a whole.
import { Diagnostic, fail } from "../../diagnostic.ts";
import { dense, unpack } from "../../layout/index.ts";
import { dtype, formatSizes, formatValues, unpackFormat, type Format, type FormatBytes, type FormatTile } from "../../vm/index.ts";
import { knownFormat, type KnownFormat } from "./known-formats.ts";
import { count, show, sizes, storages } from "./storage.ts";
import type { WeightFile, WeightTensor } from "./types.ts";

/** Reads rows of a tensor: all axes but the last count them. */
export interface RowReader {
  readonly tensor: WeightTensor;
  readonly rows: number;
  readonly columns: number;
  /** Rows from the first to before the last, row-major. */
  values(from: number, to: number): Promise<Float32Array>;
  /** The same as fields of its format; undefined where it is of a plain type. */
  readonly tile: ((from: number, to: number) => Promise<FormatTile>) | undefined;
  /** Whether rows are read alone, and not the whole tensor for them. */
  readonly byRows: boolean;
}

/** A quantised tensor of a file as one of the library. */
export interface StoredFormat {
  readonly format: Format;
  /** The format as text, for `formatNamed`. */
  readonly text: string;
  /** Sizes that the format has it in: as many elements as the tensor. */
  readonly shape: readonly number[];
  /** Its buffers, as `formatTensor` and `unpackFormat` take them. */
  readonly bytes: FormatBytes;
}

const isPlain = (t: WeightTensor): boolean => storages.has(t.format) && (storages.get(t.format)?.elements ?? 0) <= 4 && t.parts.length === 1;

const refuse = (file: WeightFile, t: WeightTensor, why: string): never =>
  fail({ code: "H0225", message: `${file.name}: tensor ${show(t.name)} is ${t.format}${sizes(t.shape)}, whose numbers aren't read: ${why}`, help: "read its bytes with read(), or leave it out" });

/** The library's format of this text. The language is loaded when the first one is asked for. */
export async function libraryFormat(text: string): Promise<Format> {
  const { formatNamed } = await import("../../lang/index.ts");
  return formatNamed(text);
}

const tables = new Map<string, Float32Array>();

/** The value of every code of a type of up to 16 bits. */
function tableOf(name: string): Float32Array {
  const type = dtype(name), table = tables.get(name) ?? Float32Array.from({ length: 2 ** type.bits }, (_, code) => type.decode(code));
  tables.set(name, table);
  return table;
}

/** Types that JavaScript has arrays for. */
const arrays: Readonly<Record<string, (b: ArrayBuffer) => ArrayLike<number> | BigInt64Array | BigUint64Array>> = {
  f32: (b) => new Float32Array(b), f64: (b) => new Float64Array(b), i8: (b) => new Int8Array(b), u8: (b) => new Uint8Array(b), bool: (b) => new Uint8Array(b), i16: (b) => new Int16Array(b), u16: (b) => new Uint16Array(b),
  i32: (b) => new Int32Array(b), u32: (b) => new Uint32Array(b), i64: (b) => new BigInt64Array(b), u64: (b) => new BigUint64Array(b),
};

/** `n` numbers of a plain type. */
function plainValues(type: string, bytes: Uint8Array, n: number): Float32Array {
  const own = bytes.slice().buffer, array = arrays[type]?.(own);
  if (array instanceof Float32Array) return array;
  if (array) return Float32Array.from(array as ArrayLike<number>, Number);
  const table = tableOf(type), bits = Math.log2(table.length);
  if (bits === 8 || bits === 16) return Float32Array.from(bits === 8 ? new Uint8Array(own) : new Uint16Array(own), (c) => table[c]);
  const words = new Uint32Array(Math.ceil(bytes.length / 4) + 1);
  new Uint8Array(words.buffer).set(bytes);
  return Float32Array.from(unpack(dense(1), bits, [n], words), (c) => table[c]);
}

function plainReader(file: WeightFile, t: WeightTensor, rows: number, columns: number): RowReader {
  const { elements, bytes } = storages.get(t.format) ?? { elements: 1, bytes: 0 }, byRows = columns % elements === 0, row = (columns / elements) * bytes;
  if (/^c\d/.test(t.format)) refuse(file, t, "complex numbers have no place in f32");
  const values = async (from: number, to: number): Promise<Float32Array> => byRows
    ? plainValues(t.format, await file.read(t.name, { offset: from * row, length: (to - from) * row }), (to - from) * columns)
    : plainValues(t.format, await file.read(t.name), rows * columns).subarray(from * columns, to * columns);
  return { tensor: t, rows, columns, byRows, tile: undefined, values };
}

/** A reader of types that are only read as numbers, by rows. */
function iqReader(file: WeightFile, t: WeightTensor, rows: number, columns: number): RowReader {
  const { elements, bytes } = storages.get(t.format) ?? { elements: 1, bytes: 0 }, row = (columns / elements) * bytes;
  return { tensor: t, rows, columns, byRows: true, tile: undefined, values: async (from, to) => (await import("./iq.ts")).iqValues(t.format, await file.read(t.name, { offset: from * row, length: (to - from) * row })) };
}

/** Refuses a codebook that isn't the library's. */
function checkCodebook(file: WeightFile, t: WeightTensor, type: string, bytes: Uint8Array): void {
  const found = new Float32Array(bytes.slice().buffer), { table = [] } = dtype(type), at = [...found.keys()].find((code) => found[code] !== Math.fround(table[code] ?? NaN));
  if (at !== undefined || found.length !== table.length) refuse(file, t, `its codebook isn't that of ${type}: code ${at ?? table.length} is ${found[at ?? table.length] ?? "none"}, not ${table[at ?? 0] ?? "one"}`);
}

/** The buffers of a whole tensor. */
async function buffersOf(file: WeightFile, t: WeightTensor, known: KnownFormat, format: Format): Promise<FormatBytes> {
  const out: Record<string, Uint8Array> = {}, need = formatSizes(format, known.shape);
  const read = async (p: KnownFormat["buffers"][string]): Promise<Uint8Array> => (typeof p === "string" ? file.read(t.name, { part: p }) : p.make(...await Promise.all(p.parts.map((part) => file.read(t.name, { part })))));
  if (known.codebook) checkCodebook(file, t, known.codebook.type, await file.read(t.name, { part: known.codebook.part }));
  for (const [buffer, part] of Object.entries(known.buffers)) out[buffer] = await read(part);
  // BitNet's scale lies behind its blocks, in one array.
  if (t.format === "i2_s" && t.parts.length === 1) { const end = need[""]; out["scale"] = out["scale"].subarray(end, end + 4); }
  return Object.fromEntries(Object.entries(out).map(([buffer, bytes]) => [buffer, bytes.subarray(0, need[buffer])]));
}

/** What a tensor is in the library. @throws Diagnostic H0225 where it is nothing that the library has */
async function libraryOf(file: WeightFile, t: WeightTensor): Promise<{ readonly known: KnownFormat; readonly format: Format }> {
  const known = knownFormat(t);
  if ("why" in known) return refuse(file, t, known.why);
  return { known, format: await libraryFormat(known.text).catch((e: unknown) => (e instanceof Diagnostic ? refuse(file, t, e.data.message) : Promise.reject(e as Error))) };
}

/** `weightFormat` of work.ts. */
export async function weightFormat(file: WeightFile, name: string): Promise<StoredFormat> {
  const t = file.tensor(name);
  if (isPlain(t)) return refuse(file, t, "it is of a plain type, and no format");
  const { known, format } = await libraryOf(file, t);
  return { format, text: known.text, shape: known.shape, bytes: await buffersOf(file, t, known, format) };
}

async function formatReader(file: WeightFile, t: WeightTensor, rows: number, columns: number): Promise<RowReader> {
  const { known, format } = await libraryOf(file, t);
  // Blocks along the last axis, and no field beside them: each row has bytes of its own.
  if (format.axes.length === 1 && format.fields.every((f) => f.at !== undefined)) {
    const row = formatSizes(format, [1, columns])[""] ?? 0, [part] = t.parts;
    const tile = async (from: number, to: number): Promise<FormatTile> =>
      unpackFormat(format, [to - from, columns], { "": await file.read(t.name, { part: part.name, offset: from * row, length: (to - from) * row }) });
    return { tensor: t, rows, columns, byRows: true, tile, values: async (from, to) => formatValues(await tile(from, to)) };
  }
  let whole: Promise<FormatTile> | undefined, numbers: Promise<Float32Array> | undefined;
  const all = (): Promise<FormatTile> => (whole ??= buffersOf(file, t, known, format).then((bytes) => unpackFormat(format, known.shape, bytes)));
  return {
    tensor: t, rows, columns, byRows: false, tile: all,
    values: async (from, to) => (await (numbers ??= all().then(formatValues))).subarray(from * columns, to * columns),
  };
}

/**
 * A reader of a tensor's numbers by rows.
 * @throws Diagnostic H0202 (no such tensor), H0225 (a format that the library lacks), H0701, H0702
 */
export async function rowReader(file: WeightFile, name: string): Promise<RowReader> {
  const t = file.tensor(name), columns = t.shape.at(-1) ?? 1, n = count(t.shape) ?? 0, rows = columns === 0 ? 0 : n / columns;
  return isPlain(t) ? plainReader(file, t, rows, columns) : /^iq[123]_/.test(t.format) && storages.has(t.format) ? iqReader(file, t, rows, columns) : formatReader(file, t, rows, columns);
}

/** `weightValues` of work.ts. */
export async function weightValues(file: WeightFile, name: string, options: { readonly rows?: readonly [from: number, to: number] | undefined } = {}): Promise<Float32Array> {
  const reader = await rowReader(file, name), [from, to] = options.rows ?? [0, reader.rows];
  if (!(Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0 && from <= to && to <= reader.rows))
    fail({ code: "H0206", message: `${file.name}: rows ${from} to ${to} lie outside of the ${reader.rows} of tensor ${show(name)}`, help: "all axes but the last count rows" });
  return from === to ? new Float32Array(0) : reader.values(from, to);
}

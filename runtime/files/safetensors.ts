// Weight files of the safetensors format, read by range and written.
//
//   8 bytes        n bytes                                     the rest
//   n, u64 LE  │  JSON { name: { dtype, shape, data_offsets } }  │  the tensors' bytes, without holes
//
// Nothing of the header is believed before it is checked against the size of the file, so a hostile file costs no memory.

import { Diagnostic, didYouMean, fail } from "../../diagnostic.ts";
import { MOST_DEPTH, outermost, repeated } from "./json-keys.ts";
import { sourceOf, type Readable, type ReadOptions } from "./source.ts";

/** Bits per element of each dtype that the format knows. */
export const safetensorsBits = Object.freeze({
  BOOL: 8, U8: 8, I8: 8, F8_E4M3: 8, F8_E5M2: 8, F8_E4M3FNUZ: 8, F8_E5M2FNUZ: 8, F8_E8M0: 8, F4: 4, F6_E2M3: 6, F6_E3M2: 6,
  I16: 16, U16: 16, F16: 16, BF16: 16, I32: 32, U32: 32, F32: 32, I64: 64, U64: 64, F64: 64, C64: 64,
} as const);

/** A dtype of the format, by its own name. */
export type SafetensorsDtype = keyof typeof safetensorsBits;

/** One tensor of a file. */
export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  /** First byte, counted from the start of the file. */
  readonly begin: number;
  /** One past the last byte. */
  readonly end: number;
}

/** A checked header. */
export interface SafetensorsHeader {
  /** By name, in the order of their bytes. */
  readonly tensors: ReadonlyMap<string, SafetensorsEntry>;
  /** The file's `__metadata__`: text by text. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** A tensor to be written; `bytes` are row-major, little-endian, as the format keeps them. */
export interface SafetensorsInput {
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** An open file: its header is in memory, its tensors are read when asked for. */
export interface SafetensorsFile extends SafetensorsHeader {
  /** The bytes of one tensor. Throws Diagnostic H0202 for an unknown name. */
  readonly read: (name: string) => Promise<Uint8Array>;
  readonly close: () => Promise<void>;
}

/** The longest header that is accepted, as in the format's own reader. */
const MOST_HEADER = 100_000_000;

const bad = (message: string, help = "fetch the file again, or save it again with the safetensors library"): never => fail({ code: "H0201", message: `not a good safetensors file: ${message}`, help });

const show = (name: string): string => JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);

/** Elements of a shape; undefined where it passes what a number holds exactly. */
function count(shape: readonly number[]): number | undefined {
  if (shape.includes(0)) return 0;
  let n = 1;
  for (const d of shape) if (!Number.isSafeInteger((n *= d))) return undefined;
  return n;
}

/** Bytes of a tensor; undefined where it is no whole number of bytes or too large. */
function byteLength(dtype: SafetensorsDtype, shape: readonly number[]): number | undefined {
  const elements = count(shape);
  const bits = elements === undefined ? NaN : elements * safetensorsBits[dtype];
  return Number.isSafeInteger(bits) && bits % 8 === 0 ? bits / 8 : undefined;
}

/**
 * The length in bytes of the JSON header, from the first 8 bytes of a file of `fileSize` bytes.
 * @throws Diagnostic H0201 if it can't be
 */
export function safetensorsHeaderLength(prefix: Uint8Array, fileSize: number): number {
  if (prefix.byteLength < 8 || fileSize < 8) bad(`it has ${Math.min(prefix.byteLength, fileSize)} bytes, and 8 are the least`);
  const view = new DataView(prefix.buffer, prefix.byteOffset, 8);
  const length = view.getUint32(4, true) * 2 ** 32 + view.getUint32(0, true);
  if (length > MOST_HEADER) bad(`byte 0 says that the header has ${length} bytes; ${MOST_HEADER} are the most`, "is this a safetensors file at all?");
  if (length > fileSize - 8) bad(`byte 0 says that the header has ${length} bytes, but only ${fileSize - 8} follow`, "the file seems cut off; fetch it again");
  if (length < 2) bad(`byte 0 says that the header has ${length} bytes; "{}" is the least`);
  return length;
}

const isRecord = (x: unknown): x is Readonly<Record<string, unknown>> => typeof x === "object" && x !== null && !Array.isArray(x);

const isCount = (x: unknown): x is number => typeof x === "number" && Number.isSafeInteger(x) && x >= 0;

function entry(name: string, value: unknown, dataStart: number): SafetensorsEntry {
  const where = `tensor ${show(name)}`;
  if (!isRecord(value)) return bad(`${where} is not described by an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== "string") return bad(`${where} has no dtype`);
  if (!Object.hasOwn(safetensorsBits, dtype))
    return fail({ code: "H0203", message: `${where} has the unknown dtype ${show(dtype)}`, help: `save it as one of ${Object.keys(safetensorsBits).join(" ")}` });
  const known = dtype as SafetensorsDtype;
  if (!Array.isArray(shape) || shape.length > 64 || !shape.every(isCount)) return bad(`${where} has a shape that is no list of sizes`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) return bad(`${where} has no data_offsets of two byte positions`);
  const [from = 0, to = 0] = offsets as number[];
  if (from > to) return bad(`${where} ends at byte ${dataStart + to}, before its begin at byte ${dataStart + from}`);
  const need = byteLength(known, shape);
  if (need === undefined) return bad(`${where}: ${known}[${shape.join(", ")}] is no whole number of bytes, or too many`);
  if (need !== to - from) return bad(`${where}: ${known}[${shape.join(", ")}] takes ${need} bytes, but bytes ${dataStart + from} to ${dataStart + to} are ${to - from}`);
  return Object.freeze({ name, dtype: known, shape: Object.freeze([...shape]), begin: dataStart + from, end: dataStart + to });
}

/**
 * Reads and checks a header: every dtype and shape against its bytes, and that the tensors fill the file without
 * overlap, hole or rest.
 * @param json the header's bytes, after the length
 * @param fileSize bytes of the whole file
 * @throws Diagnostic H0201 (malformed, naming tensor and byte), H0203 (unknown dtype)
 */
export function parseSafetensorsHeader(json: Uint8Array, fileSize: number): SafetensorsHeader {
  let value: unknown, keys: readonly string[] = [];
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(json);
    keys = outermost(text) ?? bad(`its header nests more than ${MOST_DEPTH} levels deep`);
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof Diagnostic) throw error;
    bad(`its header is no JSON (${error instanceof Error ? error.message.slice(0, 120) : "unreadable"})`);
  }
  if (!isRecord(value)) return bad("its header is no JSON object");
  const twice = repeated(keys);
  if (twice !== undefined) return bad(`its header has ${show(twice)} twice`);
  const metadata = new Map<string, string>();
  const entries: SafetensorsEntry[] = [];
  const dataStart = 8 + json.byteLength;
  for (const [name, described] of Object.entries(value)) {
    if (name !== "__metadata__") { entries.push(entry(name, described, dataStart)); continue; }
    if (!isRecord(described)) return bad("__metadata__ is no object");
    for (const [key, text] of Object.entries(described)) {
      if (typeof text !== "string") return bad(`__metadata__ ${show(key)} is no text`);
      metadata.set(key, text);
    }
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let at = dataStart;
  for (const e of entries) {
    if (e.end > fileSize) bad(`tensor ${show(e.name)} ends at byte ${e.end}, but the file has ${fileSize}`, "the file seems cut off; fetch it again");
    if (e.begin < at) bad(`tensor ${show(e.name)} begins at byte ${e.begin}, inside the tensor before it, which ends at ${at}`);
    // A hole could hide what was meant to be read, a duplicate name for one.
    if (e.begin > at) bad(`bytes ${at} to ${e.begin}, before tensor ${show(e.name)}, belong to no tensor`);
    at = e.end;
  }
  if (at !== fileSize) bad(`bytes ${at} to ${fileSize} belong to no tensor`);
  return Object.freeze({ tensors: new Map(entries.map((e) => [e.name, e])), metadata });
}

/**
 * Opens a safetensors file and reads its header only; `read(name)` then fetches one tensor's bytes.
 * @param from a path (Node), bytes, a Blob, or a source of one's own, e.g. over HTTP ranges
 * @throws Diagnostic H0201, H0203 for a bad file, H0206 if it can't be read
 * @example
 * ```ts
 * const file = await openSafetensors(writeSafetensors({ w: { dtype: "U8", shape: [2, 3], bytes: new Uint8Array(6) } }));
 * file.tensors.get("w")?.shape; // => [2, 3]
 * (await file.read("w")).length; // => 6
 * ```
 */
export async function openSafetensors(from: Readable, options: ReadOptions = {}): Promise<SafetensorsFile> {
  const source = await sourceOf(from, options);
  try {
    const length = safetensorsHeaderLength(await source.read(0, Math.min(8, source.size)), source.size);
    const header = parseSafetensorsHeader(await source.read(8, length), source.size);
    return Object.freeze({
      ...header,
      read: async (name: string) => {
        const e = header.tensors.get(name);
        if (!e) {
          const near = didYouMean(name, header.tensors.keys());
          return fail({
            code: "H0202", message: `${source.name} has no tensor ${show(name)}`,
            help: near ? `did you mean ${show(near)}?` : `it has ${header.tensors.size} tensors; list them with \`tensors.keys()\``,
          });
        }
        return source.read(e.begin, e.end - e.begin);
      },
      close: source.close,
    });
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** A tensor before its bytes: what the header says of it. */
export type SafetensorsAbout = Omit<SafetensorsInput, "bytes">;

/** Refuses what can't be written. */
export const refuseSafetensors = (message: string): never =>
  fail({ code: "H0207", message: `can't write this as safetensors: ${message}`, help: "give each tensor a name, { dtype, shape, bytes } that agree, such as { dtype: \"F32\", shape: [2, 3], bytes: new Uint8Array(24) }" });

/**
 * The beginning of a file of these tensors, and the order in which their bytes follow, with how many there are of each.
 * @throws Diagnostic H0207 for a shape, dtype or name that can't be
 */
export function safetensorsHead(tensors: Iterable<readonly [name: string, about: SafetensorsAbout]>, metadata: Readonly<Record<string, string>>): { readonly head: Uint8Array; readonly order: readonly (readonly [name: string, length: number])[]; readonly size: number } {
  const list = [...tensors].map(([name, t]) => {
    if (name === "__metadata__") refuseSafetensors("the name __metadata__ belongs to the format");
    if (!Object.hasOwn(safetensorsBits, t.dtype)) refuseSafetensors(`tensor ${show(name)} has the unknown dtype ${show(String(t.dtype))}`);
    if (!t.shape.every(isCount)) refuseSafetensors(`tensor ${show(name)} has a shape that is no list of sizes`);
    return { name, ...t, length: byteLength(t.dtype, t.shape) ?? refuseSafetensors(`tensor ${show(name)}: ${t.dtype}[${t.shape.join(", ")}] takes no whole number of bytes`) };
  }).sort((x, y) => safetensorsBits[y.dtype] - safetensorsBits[x.dtype] || (x.name < y.name ? -1 : x.name > y.name ? 1 : 0));
  let at = 0;
  const fields: string[] = Object.keys(metadata).length ? [`"__metadata__":${JSON.stringify(metadata)}`] : [];
  for (const { name, dtype, shape, length } of list) {
    // Assembled by hand: an object would reorder names like "1" and swallow "__proto__".
    fields.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [at, at + length] })}`);
    at += length;
  }
  const json = new TextEncoder().encode(`{${fields.join(",")}}`), length = Math.ceil(json.byteLength / 8) * 8, head = new Uint8Array(8 + length);
  new DataView(head.buffer).setUint32(0, length, true);
  head.fill(0x20, 8).set(json, 8);
  return { head, order: list.map((t) => [t.name, t.length] as const), size: head.length + at };
}

/** Tensors by name, as a map or a record. */
export type ByName<T> = Readonly<Record<string, T>> | ReadonlyMap<string, T>;

/** The pairs of either. */
export const pairsOf = <T>(tensors: ByName<T>): readonly (readonly [string, T])[] => (tensors instanceof Map ? [...(tensors as ReadonlyMap<string, T>)] : Object.entries(tensors as Readonly<Record<string, T>>));

/**
 * A safetensors file of these tensors, as bytes. Tensors lie by falling element size, so that each is aligned to its
 * elements; the header is padded to 8 bytes. Equal inputs give equal bytes. For files that pass memory: `saveSafetensors`.
 * @throws Diagnostic H0207 if a tensor's bytes do not fit its dtype and shape, or a name is taken
 * @example
 * ```ts
 * writeSafetensors({ x: { dtype: "F32", shape: [1], bytes: new Uint8Array(4) } }).length; // => 68
 * ```
 */
export function writeSafetensors(tensors: ByName<SafetensorsInput>, metadata: Readonly<Record<string, string>> = {}): Uint8Array<ArrayBuffer> {
  const byName = new Map(pairsOf(tensors)), { head, order, size } = safetensorsHead(byName, metadata), out = new Uint8Array(size);
  out.set(head);
  let to = head.length;
  for (const [name, length] of order) {
    const { bytes, dtype, shape } = byName.get(name) ?? refuseSafetensors(`tensor ${show(name)} is missing`);
    if (bytes.byteLength !== length) refuseSafetensors(`tensor ${show(name)}: ${dtype}[${shape.join(", ")}] takes ${length} bytes, ${bytes.byteLength} were given`);
    out.set(bytes, to);
    to += length;
  }
  return out;
}

// Arrays of NumPy: the .npy format, versions 1 to 3, read and written.
//
//   \x93NUMPY  major minor  length (u16; u32 from v2)  {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }  data
//
// The header is a Python literal; only the three keys above and plain values are understood, nothing is evaluated.

import { fail } from "../../diagnostic.ts";
import { fileSource, type ByteSource, type ReadOptions } from "./source.ts";

// One row per type: element bytes and the array that holds it. f2 comes as its 16 bits, b1 as 0 and 1.
const kinds = {
  f2: Uint16Array, f4: Float32Array, f8: Float64Array,
  i1: Int8Array, i2: Int16Array, i4: Int32Array, i8: BigInt64Array,
  u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, u8: BigUint64Array, b1: Uint8Array,
} as const;

/** A type of .npy: letter and bytes, so "i8" is a 64-bit integer. */
export type NpyDtype = keyof typeof kinds;

/** What holds an array's elements. */
export type NpyData = InstanceType<(typeof kinds)[NpyDtype]>;

/** An array, always in row-major order and the machine's byte order. */
export interface NpyArray {
  readonly dtype: NpyDtype;
  readonly shape: readonly number[];
  /** f2: Uint16Array of the bits; b1: Uint8Array of 0 and 1; i8, u8: BigInt arrays; else the array of that name. */
  readonly data: NpyData;
}

/** A header of .npy. */
export interface NpyHeader {
  readonly dtype: NpyDtype;
  readonly bigEndian: boolean;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** First byte of the data, and one past the last. */
  readonly begin: number;
  readonly end: number;
}

const MOST_HEADER = 1 << 20;

const bad = (message: string, help = "write it again with numpy.save(file, array)"): never => fail({ code: "H0204", message: `not a good .npy file: ${message}`, help });

type Literal = string | boolean | number | readonly Literal[] | null;

/** The header's dictionary: strings, True, False, whole numbers, and tuples or lists of them. */
function dictionary(text: string, base: number): Map<string, Literal> {
  let at = 0;
  const here = (): string => `byte ${base + at}`;
  const space = (): void => { while (/\s/.test(text.charAt(at)) && at < text.length) at++; };
  const take = (mark: string): boolean => { space(); if (!text.startsWith(mark, at)) return false; at += mark.length; return true; };
  const need = (mark: string): void => { if (!take(mark)) bad(`"${mark}" is missing in the header at ${here()}`); };
  const value = (depth: number): Literal => {
    space();
    const rest = text.slice(at, at + 4096);
    const string = /^[ub]?'([^'\\\n]*)'|^[ub]?"([^"\\\n]*)"/.exec(rest);
    if (string) { at += string[0].length; return string[1] ?? string[2] ?? ""; }
    const word = /^(True|False|None)\b/.exec(rest);
    if (word) { at += word[0].length; return word[1] === "None" ? null : word[1] === "True"; }
    const number = /^(\d{1,17})L?(?![\w.])/.exec(rest);
    if (number) { at += number[0].length; return Number(number[1]); }
    const close = take("(") ? ")" : take("[") ? "]" : undefined;
    if (close === undefined || depth > 4) return bad(`the header can't be understood at ${here()}`);
    const items: Literal[] = [];
    while (!take(close)) {
      if (items.length >= 256) bad(`a list in the header is too long at ${here()}`);
      items.push(value(depth + 1));
      if (!take(",")) { need(close); break; }
    }
    return items;
  };
  const found = new Map<string, Literal>();
  need("{");
  while (!take("}")) {
    const key = value(4);
    if (typeof key !== "string") return bad(`a key of the header is no text at ${here()}`);
    if (found.has(key)) bad(`the header has "${key}" twice, at ${here()}`);
    need(":");
    found.set(key, value(0));
    if (!take(",")) { need("}"); break; }
  }
  space();
  if (at < text.length) bad(`something follows the header's end at ${here()}`);
  return found;
}

/** Length of magic, version and length field, and of the literal after it. */
function lengths(prefix: Uint8Array): { readonly from: number; readonly length: number; readonly version: number } {
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (prefix.length < 10 || magic.some((b, i) => prefix[i] !== b)) bad("it does not begin with \\x93NUMPY at byte 0", "is this a .npy file at all? numpy.save(file, array) writes one; from a .npz take one array");
  const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.byteLength);
  const version = view.getUint8(6);
  if (version < 1 || version > 3 || view.getUint8(7) !== 0) bad(`version ${version}.${view.getUint8(7)} at byte 6 is unknown`);
  if (version > 1 && prefix.length < 12) bad("it ends inside the header's length at byte 8");
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MOST_HEADER) bad(`byte 8 says that the header has ${length} bytes; ${MOST_HEADER} are the most`);
  return { from: version === 1 ? 10 : 12, length, version };
}

/**
 * Reads and checks the header of a .npy file.
 * @param bytes the beginning of the file, at least to the header's end
 * @param fileSize bytes of the whole file; more than the array needs is allowed, less is not
 * @throws Diagnostic H0204 (malformed, naming the byte), H0205 (a type that is not read here)
 */
export function parseNpyHeader(bytes: Uint8Array, fileSize = bytes.byteLength): NpyHeader {
  const { from, length, version } = lengths(bytes);
  if (from + length > bytes.byteLength) bad(`byte 8 says that the header has ${length} bytes, but only ${bytes.byteLength - from} follow`, "the file seems cut off; fetch it again");
  let text: string;
  try {
    text = new TextDecoder(version === 3 ? "utf-8" : "latin1", { fatal: true }).decode(bytes.subarray(from, from + length));
  } catch {
    return bad(`its header is no UTF-8, from byte ${from} on`);
  }
  const dict = dictionary(text, from);
  for (const key of dict.keys()) if (!["descr", "fortran_order", "shape"].includes(key)) bad(`the header has the unknown key ${JSON.stringify(key.slice(0, 40))}`);
  const descr = dict.get("descr"), order = dict.get("fortran_order"), shape = dict.get("shape");
  if (typeof order !== "boolean") return bad("fortran_order is missing or neither True nor False");
  if (!Array.isArray(shape) || shape.length > 64 || !shape.every((d) => typeof d === "number" && Number.isSafeInteger(d))) return bad("shape is missing or no tuple of sizes");
  if (descr === undefined) return bad("descr is missing");
  const match = typeof descr === "string" ? /^([<>|=])([a-z]\d)$/.exec(descr) : null;
  const dtype = match?.[2] ?? "";
  if (!Object.hasOwn(kinds, dtype))
    return fail({
      code: "H0205", message: `arrays of ${typeof descr === "string" ? JSON.stringify(descr.slice(0, 40)) : "records"} are not read here`,
      help: `convert it in NumPy with .astype(…) to one of ${Object.keys(kinds).join(" ")}`,
    });
  const known = dtype as NpyDtype;
  const sizes = shape as readonly number[];
  const bytesEach = kinds[known].BYTES_PER_ELEMENT;
  const elements = sizes.includes(0) ? 0 : sizes.reduce((n, d) => n * d, 1);
  const begin = from + length;
  if (!Number.isSafeInteger(elements * bytesEach)) bad(`shape (${sizes.join(", ")}) is too large`);
  if (begin + elements * bytesEach > fileSize)
    bad(`(${sizes.join(", ")}) of ${known} takes ${elements * bytesEach} bytes from byte ${begin} on, but the file ends at ${fileSize}`, "the file seems cut off; fetch it again");
  return Object.freeze({ dtype: known, bigEndian: match?.[1] === ">" && bytesEach > 1, fortranOrder: order, shape: Object.freeze([...sizes]), begin, end: begin + elements * bytesEach });
}

/** The beginning of a .npy file, up to its header's end. @throws Diagnostic H0204 */
export async function npyPrefix(source: ByteSource): Promise<Uint8Array> {
  const { from, length } = lengths(await source.read(0, Math.min(12, source.size)));
  return source.read(0, Math.min(source.size, from + length));
}

/** The header's array out of its bytes (exactly those of the data). */
function assemble(header: NpyHeader, raw: Uint8Array): NpyArray {
  const kind = kinds[header.dtype], each = kind.BYTES_PER_ELEMENT;
  // Always a copy: the file's bytes may be unaligned, and views of someone's buffer surprise (slice() of a Node Buffer is one).
  const bytes = new Uint8Array(raw);
  if (header.bigEndian) for (let i = 0; i < bytes.length; i += each) bytes.subarray(i, i + each).reverse();
  if (header.dtype === "b1") for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0 && bytes[i] !== 1) bad(`byte ${header.begin + i} is ${bytes[i]}, and a bool is 0 or 1`);
  const make = (buffer: ArrayBuffer): NpyData => new kind(buffer);
  const data = make(bytes.buffer);
  const { shape } = header;
  if (!header.fortranOrder || shape.filter((d) => d !== 1).length < 2) return Object.freeze({ dtype: header.dtype, shape, data });
  return Object.freeze({ dtype: header.dtype, shape, data: reorder(data, make(new ArrayBuffer(bytes.byteLength)), shape) });
}

/** Column-major to row-major: `to[i, j, …] = from[…, j, i]`. */
function reorder(from: NpyData, to: NpyData, shape: readonly number[]): NpyData {
  const strides = shape.map((_, i) => shape.slice(0, i).reduce((n, d) => n * d, 1));
  const index = shape.map(() => 0);
  for (let i = 0, at = 0; i < to.length; i++) {
    to[i] = from[at] as never; // the two arrays are of one kind
    for (let d = shape.length - 1; d >= 0; d--) {
      at += strides[d] ?? 0;
      if ((index[d] = (index[d] ?? 0) + 1) < (shape[d] ?? 0)) break;
      at -= (strides[d] ?? 0) * (shape[d] ?? 0);
      index[d] = 0;
    }
  }
  return to;
}

/**
 * Reads a .npy file out of bytes. The array comes row-major and in the machine's byte order, whatever the file has.
 * @throws Diagnostic H0204 (malformed or cut off, naming the byte), H0205 (a type that is not read here)
 * @example
 * ```ts
 * const bytes = writeNpy({ dtype: "f4", shape: [2, 2], data: new Float32Array([1, 2, 3, 4]) })
 * readNpy(bytes).data // => new Float32Array([1, 2, 3, 4])
 * ```
 */
export function readNpy(bytes: Uint8Array): NpyArray {
  const header = parseNpyHeader(bytes);
  return assemble(header, bytes.subarray(header.begin, header.end));
}

/**
 * Reads a .npy file (Node). Throws as `readNpy`, and Diagnostic H0206 if the file can't be read.
 */
export async function loadNpy(path: string, options: ReadOptions = {}): Promise<NpyArray> {
  const source = await fileSource(path, options);
  try {
    const header = parseNpyHeader(await npyPrefix(source), source.size);
    return assemble(header, await source.read(header.begin, header.end - header.begin));
  } finally {
    await source.close();
  }
}

/**
 * A .npy file of an array, as bytes: version 1 (2 where the header is long), little-endian, row-major, data aligned to 64.
 * @throws Diagnostic H0207 if data and shape or dtype do not agree
 * @example
 * ```ts
 * writeNpy({ dtype: "f4", shape: [2], data: new Float32Array(2) }).length; // => 136
 * ```
 */
export function writeNpy(array: NpyArray): Uint8Array<ArrayBuffer> {
  const { dtype, shape, data } = array;
  const refuse = (message: string): never =>
    fail({ code: "H0207", message: `can't write this as .npy: ${message}`, help: "give { dtype, shape, data } that agree, such as { dtype: \"f4\", shape: [2, 3], data: new Float32Array(6) }" });
  if (!Object.hasOwn(kinds, dtype)) refuse(`unknown dtype ${JSON.stringify(String(dtype))}`);
  if (!(data instanceof kinds[dtype])) refuse(`${dtype} is held by a ${kinds[dtype].name}`);
  if (!shape.every((d) => Number.isSafeInteger(d) && d >= 0)) refuse(`shape (${shape.join(", ")}) is no tuple of sizes`);
  const elements = shape.reduce((n, d) => n * d, 1);
  if (elements !== data.length) refuse(`shape (${shape.join(", ")}) has ${elements} elements, data has ${data.length}`);
  const mark = data.BYTES_PER_ELEMENT === 1 ? "|" : "<";
  const literal = `{'descr': '${mark}${dtype}', 'fortran_order': False, 'shape': (${shape.join(", ")}${shape.length === 1 ? "," : ""}), }`;
  const version = literal.length + 64 > 0xffff ? 2 : 1;
  const from = version === 1 ? 10 : 12;
  const begin = Math.ceil((from + literal.length + 1) / 64) * 64;
  const out = new Uint8Array(begin + data.byteLength);
  out.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  const view = new DataView(out.buffer);
  if (version === 1) view.setUint16(8, begin - from, true); else view.setUint32(8, begin - from, true);
  out.fill(0x20, from, begin - 1).set(new TextEncoder().encode(literal), from);
  out[begin - 1] = 0x0a;
  out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), begin);
  return out;
}

/** Writes an array to a .npy file (Node), whole or not at all. */
export async function saveNpy(path: string, array: NpyArray): Promise<void> {
  await (await import("./atomic.ts")).writeFileAtomic(path, writeNpy(array));
}

// Archives of the ZIP format, as far as .npz needs them: entries stored or deflated, read by range, in Node and in browsers.
//
//   local header, name, data │ … │ central directory: name, sizes, place of each │ end record
//
// The central directory is believed only as far as the file bears it out: every entry lies inside the file, no two share bytes, none
// claims more than its compressed bytes can become. Names are keys of a map and never paths on a disk.
import { fail } from "../../diagnostic.ts";
import type { ByteSource } from "./source.ts";

/** One file of an archive. */
export interface ZipEntry {
  readonly name: string;
  readonly method: "stored" | "deflated";
  /** First byte of its local header. */
  readonly offset: number;
  /** Bytes in the archive, and unpacked. */
  readonly packed: number;
  readonly size: number;
  readonly crc: number;
}

const bad = (source: Pick<ByteSource, "name">, message: string, help = "fetch it again, or write it again with numpy.savez"): never =>
  fail({ code: "H0209", message: `${source.name} is no good archive: ${message}`, help });

/** What one byte can become at most: deflate's longest match is 258 bytes in two bits. */
const MOST_GROWTH = 1032;
/** No entry is unpacked beyond this many bytes. */
const MOST_BYTES = 2 ** 32 - 1;
/** No directory is longer. */
const MOST_DIRECTORY = 1 << 26;

const END = 0x06054b50, END64 = 0x06064b50, LOCATOR64 = 0x07064b50, CENTRAL = 0x02014b50, LOCAL = 0x04034b50;

const show = (name: string): string => JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
const viewOf = (b: Uint8Array): DataView => new DataView(b.buffer, b.byteOffset, b.byteLength);
const u64 = (v: DataView, at: number): number => v.getUint32(at + 4, true) * 2 ** 32 + v.getUint32(at, true);

const table = Uint32Array.from({ length: 256 }, (_, i) => {
  let c = i;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

/** The checksum of bytes; `before` is that of the bytes in front of them. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let c = ~before >>> 0;
  for (let i = 0; i < bytes.length; i++) c = (table[(c ^ (bytes[i] ?? 0)) & 255] ?? 0) ^ (c >>> 8);
  return ~c >>> 0;
}

/** Names are UTF-8 if that is said or if they can be; archives of long ago used the letters of their machine. */
function nameOf(source: ByteSource, bytes: Uint8Array, utf8: boolean): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return utf8 ? bad(source, "the name of an entry is no UTF-8") : Array.from(bytes, (c) => String.fromCharCode(c)).join("");
  }
}

interface Directory { readonly entries: number; readonly offset: number; readonly size: number; readonly end: number }

/** Where the central directory lies, from the record at the end of the file. */
async function directoryOf(source: ByteSource): Promise<Directory> {
  const length = Math.min(source.size, 22 + 0xffff), tail = await source.read(source.size - length, length), v = viewOf(tail);
  let at = length - 22;
  while (at >= 0 && !(v.getUint32(at, true) === END && v.getUint16(at + 20, true) === length - at - 22)) at--;
  if (at < 0) return bad(source, "its end record is missing", "the file is cut off, or is no .npz at all");
  if (v.getUint16(at + 4, true) !== 0 && v.getUint16(at + 4, true) !== 0xffff) return bad(source, "it is one part of several");
  const end = source.size - length + at, small = { entries: v.getUint16(at + 10, true), size: v.getUint32(at + 12, true), offset: v.getUint32(at + 16, true), end };
  if (small.entries !== 0xffff && small.size !== 0xffffffff && small.offset !== 0xffffffff) return small;
  if (end < 20) return bad(source, "its end record is missing");
  const locator = viewOf(await source.read(end - 20, 20));
  if (locator.getUint32(0, true) !== LOCATOR64) return small;
  const where = u64(locator, 8);
  if (!Number.isSafeInteger(where) || where + 56 > end) return bad(source, `its end record should lie at byte ${where}, the file has ${source.size}`);
  const large = viewOf(await source.read(where, 56));
  if (large.getUint32(0, true) !== END64) return bad(source, `there is no end record at byte ${where}`);
  return { entries: u64(large, 32), size: u64(large, 40), offset: u64(large, 48), end: where };
}

/** Sizes and place of an entry that pass 4 GiB are in an extra field, in this order and only where they are needed. */
function large(source: ByteSource, name: string, extra: Uint8Array, size: number, packed: number, offset: number): readonly [number, number, number] {
  const wanted = [size, packed, offset];
  if (!wanted.includes(0xffffffff)) return [size, packed, offset];
  const v = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length; at += 4 + v.getUint16(at + 2, true)) {
    if (v.getUint16(at, true) !== 1) continue;
    let from = at + 4;
    const end = Math.min(extra.length, from + v.getUint16(at + 2, true));
    const [a = 0, b = 0, c = 0] = wanted.map((n) => {
      if (n !== 0xffffffff) return n;
      if (from + 8 > end) return bad(source, `entry ${show(name)} lacks its size`);
      from += 8;
      return u64(v, from - 8);
    });
    return [a, b, c];
  }
  return [size, packed, offset];
}

function entry(source: ByteSource, bytes: Uint8Array, at: number): { readonly entry: ZipEntry; readonly next: number } {
  const v = viewOf(bytes);
  if (at + 46 > bytes.length || v.getUint32(at, true) !== CENTRAL) return bad(source, "its directory holds fewer entries than it says");
  const flags = v.getUint16(at + 8, true), method = v.getUint16(at + 10, true), [names = 0, extras = 0, comments = 0] = [28, 30, 32].map((o) => v.getUint16(at + o, true));
  const next = at + 46 + names + extras + comments;
  if (next > bytes.length) return bad(source, "its directory ends inside an entry");
  const name = nameOf(source, bytes.subarray(at + 46, at + 46 + names), (flags & 0x800) !== 0);
  if (flags & 0x2041) return bad(source, `entry ${show(name)} is encrypted`, "unpack it first");
  if (method !== 0 && method !== 8) return bad(source, `entry ${show(name)} is packed by method ${method}`, "only stored and deflated entries are read: numpy.savez, numpy.savez_compressed");
  const [size, packed, offset] = large(source, name, bytes.subarray(at + 46 + names, at + 46 + names + extras), v.getUint32(at + 24, true), v.getUint32(at + 20, true), v.getUint32(at + 42, true));
  for (const n of [size, packed, offset]) if (!Number.isSafeInteger(n)) return bad(source, `entry ${show(name)} has an impossible size`);
  if (method === 0 ? size !== packed : size > packed * MOST_GROWTH) return bad(source, `entry ${show(name)} claims ${size} bytes out of ${packed}`);
  return { entry: Object.freeze({ name, method: method === 0 ? "stored" : "deflated", offset, packed, size, crc: v.getUint32(at + 16, true) }), next };
}

/**
 * The entries of an archive by name.
 * @throws Diagnostic H0209 if the archive contradicts itself or the size of its file
 */
export async function readZip(source: ByteSource): Promise<ReadonlyMap<string, ZipEntry>> {
  if (source.size < 22) return bad(source, `it has ${source.size} bytes, and 22 are the least`);
  const d = await directoryOf(source);
  if (!Number.isSafeInteger(d.offset + d.size) || d.offset + d.size > d.end) return bad(source, `its directory should be the bytes ${d.offset} to ${d.offset + d.size}, but the file ends at ${source.size}`);
  if (d.size > MOST_DIRECTORY || d.entries * 46 > d.size) return bad(source, `its directory of ${d.size} bytes can't hold ${d.entries} entries`);
  const bytes = await source.read(d.offset, d.size), found = new Map<string, ZipEntry>();
  let at = 0;
  for (let i = 0; i < d.entries; i++) {
    const { entry: e, next } = entry(source, bytes, at);
    if (found.has(e.name)) return bad(source, `it has ${show(e.name)} twice`);
    found.set(e.name, e);
    at = next;
  }
  let free = 0;
  for (const e of [...found.values()].sort((a, b) => a.offset - b.offset)) {
    const end = e.offset + 30 + e.packed;
    if (e.offset < free) return bad(source, `entry ${show(e.name)} begins at byte ${e.offset}, inside the entry before it`);
    if (end > d.offset) return bad(source, `entry ${show(e.name)} ends at byte ${end}, behind its directory at ${d.offset}`);
    free = end;
  }
  return found;
}

/** What unpacks bytes as they come, piece by piece. */
function inflating(packed: Uint8Array): { readonly reader: ReadableStreamDefaultReader<Uint8Array>; readonly end: () => Promise<void> } {
  const stream = new DecompressionStream("deflate-raw"), writer = stream.writable.getWriter(), reader = stream.readable.getReader();
  const written = (async () => {
    for (let at = 0; at < packed.length; at += 1 << 18) { await writer.ready; await writer.write(new Uint8Array(packed.subarray(at, at + (1 << 18)))); }
    await writer.close();
  })().catch(() => undefined); // the reader is told of it
  return { reader, end: async () => { await reader.cancel().catch(() => undefined); await written; } };
}

/** Unpacks up to `most` bytes; never holds more than those and one piece. */
async function inflated(source: ByteSource, e: ZipEntry, packed: Uint8Array, most: number): Promise<Uint8Array> {
  const { reader, end } = inflating(packed), pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for (let r = await reader.read(); !r.done; r = await reader.read()) {
      pieces.push(r.value);
      if ((size += r.value.length) > most) break;
    }
  } catch {
    return bad(source, `the data of entry ${show(e.name)} is damaged`);
  } finally {
    await end();
  }
  const out = new Uint8Array(size);
  let to = 0;
  for (const p of pieces) { out.set(p, to); to += p.length; }
  return out;
}

/** First byte of an entry's data. @throws Diagnostic H0209 where the entry doesn't lie where the directory says */
export async function zipEntryBegin(source: ByteSource, e: ZipEntry): Promise<number> {
  const local = viewOf(await source.read(e.offset, 30));
  if (local.getUint32(0, true) !== LOCAL) return bad(source, `there is no entry ${show(e.name)} at byte ${e.offset}`);
  const names = local.getUint16(26, true), begin = e.offset + 30 + names + local.getUint16(28, true);
  if (begin + e.packed > source.size) return bad(source, `entry ${show(e.name)} ends behind the file`);
  const name = nameOf(source, await source.read(e.offset + 30, names), (local.getUint16(6, true) & 0x800) !== 0);
  return name === e.name ? begin : bad(source, `entry ${show(e.name)} is called ${show(name)} where it lies`);
}

/** The first bytes of a deflated entry, at least 64 KiB of them where it has so many. @throws Diagnostic H0209 */
export async function zipEntryPrefix(source: ByteSource, e: ZipEntry): Promise<Uint8Array> {
  return inflated(source, e, await source.read(await zipEntryBegin(source, e), Math.min(e.packed, 1 << 18)), 1 << 16);
}

/**
 * The bytes of an entry, unpacked and checked.
 * @throws Diagnostic H0209 if they aren't what the directory says
 */
export async function readZipEntry(source: ByteSource, e: ZipEntry): Promise<Uint8Array> {
  if (e.size > MOST_BYTES) return bad(source, `entry ${show(e.name)} has ${e.size} bytes, more than can be held`, "save it as a .npy or .safetensors file");
  const packed = await source.read(await zipEntryBegin(source, e), e.packed), bytes = e.method === "stored" ? packed : await inflated(source, e, packed, e.size);
  if (bytes.length !== e.size) return bad(source, `entry ${show(e.name)} unpacks to ${bytes.length > e.size ? "more" : "fewer"} than the ${e.size} bytes it claims`);
  if (crc32(bytes) !== e.crc) return bad(source, `the checksum of entry ${show(e.name)} is wrong`);
  return bytes;
}

async function deflated(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new CompressionStream("deflate-raw"), writer = stream.writable.getWriter();
  const written = writer.write(new Uint8Array(bytes)).then(() => writer.close());
  const out = new Uint8Array(await new Response(stream.readable).arrayBuffer());
  await written;
  return out;
}

/**
 * An archive of these files as bytes, in their order. Equal inputs give equal bytes.
 * @throws Diagnostic H0207 for a name that is too long or given twice, and past 4 GiB
 */
export async function writeZip(files: ReadonlyMap<string, Uint8Array>, compress: boolean): Promise<Uint8Array<ArrayBuffer>> {
  const refuse = (message: string): never => fail({ code: "H0207", message: `can't write this as an archive: ${message}`, help: "write several files, or .safetensors" });
  const parts: Uint8Array[] = [], central: Uint8Array[] = [];
  let at = 0;
  for (const [text, bytes] of files) {
    const name = new TextEncoder().encode(text), smaller = compress ? await deflated(bytes) : bytes, data = smaller.length < bytes.length ? smaller : bytes;
    if (name.length > 0xffff) refuse("a name is too long");
    const local = new Uint8Array(30 + name.length), record = new Uint8Array(46 + name.length), l = viewOf(local), r = viewOf(record);
    // Version 2.0, names in UTF-8, the first of January 1980.
    const common = [[2, 20], [2, 0x800], [2, data === bytes ? 0 : 8], [2, 0], [2, 0x21], [4, crc32(bytes)], [4, data.length], [4, bytes.length], [2, name.length], [2, 0]] as const;
    const put = (v: DataView, from: number): void => { let to = from; for (const [size, x] of common) { if (size === 2) v.setUint16(to, x, true); else v.setUint32(to, x, true); to += size; } };
    l.setUint32(0, LOCAL, true);
    put(l, 4);
    local.set(name, 30);
    r.setUint32(0, CENTRAL, true);
    r.setUint16(4, 20, true);
    put(r, 6);
    r.setUint32(42, at, true);
    record.set(name, 46);
    parts.push(local, data);
    central.push(record);
    at += local.length + data.length;
    if (at >= 0xffffffff) refuse("it passes 4 GiB");
  }
  const size = central.reduce((n, c) => n + c.length, 0), end = new Uint8Array(22), e = viewOf(end);
  if (files.size >= 0xffff || at + size >= 0xffffffff) refuse("it has too many files");
  e.setUint32(0, END, true);
  e.setUint16(8, files.size, true);
  e.setUint16(10, files.size, true);
  e.setUint32(12, size, true);
  e.setUint32(16, at, true);
  const out = new Uint8Array(at + size + 22);
  let to = 0;
  for (const p of [...parts, ...central, end]) { out.set(p, to); to += p.length; }
  return out;
}

// Where bytes come from: memory, a Blob of the browser, a file of Node, or anything that can give a range.

import { fail } from "../../diagnostic.ts";

/** Bytes of known length that can be had piece by piece, so that a reader touches only what it needs. */
export interface ByteSource {
  /** What to call it in messages: a path, a URL. */
  readonly name: string;
  /** Length in bytes. */
  readonly size: number;
  /** The `length` bytes from `offset` on; never fewer. May be a view: do not write to it. */
  readonly read: (offset: number, length: number) => Promise<Uint8Array>;
  readonly close: () => Promise<void>;
}

/** How a file is read. */
export interface ReadOptions {
  /** Is told how many bytes of the present piece are read, and how many it has. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

/** Bytes that are read in one go. */
const PIECE = 1 << 24;

function within(source: Pick<ByteSource, "name" | "size">, offset: number, length: number): void {
  if (!(Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0 && offset + length <= source.size))
    fail({ code: "H0206", message: `${source.name}: bytes ${offset} to ${offset + length} lie outside its ${source.size} bytes`, help: "read between 0 and `size`" });
}

/** A source over bytes in memory; reads are views of it. */
export function bytesSource(bytes: Uint8Array, name = "bytes"): ByteSource {
  const self = { name, size: bytes.byteLength };
  return {
    ...self,
    read: async (offset, length) => { within(self, offset, length); return bytes.subarray(offset, offset + length); },
    close: async () => undefined,
  };
}

/** A source over a Blob or a File of the browser; each read fetches its range only. */
export function blobSource(blob: Blob, name = "blob"): ByteSource {
  const self = { name, size: blob.size };
  return {
    ...self,
    read: async (offset, length) => { within(self, offset, length); return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()); },
    close: async () => undefined,
  };
}

/**
 * A source over a file of Node, held open until `close()`.
 * @throws Diagnostic H0208 if the file can't be opened, H0206 if it shrinks while it is read
 */
export async function fileSource(path: string, { progress }: ReadOptions = {}): Promise<ByteSource> {
  // Imported here, so that a page can use this module.
  const { open } = await import("node:fs/promises");
  const file = await open(path, "r").catch((error: unknown) =>
    fail({ code: "H0208", message: `can't open ${path}`, notes: [error instanceof Error ? error.message : String(error)], help: "check the path, and that you may read the file" }));
  const about = await file.stat();
  if (about.isDirectory()) {
    await file.close();
    fail({ code: "H0208", message: `${path} is a folder`, help: "name a file in it" });
  }
  const self = { name: path, size: about.size };
  return {
    ...self,
    async read(offset, length) {
      within(self, offset, length);
      const bytes = new Uint8Array(length);
      for (let at = 0; at < length;) {
        const { bytesRead } = await file.read(bytes, at, Math.min(length - at, PIECE), offset + at);
        if (bytesRead === 0) fail({ code: "H0206", message: `${path} ended at byte ${offset + at} while it was read`, help: "something rewrites it; read it when that is done" });
        at += bytesRead;
        progress?.(at, length);
      }
      return bytes;
    },
    close: () => file.close(),
  };
}

/**
 * A source over HTTP: each read asks the server for its range only.
 * @param options `fetch` sends the requests, e.g. with headers of one's own; default: the global one
 * @throws Diagnostic H0208 if the server can't be reached or refuses, H0206 if it answers with other bytes than asked for
 */
export async function urlSource(url: string | URL, options: { readonly fetch?: typeof fetch | undefined } & ReadOptions = {}): Promise<ByteSource> {
  const ask = options.fetch ?? fetch, name = String(url);
  const ranged = async (first: number, last: number): Promise<Response> => {
    const answer = await ask(url, { headers: { Range: `bytes=${first}-${last}` } }).catch((error: unknown) =>
      fail({ code: "H0208", message: `can't reach ${name}`, notes: [error instanceof Error ? error.message : String(error)], help: "check the address and the connection; a page reads only servers that allow it (CORS)" }));
    if (answer.status === 206) return answer;
    await answer.body?.cancel();
    if (answer.status === 416) return answer;
    return fail({ code: "H0208", message: `${name} answers ${answer.status} ${answer.statusText} to a request for bytes ${first} to ${last}`.trim(), help: answer.ok ? "the server gives whole files only: fetch it, then open the bytes" : "check the address" });
  };
  const first = await ranged(0, 0), size = Number(/\/(\d+)$/.exec(first.headers.get("content-range") ?? "")?.[1] ?? NaN);
  await first.arrayBuffer();
  if (!Number.isSafeInteger(size)) return fail({ code: "H0208", message: `${name} doesn't tell its size`, help: "the server must answer ranges with Content-Range, and allow pages to read it" });
  const self = { name, size };
  return {
    ...self,
    async read(offset, length) {
      within(self, offset, length);
      const bytes = new Uint8Array(length);
      for (let at = 0; at < length;) {
        const want = Math.min(length - at, PIECE), answer = await ranged(offset + at, offset + at + want - 1), got = new Uint8Array(await answer.arrayBuffer());
        if (got.length !== want) fail({ code: "H0206", message: `${name} gave ${got.length} bytes for the ${want} from byte ${offset + at} on`, help: "it changed meanwhile, or the connection broke; read it again" });
        bytes.set(got, at);
        at += want;
        options.progress?.(at, length);
      }
      return bytes;
    },
    close: async () => undefined,
  };
}

/** What a file can be read from: a path (Node), bytes, a Blob or File, or a source of one's own. */
export type Readable = string | Uint8Array | Blob | ByteSource;

/** The source of any of these. @throws Diagnostic H0208 if a file can't be opened */
export async function sourceOf(from: Readable, options: ReadOptions = {}): Promise<ByteSource> {
  if (typeof from === "string") return fileSource(from, options);
  if (from instanceof Uint8Array) return bytesSource(from);
  return from instanceof Blob ? blobSource(from, "name" in from && typeof from.name === "string" ? from.name : undefined) : from;
}

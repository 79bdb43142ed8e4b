// Reading a header from front to back without believing it: every length is held against what is left of the source before
// anything is read or kept. Bytes come through a window, so that a header of any size costs no more than its own values.
import type { ByteSource } from "../files/source.ts";

/** Bytes that are fetched at once where a header asks for a few. */
const WINDOW = 1 << 16;

/** A place in a source that moves forward. */
export class Cursor {
  readonly source: ByteSource;
  /** Byte that is read next. */
  at: number;
  /** One past the last byte that may be read. */
  readonly end: number;
  readonly #bad: (message: string, help?: string) => never;
  #bytes = new Uint8Array(0);
  #from = 0;

  /** @param bad throws the diagnostic of the kind of file */
  constructor(source: ByteSource, bad: (message: string, help?: string) => never, at = 0, end = source.size) {
    this.source = source;
    this.at = at;
    this.end = end;
    this.#bad = bad;
  }

  get left(): number { return this.end - this.at; }

  /** Says that `n` bytes of something don't fit. */
  #short(n: number, what: string): never {
    return this.#bad(`${what} at byte ${this.at} takes ${n} bytes, but ${this.left} are left`, "the file seems cut off or damaged; fetch it again");
  }

  /** The next `n` bytes without moving on. May be a view. */
  async peek(n: number, what: string): Promise<Uint8Array> {
    if (!(n >= 0 && n <= this.left)) this.#short(n, what);
    const from = this.at - this.#from;
    if (from < 0 || from + n > this.#bytes.length) {
      this.#bytes = (await this.source.read(this.at, Math.min(this.left, Math.max(n, WINDOW)))) as Uint8Array<ArrayBuffer>;
      this.#from = this.at;
      return this.#bytes.subarray(0, n);
    }
    return this.#bytes.subarray(from, from + n);
  }

  /** The next `n` bytes. */
  async bytes(n: number, what: string): Promise<Uint8Array> {
    const b = await this.peek(n, what);
    this.at += n;
    return b;
  }

  /** The next `n` bytes as numbers can be read from them. */
  async view(n: number, what: string): Promise<DataView> {
    const b = await this.bytes(n, what);
    return new DataView(b.buffer, b.byteOffset, n);
  }

  /** Moves on over `n` bytes. */
  skip(n: number, what: string): void {
    if (!(n >= 0 && n <= this.left)) this.#short(n, what);
    this.at += n;
  }
}

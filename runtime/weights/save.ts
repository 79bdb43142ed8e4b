// Writing safetensors tensor by tensor, so that a file of gigabytes needs the memory of a piece.
import { writeFileAtomic } from "../files/atomic.ts";
import { pairsOf, refuseSafetensors, safetensorsHead, type ByName, type SafetensorsAbout } from "../files/safetensors.ts";
import { show } from "./storage.ts";

/** A tensor whose bytes are made when it is its turn: at once, or in pieces. */
export interface SafetensorsStream extends SafetensorsAbout {
  /** Called once, when the bytes before are written. Row-major, little-endian. */
  readonly bytes: () => Promise<Uint8Array> | AsyncIterable<Uint8Array>;
}

/** How a file is written. */
export interface SaveOptions {
  /** Texts that the file says about itself. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Is told how many bytes are written, and how many there will be. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

/** The pieces of either. */
async function* piecesOf(bytes: Promise<Uint8Array> | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (bytes instanceof Promise) yield await bytes; else yield* bytes;
}

/**
 * Writes a safetensors file (Node), whole or not at all; each tensor's bytes are asked for when it is written, in the order of the file. Equal inputs give
 * equal bytes, those of `writeSafetensors`.
 * @throws Diagnostic H0207 if a tensor's bytes do not fit its dtype and shape, or a name is taken; H0208 if the file can't be written; what making the bytes
 * throws, as it is. On any of them the old file stands
 * @example
 * ```ts
 * const zeros = async function* () { for (let i = 0; i < 4; i++) yield new Uint8Array(1 << 20); };
 * await saveSafetensors("/dev/null/w.safetensors", { w: { dtype: "U8", shape: [4, 1 << 20], bytes: zeros } }); // throws H0208
 * ```
 */
export async function saveSafetensors(path: string, tensors: ByName<SafetensorsStream>, options: SaveOptions = {}): Promise<void> {
  const byName = new Map(pairsOf(tensors)), { head, order, size } = safetensorsHead([...byName].map(([name, { dtype, shape }]) => [name, { dtype, shape }] as const), options.metadata ?? {});
  async function* parts(): AsyncGenerator<Uint8Array> {
    let done = head.length;
    yield head;
    for (const [name, length] of order) {
      const t = byName.get(name) ?? refuseSafetensors(`tensor ${show(name)} is missing`);
      let given = 0;
      for await (const piece of piecesOf(t.bytes())) {
        if ((given += piece.length) > length) refuseSafetensors(`tensor ${show(name)}: ${t.dtype}[${t.shape.join(", ")}] takes ${length} bytes, more were given`);
        yield piece;
        options.progress?.((done += piece.length), size);
      }
      if (given !== length) refuseSafetensors(`tensor ${show(name)}: ${t.dtype}[${t.shape.join(", ")}] takes ${length} bytes, ${given} were given`);
    }
  }
  await writeFileAtomic(path, parts());
}

// Several arrays of NumPy in one file: a .npz is an archive of .npy files, stored (numpy.savez) or deflated (savez_compressed).
import { didYouMean, fail } from "../../diagnostic.ts";
import { readNpy, writeNpy, type NpyArray } from "./npy.ts";
import { sourceOf, type Readable, type ReadOptions } from "./source.ts";
import { readZip, readZipEntry, writeZip } from "./zip.ts";

/** An open .npz file: its directory is in memory, its arrays are read when asked for. */
export interface NpzFile {
  /** The arrays' names, without `.npy`, in the order of the directory. */
  readonly names: readonly string[];
  /** One array. @throws Diagnostic H0202 for an unknown name, H0209 for damaged data, those of `readNpy` */
  readonly read: (name: string) => Promise<NpyArray>;
  readonly close: () => Promise<void>;
}

/**
 * Opens a .npz file and reads its directory only.
 * @param from a path (Node), bytes, a Blob, or a source of one's own
 * @throws Diagnostic H0209 for a bad file, H0208 if it can't be opened
 * @example
 * ```ts
 * const file = await openNpz(await writeNpz({ x: { dtype: "f4", shape: [2], data: new Float32Array([1, 2]) } }));
 * (await file.read("x")).data; // => new Float32Array([1, 2])
 * ```
 */
export async function openNpz(from: Readable, options: ReadOptions = {}): Promise<NpzFile> {
  const source = await sourceOf(from, options);
  try {
    const entries = await readZip(source), names = Object.freeze([...entries.keys()].filter((n) => n.endsWith(".npy")).map((n) => n.slice(0, -4)));
    return Object.freeze({
      names,
      async read(name: string) {
        const entry = entries.get(`${name}.npy`);
        if (!entry) {
          const near = didYouMean(name, names);
          return fail({ code: "H0202", message: `${source.name} has no array ${JSON.stringify(name.slice(0, 80))}`, help: near ? `did you mean ${JSON.stringify(near)}?` : `it has ${names.slice(0, 12).join(", ") || "none"}` });
        }
        return readNpy(await readZipEntry(source, entry));
      },
      close: source.close,
    });
  } catch (error) {
    await source.close();
    throw error;
  }
}

/**
 * A .npz file of these arrays, as bytes. Equal inputs give equal bytes.
 * @param options `compress` deflates, as numpy.savez_compressed does
 * @throws Diagnostic H0207 if an array contradicts itself, or the file passes 4 GiB
 * @example
 * ```ts
 * const file = await openNpz(await writeNpz({ x: { dtype: "u1", shape: [1000], data: new Uint8Array(1000) } }, { compress: true }));
 * file.names; // => ["x"]
 * ```
 */
export function writeNpz(arrays: Readonly<Record<string, NpyArray>> | ReadonlyMap<string, NpyArray>, options: { readonly compress?: boolean } = {}): Promise<Uint8Array<ArrayBuffer>> {
  const list = arrays instanceof Map ? [...(arrays as ReadonlyMap<string, NpyArray>)] : Object.entries(arrays as Readonly<Record<string, NpyArray>>);
  return writeZip(new Map(list.map(([name, a]) => [`${name}.npy`, writeNpy(a)])), options.compress === true);
}

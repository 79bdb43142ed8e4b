// Arrays of NumPy as weight files: a .npy has one tensor, a .npz one for each array.
import { fail } from "../../diagnostic.ts";
import { npyPrefix, parseNpyHeader, readNpy, type NpyDtype, type NpyHeader } from "../files/npy.ts";
import { bytesSource, type ByteSource } from "../files/source.ts";
import { readZip, readZipEntry, zipEntryBegin, zipEntryPrefix, type ZipEntry } from "../files/zip.ts";
import { oneTensor, weightFile, type StoredTensor } from "./file.ts";
import { show } from "./storage.ts";
import type { WeightFile } from "./types.ts";

const names: Readonly<Record<NpyDtype, string>> = { f2: "f16", f4: "f32", f8: "f64", i1: "i8", i2: "i16", i4: "i32", i8: "i64", u1: "u8", u2: "u16", u4: "u32", u8: "u64", b1: "bool" };

/** Whether the bytes lie as they are wanted: row-major, little-endian. */
const asStored = (h: NpyHeader): boolean => !h.bigEndian && !(h.fortranOrder && h.shape.filter((d) => d !== 1).length > 1);

/**
 * A tensor of an array whose file is `size` bytes, which `read` gives by range; turned to row-major and little-endian where it is otherwise.
 * @param begin where the array's file begins in the source; undefined where it is packed
 */
function tensorOf(stored: string, file: string, h: NpyHeader, size: number, begin: number | undefined, read: (offset: number, length: number) => Promise<Uint8Array>): StoredTensor {
  const length = h.end - h.begin;
  const bytes = asStored(h) ? (offset: number, n: number): Promise<Uint8Array> => read(h.begin + offset, n) : async (offset: number, n: number): Promise<Uint8Array> => {
    const { data } = readNpy(await read(0, size));
    return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset + offset, n);
  };
  return oneTensor(Object.freeze({ name: "data", stored, type: names[h.dtype], shape: h.shape, offset: asStored(h) && begin !== undefined ? begin + h.begin : undefined, length, file, bytes }));
}

/** Opens a .npy file; its tensor is called "data". @throws Diagnostic H0204, H0205 */
export async function openNpyWeights(source: ByteSource): Promise<WeightFile> {
  const h = parseNpyHeader(await npyPrefix(source), source.size);
  return weightFile({ kind: "npy", name: source.name, metadata: new Map(), tensors: [tensorOf("data", source.name, h, source.size, 0, source.read)], close: source.close });
}

/** The bytes of an entry by range: from the file where it is stored; unpacked, and kept for the next piece, where it is deflated. */
function entryReader(source: ByteSource, e: ZipEntry, begin: number): (offset: number, length: number) => Promise<Uint8Array> {
  if (e.method === "stored") return (offset, length) => source.read(begin + offset, length);
  let kept: WeakRef<Uint8Array> | undefined;
  return async (offset, length) => {
    const whole = kept?.deref() ?? (await readZipEntry(source, e));
    kept = new WeakRef(whole);
    return whole.subarray(offset, offset + length);
  };
}

/** Opens a .npz file: reads its directory and the header of each array. @throws Diagnostic H0209, H0204, H0205 */
export async function openNpzWeights(source: ByteSource): Promise<WeightFile> {
  const tensors: StoredTensor[] = [];
  for (const e of (await readZip(source)).values()) {
    if (!e.name.endsWith(".npy")) continue;
    const name = e.name.slice(0, -4), begin = await zipEntryBegin(source, e), read = entryReader(source, e, begin);
    const prefix = e.method === "stored" ? undefined : bytesSource(await zipEntryPrefix(source, e), `${source.name}:${name}`);
    const header = prefix ? await npyPrefix(prefix) : await npyPrefix({ name: `${source.name}:${name}`, size: e.size, read, close: source.close });
    const h = parseNpyHeader(header, e.size);
    if (h.end !== e.size) fail({ code: "H0204", message: `${source.name}: array ${show(name)} ends at byte ${h.end} of its entry, which has ${e.size}`, help: "write it again with numpy.savez" });
    tensors.push(tensorOf(name, source.name, h, e.size, e.method === "stored" ? begin : undefined, read));
  }
  return weightFile({ kind: "npz", name: source.name, metadata: new Map(), tensors, close: source.close });
}

// What all weight files have in common: looking up, reading by range, reading in pieces. A kind gives its list and a way to get bytes.
import { fail } from "../../diagnostic.ts";
import type { ByteSource } from "../files/source.ts";
import { count, missing, show } from "./storage.ts";
import type { MetadataValue, WeightFile, WeightKind, WeightPart, WeightRange, WeightTensor } from "./types.ts";

/** A part and how its bytes are had: `offset` and `length` lie inside the part. */
export interface StoredPart extends WeightPart {
  readonly bytes: (offset: number, length: number) => Promise<Uint8Array>;
}

/** A tensor whose parts know their bytes. */
export interface StoredTensor extends Omit<WeightTensor, "parts"> {
  readonly parts: readonly StoredPart[];
}

/** A part that lies in a source as it is. */
export function plainPart(source: ByteSource, part: { readonly name?: string; readonly stored: string; readonly type: string; readonly shape: readonly number[]; readonly offset: number; readonly length: number }): StoredPart {
  return Object.freeze({ name: "data", ...part, file: source.name, bytes: (offset: number, length: number) => source.read(part.offset + offset, length) });
}

/** A tensor of these parts; sums up their bytes. */
export function storedTensor(name: string, format: string, shape: readonly number[], parts: readonly StoredPart[], options: WeightTensor["options"] = {}): StoredTensor {
  const length = parts.reduce((n, p) => n + p.length, 0), elements = count(shape) ?? 0;
  return Object.freeze({ name, format, shape: Object.freeze([...shape]), options: Object.freeze({ ...options }), parts: Object.freeze([...parts]), length, bitsPerWeight: elements === 0 ? 0 : (length * 8) / elements });
}

/** A tensor of one part, as it is stored. */
export const oneTensor = (part: StoredPart): StoredTensor => storedTensor(part.stored, part.type, part.shape, [part]);

/** Bytes of a piece where nothing else is said. */
const PIECE = 1 << 22;

/** Puts a weight file together. */
export function weightFile(about: {
  readonly kind: WeightKind; readonly name: string; readonly metadata: ReadonlyMap<string, MetadataValue>; readonly tensors: readonly StoredTensor[];
  readonly notes?: readonly string[]; readonly close: () => Promise<void>;
}): WeightFile {
  const { name: file } = about, byName = new Map(about.tensors.map((t) => [t.name, t]));
  const stored = (name: string): StoredTensor => byName.get(name) ?? missing(file, "tensor", name, [...byName.keys()]);
  const place = (name: string, range: WeightRange): readonly [part: StoredPart, offset: number, length: number] => {
    const t = stored(name), names = t.parts.map((p) => p.name);
    const part = range.part === undefined && t.parts.length === 1 ? t.parts[0] : t.parts.find((p) => p.name === range.part);
    if (!part) {
      if (range.part !== undefined) return missing(`${file}: tensor ${show(name)}`, "part", range.part, names);
      return fail({ code: "H0202", message: `${file}: tensor ${show(name)} has ${names.length} parts`, help: `name one: read(name, { part: ${names.map((n) => show(n)).join(" | ")} })` });
    }
    const offset = range.offset ?? 0, length = range.length ?? part.length - offset;
    if (!(Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0 && offset + length <= part.length))
      fail({ code: "H0206", message: `${file}: bytes ${offset} to ${offset + length} lie outside of the ${part.length} of tensor ${show(name)}`, help: "read between 0 and the part's `length`" });
    return [part, offset, length];
  };
  return Object.freeze({
    kind: about.kind, name: file, metadata: about.metadata, tensors: Object.freeze([...about.tensors]), notes: Object.freeze([...(about.notes ?? [])]),
    tensor: stored,
    async read(name: string, range: WeightRange = {}) {
      const [part, offset, length] = place(name, range);
      return part.bytes(offset, length);
    },
    async *pieces(name: string, range: WeightRange & { readonly size?: number | undefined } = {}) {
      const [part, offset, length] = place(name, range), size = Math.max(1, Math.floor(range.size ?? PIECE));
      for (let at = 0; at < length; at += size) yield await part.bytes(offset + at, Math.min(size, length - at));
    },
    close: about.close,
  });
}

/** No two tensors of a file have one name. @param wrong says it in the words of the kind */
export function unique(names: Iterable<string>, wrong: (name: string) => never): void {
  const seen = new Set<string>();
  for (const n of names) { if (seen.has(n)) wrong(n); seen.add(n); }
}

// GGUF, the weight files of ggml and llama.cpp.
//
//   "GGUF" version │ count of tensors, of pairs │ key type value … │ name sizes type offset … │ padding │ tensors' bytes, each aligned
//
// The npm package @huggingface/gguf reads the same headers and is what the tests compare with. It isn't used here: of a header that is cut
// off it reads on in zeros and gives tensors without names, its errors name no byte, and it can't be bundled for a page.
import { fail } from "../../diagnostic.ts";
import type { ByteSource } from "../files/source.ts";
import { Cursor } from "./cursor.ts";
import { oneTensor, plainPart, unique, weightFile, type StoredTensor } from "./file.ts";
import { count, show, sizes, storages, storedBytes } from "./storage.ts";
import type { MetadataValue, WeightFile } from "./types.ts";

/** Names of ggml's tensor types by number; those left out were withdrawn. i2_s is BitNet's own. */
export const ggmlTypes: ReadonlyMap<number, string> = new Map([
  ..."f32 f16 q4_0 q4_1".split(" ").map((n, i) => [i, n] as const),
  ..."q5_0 q5_1 q8_0 q8_1 q2_k q3_k q4_k q5_k q6_k q8_k iq2_xxs iq2_xs iq3_xxs iq1_s iq4_nl iq3_s iq2_s iq4_xs i8 i16 i32 i64 f64 iq1_m bf16".split(" ").map((n, i) => [i + 6, n] as const),
  [34, "tq1_0"], [35, "tq2_0"], [36, "i2_s"], [39, "mxfp4"], [40, "nvfp4"], [41, "q1_0"], [42, "q2_0"],
]);

/** Types of metadata: least bytes of one, and how it is read; text and lists are read by `value`. */
const scalars: readonly (readonly [bytes: number, get: (v: DataView) => MetadataValue] | undefined)[] = [
  [1, (v) => v.getUint8(0)], [1, (v) => v.getInt8(0)], [2, (v) => v.getUint16(0, true)], [2, (v) => v.getInt16(0, true)], [4, (v) => v.getUint32(0, true)], [4, (v) => v.getInt32(0, true)],
  [4, (v) => v.getFloat32(0, true)], [1, (v) => v.getUint8(0) !== 0], undefined, undefined, [8, (v) => v.getBigUint64(0, true)], [8, (v) => v.getBigInt64(0, true)], [8, (v) => v.getFloat64(0, true)],
];
const TEXT = 8, LIST = 9;

/** Past these a header is refused: text of one value, values in all lists, lists in lists, axes of a tensor. */
const MOST_TEXT = 1 << 26, MOST_VALUES = 1 << 22, MOST_DEPTH = 4, MOST_AXES = 8;

const refuse = (source: ByteSource) => (message: string, help = "fetch it again, or convert the model again"): never =>
  fail({ code: "H0220", message: `${source.name} is no good GGUF file: ${message}`, help });

/** A length in a message. */
const counted = (n: number): string => (Number.isFinite(n) ? String(n) : "more than 2^53");

/** Reads the records of a header. */
class Header {
  readonly cursor: Cursor;
  readonly bad: (message: string, help?: string) => never;
  /** Bytes of a length: 4 in version 1. */
  wide = 8;
  #kept = 0;

  constructor(source: ByteSource) {
    this.bad = refuse(source);
    this.cursor = new Cursor(source, this.bad);
  }

  async u32(what: string): Promise<number> { return (await this.cursor.view(4, what)).getUint32(0, true); }

  /** A length or size; what no number holds exactly comes as Infinity, which passes no check. */
  async size(what: string): Promise<number> {
    const v = await this.cursor.view(this.wide, what);
    if (this.wide === 4) return v.getUint32(0, true);
    const n = v.getUint32(4, true) * 2 ** 32 + v.getUint32(0, true);
    return Number.isSafeInteger(n) ? n : Infinity;
  }

  async text(what: string, most = MOST_TEXT): Promise<string> {
    const at = this.cursor.at, n = await this.size(`the length of ${what}`);
    if (n > this.cursor.left || n > most) this.bad(`${what} at byte ${at} says that it has ${counted(n)} bytes; ${Math.min(this.cursor.left, most)} are the most it can have`);
    return new TextDecoder().decode(await this.cursor.bytes(n, what));
  }

  async value(type: number, what: string, depth = 0): Promise<MetadataValue> {
    const at = this.cursor.at, scalar = scalars[type];
    if (scalar) return scalar[1](await this.cursor.view(scalar[0], what));
    if (type === TEXT) return this.text(what);
    if (type !== LIST) return this.bad(`${what} at byte ${at} has the unknown type ${type}`);
    if (depth >= MOST_DEPTH) return this.bad(`${what} at byte ${at} is a list in more than ${MOST_DEPTH} lists`);
    const of = await this.u32(`the type of ${what}`), n = await this.size(`the length of ${what}`), least = scalars[of]?.[0] ?? (of === TEXT ? this.wide : of === LIST ? 4 + this.wide : NaN);
    if (Number.isNaN(least)) return this.bad(`${what} at byte ${at} is a list of the unknown type ${of}`);
    if (n * least > this.cursor.left) return this.bad(`${what} at byte ${at} is a list of ${counted(n)} values, more than the ${this.cursor.left} bytes behind it hold`);
    if ((this.#kept += n) > MOST_VALUES) return this.bad(`${what} at byte ${at}: lists of the header have more than ${MOST_VALUES} values in all`);
    const list: MetadataValue[] = [];
    for (let i = 0; i < n; i++) list.push(await this.value(of, what, depth + 1));
    return list;
  }
}

/** A tensor as the header has it; its place is checked when all are known. */
interface Described { readonly name: string; readonly type: string; readonly shape: readonly number[]; readonly offset: number; readonly length: number; readonly at: number }

/** Bytes of a tensor. BitNet's i2_s has its scale behind all elements. */
const bytesOf = (type: string, shape: readonly number[]): number | undefined => {
  if (type !== "i2_s") return storedBytes(type, shape);
  const n = count(shape);
  return n === undefined || n % 128 !== 0 ? undefined : n / 4 + 32;
};

async function described(h: Header, i: number, total: number): Promise<Described> {
  const at = h.cursor.at, name = await h.text(`the name of tensor ${i + 1} of ${total}`, 0xffff), where = `tensor ${show(name)}, whose record begins at byte ${at},`;
  if (name === "") h.bad(`tensor ${i + 1} of ${total}, whose record begins at byte ${at}, has no name`);
  const axes = await h.u32(`the count of axes of tensor ${show(name)}`);
  if (axes > MOST_AXES) h.bad(`${where} has ${axes} axes; ${MOST_AXES} are the most`);
  const shape: number[] = [];
  for (let a = 0; a < axes; a++) shape.unshift(await h.size(`a size of tensor ${show(name)}`)); // ggml names the fastest axis first
  const number = await h.u32(`the type of tensor ${show(name)}`), type = ggmlTypes.get(number), offset = await readOffset(h, name);
  if (type === undefined) return fail({ code: "H0203", message: `${h.cursor.source.name}: ${where} has the unknown type ${number}`, help: `types that are known: ${[...ggmlTypes.values()].join(" ")}` });
  const length = bytesOf(type, shape);
  if (length === undefined) {
    const block = type === "i2_s" ? 128 : storages.get(type)?.elements ?? 1;
    return h.bad(`${where} can't be ${type}${sizes(shape)}: ${count(shape) === undefined || !shape.every(Number.isFinite) ? "it has too many elements" : `blocks of ${block} elements don't come out even`}`);
  }
  return { name, type, shape, offset, length, at };
}

/** An offset has 8 bytes in every version. */
async function readOffset(h: Header, name: string): Promise<number> {
  const { wide } = h;
  h.wide = 8;
  const n = await h.size(`the offset of tensor ${show(name)}`);
  h.wide = wide;
  return n;
}

/** Every tensor lies inside the file, aligned, and none in another. */
function placed(source: ByteSource, tensors: readonly Described[], begin: number, alignment: number): void {
  const bad = refuse(source);
  let end = begin, before = "";
  for (const t of [...tensors].sort((a, b) => a.offset - b.offset || a.length - b.length)) {
    const at = begin + t.offset, where = `tensor ${show(t.name)} begins at byte ${at}`;
    if (t.offset % alignment !== 0) bad(`${where}, which is no multiple of ${alignment} behind byte ${begin}`);
    if (!(at + t.length <= source.size)) bad(`${where} and takes ${t.length} bytes, but the file ends at byte ${source.size}`, "the file seems cut off; fetch it again");
    if (t.length > 0 && at < end) bad(`${where}, inside of tensor ${show(before)}, which ends at byte ${end}`);
    if (t.length > 0) { end = at + t.length; before = t.name; }
  }
}

/** Opens a GGUF file: reads and checks its header. @throws Diagnostic H0220 (naming tensor and byte), H0203 */
export async function openGguf(source: ByteSource): Promise<WeightFile> {
  const h = new Header(source), { cursor, bad } = h;
  const magic = new TextDecoder("latin1").decode(await cursor.bytes(Math.min(4, source.size), "the magic"));
  if (magic !== "GGUF") bad(`it begins with ${show(magic)}, not with "GGUF", at byte 0`, "is this a GGUF file at all?");
  const version = await h.u32("the version");
  if (version > 0 && (version & 0xffff) === 0) bad("its numbers are big-endian, as byte 4 shows", "convert it with gguf_convert_endian.py of llama.cpp");
  if (version < 1 || version > 3) bad(`version ${version} at byte 4 is unknown; 1 to 3 are read`);
  h.wide = version === 1 ? 4 : 8;
  const tensors = await h.size("the count of tensors"), pairs = await h.size("the count of pairs"), leastPair = h.wide + 5, leastTensor = h.wide + 16;
  if (pairs * leastPair + tensors * leastTensor > cursor.left) bad(`byte 8 says that it has ${counted(tensors)} tensors and ${counted(pairs)} pairs; the ${cursor.left} bytes behind that can't hold them`);
  const metadata = new Map<string, MetadataValue>();
  for (let i = 0; i < pairs; i++) {
    const at = cursor.at, key = await h.text(`key ${i + 1} of ${pairs}`, 0xffff);
    if (metadata.has(key)) bad(`the key ${show(key)} at byte ${at} is there twice`);
    metadata.set(key, await h.value(await h.u32(`the type of ${show(key)}`), `the value of ${show(key)}`));
  }
  const alignment = metadata.get("general.alignment") ?? 32;
  if (typeof alignment !== "number" || !(alignment >= 1) || (alignment & (alignment - 1)) !== 0) return bad(`its general.alignment is ${String(alignment).slice(0, 40)}, no power of two`);
  const list: Described[] = [];
  for (let i = 0; i < tensors; i++) list.push(await described(h, i, tensors));
  unique(list.map((t) => t.name), (name) => bad(`tensor ${show(name)} is there twice, the second time at byte ${list.findLast((t) => t.name === name)?.at}`));
  const begin = Math.ceil(cursor.at / alignment) * alignment;
  placed(source, list, begin, alignment);
  const stored: StoredTensor[] = list.map((t) => oneTensor(plainPart(source, { stored: t.name, type: t.type, shape: t.shape, offset: begin + t.offset, length: t.length })));
  return weightFile({ kind: "gguf", name: source.name, metadata, tensors: stored, close: source.close });
}

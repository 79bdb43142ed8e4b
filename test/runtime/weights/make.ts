// Weight files made for tests, without the readers under test: a writer of GGUF, and one of the parts of ONNX that hold weights.

/** Bytes one after the other. */
export function concat(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) { out.set(p, at); at += p.length; }
  return out;
}

/** `n` bytes that differ. */
export const bytesOf = (n: number, seed = 1): Uint8Array<ArrayBuffer> => Uint8Array.from({ length: n }, (_, i) => (i * 167 + seed * 31 + (i >> 8)) & 255);

const le = (bytes: number, x: number | bigint): Uint8Array => Uint8Array.from({ length: bytes }, (_, i) => Number((BigInt.asUintN(64, BigInt(x)) >> BigInt(8 * i)) & 255n));
export const u32 = (x: number): Uint8Array => le(4, x);
export const u64 = (x: number | bigint): Uint8Array => le(8, x);
const f32 = (x: number): Uint8Array => new Uint8Array(Float32Array.of(x).buffer);
const utf8 = (t: string): Uint8Array => new TextEncoder().encode(t);

/** A value of GGUF with its type: whole numbers as u32, others as f32, lists of one of these. */
export type GgufValue = string | number | boolean | bigint | readonly GgufValue[];

/** A tensor to be written; `ne` fastest axis first, as ggml has it. */
export interface GgufTensor { readonly name: string; readonly ne: readonly number[]; readonly type: number; readonly bytes: Uint8Array; readonly offset?: number }

/** Writes GGUF. */
export function gguf(pairs: Readonly<Record<string, GgufValue>>, tensors: readonly GgufTensor[], options: { readonly version?: 1 | 2 | 3; readonly alignment?: number } = {}): Uint8Array<ArrayBuffer> {
  const { version = 3, alignment = 32 } = options, size = (x: number): Uint8Array => (version === 1 ? u32(x) : u64(x)), text = (t: string): Uint8Array => concat(size(utf8(t).length), utf8(t));
  const type = (v: GgufValue): number => (typeof v === "string" ? 8 : typeof v === "boolean" ? 7 : typeof v === "bigint" ? 10 : typeof v === "number" ? (Number.isInteger(v) ? 4 : 6) : 9);
  const value = (v: GgufValue): Uint8Array => typeof v === "string" ? text(v) : typeof v === "boolean" ? Uint8Array.of(v ? 1 : 0) : typeof v === "bigint" ? u64(v) : typeof v === "number" ? (Number.isInteger(v) ? u32(v) : f32(v))
    : concat(u32(v.length ? type(v[0]) : 4), size(v.length), ...v.map(value));
  const list = Object.entries(pairs), up = (n: number): number => Math.ceil(n / alignment) * alignment;
  let at = 0;
  const placed = tensors.map((t) => { const offset = t.offset ?? at; at = up(Math.max(at, offset + t.bytes.length)); return { ...t, offset }; });
  const head = concat(utf8("GGUF"), u32(version), size(tensors.length), size(list.length), ...list.map(([k, v]) => concat(text(k), u32(type(v)), value(v))),
    ...placed.map((t) => concat(text(t.name), u32(t.ne.length), ...t.ne.map(size), u32(t.type), u64(t.offset))));
  const begin = up(head.length), out = new Uint8Array(begin + Math.max(0, ...placed.map((t) => t.offset + t.bytes.length)));
  out.set(head);
  for (const t of placed) out.set(t.bytes, begin + t.offset);
  return out;
}

/** A varint of protocol buffers. */
export function varint(x: number | bigint): Uint8Array {
  const out: number[] = [];
  for (let v = BigInt.asUintN(64, BigInt(x)); ; v >>= 7n) { if (v < 128n) { out.push(Number(v)); break; } out.push(Number(v & 127n) | 128); }
  return Uint8Array.from(out);
}

/** Fields of protocol buffers: a number as varint, text or bytes with their length. */
export const field = (number: number, x: number | bigint | string | Uint8Array): Uint8Array =>
  typeof x === "string" || x instanceof Uint8Array ? ((b: Uint8Array) => concat(varint(number * 8 + 2), varint(b.length), b))(typeof x === "string" ? utf8(x) : x) : concat(varint(number * 8), varint(x));

/** A TensorProto with its bytes as raw_data, or with other fields in their place. */
export const tensorProto = (name: string, type: number, dims: readonly number[], content: Uint8Array | { readonly fields: Uint8Array }): Uint8Array =>
  concat(...dims.map((d) => field(1, d)), field(2, type), ...(name ? [field(8, name)] : []), content instanceof Uint8Array ? field(9, content) : content.fields);

/** Fields of a tensor whose bytes lie in another file. */
export const outside = (location: string, offset: number, length: number): { readonly fields: Uint8Array } =>
  ({ fields: concat(field(14, 1), ...Object.entries({ location, offset, length }).map(([k, v]) => field(13, concat(field(1, k), field(2, String(v)))))) });

/** A node with whole numbers as attributes. */
export const node = (op: string, inputs: readonly string[], attributes: Readonly<Record<string, number>> = {}, domain = "com.microsoft"): Uint8Array =>
  concat(...inputs.map((i) => field(1, i)), field(2, `${op}_out`), field(4, op), ...Object.entries(attributes).map(([k, v]) => field(5, concat(field(1, k), field(3, v), field(20, 2)))), field(7, domain));

/** A model of these nodes and initialisers. */
export const onnx = (nodes: readonly Uint8Array[], tensors: readonly Uint8Array[]): Uint8Array<ArrayBuffer> =>
  concat(field(1, 10), field(2, "bitloom tests"), field(7, concat(...nodes.map((n) => field(1, n)), field(2, "main"), ...tensors.map((t) => field(5, t)))), field(8, concat(field(1, ""), field(2, 21))));

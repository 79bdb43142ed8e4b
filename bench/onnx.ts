// ONNX models of one node, written by hand: the few messages of its protocol buffers that such a model needs.
const text = new TextEncoder();

const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));

function varint(n: number): Uint8Array {
  const out: number[] = [];
  for (; n >= 128; n = Math.floor(n / 128)) out.push((n % 128) + 128);
  return Uint8Array.from([...out, n]);
}

// Fields by number: of a whole number, and of bytes, text or a message.
const whole = (field: number, n: number): Uint8Array => joined(varint(field * 8), varint(n));
const bytes = (field: number, b: Uint8Array): Uint8Array => joined(varint(field * 8 + 2), varint(b.length), b);
const string = (field: number, s: string): Uint8Array => bytes(field, text.encode(s));

/** Element types by ONNX's numbers. */
export const onnxTypes = { f32: 1, u8: 2 } as const;

/** A constant of a model. */
export interface Initializer { readonly name: string; readonly type: number; readonly dims: readonly number[]; readonly data: Uint8Array | Float32Array }

const tensor = ({ name, type, dims, data }: Initializer): Uint8Array =>
  joined(...dims.map((d) => whole(1, d)), whole(2, type), string(8, name), bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)));

/** An input or output of f32. */
interface Slot { readonly name: string; readonly dims: readonly number[] }
const slot = ({ name, dims }: Slot): Uint8Array =>
  joined(string(1, name), bytes(2, bytes(1, joined(whole(1, onnxTypes.f32), bytes(2, joined(...dims.map((d) => bytes(1, whole(1, d)))))))));

/** A whole number as an attribute. */
export const attribute = (name: string, n: number): Uint8Array => joined(string(1, name), whole(3, n), whole(20, 2));

export const node = (op: string, inputs: readonly string[], outputs: readonly string[], attributes: readonly Uint8Array[] = [], domain = ""): Uint8Array =>
  joined(...inputs.map((s) => string(1, s)), ...outputs.map((s) => string(2, s)), string(3, op), string(4, op), ...attributes.map((a) => bytes(5, a)), string(7, domain));

/** A model of one node. */
export function model({ node: made, initializers, inputs, outputs }: { readonly node: Uint8Array; readonly initializers: readonly Initializer[]; readonly inputs: readonly Slot[]; readonly outputs: readonly Slot[] }): Uint8Array {
  const graph = joined(bytes(1, made), string(2, "graph"), ...initializers.map((t) => bytes(5, tensor(t))), ...inputs.map((s) => bytes(11, slot(s))), ...outputs.map((s) => bytes(12, slot(s))));
  return joined(whole(1, 10), string(2, "bench"), bytes(7, graph), bytes(8, joined(string(1, ""), whole(2, 21))), bytes(8, joined(string(1, "com.microsoft"), whole(2, 1))));
}

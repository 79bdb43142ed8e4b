// Tensors of a format on a device: the blocks as they lie in a weight file, uploaded as they are, and what lies beside them.
//
//   bytes ──formatTensor(device, q4_0, [N, K], bytes)──▶  one GPUBuffer of 18-byte blocks
//                                                        fields  d: f16[N, K / 32]  q: u4[N, K / 32, 32]   Tensors on it
//
// A kernel takes all of them under one name: run({ w }) gives the fields for its parameters w.d and w.q.
import { didYouMean, fail } from "../diagnostic.ts";
import { checkFormatShape, formatSizes, formatTensors, type FieldTensor, type Format, type FormatBytes, type FormatTile } from "../vm/index.ts";
import type { Device } from "./device.ts";
import { download } from "./memory.ts";
import { needTensor, together, type Planned, type Tensor } from "./tensor.ts";

const BRAND: unique symbol = Symbol.for("bitloom.format-tensor");

/** A tensor of a format on a device. Free it with `using` or `dispose()`. */
export interface FormatTensor {
  readonly [BRAND]: true;
  readonly device: Device;
  readonly format: Format;
  /** Sizes of the elements: whole blocks. */
  readonly shape: readonly number[];
  /** A tensor for each field; those of the blocks lie in one buffer. They are this tensor's: don't dispose them. */
  readonly fields: Readonly<Record<string, Tensor>>;
  /** Bytes in device memory. */
  readonly bytes: number;
  readonly disposed: boolean;
  /** The blocks under "" and each field beside under its name, packed as they were given. @throws Diagnostic H0307 if disposed, H0308 or H0309 if the device can't */
  readBytes(): Promise<FormatBytes>;
  /** Its fields as tiles of the host: what `formatValues` of `bitloom/vm` takes. @throws as `readBytes` */
  readTile(): Promise<FormatTile>;
  /** Frees its memory. Calling it twice is harmless. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** What a tensor of a format is made of: its blocks' bytes, or all its buffers by name ("" for the blocks), or a tile of the host. */
export type FormatData = ArrayBufferView | Readonly<Record<string, ArrayBufferView>> | FormatTile;

/** Whether something is a tensor of a format. */
export const isFormatTensor = (x: unknown): x is FormatTensor => typeof x === "object" && x !== null && (x as { readonly [BRAND]?: unknown })[BRAND] === true;

/** A tensor of a format as messages write it: `q4_0[4096, 4096]`. */
export const formatText = (w: Pick<FormatTensor, "format" | "shape">): string => `${w.format.name}[${w.shape.join(", ")}]`;

const isTile = (x: FormatData): x is FormatTile => !ArrayBuffer.isView(x) && "fields" in x && "format" in x && !ArrayBuffer.isView(x.fields);
const bytesOf = (x: ArrayBufferView): Uint8Array => new Uint8Array(x.buffer, x.byteOffset, x.byteLength);
const sizesOf = (t: FieldTensor): number[] => t.shape.map(Number);

/** The buffers that are given, each of its size. */
function buffersOf(format: Format, shape: readonly number[], data: Exclude<FormatData, FormatTile>): Map<string, Uint8Array> {
  const need = formatSizes(format, shape), names = Object.keys(need), text = formatText({ format, shape });
  const what = (name: string): string => (name === "" ? "the blocks" : `'${name}'`);
  const listed = `it is made of ${names.map((n) => `${what(n)}, ${need[n]} bytes`).join(", and ")}`;
  if (typeof data !== "object" || data === null) fail({ code: "H0702", message: `${text} is made of bytes, found ${String(data)}`, help: listed });
  const given: Readonly<Record<string, ArrayBufferView>> = ArrayBuffer.isView(data) ? { [names[0] ?? ""]: data } : data;
  const odd = Object.keys(given).find((n) => !names.includes(n)), near = odd === undefined ? undefined : didYouMean(odd, names);
  if (odd !== undefined) fail({ code: "H0702", message: `${text} has no buffer ${what(odd)}`, help: near ? `did you mean ${what(near)}?` : listed });
  return new Map(names.map((n) => {
    const x = given[n], least = n === "" ? need[n] : need[n] - 3; // a field's last word may be cut to bytes
    if (!ArrayBuffer.isView(x)) return fail({ code: "H0702", message: `${what(n)} of ${text} ${n === "" ? "are" : "is"} missing`, help: listed });
    if (x.byteLength > need[n] || x.byteLength < least)
      fail({ code: "H0702", message: `${what(n)} of ${text} ${n === "" ? "take" : "takes"} ${need[n]} bytes, found ${x.byteLength}`, help: "check the shape and the format" });
    return [n, bytesOf(x)] as const;
  }));
}

/**
 * A tensor of a format on a device. Its bytes are uploaded as they are; nothing is unpacked.
 * @param shape sizes of the elements, at least as many as the format has axes; whole blocks
 * @param data the bytes of its blocks, row by row as weight files have them; or all its buffers by name, "" for the blocks; or a tile
 * @throws Diagnostic H0301, H0701 (no whole blocks), H0702 (buffers that are missing, unknown or of another size), H0304, H0308, H0309
 *   (memory, device), T0705 (too few axes)
 * @example
 * ```ts
 * using device = await open({ adapter: "swiftshader" });
 * using w = await formatTensor(device, formatNamed("q4_0"), [2, 64], new Uint8Array(4 * 18).fill(0x34));
 * [w.fields.q.dtype, ...w.fields.q.shape]; // => ["u4", 2, 2, 32]
 * (await w.readBytes())[""].length; // => 72
 * ```
 */
export async function formatTensor(device: Device, format: Format, shape: readonly number[], data: FormatData): Promise<FormatTensor> {
  const packed = typeof data === "object" && data !== null && isTile(data) ? (await import("./format-bytes.ts")).packFormat(data) : data;
  const given = buffersOf(format, shape, packed), w = await emptyFormatTensor(device, format, shape);
  for (const t of formatTensors(format, shape)) {
    const bytes = given.get(t.buffer);
    if (bytes && given.delete(t.buffer)) upload(device, w.fields[t.field.name].buffer, bytes);
  }
  return w;
}

/**
 * A tensor of a format of which all bits are 0, but for what is given.
 * @param given tensors of fields that lie beside the blocks; they are the result's own from then on
 * @throws Diagnostic H0301, H0304, H0308, H0309, H0701, H0703, T0705 as `formatTensor` and `formatTensorOf`
 * @example
 * ```ts
 * using device = await open({ adapter: "swiftshader" });
 * using w = await emptyFormatTensor(device, formatNamed("q8_0"), [2, 64]);
 * (await w.readBytes())[""].length; // => 136
 * ```
 */
export async function emptyFormatTensor(device: Device, format: Format, shape: readonly number[], given: Readonly<Record<string, Tensor>> = {}): Promise<FormatTensor> {
  checkFormatShape(format, shape);
  const tensors = formatTensors(format, shape), fields: Record<string, Tensor> = {};
  try {
    for (const name of new Set(tensors.map((t) => t.buffer))) {
      const own = tensors.filter((t) => t.buffer === name), here = given[name];
      const parts = own.map((t): Planned => ({ dtype: t.dtype.name, shape: sizesOf(t), packing: t.packing, name: `'${t.field.name}' of ${formatText({ format, shape })}` }));
      const made = here ? [here] : await together(device, parts);
      own.forEach((t, i) => { fields[t.field.name] = made[i]; });
    }
    return formatTensorOf(format, shape, fields);
  } catch (e) {
    for (const t of Object.values(fields)) t.dispose();
    throw e;
  }
}

/** Bytes into a buffer, the last word filled with zeros. */
function upload({ gpu }: Device, buffer: GPUBuffer, bytes: Uint8Array): void {
  const whole = bytes.length - (bytes.length % 4), last = new Uint8Array(4);
  last.set(bytes.subarray(whole));
  if (whole > 0) gpu.queue.writeBuffer(buffer, 0, bytes as Uint8Array<ArrayBuffer>, 0, whole);
  if (bytes.length > whole) gpu.queue.writeBuffer(buffer, whole, last);
}

/**
 * The tensor of a format whose fields are there already, for example as the outs of a kernel. They are its own from then on.
 * @throws Diagnostic H0703 if they aren't the fields of such a tensor
 */
export function formatTensorOf(format: Format, shape: readonly number[], fields: Readonly<Record<string, Tensor>>): FormatTensor {
  const sizes = formatSizes(format, shape), tensors = formatTensors(format, shape), self = { format, shape: Object.freeze([...shape]) }, text = formatText(self);
  const all = tensors.map((t) => {
    const x = fields[t.field.name];
    return x?.dtype === t.dtype.name && x.shape.join() === t.shape.join() ? x
      : fail({ code: "H0703", message: `'${t.field.name}' of ${text} is ${t.dtype.name}[${t.shape.join(", ")}], found ${x ? `${x.dtype}[${x.shape.join(", ")}]` : "none"}`, help: "give a tensor for each field of the format" });
  });
  const [{ device }] = all, buffers = new Map(tensors.map((t, i) => [t.buffer, all[i]] as const));
  const dispose = (): void => { for (const t of all) t.dispose(); };
  const readBytes = async (): Promise<FormatBytes> => {
    for (const t of all) needTensor(t, text);
    const read = [...buffers].map(async ([name, { buffer }]) => [name, bytesOf(await download(device, buffer, Math.ceil(sizes[name] / 4))).subarray(0, sizes[name])] as const);
    return Object.fromEntries(await Promise.all(read));
  };
  return Object.freeze({
    [BRAND]: true as const, device, ...self, fields: Object.freeze(Object.fromEntries(tensors.map((t, i) => [t.field.name, all[i]]))),
    bytes: [...buffers.values()].reduce((n, t) => n + t.bytes, 0),
    get disposed() { return all.some((t) => t.disposed); },
    readBytes, readTile: async () => (await import("./format-bytes.ts")).unpackFormat(format, shape, await readBytes()),
    dispose, [Symbol.dispose]: dispose,
  });
}

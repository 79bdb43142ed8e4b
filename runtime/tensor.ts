// A tensor: codes of one number type in device memory, packed into u32 words. What the words mean is plain data
// beside the buffer (type, shape, packing); nothing is inferred from the buffer.
import { didYouMean, fail } from "../diagnostic.ts";
import { dense, equalPacking, wordCount, type Codes, type Packing } from "../layout/index.ts";
import { tensorText, type DType } from "../vm/index.ts";
import { codesOf, meaningOf, valuesOf, type HostValues, type ValuesAre, type ValuesByType } from "./codes.ts";
import type { Device } from "./device.ts";
import { allocate, bufferBytes, download, needAlive, needBuffer, needRoom } from "./memory.ts";

const BRAND: unique symbol = Symbol.for("bitloom.tensor");

/** A tensor on a device. Free it with `using` or `dispose()`. */
export interface Tensor<D extends string = string> {
  readonly [BRAND]: true;
  readonly device: Device;
  /** Name of its number type. */
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly packing: Packing;
  /** Number of elements. */
  readonly size: number;
  /** Bytes in device memory, a multiple of 16. */
  readonly bytes: number;
  /** The storage buffer of u32 words, for code that shares it; it stays the tensor's. */
  readonly buffer: GPUBuffer;
  readonly disposed: boolean;
  /**
   * The elements as numbers, row-major: Float32Array of floats, Int32Array of signed and bipolar
   * integers, Uint32Array of unsigned ones, Uint8Array of bool.
   * @throws Diagnostic H0307 if disposed, H0308 or H0309 if the device can't
   */
  read(): Promise<ValuesByType[D]>;
  /** The elements' codes, row-major, in the narrowest unsigned array. @throws as `read` */
  readCodes(): Promise<Codes>;
  /** A new tensor of the same elements under another packing. @throws as `read`, H0304, L codes of the packing */
  repack(packing: Packing): Promise<Tensor<D>>;
  /** Frees the memory. Calling it twice is harmless. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** How a tensor is stored and how the numbers for it are meant. */
export interface TensorOptions {
  /** Where each bit lies; default `dense`. */
  readonly packing?: Packing | undefined;
  /** Default: unsigned typed arrays are codes of storage types and f16; all else is values. */
  readonly as?: ValuesAre | undefined;
  /** What messages call it. */
  readonly name?: string | undefined;
}

/** How a buffer of the caller's holds a tensor. */
export interface AdoptOptions {
  /** Where each bit lies; default `dense`. */
  readonly packing?: Packing | undefined;
  /** What messages call it. */
  readonly name?: string | undefined;
}

/** Tensors of buffers that are there already. */
export const Tensor = Object.freeze({
  /**
   * A tensor around a buffer of yours. It stays yours: `dispose()` forgets it and doesn't destroy it.
   * @param device where the buffer was made
   * @param buffer of usage STORAGE (to be read also COPY_SRC), of at least as many bytes as the tensor takes
   * @throws Diagnostic N0110, H0301, H0303, L codes of the packing; H0311 (no buffer, or one that can't hold it), H0312 (usage), H0408
   *   (of another device)
   * @example
   * ```ts
   * using device = await open({ adapter: "swiftshader" });
   * const buffer = device.gpu.createBuffer({ size: 16, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
   * device.gpu.queue.writeBuffer(buffer, 0, new Uint32Array([0x321]));
   * const t = await Tensor.from(device, buffer, "u4", [3]);
   * [...(await t.read())]; // => [1, 2, 3]
   * ```
   */
  from: <const D extends string>(device: Device, buffer: GPUBuffer, dtype: D, shape: readonly number[], options?: AdoptOptions): Promise<Tensor<D>> =>
    adopt(device, buffer, dtype, shape, options),
});

/** Whether something is a tensor. */
export const isTensor = (x: unknown): x is Tensor => typeof x === "object" && x !== null && (x as { readonly [BRAND]?: unknown })[BRAND] === true;

/** Throws H0307 if a tensor was disposed. */
export function needTensor(t: { readonly disposed: boolean }, name: string): void {
  if (t.disposed)
    fail({ code: "H0307", message: `${name} was disposed: its memory is gone`, help: "dispose() after its last use; a `using` tensor ends with its block" });
}

/** Row and word count of a tensor to be. @throws Diagnostic H0301, H0303, N0110, L codes of the packing */
function plan(device: Device, dtype: string, shape: readonly number[], packing: Packing | undefined): { type: DType; size: number; packing: Packing; words: number } {
  needAlive(device);
  const type = device.host.dtype(dtype);
  if (!Array.isArray(shape)) fail({ code: "H0301", message: `the shape of a tensor is a list of sizes, not ${typeof shape}`, help: `write [${String(shape)}]` });
  const odd = shape.find((n) => !Number.isSafeInteger(n) || n < 0);
  if (odd !== undefined) fail({ code: "H0301", message: `a tensor can't have the shape [${shape.join(", ")}]`, help: `sizes are whole numbers of at least 0, not ${String(odd)}` });
  const size = shape.reduce((a, b) => a * b, 1);
  if (size >= 2 ** 31) fail({ code: "H0303", message: `${tensorText({ dtype, shape })} has ${size} elements`, help: "a tensor has fewer than 2^31; split it along its first axis" });
  const p = packing ?? dense(Math.max(1, shape.length));
  // A tensor without axes is stored as one element of one axis.
  return { type, size, packing: p, words: size === 0 ? 0 : wordCount(p, type.bits, shape.length ? shape : [1]) };
}

/**
 * A tensor with the given elements.
 * @param dtype name of the number type
 * @param values one number per element, row-major; see `TensorOptions.as` for values and codes
 * @throws Diagnostic N0110 (no such type), H0301 (shape), H0302 (wrong count), H0303 and H0304 (too large), H0305 (value that
 *   the type lacks), H0306 (code past its bits), H0308 (memory), H0309 (device gone), L codes of the packing
 * @example
 * ```ts
 * using device = await open({ adapter: "swiftshader" })
 * const t = await tensor(device, "u3", [2, 2], [1, 2, 3, 7]);
 * [...(await t.read())]; // => [1, 2, 3, 7]
 * ```
 */
export async function tensor<const D extends string>(device: Device, dtype: D, shape: readonly number[], values: HostValues, options: TensorOptions = {}): Promise<Tensor<D>> {
  const { type, size, packing, words } = plan(device, dtype, shape, options.packing);
  const name = options.name ?? tensorText({ dtype: type.name, shape });
  const as = options.as ?? meaningOf(type, values);
  if (as !== "values" && as !== "codes") {
    const near = didYouMean(String(as), ["values", "codes"]);
    fail({ code: "H0310", message: `numbers for a tensor are "values" or "codes", not "${String(as)}"`, help: near ? `did you mean "${near}"?` : "leave `as` out" });
  }
  if (values.length !== size)
    fail({ code: "H0302", message: `${name} takes ${size} ${size === 1 ? "number" : "numbers"}, found ${values.length}`, help: `give one number per element, row-major${as === "codes" && values.length * 8 === size * type.bits ? "; packed bytes go through unpack()" : ""}` });
  needRoom(device, bufferBytes(words), name);
  const packed = device.host.pack(packing, type.bits, shape.length ? shape : [1], codesOf(type, values, as, name));
  return upload(device, type.name as D, shape, packing, packed, name);
}

/** A tensor of words that are packed already. */
async function upload<D extends string>(device: Device, dtype: D, shape: readonly number[], packing: Packing, words: Uint32Array, name: string): Promise<Tensor<D>> {
  const buffer = await allocate(device, bufferBytes(words.length), name);
  if (words.length > 0) device.gpu.queue.writeBuffer(buffer, 0, words as Uint32Array<ArrayBuffer>);
  return wrap(device, dtype, shape, packing, buffer, () => buffer.destroy());
}

/**
 * A tensor whose codes are all 0: the number 0 in types that have one.
 * @throws as `tensor`
 * @example
 * ```ts
 * using device = await open({ adapter: "swiftshader" });
 * [...(await (await empty(device, "b2", [2])).read())]; // => [-3, -3]
 * ```
 */
export async function empty<const D extends string>(device: Device, dtype: D, shape: readonly number[], options: Omit<TensorOptions, "as"> = {}): Promise<Tensor<D>> {
  const [made] = await together(device, [{ dtype, shape, packing: options.packing, name: options.name }]);
  return made;
}

/** A tensor to be made. */
export interface Planned<D extends string = string> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly packing?: Packing | undefined;
  readonly name?: string | undefined;
  /** Its elements; code 0 if left out. */
  readonly codes?: ArrayLike<number> | undefined;
}

/**
 * Tensors in one buffer, in bits that their packings keep apart; it is freed with the last of them.
 * @throws as `tensor`
 */
export async function together<D extends string>(device: Device, parts: readonly Planned<D>[]): Promise<[Tensor<D>, ...Tensor<D>[]]> {
  const plans = parts.map((p) => ({ ...p, ...plan(device, p.dtype, p.shape, p.packing) })), words = Math.max(...plans.map((p) => p.words));
  const buffer = await allocate(device, bufferBytes(words), parts[0].name ?? tensorText(parts[0]));
  if (words > 0 && parts.some((p) => p.codes)) {
    const all = new Uint32Array(words);
    for (const p of plans) if (p.codes) device.host.pack(p.packing, p.type.bits, p.shape.length ? p.shape : [1], p.codes).forEach((w, i) => { all[i] |= w; });
    device.gpu.queue.writeBuffer(buffer, 0, all);
  }
  let left = parts.length;
  return plans.map((p) => wrap(device, p.type.name as D, p.shape, p.packing, buffer, () => { if (--left === 0) buffer.destroy(); })) as [Tensor<D>, ...Tensor<D>[]];
}

/**
 * A tensor of the number 0.
 * @throws as `tensor`; H0305 for types without zero (`b1`…`b8`, `e8m0`)
 * @example
 * ```ts
 * using device = await open({ adapter: "swiftshader" });
 * [...(await (await zeros(device, "f16", [2])).read())]; // => [0, 0]
 * ```
 */
export async function zeros<const D extends string>(device: Device, dtype: D, shape: readonly number[], options: Omit<TensorOptions, "as"> = {}): Promise<Tensor<D>> {
  needAlive(device);
  const type = device.host.dtype(dtype);
  if (!type.hasZero || type.zeroCode !== 0) fail({ code: "H0305", message: `${type.name} has no zero`, help: "empty() makes a tensor of code 0; tensor() takes any values" });
  return empty(device, dtype, shape, options);
}

/** The Tensor around somebody else's buffer; see `Tensor.from`. */
export async function adopt<const D extends string>(device: Device, buffer: GPUBuffer, dtype: D, shape: readonly number[], options: AdoptOptions = {}): Promise<Tensor<D>> {
  const { type, packing, words } = plan(device, dtype, shape, options.packing), name = options.name ?? tensorText({ dtype: type.name, shape });
  await needBuffer(device, buffer, bufferBytes(words), name);
  return wrap(device, type.name as D, shape, packing, buffer, () => undefined);
}

/** The Tensor around a buffer that holds it; `free` is called once. */
function wrap<D extends string>(device: Device, dtype: D, shape: readonly number[], packing: Packing, buffer: GPUBuffer, free: () => void): Tensor<D> {
  const { host } = device, type = host.dtype(dtype), extents = shape.length ? [...shape] : [1], size = shape.reduce((a, b) => a * b, 1);
  const words = size === 0 ? 0 : wordCount(packing, type.bits, extents);
  const label = tensorText({ dtype, shape });
  let disposed = false;
  const dispose = (): void => {
    if (disposed) return;
    disposed = true;
    free();
  };
  const readWords = async (): Promise<Uint32Array> => {
    needTensor(self, label);
    return download(device, buffer, words);
  };
  const readCodes = async (): Promise<Codes> => host.unpack(packing, type.bits, extents, await readWords());
  const self: Tensor<D> = Object.freeze({
    [BRAND]: true as const,
    device, dtype, shape: Object.freeze([...shape]), packing, size, bytes: bufferBytes(words), buffer,
    get disposed() { return disposed; },
    read: async () => valuesOf(type, await readCodes()) as ValuesByType[D],
    readCodes,
    async repack(to: Packing): Promise<Tensor<D>> {
      needTensor(self, label);
      if (equalPacking(packing, to)) return upload(device, dtype, shape, to, await readWords(), label);
      const need = size === 0 ? 0 : wordCount(to, type.bits, extents);
      needRoom(device, bufferBytes(need), label);
      return upload(device, dtype, shape, to, host.pack(to, type.bits, extents, await readCodes()), label);
    },
    dispose,
    [Symbol.dispose]: dispose,
  });
  return self;
}

// Between numbers and formats, and from format to format, on the device itself: nothing comes back to the host.
//
//   x f32[…, K] ──quantiseTo──▶ q4_0[…, K] ──repackTo──▶ offset[…, K] ──dequantiseOn──▶ f32[…, K]
//
// The kernels are those of vm/format-kernels.ts, for matrices: a tensor of other rank is seen as one, on the same memory.
import { fail } from "../diagnostic.ts";
import { dense, equalPacking } from "../layout/index.ts";
import { dequantiseProgram, formatMatrix, formatTensors, quantiseProgram, repackProgram, tensorText, type Format, type Program } from "../vm/index.ts";
import { kernelOf } from "./compile.ts";
import { emptyFormatTensor, formatTensorOf, formatText, type FormatTensor } from "./format-tensor.ts";
import type { Kernel } from "./kernel.ts";
import { adopt, empty, needTensor, tensor, type Tensor } from "./tensor.ts";

/** What `quantiseTo` may be told. */
export interface QuantiseToOptions {
  /** Numbers of fields that the tensor has once and that the encoding reads, row-major, by name. */
  readonly given?: Readonly<Record<string, ArrayLike<number>>> | undefined;
}

type Matrix = readonly [number, number];

const kernels = new WeakMap<Format, Map<string, Kernel>>();

/** A kernel of a format, made once for each shape and second format. */
function kept(f: Format, key: string, make: () => Program): Kernel {
  const known = kernels.get(f) ?? new Map<string, Kernel>();
  kernels.set(f, known);
  let found = known.get(key);
  if (!found) known.set(key, (found = kernelOf({ name: key, doc: "", comptime: {}, specialise: make }).specialise({})));
  return found;
}

const numbers = new WeakMap<Format, number>();
let count = 0;
/** A format in a key: its name says what it is only to people. */
function numberOf(f: Format): number {
  const n = numbers.get(f) ?? ++count;
  numbers.set(f, n);
  return n;
}

/** A tensor as a matrix, on the same memory. */
async function viewed<D extends string>(x: Tensor<D>, shape: readonly number[], packing = dense(shape.length)): Promise<Tensor<D>> {
  return x.shape.join() === shape.join() ? x : adopt(x.device, x.buffer, x.dtype, shape, { packing });
}

/** A tensor of a format as a matrix, on the same memory. */
async function asMatrix(w: FormatTensor): Promise<{ readonly w: FormatTensor; readonly shape: Matrix; readonly some: boolean }> {
  for (const t of Object.values(w.fields)) needTensor(t, formatText(w));
  const { format, shape } = w, matrix = formatMatrix(format, shape), some = !matrix.includes(0);
  if (!some || matrix.join() === shape.join()) return { w, shape: matrix, some };
  const fields = await Promise.all(formatTensors(format, matrix).map(async (t) => [t.field.name, await viewed(w.fields[t.field.name], t.shape.map(Number), t.packing)] as const));
  return { w: formatTensorOf(format, matrix, Object.fromEntries(fields)), shape: matrix, some };
}

/**
 * The values of a tensor of a format, made on its device.
 * @returns f32 of the same shape
 * @throws Diagnostic H0307 (disposed), H0405 (a format of two axes in a tensor of more), H0304, H0308, H0309 (memory, device)
 * @example
 * ```ts
 * using device = await open({ adapter: "swiftshader" });
 * using w = await formatTensor(device, formatNamed("q8_0"), [2, 32], new Uint8Array(68).fill(0x3c));
 * using x = await dequantiseOn(w); // 60 times the scale 0x3c3c
 * (await x.read())[0]; // => 63.515625
 * ```
 */
export async function dequantiseOn(w: FormatTensor): Promise<Tensor<"f32">> {
  const m = await asMatrix(w), { device, format } = w, x = await empty(device, "f32", w.shape, { name: `the values of ${formatText(w)}` });
  try {
    if (m.some) await kept(format, `dequantise ${m.shape.join()}`, () => dequantiseProgram(format, m.shape)).run({ w: m.w, x: await viewed(x, m.shape) });
    return x;
  } catch (e) {
    x.dispose();
    throw e;
  }
}

/** Fields that are given. */
async function givenFields(x: Tensor, f: Format, given: Readonly<Record<string, ArrayLike<number>>>): Promise<Record<string, Tensor>> {
  const tensors = formatTensors(f, x.shape), made: Record<string, Tensor> = {};
  try {
    for (const [name, values] of Object.entries(given)) {
      const t = tensors.find((u) => u.field.name === name && u.buffer !== "");
      if (!t) fail({ code: "H0702", message: `${formatText({ format: f, shape: x.shape })} has no field '${name}' beside its blocks`, help: "only those are given beforehand; leave the others to the encoding" });
      made[name] = await tensor(x.device, t.dtype.name, t.shape.map(Number), values, { packing: t.packing, as: "values", name: `'${name}'` });
    }
    return made;
  } catch (e) {
    for (const t of Object.values(made)) t.dispose();
    throw e;
  }
}

/**
 * Numbers as a tensor of a format, made on their device by the format's own encoding. A device divides less exactly than the host, by up to
 * 2.5 units in the last place, so that a number in the middle between two codes may get the other one, and a scale its neighbour.
 * @param x f32, whole blocks along the format's axes
 * @throws Diagnostic H0307 (disposed), H0404 (no f32), H0405 (a format of two axes for a tensor of more), H0701 (no whole blocks), H0702
 *   (`given` names no field beside the blocks), T0708 (the format has no encoding), T0709, H0304, H0308, H0309 (memory, device)
 * @example
 * ```ts
 * using device = await open({ adapter: "swiftshader" });
 * using x = await device.tensor("f32", [2, 32], Array.from({ length: 64 }, (_, i) => i - 32));
 * using w = await quantiseTo(x, formatNamed("q4_0"));
 * [...(await w.fields.d.read())]; // => [4, -3.875]
 * ```
 */
export async function quantiseTo(x: Tensor, format: Format, { given = {} }: QuantiseToOptions = {}): Promise<FormatTensor> {
  needTensor(x, "the tensor to quantise");
  if (x.dtype !== "f32") fail({ code: "H0404", message: `quantiseTo takes f32, found ${tensorText(x)}`, help: "formats are made of f32: convert it first" });
  const w = await emptyFormatTensor(x.device, format, x.shape, await givenFields(x, format, given));
  try {
    const m = await asMatrix(w), plain = equalPacking(x.packing, dense(Math.max(1, x.shape.length)));
    if (m.some) {
      const from = plain ? x : await x.repack(dense(x.shape.length));
      try {
        await kept(format, `quantise ${m.shape.join()}`, () => quantiseProgram(format, m.shape)).run({ w: m.w, x: await viewed(from, m.shape) });
      } finally { if (!plain) from.dispose(); }
    }
    return w;
  } catch (e) {
    w.dispose();
    throw e;
  }
}

/**
 * A tensor of another format with the same numbers, made on its device: without loss where both formats are numbers of few bits times a
 * scale and the target has room, else encoded anew. `formatError` of the values before and after says what was lost; `repackFormat` of
 * `bitloom/vm` does it on the host, and says it itself.
 * @throws Diagnostic H0307 (disposed), H0405 (a format of two axes in a tensor of more), H0701 (no whole blocks), T0708 (the target isn't
 *   encoded, and no way without loss is found), H0304, H0308, H0309 (memory, device)
 * @example
 * ```ts
 * using device = await open({ adapter: "swiftshader" });
 * using w = await formatTensor(device, formatNamed("q4_0"), [1, 32], new Uint8Array(18).fill(0x3c));
 * using v = await repackTo(w, formatNamed("offset(Q: u4, group: 32)"));
 * [...(await v.fields.q.readCodes()).slice(14, 18)]; // => [12, 12, 3, 3]
 * ```
 */
export async function repackTo(w: FormatTensor, format: Format): Promise<FormatTensor> {
  const from = await asMatrix(w), to = await emptyFormatTensor(w.device, format, w.shape);
  try {
    const m = await asMatrix(to);
    if (m.some) await kept(w.format, `repack ${numberOf(format)} ${m.shape.join()}`, () => repackProgram(w.format, format, m.shape)).run({ x: from.w, w: m.w });
    return to;
  } catch (e) {
    to.dispose();
    throw e;
  }
}

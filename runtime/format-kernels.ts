// Between numbers and formats, and from format to format, on the device itself: nothing comes back to the host.
//
//   x f32[…, K] ──quantiseTo──▶ q4_0[…, K] ──repackTo──▶ offset[…, K] ──dequantiseOn──▶ f32[…, K]
//
// The kernels are those of vm/format-kernels.ts, for matrices: a tensor of other rank is seen as one, on the same memory.
import { fail } from "../diagnostic.ts";
import { dense, equalPacking } from "../layout/index.ts";
import { dequantiseProgram, formatError, formatMatrix, formatTensors, needGiven, quantiseProgram, repackProgram, tensorText, type Format, type FormatError, type Program } from "../vm/index.ts";
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

const kernels = new WeakMap<Format, WeakMap<Format, Map<string, Kernel>>>();

/** A kernel from one format to another (or of one), made once for each shape. */
function kept(from: Format, to: Format, key: string, make: () => Program): Kernel {
  const of = kernels.get(from) ?? new WeakMap<Format, Map<string, Kernel>>(), known = of.get(to) ?? new Map<string, Kernel>();
  kernels.set(from, of);
  of.set(to, known);
  let found = known.get(key);
  if (!found) known.set(key, (found = kernelOf({ name: key, doc: "", comptime: {}, specialise: make }).specialise({})));
  return found;
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

/** `dequantiseOn` of format-work.ts. */
export async function dequantiseOn(w: FormatTensor): Promise<Tensor<"f32">> {
  const m = await asMatrix(w), { device, format } = w, x = await empty(device, "f32", w.shape, { name: `the values of ${formatText(w)}` });
  try {
    if (m.some) await kept(format, format, `dequantise ${m.shape.join()}`, () => dequantiseProgram(format, m.shape)).run({ w: m.w, x: await viewed(x, m.shape) });
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

/** `quantiseTo` of format-work.ts. */
export async function quantiseTo(x: Tensor, format: Format, { given = {} }: QuantiseToOptions = {}): Promise<FormatTensor> {
  needTensor(x, "the tensor to quantise");
  if (x.dtype !== "f32") fail({ code: "H0404", message: `quantiseTo takes f32, found ${tensorText(x)}`, help: "formats are made of f32: convert it first" });
  const w = await emptyFormatTensor(x.device, format, x.shape, await givenFields(x, format, given));
  try {
    const m = await asMatrix(w), plain = equalPacking(x.packing, dense(Math.max(1, x.shape.length)));
    if (m.some) {
      const from = plain ? x : await x.repack(dense(x.shape.length));
      try {
        const program = (): Program => { const made = quantiseProgram(format, m.shape); needGiven(format, made, given); return made; };
        await kept(format, format, `quantise ${m.shape.join()}`, program).run({ w: m.w, x: await viewed(from, m.shape) });
      } finally { if (!plain) from.dispose(); }
    }
    return w;
  } catch (e) {
    w.dispose();
    throw e;
  }
}

/** `repackLoss` of format-work.ts. */
export async function repackLoss(w: FormatTensor, made: FormatTensor): Promise<FormatError> {
  if (w.shape.join() !== made.shape.join()) fail({ code: "H0405", message: `${formatText(w)} and ${formatText(made)} have no shape in common`, help: "compare a tensor with what repackTo or quantiseTo made of it" });
  using a = await dequantiseOn(w);
  using b = await dequantiseOn(made);
  return formatError(await a.read(), await b.read());
}

/** `repackTo` of format-work.ts. */
export async function repackTo(w: FormatTensor, format: Format): Promise<FormatTensor> {
  const from = await asMatrix(w), to = await emptyFormatTensor(w.device, format, w.shape);
  try {
    const m = await asMatrix(to);
    if (m.some) await kept(w.format, format, `repack ${m.shape.join()}`, () => repackProgram(w.format, format, m.shape)).run({ x: from.w, w: m.w });
    return to;
  } catch (e) {
    to.dispose();
    throw e;
  }
}

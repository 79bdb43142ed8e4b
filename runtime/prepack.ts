// A tensor brought into packed(L) on its own device: a block for each tile, in which every thread reads its elements from wherever they
// lie and writes them as whole words. Layout and packing say all of it; nothing comes back to the host.
import { slotCount, threadCount, type Packing, type RegisterLayout } from "../layout/index.ts";
import { builder, constant, dtype, scalarOp, type Program } from "../vm/index.ts";
import { kernelOf } from "./compile.ts";
import type { Kernel } from "./kernel.ts";
import { adopt, empty, needTensor, type Tensor } from "./tensor.ts";

/** Threads that every device has, and slots of a thread's tile. */
const THREADS = 256, SLOTS = 2048;

/** The tiles by which a tensor is moved; undefined where the packing has none that threads could hold. */
function tilesOf(to: Packing, shape: readonly number[]): RegisterLayout | undefined {
  if (to.kind !== "packed" || to.layout.shape.length !== shape.length || shape.length > 3 || shape.includes(0)) return undefined;
  return threadCount(to.layout) <= THREADS && slotCount(to.layout) <= SLOTS ? to.layout : undefined;
}

/** Codes of so many bits from one packing to another, tile by tile of a layout. */
function moving(bits: number, shape: readonly number[], from: Packing, to: Packing, tile: RegisterLayout): Program {
  const b = builder("prepack", "The same codes, as whole words of those who read them."), type = `u${bits}`, x = b.tensor("x", "in", type, shape, from), y = b.tensor("y", "out", type, shape, to);
  // The last axis is the fastest of the grid.
  const axes = [...b.grid([...shape.keys()].reverse().map((d) => [`b${d}`, Math.ceil((shape[d] ?? 1) / (tile.shape[d] ?? 1))] as const))].reverse();
  b.threads(threadCount(tile));
  const window = { offsets: axes.map((i, d) => scalarOp("mul", i, constant(tile.shape[d] ?? 1))), sizes: tile.shape.map((n) => constant(n)) };
  b.store({ to: b.slice({ x: y }, window), x: b.convert({ x: b.load({ x: b.slice({ x }, window) }) }, { layout: tile }) });
  return b.finish();
}

const kernels = new WeakMap<Packing, Map<string, Kernel>>();

/**
 * A copy of a tensor in another packing, made on its device.
 * @returns undefined where the packing isn't `packed(L)` of a tile that a block can hold
 * @throws Diagnostic H0307 (disposed), H0304, H0308, H0309 (memory, device)
 */
export async function prepackOn<D extends string>(x: Tensor<D>, to: Packing): Promise<Tensor<D> | undefined> {
  needTensor(x, "the tensor to prepack");
  const { shape, device } = x, tile = tilesOf(to, shape), { bits } = dtype(x.dtype);
  if (!tile) return undefined;
  const of = kernels.get(to) ?? new Map<string, Kernel>(), key = JSON.stringify([bits, shape, x.packing]);
  kernels.set(to, of);
  // Codes are moved as the bits that they are, whatever they mean.
  const kernel = of.get(key) ?? kernelOf({ name: "prepack", doc: "", comptime: {}, specialise: () => moving(bits, shape, x.packing, to, tile) }).specialise({});
  of.set(key, kernel);
  const y = await empty(device, x.dtype, shape, { packing: to });
  try {
    const [from, into] = await Promise.all([adopt(device, x.buffer, `u${bits}`, shape, { packing: x.packing }), adopt(device, y.buffer, `u${bits}`, shape, { packing: to })]);
    await kernel.run({ x: from, y: into });
    return y;
  } catch (e) {
    y.dispose();
    throw e;
  }
}

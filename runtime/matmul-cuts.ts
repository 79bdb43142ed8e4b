// matmulCuts: what matmul chooses from, with the price that it goes by, for those who want to see whether prices are right.
import type { Program } from "../vm/index.ts";
import { coresOf } from "./cores.ts";
import type { FormatTensor } from "./format-tensor.ts";
import type { Tiling } from "./matmul-kernels.ts";
import type { PricedCut } from "./matmul-schedules.ts";
import { forRows, productOf, rowsAs, type MatmulFactor, type MatmulOptions } from "./matmul.ts";
import { targetOf } from "./target.ts";
import type { Tensor } from "./tensor.ts";

/** A way to cut the work of a product into blocks. */
export interface MatmulCut {
  /** Rows and columns of the result that a block makes, with so many threads side by side along the columns. */
  readonly rows: number;
  readonly columns: number;
  readonly threads: number;
  /** Seconds that the product should take, by the device's rates. */
  readonly seconds: number;
  /** Whether `matmul` takes it where nothing was tuned, and whether its tuner times it. */
  readonly taken: boolean;
  readonly timed: boolean;
  readonly program: Program;
}

/** All that a product can be cut into, and the tensors that go into the Programs, by their names there; the result is `y`. */
export interface MatmulCuts {
  readonly cuts: readonly MatmulCut[];
  readonly inputs: Readonly<Record<string, Tensor | FormatTensor>>;
}

/**
 * The cuts of a product whose threads read rows of both factors where they lie, the one that should be fastest first, each with the price that
 * `matmul` chooses by and the Program that it would run. On devices whose driver takes few memory accesses in a text those with more are left out.
 * @param x the left factor, [M, K]
 * @param w the right factor, [N, K]
 * @throws Diagnostic as `matmul` does of the same factors and options, but for memory
 * @example
 * ```ts
 * using device = await open({ adapter: "swiftshader" });
 * using w = await quantise(new Float32Array(64 * 64).fill(1), { device, shape: [64, 64], type: "i4", group: 32 });
 * using x = await device.tensor("f32", [1, 64], new Float32Array(64));
 * const { cuts } = await matmulCuts(x, w);
 * cuts.every((c, i) => i === 0 || c.seconds >= cuts[i - 1].seconds); // => true
 * ```
 */
export async function matmulCuts(x: MatmulFactor, w: MatmulFactor, options: Omit<MatmulOptions, "tune"> = {}): Promise<MatmulCuts> {
  const { a, b, spec } = await productOf(x, w, options), [{ productKernel, stepOf }, { pricedCuts, tilingsOf }] = await Promise.all([import("./matmul-kernels.ts"), import("./matmul-schedules.ts")]);
  const prices = { ...targetOf(a.device), ...(await coresOf(a.device)) }, work = { M: a.rows, N: b.rows, ...spec, step: stepOf(spec) }, all = pricedCuts(work, prices), open = tilingsOf({ ...work, M: rowsAs(a.rows) }, prices);
  const is = (t: Tiling, { tiling: { BM, BN, threads } }: PricedCut): boolean => t.shared === 0 && !t.across && t.BM === BM && t.BN === BN && t.threads === threads;
  const cuts = all.map((cut): MatmulCut => {
    const { tiling, seconds } = cut;
    const whole = b.rows > 0 && b.rows % tiling.BN === 0 ? { ...tiling, whole: true } : tiling;
    return { rows: tiling.BM, columns: tiling.BN, threads: tiling.threads, seconds, taken: is(open[0], cut), timed: open.some((t) => is(t, cut)), program: productKernel(forRows({ ...spec, tiling: whole }, a.rows)).specialise({}) };
  });
  return { cuts, inputs: { ...a.tensors, ...b.tensors, ...(options.bias ? { bias: options.bias } : {}) } };
}

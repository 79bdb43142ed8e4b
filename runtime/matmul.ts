// matmul: the product of any two matrices that the library can hold, quantised or not, by a kernel that is chosen, compiled and
// kept for each device.
//
//   x [M, K] ─┐
//             ├─ what they are (types, packings, groups) ─▶ ProductSpec ─▶ Kernel, of the device ─▶ y [M, N] = x · wᵀ + bias
//   w [N, K] ─┘                        how many rows (or tune) ─▶ Tiling
import { Diagnostic, fail } from "../diagnostic.ts";
import { dense } from "../layout/index.ts";
import { dtype as dtypeNamed, tensorText, type Format, type Program } from "../vm/index.ts";
import { kernelOf } from "./compile.ts";
import { coresOf } from "./cores.ts";
import type { Device } from "./device.ts";
import type { Inputs } from "./bind.ts";
import type { Kernel } from "./kernel.ts";
import type { FactorSpec, ProductSpec, Tiling } from "./matmul-kernels.ts";
import { packingText } from "./host-full.ts";
import { factorOf, foundText, type Factor, type MatmulFactor } from "./matmul-factors.ts";
import { targetOf } from "./target.ts";
import { empty, isTensor, needTensor, type Tensor } from "./tensor.ts";
import type { Candidate, EngineOptions } from "./tuning/engine.ts";
import type { Product } from "./tuning/product.ts";

export type { MatmulFactor };

/** How integers are multiplied: "multiply" and "fma" one by one, "packed" four bytes at a time, "planes" 32 bits at a time, "table" by sums of four looked up. */
export type MatmulWay = "multiply" | "fma" | "packed" | "planes" | "table";

/** How two matrices are multiplied. */
export interface MatmulOptions<O extends "f32" | "i32" = "f32" | "i32"> {
  /** One number for each column of the result, [N], which is added: of any type but bool; of "i32" an integer type. */
  readonly bias?: Tensor | undefined;
  /** The type of the result; "i32", of integers without scales, is exact modulo 2^32. Default "f32". */
  readonly out?: O | undefined;
  /** How integers are multiplied, for those who know better; default: what costs least by the device's rates. All ways give the same bits. */
  readonly by?: MatmulWay | undefined;
  /**
   * Times a few ways to cut the work, once for each device and shape (sizes to the next power of two), and keeps a record of the fastest, by which later calls
   * go, in later processes, too. Without it the record is taken where there is one. With a `signal` it ends after the launch that is under way, and the next
   * such call goes on from there.
   */
  readonly tune?: boolean | ProductTuning | undefined;
}

/** How a product is tuned: what may end it, and who is told how far it is. */
export type ProductTuning = Pick<EngineOptions, "signal" | "progress">;

// ── what fits ─────────────────────────────────────────────────────────────────────────────────────────────

/** What must fit between the factors and the options. */
function checkProduct(x: Factor, w: Factor, o: MatmulOptions): void {
  const { device } = x, { bias, by, out } = o, integers = [x, w].every((f) => ["int", "uint", "bipolar"].includes(dtypeNamed(f.spec.type).kind)), scaled = [x, w].find((f) => f.spec.scales);
  for (const [name, t] of Object.entries({ ...w.tensors, ...x.tensors, ...(bias ? { bias } : {}) })) {
    if (name === "bias" && !isTensor(t)) fail({ code: "H0403", message: `the bias of matmul is a tensor, found ${foundText(t)}`, help: "device.tensor(\"f32\", [N], numbers) makes one" });
    if (t.device !== device) fail({ code: "H0408", message: `${name} of matmul lies on the device "${t.device.info.name}", x on another one, "${device.info.name}"`, help: "make all tensors of a product on one device" });
  }
  if (x.K !== w.K)
    fail({
      code: "H0511", message: `matmul sums over K, which is ${x.K} in x = ${x.text} and ${w.K} in w = ${w.text}`,
      help: w.spec.format ? `give x[M, ${w.K}], or weights of the format as [N, ${x.K}]` : w.rows === x.K ? "weights lie as w[N, K], a row for each column of the result: transpose w" : "give x[M, K] and w[N, K] of one K",
    });
  if (bias) {
    needTensor(bias, "the bias of matmul");
    if (bias.shape.length !== 1 || bias.shape[0] !== w.rows)
      fail({ code: "H0511", message: `the bias of matmul is ${tensorText(bias)}, but w = ${w.text} gives ${w.rows} columns`, help: `give one number for each: [${w.rows}]` });
    const { kind } = dtypeNamed(bias.dtype);
    if (kind === "bool" || (out === "i32" && !["i32", "u32"].includes(dtypeNamed(bias.dtype).compute))) fail({ code: "H0513", message: `a bias of ${bias.dtype} can't be added to ${out ?? "f32"}`, help: out === "i32" ? 'give integers, or leave `out: "i32"` out' : "give numbers, for example f32" });
  }
  if (out !== undefined && out !== "f32" && out !== "i32") fail({ code: "H0513", message: `the result of matmul is f32 or i32, not ${String(out)}`, help: "leave `out` out for f32" });
  if (out === "i32" && (!integers || scaled))
    fail({ code: "H0513", message: `this product is no i32: ${scaled ? `${scaled.name} has scales` : `${(["f32", "f16"].includes(dtypeNamed(x.spec.type).compute) ? x : w).text} holds floats`}`, help: 'leave `out: "i32"` out, or multiply integer codes, such as `q.codes` of a quantised tensor' });
  if (by !== undefined && !["multiply", "fma", "packed", "planes", "table"].includes(by)) fail({ code: "H0513", message: `there is no way "${String(by)}" to multiply`, help: "there are multiply, fma, packed, planes, table; leave `by` out for the cheapest" });
  if (by !== undefined && !integers) fail({ code: "H0513", message: `\`by: "${by}"\` is for products of integers, and ${x.text} · ${w.text} has floats`, help: "leave `by` out" });
}

// ── the kernel ────────────────────────────────────────────────────────────────────────────────────────────

/** Rows to the next power of two, so that one kernel serves all of them. */
export const rowsAs = (M: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, M)));

/** Ways to cut the work of a product, the one that should be fastest first. */
async function tilingsFor(device: Device, spec: Pick<ProductSpec, "K" | "x" | "w">, M: number, N: number): Promise<readonly [Tiling, ...Tiling[]]> {
  const [{ stepOf }, { tilingsOf }] = await Promise.all([import("./matmul-kernels.ts"), import("./matmul-schedules.ts")]);
  const [first, ...more] = tilingsOf({ M: rowsAs(M), N, ...spec, step: stepOf(spec) }, { ...targetOf(device), ...(await coresOf(device)) });
  const whole = (t: Tiling): Tiling => (N > 0 && N % t.BN === 0 ? { ...t, whole: true } : t);
  return [whole(first), ...more.map(whole)];
}

/** What is kept for a device. */
interface Kept {
  readonly kernels: Map<string, Promise<Kernel>>;
  /** Ways to cut the work, by product and shape. */
  readonly cuts: Map<string, Promise<readonly [Tiling, ...Tiling[]]>>;
  /** What records say of them, and what was found fastest since. */
  readonly known: Map<string, Promise<Tiling | undefined>>;
  readonly tuned: Map<string, Promise<Tiling>>;
}
const kept = new WeakMap<Device, Kept>();
function keptOf(device: Device): Kept {
  const found = kept.get(device) ?? { kernels: new Map(), cuts: new Map(), known: new Map(), tuned: new Map() };
  kept.set(device, found);
  return found;
}

/** A result by its name, made once; what failed is tried again. */
function once<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = known.get(key);
  if (found) return found;
  const made = make();
  known.set(key, made);
  made.catch(() => known.delete(key));
  return made;
}

/** Numbers of formats in keys: a format is known by itself, not by what it holds. */
const formats = { known: new WeakMap<Format, number>(), last: 0 };
function formatNumber(f: Format): number {
  const n = formats.known.get(f) ?? ++formats.last;
  formats.known.set(f, n);
  return n;
}

const packingTexts = new WeakMap<FactorSpec["packing"], string>();
function textOf(p: FactorSpec["packing"]): string {
  const found = packingTexts.get(p) ?? packingText(p, 2);
  packingTexts.set(p, found);
  return found;
}

const keyOf = (x: object): string => JSON.stringify(x, (name, v: unknown) => (v && (name === "packing" || name === "beside") ? textOf(v as FactorSpec["packing"]) : name === "format" && v && "fields" in (v as object) ? formatNumber(v as Format) : v));

/** The cut of a product with so many rows: where they fill whole blocks, none is tested for. */
export const forRows = ({ tiling, ...spec }: ProductSpec, M: number): ProductSpec => ({ ...spec, tiling: M % tiling.BM === 0 ? { ...tiling, wholeRows: true } : tiling });

const kernelFor = (device: Device, product: ProductSpec, M: number): Promise<Kernel> => {
  const spec = forRows(product, M);
  return once(keptOf(device).kernels, keyOf(spec), async () => kernelOf((await import("./matmul-kernels.ts")).productKernel(spec)).specialise({}));
};

// ── tuning ────────────────────────────────────────────────────────────────────────────────────────────────

/** The cut that was found fastest before, on this machine or one like it. Nothing is timed. */
async function recordedCut(device: Device, spec: Product, M: number, N: number, tilings: readonly [Tiling, ...Tiling[]]): Promise<Tiling | undefined> {
  const { records } = device.measured;
  if (!records) return undefined;
  const { cutOf, productKey } = await import("./tuning/product.ts");
  return cutOf(await records.find(productKey(device, spec, M, N)), tilings);
}

/** Times the cuts against each other, unless that was done before, and keeps what it finds. */
async function fastest(device: Device, spec: Product, M: number, N: number, tilings: readonly [Tiling, ...Tiling[]], inputs: Inputs, tuning: ProductTuning, stopped: () => void): Promise<Tiling> {
  const [{ timeAll }, { recordsOf }, { choiceOf, cutOf, productKey, productText }] = await Promise.all([import("./tuning/engine.ts"), import("./tuning/records.ts"), import("./tuning/product.ts")]);
  const candidate = (tiling: Tiling): Candidate => ({ choice: choiceOf(tiling), kernel: () => kernelFor(device, { ...spec, tiling }, M), args: async () => inputs }), [first, ...others] = tilings;
  const { record, done } = await timeAll({ of: productText(spec), device, key: productKey(device, spec, M, N), candidates: [candidate(first), ...others.map(candidate)], records: recordsOf(device) }, tuning);
  if (!done) stopped();
  return cutOf(record, tilings) ?? first;
}

// ── the product ───────────────────────────────────────────────────────────────────────────────────────────

/**
 * The product y[M, N] = x[M, K] · w[N, K]ᵀ + bias of any two matrices: tensors of any number type, or quantised ones with scales, zero
 * points and offsets in groups along K. Weights lie as [N, K], a row for each column of the result, as `quantise` and most
 * checkpoints give them. Integers are multiplied exactly, group by group, and scaled in f32; as soon as a factor is of floats, products
 * are made and summed in f32. Groups of the factors may differ; where one size divides the other, sums are scaled least often. Packings may be any; planes
 * and dense rows of whole words are multiplied as words. Weights of a format lie as [N, K] too, or, where the format
 * is one of [k, n] (gptq, awq, mlc_kn), as [K, N]. Where the format's value is a code times what many share, plus what they share (q4_0, q4_k, gptq, mx, …), codes are multiplied as
 * they are and sums are scaled, exactly like quantised ones; else (tq1_0, gptq_act, values in f16) values are made tile by tile. How the work is cut is decided by a price made of the device's rates, before anything is
 * compiled; the kernel is compiled on first use and kept with the device: one for K, the kinds of both factors and the cut, which hangs on N, on the
 * rows to the next power of two, and on whether they fill blocks.
 * @param x the left factor, [M, K]
 * @param w the right factor, [N, K]
 * @throws Diagnostic H0307 (disposed), H0403 (no tensor), H0405 (not two axes), H0408 (of two devices), H0511 (sizes or types that can't be multiplied),
 *   H0512 (groups across K), H0513 (options that don't fit, or a way that isn't there for these packings), H0304, H0308, H0309 (memory, device)
 * @example
 * ```ts
 * using device = await open({ adapter: "swiftshader" });
 * using w = await quantise([3, -1, 2, -3, 0, 1], { device, shape: [2, 3], type: "i3" }); // codes and a scale for each row
 * using x = await device.tensor("f32", [1, 3], [2, 0, 1]);
 * using y = await matmul(x, w);
 * [...(await y.read())]; // => [8, -5]
 * ```
 * @example
 * ```ts
 * using device = await open({ adapter: "swiftshader" });
 * using a = await device.tensor("u3", [1, 4], [1, 2, 3, 7]);
 * using b = await device.tensor("b1", [2, 4], [1, -1, 1, -1, 1, 1, 1, 1]);
 * using y = await matmul(a, b, { out: "i32" });
 * [...(await y.read())]; // => [-5, 13]
 * ```
 * @example
 * ```ts
 * using device = await open({ adapter: "swiftshader" });
 * using w = await formatTensor(device, formatNamed("q8_0"), [1, 32], new Uint8Array(34).fill(0x3c)); // 32 times 60 · 0x3c3c, in f16
 * using x = await device.tensor("f32", [1, 32], new Float32Array(32).fill(1));
 * using y = await matmul(x, w);
 * [...(await y.read())]; // => [2032.5]
 * ```
 */
export async function matmul<const O extends "f32" | "i32" = "f32">(x: MatmulFactor, w: MatmulFactor, options: MatmulOptions<O> = {}): Promise<Tensor<O>> {
  const { a, b, spec } = await productOf(x, w, options), { device } = a, { bias, by, tune = false } = options;
  const inputs: Inputs = { ...a.tensors, ...b.tensors, ...(bias ? { bias } : {}) }, shape = [a.rows, b.rows];
  const y = await empty(device, spec.out, shape, { packing: dense(2), name: "the result of matmul" });
  try {
    const { tuned } = keptOf(device), { key, tilings } = await cutsOf(a, b, spec);
    const found = tune && !shape.includes(0) ? once(tuned, key, () => fastest(device, spec, a.rows, b.rows, tilings, { ...inputs, y }, tune === true ? {} : tune, () => { tuned.delete(key); })) : undefined;
    await (await kernelFor(device, { ...spec, tiling: (await found) ?? (await chosen(a, b, spec)) }, a.rows)).run({ ...inputs, y });
    return y as Tensor as Tensor<O>;
  } catch (error) {
    y.dispose();
    if (error instanceof Diagnostic && error.code === "L0220")
      fail({ code: "H0513", message: `${a.text} · ${b.text}: ${error.data.message}`, help: `leave \`by\` out for the cheapest way${by === "planes" || by === "table" ? "; codes are made of planes by quantise(…, { packing: planes(2) }) or repack(planes(2))" : ""}` });
    throw error;
  }
}

/**
 * The Program that `matmul` runs for these factors on their device, as it is cut there: to print, to count its costs (`lowerProgram`, `work` and `seconds` of
 * `bitloom/codegen`), or to look at its layouts. Nothing is compiled or run.
 * @param x the left factor, [M, K]
 * @param w the right factor, [N, K]
 * @throws Diagnostic as `matmul` does of the same factors and options, but for memory
 * @example
 * ```ts
 * using device = await open({ adapter: "swiftshader" });
 * using w = await quantise([3, -1, 2, -3, 0, 1], { device, shape: [2, 3], type: "i3" });
 * using x = await device.tensor("f32", [1, 3], [2, 0, 1]);
 * (await matmulProgram(x, w)).params.map((p) => p.name); // => ["x", "w_scales", "w", "y"]
 * ```
 */
export async function matmulProgram(x: MatmulFactor, w: MatmulFactor, options: Omit<MatmulOptions, "tune"> = {}): Promise<Program> {
  const { a, b, spec } = await productOf(x, w, options), { productKernel } = await import("./matmul-kernels.ts");
  return productKernel(forRows({ ...spec, tiling: await chosen(a, b, spec) }, a.rows)).specialise({});
}

/** Both factors, and what their product is. */
export async function productOf(x: MatmulFactor, w: MatmulFactor, options: MatmulOptions): Promise<{ readonly a: Factor; readonly b: Factor; readonly spec: Product }> {
  // Tensors are looked at before anything is waited for, while those of the caller's block are there.
  const first = factorOf(x, "x");
  if (first instanceof Promise) first.catch(() => undefined); // told below, unless w's mistake comes first
  const second = factorOf(w, "w"), { bias, by } = options;
  const [a, b] = first instanceof Promise || second instanceof Promise ? await Promise.all([first, second]) : [first, second];
  checkProduct(a, b, options);
  return { a, b, spec: { K: a.K, x: a.spec, w: b.spec, bias: bias && { type: bias.dtype, packing: bias.packing }, out: options.out ?? "f32", by } };
}

/** Ways to cut a product, and the name that what is known of it has. */
async function cutsOf(a: Factor, b: Factor, spec: Product): Promise<{ readonly key: string; readonly tilings: readonly [Tiling, ...Tiling[]] }> {
  const key = keyOf({ spec, N: b.rows, M: Math.ceil(Math.log2(Math.max(1, a.rows))) });
  return { key, tilings: await once(keptOf(a.device).cuts, key, () => tilingsFor(a.device, spec, a.rows, b.rows)) };
}

/** The cut that is known to be fastest, or should be. */
async function chosen(a: Factor, b: Factor, spec: Product): Promise<Tiling> {
  const { key, tilings } = await cutsOf(a, b, spec), { known, tuned } = keptOf(a.device);
  return (await (tuned.get(key) ?? once(known, key, () => recordedCut(a.device, spec, a.rows, b.rows, tilings)))) ?? tilings[0];
}

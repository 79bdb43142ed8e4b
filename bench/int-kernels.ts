// The kernels of the bench of integer products: each way to multiply at each pair of widths on a shape, with its inputs.
import { dense, planes } from "../layout/index.ts";
import { compile, targetOf, type Device, type Kernel, type Tensor } from "../runtime/index.ts";
import { lowerProgram, prepare, type PricedWay } from "../codegen/index.ts";
import { load } from "../lang/index.ts";
import { random, type Racer } from "./timing.ts";

export const WAYS = ["fma", "packed", "planes", "table"] as const;
export type Way = (typeof WAYS)[number];

/** M, N, K, and how many threads and elements at most a thread has along M and N. */
export interface Shape { readonly M: number; readonly N: number; readonly K: number; readonly threads: readonly [number, number]; readonly most: readonly [number, number] }
export const shapeText = (s: Shape): string => `${s.M}×${s.N}×${s.K}`;

/** The product of tensors read where they lie, KT elements of K after the other; every thread a block of elements. */
const source = (by: Way | "f32"): string => `
kernel product<N: int, K: int, KT: int, X: dtype, W: dtype, V: packing, TM: int, TN: int, RM: int, RN: int>(x: X[M, K] @ V, w: W[N, K] @ V, out c: ${by === "f32" ? "f32" : "i32"}[M, N])
  grid (bn in cdiv(N, TN * RN), bm in cdiv(M, TM * RM))
  threads TM * TN
{
  let m = bm * (TM * RM)
  let n = bn * (TN * RN)
  var acc: ${by === "f32" ? "f32" : "i32"}[TM * RM, TN * RN] @ spatial(TM, TN) * local(RM, RN) = 0
  for k in 0..K step KT {
    acc += dot(x[m +: TM * RM, k +: KT], transposed(w[n +: TN * RN, k +: KT]), k: KT${by === "f32" ? "" : `, by: ${by}`})
  }
  store(c[m +: TM * RM, n +: TN * RN], acc)
}`;

/** One kernel to be timed. */
export interface Entry extends Racer {
  /** What the cost model thinks of it, in ms, and why. */
  readonly predicted: number;
  readonly priced: PricedWay | undefined;
  readonly kernel: Kernel;
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly out: Tensor;
}

/** What a shape's kernels share: tensors by type and packing, and all results. */
export interface Shared { readonly device: Device; readonly shape: Shape; readonly tensors: Map<string, Tensor>; readonly outs: Tensor[] }

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** Words that a step reads of a row of x and of one of w, by how the way goes. */
function wordsOf(way: Way | "f32", packing: "dense" | "planes", p: number, q: number): readonly [number, number] {
  if (way === "f32" || way === "fma") return [1, 1];
  if (packing === "planes") return [p, q];
  const width = Math.max(...[p, q].map((n) => 32 / gcd(32, n)));
  return [(width * p) / 32, (width * q) / 32];
}

/** The largest register block within `most` for which a step reads at most `accesses` words. */
function block([rm, rn]: readonly [number, number], [p, q]: readonly [number, number], accesses: number): readonly [number, number] {
  let [m, n] = [rm, rn];
  while (p * m + q * n > accesses && m * n > 1) { if (n >= m && n > 1) n /= 2; else m /= 2; }
  return [m, n];
}

/** How much of K one product takes: tables of it must fit in workgroup memory, 64 bytes for four elements of a row. */
function stepOf(way: Way | "f32", rows: number, K: number, { limits }: Device): number {
  let step = K;
  while (way === "table" && 16 * rows * step > limits.maxComputeWorkgroupStorageSize) step /= 2;
  return step;
}

const bitsOf = (type: string): number => Number(/\d+/.exec(type)?.[0]);

async function tensor({ device, shape: { K }, tensors }: Shared, type: string, rows: number, packing: "dense" | "planes"): Promise<Tensor> {
  const key = `${type} ${rows} ${packing}`, known = tensors.get(key), bits = bitsOf(type);
  if (known) return known;
  const next = random(rows + bits), values = type === "f32" ? Float32Array.from({ length: rows * K }, () => (next() % 15) - 7) : Uint8Array.from({ length: rows * K }, () => next() % 2 ** bits);
  const made = await device.tensor(type, [rows, K], values, { packing: packing === "planes" ? planes(2) : dense(2), ...(type === "f32" ? {} : { as: "codes" as const }) });
  tensors.set(key, made);
  return made;
}

/** The kernel of a way for factors of these types, run once. */
export async function entry(shared: Shared, name: string, by: Way | "f32", X: string, W: string, packing: "dense" | "planes"): Promise<Entry> {
  const { device, shape: s, outs } = shared, [RM, RN] = block(s.most, wordsOf(by, packing, bitsOf(X), bitsOf(W)), device.profile.staticAccesses), [TM, TN] = s.threads, KT = stepOf(by, TM * RM, s.K, device);
  const text = source(by), params = { N: s.N, K: s.K, KT, X, W, V: packing === "planes" ? planes(2) : dense(2), TM, TN, RM, RN };
  const kernel = (await compile(text)).specialise(params as never) as unknown as Kernel;
  const [definition] = load(text, {}).kernels.values(), product = definition && lowerProgram(prepare(definition.specialise(params)).program, targetOf(device), true).products[0];
  const priced = product?.ways.find((v) => v.name === product.taken), blocks = Math.ceil(s.M / (TM * RM)) * Math.ceil(s.N / (TN * RN));
  const inputs = { x: await tensor(shared, X, s.M, packing), w: await tensor(shared, W, s.N, packing) }, { c } = (await kernel.run(inputs as never)) as Readonly<Record<string, Tensor>>;
  outs.push(c);
  const ready = async (times: number): Promise<() => Promise<void>> => {
    const encoder = device.gpu.createCommandEncoder(), pass = encoder.beginComputePass();
    for (let i = 0; i < times; i++) await kernel.record(pass, { ...inputs, c });
    pass.end();
    const commands = encoder.finish();
    return async () => { device.gpu.queue.submit([commands]); await device.gpu.queue.onSubmittedWorkDone(); };
  };
  return { name, priced, predicted: ((priced?.seconds ?? NaN) * blocks * (s.K / KT) + (targetOf(device).rates.dispatch ?? 0)) * 1e3, kernel, inputs, out: c, ready, ms: [] };
}

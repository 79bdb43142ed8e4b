// Other people's matrix products, timed in the same rounds: jax-js on this machine's default WebGPU adapter, ONNX Runtime on that and on
// the CPU. They are installed in bench/ only (bench/package.json); without them the bench says how to get them.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { attribute, model, node, onnxTypes, type Initializer } from "./onnx.ts";
import { random, type Racer } from "./timing.ts";

/** How the peers are installed. ONNX Runtime's own install script fetches CUDA libraries, which nothing here needs. */
export const INSTALL = "npm install --prefix bench --ignore-scripts";

const folder = "bench/node_modules";

/** A package of bench/node_modules; a bundle elsewhere doesn't find it by its name. */
async function from(name: string): Promise<unknown> {
  const root = join(process.cwd(), folder, name), file = join(root, "package.json");
  if (!existsSync(file)) return undefined;
  const { main = "index.js", module } = JSON.parse(readFileSync(file, "utf8")) as { main?: string; module?: string };
  return import(pathToFileURL(join(root, module ?? main)).href);
}

/** The little of ONNX Runtime that is used. */
interface Ort {
  readonly Tensor: new (type: string, data: Float32Array, dims: readonly number[]) => unknown;
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<{ run(feeds: object): Promise<Readonly<Record<string, { readonly data: ArrayLike<number> }>>>; release(): Promise<void> }> };
}

/** The little of jax-js that is used. Arrays are used up by what takes them, but for `ref`. */
interface JaxArray { readonly ref: JaxArray; reshape(shape: readonly number[]): JaxArray; data(): Promise<ArrayLike<number>>; dispose(): void }
interface Jax {
  readonly numpy: { array(x: Float32Array): JaxArray; matmul(a: JaxArray, b: JaxArray): JaxArray };
  init(device: string): Promise<readonly string[]>;
  defaultDevice(device: string): unknown;
}

/** A peer: where it computes, and whether in f32 throughout. */
export interface Peer extends Racer { readonly on: "adapter" | "cpu"; readonly f32: boolean; readonly end: () => Promise<void> }

interface Sizes { readonly M: number; readonly N: number; readonly K: number }
const numbers = (n: number, seed: number): Float32Array => { const next = random(seed); return Float32Array.from({ length: n }, () => (next() % 15) - 7); };

/** Whether a product of a and b[K, N] has these corners, up to rounding. */
function checked(name: string, { M, N, K }: Sizes, a: Float32Array, b: Float32Array, got: ArrayLike<number>): void {
  for (const [m, n] of [[0, 0], [M - 1, N - 1], [0, N - 1]]) {
    let sum = 0;
    for (let k = 0; k < K; k++) sum += a[m * K + k] * b[k * N + n];
    if (!(Math.abs(got[m * N + n] - sum) <= 1e-3 * (Math.abs(sum) + K))) throw new Error(`${name} gives ${got[m * N + n]} for ${sum}`);
  }
}

async function jaxPeer(s: Sizes): Promise<Peer | undefined> {
  const jax = (await from("@jax-js/jax")) as Jax | undefined;
  if (!jax) return undefined;
  // It looks for WebGPU where pages have it. Dawn's default adapter is the one that open() takes by default, too.
  if (!("gpu" in (globalThis.navigator ?? {}))) {
    const { create, globals } = await import("webgpu");
    Object.assign(globalThis, globals);
    Object.defineProperty(globalThis, "navigator", { value: { gpu: create([]), userAgent: "node" }, configurable: true, writable: true });
  }
  if (!(await jax.init("webgpu")).includes("webgpu")) throw new Error("jax-js found no WebGPU");
  jax.defaultDevice("webgpu");
  const { numpy: np } = jax, x = numbers(s.M * s.K, 1), w = numbers(s.K * s.N, 2), a = np.array(x).reshape([s.M, s.K]), b = np.array(w).reshape([s.K, s.N]);
  checked("jax-js", s, x, w, await np.matmul(a.ref, b.ref).data());
  const ready = async (times: number) => async (): Promise<void> => { for (let i = 0; i < times; i++) await np.matmul(a.ref, b.ref).data(); };
  return { name: "jax-js f32", on: "adapter", f32: true, ready, ms: [], end: async () => { a.dispose(); b.dispose(); } };
}

/** One MatMul of floats, or one MatMulNBits of four bits in groups of 32. */
function onnx({ M, N, K }: Sizes, bits: 4 | 32, w: Float32Array): Uint8Array {
  const io = { inputs: [{ name: "A", dims: [M, K] }], outputs: [{ name: "Y", dims: [M, N] }] };
  if (bits === 32) return model({ ...io, node: node("MatMul", ["A", "B"], ["Y"]), initializers: [{ name: "B", type: onnxTypes.f32, dims: [K, N], data: w }] });
  const next = random(3), groups = K / 32, codes: Initializer = { name: "B", type: onnxTypes.u8, dims: [N, groups, 16], data: Uint8Array.from({ length: (N * K) / 2 }, () => next() & 255) };
  const scales: Initializer = { name: "S", type: onnxTypes.f32, dims: [N * groups], data: new Float32Array(N * groups).fill(0.125) };
  return model({ ...io, node: node("MatMulNBits", ["A", "B", "S"], ["Y"], [attribute("K", K), attribute("N", N), attribute("bits", bits), attribute("block_size", 32)], "com.microsoft"), initializers: [codes, scales] });
}

async function ortPeer(s: Sizes, on: "adapter" | "cpu", bits: 4 | 32): Promise<Peer | undefined> {
  const found = (await from("onnxruntime-node")) as (Ort & { readonly default?: Ort }) | undefined, ort = found?.default ?? found;
  if (!ort) return undefined;
  const name = `ONNX Runtime ${bits === 32 ? "f32" : "MatMulNBits 4"}${on === "cpu" ? ", CPU" : ""}`, x = numbers(s.M * s.K, 1), w = numbers(s.K * s.N, 2);
  const options = { executionProviders: [on === "cpu" ? "cpu" : { name: "webgpu" }], intraOpNumThreads: 2, logSeverityLevel: 3, extra: { session: { intra_op: { allow_spinning: "0" }, disable_cpu_ep_fallback: on === "cpu" ? "0" : "1" } } };
  const session = await ort.InferenceSession.create(onnx(s, bits, w), options), feeds = { A: new ort.Tensor("float32", x, [s.M, s.K]) };
  const got = await session.run(feeds);
  if (bits === 32) checked(name, s, x, w, got.Y.data);
  const ready = async (times: number) => async (): Promise<void> => { for (let i = 0; i < times; i++) await session.run(feeds); };
  return { name, on, f32: bits === 32, ready, ms: [], end: async () => session.release() };
}

/** All peers that are installed and can run this shape, and why one can't. */
export async function peersOf(s: Sizes): Promise<{ readonly peers: readonly Peer[]; readonly notes: readonly string[] }> {
  const peers: Peer[] = [], notes: string[] = [];
  for (const [name, make] of [
    ["jax-js", () => jaxPeer(s)], ["ONNX Runtime f32", () => ortPeer(s, "adapter", 32)], ["ONNX Runtime MatMulNBits", () => ortPeer(s, "adapter", 4)],
    ["ONNX Runtime f32, CPU", () => ortPeer(s, "cpu", 32)], ["ONNX Runtime MatMulNBits, CPU", () => ortPeer(s, "cpu", 4)],
  ] as const)
    try { const p = await make(); if (p) peers.push(p); } catch (error) { notes.push(`${name} does not run here: ${(error instanceof Error ? error.message : String(error)).split("\n")[0].slice(0, 160)}`); }
  if (!existsSync(folder)) notes.push(`no peers here; to time jax-js and ONNX Runtime as well: ${INSTALL}`);
  return { peers, notes };
}

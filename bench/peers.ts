// Other people's matrix products, timed in the same rounds. They are installed in bench/ only (bench/package.json); without them the
// bench says how to get them. Those that take a WebGPU device of the page are given Bitloom's own; ONNX Runtime has a Dawn of its own
// and is told which driver to load.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Device } from "../runtime/index.ts";
import { oneByOne, recorded, type Maker, type Ready } from "./entrants.ts";
import { activations, check, scalesOf, type Product, type Sizes } from "./numbers.ts";
import { attribute, model, node, onnxTypes } from "./onnx.ts";
import { GROUP } from "./ours.ts";
import { random } from "./timing.ts";

/** How the peers are installed. ONNX Runtime's own install script fetches CUDA libraries, which nothing here needs. */
export const INSTALL = "npm install --prefix bench --ignore-scripts";

/** Whether they are. */
export const installed = (): boolean => existsSync("bench/node_modules");

/** A package of bench/node_modules, found from there: the bench itself is bundled to elsewhere. */
async function from<T>(name: string): Promise<T> {
  if (!existsSync(join("bench/node_modules", name))) throw new Error(`${name} is not installed; ${INSTALL} gets it`);
  const { load } = (await import(pathToFileURL("bench/load.mjs").href)) as { load(name: string): Promise<object> }, found = await load(name);
  return ("default" in found ? found.default : found) as T;
}

const f32 = { x: 32, w: 32, group: 0, exact: false } as const;

/** The factors of a product of floats: x[M, K] and b[K, N]. */
function floats(s: Sizes): Product & { readonly a: Float32Array; readonly b: Float32Array } {
  const a = activations(s), b = activations({ M: s.K, K: s.N });
  return { ...s, a, b, x: (m) => a.subarray(m * s.K, m * s.K + s.K), w: (n) => Float32Array.from({ length: s.K }, (_, k) => b[k * s.N + n]) };
}

// ── libraries that compute on a page's device ─────────────────────────────────────────────────────────────

/** Gives the libraries, which ask for WebGPU as in a page, the device that is measured. The first one stays: they keep theirs, too. */
function asPage(device: Device): void {
  const { gpu } = device, given = globalThis.navigator as { readonly gpu?: { readonly device?: GPUDevice } } | undefined;
  if (given?.gpu?.device === gpu) return;
  if (given?.gpu?.device) throw new Error("it has the device of an earlier bench");
  const adapter = { features: gpu.features, limits: gpu.limits, info: (gpu as { readonly adapterInfo?: GPUAdapterInfo }).adapterInfo, requestDevice: async () => gpu };
  const page = { device: gpu, requestAdapter: async () => adapter, getPreferredCanvasFormat: () => "bgra8unorm", wgslLanguageFeatures: device.languages };
  Object.defineProperty(globalThis, "navigator", { value: { gpu: page, userAgent: "node" }, configurable: true, writable: true });
  (globalThis as { self?: unknown }).self ??= globalThis;
}

/** The little of jax-js that is used. Arrays are used up by what takes them, but for `ref`. */
interface JaxArray { readonly ref: JaxArray; reshape(shape: readonly number[]): JaxArray; data(): Promise<ArrayLike<number>>; dispose(): void }
interface Jax { readonly numpy: { array(x: Float32Array): JaxArray; matmul(a: JaxArray, b: JaxArray): JaxArray }; init(device: string): Promise<readonly string[]>; defaultDevice(device: string): unknown }

async function jax(device: Device, s: Sizes): Promise<Ready> {
  const found = await from<Jax>("@jax-js/jax");
  asPage(device);
  if (!(await found.init("webgpu")).includes("webgpu")) throw new Error("it found no WebGPU");
  found.defaultDevice("webgpu");
  const { numpy: np } = found, p = floats(s), a = np.array(p.a).reshape([s.M, s.K]), b = np.array(p.b).reshape([s.K, s.N]), product = (): Promise<ArrayLike<number>> => np.matmul(a.ref, b.ref).data();
  check("jax-js", p, await product());
  const { ready, end } = await recorded(device, product);
  return { ready, end: async () => { await end(); a.dispose(); b.dispose(); } };
}

/** The little of TensorFlow.js that is used. */
interface TfTensor { data(): Promise<ArrayLike<number>>; dispose(): void }
interface Tf { setBackend(name: string): Promise<boolean>; ready(): Promise<void>; tensor2d(x: Float32Array, shape: readonly number[]): TfTensor; matMul(a: TfTensor, b: TfTensor): TfTensor }

async function tfjs(device: Device, s: Sizes): Promise<Ready> {
  const tf = await from<Tf>("@tensorflow/tfjs-core");
  asPage(device);
  await from("@tensorflow/tfjs-backend-webgpu");
  if (!(await tf.setBackend("webgpu"))) throw new Error("its WebGPU backend doesn't start");
  await tf.ready();
  const p = floats(s), a = tf.tensor2d(p.a, [s.M, s.K]), b = tf.tensor2d(p.b, [s.K, s.N]);
  const product = async (): Promise<ArrayLike<number>> => { const y = tf.matMul(a, b), got = await y.data(); y.dispose(); return got; };
  check("tfjs", p, await product());
  const { ready, end } = await recorded(device, product);
  return { ready, end: async () => { await end(); a.dispose(); b.dispose(); } };
}

// ── ONNX Runtime ──────────────────────────────────────────────────────────────────────────────────────────

/** The little of ONNX Runtime that is used. */
interface Ort {
  readonly env?: { readonly wasm?: { numThreads?: number } };
  readonly Tensor: new (type: string, data: Float32Array, dims: readonly number[]) => unknown;
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<{ run(feeds: object): Promise<Readonly<Record<string, { readonly data: ArrayLike<number> }>>>; release(): Promise<void> }> };
}

/** Where ONNX Runtime computes. */
const providers = {
  adapter: { from: "onnxruntime-node", use: { name: "webgpu" }, suffix: "" },
  cpu: { from: "onnxruntime-node", use: "cpu", suffix: ", CPU" },
  wasm: { from: "onnxruntime-web", use: "wasm", suffix: ", WebAssembly" },
} as const;

/** The libraries of software adapters, and the files that describe them to the Vulkan loader. */
const drivers = {
  swiftshader: { library: /\/\S*libvk_swiftshader\.so/, file: /swiftshader.*\.json$/ },
  lavapipe: { library: /\/\S*libvulkan_lvp\.so/, file: /^lvp.*\.json$/ },
} as const;

/** Tells the Vulkan loader of a Dawn that has none yet which driver to take: the one that Bitloom has loaded. A GPU is everybody's first choice. */
function pinDriver({ profile: { name } }: Device): void {
  if (process.platform !== "linux" || name === "gpu") return;
  const { library, file } = drivers[name], [loaded] = library.exec(readFileSync("/proc/self/maps", "utf8")) ?? [];
  const found = loaded === undefined ? [] : [dirname(loaded), "/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"].filter((f) => existsSync(f)).flatMap((f) => readdirSync(f).filter((x) => file.test(x)).map((x) => join(f, x)));
  if (found.length === 0) throw new Error(`the driver of ${name} isn't found, so that it might take another one`);
  [process.env["VK_ICD_FILENAMES"]] = found;
}

/** A model of one product, and what it means. */
function onnx(s: Sizes, bits: number, level: number): Product & { readonly bytes: Uint8Array } {
  const { M, N, K } = s, io = { inputs: [{ name: "A", dims: [M, K] }], outputs: [{ name: "Y", dims: [M, N] }] };
  if (bits === 32) { const p = floats(s); return { ...p, bytes: model({ ...io, node: node("MatMul", ["A", "B"], ["Y"]), initializers: [{ name: "B", type: onnxTypes.f32, dims: [K, N], data: p.b }] }) }; }
  const a = activations(s), next = random(bits), groups = K / GROUP, per = 8 / bits, zero = 2 ** (bits - 1), codes = Uint8Array.from({ length: (N * K) / per }, () => next() & 255), scales = scalesOf(N * groups);
  const code = (n: number, k: number): number => { const i = n * K + k; return (codes[Math.floor(i / per)] >> (bits * (i % per))) & (2 ** bits - 1); };
  const attributes = Object.entries({ K, N, bits, block_size: GROUP, accuracy_level: level }).map(([name, n]) => attribute(name, n));
  const initializers = [{ name: "B", type: onnxTypes.u8, dims: [N, groups, (GROUP * bits) / 8], data: codes }, { name: "S", type: onnxTypes.f32, dims: [N * groups], data: scales }];
  return {
    ...s, bytes: model({ ...io, node: node("MatMulNBits", ["A", "B", "S"], ["Y"], attributes, "com.microsoft"), initializers }), loss: level === 4 ? 1 / 250 : 0,
    x: (m) => a.subarray(m * K, m * K + K), w: (n) => Float32Array.from({ length: K }, (_, k) => (code(n, k) - zero) * scales[n * groups + Math.floor(k / GROUP)]),
  };
}

async function ort(device: Device, s: Sizes, on: keyof typeof providers, bits: number, level: number, name: string): Promise<Ready> {
  const provider = providers[on], found = await from<Ort>(provider.from), p = onnx(s, bits, level);
  if (on === "adapter") pinDriver(device);
  if (found.env?.wasm) found.env.wasm.numThreads = 1;
  const more = on === "wasm" ? {} : { intraOpNumThreads: 2, extra: { session: { intra_op: { allow_spinning: "0" }, disable_cpu_ep_fallback: on === "adapter" ? "1" : "0" } } };
  const session = await found.InferenceSession.create(p.bytes, { executionProviders: [provider.use], logSeverityLevel: 3, ...more }), feeds = { A: new found.Tensor("float32", activations(s), [s.M, s.K]) };
  try { check(name, p, (await session.run(feeds)).Y.data); } catch (error) { await session.release(); throw error; }
  return { called: true, ready: oneByOne(() => session.run(feeds)), end: () => session.release() };
}

function ortMaker(on: keyof typeof providers, bits: number, level = 0): Maker {
  const name = `ONNX Runtime ${bits === 32 ? "f32" : `${bits} bits${level ? ` (accuracy ${level})` : ""}`}${providers[on].suffix}`, where = on === "adapter" ? on : "cpu";
  return { name, library: `ONNX Runtime${providers[on].suffix}`, family: `ONNX Runtime${providers[on].suffix}`, on: where, kind: bits === 32 ? f32 : { x: 32, w: bits, group: GROUP, exact: false }, make: (device, s) => ort(device, s, on, bits, level, name) };
}

/** All peers. */
export const peers: readonly Maker[] = [
  ...[2, 4, 8].flatMap((bits) => [0, 4].map((level) => ortMaker("adapter", bits, level))), ortMaker("adapter", 32),
  { name: "jax-js f32", library: "jax-js", family: "jax-js", on: "adapter", kind: f32, make: jax },
  { name: "tfjs f32", library: "tfjs", family: "tfjs", on: "adapter", kind: f32, make: tfjs },
  ortMaker("cpu", 32), ortMaker("cpu", 4, 4), ortMaker("wasm", 32), ortMaker("wasm", 4),
];

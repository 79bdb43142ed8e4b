// What the models run on: plain doubles, the interpreter, or a device. All do the same few things to matrices of activations,
// so that a model is written once.
import { readFileSync } from "node:fs";
import { load, type LoomKernel } from "../../lang/index.ts";
import { kernelOf, matmul, tensor, uploadQuantised, type Device, type Kernel, type Quantised, type Tensor } from "../../runtime/index.ts";
import { dequantiseValues, dtype, interpret, tileFromCodes, tileFromValues, type Program, type QuantisedValues, type Tile } from "../../vm/index.ts";
import type { Matrix } from "./schemes.ts";

/** A linear layer: a matrix as its file has it, or quantised, and a bias. */
export interface Linear {
  readonly matrix: Matrix | QuantisedValues;
  readonly bias: ArrayLike<number>;
}

/** Runs layers; `X` holds activations [rows, features], `W` a linear layer. */
export interface Machine<X, W> {
  readonly name: string;
  put(x: Matrix): Promise<X>;
  hold(l: Linear): Promise<W>;
  /** x · wᵀ + bias. */
  linear(x: X, w: W): Promise<X>;
  relu(x: X): Promise<X>;
  /** The sum, element by element. */
  add(x: X, y: X): Promise<X>;
  get(x: X): Promise<ArrayLike<number>>;
  free(x: X | W): void;
}

/** A machine of any kind. */
export type AnyMachine = Machine<Numbers, Dense> | Machine<Tile, LinearTiles> | Machine<Tensor, LinearTensors>;

// ── doubles ───────────────────────────────────────────────────────────────────────────────────────────────

interface Numbers { readonly shape: readonly [number, number]; readonly values: Float64Array }
interface Dense { readonly N: number; readonly K: number; readonly w: Float64Array; readonly bias: ArrayLike<number> }

/** y = x · wᵀ + bias in doubles, four outputs at a time. Most features of some inputs are 0: they are left out. */
function product({ shape: [M, K], values: x }: Numbers, { N, w, bias }: Dense): Numbers {
  const y = new Float64Array(M * N), at = new Int32Array(K);
  for (let m = 0; m < M; m++) {
    let count = 0;
    for (let k = 0; k < K; k++) if (x[m * K + k] !== 0) at[count++] = k;
    for (let n = 0; n < N; n += 4) {
      const a = n * K, b = Math.min(n + 1, N - 1) * K, c = Math.min(n + 2, N - 1) * K, d = Math.min(n + 3, N - 1) * K;
      let p = 0, q = 0, r = 0, s = 0;
      for (let i = 0; i < count; i++) {
        const k = at[i], v = x[m * K + k];
        p += v * w[a + k]; q += v * w[b + k]; r += v * w[c + k]; s += v * w[d + k];
      }
      [p, q, r, s].slice(0, N - n).forEach((v, j) => { y[m * N + n + j] = v + bias[n + j]; });
    }
  }
  return { shape: [M, N], values: y };
}

/** Plain doubles: the reference. */
export const doubles: Machine<Numbers, Dense> = {
  name: "f64",
  put: async ({ shape, values }) => ({ shape, values: Float64Array.from(values) }),
  hold: async ({ matrix, bias }) => ({ N: matrix.shape[0], K: matrix.shape[1], bias, w: Float64Array.from("codes" in matrix ? dequantiseValues(matrix) : matrix.values) }),
  linear: async (x, w) => product(x, w),
  relu: async (x) => ({ ...x, values: x.values.map((v) => Math.max(v, 0)) }),
  add: async (x, y) => ({ ...x, values: x.values.map((v, i) => v + y.values[i]) }),
  get: async (x) => x.values,
  free: () => undefined,
};

// ── the interpreter ───────────────────────────────────────────────────────────────────────────────────────

interface LinearTiles { readonly program: Program; readonly tiles: Readonly<Record<"w" | "scale" | "offset" | "bias", Tile>> }

const { kernels } = load(readFileSync("examples/models/layers.loom", "utf8"), { file: "layers.loom" });
const named = (name: string): LoomKernel => kernels.find((k) => k.name === name) ?? (() => { throw new Error(`layers.loom has no kernel ${name}`); })();

/** The tiles of a layer: one scale and offset for each row and group, also where one serves the whole matrix. */
function tilesOf({ matrix, bias }: Linear): LinearTiles {
  const [N, K] = matrix.shape, q = "codes" in matrix ? matrix : undefined, group = !q || q.group === "tensor" ? K : q.group, scales = [N, Math.ceil(K / group)];
  const each = (of: Float32Array | undefined, rest: number): Tile => tileFromValues(dtype("f32"), scales, Float32Array.from({ length: scales[0] * scales[1] }, (_, i) => of?.[of.length === 1 ? 0 : i] ?? rest));
  return {
    program: named("linear").specialise({ K, W: q?.type ?? "f16", GROUP: group }),
    tiles: {
      w: q ? tileFromCodes(dtype(q.type), [N, K], q.codes) : tileFromValues(dtype("f16"), [N, K], (matrix as Matrix).values),
      scale: each(q?.scales, 1), offset: each(q?.offsets, 0), bias: tileFromValues(dtype("f32"), [N], bias),
    },
  };
}

const each = (name: "relu" | "add", x: Tile): Program => named(name).specialise({ N: x.shape[1] });

/** The interpreter, on the kernels of layers.loom. */
export const interpreter: Machine<Tile, LinearTiles> = {
  name: "interpreter",
  put: async ({ shape, values }) => tileFromValues(dtype("f32"), shape, values),
  hold: async (l) => tilesOf(l),
  linear: async (x, { program, tiles }) => interpret(program, { x, ...tiles })["y"],
  relu: async (x) => interpret(each("relu", x), { x })["y"],
  add: async (x, y) => interpret(each("add", x), { x, y })["z"],
  get: async (x) => x.data,
  free: () => undefined,
};

// ── a device ──────────────────────────────────────────────────────────────────────────────────────────────

interface LinearTensors { readonly w: Tensor | Quantised; readonly bias: Tensor; dispose(): void }

const loaded = Object.fromEntries((["relu", "add"] as const).map((name) => [name, kernelOf(named(name))]));

/** A device: `matmul`, and the kernels of layers.loom between products. */
export function onDevice(device: Device): Machine<Tensor, LinearTensors> {
  const kernel = (name: "relu" | "add", x: Tensor): Kernel => loaded[name].specialise({ N: x.shape[1] });
  return {
    name: device.info.name,
    put: ({ shape, values }) => tensor(device, "f32", shape, Float32Array.from(values)),
    async hold({ matrix, bias }) {
      const w = await ("codes" in matrix ? uploadQuantised(device, matrix) : tensor(device, "f16", matrix.shape, Float32Array.from(matrix.values)));
      const b = await tensor(device, "f32", [bias.length], Float32Array.from(bias));
      return { w, bias: b, dispose: () => { w.dispose(); b.dispose(); } };
    },
    linear: (x, { w, bias }) => matmul(x, w, { bias }),
    relu: async (x) => (await kernel("relu", x).run({ x }))["y"],
    add: async (x, y) => (await kernel("add", x).run({ x, y }))["z"],
    get: async (x) => await x.read() as ArrayLike<number>,
    free: (x) => x.dispose(),
  };
}

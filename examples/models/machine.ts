// What the models run on: plain doubles, the interpreter, or a device. All multiply by matrices in any form and run a few small
// kernels between, so that a model is written once.
import { readFileSync } from "node:fs";
import { load, type LoomKernel } from "../../lang/index.ts";
import { formatTensor, kernelOf, matmul, tensor, uploadQuantised, type Device, type FormatTensor, type Quantised, type Tensor } from "../../runtime/index.ts";
import { dequantiseValues, dtype, formatValues, interpret, tileFromCodes, tileFromValues, type FormatTile, type Program, type QuantisedValues, type Tile } from "../../vm/index.ts";
import { dense, plain, product, type Dense, type Numbers } from "./plain.ts";
import type { Held, Matrix } from "./schemes.ts";

/** Numbers of any shape, of type f32 if not said. */
export interface Values {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
  readonly type?: "f16" | "i32";
}

/** A linear layer: a matrix and a bias. */
export interface Linear {
  readonly matrix: Held;
  readonly bias: ArrayLike<number>;
}

/** A kernel of layers.loom or of charlm's model.loom that has one result, its parameters, and its scalars. */
export interface Layer {
  readonly kernel: string;
  readonly params: Readonly<Record<string, number>>;
  readonly scalars?: Readonly<Record<string, number>>;
}

/** Runs layers; `X` holds activations, `W` a linear layer. */
export interface Machine<X, W> {
  readonly name: string;
  put(x: Values): Promise<X>;
  hold(l: Linear): Promise<W>;
  /** x · wᵀ + bias. */
  linear(x: X, w: W): Promise<X>;
  apply(layer: Layer, inputs: Readonly<Record<string, X>>): Promise<X>;
  get(x: X): Promise<ArrayLike<number>>;
  free(x: X | W): void;
}

const isFormat = (m: Held): m is FormatTile => "format" in m, isQuantised = (m: Held): m is QuantisedValues => "codes" in m;

/** The numbers of a matrix in any form. */
export const numbersOf = (m: Held): Matrix => {
  if (!isFormat(m) && !isQuantised(m)) return m;
  const [N, K] = m.shape;
  return { shape: [N, K], values: isFormat(m) ? formatValues(m) : dequantiseValues(m) };
};

// ── doubles ───────────────────────────────────────────────────────────────────────────────────────────────

/** Plain doubles: the reference. */
export const doubles: Machine<Numbers, Dense> = {
  name: "f64",
  put: async ({ shape, values }) => ({ shape, values: Float64Array.from(values) }),
  hold: async ({ matrix, bias }) => { const { shape, values } = numbersOf(matrix); return dense(shape, values, bias); },
  linear: async (x, w) => product(x, w),
  apply: async ({ kernel, params }, inputs) => plain[kernel](inputs, params),
  get: async (x) => x.values,
  free: () => undefined,
};

// ── the kernels ───────────────────────────────────────────────────────────────────────────────────────────

const kernels = ["examples/models/layers.loom", "examples/charlm/model.loom"].flatMap((file) => load(readFileSync(file, "utf8"), { file }).kernels);
const named = (name: string): LoomKernel => kernels.find((k) => k.name === name) ?? (() => { throw new Error(`there is no layer ${name}`); })();

/** What `make` gives, made once for each layer. */
function perLayer<T>(make: (l: Layer) => T): (l: Layer) => T {
  const made = new Map<string, T>();
  return (l) => {
    const key = JSON.stringify([l.kernel, l.params]), found = made.get(key) ?? make(l);
    made.set(key, found);
    return found;
  };
}

// ── the interpreter ───────────────────────────────────────────────────────────────────────────────────────

interface LinearTiles { readonly program: Program; readonly tiles: Readonly<Record<string, Tile>> }

/** The tiles of a layer. Without a format there is one scale and offset for each row and group, also where one serves the whole matrix. */
function tilesOf({ matrix, bias }: Linear): LinearTiles {
  const [N, K] = matrix.shape, b = tileFromValues(dtype("f32"), [N], bias);
  if (isFormat(matrix))
    return { program: named("linear_format").specialise({ K, W: matrix.format }), tiles: { ...Object.fromEntries(Object.entries(matrix.fields).map(([name, t]) => [`w.${name}`, t])), bias: b } };
  const q = isQuantised(matrix) ? matrix : undefined, group = !q || q.group === "tensor" ? K : q.group, scales = [N, Math.ceil(K / group)];
  const each = (of: Float32Array | undefined, rest: number): Tile => tileFromValues(dtype("f32"), scales, Float32Array.from({ length: scales[0] * scales[1] }, (_, i) => of?.[of.length === 1 ? 0 : i] ?? rest));
  return {
    program: named("linear").specialise({ K, W: q?.type ?? "f16", GROUP: group }),
    tiles: {
      w: q ? tileFromCodes(dtype(q.type), [N, K], q.codes) : tileFromValues(dtype("f16"), [N, K], (matrix as Matrix).values),
      scale: each(q?.scales, 1), offset: each(q?.offsets, 0), bias: b,
    },
  };
}

const programOf = perLayer(({ kernel, params }) => named(kernel).specialise(params));

/** The interpreter, on the kernels of layers.loom and model.loom. */
export const interpreter: Machine<Tile, LinearTiles> = {
  name: "interpreter",
  put: async ({ shape, values, type = "f32" }) => tileFromValues(dtype(type), shape, values),
  hold: async (l) => tilesOf(l),
  linear: async (x, { program, tiles }) => interpret(program, { x, ...tiles })["y"],
  apply: async (layer, inputs) => Object.values(interpret(programOf(layer), { ...inputs, ...layer.scalars }))[0],
  get: async (x) => x.data,
  free: () => undefined,
};

// ── a device ──────────────────────────────────────────────────────────────────────────────────────────────

interface LinearTensors { readonly w: Tensor | Quantised | FormatTensor; readonly bias: Tensor; dispose(): void }

const kernelFor = perLayer(({ kernel, params }) => kernelOf(named(kernel)).specialise(params));

/** A device: `matmul`, and the kernels of layers.loom and model.loom between products. */
export function onDevice(device: Device): Machine<Tensor, LinearTensors> {
  return {
    name: device.info.name,
    put: ({ shape, values, type = "f32" }) => tensor(device, type, shape, Float32Array.from(values)),
    async hold({ matrix, bias }) {
      const w = await (isFormat(matrix) ? formatTensor(device, matrix.format, matrix.shape, matrix) : isQuantised(matrix) ? uploadQuantised(device, matrix) : tensor(device, "f16", matrix.shape, Float32Array.from(matrix.values)));
      const b = await tensor(device, "f32", [bias.length], Float32Array.from(bias));
      return { w, bias: b, dispose: () => { w.dispose(); b.dispose(); } };
    },
    linear: (x, { w, bias }) => matmul(x, w, { bias }),
    async apply(layer, inputs) {
      const kernel = kernelFor(layer), [{ name }] = kernel.signature.tensors.filter((t) => t.direction !== "in");
      return { ...inputs, ...(await kernel.run({ ...inputs, ...layer.scalars })) }[name]; // an inout is the caller's own
    },
    get: async (x) => await x.read() as ArrayLike<number>,
    free: (x) => x.dispose(),
  };
}

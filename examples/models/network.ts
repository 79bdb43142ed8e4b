// Models as data: what goes into which layer. Any machine runs them.
import { openSafetensors } from "../../runtime/index.ts";
import { dtype } from "../../vm/index.ts";
import { numbersOf, type Layer, type Linear, type Machine, type Values } from "./machine.ts";
import type { Matrix, Scheme } from "./schemes.ts";

/** to = from · wᵀ + bias, the matrix as the file has it. */
export interface LinearStep extends Linear {
  readonly to: string;
  readonly from: string;
  /** The matrix stays as it is, whatever the scheme. */
  readonly fixed?: true;
}

/** A kernel, by names its inputs; parameters that it has none of are left out. */
export interface KernelStep extends Layer {
  readonly to: string;
  readonly inputs: Readonly<Record<string, string>>;
}

/** A model made of layers; the last step's result is its answer. */
export interface Network {
  readonly steps: readonly (LinearStep | KernelStep)[];
  /** What steps read beside their inputs, by name. */
  readonly constants?: Readonly<Record<string, Values>>;
}

/** Some rows of inputs, by the names that steps read. */
export type Batch = Readonly<Record<string, Values>>;

/** A network on a machine, its matrices held in one way. */
export interface Loaded {
  /** The answers of some rows, row by row. */
  run(batch: Batch): Promise<ArrayLike<number>>;
  free(): void;
}

const isLinear = (s: LinearStep | KernelStep): s is LinearStep => "matrix" in s;

/** The element-by-element kernels of layers.loom as steps: to = max(x, 0), to = x + y, of `N` features. */
export const reluStep = (to: string, x: string, N: number): KernelStep => ({ to, kernel: "relu", params: { N }, inputs: { x } });
export const addStep = (to: string, x: string, y: string, N: number): KernelStep => ({ to, kernel: "add", params: { N }, inputs: { x, y } });

/** The steps with their matrices held in a way, one scale for `group` inputs; without a scheme they stay as the file has them. */
export const heldIn = (network: Network, scheme: Scheme | undefined, group: number): Network =>
  ({ ...network, steps: scheme ? network.steps.map((s) => (isLinear(s) && !s.fixed ? { ...s, matrix: scheme.quantise(numbersOf(s.matrix), group) } : s)) : network.steps });

/** Whether all matrices have rows of whole blocks. */
export const fits = ({ steps }: Network, { block }: Scheme): boolean => steps.every((s) => !isLinear(s) || s.fixed || s.matrix.shape[1] % block === 0);

/** Puts a network on a machine. */
export async function loadNetwork<X, W>(machine: Machine<X, W>, { steps, constants = {} }: Network): Promise<Loaded> {
  const held = new Map<LinearStep, W>(), kept = new Map<string, X>();
  for (const s of steps) if (isLinear(s)) held.set(s, await machine.hold(s));
  for (const [name, x] of Object.entries(constants)) kept.set(name, await machine.put(x));
  return {
    async run(batch) {
      const known = new Map(kept), made: X[] = [];
      const keep = (x: X): X => { made.push(x); return x; };
      try {
        for (const [name, x] of Object.entries(batch)) known.set(name, keep(await machine.put(x)));
        const of = (name: string): X => known.get(name) ?? (() => { throw new Error(`no step gives ${name}`); })();
        for (const s of steps)
          known.set(s.to, keep(isLinear(s) ? await machine.linear(of(s.from), held.get(s) as W) : await machine.apply(s, Object.fromEntries(Object.entries(s.inputs).map(([p, name]) => [p, of(name)])))));
        return await machine.get(of(steps[steps.length - 1].to));
      } finally {
        made.forEach((x) => machine.free(x));
      }
    },
    free: () => { for (const x of [...held.values(), ...kept.values()]) machine.free(x); },
  };
}

/** Tensors of f16 of a safetensors file, by name; of one axis as a matrix of one column. */
export async function halves(path: string): Promise<(name: string) => Matrix> {
  const file = await openSafetensors(path), f16 = dtype("f16"), all = new Map<string, Matrix>();
  try {
    for (const [name, { shape }] of file.tensors)
      all.set(name, { shape: [shape[0], shape[1] ?? 1], values: Float64Array.from(new Uint16Array((await file.read(name)).slice().buffer), (c) => f16.decode(c)) });
  } finally {
    await file.close();
  }
  return (name) => all.get(name) ?? (() => { throw new Error(`${path} has no tensor ${name}`); })();
}

/** The layers w1, b1, w2, b2, … of a file: a multilayer perceptron with ReLU between, from "x" to "y". */
export async function perceptron(path: string, layers: number): Promise<{ readonly network: Network; readonly tensor: (name: string) => Matrix }> {
  const tensor = await halves(path);
  const steps = Array.from({ length: layers }, (_, i) => i).flatMap((i): (LinearStep | KernelStep)[] => {
    const last = i + 1 === layers, matrix = tensor(`w${i + 1}`), linear: LinearStep = { from: i === 0 ? "x" : `h${i}`, to: last ? "y" : `s${i + 1}`, matrix, bias: tensor(`b${i + 1}`).values };
    return last ? [linear] : [linear, reluStep(`h${i + 1}`, linear.to, matrix.shape[0])];
  });
  return { network: { steps }, tensor };
}

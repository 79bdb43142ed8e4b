// Models of linear layers, as data: what goes into which layer. Any machine runs them.
import { openSafetensors } from "../../runtime/index.ts";
import { dtype, type QuantisedValues } from "../../vm/index.ts";
import type { Machine } from "./machine.ts";
import type { Matrix, Scheme } from "./schemes.ts";

/** One layer: to = act(from · wᵀ + bias) + add. */
export interface Step {
  readonly to: string;
  readonly from: string;
  /** As the file has it: numbers, or codes with scales. */
  readonly matrix: Matrix | QuantisedValues;
  readonly bias: ArrayLike<number>;
  readonly relu?: true;
  /** What is added to the result. */
  readonly add?: string;
}

/** A model made of layers; the last step's result is its answer. */
export interface Network {
  readonly steps: readonly Step[];
  /** The numbers of a matrix, to quantise them. */
  readonly numbers: (m: Matrix | QuantisedValues) => Matrix;
}

/** Some rows of inputs, by the names that steps read. */
export type Batch = Readonly<Record<string, Matrix>>;

/** A network on a machine, its matrices held in one way. */
export interface Loaded {
  /** The answers of some rows, row by row. */
  run(batch: Batch): Promise<ArrayLike<number>>;
  free(): void;
}

/** Puts a network on a machine; without a scheme its matrices stay as the file has them. */
export async function loadNetwork<X, W>(machine: Machine<X, W>, { steps, numbers }: Network, scheme: Scheme | undefined, group: number): Promise<Loaded> {
  const held: W[] = [];
  for (const { matrix, bias } of steps) held.push(await machine.hold({ matrix: scheme ? scheme.quantise(numbers(matrix), group) : matrix, bias }));
  return {
    async run(batch) {
      const known = new Map<string, X>(), made: X[] = [];
      const keep = (x: X): X => { made.push(x); return x; };
      try {
        for (const [name, x] of Object.entries(batch)) known.set(name, keep(await machine.put(x)));
        const of = (name: string): X => known.get(name) ?? (() => { throw new Error(`no step gives ${name}`); })();
        for (const [i, { to, from, relu, add }] of steps.entries()) {
          let y = keep(await machine.linear(of(from), held[i]));
          if (relu) y = keep(await machine.relu(y));
          if (add !== undefined) y = keep(await machine.add(y, of(add)));
          known.set(to, y);
        }
        return await machine.get(of(steps[steps.length - 1].to));
      } finally {
        made.forEach((x) => machine.free(x));
      }
    },
    free: () => held.forEach((w) => machine.free(w)),
  };
}

/** Tensors of f16 of a safetensors file, by name. */
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
  const tensor = await halves(path), name = (i: number): string => (i === 0 ? "x" : i === layers ? "y" : `h${i}`);
  const steps = Array.from({ length: layers }, (_, i): Step => ({ from: name(i), to: name(i + 1), matrix: tensor(`w${i + 1}`), bias: tensor(`b${i + 1}`).values, ...(i + 1 < layers ? { relu: true } : {}) }));
  return { network: { steps, numbers: (m) => m as Matrix }, tensor };
}

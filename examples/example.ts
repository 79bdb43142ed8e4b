// What an example folder exports, and the few tools they share: random numbers from a seed, tensors of plain numbers,
// and the bounds that rounding is allowed to reach. No case has a tolerance that isn't derived.
import { dtype, type DType, type KernelDefinition, type SequenceDefinition, type TileData } from "../vm/index.ts";

/** A tensor as an example gives it: values (not codes), row-major, each one exactly a number of the type. */
export interface Given {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/** What a result must be: the exact answer and how far from it rounding may lead, element by element. */
export interface Expected {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: Float64Array;
  readonly bound: Float64Array;
}

/** One run of an example. */
export interface Case {
  readonly name: string;
  /** Compile-time parameters. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, Given>>;
  /** Scalar parameters. */
  readonly scalars?: Readonly<Record<string, number>>;
  readonly outputs: Readonly<Record<string, Expected>>;
  /** Run on devices too in tests; each such case is a pipeline that software adapters take a second or more to compile. */
  readonly onDevices?: true;
}

/** One folder. */
export interface Twins {
  /** The kernel or sequence in TypeScript; its Program has the same text as that of the .loom file. */
  readonly kernel: KernelDefinition | SequenceDefinition;
  /** Parameter sets for which the two are compared. */
  readonly twins: readonly Readonly<Record<string, unknown>>[];
}

/** An example's main kernel, and whatever else of its file is told in TypeScript too. */
export interface Example extends Twins {
  readonly more?: readonly Twins[];
  cases(): readonly Case[];
}

/** The case, for devices too. */
export const onDevices = (c: Case): Case => ({ ...c, onDevices: true });

/** Uniform numbers in [0, 1) from a seed (mulberry32). */
export function random(seed: number): () => number {
  let s = seed >>> 0;
  return () => {
    s = (s + 0x6d2b79f5) >>> 0;
    let t = Math.imul(s ^ (s >>> 15), s | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** A tensor whose elements come from `make`, each rounded to the type. */
export function given(type: string, shape: readonly number[], make: (i: number) => number): Given {
  const t = dtype(type), values = new Float64Array(count(shape));
  for (let i = 0; i < values.length; i++) values[i] = t.decode(t.encode(make(i)));
  return { dtype: type, shape, values };
}

/** A tensor of random codes that mean finite numbers. */
export function randomCodes(type: string, shape: readonly number[], seed: number): Given {
  const t = dtype(type), r = random(seed);
  const finite = Array.from({ length: 2 ** t.bits }, (_, code) => t.decode(code)).filter(Number.isFinite);
  return { dtype: type, shape, values: Float64Array.from({ length: count(shape) }, () => finite[Math.floor(r() * finite.length)] ?? 0) };
}

/** The unit roundoff doubled, because WebGPU names no rounding mode: 2^-23 for f32, 2^-10 for f16; 0 for what is exact. */
export const unit = (type: string): number => (type === "f32" ? 2 ** -23 : type === "f16" ? 2 ** -10 : 0);

/** The least normal number: drivers may flush what is smaller. */
export const least = (type: string): number => (type === "f32" ? 2 ** -126 : type === "f16" ? 2 ** -14 : 0);

/** γ_n = n·u / (1 − n·u): the bound of n roundings in a row, in f32. */
export const gamma = (n: number): number => (n * unit("f32")) / (1 - n * unit("f32"));

/** Values as the VM holds them: codes of storage types, values of compute types. */
export function dataOf(t: Given, into: TileData): TileData {
  const type: DType = dtype(t.dtype);
  for (let i = 0; i < t.values.length; i++) into[i] = type.storage ? type.encode(t.values[i] ?? 0) : t.values[i] ?? 0;
  return into;
}

// The TypeScript door to kernels: a kernel is a function of its compile-time parameters, run at
// specialisation, so plain numbers and plain loops unroll (DESIGN §6).
import { fail, didYouMean } from "../diagnostic.ts";
import { dense, type Packing, type RegisterLayout } from "../layout/index.ts";
import { builder, type Builder } from "./builder.ts";
import { dtype as dtypeNamed, type DType } from "./dtype.ts";
import type { Program, Value } from "./program.ts";
import { symbol, type Scalar, type ScalarType, type Size } from "./scalar.ts";

/** A compile-time parameter: its kind, default and tuning space. */
export interface Comptime<T> {
  readonly kind: "int" | "float" | "bool" | "dtype" | "layout" | "packing" | "format";
  readonly default?: T | undefined;
  readonly space?: readonly T[] | undefined;
}

/** Compile-time parameters by name. */
export type Comptimes = Readonly<Record<string, Comptime<unknown>>>;
/** Their values. */
export type ComptimeValues<C extends Comptimes> = { readonly [K in keyof C]: C[K] extends Comptime<infer T> ? T : never };

/** A compile-time parameter that may be left out. */
export interface Defaulted<T> extends Comptime<T> { readonly default: T }

/** Makers of parameters of one kind: without a value it must be given. */
interface Maker<T> {
  (): Comptime<T>;
  (init: undefined, space: readonly T[]): Comptime<T>;
  (init: T, space?: readonly T[]): Defaulted<T>;
}
const comptime = <T>(kind: Comptime<T>["kind"]): Maker<T> => ((init?: T, space?: readonly T[]): Comptime<T> => Object.freeze({ kind, default: init, space })) as Maker<T>;
/** An integer parameter: `int()`, `int(32)`, `int(32, [16, 32, 64])`. */
export const intParam = comptime<number>("int");
/** A number type parameter: `dtypeParam("u3")`. */
export const dtypeParam = comptime<string>("dtype");
/** A register layout parameter. */
export const layoutParam = comptime<RegisterLayout>("layout");
/** A packing parameter. */
export const packingParam = comptime<Packing>("packing");

/** A tensor parameter of the TypeScript door. Sizes may be numbers, `dim("M")` or scalars of them. */
export interface TensorSpec<Way extends "in" | "out" | "inout" = "in" | "out" | "inout", D extends string = string> {
  readonly direction: Way;
  readonly dtype: D;
  readonly shape: readonly Size[];
  readonly packing?: Packing | undefined;
}
/** A scalar parameter. */
export interface ScalarSpec<S extends ScalarType = ScalarType> { readonly scalar: S }
/** Parameters by name. */
export type Specs = Readonly<Record<string, TensorSpec | ScalarSpec>>;

/** A run-time dimension. */
export const dim = (name: string): Scalar => symbol("dim", name);
/** A tensor that a kernel reads. `shape` has one size per axis; the packing is `dense` if none is given. */
export const input = <const D extends string>(dtype: D, shape: readonly Size[], packing?: Packing): TensorSpec<"in", D> => ({ direction: "in", dtype, shape, packing });
/** A tensor that a kernel makes; whoever runs it may leave it out. */
export const output = <const D extends string>(dtype: D, shape: readonly Size[], packing?: Packing): TensorSpec<"out", D> => ({ direction: "out", dtype, shape, packing });
/** A tensor that a kernel reads and writes. */
export const inout = <const D extends string>(dtype: D, shape: readonly Size[], packing?: Packing): TensorSpec<"inout", D> => ({ direction: "inout", dtype, shape, packing });

/** What a kernel's outer function returns. */
export interface KernelBody {
  readonly params: Specs;
  readonly grid: Readonly<Record<string, Size>>;
  readonly threads: number;
  /** Conditions checked on the host. */
  readonly requires?: readonly (readonly [Scalar, string])[];
  /** Builds the block. `params` has the Value of each tensor and the Scalar of each number. */
  body(b: Builder, params: Readonly<Record<string, Value & Scalar>>, grid: Readonly<Record<string, Scalar>>): void;
}

/** A kernel before specialisation. Language and TypeScript kernels both are this. */
export interface KernelDefinition {
  readonly name: string;
  readonly doc: string;
  readonly comptime: Comptimes;
  /** Builds the Program for given compile-time parameters (defaults filled in). */
  specialise(params: Readonly<Record<string, unknown>>): Program;
}

declare const TYPES: unique symbol;

/** A kernel that was defined in TypeScript: its types say what it is specialised with and what it is run on. */
export interface TypedKernel<C extends Comptimes, P extends Specs> extends KernelDefinition {
  /** For the compiler only; there is no such property. */
  readonly [TYPES]: { readonly comptime: C; readonly params: P };
}

/** Fills in defaults; complains of unknown and missing parameters. */
export function complete(name: string, comptime: Comptimes, given: Readonly<Record<string, unknown>>, skipDefaults = false): Record<string, unknown> {
  for (const key of Object.keys(given))
    if (!(key in comptime)) {
      const near = didYouMean(key, Object.keys(comptime));
      fail({ code: "H0601", message: `kernel '${name}' has no compile-time parameter '${key}'`, help: near ? `did you mean '${near}'?` : `it has ${Object.keys(comptime).join(", ") || "none"}` });
    }
  const out: Record<string, unknown> = {};
  for (const [key, c] of Object.entries(comptime)) {
    const v = given[key] ?? (skipDefaults ? undefined : c.default);
    if (v === undefined && !skipDefaults) fail({ code: "H0602", message: `kernel '${name}' needs the compile-time parameter '${key}'`, help: `give it a value: specialise({ ${key}: … }), or --set ${key}=… on the command line` });
    if (v !== undefined) out[key] = v;
  }
  return out;
}

/**
 * Defines a kernel in TypeScript.
 * @example
 * ```ts
 * const twice = kernel("twice", { BN: intParam(64) }, ({ BN }) => ({
 *   params: { x: input("f32", [dim("N")]), y: output("f32", [dim("N")]) },
 *   grid: { n: cdiv(dim("N"), BN) }, threads: 32,
 *   body(b, { x, y }, { n }) {
 *     const at = { offsets: [scalarOp("mul", n, constant(BN))], sizes: [constant(BN)] };
 *     const v = b.load({ x: b.slice({ x }, at) });
 *     b.store({ to: b.slice({ x: y }, at), x: b.add({ x: v, y: v }) });
 *   },
 * }));
 * twice.specialise({}).threads // => 32
 * ```
 */
export function kernel<const C extends Comptimes, const R extends KernelBody>(
  name: string, comptime: C, outer: (values: ComptimeValues<C>) => R, doc = "",
): TypedKernel<C, R["params"]> {
  const definition: KernelDefinition = Object.freeze({
    name, doc, comptime,
    specialise(given: Readonly<Record<string, unknown>>): Program {
      const k = outer(complete(name, comptime, given) as ComptimeValues<C>);
      const b = builder(name, doc);
      const values: Record<string, Value | Scalar> = {};
      for (const [id, spec] of Object.entries(k.params))
        values[id] = "scalar" in spec ? b.scalarParam(id, spec.scalar) : b.tensor(id, spec.direction, dtypeNamed(spec.dtype) satisfies DType, spec.shape, spec.packing ?? dense(spec.shape.length));
      const axes = Object.entries(k.grid), g = b.grid(axes);
      b.threads(k.threads);
      for (const [condition, message] of k.requires ?? []) b.require(condition, message);
      k.body(b, values as never, Object.fromEntries(axes.map(([id], i) => [id, g[i]])) as Record<string, Scalar>);
      return b.finish();
    },
  });
  return definition as TypedKernel<C, R["params"]>;
}

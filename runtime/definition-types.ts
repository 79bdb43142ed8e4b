// The types of a kernel that was defined in TypeScript, read off its definition: what it is specialised with, run on, and gives.
import type { Comptime, Comptimes, Defaulted, ScalarSpec, Specs, TensorSpec } from "../vm/index.ts";
import type { Tensor } from "./tensor.ts";

type Flat<T> = { -readonly [K in keyof T]: T[K] } & {};
type ValueOf<X> = X extends Comptime<infer T> ? T : never;
type Argument<X> = X extends TensorSpec<infer _, infer D> ? Tensor<D> : X extends ScalarSpec<infer S> ? (S extends "bool" ? boolean : number) : never;
type IsOut<X> = X extends { readonly direction: infer W } ? ([W] extends ["out"] ? true : false) : false;

/** Compile-time parameters; those with a default may be left out. */
export type DefinitionParams<C extends Comptimes> = Flat<
  { [K in keyof C as C[K] extends Defaulted<unknown> ? never : K]: ValueOf<C[K]> } & { [K in keyof C as C[K] extends Defaulted<unknown> ? K : never]?: ValueOf<C[K]> | undefined }>;

/** Arguments of a run: `out` tensors may be left out. */
export type DefinitionIns<P extends Specs> = Flat<
  { [K in keyof P as IsOut<P[K]> extends true ? never : K]: Argument<P[K]> } & { [K in keyof P as IsOut<P[K]> extends true ? K : never]?: Argument<P[K]> | undefined }>;

/** Results of a run. */
export type DefinitionOuts<P extends Specs> = Flat<{ [K in keyof P as IsOut<P[K]> extends true ? K : never]: Argument<P[K]> }>;

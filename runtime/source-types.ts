// The types of a kernel, read off its source text by template-literal types: no build step, no generated files.
//
//   "kernel k<N: int>(x: f16[M, N], out y: f16[M]) …"  ─▶  specialise({ N: number }) ─▶ run({ x: Tensor<"f16"> }) ─▶ { y: Tensor<"f16"> }
//
// It understands as much of the grammar as a signature needs. Whatever it can't read (a source that is no literal, a
// name from another file) becomes the untyped kernel; the compiler checks everything again.
import type { Inputs } from "./bind.ts";
import type { Kernel, Outputs } from "./kernel.ts";
import type { Tensor } from "./tensor.ts";
import type { Chosen } from "./tuning/choose.ts";
import type { TunedOptions, TuneOptions, TuneReport } from "./tuning/tune.ts";

type Blank = " " | "\n" | "\t" | "\r";
type TrimLeft<S extends string> = S extends `${Blank}${infer R}` ? TrimLeft<R> : S;
type TrimRight<S extends string> = S extends `${infer R}${Blank}` ? TrimRight<R> : S;
type Trim<S extends string> = TrimRight<TrimLeft<S>>;

/** The text without `//` notes. */
type Plain<S extends string, Done extends string = ""> =
  S extends `${infer A}//${infer B}` ? (B extends `${string}\n${infer C}` ? Plain<C, `${Done}${A}\n`> : `${Done}${A}`) : `${Done}${S}`;

// A signature of a kernel ends before its `grid`, one after a closing bracket; that of a sequence before the brace of its body.
type Head<S extends string, Done extends string = ""> =
  S extends `${infer A}grid${infer B}` ? (TrimRight<`${Done}${A}`> extends `${infer H})` ? H : Head<B, `${Done}${A}grid`>) : never;

/** Name, compile-time list and parameter list of each kernel of a source without notes. */
type KernelHeads<S extends string, Out extends readonly unknown[] = []> =
  S extends `${string}kernel ${infer R}`
    ? Head<R> extends infer H extends string
      ? [H] extends [never] ? Out : KernelHeads<R extends `${H}${infer Rest}` ? Rest : "", [...Out, Parts<H>]>
      : Out
    : Out;
/** Text up to a brace outside of brackets: a space of values in `<…>` has braces, too. */
type HeadOfSequence<S extends string, Done extends string = ""> =
  S extends `${infer A}{${infer B}` ? (TrimRight<`${Done}${A}`> extends `${infer H})` ? (Even<H, "(", ")"> extends true ? HeadOfSequence<B, `${Done}${A}{`> : H) : HeadOfSequence<B, `${Done}${A}{`>) : never;
/** The same of each sequence. */
type SequenceHeads<S extends string, Out extends readonly unknown[] = []> =
  S extends `${string}sequence ${infer R}`
    ? HeadOfSequence<R> extends infer H extends string
      ? [H] extends [never] ? Out : SequenceHeads<R extends `${H}${infer Rest}` ? Rest : "", [...Out, Parts<H>]>
      : Out
    : Out;
type Heads<S extends string> = S extends `${string}sequence ${string}` ? [...SequenceHeads<S>, ...KernelHeads<S>] : KernelHeads<S>;
type Parts<H extends string> =
  H extends `${infer N}<${infer C}>(${infer P}` ? (N extends `${infer N2}(${infer P2}` ? { name: Trim<N2>; comptime: []; params: Split<P2> } : { name: Trim<N>; comptime: Split<C>; params: Split<P> })
  : H extends `${infer N}(${infer P}` ? { name: Trim<N>; comptime: []; params: Split<P> } : never;

/** How often C stands in S, as the length of a list. */
type Count<S extends string, C extends string, N extends readonly 1[] = []> = S extends `${string}${C}${infer R}` ? Count<R, C, [...N, 1]> : N["length"];
type Even<S extends string, A extends string, B extends string> = Count<S, A> extends Count<S, B> ? true : false;
type Balanced<S extends string> = [Even<S, "[", "]">, Even<S, "(", ")">, Even<S, "{", "}">] extends [true, true, true] ? true : false;
/** The parts between commas outside brackets. */
type Split<S extends string, Held extends string = "", Out extends readonly string[] = []> =
  S extends `${infer A},${infer B}`
    ? Balanced<`${Held}${A}`> extends true ? Split<B, "", [...Out, Trim<`${Held}${A}`>]> : Split<B, `${Held}${A},`, Out>
    : Trim<`${Held}${S}`> extends "" ? Out : [...Out, Trim<`${Held}${S}`>];

/** What a compile-time parameter takes: `N: int = 4`, `T: dtype in {…}`. A "dynamic" int travels in a uniform. */
type Given<R extends string> =
  R extends `int${string}` ? number | "dynamic" : R extends `float${string}` ? number : R extends `bool${string}` ? boolean : R extends `dtype${string}` ? string : unknown;
type NameOf<P extends string> = P extends `${infer N}:${string}` ? Trim<N> : never;
type RestOf<P extends string> = P extends `${string}:${infer R}` ? Trim<R> : never;
type HasDefault<P extends string> = RestOf<P> extends `${string}=${string}` ? true : false;
type Needed<L extends readonly string[]> = { [P in L[number] as HasDefault<P> extends true ? never : NameOf<P>]: Given<RestOf<P>> };
type Optional<L extends readonly string[]> = { [P in L[number] as HasDefault<P> extends true ? NameOf<P> : never]?: Given<RestOf<P>> | undefined };
/** Default of the compile-time parameter N, as text. */
type DefaultOf<L extends readonly string[], N extends string> =
  { [P in L[number]]: NameOf<P> extends N ? (RestOf<P> extends `${string}=${infer D}` ? Trim<D> : string) : never }[L[number]];

/** The number type that a name stands for: a compile-time parameter's value or default, or itself. */
type Resolve<D extends string, L extends readonly string[], V> =
  D extends NameOf<L[number]> ? (D extends keyof V ? (V[D] extends string ? V[D] : string) : DefaultOf<L, D>) : D;

/** A parameter: direction, name, type. */
type Directed<P extends string> =
  P extends `inout ${infer R}` ? ["inout", NameOf<R>, RestOf<R>] : P extends `out ${infer R}` ? ["out", NameOf<R>, RestOf<R>] : ["in", NameOf<P>, RestOf<P>];
type Argument<T extends string, L extends readonly string[], V> =
  T extends `${infer D}[${string}` ? Tensor<Resolve<Trim<D>, L, V>> : T extends "bool" ? boolean : number;
type Pick1<P extends string, Which extends string> = Directed<P> extends [infer D extends string, infer N extends string, string] ? (D extends Which ? N : never) : never;
type TypeText<P extends string> = Directed<P> extends [string, string, infer T extends string] ? T : never;

type Ins<P extends readonly string[], L extends readonly string[], V> =
  { [X in P[number] as Pick1<X, "in" | "inout">]: Argument<TypeText<X>, L, V> }
  & { [X in P[number] as Pick1<X, "out">]?: Argument<TypeText<X>, L, V> | undefined };
type Outs<P extends readonly string[], L extends readonly string[], V> = { [X in P[number] as Pick1<X, "out">]: Argument<TypeText<X>, L, V> };
type Flat<T> = { [K in keyof T]: T[K] } & {};

/** A kernel before specialisation. */
export interface Specialisable<Params extends object, Ins extends object = Inputs, Outs extends object = Outputs> {
  readonly name: string;
  /** The kernel with its compile-time parameters baked in; those with a default may be left out. @throws Diagnostic of the program */
  specialise(params: Params): Kernel<Ins, Outs>;
  /**
   * Times the points of the kernel's tuning space, `in {…}`, on a device and keeps the fastest as a record, by which runs of `specialise` go from
   * then on, in this process and later ones, for sizes that round up to the same powers of two. Parameters that are given are no part of the search. It may be
   * stopped, and goes on where it was.
   * @param inputs tensors and scalars to run it on; what is missing is made from a seed
   * @throws Diagnostic H0412 (no device), H0426 (nothing to tune), H0427 (sizes that nobody tells), those of the kernel at its defaults
   */
  tune(params: Params, inputs?: Inputs, options?: TuneOptions): Promise<TuneReport>;
  /**
   * The kernel of the choice that is recorded for a device and sizes, also where its tensors are packed in another way than the default's; the default
   * where nothing is recorded. Times nothing.
   * @throws Diagnostic of the program
   */
  tuned(params: Params, options: TunedOptions): Promise<Kernel<Ins, Outs>>;
  /**
   * The same, but where nothing is recorded the kernel of the choice that the cost model finds cheapest for the device and sizes; with it what was chosen, and
   * by what. Times nothing; prices of up to 24 points are made, once for the same sizes: a second or two for large kernels. What it wants may be packed in another way than
   * the default's: use its `prepack`. The numbers are the default's, floats but for rounding, if the space lists what computes the same.
   * @throws Diagnostic H0427 (sizes that nobody tells), those of the kernel at its defaults
   */
  choose(params: Params, options: TunedOptions): Promise<Chosen<Kernel<Ins, Outs>>>;
}

interface Head1 { readonly name: string; readonly comptime: readonly string[]; readonly params: readonly string[] }
type ParamsOf<H extends Head1> = Flat<Needed<H["comptime"]> & Optional<H["comptime"]>>;
type KernelOf<H extends Head1, V> = Kernel<Flat<Ins<H["params"], H["comptime"], V>>, Flat<Outs<H["params"], H["comptime"], V>>>;

/** A typed kernel of a source: what `specialise` gives depends on the number types it is given. */
export interface SourceKernel<H extends Head1> {
  readonly name: H["name"];
  /** The kernel with its compile-time parameters baked in; those with a default may be left out. @throws Diagnostic of the program */
  specialise<const V extends ParamsOf<H>>(params: V & { [K in Exclude<keyof V, keyof ParamsOf<H>>]: never }): KernelOf<H, V>;
  /** As `Specialisable.tune`. */
  tune(params: ParamsOf<H>, inputs?: Inputs, options?: TuneOptions): Promise<TuneReport>;
  /** As `Specialisable.tuned`. */
  tuned(params: ParamsOf<H>, options: TunedOptions): Promise<KernelOf<H, ParamsOf<H>>>;
  /** As `Specialisable.choose`. */
  choose(params: ParamsOf<H>, options: TunedOptions): Promise<Chosen<KernelOf<H, ParamsOf<H>>>>;
}

/** Compile-time parameters of a kernel that types know nothing of. */
export type AnyParams = Readonly<Record<string, unknown>>;

/** What `compile` gives for a source. */
export type Compiled<S extends string> =
  string extends S ? AnyCompiled
  : Heads<Plain<S>> extends infer Hs extends readonly Head1[] ? (Hs["length"] extends 0 ? AnyCompiled : TypedCompiled<Hs, Alone<SequenceHeads<Plain<S>>, Hs>>) : AnyCompiled;

/** The kernels and sequences of a source that types could not read. */
export interface AnyCompiled {
  readonly kernels: Readonly<Record<string, Specialisable<AnyParams>>>;
  /** The only sequence or else the only kernel, specialised; several are named: `specialise("softmax", …)`. @throws Diagnostic H0416, those of the program */
  specialise(params: AnyParams): Kernel;
  specialise(name: string, params: AnyParams): Kernel;
}

type Named<Hs extends readonly Head1[], N extends string> = Extract<Hs[number], { readonly name: N }>;

/** What a source is about: its only sequence, else its only kernel. */
type Alone<Qs, Hs> = Qs extends readonly [infer Q extends Head1] ? SourceKernel<Q> : Qs extends readonly [] ? (Hs extends readonly [infer H extends Head1] ? SourceKernel<H> : unknown) : unknown;

/** The kernels and sequences of a source, typed. */
export type TypedCompiled<Hs extends readonly Head1[], Only> = {
  readonly kernels: { readonly [H in Hs[number] as H["name"]]: SourceKernel<H> };
  specialise<const N extends Hs[number]["name"], const V extends ParamsOf<Named<Hs, N>>>(name: N, params: V & { [K in Exclude<keyof V, keyof ParamsOf<Named<Hs, N>>>]: never }): KernelOf<Named<Hs, N>, V>;
} & Only;

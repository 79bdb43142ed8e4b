// What every launch is held against, on the interpreter or on a device: names, dimensions, scalars and requirements
// (SEMANTICS §8). Whoever launches tells the same mistake by the same code in the same words, before anything runs.
import { didYouMean, fail } from "../diagnostic.ts";
import type { Requirement } from "./program.ts";
import { eachSymbol, evaluate, printScalar, type Environment, type ScalarType, type Size } from "./scalar.ts";

/** A tensor parameter whose shape binds dimensions or is held against them; `dtype` is the name of its number type. */
export interface Shaped {
  readonly name: string;
  readonly direction: "in" | "out" | "inout";
  readonly dtype: string;
  readonly shape: readonly Size[];
}

/**
 * A size as a kernel writes it, without outer brackets.
 * @example
 * ```ts
 * sizeText(scalarOp("mul", symbol("dim", "N"), constant(2))); // => "N * 2"
 * ```
 */
export const sizeText = (x: Size): string => printScalar(x).replace(/^\((.*)\)$/s, "$1");

/**
 * A tensor as messages write it.
 * @example
 * ```ts
 * tensorText({ dtype: "u3", shape: [symbol("dim", "K"), 64] }); // => "u3[K, 64]"
 * ```
 */
export const tensorText = (t: { readonly dtype: string; readonly shape: readonly Size[] }): string => `${t.dtype}[${t.shape.map(sizeText).join(", ")}]`;

/**
 * The dimension that a size is, where it stands alone; undefined for a number or an expression.
 * @example
 * ```ts
 * aloneDim(symbol("dim", "M")); // => "M"
 * ```
 */
export const aloneDim = (x: Size): string | undefined =>
  typeof x !== "number" && x.kind === "symbol" && x.role === "dim" ? x.id : undefined;

/** The dimension that a size is, or is a part of: where a requirement says `K % 32 == 0`, K is 32 times as large as `K / 32`. */
function partOfDim(x: Size, requires: readonly Requirement[]): readonly [id: string, times: number] | undefined {
  const id = aloneDim(x);
  if (id !== undefined) return [id, 1];
  if (typeof x === "number" || x.kind !== "op" || x.op !== "div") return undefined;
  const [of, by] = x.args, whole = of && aloneDim(of), even = printScalar({ ...x, op: "rem" });
  return whole !== undefined && by?.kind === "const" && requires.some((r) => printScalar(r.condition) === `(${even} == 0)`) ? [whole, by.value] : undefined;
}

/** What a host value is, for messages: `a promise`, `an array of the host`, `the number 3`. */
export const kindOf = (x: unknown): string =>
  x instanceof Promise ? "a promise" : ArrayBuffer.isView(x) || Array.isArray(x) ? "an array of the host" : typeof x === "object" ? "an object" : `the ${typeof x} ${String(x)}`;

/** Says that an argument is missing: `what` it has to be, and in `help` how to give it. @throws Diagnostic H0401, always */
export const missingArgument = (kernel: string, name: string, what: string, help: string): never =>
  fail({ code: "H0401", message: `kernel '${kernel}' needs '${name}': ${what}`, help });

/** Holds the names given against those that a kernel takes. @throws Diagnostic H0402 for an unknown one */
export function checkNames(kernel: string, names: readonly string[], given: readonly string[]): void {
  const unknown = given.find((n) => !names.includes(n));
  if (unknown === undefined) return;
  const near = didYouMean(unknown, names.filter((n) => !given.includes(n)));
  fail({ code: "H0402", message: `kernel '${kernel}' takes no '${unknown}'`, help: near ? `did you mean '${near}'?` : `it takes ${names.join(", ") || "nothing"}` });
}

/** Symbols of a size, each once. */
function symbolsOf(x: Size): string[] {
  const ids: string[] = [];
  eachSymbol(x, (s) => { if (!ids.includes(s.id)) ids.push(s.id); });
  return ids;
}

/**
 * Binds run-time dimensions: each by the first `in` or `inout` tensor where it stands alone as an axis, or if there is none by one
 * where it is divided and has to be a multiple. Then every size of every given tensor is checked.
 * @param given actual shapes by name: of all `in` and `inout` tensors, and of `out` tensors that the caller brings
 * @param dims dimensions that must be known in the end
 * @param requires what is checked later: that a dimension is a multiple makes its parts tell how large it is
 * @throws Diagnostic H0405 for another number of axes, H0406 for another size, H0413 for a dimension that nothing tells
 * @example
 * ```ts
 * const x = { name: "x", direction: "in", dtype: "u3", shape: [symbol("dim", "M"), 4] } as const;
 * bindDimensions([x], new Map([["x", [3, 4]]])).get("M"); // => 3
 * bindDimensions([x], new Map([["x", [3, 5]]])); // throws H0406
 * ```
 */
export function bindDimensions(tensors: readonly Shaped[], given: ReadonlyMap<string, readonly number[]>, dims: readonly string[] = [], requires: readonly Requirement[] = []): Map<string, number> {
  const env = new Map<string, number>(), source = new Map<string, Shaped>();
  const found = (t: Shaped): string => tensorText({ dtype: t.dtype, shape: given.get(t.name) ?? [] });
  for (const t of tensors) {
    const shape = given.get(t.name);
    if (shape && shape.length !== t.shape.length)
      fail({ code: "H0405", message: `'${t.name}' is ${found(t)} with ${shape.length} ${shape.length === 1 ? "axis" : "axes"}, the kernel takes ${tensorText(t)}`, help: "an axis of size 1 has to be written, too" });
  }
  for (const whole of [true, false])
    for (const t of tensors) {
      const shape = t.direction === "out" ? undefined : given.get(t.name);
      if (shape) t.shape.forEach((size, i) => {
        const [dim, times] = partOfDim(size, requires) ?? [];
        if (dim !== undefined && times && (times === 1) === whole && !env.has(dim)) { env.set(dim, (shape[i] ?? 0) * times); source.set(dim, t); }
      });
    }
  const lost = dims.find((id) => !env.has(id));
  if (lost !== undefined)
    fail({ code: "H0413", message: `no input tells how large ${lost} is`, help: `let ${lost} stand alone in the shape of an input, or list it in <…>` });
  for (const t of tensors)
    t.shape.forEach((size, i) => {
      const has = given.get(t.name)?.[i];
      if (has === undefined) return;
      const want = evaluate(size, env);
      if (want === has) return;
      const names = symbolsOf(size);
      fail({
        code: "H0406", message: `'${t.name}' is ${found(t)}, the kernel takes ${tensorText(t)}: axis ${i} has ${has} instead of ${want}`,
        notes: names.flatMap((id) => { const by = source.get(id); return by ? [`${id} = ${env.get(id)} comes from '${by.name}', which is ${found(by)}`] : []; }),
        help: names.length ? "give tensors whose sizes agree" : "give a tensor of that size, or specialise the kernel for this one",
      });
    });
  return env;
}

/**
 * The shape of a tensor where every dimension has its value.
 * @throws Diagnostic H0301 where a size comes out negative, H0303 for 2^31 elements or more
 * @example
 * ```ts
 * const y = { name: "y", direction: "out", dtype: "f32", shape: [scalarOp("sub", symbol("dim", "N"), constant(2))] } as const;
 * shapeIn(y, new Map([["N", 5]])); // => [3]
 * shapeIn(y, new Map([["N", 1]])); // throws H0301
 * ```
 */
export function shapeIn(t: Omit<Shaped, "direction">, env: Environment): number[] {
  const values = (of: readonly Size[]): string[] => [...new Set(of.flatMap(symbolsOf))].flatMap((id) => { const x = env.get(id); return x === undefined ? [] : [`${id} = ${x}`]; });
  const shape = t.shape.map((size) => {
    const n = evaluate(size, env);
    return n >= 0 ? n : fail({ code: "H0301", message: `'${t.name}' is ${tensorText(t)}, and ${sizeText(size)} is ${n} here`, notes: values([size]), help: "give sizes for which it is at least 0" });
  });
  const count = shape.reduce((a, b) => a * b, 1);
  if (count >= 2 ** 31) fail({ code: "H0303", message: `'${t.name}' would have ${count} elements`, notes: values(t.shape), help: "a tensor has fewer than 2^31; work on a part of it at a time" });
  return shape;
}

/** What a scalar parameter of each type takes, in words. */
export const scalarRange: Readonly<Record<ScalarType, string>> = {
  i32: "a whole number from -2147483648 to 2147483647", u32: "a whole number from 0 to 4294967295", f32: "a number", bool: "true or false",
};

/** Whether a host value is one of a scalar type. */
function isScalar(x: unknown, t: ScalarType): boolean {
  switch (t) {
    case "bool": return typeof x === "boolean" || x === 0 || x === 1;
    case "i32": return typeof x === "number" && (x | 0) === x;
    case "u32": return typeof x === "number" && x >>> 0 === x;
    case "f32": return typeof x === "number";
    default: return t satisfies never;
  }
}

/**
 * The number of a scalar argument: truth values are 0 and 1, f32 is rounded.
 * @param found what `x` is, for messages
 * @throws Diagnostic H0403 for a tensor or another object, H0414 for a number outside the type
 */
export function scalarArgument(kernel: string, p: { readonly name: string; readonly type: ScalarType }, x: unknown, found: string = kindOf(x)): number {
  const want = scalarRange[p.type];
  if (!isScalar(x, p.type))
    fail({ code: typeof x === "object" ? "H0403" : "H0414", message: `'${p.name}' of kernel '${kernel}' is ${want}, found ${found}`, help: `give '${p.name}' ${want}` });
  return p.type === "f32" ? Math.fround(Number(x)) : Number(x);
}

/** Checks run-time requirements where all symbols are known. @throws Diagnostic H0411 for the first that is false */
export function checkRequires(kernel: string, requires: readonly Requirement[], env: Environment): void {
  const broken = requires.find((r) => !evaluate(r.condition, env));
  if (!broken) return;
  const values = symbolsOf(broken.condition).map((id) => `${id} = ${env.get(id) ?? "?"}`);
  fail({
    code: "H0411", message: `kernel '${kernel}' can't run on this: ${broken.message}`, span: broken.span,
    notes: [`it requires ${sizeText(broken.condition)}${values.length ? `; here ${values.join(", ")}` : ""}`],
    help: "change the sizes or numbers given, or specialise the kernel differently",
  });
}

// Launching a Program on tiles: what a caller gives is held against the parameters, and every dimension gets its value
// (SEMANTICS §8). Every mistake is told before anything runs.
import { didYouMean, fail } from "../diagnostic.ts";
import type { Param, Program, TensorParam } from "./program.ts";
import { eachSymbol, evaluate, printScalar, type ScalarType, type Size } from "./scalar.ts";
import { makeTile, sizeOf, type Tile } from "./tile.ts";

/** What a caller gives by name: a tile for a tensor, a number or truth value for a scalar. `out` tensors are made. */
export type Inputs = Readonly<Record<string, Tile | number | boolean>>;

/** A tensor whose shape binds or is held against dimensions. */
export interface Shaped {
  readonly name: string;
  readonly direction: "in" | "out" | "inout";
  readonly shape: readonly Size[];
}

const text = (shape: readonly Size[]): string => `[${shape.map(printScalar).join(", ")}]`;

/**
 * Binds run-time dimensions: by the first input where a dimension stands alone; then every size of every input is checked.
 * @param given the actual shape of every `in` and `inout` tensor
 * @throws Diagnostic H0404 for another rank or size, H0405 for a dimension that no input tells
 * @example
 * ```ts
 * bindDimensions(["M"], [{ name: "x", direction: "in", shape: [symbol("dim", "M"), 4] }], { x: [3, 4] }).get("M"); // => 3
 * ```
 */
export function bindDimensions(dims: readonly string[], tensors: readonly Shaped[], given: Readonly<Record<string, readonly number[]>>): Map<string, number> {
  const found = new Map<string, { readonly value: number; readonly by: string }>();
  const inputs = tensors.filter((t) => t.direction !== "out");
  for (const t of inputs) {
    const shape = given[t.name] ?? [];
    if (shape.length !== t.shape.length)
      fail({ code: "H0404", message: `'${t.name}' is ${text(t.shape)}, but was given as ${text(shape)}`, help: `give it ${t.shape.length} axes` });
    t.shape.forEach((s, d) => {
      if (typeof s === "object" && s.kind === "symbol" && s.role === "dim" && !found.has(s.id)) found.set(s.id, { value: shape[d], by: `axis ${d} of '${t.name}'` });
    });
  }
  const env = new Map([...found].map(([id, { value }]) => [id, value]));
  const lost = dims.find((id) => !env.has(id));
  if (lost !== undefined)
    fail({ code: "H0405", message: `no input tells how large ${lost} is`, help: `use ${lost} alone as a size of an \`in\` or \`inout\` tensor, or make it a compile-time parameter` });
  for (const t of inputs)
    t.shape.forEach((s, d) => {
      const want = evaluate(s, env), have = (given[t.name] ?? [])[d];
      if (want === have) return;
      const notes: string[] = [];
      eachSymbol(s, ({ id }) => { const by = found.get(id); if (by) notes.push(`${id} is ${by.value}, from ${by.by}`); });
      fail({ code: "H0404", message: `axis ${d} of '${t.name}' must be ${printScalar(s)}${typeof s === "number" ? "" : ` = ${want}`}, not ${have}`, notes, help: `'${t.name}' is ${text(t.shape)}` });
    });
  return env;
}

/** Whether a number is one of a scalar type. */
function isScalar(x: number | boolean, t: ScalarType): boolean {
  switch (t) {
    case "bool": return typeof x === "boolean" || x === 0 || x === 1;
    case "i32": return typeof x === "number" && (x | 0) === x;
    case "u32": return typeof x === "number" && x >>> 0 === x;
    case "f32": return typeof x === "number";
    default: return t satisfies never;
  }
}

function tensorOf(p: TensorParam, x: Inputs[string]): Tile {
  if (typeof x !== "object") return fail({ code: "H0403", message: `'${p.name}' is a tensor, but was given as ${String(x)}`, help: `give a tile of ${p.value.dtype.name}${text(p.value.shape)}` });
  if (x.dtype.name !== p.value.dtype.name)
    fail({ code: "H0403", message: `'${p.name}' is a tensor of ${p.value.dtype.name}, but was given as ${x.dtype.name}`, help: `make it of ${p.value.dtype.name}` });
  if (x.data.length !== sizeOf(x.shape)) fail({ code: "H0404", message: `'${p.name}' has ${x.data.length} elements for a shape of ${text(x.shape)}`, help: "give one element for each index" });
  return x;
}

function scalarValue(p: Extract<Param, { kind: "scalar" }>, x: Inputs[string]): number {
  if (typeof x === "object" || !isScalar(x, p.type))
    return fail({ code: "H0403", message: `'${p.name}' is a scalar of ${p.type}, but was given as ${typeof x === "object" ? "a tensor" : String(x)}`, help: `give a number that is an ${p.type}` });
  return p.type === "f32" ? Math.fround(Number(x)) : Number(x);
}

/** A launch: the memory behind each tensor parameter and the values of dimensions and scalar parameters. */
export interface Launch {
  readonly memories: ReadonlyMap<string, Tile>;
  readonly env: Map<string, number>;
}

/**
 * Checks inputs against a Program. Given tensors are copied, `out` ones made of code 0.
 * @throws Diagnostic H0401 to H0406
 */
export function bindInputs(p: Program, inputs: Inputs): Launch {
  const wanted = new Map(p.params.flatMap((q) => (q.kind === "tensor" && q.direction === "out" ? [] : [[q.name, q] as const])));
  for (const name of Object.keys(inputs)) {
    if (wanted.has(name)) continue;
    const out = p.params.some((q) => q.name === name), near = didYouMean(name, wanted.keys());
    fail({ code: "H0401", message: out ? `'${name}' is an output of '${p.name}' and can't be given` : `'${p.name}' has no parameter '${name}'`, help: out ? "leave it out; it is part of the result" : near ? `did you mean '${near}'?` : `it takes ${[...wanted.keys()].join(", ") || "nothing"}` });
  }
  const given = new Map<string, Tile>(), scalars = new Map<string, number>();
  for (const [name, q] of wanted) {
    const x = inputs[name];
    if (x === undefined) fail({ code: "H0402", message: `'${p.name}' needs '${name}'`, help: q.kind === "tensor" ? `give a tile of ${q.value.dtype.name}${text(q.value.shape)}` : `give a ${q.type}` });
    if (q.kind === "tensor") given.set(name, tensorOf(q, x));
    else scalars.set(q.symbol.id, scalarValue(q, x));
  }
  const tensors = p.params.flatMap((q) => (q.kind === "tensor" ? [q] : []));
  const env = bindDimensions(p.dims, tensors.map((q) => ({ name: q.name, direction: q.direction, shape: q.value.shape })), Object.fromEntries([...given].map(([name, t]) => [name, t.shape])));
  for (const [id, x] of scalars) env.set(id, x);
  for (const r of p.requires)
    if (!evaluate(r.condition, env)) fail({ code: "H0406", message: `'${p.name}' can't run with these sizes: ${r.message}`, span: r.span, notes: [`${printScalar(r.condition)} is false`], help: "give tensors or scalars for which it holds" });
  return { memories: new Map(tensors.map((q) => [q.name, memoryOf(q, given.get(q.name), env)])), env };
}

function memoryOf(q: TensorParam, given: Tile | undefined, env: ReadonlyMap<string, number>): Tile {
  if (given) return { ...given, data: given.data.slice() }; // whatever the Program does, inputs stay as they are
  return makeTile(q.value.dtype, q.value.shape.map((s) => Math.max(0, evaluate(s, env))));
}

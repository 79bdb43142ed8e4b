// Launching a Program on tiles: what a caller gives is held against the parameters, and every dimension gets its value
// (SEMANTICS §8). Every mistake is told before anything runs.
import { fail } from "../diagnostic.ts";
import { bindDimensions, checkNames, checkRequires, kindOf, missingArgument, scalarArgument, scalarRange, shapeIn, tensorText } from "./arguments.ts";
import type { Param, Program, TensorParam } from "./program.ts";
import { makeTile, sizeOf, type Tile } from "./tile.ts";

/** What a caller gives by name: a tile for a tensor, a number or truth value for a scalar. `out` tensors are made. */
export type Inputs = Readonly<Record<string, Tile | number | boolean>>;

/** A tensor parameter as `arguments.ts` takes it. */
export const shaped = <D extends string>(p: Pick<TensorParam, "name" | "value"> & { readonly direction: D }) => ({ name: p.name, direction: p.direction, dtype: p.value.dtype.name, shape: p.value.shape });

const isTile = (x: unknown): x is Tile => typeof x === "object" && x !== null && "dtype" in x && typeof x.dtype === "object" && "shape" in x && "data" in x;
const found = (x: unknown): string => (isTile(x) ? `a tile of ${tensorText({ dtype: x.dtype.name, shape: x.shape })}` : kindOf(x));

function tensorOf(kernel: string, p: TensorParam, x: unknown): Tile {
  const want = tensorText(shaped(p));
  if (!isTile(x)) return fail({ code: "H0403", message: `'${p.name}' of kernel '${kernel}' is a tensor ${want}, found ${kindOf(x)}`, help: `give a tile: tileFromValues(dtype("${p.value.dtype.name}"), …)` });
  if (x.dtype.name !== p.value.dtype.name)
    fail({ code: "H0404", message: `'${p.name}' holds ${x.dtype.name}, the kernel takes ${want}`, help: `make it of ${p.value.dtype.name}, or specialise the kernel for ${x.dtype.name}` });
  if (x.data.length !== sizeOf(x.shape))
    fail({ code: "H0302", message: `'${p.name}' has ${x.data.length} elements for a shape of [${x.shape.join(", ")}]`, help: "give one number per element, row-major" });
  return x;
}

/** A launch: the memory behind each tensor parameter and the values of dimensions and scalar parameters. */
export interface Launch {
  readonly memories: ReadonlyMap<string, Tile>;
  readonly env: Map<string, number>;
}

const isOut = (p: Param): boolean => p.kind === "tensor" && p.direction === "out";

/**
 * Checks inputs against a Program. Given tensors are copied, `out` ones made of code 0.
 * @throws Diagnostic H0301, H0302, H0401 to H0406, H0411, H0413, H0414
 */
export function bindInputs(p: Pick<Program, "name" | "dims" | "params" | "requires">, inputs: Inputs): Launch {
  const wanted = p.params.filter((q) => !isOut(q)), names = Object.keys(inputs);
  const out = p.params.find((q) => isOut(q) && names.includes(q.name));
  if (out) fail({ code: "H0402", message: `'${out.name}' is an output of kernel '${p.name}' and can't be given`, help: "leave it out; it is part of the result" });
  checkNames(p.name, wanted.map((q) => q.name), names);
  const given = new Map<string, Tile>(), scalars = new Map<string, number>();
  for (const q of wanted) {
    const x = inputs[q.name];
    if (x === undefined) missingArgument(p.name, q.name, q.kind === "tensor" ? tensorText(shaped(q)) : scalarRange[q.type], q.kind === "tensor" ? `give a tile of ${q.value.dtype.name}` : `give a ${q.type}`);
    if (q.kind === "tensor") given.set(q.name, tensorOf(p.name, q, x));
    else scalars.set(q.symbol.id, scalarArgument(p.name, q, x, found(x)));
  }
  const tensors = p.params.flatMap((q) => (q.kind === "tensor" ? [q] : []));
  const env = bindDimensions(tensors.map(shaped), new Map([...given].map(([name, t]) => [name, t.shape])), p.dims, p.requires);
  for (const [id, x] of scalars) env.set(id, x);
  checkRequires(p.name, p.requires, env);
  return { memories: new Map(tensors.map((q) => [q.name, memoryOf(q, given.get(q.name), env)])), env };
}

/**
 * A launch of a kernel on memories that are there already, outputs too: a step of a sequence.
 * @throws Diagnostic H0406 for sizes that don't fit, H0411 for a broken requirement
 */
export function bindStep(p: Program, memories: ReadonlyMap<string, Tile>, scalars: Readonly<Record<string, number>>): Launch {
  const tensors = p.params.flatMap((q) => (q.kind === "tensor" ? [{ ...shaped(q), direction: "inout" as const }] : []));
  const env = bindDimensions(tensors, new Map([...memories].map(([name, t]) => [name, t.shape])), p.dims, p.requires);
  for (const q of p.params) if (q.kind === "scalar") env.set(q.symbol.id, scalars[q.name] ?? 0);
  checkRequires(p.name, p.requires, env);
  return { memories, env };
}

function memoryOf(q: TensorParam, given: Tile | undefined, env: ReadonlyMap<string, number>): Tile {
  if (given) return { ...given, data: given.data.slice() }; // whatever the Program does, inputs stay as they are
  return makeTile(q.value.dtype, shapeIn(shaped(q), env));
}

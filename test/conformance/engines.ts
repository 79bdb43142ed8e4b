// The engines that must agree on a Program: the interpreter (the law), the evaluator of the loop form, and GPUs.
// Everything is compared as codes, so that -0, NaN and pads count.
import { compileProgram, evaluateBody, lowerProgram, prepare, writeModule, type Lowered, type Module, type Target } from "../../codegen/index.ts";
import { pack, unpack, wordCount } from "../../layout/index.ts";
import { createKernel, targetOf, type Device, type Tensor } from "../../runtime/index.ts";
import { evaluate, halfBits, interpret, quiet, type DType, type Program, type Tile } from "../../vm/index.ts";

/** A Program with what it is run on. */
export interface Case {
  readonly program: Program;
  readonly inputs: Readonly<Record<string, Tile | number>>;
  readonly dims: Readonly<Record<string, number>>;
}

/** Codes of every out and inout tensor. */
export type Codes = Readonly<Record<string, ArrayLike<number>>>;

const words = new DataView(new ArrayBuffer(4));
/** The code that stands for a value of a compute type. */
function codeOf(d: DType, x: number): number {
  if (d.storage || d.kind === "bool") return x;
  if (d.compute === "f32") { words.setFloat32(0, x); return words.getUint32(0); }
  if (d.compute === "f16") return halfBits(x);
  return x >>> 0;
}

/** Codes of a tile. */
export const codesOf = (t: Tile): Uint32Array => Uint32Array.from(t.data, (x) => codeOf(t.dtype, x));

/** Codes by the interpreter. */
export function byInterpreter(c: Case): Codes {
  const outs = interpret(c.program, c.inputs);
  return Object.fromEntries(Object.entries(outs).map(([k, t]) => [k, codesOf(t)]));
}

const tensors = (p: Program) => p.params.flatMap((q) => (q.kind === "tensor" ? [q] : []));

/** A Program lowered for a target: what the evaluator runs, and what WGSL is written from. */
export interface Compiled { readonly prepared: Program; readonly lowered: Lowered; readonly target: Target }
export function lowered(p: Program, target: Target): Compiled {
  const prepared = prepare(target.debug ? p : quiet(p)).program;
  return { prepared, lowered: lowerProgram(prepared, target), target };
}

/** Codes by the loop form; every block in turn, with races checked. */
export const byEvaluator = (c: Case, target: Target): Codes => byLowered(c, lowered(c.program, target));

/** The same of a loop form that was made before. */
export function byLowered(c: Case, { prepared, lowered: { body } }: Compiled): Codes {
  const env = new Map<string, number>(Object.entries(c.dims));
  for (const [k, v] of Object.entries(c.inputs)) if (typeof v === "number") env.set(k, v);
  const shapes = new Map(tensors(prepared).map((q) => [q.name, q.value.shape.map((s) => evaluate(s, env))]));
  const buffers = new Map<string, Uint32Array>();
  for (const q of tensors(prepared)) {
    const shape = shapes.get(q.name) ?? [], given = c.inputs[q.name], bits = q.value.dtype.bits;
    const size = Math.max(4, Math.ceil(wordCount(q.packing, bits, shape) / 4) * 4), data = new Uint32Array(size);
    if (given !== undefined && typeof given !== "number") data.set(pack(q.packing, bits, shape, codesOf(given)));
    buffers.set(q.name, data);
  }
  const extents = prepared.grid.map((g) => evaluate(g.extent, env));
  const total = extents.reduce((a, b) => a * b, 1);
  for (let n = 0; n < total; n++) {
    let rest = n;
    const blocks = extents.map((e) => { const i = rest % e; rest = Math.floor(rest / e); return i; });
    evaluateBody(body, { buffers, uniforms: { ...c.dims, ...Object.fromEntries(Object.entries(c.inputs).filter((e): e is [string, number] => typeof e[1] === "number")) }, blocks, check: true, seed: n });
  }
  return Object.fromEntries(tensors(prepared).filter((q) => q.direction !== "in").map((q) => {
    const shape = shapes.get(q.name) ?? [];
    return [q.name, unpack(q.packing, q.value.dtype.bits, shape, buffers.get(q.name) ?? new Uint32Array())];
  }));
}

/** The Module of what was lowered; compileProgram's, but that the verifier isn't asked again. */
export const moduleOf = (p: Program, { prepared, lowered, target }: Compiled): Module => writeModule(p, prepared, lowered, target);

/** The WGSL, for messages. */
export const wgslOf = (p: Program, target: Target): string => compileProgram(p, target).wgsl;

/** Codes by a device, perhaps as if it had less than it has. */
export const byDevice = (c: Case, device: Device, target: Target = targetOf(device)): Promise<Codes> => byKernel(c, createKernel(compileProgram(c.program, target)), device);

/** The same by a kernel that was made before. */
export async function byKernel(c: Case, kernel: ReturnType<typeof createKernel>, device: Device): Promise<Codes> {
  const made: Tensor[] = [], inputs: Record<string, Tensor | number> = {};
  try {
    for (const q of tensors(c.program)) {
      const given = c.inputs[q.name];
      if (given === undefined || typeof given === "number") continue;
      const t = await device.tensor(q.value.dtype.name, given.shape, codesOf(given), { packing: q.packing, as: "codes" });
      made.push(t);
      inputs[q.name] = t;
    }
    for (const [k, v] of Object.entries(c.inputs)) if (typeof v === "number") inputs[k] = v;
    const outs = await kernel.run(inputs as never, { device }) as Readonly<Record<string, Tensor>>;
    const result: Record<string, ArrayLike<number>> = {};
    for (const [k, t] of Object.entries(outs)) { made.push(t); result[k] = await t.readCodes(); }
    // What is read and written stays the caller's tensor.
    for (const q of tensors(c.program)) { const t = inputs[q.name]; if (q.direction === "inout" && typeof t === "object") result[q.name] = await t.readCodes(); }
    return result;
  } finally { for (const t of made) t.dispose(); }
}

/** The first difference of two answers, in words. Zeros of either sign are one answer: WGSL doesn't keep them apart. */
export function difference(c: Case, law: Codes, other: Codes, who: string): string | undefined {
  for (const { name: k, value: { dtype } } of tensors(c.program)) {
    const want = law[k], got = other[k];
    if (!want) continue;
    const zeros = (a: number, b: number): boolean => dtype.kind === "float" && dtype.decode(a) === 0 && dtype.decode(b) === 0;
    for (let i = 0; i < want.length; i++) if (want[i] !== got[i] && !zeros(want[i], got[i])) return `${k}[${i}]: the interpreter has code ${want[i]}, ${who} ${got[i]}`;
  }
  return undefined;
}

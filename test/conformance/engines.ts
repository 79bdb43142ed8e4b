// The engines that must agree on a Program: the interpreter (the law), the evaluator of the loop form, and GPUs.
// Everything is compared as codes, so that -0, NaN and pads count.
import { compileProgram, evaluateBody, lowerProgram, prepare, writeModule, type Lowered, type Module, type Target } from "../../codegen/index.ts";
import { pack, unpack, wordCount, type Packing } from "../../layout/index.ts";
import { createKernel, targetOf, Tensor, type Device } from "../../runtime/index.ts";
import { buffersOf, evaluate, halfBits, interpret, quiet, type DType, type Program, type TensorParam, type Tile } from "../../vm/index.ts";

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

/** The words of tensors that lie in one buffer, whole 16 bytes. */
function packed(all: readonly { readonly bits: number; readonly packing: Packing; readonly shape: readonly number[]; readonly given: Tile | number | undefined }[]): Uint32Array<ArrayBuffer> {
  const size = Math.max(4, ...all.map((q) => Math.ceil(wordCount(q.packing, q.bits, [...q.shape]) / 4) * 4)), data = new Uint32Array(size);
  for (const { given, packing, bits, shape } of all)
    if (given !== undefined && typeof given !== "number") pack(packing, bits, shape, codesOf(given)).forEach((w, i) => { data[i] |= w; });
  return data;
}

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
  const buffers = new Map([...buffersOf(tensors(prepared))].map(([name, all]) => [name, packed(all.map((q) => ({ bits: q.value.dtype.bits, packing: q.packing, shape: shapes.get(q.name) ?? [], given: c.inputs[q.name] })))] as const));
  const extents = prepared.grid.map((g) => evaluate(g.extent, env));
  const total = extents.reduce((a, b) => a * b, 1);
  for (let n = 0; n < total; n++) {
    let rest = n;
    const blocks = extents.map((e) => { const i = rest % e; rest = Math.floor(rest / e); return i; });
    evaluateBody(body, { buffers, uniforms: { ...c.dims, ...Object.fromEntries(Object.entries(c.inputs).filter((e): e is [string, number] => typeof e[1] === "number")) }, blocks, check: true, seed: n });
  }
  return Object.fromEntries(tensors(prepared).filter((q) => q.direction !== "in").map((q) => {
    const shape = shapes.get(q.name) ?? [];
    return [q.name, unpack(q.packing, q.value.dtype.bits, shape, buffers.get(q.buffer ?? q.name) ?? new Uint32Array())];
  }));
}

/** The Module of what was lowered; compileProgram's, but that the verifier isn't asked again. */
export const moduleOf = (p: Program, { prepared, lowered, target }: Compiled): Module => writeModule(p, prepared, lowered, target);

/** The WGSL, for messages. */
export const wgslOf = (p: Program, target: Target): string => compileProgram(p, target).wgsl;

/** Codes by a device, perhaps as if it had less than it has. */
export const byDevice = (c: Case, device: Device, target: Target = targetOf(device)): Promise<Codes> => byKernel(c, createKernel(compileProgram(c.program, target)), device);

const shapeOf = (c: Case, q: TensorParam): number[] => {
  const given = c.inputs[q.name];
  return typeof given === "object" ? [...given.shape] : q.value.shape.map((s) => evaluate(s, new Map(Object.entries(c.dims))));
};

function sharedBuffer({ gpu }: Device, words: Uint32Array<ArrayBuffer>): GPUBuffer {
  const buffer = gpu.createBuffer({ size: words.byteLength, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
  gpu.queue.writeBuffer(buffer, 0, words);
  return buffer;
}

/** The same by a kernel that was made before. */
export async function byKernel(c: Case, kernel: ReturnType<typeof createKernel>, device: Device): Promise<Codes> {
  const made: Tensor[] = [], free: GPUBuffer[] = [], inputs: Record<string, Tensor | number> = {};
  try {
    for (const all of buffersOf(tensors(c.program)).values()) {
      const shared = all.length === 1 || all.every((q) => c.inputs[q.name] === undefined) ? undefined : sharedBuffer(device, packed(all.map((q) => ({ bits: q.value.dtype.bits, packing: q.packing, shape: shapeOf(c, q), given: c.inputs[q.name] }))));
      if (shared) free.push(shared);
      for (const q of all) {
        const given = c.inputs[q.name];
        if (!shared && (given === undefined || typeof given === "number")) continue;
        const t = shared ? await Tensor.from(device, shared, q.value.dtype.name, shapeOf(c, q), { packing: q.packing })
          : await device.tensor(q.value.dtype.name, shapeOf(c, q), codesOf(given as Tile), { packing: q.packing, as: "codes" });
        made.push(t);
        inputs[q.name] = t;
      }
    }
    for (const [k, v] of Object.entries(c.inputs)) if (typeof v === "number") inputs[k] = v;
    const outs = await kernel.run(inputs as never, { device }) as Readonly<Record<string, Tensor>>;
    const result: Record<string, ArrayLike<number>> = {};
    for (const [k, t] of Object.entries(outs)) { made.push(t); result[k] = await t.readCodes(); }
    // What is read and written stays the caller's tensor.
    for (const q of tensors(c.program)) { const t = inputs[q.name]; if (q.direction === "inout" && typeof t === "object") result[q.name] = await t.readCodes(); }
    return result;
  } finally { for (const t of made) t.dispose(); for (const x of free) x.destroy(); }
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

// Anybody's WGSL, timed like all else: a folder of shaders with a manifest.json that says what each binds (bench/wgsl.schema.json).
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { evaluatePacking, evaluateTensor, formatNamed } from "../lang/index.ts";
import { dtype } from "../vm/index.ts";
import { dequantiseOn, quantiseTo, type Device, type Tensor } from "../runtime/index.ts";
import { dispatches, type Maker, type Ready } from "./entrants.ts";
import { activations, check, codesOf, scalesOf, type Sizes } from "./numbers.ts";
import { violations, type Schema } from "./schema.ts";

/** A buffer of a kernel. */
export interface Binding {
  readonly binding: number;
  readonly group?: number;
  readonly is: "x" | "w" | "scales" | "y" | "uniform";
  readonly type?: string;
  readonly packing?: string;
  readonly format?: string;
  readonly zero?: number;
  readonly share?: number;
  readonly words?: readonly string[];
}

/** A kernel of a manifest. */
export interface Shader {
  readonly name: string;
  readonly file: string;
  readonly entry?: string;
  readonly bits: number;
  readonly rows?: readonly number[];
  readonly multiples?: Readonly<Record<string, number>>;
  readonly constants?: Readonly<Record<string, string>>;
  readonly replace?: Readonly<Record<string, string>>;
  readonly workgroups: readonly string[];
  readonly loss?: number;
  readonly bindings: readonly Binding[];
}

/** A manifest. */
export interface Manifest { readonly name: string; readonly kernels: readonly Shader[] }

/** Reads a manifest. @throws Error with all that is wrong with it */
export function manifest(text: string, schema: Schema): Manifest {
  const found: unknown = JSON.parse(text), wrong = violations(found, schema);
  if (wrong.length) throw new Error(`the manifest is not as bench/wgsl.schema.json says:\n  ${wrong.join("\n  ")}`);
  const read = found as Manifest;
  for (const k of read.kernels) for (const is of ["x", "w", "y"] as const) if (k.bindings.filter((b) => b.is === is).length !== 1) throw new Error(`kernel "${k.name}" binds not one ${is}`);
  return read;
}

/** An expression of whole numbers over M, N and K, by the rules of the language. @throws Diagnostic with the place */
export const evaluate = (text: string, sizes: Sizes): number => evaluateTensor(`u32[${text.replace(/\b[MNK]\b/g, (name) => String(sizes[name as keyof Sizes]))}]`).extents[0];

/** Why a kernel isn't for these sizes; undefined if it is. */
export function unfit({ rows: [least = 0, most = Infinity] = [], multiples = {} }: Pick<Shader, "rows" | "multiples">, s: Sizes): string | undefined {
  if (s.M < least || s.M > most) return `it takes ${least === most ? `M = ${least}` : `${least} to ${most} rows`}`;
  const [odd] = Object.entries(multiples).filter(([name, n]) => s[name as keyof Sizes] % n !== 0);
  return odd && `${odd[0]} = ${s[odd[0] as keyof Sizes]} is no multiple of ${odd[1]}`;
}

/** What a kernel multiplies, on the device and as numbers. */
interface Given { readonly buffers: ReadonlyMap<Binding, GPUBuffer>; readonly y: Tensor; readonly w: (n: number) => ArrayLike<number>; readonly end: () => void }

async function given(device: Device, k: Shader, s: Sizes): Promise<Given> {
  const { M, N, K } = s, buffers = new Map<Binding, GPUBuffer>(), made: { dispose(): void }[] = [], keep = <T extends { dispose(): void }>(t: T): T => { made.push(t); return t; };
  const packing = (b: Binding, row: string): object => (b.packing === undefined ? {} : { packing: evaluatePacking(b.packing, [row, "k"]) });
  const groups = k.bindings.find((b) => b.is === "scales"), share = groups?.share ?? K, count = N * Math.ceil(K / share), scales = scalesOf(count);
  const found: { y?: Tensor; w?: Given["w"] } = {};
  for (const b of k.bindings) {
    const type = b.type ?? "f32";
    if (b.is === "x") buffers.set(b, keep(await device.tensor(type, [M, K], activations(s), packing(b, "m"))).buffer);
    else if (b.is === "y") buffers.set(b, (found.y = keep(await device.empty(type, [M, N], packing(b, "m")))).buffer);
    else if (b.is === "scales") buffers.set(b, keep(await device.tensor(type, [N, count / N], scales, packing(b, "n"))).buffer);
    else if (b.is === "uniform") {
      const words = Uint32Array.from(b.words ?? [], (w) => evaluate(w, s)), buffer = device.gpu.createBuffer({ size: Math.max(16, Math.ceil(words.byteLength / 16) * 16), usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
      device.gpu.queue.writeBuffer(buffer, 0, words);
      buffers.set(b, buffer);
      made.push({ dispose: () => buffer.destroy() });
    } else if (b.format !== undefined) {
      const all = activations({ M: N, K }), numbers = await device.tensor("f32", [N, K], all), coded = keep(await quantiseTo(numbers, formatNamed(b.format))), back = await dequantiseOn(coded), values = await back.read();
      buffers.set(b, Object.values(coded.fields)[0].buffer);
      found.w = (n) => values.subarray(n * K, n * K + K);
      numbers.dispose();
      back.dispose();
    } else {
      const t = dtype(type), wide = t.bits > 8, codes = wide ? activations({ M: N, K }) : codesOf(type, N * K), zero = b.zero ?? 0;
      buffers.set(b, keep(await device.tensor(type, [N, K], codes, { ...(wide ? {} : { as: "codes" as const }), ...packing(b, "n") })).buffer);
      found.w = (n) => Float64Array.from({ length: K }, (_, i) => ((wide ? codes[n * K + i] : t.decode(codes[n * K + i])) - zero) * (groups ? scales[(n * count) / N + Math.floor(i / share)] : 1));
    }
  }
  if (!found.y || !found.w) throw new Error(`kernel "${k.name}" binds no weights or no result`);
  return { buffers, y: found.y, w: found.w, end: () => { for (const t of made) t.dispose(); } };
}

async function make(device: Device, folder: string, k: Shader, s: Sizes): Promise<Ready> {
  const why = unfit(k, s), { gpu } = device;
  if (why !== undefined) throw new Error(why);
  const code = Object.entries(k.replace ?? {}).reduce((text, [from, to]) => text.replaceAll(from, String(evaluate(to, s))), readFileSync(join(folder, k.file), "utf8"));
  const constants = Object.fromEntries(Object.entries(k.constants ?? {}).map(([name, e]) => [name, evaluate(e, s)])), [x = 1, y = 1, z = 1] = k.workgroups.map((e) => evaluate(e, s));
  const g = await given(device, k, s);
  try {
    gpu.pushErrorScope("validation");
    const pipeline = await gpu.createComputePipelineAsync({ label: k.name, layout: "auto", compute: { module: gpu.createShaderModule({ code, label: k.file }), entryPoint: k.entry ?? "main", constants } });
    const bound = (at: number): GPUBindGroup => gpu.createBindGroup({ layout: pipeline.getBindGroupLayout(at), entries: [...g.buffers].filter(([b]) => (b.group ?? 0) === at).map(([b, buffer]) => ({ binding: b.binding, resource: { buffer } })) });
    const groups = new Map([...new Set(k.bindings.map((b) => b.group ?? 0))].map((at) => [at, [bound(at)]] as const)), ready = dispatches(device, [{ pipeline, groups, counts: [x, y, z] }]);
    await (await ready(1))();
    const error = await gpu.popErrorScope(), left = activations(s);
    if (error) throw new Error(error.message);
    check(k.name, { ...s, x: (m) => left.subarray(m * s.K, m * s.K + s.K), w: g.w, ...(k.loss === undefined ? {} : { loss: k.loss }) }, (await g.y.read()) as ArrayLike<number>);
    return { ready, end: async () => g.end() };
  } catch (error) { g.end(); throw error; }
}

/** The kernels of a folder. @throws Error where its manifest is missing or wrong */
export function shadersOf(folder: string): readonly Maker[] {
  const { name: library, kernels } = manifest(readFileSync(join(folder, "manifest.json"), "utf8"), JSON.parse(readFileSync("bench/wgsl.schema.json", "utf8")) as Schema);
  return kernels.map((k) => ({
    name: `${library} ${k.name}`, library: `WGSL: ${library}`, family: library, on: "adapter", kind: { x: 32, w: k.bits, group: k.bindings.find((b) => b.is === "scales")?.share ?? 0, exact: false },
    make: (device, s) => make(device, folder, k, s),
  }));
}

// Anybody's WGSL, timed like all else: a folder of shaders with a manifest.json that says what each binds (bench/wgsl.schema.json).
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { evaluatePacking, evaluateTensor, formatNamed } from "../lang/index.ts";
import { dtype, formatValues, packFormat, quantiseFormat } from "../vm/index.ts";
import { formatTensor, type Device, type Tensor } from "../runtime/index.ts";
import { dispatches, type Maker, type Ready, type Step } from "./entrants.ts";
import { activations, check, codesOf, scalesOf, type Sizes } from "./numbers.ts";
import { violations, type Schema } from "./schema.ts";
import { Wrong } from "./usage.ts";

/** A buffer of a kernel. */
export interface Binding {
  readonly binding: number;
  readonly group?: number;
  readonly is: "x" | "w" | "scales" | "y" | "uniform" | "scratch";
  readonly type?: string;
  readonly packing?: string;
  readonly format?: string;
  readonly zero?: number;
  readonly share?: number;
  readonly words?: readonly string[];
  readonly name?: string;
  readonly bytes?: string;
}

/** A dispatch. */
export interface Pass {
  readonly file: string;
  readonly entry?: string;
  readonly constants?: Readonly<Record<string, string>>;
  readonly replace?: Readonly<Record<string, string>>;
  readonly workgroups: readonly string[];
  readonly bindings: readonly Binding[];
}

/** A kernel of a manifest: its last dispatch, and those before it. */
export interface Shader extends Pass {
  readonly name: string;
  readonly bits: number;
  readonly rows?: readonly number[];
  readonly multiples?: Readonly<Record<string, number>>;
  readonly features?: readonly string[];
  readonly unless?: readonly string[];
  readonly loss?: number;
  readonly before?: readonly Pass[];
}

/** A manifest. */
export interface Manifest { readonly name: string; readonly kernels: readonly Shader[] }

/** Reads a manifest. @throws Wrong with all that is wrong with it */
export function manifest(text: string, schema: Schema): Manifest {
  let found: unknown;
  try { found = JSON.parse(text); } catch (error) { throw new Wrong(`the manifest is no JSON: ${error instanceof Error ? error.message : String(error)}`); }
  const wrong = violations(found, schema);
  if (wrong.length) throw new Wrong(`the manifest is not as bench/wgsl.schema.json says:\n  ${wrong.join("\n  ")}`);
  const read = found as Manifest;
  for (const k of read.kernels) for (const is of ["x", "w", "y"] as const) if (bindingsOf(k).filter((b) => b.is === is).length !== 1) throw new Wrong(`kernel "${k.name}" binds not one ${is}`);
  return read;
}

const passes = (k: Shader): readonly Pass[] => [...(k.before ?? []), k];
const bindingsOf = (k: Shader): readonly Binding[] => passes(k).flatMap((p) => p.bindings);

/** An expression of whole numbers over M, N and K, by the rules of the language. @throws Diagnostic with the place */
export const evaluate = (text: string, sizes: Sizes): number => evaluateTensor(`u32[${text.replace(/\b[MNK]\b/g, (name) => String(sizes[name as keyof Sizes]))}]`).extents[0];

/** Why a kernel isn't for these sizes; undefined if it is. */
export function unfit({ rows: [least = 0, most = Infinity] = [], multiples = {} }: Pick<Shader, "rows" | "multiples">, s: Sizes): string | undefined {
  if (s.M < least || s.M > most) return `it takes ${least === most ? `M = ${least}` : `${least} to ${most} rows`}`;
  const [odd] = Object.entries(multiples).filter(([name, n]) => s[name as keyof Sizes] % n !== 0);
  return odd && `${odd[0]} = ${s[odd[0] as keyof Sizes]} is no multiple of ${odd[1]}`;
}

/** Why a device can't run it, or others are meant for that device; undefined if it is for it. */
export function unable({ features = [], unless = [] }: Pick<Shader, "features" | "unless">, { features: has, languages }: Pick<Device, "features" | "languages">): string | undefined {
  const there = (f: string): boolean => has.has(f) || languages.has(f), [lacks] = features.filter((f) => !there(f)), [other] = unless.filter(there);
  return lacks !== undefined ? `the device has no "${lacks}"` : other !== undefined ? `it is for devices without "${other}"` : undefined;
}

/** What a kernel multiplies, on the device and as numbers. */
interface Given { readonly buffers: ReadonlyMap<Binding, GPUBuffer>; readonly y: Tensor; readonly w: (n: number) => ArrayLike<number>; readonly end: () => void }

/** Rows of a format that are encoded; the others are these again, for what an encoding costs. */
const ROWS = 16;

async function given(device: Device, k: Shader, s: Sizes): Promise<Given> {
  const { M, N, K } = s, { gpu } = device, buffers = new Map<Binding, GPUBuffer>(), made: { dispose(): void }[] = [], keep = <T extends { dispose(): void }>(t: T): T => { made.push(t); return t; };
  const plain = (size: number, usage: number): GPUBuffer => { const buffer = gpu.createBuffer({ size: Math.max(16, Math.ceil(size / 16) * 16), usage }); made.push({ dispose: () => buffer.destroy() }); return buffer; };
  const packing = (b: Binding, row: string): object => (b.packing === undefined ? {} : { packing: evaluatePacking(b.packing, [row, "k"]) });
  const all = bindingsOf(k), groups = all.find((b) => b.is === "scales"), share = groups?.share ?? K, count = N * Math.ceil(K / share), scales = scalesOf(count);
  const found: { y?: Tensor; w?: Given["w"] } = {}, scratch = new Map<string, GPUBuffer>();
  for (const b of all) {
    const type = b.type ?? "f32";
    if (b.is === "x") buffers.set(b, keep(await device.tensor(type, [M, K], activations(s), packing(b, "m"))).buffer);
    else if (b.is === "y") buffers.set(b, (found.y = keep(await device.empty(type, [M, N], packing(b, "m")))).buffer);
    else if (b.is === "scales") buffers.set(b, keep(await device.tensor(type, [N, count / N], scales, packing(b, "n"))).buffer);
    else if (b.is === "scratch") {
      const name = b.name ?? "", buffer = scratch.get(name) ?? plain(evaluate(b.bytes ?? "0", s), GPUBufferUsage.STORAGE);
      scratch.set(name, buffer);
      buffers.set(b, buffer);
    } else if (b.is === "uniform") {
      const words = Uint32Array.from(b.words ?? [], (w) => evaluate(w, s)), buffer = plain(words.byteLength, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
      gpu.queue.writeBuffer(buffer, 0, words);
      buffers.set(b, buffer);
    } else if (b.format !== undefined) {
      const format = formatNamed(b.format), rows = Math.min(ROWS, N), coded = quantiseFormat(format, [rows, K], activations({ M: rows, K })), values = formatValues(coded), blocks = packFormat(coded)[""] ?? new Uint8Array();
      const width = blocks.length / rows, bytes = new Uint8Array(N * width);
      for (let n = 0; n < N; n++) bytes.set(blocks.subarray((n % rows) * width, (n % rows) * width + width), n * width);
      buffers.set(b, Object.values(keep(await formatTensor(device, format, [N, K], bytes)).fields)[0].buffer);
      found.w = (n) => values.subarray((n % rows) * K, (n % rows) * K + K);
    } else {
      const t = dtype(type), wide = t.bits > 8, codes = wide ? activations({ M: N, K }) : codesOf(type, N * K), zero = b.zero ?? 0;
      buffers.set(b, keep(await device.tensor(type, [N, K], codes, { ...(wide ? {} : { as: "codes" as const }), ...packing(b, "n") })).buffer);
      found.w = (n) => Float64Array.from({ length: K }, (_, i) => ((wide ? codes[n * K + i] : t.decode(codes[n * K + i])) - zero) * (groups ? scales[(n * count) / N + Math.floor(i / share)] : 1));
    }
  }
  if (!found.y || !found.w) throw new Error(`kernel "${k.name}" binds no weights or no result`);
  return { buffers, y: found.y, w: found.w, end: () => { for (const t of made) t.dispose(); } };
}

/** A pass, compiled and bound. */
async function step({ gpu }: Device, folder: string, name: string, p: Pass, buffers: Given["buffers"], s: Sizes): Promise<Step> {
  const code = Object.entries(p.replace ?? {}).reduce((text, [from, to]) => text.replaceAll(from, String(evaluate(to, s))), readFileSync(join(folder, p.file), "utf8"));
  const constants = Object.fromEntries(Object.entries(p.constants ?? {}).map(([c, e]) => [c, evaluate(e, s)])), [x = 1, y = 1, z = 1] = p.workgroups.map((e) => evaluate(e, s));
  const module = gpu.createShaderModule({ code, label: p.file }), wrong = (await module.getCompilationInfo()).messages.find((m) => m.type === "error");
  if (wrong) throw new Error(`${p.file}:${wrong.lineNum}:${wrong.linePos}: ${wrong.message}`);
  const pipeline = await gpu.createComputePipelineAsync({ label: name, layout: "auto", compute: { module, entryPoint: p.entry ?? "main", constants } });
  const bound = (at: number): GPUBindGroup => gpu.createBindGroup({
    layout: pipeline.getBindGroupLayout(at),
    entries: p.bindings.filter((b) => (b.group ?? 0) === at).flatMap((b) => { const buffer = buffers.get(b); return buffer ? [{ binding: b.binding, resource: { buffer } }] : []; }),
  });
  return { pipeline, groups: new Map([...new Set(p.bindings.map((b) => b.group ?? 0))].map((at) => [at, [bound(at)]] as const)), counts: [x, y, z] };
}

async function make(device: Device, folder: string, k: Shader, s: Sizes): Promise<Ready> {
  const why = unfit(k, s) ?? unable(k, device), { gpu } = device;
  if (why !== undefined) throw new Error(why);
  const g = await given(device, k, s);
  try {
    gpu.pushErrorScope("validation");
    const scope: { error?: GPUError | null } = {}, steps: Step[] = [], ready = dispatches(device, steps), left = activations(s);
    try {
      for (const p of passes(k)) steps.push(await step(device, folder, k.name, p, g.buffers, s));
      await (await ready(1))();
    } finally { scope.error = await gpu.popErrorScope(); }
    if (scope.error) throw new Error(scope.error.message);
    check(k.name, { ...s, x: (m) => left.subarray(m * s.K, m * s.K + s.K), w: g.w, ...(k.loss === undefined ? {} : { loss: k.loss }) }, (await g.y.read()) as ArrayLike<number>);
    return { ready, end: async () => g.end() };
  } catch (error) { g.end(); throw error; }
}

/** The kernels of a folder. @throws Wrong where its manifest or a shader is missing, or the manifest is wrong */
export function shadersOf(folder: string): readonly Maker[] {
  const file = join(folder, "manifest.json");
  if (!existsSync(file)) throw new Wrong(`there is no ${file}; bench/wgsl-example has one to begin with`);
  const { name: library, kernels } = manifest(readFileSync(file, "utf8"), JSON.parse(readFileSync("bench/wgsl.schema.json", "utf8")) as Schema);
  for (const k of kernels) for (const p of passes(k)) if (!existsSync(join(folder, p.file))) throw new Wrong(`kernel "${k.name}" of ${file} is in ${p.file}, which isn't there`);
  return kernels.map((k) => ({
    name: `${library} ${k.name}`, library: `WGSL: ${library}`, family: library, on: "adapter", kind: { x: 32, w: k.bits, group: bindingsOf(k).find((b) => b.is === "scales")?.share ?? 0, exact: false },
    make: (device, s) => make(device, folder, k, s),
  }));
}

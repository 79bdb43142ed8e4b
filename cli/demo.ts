// `bitloom demo`, which `npm start` runs: activations times low-bit weights of a real model, by the kernel of
// examples/gemm_f16_u3, on a device, compared with the interpreter and with a plain product in f64.
import { existsSync } from "node:fs";
import { dirname, join, relative as pathFrom } from "node:path";
import { fileURLToPath } from "node:url";
import { Diagnostic, fail } from "../diagnostic.ts";
import { load } from "../lang/index.ts";
import { close, kernelOf, open, type Device } from "../runtime/index.ts";
import { dtype, quantiseValues, type KernelDefinition, type Tile } from "../vm/index.ts";
import { randomTile, readNumbers, splitSource, valuesOf, type Numbers } from "./arrays.ts";
import { usage, type Args } from "./command.ts";
import { onDevice, onInterpreter } from "./execute.ts";
import { jsonLine, type Io } from "./io.ts";
import { farthest, productOf, relative, weightsOf, within } from "./product.ts";
import { readSource } from "./source.ts";

const kernelFile = "examples/gemm_f16_u3/gemm_f16_u3.loom";
const weightsFile = "examples/data/charlm.safetensors:model.layers.0.mlp.gate_proj.weight";
/** Launches that are timed; the first is thrown away. */
const launches = 6;

/** The folder that holds examples/: above this file, wherever the bundle put it. */
function home(): string {
  for (let at = dirname(fileURLToPath(import.meta.url)), i = 0; i < 5; i++, at = dirname(at)) if (existsSync(join(at, kernelFile))) return at;
  return fail({ code: "H0906", message: `${kernelFile} is missing`, help: "run this in a clone, or in an installed package that is whole" });
}

const count = (args: Args, flag: string, init: number, least: number, most: number): number => {
  const text = args.value(flag);
  if (text === undefined) return init;
  const n = Number(text);
  return /^\d+$/.test(text) && n >= least && n <= most ? n : usage(`'--${flag} ${text}' is no number from ${least} to ${most}`, `write --${flag} ${init}`);
};

/** The number type of the weights. One bit is bipolar: of 0 and 1 around a zero point none is positive. */
function weightType(args: Args): string {
  const bits = args.on("bits") ? count(args, "bits", 3, 1, 8) : undefined, type = args.value("type");
  if (bits !== undefined && type !== undefined) return usage("--bits and --type at once", "leave one out");
  return dtype(type ?? (bits === 1 ? "b1" : `u${bits ?? 3}`)).name;
}

/** The zero point of unsigned weights: the middle. */
const zeroPoint = (type: string): number => { const t = dtype(type); return t.kind === "uint" ? 2 ** (t.bits - 1) : 0; };

/** A matrix [N, K] of the file, as models store it, turned to [K, N]. */
function transposed(from: Numbers): { readonly K: number; readonly N: number; readonly values: Float64Array } {
  const [N = 0, K = 0] = from.shape;
  if (from.shape.length !== 2 || N < 1 || K < 1)
    return fail({ code: "H0907", message: `${from.name} has the shape [${from.shape.join(", ")}], which is no matrix of weights`, help: "name a tensor of two axes, [outputs, inputs]" });
  if (N * K > 2 ** 24) return fail({ code: "H0907", message: `${from.name} has ${N * K} weights, too many for a demonstration`, help: `at most ${2 ** 24}; bitloom run takes any` });
  const values = new Float64Array(K * N);
  for (let n = 0; n < N; n++) for (let k = 0; k < K; k++) values[k * N + n] = from.values[n * K + k] ?? 0;
  return { K, N, values };
}

function kernelOfFile(root: string): KernelDefinition {
  const { kernels, diagnostics } = load(readSource(join(root, kernelFile), {}), { file: kernelFile });
  const bad = diagnostics.find((d) => d.severity === "error"), [kernel] = kernels;
  if (bad) throw new Diagnostic(bad);
  return kernel ?? fail({ code: "H0416", message: `${kernelFile} has no kernel`, help: "fetch it again" });
}

const thousands = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
const small = (x: number): string => (x === 0 ? "0" : x.toExponential(2));

/** Everything that the report tells. */
interface Report {
  readonly device: { readonly name: string; readonly kind: string; readonly f16: boolean };
  readonly weights: { readonly from: string; readonly type: string; readonly group: number };
  readonly M: number;
  readonly N: number;
  readonly K: number;
  readonly T: string;
  readonly bytes: { readonly weights: number; readonly scales: number; readonly asF16: number };
  readonly bitsPerWeight: number;
  readonly wgsl: { readonly lines: number; readonly compileMs: number };
  readonly ms: { readonly device: number; readonly clock: string; readonly interpreter: number };
  readonly error: { readonly interpreter: number; readonly f64: number; readonly bound: number; readonly relative: number; readonly quantisation: number };
  readonly ok: boolean;
}

function page(r: Report): string {
  const rows: readonly (readonly [string, string])[] = [
    ["device", `${r.device.name} (${r.device.kind}${r.device.f16 ? ", f16" : ", no f16: activations are f32"})`],
    ["kernel", `${kernelFile}: ${r.wgsl.lines} lines of WGSL in ${r.wgsl.compileMs.toFixed(0)} ms`],
    ["weights", `${r.weights.from} as ${r.weights.type}, a scale per ${r.weights.group}`],
    ["product", `${r.T}[${r.M}, ${r.K}] · ${r.weights.type}[${r.K}, ${r.N}] → ${r.T}[${r.M}, ${r.N}]`],
    ["memory", `${thousands(r.bytes.weights)} bytes of weights + ${thousands(r.bytes.scales)} of scales, ${r.bitsPerWeight.toFixed(2)} bits per weight (f16: ${thousands(r.bytes.asF16)} bytes)`],
    ["time", `${r.ms.device.toFixed(2)} ms on the device (median of ${launches - 1}, ${r.ms.clock === "timestamp" ? "its own clock" : "wall clock"}), ${r.ms.interpreter.toFixed(0)} ms on the interpreter`],
    ["error", `device − interpreter at most ${small(r.error.interpreter)}; device − f64 at most ${small(r.error.f64)}, relative ${small(r.error.relative)}`],
    ["", `rounding explains up to ${small(r.error.bound)}; the ${r.weights.type} weights themselves cost ${(100 * r.error.quantisation).toFixed(1)} % of the product`],
    ["verdict", r.ok ? "right: every element is within its bound" : "WRONG: an element is farther off than rounding explains"],
  ];
  return rows.map(([a, b]) => `${a.padEnd(8)} ${b}`).join("\n");
}

/** Prepares the numbers, runs both ways, compares. */
async function demonstrate(args: Args, device: Device, root: string, io: Io): Promise<Report> {
  const given = args.words[0], M = count(args, "rows", 32, 0, 4096), group = count(args, "group", 64, 16, 65536), type = weightType(args);
  const T = device.features.has("shader-f16") ? "f16" : "f32";
  const matrix = transposed(await readNumbers(given ?? join(root, weightsFile), io)), { K, N } = matrix;
  const zero = zeroPoint(type);
  // Of one bit the mean magnitude is the best scale, of more the largest does.
  const q = quantiseValues(matrix.values, [K, N], { type, axis: 0, group, scaleType: T, scheme: type === "b1" ? "mse" : "absmax", ...(zero ? { zero } : {}) });
  const BK = [32, 16].find((n) => group % n === 0) ?? usage(`'--group ${group}' is no multiple of 16`, "write --group 64");
  const a = randomTile(dtype(T), [M, K], 1), tileOf = (t: string, shape: readonly number[], data: Tile["data"]): Tile => ({ dtype: dtype(t), shape, data });
  const tiles = new Map([["a", a], ["b", tileOf(type, [K, N], q.codes)], ["scale", tileOf(T, q.scaleShape, q.scales)]]);
  const definition = kernelOfFile(root), params = { N, K, T, W: type, ZERO: zero, G: group, BK };
  const start = performance.now(), kernel = kernelOf(definition).specialise(params), module = await kernel.module(device), compileMs = performance.now() - start;
  const job = { program: definition.specialise(params), tiles, scalars: new Map<string, number>() };
  const gpu = await onDevice(kernel, device, job, launches), cpu = onInterpreter(job);
  const mine = valuesOf(gpu.outs.get("c") ?? a), theirs = valuesOf(cpu.outs.get("c") ?? a), want = productOf(a.data, weightsOf(q, group, zero), M, K, N, T);
  const full = productOf(a.data, matrix.values, M, K, N, T).values;
  const weightBytes = Math.ceil((K * N * dtype(type).bits) / 8), scaleBytes = q.scales.length * (T === "f16" ? 2 : 4);
  const [file, tensor] = splitSource(given ?? weightsFile);
  return {
    device: { name: device.info.name, kind: device.profile.name, f16: T === "f16" },
    weights: { from: `${pathFrom(process.cwd(), given === undefined ? join(root, file) : file)}${tensor === undefined ? "" : `:${tensor}`}`, type, group }, M, N, K, T,
    bytes: { weights: weightBytes, scales: scaleBytes, asF16: 2 * K * N }, bitsPerWeight: (8 * (weightBytes + scaleBytes)) / (K * N),
    wgsl: { lines: ("wgsl" in module ? module.wgsl : "").trimEnd().split("\n").length, compileMs }, ms: { device: gpu.ms, clock: gpu.clock, interpreter: cpu.ms },
    error: {
      interpreter: farthest(mine, theirs), f64: farthest(mine, want.values), bound: want.bound.reduce((x, y) => Math.max(x, y), 0),
      relative: relative(mine, want.values), quantisation: relative(want.values, full),
    },
    ok: within(mine, want) && within(theirs, want),
  };
}

export async function runDemo(args: Args, io: Io): Promise<number> {
  const root = home(), adapter = args.value("adapter"), device = await open(adapter === undefined ? {} : { adapter });
  try {
    const report = await demonstrate(args, device, root, io);
    await io.out(args.on("json") ? jsonLine(report) : `${page(report)}\n`);
    return report.ok ? 0 : 1;
  } finally {
    await close();
  }
}

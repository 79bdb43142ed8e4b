// Binding a call to a kernel: every mistake of the host is found here, before anything reaches the device. What comes
// out is plain data that a launch follows.
import { didYouMean, fail } from "../diagnostic.ts";
import { equalPacking } from "../layout/index.ts";
import { evaluate, eachSymbol, type Scalar } from "../vm/index.ts";
import type { Device } from "./device.ts";
import { needAlive } from "./memory.ts";
import { aloneDim, sizeText, type ScalarSlot, type Signature, type TensorSlot } from "./signature.ts";
import { describe, isTensor, needTensor, packingText, type Tensor } from "./tensor.ts";

/** Arguments of a call by name: tensors, and numbers for scalar parameters. */
export type Inputs = Readonly<Record<string, Tensor | number | boolean | undefined>>;

/** A call that can be launched. */
export interface Call {
  readonly device: Device;
  /** Tensors given, by name; an `out` may be missing. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Shapes of all tensors, by name. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Values of dimensions and scalar parameters. */
  readonly env: ReadonlyMap<string, number>;
  /** Blocks along each axis. */
  readonly grid: readonly number[];
  /** Blocks in all; 0: nothing is to be launched. */
  readonly blocks: number;
}

const wanted = (t: TensorSlot): string => `${describe({ dtype: t.dtype, shape: t.shape.map(sizeText) })}`;

/**
 * Checks the arguments of a call.
 * @param s the kernel
 * @param inputs tensors and scalars by name
 * @param device where to run if no tensor says so
 * @throws Diagnostic H0307, H0309, H0401…H0412, H0414
 */
export function bind(s: Signature, inputs: Inputs, device?: Device): Call {
  const tensors = given(s, inputs);
  const on = deviceOf(s, tensors, device);
  for (const t of s.tensors) {
    const x = tensors.get(t.name);
    if (x) matches(t, x, on);
  }
  const env = new Map<string, number>();
  bindDims(s, tensors, env);
  for (const p of s.scalars) env.set(p.name, scalarOf(s, p, inputs[p.name]));
  const shapes = new Map(s.tensors.map((t) => [t.name, t.shape.map((n) => evaluate(n, env))] as const));
  unshared(s, tensors);
  for (const r of s.requires) required(s, r, env);
  const grid = s.grid.map((g) => Math.max(0, evaluate(g, env)));
  return { device: on, tensors, shapes, env, grid, blocks: blocksOf(s, grid, on) };
}

/** The tensors among the arguments; complains of what is missing, unknown or of the wrong kind. */
function given(s: Signature, inputs: Inputs): Map<string, Tensor> {
  const names = [...s.tensors, ...s.scalars].map((x) => x.name);
  for (const key of Object.keys(inputs))
    if (!names.includes(key)) {
      const near = didYouMean(key, names.filter((n) => inputs[n] === undefined));
      fail({ code: "H0402", message: `kernel '${s.name}' takes no '${key}'`, help: near ? `did you mean '${near}'?` : `it takes ${names.join(", ") || "nothing"}` });
    }
  const tensors = new Map<string, Tensor>();
  for (const t of s.tensors) {
    const x: unknown = inputs[t.name];
    if (x === undefined && t.direction === "out") continue;
    if (x === undefined) missing(s, t.name, wanted(t), `await device.tensor("${t.dtype}", [${t.shape.map(sizeText).join(", ")}], …)`);
    if (!isTensor(x))
      fail({
        code: "H0403", message: `'${t.name}' of kernel '${s.name}' is a tensor ${wanted(t)}, found ${kindOf(x)}`,
        help: x instanceof Promise ? "await it first" : `make one with await device.tensor("${t.dtype}", …)`,
      });
    tensors.set(t.name, x);
  }
  return tensors;
}

const kindOf = (x: unknown): string =>
  x instanceof Promise ? "a promise" : ArrayBuffer.isView(x) || Array.isArray(x) ? "an array of the host" : typeof x === "object" ? "an object" : `the ${typeof x} ${String(x)}`;

const missing = (s: Signature, name: string, what: string, how: string): never =>
  fail({ code: "H0401", message: `kernel '${s.name}' needs '${name}': ${what}`, help: `give it to run: { ${name}: ${how} }` });

/** The device of a call: that of its first tensor, else the one named. */
function deviceOf(s: Signature, tensors: ReadonlyMap<string, Tensor>, device: Device | undefined): Device {
  const [first] = tensors.values();
  const on = device ?? first?.device;
  if (!on) return fail({ code: "H0412", message: `nothing says on which device kernel '${s.name}' is to run`, help: "name it: run(inputs, { device })" });
  needAlive(on);
  return on;
}

/** A tensor against its parameter: everything but run-time sizes. */
function matches(t: TensorSlot, x: Tensor, device: Device): void {
  needTensor(x, `'${t.name}'`);
  if (x.device.gpu !== device.gpu)
    fail({
      code: "H0408", message: `'${t.name}' lies on the device "${x.device.info.name}", the call runs on another one, "${device.info.name}"`,
      help: `copy it: await device.tensor("${x.dtype}", [${x.shape.join(", ")}], await ${t.name}.readCodes(), { as: "codes" })`,
    });
  if (x.dtype !== t.dtype)
    fail({ code: "H0404", message: `'${t.name}' holds ${x.dtype}, the kernel takes ${t.dtype}`, help: `make it with device.tensor("${t.dtype}", …), or specialise the kernel for ${x.dtype}` });
  if (x.shape.length !== t.shape.length)
    fail({ code: "H0405", message: `'${t.name}' is ${describe(x)} with ${x.shape.length} axes, the kernel takes ${wanted(t)}`, help: "an axis of size 1 has to be written, too" });
  if (!equalPacking(x.packing, t.packing))
    fail({
      code: "H0407", message: `'${t.name}' is stored as ${packingText(x.packing, x.shape.length)}, the kernel ${t.direction === "in" ? "reads" : "writes"} ${packingText(t.packing, t.shape.length)}`,
      help: t.direction === "out" ? `leave '${t.name}' out, or make it with that packing` : `await kernel.prepack("${t.name}", ${t.name})`,
    });
}

/** Gives dimensions their numbers, then checks every size. */
function bindDims(s: Signature, tensors: ReadonlyMap<string, Tensor>, env: Map<string, number>): void {
  const source = new Map<string, string>();
  for (const t of s.tensors)
    if (t.direction !== "out")
      t.shape.forEach((size, i) => {
        const dim = aloneDim(size), n = tensors.get(t.name)?.shape[i];
        if (dim === undefined || n === undefined || env.has(dim)) return;
        env.set(dim, n);
        source.set(dim, t.name);
      });
  for (const t of s.tensors) {
    const x = tensors.get(t.name);
    if (!x) continue;
    t.shape.forEach((size, i) => {
      const want = evaluate(size, env), found = x.shape[i];
      if (want === found) return;
      const dims: string[] = [];
      eachSymbol(size, (y) => { if (!dims.includes(y.id)) dims.push(y.id); });
      fail({
        code: "H0406", message: `'${t.name}' is ${describe(x)}, the kernel takes ${wanted(t)}: axis ${i} has ${found} instead of ${want}`,
        notes: dims.map((d) => `${d} = ${env.get(d) ?? "?"} comes from '${source.get(d) ?? "?"}', which is ${describe(tensors.get(source.get(d) ?? "") ?? x)}`),
        help: dims.length ? "give tensors whose sizes agree" : "give a tensor of that size, or specialise the kernel for this one",
      });
    });
  }
}

const RANGE: Readonly<Record<ScalarSlot["type"], string>> = { i32: "a whole number from -2147483648 to 2147483647", u32: "a whole number from 0 to 4294967295", f32: "a number", bool: "true or false" };

/** The number of a scalar argument. */
function scalarOf(s: Signature, p: ScalarSlot, x: unknown): number {
  if (x === undefined) return missing(s, p.name, RANGE[p.type], p.type === "bool" ? "true" : "1");
  const ok = p.type === "bool" ? typeof x === "boolean" || x === 0 || x === 1
    : typeof x === "number" && (p.type === "f32" || (Number.isInteger(x) && (p.type === "i32" ? x === (x | 0) : x === x >>> 0)));
  if (!ok)
    fail({ code: isTensor(x) || typeof x === "object" ? "H0403" : "H0414", message: `'${p.name}' of kernel '${s.name}' is ${RANGE[p.type]}, found ${isTensor(x) ? `the tensor ${describe(x)}` : kindOf(x)}`, help: `give '${p.name}' ${RANGE[p.type]}` });
  return p.type === "f32" ? Math.fround(Number(x)) : Number(x);
}

/** What is written may be bound once only: no block may see another's half-done work. */
function unshared(s: Signature, tensors: ReadonlyMap<string, Tensor>): void {
  const uses = new Map<GPUBuffer, TensorSlot>();
  for (const t of s.tensors) {
    const x = tensors.get(t.name);
    if (!x) continue;
    const other = uses.get(x.buffer);
    if (other && (other.direction !== "in" || t.direction !== "in")) {
      const out = t.direction === "in" ? other : t;
      fail({
        code: "H0409", message: `'${other.name}' and '${t.name}' are one tensor, and the kernel writes '${out.name}'`,
        help: out.direction === "out" ? `leave '${out.name}' out to get a new tensor, or give another` : "give each a tensor of its own: repack(x.packing) copies",
      });
    }
    uses.set(x.buffer, t);
  }
}

function required(s: Signature, r: Signature["requires"][number], env: ReadonlyMap<string, number>): void {
  if (evaluate(r.condition, env)) return;
  const names: string[] = [];
  eachSymbol(r.condition, (y) => { if (!names.includes(y.id)) names.push(y.id); });
  fail({
    code: "H0411", message: `kernel '${s.name}' can't run on this: ${r.message}`,
    notes: [`it requires ${sizeText(r.condition as Scalar)}; here ${names.map((n) => `${n} = ${env.get(n)}`).join(", ")}`],
    help: "change the sizes or numbers given, or specialise the kernel differently",
  });
}

function blocksOf(s: Signature, grid: readonly number[], device: Device): number {
  const blocks = grid.reduce((a, b) => a * b, 1), most = Math.min(2 ** 31 - 1, device.limits.maxComputeWorkgroupsPerDimension ** 3);
  if (blocks > most)
    fail({ code: "H0410", message: `kernel '${s.name}' would need a grid of ${grid.join(" × ")} = ${blocks} blocks; at most ${most} can be launched`, help: "take larger tiles, or run it on parts of the tensors" });
  return blocks;
}

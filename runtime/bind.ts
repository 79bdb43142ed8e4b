// Binding a call to a kernel: every mistake of the host is found here, before anything reaches the device. What comes
// out is plain data that a launch follows.
import { Bug, fail } from "../diagnostic.ts";
import { equalPacking } from "../layout/index.ts";
import { bindDimensions, checkNames, checkRequires, evaluate, kindOf, missingArgument, scalarArgument, scalarRange, shapeIn, tensorText } from "../vm/index.ts";
import type { Device } from "./device.ts";
import type { FormatTensor } from "./format-tensor.ts";
import { needAlive } from "./memory.ts";
import type { Signature, TensorSlot } from "./signature.ts";
import { isTensor, needTensor, type Tensor } from "./tensor.ts";

/** Arguments of a call by name: tensors, those of formats too, and numbers for scalar parameters. */
export type Inputs = Readonly<Record<string, Tensor | FormatTensor | number | boolean | undefined>>;

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

/**
 * Checks the arguments of a call.
 * @param s the kernel
 * @param inputs tensors and scalars by name
 * @param device where to run if no tensor says so
 * @throws Diagnostic H0301, H0307, H0309, H0401…H0412, H0414
 */
export function bind(s: Signature, inputs: Inputs, device?: Device): Call {
  const tensors = given(s, inputs);
  const on = deviceOf(s, tensors, device);
  for (const t of s.tensors) { const x = tensors.get(t.name); if (x) usable(t, x, on); }
  const env = bindDimensions(s.tensors, new Map([...tensors].map(([name, x]) => [name, x.shape])), [], s.requires);
  for (const t of s.tensors) { const x = tensors.get(t.name); if (x) packed(t, x); }
  for (const p of s.scalars) {
    const x: unknown = inputs[p.name], want = scalarRange[p.type];
    if (x === undefined) missingArgument(s.name, p.name, want, giveIt(p.name, p.type === "bool" ? "true" : "1"));
    env.set(p.name, scalarArgument(s.name, p, x, isTensor(x) ? `the tensor ${tensorText(x)}` : kindOf(x)));
  }
  const shapes = new Map(s.tensors.map((t) => [t.name, shapeIn(t, env)] as const));
  unshared(s, tensors);
  checkRequires(s.name, s.requires, env);
  const grid = s.grid.map((g) => Math.max(0, evaluate(g, env)));
  return { device: on, tensors, shapes, env, grid, blocks: blocksOf(s, grid, on) };
}

/**
 * The call of a step of a sequence: the step's tensors are there, outs too, and were held against the kernel before.
 * @throws Diagnostic H0406 (sizes that don't fit), H0410, H0411
 */
export function bindStep(s: Signature, tensors: ReadonlyMap<string, Tensor>, scalars: Readonly<Record<string, number>>, device: Device): Call {
  const slots = s.tensors.map((t) => ({ ...t, direction: "inout" as const }));
  const env = bindDimensions(slots, new Map([...tensors].map(([name, x]) => [name, x.shape])), [], s.requires);
  for (const p of s.scalars) env.set(p.name, scalars[p.name] ?? 0);
  checkRequires(s.name, s.requires, env);
  const grid = s.grid.map((g) => Math.max(0, evaluate(g, env)));
  return { device, tensors, shapes: new Map([...tensors].map(([name, x]) => [name, x.shape])), env, grid, blocks: blocksOf(s, grid, device) };
}

const giveIt = (name: string, how: string): string => `give it to run: { ${name}: ${how} }`;

/** The tensors among the arguments; complains of what is missing, unknown or of the wrong kind. */
function given(s: Signature, inputs: Inputs): Map<string, Tensor> {
  if (typeof inputs !== "object" || inputs === null) fail({ code: "H0401", message: `kernel '${s.name}' is run with its arguments by name, found ${inputs === null ? "null" : kindOf(inputs)}`, help: `write run({ ${[...s.tensors, ...s.scalars].map((x) => x.name).join(", ")} })` });
  checkNames(s.name, [...s.tensors, ...s.scalars].map((x) => x.name), Object.keys(inputs));
  const tensors = new Map<string, Tensor>();
  for (const t of s.tensors) {
    const x: unknown = inputs[t.name];
    if (x === undefined && t.direction === "out") continue;
    if (x === undefined) missingArgument(s.name, t.name, tensorText(t), giveIt(t.name, `await device.tensor("${t.dtype}", ${tensorText({ ...t, dtype: "" })}, …)`));
    tensors.set(t.name, needsTensor(s, t, x));
  }
  return tensors;
}

/** What is given for a tensor parameter, if it is a tensor. */
function needsTensor(s: Signature, t: TensorSlot, x: unknown): Tensor {
  return isTensor(x) ? x : fail({
    code: "H0403", message: `'${t.name}' of kernel '${s.name}' is a tensor ${tensorText(t)}, found ${kindOf(x)}`,
    help: x instanceof Promise ? "await it first" : `make one with await device.tensor("${t.dtype}", …)`,
  });
}

/**
 * The parameter that a tensor could be given for, by itself: of its type, rank and known sizes.
 * @throws Diagnostic H0307, H0402 to H0406
 */
export function slotFor(s: Signature, name: string, given: unknown): TensorSlot {
  checkNames(s.name, s.tensors.map((t) => t.name), [name]);
  const [t] = s.tensors.filter((x) => x.name === name);
  if (!t) throw new Bug(`${s.name} has no ${name}`);
  const x = needsTensor(s, t, given);
  usable(t, x, x.device);
  bindDimensions([{ ...t, direction: "inout", shape: t.shape.map((n, d) => (typeof n === "number" ? n : x.shape[d] ?? 0)) }], new Map([[name, x.shape]]));
  return t;
}

/** The device of a call: that of its first tensor, else the one named. */
function deviceOf(s: Signature, tensors: ReadonlyMap<string, Tensor>, device: Device | undefined): Device {
  const [first] = tensors.values();
  const on = device ?? first?.device;
  if (!on) return fail({ code: "H0412", message: `nothing says on which device kernel '${s.name}' is to run`, help: "name it: run(inputs, { device })" });
  needAlive(on);
  return on;
}

/** A tensor against its parameter: its life, place and type. */
function usable(t: TensorSlot, x: Tensor, device: Device): void {
  needTensor(x, `'${t.name}'`);
  if (x.device.gpu !== device.gpu)
    fail({
      code: "H0408", message: `'${t.name}' lies on the device "${x.device.info.name}", the call runs on another one, "${device.info.name}"`,
      help: `copy it: await device.tensor("${x.dtype}", [${x.shape.join(", ")}], await ${t.name}.readCodes(), { as: "codes" })`,
    });
  if (x.dtype !== t.dtype)
    fail({ code: "H0404", message: `'${t.name}' holds ${x.dtype}, the kernel takes ${t.dtype}`, help: `make it with device.tensor("${t.dtype}", …), or specialise the kernel for ${x.dtype}` });
}

/** A tensor of the right shape against its parameter: where its bits lie. */
function packed(t: TensorSlot, x: Tensor): void {
  if (equalPacking(x.packing, t.packing)) return;
  const { show } = x.device.host;
  fail({
    code: "H0407", message: `'${t.name}' is stored as ${show(x.packing, x.shape.length)}, the kernel ${t.direction === "in" ? "reads" : "writes"} ${show(t.packing, t.shape.length)}`,
    help: t.direction === "out" ? `leave '${t.name}' out, or make it with that packing` : `await kernel.prepack("${t.name}", ${t.name})`,
  });
}

/** What is written may be bound once only: no block may see another's half-done work. What the kernel has in one buffer lies in one. */
function unshared(s: Signature, tensors: ReadonlyMap<string, Tensor>): void {
  const uses = new Map<GPUBuffer, TensorSlot>();
  for (const t of s.tensors) {
    const x = tensors.get(t.name), beside = s.tensors.find((o) => o.buffer !== undefined && o.buffer === t.buffer && tensors.has(o.name) && tensors.get(o.name)?.buffer !== x?.buffer);
    if (beside)
      fail({
        code: "H0425", message: `kernel '${s.name}' takes '${beside.name}' and '${t.name}' in one buffer; ${x ? "they lie in two" : `'${t.name}' isn't given`}`,
        help: "give all fields of one tensor",
      });
    if (!x) continue;
    const other = uses.get(x.buffer);
    if (other && (other.buffer === undefined || other.buffer !== t.buffer) && (other.direction !== "in" || t.direction !== "in")) {
      const out = t.direction === "in" ? other : t;
      fail({
        code: "H0409", message: `'${other.name}' and '${t.name}' are one tensor, and the kernel writes '${out.name}'`,
        help: out.direction === "out" ? `leave '${out.name}' out to get a new tensor, or give another` : "give each a tensor of its own: repack(x.packing) copies",
      });
    }
    if (!other || other.direction === "in") uses.set(x.buffer, t);
  }
}

function blocksOf(s: Signature, grid: readonly number[], device: Device): number {
  const blocks = grid.reduce((a, b) => a * b, 1), most = Math.min(2 ** 31 - 1, device.limits.maxComputeWorkgroupsPerDimension ** 3);
  if (blocks > most)
    fail({ code: "H0410", message: `kernel '${s.name}' would need a grid of ${grid.join(" × ")} = ${blocks} blocks; at most ${most} can be launched`, help: "take larger tiles, or run it on parts of the tensors" });
  return blocks;
}

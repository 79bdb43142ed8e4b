// Runs a specialised kernel on tiles, on the interpreter or on a device: the two ways of `run` and `demo`.
import { failFirst, type DiagnosticData } from "../diagnostic.ts";
import { formatTensor, isFormatTensor, tensor, type Device, type FormatTensor, type Kernel, type Tensor, type TensorSlot } from "../runtime/index.ts";
import { dtype, evaluate, interpret, isSequence, kernelsOf, makeTile, sanitise, sizeOf, verify, type PrintLine, type Program, type Sequence, type Tile } from "../vm/index.ts";

/** What a kernel is run with: tiles of its inputs, numbers of its scalars, shapes of everything. */
export interface Job {
  readonly program: Program | Sequence;
  readonly tiles: ReadonlyMap<string, Tile>;
  readonly scalars: ReadonlyMap<string, number>;
  /** Numbers of dimensions, which tensors of formats are made by. */
  readonly dims?: ReadonlyMap<string, number> | undefined;
  /** Told what is printed; then the kernel must be a debug build. */
  readonly print?: ((line: PrintLine) => void) | undefined;
}

/** What came out. */
export interface Outcome {
  readonly outs: ReadonlyMap<string, Tile>;
  readonly ms: number;
  /** Whose clock: the device's around the kernel, or the host's. */
  readonly clock: "timestamp" | "wall";
}

/** On the interpreter, the definition of the machine. What no device may run, it doesn't either: a race has no answer. */
export function onInterpreter({ program, tiles, scalars, print }: Job, tick?: (block: readonly number[]) => void): Outcome {
  for (const p of isSequence(program) ? kernelsOf(program.steps) : [program]) failFirst(verify(p));
  const start = performance.now();
  const outs = interpret(program, { ...Object.fromEntries(tiles), ...Object.fromEntries(scalars) }, { watch: tick && ((_, __, block) => tick(block)), print });
  return { outs: new Map(Object.entries(outs)), ms: performance.now() - start, clock: "wall" };
}

/** On the interpreter with every element watched; also what is wrong before anything runs. */
export function onSanitiser({ program, tiles, scalars }: Job): Outcome & { readonly found: readonly DiagnosticData[] } {
  const start = performance.now();
  const { outs, found } = sanitise(program, { ...Object.fromEntries(tiles), ...Object.fromEntries(scalars) });
  return { outs: new Map(Object.entries(outs)), ms: performance.now() - start, clock: "wall", found: [...(isSequence(program) ? kernelsOf(program.steps) : [program]).flatMap((p) => verify(p)), ...found] };
}

/** The parameter of format type that a slot is a field of, and the field. */
function fieldOf({ name, of }: TensorSlot): readonly [whole: string, field: string] | undefined {
  const dot = of ? name.indexOf(".") : -1;
  return dot < 0 ? undefined : [name.slice(0, dot), name.slice(dot + 1)];
}

/** The tensor of a slot among some that may be of formats. */
function slotIn(slot: TensorSlot, all: Readonly<Record<string, unknown>>): Tensor | undefined {
  const own = fieldOf(slot), whole = own && all[own[0]];
  return own && isFormatTensor(whole) ? whole.fields[own[1]] : all[slot.name] as Tensor | undefined;
}

/** Tensors of formats of which all fields are there: they lie in buffers together. */
async function formatsOn(device: Device, slots: readonly TensorSlot[], tiles: ReadonlyMap<string, Tile>, dims: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, FormatTensor>> {
  const made = new Map<string, FormatTensor>();
  for (const slot of slots) {
    const [name] = fieldOf(slot) ?? [], { of } = slot;
    if (name === undefined || !of || made.has(name)) continue;
    const fields = Object.fromEntries(slots.flatMap((t) => { const own = fieldOf(t), tile = tiles.get(t.name); return own?.[0] === name && tile ? [[own[1], tile] as const] : []; }));
    if (Object.keys(fields).length === 0) continue;
    const shape = of.shape.map((n) => evaluate(n, dims));
    made.set(name, await formatTensor(device, of.format, shape, { format: of.format, shape, fields }));
  }
  return made;
}

/** The arguments of a kernel on a device; what is made for them goes to `made`. */
export async function argumentsOn(kernel: Kernel, device: Device, { tiles, scalars, dims = new Map<string, number>() }: Pick<Job, "tiles" | "scalars" | "dims">, made: Map<string, { dispose(): void }>): Promise<Record<string, unknown>> {
  const inputs: Record<string, unknown> = Object.fromEntries(scalars);
  for (const [name, w] of await formatsOn(device, kernel.signature.tensors, tiles, dims)) { made.set(name, w); inputs[name] = w; }
  for (const slot of kernel.signature.tensors) {
    const t = tiles.get(slot.name);
    if (!t || slotIn(slot, inputs)) continue;
    const x = await tensor(device, slot.dtype, t.shape, t.data, { packing: slot.packing, as: t.dtype.storage ? "codes" : "values", name: `'${slot.name}'` });
    made.set(slot.name, x);
    inputs[slot.name] = x;
  }
  return inputs;
}

/** On a device. The kernel is `kernelOf(definition).specialise(…)` with the parameters that gave the Program. */
export async function onDevice(kernel: Kernel, device: Device, job: Job, repeat = 1): Promise<Outcome> {
  const made = new Map<string, { dispose(): void }>(), { print } = job;
  try {
    const inputs = await argumentsOn(kernel, device, job, made), times: number[] = [];
    let last = await kernel.run(inputs as never, { device, time: true, print });
    times.push(last.ms);
    for (let i = 1; i < repeat; i++) {
      for (const t of Object.values(last.outs)) t.dispose();
      last = await kernel.run(inputs as never, { device, time: true });
      times.push(last.ms);
    }
    const outs = new Map<string, Tile>();
    for (const slot of kernel.signature.tensors) {
      const x = slot.direction === "in" ? undefined : slotIn(slot, slot.direction === "out" ? last.outs : inputs);
      if (!x) continue;
      made.set(slot.name, x);
      const type = dtype(slot.dtype), tile = makeTile(type, x.shape);
      if (sizeOf(x.shape) > 0) tile.data.set(type.storage ? await x.readCodes() : await x.read());
      outs.set(slot.name, tile);
    }
    // The first run includes what the driver puts off until then.
    const sorted = times.slice(repeat > 1 ? 1 : 0).sort((a, b) => a - b);
    return { outs, ms: sorted[sorted.length >> 1] ?? 0, clock: last.clock };
  } finally {
    for (const t of made.values()) t.dispose();
  }
}

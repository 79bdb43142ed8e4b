// Runs a specialised kernel on tiles, on the interpreter or on a device: the two ways of `run` and `demo`.
import { failFirst, type DiagnosticData } from "../diagnostic.ts";
import { tensor, type Device, type Kernel } from "../runtime/index.ts";
import { dtype, interpret, isSequence, kernelsOf, makeTile, sanitise, sizeOf, verify, type PrintLine, type Program, type Sequence, type Tile } from "../vm/index.ts";

/** What a kernel is run with: tiles of its inputs, numbers of its scalars, shapes of everything. */
export interface Job {
  readonly program: Program | Sequence;
  readonly tiles: ReadonlyMap<string, Tile>;
  readonly scalars: ReadonlyMap<string, number>;
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

/** On a device. The kernel is `kernelOf(definition).specialise(…)` with the parameters that gave the Program. */
export async function onDevice(kernel: Kernel, device: Device, { tiles, scalars, print }: Job, repeat = 1): Promise<Outcome> {
  const made = new Map<string, { dispose(): void }>(), inputs: Record<string, unknown> = Object.fromEntries(scalars);
  try {
    for (const slot of kernel.signature.tensors) {
      const t = tiles.get(slot.name);
      if (!t) continue;
      const x = await tensor(device, slot.dtype, t.shape, t.data, { packing: slot.packing, as: t.dtype.storage ? "codes" : "values", name: `'${slot.name}'` });
      made.set(slot.name, x);
      inputs[slot.name] = x;
    }
    const times: number[] = [];
    let last = await kernel.run(inputs as never, { device, time: true, print });
    times.push(last.ms);
    for (let i = 1; i < repeat; i++) {
      for (const t of Object.values(last.outs)) t.dispose();
      last = await kernel.run(inputs as never, { device, time: true });
      times.push(last.ms);
    }
    const outs = new Map<string, Tile>();
    for (const slot of kernel.signature.tensors) {
      const x = slot.direction === "out" ? last.outs[slot.name] : slot.direction === "inout" ? inputs[slot.name] as typeof last.outs[string] : undefined;
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

// Kernels that go by records: what was tuned of a space is taken at once, what wasn't is what the kernel is by default.
import { Diagnostic } from "../../diagnostic.ts";
import { equalPacking } from "../../layout/index.ts";
import type { Device } from "../device.ts";
import type { Kernel } from "../kernel.ts";
import type { Signature } from "../signature.ts";
import type { Following } from "./follow.ts";
import { openOf } from "./open.ts";
import { firstPoint, programKey, signatureOf, takes, type Point } from "./points.ts";
import { adapterKey, bucketOf, sameChoice, type TuningRecord } from "./record.ts";
import { recordsOf } from "./records.ts";

/** What was looked up on a device, by sizes, when its records were so old. */
interface Looked { readonly age: number; readonly found: Map<string, Promise<Kernel | undefined>> }

/** What is known of a kernel. */
interface Known { readonly first: Point; readonly program: string; readonly made: WeakMap<TuningRecord, Promise<Kernel | undefined>>; readonly looked: WeakMap<Device, Looked> }
const knowns = new WeakMap<Following, Known>();
/** The kernel as it is written, and what else is known of it. */
export function knownOf(f: Following): Known {
  const found = knowns.get(f);
  if (found) return found;
  const first = firstPoint(f.definition, f.given), made: Known = { first, program: programKey(first, openOf(f.definition.comptime, f.given)), made: new WeakMap(), looked: new WeakMap() };
  knowns.set(f, made);
  return made;
}

/** Whether tensors for one kernel are good for the other as they lie. */
const interchangeable = (a: Signature, b: Signature): boolean => takes(a) === takes(b) && a.tensors.every((t, i) => equalPacking(t.packing, b.tensors[i].packing));

/** The kernel of a record, if this device can run it. */
async function kernelOfRecord(f: Following, known: Known, { choice }: TuningRecord, device: Device): Promise<Kernel | undefined> {
  if (sameChoice(choice, known.first.choice)) return undefined;
  try {
    const kernel = f.make(choice);
    if (takes(kernel.signature) !== takes(signatureOf(known.first.program))) return undefined;
    await kernel.module(device);
    return kernel;
  } catch (error) {
    // The atlas is of other machines, and a record of another day: what can't be made now is as if it weren't there.
    if (!(error instanceof Diagnostic)) throw error;
    return undefined;
  }
}

/** The record of a kernel on a device, for sizes near these. */
export function recordFor(f: Following, device: Device, sizes: ReadonlyMap<string, number>): Promise<TuningRecord | undefined> {
  const { first, program } = knownOf(f);
  return recordsOf(device).find({ program, shapes: bucketOf(first.program.dims.map((id) => [id, sizes.get(id) ?? 0])), ...adapterKey(device) });
}

/**
 * The kernel that a record tells for a launch; undefined: the default is to be taken.
 * @param sizes of the launch, by name
 * @param anyPacking also one that takes tensors in other packings than the default
 */
export function tunedKernel(f: Following, device: Device, sizes: ReadonlyMap<string, number>, anyPacking: boolean): Promise<Kernel | undefined> {
  const known = knownOf(f), shapes = bucketOf(known.first.program.dims.map((id) => [id, sizes.get(id) ?? 0])), key = `${shapes} ${anyPacking}`, age = recordsOf(device).age();
  const old = known.looked.get(device), looked = old?.age === age ? old : { age, found: new Map<string, Promise<Kernel | undefined>>() }, found = looked.found.get(key) ?? lookUp(f, known, device, sizes, anyPacking);
  looked.found.set(key, found);
  known.looked.set(device, looked);
  return found;
}

async function lookUp(f: Following, known: Known, device: Device, sizes: ReadonlyMap<string, number>, anyPacking: boolean): Promise<Kernel | undefined> {
  const { first, made } = known, record = await recordFor(f, device, sizes);
  if (!record) return undefined;
  const kernel = made.get(record) ?? kernelOfRecord(f, known, record, device);
  made.set(record, kernel);
  const found = await kernel;
  return found && (anyPacking || interchangeable(found.signature, signatureOf(first.program))) ? found : undefined;
}

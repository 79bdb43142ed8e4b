// What a bench times: makers of products by name, of Bitloom's own kernels and of other libraries alike; and what a call of a library
// makes the device do, recorded once and done again as often as one likes, so that only that is timed.
import type { Work } from "../codegen/index.ts";
import type { Device } from "../runtime/index.ts";
import type { Sizes } from "./numbers.ts";
import type { Kind } from "./roofline.ts";
import type { Clock, Racer } from "./timing.ts";

/** What a maker says of itself. */
export interface About {
  readonly name: string;
  readonly library: string;
  /** Those of one family are one series of the picture. */
  readonly family: string;
  /** Where it computes: on the adapter that is measured, or on the CPU, for comparison only. */
  readonly on: "adapter" | "cpu";
  readonly kind: Kind;
}

/** The counts of a kernel. */
export interface Counted { readonly work: Work; readonly threads: number }

/** What a maker makes. */
export interface Ready extends Pick<Racer, "ready"> {
  /** Whole calls are timed, of which a part is no work. */
  readonly called?: boolean;
  /** What its kernel does by the cost model's counts: of one thread, and so many threads. */
  readonly counted?: Counted;
  /** Frees what it holds. */
  readonly end: () => Promise<void>;
}

/** A product that is ready to be timed, and was found right; that took `made` ms. */
export interface Entrant extends About, Racer, Ready { readonly made: number }

/** Something that multiplies. `make` throws an Error that says why it can't here, or what it got wrong. */
export interface Maker extends About { readonly make: (device: Device, sizes: Sizes) => Promise<Ready> }

/** How makers are called: by which clock what they take is told, who is told before each, and why one isn't called. */
export interface Entering { readonly clock?: Clock; readonly progress?: (name: string) => void; readonly unfit?: (name: string) => string | undefined }

/** Makes all that can be made; why others can't, a line for each reason. @throws Error where one of them ends the device, which nobody can use after it */
export async function enter(device: Device, sizes: Sizes, makers: readonly Maker[], { clock = () => performance.now(), progress, unfit }: Entering = {}): Promise<{ readonly entrants: readonly Entrant[]; readonly notes: readonly string[] }> {
  const entrants: Entrant[] = [], out = new Map<string, string[]>();
  for (const { make, ...about } of makers) {
    const began = clock(), not = unfit?.(about.name);
    try {
      if (not !== undefined) throw new Error(not);
      progress?.(about.name);
      const ready = await make(device, sizes); entrants.push({ ...about, ...ready, made: clock() - began, ms: [] });
    } catch (error) {
      const why = (error instanceof Error ? error.message : String(error)).split("\n")[0].slice(0, 200);
      out.set(why, [...(out.get(why) ?? []), about.name]);
    }
    if (device.gone !== undefined) throw new Error(`after ${about.name} the device is gone: ${device.gone}`);
  }
  const listed = (names: readonly string[]): string => (names.length > 10 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", "));
  return { entrants, notes: [...out].map(([why, names]) => `${listed(names)} ${names.length > 1 ? "do" : "does"} not run here: ${why}`) };
}

/** A product that is no work. */
export const tiny: Sizes = { M: 1, N: 32, K: 32 };

/** For each library whose calls are timed the first of its entrants, at a product that is no work: what its calls cost by themselves. */
export async function overheads(device: Device, entrants: readonly Entrant[], makers: readonly Maker[], progress: Entering["progress"] = () => undefined): Promise<readonly Entrant[]> {
  const first = [...new Set(entrants.filter((e) => e.called).map((e) => e.library))].map((l) => entrants.find((e) => e.library === l)?.name);
  return (await enter(device, tiny, makers.filter((m) => first.includes(m.name)), { progress })).entrants;
}

/** What does one thing, again and again, each awaited. */
export const oneByOne = (once: () => Promise<unknown>): Ready["ready"] => async (times) => async () => { for (let i = 0; i < times; i++) await once(); };

/** A dispatch with all that it needs. */
export interface Step { readonly pipeline: GPUComputePipeline; readonly groups: ReadonlyMap<number, readonly unknown[]>; readonly counts: readonly [number, number?, number?] }

/** Does dispatches in one pass, `times` times. */
export const dispatches = ({ gpu }: Device, steps: readonly Step[]): Ready["ready"] => async (times) => {
  const encoder = gpu.createCommandEncoder(), pass = encoder.beginComputePass();
  for (let i = 0; i < times; i++) for (const { pipeline, groups, counts } of steps) {
    pass.setPipeline(pipeline);
    for (const [at, args] of groups) (pass.setBindGroup as (at: number, ...args: readonly unknown[]) => void)(at, ...args);
    pass.dispatchWorkgroups(...counts);
  }
  pass.end();
  const commands = encoder.finish();
  return async () => { gpu.queue.submit([commands]); await gpu.queue.onSubmittedWorkDone(); };
};

/**
 * The dispatches of one call of a library that computes on this device. It is called once before, so that what is done only at first
 * isn't among them; buffers that it frees meanwhile live until `end`.
 * @throws Error if it dispatches nothing
 */
export async function recorded(device: Device, call: () => Promise<unknown>): Promise<Ready & { readonly workgroups: number }> {
  await call();
  const { GPUComputePassEncoder: { prototype: pass }, GPUBuffer: { prototype: buffer } } = globalThis, steps: Step[] = [], freed: GPUBuffer[] = [];
  const { setPipeline, setBindGroup, dispatchWorkgroups } = pass, { destroy } = buffer, now: { pipeline?: GPUComputePipeline; groups: Map<number, readonly unknown[]> } = { groups: new Map() };
  const end = async (): Promise<void> => { for (const b of freed) destroy.call(b); };
  Object.assign(pass, {
    setPipeline(this: GPUComputePassEncoder, p: GPUComputePipeline) { now.pipeline = p; now.groups = new Map(); setPipeline.call(this, p); },
    setBindGroup(this: GPUComputePassEncoder, at: number, ...args: readonly unknown[]) { now.groups.set(at, args); (setBindGroup as (at: number, ...args: readonly unknown[]) => void).call(this, at, ...args); },
    dispatchWorkgroups(this: GPUComputePassEncoder, ...counts: Step["counts"]) { if (now.pipeline) steps.push({ pipeline: now.pipeline, groups: new Map(now.groups), counts }); dispatchWorkgroups.call(this, ...counts); },
  });
  Object.assign(buffer, { destroy(this: GPUBuffer) { freed.push(this); } });
  try { await call(); } catch (error) { await end(); throw error; } finally {
    Object.assign(pass, { setPipeline, setBindGroup, dispatchWorkgroups });
    Object.assign(buffer, { destroy });
  }
  if (steps.length === 0) { await end(); throw new Error("it dispatches nothing"); }
  return { ready: dispatches(device, steps), end, workgroups: steps.reduce((sum, { counts: [x, y = 1, z = 1] }) => sum + x * y * z, 0) };
}

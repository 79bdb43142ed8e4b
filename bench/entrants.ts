// What a bench times: makers of products by name, of Bitloom's own kernels and of other libraries alike.
import type { Device } from "../runtime/index.ts";
import type { Sizes } from "./numbers.ts";
import type { Kind } from "./roofline.ts";
import type { Racer } from "./timing.ts";

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

/** A product that is ready to be timed, and was found right. */
export interface Entrant extends About, Racer {
  /** Frees what it holds. */
  readonly end: () => Promise<void>;
}

/** Something that multiplies. `make` throws an Error that says why it can't here, or what it got wrong. */
export interface Maker extends About {
  readonly make: (device: Device, sizes: Sizes) => Promise<Pick<Entrant, "ready" | "end">>;
}

/** Makes all that can be made; the others' reasons, a line each. */
export async function enter(device: Device, sizes: Sizes, makers: readonly Maker[], progress: (name: string) => void = () => undefined): Promise<{ readonly entrants: readonly Entrant[]; readonly notes: readonly string[] }> {
  const entrants: Entrant[] = [], notes: string[] = [];
  for (const { make, ...about } of makers) {
    progress(about.name);
    try { entrants.push({ ...about, ...(await make(device, sizes)), ms: [] }); } catch (error) {
      notes.push(`${about.name} does not run here: ${(error instanceof Error ? error.message : String(error)).split("\n")[0].slice(0, 200)}`);
    }
  }
  return { entrants, notes };
}

/** What does one thing, again and again, each awaited. */
export const oneByOne = (once: () => Promise<unknown>) => async (times: number) => async (): Promise<void> => { for (let i = 0; i < times; i++) await once(); };

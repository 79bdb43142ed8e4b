// What the embedding test calls in the page: the code of examples/embed/vite, as its two pages use it.
import { open, type Library } from "bitloom/run";
import { posterise } from "../../examples/embed/vite/posterise.ts";
import { shade } from "../../examples/embed/vite/shade.ts";

/** `index.html`: a library, for so many bits. */
export async function fromLibrary(library: Library, bits: number, values: readonly number[]): Promise<{ readonly values: readonly number[]; readonly bytes: number }> {
  using device = await open();
  const made = await posterise(device, library, bits, Float32Array.from(values));
  return { values: [...made.values], bytes: made.bytes };
}

/** `live.html`: a source. */
export async function fromSource(source: string, values: readonly number[]): Promise<readonly number[] | string> {
  using device = await open();
  const made = await shade(device, source, Float32Array.from(values));
  return typeof made === "string" ? made : [...made];
}

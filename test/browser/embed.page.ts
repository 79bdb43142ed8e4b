// What the embedding test calls in the page: the code of examples/embed/vite, as its two pages use it.
import { compile, open as openRated } from "bitloom";
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

/** A kernel is tuned, and on another device object, with nothing but what the browser keeps, again: the samples that each took, and the choices. */
export async function tunedTwice(source: string): Promise<{ readonly taken: readonly number[]; readonly choices: readonly object[] }> {
  const reports = [];
  for (let i = 0; i < 2; i++) {
    using device = await openRated();
    const [kernel] = Object.values((await compile(source)).kernels);
    reports.push(await kernel.tune({}, {}, { device, sizes: { N: 100 }, sampleMs: 1, rounds: 2 }));
  }
  return { taken: reports.map((r) => r.taken), choices: reports.map((r) => r.choice) };
}

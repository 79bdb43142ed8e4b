// What kernels print in debug builds: a buffer for each dispatch, read when it has run, told line by line.
import { printLayout, readPrints, type PrintLine } from "../vm/index.ts";
import type { Device } from "./device.ts";
import type { Dispatch } from "./launch.ts";

/** Told each line that a kernel prints. */
export type Say = (line: PrintLine) => void;

const BYTES = printLayout.words * 4;

/** The buffers of dispatches that print; new buffers are zeros. */
export const printBuffers = ({ gpu }: Device, dispatches: readonly Dispatch[]): readonly (GPUBuffer | undefined)[] =>
  dispatches.map(({ module }) => (module.prints ? gpu.createBuffer({ label: "prints", size: BYTES, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC }) : undefined));

const toConsole: Say = ({ block, text }) => { console.log(block.length ? `block ${block.join(", ")}: ${text}` : text); };

/** Waits for the dispatches and tells what they printed, in the order of blocks; the buffers are gone afterwards. */
export async function tellPrints({ gpu }: Device, dispatches: readonly Dispatch[], buffers: readonly (GPUBuffer | undefined)[], say: Say = toConsole): Promise<void> {
  for (const [i, { module, piece }] of dispatches.entries()) {
    const buffer = buffers[i];
    if (!buffer || !module.prints) continue;
    const staging = gpu.createBuffer({ size: BYTES, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST }), encoder = gpu.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, 0, staging, 0, BYTES);
    gpu.queue.submit([encoder.finish()]);
    try {
      await staging.mapAsync(GPUMapMode.READ);
      const { lines, lost } = readPrints(new Uint32Array(staging.getMappedRange()), module.prints.sites, piece.grid);
      lines.forEach(say);
      if (lost > 0) say({ block: [], sequence: lines.length, text: `… and ${lost} lines more, for which there was no room` });
    } finally {
      staging.destroy();
      buffer.destroy();
    }
  }
}

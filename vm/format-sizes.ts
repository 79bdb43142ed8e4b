// What a tensor of a format takes: whole blocks, and the bytes of each of its buffers.
import { fail } from "../diagnostic.ts";
import { wordCount } from "../layout/index.ts";
import { blockAlong, formatTensors, type FieldTensor } from "./format-tensors.ts";
import type { Format } from "./format.ts";
import { sizeOf } from "./tile.ts";

/** The number sizes of a field's tensor. */
export const sizes = (t: FieldTensor): readonly number[] => t.shape.map((n) => (typeof n === "number" ? n : NaN));

/** Sizes that are whole blocks of a format. @throws Diagnostic H0601 … */
export function checkFormatShape(f: Format, shape: readonly number[]): void {
  const along = blockAlong(f, shape.length);
  shape.forEach((n, e) => {
    if (!Number.isSafeInteger(n) || n < 0) fail({ code: "H0301", message: `a tensor can't have the shape [${shape.join(", ")}]`, help: "sizes are whole numbers of at least 0" });
    if (n % along[e] !== 0)
      fail({ code: "H0701", message: `${f.name} has blocks of ${along[e]} elements along axis ${e}; ${n} is no multiple`, help: `pad the axis to ${Math.ceil(n / along[e]) * along[e]}` });
  });
}

/**
 * Bytes that each buffer of a tensor of a format takes, without the padding of devices.
 * @throws Diagnostic H0301, H0701 for sizes that aren't whole blocks
 * @example
 * ```ts
 * import { formatNamed } from "bitloom/lang";
 * const q8 = formatNamed("q8_0");
 * formatSizes(q8, [2, 64]); // => { "": 136 }
 * ```
 */
export function formatSizes(f: Format, shape: readonly number[]): Readonly<Record<string, number>> {
  checkFormatShape(f, shape);
  const out: Record<string, number> = {};
  if (f.blockBits > 0) out[""] = (sizeOf(shape) / blockAlong(f, shape.length).reduce((a, b) => a * b, 1)) * (f.blockBits / 8);
  for (const t of formatTensors(f, shape)) if (t.buffer !== "") out[t.buffer] = wordCount(t.packing, t.dtype.bits, sizes(t)) * 4;
  return out;
}

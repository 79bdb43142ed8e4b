// The whole of the host's side, as all devices of the large door have it.
import { pack, printPacking, unpack, type Packing } from "../layout/index.ts";
import { dtype } from "../vm/index.ts";
import type { Host } from "./host.ts";

/** A packing as the language writes it, its axes numbered. */
export const packingText = (p: Packing, rank: number): string => printPacking(p, Array.from({ length: rank }, (_, i) => `x${i}`));

/**
 * All number types, codebooks too, and large tensors packed by generated code. Devices that `open` of `bitloom` makes have it; to `open`
 * of `bitloom/run` it is given, by applications whose modules hold codebooks or whose tensors are large: `open(options, fullHost)`.
 * @example
 * ```ts
 * fullHost.dtype("nf4").decode(15); // => 1
 * ```
 */
export const fullHost: Host = Object.freeze({ dtype, pack, unpack, show: packingText });

// The whole of the host's side, as all devices of the large door have it.
import { pack, unpack } from "../layout/index.ts";
import { dtype } from "../vm/index.ts";
import type { Host } from "./host.ts";

/**
 * All number types, codebooks too, and large tensors packed by generated code. Devices that `open` of `bitloom` makes have it; to `open`
 * of `bitloom/run` it is given, by applications whose modules hold codebooks or whose tensors are large: `open(options, fullHost)`.
 * @example
 * ```ts
 * fullHost.dtype("nf4").decode(15); // => 1
 * ```
 */
export const fullHost: Host = Object.freeze({ dtype, pack, unpack });

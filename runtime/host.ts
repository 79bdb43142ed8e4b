// What the host does for the tensors of a device: number types by name, codes into words and back. Each device says who does it, so
// that applications which need less carry less.
import { walker, type Packer, type Packing } from "../layout/index.ts";
import { plainDtype, type DType } from "../vm/index.ts";

/** The host's part of tensors. */
export interface Host extends Packer {
  /** The number type of a name. @throws Diagnostic N0110 */
  dtype(name: string): DType;
  /** A packing as messages write it. */
  show(p: Packing, rank: number): string;
}

/**
 * What `bitloom/run` does with: no codebooks, no generated code for large tensors, no proof that a packing's bits lie apart, and packings
 * shown as the data that they are.
 */
export const plainHost: Host = Object.freeze({ ...walker, dtype: plainDtype, show: (p: Packing) => JSON.stringify(p) });

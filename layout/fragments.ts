// Fragments of binary tensor cores: which of the 32 lanes of a matrix instruction holds which bit of A and B and which number of C, in
// which of its registers. They are products of three layouts:
//
//   8 × 8 pieces of the tile, 128 bits deep     columnLocal(rows / 8, columns / 8 or bits / 128)    registers, down the rows first
//   * the lanes                                 spatial(8, 4)                                       lane 4g + t
//   * what a lane holds of a piece in a run     local(1, 32) bits, local(1, 2) numbers              32 bits are one register
import { compose } from "./ops.ts";
import { columnLocal, local, spatial, type RegisterLayout } from "./register.ts";

/** A binary matrix instruction: D[i][j] = C[i][j] + popcount(row i of A, combined with row j of B), and the layouts of its fragments. */
export interface BinaryMma {
  /** Rows of A and of C. */
  readonly m: number;
  /** Rows of B (as it is stored: its columns), columns of C. */
  readonly n: number;
  /** Bits of each row of A and B. */
  readonly k: number;
  /** Of A, [m, k] bits. Over `local(1, 32)` it is the layout of its 32-bit words, [m, k / 32]. */
  readonly a: RegisterLayout;
  /** Of B, [n, k] bits, each row a column of the product. */
  readonly b: RegisterLayout;
  /** Of C and D, [m, n] numbers. */
  readonly c: RegisterLayout;
}

const fragment = (down: number, across: number, run: number): RegisterLayout => compose(columnLocal(down, across), compose(spatial(8, 4), local(1, run)));

const shape = (m: number, n: number, k: number): BinaryMma =>
  Object.freeze({ m, n, k, a: fragment(m / 8, k / 128, 32), b: fragment(n / 8, k / 128, 32), c: fragment(m / 8, n / 8, 2) });

/**
 * The binary matrix instructions of PTX (`mma.sync.aligned.SHAPE.row.col.s32.b1.b1.s32.xor.popc` and `.and.popc`) with their fragments: thread = lane,
 * slot / 32 = register of A and B, slot = register of C. The instruction `mma_b1` takes them by these names.
 * @example
 * ```ts
 * // Lane 9 holds, of row 2, the bits from 32 on.
 * elementAt(binaryMma.m8n8k128.a, numbers, 9, 0); // => [2, 32]
 * ```
 * @example
 * ```ts
 * table(divide(binaryMma.m16n8k256.a, local(1, 32)))[9]; // => [[2, 1], [10, 1], [2, 5], [10, 5]]
 * ```
 */
export const binaryMma = Object.freeze({ m8n8k128: shape(8, 8, 128), m16n8k128: shape(16, 8, 128), m16n8k256: shape(16, 8, 256) });

/** Names of binary matrix instructions. */
export type BinaryMmaName = keyof typeof binaryMma;

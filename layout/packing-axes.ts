// A packing of a tile inside one of more axes.
import { Bug } from "../diagnostic.ts";
import { axis, digits, flat, overlay, type Digit, type Index, type Packing } from "./packing-types.ts";

function indexLater(i: Index, by: number): Index {
  switch (i.kind) {
    case "axis": return axis(i.axis + by);
    case "bit": return i;
    case "flat": return Object.freeze({ ...i, digits: Object.freeze(i.digits.map((d) => digitLater(d, by))) });
    case "reverse": case "range": return Object.freeze({ ...i, of: indexLater(i.of, by) });
    default: return i satisfies never;
  }
}

const digitLater = (d: Digit, by: number): Digit => Object.freeze(d.kind === "pad" ? { ...d, digit: digitLater(d.digit, by) } : { ...d, index: indexLater(d.index, by) });

function later(p: Packing, by: number): Packing {
  switch (p.kind) {
    case "digits": return Object.freeze({ ...p, digits: Object.freeze(p.digits.map((d) => (d.kind === "cut" || d.kind === "pad" ? digitLater(d, by) : later(d, by)))) });
    case "concat": return Object.freeze({ ...p, parts: Object.freeze(p.parts.map((x) => later(x, by))) });
    case "overlay": return Object.freeze({ ...p, pieces: Object.freeze(p.pieces.map((x) => Object.freeze({ ...x, of: later(x.of, by) }))) });
    case "packed": throw new Bug("tiles of a register layout have no outer axis");
    default: return p satisfies never;
  }
}

const axes = (n: number): Index[] => Array.from({ length: n }, (_, d) => axis(d));

/** The packing as an entry of a list of digits after others: its own digits, where it is such a list. */
const inner = (p: Packing, by: number): readonly (Digit | Packing)[] => { const q = later(p, by); return q.kind === "digits" ? q.digits : [q]; };

/**
 * The packing of several tensors of a packing one after the other: new slowest axes before all others.
 * @param p no `packed(L)` in it
 * @param n how many axes are new
 * @example
 * ```ts
 * printPacking(stacked(planes(2)), ["stage", "m", "k"]); // => "[stage, bit, m, pad(k, 32)]"
 * ```
 */
export const stacked = (p: Packing, n = 1): Packing => digits([...axes(n), ...inner(p, n)]);

/**
 * A part of a block in memory that is made of such blocks: the block's number is that of the new slowest axes, row-major.
 * @param p how the part lies in the block, from its first bit; no `packed(L)` in it
 * @param n how many axes number the blocks
 * @param at the part's first bit in the block
 * @param stride bits of a block
 * @example
 * ```ts
 * // 32 nibbles behind a scale of 16 bits
 * printPacking(inBlocks(dense(1), 1, 16, 144), ["block", "i"]); // => "[{block}, i, bit] at 16 stride 144"
 * ```
 */
export const inBlocks = (p: Packing, n: number, at: number, stride: number): Packing =>
  overlay([{ of: digits([flat(axes(n)), ...inner(p, n)]), at, stride }]);

// Slabs: where a packing's slowest digit counts along an axis, runs of that axis lie one after the other in memory, each as
// long as the other. So a tensor can be looked at from the middle on, as a smaller one.
import { wordCount } from "./packing-address.ts";
import { packedDigits } from "./packing-packed.ts";
import { nested, type Digit, type Packing } from "./packing-types.ts";

/** Steps of an axis that lie together. */
export interface Slab {
  /** How many of the axis' indices. */
  readonly rows: number;
  /** Bits from one slab to the next. */
  readonly bits: number;
}

/** Whether a digit stays what it is when the axis goes on by `rows`. */
function repeats(d: Digit, axis: number, rows: number): boolean {
  if (d.kind === "pad") return repeats(d.digit, axis, rows);
  switch (d.index.kind) {
    case "bit": return true;
    case "axis": return d.index.axis !== axis || (d.mod !== undefined && rows % (d.div * d.mod) === 0);
    case "flat": return d.index.digits.every((x) => repeats(x, axis, rows));
    case "range": case "reverse": return repeats({ kind: "cut", index: d.index.of, div: 1, mod: undefined }, axis, 1); // hangs on the extent
    default: return d.index satisfies never;
  }
}

/**
 * The slabs of a packing along an axis; undefined where there are none: where something else counts slower.
 * @param bits bits of an element
 * @param extents extents of all axes; that of `axis` doesn't matter
 * @example
 * ```ts
 * slab(dense(2), 3, [0, 100], 0); // => { rows: 1, bits: 300 }
 * slab(planes(2), 3, [0, 100], 0); // => undefined
 * ```
 */
export function slab(p: Packing, bits: number, extents: readonly number[], axis: number): Slab | undefined {
  const list = p.kind === "packed" ? packedDigits(p.layout, bits) : p;
  if (list.kind !== "digits") return undefined;
  const [first, ...rest] = list.digits;
  if (!first || nested(first) || first.kind !== "cut" || first.index.kind !== "axis" || first.index.axis !== axis || first.mod !== undefined) return undefined;
  const rows = first.div;
  if (rest.some((d) => nested(d) || !repeats(d, axis, rows))) return undefined;
  // The words of 32 slabs are as many as the bits of one.
  return { rows, bits: wordCount(list, bits, extents.map((n, i) => (i === axis ? 32 * rows : n))) };
}

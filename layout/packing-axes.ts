// A packing of a tile inside one of more axes.
import { Bug } from "../diagnostic.ts";
import { axis, digits, type Digit, type Index, type Packing } from "./packing-types.ts";

function indexLater(i: Index): Index {
  switch (i.kind) {
    case "axis": return axis(i.axis + 1);
    case "bit": return i;
    case "flat": return Object.freeze({ ...i, digits: Object.freeze(i.digits.map(digitLater)) });
    case "reverse": case "range": return Object.freeze({ ...i, of: indexLater(i.of) });
    default: return i satisfies never;
  }
}

const digitLater = (d: Digit): Digit => Object.freeze(d.kind === "pad" ? { ...d, digit: digitLater(d.digit) } : { ...d, index: indexLater(d.index) });

function later(p: Packing): Packing {
  switch (p.kind) {
    case "digits": return Object.freeze({ ...p, digits: Object.freeze(p.digits.map((d) => (d.kind === "cut" || d.kind === "pad" ? digitLater(d) : later(d)))) });
    case "concat": return Object.freeze({ ...p, parts: Object.freeze(p.parts.map(later)) });
    case "overlay": return Object.freeze({ ...p, pieces: Object.freeze(p.pieces.map((x) => Object.freeze({ ...x, of: later(x.of) }))) });
    case "packed": throw new Bug("tiles of a register layout have no outer axis");
    default: return p satisfies never;
  }
}

/**
 * The packing of several tensors of a packing one after the other: a new slowest axis before all others.
 * @param p no `packed(L)` in it
 * @example
 * ```ts
 * printPacking(stacked(planes(2)), ["stage", "m", "k"]); // => "[stage, [bit, m, pad(k, 32)]]"
 * ```
 */
export const stacked = (p: Packing): Packing => digits([axis(0), later(p)]);

// How far a packing's memory goes on past the end of an axis: `pad(n, 32)`, and tails of `n / 32`. What lies there is zero.
import { gcd } from "./modes.ts";
import { wordCount } from "./packing-address.ts";
import { nested, within, type Digit, type Packing } from "./packing-types.ts";

/** Whether a digit is a part of an axis, and of nothing else. */
const isPlain = (d: Digit): boolean => (d.kind === "pad" ? isPlain(d.digit) : d.index.kind === "axis");

/** How the digits of a list round an axis up; undefined where they don't speak of it. */
function ofDigit(d: Digit, axis: number): number | undefined {
  if (d.kind === "pad") {
    const inner = ofDigit(d.digit, axis);
    // Only a pad of the axis' slowest digit adds whole steps of the axis; one of braces, `pad({n, bit}, 32)`, adds steps of what is in them.
    return inner === undefined ? undefined : isPlain(d.digit) ? inner * d.multiple : 1;
  }
  if (d.index.kind === "axis" && d.index.axis === axis) return d.mod === undefined ? d.div : undefined;
  // Inside braces, ranges and reversals: no promise.
  return [...within(d)].some((i) => i.kind === "axis" && i.axis === axis) ? 1 : undefined;
}

/**
 * The number that a packing rounds an axis up to a multiple of: elements up to there have addresses of their own, whose bits are zero.
 * @example
 * ```ts
 * padMultiple(planes(2), 1); // => 32
 * ```
 */
export function padMultiple(p: Packing, axis: number): number {
  switch (p.kind) {
    case "packed": return p.layout.shape[axis] ?? 1;
    case "concat": return p.parts.map((x) => padMultiple(x, axis)).reduce(gcd, 0) || 1;
    case "overlay": return p.pieces.map((x) => padMultiple(x.of, axis)).reduce(gcd, 0) || 1;
    case "digits": {
      const found = p.digits.flatMap((d) => (nested(d) ? [padMultiple(d, axis)] : ofDigit(d, axis) ?? []));
      return found.includes(1) || !found.length ? 1 : found.reduce(gcd, 0);
    }
    default: return p satisfies never;
  }
}

/**
 * The same of the last word of a tensor, which is there whole: where the slowest digit is an axis and the elements of one step of it
 * fill a part of a word, the steps up to the end of that word have addresses of their own, too.
 * @param bits bits of an element
 * @param extents extents that are known
 * @example
 * ```ts
 * lastWordMultiple(dense(1), 4, [undefined], 0); // => 8
 * ```
 */
export function lastWordMultiple(p: Packing, bits: number, extents: readonly (number | undefined)[], axis: number): number {
  if (p.kind !== "digits") return 1;
  const [first, ...rest] = p.digits;
  if (!first || nested(first) || first.kind !== "cut" || first.index.kind !== "axis" || first.index.axis !== axis || first.div !== 1 || first.mod !== undefined) return 1;
  if (rest.some((d) => nested(d) || [...within(d)].some((i) => i.kind === "axis" && i.axis === axis))) return 1;
  const known = extents.map((n, i) => (i === axis ? 32 : n ?? 0));
  const step = wordCount(p, bits, known); // words of 32 steps, so bits of one
  return step > 0 && 32 % step === 0 ? 32 / step : 1;
}

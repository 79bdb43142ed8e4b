// Runs: where elements that follow each other along an axis lie at equal distances, so that the place of one tells those of its neighbours.
import { Diagnostic } from "../diagnostic.ts";
import { kept } from "./kept.ts";
import { gcd } from "./modes.ts";
import { expand, symbols, type Piece } from "./packing-address.ts";
import type { Linear, Term } from "./packing-linear.ts";
import { rankOf, type Packing } from "./packing-types.ts";

/** Elements along an axis, from each multiple of `length` on, every one `step` bits after the one before. */
export interface Run {
  /** Bits from an element to the next. */
  readonly step: number;
  /** Elements; Infinity: all of the axis. */
  readonly length: number;
}

/** Whether a sum has digits of an axis. */
const speaksOf = (x: Linear<number | string>, axis: number): boolean => x.terms.some(({ atom: a }) => (a.kind === "leaf" ? a.axis === axis : a.kind !== "one" && speaksOf(a.of, axis)));

/**
 * How a bit of neighbouring elements lies along an axis; undefined where no equal distance can be told.
 * @param bits bits of an element
 * @param extents extents that are known
 * @param bit which bit of the elements; undefined: any, the same of all
 * @example
 * ```ts
 * runOf(dense(2), 3, [undefined, 40], 1, 0); // => { step: 3, length: Infinity }
 * runOf(planesBlocked(1, 32), 2, [64], 0, 1); // => { step: 1, length: 32 }
 * ```
 */
export function runOf(p: Packing, bits: number, extents: readonly (number | undefined)[], axis: number, bit: number | undefined): Run | undefined {
  const key = `${textOf(p)} ${bits} ${extents.map((n) => n ?? "").join()} ${axis} ${bit ?? ""}`, known = found.get(key);
  if (known) return known.run;
  const run = find(p, bits, extents, axis, bit);
  if (found.size >= MOST) found.clear();
  found.set(key, { run });
  return run;
}

/** What was found, for kernels have tensors that lie alike, and are specialised again and again; so many at most. */
const found = new Map<string, { readonly run: Run | undefined }>(), MOST = 1024;
const textOf = /* @__PURE__ */ kept((p: Packing): string => JSON.stringify(p), () => 0);

function find(p: Packing, bits: number, extents: readonly (number | undefined)[], axis: number, bit: number | undefined): Run | undefined {
  const rank = Math.max(rankOf(p), extents.length), size = Array.from({ length: rank }, (_, i): number | string => extents[i] ?? `N${i}`);
  let pieces: readonly Piece<number | string>[];
  try { pieces = expand(p, { bits, alg: symbols, extents: size, index: size.map((_, i) => `x${i}`), bit: bit ?? "b" }).pieces; }
  catch (e) { if (e instanceof Diagnostic) return undefined; throw e; }
  const [one, ...others] = pieces;
  if (!one || others.length || one.guards.length) return undefined; // the elements lie in several parts
  const isOwn = ({ atom: a }: Term<number | string>): boolean => a.kind === "leaf" && a.axis === axis;
  const own = one.at.terms.filter(isOwn), lowest = own.filter((t) => t.div === 1), [first] = lowest;
  if (!own.length || lowest.length > 1 || first?.coef.r !== undefined || speaksOf({ terms: one.at.terms.filter((t) => !isOwn(t)), constant: 0 }, axis)) return undefined;
  return { step: first?.coef.k ?? 0, length: own.reduce((n, t) => gcd(n, t === first ? t.mod ?? 0 : t.div), 0) || Infinity };
}

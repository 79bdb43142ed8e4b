// Which part of a memory an instruction touches, and whether two parts surely have nothing in common.
//
// A part is a box: offset and size on each axis of the tensor or shared tile behind all slices. Offsets are scalars; between
// an earlier and a later access a loop may have gone round, so the earlier one speaks of i′ (some earlier round of i) or of
// i? (any round at all).
import { affine, difference, gcd, residue, type Affine, type Term } from "./affine.ts";
import type { Inst, Value } from "./program.ts";
import { knownScalar, scalarOp, scalarOf, substitute, symbol, type Scalar, type Size } from "./scalar.ts";
import { scalarText } from "./text-print.ts";

/** A box of a memory. Bit planes count as their whole elements, which share words; then `planes` is true. */
export interface Region {
  readonly root: Value;
  readonly planes: boolean;
  readonly box: readonly { readonly offset: Scalar; readonly size: Size }[];
}

interface Window extends Region {
  /** For each axis of the view, the axis of the root, or undefined for the bits of an element. */
  readonly axes: readonly (number | undefined)[];
}

const whole = (root: Value): Window => ({ root, planes: false, box: root.shape.map((size) => ({ offset: scalarOf(0), size })), axes: root.shape.map((_, d) => d) });

function windowOf(v: Value, definitions: ReadonlyMap<number, Inst>): Window {
  const made = definitions.get(v.id), x = made?.operands.x;
  if (!x || !(made.name === "slice" || made.name === "bits_of" || made.name === "transposed" || made.name === "regroup")) return whole(v);
  const of = windowOf(x, definitions);
  // What a window of other axes is of the tensor isn't followed: any part.
  if (made.name === "regroup") return { ...whole(of.root), axes: [] };
  if (made.name === "bits_of") return { ...of, planes: true, axes: [undefined, ...of.axes] };
  if (made.name === "transposed") return { ...of, axes: [...of.axes.slice(0, -2), ...of.axes.slice(-2).reverse()] };
  const { offsets, sizes, drop } = made.attrs;
  const box = [...of.box];
  of.axes.forEach((axis, d) => {
    const offset = offsets?.kind === "scalars" && offsets.value[d], size = sizes?.kind === "scalars" && sizes.value[d];
    if (axis !== undefined && offset && size) box[axis] = { offset: scalarOp("add", box[axis].offset, offset), size: knownScalar(size) ?? size };
  });
  return { ...of, box, axes: of.axes.filter((_, d) => !(drop?.kind === "ints" && drop.value.includes(d))) };
}

const regions = new WeakMap<ReadonlyMap<number, Inst>, Map<number, Region>>();
/** The box behind a view, where all values are made by `definitions`. */
export function regionOf(v: Value, definitions: ReadonlyMap<number, Inst>): Region {
  let all = regions.get(definitions);
  if (!all) regions.set(definitions, (all = new Map<number, Region>()));
  let region = all.get(v.id);
  if (!region) {
    const { root, planes, box } = windowOf(v, definitions);
    all.set(v.id, (region = { root, planes, box }));
  }
  return region;
}

const texts = new WeakMap<Region, string>();
/** A box as text: where it begins and how large it is on each axis. */
export function boxText(r: Region): string {
  let text = texts.get(r);
  if (text === undefined) texts.set(r, (text = r.box.map((b) => `${scalarText(b.offset)}+${scalarText(b.size)}`).join()));
  return text;
}

const EARLIER = "′", ANY = "?";

/** Symbols as an access of an earlier round of a loop over `i` has them; `inside` are the other symbols that each round makes anew. */
export const lastRound = (r: Region, i: string, inside: ReadonlySet<string>): Region => renamed(r, (id) => (id === i ? id + EARLIER : inside.has(id) ? id + ANY : undefined));
/** Symbols as they are known after the loop. */
export const afterLoop = (r: Region, i: string, inside: ReadonlySet<string>): Region => renamed(r, (id) => (id === i || id === i + EARLIER || inside.has(id) ? id + ANY : undefined));

function renamed(r: Region, name: (id: string) => string | undefined): Region {
  const by = (id: string): Scalar | undefined => { const n = name(id); return n === undefined ? undefined : symbol("loop", n); };
  return { ...r, box: r.box.map(({ offset, size }) => ({ offset: substitute(offset, by), size: typeof size === "number" ? size : substitute(size, by) })) };
}

/** Intervals [0, a) and [diff, diff + b) don't meet. */
const apart = (diff: number, a: number, b: number): boolean => diff >= a || diff <= -b;

const symbolOf = (t: Term): string | undefined => (t.atom.kind === "symbol" ? t.atom.id : undefined);

/** What is known of a loop variable: its step, and its values where the bounds are constants. */
export interface LoopFact { readonly step: number; readonly low: number; readonly high: number }

/** Loop variables by symbol. */
export type LoopFacts = ReadonlyMap<string, LoopFact>;

/**
 * Bounds of a sum of terms. Of i and i′ it is known that at least one round lies between; other loop variables lie
 * within their loop.
 */
function bounds(terms: readonly Term[], facts: LoopFacts): { readonly low: number; readonly high: number } {
  let low = 0, high = 0;
  const add = (by: number, least: number, most: number) => { low += by * (by > 0 ? least : most); high += by * (by > 0 ? most : least); };
  const done = new Set<Term>();
  for (const t of terms) {
    if (done.has(t)) continue;
    const id = symbolOf(t) ?? "", loop = id.replace(/[′?]+$/u, ""), fact = facts.get(loop) ?? { step: 0, low: -Infinity, high: Infinity };
    const pair = id === loop || id === loop + EARLIER ? terms.find((u) => u.by === -t.by && symbolOf(u) === (id === loop ? loop + EARLIER : loop)) : undefined;
    if (!pair) { add(t.by, fact.low, id === loop + EARLIER ? fact.high - fact.step : fact.high); continue; }
    done.add(pair);
    add(id === loop ? t.by : -t.by, fact.step, fact.high - fact.low);
  }
  return { low, high };
}

/** e % m on both sides with e known to differ: all that the two remainders can differ by. */
function remainders(terms: readonly Term[]): readonly number[] | undefined {
  const [s, t] = terms;
  if (terms.length !== 2 || s.by !== -t.by || s.atom.kind !== "op" || t.atom.kind !== "op" || s.atom.op !== "rem" || t.atom.op !== "rem") return undefined;
  const [x, p] = s.atom.args, [y, q] = t.atom.args, m = knownScalar(p);
  if (m === undefined || m < 1 || knownScalar(q) !== m) return undefined;
  const d = difference(y, x);
  if ([...d.terms.values()].some((term) => term.by % m !== 0)) return undefined;
  const r = residue(d.offset, m);
  return r === 0 ? undefined : [r - 2 * m, r - m, r, r + m].map((delta) => delta * s.by);
}

/** Whether intervals of sizes a and b whose starts differ by `d` surely don't meet. */
function intervalsApart(d: Affine, a: number, b: number, facts: LoopFacts): boolean {
  const terms = [...d.terms.values()];
  const g = terms.reduce((n, t) => gcd(n, t.by), 0), r = residue(d.offset, g);
  if (g === 0 ? apart(r, a, b) : r >= a && g - r >= b) return true;
  const { low, high } = bounds(terms, facts);
  if (low + d.offset >= a || high + d.offset <= -b) return true;
  return remainders(terms)?.every((delta) => apart(delta + d.offset, a, b)) ?? false;
}

const extent = (s: Size): number => (typeof s === "number" ? s : Infinity);

/** An axis of a box: where it begins but for a number, as text, and the numbers between which it lies from there. */
interface Edge { readonly from: string; readonly low: number; readonly high: number }

const edges = new WeakMap<Region, readonly Edge[]>();
function edgesOf(r: Region): readonly Edge[] {
  const known = edges.get(r);
  if (known) return known;
  const made = r.box.map(({ offset, size }): Edge => {
    const a = affine(offset);
    return { from: [...a.terms].map(([key, { by }]) => `${by} ${key}`).sort().join(), low: a.offset, high: a.offset + extent(size) };
  });
  edges.set(r, made);
  return made;
}

/** Whether two boxes begin at the same place on some axis, but for numbers that keep them apart: quickly told, and most boxes are such. */
function plainlyApart(a: Region, b: Region): boolean {
  const x = edgesOf(a), y = edgesOf(b);
  for (let d = 0; d < x.length; d++) if (x[d].from === y[d].from && (x[d].high <= y[d].low || y[d].high <= x[d].low)) return true;
  return false;
}

/** Whether two boxes of one memory surely have no element in common. */
export const disjoint = (earlier: Region, later: Region, facts: LoopFacts): boolean =>
  plainlyApart(earlier, later) || earlier.box.some((e, d) => intervalsApart(difference(e.offset, later.box[d].offset), extent(e.size), extent(later.box[d].size), facts));

/** Whether two boxes surely are the same. */
export const sameRegion = (a: Region, b: Region): boolean => !a.planes && !b.planes && a.box.every((e, d) => {
  const at = difference(e.offset, b.box[d].offset), size = difference(e.size, b.box[d].size);
  return [at, size].every((x) => x.terms.size === 0 && x.offset === 0) && ![e.offset, e.size].some((s) => typeof s !== "number" && marked(s));
});

const marked = (s: Scalar): boolean => s.kind === "symbol" ? s.id.endsWith(ANY) || s.id.endsWith(EARLIER) : s.kind === "op" ? s.args.some(marked) : s.kind === "to" && marked(s.arg);

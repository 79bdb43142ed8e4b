// Codes that are moved as they lie: where a group of neighbouring slots fills whole words of a memory, and the same codes fill whole
// words of the one that they are read from, words are moved, and no code is taken apart. Seen at the first and the last slot
// of the group: what lies between them follows from runs of the packings.
import { elementAt, numbers, type RegisterLayout } from "../../layout/index.ts";
import type { Expr } from "../loop/ir.ts";
import { inside, isTrue, placesOf, runsOf } from "./access.ts";
import type { Binding, Context, Memory } from "./context.ts";
import { elementIn } from "./tiles.ts";
import { gcd } from "../loop/core.ts";

type View = Extract<Binding, { kind: "view" }>;

/** Words that the codes of a group fill, bit by bit, in the order in which its slots come to them; `lo`: the lowest bit of a code that lies there. */
interface Stretch { readonly condition: Expr; readonly words: readonly { readonly index: Expr; readonly lo: number; readonly width: number; readonly nth: number }[] }

/** Elements of `count` slots from `first` on, of which the axis along which they follow each other is known; undefined if they don't. */
export interface Neighbours { readonly first: readonly Expr[]; readonly last: readonly Expr[]; readonly count: number }

/** Whether slots of groups follow each other along an axis, by layout and size of the groups. */
const following = new WeakMap<RegisterLayout, Map<number, boolean>>();

/** Slots of a group as neighbours, if they are. */
export function neighboursIn(c: Context, l: RegisterLayout, first: Expr, count: number): Neighbours | undefined {
  let known = following.get(l);
  if (!known) following.set(l, (known = new Map()));
  let follow = known.get(count);
  if (follow === undefined) {
    // Slots of a group differ in the fastest modes alone, so the first group of the first thread stands for all.
    const at = Array.from({ length: count }, (_, j) => elementAt(l, numbers, 0, j)), d = count > 1 ? at[1].findIndex((x) => x !== 0) : -1;
    known.set(count, (follow = d >= 0 && at.every((index, j) => index.every((x, i) => x === (i === d ? j : 0)))));
  }
  if (!follow) return undefined;
  const start = elementIn(c, l, first), end = elementIn(c, l, c.e.add(first, c.e.of(count - 1)));
  return start.filter((x, i) => x !== end[i]).length === 1 && start.every((x, i) => end[i] === x || end[i] === c.e.add(x, c.e.of(count - 1))) ? { first: start, last: end, count } : undefined;
}

/**
 * The words that neighbours fill in a memory; undefined where that isn't plain to see.
 * @param pads the packing's pads count as inside
 * @param written only where they lie inside, so that places needn't be brought there
 */
export function stretchOf(c: Context, view: View, { first, last, count }: Neighbours, pads: boolean, written: boolean): Stretch | undefined {
  const { e } = c, m: Memory = view.memory, start = view.map(first), end = view.map(last);
  if (!m.packing || start.bit !== end.bit) return undefined;
  const a = inside(c, m, start.index, pads), b = inside(c, m, end.index, pads);
  const placed = (given: readonly Expr[], safe: readonly Expr[]): readonly Expr[] => (written ? given.map((x, d) => (x.lo >= 0 ? x : safe[d])) : safe), here = placed(start.index, a.index), there = placed(end.index, b.index);
  const axes = here.flatMap((x, d) => (x === there[d] ? [] : [d])), [axis] = axes;
  if (a.condition !== b.condition || axes.length !== 1 || there[axis] !== e.add(here[axis], e.of(count - 1)) || here[axis].lo < 0) return undefined;
  const at = here[axis], aligned = (n: number): boolean => (e.known(at) ?? at.divisor) % n === 0;
  const words: { index: Expr; lo: number; width: number; nth: number }[] = [];
  for (const p of placesOf(c, m, here, start.bit)) {
    const bit = start.bit ? e.known(start.bit) : p.lo, run = runsOf(c, m, axis, bit);
    if (!run || run.step !== p.width || e.known(p.at) !== 0 || (run.step * count) % 32 !== 0 || !aligned(count) || (Number.isFinite(run.length) && run.length % count !== 0)) return undefined;
    for (let i = 0; i < (run.step * count) / 32; i++) words.push({ index: e.add(p.word, e.of(i)), lo: p.lo, width: p.width, nth: i });
  }
  // A word is come to by the slot that holds its lowest bit.
  const slot = (w: { width: number; nth: number }): number => Math.floor((32 * w.nth) / w.width);
  return words.length ? { condition: a.condition, words: words.sort((x, y) => slot(x) - slot(y)) } : undefined;
}

/** The fewest elements of so many bits that fill whole words. */
export const elementsOfWords = (bits: number): number => 32 / gcd(32, bits);

/** What a group's words become when they are filled with those of another memory, under one condition; undefined where codes have to be taken apart. */
export function movedWords(c: Context, to: View, from: View, pad: Expr | undefined, near: Neighbours): { readonly condition: Expr; readonly words: readonly { readonly index: Expr; readonly value: Expr }[] } | undefined {
  const { e } = c, m = from.memory, zero = pad !== undefined && Object.is(e.known(pad), 0);
  const there = stretchOf(c, to, near, false, true), roomy = there && stretchOf(c, to, near, true, true), here = roomy && stretchOf(c, from, near, zero || pad === undefined, false);
  if (!here || there.condition !== roomy.condition || here.words.length !== there.words.length) return undefined;
  if (here.words.some((w, i) => w.lo !== there.words[i].lo || w.width !== there.words[i].width || w.nth !== there.words[i].nth)) return undefined;
  const guard = pad === undefined || isTrue(c, here.condition) ? undefined : zero ? here.condition : null;
  if (guard === null) return undefined;
  const word = (index: Expr): Expr => { const x = e.load(m.buffer, index, m.mutable ? c.epoch(m) : 0); return guard ? e.op("select", guard, x, e.constant("u32", 0)) : x; };
  return { condition: there.condition, words: there.words.map((w, i) => ({ index: w.index, value: word(here.words[i].index) })) };
}

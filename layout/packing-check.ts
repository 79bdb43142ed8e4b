// Every bit of every element has one place, and no two share one: proved from the digits, not by trying.
//
// Addresses are mixed-radix numbers of the digits, so two bits share an address exactly if all their digits agree.
// The digits of an index therefore must form a chain, each beginning where the one before ends: x % 8, (x / 8) % 4, x / 32.
// What `++` and `|` put together is compared as boxes; overlays are also compared by where their pieces lie.
import { fail } from "../diagnostic.ts";
import { numbers } from "./algebra.ts";
import { once } from "./kept.ts";
import { address, expand, symbols, wordCount } from "./packing-address.ts";
import { collision } from "./packing-collide.ts";
import { cdiv } from "./packing-linear.ts";
import { packedDigits } from "./packing-packed.ts";
import { nested, within, type Digit, type Index, type Packing } from "./packing-types.ts";

interface Range { readonly lo: number; readonly size: number }
interface Use { readonly div: number; readonly mod: number | undefined }

const keyOf = (i: Index): string => JSON.stringify(i);
const depth = (i: Index): number => Math.max(0, ...[...within(i)].filter((x) => x !== i).map((x) => 1 + depth(x)));

/** All digit lists of a packing: one part chosen of every `++` and `|`. */
function lists(p: Packing, bits: number): (readonly Digit[])[] {
  switch (p.kind) {
    case "packed": return lists(packedDigits(p.layout, bits), bits);
    case "concat": return p.parts.flatMap((x) => lists(x, bits));
    case "overlay": return p.pieces.flatMap((x) => lists(x.of, bits));
    case "digits":
      return p.digits.reduce<(readonly Digit[])[]>((all, d) => (nested(d) ? lists(d, bits) : [[d]]).flatMap((x) => all.map((a) => [...a, ...x])), [[]]);
    default: return p satisfies never;
  }
}

/** A checker for one tensor: its extents (axis −1 is the bit) and the names its messages use. */
function checker(bits: number, extents: readonly number[], names: readonly string[], shared: boolean) {
  const count = (a: number): number => (a < 0 ? bits : extents[a] ?? 1);
  const name = (a: number): string => (a < 0 ? "bit" : names[a] ?? `axis ${a}`);
  const extent = (i: Index): number => {
    switch (i.kind) {
      case "axis": return count(i.axis);
      case "bit": return bits;
      case "flat": return i.digits.reduce((n, d) => n * digitExtent(d), 1);
      case "reverse": return extent(i.of);
      case "range": return i.size;
      default: return i satisfies never;
    }
  };
  const digitExtent = (d: Digit): number =>
    d.kind === "pad" ? cdiv(digitExtent(d.digit), d.multiple) * d.multiple : d.mod ?? cdiv(extent(d.index), d.div);
  /** Adds to `at` what makes index `i` be `v`. */
  const assign = (i: Index, v: number, at: Map<number, number>): void => {
    switch (i.kind) {
      case "axis": case "bit": { const a = i.kind === "axis" ? i.axis : -1; at.set(a, (at.get(a) ?? 0) + v); return; }
      case "reverse": return assign(i.of, extent(i) - 1 - v, at);
      case "range": return assign(i.of, i.lo + v, at);
      case "flat": {
        for (const d of [...i.digits].reverse()) {
          const e = digitExtent(d), cut = d.kind === "pad" ? undefined : d;
          if (cut) assign(cut.index, (v % e) * cut.div, at);
          v = Math.floor(v / e);
        }
        return;
      }
      default: i satisfies never;
    }
  };
  const element = (at: ReadonlyMap<number, number>): string =>
    [...extents.map((_, a) => `${name(a)} = ${at.get(a) ?? 0}`), `bit ${at.get(-1) ?? 0}`].join(", ");
  return { rank: extents.length, count, name, extent, assign, element, shared };
}

/** What a check lets pass. */
export interface CheckOptions {
  /** Elements may share their bits, each bit with the same one of the others: the packing is only read from. Default false. */
  readonly shared?: boolean;
}

/**
 * Checks that every bit of every element has exactly one address and no two share one; with `shared`, that only bits of one number do:
 * a list that leaves out digits of an axis, `[n, i / 32, bit]`, gives 32 elements one value, as a block's scale. `unpack` and `address`
 * take such packings, `pack` and stores refuse them.
 * @param p the packing
 * @param bits bits of an element, 1 … 32
 * @param extents extent of every axis
 * @param names names of the axes, for messages
 * @param options `shared`: whether elements may share bits
 * @throws Diagnostic L0210 something has no place, L0211 a digit is used twice, L0212 two bits share an address, L0213/L0214 as `address`
 * @example
 * ```ts
 * check(dense(2), 3, [4, 37]); // => undefined
 * check(digits([axis(0), bit]), 3, [4, 37]); // throws L0210: axis 1 is missing
 * check(digits([axis(0), digit(axis(1), { div: 32 }), bit]), 16, [4, 64], ["n", "i"], { shared: true }); // => undefined
 * ```
 */
export const check = (p: Packing, bits: number, extents: readonly number[], names: readonly string[] = [], options: CheckOptions = {}): void => checked(p, bits, extents, options.shared ?? false, names);

/** Kernels are specialised again and again for the same tensors. */
const checked = /* @__PURE__ */ once((p: Packing, bits: number, extents: readonly number[], shared: boolean, names: readonly string[]): void => {
  const c = checker(bits, extents, names, shared);
  if (prove(p, bits, extents, c)) disjoint(p, bits, extents, c);
}, (p, bits, extents, shared) => `${JSON.stringify(p)} ${bits} ${extents} ${shared}`);

/**
 * Asks what addresses of a packing ask of extents: some must be known.
 * @param extents a number where it is known, else any name
 * @throws Diagnostic L0210, L0211, L0213 as `address`
 * @example
 * ```ts
 * checkAddresses(digits([axis(0), bit]), 3, ["N"]); // => undefined
 * checkAddresses(digits([reverse(axis(0)), bit]), 3, ["N"]); // throws L0213
 * ```
 */
export const checkAddresses = (p: Packing, bits: number, extents: readonly (number | string)[]): void => addressed(p, bits, extents);

const addressed = /* @__PURE__ */ once((p: Packing, bits: number, extents: readonly (number | string)[]): void => { address(p, bits, symbols, extents, extents.map((_, i) => `x${i}`), 0); }, (p, bits, extents) => `${JSON.stringify(p)} ${bits} ${extents}`);

/** Checks what the digits say, without trying addresses: so much `pack` asks for each time. @throws as `check` */
export const checkDigits = (p: Packing, bits: number, extents: readonly number[]): void => { prove(p, bits, extents, checker(bits, extents, [], false)); };

/** Proves what it can from the digits; whether something is left to be tried. */
function prove(p: Packing, bits: number, extents: readonly number[], c: Checker): boolean {
  expand(p, { bits, alg: symbols, extents, index: extents.map((_, i) => `x${i}`), bit: "b" }); // ranks, `~`
  const chains = lists(p, bits).map((ds) => chain(ds, c, (at) => meet(p, bits, extents, at) && !(c.shared && at[0].get(-1) === at[1].get(-1))));
  cover(chains.map((x) => x.box), extents.length, c);
  return overlaid(p) || chains.some((x) => x.doubtful);
}

type Checker = ReturnType<typeof checker>;

type At = ReadonlyMap<number, number>;

/** Whether these are two different bits of the tensor at one address. */
function meet(p: Packing, bits: number, extents: readonly number[], at: readonly [At, At]): boolean {
  const axes = [-1, ...extents.keys()], value = (m: At, a: number): number => m.get(a) ?? 0;
  if (axes.every((a) => value(at[0], a) === value(at[1], a)) || at.some((m) => axes.some((a) => value(m, a) < 0 || value(m, a) >= (a < 0 ? bits : extents[a])))) return false;
  try {
    const [x, y] = at.map((m) => address(p, bits, numbers, extents, extents.map((_, i) => value(m, i)), value(m, -1)));
    return x.word === y.word && x.bit === y.bit;
  } catch { return false; }
}

/**
 * Checks one digit list; gives the box of (axis → range) it is for. Doubtful: digits of an index leave something out, but it may be
 * nothing that an element has (the index was padded).
 */
function chain(ds: readonly Digit[], c: Checker, same: (at: readonly [At, At]) => boolean): { readonly box: ReadonlyMap<number, Range>; readonly doubtful: boolean } {
  const uses = new Map<string, { readonly index: Index; readonly cuts: Use[] }>(), box = new Map<number, Range>(), ranged = new Set<number>();
  const use = (d: Digit): void => {
    if (d.kind === "pad") return use(d.digit);
    const key = keyOf(d.index), u = uses.get(key) ?? { index: d.index, cuts: [] };
    u.cuts.push(d);
    uses.set(key, u);
  };
  ds.forEach(use);
  for (const d of ds) for (const i of within(d)) if (i.kind === "range") {
    const a = i.of.kind === "axis" ? i.of.axis : -1, old = box.get(a);
    if (old && (old.lo !== i.lo || old.size !== i.size))
      fail({ code: "L0211", message: `this list takes two different ranges of ${c.name(a)}: [${old.lo} +: ${old.size}] and [${i.lo} +: ${i.size}]`, help: "give each range a list of its own and join them with `++`" });
    if (i.lo + i.size > c.count(a))
      fail({ code: "L0214", message: `${c.name(a)}[${i.lo} +: ${i.size}] passes the end: ${c.name(a)} has extent ${c.count(a)}`, help: "make the range end at the extent" });
    box.set(a, i);
    ranged.add(a);
  }
  const done = new Set<number>();
  let doubtful = false;
  while (uses.size) {
    const [key, { index, cuts }] = [...uses].reduce((x, y) => (depth(y[1].index) > depth(x[1].index) ? y : x));
    uses.delete(key);
    const what = index.kind === "axis" ? c.name(index.axis) : index.kind === "bit" ? "bit" : "this index";
    let end = 1;
    const e = c.extent(index);
    for (const u of cuts.filter((x) => x.mod !== 1).sort((a, b) => a.div - b.div || (a.mod ?? Infinity) - (b.mod ?? Infinity))) {
      if (u.div < end) fail({ code: "L0211", message: `a digit of ${what} is used twice: ${cutText(what, u)} begins below ${end === Infinity ? "the end" : end}`, help: "let each digit begin where the one before ends: x % 8, (x / 8) % 4, x / 32" });
      if (u.div > end) doubtful = gap(index, what, end, e, c, same) || doubtful;
      end = u.mod === undefined ? Infinity : u.div * u.mod;
    }
    doubtful = gap(index, what, end, e, c, same) || doubtful;
    if (index.kind === "flat") index.digits.forEach(use);
    else if (index.kind === "reverse") use({ kind: "cut", index: index.of, div: 1, mod: undefined });
    else {
      const i = index.kind === "range" ? index.of : index, a = i.kind === "axis" ? i.axis : -1;
      if (done.has(a) || (index.kind !== "range" && ranged.has(a)))
        fail({ code: "L0211", message: `${c.name(a)} is used twice in one list: in a range and whole`, help: "take the same range wherever the list names it" });
      done.add(a);
    }
  }
  for (let a = -1; a < c.rank; a++)
    if (!done.has(a) && c.count(a) > 1 && !(c.shared && a >= 0))
      fail({ code: "L0210", message: `${c.name(a)} is missing from this packing: its ${c.count(a)} values would share addresses`, help: `write ${c.name(a)} into the list; the last digit steps one bit` });
  return { box, doubtful };
}

const cutText = (what: string, u: Use): string => `${what}${u.div > 1 ? ` / ${u.div}` : ""}${u.mod === undefined ? "" : ` % ${u.mod}`}`;

/** The digits of an index end at `end`; fails if elements differ only further up, tells whether the index goes further at all. */
function gap(index: Index, what: string, end: number, extent: number, c: Checker, same: (at: readonly [At, At]) => boolean): boolean {
  if (end >= extent || (c.shared && ![...within(index)].some((i) => i.kind === "bit"))) return false;
  const zero = new Map<number, number>(), other = new Map<number, number>();
  c.assign(index, 0, zero);
  c.assign(index, end, other);
  if (!same([zero, other])) return true;
  return fail({
    code: "L0212", message: `the digits of ${what} leave out its digit of weight ${end} (extent ${extent}): (${c.element(zero)}) and (${c.element(other)}) share an address`,
    help: `add a digit that begins there: ${cutText(what, { div: end, mod: undefined })}`,
  });
}

/** The boxes of all lists must tile the whole tensor. */
function cover(boxes: readonly ReadonlyMap<number, Range>[], rank: number, c: Checker): void {
  const axes = Array.from({ length: rank + 1 }, (_, i) => i - 1);
  const whole = (b: ReadonlyMap<number, Range>, a: number): Range => b.get(a) ?? { lo: 0, size: c.count(a) };
  boxes.forEach((x, i) => boxes.slice(i + 1).forEach((y) => {
    const lo = axes.map((a) => Math.max(whole(x, a).lo, whole(y, a).lo));
    if (axes.every((a, j) => (lo[j] ?? 0) < Math.min(whole(x, a).lo + whole(x, a).size, whole(y, a).lo + whole(y, a).size)))
      fail({ code: "L0211", message: `two parts of this packing store (${c.element(new Map(axes.map((a, j) => [a, lo[j] ?? 0])))})`, help: "give each part of `++` or `|` its own range: `bit[0 +: 4]`" });
  }));
  const volume = (b: ReadonlyMap<number, Range>): number => axes.reduce((n, a) => n * whole(b, a).size, 1);
  if (boxes.reduce((n, b) => n + volume(b), 0) === volume(new Map())) return;
  // Boxes are disjoint, so a slice that they don't fill holds a lost element: fix axis after axis to such a slice.
  const lost = new Map<number, number>();
  let left = boxes;
  for (const a of axes) {
    const within = (v: number) => left.filter((b) => { const r = whole(b, a); return v >= r.lo && v < r.lo + r.size; });
    const inner = (b: ReadonlyMap<number, Range>): number => axes.reduce((n, x) => (lost.has(x) || x === a ? n : n * whole(b, x).size), 1);
    const borders = [0, ...left.map((b) => whole(b, a).lo), ...left.map((b) => whole(b, a).lo + whole(b, a).size)].filter((v) => v < c.count(a));
    const at = borders.find((v) => within(v).reduce((n, b) => n + inner(b), 0) < inner(new Map())) ?? 0;
    left = within(at);
    lost.set(a, at);
  }
  fail({ code: "L0210", message: `this packing has no place for (${c.element(lost)})`, help: "the ranges of its parts must make up the whole: `bit[0 +: 4]` and `bit[4 +: 2]`" });
}

const overlaid = (p: Packing): boolean =>
  p.kind === "overlay" || (p.kind === "concat" && p.parts.some(overlaid)) || (p.kind === "digits" && p.digits.some((d) => nested(d) && overlaid(d)));

const LIMIT = 2 ** 26;

/** What isn't proved is tried, up to 64 Mibit; beyond that only pieces woven at one stride are accepted. */
function disjoint(p: Packing, bits: number, extents: readonly number[], c: Checker): void {
  if (p.kind === "overlay" && woven(p.pieces, bits, extents)) return;
  if (wordCount(p, bits, extents) * 32 > LIMIT || extents.reduce((a, b) => a * b, bits) > LIMIT)
    fail({ code: "L0212", message: "it can't be proved that no two bits of this packing share an address", help: "let the digits of each index follow each other (x % 8, (x / 8) % 4, x / 32), and give all pieces of an overlay the same stride and room in it" });
  const hit = collision(p, bits, extents, c.shared);
  if (!hit) return;
  const [a, b] = [hit.first, hit.second].map((x) => c.element(new Map([[-1, x.bit], ...x.index.map((v, k): [number, number] => [k, v])])));
  fail({ code: "L0212", message: `${p.kind === "overlay" ? "pieces of this overlay" : "bits of this packing"} collide: (${a}) and (${b}) share word ${hit.word}, bit ${hit.bit}`, help: overlaid(p) ? "move a piece with `at`, or widen the stride" : "let the digits of each index follow each other: x % 8, (x / 8) % 4, x / 32" });
}

/** Whether all pieces step the same stride and have their own part of it. */
function woven(pieces: readonly { readonly of: Packing; readonly at: number; readonly stride: number | undefined }[], bits: number, extents: readonly number[]): boolean {
  const stride = pieces[0]?.stride;
  const spans = pieces.map((x) => {
    if (x.of.kind !== "digits" || x.stride === undefined || x.stride !== stride) return undefined;
    const inner = expand({ kind: "digits", digits: x.of.digits.slice(1) }, { bits, alg: symbols, extents, index: extents.map((_, i) => `x${i}`), bit: "b" }).size.k;
    return { lo: x.at, hi: x.at + inner };
  }).sort((a, b) => (a?.lo ?? 0) - (b?.lo ?? 0));
  return spans.every((s, i) => { const next = spans[i + 1]; return s !== undefined && s.hi <= (next ? next.lo : stride ?? 0); });
}

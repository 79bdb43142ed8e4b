// Bit strings in u32: every tree of or, shift, field and constant mask is a set of pieces, "these bits of
// that word go there". Trees are taken apart into pieces and put together again in one way, so that bits
// pulled out one by one and put back in order become the word they came from.
//
//   field(w, 4, 3) << 8 | field(w, 7, 2) << 11     two pieces of w, moved by the same distance
//   = field(w, 4, 5) << 8                          one piece
import type { Core } from "./core.ts";
import { known, memo2, pairs, powerOfTwoPart } from "./core.ts";
import type { Expr } from "./ir.ts";
import type { LinearOps } from "./linear.ts";

/** Bits [at, at + width) of `word` at bits [to, to + width) of the result. */
interface Piece { readonly word: Expr; readonly at: Expr; readonly width: number; readonly to: number }

/** A bit string: pieces that don't overlap, and bits that are one. */
interface Bits { readonly pieces: readonly Piece[]; readonly ones: number }

/** Operations on u32 expressions as bit strings. */
export interface BitOps {
  or(a: Expr, b: Expr): Expr;
  /** The or of any number, without what would come in between. */
  orOf(all: readonly Expr[]): Expr;
  /** a + b as an or, where no bit can be set in both. */
  disjointSum(a: Expr, b: Expr): Expr | undefined;
  mask(a: Expr, mask: number): Expr;
  shl(a: Expr, by: number): Expr;
  shr(a: Expr, by: number): Expr;
  field(word: Expr, at: Expr, width: number): Expr;
}

/** The number with the n lowest bits set, as a u32. */
export const lowMask = (n: number): number => (n >= 32 ? 0xffffffff : n <= 0 ? 0 : 2 ** n - 1);

/** Bits needed for numbers up to `hi`. */
export const bitLength = (hi: number): number => (hi >= 2 ** 31 ? 32 : 32 - Math.clz32(Math.max(0, hi)));

/** Runs of ones in a mask, lowest first. */
export function runsOf(mask: number): readonly { readonly from: number; readonly width: number }[] {
  const out: { from: number; width: number }[] = [];
  for (let rest = mask >>> 0, at = 0; rest !== 0;) {
    const skip = 31 - Math.clz32(rest & -rest), ones = rest >>> skip, width = ones === 0xffffffff ? 32 : 31 - Math.clz32(~ones & -~ones);
    out.push({ from: at + skip, width });
    at += skip + width;
    rest = width === 32 ? 0 : ones >>> width;
  }
  return out;
}

const maskOfPiece = (p: Piece): number => (lowMask(p.width) << p.to) >>> 0;
const maskOf = (b: Bits): number => b.pieces.reduce((m, p) => m | maskOfPiece(p), b.ones) >>> 0;

/** Builds the operations on a table. */
export function bitOps(c: Core, l: LinearOps): BitOps {
  const memo: (Bits | undefined)[] = [];
  const zero = c.constant("i32", 0);
  const shifted = (at: Expr, by: number) => l.plus(at, c.constant("i32", by));
  const opaque = (e: Expr): Bits => ({ pieces: e.hi === 0 ? [] : [{ word: e, at: zero, width: bitLength(e.hi), to: 0 }], ones: 0 });

  /** The part of a bit string under a mask. */
  const clip = (b: Bits, mask: number): Bits => {
    const pieces: Piece[] = [];
    for (const p of b.pieces) {
      const all = maskOfPiece(p), kept = (all & mask) >>> 0;
      if (kept === 0) continue;
      if (kept === all) pieces.push(p);
      else for (const r of runsOf(kept)) pieces.push({ word: p.word, at: shifted(p.at, r.from - p.to), width: r.width, to: r.from });
    }
    return { ones: (b.ones & mask) >>> 0, pieces };
  };

  /** Moves a bit string up (by > 0) or down; bits that leave the word are lost. */
  const move = (b: Bits, by: number): Bits => {
    const kept = clip(b, by >= 0 ? 0xffffffff >>> by : (0xffffffff << -by) >>> 0);
    return { ones: by >= 0 ? (kept.ones << by) >>> 0 : kept.ones >>> -by, pieces: kept.pieces.map((p) => ({ ...p, to: p.to + by })) };
  };

  /** The pieces of the same word that are moved by the same distance belong together. */
  const groupKey = (p: Piece): number => p.word.id * 2 ** 26 + shifted(p.at, -p.to).id;

  /** Both bit strings together; undefined where different things would meet in one bit. */
  const union = (a: Bits, b: Bits): Bits | undefined => {
    const ones = (a.ones | b.ones) >>> 0;
    const pieces = clip({ pieces: a.pieces, ones: 0 }, ~ones >>> 0).pieces.slice();
    for (let p of clip({ pieces: b.pieces, ones: 0 }, ~ones >>> 0).pieces) {
      let mask = maskOfPiece(p);
      for (const q of pieces) {
        if (!(maskOfPiece(q) & mask)) continue;
        if (groupKey(p) !== groupKey(q)) return undefined;
        mask = (mask & ~maskOfPiece(q)) >>> 0;
      }
      pieces.push(...clip({ pieces: [p], ones: 0 }, mask).pieces);
    }
    return { pieces, ones };
  };

  const takeApart = (e: Expr): Bits => {
    const n = e.node;
    if (n.kind === "const") return { pieces: [], ones: n.value };
    if (n.kind === "field") return { pieces: [{ word: n.word, at: n.at, width: n.width, to: 0 }], ones: 0 };
    const [x, y] = n.kind === "op" ? n.args : [];
    if (n.kind === "op" && x && y) {
      const k = known(y);
      if (n.op === "shl" && k !== undefined) return move(bitsOf(x), k & 31);
      if (n.op === "and" && k !== undefined) return clip(bitsOf(x), k);
      if (n.op === "or") return union(bitsOf(x), bitsOf(y)) ?? opaque(e);
    }
    return opaque(e);
  };
  const bitsOf = (e: Expr): Bits => {
    const old = memo[e.id];
    if (old) return old;
    const made = takeApart(e);
    memo[e.id] = made;
    return made;
  };

  const raw = (op: "or" | "and" | "shl", a: Expr, b: Expr, mask: number): Expr =>
    c.intern("u32", { kind: "op", op, args: [a, b] }, { lo: 0, hi: mask >>> 0, divisor: mask === 0 ? 1 : powerOfTwoPart(mask >>> 0) });
  const u32 = (n: number) => c.constant("u32", n >>> 0);

  const rawField = (word: Expr, at: Expr, width: number): Expr => {
    const a = known(at), bits = bitLength(word.hi);
    const n = a === undefined ? width : Math.min(width, bits - a);
    if (n <= 0) return u32(0);
    if (a === 0 && n >= bits) return word;
    return c.intern("u32", { kind: "field", word, at, width: n }, { lo: 0, hi: a === undefined ? lowMask(n) : Math.min(lowMask(n), Math.floor(word.hi / 2 ** a)), divisor: 1 });
  };
  const rawShl = (e: Expr, by: number): Expr => (by === 0 ? e : raw("shl", e, u32(by), (e.hi >= 2 ** (32 - by) ? lowMask(32 - by) : lowMask(bitLength(e.hi))) << by));

  /** One run of bits of a word, in its place. */
  const single = (word: Expr, at: Expr, width: number, to: number): Expr => {
    const a = known(at);
    if (a === undefined) return rawShl(rawField(word, at, width), to);
    const n = Math.min(width, bitLength(word.hi) - a);
    if (n <= 0) return u32(0);
    if (a === to && a > 0) return raw("and", word, u32(lowMask(n) << to), lowMask(n) << to);
    // Moved once, then masked: on many devices a mask is cheaper than a second shift.
    if (a > 0 && to > 0) {
      const near = a > to ? rawField(word, c.constant("i32", a - to), 32 - a + to) : rawShl(word, to - a);
      return raw("and", near, u32(lowMask(n) << to), lowMask(n) << to);
    }
    return rawShl(rawField(word, at, to + n === 32 ? 32 - a : n), to); // from the end of a word to its top a shift drops what passes it by itself
  };

  const build = (b: Bits): Expr => {
    const groups = new Map<number, { word: Expr; from: Expr; mask: number }>();
    for (const p of b.pieces) {
      const k = groupKey(p), g = groups.get(k);
      if (g) g.mask = (g.mask | maskOfPiece(p)) >>> 0;
      else groups.set(k, { word: p.word, from: shifted(p.at, -p.to), mask: maskOfPiece(p) });
    }
    const parts: { e: Expr; mask: number }[] = [];
    for (const g of groups.values()) {
      const runs = runsOf(g.mask), d = known(g.from);
      if (d === undefined || runs.length === 1) {
        for (const r of runs) parts.push({ e: single(g.word, shifted(g.from, r.from), r.width, r.from), mask: lowMask(r.width) << r.from });
      } else {
        const base = d > 0 ? rawField(g.word, c.constant("i32", d), 32 - d) : rawShl(g.word, -d);
        parts.push({ e: raw("and", base, u32(g.mask), g.mask), mask: g.mask });
      }
    }
    const low = (m: number) => m & -m;
    parts.sort((x, y) => (low(x.mask) >>> 0) - (low(y.mask) >>> 0) || x.e.id - y.e.id);
    if (b.ones !== 0) parts.push({ e: u32(b.ones), mask: b.ones });
    const [first, ...rest] = parts;
    if (!first) return u32(0);
    return rest.reduce((sum, p) => ({ e: raw("or", sum.e, p.e, sum.mask | p.mask), mask: sum.mask | p.mask }), first).e;
  };

  const or = (a: Expr, b: Expr): Expr => {
    if (a === b) return a;
    const both = union(bitsOf(a), bitsOf(b));
    if (both) return build(both);
    const [x, y] = known(b) === undefined && (known(a) !== undefined || a.id > b.id) ? [b, a] : [a, b];
    return raw("or", x, y, maskOf(bitsOf(a)) | maskOf(bitsOf(b)));
  };

  const orOf = (all: readonly Expr[]): Expr => {
    let joined: Bits | undefined = { pieces: [], ones: 0 };
    for (const x of all) joined = joined && union(joined, bitsOf(x));
    return all.length === 1 ? all[0] : joined ? build(joined) : all.reduce(or);
  };

  /** What depends on an expression and a number, each result made once. */
  const byNumber = (f: (a: Expr, n: number) => Expr): ((a: Expr, n: number) => Expr) => {
    const made = pairs<Expr>();
    return (a, n) => {
      let found = made.get(a.id, n);
      if (!found) made.set(a.id, n, (found = f(a, n)));
      return found;
    };
  };
  const part = byNumber((word, n) => build(clip(move(bitsOf(word), -Math.floor(n / 64)), lowMask(n % 64))));

  return {
    or: memo2(or), orOf,
    disjointSum: (a, b) => ((maskOf(bitsOf(a)) & maskOf(bitsOf(b))) === 0 ? or(a, b) : undefined),
    mask: byNumber((a, mask) => build(clip(bitsOf(a), mask))),
    shl: byNumber((a, by) => build(move(bitsOf(a), by))),
    shr: byNumber((a, by) => build(move(bitsOf(a), -by))),
    field: (word, at, width) => {
      const a = known(at);
      if (a !== undefined && a >= 0) return part(word, 64 * a + width);
      if (a !== undefined) return build(clip(move(bitsOf(word), -a), lowMask(width)));
      const n = word.node;
      if (n.kind === "field" && at.hi + width <= n.width) return rawField(n.word, l.plus(n.at, at), width);
      return rawField(word, at, width);
    },
  };
}

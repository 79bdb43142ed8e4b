// Shared by the packing tests: the definition of a packing read naively, random packings, and an algebra of run-time values.
import fc from "fast-check";
import { axis, bit, concatPackings, digit, digits, flat, pad, range, reverse, wordCount, type Algebra, type Digit, type Index, type Packing } from "../../layout/index.ts";
import { Diagnostic } from "../../diagnostic.ts";

/** The definition, read naively: one bit number, digit by digit. Undefined = the list is not for this element. */
export function naive(p: Packing, bits: number, extents: readonly number[], index: readonly number[], b: number): { at: number | undefined; size: number } {
  const value = (i: Index): { v: number; e: number; ok: boolean } => {
    switch (i.kind) {
      case "axis": return { v: index[i.axis] ?? 0, e: extents[i.axis] ?? 1, ok: true };
      case "bit": return { v: b, e: bits, ok: true };
      case "reverse": { const x = value(i.of); return { ...x, v: x.e - 1 - x.v }; }
      case "range": { const x = value(i.of); return { v: x.v - i.lo, e: i.size, ok: x.v >= i.lo && x.v < i.lo + i.size }; }
      case "flat": return i.digits.map(cut).reduce((a, x) => ({ v: a.v * x.e + x.v, e: a.e * x.e, ok: a.ok && x.ok }), { v: 0, e: 1, ok: true });
    }
  };
  const cut = (d: Digit): { v: number; e: number; ok: boolean } => {
    if (d.kind === "pad") { const x = cut(d.digit); return { ...x, e: Math.ceil(x.e / d.multiple) * d.multiple }; }
    const x = value(d.index), q = Math.floor(x.v / d.div);
    return { ok: x.ok, v: d.mod === undefined ? q : q % d.mod, e: d.mod ?? Math.ceil(x.e / d.div) };
  };
  if (p.kind === "digits") {
    let at: number | undefined = 0, size = 1;
    for (const d of p.digits) {
      if (d.kind === "cut" || d.kind === "pad") {
        const x: { v: number; e: number; ok: boolean } = cut(d);
        at = at === undefined || !x.ok ? undefined : at * x.e + x.v;
        size *= x.e;
      } else {
        const x: { at: number | undefined; size: number } = naive(d, bits, extents, index, b);
        at = at === undefined || x.at === undefined ? undefined : at * x.size + x.at;
        size *= x.size;
      }
    }
    return { at, size };
  }
  if (p.kind === "concat") {
    let size = 0, at: number | undefined;
    for (const part of p.parts) { const x = naive(part, bits, extents, index, b); if (x.at !== undefined) at = size + x.at; size += x.size; }
    return { at, size };
  }
  throw new Error("not in this test");
}

/** Every index of a tensor, row-major. */
export const each = function* (extents: readonly number[]): Generator<number[]> {
  const n = extents.reduce((a, b) => a * b, 1);
  for (let e = 0; e < n; e++) { const index: number[] = []; for (let a = extents.length - 1, r = e; a >= 0; a--) { const s = extents[a] ?? 1; index.unshift(r % s); r = Math.floor(r / s); } yield index; }
};

/** An algebra that never knows anything but constants: values are closures over an environment. */
export interface Later { readonly constant: number | undefined; readonly run: () => number }
const u32 = (x: number): number => { if (x < 0 || x > 0xffffffff || !Number.isInteger(x)) throw new Error(`${x} is no u32`); return x; };
export const later: Algebra<Later> = {
  of: (n) => ({ constant: n, run: () => u32(n) }),
  add: (a, b) => ({ constant: undefined, run: () => u32(a.run() + b.run()) }),
  mul: (a, b) => ({ constant: undefined, run: () => u32(a.run() * b.run()) }),
  div: (a, b) => ({ constant: undefined, run: () => Math.floor(a.run() / b.run()) }),
  mod: (a, b) => ({ constant: undefined, run: () => a.run() % b.run() }),
  known: (a) => a.constant,
};
export const hidden = (n: number): Later => ({ constant: undefined, run: () => n });

/** Cuts an index into a chain of 1 … 3 digits. */
export const cuts = (i: Index): fc.Arbitrary<Digit[]> => fc.array(fc.constantFrom(2, 3, 4, 8, 32), { maxLength: 2 }).map((ms) => {
  const out: Digit[] = [];
  let div = 1;
  for (const m of ms) { out.push(digit(i, { div, mod: m })); div *= m; }
  return [...out, digit(i, { div })];
});
export const shuffled = <T>(xs: readonly T[]): fc.Arbitrary<T[]> => fc.shuffledSubarray([...xs], { minLength: xs.length, maxLength: xs.length });
const padded = (ds: readonly Digit[]): fc.Arbitrary<Digit[]> => fc.tuple(...ds.map((d) => fc.option(fc.constantFrom(2, 5, 32), { freq: 6, nil: 1 }).map((n) => (n > 1 ? pad(d, n) : d))));

/** A random sound packing of a tensor: digits cut, padded, shuffled; some flattened and cut again; bits reversed or split in two ranges. */
const packingOf = (bits: number, extents: readonly number[]): fc.Arbitrary<Packing> =>
  fc.record({ reverseBit: fc.boolean(), splitBit: fc.nat({ max: bits - 1 }), flatten: fc.boolean() }).chain((o) => {
    const indices: Index[] = extents.map((_, i) => axis(i)), b: Index = o.reverseBit ? reverse(bit) : bit;
    const list = (b: Index, flatten: boolean): fc.Arbitrary<Packing> => fc.tuple(...[...indices, b].map(cuts)).map((x) => x.flat()).chain(shuffled).chain(padded).chain((ds) =>
      flatten && ds.length > 1
        ? fc.integer({ min: 1, max: ds.length }).chain((n) => cuts(flat(ds.slice(0, n))).chain((fs) => shuffled([...ds.slice(n), ...fs]))).map((x) => digits(x))
        : fc.constant(digits(ds)));
    return o.splitBit === 0 || o.flatten
      ? list(b, o.flatten)
      : fc.tuple(list(range(bit, 0, o.splitBit), false), list(range(bit, o.splitBit, bits - o.splitBit), false)).map(([x, y]) => concatPackings(x, y));
  }).filter((p) => wordCount(p, bits, extents) < 4_000);

/** Sound packings, and a tensor for them. */
export interface Case { readonly p: Packing; readonly bits: number; readonly extents: number[] }
const tensor = fc.record({
  extents: fc.array(fc.constantFrom<number>(1, 2, 3, 5, 8, 32, 37), { minLength: 1, maxLength: 3 }).filter((e) => e.reduce((a, b) => a * b, 1) <= 250),
  bits: fc.constantFrom(1, 2, 3, 4, 5, 6, 8, 12),
});
export const random: fc.Arbitrary<Case> = tensor.chain((t) => packingOf(t.bits, t.extents).map((p) => ({ ...t, p })));
/** Two packings of one tensor. */
export const randomPair: fc.Arbitrary<Case & { readonly q: Packing }> = tensor.chain((t) => fc.tuple(packingOf(t.bits, t.extents), packingOf(t.bits, t.extents)).map(([p, q]) => ({ ...t, p, q })));

/** The message of the Diagnostic that `f` throws. */
export const message = (f: () => unknown): string => { try { f(); return "nothing thrown"; } catch (e) { return e instanceof Diagnostic ? `${e.code}: ${e.data.message}` : `not a Diagnostic: ${String(e)}`; } };

// Memory rows against plain indexing: slices of slices that stick out on either side, bit planes, padding, what is
// dropped; and that the emitted aliases and loads find the same elements.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { constant, dtype, isa, makeTile, sizeOf, tileCodes, walk, whole, type Alias, type Datum, type NumericValue, type Tile, type View } from "../../vm/index.ts";
import { elements, emit, emitted, indices, int, randomTile, rowNamed, run, seeded, sourceOf } from "./isa-support.ts";

const types = ["u1", "u3", "i5", "b3", "u8", "u16", "f6e3m2", "f16", "f32", "i32", "u32", "bool"];
const runView = (name: "slice" | "bits_of", x: View, attrs: object): View => {
  const value = { id: 0, space: "global" as const, dtype: x.dtype, shape: x.shape }, row = rowNamed(name), out = row.type({ x: value }, attrs as never);
  if (!out || out.space === "scalar") throw new Error(name);
  return row.run?.({ x } as never, attrs as never, { scalar: (s) => (s.kind === "const" ? s.value : NaN), threads: 1, layouts: {}, out: { dtype: out.dtype, shape: out.shape as number[] } }) as View;
};
const aliasOf = (name: "slice" | "bits_of", x: View, attrs: object): ((index: readonly number[]) => Alias<NumericValue>) => {
  const form = rowNamed(name).emit?.(emit, { x: sourceOf(x) } as never, attrs as never, undefined);
  if (form?.form !== "alias") throw new Error(name);
  return (index) => form.map(index.map(int));
};
const slicing = (starts: readonly number[], sizes: readonly number[], drop?: readonly number[]) => ({ offsets: starts.map((n) => constant(n)), sizes: sizes.map((n) => constant(n)), ...(drop ? { drop } : {}) });

/** A memory and a chain of one or two windows of it, each as starts and sizes, with axes of width 1 dropped. */
const windows = fc.record({
  type: fc.constantFrom(...types), shape: fc.array(fc.constantFrom(1, 3, 5, 8), { minLength: 1, maxLength: 3 }), bits: fc.boolean(),
  starts: fc.array(fc.integer({ min: -4, max: 6 }), { minLength: 8, maxLength: 8 }), sizes: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 8, maxLength: 8 }), twice: fc.boolean(), drop: fc.boolean(), seed: fc.nat(),
});

interface Made { readonly memory: Tile; readonly view: View; /** Element of the memory for an index of the view: place and bit. */ place(index: readonly number[]): { index: readonly number[]; bit: number | undefined } }

function make(w: typeof windows extends fc.Arbitrary<infer T> ? T : never): Made {
  const memory = randomTile(w.type, w.shape, seeded(w.seed));
  let view = whole(memory), place: Made["place"] = (index) => ({ index, bit: undefined });
  const integer = ["uint", "int", "bipolar"].includes(memory.dtype.kind);
  if (w.bits && integer) { view = runView("bits_of", view, {}); place = ([bit, ...index]) => ({ index, bit }); }
  let at = 0;
  for (let i = 0; i < (w.twice ? 2 : 1); i++) {
    const rank = view.shape.length, starts = w.starts.slice(at, at + rank).map((s, d) => (i ? Math.abs(s) % view.shape[d] : s)), sizes = w.sizes.slice(at, at + rank), drop = w.drop ? sizes.flatMap((n, d) => (n === 1 ? [d] : [])) : [];
    at += rank;
    const outer = place, before = view;
    const attrs = slicing(starts, sizes, drop), alias = aliasOf("slice", before, attrs);
    view = runView("slice", view, attrs);
    place = (index) => {
      let next = 0;
      const full = starts.map((s, d) => s + (drop.includes(d) ? 0 : index[next++]));
      // The emitted alias says the same.
      expect(alias(index)).toEqual({ index: full.map(int) });
      return outer(full);
    };
  }
  return { memory, view, place };
}

/** Flat place of an element in the memory and its bit, or -1 outside. */
function find({ memory, place }: Made, index: readonly number[]): { at: number; bit: number | undefined } {
  const p = place(index), inside = p.index.every((x, d) => x >= 0 && x < memory.shape[d]) && (p.bit === undefined || (p.bit >= 0 && p.bit < memory.dtype.bits));
  return { at: inside ? p.index.reduce((s, x, d) => s * memory.shape[d] + x, 0) : -1, bit: p.bit };
}

describe("windows of memory", () => {
  it("are read where they lie, padded outside", () => {
    fc.assert(fc.property(windows, fc.boolean(), (w, padded) => {
      const made = make(w), { memory, view } = made, t = view.dtype, pad = t.hasZero ? (t.kind === "bool" ? 1 : 0) : 1;
      const attrs = padded || !t.hasZero ? { pad } : {}, padElement = padded || !t.hasZero ? (t.storage ? t.encode(pad) : pad) : 0;
      const want = indices(view.shape).map((i) => {
        const { at, bit } = find(made, i);
        return at < 0 ? padElement : bit === undefined ? memory.data[at] : (memory.data[at] >>> bit) & 1;
      });
      const got = run("load", { x: view }, attrs);
      expect(got.shape).toEqual(view.shape);
      expect(elements(got)).toEqual(want);
      expect(elements(emitted("load", { x: view }, attrs))).toEqual(want);
      // The contract's own walk agrees.
      walk(view, (i, at) => expect(at).toBe(find(made, indices(view.shape)[i]).at));
    }), { numRuns: 250 });
  });

  it("are written where they lie; what lies outside is dropped and the rest stays", () => {
    fc.assert(fc.property(windows, fc.nat(), (w, seed) => {
      const made = make(w), { memory, view } = made, random = seeded(seed), narrow = view.shape.map((n) => (random() < 0.3 ? 1 : n)).slice(random() < 0.2 ? 1 : 0);
      const x = randomTile(view.dtype.name, narrow, random), want = [...memory.data];
      for (const i of indices(view.shape)) {
        const { at, bit } = find(made, i), lead = i.length - narrow.length;
        const v = x.data[narrow.reduce((s, n, d) => s * n + (n === 1 ? 0 : i[lead + d]), 0)];
        if (at >= 0) want[at] = bit === undefined ? v : memory.dtype.name === "i32" ? (want[at] & ~(1 << bit)) | (v << bit) : ((want[at] & ~(1 << bit)) | (v << bit)) >>> 0;
      }
      rowNamed("store").run?.({ to: view, x } as never, {} as never, { scalar: () => NaN, threads: 1, layouts: {}, out: undefined });
      expect([...memory.data]).toEqual(want);
    }), { numRuns: 250 });
  });

  it("copy moves and pads", () => {
    const from = randomTile("u4", [3, 5], seeded(1)), to = makeTile(dtype("u4"), [4, 4]);
    const view: Datum = { memory: from, dtype: from.dtype, shape: [4, 4], axes: [0, 1], origin: [1, -2] };
    rowNamed("copy").run?.({ from: view, to: whole(to) } as never, { pad: 9 } as never, { scalar: () => NaN, threads: 1, layouts: {}, out: undefined });
    expect([...to.data]).toEqual(indices([4, 4]).map(([r, c]) => (r + 1 < 3 && c >= 2 ? from.data[(r + 1) * 5 + c - 2] : 9)));
  });
});

describe("bit planes", () => {
  it("of a type add up to its values", () => {
    for (const name of ["u1", "u5", "u32", "i4", "i32", "b3", "b8"]) {
      const t = dtype(name), x = randomTile(name, [4, 9], seeded(7)), planes = run("load", { x: runView("bits_of", whole(x), {}) }, t.hasZero ? {} : { pad: 1 });
      expect(planes.shape).toEqual([t.bits, 4, 9]);
      expect(planes.dtype.name).toBe(t.kind === "bipolar" ? "b1" : "u1");
      tileCodes(x).forEach((code, i) => expect(planes.data.filter((_: number, j: number) => j % sizeOf(x.shape) === i)).toEqual(Uint8Array.from({ length: t.bits }, (_, b) => (code >>> b) & 1)));
    }
  });
  it("emit the bit as the first index", () => {
    const x = whole(randomTile("u3", [2, 2], seeded(1)));
    expect(aliasOf("bits_of", x, {})([2, 1, 0])).toEqual({ index: [int(1), int(0)], bit: int(2) });
  });
});

describe("declarations", () => {
  it("fill with what shows when nobody writes: ones, -1 and NaN", () => {
    const fresh = (type: string) => (isa.shared.run?.({}, { dtype: dtype(type), shape: [2] }, { scalar: () => 0, threads: 1, layouts: {}, out: undefined }) as View).memory;
    expect(["u3", "b1", "i32", "u32", "f32", "f16", "bool", "bf16"].map((t) => fresh(t).data[0])).toEqual([7, 1, -1, 4294967295, NaN, NaN, 1, 65535]);
    expect(elements(run("var", {}, { dtype: dtype("f32"), shape: [2] }))).toEqual([NaN, NaN]);
  });
  it("variables start from and are assigned what broadcasts to them, without keeping hold of it", () => {
    const x = randomTile("i32", [1, 3], seeded(1)), v = run("var", { init: x }, { dtype: dtype("i32"), shape: [2, 3] });
    expect(elements(v)).toEqual([...x.data, ...x.data]);
    const b = randomTile("i32", [], seeded(2)), assigned = isa.assign.run?.({ to: v, from: b }, {}, { scalar: () => 0, threads: 1, layouts: {}, out: undefined }) as Tile;
    expect(elements(assigned)).toEqual(new Array(6).fill(b.data[0]));
  });
});

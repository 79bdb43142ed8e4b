// Tiles of other shapes against NumPy's and torch's definitions written down anew; their layouts; tiles put together.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compose, dense, holdsAll, local, resize, spatial, table, type RegisterLayout } from "../../layout/index.ts";
import { builder, decompose, dtype, interpret, isa, rowOf, sizeOf, type LayoutContext, type Tile } from "../../vm/index.ts";
import { someLayout } from "../layout/support.ts";
import { elements, emitted, indices, randomTile, run, seeded, shape } from "./isa-support.ts";

const types = ["u1", "u3", "b2", "i5", "f4e2m1", "u8", "f16", "bf16", "i32", "f32", "bool"];
const at = (t: Tile, index: readonly number[]): number => t.data[index.reduce((s, x, d) => s * t.shape[d] + x, 0)];
/** Calls a row both ways and looks for the element that `of` says. */
function check(name: string, x: Tile, attrs: Record<string, unknown>, want: readonly number[], of: (index: readonly number[]) => readonly number[]): void {
  for (const go of [run, emitted]) {
    const got = go(name, { x }, attrs);
    expect(got.shape).toEqual(want);
    expect(got.dtype).toBe(x.dtype);
    expect(elements(got)).toEqual(indices(want).map((i) => at(x, of(i))));
  }
}
const numeric = (t: Tile): Tile => { t.data.forEach((v, i) => { if (Number.isNaN(v)) t.data[i] = 0; }); return t; };
const anyTile = fc.tuple(fc.constantFrom(...types), shape, fc.nat()).map(([t, s, seed]) => numeric(randomTile(t, s, seeded(seed))));
const shuffled = (n: number, seed: number): number[] => { const r = seeded(seed), xs = Array.from({ length: n }, (_, i) => i); for (let i = n - 1; i > 0; i--) { const j = Math.floor(r() * (i + 1)); [xs[i], xs[j]] = [xs[j], xs[i]]; } return xs; };

describe("tiles of another shape", () => {
  const law = (name: string, f: (x: Tile, seed: number) => void): void => it(name, () => { fc.assert(fc.property(anyTile, fc.nat(), f), { numRuns: 60 }); });
  law("permute: axis i is axis axes[i]", (x, seed) => {
    const axes = shuffled(x.shape.length, seed);
    check("permute", x, { axes: axes.map((a) => (seed & 1 ? a - x.shape.length : a)) }, axes.map((a) => x.shape[a]), (i) => x.shape.map((_, d) => i[axes.indexOf(d)]));
  });
  law("transpose exchanges the last two", (x) => {
    if (x.shape.length < 2) { expect(() => run("transpose", { x })).toThrow("T0206"); return; }
    const swap = <T>(l: readonly T[]): T[] => [...l.slice(0, -2), l[l.length - 1], l[l.length - 2]];
    check("transpose", x, {}, swap(x.shape), swap);
  });
  law("reshape keeps the row-major order", (x, seed) => {
    const size = sizeOf(x.shape), divisors = Array.from({ length: size }, (_, i) => i + 1).filter((d) => size % d === 0), a = divisors[seed % divisors.length];
    for (const [want, given] of [[[a, size / a], [a, -1]], [[1, size / a, 1, a], [1, -1, 1, a]], [[size], [-1]]] as const) {
      for (const go of [run, emitted]) { const got = go("reshape", { x }, { shape: given }); expect(got.shape).toEqual(want); expect(elements(got)).toEqual(elements(x)); }
    }
  });
  law("squeeze and unsqueeze", (x, seed) => {
    const places = [seed % (x.shape.length + 1), x.shape.length + 1], wide = run("unsqueeze", { x }, { axes: places });
    expect(wide.shape.filter((_, d) => !places.includes(d))).toEqual(x.shape);
    expect(places.map((d) => wide.shape[d])).toEqual([1, 1]);
    expect(elements(emitted("unsqueeze", { x }, { axes: places }))).toEqual(elements(x));
    expect(run("squeeze", { x: wide }, { axes: places.map((d) => d - wide.shape.length) })).toEqual(x);
    expect(run("squeeze", { x: wide }).shape).toEqual(x.shape.filter((n) => n !== 1));
  });
  law("expand repeats axes of size 1", (x, seed) => {
    const narrow = run("crop", { x }, { offsets: x.shape.map(() => 0), sizes: x.shape.map((n, d) => ((seed >> d) & 1 ? 1 : n)) }), want = [2, ...x.shape];
    check("expand", narrow, { shape: [2, ...x.shape.map((n, d) => (narrow.shape[d] === n ? -1 : n))] }, want, (i) => narrow.shape.map((n, d) => (n === 1 ? 0 : i[d + 1])));
  });
  law("repeat repeats the tile, repeat_interleave its elements", (x, seed) => {
    const counts = [1 + (seed % 3), ...x.shape.map((_, d) => 1 + ((seed >> d) % 3))];
    check("repeat", x, { counts }, [counts[0], ...x.shape.map((n, d) => n * counts[d + 1])], (i) => x.shape.map((n, d) => i[d + 1] % n));
    if (!x.shape.length) return;
    const axis = seed % x.shape.length;
    check("repeat_interleave", x, { count: 3, axis: axis - x.shape.length }, x.shape.map((n, d) => (d === axis ? 3 * n : n)), (i) => i.map((n, d) => (d === axis ? Math.floor(n / 3) : n)));
  });
  law("crop and place: a window, and a tile at a place", (x, seed) => {
    const random = seeded(seed), sizes = x.shape.map((n) => 1 + Math.floor(random() * n)), offsets = x.shape.map((n, d) => Math.floor(random() * (n - sizes[d] + 1)));
    const drop = sizes.flatMap((n, d) => (n === 1 && random() < 0.5 ? [d] : []));
    const wide = (i: readonly number[]): number[] => { const rest = [...i]; return sizes.map((_, d) => (drop.includes(d) ? 0 : rest.shift() ?? 0)); };
    check("crop", x, { offsets, sizes, ...(drop.length ? { drop } : {}) }, sizes.filter((_, d) => !drop.includes(d)), (i) => wide(i).map((n, d) => n + offsets[d]));
    const small = run("crop", { x }, { offsets, sizes });
    for (const go of [run, emitted]) {
      const placed = go("place", { x: small }, { offsets, shape: x.shape });
      expect(elements(run("crop", { x: placed }, { offsets, sizes }))).toEqual(elements(small));
    }
  });
  it("refuse what can't be made", () => {
    const x = randomTile("f32", [2, 3], seeded(1));
    for (const [name, attrs, code] of [
      ["permute", { axes: [0] }, "T0206"], ["permute", { axes: [0, 0] }, "T0206"], ["reshape", { shape: [4] }, "T0224"], ["reshape", { shape: [-1, -1] }, "T0224"], ["reshape", { shape: [-1, 4] }, "T0224"], ["squeeze", { axes: 0 }, "T0224"],
      ["unsqueeze", { axes: 3 }, "T0206"], ["expand", { shape: [4, 3] }, "T0224"], ["expand", { shape: [3] }, "T0224"], ["repeat", { counts: [2] }, "T0224"], ["repeat", { counts: [0, 1] }, "T0224"], ["repeat_interleave", { count: 0, axis: 0 }, "T0224"],
      ["crop", { offsets: [1, 0], sizes: [2, 3] }, "T0510"], ["crop", { offsets: [0], sizes: [2] }, "T0211"],
    ] as const) expect(() => run(name, { x }, attrs), `${name} ${JSON.stringify(attrs)}`).toThrow(code);
  });
});

describe("tiles put together", () => {
  /** The row itself, and what it is lowered to, on tensors of this type. */
  const both = (name: string, operands: Record<string, Tile>, attrs: Record<string, unknown>): Tile[] => {
    const b = builder("join"), values = Object.fromEntries(Object.entries(operands).map(([k, t]) => [k, b.load({ x: b.tensor(k, "in", t.dtype, t.shape, dense(t.shape.length)) }, t.dtype.hasZero ? {} : { pad: 1 })]));
    const r = b.inst(name, values, attrs);
    if (!r || !("space" in r)) throw new Error("no tile");
    b.threads(4);
    b.store({ to: b.tensor("out", "out", r.dtype, r.shape, dense(r.shape.length)), x: r });
    const lowered = decompose(b.finish());
    lowered.body.forEach((s) => { if (s.kind === "inst") expect(rowOf(s).lower === undefined || s.name !== name).toBe(true); });
    return [run(name, operands, attrs), interpret(lowered, operands).out];
  };
  const many = anyTile.filter((t) => t.shape.length > 0);
  it("concat: one after the other", () => {
    fc.assert(fc.property(many, fc.nat(), fc.constantFrom(1, 2, 5), (x, seed, n) => {
      const axis = seed % x.shape.length, y = numeric(randomTile(x.dtype.name, x.shape.map((m, d) => (d === axis ? n : m)), seeded(seed)));
      const want = x.shape.map((m, d) => (d === axis ? m + n : m));
      for (const got of both("concat", { x, y }, { axis })) {
        expect(got.shape).toEqual(want);
        expect(elements(got)).toEqual(indices(want).map((i) => (i[axis] < x.shape[axis] ? at(x, i) : at(y, i.map((p, d) => (d === axis ? p - x.shape[axis] : p))))));
      }
    }), { numRuns: 60 });
  });
  it("patch: one over a window of the other, broadcasting", () => {
    fc.assert(fc.property(many, fc.nat(), (x, seed) => {
      const random = seeded(seed), sizes = x.shape.map((n) => 1 + Math.floor(random() * n)), offsets = x.shape.map((n, d) => Math.floor(random() * (n - sizes[d] + 1)));
      const drop = sizes.flatMap((n, d) => (n === 1 && d > 0 && random() < 0.5 ? [d] : [])), small = sizes.filter((_, d) => !drop.includes(d)).map((n) => (random() < 0.3 ? 1 : n));
      const by = numeric(randomTile(x.dtype.name, small, random));
      const want = indices(x.shape).map((i) => {
        const j = i.map((p, d) => p - offsets[d]);
        return j.every((p, d) => p >= 0 && p < sizes[d]) ? at(by, j.filter((_, d) => !drop.includes(d)).map((p, d) => (small[d] === 1 ? 0 : p))) : at(x, i);
      });
      for (const got of both("patch", { x, by }, { offsets, sizes, ...(drop.length ? { drop } : {}) })) expect(elements(got)).toEqual(want);
    }), { numRuns: 60 });
  });
});

describe("layouts of other shapes", () => {
  const context = (operand: RegisterLayout, attrs: Record<string, unknown>): LayoutContext => ({ threads: 24, operands: { x: { id: 0, space: "reg", dtype: dtype("f32"), shape: operand.shape } }, attrs, out: undefined });
  it("move no element to another thread", () => {
    let made = 0;
    fc.assert(fc.property(someLayout, fc.nat(), (l, seed) => {
      const random = seeded(seed), sizes = l.shape.map((n) => 1 + Math.floor(random() * n)), offsets = l.shape.map((n, d) => Math.floor(random() * (n - sizes[d] + 1)));
      const calls: [keyof typeof isa, Record<string, unknown>][] = [
        ["permute", { axes: shuffled(l.shape.length, seed) }], ["reshape", { shape: [-1] }], ["unsqueeze", { axes: [0] }], ["repeat", { counts: l.shape.map((_, d) => 1 + (d % 2)) }],
        ["expand", { shape: [3, ...l.shape] }], ["crop", { offsets, sizes }],
        ...l.shape.map((n, d) => ["place", { offsets: l.shape.map((_, k) => (k === d ? n : 0)), shape: l.shape.map((m, k) => (k === d ? 3 * n : m)) }] as [keyof typeof isa, Record<string, unknown>]),
      ];
      for (const [name, attrs] of calls) {
        const row = rowOf({ name }), c = context(l, attrs), threads = 2 * l.spatialModes.reduce((p, m) => p * (m < 0 ? -m : l.modeShape[m]), 1);
        const form = row.emit?.({} as never, { x: { dtype: dtype("f32"), shape: l.shape } } as never, attrs as never, undefined);
        const source = form?.form === "convert" ? form.source : undefined, to = row.layout?.forward?.({ x: l }, { ...c, threads });
        if (!to) continue;
        made++;
        if (name !== "place") expect(holdsAll(l, to, threads, source), `${name} ${JSON.stringify(attrs)}`).toBe(true);
        else { // what lies beside a placed tile is anybody's
          const mine = table(l).map((es) => new Set(es.map(String))), from = attrs.offsets as number[];
          table(to).forEach((es, t) => es.map((i) => i.map((n, d) => n - from[d])).filter((i) => i.every((n, d) => n >= 0 && n < l.shape[d])).forEach((i) => expect(mine[t % mine.length].has(String(i))).toBe(true)));
        }
        const back = row.layout?.backward?.(to, "x", c);
        if (back && name !== "place") expect(holdsAll(back, to, threads, source)).toBe(true);
      }
    }), { numRuns: 150 });
    expect(made).toBeGreaterThan(300);
  });
  it("keep spread digits and change slots only", () => {
    const l = compose(local(4, 1), spatial(2, 8));
    expect(resize(l, 0, 6)?.shape).toEqual([6, 8]);
    expect(resize(l, 0, 4, 2)?.shape).toEqual([4, 8]);
    expect(resize(l, 0, 4, 1)).toBeUndefined();
    expect(resize(l, 0, 3)).toBeUndefined();
    expect(resize(l, 1, 16)?.localModes.length).toBe(2);
    expect(holdsAll(resize(l, 0, 4, 2) as RegisterLayout, l, 16, (a, [i, j]) => [a.mod(i, a.of(4)), j])).toBe(true);
  });
});

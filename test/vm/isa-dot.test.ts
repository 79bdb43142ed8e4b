// dot and bmma against sums over BigInt or doubles, for every kind of factors, odd shapes, zero points and tails;
// published dot products; and the folds that are emitted, bit by bit and by words.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { constant, dtype, symbol, tileFromCodes, tileValues, whole, type Datum, type Tile } from "../../vm/index.ts";
import { vectors } from "../support/vectors.ts";
import { broadcastAt, elements, emitted, env, randomTile, run, seeded, size } from "./isa-support.ts";

const integers = ["u1", "u3", "u8", "u32", "i2", "i4", "i8", "i32", "b1", "b3", "b8"], floats = ["f32", "f16", "bf16", "f4e2m1", "f8e4m3_finite"];
const valueTile = (t: Tile) => ({ ...t, data: tileValues(t) as never });

/** The sum that dot means, exactly for integers. */
function expected(x: Tile, y: Tile, k: number, { acc, zx, zy }: { acc?: Tile; zx?: Tile; zy?: Tile }, exact: boolean): { sum: number[]; size: number[] } {
  const [M, K] = x.shape, N = y.shape[1], xs = valueTile(x), ys = valueTile(y), sum: number[] = [], sizes: number[] = [];
  for (let m = 0; m < M; m++)
    for (let n = 0; n < N; n++) {
      let big = BigInt(exact ? acc?.data[m * N + n] ?? 0 : 0), float = acc?.data[m * N + n] ?? 0, size = Math.abs(float);
      for (let j = 0; j < Math.min(k, K); j++) {
        const a = broadcastAt(xs, [m, j]), b = broadcastAt(ys, [j, n]), za = zx ? broadcastAt(valueTile(zx), [m, 0]) : 0, zb = zy ? broadcastAt(valueTile(zy), [0, n]) : 0;
        if (exact) big += (BigInt(a) - BigInt(za)) * (BigInt(b) - BigInt(zb));
        float += (a - za) * (b - zb);
        size += (Math.abs(a) + Math.abs(za)) * (Math.abs(b) + Math.abs(zb));
      }
      sum.push(exact ? Number(BigInt.asIntN(32, big)) : Math.fround(float));
      sizes.push(size);
    }
  return { sum, size: sizes };
}

const dims = fc.tuple(size, size, size).filter(([m, n, k]) => m * n * k <= 4000);

describe("dot", () => {
  it("of integers is exact modulo 2^32, with zero points, accumulators and tails", () => {
    fc.assert(fc.property(fc.constantFrom(...integers), fc.constantFrom(...integers), dims, fc.nat(), fc.nat(31), fc.integer({ min: -1, max: 40 }), (tx, ty, [M, N, K], seed, which, k) => {
      const random = seeded(seed), x = randomTile(tx, [M, K], random), y = randomTile(ty, [K, N], random);
      const zx = randomTile("i32", [[M, 1], [1, 1], [1], []][seed % 4], random), zy = randomTile(which & 16 ? "b3" : "u8", [[1, N], [N], [1, 1], []][seed % 4], random), acc = randomTile("i32", [M, N], random);
      const o = { ...(which & 1 ? { zx } : {}), ...(which & 2 ? { zy } : {}), ...(which & 4 ? { acc } : {}) }, attrs = which & 8 ? { k: seed & 1 ? constant(k) : symbol("loop", "k") } : {};
      env.set("k", k);
      const got = run("dot", { x, y, ...o }, attrs);
      expect(got.dtype.name).toBe("i32");
      expect(elements(got)).toEqual(expected(x, y, which & 8 ? Math.max(0, k) : K, o, true).sum);
      if (M * N * K < 500) expect(elements(emitted("dot", { x, y, ...o }, attrs))).toEqual(elements(got));
    }), { numRuns: 250 });
  });

  it("with a float factor rounds one sum in doubles; what is emitted stays within the bound", () => {
    fc.assert(fc.property(fc.constantFrom(...floats), fc.constantFrom(...floats, ...integers), fc.boolean(), dims, fc.nat(), fc.nat(7), (tf, other, swap, [M, N, K], seed, which) => {
      const [tx, ty] = swap ? [other, tf] : [tf, other], random = seeded(seed), x = randomTile(tx, [M, K], random), y = randomTile(ty, [K, N], random);
      const o = { ...(which & 1 ? { zx: randomTile("f32", [M, 1], random) } : {}), ...(which & 2 ? { zy: randomTile("i8", [N], random) } : {}), ...(which & 4 ? { acc: randomTile("f32", [M, N], random) } : {}) };
      const got = run("dot", { x, y, ...o }), want = expected(x, y, K, o, false);
      expect(got.dtype.name).toBe("f32");
      expect(elements(got)).toEqual(want.sum);
      if (M * N * K >= 500) return;
      const gamma = (K + 4) * 2 ** -24 / (1 - (K + 4) * 2 ** -24);
      elements(emitted("dot", { x, y, ...o })).forEach((e, i) => expect(Math.abs(e - want.sum[i])).toBeLessThanOrEqual(gamma * want.size[i]));
    }), { numRuns: 150 });
  });

  it("leaves what lies past k out, even infinities", () => {
    const x = tileFromCodes(dtype("f32"), [1, 3], [1, 2, Infinity].map((v) => dtype("f32").encode(v))), y = tileFromCodes(dtype("f16"), [3, 1], [1, 1, NaN].map((v) => dtype("f16").encode(v)));
    env.set("k", 2);
    for (const k of [constant(2), symbol("loop", "k")]) for (const go of [run, emitted]) expect(elements(go("dot", { x, y }, { k }))).toEqual([3]);
  });

  it("reads shared operands", () => {
    const random = seeded(3), x = randomTile("u3", [5, 7], random), y = randomTile("b2", [7, 4], random);
    expect(elements(run("dot", { x: whole(x), y: whole(y) }))).toEqual(elements(run("dot", { x, y })));
  });
});

interface Published { n: number; m: number; K: number; a: number[]; b: number[]; AND: number[][]; XOR: number[][]; unsigned: number; bipolar: number; twos_complement: number; unsigned_a_x_bipolar_b: number; twos_a_x_bipolar_b: number; za: number; zb: number; zero_point: number }
describe("published dot products", () => {
  const { cases } = vectors<{ cases: Published[] }>("btc/dot_products");
  const name = (kind: string, n: number) => (kind === "i" && n === 1 ? undefined : `${kind}${n}`);
  it.each(cases.map((c) => [`${c.n} × ${c.m} bits, K = ${c.K}`, c] as const))("%s", (_, c) => {
    const tile = (kind: string, n: number, codes: number[], shape: number[]) => { const t = name(kind, n); return t ? tileFromCodes(dtype(t), shape, codes) : undefined; };
    const one = (ka: string, kb: string, want: number, zeros: Record<string, Tile> = {}) => {
      const x = tile(ka, c.n, c.a, [1, c.K]), y = tile(kb, c.m, c.b, [c.K, 1]);
      if (x && y) for (const go of [run, emitted]) expect(elements(go("dot", { x, y, ...zeros })), `${ka}${kb}`).toEqual([want]);
    };
    one("u", "u", c.unsigned);
    one("b", "b", c.bipolar);
    one("i", "i", c.twos_complement);
    one("u", "b", c.unsigned_a_x_bipolar_b);
    one("i", "b", c.twos_a_x_bipolar_b);
    const z = (v: number) => ({ dtype: dtype("i32"), shape: [], data: Int32Array.of(v) });
    one("u", "u", c.zero_point, { zx: z(c.za), zy: z(c.zb) });
    const planes = (codes: number[], i: number, kind: string) => tileFromCodes(dtype(`${kind}1`), [1, c.K], codes.map((v) => (v >>> i) & 1));
    for (let i = 0; i < c.n; i++)
      for (let j = 0; j < c.m; j++)
        for (const [go, options] of [[run, {}], [emitted, {}], [emitted, { words: "planes" }]] as const) {
          expect(elements(go("bmma", { x: planes(c.a, i, "u"), y: planes(c.b, j, "u") }, {}, options))).toEqual([c.AND[i][j]]);
          expect(elements(go("bmma", { x: planes(c.a, i, "b"), y: planes(c.b, j, "b") }, {}, options))).toEqual([c.K - 2 * c.XOR[i][j]]);
        }
  });
});

describe("bmma", () => {
  it("is the dot of the bits' values, for both kinds of bits, tails and accumulators, bit by bit and by words", () => {
    fc.assert(fc.property(fc.constantFrom("u1", "b1"), fc.constantFrom("u1", "b1"), fc.tuple(size, size, fc.constantFrom(1, 31, 32, 33, 64, 96, 100)), fc.nat(), fc.nat(3), fc.integer({ min: -1, max: 101 }), (tx, ty, [M, N, K], seed, which, k) => {
      const random = seeded(seed), x = randomTile(tx, [M, K], random), y = randomTile(ty, [N, K], random);
      const turned: Datum = { memory: y, dtype: y.dtype, shape: [K, N], axes: [1, 0], origin: [0, 0] };
      const acc = which & 1 ? { acc: randomTile("i32", [M, N], random) } : {}, attrs = which & 2 ? { k: seed & 1 ? constant(k) : symbol("loop", "k") } : {};
      env.set("k", k);
      const want = elements(run("dot", { x, y: { ...turned }, ...acc }, attrs));
      expect(elements(run("bmma", { x, y, ...acc }, attrs))).toEqual(want);
      if (M * N * K > 3000) return;
      expect(elements(emitted("bmma", { x, y, ...acc }, attrs))).toEqual(want);
      expect(elements(emitted("bmma", { x, y, ...acc }, attrs, { words: "planes" }))).toEqual(want);
    }), { numRuns: 200 });
  });
});

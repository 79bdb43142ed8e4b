// The runs: odd sizes, every width, every packing. References are plain loops over plain numbers.
import { odd } from "./odd-cases.ts";
import type { Case, Values } from "./support.ts";

type Dims = Readonly<Record<string, number>>;
const table = (rows: number, columns: number, at: (r: number, c: number) => number): number[] =>
  Array.from({ length: rows * columns }, (_, i) => at(Math.floor(i / columns), i % columns));
const sum = (n: number, at: (i: number) => number): number => { let s = 0; for (let i = 0; i < n; i++) s += at(i); return s; };
const up = (a: number, b: number): number => Math.ceil(a / b);

/** x[M, K] · y[K, N], less zero points. */
const product = (x: Values, M: number, K: number, N: number, a = "a", b = "b", za: (m: number) => number = () => 0, zb: (n: number) => number = () => 0): number[] =>
  table(M, N, (m, n) => sum(K, (k) => ((x[a]?.[m * K + k] ?? 0) - za(m)) * ((x[b]?.[k * N + n] ?? 0) - zb(n))));
/** x[M, K] · y[N, K]ᵀ. */
const productT = (x: Values, M: number, K: number, N: number): number[] => table(M, N, (m, n) => sum(K, (k) => (x.a?.[m * K + k] ?? 0) * (x.b?.[n * K + k] ?? 0)));
/** γ_K times the largest sum of terms of a product in f32. */
const productBound = (x: Values, M: number, K: number, N: number): number =>
  2 * K * 2 ** -23 * Math.max(0, ...table(M, N, (m, n) => sum(K, (k) => Math.abs((x.a?.[m * K + k] ?? 0) * (x.b?.[k * N + n] ?? 0)))));
const rows = (x: Values, d: Dims): number[][] => Array.from({ length: d.M ?? 0 }, (_, m) => Array.from(x.x?.subarray(m * (d.N ?? 0), (m + 1) * (d.N ?? 0)) ?? []));

const matvec = (T: string, M: number, K: number): Case => ({
  file: "products", kernel: "matvec", params: { T }, dims: { M, K },
  want: ({ a, x }) => ({ y: table(M, 1, (m) => sum(K, (k) => (a?.[m * K + k] ?? 0) * (x?.[k] ?? 0))) }),
});
const tiled = (A: string, B: string, M: number, K: number, N: number, more: Partial<Case> = {}): Case => ({
  file: "products", kernel: "tiled", params: { A, B }, dims: { M, K, N }, want: (x) => ({ c: product(x, M, K, N) }), bound: (x) => productBound(x, M, K, N), ...more,
});
const zeroPoints = (A: string, B: string, Z: string, M: number, K: number, N: number): Case => ({
  file: "products", kernel: "zero_points", params: { A, B, Z }, dims: { M, K, N },
  want: (x) => ({ c: product(x, M, K, N, "a", "b", (m) => x.za?.[m] ?? 0, (n) => x.zb?.[n] ?? 0) }),
});
const bipolar = (P: string, Q: string, M: number, K: number, N: number, zx: number, zy: number): Case => ({
  file: "products", kernel: "bipolar_shift", params: { P, Q, K }, dims: { M, N }, scalars: { zx, zy },
  want: (x) => ({ c: product(x, M, K, N, "x", "y", () => zx, () => zy) }),
});
const byPlanes = (A: string, B: string, M: number, K: number, N: number): Case => ({
  file: "products", kernel: "by_planes", params: { A, B }, dims: { M, K, N }, want: (x) => ({ c: productT(x, M, K, N) }),
});
const mixedBits = (M: number, K: number, N: number, more: Partial<Case> = {}): Case => ({
  file: "products", kernel: "mixed_bits", dims: { M, K, N },
  want: (x) => { const c = productT(x, M, K, N); return { c, d: table(N, M, (n, m) => c[m * N + n] ?? 0) }; }, ...more,
});
const piped = (T: string, M: number, K: number, N: number): Case => ({
  file: "products", kernel: "piped", params: { T }, dims: { M, K, N }, want: (x) => ({ c: product(x, M, K, N) }),
});

const products: readonly Case[] = [
  matvec("f32", 7, 37), matvec("f16", 5, 130), matvec("u7", 1, 1), matvec("i3", 4, 64), matvec("f32", 0, 9), matvec("f32", 3, 0),
  tiled("u4", "i3", 11, 37, 13), tiled("b1", "b5", 8, 19, 1), tiled("f16", "u2", 9, 31, 17), tiled("b3", "f8e4m3", 5, 7, 3), tiled("f6e3m2", "f4e2m1", 16, 16, 8),
  tiled("i8", "f32", 3, 29, 5), tiled("bf16", "u7", 2, 3, 4), tiled("u1", "u6", 0, 5, 5), tiled("i2", "b8", 4, 0, 4), tiled("f32", "f32", 1, 1, 1), tiled("b7", "b6", 7, 53, 11),
  zeroPoints("u4", "i5", "i8", 9, 37, 17), zeroPoints("b2", "u8", "u3", 8, 64, 16), zeroPoints("i7", "b4", "b4", 1, 5, 1),
  bipolar("b3", "b2", 5, 37, 6, 3, -2), bipolar("b8", "b1", 4, 40, 4, 0, 1), bipolar("u6", "b7", 3, 11, 9, 32, 0), bipolar("b1", "b1", 1, 1, 1, 5, 7),
  byPlanes("u3", "i3", 9, 37, 7), byPlanes("i4", "u1", 8, 128, 8), byPlanes("u5", "i2", 1, 1, 1), byPlanes("b2", "b3", 5, 70, 9),
  mixedBits(17, 100, 5), mixedBits(16, 96, 16), mixedBits(3, 1, 2), mixedBits(1, 0, 1),
  {
    file: "products", kernel: "rank_one", dims: { M: 13, N: 37 }, scalars: { s: 3 },
    want: ({ x, y, c }, { M, N }) => ({ c: table(M, N, (m, n) => (c?.[m * N + n] ?? 0) + 3 * (x?.[m] ?? 0) * (y?.[n] ?? 0)) }),
  },
  piped("i8", 17, 65, 31), piped("u3", 16, 32, 16), piped("i2", 5, 1, 1),
];

const layerNorm = (M: number, N: number, BN: number): Case => ({
  file: "rows", kernel: "layer_norm", params: { N, BN }, dims: { M }, scalars: { eps: 0.5 }, given: { column: (i) => i },
  want: (x, d) => ({
    y: rows(x, { ...d, N }).flatMap((r) => {
      const mu = sum(N, (i) => r[i] ?? 0) / N, v = sum(N, (i) => ((r[i] ?? 0) - mu) ** 2) / N;
      return r.map((a, n) => (a - mu) / Math.sqrt(v + 0.5) * (x.gain?.[n] ?? 0) + (x.bias?.[n] ?? 0));
    }),
  }),
  // |d|·|gain| / √(v + eps) ≤ √N·8, each factor with a few roundings: sums of N, a division, a root of 2 ULP.
  bound: () => (N + 16) * 2 ** -23 * (8 * Math.sqrt(N) + 8),
});
const columns = (T: string, M: number, N: number, range?: readonly [number, number]): Case => ({
  file: "rows", kernel: "columns", params: { T }, dims: { M, N }, ...(range ? { range } : {}),
  want: (x, d) => {
    const r = rows(x, d), column = Array.from({ length: N }, (_, n) => r.map((row) => row[n] ?? 0));
    return {
      sum: column.map((c) => sum(M, (i) => c[i] ?? 0)), top: column.map((c) => Math.max(-1000000, ...c)), low: column.map((c) => Math.min(1000000, ...c)),
      some: column.map((c) => Number(c.some((a) => a > 0))), every: column.map((c) => Number(c.every((a) => a > 0))),
    };
  },
});
const transposed = (kernel: string, T: string, M: number, N: number, more: Partial<Case> = {}): Case => ({
  file: "rows", kernel, params: { T }, dims: { M, N }, want: ({ x }) => ({ y: table(N, M, (n, m) => x?.[m * N + n] ?? 0) }), ...more,
});
const clamped = (N: number, on: number): Case => ({
  file: "rows", kernel: "clamp_in_place", dims: { N }, scalars: { s: 1.5, t: -1, on },
  want: ({ x }) => {
    const w = Array.from(x ?? [], (a) => a * 1.5 - 1), hits = Array.from({ length: up(N, 64) }, (_, b) => w.slice(b * 64, b * 64 + 64).filter((a) => Math.abs(a) > 8).length);
    return { x: on ? w.map((a) => Math.max(-8, Math.min(8, a))) : x ?? [], hits: hits.map((h) => (on ? h : -h || 0)) };
  },
});

const lines: readonly Case[] = [
  layerNorm(5, 37, 64), layerNorm(2, 130, 64), layerNorm(3, 1, 32), layerNorm(0, 8, 32),
  columns("i32", 37, 11), columns("i3", 16, 8), columns("f16", 5, 3), columns("b4", 33, 17), columns("u8", 1, 1), columns("i32", 0, 5),
  transposed("transpose_by_rows", "u3", 7, 37), transposed("transpose_by_rows", "f32", 1, 33), transposed("transpose_by_rows", "b5", 37, 1), transposed("transpose_by_rows", "u1", 33, 5),
  transposed("transpose_by_tiles", "i6", 13, 19), transposed("transpose_by_tiles", "f16", 8, 8), transposed("transpose_by_tiles", "b1", 9, 31), transposed("transpose_by_tiles", "u16", 3, 0),
  {
    file: "rows", kernel: "argmax", params: { N: 101 }, dims: { M: 4 }, given: { number: (i) => i },
    want: (x, d) => { const r = rows(x, { ...d, N: 101 }); return { best: r.map((a) => Math.max(...a)), at: r.map((a) => a.indexOf(Math.max(...a))) }; },
  },
  {
    file: "rows", kernel: "middle", dims: { A: 3, B: 7, C: 19 }, range: [-3, 3],
    want: ({ x }, { B, C }) => ({
      y: table(3, 19, (a, c) => sum(B, (b) => x?.[(a * B + b) * C + c] ?? 0)),
      z: table(3, 19, (a, c) => Array.from({ length: B }, (_, b) => x?.[(a * B + b) * C + c] ?? 0).reduce((p, q) => p * q, 1)),
    }),
  },
  clamped(200, 1), clamped(64, 0), clamped(1, 1),
  {
    file: "rows", kernel: "segmented", dims: { M: 9, N: 37 }, given: { flag: (i) => Number(i % 4 === 2) },
    want: ({ x }, { M, N }) => ({ y: table(M, N, (m, n) => sum(m + 1, (i) => (i >= (m < 2 ? 0 : m - ((m - 2) % 4)) ? x?.[i * N + n] ?? 0 : 0))) }),
  },
];

const gptq4 = (K: number, N: number): Case => ({
  file: "weights", kernel: "gptq4", params: { K, N }, dims: {},
  want: ({ q, zeros, scale }) => ({ w: table(K, N, (k, n) => { const g = Math.floor(k / 32); return ((q?.[k * N + n] ?? 0) - (zeros?.[g * N + n] ?? 0) - 1) * (scale?.[g * N + n] ?? 0); }) }),
});
const awq = (K: number, N: number): Case => ({
  file: "weights", kernel: "awq", params: { K, N }, dims: {},
  want: ({ q, z, s }) => ({ w: table(K, N, (k, n) => { const g = Math.floor(k / 16); return ((q?.[k * N + n] ?? 0) - (z?.[g * N + n] ?? 0)) * (s?.[g * N + n] ?? 0); }) }),
});
const split6 = (T: string, N: number, K: number): Case => ({
  file: "weights", kernel: "split6", params: { T }, dims: { N, K }, want: ({ w }) => ({ same: w ?? [], y: w ?? [] }),
});
const rearranged = (T: string, L: string, BM: number, BN: number, M: number, N: number): Case => ({
  file: "weights", kernel: "rearranged", params: { T, L, BM, BN }, dims: { M, N }, want: ({ x }) => ({ y: x ?? [], z: x ?? [] }),
});
const oddOrders = (T: string, M: number, N: number): Case => ({
  file: "weights", kernel: "odd_orders", params: { T, M, N }, dims: {},
  want: ({ a, b, c }) => ({ sum: table(M, N, (m, n) => { const i = m * N + n; return (a?.[i] ?? 0) + 100 * (b?.[i] ?? 0) + 10000 * (c?.[i] ?? 0); }) }),
});
const mx = (E: string, M: number, N: number): Case => ({
  file: "weights", kernel: "mx", params: { E }, dims: { M, N },
  want: ({ q, s }) => ({ y: table(M, N, (m, n) => (q?.[m * N + n] ?? 0) * (s?.[m * up(N, 32) + Math.floor(n / 32)] ?? 0)) }),
});

const weights: readonly Case[] = [
  gptq4(64, 37), gptq4(96, 8), gptq4(32, 1),
  { file: "weights", kernel: "gptq3", dims: { K: 64, N: 17 }, want: ({ q }) => ({ w: q ?? [] }) }, { file: "weights", kernel: "gptq3", dims: { K: 32, N: 1 }, want: ({ q }) => ({ w: q ?? [] }) },
  awq(32, 40), awq(16, 7),
  split6("u6", 3, 37), split6("i6", 5, 64), split6("b6", 1, 33), split6("f6e2m3", 2, 7), split6("f6e3m2", 0, 7),
  rearranged("u3", "spatial(4, 8) * local(8, 4)", 32, 32, 33, 37), rearranged("u1", "spatial(2, 2) * local(8, 4)", 16, 8, 17, 9),
  rearranged("b5", "local(2, 1) * spatial(4, 2) * local(2, 8)", 16, 16, 16, 16), rearranged("u7", "spatial(2, 1) * replicated(1, 1, workers: 4) * local(4, 8)", 8, 8, 5, 13),
  rearranged("f6e3m2", "column_spatial(2, 4) * column_local(4, 4)", 8, 16, 9, 17), rearranged("i2", "local(4, 4) * spatial(1, 1) * local(1, 2)", 4, 8, 3, 3), rearranged("u8", "spatial(3, 5) * local(2, 2)", 6, 10, 7, 11),
  {
    file: "weights", kernel: "q4_0", dims: { N: 96 },
    want: ({ d, q }) => ({ w: Array.from({ length: 96 }, (_, i) => ((q?.[i] ?? 0) - 8) * (d?.[Math.floor(i / 32)] ?? 0)) }),
  },
  oddOrders("u5", 5, 7), oddOrders("i3", 4, 3), oddOrders("b2", 1, 1), oddOrders("u8", 2, 6),
  mx("f4e2m1", 5, 70), mx("f8e4m3", 4, 32), mx("f6e2m3", 1, 1), mx("i8", 3, 33),
];

const recast = (A: string, B: string, N: number, range?: readonly [number, number]): Case => ({ file: "types", kernel: "recast", params: { A, B }, dims: { N }, ...(range ? { range } : {}) });
const through = (A: string, B: string, N = 70): Case => ({ file: "types", kernel: "through", params: { A, B }, dims: { N } });
const codes = (A: string, L: string, NA: number, B: string, P: string, NB: number): Case => ({ file: "types", kernel: "codes", params: { A, B, L, P, NA, NB }, dims: {} });
const roundHalfEven = (v: number): number => { const f = Math.floor(v), d = v - f; return d < 0.5 ? f : d > 0.5 ? f + 1 : f % 2 === 0 ? f : f + 1; };

const types: readonly Case[] = [
  ...["u1", "i2", "b3", "u4", "f5e2m2", "f6e3m2", "i7", "f8e5m2", "f8e4m3"].flatMap((A, i, all) => [recast(A, all[(i + 4) % all.length] ?? "u3", 67), recast(A, "f32", 33)]),
  recast("f32", "u3", 50, [-5, 12]), recast("f32", "b4", 50, [-20, 20]), recast("i32", "f8e4m3", 90, [-600, 600]), recast("i32", "f4e2m1", 40, [-9, 9]), recast("f16", "b1", 33), recast("u16", "i5", 65, [0, 40]),
  recast("e8m0", "f32", 40), recast("bool", "u2", 40), recast("u3", "bool", 40), recast("f32", "bf16", 64, [-70000, 70000]), recast("i32", "f16", 64, [-70000, 70000]),
  through("u5", "f8e4m3"), through("i4", "f4e2m1"), through("b3", "u2"), through("f6e2m3", "f6e3m2"), through("f7e3m3", "f16", 1),
  {
    file: "types", kernel: "logic", dims: { N: 77 },
    want: ({ p, q }) => {
      const of = (f: (a: boolean, b: boolean) => boolean | number): number[] => Array.from(p ?? [], (a, i) => Number(f(a !== 0, (q?.[i] ?? 0) !== 0)));
      return { both: of((a, b) => a && b), either: of((a, b) => a || b), one: of((a, b) => a !== b), none: of((a, b) => !a && !b), n: of((a, b) => Number(a) + 2 * Number(b)) };
    },
  },
  codes("u4", "spatial(32) * local(8)", 256, "u32", "spatial(32)", 32), codes("u3", "spatial(8) * local(16)", 128, "u6", "spatial(8) * local(8)", 64),
  codes("i8", "spatial(16) * local(6)", 96, "u16", "spatial(16) * local(3)", 48), codes("f8e5m2", "spatial(32) * local(5)", 160, "i2", "spatial(32) * local(20)", 640), codes("b1", "local(4) * spatial(4) * local(8)", 128, "b8", "local(2) * spatial(4) * local(2)", 16),
  {
    file: "types", kernel: "bits_and_shifts", dims: { N: 100 }, range: [0, 2 ** 32 - 1], scalars: { s: -3 },
    want: ({ x }) => {
      const ones = (v: number): number => v.toString(2).replaceAll("0", "").length, v = Array.from(x ?? []);
      const ctz = (a: number): number => (a === 0 ? 32 : 31 - Math.clz32(a & -a));
      return {
        a: v.map((a) => ((a << 3) | (a >>> 29)) >>> 0), b: v.map((a) => (ones(a) + Math.clz32(a) + ctz(a)) * -3 - (a % 7)),
        c: v.map((a) => (~a ^ (((a & 0xff) + Math.floor(a / 3)) | 0)) >>> 0), d: v.map((a) => a & 15),
      };
    },
  },
  {
    file: "types", kernel: "roundings", dims: { N: 81 }, given: { x: (i) => (i - 40) / 4 },
    want: ({ x }) => {
      const v = Array.from(x ?? []), clip = (lo: number, hi: number) => (a: number): number => Math.max(lo, Math.min(hi, a));
      return {
        a: v.map((a) => Math.trunc(a)), b: v.map(roundHalfEven), c: v.map((a) => Math.sign(a) * Math.floor(Math.abs(a) + 0.5)),
        d: v.map((a) => Math.floor(a) + Math.ceil(a) * 0.5 + roundHalfEven(a) * 0.25), e: v.map((a) => clip(0, 7)(Math.trunc(a))),
      };
    },
  },
  { file: "types", kernel: "halves", dims: { N: 99 }, range: [-3000, 3000] },
  { file: "types", kernel: "assemble", params: { T: "i6" }, dims: { M: 3, N: 37 }, want: ({ x }) => ({ y: x ?? [] }) },
  { file: "types", kernel: "assemble", params: { T: "u3" }, dims: { M: 1, N: 64 }, want: ({ x }) => ({ y: x ?? [] }) },
];

/** popcount of rows of words of A and B, combined. */
const counts = ({ a = new Float64Array(), b = new Float64Array() }: Values, M: number, N: number, W: number, combine: (p: number, q: number) => number): number[] =>
  table(M, N, (m, n) => sum(W, (w) => (combine(a[m * W + w], b[n * W + w]) >>> 0).toString(2).replaceAll("0", "").length));
const xor = (p: number, q: number): number => p ^ q;
const xorPopc = (M: number, N: number, W: number): Case => ({ file: "mma", kernel: "xor_popc", dims: { M, N, W }, range: [0, 2 ** 32 - 1], want: (x) => ({ d: counts(x, M, N, W, xor) }) });
const andPopc = (M: number, N: number, K: number): Case => ({ file: "mma", kernel: "and_popc", dims: { M, N, K }, want: (x) => ({ d: productT(x, M, K, N) }) });

const mma: readonly Case[] = [
  xorPopc(8, 8, 4), xorPopc(19, 13, 7), xorPopc(1, 3, 1), xorPopc(5, 8, 0), andPopc(37, 18, 300), andPopc(32, 16, 256), andPopc(1, 1, 1),
  {
    file: "mma", kernel: "registers", dims: {}, range: [-(2 ** 31), 2 ** 32 - 1],
    // Lane 4g + t holds bits 32t … of rows g of A and B, and numbers (g, 2t) and (g, 2t + 1) of C.
    want: ({ a, b, c }) => { const sums = counts({ a, b }, 8, 8, 4, xor); return { d: Array.from(c ?? [], (x, i) => (x + sums[8 * (i >> 3) + (i & 7)]) | 0) }; },
  },
];

export const cases: readonly Case[] = [...products, ...lines, ...weights, ...types, ...mma, ...odd];

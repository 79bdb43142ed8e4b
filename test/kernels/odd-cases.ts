// The runs of odd.loom, with plain loops.
import type { Case } from "./support.ts";

const lines = (x: Float64Array | undefined, n: number): number[][] => Array.from({ length: (x?.length ?? 0) / n }, (_, m) => Array.from(x?.subarray(m * n, (m + 1) * n) ?? []));
const before = (r: readonly number[], f: (a: number, b: number) => number, first: number): number[] => r.map((_, i) => r.slice(0, i).reduce((a, b) => f(a, b), first));
const upTo = (r: readonly number[], f: (a: number, b: number) => number): number[] => r.map((_, i) => r.slice(0, i + 1).reduce((a, b) => f(a, b)));
const back = (r: readonly number[]): number[] => [...r].reverse();
const LEAST = -(2 ** 31);

const scans = (M: number): Case => ({
  file: "odd", kernel: "scans", dims: { M },
  want: ({ x, w }) => ({
    a: lines(x, 3).flatMap((r) => upTo(r, (a, b) => a + b)), b: lines(x, 3).flatMap((r) => back(before(back(r), Math.max, LEAST))),
    c: lines(w, 6).flatMap((r) => before(r, (a, b) => a * b, 1)), d: lines(w, 6).flatMap((r) => back(upTo(back(r), Math.min))),
  }),
});

const extremes = (M: number, N: number): Case => ({
  file: "odd", kernel: "extremes", params: { N }, dims: { M },
  // Every third row is -inf throughout, others hold it here and there.
  given: { x: (i) => (Math.floor(i / N) % 3 === 0 || i % 4 === 1 ? -Infinity : ((i * 7) % 11) - 20) },
  want: ({ x }) => { const r = lines(x, N); return { top: r.map((v) => Math.max(...v)), at: r.map((v) => v.indexOf(Math.max(...v))), low: r.map((v) => Math.min(...v)) }; },
});

const sharedWords = (T: string, M: number, N: number, [low, high]: readonly [number, number], step = 1): Case => ({
  file: "odd", kernel: "shared_words", params: { T }, dims: { M, N }, range: [low - 3, high + 3],
  want: ({ x }) => { const v = Array.from(x ?? [], (a) => Math.max(low, Math.min(high, step === 1 ? a : 2 * Math.floor((a - low) / 2 + 0.5) + low))); return { y: v, z: v }; },
});

const replicas: Case = {
  file: "odd", kernel: "replicas", dims: {},
  want: ({ x, y, sum }) => {
    const a = lines(x, 4), b = lines(y, 5);
    return {
      p: a.flatMap((r) => [0, 1, 2, 3, 4].map((j) => r.reduce((s, v, k) => s + v * b[k][j], 0))), r: a.map((r) => 2 * r.reduce((s, v) => s + v, 0)), q: Array.from(y ?? []),
      sum: [(sum?.[0] ?? 0) + a.flat().reduce((s, v) => s + v, 0)],
    };
  },
};

const zeroTail = (A: string, B: string, M: number, K: number, N: number): Case => ({
  file: "odd", kernel: "zero_tail", params: { A, B }, dims: { M, K, N },
  want: ({ a, b, za, zb }) => ({
    c: Array.from({ length: M * N }, (_, i) => {
      let s = 0;
      for (let k = 0; k < K; k++) s += ((a?.[Math.floor(i / N) * K + k] ?? 0) - (za?.[Math.floor(i / N)] ?? 0)) * ((b?.[k * N + i % N] ?? 0) - (zb?.[i % N] ?? 0));
      return s;
    }),
  }),
});

/** Compared between engines alone: what is written twice is the same, what isn't is code 0. */
const beside = (T: string, A: number, B: number, C: number, at: number): Case => ({ file: "odd", kernel: "beside", partial: true, params: { T }, dims: { A, B, C }, scalars: { at } });

const orders = (M: number): Case => ({
  file: "odd", kernel: "orders", dims: { M }, range: [-3, 3], slow: true,
  want: ({ x }) => {
    const r = lines(x, 7), by = (v: readonly number[], f: (a: number, b: number) => number): number[] => v.map((_, i) => i).sort((i, j) => f(v[i], v[j]) || i - j);
    return {
      s: r.flatMap((v) => [...v].sort((a, b) => b - a)), at: r.flatMap((v) => by(v, (a, b) => a - b)),
      t: r.flatMap((v) => v.slice(0, 6).sort((a, b) => b - a).slice(0, 3)), u: r.flatMap((v) => by(v.slice(1), (a, b) => a - b).slice(0, 3)),
    };
  },
});

const arranged: Case = {
  file: "odd", kernel: "arranged", dims: {},
  want: ({ x }) => {
    const v = lines(x, 5), turned = [0, 1, 2, 3, 4].flatMap((c) => v.map((r) => r[c]));
    return { a: turned, b: turned, c: [4, 5, 1, 0, 1, 2, 3].flatMap((r) => v[r]), d: [0, 2, 4, 1, 3, 5].flatMap((r) => v[r]) };
  },
};

const tables = (N: number): Case => ({
  file: "odd", kernel: "tables", dims: { N }, slow: true, given: { index: (i) => ((i * 13) % 29) - 4 },
  want: ({ table, index, sum }) => {
    const found = Array.from(index ?? [], (i) => table?.[i] ?? 31), all = Array.from(sum ?? []);
    index?.forEach((i, n) => { if (i >= 0 && i < 7) all[i] += found[n]; });
    return { found, sum: all };
  },
});

const steps = (N: number, limit: number): Case => ({
  file: "odd", kernel: "steps", partial: true, dims: { N }, scalars: { limit }, range: [-8, 2],
  want: ({ x }) => ({
    y: lines(Float64Array.from({ length: Math.ceil(N / 6) * 6 }, (_, i) => x?.[i] ?? 0), 6).flatMap((v) => {
      if (Math.max(...v) <= 0) return v.map(() => 0);
      let n = 0, t = v;
      for (;;) {
        if (t.reduce((a, b) => a + b, 0) > limit || n >= 20) break;
        if (++n % 3 === 0) continue;
        t = t.map((a) => (a + Math.max(a, 1)) | 0);
      }
      return t.map((a) => a + n);
    }).slice(0, N),
  }),
});

const shortPlanes = (A: string, B: string, BK: number, W: string, M: number, K: number, N: number): Case => ({
  file: "odd", kernel: "short_planes", params: { A, B, BK, W }, dims: { M, K, N }, slow: true,
  want: ({ x, w }) => ({ c: Array.from({ length: M * N }, (_, i) => { let s = 0; for (let k = 0; k < K; k++) s += (x?.[Math.floor(i / N) * K + k] ?? 0) * (w?.[i % N * K + k] ?? 0); return s; }) }),
});

/** Tiles, layouts and sizes that divide nothing. */
export const odd: readonly Case[] = [
  scans(11), scans(1), scans(0), extremes(7, 12), extremes(1, 5), extremes(3, 1),
  sharedWords("u3", 17, 23, [0, 7]), sharedWords("i5", 8, 11, [-16, 15]), sharedWords("b3", 15, 7, [-7, 7], 2), sharedWords("u1", 1, 70, [0, 1]),
  replicas, zeroTail("u5", "b3", 7, 30, 11), zeroTail("b2", "b2", 3, 14, 5), zeroTail("i3", "u1", 4, 1, 6), zeroTail("b7", "i8", 2, 0, 3),
  shortPlanes("b2", "b3", 48, "planes", 3, 75, 5), shortPlanes("i2", "b1", 33, "planes", 1, 40, 1), shortPlanes("b1", "u4", 100, "planes(32)", 2, 230, 3), shortPlanes("u2", "i3", 20, "planes(8, 128)", 9, 37, 17), 
  beside("u3", 2, 7, 5, -2), beside("f6e3m2", 1, 4, 9, 3), beside("b5", 3, 3, 3, 0), orders(5), orders(1), arranged, tables(40), tables(3), steps(31, 200), steps(6, -100),
];

// The laws of the layout algebra, on random layouts, against plain tables.
import { describe, expect, test } from "vitest";
import fc from "fast-check";
import {
  autoLocalSpatial, canBroadcast, canonical, chain, compose, concat, defaultLayout, divide, elementAt, equal, expand, flatten, holds, identical, leftDivide, mfunction,
  numbers, permute, reduce, reduceTo, registerLayout, replicaCount, replicaDigits, reshape, sizeOf, slotAt, slotCount, spatial, squeeze, table, threadAt, threadCount,
  threadsHolding, tryDivide, tryLeftDivide, unsqueeze, widen, type Algebra, type RegisterLayout,
} from "../../layout/index.ts";
import { anyLayout, flat, indices, pairOfLayouts, someLayout } from "./support.ts";

/** table[thread][slot] as row-major numbers. */
const flats = (l: RegisterLayout): number[][] => table(l).map((slots) => slots.map((i) => flat(i, l.shape)));

describe("maps", () => {
  test("element and slot are inverse; holders are exactly those that say so", () => {
    fc.assert(fc.property(someLayout, (l) => {
      expect(threadCount(l) * slotCount(l)).toBe(sizeOf(l) * replicaCount(l));
      const holders = new Map<number, number[]>(), wrong: string[] = [];
      table(l).forEach((slots, t) => slots.forEach((index, s) => {
        if (slotAt(l, numbers, index) !== s) wrong.push(`thread ${t}'s slot ${s} holds ${index}, which is said to be in ${slotAt(l, numbers, index)}`);
        const x = flat(index, l.shape), own = holders.get(x);
        if (own) own.push(t); else holders.set(x, [t]);
        if (threadAt(l, numbers, index, replicaDigits(l, numbers, t)) !== t) wrong.push(`thread ${t} of ${index}`);
      }));
      expect(wrong).toEqual([]);
      expect(holders.size).toBe(sizeOf(l));
      const threads = Array.from({ length: threadCount(l) }, (_, t) => t), first = threads.filter((t) => replicaDigits(l, numbers, t).every((d) => d === 0));
      for (const index of indices(l.shape)) {
        const expected = holders.get(flat(index, l.shape)) ?? [], there = new Set(expected);
        const says = threads.filter((t) => holds(l, numbers, index, t).every((p) => p.digit === p.at));
        const owners = first.filter((t) => there.has(t));
        if (threadsHolding(l, index).join() !== expected.join() || says.join() !== expected.join() || owners.join() !== String(threadAt(l, numbers, index))) wrong.push(`element ${index}: ${expected}, ${threadsHolding(l, index)}, ${says}, ${owners}`);
      }
      expect(wrong).toEqual([]);
    }), { numRuns: 150 });
  });

  test("any algebra computes the same formula, and takes no remainder of a leading digit", () => {
    type Text = { text: string; value: number };
    const written: Algebra<Text> = {
      of: (n) => ({ text: String(n), value: n }),
      add: (a, b) => ({ text: `(${a.text} + ${b.text})`, value: a.value + b.value }),
      mul: (a, b) => ({ text: `(${a.text} * ${b.text})`, value: a.value * b.value }),
      div: (a, b) => ({ text: `(${a.text} / ${b.text})`, value: Math.floor(a.value / b.value) }),
      mod: (a, b) => ({ text: `(${a.text} % ${b.text})`, value: a.value % b.value }),
      known: () => undefined,
    };
    const l = chain(spatial(8, 4), registerLayout([1, 2], [2], [], [0]));
    const name = (text: string, value: number) => ({ text, value });
    expect(elementAt(l, written, name("t", 13), name("s", 1))).toEqual([{ text: "(t / 4)", value: 3 }, { text: "(((t % 4) * 2) + s)", value: 3 }]);
    expect(slotAt(l, written, [name("i", 3), name("j", 3)]).text).toBe("(j % 2)");
    fc.assert(fc.property(someLayout, fc.nat(), fc.nat(), (k, t, s) => {
      const thread = t % threadCount(k), slot = s % slotCount(k);
      expect(elementAt(k, written, name("t", thread), name("s", slot)).map((x) => x.value)).toEqual(elementAt(k, numbers, thread, slot));
    }));
  });

  test("equal is sameness of maps", () => {
    fc.assert(fc.property(pairOfLayouts, ([a, b]) => {
      expect(equal(a, b)).toBe(JSON.stringify([a.shape, flats(a)]) === JSON.stringify([b.shape, flats(b)]));
    }), { numRuns: 300 });
  });

  test("cutting modes doesn't change a layout: the canonical form is one, and its map the raw one's", () => {
    fc.assert(fc.property(someLayout, fc.nat(), fc.constantFrom(2, 3), (l, pick, n) => {
      // Cut one mode into (n, rest) by hand, and put a mode of size 1 at the end.
      const at = l.modeShape.findIndex((size, i) => size % n === 0 && (i >= pick % 3 || true));
      const cut = (m: number) => (at < 0 || m < at ? [m] : m === at ? [m, m + 1] : [m + 1]);
      const modeShape = at < 0 ? [...l.modeShape, 1] : [...l.modeShape.flatMap((s, i) => (i === at ? [n, s / n] : [s])), 1];
      const raw = {
        shape: l.shape, modeShape,
        spatialModes: l.spatialModes.flatMap((m) => (m < 0 ? [m] : cut(m))),
        localModes: [...l.localModes.flatMap(cut), modeShape.length - 1],
      };
      expect(identical(canonical(raw), l)).toBe(true);
      expect(identical(canonical(canonical(raw)), l)).toBe(true);
      expect(flats(raw)).toEqual(flats(l));
    }), { numRuns: 200 });
  });
});

describe("product and quotient", () => {
  test("the product's map, from its definition", () => {
    fc.assert(fc.property(pairOfLayouts, ([f, g]) => {
      const h = compose(f, g), F = table(f), G = table(g), tg = threadCount(g), ng = slotCount(g);
      expect(h.shape).toEqual(f.shape.map((d, k) => d * g.shape[k]));
      expect(table(h)).toEqual(Array.from({ length: threadCount(f) * tg }, (_, t) => Array.from({ length: slotCount(f) * ng }, (_, s) =>
        F[Math.floor(t / tg)][Math.floor(s / ng)].map((i, k) => i * g.shape[k] + G[t % tg][s % ng][k]))));
    }), { numRuns: 60 });
  });
  test("associative, with a neutral layout", () => {
    fc.assert(fc.property(fc.tuple(anyLayout(2, 2), anyLayout(1, 2), anyLayout(2, 2)), ([a, b, c]) => {
      expect(compose(compose(a, b), c)).toEqual(compose(a, compose(b, c)));
      expect(compose(a, spatial())).toEqual(a);
      expect(compose(spatial(), a)).toEqual(a);
    }));
  });
  test("division undoes the product, from both sides", () => {
    fc.assert(fc.property(pairOfLayouts, ([f, g]) => {
      const h = compose(f, g);
      expect(divide(h, g)).toEqual(f);
      expect(leftDivide(h, f)).toEqual(g);
    }), { numRuns: 400 });
  });
  test("whatever a division gives multiplies back, and what it refuses has no answer", () => {
    fc.assert(fc.property(pairOfLayouts, ([h, g]) => {
      const f = tryDivide(h, g), k = tryLeftDivide(h, g);
      if (f) expect(compose(f, g)).toEqual(h);
      if (k) expect(compose(g, k)).toEqual(h);
    }), { numRuns: 400 });
    // All layouts of one dimension of extent ≤ 12 without replication, as possible factors.
    const small = [1, 2, 3, 4, 6, 8, 12].flatMap((n) => factorLayouts(n));
    const products = new Set(small.flatMap((f) => small.map((g) => JSON.stringify([compose(f, g), g]))));
    const lefts = new Set(small.flatMap((f) => small.map((g) => JSON.stringify([compose(f, g), f]))));
    for (const h of small) for (const g of small) {
      expect(tryDivide(h, g) !== undefined).toBe(products.has(JSON.stringify([h, g])));
      expect(tryLeftDivide(h, g) !== undefined).toBe(lefts.has(JSON.stringify([h, g])));
    }
  });
});

/** Every canonical layout of shape [n] (without replication). */
function factorLayouts(n: number): RegisterLayout[] {
  const factorisations = (m: number): number[][] => (m === 1 ? [[]] : Array.from({ length: m - 1 }, (_, i) => i + 2).filter((d) => m % d === 0).flatMap((d) => factorisations(m / d).map((r) => [d, ...r])));
  const orders = (xs: number[]): number[][] => (xs.length === 0 ? [[]] : xs.flatMap((x) => orders(xs.filter((y) => y !== x)).map((r) => [x, ...r])));
  const all = factorisations(n).flatMap((modes) => Array.from({ length: 2 ** modes.length }, (_, mask) => mask).flatMap((mask) => {
    const on = modes.map((_, i) => i).filter((i) => mask & (1 << i)), off = modes.map((_, i) => i).filter((i) => !(mask & (1 << i)));
    return orders(on).flatMap((sp) => orders(off).map((lo) => registerLayout([n], modes, sp, lo)));
  }));
  return [...new Map(all.map((l) => [JSON.stringify(l), l])).values()];
}

describe("renaming operations keep the map", () => {
  test("permute", () => {
    fc.assert(fc.property(anyLayout(3), fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), (l, dims) => {
      const p = permute(l, dims);
      expect(table(p)).toEqual(table(l).map((slots) => slots.map((i) => dims.map((d) => i[d]))));
      expect(permute(p, dims.map((_, k) => dims.indexOf(k)))).toEqual(l);
    }));
  });
  test("reshape and flatten keep row-major numbers; with join, every answer there is", () => {
    const shapes = fc.array(fc.constantFrom(1, 2, 3, 4, 6, 8), { minLength: 1, maxLength: 4 });
    let done = 0;
    fc.assert(fc.property(someLayout, shapes, (l, wish) => {
      const shape: number[] = [];
      let rest = sizeOf(l);
      for (const d of wish) if (rest % d === 0) { shape.push(d); rest /= d; }
      shape.push(rest);
      const attempt = (join: boolean) => { try { return reshape(l, shape, { join }); } catch { return undefined; } };
      const strict = attempt(false), joined = attempt(true);
      for (const r of [strict, joined]) if (r) { done++; expect(r.shape).toEqual(shape); expect(flats(r)).toEqual(flats(l)); }
      if (strict) expect(joined).toEqual(strict);
      for (let from = 0; from < l.shape.length; from++) for (let to = from; to < l.shape.length; to++) {
        const r = flatten(l, from, to);
        expect(r.shape.length).toBe(l.shape.length - (to - from));
        expect(flats(r)).toEqual(flats(l));
      }
      expect(reshape(reshape(l, [sizeOf(l)]), l.shape, { join: true })).toEqual(l);
    }), { numRuns: 200 });
    expect(done).toBeGreaterThan(100);
    expect(reshape(spatial(2, 3), [3, 2], { join: true })).toEqual(spatial(3, 2));
    expect(() => reshape(spatial(2, 3), [3, 2])).toThrow(/straddle/);
  });
  test("squeeze undoes unsqueeze; negative dimensions count from the end", () => {
    fc.assert(fc.property(someLayout, fc.nat(3), (l, at) => {
      const d = at % (l.shape.length + 1), u = unsqueeze(l, [d]);
      expect(u.shape[d]).toBe(1);
      expect(squeeze(u, [d])).toEqual(l);
      expect(squeeze(unsqueeze(l, [-1]), [-1])).toEqual(l);
    }));
  });
  test("concat: both maps side by side", () => {
    fc.assert(fc.property(anyLayout(1, 2), anyLayout(2, 2), (a, b) => {
      const A = table(a), B = table(b), tb = threadCount(b), nb = slotCount(b);
      expect(table(concat(a, b))).toEqual(Array.from({ length: threadCount(a) * tb }, (_, t) => Array.from({ length: slotCount(a) * nb }, (_, s) =>
        [...A[Math.floor(t / tb)][Math.floor(s / nb)], ...B[t % tb][s % nb]])));
    }), { numRuns: 60 });
  });
});

describe("reduction and broadcasting", () => {
  test("a reduced tile is held by whoever held any of its elements", () => {
    fc.assert(fc.property(anyLayout(3), fc.subarray([0, 1, 2]), (l, dims) => {
      const r = reduce(l, dims, true);
      for (const index of indices(r.shape)) {
        const among = indices(l.shape.map((d, k) => (dims.includes(k) ? d : 1))).map((i) => i.map((x, k) => (dims.includes(k) ? x : index[k])));
        expect(threadsHolding(r, index)).toEqual([...new Set(among.flatMap((i) => threadsHolding(l, i)))].sort((a, b) => a - b));
      }
      expect(reduce(l, dims)).toEqual(squeeze(r, dims));
      expect(reduce(l, dims.map((d) => d - 3), true)).toEqual(r);
      expect(reduceTo(l, r.shape)).toEqual(r);
      expect(canBroadcast(r, l)).toBe(true);
      const lead = l.shape.length - 1; // drop the leading dimensions altogether
      expect(reduceTo(l, l.shape.slice(lead))).toEqual(reduce(l, [0, 1]));
    }), { numRuns: 100 });
  });
  test("expand: the same threads, every copy in each", () => {
    fc.assert(fc.property(anyLayout(2), fc.nat(1), fc.integer({ min: 1, max: 4 }), (l, dim, n) => {
      const one = reduce(l, [dim], true), wide = expand(one, dim, n);
      expect(slotCount(wide)).toBe(slotCount(one) * n);
      for (const i of indices(wide.shape)) expect(threadsHolding(wide, i)).toEqual(threadsHolding(one, i.map((x, k) => (k === dim ? 0 : x))));
      expect(canBroadcast(one, wide)).toBe(true);
    }));
  });
  test("canBroadcast and cover are what the definition says", () => {
    let yes = 0;
    fc.assert(fc.property(anyLayout(2, 2), anyLayout(2, 2), fc.subarray([0, 1]), fc.boolean(), (a, b, dims, related) => {
      const out = a, x = related ? reduce(a, dims, true) : reduceTo(b, [a.shape[0] === b.shape[0] ? a.shape[0] : 1, a.shape[1] === b.shape[1] ? a.shape[1] : 1]);
      const brute = table(out).every((slots, t) => slots.every((i) => threadsHolding(x, i.map((v, k) => (x.shape[k] === 1 ? 0 : v))).includes(t)));
      expect(canBroadcast(x, out)).toBe(brute);
      const { multiply, collapseByShape, identity, threadsOf, cover } = mfunction;
      expect(cover(multiply(collapseByShape(identity(out.shape), x.shape), threadsOf(x)), threadsOf(out))).toBe(brute);
      if (brute) yes++;
    }), { numRuns: 300 });
    expect(yes).toBeGreaterThan(50);
  });
});

describe("layouts for threads", () => {
  test("the default exists for every shape and number of threads, uses the largest divisor, and neighbours hold neighbours", () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 3 }), fc.integer({ min: 1, max: 300 }), (shape, threads) => {
      const l = defaultLayout(threads, shape), s = threadCount(l);
      expect(l.shape).toEqual(shape);
      expect(s).toBeLessThanOrEqual(threads);
      expect(s * slotCount(l)).toBe(sizeOf(l));
      for (let d = s + 1; d <= threads; d++) expect(sizeOf(l) % d).not.toBe(0);
      expect(replicaCount(l)).toBe(1);
      const fastest = shape.findLastIndex((d) => d > 1);
      if (s > 1 && shape[fastest] > 1 && gcd(shape[fastest], s) > 1)
        expect(elementAt(l, numbers, 1, 0)).toEqual(shape.map((_, k) => (k === fastest ? 1 : 0)));
    }), { numRuns: 300 });
    expect(threadCount(defaultLayout(32, [37]))).toBe(1);
    expect(threadCount(defaultLayout(64, [37]))).toBe(37);
    expect(threadCount(defaultLayout(32, [3, 5]))).toBe(15);
    expect(defaultLayout(8, [1, 1])).toEqual(spatial(1, 1));
    expect(() => defaultLayout(0, [4])).toThrow();
  });
  test("the automatic layout uses all threads or says why not", () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 }), fc.integer({ min: 1, max: 48 }), (shape, threads) => {
      const size = shape.reduce((a, b) => a * b, 1);
      if (size % threads === 0 || threads % size === 0) expect(threadCount(autoLocalSpatial(threads, shape))).toBe(threads);
      else expect(() => autoLocalSpatial(threads, shape)).toThrow(/evenly/);
    }));
  });
  test("widening repeats the threads", () => {
    fc.assert(fc.property(anyLayout(2, 2), fc.integer({ min: 1, max: 3 }), (l, n) => {
      const s = threadCount(l), w = widen(l, s * n);
      const own = table(l);
      expect(w && table(w)).toEqual(Array.from({ length: s * n }, (_, t) => own[t % s]));
      if (s > 1) expect(widen(l, s * n + 1)).toBeUndefined();
    }), { numRuns: 50 });
  });
});

const gcd = (a: number, b: number): number => (b ? gcd(b, a % b) : a);

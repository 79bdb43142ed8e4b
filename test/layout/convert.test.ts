// Conversions: the kind is the cheapest that is right.
import { expect, test } from "vitest";
import fc from "fast-check";
import { chain, columnSpatial, conversion, local, numbers, registerLayout, replicaDigits, replicated, slotAt, spatial, table, threadAt, threadCount } from "../../layout/index.ts";
import { anyLayout } from "./support.ts";

test("one of each kind", () => {
  expect(conversion(spatial(4, 8), spatial(4, 8))).toEqual({ kind: "none", cost: 0 });
  expect(conversion(replicated([2], 4), registerLayout([2], [2], [-2, -2], [0])).kind).toBe("none");
  expect(conversion(chain(spatial(4), local(2)), chain(spatial(4), local(2)), { threads: 8 }).kind).toBe("none");
  expect(conversion(chain(spatial(2), local(2, 3)), chain(spatial(2), registerLayout([2, 3], [2, 3], [], [1, 0])))).toMatchObject({ kind: "thread", selects: 0 });
  // Everybody holds everything, but each thread now needs another slot: one select among four.
  expect(conversion(replicated([4], 4), spatial(4))).toMatchObject({ kind: "thread", selects: 3 });
  expect(conversion(spatial(4, 8), columnSpatial(4, 8), { subgroup: 32 })).toMatchObject({ kind: "subgroup", size: 32, shuffles: 1 });
  expect(conversion(spatial(4, 8), columnSpatial(4, 8))).toMatchObject({ kind: "shared", stores: 1, loads: 1, elements: 32 });
  expect(conversion(spatial(8, 8), columnSpatial(8, 8), { subgroup: 32 }).kind).toBe("shared");
  expect(conversion(chain(spatial(2, 1), spatial(4, 8)), chain(spatial(2, 1), columnSpatial(4, 8)), { subgroup: 32 }).kind).toBe("subgroup");
  expect(() => conversion(spatial(4), spatial(2, 2))).toThrow(/shape/);
});

test("costs order what is cheap before what isn't", () => {
  const [a, b] = [spatial(4, 8), columnSpatial(4, 8)];
  expect(conversion(a, b, { subgroup: 32 }).cost).toBeLessThan(conversion(a, b).cost);
  expect(conversion(a, a).cost).toBe(0);
});

test("each kind keeps its promise, for random layouts of one shape", () => {
  const kinds = new Set<string>();
  const pairs = anyLayout(2, 2).chain((l) => fc.tuple(fc.constant(l), fc.constantFrom(
    l, columnSpatial(...l.shape), spatial(...l.shape), local(...l.shape), replicated(l.shape, threadCount(l)), chain(replicated([1, 1], 2), l))));
  fc.assert(fc.property(pairs, fc.boolean(), fc.constantFrom(2, 4, 8), ([x, y], swap, size) => {
    const [from, to] = swap ? [y, x] : [x, y], threads = Math.max(threadCount(from), threadCount(to)), c = conversion(from, to, { subgroup: size });
    kinds.add(c.kind);
    const has = table(from), gets = table(to), owned = has.map((slots) => new Set(slots.map(String)));
    const needs = Array.from({ length: threads }, (_, t) => gets[t % gets.length]);
    const allOwn = needs.every((slots, t) => slots.every((i) => owned[t % owned.length].has(String(i))));
    if (c.kind === "none") expect(has).toEqual(gets);
    expect(c.kind === "none" || c.kind === "thread").toBe(allOwn);
    if (c.kind === "subgroup") needs.forEach((slots, t) => slots.forEach((i) => {
      const own = t % threadCount(from), source = t - own + threadAt(from, numbers, i, replicaDigits(from, numbers, own));
      expect(Math.floor(source / size)).toBe(Math.floor(t / size));
      expect(has[source % has.length][slotAt(from, numbers, i)]).toEqual(i);
    }));
    if (c.kind === "shared") {
      // No subgroup could do it with holders of its own: at least one thread's own replica lies elsewhere, or subgroups don't fit.
      const inside = threads % size === 0 && needs.every((slots, t) => slots.every((i) => {
        const own = t % threadCount(from), source = t - own + threadAt(from, numbers, i, replicaDigits(from, numbers, own));
        return source < threads && Math.floor(source / size) === Math.floor(t / size);
      }));
      expect(inside).toBe(false);
    }
  }), { numRuns: 300 });
  expect([...kinds].sort()).toEqual(["none", "shared", "subgroup", "thread"]);
});

// Every row of the instruction table that computes, every number type, every packing and width: device against interpreter. A pipeline
// is most of the time, so that kernels are small and compiled beside each other; lavapipe compiles in time quadratic in what a thread accesses.
import { describe, expect, test } from "vitest";
import { dtype, supports } from "../../vm/index.ts";
import { onEachDevice } from "./devices.ts";
import { byDevice, byInterpreter, difference, type Case } from "./engines.ts";
import { computeTypes, conversions, elementwise, kinds, moved, packings, product, rows, small, wrongRows } from "./instructions-cases.ts";

const chunks = <T>(xs: readonly T[], n: number): T[][] => Array.from({ length: Math.ceil(xs.length / n) }, (_, i) => xs.slice(i * n, i * n + n));

onEachDevice("instructions", (device, name) => {
  const slow = name === "lavapipe";
  const run = async (c: Case): Promise<void> => { expect(difference(c, byInterpreter(c), await byDevice(c, device()), name)).toBeUndefined(); };

  // Side by side: while a driver compiles in a thread of its own, the next Program is made here.
  describe.concurrent("at once", () => {
    for (const d of computeTypes) {
      const mine = rows.filter((op) => supports(op, d.compute) && op !== "select");
      test.each(chunks(mine, slow ? 12 : 8).map((ops) => [d.name, ops.join(" "), ops] as const))("%s: %s", async (_, __, ops) => {
        const c = elementwise(d, ops);
        expect(wrongRows(c, d, ops, byInterpreter(c), await byDevice(c, device()))).toEqual([]);
      }, 120_000);
    }

    test.each((slow ? small.filter((_, i) => i % 4 === 0) : small).map((d) => [d.name, d] as const))("every code of %s, and numbers into it", (_, d) => run(conversions(d)), 120_000);

    const widths = slow ? [3] : [1, 2, 3, 4, 5, 6, 7, 8];
    const moves = widths.flatMap((n) => packings.flatMap(([from, make], i) => {
      const [to, other] = packings[(i + n) % packings.length] ?? packings[0], a = make(n), b = other(n);
      return a && b ? [[`${["u", "b", "u", "i"][n % 4]}${n}`, from, to, a, b] as const] : [];
    }));
    test.each(moves)("%s from %s to %s", (type, _, __, a, b) => run(moved(dtype(type), a, b)), 120_000);

    const pairs = kinds.flatMap((a, i) => kinds.filter((_, j) => !slow || (i + j) % 5 === 0).map((b) => [a.name, b.name] as const));
    test.each(pairs)("dot of %s and %s", (a, b) => run(product(dtype(a), dtype(b))), 120_000);
  });
});

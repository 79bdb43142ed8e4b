// Multi-functions and broadcasting against the vectors (tables, not tuples: the original's canonical form has a defect).
import { expect, test } from "vitest";
import { Diagnostic } from "../../diagnostic.ts";
import { canBroadcast, elementAt, mfunction, numbers, slotCount, threadCount, threadsHolding, type MultiFunction, type RegisterLayout } from "../../layout/index.ts";
import { vectors } from "../support/vectors.ts";
import { layoutOf, type Tuples } from "./support.ts";

interface F { shape: number[]; mode_shape: number[]; modes: number[] }
interface Case { op: string; ok?: boolean; raw: F; f: F; g: F; dims: number[]; shape: number[]; table: number[][]; result: boolean; brute_force_cover: boolean; size: number; image_size: number; error?: string }
const { multiFunction, identity, collapse, collapseByShape, multiply, cover, image, images, imageSize, threadsOf } = mfunction;
const of = (f: F): MultiFunction => multiFunction(f.shape, f.mode_shape, f.modes);
const cases = vectors<{ cases: Case[] }>("tilus/mfunction").cases;

const run: Record<string, (c: Case) => MultiFunction> = {
  canonicalize: (c) => of(c.raw),
  identity: (c) => identity(c.shape),
  collapse: (c) => collapse(of(c.f), c.dims),
  collapse_by_shape: (c) => collapseByShape(of(c.f), c.shape),
  multiply: (c) => multiply(of(c.f), of(c.g)),
};

/** g after f from the definition: unions of images. */
const union = (f: MultiFunction, g: MultiFunction): number[][] =>
  images(f).map((ys) => [...new Set(ys.flatMap((y) => image(g, y)))].sort((a, b) => a - b));

test("no case is forgotten", () => {
  expect(cases).toHaveLength(186);
  expect(cases.filter((c) => c.op !== "cover" && !(c.op in run))).toEqual([]);
});

test.each(Object.keys(run))("%s", (op) => {
  for (const c of cases.filter((c) => c.op === op)) {
    const what = JSON.stringify(c);
    if (c.ok !== false) {
      const f = run[op](c);
      expect(images(f), what).toEqual(c.table);
      if (op === "canonicalize") expect([imageSize(f), images(f).length]).toEqual([c.image_size, c.size]);
    } else {
      // Where the original gives up: either the right answer or an error.
      let f: MultiFunction | undefined;
      try { f = run[op](c); } catch (e) { expect(e, what).toBeInstanceOf(Diagnostic); }
      if (f && op === "multiply") expect(images(f), what).toEqual(union(of(c.f), of(c.g)));
    }
  }
});

test("products are unions", () => {
  for (const c of cases.filter((c) => c.op === "multiply" && c.ok)) expect(images(run.multiply(c))).toEqual(union(of(c.f), of(c.g)));
});

test("cover", () => {
  const own = cases.filter((c) => c.op === "cover");
  expect(own).toHaveLength(54);
  for (const c of own) expect([cover(of(c.f), of(c.g)), c.brute_force_cover], JSON.stringify(c)).toEqual([c.result, c.result]);
});

test("a mode that spans two dimensions is cut at the border, not refused", () => {
  const f = collapse(multiFunction([8, 3], [2, 12], [1]), [0]);
  expect(images(f)).toEqual(Array.from({ length: 24 }, (_, x) => [x % 3]));
  expect(() => collapse(multiFunction([8, 3], [3, 8], [1]), [0])).toThrow(Diagnostic);
  expect(images(collapse(identity([2, 3]), [0]))).toEqual([[0], [1], [2], [0], [1], [2]]);
});

/** The definition: every thread that produces y[i] holds x[i broadcast]. */
function brute(x: RegisterLayout, y: RegisterLayout): boolean {
  const extra = y.shape.length - x.shape.length;
  for (let t = 0; t < threadCount(y); t++)
    for (let s = 0; s < slotCount(y); s++) {
      const index = elementAt(y, numbers, t, s).slice(extra).map((i, k) => (x.shape[k] === 1 ? 0 : i));
      if (!threadsHolding(x, index).includes(t)) return false;
    }
  return true;
}

test("broadcast_validation", () => {
  const all = vectors<{ cases: { operand: Tuples; out: Tuples; valid?: boolean; brute_force_valid?: boolean; error?: string }[] }>("tilus/broadcast_validation").cases;
  expect(all).toHaveLength(48);
  for (const c of all) {
    const x = layoutOf(c.operand), y = layoutOf(c.out), what = JSON.stringify(c);
    if (c.valid !== undefined) {
      expect(canBroadcast(x, y), what).toBe(c.valid);
      expect(c.brute_force_valid).toBe(c.valid);
      expect(brute(x, y), what).toBe(c.valid);
    } else if (c.error === "ValueError") expect(canBroadcast(x, y), what).toBe(false); // shapes don't broadcast
    else expect(canBroadcast(x, y), what).toBe(brute(x, y)); // the original's defect with neighbouring extents n, n + 1
  }
});

test("the threads of a layout are a multi-function", () => {
  const f = threadsOf(layoutOf({ shape: [8], mode_shape: [2, 2, 2], spatial_modes: [2, -3, 0], local_modes: [1] }));
  expect(image(f, 0)).toEqual([0, 2, 4]);
  expect(image(f, 4)).toEqual([1, 3, 5]);
  expect(image(f, 1)).toEqual([6, 8, 10]);
});

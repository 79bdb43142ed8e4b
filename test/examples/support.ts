// What the tests of examples share: cases as tiles, and results held against their bounds.
import { expect } from "vitest";
import { dataOf, type Case, type Expected } from "../../examples/example.ts";
import { dtype, makeTile, type Tile } from "../../vm/index.ts";

/** The inputs of a case as the interpreter takes them. */
export const tilesOf = (c: Case): Record<string, Tile> => Object.fromEntries(Object.entries(c.inputs).map(([name, g]) => {
  const t = makeTile(dtype(g.dtype), g.shape);
  dataOf(g, t.data);
  return [name, t];
}));

/** The values of a result. */
export const valuesOf = (t: Tile): Float64Array => Float64Array.from(t.data, (x) => (t.dtype.storage ? t.dtype.decode(x) : x));

/** Every element within its bound of the exact answer; `times` 2 compares two results that are both within it. */
export function expectWithin(found: ArrayLike<number>, want: Pick<Expected, "values" | "bound">, times: 1 | 2 = 1): void {
  expect(found.length).toBe(want.values.length);
  let worst = 0, at = -1;
  want.values.forEach((v, i) => {
    const over = Math.abs((found[i] ?? NaN) - v) - times * (want.bound[i] ?? 0);
    if (!(over <= worst)) { worst = Number.isNaN(over) ? Infinity : over; at = i; }
  });
  expect(at < 0 ? "within the bound" : `element ${at} is ${found[at]}, exact ${want.values[at]}, bound ${want.bound[at]}`).toBe("within the bound");
}
